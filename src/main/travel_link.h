/*
 * travel_link.h - the way from the planners to a map server: `--travel osrm:127.0.0.1:5000` or
 * `valhalla:[::1]:8002`. Off unless said. Ties src/solve/travel.h (what to ask) to src/http/fetch.h
 * (how to ask); neither knows the other.
 */
#ifndef HUANXIN_MAIN_TRAVEL_LINK_H
#define HUANXIN_MAIN_TRAVEL_LINK_H

#include "http/fetch.h"
#include "solve/travel.h"

enum { TRAVEL_WAIT_S = 5, TRAVEL_WAIT_S_MAX = 600 };

typedef struct TravelLink {
    HttpTarget target;
    int64_t wait_ms;       /* for one answer */
    TravelOptions options; /* borrowed by the planners as long as they run; points back here */
} TravelLink;

/* Reads the words of --travel and makes the options. INVALID when they are not "osrm:" or
 * "valhalla:" and a numeric address of the local network with a port. */
MUST_CHECK Status travel_link_open(Cx *cx, Str text, int64_t wait_s, TravelLink *out);

/* Checks the value of --wait. INVALID outside 1..TRAVEL_WAIT_S_MAX. */
MUST_CHECK Status travel_wait_check(Cx *cx, int64_t wait_s, int64_t *out);

#endif
