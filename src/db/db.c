/* db.c - the face over a driver: opening, statements by the address of their text, reading. */
#include "base/log.h"
#include "db/db_internal.h"

#include <string.h>

enum { BATCH_DEFAULT = 256, QUEUE_DEFAULT = 8192, READ_DEFAULT = 64, READ_MAX = 1024 };

/* ---- connections ---- */

Status conn_new(Cx *cx, Db *db, bool is_writer, DbConn **out) {
    Arena *arena = arena_create();
    DbConn *conn = arena_new(arena, DbConn);
    conn->db = db;
    conn->driver = db->driver;
    conn->arena = arena;
    conn->is_writer = is_writer;
    buf_init(&conn->attached, DB_ATTACHED_BYTES_MAX);
    buf_init(&conn->encoded, DB_ENTRY_BYTES_MAX);
    conn->memo_arena = arena_create();
    conn->sm3 = seal_sm3_new(arena);
    Status status = conn->driver->conn_open(cx, conn, &db->options);
    if (status != STATUS_OK) {
        conn_dispose(conn);
        return status;
    }
    *out = conn;
    return STATUS_OK;
}

void conn_dispose(DbConn *conn) {
    if (conn == NULL) {
        return;
    }
    for (size_t i = 0; i < DB_STATEMENT_BUCKETS; i++) {
        for (DbRows *rows = conn->buckets[i]; rows != NULL; rows = rows->next) {
            conn->driver->finalize(rows);
        }
    }
    conn->driver->conn_close(conn);
    buf_dispose(&conn->attached);
    buf_dispose(&conn->encoded);
    arena_free(conn->memo_arena);
    arena_free(conn->arena);
}

/* ---- opening ---- */

static Status options_check(Cx *cx, DbOptions *options) {
    if (options->url == NULL || options->url[0] == '\0') {
        return fault(cx, STATUS_INVALID, "the database needs the path of a file");
    }
    Str url = str_of(options->url);
    if (str_starts(url, STR(":memory:")) || str_starts(url, STR("file:"))) {
        return fault(cx, STATUS_INVALID, "the database must be a plain file, not \"%s\"",
                     options->url);
    }
    options->batch_max = options->batch_max == 0 ? BATCH_DEFAULT : options->batch_max;
    options->queue_max = options->queue_max == 0 ? QUEUE_DEFAULT : options->queue_max;
    options->read_max = options->read_max == 0 ? READ_DEFAULT : options->read_max;
    if (options->batch_max > DB_BATCH_MAX || options->queue_max > DB_QUEUE_MAX ||
        options->read_max > READ_MAX) {
        return fault(cx, STATUS_INVALID, "a database option is above its bound");
    }
    return STATUS_OK;
}

static bool is_postgres(const char *url) {
    return str_starts(str_of(url), STR("postgresql://")) ||
           str_starts(str_of(url), STR("postgres://"));
}

Status db_open(Cx *cx, const DbOptions *options, Db **out) {
    DbOptions checked = *options;
    TRY(options_check(cx, &checked));
    Arena *arena = arena_create();
    Db *db = arena_new(arena, Db);
    db->arena = arena;
    db->driver = is_postgres(checked.url) ? &db_postgres_driver : &db_sqlite_driver;
    db->options = checked;
    if (db->options.batch_max > db->driver->batch_max) {
        db->options.batch_max = db->driver->batch_max;
    }
    db->options.url = str_c(arena, str_of(checked.url));
    check(pthread_mutex_init(&db->read_lock, NULL) == 0);
    check(pthread_mutex_init(&db->queue_lock, NULL) == 0);
    check(pthread_mutex_init(&db->writer_lock, NULL) == 0);
    check(pthread_cond_init(&db->queue_filled, NULL) == 0);
    Status status = conn_new(cx, db, true, &db->writer);
    if (status == STATUS_OK) {
        status = write_start(cx, db);
    }
    if (status != STATUS_OK) {
        conn_dispose(db->writer);
        arena_free(arena);
        return status;
    }
    *out = db;
    return STATUS_OK;
}

