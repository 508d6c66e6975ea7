/*
 * round.c - round_solve from check to plan: the first plan, one or two searches, the exchange at
 * half time, the last touch. Reading order: bottom up.
 */
#include "solve/round_plan.h"
#include "solve/round_scan.h"
#include "solve/round_search.h"

#include <pthread.h>

enum {
    ROUND_THREADS_MAX = 2,
    /* So few jobs are solved long before any budget ends: each job gets so many iterations. */
    ROUND_SMALL_JOBS = 12,
    ROUND_SMALL_ITERATIONS = 5000,
};

const char *round_reason_text(RoundReason reason) {
    static const char *const TEXTS[] = {
#define X(name, text) text,
        ROUND_REASON_LIST(X)
#undef X
    };
    return TEXTS[reason];
}

const char *round_reason_name(RoundReason reason) {
    static const char *const NAMES[] = {
        "no_vehicle",    "vehicle",   "skill",      "capacity",       "window",    "shift", "limit",
        "capacity_full", "time_full", "limit_full", "lower_priority", "not_worth", "search"};
    _Static_assert(sizeof NAMES / sizeof *NAMES == ROUND_REASON_SEARCH + 1, "one name a reason");
    return NAMES[reason];
}

RoundVehicle round_vehicle_neutral(void) {
    RoundVehicle vehicle = {.start_place = ROUND_NONE,
                            .end_place = ROUND_NONE,
                            .shift = {0, ROUND_TIME_MAX_S},
                            .duration_max_s = ROUND_NO_LIMIT,
                            .travel_max_s = ROUND_NO_LIMIT,
                            .distance_max_m = ROUND_NO_LIMIT,
                            .job_count_max = ROUND_NO_LIMIT,
                            .trip_count_max = 1,
                            .hour_cost = 3600,
                            .speed_percent = 100};
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        vehicle.capacity[i] = ROUND_LOAD_MAX;
    }
    return vehicle;
}

RoundJob round_job_neutral(void) {
    return (RoundJob){.prize = -1, .town = ROUND_NONE, .vehicle = ROUND_NONE};
}

/* ---- the running plan as a start --------------------------------------------------------------*/

static int32_t step_node(const ModelVehicle *vehicle, const RoundVehicle *source,
                         const RoundStep *step) {
    if (step->job != ROUND_NONE) {
        return step->job;
    }
    for (int32_t i = 0; i < source->reload_place_count; i++) {
        if (source->reload_places[i] == step->reload) {
            return vehicle->reload_nodes[i];
        }
    }
    check(false); /* round_problem_check has seen to it */
    return ROUND_NONE;
}

static bool start_fits(Search *search, int32_t route, const int32_t *nodes, int32_t count) {
    State *state = search->state;
    round_state_begin(state);
    if (!round_state_set(state, route, nodes, count)) {
        round_state_undo(state);
        return false;
    }
    return true;
}

/* Takes the route apart again, so that a longer start can be tried. */
static void start_clear(Search *search, int32_t route) {
    round_state_begin(search->state);
    if (search->state->routes[route].head.len > 0) {
        round_state_clear(search->state, route);
    }
}

/* Follows the steps as far as they can be driven; a step that cannot is left to the search. */
static Status start_vehicle(Cx *cx, Search *search, int32_t route) {
    const ModelVehicle *vehicle = &search->model->vehicles[route];
    const RoundVehicle *source = &search->model->problem->vehicles[vehicle->source];
    int32_t *nodes = arena_array(cx->arena, int32_t, (size_t)source->step_count + 1);
    for (int32_t i = 0; i < source->step_count; i++) {
        nodes[i] = step_node(vehicle, source, &source->steps[i]);
    }
    search->state->routes[route].frozen_count = source->frozen_count;
    if (start_fits(search, route, nodes, source->step_count)) {
        return STATUS_OK;
    }
    if (source->frozen_count > 0 && !start_fits(search, route, nodes, source->frozen_count)) {
        return fault(cx, STATUS_INVALID,
                     "vehicle \"" STR_FMT "\": its %d frozen steps cannot be driven as they stand",
                     STR_ARG(source->name), (int)source->frozen_count);
    }
    int32_t count = source->frozen_count;
    for (int32_t i = source->frozen_count; i < source->step_count; i++) {
        TRY(cx_step(cx));
        start_clear(search, route);
        nodes[count] = nodes[i];
        if (start_fits(search, route, nodes, count + 1)) {
            count++;
        }
    }
    start_clear(search, route);
    if (count > 0) {
        bool fits = start_fits(search, route, nodes, count);
        check(fits);
    }
    return STATUS_OK;
}

static Status start_plan(Cx *cx, Search *search) {
    const Model *model = search->model;
    for (int32_t i = 0; i < model->vehicle_count; i++) {
        if (model->problem->vehicles[model->vehicles[i].source].step_count > 0) {
            TRY(start_vehicle(cx, search, i));
        }
    }
    /* The given plan may be the best there is: the first plan takes in all that fits, at any cost.
     */
    round_search_note(search);
    round_state_begin(search->state);
    round_ruin_list_all(search->ruin);
    round_ruin_recreate(search->ruin);
    round_search_note(search);
    return STATUS_OK;
}

