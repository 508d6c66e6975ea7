/*
 * Set-asides and limits at their borders: money of a town first and then the programme's, a fen too
 * little of it, the last millisecond of an hour and of a day, a shop's limit to the fen, what is
 * given back, limits that would leave each other out. After it the ledger is recomputed.
 */
#include "demo_house.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"
#include "office/treasury/treasury_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000, PEOPLE = 60, CAP_FEN = 150000, DIGITAL_CAP_FEN = 50000 };

static int64_t people[PEOPLE];
static Str towns[PEOPLE];
static bool is_used[PEOPLE];
static int64_t finance_id;
static int64_t lead_id;
static Day today;

static const char SQL_PERSON[] = "SELECT id FROM person WHERE login = $1";
static const char SQL_NEWCOMERS[] =
    "SELECT id, town_code FROM person WHERE role = 'resident' AND id NOT IN"
    " (SELECT person_id FROM coupon) ORDER BY id LIMIT 60";
static const char SQL_SHOP[] = "SELECT uscc FROM org WHERE kind = 'shop' ORDER BY id LIMIT 1";

static Status at_person(int64_t *out, const char *login) {
    DbConn *conn = NULL;
    TRY(db_read_begin(&cx, house.db, &conn));
    Status status = db_int_or(&cx, conn, SQL_PERSON, DB_ARGS(DB_TEXT(str_of(login))), out);
    db_read_end(house.db, conn);
    return status;
}

static int start(void **state) {
    (void)state;
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = true;
    demo_house_open(200);
    today = day_of_ymd(2026, 11, 20);
    assert_int_equal(at_person(&finance_id, "finance"), STATUS_OK);
    assert_int_equal(at_person(&lead_id, "lead"), STATUS_OK);
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_query(&cx, conn, SQL_NEWCOMERS, DB_NO_ARGS, &rows), STATUS_OK);
    for (int i = 0; i < PEOPLE; i++) {
        assert_int_equal(db_next(&cx, rows, &has_row), STATUS_OK);
        assert_true(has_row);
        people[i] = db_int(rows, 0);
        towns[i] = db_text(arena, rows, 1);
    }
    db_read_end(house.db, conn);
    return 0;
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
}

static int64_t at(int hour) {
    return day_start_ms(today) + (int64_t)hour * HOUR_MS;
}

static Status act(int64_t user_id, int64_t now_ms, DbWork *work, void *input) {
    DbCommand command = {
        .name = "test.place",
        .actor = {.user_id = user_id, .role = STR("finance"), .origin = STR("web")},
        .work = work,
        .input = input,
        .now_ms = now_ms};
    fault_clear(&cx);
    return db_write(&cx, house.db, &command, NULL);
}

/* ---- proposals ---- */

typedef struct Step {
    Setup setup;
    int64_t id;
} Step;

static Status propose_work(Cx *work_cx, DbConn *conn, void *input) {
    Step *step = input;
    return setup_propose(work_cx, conn, &step->setup, &step->id);
}

static Status approve_work(Cx *work_cx, DbConn *conn, void *input) {
    return setup_approve(work_cx, conn, ((Step *)input)->id);
}

static void approved(const Setup *setup) {
    Step step = {.setup = *setup};
    must(act(finance_id, at(1), propose_work, &step));
    must(act(lead_id, at(1), approve_work, &step));
}

static void refused_at(const Setup *setup, Status status, const char *field) {
    Step step = {.setup = *setup};
    assert_int_equal(act(finance_id, at(1), propose_work, &step), status);
    assert_string_equal(cx.fault.field, field);
}

static Fund pot_of(const char *programme) {
    DbConn *conn = NULL;
    TreasuryPot pot;
    Fund fund;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(treasury_pot_find(&cx, conn, str_of(programme), 2026, &pot));
    must(ledger_fund_get(&cx, conn, pot.fund, &fund));
    db_read_end(house.db, conn);
    return fund;
}

static Fund child_of(const Fund *parent, Str code) {
    DbConn *conn = NULL;
    Fund fund;
    Str path = str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(parent->path), STR_ARG(code));
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(ledger_fund_find(&cx, conn, path, &fund));
    db_read_end(house.db, conn);
    return fund;
}

static Setup limit_new(const Fund *parent, FundKind kind, const char *code, int64_t fen) {
    Setup setup = {.kind = SETUP_CREATE,
                   .spec = {.parent = parent->id,
                            .kind = kind,
                            .is_cap = true,
                            .code = str_of(code),
                            .name = STR("测试限额"),
                            .year = 2026},
                   .validity_days = 1,
                   .amount = {fen},
                   .basis = STR("测试〔2026〕9号")};
    return setup;
}

