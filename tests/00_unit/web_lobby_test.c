/* web_lobby_test.c - the properties L1 to L6 of the waiting room, and its size. */
#include "base/buf.h"
#include "seal/seal.h"
#include "test.h"
#include "web/lobby.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct Room {
    Arena *arena;
    Cx cx;
    Lobby *lobby;
    int64_t now_ms;
} Room;

static Room room_make(size_t places, int64_t at_once, bool was_crowded, int64_t now_ms) {
    Room room = {.arena = arena_create(), .now_ms = now_ms};
    LobbyOptions options = {
        .places_max = places, .at_once_max = at_once, .now_ms = now_ms, .was_crowded = was_crowded};
    memset(options.key, 7, sizeof options.key);
    room.lobby = lobby_create(&options);
    return room;
}

static void room_end(Room *room) {
    lobby_free(room->lobby);
    arena_free(room->arena);
}

static LobbyPlace enter(Room *room, Str ticket, int64_t person) {
    LobbyPlace place = {0};
    cx_init(&room->cx, room->arena);
    assert_int_equal(lobby_enter(&room->cx, room->lobby, ticket, person, room->now_ms, &place),
                     STATUS_OK);
    return place;
}

static LobbyPlace look(Room *room, Str ticket, int64_t person) {
    LobbyPlace place;
    lobby_look(room->lobby, ticket, person, room->now_ms, &place);
    return place;
}

static Str ticket(Room *room, int64_t number) {
    return lobby_ticket(room->lobby, room->arena, number);
}

/* Fills the room so that later ones wait: at most 64 are called at first. */
static void crowd(Room *room, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        (void)enter(room, STR_NONE, 1000000 + i);
    }
}

static void l1_places_are_called_in_order(void **state) {
    (void)state;
    Room room = room_make(10000, 4, false, 1000000);
    crowd(&room, 1000);
    int64_t last = 999;
    for (int64_t round = 0; round < 5000 && last >= 0; round++) {
        int64_t called_to = -1;
        room.now_ms += 50;
        for (int64_t i = 0; i < 1000; i++) {
            LobbyPlace place = look(&room, STR_NONE, 1000000 + i);
            bool is_open = place.number != 0;
            if (is_open && place.is_called) {
                /* All before it were called or are done. */
                assert_int_equal(place.ahead, 0);
                called_to = i;
            } else if (is_open) {
                assert_true(i > called_to);
            }
        }
        /* Some of the called ones are served. */
        for (int64_t i = 0, done = 0; i <= called_to && done < 7; i++) {
            if (look(&room, STR_NONE, 1000000 + i).is_called &&
                lobby_begin(room.lobby, STR_NONE, 1000000 + i, room.now_ms)) {
                lobby_done(room.lobby, 1000000 + i, true, room.now_ms);
                done++;
            }
        }
        last = called_to;
    }
    assert_int_equal(lobby_waiting(room.lobby), 0);
    room_end(&room);
}

static void l1_nobody_overtakes_those_who_wait(void **state) {
    (void)state;
    Room room = room_make(1000, 4, false, 1000000);
    assert_true(lobby_begin(room.lobby, STR_NONE, 1, room.now_ms));
    lobby_done(room.lobby, 1, true, room.now_ms);
    crowd(&room, 200);
    assert_true(lobby_is_crowded(room.lobby));
    assert_false(lobby_begin(room.lobby, STR_NONE, 2, room.now_ms));
    room_end(&room);
}

static void l1_more_at_once_than_the_office_can_serve_must_wait(void **state) {
    (void)state;
    Room room = room_make(1000, 2, false, 1000000);
    assert_true(lobby_begin(room.lobby, STR_NONE, 1, room.now_ms));
    assert_true(lobby_begin(room.lobby, STR_NONE, 2, room.now_ms));
    assert_false(lobby_begin(room.lobby, STR_NONE, 3, room.now_ms));
    lobby_done(room.lobby, 1, true, room.now_ms);
    assert_true(lobby_begin(room.lobby, STR_NONE, 3, room.now_ms));
    room_end(&room);
}

static void l2_four_devices_are_one_place(void **state) {
    (void)state;
    Room room = room_make(1000, 1, false, 1000000);
    crowd(&room, 100);
    /* Signed in, four times. */
    LobbyPlace first = enter(&room, STR_NONE, 5);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(enter(&room, STR_NONE, 5).number, first.number);
    }
    /* Without signing in, on four devices; then on each the same person: the earliest stays. */
    int64_t numbers[4];
    for (int i = 0; i < 4; i++) {
        numbers[i] = enter(&room, STR_NONE, 0).number;
    }
    size_t before = lobby_waiting(room.lobby);
    for (int i = 3; i >= 0; i--) {
        assert_int_equal(look(&room, ticket(&room, numbers[i]), 6).number, numbers[i]);
    }
    assert_int_equal(look(&room, ticket(&room, numbers[3]), 6).number, numbers[0]);
    assert_int_equal(lobby_waiting(room.lobby), before - 3);
    room_end(&room);
}

static void l3_a_place_belongs_to_who_brings_its_ticket_first(void **state) {
    (void)state;
    Room room = room_make(1000, 1, false, 1000000);
    crowd(&room, 100);
    LobbyPlace place = enter(&room, STR_NONE, 0);
    assert_int_equal(enter(&room, ticket(&room, place.number), 7).number, place.number);
    /* Another person with a copy of the ticket gets a place of their own. */
    assert_int_not_equal(enter(&room, ticket(&room, place.number), 8).number, place.number);
    assert_int_equal(enter(&room, STR_NONE, 7).number, place.number);
    room_end(&room);
}

