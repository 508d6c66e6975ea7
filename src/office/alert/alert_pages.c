/* alert_pages.c - the list of alerts, one alert with its evidence, and the officer's word on it. */
#include "office/alert/alert_internal.h"
#include "office/people/people.h"
#include "web/form.h"

#include <inttypes.h>

enum { ALERT_ROWS = 50, ALERT_USES = 200 };

static ViewValue state_view(Str state) {
    if (str_equal(state, STR("confirmed"))) {
        return VIEW_BADGE(VIEW_BAD, state, STR("属实"));
    }
    if (str_equal(state, STR("dismissed"))) {
        return VIEW_BADGE(VIEW_GOOD, state, STR("已排除"));
    }
    return VIEW_BADGE(VIEW_WARN, state, STR("待核查"));
}

static Status tally_section(Web *web) {
    static const ViewColumn columns[] = {{"kind", "类型", false},
                                         {"open_count", "待核查", true},
                                         {"confirmed_count", "属实", true},
                                         {"dismissed_count", "已排除", true}};
    AlertTallyList list;
    TRY(alert_store_tally(web->cx, web->conn, &list));
    view_section(web->view, STR("按类型"));
    view_table_begin(web->view, "tally", STR("各类风险提示"), columns, 4);
    for (size_t i = 0; i < list.count; i++) {
        const AlertTally *row = &list.items[i];
        view_row(web->view);
        view_cell(web->view,
                  VIEW_LINK(str_print(web->cx->arena, "/alert?kind=" STR_FMT, STR_ARG(row->kind)),
                            alert_kind_zh(row->kind)));
        view_cell(web->view, VIEW_INT(row->open_count));
        view_cell(web->view, VIEW_INT(row->confirmed_count));
        view_cell(web->view, VIEW_INT(row->dismissed_count));
    }
    view_table_end(web->view, STR("还没有风险提示"));
    return STATUS_OK;
}

/* Only known words reach the address of the next page. */
static Str kind_param(Web *web) {
    Str kind = web_param(web, "kind");
    for (int i = 0; i < ALERT_KIND_COUNT; i++) {
        if (str_equal(kind, alert_kind_code((AlertKind)i))) {
            return alert_kind_code((AlertKind)i);
        }
    }
    return STR("");
}

static Str state_param(Web *web) {
    Str state = web_param(web, "state");
    bool is_known = str_equal(state, STR("open")) || str_equal(state, STR("confirmed")) ||
                    str_equal(state, STR("dismissed"));
    return is_known ? state : STR("");
}

static void alert_table(Web *web, const AlertList *list) {
    static const ViewColumn columns[] = {{"id", "编号", false},
                                         {"kind", "类型", false},
                                         {"evidence", "依据", false},
                                         {"found_ms", "发现时间", false},
                                         {"state", "处理", false}};
    view_table_begin(web->view, "alerts", STR("风险提示"), columns, 5);
    for (size_t i = 0; i < list->count; i++) {
        const Alert *alert = &list->items[i];
        view_row(web->view);
        view_cell(web->view, VIEW_LINK(str_print(web->cx->arena, "/alert/%" PRId64, alert->id),
                                       str_print(web->cx->arena, "%" PRId64, alert->id)));
        view_cell(web->view, VIEW_TEXT(alert_kind_zh(alert->kind)));
        view_cell(web->view, VIEW_TEXT(alert->evidence));
        view_cell(web->view, VIEW_INSTANT(alert->found_ms));
        view_cell(web->view, state_view(alert->state));
    }
    view_table_end(web->view, STR("没有符合条件的风险提示"));
}

/* The button of the lead office and of the unit that hands out coupons. */
static Status run_check(Web *web, bool *may) {
    Alert any = {.subject = STR("sale")};
    return alert_may_decide(web->cx, web->conn, web->app->house, &any, web->user, may);
}

Status alert_list_page(Web *web) {
    AlertPage page = {.kind = kind_param(web),
                      .state = state_param(web),
                      .page = web_param_int(web, "page", 0),
                      .row_max = ALERT_ROWS};
    AlertList list;
    Arena *arena = web->cx->arena;
    TRY(alert_store_list(web->cx, web->conn, &page, &list));
    view_title(web->view, STR("风险提示"));
    view_lead(web->view, STR("系统按固定规则比对得出，只说明需要看一看，不等于违规。"));
    TRY(tally_section(web));
    bool may_run = false;
    TRY(run_check(web, &may_run));
    if (may_run) {
        view_action(web->view, STR("/alert/run"), STR("重新比对最近一年"), NULL);
    }
    view_section(web->view, page.kind.len > 0 ? alert_kind_zh(page.kind) : STR("全部"));
    Str base = str_print(arena, "/alert?kind=" STR_FMT, STR_ARG(page.kind));
    view_tabs_begin(web->view, "处理情况");
    view_tab(web->view, base, STR("全部"), page.state.len == 0);
    view_tab(web->view, str_print(arena, STR_FMT "&state=open", STR_ARG(base)), STR("待核查"),
             str_equal(page.state, STR("open")));
    view_tab(web->view, str_print(arena, STR_FMT "&state=confirmed", STR_ARG(base)), STR("属实"),
             str_equal(page.state, STR("confirmed")));
    view_tab(web->view, str_print(arena, STR_FMT "&state=dismissed", STR_ARG(base)), STR("已排除"),
             str_equal(page.state, STR("dismissed")));
    view_tabs_end(web->view);
    alert_table(web, &list);
    view_pager(web->view,
               str_print(arena, STR_FMT "&state=" STR_FMT, STR_ARG(base), STR_ARG(page.state)),
               page.page, list.has_more);
    return STATUS_OK;
}

