/*
 * round_model.c - builds the Model. Reading order: round_model_build, then its steps from top to
 * bottom: nodes, classes (matrices), jobs, vehicles and types, neighbours, kind.
 */
#include "solve/round_model.h"

#include <stdlib.h>
#include <string.h>

/* Two matrices of this size for each class, doubled when asymmetric, must stay below 1 GiB. */
#define MODEL_MATRIX_BYTES_MAX ((size_t)1 << 30)

/* The price of leaving out a job of priority 0 at most: 10,000 jobs of priority 100 sum to 1e18. */
#define PRIZE_UNIT_MAX INT64_C(1000000000000)

enum { MODEL_ADJACENT_MAX = 256, TENTH_NEIGHBOUR = 10 };

typedef struct Builder {
    Cx *cx;
    const RoundProblem *problem;
    Model *model;
    int32_t *node_of_place; /* depots only, else ROUND_NONE */
    int32_t *place_of_node;
    int32_t node_count;
    ModelClass *classes;
    int32_t *class_vehicle; /* the first vehicle of each class */
    int32_t class_count;
    size_t matrix_bytes;
} Builder;

static int32_t node_of_depot(Builder *builder, int32_t place) {
    if (place == ROUND_NONE) {
        return ROUND_NONE;
    }
    if (builder->node_of_place[place] == ROUND_NONE) {
        builder->node_of_place[place] = builder->node_count;
        builder->place_of_node[builder->node_count] = place;
        builder->node_count++;
    }
    return builder->node_of_place[place];
}

static void nodes_build(Builder *builder) {
    const RoundProblem *problem = builder->problem;
    Arena *arena = builder->cx->arena;
    size_t room = (size_t)problem->job_count + (size_t)problem->place_count + 1;
    builder->place_of_node = arena_array(arena, int32_t, room);
    builder->node_of_place = arena_array(arena, int32_t, (size_t)problem->place_count + 1);
    for (int32_t i = 0; i < problem->place_count; i++) {
        builder->node_of_place[i] = ROUND_NONE;
    }
    for (int32_t i = 0; i < problem->job_count; i++) {
        builder->place_of_node[i] = problem->jobs[i].place;
    }
    builder->node_count = problem->job_count;
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        const RoundVehicle *vehicle = &problem->vehicles[i];
        (void)node_of_depot(builder, vehicle->start_place);
        (void)node_of_depot(builder, vehicle->end_place);
        for (int32_t r = 0; r < vehicle->reload_place_count; r++) {
            (void)node_of_depot(builder, vehicle->reload_places[r]);
        }
    }
    builder->model->nowhere = builder->node_count;
    builder->place_of_node[builder->node_count++] = ROUND_NONE;
    builder->model->node_count = builder->node_count;
    builder->model->place_of_node = builder->place_of_node;
}

/* ---- matrices ---------------------------------------------------------------------------------*/

static int64_t vehicle_duration(const RoundVehicle *vehicle, int64_t duration_s) {
    return (duration_s * 100 + vehicle->speed_percent / 2) / vehicle->speed_percent;
}

static int64_t vehicle_arc_cost(const RoundVehicle *vehicle, int64_t time_s, int64_t distance_m) {
    return (vehicle->hour_cost * time_s * 10 + vehicle->km_cost * distance_m * 36 + 18000) / 36000;
}

static Status matrix_new(Builder *builder, int32_t **out) {
    size_t cells = (size_t)builder->node_count * (size_t)builder->node_count;
    builder->matrix_bytes += cells * sizeof(int32_t);
    if (builder->matrix_bytes > MODEL_MATRIX_BYTES_MAX) {
        return fault(builder->cx, STATUS_LIMIT,
                     "%d jobs and %d kinds of vehicle costs need more than 1 GiB of matrices",
                     (int)builder->problem->job_count, (int)builder->class_count);
    }
    *out = arena_array(builder->cx->arena, int32_t, cells);
    return STATUS_OK;
}

