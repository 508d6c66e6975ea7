#include "office/claim/claim_store.h"

#define CLAIM_COLUMNS                                                                              \
    "id, programme, year, version, number, person_id, state, answers, bought_day, amount_fen,"     \
    " hold_id, decision_id, rule, is_clean, correction_count, created_ms, saved_ms, submitted_ms," \
    " stage, due_day, left_days, proposed, proposed_by, reason, decided_by, decided_ms,"           \
    " overtaken_count, notice_until, batch_id, paid_ms, account_masked, account_hash,"             \
    " account_sealed, org_id, entered_by, entered_as"

typedef struct Claims {
    Claim *items;
    size_t count;
} Claims;

static Claim claim_of_row(Arena *arena, const DbRows *rows) {
    return (Claim){.id = db_int(rows, 0),
                   .programme = db_text(arena, rows, 1),
                   .year = db_int(rows, 2),
                   .version = db_text(arena, rows, 3),
                   .number = db_text(arena, rows, 4),
                   .person_id = db_int(rows, 5),
                   .state = db_text(arena, rows, 6),
                   .answers = db_text(arena, rows, 7),
                   .bought = db_day(rows, 8),
                   .amount = db_money(rows, 9),
                   .hold = {db_int(rows, 10)},
                   .decision_id = db_int(rows, 11),
                   .rule = db_text(arena, rows, 12),
                   .is_clean = db_int(rows, 13) != 0,
                   .correction_count = db_int(rows, 14),
                   .created_ms = db_int(rows, 15),
                   .saved_ms = db_int(rows, 16),
                   .submitted_ms = db_int(rows, 17),
                   .stage = db_text(arena, rows, 18),
                   .due = db_day(rows, 19),
                   .left_days = db_int(rows, 20),
                   .proposed = db_text(arena, rows, 21),
                   .proposed_by = db_int(rows, 22),
                   .reason = db_text(arena, rows, 23),
                   .decided_by = db_int(rows, 24),
                   .decided_ms = db_int(rows, 25),
                   .overtaken_count = db_int(rows, 26),
                   .notice_until = db_day(rows, 27),
                   .batch_id = db_int(rows, 28),
                   .paid_ms = db_int(rows, 29),
                   .account_masked = db_text(arena, rows, 30),
                   .account_hash = db_text(arena, rows, 31),
                   .account_sealed = db_text(arena, rows, 32),
                   .org_id = db_int(rows, 33),
                   .entered_by = db_int(rows, 34),
                   .entered_as = db_text(arena, rows, 35)};
}

static void claim_row(Arena *arena, const DbRows *rows, void *item) {
    *(Claim *)item = claim_of_row(arena, rows);
}

static Status claims_read(Cx *cx, DbRows *rows, Claims *list) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Claim, claim_row), &got));
    *list = (Claims){got.items, got.count};
    return STATUS_OK;
}

static DbValue int_or_null(int64_t value) {
    return value == 0 ? DB_NULL : DB_INT(value);
}

static DbValue day_or_null(Day day) {
    return day_compare(day, DAY_NONE) == 0 ? DB_NULL : DB_DAY(day);
}

static DbValue text_or_null(Str text) {
    return text.len == 0 ? DB_NULL : DB_TEXT(text);
}

/* ---- one claim ---- */

static const char SQL_CLAIM_INSERT[] =
    "INSERT INTO claim (programme, year, version, person_id, state, answers, bought_day, created_ms,"
    " saved_ms, org_id, entered_by, entered_as)"
    " VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $7, $8, $9, $10) RETURNING id";

Status claim_store_insert(Cx *cx, DbConn *conn, const Claim *claim, int64_t *id) {
    return db_insert(
        cx, conn, SQL_CLAIM_INSERT,
        DB_ARGS(DB_TEXT(claim->programme), DB_INT(claim->year), DB_TEXT(claim->version),
                DB_INT(claim->person_id), DB_TEXT(claim->answers), DB_DAY(claim->bought),
                DB_INT(claim->created_ms), DB_INT(claim->org_id), DB_INT(claim->entered_by),
                DB_TEXT(claim->entered_as.len > 0 ? claim->entered_as : STR(""))),
        id);
}

