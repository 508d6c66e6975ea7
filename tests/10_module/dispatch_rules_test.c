/*
 * The dispatcher's rules without pages: every plan is checked stop by stop against the promises
 * that were made (half days, loads, skills, shifts, ways), by arithmetic of its own.
 */
#include "base/prng.h"
#include "office/round/round.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE_MS = 60000, CASES = 6, MANY = 40 };

static Arena *arena;
static Cx cx;
static City city;

static int start(void **state) {
    (void)state;
    arena = arena_create();
    cx_init(&cx, arena);
    if (city_load(&cx, STR("cities/anqiu"), &city) != STATUS_OK) {
        print_error("%s\n", cx.fault.text);
        return 1;
    }
    return 0;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const Day day = {20000};

static DispatchVehicle vehicle_make(int64_t id, int64_t kg, int64_t skills) {
    return (DispatchVehicle){.id = id,
                             .name = str_print(arena, "v%d", (int)id),
                             .capacity_kg = kg,
                             .capacity_litre = kg * 6,
                             .capacity_piece = 20,
                             .skills = skills,
                             .shift_open_min = 450,
                             .shift_close_min = 1080,
                             .break_open_min = 720,
                             .break_min = 45,
                             .depot_town = city.towns[(size_t)id % city.town_count].code};
}

static PickupList bookings_make(uint64_t seed, size_t count) {
    static const char *const kinds[] = {"fridge", "tv", "washer", "air_conditioner", "computer"};
    Prng prng;
    prng_init(&prng, seed);
    PickupList list = {.items = arena_array(arena, Pickup, count + 1), .count = count};
    for (size_t i = 0; i < count; i++) {
        list.items[i] =
            (Pickup){.id = (int64_t)i + 1,
                     .category = str_of(kinds[prng_below(&prng, 5)]),
                     .town_code = city.towns[prng_below(&prng, city.town_count)].code,
                     .slot_day = day,
                     .slot_part = prng_chance_bp(&prng, 5000) ? STR("morning") : STR("afternoon"),
                     .state = STR("booked")};
    }
    return list;
}

/* ---- a checker of its own ---- */

typedef struct Check {
    const DispatchTask *task;
    const DispatchPlan *plan;
    TravelMatrix ways;
} Check;

static const Pickup *booking(const Check *it, int64_t id) {
    assert_true(id >= 1 && (size_t)id <= it->task->bookings->count);
    return &it->task->bookings->items[id - 1];
}

static const DispatchVehicle *vehicle(const Check *it, int64_t id) {
    for (size_t i = 0; i < it->task->vehicles->count; i++) {
        if (it->task->vehicles->items[i].id == id) {
            return &it->task->vehicles->items[i];
        }
    }
    check(false); /* a vehicle that nobody has */
    return &it->task->vehicles->items[0];
}

static int64_t way_ms(const Check *it, Str from, Str to) {
    if (str_equal(from, to)) {
        return DISPATCH_IN_TOWN_S * INT64_C(1000);
    }
    size_t row = (size_t)(city_town(&city, from) - city.towns);
    size_t column = (size_t)(city_town(&city, to) - city.towns);
    return it->ways.seconds[row * city.town_count + column] * INT64_C(1000);
}

static void stop_check(const Check *it, const DispatchStop *stop) {
    const Pickup *pickup = booking(it, stop->pickup_id);
    const DispatchNeed *need = dispatch_need(pickup->category);
    const DispatchVehicle *by = vehicle(it, stop->vehicle_id);
    bool is_morning = str_equal(pickup->slot_part, STR("morning"));
    int64_t minute = (stop->arrive_ms - day_start_ms(day)) / MINUTE_MS;
    assert_true(minute >= (is_morning ? 8 : 13) * 60);
    assert_true(minute <= (is_morning ? 12 : 18) * 60);
    assert_true(stop->depart_ms - stop->arrive_ms >= need->service_min * MINUTE_MS);
    assert_int_equal(need->skills & ~by->skills, 0);
    assert_false(by->is_broken);
    assert_true(stop->load_kg <= by->capacity_kg && stop->load_litre <= by->capacity_litre);
    assert_true(stop->load_piece <= by->capacity_piece);
    assert_true(stop->arrive_ms >= it->task->now_ms);
}

/* Follows one vehicle's day: times never run backwards, loads add up. */
static void tour_check(const Check *it, const DispatchTour *tour) {
    const DispatchVehicle *by = vehicle(it, tour->vehicle_id);
    Str at = by->depot_town;
    int64_t free_ms = tour->start_ms; /* driving may begin */
    int64_t rest_ms = 0;              /* of breaks since then */
    int64_t kg = 0;
    int64_t position = 0;
    assert_true(tour->start_ms >= day_start_ms(day) + by->shift_open_min * MINUTE_MS);
    for (size_t i = 0; i < it->plan->stop_count; i++) {
        const DispatchStop *stop = &it->plan->stops[i];
        if (stop->vehicle_id != tour->vehicle_id) {
            continue;
        }
        assert_int_equal(stop->position, ++position);
        assert_true(stop->arrive_ms >= free_ms + rest_ms);
        if (stop->kind == DISPATCH_STOP_BREAK) {
            assert_true(stop->depart_ms - stop->arrive_ms >= by->break_min * MINUTE_MS);
            rest_ms += stop->depart_ms - stop->arrive_ms;
            continue;
        }
        bool is_fetch = stop->kind == DISPATCH_STOP_PICKUP;
        Str to = is_fetch ? booking(it, stop->pickup_id)->town_code : by->depot_town;
        assert_true(stop->arrive_ms - free_ms - rest_ms >= way_ms(it, at, to));
        kg = is_fetch ? kg + dispatch_need(booking(it, stop->pickup_id)->category)->kg : 0;
        assert_int_equal(stop->load_kg, kg);
        free_ms = stop->depart_ms;
        rest_ms = 0;
        at = to;
        if (is_fetch) {
            stop_check(it, stop);
        }
    }
    assert_true(tour->end_ms >= free_ms + rest_ms + way_ms(it, at, by->depot_town));
    assert_true(tour->end_ms <= day_start_ms(day) + by->shift_close_min * MINUTE_MS);
}

static void plan_check(const DispatchTask *task, const DispatchPlan *plan) {
    Check it = {.task = task, .plan = plan};
    assert_int_equal(dispatch_town_matrix(&cx, &city, &it.ways), STATUS_OK);
    int *seen = arena_array(arena, int, task->bookings->count + 1);
    for (size_t i = 0; i < plan->stop_count; i++) {
        if (plan->stops[i].kind == DISPATCH_STOP_PICKUP) {
            seen[booking(&it, plan->stops[i].pickup_id)->id - 1]++;
        }
    }
    for (size_t i = 0; i < plan->out_count; i++) {
        seen[booking(&it, plan->outs[i].pickup_id)->id - 1]++;
        assert_true(dispatch_reason_zh(plan->outs[i].reason).len > 0);
        assert_false(str_equal(dispatch_reason_zh(plan->outs[i].reason), plan->outs[i].reason));
    }
    for (size_t i = 0; i < task->bookings->count; i++) {
        assert_int_equal(seen[i], 1);
    }
    for (size_t i = 0; i < plan->tour_count; i++) {
        tour_check(&it, &plan->tours[i]);
    }
}

/* ---- tests ---- */

typedef struct Scene {
    DispatchVehicle vehicles[3];
    DispatchVehicleList list;
    PickupList bookings;
    DispatchTask task;
} Scene;

static void scene_make(Scene *scene, uint64_t seed, size_t count) {
    scene->vehicles[0] = vehicle_make(1, 1200, DISPATCH_SKILL_REFRIGERANT | DISPATCH_SKILL_TWO);
    scene->vehicles[1] = vehicle_make(2, 300, DISPATCH_SKILL_TWO);
    scene->vehicles[2] = vehicle_make(3, 250, DISPATCH_SKILL_REFRIGERANT | DISPATCH_SKILL_TWO);
    scene->list = (DispatchVehicleList){scene->vehicles, 3};
    scene->bookings = bookings_make(seed, count);
    scene->task = (DispatchTask){.city = &city,
                                 .org_id = 1,
                                 .day = day,
                                 .now_ms = day_start_ms(day) - DAY_MS,
                                 .seed = (int64_t)seed,
                                 .bookings = &scene->bookings,
                                 .vehicles = &scene->list};
}

static void test_every_promise_is_kept(void **state) {
    (void)state;
    size_t unload_count = 0;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        Scene scene;
        DispatchPlan plan;
        scene_make(&scene, seed, MANY + 4 * seed);
        assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
        plan_check(&scene.task, &plan);
        assert_true(plan.stop_count > 0);
        for (size_t i = 0; i < plan.stop_count; i++) {
            unload_count += plan.stops[i].kind == DISPATCH_STOP_UNLOAD ? 1 : 0;
        }
        /* And again from the plan before, with a vehicle less. */
        DispatchPlan again;
        scene.task.before = &plan;
        scene.vehicles[seed % 3].is_broken = true;
        assert_int_equal(dispatch_plan_make(&cx, &scene.task, &again), STATUS_OK);
        plan_check(&scene.task, &again);
    }
    /* Small trucks unload on the way: several trips are really used. */
    assert_true(unload_count > 0);
}

