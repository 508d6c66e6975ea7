/*
 * read_vrplib.c - see read_vrplib.h. Reading order: rows, the sections, the header, the problem,
 * the solution.
 */
#include "solve/read_vrplib.h"

#include "base/vec.h"
#include "solve/read_weights.h"

#include <string.h>

typedef struct Node {
    ReadPoint point;
    int64_t demand;
    int64_t service; /* in units of the rounding, like the window */
    int64_t prize;
    RoundWindow window;
    bool has_point;
    bool has_service;
    bool has_window;
    bool is_depot;
} Node;

typedef struct IndexVec VEC(int32_t) IndexVec;

typedef struct Reader {
    Cx *cx;
    Scan scan;
    ReadRounding rounding;
    int64_t scale;
    int64_t dimension;
    int64_t first_number;  /* of nodes: 1, or 0 where the first row says so; -1: not known */
    int64_t vehicle_count; /* 0: not given */
    int64_t capacity;
    int64_t duration_max; /* 0: none; these three in units of the rounding */
    int64_t distance_max;
    int64_t service;
    ReadWeight weight;
    ReadOrder order;
    bool has_capacity;
    bool has_coords;
    bool has_order;
    bool has_prizes;
    Node *nodes;
    int32_t *depot_of_vehicle; /* node index, or NULL */
    IndexVec depots;
    RoundProfile *profile; /* of an EDGE_WEIGHT_SECTION */
} Reader;

static const RoundWindow TIME = {0, ROUND_TIME_MAX_S / 1000};

/* ---- rows -------------------------------------------------------------------------------------*/

typedef Status (*RowRead)(Reader *reader, Node *node);

/* Nodes count from 1; where the first row of all has number 0, from there. */
static Status node_number(Reader *reader, int64_t number, Node **out) {
    if (reader->first_number < 0) {
        reader->first_number = number == 0 ? 0 : 1;
    }
    int64_t index = number - reader->first_number;
    if (index < 0 || index >= reader->dimension) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "node number %lld is not between %lld and %lld", (long long)number,
                             (long long)reader->first_number,
                             (long long)(reader->dimension - 1 + reader->first_number));
    }
    *out = &reader->nodes[index];
    return STATUS_OK;
}

/* Rows may come in any order, and a section may leave nodes out or close with -1. */
static Status rows_read(Reader *reader, RowRead row_read) {
    bool *is_seen = arena_array(reader->cx->arena, bool, (size_t)reader->dimension);
    double ignored = 0;
    while (read_number(read_word_peek(&reader->scan), &ignored)) {
        int64_t number = 0;
        Node *node = NULL;
        TRY(cx_step(reader->cx));
        TRY(read_integer(reader->cx, &reader->scan, "node number",
                         (RoundWindow){-1, ROUND_PLACES_MAX}, &number));
        if (number == -1) {
            return STATUS_OK;
        }
        TRY(node_number(reader, number, &node));
        if (is_seen[node - reader->nodes]) {
            return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                                 "node %lld has two rows", (long long)number);
        }
        is_seen[node - reader->nodes] = true;
        TRY(row_read(reader, node));
    }
    return STATUS_OK;
}

static Status coords_row(Reader *reader, Node *node) {
    TRY(read_decimal(reader->cx, &reader->scan, "x", &node->point.x));
    node->has_point = true;
    return read_decimal(reader->cx, &reader->scan, "y", &node->point.y);
}

static Status demand_row(Reader *reader, Node *node) {
    return read_integer(reader->cx, &reader->scan, "demand", (RoundWindow){0, ROUND_LOAD_MAX},
                        &node->demand);
}

static Status service_row(Reader *reader, Node *node) {
    node->has_service = true;
    return read_scaled(reader->cx, &reader->scan, "service time",
                       (ReadScaledBounds){TIME, reader->rounding}, &node->service);
}

static Status window_row(Reader *reader, Node *node) {
    ReadScaledBounds in = {TIME, reader->rounding};
    TRY(read_scaled(reader->cx, &reader->scan, "time window", in, &node->window.open_s));
    TRY(read_scaled(reader->cx, &reader->scan, "time window", in, &node->window.close_s));
    if (node->window.close_s < node->window.open_s) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "the time window of node %lld closes before it opens",
                             (long long)(node - reader->nodes) + reader->first_number);
    }
    node->has_window = true;
    return STATUS_OK;
}

static Status prize_row(Reader *reader, Node *node) {
    ReadScaledBounds in = {{0, ROUND_PRIZE_MAX / 1000}, reader->rounding};
    return read_scaled(reader->cx, &reader->scan, "prize", in, &node->prize);
}

