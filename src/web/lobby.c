/* lobby.c - see lobby.h. In reading order: tables, tickets, order, calling, the face. */
#include "web/lobby.h"

#include "seal/seal.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* 2023-11-14: numbers of several servers are hundredths of a millisecond since, times
 * LOBBY_SERVERS_MAX; they stay exact in a double of JavaScript for ninety years. */
#define SHARED_EPOCH_MS INT64_C(1700000000000)

enum {
    PLACES_MAX = 4 * 1024 * 1024,
    SEAL_DIGITS = 32,
    /* Who was called and has not been heard of for so long keeps nobody waiting. */
    SILENT_MS = 15000,
    /* After a restart: longer than the longest wait between two questions of those near the front.
     */
    RETURN_MS = 8000,
    TICK_MS = 250,
    CALLED_MIN = 64,
    CALLED_MAX = 8192,
    POLL_MIN_MS = 1000,
    POLL_MAX_MS = 60000,
    /* Who has not asked for so long waits, but is not told to the others as waiting here. */
    AWAY_MS = 90000,
    BINDS_ROOM = 65536,
    /* Acts a second that are taken for granted for every one at once: who asks too early costs
     * little, who asks too late loses their turn's time. */
    HOPED_PER_S = 2,
};

typedef enum PlaceState { PLACE_WAITING, PLACE_CALLED, PLACE_USED } PlaceState;

typedef struct Place {
    int64_t number;
    int64_t person;
    int64_t seen_ms;
    PlaceState state;
} Place;

/* Number or person to place: open addressing, index + 1, 0 empty. */
typedef struct Table {
    uint32_t *slots;
    size_t mask;
    bool is_by_person;
} Table;

struct Lobby {
    Arena *arena;
    LobbyOptions options;
    pthread_mutex_t lock;
    Place *places;
    size_t count;
    uint32_t *order; /* places by number */
    size_t head;     /* all before it in order were called or given up */
    bool is_unsorted;
    Table by_number;
    Table by_person;
    int64_t next_number;
    int64_t working;    /* acts in work */
    int64_t returns_ms; /* nobody is called before */
    uint32_t *called;   /* called and not used */
    size_t called_count;
    size_t waiting_count;
    /* How fast it goes. */
    int64_t tick_ms;
    int64_t done_count; /* since the last tick */
    int64_t done_per_s; /* smoothed */
    int64_t active_count;
    int64_t called_number; /* the largest that was called */
    /* Several servers. */
    LobbyCall calls[LOBBY_CALLS];
    size_t call_count;
    int64_t called_to;
    int64_t learned_ms;
    int64_t others_waiting;
    int64_t others_rate;
    LobbyBind *binds; /* not yet told */
    size_t bind_count;
};

static bool is_shared(const Lobby *lobby) {
    return lobby->options.server > 0;
}

/* More than this room can tell are forgotten: such a person has one place a server then. */
static void bind_note(Lobby *lobby, const Place *place) {
    if (is_shared(lobby) && place->person != 0 && lobby->bind_count < BINDS_ROOM) {
        lobby->binds[lobby->bind_count++] =
            (LobbyBind){place->person, place->number, place->state == PLACE_USED};
    }
}

/* ---- tables ---- */

