/*
 * round_validate.c - what a problem must fulfil before anyone computes with it. Every message names
 * the job or vehicle.
 */
#include "solve/solve.h"

#include <string.h>

typedef struct Subject {
    Cx *cx;
    const char *kind; /* "job" or "vehicle" */
    Str name;
} Subject;

static Status wrong(const Subject *subject, const char *what) {
    return fault(subject->cx, STATUS_INVALID, "%s \"" STR_FMT "\": %s", subject->kind,
                 STR_ARG(subject->name), what);
}

static Status number_check(const Subject *subject, const char *what, RoundWindow bounds,
                           int64_t value) {
    if (value < bounds.open_s || value > bounds.close_s) {
        return fault(subject->cx, STATUS_INVALID,
                     "%s \"" STR_FMT "\": %s %lld is not between %lld and %lld", subject->kind,
                     STR_ARG(subject->name), what, (long long)value, (long long)bounds.open_s,
                     (long long)bounds.close_s);
    }
    return STATUS_OK;
}

static Status limit_check(const Subject *subject, const char *what, int64_t value) {
    if (value == ROUND_NO_LIMIT) {
        return STATUS_OK;
    }
    return number_check(subject, what, (RoundWindow){0, ROUND_LOAD_MAX}, value);
}

static Status windows_check(const Subject *subject, const RoundWindow *windows, int32_t count) {
    TRY(number_check(subject, "number of time windows", (RoundWindow){0, ROUND_WINDOWS_MAX},
                     count));
    for (int32_t i = 0; i < count; i++) {
        RoundWindow bounds = {0, ROUND_TIME_MAX_S};
        TRY(number_check(subject, "time window opens at", bounds, windows[i].open_s));
        TRY(number_check(subject, "time window closes at", bounds, windows[i].close_s));
        if (windows[i].close_s < windows[i].open_s) {
            return wrong(subject, "a time window closes before it opens");
        }
        if (i > 0 && windows[i].open_s <= windows[i - 1].close_s) {
            return wrong(subject, "time windows overlap or are not in order");
        }
    }
    return STATUS_OK;
}

static Status loads_check(const Subject *subject, const char *what, const int64_t *loads) {
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        TRY(number_check(subject, what, (RoundWindow){0, ROUND_LOAD_MAX}, loads[i]));
    }
    return STATUS_OK;
}

static Status job_check(Cx *cx, const RoundProblem *problem, const RoundJob *job) {
    Subject subject = {cx, "job", job->name};
    TRY(number_check(&subject, "place", (RoundWindow){0, problem->place_count - 1}, job->place));
    TRY(loads_check(&subject, "pickup", job->pickup));
    TRY(loads_check(&subject, "delivery", job->delivery));
    TRY(number_check(&subject, "service time", (RoundWindow){0, ROUND_TIME_MAX_S}, job->service_s));
    TRY(windows_check(&subject, job->windows, job->window_count));
    TRY(number_check(&subject, "priority", (RoundWindow){0, ROUND_PRIORITY_MAX}, job->priority));
    TRY(number_check(&subject, "prize", (RoundWindow){-1, ROUND_PRIZE_MAX}, job->prize));
    TRY(number_check(&subject, "town", (RoundWindow){ROUND_NONE, ROUND_TOWNS_MAX - 1}, job->town));
    return number_check(&subject, "vehicle", (RoundWindow){ROUND_NONE, problem->vehicle_count - 1},
                        job->vehicle);
}

static Status breaks_check(const Subject *subject, const RoundVehicle *vehicle) {
    TRY(number_check(subject, "number of breaks", (RoundWindow){0, ROUND_BREAKS_MAX},
                     vehicle->break_count));
    for (int32_t i = 0; i < vehicle->break_count; i++) {
        const RoundBreak *rest = &vehicle->breaks[i];
        TRY(number_check(subject, "break duration", (RoundWindow){0, ROUND_TIME_MAX_S},
                         rest->duration_s));
        if (rest->window_count < 1) {
            return wrong(subject, "a break has no time window");
        }
        TRY(windows_check(subject, rest->windows, rest->window_count));
    }
    return STATUS_OK;
}

