/* lobby_store.h - the SQL of a waiting room of several servers. Private to src/web. */
#ifndef HUANXIN_WEB_LOBBY_STORE_H
#define HUANXIN_WEB_LOBBY_STORE_H

#include "web/lobby_share.h"

typedef struct LobbyServerRow {
    int64_t id;
    int64_t seen_ms;
    LobbyBeat beat;
} LobbyServerRow;

typedef struct LobbyServerRows {
    LobbyServerRow *items;
    size_t count;
} LobbyServerRows;

MUST_CHECK Status lobby_store_servers(Cx *cx, DbConn *conn, LobbyServerRows *out);
MUST_CHECK Status lobby_store_server_put(Cx *cx, DbConn *conn, const LobbyServerRow *row);
/* The newest calls, newest first; *made_ms: when the newest was announced. */
MUST_CHECK Status lobby_store_calls(Cx *cx, DbConn *conn, LobbyNews *news, int64_t *made_ms);
MUST_CHECK Status lobby_store_call_insert(Cx *cx, DbConn *conn, const LobbyCall *call,
                                          int64_t made_ms);
/* Places that other servers told after *id, at most LOBBY_BINDS_MAX; *id moves on. */
MUST_CHECK Status lobby_store_places(Cx *cx, DbConn *conn, int64_t server, int64_t *id,
                                     LobbyNews *news);
MUST_CHECK Status lobby_store_place_insert(Cx *cx, DbConn *conn, int64_t server,
                                           const LobbyBind *bind, int64_t now_ms);
/* Forgets what is older than `before_ms`. */
MUST_CHECK Status lobby_store_forget(Cx *cx, DbConn *conn, int64_t before_ms);

#endif
