/*
 * account_pages.c - accounts to be read: the list with its filters and its file, one account, and
 * the proposals that wait for a second person. What is done with them stands in account_acts.c.
 */
#include "office/people/account_pages.h"

#include "base/vec.h"
#include "office/people/account_store.h"
#include "office/people/people_store.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum { ACCOUNTS_PER_PAGE = 50, EXPORT_BYTES_MAX = 8 * 1024 * 1024 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- shared ---- */

Str account_path(Web *web, int64_t id, const char *tail) {
    return str_print(web->cx->arena, "/account/%" PRId64 "%s", id, tail);
}

ViewValue account_state_value(const Account *account, int64_t now_ms) {
    Str state = account_state(account, now_ms);
    ViewTone tone = str_equal(state, STR("active"))     ? VIEW_GOOD
                    : str_equal(state, STR("disabled")) ? VIEW_BAD
                    : str_equal(state, STR("closed"))   ? VIEW_NEUTRAL
                                                        : VIEW_WARN;
    return VIEW_BADGE(tone, state, account_state_zh(state));
}

ViewValue account_place_value(const Account *account) {
    return account->unit_id != 0  ? VIEW_TEXT(account->unit_name)
           : account->org_id != 0 ? VIEW_TEXT(account->org_name)
                                  : VIEW_TEXT(STR("—"));
}

Status account_person_value(Web *web, int64_t id, ViewValue *out) {
    Account account;
    if (id == 0) {
        *out = VIEW_TEXT(STR("—"));
        return STATUS_OK;
    }
    TRY(account_find(web->cx, web->conn, id, &account));
    bool may = web->user->role == ROLE_ADMIN || web->user->role == ROLE_AUDITOR;
    *out = may ? VIEW_LINK(account_path(web, id, ""), account.login) : VIEW_TEXT(account.login);
    return STATUS_OK;
}

static Status choices_of_rows(Web *web, DbRows *rows, FormField *field) {
    struct VEC(FormChoice) choices = {0};
    bool has_row = false;
    TRY(db_next(web->cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(web->cx));
        Str code = str_print(web->cx->arena, "%" PRId64, db_int(rows, 0));
        *vec_push(web->cx->arena, &choices) =
            (FormChoice){str_c(web->cx->arena, code), str_c(web->cx->arena, db_text_peek(rows, 1))};
        TRY(db_next(web->cx, rows, &has_row));
    }
    field->choices = choices.items;
    field->choice_count = choices.count;
    return STATUS_OK;
}

Status account_unit_choices(Web *web, FormField *field) {
    DbRows *rows = NULL;
    TRY(people_store_units(web->cx, web->conn, &rows));
    return choices_of_rows(web, rows, field);
}

Status account_org_choices(Web *web, FormField *field) {
    DbRows *rows = NULL;
    TRY(people_store_orgs(web->cx, web->conn, &rows));
    return choices_of_rows(web, rows, field);
}

void account_facts(Web *web, const Account *account) {
    View *view = web->view;
    view_facts_begin(view, "account", false);
    view_fact(view, "id", "编号", VIEW_INT(account->id));
    view_fact(view, "login", "账号", VIEW_TEXT(account->login));
    view_fact(view, "name", "姓名", VIEW_TEXT(account->name_masked));
    view_fact(view, "role", "身份", VIEW_TEXT(role_zh(account->role)));
    view_fact(view, "place", "单位", account_place_value(account));
    view_fact(view, "state", "状态", account_state_value(account, web->now_ms));
    view_facts_end(view);
}

/* ---- the list ---- */

static AccountFilter filter_read(Web *web) {
    const City *city = city_of(web);
    Str search = web_param(web, "q");
    return (AccountFilter){.search = search,
                           .name_hash = search.len > 0
                                            ? people_hash(web->cx->arena, city, PEOPLE_NAME, search)
                                            : STR_NONE,
                           .role = web_param(web, "role"),
                           .unit_id = web_param_int(web, "unit", 0),
                           .state = web_param(web, "state"),
                           .now_ms = web->now_ms};
}

