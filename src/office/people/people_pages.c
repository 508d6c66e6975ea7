/* people_pages.c - signing in and out. One's own data: me_pages.c; administration: account_*.c. */
#include "office/mark/mark.h"
#include "office/people/people_store.h"
#include "web/form.h"

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
    Str role = STR_NONE;
    if (web_path_is_own(next)) {
        *out = next;
        return STATUS_OK;
    }
    TRY(people_store_role(web->cx, web->conn, login, &role));
    bool has_work = str_equal(role, STR("officer")) || str_equal(role, STR("lead"));
    *out = has_work ? STR("/todo") : STR("/");
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
