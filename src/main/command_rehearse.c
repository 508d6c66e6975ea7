/*
 * command_rehearse.c - `huanxin rehearse`: a launch morning against a scratch city, with a server
 * of its own, before the real one. Makes the city, lets the people come (rehearse.c), kills the
 * server in the middle, proves the books afterwards, and reports. The scratch city is removed at
 * the end.
 */
#include "base/log.h"
#include "ledger/ledger.h"
#include "main/command.h"
#include "main/house.h"
#include "main/rehearse.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"
#include "office/treasury/treasury.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PERSONS_A_COMMAND = 2000,
    SERVED_SHARE_BP = 6000, /* the tranche lasts for so many of those who come */
    START_WAIT_MS = 60000,
    LOBBY_DEFAULT = 32,
    LOOK_LIMIT_MS = 1000,
    MEMORY_LIMIT_MIB = 300,
};

typedef struct Stage {
    Cx *cx;
    Settings settings;
    char program[400];
    char data[64];
    char port[16];
    char lobby[24];
    char places[24];
    char city[400];
    House house;
    Rehearse play;
    pid_t server;
    int64_t now_ms;
    int64_t person_count;
    int64_t person_made; /* so far */
    int64_t down_ms;     /* the server could not be reached, at the kill */
    RehearseTimes crowd;
    int64_t crowd_kib; /* memory of the server with the crowd */
    /* The proof. */
    int64_t lost_count;
    int64_t overspent_count;
    int64_t finding_count;
    int64_t journal_bad_id;
    int64_t served_count;
    int64_t refused_count;
    int64_t open_count;
    int64_t queued_count;
} Stage;

static int64_t now_ms(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- processes ---- */

static pid_t program_start(const Stage *stage, char *const argv[]) {
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0) {
            _exit(126);
        }
        sigset_t none;
        (void)sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        (void)execv(stage->program, argv);
        _exit(127);
    }
    return pid;
}

static Status program_wait(Cx *cx, pid_t pid, const char *what) {
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return fault(cx, STATUS_IO, "cannot start %s: %s", what, strerror(errno));
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return fault(cx, STATUS_IO, "%s ended with status %d", what, status);
    }
    return STATUS_OK;
}

static bool server_answers(const Stage *stage) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(stage->play.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_open = line >= 0 && connect(line, (struct sockaddr *)&address, sizeof address) == 0;
    if (line >= 0) {
        (void)close(line);
    }
    return is_open;
}

static void server_start(Stage *stage) {
    static char words[][12] = {"huanxin", "serve",   "--data", "--port",
                               "--lobby", "--quiet", "--city", "--places"};
    char *argv[] = {words[0],    words[1], words[2],      stage->data, words[3],
                    stage->port, words[4], stage->lobby,  words[5],    words[6],
                    stage->city, words[7], stage->places, NULL};
    stage->server = program_start(stage, argv);
}

static Status server_wait(Stage *stage) {
    for (int64_t until_ms = now_ms() + START_WAIT_MS; now_ms() < until_ms;) {
        int status = 0;
        if (server_answers(stage)) {
            return STATUS_OK;
        }
        if (waitpid(stage->server, &status, WNOHANG) == stage->server) {
            stage->server = 0;
            return fault(stage->cx, STATUS_IO, "the server did not start (status %d)", status);
        }
        (void)usleep(5000);
    }
    return fault(stage->cx, STATUS_IO, "the server did not answer");
}

static void server_kill_and_start(void *context) {
    Stage *stage = context;
    int64_t start_ms = now_ms();
    (void)kill(stage->server, SIGKILL);
    (void)waitpid(stage->server, NULL, 0);
    server_start(stage);
    if (server_wait(stage) != STATUS_OK) {
        log_line(LOG_ERROR, "rehearse: %s", stage->cx->fault.text);
    }
    stage->down_ms = now_ms() - start_ms;
}

static void server_end(Stage *stage) {
    if (stage->server > 0) {
        (void)kill(stage->server, SIGTERM);
        (void)waitpid(stage->server, NULL, 0);
        stage->server = 0;
    }
}

static int64_t server_kib(const Stage *stage) {
    char path[64];
    char line[200];
    long kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)stage->server);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "VmRSS: %ld", &kib);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kib;
}

