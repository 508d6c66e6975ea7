/*
 * rush_bench.c - launch morning, measured: full claims through the program itself, beside what the
 * machine can do at all in the same run.
 *
 *   rush_bench [SECONDS=5 [CONNECTIONS=256 [ROWS=all]]]     (make bench-rush)
 *
 * ROWS "http", "inside" or "postgres" measures that one row of ours alone, for a profiler.
 *
 * A full claim over HTTP: session cookie, CSRF token, policy decision, eligibility, the fund
 * reserved through the whole tree, coupon row, stored decision, idempotency key, journal entry with
 * SM3, one durable commit before the answer. Each claim is another resident's; residents and their
 * sessions are made before. In process: the same command through db_write_later, no HTTP.
 * Afterwards the database is proved: as many coupons as answers, no fund above its appropriation,
 * every total the sum of its transfers, the journal's chain whole.
 *
 * Peers: nginx `return 200` under the same connections; the claim's statements stepped by hand in
 * batches on bare SQLite; pgbench with an equivalent transaction on one pot and on 64 pots, when
 * TEST_PG names a server (tools/pg.sh run). There the program is measured on PostgreSQL too.
 *
 * The machine is whatever it is: ratios within one run are what counts. Load average is printed.
 */
#include "base/vec.h"
#include "main/house.h"
#include "nginx.h"
#include "office/coupon/coupon.h"
#include "seal/seal.h"

#include <inttypes.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    CONNECTIONS_MAX = 2048,
    MICROS_MAX = 2000000,
    EVENTS_MAX = 512,
    STAGE_BATCH = 250,
    /* Residents made for each second of a row; a row that uses them up ends there. */
    HTTP_PER_SECOND = 16000,
    INSIDE_PER_SECOND = 24000,
    POSTGRES_PER_SECOND = 4000,
    OUTSTANDING = 1024,
    RAW_BATCH = 256,
    PGBENCH_CLIENTS = 64,
    PGBENCH_POTS = 64,
};

static int64_t seconds = 5;
static size_t connection_count = 256;
static const char *only = "all";

static bool is_row(const char *name) {
    return strcmp(only, "all") == 0 || strcmp(only, name) == 0;
}

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    check(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t now_ns(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

/* ---- what is measured ------------------------------------------------------------------------ */

typedef struct Row {
    uint64_t count;
    int64_t spent_ns;
    int64_t cpu_ns; /* of the side that is measured, without the load generator; 0: not known */
    uint32_t *micros;
} Row;

static Row row_new(Arena *arena) {
    return (Row){.micros = arena_array(arena, uint32_t, MICROS_MAX + 1)};
}

static void row_sample(Row *row, int64_t ns) {
    int64_t micros = ns / 1000;
    row->micros[micros < MICROS_MAX ? micros : MICROS_MAX]++;
    row->count++;
}

static double row_ms(const Row *row, uint64_t percent) {
    uint64_t want = row->count * percent / 100;
    uint64_t seen = 0;
    for (size_t i = 0; i <= MICROS_MAX; i++) {
        seen += row->micros[i];
        if (seen > want) {
            return (double)i / 1000;
        }
    }
    return 0;
}

static double row_print(const char *what, const Row *row) {
    double rate = (double)row->count * 1e9 / (double)row->spent_ns;
    printf("%-44s %9.0f", what, rate);
    if (row->micros != NULL && row->count > 0) {
        printf(" %9.2f %9.2f", row_ms(row, 50), row_ms(row, 99));
    } else {
        printf(" %9s %9s", "", "");
    }
    if (row->cpu_ns > 0 && row->count > 0) {
        printf(" %9.1f", (double)row->cpu_ns / 1e3 / (double)row->count);
    }
    printf("\n");
    (void)fflush(stdout);
    return rate;
}

/* Processor time that a process has used so far, its threads included. */
static int64_t process_cpu_ns(pid_t pid) {
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? clock_ns(clock) : 0;
}

/* ---- the stage: a city, residents with sessions, money for all of them ------------------------
 */

typedef struct Stage {
    Arena *arena;
    Cx cx;
    char data[64];
    char url[300];
    Settings settings;
    House house;
    int64_t now_ms;
    Day today;
    int64_t resident_first; /* ids first .. first + count - 1 */
    int64_t resident_count;
    int64_t session_count; /* of these, the first ones are signed in */
    int64_t used_count;    /* residents that have claimed */
} Stage;

static void must(const Stage *stage, Status status, const char *what) {
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "rush_bench: %s: %s %s\n", what, stage->cx.fault.text,
                      stage->cx.fault.detail);
        exit(1);
    }
}

