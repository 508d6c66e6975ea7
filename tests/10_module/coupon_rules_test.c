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
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