static void test_same_task_same_plan(void **state) {
    (void)state;
    Scene scene;
    DispatchPlan first;
    DispatchPlan second;
    scene_make(&scene, 7, MANY);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &first), STATUS_OK);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &second), STATUS_OK);
    assert_int_equal(first.stop_count, second.stop_count);
    for (size_t i = 0; i < first.stop_count; i++) {
        assert_int_equal(first.stops[i].pickup_id, second.stops[i].pickup_id);
        assert_int_equal(first.stops[i].arrive_ms, second.stops[i].arrive_ms);
    }
}

static void test_today_what_is_left(void **state) {
    (void)state;
    Scene scene;
    DispatchPlan plan;
    scene_make(&scene, 3, MANY);
    scene.task.now_ms = day_start_ms(day) + 14 * 60 * MINUTE_MS;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    plan_check(&scene.task, &plan);
    size_t morning_out = 0;
    for (size_t i = 0; i < plan.out_count; i++) {
        const Pickup *pickup = &scene.bookings.items[plan.outs[i].pickup_id - 1];
        morning_out += str_equal(pickup->slot_part, STR("morning")) ? 1 : 0;
    }
    assert_true(morning_out > 5);
    assert_true(plan.stop_count > 0);
    /* After the shift nobody can; after the day nothing is planned. */
    scene.task.now_ms = day_start_ms(day) + 19 * 60 * MINUTE_MS;
    assert_int_equal(dispatch_vehicles_usable(&scene.task), 0);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    assert_int_equal(plan.out_count, MANY);
    assert_true(str_equal(plan.outs[0].reason, STR("no_vehicle")));
    scene.task.now_ms = day_start_ms(day) + DAY_MS;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_CONFLICT);
    fault_clear(&cx);
}

