/* account_store.h - the SQL of accounts under an administrator. Private to office/people. */
#ifndef HUANXIN_OFFICE_PEOPLE_ACCOUNT_STORE_H
#define HUANXIN_OFFICE_PEOPLE_ACCOUNT_STORE_H

#include "office/people/account.h"

/* Reads one account; *found false when there is none. */
MUST_CHECK Status account_store_find(Cx *cx, DbConn *conn, int64_t id, Account *out, bool *found);
MUST_CHECK Status account_store_list(Cx *cx, DbConn *conn, const AccountFilter *filter,
                                     AccountList *out);
/* The changes below count one revision up and answer CONFLICT when the account has another than the
 * one given. */
typedef struct AccountAt {
    int64_t id;
    int64_t revision;
} AccountAt;
MUST_CHECK Status account_store_code(Cx *cx, DbConn *conn, AccountAt at, const AccountCode *code);
MUST_CHECK Status account_store_place(Cx *cx, DbConn *conn, AccountAt at, const PersonNew *person);
MUST_CHECK Status account_store_disable(Cx *cx, DbConn *conn, const AccountDisable *disable);
MUST_CHECK Status account_store_enable(Cx *cx, DbConn *conn, AccountAt at);
MUST_CHECK Status account_store_login_exists(Cx *cx, DbConn *conn, Str login, bool *out);
/* The name of a unit, or nothing. */
MUST_CHECK Status account_store_unit_name(Cx *cx, DbConn *conn, int64_t id, Str *out);

MUST_CHECK Status account_store_change_insert(Cx *cx, DbConn *conn, const AccountAsk *ask,
                                              const Account *now, int64_t *id);
MUST_CHECK Status account_store_change_find(Cx *cx, DbConn *conn, int64_t id, AccountChange *out,
                                            bool *found);
MUST_CHECK Status account_store_change_list(Cx *cx, DbConn *conn, int64_t skip, int64_t limit,
                                            AccountChangeList *out);
/* True when a proposal about the person, or for the login, waits. */
MUST_CHECK Status account_store_change_waits(Cx *cx, DbConn *conn, int64_t person_id, Str login,
                                             bool *out);
/* Notes a decision; CONFLICT when it was decided already. */
MUST_CHECK Status account_store_change_decide(Cx *cx, DbConn *conn, const AccountDecision *decision,
                                              int64_t result_id);

#endif
