/*
 * round.h - the dispatcher's day and the siting question: which vehicle fetches which booking, in
 * which order and when, what is left out and why (clause 4.1), and where recycling points and
 * chargers should stand (clauses 2.1 and 4.1).
 *
 *   bookings + vehicles + the plan before (pins, order) ──dispatch_plan_make──▶ plan (draft)
 *        ▲                                                                        │ release
 *        └── pin · take out · breakdown ◀── dispatcher ── drivers and residents ◀─┘
 *
 * The engine is src/solve; here its problem is built from records and its answer read back. Names
 * begin with dispatch_ and siting_, because round_ and site_ are the engine's.
 * Positions are the towns' (schematic until surveyed ones are loaded) and times are estimated from
 * distance and speed classes, unless a map server gives them: pages say which. Two bookings in one
 * town stand DISPATCH_IN_TOWN_M apart, because addresses are sealed and have no coordinates.
 *
 * Ownership: all results live in cx->arena.
 */
#ifndef HUANXIN_OFFICE_ROUND_ROUND_H
#define HUANXIN_OFFICE_ROUND_ROUND_H

#include "office/pickup/pickup.h"
#include "solve/travel.h"

enum {
    DISPATCH_BOOKINGS_MAX = 1000, /* of one recycler and day */
    DISPATCH_VEHICLES_MAX = 50,   /* of one recycler */
    DISPATCH_IN_TOWN_M = 2000,    /* assumed way between two addresses of one town */
    DISPATCH_IN_TOWN_S = 300,
};

/* X(NAME, bit, Chinese): what a vehicle and its crew can do. */
#define DISPATCH_SKILL_LIST(X)                                                                     \
    X(REFRIGERANT, 0, "制冷剂回收")                                                                \
    X(TWO, 1, "双人作业")                                                                          \
    X(LIFT, 2, "尾板或爬楼机")

enum {
#define X(name, bit, zh) DISPATCH_SKILL_##name = 1 << (bit),
    DISPATCH_SKILL_LIST(X)
#undef X
};

typedef struct DispatchVehicle {
    int64_t id;
    int64_t org_id;
    Str name;
    int64_t capacity_kg;
    int64_t capacity_litre;
    int64_t capacity_piece;
    int64_t skills;         /* set of DISPATCH_SKILL_ */
    int64_t shift_open_min; /* minutes since midnight */
    int64_t shift_close_min;
    int64_t break_open_min;
    int64_t break_min; /* length; 0: no break */
    Str depot_town;
    bool is_broken;
    int64_t driver_id; /* whose released round its stops are; 0: nobody's */
} DispatchVehicle;
typedef struct DispatchVehicleList {
    DispatchVehicle *items;
    size_t count;
} DispatchVehicleList;

/* X(NAME, stored word, Chinese): how far the dispatcher has fixed a stop. */
#define DISPATCH_PIN_LIST(X)                                                                       \
    X(FREE, "free", "未固定")                                                                      \
    X(VEHICLE, "vehicle", "固定车辆")                                                              \
    X(ORDER, "order", "固定车辆和顺序")
typedef enum DispatchPin {
#define X(name, code, zh) DISPATCH_PIN_##name,
    DISPATCH_PIN_LIST(X)
#undef X
} DispatchPin;

/* X(NAME, stored word, Chinese) */
#define DISPATCH_STOP_LIST(X)                                                                      \
    X(PICKUP, "pickup", "上门")                                                                    \
    X(UNLOAD, "unload", "回场卸货")                                                                \
    X(BREAK, "break", "休息")
typedef enum DispatchStopKind {
#define X(name, code, zh) DISPATCH_STOP_##name,
    DISPATCH_STOP_LIST(X)
#undef X
} DispatchStopKind;

