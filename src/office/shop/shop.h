/*
 * shop.h - the shop's side: filed prices, the till, sales, returns, settlement.
 *
 * The 2026 merchant rules (商办流通函〔2025〕469号; numbers M1.. of
 * docs/reference/merchant-rules.md) that a system can check are checked at the till, each with the
 * rule, the value seen and what to do: M1 price not above the filed one, M3 and M4 one proper
 * invoice for one unit, M5 invoice in the claimant's name, M6 claimant = payer = recipient, M7
 * serial number once, M8 returns, M10 no late upload, M12 excluded shops.
 */
#ifndef HUANXIN_OFFICE_SHOP_SHOP_H
#define HUANXIN_OFFICE_SHOP_SHOP_H

#include "attach/attach.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"

/* X(NAME, stored word, Chinese, tone) */
#define SALE_STATE_LIST(X)                                                                         \
    X(REDEEMED, "redeemed", "待结算", INFO)                                                        \
    X(IN_BATCH, "in_batch", "结算中", INFO)                                                        \
    X(PAID, "paid", "已到账", GOOD)                                                                \
    X(RETURNED, "returned", "已退货", NEUTRAL)                                                     \
    X(RECOVERING, "recovering", "追回中", WARN)                                                    \
    X(RECOVERED, "recovered", "已追回", NEUTRAL)

typedef struct FiledPrice {
    int64_t id;
    int64_t org_id;
    Str gtin;
    Str title;
    Str programme;
    Str category;
    int64_t efficiency_level;
    Money price;
    int64_t filed_ms;
} FiledPrice;

/* Files a price inside a write command; a newer one ends the older one of the same product. */
MUST_CHECK Status shop_price_file(Cx *cx, DbConn *conn, const FiledPrice *price, int64_t *id);
/* How other shops file the product of a filing, when some do so in another category or at another
 * level: the way most of them take. */
typedef struct FiledOtherwise {
    int64_t shop_count; /* 0: nobody files it otherwise */
    Str programme;
    Str category;
    int64_t efficiency_level;
} FiledOtherwise;
MUST_CHECK Status shop_price_otherwise(Cx *cx, DbConn *conn, const FiledPrice *price,
                                       FiledOtherwise *out);
/* The filed price in force; NOT_FOUND with a Chinese fault at field "gtin". */
MUST_CHECK Status shop_price_find(Cx *cx, DbConn *conn, int64_t org_id, Str gtin, FiledPrice *out);

typedef struct TillSale {
    int64_t org_id;
    int64_t sold_by;
    Str code; /* of the coupon */
    Str gtin;
    Str serial;
    Str invoice;
    Day invoice_day;
    Money price;
    Str buyer_hash; /* keyed hashes of the names on invoice, payment and delivery */
    Str payer_hash;
    Str recipient_hash;
    Str address_hash; /* of the delivery: office/mark; empty: taken along, or not told */
    Str photo_name;
    const AttachFile *photo; /* stored already by attach_file_put; NULL: none */
    int64_t now_ms;
} TillSale;

typedef struct SaleResult {
    int64_t sale_id;
    Money subsidy;
    Money to_pay; /* by the customer */
} SaleResult;

/* Redeems a coupon at the till inside a write command. All checks first; the first failed one is
 * told at its field and nothing is changed. */
MUST_CHECK Status shop_redeem(Cx *cx, DbConn *conn, const City *city, const TillSale *sale,
                              SaleResult *out);
/* The same checks on a read connection, so that a refusal costs no upload and no write. */
MUST_CHECK Status shop_till_check(Cx *cx, DbConn *conn, const City *city, const TillSale *sale);
/* Takes goods back: before payment the money is released and the coupon treated by its year's rule;
 * after payment the subsidy must be recovered, and the sale says so until it is. */
MUST_CHECK Status shop_return(Cx *cx, DbConn *conn, int64_t sale_id, int64_t org_id,
                              int64_t now_ms);

typedef struct SaleRecover {
    int64_t sale_id;
    Str bank_reference; /* of the money that came back */
    int64_t now_ms;
} SaleRecover;
/* Records that the subsidy of goods returned after payment has come back (paid -> recovered), and
 * treats the coupon by its year's rule. CONFLICT unless the sale is being recovered; DENIED for the
 * person who took the goods back. */
MUST_CHECK Status shop_recover(Cx *cx, DbConn *conn, const SaleRecover *recover);

/* The sales of one settlement: what the writer pays in one command without keeping others waiting
 * for more than a moment. */
enum { SHOP_SETTLEMENT_SALES_MAX = 1000 };

typedef struct Settlement {
    int64_t id;
    int64_t org_id;
    Str state; /* "approved", "paid" */
    int64_t sale_count;
    Money total;
    int64_t made_ms;
    int64_t paid_ms;
    Str bank_reference;
    int64_t made_by; /* 0: an advance that nobody has checked yet */
    int64_t paid_by; /* 0: not yet */
    bool is_advance; /* made by the rule of advance.h */
} Settlement;

/* Gathers the oldest open sales of a shop, at most SHOP_SETTLEMENT_SALES_MAX, into a settlement
 * inside a write command. CONFLICT when there is none or the shop is suspended. */
MUST_CHECK Status shop_settlement_make(Cx *cx, DbConn *conn, int64_t org_id, int64_t made_by,
                                       int64_t now_ms, int64_t *id);
typedef struct SettlementPaid {
    int64_t settlement_id;
    int64_t paid_by;
    Str bank_reference;
    int64_t now_ms;
} SettlementPaid;
/* DENIED for the person who made the settlement: money goes out by two people. CONFLICT for an
 * advance that nobody has checked. */
MUST_CHECK Status shop_settlement_second_check(Cx *cx, const Settlement *settlement,
                                               int64_t person_id);
/* Marks a settlement paid: every coupon's money moves from approved to paid. DENIED for the person
 * who made it; CONFLICT when it is paid already or the shop is suspended. O(sales). */
MUST_CHECK Status shop_settlement_pay(Cx *cx, DbConn *conn, const SettlementPaid *paid);

ViewValue shop_sale_state_view(Str state);

/* How soon shops are paid. */
#include "office/shop/advance.h"

Status shop_till_page(Web *web);
Status shop_till_post(Web *web);
Status shop_price_page(Web *web);
Status shop_price_post(Web *web);
Status shop_sales_page(Web *web);
Status shop_sale_page(Web *web);
Status shop_return_post(Web *web);
Status shop_recover_post(Web *web);
/* The photo of a sale, for its shop, finance and audit. */
Status shop_attachment_page(Web *web);
Status shop_money_page(Web *web);
Status shop_settlement_list_page(Web *web);
Status shop_settlement_post(Web *web);
Status shop_settlement_page(Web *web);
/* The statement as PDF, the list as XLSX or CSV; words[0] is "pdf", "xlsx", "csv", "csv_gb", or
 * absent: CSV. */
Status shop_settlement_file(Web *web);
Status shop_settlement_paid_post(Web *web);

#endif
