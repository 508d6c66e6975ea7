/*
 * people_pages.c - signing in and out, my own data, the administrator's accounts.
 */
#include "base/vec.h"
#include "office/mark/mark.h"
#include "office/people/people_store.h"
#include "web/form.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- signing in ---- */

enum { SIGN_IN_LOGIN, SIGN_IN_PASSWORD, SIGN_IN_NEXT, SIGN_IN_FIELDS };

static const Form *sign_in_form(Web *web) {
    FormField *fields = arena_array(web->cx->arena, FormField, SIGN_IN_FIELDS);
    fields[SIGN_IN_LOGIN] =
        (FormField){.name = "login", .label = "账号", .kind = FIELD_TEXT, .min = 1, .max = 40};
    fields[SIGN_IN_PASSWORD] = (FormField){
        .name = "password", .label = "密码", .kind = FIELD_PASSWORD, .min = 1, .max = 200};
    fields[SIGN_IN_NEXT] = (FormField){
        .name = "next", .label = "登录后", .kind = FIELD_HIDDEN, .is_optional = true, .max = 200};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "sign_in",
                   .action = STR("/sign-in"),
                   .submit = "登录",
                   .fields = fields,
                   .field_count = SIGN_IN_FIELDS};
    return form;
}

Status people_sign_in_page(Web *web) {
    view_title(web->view, STR("登录"));
    view_lead(web->view, STR("居民、商家、回收企业和各部门使用同一个入口。"));
    view_section(web->view, STR_NONE);
    view_form(web->view, sign_in_form(web));
    return STATUS_OK;
}

/* Only a path of our own may follow a sign-in; whoever works here begins with what is due. */
static Status next_path(Web *web, Str login, Str next, Str *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    Role role = ROLE_PUBLIC;
    *out = STR("/");
    if (web_path_is_own(next)) {
        *out = next;
        return STATUS_OK;
    }
    TRY(people_store_list(web->cx, web->conn, STR(""), login, INT64_MAX, 1, &rows));
    TRY(db_next(web->cx, rows, &has_row));
    if (has_row) {
        TRY(role_of_code(db_text_peek(rows, 1), &role));
        TRY(db_next(web->cx, rows, &has_row));
    }
    *out = role == ROLE_OFFICER || role == ROLE_LEAD ? STR("/todo") : STR("/");
    return STATUS_OK;
}

Status people_sign_in_post(Web *web) {
    FormValue values[SIGN_IN_FIELDS];
    TRY(form_read(web, sign_in_form(web), values));
    Str token = STR_NONE;
    TRY(web_sign_in(web, values[SIGN_IN_LOGIN].text, values[SIGN_IN_PASSWORD].text, &token));
    http_cookie_add(web->http, (HttpCookie){.name = STR("hx_session"),
                                            .value = token,
                                            .max_age_s = web->app->session_ms / 1000,
                                            .is_secure = web->app->is_secure});
    mark_device_give(web);
    if (web->is_json) {
        view_facts_begin(web->view, NULL, false);
        view_fact(web->view, "token", "令牌", VIEW_TEXT(token));
        view_facts_end(web->view);
    }
    Str next = STR_NONE;
    TRY(next_path(web, values[SIGN_IN_LOGIN].text, values[SIGN_IN_NEXT].text, &next));
    return web_redirect(web, next, STR(""));
}

Status people_sign_out_post(Web *web) {
    TRY(web_sign_out(web));
    http_cookie_add(web->http, (HttpCookie){.name = STR("hx_session"),
                                            .value = STR(""),
                                            .max_age_s = -1,
                                            .is_secure = web->app->is_secure});
    return web_redirect(web, STR("/"), STR("已退出登录"));
}

/* ---- my data ---- */