/* ---- searching --------------------------------------------------------------------------------*/

static void *search_thread(void *argument) {
    round_search_run(argument);
    return NULL;
}

/* Both searches run to the same share of the budget; without a second thread they take turns. */
static void run_leg(Search **searches, int32_t count, double to) {
    pthread_t thread;
    bool is_threaded = false;
    for (int32_t i = 0; i < count; i++) {
        searches[i]->share_to = to;
    }
    if (count > 1) {
        is_threaded = pthread_create(&thread, NULL, search_thread, searches[1]) == 0;
    }
    round_search_run(searches[0]);
    if (is_threaded) {
        (void)pthread_join(thread, NULL);
    } else if (count > 1) {
        round_search_run(searches[1]);
    }
}

static Search *run_all(Search **searches, int32_t count) {
    if (count > 1) {
        run_leg(searches, count, 0.5);
        int better = searches[1]->best.cost < searches[0]->best.cost ? 1 : 0;
        round_search_adopt(searches[1 - better], &searches[better]->best);
        round_search_note(searches[1 - better]);
    }
    run_leg(searches, count, 1);
    return count > 1 && searches[1]->best.cost < searches[0]->best.cost ? searches[1] : searches[0];
}

/* The last touch: jobs that are out go in wherever that pays, with open eyes. */
static void finish(Search *search) {
    State *state = search->state;
    round_search_adopt(search, &search->best);
    round_state_begin(state);
    for (int32_t i = 0; i < search->model->job_count; i++) {
        if (state->route_of[i] != ROUND_NONE) {
            continue;
        }
        Insertion place = round_scan_everywhere(state, i);
        if (place.delta < search->model->jobs[i].prize) {
            round_state_insert(state, i, &place);
        }
    }
}

typedef struct Run {
    Arena *arenas[ROUND_THREADS_MAX];
    Search *searches[ROUND_THREADS_MAX];
    int32_t count;
    atomic_bool is_stopped;
    RoundOptions options;
} Run;

static Status run_prepare(Cx *cx, const Model *model, Run *run) {
    int64_t started = run->options.clock == NULL ? 0 : run->options.clock(run->options.clock_state);
    if (model->job_count <= ROUND_SMALL_JOBS && run->options.iteration_max == 0) {
        run->options.iteration_max = ROUND_SMALL_ITERATIONS * (int64_t)model->job_count + 1;
    }
    for (int32_t i = 0; i < run->count; i++) {
        run->arenas[i] = arena_create();
        uint64_t seed = run->options.seed + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
        run->searches[i] = round_search_new(run->arenas[i], model, &run->options, seed);
        run->searches[i]->started_ms = started;
        run->searches[i]->is_stopped = &run->is_stopped;
        run->searches[i]->is_watcher = i == 0;
        TRY(start_plan(cx, run->searches[i]));
    }
    return STATUS_OK;
}

static Status solve_model(Cx *cx, Arena *out_arena, const Model *model, Run *run, RoundPlan **out) {
    TRY(run_prepare(cx, model, run));
    Search *winner = run->searches[0];
    if (model->job_count > 0 && model->vehicle_count > 0) {
        winner = run_all(run->searches, run->count);
    }
    finish(winner);
    RoundPlan *plan = round_plan_make(out_arena, winner->state);
    for (int32_t i = 0; i < run->count; i++) {
        plan->iteration_count += run->searches[i]->iteration_count;
    }
    plan->improved_ms = winner->improved_ms;
    *out = plan;
    return STATUS_OK;
}

Status round_solve(Cx *cx, const RoundProblem *problem, const RoundOptions *options,
                   RoundPlan **out) {
    TRY(round_problem_check(cx, problem));
    if (options->iteration_max <= 0 && options->time_max_ms <= 0) {
        return fault(cx, STATUS_INVALID, "the search has neither a time nor an iteration limit");
    }
    if (options->time_max_ms > 0 && options->clock == NULL) {
        return fault(cx, STATUS_INVALID, "a time limit needs a clock");
    }
    /* Matrices are large and die with this call: they get an arena of their own. */
    Cx work = *cx;
    work.arena = arena_create();
    Run run = {.count = options->thread_count > 1 ? ROUND_THREADS_MAX : 1, .options = *options};
    Model *model = NULL;
    Status status = round_model_build(&work, problem, &model);
    if (status == STATUS_OK) {
        status = solve_model(&work, cx->arena, model, &run, out);
    }
    for (int32_t i = 0; i < run.count; i++) {
        arena_free(run.arenas[i]);
    }
    arena_free(work.arena);
    work.arena = cx->arena;
    *cx = work;
    return status;
}
