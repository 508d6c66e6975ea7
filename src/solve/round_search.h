/*
 * round_search.h - simulated annealing over ruin and recreate, on one thread.
 * Private to the rounds engine.
 */
#ifndef HUANXIN_SOLVE_ROUND_SEARCH_H
#define HUANXIN_SOLVE_ROUND_SEARCH_H

#include "solve/round_ruin.h"

#include <stdatomic.h>

/* A plan as bare nodes: routes one after another. */
typedef struct Best {
    int64_t cost;
    int32_t *nodes; /* inner stops of route 0, then of route 1, ... */
    int32_t *len;   /* by route */
} Best;

typedef struct Search {
    const Model *model;
    const RoundOptions *options;
    State *state;
    Ruin *ruin;
    Best best;
    Prng prng; /* acceptance */
    double heat_first;
    double heat_last;
    double share_from; /* of the budget, this leg */
    double share_to;
    int64_t started_ms;
    int64_t iteration_count;
    int64_t improved_ms;
    atomic_bool *is_stopped; /* shared by the threads */
    bool is_watcher;         /* this thread calls the watch */
} Search;

/* Makes a search with every job out. Memory from arena. */
Search *round_search_new(Arena *arena, const Model *model, const RoundOptions *options,
                         uint64_t seed);
/* Runs until share_to of the budget is used, or a stop. Ends with best filled. */
void round_search_run(Search *search);
/* Notes the present plan as the best if it is. */
void round_search_note(Search *search);
/* Makes the plan of other the present one. Both searches are of one model. */
void round_search_adopt(Search *search, const Best *other);

#endif
