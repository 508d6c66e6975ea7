#include "office/plan/plan_store.h"

static DbValue text_or_null(Str text) {
    return text.len == 0 ? DB_NULL : DB_TEXT(text);
}

static DbValue int_or_null(int64_t number) {
    return number == 0 ? DB_NULL : DB_INT(number);
}

/* ---- the plan itself ---- */

static const char SQL_HEAD[] =
    "SELECT id, title, issuer, doc_number, issue_day FROM plan ORDER BY id DESC LIMIT 1";

Status plan_store_head(Cx *cx, DbConn *conn, PlanHead *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_HEAD, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "还没有载入行动方案");
    }
    *out = (PlanHead){.id = db_int(rows, 0),
                      .title = db_text(cx->arena, rows, 1),
                      .issuer = db_text(cx->arena, rows, 2),
                      .doc_number = db_text(cx->arena, rows, 3),
                      .issue_day = db_day(rows, 4)};
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_IS_LOADED[] = "SELECT 1 FROM plan LIMIT 1";

Status plan_is_loaded(Cx *cx, DbConn *conn, bool *out) {
    return db_exists(cx, conn, SQL_IS_LOADED, DB_NO_ARGS, out);
}

static const char SQL_HEAD_INSERT[] =
    "INSERT INTO plan (title, issuer, doc_number, issue_day, digest, loaded_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";

Status plan_store_head_insert(Cx *cx, DbConn *conn, const PlanLoad *load, int64_t *id) {
    const Plan *plan = load->plan;
    return db_insert(cx, conn, SQL_HEAD_INSERT,
                     DB_ARGS(DB_TEXT(plan->title), DB_TEXT(plan->issuer), DB_TEXT(plan->doc_number),
                             plan->date.number == DAY_NONE.number ? DB_NULL : DB_DAY(plan->date),
                             DB_TEXT(load->digest), DB_INT(load->now_ms)),
                     id);
}

static const char SQL_HEAD_UPDATE[] =
    "UPDATE plan SET title = $1, issuer = $2, doc_number = $3, issue_day = $4, digest = $5,"
    " loaded_ms = $6 WHERE id = $7";

Status plan_store_head_update(Cx *cx, DbConn *conn, const PlanLoad *load, int64_t id) {
    const Plan *plan = load->plan;
    return db_exec(cx, conn, SQL_HEAD_UPDATE,
                   DB_ARGS(DB_TEXT(plan->title), DB_TEXT(plan->issuer), DB_TEXT(plan->doc_number),
                           plan->date.number == DAY_NONE.number ? DB_NULL : DB_DAY(plan->date),
                           DB_TEXT(load->digest), DB_INT(load->now_ms), DB_INT(id)),
                   NULL);
}

static const char SQL_TASK_UPDATE[] =
    "UPDATE plan_task SET path = $1, title = $2, body = $3 WHERE plan_id = $4 AND clause = $5";
static const char SQL_TASK_BY_CLAUSE[] =
    "SELECT id FROM plan_task WHERE plan_id = $1 AND clause = $2";

Status plan_store_task_update(Cx *cx, DbConn *conn, const TaskRow *task, int64_t *id) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_TASK_UPDATE,
                DB_ARGS(DB_TEXT(task->path), DB_TEXT(task->title), DB_TEXT(task->body),
                        DB_INT(task->plan_id), DB_TEXT(task->clause)),
                &changed));
    if (changed != 1) {
        return fault(cx, STATUS_CONFLICT, "已载入的方案没有条款 " STR_FMT, STR_ARG(task->clause));
    }
    *id = 0;
    return db_int_or(cx, conn, SQL_TASK_BY_CLAUSE,
                     DB_ARGS(DB_INT(task->plan_id), DB_TEXT(task->clause)), id);
}

static const char SQL_TASK_UNITS_DELETE[] = "DELETE FROM plan_task_unit WHERE task_id = $1";

Status plan_store_task_units_delete(Cx *cx, DbConn *conn, int64_t task_id) {
    return db_exec(cx, conn, SQL_TASK_UNITS_DELETE, DB_ARGS(DB_INT(task_id)), NULL);
}

