/* feel_table.h - tables of "expression => printed result" for the tests of src/feel. */
#ifndef HUANXIN_TESTS_FEEL_TABLE_H
#define HUANXIN_TESTS_FEEL_TABLE_H

#include "feel/feel.h"

#include <stdio.h>
#include <string.h>

typedef struct FeelCase {
    const char *expression;
    const char *expected; /* as feel_put prints; "error" when the text must be refused */
} FeelCase;

/* Evaluates one expression in an arena of its own with the clock at 2026-01-31T08:30:00+08:00 and
 * compares what it prints. Returns 1 and says what differs, else 0. */
static inline int feel_case_fails(const FeelCase *one) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.step_max = 10 * 1000 * 1000;
    ZoneSet *zones = zone_set_in(arena, NULL);
    const FeelScope *scope = feel_scope_new(arena, zones);
    const FeelProgram *program = NULL;
    Str printed = STR("error");
    if (feel_compile(&cx, scope, str_of(one->expression), NULL, &program) == STATUS_OK) {
        Temporal now = temporal_of_instant(INT64_C(1769819400000), 8 * 3600);
        FeelEval eval;
        FeelValue value = FEEL_NULL_VALUE;
        FeelDiagnostics *diagnostics = arena_new(arena, FeelDiagnostics);
        feel_eval_init(&eval, &cx, &now, zones, diagnostics);
        Status status = feel_evaluate(&eval, program, &value, &value);
        printed = status == STATUS_OK ? feel_print(arena, &value) : str_of(status_text(status));
    }
    int fails = !str_equal(printed, str_of(one->expected));
    if (fails) {
        fprintf(stderr, "# %s\n#   gives " STR_FMT "\n#   not   %s\n", one->expression,
                STR_ARG(printed), one->expected);
    }
    arena_free(arena);
    return fails;
}

static inline int feel_cases_failing(const FeelCase *cases, size_t count) {
    int failing = 0;
    for (size_t i = 0; i < count; i++) {
        failing += feel_case_fails(&cases[i]);
    }
    return failing;
}

#define FEEL_CASES_HOLD(cases)                                                                     \
    assert_int_equal(feel_cases_failing((cases), sizeof(cases) / sizeof *(cases)), 0)

#endif