static Status close_work(Cx *work_cx, DbConn *conn, void *input) {
    return ledger_close(work_cx, conn, *(FundId *)input, STR("测试"));
}

/* ---- claims ---- */

typedef struct Claim {
    int64_t person_id;
    const char *programme;
    const char *category;
    int64_t now_ms;
    int64_t coupon_id;
} Claim;

static Status claim_work(Cx *work_cx, DbConn *conn, void *input) {
    Claim *in = input;
    PolicyAnswer answer;
    CouponClaim claim = {
        .person_id = in->person_id,
        .category = city_category(&house.city, str_of(in->programme), 2026, str_of(in->category)),
        .answer = &answer,
        .code = coupon_code_new(work_cx->arena),
        .day = day_of_instant(in->now_ms),
        .now_ms = in->now_ms};
    PolicyGoods goods = {.programme = str_of(in->programme),
                         .category_name = claim.category->name,
                         .efficiency_level = 1,
                         .price = {500000},
                         .day = claim.day};
    TRY(policy_decide_goods(work_cx, house.city.policies, &goods, &answer));
    return coupon_claim(work_cx, conn, &claim, &in->coupon_id);
}

static Status claim_at(int64_t person_id, int64_t now_ms, int64_t *coupon_id) {
    Claim in = {
        .person_id = person_id, .programme = "appliance", .category = "fridge", .now_ms = now_ms};
    Status status = act(person_id, now_ms, claim_work, &in);
    *coupon_id = in.coupon_id;
    return status;
}

static int64_t claimed(int64_t person_id, int64_t now_ms) {
    int64_t id = 0;
    must(claim_at(person_id, now_ms, &id));
    return id;
}

static int64_t person_of(Str town, bool is_same) {
    for (int i = 0; i < PEOPLE; i++) {
        if (!is_used[i] && str_equal(towns[i], town) == is_same) {
            is_used[i] = true;
            return people[i];
        }
    }
    fail_msg("no more people");
    return 0;
}

static Coupon coupon_get(int64_t id) {
    DbConn *conn = NULL;
    Coupon coupon;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(coupon_find(&cx, conn, id, &coupon));
    db_read_end(house.db, conn);
    return coupon;
}

static int64_t fund_of(int64_t coupon_id) {
    DbConn *conn = NULL;
    Hold hold;
    Coupon coupon = coupon_get(coupon_id);
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(ledger_hold_get(&cx, conn, coupon.hold, &hold));
    db_read_end(house.db, conn);
    return hold.fund.id;
}

static Status withdraw_work(Cx *work_cx, DbConn *conn, void *input) {
    const Coupon *coupon = input;
    return coupon_withdraw(work_cx, conn, coupon->id, coupon->person_id, at(9));
}

static void audit(void) {
    DbConn *conn = NULL;
    LedgerAudit found;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(ledger_audit(&cx, conn, &found));
    db_read_end(house.db, conn);
    assert_int_equal(found.finding_count, 0);
}

static Money left_of(const Fund *pot, int64_t now_ms) {
    DbConn *conn = NULL;
    TreasuryLeft left;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(treasury_pot_left(&cx, conn, pot->id, now_ms, &left));
    db_read_end(house.db, conn);
    return left.now;
}

/* ---- towns ---- */

static void a_town_uses_its_own_money_first(void **state) {
    (void)state;
    Fund pot = pot_of("appliance");
    Str town = towns[0];
    Money before = left_of(&pot, at(9));
    Setup setup = limit_new(&pot, FUND_TOWN, str_c(arena, town), CAP_FEN);
    setup.spec.is_cap = false;
    approved(&setup);
    /* Setting money aside gives nothing away: the meter says as much as before. */
    assert_int_equal(left_of(&pot, at(9)).fen, before.fen);
    Fund own = child_of(&pot, town);
    int64_t stranger = claimed(person_of(town, false), at(9));
    assert_int_equal(fund_of(stranger), pot.id.id);
    int64_t first = claimed(person_of(town, true), at(9));
    assert_int_equal(fund_of(first), own.id.id);
    /* Not a fen is left there: the next one is paid by the programme. */
    int64_t second = claimed(person_of(town, true), at(9));
    assert_int_equal(fund_of(second), pot.id.id);
    Coupon coupon = coupon_get(first);
    must(act(coupon.person_id, at(9), withdraw_work, &coupon));
    Setup reclaim = {
        .kind = SETUP_RECLAIM, .fund = own.id, .amount = {1}, .basis = STR("测试〔2026〕9号")};
    approved(&reclaim);
    /* A fen too little. */
    assert_int_equal(fund_of(claimed(person_of(town, true), at(9))), pot.id.id);
    Setup top_up = reclaim;
    top_up.kind = SETUP_TOP_UP;
    approved(&top_up);
    assert_int_equal(fund_of(claimed(person_of(town, true), at(9))), own.id.id);
    audit();
}

