/* coupon_store.h - the SQL of coupons. Private to office/coupon. */
#ifndef HUANXIN_OFFICE_COUPON_STORE_H
#define HUANXIN_OFFICE_COUPON_STORE_H

#include "office/coupon/coupon.h"

typedef struct CouponUse {
    int64_t claim_count; /* in the year, lapsed and returned ones included */
    uint64_t slots;      /* bit per slot that is held or used, from bit 1 */
} CouponUse;
/* What a person has done with a category in a year. */
MUST_CHECK Status coupon_store_use(Cx *cx, DbConn *conn, const CouponClaim *claim, CouponUse *out);
/* As coupon_store_use for many claims; uses has a place for each. */
MUST_CHECK Status coupon_store_uses(Cx *cx, DbConn *conn, const CouponClaim *const *claims,
                                    CouponUse *uses, size_t count);
MUST_CHECK Status coupon_store_insert(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t slot,
                                      int64_t *id);
/* Moves a coupon from one state to another; CONFLICT when it is not in `from` any more. */
MUST_CHECK Status coupon_store_move(Cx *cx, DbConn *conn, int64_t id, Str from, Str to,
                                    int64_t ended_ms);
MUST_CHECK Status coupon_store_amount(Cx *cx, DbConn *conn, int64_t id, Money amount);
/* Gives a coupon a new hold and time. */
MUST_CHECK Status coupon_store_restore(Cx *cx, DbConn *conn, int64_t id, HoldId hold,
                                       int64_t expires_ms);
typedef struct CouponList {
    Coupon *items;
    size_t count;
} CouponList;
MUST_CHECK Status coupon_store_due(Cx *cx, DbConn *conn, int64_t now_ms, int64_t count_max,
                                   CouponList *out);
MUST_CHECK Status coupon_store_of_person(Cx *cx, DbConn *conn, int64_t person_id, CouponList *out);

#endif