void db_close(Db *db) {
    if (db == NULL) {
        return;
    }
    write_stop(db);
    for (DbConn *conn = db->read_all; conn != NULL;) {
        DbConn *next = conn->next_all;
        conn_dispose(conn);
        conn = next;
    }
    /* The writer closes last: it is the one that may fold the log into the file. */
    conn_dispose(db->writer);
    pthread_cond_destroy(&db->queue_filled);
    pthread_mutex_destroy(&db->writer_lock);
    pthread_mutex_destroy(&db->queue_lock);
    pthread_mutex_destroy(&db->read_lock);
    arena_free(db->arena);
}

void db_fail_at(Db *db, uint64_t nth) {
    atomic_store(&db->fail_in, nth);
}

/* ---- statements ---- */

static size_t bucket_of(const char *sql) {
    uint64_t bits = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(bits >> 56) % DB_STATEMENT_BUCKETS;
}

/* Finds the statement by the address of its text, or prepares it. */
static Status rows_of(Cx *cx, DbConn *conn, const char *sql, DbRows **out) {
    size_t bucket = bucket_of(sql);
    for (DbRows *rows = conn->buckets[bucket]; rows != NULL; rows = rows->next) {
        if (rows->sql == sql) {
            *out = rows;
            return STATUS_OK;
        }
    }
    DbRows *rows = arena_new(conn->arena, DbRows);
    rows->conn = conn;
    rows->sql = sql;
    TRY(conn->driver->prepare(cx, rows));
    rows->next = conn->buckets[bucket];
    conn->buckets[bucket] = rows;
    *out = rows;
    return STATUS_OK;
}

/* Marks the command as broken when a statement of it failed. */
static Status note(DbConn *conn, Status status) {
    if (status != STATUS_OK) {
        conn->is_broken = true;
    }
    return status;
}

/* Counts down to the statement that a test wants to fail. */
static Status fail_check(Cx *cx, DbConn *conn) {
    Db *db = conn->db;
    if (!conn->is_writer || atomic_load_explicit(&db->fail_in, memory_order_relaxed) == 0) {
        return STATUS_OK;
    }
    if (atomic_fetch_sub(&db->fail_in, 1) == 1) {
        return fault(cx, STATUS_DB, "database: failure asked for by a test");
    }
    return STATUS_OK;
}

/* Finds a statement and checks that it can be started. */
static Status rows_ready(Cx *cx, DbConn *conn, const char *sql, size_t arg_count, DbRows **out) {
    TRY(fail_check(cx, conn));
    TRY(rows_of(cx, conn, sql, out));
    check(*out != NULL);
    check(!(*out)->is_running);
    if (arg_count != (*out)->arg_count) {
        return fault(cx, STATUS_DB, "database: a statement of %zu parameters got %zu",
                     (*out)->arg_count, arg_count);
    }
    return STATUS_OK;
}

static Status rows_start(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                         size_t arg_count, DbRows **out) {
    DbRows *rows = NULL;
    TRY(rows_ready(cx, conn, sql, arg_count, &rows));
    TRY(conn->driver->start(cx, rows, args, true));
    rows->is_running = true;
    conn->running_count++;
    *out = rows;
    return STATUS_OK;
}

/* Counts a statement or a row of a command against its budget. */
static Status command_step(Cx *cx, const DbConn *conn) {
    return conn->command == NULL ? STATUS_OK : cx_step(cx);
}

static Status command_check(Cx *cx, const DbConn *conn) {
    if (conn->is_broken) {
        return fault(cx, STATUS_DB, "database: an earlier statement of this command failed");
    }
    return command_step(cx, conn);
}

Status db_query(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
                DbRows **out) {
    TRY(command_check(cx, conn));
    conn->is_changed |= strncmp(sql, "SELECT", strlen("SELECT")) != 0;
    return note(conn, rows_start(cx, conn, sql, args, arg_count, out));
}

