/* mark_store.c - marks and their uses. */
#include "office/mark/mark.h"

static const char SQL_MARK_FIND[] = "SELECT id FROM mark WHERE kind = $1 AND hash = $2";
static const char SQL_MARK_INSERT[] =
    "INSERT INTO mark (kind, hash, first_ms) VALUES ($1, $2, $3) RETURNING id";
static const char SQL_USE_INSERT[] =
    "INSERT INTO mark_use (mark_id, subject, subject_id, person_id, used_ms)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

Status mark_find(Cx *cx, DbConn *conn, MarkKind kind, Str hash, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_MARK_FIND, DB_ARGS(DB_TEXT(mark_kind_code(kind)), DB_TEXT(hash)),
                     id);
}

Status mark_put(Cx *cx, DbConn *conn, const MarkUse *use) {
    int64_t id = 0;
    if (use->hash.len == 0) {
        return STATUS_OK;
    }
    TRY(mark_find(cx, conn, use->kind, use->hash, &id));
    if (id == 0) {
        TRY(db_insert(
            cx, conn, SQL_MARK_INSERT,
            DB_ARGS(DB_TEXT(mark_kind_code(use->kind)), DB_TEXT(use->hash), DB_INT(use->now_ms)),
            &id));
    }
    return db_exec(cx, conn, SQL_USE_INSERT,
                   DB_ARGS(DB_INT(id), DB_TEXT(use->subject), DB_INT(use->subject_id),
                           DB_INT(use->person_id), DB_INT(use->now_ms)),
                   NULL);
}