static void l4_a_called_place_stays_called(void **state) {
    (void)state;
    Room room = room_make(1000, 1, false, 1000000);
    crowd(&room, 64);
    LobbyPlace next = enter(&room, STR_NONE, 9);
    assert_false(next.is_called);
    assert_true(look(&room, STR_NONE, 1000000).is_called);
    /* Nobody of the called comes: after a while they keep nobody waiting. */
    for (int i = 0; i < 80; i++) {
        room.now_ms += 250;
        next = look(&room, STR_NONE, 9);
    }
    assert_true(next.is_called);
    /* An hour later the first is still called. */
    room.now_ms += 3600000;
    assert_true(look(&room, STR_NONE, 1000000).is_called);
    assert_true(lobby_begin(room.lobby, STR_NONE, 1000000, room.now_ms));
    room_end(&room);
}

static void l5_places_survive_a_restart(void **state) {
    (void)state;
    Room old = room_make(1000, 1, false, 1000000);
    Str tickets[100];
    Arena *arena = arena_create();
    int64_t numbers[100];
    for (int i = 0; i < 100; i++) {
        numbers[i] = enter(&old, STR_NONE, 0).number;
        tickets[i] = lobby_ticket(old.lobby, arena, numbers[i]);
    }
    room_end(&old);
    Room room = room_make(1000, 1, true, 1009000);
    /* Somebody new is quick, but has to wait for those who come back, the last of them first. */
    assert_false(lobby_begin(room.lobby, STR_NONE, 77, room.now_ms));
    LobbyPlace fresh = enter(&room, STR_NONE, 77);
    for (int i = 99; i >= 0; i--) {
        room.now_ms += 20;
        LobbyPlace place = enter(&room, tickets[i], 0);
        assert_int_equal(place.number, numbers[i]);
        assert_false(place.is_called);
    }
    assert_true(fresh.number > numbers[99]);
    room.now_ms = 1009000 + 8300;
    assert_true(look(&room, tickets[0], 0).is_called);
    assert_true(look(&room, tickets[63], 0).is_called);
    assert_false(look(&room, tickets[64], 0).is_called);
    assert_false(look(&room, STR_NONE, 77).is_called);
    assert_int_equal(look(&room, STR_NONE, 77).ahead, 36);
    arena_free(arena);
    room_end(&room);
}

static void l6_a_forged_ticket_is_worth_nothing(void **state) {
    (void)state;
    Room room = room_make(1000, 1, false, 1000000);
    static const char *const forged[] = {
        "1.00000000000000000000000000000000",
        "1",
        ".",
        "",
        "999999999999999999999.ab",
        "-5.aa",
        "1000000001.0123456789abcdef0123456789abcdef",
        "11111111111111111111111111111111111111111111111111111111111111111111111111111111111"};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        assert_int_equal(look(&room, str_of(forged[i]), 0).number, 0);
        assert_true(enter(&room, str_of(forged[i]), 0).number > 1000000000);
    }
    /* A good ticket with one digit changed. */
    LobbyPlace place = enter(&room, STR_NONE, 0);
    Str good = ticket(&room, place.number);
    char *bad = arena_alloc(room.arena, good.len);
    memcpy(bad, good.at, good.len);
    bad[0] = '9';
    assert_int_equal(look(&room, (Str){bad, good.len}, 0).number, 0);
    room_end(&room);
}

static void a_full_room_says_so(void **state) {
    (void)state;
    Room room = room_make(10, 1, false, 1000000);
    crowd(&room, 10);
    LobbyPlace place;
    cx_init(&room.cx, room.arena);
    assert_int_equal(lobby_enter(&room.cx, room.lobby, STR_NONE, 5, room.now_ms, &place),
                     STATUS_LIMIT);
    room_end(&room);
}

static int64_t resident_kb(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    (void)fclose(file);
    return pages * 4;
}

static void two_hundred_thousand_places_are_small_and_quick(void **state) {
    (void)state;
    int64_t before_kb = resident_kb();
    Room room = room_make(262144, 48, false, 1000000);
    crowd(&room, 200000);
    int64_t used_kb = resident_kb() - before_kb;
    struct timespec start;
    struct timespec end;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    for (int64_t i = 0; i < 200000; i++) {
        room.now_ms += i % 20 == 0;
        (void)look(&room, STR_NONE, 1000000 + i);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t micros = (end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000;
    print_message("# 200,000 places: %lld KB, 200,000 looks in %lld ms\n", (long long)used_kb,
                  (long long)(micros / 1000));
    assert_true(used_kb < 300 * 1024);
    room_end(&room);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(l1_places_are_called_in_order),
        cmocka_unit_test(l1_nobody_overtakes_those_who_wait),
        cmocka_unit_test(l1_more_at_once_than_the_office_can_serve_must_wait),
        cmocka_unit_test(l2_four_devices_are_one_place),
        cmocka_unit_test(l3_a_place_belongs_to_who_brings_its_ticket_first),
        cmocka_unit_test(l4_a_called_place_stays_called),
        cmocka_unit_test(l5_places_survive_a_restart),
        cmocka_unit_test(l6_a_forged_ticket_is_worth_nothing),
        cmocka_unit_test(a_full_room_says_so),
        cmocka_unit_test(two_hundred_thousand_places_are_small_and_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
