/*
 * lobby_share.h - several servers, one waiting room: what they tell each other through the
 * database.
 *
 *   every LOBBY_BEAT_MS, each server:   read ── how others stand, calls, places ──▶ lobby_learn
 *                                       write ◀── when somebody waits or was bound ── lobby_tell
 *   the first whose beat finds the last call LOBBY_ROUND_MS old announces the next one: a number
 * and the instant, LOBBY_LEAD_MS ahead, from which all servers call up to it (L8 of lobby.h)
 *
 * Costs: an idle room reads three small tables and writes a row every LOBBY_ALIVE_MS, which keeps
 * its number; a full one writes two or three rows a beat, and a row for each person that signed in
 * meanwhile. Nothing is asked of the database when somebody looks at their place. A server that
 * vanished with people waiting stops the calls for LOBBY_RETURN_MS, so that they can come to the
 * others with their tickets. The servers' clocks must agree (NTP): who is off by a second is unfair
 * by a second.
 */
#ifndef HUANXIN_WEB_LOBBY_SHARE_H
#define HUANXIN_WEB_LOBBY_SHARE_H

#include "db/db.h"
#include "web/lobby.h"

enum {
    LOBBY_BEAT_MS = 400,
    LOBBY_ROUND_MS = 2900, /* a call counts, and is seen in the beats, before the next */
    LOBBY_STALE_MS = 3000, /* a server that has not beaten for so long is gone */
    LOBBY_RETURN_MS = 8000,
    LOBBY_ALIVE_MS = 300000, /* a server where nobody waits says so often that it is there */
};

typedef struct LobbyShare {
    Db *db;
    Lobby *lobby;
    int64_t server;
    int64_t place_id; /* of hearing: the last place that was read */
    bool is_told;     /* of telling: the others know that nobody waits here */
    int64_t told_ms;  /* of telling: when they were last told anything */
} LobbyShare;

/* Takes a number among the servers, 1..LOBBY_SERVERS_MAX. LIMIT when all are taken. */
MUST_CHECK Status lobby_share_join(Cx *cx, Db *db, int64_t now_ms, int64_t *server);
/* The two halves of a beat, each in a thread of its own, so that a commit that takes its time keeps
 * nobody from hearing a call. A failure is for the log; the next beat tries again. */
MUST_CHECK Status lobby_share_hear(Cx *cx, LobbyShare *share, int64_t now_ms);
MUST_CHECK Status lobby_share_tell(Cx *cx, LobbyShare *share, int64_t now_ms);

#endif