Status people_me_page(Web *web) {
    Person person;
    TRY(people_person_find(web->cx, web->conn, web->user->id, &person));
    View *view = web->view;
    view_title(view, STR("我的信息"));
    view_section(view, STR("登记信息"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "login", "账号", VIEW_TEXT(person.login));
    view_fact(view, "name", "姓名", VIEW_TEXT(person.name_masked));
    view_fact(view, "role", "身份", VIEW_TEXT(role_zh(web->user->role)));
    view_fact(view, "id_number", "身份证号",
              person.id_masked.len > 0 ? VIEW_TEXT(person.id_masked) : VIEW_NONE);
    view_fact(view, "phone", "手机",
              person.phone_masked.len > 0 ? VIEW_TEXT(person.phone_masked) : VIEW_NONE);
    view_fact(view, "town", "镇街",
              person.town_code.len > 0 ? VIEW_TEXT(city_town_name(city_of(web), person.town_code))
                                       : VIEW_NONE);
    if (person.org_id != 0) {
        Org org;
        TRY(people_org_find(web->cx, web->conn, person.org_id, &org));
        view_fact(view, "org", "所属单位", VIEW_TEXT(org.name));
    }
    view_facts_end(view);
    view_link(view, STR("/me/password"), STR("修改密码"), false);
    return STATUS_OK;
}

enum { PASSWORD_OLD, PASSWORD_NEW, PASSWORD_AGAIN, PASSWORD_FIELDS };

static const Form *password_form(void) {
    static const FormField fields[PASSWORD_FIELDS] = {
        {.name = "old", .label = "现在的密码", .kind = FIELD_PASSWORD, .min = 1, .max = 200},
        {.name = "new",
         .label = "新密码",
         .hint = "至少 10 个字符，可以是一句话",
         .kind = FIELD_PASSWORD,
         .min = 10,
         .max = 200},
        {.name = "again", .label = "再输一遍新密码", .kind = FIELD_PASSWORD, .min = 10, .max = 200},
    };
    static const Form form = {.key = "password",
                              .action = {"/me/password", 12},
                              .submit = "修改密码",
                              .fields = fields,
                              .field_count = PASSWORD_FIELDS};
    return &form;
}

Status people_password_page(Web *web) {
    view_title(web->view, STR("修改密码"));
    view_section(web->view, STR_NONE);
    view_form(web->view, password_form());
    return STATUS_OK;
}

typedef struct PasswordInput {
    int64_t person_id;
    Str hash;
} PasswordInput;

static Status password_work(Cx *cx, DbConn *conn, void *input) {
    const PasswordInput *in = input;
    TRY(people_store_password(cx, conn, in->person_id, in->hash));
    DbEntry entry = {.verb = "person.password", .subject = "person", .subject_id = in->person_id};
    return db_journal(cx, conn, &entry);
}

Status people_password_post(Web *web) {
    FormValue values[PASSWORD_FIELDS];
    TRY(form_read(web, password_form(), values));
    if (!str_equal(values[PASSWORD_NEW].text, values[PASSWORD_AGAIN].text)) {
        return fault_at_field(web->cx, STATUS_INVALID, "again", "两次输入的新密码不一致");
    }
    Person person;
    Str token = STR_NONE;
    TRY(people_person_find(web->cx, web->conn, web->user->id, &person));
    TRY(web_sign_in(web, person.login, values[PASSWORD_OLD].text, &token));
    PasswordInput input = {.person_id = web->user->id};
    TRY(seal_password_hash(web->cx, values[PASSWORD_NEW].text, SEAL_PASSWORD_COST_DEFAULT,
                           &input.hash));
    TRY(web_write(web, "person.password", password_work, &input, NULL));
    return web_redirect(web, STR("/sign-in"), STR("密码已修改，请重新登录"));
}

/* ---- accounts ---- */

enum { ACCOUNTS_PER_PAGE = 50 };

static const ViewColumn account_columns[] = {{"id", "编号", true},    {"login", "账号", false},
                                             {"name", "姓名", false}, {"role", "身份", false},
                                             {"unit", "单位", false}, {"kind", "性质", false}};

static Status account_rows(Web *web, DbRows *rows, int64_t *last_id) {
    bool has_row = false;
    View *view = web->view;
    Arena *arena = web->cx->arena;
    TRY(db_next(web->cx, rows, &has_row));
    while (has_row) {
        Role role = ROLE_PUBLIC;
        TRY(role_of_code(db_text_peek(rows, 1), &role));
        Str unit = db_is_null(rows, 4) ? db_text(arena, rows, 5) : db_text(arena, rows, 4);
        *last_id = db_int(rows, 0);
        view_row(view);
        view_cell(view, VIEW_INT(*last_id));
        view_cell(view, VIEW_TEXT(db_text(arena, rows, 2)));
        view_cell(view, VIEW_TEXT(db_text(arena, rows, 3)));
        view_cell(view, VIEW_TEXT(role_zh(role)));
        view_cell(view, VIEW_TEXT(unit.len > 0 ? unit : STR("—")));
        view_cell(view, db_int(rows, 6) != 0 ? VIEW_BADGE(VIEW_INFO, STR("demo"), STR("演示"))
                                             : VIEW_BADGE(VIEW_NEUTRAL, STR("real"), STR("正式")));
        TRY(db_next(web->cx, rows, &has_row));
    }
    return STATUS_OK;
}

Status people_accounts_page(Web *web) {
    DbRows *rows = NULL;
    Str role = web_param(web, "role");
    int64_t before = web_param_int(web, "before", 0);
    int64_t last_id = 0;
    TRY(people_store_list(web->cx, web->conn, role, web_param(web, "login"),
                          before == 0 ? INT64_MAX : before, ACCOUNTS_PER_PAGE, &rows));
    View *view = web->view;
    view_title(view, STR("账号"));
    view_link(view, STR("/account/new"), STR("新建账号"), true);
    view_section(view, STR_NONE);
    view_table_begin(view, "accounts", STR("账号"), account_columns, 6);
    TRY(account_rows(web, rows, &last_id));
    view_table_end(view, STR("没有账号"));
    if (last_id > 1) {
        view_link(view,
                  str_print(web->cx->arena, "/account?before=%" PRId64 "&role=" STR_FMT, last_id,
                            STR_ARG(http_url_encode(web->cx->arena, role))),
                  STR("下一页"), false);
    }
    return STATUS_OK;
}

enum { NEW_ROLE, NEW_LOGIN, NEW_NAME, NEW_PASSWORD, NEW_UNIT, NEW_ORG, NEW_FIELDS };

static Status choices_of_rows(Web *web, DbRows *rows, FormField *field) {
    struct {
        FormChoice *items;
        size_t count;
        size_t room;
    } choices = {0};
    bool has_row = false;
    TRY(db_next(web->cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(web->cx));
        choices.items = vec_grow(web->cx->arena, choices.items, choices.count, &choices.room,
                                 sizeof *choices.items);
        choices.items[choices.count++] =
            (FormChoice){str_print(web->cx->arena, "%" PRId64, db_int(rows, 0)).at,
                         db_text(web->cx->arena, rows, 1).at};
        TRY(db_next(web->cx, rows, &has_row));
    }
    field->choices = choices.items;
    field->choice_count = choices.count;
    return STATUS_OK;
}

static Status account_form(Web *web, const Form **out) {
    static const FormChoice roles[] = {
        {"resident", "居民"},    {"shop", "商家"},        {"recycler", "回收企业"},
        {"driver", "回收司机"},  {"enterprise", "企业"},  {"bank", "银行"},
        {"officer", "部门经办"}, {"lead", "牵头专班"},    {"finance", "财政"},
        {"auditor", "审计"},     {"admin", "系统管理员"},
    };
    FormField *fields = arena_array(web->cx->arena, FormField, NEW_FIELDS);
    fields[NEW_ROLE] = (FormField){.name = "role",
                                   .label = "身份",
                                   .kind = FIELD_CHOICE,
                                   .choices = roles,
                                   .choice_count = 11};
    fields[NEW_LOGIN] =
        (FormField){.name = "login", .label = "账号", .kind = FIELD_TEXT, .min = 3, .max = 40};
    fields[NEW_NAME] =
        (FormField){.name = "name", .label = "姓名", .kind = FIELD_TEXT, .min = 1, .max = 30};
    fields[NEW_PASSWORD] = (FormField){.name = "password",
                                       .label = "初始密码",
                                       .hint = "至少 10 个字符",
                                       .kind = FIELD_PASSWORD,
                                       .min = 10,
                                       .max = 200};
    fields[NEW_UNIT] = (FormField){.name = "unit",
                                   .label = "部门",
                                   .hint = "部门经办须选择",
                                   .kind = FIELD_CHOICE,
                                   .is_optional = true};
    fields[NEW_ORG] = (FormField){.name = "org",
                                  .label = "企业",
                                  .hint = "商家、回收企业、司机、企业、银行须选择",
                                  .kind = FIELD_CHOICE,
                                  .is_optional = true};
    DbRows *rows = NULL;
    TRY(people_store_units(web->cx, web->conn, &rows));
    TRY(choices_of_rows(web, rows, &fields[NEW_UNIT]));
    TRY(people_store_orgs(web->cx, web->conn, &rows));
    TRY(choices_of_rows(web, rows, &fields[NEW_ORG]));
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "account",
                   .action = STR("/account/new"),
                   .submit = "新建账号",
                   .fields = fields,
                   .field_count = NEW_FIELDS};
    *out = form;
    return STATUS_OK;
}

