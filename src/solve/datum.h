/*
 * datum.h - points that know the datum of their coordinates, and the ways between datums.
 *
 *   WGS-84     satellites, OSM, OSRM, Valhalla
 *   CGCS2000   the national frame of China; differs from WGS-84 by centimetres, so it is treated as
 *              equal to it here (better than the coordinates of any address)
 *   GCJ-02     maps of 高德, 腾讯 and others sold in China: shifted by 100 to 700 m
 *   BD-09      maps of 百度: shifted once more
 *
 * GCJ-02 has no official public definition; the formulas are the widely published ones (known from
 * the "eviltransform" family of converters). Outside the rectangle 72.004..137.8347 E,
 * 0.8293..55.8271 N they leave a point as it is; so does BD-09 here. The rectangle reaches beyond
 * the border of China: a point abroad but inside it is shifted by mistake, as by every converter
 * of this family.
 *
 * Not here: map projections, heights, other frames. Pure functions; nothing is allocated.
 */
#ifndef HUANXIN_SOLVE_DATUM_H
#define HUANXIN_SOLVE_DATUM_H

#include "base/cx.h"

/* X(name, text) */
#define DATUM_LIST(X) X(WGS84, "WGS-84") X(CGCS2000, "CGCS2000") X(GCJ02, "GCJ-02") X(BD09, "BD-09")

typedef enum Datum {
#define X(name, text) DATUM_##name,
    DATUM_LIST(X)
#undef X
} Datum;

/* Degrees times 10^7: 1.1 cm at the equator. */
typedef struct GeoPoint {
    int32_t longitude_e7; /* -1800000000..1800000000, east positive */
    int32_t latitude_e7;  /* -900000000..900000000, north positive */
    Datum datum;
} GeoPoint;

/* Returns the name of a datum, e.g. "GCJ-02". Static text. */
const char *datum_text(Datum datum);
/* Finds a datum by name, with or without the hyphen, in any case. INVALID, quoting the text. */
MUST_CHECK Status datum_parse(Cx *cx, Str text, Datum *out);

/* Makes a point from degrees. INVALID when not finite or beyond 180 and 90 degrees. */
MUST_CHECK Status datum_point(Cx *cx, double longitude, double latitude, Datum datum,
                              GeoPoint *out);
double datum_longitude(GeoPoint point);
double datum_latitude(GeoPoint point);

/* True inside the rectangle in which GCJ-02 and BD-09 differ from WGS-84. */
bool datum_is_shifted_area(GeoPoint point);
/* Returns the same place in another datum. The ways back from GCJ-02 and BD-09 are found by
 * iteration; there and back again is within 0.1 m (tested), except on the edge of the rectangle. */
GeoPoint datum_convert(GeoPoint point, Datum datum);
/* Returns the great-circle distance in metres on a sphere of 6,371,008.8 m (mean radius of GRS 80;
 * at most 0.56 % off the ellipsoid). The points may have different datums. */
double datum_distance_m(GeoPoint from, GeoPoint to);

#endif
