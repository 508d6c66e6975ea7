/*
 * round_full.c - see round_full.h. Reading order: the two passes over a route, loads, trim,
 * refresh, feasibility, scan.
 */
#include "solve/round_full.h"

#include "solve/round_levels.h"

#include <string.h>

/* ---- the two passes ---------------------------------------------------------------------------*/

/* The earliest end of the round with every break taken, or never. Writes departures into details
 * when given. */
static int32_t pass_forward(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                            int32_t len, Detail *details) {
    Levels times = levels_start(vehicle);
    if (details != NULL) {
        memcpy(details[0].depart, times.at, sizeof times.at);
    }
    for (int32_t k = 1; k <= len; k++) {
        drive_forward(vehicle, way_time(model, vehicle, stops[k - 1].node, stops[k].node), &times);
        serve_forward(model, vehicle, stops[k].node, &times);
        if (details != NULL) {
            memcpy(details[k].depart, times.at, sizeof times.at);
        }
    }
    drive_forward(vehicle, way_time(model, vehicle, stops[len].node, stops[len + 1].node), &times);
    return times.at[vehicle->break_count];
}

int32_t round_full_finish(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                          int32_t len) {
    return pass_forward(model, vehicle, stops, len, NULL);
}

int32_t round_full_latest(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                          int32_t len, int32_t close, Detail *details) {
    Levels times = levels_end(vehicle, close);
    if (details != NULL) {
        memcpy(details[len + 1].latest, times.at, sizeof times.at);
    }
    for (int32_t k = len; k >= 1; k--) {
        drive_backward(vehicle, way_time(model, vehicle, stops[k].node, stops[k + 1].node), &times);
        serve_backward(model, vehicle, stops[k].node, &times);
        if (details != NULL) {
            memcpy(details[k].latest, times.at, sizeof times.at);
        }
    }
    drive_backward(vehicle, way_time(model, vehicle, stops[0].node, stops[1].node), &times);
    return times.at[0];
}

/* ---- loads ------------------------------------------------------------------------------------*/

/* Loads of the trip that leaves stop from; returns the stop where it ends (a reload or the end). */
static int32_t trip_loads(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                          int32_t from, Detail *details) {
    int64_t load[ROUND_LOAD_COUNT] = {0};
    if (from == 0) {
        memcpy(load, vehicle->load, sizeof load);
    }
    int32_t to = from + 1;
    for (; round_is_job(model, stops[to].node); to++) {
        for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
            load[i] += model->jobs[stops[to].node].delivery[i];
        }
    }
    for (int32_t k = from; k < to; k++) {
        for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
            if (k > from) {
                const ModelJob *job = &model->jobs[stops[k].node];
                load[i] += job->pickup[i] - job->delivery[i];
            }
            details[k].load[i] = load[i];
            int64_t most = k > from ? details[k - 1].before[i] : load[i];
            details[k].before[i] = load[i] > most ? load[i] : most;
        }
    }
    for (int32_t k = to - 1; k >= from; k--) {
        for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
            int64_t most = k < to - 1 ? details[k + 1].after[i] : details[k].load[i];
            details[k].after[i] = details[k].load[i] > most ? details[k].load[i] : most;
        }
    }
    return to;
}

static void loads_refresh(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                          int32_t len, Detail *details) {
    for (int32_t from = 0; from <= len;) {
        from = trip_loads(model, vehicle, stops, from, details);
    }
}

static bool loads_fit(const Model *model, const ModelVehicle *vehicle, int32_t len,
                      const Detail *details) {
    for (int32_t k = 0; k <= len; k++) {
        for (int i = 0; i < model->load_count; i++) {
            if (details[k].load[i] > vehicle->capacity[i]) {
                return false;
            }
        }
    }
    return true;
}

/* ---- trim -------------------------------------------------------------------------------------*/

static void stop_drop(Route *route, int32_t at) {
    memmove(&route->stops[at], &route->stops[at + 1],
            (size_t)(route->head.len + 1 - at) * sizeof(Stop));
    route->head.len--;
}

static bool starts_loaded(const ModelVehicle *vehicle) {
    bool is_loaded = false;
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        is_loaded = is_loaded || vehicle->load[i] > 0;
    }
    return is_loaded;
}

