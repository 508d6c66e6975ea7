/* feel_value_test.c - values, types, coercion, host functions, JSON, diagnostics. */
#include "feel/feel.h"
#include "test.h"

typedef struct Fixture {
    Arena *arena;
    Cx cx;
    FeelScope *scope;
    FeelEval eval;
    FeelDiagnostics diagnostics;
} Fixture;

static void fixture_init(Fixture *it) {
    *it = (Fixture){.arena = arena_create()};
    cx_init(&it->cx, it->arena);
    it->scope = feel_scope_new(it->arena, NULL);
    feel_eval_init(&it->eval, &it->cx, NULL, NULL, &it->diagnostics);
}

static FeelValue run(Fixture *it, const char *text, const FeelValue *slots) {
    const FeelProgram *program = NULL;
    FeelValue value = FEEL_NULL_VALUE;
    assert_int_equal(feel_compile(&it->cx, it->scope, str_of(text), NULL, &program), STATUS_OK);
    assert_int_equal(feel_evaluate(&it->eval, program, slots, &value), STATUS_OK);
    return value;
}

static void assert_prints(Fixture *it, FeelValue value, const char *expected) {
    Str printed = feel_print(it->arena, &value);
    assert_string_equal(str_c(it->arena, printed), expected);
}

/* ---- contexts ---- */

static void test_large_context(void **state) {
    (void)state;
    enum { COUNT = 500 };
    Fixture it;
    fixture_init(&it);
    FeelContext *context = feel_context_new(it.arena, 0);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            feel_context_put(it.arena, context, str_print(it.arena, "key %d", i),
                             feel_integer(i + round));
        }
    }
    assert_int_equal(context->count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        const FeelValue *found = feel_context_get(context, str_print(it.arena, "key %d", i));
        assert_non_null(found);
        FeelValue wanted = feel_integer(i + 1);
        assert_int_equal(feel_equal(found, &wanted), FEEL_TRUE);
    }
    assert_null(feel_context_get(context, STR("key 500")));
    arena_free(it.arena);
}

/* ---- coercion ---- */

typedef struct CoerceCase {
    const char *value;
    const char *type; /* as in instance of */
    const char *expected;
} CoerceCase;

static const FeelType *type_named(Fixture *it, const char *name) {
    const FeelType *builtin = feel_type_builtin(str_of(name));
    return builtin != NULL ? builtin : feel_type_list(it->arena, &FEEL_TYPE_NUMBER);
}

static void test_coerce(void **state) {
    (void)state;
    static const CoerceCase CASES[] = {
        {"1", "number", "1"},
        {"\"a\"", "number", "null"},
        {"[1]", "number", "1"},
        {"[1, 2]", "number", "null"},
        {"[\"a\"]", "number", "null"},
        {"null", "number", "null"},
        {"@\"2026-01-31\"", "date and time", "@\"2026-01-31T00:00:00Z\""},
        {"@\"2026-01-31T00:00:00\"", "date", "null"},
        {"[1, 2]", "list of numbers", "[1, 2]"},
        {"[1, \"a\"]", "list of numbers", "null"},
        {"1", "list of numbers", "[1]"},
        {"\"a\"", "Any", "\"a\""},
    };
    Fixture it;
    fixture_init(&it);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        FeelValue value = run(&it, CASES[i].value, NULL);
        FeelValue out = FEEL_NULL_VALUE;
        assert_int_equal(feel_coerce(&it.eval, &value, type_named(&it, CASES[i].type), &out),
                         STATUS_OK);
        assert_prints(&it, out, CASES[i].expected);
    }
    arena_free(it.arena);
}