/* ---- sections ---------------------------------------------------------------------------------*/

static Status section_coords(Reader *reader) {
    TRY(rows_read(reader, coords_row));
    for (int64_t i = 0; i < reader->dimension; i++) {
        if (!reader->nodes[i].has_point) {
            return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                                 "NODE_COORD_SECTION lacks node %lld",
                                 (long long)(i + (reader->first_number == 0 ? 0 : 1)));
        }
    }
    reader->has_coords = true;
    return STATUS_OK;
}

static Status section_demand(Reader *reader) {
    return rows_read(reader, demand_row);
}

static Status section_service(Reader *reader) {
    return rows_read(reader, service_row);
}

static Status section_windows(Reader *reader) {
    return rows_read(reader, window_row);
}

static Status section_prizes(Reader *reader) {
    reader->has_prizes = true;
    return rows_read(reader, prize_row);
}

/* Where an explicit file's nodes would be drawn; nothing is computed from it. */
static Status section_display(Reader *reader) {
    return rows_read(reader, coords_row);
}

static Status section_weights(Reader *reader) {
    if (!reader->has_order) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "EDGE_WEIGHT_SECTION comes before EDGE_WEIGHT_FORMAT");
    }
    reader->profile = arena_new(reader->cx->arena, RoundProfile);
    return read_weight_section(reader->cx, &reader->scan, reader->order, (int32_t)reader->dimension,
                               reader->rounding, reader->profile);
}

static Status section_vehicle_depots(Reader *reader) {
    if (reader->vehicle_count == 0) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "VEHICLES_DEPOT_SECTION comes before VEHICLES");
    }
    reader->depot_of_vehicle =
        arena_array(reader->cx->arena, int32_t, (size_t)reader->vehicle_count);
    for (int64_t i = 0; i < reader->vehicle_count; i++) {
        int64_t number = 0;
        Node *node = NULL;
        TRY(cx_step(reader->cx));
        TRY(read_integer(reader->cx, &reader->scan, "vehicle number", (RoundWindow){i + 1, i + 1},
                         &number));
        TRY(read_integer(reader->cx, &reader->scan, "depot", (RoundWindow){0, ROUND_PLACES_MAX},
                         &number));
        TRY(node_number(reader, number, &node));
        reader->depot_of_vehicle[i] = (int32_t)(node - reader->nodes);
    }
    return STATUS_OK;
}

static Status section_depots(Reader *reader) {
    double ignored = 0;
    while (read_number(read_word_peek(&reader->scan), &ignored)) {
        int64_t number = 0;
        Node *node = NULL;
        TRY(cx_step(reader->cx));
        TRY(read_integer(reader->cx, &reader->scan, "depot", (RoundWindow){-1, ROUND_PLACES_MAX},
                         &number));
        if (number < 0 || (number == 0 && reader->first_number == 1)) {
            break;
        }
        TRY(node_number(reader, number, &node));
        if (!node->is_depot) {
            *vec_push(reader->cx->arena, &reader->depots) = (int32_t)(node - reader->nodes);
        }
        node->is_depot = true;
    }
    if (reader->depots.count == 0) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "DEPOT_SECTION names no depot");
    }
    return STATUS_OK;
}

typedef struct SectionRow {
    const char *name;
    Status (*read)(Reader *reader);
} SectionRow;

static const SectionRow SECTIONS[] = {
    {"NODE_COORD_SECTION", section_coords},    {"DEMAND_SECTION", section_demand},
    {"SERVICE_TIME_SECTION", section_service}, {"TIME_WINDOW_SECTION", section_windows},
    {"PRIZE_SECTION", section_prizes},         {"VEHICLES_DEPOT_SECTION", section_vehicle_depots},
    {"DEPOT_SECTION", section_depots},         {"EDGE_WEIGHT_SECTION", section_weights},
    {"DISPLAY_DATA_SECTION", section_display},
};

/* ---- header -----------------------------------------------------------------------------------*/

static Status header_number(Reader *reader, Str key, Str value, int64_t *out) {
    int64_t number = 0;
    TRY(read_whole(reader->cx, &reader->scan, str_c(reader->cx->arena, key), value, &number));
    if (number < 0 || number > ROUND_LOAD_MAX) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             STR_FMT " %lld is not between 0 and %lld", STR_ARG(key),
                             (long long)number, (long long)ROUND_LOAD_MAX);
    }
    *out = number;
    return STATUS_OK;
}

