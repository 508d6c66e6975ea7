/* journal.c - the journal's entries and the chain of hashes through them. */
#include "db/db_internal.h"

#include <string.h>

static const char SQL_CHAIN_HEAD[] = "SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1";
static const char SQL_ENTRY_INSERT[] =
    "INSERT INTO journal (id, at_ms, user_id, role, origin, helper_id, verb, subject, subject_id, "
    "before_json, after_json, attached, hash) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
static const char SQL_ENTRY_AFTER[] =
    "SELECT id, at_ms, user_id, role, origin, helper_id, verb, subject, subject_id, before_json, "
    "after_json, attached, hash FROM journal WHERE id > $1 ORDER BY id LIMIT 10000";

/* An entry as it is hashed and stored. */
typedef struct Row {
    int64_t id;
    int64_t at_ms;
    int64_t user_id;
    Str role;
    Str origin;
    int64_t helper_id;
    Str verb;
    Str subject;
    int64_t subject_id;
    Str before;
    Str after;
    Str attached;
} Row;

/* ---- hashing ---- */

enum { INT_TEXT_BYTES = 24 };

/* Writes a number in decimal at the end of room and returns the view; printf would cost more than
 * the hash. */
static Str int_text(int64_t number, char room[INT_TEXT_BYTES]) {
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    size_t at = INT_TEXT_BYTES;
    do {
        room[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        room[--at] = '-';
    }
    return (Str){room + at, INT_TEXT_BYTES - at};
}

static void put_text(Buf *buf, Str text) {
    char room[INT_TEXT_BYTES];
    buf_put(buf, int_text((int64_t)text.len, room));
    buf_put_char(buf, ':');
    buf_put(buf, text);
    buf_put_char(buf, ',');
}

static void put_int(Buf *buf, int64_t number) {
    char room[INT_TEXT_BYTES];
    put_text(buf, int_text(number, room));
}

/* Moves the chain over one row: its canonical form is in db.h. */
static Status chain_add(Cx *cx, DbConn *conn, DbChain *chain, const Row *row) {
    Buf *buf = &conn->encoded;
    buf_clear(buf);
    put_int(buf, row->id);
    put_int(buf, row->at_ms);
    put_int(buf, row->user_id);
    put_text(buf, row->role);
    put_text(buf, row->origin);
    put_int(buf, row->helper_id);
    put_text(buf, row->verb);
    put_text(buf, row->subject);
    put_int(buf, row->subject_id);
    put_text(buf, row->before);
    put_text(buf, row->after);
    put_text(buf, row->attached);
    if (buf_status(buf) != STATUS_OK) {
        return fault(cx, STATUS_LIMIT, "a journal entry is larger than %d bytes",
                     DB_ENTRY_BYTES_MAX);
    }
    seal_sm3_add(conn->sm3, (Str){(const char *)chain->hash, SEAL_SM3_BYTES});
    seal_sm3_add(conn->sm3, buf_str(buf));
    seal_sm3_finish(conn->sm3, chain->hash);
    chain->id = row->id;
    return STATUS_OK;
}

/* ---- writing ---- */

Status journal_chain_load(Cx *cx, DbConn *conn) {
    DbRows *rows = NULL;
    bool has_row = false;
    conn->chain = (DbChain){0};
    TRY(db_query(cx, conn, SQL_CHAIN_HEAD, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return STATUS_OK;
    }
    Str hash = db_text_peek(rows, 1);
    bool is_whole = hash.len == SEAL_SM3_BYTES;
    if (is_whole) {
        conn->chain.id = db_int(rows, 0);
        memcpy(conn->chain.hash, hash.at, SEAL_SM3_BYTES);
    }
    db_rows_close(rows);
    if (!is_whole) {
        return fault(cx, STATUS_DB, "the last journal entry has no whole hash");
    }
    return STATUS_OK;
}

void journal_command_start(DbConn *conn) {
    conn->entry_count = 0;
    buf_clear(&conn->attached);
}

static Status row_insert(Cx *cx, DbConn *conn, const Row *row, const DbChain *chain) {
    const Str hash = {(const char *)chain->hash, SEAL_SM3_BYTES};
    return db_exec(cx, conn, SQL_ENTRY_INSERT,
                   DB_ARGS(DB_INT(row->id), DB_INT(row->at_ms), DB_INT(row->user_id),
                           DB_TEXT(row->role), DB_TEXT(row->origin), DB_INT(row->helper_id),
                           DB_TEXT(row->verb), DB_TEXT(row->subject), DB_INT(row->subject_id),
                           DB_TEXT(row->before), DB_TEXT(row->after), DB_TEXT(row->attached),
                           DB_BLOB(hash)),
                   NULL);
}

Status db_journal(Cx *cx, DbConn *conn, const DbEntry *entry) {
    check(conn->command != NULL);
    check(entry->verb != NULL);
    const DbActor *actor = db_actor(conn);
    const Row row = {
        .id = conn->chain.id + 1,
        .at_ms = conn->command->now_ms,
        .user_id = actor->user_id,
        .role = actor->role,
        .origin = actor->origin,
        .helper_id = actor->helper_id,
        .verb = str_of(entry->verb),
        .subject = str_of(entry->subject),
        .subject_id = entry->subject_id,
        .before = entry->before,
        .after = entry->after,
        .attached = buf_str(&conn->attached),
    };
    DbChain chain = conn->chain;
    TRY(chain_add(cx, conn, &chain, &row));
    TRY(row_insert(cx, conn, &row, &chain));
    conn->chain = chain;
    conn->entry_count++;
    buf_clear(&conn->attached);
    return STATUS_OK;
}

Status db_journal_attach(Cx *cx, DbConn *conn, Str line, int64_t *journal_id) {
    check(conn->command != NULL);
    buf_put(&conn->attached, line);
    buf_put_char(&conn->attached, '\n');
    if (buf_status(&conn->attached) != STATUS_OK) {
        conn->is_broken = true;
        return fault(cx, STATUS_LIMIT, "more than %d bytes attached to one journal entry",
                     DB_ATTACHED_BYTES_MAX);
    }
    *journal_id = conn->chain.id + 1;
    return STATUS_OK;
}

Status journal_command_finish(Cx *cx, DbConn *conn) {
    if (conn->entry_count > 0 && conn->attached.len == 0) {
        return STATUS_OK;
    }
    const DbEntry entry = {.verb = conn->command->name, .subject = ""};
    return db_journal(cx, conn, &entry);
}

/* ---- verifying ---- */

static Row row_peek(const DbRows *rows) {
    return (Row){
        .id = db_int(rows, 0),
        .at_ms = db_int(rows, 1),
        .user_id = db_int(rows, 2),
        .role = db_text_peek(rows, 3),
        .origin = db_text_peek(rows, 4),
        .helper_id = db_int(rows, 5),
        .verb = db_text_peek(rows, 6),
        .subject = db_text_peek(rows, 7),
        .subject_id = db_int(rows, 8),
        .before = db_text_peek(rows, 9),
        .after = db_text_peek(rows, 10),
        .attached = db_text_peek(rows, 11),
    };
}

/* Checks one row against the chain; a wrong one is noted and the chain goes on from what is stored
 * there, so that the first place is found and nothing after it is blamed. */
static Status row_verify(Cx *cx, const DbRows *rows, DbChain *chain, DbVerify *verify) {
    const Row row = row_peek(rows);
    const Str stored = db_text_peek(rows, 12);
    bool is_next = row.id == chain->id + 1;
    TRY(chain_add(cx, rows->conn, chain, &row));
    bool is_same =
        stored.len == SEAL_SM3_BYTES && memcmp(stored.at, chain->hash, SEAL_SM3_BYTES) == 0;
    if ((!is_next || !is_same) && verify->bad_id == 0) {
        verify->bad_id = row.id;
    }
    verify->entry_count++;
    return STATUS_OK;
}

/* Checks up to 10,000 rows after the chain's last: pages keep memory small on every database. */
static Status page_verify(Cx *cx, DbConn *conn, DbChain *chain, DbVerify *verify, int64_t *count) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ENTRY_AFTER, DB_ARGS(DB_INT(chain->id)), &rows));
    *count = 0;
    for (;;) {
        bool has_row = false;
        TRY(db_next(cx, rows, &has_row));
        if (!has_row) {
            return STATUS_OK;
        }
        Status status = row_verify(cx, rows, chain, verify);
        if (status != STATUS_OK) {
            db_rows_close(rows);
            return status;
        }
        ++*count;
    }
}