static Status class_fill(Builder *builder, const RoundVehicle *vehicle, int32_t *cost,
                         int32_t *time) {
    const RoundProblem *problem = builder->problem;
    const RoundProfile *profile = &problem->profiles[vehicle->profile];
    int32_t count = builder->node_count;
    for (int32_t i = 0; i < count - 1; i++) {
        TRY(cx_steps(builder->cx, (uint64_t)count));
        size_t from = (size_t)builder->place_of_node[i] * (size_t)problem->place_count;
        for (int32_t j = 0; j < count - 1; j++) {
            size_t cell = from + (size_t)builder->place_of_node[j];
            int64_t time_s = vehicle_duration(vehicle, profile->duration_s[cell]);
            int64_t arc = vehicle_arc_cost(vehicle, time_s, profile->distance_m[cell]);
            if (arc > ROUND_ARC_MAX || time_s > ROUND_ARC_MAX) {
                Str name = problem->places[builder->place_of_node[i]].name;
                return fault(builder->cx, STATUS_INVALID,
                             "the way of vehicle \"" STR_FMT "\" from place \"" STR_FMT
                             "\" costs or takes more than %lld",
                             STR_ARG(vehicle->name), STR_ARG(name), (long long)ROUND_ARC_MAX);
            }
            size_t at = (size_t)i * (size_t)count + (size_t)j;
            bool is_there = builder->place_of_node[i] == builder->place_of_node[j];
            cost[at] = is_there ? 0 : (int32_t)arc;
            time[at] = is_there ? 0 : (int32_t)time_s;
        }
    }
    return STATUS_OK;
}

static Status matrix_back(Builder *builder, const int32_t *matrix, const int32_t **out) {
    size_t count = (size_t)builder->node_count;
    bool is_symmetric = true;
    for (size_t i = 0; i < count && is_symmetric; i++) {
        for (size_t j = 0; j < i && is_symmetric; j++) {
            is_symmetric = matrix[i * count + j] == matrix[j * count + i];
        }
    }
    *out = matrix;
    if (is_symmetric) {
        return STATUS_OK;
    }
    int32_t *back = NULL;
    TRY(matrix_new(builder, &back));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            back[j * count + i] = matrix[i * count + j];
        }
    }
    *out = back;
    return STATUS_OK;
}

static Status distance_fill(Builder *builder, const RoundVehicle *vehicle, const int32_t **out) {
    const RoundProblem *problem = builder->problem;
    const RoundProfile *profile = &problem->profiles[vehicle->profile];
    int32_t *distance = NULL;
    TRY(matrix_new(builder, &distance));
    size_t count = (size_t)builder->node_count;
    for (size_t i = 0; i + 1 < count; i++) {
        size_t from = (size_t)builder->place_of_node[i] * (size_t)problem->place_count;
        for (size_t j = 0; j + 1 < count; j++) {
            size_t cell = from + (size_t)builder->place_of_node[j];
            bool is_there = builder->place_of_node[i] == builder->place_of_node[j];
            distance[i * count + j] = is_there ? 0 : profile->distance_m[cell];
        }
    }
    *out = distance;
    return STATUS_OK;
}

static bool class_is_same(const RoundVehicle *left, const RoundVehicle *right) {
    return left->profile == right->profile && left->speed_percent == right->speed_percent &&
           left->hour_cost == right->hour_cost && left->km_cost == right->km_cost &&
           (left->distance_max_m == ROUND_NO_LIMIT) == (right->distance_max_m == ROUND_NO_LIMIT);
}

