#include "office/people/account_store.h"

#include "base/vec.h"

static DbValue id_or_null(int64_t id) {
    return id == 0 ? DB_NULL : DB_INT(id);
}

/* ---- accounts ---- */

#define ACCOUNT_COLUMNS                                                                            \
    "SELECT person.id, person.role, person.login, person.name_masked, person.unit_id,"             \
    " person.org_id, unit.name, org.name, person.is_demo, person.password_hash IS NOT NULL,"       \
    " person.must_change, person.code_until_ms, person.disabled_ms, person.disabled_reason,"       \
    " person.successor_id, person.locked_until_ms, person.last_sign_in_ms, person.created_ms,"     \
    " person.account_revision FROM person LEFT JOIN unit ON unit.id = person.unit_id"              \
    " LEFT JOIN org ON org.id = person.org_id"

static const char SQL_ACCOUNT_FIND[] = ACCOUNT_COLUMNS " WHERE person.id = $1";

static Status account_of_row(Cx *cx, const DbRows *rows, Account *out) {
    Arena *arena = cx->arena;
    Account account = {.id = db_int(rows, 0),
                       .login = db_text(arena, rows, 2),
                       .name_masked = db_text(arena, rows, 3),
                       .unit_id = db_int(rows, 4),
                       .org_id = db_int(rows, 5),
                       .unit_name = db_text(arena, rows, 6),
                       .org_name = db_text(arena, rows, 7),
                       .is_demo = db_int(rows, 8) != 0,
                       .has_password = db_int(rows, 9) != 0,
                       .must_change = db_int(rows, 10) != 0,
                       .code_until_ms = db_int(rows, 11),
                       .disabled_ms = db_int(rows, 12),
                       .disabled_reason = db_text(arena, rows, 13),
                       .successor_id = db_int(rows, 14),
                       .locked_until_ms = db_int(rows, 15),
                       .last_sign_in_ms = db_int(rows, 16),
                       .created_ms = db_int(rows, 17),
                       .revision = db_int(rows, 18)};
    if (role_of_code(db_text_peek(rows, 1), &account.role) != STATUS_OK) {
        return fault(cx, STATUS_DB, "person %lld has an unknown role", (long long)account.id);
    }
    *out = account;
    return STATUS_OK;
}

Status account_store_find(Cx *cx, DbConn *conn, int64_t id, Account *out, bool *found) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ACCOUNT_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, found));
    if (*found) {
        TRY(account_of_row(cx, rows, out));
        db_rows_close(rows);
    }
    return STATUS_OK;
}

/* $1 unit, $2 state, $3 now, $4 long ago, $5 limit, $6 offset. */
#define ACCOUNT_FILTER                                                                             \
    " AND ($1 = 0 OR person.unit_id = $1)"                                                         \
    " AND ($2 = '' OR ($2 = 'disabled' AND person.disabled_ms IS NOT NULL)"                        \
    " OR ($2 = 'code' AND person.disabled_ms IS NULL AND person.must_change = 1)"                  \
    " OR ($2 = 'locked' AND person.disabled_ms IS NULL AND person.must_change = 0"                 \
    "  AND person.locked_until_ms > $3)"                                                           \
    " OR ($2 = 'closed' AND person.disabled_ms IS NULL AND person.must_change = 0"                 \
    "  AND person.locked_until_ms <= $3 AND person.password_hash IS NULL)"                         \
    " OR ($2 = 'idle' AND person.disabled_ms IS NULL AND person.created_ms < $4"                   \
    "  AND (person.last_sign_in_ms IS NULL OR person.last_sign_in_ms < $4))"                       \
    " OR ($2 = 'active' AND person.disabled_ms IS NULL AND person.must_change = 0"                 \
    "  AND person.locked_until_ms <= $3 AND person.password_hash IS NOT NULL))"                    \
    " ORDER BY person.id DESC LIMIT $5 OFFSET $6"

/* Three ways in, each by an index: residents are a hundred times as many as all others. */
static const char SQL_STAFF_LIST[] =
    ACCOUNT_COLUMNS " WHERE person.role IN ('shop', 'recycler', 'driver', 'enterprise', 'bank',"
                    " 'officer', 'lead', 'finance', 'auditor', 'admin')" ACCOUNT_FILTER;
static const char SQL_ROLE_LIST[] = ACCOUNT_COLUMNS " WHERE person.role = $7" ACCOUNT_FILTER;
static const char SQL_SEARCH_LIST[] =
    ACCOUNT_COLUMNS " WHERE ((person.login >= $7 AND person.login < $8) OR person.name_hash = $9)"
                    " AND ($10 = '' OR person.role = $10)" ACCOUNT_FILTER;

