/* Tests of the rounds engine: brute force on small problems with every rule on, properties that
 * must hold under change of the problem, re-planning, reasons, and published routes as oracles of
 * the cost (from ../shared relative to the project root; skipped when absent).
 */
#include "base/prng.h"
#include "solve/check_round.h"
#include "solve/read_solomon.h"
#include "solve/read_vrplib.h"
#include "solve/round_ruin.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- small random problems ---- */

enum { SMALL_JOBS = 8, SMALL_VEHICLES = 3, SMALL_PLACES = SMALL_JOBS + 2 };

typedef enum Rules {
    RULE_WINDOWS = 1,
    RULE_LOADS = 2,
    RULE_TRIPS = 4,
    RULE_BREAKS = 8,
    RULE_SKILLS = 16,
    RULE_LIMITS = 32,
    RULE_PRIZES = 64,
    RULE_SOFT = 128,
    RULE_PINS = 256,
    RULE_OPEN = 512,
    RULE_ASYMMETRIC = 1024,
    RULE_DELIVERY = 2048,
    RULE_ONE_WINDOW = 4096, /* with RULE_WINDOWS: the scan for one window a job */
    RULE_DURATION = 8192,   /* each vehicle has a longest duration */
    RULE_ALL = 4095,
} Rules;

typedef struct Small {
    RoundProblem problem;
    RoundPlace places[SMALL_PLACES];
    RoundJob jobs[SMALL_JOBS];
    RoundVehicle vehicles[SMALL_VEHICLES];
    RoundWindow windows[SMALL_JOBS][2];
    RoundWindow break_windows[SMALL_VEHICLES][2];
    RoundBreak breaks[SMALL_VEHICLES];
    RoundProfile profile;
    int32_t time[SMALL_PLACES * SMALL_PLACES];
    int32_t distance[SMALL_PLACES * SMALL_PLACES];
    int32_t reloads[2];
    char names[SMALL_JOBS + SMALL_VEHICLES + SMALL_PLACES][16];
} Small;

static void small_matrix(Small *small, Prng *prng, int32_t rules) {
    int64_t x[SMALL_PLACES];
    int64_t y[SMALL_PLACES];
    int32_t count = small->problem.place_count;
    for (int32_t i = 0; i < count; i++) {
        x[i] = prng_between(prng, 0, 600);
        y[i] = prng_between(prng, 0, 600);
    }
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < count; j++) {
            int64_t way = llabs(x[i] - x[j]) + llabs(y[i] - y[j]);
            /* Uphill is slower: still a metric, no longer symmetric. */
            int64_t up = (rules & RULE_ASYMMETRIC) != 0 && y[j] > y[i] ? (y[j] - y[i]) / 2 : 0;
            small->time[i * count + j] = (int32_t)(way + up);
            small->distance[i * count + j] = (int32_t)(way * 8);
        }
    }
    small->profile = (RoundProfile){STR("car"), small->time, small->distance};
}

static void small_job(Small *small, Prng *prng, int32_t rules, int32_t i) {
    RoundJob *job = &small->jobs[i];
    *job = round_job_neutral();
    (void)snprintf(small->names[i], sizeof small->names[i], "j%d", (int)i);
    job->name = str_of(small->names[i]);
    job->place = 2 + i;
    job->service_s = prng_between(prng, 0, 60);
    job->windows = small->windows[i];
    if ((rules & RULE_WINDOWS) != 0 && prng_below(prng, 4) != 0) {
        int64_t open = prng_between(prng, 0, 3000);
        small->windows[i][0] = (RoundWindow){open, open + prng_between(prng, 100, 900)};
        job->window_count = 1;
        if ((rules & RULE_ONE_WINDOW) == 0 && prng_below(prng, 2) == 0) {
            int64_t second = small->windows[i][0].close_s + prng_between(prng, 100, 900);
            small->windows[i][1] = (RoundWindow){second, second + prng_between(prng, 50, 500)};
            job->window_count = 2;
        }
    }
    for (int k = 0; k < ROUND_LOAD_COUNT && (rules & RULE_LOADS) != 0; k++) {
        job->pickup[k] = prng_between(prng, 0, 4);
        bool is_delivered = (rules & RULE_DELIVERY) != 0 && prng_below(prng, 3) == 0;
        job->delivery[k] = is_delivered ? prng_between(prng, 0, 4) : 0;
    }
    job->skills = (rules & RULE_SKILLS) != 0 ? prng_below(prng, 4) & prng_below(prng, 4) : 0;
    job->priority = (int32_t)prng_below(prng, 3);
    job->prize =
        (rules & RULE_PRIZES) != 0 && prng_below(prng, 3) == 0 ? prng_between(prng, 0, 900) : -1;
    job->town = (rules & RULE_SOFT) != 0 ? (int32_t)prng_below(prng, 3) : ROUND_NONE;
    bool is_pinned = (rules & RULE_PINS) != 0 && prng_below(prng, 6) == 0;
    job->vehicle =
        is_pinned ? (int32_t)prng_below(prng, (uint64_t)small->problem.vehicle_count) : ROUND_NONE;
}

static void small_vehicle_limits(Prng *prng, int32_t rules, RoundVehicle *vehicle) {
    if ((rules & RULE_DURATION) != 0) {
        vehicle->duration_max_s = prng_between(prng, 1200, 3000);
    }
    if ((rules & RULE_LIMITS) == 0) {
        return;
    }
    switch (prng_below(prng, 5)) {
    case 0:
        vehicle->duration_max_s = prng_between(prng, 1500, 4000);
        break;
    case 1:
        vehicle->travel_max_s = prng_between(prng, 1500, 4000);
        break;
    case 2:
        vehicle->distance_max_m = prng_between(prng, 10000, 30000);
        break;
    case 3:
        vehicle->job_count_max = prng_between(prng, 0, 4);
        break;
    default:
        break;
    }
}

