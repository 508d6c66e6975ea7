#include "web/session_store.h"

static const char SQL_PERSON_BY_LOGIN[] =
    "SELECT id, password_hash, failed_count, locked_until_ms, code_until_ms, disabled_ms"
    " FROM person WHERE login = $1";

Status session_person_find(Cx *cx, DbConn *conn, Str login, SessionPerson *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_PERSON_BY_LOGIN, DB_ARGS(DB_TEXT(login)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return STATUS_NOT_FOUND;
    }
    *out = (SessionPerson){
        .id = db_int(rows, 0),
        .password_hash = db_text(cx->arena, rows, 1),
        .failed_count = db_int(rows, 2),
        .locked_until_ms = db_int(rows, 3),
        .code_until_ms = db_int(rows, 4),
        .is_disabled = !db_is_null(rows, 5),
    };
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_FAILURE_ADD[] =
    "UPDATE person SET failed_count = failed_count + 1 WHERE id = $1 AND locked_until_ms <= $2";
static const char SQL_FAILED_COUNT[] = "SELECT failed_count FROM person WHERE id = $1";

Status session_failure_add(Cx *cx, DbConn *conn, int64_t person_id, int64_t now_ms,
                           int64_t *count) {
    int64_t changed = 0;
    *count = 0;
    TRY(db_exec(cx, conn, SQL_FAILURE_ADD, DB_ARGS(DB_INT(person_id), DB_INT(now_ms)), &changed));
    return changed == 0 ? STATUS_OK
                        : db_int_or(cx, conn, SQL_FAILED_COUNT, DB_ARGS(DB_INT(person_id)), count);
}

static const char SQL_LOCK[] = "UPDATE person SET locked_until_ms = $1 WHERE id = $2";

Status session_lock(Cx *cx, DbConn *conn, int64_t person_id, int64_t locked_until_ms) {
    return db_exec(cx, conn, SQL_LOCK, DB_ARGS(DB_INT(locked_until_ms), DB_INT(person_id)), NULL);
}

static DbValue text_or_null(Str text) {
    return text.len == 0 ? DB_NULL : DB_TEXT(text);
}

static const char SQL_ADDRESS_ADD[] =
    "INSERT INTO sign_in_failure (address_hash, window_ms, count) VALUES ($1, $2, 1)"
    " ON CONFLICT (address_hash, window_ms) DO UPDATE SET count = sign_in_failure.count + 1";
static const char SQL_ADDRESS_FORGET[] = "DELETE FROM sign_in_failure WHERE window_ms < $1";

Status session_address_add(Cx *cx, DbConn *conn, Str address_hash, int64_t window_ms,
                           int64_t forget_before_ms) {
    TRY(db_exec(cx, conn, SQL_ADDRESS_FORGET, DB_ARGS(DB_INT(forget_before_ms)), NULL));
    return db_exec(cx, conn, SQL_ADDRESS_ADD, DB_ARGS(DB_TEXT(address_hash), DB_INT(window_ms)),
                   NULL);
}

static const char SQL_ADDRESS_COUNT[] =
    "SELECT count FROM sign_in_failure WHERE address_hash = $1 AND window_ms = $2";

Status session_address_count(Cx *cx, DbConn *conn, Str address_hash, int64_t window_ms,
                             int64_t *count) {
    *count = 0;
    return db_int_or(cx, conn, SQL_ADDRESS_COUNT, DB_ARGS(DB_TEXT(address_hash), DB_INT(window_ms)),
                     count);
}

static const char SQL_SESSION_INSERT[] =
    "INSERT INTO session (token_hash, person_id, csrf, created_ms, expires_ms, agent, place)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char SQL_SESSION_EXPIRED_DELETE[] = "DELETE FROM session WHERE expires_ms <= $1";
/* A code is gone with its first use, so of two who know it only one comes in, and the other's
 * failure is seen. */
static const char SQL_SIGNED_IN[] =
    "UPDATE person SET failed_count = 0, locked_until_ms = 0, last_sign_in_ms = $2,"
    " password_hash = CASE WHEN code_until_ms IS NULL THEN password_hash ELSE NULL END,"
    " code_until_ms = NULL"
    " WHERE id = $1 AND locked_until_ms <= $2 AND disabled_ms IS NULL"
    " AND ($3 = '' OR password_hash = $3)";

Status session_insert(Cx *cx, DbConn *conn, const SessionNew *session) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_SIGNED_IN,
                DB_ARGS(DB_INT(session->person_id), DB_INT(session->created_ms),
                        DB_TEXT(session->password_hash)),
                &changed));
    if (changed == 0) {
        return STATUS_DENIED;
    }
    TRY(db_exec(cx, conn, SQL_SESSION_EXPIRED_DELETE, DB_ARGS(DB_INT(session->created_ms)), NULL));
    return db_exec(cx, conn, SQL_SESSION_INSERT,
                   DB_ARGS(DB_TEXT(session->token_hash), DB_INT(session->person_id),
                           DB_TEXT(session->csrf), DB_INT(session->created_ms),
                           DB_INT(session->expires_ms), text_or_null(session->agent),
                           text_or_null(session->place)),
                   NULL);
}

