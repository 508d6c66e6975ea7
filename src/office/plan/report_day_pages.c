/*
 * report_day_pages.c - by which day of the month units tell last month's figures: the rule in
 * force, a proposal with its document, and its sign-off by another person of the lead office.
 */
#include "office/plan/pages.h"

#include <inttypes.h>

static ViewValue day_view(Web *web, int64_t day) {
    return day == 0 ? VIEW_TEXT(STR("未设置"))
                    : VIEW_TEXT(str_print(web->cx->arena, "每月 %" PRId64 " 日前", day));
}

static ViewValue state_view(Str state) {
    return str_equal(state, STR("proposed"))   ? VIEW_BADGE(VIEW_WARN, state, STR("待签认"))
           : str_equal(state, STR("in_force")) ? VIEW_BADGE(VIEW_GOOD, state, STR("已签认"))
                                               : VIEW_BADGE(VIEW_BAD, state, STR("已退回"));
}

static const PlanReportDay *first_in(const PlanReportDays *rules, const char *state) {
    for (size_t i = 0; i < rules->count; i++) {
        if (str_equal(rules->items[i].state, str_of(state))) {
            return &rules->items[i];
        }
    }
    return NULL;
}

static Status now_facts(Web *web, const PlanReportDays *rules) {
    int64_t day = 0;
    View *view = web->view;
    const PlanReportDay *rule = first_in(rules, "in_force");
    TRY(plan_report_day(web->cx, web->conn, page_book(web), &day));
    Day due = plan_report_due(page_calendar(web), web_today(web), day);
    view_section(view, STR("现行期限"));
    view_facts_begin(view, "rule", false);
    view_fact(view, "day", "上月数值报送期限", day_view(web, day));
    if (day > 0) {
        view_fact(view, "due", "本月截止日", page_due(web, due, true));
    }
    view_fact(view, "source", "依据",
              rule != NULL && rule->day == day ? VIEW_TEXT(rule->source)
              : day > 0                        ? VIEW_TEXT(STR("城市目录的设置"))
                                               : VIEW_NONE);
    view_facts_end(view);
    if (day == 0) {
        view_notice(view, VIEW_INFO, STR("没有设置期限：待办里的缺报事项不带日期，也不算逾期。"));
    }
    return STATUS_OK;
}

static void history_table(Web *web, const PlanReportDays *rules) {
    static const ViewColumn columns[] = {
        {"proposed_ms", "提出时间", false}, {"day", "期限", false},       {"source", "依据", false},
        {"who", "提出人", false},           {"decider", "签认人", false}, {"state", "状态", false},
        {"note", "退回原因", false}};
    View *view = web->view;
    view_section(view, STR("提出和签认"));
    view_table_begin(view, "history", STR("提出和签认"), columns, 7);
    for (size_t i = 0; i < rules->count; i++) {
        const PlanReportDay *rule = &rules->items[i];
        view_row(view);
        view_cell(view, VIEW_TEXT(instant_print_minute(web->cx->arena, rule->proposed_ms)));
        view_cell(view, rule->day == 0 ? VIEW_TEXT(STR("取消期限")) : day_view(web, rule->day));
        view_cell(view, VIEW_TEXT(rule->source));
        view_cell(view, page_or_dash(rule->proposer));
        view_cell(view, page_or_dash(rule->decider));
        view_cell(view, state_view(rule->state));
        view_cell(view, page_or_dash(rule->note));
    }
    view_table_end(view, STR("还没有人提出"));
}

/* ---- forms ---- */

enum { NEW_DAY, NEW_SOURCE, NEW_FIELDS };

static const FormField new_fields[] = {
    [NEW_DAY] = {.name = "day",
                 .label = "每月几日前报上月数值",
                 .hint = "1 至 28；0 表示取消期限。遇节假日顺延到下一个工作日",
                 .kind = FIELD_INT,
                 .min = 0,
                 .max = 28},
    [NEW_SOURCE] = {.name = "source",
                    .label = "依据",
                    .hint = "文件名称和文号",
                    .kind = FIELD_TEXT,
                    .min = 6,
                    .max = 200}};