static void small_vehicle(Small *small, Prng *prng, int32_t rules, int32_t i) {
    RoundVehicle *vehicle = &small->vehicles[i];
    *vehicle = round_vehicle_neutral();
    char *name = small->names[SMALL_JOBS + i];
    (void)snprintf(name, sizeof small->names[0], "v%d", (int)i);
    vehicle->name = str_of(name);
    vehicle->start_place = (rules & RULE_OPEN) != 0 && prng_below(prng, 4) == 0
                               ? ROUND_NONE
                               : (int32_t)prng_below(prng, 2);
    vehicle->end_place = (rules & RULE_OPEN) != 0 && prng_below(prng, 4) == 0
                             ? ROUND_NONE
                             : (int32_t)prng_below(prng, 2);
    vehicle->shift = (RoundWindow){prng_between(prng, 0, 500), prng_between(prng, 3500, 6000)};
    for (int k = 0; k < ROUND_LOAD_COUNT && (rules & RULE_LOADS) != 0; k++) {
        vehicle->capacity[k] = prng_between(prng, 4, 10);
        vehicle->load[k] = prng_below(prng, 6) == 0 ? prng_between(prng, 0, 3) : 0;
    }
    if ((rules & RULE_TRIPS) != 0 && prng_below(prng, 3) != 0) {
        vehicle->trip_count_max = (int32_t)prng_between(prng, 2, 3);
        vehicle->reload_places = small->reloads;
        vehicle->reload_place_count = (int32_t)prng_between(prng, 1, 2);
        vehicle->reload_s = prng_between(prng, 0, 100);
    }
    if ((rules & RULE_BREAKS) != 0 && prng_below(prng, 2) == 0) {
        int64_t open = prng_between(prng, 500, 2500);
        small->break_windows[i][0] = (RoundWindow){open, open + prng_between(prng, 50, 800)};
        small->breaks[i] =
            (RoundBreak){STR("lunch"), small->break_windows[i], 1, prng_between(prng, 50, 400)};
        vehicle->breaks = &small->breaks[i];
        vehicle->break_count = 1;
    }
    vehicle->skills = (rules & RULE_SKILLS) != 0 ? prng_below(prng, 4) : 3;
    vehicle->fixed_cost = prng_between(prng, 0, 400);
    vehicle->hour_cost = 3600;
    vehicle->km_cost = (rules & RULE_SOFT) != 0 ? prng_between(prng, 0, 30) : 0;
    vehicle->speed_percent = (rules & RULE_SOFT) != 0 ? (int32_t)prng_between(prng, 80, 120) : 100;
    vehicle->towns = (rules & RULE_SOFT) != 0 ? prng_below(prng, 8) : 0;
    small_vehicle_limits(prng, rules, vehicle);
}

static void small_make(Small *small, uint64_t seed, int32_t rules) {
    Prng prng;
    prng_init(&prng, seed);
    memset(small, 0, sizeof *small);
    RoundProblem *problem = &small->problem;
    problem->job_count = (int32_t)prng_between(&prng, 1, SMALL_JOBS);
    problem->vehicle_count = (int32_t)prng_between(&prng, 1, SMALL_VEHICLES);
    problem->place_count = SMALL_PLACES;
    problem->profile_count = 1;
    problem->profiles = &small->profile;
    problem->places = small->places;
    problem->jobs = small->jobs;
    problem->vehicles = small->vehicles;
    problem->territory_cost = (rules & RULE_SOFT) != 0 ? 150 : 0;
    problem->fairness_cost = (rules & RULE_SOFT) != 0 && prng_below(&prng, 2) == 0 ? 800 : 0;
    small->reloads[0] = 0;
    small->reloads[1] = 1;
    small_matrix(small, &prng, rules);
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        small_vehicle(small, &prng, rules, i);
    }
    for (int32_t i = 0; i < problem->job_count; i++) {
        small_job(small, &prng, rules, i);
    }
}

/* ---- brute force: every order of every subset for every vehicle ---- */

#define NO_ROUTE (INT64_MAX / 4)

typedef struct Brute {
    const RoundProblem *problem;
    const RoundVehicle *vehicle;
    int32_t vehicle_index;
    int32_t places[4 * SMALL_JOBS]; /* of the stops so far */
    int32_t jobs[4 * SMALL_JOBS];   /* ROUND_NONE: reload */
    int32_t len;
    int64_t clock_s;  /* earliest end of the stops so far, with no break taken: never too late */
    int64_t travel_s; /* driving so far */
    int64_t best[1 << SMALL_JOBS]; /* cheapest route of this vehicle by set of jobs */
} Brute;

static int64_t way_of(const Brute *brute, const int32_t *matrix, int32_t from, int32_t to) {
    return from == ROUND_NONE || to == ROUND_NONE || from == to
               ? 0
               : matrix[from * brute->problem->place_count + to];
}

static int64_t drive_of(const Brute *brute, int32_t from, int32_t to) {
    int64_t percent = brute->vehicle->speed_percent;
    int64_t time = way_of(brute, brute->problem->profiles[0].duration_s, from, to);
    return (time * 100 + percent / 2) / percent;
}

/* The first allowed second at or after t, or NO_ROUTE. */
static int64_t allowed(const RoundWindow *windows, int32_t count, int64_t t) {
    int64_t best = count == 0 ? t : NO_ROUTE;
    for (int32_t i = 0; i < count; i++) {
        int64_t begin = t < windows[i].open_s ? windows[i].open_s : t;
        best = begin <= windows[i].close_s && begin < best ? begin : best;
    }
    return best;
}

static int64_t pause_of(const Brute *brute, int64_t t) {
    const RoundBreak *rest = &brute->vehicle->breaks[0];
    return allowed(rest->windows, rest->window_count, t) + rest->duration_s;
}

