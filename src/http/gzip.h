/*
 * gzip.h - compressing whole texts with zlib. Private to http. Compressors are kept and used again,
 * since making one costs more than compressing a small page.
 */
#ifndef HUANXIN_HTTP_GZIP_H
#define HUANXIN_HTTP_GZIP_H

#include "base/arena.h"
#include "base/str.h"

typedef struct GzipPool GzipPool;

/* Creates an empty pool that is released with the arena; not in use by any thread then. */
GzipPool *gzip_pool_new(Arena *arena);
/* Returns text compressed into out's memory, or STR_NONE when that is not smaller or zlib is not
 * there. level 1 (fast) to 9 (small). Thread-safe. O(n). */
Str gzip_text(GzipPool *pool, Arena *out, Str text, int level);

#endif
