/* todo_cache.c - counts by person, each some seconds old at most. */
#include "office/todo/todo_cache.h"

#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 1024, FRESH_MS = 20000 };

typedef struct Slot {
    int64_t person_id;
    int64_t at_ms;
    int64_t count;
} Slot;

struct TodoCache {
    pthread_mutex_t mutex;
    Slot slots[SLOTS];
};

TodoCache *todo_cache_create(void) {
    Arena *arena = arena_create();
    TodoCache *cache = arena_new(arena, TodoCache);
    check(pthread_mutex_init(&cache->mutex, NULL) == 0);
    return cache;
}

bool todo_cache_get(TodoCache *cache, int64_t person_id, int64_t now_ms, int64_t *count) {
    Slot *slot = &cache->slots[(uint64_t)person_id % SLOTS];
    check(pthread_mutex_lock(&cache->mutex) == 0);
    bool is_fresh =
        slot->person_id == person_id && now_ms >= slot->at_ms && now_ms - slot->at_ms < FRESH_MS;
    *count = is_fresh ? slot->count : 0;
    check(pthread_mutex_unlock(&cache->mutex) == 0);
    return is_fresh;
}

void todo_cache_put(TodoCache *cache, int64_t person_id, int64_t now_ms, int64_t count) {
    Slot *slot = &cache->slots[(uint64_t)person_id % SLOTS];
    check(pthread_mutex_lock(&cache->mutex) == 0);
    *slot = (Slot){person_id, now_ms, count};
    check(pthread_mutex_unlock(&cache->mutex) == 0);
}
