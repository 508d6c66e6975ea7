/* Tests of the readers of rounds: JSON in and out, re-planning through files, Solomon and VRPLIB,
 * and errors that name what is wrong.
 */
#include "solve/check_round.h"
#include "solve/read_round_json.h"
#include "solve/read_solomon.h"
#include "solve/read_vrplib.h"
#include "test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct World {
    Arena *arena;
    Cx cx;
} World;

static int setup(void **state) {
    World *world = test_calloc(1, sizeof *world);
    world->arena = arena_create();
    cx_init(&world->cx, world->arena);
    *state = world;
    return 0;
}

static int teardown(void **state) {
    World *world = *state;
    arena_free(world->arena);
    test_free(world);
    return 0;
}

static RoundPlan *solve(World *world, const RoundProblem *problem) {
    RoundOptions options = {.seed = 1, .iteration_max = 3200, .thread_count = 1};
    RoundPlan *plan = NULL;
    Status status = round_solve(&world->cx, problem, &options, &plan);
    if (status == STATUS_OK) {
        status = check_round_plan(&world->cx, problem, plan);
    }
    if (status != STATUS_OK) {
        fail_msg("%s", world->cx.fault.text);
    }
    return plan;
}

static const char DAY[] =
    "{\"territory_cost\": 50, \"fairness_cost\": 10, \"matrices\": {\"car\": {\"durations\":"
    "[[0,100,200,300],[100,0,100,200],[200,100,0,100],[300,200,100,0]]}},"
    "\"vehicles\": [{\"id\": 1, \"start_index\": 0, \"end_index\": 0, \"capacity\": [10, 10, 2],"
    "\"time_window\": [0, 5000], \"skills\": [\"lift\", 7], \"reloads\": [{\"location_index\": 0}],"
    "\"reload_service\": 60, \"towns\": [\"x\"], \"breaks\": [{\"id\": \"lunch\","
    "\"time_windows\": [[500, 900]], \"service\": 300}], \"costs\": {\"fixed\": 5}}],"
    "\"jobs\": [{\"id\": \"a\", \"location_index\": 1, \"pickup\": [5, 5, 1], \"service\": 30},"
    "{\"id\": 2, \"location_index\": 2, \"pickup\": [5, 5, 1], \"skills\": [7], \"town\": \"y\"},"
    "{\"id\": 3, \"location_index\": 3, \"pickup\": [5, 5, 1], \"priority\": 4,"
    "\"time_windows\": [[100, 400], [1000, 4000]]}]}";

static void test_day(void **state) {
    World *world = *state;
    RoundFile file;
    assert_int_equal(read_round_json(&world->cx, str_of(DAY), NULL, &file), STATUS_OK);
    assert_int_equal(file.problem.job_count, 3);
    RoundPlan *plan = solve(world, &file.problem);
    assert_int_equal(plan->unserved_count, 0);
    assert_int_equal(plan->route_count, 1);
    assert_int_equal(plan->routes[0].trip_count, 2);
    Buf *out = buf_in(world->arena, 1 << 20);
    assert_int_equal(round_json_write(&world->cx, &file, plan, out), STATUS_OK);
    assert_true(str_contains(buf_str(out), STR("\"type\": \"break\"")));
    assert_true(str_contains(buf_str(out), STR("\"type\": \"reload\"")));
    assert_true(str_contains(buf_str(out), STR("\"id\": 2")));
    assert_true(str_contains(buf_str(out), STR("\"id\": \"a\"")));
    assert_int_equal(round_geojson_write(&world->cx, &file.problem, plan, out), STATUS_INVALID);
}

/* Two vehicles on a map; the second has driven a part when the first breaks down. */
static const char BREAKDOWN[] =
    "{\"now\": 600, \"datum\": \"GCJ-02\", \"vehicles\": ["
    "{\"id\": \"v1\", \"start\": [119.20, 36.40], \"end\": [119.20, 36.40], \"broken\": true,"
    "\"steps\": [{\"type\": \"start\"}, {\"type\": \"job\", \"id\": 1, \"arrival\": 300},"
    "{\"type\": \"job\", \"id\": 2, \"arrival\": 900}, {\"type\": \"end\"}]},"
    "{\"id\": \"v2\", \"start\": [119.20, 36.40], \"end\": [119.20, 36.40],"
    "\"steps\": [{\"type\": \"job\", \"id\": 3, \"arrival\": 500},"
    "{\"type\": \"job\", \"id\": 4, \"arrival\": 2000},"
    "{\"type\": \"job\", \"id\": 5, \"arrival\": 3000}]}],"
    "\"jobs\": [{\"id\": 1, \"location\": [119.21, 36.41]},"
    "{\"id\": 2, \"location\": [119.22, 36.40]}, {\"id\": 3, \"location\": [119.25, 36.45]},"
    "{\"id\": 4, \"location\": [119.19, 36.42], \"cancelled\": true},"
    "{\"id\": 5, \"location\": [119.18, 36.41], \"vehicle\": \"v2\"}]}";

