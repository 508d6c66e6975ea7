/*
 * travel.h - how far and how long from each point to each other.
 *
 * Default: great circle x detour factor, and a speed by class of place; the answer is marked as
 * estimated. Optional: a matrix from an OSRM or Valhalla server. This file builds the requests and
 * reads the replies; sending is a callback of the caller, who owns sockets, time-outs and the rule
 * which servers may be asked. When the server fails in any block, the whole matrix is estimated,
 * never half of it, and says why.
 *
 *   points ──▶ blocks of <= 50 x 50 ──▶ request ──▶ send (caller) ──▶ parse ──▶ stitched matrix
 *                                                      └─ fails ──▶ travel_estimate, marked
 *
 * Matrices need not be symmetric nor keep the triangle inequality. Results live in the arena of
 * the Cx. Replies are not trusted: wrong shapes and figures give INVALID.
 */
#ifndef HUANXIN_SOLVE_TRAVEL_H
#define HUANXIN_SOLVE_TRAVEL_H

#include "solve/datum.h"

/* X(name, text, default speed in km/h) */
#define TRAVEL_CLASS_LIST(X) X(URBAN, "urban", 25) X(TOWN, "town", 35) X(RURAL, "rural", 45)
#define TRAVEL_SERVER_LIST(X) X(NONE, "none") X(OSRM, "osrm") X(VALHALLA, "valhalla")

typedef enum TravelClass {
#define X(name, text, speed) TRAVEL_CLASS_##name,
    TRAVEL_CLASS_LIST(X)
#undef X
} TravelClass;

typedef enum TravelServer {
#define X(name, text) TRAVEL_SERVER_##name,
    TRAVEL_SERVER_LIST(X)
#undef X
} TravelServer;

enum {
    TRAVEL_CLASS_COUNT = 3,
    /* Newell found about 1.2 in cities, Ballou et al. 2002 more between them: a setting. */
    TRAVEL_DETOUR_PERMILLE = 1300,
    /* Metres or seconds that stand for "no way" and bound every figure. */
    TRAVEL_NO_WAY = 50000000,
    /* OSRM's default --max-table-size: points in one request. */
    TRAVEL_BLOCK_POINTS_MAX = 100,
    TRAVEL_CELLS_MAX = 25000000,
    TRAVEL_REPLY_BYTES_MAX = 8 * 1024 * 1024,
};

typedef struct TravelPoint {
    GeoPoint at;
    TravelClass speed_class;
    int32_t detour_permille; /* of its district, 1000..5000; 0: that of the options */
} TravelPoint;

/* What to send. path begins with '/', body is empty for GET. Lives in the arena of the Cx. */
typedef struct TravelRequest {
    TravelServer server;
    bool is_post;
    Str path;
    Str body;
} TravelRequest;

/* Sends a request and returns the body of a good (200) reply in the arena of the Cx. Handles
 * time-outs; any failure is a Status with fault, and makes the matrix an estimate. */
typedef Status (*TravelSend)(void *it, Cx *cx, const TravelRequest *request, Str *reply);

typedef struct TravelOptions {
    int32_t detour_permille;                /* 1000..5000 */
    int32_t speed_km_h[TRAVEL_CLASS_COUNT]; /* 1..200 each */
    TravelServer server;                    /* NONE: estimate */
    TravelSend send;                        /* needed with a server */
    void *it;                               /* for send */
} TravelOptions;

/* A rectangle of points: every from to every to. Borrowed. */
typedef struct TravelBlock {
    const TravelPoint *from;
    int32_t from_count;
    const TravelPoint *to;
    int32_t to_count;
} TravelBlock;

typedef struct TravelMatrix {
    int32_t from_count;
    int32_t to_count;
    int32_t *metres;  /* [from * to_count + to], 0..TRAVEL_NO_WAY */
    int32_t *seconds; /* alike */
    bool is_estimated;
    Str why_estimated; /* empty when not, or when no server was asked */
} TravelMatrix;

const char *travel_class_text(TravelClass speed_class);
/* Finds a class by its word. INVALID, quoting the text. */
MUST_CHECK Status travel_class_parse(Cx *cx, Str text, TravelClass *out);
/* Returns 1.3, 25 / 35 / 45 km/h, no server. */
TravelOptions travel_options_default(void);

/* Fills a matrix: from the server if one is set, else estimated. INVALID for options out of range,
 * LIMIT beyond TRAVEL_CELLS_MAX. A failing server is no error: see is_estimated. */
MUST_CHECK Status travel_matrix(Cx *cx, TravelBlock block, const TravelOptions *options,
                                TravelMatrix *out);
/* Fills a matrix by great circle x the mean detour of both ends; half of the way is driven at the
 * speed of either end's class. Rounds to whole metres and seconds. INVALID, LIMIT as above.
 * O(from x to). */
MUST_CHECK Status travel_estimate(Cx *cx, TravelBlock block, const TravelOptions *options,
                                  TravelMatrix *out);

/* Builds `GET /table/v1/driving/...` (OSRM) or `POST /sources_to_targets` (Valhalla) for a block of
 * at most TRAVEL_BLOCK_POINTS_MAX points; coordinates are sent as WGS-84. server is not NONE. */
TravelRequest travel_request(Cx *cx, TravelServer server, TravelBlock block);
/* Reads a reply into rows of out at (from_at, to_at). A pair without a way (null) becomes
 * TRAVEL_NO_WAY. INVALID when it is not JSON, reports an error, or has another shape; out may then
 * be half written. */
typedef struct TravelPlace {
    TravelMatrix *matrix;
    int32_t from_at;
    int32_t to_at;
    int32_t from_count;
    int32_t to_count;
} TravelPlace;
MUST_CHECK Status travel_reply_read(Cx *cx, TravelServer server, Str reply, TravelPlace place);

#endif