Status db_next(Cx *cx, DbRows *rows, bool *has_row) {
    check(rows->is_running);
    bool found = false;
    Status status = command_step(cx, rows->conn);
    if (status == STATUS_OK) {
        status = rows->conn->driver->step(cx, rows, &found);
    }
    (void)note(rows->conn, status);
    if (status != STATUS_OK || !found) {
        db_rows_close(rows);
    }
    TRY(status);
    *has_row = found;
    return STATUS_OK;
}

void db_rows_close(DbRows *rows) {
    if (rows == NULL || !rows->is_running) {
        return;
    }
    rows->conn->driver->reset(rows);
    rows->is_running = false;
    rows->conn->running_count--;
}

void conn_rows_close(DbConn *conn) {
    for (size_t i = 0; i < DB_STATEMENT_BUCKETS && conn->running_count > 0; i++) {
        for (DbRows *rows = conn->buckets[i]; rows != NULL; rows = rows->next) {
            db_rows_close(rows);
        }
    }
    check(conn->running_count == 0);
}

/* Runs a statement to its end. */
static Status run(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
                  int64_t *changed) {
    DbRows *rows = NULL;
    TRY(rows_ready(cx, conn, sql, arg_count, &rows));
    Status status = conn->driver->start(cx, rows, args, false);
    bool has_row = true;
    while (status == STATUS_OK && has_row) {
        status = conn->driver->step(cx, rows, &has_row);
    }
    if (status == STATUS_OK && changed != NULL) {
        *changed = conn->driver->changed(rows);
    }
    conn->driver->reset(rows);
    return status;
}

/* Runs a statement whose result is not asked, now or with the next one that is waited for. */
static Status send(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count) {
    if (conn->driver->send == NULL) {
        return run(cx, conn, sql, args, arg_count, NULL);
    }
    DbRows *rows = NULL;
    TRY(rows_ready(cx, conn, sql, arg_count, &rows));
    return conn->driver->send(cx, rows, args);
}

Status conn_run(Cx *cx, DbConn *conn, const char *sql) {
    return run(cx, conn, sql, DB_NO_ARGS, NULL);
}

Status conn_send(Cx *cx, DbConn *conn, const char *sql) {
    return send(cx, conn, sql, DB_NO_ARGS);
}

Status db_exec(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
               int64_t *changed) {
    if (!conn->is_writer) {
        return fault(cx, STATUS_DENIED, "database: a change was tried on a reading connection");
    }
    TRY(command_check(cx, conn));
    Status status = changed == NULL ? send(cx, conn, sql, args, arg_count)
                                    : run(cx, conn, sql, args, arg_count, changed);
    if (status != STATUS_OK || changed == NULL || *changed > 0) {
        conn->is_changed = true;
    }
    return note(conn, status);
}

Status db_insert(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
                 int64_t *id) {
    if (!conn->is_writer) {
        return fault(cx, STATUS_DENIED, "database: a change was tried on a reading connection");
    }
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, sql, args, arg_count, &rows));
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return note(conn, fault(cx, STATUS_DB, "database: an insert gave no id"));
    }
    int64_t found = db_int(rows, 0);
    /* Read to the end: a statement that is left early may not have done all of its work. */
    while (has_row) {
        TRY(db_next(cx, rows, &has_row));
    }
    *id = found;
    return STATUS_OK;
}

/* ---- columns ---- */

int64_t db_int(const DbRows *rows, int column) {
    return rows->conn->driver->column_int(rows, column);
}

Str db_text_peek(const DbRows *rows, int column) {
    return rows->conn->driver->column_text(rows, column);
}

Str db_text(Arena *arena, const DbRows *rows, int column) {
    Str text = db_text_peek(rows, column);
    return text.at == NULL ? STR_NONE : str_dup(arena, text);
}

bool db_is_null(const DbRows *rows, int column) {
    return rows->conn->driver->column_is_null(rows, column);
}

Money db_money(const DbRows *rows, int column) {
    return (Money){db_int(rows, column)};
}