static const char SQL_CLAIM_FIND[] = "SELECT " CLAIM_COLUMNS " FROM claim WHERE id = $1";

Status claim_store_find(Cx *cx, DbConn *conn, int64_t id, Claim *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, SQL_CLAIM_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(claims_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个申请");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_CLAIM_UPDATE[] =
    "UPDATE claim SET state = $3, year = $4, version = $5, number = $6, answers = $7,"
    " bought_day = $8, amount_fen = $9, hold_id = $10, decision_id = $11, rule = $12,"
    " is_clean = $13, correction_count = $14, saved_ms = $15, submitted_ms = $16, stage = $17,"
    " due_day = $18, left_days = $19, proposed = $20, proposed_by = $21, reason = $22,"
    " decided_by = $23, decided_ms = $24, overtaken_count = $25, notice_until = $26,"
    " batch_id = $27, paid_ms = $28, account_masked = $29, account_hash = $30,"
    " account_sealed = $31 WHERE id = $1 AND state = $2";

Status claim_store_update(Cx *cx, DbConn *conn, const Claim *claim, Str from) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_CLAIM_UPDATE,
                DB_ARGS(DB_INT(claim->id), DB_TEXT(from), DB_TEXT(claim->state),
                        DB_INT(claim->year), DB_TEXT(claim->version), text_or_null(claim->number),
                        DB_TEXT(claim->answers), DB_DAY(claim->bought), DB_MONEY(claim->amount),
                        DB_INT(claim->hold.id), DB_INT(claim->decision_id), DB_TEXT(claim->rule),
                        DB_INT(claim->is_clean), DB_INT(claim->correction_count),
                        DB_INT(claim->saved_ms), int_or_null(claim->submitted_ms),
                        DB_TEXT(claim->stage), day_or_null(claim->due), DB_INT(claim->left_days),
                        text_or_null(claim->proposed), int_or_null(claim->proposed_by),
                        DB_TEXT(claim->reason), int_or_null(claim->decided_by),
                        int_or_null(claim->decided_ms), DB_INT(claim->overtaken_count),
                        day_or_null(claim->notice_until), int_or_null(claim->batch_id),
                        int_or_null(claim->paid_ms), DB_TEXT(claim->account_masked),
                        DB_TEXT(claim->account_hash),
                        claim->account_sealed.len == 0 ? DB_NULL : DB_BLOB(claim->account_sealed)),
                &changed));
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "这个申请的状态已经改变，请刷新后再办理");
}

/* A draft that was thrown away is gone for who threw it away. */
#define SQL_NO_DROPPED_DRAFT " AND NOT (state = 'withdrawn' AND submitted_ms IS NULL)"

static const char SQL_CLAIM_OF_PERSON[] =
    "SELECT " CLAIM_COLUMNS " FROM claim WHERE person_id = $1 AND org_id = 0" SQL_NO_DROPPED_DRAFT
    " ORDER BY id DESC LIMIT 200";
static const char SQL_CLAIM_OF_ORG[] =
    "SELECT " CLAIM_COLUMNS " FROM claim WHERE org_id = $1"
    " AND org_id > 0" SQL_NO_DROPPED_DRAFT " ORDER BY id DESC LIMIT 200";
static const char SQL_CLAIM_OF_ENTERED[] =
    "SELECT " CLAIM_COLUMNS
    " FROM claim WHERE entered_by = $1 AND entered_by > 0" SQL_NO_DROPPED_DRAFT
    " ORDER BY id DESC LIMIT 200";

static Status claims_of(Cx *cx, DbConn *conn, const char *sql, int64_t whose, ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, sql, DB_ARGS(DB_INT(whose)), &rows));
    TRY(claims_read(cx, rows, &list));
    *out = (ClaimList){.items = list.items, .count = list.count};
    return STATUS_OK;
}