static void test_breakdown_and_cancellation(void **state) {
    World *world = *state;
    RoundFile file;
    if (read_round_json(&world->cx, str_of(BREAKDOWN), NULL, &file) != STATUS_OK) {
        fail_msg("%s", world->cx.fault.text);
    }
    assert_true(file.is_estimated);
    assert_int_equal(file.done_count, 2); /* job 1 is done, job 4 cancelled */
    assert_int_equal(file.problem.vehicle_count, 1);
    assert_int_equal(file.problem.job_count, 3);
    assert_int_equal(file.problem.vehicles[0].frozen_count, 1);
    RoundPlan *plan = solve(world, &file.problem);
    assert_int_equal(plan->unserved_count, 0);
    assert_int_equal(plan->routes[0].stops[1].job, 1); /* the frozen job 3 comes first */
    Buf *out = buf_in(world->arena, 1 << 20);
    assert_int_equal(round_geojson_write(&world->cx, &file.problem, plan, out), STATUS_OK);
    assert_true(str_contains(buf_str(out), STR("\"LineString\"")));
    Buf *json = buf_in(world->arena, 1 << 20);
    assert_int_equal(round_json_write(&world->cx, &file, plan, json), STATUS_OK);
}

/* ---- the last answer fed back
 * ------------------------------------------------------------------*/

/* Trips with reloads on a map in GCJ-02, no matrix: answers are in WGS-84. */
static const char TRIPS[] =
    "{\"datum\": \"GCJ-02\", \"detour\": 1.2, \"speeds_km_h\": {\"rural\": 60},"
    "\"vehicles\": [{\"id\": \"v1\", \"start\": [119.20, 36.40], \"end\": [119.20, 36.40],"
    "\"class\": \"urban\", \"capacity\": [10],"
    "\"reloads\": [{\"location\": [119.20, 36.40]}, {\"location\": [119.30, 36.40]}]}],"
    "\"jobs\": [{\"id\": 1, \"location\": [119.21, 36.41], \"pickup\": [8]},"
    "{\"id\": 2, \"location\": [119.22, 36.40], \"pickup\": [8], \"class\": \"rural\"},"
    "{\"id\": 3, \"location\": [119.25, 36.45], \"pickup\": [8], \"detour\": 1.7}]}";

/* The file with the steps of the plan in its vehicle, and the clock set. */
static Str fed_back(World *world, const RoundFile *file, const RoundPlan *plan, int64_t now_s) {
    Buf *out = buf_in(world->arena, 1 << 20);
    assert_int_equal(round_json_write(&world->cx, file, plan, out), STATUS_OK);
    json_t *root = json_loads(TRIPS, 0, NULL);
    json_t *answer = json_loadb(buf_str(out).at, buf_str(out).len, 0, NULL);
    json_t *route = json_array_get(json_object_get(answer, "routes"), 0);
    json_t *vehicle = json_array_get(json_object_get(root, "vehicles"), 0);
    assert_int_equal(json_object_set(vehicle, "steps", json_object_get(route, "steps")), 0);
    assert_int_equal(json_object_set_new(root, "now", json_integer(now_s)), 0);
    char *text = json_dumps(root, 0);
    Str copy = str_dup(world->arena, str_of(text));
    free(text);
    json_decref(root);
    json_decref(answer);
    return copy;
}

static void test_the_last_answer_is_the_next_start(void **state) {
    World *world = *state;
    RoundFile file;
    RoundFile again;
    if (read_round_json(&world->cx, str_of(TRIPS), NULL, &file) != STATUS_OK) {
        fail_msg("%s", world->cx.fault.text);
    }
    RoundPlan *plan = solve(world, &file.problem);
    assert_int_equal(plan->unserved_count, 0);
    assert_int_equal(plan->routes[0].trip_count, 3);
    int64_t second_s = plan->routes[0].stops[3].arrival_s; /* the second job */
    Str text = fed_back(world, &file, plan, second_s);
    if (read_round_json(&world->cx, text, NULL, &again) != STATUS_OK) {
        fail_msg("%s", world->cx.fault.text);
    }
    assert_int_equal(again.problem.vehicles[0].step_count, 5);
    assert_int_equal(again.problem.vehicles[0].frozen_count, 3);
    assert_int_equal(solve(world, &again.problem)->cost, plan->cost);
}

/* ---- every rule of the file
 * --------------------------------------------------------------------*/

/* A line of four places, 100 s and 100 m apart; vehicle 1 at the first, jobs a, b, c at the others.
 * Pieces of JSON are put into the root, into the vehicle, into each job and into job c. */
