/*
 * account_acts.c - what an administrator and a second person do with accounts: the forms, and the
 * slip with the one-time code. The code is shown in the answer to the POST and nowhere else: it is
 * not in the address, not in the journal, not in the answer that a repeated request gets.
 */
#include "office/people/account_pages.h"
#include "seal/seal.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- the slip ---- */

typedef struct Code {
    Str clear;
    AccountCode sealed;
} Code;

static Status code_make(Web *web, Code *out) {
    out->clear = web_code_new(web->cx->arena);
    out->sealed.until_ms = web->now_ms + (int64_t)ACCOUNT_CODE_HOURS * 3600000;
    return seal_password_hash(web->cx, web_code_plain(web->cx->arena, out->clear),
                              SEAL_PASSWORD_COST_DEFAULT, &out->sealed.hash);
}

static void print_button(Web *web) {
    Html *html = view_html(web->view);
    if (html != NULL) {
        HTML(html, "p.no-print") {
            HTML_LEAF(html, "button.button", "打印这张单子", "type", "button", "data-print", "",
                      "hidden", true);
        }
    }
}

typedef struct Slip {
    Str login;
    Str name_masked;
    Role role;
} Slip;

static Status slip_show(Web *web, const Slip *slip, const Code *code, int64_t person_id) {
    View *view = web->view;
    view_title(view, STR("一次性密码"));
    view_notice(view, VIEW_WARN,
                STR("一次性密码只在这里显示一次，请现在打印或抄下，当面交给本人。"));
    view_section(view, STR_NONE);
    view_facts_begin(view, "slip", false);
    view_fact(view, "login", "账号", VIEW_TEXT(slip->login));
    view_fact(view, "name", "姓名", VIEW_TEXT(slip->name_masked));
    view_fact(view, "role", "身份", VIEW_TEXT(role_zh(slip->role)));
    view_fact(view, "code", "一次性密码", VIEW_TEXT(code->clear));
    view_fact(view, "until_ms", "有效至", VIEW_INSTANT(code->sealed.until_ms));
    view_facts_end(view);
    view_text(view, STR("本人在登录页输入账号和这 12 位数字，随后设置自己的密码。"
                        "这组数字只能用一次；若已不能用而不是本人用的，请立即告知系统管理员。"));
    print_button(web);
    if (web->user->role == ROLE_ADMIN) {
        view_link(view, account_path(web, person_id, ""), STR("返回这个账号"), false);
    } else {
        view_link(view, STR("/account/change"), STR("返回申请"), false);
    }
    return STATUS_OK;
}

/* ---- asking ---- */

typedef struct AskWork {
    AccountAsk ask;
    AccountDone done;
} AskWork;

static Status ask_work(Cx *cx, DbConn *conn, void *input) {
    AskWork *work = input;
    return account_ask(cx, conn, &work->ask, &work->done);
}

/* What follows: the slip, the account, or the proposal. A repeated request did nothing again and
 * knows no code. */
static Status ask_finish(Web *web, const AskWork *work, const Slip *slip, const Code *code) {
    const AccountDone *done = &work->done;
    if (done->change_id != 0) {
        return web_redirect(web,
                            str_print(web->cx->arena, "/account/change/%" PRId64, done->change_id),
                            STR("已提出，须由第二人批准后生效"));
    }
    if (done->person_id == 0) {
        return web_redirect(web, STR("/account"),
                            STR("已经办理过了；一次性密码只显示一次，没有记下请重置密码"));
    }
    if (code != NULL) {
        return slip_show(web, slip, code, done->person_id);
    }
    return web_redirect(web, account_path(web, done->person_id, ""), STR("已办理"));
}

/* ---- a new account ---- */

enum { NEW_ROLE, NEW_LOGIN, NEW_NAME, NEW_UNIT, NEW_ORG, NEW_REASON, NEW_FIELDS };