Status claim_store_of_person(Cx *cx, DbConn *conn, int64_t person_id, ClaimList *out) {
    return claims_of(cx, conn, SQL_CLAIM_OF_PERSON, person_id, out);
}

Status claim_store_of_org(Cx *cx, DbConn *conn, int64_t org_id, ClaimList *out) {
    return claims_of(cx, conn, SQL_CLAIM_OF_ORG, org_id, out);
}

Status claim_store_of_entered(Cx *cx, DbConn *conn, int64_t entered_by, ClaimList *out) {
    return claims_of(cx, conn, SQL_CLAIM_OF_ENTERED, entered_by, out);
}

/* ---- who entered it ---- */

static const char SQL_ENTRY_INSERT[] =
    "INSERT INTO claim_entry (claim_id, consent, relation, helper_masked, helper_sealed,"
    " helper_id_masked, helper_id_sealed, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

static DbValue blob_or_null(Str bytes) {
    return bytes.len == 0 ? DB_NULL : DB_BLOB(bytes);
}

Status claim_store_entry_insert(Cx *cx, DbConn *conn, int64_t claim_id, const ClaimEntry *entry) {
    return db_exec(cx, conn, SQL_ENTRY_INSERT,
                   DB_ARGS(DB_INT(claim_id), DB_TEXT(entry->consent), DB_TEXT(entry->relation),
                           DB_TEXT(entry->helper.masked), blob_or_null(entry->helper.sealed),
                           DB_TEXT(entry->helper_id.masked), blob_or_null(entry->helper_id.sealed),
                           DB_INT(entry->made_ms)),
                   NULL);
}

static const char SQL_ENTRY_FIND[] = "SELECT consent, relation, helper_masked, helper_id_masked,"
                                     " made_ms FROM claim_entry WHERE claim_id = $1";