static void stage_open(Stage *stage) {
    char *argv[] = {(char[]){"rush"}, (char[]){"--data"}, stage->data,
                    (char[]){"--db"}, stage->url,         NULL};
    cx_init(&stage->cx, stage->arena);
    must(stage, settings_read(&stage->cx, 5, argv, &stage->settings), "settings");
    must(stage, house_open(&stage->cx, &stage->settings, house_clock_ms(NULL), &stage->house),
         "opening");
}

static void token_write(int64_t number, char out[40]) {
    (void)snprintf(out, 40, "rush%028" PRId64, number * 7919 + 13);
}

static const char SQL_PERSON[] =
    "INSERT INTO person (role, login, name_masked, created_ms, is_demo)"
    " VALUES ('resident', $1, '王*', $2, 1) RETURNING id";
static const char SQL_SESSION[] =
    "INSERT INTO session (token_hash, person_id, csrf, created_ms, expires_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

typedef struct Residents {
    int64_t from;
    int64_t count;
    int64_t session_count;
    int64_t now_ms;
    int64_t first_id;
} Residents;

static Status residents_work(Cx *cx, DbConn *conn, void *input) {
    Residents *in = input;
    for (int64_t i = in->from; i < in->from + in->count; i++) {
        char token[40];
        uint8_t digest[SEAL_SM3_BYTES];
        int64_t id = 0;
        token_write(i, token);
        seal_sm3(str_of(token), digest);
        TRY(db_insert(cx, conn, SQL_PERSON,
                      DB_ARGS(DB_TEXT(str_print(cx->arena, "rush%" PRId64, i)), DB_INT(in->now_ms)),
                      &id));
        in->first_id = i == 0 ? id : in->first_id;
        check(id == in->first_id + i);
        if (i >= in->session_count) {
            continue;
        }
        TRY(db_exec(cx, conn, SQL_SESSION,
                    DB_ARGS(DB_TEXT(seal_hex(cx->arena, (Str){(char *)digest, sizeof digest})),
                            DB_INT(id), DB_TEXT(str_of(token + 8)), DB_INT(in->now_ms),
                            DB_INT(in->now_ms + DAY_MS)),
                    NULL));
    }
    return STATUS_OK;
}

/* Enough money at every node of the way for every resident, and for the bare statements after. */
static Status money_work(Cx *cx, DbConn *conn, void *input) {
    Stage *stage = input;
    TreasuryPot pot;
    FundList way = {0};
    Money each = money_of_yuan(15000);
    Money all = money_of_fen(each.fen * stage->resident_count);
    TRY(treasury_pot_find(cx, conn, STR("appliance"), day_parts(stage->today).year, &pot));
    TRY(ledger_fund_path(cx, conn, pot.fund, &way));
    for (size_t i = 0; i < way.count; i++) {
        TRY(ledger_appropriate(cx, conn, way.items[i].id, all, STR("rush bench")));
    }
    return STATUS_OK;
}

static void stage_write(Stage *stage, DbWork *work, void *input) {
    DbCommand command = {.name = "rush.stage",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = work,
                         .input = input,
                         .now_ms = stage->now_ms};
    must(stage, db_write(&stage->cx, stage->house.db, &command, NULL), "staging");
}

/* Makes the demo city in a new folder and fills it; url empty: SQLite. */
static Stage *stage_make(const char *url, int64_t session_count, int64_t more_count) {
    int64_t resident_count = session_count + more_count;
    Arena *arena = arena_create();
    Stage *stage = arena_new(arena, Stage);
    stage->arena = arena;
    stage->now_ms = house_clock_ms(NULL);
    stage->today = day_of_instant(stage->now_ms);
    stage->resident_count = resident_count;
    stage->session_count = session_count;
    (void)snprintf(stage->data, sizeof stage->data, "build/rush-XXXXXX");
    (void)snprintf(stage->url, sizeof stage->url, "%s", url);
    check(mkdtemp(stage->data) != NULL);
    char command[600];
    (void)snprintf(command, sizeof command,
                   PROGRAM_PATH " demo --data %s --db '%s' --residents 100 --quiet >/dev/null 2>&1",
                   stage->data, stage->url);
    check(system(command) == 0);
    stage_open(stage);
    Residents residents = {.session_count = session_count, .now_ms = stage->now_ms};
    for (; residents.from < resident_count; residents.from += residents.count) {
        int64_t rest = resident_count - residents.from;
        residents.count = rest < STAGE_BATCH ? rest : STAGE_BATCH;
        stage_write(stage, residents_work, &residents);
    }
    stage->resident_first = residents.first_id;
    stage_write(stage, money_work, stage);
    return stage;
}

static void stage_end(Stage *stage) {
    char command[128];
    house_close(&stage->house);
    (void)snprintf(command, sizeof command, "rm -rf %s", stage->data);
    check(system(command) == 0);
    arena_free(stage->arena);
}

