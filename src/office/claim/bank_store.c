#include "office/claim/bank_store.h"

#include "base/vec.h"

/* ---- lines that were sent ---- */

static const char SQL_LINE_COUNT[] = "SELECT COUNT(*) FROM pay_line WHERE claim_id = $1";

Status bank_store_line_count(Cx *cx, DbConn *conn, int64_t claim_id, int64_t *count) {
    *count = 0;
    return db_int_or(cx, conn, SQL_LINE_COUNT, DB_ARGS(DB_INT(claim_id)), count);
}

static const char SQL_LINE_INSERT[] =
    "INSERT INTO pay_line (batch_id, claim_id, number, account_hash, account_masked, amount_fen,"
    " state) VALUES ($1, $2, $3, $4, $5, $6, 'sent')";

Status bank_store_line_insert(Cx *cx, DbConn *conn, const PayLine *line) {
    return db_exec(cx, conn, SQL_LINE_INSERT,
                   DB_ARGS(DB_INT(line->batch_id), DB_INT(line->claim_id), DB_TEXT(line->number),
                           DB_TEXT(line->account_hash), DB_TEXT(line->account_masked),
                           DB_MONEY(line->amount)),
                   NULL);
}

#define LINE_COLUMNS                                                                               \
    "id, batch_id, claim_id, number, account_hash, account_masked, amount_fen, state, reason,"     \
    " ended_ms, answered_ms"

static void lines_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(PayLine *)item = (PayLine){.id = db_int(rows, 0),
                                 .batch_id = db_int(rows, 1),
                                 .claim_id = db_int(rows, 2),
                                 .number = db_text(arena, rows, 3),
                                 .account_hash = db_text(arena, rows, 4),
                                 .account_masked = db_text(arena, rows, 5),
                                 .amount = db_money(rows, 6),
                                 .state = db_text(arena, rows, 7),
                                 .reason = db_text(arena, rows, 8),
                                 .ended_ms = db_int(rows, 9),
                                 .is_answered = !db_is_null(rows, 10)};
}

static Status lines_read(Cx *cx, DbRows *rows, PayLineList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(PayLine, lines_read_row), &got));
    *out = (PayLineList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_LINES[] = "SELECT " LINE_COLUMNS " FROM pay_line WHERE batch_id = $1"
                                " ORDER BY id";

Status bank_lines(Cx *cx, DbConn *conn, int64_t batch_id, PayLineList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_LINES, DB_ARGS(DB_INT(batch_id)), &rows));
    return lines_read(cx, rows, out);
}

static const char SQL_RETURN_OF[] =
    "SELECT " LINE_COLUMNS " FROM pay_line WHERE claim_id = $1 AND state = 'returned'"
    " AND answered_ms IS NULL ORDER BY id";

Status bank_return_of(Cx *cx, DbConn *conn, int64_t claim_id, PayLine *out, bool *has) {
    DbRows *rows = NULL;
    PayLineList list;
    TRY(db_query(cx, conn, SQL_RETURN_OF, DB_ARGS(DB_INT(claim_id)), &rows));
    TRY(lines_read(cx, rows, &list));
    *has = list.count > 0;
    if (*has) {
        *out = list.items[list.count - 1];
    }
    return STATUS_OK;
}

static const char SQL_LINE_END[] =
    "UPDATE pay_line SET state = $2, reason = $3, result_id = $4, ended_ms = $5"
    " WHERE id = $1 AND state = 'sent'";

Status bank_store_line_end(Cx *cx, DbConn *conn, const PayLine *line, int64_t result_id) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_LINE_END,
                DB_ARGS(DB_INT(line->id), DB_TEXT(line->state), DB_TEXT(line->reason),
                        result_id == 0 ? DB_NULL : DB_INT(result_id), DB_INT(db_now_ms(conn))),
                &changed));
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "编号 " STR_FMT " 已经入账，请刷新后再办理",
                                STR_ARG(line->number));
}

static const char SQL_LINE_ANSWER[] =
    "UPDATE pay_line SET answered_ms = $2 WHERE id = $1 AND state = 'returned'"
    " AND answered_ms IS NULL";

Status bank_store_line_answer(Cx *cx, DbConn *conn, int64_t id, int64_t now_ms) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_LINE_ANSWER, DB_ARGS(DB_INT(id), DB_INT(now_ms)), &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "账户已经更正过，请刷新查看");
}

