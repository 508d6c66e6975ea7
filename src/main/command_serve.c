/*
 * command_serve.c - the server: house, pages, the background job, a graceful stop on SIGTERM.
 */
#include "base/log.h"
#include "main/command.h"
#include "main/embedded.h"
#include "main/house.h"
#include "main/routes.h"
#include "main/travel_link.h"
#include "office/alert/alert.h"
#include "office/claim/claim.h"
#include "office/coupon/coupon.h"
#include "office/offer/offer.h"
#include "office/shop/shop.h"
#include "office/todo/todo.h"
#include "office/treasury/meter.h"
#include "web/budget.h"
#include "web/job.h"
#include "web/lobby.h"
#include "web/lobby_share.h"
#include "yaml/yaml.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RUSH_MS = 120000, STOP_GRACE_MS = 5000, ASSET_BYTES_MAX = 8 * 1024 * 1024 };

typedef struct Server {
    Settings settings;
    int64_t shift_ms; /* added to the machine's clock, for tests and training (--today) */
    House house;
    WebApp app;
    Cx *cx;
    TravelLink travel;        /* to the map server, when there is one */
    const HttpAsset **assets; /* built-in, in the order of embedded_assets */
    HttpServer *http;
    LobbyShare share; /* server 0: the waiting room is this server's alone */
    atomic_bool is_stopped;
} Server;

/* ---- assets ---- */

static void assets_prepare(Server *server) {
    Arena *arena = server->cx->arena;
    server->assets = arena_array(arena, const HttpAsset *, embedded_asset_count);
    for (size_t i = 0; i < embedded_asset_count; i++) {
        const EmbeddedFile *file = &embedded_assets[i];
        Str bytes = {(const char *)file->bytes, file->size};
        server->assets[i] = http_asset_new(arena, http_type_of(str_of(file->name)), bytes, NULL);
    }
}

static const HttpAsset *asset_find(void *assets, Str name) {
    const Server *server = assets;
    for (size_t i = 0; i < embedded_asset_count; i++) {
        if (str_equal(name, str_of(embedded_assets[i].name))) {
            return server->assets[i];
        }
    }
    return NULL;
}

/* The version in the address of an asset changes with its bytes. */
static Str assets_version(Cx *cx) {
    uint8_t digest[SEAL_SM3_BYTES];
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    for (size_t i = 0; i < embedded_asset_count; i++) {
        seal_sm3_add(sm3, (Str){(const char *)embedded_assets[i].bytes, embedded_assets[i].size});
    }
    seal_sm3_finish(sm3, digest);
    return seal_hex(cx->arena, (Str){(const char *)digest, 6});
}

/* ---- the clock ---- */

static int64_t clock_ms(void *it) {
    return house_clock_ms(NULL) + ((const Server *)it)->shift_ms;
}

/* Shifts the clock by whole days, so that the time of day stays real. */
static Status clock_set(Server *server) {
    const char *today = server->settings.text[SETTING_TEXT_TODAY];
    if (today[0] == '\0') {
        return STATUS_OK;
    }
    if (server->settings.flag[SETTING_FLAG_PRODUCTION]) {
        return fault(server->cx, STATUS_DENIED, "--today is not for production");
    }
    Day day = DAY_NONE;
    TRY(day_parse(server->cx, str_of(today), &day));
    int32_t days = day.number - day_of_instant(house_clock_ms(NULL)).number;
    server->shift_ms = days * DAY_MS;
    return STATUS_OK;
}

/* ---- the background job ---- */

typedef struct Job {
    Server *server;
    int64_t every_s;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool is_stopped;
} Job;

static void job_round(const Job *job) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Status status = coupon_expire_job(&cx, &job->server->house.city, clock_ms(job->server));
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job coupon.expire: %s", cx.fault.text);
    }
    fault_clear(&cx);
    status = claim_notice_job(&cx, &job->server->house.city, clock_ms(job->server));
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job claim.notice: %s", cx.fault.text);
    }
    fault_clear(&cx);
    status = alert_job(&cx, &job->server->house.city, clock_ms(job->server));
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job alert.run: %s", cx.fault.text);
    }
    fault_clear(&cx);
    status = meter_job(&cx, job->server->house.db, clock_ms(job->server));
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job meter.count: %s", cx.fault.text);
    }
    fault_clear(&cx);
    status = advance_job(&cx, &job->server->house.city, clock_ms(job->server));
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job settlement.advance: %s", cx.fault.text);
    }
    fault_clear(&cx);
    status = offer_job(&cx, &job->server->house.city, clock_ms(job->server));
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job offer.follow: %s", cx.fault.text);
    }
    fault_clear(&cx);
    status = house_issues_load(&cx, &job->server->house);
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "job policy.issues: %s", cx.fault.text);
    }
    arena_free(arena);
}