static Status class_build(Builder *builder, const RoundVehicle *vehicle, ModelClass *class) {
    int32_t *cost = NULL;
    int32_t *time = NULL;
    TRY(matrix_new(builder, &cost));
    ArenaMark mark = arena_mark(builder->cx->arena);
    TRY(matrix_new(builder, &time));
    TRY(class_fill(builder, vehicle, cost, time));
    size_t bytes = (size_t)builder->node_count * (size_t)builder->node_count * sizeof(int32_t);
    /* Where driving a second costs one, the matrices are one: half the memory, twice the cache. */
    bool is_one = memcmp(cost, time, bytes) == 0;
    if (is_one) {
        arena_rewind(builder->cx->arena, mark);
        builder->matrix_bytes -= bytes;
    }
    class->cost = cost;
    TRY(matrix_back(builder, cost, &class->cost_back));
    class->time = is_one ? cost : time;
    class->time_back = class->cost_back;
    if (!is_one) {
        TRY(matrix_back(builder, time, &class->time_back));
    }
    if (vehicle->distance_max_m != ROUND_NO_LIMIT) {
        TRY(distance_fill(builder, vehicle, &class->distance));
    }
    return STATUS_OK;
}

static Status class_of(Builder *builder, int32_t vehicle_index, const ModelClass **out) {
    const RoundVehicle *vehicles = builder->problem->vehicles;
    for (int32_t i = 0; i < builder->class_count; i++) {
        if (class_is_same(&vehicles[builder->class_vehicle[i]], &vehicles[vehicle_index])) {
            *out = &builder->classes[i];
            return STATUS_OK;
        }
    }
    ModelClass *class = &builder->classes[builder->class_count];
    builder->class_vehicle[builder->class_count++] = vehicle_index;
    TRY(class_build(builder, &vehicles[vehicle_index], class));
    *out = class;
    return STATUS_OK;
}

/* ---- jobs -------------------------------------------------------------------------------------*/

static void job_build(const RoundProblem *problem, int32_t index, ModelJob *job) {
    const RoundJob *from = &problem->jobs[index];
    job->open = 0;
    job->close = (int32_t)(2 * ROUND_TIME_MAX_S);
    job->windows = from->windows;
    job->window_count = from->window_count;
    if (from->window_count > 0) {
        job->open = (int32_t)from->windows[0].open_s;
        job->close = (int32_t)from->windows[from->window_count - 1].close_s;
    }
    job->service = (int32_t)from->service_s;
    job->skills = from->skills;
    job->town = from->town == ROUND_NONE ? 0 : UINT64_C(1) << from->town;
    job->vehicle = ROUND_NONE;
    job->is_optional = from->prize >= 0;
    job->prize = from->prize;
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        job->pickup[i] = from->pickup[i];
        job->delivery[i] = from->delivery[i];
        job->load[i] = from->pickup[i] + from->delivery[i];
    }
}

static int64_t arc_longest(const Model *model) {
    int64_t longest = 1;
    const ModelClass *seen = NULL;
    size_t cells = (size_t)model->node_count * (size_t)model->node_count;
    for (int32_t v = 0; v < model->vehicle_count; v++) {
        const ModelClass *class = model->vehicles[v].class;
        for (size_t i = 0; class != seen && i < cells; i++) {
            longest = class->cost[i] > longest ? class->cost[i] : longest;
        }
        seen = class;
    }
    return longest;
}

/* What leaving a job out costs the search when it is not optional: more than any detour could, so
 * that serving one more job always wins, and in proportion to priority + 1. */
static void prizes_build(Model *model) {
    int64_t far = 2 * arc_longest(model);
    for (int32_t v = 0; v < model->vehicle_count; v++) {
        const ModelVehicle *vehicle = &model->vehicles[v];
        far = vehicle->fixed_cost > far ? vehicle->fixed_cost : far;
        const int32_t *out =
            vehicle->class->cost + (size_t)vehicle->start_node * (size_t)model->node_count;
        const int32_t *back =
            vehicle->class->cost_back + (size_t)vehicle->end_node * (size_t)model->node_count;
        for (int32_t i = 0; i < model->job_count; i++) {
            int64_t both = (int64_t)out[i] + back[i];
            far = both + vehicle->fixed_cost > far ? both + vehicle->fixed_cost : far;
            int64_t *near = &model->jobs[i].depot_cost;
            *near = v == 0 || both < *near ? both : *near;
        }
    }
    /* Above the cost of any plan, and small enough that the sum over all jobs fits. */
    int64_t fair = round_fair_cost(model, 24 * 3600) * model->vehicle_count;
    far = far > PRIZE_UNIT_MAX / (model->job_count + 1) ? PRIZE_UNIT_MAX / (model->job_count + 1)
                                                        : far;
    int64_t territory = model->territory_cost > far ? far : model->territory_cost;
    int64_t unit = (far + territory) * (model->job_count + 1);
    unit = unit > PRIZE_UNIT_MAX ? PRIZE_UNIT_MAX : unit;
    unit = fair > PRIZE_UNIT_MAX - unit ? PRIZE_UNIT_MAX : unit + fair;
    for (int32_t i = 0; i < model->job_count; i++) {
        if (!model->jobs[i].is_optional) {
            model->jobs[i].prize = unit * (model->problem->jobs[i].priority + 1);
        } else {
            model->has_optional = true;
        }
    }
}

