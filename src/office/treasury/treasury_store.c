#include "office/treasury/treasury_store.h"

#include "base/vec.h"

static const char SQL_POT_FIND[] =
    "SELECT programme, year, fund_id, validity_days, claims_max, is_open FROM programme_fund"
    " WHERE programme = $1 AND year = $2";
static const char SQL_POTS[] =
    "SELECT programme, year, fund_id, validity_days, claims_max, is_open FROM programme_fund"
    " ORDER BY year DESC, programme";

static TreasuryPot pot_of_row(Arena *arena, const DbRows *rows) {
    return (TreasuryPot){.programme = db_text(arena, rows, 0),
                         .year = db_int(rows, 1),
                         .fund = {db_int(rows, 2)},
                         .validity_days = db_int(rows, 3),
                         .claims_max = db_int(rows, 4),
                         .is_open = db_int(rows, 5) != 0};
}

Status treasury_pot_find(Cx *cx, DbConn *conn, Str programme, int64_t year, TreasuryPot *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_POT_FIND, DB_ARGS(DB_TEXT(programme), DB_INT(year)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "%lld 年这个项目还没有安排资金", (long long)year);
    }
    *out = pot_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

Status treasury_pots(Cx *cx, DbConn *conn, TreasuryPotList *out) {
    struct VEC(TreasuryPot) pots = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_POTS, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &pots) = pot_of_row(cx->arena, rows);
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (TreasuryPotList){pots.items, pots.count};
    return STATUS_OK;
}

static const char SQL_POT_PUT[] =
    "INSERT INTO programme_fund (programme, year, fund_id, validity_days, claims_max, is_open)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (programme, year) DO UPDATE SET"
    " fund_id = excluded.fund_id, validity_days = excluded.validity_days,"
    " claims_max = excluded.claims_max, is_open = excluded.is_open";

Status treasury_store_pot_put(Cx *cx, DbConn *conn, const TreasuryPot *pot) {
    return db_exec(cx, conn, SQL_POT_PUT,
                   DB_ARGS(DB_TEXT(pot->programme), DB_INT(pot->year), DB_INT(pot->fund.id),
                           DB_INT(pot->validity_days), DB_INT(pot->claims_max),
                           DB_INT(pot->is_open)),
                   NULL);
}