static size_t index_of(const DispatchPlan *plan, int64_t pickup_id) {
    for (size_t i = 0; i < plan->stop_count; i++) {
        if (plan->stops[i].pickup_id == pickup_id) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The third place of the small truck: the two before it are fixed, and the plan made again keeps
 * all three where they are. */
static void test_a_place_fixes_the_places_before(void **state) {
    (void)state;
    Scene scene;
    DispatchPlan plan;
    scene_make(&scene, 5, MANY);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    int64_t ids[3] = {0};
    size_t count = 0;
    for (size_t i = 0; i < plan.stop_count && count < 3; i++) {
        bool is_first = plan.stops[i].vehicle_id == 1;
        if (is_first && plan.stops[i].kind == DISPATCH_STOP_PICKUP) {
            ids[count++] = plan.stops[i].pickup_id;
        }
    }
    assert_int_equal(count, 3);
    assert_int_equal(dispatch_pin(&cx, &plan, ids[2], 1, 3), STATUS_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(plan.stops[index_of(&plan, ids[i])].pin, DISPATCH_PIN_ORDER);
    }
    DispatchPlan again;
    scene.task.before = &plan;
    scene.task.seed = 99;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &again), STATUS_OK);
    plan_check(&scene.task, &again);
    size_t place = 0;
    for (size_t i = 0; i < again.stop_count && place < 3; i++) {
        if (again.stops[i].vehicle_id == 1 && again.stops[i].kind == DISPATCH_STOP_PICKUP) {
            assert_int_equal(again.stops[i].pickup_id, ids[place++]);
            assert_int_equal(again.stops[i].pin, DISPATCH_PIN_ORDER);
        }
    }
    /* Without the first, the others have no place any more, but keep their vehicle. */
    assert_int_equal(dispatch_free(&cx, &again, ids[0]), STATUS_OK);
    assert_int_equal(again.stops[index_of(&again, ids[0])].pin, DISPATCH_PIN_FREE);
    assert_int_equal(again.stops[index_of(&again, ids[2])].pin, DISPATCH_PIN_VEHICLE);
}