/* ---- vehicles ---------------------------------------------------------------------------------*/

static Status vehicle_build(Builder *builder, int32_t index, ModelVehicle *vehicle) {
    const RoundVehicle *from = &builder->problem->vehicles[index];
    TRY(class_of(builder, index, &vehicle->class));
    int32_t nowhere = builder->model->nowhere;
    int32_t start = node_of_depot(builder, from->start_place);
    int32_t end = node_of_depot(builder, from->end_place);
    vehicle->source = index;
    vehicle->start_node = start == ROUND_NONE ? nowhere : start;
    vehicle->end_node = end == ROUND_NONE ? nowhere : end;
    vehicle->open = (int32_t)from->shift.open_s;
    vehicle->close = (int32_t)from->shift.close_s;
    memcpy(vehicle->capacity, from->capacity, sizeof vehicle->capacity);
    memcpy(vehicle->load, from->load, sizeof vehicle->load);
    vehicle->skills = from->skills;
    vehicle->towns = from->towns;
    vehicle->fixed_cost = from->fixed_cost;
    vehicle->duration_max = from->duration_max_s;
    vehicle->travel_max = from->travel_max_s;
    vehicle->distance_max = from->distance_max_m;
    vehicle->job_count_max = from->job_count_max > builder->problem->job_count
                                 ? builder->problem->job_count
                                 : (int32_t)from->job_count_max;
    vehicle->trip_count_max = from->trip_count_max;
    vehicle->reload_count = from->reload_place_count;
    vehicle->reload_s = (int32_t)from->reload_s;
    int32_t *nodes = arena_array(builder->cx->arena, int32_t, (size_t)from->reload_place_count + 1);
    for (int32_t i = 0; i < from->reload_place_count; i++) {
        nodes[i] = node_of_depot(builder, from->reload_places[i]);
    }
    vehicle->reload_nodes = nodes;
    vehicle->break_count = from->break_count;
    for (int32_t i = 0; i < from->break_count; i++) {
        vehicle->breaks[i] = (ModelBreak){from->breaks[i].windows, from->breaks[i].window_count,
                                          (int32_t)from->breaks[i].duration_s};
    }
    return STATUS_OK;
}

/* Vehicles are one type when no job and no rule could tell them apart. Those with steps of a
 * running plan, with breaks or with a load on board stand alone: comparing them is not worth the
 * code. */
static bool vehicle_is_same(const ModelVehicle *a, const ModelVehicle *b) {
    bool is_plain =
        a->break_count == 0 && b->break_count == 0 && a->reload_count == 0 && b->reload_count == 0;
    return is_plain && a->class == b->class && a->start_node == b->start_node &&
           a->end_node == b->end_node && a->open == b->open && a->close == b->close &&
           memcmp(a->capacity, b->capacity, sizeof a->capacity) == 0 &&
           memcmp(a->load, b->load, sizeof a->load) == 0 && a->skills == b->skills &&
           a->towns == b->towns && a->fixed_cost == b->fixed_cost &&
           a->duration_max == b->duration_max && a->travel_max == b->travel_max &&
           a->distance_max == b->distance_max && a->job_count_max == b->job_count_max;
}

