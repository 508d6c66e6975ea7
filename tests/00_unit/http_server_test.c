/* The server over real sockets: requests in, answers out, in all the ways they may travel. */
#include "40_http/client.h"
#include "http/http.h"
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

typedef struct Desk {
    Arena *arena;
    HttpServer *server;
    uint16_t port;
    HttpAsset *asset;
    Str page;
    atomic_uint access_count;
    _Atomic(HttpRequest *) parked; /* a request to be answered later */
    atomic_uint resumed_count;
    atomic_bool is_held; /* workers wait while it is set */
    atomic_uint held_count;
} Desk;

static const Str HTML_TYPE = {"text/html; charset=utf-8", 24};

/* ---- handlers ---- */

static void put_field(Buf *out, const HttpField *field) {
    buf_print(out, STR_FMT "=" STR_FMT, STR_ARG(field->name), STR_ARG(field->value));
    if (field->is_file) {
        buf_print(out, " file(" STR_FMT "," STR_FMT ")", STR_ARG(field->file_name),
                  STR_ARG(field->type));
    }
    buf_put(out, STR("\n"));
}

/* Answers with what was understood. */
static void echo(HttpRequest *request, void *context) {
    (void)context;
    Buf *out = buf_in(request->arena, 1 << 20);
    buf_print(out, STR_FMT " " STR_FMT "\n", STR_ARG(http_method_text(request->method)),
              STR_ARG(request->path));
    buf_print(out, "host=" STR_FMT " remote=" STR_FMT " type=" STR_FMT " body=%zu\n",
              STR_ARG(request->host), STR_ARG(request->remote), STR_ARG(request->type),
              request->body.len);
    for (size_t i = 0; i < request->query_count; i++) {
        buf_put(out, STR("?"));
        put_field(out, &request->query[i]);
    }
    for (size_t i = 0; i < request->form_count; i++) {
        put_field(out, &request->form[i]);
    }
    Str cookie = http_cookie(request, "sid");
    if (cookie.at != NULL) {
        buf_print(out, "sid=" STR_FMT "\n", STR_ARG(cookie));
    }
    http_respond_with(request, 200, STR("text/plain"), buf_str(out));
}

static void page(HttpRequest *request, void *context) {
    Desk *desk = context;
    http_respond_with(request, 200, HTML_TYPE, desk->page);
}

static void plain_page(HttpRequest *request, void *context) {
    http_body_plain(request);
    page(request, context);
}

static void asset(HttpRequest *request, void *context) {
    http_respond_asset(request, ((Desk *)context)->asset);
}

static void go(HttpRequest *request, void *context) {
    (void)context;
    http_cookie_add(request, (HttpCookie){.name = STR("sid"), .value = STR("abc")});
    http_cookie_add(request, (HttpCookie){.name = STR("lang"),
                                          .value = STR("zh"),
                                          .path = "/x",
                                          .max_age_s = 60,
                                          .is_for_scripts = true,
                                          .is_secure = true,
                                          .is_lax = true});
    http_cookie_add(request, (HttpCookie){.name = STR("old"), .max_age_s = -1});
    http_respond_see_other(request, STR("/next?a=1"));
}

static void nothing(HttpRequest *request, void *context) {
    (void)context;
    http_status(request, 204);
    http_respond(request);
}

static void *answer_late(void *it) {
    HttpRequest *request = it;
    struct timespec nap = {0, 20 * 1000000};
    (void)nanosleep(&nap, NULL);
    http_respond_with(request, 202, STR("text/plain"), STR("late"));
    return NULL;
}

static void *answer_soon(void *it) {
    http_respond_with(it, 202, STR("text/plain"), STR("soon"));
    return NULL;
}

static void soon(HttpRequest *request, void *context) {
    (void)context;
    pthread_t thread;
    check(pthread_create(&thread, NULL, answer_soon, request) == 0);
    check(pthread_detach(thread) == 0);
}

/* The handler returns, and another thread answers. */
static void later(HttpRequest *request, void *context) {
    (void)context;
    pthread_t thread;
    check(pthread_create(&thread, NULL, answer_late, request) == 0);
    check(pthread_detach(thread) == 0);
}

