/*
 * plan_pages.c - the dashboard of targets and tasks, a task, a target with its months and its
 * records, and the figures that units file.
 */
#include "office/plan/target.h"
#include "web/form.h"

#include <inttypes.h>

/* ---- lists ---- */

static const ViewColumn target_columns[] = {
    {"code", "编号", false},  {"indicator", "目标", false}, {"goal", "要求", false},
    {"year", "年度", false},  {"value", "现值", true},      {"source", "来源", false},
    {"light", "状态", false},
};

static ViewValue source_view(TargetSource source) {
    return source == TARGET_LIVE ? VIEW_BADGE(VIEW_GOOD, STR("live"), STR("系统实时"))
                                 : VIEW_BADGE(VIEW_NEUTRAL, STR("reported"), STR("单位填报"));
}

/* A growth that cannot be computed yet still has a count behind it. */
static ViewValue value_view(Arena *arena, const TargetNow *now) {
    if (now->value.len > 0) {
        return VIEW_TEXT(now->value);
    }
    return now->source == TARGET_LIVE ? VIEW_TEXT(str_print(arena, "累计 %" PRId64, now->raw))
                                      : VIEW_NONE;
}

static Status target_row(Web *web, const TargetRow *target) {
    TargetNow now;
    TRY(target_now(web->cx, web->conn, target, web_today(web), &now));
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_TEXT(target->code));
    view_cell(view, VIEW_LINK(str_print(arena, "/target/%" PRId64, target->id), target->indicator));
    view_cell(view, VIEW_TEXT(target_goal_text(arena, target)));
    view_cell(view, VIEW_TEXT(target->year != 0        ? str_print(arena, "%" PRId64, target->year)
                              : target->period.len > 0 ? target->period
                                                       : STR("—")));
    view_cell(view, value_view(arena, &now));
    view_cell(view, source_view(now.source));
    view_cell(view, target_light_view(now.light));
    return STATUS_OK;
}

static Status target_table(Web *web, int64_t task_id) {
    TargetList targets;
    TRY(plan_store_targets(web->cx, web->conn, task_id, &targets));
    view_table_begin(web->view, "targets", STR("目标"), target_columns, 7);
    for (size_t i = 0; i < targets.count; i++) {
        TRY(target_row(web, &targets.items[i]));
    }
    view_table_end(web->view, STR("没有量化目标"));
    return STATUS_OK;
}

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
    int64_t missed;
    int64_t without;
} LightCount;

static Status lights_count(Web *web, LightCount *out) {
    TargetList targets;
    TRY(plan_store_targets(web->cx, web->conn, 0, &targets));
    *out = (LightCount){0};
    for (size_t i = 0; i < targets.count; i++) {
        TargetNow now;
        TRY(target_now(web->cx, web->conn, &targets.items[i], web_today(web), &now));
        out->reached += now.light == TARGET_REACHED;
        out->on_way += now.light == TARGET_ON_WAY || now.light == TARGET_TOLD;
        out->missed += now.light == TARGET_MISSED;
        out->without += now.light == TARGET_NO_FIGURE || now.light == TARGET_NO_BASELINE;
    }
    return STATUS_OK;
}

Status plan_dashboard_page(Web *web) {
    PlanHead head;
    LightCount lights;
    TRY(plan_store_head(web->cx, web->conn, &head));
    TRY(lights_count(web, &lights));
    View *view = web->view;
    view_title(view, STR("目标与任务总览"));
    view_lead(view, str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(head.title),
                              STR_ARG(head.doc_number)));
    view_section(view, STR("总体"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "reached", "已达到", VIEW_INT(lights.reached));
    view_fact(view, "on_way", "推进中", VIEW_INT(lights.on_way));
    view_fact(view, "missed", "未达到", VIEW_INT(lights.missed));
    view_fact(view, "without", "尚无数据或缺基期", VIEW_INT(lights.without));
    view_facts_end(view);
    view_section(view, STR("目标"));
    TRY(target_table(web, 0));
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
    TRY(target_table(web, task.id));
    view_section(view, STR("相关数据"));
    return task_records(web, &task);
}

/* ---- a target ---- */

