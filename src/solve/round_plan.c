/*
 * round_plan.c - see round_plan.h. A round is driven to its earliest end and leaves its start as
 * late as that end allows, so that nobody waits at the depot gate.
 */
#include "solve/round_plan.h"

#include "solve/round_full.h"
#include "solve/round_levels.h"

#include <string.h>

/* A walk along one route with the clock in hand. */
typedef struct Walk {
    const Model *model;
    const ModelVehicle *vehicle;
    const Stop *stops;
    Detail *details; /* latest for the earliest end */
    RoundRoute *out;
    int64_t load[ROUND_LOAD_COUNT];
    int64_t distance_m;
    int32_t clock;
    int32_t breaks_taken;
} Walk;

static RoundStop *stop_add(Walk *walk, RoundStopKind kind, int32_t node) {
    RoundStop *stop = &walk->out->stops[walk->out->stop_count++];
    *stop = (RoundStop){.kind = kind,
                        .job = ROUND_NONE,
                        .place = walk->model->place_of_node[node],
                        .break_index = ROUND_NONE,
                        .arrival_s = walk->clock,
                        .start_s = walk->clock,
                        .depart_s = walk->clock,
                        .distance_m = walk->distance_m};
    memcpy(stop->load, walk->load, sizeof walk->load);
    return stop;
}

static void break_add(Walk *walk, int32_t node) {
    const ModelBreak *rest = &walk->vehicle->breaks[walk->breaks_taken];
    RoundStop *stop = stop_add(walk, ROUND_STOP_BREAK, node);
    stop->break_index = walk->breaks_taken++;
    stop->start_s = window_next(rest->windows, rest->window_count, walk->clock);
    stop->depart_s = stop->start_s + rest->duration;
    walk->out->wait_s += stop->start_s - stop->arrival_s;
    walk->clock = (int32_t)stop->depart_s;
}

/* The moment the next stop could begin after so many breaks before and after the drive. */
static int32_t try_breaks(const Walk *walk, int32_t way, int32_t before, int32_t after) {
    int32_t t = walk->clock;
    int32_t taken = walk->breaks_taken;
    for (int32_t i = 0; i < before; i++) {
        t = break_take(&walk->vehicle->breaks[taken++], t);
    }
    t = time_add(t, way);
    for (int32_t i = 0; i < after; i++) {
        t = break_take(&walk->vehicle->breaks[taken++], t);
    }
    return t;
}

/* Drives to stop k, taking as few breaks now as the rest of the round allows. */
static void drive(Walk *walk, int32_t k) {
    int32_t from = walk->stops[k - 1].node;
    int32_t to = walk->stops[k].node;
    int32_t way = way_time(walk->model, walk->vehicle, from, to);
    int32_t left = walk->vehicle->break_count - walk->breaks_taken;
    for (int32_t total = 0; total <= left; total++) {
        for (int32_t before = 0; before <= total; before++) {
            int32_t t = try_breaks(walk, way, before, total - before);
            if (t > walk->details[k].latest[walk->breaks_taken + total]) {
                continue;
            }
            for (int32_t i = 0; i < before; i++) {
                break_add(walk, from);
            }
            walk->clock += way;
            walk->out->travel_s += way;
            const RoundProblem *problem = walk->model->problem;
            int32_t from_place = walk->model->place_of_node[from];
            int32_t to_place = walk->model->place_of_node[to];
            if (from_place != ROUND_NONE && to_place != ROUND_NONE && from_place != to_place) {
                const RoundVehicle *source = &problem->vehicles[walk->vehicle->source];
                walk->distance_m +=
                    problem->profiles[source->profile]
                        .distance_m[(size_t)from_place * (size_t)problem->place_count +
                                    (size_t)to_place];
            }
            for (int32_t i = before; i < total; i++) {
                break_add(walk, to);
            }
            return;
        }
    }
    check(false); /* details came from the same sequence: some way always fits */
}

static void load_trip(Walk *walk, int32_t from) {
    for (int32_t k = from + 1; round_is_job(walk->model, walk->stops[k].node); k++) {
        for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
            walk->load[i] += walk->model->jobs[walk->stops[k].node].delivery[i];
        }
    }
}