static bool trips_fit_as_one(const Model *model, Route *route, int32_t reload_at) {
    Stop reload = route->stops[reload_at];
    stop_drop(route, reload_at);
    loads_refresh(model, route->vehicle, route->stops, route->head.len, route->details);
    bool fits = loads_fit(model, route->vehicle, route->head.len, route->details);
    memmove(&route->stops[reload_at + 1], &route->stops[reload_at],
            (size_t)(route->head.len + 2 - reload_at) * sizeof(Stop));
    route->stops[reload_at] = reload;
    route->head.len++;
    return fits;
}

/* A reload that stays moves to the depot where it costs least now, if that is no slower. */
static void reload_move(const Model *model, const Route *route, Stop *stop) {
    const ModelVehicle *vehicle = route->vehicle;
    const ModelClass *class = vehicle->class;
    size_t width = (size_t)model->node_count;
    int64_t best_cost = INT64_MAX;
    int64_t best_time = INT64_MAX;
    int32_t best = stop->node;
    for (int32_t r = -1; r < vehicle->reload_count; r++) {
        int32_t node = r < 0 ? stop->node : vehicle->reload_nodes[r];
        size_t in = (size_t)stop[-1].node * width + (size_t)node;
        size_t out = (size_t)node * width + (size_t)stop[1].node;
        int64_t cost = (int64_t) class->cost[in] + class->cost[out];
        int64_t time = (int64_t) class->time[in] + class->time[out];
        if (cost < best_cost && time <= best_time) {
            best_cost = cost;
            best_time = time;
            best = node;
        }
    }
    stop->node = best;
}

void round_full_trim(const Model *model, Route *route) {
    int32_t first = route->frozen_count + 1;
    if (route->head.job_count == 0 && route->frozen_count == 0) {
        route->stops[1] = route->stops[route->head.len + 1];
        route->head.len = 0;
        return;
    }
    for (int32_t k = route->head.len; k >= first; k--) {
        if (round_is_job(model, route->stops[k].node)) {
            continue;
        }
        bool is_last = !round_is_job(model, route->stops[k + 1].node);
        bool is_first = k == 1 && !starts_loaded(route->vehicle);
        if (is_last || is_first || trips_fit_as_one(model, route, k)) {
            stop_drop(route, k);
        } else if (route->vehicle->class->distance == NULL) {
            reload_move(model, route, &route->stops[k]);
        }
    }
}

/* ---- refresh ----------------------------------------------------------------------------------*/

static int64_t stop_distance(const Model *model, const ModelVehicle *vehicle, const Stop *stop) {
    if (vehicle->class->distance == NULL) {
        return 0;
    }
    return vehicle
        ->class->distance[(size_t)stop->node * (size_t)model->node_count + (size_t)stop[1].node];
}

/* Costs and sums of a sequence; cost 0 when nothing is done. Writes the arcs into the stops. */
static void price(const Model *model, const ModelVehicle *vehicle, Stop *stops, RouteHead *head) {
    head->cost = head->len == 0 ? 0 : vehicle->fixed_cost;
    head->travel_s = 0;
    head->distance_m = 0;
    head->trip_count = 1;
    int64_t service = 0;
    for (int32_t k = 0; k <= head->len; k++) {
        size_t way = (size_t)stops[k].node * (size_t)model->node_count + (size_t)stops[k + 1].node;
        stops[k].arc = head->len == 0 ? 0 : vehicle->class->cost[way];
        if (head->len == 0) {
            return; /* a vehicle that stays drives no arc */
        }
        head->cost += stops[k].arc;
        head->travel_s += vehicle->class->time[way];
        head->distance_m += stop_distance(model, vehicle, &stops[k]);
        if (k == 0) {
            continue;
        }
        service += stop_service(model, vehicle, stops[k].node);
        if (round_is_job(model, stops[k].node)) {
            head->cost += round_territory_cost(model, vehicle, stops[k].node);
        } else {
            head->trip_count++;
        }
    }
    head->work_s = head->travel_s + service;
    head->cost += round_fair_cost(model, head->work_s);
}

void round_full_refresh(const Model *model, Route *route) {
    price(model, route->vehicle, route->stops, &route->head);
    if (route->head.len == 0) {
        route->head.work_s = 0;
    }
    loads_refresh(model, route->vehicle, route->stops, route->head.len, route->details);
    (void)pass_forward(model, route->vehicle, route->stops, route->head.len, route->details);
    (void)round_full_latest(model, route->vehicle, route->stops, route->head.len,
                            route->vehicle->close, route->details);
}

