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
 *  L5 a ticket of before a restart keeps its place; for a moment nobody is called: all come back
 *  L6 a forged ticket is worth nothing
 *
 * With several servers on one database (server above 0) the room is one, by what lobby_share.h
 * carries between them:
 *
 *  L7 who came a millisecond earlier, at whatever server, has the smaller number
 *
 *  L8 all servers call up to the same number from the same instant on, which lies 2.5 seconds after
 *  its announcement; nobody is called without one
 *
 *  L9 a ticket is good at every server, once; of a person's places the earliest counts everywhere,
 *  within two beats
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

enum {
    LOBBY_SERVERS_MAX = 32,
    LOBBY_MARKS = 64,
    LOBBY_BINDS_MAX = 4096, /* told in one beat */
    LOBBY_CALLS = 4,
    /* Who has heard nothing for so long lets nobody pass without a place. */
    LOBBY_FENCE_MS = 1200,
    /* A call is announced so long before it counts: time for its commit and for every server to
     * read it, also one that stands still for a moment. */
    LOBBY_LEAD_MS = 2500,
};

typedef struct LobbyOptions {
    size_t places_max;   /* 1..4194304 */
    int64_t at_once_max; /* acts in work at which others must wait; 0: never */
    int64_t now_ms;      /* when the room opens: places taken now are later than all before */
    bool was_crowded;    /* before a restart: tickets may come back (L5) */
    uint8_t key[32];     /* seals the tickets */
    int64_t server;      /* 1..LOBBY_SERVERS_MAX among several; 0: alone */
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
/* ---- several servers ---- */

/* Whose place a number is, or that it is used up. */
typedef struct LobbyBind {
    int64_t person;
    int64_t number;
    bool is_used;
} LobbyBind;

/* What a server tells the others. */
typedef struct LobbyBeat {
    int64_t waiting; /* here, and heard of lately */
    int64_t room;    /* how many more it could call */
    int64_t rate;    /* served a second */
    int64_t stride;  /* each mark stands for so many who wait here */
    int64_t marks[LOBBY_MARKS];
    size_t mark_count;
    LobbyBind *binds; /* new since the last beat */
    size_t bind_count;
} LobbyBeat;

typedef struct LobbyCall {
    int64_t called_to; /* this number and all before it */
    int64_t from_ms;
} LobbyCall;

/* What it hears. */
typedef struct LobbyNews {
    LobbyCall calls[LOBBY_CALLS]; /* the newest */
    size_t call_count;
    int64_t others_waiting;
    int64_t others_rate;
    const LobbyBind *binds;
    size_t bind_count;
} LobbyNews;

/* What is to be told now; the binds are told once. O(places) at worst. */
void lobby_tell(Lobby *lobby, Arena *arena, int64_t now_ms, LobbyBeat *out);
/* The binds of a beat that could not be told come again with the next one. */
void lobby_tell_again(Lobby *lobby, const LobbyBeat *beat);
void lobby_learn(Lobby *lobby, const LobbyNews *news, int64_t now_ms);
/* How far all servers may call: as many as they have room for together, in the order of the
 * numbers; called_to when nobody can be called. Pure. */
int64_t lobby_call_to(const LobbyBeat *beats, size_t count, int64_t called_to);

/* True while people wait. */
bool lobby_is_crowded(Lobby *lobby);
size_t lobby_waiting(Lobby *lobby);

#endif
