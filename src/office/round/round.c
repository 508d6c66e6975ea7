/*
 * round.c - the day's rounds: bookings and vehicles become the engine's problem, its answer becomes
 * a plan. Reading order: needs and words, ways, the edits of a plan, the problem (jobs, vehicles,
 * the order before), the answer, the plan.
 */
#include "office/round/round.h"

#include "base/vec.h"
#include "office/round/round_store.h"
#include "solve/solve.h"

#include <inttypes.h>
#include <string.h>

enum {
    DAY_MINUTES = 24 * 60,
    MORNING_OPEN_MIN = 8 * 60,
    MORNING_CLOSE_MIN = 12 * 60,
    AFTERNOON_OPEN_MIN = 13 * 60,
    AFTERNOON_CLOSE_MIN = 18 * 60,
    UNLOAD_S = 20 * 60,
    TRIPS_MAX = 4,
    BREAK_SPAN_MIN = 60, /* a break begins within an hour of its time */
    /* Fen. They only weigh kilometres, hours and vehicles against each other. */
    VEHICLE_COST = 5000,
    HOUR_COST = 3000,
    KM_COST = 150,
    FAIRNESS_COST = 200,
    /* Iterations a plan gets: about a second on one slow core, whatever the size of the day. */
    ITERATIONS_BASE = 1000,
    ITERATIONS_WORK = 1000000,
    /* Metres of the schematic grid become degrees near 36.3 N, so that distances stay the same. */
    GRID_ORIGIN_LONGITUDE_E7 = 1189000000,
    GRID_ORIGIN_LATITUDE_E7 = 363000000,
    GRID_LATITUDE_E7_PER_KM = 89932,
    GRID_LONGITUDE_E7_PER_KM = 111842,
    MICRO_DEGREE_E7 = 10,
};

/* ---- what a booking needs, and words ---- */

/* Usual weight, room with its air, and minutes at the door; an estimate until the recycler's own
 * weighings say better. */
static const DispatchNeed needs[] = {
    {"fridge", 60, 700, 20, DISPATCH_SKILL_REFRIGERANT | DISPATCH_SKILL_TWO},
    {"air_conditioner", 45, 400, 30, DISPATCH_SKILL_REFRIGERANT},
    {"washer", 50, 450, 15, DISPATCH_SKILL_TWO},
    {"dishwasher", 40, 400, 15, DISPATCH_SKILL_TWO},
    {"tv", 20, 250, 10, 0},
    {"water_heater", 25, 300, 15, 0},
    {"range_hood", 20, 250, 15, 0},
    {"stove", 15, 100, 10, 0},
    {"computer", 8, 120, 10, 0},
    {"microwave", 12, 80, 10, 0},
    {"water_purifier", 12, 100, 10, 0},
    {"rice_cooker", 4, 30, 5, 0},
};
static const DispatchNeed need_other = {"", 20, 200, 10, 0};

const DispatchNeed *dispatch_need(Str category) {
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (str_equal(category, str_of(needs[i].category))) {
            return &needs[i];
        }
    }
    return &need_other;
}

/* By RoundReason, and the one of our own. */
static Str reason_of(RoundReason reason) {
    switch (reason) {
    case ROUND_REASON_NO_VEHICLE:
        return STR("没有可用的车辆");
    case ROUND_REASON_VEHICLE:
        return STR("固定的车辆装不下、不具备条件或赶不到");
    case ROUND_REASON_SKILL:
        return STR("没有具备所需作业条件的车辆");
    case ROUND_REASON_CAPACITY:
        return STR("超过任何一辆合适车辆的装载量");
    case ROUND_REASON_WINDOW:
        return STR("没有车辆能在预约时段内赶到");
    case ROUND_REASON_SHIFT:
        return STR("往返时间超过所有车辆的班次");
    case ROUND_REASON_LIMIT:
        return STR("超过车辆的里程、时长或单数上限");
    case ROUND_REASON_CAPACITY_FULL:
        return STR("合适的车辆已经装满");
    case ROUND_REASON_TIME_FULL:
        return STR("合适的车辆时间已经排满");
    case ROUND_REASON_LIMIT_FULL:
        return STR("合适的车辆已到里程、时长或单数上限");
    case ROUND_REASON_LOWER_PRIORITY:
        return STR("让位给优先级更高的预约");
    case ROUND_REASON_NOT_WORTH:
        return STR("上门的成本高于收益");
    case ROUND_REASON_SEARCH:
        return STR("这次计算没有找到位置，可以再排一次");
    }
    return STR_NONE;
}

Str dispatch_reason_zh(Str reason) {
    for (int i = 0; i <= ROUND_REASON_SEARCH; i++) {
        if (str_equal(reason, str_of(round_reason_name((RoundReason)i)))) {
            return reason_of((RoundReason)i);
        }
    }
    return str_equal(reason, STR("held")) ? STR("调度员移出") : reason;
}