/* A port that is free now; the server takes it a moment later. */
static Status port_find(Stage *stage) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_found = line >= 0 && bind(line, (struct sockaddr *)&address, sizeof address) == 0 &&
                    getsockname(line, (struct sockaddr *)&address, &len) == 0;
    if (line >= 0) {
        (void)close(line);
    }
    if (!is_found) {
        return fault(stage->cx, STATUS_IO, "no free port: %s", strerror(errno));
    }
    stage->play.port = ntohs(address.sin_port);
    (void)snprintf(stage->port, sizeof stage->port, "%u", (unsigned)stage->play.port);
    return STATUS_OK;
}

/* ---- the city ---- */

static Status house_enter(Stage *stage) {
    Settings settings = stage->settings;
    settings.text[SETTING_TEXT_DATA] = stage->data;
    settings.text[SETTING_TEXT_DB] = "";
    return house_open(stage->cx, &settings, house_clock_ms(NULL), &stage->house);
}

static Status write_one(Stage *stage, const char *name, DbWork *work) {
    DbCommand command = {.name = name,
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = work,
                         .input = stage,
                         .now_ms = stage->now_ms};
    return db_write(stage->cx, stage->house.db, &command, NULL);
}

static Status persons_work(Cx *cx, DbConn *conn, void *input) {
    Stage *stage = input;
    int64_t left = stage->person_count - stage->person_made;
    int64_t until = stage->person_made + (left < PERSONS_A_COMMAND ? left : PERSONS_A_COMMAND);
    for (int64_t i = stage->person_made; i < until; i++) {
        char token[REHEARSE_TOKEN_BYTES];
        PersonNew person = {.role = ROLE_RESIDENT,
                            .login = str_print(cx->arena, "rehearse%" PRId64, i),
                            .birth = DAY_NONE,
                            .is_demo = true,
                            .now_ms = stage->now_ms};
        person.name.masked = STR("演*");
        TRY(people_person_create(cx, conn, &person, &stage->play.persons[i].id));
        rehearse_token(i, token);
        WebSessionPut session = {.token = str_of(token),
                                 .csrf = str_of(rehearse_csrf(token)),
                                 .person_id = stage->play.persons[i].id,
                                 .now_ms = stage->now_ms,
                                 .lasts_ms = DAY_MS};
        TRY(web_session_put(cx, conn, &session));
    }
    return STATUS_OK;
}

/* Leaves the pot with money for a share of those who will come. */
static Status money_work(Cx *cx, DbConn *conn, void *input) {
    Stage *stage = input;
    const City *city = &stage->house.city;
    Day today = day_of_instant(stage->now_ms);
    const CityCategory *category =
        city_category(city, STR("appliance"), day_parts(today).year, STR("fridge"));
    if (category == NULL) {
        return fault(cx, STATUS_NOT_FOUND, "this year has no fridge among its categories");
    }
    PolicyGoods goods = {.programme = category->programme,
                         .category_name = category->name,
                         .efficiency_level = 1,
                         .price = money_of_yuan(6999),
                         .day = today};
    PolicyAnswer answer;
    TreasuryPot pot;
    FundList way = {0};
    Money left;
    TRY(policy_decide_goods(cx, city->policies, &goods, &answer));
    TRY(treasury_pot_find(cx, conn, category->programme, category->year, &pot));
    TRY(ledger_fund_path(cx, conn, pot.fund, &way));
    TRY(ledger_left(cx, conn, pot.fund, &left));
    Money wanted = money_of_fen(answer.cap.fen * (stage->person_count * SERVED_SHARE_BP / 10000));
    if (money_compare(left, wanted) > 0) {
        return ledger_reclaim(cx, conn, pot.fund, money_sub(left, wanted), STR("演练"));
    }
    for (size_t i = 0; i < way.count; i++) {
        TRY(ledger_appropriate(cx, conn, way.items[i].id, money_sub(wanted, left), STR("演练")));
    }
    return STATUS_OK;
}

static Status stage_make(Stage *stage) {
    Cx *cx = stage->cx;
    ssize_t len = readlink("/proc/self/exe", stage->program, sizeof stage->program - 1);
    (void)snprintf(stage->data, sizeof stage->data, "/tmp/huanxin-rehearse-XXXXXX");
    if (len <= 0 || mkdtemp(stage->data) == NULL) {
        return fault(cx, STATUS_IO, "cannot make a scratch folder: %s", strerror(errno));
    }
    stage->program[len] = '\0';
    static char words[][12] = {"huanxin", "demo",    "--data", "--residents",
                               "100",     "--quiet", "--city"};
    char *argv[] = {words[0], words[1], words[2], stage->data, words[3],
                    words[4], words[5], words[6], stage->city, NULL};
    TRY(program_wait(cx, program_start(stage, argv), "the demo city"));
    TRY(house_enter(stage));
    for (; stage->person_made < stage->person_count; stage->person_made += PERSONS_A_COMMAND) {
        TRY(write_one(stage, "rehearse.persons", persons_work));
    }
    TRY(write_one(stage, "rehearse.money", money_work));
    house_close(&stage->house);
    return port_find(stage);
}

