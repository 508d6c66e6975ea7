/* session_store.h - the SQL of sessions and of the person behind a login. Private to src/web. */
#ifndef HUANXIN_WEB_SESSION_STORE_H
#define HUANXIN_WEB_SESSION_STORE_H

#include "web/web.h"

typedef struct SessionPerson {
    int64_t id;
    Str password_hash; /* empty: this person cannot sign in by password */
    int64_t failed_count;
    int64_t locked_until_ms;
} SessionPerson;

/* Finds a person by login. NOT_FOUND without a fault text. */
MUST_CHECK Status session_person_find(Cx *cx, DbConn *conn, Str login, SessionPerson *out);
/* Counts a wrong password; locked_until_ms 0 leaves the account open. */
MUST_CHECK Status session_failure_store(Cx *cx, DbConn *conn, int64_t person_id,
                                        int64_t failed_count, int64_t locked_until_ms);

typedef struct SessionNew {
    Str token_hash;
    int64_t person_id;
    Str csrf;
    int64_t created_ms;
    int64_t expires_ms;
} SessionNew;
/* Inserts a session, clears the count of wrong passwords and drops expired sessions of the person.
 */
MUST_CHECK Status session_insert(Cx *cx, DbConn *conn, const SessionNew *session);
MUST_CHECK Status session_delete(Cx *cx, DbConn *conn, Str token_hash);
/* Reads the person of an open session. NOT_FOUND without a fault text. */
MUST_CHECK Status session_user_find(Cx *cx, DbConn *conn, Str token_hash, int64_t now_ms,
                                    WebUser *out);

#endif
