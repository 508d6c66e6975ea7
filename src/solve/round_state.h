/*
 * round_state.h - the plan while it is being changed: one route per vehicle as an array of stops,
 * with what an O(1) insertion test needs at each stop, a log to undo an iteration, and the cache of
 * best insertions.
 *
 *   stops   [0] start   [1 .. len] jobs and reloads   [len + 1] end
 *           node | arc (cost to the next) | depart (earliest) | latest (arrival that still works)
 *
 *   spans   (only with a limit on duration) what the stops 0..k, and k..end, take at least:
 *           duration, earliest and latest begin, joined in O(1).
 *
 * Invariant: between iterations every route is feasible and its derived numbers are fresh.
 * Private to the rounds engine. A State belongs to one thread.
 */
#ifndef HUANXIN_SOLVE_ROUND_STATE_H
#define HUANXIN_SOLVE_ROUND_STATE_H

#include "base/prng.h"
#include "solve/round_model.h"

/* Departures that cannot happen are after every deadline; deadlines that cannot be met before
 * every departure. Both leave room for adding an arc. */
#define STATE_NEVER_S ((int32_t)1500000000)

/* Up to so many jobs the search leaves nothing untried that it may skip in a larger problem. */
enum { STATE_SMALL_JOBS = 20 };

typedef struct Stop {
    int32_t node;
    int32_t arc;
    int32_t depart;
    int32_t latest;
} Stop;

typedef struct Span {
    int32_t duration;
    int32_t early;
    int32_t late;
} Span;

/* What MODEL_FULL keeps for each stop: the same two times for each number of breaks taken, and the
 * fullest moment of the trip up to and from this stop. */
typedef struct Detail {
    int32_t depart[ROUND_BREAKS_MAX + 1];
    int32_t latest[ROUND_BREAKS_MAX + 1];
    int64_t load[ROUND_LOAD_COUNT];   /* on board when leaving */
    int64_t before[ROUND_LOAD_COUNT]; /* the most on board from the trip's start to here */
    int64_t after[ROUND_LOAD_COUNT];  /* the most on board from here to the trip's end */
} Detail;

typedef struct RouteHead {
    int32_t len;
    int32_t job_count;
    int32_t trip_count;
    uint32_t version; /* unique for each content a route ever had: the key of the cache */
    int64_t cost;
    int64_t work_s; /* MODEL_FULL: driving and service */
    int64_t travel_s;
    int64_t distance_m;
    int64_t load[ROUND_LOAD_COUNT];
} RouteHead;

typedef struct Route {
    RouteHead head;
    Stop *stops;
    Span *until; /* spans of 0..k */
    Span *from;  /* spans of k..end */
    Detail *details;
    const ModelVehicle *vehicle;
    int32_t room;
    int32_t frozen_count; /* stops after the start that stay */
    bool is_touched;      /* in the undo log of this iteration */
    RouteHead saved_head;
    Stop *saved_stops;
} Route;

/* Where a job would go and what that adds. mode: 0 as it is, 1, 3, 5 ... with a reload right before
 * it, one stop before, two stops before; 2, 4, 6 ... with a reload as far after it; reload is an
 * index in the vehicle's list. */
typedef struct Insertion {
    int64_t delta;
    int32_t route;
    int32_t after; /* position of the stop it follows */
    int32_t mode;
    int32_t reload;
} Insertion;

#define INSERTION_NONE_DELTA (INT64_MAX / 4)

/* The position of the stop that the reload of an insertion with one follows. */
static inline int32_t round_reload_after(const Insertion *where) {
    return where->after + (where->mode % 2 == 1 ? -(where->mode / 2) : where->mode / 2 - 1);
}

typedef struct CacheItem {
    int64_t delta;
    uint32_t version;
    uint16_t after;
    uint8_t mode;
    uint8_t reload;
} CacheItem;

typedef struct State {
    const Model *model;
    Arena *arena;
    Prng prng;
    Route *routes;
    int32_t *route_of; /* of each job, ROUND_NONE when out */
    int32_t *at;       /* position of each job in its route */
    uint64_t *empty;   /* bit per route without jobs */
    int64_t cost;      /* routes and prizes of what is out */
    int32_t *out;      /* jobs that are out */
    int32_t *out_at;   /* index in out, ROUND_NONE when served */
    int32_t out_count;
    int32_t *saved_out;
    int32_t saved_out_count;
    int64_t saved_cost;
    int32_t *touched;
    int32_t touched_count;
    uint32_t version;
    CacheItem *cache;   /* [job * vehicle_count + route] */
    uint32_t *versions; /* head.version of each route, side by side */
    int32_t used_count; /* routes with jobs */
    uint32_t *seen;     /* of each route, for one customer's scan */
    uint32_t seen_stamp;
    int32_t blink;  /* evaluations until the next blink */
    int32_t unseen; /* position that this blink overlooks, ROUND_NONE without one */
    bool is_dim;    /* this blink overlooks every other place (small problems of MODEL_FULL) */
    Stop *scratch_stops;
    Detail *scratch_details;
} State;

/* Makes a state with every job out and every route empty. Memory from arena, about
 * 16 bytes * jobs * vehicles. */
State *round_state_new(Arena *arena, const Model *model, uint64_t seed);
/* Begins an iteration: what follows can be undone. */
void round_state_begin(State *state);
/* Goes back to the last begin. O(length of the touched routes). */
void round_state_undo(State *state);
/* Takes the marked jobs of a route out (is_out by job) and refreshes it. Puts them on out. */
void round_state_remove(State *state, int32_t route, const bool *is_out);
/* Takes everything out of a route, reloads and frozen stops too. */
void round_state_clear(State *state, int32_t route);
/* Puts an out job into a route at a place found by round_scan_best. */
void round_state_insert(State *state, int32_t job, const Insertion *where);
/* Fills an empty route with count nodes (jobs that are out, reloads). Returns false when the round
 * is not feasible: the caller then undoes. */
bool round_state_set(State *state, int32_t route, const int32_t *nodes, int32_t count);
/* True when a route keeps every rule. O(length). */
bool round_state_is_feasible(const State *state, int32_t route);
/* True when skills and pin let the vehicle serve the job at all. O(1). */
bool round_route_accepts(const Model *model, const ModelVehicle *vehicle, int32_t job);
/* What serving the job outside the vehicle's towns costs, or 0. O(1). */
int64_t round_territory_cost(const Model *model, const ModelVehicle *vehicle, int32_t job);
/* Finds the first empty route of a type, or ROUND_NONE. O(routes of the type / 64). */
int32_t round_state_empty(const State *state, int32_t type);
/* A uniform number in [0, bound), without a division; bias below 2^-32. */
static inline int32_t round_below(Prng *prng, int32_t bound) {
    return (int32_t)(((prng_next(prng) >> 32) * (uint64_t)bound) >> 32);
}
static inline bool round_is_job(const Model *model, int32_t node) {
    return node < model->job_count;
}
/* A span of b after a with travel seconds between; both feasible together. O(1). */
static inline Span round_span_join(Span a, Span b, int32_t travel) {
    int32_t shift = a.duration + travel;
    int32_t wait = b.early - shift - a.late;
    wait = wait > 0 ? wait : 0;
    int32_t early = b.early - shift;
    int32_t late = b.late - shift;
    return (Span){shift + b.duration + wait, (a.early > early ? a.early : early) - wait,
                  a.late < late ? a.late : late};
}

#endif