static void a_limit_of_a_town_holds_for_its_people(void **state) {
    (void)state;
    Fund pot = pot_of("appliance");
    int64_t id = 0;
    Str town = STR_NONE;
    for (int i = 0; i < PEOPLE && town.len == 0; i++) {
        town = str_equal(towns[i], towns[0]) ? STR_NONE : towns[i];
    }
    Setup setup = limit_new(&pot, FUND_TOWN, str_c(arena, town), 2 * CAP_FEN - 1);
    approved(&setup);
    Fund limit = child_of(&pot, town);
    assert_int_equal(fund_of(claimed(person_of(town, true), at(9))), limit.id.id);
    assert_int_equal(claim_at(person_of(town, true), at(9), &id), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "测试限额"));
    Setup top_up = {
        .kind = SETUP_TOP_UP, .fund = limit.id, .amount = {1}, .basis = STR("测试〔2026〕9号")};
    approved(&top_up);
    int64_t last = claimed(person_of(town, true), at(9));
    assert_int_equal(fund_of(last), limit.id.id);
    /* One kind of limit below a node: a day beside a town would leave one of them out. */
    Setup day = limit_new(&pot, FUND_DAY, "2026-11-20", CAP_FEN);
    refused_at(&day, STATUS_CONFLICT, "kind");
    audit();
    for (int i = 0; i < 2; i++) {
        Coupon coupon = coupon_get(last - i);
        if (fund_of(coupon.id) == limit.id.id) {
            must(act(coupon.person_id, at(9), withdraw_work, &coupon));
        }
    }
    must(act(finance_id, at(9), close_work, &limit.id));
}

/* ---- days and hours ---- */

static void days_and_hours_at_their_border(void **state) {
    (void)state;
    Fund pot = pot_of("appliance");
    int64_t id = 0;
    today = day_of_ymd(2026, 11, 21);
    Setup days = limit_new(&pot, FUND_DAY, "2026-11-21", 2 * CAP_FEN);
    days.validity_days = 2;
    approved(&days);
    Fund day = child_of(&pot, STR("2026-11-21"));
    assert_int_equal(child_of(&pot, STR("2026-11-22")).appropriated.fen, 2 * CAP_FEN);
    refused_at(&days, STATUS_CONFLICT, "day");
    Setup hours = limit_new(&day, FUND_HOUR, "9", CAP_FEN);
    hours.validity_days = 2;
    approved(&hours);
    /* The town of the set-aside has no limit of a day: people of other towns. */
    Str own = towns[0];
    int64_t a = person_of(own, false);
    int64_t b = person_of(own, false);
    int64_t c = person_of(own, false);
    int64_t first = claimed(a, at(9));
    assert_int_equal(claim_at(b, at(10) - 1, &id), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "09 时限额"));
    assert_int_equal(left_of(&pot, at(10) - 1).fen < CAP_FEN + CAP_FEN, 1);
    (void)claimed(b, at(10));
    /* The day is full, also in an hour without a limit of its own, to its last millisecond. */
    assert_int_equal(claim_at(c, at(12), &id), STATUS_CONFLICT);
    assert_non_null(strstr(cx.fault.text, "2026-11-21"));
    assert_int_equal(claim_at(c, at(24) - 1, &id), STATUS_CONFLICT);
    Coupon coupon = coupon_get(first);
    must(act(coupon.person_id, at(9), withdraw_work, &coupon));
    (void)claimed(c, at(24) - 1);
    (void)claimed(person_of(own, false), at(24));
    /* A day without a node has no limit. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fund_of(claimed(person_of(own, false), at(48))), pot.id.id);
    }
    audit();
}

static void wrong_limits_are_refused_at_their_field(void **state) {
    (void)state;
    Fund pot = pot_of("appliance");
    Setup setup = limit_new(&pot, FUND_DAY, "2027-01-01", CAP_FEN);
    refused_at(&setup, STATUS_INVALID, "day");
    setup = limit_new(&pot, FUND_DAY, "2026-12-31", CAP_FEN);
    setup.validity_days = 2;
    refused_at(&setup, STATUS_INVALID, "count");
    setup.validity_days = 0;
    refused_at(&setup, STATUS_INVALID, "count");
    setup = limit_new(&pot, FUND_DAY, "2026-12-31", 0);
    refused_at(&setup, STATUS_INVALID, "amount");
    setup = limit_new(&pot, FUND_HOUR, "9", CAP_FEN);
    refused_at(&setup, STATUS_CONFLICT, "day");
    Fund day = child_of(&pot, STR("2026-11-22"));
    setup = limit_new(&day, FUND_HOUR, "24", CAP_FEN);
    refused_at(&setup, STATUS_INVALID, "hour");
    setup = limit_new(&day, FUND_HOUR, "23", CAP_FEN);
    setup.validity_days = 2;
    refused_at(&setup, STATUS_INVALID, "count");
    setup = limit_new(&day, FUND_SHOP, "913707000000000000", CAP_FEN);
    refused_at(&setup, STATUS_INVALID, "fund");
    setup = limit_new(&pot, FUND_DAY, "2026-12-31", CAP_FEN);
    setup.spec.is_cap = false;
    refused_at(&setup, STATUS_INVALID, "kind");
    setup = limit_new(&pot, FUND_SHOP, "913707000000000000", CAP_FEN);
    refused_at(&setup, STATUS_CONFLICT, "kind");
}

/* ---- shops ---- */