static void serve(Walk *walk, int32_t k) {
    int32_t node = walk->stops[k].node;
    bool is_job = round_is_job(walk->model, node);
    RoundStop *stop = stop_add(walk, is_job ? ROUND_STOP_JOB : ROUND_STOP_RELOAD, node);
    if (is_job) {
        const ModelJob *job = &walk->model->jobs[node];
        stop->job = node;
        stop->start_s = window_next(job->windows, job->window_count, walk->clock);
        for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
            walk->load[i] += job->pickup[i] - job->delivery[i];
        }
        walk->out->job_count++;
    } else {
        memset(walk->load, 0, sizeof walk->load);
        load_trip(walk, k);
        walk->out->trip_count++;
    }
    int32_t service = stop_service(walk->model, walk->vehicle, node);
    stop->depart_s = stop->start_s + service;
    memcpy(stop->load, walk->load, sizeof walk->load);
    walk->out->wait_s += stop->start_s - stop->arrival_s;
    walk->out->service_s += service;
    walk->clock = (int32_t)stop->depart_s;
}

/* An open start or end, and a break there, is where the nearest visited stop is. */
static void open_ends_place(RoundRoute *out) {
    int32_t first = 0;
    while (first < out->stop_count - 1 && out->stops[first].place == ROUND_NONE) {
        first++;
    }
    int32_t place = out->stops[first].place;
    for (int32_t i = 0; i < out->stop_count; i++) {
        place = out->stops[i].place == ROUND_NONE ? place : out->stops[i].place;
        out->stops[i].place = place;
    }
}

static void route_make(Arena *arena, const State *state, const Route *route, RoundRoute *out) {
    const Model *model = state->model;
    const ModelVehicle *vehicle = route->vehicle;
    int32_t len = route->head.len;
    size_t room = (size_t)len + 2 + ROUND_BREAKS_MAX;
    out->vehicle = vehicle->source;
    out->stops = arena_array(arena, RoundStop, room);
    out->trip_count = 1;
    out->cost = route->head.cost;
    Walk walk = {.model = model, .vehicle = vehicle, .stops = route->stops, .out = out};
    walk.details = arena_array(arena, Detail, (size_t)len + 2);
    int32_t finish = round_full_finish(model, vehicle, route->stops, len);
    check(finish <= vehicle->close);
    int32_t slackest =
        round_full_latest(model, vehicle, route->stops, len, vehicle->close, walk.details);
    walk.clock = round_full_latest(model, vehicle, route->stops, len, finish, walk.details);
    out->slack_s = slackest - walk.clock;
    memcpy(walk.load, vehicle->load, sizeof walk.load);
    load_trip(&walk, 0);
    (void)stop_add(&walk, ROUND_STOP_START, route->stops[0].node);
    for (int32_t k = 1; k <= len; k++) {
        drive(&walk, k);
        serve(&walk, k);
    }
    drive(&walk, len + 1);
    memset(walk.load, 0, sizeof walk.load);
    (void)stop_add(&walk, ROUND_STOP_END, route->stops[len + 1].node);
    out->distance_m = walk.distance_m;
    open_ends_place(out);
}

static void unserved_make(Arena *arena, State *state, RoundPlan *plan) {
    const Model *model = state->model;
    plan->unserved = arena_array(arena, RoundUnserved, (size_t)state->out_count + 1);
    for (int32_t i = 0; i < model->job_count; i++) {
        if (state->route_of[i] != ROUND_NONE) {
            continue;
        }
        plan->unserved[plan->unserved_count++] = (RoundUnserved){i, round_explain(arena, state, i)};
        plan->prize_lost += model->jobs[i].is_optional ? model->jobs[i].prize : 0;
    }
}

RoundPlan *round_plan_make(Arena *arena, State *state) {
    const Model *model = state->model;
    RoundPlan *plan = arena_new(arena, RoundPlan);
    plan->routes = arena_array(arena, RoundRoute, (size_t)model->vehicle_count + 1);
    int32_t *route_of_source = arena_array(arena, int32_t, (size_t)model->vehicle_count + 1);
    for (int32_t i = 0; i < model->vehicle_count; i++) {
        route_of_source[model->vehicles[i].source] = i;
    }
    for (int32_t source = 0; source < model->vehicle_count; source++) {
        const Route *route = &state->routes[route_of_source[source]];
        if (route->head.len > 0) {
            route_make(arena, state, route, &plan->routes[plan->route_count]);
            plan->cost += plan->routes[plan->route_count].cost;
            plan->route_count++;
        }
    }
    unserved_make(arena, state, plan);
    return plan;
}
