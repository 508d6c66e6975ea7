/*
 * round_scan.h - the cheapest place for a job: the loop in which the engine spends its time.
 * Private to the rounds engine.
 */
#ifndef HUANXIN_SOLVE_ROUND_SCAN_H
#define HUANXIN_SOLVE_ROUND_SCAN_H

#include "solve/round_state.h"

/* Finds the cheapest feasible place of an out job among the routes that hold one of its nearest
 * jobs and one empty route of each type; now and then a route is overlooked on purpose (blink).
 * When there is none, looks at every route. delta is INSERTION_NONE_DELTA when no route takes it.
 */
Insertion round_scan_best(State *state, int32_t job);
/* The place of an out job in an empty route of the type; delta is INSERTION_NONE_DELTA when there
 * is none. O(1) when the cache knows. */
Insertion round_scan_empty(State *state, int32_t job, int32_t type);
/* The cheapest place among all routes, without blinks. O(vehicles) when the cache knows. */
Insertion round_scan_everywhere(State *state, int32_t job);

#endif
