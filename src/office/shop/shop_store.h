/* shop_store.h - the SQL of prices, sales and settlements. Private to office/shop. */
#ifndef HUANXIN_OFFICE_SHOP_STORE_H
#define HUANXIN_OFFICE_SHOP_STORE_H

#include "office/shop/shop.h"

MUST_CHECK Status shop_store_price_end(Cx *cx, DbConn *conn, int64_t org_id, Str gtin,
                                       int64_t ended_ms);
MUST_CHECK Status shop_store_price_insert(Cx *cx, DbConn *conn, const FiledPrice *price,
                                          int64_t *id);
MUST_CHECK Status shop_store_prices(Cx *cx, DbConn *conn, int64_t org_id, DbRows **out);
typedef struct Sale {
    int64_t id;
    int64_t coupon_id;
    int64_t org_id;
    int64_t person_id;
    Str programme;
    Str category;
    Str gtin;
    Str serial;
    Str invoice;
    Day invoice_day;
    int64_t efficiency_level;
    Money price;
    Money filed_price;
    Money subsidy;
    int64_t decision_id;
    Str state;
    int64_t settlement_id;
    int64_t sold_by;
    int64_t sold_ms;
} Sale;
MUST_CHECK Status shop_store_sale_insert(Cx *cx, DbConn *conn, const Sale *sale, int64_t *id);
MUST_CHECK Status shop_store_sale_find(Cx *cx, DbConn *conn, int64_t id, Sale *out);
/* Moves a sale between states; CONFLICT when it is not in `from` any more. */
MUST_CHECK Status shop_store_sale_move(Cx *cx, DbConn *conn, int64_t id, Str from, Str to,
                                       int64_t ended_ms);
typedef struct SaleList {
    Sale *items;
    size_t count;
    bool has_more;
} SaleList;
typedef struct SalePage {
    int64_t org_id;        /* 0: all */
    int64_t settlement_id; /* 0: all */
    Str state;             /* empty: all */
    int64_t page;
    int64_t row_max;
} SalePage;
MUST_CHECK Status shop_store_sales(Cx *cx, DbConn *conn, const SalePage *page, SaleList *out);

/* Sales whose subsidy must come back, the oldest first, at most 200. */
MUST_CHECK Status shop_store_recovering(Cx *cx, DbConn *conn, SaleList *out);

typedef struct OpenTotal {
    int64_t org_id;
    Str name;
    int64_t count;
    Money total;
    int64_t oldest_ms;
} OpenTotal;
typedef struct OpenTotalList {
    OpenTotal *items;
    size_t count;
} OpenTotalList;
/* Shops with sales that wait for a settlement, the longest waiting first. */
MUST_CHECK Status shop_store_open_totals(Cx *cx, DbConn *conn, OpenTotalList *out);
/* Of the sales that the next settlement would take. */
MUST_CHECK Status shop_store_batch_total(Cx *cx, DbConn *conn, int64_t org_id, OpenTotal *out);
MUST_CHECK Status shop_store_open_total(Cx *cx, DbConn *conn, int64_t org_id, OpenTotal *out);

MUST_CHECK Status shop_store_settlement_insert(Cx *cx, DbConn *conn, const Settlement *settlement,
                                               int64_t made_by, int64_t *id);
/* Puts the oldest open sales of the shop, at most SHOP_SETTLEMENT_SALES_MAX, into the settlement;
 * *count gets how many. */
MUST_CHECK Status shop_store_settlement_take(Cx *cx, DbConn *conn, int64_t settlement_id,
                                             int64_t org_id, int64_t *count);
MUST_CHECK Status shop_store_settlement_find(Cx *cx, DbConn *conn, int64_t id, Settlement *out);
MUST_CHECK Status shop_store_settlement_paid(Cx *cx, DbConn *conn, const SettlementPaid *paid);
typedef struct SettlementList {
    Settlement *items;
    size_t count;
} SettlementList;
/* org_id 0: all shops. Newest first. */
MUST_CHECK Status shop_store_settlements(Cx *cx, DbConn *conn, int64_t org_id, SettlementList *out);

#endif
