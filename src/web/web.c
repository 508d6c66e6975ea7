/*
 * web.c - the way of a request. Reading order: the plan (which row), the handler (who may, from
 * where), the answer (page, JSON, redirect, file), the refusals, and the helpers of handlers.
 */
#include "web/web.h"

#include "base/log.h"
#include "seal/seal.h"
#include "web/budget.h"
#include "web/form.h"
#include "web/shell.h"
#include "web/view_internal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* The proof of a journal of ten million entries is the longest work that a page does. */
    REQUEST_STEPS_MAX = 50 * 1000 * 1000,
    /* An upload, its parts, and a page of the largest size, several times over. */
    REQUEST_BYTES_MAX = 256 * 1024 * 1024,
    /* As long as the sign-in form takes the address to return to. */
    NEXT_BYTES_MAX = 200,
};

static const char CONTENT_SECURITY_POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'";

/* ---- which row ---- */

static Str path_of_page(Str path, bool *is_api) {
    *is_api = str_equal(path, STR("/api")) || str_starts(path, STR("/api/"));
    return *is_api ? str_from(path, 4) : path;
}

/* What a path says in the places of its row's braces. */
typedef struct RouteMatch {
    const WebRoute *route;
    int64_t ids[WEB_BRACES_MAX];
    size_t id_count;
    Str words[WEB_BRACES_MAX];
    size_t word_count;
} RouteMatch;

/* A name as we give them: nothing that could lead elsewhere in a path, a file name or a page. */
static bool is_word(Str text) {
    if (text.len == 0 || text.len > WEB_WORD_BYTES_MAX || text.at[0] < 'a' || text.at[0] > 'z') {
        return false;
    }
    for (size_t i = 1; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) {
            return false;
        }
    }
    return true;
}

static bool brace_matches(Str have, Str want, RouteMatch *match) {
    if (str_ends(want, STR(":word}"))) {
        check(match->word_count < WEB_BRACES_MAX);
        match->words[match->word_count++] = have;
        return is_word(have);
    }
    check(match->id_count < WEB_BRACES_MAX && !str_contains(want, STR(":")));
    int64_t *id = &match->ids[match->id_count++];
    return str_int64(have, id) == STATUS_OK && *id > 0;
}

/* Matches one path against a pattern; what stands in braces goes to the match. */
static bool path_matches(Str path, Str pattern, RouteMatch *match) {
    while (pattern.at != NULL && path.at != NULL) {
        Str want = str_cut(&pattern, '/');
        Str have = str_cut(&path, '/');
        bool is_equal =
            str_starts(want, STR("{")) ? brace_matches(have, want, match) : str_equal(want, have);
        if (!is_equal) {
            return false;
        }
    }
    return pattern.at == NULL && path.at == NULL;
}

static const char *method_of(const HttpRequest *request) {
    return request->method == HTTP_POST                                  ? "POST"
           : request->method == HTTP_GET || request->method == HTTP_HEAD ? "GET"
                                                                         : "";
}

/* The first row that fits; its route is NULL when there is none. */
static RouteMatch route_find(const WebApp *app, const char *method, Str path) {
    for (size_t i = 0; i < app->route_count; i++) {
        RouteMatch match = {.route = &app->routes[i]};
        if (strcmp(match.route->method, method) == 0 &&
            path_matches(path, str_of(match.route->path), &match)) {
            return match;
        }
    }
    return (RouteMatch){0};
}

static void request_handle(HttpRequest *http, void *context);
static void later_send(Web *web);

static void asset_handle(HttpRequest *http, void *context) {
    const WebApp *app = context;
    Str name = str_from(http->path, STR("/assets/").len);
    const HttpAsset *asset = app->asset == NULL ? NULL : app->asset(app->assets, name);
    if (asset == NULL) {
        http_respond_error(http, 404);
        return;
    }
    http_respond_asset(http, asset);
}