static void resumed(HttpRequest *request, void *context) {
    atomic_fetch_add(&((Desk *)context)->resumed_count, 1);
    http_respond_with(request, 202, STR("text/plain"), STR("resumed"));
}

static void *resume_late(void *it) {
    struct timespec nap = {0, 20 * 1000000};
    (void)nanosleep(&nap, NULL);
    http_resume(it, resumed);
    return NULL;
}

/* The handler returns, another thread brings the request back, and a worker ends it. */
static void pause_here(HttpRequest *request, void *context) {
    (void)context;
    pthread_t thread;
    check(pthread_create(&thread, NULL, resume_late, request) == 0);
    check(pthread_detach(thread) == 0);
}

static void park(HttpRequest *request, void *context) {
    atomic_store(&((Desk *)context)->parked, request);
}

static void hold(HttpRequest *request, void *context) {
    Desk *desk = context;
    atomic_fetch_add(&desk->held_count, 1);
    while (atomic_load(&desk->is_held)) {
        struct timespec nap = {0, 1000000};
        (void)nanosleep(&nap, NULL);
    }
    http_respond_with(request, 200, STR("text/plain"), STR("held"));
}

static void missing(HttpRequest *request, void *context) {
    (void)context;
    http_respond_error(request, 404);
}

static HttpPlan plan(const HttpRequest *request, void *context) {
    (void)context;
    static const struct {
        const char *path;
        HttpPlan plan;
    } ROUTES[] = {{"/echo", {.handle = echo}},
                  {"/echo-inline", {.handle = echo, .is_inline = true}},
                  {"/big", {.handle = echo, .body_bytes_max = 4 * 1024 * 1024}},
                  {"/raw", {.handle = echo, .is_body_raw = true}},
                  {"/page", {.handle = page}},
                  {"/plain", {.handle = plain_page}},
                  {"/asset", {.handle = asset, .is_inline = true}},
                  {"/go", {.handle = go}},
                  {"/nothing", {.handle = nothing}},
                  {"/later", {.handle = later, .is_inline = true}},
                  {"/soon", {.handle = soon, .is_inline = true}},
                  {"/pause", {.handle = pause_here}},
                  {"/park", {.handle = park}},
                  {"/hold", {.handle = hold}}};
    for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++) {
        if (str_equal(request->path, str_of(ROUTES[i].path))) {
            return ROUTES[i].plan;
        }
    }
    return (HttpPlan){.handle = missing, .is_inline = true};
}

static void count_access(const HttpAccess *access, void *context) {
    Desk *desk = context;
    check(access->status >= 200);
    check(access->micros >= 0);
    check(access->sent_bytes > 0);
    atomic_fetch_add(&desk->access_count, 1);
}

static Str error_page(Arena *arena, uint32_t status, void *context) {
    (void)context;
    return str_print(arena, "<h1>%u</h1>", status);
}

/* ---- frame ---- */

static void start(Desk *desk, HttpOptions options) {
    Cx cx;
    cx_init(&cx, desk->arena);
    options.plan = plan;
    options.access = count_access;
    options.context = desk;
    assert_int_equal(http_server_start(&cx, &options, &desk->server), STATUS_OK);
    desk->port = http_server_port(desk->server);
    assert_int_not_equal(desk->port, 0);
}

static int setup(void **state) {
    Desk *desk = test_calloc(1, sizeof *desk);
    desk->arena = arena_create();
    Buf *text = buf_in(desk->arena, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        buf_print(text, "<p>row %d</p>\n", i);
    }
    desk->page = buf_str(text);
    desk->asset = http_asset_new(desk->arena, http_type_of(STR("site.css")), desk->page, NULL);
    *state = desk;
    return 0;
}

static int setup_running(void **state) {
    (void)setup(state);
    start(*state, (HttpOptions){.loop_count = 2, .worker_count = 2});
    return 0;
}

static int teardown(void **state) {
    Desk *desk = *state;
    if (desk->server != NULL) {
        assert_int_equal(http_server_stop(desk->server, 2000), STATUS_OK);
    }
    arena_free(desk->arena);
    test_free(desk);
    return 0;
}

