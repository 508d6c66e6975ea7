/*
 * round_state.c - changing routes and undoing it. Reading order: new, undo log, refresh of the
 * derived numbers, remove, insert.
 */
#include "solve/round_state.h"

#include "solve/round_full.h"

#include <string.h>

enum { ROUTE_ROOM_FIRST = 16 };

/* ---- making -----------------------------------------------------------------------------------*/

static void route_room(State *state, Route *route, int32_t need) {
    if (need <= route->room) {
        return;
    }
    int32_t room = route->room == 0 ? ROUTE_ROOM_FIRST : route->room;
    while (room < need) {
        room *= 2;
    }
    Arena *arena = state->arena;
    size_t count = (size_t)room;
    Stop *stops = arena_array(arena, Stop, count);
    Stop *saved = arena_array(arena, Stop, count);
    if (route->room > 0) {
        memcpy(stops, route->stops, (size_t)route->room * sizeof *stops);
        memcpy(saved, route->saved_stops, (size_t)route->room * sizeof *saved);
    }
    route->stops = stops;
    route->saved_stops = saved;
    if (state->model->has_duration_limit) {
        Span *until = arena_array(arena, Span, count);
        Span *from = arena_array(arena, Span, count);
        if (route->room > 0) {
            memcpy(until, route->until, (size_t)route->room * sizeof *until);
            memcpy(from, route->from, (size_t)route->room * sizeof *from);
        }
        route->until = until;
        route->from = from;
    }
    if (state->model->kind == MODEL_FULL) {
        Detail *details = arena_array(arena, Detail, count);
        if (route->room > 0) {
            memcpy(details, route->details, (size_t)route->room * sizeof *details);
        }
        route->details = details;
    }
    route->room = room;
}

/* Keeps what stands beside the routes in step with them. */
static void route_publish(State *state, int32_t route) {
    uint64_t bit = UINT64_C(1) << (route % 64);
    bool was_empty = (state->empty[route / 64] & bit) != 0;
    bool is_empty = state->routes[route].head.len == 0;
    state->versions[route] = state->routes[route].head.version;
    if (is_empty != was_empty) {
        state->empty[route / 64] ^= bit;
        state->used_count += is_empty ? -1 : 1;
    }
}

static void route_refresh(State *state, Route *route, int32_t from_at);

static void version_next(State *state, Route *route) {
    if (state->version == UINT32_MAX) {
        /* After four thousand million changes the numbers begin again: forget all answers. */
        size_t items = (size_t)state->model->job_count * (size_t)state->model->vehicle_count;
        memset(state->cache, 0, items * sizeof *state->cache);
        state->version = (uint32_t)state->model->vehicle_count;
        for (int32_t i = 0; i < state->model->vehicle_count; i++) {
            state->routes[i].head.version = (uint32_t)i + 1;
            state->versions[i] = (uint32_t)i + 1;
            state->routes[i].saved_head.version = ++state->version;
        }
    }
    route->head.version = ++state->version;
}