static Status vehicle_places_check(const Subject *subject, const RoundProblem *problem,
                                   const RoundVehicle *vehicle) {
    RoundWindow place = {ROUND_NONE, problem->place_count - 1};
    TRY(number_check(subject, "start place", place, vehicle->start_place));
    TRY(number_check(subject, "end place", place, vehicle->end_place));
    TRY(number_check(subject, "number of reload places", (RoundWindow){0, 16},
                     vehicle->reload_place_count));
    for (int32_t i = 0; i < vehicle->reload_place_count; i++) {
        TRY(number_check(subject, "reload place", (RoundWindow){0, problem->place_count - 1},
                         vehicle->reload_places[i]));
    }
    return number_check(subject, "profile", (RoundWindow){0, problem->profile_count - 1},
                        vehicle->profile);
}

static Status vehicle_check(Cx *cx, const RoundProblem *problem, const RoundVehicle *vehicle) {
    Subject subject = {cx, "vehicle", vehicle->name};
    RoundWindow rate = {0, ROUND_RATE_MAX};
    TRY(vehicle_places_check(&subject, problem, vehicle));
    TRY(loads_check(&subject, "capacity", vehicle->capacity));
    TRY(loads_check(&subject, "load on board", vehicle->load));
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        if (vehicle->load[i] > vehicle->capacity[i]) {
            return wrong(&subject, "it starts with more on board than it may carry");
        }
    }
    TRY(windows_check(&subject, &vehicle->shift, 1));
    TRY(limit_check(&subject, "longest duration", vehicle->duration_max_s));
    TRY(limit_check(&subject, "longest driving", vehicle->travel_max_s));
    TRY(limit_check(&subject, "longest distance", vehicle->distance_max_m));
    TRY(limit_check(&subject, "number of jobs", vehicle->job_count_max));
    TRY(number_check(&subject, "number of trips", (RoundWindow){1, ROUND_JOBS_MAX},
                     vehicle->trip_count_max));
    TRY(number_check(&subject, "reload time", (RoundWindow){0, ROUND_TIME_MAX_S},
                     vehicle->reload_s));
    TRY(breaks_check(&subject, vehicle));
    TRY(number_check(&subject, "fixed cost", (RoundWindow){0, ROUND_PRIZE_MAX},
                     vehicle->fixed_cost));
    TRY(number_check(&subject, "cost per hour", rate, vehicle->hour_cost));
    TRY(number_check(&subject, "cost per km", rate, vehicle->km_cost));
    TRY(number_check(&subject, "speed percent", (RoundWindow){1, 10000}, vehicle->speed_percent));
    return number_check(&subject, "number of frozen steps", (RoundWindow){0, vehicle->step_count},
                        vehicle->frozen_count);
}

static Status step_check(const Subject *subject, const RoundProblem *problem, bool *is_planned,
                         const RoundStep *step) {
    if ((step->job == ROUND_NONE) == (step->reload == ROUND_NONE)) {
        return wrong(subject, "a step is neither a job nor a reload");
    }
    if (step->job == ROUND_NONE) {
        return number_check(subject, "reload place of a step",
                            (RoundWindow){0, problem->place_count - 1}, step->reload);
    }
    TRY(number_check(subject, "job of a step", (RoundWindow){0, problem->job_count - 1},
                     step->job));
    if (is_planned[step->job]) {
        return fault(subject->cx, STATUS_INVALID,
                     "job \"" STR_FMT "\" is in the steps of vehicle \"" STR_FMT
                     "\" and in another step",
                     STR_ARG(problem->jobs[step->job].name), STR_ARG(subject->name));
    }
    is_planned[step->job] = true;
    return STATUS_OK;
}

