#include "web/lobby_share.h"

#include "web/lobby_store.h"

#include <inttypes.h>

static const DbActor system_actor = {.role = {"system", 6}, .origin = {"job", 3}};

/* ---- joining ---- */

typedef struct Join {
    int64_t now_ms;
    int64_t server;
} Join;

/* A number is free when its server has been silent for so long that it is not idle but gone; its
 * people have come to others by then. */
static bool is_free(const LobbyServerRows *rows, int64_t id, int64_t now_ms) {
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i].id == id) {
            int64_t gone_ms = now_ms - rows->items[i].seen_ms;
            return gone_ms > 3 * LOBBY_ALIVE_MS || gone_ms < -3 * LOBBY_ALIVE_MS;
        }
    }
    return true;
}

static Status join_work(Cx *cx, DbConn *conn, void *input) {
    Join *join = input;
    LobbyServerRows rows;
    TRY(lobby_store_forget(cx, conn, join->now_ms - 24 * INT64_C(3600000)));
    TRY(lobby_store_servers(cx, conn, &rows));
    for (int64_t id = 1; id <= LOBBY_SERVERS_MAX && join->server == 0; id++) {
        join->server = is_free(&rows, id, join->now_ms) ? id : 0;
    }
    if (join->server == 0) {
        return fault(cx, STATUS_LIMIT, "%d servers share the waiting room already",
                     LOBBY_SERVERS_MAX);
    }
    LobbyServerRow row = {.id = join->server, .seen_ms = join->now_ms, .beat = {.stride = 1}};
    return lobby_store_server_put(cx, conn, &row);
}

Status lobby_share_join(Cx *cx, Db *db, int64_t now_ms, int64_t *server) {
    Join join = {.now_ms = now_ms};
    DbCommand command = {.name = "lobby.join",
                         .actor = system_actor,
                         .work = join_work,
                         .input = &join,
                         .now_ms = now_ms};
    TRY(db_write(cx, db, &command, NULL));
    *server = join.server;
    return STATUS_OK;
}

/* ---- telling ---- */

typedef struct Beat {
    const LobbyShare *share;
    LobbyBeat beat;
    int64_t now_ms;
} Beat;

/* Somebody's server has just vanished: those who waited there come to the others first. */
static bool is_anybody_missing(const LobbyServerRows *rows, int64_t now_ms) {
    for (size_t i = 0; i < rows->count; i++) {
        int64_t gone_ms = now_ms - rows->items[i].seen_ms;
        if (rows->items[i].beat.waiting > 0 && gone_ms > LOBBY_STALE_MS &&
            gone_ms < LOBBY_STALE_MS + LOBBY_RETURN_MS) {
            return true;
        }
    }
    return false;
}

static Status call_next(Cx *cx, DbConn *conn, int64_t now_ms) {
    LobbyServerRows rows;
    LobbyNews news = {0};
    LobbyBeat beats[LOBBY_SERVERS_MAX];
    size_t count = 0;
    int64_t made_ms = 0;
    TRY(lobby_store_calls(cx, conn, &news, &made_ms));
    if (now_ms - made_ms >= 0 && now_ms - made_ms < LOBBY_ROUND_MS) {
        return STATUS_OK;
    }
    TRY(lobby_store_servers(cx, conn, &rows));
    if (is_anybody_missing(&rows, now_ms)) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < rows.count; i++) {
        if (now_ms - rows.items[i].seen_ms <= LOBBY_STALE_MS) {
            beats[count++] = rows.items[i].beat;
        }
    }
    int64_t before = news.call_count == 0 ? 0 : news.calls[0].called_to;
    LobbyCall call = {lobby_call_to(beats, count, before), now_ms + LOBBY_LEAD_MS};
    return call.called_to > before ? lobby_store_call_insert(cx, conn, &call, now_ms) : STATUS_OK;
}

static Status beat_work(Cx *cx, DbConn *conn, void *input) {
    const Beat *beat = input;
    LobbyServerRow row = {.id = beat->share->server, .seen_ms = beat->now_ms, .beat = beat->beat};
    TRY(lobby_store_server_put(cx, conn, &row));
    for (size_t i = 0; i < beat->beat.bind_count; i++) {
        TRY(cx_step(cx));
        TRY(lobby_store_place_insert(cx, conn, row.id, &beat->beat.binds[i], beat->now_ms));
    }
    return call_next(cx, conn, beat->now_ms);
}

/* Next to nothing is written, and so journaled, while nobody waits and nothing is new. */
Status lobby_share_tell(Cx *cx, LobbyShare *share, int64_t now_ms) {
    Beat beat = {.share = share, .now_ms = now_ms};
    lobby_tell(share->lobby, cx->arena, now_ms, &beat.beat);
    bool is_idle = beat.beat.waiting == 0 && beat.beat.bind_count == 0;
    if (is_idle && share->is_told && now_ms - share->told_ms < LOBBY_ALIVE_MS) {
        return STATUS_OK;
    }
    DbCommand command = {.name = "lobby.beat",
                         .actor = system_actor,
                         .work = beat_work,
                         .input = &beat,
                         .now_ms = now_ms};
    Status status = db_write(cx, share->db, &command, NULL);
    if (status != STATUS_OK) {
        lobby_tell_again(share->lobby, &beat.beat);
        return status;
    }
    share->is_told = is_idle;
    share->told_ms = now_ms;
    return STATUS_OK;
}

/* ---- hearing ---- */

static Status news_read(Cx *cx, DbConn *conn, LobbyShare *share, int64_t now_ms, LobbyNews *news) {
    LobbyServerRows rows;
    int64_t made_ms = 0;
    TRY(lobby_store_calls(cx, conn, news, &made_ms));
    TRY(lobby_store_servers(cx, conn, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        bool is_other = rows.items[i].id != share->server;
        if (is_other && now_ms - rows.items[i].seen_ms <= LOBBY_STALE_MS + LOBBY_RETURN_MS) {
            news->others_waiting += rows.items[i].beat.waiting;
            news->others_rate += rows.items[i].beat.rate;
        }
    }
    /* Places read by half are read again: nobody else remembers that they were given. */
    int64_t place_id = share->place_id;
    TRY(lobby_store_places(cx, conn, share->server, &place_id, news));
    share->place_id = place_id;
    return STATUS_OK;
}

Status lobby_share_hear(Cx *cx, LobbyShare *share, int64_t now_ms) {
    LobbyNews news = {0};
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, share->db, &conn));
    Status status = news_read(cx, conn, share, now_ms, &news);
    db_read_end(share->db, conn);
    TRY(status);
    lobby_learn(share->lobby, &news, now_ms);
    return STATUS_OK;
}
