/*
 * plan_pages.c - the tasks of a unit, what waits for it, and one task.
 */
#include "base/limits.h"
#include "office/plan/figure_store.h"
#include "office/plan/pages.h"

#include <inttypes.h>

/* ---- lists ---- */

static Str work_text(Arena *arena, const TaskWork *work) {
    return work->total == 0
               ? STR("—")
               : str_print(arena, "完成 %" PRId64 "/%" PRId64 " 项，平均 %" PRId64 "%%", work->done,
                           work->total, work->progress_bp / 100);
}

/* What is late and what is urged is between offices. */
static void task_row(Web *web, const TaskRow *task, const TaskWork *work) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_TEXT(task->clause));
    view_cell(view, VIEW_LINK(page_path(web, "/task", task->id), task->title));
    view_cell(view, page_or_dash(task->lead));
    view_cell(view, page_or_dash(task->responsible));
    view_cell(view, VIEW_TEXT(work_text(arena, work)));
    if (page_is_office(web)) {
        view_cell(view, work->late > 0
                            ? VIEW_BADGE(VIEW_BAD, STR("late"),
                                         str_print(arena, "逾期 %" PRId64 " 项", work->late))
                            : VIEW_TEXT(STR("—")));
        view_cell(view, work->notice_open > 0
                            ? VIEW_BADGE(VIEW_WARN, STR("urged"),
                                         str_print(arena, "督办 %" PRId64 " 件", work->notice_open))
                            : VIEW_TEXT(STR("—")));
    }
}

Status page_task_table(Web *web, int64_t unit_id) {
    static const ViewColumn columns[] = {
        {"clause", "条款", false},   {"title", "任务", false},
        {"lead", "牵头单位", false}, {"responsible", "责任单位", false},
        {"work", "措施进度", false}, {"late", "逾期", false},
        {"urged", "督办", false}};
    TaskList tasks;
    TaskWorkList work;
    TRY(plan_store_tasks(web->cx, web->conn, unit_id, &tasks));
    TRY(work_store_tasks(web->cx, web->conn, web_today(web), &work));
    View *view = web->view;
    view_table_begin(view, "tasks", STR("任务"), columns, page_is_office(web) ? 7 : 5);
    for (size_t i = 0; i < tasks.count; i++) {
        TaskWork of = work_of_task(&work, tasks.items[i].id);
        task_row(web, &tasks.items[i], &of);
    }
    view_table_end(view, STR("没有任务"));
    return STATUS_OK;
}

/* ---- the unit of an officer ---- */

static Status waiting_facts(Web *web) {
    int64_t filed = 0;
    int64_t unit = web->user->unit_id;
    MeasureList late;
    MeasureList soon;
    NoticeList notices;
    MeasureAsk ask = {.unit_id = unit,
                      .state = STR("late"),
                      .today = web_today(web),
                      .soon_day = page_soon_day(web),
                      .limit = LIMIT_PAGE_ROWS_MAX};
    TRY(figure_store_count(web->cx, web->conn, "filed", unit, &filed));
    TRY(work_store_measures(web->cx, web->conn, &ask, &late));
    ask.state = STR("soon");
    TRY(work_store_measures(web->cx, web->conn, &ask, &soon));
    TRY(work_store_notices(
        web->cx, web->conn,
        &(NoticeAsk){.is_open_only = true, .unit_id = unit, .limit = LIMIT_PAGE_ROWS_MAX},
        &notices));
    View *view = web->view;
    view_section(view, STR("待办"));
    view_facts_begin(view, "waiting", true);
    view_fact(view, "late", "已逾期的措施", VIEW_INT((int64_t)late.count));
    view_fact(view, "soon", "10个工作日内到期", VIEW_INT((int64_t)soon.count));
    view_fact(view, "notices", "未办结的督办", VIEW_INT((int64_t)notices.count));
    view_fact(view, "filed", "待负责人审核的填报", VIEW_INT(filed));
    view_facts_end(view);
    if (late.count > 0) {
        page_measure_table(web, &late);
    }
    if (notices.count > 0) {
        page_notice_table(web, &notices);
    }
    return STATUS_OK;
}

Status plan_my_unit_page(Web *web) {
    View *view = web->view;
    view_title(view, STR("本单位任务"));
    view_lead(view, STR("本单位牵头或负责的任务；点开可以看到措施、目标、数据和需要填报的内容。"));
    TRY(waiting_facts(web));
    view_link(view, page_path(web, "/dashboard/unit", web->user->unit_id), STR("本单位看板"),
              false);
    view_link(view, STR("/measure"), STR("全部措施"), false);
    view_link(view, STR("/series?who=mine"), STR("本单位填报的逐月数据"), false);
    view_link(view, STR("/figure"), STR("填报审核"), false);
    view_link(view, STR("/my-unit/file/pdf"), STR("打印本单位任务单（PDF）"), false);
    view_section(view, STR("任务"));
    return page_task_table(web, web->user->unit_id);
}

/* ---- a task ---- */

static Status measures_section(Web *web, const TaskRow *task) {
    MeasureList measures;
    TaskWorkList work;
    TRY(work_store_measures_of(web->cx, web->conn, task->id, &measures));
    TRY(work_store_tasks(web->cx, web->conn, web_today(web), &work));
    TaskWork of = work_of_task(&work, task->id);
    view_section(web->view, STR("措施和进度"));
    if (of.total > 0) {
        view_progress(web->view, work_text(web->cx->arena, &of), of.progress_bp, RATE_BP_ONE);
    }
    page_measure_table(web, &measures);
    if (web->user->role == ROLE_LEAD) {
        view_link(web->view, str_print(web->cx->arena, "/task/%" PRId64 "/measure", task->id),
                  STR("添加措施"), false);
        view_link(web->view, str_print(web->cx->arena, "/notice/new?task=%" PRId64, task->id),
                  STR("签发督办通知"), false);
    }
    return STATUS_OK;
}

static Status notices_section(Web *web, const TaskRow *task) {
    NoticeList notices;
    if (!page_is_office(web) || web->user->role == ROLE_FINANCE) {
        return STATUS_OK;
    }
    NoticeAsk ask = {.task_id = task->id,
                     .unit_id = web->user->role == ROLE_OFFICER ? web->user->unit_id : 0,
                     .limit = 20};
    TRY(work_store_notices(web->cx, web->conn, &ask, &notices));
    if (notices.count > 0) {
        view_section(web->view, STR("督办"));
        page_notice_table(web, &notices);
    }
    return STATUS_OK;
}

/* Appliances are bought and fetched in offices of their own, not in a kind of record. */
static Status sales_facts(Web *web) {
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

/* What the records of the clause have come to. */
static Status task_records(Web *web, const TaskRow *task) {
    if (str_equal(task->clause, STR("2.2"))) {
        TRY(sales_facts(web));
    }
    return page_kind_table(web, &(KindPick){.clause = task->clause});
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
    TRY(measures_section(web, &task));
    TRY(notices_section(web, &task));
    view_section(view, STR("方案原文"));
    view_text(view, task.body);
    view_section(view, STR("本条目标"));
    TRY(page_desk(web, &desk));
    TRY(page_targets(web, &desk, &(TargetPick){.task_id = task.id, .clause = task.clause},
                     &targets));
    page_target_table(web, &targets);
    view_section(view, STR("相关数据"));
    return task_records(web, &task);
}