static void role_field(Web *web, FormField *field, Role first) {
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, ROLE_COUNT);
    size_t count = 0;
    for (int role = (int)first; role < ROLE_COUNT; role++) {
        choices[count++] = (FormChoice){str_c(web->cx->arena, role_code((Role)role)),
                                        str_c(web->cx->arena, role_zh((Role)role))};
    }
    *field = (FormField){.name = "role",
                         .label = "身份",
                         .hint = "财政、牵头专班、系统管理员须由第二人批准",
                         .kind = FIELD_CHOICE,
                         .choices = choices,
                         .choice_count = count};
}

static Status place_fields(Web *web, FormField *unit, FormField *org) {
    *unit = (FormField){.name = "unit",
                        .label = "部门",
                        .hint = "部门经办须选择",
                        .kind = FIELD_CHOICE,
                        .is_optional = true};
    *org = (FormField){.name = "org",
                       .label = "企业",
                       .hint = "商家、回收企业、司机、企业、银行须选择",
                       .kind = FIELD_CHOICE,
                       .is_optional = true};
    TRY(account_unit_choices(web, unit));
    return account_org_choices(web, org);
}

static FormField reason_field(bool is_optional) {
    return (FormField){.name = "reason",
                       .label = "事由",
                       .hint = "写入日志，请不要写证件号和电话",
                       .kind = FIELD_TEXT,
                       .is_optional = is_optional,
                       .min = 2,
                       .max = 200};
}

static Status new_form(Web *web, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    role_field(web, &fields[NEW_ROLE], ROLE_RESIDENT);
    fields[NEW_LOGIN] =
        (FormField){.name = "login", .label = "账号", .kind = FIELD_TEXT, .min = 3, .max = 40};
    fields[NEW_NAME] =
        (FormField){.name = "name", .label = "姓名", .kind = FIELD_TEXT, .min = 1, .max = 30};
    TRY(place_fields(web, &fields[NEW_UNIT], &fields[NEW_ORG]));
    fields[NEW_REASON] = reason_field(true);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "account",
                   .action = STR("/account/new"),
                   .submit = "新建账号",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    *out = form;
    return STATUS_OK;
}

Status account_new_page(Web *web) {
    const Form *form = NULL;
    TRY(new_form(web, &form));
    view_title(web->view, STR("新建账号"));
    view_lead(web->view,
              STR("系统给出一次性密码，打印后当面交给本人；密码由本人第一次登录时自己设置。"));
    view_section(web->view, STR_NONE);
    view_form(web->view, form);
    return STATUS_OK;
}

Status account_new_post(Web *web) {
    const Form *form = NULL;
    FormValue values[NEW_FIELDS];
    Code code;
    TRY(new_form(web, &form));
    TRY(form_read(web, form, values));
    AskWork work = {.ask = {.act = ACCOUNT_CREATE,
                            .person = {.login = values[NEW_LOGIN].text,
                                       .name = people_seal(web->cx->arena, city_of(web),
                                                           PEOPLE_NAME, values[NEW_NAME].text),
                                       .birth = DAY_NONE,
                                       .unit_id = web_param_int(web, "unit", 0),
                                       .org_id = web_param_int(web, "org", 0)},
                            .reason = values[NEW_REASON].text}};
    TRY(role_of_code(values[NEW_ROLE].text, &work.ask.person.role));
    TRY(code_make(web, &code));
    work.ask.code = code.sealed;
    TRY(web_write(web, "account.ask", ask_work, &work, NULL));
    const PersonNew *person = &work.ask.person;
    const Slip slip = {person->login, person->name.masked, person->role};
    return ask_finish(web, &work, &slip, &code);
}

/* ---- forms about one account ---- */

static FormField revision_field(Web *web, const Account *account) {
    return (FormField){.name = "revision",
                       .label = "",
                       .kind = FIELD_HIDDEN,
                       .max = 20,
                       .value = str_print(web->cx->arena, "%" PRId64, account->revision)};
}

static int64_t revision_of(const FormValue *value) {
    int64_t revision = 0;
    return str_int64(value->text, &revision) == STATUS_OK ? revision : -1;
}

