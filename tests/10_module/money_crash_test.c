/*
 * Property test of the money: residents claim, shops redeem and take back, coupons lapse, finance
 * settles, in random order from several threads, while the process is killed (SIGKILL) again and
 * again. After each death the database is opened anew and proved:
 *   - at every node reserved + approved + paid <= appropriated, and every total is the sum of its
 *     transfers (ledger_audit)
 *   - every step that was acknowledged is there, once (its idempotency key)
 *   - the journal's chain is whole
 *   - coupons, sales and holds agree with each other
 * MONEY_STEPS sets the number of steps (default 10,000), MONEY_SEED the seed, which is printed.
 * With HUANXIN_TEST_DB all of it on PostgreSQL.
 */
#include "base/prng.h"
#include "base/vec.h"
#include "main/house.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"
#include "office/policy/policy.h"
#include "office/shop/shop.h"
#include "test.h"
#include "test_database.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, RESIDENTS_MAX = 3000, PRICES_MAX = 2000, LIFE_MS_MIN = 150, LIFE_MS_MAX = 900 };

static char data_folder[] = "build/money-crash-XXXXXX";
static TestDatabase database;
static uint64_t seed = 20240723;
static int64_t steps_wanted = 10000;

/* ---- the world as the child reads it at start ---- */

typedef struct Price {
    int64_t org_id;
    Str gtin;
    const CityCategory *category;
    int64_t level;
    Money price;
} Price;

typedef struct World {
    Arena *arena;
    Cx cx;
    Settings settings;
    House house;
    int64_t residents[RESIDENTS_MAX];
    Str hashes[RESIDENTS_MAX];
    int64_t resident_count;
    Price prices[PRICES_MAX];
    int64_t price_count;
    Day today;
    int pipe_end;
    int64_t step_base; /* steps of earlier lives: keys are unique over all lives */
    pthread_mutex_t mutex;
    int64_t step_next;
} World;

static const char SQL_RESIDENTS[] =
    "SELECT id, name_hash FROM person WHERE role = 'resident' ORDER BY id LIMIT 3000";
static const char SQL_PRICES[] =
    "SELECT org_id, gtin, programme, category, efficiency_level, price_fen FROM filed_price"
    " WHERE ended_ms IS NULL ORDER BY id LIMIT 2000";

static void world_read(World *world, DbConn *conn) {
    Cx *cx = &world->cx;
    DbRows *rows = NULL;
    bool has_row = false;
    assert_int_equal(db_query(cx, conn, SQL_RESIDENTS, DB_NO_ARGS, &rows), STATUS_OK);
    assert_int_equal(db_next(cx, rows, &has_row), STATUS_OK);
    while (has_row) {
        world->residents[world->resident_count] = db_int(rows, 0);
        world->hashes[world->resident_count++] = db_text(world->arena, rows, 1);
        assert_int_equal(db_next(cx, rows, &has_row), STATUS_OK);
    }
    assert_int_equal(db_query(cx, conn, SQL_PRICES, DB_NO_ARGS, &rows), STATUS_OK);
    assert_int_equal(db_next(cx, rows, &has_row), STATUS_OK);
    while (has_row) {
        Price price = {.org_id = db_int(rows, 0),
                       .gtin = db_text(world->arena, rows, 1),
                       .level = db_int(rows, 4),
                       .price = db_money(rows, 5)};
        price.category =
            city_category(&world->house.city, db_text_peek(rows, 2), day_parts(world->today).year,
                          db_text(world->arena, rows, 3));
        if (price.category != NULL) {
            world->prices[world->price_count++] = price;
        }
        assert_int_equal(db_next(cx, rows, &has_row), STATUS_OK);
    }
}