HttpPlan web_plan(const HttpRequest *request, void *context) {
    const WebApp *app = context;
    if (str_starts(request->path, STR("/assets/")) &&
        (request->method == HTTP_GET || request->method == HTTP_HEAD)) {
        return (HttpPlan){.handle = asset_handle, .is_inline = true};
    }
    bool is_api = false;
    Str path = path_of_page(request->path, &is_api);
    const WebRoute *route = route_find(app, method_of(request), path).route;
    return (HttpPlan){.handle = request_handle,
                      .body_bytes_max = route == NULL ? 0 : route->body_bytes_max};
}

/* ---- who may, and from where ---- */

Str web_session_token(const Web *web) {
    Str bearer = http_header(web->http, "Authorization");
    if (str_starts(bearer, STR("Bearer "))) {
        return str_from(bearer, STR("Bearer ").len);
    }
    return http_cookie(web->http, "hx_session");
}

/* The host of an absolute URL: "https://host:port/path" gives "host:port". */
static Str host_of_url(Str url) {
    size_t start = str_find(url, STR("://"), 0);
    if (start == SIZE_MAX) {
        return STR_NONE;
    }
    Str rest = str_from(url, start + 3);
    return str_cut(&rest, '/');
}

/* True when the request comes from a page of ours, as far as the browser tells (W2). */
static bool is_same_origin(const HttpRequest *http) {
    Str origin = http_header(http, "Origin");
    if (origin.len > 0) {
        return str_equal_ascii_nocase(host_of_url(origin), http->host);
    }
    Str site = http_header(http, "Sec-Fetch-Site");
    if (site.len > 0) {
        return str_equal(site, STR("same-origin"));
    }
    Str referer = http_header(http, "Referer");
    return referer.len > 0 && str_equal_ascii_nocase(host_of_url(referer), http->host);
}

static Status guard_check(Web *web) {
    if (web->route->guard == WEB_READ) {
        return STATUS_OK;
    }
    /* A bearer token is not sent by a browser on its own, so nothing can be forged with it. */
    bool is_bearer = str_starts(http_header(web->http, "Authorization"), STR("Bearer "));
    if (is_bearer) {
        return STATUS_OK;
    }
    if (!is_same_origin(web->http)) {
        return fault(web->cx, STATUS_DENIED, "请求不是从本系统的页面发出的，已拒绝");
    }
    if (web->route->guard == WEB_TOKEN &&
        !seal_equal(http_form(web->http, "csrf"), web->user->csrf)) {
        return fault(web->cx, STATUS_DENIED, "页面已过期，请刷新后重新提交");
    }
    return STATUS_OK;
}

static Status role_check(Web *web) {
    if ((web->route->roles & ROLE_BIT(web->user->role)) != 0) {
        return STATUS_OK;
    }
    if (web->user->role == ROLE_PUBLIC) {
        return fault(web->cx, STATUS_DENIED, "请先登录");
    }
    return fault(web->cx, STATUS_DENIED, "您的身份是“" STR_FMT "”，没有使用这个页面的权限",
                 STR_ARG(role_zh(web->user->role)));
}

/* Where somebody with a one-time code may go (W8). */
static bool is_open_before_change(Str path) {
    static const char *const paths[] = {"/me/password", "/sign-out", "/display"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (str_equal(path, str_of(paths[i]))) {
            return true;
        }
    }
    return false;
}

/* ---- the answer ---- */

static void headers_add(Web *web) {
    HttpRequest *http = web->http;
    http_header_add(http, "Content-Security-Policy", str_of(CONTENT_SECURITY_POLICY));
    http_header_add(http, "X-Frame-Options", STR("DENY"));
    http_header_add(http, "Referrer-Policy", STR("same-origin"));
    http_header_add(http, "Cross-Origin-Opener-Policy", STR("same-origin"));
    http_header_add(http, "Permissions-Policy", STR("camera=(), microphone=(), geolocation=()"));
    http_header_add(http, "Cache-Control", STR("no-store"));
}

