/*
 * check_round.h - re-computes a plan from the problem alone and compares every number in it. It
 * shares no code with the search: a mistake must be made twice to pass.
 */
#ifndef HUANXIN_SOLVE_CHECK_ROUND_H
#define HUANXIN_SOLVE_CHECK_ROUND_H

#include "solve/solve.h"

/* OK when the plan keeps every rule of the problem and all its times, loads, sums and costs are
 * right; else CONFLICT with a fault that names the vehicle or job and the rule. The problem must be
 * checked (round_problem_check). O(stops + jobs + vehicles). */
MUST_CHECK Status check_round_plan(Cx *cx, const RoundProblem *problem, const RoundPlan *plan);

#endif
