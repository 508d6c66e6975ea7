/*
 * Proposals about the fund tree, at their borders: one fen over what is unused, the proposer who
 * approves himself, a second approval, a step that the disk refuses, a leaf that is none. After
 * each the ledger is recomputed from its transfers.
 */
#include "demo_house.h"
#include "office/treasury/treasury_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t finance_id;
static int64_t lead_id;

static const char SQL_PERSON[] = "SELECT id FROM person WHERE login = $1";
static const char SQL_FUND_COUNT[] = "SELECT count(*) FROM fund";

static int64_t ask(const char *sql, const char *word) {
    DbConn *conn = NULL;
    int64_t number = 0;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    Status status = word == NULL
                        ? db_int_or(&cx, conn, sql, DB_NO_ARGS, &number)
                        : db_int_or(&cx, conn, sql, DB_ARGS(DB_TEXT(str_of(word))), &number);
    assert_int_equal(status, STATUS_OK);
    db_read_end(house.db, conn);
    return number;
}

static int start(void **state) {
    (void)state;
    demo_house_open(60);
    finance_id = ask(SQL_PERSON, "finance");
    lead_id = ask(SQL_PERSON, "lead");
    assert_true(finance_id > 0 && lead_id > 0);
    return 0;
}

typedef struct Step {
    Setup setup;
    int64_t id;
    Str reason;
} Step;

static Status propose_work(Cx *work_cx, DbConn *conn, void *input) {
    Step *step = input;
    return setup_propose(work_cx, conn, &step->setup, &step->id);
}

static Status approve_work(Cx *work_cx, DbConn *conn, void *input) {
    return setup_approve(work_cx, conn, ((Step *)input)->id);
}

static Status refuse_work(Cx *work_cx, DbConn *conn, void *input) {
    Step *step = input;
    return setup_refuse(work_cx, conn, step->id, step->reason);
}

static Status act(int64_t user_id, DbWork *work, Step *step) {
    DbCommand command = {
        .name = "test.setup",
        .actor = {.user_id = user_id, .role = STR("finance"), .origin = STR("web")},
        .work = work,
        .input = step,
        .now_ms = day_start_ms(day_of_ymd(2026, 11, 20))};
    fault_clear(&cx);
    return db_write(&cx, house.db, &command, NULL);
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
}

static int64_t proposed(const Setup *setup) {
    Step step = {.setup = *setup};
    must(act(finance_id, propose_work, &step));
    return step.id;
}

static void approved(const Setup *setup) {
    Step step = {.id = proposed(setup)};
    must(act(lead_id, approve_work, &step));
}

static void refused_at(const Setup *setup, Status status, const char *field) {
    Step step = {.setup = *setup};
    assert_int_equal(act(finance_id, propose_work, &step), status);
    assert_string_equal(cx.fault.field, field);
}

static Fund fund_at(const char *path) {
    DbConn *conn = NULL;
    Fund fund;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(ledger_fund_find(&cx, conn, str_of(path), &fund));
    db_read_end(house.db, conn);
    return fund;
}

static Setup setup_at(int64_t id) {
    DbConn *conn = NULL;
    Setup setup;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(setup_find(&cx, conn, id, &setup));
    db_read_end(house.db, conn);
    return setup;
}

static void audit(void) {
    DbConn *conn = NULL;
    LedgerAudit found;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(ledger_audit(&cx, conn, &found));
    db_read_end(house.db, conn);
    assert_int_equal(found.finding_count, 0);
}

static Setup source_new(const char *code) {
    return (Setup){.kind = SETUP_CREATE,
                   .spec = {.kind = FUND_SOURCE,
                            .code = str_of(code),
                            .name = STR("测试资金"),
                            .year = 2027,
                            .rate_bp = {8500, 0, 0, 1500}},
                   .amount = {1000000},
                   .basis = STR("测试〔2027〕1号")};
}

static Setup child_new(const char *parent, const char *code, int64_t fen) {
    Setup setup = source_new(code);
    setup.spec.parent = fund_at(parent).id;
    setup.spec.kind = FUND_PROGRAMME;
    memset(setup.spec.rate_bp, 0, sizeof setup.spec.rate_bp);
    setup.amount = money_of_fen(fen);
    return setup;
}