static Status months_section(Web *web, const TargetRow *target) {
    if (target->counter.len == 0) {
        return STATUS_OK;
    }
    MonthList months;
    TRY(plan_store_months(web->cx, web->conn, target->counter, &months));
    Str *labels = arena_array(web->cx->arena, Str, months.count + 1);
    int64_t *values = arena_array(web->cx->arena, int64_t, months.count + 1);
    for (size_t i = 0; i < months.count; i++) {
        labels[i] = months.items[i].month;
        values[i] = months.items[i].value;
    }
    view_section(web->view, STR("逐月"));
    view_chart(web->view, "months", target->indicator, labels, values, months.count);
    if (str_equal(target->counter, STR(COUNTER_APPLIANCE_RECYCLED))) {
        view_link(web->view, STR("/certificate"), STR("查看逐件记录（已脱敏）"), false);
    }
    return STATUS_OK;
}

static ViewValue report_state_view(Str state) {
    if (str_equal(state, STR("confirmed"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("confirmed"), STR("已确认"));
    }
    return str_equal(state, STR("refused")) ? VIEW_BADGE(VIEW_BAD, STR("refused"), STR("已退回"))
                                            : VIEW_BADGE(VIEW_WARN, STR("filed"), STR("待确认"));
}

static const ViewColumn report_columns[] = {
    {"filed_ms", "填报时间", false}, {"part", "内容", false},     {"period", "时期", false},
    {"value", "数值", true},         {"evidence", "依据", false}, {"unit", "填报单位", false},
    {"state", "状态", false},        {"confirm", "确认", false},  {"refuse", "退回", false},
};

static void report_row(Web *web, const ReportRow *report) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    bool can_decide = web->user->role == ROLE_LEAD && str_equal(report->state, STR("filed"));
    view_row(view);
    view_cell(view, VIEW_INSTANT(report->filed_ms));
    view_cell(view,
              VIEW_TEXT(str_equal(report->part, STR("baseline")) ? STR("基期值") : STR("现值")));
    view_cell(view, VIEW_TEXT(report->period));
    view_cell(view, VIEW_TEXT(report->value));
    view_cell(view, VIEW_TEXT(report->evidence));
    view_cell(view, VIEW_TEXT(report->unit_name.len > 0 ? report->unit_name : STR("牵头专班")));
    view_cell(view, report_state_view(report->state));
    view_cell_action(view, str_print(arena, "/report/%" PRId64 "/confirm", report->id),
                     can_decide ? STR("确认") : STR_NONE, "确认这个数值？");
    view_cell_action(view, str_print(arena, "/report/%" PRId64 "/refuse", report->id),
                     can_decide ? STR("退回") : STR_NONE, "退回这个数值？");
}

static Status reports_section(Web *web, const TargetRow *target) {
    ReportList reports;
    TRY(plan_store_reports(web->cx, web->conn, target->code, &reports));
    view_section(web->view, STR("填报"));
    view_table_begin(web->view, "reports", STR("填报记录"), report_columns, 9);
    for (size_t i = 0; i < reports.count; i++) {
        report_row(web, &reports.items[i]);
    }
    view_table_end(web->view, STR("还没有填报"));
    return STATUS_OK;
}

enum { REPORT_PART, REPORT_PERIOD, REPORT_VALUE, REPORT_EVIDENCE, REPORT_FIELDS };

static const Form *report_form(Web *web) {
    static const FormChoice parts[] = {{"value", "现值"}, {"baseline", "基期值（2023 年等）"}};
    static const FormField fields[REPORT_FIELDS] = {
        {.name = "part",
         .label = "填报内容",
         .kind = FIELD_CHOICE,
         .choices = parts,
         .choice_count = 2},
        {.name = "period",
         .label = "时期",
         .hint = "例如 2025 或 2025-06",
         .kind = FIELD_TEXT,
         .min = 4,
         .max = 7},
        {.name = "value",
         .label = "数值",
         .hint = "只填数字；比例填百分数，例如 35",
         .kind = FIELD_TEXT,
         .min = 1,
         .max = 20},
        {.name = "evidence",
         .label = "依据",
         .hint = "统计报表、文件名称和文号",
         .kind = FIELD_TEXT,
         .min = 4,
         .max = 120},
    };
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "report",
                   .action = str_print(web->cx->arena, "/target/%" PRId64 "/report", web->ids[0]),
                   .submit = "提交填报",
                   .fields = fields,
                   .field_count = REPORT_FIELDS};
    return form;
}

