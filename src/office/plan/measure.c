/*
 * measure.c - the acts on a measure. Who may act is decided here, so that pages, commands and the
 * demo meet the same rules.
 */
#include "office/plan/evidence.h"
#include "office/plan/plan_store.h"

#include <inttypes.h>

static bool is_state(const Measure *measure, const char *state) {
    return str_equal(measure->state, str_of(state));
}

static bool is_ended(const Measure *measure) {
    return is_state(measure, "done") || is_state(measure, "dropped");
}

/* Stores what happened, and journals it. */
static Status act_note(Cx *cx, DbConn *conn, const Measure *measure, const WorkEntry *entry) {
    TRY(work_store_measure_entry(cx, conn, entry));
    bool has_due = measure->due.number != DAY_NONE.number;
    DbEntry journal = {
        .verb = str_c(cx->arena, str_print(cx->arena, "measure.%s", entry->verb)),
        .subject = "plan_measure",
        .subject_id = measure->id,
        .after = str_print(cx->arena,
                           "{\"state\":\"" STR_FMT "\",\"progress_bp\":%" PRId64
                           ",\"unit_id\":%" PRId64 ",\"due\":\"" STR_FMT "\",\"text\":" STR_FMT "}",
                           STR_ARG(measure->state), measure->progress_bp, measure->unit_id,
                           STR_ARG(has_due ? day_print(cx->arena, measure->due) : STR("")),
                           STR_ARG(str_json(cx->arena, entry->text)))};
    return db_journal(cx, conn, &journal);
}

static WorkEntry entry_of(const PlanMeasureAct *act, const char *verb) {
    return (WorkEntry){.of = act->measure_id,
                       .verb = verb,
                       .unit_id = act->unit_id,
                       .person_id = act->person_id,
                       .text = act->text,
                       .evidence = act->evidence,
                       .progress_bp = -1,
                       .at_ms = act->now_ms};
}

static Status papers_add(Cx *cx, DbConn *conn, const PlanMeasureAct *act, const char *part) {
    EvidenceOf of = {.subject = EVIDENCE_MEASURE,
                     .subject_id = act->measure_id,
                     .part = part,
                     .person_id = act->person_id,
                     .now_ms = act->now_ms};
    return evidence_add(cx, conn, &of, &act->papers);
}

Status plan_measure_add(Cx *cx, DbConn *conn, const PlanMeasureNew *new, int64_t *id) {
    TaskRow task;
    Measure measure = {.task_id = new->task_id,
                       .text = new->text,
                       .unit_id = new->unit_id,
                       .due = new->due,
                       .state = STR("open")};
    TRY(plan_store_task_find(cx, conn, new->task_id, &task));
    TRY(work_store_measure_position(cx, conn, new->task_id, &measure.position));
    measure.position++;
    TRY(work_store_measure_insert(cx, conn, &measure, new->now_ms, &measure.id));
    *id = measure.id;
    WorkEntry entry = {.of = measure.id,
                       .verb = "add",
                       .person_id = new->person_id,
                       .text = new->text,
                       .progress_bp = -1,
                       .at_ms = new->now_ms};
    return act_note(cx, conn, &measure, &entry);
}

/* The lead office names owner and date, also of a measure that is being worked. */
Status plan_measure_assign(Cx *cx, DbConn *conn, const PlanMeasureAct *act) {
    Measure measure;
    TRY(work_store_measure_find(cx, conn, act->measure_id, &measure));
    if (!act->is_lead) {
        return fault(cx, STATUS_DENIED, "责任单位和期限由牵头专班确定");
    }
    if (is_ended(&measure)) {
        return fault(cx, STATUS_CONFLICT, "这项措施已经办结，不能再改责任单位和期限");
    }
    const char *from = str_c(cx->arena, measure.state);
    measure.unit_id = act->new_unit_id;
    measure.due = act->due;
    TRY(work_store_measure_update(cx, conn, &measure, from, act->now_ms));
    WorkEntry entry = entry_of(act, "assign");
    return act_note(cx, conn, &measure, &entry);
}

/* Any unit of the task tells its part, with a figure of its own; only the owner's moves the
 * measure. */