typedef struct Redeem {
    int64_t coupon_id;
    Str shop;
    int64_t fen;
} Redeem;

static Status redeem_work(Cx *work_cx, DbConn *conn, void *input) {
    const Redeem *in = input;
    Coupon coupon;
    TRY(coupon_find(work_cx, conn, in->coupon_id, &coupon));
    TRY(coupon_redeem(work_cx, conn, &coupon, (Money){in->fen}, at(9)));
    return treasury_shop_take(work_cx, conn, coupon.hold, in->shop);
}

static Status return_work(Cx *work_cx, DbConn *conn, void *input) {
    const Redeem *in = input;
    Coupon coupon;
    TRY(coupon_find(work_cx, conn, in->coupon_id, &coupon));
    return coupon_return(work_cx, conn, &coupon, at(9));
}

static int64_t phone_of(int64_t person_id) {
    Claim in = {
        .person_id = person_id, .programme = "digital", .category = "phone", .now_ms = at(9)};
    must(act(person_id, at(9), claim_work, &in));
    return in.coupon_id;
}

static void a_shop_stops_at_its_limit(void **state) {
    (void)state;
    DbConn *conn = NULL;
    Str shop = STR_NONE;
    Fund pot = pot_of("digital");
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    must(db_text_or(&cx, conn, SQL_SHOP, DB_NO_ARGS, &shop));
    db_read_end(house.db, conn);
    Setup setup = limit_new(&pot, FUND_SHOP, str_c(arena, shop), 2 * DIGITAL_CAP_FEN - 1);
    approved(&setup);
    Fund limit = child_of(&pot, shop);
    Redeem first = {phone_of(person_of(STR(""), false)), shop, DIGITAL_CAP_FEN};
    Redeem second = {phone_of(person_of(STR(""), false)), shop, DIGITAL_CAP_FEN};
    must(act(finance_id, at(9), redeem_work, &first));
    assert_int_equal(fund_of(first.coupon_id), limit.id.id);
    /* A fen too much: nothing is changed, and the coupon can be used elsewhere. */
    assert_int_equal(act(finance_id, at(9), redeem_work, &second), STATUS_CONFLICT);
    assert_string_equal(cx.fault.field, "code");
    assert_true(str_equal(coupon_get(second.coupon_id).state, STR("claimed")));
    assert_int_equal(fund_of(second.coupon_id), pot.id.id);
    Redeem exact = second;
    exact.fen--;
    must(act(finance_id, at(9), redeem_work, &exact));
    Redeem elsewhere = {phone_of(person_of(STR(""), false)), STR("913700000000000000"), 1};
    must(act(finance_id, at(9), redeem_work, &elsewhere));
    assert_int_equal(fund_of(elsewhere.coupon_id), pot.id.id);
    /* A return makes room again. */
    Redeem third = {phone_of(person_of(STR(""), false)), shop, DIGITAL_CAP_FEN};
    assert_int_equal(act(finance_id, at(9), redeem_work, &third), STATUS_CONFLICT);
    must(act(finance_id, at(9), return_work, &first));
    must(act(finance_id, at(9), redeem_work, &third));
    audit();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_town_uses_its_own_money_first),
        cmocka_unit_test(a_limit_of_a_town_holds_for_its_people),
        cmocka_unit_test(days_and_hours_at_their_border),
        cmocka_unit_test(wrong_limits_are_refused_at_their_field),
        cmocka_unit_test(a_shop_stops_at_its_limit),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
