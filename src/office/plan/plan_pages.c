/*
 * plan_pages.c - the dashboard of targets and tasks, the tasks of a unit, and one task.
 */
#include "office/plan/pages.h"

#include <inttypes.h>

/* ---- lists ---- */

static const ViewColumn task_columns[] = {{"clause", "条款", false},
                                          {"title", "任务", false},
                                          {"lead", "牵头单位", false},
                                          {"responsible", "责任单位", false}};

static Status task_table(Web *web, int64_t unit_id) {
    TaskList tasks;
    TRY(plan_store_tasks(web->cx, web->conn, unit_id, &tasks));
    View *view = web->view;
    view_table_begin(view, "tasks", STR("任务"), task_columns, 4);
    for (size_t i = 0; i < tasks.count; i++) {
        const TaskRow *task = &tasks.items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(task->clause));
        view_cell(view,
                  VIEW_LINK(str_print(web->cx->arena, "/task/%" PRId64, task->id), task->title));
        view_cell(view, VIEW_TEXT(task->lead.len > 0 ? task->lead : STR("—")));
        view_cell(view, VIEW_TEXT(task->responsible.len > 0 ? task->responsible : STR("—")));
    }
    view_table_end(view, STR("没有任务"));
    return STATUS_OK;
}

/* ---- the dashboard ---- */

typedef struct LightCount {
    int64_t reached;
    int64_t on_way;
    int64_t at_risk;
    int64_t missed;
    int64_t without;
} LightCount;

static LightCount lights_count(const TargetNows *targets) {
    LightCount out = {0};
    for (size_t i = 0; i < targets->count; i++) {
        TargetLight light = targets->items[i].light;
        out.reached += light == TARGET_REACHED || light == TARGET_EXPECTED;
        out.on_way += light == TARGET_ON_WAY || light == TARGET_TOLD || light == TARGET_LIKELY;
        out.at_risk += light == TARGET_AT_RISK || light == TARGET_UNLIKELY;
        out.missed += light == TARGET_MISSED;
        out.without += light == TARGET_NO_FIGURE || light == TARGET_NO_BASELINE;
    }
    return out;
}

Status plan_dashboard_page(Web *web) {
    PlanHead head;
    TargetDesk desk;
    TargetNows targets;
    TRY(plan_store_head(web->cx, web->conn, &head));
    TRY(page_desk(web, &desk));
    TRY(page_targets(web, &desk, &(TargetPick){0}, &targets));
    LightCount lights = lights_count(&targets);
    View *view = web->view;
    view_title(view, STR("目标与任务总览"));
    view_lead(view, str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(head.title),
                              STR_ARG(head.doc_number)));
    view_section(view, STR("总体"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "reached", "已达到或预计达到", VIEW_INT(lights.reached));
    view_fact(view, "on_way", "推进中", VIEW_INT(lights.on_way));
    view_fact(view, "at_risk", "有风险或预计达不到", VIEW_INT(lights.at_risk));
    view_fact(view, "missed", "未达到", VIEW_INT(lights.missed));
    view_fact(view, "without", "尚无数据或缺基期", VIEW_INT(lights.without));
    view_facts_end(view);
    view_section(view, STR("目标"));
    page_target_table(web, &targets);
    view_section(view, STR("任务"));
    return task_table(web, 0);
}

Status plan_my_unit_page(Web *web) {
    view_title(web->view, STR("本单位任务"));
    view_lead(web->view, STR("本单位牵头或负责的任务；点开可以看到目标、数据和需要填报的内容。"));
    view_section(web->view, STR_NONE);
    return task_table(web, web->user->unit_id);
}

/* The live figures that belong to clauses which the system itself works. */
static Status task_records(Web *web, const TaskRow *task) {
    if (!str_equal(task->clause, STR("2.2"))) {
        view_text(web->view, STR("这项任务还没有系统内的业务记录，进度由单位填报。"));
        return STATUS_OK;
    }
    static const struct {
        const char *counter;
        const char *key;
        const char *label;
        bool is_money;
    } rows[] = {
        {COUNTER_SALES, "sales", "本年核销件数", false},
        {COUNTER_SALES_FEN, "sales_fen", "带动销售额", true},
        {COUNTER_SUBSIDY_FEN, "subsidy_fen", "补贴金额", true},
        {COUNTER_APPLIANCE_RECYCLED, "recycled", "废旧家电拆解出证（台）", false},
    };
    int32_t year = day_parts(web_today(web)).year;
    Str first = str_print(web->cx->arena, "%04" PRId32 "-01", year);
    Str last = str_print(web->cx->arena, "%04" PRId32 "-12", year);
    view_facts_begin(web->view, NULL, true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t sum = 0;
        TRY(plan_counter_sum(web->cx, web->conn, str_of(rows[i].counter), first, last, &sum));
        view_fact(web->view, rows[i].key, rows[i].label,
                  rows[i].is_money ? VIEW_MONEY(money_of_fen(sum)) : VIEW_INT(sum));
    }
    view_facts_end(web->view);
    view_link(web->view, STR("/certificate"), STR("查看逐件拆解记录（已脱敏）"), false);
    return STATUS_OK;
}

Status plan_task_page(Web *web) {
    TaskRow task;
    TargetDesk desk;
    TargetNows targets;
    TRY(plan_store_task_find(web->cx, web->conn, web->ids[0], &task));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(task.clause),
                               STR_ARG(task.title)));
    view_section(view, STR("分工"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "clause", "条款", VIEW_TEXT(task.path));
    view_fact(view, "lead", "牵头单位", task.lead.len > 0 ? VIEW_TEXT(task.lead) : VIEW_NONE);
    view_fact(view, "responsible", "责任单位",
              task.responsible.len > 0 ? VIEW_TEXT(task.responsible) : VIEW_TEXT(STR("—")));
    view_facts_end(view);
    view_section(view, STR("措施"));
    view_text(view, task.body);
    view_section(view, STR("本条目标"));
    TRY(page_desk(web, &desk));
    TRY(page_targets(web, &desk, &(TargetPick){.task_id = task.id, .clause = task.clause},
                     &targets));
    page_target_table(web, &targets);
    view_section(view, STR("相关数据"));
    return task_records(web, &task);
}
