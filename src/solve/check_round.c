/*
 * check_round.c - see check_round.h. One walk along each route with its own clock, load and sums;
 * then what concerns the whole plan.
 */
#include "solve/check_round.h"

#include <string.h>

typedef struct Checker {
    Cx *cx;
    const RoundProblem *problem;
    const RoundPlan *plan;
    const RoundRoute *route;
    const RoundVehicle *vehicle;
    bool *is_served;
    int64_t clock;
    int64_t load[ROUND_LOAD_COUNT];
    int64_t distance_m;
    int64_t travel_s;
    int64_t service_s;
    int64_t wait_s;
    int64_t cost;
    int32_t place; /* where the vehicle stands; ROUND_NONE before an open start */
    int32_t breaks_taken;
    int32_t trips;
    int32_t jobs;
    int32_t steps_seen;
} Checker;

static Status broken(const Checker *checker, const char *rule) {
    return fault(checker->cx, STATUS_CONFLICT, "vehicle \"" STR_FMT "\": %s",
                 STR_ARG(checker->vehicle->name), rule);
}

static Status broken_at(const Checker *checker, int32_t job, const char *rule) {
    return fault(checker->cx, STATUS_CONFLICT, "vehicle \"" STR_FMT "\", job \"" STR_FMT "\": %s",
                 STR_ARG(checker->vehicle->name), STR_ARG(checker->problem->jobs[job].name), rule);
}

/* Moves the vehicle to a place; staying costs nothing. */
static void go(Checker *checker, int32_t to) {
    int32_t from = checker->place;
    checker->place = to;
    if (from == ROUND_NONE || to == ROUND_NONE || from == to) {
        return;
    }
    const RoundProfile *profile = &checker->problem->profiles[checker->vehicle->profile];
    size_t cell = (size_t)from * (size_t)checker->problem->place_count + (size_t)to;
    int64_t percent = checker->vehicle->speed_percent;
    int64_t seconds = (profile->duration_s[cell] * INT64_C(100) + percent / 2) / percent;
    int64_t metres = profile->distance_m[cell];
    checker->clock += seconds;
    checker->travel_s += seconds;
    checker->distance_m += metres;
    /* hour_cost per 3600 s and km_cost per 1000 m, rounded half up once for the arc. */
    checker->cost += (checker->vehicle->hour_cost * seconds * 10 +
                      checker->vehicle->km_cost * metres * 36 + 18000) /
                     36000;
}

static bool is_inside(const RoundWindow *windows, int32_t count, int64_t t) {
    for (int32_t i = 0; i < count; i++) {
        if (windows[i].open_s <= t && t <= windows[i].close_s) {
            return true;
        }
    }
    return count == 0;
}

static Status times_check(Checker *checker, const RoundStop *stop, int64_t service_s) {
    if (stop->arrival_s != checker->clock) {
        return broken(checker, "a stop's arrival is not the departure before plus the drive");
    }
    if (stop->start_s < stop->arrival_s || stop->depart_s != stop->start_s + service_s) {
        return broken(checker, "a stop's times do not add up");
    }
    checker->wait_s += stop->start_s - stop->arrival_s;
    checker->clock = stop->depart_s;
    return STATUS_OK;
}

static Status loads_check(const Checker *checker, const RoundStop *stop) {
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        if (checker->load[i] < 0 || checker->load[i] > checker->vehicle->capacity[i]) {
            return broken(checker, "it carries more than its capacity");
        }
        if (stop->load[i] != checker->load[i]) {
            return broken(checker, "a stop's load is wrong");
        }
    }
    return STATUS_OK;
}

/* Loads at a depot what the jobs until the next reload want delivered. */
static void trip_load(Checker *checker, int32_t from) {
    for (int32_t k = from + 1; k < checker->route->stop_count; k++) {
        const RoundStop *stop = &checker->route->stops[k];
        if (stop->kind == ROUND_STOP_RELOAD) {
            return;
        }
        for (int i = 0; i < ROUND_LOAD_COUNT && stop->kind == ROUND_STOP_JOB; i++) {
            checker->load[i] += checker->problem->jobs[stop->job].delivery[i];
        }
    }
}

static Status step_check(Checker *checker, int32_t job, int32_t place) {
    const RoundVehicle *vehicle = checker->vehicle;
    int32_t at = checker->steps_seen++;
    if (at >= vehicle->frozen_count) {
        return STATUS_OK;
    }
    const RoundStep *step = &vehicle->steps[at];
    bool is_same = step->job == job && (job != ROUND_NONE || step->reload == place);
    return is_same ? STATUS_OK : broken(checker, "a frozen step was changed");
}

