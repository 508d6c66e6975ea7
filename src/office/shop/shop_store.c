#include "office/shop/shop_store.h"

/* ---- prices ---- */

static const char SQL_PRICE_END[] =
    "UPDATE filed_price SET ended_ms = $1 WHERE org_id = $2 AND gtin = $3 AND ended_ms IS NULL";

Status shop_store_price_end(Cx *cx, DbConn *conn, int64_t org_id, Str gtin, int64_t ended_ms) {
    return db_exec(cx, conn, SQL_PRICE_END,
                   DB_ARGS(DB_INT(ended_ms), DB_INT(org_id), DB_TEXT(gtin)), NULL);
}

static const char SQL_PRICE_INSERT[] =
    "INSERT INTO filed_price (org_id, gtin, title, programme, category, efficiency_level,"
    " price_fen, filed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";

Status shop_store_price_insert(Cx *cx, DbConn *conn, const FiledPrice *price, int64_t *id) {
    return db_insert(cx, conn, SQL_PRICE_INSERT,
                     DB_ARGS(DB_INT(price->org_id), DB_TEXT(price->gtin), DB_TEXT(price->title),
                             DB_TEXT(price->programme), DB_TEXT(price->category),
                             DB_INT(price->efficiency_level), DB_MONEY(price->price),
                             DB_INT(price->filed_ms)),
                     id);
}

static const char SQL_PRICE_FIND[] =
    "SELECT id, org_id, gtin, title, programme, category, efficiency_level, price_fen, filed_ms"
    " FROM filed_price WHERE org_id = $1 AND gtin = $2 AND ended_ms IS NULL";