static Setup open_new(const char *fund, const char *programme) {
    return (Setup){.kind = SETUP_OPEN,
                   .fund = fund_at(fund).id,
                   .programme = str_of(programme),
                   .validity_days = 7,
                   .claims_max = 1,
                   .basis = STR("测试〔2027〕2号")};
}

static Setup move_new(const char *from, const char *to, int64_t fen) {
    return (Setup){.kind = SETUP_MOVE,
                   .fund = fund_at(from).id,
                   .to = fund_at(to).id,
                   .amount = {fen},
                   .basis = STR("测试〔2027〕3号")};
}

static Setup reclaim_new(const char *fund, int64_t fen) {
    return (Setup){.kind = SETUP_RECLAIM,
                   .fund = fund_at(fund).id,
                   .amount = {fen},
                   .basis = STR("测试〔2027〕4号")};
}

/* A source of 1,000,000 fen with the children a (600,000) and b (400,000). */
static void tree_make(const char *code, char *a, char *b) {
    Setup source = source_new(code);
    approved(&source);
    Setup first = child_new(code, "a", 600000);
    Setup second = child_new(code, "b", 400000);
    approved(&first);
    approved(&second);
    (void)snprintf(a, 40, "%s/a", code);
    (void)snprintf(b, 40, "%s/b", code);
}

static void test_two_people(void **state) {
    (void)state;
    int64_t count = ask(SQL_FUND_COUNT, NULL);
    Setup source = source_new("two");
    Step step = {.id = proposed(&source), .reason = STR("重复")};
    assert_int_equal(ask(SQL_FUND_COUNT, NULL), count);
    assert_int_equal(act(finance_id, approve_work, &step), STATUS_DENIED);
    assert_int_equal(ask(SQL_FUND_COUNT, NULL), count);
    must(act(lead_id, approve_work, &step));
    assert_int_equal(ask(SQL_FUND_COUNT, NULL), count + 1);
    assert_int_equal(act(lead_id, approve_work, &step), STATUS_CONFLICT);
    assert_int_equal(act(lead_id, refuse_work, &step), STATUS_CONFLICT);
    assert_int_equal(ask(SQL_FUND_COUNT, NULL), count + 1);
    assert_int_equal(fund_at("two").appropriated.fen, 1000000);
    Setup setup = setup_at(step.id);
    assert_true(str_equal(setup.state, STR("approved")));
    assert_int_equal(setup.decided_by, lead_id);
    assert_int_equal(setup.result.id, fund_at("two").id.id);
    step.id = 999999;
    assert_int_equal(act(lead_id, approve_work, &step), STATUS_NOT_FOUND);
    audit();
}

static void test_refused(void **state) {
    (void)state;
    int64_t count = ask(SQL_FUND_COUNT, NULL);
    Setup source = source_new("refused");
    Step step = {.id = proposed(&source)};
    assert_int_equal(act(lead_id, refuse_work, &step), STATUS_INVALID);
    step.reason = STR("没有文件");
    must(act(lead_id, refuse_work, &step));
    assert_int_equal(act(lead_id, approve_work, &step), STATUS_CONFLICT);
    assert_int_equal(ask(SQL_FUND_COUNT, NULL), count);
}

static void test_create_borders(void **state) {
    (void)state;
    Setup wrong = source_new("create");
    wrong.spec.rate_bp[LEDGER_COUNTY] = 1499;
    refused_at(&wrong, STATUS_INVALID, "central");
    wrong = source_new("a b");
    refused_at(&wrong, STATUS_INVALID, "code");
    wrong = source_new("create");
    wrong.spec.kind = FUND_YEAR;
    refused_at(&wrong, STATUS_INVALID, "kind");
    wrong = source_new("create");
    approved(&wrong);
    refused_at(&wrong, STATUS_CONFLICT, "code");
    wrong = child_new("create", "a", 1000001);
    refused_at(&wrong, STATUS_CONFLICT, "amount");
    wrong.amount.fen = 1000000;
    approved(&wrong);
    wrong = child_new("create/a", "b", 0);
    wrong.spec.year = 2026;
    refused_at(&wrong, STATUS_INVALID, "year");
    audit();
}

