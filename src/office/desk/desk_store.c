#include "office/desk/desk_store.h"

#include "base/vec.h"

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE id = $1";

Status desk_store_unit_name(Cx *cx, DbConn *conn, int64_t id, Str *out) {
    return db_text_or(cx, conn, SQL_UNIT_NAME, DB_ARGS(DB_INT(id)), out);
}

static const char SQL_ORG_NAME[] = "SELECT name FROM org WHERE id = $1";

Status desk_store_org_name(Cx *cx, DbConn *conn, int64_t id, Str *out) {
    return db_text_or(cx, conn, SQL_ORG_NAME, DB_ARGS(DB_INT(id)), out);
}

static const char SQL_ORG_CODE[] = "SELECT uscc FROM org WHERE id = $1";

Status desk_store_org_code(Cx *cx, DbConn *conn, int64_t id, Str *out) {
    return db_text_or(cx, conn, SQL_ORG_CODE, DB_ARGS(DB_INT(id)), out);
}

/* ---- drafts ---- */

static const char SQL_DRAFT_INSERT[] =
    "INSERT INTO desk_draft (person_id, kind, record_id, title, body, changed_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
static const char SQL_DRAFT_UPDATE[] =
    "UPDATE desk_draft SET title = $1, body = $2, changed_ms = $3"
    " WHERE id = $4 AND person_id = $5 AND kind = $6";

Status desk_store_draft_put(Cx *cx, DbConn *conn, const DeskDraft *draft, int64_t *id) {
    if (draft->id == 0) {
        return db_insert(cx, conn, SQL_DRAFT_INSERT,
                         DB_ARGS(DB_INT(draft->person_id), DB_TEXT(draft->kind),
                                 DB_INT(draft->record_id), DB_TEXT(draft->title),
                                 DB_BLOB(draft->body), DB_INT(draft->changed_ms)),
                         id);
    }
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_DRAFT_UPDATE,
                DB_ARGS(DB_TEXT(draft->title), DB_BLOB(draft->body), DB_INT(draft->changed_ms),
                        DB_INT(draft->id), DB_INT(draft->person_id), DB_TEXT(draft->kind)),
                &changed));
    *id = draft->id;
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有这份草稿");
}

static const char SQL_DRAFT_FIND[] =
    "SELECT id, person_id, kind, record_id, title, body, changed_ms FROM desk_draft"
    " WHERE id = $1 AND person_id = $2 AND kind = $3";

static DeskDraft draft_of(Arena *arena, const DbRows *rows) {
    return (DeskDraft){.id = db_int(rows, 0),
                       .person_id = db_int(rows, 1),
                       .kind = db_text(arena, rows, 2),
                       .record_id = db_int(rows, 3),
                       .title = db_text(arena, rows, 4),
                       .body = db_text(arena, rows, 5),
                       .changed_ms = db_int(rows, 6)};
}

Status desk_store_draft_find(Cx *cx, DbConn *conn, const DeskDraft *key, DeskDraft *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_DRAFT_FIND,
                 DB_ARGS(DB_INT(key->id), DB_INT(key->person_id), DB_TEXT(key->kind)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这份草稿");
    }
    *out = draft_of(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_DRAFT_LIST[] =
    "SELECT id, person_id, kind, record_id, title, '', changed_ms FROM desk_draft"
    " WHERE person_id = $1 AND ($2 = '' OR kind = $2) ORDER BY changed_ms DESC, id DESC LIMIT 100";

static void draft_row(Arena *arena, const DbRows *rows, void *item) {
    *(DeskDraft *)item = draft_of(arena, rows);
}

Status desk_store_draft_list(Cx *cx, DbConn *conn, int64_t person_id, Str kind, DeskDrafts *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    Str any = kind.len == 0 ? STR("") : kind;
    TRY(db_query(cx, conn, SQL_DRAFT_LIST, DB_ARGS(DB_INT(person_id), DB_TEXT(any)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(DeskDraft, draft_row), &got));
    *out = (DeskDrafts){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_DRAFT_DROP[] = "DELETE FROM desk_draft WHERE id = $1 AND person_id = $2";

Status desk_store_draft_drop(Cx *cx, DbConn *conn, int64_t person_id, int64_t id, int64_t *count) {
    return db_exec(cx, conn, SQL_DRAFT_DROP, DB_ARGS(DB_INT(id), DB_INT(person_id)), count);
}

/* ---- personal views ---- */

static const char SQL_VIEW_LIST[] =
    "SELECT id, title, query FROM desk_view WHERE person_id = $1 AND kind = $2 ORDER BY id";

static void view_row(Arena *arena, const DbRows *rows, void *item) {
    *(DeskView *)item = (DeskView){
        .id = db_int(rows, 0), .title = db_text(arena, rows, 1), .query = db_text(arena, rows, 2)};
}

Status desk_store_view_list(Cx *cx, DbConn *conn, int64_t person_id, Str kind, DeskViews *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_VIEW_LIST, DB_ARGS(DB_INT(person_id), DB_TEXT(kind)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(DeskView, view_row), &got));
    *out = (DeskViews){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_VIEW_PUT[] =
    "INSERT INTO desk_view (person_id, kind, title, query, created_ms) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (person_id, kind, title) DO UPDATE SET query = $4";

Status desk_store_view_put(Cx *cx, DbConn *conn, const DeskViewNew *view) {
    return db_exec(cx, conn, SQL_VIEW_PUT,
                   DB_ARGS(DB_INT(view->person_id), DB_TEXT(view->kind), DB_TEXT(view->title),
                           DB_TEXT(view->query), DB_INT(view->now_ms)),
                   NULL);
}

static const char SQL_VIEW_DROP[] = "DELETE FROM desk_view WHERE id = $1 AND person_id = $2";

Status desk_store_view_drop(Cx *cx, DbConn *conn, int64_t person_id, int64_t id, int64_t *count) {
    return db_exec(cx, conn, SQL_VIEW_DROP, DB_ARGS(DB_INT(id), DB_INT(person_id)), count);
}

/* ---- persons ---- */

static const char SQL_PERSON[] =
    "SELECT p.name_masked, u.name, o.name FROM person p LEFT JOIN unit u ON u.id = p.unit_id"
    " LEFT JOIN org o ON o.id = p.org_id WHERE p.id = $1";

Status desk_store_person(Cx *cx, DbConn *conn, int64_t id, DeskPerson *out) {
    *out = (DeskPerson){0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_PERSON, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = (DeskPerson){.name = db_text(cx->arena, rows, 0),
                            .unit = db_text(cx->arena, rows, 1),
                            .org = db_text(cx->arena, rows, 2)};
        db_rows_close(rows);
    }
    return STATUS_OK;
}