typedef struct DispatchStop {
    DispatchStopKind kind;
    int64_t vehicle_id;
    int64_t position;  /* among all stops of its vehicle, from 1 */
    int64_t pickup_id; /* of a PICKUP */
    int64_t arrive_ms; /* when the work begins */
    int64_t depart_ms;
    int64_t load_kg; /* on board when leaving */
    int64_t load_litre;
    int64_t load_piece;
    DispatchPin pin;
} DispatchStop;

/* One vehicle's day in figures; loads are the highest of the day. */
typedef struct DispatchTour {
    int64_t vehicle_id;
    int64_t start_ms;
    int64_t end_ms;
    int64_t distance_m;
    int64_t travel_s;
    int64_t trip_count;
    int64_t load_kg;
    int64_t load_litre;
    int64_t load_piece;
} DispatchTour;

/* X(NAME, stored word, Chinese): where the ways of a plan came from. */
#define DISPATCH_TRAVEL_LIST(X)                                                                    \
    X(ESTIMATED, "estimated", "估算")                                                              \
    X(MEASURED, "measured", "地图服务器")                                                          \
    X(FALLBACK, "fallback", "估算（地图服务器没有给出）")
typedef enum DispatchTravel {
#define X(name, code, zh) DISPATCH_TRAVEL_##name,
    DISPATCH_TRAVEL_LIST(X)
#undef X
} DispatchTravel;

typedef struct DispatchOut {
    int64_t pickup_id;
    Str reason; /* round_reason_name, or "held": taken out by the dispatcher */
} DispatchOut;

typedef struct DispatchPlan {
    int64_t id; /* 0: not stored yet */
    int64_t org_id;
    Day day;
    Str state;       /* "draft", "released" */
    int64_t version; /* of the plan that this one replaces; 0: none */
    int64_t seed;
    int64_t iteration_count;
    DispatchTravel travel;
    int64_t made_by;
    int64_t made_ms;
    int64_t released_ms;
    DispatchStop *stops; /* by vehicle, then position */
    size_t stop_count;
    DispatchTour *tours; /* vehicles that drive */
    size_t tour_count;
    DispatchOut *outs;
    size_t out_count;
} DispatchPlan;

/* What there is to plan. Borrowed. */
typedef struct DispatchTask {
    const City *city;
    int64_t org_id;
    Day day;
    int64_t now_ms; /* on the day itself nothing is planned before it */
    int64_t seed;
    const PickupList *bookings; /* the day's, state booked */
    const DispatchVehicleList *vehicles;
    const DispatchPlan *before; /* pins, held bookings and a first order; NULL: none */
} DispatchTask;

/* Plans a day: bookings that are held stay out, pinned ones stay where they are, the order before
 * is the start of the search. Stops of broken vehicles are given to the others and lose their pin.
 * The same task gives the same plan (iterations, not time, bound the search). CONFLICT when the day
 * is over or the pinned order cannot be driven (field "place"); LIMIT above
 * DISPATCH_BOOKINGS_MAX. Without a vehicle every booking is left out. About a second. */
MUST_CHECK Status dispatch_plan_make(Cx *cx, const DispatchTask *task, DispatchPlan *out);

/* The vehicles that can drive on the day from now on. */
size_t dispatch_vehicles_usable(const DispatchTask *task);

/* Fixes a booking to a vehicle, in a plan that is then made again; place 0: any place in its
 * order, else the place-th fetch of the day: the fetches before it are fixed too, since a place
 * means nothing without them. NOT_FOUND when the plan has no such booking, INVALID at field
 * "place" when it is beyond the vehicle's fetches plus one. */
MUST_CHECK Status dispatch_pin(Cx *cx, DispatchPlan *plan, int64_t pickup_id, int64_t vehicle_id,
                               int64_t place);
/* Takes a booking out of a plan until dispatch_free. NOT_FOUND as above. */
MUST_CHECK Status dispatch_hold(Cx *cx, DispatchPlan *plan, int64_t pickup_id);
/* Gives a booking back to the planner: neither fixed nor held. NOT_FOUND as above. */
MUST_CHECK Status dispatch_free(Cx *cx, DispatchPlan *plan, int64_t pickup_id);