static const char SQL_TARGET_UPDATE[] =
    "UPDATE plan_target SET indicator = $1, quote = $2, kind = $3, op = $4, value_text = $5,"
    " value2_text = $6, unit_text = $7, year = $8, baseline_year = $9, period = $10"
    " WHERE plan_id = $11 AND code = $12";

Status plan_store_target_update(Cx *cx, DbConn *conn, const TargetRow *target) {
    const TargetRow *t = target;
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_TARGET_UPDATE,
                DB_ARGS(DB_TEXT(t->indicator), DB_TEXT(t->quote), DB_TEXT(t->kind),
                        text_or_null(t->op), text_or_null(t->value), text_or_null(t->value2),
                        text_or_null(t->unit), int_or_null(t->year), int_or_null(t->baseline_year),
                        text_or_null(t->period), DB_INT(t->plan_id), DB_TEXT(t->code)),
                &changed));
    return changed == 1
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "已载入的方案没有目标 " STR_FMT, STR_ARG(t->code));
}

/* ---- tasks ---- */

static const char SQL_TASK_INSERT[] =
    "INSERT INTO plan_task (plan_id, position, clause, section, path, title, body)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";

Status plan_store_task_insert(Cx *cx, DbConn *conn, const TaskRow *task, int64_t *id) {
    return db_insert(cx, conn, SQL_TASK_INSERT,
                     DB_ARGS(DB_INT(task->plan_id), DB_INT(task->position), DB_TEXT(task->clause),
                             DB_TEXT(task->section), DB_TEXT(task->path), DB_TEXT(task->title),
                             DB_TEXT(task->body)),
                     id);
}

static const char SQL_TASK_UNIT_INSERT[] =
    "INSERT INTO plan_task_unit (task_id, unit_id, part, position) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (task_id, unit_id, part) DO NOTHING";

Status plan_store_task_unit_insert(Cx *cx, DbConn *conn, const TaskUnit *row) {
    return db_exec(cx, conn, SQL_TASK_UNIT_INSERT,
                   DB_ARGS(DB_INT(row->task_id), DB_INT(row->unit_id), DB_TEXT(str_of(row->part)),
                           DB_INT(row->position)),
                   NULL);
}

static const char SQL_TASKS[] =
    "SELECT id, plan_id, position, clause, section, path, title, body FROM plan_task"
    " ORDER BY position";
static const char SQL_TASKS_OF_UNIT[] =
    "SELECT DISTINCT plan_task.id, plan_id, plan_task.position, clause, section, path, title, body"
    " FROM plan_task JOIN plan_task_unit ON plan_task_unit.task_id = plan_task.id"
    " WHERE plan_task_unit.unit_id = $1 ORDER BY plan_task.position";
static const char SQL_TASK_FIND[] =
    "SELECT id, plan_id, position, clause, section, path, title, body FROM plan_task WHERE id = $1";
static const char SQL_TASK_UNITS[] =
    "SELECT plan_task_unit.task_id, unit.name, plan_task_unit.part FROM plan_task_unit"
    " JOIN unit ON unit.id = plan_task_unit.unit_id"
    " ORDER BY plan_task_unit.task_id, plan_task_unit.part, plan_task_unit.position";

static TaskRow task_of_row(Arena *arena, const DbRows *rows) {
    return (TaskRow){.id = db_int(rows, 0),
                     .plan_id = db_int(rows, 1),
                     .position = db_int(rows, 2),
                     .clause = db_text(arena, rows, 3),
                     .section = db_text(arena, rows, 4),
                     .path = db_text(arena, rows, 5),
                     .title = db_text(arena, rows, 6),
                     .body = db_text(arena, rows, 7)};
}

static void name_append(Arena *arena, Str *list, Str name) {
    *list = list->len == 0 ? name
                           : str_print(arena, STR_FMT "、" STR_FMT, STR_ARG(*list), STR_ARG(name));
}

/* Fills in the names of the units, in one pass over all of them. */
static Status units_fill(Cx *cx, DbConn *conn, TaskList *tasks) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_TASK_UNITS, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        for (size_t i = 0; i < tasks->count; i++) {
            TaskRow *task = &tasks->items[i];
            if (task->id == db_int(rows, 0)) {
                bool is_lead = str_equal(db_text_peek(rows, 2), STR("lead"));
                name_append(cx->arena, is_lead ? &task->lead : &task->responsible,
                            db_text(cx->arena, rows, 1));
            }
        }
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static void tasks_row(Arena *arena, const DbRows *rows, void *item) {
    *(TaskRow *)item = task_of_row(arena, rows);
}