static const char SQL_COUPONS[] = "SELECT COUNT(*) FROM coupon WHERE person_id >= $1";
static const char SQL_KEYS[] =
    "SELECT COUNT(*) FROM idempotency WHERE command = 'coupon.claim' AND answer <> ''"
    " AND user_id >= $1";

/* Proves the database after a rush: nothing lost, nothing twice, nothing over. */
static void stage_prove(Stage *stage) {
    Cx *cx = &stage->cx;
    DbConn *conn = NULL;
    int64_t coupon_count = 0;
    int64_t key_count = 0;
    DbVerify verify;
    LedgerAudit audit;
    must(stage, db_read_begin(cx, stage->house.db, &conn), "reading");
    must(stage,
         db_int_or(cx, conn, SQL_COUPONS, DB_ARGS(DB_INT(stage->resident_first)), &coupon_count),
         "counting");
    must(stage, db_int_or(cx, conn, SQL_KEYS, DB_ARGS(DB_INT(stage->resident_first)), &key_count),
         "counting");
    must(stage, db_journal_verify(cx, conn, NULL, NULL, &verify), "verifying");
    must(stage, ledger_audit(cx, conn, &audit), "auditing");
    db_read_end(stage->house.db, conn);
    printf("  proved: %" PRId64 " answers, %" PRId64 " coupons, %" PRId64
           " keys; fund findings %" PRId64 "; journal of %" PRId64 " %s\n",
           stage->used_count, coupon_count, key_count, audit.finding_count, verify.entry_count,
           verify.bad_id == 0 ? "whole" : "BROKEN");
    check(coupon_count == stage->used_count && key_count == stage->used_count);
    check(audit.finding_count == 0 && verify.bad_id == 0);
}

/* ---- the load: keep-alive connections that each wait for their answer -------------------------
 */

typedef struct Line {
    int socket;
    bool is_waiting;
    int64_t sent_ns;
    size_t got_bytes;
    size_t reply_bytes; /* 0 until the head is read */
    char bytes[4096];
} Line;

typedef struct Load {
    Stage *stage; /* NULL: GET / */
    Row row;
    Line lines[CONNECTIONS_MAX];
    size_t waiting_count;
    int64_t until_ns;
} Load;

static int request_write(Load *load, char *out, size_t room) {
    if (load->stage == NULL) {
        return snprintf(out, room, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }
    Stage *stage = load->stage;
    char token[40];
    char form[300];
    int64_t number = stage->used_count++;
    token_write(number, token);
    int len = snprintf(form, sizeof form,
                       "csrf=%s&request_key=%08" PRIx64 "-4c1e-4a35-9d0a-%012" PRIx64
                       "&programme=appliance&category=fridge&level=1&price=6999&agree=1",
                       token + 8, (uint64_t)number * 2654435761U % 0xffffffffU, (uint64_t)number);
    return snprintf(out, room,
                    "POST /api/coupon/claim HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    "Origin: http://127.0.0.1\r\nCookie: hx_session=%s\r\n"
                    "Content-Type: application/x-www-form-urlencoded\r\n"
                    "Content-Length: %d\r\n\r\n%s",
                    token, len, form);
}

static void ask(Load *load, Line *line) {
    char request[1024];
    int len = request_write(load, request, sizeof request);
    check(len > 0 && (size_t)len < sizeof request);
    line->got_bytes = 0;
    line->reply_bytes = 0;
    line->is_waiting = true;
    load->waiting_count++;
    line->sent_ns = now_ns();
    check(send(line->socket, request, (size_t)len, MSG_NOSIGNAL) == len);
}

/* Learns from the head how long the reply is. */
static void head_read(Line *line) {
    Str got = {line->bytes, line->got_bytes};
    size_t end = str_find(got, STR("\r\n\r\n"), 0);
    if (end == SIZE_MAX) {
        return;
    }
    if (!str_starts(got, STR("HTTP/1.1 200"))) {
        (void)fprintf(stderr, "rush_bench: unexpected answer:\n" STR_FMT "\n", STR_ARG(got));
        exit(1);
    }
    size_t at = str_find(got, STR("Content-Length: "), 0);
    check(at < end);
    line->reply_bytes = end + 4 + (size_t)strtoul(line->bytes + at + 16, NULL, 10);
    check(line->reply_bytes <= sizeof line->bytes);
}

static void on_bytes(Load *load, Line *line) {
    ssize_t got =
        recv(line->socket, line->bytes + line->got_bytes, sizeof line->bytes - line->got_bytes, 0);
    check(got > 0);
    line->got_bytes += (size_t)got;
    if (line->reply_bytes == 0) {
        head_read(line);
    }
    if (line->reply_bytes == 0 || line->got_bytes < line->reply_bytes) {
        return;
    }
    row_sample(&load->row, now_ns() - line->sent_ns);
    line->is_waiting = false;
    load->waiting_count--;
    bool is_left = load->stage == NULL || load->stage->used_count < load->stage->session_count;
    if (is_left && now_ns() < load->until_ns) {
        ask(load, line);
    }
}

/* Asks on all lines for the time given, then waits for the last answers. */
static void load_run(Load *load, uint16_t port) {
    int watch = epoll_create1(EPOLL_CLOEXEC);
    check(watch >= 0);
    for (size_t i = 0; i < connection_count; i++) {
        Line *line = &load->lines[i];
        line->socket = bench_connect(port);
        check(line->socket >= 0);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = line};
        check(epoll_ctl(watch, EPOLL_CTL_ADD, line->socket, &event) == 0);
    }
    int64_t start_ns = now_ns();
    load->until_ns = start_ns + seconds * 1000000000;
    for (size_t i = 0; i < connection_count; i++) {
        ask(load, &load->lines[i]);
    }
    while (load->waiting_count > 0) {
        struct epoll_event events[EVENTS_MAX];
        int count = epoll_wait(watch, events, EVENTS_MAX, 1000);
        for (int i = 0; i < count; i++) {
            on_bytes(load, events[i].data.ptr);
        }
    }
    load->row.spent_ns = now_ns() - start_ns;
    for (size_t i = 0; i < connection_count; i++) {
        (void)close(load->lines[i].socket);
    }
    (void)close(watch);
}