static const char SQL_ENTRY_HASH[] = "SELECT hash FROM journal WHERE id = $1";

/* Starts the chain at the mark; *is_there false when the journal says otherwise. */
static Status chain_start(Cx *cx, DbConn *conn, DbMark mark, DbChain *chain, bool *is_there) {
    Str stored = STR_NONE;
    *chain = (DbChain){0};
    *is_there = true;
    if (mark.id == 0) {
        return STATUS_OK;
    }
    TRY(db_text_or(cx, conn, SQL_ENTRY_HASH, DB_ARGS(DB_INT(mark.id)), &stored));
    *is_there = mark.hash.len == SEAL_SM3_BYTES && str_equal(stored, mark.hash);
    if (*is_there) {
        chain->id = mark.id;
        memcpy(chain->hash, mark.hash.at, SEAL_SM3_BYTES);
    }
    return STATUS_OK;
}

Status db_journal_verify_since(Cx *cx, DbConn *conn, DbMark mark, DbProgress progress,
                               DbVerify *out) {
    DbChain chain;
    DbVerify verify = {0};
    bool is_there = false;
    int64_t count = 1;
    TRY(chain_start(cx, conn, mark, &chain, &is_there));
    if (!is_there) {
        verify.bad_id = mark.id;
    }
    while (is_there && count > 0) {
        TRY(page_verify(cx, conn, &chain, &verify, &count));
        if (progress.call != NULL) {
            progress.call(progress.context, verify.entry_count);
        }
    }
    verify.head_id = chain.id;
    verify.head_hash = seal_hex(cx->arena, (Str){(const char *)chain.hash, SEAL_SM3_BYTES});
    *out = verify;
    return STATUS_OK;
}

Status db_journal_verify(Cx *cx, DbConn *conn, void (*progress)(void *context, int64_t done),
                         void *context, DbVerify *out) {
    return db_journal_verify_since(cx, conn, (DbMark){0}, (DbProgress){progress, context}, out);
}