static const char LINE[] =
    "{%s\"matrices\": {\"car\": {\"durations\":"
    "[[0,100,200,300],[100,0,100,200],[200,100,0,100],[300,200,100,0]], \"distances\":"
    "[[0,100,200,300],[100,0,100,200],[200,100,0,100],[300,200,100,0]]},"
    "\"truck\": {\"durations\":"
    "[[0,150,300,450],[150,0,150,300],[300,150,0,150],[450,300,150,0]]}},"
    "\"vehicles\": [{\"id\": 1, \"start_index\": 0, \"end_index\": 0%s}],"
    "\"jobs\": [{\"id\": \"a\", \"location_index\": 1%s}, {\"id\": \"b\", \"location_index\": 2%s},"
    "{\"id\": \"c\", \"location_index\": 3%s%s}]}";

typedef struct Rule {
    const char *root;
    const char *vehicle;
    const char *job;
    const char *job_c;
    int32_t unserved;
    int64_t cost; /* of the routes */
} Rule;

#define LOADS(capacity, pickup) ", \"capacity\": " capacity, ", \"pickup\": " pickup

/* Each answer is worked out by hand: 600 for all three, 400 without c, 200 for a alone. */
static const Rule RULES[] = {
    {"", "", "", "", 0, 600},
    {"\"description\": \"x\",", ", \"description\": \"x\"", ", \"description\": \"x\"", "", 0, 600},
    {"", LOADS("[2]", "[1]"), "", 1, 400},
    {"", LOADS("[9, 2]", "[0, 1]"), "", 1, 400},
    {"", LOADS("[9, 9, 2]", "[0, 0, 1]"), "", 1, 400},
    {"", LOADS("[9, 9, 9, 2]", "[0, 0, 0, 1]"), "", 1, 400},
    {"", ", \"capacity\": [2]", ", \"delivery\": [1]", "", 1, 400},
    {"", ", \"capacity\": [2], \"load\": [1]", ", \"pickup\": [1]", "", 2, 200},
    {"", "", ", \"skills\": [\"lift\"]", "", 3, 0},
    {"", ", \"skills\": [\"lift\", \"two\"]", ", \"skills\": [\"lift\"]", "", 0, 600},
    {"", ", \"time_window\": [0, 450]", "", "", 1, 400},
    {"",
     ", \"time_window\": [0, 600], \"breaks\": [{\"id\": \"noon\", \"service\": 100,"
     " \"time_windows\": [[0, 600]]}]",
     "", "", 1, 400},
    {"", ", \"capacity\": [1], \"reloads\": [{\"location_index\": 0}]", ", \"pickup\": [1]", "", 0,
     1200},
    {"", ", \"capacity\": [1], \"reloads\": [{\"location_index\": 0}], \"max_trips\": 2",
     ", \"pickup\": [1]", "", 1, 600},
    {"",
     ", \"capacity\": [1], \"reloads\": [{\"location_index\": 0}], \"reload_service\": 100,"
     " \"time_window\": [0, 1350]",
     ", \"pickup\": [1]", "", 1, 600},
    {"", "", ", \"time_windows\": [[0, 50]]", "", 3, 0},
    {"", ", \"time_window\": [0, 9999]", ", \"time_windows\": [[0, 50], [500, 900]]", "", 0, 600},
    {"", ", \"time_window\": [0, 1000]", ", \"service\": 200", "", 1, 400},
    {"", ", \"time_window\": [0, 1000]", ", \"setup\": 150, \"service\": 50", "", 1, 400},
    {"", ", \"capacity\": [1]", ", \"pickup\": [1]", ", \"priority\": 9", 2, 600},
    {"", "", ", \"prize\": 10", "", 3, 0},
    {"", "", "", ", \"prize\": 150", 1, 400},
    {"", ", \"max_tasks\": 2", "", "", 1, 400},
    {"", ", \"max_travel_time\": 450", "", "", 1, 400},
    {"", ", \"max_distance\": 450", "", "", 1, 400},
    {"", ", \"max_duration\": 450", "", "", 1, 400},
    {"", ", \"speed_factor\": 2", "", "", 0, 300},
    {"", ", \"costs\": {\"fixed\": 50}", "", "", 0, 650},
    {"", ", \"costs\": {\"per_hour\": 0, \"per_km\": 2000}", "", "", 0, 1200},
    {"", ", \"profile\": \"truck\"", "", "", 0, 900},
    {"\"territory_cost\": 7,", ", \"towns\": [\"x\"]", ", \"town\": \"y\"", "", 0, 621},
    {"\"territory_cost\": 7,", ", \"towns\": [\"x\", \"y\"]", ", \"town\": \"y\"", "", 0, 600},
    {"\"fairness_cost\": 3600,", "", "", "", 0, 700},
    {"", "", "", ", \"cancelled\": true", 0, 400},
    {"", "", ", \"vehicle\": 1", "", 0, 600},
};

static void test_every_rule_is_reachable(void **state) {
    World *world = *state;
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
        const Rule *rule = &RULES[i];
        Str text = str_print(world->arena, LINE, rule->root, rule->vehicle, rule->job, rule->job,
                             rule->job, rule->job_c);
        RoundFile file;
        if (read_round_json(&world->cx, text, NULL, &file) != STATUS_OK) {
            fail_msg("rule %zu: %s", i, world->cx.fault.text);
        }
        RoundPlan *plan = solve(world, &file.problem);
        if (plan->unserved_count != rule->unserved || plan->cost != rule->cost) {
            fail_msg("rule %zu: %d left out, cost %lld", i, (int)plan->unserved_count,
                     (long long)plan->cost);
        }
    }
}

