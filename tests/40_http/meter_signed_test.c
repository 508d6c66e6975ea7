/* meter_signed_test.c - the public meter over HTTP: anyone reads it, the signed figures are those
 * of the page and prove themselves with the published key. */
#include "office/open/signed.h"
#include "server.h"
#include "test.h"

static Server server;

static int start(void **state) {
    (void)state;
    server_start(&server, "60");
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

static Str key_now(Cx *cx) {
    Reply reply = ask_get(&server, STR(""), "/meter/key");
    Str key = STR_NONE;
    assert_int_equal(reply.status, 200);
    assert_int_equal(signed_key_read(cx, reply.body, &key), STATUS_OK);
    return key;
}

static void test_signed_figures(void **state) {
    (void)state;
    Cx cx;
    Str text = STR_NONE;
    cx_init(&cx, server.arena);
    Str key = key_now(&cx);
    Reply reply = ask_get(&server, STR(""), "/meter.json");
    assert_int_equal(reply.status, 200);
    assert_int_equal(signed_read(&cx, reply.body, key, &text), STATUS_OK);
    assert_true(str_contains(text, STR("\"kind\":\"huanxin.meter.1\"")));
    assert_true(str_contains(text, STR("\"is_demo\":true")));
    Reply page = ask_get(&server, STR(""), "/meter");
    assert_int_equal(page.status, 200);
    int64_t left = json_int(page.body, "left_fen");
    Str same = str_print(server.arena, "\"left_fen\":%lld", (long long)left);
    assert_true(str_contains(text, same));
    assert_true(str_contains(page.body, str_print(server.arena, "\"public_key\":\"" STR_FMT "\"",
                                                  STR_ARG(seal_hex(server.arena, key)))));
}

static void test_every_pot_says_when(void **state) {
    (void)state;
    Reply page = ask_get(&server, STR(""), "/meter");
    assert_true(str_contains(page.body, STR("\"runs_out\"")));
    assert_true(str_contains(page.body, STR("\"interval\"")));
    assert_true(str_contains(page.body, STR("\"unused_fen\"")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signed_figures),
        cmocka_unit_test(test_every_pot_says_when),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
