#include "office/policy/policy_store.h"

static const char SQL_DECISION_INSERT[] =
    "INSERT INTO decision (programme, version, judged_day, input_json, rule, outcome_json,"
    " decided_ms, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char SQL_DECISION_LAST[] = "SELECT MAX(id) FROM decision";

Status policy_store_decision_insert(Cx *cx, DbConn *conn, const DecisionRow *row, int64_t *id) {
    TRY(db_new_id(cx, conn, SQL_DECISION_LAST, id));
    return db_exec(cx, conn, SQL_DECISION_INSERT,
                   DB_ARGS(DB_TEXT(row->programme), DB_TEXT(row->version), DB_DAY(row->judged_day),
                           DB_TEXT(row->input_json), DB_TEXT(row->rule), DB_TEXT(row->outcome_json),
                           DB_INT(row->decided_ms), DB_INT(*id)),
                   NULL);
}

static const char SQL_DECISION_FIND[] =
    "SELECT id, programme, version, judged_day, input_json, rule, outcome_json, decided_ms"
    " FROM decision WHERE id = $1";

Status policy_store_decision_find(Cx *cx, DbConn *conn, int64_t id, DecisionRow *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_DECISION_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个决定");
    }
    *out = (DecisionRow){.id = db_int(rows, 0),
                         .programme = db_text(cx->arena, rows, 1),
                         .version = db_text(cx->arena, rows, 2),
                         .judged_day = db_day(rows, 3),
                         .input_json = db_text(cx->arena, rows, 4),
                         .rule = db_text(cx->arena, rows, 5),
                         .outcome_json = db_text(cx->arena, rows, 6),
                         .decided_ms = db_int(rows, 7)};
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_DECISION_IS_OF[] =
    "SELECT 1 FROM coupon WHERE decision_id = $1 AND person_id = $2"
    " UNION ALL SELECT 1 FROM claim WHERE decision_id = $1 AND (person_id = $2 OR entered_by = $2"
    " OR (org_id > 0 AND org_id = $3))"
    " UNION ALL SELECT 1 FROM sale WHERE decision_id = $1 AND (person_id = $2 OR org_id = $3)";

Status policy_store_decision_is_of(Cx *cx, DbConn *conn, int64_t id, int64_t person_id,
                                   int64_t org_id, bool *out) {
    return db_exists(cx, conn, SQL_DECISION_IS_OF,
                     DB_ARGS(DB_INT(id), DB_INT(person_id), DB_INT(org_id)), out);
}

static const char SQL_SIGNATURE_INSERT[] =
    "INSERT INTO policy_signature (version, digest, item, basis, person_id, signed_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6)";

Status policy_store_signature_insert(Cx *cx, DbConn *conn, const PolicySigning *signing) {
    db_memo_forget(conn); /* coupon_claim keeps what is signed */
    return db_exec(cx, conn, SQL_SIGNATURE_INSERT,
                   DB_ARGS(DB_TEXT(signing->version->version), DB_TEXT(signing->version->digest),
                           DB_INT((int64_t)signing->item), DB_TEXT(signing->basis),
                           DB_INT(signing->person_id), DB_INT(signing->now_ms)),
                   NULL);
}

static const char SQL_SIGNATURES[] =
    "SELECT item FROM policy_signature WHERE version = $1 AND digest = $2";

Status policy_store_signatures(Cx *cx, DbConn *conn, const PolicyVersion *version, bool *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_SIGNATURES,
                 DB_ARGS(DB_TEXT(version->version), DB_TEXT(version->digest)), &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        int64_t item = db_int(rows, 0);
        if (item >= 0 && (size_t)item < version->sign_off_count) {
            out[item] = true;
        }
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}
