/*
 * pickup.h - online-booked collection (线上预约收运, clause 4.1): the resident books a slot, the
 * recycler's driver fetches, weighs and pays, and the old thing waits for its certified end.
 *
 *   booked ──collect──▶ collected ──certificate (office/recycle)──▶ certified
 *      └─cancel─▶ cancelled
 */
#ifndef HUANXIN_OFFICE_PICKUP_PICKUP_H
#define HUANXIN_OFFICE_PICKUP_PICKUP_H

#include "office/city/city.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"

enum {
    PICKUP_DAYS_AHEAD = 7,           /* days offered, from tomorrow */
    PICKUP_PER_SLOT_MAX = 40,        /* stops a half day in one town that one truck can drive */
    PICKUP_WEIGHT_GRAM_MAX = 500000, /* one household appliance weighs less than half a tonne */
    PICKUP_PAID_FEN_MAX = 10000000,  /* no household appliance is bought back for 100,000 yuan */
    PICKUP_WINDOW_MS =
        30 * 60000, /* what the resident is told: the planned arrival, more or less */
};

/* X(NAME, stored word, Chinese, tone) */
#define PICKUP_STATE_LIST(X)                                                                       \
    X(BOOKED, "booked", "待上门", INFO)                                                            \
    X(COLLECTED, "collected", "已收走，待拆解", WARN)                                              \
    X(CERTIFIED, "certified", "已拆解出证", GOOD)                                                  \
    X(CANCELLED, "cancelled", "已取消", NEUTRAL)

/* X(NAME, stored word, Chinese): how the resident signs for weight and money at the door. */
#define PICKUP_SIGN_LIST(X)                                                                        \
    X(NONE, "", "—")                                                                               \
    X(CODE, "code", "居民出示签收码")                                                              \
    X(PAPER, "paper", "居民在纸质单上签字")
typedef enum PickupSign {
#define X(name, code, zh) PICKUP_SIGN_##name,
    PICKUP_SIGN_LIST(X)
#undef X
} PickupSign;

typedef struct Pickup {
    int64_t id;
    int64_t person_id;
    int64_t coupon_id; /* 0: booked without a coupon */
    Str category;
    Str title;
    Str town_code;
    Str address_sealed;
    Str address_hash; /* at booking: its mark, office/mark; empty: none */
    Day slot_day;
    Str slot_part; /* "morning", "afternoon" */
    int64_t org_id;
    int64_t driver_id;
    Str state;
    Str old_serial;
    int64_t gross_gram;
    int64_t tare_gram;
    int64_t net_gram;
    Money paid;
    PickupSign sign; /* NONE: not collected, or before this was asked */
    int64_t booked_ms;
    int64_t collected_ms;
    int64_t arrive_ms; /* of the released round; 0: none */
    Str round_vehicle;
    int64_t round_place;     /* the how-many-eth stop of that vehicle */
    int64_t round_driver_id; /* who drives it and may see the address; 0: nobody yet */
    bool is_opened;          /* pickup_round: this driver has opened the address today */
} Pickup;

/* Books a slot inside a write command: id, org and state are chosen here (the recycler with the
 * fewest bookings that day). CONFLICT when the slot is full or no recycler works; INVALID when the
 * day is not offered. */
MUST_CHECK Status pickup_book(Cx *cx, DbConn *conn, const City *city, Pickup *pickup);
MUST_CHECK Status pickup_cancel(Cx *cx, DbConn *conn, int64_t id, int64_t person_id,
                                int64_t now_ms);

typedef struct PickupCollect {
    int64_t pickup_id;
    int64_t driver_id;
    int64_t org_id;
    Str old_serial;
    int64_t gross_gram;
    int64_t tare_gram;
    Money paid;
    PickupSign sign;
    int64_t now_ms;
    bool is_on_round; /* only if the pick-up is on this driver's released round */
} PickupCollect;
/* The six digits that a booking's page shows to its resident, who gives them to the driver once
 * weight and money are right. The same as long as the house's key is. */
Str pickup_sign_code(Arena *arena, const City *city, int64_t pickup_id);
/* Records the fetch: weights (net = gross - tare > 0), the old serial number (once in the whole
 * system), what was paid, and how the resident signed. INVALID at the field. */