static void flash_set(Web *web) {
    if (web->done.len > 0) {
        http_cookie_add(web->http, (HttpCookie){.name = STR("hx_done"),
                                                .value = seal_base64url(web->cx->arena, web->done),
                                                .max_age_s = 30,
                                                .is_secure = web->app->is_secure});
    }
}

static void flash_take(Web *web) {
    Str cookie = http_cookie(web->http, "hx_done");
    if (cookie.len == 0 || cookie.len > 600 || web->is_json) {
        return;
    }
    Cx cx;
    cx_init(&cx, web->cx->arena);
    Str text = STR_NONE;
    if (seal_base64url_decode(&cx, cookie, &text) == STATUS_OK && str_is_utf8(text)) {
        web->flash = text;
    }
    http_cookie_add(web->http, (HttpCookie){.name = STR("hx_done"),
                                            .value = STR(""),
                                            .max_age_s = -1,
                                            .is_secure = web->app->is_secure});
}

/* Prepares the answer; it is sent by request_handle, after the database connection went back. */
static void answer_set(Web *web, uint32_t status, Str type, Str body) {
    headers_add(web);
    http_status(web->http, status);
    http_body(web->http, type, body);
}

static void respond_view(Web *web, uint32_t status) {
    Str body = STR_NONE;
    if (view_finish(web->view, &body) != STATUS_OK) {
        log_line(LOG_ERROR, "page over its limit: %s", web->route == NULL ? "" : web->route->path);
        status = 500;
        body = shell_plain_page(web->cx->arena, web->app->city_name, status);
    }
    answer_set(web, status,
               web->is_json ? STR("application/json; charset=utf-8")
                            : STR("text/html; charset=utf-8"),
               body);
}

static void see_other(Web *web, Str path) {
    /* Only a path of our own: never "//host" or a whole URL. */
    check(web_path_is_own(path));
    http_header_add(web->http, "Location", path);
    answer_set(web, 303, STR("text/plain; charset=utf-8"), STR(""));
}

static void respond_file(Web *web) {
    bool is_shown = !web->is_download && str_starts(web->file_type, STR("image/"));
    http_header_add(web->http, "Content-Disposition",
                    str_print(web->cx->arena, "%s; filename*=UTF-8''" STR_FMT,
                              is_shown ? "inline" : "attachment",
                              STR_ARG(http_url_encode(web->cx->arena, web->file_name))));
    answer_set(web, 200, web->file_type, web->file_bytes);
}

static void respond_redirect(Web *web) {
    if (web->is_json) {
        json_object_set_new(web->view->root, "ok", json_true());
        view_json_text(web->view->root, "location", web->redirect);
        view_json_text(web->view->root, "message", web->done);
        respond_view(web, 200);
        return;
    }
    flash_set(web);
    see_other(web, web->redirect);
}

static void respond(Web *web) {
    if (web->redirect.len > 0) {
        respond_redirect(web);
    } else if (web->file_type.len > 0) {
        respond_file(web);
    } else {
        respond_view(web, web->answer_status == 0 ? 200 : web->answer_status);
    }
}

/* ---- refusals ---- */

static bool is_for_people(Status status) {
    return status != STATUS_DB && status != STATUS_IO && status != STATUS_OK;
}

static void fault_log(const Web *web, Status status) {
    if (!is_for_people(status)) {
        log_line(LOG_ERROR, "%s: %s (%s)", web->route == NULL ? "" : web->route->path,
                 web->cx->fault.text, web->cx->fault.detail);
    }
}

/* Turns the fault into a message at its field, unless the form already has messages. */
static void errors_collect(Web *web, Status status) {
    if (web->error_count > 0) {
        return;
    }
    const Fault *fault = &web->cx->fault;
    bool is_shown = is_for_people(status) && fault->text[0] != '\0';
    form_error(web, fault->field,
               is_shown ? str_of(fault->text) : STR("系统暂时无法处理，请稍后再试"),
               is_shown ? str_of(fault->hint) : STR_NONE);
}

