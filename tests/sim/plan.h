/*
 * plan.h - which operation comes next: drawn by a seed from what the model says is there, most of
 * it possible, some of it not.
 */
#ifndef HUANXIN_TESTS_SIM_PLAN_H
#define HUANXIN_TESTS_SIM_PLAN_H

#include "base/prng.h"
#include "sim/model.h"

/* Draws an operation. number is its key, now_ms its instant. */
void plan_draw(const Model *model, Prng *prng, int64_t number, int64_t now_ms, Op *out);

/* The operations that empty the city: every freeze lifted, every hold released, every coupon given
 * back, every sale settled and paid. False when nothing is left to do. */
bool plan_quiet(const Model *model, int64_t number, int64_t now_ms, Op *out);
/* Then: takes all that is left, fund by fund. *cursor starts at 0; false at the end. */
bool plan_fill(const Model *model, int32_t *cursor, int64_t number, int64_t now_ms, Op *out);

#endif
