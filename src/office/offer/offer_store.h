/* offer_store.h - the SQL of offers. Private to office/offer. */
#ifndef HUANXIN_OFFICE_OFFER_STORE_H
#define HUANXIN_OFFICE_OFFER_STORE_H

#include "office/offer/offer.h"

typedef struct OfferList {
    Offer *items;
    size_t count;
    bool has_more;
} OfferList;

typedef struct OfferFilter {
    Str unit;      /* empty: all */
    Str programme; /* empty: all */
    Str town;      /* empty: all */
    Str state;     /* empty: all */
    bool has_owner_only;
    int64_t page;
    int64_t row_max;
} OfferFilter;
/* Offers that stand: met by the record, and not used by a claim or sale; the newest first. */
MUST_CHECK Status offer_store_list(Cx *cx, DbConn *conn, const OfferFilter *filter, OfferList *out);
MUST_CHECK Status offer_store_count(Cx *cx, DbConn *conn, const OfferFilter *filter,
                                    int64_t *count);
/* Those that a firm has been told of. */
MUST_CHECK Status offer_store_of_org(Cx *cx, DbConn *conn, int64_t org_id, OfferList *out);
MUST_CHECK Status offer_store_find(Cx *cx, DbConn *conn, int64_t id, Offer *out);
/* The offer of a rule and record; id 0 when there is none. */
MUST_CHECK Status offer_store_of_record(Cx *cx, DbConn *conn, Str rule, int64_t record_id,
                                        Offer *out);
/* Inserts, or writes what was judged anew; keeps state and claim. */
MUST_CHECK Status offer_store_put(Cx *cx, DbConn *conn, const Offer *offer);
typedef struct OfferMove {
    int64_t id;
    Str from;
    Str to;
    int64_t person_id;
    int64_t claim_id;
    int64_t now_ms;
} OfferMove;
/* CONFLICT unless it is in from. */
MUST_CHECK Status offer_store_move(Cx *cx, DbConn *conn, const OfferMove *move);

/* The firm of the house with this code, or 0. */
MUST_CHECK Status offer_store_org(Cx *cx, DbConn *conn, Str uscc, int64_t *id);
MUST_CHECK Status offer_store_unit(Cx *cx, DbConn *conn, int64_t person_id, Str *out);

typedef struct OfferScan {
    Str rule;
    Str digest; /* empty: never begun */
    int64_t record_id;
    bool is_walked;
    int64_t journal_id;
} OfferScan;
MUST_CHECK Status offer_store_scan(Cx *cx, DbConn *conn, Str rule, OfferScan *out);
MUST_CHECK Status offer_store_scan_put(Cx *cx, DbConn *conn, const OfferScan *scan);
typedef struct OfferIds {
    int64_t *items;
    size_t count;
    int64_t last; /* the last record or journal entry looked at */
} OfferIds;
/* The next records of a kind after an id. */
MUST_CHECK Status offer_store_walk(Cx *cx, DbConn *conn, int64_t kind_id, int64_t after,
                                   int64_t row_max, OfferIds *out);
/* Records that the journal says have changed, after an entry and up to another. */
MUST_CHECK Status offer_store_changed(Cx *cx, DbConn *conn, int64_t after, int64_t up_to,
                                      int64_t row_max, OfferIds *out);
MUST_CHECK Status offer_store_journal_last(Cx *cx, DbConn *conn, int64_t *id);

#endif