/* The earliest end from stop k on, standing at place at time t; tries the break everywhere. */
static int64_t finish_from(const Brute *brute, int32_t k, int32_t place, int64_t t,
                           bool has_rested) {
    if (t >= NO_ROUTE) {
        return NO_ROUTE;
    }
    int64_t best = NO_ROUTE;
    if (!has_rested) {
        best = finish_from(brute, k, place, pause_of(brute, t), true);
    }
    bool is_end = k == brute->len;
    int32_t to = is_end ? brute->vehicle->end_place : brute->places[k];
    int64_t arrival = t + drive_of(brute, place, to);
    for (int rest = 0; rest <= (has_rested ? 0 : 1); rest++) {
        int64_t there = rest == 1 ? pause_of(brute, arrival) : arrival;
        bool rested = has_rested || rest == 1;
        int64_t end = NO_ROUTE;
        if (is_end) {
            end = rested ? there : NO_ROUTE;
        } else if (brute->jobs[k] == ROUND_NONE) {
            end = finish_from(brute, k + 1, to, there + brute->vehicle->reload_s, rested);
        } else {
            const RoundJob *job = &brute->problem->jobs[brute->jobs[k]];
            int64_t begin = allowed(job->windows, job->window_count, there);
            end = finish_from(brute, k + 1, to, begin + job->service_s, rested);
        }
        best = end < best ? end : best;
    }
    return best;
}

static int64_t finish_of(const Brute *brute, int64_t start) {
    return finish_from(brute, 0, brute->vehicle->start_place, start,
                       brute->vehicle->break_count == 0);
}

