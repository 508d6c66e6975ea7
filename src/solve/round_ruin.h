/*
 * round_ruin.h - one step of the search: take neighbouring strings of jobs out of some routes and
 * put them back greedily, with a little blindness.
 * Source: J. Christiaens, G. Vanden Berghe, Slack Induction by String Removals, 2020.
 * Private to the rounds engine.
 */
#ifndef HUANXIN_SOLVE_ROUND_RUIN_H
#define HUANXIN_SOLVE_ROUND_RUIN_H

#include "solve/round_state.h"

typedef struct Ruin {
    State *state;
    bool *is_out;       /* by job: marked for removal */
    bool *is_route_hit; /* by route: had a string taken in this step */
    int32_t *hit;
    int32_t hit_count;
    int32_t *list; /* jobs to put back, in order */
    int32_t list_count;
    int32_t opener; /* the out job that a new round starts for, or ROUND_NONE */
    bool is_first;  /* the list makes a first plan */
    int64_t *key;
} Ruin;

/* Makes the work space of one thread. */
Ruin *round_ruin_new(Arena *arena, State *state);
/* Takes jobs out around a random seed and notes them, with some that were out before, on list.
 * With optional jobs now and then takes nothing out but lists what a new round could serve. */
void round_ruin_strings(Ruin *ruin);
/* Puts every job of list where it is cheapest; those not worth their prize or without place stay
 * out. */
void round_ruin_recreate(Ruin *ruin);
/* Puts every job that is out on the list, for a first plan. */
void round_ruin_list_all(Ruin *ruin);

#endif
