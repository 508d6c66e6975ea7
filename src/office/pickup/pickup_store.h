/* pickup_store.h - the SQL of pick-ups. Private to office/pickup. */
#ifndef HUANXIN_OFFICE_PICKUP_STORE_H
#define HUANXIN_OFFICE_PICKUP_STORE_H

#include "office/pickup/pickup.h"

MUST_CHECK Status pickup_store_insert(Cx *cx, DbConn *conn, const Pickup *pickup, int64_t *id);
/* Bookings of a town's slot. */
MUST_CHECK Status pickup_store_slot_count(Cx *cx, DbConn *conn, const Pickup *pickup,
                                          int64_t *count);
/* The active recycler with the fewest bookings on the day, ties to the lowest id; 0: none. */
MUST_CHECK Status pickup_store_org_choose(Cx *cx, DbConn *conn, Day day, int64_t *org_id);
MUST_CHECK Status pickup_store_cancel(Cx *cx, DbConn *conn, int64_t id, int64_t person_id,
                                      int64_t now_ms);
MUST_CHECK Status pickup_store_collect(Cx *cx, DbConn *conn, const PickupCollect *collect);
MUST_CHECK Status pickup_store_certify(Cx *cx, DbConn *conn, int64_t id, int64_t org_id,
                                       int64_t now_ms);
/* A pick-up that stands (not cancelled) with this old serial: its id, or 0. */
MUST_CHECK Status pickup_store_serial_used(Cx *cx, DbConn *conn, Str serial, int64_t *id);
MUST_CHECK Status pickup_store_of_person(Cx *cx, DbConn *conn, int64_t person_id, PickupList *out);
/* Booked pick-ups on the released rounds of a driver up to and including a day. */
typedef struct PickupRoundAsk {
    int64_t driver_id;
    int64_t org_id;
    Day today;
    Day until;
} PickupRoundAsk;
MUST_CHECK Status pickup_store_round(Cx *cx, DbConn *conn, const PickupRoundAsk *ask,
                                     PickupList *out);
/* Notes that a driver has opened an address; *is_new false when it was so already. */
MUST_CHECK Status pickup_store_opening_put(Cx *cx, DbConn *conn, int64_t pickup_id,
                                           const PickupOpening *opening, bool *is_new);
/* Gives a booked pick-up to another recycler, without an arrival. CONFLICT when it is not booked.
 */
MUST_CHECK Status pickup_store_org_set(Cx *cx, DbConn *conn, const Pickup *pickup, int64_t org_id);

#endif
