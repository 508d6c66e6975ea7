/* feel_unary_test.c - cells of decision tables: what they match and what an analysis sees in them.
 */
#include "feel/feel.h"
#include "test.h"

#include <stdio.h>

typedef struct CellCase {
    const char *cell;
    const char *input;   /* a FEEL expression */
    const char *verdict; /* true, false, null or error */
} CellCase;

typedef struct Fixture {
    Arena *arena;
    Cx cx;
    FeelScope *scope;
    FeelValue slots[2];
} Fixture;

/* Two names: limit = 10, names = ["a", "b"]. */
static void fixture_init(Fixture *it) {
    it->arena = arena_create();
    cx_init(&it->cx, it->arena);
    it->scope = feel_scope_new(it->arena, NULL);
    feel_scope_add(it->scope, STR("limit"), &FEEL_TYPE_NUMBER);
    feel_scope_add(it->scope, STR("names"), &FEEL_TYPE_LIST);
    FeelList *names = feel_list_new(it->arena, 2);
    names->items[0] = feel_string(STR("a"));
    names->items[1] = feel_string(STR("b"));
    it->slots[0] = feel_integer(10);
    it->slots[1] = feel_list(names);
}

static FeelValue value_of(Fixture *it, const char *text) {
    const FeelProgram *program = NULL;
    FeelValue value = FEEL_NULL_VALUE;
    FeelEval eval;
    feel_eval_init(&eval, &it->cx, NULL, NULL, NULL);
    assert_int_equal(feel_compile(&it->cx, it->scope, str_of(text), NULL, &program), STATUS_OK);
    assert_int_equal(feel_evaluate(&eval, program, it->slots, &value), STATUS_OK);
    return value;
}

static const char *verdict_of(Fixture *it, const CellCase *one) {
    static const char *const WORDS[] = {"false", "true", "null"};
    const FeelTests *tests = NULL;
    FeelValue input = value_of(it, one->input);
    if (feel_compile_tests(&it->cx, it->scope, str_of(one->cell), NULL, NULL, &tests) !=
        STATUS_OK) {
        return "error";
    }
    FeelEval eval;
    FeelTruth truth = FEEL_UNKNOWN;
    feel_eval_init(&eval, &it->cx, NULL, NULL, NULL);
    assert_int_equal(feel_tests_match(&eval, tests, it->slots, &input, &truth), STATUS_OK);
    return WORDS[truth];
}

static void test_cells(void **state) {
    (void)state;
    static const CellCase CASES[] = {
        {"-", "null", "true"},
        {"\"a\"", "\"a\"", "true"},
        {"\"a\", \"b\"", "\"b\"", "true"},
        {"\"a\", \"b\"", "\"c\"", "false"},
        {"not(\"a\", \"b\")", "\"c\"", "true"},
        {"not(\"a\", \"b\")", "\"a\"", "false"},
        {"< 5", "4", "true"},
        {"< 5", "5", "false"},
        {"<= 5", "5", "true"},
        {"> 5, < 2", "1", "true"},
        {">= 5", "\"a\"", "null"},
        {"!=5", "5", "false"},
        {"= 5", "5", "true"},
        {"-5", "-5", "true"},
        {"[1..5]", "5", "true"},
        {"[1..5)", "5", "false"},
        {"]1..5]", "1", "false"},
        {"(1..5)", "3", "true"},
        {"[1..5]", "null", "null"},
        {"null", "null", "true"},
        {"null", "1", "false"},
        {"not(null)", "1", "true"},
        {"true", "true", "true"},
        {"true", "false", "false"},
        {"limit", "10", "true"},
        {"< limit", "9", "true"},
        {"[1..limit]", "11", "false"},
        {"names", "\"b\"", "true"},
        {"names", "\"c\"", "false"},
        {"[\"x\", \"y\"]", "\"y\"", "true"},
        {"? > 3 and ? < 8", "5", "true"},
        {"? > 3 and ? < 8", "9", "false"},
        {"? = null", "null", "true"},
        {"string length(?) = 2", "\"以旧\"", "true"},
        {"contains(?, \"电\")", "\"家电\"", "true"},
        {"not(contains(?, \"电\"))", "\"家电\"", "false"},
        {"limit > 5", "\"any\"", "true"},
        {"limit > 50", "\"any\"", "false"},
        {"some x in names satisfies x = ?", "\"b\"", "true"},
        {"? + 1", "1", "false"},
        {"date(\"2026-01-31\")", "@\"2026-01-31\"", "true"},
        {"[date(\"2026-01-01\")..date(\"2026-12-31\")]", "@\"2026-06-01\"", "true"},
        {"not(true) or false", "false", "true"},
        {"", "1", "error"},
        {"1,", "1", "error"},
        {"[1..", "1", "error"},
        {"not(1", "1", "error"},
        {"1；2", "1", "error"},
    };
    Fixture it;
    fixture_init(&it);
    int failing = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *verdict = verdict_of(&it, &CASES[i]);
        if (!str_equal(str_of(verdict), str_of(CASES[i].verdict))) {
            fprintf(stderr, "# cell %s of %s: %s, not %s\n", CASES[i].cell, CASES[i].input, verdict,
                    CASES[i].verdict);
            failing++;
        }
    }
    arena_free(it.arena);
    assert_int_equal(failing, 0);
}

