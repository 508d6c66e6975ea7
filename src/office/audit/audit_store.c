#include "office/audit/audit_store.h"

#define JOURNAL_SELECT                                                                             \
    "SELECT journal.id, at_ms, user_id, person.login, journal.role, origin, verb, subject,"        \
    " subject_id, before_json, after_json, hash FROM journal"                                      \
    " LEFT JOIN person ON person.id = journal.user_id"

static const char SQL_JOURNAL[] =
    JOURNAL_SELECT " WHERE journal.id < $1 AND substr(verb, 1, length($2)) = $2"
                   " ORDER BY journal.id DESC LIMIT $3";
static const char SQL_JOURNAL_OF_SUBJECT[] =
    JOURNAL_SELECT " WHERE subject = $4 AND subject_id = $5 AND journal.id < $1"
                   " AND substr(verb, 1, length($2)) = $2 ORDER BY journal.id DESC LIMIT $3";
static const char SQL_ENTRY_COUNT[] = "SELECT COUNT(*) FROM journal";
static const char SQL_ENTRY[] = JOURNAL_SELECT " WHERE journal.id = $1";

static Str hex_of(Arena *arena, Str bytes) {
    static const char digits[] = "0123456789abcdef";
    char *hex = arena_alloc(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        hex[i * 2] = digits[(unsigned char)bytes.at[i] >> 4];
        hex[i * 2 + 1] = digits[(unsigned char)bytes.at[i] & 15];
    }
    return (Str){hex, bytes.len * 2};
}

static JournalRow entry_of_row(Arena *arena, const DbRows *rows) {
    return (JournalRow){.id = db_int(rows, 0),
                        .at_ms = db_int(rows, 1),
                        .user_id = db_int(rows, 2),
                        .login = db_text(arena, rows, 3),
                        .role = db_text(arena, rows, 4),
                        .origin = db_text(arena, rows, 5),
                        .verb = db_text(arena, rows, 6),
                        .subject = db_text(arena, rows, 7),
                        .subject_id = db_int(rows, 8),
                        .before = db_text(arena, rows, 9),
                        .after = db_text(arena, rows, 10),
                        .hash = hex_of(arena, db_text_peek(rows, 11))};
}

static Status journal_query(Cx *cx, DbConn *conn, const JournalFilter *filter, DbRows **rows) {
    int64_t before = filter->before_id == 0 ? INT64_MAX : filter->before_id;
    if (filter->subject.len > 0) {
        return db_query(cx, conn, SQL_JOURNAL_OF_SUBJECT,
                        DB_ARGS(DB_INT(before), DB_TEXT(filter->verb), DB_INT(filter->row_max + 1),
                                DB_TEXT(filter->subject), DB_INT(filter->subject_id)),
                        rows);
    }
    return db_query(cx, conn, SQL_JOURNAL,
                    DB_ARGS(DB_INT(before), DB_TEXT(filter->verb), DB_INT(filter->row_max + 1)),
                    rows);
}

static void journal_row(Arena *arena, const DbRows *rows, void *item) {
    *(JournalRow *)item = entry_of_row(arena, rows);
}

Status audit_store_journal(Cx *cx, DbConn *conn, const JournalFilter *filter, JournalList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(journal_query(cx, conn, filter, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(JournalRow, journal_row), &got));
    out->has_more = (int64_t)got.count > filter->row_max;
    out->items = got.items;
    out->count = out->has_more ? (size_t)filter->row_max : got.count;
    return STATUS_OK;
}

Status audit_store_entry_count(Cx *cx, DbConn *conn, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_ENTRY_COUNT, DB_NO_ARGS, out);
}

Status audit_store_entry(Cx *cx, DbConn *conn, int64_t id, JournalRow *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_ENTRY, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这条日志");
    }
    *out = entry_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

/* ---- checkpoints ---- */

static const char SQL_CHECKPOINT_INSERT[] =
    "INSERT INTO journal_checkpoint (entry_id, hash, is_whole, at_ms, person_id, signature)"
    " VALUES ($1, $2, $3, $4, $5, $6)";

Status audit_store_checkpoint_insert(Cx *cx, DbConn *conn, const Checkpoint *checkpoint) {
    const Checkpoint *c = checkpoint;
    return db_exec(cx, conn, SQL_CHECKPOINT_INSERT,
                   DB_ARGS(DB_INT(c->entry_id), DB_BLOB(c->hash), DB_INT(c->is_whole ? 1 : 0),
                           DB_INT(c->at_ms), c->person_id == 0 ? DB_NULL : DB_INT(c->person_id),
                           DB_BLOB(c->signature)),
                   NULL);
}

static const char SQL_CHECKPOINT_LATEST[] =
    "SELECT id, entry_id, hash, is_whole, at_ms, person_id, signature FROM journal_checkpoint"
    " ORDER BY id DESC LIMIT 1";

Status audit_store_checkpoint_latest(Cx *cx, DbConn *conn, Checkpoint *out, bool *found) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_CHECKPOINT_LATEST, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, found));
    if (*found) {
        *out = (Checkpoint){.id = db_int(rows, 0),
                            .entry_id = db_int(rows, 1),
                            .hash = db_text(cx->arena, rows, 2),
                            .is_whole = db_int(rows, 3) != 0,
                            .at_ms = db_int(rows, 4),
                            .person_id = db_int(rows, 5),
                            .signature = db_text(cx->arena, rows, 6)};
        db_rows_close(rows);
    }
    return STATUS_OK;
}