/* A target of a past year stands still; its records go on being counted. */
static Status this_year_fact(Web *web, const TargetRow *target, const TargetNow *now) {
    int32_t year = day_parts(web_today(web)).year;
    if (now->source != TARGET_LIVE || now->year == year) {
        return STATUS_OK;
    }
    int64_t sum = 0;
    Str first = str_print(web->cx->arena, "%04" PRId32 "-01", year);
    Str last = str_print(web->cx->arena, "%04" PRId32 "-12", year);
    TRY(plan_counter_sum(web->cx, web->conn, target->counter, first, last, &sum));
    view_fact(web->view, "this_year", str_print(web->cx->arena, "%" PRId32 " 年累计", year).at,
              VIEW_INT(sum));
    return STATUS_OK;
}

/* The lead office files for every target, an officer for those of the own unit's tasks and for the
 * overall ones, which the plan gives to no task. */
static Status can_file(Web *web, const TargetRow *target, bool *out) {
    bool is_officer = web->user->role == ROLE_OFFICER;
    *out = web->user->role == ROLE_LEAD || (is_officer && target->task_id == 0);
    if (!is_officer || target->task_id == 0) {
        return STATUS_OK;
    }
    return plan_store_task_is_of(web->cx, web->conn, target->task_id, web->user->unit_id, out);
}

Status plan_target_page(Web *web) {
    TargetRow target;
    TargetNow now;
    TRY(plan_store_target_find(web->cx, web->conn, web->ids[0], &target));
    TRY(target_now(web->cx, web->conn, &target, web_today(web), &now));
    View *view = web->view;
    view_title(view, target.indicator);
    view_section(view, STR("现状"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "value", "现值", now.value.len > 0 ? VIEW_TEXT(now.value) : VIEW_NONE);
    view_fact(view, "goal", "要求", VIEW_TEXT(target_goal_text(web->cx->arena, &target)));
    view_fact(view, "light", "状态", target_light_view(now.light));
    view_fact(view, "source", "来源", source_view(now.source));
    if (str_equal(target.kind, STR("growth"))) {
        view_fact(view, "baseline", "基期值",
                  now.baseline.len > 0 ? VIEW_TEXT(now.baseline) : VIEW_NONE);
    }
    if (now.source == TARGET_LIVE) {
        view_fact(view, "raw", str_print(web->cx->arena, "%" PRId64 " 年累计", now.year).at,
                  VIEW_INT(now.raw));
    }
    TRY(this_year_fact(web, &target, &now));
    view_facts_end(view);
    view_text(view, str_print(web->cx->arena, "原文：“" STR_FMT "”", STR_ARG(target.quote)));
    if (now.light == TARGET_NO_BASELINE) {
        view_notice(
            view, VIEW_WARN,
            STR("这是增长类目标，基期值还没有经牵头专班确认，所以不计算增幅，也不亮绿灯。"));
    }
    TRY(months_section(web, &target));
    TRY(reports_section(web, &target));
    bool may_file = false;
    TRY(can_file(web, &target, &may_file));
    if (may_file) {
        view_form(view, report_form(web));
    }
    return STATUS_OK;
}

typedef struct ReportInput {
    ReportRow report;
} ReportInput;

static Status report_work(Cx *cx, DbConn *conn, void *input) {
    ReportRow *report = &((ReportInput *)input)->report;
    TRY(plan_store_report_insert(cx, conn, report, &report->id));
    DbEntry entry = {.verb = "report.file",
                     .subject = "plan_report",
                     .subject_id = report->id,
                     .after = str_print(cx->arena,
                                        "{\"target\":" STR_FMT ",\"part\":\"" STR_FMT
                                        "\",\"period\":" STR_FMT ",\"value\":" STR_FMT "}",
                                        STR_ARG(str_json(cx->arena, report->target_code)),
                                        STR_ARG(report->part),
                                        STR_ARG(str_json(cx->arena, report->period)),
                                        STR_ARG(str_json(cx->arena, report->value)))};
    return db_journal(cx, conn, &entry);
}

/* "2025" or "2025-06". */
static bool is_period(Str text) {
    int64_t year = 0;
    int64_t month = 1;
    bool has_month = text.len == 7 && text.at[4] == '-';
    if (text.len != 4 && !has_month) {
        return false;
    }
    return str_int64(str_slice(text, 0, 4), &year) == STATUS_OK && year >= 2000 && year <= 2100 &&
           (!has_month ||
            (str_int64(str_from(text, 5), &month) == STATUS_OK && month >= 1 && month <= 12));
}

static Status report_check(Web *web, const TargetRow *target, const FormValue *values) {
    int64_t micro = 0;
    if (!is_period(values[REPORT_PERIOD].text)) {
        return fault_at_field(web->cx, STATUS_INVALID, "period", "时期应为 2025 或 2025-06 的形式");
    }
    /* The latest period counts: one of the future would hide every later figure. */
    Str now = day_print(web->cx->arena, web_today(web));
    Str period = values[REPORT_PERIOD].text;
    if (str_compare(period, str_slice(now, 0, period.len)) > 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "period", "时期不能晚于今天");
    }
    bool needs_number = !str_equal(target->kind, STR("qualitative"));
    if (needs_number && !target_micro(values[REPORT_VALUE].text, &micro)) {
        return fault_at_field(web->cx, STATUS_INVALID, "value", "数值应为数字，最多六位小数");
    }
    return STATUS_OK;
}

