/* city_basis_test.c - what city.yaml says about duties is what the plan's text says. */
#include "demo_house.h"
#include "yaml/yaml.h"

static const char SQL_LEADS[] =
    "SELECT unit.name FROM plan_task JOIN plan_task_unit ON plan_task_unit.task_id = plan_task.id"
    " JOIN unit ON unit.id = plan_task_unit.unit_id"
    " WHERE plan_task.clause = $1 AND plan_task_unit.part = 'lead'";

static int start(void **state) {
    (void)state;
    demo_house_open(20);
    return 0;
}

/* The unit that hands out coupons is the one lead unit of the clause that city.yaml cites. */
static void test_the_coupon_unit_is_named_by_its_clause(void **state) {
    (void)state;
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    assert_int_equal(yaml_file(&cx, STR("cities/anqiu/city.yaml"), 100000, &text), STATUS_OK);
    assert_int_equal(yaml_read(&cx, STR("city.yaml"), text, &root), STATUS_OK);
    Str clause = yaml_text_or(arena, root, "coupon_unit_clause", STR(""));
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = false;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_query(&cx, conn, SQL_LEADS, DB_ARGS(DB_TEXT(clause)), &rows), STATUS_OK);
    assert_int_equal(db_next(&cx, rows, &has_row), STATUS_OK);
    assert_true(has_row);
    assert_true(str_equal(db_text_peek(rows, 0), house.city.coupon_unit));
    assert_int_equal(db_next(&cx, rows, &has_row), STATUS_OK);
    assert_false(has_row);
    db_read_end(house.db, conn);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_coupon_unit_is_named_by_its_clause),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
