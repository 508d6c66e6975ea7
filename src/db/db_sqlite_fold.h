/* db_sqlite_fold.h - when and by whom SQLite's log is folded back into the file. */
#ifndef HUANXIN_DB_DB_SQLITE_FOLD_H
#define HUANXIN_DB_DB_SQLITE_FOLD_H

#include "db/db_internal.h"

#include <sqlite3.h>

typedef struct Fold Fold;

typedef struct FoldOptions {
    sqlite3 *writer;
    const char *path; /* lives as long as the fold */
    int log_pages;    /* of log that bring folding, at least 1 */
    bool is_alone;    /* no thread: the writer folds after the commit, as tests of a disk need it */
} FoldOptions;

/* Watches over the log of a writing connection; lives in the arena. fold_end before that connection
 * is closed. */
Fold *fold_new(Arena *arena, const FoldOptions *options);
/* Ends the thread, after what it is at. */
void fold_end(Fold *fold);

#endif