static void is_text(Str got, const char *expected) {
    assert_true(got.at != NULL);
    if (!str_equal(got, str_of(expected))) {
        fail_msg("got '" STR_FMT "', expected '%s'", STR_ARG(got), expected);
    }
}

static void has_text(Str got, const char *part) {
    if (!str_contains(got, str_of(part))) {
        fail_msg("'%s' is not in '" STR_FMT "'", part, STR_ARG(got));
    }
}

/* ---- tests ---- */

static void get_and_query(void **state) {
    Desk *desk = *state;
    Reply reply = client_get(desk->arena, desk->port, "/echo?a=1&b=%E5%AE%89+x&c&a=2",
                             "Cookie: x=1; sid=q\r\n");
    assert_int_equal(reply.status, 200);
    is_text(reply.body,
            "GET /echo\nhost=t remote=127.0.0.1 type= body=0\n?a=1\n?b=安 x\n?c=\n?a=2\n"
            "sid=q\n");
    is_text(reply_header(&reply, "Content-Type"), "text/plain");
    is_text(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
    has_text(reply_header(&reply, "Date"), "GMT");
    reply = client_get(desk->arena, desk->port, "/echo-inline", "");
    assert_int_equal(reply.status, 200);
    reply = client_get(desk->arena, desk->port, "/none", "");
    assert_int_equal(reply.status, 404);
    is_text(reply.body, "404 Not Found\n");
}

static void forms(void **state) {
    Desk *desk = *state;
    const char *type = "application/x-www-form-urlencoded; charset=UTF-8";
    Reply reply =
        client_post(desk->arena, desk->port, "/echo", type, STR("name=%E7%8E%8B&n=1%2B1"));
    is_text(reply.body, "POST /echo\nhost=t remote=127.0.0.1 "
                        "type=application/x-www-form-urlencoded body=22\nname=王\nn=1+1\n");
    Str body =
        STR("--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nx\r\n"
            "--B\r\nContent-Disposition: form-data; name=\"p\"; filename=\"C:\\a\\图.jpg\"\r\n"
            "Content-Type: image/jpeg\r\n\r\n\r\n--no\r\n--B--\r\n");
    reply = client_post(desk->arena, desk->port, "/echo", "multipart/form-data; boundary=B", body);
    has_text(reply.body, "t=x\np=\r\n--no file(图.jpg,image/jpeg)\n");
    reply = client_post(desk->arena, desk->port, "/raw", type, STR("%%%"));
    assert_int_equal(reply.status, 200);
}

static void bodies_of_every_size(void **state) {
    Desk *desk = *state;
    const size_t sizes[] = {1, 16000, 20000, 65536, 65537, 300000, 2000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = arena_alloc(desk->arena, sizes[i]);
        memset(bytes, 'a', sizes[i]);
        bytes[0] = 'k';
        Reply reply = client_post(desk->arena, desk->port, "/big", "application/octet-stream",
                                  (Str){bytes, sizes[i]});
        assert_int_equal(reply.status, 200);
        Str expected = str_print(desk->arena, "body=%zu\n", sizes[i]);
        has_text(reply.body, expected.at);
    }
}

static void expect_continue(void **state) {
    Desk *desk = *state;
    Client client = client_open(desk->arena, desk->port);
    assert_true(client_send(&client, STR("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n"
                                         "Expect: 100-continue\r\n\r\n")));
    Reply reply = client_reply(&client);
    assert_int_equal(reply.status, 100);
    assert_true(client_send(&client, STR("abc")));
    reply = client_reply(&client);
    assert_int_equal(reply.status, 200);
    has_text(reply.body, "body=3\n");
    client_close(&client);
}

static void keep_alive_pipelined_and_in_pieces(void **state) {
    Desk *desk = *state;
    Client client = client_open(desk->arena, desk->port);
    Buf *many = buf_in(desk->arena, 1 << 20);
    for (int i = 0; i < 300; i++) {
        const char *path = i % 3 == 0 ? "/echo-inline" : "/echo";
        buf_print(many, "POST %s?i=%d HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nok", path, i);
    }
    assert_true(client_send(&client, buf_str(many)));
    for (int i = 0; i < 300; i++) {
        Reply reply = client_reply(&client);
        assert_int_equal(reply.status, 200);
        Str expected = str_print(desk->arena, "body=2\n?i=%d\n", i);
        has_text(reply.body, expected.at);
    }
    Str request = STR("\r\nPOST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello");
    for (size_t i = 0; i < request.len; i++) {
        assert_true(client_send(&client, str_slice(request, i, 1)));
        if (i % 7 == 0) {
            struct timespec nap = {0, 500000};
            (void)nanosleep(&nap, NULL);
        }
    }
    Reply reply = client_reply(&client);
    has_text(reply.body, "body=5\n");
    client_close(&client);
}

static void closing(void **state) {
    Desk *desk = *state;
    Client client = client_open(desk->arena, desk->port);
    assert_true(
        client_send(&client, STR("GET /echo HTTP/1.1\r\nHost: t\r\nConnection: x, Close\r\n\r\n")));
    Reply reply = client_reply(&client);
    assert_int_equal(reply.status, 200);
    is_text(reply_header(&reply, "Connection"), "close");
    assert_true(client_is_closed(&client, 2000));
    client_close(&client);
    client = client_open(desk->arena, desk->port);
    assert_true(client_send(&client, STR("GET /echo HTTP/1.0\r\n\r\n")));
    assert_int_equal(client_reply(&client).status, 200);
    assert_true(client_is_closed(&client, 2000));
    client_close(&client);
    /* A client that ends its side at once still gets its answer. */
    client = client_open(desk->arena, desk->port);
    assert_true(client_send(&client, STR("GET /later HTTP/1.1\r\nHost: t\r\n\r\n")));
    assert_int_equal(shutdown(client.socket, SHUT_WR), 0);
    assert_int_equal(client_reply(&client).status, 202);
    assert_true(client_is_closed(&client, 2000));
    client_close(&client);
}

static void head_has_no_body(void **state) {
    Desk *desk = *state;
    Client client = client_open(desk->arena, desk->port);
    for (int i = 0; i < 2; i++) {
        assert_true(client_send(&client, STR("HEAD /page HTTP/1.1\r\nHost: t\r\n\r\n")));
        Reply reply = client_reply_to(&client, true);
        assert_int_equal(reply.status, 200);
        Str length = str_print(desk->arena, "%zu", desk->page.len);
        is_text(reply_header(&reply, "Content-Length"), length.at);
    }
    assert_true(client_send(&client, STR("GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n")));
    Reply reply = client_reply(&client);
    assert_int_equal(reply.status, 204);
    assert_null(reply_header(&reply, "Content-Length").at);
    client_close(&client);
}

static void redirects_and_cookies(void **state) {
    Desk *desk = *state;
    Reply reply = client_get(desk->arena, desk->port, "/go", "");
    assert_int_equal(reply.status, 303);
    is_text(reply_header(&reply, "Location"), "/next?a=1");
    has_text(reply.head, "\r\nSet-Cookie: sid=abc; Path=/; SameSite=Strict; HttpOnly\r\n");
    has_text(reply.head, "\r\nSet-Cookie: lang=zh; Path=/x; Max-Age=60; SameSite=Lax; Secure\r\n");
    has_text(reply.head, "\r\nSet-Cookie: old=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly\r\n");
}

static void pages_are_compressed_on_request(void **state) {
    Desk *desk = *state;
    Reply reply = client_get(desk->arena, desk->port, "/page", "Accept-Encoding: br, gzip\r\n");
    is_text(reply_header(&reply, "Content-Encoding"), "gzip");
    is_text(reply_header(&reply, "Vary"), "Accept-Encoding");
    assert_true(reply.body.len < desk->page.len / 4);
    assert_memory_equal(reply.body.at, "\x1f\x8b\x08", 3);
    /* The trailer of gzip holds the length of the plain text (RFC 1952). */
    const uint8_t *trailer = (const uint8_t *)reply.body.at + reply.body.len - 4;
    assert_int_equal(trailer[0] + trailer[1] * 256, desk->page.len);
    static const char *const PLAIN[] = {"", "Accept-Encoding: gzip;q=0\r\n",
                                        "Accept-Encoding: br\r\n", "Accept-Encoding: xgzip\r\n"};
    for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++) {
        reply = client_get(desk->arena, desk->port, "/page", PLAIN[i]);
        assert_null(reply_header(&reply, "Content-Encoding").at);
        assert_true(str_equal(reply.body, desk->page));
    }
    reply = client_get(desk->arena, desk->port, "/plain", "Accept-Encoding: gzip\r\n");
    assert_true(str_equal(reply.body, desk->page));
}