static Status list_query(Cx *cx, DbConn *conn, const AccountFilter *f, DbRows **out) {
    const int64_t idle_ms = f->now_ms - (int64_t)ACCOUNT_IDLE_DAYS * DAY_MS;
    const DbValue unit = DB_INT(f->unit_id);
    const DbValue state = DB_TEXT(f->state);
    const DbValue now = DB_INT(f->now_ms);
    const DbValue idle = DB_INT(idle_ms);
    const DbValue limit = DB_INT(f->limit);
    const DbValue skip = DB_INT(f->skip);
    if (f->search.len > 0) {
        /* U+10FFFF comes after every letter of a login. */
        Str end = str_join(cx->arena, f->search, STR("\xf4\x8f\xbf\xbf"));
        return db_query(cx, conn, SQL_SEARCH_LIST,
                        DB_ARGS(unit, state, now, idle, limit, skip, DB_TEXT(f->search),
                                DB_TEXT(end), DB_TEXT(f->name_hash), DB_TEXT(f->role)),
                        out);
    }
    if (f->role.len > 0) {
        return db_query(cx, conn, SQL_ROLE_LIST,
                        DB_ARGS(unit, state, now, idle, limit, skip, DB_TEXT(f->role)), out);
    }
    return db_query(cx, conn, SQL_STAFF_LIST, DB_ARGS(unit, state, now, idle, limit, skip), out);
}

Status account_store_list(Cx *cx, DbConn *conn, const AccountFilter *filter, AccountList *out) {
    struct VEC(Account) list = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(list_query(cx, conn, filter, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        TRY(account_of_row(cx, rows, vec_push(cx->arena, &list)));
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (AccountList){list.items, list.count};
    return STATUS_OK;
}

static Status changed_one(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                          size_t arg_count) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, sql, args, arg_count, &changed));
    return changed == 1
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "这个账号刚才被别人改动过，请刷新后核对再办理");
}

static const char SQL_CODE[] =
    "UPDATE person SET password_hash = $3, code_until_ms = $4, must_change = 1, failed_count = 0,"
    " locked_until_ms = 0, account_revision = account_revision + 1 WHERE id = $1 AND account_revision = $2";

Status account_store_code(Cx *cx, DbConn *conn, AccountAt at, const AccountCode *code) {
    return changed_one(
        cx, conn, SQL_CODE,
        DB_ARGS(DB_INT(at.id), DB_INT(at.revision), DB_TEXT(code->hash), DB_INT(code->until_ms)));
}

static const char SQL_PLACE[] =
    "UPDATE person SET role = $3, unit_id = $4, org_id = $5, account_revision = account_revision + 1"
    " WHERE id = $1 AND account_revision = $2";

Status account_store_place(Cx *cx, DbConn *conn, AccountAt at, const PersonNew *person) {
    return changed_one(cx, conn, SQL_PLACE,
                       DB_ARGS(DB_INT(at.id), DB_INT(at.revision), DB_TEXT(role_code(person->role)),
                               id_or_null(person->unit_id), id_or_null(person->org_id)));
}

static const char SQL_DISABLE[] =
    "UPDATE person SET disabled_ms = $3, disabled_reason = $4, successor_id = $5,"
    " account_revision = account_revision + 1 WHERE id = $1 AND account_revision = $2 AND disabled_ms IS NULL";

Status account_store_disable(Cx *cx, DbConn *conn, const AccountDisable *disable) {
    return changed_one(cx, conn, SQL_DISABLE,
                       DB_ARGS(DB_INT(disable->person_id), DB_INT(disable->revision),
                               DB_INT(db_now_ms(conn)), DB_TEXT(disable->reason),
                               id_or_null(disable->successor_id)));
}

static const char SQL_ENABLE[] =
    "UPDATE person SET disabled_ms = NULL, disabled_reason = NULL, successor_id = NULL,"
    " account_revision = account_revision + 1 WHERE id = $1 AND account_revision = $2 AND disabled_ms IS NOT NULL";

Status account_store_enable(Cx *cx, DbConn *conn, AccountAt at) {
    return changed_one(cx, conn, SQL_ENABLE, DB_ARGS(DB_INT(at.id), DB_INT(at.revision)));
}

static const char SQL_LOGIN_EXISTS[] = "SELECT 1 FROM person WHERE login = $1";

Status account_store_login_exists(Cx *cx, DbConn *conn, Str login, bool *out) {
    return db_exists(cx, conn, SQL_LOGIN_EXISTS, DB_ARGS(DB_TEXT(login)), out);
}

static const char SQL_UNIT_NAME[] = "SELECT name FROM unit WHERE id = $1";

Status account_store_unit_name(Cx *cx, DbConn *conn, int64_t id, Str *out) {
    *out = STR_NONE;
    return db_text_or(cx, conn, SQL_UNIT_NAME, DB_ARGS(DB_INT(id)), out);
}

/* ---- proposals ---- */

static const char SQL_CHANGE_INSERT[] =
    "INSERT INTO account_change (kind, state, person_id, revision, role, login, name_masked,"
    " name_hash, name_sealed, unit_id, org_id, reason, made_by, made_ms)"
    " VALUES ($1, 'proposed', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";

