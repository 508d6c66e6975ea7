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
/* Booked pick-ups of a recycler up to and including a day. */
MUST_CHECK Status pickup_store_round(Cx *cx, DbConn *conn, int64_t org_id, Day day,
                                     PickupList *out);

#endif
