/*
 * prng.h - a small seeded random generator (xoshiro256**, D. Blackman and S. Vigna 2018) for
 * simulations, the demo city and the solver: the same seed gives the same numbers everywhere.
 * Not for secrets: those come from seal.
 */
#ifndef HUANXIN_BASE_PRNG_H
#define HUANXIN_BASE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Prng {
    uint64_t state[4];
} Prng;

/* Starts a generator; any seed is good. */
void prng_init(Prng *prng, uint64_t seed);
uint64_t prng_next(Prng *prng);
/* Returns a uniform number in [0, bound); bound >= 1. */
uint64_t prng_below(Prng *prng, uint64_t bound);
/* Returns a uniform number in [low, high]; low <= high. */
int64_t prng_between(Prng *prng, int64_t low, int64_t high);
/* True with a chance of parts in 10000. */
bool prng_chance_bp(Prng *prng, uint32_t parts);
/* Returns a uniform number in [0, 1), for the solver's cooling and blinks. */
double prng_unit(Prng *prng);

#endif