static bool duration_holds(const Brute *brute, int64_t finish) {
    int64_t low = brute->vehicle->shift.open_s; /* finish_of(low) == finish */
    int64_t high = finish;
    while (low < high) {
        int64_t middle = (low + high + 1) / 2;
        if (finish_of(brute, middle) == finish) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return finish - low <= brute->vehicle->duration_max_s;
}

static bool loads_hold(const Brute *brute) {
    for (int kind = 0; kind < ROUND_LOAD_COUNT; kind++) {
        int64_t load = brute->vehicle->load[kind];
        for (int32_t k = -1; k < brute->len; k++) {
            bool is_trip_start = k < 0 || brute->jobs[k] == ROUND_NONE;
            if (is_trip_start) {
                load = k < 0 ? load : 0;
                for (int32_t m = k + 1; m < brute->len && brute->jobs[m] != ROUND_NONE; m++) {
                    load += brute->problem->jobs[brute->jobs[m]].delivery[kind];
                }
            } else {
                const RoundJob *job = &brute->problem->jobs[brute->jobs[k]];
                load += job->pickup[kind] - job->delivery[kind];
            }
            if (load > brute->vehicle->capacity[kind]) {
                return false;
            }
        }
    }
    return true;
}

/* True when a reload could be left out: its trips fit in one. Nobody drives such a detour, though
 * the rounding of costs to whole units can make it cheaper by one. */
static bool has_idle_reload(Brute *brute) {
    bool is_idle = false;
    for (int32_t k = 0; k < brute->len && !is_idle; k++) {
        if (brute->jobs[k] != ROUND_NONE) {
            continue;
        }
        size_t rest = (size_t)(brute->len - k - 1) * sizeof *brute->jobs;
        memmove(&brute->jobs[k], &brute->jobs[k + 1], rest);
        brute->len--;
        is_idle = loads_hold(brute);
        brute->len++;
        memmove(&brute->jobs[k + 1], &brute->jobs[k], rest);
        brute->jobs[k] = ROUND_NONE;
    }
    return is_idle;
}

/* The cost of the present sequence, or NO_ROUTE. */
static int64_t sequence_cost(Brute *brute) {
    const RoundVehicle *vehicle = brute->vehicle;
    int64_t cost = vehicle->fixed_cost;
    int64_t travel = 0;
    int64_t distance = 0;
    int64_t work = 0;
    int32_t place = vehicle->start_place;
    for (int32_t k = 0; k <= brute->len; k++) {
        int32_t to = k == brute->len ? vehicle->end_place : brute->places[k];
        int64_t seconds = drive_of(brute, place, to);
        int64_t metres = way_of(brute, brute->problem->profiles[0].distance_m, place, to);
        cost +=
            (vehicle->hour_cost * seconds * 10 + vehicle->km_cost * metres * 36 + 18000) / 36000;
        travel += seconds;
        distance += metres;
        place = to;
        if (k < brute->len && brute->jobs[k] == ROUND_NONE) {
            work += vehicle->reload_s;
        } else if (k < brute->len) {
            const RoundJob *job = &brute->problem->jobs[brute->jobs[k]];
            work += job->service_s;
            bool is_foreign = job->town != ROUND_NONE && vehicle->towns != 0 &&
                              (vehicle->towns >> job->town & 1) == 0;
            cost += is_foreign ? brute->problem->territory_cost : 0;
        }
    }
    work += travel;
    cost += brute->problem->fairness_cost * work / 3600 * work / 3600;
    if (travel > vehicle->travel_max_s || distance > vehicle->distance_max_m ||
        !loads_hold(brute) || has_idle_reload(brute)) {
        return NO_ROUTE;
    }
    int64_t finish = finish_of(brute, vehicle->shift.open_s);
    bool fits = finish <= vehicle->shift.close_s &&
                (vehicle->duration_max_s == ROUND_NO_LIMIT || duration_holds(brute, finish));
    return fits ? cost : NO_ROUTE;
}

/* Adds a stop; false when no sequence that begins so can be driven: times only grow. */
static bool brute_stop(Brute *brute, int32_t place, int32_t job) {
    int32_t from = brute->len == 0 ? brute->vehicle->start_place : brute->places[brute->len - 1];
    int64_t way = drive_of(brute, from, place);
    brute->places[brute->len] = place;
    brute->jobs[brute->len++] = job;
    brute->travel_s += way;
    brute->clock_s += way;
    if (job == ROUND_NONE) {
        brute->clock_s += brute->vehicle->reload_s;
    } else {
        const RoundJob *it = &brute->problem->jobs[job];
        brute->clock_s = allowed(it->windows, it->window_count, brute->clock_s) + it->service_s;
    }
    return brute->clock_s <= brute->vehicle->shift.close_s &&
           brute->travel_s <= brute->vehicle->travel_max_s;
}

static void brute_extend(Brute *brute, uint32_t done, int32_t job_count, int32_t trips) {
    if (job_count > 0) {
        int64_t cost = sequence_cost(brute);
        brute->best[done] = cost < brute->best[done] ? cost : brute->best[done];
    }
    const RoundProblem *problem = brute->problem;
    bool can_reload = trips < brute->vehicle->trip_count_max &&
                      (brute->len == 0 || brute->jobs[brute->len - 1] != ROUND_NONE);
    for (int32_t job = 0; job < problem->job_count; job++) {
        const RoundJob *it = &problem->jobs[job];
        bool is_allowed = (done >> job & 1) == 0 && job_count < brute->vehicle->job_count_max &&
                          (it->skills & ~brute->vehicle->skills) == 0 &&
                          (it->vehicle == ROUND_NONE || it->vehicle == brute->vehicle_index);
        for (int32_t r = -1; is_allowed && r < brute->vehicle->reload_place_count; r++) {
            if (r >= 0 && !can_reload) {
                break;
            }
            int32_t len = brute->len;
            int64_t clock_s = brute->clock_s;
            int64_t travel_s = brute->travel_s;
            bool fits = r < 0 || brute_stop(brute, brute->vehicle->reload_places[r], ROUND_NONE);
            if (fits && brute_stop(brute, it->place, job)) {
                brute_extend(brute, done | 1u << job, job_count + 1, trips + (r >= 0 ? 1 : 0));
            }
            brute->len = len;
            brute->clock_s = clock_s;
            brute->travel_s = travel_s;
        }
    }
}

typedef struct Score {
    int64_t lost; /* summed priority + 1 of jobs that must be served and are not */
    int64_t cost;
} Score;

static bool score_is_less(Score left, Score right) {
    return left.lost != right.lost ? left.lost < right.lost : left.cost < right.cost;
}

static Score score_left_out(const RoundProblem *problem, uint32_t done) {
    Score score = {0, 0};
    for (int32_t i = 0; i < problem->job_count; i++) {
        bool is_out = (done >> i & 1) == 0;
        score.lost += is_out && problem->jobs[i].prize < 0 ? problem->jobs[i].priority + 1 : 0;
        score.cost += is_out && problem->jobs[i].prize > 0 ? problem->jobs[i].prize : 0;
    }
    return score;
}

static Score brute_best(const RoundProblem *problem) {
    Brute *brute = calloc(1, sizeof *brute);
    uint32_t all = 1u << problem->job_count;
    int64_t *sum = calloc(all, sizeof *sum);
    int64_t *next = calloc(all, sizeof *next);
    for (uint32_t set = 1; set < all; set++) {
        sum[set] = NO_ROUTE;
    }
    brute->problem = problem;
    for (int32_t v = 0; v < problem->vehicle_count; v++) {
        brute->vehicle = &problem->vehicles[v];
        brute->vehicle_index = v;
        brute->len = 0;
        brute->clock_s = brute->vehicle->shift.open_s;
        brute->travel_s = 0;
        for (uint32_t set = 0; set < all; set++) {
            brute->best[set] = set == 0 ? 0 : NO_ROUTE;
        }
        brute_extend(brute, 0, 0, 1);
        for (uint32_t set = 0; set < all; set++) {
            next[set] = NO_ROUTE;
            for (uint32_t part = set;; part = (part - 1) & set) {
                int64_t cost = sum[set ^ part] + brute->best[part];
                next[set] = cost < next[set] ? cost : next[set];
                if (part == 0) {
                    break;
                }
            }
        }
        memcpy(sum, next, all * sizeof *sum);
    }
    Score best = {INT64_MAX, INT64_MAX};
    for (uint32_t set = 0; set < all; set++) {
        Score score = score_left_out(problem, set);
        score.cost += sum[set];
        if (sum[set] < NO_ROUTE && score_is_less(score, best)) {
            best = score;
        }
    }
    free(sum);
    free(next);
    free(brute);
    return best;
}

/* ---- helpers ---- */

static Score plan_score(const RoundProblem *problem, const RoundPlan *plan) {
    Score score = {0, plan->cost + plan->prize_lost};
    for (int32_t i = 0; i < plan->unserved_count; i++) {
        const RoundJob *job = &problem->jobs[plan->unserved[i].job];
        score.lost += job->prize < 0 ? job->priority + 1 : 0;
    }
    return score;
}

/* Solves, checks, and fails the test with the fault's words. */
static RoundPlan *solved(Cx *cx, const RoundProblem *problem, int64_t iterations, uint64_t seed) {
    RoundOptions options = {.seed = seed, .iteration_max = iterations, .thread_count = 1};
    RoundPlan *plan = NULL;
    Status status = round_solve(cx, problem, &options, &plan);
    if (status == STATUS_OK) {
        status = check_round_plan(cx, problem, plan);
    }
    if (status != STATUS_OK) {
        fail_msg("%s", cx->fault.text);
    }
    return plan;
}

typedef struct World {
    Arena *arena;
    Cx cx;
} World;

static World world_new(void) {
    World world = {.arena = arena_create()};
    cx_init(&world.cx, world.arena);
    return world;
}

static void brute_compare(uint64_t seed, int32_t rules) {
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, seed, rules);
    Score best = brute_best(&small->problem);
    RoundPlan *plan = solved(&world.cx, &small->problem, 12800, seed);
    Score ours = plan_score(&small->problem, plan);
    if (best.lost != ours.lost || best.cost != ours.cost) {
        fail_msg("seed %llu, rules %d: brute force %lld + %lld, engine %lld + %lld",
                 (unsigned long long)seed, (int)rules, (long long)best.lost, (long long)best.cost,
                 (long long)ours.lost, (long long)ours.cost);
    }
    arena_free(world.arena);
}

