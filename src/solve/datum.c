/* Conversions between the datums in use in China. */
#include "solve/datum.h"

#include <math.h>

#define PI 3.14159265358979323846
#define EARTH_RADIUS_M 6371008.8
/* Krassovsky 1940, as the published GCJ-02 formulas use it. */
#define AXIS_M 6378245.0
#define ECCENTRICITY_2 0.00669342162296594323

typedef struct Degrees {
    double longitude;
    double latitude;
} Degrees;

const char *datum_text(Datum datum) {
    switch (datum) {
#define X(name, text)                                                                              \
    case DATUM_##name:                                                                             \
        return text;
        DATUM_LIST(X)
#undef X
    }
    check(false);
    return "";
}

/* Copies without the hyphen, for comparing. */
static Str without_hyphen(Str text, char *room, size_t room_bytes) {
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < room_bytes; i++) {
        if (text.at[i] != '-') {
            room[len++] = text.at[i];
        }
    }
    return (Str){.at = room, .len = len};
}

Status datum_parse(Cx *cx, Str text, Datum *out) {
    char given[16];
    char known[16];
    static const Datum all[] = {
#define X(name, text) DATUM_##name,
        DATUM_LIST(X)
#undef X
    };
    Str short_text = without_hyphen(str_trim(text), given, sizeof given);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Str name = without_hyphen(str_of(datum_text(all[i])), known, sizeof known);
        if (str_equal_ascii_nocase(short_text, name)) {
            *out = all[i];
            return STATUS_OK;
        }
    }
    (void)fault_at_field(cx, STATUS_INVALID, "datum", "unknown datum \"%.*s\"",
                         text.len > 40 ? 40 : (int)text.len, text.len > 0 ? text.at : "");
    fault_hint(cx, "use WGS-84, CGCS2000, GCJ-02 or BD-09");
    return STATUS_INVALID;
}

Status datum_point(Cx *cx, double longitude, double latitude, Datum datum, GeoPoint *out) {
    bool is_good =
        isfinite(longitude) && isfinite(latitude) && fabs(longitude) <= 180 && fabs(latitude) <= 90;
    if (!is_good) {
        return fault(cx, STATUS_INVALID, "no such place: longitude %.7g, latitude %.7g", longitude,
                     latitude);
    }
    *out = (GeoPoint){.longitude_e7 = (int32_t)lround(longitude * 1e7),
                      .latitude_e7 = (int32_t)lround(latitude * 1e7),
                      .datum = datum};
    return STATUS_OK;
}

double datum_longitude(GeoPoint point) {
    return point.longitude_e7 / 1e7;
}

double datum_latitude(GeoPoint point) {
    return point.latitude_e7 / 1e7;
}

static bool is_in_rectangle(Degrees at) {
    return at.longitude >= 72.004 && at.longitude <= 137.8347 && at.latitude >= 0.8293 &&
           at.latitude <= 55.8271;
}

/* ---- the published formulas -------------------------------------------------------------------*/

/* What both axes have in common: two waves in x. */
static double wave_common(double x) {
    return (20.0 * sin(6.0 * x * PI) + 20.0 * sin(2.0 * x * PI)) * 2.0 / 3.0;
}

static double shift_north_m(double x, double y) {
    double sum = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x));
    sum += wave_common(x);
    sum += (20.0 * sin(y * PI) + 40.0 * sin(y / 3.0 * PI)) * 2.0 / 3.0;
    sum += (160.0 * sin(y / 12.0 * PI) + 320.0 * sin(y * PI / 30.0)) * 2.0 / 3.0;
    return sum;
}

static double shift_east_m(double x, double y) {
    double sum = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x));
    sum += wave_common(x);
    sum += (20.0 * sin(x * PI) + 40.0 * sin(x / 3.0 * PI)) * 2.0 / 3.0;
    sum += (150.0 * sin(x / 12.0 * PI) + 300.0 * sin(x / 30.0 * PI)) * 2.0 / 3.0;
    return sum;
}