static Status steps_check(Cx *cx, const RoundProblem *problem) {
    bool *is_planned = arena_array(cx->arena, bool, (size_t)problem->job_count + 1);
    for (int32_t v = 0; v < problem->vehicle_count; v++) {
        const RoundVehicle *vehicle = &problem->vehicles[v];
        Subject subject = {cx, "vehicle", vehicle->name};
        for (int32_t i = 0; i < vehicle->step_count; i++) {
            TRY(cx_step(cx));
            const RoundStep *step = &vehicle->steps[i];
            TRY(step_check(&subject, problem, is_planned, step));
            bool is_known = step->job != ROUND_NONE;
            for (int32_t r = 0; r < vehicle->reload_place_count; r++) {
                is_known = is_known || vehicle->reload_places[r] == step->reload;
            }
            if (!is_known) {
                return wrong(&subject, "a step reloads at a place that is not one of its own");
            }
        }
    }
    return STATUS_OK;
}

static Status sizes_check(Cx *cx, const RoundProblem *problem) {
    if (problem->job_count < 0 || problem->job_count > ROUND_JOBS_MAX) {
        return fault(cx, STATUS_LIMIT, "%d jobs are more than %d", (int)problem->job_count,
                     ROUND_JOBS_MAX);
    }
    if (problem->vehicle_count < 0 || problem->vehicle_count > ROUND_VEHICLES_MAX) {
        return fault(cx, STATUS_LIMIT, "%d vehicles are more than %d", (int)problem->vehicle_count,
                     ROUND_VEHICLES_MAX);
    }
    if (problem->place_count < 0 || problem->place_count > ROUND_PLACES_MAX) {
        return fault(cx, STATUS_LIMIT, "%d places are more than %d", (int)problem->place_count,
                     ROUND_PLACES_MAX);
    }
    if (problem->profile_count < 0 || problem->profile_count > ROUND_PROFILES_MAX) {
        return fault(cx, STATUS_LIMIT, "%d profiles are more than %d", (int)problem->profile_count,
                     ROUND_PROFILES_MAX);
    }
    if (problem->territory_cost < 0 || problem->territory_cost > ROUND_PRIZE_MAX) {
        return fault(cx, STATUS_INVALID, "the territory cost is out of range");
    }
    if (problem->fairness_cost < 0 || problem->fairness_cost > ROUND_RATE_MAX) {
        return fault(cx, STATUS_INVALID, "the fairness cost is out of range");
    }
    return STATUS_OK;
}

static Status profile_check(Cx *cx, const RoundProblem *problem, const RoundProfile *profile) {
    size_t count = (size_t)problem->place_count;
    for (size_t i = 0; i < count; i++) {
        TRY(cx_steps(cx, count));
        for (size_t j = 0; j < count; j++) {
            bool is_bad = profile->duration_s[i * count + j] < 0 ||
                          profile->distance_m[i * count + j] < 0 ||
                          profile->duration_s[i * count + j] > ROUND_ARC_MAX ||
                          profile->distance_m[i * count + j] > ROUND_ARC_MAX;
            if (is_bad) {
                return fault(cx, STATUS_INVALID,
                             "the way from place \"" STR_FMT "\" to place \"" STR_FMT
                             "\" is negative or longer than %lld",
                             STR_ARG(problem->places[i].name), STR_ARG(problem->places[j].name),
                             (long long)ROUND_ARC_MAX);
            }
        }
    }
    return STATUS_OK;
}

Status round_problem_check(Cx *cx, const RoundProblem *problem) {
    TRY(sizes_check(cx, problem));
    for (int32_t i = 0; i < problem->profile_count; i++) {
        TRY(profile_check(cx, problem, &problem->profiles[i]));
    }
    for (int32_t i = 0; i < problem->job_count; i++) {
        TRY(cx_step(cx));
        TRY(job_check(cx, problem, &problem->jobs[i]));
    }
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        TRY(cx_step(cx));
        TRY(vehicle_check(cx, problem, &problem->vehicles[i]));
    }
    return steps_check(cx, problem);
}