static void test_allowed_values(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    const FeelTests *allowed = NULL;
    assert_int_equal(feel_compile_tests(&it.cx, it.scope, STR("\"以旧换新\", \"报废更新\""), NULL,
                                        NULL, &allowed),
                     STATUS_OK);
    FeelType kind = {.kind = FEEL_STRING, .name = STR("tKind"), .allowed = allowed};
    FeelTypeEntry entry = {STR("kind"), &kind};
    FeelType claim = {
        .kind = FEEL_CONTEXT, .name = STR("tClaim"), .entries = &entry, .entry_count = 1};
    FeelValue good = run(&it, "{kind: \"报废更新\", extra: 1}", NULL);
    FeelValue bad = run(&it, "{kind: \"其他\"}", NULL);
    FeelValue out = FEEL_NULL_VALUE;
    assert_int_equal(feel_coerce(&it.eval, &good, &claim, &out), STATUS_OK);
    assert_int_equal(out.kind, FEEL_CONTEXT);
    assert_int_equal(feel_coerce(&it.eval, &bad, &claim, &out), STATUS_OK);
    assert_int_equal(out.kind, FEEL_NULL);
    assert_int_equal(it.diagnostics.count, 1);
    Str words = feel_diagnostic_text(it.arena, &it.diagnostics.items[0], FEEL_ENGLISH);
    assert_string_equal(str_c(it.arena, words), "{kind: \"其他\"} does not conform to type tClaim");
    arena_free(it.arena);
}

static void test_type_conforms(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    const FeelType *numbers = feel_type_list(it.arena, &FEEL_TYPE_NUMBER);
    const FeelType *anything = feel_type_list(it.arena, &FEEL_TYPE_ANY);
    FeelParameter narrow = {STR("a"), &FEEL_TYPE_NUMBER};
    FeelParameter wide = {STR("a"), &FEEL_TYPE_ANY};
    const FeelType *takes_number = feel_type_function(it.arena, &narrow, 1, &FEEL_TYPE_STRING);
    const FeelType *takes_any = feel_type_function(it.arena, &wide, 1, &FEEL_TYPE_STRING);
    assert_true(feel_type_conforms(numbers, anything));
    assert_false(feel_type_conforms(anything, numbers));
    assert_true(feel_type_conforms(&FEEL_TYPE_NULL, numbers));
    assert_true(feel_type_conforms(takes_any, takes_number));
    assert_false(feel_type_conforms(takes_number, takes_any));
    FeelTypeEntry self = {STR("next"), NULL};
    FeelType chain = {.kind = FEEL_CONTEXT, .entries = &self, .entry_count = 1};
    FeelType twin = {.kind = FEEL_CONTEXT, .entries = &self, .entry_count = 1};
    self.type = &chain;
    assert_true(feel_type_conforms(&chain, &twin)); /* ends although the type holds itself */
    arena_free(it.arena);
}

/* ---- host functions ---- */

static Status minus_call(void *host, FeelEval *eval, const FeelValue *arguments, size_t count,
                         FeelValue *out) {
    int *calls = host;
    check(count == 2);
    check(eval != NULL);
    (*calls)++;
    Decimal number;
    check(decimal_subtract(arguments[0].number, arguments[1].number, &number));
    *out = feel_number(number);
    return STATUS_OK;
}

static void test_host_function(void **state) {
    (void)state;
    static const FeelParameter PARAMETERS[] = {{{"price", 5}, &FEEL_TYPE_NUMBER},
                                               {{"paid so far", 11}, &FEEL_TYPE_NUMBER}};
    Fixture it;
    fixture_init(&it);
    int calls = 0;
    FeelValue slot = feel_function_host(it.arena, STR("rest of"), PARAMETERS, 2, &FEEL_TYPE_NUMBER,
                                        minus_call, &calls);
    feel_scope_add(it.scope, STR("rest of"),
                   feel_type_function(it.arena, PARAMETERS, 2, &FEEL_TYPE_NUMBER));
    assert_prints(&it, run(&it, "rest of(5, 3)", &slot), "2");
    assert_prints(&it, run(&it, "rest of(paid so far: 5, price: 3)", &slot), "-2");
    assert_prints(&it, run(&it, "rest of([7], 3)", &slot), "4");
    assert_int_equal(calls, 3);
    assert_prints(&it, run(&it, "rest of(5)", &slot), "null");
    assert_prints(&it, run(&it, "rest of(\"a\", 3)", &slot), "null");
    assert_prints(&it, run(&it, "rest of(price: 5, other: 3)", &slot), "null");
    assert_int_equal(calls, 3);
    arena_free(it.arena);
}