Status account_store_change_insert(Cx *cx, DbConn *conn, const AccountAsk *ask, const Account *now,
                                   int64_t *id) {
    const bool is_new = ask->act == ACCOUNT_CREATE;
    const bool is_placed = is_new || ask->act == ACCOUNT_CHANGE;
    const PersonNew *person = &ask->person;
    return db_insert(
        cx, conn, SQL_CHANGE_INSERT,
        DB_ARGS(DB_TEXT(account_act_code(ask->act)), id_or_null(ask->person_id),
                DB_INT(ask->revision), DB_TEXT(role_code(is_placed ? person->role : now->role)),
                DB_TEXT(is_new ? person->login : now->login),
                DB_TEXT(is_new ? person->name.masked : now->name_masked),
                is_new ? DB_TEXT(person->name.hash) : DB_NULL,
                is_new ? DB_BLOB(person->name.sealed) : DB_NULL,
                id_or_null(is_placed ? person->unit_id : now->unit_id),
                id_or_null(is_placed ? person->org_id : now->org_id), DB_TEXT(ask->reason),
                DB_INT(db_actor(conn)->user_id), DB_INT(db_now_ms(conn))),
        id);
}

#define CHANGE_COLUMNS                                                                             \
    "SELECT id, kind, state, person_id, revision, role, login, name_masked, name_hash,"            \
    " name_sealed, unit_id, org_id, reason, made_by, made_ms, decided_by, decided_ms,"             \
    " decided_reason, result_id FROM account_change"

static const char SQL_CHANGE_FIND[] = CHANGE_COLUMNS " WHERE id = $1";
static const char SQL_CHANGE_LIST[] =
    CHANGE_COLUMNS " ORDER BY CASE WHEN state = 'proposed' THEN 0 ELSE 1 END, id DESC"
                   " LIMIT $1 OFFSET $2";

static AccountAct act_of(Str code) {
    for (int i = 0; i < ACCOUNT_ACT_COUNT; i++) {
        if (str_equal(code, account_act_code((AccountAct)i))) {
            return (AccountAct)i;
        }
    }
    return ACCOUNT_ACT_COUNT;
}

static Status change_of_row(Cx *cx, const DbRows *rows, AccountChange *out) {
    Arena *arena = cx->arena;
    AccountChange change = {.id = db_int(rows, 0),
                            .act = act_of(db_text_peek(rows, 1)),
                            .state = db_text(arena, rows, 2),
                            .person_id = db_int(rows, 3),
                            .revision = db_int(rows, 4),
                            .login = db_text(arena, rows, 6),
                            .name = {.masked = db_text(arena, rows, 7),
                                     .hash = db_text(arena, rows, 8),
                                     .sealed = db_text(arena, rows, 9)},
                            .unit_id = db_int(rows, 10),
                            .org_id = db_int(rows, 11),
                            .reason = db_text(arena, rows, 12),
                            .made_by = db_int(rows, 13),
                            .made_ms = db_int(rows, 14),
                            .decided_by = db_int(rows, 15),
                            .decided_ms = db_int(rows, 16),
                            .decided_reason = db_text(arena, rows, 17),
                            .result_id = db_int(rows, 18)};
    if (change.act == ACCOUNT_ACT_COUNT ||
        role_of_code(db_text_peek(rows, 5), &change.role) != STATUS_OK) {
        return fault(cx, STATUS_DB, "account change %lld is of an unknown kind",
                     (long long)change.id);
    }
    *out = change;
    return STATUS_OK;
}

Status account_store_change_find(Cx *cx, DbConn *conn, int64_t id, AccountChange *out,
                                 bool *found) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_CHANGE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, found));
    if (*found) {
        TRY(change_of_row(cx, rows, out));
        db_rows_close(rows);
    }
    return STATUS_OK;
}

Status account_store_change_list(Cx *cx, DbConn *conn, int64_t skip, int64_t limit,
                                 AccountChangeList *out) {
    struct VEC(AccountChange) list = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_CHANGE_LIST, DB_ARGS(DB_INT(limit), DB_INT(skip)), &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        TRY(change_of_row(cx, rows, vec_push(cx->arena, &list)));
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (AccountChangeList){list.items, list.count};
    return STATUS_OK;
}

static const char SQL_CHANGE_WAITS[] =
    "SELECT 1 FROM account_change WHERE state = 'proposed'"
    " AND (($1 <> 0 AND person_id = $1) OR ($1 = 0 AND login = $2))";

Status account_store_change_waits(Cx *cx, DbConn *conn, int64_t person_id, Str login, bool *out) {
    return db_exists(cx, conn, SQL_CHANGE_WAITS, DB_ARGS(DB_INT(person_id), DB_TEXT(login)), out);
}

static const char SQL_CHANGE_DECIDE[] =
    "UPDATE account_change SET state = $2, decided_by = $3, decided_ms = $4, decided_reason = $5,"
    " result_id = $6 WHERE id = $1 AND state = 'proposed'";

Status account_store_change_decide(Cx *cx, DbConn *conn, const AccountDecision *decision,
                                   int64_t result_id) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_CHANGE_DECIDE,
                DB_ARGS(DB_INT(decision->change_id),
                        DB_TEXT(decision->is_approved ? STR("approved") : STR("refused")),
                        DB_INT(db_actor(conn)->user_id), DB_INT(db_now_ms(conn)),
                        DB_TEXT(decision->reason), id_or_null(result_id)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这项申请已经有人办理");
}