static const Form *new_form(Web *web) {
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "report_day",
                   .action = STR("/report-day"),
                   .submit = "提出，等另一人签认",
                   .fields = new_fields,
                   .field_count = NEW_FIELDS};
    return form;
}

static Str act_path(Web *web, int64_t id, const char *act) {
    return str_print(web->cx->arena, "/report-day/%" PRId64 "/%s", id, act);
}

static const Form *refuse_form(Web *web, int64_t id) {
    TextForm of = {.key = "refuse",
                   .action = act_path(web, id, "refuse"),
                   .field = "note",
                   .label = "退回原因",
                   .submit = "退回"};
    return page_text_form(web, &of);
}

static void decision_section(Web *web, const PlanReportDay *rule) {
    View *view = web->view;
    view_section(view, STR("签认"));
    view_facts_begin(view, "proposal", false);
    view_fact(view, "day", "提出的期限",
              rule->day == 0 ? VIEW_TEXT(STR("取消期限")) : day_view(web, rule->day));
    view_fact(view, "source", "依据", VIEW_TEXT(rule->source));
    view_fact(view, "proposer", "提出人", page_or_dash(rule->proposer));
    view_facts_end(view);
    if (rule->proposed_by == web->user->id) {
        view_notice(view, VIEW_INFO, STR("由专班的另一人签认。"));
        return;
    }
    view_action(view, act_path(web, rule->id, "approve"), STR("签认"),
                "核对过依据，签认这项期限？");
    view_form(view, refuse_form(web, rule->id));
}

Status plan_report_day_page(Web *web) {
    PlanReportDays rules;
    TRY(plan_report_days(web->cx, web->conn, &rules));
    const PlanReportDay *open = first_in(&rules, "proposed");
    view_title(web->view, STR("数值报送期限"));
    view_lead(
        web->view,
        STR("各单位每月几日前报上月的数值，由牵头专班依据文件提出，专班的另一人签认后生效。"));
    TRY(now_facts(web, &rules));
    if (web->user->role == ROLE_LEAD && open != NULL) {
        decision_section(web, open);
    } else if (web->user->role == ROLE_LEAD) {
        view_section(web->view, STR("提出期限"));
        view_form(web->view, new_form(web));
    }
    history_table(web, &rules);
    return STATUS_OK;
}

/* ---- acts ---- */

typedef struct Proposal {
    PlanReportDay rule;
    int64_t id;
} Proposal;

static Status propose_work(Cx *cx, DbConn *conn, void *input) {
    Proposal *proposal = input;
    return plan_report_day_propose(cx, conn, &proposal->rule, &proposal->id);
}

Status plan_report_day_post(Web *web) {
    FormValue values[NEW_FIELDS];
    TRY(form_read(web, new_form(web), values));
    Proposal proposal = {.rule = {.day = values[NEW_DAY].number,
                                  .source = values[NEW_SOURCE].text,
                                  .proposed_by = web->user->id,
                                  .proposed_ms = web->now_ms}};
    TRY(web_write(web, "report_day.propose", propose_work, &proposal, NULL));
    return web_redirect(web, STR("/report-day"), STR("已提出，等专班的另一人签认"));
}

static Status decide_work(Cx *cx, DbConn *conn, void *input) {
    return plan_report_day_decide(cx, conn, input);
}

static Status decide(Web *web, PlanReportDayAct *act, Str done) {
    act->id = web->ids[0];
    act->person_id = web->user->id;
    act->now_ms = web->now_ms;
    TRY(web_write(web, "report_day.decide", decide_work, act, NULL));
    return web_redirect(web, STR("/report-day"), done);
}

Status plan_report_day_approve_post(Web *web) {
    PlanReportDayAct act = {.is_approved = true};
    return decide(web, &act, STR("已签认，从现在起按此期限"));
}

Status plan_report_day_refuse_post(Web *web) {
    FormValue value;
    TRY(form_read(web, refuse_form(web, web->ids[0]), &value));
    PlanReportDayAct act = {.note = value.text};
    return decide(web, &act, STR("已退回"));
}