/* ---- feasibility ------------------------------------------------------------------------------*/

static bool times_fit(const Model *model, const ModelVehicle *vehicle, const Stop *stops,
                      int32_t len) {
    int32_t finish = pass_forward(model, vehicle, stops, len, NULL);
    if (finish > vehicle->close) {
        return false;
    }
    if (vehicle->duration_max == ROUND_NO_LIMIT) {
        return true;
    }
    int32_t start = round_full_latest(model, vehicle, stops, len, finish, NULL);
    return finish - start <= vehicle->duration_max;
}

static bool limits_fit(const ModelVehicle *vehicle, const RouteHead *head) {
    return head->travel_s <= vehicle->travel_max && head->distance_m <= vehicle->distance_max &&
           head->trip_count <= vehicle->trip_count_max;
}

FullVerdict round_full_judge(const Model *model, const ModelVehicle *vehicle, Stop *stops,
                             int32_t len, Detail *details) {
    RouteHead head = {.len = len};
    price(model, vehicle, stops, &head);
    loads_refresh(model, vehicle, stops, len, details);
    return (FullVerdict){.loads_fit = loads_fit(model, vehicle, len, details),
                         .times_fit = times_fit(model, vehicle, stops, len),
                         .limits_fit = limits_fit(vehicle, &head)};
}

bool round_full_is_feasible(const Model *model, const Route *route) {
    return limits_fit(route->vehicle, &route->head) &&
           loads_fit(model, route->vehicle, route->head.len, route->details) &&
           times_fit(model, route->vehicle, route->stops, route->head.len);
}

/* ---- scan -------------------------------------------------------------------------------------*/

/* What one insertion adds, before any check. */
typedef struct Added {
    int64_t cost;
    int64_t travel;
    int64_t distance;
    int64_t service;
} Added;

typedef struct FullScan {
    State *state;
    const Model *model;
    const Route *route;
    const ModelVehicle *vehicle;
    int32_t job;
    int64_t flat;       /* fixed and territory cost */
    bool counts_travel; /* fairness or a limit needs the driving time */
    Insertion *best;
} FullScan;

static void added_way(const FullScan *scan, int32_t from, int32_t to, int sign, Added *added) {
    const ModelClass *class = scan->vehicle->class;
    size_t way = (size_t)from * (size_t)scan->model->node_count + (size_t)to;
    added->cost += sign * class->cost[way];
    added->travel += sign * class->time[way];
    added->distance += class->distance == NULL ? 0 : sign * class->distance[way];
}

static int64_t added_total(const FullScan *scan, const Added *added) {
    if (scan->model->fairness_cost == 0) {
        return added->cost + scan->flat;
    }
    int64_t work = scan->route->head.work_s;
    return added->cost + scan->flat +
           round_fair_cost(scan->model, work + added->travel + added->service) -
           round_fair_cost(scan->model, work);
}

static bool added_within(const FullScan *scan, const Added *added) {
    const RouteHead *head = &scan->route->head;
    return head->travel_s + added->travel <= scan->vehicle->travel_max &&
           head->distance_m + added->distance <= scan->vehicle->distance_max;
}

static bool plain_load_fits(const FullScan *scan, int32_t after) {
    const ModelJob *job = &scan->model->jobs[scan->job];
    const Detail *detail = &scan->route->details[after];
    for (int i = 0; i < scan->model->load_count; i++) {
        int64_t capacity = scan->vehicle->capacity[i];
        if (detail->before[i] + job->delivery[i] > capacity ||
            detail->after[i] + job->pickup[i] > capacity) {
            return false;
        }
    }
    return true;
}

/* The O(1) test of times: through up to two new stops and on to the next. */
static bool time_fits(const FullScan *scan, int32_t after, const int32_t *nodes, int32_t count) {
    const Stop *stop = &scan->route->stops[after];
    const Detail *details = scan->route->details;
    Levels times;
    memcpy(times.at, details[after].depart, sizeof times.at);
    int32_t from = stop->node;
    for (int32_t i = 0; i < count; i++) {
        /* Rows of the new stops, in both directions: the same few rows for the whole scan. */
        size_t row = (size_t)nodes[i] * (size_t)scan->model->node_count;
        drive_forward(scan->vehicle, scan->vehicle->class->time_back[row + (size_t)from], &times);
        serve_forward(scan->model, scan->vehicle, nodes[i], &times);
        from = nodes[i];
    }
    drive_forward(scan->vehicle, way_time(scan->model, scan->vehicle, from, stop[1].node), &times);
    for (int32_t b = 0; b <= scan->vehicle->break_count; b++) {
        if (times.at[b] <= details[after + 1].latest[b]) {
            return true;
        }
    }
    return false;
}