Status plan_target_report_post(Web *web) {
    TargetRow target;
    TRY(plan_store_target_find(web->cx, web->conn, web->ids[0], &target));
    bool may_file = false;
    TRY(can_file(web, &target, &may_file));
    if (!may_file) {
        return fault(web->cx, STATUS_DENIED, "这个目标不属于本单位牵头或负责的任务，不能填报");
    }
    FormValue values[REPORT_FIELDS];
    TRY(form_read(web, report_form(web), values));
    TRY(report_check(web, &target, values));
    ReportInput input = {.report = {.target_code = target.code,
                                    .part = values[REPORT_PART].text,
                                    .period = values[REPORT_PERIOD].text,
                                    .value = values[REPORT_VALUE].text,
                                    .evidence = values[REPORT_EVIDENCE].text,
                                    .unit_id = web->user->unit_id,
                                    .filed_by = web->user->id,
                                    .filed_ms = web->now_ms}};
    TRY(web_write(web, "report.file", report_work, &input, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/target/%" PRId64, target.id),
                        STR("已提交，等待牵头专班确认"));
}

/* ---- deciding on a report ---- */

static Status decide_work(Cx *cx, DbConn *conn, void *input) {
    const ReportDecide *decide = input;
    TRY(plan_store_report_decide(cx, conn, decide));
    DbEntry entry = {.verb = str_equal(str_of(decide->state), STR("confirmed")) ? "report.confirm"
                                                                                : "report.refuse",
                     .subject = "plan_report",
                     .subject_id = decide->id};
    return db_journal(cx, conn, &entry);
}

static Status report_decide(Web *web, const char *state, Str done) {
    ReportRow report;
    TRY(plan_store_report_find(web->cx, web->conn, web->ids[0], &report));
    if (report.filed_by == web->user->id) {
        return fault(web->cx, STATUS_DENIED, "不能确认自己填报的数值，请由另一人办理");
    }
    ReportDecide decide = {
        .id = report.id, .state = state, .decided_by = web->user->id, .now_ms = web->now_ms};
    TRY(web_write(web, "report.decide", decide_work, &decide, NULL));
    return web_redirect(web, STR("/dashboard"), done);
}

Status plan_report_confirm_post(Web *web) {
    return report_decide(web, "confirmed", STR("数值已确认"));
}

Status plan_report_refuse_post(Web *web) {
    return report_decide(web, "refused", STR("数值已退回"));
}
