/*
 * Rules of the coupon at the borders of the year and of the pot: a coupon of the last day of
 * December does not outlive its year; one that could not be restored because the pot gave nothing
 * uses up no claim.
 */
#include "demo_house.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"

#include <stdio.h>
#include <stdlib.h>

static int start(void **state) {
    (void)state;
    demo_house_open(60);
    return 0;
}

typedef struct Run {
    Day day;
    int64_t round_count; /* of claim, redeem, return while the pot gives nothing */
    Coupon last;
} Run;

static const char SQL_NEWCOMER[] = "SELECT id FROM person WHERE role = 'resident' AND id NOT IN"
                                   " (SELECT person_id FROM coupon) ORDER BY id LIMIT 1";

static Status claim(Cx *work_cx, DbConn *conn, const Run *run, int64_t person_id, Coupon *out) {
    PolicyAnswer answer;
    CouponClaim new = {.person_id = person_id,
                       .category =
                           city_category(&house.city, STR("appliance"), 2026, STR("fridge")),
                       .answer = &answer,
                       .code = coupon_code_new(work_cx->arena),
                       .day = run->day,
                       .now_ms = day_start_ms(run->day) + 3600000};
    PolicyGoods goods = {.programme = STR("appliance"),
                         .category_name = new.category->name,
                         .efficiency_level = 1,
                         .price = {699900},
                         .day = run->day};
    int64_t id = 0;
    TRY(policy_decide_goods(work_cx, house.city.policies, &goods, &answer));
    TRY(coupon_claim(work_cx, conn, &new, &id));
    return coupon_find(work_cx, conn, id, out);
}

static Status return_from_frozen_pot(Cx *work_cx, DbConn *conn, const Run *run, Coupon *coupon) {
    TreasuryPot pot;
    int64_t now_ms = coupon->claimed_ms + 1;
    TRY(treasury_pot_find(work_cx, conn, coupon->programme, coupon->year, &pot));
    TRY(coupon_redeem(work_cx, conn, coupon, (Money){50000}, now_ms));
    TRY(coupon_find(work_cx, conn, coupon->id, coupon));
    TRY(ledger_freeze(work_cx, conn, pot.fund, STR("test")));
    TRY(coupon_return(work_cx, conn, coupon, day_start_ms(run->day) + 7200000));
    TRY(ledger_unfreeze(work_cx, conn, pot.fund, STR("test")));
    return coupon_find(work_cx, conn, coupon->id, coupon);
}

/* Three claims read ahead: two of one person, who has one place, and one of somebody else. */
typedef struct Ahead {
    Day day;
    CouponClaim claims[3];
    Status results[3];
} Ahead;

static const char SQL_NEWCOMERS[] =
    "SELECT MIN(id), MAX(id) FROM person WHERE role = 'resident' AND id NOT IN"
    " (SELECT person_id FROM coupon)";

static Status ahead_persons(Cx *work_cx, DbConn *conn, Ahead *ahead) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(work_cx, conn, SQL_NEWCOMERS, DB_NO_ARGS, &rows));
    TRY(db_next(work_cx, rows, &has_row));
    ahead->claims[0].person_id = db_int(rows, 0);
    ahead->claims[1].person_id = db_int(rows, 0);
    ahead->claims[2].person_id = db_int(rows, 1);
    db_rows_close(rows);
    check(ahead->claims[0].person_id != ahead->claims[2].person_id);
    return STATUS_OK;
}

static Status ahead_work(Cx *work_cx, DbConn *conn, void *input) {
    Ahead *ahead = input;
    PolicyAnswer answer;
    const CouponClaim *order[3];
    const CityCategory *category =
        city_category(&house.city, STR("appliance"), 2026, STR("fridge"));
    PolicyGoods goods = {.programme = STR("appliance"),
                         .category_name = category->name,
                         .efficiency_level = 1,
                         .price = {699900},
                         .day = ahead->day};
    TRY(policy_decide_goods(work_cx, house.city.policies, &goods, &answer));
    TRY(ahead_persons(work_cx, conn, ahead));
    for (int i = 0; i < 3; i++) {
        CouponClaim *claim = &ahead->claims[i];
        claim->category = category;
        claim->answer = &answer;
        claim->code = coupon_code_new(work_cx->arena);
        claim->day = ahead->day;
        claim->now_ms = day_start_ms(ahead->day) + 3600000;
        order[i] = claim;
    }
    TRY(coupon_foresee(work_cx, conn, order, 3));
    for (int i = 0; i < 3; i++) {
        int64_t id = 0;
        ahead->results[i] = coupon_claim(work_cx, conn, order[i], &id);
        fault_clear(work_cx);
    }
    return STATUS_OK;
}

static void test_what_was_read_ahead_ends_with_the_first_coupon(void **state) {
    (void)state;
    Ahead ahead = {.day = day_of_ymd(2026, 11, 21)};
    DbCommand command = {.name = "test.ahead",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = ahead_work,
                         .input = &ahead,
                         .now_ms = day_start_ms(ahead.day)};
    if (db_write(&cx, house.db, &command, NULL) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    assert_int_equal(ahead.results[0], STATUS_OK);
    assert_int_equal(ahead.results[1], STATUS_CONFLICT);
    assert_int_equal(ahead.results[2], STATUS_OK);
}

static Status run_work(Cx *work_cx, DbConn *conn, void *input) {
    Run *run = input;
    int64_t person_id = 0;
    Coupon coupon;
    TRY(db_int_or(work_cx, conn, SQL_NEWCOMER, DB_NO_ARGS, &person_id));
    for (int64_t i = 0; i < run->round_count; i++) {
        TRY(claim(work_cx, conn, run, person_id, &coupon));
        TRY(return_from_frozen_pot(work_cx, conn, run, &coupon));
        if (!str_equal(coupon.state, STR("returned"))) {
            return fault(work_cx, STATUS_INVALID, "round %lld left the coupon " STR_FMT,
                         (long long)i, STR_ARG(coupon.state));
        }
    }
    TRY(claim(work_cx, conn, run, person_id, &coupon));
    run->last = coupon;
    return STATUS_OK;
}

static void run(Run *it) {
    DbCommand command = {.name = "test.rules",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = run_work,
                         .input = it,
                         .now_ms = day_start_ms(it->day)};
    if (db_write(&cx, house.db, &command, NULL) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
}

static void test_coupon_ends_with_its_year(void **state) {
    (void)state;
    static const int month_days[][2] = {{12, 31}, {12, 30}, {12, 29}};
    for (size_t i = 0; i < sizeof month_days / sizeof month_days[0]; i++) {
        Run it = {.day = day_of_ymd(2026, month_days[i][0], month_days[i][1])};
        run(&it);
        assert_true(it.last.expires_ms <= day_start_ms(day_of_ymd(2027, 1, 1)));
        assert_true(it.last.expires_ms > it.last.claimed_ms);
    }
}

static void test_return_uses_up_no_claim(void **state) {
    (void)state;
    Run it = {.day = day_of_ymd(2026, 11, 20), .round_count = 12};
    run(&it);
    assert_int_equal(it.last.amount.fen, 150000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coupon_ends_with_its_year),
        cmocka_unit_test(test_return_uses_up_no_claim),
        cmocka_unit_test(test_what_was_read_ahead_ends_with_the_first_coupon),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