static World *world_open(void) {
    Arena *arena = arena_create();
    World *world = arena_new(arena, World);
    world->arena = arena;
    cx_init(&world->cx, arena);
    char *argv[] = {(char[]){"test"}, (char[]){"--data"}, data_folder,
                    (char[]){"--db"}, database.url,       NULL};
    assert_int_equal(settings_read(&world->cx, 5, argv, &world->settings), STATUS_OK);
    if (house_open(&world->cx, &world->settings, house_clock_ms(NULL), &world->house) !=
        STATUS_OK) {
        fail_msg("%s", world->cx.fault.text);
    }
    world->today = day_of_ymd(2026, 11, 20);
    pthread_mutex_init(&world->mutex, NULL);
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&world->cx, world->house.db, &conn), STATUS_OK);
    world_read(world, conn);
    db_read_end(world->house.db, conn);
    assert_true(world->resident_count > 10);
    assert_true(world->price_count > 10);
    return world;
}

static void world_close(World *world) {
    house_close(&world->house);
    arena_free(world->arena);
}

/* ---- one step ---- */

typedef enum StepKind {
    STEP_CLAIM,
    STEP_WITHDRAW,
    STEP_REDEEM,
    STEP_RETURN,
    STEP_EXPIRE,
    STEP_SETTLE,
    STEP_PAY,
    STEP_RECOVER
} StepKind;
static const char *const step_names[] = {"coupon.claim",   "coupon.withdraw", "sale.redeem",
                                         "sale.return",    "coupon.expire",   "settlement.make",
                                         "settlement.pay", "sale.recover"};

typedef struct Step {
    World *world;
    StepKind kind;
    int64_t number;
    int64_t now_ms;
    uint64_t draw; /* chooses the coupon, sale or settlement inside the command */
    CouponClaim claim;
    PolicyAnswer answer;
    const Price *price;
    Str hash;
} Step;

static const char SQL_COUPON_AT[] =
    "SELECT id, code, person_id, category FROM coupon WHERE state = 'claimed' AND id >= $1"
    " ORDER BY id LIMIT 1";
static const char SQL_SALE_AT[] = "SELECT id, org_id FROM sale WHERE state IN ('redeemed', 'paid')"
                                  " AND id >= $1 ORDER BY id LIMIT 1";
static const char SQL_SETTLEMENT_AT[] =
    "SELECT id FROM settlement WHERE state = 'approved' AND id >= $1 ORDER BY id LIMIT 1";
static const char SQL_RECOVERING_AT[] =
    "SELECT id FROM sale WHERE state = 'recovering' AND id >= $1 ORDER BY id LIMIT 1";
static const char SQL_OPEN_ORG[] = "SELECT org_id FROM sale WHERE state = 'redeemed' AND id >= $1"
                                   " ORDER BY id LIMIT 1";
static const char SQL_MAX_COUPON[] = "SELECT MAX(id) FROM coupon";
static const char SQL_MAX_SALE[] = "SELECT MAX(id) FROM sale";
static const char SQL_MAX_SETTLEMENT[] = "SELECT MAX(id) FROM settlement";
static const char SQL_NAME_HASH[] = "SELECT name_hash FROM person WHERE id = $1";

/* Gives the first row at or after a random id; NOT_FOUND when there is none. */
static Status row_at(Cx *cx, DbConn *conn, const Step *step, const char *max_sql, const char *sql,
                     DbRows **rows) {
    int64_t max = 0;
    bool has_row = false;
    TRY(db_int_or(cx, conn, max_sql, DB_NO_ARGS, &max));
    int64_t from = (int64_t)(step->draw % (uint64_t)(max + 1));
    TRY(db_query(cx, conn, sql, DB_ARGS(DB_INT(from)), rows));
    TRY(db_next(cx, *rows, &has_row));
    return has_row ? STATUS_OK : STATUS_NOT_FOUND;
}

static Status withdraw_step(Cx *cx, DbConn *conn, const Step *step) {
    DbRows *rows = NULL;
    TRY(row_at(cx, conn, step, SQL_MAX_COUPON, SQL_COUPON_AT, &rows));
    int64_t id = db_int(rows, 0);
    int64_t person = db_int(rows, 2);
    db_rows_close(rows);
    return coupon_withdraw(cx, conn, id, person, step->now_ms);
}