State *round_state_new(Arena *arena, const Model *model, uint64_t seed) {
    State *state = arena_new(arena, State);
    size_t jobs = (size_t)model->job_count;
    size_t vehicles = (size_t)model->vehicle_count;
    state->model = model;
    state->arena = arena;
    prng_init(&state->prng, seed);
    state->routes = arena_array(arena, Route, vehicles + 1);
    state->route_of = arena_array(arena, int32_t, jobs + 1);
    state->at = arena_array(arena, int32_t, jobs + 1);
    state->empty = arena_array(arena, uint64_t, vehicles / 64 + 1);
    state->out = arena_array(arena, int32_t, jobs + 1);
    state->out_at = arena_array(arena, int32_t, jobs + 1);
    state->saved_out = arena_array(arena, int32_t, jobs + 1);
    state->touched = arena_array(arena, int32_t, vehicles + 1);
    state->cache = arena_array(arena, CacheItem, jobs * vehicles + 1);
    state->versions = arena_array(arena, uint32_t, vehicles + 1);
    state->used_count = model->vehicle_count;
    state->seen = arena_array(arena, uint32_t, vehicles + 1);
    state->blink = 100;
    state->unseen = ROUND_NONE;
    if (model->kind == MODEL_FULL) {
        state->scratch_stops = arena_array(arena, Stop, 2 * jobs + 4);
        state->scratch_details = arena_array(arena, Detail, 2 * jobs + 4);
    }
    for (int32_t i = 0; i < model->job_count; i++) {
        state->route_of[i] = ROUND_NONE;
        state->out[i] = i;
        state->out_at[i] = i;
        state->cost += model->jobs[i].prize;
    }
    state->out_count = model->job_count;
    for (int32_t i = 0; i < model->vehicle_count; i++) {
        Route *route = &state->routes[i];
        route->vehicle = &model->vehicles[i];
        route_room(state, route, 2);
        route->stops[0].node = route->vehicle->start_node;
        route->stops[1].node = route->vehicle->end_node;
        route_refresh(state, route, 0);
        version_next(state, route);
        route_publish(state, i);
    }
    return state;
}

int32_t round_state_empty(const State *state, int32_t type) {
    int32_t from = state->model->type_from[type];
    int32_t to = state->model->type_from[type + 1];
    while (from < to) {
        uint64_t bits = state->empty[from / 64] >> (from % 64);
        if (bits != 0) {
            int32_t found = from + __builtin_ctzll(bits);
            return found < to ? found : ROUND_NONE;
        }
        from = (from / 64 + 1) * 64;
    }
    return ROUND_NONE;
}

/* ---- undo -------------------------------------------------------------------------------------*/

void round_state_begin(State *state) {
    for (int32_t i = 0; i < state->touched_count; i++) {
        state->routes[state->touched[i]].is_touched = false;
    }
    state->touched_count = 0;
    state->saved_cost = state->cost;
    state->saved_out_count = state->out_count;
    memcpy(state->saved_out, state->out, (size_t)state->out_count * sizeof *state->out);
}

static void route_touch(State *state, int32_t index) {
    Route *route = &state->routes[index];
    if (route->is_touched) {
        return;
    }
    route->is_touched = true;
    state->touched[state->touched_count++] = index;
    route->saved_head = route->head;
    memcpy(route->saved_stops, route->stops, (size_t)(route->head.len + 2) * sizeof(Stop));
}

/* The stops and head come back from the log; spans and details are computed again. */
static void route_restore(State *state, int32_t index) {
    Route *route = &state->routes[index];
    Stop *stops = route->stops;
    route->stops = route->saved_stops;
    route->saved_stops = stops;
    route->head = route->saved_head;
    for (int32_t k = 1; k <= route->head.len; k++) {
        int32_t node = route->stops[k].node;
        if (round_is_job(state->model, node)) {
            state->route_of[node] = index;
            state->at[node] = k;
        }
    }
    if (state->model->has_duration_limit || state->model->kind == MODEL_FULL) {
        route_refresh(state, route, 0);
        route->head = route->saved_head;
    }
    route->is_touched = false;
    route_publish(state, index);
}

void round_state_undo(State *state) {
    for (int32_t i = 0; i < state->out_count; i++) {
        state->out_at[state->out[i]] = ROUND_NONE;
    }
    state->out_count = state->saved_out_count;
    memcpy(state->out, state->saved_out, (size_t)state->out_count * sizeof *state->out);
    for (int32_t i = 0; i < state->touched_count; i++) {
        route_restore(state, state->touched[i]);
    }
    for (int32_t i = 0; i < state->out_count; i++) {
        state->out_at[state->out[i]] = i;
        state->route_of[state->out[i]] = ROUND_NONE;
    }
    state->touched_count = 0;
    state->cost = state->saved_cost;
}

/* ---- derived numbers --------------------------------------------------------------------------*/

