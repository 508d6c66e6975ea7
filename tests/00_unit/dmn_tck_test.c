/*
 * dmn_tck_test.c - the public conformance kit, when ../shared/dmn-tck is there; skips without it.
 * The floors are the promise of the engine: they may be raised, not lowered.
 */
#include "dmn/tck.h"
#include "test.h"

#include <stdio.h>
#include <unistd.h>

enum { CASES_MIN = 2445, VALUED_MIN = 1140, DIRECTORIES_MIN = 104 };

static const char KIT[] = "../shared/dmn-tck";

static void print_failure(void *host, Str line) {
    (void)host;
    (void)fprintf(stderr, "# " STR_FMT "\n", STR_ARG(line));
}

static void kit_passes(void **state) {
    (void)state;
    if (access(KIT, R_OK) != 0) {
        print_message("skip: no %s\n", KIT);
        return;
    }
    Arena *arena = arena_create();
    TckScore score = {0};
    assert_int_equal(tck_run_tree(KIT, zone_set_in(arena, NULL), print_failure, NULL, &score),
                     STATUS_OK);
    assert_int_equal(score.case_count, 2457);
    assert_int_equal(score.valued_count, 1147);
    assert_int_equal(score.directory_count, 107);
    assert_true(score.case_passed >= CASES_MIN);
    assert_true(score.valued_passed >= VALUED_MIN);
    assert_true(score.directory_passed >= DIRECTORIES_MIN);
    arena_free(arena);
}

/* The runner itself: a right and a wrong expectation, values of all forms, a service. */
static const char MODEL[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:t' name='t'>"
    "<inputData id='i' name='x'><variable name='x'/></inputData>"
    "<decision id='d' name='d'><variable name='d'/><informationRequirement><requiredInput "
    "href='#i'/></informationRequirement><literalExpression><text>x</text></literalExpression>"
    "</decision>"
    "<decisionService name='s'><outputDecision href='#d'/><inputData href='#i'/>"
    "</decisionService></definitions>";

#define TEST_HEAD                                                                                  \
    "<tc:testCases xmlns:tc='http://www.omg.org/spec/DMN/20160719/testcase' "                      \
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:xsd='x'>"                         \
    "<tc:modelName> m.dmn </tc:modelName>"
#define TEST_CASE(attributes, input, expected)                                                     \
    "<tc:testCase id='1'" attributes "><tc:inputNode name='x'>" input "</tc:inputNode>"            \
    "<tc:resultNode name='d'><tc:expected>" expected                                               \
    "</tc:expected></tc:resultNode></tc:testCase>"
#define VALUE(type, text) "<tc:value xsi:type='xsd:" type "'>" text "</tc:value>"

static TckScore run(const char *test_text, Status expected) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    TckScore score = {0};
    bool is_passed = false;
    TckFile model = {STR("m.dmn"), str_of(MODEL)};
    TckDirectory directory = {.name = STR("own"), .models = &model, .model_count = 1};
    directory.test = (TckFile){STR("m.xml"), str_of(test_text)};
    assert_int_equal(tck_run_file(&cx, &directory, &score, &is_passed), expected);
    assert_int_equal(is_passed, expected == STATUS_OK && score.case_passed == score.case_count);
    arena_free(arena);
    return score;
}

static void runner_compares(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t passed;
        size_t valued;
    } rows[] = {
        {TEST_HEAD TEST_CASE("", VALUE("decimal", "1.5"),
                             VALUE("double", "1.500000001")) "</tc:testCases>",
         1, 1},
        {TEST_HEAD TEST_CASE("", VALUE("decimal", "1.5"),
                             VALUE("decimal", "1.6")) "</tc:testCases>",
         0, 1},
        {TEST_HEAD TEST_CASE("", VALUE("string", ""), VALUE("string", "")) "</tc:testCases>", 1, 1},
        {TEST_HEAD TEST_CASE("", VALUE("duration", "P1D"),
                             VALUE("duration", "PT24H")) "</tc:testCases>",
         1, 1},
        {TEST_HEAD TEST_CASE("", "<tc:value xsi:nil='true'/>",
                             "<tc:value xsi:nil='true'/>") "</tc:testCases>",
         1, 0},
        {TEST_HEAD TEST_CASE("", "<tc:list/>", "<tc:list/>") "</tc:testCases>", 1, 1},
        {TEST_HEAD TEST_CASE("",
                             "<tc:list><tc:item>" VALUE("boolean", "true") "</tc:item></tc:list>",
                             "<tc:list><tc:item>" VALUE(
                                 "boolean", "false") "</tc:item></tc:list>") "</tc:testCases>",
         0, 1},
        {TEST_HEAD TEST_CASE(
             "",
             "<tc:component name='a'>" VALUE("date", "2026-01-31") "</tc:component>"
                                                                   "<tc:component name='b'>" VALUE(
                                                                       "decimal",
                                                                       "2") "</tc:component>",
             "<tc:component name='b'>" VALUE(
                 "decimal", "2") "</tc:component>"
                                 "<tc:component name='a'>" VALUE(
                                     "date", "2026-01-31") "</tc:component>") "</tc:testCases>",
         1, 1},
        {TEST_HEAD TEST_CASE(" type='decisionService' invocableName='s'", VALUE("decimal", "7"),
                             VALUE("decimal", "7")) "</tc:testCases>",
         1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TckScore score = run(rows[i].text, STATUS_OK);
        assert_int_equal(score.case_count, 1);
        assert_int_equal(score.case_passed, rows[i].passed);
        assert_int_equal(score.valued_count, rows[i].valued);
    }
    assert_int_equal(run("<nothing/>", STATUS_INVALID).case_count, 0);
    assert_int_equal(run("<a>", STATUS_INVALID).case_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kit_passes),
        cmocka_unit_test(runner_compares),
    };
    return cmocka_run_group_tests_name("dmn_tck", tests, NULL, NULL);
}
