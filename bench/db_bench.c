/*
 * db_bench.c - how many claims a second pass the one write door, and how near that is to what
 * SQLite can do at all.
 *
 *   db_bench [SECONDS [FOLDER]]        default: 3 seconds a row, the folder build/
 *
 * A claim: idempotency key, look-up whether the person has a coupon, coupon row, reserve through a
 * fund tree of four levels (guarded posting, hold, transfer), journal entry chained by SM3, answer.
 * With TEST_PG set to a postgresql:// address the same claims run there, without the peer.
 * Peer in the same run: the same statements prepared once and stepped by hand in one thread, in
 * batches, with no queue, no savepoints and no hashing: the raw SQLite batch limit.
 */
#include "../tests/db_scratch.h"
#include "db/db.h"
#include "ledger/ledger.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CALLERS_MAX = 128, SAMPLES_MAX = 1 << 20, OUTSTANDING = 1024 };

static const char SQL_COUPON_CREATE[] =
    "CREATE TABLE bench_coupon (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, "
    "category TEXT NOT NULL, hold_id INTEGER NOT NULL, at_ms INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX bench_coupon_once ON bench_coupon (person_id, category)";
static const char SQL_COUPON_OF_PERSON[] =
    "SELECT id FROM bench_coupon WHERE person_id = $1 AND category = $2";
static const char SQL_COUPON_INSERT[] =
    "INSERT INTO bench_coupon (person_id, category, hold_id, at_ms) VALUES ($1, $2, $3, $4) "
    "RETURNING id";

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Processor time of the whole process: tells the cost of a claim also on a busy machine. */
static int64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the claim --------------------------------------------------------------------------------
 */

typedef struct Claim {
    int64_t person_id;
    FundId fund;
} Claim;

static Status claim_work(Cx *cx, DbConn *conn, void *input) {
    const Claim *claim = input;
    const Str category = STR("冰箱");
    bool has_coupon = false;
    TRY(db_exists(cx, conn, SQL_COUPON_OF_PERSON,
                  DB_ARGS(DB_INT(claim->person_id), DB_TEXT(category)), &has_coupon));
    if (has_coupon) {
        return fault(cx, STATUS_CONFLICT, "每人每类限领一次");
    }
    HoldId hold;
    const HoldSpec spec = {claim->fund, money_of_fen(104985), "coupon", claim->person_id};
    TRY(ledger_reserve(cx, conn, &spec, &hold));
    int64_t id = 0;
    TRY(db_insert(cx, conn, SQL_COUPON_INSERT,
                  DB_ARGS(DB_INT(claim->person_id), DB_TEXT(category), DB_INT(hold.id),
                          DB_INT(db_now_ms(conn))),
                  &id));
    const DbEntry entry = {.verb = "coupon.claim",
                           .subject = "coupon",
                           .subject_id = id,
                           .after = str_print(cx->arena,
                                              "{\"person\":%lld,\"amount\":104985,\"hold\":%lld}",
                                              (long long)claim->person_id, (long long)hold.id)};
    TRY(db_journal(cx, conn, &entry));
    db_answer(conn, str_print(cx->arena, "%lld", (long long)id));
    return STATUS_OK;
}

static Status tree_work(Cx *cx, DbConn *conn, void *input) {
    FundId *fund = input;
    static const char *const codes[] = {"gz", "2026", "1", "jd"};
    *fund = FUND_NONE;
    for (int i = 0; i < 4; i++) {
        const FundSpec spec = {.parent = *fund,
                               .kind = FUND_PROGRAMME,
                               .code = str_of(codes[i]),
                               .name = str_of(codes[i]),
                               .year = 2026,
                               .rate_bp = {8500, 0, 0, 1500}};
        TRY(ledger_fund_create(cx, conn, &spec, fund));
        TRY(ledger_appropriate(cx, conn, *fund, money_of_yuan(INT64_C(9000000000000)),
                               STR("文号")));
    }
    return STATUS_OK;
}

/* ---- measuring --------------------------------------------------------------------------------
 */

typedef struct Bench {
    Scratch scratch;
    FundId fund;
    atomic_llong person_next;
    atomic_bool is_over;
    atomic_llong done;
    int64_t *samples_ns; /* latencies, the first SAMPLES_MAX */
    atomic_llong sample_count;
    sem_t free_places;
} Bench;

