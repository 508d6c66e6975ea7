/*
 * Two server processes on one database: residents claim the same coupon through both at the same
 * instant while the pot runs out. Nobody gets two, not a fen too much is reserved, a repeated key
 * gives the same coupon at the other server, the journal stays one chain. On SQLite, and with
 * HUANXIN_TEST_DB on PostgreSQL.
 */
#include "office/treasury/treasury.h"
#include "seal/seal.h"
#include "server.h"
#include "test.h"

#include <inttypes.h>
#include <pthread.h>
#include <time.h>

enum { RESIDENTS = 60, THREADS = 8, AFFORDED = 25 };

static Server first;
static Server second;
static Db *db;
static Str tokens[RESIDENTS];

/* ---- the stage: sessions for everybody, money for some ---- */

static const char SQL_RESIDENTS[] = "SELECT id FROM person WHERE role = 'resident' AND id NOT IN"
                                    " (SELECT person_id FROM coupon) ORDER BY id LIMIT 60";
static const char SQL_SESSION[] =
    "INSERT INTO session (token_hash, person_id, csrf, created_ms, expires_ms)"
    " VALUES ($1, $2, 'csrf', $3, $4)";

typedef struct Stage {
    int64_t persons[RESIDENTS];
    int64_t person_count;
    int64_t year;
} Stage;

static Status stage_residents(Cx *cx, DbConn *conn, Stage *stage) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_RESIDENTS, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        stage->persons[stage->person_count++] = db_int(rows, 0);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

/* Leaves the money of AFFORDED coupons and half a coupon more. */
static Status stage_money(Cx *cx, DbConn *conn, const Stage *stage) {
    static const int64_t cap_fen = 150000; /* of a refrigerator of level 1 in 2026 */
    TreasuryPot pot;
    Money left = MONEY_ZERO;
    TRY(treasury_pot_find(cx, conn, STR("appliance"), stage->year, &pot));
    TRY(ledger_left(cx, conn, pot.fund, &left));
    Money out = money_of_fen(left.fen - cap_fen * AFFORDED - cap_fen / 2);
    check(out.fen > 0);
    return ledger_reclaim(cx, conn, pot.fund, out, STR("two servers test"));
}

static Status stage_work(Cx *cx, DbConn *conn, void *input) {
    Stage *stage = input;
    TRY(stage_residents(cx, conn, stage));
    for (int64_t i = 0; i < stage->person_count; i++) {
        uint8_t digest[SEAL_SM3_BYTES];
        seal_sm3(tokens[i], digest);
        Str hash = seal_hex(cx->arena, (Str){(const char *)digest, sizeof digest});
        TRY(db_exec(cx, conn, SQL_SESSION,
                    DB_ARGS(DB_TEXT(hash), DB_INT(stage->persons[i]), DB_INT(db_now_ms(conn)),
                            DB_INT(db_now_ms(conn) + 3600000)),
                    NULL));
    }
    return stage_money(cx, conn, stage);
}

static void stage_make(Cx *cx) {
    Stage stage = {0};
    int64_t now_ms = (int64_t)time(NULL) * 1000;
    stage.year = day_parts(day_of_instant(now_ms)).year;
    for (int i = 0; i < RESIDENTS; i++) {
        tokens[i] = str_print(first.arena, "two-servers-%d", i);
    }
    DbCommand command = {.name = "test.stage",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = stage_work,
                         .input = &stage,
                         .now_ms = now_ms};
    if (db_write(cx, db, &command, NULL) != STATUS_OK) {
        fail_msg("%s", cx->fault.text);
    }
    assert_int_equal(stage.person_count, RESIDENTS);
}

static int start(void **state) {
    (void)state;
    server_start(&first, "200");
    second = first;
    second.arena = arena_create();
    server_serve(&second);
    Cx cx;
    cx_init(&cx, first.arena);
    const char *path = first.database.url[0] != '\0'
                           ? first.database.url
                           : str_print(first.arena, "%s/huanxin.db", first.data).at;
    DbOptions options = {.url = path};
    if (db_open(&cx, &options, &db) != STATUS_OK) {
        return 1;
    }
    stage_make(&cx);
    return 0;
}

static int stop(void **state) {
    (void)state;
    db_close(db);
    server_end(&second);
    arena_free(second.arena);
    server_stop(&first);
    return 0;
}

/* ---- claiming ---- */

