/*
 * round_scan.c - see round_scan.h. The scans of the two fast kinds are written out side by side:
 * one loop, no calls, rows of the job's own costs in cache.
 */
#include "solve/round_scan.h"

#include "solve/round_full.h"

enum {
    /* Routes are looked at when they hold one of so many nearest jobs. */
    SCAN_NEAR_MAX = 60,
    /* With so few routes in use all are looked at: their versions lie side by side in memory. With
     * windows a far route costs a whole scan to find that it does not fit; with a longest duration
     * that scan costs twice as much, and only near routes are looked at. */
    SCAN_USED_MAX_LOAD = 150,
    SCAN_USED_MAX_TIME = 32,
    /* One evaluation in about so many is skipped (the paper's rate is 1 %; more is better here). */
    SCAN_BLINK_MEAN = 30,
    /* A small problem needs more luck than greed. */
    SCAN_BLINK_SMALL = 8,
};

static inline bool load_fits(const Model *model, const Route *route, const ModelJob *job) {
    const ModelVehicle *vehicle = route->vehicle;
    for (int i = 0; i < model->load_count; i++) {
        if (route->head.load[i] + job->load[i] > vehicle->capacity[i]) {
            return false;
        }
    }
    return true;
}

static void scan_load(const State *state, int32_t job, int32_t index, Insertion *best) {
    const Model *model = state->model;
    const Route *route = &state->routes[index];
    size_t row = (size_t)job * (size_t)model->node_count;
    const int32_t *to_next = route->vehicle->class->cost + row;
    const int32_t *from_last = route->vehicle->class->cost_back + row;
    const Stop *stops = route->stops;
    int32_t len = route->head.len;
    int32_t best_delta = INT32_MAX;
    int32_t best_after = 0;
    int32_t in = from_last[stops[0].node];
    for (int32_t k = 0; k <= len; k++) {
        int32_t node = stops[k + 1].node;
        int32_t delta = in + to_next[node] - stops[k].arc;
        in = from_last[node];
        if (delta < best_delta && k != state->unseen) {
            best_delta = delta;
            best_after = k;
        }
    }
    best->delta = best_delta == INT32_MAX ? INSERTION_NONE_DELTA : best_delta;
    best->after = best_after;
}

static inline bool duration_fits(const Model *model, const Route *route, int32_t job,
                                 int32_t after) {
    const int32_t *time = route->vehicle->class->time + (size_t)job * (size_t)model->node_count;
    const int32_t *back =
        route->vehicle->class->time_back + (size_t)job * (size_t)model->node_count;
    const ModelJob *it = &model->jobs[job];
    Span own = {it->service, it->open, it->close};
    Span head = round_span_join(route->until[after], own, back[route->stops[after].node]);
    Span whole = round_span_join(head, route->from[after + 1], time[route->stops[after + 1].node]);
    return whole.duration <= route->vehicle->duration_max;
}

/* The first stop before which the job could still be: those whose deadline lies before the job's
 * own earliest end are behind it. Deadlines grow along a route only when driving times keep the
 * triangle inequality; so this walks and does not bisect. */
static inline int32_t scan_first(const Stop *stops, int32_t len, int32_t end_early) {
    int32_t k = 0;
    while (k < len && stops[k + 1].latest < end_early) {
        k++;
    }
    return k;
}

static void scan_time(const State *state, int32_t job, int32_t index, Insertion *best) {
    const Model *model = state->model;
    const Route *route = &state->routes[index];
    const ModelClass *class = route->vehicle->class;
    size_t row = (size_t)job * (size_t)model->node_count;
    const int32_t *cost = class->cost + row;
    const int32_t *cost_back = class->cost_back + row;
    const int32_t *time = class->time + row;
    const int32_t *time_back = class->time_back + row;
    const ModelJob *it = &model->jobs[job];
    int32_t open = it->open;
    int32_t close = it->close;
    int32_t service = it->service;
    bool is_limited = route->vehicle->duration_max != ROUND_NO_LIMIT;
    const Stop *stops = route->stops;
    int32_t len = route->head.len;
    int32_t best_delta = INT32_MAX;
    for (int32_t k = scan_first(stops, len, open + service); k <= len; k++) {
        if (stops[k].depart > close) {
            break;
        }
        int32_t last = stops[k].node;
        int32_t next = stops[k + 1].node;
        int32_t delta = cost_back[last] + cost[next] - stops[k].arc;
        if (delta >= best_delta || k == state->unseen) {
            continue;
        }
        int32_t arrival = stops[k].depart + time_back[last];
        int32_t begin = arrival < open ? open : arrival;
        if (arrival > close || begin + service + time[next] > stops[k + 1].latest ||
            (is_limited && !duration_fits(model, route, job, k))) {
            continue;
        }
        best_delta = delta;
        best->after = k;
    }
    best->delta = best_delta == INT32_MAX ? INSERTION_NONE_DELTA : best_delta;
}

/* The cheapest place in one route, without the cache. */
static void scan_route(State *state, int32_t job, int32_t index, Insertion *found) {
    const Model *model = state->model;
    const Route *route = &state->routes[index];
    *found = (Insertion){.delta = INSERTION_NONE_DELTA, .route = index};
    if (route->head.job_count >= route->vehicle->job_count_max ||
        !round_route_accepts(model, route->vehicle, job)) {
        return;
    }
    if (model->kind == MODEL_FULL) {
        round_full_scan(state, job, index, found);
        return;
    }
    if (!load_fits(model, route, &model->jobs[job])) {
        return;
    }
    if (model->kind == MODEL_LOAD) {
        scan_load(state, job, index, found);
    } else {
        scan_time(state, job, index, found);
    }
    if (found->delta == INSERTION_NONE_DELTA) {
        return;
    }
    found->delta += route->head.len == 0 ? route->vehicle->fixed_cost : 0;
    if (model->territory_cost != 0) {
        found->delta += round_territory_cost(model, route->vehicle, job);
    }
}