/* A form of a revision and a reason. */
enum { PLAIN_REVISION, PLAIN_REASON, PLAIN_FIELDS };

typedef struct PlainForm {
    const char *tail; /* "/reset" */
    const char *submit;
} PlainForm;

static const PlainForm reset_plain = {"/reset", "重置密码"};
static const PlainForm enable_plain = {"/enable", "恢复使用"};

static const Form *plain_form(Web *web, const Account *account, PlainForm plain) {
    FormField *fields = arena_array(web->cx->arena, FormField, PLAIN_FIELDS);
    fields[PLAIN_REVISION] = revision_field(web, account);
    fields[PLAIN_REASON] = reason_field(false);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "plain",
                   .action = account_path(web, account->id, plain.tail),
                   .submit = plain.submit,
                   .fields = fields,
                   .field_count = PLAIN_FIELDS};
    return form;
}

static Status plain_page(Web *web, Str title, Str lead, PlainForm plain) {
    Account account;
    TRY(account_find(web->cx, web->conn, web->ids[0], &account));
    View *view = web->view;
    view_title(view, title);
    view_lead(view, lead);
    if (account_is_guarded(account.role)) {
        view_notice(view, VIEW_INFO, STR("这个账号有审批、支付或管理权限，须由第二人批准后生效。"));
    }
    view_section(view, STR_NONE);
    account_facts(web, &account);
    view_form(view, plain_form(web, &account, plain));
    return STATUS_OK;
}

Status account_reset_page(Web *web) {
    return plain_page(
        web, STR("重置密码"),
        STR("原密码立即失效，正在使用的登录全部结束；系统给出一次性密码，当面交给本人。"
            "请先核对来人身份。"),
        reset_plain);
}

Status account_enable_page(Web *web) {
    return plain_page(web, STR("恢复使用"), STR("恢复后本人可以用原来的密码登录。"), enable_plain);
}

static Status plain_read(Web *web, PlainForm plain, Account *account, AccountAsk *ask) {
    FormValue values[PLAIN_FIELDS];
    TRY(account_find(web->cx, web->conn, web->ids[0], account));
    TRY(form_read(web, plain_form(web, account, plain), values));
    ask->person_id = account->id;
    ask->revision = revision_of(&values[PLAIN_REVISION]);
    ask->reason = values[PLAIN_REASON].text;
    return STATUS_OK;
}

Status account_reset_post(Web *web) {
    Account account;
    Code code;
    AskWork work = {.ask = {.act = ACCOUNT_RESET}};
    TRY(plain_read(web, reset_plain, &account, &work.ask));
    TRY(code_make(web, &code));
    work.ask.code = code.sealed;
    TRY(web_write(web, "account.ask", ask_work, &work, NULL));
    const Slip slip = {account.login, account.name_masked, account.role};
    return ask_finish(web, &work, &slip, &code);
}

Status account_enable_post(Web *web) {
    Account account;
    AskWork work = {.ask = {.act = ACCOUNT_ENABLE}};
    TRY(plain_read(web, enable_plain, &account, &work.ask));
    TRY(web_write(web, "account.ask", ask_work, &work, NULL));
    return ask_finish(web, &work, NULL, NULL);
}

/* ---- another role or unit ---- */

enum { EDIT_REVISION, EDIT_ROLE, EDIT_UNIT, EDIT_ORG, EDIT_REASON, EDIT_FIELDS };

static Status edit_form(Web *web, const Account *account, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, EDIT_FIELDS);
    fields[EDIT_REVISION] = revision_field(web, account);
    role_field(web, &fields[EDIT_ROLE], ROLE_SHOP);
    fields[EDIT_ROLE].value = role_code(account->role);
    TRY(place_fields(web, &fields[EDIT_UNIT], &fields[EDIT_ORG]));
    fields[EDIT_UNIT].value =
        account->unit_id == 0 ? STR("") : str_print(web->cx->arena, "%" PRId64, account->unit_id);
    fields[EDIT_ORG].value =
        account->org_id == 0 ? STR("") : str_print(web->cx->arena, "%" PRId64, account->org_id);
    fields[EDIT_REASON] = reason_field(false);
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "edit",
                   .action = account_path(web, account->id, "/edit"),
                   .submit = "调整",
                   .fields = fields,
                   .field_count = EDIT_FIELDS};
    *out = form;
    return STATUS_OK;
}