static const Price *price_for(const World *world, Str category, uint64_t draw) {
    for (int64_t i = 0; i < world->price_count; i++) {
        const Price *price = &world->prices[((uint64_t)i + draw) % (uint64_t)world->price_count];
        if (str_equal(price->category->code, category)) {
            return price;
        }
    }
    return NULL;
}

static Status redeem_step(Cx *cx, DbConn *conn, const Step *step) {
    DbRows *rows = NULL;
    TRY(row_at(cx, conn, step, SQL_MAX_COUPON, SQL_COUPON_AT, &rows));
    Str code = db_text(cx->arena, rows, 1);
    int64_t person = db_int(rows, 2);
    const Price *price = price_for(step->world, db_text_peek(rows, 3), step->draw >> 20);
    db_rows_close(rows);
    if (price == NULL) {
        return STATUS_NOT_FOUND;
    }
    Str hash = STR_NONE;
    TRY(db_text_or(cx, conn, SQL_NAME_HASH, DB_ARGS(DB_INT(person)), &hash));
    TillSale sale = {.org_id = price->org_id,
                     .sold_by = 1,
                     .code = code,
                     .gtin = price->gtin,
                     /* One in 16 is a serial that was sold before. */
                     .serial = str_print(cx->arena, "SN%09" PRId64,
                                         step->draw % 16 == 0 ? step->number / 2 : step->number),
                     .invoice = str_print(cx->arena, "98%018" PRId64, step->number),
                     .invoice_day = step->world->today,
                     .price = price->price,
                     .buyer_hash = hash,
                     .payer_hash = hash,
                     .recipient_hash = hash,
                     .now_ms = step->now_ms};
    SaleResult result;
    return shop_redeem(cx, conn, &step->world->house.city, &sale, &result);
}

static Status return_step(Cx *cx, DbConn *conn, const Step *step) {
    DbRows *rows = NULL;
    TRY(row_at(cx, conn, step, SQL_MAX_SALE, SQL_SALE_AT, &rows));
    int64_t id = db_int(rows, 0);
    int64_t org = db_int(rows, 1);
    db_rows_close(rows);
    return shop_return(cx, conn, id, org, step->now_ms);
}

static Status settle_step(Cx *cx, DbConn *conn, const Step *step) {
    DbRows *rows = NULL;
    int64_t id = 0;
    TRY(row_at(cx, conn, step, SQL_MAX_SALE, SQL_OPEN_ORG, &rows));
    int64_t org = db_int(rows, 0);
    db_rows_close(rows);
    return shop_settlement_make(cx, conn, org, 1, step->now_ms, &id);
}

static Status pay_step(Cx *cx, DbConn *conn, const Step *step) {
    DbRows *rows = NULL;
    TRY(row_at(cx, conn, step, SQL_MAX_SETTLEMENT, SQL_SETTLEMENT_AT, &rows));
    SettlementPaid paid = {.settlement_id = db_int(rows, 0),
                           .paid_by = 2,
                           .bank_reference = STR("crash test"),
                           .now_ms = step->now_ms};
    db_rows_close(rows);
    return shop_settlement_pay(cx, conn, &paid);
}

static Status recover_step(Cx *cx, DbConn *conn, const Step *step) {
    DbRows *rows = NULL;
    TRY(row_at(cx, conn, step, SQL_MAX_SALE, SQL_RECOVERING_AT, &rows));
    SaleRecover recover = {
        .sale_id = db_int(rows, 0), .bank_reference = STR("crash test"), .now_ms = step->now_ms};
    db_rows_close(rows);
    return shop_recover(cx, conn, &recover);
}

