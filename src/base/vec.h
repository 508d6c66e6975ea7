/*
 * vec.h - a growing array in an arena, for items of one type.
 *
 *   typedef struct RowVec VEC(Row) RowVec;     declares  { Row *items; size_t count; size_t room; }
 *   *vec_push(arena, &rows) = row;              appends, O(1) amortised
 *
 * Growing copies to new arena memory and leaves the old behind: good for building lists, not for
 * queues that live long. Pointers to items are valid until the next push.
 */
#ifndef HUANXIN_BASE_VEC_H
#define HUANXIN_BASE_VEC_H

#include "base/arena.h"

#include <stddef.h>

#define VEC(Type)                                                                                  \
    {                                                                                              \
        Type *items;                                                                               \
        size_t count;                                                                              \
        size_t room;                                                                               \
    }

/* Appends one zeroed item and gives a pointer to it. */
#define vec_push(arena, vec)                                                                       \
    ((vec)->items =                                                                                \
         vec_grow((arena), (vec)->items, (vec)->count, &(vec)->room, sizeof *(vec)->items),        \
     &(vec)->items[(vec)->count++])

/* Returns items with room for at least count + 1. Used by vec_push. */
void *vec_grow(Arena *arena, void *items, size_t count, size_t *room, size_t item_bytes);

#endif
