/*
 * round_plan.h - from bare sequences to the plan that people read: times, loads, and why a job is
 * left out. Private to the rounds engine.
 */
#ifndef HUANXIN_SOLVE_ROUND_PLAN_H
#define HUANXIN_SOLVE_ROUND_PLAN_H

#include "solve/round_state.h"

/* Writes the plan of a state into arena. */
RoundPlan *round_plan_make(Arena *arena, State *state);
/* The reason why a job that is out of the state is out. O(vehicles + 12 routes * length^2). */
RoundReason round_explain(Arena *arena, State *state, int32_t job);

#endif