static const char SQL_BATCH_OF[] = "SELECT batch_id FROM pay_line WHERE number = $1";

Status bank_store_batch_of(Cx *cx, DbConn *conn, Str number, int64_t *batch_id) {
    *batch_id = 0;
    return db_int_or(cx, conn, SQL_BATCH_OF, DB_ARGS(DB_TEXT(number)), batch_id);
}

/* ---- pay files ---- */

static const char SQL_FILE_INSERT[] =
    "INSERT INTO pay_file (batch_id, form, line_count, total_fen, made_by, made_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6)";

Status bank_store_file_insert(Cx *cx, DbConn *conn, const PayFileTaken *file) {
    return db_exec(cx, conn, SQL_FILE_INSERT,
                   DB_ARGS(DB_INT(file->batch_id), DB_TEXT(file->form), DB_INT(file->line_count),
                           DB_MONEY(file->total), DB_INT(db_actor(conn)->user_id),
                           DB_INT(db_now_ms(conn))),
                   NULL);
}

static const char SQL_FILE_BY[] = "SELECT 1 FROM pay_file WHERE batch_id = $1 AND made_by = $2";

Status bank_store_file_by(Cx *cx, DbConn *conn, int64_t batch_id, int64_t person_id, bool *out) {
    return db_exists(cx, conn, SQL_FILE_BY, DB_ARGS(DB_INT(batch_id), DB_INT(person_id)), out);
}

/* ---- result files ---- */

static const char SQL_RESULT_INSERT[] =
    "INSERT INTO bank_result (batch_id, digest, file_name, state, line_count, total_fen,"
    " stated_fen, made_by, made_ms) VALUES ($1, $2, $3, 'read', $4, $5, $6, $7, $8) RETURNING id";

Status bank_store_result_insert(Cx *cx, DbConn *conn, const BankRecord *record, int64_t *id) {
    return db_insert(cx, conn, SQL_RESULT_INSERT,
                     DB_ARGS(DB_INT(record->batch_id), DB_TEXT(record->digest),
                             DB_TEXT(record->file_name), DB_INT(record->line_count),
                             DB_MONEY(record->total),
                             record->has_stated ? DB_MONEY(record->stated) : DB_NULL,
                             DB_INT(db_actor(conn)->user_id), DB_INT(db_now_ms(conn))),
                     id);
}

static const char SQL_KEEP[] =
    "INSERT INTO bank_result_line (result_id, file_row, number, account_hash, account_masked,"
    " amount_fen, is_paid, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

Status bank_store_line_keep(Cx *cx, DbConn *conn, int64_t result_id, const BankLine *line,
                            Str masked) {
    return db_exec(cx, conn, SQL_KEEP,
                   DB_ARGS(DB_INT(result_id), DB_INT(line->row), DB_TEXT(line->number),
                           DB_TEXT(line->account), DB_TEXT(masked), DB_MONEY(line->amount),
                           DB_INT(line->is_paid),
                           line->reason.len == 0 ? DB_TEXT(STR("")) : DB_TEXT(line->reason)),
                   NULL);
}

static const char SQL_RESULT_OF[] =
    "SELECT id FROM bank_result WHERE digest = $1 AND state <> 'dropped'";

Status bank_store_result_of(Cx *cx, DbConn *conn, Str digest, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_RESULT_OF, DB_ARGS(DB_TEXT(digest)), id);
}

static const char SQL_RESULT_END[] =
    "UPDATE bank_result SET state = $2, booked_by = $3, booked_ms = $4, problem_count = $5,"
    " paid_count = $6, paid_fen = $7, returned_count = $8, returned_fen = $9"
    " WHERE id = $1 AND state = 'read'";

Status bank_store_result_end(Cx *cx, DbConn *conn, const BankRecord *record) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_RESULT_END,
                DB_ARGS(DB_INT(record->id), DB_TEXT(record->state), DB_INT(db_actor(conn)->user_id),
                        DB_INT(db_now_ms(conn)), DB_INT(record->problem_count),
                        DB_INT(record->paid_count), DB_MONEY(record->paid),
                        DB_INT(record->returned_count), DB_MONEY(record->returned)),
                &changed));
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "这个结果文件已经办理，请刷新查看");
}

