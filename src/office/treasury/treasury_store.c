#include "office/treasury/treasury_store.h"

static const char SQL_POT_FIND[] =
    "SELECT programme, year, fund_id, validity_days, claims_max, is_open FROM programme_fund"
    " WHERE programme = $1 AND year = $2";
static const char SQL_POTS[] =
    "SELECT programme, year, fund_id, validity_days, claims_max, is_open FROM programme_fund"
    " ORDER BY year DESC, programme";

static TreasuryPot pot_of_row(Arena *arena, const DbRows *rows) {
    return (TreasuryPot){.programme = db_text(arena, rows, 0),
                         .year = db_int(rows, 1),
                         .fund = {db_int(rows, 2)},
                         .validity_days = db_int(rows, 3),
                         .claims_max = db_int(rows, 4),
                         .is_open = db_int(rows, 5) != 0};
}

Status treasury_pot_find(Cx *cx, DbConn *conn, Str programme, int64_t year, TreasuryPot *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_POT_FIND, DB_ARGS(DB_TEXT(programme), DB_INT(year)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "%lld 年这个项目还没有安排资金", (long long)year);
    }
    *out = pot_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static void treasury_pots_row(Arena *arena, const DbRows *rows, void *item) {
    *(TreasuryPot *)item = pot_of_row(arena, rows);
}

Status treasury_pots(Cx *cx, DbConn *conn, TreasuryPotList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_POTS, DB_NO_ARGS, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(TreasuryPot, treasury_pots_row), &got));
    *out = (TreasuryPotList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_POT_PUT[] =
    "INSERT INTO programme_fund (programme, year, fund_id, validity_days, claims_max, is_open)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (programme, year) DO UPDATE SET"
    " fund_id = excluded.fund_id, validity_days = excluded.validity_days,"
    " claims_max = excluded.claims_max, is_open = excluded.is_open";

Status treasury_store_pot_put(Cx *cx, DbConn *conn, const TreasuryPot *pot) {
    db_memo_forget(conn); /* coupon_claim keeps it */
    return db_exec(cx, conn, SQL_POT_PUT,
                   DB_ARGS(DB_TEXT(pot->programme), DB_INT(pot->year), DB_INT(pot->fund.id),
                           DB_INT(pot->validity_days), DB_INT(pot->claims_max),
                           DB_INT(pot->is_open)),
                   NULL);
}

/* ---- recoveries ---- */

static const char SQL_RECOVERY_INSERT[] =
    "INSERT INTO recovery (subject, subject_id, reason, begun_by, begun_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

static DbValue person_or_null(int64_t id) {
    return id == 0 ? DB_NULL : DB_INT(id);
}

Status recovery_store_insert(Cx *cx, DbConn *conn, const Recovery *recovery) {
    return db_exec(cx, conn, SQL_RECOVERY_INSERT,
                   DB_ARGS(DB_TEXT(recovery->subject), DB_INT(recovery->subject_id),
                           DB_TEXT(recovery->reason), person_or_null(recovery->begun_by),
                           DB_INT(recovery->begun_ms)),
                   NULL);
}

static const char SQL_RECOVERY_END[] =
    "UPDATE recovery SET outcome = $2, reference = $3, ended_by = $4, ended_ms = $5"
    " WHERE id = $1 AND outcome = ''";

Status recovery_store_end(Cx *cx, DbConn *conn, const Recovery *recovery) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_RECOVERY_END,
                DB_ARGS(DB_INT(recovery->id), DB_TEXT(recovery->outcome),
                        DB_TEXT(recovery->reference), person_or_null(recovery->ended_by),
                        DB_INT(recovery->ended_ms)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这次追回已经登记结果");
}

static const char SQL_RECOVERY_FIND[] =
    "SELECT r.id, r.reason, r.begun_by, beginner.name_masked, r.begun_ms, r.outcome, r.reference,"
    " r.ended_by, ender.name_masked, r.ended_ms FROM recovery AS r"
    " LEFT JOIN person AS beginner ON beginner.id = r.begun_by"
    " LEFT JOIN person AS ender ON ender.id = r.ended_by"
    " WHERE r.subject = $1 AND r.subject_id = $2 ORDER BY r.id DESC LIMIT 1";

Status recovery_find(Cx *cx, DbConn *conn, Str subject, int64_t subject_id, Recovery *out,
                     bool *has) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_RECOVERY_FIND, DB_ARGS(DB_TEXT(subject), DB_INT(subject_id)),
                 &rows));
    TRY(db_next(cx, rows, has));
    if (!*has) {
        return STATUS_OK;
    }
    *out = (Recovery){.id = db_int(rows, 0),
                      .subject = subject,
                      .subject_id = subject_id,
                      .reason = db_text(cx->arena, rows, 1),
                      .begun_by = db_int(rows, 2),
                      .begun_name = db_text(cx->arena, rows, 3),
                      .begun_ms = db_int(rows, 4),
                      .outcome = db_text(cx->arena, rows, 5),
                      .reference = db_text(cx->arena, rows, 6),
                      .ended_by = db_int(rows, 7),
                      .ended_name = db_text(cx->arena, rows, 8),
                      .ended_ms = db_int(rows, 9)};
    db_rows_close(rows);
    return STATUS_OK;
}
