/*
 * batch.c - what the commands of one transaction share: the ids that were given, what was read for
 * the command before, and a tally that is written once for many.
 *
 * Ids live as long as the transaction; memory and tally as long as commands of one name follow each
 * other in it.
 */
#include "db/db_internal.h"

#include <string.h>

struct DbMemo {
    DbMemo *next;
    const void *key;
    void *at;
};

void *db_memo(DbConn *conn, const void *key, size_t size) {
    check(conn->command != NULL);
    for (DbMemo *memo = conn->memos; memo != NULL; memo = memo->next) {
        if (memo->key == key) {
            return memo->at;
        }
    }
    DbMemo *memo = arena_new(conn->memo_arena, DbMemo);
    *memo = (DbMemo){.next = conn->memos, .key = key, .at = arena_alloc(conn->memo_arena, size)};
    memset(memo->at, 0, size);
    conn->memos = memo;
    return memo->at;
}

void db_memo_forget(DbConn *conn) {
    check(conn->command != NULL);
    conn->memos = NULL;
    conn->is_memo_forgotten = true;
}

Status db_new_id(Cx *cx, DbConn *conn, const char *sql_last, int64_t *id) {
    check(conn->command != NULL);
    DbIds *ids = &conn->ids;
    size_t at = 0;
    while (at < ids->count && ids->tables[at].sql_last != sql_last) {
        at++;
    }
    if (at == ids->count) {
        int64_t last = 0;
        if (ids->count == DB_ID_TABLES_MAX) {
            return fault(cx, STATUS_LIMIT,
                         "database: one transaction numbers the rows of %d tables",
                         DB_ID_TABLES_MAX);
        }
        TRY(db_int_or(cx, conn, sql_last, DB_NO_ARGS, &last));
        ids->tables[ids->count].sql_last = sql_last;
        ids->tables[ids->count++].last = last;
    }
    *id = ++ids->tables[at].last;
    return STATUS_OK;
}

void *db_tally(DbConn *conn, const DbTally *tally) {
    check(conn->command != NULL);
    DbTallyState *state = &conn->tally;
    if (state->tally == NULL) {
        state->tally = tally;
        state->at = arena_alloc(conn->memo_arena, tally->size);
        state->before = arena_alloc(conn->memo_arena, tally->size);
        memset(state->at, 0, tally->size);
        memset(state->before, 0, tally->size);
    }
    check(state->tally == tally);
    return state->at;
}

bool db_has_tally(const DbConn *conn, const DbTally *tally) {
    return conn->tally.tally == tally;
}

/* ---- for the writer ---- */

Status batch_shared_end(Cx *cx, DbConn *conn) {
    const DbTallyState state = conn->tally;
    /* The command before may have ended broken; the transaction is whole. */
    conn->is_broken = false;
    if (state.tally != NULL) {
        TRY(state.tally->flush(cx, conn, state.at));
    }
    batch_shared_drop(conn);
    return STATUS_OK;
}

void batch_shared_drop(DbConn *conn) {
    arena_reset(conn->memo_arena);
    conn->memos = NULL;
    conn->tally = (DbTallyState){0};
    conn->memo_name = NULL;
}

Status batch_shared_start(Cx *cx, DbConn *conn, const char *name) {
    if (conn->memo_name == NULL || strcmp(conn->memo_name, name) != 0) {
        TRY(batch_shared_end(cx, conn));
        conn->memo_name = name;
    }
    conn->is_memo_forgotten = false;
    const DbTallyState *state = &conn->tally;
    if (state->tally != NULL) {
        memcpy(state->before, state->at, state->tally->size);
    }
    return STATUS_OK;
}

void batch_shared_undo(DbConn *conn) {
    const DbTallyState *state = &conn->tally;
    if (state->tally != NULL) {
        memcpy(state->at, state->before, state->tally->size);
    }
    if (conn->is_memo_forgotten) {
        conn->memos = NULL; /* what was kept since holds a change that is undone */
    }
}