/* Several depots and recyclers: each job goes with the nearer one, and pins go before. */
static void test_several_depots(void **state) {
    World *world = *state;
    static const char *const TEXT =
        "{\"matrices\": {\"car\": {\"durations\":"
        "[[0,100,200,300],[100,0,100,200],[200,100,0,100],[300,200,100,0]]}},"
        "\"vehicles\": [{\"id\": \"east\", \"start_index\": 0, \"end_index\": 0},"
        "{\"id\": \"west\", \"start_index\": 3, \"end_index\": 3}],"
        "\"jobs\": [{\"id\": 1, \"location_index\": 1%s}, {\"id\": 2, \"location_index\": 2}]}";
    RoundFile file;
    Str text = str_print(world->arena, TEXT, "");
    assert_int_equal(read_round_json(&world->cx, text, NULL, &file), STATUS_OK);
    assert_int_equal(solve(world, &file.problem)->cost, 400);
    text = str_print(world->arena, TEXT, ", \"vehicle\": \"west\"");
    assert_int_equal(read_round_json(&world->cx, text, NULL, &file), STATUS_OK);
    RoundPlan *plan = solve(world, &file.problem);
    assert_int_equal(plan->route_count, 1);
    assert_int_equal(plan->routes[0].vehicle, 1);
    assert_int_equal(plan->cost, 400);
}

/* ---- travel of districts
 * -----------------------------------------------------------------------*/

static void test_districts_and_speeds(void **state) {
    World *world = *state;
    RoundFile file;
    static const char *const TEXT =
        "{%s\"vehicles\": [{\"id\": \"v\", \"start\": [119.0, 36.0]%s}],"
        "\"jobs\": [{\"id\": 1, \"location\": [119.1, 36.0]%s}]}";
    static const struct {
        const char *root;
        const char *vehicle;
        const char *job;
        double detour;
        double km_h;
    } CASES[] = {
        {"", "", "", 1.3, 35},
        {"\"detour\": 1.5,", "", "", 1.5, 35},
        {"", ", \"detour\": 1.2", ", \"detour\": 1.4", 1.3, 35},
        {"\"speeds_km_h\": {\"town\": 20},", "", "", 1.3, 20},
        {"", ", \"class\": \"urban\"", ", \"class\": \"urban\"", 1.3, 25},
        {"\"speeds_km_h\": {\"rural\": 90},", ", \"class\": \"rural\"", ", \"class\": \"rural\"",
         1.3, 90},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Str text = str_print(world->arena, TEXT, CASES[i].root, CASES[i].vehicle, CASES[i].job);
        assert_int_equal(read_round_json(&world->cx, text, NULL, &file), STATUS_OK);
        const RoundProfile *car = &file.problem.profiles[0];
        /* 0.1 degree of longitude at 36 N on the mean sphere */
        double metres = 8995.7 * CASES[i].detour;
        assert_in_range(car->distance_m[1], (int64_t)metres - 2, (int64_t)metres + 2);
        double seconds = metres * 3.6 / CASES[i].km_h;
        assert_in_range(car->duration_s[1], (int64_t)seconds - 2, (int64_t)seconds + 2);
    }
}

/* ---- refusals ---------------------------------------------------------------------------------*/

typedef struct Refusal {
    const char *text;
    const char *word; /* that the message must hold */
} Refusal;

#define VEHICLE "\"vehicles\": [{\"id\": \"van\", \"start\": [119, 36]}]"

