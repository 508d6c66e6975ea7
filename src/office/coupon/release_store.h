/* release_store.h - the SQL of releases. Private to office/coupon. */
#ifndef HUANXIN_OFFICE_COUPON_RELEASE_STORE_H
#define HUANXIN_OFFICE_COUPON_RELEASE_STORE_H

#include "office/coupon/release.h"

MUST_CHECK Status release_store_insert(Cx *cx, DbConn *conn, const Release *release, int64_t *id);
/* CONFLICT when it is not in `from` any more. */
MUST_CHECK Status release_store_move(Cx *cx, DbConn *conn, int64_t id, Str from, Str to);
MUST_CHECK Status release_store_revealed(Cx *cx, DbConn *conn, const ReleaseReveal *reveal);
/* The releases of a programme and year, the newest first. */
MUST_CHECK Status release_store_of(Cx *cx, DbConn *conn, Str programme, int64_t year,
                                   ReleaseList *out);
/* Counts one more within max (0: no bound); *is_taken false when there is no more. */
typedef struct ReleaseSpan {
    int64_t release_id;
    const char *span;
    int64_t slot;
    int64_t max;
} ReleaseSpan;
MUST_CHECK Status release_store_count(Cx *cx, DbConn *conn, const ReleaseSpan *span,
                                      bool *is_taken);
/* Counts one less for the release of a coupon, if it has one. */
MUST_CHECK Status release_store_ungrant(Cx *cx, DbConn *conn, int64_t coupon_id);
MUST_CHECK Status release_store_grant(Cx *cx, DbConn *conn, int64_t coupon_id, int64_t release_id);
/* The release of a coupon; *id 0: none. */
MUST_CHECK Status release_store_of_coupon(Cx *cx, DbConn *conn, int64_t coupon_id, int64_t *id);
/* The town of a person; empty: unknown. */
MUST_CHECK Status release_store_place_insert(Cx *cx, DbConn *conn, const ReleaseJoin *join,
                                             Str hash, int64_t *id, bool *is_new);
MUST_CHECK Status release_store_place(Cx *cx, DbConn *conn, int64_t id, ReleasePlace *out);
/* Ends a waiting place; CONFLICT when it does not wait. */
typedef struct PlaceEnd {
    int64_t id;
    Str to;
    int64_t coupon_id; /* 0: none */
    Str reason;
    int64_t now_ms;
} PlaceEnd;
MUST_CHECK Status release_store_place_end(Cx *cx, DbConn *conn, const PlaceEnd *end);
MUST_CHECK Status release_store_rank(Cx *cx, DbConn *conn, int64_t release_id, Str hash,
                                     int64_t rank);
/* The hashes of all who joined and did not leave, in the order of joining. */
MUST_CHECK Status release_store_hashes(Cx *cx, DbConn *conn, int64_t release_id, Str **out,
                                       size_t *count);

/* The name of an officer's unit; empty when there is none. */
MUST_CHECK Status release_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out);

#endif
