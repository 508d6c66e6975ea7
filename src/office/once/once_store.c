/* once_store.c - the table of keys; there is no rule beside its primary key. */
#include "office/once/once.h"

static const char SQL_ONCE_TAKE[] =
    "INSERT INTO once_key (namespace, key, subject, subject_id, taken_ms)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

Status once_take(Cx *cx, DbConn *conn, const OnceKey *key) {
    check(key->key.len > 0);
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ONCE_TAKE,
                DB_ARGS(DB_TEXT(key->space), DB_TEXT(key->key), DB_TEXT(key->subject),
                        DB_INT(key->subject_id), DB_INT(key->now_ms)),
                &changed));
    if (changed == 1) {
        return STATUS_OK;
    }
    OnceHolder holder;
    TRY(once_holder(cx, conn, key->space, key->key, &holder));
    bool is_own = str_equal(holder.subject, key->subject) && holder.subject_id == key->subject_id;
    return is_own ? STATUS_OK : STATUS_CONFLICT;
}

static const char SQL_ONCE_FREE[] = "DELETE FROM once_key WHERE subject = $1 AND subject_id = $2";

Status once_free(Cx *cx, DbConn *conn, Str subject, int64_t subject_id) {
    return db_exec(cx, conn, SQL_ONCE_FREE, DB_ARGS(DB_TEXT(subject), DB_INT(subject_id)), NULL);
}

static const char SQL_ONCE_HOLDER[] =
    "SELECT subject, subject_id FROM once_key WHERE namespace = $1 AND key = $2";

Status once_holder(Cx *cx, DbConn *conn, Str space, Str key, OnceHolder *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (OnceHolder){0};
    TRY(db_query(cx, conn, SQL_ONCE_HOLDER, DB_ARGS(DB_TEXT(space), DB_TEXT(key)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = (OnceHolder){.subject = db_text(cx->arena, rows, 0), .subject_id = db_int(rows, 1)};
        db_rows_close(rows);
    }
    return STATUS_OK;
}