Status claim_entry_find(Cx *cx, DbConn *conn, int64_t claim_id, ClaimEntry *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (ClaimEntry){0};
    TRY(db_query(cx, conn, SQL_ENTRY_FIND, DB_ARGS(DB_INT(claim_id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = (ClaimEntry){.consent = db_text(cx->arena, rows, 0),
                            .relation = db_text(cx->arena, rows, 1),
                            .helper = {.masked = db_text(cx->arena, rows, 2)},
                            .helper_id = {.masked = db_text(cx->arena, rows, 3)},
                            .made_ms = db_int(rows, 4)};
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_CLAIM_DRAFT_OF[] =
    "SELECT MAX(id) FROM claim WHERE person_id = $1 AND programme = $2 AND state = 'draft'"
    " AND org_id = 0";

Status claim_store_draft_of(Cx *cx, DbConn *conn, int64_t person_id, Str programme, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_CLAIM_DRAFT_OF, DB_ARGS(DB_INT(person_id), DB_TEXT(programme)),
                     id);
}

static const char SQL_CLAIM_COUNT[] =
    "SELECT count(*) FROM claim WHERE person_id = $1 AND programme = $2 AND year = $3"
    " AND state NOT IN ('draft', 'refused', 'withdrawn', 'recovered') AND id <> $4 AND org_id = 0";
static const char SQL_CLAIM_COUNT_ORG[] =
    "SELECT count(*) FROM claim WHERE org_id = $1 AND org_id > 0 AND programme = $2 AND year = $3"
    " AND state NOT IN ('draft', 'refused', 'withdrawn', 'recovered') AND id <> $4";

Status claim_store_count(Cx *cx, DbConn *conn, const Claim *claim, int64_t *count) {
    *count = 0;
    bool is_org = claim->org_id > 0;
    return db_int_or(cx, conn, is_org ? SQL_CLAIM_COUNT_ORG : SQL_CLAIM_COUNT,
                     DB_ARGS(DB_INT(is_org ? claim->org_id : claim->person_id),
                             DB_TEXT(claim->programme), DB_INT(claim->year), DB_INT(claim->id)),
                     count);
}

static const char SQL_CLAIM_STANDING[] =
    "SELECT " CLAIM_COLUMNS " FROM claim WHERE programme = $1 AND org_id = $2"
    " AND (org_id > 0 OR person_id = $3) AND id <> $4"
    " AND state NOT IN ('draft', 'refused', 'withdrawn', 'recovered') ORDER BY id";

Status claim_store_standing(Cx *cx, DbConn *conn, const Claim *claim, ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, SQL_CLAIM_STANDING,
                 DB_ARGS(DB_TEXT(claim->programme), DB_INT(claim->org_id), DB_INT(claim->person_id),
                         DB_INT(claim->id)),
                 &rows));
    TRY(claims_read(cx, rows, &list));
    *out = (ClaimList){list.items, list.count, false};
    return STATUS_OK;
}

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE id = $1";

Status claim_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out) {
    *out = STR("");
    return db_text_or(cx, conn, SQL_UNIT_NAME, DB_ARGS(DB_INT(unit_id)), out);
}

/* ---- issues ---- */

static const char SQL_ISSUE_INSERT[] =
    "INSERT INTO claim_issue (claim_id, source, code, field, text, hint, made_by, made_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

Status claim_store_issue_insert(Cx *cx, DbConn *conn, int64_t claim_id, const ClaimIssue *issue,
                                int64_t person_id) {
    return db_exec(cx, conn, SQL_ISSUE_INSERT,
                   DB_ARGS(DB_INT(claim_id), DB_TEXT(issue->source), DB_TEXT(issue->code),
                           DB_TEXT(issue->field), DB_TEXT(issue->text), DB_TEXT(issue->hint),
                           DB_INT(person_id), DB_INT(issue->made_ms)),
                   NULL);
}

static const char SQL_ISSUES[] =
    "SELECT id, source, code, field, text, hint, made_ms FROM claim_issue"
    " WHERE claim_id = $1 AND ended_ms IS NULL ORDER BY id";

static void issues_row(Arena *arena, const DbRows *rows, void *item) {
    Str source = db_text(arena, rows, 1);
    *(ClaimIssue *)item = (ClaimIssue){.id = db_int(rows, 0),
                                       .source = source,
                                       .code = db_text(arena, rows, 2),
                                       .field = db_text(arena, rows, 3),
                                       .text = db_text(arena, rows, 4),
                                       .hint = db_text(arena, rows, 5),
                                       .blocks = str_equal(source, STR("officer")),
                                       .made_ms = db_int(rows, 6)};
}

Status claim_store_issues(Cx *cx, DbConn *conn, int64_t claim_id, ClaimIssueList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ISSUES, DB_ARGS(DB_INT(claim_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(ClaimIssue, issues_row), &got));
    *out = (ClaimIssueList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_ISSUES_END[] =
    "UPDATE claim_issue SET ended_ms = $3 WHERE claim_id = $1 AND source = $2"
    " AND ended_ms IS NULL";

Status claim_store_issues_end(Cx *cx, DbConn *conn, int64_t claim_id, Str source, int64_t now_ms) {
    return db_exec(cx, conn, SQL_ISSUES_END,
                   DB_ARGS(DB_INT(claim_id), DB_TEXT(source), DB_INT(now_ms)), NULL);
}

/* ---- the queue ---- */

/* The unit's programmes come as one text ",a,b,": the dialect has no arrays. */
#define SQL_QUEUE_WHERE                                                                            \
    " WHERE state = $1 AND $2 LIKE '%,' || programme || ',%'"                                      \
    " AND (proposed_by IS NULL OR proposed_by <> $3)"

static const char SQL_QUEUE[] = "SELECT " CLAIM_COLUMNS " FROM claim" SQL_QUEUE_WHERE
                                " ORDER BY submitted_ms, id LIMIT $4 OFFSET $5";
static const char SQL_QUEUE_DUE[] =
    "SELECT " CLAIM_COLUMNS " FROM claim" SQL_QUEUE_WHERE
    " ORDER BY CASE WHEN due_day IS NULL THEN 1 ELSE 0 END, due_day, submitted_ms, id"
    " LIMIT $4 OFFSET $5";

Status claim_store_queue(Cx *cx, DbConn *conn, const ClaimQueue *queue, ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, queue->by_due ? SQL_QUEUE_DUE : SQL_QUEUE,
                 DB_ARGS(DB_TEXT(queue->state), DB_TEXT(queue->programmes), DB_INT(queue->not_by),
                         DB_INT(queue->row_max + 1), DB_INT(queue->page * queue->row_max)),
                 &rows));
    TRY(claims_read(cx, rows, &list));
    bool has_more = list.count > (size_t)queue->row_max;
    *out = (ClaimList){list.items, has_more ? (size_t)queue->row_max : list.count, has_more};
    return STATUS_OK;
}

static const char SQL_QUEUE_COUNT[] = "SELECT count(*) FROM claim" SQL_QUEUE_WHERE;

Status claim_store_queue_count(Cx *cx, DbConn *conn, const ClaimQueue *queue, int64_t *count) {
    *count = 0;
    return db_int_or(
        cx, conn, SQL_QUEUE_COUNT,
        DB_ARGS(DB_TEXT(queue->state), DB_TEXT(queue->programmes), DB_INT(queue->not_by)), count);
}

static const char SQL_EARLIER[] =
    "SELECT count(*) FROM claim WHERE state = 'review' AND programme = $1"
    " AND (submitted_ms < $2 OR (submitted_ms = $2 AND id < $3))";

Status claim_store_earlier(Cx *cx, DbConn *conn, const Claim *claim, int64_t *count) {
    *count = 0;
    return db_int_or(
        cx, conn, SQL_EARLIER,
        DB_ARGS(DB_TEXT(claim->programme), DB_INT(claim->submitted_ms), DB_INT(claim->id)), count);
}

static const char SQL_FIFO[] =
    "SELECT programme,"
    " sum(CASE WHEN proposed_by IS NOT NULL OR decided_by IS NOT NULL THEN 1 ELSE 0 END),"
    " sum(CASE WHEN overtaken_count > 0 THEN 1 ELSE 0 END), sum(overtaken_count),"
    " sum(CASE WHEN due_day < $1 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN state IN ('review', 'second') THEN 1 ELSE 0 END)"
    " FROM claim WHERE state <> 'draft' GROUP BY programme ORDER BY programme";

static void fifo_row(Arena *arena, const DbRows *rows, void *item) {
    *(ClaimFifoRow *)item = (ClaimFifoRow){.programme = db_text(arena, rows, 0),
                                           .decided_count = db_int(rows, 1),
                                           .overtaking_count = db_int(rows, 2),
                                           .inversion_count = db_int(rows, 3),
                                           .late_count = db_int(rows, 4),
                                           .waiting_count = db_int(rows, 5)};
}

Status claim_store_fifo(Cx *cx, DbConn *conn, Day today, ClaimFifoList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIFO, DB_ARGS(DB_DAY(today)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(ClaimFifoRow, fifo_row), &got));
    *out = (ClaimFifoList){got.items, got.count};
    return STATUS_OK;
}