static Status step_work(Cx *cx, DbConn *conn, void *input) {
    Step *step = input;
    int64_t id = 0;
    switch (step->kind) {
    case STEP_CLAIM:
        return coupon_claim(cx, conn, &step->claim, &id);
    case STEP_WITHDRAW:
        return withdraw_step(cx, conn, step);
    case STEP_REDEEM:
        return redeem_step(cx, conn, step);
    case STEP_RETURN:
        return return_step(cx, conn, step);
    case STEP_EXPIRE:
        TRY(coupon_expire(cx, conn, step->now_ms, 20, &id));
        return id > 0 ? STATUS_OK : STATUS_NOT_FOUND;
    case STEP_SETTLE:
        return settle_step(cx, conn, step);
    case STEP_PAY:
        return pay_step(cx, conn, step);
    case STEP_RECOVER:
        return recover_step(cx, conn, step);
    }
    return STATUS_INVALID;
}

static Status claim_prepare(Cx *cx, Prng *prng, Step *step) {
    World *world = step->world;
    const Price *price = &world->prices[prng_below(prng, (uint64_t)world->price_count)];
    PolicyGoods goods = {.programme = price->category->programme,
                         .category_name = price->category->name,
                         .efficiency_level = 1,
                         .price = {300000},
                         .day = world->today};
    TRY(policy_decide_goods(cx, world->house.city.policies, &goods, &step->answer));
    step->claim = (CouponClaim){
        .person_id = world->residents[prng_below(prng, (uint64_t)world->resident_count)],
        .category = price->category,
        .answer = &step->answer,
        .code = coupon_code_new(cx->arena),
        .day = world->today,
        .now_ms = step->now_ms};
    return STATUS_OK;
}

static StepKind kind_draw(Prng *prng) {
    /* Weights: many claims and sales, few settlements. */
    static const StepKind kinds[] = {STEP_CLAIM,    STEP_CLAIM,  STEP_CLAIM,  STEP_CLAIM,
                                     STEP_REDEEM,   STEP_REDEEM, STEP_REDEEM, STEP_RETURN,
                                     STEP_RETURN,   STEP_EXPIRE, STEP_SETTLE, STEP_PAY,
                                     STEP_WITHDRAW, STEP_RECOVER};
    return kinds[prng_below(prng, sizeof kinds / sizeof kinds[0])];
}

static void step_run(World *world, Prng *prng, int64_t number) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Step *step = arena_new(arena, Step);
    step->world = world;
    step->kind = kind_draw(prng);
    step->number = number;
    step->draw = prng_next(prng) >> 1;
    step->now_ms = day_start_ms(world->today) + 12 * 3600000 + number;
    if (step->kind == STEP_EXPIRE) {
        step->now_ms += 30 * DAY_MS; /* a glance into the future: coupons lapse */
    }
    Status status = step->kind == STEP_CLAIM ? claim_prepare(&cx, prng, step) : STATUS_OK;
    DbCommand command = {.name = step_names[step->kind],
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .key = str_print(arena, "%" PRId64, number),
                         .work = step_work,
                         .input = step,
                         .now_ms = step->now_ms};
    if (status == STATUS_OK) {
        status = db_write(&cx, world->house.db, &command, NULL);
    }
    /* One write of less than PIPE_BUF bytes is whole or not there. */
    char line[64];
    int len =
        snprintf(line, sizeof line, "%d %" PRId64 " %d\n", (int)step->kind, number, (int)status);
    if (write(world->pipe_end, line, (size_t)len) != len) {
        _exit(3);
    }
    arena_free(arena);
}

static void *worker(void *it) {
    World *world = it;
    pthread_mutex_lock(&world->mutex);
    int64_t number = world->step_next++;
    Prng prng;
    prng_init(&prng, seed * 1000003 + (uint64_t)number);
    pthread_mutex_unlock(&world->mutex);
    for (;;) {
        step_run(world, &prng, number);
        pthread_mutex_lock(&world->mutex);
        number = world->step_next++;
        pthread_mutex_unlock(&world->mutex);
    }
    return NULL;
}

