/* keep_store.c - the few reads of backup and doctor. */
#include "base/vec.h"
#include "main/keep.h"

static const char SQL_SCHEMA_VERSION[] = "SELECT max(version) FROM schema_version";

Status keep_schema_version(Cx *cx, DbConn *conn, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_SCHEMA_VERSION, DB_NO_ARGS, out);
}

/* Files that rows name by digest; records hold more in their fields. */
static const char SQL_DIGESTS[] =
    "SELECT digest FROM attachment UNION SELECT pdf_digest FROM monthly_report"
    " WHERE pdf_digest IS NOT NULL";

Status keep_digests(Cx *cx, DbConn *conn, AttachDigests *out) {
    struct VEC(Str) digests = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_DIGESTS, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &digests) = db_text(cx->arena, rows, 0);
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (AttachDigests){digests.items, digests.count};
    return STATUS_OK;
}

static const char SQL_SEALED_ONE[] =
    "SELECT name_sealed FROM person WHERE name_sealed IS NOT NULL ORDER BY id LIMIT 1";

Status keep_sealed_name(Cx *cx, DbConn *conn, Str *out) {
    *out = STR_NONE;
    return db_text_or(cx, conn, SQL_SEALED_ONE, DB_NO_ARGS, out);
}

static const char SQL_DEMO_ONE[] = "SELECT 1 FROM person WHERE is_demo = 1 LIMIT 1";

Status keep_has_demo(Cx *cx, DbConn *conn, bool *out) {
    return db_exists(cx, conn, SQL_DEMO_ONE, DB_NO_ARGS, out);
}
