/*
 * release.h - how the coupons of a programme are handed out (发放): when, how many, to whom first.
 *
 *   first_come     whoever claims while the release is open, within its quotas a day and an hour
 *   waiting_list   places in the order of joining; the office gives to the first ones
 *   draw           everybody who joined until the closing, in an order that anybody can recompute
 *
 *   open ⇄ paused ──▶ closed ──(draw: the seed is revealed)──▶ drawn
 *
 * A programme without releases hands out as its pot says. With releases, a claim needs one that is
 * open for its category and the person's town. Every coupon is made by coupon_claim, whatever the
 * way. A coupon that lapses, is given back, or comes back from a return for good is one more that
 * its release can give, at the same instant as its money; the quotas of the day and the hour, which
 * only spread the crowd, stay used. The same person has one place in a release on any device.
 *
 * A purchase cut-off (purchase_until) with a later filing deadline (file_until): the invoice may be
 * of that day at the latest, and the shop may redeem until the deadline; the coupon lives as long.
 */
#ifndef HUANXIN_OFFICE_COUPON_RELEASE_H
#define HUANXIN_OFFICE_COUPON_RELEASE_H

#include "office/coupon/coupon.h"

/* X(NAME, stored word, Chinese) */
#define RELEASE_WAY_LIST(X)                                                                        \
    X(FIRST_COME, "first_come", "先到先得")                                                        \
    X(WAITING_LIST, "waiting_list", "排队登记")                                                    \
    X(DRAW, "draw", "公开抽签")

/* X(NAME, stored word, Chinese, tone) */
#define RELEASE_STATE_LIST(X)                                                                      \
    X(OPEN, "open", "进行中", GOOD)                                                                \
    X(PAUSED, "paused", "已暂停", WARN)                                                            \
    X(CLOSED, "closed", "已截止", NEUTRAL)                                                         \
    X(DRAWN, "drawn", "已开签", INFO)

typedef struct Release {
    int64_t id;
    Str programme;
    int64_t year;
    Str category;  /* empty: all */
    Str town_code; /* empty: all */
    Str name;      /* 1..200 bytes */
    Str way;
    Str state;
    int64_t starts_ms;
    int64_t ends_ms;
    int64_t quota;      /* coupons in all, 1..2,000,000 */
    int64_t day_quota;  /* 0: none */
    int64_t hour_quota; /* 0: none */
    Day purchase_until; /* DAY_NONE: no cut-off */
    Day file_until;     /* DAY_NONE: no deadline of its own */
    Str commitment;     /* of a draw: 64 hex digits */
    Str source;         /* of a draw: where the public words come from; "-": none */
    Str seed;           /* of a drawn one */
    Str public_words;
    int64_t made_by;
    int64_t made_ms;
} Release;

typedef struct ReleaseList {
    Release *items;
    size_t count;
} ReleaseList;

typedef struct ReleasePlace {
    int64_t id; /* 0: none */
    int64_t release_id;
    int64_t person_id;
    Str receipt;
    Str hash;
    Str state;
    int64_t rank;  /* in a draw, from 1; 0: not drawn yet */
    int64_t ahead; /* waiting before this one */
    int64_t coupon_id;
    Str reason;
    int64_t taken_ms;
} ReleasePlace;

typedef struct ReleaseCounts {
    int64_t given;
    int64_t waiting;
    int64_t joined; /* ever, those who left not counted */
} ReleaseCounts;

/* ---- changing, inside a write command ---- */

/* Announces a release. INVALID at the field: a way, window, quota, cut-off or commitment that
 * cannot be; waiting lists and draws need a category. */
MUST_CHECK Status release_create(Cx *cx, DbConn *conn, const Release *release, int64_t *id);
/* Releases stop and start everybody's claims: only officers of the unit that the city names hand
 * out coupons. DENIED for another unit. */
MUST_CHECK Status release_unit_check(Cx *cx, DbConn *conn, const City *city, int64_t unit_id);
/* open → paused and back; open or paused → closed. CONFLICT from any other state. */
MUST_CHECK Status release_state_set(Cx *cx, DbConn *conn, int64_t id, Str to);

typedef struct ReleaseJoin {
    int64_t release_id;
    int64_t person_id;
    Str receipt; /* random, made by the caller: release_receipt_new */
    int64_t now_ms;
} ReleaseJoin;
/* A receipt as it is read out: 20 random digits, too many to be tried one by one. */
Str release_receipt_new(Arena *arena);
/* Takes a place. CONFLICT when the release takes nobody now or the person has one; INVALID for a
 * release that is first come. */