static size_t slot_of(const Lobby *lobby, const Table *table, int64_t key) {
    size_t at = (size_t)(((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & table->mask;
    while (table->slots[at] != 0) {
        const Place *place = &lobby->places[table->slots[at] - 1];
        if ((table->is_by_person ? place->person : place->number) == key) {
            break;
        }
        at = (at + 1) & table->mask;
    }
    return at;
}

static Place *table_find(const Lobby *lobby, const Table *table, int64_t key) {
    uint32_t index = key == 0 ? 0 : table->slots[slot_of(lobby, table, key)];
    return index == 0 ? NULL : &lobby->places[index - 1];
}

static void table_put(Lobby *lobby, Table *table, int64_t key, const Place *place) {
    table->slots[slot_of(lobby, table, key)] = (uint32_t)(place - lobby->places) + 1;
}

/* A person whose newer place is given up for an older one keeps the slot: it is the same key. */
static void person_bind(Lobby *lobby, Place *place, int64_t person) {
    size_t at = slot_of(lobby, &lobby->by_person, person);
    place->person = person;
    lobby->by_person.slots[at] = (uint32_t)(place - lobby->places) + 1;
}

/* ---- tickets ---- */

static Str seal_of(const Lobby *lobby, Arena *arena, Str number) {
    uint8_t digest[SEAL_SM3_BYTES];
    Str key = {(const char *)lobby->options.key, sizeof lobby->options.key};
    seal_hmac_sm3(key, number, digest);
    return seal_hex(arena, (Str){(const char *)digest, SEAL_DIGITS / 2});
}

Str lobby_ticket(const Lobby *lobby, Arena *arena, int64_t number) {
    Str text = str_print(arena, "%" PRId64, number);
    return str_print(arena, STR_FMT "." STR_FMT, STR_ARG(text),
                     STR_ARG(seal_of(lobby, arena, text)));
}

/* The number of a ticket with a good seal, or 0. */
static int64_t ticket_read(const Lobby *lobby, Str ticket) {
    int64_t number = 0;
    if (ticket.len == 0 || ticket.len > LOBBY_TICKET_BYTES) {
        return 0;
    }
    Arena *arena = arena_create();
    Str seal = ticket;
    Str text = str_cut(&seal, '.');
    bool is_good = str_int64(text, &number) == STATUS_OK && number > 0 &&
                   seal_equal(seal, seal_of(lobby, arena, text));
    arena_free(arena);
    return is_good ? number : 0;
}

/* ---- order ---- */

typedef struct Numbered {
    int64_t number;
    uint32_t index;
} Numbered;

static int numbered_compare(const void *left, const void *right) {
    const Numbered *a = left;
    const Numbered *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

/* Sorts in the tickets that came back; the head goes back to the first who waits. */
static void order_sort(Lobby *lobby) {
    Arena *arena = arena_create();
    Numbered *all = arena_array(arena, Numbered, lobby->count + 1);
    for (size_t i = 0; i < lobby->count; i++) {
        all[i] = (Numbered){lobby->places[i].number, (uint32_t)i};
    }
    qsort(all, lobby->count, sizeof *all, numbered_compare);
    lobby->head = lobby->count;
    for (size_t i = 0; i < lobby->count; i++) {
        lobby->order[i] = all[i].index;
        bool is_waiting = lobby->places[all[i].index].state == PLACE_WAITING;
        lobby->head = is_waiting && i < lobby->head ? i : lobby->head;
    }
    lobby->is_unsorted = false;
    arena_free(arena);
}

/* How many places from the head on have a smaller number. O(log n). */
static int64_t ahead_of(const Lobby *lobby, int64_t number) {
    size_t low = lobby->head;
    size_t high = lobby->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lobby->places[lobby->order[middle]].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (int64_t)(low - lobby->head);
}

/* ---- calling ---- */

/* Forgets used places and counts the called ones that were heard of lately. */
static void called_count(Lobby *lobby, int64_t now_ms) {
    size_t kept = 0;
    lobby->active_count = 0;
    for (size_t i = 0; i < lobby->called_count; i++) {
        const Place *place = &lobby->places[lobby->called[i]];
        if (place->state == PLACE_CALLED) {
            lobby->active_count += now_ms - place->seen_ms < SILENT_MS;
            lobby->called[kept++] = lobby->called[i];
        }
    }
    lobby->called_count = kept;
}

static int64_t called_max(const Lobby *lobby) {
    /* Several servers call in rounds of some seconds, one alone at once. */
    int64_t wanted = lobby->done_per_s * (is_shared(lobby) ? 8 : 4);
    int64_t least =
        lobby->options.at_once_max > CALLED_MIN ? lobby->options.at_once_max : CALLED_MIN;
    wanted = wanted > least ? wanted : least;
    return wanted < CALLED_MAX ? wanted : CALLED_MAX;
}

static void tick(Lobby *lobby, int64_t now_ms) {
    int64_t passed_ms = now_ms - lobby->tick_ms;
    if (passed_ms >= 0 && passed_ms < TICK_MS) {
        return;
    }
    if (lobby->is_unsorted) {
        order_sort(lobby);
    }
    int64_t rate = passed_ms > 0 ? lobby->done_count * 1000 / passed_ms : 0;
    lobby->done_per_s = (lobby->done_per_s * 7 + rate) / 8;
    lobby->done_count = 0;
    lobby->tick_ms = now_ms;
    called_count(lobby, now_ms);
}

static void place_call(Lobby *lobby, Place *place, int64_t now_ms) {
    place->state = PLACE_CALLED;
    lobby->called[lobby->called_count++] = (uint32_t)(place - lobby->places);
    lobby->active_count += now_ms - place->seen_ms < SILENT_MS;
    lobby->waiting_count--;
    lobby->called_number =
        place->number > lobby->called_number ? place->number : lobby->called_number;
}

/* The number up to which all servers call from now on (L8). */
static void called_to_set(Lobby *lobby, int64_t now_ms) {
    for (size_t i = 0; i < lobby->call_count; i++) {
        if (lobby->calls[i].from_ms <= now_ms && lobby->calls[i].called_to > lobby->called_to) {
            lobby->called_to = lobby->calls[i].called_to;
        }
    }
}

/* A place that is due is called when it asks, before the order has been sorted. */
static void place_due(Lobby *lobby, Place *place, int64_t now_ms) {
    if (place != NULL && place->state == PLACE_WAITING && place->number <= lobby->called_to) {
        place_call(lobby, place, now_ms);
    }
}

static void call_shared(Lobby *lobby, int64_t now_ms) {
    called_to_set(lobby, now_ms);
    while (!lobby->is_unsorted && lobby->head < lobby->count) {
        Place *place = &lobby->places[lobby->order[lobby->head]];
        if (place->number > lobby->called_to) {
            return;
        }
        lobby->head++;
        place_due(lobby, place, now_ms);
    }
}

static void call_more(Lobby *lobby, int64_t now_ms) {
    tick(lobby, now_ms);
    if (is_shared(lobby)) {
        call_shared(lobby, now_ms);
        return;
    }
    int64_t room = called_max(lobby);
    if (lobby->is_unsorted || now_ms < lobby->returns_ms) {
        return;
    }
    while (lobby->head < lobby->count && lobby->active_count < room) {
        Place *place = &lobby->places[lobby->order[lobby->head++]];
        if (place->state == PLACE_WAITING) {
            place_call(lobby, place, now_ms);
        }
    }
}

/* ---- places ---- */

static Place *place_new(Lobby *lobby, int64_t number, int64_t now_ms) {
    Place *place = &lobby->places[lobby->count];
    *place = (Place){.number = number, .seen_ms = now_ms};
    const Place *last = lobby->count == 0 ? NULL : &lobby->places[lobby->order[lobby->count - 1]];
    lobby->is_unsorted = lobby->is_unsorted || (last != NULL && last->number > number);
    lobby->order[lobby->count] = (uint32_t)lobby->count;
    lobby->count++;
    lobby->waiting_count++;
    table_put(lobby, &lobby->by_number, number, place);
    return place;
}

/* The next number: alone by counting, among others by the clock (L7). */
static int64_t number_next(Lobby *lobby, int64_t now_ms) {
    if (!is_shared(lobby)) {
        return ++lobby->next_number;
    }
    int64_t now = (now_ms - SHARED_EPOCH_MS) * 100 * LOBBY_SERVERS_MAX + lobby->options.server - 1;
    int64_t next = lobby->next_number + LOBBY_SERVERS_MAX;
    lobby->next_number = now > next ? now : next;
    return lobby->next_number;
}

static void place_give_up(Lobby *lobby, Place *place) {
    lobby->waiting_count -= place->state == PLACE_WAITING;
    place->state = PLACE_USED;
}

/* The place of a visitor, or NULL: the earliest of what the ticket says and the person has (L2). */
static Place *place_find(Lobby *lobby, int64_t number, int64_t person) {
    Place *mine = table_find(lobby, &lobby->by_person, person);
    Place *held = table_find(lobby, &lobby->by_number, number);
    mine = mine != NULL && mine->state == PLACE_USED ? NULL : mine;
    bool is_usable = held != NULL && held->state != PLACE_USED &&
                     (held->person == 0 || held->person == person || person == 0);
    held = is_usable ? held : NULL;
    if (held == NULL || mine == held) {
        return mine;
    }
    if (mine == NULL || held->number < mine->number) {
        if (mine != NULL) {
            place_give_up(lobby, mine);
        }
        if (person != 0 && held->person == 0) {
            person_bind(lobby, held, person);
            bind_note(lobby, held);
        }
        return held;
    }
    if (held->person == 0) {
        place_give_up(lobby, held);
    }
    return mine;
}

static void place_tell(const Lobby *lobby, const Place *place, LobbyPlace *out) {
    int64_t ahead = place->state == PLACE_WAITING ? ahead_of(lobby, place->number) : 0;
    int64_t rate = lobby->done_per_s + lobby->others_rate;
    int64_t wait_s = rate > 0 ? ahead / rate : -1;
    int64_t hoped = lobby->options.at_once_max * HOPED_PER_S;
    hoped = rate > hoped ? rate : hoped;
    int64_t poll_ms = hoped > 0 ? ahead * 1000 / hoped / 4 : 0;
    poll_ms = poll_ms > POLL_MIN_MS ? poll_ms : POLL_MIN_MS;
    *out = (LobbyPlace){.number = place->number,
                        .ahead = ahead,
                        .is_called = place->state == PLACE_CALLED,
                        .poll_ms = poll_ms < POLL_MAX_MS ? poll_ms : POLL_MAX_MS,
                        .wait_s = wait_s};
}

/* ---- the face ---- */

static size_t power_of_two(size_t least) {
    size_t size = 16;
    while (size < least) {
        size *= 2;
    }
    return size;
}

Lobby *lobby_create(const LobbyOptions *options) {
    check(options->places_max >= 1 && options->places_max <= PLACES_MAX);
    check(options->at_once_max >= 0);
    check(options->server >= 0 && options->server <= LOBBY_SERVERS_MAX);
    Arena *arena = arena_create();
    Lobby *lobby = arena_new(arena, Lobby);
    size_t slots = power_of_two(options->places_max + options->places_max / 2);
    *lobby = (Lobby){.arena = arena,
                     .options = *options,
                     .places = arena_array(arena, Place, options->places_max),
                     .order = arena_array(arena, uint32_t, options->places_max),
                     .called = arena_array(arena, uint32_t, options->places_max),
                     .by_number = {arena_array(arena, uint32_t, slots), slots - 1, false},
                     .by_person = {arena_array(arena, uint32_t, slots), slots - 1, true},
                     /* Later than every number that was given before: a thousand a millisecond. */
                     .next_number = options->now_ms * 1000,
                     .tick_ms = options->now_ms};
    if (options->server > 0) {
        lobby->next_number = 0;
        lobby->binds = arena_array(arena, LobbyBind, BINDS_ROOM);
    }
    lobby->returns_ms = options->was_crowded ? options->now_ms + RETURN_MS : 0;
    check(pthread_mutex_init(&lobby->lock, NULL) == 0);
    return lobby;
}

void lobby_free(Lobby *lobby) {
    if (lobby != NULL) {
        pthread_mutex_destroy(&lobby->lock);
        arena_free(lobby->arena);
    }
}

/* Empties the room when nobody waits and everybody called has been served or went away. */
static void room_clear(Lobby *lobby) {
    if (lobby->count > 0 && lobby->waiting_count == 0 && lobby->active_count == 0) {
        size_t bytes = (lobby->by_number.mask + 1) * sizeof *lobby->by_number.slots;
        memset(lobby->by_number.slots, 0, bytes);
        memset(lobby->by_person.slots, 0, bytes);
        lobby->count = 0;
        lobby->head = 0;
        lobby->called_count = 0;
        lobby->is_unsorted = false;
    }
}

Status lobby_enter(Cx *cx, Lobby *lobby, Str ticket, int64_t person, int64_t now_ms,
                   LobbyPlace *out) {
    int64_t number = ticket_read(lobby, ticket);
    Status status = STATUS_OK;
    pthread_mutex_lock(&lobby->lock);
    Place *place = place_find(lobby, number, person);
    if (place == NULL && lobby->count == lobby->options.places_max) {
        tick(lobby, now_ms);
        room_clear(lobby);
    }
    if (place == NULL && lobby->count == lobby->options.places_max) {
        status = fault(cx, STATUS_LIMIT, "等候的人已满，请过一会儿再来");
    } else if (place == NULL) {
        /* A ticket of before a restart, which this room has not seen yet, keeps its number. */
        bool is_old = number > 0 && (is_shared(lobby) || number < lobby->options.now_ms * 1000) &&
                      table_find(lobby, &lobby->by_number, number) == NULL;
        place = place_new(lobby, is_old ? number : number_next(lobby, now_ms), now_ms);
        if (person != 0) {
            person_bind(lobby, place, person);
            bind_note(lobby, place);
        }
        /* Who comes back after later places were called does not wait again. */
        if (place->number < lobby->called_number) {
            place_call(lobby, place, now_ms);
        }
    }
    if (place != NULL) {
        place->seen_ms = now_ms;
        call_more(lobby, now_ms);
        place_due(lobby, place, now_ms);
        place_tell(lobby, place, out);
    }
    pthread_mutex_unlock(&lobby->lock);
    return status;
}

void lobby_look(Lobby *lobby, Str ticket, int64_t person, int64_t now_ms, LobbyPlace *out) {
    int64_t number = ticket_read(lobby, ticket);
    *out = (LobbyPlace){.wait_s = -1, .poll_ms = POLL_MIN_MS};
    pthread_mutex_lock(&lobby->lock);
    Place *place = place_find(lobby, number, person);
    if (place != NULL) {
        place->seen_ms = now_ms;
        call_more(lobby, now_ms);
        place_due(lobby, place, now_ms);
        place_tell(lobby, place, out);
    }
    pthread_mutex_unlock(&lobby->lock);
}

bool lobby_begin(Lobby *lobby, Str ticket, int64_t person, int64_t now_ms) {
    int64_t number = ticket_read(lobby, ticket);
    pthread_mutex_lock(&lobby->lock);
    call_more(lobby, now_ms);
    Place *place = place_find(lobby, number, person);
    place_due(lobby, place, now_ms);
    bool is_alone = !is_shared(lobby) ||
                    (lobby->others_waiting == 0 && now_ms - lobby->learned_ms <= LOBBY_FENCE_MS);
    bool is_quiet = is_alone && lobby->waiting_count == 0 && now_ms >= lobby->returns_ms &&
                    lobby->working < lobby->options.at_once_max;
    bool may = lobby->options.at_once_max == 0 || is_quiet ||
               (place != NULL && place->state == PLACE_CALLED);
    if (place != NULL) {
        place->seen_ms = now_ms;
    }
    lobby->working += may;
    pthread_mutex_unlock(&lobby->lock);
    return may;
}

void lobby_done(Lobby *lobby, int64_t person, bool is_finished, int64_t now_ms) {
    pthread_mutex_lock(&lobby->lock);
    lobby->working--;
    check(lobby->working >= 0);
    lobby->done_count++;
    Place *place = table_find(lobby, &lobby->by_person, person);
    if (is_finished && place != NULL && place->state != PLACE_USED) {
        lobby->active_count -= place->state == PLACE_CALLED && lobby->active_count > 0;
        place_give_up(lobby, place);
        bind_note(lobby, place);
    }
    call_more(lobby, now_ms);
    pthread_mutex_unlock(&lobby->lock);
}

/* ---- several servers ---- */

static bool is_here(const Place *place, int64_t now_ms) {
    return place->state == PLACE_WAITING && place->seen_ms > 0 && now_ms - place->seen_ms < AWAY_MS;
}

static int64_t here_count(const Lobby *lobby, int64_t now_ms) {
    int64_t count = 0;
    for (size_t i = lobby->head; i < lobby->count; i++) {
        count += is_here(&lobby->places[lobby->order[i]], now_ms);
    }
    return count;
}

static void marks_set(const Lobby *lobby, int64_t now_ms, LobbyBeat *beat) {
    int64_t stride = beat->waiting / LOBBY_MARKS;
    int64_t seen = 0;
    stride = stride < beat->room / 4 ? stride : beat->room / 4;
    beat->stride = stride > 1 ? stride : 1;
    for (size_t i = lobby->head; i < lobby->count && beat->mark_count < LOBBY_MARKS; i++) {
        const Place *place = &lobby->places[lobby->order[i]];
        if (is_here(place, now_ms) && ++seen % beat->stride == 0) {
            beat->marks[beat->mark_count++] = place->number;
        }
    }
}

void lobby_tell(Lobby *lobby, Arena *arena, int64_t now_ms, LobbyBeat *out) {
    pthread_mutex_lock(&lobby->lock);
    call_more(lobby, now_ms);
    int64_t room = called_max(lobby) - lobby->active_count;
    size_t count = lobby->bind_count < LOBBY_BINDS_MAX ? lobby->bind_count : LOBBY_BINDS_MAX;
    *out = (LobbyBeat){.waiting = here_count(lobby, now_ms),
                       .room = room > 0 ? room : 0,
                       .rate = lobby->done_per_s,
                       .binds = arena_array(arena, LobbyBind, count + 1),
                       .bind_count = count};
    if (count > 0) {
        memcpy(out->binds, lobby->binds, count * sizeof *out->binds);
        lobby->bind_count -= count;
        memmove(lobby->binds, lobby->binds + count, lobby->bind_count * sizeof *out->binds);
    }
    marks_set(lobby, now_ms, out);
    pthread_mutex_unlock(&lobby->lock);
}

void lobby_tell_again(Lobby *lobby, const LobbyBeat *beat) {
    pthread_mutex_lock(&lobby->lock);
    for (size_t i = 0; i < beat->bind_count && lobby->bind_count < BINDS_ROOM; i++) {
        lobby->binds[lobby->bind_count++] = beat->binds[i];
    }
    pthread_mutex_unlock(&lobby->lock);
}

/* Another server's word about a person: their place is known here, too, and the earliest counts. */
static void bind_learn(Lobby *lobby, const LobbyBind *bind, int64_t now_ms) {
    Place *place = table_find(lobby, &lobby->by_number, bind->number);
    Place *mine = table_find(lobby, &lobby->by_person, bind->person);
    if (place == NULL) {
        if (lobby->count == lobby->options.places_max) {
            return;
        }
        place = place_new(lobby, bind->number, now_ms);
        place->seen_ms = 0;
    }
    if (bind->is_used) {
        place->person = place->person == 0 ? bind->person : place->person;
        place_give_up(lobby, place);
        return;
    }
    if (place->state == PLACE_USED || (place->person != 0 && place->person != bind->person)) {
        return;
    }
    bool is_live = mine != NULL && mine != place && mine->state != PLACE_USED;
    if (is_live && mine->number < place->number) {
        place_give_up(lobby, place);
        return;
    }
    if (is_live) {
        place->seen_ms = mine->seen_ms;
        place_give_up(lobby, mine);
    }
    person_bind(lobby, place, bind->person);
}

void lobby_learn(Lobby *lobby, const LobbyNews *news, int64_t now_ms) {
    pthread_mutex_lock(&lobby->lock);
    memcpy(lobby->calls, news->calls, sizeof lobby->calls);
    lobby->call_count = news->call_count;
    lobby->others_waiting = news->others_waiting;
    lobby->others_rate = news->others_rate;
    lobby->learned_ms = now_ms;
    for (size_t i = 0; i < news->bind_count; i++) {
        bind_learn(lobby, &news->binds[i], now_ms);
    }
    call_more(lobby, now_ms);
    pthread_mutex_unlock(&lobby->lock);
}

typedef struct Mark {
    int64_t number;
    int64_t stride;
} Mark;

static int mark_compare(const void *left, const void *right) {
    const Mark *a = left;
    const Mark *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

int64_t lobby_call_to(const LobbyBeat *beats, size_t count, int64_t called_to) {
    Mark marks[LOBBY_SERVERS_MAX * LOBBY_MARKS];
    size_t mark_count = 0;
    int64_t room = 0;
    check(count <= LOBBY_SERVERS_MAX);
    for (size_t i = 0; i < count; i++) {
        room += beats[i].room;
        for (size_t k = 0; k < beats[i].mark_count; k++) {
            marks[mark_count++] = (Mark){beats[i].marks[k], beats[i].stride};
        }
    }
    qsort(marks, mark_count, sizeof *marks, mark_compare);
    for (size_t i = 0; i < mark_count && room >= marks[i].stride; i++) {
        room -= marks[i].stride;
        called_to = marks[i].number > called_to ? marks[i].number : called_to;
    }
    return called_to;
}

bool lobby_is_crowded(Lobby *lobby) {
    return lobby_waiting(lobby) > 0;
}

size_t lobby_waiting(Lobby *lobby) {
    pthread_mutex_lock(&lobby->lock);
    size_t count = lobby->waiting_count;
    pthread_mutex_unlock(&lobby->lock);
    return count;
}