static void times_forward(const Model *model, const Route *route, int32_t from_at) {
    const int32_t *time = route->vehicle->class->time;
    size_t width = (size_t)model->node_count;
    Stop *stops = route->stops;
    int32_t first = from_at < 1 ? 1 : from_at;
    stops[0].depart = route->vehicle->open;
    for (int32_t k = first; k <= route->head.len; k++) {
        const ModelJob *job = &model->jobs[stops[k].node];
        size_t way = (size_t)stops[k - 1].node * width + (size_t)stops[k].node;
        int32_t arrival = stops[k - 1].depart + time[way];
        arrival = arrival < job->open ? job->open : arrival;
        stops[k].depart = arrival + job->service;
    }
}

/* Refreshes latest from the end down to to_at and, below it, as long as something changes. */
static void times_backward(const Model *model, const Route *route, int32_t to_at) {
    const int32_t *time = route->vehicle->class->time;
    size_t width = (size_t)model->node_count;
    Stop *stops = route->stops;
    int32_t end = route->head.len + 1;
    stops[end].latest = route->vehicle->close;
    for (int32_t k = end - 1; k >= 1; k--) {
        const ModelJob *job = &model->jobs[stops[k].node];
        size_t way = (size_t)stops[k].node * width + (size_t)stops[k + 1].node;
        int32_t latest = stops[k + 1].latest - time[way] - job->service;
        latest = latest < job->close ? latest : job->close;
        if (k < to_at && stops[k].latest == latest) {
            return;
        }
        stops[k].latest = latest;
    }
    stops[0].latest = route->vehicle->close;
}

static void spans_refresh(const Model *model, Route *route) {
    const int32_t *time = route->vehicle->class->time;
    size_t width = (size_t)model->node_count;
    const Stop *stops = route->stops;
    int32_t end = route->head.len + 1;
    Span depot = {0, route->vehicle->open, route->vehicle->close};
    route->until[0] = depot;
    for (int32_t k = 1; k < end; k++) {
        const ModelJob *job = &model->jobs[stops[k].node];
        size_t way = (size_t)stops[k - 1].node * width + (size_t)stops[k].node;
        Span own = {job->service, job->open, job->close};
        route->until[k] = round_span_join(route->until[k - 1], own, time[way]);
    }
    route->from[end] = depot;
    for (int32_t k = end - 1; k >= 1; k--) {
        const ModelJob *job = &model->jobs[stops[k].node];
        size_t way = (size_t)stops[k].node * width + (size_t)stops[k + 1].node;
        Span own = {job->service, job->open, job->close};
        route->from[k] = round_span_join(own, route->from[k + 1], time[way]);
    }
}

/* Everything after the nodes themselves: from_at is the first stop that may differ. */
static void route_refresh(State *state, Route *route, int32_t from_at) {
    const Model *model = state->model;
    switch (model->kind) {
    case MODEL_LOAD:
        break;
    case MODEL_TIME:
        times_forward(model, route, from_at);
        times_backward(model, route, from_at);
        if (model->has_duration_limit) {
            spans_refresh(model, route);
        }
        break;
    case MODEL_FULL:
        round_full_refresh(model, route);
        break;
    }
}

/* ---- out list ---------------------------------------------------------------------------------*/

static void out_add(State *state, int32_t job) {
    state->out_at[job] = state->out_count;
    state->out[state->out_count++] = job;
    state->route_of[job] = ROUND_NONE;
}

static void out_take(State *state, int32_t job) {
    int32_t at = state->out_at[job];
    int32_t last = state->out[--state->out_count];
    state->out[at] = last;
    state->out_at[last] = at;
    state->out_at[job] = ROUND_NONE;
}

/* ---- remove and insert ------------------------------------------------------------------------*/

int64_t round_territory_cost(const Model *model, const ModelVehicle *vehicle, int32_t job) {
    uint64_t town = model->jobs[job].town;
    bool is_foreign = town != 0 && vehicle->towns != 0 && (town & vehicle->towns) == 0;
    return is_foreign ? model->territory_cost : 0;
}