/* ---- the notice ---- */

static const char SQL_NOTICE[] =
    "SELECT " CLAIM_COLUMNS " FROM claim"
    " WHERE state IN ('notice', 'approved', 'in_batch', 'paid') ORDER BY decided_ms DESC, id DESC"
    " LIMIT $1 OFFSET $2";

Status claim_store_notice(Cx *cx, DbConn *conn, int64_t page, int64_t row_max, ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, SQL_NOTICE, DB_ARGS(DB_INT(row_max + 1), DB_INT(page * row_max)),
                 &rows));
    TRY(claims_read(cx, rows, &list));
    bool has_more = list.count > (size_t)row_max;
    *out = (ClaimList){list.items, has_more ? (size_t)row_max : list.count, has_more};
    return STATUS_OK;
}

static const char SQL_NOTICE_DUE[] =
    "SELECT " CLAIM_COLUMNS " FROM claim WHERE state = 'notice' AND notice_until < $1"
    " AND NOT EXISTS (SELECT 1 FROM claim_objection WHERE claim_objection.claim_id = claim.id"
    " AND claim_objection.state = 'open') ORDER BY id LIMIT $2";

Status claim_store_notice_due(Cx *cx, DbConn *conn, Day today, int64_t row_max, ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, SQL_NOTICE_DUE, DB_ARGS(DB_DAY(today), DB_INT(row_max)), &rows));
    TRY(claims_read(cx, rows, &list));
    *out = (ClaimList){.items = list.items, .count = list.count};
    return STATUS_OK;
}

