/*
 * budget.h - how many bytes of files one person may send in a day, so that nobody fills the disk or
 * keeps the decoders busy by sending on and on. Counted in memory: a restart forgets, and each of
 * several servers counts for itself; it is a bound, no account. Small forms are not counted.
 *
 * Properties, tested in tests/00_unit/web_budget_test.c:
 *  B1 what is taken is never more than the day's most; the next day begins at zero
 *  B2 persons do not share a count; when more come than there are places, the one counted least
 *     today makes room
 *
 * Knows no clock. Thread-safe; O(1) but for B2's search of 16 places. 24 bytes a place.
 */
#ifndef HUANXIN_WEB_BUDGET_H
#define HUANXIN_WEB_BUDGET_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { BUDGET_PLACES = 65536, BUDGET_NEAR = 16 };

typedef struct Budget Budget;
/* Lives as long as the arena. */
Budget *budget_create(Arena *arena);

typedef struct BudgetTake {
    int64_t person_id;
    int32_t day; /* Day.number */
    int64_t bytes;
    int64_t bytes_max; /* a day */
} BudgetTake;
/* Counts bytes for a person; false, and nothing counted, when the day's most would be passed. */
bool budget_take(Budget *budget, const BudgetTake *take);

#endif