Status shop_price_find(Cx *cx, DbConn *conn, int64_t org_id, Str gtin, FiledPrice *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_PRICE_FIND, DB_ARGS(DB_INT(org_id), DB_TEXT(gtin)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        Status status = fault_at_field(cx, STATUS_NOT_FOUND, "gtin",
                                       "商品条码 " STR_FMT " 还没有备案价格", STR_ARG(gtin));
        fault_hint(cx, "请先在“备案价格”中备案这件商品（规则 M1）");
        return status;
    }
    *out = (FiledPrice){.id = db_int(rows, 0),
                        .org_id = db_int(rows, 1),
                        .gtin = db_text(cx->arena, rows, 2),
                        .title = db_text(cx->arena, rows, 3),
                        .programme = db_text(cx->arena, rows, 4),
                        .category = db_text(cx->arena, rows, 5),
                        .efficiency_level = db_int(rows, 6),
                        .price = db_money(rows, 7),
                        .filed_ms = db_int(rows, 8)};
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_OTHERWISE[] =
    "SELECT count(*), programme, category, efficiency_level FROM filed_price"
    " WHERE gtin = $1 AND org_id <> $2 AND ended_ms IS NULL"
    " AND (programme <> $3 OR category <> $4 OR efficiency_level <> $5)"
    " GROUP BY programme, category, efficiency_level"
    " ORDER BY 1 DESC, programme, category, efficiency_level LIMIT 1";

Status shop_price_otherwise(Cx *cx, DbConn *conn, const FiledPrice *price, FiledOtherwise *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (FiledOtherwise){0};
    TRY(db_query(cx, conn, SQL_OTHERWISE,
                 DB_ARGS(DB_TEXT(price->gtin), DB_INT(price->org_id), DB_TEXT(price->programme),
                         DB_TEXT(price->category), DB_INT(price->efficiency_level)),
                 &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = (FiledOtherwise){.shop_count = db_int(rows, 0),
                                .programme = db_text(cx->arena, rows, 1),
                                .category = db_text(cx->arena, rows, 2),
                                .efficiency_level = db_int(rows, 3)};
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_PRICES[] =
    "SELECT id, gtin, title, programme, category, efficiency_level, price_fen, filed_ms"
    " FROM filed_price WHERE org_id = $1 AND ended_ms IS NULL ORDER BY id DESC LIMIT 500";

Status shop_store_prices(Cx *cx, DbConn *conn, int64_t org_id, DbRows **out) {
    return db_query(cx, conn, SQL_PRICES, DB_ARGS(DB_INT(org_id)), out);
}

/* ---- sales ---- */

static const char SQL_SALE_INSERT[] =
    "INSERT INTO sale (coupon_id, org_id, person_id, programme, category, gtin, serial, invoice,"
    " invoice_day, efficiency_level, price_fen, filed_price_fen, subsidy_fen, decision_id, state,"
    " sold_by, sold_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    " 'redeemed', $15, $16) RETURNING id";

Status shop_store_sale_insert(Cx *cx, DbConn *conn, const Sale *sale, int64_t *id) {
    return db_insert(cx, conn, SQL_SALE_INSERT,
                     DB_ARGS(DB_INT(sale->coupon_id), DB_INT(sale->org_id), DB_INT(sale->person_id),
                             DB_TEXT(sale->programme), DB_TEXT(sale->category), DB_TEXT(sale->gtin),
                             DB_TEXT(sale->serial), DB_TEXT(sale->invoice),
                             DB_DAY(sale->invoice_day), DB_INT(sale->efficiency_level),
                             DB_MONEY(sale->price), DB_MONEY(sale->filed_price),
                             DB_MONEY(sale->subsidy), DB_INT(sale->decision_id),
                             DB_INT(sale->sold_by), DB_INT(sale->sold_ms)),
                     id);
}

#define SALE_COLUMNS                                                                               \
    "id, coupon_id, org_id, person_id, programme, category, gtin, serial, invoice, invoice_day,"   \
    " efficiency_level, price_fen, filed_price_fen, subsidy_fen, decision_id, state,"              \
    " settlement_id, sold_by, sold_ms"

static Sale sale_of_row(Arena *arena, const DbRows *rows) {
    return (Sale){.id = db_int(rows, 0),
                  .coupon_id = db_int(rows, 1),
                  .org_id = db_int(rows, 2),
                  .person_id = db_int(rows, 3),
                  .programme = db_text(arena, rows, 4),
                  .category = db_text(arena, rows, 5),
                  .gtin = db_text(arena, rows, 6),
                  .serial = db_text(arena, rows, 7),
                  .invoice = db_text(arena, rows, 8),
                  .invoice_day = db_day(rows, 9),
                  .efficiency_level = db_int(rows, 10),
                  .price = db_money(rows, 11),
                  .filed_price = db_money(rows, 12),
                  .subsidy = db_money(rows, 13),
                  .decision_id = db_int(rows, 14),
                  .state = db_text(arena, rows, 15),
                  .settlement_id = db_int(rows, 16),
                  .sold_by = db_int(rows, 17),
                  .sold_ms = db_int(rows, 18)};
}

static const char SQL_SALE_FIND[] = "SELECT " SALE_COLUMNS " FROM sale WHERE id = $1";

Status shop_store_sale_find(Cx *cx, DbConn *conn, int64_t id, Sale *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_SALE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这笔销售");
    }
    *out = sale_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_SALE_MOVE[] =
    "UPDATE sale SET state = $1, ended_ms = $2 WHERE id = $3 AND state = $4";

Status shop_store_sale_move(Cx *cx, DbConn *conn, int64_t id, Str from, Str to, int64_t ended_ms) {
    int64_t changed = 0;
    TRY(db_exec(
        cx, conn, SQL_SALE_MOVE,
        DB_ARGS(DB_TEXT(to), ended_ms == 0 ? DB_NULL : DB_INT(ended_ms), DB_INT(id), DB_TEXT(from)),
        &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这笔销售的状态已经改变");
}

/* One statement per way of looking, so that each has its index. */
static const char SQL_SALES_OF_ORG[] =
    "SELECT " SALE_COLUMNS " FROM sale WHERE org_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3";
static const char SQL_SALES_OF_ORG_STATE[] =
    "SELECT " SALE_COLUMNS " FROM sale WHERE org_id = $1 AND state = $4"
    " ORDER BY id DESC LIMIT $2 OFFSET $3";
static const char SQL_SALES_OF_SETTLEMENT[] =
    "SELECT " SALE_COLUMNS " FROM sale WHERE settlement_id = $1 ORDER BY id LIMIT $2 OFFSET $3";

static Status sales_query(Cx *cx, DbConn *conn, const SalePage *page, DbRows **rows) {
    int64_t offset = page->page * page->row_max;
    if (page->settlement_id != 0) {
        return db_query(
            cx, conn, SQL_SALES_OF_SETTLEMENT,
            DB_ARGS(DB_INT(page->settlement_id), DB_INT(page->row_max + 1), DB_INT(offset)), rows);
    }
    if (page->state.len > 0) {
        return db_query(cx, conn, SQL_SALES_OF_ORG_STATE,
                        DB_ARGS(DB_INT(page->org_id), DB_INT(page->row_max + 1), DB_INT(offset),
                                DB_TEXT(page->state)),
                        rows);
    }
    return db_query(cx, conn, SQL_SALES_OF_ORG,
                    DB_ARGS(DB_INT(page->org_id), DB_INT(page->row_max + 1), DB_INT(offset)), rows);
}

static const char SQL_SALES_RECOVERING[] =
    "SELECT " SALE_COLUMNS " FROM sale WHERE state = 'recovering' ORDER BY id LIMIT 200";

static void sales_row(Arena *arena, const DbRows *rows, void *item) {
    *(Sale *)item = sale_of_row(arena, rows);
}

static Status sales_collect(Cx *cx, DbRows *rows, int64_t row_max, SaleList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Sale, sales_row), &got));
    out->has_more = (int64_t)got.count > row_max;
    out->items = got.items;
    out->count = out->has_more ? (size_t)row_max : got.count;
    return STATUS_OK;
}

Status shop_store_sales(Cx *cx, DbConn *conn, const SalePage *page, SaleList *out) {
    DbRows *rows = NULL;
    TRY(sales_query(cx, conn, page, &rows));
    return sales_collect(cx, rows, page->row_max, out);
}

Status shop_store_recovering(Cx *cx, DbConn *conn, SaleList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_SALES_RECOVERING, DB_NO_ARGS, &rows));
    return sales_collect(cx, rows, INT32_MAX, out);
}

