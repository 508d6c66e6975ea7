/*
 * recycle.h - the recycler's books: the reverse invoice (反向开票) that a fetch prepares, and the
 * certified end of the old thing, which moves the recovery target.
 *
 * Reverse invoicing by 国家税务总局公告2024年第5号: the buyer invoices for a natural person who
 * sells scrap, at most 5,000,000 yuan net of VAT in any run of 12 calendar months over all buyers.
 * This platform sees its own recyclers only; the tax system makes the last check, and the page says
 * so.
 */
#ifndef HUANXIN_OFFICE_RECYCLE_RECYCLE_H
#define HUANXIN_OFFICE_RECYCLE_RECYCLE_H

#include "office/city/city.h"
#include "office/pickup/pickup.h"

/* 公告2024年第5号: the seller's limit in 12 months, net of VAT. */
#define REVERSE_INVOICE_LIMIT_FEN INT64_C(500000000)
/* Monthly sales up to which a natural person's sales are exempt on an ordinary invoice. */
#define REVERSE_INVOICE_EXEMPT_FEN INT64_C(10000000)
enum {
    REVERSE_INVOICE_VAT_BP = 100,       /* the levy of 3 %, reduced to 1 % */
    REVERSE_INVOICE_INCOME_TAX_BP = 50, /* 0.5 % of net sales, prepaid as business income */
};

/* What an invoice would hold: pure arithmetic, for tests and pages. */
typedef struct ReverseInvoice {
    int64_t pickup_id;
    int64_t org_id;
    Str seller_hash;
    int64_t month; /* year * 12 + month - 1 */
    Money gross;   /* paid to the seller */
    Money net;
    int64_t vat_rate_bp; /* 0: exempt */
    Money vat;
    Money income_tax;
    Money rolling; /* net of the 12 months that end with this one, this invoice included */
    bool is_blocked;
    Str reason;
} ReverseInvoice;

/* Computes tax lines and the limit. month_before and rolling_before are net sums of this month and
 * of the last 12 months without this invoice. Rounding: down to the fen; net + vat = gross.
 * Source: 国家税务总局公告2024年第5号. */
void recycle_invoice_compute(ReverseInvoice *invoice, Money month_before, Money rolling_before);

/* Records a fetch (pickup_collect) and prepares its reverse invoice in the same command; no invoice
 * when nothing was paid. */
MUST_CHECK Status recycle_collect(Cx *cx, DbConn *conn, const PickupCollect *collect);

typedef struct CertificateNew {
    int64_t pickup_id;
    int64_t org_id;
    int64_t made_by;
    Str method;
    Day ended_day;
    int64_t now_ms;
} CertificateNew;
/* Records the certified end of a collected thing; the indicator moves in the same command. */
MUST_CHECK Status recycle_certify(Cx *cx, DbConn *conn, const CertificateNew *certificate,
                                  int64_t *id);

Status recycle_collect_post(Web *web);
Status recycle_page(Web *web);
Status recycle_certify_page(Web *web);
Status recycle_certify_post(Web *web);
Status recycle_certificate_page(Web *web);
Status recycle_invoice_page(Web *web);
/* Certificates of a month, masked: the drill-down of the target 废旧家电回收量. */
Status recycle_certificate_list_page(Web *web);

#endif