static void json_errors_add(Web *web, Status status) {
    json_t *root = web->view->root;
    json_object_clear(root);
    json_object_set_new(root, "ok", json_false());
    view_json_text(root, "status", str_of(status_text(status)));
    json_t *errors = json_array();
    json_object_set_new(root, "errors", errors);
    for (size_t i = 0; i < web->error_count; i++) {
        json_t *row = json_object();
        json_array_append_new(errors, row);
        view_json_text(row, "field", web->errors[i].field);
        view_json_text(row, "message", web->errors[i].text);
        view_json_text(row, "hint", web->errors[i].hint);
    }
}

static uint32_t http_status_of(const Web *web, Status status) {
    if (status == STATUS_DENIED && web->user != NULL && web->user->role == ROLE_PUBLIC) {
        return 401;
    }
    return web->is_throttled ? 429 : (uint32_t)status_http(status);
}

static void refusal_page(Web *web, Status status) {
    static const char *const titles[] = {
        [STATUS_OK] = "",
        [STATUS_NOT_FOUND] = "没有找到",
        [STATUS_INVALID] = "内容有误",
        [STATUS_CONFLICT] = "不能办理",
        [STATUS_DENIED] = "没有权限",
        [STATUS_LIMIT] = "超出限制",
        [STATUS_BUSY] = "办理的人较多",
        [STATUS_DB] = "系统暂时无法处理",
        [STATUS_IO] = "系统暂时无法处理",
    };
    web->view = view_create(web);
    view_title(web->view, str_of(titles[status]));
    view_link(web->view, STR("/"), STR("返回首页"), true);
    respond_view(web, http_status_of(web, status));
}

/* Shows the form again with its messages; false when it cannot be shown. */
static bool form_shown_again(Web *web, Status status) {
    if (web->is_json || web->route->again == NULL || web->conn == NULL || !is_for_people(status)) {
        return false;
    }
    Fault first = web->cx->fault;
    fault_clear(web->cx);
    web->view = view_create(web);
    web->redirect = STR_NONE;
    if (web->route->again(web) != STATUS_OK || web->redirect.len > 0) {
        web->cx->fault = first;
        return false;
    }
    respond_view(web, http_status_of(web, status));
    return true;
}

static bool is_sign_in_needed(const Web *web, Status status) {
    return status == STATUS_DENIED && !web->is_json && web->user->role == ROLE_PUBLIC &&
           web->route != NULL && (web->route->roles & ROLE_BIT(ROLE_PUBLIC)) == 0 &&
           web->route->guard == WEB_READ;
}

/* This page's address with its query, or without it where the sign-in form would refuse it. */
static Str here_with_query(const Web *web) {
    Str rest = web->http->target;
    (void)str_cut(&rest, '?');
    if (rest.len == 0 || web->path.len + 1 + rest.len > NEXT_BYTES_MAX) {
        return web->path;
    }
    return str_print(web->cx->arena, STR_FMT "?" STR_FMT, STR_ARG(web->path), STR_ARG(rest));
}

static void refuse(Web *web, Status status) {
    fault_log(web, status);
    if (is_sign_in_needed(web, status)) {
        web->redirect = str_print(web->cx->arena, "/sign-in?next=" STR_FMT,
                                  STR_ARG(http_url_encode(web->cx->arena, here_with_query(web))));
        see_other(web, web->redirect);
        return;
    }
    errors_collect(web, status);
    if (web->is_json) {
        json_errors_add(web, status);
        respond_view(web, http_status_of(web, status));
        return;
    }
    if (web->route == NULL || !form_shown_again(web, status)) {
        refusal_page(web, status);
    }
}

/* ---- one request ---- */

