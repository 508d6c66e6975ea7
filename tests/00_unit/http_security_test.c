/* The security properties W1 to W11 of http.h by number, over real sockets: every bad message is
 * refused with the status said, the connection is closed, and the server goes on. */
#include "40_http/client.h"
#include "http/http.h"
#include "test.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

typedef struct Desk {
    Arena *arena;
    HttpServer *server;
    uint16_t port;
    atomic_uint handled_count;
    atomic_bool is_held;
} Desk;

static void nap_ms(int64_t ms) {
    struct timespec nap = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&nap, NULL);
}

static int64_t now_ms(void) {
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- handlers ---- */

static void show(HttpRequest *request, void *context) {
    atomic_fetch_add(&((Desk *)context)->handled_count, 1);
    Buf *out = buf_in(request->arena, 1 << 24);
    buf_put(out, request->path);
    for (size_t i = 0; i < request->form_count; i++) {
        const HttpField *field = &request->form[i];
        buf_print(out, "|" STR_FMT "=%zu," STR_FMT, STR_ARG(field->name), field->value.len,
                  STR_ARG(field->file_name));
    }
    http_respond_with(request, 200, STR("text/plain"), buf_str(out));
}

/* Puts what the client sent into headers and cookies, as a careless page would. */
static void careless(HttpRequest *request, void *context) {
    (void)context;
    Str value = http_query(request, "v");
    if (http_query(request, "cookie").at != NULL) {
        http_cookie_add(request, (HttpCookie){.name = STR("c"), .value = value});
    } else {
        http_header_add(request, "X-Said", value);
    }
    http_respond_with(request, 200, STR("text/plain"), STR("sent"));
}

static void bad_name(HttpRequest *request, void *context) {
    (void)context;
    http_header_add(request, "X-A\r\nX-B", STR("v"));
}

static void bad_redirect(HttpRequest *request, void *context) {
    (void)context;
    http_respond_see_other(request, STR("//evil.example"));
}

static void twice(HttpRequest *request, void *context) {
    (void)context;
    http_status(request, 200);
    http_header_add(request, "Content-Length", STR("5"));
}

static void hold(HttpRequest *request, void *context) {
    while (atomic_load(&((Desk *)context)->is_held)) {
        nap_ms(1);
    }
    http_respond_with(request, 200, STR("text/plain"), STR("held"));
}

static HttpPlan plan(const HttpRequest *request, void *context) {
    (void)context;
    if (str_equal(request->path, STR("/careless"))) {
        return (HttpPlan){.handle = careless};
    }
    if (str_equal(request->path, STR("/bad-name"))) {
        return (HttpPlan){.handle = bad_name};
    }
    if (str_equal(request->path, STR("/bad-redirect"))) {
        return (HttpPlan){.handle = bad_redirect};
    }
    if (str_equal(request->path, STR("/twice"))) {
        return (HttpPlan){.handle = twice};
    }
    if (str_equal(request->path, STR("/hold"))) {
        return (HttpPlan){.handle = hold};
    }
    if (str_equal(request->path, STR("/upload"))) {
        return (HttpPlan){.handle = show, .body_bytes_max = LIMIT_UPLOAD_BYTES_MAX};
    }
    return (HttpPlan){.handle = show};
}

/* ---- frame ---- */

static void start(Desk *desk, HttpOptions options) {
    Cx cx;
    cx_init(&cx, desk->arena);
    options.plan = plan;
    options.context = desk;
    assert_int_equal(http_server_start(&cx, &options, &desk->server), STATUS_OK);
    desk->port = http_server_port(desk->server);
}

static int setup(void **state) {
    Desk *desk = test_calloc(1, sizeof *desk);
    desk->arena = arena_create();
    *state = desk;
    return 0;
}

static int setup_running(void **state) {
    (void)setup(state);
    start(*state, (HttpOptions){.loop_count = 1, .worker_count = 2});
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

/* The message gets this status, no handler sees it, and the connection ends. */
static void refused_with(Desk *desk, Str message, int status) {
    uint32_t before = atomic_load(&desk->handled_count);
    Client client = client_open(desk->arena, desk->port);
    (void)client_send(&client, message);
    Reply reply = client_reply_to(&client, str_starts(message, STR("HEAD ")));
    if (reply.status != status) {
        fail_msg("status %d, expected %d for '" STR_FMT "'", reply.status, status,
                 (int)(message.len < 200 ? message.len : 200), message.at);
    }
    assert_true(str_equal(reply_header(&reply, "Connection"), STR("close")));
    assert_true(client_is_closed(&client, 3000));
    client_close(&client);
    assert_int_equal(atomic_load(&desk->handled_count), before);
}

static void refused_head(Desk *desk, const char *head, int status) {
    refused_with(desk, str_print(desk->arena, "%s\r\n\r\n", head), status);
}

static Str filler(Desk *desk, size_t bytes) {
    char *text = arena_alloc(desk->arena, bytes);
    memset(text, 'a', bytes);
    return (Str){text, bytes};
}

typedef struct Row {
    const char *text;
    int status;
} Row;

/* ---- W1, W2, W3: messages and heads ---- */

static void w1_one_reading_of_the_length(void **state) {
    Desk *desk = *state;
    static const Row ROWS[] = {
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nContent-Length: 3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked", 411},
        {"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: identity", 411},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3, 3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: +3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0x3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3 3", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length:", 400},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999", 413}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        refused_head(desk, ROWS[i].text, ROWS[i].status);
    }
    /* A second request hidden in the body of a refused one is never answered. */
    Client client = client_open(desk->arena, desk->port);
    assert_true(client_send(
        &client, STR("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nTransfer-Encoding: "
                     "chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: t\r\n\r\n")));
    assert_int_equal(client_reply(&client).status, 400);
    assert_true(client_is_closed(&client, 3000));
    client_close(&client);
    assert_int_equal(atomic_load(&desk->handled_count), 0);
}

static void w2_strict_lines(void **state) {
    Desk *desk = *state;
    static const Row ROWS[] = {
        {"GET / HTTP/1.1\r\nHost: t\r\nX : 1", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\n X: 1", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\nX: 1\r\n\tfolded", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\nno colon", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\n: empty", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\nX: a\x01", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\nX: a\rb", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\nX: \xff\xfe", 400},
        {"GET / HTTP/1.1\r\nHost: t\nX: 1", 400},
        {"GET / HTTP/1.1\r\nX: 1", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a", 400},
        {"GET / HTTP/1.1\r\nHost:", 400},
        {"GET / HTTP/1.1\r\nHost: a/b", 400},
        {"GET / HTTP/1.1\r\nHost: a\"><script>", 400},
        {"GET  / HTTP/1.1\r\nHost: t", 400},
        {"GET / HTTP/1.1 \r\nHost: t", 400},
        {"GET / \r\nHost: t", 400},
        {"GET /\r\nHost: t", 400},
        {" GET / HTTP/1.1\r\nHost: t", 400},
        {"GET\t/ HTTP/1.1\r\nHost: t", 400},
        {"GET / HTTP/2.0\r\nHost: t", 505},
        {"GET / http/1.1\r\nHost: t", 400},
        {"GET / HTTP/1.1x\r\nHost: t", 400},
        {"BREW / HTTP/1.1\r\nHost: t", 501},
        {"get / HTTP/1.1\r\nHost: t", 501},
        {"PRI * HTTP/2.0", 505},
        {"G@T / HTTP/1.1\r\nHost: t", 400},
        {"GET * HTTP/1.1\r\nHost: t", 400},
        {"GET http://t/ HTTP/1.1\r\nHost: t", 400},
        {"GET / HTTP/1.1\r\nHost: t\r\nExpect: miracles", 417},
        {"POST / HTTP/1.1\r\nHost: t\r\nContent-Type: a/b\r\nContent-Type: c/d", 400}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        refused_head(desk, ROWS[i].text, ROWS[i].status);
    }
    refused_with(desk, STR("GET / HTTP/1.1\nHost: t\n\n"), 400);
    refused_with(desk, STR("GET / HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n"), 400);
    refused_with(desk, STR("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"), 400);
}

static void w3_head_limits(void **state) {
    Desk *desk = *state;
    Str long_url = filler(desk, LIMIT_URL_BYTES_MAX);
    refused_with(
        desk,
        str_print(desk->arena, "GET /" STR_FMT " HTTP/1.1\r\nHost: t\r\n\r\n", STR_ARG(long_url)),
        414);
    Str fits = str_slice(long_url, 0, LIMIT_URL_BYTES_MAX - 1);
    Str good =
        str_print(desk->arena, "GET /" STR_FMT " HTTP/1.1\r\nHost: t\r\n\r\n", STR_ARG(fits));
    assert_int_equal(client_ask(desk->arena, desk->port, good).status, 200);
    atomic_store(&desk->handled_count, 0);
    Str endless = filler(desk, 200000);
    refused_with(desk, str_join(desk->arena, STR("GET /"), endless), 414);
    refused_with(desk, str_join(desk->arena, STR("GET / HTTP/1.1\r\nX: "), endless), 431);
    Buf *many = buf_in(desk->arena, 1 << 20);
    buf_put(many, STR("GET / HTTP/1.1\r\nHost: t"));
    for (int i = 0; i < HTTP_HEADERS_MAX - 1; i++) {
        buf_print(many, "\r\nX-%d: 1", i);
    }
    Str most = str_print(desk->arena, STR_FMT "\r\n\r\n", STR_ARG(buf_str(many)));
    assert_int_equal(client_ask(desk->arena, desk->port, most).status, 200);
    atomic_store(&desk->handled_count, 0);
    refused_with(desk, str_print(desk->arena, STR_FMT "\r\nY: 1\r\n\r\n", STR_ARG(buf_str(many))),
                 431);
}

/* ---- W4, W5: bodies and time ---- */

static void w4_bodies_are_bounded(void **state) {
    Desk *desk = *state;
    /* Refused by its announcement, before a byte of the body. */
    refused_with(desk,
                 str_print(desk->arena, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n",
                           LIMIT_FORM_BYTES_MAX + 1),
                 413);
    /* The answer arrives even when the client first sends all of it. */
    Str large = filler(desk, 3 * 1024 * 1024);
    Reply reply = client_post(desk->arena, desk->port, "/", "text/plain", large);
    assert_int_equal(reply.status, 413);
    reply = client_post(desk->arena, desk->port, "/upload", "text/plain", large);
    assert_int_equal(reply.status, 200);
}

static int64_t resident_kib(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    long pages = 0;
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    assert_int_equal(fclose(file), 0);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void w4_announced_bodies_take_no_memory(void **state) {
    Desk *desk = *state;
    enum { COUNT = 100 };
    Client clients[COUNT];
    Str head =
        str_print(desk->arena, "POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\nsome",
                  LIMIT_UPLOAD_BYTES_MAX);
    int64_t before_kib = resident_kib();
    for (size_t i = 0; i < COUNT; i++) {
        clients[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&clients[i], head));
    }
    nap_ms(100);
    /* 1,200 MiB are announced. */
    assert_true(resident_kib() - before_kib < 64 * 1024);
    for (size_t i = 0; i < COUNT; i++) {
        client_close(&clients[i]);
    }
}

static void w4_all_bodies_together(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.bodies_bytes_max = 1024 * 1024});
    Str two_thirds = filler(desk, 700000);
    Str head = str_print(desk->arena,
                         "POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n", 800000);
    Client first = client_open(desk->arena, desk->port);
    assert_true(client_send(&first, head));
    assert_true(client_send(&first, two_thirds));
    nap_ms(50);
    Client second = client_open(desk->arena, desk->port);
    (void)client_send(&second, head);
    (void)client_send(&second, two_thirds);
    Reply reply = client_reply(&second);
    assert_int_equal(reply.status, 503);
    assert_true(reply_header(&reply, "Retry-After").at != NULL);
    client_close(&second);
    assert_true(client_send(&first, str_slice(two_thirds, 0, 100000)));
    assert_int_equal(client_reply(&first).status, 200);
    client_close(&first);
    /* What was counted is given back. */
    for (int i = 0; i < 5; i++) {
        reply = client_post(desk->arena, desk->port, "/upload", "text/plain", two_thirds);
        assert_int_equal(reply.status, 200);
    }
}

static void w5_slow_clients_are_closed(void **state) {
    Desk *desk = *state;
    start(desk,
          (HttpOptions){
              .head_ms_max = 150, .body_ms_max = 150, .idle_ms_max = 400, .send_ms_max = 150});
    Client slow_head = client_open(desk->arena, desk->port);
    Client slow_body = client_open(desk->arena, desk->port);
    Client idle = client_open(desk->arena, desk->port);
    Client deaf = client_open(desk->arena, desk->port);
    assert_true(client_send(&slow_head, STR("GET / HTTP/1.1\r\nHo")));
    assert_true(client_send(&slow_body,
                            STR("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nab")));
    /* Asks for more than the socket takes and never reads. */
    int small = 4096;
    (void)setsockopt(deaf.socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    Str path = filler(desk, 4000);
    for (int i = 0; i < 4000; i++) {
        Str ask =
            str_print(desk->arena, "GET /" STR_FMT " HTTP/1.1\r\nHost: t\r\n\r\n", STR_ARG(path));
        if (send(deaf.socket, ask.at, ask.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
            break;
        }
    }
    int64_t start_ms = now_ms();
    for (int i = 0; i < 10; i++) {
        nap_ms(10); /* dripping bytes does not help */
        (void)client_send(&slow_head, STR("s"));
        (void)client_send(&slow_body, STR("b"));
    }
    assert_true(client_is_closed(&slow_head, 2000));
    assert_true(client_is_closed(&slow_body, 2000));
    assert_true(client_is_closed(&idle, 2000));
    assert_true(now_ms() - start_ms < 2000);
    for (int wait = 0; wait < 3000 && http_server_stats(desk->server).connection_count > 0;
         wait++) {
        nap_ms(1);
    }
    assert_int_equal(http_server_stats(desk->server).connection_count, 0);
    client_close(&slow_head);
    client_close(&slow_body);
    client_close(&idle);
    client_close(&deaf);
}

/* ---- W6, W7: what the words mean ---- */

static void w6_paths(void **state) {
    Desk *desk = *state;
    static const char *const BAD[] = {
        "/..",     "/a/../b",    "/%2e%2e/a", "/a/%2E", "/.",   "/a/./b", "/%00", "/a%0ab",
        "/a%5cb",  "/a\\b",      "/a%2fb",    "/a%2Fb", "/%",   "/%4",    "/%zz", "/%ff",
        "/%c0%af", "/%ed%a0%80", "a",         "",       "/a#b", "/%7f",   "/\xff"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Str head = str_print(desk->arena, "GET %s HTTP/1.1\r\nHost: t", BAD[i]);
        refused_head(desk, head.at, 400);
    }
    static const char *const GOOD[][2] = {{"/", "/"},
                                          {"/a", "/a"},
                                          {"//a///b/", "/a/b/"},
                                          {"//", "/"},
                                          {"/%E5%AE%89%e4%b8%98", "/安丘"},
                                          {"/安丘", "/安丘"},
                                          {"/..a/...", "/..a/..."},
                                          {"/a%2525", "/a%25"},
                                          {"/a+b%20c", "/a+b c"}};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        Reply reply = client_get(desk->arena, desk->port, GOOD[i][0], "");
        assert_int_equal(reply.status, 200);
        assert_true(str_equal(reply.body, str_of(GOOD[i][1])));
    }
}

static void w7_fields(void **state) {
    Desk *desk = *state;
    static const char *const BAD[] = {"a=%",   "a=%1",  "a=%gg", "%=1",
                                      "a=%00", "a=%ff", "%ff=1", "a=%ed%a0%80"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Str head = str_print(desk->arena, "GET /?%s HTTP/1.1\r\nHost: t", BAD[i]);
        refused_head(desk, head.at, 400);
        Reply reply = client_post(desk->arena, desk->port, "/", "application/x-www-form-urlencoded",
                                  str_of(BAD[i]));
        assert_int_equal(reply.status, 400);
    }
    Reply reply = client_post(desk->arena, desk->port, "/", "application/x-www-form-urlencoded",
                              STR("a=x\0y"));
    assert_int_equal(reply.status, 400);
    Buf *many = buf_in(desk->arena, 1 << 20);
    for (int i = 0; i < HTTP_FIELDS_MAX; i++) {
        buf_put(many, STR("a=1&"));
    }
    const char *type = "application/x-www-form-urlencoded";
    assert_int_equal(client_post(desk->arena, desk->port, "/", type, buf_str(many)).status, 200);
    buf_put(many, STR("a=1"));
    assert_int_equal(client_post(desk->arena, desk->port, "/", type, buf_str(many)).status, 413);
}

/* ---- W8, W11: answers ---- */

static void w8_headers_cannot_be_injected(void **state) {
    Desk *desk = *state;
    static const char *const BAD[] = {"/careless?v=a%0d%0aX-Evil:1",
                                      "/careless?v=a%0aX-Evil:1",
                                      "/careless?v=a%0d",
                                      "/careless?v=%7f",
                                      "/careless?cookie=1&v=a%0d%0aX-Evil:1",
                                      "/careless?cookie=1&v=a;Domain=x",
                                      "/careless?cookie=1&v=a+b",
                                      "/careless?cookie=1&v=%E5%AE%89"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Reply reply = client_get(desk->arena, desk->port, BAD[i], "");
        assert_int_equal(reply.status, 500);
        assert_null(reply_header(&reply, "X-Evil").at);
        assert_null(reply_header(&reply, "Set-Cookie").at);
        assert_null(reply_header(&reply, "X-Said").at);
    }
    Reply reply = client_get(desk->arena, desk->port, "/careless?v=plain", "");
    assert_int_equal(reply.status, 200);
    assert_true(str_equal(reply_header(&reply, "X-Said"), STR("plain")));
}

/* True when asking for path ends the server's process by a failed check. */
static bool path_kills(const char *path) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        check(freopen("/dev/null", "w", stderr) != NULL);
        Desk desk = {.arena = arena_create()};
        start(&desk, (HttpOptions){.worker_count = 1});
        (void)client_get(desk.arena, desk.port, path, "");
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void w8_mistakes_of_ours_are_caught(void **state) {
    (void)state;
    assert_true(path_kills("/bad-name"));
    assert_true(path_kills("/bad-redirect"));
    assert_true(path_kills("/twice"));
    assert_false(path_kills("/careless?v=1"));
}

static void w11_every_answer_has_its_length_and_no_sniffing(void **state) {
    Desk *desk = *state;
    static const char *const MESSAGES[] = {"GET / HTTP/1.1\r\nHost: t\r\n\r\n",
                                           "HEAD / HTTP/1.1\r\nHost: t\r\n\r\n",
                                           "GET /%ff HTTP/1.1\r\nHost: t\r\n\r\n", "x\r\n\r\n",
                                           "GET /careless?v=%0d HTTP/1.1\r\nHost: t\r\n\r\n"};
    for (size_t i = 0; i < sizeof MESSAGES / sizeof MESSAGES[0]; i++) {
        Reply reply = client_ask(desk->arena, desk->port, str_of(MESSAGES[i]));
        assert_true(str_equal(reply_header(&reply, "X-Content-Type-Options"), STR("nosniff")));
        int64_t bytes = -1;
        assert_int_equal(str_int64(reply_header(&reply, "Content-Length"), &bytes), STATUS_OK);
        assert_true(bytes > 0);
    }
}

/* ---- W9: multipart ---- */

#define PART(head, data) "--B\r\n" head "\r\n\r\n" data "\r\n"
#define NAMED(name) "Content-Disposition: form-data; name=" name
#define END "--B--\r\n"

static void w9_bad_multipart_is_refused(void **state) {
    Desk *desk = *state;
    static const char *const BODIES[] = {
        "",
        "x",
        "--C\r\n" END,
        "--B",
        "--B\r\n",
        "--B\r\n\r\n\r\n" END,
        "junk " PART(NAMED("\"a\""), "1") END,
        PART("X: 1", "1") END,
        PART(NAMED("\"a\""), "1"),
        PART(NAMED("\"a"), "1") END,
        PART(NAMED("\"a\"; name=\"b\""), "1") END,
        PART(NAMED("\"a\\"), "1") END,
        PART("Content-Disposition: attachment; name=\"a\"", "1") END,
        PART("Content-Disposition: form-data", "1") END,
        PART("Content-Disposition: form-dataname=\"a\"", "1") END,
        PART(NAMED("\"a\"\r\n" NAMED("\"b\"")), "1") END,
        PART(NAMED("\"a\""), "\xff") END,
        PART(NAMED("\"\xff\""), "1") END,
        PART(NAMED("\"a\"; filename=\"..\""), "1") END,
        PART(NAMED("\"a\"; filename=\"x\x01\""), "1") END,
        PART(NAMED("\"a%0d\""), "1") END,
        PART(NAMED("\"a\"\r\nContent-Transfer-Encoding: base64"), "MQ==") END};
    for (size_t i = 1; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        Reply reply = client_post(desk->arena, desk->port, "/", "multipart/form-data; boundary=B",
                                  str_of(BODIES[i]));
        if (reply.status != 400) {
            fail_msg("status %d for body %zu '%s'", reply.status, i, BODIES[i]);
        }
    }
    static const char *const TYPES[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=", "multipart/form-data; boundary=\"B",
        "multipart/form-data; boundary=B; boundary=B", "multipart/form-data; boundary=B x"};
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        Reply reply =
            client_post(desk->arena, desk->port, "/", TYPES[i], STR(PART(NAMED("\"a\""), "1") END));
        assert_int_equal(reply.status, 400);
    }
}

static void w9_good_multipart_and_its_limits(void **state) {
    Desk *desk = *state;
    static const char *const ROWS[][2] = {
        {PART(NAMED("\"a\""), "1") END, "/|a=1,"},
        {PART(NAMED("a"), "") END, "/|a=0,"},
        {"--B\r\n" NAMED("\"a\"") "\r\n\r\n--B--", "/|a=0,"},
        {PART(NAMED("\"a\"; filename=\"../../etc/passwd\""), "\xff") END, "/|a=1,passwd"},
        {PART(NAMED("\"a\"; filename=\"C:\\dir\\x.jpg\""), "12") END, "/|a=2,x.jpg"},
        {PART(NAMED("\"a\"; filename=\"x%22y\\\"z.jpg\""), "12") END, "/|a=2,x\"y\"z.jpg"},
        {PART(NAMED("\"a\"; filename=\"\""), "") END, "/|a=0,"},
        {PART("content-disposition: FORM-DATA; NAME=\"a\"; x=y", "1") END, "/|a=1,"},
        {PART(NAMED("\"a\"; filename=\"f\"") "\r\nContent-Type: text/plain", "x--B- \r\n--C") END,
         "/|a=11,f"},
        {PART(NAMED("\"照片\""), "1") PART(NAMED("\"b\""), "\r\n") END, "/|照片=1,|b=2,"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Reply reply = client_post(desk->arena, desk->port, "/",
                                  "multipart/form-data; boundary=\"B\"", str_of(ROWS[i][0]));
        if (reply.status != 200 || !str_equal(reply.body, str_of(ROWS[i][1]))) {
            fail_msg("row %zu: %d '" STR_FMT "'", i, reply.status, STR_ARG(reply.body));
        }
    }
    Buf *many = buf_in(desk->arena, 1 << 20);
    for (int i = 0; i <= HTTP_FIELDS_MAX; i++) {
        buf_put(many, STR(PART(NAMED("\"a\""), "1")));
    }
    buf_put(many, STR(END));
    const char *type = "multipart/form-data; boundary=B";
    assert_int_equal(client_post(desk->arena, desk->port, "/", type, buf_str(many)).status, 413);
    Str label = filler(desk, HTTP_FILE_NAME_BYTES_MAX + 1);
    Str body = str_print(desk->arena, PART(NAMED("\"a\"; filename=\"" STR_FMT "\""), "1") END,
                         STR_ARG(label));
    assert_int_equal(client_post(desk->arena, desk->port, "/", type, body).status, 400);
    Str head = filler(desk, HTTP_PART_HEAD_BYTES_MAX);
    body = str_print(desk->arena, PART(NAMED("\"a\"\r\nX: " STR_FMT), "1") END, STR_ARG(head));
    assert_int_equal(client_post(desk->arena, desk->port, "/", type, body).status, 400);
}

/* Parsing takes time in proportion to the bytes, also for bytes made to look like boundaries. */
static void w9_no_quadratic_multipart(void **state) {
    Desk *desk = *state;
    Buf *body = buf_in(desk->arena, LIMIT_UPLOAD_BYTES_MAX);
    buf_put(body, STR("--B\r\n" NAMED("\"a\"; filename=\"f\"") "\r\n\r\n"));
    while (body->len + 100 < LIMIT_UPLOAD_BYTES_MAX / 2) {
        buf_put(body, STR("\r\n--\r\n--A\r\n\r\n--"));
    }
    buf_put(body, STR("\r\n--B--\r\n"));
    int64_t start_ms = now_ms();
    Reply reply = client_post(desk->arena, desk->port, "/upload", "multipart/form-data; boundary=B",
                              buf_str(body));
    assert_int_equal(reply.status, 200);
    assert_true(now_ms() - start_ms < 3000);
}

/* ---- W10: overload ---- */

static void w10_the_longest_idle_makes_room(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.connections_max = 3});
    Client clients[3];
    for (size_t i = 0; i < 3; i++) {
        clients[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&clients[i], STR("GET / HTTP/1.1\r\nHost: t\r\n\r\n")));
        assert_int_equal(client_reply(&clients[i]).status, 200);
    }
    assert_true(client_send(&clients[0], STR("GET / HTTP/1.1\r\nHost: t\r\n\r\n")));
    assert_int_equal(client_reply(&clients[0]).status, 200);
    /* The second has been quiet longest now. */
    assert_int_equal(client_get(desk->arena, desk->port, "/", "").status, 200);
    assert_true(client_is_closed(&clients[1], 2000));
    assert_true(client_send(&clients[0], STR("GET / HTTP/1.1\r\nHost: t\r\n\r\n")));
    assert_int_equal(client_reply(&clients[0]).status, 200);
    for (size_t i = 0; i < 3; i++) {
        client_close(&clients[i]);
    }
}

