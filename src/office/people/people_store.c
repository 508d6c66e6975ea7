#include "office/people/people_store.h"

static const char SQL_PERSON_INSERT[] =
    "INSERT INTO person (role, login, password_hash, name_masked, name_hash, name_sealed, id_hash,"
    " id_masked, id_sealed, birth_day, phone_hash, phone_masked, phone_sealed, account_hash,"
    " account_masked, account_sealed, town_code, unit_id, org_id, is_demo, created_ms,"
    " code_until_ms, must_change)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
    " $20, $21, $22, $23) RETURNING id";

static DbValue text_or_null(Str text) {
    return text.len == 0 ? DB_NULL : DB_TEXT(text);
}

static DbValue blob_or_null(Str bytes) {
    return bytes.len == 0 ? DB_NULL : DB_BLOB(bytes);
}

static DbValue id_or_null(int64_t id) {
    return id == 0 ? DB_NULL : DB_INT(id);
}

Status people_store_person_insert(Cx *cx, DbConn *conn, const PersonNew *person, int64_t *id) {
    const PersonNew *p = person;
    return db_insert(cx, conn, SQL_PERSON_INSERT,
                     DB_ARGS(DB_TEXT(role_code(p->role)), DB_TEXT(p->login),
                             text_or_null(p->password_hash), DB_TEXT(p->name.masked),
                             text_or_null(p->name.hash), blob_or_null(p->name.sealed),
                             text_or_null(p->id_number.hash), text_or_null(p->id_number.masked),
                             blob_or_null(p->id_number.sealed),
                             p->birth.number == DAY_NONE.number ? DB_NULL : DB_DAY(p->birth),
                             text_or_null(p->phone.hash), text_or_null(p->phone.masked),
                             blob_or_null(p->phone.sealed), text_or_null(p->account.hash),
                             text_or_null(p->account.masked), blob_or_null(p->account.sealed),
                             text_or_null(p->town_code), id_or_null(p->unit_id),
                             id_or_null(p->org_id), DB_INT(p->is_demo), DB_INT(p->now_ms),
                             id_or_null(p->code_until_ms), DB_INT(p->code_until_ms != 0)),
                     id);
}

static const char SQL_PERSON_BY_ID[] = "SELECT id FROM person WHERE id_hash = $1";

Status people_person_by_id(Cx *cx, DbConn *conn, Str id_hash, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_PERSON_BY_ID, DB_ARGS(DB_TEXT(id_hash)), id);
}

static const char SQL_ORG_INSERT[] =
    "INSERT INTO org (kind, name, uscc, town_code, state, is_demo, created_ms)"
    " VALUES ($1, $2, $3, $4, 'active', $5, $6) RETURNING id";

Status people_store_org_insert(Cx *cx, DbConn *conn, const OrgNew *org, int64_t *id) {
    return db_insert(cx, conn, SQL_ORG_INSERT,
                     DB_ARGS(DB_TEXT(org->kind), DB_TEXT(org->name), DB_TEXT(org->uscc),
                             DB_TEXT(org->town_code), DB_INT(org->is_demo), DB_INT(org->now_ms)),
                     id);
}

static const char SQL_UNIT_INSERT[] = "INSERT INTO unit (name) VALUES ($1) RETURNING id";

Status people_store_unit_insert(Cx *cx, DbConn *conn, Str name, int64_t *id) {
    return db_insert(cx, conn, SQL_UNIT_INSERT, DB_ARGS(DB_TEXT(name)), id);
}

static const char SQL_UNIT_FIND[] = "SELECT id FROM unit WHERE name = $1";

Status people_store_unit_find(Cx *cx, DbConn *conn, Str name, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_UNIT_FIND, DB_ARGS(DB_TEXT(name)), id);
}

static const char SQL_ORG_FIND[] =
    "SELECT id, kind, name, uscc, town_code, state FROM org WHERE id = $1";

static Org org_of_row(Arena *arena, const DbRows *rows) {
    return (Org){.id = db_int(rows, 0),
                 .kind = db_text(arena, rows, 1),
                 .name = db_text(arena, rows, 2),
                 .uscc = db_text(arena, rows, 3),
                 .town_code = db_text(arena, rows, 4),
                 .state = db_text(arena, rows, 5)};
}

Status people_org_find(Cx *cx, DbConn *conn, int64_t id, Org *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_ORG_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个单位");
    }
    *out = org_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_ORG_LIST[] =
    "SELECT id, kind, name, uscc, town_code, state FROM org"
    " ORDER BY CASE WHEN state = 'active' THEN 1 ELSE 0 END, id LIMIT $1 OFFSET $2";