MUST_CHECK Status pickup_collect(Cx *cx, DbConn *conn, const PickupCollect *collect);
/* Ends a collected pick-up when its certificate is made; *pickup gets it. CONFLICT otherwise. */
MUST_CHECK Status pickup_certify(Cx *cx, DbConn *conn, int64_t id, int64_t org_id, int64_t now_ms,
                                 Pickup *pickup);

MUST_CHECK Status pickup_find(Cx *cx, DbConn *conn, int64_t id, Pickup *out);

typedef struct PickupList {
    Pickup *items;
    size_t count;
    bool has_more;
} PickupList;
typedef struct PickupFilter {
    int64_t org_id;
    Str state; /* empty: all */
    int64_t page;
    int64_t row_max;
} PickupFilter;
/* Of one recycler, by slot. */
MUST_CHECK Status pickup_of_org(Cx *cx, DbConn *conn, const PickupFilter *filter, PickupList *out);

/* A recycler's booked pick-ups of a day, by town, half day and id. */
MUST_CHECK Status pickup_of_day(Cx *cx, DbConn *conn, int64_t org_id, Day day, PickupList *out);
/* Pick-ups of a town whose slot lies in [from, to] and that were not cancelled. */
MUST_CHECK Status pickup_town_count(Cx *cx, DbConn *conn, Str town_code, Day from, Day to,
                                    int64_t *count);

/* What a released round says about one stop. */
typedef struct PickupArrival {
    int64_t pickup_id;
    int64_t org_id;
    Str vehicle;
    int64_t place;
    int64_t arrive_ms;
    int64_t driver_id; /* 0: the vehicle has none yet */
} PickupArrival;
/* Inside a write command: forgets the arrivals of a recycler's day, and sets one. CONFLICT when the
 * pick-up is not booked with this recycler any more. The journal entry is the caller's. */
MUST_CHECK Status pickup_arrivals_clear(Cx *cx, DbConn *conn, int64_t org_id, Day day);
MUST_CHECK Status pickup_arrival_set(Cx *cx, DbConn *conn, const PickupArrival *arrival);
/* Gives a stop of a released round to another driver (0: nobody) inside a write command. A pick-up
 * that is no longer booked stays as it is. The journal entry is the caller's. */
MUST_CHECK Status pickup_driver_set(Cx *cx, DbConn *conn, int64_t pickup_id, int64_t driver_id);

/* Opens the addresses of a driver's own round of that day inside a write command: one journal entry
 * for each pick-up ("pickup.address"), and the driver's page shows them until the day is over.
 * *count gets how many were opened now. */
typedef struct PickupOpening {
    int64_t driver_id;
    int64_t org_id;
    Day today;
    int64_t count;
} PickupOpening;
MUST_CHECK Status pickup_addresses_open(Cx *cx, DbConn *conn, PickupOpening *opening);
/* Journals that a dispatcher opens one address of his own recycler, inside a write command. Only
 * while it is booked; NOT_FOUND for another recycler's. */
MUST_CHECK Status pickup_address_read(Cx *cx, DbConn *conn, int64_t pickup_id, int64_t org_id);

/* Booked pick-ups whose recycler may not work (suspended or removed), by recycler and day. */
MUST_CHECK Status pickup_stranded(Cx *cx, DbConn *conn, PickupList *out);
/* Gives a suspended recycler's booked pick-ups from a day on to those that work, by the rule of
 * pickup_book, inside a write command; residents keep day and half day. CONFLICT when the recycler
 * works, or nobody does. */
typedef struct PickupReroute {
    int64_t org_id;
    Day from;
    int64_t count; /* how many were given away */
} PickupReroute;
MUST_CHECK Status pickup_reroute(Cx *cx, DbConn *conn, PickupReroute *reroute);
/* "09:40–10:40": PICKUP_WINDOW_MS before and after the planned arrival. */
Str pickup_window_zh(Arena *arena, const Pickup *pickup);

ViewValue pickup_state_view(Str state);
Str pickup_part_zh(Str part);

Status pickup_list_page(Web *web);
Status pickup_new_page(Web *web);
Status pickup_new_post(Web *web);
Status pickup_page(Web *web);
Status pickup_cancel_post(Web *web);
Status pickup_round_page(Web *web);
Status pickup_open_post(Web *web);
Status pickup_stranded_page(Web *web);
Status pickup_reroute_post(Web *web);
Status pickup_collect_page(Web *web);
/* Reads the driver's form; office/recycle posts it, because the reverse invoice is prepared in the
 * same command. */
Status pickup_collect_read(Web *web, PickupCollect *collect);

#endif