static const char SQL_OBJECTION_INSERT[] =
    "INSERT INTO claim_objection (claim_id, person_id, text, state, made_ms)"
    " VALUES ($1, $2, $3, 'open', $4) RETURNING id";

Status claim_store_objection_insert(Cx *cx, DbConn *conn, const ClaimObjection *objection,
                                    int64_t *id) {
    return db_insert(cx, conn, SQL_OBJECTION_INSERT,
                     DB_ARGS(DB_INT(objection->claim_id), DB_INT(objection->person_id),
                             DB_TEXT(objection->text), DB_INT(objection->made_ms)),
                     id);
}

#define OBJECTION_COLUMNS "id, claim_id, person_id, text, state, answer, made_ms"

static void objections_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(ClaimObjection *)item = (ClaimObjection){.id = db_int(rows, 0),
                                               .claim_id = db_int(rows, 1),
                                               .person_id = db_int(rows, 2),
                                               .text = db_text(arena, rows, 3),
                                               .state = db_text(arena, rows, 4),
                                               .answer = db_text(arena, rows, 5),
                                               .made_ms = db_int(rows, 6)};
}

static Status objections_read(Cx *cx, DbRows *rows, ClaimObjectionList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(ClaimObjection, objections_read_row), &got));
    *out = (ClaimObjectionList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_OBJECTIONS[] =
    "SELECT " OBJECTION_COLUMNS " FROM claim_objection WHERE claim_id = $1 ORDER BY id";

Status claim_store_objections(Cx *cx, DbConn *conn, int64_t claim_id, ClaimObjectionList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OBJECTIONS, DB_ARGS(DB_INT(claim_id)), &rows));
    return objections_read(cx, rows, out);
}

/* The programmes are asked before the rows are counted off: a busy programme of another unit must
 * not push a unit's objections off its list. */
static const char SQL_OBJECTIONS_OPEN[] =
    "SELECT claim_objection.id, claim_id, claim_objection.person_id, text, claim_objection.state,"
    " answer, made_ms FROM claim_objection JOIN claim ON claim.id = claim_id"
    " WHERE claim_objection.state = 'open' AND $1 LIKE '%,' || programme || ',%'"
    " ORDER BY claim_objection.id LIMIT $2";

Status claim_store_objections_open(Cx *cx, DbConn *conn, Str programmes, ClaimObjectionList *out) {

    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OBJECTIONS_OPEN,
                 DB_ARGS(DB_TEXT(programmes), DB_INT(CLAIM_OBJECTIONS_MAX)), &rows));
    return objections_read(cx, rows, out);
}

static const char SQL_OBJECTION_CLAIM[] =
    "SELECT claim_id FROM claim_objection WHERE id = $1 AND state = 'open'";
static const char SQL_OBJECTION_DECIDE[] =
    "UPDATE claim_objection SET state = $2, answer = $3, decided_by = $4, decided_ms = $5"
    " WHERE id = $1 AND state = 'open'";