static void *job_run(void *it) {
    Job *job = it;
    pthread_mutex_lock(&job->mutex);
    while (!job->is_stopped) {
        pthread_mutex_unlock(&job->mutex);
        job_round(job);
        pthread_mutex_lock(&job->mutex);
        struct timespec until = {0};
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += job->every_s;
        while (!job->is_stopped && pthread_cond_timedwait(&job->wake, &job->mutex, &until) == 0) {
        }
    }
    pthread_mutex_unlock(&job->mutex);
    return NULL;
}

static void job_stop(Job *job, pthread_t thread) {
    pthread_mutex_lock(&job->mutex);
    job->is_stopped = true;
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->mutex);
    (void)pthread_join(thread, NULL);
}

/* ---- the waiting room of several servers ---- */

typedef Status BeatHalf(Cx *cx, LobbyShare *share, int64_t now_ms);

static void beat_run(Server *server, BeatHalf *half) {
    while (!atomic_load(&server->is_stopped)) {
        struct timespec pause = {.tv_nsec = LOBBY_BEAT_MS * INT64_C(1000000)};
        Arena *arena = arena_create();
        Cx cx;
        cx_init(&cx, arena);
        if (half(&cx, &server->share, clock_ms(server)) != STATUS_OK) {
            log_line(LOG_ERROR, "waiting room: %s", cx.fault.text);
        }
        arena_free(arena);
        (void)nanosleep(&pause, NULL);
    }
}

static void *hear_run(void *it) {
    beat_run(it, lobby_share_hear);
    return NULL;
}

static void *tell_run(void *it) {
    beat_run(it, lobby_share_tell);
    return NULL;
}

/* ---- starting ---- */

static Status demo_check(Server *server) {
    bool has_demo = false;
    TRY(house_has_demo(server->cx, &server->house, &has_demo));
    server->app.is_demo = has_demo;
    if (has_demo && server->settings.flag[SETTING_FLAG_PRODUCTION]) {
        Status status = fault(server->cx, STATUS_DENIED,
                              "the database holds demo persons; production does not start with it");
        fault_hint(server->cx,
                   "use another --data folder; `huanxin account create` makes the first "
                   "account");
        return status;
    }
    return STATUS_OK;
}

static void access_log(const HttpAccess *access, void *context) {
    (void)context;
    log_line(LOG_INFO, STR_FMT " " STR_FMT " %u %" PRIu64 " %" PRId64 "us",
             STR_ARG(http_method_text(access->method)), STR_ARG(access->path), access->status,
             access->sent_bytes, access->micros);
}

/* Opens the waiting room. When people were claiming a moment ago, this is a restart in a rush:
 * those who waited come back first. */
static Status lobby_open(Server *server) {
    const Settings *settings = &server->settings;
    if (settings->number[SETTING_LOBBY] == 0) {
        return STATUS_OK;
    }
    DbConn *conn = NULL;
    int64_t last_ms = 0;
    TRY(db_read_begin(server->cx, server->house.db, &conn));
    Status status = coupon_last_claim(server->cx, conn, &last_ms);
    db_read_end(server->house.db, conn);
    TRY(status);
    LobbyOptions options = {.places_max = (size_t)settings->number[SETTING_PLACES],
                            .at_once_max = settings->number[SETTING_LOBBY],
                            .now_ms = clock_ms(server),
                            .was_crowded = clock_ms(server) - last_ms < RUSH_MS};
    SealKey key;
    seal_key_derive(&server->house.city.sign_key, STR("waiting room"), &key);
    _Static_assert(sizeof options.key <= sizeof key.bytes, "a key is long enough");
    memcpy(options.key, key.bytes, sizeof options.key);
    seal_key_wipe(&key);
    if (settings->flag[SETTING_FLAG_LOBBY_SHARED]) {
        TRY(lobby_share_join(server->cx, server->house.db, clock_ms(server), &options.server));
    }
    server->app.lobby = lobby_create(&options);
    server->share =
        (LobbyShare){.db = server->house.db, .lobby = server->app.lobby, .server = options.server};
    return STATUS_OK;
}

static Status travel_open(Server *server) {
    Str text = str_of(server->settings.text[SETTING_TEXT_TRAVEL]);
    if (str_is_empty(text)) {
        return STATUS_OK;
    }
    TRY(travel_link_open(server->cx, text, server->settings.number[SETTING_TRAVEL_WAIT],
                         &server->travel));
    server->house.city.travel = &server->travel.options;
    return STATUS_OK;
}

