/* advance_store.h - the SQL of settlement rules and advances. Private to office/shop. */
#ifndef HUANXIN_OFFICE_SHOP_ADVANCE_STORE_H
#define HUANXIN_OFFICE_SHOP_ADVANCE_STORE_H

#include "office/shop/advance.h"
#include "office/shop/shop_store.h"

MUST_CHECK Status advance_store_insert(Cx *cx, DbConn *conn, const SettlementRule *rule,
                                       int64_t *id);
/* NOT_FOUND with a Chinese fault. */
MUST_CHECK Status advance_store_find(Cx *cx, DbConn *conn, int64_t id, SettlementRule *out);
/* CONFLICT when somebody was faster. */
MUST_CHECK Status advance_store_decide(Cx *cx, DbConn *conn, const SettlementRule *rule);

typedef struct OrgIds {
    int64_t *items;
    size_t count;
} OrgIds;
/* Active shops that have fronted so much, have open sales and no unpaid advance. */
MUST_CHECK Status advance_store_due(Cx *cx, DbConn *conn, Money threshold, OrgIds *out);
MUST_CHECK Status advance_store_has_open(Cx *cx, DbConn *conn, int64_t org_id, bool *out);
/* The oldest open sales of a shop, at most SHOP_SETTLEMENT_SALES_MAX. */
MUST_CHECK Status advance_store_oldest(Cx *cx, DbConn *conn, int64_t org_id, SaleList *out);
/* Puts the open sales up to last_id into the settlement; *count gets how many. */
MUST_CHECK Status advance_store_take(Cx *cx, DbConn *conn, const Settlement *settlement,
                                     int64_t last_id, int64_t *count);
/* Who checked an advance stands as its maker. CONFLICT when somebody does already. */
MUST_CHECK Status advance_store_taken_on(Cx *cx, DbConn *conn, int64_t id, int64_t person_id);

#endif