/* ---- scopes ---- */

static void test_scope_cut(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    FeelValue slots[2] = {feel_integer(1), feel_integer(2)};
    feel_scope_add(it.scope, STR("x"), NULL);
    feel_scope_add(it.scope, STR(" x  1 "), NULL);
    assert_prints(&it, run(&it, "x 1", slots), "2");
    assert_int_equal(feel_scope_count(it.scope), 2);
    feel_scope_cut(it.scope, 1);
    assert_prints(&it, run(&it, "x - 1", slots), "0");
    feel_scope_cut(it.scope, 1);
    feel_scope_add(it.scope, STR("2026 标准（元）"), NULL);
    assert_prints(&it, run(&it, "2026 标准（元） * 2026", slots), "4052");
    feel_scope_cut(it.scope, 1);
    feel_scope_add(it.scope, STR("x"), NULL);
    assert_prints(&it, run(&it, "x", slots), "2"); /* the later name hides the earlier */
    arena_free(it.arena);
}

static void test_typed_names(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    FeelTypeEntry entries[] = {{STR("profit and loss"), &FEEL_TYPE_NUMBER},
                               {STR("a-b"), &FEEL_TYPE_NUMBER}};
    FeelType firm = {.kind = FEEL_CONTEXT, .entries = entries, .entry_count = 2};
    feel_scope_add(it.scope, STR("firm"), &firm);
    feel_scope_add(it.scope, STR("firms"), feel_type_list(it.arena, &firm));
    FeelValue one = run(&it, "{profit and loss: 7, a-b: 2}", NULL);
    FeelValue slots[2] = {one, feel_list(&(FeelList){&one, 1})};
    assert_prints(&it, run(&it, "firm.profit and loss - firm.a-b", slots), "5");
    assert_prints(&it, run(&it, "firms.a-b", slots), "[2]");
    assert_prints(&it, run(&it, "count(firms[profit and loss > 5 and a-b = 2])", slots), "1");
    arena_free(it.arena);
}

/* ---- JSON ---- */

static void test_json(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    FeelValue value = FEEL_NULL_VALUE;
    Str text = STR(" {\"a\": [1, -2.5e1, true, null], \"b c\": \"x\\n\\u4e2d\\/\", \"d\": {}} ");
    assert_int_equal(feel_parse_json(&it.cx, text, &value), STATUS_OK);
    assert_prints(&it, value, "{a: [1, -25, true, null], \"b c\": \"x\\n中/\", d: {}}");
    Buf *buf = buf_in(it.arena, 4096);
    FeelValue mixed = run(&it, "{d: @\"2026-01-31\", r: [1..\"a\"], q: [\"a\"..\"b\"]}", NULL);
    feel_put_json(buf, &mixed);
    assert_string_equal(str_c(it.arena, buf_str(buf)),
                        "{\"d\": \"2026-01-31\", \"r\": null, \"q\": \"[\\\"a\\\"..\\\"b\\\"]\"}");
    arena_free(it.arena);
}

static void test_json_refused(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "",    "{",     "[1,]",       "{\"a\" 1}", "{a: 1}", "01x", "\"a", "\"\\x\"",
        "tru", "[1 2]", "{\"a\":1,}", "1 1",       "\"\n\"", "+1",  "-",   "\xff",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        Fixture it;
        fixture_init(&it);
        FeelValue value = FEEL_NULL_VALUE;
        assert_int_equal(feel_parse_json(&it.cx, str_of(TEXTS[i]), &value), STATUS_INVALID);
        assert_true(it.cx.fault.text[0] != '\0');
        arena_free(it.arena);
    }
}

