/* workshop_store.c - drafts, their rows, revisions, issues. Cells are a JSON array of texts. */
#include "office/policy/workshop_store.h"

#include "base/vec.h"

#include <jansson.h>
#include <stdlib.h>

/* ---- drafts ---- */

static Status state_read(Cx *cx, Str code, DraftState *out) {
    static const char *const codes[] = {
#define X(name, code_, zh) code_,
        DRAFT_STATE_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (str_equal(code, str_of(codes[i]))) {
            *out = (DraftState)i;
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_DB, "draft in an unknown state");
}

static Status head_read(Cx *cx, const DbRows *rows, Draft *out) {
    *out = (Draft){.id = db_int(rows, 0),
                   .code = db_text(cx->arena, rows, 1),
                   .base = db_text(cx->arena, rows, 2),
                   .title = db_text(cx->arena, rows, 3),
                   .revision = db_int(rows, 5),
                   .author_id = db_int(rows, 6),
                   .made_ms = db_int(rows, 7),
                   .changed_ms = db_int(rows, 8),
                   .author = db_text(cx->arena, rows, 9),
                   .unit_id = db_int(rows, 10),
                   .unit = db_text(cx->arena, rows, 11)};
    return state_read(cx, db_text_peek(rows, 4), &out->state);
}

#define DRAFT_HEAD                                                                                 \
    "policy_draft.id, code, base, title, policy_draft.state, revision, author_id, made_ms,"        \
    " changed_ms, person.login, COALESCE(person.unit_id, 0), COALESCE(unit.name, '')"
#define DRAFT_FROM                                                                                 \
    " FROM policy_draft JOIN person ON person.id = author_id"                                      \
    " LEFT JOIN unit ON unit.id = person.unit_id"

static const char SQL_DRAFT_LIST[] =
    "SELECT " DRAFT_HEAD DRAFT_FROM " ORDER BY changed_ms DESC, policy_draft.id DESC LIMIT 200";

Status draft_store_list(Cx *cx, DbConn *conn, DraftList *out) {
    struct VEC(Draft) drafts = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_DRAFT_LIST, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(head_read(cx, rows, vec_push(cx->arena, &drafts)));
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (DraftList){drafts.items, drafts.count};
    return STATUS_OK;
}

static const char SQL_DRAFT_FIND[] =
    "SELECT " DRAFT_HEAD ", skeleton, description, cases" DRAFT_FROM " WHERE policy_draft.id = $1";

Status draft_store_find(Cx *cx, DbConn *conn, int64_t id, Draft *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_DRAFT_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这份草稿");
    }
    Status status = head_read(cx, rows, out);
    out->skeleton = db_text(cx->arena, rows, 12);
    out->description = db_text(cx->arena, rows, 13);
    out->cases = db_text(cx->arena, rows, 14);
    db_rows_close(rows);
    return status;
}

static const char SQL_DRAFT_INSERT[] =
    "INSERT INTO policy_draft (code, base, title, state, skeleton, description, cases, revision,"
    " author_id, made_ms, changed_ms) VALUES ($1, $2, $3, 'open', $4, $5, $6, 1, $7, $8, $8)"
    " RETURNING id";

Status draft_store_insert(Cx *cx, DbConn *conn, const Draft *draft, int64_t *id) {
    return db_insert(cx, conn, SQL_DRAFT_INSERT,
                     DB_ARGS(DB_TEXT(draft->code), DB_TEXT(draft->base), DB_TEXT(draft->title),
                             DB_TEXT(draft->skeleton), DB_TEXT(draft->description),
                             DB_TEXT(draft->cases), DB_INT(draft->author_id),
                             DB_INT(draft->made_ms)),
                     id);
}

static const char SQL_DRAFT_RAISE[] = "UPDATE policy_draft SET revision = revision + 1,"
                                      " changed_ms = $2 WHERE id = $1 AND state = 'open'";
