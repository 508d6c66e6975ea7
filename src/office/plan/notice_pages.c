/* notice_pages.c - notices of supervision: the list, one with its clock and history, the acts. */
#include "office/plan/evidence.h"
#include "office/plan/pages.h"

#include <inttypes.h>

enum { NOTICES_PER_PAGE = 50 };

/* ---- shared ---- */

ViewValue page_notice_state(Str state) {
    static const struct {
        const char *code;
        ViewTone tone;
        const char *zh;
    } rows[] = {{"issued", VIEW_WARN, "待签收"},
                {"received", VIEW_INFO, "已签收，待回复"},
                {"replied", VIEW_WARN, "已回复，待办结"},
                {"closed", VIEW_GOOD, "已办结"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(state, str_of(rows[i].code))) {
            return VIEW_BADGE(rows[i].tone, state, str_of(rows[i].zh));
        }
    }
    return VIEW_NONE;
}

ViewValue page_notice_level(int64_t level) {
    return level >= 3   ? VIEW_BADGE(VIEW_BAD, STR("3"), STR("约谈"))
           : level == 2 ? VIEW_BADGE(VIEW_WARN, STR("2"), STR("通报"))
                        : VIEW_BADGE(VIEW_NEUTRAL, STR("1"), STR("督办"));
}

/* The date that runs: of the receipt, then of the reply. */
static ViewValue clock_view(Web *web, const Notice *notice) {
    bool is_issued = str_equal(notice->state, STR("issued"));
    bool is_waiting = is_issued || str_equal(notice->state, STR("received"));
    return page_due(web, is_issued ? notice->receive_due : notice->reply_due, is_waiting);
}

void page_notice_table(Web *web, const NoticeList *notices) {
    static const ViewColumn columns[] = {{"number", "编号", false}, {"title", "事项", false},
                                         {"clause", "条款", false}, {"unit", "承办单位", false},
                                         {"level", "级别", false},  {"clock", "期限", false},
                                         {"state", "状态", false}};
    View *view = web->view;
    view_table_begin(view, "notices", STR("督办通知"), columns, 7);
    for (size_t i = 0; i < notices->count; i++) {
        const Notice *notice = &notices->items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(page_path(web, "/notice", notice->id), notice->number));
        view_cell(view, VIEW_TEXT(notice->title));
        view_cell(view, VIEW_TEXT(notice->clause));
        view_cell(view, VIEW_TEXT(notice->unit_name));
        view_cell(view, page_notice_level(notice->level));
        view_cell(view, clock_view(web, notice));
        view_cell(view, page_notice_state(notice->state));
    }
    view_table_end(view, STR("没有督办通知"));
}

static Str act_path(Web *web, const char *act) {
    return str_print(web->cx->arena, "/notice/%" PRId64 "/%s", web->ids[0], act);
}

/* ---- the list ---- */

Status plan_notice_list_page(Web *web) {
    NoticeList notices;
    int64_t page = web_param_int(web, "page", 0);
    bool is_all = str_equal(web_param(web, "state"), STR("all"));
    NoticeAsk ask = {.is_open_only = !is_all,
                     .unit_id = web->user->role == ROLE_OFFICER ? web->user->unit_id : 0,
                     .skip = page * NOTICES_PER_PAGE,
                     .limit = NOTICES_PER_PAGE + 1};
    TRY(work_store_notices(web->cx, web->conn, &ask, &notices));
    bool has_more = notices.count > NOTICES_PER_PAGE;
    notices.count = has_more ? NOTICES_PER_PAGE : notices.count;
    View *view = web->view;
    view_title(view, STR("督办"));
    view_lead(view,
              STR("一个工作日内签收，按期回复；逾期可以升级为通报、约谈。期限按工作日计算。"));
    view_tabs_begin(view, "范围");
    view_tab(view, STR("/notice"), STR("未办结"), !is_all);
    view_tab(view, STR("/notice?state=all"), STR("全部"), is_all);
    view_tabs_end(view);
    view_section(view, STR_NONE);
    page_notice_table(web, &notices);
    view_pager(view, is_all ? STR("/notice?state=all") : STR("/notice?state=open"), page, has_more);
    view_link(view, STR("/record/decision"), STR("会议议定事项"), false);
    view_section(view, STR("导出"));
    view_link(view, is_all ? STR("/notice/file/xlsx?state=all") : STR("/notice/file/xlsx"),
              STR("电子表格"), false);
    view_link(view, is_all ? STR("/notice/file/csv?state=all") : STR("/notice/file/csv"),
              STR("文本表格（CSV）"), false);
    view_link(view, is_all ? STR("/notice/file/pdf?state=all") : STR("/notice/file/pdf"),
              STR("打印件（PDF）"), false);
    return STATUS_OK;
}