/* ---- one alert ---- */

enum { VERDICT_STATE, VERDICT_REASON, VERDICT_FIELDS };

static const Form *verdict_form(Web *web) {
    static const FormChoice states[] = {{"confirmed", "属实，转办理"}, {"dismissed", "排除"}};
    static const FormField fields[VERDICT_FIELDS] = {{.name = "state",
                                                      .label = "核查结果",
                                                      .kind = FIELD_CHOICE,
                                                      .choices = states,
                                                      .choice_count = 2},
                                                     {.name = "reason",
                                                      .label = "理由",
                                                      .hint = "怎么核查的、看到了什么",
                                                      .kind = FIELD_LONG_TEXT,
                                                      .min = 2,
                                                      .max = 500}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "verdict",
                   .action = str_print(web->cx->arena, "/alert/%" PRId64, web->ids[0]),
                   .submit = "登记核查结果",
                   .fields = fields,
                   .field_count = VERDICT_FIELDS};
    return form;
}

static void subject_link(Web *web, const Alert *alert) {
    Arena *arena = web->cx->arena;
    Role role = web->user->role;
    if (str_equal(alert->subject, STR("sale")) && (role == ROLE_FINANCE || role == ROLE_AUDITOR)) {
        view_link(web->view, str_print(arena, "/shop/sale/%" PRId64, alert->subject_id),
                  STR("查看这笔销售"), false);
    }
    if (str_equal(alert->subject, STR("claim")) && role != ROLE_FINANCE) {
        view_link(web->view, str_print(arena, "/claim/desk?claim=%" PRId64, alert->subject_id),
                  STR("查看这个申请"), false);
    }
}

/* ---- what shares a phone, card, address or device ---- */

static Str use_href(const Web *web, const AlertUse *use) {
    Role role = web->user->role;
    if (str_equal(use->subject, STR("sale")) && (role == ROLE_FINANCE || role == ROLE_AUDITOR)) {
        return str_print(web->cx->arena, "/shop/sale/%" PRId64, use->subject_id);
    }
    if (str_equal(use->subject, STR("claim")) && role != ROLE_FINANCE) {
        return str_print(web->cx->arena, "/claim/desk?claim=%" PRId64, use->subject_id);
    }
    return STR_NONE;
}

static Status uses_find(Web *web, const Alert *alert, AlertUseList *uses) {
    *uses = (AlertUseList){0};
    if (str_equal(alert->subject, STR("mark"))) {
        return alert_store_mark_uses(web->cx, web->conn, alert->subject_id, ALERT_USES, uses);
    }
    if (str_equal(alert->kind, alert_kind_code(ALERT_SHARED_PHONE))) {
        return alert_store_phone_uses(web->cx, web->conn, alert->subject_id, ALERT_USES, uses);
    }
    return str_equal(alert->kind, alert_kind_code(ALERT_SHARED_ACCOUNT))
               ? alert_store_account_uses(web->cx, web->conn, alert->subject_id, ALERT_USES, uses)
               : STATUS_OK;
}

/* Everything that shares it today, not only what stood in the window that spoke. */
static Status uses_section(Web *web, const Alert *alert) {
    static const ViewColumn columns[] = {{"subject", "业务", false},
                                         {"name", "办理人", false},
                                         {"person_id", "人员编号", true},
                                         {"used_ms", "时间", false}};
    AlertUseList uses;
    View *view = web->view;
    TRY(uses_find(web, alert, &uses));
    if (uses.count == 0) {
        return STATUS_OK;
    }
    view_section(view, STR("哪些业务共用"));
    view_table_begin(view, "uses", STR("哪些业务共用"), columns, 4);
    for (size_t i = 0; i < uses.count; i++) {
        const AlertUse *use = &uses.items[i];
        Str href = use_href(web, use);
        Str words = str_print(web->cx->arena, STR_FMT " %" PRId64,
                              STR_ARG(alert_subject_zh(use->subject)), use->subject_id);
        view_row(view);
        view_cell(view, href.len > 0 ? VIEW_LINK(href, words) : VIEW_TEXT(words));
        view_cell(view, VIEW_TEXT(use->name_masked));
        view_cell(view, VIEW_INT(use->person_id));
        view_cell(view, VIEW_INSTANT(use->used_ms));
    }
    view_table_end(view, STR_NONE);
    if (uses.has_more) {
        view_text(view, str_print(web->cx->arena, "只列最近 %d 笔。", ALERT_USES));
    }
    return STATUS_OK;
}

