/*
 * read_vrplib.c - see read_vrplib.h. Reading order: the header words, the sections, the problem,
 * the solution.
 */
#include "solve/read_vrplib.h"

#include "base/vec.h"

#include <string.h>

typedef struct Node {
    ReadPoint point;
    int64_t demand;
    int64_t service;
    int64_t prize;
    RoundWindow window;
    bool has_window;
    bool is_depot;
} Node;

typedef struct Reader {
    Cx *cx;
    Scan scan;
    int64_t scale;
    int64_t dimension;
    int64_t vehicle_count; /* 0: not given */
    int64_t capacity;
    int64_t duration_max; /* 0: none */
    int64_t service;
    bool has_capacity;
    bool has_coords;
    bool has_prizes;
    Node *nodes;
    int32_t *depot_of_vehicle; /* node index, or NULL */
    int32_t depot_first;
} Reader;

static const RoundWindow TIME = {0, ROUND_TIME_MAX_S / 1000};

/* ---- sections ---------------------------------------------------------------------------------*/

static Status nodes_need(Reader *reader, Str section) {
    if (reader->nodes == NULL) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             STR_FMT " comes before DIMENSION", STR_ARG(section));
    }
    return STATUS_OK;
}

static Status node_row(Reader *reader, int64_t index) {
    int64_t number = 0;
    TRY(cx_step(reader->cx));
    return read_integer(reader->cx, &reader->scan, "node number",
                        (RoundWindow){index + 1, index + 1}, &number);
}

static Status section_coords(Reader *reader) {
    for (int64_t i = 0; i < reader->dimension; i++) {
        TRY(node_row(reader, i));
        TRY(read_decimal(reader->cx, &reader->scan, "x", &reader->nodes[i].point.x));
        TRY(read_decimal(reader->cx, &reader->scan, "y", &reader->nodes[i].point.y));
    }
    reader->has_coords = true;
    return STATUS_OK;
}

static Status section_demand(Reader *reader) {
    for (int64_t i = 0; i < reader->dimension; i++) {
        TRY(node_row(reader, i));
        TRY(read_integer(reader->cx, &reader->scan, "demand", (RoundWindow){0, ROUND_LOAD_MAX},
                         &reader->nodes[i].demand));
    }
    return STATUS_OK;
}

static Status section_service(Reader *reader) {
    for (int64_t i = 0; i < reader->dimension; i++) {
        TRY(node_row(reader, i));
        TRY(read_integer(reader->cx, &reader->scan, "service time", TIME,
                         &reader->nodes[i].service));
    }
    return STATUS_OK;
}

static Status section_windows(Reader *reader) {
    for (int64_t i = 0; i < reader->dimension; i++) {
        Node *node = &reader->nodes[i];
        TRY(node_row(reader, i));
        TRY(read_integer(reader->cx, &reader->scan, "time window", TIME, &node->window.open_s));
        TRY(read_integer(reader->cx, &reader->scan, "time window", TIME, &node->window.close_s));
        if (node->window.close_s < node->window.open_s) {
            return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                                 "the time window of node %lld closes before it opens",
                                 (long long)i + 1);
        }
        node->has_window = true;
    }
    return STATUS_OK;
}

static Status section_prizes(Reader *reader) {
    for (int64_t i = 0; i < reader->dimension; i++) {
        TRY(node_row(reader, i));
        TRY(read_integer(reader->cx, &reader->scan, "prize",
                         (RoundWindow){0, ROUND_PRIZE_MAX / 1000}, &reader->nodes[i].prize));
    }
    reader->has_prizes = true;
    return STATUS_OK;
}

static Status section_vehicle_depots(Reader *reader) {
    if (reader->vehicle_count == 0) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "VEHICLES_DEPOT_SECTION comes before VEHICLES");
    }
    reader->depot_of_vehicle =
        arena_array(reader->cx->arena, int32_t, (size_t)reader->vehicle_count);
    for (int64_t i = 0; i < reader->vehicle_count; i++) {
        int64_t node = 0;
        TRY(node_row(reader, i));
        TRY(read_integer(reader->cx, &reader->scan, "depot", (RoundWindow){1, reader->dimension},
                         &node));
        reader->depot_of_vehicle[i] = (int32_t)node - 1;
    }
    return STATUS_OK;
}

