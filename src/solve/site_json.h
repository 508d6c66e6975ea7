/*
 * site_json.h - siting problems and answers as files: JSON in, JSON and GeoJSON out.
 * The dialect is told in docs/reference/sites-json.md, key by key.
 *
 * The input is not trusted. (1) It is refused beyond SITE_JSON_BYTES_MAX. (2) A key nobody knows, a
 * key given twice and a figure out of range are errors that name the client or site, never guesses.
 * (3) Nothing is returned by half. Everything read lives in the arena of the Cx.
 */
#ifndef HUANXIN_SOLVE_SITE_JSON_H
#define HUANXIN_SOLVE_SITE_JSON_H

#include "base/buf.h"
#include "solve/site.h"
#include "solve/travel.h"

enum { SITE_JSON_BYTES_MAX = 64 * 1024 * 1024, SITE_JSON_PLACES_MAX = 100000 };

/* A client or a site as its file tells it. */
typedef struct SitePlace {
    Str id;
    Str name; /* empty when not given */
    bool has_location;
    TravelPoint point;
} SitePlace;

typedef struct SiteFile {
    SiteProblem problem; /* borrows the arrays of this file */
    SitePlace *clients;
    SitePlace *sites;
    bool is_seconds;   /* distances are seconds, else metres */
    bool is_estimated; /* distances are great circle x detour, not measured ways */
    bool has_all_locations;
    Str why_estimated; /* a travel server was asked and failed */
} SiteFile;

/* Reads a problem and fills its distances: from its matrix, else by travel with the server and
 * transport of travel (NULL: estimate; detour and speeds always come from the file). INVALID with
 * line and column for bad JSON, INVALID or LIMIT naming the client or site otherwise. */
MUST_CHECK Status site_json_read(Cx *cx, Str text, const TravelOptions *travel, SiteFile *out);

/* Appends the answer as JSON; LIMIT when out is too small. */
MUST_CHECK Status site_json_write(Cx *cx, const SiteFile *file, const SiteAnswer *answer, Buf *out);

/* Appends a GeoJSON FeatureCollection (RFC 7946, WGS-84): a point for each open site and client,
 * and a line from each client to its site. INVALID when a place has no location. */
MUST_CHECK Status site_geojson_write(Cx *cx, const SiteFile *file, const SiteAnswer *answer,
                                     Buf *out);

#endif