static Reply claim(const Server *at, Arena *arena, int resident, const char *key) {
    Server mine = *at;
    mine.arena = arena;
    Str form = str_print(arena,
                         "programme=appliance&category=fridge&level=1&price=9999&agree=1"
                         "&request_key=%s-%d",
                         key, resident);
    return ask_post(&mine, tokens[resident], "/coupon/claim", form);
}

typedef struct Caller {
    pthread_t thread;
    int number;
    int done_count;
    int refused_count;
    int other_count;
} Caller;

/* Each thread walks all residents, half of the threads at each server, each with its own key. */
static void *caller_main(void *it) {
    Caller *caller = it;
    Arena *arena = arena_create();
    char key[16];
    (void)snprintf(key, sizeof key, "k%d", caller->number);
    for (int i = 0; i < RESIDENTS; i++) {
        const Server *at = caller->number % 2 == 0 ? &first : &second;
        Reply reply = claim(at, arena, (i + caller->number / 2) % RESIDENTS, key);
        caller->done_count += reply.status == 200;
        caller->refused_count += reply.status == 409;
        caller->other_count += reply.status != 200 && reply.status != 409;
    }
    arena_free(arena);
    return NULL;
}

static const char SQL_LIVE[] = "SELECT COUNT(*) FROM coupon WHERE code <> '' AND claimed_ms >= $1"
                               " AND state = 'claimed' AND person_id IN"
                               " (SELECT person_id FROM session WHERE csrf = 'csrf')";
static const char SQL_TWICE[] =
    "SELECT 1 FROM coupon WHERE state = 'claimed' GROUP BY person_id, year, programme, category"
    " HAVING COUNT(*) > 1";

static void agreement_check(int done_count) {
    Cx cx;
    cx_init(&cx, first.arena);
    DbConn *conn = NULL;
    int64_t live_count = 0;
    bool exists = true;
    LedgerAudit audit;
    DbVerify verify;
    assert_int_equal(db_read_begin(&cx, db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, SQL_LIVE, DB_ARGS(DB_INT(0)), &live_count), STATUS_OK);
    assert_int_equal(db_exists(&cx, conn, SQL_TWICE, DB_NO_ARGS, &exists), STATUS_OK);
    assert_int_equal(ledger_audit(&cx, conn, &audit), STATUS_OK);
    assert_int_equal(db_journal_verify(&cx, conn, NULL, NULL, &verify), STATUS_OK);
    db_read_end(db, conn);
    assert_int_equal(live_count, done_count);
    assert_false(exists);
    assert_int_equal(audit.finding_count, 0);
    assert_int_equal(verify.bad_id, 0);
}

static void test_the_pot_runs_out_once(void **state) {
    (void)state;
    Caller callers[THREADS] = {0};
    int done_count = 0;
    int refused_count = 0;
    for (int i = 0; i < THREADS; i++) {
        callers[i].number = i;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, caller_main, &callers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
        done_count += callers[i].done_count;
        refused_count += callers[i].refused_count;
        assert_int_equal(callers[i].other_count, 0);
    }
    assert_int_equal(done_count, AFFORDED);
    assert_int_equal(refused_count, THREADS * RESIDENTS - AFFORDED);
    agreement_check(done_count);
}

/* Who got a coupon at one server and asks the other with the same key is told the same coupon. */
static void test_a_key_is_known_at_the_other_server(void **state) {
    (void)state;
    int seen_count = 0;
    for (int i = 0; i < RESIDENTS; i++) {
        for (int number = 0; number < THREADS; number++) {
            char key[16];
            (void)snprintf(key, sizeof key, "k%d", number);
            Reply here = claim(&first, first.arena, i, key);
            Reply there = claim(&second, first.arena, i, key);
            assert_int_equal(here.status, there.status);
            if (here.status == 200) {
                Str id = json_member(here.body, "coupon_id");
                assert_true(id.len > 0);
                assert_true(str_equal(id, json_member(there.body, "coupon_id")));
                seen_count++;
            }
        }
    }
    assert_int_equal(seen_count, AFFORDED);
    agreement_check(AFFORDED);
}

static void test_a_session_is_known_at_the_other_server(void **state) {
    (void)state;
    Str token = sign_in(&first, "finance");
    assert_int_equal(ask_get(&second, token, "/fund").status, 200);
    assert_int_equal(ask_post(&second, token, "/sign-out", STR("")).status, 200);
    assert_int_equal(ask_get(&first, token, "/fund").status, 401);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_pot_runs_out_once),
        cmocka_unit_test(test_a_key_is_known_at_the_other_server),
        cmocka_unit_test(test_a_session_is_known_at_the_other_server),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