static double nginx_rate(void) {
    static const char answer[] = "<!DOCTYPE html><html lang=\"zh-CN\"><title>huanxin</title><p>"
                                 "01234567890123456789012345678901234567890123456789012345678901"
                                 "01234567890123456789012345678901234567890123456789012345678901";
    Arena *arena = arena_create();
    uint16_t port = 0;
    double rate = 0;
    pid_t pid = nginx_start(arena, answer, &port);
    if (pid == 0) {
        printf("nginx is not installed or did not start\n");
    } else {
        Load *load = arena_new(arena, Load);
        load->row = row_new(arena);
        load_run(load, port);
        rate = row_print("nginx return 200, 2 workers", &load->row);
        (void)kill(pid, SIGTERM);
        (void)waitpid(pid, NULL, 0);
    }
    arena_free(arena);
    return rate;
}

/* ---- the program over HTTP ------------------------------------------------------------------- */

/* Starts `huanxin serve`; the port comes from what it prints. */
static pid_t serve(Stage *stage, uint16_t *port) {
    int ends[2];
    check(pipe(ends) == 0);
    pid_t pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        const char *workers = getenv("RUSH_WORKERS");
        (void)execl(PROGRAM_PATH, PROGRAM_PATH, "serve", "--quiet", "--port", "0", "--data",
                    stage->data, "--db", stage->url, workers == NULL ? (char *)NULL : "--workers",
                    workers, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    char line[512];
    unsigned number = 0;
    while (number == 0 && fgets(line, sizeof line, out) != NULL) {
        const char *at = strstr(line, "http://127.0.0.1:");
        number = at == NULL ? 0 : (unsigned)strtoul(at + 17, NULL, 10);
    }
    check(number > 0 && number < 65536);
    *port = (uint16_t)number;
    return pid;
}

static double http_claims(Stage *stage, const char *what, double *p99_ms) {
    Arena *arena = arena_create();
    uint16_t port = 0;
    house_close(&stage->house);
    pid_t pid = serve(stage, &port);
    Load *load = arena_new(arena, Load);
    load->stage = stage;
    load->row = row_new(arena);
    int64_t cpu_ns = process_cpu_ns(pid);
    load_run(load, port);
    load->row.cpu_ns = process_cpu_ns(pid) - cpu_ns;
    double rate = row_print(what, &load->row);
    *p99_ms = row_ms(&load->row, 99);
    (void)kill(pid, SIGTERM);
    check(waitpid(pid, NULL, 0) == pid);
    stage_open(stage);
    stage_prove(stage);
    arena_free(arena);
    return rate;
}

/* ---- in process ------------------------------------------------------------------------------ */

typedef struct Place {
    struct InProcess *run;
    Arena *arena;
    PolicyAnswer answer;
    CouponClaim claim;
    char key[48];
    int64_t id;
    int64_t start_ns;
    atomic_bool is_busy;
} Place;

typedef struct InProcess {
    Stage *stage;
    Row row;
    sem_t free_places;
    Place places[OUTSTANDING];
} InProcess;

static Status place_work(Cx *cx, DbConn *conn, void *input) {
    Place *place = input;
    TRY(coupon_claim(cx, conn, &place->claim, &place->id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, place->id));
    return STATUS_OK;
}

/* On the writer's thread, which alone samples. */
static void place_done(Cx *cx, Status status, Str answer, void *context) {
    Place *place = context;
    (void)answer;
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "rush_bench: %s\n", cx->fault.text);
        exit(1);
    }
    row_sample(&place->run->row, now_ns() - place->start_ns);
    atomic_store(&place->is_busy, false);
    check(sem_post(&place->run->free_places) == 0);
}

