/*
 * coupon.h - the qualification coupon (资格券): claimed, redeemed or lapsed, and what each step
 * does to the money.
 *
 *   claimed ──redeem──▶ redeemed ──settle──▶ settled
 *      │ ▲                 │
 *      │ └──return(2026)───┤ return; after settling: recover
 *      ├─withdraw─▶ withdrawn        every arrow to the right of the money gives it back:
 *      └─expire───▶ expired          reserved is released in the same command
 *
 * Claiming reserves the highest subsidy of the category, because the price is not known yet; what
 * the final price does not need is released at redemption. All functions run inside a write
 * command.
 */
#ifndef HUANXIN_OFFICE_COUPON_COUPON_H
#define HUANXIN_OFFICE_COUPON_COUPON_H

#include "office/city/city.h"
#include "office/policy/policy.h"
#include "office/treasury/treasury.h"
#include "web/web.h"

/* X(NAME, stored word, Chinese, tone) */
#define COUPON_STATE_LIST(X)                                                                       \
    X(CLAIMED, "claimed", "待使用", INFO)                                                          \
    X(REDEEMED, "redeemed", "已核销", GOOD)                                                        \
    X(SETTLED, "settled", "已结算", GOOD)                                                          \
    X(WITHDRAWN, "withdrawn", "已退回", NEUTRAL)                                                   \
    X(EXPIRED, "expired", "已过期", NEUTRAL)                                                       \
    X(RETURNED, "returned", "已退货", NEUTRAL)

/* From this year a return restores the coupon, and so does not use up a claim: 商办流通函〔2025〕
 * 469号, rule M8. */
enum { COUPON_YEAR_RETURN_RESTORES = 2026 };

typedef struct Coupon {
    int64_t id;
    Str code; /* shown to the shop */
    Str programme;
    int64_t year;
    Str category;
    int64_t person_id;
    Str state;
    HoldId hold;
    Money amount; /* reserved, or the subsidy once redeemed */
    int64_t decision_id;
    int64_t claimed_ms;
    int64_t expires_ms;
} Coupon;

typedef struct CouponClaim {
    int64_t person_id;
    const CityCategory *category;
    const PolicyAnswer *answer; /* of the category's best case: reserves its cap */
    Str code;                   /* random, made by the caller: coupon_code_new */
    Day day;
    int64_t now_ms;
    int64_t release_id; /* of a waiting list or draw that gives it; 0: first come */
} CouponClaim;

/* Makes a coupon number that a person can read out: 12 digits and capital letters without 0O1I. */
Str coupon_code_new(Arena *arena);

/* Claims a coupon. CONFLICT with a Chinese fault when the programme is closed, the person holds or
 * has used the category this year, has no claim left, or the pot is empty; INVALID when the answer
 * is not eligible. *id gets the coupon. */
MUST_CHECK Status coupon_claim(Cx *cx, DbConn *conn, const CouponClaim *claim, int64_t *id);
/* Reads what the persons of many claims have done, at once, for the coupon_claim calls that follow
 * in the transaction with these very claims; as DbForesee. */
MUST_CHECK Status coupon_foresee(Cx *cx, DbConn *conn, const CouponClaim *const *claims,
                                 size_t count);

/* The checks of coupon_claim that concern the person alone, changing nothing: CONFLICT when they
 * hold or have used a coupon of the category this year, or have no claim left. */
MUST_CHECK Status coupon_claim_check(Cx *cx, DbConn *conn, const CouponClaim *claim);

/* Gives an unused coupon of this person back. CONFLICT when it is not unused. */
MUST_CHECK Status coupon_withdraw(Cx *cx, DbConn *conn, int64_t coupon_id, int64_t person_id,
                                  int64_t now_ms);
/* Lapses up to count_max coupons whose time has passed; *count gets how many. */
MUST_CHECK Status coupon_expire(Cx *cx, DbConn *conn, int64_t now_ms, int64_t count_max,
                                int64_t *count);
/* CONFLICT with a Chinese fault at field "code" when the coupon cannot be redeemed at now_ms. */
MUST_CHECK Status coupon_usable(Cx *cx, const Coupon *coupon, int64_t now_ms);
/* Marks a claimed coupon redeemed with the final subsidy: the rest is released, the subsidy
 * approved. CONFLICT when it is not usable at now_ms or the subsidy exceeds what is reserved. */
MUST_CHECK Status coupon_redeem(Cx *cx, DbConn *conn, const Coupon *coupon, Money subsidy,
                                int64_t now_ms);
/* Undoes a redemption that has not been paid: the money goes back, and where the year's rule
 * restores coupons (2026 on: 商办流通函〔2025〕469号) the person gets it again if the pot allows.
 */
MUST_CHECK Status coupon_return(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms);
/* Undoes a redemption that was paid, when the money has come back: it is recovered in the ledger,
 * and the coupon is treated as by coupon_return. CONFLICT when it is not settled. */
MUST_CHECK Status coupon_recover(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms);
/* What the till asks: may this coupon pay an invoice of that day, now? A release can have a
 * purchase cut-off and a later filing deadline. CONFLICT at field "invoice_day". */
MUST_CHECK Status coupon_purchase_check(Cx *cx, DbConn *conn, int64_t coupon_id, Day invoice_day,
                                        int64_t now_ms);
/* Pays what was approved. */
MUST_CHECK Status coupon_settle(Cx *cx, DbConn *conn, const Coupon *coupon, int64_t now_ms);

/* When the newest coupon was claimed; 0: none. */
MUST_CHECK Status coupon_last_claim(Cx *cx, DbConn *conn, int64_t *at_ms);
MUST_CHECK Status coupon_find(Cx *cx, DbConn *conn, int64_t id, Coupon *out);
/* By the number shown; spaces and hyphens are ignored. NOT_FOUND with a Chinese fault. */
MUST_CHECK Status coupon_find_code(Cx *cx, DbConn *conn, Str code, Coupon *out);
/* The Chinese words and tone of a stored state. */
ViewValue coupon_state_view(Str state);

/* Lapses what is due in the background: call it now and then with the city's database. */
MUST_CHECK Status coupon_expire_job(Cx *cx, const City *city, int64_t now_ms);

Status coupon_list_page(Web *web);
Status coupon_page(Web *web);
Status coupon_claim_page(Web *web);
Status coupon_claim_post(Web *web);
Status coupon_withdraw_post(Web *web);

#endif