static const Refusal JSON_REFUSALS[] = {
    {"", "not JSON"},
    {"[]", "not a JSON object"},
    {"{\"jobs\": 3}", "jobs"},
    {"{\"job\": []}", "job"},
    {"{\"jobs\": [], \"jobs\": []}", "not JSON"},
    {"{\"shipments\": []}", "shipments"},
    {"{\"jobs\": [{}]}", "id"},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\"}]}", "\"a\""},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\", \"location\": [500, 1]}]}", "\"a\""},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\", \"location\": [119, 36], \"servise\": 1}]}",
     "servise"},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\", \"location\": [119, 36], \"service\": -1}]}",
     "\"a\""},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\", \"location\": [119, 36], \"service\": 1e30}]}",
     "\"a\""},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\", \"location\": [119, 36],"
     "\"time_windows\": [[9, 3]]}]}",
     "\"a\""},
    {"{" VEHICLE ", \"jobs\": [{\"id\": \"a\", \"location\": [119, 36], \"vehicle\": \"bus\"}]}",
     "\"a\""},
    {"{" VEHICLE ", \"jobs\": [{\"id\": 1, \"location\": [119, 36]},"
     "{\"id\": \"1\", \"location\": [119, 36]}]}",
     "twice"},
    {"{" VEHICLE ", \"jobs\": [{\"id\": 1, \"location_index\": 0}]}", "matrices"},
    {"{\"vehicles\": [{\"id\": \"van\", \"steps\": [{\"type\": \"job\", \"id\": 7}]}]}", "van"},
    {"{\"vehicles\": [{\"id\": \"van\", \"capacity\": [1, 2, 3, 4, 5]}]}", "van"},
    {"{\"vehicles\": [{\"id\": \"van\", \"speed_factor\": 0}]}", "van"},
    {"{\"vehicles\": [{\"id\": \"van\", \"breaks\": [{}]}]}", "van"},
    {"{\"detour\": 0.5}", "detour"},
    {"{\"speeds_km_h\": {\"town\": 0}}", "town"},
    {"{\"speeds_km_h\": {\"sea\": 20}}", "sea"},
    {"{\"vehicles\": [{\"id\": \"van\", \"start\": [119, 36], \"class\": \"moon\"}]}", "van"},
    {"{\"vehicles\": [{\"id\": \"van\", \"start\": [119, 36],"
     "\"reloads\": [{\"location\": [119, 36]}],"
     "\"steps\": [{\"type\": \"reload\", \"location\": [119, 37]}]}]}",
     "van"},
    {"{\"matrices\": {\"car\": {\"durations\": [[0, 1], [1]]}},"
     "\"vehicles\": [{\"id\": \"van\"}]}",
     "durations"},
    {"{\"matrices\": {\"car\": {\"durations\": [[0]]}},"
     "\"vehicles\": [{\"id\": \"van\", \"profile\": \"bike\"}]}",
     "bike"},
};

static void test_json_refusals(void **state) {
    World *world = *state;
    for (size_t i = 0; i < sizeof JSON_REFUSALS / sizeof *JSON_REFUSALS; i++) {
        RoundFile file;
        fault_clear(&world->cx);
        Status status = read_round_json(&world->cx, str_of(JSON_REFUSALS[i].text), NULL, &file);
        if (status == STATUS_OK || strstr(world->cx.fault.text, JSON_REFUSALS[i].word) == NULL) {
            fail_msg("refusal %zu: \"%s\"", i, world->cx.fault.text);
        }
    }
}

/* ---- benchmark formats ------------------------------------------------------------------------*/

static const char SOLOMON[] = "TINY\n\nVEHICLE\nNUMBER CAPACITY\n 2 10\n\nCUSTOMER\n"
                              "CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\n"
                              "0 0 0 0 0 100 0\n1 3 4 5 0 50 2\n2 0 9 5 10 60 2\n";

static void test_solomon(void **state) {
    World *world = *state;
    RoundProblem *problem = NULL;
    assert_int_equal(read_solomon(&world->cx, str_of(SOLOMON), READ_TENTH_DOWN, &problem),
                     STATUS_OK);
    assert_int_equal(problem->job_count, 2);
    assert_int_equal(problem->vehicle_count, 2);
    assert_int_equal(problem->profiles[0].distance_m[1], 50);
    RoundPlan *plan = solve(world, problem);
    assert_int_equal(plan->cost, 50 + 58 + 90); /* sqrt(34) = 5.83, cut to tenths */
    for (size_t cut = 0; cut < sizeof SOLOMON - 12; cut++) {
        fault_clear(&world->cx);
        Status status =
            read_solomon(&world->cx, str_slice(str_of(SOLOMON), 0, cut), READ_NEAREST, &problem);
        assert_true(status == STATUS_OK || world->cx.fault.text[0] != '\0');
    }
}

static const char VRPLIB[] =
    "NAME : tiny\nTYPE : CVRP\nDIMENSION : 4\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 10\n"
    "NODE_COORD_SECTION\n1 0 0\n2 0 5\n3 0 7\n4 5 0\nDEMAND_SECTION\n1 0\n2 5\n3 5\n4 5\n"
    "DEPOT_SECTION\n1\n-1\nEOF\n";

