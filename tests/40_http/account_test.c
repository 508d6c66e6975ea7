/*
 * account_test.c - accounts over HTTP: the slip with the one-time code, the session that may only
 * set a password, own sessions, and that nothing of the code is kept anywhere (W8).
 */
#include "server.h"
#include "test.h"

static Server server;
static Str admin;
static Str lead;

static int start(void **state) {
    (void)state;
    server_start(&server, "20");
    admin = sign_in(&server, "admin");
    lead = sign_in(&server, "lead");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static Reply post(Str token, const char *path, const char *form) {
    static int number = 0;
    return ask_post(
        &server, token, path,
        str_print(server.arena, "%s%srequest_key=a%d", form, form[0] ? "&" : "", ++number));
}

static Reply enter(const char *login, Str password) {
    return ask_post(
        &server, STR(""), "/sign-in",
        str_print(server.arena, "login=%s&password=" STR_FMT, login, STR_ARG(password)));
}

static const char *path_of(int64_t id, const char *tail) {
    return str_c(server.arena, str_print(server.arena, "/account/%lld%s", (long long)id, tail));
}

/* Makes an officer and gives the slip. */
static Reply slip_of(const char *login) {
    Reply slip =
        post(admin, "/account/new",
             str_c(server.arena,
                   str_print(server.arena, "role=officer&login=%s&name=Demo&unit=1", login)));
    assert_int_equal(slip.status, 200);
    return slip;
}

static int64_t id_of(const char *login) {
    Reply list = ask_get(&server, admin,
                         str_c(server.arena, str_print(server.arena, "/account?q=%s", login)));
    return json_int(list.body, "id");
}

static void a_code_opens_one_session_that_only_sets_a_password(void **state) {
    (void)state;
    Str code = json_member(slip_of("w8first").body, "code");
    assert_int_equal(code.len, 14);
    /* However it is typed. */
    Str typed = str_print(server.arena, STR_FMT "-" STR_FMT STR_FMT, STR_ARG(str_slice(code, 0, 4)),
                          STR_ARG(str_slice(code, 5, 4)), STR_ARG(str_slice(code, 10, 4)));
    Reply in = enter("w8first", typed);
    assert_int_equal(in.status, 200);
    Str token = json_member(in.body, "token");
    static const char *const closed[] = {"/me", "/my-unit", "/record", "/", "/pages", "/job"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        assert_int_equal(ask_get(&server, token, closed[i]).status, 403);
    }
    assert_int_equal(post(token, "/me/session/end", "").status, 403);
    assert_int_equal(ask_get(&server, token, "/me/password").status, 200);
    /* Used up: the same slip opens nothing more, also for somebody who copied it. */
    assert_int_equal(enter("w8first", code).status, 401);
    assert_int_equal(post(token, "/me/password", "new=short&again=short").status, 400);
    assert_int_equal(
        post(token, "/me/password", "new=a+long+password&again=another+password").status, 400);
    assert_int_equal(
        post(token, "/me/password", "new=a+long+password&again=a+long+password").status, 200);
    assert_int_equal(ask_get(&server, token, "/me").status, 401);
    in = enter("w8first", STR("a+long+password"));
    assert_int_equal(in.status, 200);
    assert_int_equal(ask_get(&server, json_member(in.body, "token"), "/my-unit").status, 200);
}

static void a_repeated_request_tells_no_code(void **state) {
    (void)state;
    Str form = STR("role=officer&login=w8twice&name=Demo&unit=1&request_key=same");
    Reply first = ask_post(&server, admin, "/account/new", form);
    Reply second = ask_post(&server, admin, "/account/new", form);
    assert_int_equal(first.status, 200);
    assert_int_equal(second.status, 200);
    assert_true(json_member(first.body, "code").len > 0);
    assert_int_equal(json_member(second.body, "code").len, 0);
    Reply in = enter("w8twice", json_member(first.body, "code"));
    assert_int_equal(in.status, 200);
}

static void the_code_stands_nowhere(void **state) {
    (void)state;
    Str code = json_member(slip_of("w8secret").body, "code");
    Str plain = str_print(server.arena, STR_FMT STR_FMT STR_FMT, STR_ARG(str_slice(code, 0, 4)),
                          STR_ARG(str_slice(code, 5, 4)), STR_ARG(str_slice(code, 10, 4)));
    char command[400];
    (void)snprintf(command, sizeof command, "grep -aqrE '%.14s|%.12s' %s build/test-log/server.log",
                   code.at, plain.at, server.data);
    assert_int_not_equal(system(command), 0);
}

static void disabling_ends_a_session_that_is_in_use(void **state) {
    (void)state;
    person_make(&server, admin, "w8leaver", "role=officer&name=Demo&unit=1");
    Str token = sign_in(&server, "w8leaver");
    const int64_t id = id_of("w8leaver");
    assert_int_equal(ask_get(&server, token, "/my-unit").status, 200);
    Reply page = ask_get(&server, admin, path_of(id, "/disable"));
    assert_int_equal(page.status, 200);
    assert_int_equal(post(admin, path_of(id, "/disable"), "revision=0&reason=leaves").status, 200);
    assert_int_equal(ask_get(&server, token, "/my-unit").status, 401);
    assert_int_equal(enter("w8leaver", str_of(server.password)).status, 401);
    assert_int_equal(post(admin, path_of(id, "/reset"), "revision=1&reason=again").status, 409);
    assert_int_equal(post(admin, path_of(id, "/enable"), "revision=0&reason=back").status, 409);
    assert_int_equal(post(admin, path_of(id, "/enable"), "revision=1&reason=back").status, 200);
    assert_int_equal(enter("w8leaver", str_of(server.password)).status, 200);
}

static void finance_is_given_by_two(void **state) {
    (void)state;
    Reply asked = post(admin, "/account/new", "role=finance&login=w8money&name=Demo");
    assert_int_equal(asked.status, 200);
    assert_int_equal(json_member(asked.body, "code").len, 0);
    const char *place = str_c(server.arena, json_member(asked.body, "location"));
    assert_int_equal(enter("w8money", STR("123456789012")).status, 401);
    char path[100];
    (void)snprintf(path, sizeof path, "%s/approve", place);
    assert_int_equal(post(admin, path, "").status, 403);
    assert_int_equal(post(sign_in(&server, "finance"), path, "").status, 403);
    Reply page = ask_get(&server, lead, place);
    assert_int_equal(page.status, 200);
    Reply slip = post(lead, path, "");
    assert_int_equal(slip.status, 200);
    assert_int_equal(enter("w8money", json_member(slip.body, "code")).status, 200);
    assert_int_equal(post(lead, path, "").status, 409);
}

static void everybody_ends_own_sessions(void **state) {
    (void)state;
    person_make(&server, admin, "w8many", "role=officer&name=Demo&unit=1");
    Str here = sign_in(&server, "w8many");
    Str there = sign_in(&server, "w8many");
    Str third = sign_in(&server, "w8many");
    Reply me = ask_get(&server, here, "/me");
    assert_int_equal(me.status, 200);
    /* A number that is not among the own sessions ends nothing. */
    assert_int_equal(post(here, "/me/session/12345/end", "").status, 404);
    Str number = str_from(me.body, str_find(me.body, STR("/me/session/"), 0) + 12);
    Str path = str_print(server.arena, "/me/session/" STR_FMT "/end",
                         STR_ARG(str_slice(number, 0, str_find(number, STR("/"), 0))));
    Str other = sign_in(&server, "officer");
    assert_int_equal(post(other, str_c(server.arena, path), "").status, 404);
    assert_int_equal(post(here, str_c(server.arena, path), "").status, 200);
    int open = (ask_get(&server, there, "/me").status == 200) +
               (ask_get(&server, third, "/me").status == 200);
    assert_int_equal(open, 1);
    assert_int_equal(post(here, "/me/session/end", "").status, 200);
    assert_int_equal(ask_get(&server, there, "/me").status, 401);
    assert_int_equal(ask_get(&server, third, "/me").status, 401);
    assert_int_equal(ask_get(&server, here, "/me").status, 200);
}

static void the_list_has_a_file(void **state) {
    (void)state;
    Reply file = ask_get(&server, admin, "/account/file?role=officer");
    assert_int_equal(file.status, 200);
    assert_true(str_starts(file.body, STR("PK")));
    assert_int_equal(ask_get(&server, lead, "/account/file").status, 403);
    assert_int_equal(ask_get(&server, sign_in(&server, "auditor"), "/account").status, 200);
    assert_int_equal(ask_get(&server, admin, "/account?role=nobody&state=odd&unit=99").status, 200);
    assert_int_equal(ask_get(&server, admin, "/account/999999999").status, 404);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_opens_one_session_that_only_sets_a_password),
        cmocka_unit_test(a_repeated_request_tells_no_code),
        cmocka_unit_test(the_code_stands_nowhere),
        cmocka_unit_test(disabling_ends_a_session_that_is_in_use),
        cmocka_unit_test(finance_is_given_by_two),
        cmocka_unit_test(everybody_ends_own_sessions),
        cmocka_unit_test(the_list_has_a_file),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