static void assets_are_cached(void **state) {
    Desk *desk = *state;
    Reply reply = client_get(desk->arena, desk->port, "/asset", "");
    assert_int_equal(reply.status, 200);
    is_text(reply_header(&reply, "Cache-Control"), "public, max-age=3600");
    is_text(reply_header(&reply, "Content-Type"), "text/css; charset=utf-8");
    Str etag = reply_header(&reply, "ETag");
    assert_true(etag.len > 10);
    Str again = str_print(desk->arena, "If-None-Match: \"x\", W/" STR_FMT "\r\n", STR_ARG(etag));
    reply = client_get(desk->arena, desk->port, "/asset", again.at);
    assert_int_equal(reply.status, 304);
    assert_int_equal(reply.body.len, 0);
    reply = client_get(desk->arena, desk->port, "/asset", "If-None-Match: \"x\"\r\n");
    assert_int_equal(reply.status, 200);
    reply = client_get(desk->arena, desk->port, "/asset", "Accept-Encoding: gzip\r\n");
    is_text(reply_header(&reply, "Content-Encoding"), "gzip");
    assert_true(str_equal(reply.body, desk->asset->gzip));
}

static void answers_may_come_later(void **state) {
    Desk *desk = *state;
    Client clients[20];
    for (size_t i = 0; i < 20; i++) {
        clients[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&clients[i], STR("GET /later HTTP/1.1\r\nHost: t\r\n\r\n")));
    }
    for (size_t i = 0; i < 20; i++) {
        Reply reply = client_reply(&clients[i]);
        assert_int_equal(reply.status, 202);
        is_text(reply.body, "late");
        client_close(&clients[i]);
    }
}

