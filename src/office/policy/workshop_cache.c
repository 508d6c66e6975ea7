#include "office/policy/workshop_cache.h"

/* One compiled draft; counted by the cache and by each who was lent it. */
typedef struct Kept {
    WorkshopCache *cache;
    Arena *arena;
    int64_t draft_id;
    int64_t revision;
    int64_t used; /* turn in which it was asked for last */
    size_t holder_count;
    PolicyEntry entry;
} Kept;

struct WorkshopCache {
    pthread_mutex_t mutex;
    Kept *slots[WORKSHOP_CACHE_MAX];
    int64_t turn;
};

static void let_go(Kept *kept) {
    if (--kept->holder_count == 0) {
        arena_free(kept->arena);
    }
}

static void cache_release(void *it) {
    WorkshopCache *cache = it;
    for (size_t i = 0; i < WORKSHOP_CACHE_MAX; i++) {
        if (cache->slots[i] != NULL) {
            let_go(cache->slots[i]);
        }
    }
    (void)pthread_mutex_destroy(&cache->mutex);
}

WorkshopCache *workshop_cache_new(Arena *arena) {
    WorkshopCache *cache = arena_new(arena, WorkshopCache);
    check(pthread_mutex_init(&cache->mutex, NULL) == 0);
    arena_defer(arena, cache_release, cache);
    return cache;
}

static void lent_release(void *it) {
    Kept *kept = it;
    WorkshopCache *cache = kept->cache;
    pthread_mutex_lock(&cache->mutex);
    let_go(kept);
    pthread_mutex_unlock(&cache->mutex);
}

/* With the mutex held. */
static const PolicyEntry *lend(Cx *cx, Kept *kept) {
    kept->holder_count++;
    kept->used = ++kept->cache->turn;
    arena_defer(cx->arena, lent_release, kept);
    return &kept->entry;
}

const PolicyEntry *workshop_cache_find(Cx *cx, WorkshopCache *cache, int64_t draft_id,
                                       int64_t revision) {
    const PolicyEntry *found = NULL;
    pthread_mutex_lock(&cache->mutex);
    for (size_t i = 0; i < WORKSHOP_CACHE_MAX && found == NULL; i++) {
        Kept *kept = cache->slots[i];
        if (kept != NULL && kept->draft_id == draft_id && kept->revision == revision) {
            found = lend(cx, kept);
        }
    }
    pthread_mutex_unlock(&cache->mutex);
    return found;
}

/* The place for a draft: its own older revision, an empty one, or the one used longest ago. */
static size_t slot_for(const WorkshopCache *cache, int64_t draft_id) {
    size_t best = 0;
    for (size_t i = 0; i < WORKSHOP_CACHE_MAX; i++) {
        const Kept *kept = cache->slots[i];
        if (kept != NULL && kept->draft_id == draft_id) {
            return i;
        }
        int64_t used = kept == NULL ? -1 : kept->used;
        int64_t least = cache->slots[best] == NULL ? -1 : cache->slots[best]->used;
        best = used < least ? i : best;
    }
    return best;
}

Status workshop_cache_put(Cx *cx, WorkshopCache *cache, int64_t draft_id, int64_t revision,
                          const PolicyTexts *texts, const PolicyEntry **out) {
    Arena *arena = arena_create();
    Cx own;
    cx_init(&own, arena);
    PolicyTexts copy = {.name = str_dup(arena, texts->name),
                        .model = str_dup(arena, texts->model),
                        .description = str_dup(arena, texts->description),
                        .cases = str_dup(arena, texts->cases),
                        .language = texts->language};
    Kept *kept = arena_new(arena, Kept);
    *kept = (Kept){.cache = cache,
                   .arena = arena,
                   .draft_id = draft_id,
                   .revision = revision,
                   .holder_count = 1};
    Status status = policy_entry_read(&own, &copy, &kept->entry);
    if (status != STATUS_OK) {
        status = fault(cx, status, "%s", own.fault.text);
        arena_free(arena);
        return status;
    }
    pthread_mutex_lock(&cache->mutex);
    size_t slot = slot_for(cache, draft_id);
    if (cache->slots[slot] != NULL) {
        let_go(cache->slots[slot]);
    }
    cache->slots[slot] = kept;
    *out = lend(cx, kept);
    pthread_mutex_unlock(&cache->mutex);
    return STATUS_OK;
}