static _Noreturn void child_run(int pipe_end, int64_t step_base) {
    World *world = world_open();
    world->pipe_end = pipe_end;
    world->step_next = step_base;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, worker, world) != 0) {
            _exit(4);
        }
    }
    (void)pthread_join(threads[0], NULL);
    _exit(5); /* never: the workers run until they are killed */
}

/* ---- what was acknowledged ---- */

typedef struct Ack {
    StepKind kind;
    int64_t number;
} Ack;
typedef struct AckVec VEC(Ack) AckVec;

typedef struct Tally {
    Arena *arena;
    AckVec acks;
    int64_t step_count;
    int64_t step_max;
    int64_t by_status[16];
    int64_t done_by_kind[8];
} Tally;

static void tally_line(Tally *tally, const char *line) {
    int kind = 0;
    int status = 0;
    int64_t number = 0;
    if (sscanf(line, "%d %" SCNd64 " %d", &kind, &number, &status) != 3) {
        return;
    }
    tally->step_count++;
    tally->step_max = number > tally->step_max ? number : tally->step_max;
    tally->by_status[status & 15]++;
    if (status == STATUS_OK) {
        tally->done_by_kind[kind & 7]++;
        *vec_push(tally->arena, &tally->acks) = (Ack){(StepKind)kind, number};
    }
    assert_true(status != STATUS_DB && status != STATUS_IO);
}

static void life_run(Tally *tally, Prng *prng) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        child_run(ends[1], tally->step_max + 1000);
    }
    (void)close(ends[1]);
    FILE *in = fdopen(ends[0], "r");
    char line[128];
    /* The clock of the life starts with its first step. */
    if (fgets(line, sizeof line, in) != NULL) {
        tally_line(tally, line);
    }
    struct timespec life = {.tv_nsec = prng_between(prng, LIFE_MS_MIN, LIFE_MS_MAX) * 1000000};
    (void)nanosleep(&life, NULL);
    (void)kill(pid, SIGKILL);
    while (fgets(line, sizeof line, in) != NULL) {
        tally_line(tally, line);
    }
    (void)fclose(in);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* ---- what must hold after every death ---- */

static const char SQL_KEY[] = "SELECT 1 FROM idempotency WHERE command = $1 AND key = $2";
static const char SQL_OVER[] =
    "SELECT COUNT(*) FROM coupon WHERE state IN ('claimed', 'redeemed', 'settled')"
    " GROUP BY person_id, year, programme, category, slot HAVING COUNT(*) > 1";
static const char SQL_SERIAL_TWICE[] = "SELECT COUNT(*) FROM sale"
                                       " WHERE state NOT IN ('returned', 'recovered')"
                                       " GROUP BY serial HAVING COUNT(*) > 1";

static void holds_check(World *world, DbConn *conn) {
    /* Each coupon's hold is in the state that the coupon says. */
    static const char sql[] = "SELECT id, state, hold_id, amount_fen FROM coupon ORDER BY id";
    DbRows *rows = NULL;
    bool has_row = false;
    Cx *cx = &world->cx;
    assert_int_equal(db_query(cx, conn, sql, DB_NO_ARGS, &rows), STATUS_OK);
    assert_int_equal(db_next(cx, rows, &has_row), STATUS_OK);
    while (has_row) {
        Hold hold;
        Str state = db_text_peek(rows, 1);
        Money amount = db_money(rows, 3);
        assert_int_equal(ledger_hold_get(cx, conn, (HoldId){db_int(rows, 2)}, &hold), STATUS_OK);
        bool is_claimed = str_equal(state, STR("claimed"));
        bool is_redeemed = str_equal(state, STR("redeemed"));
        bool is_settled = str_equal(state, STR("settled"));
        assert_true(hold.reserved.fen == (is_claimed ? amount.fen : 0));
        assert_true(hold.approved.fen == (is_redeemed ? amount.fen : 0));
        assert_true(hold.paid.fen - hold.recovered.fen == (is_settled ? amount.fen : 0));
        assert_int_equal(db_next(cx, rows, &has_row), STATUS_OK);
    }
}

