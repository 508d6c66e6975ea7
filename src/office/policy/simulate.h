/*
 * simulate.h - the dry run of a version on a synthetic population: who would get what, in total to
 * the fen, by price band and by rule.
 *
 *   .cases of the version -> models -> N cases with new prices -> dmn_batch -> totals
 *
 * A synthetic case is a paying border case of the version (any case when none pays) with its
 * amounts of money drawn anew between a fifth and the threefold, to whole yuan; in one of ten cases
 * one answer is taken from another border case. The same seed gives the same population on every
 * machine. It shows what a table does; it is no forecast: the shares of the kinds are those of the
 * border cases, not those of the city.
 * Ownership: results live in cx->arena.
 */
#ifndef HUANXIN_OFFICE_POLICY_SIMULATE_H
#define HUANXIN_OFFICE_POLICY_SIMULATE_H

#include "office/policy/policy.h"

enum { POLICY_BAND_COUNT = 8, POLICY_POPULATION_MAX = 100 * 1000 * 1000 };

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

typedef struct PolicySimulation {
    PolicyTally all;
    Str band_question;                   /* label of the price; empty: the version asks none */
    PolicyBand bands[POLICY_BAND_COUNT]; /* by rising price; a band ends where the next begins */
    PolicyRuleTally *rules;              /* in the order of the table, those that fired */
    size_t rule_count;
} PolicySimulation;

typedef struct PolicyPopulation {
    const PolicyVersion *version;
    int64_t count; /* 1..POLICY_POPULATION_MAX */
    uint64_t seed;
    void (*progress)(void *context, int64_t done); /* may be NULL; called now and then */
    void *context;
} PolicyPopulation;

/* Decides the population. INVALID when the version has no border cases; LIMIT. Memory is bounded:
 * the cases are decided in pieces. O(count * table). */
MUST_CHECK Status policy_simulate(Cx *cx, const PolicyPopulation *population,
                                  PolicySimulation *out);

#endif