static Status org_fact(Web *web, int64_t org_id) {
    Org org;
    if (org_id == 0) {
        return STATUS_OK;
    }
    TRY(people_org_find(web->cx, web->conn, org_id, &org));
    view_fact(web->view, "org", "商户", VIEW_TEXT(org.name));
    return STATUS_OK;
}

Status alert_page(Web *web) {
    Alert alert;
    View *view = web->view;
    TRY(alert_store_find(web->cx, web->conn, web->ids[0], &alert));
    view_title(view, str_print(web->cx->arena, "风险提示 %" PRId64, alert.id));
    view_section(view, alert_kind_zh(alert.kind));
    view_facts_begin(view, NULL, false);
    view_fact(view, "kind", "类型", VIEW_TEXT(alert_kind_zh(alert.kind)));
    view_fact(view, "subject", "对象",
              VIEW_TEXT(str_print(web->cx->arena, STR_FMT " %" PRId64,
                                  STR_ARG(alert_subject_zh(alert.subject)), alert.subject_id)));
    TRY(org_fact(web, alert.org_id));
    view_fact(view, "evidence", "依据", VIEW_TEXT(alert.evidence));
    view_fact(view, "found_ms", "发现时间", VIEW_INSTANT(alert.found_ms));
    view_fact(view, "state", "处理", state_view(alert.state));
    view_fact(view, "reason", "理由",
              alert.reason.len > 0 ? VIEW_TEXT(alert.reason) : VIEW_TEXT(STR("—")));
    view_facts_end(view);
    subject_link(web, &alert);
    bool can_decide = false;
    TRY(alert_may_decide(web->cx, web->conn, web->app->house, &alert, web->user, &can_decide));
    /* Whose things they are is for those who look into it. */
    if (can_decide || web->user->role != ROLE_OFFICER) {
        TRY(uses_section(web, &alert));
    }
    if (can_decide && str_equal(alert.state, STR("open"))) {
        view_section(view, STR("核查"));
        view_form(view, verdict_form(web));
    }
    return STATUS_OK;
}

static Status decide_work(Cx *cx, DbConn *conn, void *input) {
    return alert_decide(cx, conn, input);
}

Status alert_post(Web *web) {
    FormValue values[VERDICT_FIELDS];
    Alert alert;
    Str unit = STR_NONE;
    bool may = false;
    TRY(alert_store_find(web->cx, web->conn, web->ids[0], &alert));
    TRY(alert_may_decide(web->cx, web->conn, web->app->house, &alert, web->user, &may));
    if (!may) {
        TRY(alert_unit(web->cx, web->conn, web->app->house, &alert, &unit));
        return fault(web->cx, STATUS_DENIED, "这条风险提示由" STR_FMT "核查", STR_ARG(unit));
    }
    TRY(form_read(web, verdict_form(web), values));
    AlertVerdict verdict = {.alert_id = web->ids[0],
                            .officer_id = web->user->id,
                            .state = values[VERDICT_STATE].text,
                            .reason = values[VERDICT_REASON].text,
                            .now_ms = web->now_ms};
    TRY(web_write(web, "alert.decide", decide_work, &verdict, NULL));
    return web_redirect(web, STR("/alert?state=open"), STR("核查结果已登记"));
}

typedef struct RunInput {
    AlertList found;
    int64_t now_ms;
    int64_t count;
} RunInput;

static Status run_work(Cx *cx, DbConn *conn, void *input) {
    RunInput *in = input;
    TRY(alert_store(cx, conn, &in->found, in->now_ms, &in->count));
    db_answer(conn, str_print(cx->arena, "%" PRId64, in->count));
    return STATUS_OK;
}

Status alert_run_post(Web *web) {
    AlertSpan span = {web->now_ms - 365 * DAY_MS, web->now_ms + DAY_MS};
    RunInput input = {.now_ms = web->now_ms};
    Str count = STR_NONE;
    bool may = false;
    TRY(run_check(web, &may));
    if (!may) {
        return fault(web->cx, STATUS_DENIED, "重新比对由牵头专班或发放资格券的部门办理");
    }
    TRY(alert_find(web->cx, web->conn, web->app->house, &span, &input.found));
    TRY(web_write(web, "alert.run", run_work, &input, &count));
    return web_redirect(
        web, STR("/alert"),
        str_print(web->cx->arena, "比对完成，新增 " STR_FMT " 条提示", STR_ARG(count)));
}