Str dispatch_pin_zh(DispatchPin pin) {
    static const char *const texts[] = {
#define X(name, code, zh) zh,
        DISPATCH_PIN_LIST(X)
#undef X
    };
    return str_of(texts[pin]);
}

Str dispatch_skills_zh(Arena *arena, int64_t skills) {
    Str text = STR_NONE;
#define X(name, bit, zh)                                                                           \
    if ((skills & DISPATCH_SKILL_##name) != 0) {                                                   \
        text = text.len == 0 ? STR(zh) : str_print(arena, STR_FMT "、%s", STR_ARG(text), zh);      \
    }
    DISPATCH_SKILL_LIST(X)
#undef X
    return text.len == 0 ? STR("无") : text;
}

/* ---- ways ---- */

static TravelPoint town_point(const CityTown *town) {
    GeoPoint at = {.longitude_e7 = town->x * MICRO_DEGREE_E7,
                   .latitude_e7 = town->y * MICRO_DEGREE_E7,
                   .datum = DATUM_WGS84};
    if (town->is_schematic) {
        at.longitude_e7 = GRID_ORIGIN_LONGITUDE_E7 +
                          (int32_t)((int64_t)town->x * GRID_LONGITUDE_E7_PER_KM / 1000);
        at.latitude_e7 =
            GRID_ORIGIN_LATITUDE_E7 + (int32_t)((int64_t)town->y * GRID_LATITUDE_E7_PER_KM / 1000);
    }
    /* Streets of a 街道 are the town itself; between 镇 the roads are open. */
    bool is_street = str_ends(town->name, STR("街道"));
    return (TravelPoint){.at = at,
                         .speed_class = is_street ? TRAVEL_CLASS_URBAN : TRAVEL_CLASS_RURAL};
}

/* An invented position has no ways that a map server could know. */
static bool has_survey(const City *city) {
    bool is_surveyed = city->travel != NULL;
    for (size_t i = 0; i < city->town_count; i++) {
        is_surveyed = is_surveyed && !city->towns[i].is_schematic;
    }
    return is_surveyed;
}

Status dispatch_town_matrix(Cx *cx, const City *city, TravelMatrix *out) {
    TravelPoint *points = arena_array(cx->arena, TravelPoint, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        points[i] = town_point(&city->towns[i]);
    }
    TravelBlock block = {points, (int32_t)city->town_count, points, (int32_t)city->town_count};
    TravelOptions options = travel_options_default();
    return travel_matrix(cx, block, has_survey(city) ? city->travel : &options, out);
}

DispatchTravel dispatch_travel_of(const TravelMatrix *ways) {
    if (!ways->is_estimated) {
        return DISPATCH_TRAVEL_MEASURED;
    }
    return ways->why_estimated.len > 0 ? DISPATCH_TRAVEL_FALLBACK : DISPATCH_TRAVEL_ESTIMATED;
}

Str dispatch_travel_zh(DispatchTravel travel) {
    static const char *const texts[] = {
#define X(name, code, zh) zh,
        DISPATCH_TRAVEL_LIST(X)
#undef X
    };
    return str_of(texts[travel]);
}

static Status town_index(Cx *cx, const City *city, Str code, int32_t *out) {
    const CityTown *town = city_town(city, code);
    if (town == NULL) {
        return fault(cx, STATUS_INVALID, "本市没有代码为 " STR_FMT " 的镇街", STR_ARG(code));
    }
    *out = (int32_t)(town - city->towns);
    return STATUS_OK;
}

/* ---- edits of a plan ---- */

static size_t stop_find(const DispatchPlan *plan, int64_t pickup_id) {
    for (size_t i = 0; i < plan->stop_count; i++) {
        if (plan->stops[i].kind == DISPATCH_STOP_PICKUP && plan->stops[i].pickup_id == pickup_id) {
            return i;
        }
    }
    return SIZE_MAX;
}

static size_t out_find(const DispatchPlan *plan, int64_t pickup_id) {
    for (size_t i = 0; i < plan->out_count; i++) {
        if (plan->outs[i].pickup_id == pickup_id) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* A fixed place means nothing once the stop before it moves: what stood behind keeps its vehicle.
 */
static void order_loosen(DispatchPlan *plan, size_t from) {
    for (size_t i = from; i < plan->stop_count; i++) {
        DispatchStop *stop = &plan->stops[i];
        if (stop->vehicle_id == plan->stops[from].vehicle_id && stop->pin == DISPATCH_PIN_ORDER) {
            stop->pin = DISPATCH_PIN_VEHICLE;
        }
    }
}

static Status booking_take(Cx *cx, DispatchPlan *plan, int64_t pickup_id) {
    size_t at = stop_find(plan, pickup_id);
    if (at != SIZE_MAX) {
        order_loosen(plan, at);
        memmove(&plan->stops[at], &plan->stops[at + 1],
                (plan->stop_count - at - 1) * sizeof *plan->stops);
        plan->stop_count--;
        return STATUS_OK;
    }
    at = out_find(plan, pickup_id);
    if (at == SIZE_MAX) {
        return fault(cx, STATUS_NOT_FOUND, "当前的计划里没有这个预约，请先排定路线");
    }
    memmove(&plan->outs[at], &plan->outs[at + 1], (plan->out_count - at - 1) * sizeof *plan->outs);
    plan->out_count--;
    return STATUS_OK;
}

static int64_t fetch_count(const DispatchPlan *plan, int64_t vehicle_id) {
    int64_t count = 0;
    for (size_t i = 0; i < plan->stop_count; i++) {
        bool is_one = plan->stops[i].kind == DISPATCH_STOP_PICKUP;
        count += is_one && plan->stops[i].vehicle_id == vehicle_id ? 1 : 0;
    }
    return count;
}

/* Where the place-th fetch of a vehicle goes among all stops; the fetches before it get fixed. */
static size_t place_fix(DispatchPlan *plan, int64_t vehicle_id, int64_t place) {
    size_t end = plan->stop_count;
    int64_t seen = 0;
    for (size_t i = 0; i < plan->stop_count; i++) {
        DispatchStop *stop = &plan->stops[i];
        if (stop->vehicle_id != vehicle_id) {
            continue;
        }
        if (stop->kind == DISPATCH_STOP_PICKUP && place > 0 && ++seen >= place) {
            return i;
        }
        if (stop->kind == DISPATCH_STOP_PICKUP && place > 0) {
            stop->pin = DISPATCH_PIN_ORDER;
        }
        end = i + 1;
    }
    return end;
}

Status dispatch_pin(Cx *cx, DispatchPlan *plan, int64_t pickup_id, int64_t vehicle_id,
                    int64_t place) {
    size_t at = stop_find(plan, pickup_id);
    bool is_there = at != SIZE_MAX && plan->stops[at].vehicle_id == vehicle_id;
    int64_t place_max = fetch_count(plan, vehicle_id) + (is_there ? 0 : 1);
    if (place < 0 || place > place_max) {
        return fault_at_field(cx, STATUS_INVALID, "place", "这辆车的顺序应在 1 至 %" PRId64 " 之间",
                              place_max);
    }
    TRY(booking_take(cx, plan, pickup_id));
    DispatchStop *stops = arena_array(cx->arena, DispatchStop, plan->stop_count + 1);
    at = place_fix(plan, vehicle_id, place);
    if (at > 0) {
        memcpy(stops, plan->stops, at * sizeof *stops);
    }
    stops[at] = (DispatchStop){.kind = DISPATCH_STOP_PICKUP,
                               .vehicle_id = vehicle_id,
                               .pickup_id = pickup_id,
                               .pin = place > 0 ? DISPATCH_PIN_ORDER : DISPATCH_PIN_VEHICLE};
    if (at < plan->stop_count) {
        memcpy(&stops[at + 1], &plan->stops[at], (plan->stop_count - at) * sizeof *stops);
    }
    plan->stops = stops;
    plan->stop_count++;
    return STATUS_OK;
}

static void out_add(Arena *arena, DispatchPlan *plan, DispatchOut out) {
    DispatchOut *outs = arena_array(arena, DispatchOut, plan->out_count + 1);
    if (plan->out_count > 0) {
        memcpy(outs, plan->outs, plan->out_count * sizeof *outs);
    }
    outs[plan->out_count++] = out;
    plan->outs = outs;
}

Status dispatch_hold(Cx *cx, DispatchPlan *plan, int64_t pickup_id) {
    TRY(booking_take(cx, plan, pickup_id));
    out_add(cx->arena, plan, (DispatchOut){pickup_id, STR("held")});
    return STATUS_OK;
}

Status dispatch_free(Cx *cx, DispatchPlan *plan, int64_t pickup_id) {
    size_t at = stop_find(plan, pickup_id);
    if (at == SIZE_MAX) {
        return booking_take(cx, plan, pickup_id);
    }
    order_loosen(plan, at);
    plan->stops[at].pin = DISPATCH_PIN_FREE;
    return STATUS_OK;
}

/* ---- the problem ---- */

typedef struct Build {
    Cx *cx;
    const DispatchTask *task;
    int64_t now_min; /* nothing is planned before; 0 on a later day */
    TravelMatrix towns;
    int32_t *town_of_place;
    RoundPlace *places;
    int32_t place_count;
    RoundJob *jobs;
    const Pickup **booking_of_job;
    int32_t job_count;
    RoundVehicle *vehicles;
    const DispatchVehicle **source; /* by engine vehicle */
    int32_t vehicle_count;
    RoundProfile profile;
    RoundProblem problem;
} Build;

static int64_t minutes_from(Day day, int64_t now_ms) {
    int64_t minutes = (now_ms - day_start_ms(day)) / 60000;
    return minutes < 0 ? 0 : minutes;
}

static bool is_usable(const DispatchVehicle *vehicle, int64_t now_min) {
    return !vehicle->is_broken && vehicle->shift_close_min > now_min;
}

size_t dispatch_vehicles_usable(const DispatchTask *task) {
    size_t count = 0;
    for (size_t i = 0; i < task->vehicles->count; i++) {
        int64_t now_min = minutes_from(task->day, task->now_ms);
        count += is_usable(&task->vehicles->items[i], now_min) ? 1 : 0;
    }
    return count;
}

static int32_t place_add(Build *build, Str name, int32_t town) {
    build->places[build->place_count] = (RoundPlace){.name = name};
    build->town_of_place[build->place_count] = town;
    return build->place_count++;
}

static int32_t vehicle_of(const Build *build, int64_t vehicle_id) {
    for (int32_t i = 0; i < build->vehicle_count; i++) {
        if (build->source[i]->id == vehicle_id) {
            return i;
        }
    }
    return ROUND_NONE;
}

static int32_t job_of(const Build *build, int64_t pickup_id) {
    for (int32_t i = 0; i < build->job_count; i++) {
        if (build->booking_of_job[i]->id == pickup_id) {
            return i;
        }
    }
    return ROUND_NONE;
}

static Status vehicle_add(Build *build, const DispatchVehicle *source) {
    Arena *arena = build->cx->arena;
    int32_t town = 0;
    TRY(town_index(build->cx, build->task->city, source->depot_town, &town));
    int32_t depot = place_add(build, source->name, town);
    int64_t open =
        source->shift_open_min > build->now_min ? source->shift_open_min : build->now_min;
    RoundVehicle vehicle = round_vehicle_neutral();
    vehicle.name = source->name;
    vehicle.start_place = depot;
    vehicle.end_place = depot;
    vehicle.capacity[0] = source->capacity_kg;
    vehicle.capacity[1] = source->capacity_litre;
    vehicle.capacity[2] = source->capacity_piece;
    vehicle.skills = (uint64_t)source->skills;
    vehicle.shift = (RoundWindow){open * 60, source->shift_close_min * 60};
    vehicle.trip_count_max = TRIPS_MAX;
    int32_t *reload = arena_new(arena, int32_t);
    *reload = depot;
    vehicle.reload_places = reload;
    vehicle.reload_place_count = 1;
    vehicle.reload_s = UNLOAD_S;
    vehicle.fixed_cost = VEHICLE_COST;
    vehicle.hour_cost = HOUR_COST;
    vehicle.km_cost = KM_COST;
    /* A break that is over by now has been taken. */
    if (source->break_min > 0 && source->break_open_min >= open) {
        RoundWindow *window = arena_new(arena, RoundWindow);
        RoundBreak *rest = arena_new(arena, RoundBreak);
        *window = (RoundWindow){source->break_open_min * 60,
                                (source->break_open_min + BREAK_SPAN_MIN) * 60};
        *rest = (RoundBreak){STR("休息"), window, 1, source->break_min * 60};
        vehicle.breaks = rest;
        vehicle.break_count = 1;
    }
    build->source[build->vehicle_count] = source;
    build->vehicles[build->vehicle_count++] = vehicle;
    return STATUS_OK;
}

static bool is_held(const DispatchTask *task, int64_t pickup_id) {
    size_t at = task->before == NULL ? SIZE_MAX : out_find(task->before, pickup_id);
    return at != SIZE_MAX && str_equal(task->before->outs[at].reason, STR("held"));
}

static Status job_add(Build *build, const Pickup *booking) {
    Arena *arena = build->cx->arena;
    const DispatchNeed *need = dispatch_need(booking->category);
    bool is_morning = str_equal(booking->slot_part, STR("morning"));
    RoundWindow *window = arena_new(arena, RoundWindow);
    *window = is_morning ? (RoundWindow){MORNING_OPEN_MIN * 60, MORNING_CLOSE_MIN * 60}
                         : (RoundWindow){AFTERNOON_OPEN_MIN * 60, AFTERNOON_CLOSE_MIN * 60};
    int32_t town = 0;
    TRY(town_index(build->cx, build->task->city, booking->town_code, &town));
    RoundJob job = round_job_neutral();
    job.name = str_print(arena, "%" PRId64, booking->id);
    job.place = place_add(build, job.name, town);
    job.pickup[0] = need->kg;
    job.pickup[1] = need->litre;
    job.pickup[2] = 1;
    job.service_s = need->service_min * 60;
    job.skills = (uint64_t)need->skills;
    job.windows = window;
    job.window_count = 1;
    build->booking_of_job[build->job_count] = booking;
    build->jobs[build->job_count++] = job;
    return STATUS_OK;
}

static Status ways_fill(Build *build) {
    size_t count = (size_t)build->place_count;
    int32_t *seconds = arena_array(build->cx->arena, int32_t, count * count + 1);
    int32_t *metres = arena_array(build->cx->arena, int32_t, count * count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(cx_steps(build->cx, count));
        for (size_t k = 0; k < count; k++) {
            int32_t from = build->town_of_place[i];
            int32_t to = build->town_of_place[k];
            size_t cell = (size_t)from * (size_t)build->towns.to_count + (size_t)to;
            bool is_in_town = from == to && i != k;
            seconds[i * count + k] = is_in_town ? DISPATCH_IN_TOWN_S : build->towns.seconds[cell];
            metres[i * count + k] = is_in_town ? DISPATCH_IN_TOWN_M : build->towns.metres[cell];
        }
    }
    build->profile = (RoundProfile){STR("car"), seconds, metres};
    return STATUS_OK;
}

/* A pinned booking may be served by its vehicle alone, as long as that vehicle drives. */
static void pins_apply(Build *build) {
    const DispatchPlan *before = build->task->before;
    for (size_t i = 0; before != NULL && i < before->stop_count; i++) {
        const DispatchStop *stop = &before->stops[i];
        int32_t job =
            stop->kind == DISPATCH_STOP_PICKUP ? job_of(build, stop->pickup_id) : ROUND_NONE;
        if (job != ROUND_NONE && stop->pin != DISPATCH_PIN_FREE) {
            build->jobs[job].vehicle = vehicle_of(build, stop->vehicle_id);
        }
    }
}

/* The order before is where the search starts; its fixed head stays. An unloading without a fetch
 * before it is dropped. */
static void steps_of_vehicle(Build *build, int32_t index) {
    const DispatchPlan *before = build->task->before;
    RoundVehicle *vehicle = &build->vehicles[index];
    RoundStep *steps = arena_array(build->cx->arena, RoundStep, before->stop_count + 1);
    int32_t count = 0;
    bool is_head = true;
    for (size_t i = 0; i < before->stop_count; i++) {
        const DispatchStop *stop = &before->stops[i];
        if (stop->vehicle_id != build->source[index]->id || stop->kind == DISPATCH_STOP_BREAK) {
            continue;
        }
        if (stop->kind == DISPATCH_STOP_UNLOAD) {
            if (count > 0 && steps[count - 1].job != ROUND_NONE) {
                steps[count++] = (RoundStep){ROUND_NONE, vehicle->reload_places[0]};
            }
            continue;
        }
        int32_t job = job_of(build, stop->pickup_id);
        if (job == ROUND_NONE) {
            continue;
        }
        steps[count++] = (RoundStep){job, ROUND_NONE};
        is_head = is_head && stop->pin == DISPATCH_PIN_ORDER;
        vehicle->frozen_count = is_head ? count : vehicle->frozen_count;
    }
    while (count > 0 && steps[count - 1].job == ROUND_NONE) {
        count--;
    }
    vehicle->steps = steps;
    vehicle->step_count = count;
}

static Status problem_build(Build *build) {
    const DispatchTask *task = build->task;
    Arena *arena = build->cx->arena;
    size_t vehicle_max = task->vehicles->count;
    size_t place_max = vehicle_max + task->bookings->count;
    TRY(dispatch_town_matrix(build->cx, task->city, &build->towns));
    build->places = arena_array(arena, RoundPlace, place_max + 1);
    build->town_of_place = arena_array(arena, int32_t, place_max + 1);
    build->jobs = arena_array(arena, RoundJob, task->bookings->count + 1);
    build->booking_of_job = arena_array(arena, const Pickup *, task->bookings->count + 1);
    build->vehicles = arena_array(arena, RoundVehicle, vehicle_max + 1);
    build->source = arena_array(arena, const DispatchVehicle *, vehicle_max + 1);
    for (size_t i = 0; i < vehicle_max; i++) {
        if (is_usable(&task->vehicles->items[i], build->now_min)) {
            TRY(vehicle_add(build, &task->vehicles->items[i]));
        }
    }
    for (size_t i = 0; i < task->bookings->count; i++) {
        if (!is_held(task, task->bookings->items[i].id)) {
            TRY(job_add(build, &task->bookings->items[i]));
        }
    }
    TRY(ways_fill(build));
    pins_apply(build);
    for (int32_t i = 0; task->before != NULL && i < build->vehicle_count; i++) {
        steps_of_vehicle(build, i);
    }
    build->problem = (RoundProblem){.places = build->places,
                                    .place_count = build->place_count,
                                    .profiles = &build->profile,
                                    .profile_count = 1,
                                    .jobs = build->jobs,
                                    .job_count = build->job_count,
                                    .vehicles = build->vehicles,
                                    .vehicle_count = build->vehicle_count,
                                    .fairness_cost = FAIRNESS_COST};
    return STATUS_OK;
}

/* ---- the answer ---- */

static int64_t max_of(int64_t left, int64_t right) {
    return left > right ? left : right;
}

/* A booking keeps its pin; a place that is no longer at the head of the day is only a vehicle. */
static DispatchPin pin_kept(const Build *build, const DispatchStop *stop, bool is_head) {
    const DispatchPlan *before = build->task->before;
    size_t at = before == NULL ? SIZE_MAX : stop_find(before, stop->pickup_id);
    if (at == SIZE_MAX || before->stops[at].vehicle_id != stop->vehicle_id) {
        return DISPATCH_PIN_FREE;
    }
    DispatchPin pin = before->stops[at].pin;
    return pin == DISPATCH_PIN_ORDER && !is_head ? DISPATCH_PIN_VEHICLE : pin;
}

static DispatchStop stop_read(const Build *build, const RoundRoute *route, const RoundStop *from) {
    int64_t start_ms = day_start_ms(build->task->day);
    DispatchStop stop = {.kind = from->kind == ROUND_STOP_JOB      ? DISPATCH_STOP_PICKUP
                                 : from->kind == ROUND_STOP_RELOAD ? DISPATCH_STOP_UNLOAD
                                                                   : DISPATCH_STOP_BREAK,
                         .vehicle_id = build->source[route->vehicle]->id,
                         .arrive_ms = start_ms + from->start_s * 1000,
                         .depart_ms = start_ms + from->depart_s * 1000,
                         .load_kg = from->load[0],
                         .load_litre = from->load[1],
                         .load_piece = from->load[2]};
    if (from->kind == ROUND_STOP_JOB) {
        stop.pickup_id = build->booking_of_job[from->job]->id;
    }
    return stop;
}

static void route_read(const Build *build, const RoundRoute *route, DispatchPlan *plan) {
    int64_t start_ms = day_start_ms(build->task->day);
    DispatchTour tour = {.vehicle_id = build->source[route->vehicle]->id,
                         .start_ms = start_ms + route->stops[0].depart_s * 1000,
                         .end_ms = start_ms + route->stops[route->stop_count - 1].arrival_s * 1000,
                         .distance_m = route->distance_m,
                         .travel_s = route->travel_s,
                         .trip_count = route->trip_count};
    int64_t position = 0;
    bool is_head = true;
    for (int32_t i = 1; i + 1 < route->stop_count; i++) {
        DispatchStop stop = stop_read(build, route, &route->stops[i]);
        stop.position = ++position;
        if (stop.kind == DISPATCH_STOP_PICKUP) {
            stop.pin = pin_kept(build, &stop, is_head);
            is_head = is_head && stop.pin == DISPATCH_PIN_ORDER;
        }
        tour.load_kg = max_of(tour.load_kg, stop.load_kg);
        tour.load_litre = max_of(tour.load_litre, stop.load_litre);
        tour.load_piece = max_of(tour.load_piece, stop.load_piece);
        plan->stops[plan->stop_count++] = stop;
    }
    plan->tours[plan->tour_count++] = tour;
}

static void answer_read(const Build *build, const RoundPlan *answer, DispatchPlan *plan) {
    Arena *arena = build->cx->arena;
    size_t stop_max = 0;
    for (int32_t i = 0; i < answer->route_count; i++) {
        stop_max += (size_t)answer->routes[i].stop_count;
    }
    plan->stops = arena_array(arena, DispatchStop, stop_max + 1);
    plan->tours = arena_array(arena, DispatchTour, (size_t)answer->route_count + 1);
    plan->outs = arena_array(arena, DispatchOut, build->task->bookings->count + 1);
    for (int32_t i = 0; i < answer->route_count; i++) {
        if (answer->routes[i].job_count > 0) {
            route_read(build, &answer->routes[i], plan);
        }
    }
    for (int32_t i = 0; i < answer->unserved_count; i++) {
        plan->outs[plan->out_count++] =
            (DispatchOut){build->booking_of_job[answer->unserved[i].job]->id,
                          str_of(round_reason_name(answer->unserved[i].reason))};
    }
    for (size_t i = 0; i < build->task->bookings->count; i++) {
        int64_t id = build->task->bookings->items[i].id;
        if (is_held(build->task, id)) {
            plan->outs[plan->out_count++] = (DispatchOut){id, STR("held")};
        }
    }
    plan->iteration_count = answer->iteration_count;
}

/* ---- the plan ---- */

static Status task_check(Cx *cx, const DispatchTask *task) {
    if (task->now_ms >= day_start_ms(task->day) + DAY_MS) {
        return fault(cx, STATUS_CONFLICT, "这一天已经过去，不能再排");
    }
    if (task->bookings->count > DISPATCH_BOOKINGS_MAX) {
        return fault(cx, STATUS_LIMIT, "一天的预约超过 %d 单，请分开排定", DISPATCH_BOOKINGS_MAX);
    }
    return STATUS_OK;
}

static bool has_fixed_head(const Build *build) {
    for (int32_t i = 0; i < build->vehicle_count; i++) {
        if (build->vehicles[i].frozen_count > 0) {
            return true;
        }
    }
    return false;
}

/* The engine speaks English to programmers; a dispatcher can only have fixed too much. */
static Status engine_fault(Cx *cx, const Build *build, Status status) {
    Str detail = str_dup(cx->arena, str_of(cx->fault.text));
    if (status != STATUS_INVALID) {
        return status;
    }
    fault_clear(cx);
    if (has_fixed_head(build)) {
        status = fault_at_field(cx, STATUS_CONFLICT, "place",
                                "按固定的顺序排不开：时段、装载或作业条件不允许");
        fault_hint(cx, "请换一个位置，或只固定车辆");
    } else {
        status = fault(cx, STATUS_CONFLICT, "这些预约和车辆无法排定，请检查车辆的班次和装载量");
    }
    fault_detail(cx, STR_FMT, STR_ARG(detail));
    return status;
}

Status dispatch_plan_make(Cx *cx, const DispatchTask *task, DispatchPlan *out) {
    TRY(task_check(cx, task));
    Build *build = arena_new(cx->arena, Build);
    build->cx = cx;
    build->task = task;
    build->now_min = minutes_from(task->day, task->now_ms);
    TRY(problem_build(build));
    RoundOptions options = {.seed = (uint64_t)task->seed,
                            .iteration_max =
                                ITERATIONS_BASE + ITERATIONS_WORK / (build->job_count + 20),
                            .thread_count = 1};
    RoundPlan *answer = NULL;
    Status status = round_solve(cx, &build->problem, &options, &answer);
    if (status != STATUS_OK) {
        return engine_fault(cx, build, status);
    }
    DispatchPlan plan = {.org_id = task->org_id,
                         .day = task->day,
                         .state = STR("draft"),
                         .version = task->before == NULL ? 0 : task->before->version,
                         .id = task->before == NULL ? 0 : task->before->id,
                         .seed = task->seed};
    answer_read(build, answer, &plan);
    plan.travel = dispatch_travel_of(&build->towns);
    *out = plan;
    return STATUS_OK;
}

/* ---- commands ---- */

static Status plan_journal(Cx *cx, DbConn *conn, DispatchChange change, const DispatchPlan *plan) {
    int64_t metres = 0;
    for (size_t i = 0; i < plan->tour_count; i++) {
        metres += plan->tours[i].distance_m;
    }
    DbEntry entry = {
        .verb = change.verb,
        .subject = "round",
        .subject_id = plan->id,
        .after = str_print(cx->arena,
                           "{\"org_id\":%" PRId64 ",\"day\":%" PRId32 ",\"version\":%" PRId64
                           ",\"seed\":%" PRId64 ",\"stop_count\":%zu,\"out_count\":%zu"
                           ",\"distance_m\":%" PRId64 ",\"pickup_id\":%" PRId64 "}",
                           plan->org_id, plan->day.number, plan->version, plan->seed,
                           plan->stop_count, plan->out_count, metres, change.pickup_id)};
    return db_journal(cx, conn, &entry);
}

/* What was planned must still be booked with this recycler on this day. */
static Status bookings_check(Cx *cx, DbConn *conn, const DispatchPlan *plan) {
    PickupList bookings;
    TRY(pickup_of_day(cx, conn, plan->org_id, plan->day, &bookings));
    size_t known = 0;
    for (size_t i = 0; i < bookings.count; i++) {
        TRY(cx_steps(cx, plan->stop_count + plan->out_count));
        int64_t id = bookings.items[i].id;
        known += stop_find(plan, id) != SIZE_MAX || out_find(plan, id) != SIZE_MAX ? 1 : 0;
    }
    size_t planned = plan->out_count;
    for (size_t i = 0; i < plan->stop_count; i++) {
        planned += plan->stops[i].kind == DISPATCH_STOP_PICKUP ? 1 : 0;
    }
    return known == planned ? STATUS_OK
                            : fault(cx, STATUS_CONFLICT, "排定期间有预约取消或收走，请重新排定");
}

Status dispatch_plan_save(Cx *cx, DbConn *conn, DispatchPlan *plan, DispatchChange change) {
    TRY(bookings_check(cx, conn, plan));
    TRY(dispatch_store_plan_put(cx, conn, plan));
    plan->version++;
    return plan_journal(cx, conn, change, plan);
}

static Status arrivals_set(Cx *cx, DbConn *conn, const DispatchPlan *plan) {
    DispatchVehicleList vehicles;
    TRY(dispatch_vehicles(cx, conn, plan->org_id, &vehicles));
    TRY(pickup_arrivals_clear(cx, conn, plan->org_id, plan->day));
    int64_t place = 0;
    for (size_t i = 0; i < plan->stop_count; i++) {
        const DispatchStop *stop = &plan->stops[i];
        place = i > 0 && stop->vehicle_id != plan->stops[i - 1].vehicle_id ? 0 : place;
        if (stop->kind != DISPATCH_STOP_PICKUP) {
            continue;
        }
        PickupArrival arrival = {.pickup_id = stop->pickup_id,
                                 .org_id = plan->org_id,
                                 .place = ++place,
                                 .arrive_ms = stop->arrive_ms};
        for (size_t k = 0; k < vehicles.count; k++) {
            if (vehicles.items[k].id == stop->vehicle_id) {
                arrival.vehicle = vehicles.items[k].name;
                arrival.driver_id = vehicles.items[k].driver_id;
            }
        }
        TRY(pickup_arrival_set(cx, conn, &arrival));
    }
    return STATUS_OK;
}

Status dispatch_release(Cx *cx, DbConn *conn, const DispatchPlan *plan) {
    TRY(people_org_active_check(cx, conn, plan->org_id));
    TRY(bookings_check(cx, conn, plan));
    TRY(dispatch_store_plan_release(cx, conn, plan));
    TRY(arrivals_set(cx, conn, plan));
    return plan_journal(cx, conn, (DispatchChange){"round.release", 0}, plan);
}

static Status vehicle_journal(Cx *cx, DbConn *conn, const char *verb,
                              const DispatchVehicle *vehicle) {
    DbEntry entry = {
        .verb = verb,
        .subject = "vehicle",
        .subject_id = vehicle->id,
        .after =
            str_print(cx->arena,
                      "{\"org_id\":%" PRId64 ",\"name\":" STR_FMT ",\"capacity_kg\":%" PRId64
                      ",\"capacity_litre\":%" PRId64 ",\"capacity_piece\":%" PRId64
                      ",\"skills\":%" PRId64 ",\"is_broken\":%s,\"driver_id\":%" PRId64 "}",
                      vehicle->org_id, STR_ARG(str_json(cx->arena, vehicle->name)),
                      vehicle->capacity_kg, vehicle->capacity_litre, vehicle->capacity_piece,
                      vehicle->skills, vehicle->is_broken ? "true" : "false", vehicle->driver_id)};
    return db_journal(cx, conn, &entry);
}

static Status driver_check(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle) {
    PeopleList drivers;
    TRY(people_of_org(cx, conn, vehicle->org_id, ROLE_DRIVER, &drivers));
    bool is_known = vehicle->driver_id == 0;
    for (size_t i = 0; i < drivers.count; i++) {
        is_known = is_known || drivers.items[i].id == vehicle->driver_id;
    }
    return is_known ? STATUS_OK
                    : fault_at_field(cx, STATUS_INVALID, "driver", "请选择本企业在用的司机账号");
}

/* Whoever drives from now on sees the addresses; whoever drove before does not. */
static Status driver_hand_over(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle,
                               int64_t now_ms) {
    DispatchIdList pickups;
    TRY(dispatch_store_released_stops(cx, conn, vehicle->id, day_of_instant(now_ms), &pickups));
    for (size_t i = 0; i < pickups.count; i++) {
        TRY(pickup_driver_set(cx, conn, pickups.items[i], vehicle->driver_id));
    }
    return STATUS_OK;
}

Status dispatch_vehicle_put(Cx *cx, DbConn *conn, DispatchVehicle *vehicle, int64_t now_ms) {
    bool is_new = vehicle->id == 0;
    DispatchVehicleList known;
    TRY(driver_check(cx, conn, vehicle));
    TRY(dispatch_vehicles(cx, conn, vehicle->org_id, &known));
    for (size_t i = 0; i < known.count; i++) {
        bool is_other = known.items[i].id != vehicle->id;
        if (is_other && str_equal(known.items[i].name, vehicle->name)) {
            return fault_at_field(cx, STATUS_CONFLICT, "name", "已经有一辆车叫“" STR_FMT "”",
                                  STR_ARG(vehicle->name));
        }
    }
    if (is_new && known.count >= DISPATCH_VEHICLES_MAX) {
        return fault(cx, STATUS_LIMIT, "一家企业最多登记 %d 辆车", DISPATCH_VEHICLES_MAX);
    }
    TRY(is_new ? dispatch_store_vehicle_insert(cx, conn, vehicle, now_ms)
               : dispatch_store_vehicle_update(cx, conn, vehicle));
    if (!is_new) {
        TRY(driver_hand_over(cx, conn, vehicle, now_ms));
    }
    return vehicle_journal(cx, conn, is_new ? "vehicle.create" : "vehicle.change", vehicle);
}

Status dispatch_vehicle_mark(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle, bool is_broken) {
    TRY(dispatch_store_vehicle_mark(cx, conn, vehicle, is_broken));
    DispatchVehicle after = *vehicle;
    after.is_broken = is_broken;
    return vehicle_journal(cx, conn, is_broken ? "vehicle.broken" : "vehicle.repaired", &after);
}