MUST_CHECK Status release_join(Cx *cx, DbConn *conn, const ReleaseJoin *join, int64_t *place_id);
/* Gives the place up. CONFLICT when it is not waiting, or the list of a draw is closed. */
MUST_CHECK Status release_leave(Cx *cx, DbConn *conn, int64_t release_id, int64_t person_id,
                                int64_t now_ms);

typedef struct ReleaseReveal {
    int64_t release_id;
    Str seed; /* 64 hex digits: opens the commitment */
    Str public_words;
    int64_t now_ms;
} ReleaseReveal;
/* Draws a closed draw and stores every rank. CONFLICT when it is not closed, nobody joined, or the
 * seed does not open the commitment. O(n log n). */
MUST_CHECK Status release_reveal(Cx *cx, DbConn *conn, const ReleaseReveal *reveal);

typedef struct ReleaseGive {
    const City *city;
    int64_t place_id;
    Str code; /* coupon_code_new */
    Day day;
    int64_t now_ms;
    bool is_refused; /* out: the person cannot have one; the reason is kept with the place */
} ReleaseGive;
/* Gives a coupon to one place: the first that waits. A person who cannot have one (holds one of the
 * category already) keeps the reason and the next is in turn. CONFLICT when it is not this place's
 * turn, the quota or the pot is used up. */
MUST_CHECK Status release_give(Cx *cx, DbConn *conn, ReleaseGive *give);

/* What coupon_claim asks: the release that gives this coupon (id 0: none is needed), with its
 * quotas taken. CONFLICT in words when a release is needed and none gives now. */
MUST_CHECK Status release_take(Cx *cx, DbConn *conn, const CouponClaim *claim, Release *out);
/* Notes that the release gave the coupon. */
MUST_CHECK Status release_granted(Cx *cx, DbConn *conn, int64_t coupon_id, const Release *release);
/* The coupon has ended without a subsidy: its release can give one more. */
MUST_CHECK Status release_ungranted(Cx *cx, DbConn *conn, int64_t coupon_id);
/* ---- reading ---- */

MUST_CHECK Status release_find(Cx *cx, DbConn *conn, int64_t id, Release *out);
/* True when coupons of a programme's year are given by releases only. */
MUST_CHECK Status release_exists(Cx *cx, DbConn *conn, Str programme, int64_t year, bool *out);
/* Newest first. */
MUST_CHECK Status release_list(Cx *cx, DbConn *conn, ReleaseList *out);
MUST_CHECK Status release_counts(Cx *cx, DbConn *conn, int64_t id, ReleaseCounts *out);
/* The person's place, with how many wait before it; id 0: none. */
MUST_CHECK Status release_place_of(Cx *cx, DbConn *conn, int64_t release_id, int64_t person_id,
                                   ReleasePlace *out);
/* The first waiting places in their turn, at most count_max; of a draw only the drawn ones come. */
typedef struct ReleaseTurn {
    int64_t *place_ids;
    size_t count;
} ReleaseTurn;
MUST_CHECK Status release_turn(Cx *cx, DbConn *conn, const Release *release, int64_t count_max,
                               ReleaseTurn *out);
/* The file of a draw at its stage: open, closed or drawn (docs/reference/draw.md). O(n log n). */
MUST_CHECK Status release_draw_text(Cx *cx, DbConn *conn, const Release *release, Str *out);

Str release_way_zh(Str way);
ViewValue release_state_view(const Release *release, int64_t now_ms);

/* ---- pages ---- */

enum { DRAW_UPLOAD_BYTES_MAX = 8 * 1024 * 1024 };
/* Anybody recomputes a published draw. */
Status draw_verify_page(Web *web);
Status draw_verify_post(Web *web);
Status release_list_page(Web *web);
Status release_page(Web *web);
Status release_draw_file(Web *web);
Status release_new_page(Web *web);
Status release_new_post(Web *web);
/* The whole programme, whatever its releases: words[0] and ids[0] are its code and year. */
Status release_pot_pause_post(Web *web);
Status release_pot_resume_post(Web *web);
Status release_pause_post(Web *web);
Status release_resume_post(Web *web);
Status release_close_post(Web *web);
Status release_reveal_post(Web *web);
Status release_give_post(Web *web);
Status release_join_post(Web *web);
Status release_leave_post(Web *web);

#endif
