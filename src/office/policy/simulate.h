/*
 * simulate.h - the dry run of a version: who would get what, in total to the fen, by price band, by
 * rule and by town; and, beside an older version, who gains and who loses.
 *
 *   .cases of the version -> models -> N cases with new prices ┐
 *   decisions that were made, with what they gave ─────────────┴-> dmn_batch -> totals
 *
 * A synthetic case is a paying border case of the version (any case when none pays) with its
 * amounts of money drawn anew between a fifth and the threefold, to whole yuan; in one of ten cases
 * one answer is taken from another border case. The same seed gives the same population on every
 * machine, with any number of threads. It shows what a table does; it is no forecast: the shares of
 * the kinds are those of the border cases, not those of the city.
 * Two versions may judge different days: a case whose day the other version does not judge is
 * judged by it on the same day counted from its own first one.
 *
 * Ownership: results live in cx->arena.
 */
#ifndef HUANXIN_OFFICE_POLICY_SIMULATE_H
#define HUANXIN_OFFICE_POLICY_SIMULATE_H

#include "office/policy/policy.h"

enum { POLICY_BAND_COUNT = 8, POLICY_POPULATION_MAX = 100 * 1000 * 1000, POLICY_THREADS_MAX = 8 };

typedef struct PolicyTally {
    int64_t case_count;
    int64_t eligible_count;
    Money total;
} PolicyTally;

typedef struct PolicyBand {
    Money low; /* included */
    PolicyTally tally;
} PolicyBand;

typedef struct PolicyRuleTally {
    Str rule;
    PolicyTally tally;
} PolicyRuleTally;

/* What a change does, beside the older version or the decision that was made. */
typedef struct PolicyDiff {
    int64_t case_count;
    int64_t gain_count;     /* get more */
    int64_t loss_count;     /* get less */
    int64_t new_count;      /* got nothing, get something */
    int64_t shut_out_count; /* got something, get nothing */
    Money before;
    Money after;
} PolicyDiff;

/* The first cases that gain or lose most, to be told in words. */
typedef struct PolicyExample {
    int64_t number; /* of the case; -1: none */
    Money before;
    Money after;
    Str input_json;
} PolicyExample;

typedef struct PolicySimulation {
    PolicyTally all;
    bool has_diff;
    PolicyDiff diff;
    PolicyDiff band_diffs[POLICY_BAND_COUNT];
    PolicyDiff *town_diffs; /* town_count + 1: the last one is of cases without a town */
    PolicyExample gain;
    PolicyExample loss;
    Str band_question;                   /* label of the price; empty: the version asks none */
    PolicyBand bands[POLICY_BAND_COUNT]; /* by rising price; a band ends where the next begins */
    PolicyRuleTally *rules;              /* in the order of the table, those that fired */
    size_t rule_count;
} PolicySimulation;

/* A case that was decided: its answers and what it got. */
typedef struct PolicyPast {
    Str input_json;
    size_t town;  /* index; town_count: unknown */
    Money amount; /* zero: refused */
} PolicyPast;

typedef struct PolicyPopulation {
    const PolicyVersion *version;
    const PolicyVersion *base; /* to compare with; NULL: none. Not with pasts */
    int64_t count;             /* 1..POLICY_POPULATION_MAX; with pasts their number */
    const PolicyPast *pasts;   /* decided cases instead of synthetic ones, or NULL */
    uint64_t seed;
    int thread_count;            /* 1..POLICY_THREADS_MAX; 0: 1 */
    const int64_t *town_weights; /* of synthetic cases, or NULL */
    size_t town_count;
    void (*progress)(void *context, int64_t done); /* may be NULL; called now and then */
    void *context;
} PolicyPopulation;

/* Decides the population. INVALID when the version has no border cases; LIMIT, also when cx is told
 * to stop. Memory is bounded: the cases are decided in pieces. O(count * table). */
MUST_CHECK Status policy_simulate(Cx *cx, const PolicyPopulation *population,
                                  PolicySimulation *out);

#endif
