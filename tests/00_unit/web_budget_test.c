/* web_budget_test.c - the properties B1 and B2 of the day's bytes. */
#include "test.h"
#include "web/budget.h"

static bool taken(Budget *budget, int64_t person, int32_t day, int64_t bytes) {
    return budget_take(
        budget, &(BudgetTake){.person_id = person, .day = day, .bytes = bytes, .bytes_max = 1000});
}

static void test_b1_a_day_has_its_most(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Budget *budget = budget_create(arena);
    assert_true(taken(budget, 7, 100, 999));
    assert_false(taken(budget, 7, 100, 2));
    assert_true(taken(budget, 7, 100, 1)); /* the refused one was not counted */
    assert_false(taken(budget, 7, 100, 1));
    assert_true(taken(budget, 7, 100, 0));
    assert_true(taken(budget, 7, 101, 1000));
    assert_false(taken(budget, 7, 101, 1));
    assert_false(taken(budget, 8, 101, 1001));
    assert_false(taken(budget, 8, 101, INT64_MAX));
    arena_free(arena);
}

static void test_b2_persons_are_apart(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Budget *budget = budget_create(arena);
    assert_true(taken(budget, 1, 100, 1000));
    for (int64_t person = 2; person < 3000; person++) {
        assert_true(taken(budget, person, 100, 1000));
    }
    for (int64_t person = 1; person < 3000; person++) {
        assert_false(taken(budget, person, 100, 1));
    }
    /* Far more persons than places, each with little: who has sent much is not forgotten. */
    for (int64_t person = 10000; person < 10000 + 4 * BUDGET_PLACES; person++) {
        assert_true(taken(budget, person, 100, 1));
    }
    for (int64_t person = 1; person < 3000; person++) {
        assert_false(taken(budget, person, 100, 1));
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_b1_a_day_has_its_most),
        cmocka_unit_test(test_b2_persons_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
