/*
 * me_pages.c - what everybody may see and do about the own account: the data that are kept, the
 * password, the sessions.
 */
#include "office/people/people_store.h"
#include "web/form.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

/* ---- my data ---- */

static Status my_sessions(Web *web) {
    static const ViewColumn columns[] = {{"created_ms", "登录时间", false},
                                         {"agent", "设备", false},
                                         {"place", "网络", false},
                                         {"end", "办理", false}};
    WebSessionList list;
    View *view = web->view;
    TRY(web_session_list(web->cx, web->conn, web->user->id, web_session_token(web), web->now_ms,
                         &list));
    view_section(view, STR("我的登录"));
    view_text(view, STR("不认识的登录请立即结束，并修改密码。"));
    view_table_begin(view, "sessions", STR("登录"), columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list.count; i++) {
        const WebSession *session = &list.items[i];
        view_row(view);
        view_cell(view, VIEW_INSTANT(session->created_ms));
        view_cell(view, VIEW_TEXT(session->agent.len > 0 ? session->agent : STR("不详")));
        view_cell(view, VIEW_TEXT(session->place.len > 0 ? session->place : STR("不详")));
        if (session->is_this) {
            view_cell(view, VIEW_BADGE(VIEW_GOOD, STR("this"), STR("就是这里")));
        } else {
            view_cell_action(
                view, str_print(web->cx->arena, "/me/session/%" PRId64 "/end", session->number),
                STR("结束"), NULL);
        }
    }
    view_table_end(view, STR("没有登录"));
    if (list.count > 1) {
        view_action(view, STR("/me/session/end"), STR("结束其他全部登录"),
                    "除了这里，其他登录都结束？");
    }
    return STATUS_OK;
}

static Status session_end_work(Cx *cx, DbConn *conn, void *input) {
    return web_session_end(cx, conn, input);
}

Status people_session_end_post(Web *web) {
    WebSessionEnd end = {.person_id = web->user->id, .number = web->ids[0]};
    TRY(web_write(web, "session.end", session_end_work, &end, NULL));
    return web_redirect(web, STR("/me"), STR("这次登录已结束"));
}

Status people_sessions_end_post(Web *web) {
    WebSessionEnd end = {.person_id = web->user->id, .keep_token = web_session_token(web)};
    TRY(web_write(web, "session.end", session_end_work, &end, NULL));
    return web_redirect(web, STR("/me"), STR("其他登录都已结束"));
}

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
    return my_sessions(web);
}

/* ---- my password ---- */

enum { PASSWORD_OLD, PASSWORD_NEW, PASSWORD_AGAIN, PASSWORD_FIELDS };

/* With a one-time code the old password is gone: only the new one is asked. */
static const Form *password_form(const Web *web) {
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
    static const Form first_form = {.key = "password",
                                    .action = {"/me/password", 12},
                                    .submit = "设置密码",
                                    .fields = &fields[PASSWORD_NEW],
                                    .field_count = PASSWORD_FIELDS - PASSWORD_NEW};
    return web->user->must_change ? &first_form : &form;
}

Status people_password_page(Web *web) {
    bool is_first = web->user->must_change;
    view_title(web->view, is_first ? STR("设置密码") : STR("修改密码"));
    if (is_first) {
        view_lead(web->view, STR("您用一次性密码登录。请在半小时内设置只有您自己知道的密码，"
                                 "然后用新密码登录。"));
    }
    view_section(web->view, STR_NONE);
    view_form(web->view, password_form(web));
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

static Status old_check(Web *web, Str old) {
    Person person;
    Str token = STR_NONE;
    TRY(people_person_find(web->cx, web->conn, web->user->id, &person));
    return web_sign_in(web, person.login, old, &token);
}

Status people_password_post(Web *web) {
    FormValue values[PASSWORD_FIELDS] = {0};
    const size_t first = web->user->must_change ? PASSWORD_NEW : PASSWORD_OLD;
    TRY(form_read(web, password_form(web), &values[first]));
    if (!str_equal(values[PASSWORD_NEW].text, values[PASSWORD_AGAIN].text)) {
        return fault_at_field(web->cx, STATUS_INVALID, "again", "两次输入的新密码不一致");
    }
    if (first == PASSWORD_OLD) {
        TRY(old_check(web, values[PASSWORD_OLD].text));
    }
    PasswordInput input = {.person_id = web->user->id};
    TRY(seal_password_hash(web->cx, values[PASSWORD_NEW].text, SEAL_PASSWORD_COST_DEFAULT,
                           &input.hash));
    TRY(web_write(web, "person.password", password_work, &input, NULL));
    return web_redirect(web, STR("/sign-in"), STR("密码已修改，请重新登录"));
}