/* ---- issuing ---- */

enum { NEW_TASK, NEW_MEASURE, NEW_UNIT, NEW_TITLE, NEW_BODY, NEW_DAYS, NEW_FIELDS };

static Status new_form(Web *web, UnitChoices *units, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    TRY(page_unit_choices(web, false, units));
    fields[NEW_TASK] = (FormField){.name = "task",
                                   .label = "",
                                   .kind = FIELD_HIDDEN,
                                   .max = 12,
                                   .value = web_param(web, "task")};
    fields[NEW_MEASURE] = (FormField){.name = "measure",
                                      .label = "",
                                      .kind = FIELD_HIDDEN,
                                      .is_optional = true,
                                      .max = 12,
                                      .value = web_param(web, "measure")};
    fields[NEW_UNIT] = (FormField){.name = "unit",
                                   .label = "承办单位",
                                   .kind = FIELD_CHOICE,
                                   .choices = units->items,
                                   .choice_count = units->count};
    fields[NEW_TITLE] =
        (FormField){.name = "title", .label = "督办事项", .kind = FIELD_TEXT, .min = 4, .max = 80};
    fields[NEW_BODY] = (FormField){
        .name = "body", .label = "要求", .kind = FIELD_LONG_TEXT, .min = 4, .max = 1000};
    fields[NEW_DAYS] = (FormField){.name = "reply_days",
                                   .label = "回复期限（工作日）",
                                   .kind = FIELD_INT,
                                   .min = 1,
                                   .max = 60,
                                   .value = STR("5")};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "new",
                   .action = STR("/notice/new"),
                   .submit = "签发",
                   .confirm = "签发后承办单位即可看到，确定签发？",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    *out = form;
    return STATUS_OK;
}

Status plan_notice_new_page(Web *web) {
    TaskRow task;
    UnitChoices units;
    const Form *form = NULL;
    TRY(plan_store_task_find(web->cx, web->conn, web_param_int(web, "task", 0), &task));
    TRY(new_form(web, &units, &form));
    view_title(web->view, STR("签发督办通知"));
    view_lead(web->view, str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(task.clause),
                                   STR_ARG(task.title)));
    view_form(web->view, form);
    return STATUS_OK;
}

typedef struct Issue {
    PlanNoticeNew new;
    int64_t id;
} Issue;

static Status issue_work(Cx *cx, DbConn *conn, void *input) {
    Issue *issue = input;
    TRY(plan_notice_issue(cx, conn, &issue->new, &issue->id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, issue->id));
    return STATUS_OK;
}

Status plan_notice_new_post(Web *web) {
    UnitChoices units;
    const Form *form = NULL;
    FormValue values[NEW_FIELDS];
    Str answer = STR_NONE;
    TRY(new_form(web, &units, &form));
    TRY(form_read(web, form, values));
    Issue issue = {.new = {.task_id = web_param_int(web, "task", 0),
                           .measure_id = web_param_int(web, "measure", 0),
                           .unit_id = page_unit_chosen(&units, &values[NEW_UNIT]),
                           .title = values[NEW_TITLE].text,
                           .body = values[NEW_BODY].text,
                           .reply_days = values[NEW_DAYS].number,
                           .calendar = page_calendar(web),
                           .person_id = web->user->id,
                           .now_ms = web->now_ms}};
    TRY(web_write(web, "notice.issue", issue_work, &issue, &answer));
    return web_redirect(web, str_print(web->cx->arena, "/notice/" STR_FMT, STR_ARG(answer)),
                        STR("督办通知已签发"));
}