static DbCommand command_of(Claim *claim, Str key) {
    return (DbCommand){
        .name = "coupon.claim",
        .actor = {.user_id = claim->person_id, .role = STR("resident"), .origin = STR("web")},
        .key = key,
        .work = claim_work,
        .input = claim,
        .now_ms = 1767225600000};
}

static void sample(Bench *bench, int64_t ns) {
    long long at = atomic_fetch_add(&bench->sample_count, 1);
    if (at < SAMPLES_MAX) {
        bench->samples_ns[at] = ns;
    }
    atomic_fetch_add(&bench->done, 1);
}

static void *caller_main(void *it) {
    Bench *bench = it;
    Arena *arena = arena_create();
    while (!atomic_load(&bench->is_over)) {
        Cx cx;
        cx_init(&cx, arena);
        Claim claim = {atomic_fetch_add(&bench->person_next, 1), bench->fund};
        Str key = str_print(arena, "3f0c9a52-%012lld", (long long)claim.person_id * 7919 % 999983);
        key = str_print(arena, STR_FMT "-%lld", STR_ARG(key), (long long)claim.person_id);
        const DbCommand command = command_of(&claim, key);
        int64_t start_ns = now_ns();
        Str answer;
        check(db_write(&cx, bench->scratch.db, &command, &answer) == STATUS_OK);
        sample(bench, now_ns() - start_ns);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

typedef struct Later {
    Bench *bench;
    Claim claim;
    char key[40];
    int64_t start_ns;
    atomic_bool is_busy;
} Later;

static void later_done(Cx *cx, Status status, Str answer, void *context) {
    Later *later = context;
    (void)cx;
    (void)answer;
    check(status == STATUS_OK);
    sample(later->bench, now_ns() - later->start_ns);
    atomic_store(&later->is_busy, false);
    sem_post(&later->bench->free_places);
}

static void later_send(Bench *bench, Later *later, Cx *cx) {
    later->bench = bench;
    later->claim = (Claim){atomic_fetch_add(&bench->person_next, 1), bench->fund};
    int len =
        snprintf(later->key, sizeof later->key, "later-%lld", (long long)later->claim.person_id);
    later->start_ns = now_ns();
    atomic_store(&later->is_busy, true);
    const DbCommand command = command_of(&later->claim, (Str){later->key, (size_t)len});
    check(db_write_later(cx, bench->scratch.db, &command, later_done, later) == STATUS_OK);
}

static void *later_main(void *it) {
    Bench *bench = it;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Later *places = arena_array(arena, Later, OUTSTANDING);
    sem_init(&bench->free_places, 0, OUTSTANDING);
    for (size_t at = 0; !atomic_load(&bench->is_over); at = (at + 1) % OUTSTANDING) {
        sem_wait(&bench->free_places);
        while (atomic_load(&places[at].is_busy)) {
            at = (at + 1) % OUTSTANDING;
        }
        later_send(bench, &places[at], &cx);
    }
    for (int i = 0; i < OUTSTANDING; i++) {
        sem_wait(&bench->free_places);
    }
    sem_destroy(&bench->free_places);
    arena_free(arena);
    return NULL;
}

static int compare_ns(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* When a row began. */
typedef struct Start {
    int64_t wall_ns;
    int64_t cpu_ns;
} Start;

static double row_print(Bench *bench, const char *what, Start start) {
    const int64_t elapsed_ns = now_ns() - start.wall_ns;
    const int64_t used_ns = cpu_ns() - start.cpu_ns;
    long long count = atomic_load(&bench->sample_count);
    size_t kept = count < SAMPLES_MAX ? (size_t)count : SAMPLES_MAX;
    double rate = (double)count * 1e9 / (double)elapsed_ns;
    printf("%-34s %10.0f %9.1f", what, rate, (double)used_ns / 1e3 / (double)count);
    if (kept > 0 && bench->samples_ns[0] > 0) {
        qsort(bench->samples_ns, kept, sizeof *bench->samples_ns, compare_ns);
        printf(" %9.2f %9.2f", (double)bench->samples_ns[kept / 2] / 1e6,
               (double)bench->samples_ns[kept * 99 / 100] / 1e6);
    }
    printf("\n");
    fflush(stdout);
    return rate;
}

static void sleep_s(int64_t seconds) {
    const struct timespec wait = {seconds, 0};
    nanosleep(&wait, NULL);
}

static double callers_run(Bench *bench, const char *what, int count, int64_t seconds) {
    void *(*body)(void *) = count == 0 ? later_main : caller_main;
    int threads = count == 0 ? 1 : count;
    pthread_t ids[CALLERS_MAX];
    atomic_store(&bench->is_over, false);
    atomic_store(&bench->sample_count, 0);
    const Start start = {now_ns(), cpu_ns()};
    for (int i = 0; i < threads; i++) {
        check(pthread_create(&ids[i], NULL, body, bench) == 0);
    }
    sleep_s(seconds);
    atomic_store(&bench->is_over, true);
    for (int i = 0; i < threads; i++) {
        check(pthread_join(ids[i], NULL) == 0);
    }
    return row_print(bench, what, start);
}

/* ---- the peer: bare SQLite --------------------------------------------------------------------
 */

enum {
    RAW_KEY,
    RAW_LOOK,
    RAW_POST,
    RAW_HOLD,
    RAW_HOLD_READ,
    RAW_TRANSFER,
    RAW_COUPON,
    RAW_JOURNAL,
    RAW_ANSWER,
    RAW_COUNT
};

/* The same work as the door's commands do, in the texts that the modules use. */
static const char *const raw_sql[RAW_COUNT] = {
    [RAW_KEY] = "INSERT INTO idempotency (command, key, user_id, at_ms, answer) VALUES "
                "('coupon.claim', ?1, ?2, 1767225600000, '') "
                "ON CONFLICT (command, key) DO NOTHING",
    [RAW_LOOK] = "SELECT id FROM bench_coupon WHERE person_id = ?1 AND category = '冰箱'",
    [RAW_POST] =
        "UPDATE fund SET reserved = fund.reserved + ?2, direct = fund.direct + ?2 * way.is_direct "
        "FROM fund_path AS way WHERE way.fund_id = ?1 AND fund.id = way.ancestor_id AND NOT EXISTS "
        "(SELECT 1 FROM fund_path AS step JOIN fund AS node ON node.id = step.ancestor_id "
        "WHERE step.fund_id = ?1 AND (node.is_frozen + node.is_closed > 0 OR node.reserved + "
        "node.approved + node.paid + ?2 > node.appropriated OR node.allocated + node.direct + "
        "?2 * step.is_direct > node.appropriated))",
    [RAW_HOLD] = "INSERT INTO ledger_hold (fund_id, case_kind, case_id, created_ms, reserved) "
                 "VALUES (?1, 'coupon', ?2, 1767225600000, 104985) RETURNING id",
    [RAW_HOLD_READ] = "SELECT ledger_hold.id, ledger_hold.reserved, fund.central_bp, "
                      "fund.province_bp, fund.city_bp, fund.county_bp FROM ledger_hold "
                      "JOIN fund ON fund.id = ledger_hold.fund_id WHERE ledger_hold.id = ?1",
    [RAW_TRANSFER] =
        "INSERT INTO ledger_transfer (kind, fund_id, other_id, hold_id, amount, central, province, "
        "city, county, at_ms, journal_id, basis) VALUES (4, ?1, NULL, ?2, 104985, 89238, 0, 0, "
        "15747, 1767225600000, ?3, '')",
    [RAW_COUPON] = "INSERT INTO bench_coupon (person_id, category, hold_id, at_ms) "
                   "VALUES (?1, '冰箱', ?2, 1767225600000) RETURNING id",
    [RAW_JOURNAL] =
        "INSERT INTO journal (id, at_ms, user_id, role, origin, helper_id, verb, subject, "
        "subject_id, before_json, after_json, attached, hash) VALUES (?1, 1767225600000, ?2, "
        "'resident', 'web', 0, 'coupon.claim', 'coupon', ?3, '', "
        "'{\"person\":123456,\"amount\":104985,\"hold\":123456}', "
        "'{\"transfer\":\"reserve\",\"fund\":4,\"other\":0,\"hold\":123456,\"amount\":104985,"
        "\"shares\":[89238,0,0,15747],\"basis\":\"\"}', zeroblob(32))",
    [RAW_ANSWER] = "UPDATE idempotency SET answer = ?2 WHERE command = 'coupon.claim' AND key = ?1",
};

typedef struct Raw {
    sqlite3 *handle;
    sqlite3_stmt *stmts[RAW_COUNT];
    int64_t person_next;
    int64_t journal_id;
} Raw;

/* Runs a statement with its values; text (may be NULL) goes to ?1. Returns column 0 of a row. */
static int64_t raw_run(Raw *raw, int which, const char *text, const int64_t values[3]) {
    sqlite3_stmt *stmt = raw->stmts[which];
    for (int i = 0; i < sqlite3_bind_parameter_count(stmt); i++) {
        sqlite3_bind_int64(stmt, i + 1, values[i]);
    }
    if (text != NULL) {
        sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
    }
    int64_t first = 0;
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW) {
        first = sqlite3_column_int64(stmt, 0);
        code = sqlite3_step(stmt);
    }
    check(code == SQLITE_DONE);
    sqlite3_reset(stmt);
    return first;
}

static void raw_claim(Raw *raw, int64_t fund) {
    int64_t person = raw->person_next++;
    raw->journal_id++;
    char key[40];
    char answer[24];
    (void)snprintf(key, sizeof key, "raw-%lld", (long long)person);
    raw_run(raw, RAW_KEY, key, (int64_t[]){0, person, 0});
    raw_run(raw, RAW_LOOK, NULL, (int64_t[]){person, 0, 0});
    raw_run(raw, RAW_POST, NULL, (int64_t[]){fund, 104985, 0});
    check(sqlite3_changes(raw->handle) == 4);
    int64_t hold = raw_run(raw, RAW_HOLD, NULL, (int64_t[]){fund, person, 0});
    raw_run(raw, RAW_HOLD_READ, NULL, (int64_t[]){hold, 0, 0});
    raw_run(raw, RAW_TRANSFER, NULL, (int64_t[]){fund, hold, raw->journal_id});
    int64_t coupon = raw_run(raw, RAW_COUPON, NULL, (int64_t[]){person, hold, 0});
    raw_run(raw, RAW_JOURNAL, NULL, (int64_t[]){raw->journal_id, person, coupon});
    (void)snprintf(answer, sizeof answer, "%lld", (long long)coupon);
    sqlite3_bind_text(raw->stmts[RAW_ANSWER], 2, answer, -1, SQLITE_STATIC);
    sqlite3_bind_text(raw->stmts[RAW_ANSWER], 1, key, -1, SQLITE_STATIC);
    check(sqlite3_step(raw->stmts[RAW_ANSWER]) == SQLITE_DONE);
    sqlite3_reset(raw->stmts[RAW_ANSWER]);
}

static void raw_exec(Raw *raw, const char *sql) {
    check(sqlite3_exec(raw->handle, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static double raw_batches(Raw *raw, Bench *bench, int batch, int64_t seconds) {
    char what[64];
    (void)snprintf(what, sizeof what, "raw SQLite, batches of %d", batch);
    long long count = 0;
    const Start start = {now_ns(), cpu_ns()};
    while (now_ns() - start.wall_ns < seconds * 1000000000) {
        raw_exec(raw, "BEGIN IMMEDIATE");
        for (int i = 0; i < batch; i++) {
            raw_claim(raw, bench->fund.id);
        }
        raw_exec(raw, "COMMIT");
        count += batch;
    }
    atomic_store(&bench->sample_count, count);
    bench->samples_ns[0] = 0; /* no latencies */
    return row_print(bench, what, start);
}

static void raw_open(Raw *raw, const char *path) {
    check(sqlite3_open(path, &raw->handle) == SQLITE_OK);
    raw_exec(raw, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                  "PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; "
                  "PRAGMA wal_autocheckpoint = 2000");
    for (int i = 0; i < RAW_COUNT; i++) {
        int code = sqlite3_prepare_v3(raw->handle, raw_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &raw->stmts[i], NULL);
        if (code != SQLITE_OK) {
            fprintf(stderr, "%s\n", sqlite3_errmsg(raw->handle));
        }
        check(code == SQLITE_OK);
    }
}

static void raw_close(Raw *raw) {
    for (int i = 0; i < RAW_COUNT; i++) {
        sqlite3_finalize(raw->stmts[i]);
    }
    check(sqlite3_close(raw->handle) == SQLITE_OK);
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static void bench_open(Bench *bench, const char *folder) {
    memset(bench, 0, sizeof *bench);
    Scratch *s = &bench->scratch;
    scratch_init_in(s, folder);
    if (getenv("TEST_PG") != NULL) {
        scratch_init_postgres(s);
    }
    DbMigration all[4];
    scratch_base(s->arena, all);
    all[3] = (DbMigration){4, "bench", SQL_COUPON_CREATE};
    check(db_open(&s->cx, &s->options, &s->db) == STATUS_OK);
    check(db_migrate(&s->cx, s->db, all, 4) == STATUS_OK);
    bench->samples_ns = arena_array(bench->scratch.arena, int64_t, SAMPLES_MAX);
    atomic_init(&bench->person_next, 1);
    const DbCommand tree = {.name = "bench.tree", .work = tree_work, .input = &bench->fund};
    check(db_write(&bench->scratch.cx, bench->scratch.db, &tree, NULL) == STATUS_OK);
}

static double peer_run(const char *folder, int64_t seconds) {
    Bench bench;
    bench_open(&bench, folder);
    scratch_close(&bench.scratch);
    Raw raw = {.person_next = 1, .journal_id = 1};
    raw_open(&raw, bench.scratch.path);
    double best = 0;
    static const int batches[] = {1, 16, 128, 256};
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        double rate = raw_batches(&raw, &bench, batches[i], seconds);
        best = rate > best ? rate : best;
    }
    raw_close(&raw);
    scratch_dispose(&bench.scratch);
    return best;
}

static void chain_print(Bench *bench) {
    DbConn *conn = NULL;
    DbVerify verify;
    LedgerAudit audit;
    Scratch *s = &bench->scratch;
    check(db_read_begin(&s->cx, s->db, &conn) == STATUS_OK);
    int64_t start_ns = now_ns();
    check(db_journal_verify(&s->cx, conn, NULL, NULL, &verify) == STATUS_OK);
    int64_t middle_ns = now_ns();
    check(ledger_audit(&s->cx, conn, &audit) == STATUS_OK);
    int64_t end_ns = now_ns();
    db_read_end(s->db, conn);
    check(verify.bad_id == 0);
    check(audit.finding_count == 0);
    printf("%-34s %10.0f entries/s (%lld, intact)\n", "journal verify",
           (double)verify.entry_count * 1e9 / (double)(middle_ns - start_ns),
           (long long)verify.entry_count);
    printf("%-34s %10.0f transfers/s (%lld, no finding)\n", "ledger audit",
           (double)audit.transfer_count * 1e9 / (double)(end_ns - middle_ns),
           (long long)audit.transfer_count);
}

int main(int argc, char **argv) {
    int64_t seconds = 3;
    if (argc > 1 && (str_int64(str_of(argv[1]), &seconds) != STATUS_OK || seconds < 1)) {
        fprintf(stderr, "usage: db_bench [SECONDS [FOLDER]]\n");
        return 2;
    }
    const char *folder = argc > 2 ? argv[2] : "build";
    printf("%-34s %10s %9s %9s %9s\n", "claims, durable", "per s", "cpu us", "p50 ms", "p99 ms");
    Bench bench;
    bench_open(&bench, folder);
    callers_run(&bench, "db_write, 1 caller", 1, seconds);
    callers_run(&bench, "db_write, 16 callers", 16, seconds);
    double crowd = callers_run(&bench, "db_write, 128 callers", 128, seconds);
    double later = callers_run(&bench, "db_write_later, 1024 on their way", 0, seconds);
    chain_print(&bench);
    const bool is_postgres = bench.scratch.is_postgres;
    scratch_dispose(&bench.scratch);
    if (is_postgres) {
        return 0;
    }
    double best = peer_run(folder, seconds);
    printf("of the raw limit: 128 callers %.2f, later %.2f\n", crowd / best, later / best);
    return 0;
}