Status plan_measure_progress(Cx *cx, DbConn *conn, const PlanMeasureAct *act) {
    Measure measure;
    bool is_of_task = false;
    TRY(work_store_measure_find(cx, conn, act->measure_id, &measure));
    TRY(plan_store_task_is_of(cx, conn, measure.task_id, act->unit_id, &is_of_task));
    bool is_owner = measure.unit_id != 0 && measure.unit_id == act->unit_id;
    if (!is_owner && !is_of_task) {
        return fault(cx, STATUS_DENIED, "这项措施不属于本单位牵头或负责的任务");
    }
    if (is_ended(&measure) || is_state(&measure, "reported")) {
        return fault(cx, STATUS_CONFLICT, "这项措施已经报送完成，不再报进展");
    }
    const char *from = str_c(cx->arena, measure.state);
    WorkEntry entry = entry_of(act, is_owner ? "progress" : "joint");
    entry.progress_bp = act->progress_bp;
    if (is_owner) {
        measure.progress_bp = act->progress_bp;
    }
    measure.state = STR("doing");
    TRY(work_store_measure_update(cx, conn, &measure, from, act->now_ms));
    TRY(papers_add(cx, conn, act, "progress"));
    return act_note(cx, conn, &measure, &entry);
}

Status plan_measure_report(Cx *cx, DbConn *conn, const PlanMeasureAct *act) {
    Measure measure;
    TRY(work_store_measure_find(cx, conn, act->measure_id, &measure));
    if (measure.unit_id == 0 || measure.unit_id != act->unit_id) {
        return fault(cx, STATUS_DENIED, "只有责任单位可以报送完成");
    }
    if (!is_state(&measure, "open") && !is_state(&measure, "doing")) {
        return fault(cx, STATUS_CONFLICT, "这项措施已经报送完成或办结");
    }
    if (act->evidence.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "evidence", "报送完成须写明佐证材料");
    }
    const char *from = str_c(cx->arena, measure.state);
    measure.state = STR("reported");
    measure.progress_bp = RATE_BP_ONE;
    TRY(work_store_measure_update(cx, conn, &measure, from, act->now_ms));
    TRY(papers_add(cx, conn, act, "report"));
    WorkEntry entry = entry_of(act, "report");
    entry.progress_bp = RATE_BP_ONE;
    return act_note(cx, conn, &measure, &entry);
}

/* The lead office confirms what is reported, or sends it back with a reason. */
Status plan_measure_decide(Cx *cx, DbConn *conn, const PlanMeasureAct *act, bool is_confirmed) {
    Measure measure;
    TRY(work_store_measure_find(cx, conn, act->measure_id, &measure));
    if (!act->is_lead) {
        return fault(cx, STATUS_DENIED, "完成情况由牵头专班确认");
    }
    if (!is_confirmed && act->text.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "text", "请写明退回的原因");
    }
    measure.state = is_confirmed ? STR("done") : STR("doing");
    measure.done_day = is_confirmed ? day_of_instant(act->now_ms) : DAY_NONE;
    TRY(work_store_measure_update(cx, conn, &measure, "reported", act->now_ms));
    WorkEntry entry = entry_of(act, is_confirmed ? "confirm" : "return");
    return act_note(cx, conn, &measure, &entry);
}

Status plan_measure_drop(Cx *cx, DbConn *conn, const PlanMeasureAct *act) {
    Measure measure;
    TRY(work_store_measure_find(cx, conn, act->measure_id, &measure));
    if (!act->is_lead) {
        return fault(cx, STATUS_DENIED, "措施由牵头专班调整");
    }
    if (is_ended(&measure)) {
        return fault(cx, STATUS_CONFLICT, "这项措施已经办结");
    }
    if (act->text.len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "text", "请写明调整的原因");
    }
    const char *from = str_c(cx->arena, measure.state);
    measure.state = STR("dropped");
    TRY(work_store_measure_update(cx, conn, &measure, from, act->now_ms));
    WorkEntry entry = entry_of(act, "drop");
    return act_note(cx, conn, &measure, &entry);
}

/* ---- reading ---- */

enum { MEASURES_MAX = 10000 };

Status plan_measures(Cx *cx, DbConn *conn, int64_t unit_id, PlanMeasureList *out) {
    MeasureList rows;
    MeasureAsk ask = {
        .unit_id = unit_id, .today = DAY_NONE, .soon_day = DAY_NONE, .limit = MEASURES_MAX};
    TRY(work_store_measures(cx, conn, &ask, &rows));
    *out = (PlanMeasureList){.items = arena_array(cx->arena, PlanMeasure, rows.count + 1),
                             .count = rows.count};
    for (size_t i = 0; i < rows.count; i++) {
        const Measure *row = &rows.items[i];
        out->items[i] = (PlanMeasure){.id = row->id,
                                      .task_id = row->task_id,
                                      .clause = row->clause,
                                      .text = row->text,
                                      .unit_id = row->unit_id,
                                      .unit = row->unit_name,
                                      .due = row->due,
                                      .state = row->state,
                                      .progress_bp = row->progress_bp};
    }
    return STATUS_OK;
}