/* Sums the arcs, looking up those marked unknown, and refreshes the rest. */
static void route_settle(State *state, Route *route, int32_t first_changed) {
    const Model *model = state->model;
    int64_t before = route->head.cost;
    if (model->kind == MODEL_FULL) {
        round_full_trim(model, route);
        round_full_refresh(model, route);
    } else {
        const int32_t *cost = route->vehicle->class->cost;
        size_t width = (size_t)model->node_count;
        Stop *stops = route->stops;
        int64_t sum = route->head.len == 0 ? 0 : route->vehicle->fixed_cost;
        stops[0].arc = route->head.len == 0 ? 0 : stops[0].arc;
        for (int32_t k = 0; k <= route->head.len && route->head.len > 0; k++) {
            if (stops[k].arc < 0) {
                stops[k].arc = cost[(size_t)stops[k].node * width + (size_t)stops[k + 1].node];
            }
            sum += stops[k].arc;
            sum += k == 0 || model->territory_cost == 0
                       ? 0
                       : round_territory_cost(model, route->vehicle, stops[k].node);
        }
        route->head.cost = sum;
        route_refresh(state, route, first_changed);
    }
    for (int32_t k = 1; k <= route->head.len; k++) {
        if (round_is_job(model, route->stops[k].node)) {
            state->at[route->stops[k].node] = k;
        }
    }
    state->cost += route->head.cost - before;
    version_next(state, route);
    route_publish(state, (int32_t)(route - state->routes));
}

static void job_leave(State *state, Route *route, int32_t job) {
    const Model *model = state->model;
    for (int i = 0; i < model->load_count; i++) {
        route->head.load[i] -= model->jobs[job].load[i];
    }
    route->head.job_count--;
    state->cost += model->jobs[job].prize;
    out_add(state, job);
}

void round_state_remove(State *state, int32_t index, const bool *is_out) {
    const Model *model = state->model;
    Route *route = &state->routes[index];
    route_touch(state, index);
    Stop *stops = route->stops;
    int32_t kept = 0;
    int32_t first_changed = 0;
    int32_t end = route->head.len + 1;
    for (int32_t k = 1; k <= end; k++) {
        int32_t node = stops[k].node;
        if (k < end && round_is_job(model, node) && is_out[node]) {
            job_leave(state, route, node);
            stops[kept].arc = -1;
            first_changed = first_changed == 0 ? kept + 1 : first_changed;
            continue;
        }
        kept++;
        stops[kept] = stops[k];
    }
    route->head.len = kept - 1;
    route_settle(state, route, first_changed);
}

void round_state_clear(State *state, int32_t index) {
    Route *route = &state->routes[index];
    route_touch(state, index);
    for (int32_t k = 1; k <= route->head.len; k++) {
        if (round_is_job(state->model, route->stops[k].node)) {
            job_leave(state, route, route->stops[k].node);
        }
    }
    route->stops[1] = route->stops[route->head.len + 1];
    route->head.len = 0;
    int32_t frozen_count = route->frozen_count;
    route->frozen_count = 0;
    route_settle(state, route, 0);
    route->frozen_count = frozen_count;
}

static void job_join(State *state, Route *route, int32_t job) {
    const Model *model = state->model;
    out_take(state, job);
    state->cost -= model->jobs[job].prize;
    state->route_of[job] = (int32_t)(route - state->routes);
    for (int i = 0; i < model->load_count; i++) {
        route->head.load[i] += model->jobs[job].load[i];
    }
    route->head.job_count++;
}

/* Puts a node at a position; the arcs around it are unknown until the route is settled. */
static void stop_put(Route *route, int32_t at, int32_t node) {
    Stop *stops = route->stops;
    memmove(&stops[at + 1], &stops[at], (size_t)(route->head.len + 2 - at) * sizeof *stops);
    stops[at] = (Stop){.node = node, .arc = -1};
    stops[at - 1].arc = -1;
    route->head.len++;
}

