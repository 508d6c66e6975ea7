/* feel_expression_test.c - the language: literals, names, operators, blocks, paths, filters. */
#include "feel_table.h"
#include "test.h"

static void test_literals(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"1", "1"},
        {"-1.50", "-1.5"},
        {".5", "0.5"},
        {"1.23e4", "12300"},
        {"1E-3", "0.001"},
        {"007", "7"},
        {"9999999999999999999999999999999999", "9999999999999999999999999999999999"},
        {"1.", "error"},
        {"1a", "error"},
        {"true", "true"},
        {"null", "null"},
        {"\"安丘\"", "\"安丘\""},
        {"\"a\\\"b\\\\c\\n\"", "\"a\\\"b\\\\c\\n\""},
        {"\"\\u4E2D\\uD83D\\uDC0E\\U01F40E\"", "\"中🐎🐎\""},
        {"\"\\s+\"", "\"\\\\s+\""},
        {"\"open", "error"},
        {"@\"2026-01-31\"", "@\"2026-01-31\""},
        {"@\"P1DT2H\"", "@\"P1DT2H\""},
        {"@\"2026-02-30\"", "null"},
        {"@2026", "error"},
        {"[]", "[]"},
        {"[1, \"a\", [true]]", "[1, \"a\", [true]]"},
        {"{}", "{}"},
        {"{a: 1, \"b c\": 2}", "{a: 1, \"b c\": 2}"},
        {"{a: 1, a: 2}", "null"},
        {"{a 1}", "error"},
        {"[1, 2", "error"},
        {"", "error"},
        {"1 2", "error"},
        {"/* one */ 1 // rest", "1"},
        {"1 + // one\n 2", "3"},
        {"1 /* never ends", "error"},
        {"/* never ends", "error"},
        {"1 /*", "error"},
        {"1 //", "1"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_arithmetic(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 4 - 3", "3"},
        {"8 / 4 / 2", "1"},
        {"3 ** 4 ** 5", "3486784401"},
        {"-3 ** 2", "9"},
        {"5 ** -2", "0.04"},
        {"2 * -3", "-6"},
        {"--1", "1"},
        {"1 / 3", "0.3333333333333333333333333333333333"},
        {"0.1 + 0.2 = 0.3", "true"},
        {"1 / 0", "null"},
        {"10 ** 6145", "null"},
        {"\"a\" + \"b\"", "\"ab\""},
        {"\"a\" + 1", "null"},
        {"\"a\" - \"b\"", "null"},
        {"1 + null", "null"},
        {"-\"a\"", "null"},
        {"-null", "null"},
        {"true + 1", "null"},
        {"@\"2026-01-31\" + @\"P1M\"", "@\"2026-02-28\""},
        {"@\"2026-01-31\" - @\"2026-01-01\"", "@\"P30D\""},
        {"2 * @\"P1Y\"", "@\"P2Y\""},
        {"@\"P2Y\" / @\"P1Y\"", "2"},
        {"@\"P2D\" / 2", "@\"P1D\""},
        {"-@\"P1D\"", "@\"-P1D\""},
        {"@\"2026-01-31\" + 1", "null"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_logic(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"true and null", "null"},
        {"false and null", "false"},
        {"null and false", "false"},
        {"true or null", "true"},
        {"null or true", "true"},
        {"false or null", "null"},
        {"false and 123", "false"},
        {"true and 123", "null"},
        {"true or false and false", "true"},
        {"not(true)", "false"},
        {"not(null)", "null"},
        {"not(1)", "null"},
        {"if true then 1 else 2", "1"},
        {"if null then 1 else 2", "2"},
        {"if 5 then 1 else 2", "2"},
        {"if 1 = 1 then \"a\" else if 1 = 2 then \"b\" else \"c\"", "\"a\""},
        {"if true then 1", "error"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_comparison(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"1 = 1.0", "true"},
        {"1 = \"1\"", "null"},
        {"null = null", "true"},
        {"1 != null", "true"},
        {"1 < 2", "true"},
        {"\"a\" < \"b\"", "true"},
        {"1 < null", "null"},
        {"1 < \"2\"", "null"},
        {"[1, [2]] = [1, [2]]", "true"},
        {"{a: 1, b: 2} = {b: 2, a: 1}", "true"},
        {"(< 10) = (null..10)", "false"},
        {"(1..10] = ]1..10]", "true"},
        {"5 between 1 and 5", "true"},
        {"5 between 6 and 7 or true", "true"},
        {"5 between null and 7", "null"},
        {"5 in [1..5]", "true"},
        {"5 in [1..5)", "false"},
        {"5 in ]5..9]", "false"},
        {"5 in (< 10)", "true"},
        {"5 in < 10", "true"},
        {"5 in (1, 2, > 4)", "true"},
        {"5 in [1, 5]", "true"},
        {"5 in (1..5)", "false"},
        {"5 in !=5", "false"},
        {"\"a\" in (\"a\", \"b\")", "true"},
        {"[1] in [[1], [2]]", "true"},
        {"5 in [[1..9]]", "true"},
        {"null in [1..5]", "null"},
        {"1 in \"a\"", "null"},
        {"2 in ([1, 2])[1]", "false"},
        {"@\"2026-01-31\" in [@\"2026-01-01\"..@\"2026-12-31\"]", "true"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_names(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"{first name: \"a\", r: first   name}.r", "\"a\""},
        {"{a-b: 5, a: 1, b: 2, r: a-b}.r", "5"},
        {"{a-b: 5, a: 1, b: 2, r: a - b}.r", "-1"},
        {"{profit and loss: 7, r: profit and loss + 1}.r", "8"},
        {"{Person's description: 3, r: Person's description}.r", "3"},
        {"{Approved/Declined: 4, r: Approved/Declined}.r", "4"},
        {"{补贴比例: 0.2, 价格: 6999, 金额: 补贴比例 * 价格}.金额", "1399.8"},
        {"{🐎: \"bar\"}.🐎", "\"bar\""},
        {"{if ready: 2, r: if ready}.r", "2"},
        {"{a: 1, ab: 2, r: ab}.r", "2"},
        {"{days in weekend: [1, 2], r: for i in days in weekend return i}.r", "[1, 2]"},
        {"{\"date\": 1, r: date}.r", "1"},
        {"unknown", "null"},
        {"unknown + 1", "null"},
        {"date and time(\"2026-01-31T00:00:00\").year", "2026"},
        {"{a: 1, b: {a: 2, c: a}}.b.c", "2"},
        {"for x in [1] return for x in [2] return x", "[[2]]"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_full_width(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"（1）", "error"},
        {"{甲：1}", "error"},
        {"[1，2]", "error"},
        {"“文字”", "error"},
        {"1 ＋ 2", "error"},
        {"1；2", "error"},
        {"１２ + 1", "error"},
        {"{规则１: 3, r: 规则１}.r", "3"},
        {"1　+　2", "3"}, /* the ideographic space is white space */
        {"\"（，：；“”\"", "\"（，：；“”\""},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_loops(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"for i in [1, 2, 3] return i * 2", "[2, 4, 6]"},
        {"for i in 1..3 return i", "[1, 2, 3]"},
        {"for i in 3..1 return i", "[3, 2, 1]"},
        {"for i in [1..3] return i", "[1, 2, 3]"},
        {"for i in (1..4) return i", "[2, 3]"},
        {"for i in [2..1] return i", "null"},
        {"for i in 1..2, j in 1..2 return i * 10 + j", "[11, 12, 21, 22]"},
        {"for x in [[1, 2], [3]], y in x return y", "[1, 2, 3]"},
        {"for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"},
        {"for i in 1..3 return count(partial)", "[0, 1, 2]"},
        {"for i in @\"2026-01-30\"..@\"2026-02-01\" return i.day", "[30, 31, 1]"},
        {"for i in \"a\"..\"c\" return i", "null"},
        {"for i in 1.5..3 return i", "null"},
        {"for i in null return i", "null"},
        {"for i in 7 return i", "[7]"},
        {"for i in [] return i", "[]"},
        {"some x in [1, 2] satisfies x > 1", "true"},
        {"some x in [1, 2] satisfies x > 5", "false"},
        {"some x in [1, null] satisfies x > 5", "null"},
        {"some x in [] satisfies true", "false"},
        {"every x in [1, 2] satisfies x > 0", "true"},
        {"every x in [] satisfies false", "true"},
        {"every x in [null, 0] satisfies x > 0", "false"},
        {"every x in [1, 2], y in [x] satisfies x = y", "true"},
        {"for i return i", "error"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_filters(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"[1, 2, 3][1]", "1"},
        {"[1, 2, 3][-1]", "3"},
        {"[1, 2, 3][0]", "null"},
        {"[1, 2, 3][4]", "null"},
        {"[1, 2, 3][item > 1]", "[2, 3]"},
        {"100[1]", "100"},
        {"100[item > 200]", "[]"},
        {"null[1]", "null"},
        {"[{a: 1}, {a: 2}][a > 1]", "[{a: 2}]"},
        {"[{a: 1}, {a: 2}][item.a = 1].a", "[1]"},
        {"[{a: 1}, {b: 2}][a > 0]", "[{a: 1}]"},
        {"[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]"},
        {"{a: 5, r: [{a: 1}, {b: 2}][a = 5]}.r", "[{b: 2}]"},
        {"{x: 2, r: [1, 2, 3][x]}.r", "2"},
        {"{n: 1, r: [[1, 2], [3]][item[n] = 3]}.r", "[[3]]"},
        {"[1, 2, 3][\"a\"]", "null"},
        {"[][1]", "null"},
        {"[][item > 1]", "[]"},
        {"{x: 1, r: [][x]}.r", "null"},
        {"[1, {a: 2}][a = 2]", "[{a: 2}]"},
        {"[1, 2][true]", "[1, 2]"},
        {"[{first name: \"a\"}, {first name: \"b\"}][first name = \"b\"]",
         "[{\"first name\": \"b\"}]"},
        {"[1, 2, 3][even(item)]", "[2]"},
        {"[[1, 2, 3]][1][2]", "2"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_paths(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"{a: {b: 1}}.a.b", "1"},
        {"{a: 1}.c", "null"},
        {"[{a: 1}, {a: 2}].a", "[1, 2]"},
        {"[{a: 1}, {b: 2}, 3].a", "[1, null, null]"},
        {"{a b: 1}.a b + 1", "2"},
        {"context put({}, \"line 2\", 7).line 2 * 2", "14"},
        {"null.a", "null"},
        {"[[{a: 1}], [{a: 2}, {b: 3}]].a", "[[1], [2, null]]"},
        {"@\"2026-01-31\".weekday", "6"},
        {"@\"10:00:00+08:00\".time offset", "@\"PT8H\""},
        {"@\"P1Y2M\".months", "2"},
        {"[1..5).end included", "false"},
        {"[1..5).start", "1"},
        {"(< 5).start", "null"},
        {"{a: 1}.", "error"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_functions(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"(function(a, b) a - b)(5, 3)", "2"},
        {"(function(a, b) a - b)(b: 5, a: 3)", "-2"},
        {"{f: function(n: number) n * 2, r: f(4)}.r", "8"},
        {"{f: function(n: number) n, r: f(\"a\")}.r", "null"},
        {"{f: function(n) n, r: f()}.r", "null"},
        {"{f: function(n) n, r: f(m: 1)}.r", "null"},
        {"{k: 3, f: function(n) n * k, r: f(4)}.r", "12"},
        {"(for i in 1..3 return function() i)[2]()", "2"},
        {"{f: function(a) function(b) a * b, r: f(3)(4)}.r", "12"},
        {"{f: max, r: f(1, 2)}.r", "2"},
        {"sort([3, 1, 2], function(a, b) a > b)", "[3, 2, 1]"},
        {"{f: function(g, n) if n = 0 then 1 else n * g(g, n - 1), r: f(f, 5)}.r", "120"},
        {"1(2)", "null"},
        {"\"a\"()", "null"},
        {"(function(a, a) a)(1, 2)", "error"},
        {"(function(a) external {java: {class: \"x\"}})(1)", "null"},
        {"function(a, b) a", "function(a, b)"},
        {"substring(string: \"abc\", start position: 2)", "\"bc\""},
        {"substring(string: \"abc\", 2)", "error"},
        {"{a: 1, r: abs(a /* x: y */ - 3)}.r", "2"},
        {"abs(n /* the number */: -3)", "3"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_ranges(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"[1..5]", "[1..5]"},         {"]1..5[", "(1..5)"},
        {"]1..5[ = (1..5)", "true"},  {"[5..1]", "null"},
        {"[1..\"a\"]", "null"},       {"(null..5]", "(null..5]"},
        {"(..5]", "(null..5]"},       {"[1..)", "[1..null)"},
        {"[1..[1, 7][2]]", "[1..7]"}, {"(<= 5)", "(<= 5)"},
        {"(!= 5)", "(!= 5)"},         {"[true..false]", "null"},
        {"(null..null)", "null"},     {"{a: 1, b: 2, r: 2 in [a..b]}.r", "true"},
    };
    FEEL_CASES_HOLD(CASES);
}

static void test_instance_of(void **state) {
    (void)state;
    static const FeelCase CASES[] = {
        {"1 instance of number", "true"},
        {"1 instance of string", "false"},
        {"null instance of number", "false"},
        {"null instance of Null", "true"},
        {"1 instance of Any", "true"},
        {"@\"2026-01-31\" instance of date", "true"},
        {"@\"2026-01-31T00:00:00\" instance of date and time", "true"},
        {"@\"P1D\" instance of days and time duration", "true"},
        {"@\"P1Y\" instance of years and months duration", "true"},
        {"[1, 2] instance of list<number>", "true"},
        {"[1, \"a\"] instance of list<number>", "false"},
        {"{a: 1} instance of context<a: number>", "true"},
        {"{a: 1, b: 2} instance of context<a: number>", "true"},
        {"{a: \"x\"} instance of context<a: number>", "false"},
        {"[1..2] instance of range<number>", "true"},
        {"[1..2] instance of range<string>", "false"},
        {"(function(a: number) 1) instance of function<number> -> number", "true"},
        {"(function(a: number) \"b\") instance of function<number> -> number", "false"},
        {"(function(a: number) 1) instance of function", "true"},
        {"1 instance of nonsense", "null"},
        {"-1 instance of number", "true"},
    };
    FEEL_CASES_HOLD(CASES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literals), cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_logic),    cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_names),    cmocka_unit_test(test_full_width),
        cmocka_unit_test(test_loops),    cmocka_unit_test(test_filters),
        cmocka_unit_test(test_paths),    cmocka_unit_test(test_functions),
        cmocka_unit_test(test_ranges),   cmocka_unit_test(test_instance_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