static void world_check(const Tally *tally, size_t ack_from) {
    World *world = world_open();
    Cx *cx = &world->cx;
    DbConn *conn = NULL;
    LedgerAudit audit;
    DbVerify verify;
    bool exists = false;
    assert_int_equal(db_read_begin(cx, world->house.db, &conn), STATUS_OK);
    assert_int_equal(ledger_audit(cx, conn, &audit), STATUS_OK);
    if (audit.finding_count != 0) {
        fail_msg("%s", str_c(world->arena, audit.findings[0]));
    }
    assert_int_equal(db_journal_verify(cx, conn, NULL, NULL, &verify), STATUS_OK);
    assert_int_equal(verify.bad_id, 0);
    for (size_t i = ack_from; i < tally->acks.count; i++) {
        Str key = str_print(world->arena, "%" PRId64, tally->acks.items[i].number);
        assert_int_equal(
            db_exists(cx, conn, SQL_KEY,
                      DB_ARGS(DB_TEXT(str_of(step_names[tally->acks.items[i].kind])), DB_TEXT(key)),
                      &exists),
            STATUS_OK);
        if (!exists) {
            fail_msg("step %s was acknowledged and is lost", str_c(world->arena, key));
        }
    }
    assert_int_equal(db_exists(cx, conn, SQL_OVER, DB_NO_ARGS, &exists), STATUS_OK);
    assert_false(exists);
    assert_int_equal(db_exists(cx, conn, SQL_SERIAL_TWICE, DB_NO_ARGS, &exists), STATUS_OK);
    assert_false(exists);
    holds_check(world, conn);
    db_read_end(world->house.db, conn);
    world_close(world);
}

static void test_random_steps_and_kills(void **state) {
    (void)state;
    Tally tally = {.arena = arena_create(), .step_max = 1000000};
    Prng prng;
    prng_init(&prng, seed);
    int life_count = 0;
    while (tally.step_count < steps_wanted) {
        size_t before = tally.acks.count;
        life_run(&tally, &prng);
        world_check(&tally, before);
        life_count++;
    }
    world_check(&tally, 0);
    printf("# seed %" PRIu64 ": %" PRId64 " steps, %zu acknowledged, %d kills\n", seed,
           tally.step_count, tally.acks.count, life_count);
    for (int kind = STEP_CLAIM; kind <= STEP_RECOVER; kind++) {
        printf("#   %-16s %" PRId64 " done\n", step_names[kind], tally.done_by_kind[kind]);
        assert_true(tally.done_by_kind[kind] > 0);
    }
    assert_true(life_count >= 3);
    arena_free(tally.arena);
}

static int start(void **state) {
    (void)state;
    const char *steps = getenv("MONEY_STEPS");
    const char *start_seed = getenv("MONEY_SEED");
    steps_wanted = steps == NULL ? steps_wanted : strtoll(steps, NULL, 10);
    seed = start_seed == NULL ? seed : strtoull(start_seed, NULL, 10);
    if (mkdtemp(data_folder) == NULL) {
        return 1;
    }
    test_database_make(&database);
    char command[1024];
    (void)snprintf(command, sizeof command,
                   PROGRAM_PATH " demo --data %s --db '%s' --residents 3000 --last 2026-11-20"
                                " --quiet >/dev/null 2>&1",
                   data_folder, database.url);
    return system(command);
}

static int stop(void **state) {
    (void)state;
    char command[128];
    test_database_drop(&database);
    (void)snprintf(command, sizeof command, "rm -rf %s", data_folder);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_steps_and_kills)};
    return cmocka_run_group_tests(tests, start, stop);
}
