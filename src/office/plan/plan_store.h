/* plan_store.h - the SQL of the plan. Private to office/plan. */
#ifndef HUANXIN_OFFICE_PLAN_STORE_H
#define HUANXIN_OFFICE_PLAN_STORE_H

#include "office/plan/plan.h"

typedef struct PlanHead {
    int64_t id;
    Str title;
    Str issuer;
    Str doc_number;
    Day issue_day;
} PlanHead;
/* NOT_FOUND with a Chinese fault when no plan is loaded. */
MUST_CHECK Status plan_store_head(Cx *cx, DbConn *conn, PlanHead *out);
MUST_CHECK Status plan_store_head_insert(Cx *cx, DbConn *conn, const PlanLoad *load, int64_t *id);

typedef struct TaskRow {
    int64_t id;
    int64_t plan_id;
    int64_t position;
    Str clause;
    Str section;
    Str path;
    Str title;
    Str body;
    Str lead; /* names joined by 、 */
    Str responsible;
} TaskRow;
typedef struct TaskList {
    TaskRow *items;
    size_t count;
} TaskList;
MUST_CHECK Status plan_store_task_insert(Cx *cx, DbConn *conn, const TaskRow *task, int64_t *id);

/* Gives the texts of a task of the same plan and clause; CONFLICT when there is none. */
MUST_CHECK Status plan_store_task_update(Cx *cx, DbConn *conn, const TaskRow *task, int64_t *id);
/* Drops the unit rows of a task, to be written anew. */
MUST_CHECK Status plan_store_task_units_delete(Cx *cx, DbConn *conn, int64_t task_id);
MUST_CHECK Status plan_store_head_update(Cx *cx, DbConn *conn, const PlanLoad *load, int64_t id);

typedef struct TaskUnit {
    int64_t task_id;
    int64_t unit_id;
    const char *part; /* "lead", "responsible" */
    int64_t position;
} TaskUnit;
MUST_CHECK Status plan_store_task_unit_insert(Cx *cx, DbConn *conn, const TaskUnit *row);
/* unit_id 0: all tasks. By position. */
MUST_CHECK Status plan_store_tasks(Cx *cx, DbConn *conn, int64_t unit_id, TaskList *out);
MUST_CHECK Status plan_store_task_find(Cx *cx, DbConn *conn, int64_t id, TaskRow *out);

typedef struct TargetRow {
    int64_t id;
    int64_t plan_id;
    int64_t position;
    int64_t task_id;
    Str code;
    Str indicator;
    Str quote;
    Str kind;
    Str op;
    Str value;
    Str value2;
    Str unit;
    int64_t year;          /* 0: none */
    int64_t baseline_year; /* 0: none */
    Str period;
    Str counter; /* empty: reported */
    Str task_clause;
} TargetRow;
typedef struct TargetList {
    TargetRow *items;
    size_t count;
} TargetList;
MUST_CHECK Status plan_store_target_insert(Cx *cx, DbConn *conn, const TargetRow *target);
/* Gives the words and figures of a target of the same plan and code; CONFLICT when there is none.
 */
MUST_CHECK Status plan_store_target_update(Cx *cx, DbConn *conn, const TargetRow *target);
/* task_id 0: all. By position. */
MUST_CHECK Status plan_store_targets(Cx *cx, DbConn *conn, int64_t task_id, TargetList *out);
MUST_CHECK Status plan_store_target_find(Cx *cx, DbConn *conn, int64_t id, TargetRow *out);

/* The name of a unit. */
MUST_CHECK Status plan_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out);

/* True when the unit leads or is responsible for the task. */
MUST_CHECK Status plan_store_task_is_of(Cx *cx, DbConn *conn, int64_t task_id, int64_t unit_id,
                                        bool *out);

/* Confirmed figures, oldest first within a series and period. */
typedef struct FigureValue {
    Str series;
    Str period;
    Str value;
} FigureValue;
typedef struct FigureList {
    FigureValue *items;
    size_t count;
} FigureList;
MUST_CHECK Status plan_store_figures_confirmed(Cx *cx, DbConn *conn, FigureList *out);
MUST_CHECK Status plan_store_baselines_confirmed(Cx *cx, DbConn *conn, FigureList *out);

typedef struct MonthValue {
    Str month;
    int64_t value;
} MonthValue;
typedef struct MonthList {
    MonthValue *items;
    size_t count;
} MonthList;
/* All months of a counter, oldest first. */
MUST_CHECK Status plan_store_counter_months(Cx *cx, DbConn *conn, Str key, MonthList *out);
MUST_CHECK Status plan_store_counter_add(Cx *cx, DbConn *conn, Str key, Str month, int64_t change);

#endif