void round_state_insert(State *state, int32_t job, const Insertion *where) {
    Route *route = &state->routes[where->route];
    check(state->route_of[job] == ROUND_NONE);
    check(where->after >= 0 && where->after <= route->head.len);
    route_touch(state, where->route);
    int32_t added = where->mode == 0 ? 1 : 2;
    route_room(state, route, route->head.len + 2 + added);
    int32_t first = where->after + 1;
    if (where->mode == 0) {
        stop_put(route, first, job);
    } else {
        int32_t reload = route->vehicle->reload_nodes[where->reload];
        int32_t reload_at = round_reload_after(where) + 1;
        /* The later one goes first: it does not move the place of the other. */
        bool is_before = where->mode % 2 == 1;
        stop_put(route, is_before ? first : reload_at, is_before ? job : reload);
        stop_put(route, is_before ? reload_at : first, is_before ? reload : job);
        first = reload_at < first ? reload_at : first;
    }
    job_join(state, route, job);
    route_settle(state, route, first);
}

bool round_state_set(State *state, int32_t index, const int32_t *nodes, int32_t count) {
    const Model *model = state->model;
    Route *route = &state->routes[index];
    check(route->head.len == 0);
    route_touch(state, index);
    route_room(state, route, count + 2);
    Stop end = {.node = route->vehicle->end_node, .arc = -1};
    route->stops[0].arc = -1;
    for (int32_t i = 0; i < count; i++) {
        route->stops[i + 1] = (Stop){.node = nodes[i], .arc = -1};
        if (round_is_job(model, nodes[i])) {
            job_join(state, route, nodes[i]);
        }
    }
    route->stops[count + 1] = end;
    route->head.len = count;
    route_settle(state, route, 0);
    return round_state_is_feasible(state, index);
}

static bool times_are_met(const Model *model, const Route *route) {
    const int32_t *time = route->vehicle->class->time;
    size_t width = (size_t)model->node_count;
    int32_t clock = route->vehicle->open;
    for (int32_t k = 1; k <= route->head.len + 1; k++) {
        const Stop *stop = &route->stops[k];
        clock += time[(size_t)stop[-1].node * width + (size_t)stop->node];
        bool is_end = k == route->head.len + 1;
        int32_t close = is_end ? route->vehicle->close : model->jobs[stop->node].close;
        if (clock > close) {
            return false;
        }
        clock = is_end ? clock : stop->depart;
    }
    if (route->vehicle->duration_max == ROUND_NO_LIMIT) {
        return true;
    }
    int32_t end = route->head.len + 1;
    size_t way = (size_t)route->stops[end - 1].node * width + (size_t)route->stops[end].node;
    Span whole = round_span_join(route->until[end - 1], route->from[end], time[way]);
    return whole.duration <= route->vehicle->duration_max;
}

bool round_route_accepts(const Model *model, const ModelVehicle *vehicle, int32_t job) {
    const ModelJob *it = &model->jobs[job];
    bool is_pinned_away = it->vehicle != ROUND_NONE && &model->vehicles[it->vehicle] != vehicle;
    return !is_pinned_away && (it->skills & ~vehicle->skills) == 0;
}

bool round_state_is_feasible(const State *state, int32_t index) {
    const Model *model = state->model;
    const Route *route = &state->routes[index];
    if (route->head.len == 0) {
        return true;
    }
    if (route->head.job_count > route->vehicle->job_count_max) {
        return false;
    }
    for (int32_t k = 1; k <= route->head.len; k++) {
        int32_t node = route->stops[k].node;
        if (round_is_job(model, node) && !round_route_accepts(model, route->vehicle, node)) {
            return false;
        }
    }
    if (model->kind == MODEL_FULL) {
        return round_full_is_feasible(model, route);
    }
    for (int i = 0; i < model->load_count; i++) {
        if (route->head.load[i] > route->vehicle->capacity[i]) {
            return false;
        }
    }
    return model->kind == MODEL_LOAD || times_are_met(model, route);
}
