/* db_sqlite.c - SQLite behind the driver's face. One thread at a time uses a connection, so the
 * library is asked for no locks of its own. */
#include "base/log.h"
#include "db/db_sqlite_fold.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BUSY_WAIT_MS = 5000,
    BUSY_PAUSE_MS = 5,
    LOG_PAGES = 16000,
    STEPS_BETWEEN_LOOKS = 100 * 1000
};

static sqlite3 *db_of(const DbConn *conn) {
    return conn->handle;
}

static sqlite3_stmt *stmt_of(const DbRows *rows) {
    return rows->handle;
}

/* Turns SQLite's code into ours, with its words. They name tables and columns, never values. */
static Status failed(Cx *cx, const DbConn *conn, int code) {
    const char *words = conn->handle == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db_of(conn));
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return fault(cx, STATUS_CONFLICT, "database: %s", words);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fault(cx, STATUS_BUSY, "database: %s", words);
    case SQLITE_READONLY:
        return fault(cx, STATUS_DENIED, "database: %s", words);
    case SQLITE_TOOBIG:
    case SQLITE_INTERRUPT:
        return fault(cx, STATUS_LIMIT, "database: %s", words);
    default:
        log_line(LOG_ERROR, "database failure code=%d words=\"%s\"", code, words);
        return fault(cx, STATUS_DB, "database: %s", words);
    }
}

/* ---- connections ---- */

/* Settings of the library, which take effect only before its first use: no counters behind a lock,
 * and rollback images of savepoints stay in memory (a command is small; a file would cost a system
 * call each). The one piece of state of this module. */
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_configure(void) {
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}

/* Makes the file for its owner only: it holds a city's people. Another program may make it at the
 * same moment: then theirs is taken. */
static Status file_prepare(Cx *cx, const DbOptions *options) {
    struct stat info;
    if (stat(options->url, &info) != 0) {
        if (!options->is_created) {
            return fault(cx, STATUS_NOT_FOUND, "there is no database \"%s\"", options->url);
        }
        int file = open(options->url, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file >= 0) {
            close(file);
        }
        if (file < 0 || stat(options->url, &info) != 0) {
            return fault(cx, STATUS_DB, "cannot create the database \"%s\": %s", options->url,
                         strerror(errno));
        }
    }
    if (!S_ISREG(info.st_mode)) {
        return fault(cx, STATUS_DB, "\"%s\" is not a plain file", options->url);
    }
    return STATUS_OK;
}

/* The writer's cache holds what a large import dirties in one commit, so that no page goes to the
 * log twice; a small city never fills it. A checkpoint waits for 64 MB of log, which is what is
 * kept of the file: a page that every commit changes is copied back once, not each time
 * (docs/adr/0032-records.md has the figures). */
static const char SQL_SETUP_WRITER[] = "PRAGMA journal_mode = WAL;"
                                       "PRAGMA synchronous = FULL;"
                                       "PRAGMA foreign_keys = ON;"
                                       "PRAGMA trusted_schema = OFF;"
                                       "PRAGMA temp_store = MEMORY;"
                                       "PRAGMA cache_size = -288000;"
                                       "PRAGMA journal_size_limit = 67108864;";
static const char SQL_SETUP_READER[] = "PRAGMA query_only = ON;"
                                       "PRAGMA trusted_schema = OFF;"
                                       "PRAGMA temp_store = MEMORY;"
                                       "PRAGMA cache_size = -2000;";
static const char SQL_JOURNAL_MODE[] = "PRAGMA journal_mode";

static Status sqlite_script(Cx *cx, DbConn *conn, const char *sql) {
    int code = sqlite3_exec(db_of(conn), sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? STATUS_OK : failed(cx, conn, code);
}

/* Some file systems cannot do WAL; SQLite then keeps another mode without an error. */
static Status wal_check(Cx *cx, DbConn *conn) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db_of(conn), SQL_JOURNAL_MODE, -1, &stmt, NULL);
    if (code != SQLITE_OK) {
        return failed(cx, conn, code);
    }
    bool is_wal = sqlite3_step(stmt) == SQLITE_ROW &&
                  str_equal(str_of((const char *)sqlite3_column_text(stmt, 0)), STR("wal"));
    sqlite3_finalize(stmt);
    if (!is_wal) {
        return fault(cx, STATUS_DB,
                     "the file system under the database cannot keep a "
                     "write-ahead log");
    }
    return STATUS_OK;
}

