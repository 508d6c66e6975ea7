#include "office/plan/figure_store.h"

static DbValue id_or_null(int64_t id) {
    return id == 0 ? DB_NULL : DB_INT(id);
}

/* ---- figures ---- */

static const char SQL_FIGURE_INSERT[] =
    "INSERT INTO plan_figure (series, part, period, value_text, evidence, state, unit_id, filed_by,"
    " filed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";

Status figure_store_insert(Cx *cx, DbConn *conn, const Figure *figure, int64_t *id) {
    return db_insert(
        cx, conn, SQL_FIGURE_INSERT,
        DB_ARGS(DB_TEXT(figure->series), DB_TEXT(figure->part), DB_TEXT(figure->period),
                DB_TEXT(figure->value), DB_TEXT(figure->evidence), DB_TEXT(figure->state),
                id_or_null(figure->unit_id), DB_INT(figure->filed_by), DB_INT(figure->filed_ms)),
        id);
}

#define FIGURE_SELECT                                                                              \
    "SELECT f.id, f.series, f.part, f.period, f.value_text, f.evidence, f.state, unit.name,"       \
    " f.unit_id, f.filed_by, f.filed_ms, f.approved_by, f.approved_ms, f.decided_by,"              \
    " f.decided_ms, f.note, filer.name_masked, approver.name_masked, decider.name_masked,"         \
    " (SELECT COUNT(*) FROM attachment WHERE attachment.subject = 'plan_figure'"                   \
    " AND attachment.subject_id = f.id AND attachment.ended_ms IS NULL)"                           \
    " FROM plan_figure AS f LEFT JOIN unit ON unit.id = f.unit_id"                                 \
    " LEFT JOIN person AS filer ON filer.id = f.filed_by"                                          \
    " LEFT JOIN person AS approver ON approver.id = f.approved_by"                                 \
    " LEFT JOIN person AS decider ON decider.id = f.decided_by"

static Figure figure_of_row(Arena *arena, const DbRows *rows) {
    return (Figure){.id = db_int(rows, 0),
                    .series = db_text(arena, rows, 1),
                    .part = db_text(arena, rows, 2),
                    .period = db_text(arena, rows, 3),
                    .value = db_text(arena, rows, 4),
                    .evidence = db_text(arena, rows, 5),
                    .state = db_text(arena, rows, 6),
                    .unit_name = db_text(arena, rows, 7),
                    .unit_id = db_int(rows, 8),
                    .filed_by = db_int(rows, 9),
                    .filed_ms = db_int(rows, 10),
                    .approved_by = db_int(rows, 11),
                    .approved_ms = db_int(rows, 12),
                    .decided_by = db_int(rows, 13),
                    .decided_ms = db_int(rows, 14),
                    .note = db_text(arena, rows, 15),
                    .filer = db_text(arena, rows, 16),
                    .approver = db_text(arena, rows, 17),
                    .decider = db_text(arena, rows, 18),
                    .paper_count = db_int(rows, 19)};
}

static void figures_row(Arena *arena, const DbRows *rows, void *item) {
    *(Figure *)item = figure_of_row(arena, rows);
}

static Status figures_collect(Cx *cx, DbRows *rows, FigureRows *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Figure, figures_row), &got));
    *out = (FigureRows){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_FIGURE_FIND[] = FIGURE_SELECT " WHERE f.id = $1";

Status figure_store_find(Cx *cx, DbConn *conn, int64_t id, Figure *out) {
    DbRows *rows = NULL;
    FigureRows figures;
    TRY(db_query(cx, conn, SQL_FIGURE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(figures_collect(cx, rows, &figures));
    if (figures.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这份填报");
    }
    *out = figures.items[0];
    return STATUS_OK;
}

static const char SQL_FIGURES_OF[] =
    FIGURE_SELECT " WHERE f.series = $1 AND f.part = $2 ORDER BY f.id DESC LIMIT 100";

Status figure_store_of(Cx *cx, DbConn *conn, Str series, const char *part, FigureRows *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIGURES_OF, DB_ARGS(DB_TEXT(series), DB_TEXT(str_of(part))), &rows));
    return figures_collect(cx, rows, out);
}

static const char SQL_FIGURES_SENT_BACK[] =
    FIGURE_SELECT " WHERE f.unit_id = $1 AND f.state = 'refused' AND NOT EXISTS"
                  " (SELECT 1 FROM plan_figure AS later WHERE later.series = f.series"
                  " AND later.part = f.part AND later.period = f.period AND later.id > f.id)"
                  " ORDER BY f.id DESC LIMIT 100";

Status figure_store_sent_back(Cx *cx, DbConn *conn, int64_t unit_id, FigureRows *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIGURES_SENT_BACK, DB_ARGS(DB_INT(unit_id)), &rows));
    return figures_collect(cx, rows, out);
}

static const char SQL_FIGURE_LIST[] =
    FIGURE_SELECT " WHERE ($1 = '' OR f.state = $1) AND ($2 = 0 OR f.unit_id = $2)"
                  " ORDER BY f.id DESC LIMIT $3 OFFSET $4";