/* A time or length, whole or not, in units of the rounding. */
static Status header_scaled(Reader *reader, Str key, Str value, int64_t *out) {
    double number = 0;
    if (!read_number(value, &number) || number < 0 || number > (double)ROUND_TIME_MAX_S) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             STR_FMT " \"" STR_FMT "\" is not a number from 0 to %lld",
                             STR_ARG(key), STR_ARG(str_slice(value, 0, 40)),
                             (long long)ROUND_TIME_MAX_S);
    }
    *out = read_scaled_value(number, reader->rounding);
    return STATUS_OK;
}

static Status header_dimension(Reader *reader, Str key, Str value) {
    TRY(header_number(reader, key, value, &reader->dimension));
    if (reader->nodes != NULL) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                             "DIMENSION is given twice");
    }
    if (reader->dimension < 2 || reader->dimension > ROUND_PLACES_MAX) {
        return fault_at_line(reader->cx, STATUS_LIMIT, reader->scan.line, 1,
                             "DIMENSION %lld is not between 2 and %d", (long long)reader->dimension,
                             ROUND_PLACES_MAX);
    }
    reader->nodes = arena_array(reader->cx->arena, Node, (size_t)reader->dimension);
    return STATUS_OK;
}

static Status header_capacity(Reader *reader, Str key, Str value) {
    reader->has_capacity = true;
    return header_number(reader, key, value, &reader->capacity);
}

static Status header_vehicles(Reader *reader, Str key, Str value) {
    TRY(header_number(reader, key, value, &reader->vehicle_count));
    if (reader->vehicle_count < 1 || reader->vehicle_count > ROUND_VEHICLES_MAX) {
        return fault_at_line(reader->cx, STATUS_LIMIT, reader->scan.line, 1,
                             "VEHICLES is not between 1 and %d", ROUND_VEHICLES_MAX);
    }
    return STATUS_OK;
}

/* DISTANCE bounds a round with its service times (CMT, Golden). */
static Status header_duration(Reader *reader, Str key, Str value) {
    return header_scaled(reader, key, value, &reader->duration_max);
}

static Status header_distance(Reader *reader, Str key, Str value) {
    return header_scaled(reader, key, value, &reader->distance_max);
}

static Status header_service(Reader *reader, Str key, Str value) {
    return header_scaled(reader, key, value, &reader->service);
}

static Status header_weight(Reader *reader, Str key, Str value) {
    (void)key;
    return read_weight_parse(reader->cx, &reader->scan, value, &reader->weight);
}

static Status header_order(Reader *reader, Str key, Str value) {
    (void)key;
    if (str_equal_ascii_nocase(value, STR("FUNCTION"))) {
        return STATUS_OK; /* coordinates and a rule: no list of figures */
    }
    reader->has_order = true;
    return read_order_parse(reader->cx, &reader->scan, value, &reader->order);
}

static Status header_words(Reader *reader, Str key, Str value) {
    (void)reader, (void)key, (void)value;
    return STATUS_OK;
}

typedef struct HeaderRow {
    const char *name;
    Status (*read)(Reader *reader, Str key, Str value);
} HeaderRow;

static const HeaderRow HEADERS[] = {
    {"NAME", header_words},
    {"COMMENT", header_words},
    {"TYPE", header_words},
    {"NODE_COORD_TYPE", header_words},
    {"DISPLAY_DATA_TYPE", header_words},
    {"BEST_KNOWN", header_words},
    {"DIMENSION", header_dimension},
    {"CAPACITY", header_capacity},
    {"VEHICLES", header_vehicles},
    {"DISTANCE", header_duration},
    {"VEHICLES_MAX_DURATION", header_duration},
    {"VEHICLES_MAX_DISTANCE", header_distance},
    {"SERVICE_TIME", header_service},
    {"EDGE_WEIGHT_TYPE", header_weight},
    {"EDGE_WEIGHT_FORMAT", header_order},
};

/* "KEY : value", "KEY: value" or "KEY value". */
static Status header_read(Reader *reader, Str line) {
    Str value = line;
    Str key = str_trim(str_cut(&value, ':'));
    if (value.at == NULL) {
        Scan words = read_scan(line);
        key = read_word(&words);
        value = words.rest;
    }
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++) {
        if (str_equal_ascii_nocase(key, str_of(HEADERS[i].name))) {
            return HEADERS[i].read(reader, key, str_trim(value));
        }
    }
    return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                         "the word \"" STR_FMT "\" is not known", STR_ARG(str_slice(key, 0, 40)));
}