static Status route_choose(Web *web) {
    const WebApp *app = web->app;
    RouteMatch match = route_find(app, method_of(web->http), web->path);
    web->route = match.route;
    memcpy(web->ids, match.ids, sizeof match.ids);
    memcpy(web->words, match.words, sizeof match.words);
    if (web->route != NULL) {
        return STATUS_OK;
    }
    const char *other = web->http->method == HTTP_POST ? "GET" : "POST";
    if (route_find(app, other, web->path).route != NULL) {
        return fault(web->cx, STATUS_INVALID, "这个地址不接受这种请求方式");
    }
    return fault(web->cx, STATUS_NOT_FOUND, "没有这个页面：" STR_FMT,
                 STR_ARG(str_head(web->path, 100)));
}

static void read_end(Web *web) {
    if (web->conn != NULL) {
        db_read_end(web->app->db, web->conn);
        web->conn = NULL;
    }
}

/* W9. What somebody without a session may send is bounded by the routes. */
static Status budget_check(Web *web) {
    int64_t bytes = (int64_t)web->http->body.len;
    if (web->app->budget == NULL || web->user->id == 0 || bytes < LIMIT_DAY_FREE_BYTES) {
        return STATUS_OK;
    }
    bool is_person = web->user->role == ROLE_RESIDENT || web->user->role == ROLE_ENTERPRISE;
    int64_t most = is_person ? LIMIT_DAY_PERSON_MB : LIMIT_DAY_OFFICE_MB;
    BudgetTake take = {.person_id = web->user->id,
                       .day = web_today(web).number,
                       .bytes = bytes,
                       .bytes_max = most * 1024 * 1024};
    if (budget_take(web->app->budget, &take)) {
        return STATUS_OK;
    }
    web->is_throttled = true;
    return fault(web->cx, STATUS_BUSY, "您今天上传的文件超过 %lld MB，请明天再传", (long long)most);
}

static Status request_run(Web *web, WebUser *user) {
    TRY(db_read_begin(web->cx, web->app->db, &web->conn));
    TRY(web_session_user(web->cx, web->conn, web_session_token(web), web->now_ms, user));
    web->user = user;
    TRY(route_choose(web));
    TRY(role_check(web));
    TRY(guard_check(web));
    TRY(budget_check(web));
    flash_take(web);
    if (user->must_change && !is_open_before_change(web->path)) {
        if (web->is_json || web->route->guard != WEB_READ) {
            return fault(web->cx, STATUS_DENIED, "您用一次性密码登录，请先设置新密码");
        }
        return web_redirect(web, STR("/me/password"), STR(""));
    }
    return web->route->handler(web);
}

static bool wants_json(const HttpRequest *http, bool is_api) {
    return is_api || str_starts(http_header(http, "Accept"), STR("application/json"));
}

static void request_end(Web *web, Status status) {
    HttpRequest *http = web->http;
    if (status != STATUS_OK) {
        refuse(web, status);
    } else {
        respond(web);
    }
    /* The connection goes back before the answer: after it the request may not be touched. */
    read_end(web);
    http_respond(http);
}

/* What lives as long as the request: it may go through several threads. */
typedef struct RequestState {
    Web web;
    Cx cx;
    WebUser user;
} RequestState;

static void request_handle(HttpRequest *http, void *context) {
    const WebApp *app = context;
    RequestState *state = arena_new(http->arena, RequestState);
    cx_init(&state->cx, http->arena);
    state->cx.step_max = REQUEST_STEPS_MAX;
    state->cx.bytes_max = REQUEST_BYTES_MAX;
    bool is_api = false;
    Str path = path_of_page(http->path, &is_api);
    state->user.role = ROLE_PUBLIC;
    Web *web = &state->web;
    *web = (Web){.cx = &state->cx,
                 .app = app,
                 .http = http,
                 .path = path.len == 0 ? STR("/") : path,
                 .user = &state->user,
                 .now_ms = app->clock_ms(app->clock),
                 .is_json = wants_json(http, is_api)};
    web->view = view_create(web);
    Status status = request_run(web, &state->user);
    if (status == STATUS_OK && web->later != NULL) {
        later_send(web);
        return;
    }
    request_end(web, status);
}