static void test_brute_plain(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        brute_compare(seed, 0);
        brute_compare(seed, RULE_LOADS | RULE_PRIZES);
    }
}

static void test_brute_windows(void **state) {
    (void)state;
    for (uint64_t seed = 100; seed <= 120; seed++) {
        brute_compare(seed, RULE_WINDOWS | RULE_LOADS | RULE_ASYMMETRIC);
        brute_compare(seed, RULE_WINDOWS | RULE_LIMITS | RULE_SKILLS | RULE_PINS);
        brute_compare(seed, RULE_WINDOWS | RULE_ONE_WINDOW | RULE_SKILLS | RULE_ASYMMETRIC);
        brute_compare(seed, RULE_WINDOWS | RULE_ONE_WINDOW | RULE_DURATION | RULE_PRIZES);
    }
}

static void test_brute_trips_and_breaks(void **state) {
    (void)state;
    for (uint64_t seed = 200; seed <= 215; seed++) {
        brute_compare(seed, RULE_LOADS | RULE_TRIPS);
        brute_compare(seed, RULE_WINDOWS | RULE_BREAKS | RULE_LIMITS);
        brute_compare(seed, RULE_LOADS | RULE_DELIVERY | RULE_TRIPS | RULE_OPEN);
    }
}

static void test_brute_all(void **state) {
    (void)state;
    for (uint64_t seed = 300; seed <= 400; seed++) {
        brute_compare(seed, RULE_ALL);
    }
}

/* ---- properties under change ------------------------------------------------------------------*/

/* Small problems are solved to the end, so equal problems must have equal scores. */
static Score score_of(World *world, const RoundProblem *problem) {
    return plan_score(problem, solved(&world->cx, problem, 12800, 7));
}

static void test_order_of_jobs_and_vehicles_does_not_matter(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 15; seed++) {
        World world = world_new();
        Small *small = arena_new(world.arena, Small);
        small_make(small, seed, RULE_WINDOWS | RULE_LOADS | RULE_SKILLS | RULE_SOFT);
        Score before = score_of(&world, &small->problem);
        for (int32_t i = 0, j = small->problem.job_count - 1; i < j; i++, j--) {
            RoundJob job = small->jobs[i];
            small->jobs[i] = small->jobs[j];
            small->jobs[j] = job;
        }
        RoundVehicle vehicle = small->vehicles[0];
        small->vehicles[0] = small->vehicles[small->problem.vehicle_count - 1];
        small->vehicles[small->problem.vehicle_count - 1] = vehicle;
        Score after = score_of(&world, &small->problem);
        assert_int_equal(before.lost, after.lost);
        assert_int_equal(before.cost, after.cost);
        arena_free(world.arena);
    }
}

static void test_scaled_costs_scale_the_plan(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 15; seed++) {
        World world = world_new();
        Small *small = arena_new(world.arena, Small);
        small_make(small, seed, RULE_WINDOWS | RULE_LOADS | RULE_PRIZES);
        Score before = score_of(&world, &small->problem);
        for (int32_t v = 0; v < small->problem.vehicle_count; v++) {
            small->vehicles[v].fixed_cost *= 7;
            small->vehicles[v].hour_cost *= 7;
        }
        for (int32_t i = 0; i < small->problem.job_count; i++) {
            small->jobs[i].prize *= small->jobs[i].prize > 0 ? 7 : 1;
        }
        Score after = score_of(&world, &small->problem);
        assert_int_equal(before.lost, after.lost);
        assert_int_equal(before.cost * 7, after.cost);
        arena_free(world.arena);
    }
}

static void test_one_more_vehicle_never_worsens(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        World world = world_new();
        Small *small = arena_new(world.arena, Small);
        small_make(small, seed, RULE_ALL & ~RULE_PINS);
        int32_t count = small->problem.vehicle_count;
        Score more = score_of(&world, &small->problem);
        small->problem.vehicle_count = count - 1;
        Score fewer = score_of(&world, &small->problem);
        assert_false(score_is_less(fewer, more));
        arena_free(world.arena);
    }
}

static void test_same_seed_same_plan(void **state) {
    (void)state;
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, 5, RULE_ALL);
    for (int32_t threads = 1; threads <= 2; threads++) {
        RoundOptions options = {.seed = 9, .iteration_max = 640, .thread_count = threads};
        RoundPlan *first = NULL;
        RoundPlan *second = NULL;
        assert_int_equal(round_solve(&world.cx, &small->problem, &options, &first), STATUS_OK);
        assert_int_equal(round_solve(&world.cx, &small->problem, &options, &second), STATUS_OK);
        assert_int_equal(first->cost, second->cost);
        assert_int_equal(first->route_count, second->route_count);
        for (int32_t i = 0; i < first->route_count; i++) {
            const RoundRoute *a = &first->routes[i];
            const RoundRoute *b = &second->routes[i];
            assert_int_equal(a->stop_count, b->stop_count);
            for (int32_t k = 0; k < a->stop_count; k++) {
                assert_int_equal(a->stops[k].job, b->stops[k].job);
                assert_int_equal(a->stops[k].start_s, b->stops[k].start_s);
            }
        }
    }
    arena_free(world.arena);
}

static bool stop_at_once(void *state, const RoundProgress *progress) {
    int *calls = state;
    *calls += 1;
    return progress->iteration_count < 100;
}

static void test_watch_stops_the_search(void **state) {
    (void)state;
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, 3, RULE_WINDOWS);
    int calls = 0;
    RoundOptions options = {.seed = 1,
                            .iteration_max = INT64_C(1) << 60,
                            .thread_count = 2,
                            .watch = stop_at_once,
                            .watch_state = &calls};
    RoundPlan *plan = NULL;
    assert_int_equal(round_solve(&world.cx, &small->problem, &options, &plan), STATUS_OK);
    assert_int_equal(check_round_plan(&world.cx, &small->problem, plan), STATUS_OK);
    assert_true(calls >= 1);
    arena_free(world.arena);
}

