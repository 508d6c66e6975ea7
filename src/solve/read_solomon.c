#include "solve/read_solomon.h"

#include "base/vec.h"
#include "solve/read_weights.h"

typedef struct Customer {
    int64_t number;
    ReadPoint point;
    int64_t demand;
    RoundWindow window; /* in units of the rounding, like service */
    int64_t service;
} Customer;

typedef struct CustomerVec VEC(Customer) CustomerVec;

/* ---- headings ---------------------------------------------------------------------------------*/

static bool is_number(Str word) {
    double number = 0;
    return read_number(word, &number);
}

/* Passes the name, blank lines and the words of headings, which differ from file to file, up to the
 * line that says what comes. */
static Status heading_find(Cx *cx, Scan *scan, Str want) {
    while (true) {
        TRY(cx_step(cx));
        Str word = read_word_peek(scan);
        if (str_is_empty(word)) {
            return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                                 "expected " STR_FMT ", found the end", STR_ARG(want));
        }
        Str line = read_line(scan);
        if (str_equal_ascii_nocase(str_slice(line, 0, want.len), want)) {
            return STATUS_OK;
        }
    }
}

/* Passes the names of columns up to the first number. */
static Status columns_pass(Cx *cx, Scan *scan) {
    for (Str word = read_word_peek(scan); !str_is_empty(word) && !is_number(word);
         word = read_word_peek(scan)) {
        TRY(cx_step(cx));
        (void)read_line(scan);
    }
    return STATUS_OK;
}

/* ---- customers --------------------------------------------------------------------------------*/

/* Numbers only rise: a set may be cut down to some of its customers. */
static Status customer_read(Cx *cx, Scan *scan, ReadRounding rounding, int64_t least,
                            Customer *out) {
    ReadScaledBounds time = {{0, ROUND_TIME_MAX_S / 1000}, rounding};
    TRY(read_integer(cx, scan, "customer number", (RoundWindow){least, INT32_MAX}, &out->number));
    TRY(read_decimal(cx, scan, "x", &out->point.x));
    TRY(read_decimal(cx, scan, "y", &out->point.y));
    TRY(read_integer(cx, scan, "demand", (RoundWindow){0, ROUND_LOAD_MAX}, &out->demand));
    TRY(read_scaled(cx, scan, "ready time", time, &out->window.open_s));
    TRY(read_scaled(cx, scan, "due date", time, &out->window.close_s));
    TRY(read_scaled(cx, scan, "service time", time, &out->service));
    if (out->window.close_s < out->window.open_s) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "customer %lld is due before it is ready", (long long)out->number);
    }
    return STATUS_OK;
}

static bool is_end(Str word) {
    return str_is_empty(word) || str_equal_ascii_nocase(word, STR("EOF")) ||
           str_equal_ascii_nocase(word, STR("END"));
}

static Status customers_read(Cx *cx, Scan *scan, ReadRounding rounding, CustomerVec *out) {
    int64_t least = 0;
    while (!is_end(read_word_peek(scan))) {
        TRY(cx_step(cx));
        if (out->count > ROUND_JOBS_MAX) {
            return fault(cx, STATUS_LIMIT, "more than %d customers", ROUND_JOBS_MAX);
        }
        Customer customer = {.demand = 0};
        TRY(customer_read(cx, scan, rounding, least, &customer));
        least = customer.number + 1;
        *vec_push(cx->arena, out) = customer;
    }
    if (out->count < 2) {
        return fault(cx, STATUS_INVALID, "the file has no customers");
    }
    return STATUS_OK;
}

/* ---- problem ----------------------------------------------------------------------------------*/

static void jobs_make(Cx *cx, const CustomerVec *customers, RoundProblem *problem) {
    RoundJob *jobs = arena_array(cx->arena, RoundJob, customers->count);
    RoundPlace *places = arena_array(cx->arena, RoundPlace, customers->count);
    for (size_t i = 0; i < customers->count; i++) {
        const Customer *customer = &customers->items[i];
        places[i].name = str_print(cx->arena, "%lld", (long long)customer->number);
        if (i == 0) {
            continue;
        }
        RoundJob *job = &jobs[i - 1];
        *job = round_job_neutral();
        job->name = places[i].name;
        job->place = (int32_t)i;
        job->pickup[0] = customer->demand;
        job->service_s = customer->service;
        job->windows = &customer->window;
        job->window_count = 1;
    }
    problem->jobs = jobs;
    problem->job_count = (int32_t)customers->count - 1;
    problem->places = places;
    problem->place_count = (int32_t)customers->count;
}

static void vehicles_make(Cx *cx, const Customer *depot, int64_t count, int64_t capacity,
                          RoundProblem *problem) {
    RoundVehicle *vehicles = arena_array(cx->arena, RoundVehicle, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        vehicles[i] = round_vehicle_neutral();
        vehicles[i].name = str_print(cx->arena, "%lld", (long long)i + 1);
        vehicles[i].capacity[0] = capacity;
        vehicles[i].hour_cost = 0;
        vehicles[i].km_cost = 1000;
        vehicles[i].shift = depot->window;
        vehicles[i].start_place = 0;
        vehicles[i].end_place = 0;
    }
    problem->vehicles = vehicles;
    problem->vehicle_count = (int32_t)count;
}

Status read_solomon(Cx *cx, Str text, ReadRounding rounding, RoundProblem **out) {
    Scan scan = read_scan(text);
    int64_t vehicle_count = 0;
    int64_t capacity = 0;
    TRY(heading_find(cx, &scan, STR("VEHICLE")));
    TRY(columns_pass(cx, &scan));
    TRY(read_integer(cx, &scan, "vehicle number", (RoundWindow){1, ROUND_VEHICLES_MAX},
                     &vehicle_count));
    TRY(read_integer(cx, &scan, "capacity", (RoundWindow){0, ROUND_LOAD_MAX}, &capacity));
    TRY(heading_find(cx, &scan, STR("CUST")));
    TRY(columns_pass(cx, &scan));
    CustomerVec customers = {0};
    TRY(customers_read(cx, &scan, rounding, &customers));
    RoundProblem *problem = arena_new(cx->arena, RoundProblem);
    ReadPoint *points = arena_array(cx->arena, ReadPoint, customers.count);
    for (size_t i = 0; i < customers.count; i++) {
        points[i] = customers.items[i].point;
    }
    RoundProfile *profile = arena_new(cx->arena, RoundProfile);
    TRY(read_weight_points(cx, READ_WEIGHT_EUC_2D, points, (int32_t)customers.count, rounding,
                           profile));
    problem->profiles = profile;
    problem->profile_count = 1;
    jobs_make(cx, &customers, problem);
    vehicles_make(cx, &customers.items[0], vehicle_count, capacity, problem);
    *out = problem;
    return round_problem_check(cx, problem);
}