/* ---- the proof ---- */

static Status funds_check(Stage *stage, DbConn *conn, FundId fund, int depth) {
    FundList list = {0};
    TRY(ledger_fund_children(stage->cx, conn, fund, &list));
    for (size_t i = 0; i < list.count; i++) {
        const Fund *node = &list.items[i];
        stage->overspent_count +=
            ledger_fund_unused(node).fen < 0 || ledger_fund_free(node).fen < 0;
        if (depth < FUND_DEPTH_MAX) {
            TRY(funds_check(stage, conn, node->id, depth + 1));
        }
    }
    return STATUS_OK;
}

static Status books_check(Stage *stage, DbConn *conn) {
    LedgerAudit audit;
    DbVerify verify;
    TRY(ledger_audit(stage->cx, conn, &audit));
    TRY(db_journal_verify(stage->cx, conn, NULL, NULL, &verify));
    stage->finding_count = audit.finding_count;
    stage->journal_bad_id = verify.bad_id;
    TRY(funds_check(stage, conn, FUND_NONE, 1));
    for (int64_t i = 0; i < stage->person_count; i++) {
        const RehearsePerson *person = &stage->play.persons[i];
        stage->served_count += person->end == REHEARSE_SERVED;
        stage->refused_count += person->end == REHEARSE_REFUSED;
        stage->open_count += person->end == REHEARSE_OPEN;
        stage->queued_count += person->was_queued;
        if (person->end != REHEARSE_SERVED) {
            continue;
        }
        Coupon coupon;
        Status status = coupon_find(stage->cx, conn, person->coupon_id, &coupon);
        fault_clear(stage->cx);
        stage->lost_count += status != STATUS_OK || coupon.person_id != person->id;
    }
    return STATUS_OK;
}

static Status stage_prove(Stage *stage) {
    DbConn *conn = NULL;
    TRY(house_enter(stage));
    TRY(db_read_begin(stage->cx, stage->house.db, &conn));
    Status status = books_check(stage, conn);
    db_read_end(stage->house.db, conn);
    house_close(&stage->house);
    return status;
}

static bool is_good(const Stage *stage) {
    const Rehearse *play = &stage->play;
    bool is_crowd_good = stage->settings.number[SETTING_CROWD] == 0 ||
                         (rehearse_ms(&stage->crowd, 99) < LOOK_LIMIT_MS &&
                          stage->crowd_kib < MEMORY_LIMIT_MIB * INT64_C(1024));
    return stage->lost_count == 0 && stage->overspent_count == 0 && stage->finding_count == 0 &&
           stage->journal_bad_id == 0 && stage->open_count == 0 && play->inversions == 0 &&
           play->unknown_answers == 0 && play->double_different == 0 && is_crowd_good;
}

/* ---- the report ---- */

static void times_print(const char *what, const RehearseTimes *times) {
    printf("  %-10s %8" PRId64 " 次   p50 %8.1f ms   p99 %8.1f ms\n", what, times->count,
           rehearse_ms(times, 50), rehearse_ms(times, 99));
}

static void crowd_print(const Stage *stage) {
    int64_t count = stage->settings.number[SETTING_CROWD];
    if (count > 0) {
        printf("等候室 %" PRId64 " 个位置：服务器内存共 %.1f MiB（限 %d），查看位置 p50 %.1f ms、"
               "p99 %.1f ms（限 %d）\n",
               count, (double)stage->crowd_kib / 1024, MEMORY_LIMIT_MIB,
               rehearse_ms(&stage->crowd, 50), rehearse_ms(&stage->crowd, 99), LOOK_LIMIT_MS);
    }
}