Status account_edit_page(Web *web) {
    Account account;
    const Form *form = NULL;
    TRY(account_find(web->cx, web->conn, web->ids[0], &account));
    TRY(edit_form(web, &account, &form));
    View *view = web->view;
    view_title(view, STR("调整身份或单位"));
    view_lead(view, STR("调整后正在使用的登录全部结束，本人重新登录后按新的身份使用。"
                        "已经办理的事项仍记在原来的身份下。"));
    view_section(view, STR_NONE);
    account_facts(web, &account);
    view_form(view, form);
    return STATUS_OK;
}

Status account_edit_post(Web *web) {
    Account account;
    const Form *form = NULL;
    FormValue values[EDIT_FIELDS];
    TRY(account_find(web->cx, web->conn, web->ids[0], &account));
    TRY(edit_form(web, &account, &form));
    TRY(form_read(web, form, values));
    AskWork work = {.ask = {.act = ACCOUNT_CHANGE,
                            .person_id = account.id,
                            .revision = revision_of(&values[EDIT_REVISION]),
                            .person = {.unit_id = web_param_int(web, "unit", 0),
                                       .org_id = web_param_int(web, "org", 0)},
                            .reason = values[EDIT_REASON].text}};
    TRY(role_of_code(values[EDIT_ROLE].text, &work.ask.person.role));
    TRY(web_write(web, "account.ask", ask_work, &work, NULL));
    return ask_finish(web, &work, NULL, NULL);
}

/* ---- disabling ---- */

enum { DISABLE_REVISION, DISABLE_REASON, DISABLE_SUCCESSOR, DISABLE_FIELDS };

/* Colleagues who see the same: the same role in the same unit or organisation. */
static Status successor_choices(Web *web, const Account *account, FormField *field) {
    AccountList list;
    AccountFilter filter = {.role = role_code(account->role),
                            .unit_id = account->unit_id,
                            .state = STR("active"),
                            .now_ms = web->now_ms,
                            .limit = ACCOUNT_EXPORT_MAX};
    TRY(account_list(web->cx, web->conn, &filter, &list));
    FormChoice *choices = arena_array(web->cx->arena, FormChoice, list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        const Account *other = &list.items[i];
        if (other->id == account->id || other->org_id != account->org_id ||
            other->unit_id != account->unit_id) {
            continue;
        }
        Str label = str_print(web->cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(other->login),
                              STR_ARG(other->name_masked));
        choices[count++] =
            (FormChoice){str_c(web->cx->arena, str_print(web->cx->arena, "%" PRId64, other->id)),
                         str_c(web->cx->arena, label)};
    }
    field->choices = choices;
    field->choice_count = count;
    return STATUS_OK;
}

static Status disable_form(Web *web, const Account *account, const Form **out) {
    FormField *fields = arena_array(web->cx->arena, FormField, DISABLE_FIELDS);
    fields[DISABLE_REVISION] = revision_field(web, account);
    fields[DISABLE_REASON] = reason_field(false);
    fields[DISABLE_SUCCESSOR] = (FormField){.name = "successor",
                                            .label = "工作交接给",
                                            .hint = "同一身份、同一单位的在用账号；可以不选",
                                            .kind = FIELD_CHOICE,
                                            .is_optional = true};
    bool is_resident = account->role == ROLE_RESIDENT;
    if (!is_resident) {
        TRY(successor_choices(web, account, &fields[DISABLE_SUCCESSOR]));
    }
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "disable",
                   .action = account_path(web, account->id, "/disable"),
                   .submit = "停用",
                   .confirm = "停用后立即不能登录。确定停用？",
                   .fields = fields,
                   .field_count = fields[DISABLE_SUCCESSOR].choice_count == 0 ? DISABLE_SUCCESSOR
                                                                              : DISABLE_FIELDS};
    *out = form;
    return STATUS_OK;
}

