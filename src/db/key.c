/*
 * key.c - idempotency keys: what makes a command happen once. A key is looked up before the work
 * and stored after it, with the answer: one row in and none changed. Nobody else can take it
 * between, because a batch holds the database's write lock.
 *
 * Where a question to the database is a journey (PostgreSQL), the keys of a whole batch are asked
 * for together.
 */
#include "db/db_internal.h"

static const char SQL_KEY_FIND[] =
    "SELECT user_id, answer, content FROM idempotency WHERE command = $1 AND key = $2";
static const char SQL_KEYS_FIND[] =
    "SELECT user_id, answer, content, command, key FROM idempotency WHERE (command, key) IN "
    "(($1, $2), ($3, $4), ($5, $6), ($7, $8), ($9, $10), ($11, $12), ($13, $14), ($15, $16))";
static const char SQL_KEY_INSERT[] =
    "INSERT INTO idempotency (command, key, user_id, at_ms, answer, content) "
    "VALUES ($1, $2, $3, $4, $5, $6)";

enum { KEYS_AT_ONCE = 8 };

static DbKeyFound found_row(Arena *arena, const DbRows *rows) {
    return (DbKeyFound){.is_known = true,
                        .is_taken = true,
                        .user_id = db_int(rows, 0),
                        .answer = db_text(arena, rows, 1),
                        .content = db_text(arena, rows, 2)};
}

static bool is_same_key(const DbKeyAsk *ask, Str command, Str key) {
    return str_equal(str_of(ask->command->name), command) && str_equal(ask->command->key, key);
}

static Status keys_find(Cx *cx, DbConn *conn, DbKeyAsk *asks, size_t count) {
    DbValue args[2 * KEYS_AT_ONCE];
    DbRows *rows = NULL;
    bool has_row = false;
    for (size_t i = 0; i < KEYS_AT_ONCE; i++) {
        /* Unused places ask for the last key once more. */
        const DbCommand *command = asks[i < count ? i : count - 1].command;
        args[2 * i] = DB_TEXT(str_of(command->name));
        args[2 * i + 1] = DB_TEXT(command->key);
    }
    TRY(db_query(cx, conn, SQL_KEYS_FIND, args, 2 * KEYS_AT_ONCE, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        for (size_t i = 0; i < count; i++) {
            if (is_same_key(&asks[i], db_text_peek(rows, 3), db_text_peek(rows, 4))) {
                asks[i].found = found_row(cx->arena, rows);
            }
        }
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

Status key_batch_find(Cx *cx, DbConn *conn, DbKeyAsk *asks, size_t count) {
    const bool is_together = conn->driver->is_far && count > 1;
    for (size_t i = 0; i < count; i++) {
        asks[i].found = (DbKeyFound){.is_known = is_together};
    }
    for (size_t i = 0; is_together && i < count; i += KEYS_AT_ONCE) {
        const size_t rest = count - i;
        TRY(keys_find(cx, conn, &asks[i], rest < KEYS_AT_ONCE ? rest : KEYS_AT_ONCE));
    }
    return STATUS_OK;
}

static Status key_find(Cx *cx, DbConn *conn, DbKeyAsk *ask) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_KEY_FIND,
                 DB_ARGS(DB_TEXT(str_of(ask->command->name)), DB_TEXT(ask->command->key)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        ask->found = found_row(cx->arena, rows);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

Status key_check(Cx *cx, DbConn *conn, DbKeyAsk *ask, bool *is_repeat) {
    const DbCommand *command = ask->command;
    *is_repeat = false;
    if (str_is_empty(command->key)) {
        return STATUS_OK;
    }
    if (!ask->found.is_known) {
        TRY(key_find(cx, conn, ask));
    }
    if (!ask->found.is_taken) {
        return STATUS_OK;
    }
    if (ask->found.user_id != command->actor.user_id) {
        return fault(cx, STATUS_CONFLICT, "该操作编号已被他人使用");
    }
    if (!str_equal(ask->found.content, command->content)) {
        Status status = fault_at_field(cx, STATUS_CONFLICT, "request_key",
                                       "这个页面已经提交过另一份内容，本次没有办理");
        fault_hint(cx, "请刷新页面后重新填写");
        return status;
    }
    db_answer(conn, ask->found.answer);
    *is_repeat = true;
    return STATUS_OK;
}

Status key_store(Cx *cx, DbConn *conn, const DbCommand *command) {
    if (str_is_empty(command->key)) {
        return STATUS_OK;
    }
    const Str answer = {conn->answer, conn->answer_bytes};
    return db_exec(cx, conn, SQL_KEY_INSERT,
                   DB_ARGS(DB_TEXT(str_of(command->name)), DB_TEXT(command->key),
                           DB_INT(command->actor.user_id), DB_INT(command->now_ms), DB_TEXT(answer),
                           DB_TEXT(command->content)),
                   NULL);
}

void key_taken(const DbKeyAsk *done, Str answer, DbKeyAsk *later, size_t count) {
    const DbCommand *command = done->command;
    for (size_t i = 0; i < count && command->key.len > 0; i++) {
        if (later[i].found.is_known &&
            is_same_key(&later[i], str_of(command->name), command->key)) {
            later[i].found = (DbKeyFound){.is_known = true,
                                          .is_taken = true,
                                          .user_id = command->actor.user_id,
                                          .answer = answer,
                                          .content = command->content};
        }
    }
}
