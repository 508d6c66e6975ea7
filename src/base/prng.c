#include "base/prng.h"

#include "base/check.h"

static uint64_t rotate(uint64_t value, int bits) {
    return (value << bits) | (value >> (64 - bits));
}

/* splitmix64 spreads a small seed over the whole state. */
static uint64_t seed_next(uint64_t *seed) {
    *seed += 0x9e3779b97f4a7c15u;
    uint64_t mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

void prng_init(Prng *prng, uint64_t seed) {
    for (int i = 0; i < 4; i++) {
        prng->state[i] = seed_next(&seed);
    }
}

uint64_t prng_next(Prng *prng) {
    uint64_t *state = prng->state;
    uint64_t result = rotate(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

uint64_t prng_below(Prng *prng, uint64_t bound) {
    check(bound >= 1);
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value = prng_next(prng);
    while (value >= limit) {
        value = prng_next(prng);
    }
    return value % bound;
}

int64_t prng_between(Prng *prng, int64_t low, int64_t high) {
    check(low <= high);
    uint64_t span = (uint64_t)high - (uint64_t)low;
    if (span == UINT64_MAX) {
        return (int64_t)prng_next(prng);
    }
    return (int64_t)((uint64_t)low + prng_below(prng, span + 1));
}

bool prng_chance_bp(Prng *prng, uint32_t parts) {
    return prng_below(prng, 10000) < parts;
}

double prng_unit(Prng *prng) {
    return (double)(prng_next(prng) >> 11) * 0x1.0p-53;
}
