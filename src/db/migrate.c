/* migrate.c - the schema's versions: each is applied once, in its own transaction, in order. */
#include "base/log.h"
#include "db/db_internal.h"

static const char SQL_VERSION_TABLE[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL)";
static const char SQL_VERSION_MAX[] = "SELECT max(version) FROM schema_version";
static const char SQL_VERSION_INSERT[] = "INSERT INTO schema_version (version, name) "
                                         "VALUES ($1, $2)";
static const char SQL_COMMIT[] = "COMMIT";
static const char SQL_ROLLBACK[] = "ROLLBACK";

static Status begin(Cx *cx, DbConn *conn) {
    TRY(conn_run(cx, conn, conn->driver->sql_begin_write));
    return conn->driver->sql_lock == NULL ? STATUS_OK : conn_run(cx, conn, conn->driver->sql_lock);
}

static Status version_apply(Cx *cx, DbConn *conn, const DbMigration *migration) {
    TRY(conn->driver->script(cx, conn, migration->sql));
    return db_exec(cx, conn, SQL_VERSION_INSERT,
                   DB_ARGS(DB_INT(migration->version), DB_TEXT(str_of(migration->name))), NULL);
}

/* One version in one transaction. The stored version is read again inside it: two programs may
 * start at the same moment. */
static Status version_step(Cx *cx, DbConn *conn, const DbMigration *migration) {
    TRY(begin(cx, conn));
    int64_t stored = 0;
    TRY(db_int_or(cx, conn, SQL_VERSION_MAX, DB_NO_ARGS, &stored));
    if (stored < migration->version) {
        Status status = version_apply(cx, conn, migration);
        if (status != STATUS_OK) {
            fault_detail(cx, "migration %d (%s)", migration->version, migration->name);
            return status;
        }
        log_line(LOG_INFO, "schema version %d name=%s", migration->version, migration->name);
    }
    return conn_run(cx, conn, SQL_COMMIT);
}

/* Under the lock: two programs may start at the same moment. */
static Status version_table_make(Cx *cx, DbConn *conn) {
    TRY(begin(cx, conn));
    TRY(conn->driver->script(cx, conn, SQL_VERSION_TABLE));
    return conn_run(cx, conn, SQL_COMMIT);
}

static Status versions_run(Cx *cx, DbConn *conn, const DbMigration *migrations, size_t count) {
    TRY(version_table_make(cx, conn));
    int64_t stored = 0;
    TRY(db_int_or(cx, conn, SQL_VERSION_MAX, DB_NO_ARGS, &stored));
    if (stored > (int64_t)count) {
        return fault(cx, STATUS_DB,
                     "the database has schema version %lld, newer than this program's %zu",
                     (long long)stored, count);
    }
    for (size_t i = 0; i < count; i++) {
        check(migrations[i].version == (int32_t)i + 1);
        TRY(version_step(cx, conn, &migrations[i]));
    }
    return STATUS_OK;
}

Status db_migrate(Cx *cx, Db *db, const DbMigration *migrations, size_t count) {
    DbConn *conn = db->writer;
    pthread_mutex_lock(&db->writer_lock);
    conn->is_broken = false;
    Status status = versions_run(cx, conn, migrations, count);
    conn_rows_close(conn);
    if (status != STATUS_OK && conn->driver->is_in_transaction(conn) &&
        conn_run(cx, conn, SQL_ROLLBACK) != STATUS_OK) {
        log_line(LOG_ERROR, "database: a migration could not be rolled back");
    }
    pthread_mutex_unlock(&db->writer_lock);
    return status;
}
