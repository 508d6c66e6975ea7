/*
 * web_lobby_shared_test.c - one waiting room of several servers: L7 to L9 of lobby.h, between rooms
 * in one program.
 */
#include "base/prng.h"
#include "test.h"
#include "web/lobby_share.h"

#include <string.h>

enum { SERVERS = 3 };
#define NOW_MS INT64_C(1795000000000)

typedef struct Rooms {
    Arena *arena;
    Cx cx;
    Lobby *rooms[SERVERS];
    LobbyBeat beats[SERVERS];
    LobbyCall calls[LOBBY_CALLS];
    size_t call_count;
    int64_t now_ms;
} Rooms;

static void rooms_make(Rooms *it, int64_t at_once) {
    *it = (Rooms){.arena = arena_create(), .now_ms = NOW_MS};
    cx_init(&it->cx, it->arena);
    for (int i = 0; i < SERVERS; i++) {
        LobbyOptions options = {
            .places_max = 20000, .at_once_max = at_once, .now_ms = it->now_ms, .server = i + 1};
        memset(options.key, 7, sizeof options.key);
        it->rooms[i] = lobby_create(&options);
    }
}

static void rooms_end(Rooms *it) {
    for (int i = 0; i < SERVERS; i++) {
        lobby_free(it->rooms[i]);
    }
    arena_free(it->arena);
}

/* All tell, as the database would carry it. is_calling: the next call is announced. */
static void tell(Rooms *it, bool is_calling) {
    for (int i = 0; i < SERVERS; i++) {
        lobby_tell(it->rooms[i], it->arena, it->now_ms, &it->beats[i]);
    }
    if (is_calling) {
        int64_t before = it->call_count == 0 ? 0 : it->calls[0].called_to;
        int64_t to = lobby_call_to(it->beats, SERVERS, before);
        memmove(it->calls + 1, it->calls, (LOBBY_CALLS - 1) * sizeof *it->calls);
        it->calls[0] = (LobbyCall){to, it->now_ms + LOBBY_LEAD_MS};
        it->call_count += it->call_count < LOBBY_CALLS ? 1 : 0;
    }
}

/* One hears what the others told last. */
static void hear(Rooms *it, int server) {
    LobbyBind *binds = arena_array(it->arena, LobbyBind, SERVERS * LOBBY_BINDS_MAX);
    LobbyNews news = {.call_count = it->call_count, .binds = binds};
    memcpy(news.calls, it->calls, sizeof news.calls);
    for (int i = 0; i < SERVERS; i++) {
        const LobbyBeat *beat = &it->beats[i];
        if (i != server) {
            news.others_waiting += beat->waiting;
            memcpy(binds + news.bind_count, beat->binds, beat->bind_count * sizeof *binds);
            news.bind_count += beat->bind_count;
        }
    }
    lobby_learn(it->rooms[server], &news, it->now_ms);
}

static void beat(Rooms *it, bool is_calling) {
    tell(it, is_calling);
    for (int i = 0; i < SERVERS; i++) {
        hear(it, i);
    }
}

static LobbyPlace enter(Rooms *it, int server, Str ticket, int64_t person) {
    LobbyPlace place = {0};
    Status status = lobby_enter(&it->cx, it->rooms[server], ticket, person, it->now_ms, &place);
    assert_int_equal(status, STATUS_OK);
    return place;
}

static LobbyPlace look(Rooms *it, int server, Str ticket, int64_t person) {
    LobbyPlace place;
    lobby_look(it->rooms[server], ticket, person, it->now_ms, &place);
    return place;
}

static Str ticket(Rooms *it, int64_t number) {
    return lobby_ticket(it->rooms[0], it->arena, number);
}

static void l7_who_came_earlier_has_the_smaller_number(void **state) {
    (void)state;
    Rooms it;
    Prng prng;
    int64_t last = 0;
    rooms_make(&it, 1);
    prng_init(&prng, 7);
    for (int i = 0; i < 5000; i++) {
        it.now_ms += prng_between(&prng, 1, 3);
        int64_t number = enter(&it, (int)prng_between(&prng, 0, SERVERS - 1), STR_NONE, 0).number;
        assert_true(number > last);
        assert_true(number < INT64_C(1) << 53);
        last = number;
    }
    /* At one instant, on one server: still one after the other, and no number twice. */
    for (int i = 0; i < 300; i++) {
        int64_t number = enter(&it, 1, STR_NONE, 0).number;
        assert_true(number > last || i == 0);
        last = number;
    }
    rooms_end(&it);
}