/* The name of a section may have a colon behind it, and figures on the same line. */
static Status item_read(Reader *reader) {
    Scan ahead = reader->scan;
    Str word = read_word(&ahead);
    Str name = word;
    name = str_cut(&name, ':');
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++) {
        if (!str_equal_ascii_nocase(name, str_of(SECTIONS[i].name))) {
            continue;
        }
        if (reader->nodes == NULL) {
            return fault_at_line(reader->cx, STATUS_INVALID, reader->scan.line, 1,
                                 "%s comes before DIMENSION", SECTIONS[i].name);
        }
        reader->scan = ahead;
        if (str_equal(read_word_peek(&reader->scan), STR(":"))) {
            (void)read_word(&reader->scan);
        }
        return SECTIONS[i].read(reader);
    }
    return header_read(reader, read_line(&reader->scan));
}

/* ---- problem ----------------------------------------------------------------------------------*/

static void job_make(const Reader *reader, const Node *node, RoundJob *job) {
    *job = round_job_neutral();
    job->pickup[0] = node->demand;
    job->service_s = node->has_service ? node->service : reader->service;
    if (node->has_window) {
        job->windows = &node->window;
        job->window_count = 1;
    }
    job->prize = reader->has_prizes ? node->prize : -1;
}

/* More than any good plan needs: for the load, twice where a longest duration may bind first, and
 * so many at each depot. */
static int64_t fleet_size(const Reader *reader) {
    int64_t sum = 0;
    for (int64_t i = 0; i < reader->dimension; i++) {
        sum += reader->nodes[i].demand;
    }
    int64_t least = reader->capacity == 0 ? 1 : (sum + reader->capacity - 1) / reader->capacity;
    int64_t most = least + least / 4 + 8;
    most *= reader->duration_max > 0 || reader->distance_max > 0 ? 2 : 1;
    most = most > reader->dimension ? reader->dimension : most;
    most *= (int64_t)reader->depots.count;
    return most > ROUND_VEHICLES_MAX ? ROUND_VEHICLES_MAX : most;
}

static int32_t depot_of(const Reader *reader, int64_t vehicle) {
    if (reader->depot_of_vehicle != NULL) {
        return reader->depot_of_vehicle[vehicle];
    }
    return reader->depots.items[vehicle % (int64_t)reader->depots.count];
}

static void vehicles_make(Reader *reader, RoundProblem *problem) {
    int64_t count = reader->vehicle_count > 0 ? reader->vehicle_count : fleet_size(reader);
    RoundVehicle *vehicles = arena_array(reader->cx->arena, RoundVehicle, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        RoundVehicle *vehicle = &vehicles[i];
        *vehicle = round_vehicle_neutral();
        vehicle->name = str_print(reader->cx->arena, "%lld", (long long)i + 1);
        vehicle->capacity[0] = reader->capacity;
        vehicle->hour_cost = 0;
        vehicle->km_cost = 1000;
        vehicle->start_place = depot_of(reader, i);
        vehicle->end_place = vehicle->start_place;
        const Node *node = &reader->nodes[vehicle->start_place];
        if (node->has_window) {
            vehicle->shift = node->window;
        }
        if (reader->duration_max > 0) {
            vehicle->duration_max_s = reader->duration_max;
        }
        if (reader->distance_max > 0) {
            vehicle->distance_max_m = reader->distance_max;
        }
    }
    problem->vehicles = vehicles;
    problem->vehicle_count = (int32_t)count;
}

static Status profile_make(Reader *reader, RoundProblem *problem) {
    Arena *arena = reader->cx->arena;
    size_t count = (size_t)reader->dimension;
    problem->profile_count = 1;
    if (reader->profile != NULL) {
        problem->profiles = reader->profile;
        return STATUS_OK;
    }
    ReadPoint *points = arena_array(arena, ReadPoint, count);
    for (size_t i = 0; i < count; i++) {
        points[i] = reader->nodes[i].point;
    }
    RoundProfile *profile = arena_new(arena, RoundProfile);
    problem->profiles = profile;
    return read_weight_points(reader->cx, reader->weight, points, (int32_t)count, reader->rounding,
                              profile);
}

static Status problem_make(Reader *reader, RoundProblem *problem) {
    Arena *arena = reader->cx->arena;
    size_t count = (size_t)reader->dimension;
    RoundPlace *places = arena_array(arena, RoundPlace, count);
    RoundJob *jobs = arena_array(arena, RoundJob, count);
    for (size_t i = 0; i < count; i++) {
        TRY(cx_step(reader->cx));
        places[i].name =
            str_print(arena, "%lld", (long long)i + (reader->first_number == 0 ? 0 : 1));
        if (!reader->nodes[i].is_depot) {
            RoundJob *job = &jobs[problem->job_count++];
            job_make(reader, &reader->nodes[i], job);
            job->name = places[i].name;
            job->place = (int32_t)i;
        }
    }
    TRY(profile_make(reader, problem));
    problem->places = places;
    problem->place_count = (int32_t)count;
    problem->jobs = jobs;
    vehicles_make(reader, problem);
    return STATUS_OK;
}