static const char SQL_SESSION_ROWS[] =
    "SELECT token_hash, created_ms, expires_ms, agent, place FROM session"
    " WHERE person_id = $1 AND expires_ms > $2 ORDER BY created_ms DESC, token_hash LIMIT 200";

Status session_rows(Cx *cx, DbConn *conn, int64_t person_id, int64_t now_ms, DbRows **out) {
    return db_query(cx, conn, SQL_SESSION_ROWS, DB_ARGS(DB_INT(person_id), DB_INT(now_ms)), out);
}

static const char SQL_SESSIONS_OTHER[] =
    "DELETE FROM session WHERE person_id = $1 AND token_hash <> $2";

Status session_delete_others(Cx *cx, DbConn *conn, int64_t person_id, Str keep_hash) {
    return db_exec(cx, conn, SQL_SESSIONS_OTHER, DB_ARGS(DB_INT(person_id), DB_TEXT(keep_hash)),
                   NULL);
}

static const char SQL_SESSION_DELETE[] = "DELETE FROM session WHERE token_hash = $1";

Status session_delete(Cx *cx, DbConn *conn, Str token_hash) {
    return db_exec(cx, conn, SQL_SESSION_DELETE, DB_ARGS(DB_TEXT(token_hash)), NULL);
}

static const char SQL_SESSION_USER[] =
    "SELECT person.id, person.role, person.name_masked, person.unit_id, person.org_id,"
    " person.town_code, session.csrf, person.is_demo, person.must_change"
    " FROM session JOIN person ON person.id = session.person_id"
    " WHERE session.token_hash = $1 AND session.expires_ms > $2 AND person.disabled_ms IS NULL";

Status session_user_find(Cx *cx, DbConn *conn, Str token_hash, int64_t now_ms, WebUser *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_SESSION_USER, DB_ARGS(DB_TEXT(token_hash), DB_INT(now_ms)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return STATUS_NOT_FOUND;
    }
    WebUser user = {
        .id = db_int(rows, 0),
        .name = db_text(cx->arena, rows, 2),
        .unit_id = db_int(rows, 3),
        .org_id = db_int(rows, 4),
        .town_code = db_text(cx->arena, rows, 5),
        .csrf = db_text(cx->arena, rows, 6),
        .is_demo = db_int(rows, 7) != 0,
        .must_change = db_int(rows, 8) != 0,
    };
    Status status = role_of_code(db_text_peek(rows, 1), &user.role);
    db_rows_close(rows);
    if (status != STATUS_OK) {
        return fault(cx, STATUS_DB, "person %lld has an unknown role", (long long)user.id);
    }
    *out = user;
    return STATUS_OK;
}