static void test_open(void **state) {
    (void)state;
    char a[40];
    char b[40];
    tree_make("open", a, b);
    Setup open = open_new("open", "tractor");
    refused_at(&open, STATUS_CONFLICT, "fund");
    open = open_new(a, "Tractor");
    refused_at(&open, STATUS_INVALID, "programme");
    open = open_new(a, "tractor");
    open.validity_days = 0;
    refused_at(&open, STATUS_INVALID, "validity_days");
    open.validity_days = SETUP_VALIDITY_DAYS_MAX + 1;
    refused_at(&open, STATUS_INVALID, "validity_days");
    open.validity_days = SETUP_VALIDITY_DAYS_MAX;
    open.claims_max = 0;
    refused_at(&open, STATUS_INVALID, "claims_max");
    open.claims_max = SETUP_CLAIMS_MAX;
    Setup other = open_new(b, "tractor");
    Step late = {.id = proposed(&other)};
    approved(&open);
    /* Proposed while it was not open yet, approved too late. */
    assert_int_equal(act(lead_id, approve_work, &late), STATUS_CONFLICT);
    refused_at(&other, STATUS_CONFLICT, "programme");
    DbConn *conn = NULL;
    TreasuryPot pot;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(treasury_pot_find(&cx, conn, STR("tractor"), 2027, &pot));
    db_read_end(house.db, conn);
    assert_int_equal(pot.fund.id, fund_at(a).id.id);
    assert_int_equal(pot.claims_max, SETUP_CLAIMS_MAX);
    assert_true(pot.is_open);
}

typedef struct Reserve {
    FundId fund;
    Money amount;
} Reserve;

static Status reserve_work(Cx *work_cx, DbConn *conn, void *input) {
    const Reserve *reserve = input;
    HoldId hold;
    HoldSpec spec = {reserve->fund, reserve->amount, "test", 1};
    return ledger_reserve(work_cx, conn, &spec, &hold);
}

static void reserve(const char *fund, int64_t fen) {
    Reserve input = {fund_at(fund).id, {fen}};
    DbCommand command = {.name = "test.reserve",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = reserve_work,
                         .input = &input,
                         .now_ms = day_start_ms(day_of_ymd(2026, 11, 20))};
    fault_clear(&cx);
    must(db_write(&cx, house.db, &command, NULL));
}

static void test_move_never_touches_what_is_in_use(void **state) {
    (void)state;
    char a[40];
    char b[40];
    tree_make("move", a, b);
    reserve(a, 250001);
    Setup move = move_new(a, b, 350000);
    refused_at(&move, STATUS_CONFLICT, "amount");
    move.amount.fen = 349999;
    Step late = {.id = proposed(&move)};
    reserve(a, 1);
    /* One fen went between proposal and approval: nothing is moved, the proposal stays open. */
    assert_int_equal(act(lead_id, approve_work, &late), STATUS_CONFLICT);
    assert_int_equal(fund_at(a).appropriated.fen, 600000);
    assert_true(str_equal(setup_at(late.id).state, STR("proposed")));
    move.amount.fen = 349998;
    approved(&move);
    assert_int_equal(fund_at(a).appropriated.fen, 250002);
    assert_int_equal(fund_at(b).appropriated.fen, 749998);
    move = move_new(a, "move", 1);
    refused_at(&move, STATUS_INVALID, "to");
    move = move_new(b, b, 1);
    refused_at(&move, STATUS_INVALID, "to");
    move = move_new(b, a, 0);
    refused_at(&move, STATUS_INVALID, "amount");
    audit();
}

static void test_reclaim(void **state) {
    (void)state;
    char a[40];
    char b[40];
    tree_make("back", a, b);
    reserve(b, 100);
    Setup back = reclaim_new(b, 399901);
    refused_at(&back, STATUS_CONFLICT, "amount");
    back.amount.fen = 399900;
    approved(&back);
    assert_int_equal(fund_at(b).appropriated.fen, 100);
    assert_int_equal(fund_at("back").allocated.fen, 600100);
    back = reclaim_new("back", 399901);
    refused_at(&back, STATUS_CONFLICT, "amount");
    back.amount.fen = 399900;
    approved(&back);
    assert_int_equal(fund_at("back").appropriated.fen, 600100);
    audit();
}