Day db_day(const DbRows *rows, int column) {
    if (db_is_null(rows, column)) {
        return DAY_NONE;
    }
    int64_t number = db_int(rows, column);
    check(number >= INT32_MIN);
    check(number <= INT32_MAX);
    return (Day){(int32_t)number};
}

/* ---- common reads ---- */

/* Starts a statement and moves to its first row; *out is NULL when there is none. */
static Status first_row(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                        size_t arg_count, DbRows **out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, sql, args, arg_count, &rows));
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    *out = has_row ? rows : NULL;
    return STATUS_OK;
}

Status db_int_or(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
                 int64_t *in_out) {
    DbRows *rows = NULL;
    TRY(first_row(cx, conn, sql, args, arg_count, &rows));
    if (rows != NULL && !db_is_null(rows, 0)) {
        *in_out = db_int(rows, 0);
    }
    db_rows_close(rows);
    return STATUS_OK;
}

Status db_text_or(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
                  Str *in_out) {
    DbRows *rows = NULL;
    TRY(first_row(cx, conn, sql, args, arg_count, &rows));
    if (rows != NULL && !db_is_null(rows, 0)) {
        *in_out = db_text(cx->arena, rows, 0);
    }
    db_rows_close(rows);
    return STATUS_OK;
}

Status db_exists(Cx *cx, DbConn *conn, const char *sql, const DbValue *args, size_t arg_count,
                 bool *out) {
    DbRows *rows = NULL;
    TRY(first_row(cx, conn, sql, args, arg_count, &rows));
    *out = rows != NULL;
    db_rows_close(rows);
    return STATUS_OK;
}

/* ---- reading ---- */

/* Takes an idle read connection, or counts a new one; *out stays NULL for a new one. */
static Status read_take(Cx *cx, Db *db, DbConn **out) {
    Status status = STATUS_OK;
    pthread_mutex_lock(&db->read_lock);
    if (db->read_idle != NULL) {
        *out = db->read_idle;
        db->read_idle = (*out)->next;
    } else if (db->read_count < db->options.read_max) {
        db->read_count++;
    } else {
        status = fault(cx, STATUS_BUSY, "系统繁忙，请稍后再试");
        fault_detail(cx, "all %zu read connections are in use", db->options.read_max);
    }
    pthread_mutex_unlock(&db->read_lock);
    return status;
}

static Status read_new(Cx *cx, Db *db, DbConn **out) {
    Status status = conn_new(cx, db, false, out);
    pthread_mutex_lock(&db->read_lock);
    if (status == STATUS_OK) {
        (*out)->next_all = db->read_all;
        db->read_all = *out;
    } else {
        db->read_count--;
    }
    pthread_mutex_unlock(&db->read_lock);
    return status;
}

static void read_give(Db *db, DbConn *conn) {
    pthread_mutex_lock(&db->read_lock);
    conn->next = db->read_idle;
    db->read_idle = conn;
    pthread_mutex_unlock(&db->read_lock);
}

Status db_read_begin(Cx *cx, Db *db, DbConn **out) {
    DbConn *conn = NULL;
    TRY(read_take(cx, db, &conn));
    if (conn == NULL) {
        TRY(read_new(cx, db, &conn));
    }
    conn->is_broken = false;
    Status status = conn_send(cx, conn, conn->driver->sql_begin_read);
    if (status != STATUS_OK) {
        read_give(db, conn);
        return status;
    }
    *out = conn;
    return STATUS_OK;
}

static const char SQL_ROLLBACK[] = "ROLLBACK";

void db_read_end(Db *db, DbConn *conn) {
    if (conn == NULL) {
        return;
    }
    check(!conn->is_writer);
    conn_rows_close(conn);
    if (conn->driver->is_in_transaction(conn)) {
        Arena *arena = arena_create();
        Cx cx;
        cx_init(&cx, arena);
        /* Nothing was changed; a failure here shows again at the next begin. */
        if (conn_run(&cx, conn, SQL_ROLLBACK) != STATUS_OK) {
            log_line(LOG_WARN, "database: cannot end a reading: %s", cx.fault.text);
        }
        arena_free(arena);
    }
    read_give(db, conn);
}
