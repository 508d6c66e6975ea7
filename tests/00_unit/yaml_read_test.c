/* Tests of yaml: values, fallbacks, and messages with file and line. */
#include "test.h"
#include "yaml/yaml.h"

#include <string.h>

static const char text[] = "name: \"安丘市\"\n"
                           "share: 8500\n"
                           "baseline: \"not set\"\n"
                           "is_open: true\n"
                           "rows:\n"
                           "- code: \"a\"\n"
                           "  from: \"2026-01-02\"\n"
                           "- code: \"b\"\n"
                           "  from: \"02.01.2026\"\n";

static void test_values(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    const YamlNode *root = NULL;
    assert_int_equal(yaml_read(&cx, STR("x.yaml"), str_of(text), &root), STATUS_OK);
    Str name = STR_NONE;
    int64_t share = 0;
    assert_int_equal(yaml_text(&cx, root, "name", &name), STATUS_OK);
    assert_true(str_equal(name, STR("安丘市")));
    assert_int_equal(yaml_int(&cx, root, "share", &share), STATUS_OK);
    assert_int_equal(share, 8500);
    assert_true(yaml_bool_or(root, "is_open", false));
    assert_true(str_is_empty(yaml_text_or(arena, root, "baseline", STR_NONE)));
    assert_int_equal(yaml_count(yaml_at(root, "rows")), 2);
    assert_int_equal(yaml_count(yaml_at(root, "none")), 0);
    Day day = DAY_NONE;
    assert_int_equal(yaml_day(&cx, yaml_item(yaml_at(root, "rows"), 0), "from", &day), STATUS_OK);
    assert_int_equal(day.number, day_of_ymd(2026, 1, 2).number);
    arena_free(arena);
}

static void test_messages(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    const YamlNode *root = NULL;
    assert_int_equal(yaml_read(&cx, STR("x.yaml"), str_of(text), &root), STATUS_OK);
    Day day = DAY_NONE;
    assert_int_equal(yaml_day(&cx, yaml_item(yaml_at(root, "rows"), 1), "from", &day),
                     STATUS_INVALID);
    assert_int_equal(cx.fault.line, 9);
    assert_non_null(strstr(cx.fault.text, "x.yaml"));
    cx_init(&cx, arena);
    assert_int_equal(yaml_read(&cx, STR("bad.yaml"), STR("a: [1, 2\nb: 3\n"), &root),
                     STATUS_INVALID);
    assert_non_null(strstr(cx.fault.text, "bad.yaml"));
    cx_init(&cx, arena);
    assert_int_equal(yaml_read(&cx, STR("list.yaml"), STR("- 1\n- 2\n"), &root), STATUS_INVALID);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