static const Refusal VRPLIB_REFUSALS[] = {
    {"", "lacks"},
    {"DIMENSION : 1\n", "DIMENSION"},
    {"DIMENSION : 99999999\n", "DIMENSION"},
    {"DIMENSION : 3\nDIMENSION : 3\n", "twice"},
    {"WEIGHT : 3\n", "WEIGHT"},
    {"NODE_COORD_SECTION\n1 0 0\n", "before DIMENSION"},
    {"DIMENSION : 3\nNODE_COORD_SECTION\n1 0 0\n3 0 0\n", "lacks node 2"},
    {"DIMENSION : 3\nNODE_COORD_SECTION\n1 0 0\n2 0 0\n2 0 0\n", "two rows"},
    {"DIMENSION : 3\nNODE_COORD_SECTION\n1 0 0\n4 0 0\n", "node number 4"},
    {"DIMENSION : 3\nCAPACITY : 1.5\n", "whole"},
    {"DIMENSION : 3\nCAPACITY : 5\nEDGE_WEIGHT_TYPE : EXPLICIT\n", "lacks EDGE_WEIGHT_SECTION"},
    {"DIMENSION : 3\nEDGE_WEIGHT_SECTION\n1 2 3\n", "EDGE_WEIGHT_FORMAT"},
    {"DIMENSION : 3\nCAPACITY : 5\nEDGE_WEIGHT_FORMAT : LOWER_ROW\nEDGE_WEIGHT_SECTION\n1 2 3\n",
     "lacks NODE_COORD_SECTION"},
    {"DIMENSION : 3\nNODE_COORD_SECTION\n1 0 nan\n", "nan"},
    {"DIMENSION : 3\nVEHICLES_DEPOT_SECTION\n1 1\n", "VEHICLES"},
    {"DIMENSION : 3\nDEPOT_SECTION\n-1\n", "no depot"},
    {"DIMENSION : 3\nEDGE_WEIGHT_TYPE : XRAY1\n", "XRAY1"},
    {"DIMENSION : 3\nPICKUP_AND_DELIVERY_SECTION\n1 2\n", "PICKUP_AND_DELIVERY_SECTION"},
};

static void test_vrplib(void **state) {
    World *world = *state;
    RoundProblem *problem = NULL;
    assert_int_equal(read_vrplib(&world->cx, str_of(VRPLIB), READ_NEAREST, &problem), STATUS_OK);
    assert_int_equal(problem->job_count, 3);
    RoundPlan *plan = solve(world, problem);
    assert_int_equal(plan->cost, 14 + 10);
    ReadSolution *solution = NULL;
    Str text = STR("Route #1: 1 2\nRoute #2: 3\nCost 24\n");
    assert_int_equal(read_vrplib_solution(&world->cx, text, problem, &solution), STATUS_OK);
    assert_int_equal(solution->route_count, 2);
    assert_int_equal(solution->routes[0].jobs[1], 1);
    assert_int_equal(solution->cost, 24);
    assert_int_equal(read_vrplib_solution(&world->cx, STR("Route #1: 9\n"), problem, &solution),
                     STATUS_INVALID);
    for (size_t i = 0; i < sizeof VRPLIB_REFUSALS / sizeof *VRPLIB_REFUSALS; i++) {
        fault_clear(&world->cx);
        Status status =
            read_vrplib(&world->cx, str_of(VRPLIB_REFUSALS[i].text), READ_NEAREST, &problem);
        if (status == STATUS_OK || strstr(world->cx.fault.text, VRPLIB_REFUSALS[i].word) == NULL) {
            fail_msg("refusal %zu: \"%s\"", i, world->cx.fault.text);
        }
    }
}

/* ---- the same instance, written otherwise
 * ------------------------------------------------------*/

/* Each must read as TINY does: two customers, the same costs. */
static const char *const SOLOMON_FORMS[] = {
    "\xEF\xBB\xBFTINY\r\n\r\nVEHICLE\r\nNUMBER     CAPACITY\r\n  2         10\r\n\r\nCUSTOMER\r\n"
    "CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME\r\n \r\n"
    "    0      0         0          0          0       100          0   \r\n"
    "    1      3         4          5          0        50          2   \r\n"
    "    2      0         9          5         10        60          2   \r\n\x1a",
    "\n\n# a comment\nTINY\n\n\nvehicle\nnumber capacity\n2 10\ncustomer\ncust no. x y q e l s\n"
    "0 0.0 0.00 0.0 0.0 100.0 0.0\n\n1 3.0 4 5.00 0 50.0 2.0\n# half way\n2 0 9 5 10 60 2\nEOF\n",
    "TINY\rVEHICLE\rNUMBER CAPACITY\r2 10\rCUSTOMER\rCUST NO. X Y DEMAND READY DUE SERVICE\r"
    "1 0 0 0 0 1e2 0\r2 3 4 5 0 50 2\r3 0 9 5 10 60 2",
    "TINY\nVEHICLES\nNUMBER\tCAPACITY\n2\t10\nCUSTOMERS\nCUST\tNO.\nX\n0\t0\t0\t0\t0\t100\t0\n"
    "7\t3\t4\t5\t0\t50\t2\n9\t0\t9\t5\t10\t60\t2\nend\nanything",
};

static void test_solomon_forms(void **state) {
    World *world = *state;
    for (size_t i = 0; i < sizeof SOLOMON_FORMS / sizeof *SOLOMON_FORMS; i++) {
        RoundProblem *problem = NULL;
        if (read_solomon(&world->cx, str_of(SOLOMON_FORMS[i]), READ_TENTH_DOWN, &problem) !=
            STATUS_OK) {
            fail_msg("form %zu: %s", i, world->cx.fault.text);
        }
        assert_int_equal(problem->job_count, 2);
        assert_int_equal(problem->jobs[0].windows[0].close_s, 500);
        assert_int_equal(problem->vehicles[0].shift.close_s, 1000);
        assert_int_equal(solve(world, problem)->cost, 50 + 58 + 90);
    }
}

