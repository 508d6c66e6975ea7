/* feel_limit_test.c - limits are errors, not crashes: nesting, depth, steps, memory, sizes. Every
 * step of a set of programs is made to fail once, until the program passes. */
#include "feel/feel.h"
#include "test.h"

#include <string.h>
#include <time.h>

static Status run_with(Cx *cx, Str text, FeelValue *out) {
    const FeelProgram *program = NULL;
    FeelDiagnostics *diagnostics = arena_new(cx->arena, FeelDiagnostics);
    const FeelScope *scope = feel_scope_new(cx->arena, NULL);
    TRY(feel_compile(cx, scope, text, diagnostics, &program));
    FeelEval eval;
    feel_eval_init(&eval, cx, NULL, NULL, diagnostics);
    return feel_evaluate(&eval, program, NULL, out);
}

static Status run(const char *text, uint64_t step_max, size_t bytes_max) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = step_max;
    cx.bytes_max = bytes_max;
    FeelValue value = FEEL_NULL_VALUE;
    Status status = run_with(&cx, str_of(text), &value);
    arena_free(arena);
    return status;
}

/* Text made of count times left, then middle, then count times right. */
static Status run_nested(const char *left, const char *middle, const char *right, size_t count) {
    Buf buf;
    buf_init(&buf, (size_t)8 * 1024 * 1024);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(&buf, left);
    }
    buf_put_c(&buf, middle);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(&buf, right);
    }
    buf_put_char(&buf, '\0');
    assert_int_equal(buf_status(&buf), STATUS_OK);
    Status status = run(buf.at, 0, 0);
    buf_dispose(&buf);
    return status;
}

static void test_nesting(void **state) {
    (void)state;
    static const char *const PAIRS[][3] = {
        {"(", "1", ")"},
        {"[", "1", "]"},
        {"{a: ", "1", "}"},
        {"-(", "1", ")"},
        {"if true then ", "1", " else 2"},
        {"for i in [1] return ", "i", ""},
        {"function(a) ", "1", ""},
        {"abs(", "1", ")"},
        {"1 + (", "1", ")"},
        {"[1][", "1", "]"},
        {"1 in (", "1", ")"},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        assert_int_equal(run_nested(PAIRS[i][0], PAIRS[i][1], PAIRS[i][2], 60), STATUS_OK);
        assert_int_equal(run_nested(PAIRS[i][0], PAIRS[i][1], PAIRS[i][2], 5000), STATUS_INVALID);
    }
    assert_int_equal(run_nested("", "1 instance of number", "", 1), STATUS_OK);
    assert_int_equal(run_nested("1 instance of list<", "number", ">", 1), STATUS_OK);
}

static void test_chains(void **state) {
    (void)state;
    assert_int_equal(run_nested("a + ", "1", "", 900), STATUS_OK);
    assert_int_equal(run_nested("a + ", "1", "", 100000), STATUS_INVALID);
    assert_int_equal(run_nested("1 + ", "1", "", 60000), STATUS_OK); /* folded as it is read */
    assert_int_equal(run_nested("", "{a: 1}", ".a", 100000), STATUS_INVALID);
    assert_int_equal(run_nested("true and ", "true", "", 100000), STATUS_INVALID);
}

static void test_depth(void **state) {
    (void)state;
    assert_int_equal(run("{f: function(g, n) if n = 0 then 0 else 1 + g(g, n - 1),"
                         " r: f(f, 100)}.r",
                         0, 0),
                     STATUS_OK);
    assert_int_equal(run("{f: function(g, n) if n = 0 then 0 else 1 + g(g, n - 1),"
                         " r: f(f, 1000000)}.r",
                         0, 0),
                     STATUS_LIMIT);
    assert_int_equal(run("(function(f) f(f))(function(f) f(f))", 0, 0), STATUS_LIMIT);
}

static void test_budget(void **state) {
    (void)state;
    assert_int_equal(run("for i in 1..1000000000000 return i", 10000, 0), STATUS_LIMIT);
    assert_int_equal(run("some i in 1..1000000000000 satisfies i = 0", 10000, 0), STATUS_LIMIT);
    assert_int_equal(run("for i in 1..100000, j in 1..100000 return j", 0, 1024 * 1024),
                     STATUS_LIMIT);
    assert_int_equal(run("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"(a*)*b\")", 100000, 0),
                     STATUS_LIMIT);
    assert_int_equal(run("count(for i in 1..1000 return i)", 100000, 0), STATUS_OK);
    /* Work on large values counts, however short the expression. */
    assert_int_equal(run("{s: (for i in 1..18 return if i = 1 then \"abcdefgh\" else"
                         " partial[-1] + partial[-1])[-1],"
                         " r: for i in 1..1000 return string length(s)}",
                         1000000, 0),
                     STATUS_LIMIT);
}

static void test_sizes(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    FeelValue value = FEEL_NULL_VALUE;
    char *text = arena_alloc(arena, FEEL_SOURCE_BYTES_MAX + 2);
    memset(text, ' ', FEEL_SOURCE_BYTES_MAX + 1);
    assert_int_equal(run_with(&cx, (Str){text, FEEL_SOURCE_BYTES_MAX + 1}, &value), STATUS_INVALID);
    arena_free(arena);
    assert_int_equal(run("\xff", 0, 0), STATUS_INVALID);
    /* A string doubled until it is too long becomes null. */
    assert_int_equal(run("(for i in 1..40 return if i = 1 then \"abcdefgh\" else"
                         " partial[-1] + partial[-1])[-1]",
                         0, (size_t)512 * 1024 * 1024),
                     STATUS_OK);
    /* Values that share their parts are small to hold and endless to print or compare. */
    assert_int_equal(run("string(for i in 1..60 return [partial[-1], partial[-1]])", 0, 0),
                     STATUS_OK);
    assert_int_equal(run("{a: for i in 1..60 return [partial[-1], partial[-1]],"
                         " b: for i in 1..60 return [partial[-1], partial[-1]], c: a = b}.c",
                         0, 0),
                     STATUS_OK);
}