static Str filter_path(Web *web, const AccountFilter *filter, const char *base) {
    Arena *arena = web->cx->arena;
    Str unit = filter->unit_id == 0 ? STR("") : str_print(arena, "%" PRId64, filter->unit_id);
    Str search = http_url_encode(arena, filter->search);
    Str role = http_url_encode(arena, filter->role);
    Str state = http_url_encode(arena, filter->state);
    return str_print(arena, "%s?q=" STR_FMT "&role=" STR_FMT "&unit=" STR_FMT "&state=" STR_FMT,
                     base, STR_ARG(search), STR_ARG(role), STR_ARG(unit), STR_ARG(state));
}

static const FormChoice state_choices[] = {{"active", "正常"},     {"code", "待设密码"},
                                           {"locked", "暂时锁定"}, {"closed", "不能登录"},
                                           {"disabled", "已停用"}, {"idle", "半年未登录"}};

static const FormChoice *role_choices(Web *web, size_t *count) {
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, ROLE_COUNT);
    *count = 0;
    for (int role = ROLE_RESIDENT; role < ROLE_COUNT; role++) {
        choices[(*count)++] = (FormChoice){str_c(web->cx->arena, role_code((Role)role)),
                                           str_c(web->cx->arena, role_zh((Role)role))};
    }
    return choices;
}

static Status filter_form(Web *web, const AccountFilter *filter, const Form **out) {
    enum { BAR_SEARCH, BAR_ROLE, BAR_UNIT, BAR_STATE, BAR_FIELDS };
    FormField *fields = arena_array(web->cx->arena, FormField, BAR_FIELDS);
    fields[BAR_SEARCH] = (FormField){.name = "q",
                                     .label = "账号开头或全名",
                                     .kind = FIELD_TEXT,
                                     .is_optional = true,
                                     .max = 40,
                                     .value = filter->search};
    fields[BAR_ROLE] = (FormField){.name = "role",
                                   .label = "身份",
                                   .kind = FIELD_CHOICE,
                                   .is_optional = true,
                                   .value = filter->role};
    fields[BAR_ROLE].choices = role_choices(web, &fields[BAR_ROLE].choice_count);
    fields[BAR_UNIT] = (FormField){
        .name = "unit",
        .label = "部门",
        .kind = FIELD_CHOICE,
        .is_optional = true,
        .value = filter->unit_id == 0 ? STR("")
                                      : str_print(web->cx->arena, "%" PRId64, filter->unit_id)};
    TRY(account_unit_choices(web, &fields[BAR_UNIT]));
    fields[BAR_STATE] = (FormField){.name = "state",
                                    .label = "状态",
                                    .kind = FIELD_CHOICE,
                                    .is_optional = true,
                                    .choices = state_choices,
                                    .choice_count = sizeof state_choices / sizeof state_choices[0],
                                    .value = filter->state};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "filter",
                   .action = STR("/account"),
                   .submit = "筛选",
                   .fields = fields,
                   .field_count = BAR_FIELDS,
                   .is_get = true,
                   .is_bar = true,
                   .clear = STR("/account")};
    *out = form;
    return STATUS_OK;
}

static void list_rows(Web *web, const AccountList *list) {
    static const ViewColumn columns[] = {{"id", "编号", true},
                                         {"login", "账号", false},
                                         {"name", "姓名", false},
                                         {"role", "身份", false},
                                         {"unit", "单位", false},
                                         {"state", "状态", false},
                                         {"last_sign_in", "上次登录", false}};
    View *view = web->view;
    view_table_begin(view, "accounts", STR("账号"), columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list->count; i++) {
        const Account *account = &list->items[i];
        view_row(view);
        view_cell(view, VIEW_INT(account->id));
        view_cell(view, VIEW_LINK(account_path(web, account->id, ""), account->login));
        view_cell(view, VIEW_TEXT(account->name_masked));
        view_cell(view, VIEW_TEXT(role_zh(account->role)));
        view_cell(view, account_place_value(account));
        view_cell(view, account_state_value(account, web->now_ms));
        view_cell(view, account->last_sign_in_ms == 0 ? VIEW_TEXT(STR("从未登录"))
                                                      : VIEW_INSTANT(account->last_sign_in_ms));
    }
    view_table_end(view, STR("没有符合条件的账号"));
}