/* ---- one notice ---- */

static Str verb_zh(Str verb) {
    static const struct {
        const char *code;
        const char *zh;
    } rows[] = {{"issue", "签发"}, {"receive", "签收"},        {"reply", "回复"},
                {"close", "办结"}, {"return", "退回重新回复"}, {"raise", "升级"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(verb, str_of(rows[i].code))) {
            return str_of(rows[i].zh);
        }
    }
    return verb;
}

static Status notice_moments(Web *web, const Notice *notice) {
    WorkMomentList moments;
    TRY(work_store_notice_moments(web->cx, web->conn, notice->id, &moments));
    view_section(web->view, STR("办理过程"));
    view_timeline_begin(web->view);
    for (size_t i = 0; i < moments.count; i++) {
        const WorkMoment *moment = &moments.items[i];
        view_moment(web->view, &(ViewMoment){.at_ms = moment->at_ms,
                                             .who = moment->person,
                                             .what = verb_zh(moment->verb),
                                             .note = moment->text});
    }
    view_timeline_end(web->view);
    return STATUS_OK;
}

enum { AGAIN_TEXT, AGAIN_DAYS, AGAIN_FIELDS };

static const Form *again_form(Web *web, const char *act, const char *submit) {
    static const FormField fields[AGAIN_FIELDS] = {
        {.name = "text", .label = "原因", .kind = FIELD_LONG_TEXT, .min = 2, .max = 500},
        {.name = "reply_days",
         .label = "新的回复期限（工作日）",
         .kind = FIELD_INT,
         .min = 1,
         .max = 60,
         .value = {"3", 1}},
    };
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = act,
                   .action = act_path(web, act),
                   .submit = submit,
                   .fields = fields,
                   .field_count = AGAIN_FIELDS};
    return form;
}

enum { REPLY_TEXT, REPLY_PAPERS, REPLY_FIELDS };

static Status reply_form(Web *web, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, REPLY_FIELDS);
    fields[REPLY_TEXT] = (FormField){
        .name = "text", .label = "回复内容", .kind = FIELD_LONG_TEXT, .min = 2, .max = 1000};
    TRY(evidence_field(web, &fields[REPLY_PAPERS]));
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "reply",
                   .action = act_path(web, "reply"),
                   .submit = "回复",
                   .fields = fields,
                   .field_count = REPLY_FIELDS};
    *out = form;
    return STATUS_OK;
}

static Status unit_acts(Web *web, const Notice *notice) {
    if (notice->unit_id != web->user->unit_id) {
        return STATUS_OK;
    }
    if (str_equal(notice->state, STR("issued"))) {
        view_section(web->view, STR("签收"));
        view_action(web->view, act_path(web, "receive"), STR("签收"), NULL);
    } else if (str_equal(notice->state, STR("received"))) {
        const Form *form = NULL;
        TRY(reply_form(web, &form));
        view_section(web->view, STR("回复"));
        view_form(web->view, form);
    }
    return STATUS_OK;
}

static void lead_acts(Web *web, const Notice *notice) {
    if (str_equal(notice->state, STR("replied"))) {
        view_section(web->view, STR("办结"));
        view_action(web->view, act_path(web, "close"), STR("办结"), "确认办结？");
        view_form(web->view, again_form(web, "return", "退回重新回复"));
    }
    bool is_late =
        plan_notice_is_late(notice->state, notice->receive_due, notice->reply_due, web_today(web));
    if (is_late && notice->level < 3) {
        view_section(web->view, STR("升级"));
        view_text(web->view, STR("已经超过期限，可以升级为上一级督办方式。"));
        view_form(web->view, again_form(web, "raise", "升级"));
    }
}

static Status notice_of_path(Web *web, Notice *out) {
    TRY(work_store_notice_find(web->cx, web->conn, web->ids[0], out));
    bool is_foreign = web->user->role == ROLE_OFFICER && out->unit_id != web->user->unit_id;
    return is_foreign ? fault(web->cx, STATUS_DENIED, "这份督办通知不是发给本单位的") : STATUS_OK;
}