/* ---- optional jobs ----------------------------------------------------------------------------*/

enum { FAR_JOBS = 40, FAR_WAY = 1000, FAR_STEP = 1, FAR_PRIZE = 100 };

/* One vehicle, and far away a row of optional jobs that pay for the way only together. */
static RoundProblem *far_row(Arena *arena) {
    int32_t count = FAR_JOBS + 1;
    int32_t *time = arena_array(arena, int32_t, (size_t)count * (size_t)count);
    RoundPlace *places = arena_array(arena, RoundPlace, (size_t)count);
    RoundJob *jobs = arena_array(arena, RoundJob, FAR_JOBS);
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < count; j++) {
            int32_t from = i == 0 ? 0 : FAR_WAY + i * FAR_STEP;
            int32_t to = j == 0 ? 0 : FAR_WAY + j * FAR_STEP;
            time[i * count + j] = abs(from - to);
        }
        places[i].name = str_print(arena, "p%d", (int)i);
    }
    for (int32_t i = 0; i < FAR_JOBS; i++) {
        jobs[i] = round_job_neutral();
        jobs[i].name = places[i + 1].name;
        jobs[i].place = i + 1;
        jobs[i].prize = FAR_PRIZE;
    }
    RoundVehicle *vehicle = arena_new(arena, RoundVehicle);
    *vehicle = round_vehicle_neutral();
    vehicle->name = STR("v");
    vehicle->start_place = vehicle->end_place = 0;
    RoundProfile *profile = arena_new(arena, RoundProfile);
    *profile = (RoundProfile){STR("car"), time, time};
    RoundProblem *problem = arena_new(arena, RoundProblem);
    *problem = (RoundProblem){.places = places,
                              .place_count = count,
                              .jobs = jobs,
                              .job_count = FAR_JOBS,
                              .vehicles = vehicle,
                              .vehicle_count = 1,
                              .profiles = profile,
                              .profile_count = 1};
    return problem;
}

/* From a plan with every job out: only the step that opens a round finds the one that pays. */
static void test_a_round_opens_for_many_optional_jobs(void **state) {
    (void)state;
    World world = world_new();
    Model *model = NULL;
    assert_int_equal(round_model_build(&world.cx, far_row(world.arena), &model), STATUS_OK);
    State *plan = round_state_new(world.arena, model, 1);
    Ruin *ruin = round_ruin_new(world.arena, plan);
    int opened = 0;
    for (int step = 0; step < 2000; step++) {
        round_state_begin(plan);
        round_ruin_strings(ruin);
        bool opens = ruin->opener != ROUND_NONE;
        round_ruin_recreate(ruin);
        if (!opens) {
            assert_int_equal(plan->out_count, FAR_JOBS);
            continue;
        }
        opened++;
        assert_int_equal(plan->out_count, 0);
        assert_int_equal(plan->cost, 2 * (FAR_WAY + FAR_JOBS * FAR_STEP));
        round_state_undo(plan);
        assert_int_equal(plan->cost, FAR_JOBS * FAR_PRIZE);
    }
    /* One step in a hundred: twenty of two thousand, within four standard deviations. */
    assert_in_range(opened, 3, 38);
    arena_free(world.arena);
}

/* ---- re-planning ------------------------------------------------------------------------------*/

/* Writes the plan back as steps of the vehicles; the first frozen steps of each are frozen. */
static void plan_as_steps(World *world, Small *small, const RoundPlan *plan, int32_t frozen) {
    for (int32_t i = 0; i < plan->route_count; i++) {
        const RoundRoute *route = &plan->routes[i];
        RoundVehicle *vehicle = &small->vehicles[route->vehicle];
        RoundStep *steps = arena_array(world->arena, RoundStep, (size_t)route->stop_count);
        vehicle->step_count = 0;
        for (int32_t k = 0; k < route->stop_count; k++) {
            const RoundStop *stop = &route->stops[k];
            if (stop->kind == ROUND_STOP_JOB) {
                steps[vehicle->step_count++] = (RoundStep){stop->job, ROUND_NONE};
            } else if (stop->kind == ROUND_STOP_RELOAD) {
                steps[vehicle->step_count++] = (RoundStep){ROUND_NONE, stop->place};
            }
        }
        vehicle->steps = steps;
        vehicle->frozen_count = frozen < vehicle->step_count ? frozen : vehicle->step_count;
    }
}

static void test_warm_start_keeps_or_improves(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        World world = world_new();
        Small *small = arena_new(world.arena, Small);
        small_make(small, seed, RULE_ALL);
        RoundPlan *plan = solved(&world.cx, &small->problem, 6400, seed);
        Score before = plan_score(&small->problem, plan);
        plan_as_steps(&world, small, plan, 0);
        Score after = plan_score(&small->problem, solved(&world.cx, &small->problem, 64, seed));
        assert_false(score_is_less(before, after));
        arena_free(world.arena);
    }
}

static void test_frozen_steps_stay(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        World world = world_new();
        Small *small = arena_new(world.arena, Small);
        small_make(small, seed, RULE_ALL);
        /* A poor first plan: after one step of search there is much that could be bettered. */
        RoundPlan *plan = solved(&world.cx, &small->problem, 1, seed);
        plan_as_steps(&world, small, plan, 2);
        (void)solved(&world.cx, &small->problem, 3200, seed); /* the checker compares the steps */
        arena_free(world.arena);
    }
}

static void test_impossible_frozen_steps_name_the_vehicle(void **state) {
    (void)state;
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, 2, 0);
    RoundStep step = {0, ROUND_NONE};
    small->vehicles[0].steps = &step;
    small->vehicles[0].step_count = 1;
    small->vehicles[0].frozen_count = 1;
    small->vehicles[0].shift = (RoundWindow){0, 0};
    RoundOptions options = {.seed = 1, .iteration_max = 10, .thread_count = 1};
    RoundPlan *plan = NULL;
    assert_int_equal(round_solve(&world.cx, &small->problem, &options, &plan), STATUS_INVALID);
    assert_non_null(strstr(world.cx.fault.text, "v0"));
    arena_free(world.arena);
}