Status account_list_page(Web *web) {
    AccountFilter filter = filter_read(web);
    AccountList list;
    const Form *form = NULL;
    int64_t page = web_param_int(web, "page", 0);
    filter.skip = page * ACCOUNTS_PER_PAGE;
    filter.limit = ACCOUNTS_PER_PAGE + 1;
    TRY(account_list(web->cx, web->conn, &filter, &list));
    TRY(filter_form(web, &filter, &form));
    bool has_more = list.count > ACCOUNTS_PER_PAGE;
    list.count = has_more ? ACCOUNTS_PER_PAGE : list.count;
    View *view = web->view;
    view_title(view, STR("账号"));
    view_lead(view, STR("工作人员、商家、企业和司机的账号；居民账号请在“身份”中选择。"));
    if (web->user->role == ROLE_ADMIN) {
        view_link(view, STR("/account/new"), STR("新建账号"), true);
    }
    view_link(view, STR("/account/change"), STR("需第二人批准的申请"), false);
    view_section(view, STR_NONE);
    view_form(view, form);
    list_rows(web, &list);
    view_pager(view, filter_path(web, &filter, "/account"), page, has_more);
    view_link(view, filter_path(web, &filter, "/account/file"), STR("导出表格"), false);
    return STATUS_OK;
}

static SheetCell instant_cell(int64_t at_ms) {
    return at_ms == 0 ? SHEET_CELL_NONE : sheet_instant(at_ms);
}

static Status export_write(Web *web, const AccountList *list, Buf *out) {
    static const SheetColumn columns[] = {
        {"账号", SHEET_TEXT, 18},    {"姓名", SHEET_TEXT, 12},       {"身份", SHEET_TEXT, 12},
        {"单位", SHEET_TEXT, 32},    {"状态", SHEET_TEXT, 12},       {"停用原因", SHEET_TEXT, 30},
        {"建立", SHEET_INSTANT, 18}, {"上次登录", SHEET_INSTANT, 18}};
    Str titles[] = {STR("账号清单")};
    SheetTable table = {.name = STR("账号"),
                        .titles = titles,
                        .title_count = 1,
                        .columns = columns,
                        .column_count = sizeof columns / sizeof columns[0],
                        .is_landscape = true};
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < list->count; i++) {
        const Account *account = &list->items[i];
        const SheetCell cells[] = {
            sheet_text(account->login),
            sheet_text(account->name_masked),
            sheet_text(role_zh(account->role)),
            sheet_text(account_place_value(account).text),
            sheet_text(account_state_zh(account_state(account, web->now_ms))),
            sheet_text(account->disabled_reason),
            instant_cell(account->created_ms),
            instant_cell(account->last_sign_in_ms)};
        TRY(sheet_row(writer, cells, sizeof cells / sizeof cells[0]));
    }
    return sheet_finish(writer);
}

Status account_export(Web *web) {
    AccountFilter filter = filter_read(web);
    AccountList list;
    filter.limit = ACCOUNT_EXPORT_MAX + 1;
    TRY(account_list(web->cx, web->conn, &filter, &list));
    if (list.count > ACCOUNT_EXPORT_MAX) {
        return fault(web->cx, STATUS_LIMIT, "超过 %d 个账号，请先筛选再导出", ACCOUNT_EXPORT_MAX);
    }
    Buf *out = buf_in(web->cx->arena, EXPORT_BYTES_MAX);
    TRY(export_write(web, &list, out));
    Str name = str_print(web->cx->arena, "账号清单-" STR_FMT ".xlsx",
                         STR_ARG(day_print(web->cx->arena, web_today(web))));
    return web_file(web, name, sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(out));
}

/* ---- one account ---- */

static Status past_facts(Web *web, const Account *account) {
    View *view = web->view;
    ViewValue successor = VIEW_NONE;
    TRY(account_person_value(web, account->successor_id, &successor));
    view_section(view, STR("使用情况"));
    view_facts_begin(view, "use", false);
    view_fact(view, "created_ms", "建立", VIEW_INSTANT(account->created_ms));
    view_fact(view, "last_sign_in", "上次登录",
              account->last_sign_in_ms == 0 ? VIEW_TEXT(STR("从未登录"))
                                            : VIEW_INSTANT(account->last_sign_in_ms));
    if (account->code_until_ms != 0) {
        view_fact(view, "code_until_ms", "一次性密码有效至", VIEW_INSTANT(account->code_until_ms));
    }
    if (account->disabled_ms != 0) {
        view_fact(view, "disabled_ms", "停用", VIEW_INSTANT(account->disabled_ms));
        view_fact(view, "disabled_reason", "停用原因", VIEW_TEXT(account->disabled_reason));
        view_fact(view, "successor", "工作交接给", successor);
    }
    view_facts_end(view);
    return STATUS_OK;
}

