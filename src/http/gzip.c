/*
 * gzip.c - zlib behind one function. zlib is looked up when the first pool is made: a machine
 * without it serves the same pages uncompressed.
 */
#include "http/gzip.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW_BITS = 15, GZIP_WRAPPER = 16, MEMORY_LEVEL = 8, POOL_MAX = 64 };

typedef struct Zlib {
    int (*init)(z_streamp stream, int level, int method, int window_bits, int memory_level,
                int strategy, const char *version, int stream_bytes);
    int (*params)(z_streamp stream, int level, int strategy);
    uLong (*bound)(z_streamp stream, uLong bytes);
    int (*deflate)(z_streamp stream, int flush);
    int (*reset)(z_streamp stream);
    int (*end)(z_streamp stream);
} Zlib;

typedef struct Compressor {
    z_stream stream;
    struct Compressor *next;
} Compressor;

struct GzipPool {
    Arena *arena; /* of the compressors, under the mutex */
    Zlib zlib;
    bool has_zlib;
    pthread_mutex_t mutex;
    Compressor *free;
    size_t made_count;
};

/* ISO C has no cast from an object pointer to a function pointer; POSIX promises that the bytes
 * are the same. */
static bool look_up(void *library, const char *name, void *function_at) {
    void *symbol = dlsym(library, name);
    memcpy(function_at, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool zlib_find(Zlib *zlib) {
    void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    return library != NULL && look_up(library, "deflateInit2_", &zlib->init) &&
           look_up(library, "deflateParams", &zlib->params) &&
           look_up(library, "deflateBound", &zlib->bound) &&
           look_up(library, "deflate", &zlib->deflate) &&
           look_up(library, "deflateReset", &zlib->reset) &&
           look_up(library, "deflateEnd", &zlib->end);
}

static void pool_dispose(void *it) {
    GzipPool *pool = it;
    for (Compressor *each = pool->free; each != NULL; each = each->next) {
        (void)pool->zlib.end(&each->stream);
    }
    (void)pthread_mutex_destroy(&pool->mutex);
    arena_free(pool->arena);
}

GzipPool *gzip_pool_new(Arena *arena) {
    GzipPool *pool = arena_new(arena, GzipPool);
    pool->arena = arena_create();
    pool->has_zlib = zlib_find(&pool->zlib);
    check(pthread_mutex_init(&pool->mutex, NULL) == 0);
    arena_defer(arena, pool_dispose, pool);
    return pool;
}

/* Takes a compressor from the pool or makes one; NULL when there are too many or no memory. */
static Compressor *take(GzipPool *pool) {
    check(pthread_mutex_lock(&pool->mutex) == 0);
    Compressor *each = pool->free;
    bool is_new = each == NULL && pool->made_count < POOL_MAX;
    if (each != NULL) {
        pool->free = each->next;
    } else if (is_new) {
        each = arena_new(pool->arena, Compressor);
        pool->made_count++;
    }
    check(pthread_mutex_unlock(&pool->mutex) == 0);
    if (is_new && pool->zlib.init(&each->stream, Z_BEST_SPEED, Z_DEFLATED,
                                  WINDOW_BITS + GZIP_WRAPPER, MEMORY_LEVEL, Z_DEFAULT_STRATEGY,
                                  ZLIB_VERSION, (int)sizeof each->stream) != Z_OK) {
        return NULL;
    }
    return each;
}

static void give_back(GzipPool *pool, Compressor *each) {
    check(pthread_mutex_lock(&pool->mutex) == 0);
    each->next = pool->free;
    pool->free = each;
    check(pthread_mutex_unlock(&pool->mutex) == 0);
}

Str gzip_text(GzipPool *pool, Arena *out, Str text, int level) {
    Compressor *each = pool->has_zlib && text.len < UINT32_MAX / 2 ? take(pool) : NULL;
    if (each == NULL) {
        return STR_NONE;
    }
    z_stream *stream = &each->stream;
    check(pool->zlib.params(stream, level, Z_DEFAULT_STRATEGY) == Z_OK);
    size_t room = pool->zlib.bound(stream, (uLong)text.len);
    char *packed = arena_alloc(out, room);
    /* zlib's interface is older than const; it does not write to its input. */
    memcpy(&stream->next_in, &text.at, sizeof text.at);
    stream->avail_in = (uInt)text.len;
    stream->next_out = (Bytef *)packed;
    stream->avail_out = (uInt)room;
    bool is_whole = pool->zlib.deflate(stream, Z_FINISH) == Z_STREAM_END;
    size_t packed_bytes = stream->total_out;
    check(pool->zlib.reset(stream) == Z_OK);
    give_back(pool, each);
    return is_whole && packed_bytes < text.len ? (Str){packed, packed_bytes} : STR_NONE;
}
