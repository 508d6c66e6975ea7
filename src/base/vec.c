#include "base/vec.h"

#include <string.h>

enum { VEC_ROOM_FIRST = 8 };

void *vec_grow(Arena *arena, void *items, size_t count, size_t *room, size_t item_bytes) {
    check(count <= *room);
    if (count < *room) {
        return items;
    }
    size_t room_new = *room == 0 ? VEC_ROOM_FIRST : *room * 2;
    void *grown = arena_alloc_array(arena, room_new, item_bytes);
    if (count > 0) {
        memcpy(grown, items, count * item_bytes);
    }
    *room = room_new;
    return grown;
}