Str web_error_page(Arena *arena, uint32_t status, void *context) {
    const WebApp *app = context;
    return shell_plain_page(arena, app->city_name, status);
}

/* ---- helpers of handlers ---- */

Day web_today(const Web *web) {
    return day_of_instant(web->now_ms);
}

Str web_param(const Web *web, const char *name) {
    Str value = http_form(web->http, name);
    return str_trim(value.at == NULL ? http_query(web->http, name) : value);
}

int64_t web_param_int(const Web *web, const char *name, int64_t fallback) {
    int64_t value = 0;
    bool is_number = str_int64(web_param(web, name), &value) == STATUS_OK;
    return is_number && value >= 0 && value <= WEB_PARAM_INT_MAX ? value : fallback;
}

bool web_path_is_own(Str path) {
    if (!str_starts(path, STR("/")) || str_starts(path, STR("//"))) {
        return false;
    }
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c <= 0x20 || c == 0x7f || c == '\\') {
            return false;
        }
    }
    return true;
}

Status web_redirect(Web *web, Str path, Str done) {
    web->redirect = path;
    web->done = done;
    return STATUS_OK;
}

Status web_file(Web *web, Str name, Str media_type, Str bytes) {
    web->file_name = name;
    web->file_type = media_type;
    web->file_bytes = bytes;
    return STATUS_OK;
}

typedef struct Mapped {
    void *at;
    size_t bytes;
} Mapped;

static void unmap(void *it) {
    Mapped *mapped = it;
    (void)munmap(mapped->at, mapped->bytes);
}

