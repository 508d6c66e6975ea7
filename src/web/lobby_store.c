#include "web/lobby_store.h"

#include "base/buf.h"

#include <inttypes.h>

static const char SQL_SERVERS[] =
    "SELECT id, seen_ms, waiting, room, rate, stride, marks FROM lobby_server ORDER BY id LIMIT 32";

/* "12 34 56" */
static void marks_read(Str text, LobbyBeat *beat) {
    while (text.len > 0 && beat->mark_count < LOBBY_MARKS) {
        int64_t number = 0;
        if (str_int64(str_cut(&text, ' '), &number) == STATUS_OK) {
            beat->marks[beat->mark_count++] = number;
        }
    }
}

static Str marks_text(Arena *arena, const LobbyBeat *beat) {
    Buf *buf = buf_in(arena, LOBBY_MARKS * 24);
    for (size_t i = 0; i < beat->mark_count; i++) {
        buf_put(buf, str_print(arena, "%s%" PRId64, i == 0 ? "" : " ", beat->marks[i]));
    }
    return buf->len == 0 ? STR("") : buf_str(buf);
}

Status lobby_store_servers(Cx *cx, DbConn *conn, LobbyServerRows *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    _Static_assert(LOBBY_SERVERS_MAX == 32, "the statement's limit");
    *out = (LobbyServerRows){.items = arena_array(cx->arena, LobbyServerRow, LOBBY_SERVERS_MAX)};
    TRY(db_query(cx, conn, SQL_SERVERS, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        LobbyServerRow *row = &out->items[out->count++];
        *row = (LobbyServerRow){.id = db_int(rows, 0),
                                .seen_ms = db_int(rows, 1),
                                .beat = {.waiting = db_int(rows, 2),
                                         .room = db_int(rows, 3),
                                         .rate = db_int(rows, 4),
                                         .stride = db_int(rows, 5)}};
        marks_read(db_text_peek(rows, 6), &row->beat);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static const char SQL_SERVER_PUT[] =
    "INSERT INTO lobby_server (id, seen_ms, waiting, room, rate, stride, marks)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET"
    " seen_ms = excluded.seen_ms, waiting = excluded.waiting, room = excluded.room,"
    " rate = excluded.rate, stride = excluded.stride, marks = excluded.marks";

Status lobby_store_server_put(Cx *cx, DbConn *conn, const LobbyServerRow *row) {
    const LobbyBeat *beat = &row->beat;
    return db_exec(cx, conn, SQL_SERVER_PUT,
                   DB_ARGS(DB_INT(row->id), DB_INT(row->seen_ms), DB_INT(beat->waiting),
                           DB_INT(beat->room), DB_INT(beat->rate), DB_INT(beat->stride),
                           DB_TEXT(marks_text(cx->arena, beat))),
                   NULL);
}

static const char SQL_CALLS[] =
    "SELECT called_to, from_ms, made_ms FROM lobby_call ORDER BY id DESC LIMIT 4";

Status lobby_store_calls(Cx *cx, DbConn *conn, LobbyNews *news, int64_t *made_ms) {
    DbRows *rows = NULL;
    bool has_row = false;
    _Static_assert(LOBBY_CALLS == 4, "the statement's limit");
    *made_ms = 0;
    TRY(db_query(cx, conn, SQL_CALLS, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        *made_ms = news->call_count == 0 ? db_int(rows, 2) : *made_ms;
        news->calls[news->call_count++] = (LobbyCall){db_int(rows, 0), db_int(rows, 1)};
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static const char SQL_CALL_INSERT[] =
    "INSERT INTO lobby_call (called_to, from_ms, made_ms) VALUES ($1, $2, $3)";

Status lobby_store_call_insert(Cx *cx, DbConn *conn, const LobbyCall *call, int64_t made_ms) {
    return db_exec(cx, conn, SQL_CALL_INSERT,
                   DB_ARGS(DB_INT(call->called_to), DB_INT(call->from_ms), DB_INT(made_ms)), NULL);
}

static const char SQL_PLACES[] =
    "SELECT id, server_id, person_id, number, is_used FROM lobby_place WHERE id > $1"
    " ORDER BY id LIMIT $2";

Status lobby_store_places(Cx *cx, DbConn *conn, int64_t server, int64_t *id, LobbyNews *news) {
    LobbyBind *binds = arena_array(cx->arena, LobbyBind, LOBBY_BINDS_MAX);
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_PLACES, DB_ARGS(DB_INT(*id), DB_INT(LOBBY_BINDS_MAX)), &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        *id = db_int(rows, 0);
        if (db_int(rows, 1) != server) {
            binds[news->bind_count++] =
                (LobbyBind){db_int(rows, 2), db_int(rows, 3), db_int(rows, 4) != 0};
        }
        TRY(db_next(cx, rows, &has_row));
    }
    news->binds = binds;
    return STATUS_OK;
}

static const char SQL_PLACE_INSERT[] =
    "INSERT INTO lobby_place (server_id, person_id, number, is_used, made_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

Status lobby_store_place_insert(Cx *cx, DbConn *conn, int64_t server, const LobbyBind *bind,
                                int64_t now_ms) {
    return db_exec(cx, conn, SQL_PLACE_INSERT,
                   DB_ARGS(DB_INT(server), DB_INT(bind->person), DB_INT(bind->number),
                           DB_INT(bind->is_used), DB_INT(now_ms)),
                   NULL);
}

static const char SQL_FORGET_PLACES[] = "DELETE FROM lobby_place WHERE made_ms < $1";
static const char SQL_FORGET_CALLS[] = "DELETE FROM lobby_call WHERE made_ms < $1";

Status lobby_store_forget(Cx *cx, DbConn *conn, int64_t before_ms) {
    TRY(db_exec(cx, conn, SQL_FORGET_PLACES, DB_ARGS(DB_INT(before_ms)), NULL));
    return db_exec(cx, conn, SQL_FORGET_CALLS, DB_ARGS(DB_INT(before_ms)), NULL);
}