static const char SQL_DRAFT_REVISION[] = "SELECT revision FROM policy_draft WHERE id = $1";

Status draft_store_raise(Cx *cx, DbConn *conn, int64_t id, int64_t now_ms, int64_t *revision) {
    int64_t changed = 0;
    int64_t now = 0;
    TRY(db_exec(cx, conn, SQL_DRAFT_RAISE, DB_ARGS(DB_INT(id), DB_INT(now_ms)), &changed));
    if (changed == 0) {
        return fault(cx, STATUS_CONFLICT, "这份草稿不在起草中，不能修改");
    }
    TRY(db_int_or(cx, conn, SQL_DRAFT_REVISION, DB_ARGS(DB_INT(id)), &now));
    *revision = now;
    return STATUS_OK;
}

static const char SQL_DRAFT_SKELETON[] = "UPDATE policy_draft SET skeleton = $2 WHERE id = $1";
static const char SQL_DRAFT_DESCRIPTION[] =
    "UPDATE policy_draft SET description = $2 WHERE id = $1";
static const char SQL_DRAFT_CASES[] = "UPDATE policy_draft SET cases = $2 WHERE id = $1";
static const char SQL_DRAFT_TITLE[] = "UPDATE policy_draft SET title = $2 WHERE id = $1";

Status draft_store_text(Cx *cx, DbConn *conn, int64_t id, DraftPart part, Str text) {
    const char *sql = part == DRAFT_MODEL         ? SQL_DRAFT_SKELETON
                      : part == DRAFT_DESCRIPTION ? SQL_DRAFT_DESCRIPTION
                                                  : SQL_DRAFT_CASES;
    return db_exec(cx, conn, sql, DB_ARGS(DB_INT(id), DB_TEXT(text)), NULL);
}

Status draft_store_title(Cx *cx, DbConn *conn, int64_t id, Str title) {
    return db_exec(cx, conn, SQL_DRAFT_TITLE, DB_ARGS(DB_INT(id), DB_TEXT(title)), NULL);
}

static const char SQL_DRAFT_MOVE[] =
    "UPDATE policy_draft SET state = $3, changed_ms = $4 WHERE id = $1 AND state = $2";

Status draft_store_move(Cx *cx, DbConn *conn, int64_t id, DraftState from, DraftState to,
                        int64_t now_ms, bool *is_moved) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_DRAFT_MOVE,
                DB_ARGS(DB_INT(id), DB_TEXT(draft_state_code(from)), DB_TEXT(draft_state_code(to)),
                        DB_INT(now_ms)),
                &changed));
    *is_moved = changed == 1;
    return STATUS_OK;
}

/* ---- rows ---- */

static Str cells_json(Arena *arena, Str *cells, size_t count) {
    json_t *json = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(json,
                              json_stringn(cells[i].at == NULL ? "" : cells[i].at, cells[i].len));
    }
    char *text = json_dumps(json, JSON_COMPACT);
    check(text != NULL);
    Str copy = str_dup(arena, str_of(text));
    free(text);
    json_decref(json);
    return copy;
}

/* Texts that are missing are empty: a table may have got a column since. */
static Str *cells_read(Arena *arena, Str text, size_t count) {
    Str *cells = arena_array(arena, Str, count + 1);
    json_t *json = json_loadb(text.at, text.len, 0, NULL);
    for (size_t i = 0; i < count; i++) {
        const json_t *cell = json_array_get(json, i);
        cells[i] = str_dup(arena, (Str){json_string_value(cell), json_string_length(cell)});
        cells[i] = cells[i].at == NULL ? STR("") : cells[i];
    }
    json_decref(json);
    return cells;
}

static DraftRow row_read(Arena *arena, const DbRows *rows, size_t column_count) {
    return (DraftRow){.id = db_int(rows, 0),
                      .position = db_int(rows, 1),
                      .code = db_text(arena, rows, 2),
                      .note = db_text(arena, rows, 3),
                      .cells = cells_read(arena, db_text_peek(rows, 4), column_count),
                      .revision = db_int(rows, 5)};
}