#define RESULT_COLUMNS                                                                             \
    "r.id, r.batch_id, r.digest, r.file_name, r.state, r.line_count, r.total_fen, r.stated_fen,"   \
    " r.made_by, maker.name_masked, r.made_ms, r.booked_by, booker.name_masked, r.booked_ms,"      \
    " r.problem_count, r.paid_count, r.paid_fen, r.returned_count, r.returned_fen"                 \
    " FROM bank_result AS r LEFT JOIN person AS maker ON maker.id = r.made_by"                     \
    " LEFT JOIN person AS booker ON booker.id = r.booked_by"

static void records_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(BankRecord *)item = (BankRecord){.id = db_int(rows, 0),
                                       .batch_id = db_int(rows, 1),
                                       .digest = db_text(arena, rows, 2),
                                       .file_name = db_text(arena, rows, 3),
                                       .state = db_text(arena, rows, 4),
                                       .line_count = db_int(rows, 5),
                                       .total = db_money(rows, 6),
                                       .has_stated = !db_is_null(rows, 7),
                                       .stated = db_money(rows, 7),
                                       .made_by = db_int(rows, 8),
                                       .made_name = db_text(arena, rows, 9),
                                       .made_ms = db_int(rows, 10),
                                       .booked_by = db_int(rows, 11),
                                       .booked_name = db_text(arena, rows, 12),
                                       .booked_ms = db_int(rows, 13),
                                       .problem_count = db_int(rows, 14),
                                       .paid_count = db_int(rows, 15),
                                       .paid = db_money(rows, 16),
                                       .returned_count = db_int(rows, 17),
                                       .returned = db_money(rows, 18)};
}

