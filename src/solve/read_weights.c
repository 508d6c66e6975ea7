#include "solve/read_weights.h"

#include <math.h>

/* The figures of TSPLIB, not better ones: its answers rest on them. */
#define TSPLIB_PI 3.141592
#define TSPLIB_EARTH_KM 6378.388

Status read_weight_parse(Cx *cx, const Scan *scan, Str word, ReadWeight *out) {
    static const char *const NAMES[] = {
#define X(name) #name,
        READ_WEIGHT_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (str_equal_ascii_nocase(word, str_of(NAMES[i]))) {
            *out = (ReadWeight)i;
            return STATUS_OK;
        }
    }
    return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                         "EDGE_WEIGHT_TYPE \"" STR_FMT "\" is not read",
                         STR_ARG(str_slice(word, 0, 40)));
}

Status read_order_parse(Cx *cx, const Scan *scan, Str word, ReadOrder *out) {
    static const char *const NAMES[] = {
#define X(name) #name,
        READ_ORDER_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (str_equal_ascii_nocase(word, str_of(NAMES[i]))) {
            *out = (ReadOrder)i;
            return STATUS_OK;
        }
    }
    return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                         "EDGE_WEIGHT_FORMAT \"" STR_FMT "\" is not read",
                         STR_ARG(str_slice(word, 0, 40)));
}

/* ---- figures ----------------------------------------------------------------------------------*/

/* The part of a line of the square that a format lists: columns from_at up to to_at. */
typedef struct Span {
    int32_t from_at;
    int32_t to_at;
} Span;

static Span span_of(ReadOrder order, int32_t line, int32_t count) {
    switch (order) {
    case READ_ORDER_FULL_MATRIX:
        return (Span){0, count};
    case READ_ORDER_UPPER_ROW:
    case READ_ORDER_LOWER_COL:
        return (Span){line + 1, count};
    case READ_ORDER_UPPER_DIAG_ROW:
    case READ_ORDER_LOWER_DIAG_COL:
        return (Span){line, count};
    case READ_ORDER_LOWER_ROW:
    case READ_ORDER_UPPER_COL:
        return (Span){0, line};
    case READ_ORDER_LOWER_DIAG_ROW:
    case READ_ORDER_UPPER_DIAG_COL:
        return (Span){0, line + 1};
    }
    return (Span){0, 0};
}

Status read_weight_section(Cx *cx, Scan *scan, ReadOrder order, int32_t count,
                           ReadRounding rounding, RoundProfile *out) {
    size_t side = (size_t)count;
    int32_t *matrix = arena_array(cx->arena, int32_t, side * side + 1);
    ReadScaledBounds in = {{0, ROUND_ARC_MAX / read_scale(rounding)}, rounding};
    for (int32_t line = 0; line < count; line++) {
        Span span = span_of(order, line, count);
        TRY(cx_steps(cx, side));
        for (int32_t at = span.from_at; at < span.to_at; at++) {
            int64_t value = 0;
            TRY(read_scaled(cx, scan, "edge weight", in, &value));
            matrix[(size_t)line * side + (size_t)at] = (int32_t)value;
            if (order != READ_ORDER_FULL_MATRIX) {
                matrix[(size_t)at * side + (size_t)line] = (int32_t)value;
            }
        }
    }
    for (size_t i = 0; i < side; i++) {
        matrix[i * side + i] = 0; /* a diagonal may hold 9999 for "never" */
    }
    *out = (RoundProfile){STR("explicit"), matrix, matrix};
    return STATUS_OK;
}

/* ---- coordinates ------------------------------------------------------------------------------*/

/* Degrees and minutes, as in 38.24 for 38 degrees 24 minutes. */
static double radians_of(double degrees_minutes) {
    double degrees = trunc(degrees_minutes);
    return TSPLIB_PI * (degrees + 5.0 * (degrees_minutes - degrees) / 3.0) / 180.0;
}

static double length_geo(const ReadPoint *from, const ReadPoint *to) {
    double q1 = cos(radians_of(from->y) - radians_of(to->y));
    double q2 = cos(radians_of(from->x) - radians_of(to->x));
    double q3 = cos(radians_of(from->x) + radians_of(to->x));
    double angle = 0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3);
    angle = angle > 1 ? 1 : angle < -1 ? -1 : angle;
    return trunc(TSPLIB_EARTH_KM * acos(angle) + 1.0);
}

static int64_t length_of(ReadWeight weight, const ReadPoint *from, const ReadPoint *to,
                         ReadRounding rounding) {
    double dx = fabs(from->x - to->x);
    double dy = fabs(from->y - to->y);
    int64_t scale = read_scale(rounding);
    switch (weight) {
    case READ_WEIGHT_CEIL_2D:
        return (int64_t)ceil(hypot(dx, dy)) * scale;
    case READ_WEIGHT_FLOOR_2D:
        return (int64_t)floor(hypot(dx, dy)) * scale;
    case READ_WEIGHT_MAN_2D:
        return read_scaled_value(dx + dy, rounding);
    case READ_WEIGHT_MAX_2D:
        return read_scaled_value(dx > dy ? dx : dy, rounding);
    case READ_WEIGHT_GEO:
        return (int64_t)length_geo(from, to) * scale;
    case READ_WEIGHT_ATT:
        return (int64_t)ceil(sqrt((dx * dx + dy * dy) / 10.0)) * scale;
    case READ_WEIGHT_EXACT_2D:
        return (int64_t)floor(hypot(dx, dy) * 1000 + 0.5);
    case READ_WEIGHT_EUC_2D:
    case READ_WEIGHT_EXPLICIT:
        break;
    }
    double length = hypot(dx, dy) * (double)scale;
    return (int64_t)floor(rounding == READ_TENTH_DOWN ? length : length + 0.5);
}

Status read_weight_points(Cx *cx, ReadWeight weight, const ReadPoint *points, int32_t count,
                          ReadRounding rounding, RoundProfile *out) {
    size_t side = (size_t)count;
    int32_t *matrix = arena_array(cx->arena, int32_t, side * side + 1);
    for (int32_t i = 0; i < count; i++) {
        TRY(cx_steps(cx, side));
        for (int32_t j = 0; j < i; j++) {
            int64_t length = length_of(weight, &points[i], &points[j], rounding);
            if (length > ROUND_ARC_MAX) {
                return fault(cx, STATUS_INVALID, "points %d and %d are too far apart", (int)j + 1,
                             (int)i + 1);
            }
            matrix[(size_t)i * side + (size_t)j] = (int32_t)length;
            matrix[(size_t)j * side + (size_t)i] = (int32_t)length;
        }
    }
    *out = (RoundProfile){STR("straight"), matrix, matrix};
    return STATUS_OK;
}