/* Writes the sequence with the job (and a reload) inserted into the scratch; returns its length. */
static int32_t candidate_write(const FullScan *scan, const Insertion *where) {
    const Route *route = scan->route;
    Stop *out = scan->state->scratch_stops;
    int32_t reload_after = where->mode == 0 ? -1 : round_reload_after(where);
    bool is_before = where->mode % 2 == 1;
    int32_t at = 0;
    for (int32_t k = 0; k <= route->head.len + 1; k++) {
        out[at++] = route->stops[k];
        if (k == reload_after && is_before) {
            out[at++] = (Stop){.node = scan->vehicle->reload_nodes[where->reload]};
        }
        if (k == where->after) {
            out[at++] = (Stop){.node = scan->job};
        }
        if (k == reload_after && !is_before) {
            out[at++] = (Stop){.node = scan->vehicle->reload_nodes[where->reload]};
        }
    }
    return at - 2;
}

/* The whole test of a candidate, for what has no O(1) test. */
static bool candidate_fits(const FullScan *scan, const Insertion *where) {
    int32_t len = candidate_write(scan, where);
    Stop *stops = scan->state->scratch_stops;
    Detail *details = scan->state->scratch_details;
    loads_refresh(scan->model, scan->vehicle, stops, len, details);
    return loads_fit(scan->model, scan->vehicle, len, details) &&
           times_fit(scan->model, scan->vehicle, stops, len);
}

static void found(FullScan *scan, const Insertion *where) {
    if (!scan->state->is_dim || round_below(&scan->state->prng, 2) == 0) {
        *scan->best = *where;
    }
}

/* A new trip: the job with a reload before it (mode 1) or after it (mode 2). */
static void try_reload(FullScan *scan, int32_t after, int32_t mode) {
    const Stop *stop = &scan->route->stops[after];
    for (int32_t r = 0; r < scan->vehicle->reload_count; r++) {
        int32_t reload = scan->vehicle->reload_nodes[r];
        int32_t first = mode == 1 ? reload : scan->job;
        int32_t second = mode == 1 ? scan->job : reload;
        Added added = {.service = scan->model->jobs[scan->job].service + scan->vehicle->reload_s};
        added_way(scan, stop->node, first, 1, &added);
        added_way(scan, first, second, 1, &added);
        added_way(scan, second, stop[1].node, 1, &added);
        /* A vehicle that stays drives no way that could be saved. */
        added_way(scan, stop->node, stop[1].node, scan->route->head.len == 0 ? 0 : -1, &added);
        Insertion where = {added_total(scan, &added), scan->best->route, after, mode, r};
        const int32_t nodes[2] = {first, second};
        if (where.delta < scan->best->delta && added_within(scan, &added) &&
            time_fits(scan, after, nodes, 2) && candidate_fits(scan, &where)) {
            found(scan, &where);
        }
    }
}

/* A new trip that begins elsewhere in the job's own trip: after the stop at reload_after. */
static void try_far_reload(FullScan *scan, int32_t after, int32_t reload_after, int32_t mode) {
    const Stop *stops = scan->route->stops;
    for (int32_t r = 0; r < scan->vehicle->reload_count; r++) {
        int32_t reload = scan->vehicle->reload_nodes[r];
        Added added = {.service = scan->model->jobs[scan->job].service + scan->vehicle->reload_s};
        const int32_t at[2] = {after, reload_after};
        const int32_t nodes[2] = {scan->job, reload};
        for (int i = 0; i < 2; i++) {
            added_way(scan, stops[at[i]].node, nodes[i], 1, &added);
            added_way(scan, nodes[i], stops[at[i] + 1].node, 1, &added);
            added_way(scan, stops[at[i]].node, stops[at[i] + 1].node, -1, &added);
        }
        Insertion where = {added_total(scan, &added), scan->best->route, after, mode, r};
        if (where.delta < scan->best->delta && added_within(scan, &added) &&
            candidate_fits(scan, &where)) {
            found(scan, &where);
        }
    }
}

