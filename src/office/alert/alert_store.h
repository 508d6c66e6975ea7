/* alert_store.h - the SQL of alerts and of what they look at. Private to office/alert. */
#ifndef HUANXIN_OFFICE_ALERT_STORE_H
#define HUANXIN_OFFICE_ALERT_STORE_H

#include "office/alert/alert.h"

typedef struct AlertSale {
    int64_t id;
    int64_t org_id;
    Str gtin;
    Str serial;
    int64_t price_fen;
    int64_t sold_ms;
    Str state;
} AlertSale;
typedef struct AlertSaleList {
    AlertSale *items;
    size_t count;
} AlertSaleList;
/* Sales of a span, by product and time. */
MUST_CHECK Status alert_store_sales(Cx *cx, DbConn *conn, const AlertSpan *span,
                                    AlertSaleList *out);

typedef struct AlertFiling {
    int64_t org_id;
    Str gtin;
    int64_t price_fen;
    int64_t filed_ms;
    int64_t ended_ms; /* INT64_MAX: in force */
} AlertFiling;
typedef struct AlertFilingList {
    AlertFiling *items;
    size_t count;
} AlertFilingList;
/* Filings in force within a span, by product. */
MUST_CHECK Status alert_store_filings(Cx *cx, DbConn *conn, const AlertSpan *span,
                                      AlertFilingList *out);

typedef struct AlertClassed {
    int64_t first_id; /* of the shop's filings of the product in this way */
    int64_t org_id;
    Str gtin;
    Str programme;
    Str category;
    int64_t level;
    int64_t sale_count;
} AlertClassed;
typedef struct AlertClassedList {
    AlertClassed *items;
    size_t count;
} AlertClassedList;
/* In which ways shops filed products within a span, by product; only products filed in more than
 * one way. */
MUST_CHECK Status alert_store_classed(Cx *cx, DbConn *conn, const AlertSpan *span,
                                      AlertClassedList *out);

typedef struct AlertRefiled {
    int64_t sale_id;
    int64_t org_id;
    int64_t price_fen;
    int64_t filed_fen;
    int64_t filed_ms;
    int64_t before_fen;
} AlertRefiled;
typedef struct AlertRefiledList {
    AlertRefiled *items;
    size_t count;
} AlertRefiledList;
typedef struct AlertRefiledBound {
    AlertSpan span;
    int64_t days;
    int64_t over_bp;
} AlertRefiledBound;
/* Sales of a span above the filed price that was in force until shortly before. */
MUST_CHECK Status alert_store_refiled(Cx *cx, DbConn *conn, const AlertRefiledBound *bound,
                                      AlertRefiledList *out);

typedef struct AlertShared {
    int64_t person_id; /* the first */
    int64_t person_count;
    Str masked;
} AlertShared;
typedef struct AlertSharedList {
    AlertShared *items;
    size_t count;
} AlertSharedList;
/* Phones and cards behind at least least_count persons who hold or used a subsidy. */
MUST_CHECK Status alert_store_shared_phones(Cx *cx, DbConn *conn, int64_t least_count,
                                            AlertSharedList *out);
MUST_CHECK Status alert_store_shared_accounts(Cx *cx, DbConn *conn, int64_t least_count,
                                              AlertSharedList *out);
/* Cards typed into claims of several persons. */
MUST_CHECK Status alert_store_claim_accounts(Cx *cx, DbConn *conn, int64_t least_count,
                                             AlertSharedList *out);

/* One use of a mark (office/mark), or one thing of a person with the phone or card asked for. */
typedef struct AlertUse {
    int64_t mark_id;
    Str subject; /* "coupon", "place", "sale", "claim", "pickup" */
    int64_t subject_id;
    int64_t person_id;
    int64_t used_ms;
    Str name_masked;
} AlertUse;
typedef struct AlertUseList {
    AlertUse *items;
    size_t count;
    bool has_more;
} AlertUseList;
typedef struct AlertUseAsk {
    Str kind; /* of mark */
    AlertSpan span;
    int64_t persons_min;
} AlertUseAsk;
/* The uses in a span of marks with that many persons in it, by mark and time; without names. */
MUST_CHECK Status alert_store_uses(Cx *cx, DbConn *conn, const AlertUseAsk *ask, AlertUseList *out);
/* The uses of one mark; of everybody with the phone, or the card, of a person; newest first. */
MUST_CHECK Status alert_store_mark_uses(Cx *cx, DbConn *conn, int64_t mark_id, int64_t row_max,
                                        AlertUseList *out);
MUST_CHECK Status alert_store_phone_uses(Cx *cx, DbConn *conn, int64_t person_id, int64_t row_max,
                                         AlertUseList *out);
MUST_CHECK Status alert_store_account_uses(Cx *cx, DbConn *conn, int64_t person_id, int64_t row_max,
                                           AlertUseList *out);

typedef struct AlertClaim {
    int64_t id;
    Str programme;
    Str answers;
} AlertClaim;
typedef struct AlertClaimList {
    AlertClaim *items;
    size_t count;
} AlertClaimList;
MUST_CHECK Status alert_store_claims(Cx *cx, DbConn *conn, const AlertSpan *span,
                                     AlertClaimList *out);

/* Empty when there is none. */
MUST_CHECK Status alert_store_claim_programme(Cx *cx, DbConn *conn, int64_t claim_id, Str *out);
MUST_CHECK Status alert_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out);

MUST_CHECK Status alert_store_insert(Cx *cx, DbConn *conn, const Alert *alert, int64_t now_ms,
                                     bool *is_new);
MUST_CHECK Status alert_store_find(Cx *cx, DbConn *conn, int64_t id, Alert *out);
MUST_CHECK Status alert_store_decide(Cx *cx, DbConn *conn, const AlertVerdict *verdict);

typedef struct AlertPage {
    Str kind;  /* empty: all */
    Str state; /* empty: all */
    int64_t page;
    int64_t row_max;
} AlertPage;
MUST_CHECK Status alert_store_list(Cx *cx, DbConn *conn, const AlertPage *page, AlertList *out);

typedef struct AlertTally {
    Str kind;
    int64_t open_count;
    int64_t confirmed_count;
    int64_t dismissed_count;
} AlertTally;
typedef struct AlertTallyList {
    AlertTally *items;
    size_t count;
} AlertTallyList;
MUST_CHECK Status alert_store_tally(Cx *cx, DbConn *conn, AlertTallyList *out);

#endif