static void requests_may_be_resumed(void **state) {
    Desk *desk = *state;
    Client clients[20];
    for (size_t i = 0; i < 20; i++) {
        clients[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&clients[i], STR("GET /pause HTTP/1.1\r\nHost: t\r\n\r\n")));
    }
    for (size_t i = 0; i < 20; i++) {
        Reply reply = client_reply(&clients[i]);
        assert_int_equal(reply.status, 202);
        is_text(reply.body, "resumed");
        client_close(&clients[i]);
    }
    assert_int_equal(atomic_load(&desk->resumed_count), 20);
}

static HttpRequest *wait_parked(Desk *desk) {
    HttpRequest *request = NULL;
    for (int i = 0; i < 5000 && request == NULL; i++) {
        struct timespec nap = {0, 1000000};
        (void)nanosleep(&nap, NULL);
        request = atomic_exchange(&desk->parked, NULL);
    }
    assert_non_null(request);
    return request;
}

static void a_peer_may_leave_before_its_answer(void **state) {
    Desk *desk = *state;
    for (int i = 0; i < 3; i++) {
        Client client = client_open(desk->arena, desk->port);
        assert_true(client_send(&client, STR("GET /park HTTP/1.1\r\nHost: t\r\n\r\n")));
        HttpRequest *request = wait_parked(desk);
        client_close(&client);
        http_respond_with(request, 200, HTML_TYPE, desk->page);
    }
    assert_int_equal(client_get(desk->arena, desk->port, "/echo", "").status, 200);
}

/* Somebody who answers only when the server has begun to stop: it closes idle connections first. */
typedef struct Responder {
    HttpRequest *request;
    Client *idle;
    bool is_idle_closed;
} Responder;