#define ROW_COLUMNS "id, position, code, note, cells, revision"

static const char SQL_ROWS[] =
    "SELECT " ROW_COLUMNS " FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2"
    " AND position >= $3 ORDER BY position LIMIT $4 OFFSET $5";

static const char SQL_ROWS_FOUND[] =
    "SELECT " ROW_COLUMNS " FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2"
    " AND position >= $3 AND cells LIKE $6 ESCAPE '!' ORDER BY position LIMIT $4 OFFSET $5";
static const char SQL_FOUND_COUNT[] =
    "SELECT COUNT(*) FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2"
    " AND cells LIKE $3 ESCAPE '!'";

/* The pattern of a search: as JSON writes the text, what LIKE would read otherwise escaped. */
static Str like_of(Arena *arena, Str search) {
    enum { PATTERN_BYTES_MAX = 64 * 1024 };
    Str json = str_json(arena, search);
    Buf *out = buf_in(arena, PATTERN_BYTES_MAX);
    buf_put_char(out, '%');
    for (size_t i = 1; i + 1 < json.len; i++) {
        char c = json.at[i];
        buf_put_c(out, c == '%' || c == '_' || c == '!' ? "!" : "");
        buf_put_char(out, c);
    }
    buf_put_char(out, '%');
    return buf_str(out);
}

Status draft_store_found_count(Cx *cx, DbConn *conn, const RowsAsk *ask, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_FOUND_COUNT,
                     DB_ARGS(DB_INT(ask->draft_id), DB_INT(ask->table),
                             DB_TEXT(like_of(cx->arena, ask->search))),
                     out);
}

static Status rows_query(Cx *cx, DbConn *conn, const RowsAsk *ask, DbRows **out) {
    int64_t limit = ask->limit < 0 ? INT64_MAX : ask->limit;
    if (ask->search.len == 0) {
        return db_query(cx, conn, SQL_ROWS,
                        DB_ARGS(DB_INT(ask->draft_id), DB_INT(ask->table),
                                DB_INT(ask->from_position), DB_INT(limit), DB_INT(ask->skip)),
                        out);
    }
    return db_query(cx, conn, SQL_ROWS_FOUND,
                    DB_ARGS(DB_INT(ask->draft_id), DB_INT(ask->table), DB_INT(ask->from_position),
                            DB_INT(limit), DB_INT(ask->skip),
                            DB_TEXT(like_of(cx->arena, ask->search))),
                    out);
}

Status draft_store_rows(Cx *cx, DbConn *conn, const RowsAsk *ask, DraftRows *out) {
    struct VEC(DraftRow) found = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(rows_query(cx, conn, ask, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &found) = row_read(cx->arena, rows, ask->column_count);
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (DraftRows){found.items, found.count};
    return STATUS_OK;
}

static const char SQL_ROW[] =
    "SELECT " ROW_COLUMNS " FROM policy_draft_row WHERE id = $2 AND draft_id = $1";

static Status one_row(Cx *cx, DbRows *rows, size_t column_count, DraftRow *out) {
    bool has_row = false;
    *out = (DraftRow){0};
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = row_read(cx->arena, rows, column_count);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

Status draft_store_row(Cx *cx, DbConn *conn, int64_t draft_id, int64_t row_id, size_t column_count,
                       DraftRow *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ROW, DB_ARGS(DB_INT(draft_id), DB_INT(row_id)), &rows));
    TRY(one_row(cx, rows, column_count, out));
    return out->id > 0 ? STATUS_OK
                       : fault(cx, STATUS_NOT_FOUND, "没有这一行，可能已被删除，请刷新页面");
}

static const char SQL_ROW_COUNT[] =
    "SELECT COUNT(*) FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2";

