/*
 * round_model.h - the problem as the search reads it: jobs and depots as nodes of square matrices,
 * every number already checked and small, vehicles that do not differ gathered into types.
 *
 *   nodes   0 .. job_count-1       jobs
 *           job_count ..           the distinct places where vehicles start, end and reload
 *           node_count-1           nowhere: no way to or from it (open starts and ends)
 *
 * Private to the rounds engine. A Model is read-only after round_model_build: threads share it.
 */
#ifndef HUANXIN_SOLVE_ROUND_MODEL_H
#define HUANXIN_SOLVE_ROUND_MODEL_H

#include "solve/solve.h"

/* How much of the rules the search must look at: each kind has its own compiled scan. */
typedef enum ModelKind {
    MODEL_LOAD, /* loads only: no time binds */
    MODEL_TIME, /* loads and one window a job; one trip, no breaks */
    MODEL_FULL, /* everything */
} ModelKind;

/* Costs and times of one class of vehicles, [node * node_count + other]. The _back matrices are
 * transposed, so that both directions of a job are one row; symmetric matrices share memory. */
typedef struct ModelClass {
    const int32_t *cost;
    const int32_t *cost_back;
    const int32_t *time;
    const int32_t *time_back;
    const int32_t *distance; /* only when a vehicle limits its distance, else NULL */
} ModelClass;

typedef struct ModelJob {
    int32_t open;
    int32_t close;
    int32_t service;
    int32_t window_count; /* above 1 only in MODEL_FULL */
    const RoundWindow *windows;
    uint64_t skills;
    uint64_t town;   /* one bit, or 0 */
    int32_t vehicle; /* sorted vehicle index, or ROUND_NONE */
    bool is_optional;
    int64_t prize;                  /* what the search pays for leaving it out */
    int64_t depot_cost;             /* to the nearest start and from the nearest end */
    int64_t load[ROUND_LOAD_COUNT]; /* pickup + delivery: what it takes in one-trip kinds */
    int64_t pickup[ROUND_LOAD_COUNT];
    int64_t delivery[ROUND_LOAD_COUNT];
} ModelJob;

typedef struct ModelBreak {
    const RoundWindow *windows;
    int32_t window_count;
    int32_t duration;
} ModelBreak;

typedef struct ModelVehicle {
    const ModelClass *class;
    int32_t source; /* index in the problem */
    int32_t type;
    int32_t start_node;
    int32_t end_node;
    int32_t open;
    int32_t close;
    int64_t capacity[ROUND_LOAD_COUNT];
    int64_t load[ROUND_LOAD_COUNT];
    uint64_t skills;
    uint64_t towns;
    int64_t fixed_cost;
    int64_t duration_max;
    int64_t travel_max;
    int64_t distance_max;
    int32_t job_count_max;
    int32_t trip_count_max;
    const int32_t *reload_nodes;
    int32_t reload_count;
    int32_t reload_s;
    ModelBreak breaks[ROUND_BREAKS_MAX];
    int32_t break_count;
} ModelVehicle;

typedef struct Model {
    const RoundProblem *problem;
    ModelKind kind;
    int32_t job_count;
    int32_t node_count;
    int32_t nowhere;    /* node */
    int32_t load_count; /* leading loads that are used at all, at least 1 */
    bool has_duration_limit;
    bool has_optional;
    const int32_t *place_of_node; /* ROUND_NONE for nowhere */
    ModelJob *jobs;
    ModelVehicle *vehicles; /* sorted so that types are contiguous */
    int32_t vehicle_count;
    int32_t type_count;
    const int32_t *type_from; /* type_count + 1 bounds into vehicles */
    const int32_t *adjacent;  /* job_count rows of adjacent_count jobs, nearest first, itself out */
    int32_t adjacent_count;
    double arc_scale; /* mean cost to the tenth neighbour, for the temperature */
    int64_t fairness_cost;
    int64_t territory_cost;
} Model;

/* Builds the model of a checked problem into cx's arena. INVALID when an arc is too long or cost
 * too large (names the places), LIMIT when the matrices would not fit. O(nodes^2 log nodes). */
MUST_CHECK Status round_model_build(Cx *cx, const RoundProblem *problem, Model **out);

/* The cost of work_s seconds of driving and service in one round, for fairness. */
static inline int64_t round_fair_cost(const Model *model, int64_t work_s) {
    return model->fairness_cost == 0 ? 0 : model->fairness_cost * work_s / 3600 * work_s / 3600;
}

#endif