static inline void scan_cached(State *state, int32_t job, int32_t index, Insertion *best) {
    CacheItem *item =
        &state->cache[(size_t)job * (size_t)state->model->vehicle_count + (size_t)index];
    if (item->version != state->versions[index]) {
        Insertion found;
        scan_route(state, job, index, &found);
        *item = (CacheItem){found.delta, state->versions[index], (uint16_t)found.after,
                            (uint8_t)found.mode, (uint8_t)found.reload};
    }
    if (item->delta < best->delta) {
        *best = (Insertion){item->delta, index, item->after, item->mode, item->reload};
    }
}

static inline bool blinks(State *state) {
    if (--state->blink > 0) {
        return false;
    }
    int32_t mean = state->model->job_count <= STATE_SMALL_JOBS ? SCAN_BLINK_SMALL : SCAN_BLINK_MEAN;
    state->blink = 1 + round_below(&state->prng, 2 * mean - 1);
    return true;
}

/* A blink of a small problem under every rule: what is seen is left to chance. */
static void scan_dim(State *state, int32_t job, int32_t index, Insertion *best) {
    Insertion found;
    state->is_dim = true;
    scan_route(state, job, index, &found);
    state->is_dim = false;
    if (found.delta < best->delta) {
        *best = found;
    }
}

/* A blink: the best position in the route is overlooked, the second best is seen. */
static void scan_blinking(State *state, int32_t job, int32_t index, Insertion *best) {
    bool is_small = state->model->job_count <= STATE_SMALL_JOBS;
    bool is_full = state->model->kind == MODEL_FULL;
    if (is_full && is_small) {
        scan_dim(state, job, index, best);
        return;
    }
    Insertion first = {.delta = INSERTION_NONE_DELTA};
    scan_cached(state, job, index, &first);
    if (first.delta >= best->delta || is_full || (is_small && round_below(&state->prng, 2) == 0)) {
        return;
    }
    Insertion second;
    state->unseen = first.after;
    scan_route(state, job, index, &second);
    state->unseen = ROUND_NONE;
    if (second.delta < best->delta) {
        *best = second;
    }
}

static inline void scan_one(State *state, int32_t job, int32_t index, Insertion *best) {
    if (blinks(state)) {
        scan_blinking(state, job, index, best);
    } else {
        scan_cached(state, job, index, best);
    }
}

Insertion round_scan_everywhere(State *state, int32_t job) {
    Insertion best = {.delta = INSERTION_NONE_DELTA};
    for (int32_t i = 0; i < state->model->vehicle_count; i++) {
        scan_cached(state, job, i, &best);
    }
    return best;
}

Insertion round_scan_empty(State *state, int32_t job, int32_t type) {
    Insertion best = {.delta = INSERTION_NONE_DELTA};
    int32_t route = round_state_empty(state, type);
    if (route != ROUND_NONE) {
        scan_cached(state, job, route, &best);
    }
    return best;
}

/* Looks at the routes that hold one of the nearest jobs. */
static void scan_near(State *state, int32_t job, int32_t near_count, Insertion *best) {
    const Model *model = state->model;
    const int32_t *near = model->adjacent + (size_t)job * (size_t)model->adjacent_count;
    uint32_t stamp = ++state->seen_stamp;
    for (int32_t i = 0; i < near_count; i++) {
        int32_t route = state->route_of[near[i]];
        if (route == ROUND_NONE || state->seen[route] == stamp) {
            continue;
        }
        state->seen[route] = stamp;
        scan_one(state, job, route, best);
    }
}

/* Looks at every route in use. */
static void scan_used(State *state, int32_t job, Insertion *best) {
    int32_t count = state->model->vehicle_count;
    for (int32_t base = 0; base < count; base += 64) {
        uint64_t used = ~state->empty[base / 64];
        if (count - base < 64) {
            used &= (UINT64_C(1) << (count - base)) - 1;
        }
        for (; used != 0; used &= used - 1) {
            scan_one(state, job, base + __builtin_ctzll(used), best);
        }
    }
}

Insertion round_scan_best(State *state, int32_t job) {
    const Model *model = state->model;
    Insertion best = {.delta = INSERTION_NONE_DELTA};
    int32_t near_count =
        model->adjacent_count < SCAN_NEAR_MAX ? model->adjacent_count : SCAN_NEAR_MAX;
    int32_t used_max = model->kind == MODEL_LOAD ? SCAN_USED_MAX_LOAD : SCAN_USED_MAX_TIME;
    used_max = model->has_duration_limit ? 0 : used_max;
    if (state->used_count <= used_max) {
        scan_used(state, job, &best);
    } else {
        scan_near(state, job, near_count, &best);
    }
    for (int32_t type = 0; type < model->type_count; type++) {
        int32_t route = round_state_empty(state, type);
        if (route != ROUND_NONE && !blinks(state)) {
            scan_cached(state, job, route, &best);
        }
    }
    return best.delta == INSERTION_NONE_DELTA ? round_scan_everywhere(state, job) : best;
}
