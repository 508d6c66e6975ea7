#include "web/session_store.h"

static const char SQL_PERSON_BY_LOGIN[] =
    "SELECT id, password_hash, failed_count, locked_until_ms FROM person WHERE login = $1";

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
    };
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_FAILURE_STORE[] =
    "UPDATE person SET failed_count = $1, locked_until_ms = $2 WHERE id = $3";

Status session_failure_store(Cx *cx, DbConn *conn, int64_t person_id, int64_t failed_count,
                             int64_t locked_until_ms) {
    return db_exec(cx, conn, SQL_FAILURE_STORE,
                   DB_ARGS(DB_INT(failed_count), DB_INT(locked_until_ms), DB_INT(person_id)), NULL);
}

static const char SQL_SESSION_INSERT[] =
    "INSERT INTO session (token_hash, person_id, csrf, created_ms, expires_ms)"
    " VALUES ($1, $2, $3, $4, $5)";
static const char SQL_SESSION_EXPIRED_DELETE[] =
    "DELETE FROM session WHERE person_id = $1 AND expires_ms <= $2";

Status session_insert(Cx *cx, DbConn *conn, const SessionNew *session) {
    TRY(db_exec(cx, conn, SQL_SESSION_EXPIRED_DELETE,
                DB_ARGS(DB_INT(session->person_id), DB_INT(session->created_ms)), NULL));
    TRY(session_failure_store(cx, conn, session->person_id, 0, 0));
    return db_exec(cx, conn, SQL_SESSION_INSERT,
                   DB_ARGS(DB_TEXT(session->token_hash), DB_INT(session->person_id),
                           DB_TEXT(session->csrf), DB_INT(session->created_ms),
                           DB_INT(session->expires_ms)),
                   NULL);
}

static const char SQL_SESSION_DELETE[] = "DELETE FROM session WHERE token_hash = $1";

Status session_delete(Cx *cx, DbConn *conn, Str token_hash) {
    return db_exec(cx, conn, SQL_SESSION_DELETE, DB_ARGS(DB_TEXT(token_hash)), NULL);
}

static const char SQL_SESSION_USER[] =
    "SELECT person.id, person.role, person.name_masked, person.unit_id, person.org_id,"
    " person.town_code, session.csrf, person.is_demo"
    " FROM session JOIN person ON person.id = session.person_id"
    " WHERE session.token_hash = $1 AND session.expires_ms > $2";

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
    };
    Status status = role_of_code(db_text_peek(rows, 1), &user.role);
    db_rows_close(rows);
    if (status != STATUS_OK) {
        return fault(cx, STATUS_DB, "person %lld has an unknown role", (long long)user.id);
    }
    *out = user;
    return STATUS_OK;
}
