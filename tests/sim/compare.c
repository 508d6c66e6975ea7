/* compare.c - see compare.h. */
#include "sim/compare.h"

#include "base/vec.h"
#include "ledger/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void must(const Cx *cx, Status status, const char *what) {
    if (status != STATUS_OK) {
        sim_fail("%s: %s", what, cx->fault.text);
    }
}

/* Reads row by row; false at the end. */
static bool next(Cx *cx, DbRows *rows) {
    bool has_row = false;
    must(cx, db_next(cx, rows, &has_row), "reading");
    return has_row;
}

static DbRows *open(Cx *cx, DbConn *conn, const char *sql) {
    DbRows *rows = NULL;
    must(cx, db_query(cx, conn, sql, DB_NO_ARGS, &rows), "asking");
    return rows;
}

static void same(int64_t real, int64_t model, const char *what, int64_t which) {
    if (real != model) {
        sim_fail("%s of row %" PRId64 ": the database says %" PRId64 ", the model %" PRId64, what,
                 which, real, model);
    }
}

static void same_text(Str real, const char *model, const char *what, int64_t which) {
    if (!str_equal(real, str_of(model))) {
        sim_fail("%s of row %" PRId64 ": the database says \"" STR_FMT "\", the model \"%s\"", what,
                 which, STR_ARG(real), model);
    }
}

/* Ids in the order of their making: the model counts from 0, the database may have gaps. */
typedef struct Ids {
    int64_t *items;
    int32_t count;
} Ids;

static Ids ids_read(Cx *cx, DbConn *conn, const char *sql, int32_t expected, const char *what) {
    Ids ids = {arena_array(cx->arena, int64_t, (size_t)expected + 1), 0};
    DbRows *rows = open(cx, conn, sql);
    while (next(cx, rows)) {
        if (ids.count == expected) {
            sim_fail("there are more %s than the %d of the model", what, (int)expected);
        }
        ids.items[ids.count++] = db_int(rows, 0);
    }
    same(ids.count, expected, what, 0);
    return ids;
}

