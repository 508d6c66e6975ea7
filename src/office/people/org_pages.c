/*
 * org_pages.c - the organisations for administrator and lead office: the list, one of them, and
 * suspending and resuming it with a reason (merchant rules M12 and M14).
 */
#include "office/people/people_store.h"
#include "web/form.h"

#include <inttypes.h>

enum { ORGS_PER_PAGE = 50 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str kind_zh(Str kind) {
    return str_equal(kind, STR("shop"))         ? STR("商家")
           : str_equal(kind, STR("recycler"))   ? STR("回收企业")
           : str_equal(kind, STR("enterprise")) ? STR("企业")
           : str_equal(kind, STR("bank"))       ? STR("银行")
                                                : kind;
}

static ViewValue state_view(Str state) {
    if (str_equal(state, STR("active"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("active"), STR("正常"));
    }
    return str_equal(state, STR("suspended"))
               ? VIEW_BADGE(VIEW_WARN, STR("suspended"), STR("已暂停"))
               : VIEW_BADGE(VIEW_BAD, STR("removed"), STR("已退出"));
}

/* ---- the list ---- */

static const ViewColumn org_columns[] = {
    {"id", "编号", true},    {"name", "名称", false},
    {"kind", "类型", false}, {"uscc", "统一社会信用代码", false},
    {"town", "镇街", false}, {"state", "状态", false}};

static void org_row(Web *web, const Org *org) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_INT(org->id));
    view_cell(view, VIEW_LINK(str_print(web->cx->arena, "/org/%" PRId64, org->id), org->name));
    view_cell(view, VIEW_TEXT(kind_zh(org->kind)));
    view_cell(view, VIEW_TEXT(org->uscc));
    view_cell(view, VIEW_TEXT(city_town_name(city_of(web), org->town_code)));
    view_cell(view, state_view(org->state));
}

Status people_org_list_page(Web *web) {
    OrgList list;
    int64_t page = web_param_int(web, "page", 0);
    TRY(people_store_org_list(web->cx, web->conn, page, ORGS_PER_PAGE, &list));
    View *view = web->view;
    view_title(view, STR("企业和商户"));
    view_lead(view, STR("已暂停的排在最前面。暂停后不能核销、不能收运，补贴暂不支付。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "orgs", STR("企业和商户"), org_columns, 6);
    for (size_t i = 0; i < list.count; i++) {
        org_row(web, &list.items[i]);
    }
    view_table_end(view, STR("还没有登记"));
    view_pager(view, STR("/org"), page, list.has_more);
    return STATUS_OK;
}

/* ---- one of them ---- */

enum { STATE_REASON, STATE_FIELDS };

static const Form *state_form(Web *web, bool is_active) {
    static const FormField fields[STATE_FIELDS] = {{.name = "reason",
                                                    .label = "理由和依据",
                                                    .hint = "查实的情况、文件或会议，记入日志",
                                                    .kind = FIELD_TEXT,
                                                    .min = 4,
                                                    .max = 200}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = is_active ? "suspend" : "resume",
                   .action = str_print(web->cx->arena, "/org/%" PRId64 "/%s", web->ids[0],
                                       is_active ? "suspend" : "resume"),
                   .submit = is_active ? "暂停参加活动" : "恢复参加活动",
                   .confirm = is_active ? "暂停后立即不能核销和结算，确认？" : "确认恢复？",
                   .fields = fields,
                   .field_count = STATE_FIELDS};
    return form;
}

Status people_org_page(Web *web) {
    Org org;
    TRY(people_org_find(web->cx, web->conn, web->ids[0], &org));
    View *view = web->view;
    view_title(view, org.name);
    view_section(view, STR("登记信息"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "kind", "类型", VIEW_TEXT(kind_zh(org.kind)));
    view_fact(view, "uscc", "统一社会信用代码", VIEW_TEXT(org.uscc));
    view_fact(view, "town", "镇街", VIEW_TEXT(city_town_name(city_of(web), org.town_code)));
    view_fact(view, "state", "状态", state_view(org.state));
    view_facts_end(view);
    if (str_equal(org.kind, STR("recycler")) && !str_equal(org.state, STR("active"))) {
        view_link(view, STR("/pickup/stranded"), STR("待上门的预约：转给其他企业"), true);
    }
    if (!str_equal(org.state, STR("removed"))) {
        view_section(view, STR("办理"));
        view_form(view, state_form(web, str_equal(org.state, STR("active"))));
    }
    return STATUS_OK;
}

static Status state_work(Cx *cx, DbConn *conn, void *input) {
    return people_org_state_set(cx, conn, input);
}

static Status state_post(Web *web, const char *command, bool is_active, Str done) {
    FormValue values[STATE_FIELDS];
    TRY(form_read(web, state_form(web, is_active), values));
    OrgStateChange change = {.org_id = web->ids[0],
                             .from = is_active ? STR("active") : STR("suspended"),
                             .to = is_active ? STR("suspended") : STR("active"),
                             .reason = values[STATE_REASON].text};
    TRY(web_write(web, command, state_work, &change, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/org/%" PRId64, web->ids[0]), done);
}

Status people_org_suspend_post(Web *web) {
    return state_post(web, "org.suspend", true, STR("已暂停，立即生效"));
}

Status people_org_resume_post(Web *web) {
    return state_post(web, "org.resume", false, STR("已恢复"));
}