static Status job_check(Checker *checker, const RoundStop *stop) {
    const RoundProblem *problem = checker->problem;
    if (stop->job < 0 || stop->job >= problem->job_count) {
        return broken(checker, "a stop names no job");
    }
    const RoundJob *job = &problem->jobs[stop->job];
    if (checker->is_served[stop->job]) {
        return broken_at(checker, stop->job, "it is served twice");
    }
    checker->is_served[stop->job] = true;
    if (stop->place != job->place) {
        return broken_at(checker, stop->job, "the stop is at another place");
    }
    if ((job->skills & checker->vehicle->skills) != job->skills) {
        return broken_at(checker, stop->job, "the vehicle lacks a skill");
    }
    if (job->vehicle != ROUND_NONE && job->vehicle != checker->route->vehicle) {
        return broken_at(checker, stop->job, "it belongs to another vehicle");
    }
    go(checker, job->place);
    TRY(times_check(checker, stop, job->service_s));
    if (!is_inside(job->windows, job->window_count, stop->start_s)) {
        return broken_at(checker, stop->job, "the service begins outside its time windows");
    }
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        checker->load[i] += job->pickup[i] - job->delivery[i];
    }
    checker->service_s += job->service_s;
    checker->jobs++;
    bool is_foreign = job->town != ROUND_NONE && checker->vehicle->towns != 0 &&
                      ((checker->vehicle->towns >> job->town) & 1) == 0;
    checker->cost += is_foreign ? problem->territory_cost : 0;
    TRY(step_check(checker, stop->job, ROUND_NONE));
    return loads_check(checker, stop);
}

static Status reload_check(Checker *checker, int32_t index) {
    const RoundStop *stop = &checker->route->stops[index];
    bool is_known = false;
    for (int32_t i = 0; i < checker->vehicle->reload_place_count; i++) {
        is_known = is_known || checker->vehicle->reload_places[i] == stop->place;
    }
    if (!is_known) {
        return broken(checker, "it reloads at a place that is not one of its own");
    }
    go(checker, stop->place);
    TRY(times_check(checker, stop, checker->vehicle->reload_s));
    memset(checker->load, 0, sizeof checker->load);
    trip_load(checker, index);
    checker->service_s += checker->vehicle->reload_s;
    checker->trips++;
    TRY(step_check(checker, ROUND_NONE, stop->place));
    return loads_check(checker, stop);
}

static Status break_check(Checker *checker, const RoundStop *stop) {
    const RoundVehicle *vehicle = checker->vehicle;
    if (checker->breaks_taken >= vehicle->break_count ||
        stop->break_index != checker->breaks_taken) {
        return broken(checker, "a break is taken twice or out of order");
    }
    const RoundBreak *rest = &vehicle->breaks[checker->breaks_taken++];
    if (stop->place != ROUND_NONE) {
        go(checker, stop->place);
    }
    TRY(times_check(checker, stop, rest->duration_s));
    if (!is_inside(rest->windows, rest->window_count, stop->start_s)) {
        return broken(checker, "a break begins outside its time windows");
    }
    return loads_check(checker, stop);
}

static Status start_check(Checker *checker) {
    const RoundStop *stop = &checker->route->stops[0];
    const RoundVehicle *vehicle = checker->vehicle;
    if (stop->kind != ROUND_STOP_START ||
        (vehicle->start_place != ROUND_NONE && stop->place != vehicle->start_place)) {
        return broken(checker, "it does not begin at its start place");
    }
    checker->place = vehicle->start_place;
    checker->clock = stop->arrival_s;
    memcpy(checker->load, vehicle->load, sizeof checker->load);
    trip_load(checker, 0);
    TRY(times_check(checker, stop, 0));
    return loads_check(checker, stop);
}

static Status end_check(Checker *checker) {
    const RoundStop *stop = &checker->route->stops[checker->route->stop_count - 1];
    const RoundVehicle *vehicle = checker->vehicle;
    if (stop->kind != ROUND_STOP_END ||
        (vehicle->end_place != ROUND_NONE && stop->place != vehicle->end_place)) {
        return broken(checker, "it does not end at its end place");
    }
    if (vehicle->end_place != ROUND_NONE) {
        go(checker, vehicle->end_place);
    }
    return times_check(checker, stop, 0);
}

static Status stop_check(Checker *checker, int32_t index) {
    const RoundStop *stop = &checker->route->stops[index];
    switch (stop->kind) {
    case ROUND_STOP_JOB:
        return job_check(checker, stop);
    case ROUND_STOP_RELOAD:
        return reload_check(checker, index);
    case ROUND_STOP_BREAK:
        return break_check(checker, stop);
    case ROUND_STOP_START:
    case ROUND_STOP_END:
        break;
    }
    return broken(checker, "it starts or ends in the middle");
}

/* ---- sums of a route --------------------------------------------------------------------------*/

static Status limits_check(const Checker *checker) {
    const RoundVehicle *vehicle = checker->vehicle;
    const RoundRoute *route = checker->route;
    int64_t begin = route->stops[0].depart_s;
    int64_t end = route->stops[route->stop_count - 1].arrival_s;
    if (begin < vehicle->shift.open_s || end > vehicle->shift.close_s) {
        return broken(checker, "the round lies outside its shift");
    }
    if (end - begin > vehicle->duration_max_s) {
        return broken(checker, "the round takes longer than allowed");
    }
    if (checker->travel_s > vehicle->travel_max_s) {
        return broken(checker, "it drives longer than allowed");
    }
    if (checker->distance_m > vehicle->distance_max_m) {
        return broken(checker, "it drives farther than allowed");
    }
    if (checker->jobs > vehicle->job_count_max) {
        return broken(checker, "it serves more jobs than allowed");
    }
    if (checker->trips > vehicle->trip_count_max) {
        return broken(checker, "it makes more trips than allowed");
    }
    if (checker->breaks_taken != vehicle->break_count) {
        return broken(checker, "a break is missing");
    }
    if (checker->steps_seen < vehicle->frozen_count) {
        return broken(checker, "a frozen step is missing");
    }
    return STATUS_OK;
}

