/*
 * round_search.c - see round_search.h.
 */
#include "solve/round_search.h"

#include <math.h>

enum {
    /* The clock is read and the heat set once in so many iterations. */
    SEARCH_CLOCK_EVERY = 64,
    SEARCH_WATCH_EVERY_MS = 200,
    /* Cooling ends at the scale of an arc divided by this. */
    SEARCH_COOL = 20,
    /* With longest durations a round changes its depot only as a whole: hotter, and less cold at
     * the end, did better on the four multi-depot instances at hand (see README.md). */
    SEARCH_COOL_LIMITED = 10,
    SEARCH_LIMITED_HEAT = 2,
    /* Optional jobs come and go at the price of a prize, not of an arc: hotter did better. */
    SEARCH_OPTIONAL_HEAT = 3,
};

Search *round_search_new(Arena *arena, const Model *model, const RoundOptions *options,
                         uint64_t seed) {
    Search *search = arena_new(arena, Search);
    search->model = model;
    search->options = options;
    search->state = round_state_new(arena, model, seed);
    search->ruin = round_ruin_new(arena, search->state);
    prng_init(&search->prng, seed ^ UINT64_C(0x5bd1e995));
    size_t nodes = 3 * (size_t)model->job_count + 1;
    search->best.nodes = arena_array(arena, int32_t, nodes);
    search->best.len = arena_array(arena, int32_t, (size_t)model->vehicle_count + 1);
    search->best.cost = INT64_MAX;
    bool is_limited = model->has_duration_limit;
    int32_t heat = is_limited ? SEARCH_LIMITED_HEAT : 1;
    heat = model->has_optional ? SEARCH_OPTIONAL_HEAT : heat;
    search->heat_first = model->arc_scale * heat;
    search->heat_last = model->arc_scale / (is_limited ? SEARCH_COOL_LIMITED : SEARCH_COOL);
    search->share_to = 1;
    return search;
}

static int64_t clock_ms(const Search *search) {
    const RoundOptions *options = search->options;
    return options->clock == NULL ? 0 : options->clock(options->clock_state);
}

void round_search_note(Search *search) {
    const State *state = search->state;
    if (state->cost >= search->best.cost) {
        return;
    }
    search->best.cost = state->cost;
    int32_t *nodes = search->best.nodes;
    for (int32_t i = 0; i < search->model->vehicle_count; i++) {
        const Route *route = &state->routes[i];
        search->best.len[i] = route->head.len;
        for (int32_t k = 1; k <= route->head.len; k++) {
            *nodes++ = route->stops[k].node;
        }
    }
}

void round_search_adopt(Search *search, const Best *other) {
    State *state = search->state;
    round_state_begin(state);
    for (int32_t i = 0; i < search->model->vehicle_count; i++) {
        if (state->routes[i].head.len > 0) {
            round_state_clear(state, i);
        }
    }
    const int32_t *nodes = other->nodes;
    for (int32_t i = 0; i < search->model->vehicle_count; i++) {
        if (other->len[i] > 0) {
            bool is_feasible = round_state_set(state, i, nodes, other->len[i]);
            check(is_feasible);
        }
        nodes += other->len[i];
    }
    round_state_begin(state);
}

/* Reads the budget: how much is used, 0..1, and whether to go on. */
static bool budget_left(Search *search, int64_t *watched_ms, double *share) {
    const RoundOptions *options = search->options;
    int64_t now_ms = clock_ms(search) - search->started_ms;
    *share = 0;
    if (options->iteration_max > 0) {
        *share = (double)search->iteration_count / (double)options->iteration_max;
    }
    if (options->time_max_ms > 0) {
        double by_time = (double)now_ms / (double)options->time_max_ms;
        *share = by_time > *share ? by_time : *share;
    }
    bool is_due = options->clock == NULL || now_ms - *watched_ms >= SEARCH_WATCH_EVERY_MS;
    if (search->is_watcher && options->watch != NULL && is_due) {
        *watched_ms = now_ms;
        RoundProgress progress = {*share, search->iteration_count, search->best.cost,
                                  search->state->out_count};
        if (!options->watch(options->watch_state, &progress)) {
            atomic_store(search->is_stopped, true);
        }
    }
    return *share < search->share_to && !atomic_load(search->is_stopped);
}

static void step(Search *search, double heat) {
    State *state = search->state;
    int64_t before = state->cost;
    round_state_begin(state);
    round_ruin_strings(search->ruin);
    round_ruin_recreate(search->ruin);
    double luck = prng_unit(&search->prng);
    double allowed = (double)before - heat * log(luck < 1e-12 ? 1e-12 : luck);
    if ((double)state->cost >= allowed) {
        round_state_undo(state);
    } else if (state->cost < search->best.cost) {
        round_search_note(search);
        search->improved_ms = clock_ms(search) - search->started_ms;
    }
}

void round_search_run(Search *search) {
    double share = search->share_from;
    int64_t watched_ms = 0;
    while (budget_left(search, &watched_ms, &share)) {
        double heat = search->heat_first * pow(search->heat_last / search->heat_first, share);
        for (int i = 0; i < SEARCH_CLOCK_EVERY; i++) {
            step(search, heat);
        }
        search->iteration_count += SEARCH_CLOCK_EVERY;
    }
}
