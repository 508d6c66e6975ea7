#include "base/map.h"

#include <string.h>

enum { MAP_SLOTS_FIRST = 16 };

void map_init(Map *map, Arena *arena) {
    *map = (Map){.arena = arena};
}

/* Returns the slot that holds key, or the empty one where it belongs. */
static uint32_t *slot_of(const Map *map, Str key) {
    size_t mask = map->slot_count - 1;
    size_t at = (size_t)str_hash(key) & mask;
    while (map->slots[at] != 0 && !str_equal(map->entries[map->slots[at] - 1].key, key)) {
        at = (at + 1) & mask;
    }
    return &map->slots[at];
}

static void slots_rebuild(Map *map, size_t slot_count) {
    map->slots = arena_array(map->arena, uint32_t, slot_count);
    map->slot_count = slot_count;
    for (size_t i = 0; i < map->count; i++) {
        *slot_of(map, map->entries[i].key) = (uint32_t)i + 1;
    }
}

static void entries_grow(Map *map) {
    size_t room = map->room == 0 ? MAP_SLOTS_FIRST / 2 : map->room * 2;
    MapEntry *grown = arena_array(map->arena, MapEntry, room);
    if (map->count > 0) {
        memcpy(grown, map->entries, map->count * sizeof *grown);
    }
    map->entries = grown;
    map->room = room;
}

void map_put(Map *map, Str key, void *value) {
    if (map->slot_count == 0) {
        slots_rebuild(map, MAP_SLOTS_FIRST);
    }
    uint32_t *slot = slot_of(map, key);
    if (*slot != 0) {
        map->entries[*slot - 1].value = value;
        return;
    }
    if (map->count == map->room) {
        entries_grow(map);
    }
    check(map->count < UINT32_MAX - 1);
    map->entries[map->count++] = (MapEntry){key, value};
    *slot = (uint32_t)map->count;
    if (map->count * 4 > map->slot_count * 3) {
        slots_rebuild(map, map->slot_count * 2);
    }
}

static const MapEntry *entry_of(const Map *map, Str key) {
    if (map->slot_count == 0) {
        return NULL;
    }
    uint32_t index = *slot_of(map, key);
    return index == 0 ? NULL : &map->entries[index - 1];
}

void *map_get(const Map *map, Str key) {
    const MapEntry *entry = entry_of(map, key);
    return entry == NULL ? NULL : entry->value;
}

bool map_has(const Map *map, Str key) {
    return entry_of(map, key) != NULL;
}