Status draft_store_row_count(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_ROW_COUNT, DB_ARGS(DB_INT(draft_id), DB_INT(table)), out);
}

static const char SQL_ROW_RANK[] = "SELECT COUNT(*) FROM policy_draft_row WHERE draft_id = $1"
                                   " AND table_number = $2 AND position < $3";

Status draft_store_row_rank(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table, int64_t position,
                            int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_ROW_RANK,
                     DB_ARGS(DB_INT(draft_id), DB_INT(table), DB_INT(position)), out);
}

static const char SQL_ROW_AFTER[] =
    "SELECT " ROW_COLUMNS " FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2"
    " AND position > $3 ORDER BY position LIMIT 1";
static const char SQL_ROW_BEFORE[] =
    "SELECT " ROW_COLUMNS " FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2"
    " AND position < $3 ORDER BY position DESC LIMIT 1";

Status draft_store_neighbour(Cx *cx, DbConn *conn, const DraftRow *row, const RowsAsk *of,
                             bool is_after, DraftRow *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, is_after ? SQL_ROW_AFTER : SQL_ROW_BEFORE,
                 DB_ARGS(DB_INT(of->draft_id), DB_INT(of->table), DB_INT(row->position)), &rows));
    return one_row(cx, rows, of->column_count, out);
}

static const char SQL_ROW_INSERT[] =
    "INSERT INTO policy_draft_row (draft_id, table_number, position, code, note, cells, revision)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";

Status draft_store_row_insert(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table,
                              const DraftRow *row, size_t column_count, int64_t *id) {
    return db_insert(cx, conn, SQL_ROW_INSERT,
                     DB_ARGS(DB_INT(draft_id), DB_INT(table), DB_INT(row->position),
                             DB_TEXT(row->code), DB_TEXT(row->note),
                             DB_TEXT(cells_json(cx->arena, row->cells, column_count)),
                             DB_INT(row->revision)),
                     id);
}

static const char SQL_ROW_UPDATE[] = "UPDATE policy_draft_row SET cells = $3, revision = $4"
                                     " WHERE id = $2 AND draft_id = $1 AND revision <= $5";

Status draft_store_row_update(Cx *cx, DbConn *conn, int64_t draft_id, const DraftRow *row,
                              size_t column_count, int64_t revision_max, bool *is_changed) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ROW_UPDATE,
                DB_ARGS(DB_INT(draft_id), DB_INT(row->id),
                        DB_TEXT(cells_json(cx->arena, row->cells, column_count)),
                        DB_INT(row->revision), DB_INT(revision_max)),
                &changed));
    *is_changed = changed == 1;
    return STATUS_OK;
}

static const char SQL_ROW_PLACE[] =
    "UPDATE policy_draft_row SET position = $2, revision = $3 WHERE id = $1";

Status draft_store_row_place(Cx *cx, DbConn *conn, int64_t row_id, int64_t position,
                             int64_t revision) {
    return db_exec(cx, conn, SQL_ROW_PLACE,
                   DB_ARGS(DB_INT(row_id), DB_INT(position), DB_INT(revision)), NULL);
}

static const char SQL_ROW_DELETE[] =
    "DELETE FROM policy_draft_row WHERE id = $2 AND draft_id = $1 AND revision <= $3";

Status draft_store_row_delete(Cx *cx, DbConn *conn, int64_t draft_id, int64_t row_id,
                              int64_t revision_max, bool *is_changed) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ROW_DELETE,
                DB_ARGS(DB_INT(draft_id), DB_INT(row_id), DB_INT(revision_max)), &changed));
    *is_changed = changed == 1;
    return STATUS_OK;
}

static const char SQL_ROWS_DELETE[] =
    "DELETE FROM policy_draft_row WHERE draft_id = $1 AND table_number = $2";