Status web_file_path(Web *web, Str name, Str media_type, const char *path, bool is_gone) {
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_there = fd >= 0 && fstat(fd, &facts) == 0 && facts.st_size >= 0;
    Mapped *mapped = arena_new(web->http->arena, Mapped);
    if (is_there && facts.st_size > 0) {
        mapped->bytes = (size_t)facts.st_size;
        mapped->at = mmap(NULL, mapped->bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        is_there = mapped->at != MAP_FAILED;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    if (is_gone) {
        (void)unlink(path);
    }
    if (!is_there) {
        return fault(web->cx, STATUS_IO, "cannot read %s", path);
    }
    if (mapped->bytes > 0) {
        arena_defer(web->http->arena, unmap, mapped);
    }
    http_body_plain(web->http);
    return web_file(web, name, media_type, (Str){mapped->at, mapped->bytes});
}

DbActor web_actor(const Web *web) {
    if (web->acts_for_id != 0) {
        return (DbActor){.user_id = web->acts_for_id,
                         .role = role_code(ROLE_RESIDENT),
                         .origin = web->is_json ? STR("api") : STR("web"),
                         .helper_id = web->user->id};
    }
    return (DbActor){.user_id = web->user->id,
                     .role = role_code(web->user->role),
                     .origin = web->is_json ? STR("api") : STR("web")};
}

/* ---- writing once ---- */

static Str request_key(const Web *web) {
    Str key = http_header(web->http, "Idempotency-Key");
    return key.len > 0 ? key : web_param(web, "request_key");
}

static void digest_add(SealSm3 *sm3, Str bytes) {
    uint64_t len = bytes.len;
    seal_sm3_add(sm3, (Str){(const char *)&len, sizeof len});
    seal_sm3_add(sm3, bytes);
}

static Str digest_hex(Arena *arena, SealSm3 *sm3) {
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3_finish(sm3, digest);
    /* 128 bits: two requests do not meet by chance, and the key stays short. */
    return seal_hex(arena, (Str){(const char *)digest, sizeof digest / 2});
}

/* What a request asks for: its path and fields, without those that change with each page. */
static Str content_digest(const Web *web) {
    SealSm3 *sm3 = seal_sm3_new(web->cx->arena);
    digest_add(sm3, web->path);
    for (size_t i = 0; i < web->http->form_count; i++) {
        const HttpField *field = &web->http->form[i];
        if (!str_equal(field->name, STR("csrf")) && !str_equal(field->name, STR("request_key"))) {
            digest_add(sm3, field->name);
            digest_add(sm3, field->value);
        }
    }
    return digest_hex(web->cx->arena, sm3);
}

/* Passes a status on; after a refusal with a reading connection where one can be had. */
static Status refused_read(Web *web, Status status) {
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    if (status != STATUS_OK && db_read_begin(&quiet, web->app->db, &web->conn) != STATUS_OK) {
        log_line(LOG_WARN, "no reading connection after a refusal: %s", quiet.fault.text);
    }
    return status;
}

/* Waits for a command without a reading connection: its snapshot would keep the log of the database
 * from being emptied while a crowd waits, and the connection is another's meanwhile. A refusal may
 * have to show the form again, and reads anew. */
static Status write_wait(Web *web, const DbCommand *command, Str *answer) {
    read_end(web);
    return refused_read(web, db_write(web->cx, web->app->db, command, answer));
}

/* Makes the command of a request, with its key when the request has one. */
static DbCommand request_command(Web *web, const char *name, DbWork *work, void *input) {
    DbCommand command = {
        .name = name, .actor = web_actor(web), .work = work, .input = input, .now_ms = web->now_ms};
    Str key = request_key(web);
    if (key.len == 0) {
        return command;
    }
    SealSm3 *sm3 = seal_sm3_new(web->cx->arena);
    digest_add(sm3, key);
    Str digest = digest_hex(web->cx->arena, sm3);
    /* The person is part of the key, so that nobody can be given another's answer. */
    command.key = str_print(web->cx->arena, "%" PRId64 ":" STR_FMT, web->user->id, STR_ARG(digest));
    command.content = content_digest(web);
    return command;
}

Status web_write(Web *web, const char *name, DbWork *work, void *input, Str *answer) {
    const DbCommand command = request_command(web, name, work, input);
    return write_wait(web, &command, answer);
}

Status web_write_once(Web *web, const char *name, DbWork *work, void *input, Str *answer) {
    if (request_key(web).len == 0) {
        Status status = fault_at_field(web->cx, STATUS_INVALID, "request_key",
                                       "这项办理须带请求编号，以免重试时重复办理");
        fault_hint(web->cx, "接口调用请在 Idempotency-Key 头或 request_key 字段中给出唯一编号");
        return status;
    }
    return web_write(web, name, work, input, answer);
}

/* ---- writing without waiting ---- */

struct WebLater {
    DbCommand command;
    WebThen *then;
    Status status;
    Str answer;
};

Status web_write_then(Web *web, const WebAct *act, void *input) {
    check(web->later == NULL && act->then != NULL);
    web->later = arena_new(web->cx->arena, struct WebLater);
    *web->later = (struct WebLater){.command = request_command(web, act->name, act->work, input),
                                    .then = act->then};
    web->later->command.crowd = act->crowd;
    return STATUS_OK;
}

/* On a worker, after the commit. */
static void later_end(Web *web) {
    const struct WebLater *later = web->later;
    request_end(web, later->then(web, refused_read(web, later->status), later->answer));
}

static void later_resume(HttpRequest *http, void *context) {
    (void)context;
    later_end(http->user);
}

/* On the writer's thread: keeps what the command gave, and passes the request on. */
static void later_done(Cx *cx, Status status, Str answer, void *context) {
    Web *web = context;
    web->later->status = status;
    web->later->answer = str_dup(web->cx->arena, answer);
    if (status != STATUS_OK) {
        web->cx->fault = cx->fault;
    }
    http_resume(web->http, later_resume);
}

static void later_send(Web *web) {
    read_end(web);
    web->http->user = web;
    Status status = db_write_later(web->cx, web->app->db, &web->later->command, later_done, web);
    /* Once it is taken, the request is another thread's. */
    if (status != STATUS_OK) {
        web->later->status = status;
        later_end(web);
    }
}