/* ---- reasons ----------------------------------------------------------------------------------*/

static RoundReason reason_after(void (*change)(Small *small)) {
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, 4, 0);
    small->problem.job_count = 3;
    small->problem.vehicle_count = 1;
    for (int32_t i = 0; i < 3; i++) {
        small->jobs[i] = round_job_neutral();
        small->jobs[i].name = STR("j");
        small->jobs[i].place = 2 + i;
    }
    change(small);
    RoundPlan *plan = solved(&world.cx, &small->problem, 640, 1);
    assert_true(plan->unserved_count >= 1);
    RoundReason reason = plan->unserved[0].reason;
    assert_true(strlen(round_reason_text(reason)) > 0);
    arena_free(world.arena);
    return reason;
}

static const RoundWindow EARLY = {0, 1};

static void want_skill(Small *small) {
    small->vehicles[0].skills = 1;
    small->jobs[1].skills = 2;
}
static void want_capacity(Small *small) {
    small->vehicles[0].capacity[2] = 5;
    small->jobs[1].pickup[2] = 6;
}
static void want_window(Small *small) {
    small->vehicles[0].shift.open_s = 100;
    small->jobs[1].windows = &EARLY;
    small->jobs[1].window_count = 1;
}
static void want_shift(Small *small) {
    small->jobs[1].service_s = 100000;
    small->vehicles[0].shift.close_s = 90000;
}
static void want_limit(Small *small) {
    small->vehicles[0].travel_max_s = 0;
}
static void want_full(Small *small) {
    small->vehicles[0].capacity[0] = 4;
    for (int32_t i = 0; i < 3; i++) {
        small->jobs[i].pickup[0] = 2;
    }
}
static void want_time_full(Small *small) {
    small->vehicles[0].shift = (RoundWindow){0, 25000};
    for (int32_t i = 0; i < 3; i++) {
        small->jobs[i].service_s = 10000;
    }
}
static void want_lower_priority(Small *small) {
    want_full(small);
    small->jobs[1].priority = 5;
    small->jobs[2].priority = 5;
}
static void want_not_worth(Small *small) {
    small->jobs[1].prize = 0;
    small->jobs[0].prize = small->jobs[2].prize = 0;
    small->vehicles[0].fixed_cost = 1000;
}
static void want_no_vehicle(Small *small) {
    small->problem.vehicle_count = 0;
}
static void want_pin(Small *small) {
    want_skill(small);
    small->jobs[1].vehicle = 0;
}

static void test_reasons(void **state) {
    (void)state;
    assert_int_equal(reason_after(want_skill), ROUND_REASON_SKILL);
    assert_int_equal(reason_after(want_capacity), ROUND_REASON_CAPACITY);
    assert_int_equal(reason_after(want_window), ROUND_REASON_WINDOW);
    assert_int_equal(reason_after(want_shift), ROUND_REASON_SHIFT);
    assert_int_equal(reason_after(want_limit), ROUND_REASON_LIMIT);
    assert_int_equal(reason_after(want_full), ROUND_REASON_CAPACITY_FULL);
    assert_int_equal(reason_after(want_time_full), ROUND_REASON_TIME_FULL);
    assert_int_equal(reason_after(want_lower_priority), ROUND_REASON_LOWER_PRIORITY);
    assert_int_equal(reason_after(want_not_worth), ROUND_REASON_NOT_WORTH);
    assert_int_equal(reason_after(want_no_vehicle), ROUND_REASON_NO_VEHICLE);
    assert_int_equal(reason_after(want_pin), ROUND_REASON_VEHICLE);
}

/* ---- bad problems -----------------------------------------------------------------------------*/

static void refused(void (*change)(Small *small), const char *word) {
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, 8, RULE_LOADS);
    change(small);
    assert_int_not_equal(round_problem_check(&world.cx, &small->problem), STATUS_OK);
    assert_non_null(strstr(world.cx.fault.text, word));
    arena_free(world.arena);
}

static const RoundWindow BACKWARD = {10, 5};
static const RoundStep TWICE[2] = {{0, ROUND_NONE}, {0, ROUND_NONE}};

static void bad_place(Small *small) {
    small->jobs[0].place = SMALL_PLACES;
}
static void bad_window(Small *small) {
    small->jobs[0].windows = &BACKWARD;
    small->jobs[0].window_count = 1;
}
static void bad_load(Small *small) {
    small->jobs[0].pickup[3] = -1;
}
static void bad_vehicle_load(Small *small) {
    small->vehicles[0].load[0] = small->vehicles[0].capacity[0] + 1;
}
static void bad_steps(Small *small) {
    small->vehicles[0].steps = TWICE;
    small->vehicles[0].step_count = 2;
}
static void bad_shift(Small *small) {
    small->vehicles[0].shift = BACKWARD;
}
static void bad_count(Small *small) {
    small->problem.job_count = ROUND_JOBS_MAX + 1;
}

static void test_bad_problems_are_refused(void **state) {
    (void)state;
    refused(bad_place, "j0");
    refused(bad_window, "j0");
    refused(bad_load, "j0");
    refused(bad_vehicle_load, "v0");
    refused(bad_steps, "j0");
    refused(bad_shift, "v0");
    refused(bad_count, "jobs");
}

/* ---- the checker must see what is wrong -------------------------------------------------------*/