static void test_edits_are_refused(void **state) {
    (void)state;
    Scene scene;
    DispatchPlan plan;
    scene_make(&scene, 5, 6);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    size_t before = plan.stop_count;
    assert_int_equal(dispatch_pin(&cx, &plan, 77, 1, 0), STATUS_NOT_FOUND);
    fault_clear(&cx);
    assert_int_equal(dispatch_hold(&cx, &plan, 77), STATUS_NOT_FOUND);
    fault_clear(&cx);
    assert_int_equal(dispatch_free(&cx, &plan, 77), STATUS_NOT_FOUND);
    fault_clear(&cx);
    assert_int_equal(dispatch_pin(&cx, &plan, 1, 1, 50), STATUS_INVALID);
    assert_string_equal(cx.fault.field, "place");
    fault_clear(&cx);
    assert_int_equal(plan.stop_count, before);
}

static void test_sizes(void **state) {
    (void)state;
    Scene scene;
    DispatchPlan plan;
    scene_make(&scene, 1, 0);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    assert_int_equal(plan.stop_count + plan.out_count, 0);
    scene_make(&scene, 1, DISPATCH_BOOKINGS_MAX + 1);
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_LIMIT);
    fault_clear(&cx);
    scene_make(&scene, 1, MANY);
    scene.list.count = 0;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    assert_int_equal(plan.out_count, MANY);
}

/* Distances on the map's grid stay distances: two towns d apart are 1.3 d by road. */
static void test_ways_follow_the_grid(void **state) {
    (void)state;
    TravelMatrix ways;
    assert_int_equal(dispatch_town_matrix(&cx, &city, &ways), STATUS_OK);
    for (size_t i = 0; i < city.town_count; i++) {
        for (size_t k = 0; k < city.town_count; k++) {
            int64_t dx = city.towns[i].x - city.towns[k].x;
            int64_t dy = city.towns[i].y - city.towns[k].y;
            int64_t metres = ways.metres[i * city.town_count + k] * INT64_C(1000) / 1300;
            /* Within half a percent, without a root: squares within one. */
            int64_t square = dx * dx + dy * dy;
            assert_true(metres * metres * 100 <= square * 101 + 100000);
            assert_true(metres * metres * 100 + 100000 >= square * 99);
        }
    }
}

/* ---- a map server ---- */

