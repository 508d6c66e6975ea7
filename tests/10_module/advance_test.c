/*
 * The settlement rule at its borders: a fen below the threshold, the share to the fen, one unpaid
 * advance at a time, two people for the rule and two for the payment, suspended shops, the due day.
 */
#include "demo_house.h"
#include "office/shop/shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t finance_id;
static int64_t second_id;
static int64_t shop_id;
static Fronted before;

static const char SQL_PERSON[] = "SELECT id FROM person WHERE login = $1";
static const char SQL_SHOP[] = "SELECT org_id FROM sale WHERE state = 'redeemed' GROUP BY org_id"
                               " ORDER BY COUNT(*) DESC, org_id LIMIT 1";
static const char SQL_TOTAL[] = "SELECT total_fen FROM settlement WHERE id = $1";
static const char SQL_OLDER[] =
    "SELECT COUNT(*) FROM sale AS open JOIN sale AS taken ON taken.settlement_id = $1"
    " AND taken.org_id = open.org_id WHERE open.state = 'redeemed' AND open.id < taken.id";
static const char SQL_ADVANCES[] = "SELECT COUNT(*) FROM settlement WHERE is_advance = 1";

static int64_t ask(const char *sql, DbValue value) {
    DbConn *conn = NULL;
    int64_t number = 0;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, sql, DB_ARGS(value), &number), STATUS_OK);
    db_read_end(house.db, conn);
    return number;
}

static int64_t count_advances(void) {
    DbConn *conn = NULL;
    int64_t number = 0;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, SQL_ADVANCES, DB_NO_ARGS, &number), STATUS_OK);
    db_read_end(house.db, conn);
    return number;
}

static Fronted fronted_of(int64_t org_id) {
    DbConn *conn = NULL;
    Fronted fronted;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(advance_fronted(&cx, conn, org_id, &fronted), STATUS_OK);
    db_read_end(house.db, conn);
    return fronted;
}

static const char SQL_GATHER[] = "UPDATE sale SET org_id = $1 WHERE state = 'redeemed'";

/* A small city's open sales are few: one shop gets all of them. */
static Status gather_work(Cx *work_cx, DbConn *conn, void *input) {
    (void)input;
    DbEntry entry = {.verb = "test.gather", .subject = "org", .subject_id = shop_id};
    TRY(db_exec(work_cx, conn, SQL_GATHER, DB_ARGS(DB_INT(shop_id)), NULL));
    return db_journal(work_cx, conn, &entry);
}

static Status act(int64_t user_id, DbWork *work, void *input);
static void must(Status status);

static int start(void **state) {
    (void)state;
    DbConn *conn = NULL;
    demo_house_open(1500);
    finance_id = ask(SQL_PERSON, DB_TEXT(STR("finance")));
    second_id = ask(SQL_PERSON, DB_TEXT(STR("finance2")));
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, SQL_SHOP, DB_NO_ARGS, &shop_id), STATUS_OK);
    db_read_end(house.db, conn);
    must(act(finance_id, gather_work, NULL));
    before = fronted_of(shop_id);
    assert_true(before.count >= 2 && before.total.fen > 0);
    return 0;
}

static int64_t now_ms(void) {
    return day_start_ms(day_of_ymd(2026, 11, 20));
}

static Status act(int64_t user_id, DbWork *work, void *input) {
    DbCommand command = {
        .name = "test.advance",
        .actor = {.user_id = user_id, .role = STR("finance"), .origin = STR("web")},
        .work = work,
        .input = input,
        .now_ms = now_ms()};
    fault_clear(&cx);
    return db_write(&cx, house.db, &command, NULL);
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
}

/* ---- the rule ---- */

typedef struct Rule {
    SettlementRule rule;
    int64_t id;
    bool is_approved;
} Rule;

static Status propose_work(Cx *work_cx, DbConn *conn, void *input) {
    Rule *in = input;
    return advance_rule_propose(work_cx, conn, &in->rule, &in->id);
}

static Status decide_work(Cx *work_cx, DbConn *conn, void *input) {
    const Rule *in = input;
    return advance_rule_decide(work_cx, conn, in->id, in->is_approved);
}

static Rule rule_new(int64_t threshold_fen, int64_t share_bp, int64_t pay_days) {
    return (Rule){.rule = {.threshold = {threshold_fen},
                           .share_bp = share_bp,
                           .pay_days = pay_days,
                           .basis = STR("测试〔2026〕7号")},
                  .is_approved = true};
}

static void rule_set(int64_t threshold_fen, int64_t share_bp) {
    Rule rule = rule_new(threshold_fen, share_bp, 10);
    must(act(finance_id, propose_work, &rule));
    must(act(second_id, decide_work, &rule));
}