static void *respond_when_stopping(void *it) {
    Responder *responder = it;
    responder->is_idle_closed = client_is_closed(responder->idle, 4000);
    http_respond_with(responder->request, 202, HTML_TYPE, STR("late"));
    return NULL;
}

static void stop_waits_for_what_was_read(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.worker_count = 1});
    Client idle = client_open(desk->arena, desk->port);
    Client client = client_open(desk->arena, desk->port);
    assert_true(client_send(&client, STR("GET /park HTTP/1.1\r\nHost: t\r\n\r\n")));
    Responder responder = {wait_parked(desk), &idle, false};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, respond_when_stopping, &responder), 0);
    assert_int_equal(http_server_stop(desk->server, 5000), STATUS_OK);
    desk->server = NULL;
    assert_int_equal(pthread_join(thread, NULL), 0);
    Reply reply = client_reply(&client);
    assert_int_equal(reply.status, 202);
    is_text(reply_header(&reply, "Connection"), "close");
    assert_true(responder.is_idle_closed);
    client_close(&client);
    client_close(&idle);
}

static void stop_tells_of_unanswered_requests(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.worker_count = 1});
    Client client = client_open(desk->arena, desk->port);
    assert_true(client_send(&client, STR("GET /park HTTP/1.1\r\nHost: t\r\n\r\n")));
    HttpRequest *request = wait_parked(desk);
    assert_int_equal(http_server_stop(desk->server, 50), STATUS_BUSY);
    http_respond_with(request, 200, HTML_TYPE, STR("too late")); /* harmless */
    assert_int_equal(http_server_stop(desk->server, 0), STATUS_OK);
    desk->server = NULL;
    client_close(&client);
}

/* Brought back when the workers have gone home: it is ended all the same, and the server is freed.
 */
static void a_request_may_be_resumed_after_the_stop(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.worker_count = 1});
    Client client = client_open(desk->arena, desk->port);
    assert_true(client_send(&client, STR("GET /park HTTP/1.1\r\nHost: t\r\n\r\n")));
    HttpRequest *request = wait_parked(desk);
    assert_int_equal(http_server_stop(desk->server, 50), STATUS_BUSY);
    http_resume(request, resumed);
    assert_int_equal(atomic_load(&desk->resumed_count), 1);
    assert_int_equal(http_server_stop(desk->server, 0), STATUS_OK);
    desk->server = NULL;
    client_close(&client);
}

/* A thread that has answered may still be waking the loop when the server stops. */
static void stop_outlives_those_who_answer(void **state) {
    Desk *desk = *state;
    for (int round = 0; round < 40; round++) {
        start(desk, (HttpOptions){.worker_count = 1});
        Client clients[4];
        for (size_t i = 0; i < 4; i++) {
            clients[i] = client_open(desk->arena, desk->port);
            assert_true(client_send(&clients[i], STR("GET /soon HTTP/1.1\r\nHost: t\r\n\r\n")));
        }
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(client_reply(&clients[i]).status, 202);
        }
        assert_int_equal(http_server_stop(desk->server, 2000), STATUS_OK);
        desk->server = NULL;
        for (size_t i = 0; i < 4; i++) {
            client_close(&clients[i]);
        }
    }
}

static void a_taken_port_is_told(void **state) {
    Desk *desk = *state;
    Cx cx;
    cx_init(&cx, desk->arena);
    HttpServer *second = NULL;
    HttpOptions options = {.plan = plan, .port = desk->port};
    assert_int_equal(http_server_start(&cx, &options, &second), STATUS_IO);
    has_text(str_of(cx.fault.text), "cannot listen on 127.0.0.1 port");
    fault_clear(&cx);
    options.address = "localhost";
    assert_int_equal(http_server_start(&cx, &options, &second), STATUS_INVALID);
    fault_clear(&cx);
    options = (HttpOptions){.port = 0};
    assert_int_equal(http_server_start(&cx, &options, &second), STATUS_INVALID);
    fault_clear(&cx);
    options = (HttpOptions){.plan = plan, .loop_count = HTTP_LOOPS_MAX + 1};
    assert_int_equal(http_server_start(&cx, &options, &second), STATUS_INVALID);
}

