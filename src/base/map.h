/*
 * map.h - text to pointer, open addressing in an arena; keys are borrowed (dup them if needed).
 *
 *   slots: [ key | value ][ empty ][ key | value ] ...   at most 3/4 full, power of two
 *
 * Iteration follows the order of insertion, so results are the same on every machine.
 */
#ifndef HUANXIN_BASE_MAP_H
#define HUANXIN_BASE_MAP_H

#include "base/arena.h"
#include "base/str.h"

typedef struct MapEntry {
    Str key;
    void *value;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entries; /* in order of insertion */
    size_t count;
    size_t room;
    uint32_t *slots; /* index + 1 into entries, 0 empty */
    size_t slot_count;
} Map;

/* Starts an empty map whose memory comes from the arena. */
void map_init(Map *map, Arena *arena);
/* Sets key to value, replacing an older one. O(1) amortised. */
void map_put(Map *map, Str key, void *value);
/* Returns the value, or NULL. O(1). */
void *map_get(const Map *map, Str key);
bool map_has(const Map *map, Str key);

#endif