static Status session_rows_show(Web *web, const Account *account) {
    static const ViewColumn columns[] = {{"created_ms", "登录时间", false},
                                         {"agent", "设备", false},
                                         {"place", "网络", false},
                                         {"expires_ms", "有效至", false}};
    WebSessionList list;
    View *view = web->view;
    TRY(web_session_list(web->cx, web->conn, account->id, STR_NONE, web->now_ms, &list));
    view_section(view, STR("正在使用的登录"));
    view_table_begin(view, "sessions", STR("登录"), columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list.count; i++) {
        const WebSession *session = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_INSTANT(session->created_ms));
        view_cell(view, VIEW_TEXT(session->agent.len > 0 ? session->agent : STR("不详")));
        view_cell(view, VIEW_TEXT(session->place.len > 0 ? session->place : STR("不详")));
        view_cell(view, VIEW_INSTANT(session->expires_ms));
    }
    view_table_end(view, STR("没有正在使用的登录"));
    return STATUS_OK;
}

static void acts_show(Web *web, const Account *account) {
    View *view = web->view;
    if (web->user->role != ROLE_ADMIN) {
        return;
    }
    view_section(view, STR("办理"));
    if (account->id == web->user->id) {
        view_text(view, STR("这是您自己的账号，须由另一位系统管理员办理。"));
        view_link(view, STR("/me"), STR("我的信息和登录"), false);
        return;
    }
    if (account->disabled_ms != 0) {
        view_link(view, account_path(web, account->id, "/enable"), STR("恢复使用"), false);
        return;
    }
    view_link(view, account_path(web, account->id, "/reset"), STR("重置密码"), false);
    view_link(view, account_path(web, account->id, "/edit"), STR("调整身份或单位"), false);
    view_link(view, account_path(web, account->id, "/disable"), STR("停用"), false);
    view_action(view, account_path(web, account->id, "/sessions"), STR("结束全部登录"),
                "结束这个账号的全部登录？");
}

Status account_page(Web *web) {
    Account account;
    TRY(account_find(web->cx, web->conn, web->ids[0], &account));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "账号 " STR_FMT, STR_ARG(account.login)));
    view_section(view, STR("登记信息"));
    account_facts(web, &account);
    TRY(past_facts(web, &account));
    TRY(session_rows_show(web, &account));
    acts_show(web, &account);
    view_section(view, STR_NONE);
    view_link(view, STR("/account"), STR("全部账号"), false);
    return STATUS_OK;
}

/* ---- proposals ---- */

static ViewValue change_state(const AccountChange *change) {
    if (str_equal(change->state, STR("approved"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("approved"), STR("已批准"));
    }
    return str_equal(change->state, STR("refused"))
               ? VIEW_BADGE(VIEW_BAD, STR("refused"), STR("已退回"))
               : VIEW_BADGE(VIEW_WARN, STR("proposed"), STR("待第二人批准"));
}

static Str change_path(Web *web, int64_t id, const char *tail) {
    return str_print(web->cx->arena, "/account/change/%" PRId64 "%s", id, tail);
}

Status account_change_list_page(Web *web) {
    static const ViewColumn columns[] = {{"kind", "事项", false},
                                         {"login", "账号", false},
                                         {"role", "身份", false},
                                         {"made_ms", "提出", false},
                                         {"state", "状态", false}};
    AccountChangeList list;
    int64_t page = web_param_int(web, "page", 0);
    TRY(account_change_list(web->cx, web->conn, page * ACCOUNTS_PER_PAGE, ACCOUNTS_PER_PAGE + 1,
                            &list));
    bool has_more = list.count > ACCOUNTS_PER_PAGE;
    list.count = has_more ? ACCOUNTS_PER_PAGE : list.count;
    View *view = web->view;
    view_title(view, STR("需第二人批准的账号申请"));
    view_lead(view,
              STR("给予财政、牵头专班、系统管理员身份，或重新打开这类账号，须由两人办理：一人提出，"
                  "另一位系统管理员或牵头专班批准。"));
    view_section(view, STR_NONE);
    view_table_begin(view, "changes", STR("申请"), columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list.count; i++) {
        const AccountChange *change = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(change_path(web, change->id, ""), account_act_zh(change->act)));
        view_cell(view, VIEW_TEXT(change->login));
        view_cell(view, VIEW_TEXT(role_zh(change->role)));
        view_cell(view, VIEW_INSTANT(change->made_ms));
        view_cell(view, change_state(change));
    }
    view_table_end(view, STR("没有申请"));
    view_pager(view, STR("/account/change"), page, has_more);
    return STATUS_OK;
}