Status account_disable_page(Web *web) {
    Account account;
    const Form *form = NULL;
    TRY(account_find(web->cx, web->conn, web->ids[0], &account));
    TRY(disable_form(web, &account, &form));
    View *view = web->view;
    view_title(view, STR("停用账号"));
    view_lead(view, STR("停用后立即不能登录，正在使用的登录全部结束；办过的事项和日志都保留。"));
    view_section(view, STR_NONE);
    account_facts(web, &account);
    view_form(view, form);
    return STATUS_OK;
}

static Status disable_work(Cx *cx, DbConn *conn, void *input) {
    return account_disable(cx, conn, input);
}

Status account_disable_post(Web *web) {
    Account account;
    const Form *form = NULL;
    FormValue values[DISABLE_FIELDS];
    TRY(account_find(web->cx, web->conn, web->ids[0], &account));
    TRY(disable_form(web, &account, &form));
    TRY(form_read(web, form, values));
    AccountDisable disable = {.person_id = account.id,
                              .revision = revision_of(&values[DISABLE_REVISION]),
                              .reason = values[DISABLE_REASON].text,
                              .successor_id = web_param_int(web, "successor", 0)};
    TRY(web_write(web, "account.disable", disable_work, &disable, NULL));
    return web_redirect(web, account_path(web, account.id, ""), STR("账号已停用，登录已全部结束"));
}

static Status sessions_work(Cx *cx, DbConn *conn, void *input) {
    return account_sessions_end(cx, conn, *(const int64_t *)input);
}

Status account_sessions_post(Web *web) {
    int64_t id = web->ids[0];
    TRY(web_write(web, "account.sessions", sessions_work, &id, NULL));
    return web_redirect(web, account_path(web, id, ""), STR("登录已全部结束"));
}

/* ---- the second person ---- */

typedef struct DecideWork {
    AccountDecision decision;
    AccountDone done;
} DecideWork;

static Status decide_work(Cx *cx, DbConn *conn, void *input) {
    DecideWork *work = input;
    return account_decide(cx, conn, &work->decision, &work->done);
}

Status account_change_approve_post(Web *web) {
    AccountChange change;
    Code code = {0};
    DecideWork work = {.decision = {.change_id = web->ids[0], .is_approved = true}};
    TRY(account_change_find(web->cx, web->conn, web->ids[0], &change));
    bool has_code = change.act == ACCOUNT_CREATE || change.act == ACCOUNT_RESET;
    if (has_code) {
        TRY(code_make(web, &code));
        work.decision.code = code.sealed;
    }
    TRY(web_write(web, "account.decide", decide_work, &work, NULL));
    if (has_code && work.done.person_id != 0) {
        const Slip slip = {change.login, change.name.masked, change.role};
        return slip_show(web, &slip, &code, work.done.person_id);
    }
    return web_redirect(web, STR("/account/change"),
                        has_code ? STR("已经办理过了；一次性密码只显示一次")
                                 : STR("已批准，立即生效"));
}

Status account_change_refuse_post(Web *web) {
    static const FormField fields[] = {
        {.name = "reason", .label = "退回原因", .kind = FIELD_TEXT, .min = 2, .max = 200}};
    const Form form = {.key = "refuse", .fields = fields, .field_count = 1};
    FormValue value;
    TRY(form_read(web, &form, &value));
    DecideWork work = {.decision = {.change_id = web->ids[0], .reason = value.text}};
    TRY(web_write(web, "account.decide", decide_work, &work, NULL));
    return web_redirect(web, STR("/account/change"), STR("申请已退回"));
}
