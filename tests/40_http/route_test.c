/*
 * Tests of the route table: every route × every role, method, origin and token. The table itself is
 * linked in, so a new row is tested without a word here.
 */
#include "main/routes.h"
#include "server.h"
#include "test.h"

static Server server;
static Str tokens[ROLE_COUNT];

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    static const char *const logins[ROLE_COUNT] = {
        [ROLE_RESIDENT] = "resident",     [ROLE_SHOP] = "shop",
        [ROLE_RECYCLER] = "recycler",     [ROLE_DRIVER] = "driver",
        [ROLE_ENTERPRISE] = "enterprise", [ROLE_BANK] = "bank",
        [ROLE_OFFICER] = "officer",       [ROLE_LEAD] = "lead",
        [ROLE_FINANCE] = "finance",       [ROLE_AUDITOR] = "auditor",
        [ROLE_ADMIN] = "admin",
    };
    for (int i = 1; i < ROLE_COUNT; i++) {
        tokens[i] = sign_in(&server, logins[i]);
        assert_true(tokens[i].len > 20);
    }
    tokens[ROLE_PUBLIC] = STR("");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

/* Fills braces with an id that hardly exists: who may come in gets 404, who may not 401 or 403. */
static const char *path_of(const WebRoute *route) {
    Buf *buf = buf_in(server.arena, 1000);
    Str rest = str_of(route->path);
    while (rest.at != NULL && rest.len > 0) {
        size_t open = str_find(rest, STR("{"), 0);
        if (open == SIZE_MAX) {
            buf_put(buf, rest);
            break;
        }
        buf_put(buf, str_slice(rest, 0, open));
        size_t end = str_find(rest, STR("}"), 0) + 1;
        bool is_word = str_ends(str_slice(rest, open, end - open), STR(":word}"));
        buf_put_c(buf, is_word ? "zz_nothing" : "999999");
        rest = str_from(rest, end);
    }
    return str_c(server.arena, buf_str(buf));
}

static bool is_refused_by_role(const Reply *reply) {
    return (reply->status == 401 && str_contains(reply->body, STR("请先登录"))) ||
           (reply->status == 403 && str_contains(reply->body, STR("没有使用这个页面的权限")));
}

static void test_every_route_and_role(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const WebRoute *route = &routes[i];
        assert_true(route->roles != 0);
        assert_true(route->about != NULL && route->about[0] != '\0');
        bool is_get = strcmp(route->method, "GET") == 0;
        assert_true(is_get == (route->guard == WEB_READ));
        if (strcmp(route->path, "/sign-out") == 0) {
            continue; /* would end the sessions that the rest needs; tested below */
        }
        for (int role = 0; role < ROLE_COUNT; role++) {
            Reply reply = is_get ? ask_get(&server, tokens[role], path_of(route))
                                 : ask_post(&server, tokens[role], path_of(route), STR("x=1"));
            bool may = (route->roles & ROLE_BIT(role)) != 0;
            if (is_refused_by_role(&reply) == may || reply.status == 0 || reply.status >= 500) {
                fail_msg("%s %s as %s gave %d", route->method, route->path,
                         role_code((Role)role).at, reply.status);
            }
        }
    }
}

static void test_unknown_path_and_method(void **state) {
    (void)state;
    assert_int_equal(ask_get(&server, STR(""), "/nothing-here").status, 404);
    assert_int_equal(ask_get(&server, STR(""), "/coupon/0").status, 404);
    assert_int_equal(ask_get(&server, STR(""), "/coupon/-1").status, 404);
    assert_int_equal(ask_get(&server, STR(""), "/coupon/x").status, 404);
    assert_int_equal(ask_post(&server, STR(""), "/meter", STR("x=1")).status, 400);
}

static Reply post_with(const char *headers, Str form) {
    Str bytes = str_print(
        server.arena,
        "POST /coupon/claim HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s"
        "Cookie: hx_session=" STR_FMT "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %zu\r\n\r\n" STR_FMT,
        headers, STR_ARG(tokens[ROLE_RESIDENT]), form.len, STR_ARG(form));
    return client_ask(server.arena, server.port, bytes);
}