static Status vehicles_build(Builder *builder) {
    Model *model = builder->model;
    const RoundProblem *problem = builder->problem;
    Arena *arena = builder->cx->arena;
    size_t count = (size_t)problem->vehicle_count;
    builder->classes = arena_array(arena, ModelClass, count + 1);
    builder->class_vehicle = arena_array(arena, int32_t, count + 1);
    ModelVehicle *given = arena_array(arena, ModelVehicle, count + 1);
    bool *is_pinned = arena_array(arena, bool, count + 1);
    for (int32_t i = 0; i < problem->job_count; i++) {
        if (problem->jobs[i].vehicle != ROUND_NONE) {
            is_pinned[problem->jobs[i].vehicle] = true;
        }
    }
    int32_t type_count = 0;
    int32_t *leader = arena_array(arena, int32_t, count + 1);
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        TRY(cx_step(builder->cx));
        TRY(vehicle_build(builder, i, &given[i]));
        is_pinned[i] = is_pinned[i] || problem->vehicles[i].step_count > 0;
        given[i].type = type_count;
        for (int32_t t = 0; t < type_count && !is_pinned[i]; t++) {
            bool is_same = !is_pinned[leader[t]] && vehicle_is_same(&given[leader[t]], &given[i]);
            given[i].type = is_same ? t : given[i].type;
            t = is_same ? type_count : t;
        }
        if (given[i].type == type_count) {
            leader[type_count++] = i;
        }
    }
    model->vehicles = arena_array(arena, ModelVehicle, count + 1);
    int32_t *type_from = arena_array(arena, int32_t, (size_t)type_count + 1);
    int32_t *sorted_of = arena_array(arena, int32_t, count + 1);
    for (int32_t t = 0; t < type_count; t++) {
        for (int32_t i = leader[t]; i < problem->vehicle_count; i++) {
            if (given[i].type == t) {
                sorted_of[i] = model->vehicle_count;
                model->vehicles[model->vehicle_count++] = given[i];
            }
        }
        type_from[t + 1] = model->vehicle_count;
    }
    model->type_from = type_from;
    model->type_count = type_count;
    for (int32_t i = 0; i < problem->job_count; i++) {
        int32_t pinned = problem->jobs[i].vehicle;
        model->jobs[i].vehicle = pinned == ROUND_NONE ? ROUND_NONE : sorted_of[pinned];
    }
    return STATUS_OK;
}

/* ---- neighbours -------------------------------------------------------------------------------*/

typedef struct Near {
    int64_t key;
    int32_t job;
} Near;

static int near_compare(const void *left, const void *right) {
    const Near *a = left;
    const Near *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->job < b->job ? -1 : 1;
}

static Status adjacent_build(Builder *builder) {
    Model *model = builder->model;
    int32_t count = model->job_count;
    int32_t keep = count - 1 < MODEL_ADJACENT_MAX ? count - 1 : MODEL_ADJACENT_MAX;
    keep = keep < 0 ? 0 : keep;
    Arena *arena = builder->cx->arena;
    int32_t *adjacent = arena_array(arena, int32_t, (size_t)count * (size_t)keep + 1);
    Near *near = arena_array(arena, Near, (size_t)count + 1);
    const ModelClass *class = model->vehicles[0].class;
    double tenth_sum = 0;
    for (int32_t i = 0; i < count; i++) {
        TRY(cx_steps(builder->cx, (uint64_t)count));
        const int32_t *cost = class->cost + (size_t)i * (size_t)model->node_count;
        const int32_t *back = class->cost_back + (size_t)i * (size_t)model->node_count;
        int32_t near_count = 0;
        for (int32_t j = 0; j < count; j++) {
            if (j != i) {
                near[near_count++] = (Near){(int64_t)cost[j] + back[j], j};
            }
        }
        qsort(near, (size_t)near_count, sizeof *near, near_compare);
        for (int32_t k = 0; k < keep; k++) {
            adjacent[(size_t)i * (size_t)keep + (size_t)k] = near[k].job;
        }
        int32_t tenth = near_count < TENTH_NEIGHBOUR ? near_count : TENTH_NEIGHBOUR;
        tenth_sum += tenth == 0 ? 0 : (double)near[tenth - 1].key / 2;
    }
    model->adjacent = adjacent;
    model->adjacent_count = keep;
    model->arc_scale = count == 0 ? 1 : tenth_sum / count;
    model->arc_scale = model->arc_scale < 1 ? 1 : model->arc_scale;
    return STATUS_OK;
}

