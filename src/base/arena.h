/*
 * arena.h - memory by lifetime. Three are in use: process (never reset), request or job, scratch.
 *
 *   block ◀── block ◀── block (current)
 *   [used........][used..|free........]
 *
 * Allocation cannot fail: a soft limit is checked by cx_step at the head of loops over input, real
 * exhaustion crashes the worker. Memory is zeroed. Files, statements and locks are registered with
 * arena_defer and released, last first, by reset or free. In debug builds (ARENA_DEBUG) every
 * item is its own malloc, so that AddressSanitizer sees overruns.
 * Not thread-safe: one arena belongs to one thread at a time.
 */
#ifndef HUANXIN_BASE_ARENA_H
#define HUANXIN_BASE_ARENA_H

#include "base/check.h"

#include <stddef.h>

typedef struct Arena Arena;

/* Creates an empty arena; the caller frees it with arena_free. */
Arena *arena_create(void);
/* Runs the deferred releases, last first, and gives all memory back. NULL is allowed. */
void arena_free(Arena *arena);
/* Runs the deferred releases and empties the arena; keeps its first block for the next round. */
void arena_reset(Arena *arena);
/* Returns bytes zeroed and aligned to 16; a zero size gives a valid pointer. Crashes when memory
 * is exhausted. O(1) amortised. */
void *arena_alloc(Arena *arena, size_t bytes);
/* Registers release(it) to be called when the arena is reset or freed. */
void arena_defer(Arena *arena, void (*release)(void *it), void *it);
/* Returns the bytes handed out since the last reset. */
size_t arena_bytes(const Arena *arena);

/* A place to come back to: memory handed out after the mark is given back by arena_rewind.
 * Deferred releases registered since the mark run. Marks nest. */
typedef struct ArenaMark {
    void *block;
    size_t used;
    size_t bytes;
    void *defers;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

#define arena_new(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
/* count items of Type; crashes when the product overflows. */
#define arena_array(arena, Type, count) ((Type *)arena_alloc_array((arena), (count), sizeof(Type)))
void *arena_alloc_array(Arena *arena, size_t count, size_t item_bytes);

#endif