static void place_send(InProcess *run, Place *place) {
    Stage *stage = run->stage;
    const City *city = &stage->house.city;
    arena_reset(place->arena);
    Cx cx;
    cx_init(&cx, place->arena);
    int64_t person_id = stage->resident_first + stage->used_count++;
    const CityCategory *category =
        city_category(city, STR("appliance"), day_parts(stage->today).year, STR("fridge"));
    check(category != NULL);
    PolicyGoods goods = {.programme = category->programme,
                         .category_name = category->name,
                         .efficiency_level = 1,
                         .price = money_of_yuan(6999),
                         .day = stage->today};
    place->start_ns = now_ns();
    must(stage, policy_decide_goods(&cx, city->policies, &goods, &place->answer), "deciding");
    place->claim = (CouponClaim){.person_id = person_id,
                                 .category = category,
                                 .answer = &place->answer,
                                 .code = coupon_code_new(place->arena),
                                 .day = stage->today,
                                 .now_ms = stage->now_ms};
    int len = snprintf(place->key, sizeof place->key, "%" PRId64 ":rush-%" PRId64, person_id,
                       person_id * 2654435761);
    static const DbCrowd crowd = {0};
    DbCommand command = {
        .name = "coupon.claim",
        .actor = {.user_id = person_id, .role = STR("resident"), .origin = STR("api")},
        .key = {place->key, (size_t)len},
        .work = place_work,
        .input = place,
        .now_ms = stage->now_ms,
        .crowd = &crowd};
    atomic_store(&place->is_busy, true);
    must(stage, db_write_later(&cx, stage->house.db, &command, place_done, place), "queueing");
}

static double in_process_claims(Stage *stage, const char *what) {
    Arena *arena = arena_create();
    InProcess *run = arena_new(arena, InProcess);
    run->stage = stage;
    run->row = row_new(arena);
    check(sem_init(&run->free_places, 0, OUTSTANDING) == 0);
    for (size_t i = 0; i < OUTSTANDING; i++) {
        run->places[i].run = run;
        run->places[i].arena = arena_create();
    }
    int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start_ns = now_ns();
    for (size_t at = 0;
         now_ns() - start_ns < seconds * 1000000000 && stage->used_count < stage->resident_count;
         at = (at + 1) % OUTSTANDING) {
        check(sem_wait(&run->free_places) == 0);
        while (atomic_load(&run->places[at].is_busy)) {
            at = (at + 1) % OUTSTANDING;
        }
        place_send(run, &run->places[at]);
    }
    for (int i = 0; i < OUTSTANDING; i++) {
        check(sem_wait(&run->free_places) == 0);
    }
    run->row.spent_ns = now_ns() - start_ns;
    run->row.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns;
    double rate = row_print(what, &run->row);
    for (size_t i = 0; i < OUTSTANDING; i++) {
        arena_free(run->places[i].arena);
    }
    check(sem_destroy(&run->free_places) == 0);
    arena_free(arena);
    stage_prove(stage);
    return rate;
}

/* ---- the raw limit: a claim's statements stepped by hand ---------------------------------------
 */

enum {
    RAW_KEY,
    RAW_USE,
    RAW_DECISION,
    RAW_HOLD,
    RAW_TRANSFER,
    RAW_COUPON,
    RAW_JOURNAL,
    RAW_ANSWER,
    RAW_COUNT
};

static const char SQL_RAW_POT[] =
    "SELECT fund_id FROM programme_fund WHERE programme = 'appliance' AND year = 2026";

/* What a batch does once: ?1 fund, ?2 the sum of its claims. */
static const char SQL_RAW_POST[] =
    "UPDATE fund SET reserved = fund.reserved + ?2, direct = fund.direct + ?2 * "
    "way.is_direct FROM fund_path AS way WHERE way.fund_id = ?1 AND fund.id = way.ancestor_id "
    "AND NOT EXISTS (SELECT 1 FROM fund_path AS step JOIN fund AS node ON node.id = "
    "step.ancestor_id WHERE step.fund_id = ?1 AND (node.is_frozen + node.is_closed > 0 OR "
    "node.reserved + node.approved + node.paid + ?2 > node.appropriated OR "
    "node.allocated + node.direct + ?2 * step.is_direct > node.appropriated))";

/* What one claim makes the door's connection do, in its order and with its columns. ?1 person, ?2
 * id of the new rows, far above those of the door, ?3 fund. */