Status claim_store_objection_decide(Cx *cx, DbConn *conn, const ClaimVerdict *verdict,
                                    int64_t objection_id, int64_t *claim_id) {
    int64_t changed = 0;
    *claim_id = 0;
    TRY(db_int_or(cx, conn, SQL_OBJECTION_CLAIM, DB_ARGS(DB_INT(objection_id)), claim_id));
    TRY(db_exec(cx, conn, SQL_OBJECTION_DECIDE,
                DB_ARGS(DB_INT(objection_id), DB_TEXT(verdict->verdict), DB_TEXT(verdict->reason),
                        DB_INT(verdict->officer_id), DB_INT(verdict->now_ms)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这条异议已经处理");
}

/* ---- pauses ---- */

static const char SQL_PAUSE_INSERT[] =
    "INSERT INTO claim_pause (programme, bought_from, file_by, basis, made_by, made_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";

Status claim_store_pause_insert(Cx *cx, DbConn *conn, const ClaimPause *pause, int64_t *id) {
    return db_insert(cx, conn, SQL_PAUSE_INSERT,
                     DB_ARGS(DB_TEXT(pause->programme), DB_DAY(pause->bought_from),
                             day_or_null(pause->file_by), DB_TEXT(pause->basis),
                             DB_INT(pause->person_id), DB_INT(pause->now_ms)),
                     id);
}

static const char SQL_PAUSES[] =
    "SELECT id, programme, bought_from, file_by, basis, made_by, made_ms FROM claim_pause"
    " WHERE ended_ms IS NULL AND ($1 = '' OR programme = $1) ORDER BY id";

static void pauses_row(Arena *arena, const DbRows *rows, void *item) {
    *(ClaimPause *)item = (ClaimPause){.id = db_int(rows, 0),
                                       .programme = db_text(arena, rows, 1),
                                       .bought_from = db_day(rows, 2),
                                       .file_by = db_day(rows, 3),
                                       .basis = db_text(arena, rows, 4),
                                       .person_id = db_int(rows, 5),
                                       .now_ms = db_int(rows, 6)};
}

Status claim_store_pauses(Cx *cx, DbConn *conn, Str programme, ClaimPauseList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PAUSES, DB_ARGS(DB_TEXT(programme)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(ClaimPause, pauses_row), &got));
    *out = (ClaimPauseList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_PAUSE_END[] =
    "UPDATE claim_pause SET ended_by = $2, ended_ms = $3 WHERE id = $1 AND ended_ms IS NULL";

Status claim_store_pause_end(Cx *cx, DbConn *conn, const ClaimPause *pause) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_PAUSE_END,
                DB_ARGS(DB_INT(pause->id), DB_INT(pause->person_id), DB_INT(pause->now_ms)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这次暂停已经结束");
}

/* ---- payment lists ---- */

/* What is objected to is not paid before the objection is decided. */
#define SQL_NO_OBJECTION                                                                           \
    " AND NOT EXISTS (SELECT 1 FROM claim_objection WHERE claim_objection.claim_id = claim.id"     \
    " AND claim_objection.state = 'open')"
/* What the bank returned is not paid before its applicant has seen to the account. */
#define SQL_NO_RETURN                                                                              \
    " AND NOT EXISTS (SELECT 1 FROM pay_line WHERE pay_line.claim_id = claim.id"                   \
    " AND pay_line.state = 'returned' AND pay_line.answered_ms IS NULL)"

static const char SQL_OPEN_TOTALS[] =
    "SELECT programme, year, count(*), sum(amount_fen), min(due_day) FROM claim"
    " WHERE state = 'approved'" SQL_NO_OBJECTION SQL_NO_RETURN
    " GROUP BY programme, year ORDER BY programme, year";

static void open_totals_row(Arena *arena, const DbRows *rows, void *item) {
    *(ClaimOpenTotal *)item = (ClaimOpenTotal){.programme = db_text(arena, rows, 0),
                                               .year = db_int(rows, 1),
                                               .count = db_int(rows, 2),
                                               .total = db_money(rows, 3),
                                               .due = db_day(rows, 4)};
}

Status claim_store_open_totals(Cx *cx, DbConn *conn, ClaimOpenTotalList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OPEN_TOTALS, DB_NO_ARGS, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(ClaimOpenTotal, open_totals_row), &got));
    *out = (ClaimOpenTotalList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_APPROVED[] =
    "SELECT " CLAIM_COLUMNS
    " FROM claim WHERE state = 'approved' AND programme = $1 AND year = $2" SQL_NO_OBJECTION
        SQL_NO_RETURN " ORDER BY submitted_ms, id LIMIT $3";

Status claim_store_approved(Cx *cx, DbConn *conn, Str programme, int64_t year, int64_t row_max,
                            ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, SQL_APPROVED, DB_ARGS(DB_TEXT(programme), DB_INT(year), DB_INT(row_max)),
                 &rows));
    TRY(claims_read(cx, rows, &list));
    *out = (ClaimList){.items = list.items, .count = list.count};
    return STATUS_OK;
}

static const char SQL_BATCH_INSERT[] =
    "INSERT INTO claim_batch (programme, year, state, claim_count, total_fen, made_by, made_ms)"
    " VALUES ($1, $2, 'made', $3, $4, $5, $6) RETURNING id";

Status claim_store_batch_insert(Cx *cx, DbConn *conn, const ClaimBatch *batch, int64_t *id) {
    return db_insert(cx, conn, SQL_BATCH_INSERT,
                     DB_ARGS(DB_TEXT(batch->programme), DB_INT(batch->year),
                             DB_INT(batch->claim_count), DB_MONEY(batch->total),
                             DB_INT(batch->made_by), DB_INT(batch->made_ms)),
                     id);
}

#define BATCH_COLUMNS                                                                              \
    "id, programme, year, state, claim_count, total_fen, made_by, made_ms, paid_ms, bank_reference"

static void batches_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(ClaimBatch *)item = (ClaimBatch){.id = db_int(rows, 0),
                                       .programme = db_text(arena, rows, 1),
                                       .year = db_int(rows, 2),
                                       .state = db_text(arena, rows, 3),
                                       .claim_count = db_int(rows, 4),
                                       .total = db_money(rows, 5),
                                       .made_by = db_int(rows, 6),
                                       .made_ms = db_int(rows, 7),
                                       .paid_ms = db_int(rows, 8),
                                       .bank_reference = db_text(arena, rows, 9)};
}

static Status batches_read(Cx *cx, DbRows *rows, ClaimBatchList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(ClaimBatch, batches_read_row), &got));
    *out = (ClaimBatchList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_BATCH_FIND[] = "SELECT " BATCH_COLUMNS " FROM claim_batch WHERE id = $1";

Status claim_store_batch_find(Cx *cx, DbConn *conn, int64_t id, ClaimBatch *out) {
    DbRows *rows = NULL;
    ClaimBatchList list;
    TRY(db_query(cx, conn, SQL_BATCH_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(batches_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个拨付清单");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_BATCHES[] =
    "SELECT " BATCH_COLUMNS " FROM claim_batch ORDER BY id DESC LIMIT 100";

Status claim_store_batches(Cx *cx, DbConn *conn, ClaimBatchList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_BATCHES, DB_NO_ARGS, &rows));
    return batches_read(cx, rows, out);
}

static const char SQL_BATCH_PAID[] =
    "UPDATE claim_batch SET state = 'paid', paid_by = $2, paid_ms = $3, bank_reference = $4"
    " WHERE id = $1 AND state = 'made'";

Status claim_store_batch_paid(Cx *cx, DbConn *conn, const ClaimBatch *paid) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_BATCH_PAID,
                DB_ARGS(DB_INT(paid->id), DB_INT(paid->made_by), DB_INT(paid->paid_ms),
                        DB_TEXT(paid->bank_reference)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个拨付清单已经登记支付");
}

static const char SQL_BATCH_ROWS[] =
    "SELECT " CLAIM_COLUMNS " FROM claim WHERE batch_id = $1 ORDER BY id";

Status claim_store_batch_rows(Cx *cx, DbConn *conn, int64_t batch_id, ClaimList *out) {
    DbRows *rows = NULL;
    Claims list = {0};
    TRY(db_query(cx, conn, SQL_BATCH_ROWS, DB_ARGS(DB_INT(batch_id)), &rows));
    TRY(claims_read(cx, rows, &list));
    *out = (ClaimList){.items = list.items, .count = list.count};
    return STATUS_OK;
}