/* All places of the job's trip: what a small problem needs to find its best plan. */
static void try_far_reloads(FullScan *scan, int32_t after) {
    const Route *route = scan->route;
    bool is_loaded = starts_loaded(scan->vehicle);
    for (int32_t k = after - 1;
         k >= route->frozen_count && round_is_job(scan->model, route->stops[k + 1].node); k--) {
        if (round_is_job(scan->model, route->stops[k].node) || (k == 0 && is_loaded)) {
            try_far_reload(scan, after, k, 2 * (after - k) + 1);
        }
    }
    for (int32_t k = after + 1; round_is_job(scan->model, route->stops[k].node); k++) {
        if (round_is_job(scan->model, route->stops[k + 1].node)) {
            try_far_reload(scan, after, k, 2 * (k - after) + 2);
        }
    }
}

static void try_new_trip(FullScan *scan, int32_t after) {
    const Route *route = scan->route;
    if (route->head.len == 0 && !starts_loaded(scan->vehicle)) {
        return;
    }
    bool follows_job = round_is_job(scan->model, route->stops[after].node);
    bool precedes_job = round_is_job(scan->model, route->stops[after + 1].node);
    if (follows_job || (after == 0 && starts_loaded(scan->vehicle))) {
        try_reload(scan, after, 1);
    }
    if (precedes_job) {
        try_reload(scan, after, 2);
    }
    if (scan->model->job_count <= STATE_SMALL_JOBS) {
        try_far_reloads(scan, after);
    }
}

/* Cost and sums of the plain insertion, by the job's own rows: they stay in cache. */
static Added plain_added(const FullScan *scan, int32_t after) {
    const ModelClass *class = scan->vehicle->class;
    size_t row = (size_t)scan->job * (size_t)scan->model->node_count;
    const Stop *stop = &scan->route->stops[after];
    Added added = {.service = scan->model->jobs[scan->job].service};
    added.cost = (int64_t) class->cost_back[row + (size_t)stop->node] +
                 class->cost[row + (size_t)stop[1].node] - stop->arc;
    if (scan->counts_travel && class->time == class->cost && class->distance == NULL) {
        added.travel = added.cost;
    } else if (scan->counts_travel) {
        Added sums = {.cost = 0};
        added_way(scan, stop->node, scan->job, 1, &sums);
        added_way(scan, scan->job, stop[1].node, 1, &sums);
        added_way(scan, stop->node, stop[1].node, scan->route->head.len == 0 ? 0 : -1, &sums);
        added.travel = sums.travel;
        added.distance = sums.distance;
    }
    return added;
}

void round_full_scan(State *state, int32_t job, int32_t index, Insertion *best) {
    const Model *model = state->model;
    const Route *route = &state->routes[index];
    const ModelVehicle *vehicle = route->vehicle;
    FullScan scan = {state, model, route, vehicle, job, 0, false, best};
    scan.counts_travel = model->fairness_cost > 0 || vehicle->travel_max != ROUND_NO_LIMIT ||
                         vehicle->distance_max != ROUND_NO_LIMIT;
    scan.flat = (route->head.len == 0 ? vehicle->fixed_cost : 0) +
                round_territory_cost(model, vehicle, job);
    bool can_reload = route->head.trip_count < vehicle->trip_count_max && vehicle->reload_count > 0;
    for (int32_t k = route->frozen_count; k <= route->head.len; k++) {
        if (vehicle->break_count == 0 && route->details[k].depart[0] > model->jobs[job].close) {
            return;
        }
        /* A reload makes the detour longer: where the plain one is too dear, so is it. It is later
         * too, unless a break must be taken: that may fit at the depot and not at the start. To
         * look for that costs most of the time in a large problem. */
        Added added = plain_added(&scan, k);
        Insertion where = {.delta = added_total(&scan, &added), .route = index, .after = k};
        if (where.delta >= best->delta || !added_within(&scan, &added)) {
            continue;
        }
        bool is_in_time = time_fits(&scan, k, &job, 1);
        if (!is_in_time && (vehicle->break_count == 0 || model->job_count > STATE_SMALL_JOBS)) {
            continue;
        }
        if (!plain_load_fits(&scan, k)) {
            if (can_reload) {
                try_new_trip(&scan, k);
            }
        } else if (is_in_time &&
                   (vehicle->duration_max == ROUND_NO_LIMIT || candidate_fits(&scan, &where))) {
            found(&scan, &where);
        }
    }
}
