/* record_declare_test.c - reading declarations: the example of the reference is whole, and every
 * mistake is told with its line and what was expected, all mistakes of a file at once. */
#include "record/record.h"
#include "test.h"
#include "yaml/yaml.h"

#include <string.h>

static Arena *arena;
static Cx cx;
static const RecordName units[] = {{{"gongxin", 7}, {"市工信局", 12}},
                                   {{"zhujian", 7}, {"市住建局", 12}}};
static const RecordName towns[] = {{{"370784001", 9}, {"兴安街道", 12}}};
static const RecordBook book = {.units = units, .unit_count = 2, .towns = towns, .town_count = 1};

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    cx_init(&cx, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* The first YAML block of the reference page. */
static Str example(void) {
    Str page = STR_NONE;
    assert_int_equal(yaml_file(&cx, STR("docs/reference/record-kinds.md"), 1 << 20, &page),
                     STATUS_OK);
    size_t start = str_find(page, STR("```yaml\n"), 0) + 8;
    return str_slice(page, start, str_find(page, STR("```"), start) - start);
}

/* The example with one piece of its text put in place of another. */
static Str changed(const char *from, const char *to) {
    Str text = example();
    size_t at = str_find(text, str_of(from), 0);
    assert_true(at != SIZE_MAX);
    return str_print(arena, STR_FMT "%s" STR_FMT, STR_ARG(str_slice(text, 0, at)), to,
                     STR_ARG(str_from(text, at + strlen(from))));
}

static void test_example_is_whole(void **state) {
    (void)state;
    RecordProblems problems = {0};
    RecordKind *kind = NULL;
    Status status = record_kind_read(&cx, STR("project.yaml"), example(), &book, &problems, &kind);
    for (size_t i = 0; i < problems.count; i++) {
        print_message("%.*s:%lld: %.*s\n", STR_ARG(problems.items[i].file),
                      (long long)problems.items[i].line, STR_ARG(problems.items[i].text));
    }
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(kind->field_count, 11);
    assert_int_equal(kind->state_count, 5);
    assert_int_equal(kind->transition_count, 5);
    assert_int_equal(kind->counter_count, 2);
    assert_int_equal(kind->unique_count, 1);
    assert_int_equal(kind->view_count, 2);
    assert_int_equal(kind->map, record_field_find(kind, STR("site")));
    const RecordField *planned = &kind->fields[record_field_find(kind, STR("计划投资"))];
    assert_int_equal(planned->min, 100);
    assert_int_equal(planned->slot.number, 1);
    assert_true(str_equal(kind->uniques[0].space, STR("funded_machine")));
}

/* What is put in, and what the first problem must say. */
static const struct {
    const char *from;
    const char *to;
    const char *expected;
} mistakes[] = {
    {"kind: \"project\"", "kind: \"Pro\"", "small letters"},
    {"number: \"XM\"", "number: \"xm\"", "capital letters"},
    {"owner: [\"gongxin\"]", "owner: [\"gongxn\"]", "no unit with id \"gongxn\""},
    {"filers: [\"enterprise\"", "filers: [\"firm\"", "one of officer, lead"},
    {"about:", "abuot:", "unknown key \"abuot\""},
    {"clauses: [\"1.1\"]", "clauses: [\"eins\"]", "like \"T\""},
    {"is_public: true", "is_public: yes", "true or false"},
    {"map: \"site\"", "map: \"firm\"", "type place"},
    {"sort: \"-planned\"\nfields", "sort: \"-phone\"\nfields", "list: true"},
    {"type: \"money\", required", "type: \"Money\", required", "one of text, long_text"},
    {"min: \"1\"", "min: \"ten\"", "a value of type money"},
    {"title: \"计划投资\"", "title: \"计划投资（元）\"", "it is the name in rules"},
    {"title: \"实际投资\"", "title: \"计划投资\"", "name or title of the field"},
    {"title: \"完成率\"", "title: \"状态\"", "it is the name in rules"},
    {"choices: [\"industry: 工业\", \"building: 建筑市政\"]", "choices: [\"工业\"]", "code: 标题"},
    {"digits: 1,", "digits: 9,", "0 to 6"},
    {"\"phone\", required", "\"phone\", list: true, required", "not for a field of type phone"},
    {"验收日期 <= 今天\"", "验收日期 <= 明天\"", "明天"},
    {"验收日期 <= 今天\"", "验收日期 <= \"", "FEEL"},
    {"if 计划投资 > 0 and", "if 验收日期 != null and", "only fields above"},
    {", message: \"验收日期不能晚于今天\"", "", "a text expected"},
    {"fields: [\"machine.serial\"]", "fields: [\"machine.number\"]", "no field \"machine.number\""},
    {"is_start: true}", "is_start: false}", "exactly one state"},
    {"tone: \"wait\"", "tone: \"yellow\"", "one of neutral"},
    {"to: \"filed\"", "to: \"fild\"", "no state \"fild\""},
    {"by: [\"filer\"]", "by: [\"boss\"]", "one of officer"},
    {", guard_message: \"计划投资不足100万元，不能立项\"", "", "guard_message"},
    {"asks: [\"actual\"", "asks: [\"rate\"", "is computed"},
    {"sum: \"actual\"", "sum: \"name\"", "int, decimal"},
    {"day: \"accepted_day\"", "day: \"name\"", "day or month"},
    {"where: {planned:", "where: {phone:", "list: true"},
};

static void test_mistakes_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        RecordProblems problems = {0};
        RecordKind *kind = NULL;
        Status status =
            record_kind_read(&cx, STR("project.yaml"), changed(mistakes[i].from, mistakes[i].to),
                             &book, &problems, &kind);
        bool is_told = false;
        for (size_t at = 0; at < problems.count; at++) {
            is_told |= str_contains(problems.items[at].text, str_of(mistakes[i].expected)) &&
                       problems.items[at].line > 0;
        }
        if (!is_told) {
            print_message("%s: not told; %zu problems, first: %.*s\n", mistakes[i].to,
                          problems.count, problems.count == 0 ? 0 : (int)problems.items[0].text.len,
                          problems.count == 0 ? "" : problems.items[0].text.at);
        }
        assert_int_equal(status, STATUS_INVALID);
        assert_true(is_told);
        fault_clear(&cx);
    }
}

static void test_all_mistakes_at_once(void **state) {
    (void)state;
    RecordProblems problems = {0};
    RecordKind *kind = NULL;
    Str text = changed("number: \"XM\"", "number: \"x\"");
    size_t at = str_find(text, STR("tone: \"info\""), 0);
    text = str_print(arena, STR_FMT "tone: \"blue\"" STR_FMT, STR_ARG(str_slice(text, 0, at)),
                     STR_ARG(str_from(text, at + 12)));
    assert_int_equal(record_kind_read(&cx, STR("p.yaml"), text, &book, &problems, &kind),
                     STATUS_INVALID);
    assert_int_equal(problems.count, 2);
    assert_int_equal(problems.items[0].line, 5);
    assert_true(str_contains(str_of(cx.fault.text), STR("p.yaml:5: ")));
}

static void test_not_yaml(void **state) {
    (void)state;
    RecordProblems problems = {0};
    RecordKind *kind = NULL;
    assert_int_equal(
        record_kind_read(&cx, STR("p.yaml"), STR("kind: [\n"), &book, &problems, &kind),
        STATUS_INVALID);
    assert_int_equal(problems.count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_example_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_mistakes_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_yaml, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
