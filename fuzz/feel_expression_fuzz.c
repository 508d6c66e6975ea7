/*
 * feel_expression_fuzz.c - the first line is an expression and a cell of unary tests, the rest
 * JSON. What an expression gives prints to a text that compiles and gives the same again.
 */
#include "feel/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool has_function(const FeelValue *value, int depth) {
    bool found = value->kind == FEEL_FUNCTION || depth > 50;
    for (size_t i = 0; value->kind == FEEL_LIST && i < value->list->count && !found; i++) {
        found = has_function(&value->list->items[i], depth + 1);
    }
    for (size_t i = 0; value->kind == FEEL_CONTEXT && i < value->context->count && !found; i++) {
        found = has_function(&value->context->entries[i].value, depth + 1);
    }
    if (value->kind == FEEL_RANGE) {
        bool has_ends = value->range->form == FEEL_RANGE_ENDS;
        found = found || has_function(&value->range->low, depth + 1) ||
                (has_ends && has_function(&value->range->high, depth + 1));
    }
    return found;
}

static Status run(Cx *cx, const FeelScope *scope, Str text, const FeelValue *slots,
                  FeelValue *out) {
    FeelDiagnostics *diagnostics = arena_new(cx->arena, FeelDiagnostics);
    const FeelProgram *program = NULL;
    TRY(feel_compile(cx, scope, text, diagnostics, &program));
    FeelEval eval;
    Temporal now = temporal_of_instant(INT64_C(1769819400000), 8 * 3600);
    feel_eval_init(&eval, cx, &now, NULL, diagnostics);
    Status status = feel_evaluate(&eval, program, slots, out);
    size_t kept = diagnostics->count < 3 ? diagnostics->count : 3;
    for (size_t i = 0; i < kept; i++) {
        (void)feel_diagnostic_text(cx->arena, &diagnostics->items[i], FEEL_CHINESE);
    }
    return status;
}

static void round_trip(Cx *cx, const FeelScope *scope, const FeelValue *slots,
                       const FeelValue *value) {
    enum { TEXT_BYTES_MAX = 10000 };
    FeelValue back = FEEL_NULL_VALUE;
    Buf *buf = buf_in(cx->arena, TEXT_BYTES_MAX);
    feel_put(buf, value);
    /* Shared parts make values that have no end in print: those are left out first. */
    if (buf_status(buf) != STATUS_OK || has_function(value, 0)) {
        return;
    }
    Status status = run(cx, scope, buf_str(buf), slots, &back);
    check(status != STATUS_INVALID);
    check(status == STATUS_LIMIT || feel_is(value, &back));
}

static void match(Cx *cx, const FeelScope *scope, Str cell, const FeelValue *slots) {
    const FeelTests *tests = NULL;
    FeelTruth truth = FEEL_UNKNOWN;
    if (feel_compile_tests(cx, scope, cell, NULL, NULL, &tests) != STATUS_OK) {
        return;
    }
    FeelEval eval;
    feel_eval_init(&eval, cx, NULL, NULL, NULL);
    (void)!feel_tests_match(&eval, tests, slots, &slots[0], &truth);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str rest = {(const char *)bytes, len};
    Str line = str_cut(&rest, '\n');
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 200000;
    cx.bytes_max = (size_t)64 * 1024 * 1024;
    FeelValue slots[2] = {FEEL_NULL_VALUE, feel_integer(3)};
    FeelScope *scope = feel_scope_new(arena, NULL);
    feel_scope_add(scope, STR("x"), NULL);
    feel_scope_add(scope, STR("x and y"), NULL);
    (void)!feel_parse_json(&cx, rest, &slots[0]);
    FeelValue value = FEEL_NULL_VALUE;
    if (run(&cx, scope, line, slots, &value) == STATUS_OK) {
        round_trip(&cx, scope, slots, &value);
    }
    match(&cx, scope, line, slots);
    arena_free(arena);
    return 0;
}