/* W2: a cookie alone, without our origin and the session's token, may change nothing. */
static void test_forged_posts(void **state) {
    (void)state;
    Str form = STR("programme=appliance&category=fridge&level=1&price=5000&agree=1");
    assert_int_equal(post_with("", form).status, 403);
    assert_int_equal(post_with("Origin: http://evil.example\r\n", form).status, 403);
    assert_int_equal(post_with("Origin: null\r\n", form).status, 403);
    assert_int_equal(post_with("Sec-Fetch-Site: cross-site\r\n", form).status, 403);
    assert_int_equal(post_with("Origin: http://localhost\r\n", form).status, 403);
    Str wrong = str_print(server.arena, STR_FMT "&csrf=AAAAAAAAAAAAAAAAAAAAAA", STR_ARG(form));
    assert_int_equal(post_with("Origin: http://localhost\r\n", wrong).status, 403);
}

/* W5: headers of every answer. */
static void test_security_headers(void **state) {
    (void)state;
    static const char *const paths[] = {"/", "/nothing-here", "/calculator?programme=appliance"};
    for (size_t i = 0; i < 3; i++) {
        Reply reply = client_ask(server.arena, server.port,
                                 str_print(server.arena,
                                           "GET %s HTTP/1.1\r\nHost: localhost\r\n"
                                           "Connection: close\r\n\r\n",
                                           paths[i]));
        Str policy = reply_header(&reply, "Content-Security-Policy");
        assert_true(str_contains(policy, STR("default-src 'none'")));
        assert_false(str_contains(policy, STR("unsafe")));
        assert_true(str_equal(reply_header(&reply, "X-Frame-Options"), STR("DENY")));
        assert_true(str_equal(reply_header(&reply, "X-Content-Type-Options"), STR("nosniff")));
        assert_true(reply_header(&reply, "Referrer-Policy").len > 0);
        assert_false(str_contains(reply.body, STR(" style=")));
        assert_false(str_contains(reply.body, STR("onclick")));
    }
}

/* W3: signing out ends the session; the token is worth nothing afterwards. */
static void test_sign_out(void **state) {
    (void)state;
    Str token = sign_in(&server, "resident");
    assert_int_equal(ask_get(&server, token, "/me").status, 200);
    assert_int_equal(ask_post(&server, token, "/sign-out", STR("x=1")).status, 200);
    assert_int_equal(ask_get(&server, token, "/me").status, 401);
    assert_int_equal(
        ask_get(&server, STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "/me").status, 401);
}

/* W6: five wrong passwords lock; the words do not tell whether the account exists. */
static void test_lock_out(void **state) {
    (void)state;
    Str right = str_print(server.arena, "login=bank&password=%s", server.password);
    Reply unknown = ask_post(&server, STR(""), "/sign-in", STR("login=nobody&password=wrong"));
    for (int i = 0; i < 5; i++) {
        Reply wrong = ask_post(&server, STR(""), "/sign-in", STR("login=bank&password=wrong"));
        assert_int_equal(wrong.status, 401);
        assert_true(str_equal(wrong.body, unknown.body));
    }
    assert_int_equal(ask_post(&server, STR(""), "/sign-in", right).status, 401);
}

/* A next path of another house is not followed. */
static void test_open_redirect(void **state) {
    (void)state;
    static const char *const bad[] = {"https://evil.example/", "//evil.example", "/\\evil.example"};
    for (size_t i = 0; i < 3; i++) {
        Reply reply = ask_post(
            &server, STR(""), "/sign-in",
            str_print(server.arena, "login=auditor&password=%s&next=%s", server.password, bad[i]));
        assert_int_equal(reply.status, 200);
        assert_true(str_equal(json_member(reply.body, "location"), STR("/")));
    }
}

/* A page that asks for sign-in comes back with its query; a very long one with its path alone. */
static void test_sign_in_comes_back(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"/coupon?code=A%26B&x=1", "/sign-in?next=%2Fcoupon%3Fcode%3DA%2526B%26x%3D1"},
        {"/coupon", "/sign-in?next=%2Fcoupon"},
        {"/coupon?", "/sign-in?next=%2Fcoupon"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str head = str_print(server.arena,
                             "GET %s HTTP/1.1\r\nHost: localhost\r\n"
                             "Connection: close\r\n\r\n",
                             rows[i][0]);
        Reply reply = client_ask(server.arena, server.port, head);
        assert_int_equal(reply.status, 303);
        assert_string_equal(str_c(server.arena, reply_header(&reply, "Location")), rows[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_route_and_role),
        cmocka_unit_test(test_unknown_path_and_method),
        cmocka_unit_test(test_forged_posts),
        cmocka_unit_test(test_security_headers),
        cmocka_unit_test(test_sign_out),
        cmocka_unit_test(test_open_redirect),
        cmocka_unit_test(test_sign_in_comes_back),
        cmocka_unit_test(test_lock_out),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