static Status http_start(Server *server) {
    const Settings *settings = &server->settings;
    HttpOptions options = {.address = settings->text[SETTING_TEXT_ADDRESS],
                           .port = (uint16_t)settings->number[SETTING_PORT],
                           .loop_count = (uint32_t)settings->number[SETTING_LOOPS],
                           .worker_count = (uint32_t)settings->number[SETTING_WORKERS],
                           .queue_max = (uint32_t)settings->number[SETTING_WAITING],
                           .plan = web_plan,
                           .error_page = web_error_page,
                           .access = settings->flag[SETTING_FLAG_QUIET] ? NULL : access_log,
                           .context = &server->app};
    return http_server_start(server->cx, &options, &server->http);
}

static Status server_start(Server *server, int argc, char **argv) {
    TRY(settings_read(server->cx, argc, argv, &server->settings));
    if (server->settings.word_count > 0) {
        return fault(server->cx, STATUS_INVALID, "unexpected argument \"%s\"",
                     server->settings.words[0]);
    }
    TRY(clock_set(server));
    TRY(house_open(server->cx, &server->settings, clock_ms(server), &server->house));
    TRY(travel_open(server));
    assets_prepare(server);
    server->app = (WebApp){
        .db = server->house.db,
        .routes = routes,
        .route_count = route_count,
        .house = &server->house.city,
        .city_name = server->house.city.name,
        .asset_version = assets_version(server->cx),
        .asset = asset_find,
        .assets = server,
        .is_secure = server->settings.flag[SETTING_FLAG_PRODUCTION],
        .clock_ms = clock_ms,
        .clock = server,
        .session_ms = server->settings.number[SETTING_SESSION] * 60000,
        .nav_count = todo_nav_count,
        .nav_context = todo_cache_create(),
    };
    TRY(demo_check(server));
    server->app.budget = budget_create(server->cx->arena);
    server->app.jobs = jobs_create(&(JobsOptions){.clock_ms = clock_ms, .clock = server});
    TRY(lobby_open(server));
    return http_start(server);
}

/* Prints where the server is, and the demo sign-ins when there are any. */
static void server_announce(Server *server) {
    printf(STR_FMT "焕新：http://%s:%u/\n", STR_ARG(server->app.city_name),
           server->settings.text[SETTING_TEXT_ADDRESS], http_server_port(server->http));
    Str text = STR_NONE;
    Str path = house_path(server->cx, &server->settings, "demo-sign-ins.txt");
    if (server->app.is_demo && yaml_file(server->cx, path, 64 * 1024, &text) == STATUS_OK) {
        printf("\n演示账号（只用于演示）：\n" STR_FMT, STR_ARG(text));
    }
    fault_clear(server->cx);
    (void)fflush(stdout);
}

static void signals_block(sigset_t *stop) {
    (void)sigemptyset(stop);
    (void)sigaddset(stop, SIGINT);
    (void)sigaddset(stop, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static void server_run(Server *server, const sigset_t *stop) {
    Job job = {.server = server,
               .every_s = server->settings.number[SETTING_EXPIRE],
               .mutex = PTHREAD_MUTEX_INITIALIZER,
               .wake = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    check(pthread_create(&thread, NULL, job_run, &job) == 0);
    pthread_t beats[2];
    bool has_beat = server->share.server > 0;
    check(!has_beat || (pthread_create(&beats[0], NULL, hear_run, server) == 0 &&
                        pthread_create(&beats[1], NULL, tell_run, server) == 0));
    int signal_number = 0;
    (void)sigwait(stop, &signal_number);
    log_line(LOG_INFO, "stopping");
    atomic_store(&server->is_stopped, true);
    for (int i = 0; i < 2 && has_beat; i++) {
        (void)pthread_join(beats[i], NULL);
    }
    (void)http_server_stop(server->http, STOP_GRACE_MS);
    job_stop(&job, thread);
}

static const char usage[] =
    "usage: huanxin serve [OPTIONS]\n"
    "Runs the city's office. The data folder, its keys and its database are made when they are\n"
    "missing. Stops gracefully on SIGTERM and SIGINT. Options and their defaults:\n\n";

static int help_print(void) {
    (void)fputs(usage, stdout);
    settings_print();
    return 0;
}

static bool is_help(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            return true;
        }
    }
    return false;
}

int command_serve(int argc, char **argv) {
    if (is_help(argc, argv)) {
        return help_print();
    }
    sigset_t stop;
    signals_block(&stop);
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Server server = {.cx = &cx};
    Status status = server_start(&server, argc, argv);
    int code = 0;
    if (status != STATUS_OK) {
        code = command_fault(&cx, status);
    } else {
        server_announce(&server);
        server_run(&server, &stop);
    }
    jobs_destroy(server.app.jobs);
    /* Claims that still waited for their commit are answered while the writer ends, and those
     * answers tell the waiting room: it goes last. */
    house_close(&server.house);
    lobby_free(server.app.lobby);
    arena_free(arena);
    return code;
}