static Status section_depots(Reader *reader) {
    reader->depot_first = ROUND_NONE;
    while (true) {
        Str word = read_word_peek(&reader->scan);
        int64_t node = 0;
        if (str_int64(word, &node) != STATUS_OK) {
            break;
        }
        TRY(cx_step(reader->cx));
        TRY(read_integer(reader->cx, &reader->scan, "depot", (RoundWindow){-1, reader->dimension},
                         &node));
        if (node <= 0) {
            break;
        }
        reader->nodes[node - 1].is_depot = true;
        reader->depot_first =
            reader->depot_first == ROUND_NONE ? (int32_t)node - 1 : reader->depot_first;
    }
    if (reader->depot_first == ROUND_NONE) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "DEPOT_SECTION names no depot");
    }
    return STATUS_OK;
}

typedef struct SectionRow {
    Str name;
    Status (*read)(Reader *reader);
} SectionRow;

static const SectionRow SECTIONS[] = {
    {{"NODE_COORD_SECTION", 18}, section_coords},
    {{"DEMAND_SECTION", 14}, section_demand},
    {{"SERVICE_TIME_SECTION", 20}, section_service},
    {{"TIME_WINDOW_SECTION", 19}, section_windows},
    {{"PRIZE_SECTION", 13}, section_prizes},
    {{"VEHICLES_DEPOT_SECTION", 22}, section_vehicle_depots},
    {{"DEPOT_SECTION", 13}, section_depots},
};

/* ---- header -----------------------------------------------------------------------------------*/

static Status header_number(Reader *reader, Str key, Str value, int64_t *out) {
    int64_t number = 0;
    if (str_int64(value, &number) != STATUS_OK || number < 0 || number > ROUND_LOAD_MAX) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             STR_FMT " \"" STR_FMT "\" is not a whole number in range",
                             STR_ARG(key), STR_ARG(str_slice(value, 0, 40)));
    }
    *out = number;
    return STATUS_OK;
}

static Status header_dimension(Reader *reader, Str key, Str value) {
    TRY(header_number(reader, key, value, &reader->dimension));
    if (reader->nodes != NULL) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "DIMENSION is given twice");
    }
    if (reader->dimension < 2 || reader->dimension > ROUND_JOBS_MAX) {
        return fault_at_line(reader->cx, STATUS_LIMIT, reader->scan.line, 1,
                             "DIMENSION %lld is not between 2 and %d", (long long)reader->dimension,
                             ROUND_JOBS_MAX);
    }
    reader->nodes = arena_array(reader->cx->arena, Node, (size_t)reader->dimension);
    return STATUS_OK;
}

static Status header_read(Reader *reader, Str key, Str value) {
    if (str_equal(key, STR("DIMENSION"))) {
        return header_dimension(reader, key, value);
    }
    if (str_equal(key, STR("CAPACITY"))) {
        reader->has_capacity = true;
        return header_number(reader, key, value, &reader->capacity);
    }
    if (str_equal(key, STR("VEHICLES"))) {
        TRY(header_number(reader, key, value, &reader->vehicle_count));
        if (reader->vehicle_count < 1 || reader->vehicle_count > ROUND_VEHICLES_MAX) {
            return fault_at_line(reader->cx, STATUS_LIMIT, reader->scan.line, 1,
                                 "VEHICLES is not between 1 and %d", ROUND_VEHICLES_MAX);
        }
        return STATUS_OK;
    }
    if (str_equal(key, STR("VEHICLES_MAX_DURATION"))) {
        return header_number(reader, key, value, &reader->duration_max);
    }
    if (str_equal(key, STR("SERVICE_TIME"))) {
        return header_number(reader, key, value, &reader->service);
    }
    if (str_equal(key, STR("EDGE_WEIGHT_TYPE")) && !str_equal(value, STR("EUC_2D"))) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "EDGE_WEIGHT_TYPE \"" STR_FMT "\" is not read, only EUC_2D",
                             STR_ARG(str_slice(value, 0, 40)));
    }
    bool is_known = str_equal(key, STR("NAME")) || str_equal(key, STR("COMMENT")) ||
                    str_equal(key, STR("TYPE")) || str_equal(key, STR("EDGE_WEIGHT_TYPE"));
    if (!is_known) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "the word \"" STR_FMT "\" is not known",
                             STR_ARG(str_slice(key, 0, 40)));
    }
    return STATUS_OK;
}

