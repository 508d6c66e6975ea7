/*
 * figure.c - the two steps of a figure: the unit's officer files, the unit's head approves, the
 * lead office confirms; three persons. What the lead office files itself needs no head, but another
 * person of the lead office.
 */
#include "office/plan/evidence.h"
#include "office/plan/target.h"

#include <inttypes.h>

static Status figure_journal(Cx *cx, DbConn *conn, const char *verb, const Figure *figure) {
    DbEntry entry = {
        .verb = verb,
        .subject = "plan_figure",
        .subject_id = figure->id,
        .after = str_print(cx->arena,
                           "{\"series\":" STR_FMT ",\"part\":\"" STR_FMT "\",\"period\":" STR_FMT
                           ",\"value\":" STR_FMT ",\"state\":\"" STR_FMT "\",\"note\":" STR_FMT "}",
                           STR_ARG(str_json(cx->arena, figure->series)), STR_ARG(figure->part),
                           STR_ARG(str_json(cx->arena, figure->period)),
                           STR_ARG(str_json(cx->arena, figure->value)), STR_ARG(figure->state),
                           STR_ARG(str_json(cx->arena, figure->note)))};
    return db_journal(cx, conn, &entry);
}

static Status figure_check(Cx *cx, const PlanFigureNew *new) {
    int32_t month = 0;
    int64_t micro = 0;
    Str period = new->period;
    if (!month_number(period, &month) || (new->is_baseline &&period.len != 4)) {
        return fault_at_field(cx, STATUS_INVALID, "period",
                              new->is_baseline ? "时期应为 2023 这样的年份"
                                               : "时期应为 2025 或 2025-06 的形式");
    }
    /* The latest period counts: one of the future would hide every later figure. */
    Str today = day_print(cx->arena, day_of_instant(new->now_ms));
    if (str_compare(period, str_slice(today, 0, period.len)) > 0) {
        return fault_at_field(cx, STATUS_INVALID, "period", "时期不能晚于今天");
    }
    if (!new->is_words && !target_micro(new->value, &micro)) {
        return fault_at_field(cx, STATUS_INVALID, "value", "数值应为数字，最多六位小数");
    }
    if (new->is_baseline && micro <= 0) {
        return fault_at_field(cx, STATUS_INVALID, "value", "基期值应大于零");
    }
    return STATUS_OK;
}

Status plan_figure_file(Cx *cx, DbConn *conn, const PlanFigureNew *new, int64_t *id) {
    TRY(figure_check(cx, new));
    Figure figure = {.series = new->series,
                     .part = new->is_baseline ? STR("baseline") : STR("value"),
                     .period = new->period,
                     .value = new->value,
                     .evidence = new->evidence,
                     .state = new->unit_id == 0 ? STR("approved") : STR("filed"),
                     .unit_id = new->unit_id,
                     .filed_by = new->filed_by,
                     .filed_ms = new->now_ms};
    TRY(figure_store_insert(cx, conn, &figure, &figure.id));
    *id = figure.id;
    EvidenceOf of = {.subject = EVIDENCE_FIGURE,
                     .subject_id = figure.id,
                     .part = "file",
                     .person_id = new->filed_by,
                     .now_ms = new->now_ms};
    TRY(evidence_add(cx, conn, &of, &new->papers));
    return figure_journal(cx, conn, "figure.file", &figure);
}

Status plan_figure_approve(Cx *cx, DbConn *conn, const PlanFigureAct *act) {
    Figure figure;
    bool is_head = false;
    TRY(figure_store_find(cx, conn, act->id, &figure));
    TRY(head_store_is(cx, conn, figure.unit_id, act->person_id, &is_head));
    if (!is_head) {
        return fault(cx, STATUS_DENIED, "只有填报单位的负责人可以审核");
    }
    if (figure.filed_by == act->person_id) {
        return fault(cx, STATUS_DENIED, "不能审核自己填报的数值，请由另一人办理");
    }
    FigureMove move = {.id = act->id,
                       .from = "filed",
                       .to = "approved",
                       .person_id = act->person_id,
                       .now_ms = act->now_ms};
    TRY(figure_store_approve(cx, conn, &move));
    figure.state = STR("approved");
    return figure_journal(cx, conn, "figure.approve", &figure);
}

Status plan_figure_confirm(Cx *cx, DbConn *conn, const PlanFigureAct *act) {
    Figure figure;
    TRY(figure_store_find(cx, conn, act->id, &figure));
    if (figure.filed_by == act->person_id || figure.approved_by == act->person_id) {
        return fault(cx, STATUS_DENIED, "不能确认自己填报或审核的数值，请由另一人办理");
    }
    if (str_equal(figure.state, STR("filed"))) {
        return fault(cx, STATUS_CONFLICT, "填报单位的负责人还没有审核，不能确认");
    }
    FigureMove move = {.id = act->id,
                       .from = "approved",
                       .to = "confirmed",
                       .person_id = act->person_id,
                       .now_ms = act->now_ms};
    TRY(figure_store_decide(cx, conn, &move));
    figure.state = STR("confirmed");
    return figure_journal(cx, conn, "figure.confirm", &figure);
}

/* The head sends back what the officer filed, the lead office what the head approved. */
Status plan_figure_refuse(Cx *cx, DbConn *conn, const PlanFigureAct *act) {
    Figure figure;
    bool is_head = false;
    TRY(figure_store_find(cx, conn, act->id, &figure));
    bool is_filed = str_equal(figure.state, STR("filed"));
    TRY(head_store_is(cx, conn, figure.unit_id, act->person_id, &is_head));
    if (!act->is_lead && !(is_filed && is_head)) {
        return fault(cx, STATUS_DENIED, "这份填报不由您办理");
    }
    if (act->note.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "note", "请写明退回的原因");
    }
    FigureMove move = {.id = act->id,
                       .from = is_filed ? "filed" : "approved",
                       .to = "refused",
                       .person_id = act->person_id,
                       .now_ms = act->now_ms,
                       .note = act->note};
    TRY(figure_store_decide(cx, conn, &move));
    figure.state = STR("refused");
    figure.note = act->note;
    return figure_journal(cx, conn, "figure.refuse", &figure);
}

/* ---- heads ---- */

static Status head_journal(Cx *cx, DbConn *conn, const char *verb, const PlanHeadSet *set) {
    DbEntry entry = {.verb = verb,
                     .subject = "person",
                     .subject_id = set->person_id,
                     .after = str_print(cx->arena, "{\"unit_id\":%" PRId64 "}", set->unit_id)};
    return db_journal(cx, conn, &entry);
}

Status plan_head_set(Cx *cx, DbConn *conn, const PlanHeadSet *set) {
    int64_t unit_id = 0;
    int64_t changed = 0;
    TRY(head_store_unit_of(cx, conn, set->person_id, &unit_id));
    if (unit_id == 0 || unit_id != set->unit_id) {
        return fault(cx, STATUS_CONFLICT, "负责人应是本单位的经办账号");
    }
    if (set->is_head) {
        TRY(head_store_insert(cx, conn, set));
        return head_journal(cx, conn, "head.set", set);
    }
    TRY(head_store_delete(cx, conn, set, &changed));
    return changed == 1 ? head_journal(cx, conn, "head.unset", set)
                        : fault(cx, STATUS_CONFLICT, "这个账号不是负责人");
}
