/*
 * round_ruin.c - see round_ruin.h. Reading order: strings out, list, orders, back in.
 */
#include "solve/round_ruin.h"

#include "solve/round_scan.h"

enum {
    RUIN_STRING_LEN_MAX = 10,
    RUIN_MEAN_REMOVED = 10,
    /* Chance of the split string (one job in the middle stays), in basis points. */
    RUIN_SPLIT_BP = 5000,
    /* Chance that the part that stays grows by one more job. */
    RUIN_GROW_BP = 100,
    /* Jobs that were out before and lie near the seed get another try, at most so many a step. */
    RUIN_RETRY_MAX = 10,
    RUIN_RETRY_LOOK = 100,
    /* One step in so many sends out a standing vehicle, for at most so many jobs that are out. */
    RUIN_OPEN_EVERY = 100,
    RUIN_OPEN_MAX = 120,
};

Ruin *round_ruin_new(Arena *arena, State *state) {
    Ruin *ruin = arena_new(arena, Ruin);
    size_t jobs = (size_t)state->model->job_count + 1;
    size_t vehicles = (size_t)state->model->vehicle_count + 1;
    ruin->state = state;
    ruin->is_out = arena_array(arena, bool, jobs);
    ruin->is_route_hit = arena_array(arena, bool, vehicles);
    ruin->hit = arena_array(arena, int32_t, vehicles);
    ruin->list = arena_array(arena, int32_t, jobs);
    ruin->key = arena_array(arena, int64_t, jobs);
    return ruin;
}

static void take(Ruin *ruin, int32_t job) {
    if (!ruin->is_out[job]) {
        ruin->is_out[job] = true;
        ruin->list[ruin->list_count++] = job;
    }
}

/* Marks len jobs of a window that contains the job, leaving keep of them standing in the middle. */
static void string_mark(Ruin *ruin, int32_t job, int32_t len, int32_t keep) {
    State *state = ruin->state;
    const Route *route = &state->routes[state->route_of[job]];
    int32_t first = route->frozen_count + 1;
    int32_t count = route->head.len - route->frozen_count;
    int32_t window = len + keep;
    int32_t at = state->at[job];
    int32_t low = at - window + 1 < first ? first : at - window + 1;
    int32_t high = at + window - 1 > first + count - 1 ? first + count - window : at;
    check(low <= high);
    int32_t from = low + round_below(&state->prng, high - low + 1);
    int32_t skip_from = from + window;
    if (keep > 0) {
        skip_from = from + 1 + round_below(&state->prng, window - keep > 1 ? window - keep - 1 : 1);
    }
    for (int32_t k = from; k < from + window; k++) {
        bool is_kept = k >= skip_from && k < skip_from + keep;
        int32_t node = route->stops[k].node;
        if (!is_kept && round_is_job(state->model, node)) {
            take(ruin, node);
        }
    }
}

static void string_take(Ruin *ruin, int32_t job, int32_t len_max) {
    State *state = ruin->state;
    const Route *route = &state->routes[state->route_of[job]];
    int32_t count = route->head.len - route->frozen_count;
    int32_t longest = count < len_max ? count : len_max;
    int32_t len = 1 + round_below(&state->prng, longest);
    int32_t keep = 0;
    if (len > 1 && len < count && round_below(&state->prng, 10000) < RUIN_SPLIT_BP) {
        keep = 1;
        while (len + keep < count && round_below(&state->prng, 10000) < RUIN_GROW_BP) {
            keep++;
        }
    }
    string_mark(ruin, job, len, keep);
    int32_t index = state->route_of[job];
    ruin->is_route_hit[index] = true;
    ruin->hit[ruin->hit_count++] = index;
}

static bool can_take(const Ruin *ruin, int32_t job) {
    const State *state = ruin->state;
    int32_t route = state->route_of[job];
    return route != ROUND_NONE && !ruin->is_route_hit[route] &&
           state->at[job] > state->routes[route].frozen_count;
}

static void retry_near(Ruin *ruin, int32_t seed) {
    State *state = ruin->state;
    const Model *model = state->model;
    if (state->out_count <= RUIN_RETRY_MAX) {
        for (int32_t i = 0; i < state->out_count; i++) {
            take(ruin, state->out[i]);
        }
        return;
    }
    const int32_t *near = model->adjacent + (size_t)seed * (size_t)model->adjacent_count;
    int32_t left = RUIN_RETRY_MAX;
    for (int32_t i = 0; i < model->adjacent_count && i < RUIN_RETRY_LOOK && left > 0; i++) {
        if (state->out_at[near[i]] != ROUND_NONE && round_below(&state->prng, 2) == 0) {
            take(ruin, near[i]);
            left--;
        }
    }
    if (state->out_at[seed] != ROUND_NONE) {
        take(ruin, seed);
    }
}

