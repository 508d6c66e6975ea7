/* recycle_store.h - the SQL of reverse invoices and certificates. Private to office/recycle. */
#ifndef HUANXIN_OFFICE_RECYCLE_STORE_H
#define HUANXIN_OFFICE_RECYCLE_STORE_H

#include "office/recycle/recycle.h"

/* Net sum of a seller's prepared invoices in months first..last. */
MUST_CHECK Status recycle_store_seller_sum(Cx *cx, DbConn *conn, Str seller_hash, int64_t first,
                                           int64_t last, Money *out);
MUST_CHECK Status recycle_store_invoice_insert(Cx *cx, DbConn *conn, const ReverseInvoice *invoice,
                                               int64_t now_ms, int64_t *id);
/* Invoices of a recycler, newest first, with one row more than count when there are more. */
MUST_CHECK Status recycle_store_invoices(Cx *cx, DbConn *conn, int64_t org_id, int64_t page,
                                         DbRows **out);

typedef struct Certificate {
    int64_t id;
    Str number;
    int64_t pickup_id;
    int64_t org_id;
    Str category;
    Str town_code;
    Str old_serial;
    int64_t net_gram;
    Str method;
    Day ended_day;
    int64_t made_by;
    int64_t made_ms;
} Certificate;
MUST_CHECK Status recycle_store_certificate_insert(Cx *cx, DbConn *conn,
                                                   const Certificate *certificate, int64_t *id);
MUST_CHECK Status recycle_store_certificate_find(Cx *cx, DbConn *conn, int64_t id,
                                                 Certificate *out);
typedef struct CertificateList {
    Certificate *items;
    size_t count;
    bool has_more;
} CertificateList;
/* Certificates with ended_day in first..last, newest first. */
MUST_CHECK Status recycle_store_certificates(Cx *cx, DbConn *conn, Day first, Day last,
                                             int64_t page, CertificateList *out);

enum { RECYCLE_ROWS_PER_PAGE = 50 };

#endif