typedef struct MapServer {
    size_t asked;
    bool is_silent;
} MapServer;

/* Every way is 10 km and 20 minutes. */
static Status map_send(void *it, Cx *cx_of_caller, const TravelRequest *request, Str *reply) {
    MapServer *server = it;
    server->asked++;
    assert_true(str_starts(request->path, STR("/table/v1/driving/119.2")));
    if (server->is_silent) {
        return fault(cx_of_caller, STATUS_BUSY, "127.0.0.1:5000 did not answer within 3000 ms");
    }
    Str row = STR_NONE;
    Str rows[2] = {STR_NONE, STR_NONE};
    static const char *const words[2] = {"1200", "10000"};
    for (size_t kind = 0; kind < 2; kind++) {
        row = STR_NONE;
        for (size_t i = 0; i < city.town_count; i++) {
            row = str_print(arena, STR_FMT "%s%s", STR_ARG(row), i == 0 ? "" : ",", words[kind]);
        }
        for (size_t i = 0; i < city.town_count; i++) {
            rows[kind] = str_print(arena, STR_FMT "%s[" STR_FMT "]", STR_ARG(rows[kind]),
                                   i == 0 ? "" : ",", STR_ARG(row));
        }
    }
    *reply = str_print(arena,
                       "{\"code\":\"Ok\",\"durations\":[" STR_FMT "],\"distances\":[" STR_FMT "]}",
                       STR_ARG(rows[0]), STR_ARG(rows[1]));
    return STATUS_OK;
}

/* A surveyed city asks its map server and says so; a schematic one has nothing to ask; a server
 * that fails leaves the plan of the estimate. */
static void test_ways_of_a_map_server(void **state) {
    (void)state;
    MapServer server = {0};
    TravelOptions options = travel_options_default();
    options.server = TRAVEL_SERVER_OSRM;
    options.send = map_send;
    options.it = &server;
    City surveyed = city;
    Scene scene;
    DispatchPlan plan;
    DispatchPlan estimated;
    scene_make(&scene, 5, 12);
    city.travel = &options;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    city.travel = NULL;
    assert_int_equal(server.asked, 0);
    assert_int_equal(plan.travel, DISPATCH_TRAVEL_ESTIMATED);

    surveyed.towns = arena_array(arena, CityTown, city.town_count);
    for (size_t i = 0; i < city.town_count; i++) {
        surveyed.towns[i] = city.towns[i];
        surveyed.towns[i].is_schematic = false;
        surveyed.towns[i].x = 119200000 + (int32_t)i * 1000;
        surveyed.towns[i].y = 36400000 + (int32_t)i * 1000;
    }
    scene.task.city = &surveyed;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &estimated), STATUS_OK);
    surveyed.travel = &options;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    assert_int_equal(server.asked, 1);
    assert_int_equal(plan.travel, DISPATCH_TRAVEL_MEASURED);
    for (size_t i = 0; i < plan.tour_count; i++) {
        assert_int_equal(plan.tours[i].distance_m % 2000, 0); /* 10 km, or 2 km in a town */
    }
    server.is_silent = true;
    assert_int_equal(dispatch_plan_make(&cx, &scene.task, &plan), STATUS_OK);
    assert_int_equal(plan.travel, DISPATCH_TRAVEL_FALLBACK);
    assert_int_equal(plan.stop_count, estimated.stop_count);
    for (size_t i = 0; i < plan.stop_count; i++) {
        assert_int_equal(plan.stops[i].arrive_ms, estimated.stops[i].arrive_ms);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_promise_is_kept),
        cmocka_unit_test(test_same_task_same_plan),
        cmocka_unit_test(test_today_what_is_left),
        cmocka_unit_test(test_a_place_fixes_the_places_before),
        cmocka_unit_test(test_edits_are_refused),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_ways_follow_the_grid),
        cmocka_unit_test(test_ways_of_a_map_server),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