static Degrees gcj_of_wgs(Degrees at) {
    double x = at.longitude - 105.0;
    double y = at.latitude - 35.0;
    double radians = at.latitude / 180.0 * PI;
    double root = 1.0 - ECCENTRICITY_2 * sin(radians) * sin(radians);
    double metres_per_degree_north =
        AXIS_M * (1.0 - ECCENTRICITY_2) / (root * sqrt(root)) * PI / 180.0;
    double metres_per_degree_east = AXIS_M / sqrt(root) * cos(radians) * PI / 180.0;
    return (Degrees){.longitude = at.longitude + shift_east_m(x, y) / metres_per_degree_east,
                     .latitude = at.latitude + shift_north_m(x, y) / metres_per_degree_north};
}

static Degrees bd_of_gcj(Degrees at) {
    const double turn = PI * 3000.0 / 180.0;
    double x = at.longitude;
    double y = at.latitude;
    double radius = sqrt(x * x + y * y) + 0.00002 * sin(y * turn);
    double angle = atan2(y, x) + 0.000003 * cos(x * turn);
    return (Degrees){.longitude = radius * cos(angle) + 0.0065,
                     .latitude = radius * sin(angle) + 0.006};
}

/* Inverts a shift by fixed-point iteration. The shifts change by less than 3 % of the way, so each
 * round gains more than one digit; 12 rounds end far below the 1.1 cm of a GeoPoint. */
static Degrees invert(Degrees (*shift)(Degrees at), Degrees target) {
    Degrees at = target;
    for (int32_t round = 0; round < 12; round++) {
        Degrees there = shift(at);
        at.longitude += target.longitude - there.longitude;
        at.latitude += target.latitude - there.latitude;
    }
    return at;
}

/* ---- conversion -------------------------------------------------------------------------------*/

static Degrees to_wgs(Degrees at, Datum datum) {
    switch (datum) {
    case DATUM_WGS84:
    case DATUM_CGCS2000:
        return at;
    case DATUM_GCJ02:
        return invert(gcj_of_wgs, at);
    case DATUM_BD09:
        return invert(gcj_of_wgs, invert(bd_of_gcj, at));
    }
    check(false);
    return at;
}

static Degrees of_wgs(Degrees at, Datum datum) {
    switch (datum) {
    case DATUM_WGS84:
    case DATUM_CGCS2000:
        return at;
    case DATUM_GCJ02:
        return gcj_of_wgs(at);
    case DATUM_BD09:
        return bd_of_gcj(gcj_of_wgs(at));
    }
    check(false);
    return at;
}

static Degrees degrees_of(GeoPoint point) {
    return (Degrees){.longitude = datum_longitude(point), .latitude = datum_latitude(point)};
}

bool datum_is_shifted_area(GeoPoint point) {
    return is_in_rectangle(degrees_of(point));
}

GeoPoint datum_convert(GeoPoint point, Datum datum) {
    GeoPoint out = point;
    out.datum = datum;
    Degrees at = degrees_of(point);
    if (point.datum == datum || !is_in_rectangle(at)) {
        return out;
    }
    bool was_plain = point.datum == DATUM_WGS84 || point.datum == DATUM_CGCS2000;
    bool is_plain = datum == DATUM_WGS84 || datum == DATUM_CGCS2000;
    if (was_plain && is_plain) {
        return out;
    }
    Degrees there = of_wgs(to_wgs(at, point.datum), datum);
    out.longitude_e7 = (int32_t)lround(there.longitude * 1e7);
    out.latitude_e7 = (int32_t)lround(there.latitude * 1e7);
    return out;
}

double datum_distance_m(GeoPoint from, GeoPoint to) {
    Degrees a = degrees_of(datum_convert(from, DATUM_WGS84));
    Degrees b = degrees_of(datum_convert(to, DATUM_WGS84));
    double north = sin((b.latitude - a.latitude) * PI / 360.0);
    double east = sin((b.longitude - a.longitude) * PI / 360.0);
    double half =
        north * north + cos(a.latitude * PI / 180.0) * cos(b.latitude * PI / 180.0) * east * east;
    half = half > 1 ? 1 : half;
    return 2.0 * EARTH_RADIUS_M * asin(sqrt(half));
}