static void test_checker_sees_every_change(void **state) {
    (void)state;
    World world = world_new();
    Small *small = arena_new(world.arena, Small);
    small_make(small, 301, RULE_LOADS | RULE_TRIPS | RULE_BREAKS);
    RoundPlan *plan = solved(&world.cx, &small->problem, 6400, 1);
    assert_true(plan->route_count >= 1);
    RoundRoute *route = &plan->routes[0];
    RoundStop *stop = &route->stops[1];
    int64_t *const NUMBERS[] = {&plan->cost,        &plan->prize_lost, &route->cost,
                                &route->distance_m, &route->travel_s,  &route->service_s,
                                &route->wait_s,     &stop->arrival_s,  &stop->start_s,
                                &stop->depart_s,    &stop->load[0],    &stop->load[3]};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        *NUMBERS[i] += 1;
        fault_clear(&world.cx);
        assert_int_equal(check_round_plan(&world.cx, &small->problem, plan), STATUS_CONFLICT);
        *NUMBERS[i] -= 1;
    }
    int32_t *const COUNTS[] = {&route->job_count, &route->trip_count, &stop->place, &stop->job};
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        *COUNTS[i] += 1;
        fault_clear(&world.cx);
        assert_int_equal(check_round_plan(&world.cx, &small->problem, plan), STATUS_CONFLICT);
        *COUNTS[i] -= 1;
    }
    fault_clear(&world.cx);
    assert_int_equal(check_round_plan(&world.cx, &small->problem, plan), STATUS_OK);
    arena_free(world.arena);
}

/* ---- published routes as oracles --------------------------------------------------------------*/

static bool text_read(Arena *arena, const char *path, Str *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    char *bytes = arena_array(arena, char, 1 << 20);
    *out = (Str){bytes, fread(bytes, 1, 1 << 20, file)};
    (void)fclose(file);
    return true;
}

/* Follows a published solution as frozen steps: our cost must be the published one. */
static void published(const char *stem, ReadRounding rounding) {
    World world = world_new();
    Str text = STR_NONE;
    Str routes = STR_NONE;
    if (!text_read(world.arena, str_print(world.arena, "%s.vrp", stem).at, &text) ||
        !text_read(world.arena, str_print(world.arena, "%s.sol", stem).at, &routes)) {
        print_message("skipped: %s is absent\n", stem);
        arena_free(world.arena);
        return;
    }
    RoundProblem *problem = NULL;
    ReadSolution *solution = NULL;
    assert_int_equal(read_vrplib(&world.cx, text, rounding, &problem), STATUS_OK);
    assert_int_equal(read_vrplib_solution(&world.cx, routes, problem, &solution), STATUS_OK);
    size_t count = (size_t)problem->vehicle_count;
    RoundVehicle *vehicles = arena_array(world.arena, RoundVehicle, count);
    memcpy(vehicles, problem->vehicles, count * sizeof *vehicles);
    for (int32_t i = 0; i < solution->route_count; i++) {
        const ReadRoute *route = &solution->routes[i];
        RoundStep *steps = arena_array(world.arena, RoundStep, (size_t)route->job_count + 1);
        for (int32_t k = 0; k < route->job_count; k++) {
            steps[k] = (RoundStep){route->jobs[k], ROUND_NONE};
        }
        vehicles[route->vehicle].steps = steps;
        vehicles[route->vehicle].step_count = route->job_count;
        vehicles[route->vehicle].frozen_count = route->job_count;
    }
    problem->vehicles = vehicles;
    RoundPlan *plan = solved(&world.cx, problem, 1, 1);
    assert_int_equal(plan->cost + plan->prize_lost, solution->cost);
    arena_free(world.arena);
}

static void test_published_costs(void **state) {
    (void)state;
    published("../shared/bench-data/cvrp/X/X-n106-k14", READ_NEAREST);
    published("../shared/bench-data/cvrp/X/X-n469-k138", READ_NEAREST);
    published("../shared/bench-data/vrptw/mdvrptw/PR11A", READ_THOUSANDTH);
}

static void test_never_below_the_optimum(void **state) {
    (void)state;
    static const struct {
        const char *path;
        int64_t optimum;
    } PROVEN[] = {{"../shared/bench-data/vrptw/solomon/C101.txt", 8273},
                  {"../shared/bench-data/vrptw/solomon/R101.txt", 16377},
                  {"../shared/bench-data/vrptw/solomon/RC101.txt", 16198}};
    for (size_t i = 0; i < sizeof PROVEN / sizeof *PROVEN; i++) {
        World world = world_new();
        Str text = STR_NONE;
        if (text_read(world.arena, PROVEN[i].path, &text)) {
            RoundProblem *problem = NULL;
            assert_int_equal(read_solomon(&world.cx, text, READ_TENTH_DOWN, &problem), STATUS_OK);
            RoundPlan *plan = solved(&world.cx, problem, 20000, 1);
            assert_int_equal(plan->unserved_count, 0);
            assert_true(plan->cost >= PROVEN[i].optimum);
            assert_true(plan->cost * 100 <= PROVEN[i].optimum * 105);
        } else {
            print_message("skipped: %s is absent\n", PROVEN[i].path);
        }
        arena_free(world.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brute_plain),
        cmocka_unit_test(test_brute_windows),
        cmocka_unit_test(test_brute_trips_and_breaks),
        cmocka_unit_test(test_brute_all),
        cmocka_unit_test(test_order_of_jobs_and_vehicles_does_not_matter),
        cmocka_unit_test(test_scaled_costs_scale_the_plan),
        cmocka_unit_test(test_one_more_vehicle_never_worsens),
        cmocka_unit_test(test_same_seed_same_plan),
        cmocka_unit_test(test_watch_stops_the_search),
        cmocka_unit_test(test_a_round_opens_for_many_optional_jobs),
        cmocka_unit_test(test_warm_start_keeps_or_improves),
        cmocka_unit_test(test_frozen_steps_stay),
        cmocka_unit_test(test_impossible_frozen_steps_name_the_vehicle),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_bad_problems_are_refused),
        cmocka_unit_test(test_checker_sees_every_change),
        cmocka_unit_test(test_published_costs),
        cmocka_unit_test(test_never_below_the_optimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