Status people_account_new_page(Web *web) {
    const Form *form = NULL;
    TRY(account_form(web, &form));
    view_title(web->view, STR("新建账号"));
    view_section(web->view, STR_NONE);
    view_form(web->view, form);
    return STATUS_OK;
}

static Status person_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    return people_person_create(cx, conn, input, &id);
}

static Status belonging_check(Web *web, const PersonNew *person) {
    bool needs_org = person->role == ROLE_SHOP || person->role == ROLE_RECYCLER ||
                     person->role == ROLE_DRIVER || person->role == ROLE_ENTERPRISE ||
                     person->role == ROLE_BANK;
    if (needs_org && person->org_id == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "org", "这个身份须选择所属企业");
    }
    if (person->role == ROLE_OFFICER && person->unit_id == 0) {
        return fault_at_field(web->cx, STATUS_INVALID, "unit", "部门经办须选择部门");
    }
    return STATUS_OK;
}

Status people_account_new_post(Web *web) {
    const Form *form = NULL;
    FormValue values[NEW_FIELDS];
    TRY(account_form(web, &form));
    TRY(form_read(web, form, values));
    PersonNew person = {
        .login = values[NEW_LOGIN].text,
        .name = people_seal(web->cx->arena, city_of(web), PEOPLE_NAME, values[NEW_NAME].text),
        .birth = DAY_NONE,
        .unit_id = web_param_int(web, "unit", 0),
        .org_id = web_param_int(web, "org", 0),
        .now_ms = web->now_ms};
    TRY(role_of_code(values[NEW_ROLE].text, &person.role));
    TRY(belonging_check(web, &person));
    TRY(seal_password_hash(web->cx, values[NEW_PASSWORD].text, SEAL_PASSWORD_COST_DEFAULT,
                           &person.password_hash));
    TRY(web_write(web, "person.create", person_work, &person, NULL));
    return web_redirect(web, STR("/account"), STR("账号已建立"));
}
