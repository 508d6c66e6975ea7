#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, BLOCK_BYTES_MAX = 1024 * 1024, ALIGN_BYTES = 16 };

typedef struct Block {
    struct Block *before;
    size_t room;
    alignas(ALIGN_BYTES) char data[];
} Block;

typedef struct Defer {
    struct Defer *before;
    void (*release)(void *it);
    void *it;
} Defer;

struct Arena {
    Block *block;
    size_t used; /* in the current block */
    size_t bytes;
    size_t block_bytes_next;
    Defer *defers;
};

static void *must_malloc(size_t bytes) {
    void *memory = malloc(bytes);
    check(memory != NULL);
    return memory;
}

Arena *arena_create(void) {
    Arena *arena = must_malloc(sizeof *arena);
    *arena = (Arena){.block_bytes_next = BLOCK_BYTES};
    return arena;
}

static void defers_run(Arena *arena, Defer *until) {
    while (arena->defers != until) {
        Defer *defer = arena->defers;
        arena->defers = defer->before;
        defer->release(defer->it);
    }
}

static void blocks_free(Arena *arena, Block *until) {
    while (arena->block != until) {
        Block *before = arena->block->before;
        free(arena->block);
        arena->block = before;
    }
}

void arena_free(Arena *arena) {
    if (arena == NULL) {
        return;
    }
    defers_run(arena, NULL);
    blocks_free(arena, NULL);
    free(arena);
}

void arena_reset(Arena *arena) {
    defers_run(arena, NULL);
    Block *first = arena->block;
    while (first != NULL && first->before != NULL) {
        first = first->before;
    }
    blocks_free(arena, first);
    arena->used = 0;
    arena->bytes = 0;
    arena->block_bytes_next = BLOCK_BYTES;
}

static Block *block_new(Arena *arena, size_t bytes_min) {
    check(bytes_min <= SIZE_MAX / 2);
    size_t room = arena->block_bytes_next > bytes_min ? arena->block_bytes_next : bytes_min;
#ifdef ARENA_DEBUG
    room = bytes_min;
#endif
    if (arena->block_bytes_next < BLOCK_BYTES_MAX) {
        arena->block_bytes_next *= 2;
    }
    Block *block = must_malloc(sizeof *block + room);
    block->room = room;
    block->before = arena->block;
    arena->block = block;
    arena->used = 0;
    return block;
}

void *arena_alloc(Arena *arena, size_t bytes) {
    check(arena != NULL);
    check(bytes <= SIZE_MAX / 4);
    size_t size = (bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
#ifdef ARENA_DEBUG
    size = bytes == 0 ? 1 : bytes;
    Block *block = block_new(arena, size);
#else
    Block *block = arena->block;
    if (block == NULL || block->room - arena->used < size) {
        block = block_new(arena, size);
    }
#endif
    void *memory = block->data + arena->used;
    arena->used += size;
    arena->bytes += size;
    /* Zeroed here and not in reset or rewind: only what is handed out again costs anything. */
    return memset(memory, 0, size);
}

void *arena_alloc_array(Arena *arena, size_t count, size_t item_bytes) {
    size_t bytes = 0;
    check(!__builtin_mul_overflow(count, item_bytes, &bytes));
    return arena_alloc(arena, bytes);
}

void arena_defer(Arena *arena, void (*release)(void *it), void *it) {
    Defer *defer = arena_new(arena, Defer);
    *defer = (Defer){arena->defers, release, it};
    arena->defers = defer;
}

size_t arena_bytes(const Arena *arena) {
    return arena->bytes;
}

ArenaMark arena_mark(const Arena *arena) {
    return (ArenaMark){arena->block, arena->used, arena->bytes, arena->defers};
}

void arena_rewind(Arena *arena, ArenaMark mark) {
    defers_run(arena, mark.defers);
    blocks_free(arena, mark.block);
    arena->used = mark.used;
    arena->bytes = mark.bytes;
}
