/*
 * lobby.h - the waiting room: when more people come at once than the office can serve, each gets a
 * place and is called in the order of the places.
 *
 *   come ──▶ place n ──▶ waiting ──(all before n were called, and there is room)──▶ called ──▶ done
 *              │
 *              └ ticket: n and a seal, kept by the visitor's browser
 *
 * Properties, each tested by number in tests/00_unit/web_lobby_test.c:
 *  L1 places are called in their order; nobody is called while an earlier one waits
 *  L2 a person has one place on any number of devices: the earliest they took
 *  L3 a place needs no sign-in: it is bound to the person who comes with its ticket first
 *  L4 a called place stays called: no clock runs against the visitor; who does not come only stops
 *     keeping others waiting
 *  L5 a ticket of before a restart keeps its place, and nobody is called for a moment after a
 * restart so that all of them can come back L6 a forged ticket is worth nothing
 *
 * How many are called follows how fast they are served: as many as were done in the last seconds,
 * twice. Knows no database, no HTTP and no clock. Thread-safe; every call is O(log n), except that
 * tickets that come back after a restart are sorted in a few times a second.
 * Memory: 45 bytes a place.
 */
#ifndef HUANXIN_WEB_LOBBY_H
#define HUANXIN_WEB_LOBBY_H

#include "base/cx.h"

typedef struct Lobby Lobby;

typedef struct LobbyOptions {
    size_t places_max;   /* 1..4194304 */
    int64_t at_once_max; /* acts in work at which others must wait; 0: never */
    int64_t now_ms;      /* when the room opens: places taken now are later than all before */
    bool was_crowded;    /* before a restart: tickets may come back (L5) */
    uint8_t key[32];     /* seals the tickets */
} LobbyOptions;

typedef struct LobbyPlace {
    int64_t number;  /* 0: none */
    int64_t ahead;   /* waiting before this one */
    bool is_called;  /* may act now */
    int64_t poll_ms; /* when to ask again */
    int64_t wait_s;  /* expected; -1: not known yet */
} LobbyPlace;

/* Makes a room; the caller frees it with lobby_free (NULL is allowed). */
Lobby *lobby_create(const LobbyOptions *options);
void lobby_free(Lobby *lobby);

enum { LOBBY_TICKET_BYTES = 64 };
/* Writes the ticket of a place: decimal number, '.', 32 hexadecimal digits. */
Str lobby_ticket(const Lobby *lobby, Arena *arena, int64_t number);

/* Gives the visitor's place, a new one when there is none. ticket: what the browser keeps, or
 * STR_NONE. person: who is signed in, or 0. LIMIT when the room is full. */
MUST_CHECK Status lobby_enter(Cx *cx, Lobby *lobby, Str ticket, int64_t person, int64_t now_ms,
                              LobbyPlace *out);
/* As lobby_enter, but gives number 0 where there is no place yet. */
void lobby_look(Lobby *lobby, Str ticket, int64_t person, int64_t now_ms, LobbyPlace *out);
/* True when the person may act now: nobody has to wait, or their place is called. The caller then
 * ends the act with lobby_done. */
bool lobby_begin(Lobby *lobby, Str ticket, int64_t person, int64_t now_ms);
/* is_finished: the act is over for this person and the place is used up; false: they try again. */
void lobby_done(Lobby *lobby, int64_t person, bool is_finished, int64_t now_ms);
/* True while people wait. */
bool lobby_is_crowded(Lobby *lobby);
size_t lobby_waiting(Lobby *lobby);

#endif