/* Deep values made by a loop are cut, not followed until the stack ends. */
static void test_deep_values(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    FeelValue value = FEEL_NULL_VALUE;
    assert_int_equal(run_with(&cx, STR("for i in 1..20000 return [partial[-1]]"), &value),
                     STATUS_OK);
    const FeelValue *last = &value.list->items[value.list->count - 1];
    assert_int_equal(feel_equal(last, last), FEEL_FALSE);
    assert_true(feel_print(arena, last).len <= (size_t)4 * FEEL_VALUE_DEPTH_MAX);
    Buf *buf = buf_in(arena, 1024 * 1024);
    feel_put_json(buf, last);
    assert_int_equal(buf_status(buf), STATUS_OK);
    arena_free(arena);
    assert_int_equal(run("flatten((for i in 1..20000 return [partial[-1]])[-1])", 0, 0),
                     STATUS_LIMIT);
    assert_int_equal(
        run("(for i in 1..20000 return [partial[-1]])[-1] instance of list<Any>", 0, 0), STATUS_OK);
}

static const char *const PROGRAMS[] = {
    "for i in [3, 1, 2], j in 1..2 return if i > j then i * j else partial[-1]",
    "{a: [{b: 1, c d: 2}, {b: 2}], r: a[b > 1 or c d = 2].b, s: sort(r, function(x, y) x > y)}.s",
    "some x in [1, 2] satisfies every y in [1, x] satisfies x >= y",
    "string join(split(\"a-b-c\", \"-\"), \"+\") + upper case(\"x\") + string([1, {a: 1}])",
    "context put(context([{key: \"a\", value: 1}]), [\"a\"], 2)",
    "[1, \"a\", {b: [1..2]}] instance of list<Any> and {f: function(a: list<number>) a}.f([1])[1] = 1",
    "distinct values(concatenate([1, 2], [2, 3], flatten([[4], [1]])))",
    "replace(\"abc\", \"b+\", \"x\") = \"axc\" and range(\"[1..2]\").start = 1 and mode([1, 1]) = [1]",
    "list replace([1, 2], function(item, newItem) item = 1, 5)[1] in (1, > 4, [1..2])",
};

/* The n-th step fails, for every n until none is left: each time LIMIT, never a half-done value. */
static void test_every_step_fails(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof PROGRAMS / sizeof *PROGRAMS; i++) {
        uint64_t step = 1;
        Status status = STATUS_LIMIT;
        for (; status == STATUS_LIMIT; step++) {
            Arena *arena = arena_create();
            Cx cx;
            cx_init(&cx, arena);
            cx.step_fail_at = step;
            FeelValue value = feel_integer(77);
            status = run_with(&cx, str_of(PROGRAMS[i]), &value);
            if (status == STATUS_LIMIT) {
                assert_int_equal(cx.fault.status, STATUS_LIMIT);
                assert_true(value.kind == FEEL_NUMBER);
            }
            arena_free(arena);
            assert_true(step < 100000);
        }
        assert_int_equal(status, STATUS_OK);
        assert_true(step > 10);
    }
}

static int64_t time_ns(const char *text) {
    struct timespec before;
    struct timespec after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    Status status = run(text, 0, 0);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    assert_true(status == STATUS_OK || status == STATUS_INVALID);
    return (after.tv_sec - before.tv_sec) * INT64_C(1000000000) + after.tv_nsec - before.tv_nsec;
}

/* Least time of three runs on count repetitions of a piece. */
static int64_t time_of(const char *head, const char *piece, const char *tail, size_t count) {
    Buf buf;
    buf_init(&buf, (size_t)8 * 1024 * 1024);
    buf_put_c(&buf, head);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(&buf, piece);
    }
    buf_put_c(&buf, tail);
    buf_put_char(&buf, '\0');
    int64_t best = INT64_MAX;
    for (int round = 0; round < 3; round++) {
        int64_t ns = time_ns(buf.at);
        best = ns < best ? ns : best;
    }
    buf_dispose(&buf);
    return best;
}

/* Eight times the text must take far less than 64 times the time. */
static void test_no_quadratic_parse(void **state) {
    (void)state;
    static const char *const SHAPES[][3] = {
        {"[", "1, ", "1]"},
        {"[", "\"a\", ", "1]"},
        {"[", "unknown name here, ", "1]"},
        {"sum(", "a + b - c, ", "1)"},
        {"/* ", "/* ** // ", " */ 1"},
        {"\"", "\\u4e2d\\n\\\"", "\""},
        {"", "word ", ""},
        {"f(a ", "b c ", "+ 1)"},
        {"1 + ", "[1..2][", "1"},
        {"", "\"a\" + ", "\"a\""},
    };
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        int64_t small = time_of(SHAPES[i][0], SHAPES[i][1], SHAPES[i][2], 2000);
        int64_t large = time_of(SHAPES[i][0], SHAPES[i][1], SHAPES[i][2], 16000);
        assert_true(large < small * 40 + 5 * 1000 * 1000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_deep_values),
        cmocka_unit_test(test_every_step_fails),
        cmocka_unit_test(test_no_quadratic_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