Status figure_store_list(Cx *cx, DbConn *conn, const FigureAsk *ask, FigureRows *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIGURE_LIST,
                 DB_ARGS(DB_TEXT(ask->state.len == 0 ? STR("") : ask->state), DB_INT(ask->unit_id),
                         DB_INT(ask->limit), DB_INT(ask->skip)),
                 &rows));
    return figures_collect(cx, rows, out);
}

static const char SQL_FIGURE_APPROVE[] =
    "UPDATE plan_figure SET state = $1, approved_by = $2, approved_ms = $3"
    " WHERE id = $4 AND state = $5";
static const char SQL_FIGURE_DECIDE[] =
    "UPDATE plan_figure SET state = $1, decided_by = $2, decided_ms = $3, note = $4"
    " WHERE id = $5 AND state = $6";

static Status moved_check(Cx *cx, int64_t changed) {
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这份填报已经处理过");
}

Status figure_store_approve(Cx *cx, DbConn *conn, const FigureMove *move) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_FIGURE_APPROVE,
                DB_ARGS(DB_TEXT(str_of(move->to)), DB_INT(move->person_id), DB_INT(move->now_ms),
                        DB_INT(move->id), DB_TEXT(str_of(move->from))),
                &changed));
    return moved_check(cx, changed);
}

Status figure_store_decide(Cx *cx, DbConn *conn, const FigureMove *move) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_FIGURE_DECIDE,
                DB_ARGS(DB_TEXT(str_of(move->to)), DB_INT(move->person_id), DB_INT(move->now_ms),
                        move->note.len == 0 ? DB_NULL : DB_TEXT(move->note), DB_INT(move->id),
                        DB_TEXT(str_of(move->from))),
                &changed));
    return moved_check(cx, changed);
}

static const char SQL_FIGURE_COUNT[] =
    "SELECT COUNT(*) FROM plan_figure WHERE state = $1 AND ($2 = 0 OR unit_id = $2)";

Status figure_store_count(Cx *cx, DbConn *conn, const char *state, int64_t unit_id, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_FIGURE_COUNT, DB_ARGS(DB_TEXT(str_of(state)), DB_INT(unit_id)),
                     out);
}

/* ---- heads ---- */

static const char SQL_HEAD_INSERT[] =
    "INSERT INTO plan_head (unit_id, person_id, set_by, set_ms) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (unit_id, person_id) DO NOTHING";
static const char SQL_HEAD_DELETE[] = "DELETE FROM plan_head WHERE unit_id = $1 AND person_id = $2";
static const char SQL_HEAD_IS[] =
    "SELECT 1 FROM plan_head WHERE unit_id = $1 AND person_id = $2 LIMIT 1";

Status head_store_insert(Cx *cx, DbConn *conn, const PlanHeadSet *set) {
    return db_exec(cx, conn, SQL_HEAD_INSERT,
                   DB_ARGS(DB_INT(set->unit_id), DB_INT(set->person_id), DB_INT(set->set_by),
                           DB_INT(set->now_ms)),
                   NULL);
}

Status head_store_delete(Cx *cx, DbConn *conn, const PlanHeadSet *set, int64_t *changed) {
    return db_exec(cx, conn, SQL_HEAD_DELETE, DB_ARGS(DB_INT(set->unit_id), DB_INT(set->person_id)),
                   changed);
}

Status head_store_is(Cx *cx, DbConn *conn, int64_t unit_id, int64_t person_id, bool *out) {
    return db_exists(cx, conn, SQL_HEAD_IS, DB_ARGS(DB_INT(unit_id), DB_INT(person_id)), out);
}

static const char SQL_OFFICERS[] =
    "SELECT person.id, person.unit_id, unit.name, person.name_masked, person.login,"
    " plan_head.person_id FROM person JOIN unit ON unit.id = person.unit_id"
    " LEFT JOIN plan_head ON plan_head.person_id = person.id AND plan_head.unit_id = person.unit_id"
    " WHERE person.role = 'officer' ORDER BY person.unit_id, person.id";

static void officers_row(Arena *arena, const DbRows *rows, void *item) {
    *(OfficerRow *)item = (OfficerRow){.person_id = db_int(rows, 0),
                                       .unit_id = db_int(rows, 1),
                                       .unit_name = db_text(arena, rows, 2),
                                       .name = db_text(arena, rows, 3),
                                       .login = db_text(arena, rows, 4),
                                       .is_head = !db_is_null(rows, 5)};
}

Status head_store_officers(Cx *cx, DbConn *conn, OfficerList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OFFICERS, DB_NO_ARGS, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(OfficerRow, officers_row), &got));
    *out = (OfficerList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_UNIT_OF[] = "SELECT unit_id FROM person WHERE id = $1 AND role = 'officer'";

Status head_store_unit_of(Cx *cx, DbConn *conn, int64_t person_id, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_UNIT_OF, DB_ARGS(DB_INT(person_id)), out);
}

static const char SQL_FIGURE_IS_FILED[] =
    "SELECT 1 FROM plan_figure WHERE series = $1 AND part = 'value' AND period = $2"
    " AND state <> 'refused' LIMIT 1";

Status figure_store_is_filed(Cx *cx, DbConn *conn, Str series, Str period, bool *out) {
    return db_exists(cx, conn, SQL_FIGURE_IS_FILED, DB_ARGS(DB_TEXT(series), DB_TEXT(period)), out);
}