/* A new round pays only with many optional jobs together, which no step around one seed finds. */
static bool is_time_to_open(Ruin *ruin, int32_t seed) {
    State *state = ruin->state;
    return state->model->has_optional && state->out_count > RUIN_RETRY_MAX &&
           state->used_count < state->model->vehicle_count && state->out_at[seed] != ROUND_NONE &&
           round_below(&state->prng, RUIN_OPEN_EVERY) == 0;
}

/* Puts the jobs near the seed that are out on the list, and the seed as the first of a new round.
 */
static void open_near(Ruin *ruin, int32_t seed) {
    const State *state = ruin->state;
    const Model *model = state->model;
    const int32_t *near = model->adjacent + (size_t)seed * (size_t)model->adjacent_count;
    ruin->opener = seed;
    for (int32_t i = 0; i < model->adjacent_count && ruin->list_count < RUIN_OPEN_MAX; i++) {
        if (state->out_at[near[i]] != ROUND_NONE) {
            ruin->list[ruin->list_count++] = near[i];
        }
    }
}

/* Takes strings from routes around the seed, the nearest first, and drops them. */
static void strings_take(Ruin *ruin, int32_t seed, int32_t strings, int32_t len_max) {
    State *state = ruin->state;
    const Model *model = state->model;
    const int32_t *near = model->adjacent + (size_t)seed * (size_t)model->adjacent_count;
    if (can_take(ruin, seed)) {
        string_take(ruin, seed, len_max);
    }
    for (int32_t i = 0; i < model->adjacent_count && ruin->hit_count < strings; i++) {
        if (can_take(ruin, near[i])) {
            string_take(ruin, near[i], len_max);
        }
    }
    for (int32_t i = 0; i < ruin->hit_count; i++) {
        round_state_remove(state, ruin->hit[i], ruin->is_out);
        ruin->is_route_hit[ruin->hit[i]] = false;
    }
    for (int32_t i = 0; i < ruin->list_count; i++) {
        ruin->is_out[ruin->list[i]] = false;
    }
}

void round_ruin_strings(Ruin *ruin) {
    State *state = ruin->state;
    const Model *model = state->model;
    int32_t served = model->job_count - state->out_count;
    ruin->is_first = false;
    ruin->list_count = 0;
    ruin->hit_count = 0;
    ruin->opener = ROUND_NONE;
    int32_t seed = round_below(&state->prng, model->job_count);
    if (is_time_to_open(ruin, seed)) {
        open_near(ruin, seed);
        return;
    }
    if (state->out_count > 0) {
        retry_near(ruin, seed);
    }
    double mean_len = state->used_count == 0 ? 1 : (double)served / state->used_count;
    /* In a small problem any route may be taken out whole. */
    mean_len = model->job_count <= STATE_SMALL_JOBS ? model->job_count : mean_len;
    double len_max = mean_len < RUIN_STRING_LEN_MAX ? mean_len : RUIN_STRING_LEN_MAX;
    len_max = len_max < 1 ? 1 : len_max;
    double strings_max = 4 * RUIN_MEAN_REMOVED / (1 + len_max) - 1;
    int32_t strings = (int32_t)(prng_unit(&state->prng) * strings_max + 1);
    strings_take(ruin, seed, strings, (int32_t)len_max);
}

void round_ruin_list_all(Ruin *ruin) {
    const State *state = ruin->state;
    ruin->is_first = true;
    ruin->opener = ROUND_NONE;
    ruin->list_count = state->out_count;
    for (int32_t i = 0; i < state->out_count; i++) {
        ruin->list[i] = state->out[i];
    }
}

/* ---- orders -----------------------------------------------------------------------------------*/

typedef enum Order {
    ORDER_RANDOM,
    ORDER_LOAD,
    ORDER_FAR,
    ORDER_CLOSE,
    ORDER_WINDOW_LEN,
    ORDER_WINDOW_OPEN,
    ORDER_WINDOW_CLOSE,
    ORDER_PRIZE,
} Order;

