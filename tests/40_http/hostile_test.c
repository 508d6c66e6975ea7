/*
 * The front door under attack: numbers that overflow, addresses that lead away, keys used again for
 * something else, many wrong passwords at once, other people's records by id.
 */
#include "main/routes.h"
#include "server.h"
#include "test.h"

static Server server;

static int start(void **state) {
    (void)state;
    server_start(&server, "100");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static const char *const logins[ROLE_COUNT] = {
    [ROLE_RESIDENT] = "resident",     [ROLE_SHOP] = "shop",
    [ROLE_RECYCLER] = "recycler",     [ROLE_DRIVER] = "driver",
    [ROLE_ENTERPRISE] = "enterprise", [ROLE_BANK] = "bank",
    [ROLE_OFFICER] = "officer",       [ROLE_LEAD] = "lead",
    [ROLE_FINANCE] = "finance",       [ROLE_AUDITOR] = "auditor",
    [ROLE_ADMIN] = "admin",
};

/* ---- numbers from outside ---- */

static Str role_token(const WebRoute *route) {
    for (int role = 1; role < ROLE_COUNT; role++) {
        if ((route->roles & ROLE_BIT(role)) != 0) {
            return sign_in(&server, logins[role]);
        }
    }
    return STR("");
}

/* No query may bring the server down or make it answer with an error of its own. */
static void test_numbers_in_queries(void **state) {
    (void)state;
    static const char *const queries[] = {
        "?page=9223372036854775807&days=9223372036854775807&before=9223372036854775807",
        "?id=9223372036854775807&coupon=9223372036854775807&level=9223372036854775807",
        "?page=184467440737095516&days=2147483647&month=9999-12&day=9999-12-31&price=1",
        "?page=-1&days=-1&month=0000-00&day=2026-02-30&year=99999999999&date=9999-12-31",
        "?month=2026-13&state=%27&subject=%00&verb=%FF%FE&role=x&login=%27--",
    };
    for (size_t i = 0; i < route_count; i++) {
        const WebRoute *route = &routes[i];
        if (route->guard != WEB_READ || str_contains(str_of(route->path), STR("{"))) {
            continue;
        }
        Str token = role_token(route);
        for (size_t k = 0; k < sizeof queries / sizeof queries[0]; k++) {
            Reply reply = ask_get(&server, token,
                                  str_print(server.arena, "%s%s", route->path, queries[k]).at);
            if (reply.status == 0 || reply.status >= 500) {
                fail_msg("GET %s%s gave %d", route->path, queries[k], reply.status);
            }
        }
    }
}

/* ---- addresses that lead away ---- */

static Reply page_get(const char *target) {
    return client_ask(server.arena, server.port,
                      str_print(server.arena,
                                "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                                target));
}

static void test_no_way_out(void **state) {
    (void)state;
    static const char *const bad[] = {"%2F%5Cevil.example", "%2F%2Fevil.example",
                                      "%2F%09%2Fevil.example", "https%3A%2F%2Fevil.example",
                                      "%2F%20%5C"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Reply reply = page_get(str_print(server.arena, "/display?size=large&back=%s", bad[i]).at);
        assert_int_equal(reply.status, 303);
        assert_true(str_equal(reply_header(&reply, "Location"), STR("/")));
        reply = ask_post(
            &server, STR(""), "/sign-in",
            str_print(server.arena, "login=auditor&password=%s&next=%s", server.password, bad[i]));
        assert_int_equal(reply.status, 200);
        assert_true(str_equal(json_member(reply.body, "location"), STR("/")));
    }
}

/* ---- one key, one request ---- */

static Reply price_post(Str shop, const char *gtin, const char *key) {
    return ask_post(&server, shop, "/price",
                    str_print(server.arena,
                              "gtin=%s&title=test+fridge&category=appliance:fridge&level=1"
                              "&price=6999&request_key=%s",
                              gtin, key));
}

static void test_key_belongs_to_its_content(void **state) {
    (void)state;
    Str shop = sign_in(&server, "shop");
    assert_int_equal(price_post(shop, "6901234567892", "key-1").status, 200);
    assert_int_equal(price_post(shop, "6901234567892", "key-1").status, 200);
    /* The same key with other content is not a repeat: it must not be answered as one. */
    Reply other = price_post(shop, "6901234500004", "key-1");
    assert_int_equal(other.status, 409);
    assert_false(str_contains(ask_get(&server, shop, "/price").body, STR("6901234500004")));
    /* Long keys that differ only at the end are two keys. */
    char key[121];
    memset(key, 'k', 120);
    key[120] = '\0';
    assert_int_equal(price_post(shop, "6901234500004", key).status, 200);
    key[119] = 'x';
    assert_int_equal(price_post(shop, "6901234500011", key).status, 200);
    assert_true(str_contains(ask_get(&server, shop, "/price").body, STR("6901234500011")));
}

/* Money that cannot be taken back needs a key, also from the API: a retry must not double it. */
static void test_top_up_needs_a_key(void **state) {
    (void)state;
    Str finance = sign_in(&server, "finance");
    Str form = STR("fund=1&amount=1000&basis=test-2026-1");
    Reply reply = ask_post(&server, finance, "/fund/setup/new/top_up", form);
    assert_int_equal(reply.status, 400);
    assert_true(str_contains(reply.body, STR("request_key")));
}

/* ---- figures of other units ---- */

static Reply report_post(Str token, const char *path, const char *period) {
    return ask_post(&server, token, path,
                    str_print(server.arena, "period=%s&value=100&evidence=table+1&request_key=%s",
                              period, period));
}

/* Series 19 (revenue of machinery) belongs to one unit, series 6 to the officer's. */
static void test_units_file_their_own_series(void **state) {
    (void)state;
    int refused_count = 0;
    int taken_count = 0;
    for (int i = 1; i <= 23; i++) {
        char login[16];
        (void)snprintf(login, sizeof login, "unit%02d", i);
        Str form = str_print(server.arena, "login=%s&password=%s", login, server.password);
        Reply reply = ask_post(&server, STR(""), "/sign-in", form);
        if (reply.status == 200) {
            Str token = json_member(reply.body, "token");
            int status = report_post(token, "/series/19/figure", "2024").status;
            refused_count += status == 403;
            taken_count += status == 200;
        }
    }
    assert_true(refused_count > 10);
    assert_int_equal(taken_count, 1);
    Str officer = sign_in(&server, "officer");
    /* What another unit filed is not shown; the own unit's is. */
    assert_false(str_contains(ask_get(&server, officer, "/series/19").body, STR("\"figures\":[")));
    assert_true(str_contains(ask_get(&server, officer, "/series/6").body, STR("\"figures\":[")));
    assert_int_equal(report_post(officer, "/series/19/figure", "2024").status, 403);
    assert_int_equal(report_post(officer, "/series/6/figure", "2099").status, 400);
    assert_int_equal(report_post(officer, "/series/6/figure", "2026-12").status, 400);
    assert_int_equal(report_post(officer, "/series/6/figure", "2026-11").status, 200);
}

/* ---- many wrong passwords ---- */

enum { PARALLEL = 24 };

/* All at once: every one of them counts. */
static void test_parallel_guesses_lock(void **state) {
    (void)state;
    Client clients[PARALLEL];
    Str form = STR("login=enterprise&password=wrong");
    for (int i = 0; i < PARALLEL; i++) {
        clients[i] = client_open(server.arena, server.port);
        (void)client_send(&clients[i],
                          str_print(server.arena,
                                    "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\n"
                                    "Connection: close\r\nOrigin: http://localhost\r\n"
                                    "Content-Type: application/x-www-form-urlencoded\r\n"
                                    "Content-Length: %zu\r\n\r\n" STR_FMT,
                                    form.len, STR_ARG(form)));
    }
    for (int i = 0; i < PARALLEL; i++) {
        assert_int_equal(client_reply(&clients[i]).status, 401);
        client_close(&clients[i]);
    }
    Reply right =
        ask_post(&server, STR(""), "/sign-in",
                 str_print(server.arena, "login=enterprise&password=%s", server.password));
    assert_int_equal(right.status, 401);
}

static Reply sign_in_from(const char *address, const char *login, const char *password) {
    Str form = str_print(server.arena, "login=%s&password=%s", login, password);
    return client_ask(server.arena, server.port,
                      str_print(server.arena,
                                "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\n"
                                "Connection: close\r\nOrigin: http://localhost\r\n"
                                "X-Forwarded-For: 198.51.100.1, %s\r\n"
                                "Content-Type: application/x-www-form-urlencoded\r\n"
                                "Content-Length: %zu\r\n\r\n" STR_FMT,
                                address, form.len, STR_ARG(form)));
}

/* One password tried on many accounts: the address is stopped, others are not. */
static void test_spraying_stops_the_address(void **state) {
    (void)state;
    bool is_stopped = false;
    for (int i = 0; i < 60 && !is_stopped; i++) {
        char login[32];
        (void)snprintf(login, sizeof login, "guess%d", i);
        is_stopped = sign_in_from("203.0.113.9", login, "spring2026").status == 429;
    }
    assert_true(is_stopped);
    assert_int_equal(sign_in_from("203.0.113.9", "auditor", server.password).status, 429);
    assert_int_equal(sign_in_from("203.0.113.10", "auditor", server.password).status, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_in_queries),
        cmocka_unit_test(test_no_way_out),
        cmocka_unit_test(test_key_belongs_to_its_content),
        cmocka_unit_test(test_top_up_needs_a_key),
        cmocka_unit_test(test_units_file_their_own_series),
        cmocka_unit_test(test_parallel_guesses_lock),
        cmocka_unit_test(test_spraying_stops_the_address),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