/* ---- diagnostics ---- */

typedef struct SayCase {
    const char *text;
    const char *code;
    int64_t line;
    int64_t column;
} SayCase;

static void test_diagnostics(void **state) {
    (void)state;
    static const SayCase CASES[] = {
        {"1 +\n  未知", "feel.unknown-name", 2, 3},
        {"（1）", "feel.full-width-for", 1, 1},
        {"价格：1", "feel.unknown-name", 1, 1},
        {"1 +", "feel.syntax-operand", 1, 4},
        {"(1", "feel.syntax-expected", 1, 3},
        {"1 1", "feel.syntax-rest", 1, 3},
        {"\"a", "feel.string-end", 1, 1},
        {"1 /* a", "feel.comment-end", 1, 3},
        {"12a", "feel.number-form", 1, 1},
        {"1 # 2", "feel.character", 1, 3},
        {"@\"x\"", "feel.literal-at", 1, 1},
        {"", "feel.empty", 1, 1},
        {"1 instance of foo", "feel.unknown-type", 1, 15},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Fixture it;
        fixture_init(&it);
        const FeelProgram *program = NULL;
        Status status =
            feel_compile(&it.cx, it.scope, str_of(CASES[i].text), &it.diagnostics, &program);
        assert_true(it.diagnostics.count >= 1);
        const FeelDiagnostic *first = &it.diagnostics.items[0];
        int64_t line = 0;
        int64_t column = 0;
        feel_diagnostic_place(first, &line, &column);
        assert_string_equal(str_c(it.arena, feel_diagnostic_code(first)), CASES[i].code);
        assert_int_equal(line, CASES[i].line);
        assert_int_equal(column, CASES[i].column);
        assert_true(feel_diagnostic_text(it.arena, first, FEEL_CHINESE).len > 0);
        assert_true(feel_diagnostic_hint(first, FEEL_CHINESE).len > 0);
        assert_true(status == STATUS_OK || it.cx.fault.line >= 1);
        arena_free(it.arena);
    }
}

/* In Chinese the words of FEEL have Chinese names; names of the user stay as they are. */
static void test_chinese(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"1 + \"a\"", "+ 不能用于这两个类型：数字、文字"},
        {"(1", "这里应为 )，实际是“结尾”"},
        {"list", "未知名称“list”"},
        {"for i in null return i", "不能遍历空值"},
        {"1 / 0", "/ 没有结果（除以零、超出范围）"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Fixture it;
        fixture_init(&it);
        const FeelProgram *program = NULL;
        FeelValue value = FEEL_NULL_VALUE;
        if (feel_compile(&it.cx, it.scope, str_of(CASES[i][0]), &it.diagnostics, &program) ==
            STATUS_OK) {
            assert_int_equal(feel_evaluate(&it.eval, program, NULL, &value), STATUS_OK);
        }
        assert_true(it.diagnostics.count >= 1);
        Str words = feel_diagnostic_text(it.arena, &it.diagnostics.items[0], FEEL_CHINESE);
        assert_string_equal(str_c(it.arena, words), CASES[i][1]);
        arena_free(it.arena);
    }
}

static void test_diagnostics_are_counted(void **state) {
    (void)state;
    Fixture it;
    fixture_init(&it);
    run(&it, "for i in 1..100 return 1 / 0", NULL);
    assert_int_equal(it.diagnostics.count, 100);
    arena_free(it.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large_context),  cmocka_unit_test(test_coerce),
        cmocka_unit_test(test_allowed_values), cmocka_unit_test(test_type_conforms),
        cmocka_unit_test(test_host_function),  cmocka_unit_test(test_scope_cut),
        cmocka_unit_test(test_typed_names),    cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_refused),   cmocka_unit_test(test_diagnostics),
        cmocka_unit_test(test_chinese),        cmocka_unit_test(test_diagnostics_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
