#include "office/coupon/coupon_store.h"

#include <string.h>

#define COUPON_COLUMNS                                                                             \
    "id, code, programme, year, category, person_id, state, hold_id, amount_fen, decision_id,"     \
    " claimed_ms, expires_ms"

static const char SQL_USE[] =
    "SELECT slot, state FROM coupon"
    " WHERE person_id = $1 AND year = $2 AND programme = $3 AND category = $4";

/* Counts one coupon of a person in a category and year. */
static void use_add(CouponUse *use, int64_t year, Str state, int64_t slot) {
    bool is_live = str_equal(state, STR("claimed")) || str_equal(state, STR("redeemed")) ||
                   str_equal(state, STR("settled"));
    bool is_restored = year >= COUPON_YEAR_RETURN_RESTORES && str_equal(state, STR("returned"));
    use->claim_count += !is_restored;
    if (is_live) {
        use->slots |= UINT64_C(1) << (slot & 63);
    }
}

Status coupon_store_use(Cx *cx, DbConn *conn, const CouponClaim *claim, CouponUse *out) {
    const CityCategory *category = claim->category;
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (CouponUse){0};
    TRY(db_query(cx, conn, SQL_USE,
                 DB_ARGS(DB_INT(claim->person_id), DB_INT(category->year),
                         DB_TEXT(category->programme), DB_TEXT(category->code)),
                 &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        use_add(out, category->year, db_text_peek(rows, 1), db_int(rows, 0));
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static const char SQL_USES[] =
    "SELECT person_id, year, programme, category, slot, state FROM coupon WHERE person_id IN"
    " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

enum { USES_AT_ONCE = 16 };

static void use_row(const DbRows *rows, const CouponClaim *const *claims, CouponUse *uses,
                    size_t count) {
    for (size_t i = 0; i < count; i++) {
        const CityCategory *category = claims[i]->category;
        if (claims[i]->person_id == db_int(rows, 0) && category->year == db_int(rows, 1) &&
            str_equal(category->programme, db_text_peek(rows, 2)) &&
            str_equal(category->code, db_text_peek(rows, 3))) {
            use_add(&uses[i], category->year, db_text_peek(rows, 5), db_int(rows, 4));
        }
    }
}

static Status uses_some(Cx *cx, DbConn *conn, const CouponClaim *const *claims, CouponUse *uses,
                        size_t count) {
    DbValue args[USES_AT_ONCE];
    DbRows *rows = NULL;
    bool has_row = false;
    for (size_t i = 0; i < USES_AT_ONCE; i++) {
        /* Unused places ask for the last person once more. */
        args[i] = DB_INT(claims[i < count ? i : count - 1]->person_id);
    }
    TRY(db_query(cx, conn, SQL_USES, args, USES_AT_ONCE, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        use_row(rows, claims, uses, count);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

Status coupon_store_uses(Cx *cx, DbConn *conn, const CouponClaim *const *claims, CouponUse *uses,
                         size_t count) {
    memset(uses, 0, count * sizeof *uses);
    for (size_t i = 0; i < count; i += USES_AT_ONCE) {
        const size_t rest = count - i;
        TRY(uses_some(cx, conn, &claims[i], &uses[i], rest < USES_AT_ONCE ? rest : USES_AT_ONCE));
    }
    return STATUS_OK;
}

static const char SQL_INSERT[] =
    "INSERT INTO coupon (code, programme, year, category, slot, person_id, state, hold_id,"
    " amount_fen, decision_id, claimed_ms, expires_ms, id)"
    " VALUES ($1, $2, $3, $4, $5, $6, 'claimed', $7, $8, $9, $10, $11, $12)";
static const char SQL_LAST[] = "SELECT MAX(id) FROM coupon";

Status coupon_store_insert(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t slot, int64_t *id) {
    TRY(db_new_id(cx, conn, SQL_LAST, id));
    return db_exec(cx, conn, SQL_INSERT,
                   DB_ARGS(DB_TEXT(coupon->code), DB_TEXT(coupon->programme), DB_INT(coupon->year),
                           DB_TEXT(coupon->category), DB_INT(slot), DB_INT(coupon->person_id),
                           DB_INT(coupon->hold.id), DB_MONEY(coupon->amount),
                           DB_INT(coupon->decision_id), DB_INT(coupon->claimed_ms),
                           DB_INT(coupon->expires_ms), DB_INT(*id)),
                   NULL);
}

static const char SQL_MOVE[] =
    "UPDATE coupon SET state = $1, ended_ms = $2 WHERE id = $3 AND state = $4";

Status coupon_store_move(Cx *cx, DbConn *conn, int64_t id, Str from, Str to, int64_t ended_ms) {
    int64_t changed = 0;
    TRY(db_exec(
        cx, conn, SQL_MOVE,
        DB_ARGS(DB_TEXT(to), ended_ms == 0 ? DB_NULL : DB_INT(ended_ms), DB_INT(id), DB_TEXT(from)),
        &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这张资格券的状态已经改变");
}

static const char SQL_AMOUNT[] = "UPDATE coupon SET amount_fen = $1 WHERE id = $2";

Status coupon_store_amount(Cx *cx, DbConn *conn, int64_t id, Money amount) {
    return db_exec(cx, conn, SQL_AMOUNT, DB_ARGS(DB_MONEY(amount), DB_INT(id)), NULL);
}

static const char SQL_RESTORE[] =
    "UPDATE coupon SET state = 'claimed', ended_ms = NULL, hold_id = $1, expires_ms = $2"
    " WHERE id = $3";

Status coupon_store_restore(Cx *cx, DbConn *conn, int64_t id, HoldId hold, int64_t expires_ms) {
    return db_exec(cx, conn, SQL_RESTORE, DB_ARGS(DB_INT(hold.id), DB_INT(expires_ms), DB_INT(id)),
                   NULL);
}

static Coupon coupon_of_row(Arena *arena, const DbRows *rows) {
    return (Coupon){.id = db_int(rows, 0),
                    .code = db_text(arena, rows, 1),
                    .programme = db_text(arena, rows, 2),
                    .year = db_int(rows, 3),
                    .category = db_text(arena, rows, 4),
                    .person_id = db_int(rows, 5),
                    .state = db_text(arena, rows, 6),
                    .hold = {db_int(rows, 7)},
                    .amount = db_money(rows, 8),
                    .decision_id = db_int(rows, 9),
                    .claimed_ms = db_int(rows, 10),
                    .expires_ms = db_int(rows, 11)};
}

static Status one_coupon(Cx *cx, DbRows *rows, Coupon *out) {
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        Status status = fault_at_field(cx, STATUS_NOT_FOUND, "code", "没有这张资格券");
        fault_hint(cx, "请核对券码，由顾客在“我的资格券”中出示");
        return status;
    }
    *out = coupon_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_FIND[] = "SELECT " COUPON_COLUMNS " FROM coupon WHERE id = $1";

Status coupon_find(Cx *cx, DbConn *conn, int64_t id, Coupon *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    return one_coupon(cx, rows, out);
}

static const char SQL_FIND_CODE[] = "SELECT " COUPON_COLUMNS " FROM coupon WHERE code = $1";

Status coupon_find_code(Cx *cx, DbConn *conn, Str code, Coupon *out) {
    char *clean = arena_alloc(cx->arena, code.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        if (c != ' ' && c != '-') {
            clean[len++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIND_CODE, DB_ARGS(DB_TEXT(((Str){clean, len}))), &rows));
    return one_coupon(cx, rows, out);
}

static void coupon_list_row(Arena *arena, const DbRows *rows, void *item) {
    *(Coupon *)item = coupon_of_row(arena, rows);
}

static Status coupon_list(Cx *cx, DbRows *rows, CouponList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Coupon, coupon_list_row), &got));
    *out = (CouponList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_DUE[] =
    "SELECT " COUPON_COLUMNS " FROM coupon WHERE state = 'claimed' AND expires_ms <= $1"
    " ORDER BY expires_ms, id LIMIT $2";

Status coupon_store_due(Cx *cx, DbConn *conn, int64_t now_ms, int64_t count_max, CouponList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_DUE, DB_ARGS(DB_INT(now_ms), DB_INT(count_max)), &rows));
    return coupon_list(cx, rows, out);
}

static const char SQL_OF_PERSON[] =
    "SELECT " COUPON_COLUMNS " FROM coupon WHERE person_id = $1 ORDER BY id DESC LIMIT 100";

Status coupon_store_of_person(Cx *cx, DbConn *conn, int64_t person_id, CouponList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF_PERSON, DB_ARGS(DB_INT(person_id)), &rows));
    return coupon_list(cx, rows, out);
}

static const char SQL_LAST_CLAIM[] = "SELECT claimed_ms FROM coupon ORDER BY id DESC LIMIT 1";

Status coupon_last_claim(Cx *cx, DbConn *conn, int64_t *at_ms) {
    *at_ms = 0;
    return db_int_or(cx, conn, SQL_LAST_CLAIM, DB_NO_ARGS, at_ms);
}
