/* feel_builtin_test.c - the built-in functions of DMN 1.5, 10.3.4, one table per group. */
#include "feel_table.h"
#include "test.h"

static void test_conversion(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"date(\"2026-01-31\")", "@\"2026-01-31\""},
        {"date(2026, 1, 31)", "@\"2026-01-31\""},
        {"date(2026, 2, 30)", "null"},
        {"date(@\"2026-01-31T10:00:00\")", "@\"2026-01-31\""},
        {"date(year: 2026, month: 1, day: 31)", "@\"2026-01-31\""},
        {"date(2026, 1)", "null"},
        {"date()", "null"},
        {"time(\"10:00:00\")", "@\"10:00:00\""},
        {"time(10, 30, 0)", "@\"10:30:00\""},
        {"time(10, 30, 0, @\"PT8H\")", "@\"10:30:00+08:00\""},
        {"time(hour: 1, minute: 2, second: 3, offset: null)", "@\"01:02:03\""},
        {"date and time(\"2026-01-31T08:00:00\")", "@\"2026-01-31T08:00:00\""},
        {"date and time(@\"2026-01-31\", @\"08:00:00\")", "@\"2026-01-31T08:00:00\""},
        {"date and time(2026, 1, 31, 8, 0, 0)", "@\"2026-01-31T08:00:00\""},
        {"date and time(2026, 1, 31, 8, 0, 0, @\"PT8H\")", "@\"2026-01-31T08:00:00+08:00\""},
        {"date and time(@\"2026-01-31T00:00:00Z\", \"Asia/Shanghai\")",
         "@\"2026-01-31T08:00:00@Asia/Shanghai\""},
        {"date and time(1)", "null"},
        {"number(\"1 234,5\", \" \", \",\")", "1234.5"},
        {"number(\"1,234.5\", \",\", \".\")", "1234.5"},
        {"number(\"1.5\")", "1.5"},
        {"number(\"1,5\", \",\", \",\")", "null"},
        {"number(\"x\", null, null)", "null"},
        {"number(from: \"1.5\", grouping separator: \",\", decimal separator: \".\")", "1.5"},
        {"string(1.10)", "\"1.1\""},
        {"string(\"a\")", "\"a\""},
        {"string(null)", "null"},
        {"string([1, \"a\", {b: true}])", "\"[1, \\\"a\\\", {b: true}]\""},
        {"string(@\"P1DT2H\")", "\"P1DT2H\""},
        {"duration(\"P1Y2M\")", "@\"P1Y2M\""},
        {"duration(\"x\")", "null"},
        {"years and months duration(@\"2025-01-31\", @\"2026-03-01\")", "@\"P1Y1M\""},
        {"years and months duration(@\"2026-01-31\", 1)", "null"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_text(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"substring(\"foobar\", 3)", "\"obar\""},
        {"substring(\"foobar\", 3, 3)", "\"oba\""},
        {"substring(\"foobar\", -2, 1)", "\"a\""},
        {"substring(\"\\U01F40Eab\", 2)", "\"ab\""},
        {"substring(\"以旧换新\", 2, 2)", "\"旧换\""},
        {"substring([\"foobar\"], [3])", "\"obar\""}, /* a list of one counts as its item */
        {"upper case([\"a\", \"b\"])", "null"},
        {"substring(\"foobar\", 0)", "null"},
        {"substring(\"foobar\", 7)", "null"},
        {"string length(\"\\U01F40E马\")", "2"},
        {"string length(1)", "null"},
        {"upper case(\"aBc4é\")", "\"ABC4É\""},
        {"upper case(\"straße\")", "\"STRASSE\""},
        {"lower case(\"ABCÉΩ\")", "\"abcéω\""},
        {"substring before(\"foobar\", \"bar\")", "\"foo\""},
        {"substring before(\"foobar\", \"x\")", "\"\""},
        {"substring after(\"foobar\", \"ob\")", "\"ar\""},
        {"substring after(\"\", \"a\")", "\"\""},
        {"replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
        {"replace(\"aBa\", \"b\", \"x\", \"i\")", "\"axa\""},
        {"replace(\"a\", \"(\", \"x\")", "null"},
        {"contains(\"foobar\", \"of\")", "false"},
        {"starts with(\"foobar\", \"fo\")", "true"},
        {"ends with(\"foobar\", \"r\")", "true"},
        {"ends with(string: \"foobar\", match: \"x\")", "false"},
        {"matches(\"foobar\", \"^fo*b\")", "true"},
        {"matches(\"foobar\", \"^FO*b\", \"i\")", "true"},
        {"matches(\"foobar\", \"x\", \"z\")", "null"},
        {"split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"},
        {"split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]"},
        {"string join([\"a\", \"b\", null, \"c\"], \"-\")", "\"a-b-c\""},
        {"string join([\"a\", \"b\"])", "\"ab\""},
        {"string join([], \"-\")", "\"\""},
        {"string join([\"a\"], \"-\", \"x\")", "null"},
        {"string join([\"a\", 1], \"-\")", "null"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_lists(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"list contains([1, 2, null], null)", "true"},
        {"list contains([1, 2], 3)", "false"},
        {"count([1, [2, 3]])", "2"},
        {"count([])", "0"},
        {"min([1, 2, 3])", "1"},
        {"min(\"a\", \"b\")", "\"a\""},
        {"max(@\"2026-01-01\", @\"2026-01-31\")", "@\"2026-01-31\""},
        {"max([])", "null"},
        {"max(1, \"a\")", "null"},
        {"sum([1, 2, 3.5])", "6.5"},
        {"sum(1, 2)", "3"},
        {"sum([])", "null"},
        {"sum([1, null])", "null"},
        {"mean([1, 2, 3])", "2"},
        {"mean([])", "null"},
        {"all([true, null, false])", "false"},
        {"all([true, null])", "null"},
        {"all([])", "true"},
        {"any([false, null, true])", "true"},
        {"any([])", "false"},
        {"any([false, 1])", "null"},
        {"sublist([4, 5, 6], 1, 2)", "[4, 5]"},
        {"sublist([4, 5, 6], -2)", "[5, 6]"},
        {"sublist([4, 5, 6], 4)", "null"},
        {"append([1], 2, [3])", "[1, 2, [3]]"},
        {"concatenate([1], [2, [3]], 4)", "[1, 2, [3], 4]"},
        {"insert before([1, 3], 1, 2)", "[2, 1, 3]"},
        {"insert before([1, 3], -1, 2)", "[1, 2, 3]"},
        {"insert before([1, 3], 0, 2)", "null"},
        {"remove([1, 2, 3], 2)", "[1, 3]"},
        {"remove([1, 2, 3], 4)", "null"},
        {"reverse([1, 2, 3])", "[3, 2, 1]"},
        {"index of([1, 2, 1], 1)", "[1, 3]"},
        {"index of([1], 9)", "[]"},
        {"union([1, 2], [2, 3])", "[1, 2, 3]"},
        {"distinct values([1, 1.0, \"a\", \"a\", [1], [1], null, null])", "[1, \"a\", [1], null]"},
        {"flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"},
        {"product([2, 3, 4])", "24"},
        {"product([])", "null"},
        {"median([8, 2, 5, 3, 4])", "4"},
        {"median([6, 1, 2, 3])", "2.5"},
        {"median([])", "null"},
        {"stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"},
        {"stddev([1])", "null"},
        {"mode([6, 3, 9, 6, 6])", "[6]"},
        {"mode([6, 1, 9, 6, 1])", "[1, 6]"},
        {"mode([])", "[]"},
        {"list replace([2, 4, 7, 8], 3, 6)", "[2, 4, 6, 8]"},
        {"list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"},
        {"list replace([1], 2, 9)", "null"},
        {"sort([3, 1, 2])", "null"},
        {"sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"},
        {"sort([1, \"a\"], function(x, y) x < y)", "null"},
        {"sort(list: [2, 1], precedes: function(x, y) x < y)", "[1, 2]"},
        {"count(null)", "null"},
        {"reverse(1)", "[1]"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_numbers(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"decimal(1 / 3, 2)", "0.33"},
        {"decimal(1.5, 0)", "2"},
        {"decimal(2.5, 0)", "2"},
        {"floor(1.5)", "1"},
        {"floor(-1.56, 1)", "-1.6"},
        {"ceiling(-1.5)", "-1"},
        {"ceiling(1.51, 1)", "1.6"},
        {"floor(1, null)", "null"},
        {"round up(1.121, 2)", "1.13"},
        {"round up(-5.5, 0)", "-6"},
        {"round down(5.9, 0)", "5"},
        {"round half up(-5.5, 0)", "-6"},
        {"round half down(5.5, 0)", "5"},
        {"round up(5.5)", "null"},
        {"round up(n: 5.5, scale: 0)", "6"},
        {"abs(-1)", "1"},
        {"abs(@\"-P1D\")", "@\"P1D\""},
        {"abs(\"a\")", "null"},
        {"modulo(12, 5)", "2"},
        {"modulo(-12, 5)", "3"},
        {"modulo(10.1, -4.5)", "-3.4"},
        {"modulo(1, 0)", "null"},
        {"sqrt(16)", "4"},
        {"sqrt(-1)", "null"},
        {"log(1)", "0"},
        {"log(0)", "null"},
        {"exp(0)", "1"},
        {"decimal(exp(1), 10)", "2.7182818285"},
        {"odd(5)", "true"},
        {"odd(-5)", "true"},
        {"even(2.5)", "false"},
        {"even(0)", "true"},
        {"is(1, 1.0)", "true"},
        {"is(@\"10:00:00Z\", @\"10:00:00+00:00\")", "true"},
        {"is(@\"2026-01-31\", @\"2026-01-31T00:00:00\")", "false"},
        {"is(1)", "null"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_intervals(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"before(1, 10)", "true"},
        {"before(1, [1..10])", "false"},
        {"before(1, (1..10])", "true"},
        {"before([1..5), [5..10])", "true"},
        {"before([1..5], [5..10])", "false"},
        {"before(\"a\", 1)", "null"},
        {"after(10, 5)", "true"},
        {"after([5..10], [1..5))", "true"},
        {"meets([1..5], [5..10])", "true"},
        {"meets([1..5), [5..10])", "false"},
        {"met by([5..10], [1..5])", "true"},
        {"meets(1, [1..2])", "null"},
        {"overlaps([1..5], [3..8])", "true"},
        {"overlaps([1..5], (5..8])", "false"},
        {"overlaps before([1..5], [3..8])", "true"},
        {"overlaps before([3..8], [1..5])", "false"},
        {"overlaps after([3..8], [1..5])", "true"},
        {"finishes(10, [1..10])", "true"},
        {"finishes(10, [1..10))", "false"},
        {"finishes([5..10], [1..10])", "true"},
        {"finished by([1..10], 10)", "true"},
        {"finished by([1..10], [5..10])", "true"},
        {"includes([1..10], 5)", "true"},
        {"includes([1..10], [1..10))", "true"},
        {"includes((1..10], [1..10])", "false"},
        {"during(5, [1..10])", "true"},
        {"during([4..6], [1..10))", "true"},
        {"starts(1, [1..10])", "true"},
        {"starts([1..5], [1..10])", "true"},
        {"starts((1..5], [1..10])", "false"},
        {"started by([1..10], 1)", "true"},
        {"coincides(5, 5)", "true"},
        {"coincides([1..5], [1..5))", "false"},
        {"includes(range: [1..10], point: 5)", "true"},
        {"range(\"[18..21)\")", "[18..21)"},
        {"range(\"(..5]\")", "(null..5]"},
        {"range(\"[@\\\"2026-01-01\\\"..@\\\"2026-12-31\\\"]\")",
         "[@\"2026-01-01\"..@\"2026-12-31\"]"},
        {"range(\"[5..1]\")", "null"},
        {"range(\"1..5\")", "null"},
        {"range(\"[a..b]\")", "null"},
        {"range(\"[1 + 1..5]\")", "null"},
        {"range(\"[-5..-1]\")", "[-5..-1]"},
        {"range(\"(..)\")", "null"},
        {"range(\"[1..]\")", "null"},
        {"range(\"[date(\\\"2026-01-01\\\")..)\")", "[@\"2026-01-01\"..null)"},
        {"overlaps((< 5), (> 3))", "true"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_contexts(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"get value({a: 1}, \"a\")", "1"},
        {"get value({a: 1}, \"b\")", "null"},
        {"get entries({a: 1, b: 2})", "[{key: \"a\", value: 1}, {key: \"b\", value: 2}]"},
        {"context([{key: \"a\", value: 1}, {key: \"b\", value: 2}])", "{a: 1, b: 2}"},
        {"context([{key: \"a\", value: 1}, {key: \"a\", value: 2}])", "null"},
        {"context({key: \"a\", value: null})", "{a: null}"},
        {"context([{key: \"a\"}])", "null"},
        {"context put({a: 1}, \"b\", 2)", "{a: 1, b: 2}"},
        {"context put({x: 1, y: {a: 0}}, [\"y\", \"a\"], 2)", "{x: 1, y: {a: 2}}"},
        {"context put({x: 1}, [], 2)", "null"},
        {"context put(context: {x: 1}, keys: [\"x\"], value: 2)", "{x: 2}"},
        {"context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"},
        {"context merge([{a: 1}, 2])", "null"},
        {"{c: {a: 1}, d: context put(c, \"a\", 2), r: c.a}.r", "1"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_calendar(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"now()", "@\"2026-01-31T08:30:00+08:00\""},
        {"today()", "@\"2026-01-31\""},
        {"now(1)", "null"},
        {"day of year(@\"2026-01-31\")", "31"},
        {"day of week(@\"2026-01-31\")", "\"Saturday\""},
        {"month of year(@\"2026-01-31T10:00:00\")", "\"January\""},
        {"week of year(@\"2026-01-01\")", "1"},
        {"week of year(1)", "null"},
    };
    FEEL_CASES_HOLD(CASES);
}

/* Without a clock from the caller there is no time, and the diagnostic says so. */
static void test_no_clock(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    const FeelProgram *program = NULL;
    FeelDiagnostics *diagnostics = arena_new(arena, FeelDiagnostics);
    const FeelScope *scope = feel_scope_new(arena, NULL);
    assert_int_equal(feel_compile(&cx, scope, STR("today()"), NULL, &program), STATUS_OK);
    FeelEval eval;
    FeelValue value = feel_integer(1);
    feel_eval_init(&eval, &cx, NULL, NULL, diagnostics);
    assert_int_equal(feel_evaluate(&eval, program, NULL, &value), STATUS_OK);
    assert_int_equal(value.kind, FEEL_NULL);
    assert_int_equal(diagnostics->count, 1);
    assert_true(str_equal(feel_diagnostic_code(&diagnostics->items[0]), STR("feel.no-clock")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversion), cmocka_unit_test(test_text),
        cmocka_unit_test(test_lists),      cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_intervals),  cmocka_unit_test(test_contexts),
        cmocka_unit_test(test_calendar),   cmocka_unit_test(test_no_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