/* Each must read as VRPLIB does. */
static const char *const VRPLIB_FORMS[] = {
    "\xEF\xBB\xBFNAME : \ttiny\t\r\nCOMMENT : \t\"a: b, c\"\t\r\nTYPE : \tCVRP\t\r\nDIMENSION : \t4\t\r\n"
    "EDGE_WEIGHT_TYPE : \tEUC_2D\t\r\nCAPACITY : \t10\t\r\nNODE_COORD_SECTION\t\t\r\n1\t0\t0\t\r\n"
    "2\t0\t5\r\n3\t0\t7\r\n4\t5\t0\r\nDEMAND_SECTION\t\t\r\n1\t0\t\r\n2\t5\t\r\n3\t5\r\n4\t5\r\n"
    "DEPOT_SECTION\t\t\r\n\t1\t\r\n\t-1\t\r\nEOF\t\t\r\n",
    "# first\n\nname: tiny\nbest_known: 24\ncapacity: 10.0\ndimension: 4\n\nedge_weight_type: euc_2d\n"
    "node_coord_type: twod_coords\ndemand_section:\n4 5\n3 5.0\n2 5\n1 0\n-1\n\n"
    "node_coord_section :\n# turned round\n4 5.0 0.0\n3 0 7e0\n2 0 5\n1 0 0\n-1\n",
    "DIMENSION 4\rCAPACITY 10\rEDGE_WEIGHT_TYPE EUC_2D\rDEPOT_SECTION 0 -1\rNODE_COORD_SECTION\r"
    "0 0 0\r1 0 5\r2 0 7\r3 5 0\rDEMAND_SECTION\r1 5\r2 5\r3 5\rEOF\rNOISE\r",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_ROW\n"
    "EDGE_WEIGHT_SECTION\n5\n7 2\n5 7\n9\nDEMAND_SECTION\n2 5\n3 5\n4 5\nDEPOT_SECTION\n1\n-1\nEOF\n",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_COL\n"
    "EDGE_WEIGHT_SECTION\n5 7 5 2 7 9\nDEMAND_SECTION\n2 5\n3 5\n4 5\nDEPOT_SECTION\n1\n-1\nEOF\n",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : UPPER_ROW\n"
    "EDGE_WEIGHT_SECTION\n5 7 5 2 7 9\nDEMAND_SECTION\n2 5\n3 5\n4 5\nDEPOT_SECTION\n1\n-1\nEOF\n",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : UPPER_COL\n"
    "EDGE_WEIGHT_SECTION\n5 7 2 5 7 9\nDEMAND_SECTION\n2 5\n3 5\n4 5\nDEPOT_SECTION\n1\n-1\nEOF\n",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_DIAG_ROW\n"
    "DISPLAY_DATA_TYPE : TWOD_DISPLAY\n"
    "EDGE_WEIGHT_SECTION\n0 5 0 7 2 0 5 7 9 0\nDISPLAY_DATA_SECTION\n1 0 0\n2 0 5\n3 0 7\n4 5 0\n"
    "DEMAND_SECTION\n2 5\n3 5\n4 5\nDEPOT_SECTION\n1\n-1\nEOF\n",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : UPPER_DIAG_ROW\n"
    "EDGE_WEIGHT_SECTION\n0 5 7 5 0 2 7 0 9 0\nDEMAND_SECTION\n2 5\n3 5\n4 5\nEOF\n",
    "DIMENSION : 4\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : FULL_MATRIX\n"
    "EDGE_WEIGHT_SECTION\n9999 5 7 5\n5 9999 2 7\n7 2 9999 9\n5 7 9 9999\n"
    "DEMAND_SECTION\n2 5\n3 5\n4 5\nEOF\n",
};

static void test_vrplib_forms(void **state) {
    World *world = *state;
    for (size_t i = 0; i < sizeof VRPLIB_FORMS / sizeof *VRPLIB_FORMS; i++) {
        RoundProblem *problem = NULL;
        if (read_vrplib(&world->cx, str_of(VRPLIB_FORMS[i]), READ_NEAREST, &problem) != STATUS_OK) {
            fail_msg("form %zu: %s", i, world->cx.fault.text);
        }
        assert_int_equal(problem->job_count, 3);
        RoundPlan *plan = solve(world, problem);
        assert_int_equal(plan->unserved_count, 0);
        if (plan->cost != 14 + 10) {
            fail_msg("form %zu costs %lld", i, (long long)plan->cost);
        }
    }
}