static const char SQL_ROWS_DELETE_ALL[] = "DELETE FROM policy_draft_row WHERE draft_id = $1";

Status draft_store_rows_delete(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table) {
    return table < 0
               ? db_exec(cx, conn, SQL_ROWS_DELETE_ALL, DB_ARGS(DB_INT(draft_id)), NULL)
               : db_exec(cx, conn, SQL_ROWS_DELETE, DB_ARGS(DB_INT(draft_id), DB_INT(table)), NULL);
}

/* ---- revisions ---- */

static const char SQL_REVISION_INSERT[] =
    "INSERT INTO policy_draft_revision (draft_id, revision, kind, about, person_id, made_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6)";

Status draft_store_revision_insert(Cx *cx, DbConn *conn, int64_t draft_id, int64_t revision,
                                   const char *kind, Str about, const DraftActor *actor) {
    return db_exec(cx, conn, SQL_REVISION_INSERT,
                   DB_ARGS(DB_INT(draft_id), DB_INT(revision), DB_TEXT(str_of(kind)),
                           DB_TEXT(about), DB_INT(actor->person_id), DB_INT(actor->now_ms)),
                   NULL);
}

static const char SQL_REVISIONS[] =
    "SELECT revision, kind, about, person.login, made_ms FROM policy_draft_revision"
    " JOIN person ON person.id = person_id WHERE draft_id = $1 ORDER BY revision DESC LIMIT $2";

static void revisions_row(Arena *arena, const DbRows *rows, void *item) {
    *(Revision *)item = (Revision){.revision = db_int(rows, 0),
                                   .kind = db_text(arena, rows, 1),
                                   .about = db_text(arena, rows, 2),
                                   .person = db_text(arena, rows, 3),
                                   .made_ms = db_int(rows, 4)};
}