typedef struct KindCase {
    const char *cell;
    FeelTestKind kind;
    const char *value;
} KindCase;

static void test_kinds(void **state) {
    (void)state;
    static const KindCase CASES[] = {
        {"-", FEEL_TEST_ANY, "null"},
        {"\"a\"", FEEL_TEST_EQUAL, "\"a\""},
        {"-3", FEEL_TEST_EQUAL, "-3"},
        {"null", FEEL_TEST_EQUAL, "null"},
        {"< 5", FEEL_TEST_LESS, "5"},
        {"<= 5", FEEL_TEST_LESS_EQUAL, "5"},
        {"> 5", FEEL_TEST_GREATER, "5"},
        {">= 5", FEEL_TEST_GREATER_EQUAL, "5"},
        {"!= 5", FEEL_TEST_NOT_EQUAL, "5"},
        {"= 5", FEEL_TEST_EQUAL, "5"},
        {"[1..5)", FEEL_TEST_RANGE, "[1..5)"},
        {"2 * 3", FEEL_TEST_EQUAL, "6"},
        {"date(\"2026-01-31\")", FEEL_TEST_EQUAL, "@\"2026-01-31\""},
        {"limit", FEEL_TEST_OTHER, "null"},
        {"? > 3", FEEL_TEST_OTHER, "null"},
    };
    Fixture it;
    fixture_init(&it);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const FeelTests *tests = NULL;
        assert_int_equal(
            feel_compile_tests(&it.cx, it.scope, str_of(CASES[i].cell), NULL, NULL, &tests),
            STATUS_OK);
        assert_int_equal(tests->count, 1);
        assert_int_equal(tests->items[0].kind, CASES[i].kind);
        assert_int_equal(tests->is_constant, CASES[i].kind != FEEL_TEST_OTHER);
        Str printed = feel_print(it.arena, &tests->items[0].value);
        assert_true(str_equal(printed, str_of(CASES[i].value)));
    }
    arena_free(it.arena);
}

static void test_slots_used(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    const FeelTests *tests = NULL;
    const FeelProgram *program = NULL;
    assert_int_equal(feel_compile_tests(&it.cx, it.scope, STR("< limit"), NULL, NULL, &tests),
                     STATUS_OK);
    assert_true(feel_tests_use(tests, 0));
    assert_false(feel_tests_use(tests, 1));
    assert_int_equal(feel_compile(&it.cx, it.scope, STR("count(names)"), NULL, &program),
                     STATUS_OK);
    assert_false(feel_program_uses(program, 0));
    assert_true(feel_program_uses(program, 1));
    arena_free(it.arena);
}

/* Constant cells must not take memory while they match. */
static void test_no_allocation(void **state) {
    (void)state;
    static const char *const CELLS[] = {"-", "\"a\", \"b\"", "not(1, 2)", "[1..5)", ">= 2"};
    Fixture it;
    fixture_init(&it);
    FeelEval eval;
    feel_eval_init(&eval, &it.cx, NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        const FeelTests *tests = NULL;
        assert_int_equal(feel_compile_tests(&it.cx, it.scope, str_of(CELLS[i]), NULL, NULL, &tests),
                         STATUS_OK);
        size_t before = arena_bytes(it.arena);
        FeelTruth truth = FEEL_UNKNOWN;
        FeelValue input = feel_integer(3);
        assert_int_equal(feel_tests_match(&eval, tests, it.slots, &input, &truth), STATUS_OK);
        assert_int_equal(arena_bytes(it.arena), before);
    }
    arena_free(it.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_slots_used),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