static void org_list_row(Arena *arena, const DbRows *rows, void *item) {
    *(Org *)item = org_of_row(arena, rows);
}

Status people_store_org_list(Cx *cx, DbConn *conn, int64_t page, int64_t row_max, OrgList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ORG_LIST, DB_ARGS(DB_INT(row_max + 1), DB_INT(page * row_max)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Org, org_list_row), &got));
    out->has_more = (int64_t)got.count > row_max;
    out->items = got.items;
    out->count = out->has_more ? (size_t)row_max : got.count;
    return STATUS_OK;
}

static const char SQL_ORG_STATE[] = "UPDATE org SET state = $1 WHERE id = $2 AND state = $3";

Status people_store_org_state(Cx *cx, DbConn *conn, const OrgStateChange *change) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ORG_STATE,
                DB_ARGS(DB_TEXT(change->to), DB_INT(change->org_id), DB_TEXT(change->from)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个单位的状态已经改变");
}

static const char SQL_PERSON_FIND[] =
    "SELECT id, role, login, name_masked, name_hash, id_hash, id_masked, phone_masked, town_code,"
    " birth_day, unit_id, org_id, is_demo FROM person WHERE id = $1";

static Person person_of_row(Arena *arena, const DbRows *rows) {
    return (Person){.id = db_int(rows, 0),
                    .role = db_text(arena, rows, 1),
                    .login = db_text(arena, rows, 2),
                    .name_masked = db_text(arena, rows, 3),
                    .name_hash = db_text(arena, rows, 4),
                    .id_hash = db_text(arena, rows, 5),
                    .id_masked = db_text(arena, rows, 6),
                    .phone_masked = db_text(arena, rows, 7),
                    .town_code = db_text(arena, rows, 8),
                    .birth = db_day(rows, 9),
                    .unit_id = db_int(rows, 10),
                    .org_id = db_int(rows, 11),
                    .is_demo = db_int(rows, 12) != 0};
}

Status people_person_find(Cx *cx, DbConn *conn, int64_t id, Person *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_PERSON_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个人员");
    }
    *out = person_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_OF_ORG[] =
    "SELECT id, role, login, name_masked, name_hash, id_hash, id_masked, phone_masked, town_code,"
    " birth_day, unit_id, org_id, is_demo FROM person"
    " WHERE org_id = $1 AND role = $2 AND disabled_ms IS NULL ORDER BY id LIMIT 500";

static void people_of_org_row(Arena *arena, const DbRows *rows, void *item) {
    *(Person *)item = person_of_row(arena, rows);
}

Status people_of_org(Cx *cx, DbConn *conn, int64_t org_id, Role role, PeopleList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF_ORG, DB_ARGS(DB_INT(org_id), DB_TEXT(role_code(role))), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Person, people_of_org_row), &got));
    *out = (PeopleList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_ROLE[] = "SELECT role FROM person WHERE login = $1";

Status people_store_role(Cx *cx, DbConn *conn, Str login, Str *out) {
    *out = STR_NONE;
    return db_text_or(cx, conn, SQL_ROLE, DB_ARGS(DB_TEXT(login)), out);
}

static const char SQL_UNITS[] = "SELECT id, name FROM unit ORDER BY id";

Status people_store_units(Cx *cx, DbConn *conn, DbRows **out) {
    return db_query(cx, conn, SQL_UNITS, DB_NO_ARGS, out);
}

static const char SQL_ORGS[] = "SELECT id, name, kind FROM org ORDER BY kind, id LIMIT 500";

Status people_store_orgs(Cx *cx, DbConn *conn, DbRows **out) {
    return db_query(cx, conn, SQL_ORGS, DB_NO_ARGS, out);
}

static const char SQL_PASSWORD[] =
    "UPDATE person SET password_hash = $1, failed_count = 0, locked_until_ms = 0,"
    " code_until_ms = NULL, must_change = 0 WHERE id = $2";
static const char SQL_SESSIONS_END[] = "DELETE FROM session WHERE person_id = $1";

Status people_store_password(Cx *cx, DbConn *conn, int64_t id, Str hash) {
    TRY(db_exec(cx, conn, SQL_PASSWORD, DB_ARGS(DB_TEXT(hash), DB_INT(id)), NULL));
    return db_exec(cx, conn, SQL_SESSIONS_END, DB_ARGS(DB_INT(id)), NULL);
}

static const char SQL_HAS_DEMO[] = "SELECT 1 FROM person WHERE is_demo = 1 LIMIT 1";

Status people_has_demo(Cx *cx, DbConn *conn, bool *out) {
    return db_exists(cx, conn, SQL_HAS_DEMO, DB_NO_ARGS, out);
}
