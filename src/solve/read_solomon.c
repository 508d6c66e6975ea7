#include "solve/read_solomon.h"

#include "base/vec.h"

typedef struct Customer {
    ReadPoint point;
    int64_t demand;
    int64_t ready;
    int64_t due;
    int64_t service;
} Customer;

typedef struct CustomerVec VEC(Customer) CustomerVec;

static Status word_expect(Cx *cx, Scan *scan, Str want) {
    Str word = read_word(scan);
    if (!str_equal_ascii_nocase(word, want)) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "expected " STR_FMT ", found \"" STR_FMT "\"", STR_ARG(want),
                             STR_ARG(str_slice(word, 0, 40)));
    }
    return STATUS_OK;
}

static Status customer_read(Cx *cx, Scan *scan, int64_t number, Customer *out) {
    RoundWindow exact = {number, number};
    RoundWindow time = {0, ROUND_TIME_MAX_S / 1000};
    int64_t seen = 0;
    TRY(read_integer(cx, scan, "customer number", exact, &seen));
    TRY(read_decimal(cx, scan, "x", &out->point.x));
    TRY(read_decimal(cx, scan, "y", &out->point.y));
    TRY(read_integer(cx, scan, "demand", (RoundWindow){0, ROUND_LOAD_MAX}, &out->demand));
    TRY(read_integer(cx, scan, "ready time", time, &out->ready));
    TRY(read_integer(cx, scan, "due date", time, &out->due));
    TRY(read_integer(cx, scan, "service time", time, &out->service));
    if (out->due < out->ready) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "customer %lld is due before it is ready", (long long)number);
    }
    return STATUS_OK;
}

static Status customers_read(Cx *cx, Scan *scan, CustomerVec *out) {
    while (!str_is_empty(read_word_peek(scan))) {
        TRY(cx_step(cx));
        if (out->count > ROUND_JOBS_MAX) {
            return fault(cx, STATUS_LIMIT, "more than %d customers", ROUND_JOBS_MAX);
        }
        Customer customer = {.demand = 0};
        TRY(customer_read(cx, scan, (int64_t)out->count, &customer));
        *vec_push(cx->arena, out) = customer;
    }
    if (out->count < 2) {
        return fault(cx, STATUS_INVALID, "the file has no customers");
    }
    return STATUS_OK;
}

static const RoundWindow *window_new(Cx *cx, const Customer *customer, int64_t scale) {
    RoundWindow *window = arena_new(cx->arena, RoundWindow);
    *window = (RoundWindow){customer->ready * scale, customer->due * scale};
    return window;
}

static void jobs_make(Cx *cx, const CustomerVec *customers, int64_t scale, RoundProblem *problem) {
    RoundJob *jobs = arena_array(cx->arena, RoundJob, customers->count);
    RoundPlace *places = arena_array(cx->arena, RoundPlace, customers->count);
    for (size_t i = 0; i < customers->count; i++) {
        const Customer *customer = &customers->items[i];
        places[i].name = str_print(cx->arena, "%zu", i);
        if (i == 0) {
            continue;
        }
        RoundJob *job = &jobs[i - 1];
        *job = round_job_neutral();
        job->name = places[i].name;
        job->place = (int32_t)i;
        job->pickup[0] = customer->demand;
        job->service_s = customer->service * scale;
        job->windows = window_new(cx, customer, scale);
        job->window_count = 1;
    }
    problem->jobs = jobs;
    problem->job_count = (int32_t)customers->count - 1;
    problem->places = places;
    problem->place_count = (int32_t)customers->count;
}

Status read_solomon(Cx *cx, Str text, ReadRounding rounding, RoundProblem **out) {
    Scan scan = read_scan(text);
    (void)read_line(&scan); /* the name */
    TRY(word_expect(cx, &scan, STR("VEHICLE")));
    TRY(word_expect(cx, &scan, STR("NUMBER")));
    TRY(word_expect(cx, &scan, STR("CAPACITY")));
    int64_t vehicle_count = 0;
    int64_t capacity = 0;
    TRY(read_integer(cx, &scan, "vehicle number", (RoundWindow){1, ROUND_VEHICLES_MAX},
                     &vehicle_count));
    TRY(read_integer(cx, &scan, "capacity", (RoundWindow){0, ROUND_LOAD_MAX}, &capacity));
    TRY(word_expect(cx, &scan, STR("CUSTOMER")));
    TRY(word_expect(cx, &scan, STR("CUST")));
    (void)read_line(&scan);
    CustomerVec customers = {0};
    TRY(customers_read(cx, &scan, &customers));
    RoundProblem *problem = arena_new(cx->arena, RoundProblem);
    ReadPoint *points = arena_array(cx->arena, ReadPoint, customers.count);
    for (size_t i = 0; i < customers.count; i++) {
        points[i] = customers.items[i].point;
    }
    RoundProfile *profile = arena_new(cx->arena, RoundProfile);
    TRY(read_straight_profile(cx, points, (int32_t)customers.count, rounding, profile));
    int64_t scale = read_scale(rounding);
    jobs_make(cx, &customers, scale, problem);
    RoundVehicle *vehicles = arena_array(cx->arena, RoundVehicle, (size_t)vehicle_count);
    for (int64_t i = 0; i < vehicle_count; i++) {
        vehicles[i] = round_vehicle_neutral();
        vehicles[i].name = str_print(cx->arena, "%lld", (long long)i + 1);
        vehicles[i].capacity[0] = capacity;
        vehicles[i].hour_cost = 0;
        vehicles[i].km_cost = 1000;
        vehicles[i].shift = *window_new(cx, &customers.items[0], scale);
        vehicles[i].start_place = 0;
        vehicles[i].end_place = 0;
    }
    problem->profiles = profile;
    problem->profile_count = 1;
    problem->vehicles = vehicles;
    problem->vehicle_count = (int32_t)vehicle_count;
    *out = problem;
    return round_problem_check(cx, problem);
}
