/*
 * workshop_cache.h - compiled drafts, kept while they are looked at: trying a case, analysing and
 * dry running ask for the same revision again and again. Private to office/policy. Thread-safe.
 * Ownership: a draft is lent until the arena of the Cx is reset; the cache keeps at most
 * WORKSHOP_CACHE_MAX, the one used longest ago goes first.
 */
#ifndef HUANXIN_OFFICE_POLICY_WORKSHOP_CACHE_H
#define HUANXIN_OFFICE_POLICY_WORKSHOP_CACHE_H

#include "office/policy/library.h"

enum { WORKSHOP_CACHE_MAX = 6 };

typedef struct WorkshopCache WorkshopCache;

WorkshopCache *workshop_cache_new(Arena *arena);
/* The compiled revision of a draft, or NULL. */
const PolicyEntry *workshop_cache_find(Cx *cx, WorkshopCache *cache, int64_t draft_id,
                                       int64_t revision);
/* Compiles the texts (copied) and keeps them as this revision. INVALID as policy_entry_read. */
MUST_CHECK Status workshop_cache_put(Cx *cx, WorkshopCache *cache, int64_t draft_id,
                                     int64_t revision, const PolicyTexts *texts,
                                     const PolicyEntry **out);

#endif