static void rules_take_two_people(void **state) {
    (void)state;
    Rule rule = rule_new(50000000, 8000, 15);
    must(act(finance_id, propose_work, &rule));
    assert_int_equal(act(finance_id, decide_work, &rule), STATUS_DENIED);
    must(act(second_id, decide_work, &rule));
    assert_int_equal(act(second_id, decide_work, &rule), STATUS_CONFLICT);
    struct {
        Rule rule;
        const char *field;
    } wrong[] = {{rule_new(-1, 8000, 0), "threshold"},
                 {rule_new(1, 0, 0), "share"},
                 {rule_new(1, 10001, 0), "share"},
                 {rule_new(0, 1, 0), "share"},
                 {rule_new(0, 0, ADVANCE_PAY_DAYS_MAX + 1), "pay_days"},
                 {rule_new(0, 0, -1), "pay_days"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(act(finance_id, propose_work, &wrong[i].rule), STATUS_INVALID);
        assert_string_equal(cx.fault.field, wrong[i].field);
    }
    /* Refusing takes nobody else: it changes nothing. */
    Rule refused = rule_new(1, 1, 0);
    refused.is_approved = false;
    must(act(finance_id, propose_work, &refused));
    must(act(finance_id, decide_work, &refused));
}

static void the_due_day_counts_working_days(void **state) {
    (void)state;
    SettlementRule rule = {.id = 1, .pay_days = 1};
    int64_t friday = day_start_ms(day_of_ymd(2026, 11, 20));
    assert_true(day_compare(advance_due(&house.city, &rule, friday), day_of_ymd(2026, 11, 23)) ==
                0);
    rule.pay_days = 0;
    assert_true(day_compare(advance_due(&house.city, &rule, friday), DAY_NONE) == 0);
}

/* ---- the advance ---- */

typedef struct Make {
    int64_t org_id;
    int64_t id;
} Make;

static Status make_work(Cx *work_cx, DbConn *conn, void *input) {
    Make *in = input;
    return advance_make(work_cx, conn, in->org_id, now_ms(), &in->id);
}

static Status check_work(Cx *work_cx, DbConn *conn, void *input) {
    return advance_check(work_cx, conn, ((const Make *)input)->id);
}

static Status pay_work(Cx *work_cx, DbConn *conn, void *input) {
    SettlementPaid paid = {.settlement_id = ((const Make *)input)->id,
                           .paid_by = db_actor(conn)->user_id,
                           .bank_reference = STR("TEST0001"),
                           .now_ms = now_ms()};
    return shop_settlement_pay(work_cx, conn, &paid);
}

static Status suspend_work(Cx *work_cx, DbConn *conn, void *input) {
    const OrgStateChange *change = input;
    return people_org_state_set(work_cx, conn, change);
}

static void suspend(bool is_on) {
    OrgStateChange change = {.org_id = shop_id,
                             .from = is_on ? STR("active") : STR("suspended"),
                             .to = is_on ? STR("suspended") : STR("active"),
                             .reason = STR("测试")};
    must(act(finance_id, suspend_work, &change));
}

static void an_advance_at_its_border(void **state) {
    (void)state;
    Make make = {.org_id = shop_id};
    rule_set(before.total.fen + 1, 5000);
    assert_int_equal(act(0, make_work, &make), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "没有达到预拨线"));
    rule_set(before.total.fen, 5000);
    suspend(true);
    assert_int_equal(act(0, make_work, &make), STATUS_CONFLICT);
    suspend(false);
    must(act(0, make_work, &make));
    int64_t total = ask(SQL_TOTAL, DB_INT(make.id));
    Fronted after = fronted_of(shop_id);
    assert_int_equal(after.total.fen, before.total.fen);
    assert_int_equal(after.in_batch.fen, before.in_batch.fen + total);
    assert_true(after.in_batch.fen <= before.total.fen / 2 || after.in_batch.fen == total);
    /* The oldest first. */
    assert_int_equal(ask(SQL_OLDER, DB_INT(make.id)), 0);
    Make again = make;
    assert_int_equal(act(0, make_work, &again), STATUS_CONFLICT);
    /* Nobody has checked it: nobody pays it. Who checks it does not pay it. */
    assert_int_equal(act(second_id, pay_work, &make), STATUS_CONFLICT);
    must(act(finance_id, check_work, &make));
    assert_int_equal(act(second_id, check_work, &make), STATUS_CONFLICT);
    assert_int_equal(act(finance_id, pay_work, &make), STATUS_DENIED);
    must(act(second_id, pay_work, &make));
    assert_int_equal(fronted_of(shop_id).total.fen, before.total.fen - total);
}

static void the_job_makes_what_is_due_once(void **state) {
    (void)state;
    int64_t count = count_advances();
    rule_set(1, 10000);
    fault_clear(&cx);
    must(advance_job(&cx, &house.city, now_ms()));
    int64_t made = count_advances();
    assert_true(made > count);
    must(advance_job(&cx, &house.city, now_ms()));
    assert_int_equal(count_advances(), made);
    /* All of it: the whole of what is fronted is in batches, to the fen. */
    Fronted fronted = fronted_of(shop_id);
    assert_int_equal(fronted.in_batch.fen, fronted.total.fen);
    rule_set(0, 0);
    must(advance_job(&cx, &house.city, now_ms()));
    assert_int_equal(count_advances(), made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_take_two_people),
        cmocka_unit_test(the_due_day_counts_working_days),
        cmocka_unit_test(an_advance_at_its_border),
        cmocka_unit_test(the_job_makes_what_is_due_once),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