/* Published lengths: 2 nodes of TSPLIB's ulysses16 (GEO), att48 (ATT), and rules worked by hand. */
static void test_edge_weight_types(void **state) {
    World *world = *state;
    static const struct {
        const char *type;
        const char *points; /* of nodes 1 and 2 */
        int64_t length;
    } CASES[] = {
        {"GEO", "1 38.24 20.42\n2 39.57 26.15\n", 509},
        {"ATT", "1 6734 1453\n2 2233 10\n", 1495},
        {"CEIL_2D", "1 0 0\n2 1 1\n", 2},
        {"FLOOR_2D", "1 0 0\n2 5 6\n", 7},
        {"EUC_2D", "1 0 0\n2 5 6\n", 8},
        {"MAN_2D", "1 0 0\n2 5 6\n", 11},
        {"MAX_2D", "1 0 0\n2 5 6\n", 6},
        {"EXACT_2D", "1 0 0\n2 1 1\n", 1414},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        RoundProblem *problem = NULL;
        Str text = str_print(world->arena,
                             "DIMENSION : 2\nCAPACITY : 10\nEDGE_WEIGHT_TYPE : %s\n"
                             "NODE_COORD_SECTION\n%sDEMAND_SECTION\n2 1\n",
                             CASES[i].type, CASES[i].points);
        assert_int_equal(read_vrplib(&world->cx, text, READ_NEAREST, &problem), STATUS_OK);
        assert_int_equal(problem->profiles[0].distance_m[1], CASES[i].length);
        assert_int_equal(problem->profiles[0].distance_m[2], CASES[i].length);
    }
}

/* Several depots, a longest duration with service times, and decimals in units of the rounding. */
static void test_vrplib_rules(void **state) {
    World *world = *state;
    RoundProblem *problem = NULL;
    Str text = STR("DIMENSION : 4\nCAPACITY : 10\nDISTANCE : 12.5\nSERVICE_TIME : 0.5\n"
                   "NODE_COORD_SECTION\n1 0 0\n2 10 0\n3 1 0\n4 9 0\nDEMAND_SECTION\n3 1\n4 1\n"
                   "TIME_WINDOW_SECTION\n3 0 7.5\nSERVICE_TIME_SECTION\n4 0\n"
                   "DEPOT_SECTION\n1\n2\n-1\nEOF\n");
    assert_int_equal(read_vrplib(&world->cx, text, READ_TENTH_DOWN, &problem), STATUS_OK);
    assert_int_equal(problem->job_count, 2);
    assert_int_equal(problem->jobs[0].service_s, 5);
    assert_int_equal(problem->jobs[1].service_s, 0);
    assert_int_equal(problem->jobs[0].windows[0].close_s, 75);
    assert_int_equal(problem->vehicles[0].duration_max_s, 125);
    assert_int_equal(problem->vehicles[1].start_place, 1);
    assert_int_equal(solve(world, problem)->cost, 20 + 20); /* one from each depot */
}

static void test_solution_forms(void **state) {
    World *world = *state;
    RoundProblem *problem = NULL;
    ReadSolution *solution = NULL;
    assert_int_equal(read_vrplib(&world->cx, str_of(VRPLIB), READ_NEAREST, &problem), STATUS_OK);
    Str text = STR("\r\nroute #1 : 1 2\r\nRoute # 2: 3\r\n\r\ncost : 23.6\r\n");
    assert_int_equal(read_vrplib_solution(&world->cx, text, problem, &solution), STATUS_OK);
    assert_int_equal(solution->route_count, 2);
    assert_int_equal(solution->routes[1].vehicle, 1);
    assert_int_equal(solution->cost, 24);
}

/* A hundred thousand lines of nothing, or of customers, cost time in proportion. */
static void test_long_files(void **state) {
    World *world = *state;
    enum { LINES = 100000 };
    RoundProblem *problem = NULL;
    Buf *blank = buf_in(world->arena, 8 << 20);
    Buf *rows = buf_in(world->arena, 8 << 20);
    buf_put_c(rows, "BIG\nVEHICLE\nNUMBER CAPACITY\n9 9\nCUSTOMER\nCUST NO.\n");
    for (int32_t i = 0; i < LINES; i++) {
        buf_put_c(blank, i % 2 == 0 ? "\r\n" : "# nothing\n");
        buf_print(rows, "%d 1 1 1 0 9 0\n", (int)i);
    }
    buf_put_c(blank, VRPLIB);
    assert_int_equal(read_vrplib(&world->cx, buf_str(blank), READ_NEAREST, &problem), STATUS_OK);
    assert_int_equal(problem->job_count, 3);
    assert_int_equal(read_solomon(&world->cx, buf_str(blank), READ_NEAREST, &problem),
                     STATUS_INVALID);
    fault_clear(&world->cx);
    assert_int_equal(read_solomon(&world->cx, buf_str(rows), READ_NEAREST, &problem), STATUS_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_day, setup, teardown),
        cmocka_unit_test_setup_teardown(test_breakdown_and_cancellation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_last_answer_is_the_next_start, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_rule_is_reachable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_several_depots, setup, teardown),
        cmocka_unit_test_setup_teardown(test_districts_and_speeds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_solomon, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vrplib, setup, teardown),
        cmocka_unit_test_setup_teardown(test_solomon_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vrplib_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_edge_weight_types, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vrplib_rules, setup, teardown),
        cmocka_unit_test_setup_teardown(test_solution_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_files, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
