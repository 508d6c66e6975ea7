/*
 * Runs every case of cities/anqiu/policy against its table: the day before, on and after, the fen
 * below, at and above a cap, each exclusion. A version without cases fails.
 */
#include "office/policy/policy.h"
#include "test.h"
#include "yaml/yaml.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static int64_t case_count;
static int64_t wrong_count;

static void case_run(Cx *cx, const PolicyVersion *version, const char *path, const char *line) {
    json_t *json = json_loads(line, 0, NULL);
    if (json == NULL) {
        fail_msg("%s: not JSON: %s", path, line);
        return;
    }
    char *input = json_dumps(json_object_get(json, "in"), JSON_COMPACT);
    PolicyCase given = {.input_json = str_of(input)};
    PolicyAnswer answer = {0};
    Status status = policy_decide_by(cx, version, &given, &answer);
    const char *rule = json_string_value(json_object_get(json, "rule_id"));
    bool is_same = status == STATUS_OK && str_equal(answer.rule, str_of(rule)) &&
                   answer.is_eligible == json_is_true(json_object_get(json, "eligible")) &&
                   answer.amount.fen == json_integer_value(json_object_get(json, "amount_fen"));
    if (!is_same) {
        printf("# %s: %s: got " STR_FMT " %lld\n", path,
               json_string_value(json_object_get(json, "note")), STR_ARG(answer.rule),
               (long long)answer.amount.fen);
        wrong_count++;
    }
    case_count++;
    free(input);
    json_decref(json);
}

static int64_t file_run(const PolicyVersion *version, const char *path) {
    char line[8192];
    int64_t before = case_count;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s is missing", path);
        return 0;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '{') {
            Arena *arena = arena_create();
            Cx cx;
            cx_init(&cx, arena);
            case_run(&cx, version, path, line);
            arena_free(arena);
        }
    }
    (void)fclose(file);
    return case_count - before;
}

static void test_cases(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    PolicyLibrary *library = NULL;
    if (policy_library_load(&cx, STR("cities/anqiu"), &library) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(library, &count);
    assert_true(count >= 11);
    for (size_t i = 0; i < count; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "cities/anqiu/policy/%lld/" STR_FMT ".cases",
                       (long long)versions[i]->year, STR_ARG(versions[i]->programme));
        assert_true(file_run(versions[i], path) >= 10);
    }
    printf("# %lld cases of %zu versions\n", (long long)case_count, count);
    assert_int_equal(wrong_count, 0);
    assert_true(case_count >= 600);
    arena_free(arena);
}

/* The example of the thread: 6,999 yuan, level 1, by the policy of each year. */
static void test_fridge(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    PolicyLibrary *library = NULL;
    assert_int_equal(policy_library_load(&cx, STR("cities/anqiu"), &library), STATUS_OK);
    static const struct {
        int32_t year;
        int64_t fen;
        int64_t cap_fen;
    } rows[] = {{2024, 139980, 200000}, {2025, 139980, 200000}, {2026, 104985, 150000}};
    for (size_t i = 0; i < 3; i++) {
        PolicyGoods goods = {.programme = STR("appliance"),
                             .category_name = STR("冰箱"),
                             .efficiency_level = 1,
                             .price = {699900},
                             .day = day_of_ymd(rows[i].year, 10, 15)};
        PolicyAnswer answer;
        assert_int_equal(policy_decide_goods(&cx, library, &goods, &answer), STATUS_OK);
        assert_true(answer.is_eligible);
        assert_int_equal(answer.amount.fen, rows[i].fen);
        assert_int_equal(answer.cap.fen, rows[i].cap_fen);
        assert_true(answer.document.len > 0 && answer.clause.len > 0 && answer.rule.len > 0);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_fridge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