/* Going over to the write-ahead log answers BUSY at once, without the library's own waiting, while
 * another program does the same. */
static Status writer_setup(Cx *cx, DbConn *conn, const DbOptions *options) {
    const struct timespec pause = {0, BUSY_PAUSE_MS * 1000000};
    Status status = STATUS_BUSY;
    for (int waited_ms = 0; status == STATUS_BUSY && waited_ms < BUSY_WAIT_MS;
         waited_ms += BUSY_PAUSE_MS) {
        if (waited_ms > 0) {
            fault_clear(cx);
            nanosleep(&pause, NULL);
        }
        status = sqlite_script(cx, conn, SQL_SETUP_WRITER);
    }
    TRY(status);
    TRY(wal_check(cx, conn));
    conn->fold = fold_new(
        conn->arena,
        &(FoldOptions){.writer = db_of(conn),
                       .path = str_c(conn->arena, str_of(options->url)),
                       .log_pages = options->log_pages > 0 ? options->log_pages : LOG_PAGES,
                       .is_alone = options->log_pages > 0});
    return STATUS_OK;
}

/* Stops a statement when its command has let the database work for too long. */
static int is_over_budget(void *it) {
    DbConn *conn = it;
    if (conn->command == NULL) {
        return 0;
    }
    if (conn->sql_steps_left < STEPS_BETWEEN_LOOKS) {
        conn->is_sql_stopped = true;
        return 1;
    }
    conn->sql_steps_left -= STEPS_BETWEEN_LOOKS;
    return 0;
}