static void overload_is_answered_at_once(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.worker_count = 1, .queue_max = 2, .error_page = error_page});
    atomic_store(&desk->is_held, true);
    Client clients[5];
    for (size_t i = 0; i < 5; i++) {
        clients[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&clients[i], STR("GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")));
        for (int wait = 0; i == 0 && wait < 5000 && atomic_load(&desk->held_count) == 0; wait++) {
            struct timespec nap = {0, 1000000};
            (void)nanosleep(&nap, NULL);
        }
    }
    /* One is with the worker, two wait; two are refused, while the worker still holds. */
    size_t refused_count = 0;
    for (int wait = 0; wait < 5000 && http_server_stats(desk->server).refused_count < 2; wait++) {
        struct timespec nap = {0, 1000000};
        (void)nanosleep(&nap, NULL);
    }
    assert_int_equal(http_server_stats(desk->server).waiting_count, 2);
    atomic_store(&desk->is_held, false);
    for (size_t i = 0; i < 5; i++) {
        Reply reply = client_reply(&clients[i]);
        if (reply.status == 503) {
            is_text(reply_header(&reply, "Retry-After"), "2");
            is_text(reply_header(&reply, "Cache-Control"), "no-store");
            is_text(reply.body, "<h1>503</h1>");
            refused_count++;
        } else {
            assert_int_equal(reply.status, 200);
        }
        client_close(&clients[i]);
    }
    assert_int_equal(refused_count, 2);
}

static void large_answers_wait_for_slow_readers(void **state) {
    Desk *desk = *state;
    Buf *large = buf_in(desk->arena, 1 << 24);
    for (int i = 0; i < 200000; i++) {
        buf_print(large, "%d line of a large text, not compressed\n", i);
    }
    desk->page = buf_str(large);
    start(desk, (HttpOptions){.worker_count = 1});
    Client client = client_open(desk->arena, desk->port);
    int small = 128 * 1024;
    (void)setsockopt(client.socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_true(client_send(&client, STR("GET /page HTTP/1.1\r\nHost: t\r\n\r\n"
                                         "GET /echo HTTP/1.1\r\nHost: t\r\n\r\n")));
    struct timespec nap = {0, 100 * 1000000};
    (void)nanosleep(&nap, NULL);
    Reply reply = client_reply(&client);
    assert_int_equal(reply.status, 200);
    assert_true(str_equal(reply.body, desk->page));
    assert_int_equal(client_reply(&client).status, 200);
    client_close(&client);
}

static void every_answer_is_logged(void **state) {
    Desk *desk = *state;
    uint32_t before = atomic_load(&desk->access_count);
    (void)client_get(desk->arena, desk->port, "/echo", "");
    (void)client_get(desk->arena, desk->port, "/none", "");
    for (int wait = 0; wait < 5000 && atomic_load(&desk->access_count) < before + 2; wait++) {
        struct timespec nap = {0, 1000000};
        (void)nanosleep(&nap, NULL);
    }
    assert_int_equal(atomic_load(&desk->access_count), before + 2);
}

#define RUNNING(name) cmocka_unit_test_setup_teardown(name, setup_running, teardown)
#define STOPPED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        RUNNING(get_and_query),
        RUNNING(forms),
        RUNNING(bodies_of_every_size),
        RUNNING(expect_continue),
        RUNNING(keep_alive_pipelined_and_in_pieces),
        RUNNING(closing),
        RUNNING(head_has_no_body),
        RUNNING(redirects_and_cookies),
        RUNNING(pages_are_compressed_on_request),
        RUNNING(assets_are_cached),
        RUNNING(answers_may_come_later),
        RUNNING(requests_may_be_resumed),
        RUNNING(a_peer_may_leave_before_its_answer),
        RUNNING(a_taken_port_is_told),
        RUNNING(every_answer_is_logged),
        STOPPED(stop_waits_for_what_was_read),
        STOPPED(stop_outlives_those_who_answer),
        STOPPED(stop_tells_of_unanswered_requests),
        STOPPED(a_request_may_be_resumed_after_the_stop),
        STOPPED(overload_is_answered_at_once),
        STOPPED(large_answers_wait_for_slow_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
