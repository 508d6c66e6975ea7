/* round_store.h - the SQL of vehicles and plans. Private to office/round. */
#ifndef HUANXIN_OFFICE_ROUND_STORE_H
#define HUANXIN_OFFICE_ROUND_STORE_H

#include "office/round/round.h"

typedef struct DispatchIdList {
    int64_t *items;
    size_t count;
} DispatchIdList;
/* The bookings of a vehicle in rounds that were released, from a day on. */
MUST_CHECK Status dispatch_store_released_stops(Cx *cx, DbConn *conn, int64_t vehicle_id, Day from,
                                                DispatchIdList *out);

/* Puts a plan in place of plan->version (0: of none) as a draft; plan->id gets its id. CONFLICT
 * when another version stands there. */
MUST_CHECK Status dispatch_store_plan_put(Cx *cx, DbConn *conn, DispatchPlan *plan);
/* Draft to released; CONFLICT when this version is no draft. */
MUST_CHECK Status dispatch_store_plan_release(Cx *cx, DbConn *conn, const DispatchPlan *plan);

MUST_CHECK Status dispatch_store_vehicle_insert(Cx *cx, DbConn *conn, DispatchVehicle *vehicle,
                                                int64_t now_ms);
/* NOT_FOUND when the vehicle is not of this recycler. */
MUST_CHECK Status dispatch_store_vehicle_update(Cx *cx, DbConn *conn,
                                                const DispatchVehicle *vehicle);
/* CONFLICT when it is so already. */
MUST_CHECK Status dispatch_store_vehicle_mark(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle,
                                              bool is_broken);

/* True when a vehicle of any recycler starts from the town. */
MUST_CHECK Status dispatch_store_depot_exists(Cx *cx, DbConn *conn, Str town_code, bool *out);

#endif
