/*
 * solve_round_fuzz.c - the first byte chooses a reader of rounds (Solomon, VRPLIB, VRPLIB solution,
 * JSON); what reads well and is small is solved, the plan must pass the checker, and its JSON must
 * read again.
 */
#include "base/buf.h"
#include "solve/check_round.h"
#include "solve/read_round_json.h"
#include "solve/read_solomon.h"
#include "solve/read_vrplib.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { JOBS_SOLVED_MAX = 12, VEHICLES_SOLVED_MAX = 12, OUT_BYTES_MAX = 1 << 20 };

static void solve_small(Cx *cx, const RoundProblem *problem) {
    RoundFile file = {.problem = *problem, .is_estimated = true};
    if (problem->job_count > JOBS_SOLVED_MAX || problem->vehicle_count > VEHICLES_SOLVED_MAX) {
        return;
    }
    RoundOptions options = {.seed = 1, .iteration_max = 128, .thread_count = 1};
    RoundPlan *plan = NULL;
    if (round_solve(cx, problem, &options, &plan) != STATUS_OK) {
        check(cx->fault.text[0] != '\0');
        return;
    }
    check(check_round_plan(cx, problem, plan) == STATUS_OK);
    Buf *out = buf_in(cx->arena, OUT_BYTES_MAX);
    (void)!round_json_write(cx, &file, plan, out);
    (void)!round_geojson_write(cx, problem, plan, out);
}

static void read_one(Cx *cx, uint8_t which, Str text) {
    RoundProblem *problem = NULL;
    RoundFile file = {0};
    Status status = STATUS_OK;
    switch (which % 3) {
    case 0:
        status = read_solomon(cx, text, which % 2 == 0 ? READ_NEAREST : READ_TENTH_DOWN, &problem);
        break;
    case 1:
        status = read_vrplib(cx, text, which % 2 == 0 ? READ_NEAREST : READ_THOUSANDTH, &problem);
        break;
    default:
        status = read_round_json(cx, text, NULL, &file);
        problem = &file.problem;
        break;
    }
    if (status != STATUS_OK) {
        check(cx->fault.text[0] != '\0');
        return;
    }
    solve_small(cx, problem);
    ReadSolution *solution = NULL;
    Cx again;
    cx_init(&again, cx->arena);
    if (read_vrplib_solution(&again, text, problem, &solution) != STATUS_OK) {
        check(again.fault.text[0] != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len == 0) {
        return 0;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    cx.bytes_max = (size_t)64 << 20;
    read_one(&cx, bytes[0], (Str){(const char *)bytes + 1, len - 1});
    arena_free(arena);
    return 0;
}