static Status sqlite_conn_open(Cx *cx, DbConn *conn, const DbOptions *options) {
    pthread_once(&library_once, library_configure);
    if (conn->is_writer) {
        TRY(file_prepare(cx, options));
    }
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (conn->is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    sqlite3 *handle = NULL;
    int code = sqlite3_open_v2(options->url, &handle, flags, NULL);
    conn->handle = handle;
    if (code != SQLITE_OK) {
        return failed(cx, conn, code);
    }
    sqlite3_busy_timeout(handle, BUSY_WAIT_MS);
    if (conn->is_writer) {
        sqlite3_progress_handler(handle, STEPS_BETWEEN_LOOKS, is_over_budget, conn);
    }
    return conn->is_writer ? writer_setup(cx, conn, options)
                           : sqlite_script(cx, conn, SQL_SETUP_READER);
}

static void sqlite_conn_close(DbConn *conn) {
    if (conn->fold != NULL) {
        fold_end(conn->fold);
        conn->fold = NULL;
    }
    if (conn->handle != NULL) {
        int code = sqlite3_close(db_of(conn));
        check(code == SQLITE_OK);
        conn->handle = NULL;
    }
}

static bool sqlite_is_in_transaction(DbConn *conn) {
    return sqlite3_get_autocommit(db_of(conn)) == 0;
}

/* ---- statements ---- */

/* SQLite numbers "$2" by where it first stands, not by its name: keeps a table of places. */
static Status args_map(Cx *cx, DbRows *rows) {
    int count = sqlite3_bind_parameter_count(stmt_of(rows));
    for (int i = 1; i <= count; i++) {
        int64_t number = 0;
        Str name = str_of(sqlite3_bind_parameter_name(stmt_of(rows), i));
        if (name.len < 2 || name.at[0] != '$' ||
            str_int64(str_from(name, 1), &number) != STATUS_OK || number < 1 ||
            number > DB_ARGS_MAX) {
            return fault(cx, STATUS_DB, "database: parameters are named $1..$%d", DB_ARGS_MAX);
        }
        rows->arg_at[number - 1] = (uint8_t)i;
        if ((size_t)number > rows->arg_count) {
            rows->arg_count = (size_t)number;
        }
    }
    return STATUS_OK;
}

static void sqlite_finalize(DbRows *rows) {
    sqlite3_finalize(stmt_of(rows));
    rows->handle = NULL;
}

static Status sqlite_prepare(Cx *cx, DbRows *rows) {
    sqlite3_stmt *stmt = NULL;
    const char *tail = NULL;
    int code = sqlite3_prepare_v3(db_of(rows->conn), rows->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &stmt, &tail);
    if (code != SQLITE_OK) {
        Status status = failed(cx, rows->conn, code);
        fault_detail(cx, "%.200s", rows->sql);
        return status;
    }
    rows->handle = stmt;
    Status status = str_is_empty(str_trim(str_of(tail)))
                        ? args_map(cx, rows)
                        : fault(cx, STATUS_DB, "database: more than one statement in a text");
    if (status != STATUS_OK) {
        sqlite_finalize(rows);
    }
    return status;
}

static int bind_one(sqlite3_stmt *stmt, int at, const DbValue *value, bool is_copied) {
    /* The cast is SQLite's own spelling of "copy it". */
    sqlite3_destructor_type life = is_copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
    const char *bytes = value->text.at == NULL ? "" : value->text.at;
    switch (value->kind) {
    case DB_KIND_NULL:
        return sqlite3_bind_null(stmt, at);
    case DB_KIND_INT:
        return sqlite3_bind_int64(stmt, at, value->number);
    case DB_KIND_TEXT:
        return sqlite3_bind_text64(stmt, at, bytes, value->text.len, life, SQLITE_UTF8);
    case DB_KIND_BLOB:
        return sqlite3_bind_blob64(stmt, at, bytes, value->text.len, life);
    }
    return SQLITE_MISUSE;
}

static Status sqlite_start(Cx *cx, DbRows *rows, const DbValue *args, bool is_copied) {
    for (size_t i = 0; i < rows->arg_count; i++) {
        if (rows->arg_at[i] == 0) {
            continue;
        }
        int code = bind_one(stmt_of(rows), rows->arg_at[i], &args[i], is_copied);
        if (code != SQLITE_OK) {
            return failed(cx, rows->conn, code);
        }
    }
    return STATUS_OK;
}

static Status sqlite_step(Cx *cx, DbRows *rows, bool *has_row) {
    int code = sqlite3_step(stmt_of(rows));
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        *has_row = code == SQLITE_ROW;
        return STATUS_OK;
    }
    return failed(cx, rows->conn, code);
}

static void sqlite_reset(DbRows *rows) {
    /* The code repeats the failure of the last step, which was reported there. */
    (void)sqlite3_reset(stmt_of(rows));
}

static int64_t sqlite_changed(DbRows *rows) {
    return sqlite3_changes64(db_of(rows->conn));
}

static int64_t sqlite_column_int(const DbRows *rows, int column) {
    return sqlite3_column_int64(stmt_of(rows), column);
}

static Str sqlite_column_text(const DbRows *rows, int column) {
    sqlite3_stmt *stmt = stmt_of(rows);
    if (sqlite3_column_type(stmt, column) == SQLITE_NULL) {
        return STR_NONE;
    }
    const char *at = sqlite3_column_blob(stmt, column);
    int len = sqlite3_column_bytes(stmt, column);
    return at == NULL ? STR("") : (Str){at, (size_t)len};
}

static bool sqlite_column_is_null(const DbRows *rows, int column) {
    return sqlite3_column_type(stmt_of(rows), column) == SQLITE_NULL;
}

const DbDriver db_sqlite_driver = {
    .batch_max = DB_BATCH_MAX,
    .sql_begin_read = "BEGIN",
    .sql_begin_write = "BEGIN IMMEDIATE",
    .conn_open = sqlite_conn_open,
    .conn_close = sqlite_conn_close,
    .is_in_transaction = sqlite_is_in_transaction,
    .script = sqlite_script,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .start = sqlite_start,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .changed = sqlite_changed,
    .column_int = sqlite_column_int,
    .column_text = sqlite_column_text,
    .column_is_null = sqlite_column_is_null,
};
