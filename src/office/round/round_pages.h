/* round_pages.h - what the dispatcher's pages share. Private to office/round. */
#ifndef HUANXIN_OFFICE_ROUND_PAGES_H
#define HUANXIN_OFFICE_ROUND_PAGES_H

#include "office/round/round.h"

/* A recycler's day with all that its pages show. */
typedef struct DispatchDesk {
    Web *web;
    const City *city;
    Day day;
    PickupList bookings;
    DispatchVehicleList vehicles;
    PeopleList drivers; /* accounts in use */
    DispatchPlan plan;
    bool has_plan;
} DispatchDesk;

const City *dispatch_city(const Web *web);
/* The day asked for, tomorrow when none is. INVALID at field "day". */
MUST_CHECK Status dispatch_day_read(Web *web, Day *out);
Str dispatch_path(Arena *arena, Day day);
MUST_CHECK Status dispatch_desk_load(Web *web, Day day, DispatchDesk *desk);
/* The task of the desk as it stands; borrows the desk. */
DispatchTask dispatch_desk_task(const DispatchDesk *desk);
/* The table of vehicles on the desk (vehicle_pages.c). */
void dispatch_vehicles_view(const DispatchDesk *desk);

#endif