static Status sums_check(Checker *checker) {
    const RoundRoute *route = checker->route;
    int64_t work_s = checker->travel_s + checker->service_s;
    checker->cost += checker->vehicle->fixed_cost;
    checker->cost += checker->problem->fairness_cost * work_s / 3600 * work_s / 3600;
    if (route->cost != checker->cost) {
        return fault(
            checker->cx, STATUS_CONFLICT, "vehicle \"" STR_FMT "\": the cost is %lld, not %lld",
            STR_ARG(checker->vehicle->name), (long long)checker->cost, (long long)route->cost);
    }
    bool is_right = route->distance_m == checker->distance_m &&
                    route->travel_s == checker->travel_s &&
                    route->service_s == checker->service_s && route->wait_s == checker->wait_s &&
                    route->job_count == checker->jobs && route->trip_count == checker->trips;
    return is_right ? STATUS_OK : broken(checker, "a sum of the round is wrong");
}

static Status route_check(Checker *checker) {
    const RoundRoute *route = checker->route;
    if (route->stop_count < 3) {
        return broken(checker, "it is listed and does nothing");
    }
    TRY(start_check(checker));
    for (int32_t k = 1; k < route->stop_count - 1; k++) {
        TRY(stop_check(checker, k));
    }
    TRY(end_check(checker));
    TRY(limits_check(checker));
    return sums_check(checker);
}

/* ---- the whole plan ---------------------------------------------------------------------------*/

static Status unserved_check(Cx *cx, const RoundProblem *problem, const RoundPlan *plan,
                             bool *is_served) {
    int64_t prize_lost = 0;
    for (int32_t i = 0; i < plan->unserved_count; i++) {
        int32_t job = plan->unserved[i].job;
        if (job < 0 || job >= problem->job_count) {
            return fault(cx, STATUS_CONFLICT, "the list of what is left out names no job");
        }
        if (is_served[job]) {
            return fault(cx, STATUS_CONFLICT, "job \"" STR_FMT "\" is served and left out",
                         STR_ARG(problem->jobs[job].name));
        }
        is_served[job] = true;
        prize_lost += problem->jobs[job].prize > 0 ? problem->jobs[job].prize : 0;
    }
    for (int32_t i = 0; i < problem->job_count; i++) {
        if (!is_served[i]) {
            return fault(cx, STATUS_CONFLICT, "job \"" STR_FMT "\" is neither served nor listed",
                         STR_ARG(problem->jobs[i].name));
        }
    }
    if (prize_lost != plan->prize_lost) {
        return fault(cx, STATUS_CONFLICT, "the prizes lost are %lld, not %lld",
                     (long long)prize_lost, (long long)plan->prize_lost);
    }
    return STATUS_OK;
}

static Status frozen_vehicles_check(Cx *cx, const RoundProblem *problem, const bool *drives) {
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        if (problem->vehicles[i].frozen_count > 0 && !drives[i]) {
            return fault(cx, STATUS_CONFLICT, "vehicle \"" STR_FMT "\": a frozen step is missing",
                         STR_ARG(problem->vehicles[i].name));
        }
    }
    return STATUS_OK;
}

Status check_round_plan(Cx *cx, const RoundProblem *problem, const RoundPlan *plan) {
    bool *is_served = arena_array(cx->arena, bool, (size_t)problem->job_count + 1);
    bool *drives = arena_array(cx->arena, bool, (size_t)problem->vehicle_count + 1);
    int64_t cost = 0;
    for (int32_t i = 0; i < plan->route_count; i++) {
        TRY(cx_step(cx));
        const RoundRoute *route = &plan->routes[i];
        if (route->vehicle < 0 || route->vehicle >= problem->vehicle_count) {
            return fault(cx, STATUS_CONFLICT, "route %d has no vehicle", (int)i + 1);
        }
        Checker checker = {.cx = cx,
                           .problem = problem,
                           .plan = plan,
                           .route = route,
                           .vehicle = &problem->vehicles[route->vehicle],
                           .is_served = is_served,
                           .place = ROUND_NONE,
                           .trips = 1};
        if (drives[route->vehicle]) {
            return broken(&checker, "it drives two rounds");
        }
        drives[route->vehicle] = true;
        TRY(route_check(&checker));
        cost += route->cost;
    }
    if (cost != plan->cost) {
        return fault(cx, STATUS_CONFLICT, "the plan costs %lld, not %lld", (long long)cost,
                     (long long)plan->cost);
    }
    TRY(frozen_vehicles_check(cx, problem, drives));
    return unserved_check(cx, problem, plan, is_served);
}