static Status tasks_collect(Cx *cx, DbConn *conn, DbRows *rows, TaskList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(TaskRow, tasks_row), &got));
    *out = (TaskList){got.items, got.count};
    return units_fill(cx, conn, out);
}

Status plan_store_tasks(Cx *cx, DbConn *conn, int64_t unit_id, TaskList *out) {
    DbRows *rows = NULL;
    if (unit_id == 0) {
        TRY(db_query(cx, conn, SQL_TASKS, DB_NO_ARGS, &rows));
    } else {
        TRY(db_query(cx, conn, SQL_TASKS_OF_UNIT, DB_ARGS(DB_INT(unit_id)), &rows));
    }
    return tasks_collect(cx, conn, rows, out);
}

Status plan_store_task_find(Cx *cx, DbConn *conn, int64_t id, TaskRow *out) {
    DbRows *rows = NULL;
    TaskList tasks;
    TRY(db_query(cx, conn, SQL_TASK_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(tasks_collect(cx, conn, rows, &tasks));
    if (tasks.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这项任务");
    }
    *out = tasks.items[0];
    return STATUS_OK;
}

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE id = $1";

Status plan_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out) {
    *out = STR_NONE;
    return db_text_or(cx, conn, SQL_UNIT_NAME, DB_ARGS(DB_INT(unit_id)), out);
}

static const char SQL_TASK_IS_OF[] =
    "SELECT 1 FROM plan_task_unit WHERE task_id = $1 AND unit_id = $2 LIMIT 1";

Status plan_store_task_is_of(Cx *cx, DbConn *conn, int64_t task_id, int64_t unit_id, bool *out) {
    return db_exists(cx, conn, SQL_TASK_IS_OF, DB_ARGS(DB_INT(task_id), DB_INT(unit_id)), out);
}

/* ---- targets ---- */

static const char SQL_TARGET_INSERT[] =
    "INSERT INTO plan_target (plan_id, position, task_id, code, indicator, quote, kind, op,"
    " value_text, value2_text, unit_text, year, baseline_year, period, counter_key)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

Status plan_store_target_insert(Cx *cx, DbConn *conn, const TargetRow *target) {
    const TargetRow *t = target;
    return db_exec(cx, conn, SQL_TARGET_INSERT,
                   DB_ARGS(DB_INT(t->plan_id), DB_INT(t->position), int_or_null(t->task_id),
                           DB_TEXT(t->code), DB_TEXT(t->indicator), DB_TEXT(t->quote),
                           DB_TEXT(t->kind), text_or_null(t->op), text_or_null(t->value),
                           text_or_null(t->value2), text_or_null(t->unit), int_or_null(t->year),
                           int_or_null(t->baseline_year), text_or_null(t->period),
                           text_or_null(t->counter)),
                   NULL);
}

#define TARGET_SELECT                                                                              \
    "SELECT plan_target.id, plan_target.plan_id, plan_target.position, task_id, code, indicator,"  \
    " quote, kind, op, value_text, value2_text, unit_text, year, baseline_year, period,"           \
    " counter_key, plan_task.clause FROM plan_target"                                              \
    " LEFT JOIN plan_task ON plan_task.id = plan_target.task_id"

static TargetRow target_of_row(Arena *arena, const DbRows *rows) {
    return (TargetRow){.id = db_int(rows, 0),
                       .plan_id = db_int(rows, 1),
                       .position = db_int(rows, 2),
                       .task_id = db_int(rows, 3),
                       .code = db_text(arena, rows, 4),
                       .indicator = db_text(arena, rows, 5),
                       .quote = db_text(arena, rows, 6),
                       .kind = db_text(arena, rows, 7),
                       .op = db_text(arena, rows, 8),
                       .value = db_text(arena, rows, 9),
                       .value2 = db_text(arena, rows, 10),
                       .unit = db_text(arena, rows, 11),
                       .year = db_int(rows, 12),
                       .baseline_year = db_int(rows, 13),
                       .period = db_text(arena, rows, 14),
                       .counter = db_text(arena, rows, 15),
                       .task_clause = db_text(arena, rows, 16)};
}

static void targets_row(Arena *arena, const DbRows *rows, void *item) {
    *(TargetRow *)item = target_of_row(arena, rows);
}

static Status targets_collect(Cx *cx, DbRows *rows, TargetList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(TargetRow, targets_row), &got));
    *out = (TargetList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_TARGETS[] = TARGET_SELECT " ORDER BY plan_target.position";
static const char SQL_TARGETS_OF_TASK[] =
    TARGET_SELECT " WHERE task_id = $1 ORDER BY plan_target.position";
static const char SQL_TARGET_FIND[] = TARGET_SELECT " WHERE plan_target.id = $1";

Status plan_store_targets(Cx *cx, DbConn *conn, int64_t task_id, TargetList *out) {
    DbRows *rows = NULL;
    if (task_id == 0) {
        TRY(db_query(cx, conn, SQL_TARGETS, DB_NO_ARGS, &rows));
    } else {
        TRY(db_query(cx, conn, SQL_TARGETS_OF_TASK, DB_ARGS(DB_INT(task_id)), &rows));
    }
    return targets_collect(cx, rows, out);
}

Status plan_store_target_find(Cx *cx, DbConn *conn, int64_t id, TargetRow *out) {
    DbRows *rows = NULL;
    TargetList targets;
    TRY(db_query(cx, conn, SQL_TARGET_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(targets_collect(cx, rows, &targets));
    if (targets.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个目标");
    }
    *out = targets.items[0];
    return STATUS_OK;
}

/* ---- confirmed figures ---- */

static void figures_row(Arena *arena, const DbRows *rows, void *item) {
    *(FigureValue *)item =
        (FigureValue){db_text(arena, rows, 0), db_text(arena, rows, 1), db_text(arena, rows, 2)};
}

static Status figures_collect(Cx *cx, DbRows *rows, FigureList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(FigureValue, figures_row), &got));
    *out = (FigureList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_FIGURES_CONFIRMED[] =
    "SELECT series, period, value_text FROM plan_figure WHERE part = 'value'"
    " AND state = 'confirmed' ORDER BY series, period, id";
static const char SQL_BASELINES_CONFIRMED[] =
    "SELECT series, period, value_text FROM plan_figure WHERE part = 'baseline'"
    " AND state = 'confirmed' ORDER BY series, period, id";

Status plan_store_figures_confirmed(Cx *cx, DbConn *conn, FigureList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIGURES_CONFIRMED, DB_NO_ARGS, &rows));
    return figures_collect(cx, rows, out);
}

Status plan_store_baselines_confirmed(Cx *cx, DbConn *conn, FigureList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_BASELINES_CONFIRMED, DB_NO_ARGS, &rows));
    return figures_collect(cx, rows, out);
}

