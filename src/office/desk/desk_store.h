/* desk_store.h - the tables of office/desk: drafts and personal views of lists. */
#ifndef HUANXIN_OFFICE_DESK_DESK_STORE_H
#define HUANXIN_OFFICE_DESK_DESK_STORE_H

#include "db/db.h"

/* The name of a unit or an organisation; empty when there is none. */
MUST_CHECK Status desk_store_unit_name(Cx *cx, DbConn *conn, int64_t id, Str *out);
MUST_CHECK Status desk_store_org_name(Cx *cx, DbConn *conn, int64_t id, Str *out);
/* The unified social credit code of an organisation; empty when there is none. */
MUST_CHECK Status desk_store_org_code(Cx *cx, DbConn *conn, int64_t id, Str *out);

typedef struct DeskDraft {
    int64_t id; /* 0: not stored yet */
    int64_t person_id;
    Str kind;
    int64_t record_id; /* 0: of a new record */
    Str title;
    Str body; /* sealed */
    int64_t changed_ms;
} DeskDraft;
typedef struct DeskDrafts {
    DeskDraft *items;
    size_t count;
} DeskDrafts;
/* Stores a new draft (id 0) or the same again. NOT_FOUND when it is not this person's. */
MUST_CHECK Status desk_store_draft_put(Cx *cx, DbConn *conn, const DeskDraft *draft, int64_t *id);
/* NOT_FOUND with a Chinese fault when the person has no such draft of the kind. */
MUST_CHECK Status desk_store_draft_find(Cx *cx, DbConn *conn, const DeskDraft *key, DeskDraft *out);
/* Those of a person in a kind (empty: in all), the newest first, without their bodies. */
MUST_CHECK Status desk_store_draft_list(Cx *cx, DbConn *conn, int64_t person_id, Str kind,
                                        DeskDrafts *out);
MUST_CHECK Status desk_store_draft_drop(Cx *cx, DbConn *conn, int64_t person_id, int64_t id,
                                        int64_t *count);

typedef struct DeskView {
    int64_t id;
    Str title;
    Str query; /* "state=filed&sort=due" */
} DeskView;
typedef struct DeskViews {
    DeskView *items;
    size_t count;
} DeskViews;
MUST_CHECK Status desk_store_view_list(Cx *cx, DbConn *conn, int64_t person_id, Str kind,
                                       DeskViews *out);
typedef struct DeskViewNew {
    int64_t person_id;
    Str kind;
    Str title;
    Str query;
    int64_t now_ms;
} DeskViewNew;
/* A view of that title is replaced. */
MUST_CHECK Status desk_store_view_put(Cx *cx, DbConn *conn, const DeskViewNew *view);
MUST_CHECK Status desk_store_view_drop(Cx *cx, DbConn *conn, int64_t person_id, int64_t id,
                                       int64_t *count);

/* Who did something: name (masked where it must be), unit or firm. Empty for the system. */
typedef struct DeskPerson {
    Str name;
    Str unit;
    Str org;
} DeskPerson;
MUST_CHECK Status desk_store_person(Cx *cx, DbConn *conn, int64_t id, DeskPerson *out);

#endif
