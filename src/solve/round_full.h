/*
 * round_full.h - routes under every rule: several trips, several windows, breaks, limits.
 *
 * The round is driven as early as possible, and then leaves its start as late as the same end
 * allows. Breaks are taken in their order, each right before or right after a drive. All times are
 * kept for each number of breaks already taken, so that a break's best place is found by the
 * forward and backward passes and not by the search.
 * Private to the rounds engine.
 */
#ifndef HUANXIN_SOLVE_ROUND_FULL_H
#define HUANXIN_SOLVE_ROUND_FULL_H

#include "solve/round_state.h"

/* Drops reloads that end no trip and reloads between trips that fit in one. */
void round_full_trim(const Model *model, Route *route);
/* Computes arcs, cost, loads and times of a route from its nodes. O(length * breaks^2). */
void round_full_refresh(const Model *model, Route *route);
/* True when a refreshed route keeps loads, windows, shift, breaks and limits. O(length). */
bool round_full_is_feasible(const Model *model, const Route *route);
/* Which rules a sequence keeps: stops[0] the start, stops[len + 1] the end. details is scratch for
 * len + 2 stops. O(length * breaks). */
typedef struct FullVerdict {
    bool loads_fit;
    bool times_fit;
    bool limits_fit;
} FullVerdict;
FullVerdict round_full_judge(const Model *model, const ModelVehicle *vehicle, Stop *stops,
                             int32_t len, Detail *details);
/* The earliest end of a sequence with every break taken, STATE_NEVER_S when there is none. */
int32_t round_full_finish(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                          int32_t len);
/* The latest departure that still ends by close; -STATE_NEVER_S when there is none. Writes the
 * latest moment at which each stop could begin, for each number of breaks, into details. */
int32_t round_full_latest(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                          int32_t len, int32_t close, Detail *details);
/* Lowers *best to the cheapest place of the job in the route, if there is a cheaper one. */
void round_full_scan(State *state, int32_t job, int32_t route, Insertion *best);

#endif