static int32_t rank(const Ids *ids, int64_t id) {
    int32_t low = 0;
    int32_t high = ids->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (ids->items[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < ids->count && ids->items[low] == id ? low : -1;
}

static const char SQL_FUND_IDS[] = "SELECT id FROM fund ORDER BY id";
static const char SQL_HOLD_IDS[] = "SELECT id FROM ledger_hold ORDER BY id";
static const char SQL_SETTLEMENT_IDS[] = "SELECT id FROM settlement ORDER BY id";
static const char SQL_FUNDS[] =
    "SELECT path, coalesce(parent_id, 0), is_cap, is_frozen, is_closed, depth, appropriated,"
    " allocated, reserved, approved, paid, recovered, released, direct, paid_central,"
    " paid_province, paid_city, paid_county FROM fund ORDER BY id";
static const char SQL_HOLDS[] = "SELECT fund_id, reserved, approved, paid, recovered, released"
                                " FROM ledger_hold ORDER BY id";
static const char SQL_TRANSFERS[] =
    "SELECT kind, fund_id, coalesce(other_id, 0), coalesce(hold_id, 0), amount, central, province,"
    " city, county, at_ms FROM ledger_transfer ORDER BY id";
static const char SQL_COUPONS[] =
    "SELECT code, person_id, category, state, hold_id, amount_fen, claimed_ms, expires_ms"
    " FROM coupon ORDER BY id";
static const char SQL_SALES[] =
    "SELECT sale.invoice, coupon.code, sale.org_id, sale.state, sale.subsidy_fen, sale.serial,"
    " coalesce(sale.settlement_id, 0) FROM sale JOIN coupon ON coupon.id = sale.coupon_id"
    " ORDER BY sale.id";
static const char SQL_SETTLEMENTS[] =
    "SELECT made_by, org_id, state, sale_count, total_fen FROM settlement ORDER BY id";
static const char SQL_POTS[] = "SELECT is_open, claims_max, validity_days FROM programme_fund"
                               " ORDER BY programme";
static const char SQL_SHOPS[] = "SELECT state FROM org WHERE kind = 'shop' ORDER BY id";
static const char SQL_INTEGRITY[] = "PRAGMA integrity_check";
static const char SQL_KEYS[] = "SELECT key FROM idempotency WHERE command = 'sim' ORDER BY key";
static const char SQL_PLACE[] = "SELECT max(id) FROM journal WHERE at_ms = $1";
static const char SQL_KEY[] = "SELECT 1 FROM idempotency WHERE command = 'sim' AND key = $1";

static void funds_compare(Cx *cx, DbConn *conn, const Model *model, const Ids *ids) {
    DbRows *rows = open(cx, conn, SQL_FUNDS);
    for (int32_t i = 0; next(cx, rows); i++) {
        const ModelFund *fund = &model->funds[i];
        same_text(db_text_peek(rows, 0), fund->path, "path of fund", i);
        same(rank(ids, db_int(rows, 1)), fund->parent, "parent", i);
        const int64_t numbers[] = {
            fund->is_cap,         fund->is_frozen,      fund->is_closed,      fund->depth,
            fund->appropriated,   fund->allocated,      fund->reserved,       fund->approved,
            fund->paid,           fund->recovered,      fund->released,       fund->direct,
            fund->paid_shares[0], fund->paid_shares[1], fund->paid_shares[2], fund->paid_shares[3]};
        static const char *const names[] = {"cap",          "freeze",    "close",    "depth",
                                            "appropriated", "allocated", "reserved", "approved",
                                            "paid",         "recovered", "released", "direct",
                                            "share 0",      "share 1",   "share 2",  "share 3"};
        for (int k = 0; k < 16; k++) {
            same(db_int(rows, k + 2), numbers[k], names[k], i);
        }
    }
}

static void holds_compare(Cx *cx, DbConn *conn, const Model *model, const Ids *funds) {
    DbRows *rows = open(cx, conn, SQL_HOLDS);
    for (int32_t i = 0; next(cx, rows); i++) {
        const ModelHold *hold = &model->holds[i];
        same(rank(funds, db_int(rows, 0)), hold->fund, "fund of hold", i);
        same(db_int(rows, 1), hold->reserved, "reserved of hold", i);
        same(db_int(rows, 2), hold->approved, "approved of hold", i);
        same(db_int(rows, 3), hold->paid, "paid of hold", i);
        same(db_int(rows, 4), hold->recovered, "recovered of hold", i);
        same(db_int(rows, 5), hold->released, "released of hold", i);
    }
}

static void transfers_compare(Cx *cx, DbConn *conn, const Model *model, const Ids *funds,
                              const Ids *holds) {
    DbRows *rows = open(cx, conn, SQL_TRANSFERS);
    int32_t count = 0;
    for (; next(cx, rows); count++) {
        if (count == model->transfer_count) {
            sim_fail("there are more transfers than the %d of the model", (int)count);
        }
        const ModelTransfer *transfer = &model->transfers[count];
        same(db_int(rows, 0), transfer->kind, "kind of transfer", count);
        same(rank(funds, db_int(rows, 1)), transfer->fund, "fund of transfer", count);
        same(rank(funds, db_int(rows, 2)), transfer->other, "other fund of transfer", count);
        same(rank(holds, db_int(rows, 3)), transfer->hold, "hold of transfer", count);
        same(db_int(rows, 4), transfer->amount, "amount of transfer", count);
        for (int level = 0; level < MODEL_LEVELS; level++) {
            same(db_int(rows, 5 + level), transfer->shares[level], "share of transfer", count);
        }
        same(db_int(rows, 9), transfer->at_ms, "instant of transfer", count);
    }
    same(count, model->transfer_count, "count of transfers", 0);
}

static void code_write(int64_t number, char out[24]) {
    (void)snprintf(out, 24, "SIM%09" PRId64, number);
}

static void coupons_compare(Cx *cx, DbConn *conn, const ActCity *city, const Model *model,
                            const Ids *holds) {
    DbRows *rows = open(cx, conn, SQL_COUPONS);
    int32_t i = 0;
    for (; next(cx, rows); i++) {
        if (i == model->coupon_count) {
            sim_fail("there are more coupons than the %d of the model", (int)i);
        }
        const ModelCoupon *coupon = &model->coupons[i];
        char code[24];
        code_write(coupon->made_by, code);
        same_text(db_text_peek(rows, 0), code, "code of coupon", i);
        same(db_int(rows, 1), city->persons[coupon->person], "person of coupon", i);
        if (!str_equal(db_text_peek(rows, 2), city->categories[coupon->category]->code)) {
            sim_fail("category of coupon %d differs", (int)i);
        }
        same_text(db_text_peek(rows, 3), model_coupon_words[coupon->state], "state of coupon", i);
        same(rank(holds, db_int(rows, 4)), coupon->hold, "hold of coupon", i);
        same(db_int(rows, 5), coupon->amount, "amount of coupon", i);
        same(db_int(rows, 6), coupon->claimed_ms, "claiming of coupon", i);
        same(db_int(rows, 7), coupon->expires_ms, "lapse of coupon", i);
    }
    same(i, model->coupon_count, "count of coupons", 0);
}

static void sales_compare(Cx *cx, DbConn *conn, const ActCity *city, const Model *model,
                          const Ids *settlements) {
    DbRows *rows = open(cx, conn, SQL_SALES);
    int32_t i = 0;
    for (; next(cx, rows); i++) {
        if (i == model->sale_count) {
            sim_fail("there are more sales than the %d of the model", (int)i);
        }
        const ModelSale *sale = &model->sales[i];
        char text[24];
        code_write(sale->made_by, text);
        same_text(db_text_peek(rows, 0), text, "invoice of sale", i);
        code_write(model->coupons[sale->coupon].made_by, text);
        same_text(db_text_peek(rows, 1), text, "coupon of sale", i);
        same(db_int(rows, 2), city->shops[sale->shop], "shop of sale", i);
        same_text(db_text_peek(rows, 3), model_sale_words[sale->state], "state of sale", i);
        same(db_int(rows, 4), sale->subsidy, "subsidy of sale", i);
        (void)snprintf(text, sizeof text, "SN%09" PRId64, sale->serial);
        same_text(db_text_peek(rows, 5), text, "serial of sale", i);
        same(rank(settlements, db_int(rows, 6)), sale->settlement, "settlement of sale", i);
    }
    same(i, model->sale_count, "count of sales", 0);
}

static void settlements_compare(Cx *cx, DbConn *conn, const ActCity *city, const Model *model) {
    DbRows *rows = open(cx, conn, SQL_SETTLEMENTS);
    for (int32_t i = 0; next(cx, rows); i++) {
        const ModelSettlement *settlement = &model->settlements[i];
        same(db_int(rows, 0), settlement->made_by, "maker of settlement", i);
        same(db_int(rows, 1), city->shops[settlement->shop], "shop of settlement", i);
        same_text(db_text_peek(rows, 2), settlement->is_paid ? "paid" : "approved",
                  "state of settlement", i);
        same(db_int(rows, 3), settlement->count, "count of settlement", i);
        same(db_int(rows, 4), settlement->total, "total of settlement", i);
    }
}

static void rules_compare(Cx *cx, DbConn *conn, const Model *model) {
    DbRows *rows = open(cx, conn, SQL_POTS);
    for (int32_t i = 0; next(cx, rows); i++) {
        same(db_int(rows, 0), model->pots[i].is_open, "opening of pot", i);
        same(db_int(rows, 1), model->pots[i].claims_max, "claims of pot", i);
        same(db_int(rows, 2), model->pots[i].validity_days, "validity of pot", i);
    }
    rows = open(cx, conn, SQL_SHOPS);
    for (int32_t i = 0; next(cx, rows); i++) {
        same_text(db_text_peek(rows, 0), model->is_suspended[i] ? "suspended" : "active",
                  "state of shop", i);
    }
}

/* What the program itself says about its books. */
static void proofs_run(Cx *cx, DbConn *conn, bool is_sqlite) {
    DbVerify verify;
    LedgerAudit audit;
    must(cx, db_journal_verify(cx, conn, NULL, NULL, &verify), "journal");
    same(verify.bad_id, 0, "broken entry of the journal", 0);
    must(cx, ledger_audit(cx, conn, &audit), "audit");
    if (audit.finding_count != 0) {
        sim_fail("audit: " STR_FMT, STR_ARG(audit.findings[0]));
    }
    if (is_sqlite) {
        Str words = STR_NONE;
        must(cx, db_text_or(cx, conn, SQL_INTEGRITY, DB_NO_ARGS, &words), "integrity");
        same_text(words, "ok", "integrity check", 0);
    }
}

void compare_all(Cx *cx, DbConn *conn, const ActCity *city, const Model *model, bool is_sqlite) {
    const char *wrong = model_self_check(model);
    if (wrong != NULL) {
        sim_fail("the model itself: %s", wrong);
    }
    proofs_run(cx, conn, is_sqlite);
    Ids funds = ids_read(cx, conn, SQL_FUND_IDS, model->fund_count, "funds");
    Ids holds = ids_read(cx, conn, SQL_HOLD_IDS, model->hold_count, "holds");
    Ids settlements =
        ids_read(cx, conn, SQL_SETTLEMENT_IDS, model->settlement_count, "settlements");
    funds_compare(cx, conn, model, &funds);
    holds_compare(cx, conn, model, &funds);
    transfers_compare(cx, conn, model, &funds, &holds);
    coupons_compare(cx, conn, city, model, &holds);
    sales_compare(cx, conn, city, model, &settlements);
    settlements_compare(cx, conn, city, model);
    rules_compare(cx, conn, model);
}

void compare_keys(Cx *cx, DbConn *conn, KeyList *out) {
    struct VEC(int64_t) list = {0};
    DbRows *rows = open(cx, conn, SQL_KEYS);
    while (next(cx, rows)) {
        int64_t number = -1;
        if (str_int64(db_text_peek(rows, 0), &number) != STATUS_OK) {
            sim_fail("a key is no number");
        }
        *vec_push(cx->arena, &list) = number;
    }
    *out = (KeyList){list.items, list.count};
}

Status compare_has_key(Cx *cx, DbConn *conn, int64_t number, bool *is_there) {
    char key[24];
    act_key(number, key);
    return db_exists(cx, conn, SQL_KEY, DB_ARGS(DB_TEXT(str_of(key))), is_there);
}

int64_t compare_journal_place(Cx *cx, DbConn *conn, int64_t at_ms) {
    int64_t id = 0;
    must(cx, db_int_or(cx, conn, SQL_PLACE, DB_ARGS(DB_INT(at_ms)), &id), "place");
    return id;
}
