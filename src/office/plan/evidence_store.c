#include "base/limits.h"
#include "base/vec.h"
#include "office/plan/evidence.h"

static const char SQL_EVIDENCE_FIGURES[] =
    "SELECT f.id, f.series, f.part, f.period, f.value_text, unit.name, f.evidence"
    " FROM plan_figure AS f LEFT JOIN unit ON unit.id = f.unit_id"
    " WHERE f.state = 'confirmed' AND ((f.part = 'value' AND f.period = $1)"
    " OR (f.part = 'baseline' AND f.decided_ms >= $2 AND f.decided_ms < $3))"
    " ORDER BY f.part DESC, f.series, f.id LIMIT $4";

/* The last report before the confirmation is the one that was confirmed. */
static const char SQL_EVIDENCE_MEASURES[] =
    "SELECT m.id, m.text, m.done_day, unit.name,"
    " (SELECT e.evidence FROM plan_measure_entry AS e WHERE e.measure_id = m.id"
    " AND e.verb = 'report' ORDER BY e.id DESC LIMIT 1)"
    " FROM plan_measure AS m LEFT JOIN unit ON unit.id = m.unit_id"
    " WHERE m.state = 'done' AND m.done_day >= $1 AND m.done_day <= $2 ORDER BY m.done_day, m.id"
    " LIMIT $3";

static Status figures_read(Cx *cx, DbConn *conn, const EvidenceSpan *span, EvidenceRows *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_EVIDENCE_FIGURES,
                 DB_ARGS(DB_TEXT(span->month), DB_INT(span->from_ms), DB_INT(span->to_ms),
                         DB_INT(LIMIT_PAGE_ROWS_MAX)),
                 &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, out) = (EvidenceRow){.is_figure = true,
                                                  .id = db_int(rows, 0),
                                                  .series = db_text(cx->arena, rows, 1),
                                                  .part = db_text(cx->arena, rows, 2),
                                                  .period = db_text(cx->arena, rows, 3),
                                                  .value = db_text(cx->arena, rows, 4),
                                                  .unit = db_text(cx->arena, rows, 5),
                                                  .evidence = db_text(cx->arena, rows, 6)};
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static Status measures_read(Cx *cx, DbConn *conn, const EvidenceSpan *span, EvidenceRows *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_EVIDENCE_MEASURES,
                 DB_ARGS(DB_DAY(span->first), DB_DAY(span->last), DB_INT(LIMIT_PAGE_ROWS_MAX)),
                 &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, out) = (EvidenceRow){.id = db_int(rows, 0),
                                                  .text = db_text(cx->arena, rows, 1),
                                                  .period = day_print(cx->arena, db_day(rows, 2)),
                                                  .value = STR("已完成"),
                                                  .unit = db_text(cx->arena, rows, 3),
                                                  .evidence = db_text(cx->arena, rows, 4)};
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

Status evidence_store_rows(Cx *cx, DbConn *conn, const EvidenceSpan *span, EvidenceRows *out) {
    *out = (EvidenceRows){0};
    TRY(figures_read(cx, conn, span, out));
    return measures_read(cx, conn, span, out);
}