Status draft_store_revisions(Cx *cx, DbConn *conn, int64_t draft_id, int64_t limit,
                             RevisionList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_REVISIONS, DB_ARGS(DB_INT(draft_id), DB_INT(limit)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Revision, revisions_row), &got));
    *out = (RevisionList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_IS_AUTHOR[] =
    "SELECT 1 FROM policy_draft_revision WHERE draft_id = $1 AND person_id = $2";

static const char SQL_PERSON_MAY[] =
    "SELECT 1 FROM person WHERE id = $1 AND (role = 'lead' OR (unit_id = $2 AND $2 <> 0))";

Status draft_store_may_change(Cx *cx, DbConn *conn, const Draft *draft, int64_t person_id,
                              bool *out) {
    return db_exists(cx, conn, SQL_PERSON_MAY, DB_ARGS(DB_INT(person_id), DB_INT(draft->unit_id)),
                     out);
}

Status draft_store_is_author(Cx *cx, DbConn *conn, int64_t draft_id, int64_t person_id, bool *out) {
    return db_exists(cx, conn, SQL_IS_AUTHOR, DB_ARGS(DB_INT(draft_id), DB_INT(person_id)), out);
}

/* ---- issues ---- */

static const char SQL_ISSUE_INSERT[] =
    "INSERT INTO policy_issue (code, draft_id, model, description, cases, digest, author_id,"
    " issuer_id, issued_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";

Status draft_store_issue_insert(Cx *cx, DbConn *conn, const DraftIssue *issue, int64_t author_id,
                                int64_t *id) {
    return db_insert(cx, conn, SQL_ISSUE_INSERT,
                     DB_ARGS(DB_TEXT(issue->code), DB_INT(issue->draft_id),
                             DB_TEXT(issue->texts.model), DB_TEXT(issue->texts.description),
                             DB_TEXT(issue->texts.cases), DB_TEXT(issue->digest), DB_INT(author_id),
                             DB_INT(issue->actor.person_id), DB_INT(issue->actor.now_ms)),
                     id);
}

static const char SQL_ISSUE_HAS[] = "SELECT 1 FROM policy_issue WHERE code = $1";

Status draft_store_issue_has(Cx *cx, DbConn *conn, Str code, bool *out) {
    return db_exists(cx, conn, SQL_ISSUE_HAS, DB_ARGS(DB_TEXT(code)), out);
}

static const char SQL_ISSUES[] =
    "SELECT id, code, model, description, cases FROM policy_issue WHERE id > $1 ORDER BY id";

static void issues_row(Arena *arena, const DbRows *rows, void *item) {
    *(PolicyIssue *)item = (PolicyIssue){.id = db_int(rows, 0),
                                         .texts = {.name = db_text(arena, rows, 1),
                                                   .model = db_text(arena, rows, 2),
                                                   .description = db_text(arena, rows, 3),
                                                   .cases = db_text(arena, rows, 4),
                                                   .language = FEEL_CHINESE}};
}

Status draft_store_issues(Cx *cx, DbConn *conn, int64_t after_id, IssueList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ISSUES, DB_ARGS(DB_INT(after_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(PolicyIssue, issues_row), &got));
    *out = (IssueList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_ISSUE_FACTS[] =
    "SELECT draft_id, author.login, issuer.login, issued_ms FROM policy_issue"
    " JOIN person AS author ON author.id = author_id"
    " JOIN person AS issuer ON issuer.id = issuer_id WHERE code = $1";

Status draft_store_issue_facts(Cx *cx, DbConn *conn, Str code, IssueFacts *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_ISSUE_FACTS, DB_ARGS(DB_TEXT(code)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "这个版本不是在工作台发布的");
    }
    *out = (IssueFacts){.draft_id = db_int(rows, 0),
                        .author = db_text(cx->arena, rows, 1),
                        .issuer = db_text(cx->arena, rows, 2),
                        .issued_ms = db_int(rows, 3)};
    db_rows_close(rows);
    return STATUS_OK;
}

/* ---- what was decided ---- */

/* A coupon that was used has a second decision, that of its sale, which counts. */
#define PAST_FROM                                                                                  \
    " FROM decision"                                                                               \
    " LEFT JOIN sale ON sale.decision_id = decision.id"                                            \
    " LEFT JOIN coupon ON coupon.decision_id = decision.id"                                        \
    " LEFT JOIN claim ON claim.decision_id = decision.id"                                          \
    " LEFT JOIN person"                                                                            \
    " ON person.id = COALESCE(sale.person_id, claim.person_id, coupon.person_id)"                  \
    " WHERE decision.programme = $1 AND (coupon.id IS NULL OR coupon.state = 'claimed')"

static const char SQL_PASTS[] =
    "SELECT input_json, outcome_json, person.town_code" PAST_FROM " ORDER BY decision.id LIMIT $2";

static void pasts_row(Arena *arena, const DbRows *rows, void *item) {
    *(PastRow *)item = (PastRow){.input_json = db_text(arena, rows, 0),
                                 .outcome_json = db_text(arena, rows, 1),
                                 .town_code = db_text(arena, rows, 2)};
}

Status draft_store_pasts(Cx *cx, DbConn *conn, Str programme, int64_t limit, PastList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PASTS, DB_ARGS(DB_TEXT(programme), DB_INT(limit)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(PastRow, pasts_row), &got));
    *out = (PastList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_PACE[] = "SELECT COUNT(*)" PAST_FROM " AND decision.decided_ms >= $2";

Status draft_store_pace(Cx *cx, DbConn *conn, Str programme, int64_t since_ms, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_PACE, DB_ARGS(DB_TEXT(programme), DB_INT(since_ms)), out);
}

static const char SQL_RESIDENTS[] =
    "SELECT COUNT(*) FROM person WHERE town_code = $1 AND role = 'resident'";

Status draft_store_residents(Cx *cx, DbConn *conn, Str town_code, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_RESIDENTS, DB_ARGS(DB_TEXT(town_code)), out);
}