static Status item_read(Reader *reader) {
    Str line = read_line(&reader->scan);
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++) {
        if (str_equal(line, SECTIONS[i].name)) {
            TRY(nodes_need(reader, line));
            return SECTIONS[i].read(reader);
        }
    }
    if (str_is_empty(line)) {
        return STATUS_OK;
    }
    Str value = line;
    Str key = str_cut(&value, ':');
    return header_read(reader, str_trim(key), str_trim(value));
}

/* ---- problem ----------------------------------------------------------------------------------*/

static void job_make(Reader *reader, const Node *node, RoundJob *job) {
    *job = round_job_neutral();
    job->pickup[0] = node->demand;
    job->service_s = (node->service > 0 ? node->service : reader->service) * reader->scale;
    if (node->has_window) {
        RoundWindow *window = arena_new(reader->cx->arena, RoundWindow);
        *window = (RoundWindow){node->window.open_s * reader->scale,
                                node->window.close_s * reader->scale};
        job->windows = window;
        job->window_count = 1;
    }
    job->prize = reader->has_prizes ? node->prize * reader->scale : -1;
}

static int64_t fleet_size(const Reader *reader) {
    int64_t sum = 0;
    for (int64_t i = 0; i < reader->dimension; i++) {
        sum += reader->nodes[i].demand;
    }
    int64_t least = reader->capacity == 0 ? 1 : (sum + reader->capacity - 1) / reader->capacity;
    int64_t most = least + least / 4 + 8;
    most = most > reader->dimension ? reader->dimension : most;
    return most > ROUND_VEHICLES_MAX ? ROUND_VEHICLES_MAX : most;
}

static void vehicles_make(Reader *reader, RoundProblem *problem) {
    int64_t count = reader->vehicle_count > 0 ? reader->vehicle_count : fleet_size(reader);
    RoundVehicle *vehicles = arena_array(reader->cx->arena, RoundVehicle, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        int32_t depot =
            reader->depot_of_vehicle == NULL ? reader->depot_first : reader->depot_of_vehicle[i];
        RoundVehicle *vehicle = &vehicles[i];
        *vehicle = round_vehicle_neutral();
        vehicle->name = str_print(reader->cx->arena, "%lld", (long long)i + 1);
        vehicle->capacity[0] = reader->capacity;
        vehicle->hour_cost = 0;
        vehicle->km_cost = 1000;
        vehicle->start_place = depot;
        vehicle->end_place = depot;
        const Node *node = &reader->nodes[depot];
        if (node->has_window) {
            vehicle->shift = (RoundWindow){node->window.open_s * reader->scale,
                                           node->window.close_s * reader->scale};
        }
        if (reader->duration_max > 0) {
            vehicle->duration_max_s = reader->duration_max * reader->scale;
        }
    }
    problem->vehicles = vehicles;
    problem->vehicle_count = (int32_t)count;
}

static Status problem_make(Reader *reader, ReadRounding rounding, RoundProblem *problem) {
    Arena *arena = reader->cx->arena;
    size_t count = (size_t)reader->dimension;
    ReadPoint *points = arena_array(arena, ReadPoint, count);
    RoundPlace *places = arena_array(arena, RoundPlace, count);
    RoundJob *jobs = arena_array(arena, RoundJob, count);
    for (size_t i = 0; i < count; i++) {
        TRY(cx_step(reader->cx));
        points[i] = reader->nodes[i].point;
        places[i].name = str_print(arena, "%zu", i + 1);
        if (!reader->nodes[i].is_depot) {
            RoundJob *job = &jobs[problem->job_count++];
            job_make(reader, &reader->nodes[i], job);
            job->name = places[i].name;
            job->place = (int32_t)i;
        }
    }
    RoundProfile *profile = arena_new(arena, RoundProfile);
    TRY(read_straight_profile(reader->cx, points, (int32_t)count, rounding, profile));
    problem->profiles = profile;
    problem->profile_count = 1;
    problem->places = places;
    problem->place_count = (int32_t)count;
    problem->jobs = jobs;
    vehicles_make(reader, problem);
    return STATUS_OK;
}

