/*
 * lobby_share_test.c - servers that share a waiting room through the database: who takes which
 * number, however long nobody has waited.
 */
#include "demo_house.h"
#include "web/lobby_share.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS };

static int start(void **state) {
    (void)state;
    demo_house_open(20);
    return 0;
}

static LobbyShare server_new(int64_t now_ms) {
    LobbyShare share = {.db = house.db};
    assert_int_equal(lobby_share_join(&cx, house.db, now_ms, &share.server), STATUS_OK);
    LobbyOptions options = {
        .places_max = 100, .at_once_max = 1, .now_ms = now_ms, .server = share.server};
    share.lobby = lobby_create(&options);
    return share;
}

/* A server at which nobody waits writes next to nothing, and keeps its number all the same: two of
 * one number would give out the same places and not hear each other. */
static void test_an_idle_server_keeps_its_number(void **state) {
    (void)state;
    int64_t now_ms = house_clock_ms(NULL);
    LobbyShare first = server_new(now_ms);
    assert_int_equal(first.server, 1);
    const int64_t end_ms = now_ms + 120 * MINUTE_MS;
    for (; now_ms < end_ms; now_ms += 10 * SECOND_MS) {
        assert_int_equal(lobby_share_tell(&cx, &first, now_ms), STATUS_OK);
    }
    LobbyShare second = server_new(now_ms);
    assert_int_equal(second.server, 2);
    /* It is gone for good after a while, and then its number is free. */
    now_ms += 60 * MINUTE_MS;
    LobbyShare third = server_new(now_ms);
    assert_int_equal(third.server, 1);
    lobby_free(first.lobby);
    lobby_free(second.lobby);
    lobby_free(third.lobby);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_idle_server_keeps_its_number),
    };
    return cmocka_run_group_tests_name("lobby_share", tests, start, demo_house_close);
}
