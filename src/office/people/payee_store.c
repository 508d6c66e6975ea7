/*
 * payee_store.c - who is paid: the name in clear, for a pay file. Reading it is the caller's to
 * journal.
 */
#include "office/people/people.h"

static const char SQL_PAYEE[] = "SELECT name_sealed FROM person WHERE id = $1";

Status people_payee_name(Cx *cx, DbConn *conn, const City *city, int64_t person_id, Str *out) {
    Str sealed = STR_NONE;
    TRY(db_text_or(cx, conn, SQL_PAYEE, DB_ARGS(DB_INT(person_id)), &sealed));
    return people_open(cx, city, PEOPLE_NAME, sealed, out);
}