static const char *const raw_sql[RAW_COUNT] = {
    [RAW_KEY] = "SELECT user_id, answer, content FROM idempotency WHERE command = 'coupon.claim' "
                "AND key = 'raw-' || ?2",
    [RAW_USE] = "SELECT slot, state FROM coupon WHERE person_id = ?1 AND year = 2026 AND "
                "programme = 'appliance' AND category = 'raw'",
    [RAW_DECISION] = "INSERT INTO decision (programme, version, judged_day, input_json, rule, "
                     "outcome_json, decided_ms, id) VALUES ('appliance', "
                     "'appliance-2026@0123456789abcdef', 20000, printf('%200s', 'x'), "
                     "'APPL-2026', printf('%150s', 'x'), 1767225600000, ?2)",
    [RAW_HOLD] = "INSERT INTO ledger_hold (id, fund_id, case_kind, case_id, created_ms, reserved) "
                 "VALUES (?2, ?3, 'coupon', ?2, 1767225600000, 104985)",
    [RAW_TRANSFER] =
        "INSERT INTO ledger_transfer (kind, fund_id, other_id, hold_id, amount, central, province, "
        "city, county, at_ms, journal_id, basis) VALUES (4, ?3, NULL, ?2, 104985, 89238, 0, 0, "
        "15747, 1767225600000, ?2, '')",
    [RAW_COUPON] = "INSERT INTO coupon (code, programme, year, category, slot, person_id, state, "
                   "hold_id, amount_fen, decision_id, claimed_ms, expires_ms, id) VALUES "
                   "('R' || abs(random()), 'appliance', 2026, 'raw', ?2, ?1, 'claimed', ?2, "
                   "104985, ?2, 1767225600000, 1767825600000, ?2)",
    [RAW_JOURNAL] =
        "INSERT INTO journal (id, at_ms, user_id, role, origin, helper_id, verb, subject, "
        "subject_id, before_json, after_json, attached, hash) VALUES (?2, "
        "1767225600000, ?1, 'resident', 'api', 0, 'coupon.claim', 'coupon', ?2, '', "
        "printf('%90s', 'x'), printf('%130s', 'x'), zeroblob(32))",
    [RAW_ANSWER] = "INSERT INTO idempotency (command, key, user_id, at_ms, answer, content) VALUES "
                   "('coupon.claim', 'raw-' || ?2, ?1, 1767225600000, ?2, printf('%32s', 'x'))",
};

typedef struct Raw {
    sqlite3 *handle;
    sqlite3_stmt *stmts[RAW_COUNT];
    int64_t values[3];
    int64_t person_first;
    int64_t person_end;
} Raw;

static int64_t raw_step(const int64_t *values, sqlite3_stmt *stmt) {
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
        (void)sqlite3_bind_int64(stmt, i, values[i - 1]);
    }
    int64_t first = 0;
    int code = sqlite3_step(stmt);
    while (code == SQLITE_ROW) {
        first = sqlite3_column_int64(stmt, 0);
        code = sqlite3_step(stmt);
    }
    check(code == SQLITE_DONE);
    (void)sqlite3_reset(stmt);
    return first;
}

static void raw_claim(Raw *raw) {
    raw->values[1]++;
    for (int which = 0; which < RAW_COUNT; which++) {
        (void)raw_step(raw->values, raw->stmts[which]);
    }
    raw->values[0]++;
    if (raw->values[0] == raw->person_end) {
        raw->values[0] = raw->person_first;
    }
}