Status plan_notice_page(Web *web) {
    Notice notice;
    TRY(notice_of_path(web, &notice));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, STR_FMT " " STR_FMT, STR_ARG(notice.number),
                               STR_ARG(notice.title)));
    view_section(view, STR("现状"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "state", "状态", page_notice_state(notice.state));
    view_fact(view, "level", "级别", page_notice_level(notice.level));
    view_fact(view, "unit", "承办单位", VIEW_TEXT(notice.unit_name));
    view_fact(view, "clock", "期限", clock_view(web, &notice));
    view_fact(view, "reply_due", "回复期限", VIEW_DAY(notice.reply_due));
    view_fact(view, "task", "所属任务",
              VIEW_LINK(page_path(web, "/task", notice.task_id), notice.clause));
    view_facts_end(view);
    if (notice.measure_id != 0) {
        view_link(view, page_path(web, "/measure", notice.measure_id), STR("查看措施"), false);
    }
    view_section(view, STR("要求"));
    view_text(view, notice.body);
    TRY(evidence_table(web, EVIDENCE_NOTICE, notice.id));
    TRY(notice_moments(web, &notice));
    if (web->user->role == ROLE_LEAD) {
        lead_acts(web, &notice);
    }
    return web->user->role == ROLE_OFFICER ? unit_acts(web, &notice) : STATUS_OK;
}

/* ---- acts ---- */

static PlanNoticeAct act_of(const Web *web) {
    return (PlanNoticeAct){.notice_id = web->ids[0],
                           .person_id = web->user->id,
                           .unit_id = web->user->unit_id,
                           .is_lead = web->user->role == ROLE_LEAD,
                           .calendar = page_calendar(web),
                           .now_ms = web->now_ms};
}

static Status act_run(Web *web, const char *name, DbWork *work, PlanNoticeAct *act) {
    TRY(web_write(web, name, work, act, NULL));
    return web_redirect(web, page_path(web, "/notice", web->ids[0]), STR("已办理"));
}

static Status receive_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_receive(cx, conn, input);
}

Status plan_notice_receive_post(Web *web) {
    PlanNoticeAct act = act_of(web);
    return act_run(web, "notice.receive", receive_work, &act);
}

static Status reply_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_reply(cx, conn, input);
}

Status plan_notice_reply_post(Web *web) {
    const Form *form = NULL;
    FormValue values[REPLY_FIELDS];
    PlanNoticeAct act = act_of(web);
    if (form_is_reshaped(web)) {
        return plan_notice_page(web);
    }
    TRY(reply_form(web, &form));
    TRY(form_read(web, form, values));
    TRY(evidence_read(web, &act.papers));
    act.text = values[REPLY_TEXT].text;
    return act_run(web, "notice.reply", reply_work, &act);
}

static Status close_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_close(cx, conn, input);
}

Status plan_notice_close_post(Web *web) {
    PlanNoticeAct act = act_of(web);
    return act_run(web, "notice.close", close_work, &act);
}

static Status again_read(Web *web, const char *act_name, PlanNoticeAct *act) {
    FormValue values[AGAIN_FIELDS];
    *act = act_of(web);
    TRY(form_read(web, again_form(web, act_name, ""), values));
    act->text = values[AGAIN_TEXT].text;
    act->reply_days = values[AGAIN_DAYS].number;
    return STATUS_OK;
}

static Status return_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_return(cx, conn, input);
}

Status plan_notice_return_post(Web *web) {
    PlanNoticeAct act;
    TRY(again_read(web, "return", &act));
    return act_run(web, "notice.return", return_work, &act);
}

static Status raise_work(Cx *cx, DbConn *conn, void *input) {
    return plan_notice_raise(cx, conn, input);
}

Status plan_notice_raise_post(Web *web) {
    PlanNoticeAct act;
    TRY(again_read(web, "raise", &act));
    return act_run(web, "notice.raise", raise_work, &act);
}