/* ---- kind -------------------------------------------------------------------------------------*/

static bool vehicle_needs_full(const Model *model, const ModelVehicle *vehicle) {
    bool is_loaded = model->problem->vehicles[vehicle->source].frozen_count > 0;
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        is_loaded = is_loaded || vehicle->load[i] > 0;
    }
    return vehicle->break_count > 0 || is_loaded ||
           (vehicle->trip_count_max > 1 && vehicle->reload_count > 0) ||
           vehicle->travel_max != ROUND_NO_LIMIT || vehicle->distance_max != ROUND_NO_LIMIT;
}

static void loads_used(Model *model) {
    bool has_pickup = false;
    bool has_delivery = false;
    model->load_count = 1;
    for (int32_t i = 0; i < model->job_count; i++) {
        for (int k = 0; k < ROUND_LOAD_COUNT; k++) {
            has_pickup = has_pickup || model->jobs[i].pickup[k] > 0;
            has_delivery = has_delivery || model->jobs[i].delivery[k] > 0;
            if (model->jobs[i].load[k] > 0 && model->load_count < k + 1) {
                model->load_count = k + 1;
            }
        }
    }
    if (has_pickup && has_delivery) {
        model->kind = MODEL_FULL;
    }
}

static void kind_choose(Model *model) {
    model->kind = MODEL_LOAD;
    int64_t longest = 0;
    for (int32_t v = 0; v < model->vehicle_count; v++) {
        const ModelVehicle *vehicle = &model->vehicles[v];
        bool binds = vehicle->close < (int32_t)ROUND_TIME_MAX_S;
        model->has_duration_limit =
            model->has_duration_limit || vehicle->duration_max != ROUND_NO_LIMIT;
        binds = binds || vehicle->duration_max != ROUND_NO_LIMIT;
        model->kind = binds && model->kind == MODEL_LOAD ? MODEL_TIME : model->kind;
        model->kind = vehicle_needs_full(model, vehicle) ? MODEL_FULL : model->kind;
        longest = vehicle->close > longest ? vehicle->close : longest;
    }
    for (int32_t i = 0; i < model->job_count; i++) {
        bool binds = model->jobs[i].window_count > 0;
        model->kind = binds && model->kind == MODEL_LOAD ? MODEL_TIME : model->kind;
        model->kind = model->jobs[i].window_count > 1 ? MODEL_FULL : model->kind;
    }
    if (model->fairness_cost > 0) {
        model->kind = MODEL_FULL;
    }
    loads_used(model);
}

Status round_model_build(Cx *cx, const RoundProblem *problem, Model **out) {
    Model *model = arena_new(cx->arena, Model);
    Builder builder = {.cx = cx, .problem = problem, .model = model};
    model->problem = problem;
    model->job_count = problem->job_count;
    model->fairness_cost = problem->fairness_cost;
    model->territory_cost = problem->territory_cost;
    nodes_build(&builder);
    model->jobs = arena_array(cx->arena, ModelJob, (size_t)problem->job_count + 1);
    for (int32_t i = 0; i < problem->job_count; i++) {
        job_build(problem, i, &model->jobs[i]);
    }
    TRY(vehicles_build(&builder));
    check(model->vehicle_count == problem->vehicle_count);
    if (problem->vehicle_count > 0) {
        TRY(adjacent_build(&builder));
    }
    prizes_build(model);
    kind_choose(model);
    *out = model;
    return STATUS_OK;
}
