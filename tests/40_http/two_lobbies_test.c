/*
 * Two server processes, one waiting room on one database: numbers follow the order of coming at
 * either server, nobody is called before an earlier one at the other, a person with two devices has
 * one place, a ticket is good at both. On SQLite, and with HUANXIN_TEST_DB on PostgreSQL.
 */
#include "server.h"
#include "test.h"

#include <inttypes.h>
#include <time.h>

enum { PEOPLE = 400, ROUNDS_MAX = 400, PAUSE_MS = 100, CALLED_LEAST = 60 };

static Server servers[2];

typedef struct Visitor {
    int64_t number;
    Str ticket; /* "hx_place=..." */
    bool is_called;
} Visitor;

static Visitor visitors[PEOPLE];

static int start(void **state) {
    (void)state;
    static const char *const shared[] = {"--lobby", "1", "--lobby-shared", NULL};
    server_start(&servers[0], "60");
    server_end(&servers[0]);
    server_serve_with(&servers[0], "cities/anqiu", shared);
    servers[1] = servers[0];
    servers[1].arena = arena_create();
    server_serve_with(&servers[1], "cities/anqiu", shared);
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_end(&servers[1]);
    arena_free(servers[1].arena);
    server_stop(&servers[0]);
    return 0;
}

static void pause_ms(int ms) {
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    (void)nanosleep(&pause, NULL);
}

static Reply wait_ask(int server, const char *method, Str cookie) {
    Arena *arena = servers[0].arena;
    Str bytes = str_print(arena,
                          "%s /api/wait HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                          "Origin: http://localhost\r\nCookie: " STR_FMT "\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\n"
                          "Content-Length: 0\r\n\r\n",
                          method, STR_ARG(cookie));
    return client_ask(arena, servers[server].port, bytes);
}

static Str ticket_of(const Reply *reply) {
    Str cookie = reply_header(reply, "Set-Cookie");
    return str_cut(&cookie, ';');
}

static void test_numbers_follow_the_order_of_coming(void **state) {
    (void)state;
    int64_t last = 0;
    for (int i = 0; i < PEOPLE; i++) {
        Reply reply = wait_ask(i % 2, "POST", STR("none=1"));
        assert_int_equal(reply.status, 200);
        visitors[i] = (Visitor){json_int(reply.body, "number"), ticket_of(&reply), false};
        assert_true(visitors[i].number > last);
        last = visitors[i].number;
        pause_ms(1); /* the clock of the places counts milliseconds */
    }
}

/* Asks all, the last who came first: whoever is called when they are asked after a called one came
 * later. Each asks at the server at which they have not been, every other time. */
static int round_play(int round, int *inversions) {
    int called = 0;
    bool is_later_called = false;
    for (int i = PEOPLE - 1; i >= 0; i--) {
        Reply reply = wait_ask((i + round) % 2, "GET", visitors[i].ticket);
        assert_int_equal(reply.status, 200);
        /* A server that has not seen the ticket offers a place: it is asked for with the ticket. */
        if (!str_contains(reply.body, STR("\"number\""))) {
            reply = wait_ask((i + round) % 2, "POST", visitors[i].ticket);
        }
        assert_int_equal(json_int(reply.body, "number"), visitors[i].number);
        bool is_called = str_contains(reply.body, STR("\"called\""));
        *inversions += is_later_called && !is_called ? 1 : 0;
        *inversions += visitors[i].is_called && !is_called ? 1 : 0;
        visitors[i].is_called = is_called;
        is_later_called = is_later_called || is_called;
        called += is_called ? 1 : 0;
    }
    return called;
}

static void test_nobody_is_called_before_an_earlier_one(void **state) {
    (void)state;
    int called = 0;
    int inversions = 0;
    int after = 0;
    /* On a busy machine the first call may come while few are there: the next ones follow. */
    for (int round = 0; round < ROUNDS_MAX && after < 5; round++) {
        called = round_play(round, &inversions);
        after += called >= CALLED_LEAST ? 1 : 0;
        pause_ms(PAUSE_MS);
    }
    print_message("called %d of %d, inversions %d\n", called, PEOPLE, inversions);
    assert_int_equal(inversions, 0);
    assert_true(called >= CALLED_LEAST);
}

/* The same person at both servers, on two devices without a common ticket. */
static void test_one_place_on_two_devices(void **state) {
    (void)state;
    Str token = sign_in(&servers[0], "resident");
    Reply first = ask_post(&servers[0], token, "/wait", STR_NONE);
    Reply second = ask_post(&servers[1], token, "/wait", STR_NONE);
    int64_t number = json_int(first.body, "number");
    assert_true(number > 0);
    for (int i = 0; i < 40 && json_int(second.body, "number") != number; i++) {
        pause_ms(PAUSE_MS);
        second = ask_get(&servers[1], token, "/wait");
    }
    assert_int_equal(json_int(second.body, "number"), number);
    Reply again = ask_get(&servers[0], token, "/wait");
    assert_int_equal(json_int(again.body, "number"), number);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_follow_the_order_of_coming),
        cmocka_unit_test(test_nobody_is_called_before_an_earlier_one),
        cmocka_unit_test(test_one_place_on_two_devices),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
