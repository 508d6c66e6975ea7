/* people_store.h - the SQL of persons, organisations and units. Private to office/people. */
#ifndef HUANXIN_OFFICE_PEOPLE_STORE_H
#define HUANXIN_OFFICE_PEOPLE_STORE_H

#include "office/people/people.h"

MUST_CHECK Status people_store_person_insert(Cx *cx, DbConn *conn, const PersonNew *person,
                                             int64_t *id);
MUST_CHECK Status people_store_org_insert(Cx *cx, DbConn *conn, const OrgNew *org, int64_t *id);
MUST_CHECK Status people_store_unit_insert(Cx *cx, DbConn *conn, Str name, int64_t *id);
MUST_CHECK Status people_store_unit_find(Cx *cx, DbConn *conn, Str name, int64_t *id);
/* The role of a login as a code, or nothing. */
MUST_CHECK Status people_store_role(Cx *cx, DbConn *conn, Str login, Str *out);
MUST_CHECK Status people_store_units(Cx *cx, DbConn *conn, DbRows **out);
MUST_CHECK Status people_store_orgs(Cx *cx, DbConn *conn, DbRows **out);
typedef struct OrgList {
    Org *items;
    size_t count;
    bool has_more;
} OrgList;
/* Organisations that are not active first, then by id. */
MUST_CHECK Status people_store_org_list(Cx *cx, DbConn *conn, int64_t page, int64_t row_max,
                                        OrgList *out);
/* CONFLICT when it is not in the state it is said to be in. */
MUST_CHECK Status people_store_org_state(Cx *cx, DbConn *conn, const OrgStateChange *change);
MUST_CHECK Status people_store_password(Cx *cx, DbConn *conn, int64_t id, Str hash);

#endif