/* What made a new plan, for the journal: "round.plan", or an edit and its booking. */
typedef struct DispatchChange {
    const char *verb;  /* static */
    int64_t pickup_id; /* 0: none in particular */
} DispatchChange;
/* Stores a plan inside a write command, in place of the version it was made from. CONFLICT when
 * another was stored meanwhile, or a booking of it is no longer there. */
MUST_CHECK Status dispatch_plan_save(Cx *cx, DbConn *conn, DispatchPlan *plan,
                                     DispatchChange change);
/* Hands a plan to drivers and residents inside a write command: arrival times go to the pick-ups.
 * CONFLICT when there is no draft of this version. */
MUST_CHECK Status dispatch_release(Cx *cx, DbConn *conn, const DispatchPlan *plan);
/* The stored plan of a day; *is_found false: none. */
MUST_CHECK Status dispatch_plan_find(Cx *cx, DbConn *conn, int64_t org_id, Day day,
                                     DispatchPlan *out, bool *is_found);

/* Adds (id 0) or changes a vehicle inside a write command; gives its id. Another driver gets the
 * stops of released rounds from today on. INVALID at field "driver" when it is not a driver's
 * account in use of this recycler; CONFLICT at field "name" when it has another of this name,
 * NOT_FOUND when it is another recycler's, LIMIT above DISPATCH_VEHICLES_MAX. */
MUST_CHECK Status dispatch_vehicle_put(Cx *cx, DbConn *conn, DispatchVehicle *vehicle,
                                       int64_t now_ms);
/* Marks a vehicle broken or repaired inside a write command. CONFLICT when it is so already. */
MUST_CHECK Status dispatch_vehicle_mark(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle,
                                        bool is_broken);
MUST_CHECK Status dispatch_vehicles(Cx *cx, DbConn *conn, int64_t org_id, DispatchVehicleList *out);
/* Of one recycler; NOT_FOUND otherwise. */
MUST_CHECK Status dispatch_vehicle_find(Cx *cx, DbConn *conn, int64_t org_id, int64_t id,
                                        DispatchVehicle *out);

/* The Chinese words of a reason; a word that is not known is given back. */
Str dispatch_reason_zh(Str reason);
Str dispatch_pin_zh(DispatchPin pin);
/* "制冷剂回收、双人作业"; "无" for none. */
Str dispatch_skills_zh(Arena *arena, int64_t skills);
/* What a booking needs: the estimated weight, room, time and skills of its category. */
typedef struct DispatchNeed {
    const char *category;
    int64_t kg;
    int64_t litre;
    int64_t service_min;
    int64_t skills;
} DispatchNeed;
const DispatchNeed *dispatch_need(Str category);

/* Ways and times between all towns of the city, [from * town_count + to]: from its map server when
 * it has one and every town a surveyed position, else estimated; a failing server is no error. */
MUST_CHECK Status dispatch_town_matrix(Cx *cx, const City *city, TravelMatrix *out);
DispatchTravel dispatch_travel_of(const TravelMatrix *ways);
Str dispatch_travel_zh(DispatchTravel travel);

Status dispatch_page(Web *web);
Status dispatch_plan_post(Web *web);
Status dispatch_release_post(Web *web);
Status dispatch_stop_page(Web *web);
Status dispatch_pin_post(Web *web);
Status dispatch_hold_post(Web *web);
Status dispatch_free_post(Web *web);
Status dispatch_address_post(Web *web);
Status dispatch_vehicle_new_page(Web *web);
Status dispatch_vehicle_new_post(Web *web);
Status dispatch_vehicle_page(Web *web);
Status dispatch_vehicle_post(Web *web);
Status dispatch_broken_post(Web *web);
Status dispatch_repaired_post(Web *web);
Status siting_page(Web *web);

#endif