Status read_vrplib(Cx *cx, Str text, ReadRounding rounding, RoundProblem **out) {
    Reader reader = {.cx = cx,
                     .scan = read_scan(text),
                     .scale = read_scale(rounding),
                     .depot_first = ROUND_NONE};
    while (!str_is_empty(read_word_peek(&reader.scan)) &&
           !str_equal(read_word_peek(&reader.scan), STR("EOF"))) {
        TRY(cx_step(cx));
        TRY(item_read(&reader));
    }
    if (!reader.has_coords || !reader.has_capacity || reader.depot_first == ROUND_NONE) {
        return fault(cx, STATUS_INVALID,
                     "the file lacks NODE_COORD_SECTION, CAPACITY or DEPOT_SECTION");
    }
    RoundProblem *problem = arena_new(cx->arena, RoundProblem);
    TRY(problem_make(&reader, rounding, problem));
    *out = problem;
    return round_problem_check(cx, problem);
}

/* ---- solution ---------------------------------------------------------------------------------*/

typedef struct IndexVec VEC(int32_t) IndexVec;
typedef struct RouteVec VEC(ReadRoute) RouteVec;

static Status route_read(Cx *cx, Scan *scan, const RoundProblem *problem, ReadRoute *route) {
    Str label = read_word(scan); /* "#12:" */
    Str number = str_slice(label, 1, label.len < 2 ? 0 : label.len - 2);
    int64_t vehicle = 0;
    if (str_int64(number, &vehicle) != STATUS_OK || vehicle < 1 || vehicle > ROUND_VEHICLES_MAX) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1, "the route has no number");
    }
    IndexVec jobs = {0};
    int32_t depot_count = problem->place_count - problem->job_count;
    int64_t job = 0;
    while (str_int64(read_word_peek(scan), &job) == STATUS_OK) {
        TRY(cx_step(cx));
        TRY(read_integer(cx, scan, "customer", (RoundWindow){1, problem->place_count}, &job));
        /* Customer c is place c (0-based) in every set we read; places of depots come first. */
        if (job < depot_count) {
            return fault_at_line(cx, STATUS_INVALID, scan->line, 1, "customer %lld is a depot",
                                 (long long)job);
        }
        *vec_push(cx->arena, &jobs) = (int32_t)job - depot_count;
    }
    *route = (ReadRoute){(int32_t)vehicle - 1, jobs.items, (int32_t)jobs.count};
    return STATUS_OK;
}

Status read_vrplib_solution(Cx *cx, Str text, const RoundProblem *problem, ReadSolution **out) {
    Scan scan = read_scan(text);
    ReadSolution *solution = arena_new(cx->arena, ReadSolution);
    RouteVec routes = {0};
    while (!str_is_empty(read_word_peek(&scan))) {
        TRY(cx_step(cx));
        Str word = read_word(&scan);
        if (str_equal(word, STR("Route"))) {
            ReadRoute route = {0};
            TRY(route_read(cx, &scan, problem, &route));
            *vec_push(cx->arena, &routes) = route;
        } else if (str_starts(word, STR("Cost"))) {
            TRY(read_integer(cx, &scan, "cost", (RoundWindow){0, INT64_MAX}, &solution->cost));
        } else {
            return fault_at_line(cx, STATUS_INVALID, scan.line, 1,
                                 "the word \"" STR_FMT "\" is neither Route nor Cost",
                                 STR_ARG(str_slice(word, 0, 40)));
        }
    }
    solution->routes = routes.items;
    solution->route_count = (int32_t)routes.count;
    *out = solution;
    return STATUS_OK;
}