/* What must have been read; without a DEPOT_SECTION the first node is the depot. */
static Status parts_check(Reader *reader) {
    if (reader->nodes == NULL || !reader->has_capacity) {
        return fault(reader->cx, STATUS_INVALID, "the file lacks DIMENSION or CAPACITY");
    }
    bool is_explicit = reader->weight == READ_WEIGHT_EXPLICIT;
    if (is_explicit ? reader->profile == NULL : !reader->has_coords) {
        return fault(reader->cx, STATUS_INVALID, "the file lacks %s",
                     is_explicit ? "EDGE_WEIGHT_SECTION" : "NODE_COORD_SECTION");
    }
    if (!is_explicit && reader->profile != NULL) {
        return fault(reader->cx, STATUS_INVALID,
                     "the file has an EDGE_WEIGHT_SECTION, but no EDGE_WEIGHT_TYPE EXPLICIT");
    }
    if (reader->depots.count == 0) {
        *vec_push(reader->cx->arena, &reader->depots) = 0;
        reader->nodes[0].is_depot = true;
    }
    return STATUS_OK;
}

Status read_vrplib(Cx *cx, Str text, ReadRounding rounding, RoundProblem **out) {
    Reader reader = {.cx = cx,
                     .scan = read_scan(text),
                     .rounding = rounding,
                     .scale = read_scale(rounding),
                     .first_number = -1};
    for (Str word = read_word_peek(&reader.scan);
         !str_is_empty(word) && !str_equal_ascii_nocase(word, STR("EOF"));
         word = read_word_peek(&reader.scan)) {
        TRY(cx_step(cx));
        TRY(item_read(&reader));
    }
    TRY(parts_check(&reader));
    RoundProblem *problem = arena_new(cx->arena, RoundProblem);
    TRY(problem_make(&reader, problem));
    *out = problem;
    return round_problem_check(cx, problem);
}

/* ---- solution ---------------------------------------------------------------------------------*/

typedef struct RouteVec VEC(ReadRoute) RouteVec;

/* "#12:", "#12 :" or "# 12:". */
static Status route_number(Cx *cx, Scan *scan, int64_t *out) {
    Str label = read_word(scan);
    if (str_equal(label, STR("#"))) {
        label = read_word(scan);
    }
    label = str_starts(label, STR("#")) ? str_from(label, 1) : label;
    bool has_colon = str_ends(label, STR(":"));
    label = str_slice(label, 0, label.len - (has_colon ? 1 : 0));
    if (str_int64(label, out) != STATUS_OK || *out < 1 || *out > ROUND_VEHICLES_MAX) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1, "the route has no number");
    }
    if (!has_colon && str_equal(read_word_peek(scan), STR(":"))) {
        (void)read_word(scan);
    }
    return STATUS_OK;
}

static Status route_read(Cx *cx, Scan *scan, const RoundProblem *problem, ReadRoute *route) {
    int64_t vehicle = 0;
    TRY(route_number(cx, scan, &vehicle));
    IndexVec jobs = {0};
    int32_t depot_count = problem->place_count - problem->job_count;
    int64_t job = 0;
    while (str_int64(read_word_peek(scan), &job) == STATUS_OK) {
        TRY(cx_step(cx));
        TRY(read_integer(cx, scan, "customer", (RoundWindow){1, problem->place_count - 1}, &job));
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

static Status cost_read(Cx *cx, Scan *scan, int64_t *out) {
    double cost = 0;
    if (str_equal(read_word_peek(scan), STR(":"))) {
        (void)read_word(scan);
    }
    TRY(read_decimal(cx, scan, "cost", &cost));
    *out = read_scaled_value(cost, READ_NEAREST);
    return STATUS_OK;
}

Status read_vrplib_solution(Cx *cx, Str text, const RoundProblem *problem, ReadSolution **out) {
    Scan scan = read_scan(text);
    ReadSolution *solution = arena_new(cx->arena, ReadSolution);
    RouteVec routes = {0};
    while (!str_is_empty(read_word_peek(&scan))) {
        TRY(cx_step(cx));
        Str word = read_word(&scan);
        if (str_equal_ascii_nocase(word, STR("Route"))) {
            ReadRoute route = {0};
            TRY(route_read(cx, &scan, problem, &route));
            *vec_push(cx->arena, &routes) = route;
        } else if (str_equal_ascii_nocase(str_slice(word, 0, 4), STR("Cost"))) {
            TRY(cost_read(cx, &scan, &solution->cost));
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