static void w10_connections_over_the_limit_are_closed(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.connections_max = 3, .worker_count = 4});
    atomic_store(&desk->is_held, true);
    Client clients[3];
    for (size_t i = 0; i < 3; i++) {
        clients[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&clients[i], STR("GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")));
    }
    for (int wait = 0; wait < 3000 && http_server_stats(desk->server).request_count < 3; wait++) {
        nap_ms(1);
    }
    Client over = client_open(desk->arena, desk->port);
    assert_true(client_is_closed(&over, 2000)); /* nobody is idle */
    client_close(&over);
    atomic_store(&desk->is_held, false);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(client_reply(&clients[i]).status, 200);
        client_close(&clients[i]);
    }
    assert_int_equal(client_get(desk->arena, desk->port, "/", "").status, 200);
}

static void w10_a_full_queue_answers_at_once(void **state) {
    Desk *desk = *state;
    start(desk, (HttpOptions){.worker_count = 1, .queue_max = 1});
    atomic_store(&desk->is_held, true);
    Client held[2];
    for (size_t i = 0; i < 2; i++) {
        held[i] = client_open(desk->arena, desk->port);
        assert_true(client_send(&held[i], STR("GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")));
        nap_ms(50);
    }
    int64_t start_ms = now_ms();
    Reply reply = client_get(desk->arena, desk->port, "/", "");
    assert_int_equal(reply.status, 503);
    assert_true(str_equal(reply_header(&reply, "Retry-After"), STR("2")));
    assert_true(now_ms() - start_ms < 500);
    atomic_store(&desk->is_held, false);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(client_reply(&held[i]).status, 200);
        client_close(&held[i]);
    }
}

#define RUNNING(name) cmocka_unit_test_setup_teardown(name, setup_running, teardown)
#define STOPPED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        RUNNING(w1_one_reading_of_the_length),
        RUNNING(w2_strict_lines),
        RUNNING(w3_head_limits),
        RUNNING(w4_bodies_are_bounded),
        RUNNING(w4_announced_bodies_take_no_memory),
        STOPPED(w4_all_bodies_together),
        STOPPED(w5_slow_clients_are_closed),
        RUNNING(w6_paths),
        RUNNING(w7_fields),
        RUNNING(w8_headers_cannot_be_injected),
        STOPPED(w8_mistakes_of_ours_are_caught),
        RUNNING(w9_bad_multipart_is_refused),
        RUNNING(w9_good_multipart_and_its_limits),
        RUNNING(w9_no_quadratic_multipart),
        STOPPED(w10_the_longest_idle_makes_room),
        STOPPED(w10_connections_over_the_limit_are_closed),
        STOPPED(w10_a_full_queue_answers_at_once),
        RUNNING(w11_every_answer_has_its_length_and_no_sniffing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
