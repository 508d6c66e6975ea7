/*
 * round_explain.c - why a job is left out: first whether any vehicle could serve it alone, rule by
 * rule; then what stands in its way beside the other jobs of the plan.
 */
#include "solve/round_full.h"
#include "solve/round_levels.h"
#include "solve/round_plan.h"
#include "solve/round_scan.h"

#include <string.h>

enum { EXPLAIN_ROUTES_MAX = 12 };

/* What the vehicles that pass all earlier rules say, from the first rule to the last. */
typedef enum Alone {
    ALONE_NO_VEHICLE,
    ALONE_PIN,
    ALONE_SKILL,
    ALONE_CAPACITY,
    ALONE_WINDOW,
    ALONE_SHIFT,
    ALONE_LIMIT,
    ALONE_FITS,
} Alone;

static Alone vehicle_alone(const Model *model, const ModelVehicle *vehicle, int32_t job) {
    const ModelJob *it = &model->jobs[job];
    if (it->vehicle != ROUND_NONE && &model->vehicles[it->vehicle] != vehicle) {
        return ALONE_PIN;
    }
    if ((it->skills & ~vehicle->skills) != 0) {
        return ALONE_SKILL;
    }
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        bool can_unload = vehicle->reload_count > 0 && vehicle->trip_count_max > 1;
        int64_t aboard = can_unload ? 0 : vehicle->load[i];
        if (aboard + it->pickup[i] > vehicle->capacity[i] ||
            aboard + it->delivery[i] > vehicle->capacity[i]) {
            return ALONE_CAPACITY;
        }
    }
    Levels times = levels_start(vehicle);
    drive_forward(vehicle, way_time(model, vehicle, vehicle->start_node, job), &times);
    serve_forward(model, vehicle, job, &times);
    bool is_reached = false;
    for (int32_t b = 0; b <= vehicle->break_count; b++) {
        is_reached = is_reached || times.at[b] < STATE_NEVER_S;
    }
    if (!is_reached) {
        return ALONE_WINDOW;
    }
    Stop stops[3] = {{.node = vehicle->start_node}, {.node = job}, {.node = vehicle->end_node}};
    Detail details[3];
    memset(details, 0, sizeof details);
    if (round_full_finish(model, vehicle, stops, 1) > vehicle->close) {
        return ALONE_SHIFT;
    }
    FullVerdict verdict = round_full_judge(model, vehicle, stops, 1, details);
    bool fits = verdict.limits_fit && verdict.times_fit && vehicle->job_count_max > 0;
    return fits ? ALONE_FITS : ALONE_LIMIT;
}

static Alone best_alone(const Model *model, int32_t job) {
    Alone best = ALONE_NO_VEHICLE;
    for (int32_t v = 0; v < model->vehicle_count && best != ALONE_FITS; v++) {
        Alone alone = vehicle_alone(model, &model->vehicles[v], job);
        best = alone > best ? alone : best;
    }
    return best;
}

/* ---- beside the others ------------------------------------------------------------------------*/

typedef struct Beside {
    bool loads_fit; /* somewhere */
    bool times_fit;
    bool limits_fit;
    bool has_served;
    bool has_lower; /* a served job of the same or lower priority stands there */
} Beside;

static void beside_position(const State *state, const Route *route, int32_t job, int32_t after,
                            Beside *beside) {
    const Model *model = state->model;
    Stop *stops = state->scratch_stops;
    int32_t at = 0;
    for (int32_t k = 0; k <= route->head.len + 1; k++) {
        stops[at++] = route->stops[k];
        if (k == after) {
            stops[at++] = (Stop){.node = job};
        }
    }
    FullVerdict verdict =
        round_full_judge(model, route->vehicle, stops, at - 2, state->scratch_details);
    beside->loads_fit = beside->loads_fit || verdict.loads_fit;
    beside->times_fit = beside->times_fit || verdict.times_fit;
    beside->limits_fit = beside->limits_fit || verdict.limits_fit;
}

static void beside_route(const State *state, const Route *route, int32_t job, Beside *beside) {
    const Model *model = state->model;
    int32_t priority = model->problem->jobs[job].priority;
    for (int32_t k = 1; k <= route->head.len; k++) {
        int32_t node = route->stops[k].node;
        if (round_is_job(model, node)) {
            beside->has_served = true;
            beside->has_lower =
                beside->has_lower || model->problem->jobs[node].priority <= priority;
        }
    }
    if (route->head.job_count >= route->vehicle->job_count_max) {
        return;
    }
    for (int32_t k = route->frozen_count; k <= route->head.len; k++) {
        beside_position(state, route, job, k, beside);
    }
}

static RoundReason reason_beside(const State *state, int32_t job) {
    const Model *model = state->model;
    Beside beside = {.loads_fit = false};
    int32_t looked = 0;
    for (int32_t v = 0; v < model->vehicle_count && looked < EXPLAIN_ROUTES_MAX; v++) {
        if (vehicle_alone(model, &model->vehicles[v], job) == ALONE_FITS) {
            beside_route(state, &state->routes[v], job, &beside);
            looked++;
        }
    }
    if (model->problem->jobs[job].priority < ROUND_PRIORITY_MAX && beside.has_served &&
        !beside.has_lower) {
        return ROUND_REASON_LOWER_PRIORITY;
    }
    if (!beside.limits_fit) {
        return ROUND_REASON_LIMIT_FULL;
    }
    if (!beside.loads_fit) {
        return ROUND_REASON_CAPACITY_FULL;
    }
    return ROUND_REASON_TIME_FULL;
}

RoundReason round_explain(Arena *arena, State *state, int32_t job) {
    const Model *model = state->model;
    if (state->scratch_stops == NULL) {
        size_t room = 2 * (size_t)model->job_count + 4;
        state->scratch_stops = arena_array(arena, Stop, room);
        state->scratch_details = arena_array(arena, Detail, room);
    }
    bool is_pinned = model->jobs[job].vehicle != ROUND_NONE;
    switch (best_alone(model, job)) {
    case ALONE_NO_VEHICLE:
        return ROUND_REASON_NO_VEHICLE;
    case ALONE_PIN:
        return ROUND_REASON_VEHICLE;
    case ALONE_SKILL:
        return is_pinned ? ROUND_REASON_VEHICLE : ROUND_REASON_SKILL;
    case ALONE_CAPACITY:
        return is_pinned ? ROUND_REASON_VEHICLE : ROUND_REASON_CAPACITY;
    case ALONE_WINDOW:
        return is_pinned ? ROUND_REASON_VEHICLE : ROUND_REASON_WINDOW;
    case ALONE_SHIFT:
        return is_pinned ? ROUND_REASON_VEHICLE : ROUND_REASON_SHIFT;
    case ALONE_LIMIT:
        return is_pinned ? ROUND_REASON_VEHICLE : ROUND_REASON_LIMIT;
    case ALONE_FITS:
        break;
    }
    Insertion place = round_scan_everywhere(state, job);
    if (place.delta < INSERTION_NONE_DELTA) {
        return model->jobs[job].is_optional ? ROUND_REASON_NOT_WORTH : ROUND_REASON_SEARCH;
    }
    return reason_beside(state, job);
}
