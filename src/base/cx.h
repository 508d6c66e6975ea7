/*
 * cx.h - the context of one piece of work: its arena, its budget, and the words of its first error.
 *
 * Every function that can fail takes a Cx first. An expected failure is recorded once, where it
 * happens, with fault(); upper floors pass the Status up with TRY and may add context with
 * fault_context(), never overwrite. Loops over input call TRY(cx_step(cx)): it counts steps and
 * arena bytes against the budget, so that no input can hold a worker for ever.
 * Ownership: the Cx borrows its arena; the fault text lives inside the Cx itself.
 */
#ifndef HUANXIN_BASE_CX_H
#define HUANXIN_BASE_CX_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { FAULT_TEXT_BYTES_MAX = 512, FAULT_FIELD_BYTES_MAX = 64 };

typedef struct Fault {
    Status status;
    char text[FAULT_TEXT_BYTES_MAX];   /* primary: what is wrong, one sentence */
    char detail[FAULT_TEXT_BYTES_MAX]; /* the value seen, the rule */
    char hint[FAULT_TEXT_BYTES_MAX];   /* what to do */
    char field[FAULT_FIELD_BYTES_MAX]; /* name of the form field or argument, or "" */
    int64_t line;                      /* 1-based, 0 when unknown */
    int64_t column;                    /* 1-based, in code points, 0 when unknown */
} Fault;

typedef struct Cx {
    Arena *arena;
    Fault fault;
    uint64_t step_count;
    uint64_t step_max;     /* 0: no limit */
    size_t bytes_max;      /* of the arena; 0: no limit */
    uint64_t step_fail_at; /* tests only: the n-th step fails with LIMIT; 0: never */
} Cx;

/* Starts a context on a borrowed arena with no limits and no fault. */
void cx_init(Cx *cx, Arena *arena);
/* Counts one step of work. LIMIT (with fault) when steps or arena bytes exceed the budget. O(1). */
MUST_CHECK Status cx_step(Cx *cx);
/* Counts n steps at once, n >= 0. LIMIT as cx_step. */
MUST_CHECK Status cx_steps(Cx *cx, uint64_t count);

/* Records the first failure with a printf-formatted primary text and returns status, so that
 * `return fault(cx, STATUS_INVALID, "...")` reads as one act. A second call keeps the first text.
 * status must not be OK. */
Status fault(Cx *cx, Status status, const char *format, ...) PRINTF_LIKE(3, 4);
/* As fault, and names the field at which the user must look. */
Status fault_at_field(Cx *cx, Status status, const char *field, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* As fault, with a place in a text: line and column are 1-based. */
Status fault_at_line(Cx *cx, Status status, int64_t line, int64_t column, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* Adds a hint (what to do) to the recorded fault; the first hint stays. Does not change status. */
void fault_hint(Cx *cx, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds a detail (value seen, rule, file) to the recorded fault; later details are appended
 * after "; ". */
void fault_detail(Cx *cx, const char *format, ...) PRINTF_LIKE(2, 3);
/* Forgets the recorded fault, for callers that recover. */
void fault_clear(Cx *cx);

#endif