/* More money: a root's from outside, a child's from its parent, to the fen; by two people. */
static void test_top_up(void **state) {
    (void)state;
    char a[40];
    char b[40];
    tree_make("more", a, b);
    Setup more = {.kind = SETUP_TOP_UP,
                  .fund = fund_at(a).id,
                  .amount = {1},
                  .basis = STR("测试〔2027〕5号")};
    refused_at(&more, STATUS_CONFLICT, "amount");
    more.fund = fund_at("more").id;
    more.amount.fen = 0;
    refused_at(&more, STATUS_INVALID, "amount");
    more.amount.fen = 500;
    Step step = {.id = proposed(&more)};
    assert_int_equal(act(finance_id, approve_work, &step), STATUS_DENIED);
    assert_int_equal(fund_at("more").appropriated.fen, 1000000);
    must(act(lead_id, approve_work, &step));
    assert_int_equal(fund_at("more").appropriated.fen, 1000500);
    more.fund = fund_at(a).id;
    more.amount.fen = 501;
    refused_at(&more, STATUS_CONFLICT, "amount");
    more.amount.fen = 500;
    approved(&more);
    assert_int_equal(fund_at(a).appropriated.fen, 600500);
    audit();
}

static Status freeze_work(Cx *work_cx, DbConn *conn, void *input) {
    return ledger_freeze(work_cx, conn, ((Step *)input)->setup.fund, STR("测试"));
}

/* Stopping is one person's act at once; going on takes two. */
static void test_unfreeze(void **state) {
    (void)state;
    char a[40];
    char b[40];
    tree_make("ice", a, b);
    Setup thaw = {.kind = SETUP_UNFREEZE, .fund = fund_at(a).id, .basis = STR("测试〔2027〕6号")};
    refused_at(&thaw, STATUS_CONFLICT, "fund");
    Step ice = {.setup = thaw};
    must(act(finance_id, freeze_work, &ice));
    assert_true(fund_at(a).is_frozen);
    Setup more = {.kind = SETUP_TOP_UP,
                  .fund = fund_at(a).id,
                  .amount = {1},
                  .basis = STR("测试〔2027〕7号")};
    refused_at(&more, STATUS_CONFLICT, "fund");
    Step step = {.id = proposed(&thaw)};
    Step again = {.id = proposed(&thaw)};
    assert_int_equal(act(finance_id, approve_work, &step), STATUS_DENIED);
    assert_true(fund_at(a).is_frozen);
    must(act(lead_id, approve_work, &step));
    assert_false(fund_at(a).is_frozen);
    /* What was proposed twice is done once. */
    assert_int_equal(act(lead_id, approve_work, &again), STATUS_CONFLICT);
    audit();
}

/* Whatever statement of an approval the disk refuses: all of it happened, or nothing. */
static void test_crashed_step(void **state) {
    (void)state;
    char a[40];
    char b[40];
    tree_make("crash", a, b);
    int refused = 0;
    for (uint64_t nth = 1; nth <= 60; nth++) {
        Setup move = move_new(a, b, 1000);
        Step step = {.id = proposed(&move)};
        int64_t before = fund_at(a).appropriated.fen;
        db_fail_at(house.db, nth);
        Status status = act(lead_id, approve_work, &step);
        db_fail_at(house.db, 0);
        bool is_done = str_equal(setup_at(step.id).state, STR("approved"));
        refused += status != STATUS_OK;
        assert_true(status != STATUS_OK || is_done);
        assert_int_equal(fund_at(a).appropriated.fen, before - (is_done ? 1000 : 0));
        assert_int_equal(fund_at(a).appropriated.fen + fund_at(b).appropriated.fen, 1000000);
        if (!is_done) {
            step.reason = STR("测试");
            must(act(lead_id, refuse_work, &step));
        }
    }
    assert_true(refused >= 10);
    audit();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_people),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_create_borders),
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_move_never_touches_what_is_in_use),
        cmocka_unit_test(test_reclaim),
        cmocka_unit_test(test_top_up),
        cmocka_unit_test(test_unfreeze),
        cmocka_unit_test(test_crashed_step),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