static void raw_exec(Raw *raw, const char *sql) {
    check(sqlite3_exec(raw->handle, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3_stmt *raw_prepare(const Raw *raw, const char *sql) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(raw->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (code != SQLITE_OK) {
        (void)fprintf(stderr, "%s\n", sqlite3_errmsg(raw->handle));
    }
    check(code == SQLITE_OK);
    return stmt;
}

static void raw_open(Raw *raw, Stage *stage) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/huanxin.db", stage->data);
    check(sqlite3_open(path, &raw->handle) == SQLITE_OK);
    raw_exec(raw, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                  "PRAGMA foreign_keys = ON; PRAGMA cache_size = -288000; "
                  "PRAGMA wal_autocheckpoint = 16000"); /* as the door's */
    for (int i = 0; i < RAW_COUNT; i++) {
        raw->stmts[i] = raw_prepare(raw, raw_sql[i]);
    }
    raw->person_first = stage->resident_first;
    raw->person_end = stage->resident_first + stage->resident_count;
    raw->values[0] = raw->person_first;
    raw->values[1] = 1000000000;
    sqlite3_stmt *pot = raw_prepare(raw, SQL_RAW_POT);
    raw->values[2] = raw_step(raw->values, pot);
    (void)sqlite3_finalize(pot);
}

/* The door's database must be closed: the bare connection has it for itself. */
static double raw_claims(Stage *stage) {
    Raw raw = {0};
    Row row = {0};
    raw_open(&raw, stage);
    sqlite3_stmt *post = raw_prepare(&raw, SQL_RAW_POST);
    int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start_ns = now_ns();
    while (now_ns() - start_ns < seconds * 1000000000) {
        raw_exec(&raw, "BEGIN IMMEDIATE");
        for (int i = 0; i < RAW_BATCH; i++) {
            raw_claim(&raw);
        }
        (void)raw_step((int64_t[]){raw.values[2], RAW_BATCH * INT64_C(104985)}, post);
        check(sqlite3_changes(raw.handle) > 1);
        raw_exec(&raw, "COMMIT");
        row.count += RAW_BATCH;
    }
    row.spent_ns = now_ns() - start_ns;
    row.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns;
    for (int i = 0; i < RAW_COUNT; i++) {
        (void)sqlite3_finalize(raw.stmts[i]);
    }
    (void)sqlite3_finalize(post);
    check(sqlite3_close(raw.handle) == SQLITE_OK);
    char what[64];
    (void)snprintf(what, sizeof what, "bare SQLite, the same statements, %d a commit", RAW_BATCH);
    return row_print(what, &row);
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

static const char PGBENCH_TABLES[] =
    "CREATE SCHEMA pgbench; SET search_path = pgbench;"
    "CREATE TABLE pot (id BIGINT PRIMARY KEY, appropriated BIGINT NOT NULL, reserved BIGINT NOT "
    "NULL, CHECK (reserved <= appropriated));"
    "INSERT INTO pot SELECT n, 1000000000000000, 0 FROM generate_series(1, 64) AS n;"
    "CREATE TABLE coupon (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, person BIGINT "
    "NOT NULL, category TEXT NOT NULL, pot BIGINT NOT NULL, amount BIGINT NOT NULL);"
    "CREATE INDEX coupon_person ON coupon (person, category);"
    "CREATE TABLE transfer (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, pot BIGINT NOT "
    "NULL, amount BIGINT NOT NULL);"
    "CREATE TABLE journal (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, verb TEXT NOT "
    "NULL, after_json TEXT NOT NULL);"
    "CREATE TABLE key (name TEXT PRIMARY KEY, answer TEXT NOT NULL);";

/* The equivalent transaction, written as one would: look, take from the pot, write the rows. */
static const char PGBENCH_SCRIPT[] =
    "\\set person random(1, 1000000000000)\n\\set pot random(1, :pots)\n"
    "BEGIN;\n"
    "INSERT INTO key (name, answer) VALUES ('k-' || :client_id || '-' || :person, '') ON CONFLICT "
    "DO NOTHING;\n"
    "SELECT id FROM coupon WHERE person = :person AND category = 'fridge';\n"
    "UPDATE pot SET reserved = reserved + 104985 WHERE id = :pot AND reserved + 104985 <= "
    "appropriated;\n"
    "INSERT INTO transfer (pot, amount) VALUES (:pot, 104985);\n"
    "INSERT INTO coupon (person, category, pot, amount) VALUES (:person, 'fridge', :pot, 104985);\n"
    "INSERT INTO journal (verb, after_json) VALUES ('coupon.claim', '{\"amount_fen\":104985}');\n"
    "COMMIT;\n";

static void psql(const char *server, const char *sql) {
    char path[] = "build/rush-sql-XXXXXX";
    char command[700];
    int file = mkstemp(path);
    check(file >= 0);
    check(write(file, sql, strlen(sql)) == (ssize_t)strlen(sql));
    (void)close(file);
    (void)snprintf(
        command, sizeof command,
        "PGOPTIONS=-cclient_min_messages=warning psql -q -v ON_ERROR_STOP=1 -f %s '%s' >/dev/null",
        path, server);
    int code = system(command);
    (void)unlink(path);
    check(code == 0);
}

/* Transactions a second as pgbench reports them. */
static double pgbench_rate(const char *server, int pot_count) {
    char path[] = "build/rush-pgbench-XXXXXX";
    char command[900];
    char line[256];
    double rate = 0;
    int file = mkstemp(path);
    check(file >= 0);
    check(write(file, PGBENCH_SCRIPT, strlen(PGBENCH_SCRIPT)) == (ssize_t)strlen(PGBENCH_SCRIPT));
    (void)close(file);
    (void)snprintf(command, sizeof command,
                   "PGOPTIONS='-csearch_path=pgbench' pgbench -n -M prepared -c %d -j 2 -T %" PRId64
                   " -D pots=%d -f %s '%s' 2>/dev/null",
                   PGBENCH_CLIENTS, seconds, pot_count, path, server);
    FILE *out = popen(command, "r");
    check(out != NULL);
    while (fgets(line, sizeof line, out) != NULL) {
        (void)sscanf(line, "tps = %lf", &rate);
    }
    check(pclose(out) == 0);
    (void)unlink(path);
    printf("pgbench, %2d pot%s, %d clients                   %9.0f\n", pot_count,
           pot_count == 1 ? " " : "s", PGBENCH_CLIENTS, rate);
    return rate;
}

/* ---- the table ------------------------------------------------------------------------------- */

static void verdict(const char *what, double value, const char *sign, double want) {
    bool is_held = sign[0] == '<' ? value < want : value >= want;
    printf("  %-54s %8.2f  wanted %s %.2f  %s\n", what, value, sign, want,
           is_held ? "held" : "MISSED");
}

static void load_print(const char *when) {
    double loads[3] = {0};
    check(getloadavg(loads, 3) == 3);
    printf("load average %s: %.1f, %.1f, %.1f on %ld processors\n", when, loads[0], loads[1],
           loads[2], sysconf(_SC_NPROCESSORS_ONLN));
}

static int64_t argument(int count, char **arguments, int index, int64_t otherwise, int64_t most) {
    int64_t number = otherwise;
    if (index < count && (str_int64(str_of(arguments[index]), &number) != STATUS_OK || number < 1 ||
                          number > most)) {
        (void)fprintf(stderr, "usage: rush_bench [SECONDS 1..60 [CONNECTIONS 1..%d [ROWS]]]\n",
                      CONNECTIONS_MAX);
        exit(2);
    }
    return number;
}

typedef struct Rates {
    double nginx;
    double http;
    double p99_ms;
    double inside;
    double raw;
    double one_pot;
    double pots;
    double postgres;
} Rates;

static void sqlite_rows(Rates *rates) {
    const bool is_all = strcmp(only, "all") == 0;
    Stage *stage = stage_make("", is_row("http") ? seconds * HTTP_PER_SECOND : 0,
                              is_row("inside") ? seconds * INSIDE_PER_SECOND : 1);
    if (is_row("http")) {
        rates->http = http_claims(stage, "full claim over HTTP, SQLite", &rates->p99_ms);
    }
    rates->nginx = is_all ? nginx_rate() : 0;
    if (is_row("inside")) {
        rates->inside = in_process_claims(stage, "full claim in process, SQLite");
    }
    if (is_all) {
        house_close(&stage->house);
        rates->raw = raw_claims(stage);
    }
    stage_end(stage);
}

static void postgres_rows(Rates *rates, const char *server) {
    double p99_ms = 0;
    char url[300];
    if (strcmp(only, "all") == 0) {
        psql(server, PGBENCH_TABLES);
        rates->one_pot = pgbench_rate(server, 1);
        rates->pots = pgbench_rate(server, PGBENCH_POTS);
        psql(server, "DROP SCHEMA pgbench CASCADE");
    }
    psql(server, "CREATE SCHEMA rush");
    (void)snprintf(url, sizeof url, "%s?options=-csearch_path%%3Drush", server);
    Stage *stage = stage_make(url, seconds * POSTGRES_PER_SECOND, 0);
    rates->postgres = http_claims(stage, "full claim over HTTP, PostgreSQL", &p99_ms);
    stage_end(stage);
    psql(server, "DROP SCHEMA rush CASCADE");
}

static void verdicts(const Rates *rates, bool has_postgres) {
    printf("\nratios of this run\n");
    if (rates->nginx > 0) {
        verdict("claims over HTTP / nginx return 200", rates->http / rates->nginx, ">=", 0.2);
    }
    verdict("claims over HTTP, p99 in ms", rates->p99_ms, "<", 100);
    verdict("claims in process / bare SQLite", rates->inside / rates->raw, ">=", 0.5);
    if (has_postgres) {
        verdict("claims over HTTP / pgbench on one pot", rates->http / rates->one_pot, ">=", 20);
        verdict("claims on PostgreSQL / pgbench on one pot", rates->postgres / rates->one_pot,
                ">=", 3);
    } else {
        printf("  PostgreSQL was not measured: run it as `make bench-rush`\n");
    }
}

int main(int count, char **arguments) {
    seconds = argument(count, arguments, 1, 5, 60);
    connection_count = (size_t)argument(count, arguments, 2, 256, CONNECTIONS_MAX);
    const char *server = getenv("TEST_PG");
    Rates rates = {0};
    load_print("before");
    printf("%zu keep-alive connections, %" PRId64
           " s a row; every answer after its durable commit\n",
           connection_count, seconds);
    printf("%-44s %9s %9s %9s %9s\n", "", "per s", "p50 ms", "p99 ms", "cpu us");
    only = count > 3 ? arguments[3] : "all";
    if (!is_row("postgres") || is_row("http")) {
        sqlite_rows(&rates);
    }
    if (server != NULL && is_row("postgres")) {
        postgres_rows(&rates, server);
    }
    if (strcmp(only, "all") == 0) {
        verdicts(&rates, server != NULL);
    }
    load_print("after");
    return 0;
}