static void report_print(const Stage *stage) {
    static const char *const words[] = {
#define X(name, word, zh) zh,
        REHEARSE_STEP_LIST(X)
#undef X
    };
    const Rehearse *play = &stage->play;
    printf("开抢演练：%" PRId64 " 人、%" PRId64 " 台设备，%" PRId64
           " 秒内到来，用时 %.1f 秒，种子 %" PRId64 "\n",
           stage->person_count, play->device_count, play->seconds, (double)play->spent_ms / 1000,
           stage->settings.number[SETTING_SEED]);
    printf("领到 %" PRId64 " 人，被拒 %" PRId64 " 人，没有结果 %" PRId64 " 人；其中排过队 %" PRId64
           " 人\n",
           stage->served_count, stage->refused_count, stage->open_count, stage->queued_count);
    for (size_t i = 0; i < play->reason_count; i++) {
        printf("  拒绝 %8" PRId64 " 次   %s\n", play->reasons[i].count, play->reasons[i].text);
    }
    printf("请求 %" PRId64 "，双击 %" PRId64 "，请排队 %" PRId64 "，请稍后再试 %" PRId64
           "，连接中断 %" PRId64 "（服务器被 kill -9，%" PRId64 " ms 后恢复）\n",
           play->request_count, play->double_count, play->queued_answers, play->busy_answers,
           play->broken_lines, stage->down_ms);
    for (int i = 0; i < REHEARSE_STEP_COUNT; i++) {
        times_print(words[i], &play->times[i]);
    }
    crowd_print(stage);
    printf("超支 %" PRId64 "，对账不符 %" PRId64 "，日志断点 %" PRId64 "，已答复而丢失 %" PRId64
           "，双击得两张 %" PRId64 "，顺序颠倒 %" PRId64 "，意外答复 %" PRId64 "\n",
           stage->overspent_count, stage->finding_count, stage->journal_bad_id, stage->lost_count,
           play->double_different, play->inversions, play->unknown_answers);
    printf("同一批被叫到的人里，后号先领完、前号没领到 %" PRId64
           " 人（叫号有先后，办理快慢由各人）\n",
           play->later_served);
    printf("%s\n", is_good(stage) ? "演练通过" : "演练不通过");
}

static json_t *times_json(const RehearseTimes *times) {
    return json_pack("{s:I, s:f, s:f}", "count", (json_int_t)times->count, "p50_ms",
                     rehearse_ms(times, 50), "p99_ms", rehearse_ms(times, 99));
}

static void numbers_json(const Stage *stage, json_t *root) {
    const Rehearse *play = &stage->play;
    const struct {
        const char *key;
        int64_t number;
    } rows[] = {{"persons", stage->person_count},
                {"devices", play->device_count},
                {"seconds", play->seconds},
                {"seed", stage->settings.number[SETTING_SEED]},
                {"spent_ms", play->spent_ms},
                {"served", stage->served_count},
                {"refused", stage->refused_count},
                {"unfinished", stage->open_count},
                {"queued", stage->queued_count},
                {"requests", play->request_count},
                {"double_clicks", play->double_count},
                {"told_to_wait", play->queued_answers},
                {"told_to_retry", play->busy_answers},
                {"broken_connections", play->broken_lines},
                {"server_down_ms", stage->down_ms},
                {"overspent_funds", stage->overspent_count},
                {"audit_findings", stage->finding_count},
                {"journal_bad_id", stage->journal_bad_id},
                {"lost_acknowledgements", stage->lost_count},
                {"double_coupons", play->double_different},
                {"order_inversions", play->inversions},
                {"later_place_served", play->later_served},
                {"unexpected_answers", play->unknown_answers}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_object_set_new(root, rows[i].key, json_integer((json_int_t)rows[i].number));
    }
}

