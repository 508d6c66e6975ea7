#include "office/treasury/treasury_store.h"

#include <string.h>

#define SETUP_COLUMNS                                                                              \
    "s.id, s.kind, s.state, s.fund_id, s.to_id, s.fund_kind, s.code, s.name, s.year, s.is_cap,"    \
    " s.is_recovered_reusable, s.central_bp, s.province_bp, s.city_bp, s.county_bp, s.programme,"  \
    " s.validity_days, s.claims_max, s.amount, s.basis, s.made_by, s.made_ms, maker.name_masked,"  \
    " s.decided_by, s.decided_ms, decider.name_masked, s.reason, s.result_id"                      \
    " FROM fund_setup AS s LEFT JOIN person AS maker ON maker.id = s.made_by"                      \
    " LEFT JOIN person AS decider ON decider.id = s.decided_by"

static const char SQL_SETUP_FIND[] = "SELECT " SETUP_COLUMNS " WHERE s.id = $1";
static const char SQL_SETUP_LIST[] = "SELECT " SETUP_COLUMNS " WHERE $1 = '' OR s.state = $1"
                                     " ORDER BY s.id DESC LIMIT $2 OFFSET $3";
static const char SQL_SETUP_INSERT[] =
    "INSERT INTO fund_setup (kind, state, fund_id, to_id, fund_kind, code, name, year, is_cap,"
    " is_recovered_reusable, central_bp, province_bp, city_bp, county_bp, programme,"
    " validity_days, claims_max, amount, basis, made_by, made_ms) VALUES ($1, 'proposed', $2, $3,"
    " $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    " RETURNING id";
static const char SQL_SETUP_DECIDE[] =
    "UPDATE fund_setup SET state = $1, decided_by = $2, decided_ms = $3, reason = $4,"
    " result_id = $5 WHERE id = $6 AND state = 'proposed'";

static FundKind fund_kind_of(Str word) {
    static const FundKind kinds[] = {
#define X(name, text, zh) FUND_##name,
        FUND_KIND_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_equal(word, str_of(fund_kind_text(kinds[i])))) {
            return kinds[i];
        }
    }
    return FUND_SET_ASIDE;
}

static FundSpec spec_of_row(Arena *arena, const DbRows *rows) {
    FundSpec spec = {.parent = {db_int(rows, 3)},
                     .kind = fund_kind_of(db_text_peek(rows, 5)),
                     .code = db_text(arena, rows, 6),
                     .name = db_text(arena, rows, 7),
                     .year = (int32_t)db_int(rows, 8),
                     .is_cap = db_int(rows, 9) != 0,
                     .is_recovered_reusable = db_int(rows, 10) != 0};
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        spec.rate_bp[i] = db_int(rows, 11 + i);
    }
    return spec;
}

static Setup setup_of_row(Arena *arena, const DbRows *rows) {
    Setup setup = {.id = db_int(rows, 0),
                   .state = db_text(arena, rows, 2),
                   .spec = spec_of_row(arena, rows),
                   .fund = {db_int(rows, 3)},
                   .to = {db_int(rows, 4)},
                   .programme = db_text(arena, rows, 15),
                   .validity_days = db_int(rows, 16),
                   .claims_max = db_int(rows, 17),
                   .amount = db_money(rows, 18),
                   .basis = db_text(arena, rows, 19),
                   .made_by = db_int(rows, 20),
                   .made_ms = db_int(rows, 21),
                   .made_name = db_text(arena, rows, 22),
                   .decided_by = db_int(rows, 23),
                   .decided_ms = db_int(rows, 24),
                   .decided_name = db_text(arena, rows, 25),
                   .reason = db_text(arena, rows, 26),
                   .result = {db_int(rows, 27)}};
    bool is_known = setup_kind_of(db_text_peek(rows, 1), &setup.kind);
    check(is_known); /* the table's CHECK */
    return setup;
}

Status setup_find(Cx *cx, DbConn *conn, int64_t id, Setup *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_SETUP_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有编号为 %lld 的资金方案", (long long)id);
    }
    *out = setup_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static void setup_list_row(Arena *arena, const DbRows *rows, void *item) {
    *(Setup *)item = setup_of_row(arena, rows);
}

Status setup_list(Cx *cx, DbConn *conn, Str state, int64_t page, size_t row_max, SetupList *out) {
    check(row_max >= 1 && row_max <= SETUP_ROWS_MAX);
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(
        cx, conn, SQL_SETUP_LIST,
        DB_ARGS(DB_TEXT(state), DB_INT((int64_t)row_max + 1), DB_INT(page * (int64_t)row_max)),
        &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Setup, setup_list_row), &got));
    bool has_more = got.count > row_max;
    *out = (SetupList){got.items, has_more ? row_max : got.count, has_more};
    return STATUS_OK;
}

static DbValue fund_or_null(FundId fund) {
    return fund.id == 0 ? DB_NULL : DB_INT(fund.id);
}

/* Nothing is stored as the empty text, not as NULL. */
static DbValue text_or_empty(Str text) {
    return text.len == 0 ? DB_TEXT(STR("")) : DB_TEXT(text);
}

Status setup_store_insert(Cx *cx, DbConn *conn, const Setup *setup, int64_t *id) {
    const FundSpec *spec = &setup->spec;
    return db_insert(
        cx, conn, SQL_SETUP_INSERT,
        DB_ARGS(DB_TEXT(setup_kind_word(setup->kind)), fund_or_null(setup->fund),
                fund_or_null(setup->to), DB_TEXT(str_of(fund_kind_text(spec->kind))),
                text_or_empty(spec->code), text_or_empty(spec->name), DB_INT(spec->year),
                DB_INT(spec->is_cap), DB_INT(spec->is_recovered_reusable),
                DB_INT(spec->rate_bp[LEDGER_CENTRAL]), DB_INT(spec->rate_bp[LEDGER_PROVINCE]),
                DB_INT(spec->rate_bp[LEDGER_CITY]), DB_INT(spec->rate_bp[LEDGER_COUNTY]),
                text_or_empty(setup->programme), DB_INT(setup->validity_days),
                DB_INT(setup->claims_max), DB_MONEY(setup->amount), DB_TEXT(setup->basis),
                DB_INT(setup->made_by), DB_INT(setup->made_ms)),
        id);
}

Status setup_store_decide(Cx *cx, DbConn *conn, const Setup *setup) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_SETUP_DECIDE,
                DB_ARGS(DB_TEXT(setup->state), DB_INT(db_actor(conn)->user_id),
                        DB_INT(db_now_ms(conn)), text_or_empty(setup->reason),
                        fund_or_null(setup->result), DB_INT(setup->id)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个方案已经办结，不能再办");
}

static const char SQL_SHOP_NAME[] =
    "SELECT name FROM org WHERE kind = 'shop' AND uscc = $1 AND state <> 'removed'";

Status setup_store_shop_name(Cx *cx, DbConn *conn, Str uscc, Str *out) {
    *out = STR("");
    return db_text_or(cx, conn, SQL_SHOP_NAME, DB_ARGS(DB_TEXT(uscc)), out);
}