static Status change_place(Web *web, const AccountChange *change, Str *out) {
    Org org;
    *out = STR("—");
    if (change->org_id != 0) {
        TRY(people_org_find(web->cx, web->conn, change->org_id, &org));
        *out = org.name;
    } else if (change->unit_id != 0) {
        TRY(account_store_unit_name(web->cx, web->conn, change->unit_id, out));
    }
    return STATUS_OK;
}

static Status change_facts(Web *web, const AccountChange *change) {
    View *view = web->view;
    Str place = STR_NONE;
    ViewValue maker = VIEW_NONE;
    ViewValue decider = VIEW_NONE;
    TRY(change_place(web, change, &place));
    TRY(account_person_value(web, change->made_by, &maker));
    TRY(account_person_value(web, change->decided_by, &decider));
    view_facts_begin(view, "change", false);
    view_fact(view, "id", "编号", VIEW_INT(change->id));
    view_fact(view, "kind", "事项", VIEW_TEXT(account_act_zh(change->act)));
    view_fact(view, "state", "状态", change_state(change));
    view_fact(view, "login", "账号", VIEW_TEXT(change->login));
    view_fact(view, "name", "姓名", VIEW_TEXT(change->name.masked));
    view_fact(view, "role", "身份", VIEW_TEXT(role_zh(change->role)));
    view_fact(view, "place", "单位", VIEW_TEXT(place));
    view_fact(view, "reason", "理由", VIEW_TEXT(change->reason));
    view_fact(view, "made_by", "提出人", maker);
    view_fact(view, "made_ms", "提出时间", VIEW_INSTANT(change->made_ms));
    if (change->decided_by != 0) {
        view_fact(view, "decided_by", "第二人", decider);
        view_fact(view, "decided_ms", "办理时间", VIEW_INSTANT(change->decided_ms));
    }
    if (change->decided_reason.len > 0) {
        view_fact(view, "decided_reason", "退回原因", VIEW_TEXT(change->decided_reason));
    }
    view_facts_end(view);
    return STATUS_OK;
}

static const Form *refuse_form(Web *web, int64_t id) {
    static const FormField fields[] = {
        {.name = "reason", .label = "退回原因", .kind = FIELD_TEXT, .min = 2, .max = 200}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "refuse",
                   .action = change_path(web, id, "/refuse"),
                   .submit = "退回",
                   .fields = fields,
                   .field_count = 1};
    return form;
}

Status account_change_page(Web *web) {
    AccountChange change;
    TRY(account_change_find(web->cx, web->conn, web->ids[0], &change));
    View *view = web->view;
    view_title(view, STR("一项账号申请"));
    view_section(view, STR_NONE);
    TRY(change_facts(web, &change));
    bool may = web->user->role == ROLE_ADMIN || web->user->role == ROLE_LEAD;
    if (may && str_equal(change.state, STR("proposed")) && change.person_id != web->user->id) {
        if (change.made_by != web->user->id) {
            view_action(view, change_path(web, change.id, "/approve"), STR("批准"),
                        "批准后立即生效。确定批准？");
        } else {
            view_text(view, STR("这是您提出的申请，须由另一人批准；不再需要时可以退回。"));
        }
        view_section(view, STR("退回"));
        view_form(view, refuse_form(web, change.id));
    }
    view_section(view, STR_NONE);
    view_link(view, STR("/account/change"), STR("全部申请"), false);
    return STATUS_OK;
}
