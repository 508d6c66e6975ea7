/* session_store.h - the SQL of sessions and of the person behind a login. Private to src/web. */
#ifndef HUANXIN_WEB_SESSION_STORE_H
#define HUANXIN_WEB_SESSION_STORE_H

#include "web/web.h"

typedef struct SessionPerson {
    int64_t id;
    Str password_hash; /* empty: this person cannot sign in by password */
    int64_t failed_count;
    int64_t locked_until_ms;
    int64_t code_until_ms; /* 0: the password is one; else a one-time code until then */
    bool is_disabled;
} SessionPerson;

/* Finds a person by login. NOT_FOUND without a fault text. */
MUST_CHECK Status session_person_find(Cx *cx, DbConn *conn, Str login, SessionPerson *out);
/* Counts one more wrong password inside a write command; *count gets how many in a row, or 0 when
 * the account is locked already: guesses that were under way do not lengthen the lock. */
MUST_CHECK Status session_failure_add(Cx *cx, DbConn *conn, int64_t person_id, int64_t now_ms,
                                      int64_t *count);
MUST_CHECK Status session_lock(Cx *cx, DbConn *conn, int64_t person_id, int64_t locked_until_ms);

/* Wrong passwords from one address in one window of time, whatever the account. Adding forgets the
 * windows before forget_before_ms. */
MUST_CHECK Status session_address_add(Cx *cx, DbConn *conn, Str address_hash, int64_t window_ms,
                                      int64_t forget_before_ms);
MUST_CHECK Status session_address_count(Cx *cx, DbConn *conn, Str address_hash, int64_t window_ms,
                                        int64_t *count);

typedef struct SessionNew {
    Str token_hash;
    int64_t person_id;
    Str csrf;
    int64_t created_ms;
    int64_t expires_ms;
    Str password_hash; /* that was right; empty: opened without a password */
    Str agent;         /* may be empty, as place */
    Str place;
} SessionNew;
/* Inserts a session, clears the count of wrong passwords, uses up a one-time code and drops
 * everybody's expired sessions. DENIED without a fault text when the account was locked or disabled
 * or its password changed meanwhile. */
MUST_CHECK Status session_insert(Cx *cx, DbConn *conn, const SessionNew *session);
/* Reads the sessions of a person, newest first: token_hash, created_ms, expires_ms, agent, place.
 */
MUST_CHECK Status session_rows(Cx *cx, DbConn *conn, int64_t person_id, int64_t now_ms,
                               DbRows **out);
/* Ends all sessions of a person but the one of keep_hash (empty: all). */
MUST_CHECK Status session_delete_others(Cx *cx, DbConn *conn, int64_t person_id, Str keep_hash);
MUST_CHECK Status session_delete(Cx *cx, DbConn *conn, Str token_hash);
/* Reads the person of an open session. NOT_FOUND without a fault text. */
MUST_CHECK Status session_user_find(Cx *cx, DbConn *conn, Str token_hash, int64_t now_ms,
                                    WebUser *out);

#endif
