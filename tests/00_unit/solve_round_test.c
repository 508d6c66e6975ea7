/* Tests of the rounds engine: brute force on small problems with every rule on, properties that must
 * hold under change of the problem, re-planning, reasons, and published routes as oracles of the
 * cost (from ../shared relative to the project root; skipped when absent).
 */
#include "base/prng.h"
#include "solve/check_round.h"
#include "solve/read_solomon.h"
#include "solve/read_vrplib.h"
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
    char names[SMALL_JOBS + SMALL_VEHICLES + SMALL_PLACES][8];
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
        if (prng_below(prng, 2) == 0) {
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
    job->prize = (rules & RULE_PRIZES) != 0 && prng_below(prng, 3) == 0
                     ? prng_between(prng, 0, 900)
                     : -1;
    job->town = (rules & RULE_SOFT) != 0 ? (int32_t)prng_below(prng, 3) : ROUND_NONE;
    bool is_pinned = (rules & RULE_PINS) != 0 && prng_below(prng, 6) == 0;
    job->vehicle = is_pinned ? (int32_t)prng_below(prng, (uint64_t)small->problem.vehicle_count)
                             : ROUND_NONE;
}

static void small_vehicle_limits(Prng *prng, int32_t rules, RoundVehicle *vehicle) {
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
    bool is_wide = (rules & (RULE_TRIPS | RULE_BREAKS)) != 0;
    problem->job_count = (int32_t)prng_between(&prng, 1, is_wide ? 6 : SMALL_JOBS);
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

/* The cost of the present sequence, or NO_ROUTE. */
static int64_t sequence_cost(const Brute *brute) {
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
        cost += (vehicle->hour_cost * seconds * 10 + vehicle->km_cost * metres * 36 + 18000) / 36000;
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
        !loads_hold(brute)) {
        return NO_ROUTE;
    }
    int64_t finish = finish_of(brute, vehicle->shift.open_s);
    bool fits = finish <= vehicle->shift.close_s &&
                (vehicle->duration_max_s == ROUND_NO_LIMIT || duration_holds(brute, finish));
    return fits ? cost : NO_ROUTE;
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
            if (r >= 0) {
                brute->places[brute->len] = brute->vehicle->reload_places[r];
                brute->jobs[brute->len++] = ROUND_NONE;
            }
            brute->places[brute->len] = it->place;
            brute->jobs[brute->len++] = job;
            brute_extend(brute, done | 1u << job, job_count + 1, trips + (r >= 0 ? 1 : 0));
            brute->len = len;
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
    cx_init(&world.cx, world.arena);
    Small *small = arena_new(world.arena, Small);
    small_make(small, seed, rules);
    Score best = brute_best(&small->problem);
    RoundPlan *plan = solved(&world.cx, &small->problem, 12800, seed);
    Score ours = plan_score(&small->problem, plan);
    if (best.lost != ours.lost || best.cost != ours.cost) {
        fail_msg("seed %llu, rules %d: brute force %lld + %lld, engine %lld + %lld",
                 (unsigned long long)seed, (int)rules, (long long)best.lost,
                 (long long)best.cost, (long long)ours.lost, (long long)ours.cost);
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
    for (uint64_t seed = 300; seed <= 360; seed++) {
        brute_compare(seed, RULE_ALL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brute_plain),
        cmocka_unit_test(test_brute_windows),
        cmocka_unit_test(test_brute_trips_and_breaks),
        cmocka_unit_test(test_brute_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
