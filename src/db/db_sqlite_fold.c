/*
 * db_sqlite_fold.c - the log is folded back into the file beside the writer, so that nobody waits
 * while tens of megabytes are copied.
 *
 *   commit ─▶ log long? ─no─▶ nothing
 *                │ yes
 *                ├─ little is left to fold ──▶ the writer does it, and the log begins anew
 *                ├─ far too long ────────────▶ the writer does it: the disk must not fill
 *                └─ else ────────────────────▶ a thread with a connection of its own does it
 *
 * The log can only begin anew when all of it is folded, and while the thread folds, the writer adds
 * to it: that is why the last piece is the writer's. The thread is started when it is needed first.
 */
#include "db/db_sqlite_fold.h"

#include "base/log.h"

#include <stdatomic.h>

enum {
    NEAR_PAGES = 2500, /* folded in some 20 ms */
    FAR_TIMES = 16,    /* as long as the log that brings folding: 1 GB */
};

struct Fold {
    const char *path;
    int log_pages;
    bool is_alone; /* the writer does it all */
    bool is_started;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_wanted;
    bool is_ending;
    atomic_bool is_busy;
    atomic_int folded_pages; /* of the log as it is now */
};

/* A failure is met again by whoever folds next; the log keeps what is not folded. */
static void fold_once(Fold *fold, sqlite3 *handle) {
    int pages = 0;
    int folded = 0;
    int code = sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &folded);
    if (code == SQLITE_OK) {
        atomic_store(&fold->folded_pages, folded);
    } else if (code != SQLITE_BUSY) {
        log_line(LOG_ERROR, "database: the log was not folded back, code=%d", code);
    }
}

static bool is_wanted_wait(Fold *fold) {
    pthread_mutex_lock(&fold->lock);
    while (!fold->is_wanted && !fold->is_ending) {
        pthread_cond_wait(&fold->changed, &fold->lock);
    }
    bool is_ending = fold->is_ending;
    fold->is_wanted = false;
    pthread_mutex_unlock(&fold->lock);
    return !is_ending;
}

static void *fold_main(void *it) {
    Fold *fold = it;
    sqlite3 *handle = NULL;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(fold->path, &handle, flags, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(handle, "PRAGMA synchronous = FULL; PRAGMA journal_mode;", NULL, NULL,
                            NULL);
    }
    if (code != SQLITE_OK) {
        log_line(LOG_ERROR, "database: no connection to fold the log back, code=%d", code);
    }
    while (code == SQLITE_OK && is_wanted_wait(fold)) {
        atomic_store(&fold->is_busy, true);
        fold_once(fold, handle);
        atomic_store(&fold->is_busy, false);
    }
    (void)sqlite3_close(handle);
    return NULL;
}

static void fold_ask(Fold *fold) {
    if (!fold->is_started) {
        fold->is_started = pthread_create(&fold->thread, NULL, fold_main, fold) == 0;
    }
    pthread_mutex_lock(&fold->lock);
    fold->is_wanted = true;
    pthread_cond_signal(&fold->changed);
    pthread_mutex_unlock(&fold->lock);
}

/* After each commit, on the writer's thread. */
static int on_commit(void *it, sqlite3 *handle, const char *name, int pages) {
    Fold *fold = it;
    (void)name;
    if (pages < atomic_load(&fold->folded_pages)) {
        atomic_store(&fold->folded_pages, 0); /* it began anew */
    }
    if (pages < fold->log_pages) {
        return SQLITE_OK;
    }
    int left = pages - atomic_load(&fold->folded_pages);
    bool is_far = pages / FAR_TIMES >= fold->log_pages;
    if (fold->is_alone || is_far || (left <= NEAR_PAGES && !atomic_load(&fold->is_busy))) {
        fold_once(fold, handle);
    } else {
        fold_ask(fold);
    }
    return SQLITE_OK;
}

Fold *fold_new(Arena *arena, const FoldOptions *options) {
    Fold *fold = arena_new(arena, Fold);
    fold->path = options->path;
    fold->log_pages = options->log_pages;
    fold->is_alone = options->is_alone;
    check(pthread_mutex_init(&fold->lock, NULL) == 0);
    check(pthread_cond_init(&fold->changed, NULL) == 0);
    (void)sqlite3_wal_hook(options->writer, on_commit, fold);
    return fold;
}

void fold_end(Fold *fold) {
    if (fold->is_started) {
        pthread_mutex_lock(&fold->lock);
        fold->is_ending = true;
        pthread_cond_signal(&fold->changed);
        pthread_mutex_unlock(&fold->lock);
        pthread_join(fold->thread, NULL);
    }
    pthread_cond_destroy(&fold->changed);
    pthread_mutex_destroy(&fold->lock);
}
