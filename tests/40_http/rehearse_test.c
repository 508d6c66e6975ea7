/* rehearse_test.c - a small launch morning with a kill in the middle passes, and says so in JSON;
 * wrong options are refused. */
#include "base/check.h"
#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static int64_t number(const json_t *root, const char *key) {
    const json_t *value = json_object_get(root, key);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static void a_small_launch_passes(void **state) {
    (void)state;
    FILE *out =
        popen(PROGRAM_PATH " rehearse --residents 300 --seconds 4 --crowd 3000 --json", "r");
    assert_non_null(out);
    json_t *root = json_loadf(out, 0, NULL);
    int code = pclose(out);
    assert_non_null(root);
    char *text = json_dumps(root, JSON_INDENT(1));
    if (!json_is_true(json_object_get(root, "ok")) || code != 0) {
        print_error("%s\n", text);
    }
    free(text);
    assert_int_equal(code, 0);
    assert_true(json_is_true(json_object_get(root, "ok")));
    /* The money lasts for six in ten, and all of it is given out. */
    assert_int_equal(number(root, "served"), 180);
    assert_int_equal(number(root, "refused"), 120);
    assert_int_equal(number(root, "unfinished"), 0);
    assert_int_equal(number(root, "overspent_funds"), 0);
    assert_int_equal(number(root, "lost_acknowledgements"), 0);
    assert_int_equal(number(root, "double_coupons"), 0);
    assert_int_equal(number(root, "order_inversions"), 0);
    assert_true(number(root, "double_clicks") > 0);
    assert_true(number(root, "server_down_ms") > 0);
    assert_true(number(json_object_get(root, "crowd"), "places") == 3000);
    json_decref(root);
}

static void wrong_options_are_refused(void **state) {
    (void)state;
    int code = system(PROGRAM_PATH " rehearse --seconds 0 >/dev/null 2>&1");
    assert_int_equal(WEXITSTATUS(code), 2);
    code = system(PROGRAM_PATH " rehearse --help >/dev/null 2>&1");
    assert_int_equal(WEXITSTATUS(code), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_launch_passes),
        cmocka_unit_test(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