static Status records_read(Cx *cx, DbRows *rows, BankRecordList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(BankRecord, records_read_row), &got));
    *out = (BankRecordList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_RESULT_FIND[] = "SELECT " RESULT_COLUMNS " WHERE r.id = $1";

Status bank_find(Cx *cx, DbConn *conn, int64_t id, BankRecord *out) {
    DbRows *rows = NULL;
    BankRecordList list;
    TRY(db_query(cx, conn, SQL_RESULT_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(records_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个结果文件");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_RESULTS[] =
    "SELECT " RESULT_COLUMNS " WHERE r.batch_id = $1 ORDER BY r.id DESC LIMIT 50";

Status bank_results(Cx *cx, DbConn *conn, int64_t batch_id, BankRecordList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_RESULTS, DB_ARGS(DB_INT(batch_id)), &rows));
    return records_read(cx, rows, out);
}

static const char SQL_KEPT[] =
    "SELECT id, file_row, number, account_hash, account_masked, amount_fen, is_paid, reason,"
    " verdict FROM bank_result_line WHERE result_id = $1 ORDER BY id";

Status bank_store_kept(Cx *cx, DbConn *conn, int64_t result_id, BankKept *out) {
    struct VEC(BankLine) lines = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (BankKept){.ids = arena_array(cx->arena, int64_t, BANK_LINES_MAX),
                      .masked = arena_array(cx->arena, Str, BANK_LINES_MAX),
                      .verdicts = arena_array(cx->arena, Str, BANK_LINES_MAX)};
    TRY(db_query(cx, conn, SQL_KEPT, DB_ARGS(DB_INT(result_id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        check(lines.count < BANK_LINES_MAX);
        out->ids[lines.count] = db_int(rows, 0);
        out->masked[lines.count] = db_text(cx->arena, rows, 4);
        out->verdicts[lines.count] = db_text(cx->arena, rows, 8);
        BankLine *line = vec_push(cx->arena, &lines);
        *line = (BankLine){.row = db_int(rows, 1),
                           .number = db_text(cx->arena, rows, 2),
                           .account = db_text(cx->arena, rows, 3),
                           .amount = db_money(rows, 5),
                           .is_paid = db_int(rows, 6) != 0,
                           .reason = db_text(cx->arena, rows, 7)};
        out->file.sum = money_add(out->file.sum, line->amount);
        TRY(db_next(cx, rows, &has_row));
    }
    out->file.lines = lines.items;
    out->file.count = lines.count;
    return STATUS_OK;
}

static const char SQL_VERDICT[] = "UPDATE bank_result_line SET verdict = $2 WHERE id = $1";

Status bank_store_verdict(Cx *cx, DbConn *conn, int64_t line_id, Str verdict) {
    return db_exec(cx, conn, SQL_VERDICT, DB_ARGS(DB_INT(line_id), DB_TEXT(verdict)), NULL);
}

/* ---- how lists stand ---- */

/* One row a list: sums of its lines, first pay file, files that wait, lines not booked of the
 * newest booked file. The state follows from them: BANK_STATE_LIST. */
static const char SQL_STATES[] =
    "SELECT id, programme, year, total_fen, line_count, made_ms, file_ms, open_count, open_fen,"
    " paid_count, paid_fen, returned_count, returned_fen, unbooked_count, problem_count, state"
    " FROM (SELECT s.*, CASE WHEN unbooked_count > 0 THEN 'read' WHEN open_count = 0 THEN 'even'"
    " WHEN booked_count > 0 THEN 'open' WHEN file_ms > 0 THEN 'sent' ELSE 'made' END AS state"
    " FROM (SELECT b.id, b.programme, b.year, b.total_fen, b.made_ms,"
    " COALESCE((SELECT MIN(made_ms) FROM pay_file WHERE batch_id = b.id), 0) AS file_ms,"
    " COUNT(l.id) AS line_count,"
    " COALESCE(SUM(CASE WHEN l.state = 'sent' THEN 1 ELSE 0 END), 0) AS open_count,"
    " COALESCE(SUM(CASE WHEN l.state = 'sent' THEN l.amount_fen ELSE 0 END), 0) AS open_fen,"
    " COALESCE(SUM(CASE WHEN l.state = 'paid' THEN 1 ELSE 0 END), 0) AS paid_count,"
    " COALESCE(SUM(CASE WHEN l.state = 'paid' THEN l.amount_fen ELSE 0 END), 0) AS paid_fen,"
    " COALESCE(SUM(CASE WHEN l.state = 'returned' THEN 1 ELSE 0 END), 0) AS returned_count,"
    " COALESCE(SUM(CASE WHEN l.state = 'returned' THEN l.amount_fen ELSE 0 END), 0)"
    " AS returned_fen,"
    " (SELECT COUNT(*) FROM bank_result WHERE batch_id = b.id AND state = 'read')"
    " AS unbooked_count,"
    " (SELECT COUNT(*) FROM bank_result WHERE batch_id = b.id AND state = 'booked')"
    " AS booked_count,"
    " COALESCE((SELECT problem_count FROM bank_result WHERE batch_id = b.id AND state = 'booked'"
    " ORDER BY id DESC LIMIT 1), 0) AS problem_count"
    " FROM claim_batch AS b LEFT JOIN pay_line AS l ON l.batch_id = b.id"
    " WHERE $2 = '' OR b.programme = $2"
    " GROUP BY b.id, b.programme, b.year, b.total_fen, b.made_ms) AS s) AS t"
    " WHERE $1 = '' OR state = $1 ORDER BY id DESC LIMIT $3 OFFSET $4";

static BankState state_of_row(Arena *arena, const DbRows *rows) {
    return (BankState){.batch_id = db_int(rows, 0),
                       .programme = db_text(arena, rows, 1),
                       .year = db_int(rows, 2),
                       .total = db_money(rows, 3),
                       .line_count = db_int(rows, 4),
                       .made_ms = db_int(rows, 5),
                       .file_ms = db_int(rows, 6),
                       .open_count = db_int(rows, 7),
                       .open = db_money(rows, 8),
                       .paid_count = db_int(rows, 9),
                       .paid = db_money(rows, 10),
                       .returned_count = db_int(rows, 11),
                       .returned = db_money(rows, 12),
                       .unbooked_count = db_int(rows, 13),
                       .problem_count = db_int(rows, 14),
                       .state = db_text(arena, rows, 15)};
}

static void bank_states_row(Arena *arena, const DbRows *rows, void *item) {
    *(BankState *)item = state_of_row(arena, rows);
}

Status bank_states(Cx *cx, DbConn *conn, Str state, Str programme, int64_t page,
                   BankStateList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_STATES,
                 DB_ARGS(state.len == 0 ? DB_TEXT(STR("")) : DB_TEXT(state),
                         programme.len == 0 ? DB_TEXT(STR("")) : DB_TEXT(programme),
                         DB_INT(BANK_ROWS_PER_PAGE + 1), DB_INT(page * BANK_ROWS_PER_PAGE)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(BankState, bank_states_row), &got));
    bool has_more = got.count > BANK_ROWS_PER_PAGE;
    *out = (BankStateList){got.items, has_more ? BANK_ROWS_PER_PAGE : got.count, has_more};
    return STATUS_OK;
}
