#include "base/vec.h"
#include "office/plan/report_day.h"

static const char SQL_INSERT[] =
    "INSERT INTO plan_report_day (day, source, state, proposed_by, proposed_ms)"
    " VALUES ($1, $2, 'proposed', $3, $4) RETURNING id";
static const char SQL_OPEN[] = "SELECT 1 FROM plan_report_day WHERE state = 'proposed' LIMIT 1";
static const char SQL_DECIDE[] =
    "UPDATE plan_report_day SET state = $1, decided_by = $2, decided_ms = $3, note = $4"
    " WHERE id = $5 AND state = 'proposed'";
static const char SQL_NOW[] =
    "SELECT day FROM plan_report_day WHERE state = 'in_force' ORDER BY id DESC LIMIT 1";

Status report_day_store_insert(Cx *cx, DbConn *conn, const PlanReportDay *rule, int64_t *id) {
    return db_insert(cx, conn, SQL_INSERT,
                     DB_ARGS(DB_INT(rule->day), DB_TEXT(rule->source), DB_INT(rule->proposed_by),
                             DB_INT(rule->proposed_ms)),
                     id);
}

Status report_day_store_has_open(Cx *cx, DbConn *conn, bool *out) {
    return db_exists(cx, conn, SQL_OPEN, DB_NO_ARGS, out);
}

Status report_day_store_decide(Cx *cx, DbConn *conn, const PlanReportDayAct *act,
                               int64_t *changed) {
    Str state = act->is_approved ? STR("in_force") : STR("refused");
    return db_exec(cx, conn, SQL_DECIDE,
                   DB_ARGS(DB_TEXT(state), DB_INT(act->person_id), DB_INT(act->now_ms),
                           DB_TEXT(act->note.len == 0 ? STR("") : act->note), DB_INT(act->id)),
                   changed);
}

Status report_day_store_now(Cx *cx, DbConn *conn, int64_t *day) {
    *day = -1;
    return db_int_or(cx, conn, SQL_NOW, DB_NO_ARGS, day);
}

#define REPORT_DAY_SELECT                                                                          \
    "SELECT r.id, r.day, r.source, r.state, r.proposed_by, proposer.name_masked, r.proposed_ms,"   \
    " decider.name_masked, r.decided_ms, r.note FROM plan_report_day AS r"                         \
    " LEFT JOIN person AS proposer ON proposer.id = r.proposed_by"                                 \
    " LEFT JOIN person AS decider ON decider.id = r.decided_by"

typedef struct RuleVec VEC(PlanReportDay) RuleVec;

static Status rules_collect(Cx *cx, DbRows *rows, PlanReportDays *out) {
    Arena *arena = cx->arena;
    RuleVec rules = {0};
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(arena, &rules) = (PlanReportDay){.id = db_int(rows, 0),
                                                   .day = db_int(rows, 1),
                                                   .source = db_text(arena, rows, 2),
                                                   .state = db_text(arena, rows, 3),
                                                   .proposed_by = db_int(rows, 4),
                                                   .proposer = db_text(arena, rows, 5),
                                                   .proposed_ms = db_int(rows, 6),
                                                   .decider = db_text(arena, rows, 7),
                                                   .decided_ms = db_int(rows, 8),
                                                   .note = db_text(arena, rows, 9)};
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (PlanReportDays){rules.items, rules.count};
    return STATUS_OK;
}

static const char SQL_FIND[] = REPORT_DAY_SELECT " WHERE r.id = $1";
static const char SQL_LIST[] = REPORT_DAY_SELECT " ORDER BY r.id DESC LIMIT 100";

Status report_day_store_find(Cx *cx, DbConn *conn, int64_t id, PlanReportDay *out) {
    DbRows *rows = NULL;
    PlanReportDays rules;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(rules_collect(cx, rows, &rules));
    if (rules.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这项报送期限");
    }
    *out = rules.items[0];
    return STATUS_OK;
}

Status report_day_store_list(Cx *cx, DbConn *conn, PlanReportDays *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_LIST, DB_NO_ARGS, &rows));
    return rules_collect(cx, rows, out);
}