static Order order_choose(Ruin *ruin) {
    const Model *model = ruin->state->model;
    /* Weights of the paper: 4 random, 4 load, 2 far, 1 close; with windows 2 each of their three.
     */
    static const Order TABLE[19] = {
        ORDER_RANDOM,       ORDER_RANDOM,      ORDER_RANDOM,      ORDER_RANDOM,
        ORDER_LOAD,         ORDER_LOAD,        ORDER_LOAD,        ORDER_LOAD,
        ORDER_FAR,          ORDER_FAR,         ORDER_CLOSE,       ORDER_WINDOW_LEN,
        ORDER_WINDOW_LEN,   ORDER_WINDOW_OPEN, ORDER_WINDOW_OPEN, ORDER_WINDOW_CLOSE,
        ORDER_WINDOW_CLOSE, ORDER_PRIZE,       ORDER_PRIZE};
    int32_t choices = model->kind == MODEL_LOAD ? 11 : 17;
    if (model->has_optional) {
        choices = 19;
    }
    return TABLE[round_below(&ruin->state->prng, choices)];
}

static int64_t order_key(const Model *model, Order order, int32_t job) {
    const ModelJob *it = &model->jobs[job];
    switch (order) {
    case ORDER_RANDOM:
        return 0;
    case ORDER_LOAD:
        return -it->load[0];
    case ORDER_FAR:
        return -it->depot_cost;
    case ORDER_CLOSE:
        return it->depot_cost;
    case ORDER_WINDOW_LEN:
        return (int64_t)it->close - it->open;
    case ORDER_WINDOW_OPEN:
        return it->open;
    case ORDER_WINDOW_CLOSE:
        return -(int64_t)it->close;
    case ORDER_PRIZE:
        return -it->prize;
    }
    return 0;
}

static void list_shuffle(Ruin *ruin) {
    for (int32_t i = ruin->list_count - 1; i > 0; i--) {
        int32_t j = round_below(&ruin->state->prng, i + 1);
        int32_t job = ruin->list[i];
        ruin->list[i] = ruin->list[j];
        ruin->list[j] = job;
    }
}

/* Shell sort: lists are short in the loop and long only for the first plan. */
static void list_sort(Ruin *ruin, Order order) {
    const Model *model = ruin->state->model;
    for (int32_t i = 0; i < ruin->list_count; i++) {
        ruin->key[i] = order_key(model, order, ruin->list[i]);
    }
    int32_t gap = 1;
    while (gap < ruin->list_count / 3) {
        gap = 3 * gap + 1;
    }
    for (; gap > 0; gap /= 3) {
        for (int32_t i = gap; i < ruin->list_count; i++) {
            int64_t key = ruin->key[i];
            int32_t job = ruin->list[i];
            int32_t j = i;
            for (; j >= gap && ruin->key[j - gap] > key; j -= gap) {
                ruin->key[j] = ruin->key[j - gap];
                ruin->list[j] = ruin->list[j - gap];
            }
            ruin->key[j] = key;
            ruin->list[j] = job;
        }
    }
}

/* Optional jobs far away pay only together: now and then each may cost more than its prize, and the
 * whole step is judged afterwards. The first plan takes in whatever fits. */
static int64_t generosity_percent(Ruin *ruin, bool is_first) {
    static const int64_t PERCENT[4] = {100, 100, 150, 300};
    if (!ruin->state->model->has_optional) {
        return 100;
    }
    return is_first ? INT32_MAX : PERCENT[round_below(&ruin->state->prng, 4)];
}

/* Sends a standing vehicle of a random type to the opener, whatever that costs. */
static void opener_insert(Ruin *ruin) {
    State *state = ruin->state;
    int32_t type = round_below(&state->prng, state->model->type_count);
    Insertion place = round_scan_empty(state, ruin->opener, type);
    if (place.delta != INSERTION_NONE_DELTA) {
        round_state_insert(state, ruin->opener, &place);
    }
}

void round_ruin_recreate(Ruin *ruin) {
    State *state = ruin->state;
    int64_t percent = generosity_percent(ruin, ruin->is_first);
    if (ruin->opener != ROUND_NONE) {
        opener_insert(ruin);
        percent = 100;
    }
    list_shuffle(ruin);
    Order order = order_choose(ruin);
    if (order != ORDER_RANDOM) {
        list_sort(ruin, order);
    }
    for (int32_t i = 0; i < ruin->list_count; i++) {
        int32_t job = ruin->list[i];
        Insertion best = round_scan_best(state, job);
        const ModelJob *it = &state->model->jobs[job];
        int64_t limit = it->is_optional ? it->prize / 100 * percent : it->prize;
        if (best.delta < (percent == 100 ? it->prize : limit)) {
            round_state_insert(state, job, &best);
        }
    }
}