/* ---- counters ---- */

static const char SQL_COUNTER_ADD[] =
    "INSERT INTO counter (key, period, value) VALUES ($1, $2, $3)"
    " ON CONFLICT (key, period) DO UPDATE SET value = counter.value + excluded.value";

Status plan_store_counter_add(Cx *cx, DbConn *conn, Str key, Str month, int64_t change) {
    return db_exec(cx, conn, SQL_COUNTER_ADD, DB_ARGS(DB_TEXT(key), DB_TEXT(month), DB_INT(change)),
                   NULL);
}

static const char SQL_COUNTER_SUM[] =
    "SELECT SUM(value) FROM counter WHERE key = $1 AND period >= $2 AND period <= $3";

Status plan_counter_sum(Cx *cx, DbConn *conn, Str key, Str first, Str last, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_COUNTER_SUM,
                     DB_ARGS(DB_TEXT(key), DB_TEXT(first), DB_TEXT(last)), out);
}

static const char SQL_MONTHS[] = "SELECT period, value FROM counter WHERE key = $1 ORDER BY period";

static void counter_months_row(Arena *arena, const DbRows *rows, void *item) {
    *(MonthValue *)item = (MonthValue){db_text(arena, rows, 0), db_int(rows, 1)};
}

Status plan_store_counter_months(Cx *cx, DbConn *conn, Str key, MonthList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_MONTHS, DB_ARGS(DB_TEXT(key)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(MonthValue, counter_months_row), &got));
    *out = (MonthList){got.items, got.count};
    return STATUS_OK;
}