static void report_json(const Stage *stage) {
    static const char *const words[] = {
#define X(name, word, zh) word,
        REHEARSE_STEP_LIST(X)
#undef X
    };
    const Rehearse *play = &stage->play;
    json_t *root = json_object();
    json_object_set_new(root, "ok", json_boolean(is_good(stage)));
    numbers_json(stage, root);
    for (int i = 0; i < REHEARSE_STEP_COUNT; i++) {
        json_object_set_new(root, words[i], times_json(&play->times[i]));
    }
    json_t *reasons = json_array();
    for (size_t i = 0; i < play->reason_count; i++) {
        json_array_append_new(reasons, json_pack("{s:s, s:I}", "reason", play->reasons[i].text,
                                                 "count", (json_int_t)play->reasons[i].count));
    }
    json_object_set_new(root, "reasons", reasons);
    if (stage->settings.number[SETTING_CROWD] > 0) {
        json_t *crowd = times_json(&stage->crowd);
        json_object_set_new(crowd, "places",
                            json_integer((json_int_t)stage->settings.number[SETTING_CROWD]));
        json_object_set_new(crowd, "server_memory_kib", json_integer((json_int_t)stage->crowd_kib));
        json_object_set_new(root, "crowd", crowd);
    }
    (void)json_dumpf(root, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(root);
}

/* ---- the command ---- */

static const char usage[] =
    "usage: huanxin rehearse [--residents N] [--seconds S] [--crowd P] [--json] [--seed X]\n"
    "Plays a launch morning: N residents come within S seconds, in bursts, with double clicks, one in\n"
    "ten on four devices, one in twenty on a slow phone, one in five before they can be identified;\n"
    "the money lasts for six in ten; the server is killed (kill -9) in the middle and started again.\n"
    "Works on a scratch city below /tmp with a server of its own, and removes both. With --crowd P\n"
    "another P places are taken at the end and the waiting room is measured.\n"
    "Exit code 0: nothing overspent, nothing acknowledged was lost, nobody was overtaken.\n";

static Status play_run(Stage *stage) {
    Rehearse *play = &stage->play;
    server_start(stage);
    TRY(server_wait(stage));
    rehearse_play(play);
    int64_t crowd = stage->settings.number[SETTING_CROWD];
    if (crowd > 0) {
        rehearse_crowd(play, crowd, &stage->crowd);
        stage->crowd_kib = server_kib(stage);
    }
    return STATUS_OK;
}

static Status rehearse_run(Stage *stage) {
    TRY(stage_make(stage));
    Status status = play_run(stage);
    server_end(stage);
    TRY(status);
    return stage_prove(stage);
}

static void stage_remove(Stage *stage) {
    static char words[][8] = {"rm", "-rf"};
    char *argv[] = {words[0], words[1], stage->data, NULL};
    if (stage->data[0] == '\0') {
        return;
    }
    (void)snprintf(stage->program, sizeof stage->program, "/bin/rm");
    fault_clear(stage->cx);
    (void)program_wait(stage->cx, program_start(stage, argv), "rm");
}

static Status stage_init(Stage *stage, Cx *cx, int argc, char **argv) {
    *stage = (Stage){.cx = cx, .now_ms = house_clock_ms(NULL)};
    TRY(settings_read(cx, argc, argv, &stage->settings));
    const int64_t *numbers = stage->settings.number;
    stage->person_count = numbers[SETTING_RESIDENTS];
    (void)snprintf(stage->city, sizeof stage->city, "%s", stage->settings.text[SETTING_TEXT_CITY]);
    stage->play = (Rehearse){.arena = cx->arena,
                             .seconds = numbers[SETTING_SECONDS],
                             .person_count = stage->person_count,
                             .device_max = 4,
                             .kill_server = server_kill_and_start,
                             .context = stage};
    stage->play.persons = arena_array(cx->arena, RehearsePerson, (size_t)stage->person_count);
    prng_init(&stage->play.prng, (uint64_t)numbers[SETTING_SEED]);
    for (int i = 0; i < REHEARSE_STEP_COUNT; i++) {
        rehearse_times_init(cx->arena, &stage->play.times[i]);
    }
    rehearse_times_init(cx->arena, &stage->crowd);
    int64_t lobby = numbers[SETTING_LOBBY] > 0 ? numbers[SETTING_LOBBY] : LOBBY_DEFAULT;
    (void)snprintf(stage->lobby, sizeof stage->lobby, "%" PRId64, lobby);
    (void)snprintf(stage->places, sizeof stage->places, "%" PRId64, numbers[SETTING_PLACES]);
    return STATUS_OK;
}

int command_rehearse(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return 0;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Stage *stage = arena_new(arena, Stage);
    log_level_set(LOG_ERROR);
    (void)signal(SIGPIPE, SIG_IGN);
    Status status = stage_init(stage, &cx, argc, argv);
    if (status == STATUS_OK) {
        status = rehearse_run(stage);
    }
    int code = 1;
    if (status != STATUS_OK) {
        code = command_fault(&cx, status);
    } else {
        (stage->settings.flag[SETTING_FLAG_JSON] ? report_json : report_print)(stage);
        code = is_good(stage) ? 0 : 1;
    }
    stage_remove(stage);
    arena_free(arena);
    return code;
}
