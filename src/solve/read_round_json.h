/*
 * read_round_json.h - rounds as files: VROOM-compatible JSON in and out, GeoJSON for a map. The
 * dialect is told in docs/reference/solve-json.md, key by key.
 *
 * The input is not trusted. (1) It is refused beyond ROUND_JSON_BYTES_MAX. (2) A key nobody knows,
 * a key given twice, a value of the wrong type or out of range is an error that names the job or
 * vehicle. (3) Nothing is returned by half. Everything read lives in the arena of the Cx.
 */
#ifndef HUANXIN_SOLVE_READ_ROUND_JSON_H
#define HUANXIN_SOLVE_READ_ROUND_JSON_H

#include "base/buf.h"
#include "solve/solve.h"
#include "solve/travel.h"

enum { ROUND_JSON_BYTES_MAX = 256 * 1024 * 1024 };

typedef struct RoundFile {
    RoundProblem problem;
    bool is_estimated;  /* travel is great circle x detour factor, not measured */
    Str why_estimated;  /* why the server that was asked gave none; empty otherwise */
    int32_t done_count; /* jobs that a broken-down vehicle had already served, or cancelled */
} RoundFile;

/* Reads a problem. Travel comes from its matrices, else from travel with the server of the options
 * (NULL: estimated). INVALID with line and column for bad JSON, INVALID or LIMIT naming the job or
 * vehicle otherwise. */
MUST_CHECK Status read_round_json(Cx *cx, Str text, const TravelOptions *travel, RoundFile *out);

/* Appends the plan as JSON in VROOM's shape; LIMIT when out is too small. */
MUST_CHECK Status round_json_write(Cx *cx, const RoundFile *file, const RoundPlan *plan, Buf *out);

/* Appends a GeoJSON FeatureCollection (RFC 7946, WGS-84): a line for each round, a point for each
 * stop and each job left out. INVALID when a place has no position. */
MUST_CHECK Status round_geojson_write(Cx *cx, const RoundProblem *problem, const RoundPlan *plan,
                                      Buf *out);

#endif