static const char SQL_OPEN_TOTALS[] =
    "SELECT sale.org_id, org.name, COUNT(*), SUM(sale.subsidy_fen), MIN(sale.sold_ms)"
    " FROM sale JOIN org ON org.id = sale.org_id WHERE sale.state = 'redeemed'"
    " GROUP BY sale.org_id, org.name ORDER BY MIN(sale.sold_ms)";

static void open_totals_row(Arena *arena, const DbRows *rows, void *item) {
    *(OpenTotal *)item = (OpenTotal){.org_id = db_int(rows, 0),
                                     .name = db_text(arena, rows, 1),
                                     .count = db_int(rows, 2),
                                     .total = db_money(rows, 3),
                                     .oldest_ms = db_int(rows, 4)};
}

Status shop_store_open_totals(Cx *cx, DbConn *conn, OpenTotalList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OPEN_TOTALS, DB_NO_ARGS, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(OpenTotal, open_totals_row), &got));
    *out = (OpenTotalList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_OPEN_TOTAL[] = "SELECT COUNT(*), SUM(subsidy_fen), MIN(sold_ms) FROM sale"
                                     " WHERE org_id = $1 AND state = 'redeemed'";
static const char SQL_BATCH_TOTAL[] =
    "SELECT COUNT(*), SUM(subsidy_fen), MIN(sold_ms) FROM (SELECT subsidy_fen, sold_ms FROM sale"
    " WHERE org_id = $1 AND state = 'redeemed' ORDER BY id LIMIT $2) AS batch";

static Status total_read(Cx *cx, DbRows *rows, OpenTotal *out) {
    bool has_row = false;
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        out->count = db_int(rows, 0);
        out->total = db_money(rows, 1);
        out->oldest_ms = db_int(rows, 2);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

Status shop_store_open_total(Cx *cx, DbConn *conn, int64_t org_id, OpenTotal *out) {
    DbRows *rows = NULL;
    *out = (OpenTotal){.org_id = org_id};
    TRY(db_query(cx, conn, SQL_OPEN_TOTAL, DB_ARGS(DB_INT(org_id)), &rows));
    return total_read(cx, rows, out);
}

Status shop_store_batch_total(Cx *cx, DbConn *conn, int64_t org_id, OpenTotal *out) {
    DbRows *rows = NULL;
    *out = (OpenTotal){.org_id = org_id};
    TRY(db_query(cx, conn, SQL_BATCH_TOTAL,
                 DB_ARGS(DB_INT(org_id), DB_INT(SHOP_SETTLEMENT_SALES_MAX)), &rows));
    return total_read(cx, rows, out);
}

/* ---- settlements ---- */

static const char SQL_SETTLEMENT_INSERT[] =
    "INSERT INTO settlement (org_id, state, sale_count, total_fen, made_by, made_ms, is_advance)"
    " VALUES ($1, 'approved', $2, $3, $4, $5, $6) RETURNING id";

Status shop_store_settlement_insert(Cx *cx, DbConn *conn, const Settlement *settlement,
                                    int64_t made_by, int64_t *id) {
    return db_insert(cx, conn, SQL_SETTLEMENT_INSERT,
                     DB_ARGS(DB_INT(settlement->org_id), DB_INT(settlement->sale_count),
                             DB_MONEY(settlement->total), DB_INT(made_by),
                             DB_INT(settlement->made_ms), DB_INT(settlement->is_advance)),
                     id);
}

static const char SQL_SETTLEMENT_TAKE[] =
    "UPDATE sale SET state = 'in_batch', settlement_id = $1 WHERE id IN (SELECT id FROM sale"
    " WHERE org_id = $2 AND state = 'redeemed' ORDER BY id LIMIT $3)";

Status shop_store_settlement_take(Cx *cx, DbConn *conn, int64_t settlement_id, int64_t org_id,
                                  int64_t *count) {
    return db_exec(
        cx, conn, SQL_SETTLEMENT_TAKE,
        DB_ARGS(DB_INT(settlement_id), DB_INT(org_id), DB_INT(SHOP_SETTLEMENT_SALES_MAX)), count);
}

#define SETTLEMENT_COLUMNS                                                                          \
    "id, org_id, state, sale_count, total_fen, made_ms, paid_ms, bank_reference, made_by, paid_by," \
    " is_advance"

static Settlement settlement_of_row(Arena *arena, const DbRows *rows) {
    return (Settlement){.id = db_int(rows, 0),
                        .org_id = db_int(rows, 1),
                        .state = db_text(arena, rows, 2),
                        .sale_count = db_int(rows, 3),
                        .total = db_money(rows, 4),
                        .made_ms = db_int(rows, 5),
                        .paid_ms = db_int(rows, 6),
                        .bank_reference = db_text(arena, rows, 7),
                        .made_by = db_int(rows, 8),
                        .paid_by = db_int(rows, 9),
                        .is_advance = db_int(rows, 10) != 0};
}

static const char SQL_SETTLEMENT_FIND[] =
    "SELECT " SETTLEMENT_COLUMNS " FROM settlement WHERE id = $1";

Status shop_store_settlement_find(Cx *cx, DbConn *conn, int64_t id, Settlement *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_SETTLEMENT_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个结算批次");
    }
    *out = settlement_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_SETTLEMENT_PAID[] =
    "UPDATE settlement SET state = 'paid', paid_by = $1, paid_ms = $2, bank_reference = $3"
    " WHERE id = $4 AND state = 'approved'";

Status shop_store_settlement_paid(Cx *cx, DbConn *conn, const SettlementPaid *paid) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_SETTLEMENT_PAID,
                DB_ARGS(DB_INT(paid->paid_by), DB_INT(paid->now_ms), DB_TEXT(paid->bank_reference),
                        DB_INT(paid->settlement_id)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个结算批次已经支付过");
}

static const char SQL_SETTLEMENTS[] =
    "SELECT " SETTLEMENT_COLUMNS " FROM settlement ORDER BY id DESC LIMIT 200";
static const char SQL_SETTLEMENTS_OF_ORG[] =
    "SELECT " SETTLEMENT_COLUMNS " FROM settlement WHERE org_id = $1 ORDER BY id DESC LIMIT 200";

static void settlements_row(Arena *arena, const DbRows *rows, void *item) {
    *(Settlement *)item = settlement_of_row(arena, rows);
}

Status shop_store_settlements(Cx *cx, DbConn *conn, int64_t org_id, SettlementList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    if (org_id == 0) {
        TRY(db_query(cx, conn, SQL_SETTLEMENTS, DB_NO_ARGS, &rows));
    } else {
        TRY(db_query(cx, conn, SQL_SETTLEMENTS_OF_ORG, DB_ARGS(DB_INT(org_id)), &rows));
    }
    TRY(db_collect(cx, rows, DB_ITEM(Settlement, settlements_row), &got));
    *out = (SettlementList){got.items, got.count};
    return STATUS_OK;
}
