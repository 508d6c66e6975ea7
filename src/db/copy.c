/*
 * copy.c - a copy of a SQLite database in use, and a look through its pages. The copy reads on one
 * snapshot: writers of other processes go on and are not seen, so it never begins anew.
 */
#include "db/db_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_A_STEP = 2000, BUSY_WAIT_MS = 5000 };

static const char SQL_SNAPSHOT[] = "BEGIN; SELECT count(*) FROM sqlite_master;";
/* The log's mode is written into the file: a copy without it is one file that opens anywhere. */
static const char SQL_ONE_FILE[] = "PRAGMA journal_mode = DELETE;";

typedef struct Pair {
    sqlite3 *from;
    sqlite3 *to;
} Pair;

static Status failed(Cx *cx, sqlite3 *handle, int code) {
    return fault(cx, STATUS_DB, "database copy: %s",
                 handle == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(handle));
}

static Status handle_open(Cx *cx, const char *path, int flags, sqlite3 **out) {
    int code = sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        return failed(cx, *out, code);
    }
    (void)sqlite3_busy_timeout(*out, BUSY_WAIT_MS);
    return STATUS_OK;
}

static Status script(Cx *cx, sqlite3 *handle, const char *sql) {
    int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? STATUS_OK : failed(cx, handle, code);
}

static Status pages_copy(Cx *cx, const DbCopy *copy, const Pair *pair) {
    sqlite3_backup *backup = sqlite3_backup_init(pair->to, "main", pair->from, "main");
    if (backup == NULL) {
        return failed(cx, pair->to, SQLITE_ERROR);
    }
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, PAGES_A_STEP);
        const int64_t total = sqlite3_backup_pagecount(backup);
        if (copy->progress != NULL) {
            copy->progress(copy->context, total - sqlite3_backup_remaining(backup), total);
        }
    }
    (void)sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? STATUS_OK : failed(cx, pair->to, code);
}

static Status pair_copy(Cx *cx, const DbCopy *copy, Pair *pair) {
    TRY(handle_open(cx, copy->from, SQLITE_OPEN_READONLY, &pair->from));
    TRY(handle_open(cx, copy->to, SQLITE_OPEN_READWRITE, &pair->to));
    TRY(script(cx, pair->from, SQL_SNAPSHOT));
    TRY(pages_copy(cx, copy, pair));
    return script(cx, pair->to, SQL_ONE_FILE);
}

/* For its owner only, before a byte is in it. */
static Status target_make(Cx *cx, const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        return fault(cx, errno == EEXIST ? STATUS_CONFLICT : STATUS_IO,
                     "cannot make \"%.300s\": %s", path, strerror(errno));
    }
    (void)close(file);
    return STATUS_OK;
}

Status db_copy(Cx *cx, const DbCopy *copy) {
    if (str_starts(str_of(copy->from), STR("postgres"))) {
        return fault(cx, STATUS_INVALID, "a PostgreSQL database is copied with pg_dump");
    }
    if (access(copy->from, F_OK) != 0) {
        return fault(cx, STATUS_NOT_FOUND, "there is no database \"%.300s\"", copy->from);
    }
    TRY(target_make(cx, copy->to));
    Pair pair = {0};
    Status status = pair_copy(cx, copy, &pair);
    (void)sqlite3_close(pair.from);
    (void)sqlite3_close(pair.to);
    if (status != STATUS_OK) {
        (void)unlink(copy->to);
    }
    return status;
}

/* ---- looking through ---- */

static const char SQL_QUICK_CHECK[] = "PRAGMA integrity_check(1)";
static const char SQL_REFERENCE_CHECK[] = "PRAGMA foreign_key_check";

Status db_check(Cx *cx, DbConn *conn, Str *finding) {
    *finding = STR_NONE;
    if (conn->driver != &db_sqlite_driver) {
        return STATUS_OK;
    }
    Str words = STR_NONE;
    TRY(db_text_or(cx, conn, SQL_QUICK_CHECK, DB_NO_ARGS, &words));
    if (!str_equal(words, STR("ok"))) {
        *finding = words;
        return STATUS_OK;
    }
    bool is_loose = false;
    TRY(db_exists(cx, conn, SQL_REFERENCE_CHECK, DB_NO_ARGS, &is_loose));
    *finding = is_loose ? STR("a row refers to another that is not there") : STR_NONE;
    return STATUS_OK;
}