/* People come to any server and ask at any moment: when one is called, everybody before is, too. */
static void l8_nobody_is_called_before_an_earlier_one_anywhere(void **state) {
    (void)state;
    enum { PEOPLE = 3000, STEPS = 2600 };
    Rooms it;
    Prng prng;
    int64_t numbers[PEOPLE];
    int64_t inversions = 0;
    int64_t done = 0;
    bool is_done[PEOPLE] = {false};
    rooms_make(&it, 8);
    prng_init(&prng, 11);
    for (int i = 0; i < PEOPLE; i++) {
        it.now_ms += i % 3 == 0 ? 1 : 0;
        numbers[i] = enter(&it, i % SERVERS, STR_NONE, i + 1).number;
    }
    for (int step = 0; step < STEPS; step++) {
        it.now_ms += 50;
        /* Each hears at a moment of its own, up to 350 ms after another. */
        if (step % 8 == 0) {
            tell(&it, step % 64 == 0);
        }
        if (step % 8 % 3 == 0) {
            hear(&it, step % 8 / 3);
        }
        int64_t called_last = -1;
        int64_t waiting_first = INT64_MAX;
        for (int i = 0; i < PEOPLE; i += 1 + (int)prng_between(&prng, 0, 40)) {
            LobbyPlace place = look(&it, i % SERVERS, STR_NONE, i + 1);
            if (is_done[i] || place.number == 0) {
                continue;
            }
            if (!place.is_called) {
                waiting_first = numbers[i] < waiting_first ? numbers[i] : waiting_first;
                continue;
            }
            called_last = numbers[i] > called_last ? numbers[i] : called_last;
            if (lobby_begin(it.rooms[i % SERVERS], STR_NONE, i + 1, it.now_ms)) {
                lobby_done(it.rooms[i % SERVERS], i + 1, true, it.now_ms);
                is_done[i] = true;
                done++;
            }
        }
        inversions += called_last > waiting_first ? 1 : 0;
    }
    assert_int_equal(inversions, 0);
    assert_true(done > PEOPLE / 2);
    rooms_end(&it);
}

/* Not before its instant; then also by a server that has not heard anything since; and by nobody
 * who has not heard of the call. */
static void l8_a_call_counts_from_its_instant(void **state) {
    (void)state;
    Rooms it;
    rooms_make(&it, 1);
    int64_t first = enter(&it, 0, STR_NONE, 1).number;
    it.now_ms += 5;
    (void)enter(&it, 2, STR_NONE, 3);
    tell(&it, true);
    hear(&it, 0);
    it.now_ms += LOBBY_LEAD_MS - 1;
    assert_false(look(&it, 0, STR_NONE, 1).is_called);
    it.now_ms += 1;
    LobbyPlace place = look(&it, 0, STR_NONE, 1);
    assert_true(place.is_called);
    assert_int_equal(place.number, first);
    assert_false(look(&it, 2, STR_NONE, 3).is_called);
    hear(&it, 2);
    assert_true(look(&it, 2, STR_NONE, 3).is_called);
    rooms_end(&it);
}

static void nobody_passes_while_others_wait_elsewhere(void **state) {
    (void)state;
    Rooms it;
    rooms_make(&it, 4);
    beat(&it, false);
    assert_true(lobby_begin(it.rooms[1], STR_NONE, 9, it.now_ms));
    lobby_done(it.rooms[1], 9, true, it.now_ms);
    (void)enter(&it, 0, STR_NONE, 1);
    beat(&it, false);
    assert_false(lobby_begin(it.rooms[1], STR_NONE, 2, it.now_ms));
    rooms_end(&it);
}

static void l9_one_place_on_any_device_at_any_server(void **state) {
    (void)state;
    Rooms it;
    rooms_make(&it, 1);
    int64_t first = enter(&it, 0, STR_NONE, 5).number;
    it.now_ms += 10;
    int64_t second = enter(&it, 1, STR_NONE, 5).number;
    assert_true(second > first);
    beat(&it, false);
    beat(&it, false);
    /* The earliest, everywhere, also at a server where they have never been. */
    for (int i = 0; i < SERVERS; i++) {
        assert_int_equal(look(&it, i, STR_NONE, 5).number, first);
        assert_int_equal(enter(&it, i, ticket(&it, second), 5).number, first);
    }
    rooms_end(&it);
}

static void l9_a_ticket_is_good_everywhere_and_once(void **state) {
    (void)state;
    Rooms it;
    rooms_make(&it, 1);
    int64_t number = enter(&it, 0, STR_NONE, 0).number;
    assert_int_equal(enter(&it, 2, ticket(&it, number), 0).number, number);
    assert_int_equal(enter(&it, 2, ticket(&it, number), 6).number, number);
    beat(&it, true);
    beat(&it, false);
    /* Another person with a copy of the ticket has a place of their own. */
    assert_int_not_equal(enter(&it, 1, ticket(&it, number), 7).number, number);
    for (int i = 0; i < 8; i++) {
        it.now_ms += 400;
        beat(&it, false);
    }
    assert_true(look(&it, 2, STR_NONE, 6).is_called);
    assert_true(lobby_begin(it.rooms[2], STR_NONE, 6, it.now_ms));
    lobby_done(it.rooms[2], 6, true, it.now_ms);
    beat(&it, false);
    for (int i = 0; i < SERVERS; i++) {
        assert_int_not_equal(enter(&it, i, ticket(&it, number), 6).number, number);
    }
    rooms_end(&it);
}

static void calls_fill_the_room_of_all(void **state) {
    (void)state;
    LobbyBeat beats[2] = {{.room = 10, .stride = 2, .marks = {5, 9, 13, 17, 21}, .mark_count = 5},
                          {.room = 3, .stride = 1, .marks = {6, 7, 30}, .mark_count = 3}};
    /* 5 and 4 before it (2), 6, 7, 9 (2), 13 (2), 17 (2), 21 (2): 12 of 13; 30 is the last. */
    assert_int_equal(lobby_call_to(beats, 2, 0), 30);
    beats[1].room = 2;
    assert_int_equal(lobby_call_to(beats, 2, 0), 21);
    beats[0].room = 1;
    assert_int_equal(lobby_call_to(beats, 2, 0), 6);
    beats[0].room = 0;
    beats[1].room = 0;
    assert_int_equal(lobby_call_to(beats, 2, 4), 4);
    assert_int_equal(lobby_call_to(beats, 0, 4), 4);
}

/* 200,000 places among three: memory as before, a look costs microseconds. */
static void two_hundred_thousand_places(void **state) {
    (void)state;
    Rooms it = {.arena = arena_create(), .now_ms = NOW_MS};
    cx_init(&it.cx, it.arena);
    for (int i = 0; i < SERVERS; i++) {
        LobbyOptions options = {
            .places_max = 262144, .at_once_max = 8, .now_ms = it.now_ms, .server = i + 1};
        it.rooms[i] = lobby_create(&options);
    }
    int64_t last = 0;
    for (int i = 0; i < 200000; i++) {
        it.now_ms += i % 50 == 0 ? 1 : 0;
        last = enter(&it, 0, STR_NONE, 0).number;
    }
    LobbyPlace place = look(&it, 0, ticket(&it, last), 0);
    assert_int_equal(place.ahead, 199999);
    beat(&it, true);
    assert_int_equal(it.beats[0].waiting, 200000);
    assert_true(it.calls[0].called_to > 0);
    rooms_end(&it);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(l7_who_came_earlier_has_the_smaller_number),
        cmocka_unit_test(l8_nobody_is_called_before_an_earlier_one_anywhere),
        cmocka_unit_test(l8_a_call_counts_from_its_instant),
        cmocka_unit_test(nobody_passes_while_others_wait_elsewhere),
        cmocka_unit_test(l9_one_place_on_any_device_at_any_server),
        cmocka_unit_test(l9_a_ticket_is_good_everywhere_and_once),
        cmocka_unit_test(calls_fill_the_room_of_all),
        cmocka_unit_test(two_hundred_thousand_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
