/* Travel matrices: the estimate, then requests and replies of the two servers, then stitching. */
#include "solve/travel.h"

#include "base/buf.h"

#include <jansson.h>
#include <math.h>

enum { REQUEST_BYTES_MAX = 64 * 1024, BLOCK_SIDE_MAX = TRAVEL_BLOCK_POINTS_MAX / 2 };

#define EARTH_RADIUS_M 6371008.8
#define PI 3.14159265358979323846

const char *travel_class_text(TravelClass speed_class) {
    switch (speed_class) {
#define X(name, text, speed)                                                                       \
    case TRAVEL_CLASS_##name:                                                                      \
        return text;
        TRAVEL_CLASS_LIST(X)
#undef X
    }
    check(false);
    return "";
}

Status travel_class_parse(Cx *cx, Str text, TravelClass *out) {
    for (int32_t i = 0; i < TRAVEL_CLASS_COUNT; i++) {
        if (str_equal(text, str_of(travel_class_text((TravelClass)i)))) {
            *out = (TravelClass)i;
            return STATUS_OK;
        }
    }
    return fault_at_field(cx, STATUS_INVALID, "class",
                          "unknown class \"%.*s\": use urban, town or rural",
                          text.len > 40 ? 40 : (int)text.len, text.len > 0 ? text.at : "");
}

TravelOptions travel_options_default(void) {
    TravelOptions options = {.detour_permille = TRAVEL_DETOUR_PERMILLE};
#define X(name, text, speed) options.speed_km_h[TRAVEL_CLASS_##name] = speed;
    TRAVEL_CLASS_LIST(X)
#undef X
    return options;
}

/* ---- checks -----------------------------------------------------------------------------------*/

static Status check_options(Cx *cx, const TravelOptions *options) {
    if (options->detour_permille < 1000 || options->detour_permille > 5000) {
        return fault_at_field(cx, STATUS_INVALID, "detour",
                              "the detour factor must be from 1 to 5, not %.3f",
                              options->detour_permille / 1000.0);
    }
    for (int32_t i = 0; i < TRAVEL_CLASS_COUNT; i++) {
        if (options->speed_km_h[i] < 1 || options->speed_km_h[i] > 200) {
            return fault_at_field(cx, STATUS_INVALID, "speeds",
                                  "the %s speed must be from 1 to 200 km/h, not %d",
                                  travel_class_text((TravelClass)i), options->speed_km_h[i]);
        }
    }
    return STATUS_OK;
}

static Status check_points(Cx *cx, const TravelPoint *points, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        int32_t detour = points[i].detour_permille;
        if (detour != 0 && (detour < 1000 || detour > 5000)) {
            return fault_at_field(cx, STATUS_INVALID, "detour",
                                  "point %d: the detour factor must be from 1 to 5, not %.3f",
                                  i + 1, detour / 1000.0);
        }
    }
    return STATUS_OK;
}

static Status matrix_new(Cx *cx, TravelBlock block, const TravelOptions *options,
                         TravelMatrix *out) {
    check(block.from_count >= 0);
    check(block.to_count >= 0);
    TRY(check_options(cx, options));
    TRY(check_points(cx, block.from, block.from_count));
    TRY(check_points(cx, block.to, block.to_count));
    int64_t cells = (int64_t)block.from_count * block.to_count;
    if (cells > TRAVEL_CELLS_MAX) {
        return fault(cx, STATUS_LIMIT, "%d times %d points are more than %d pairs",
                     block.from_count, block.to_count, TRAVEL_CELLS_MAX);
    }
    *out = (TravelMatrix){.from_count = block.from_count, .to_count = block.to_count};
    out->metres = arena_array(cx->arena, int32_t, (size_t)cells);
    out->seconds = arena_array(cx->arena, int32_t, (size_t)cells);
    return STATUS_OK;
}

/* ---- the estimate -----------------------------------------------------------------------------*/

/* A point as a unit vector: the chord between two gives the angle with one arc sine. */
typedef struct Spot {
    double x;
    double y;
    double z;
    double detour;
    double seconds_per_m;
} Spot;

static Spot *spots_of(Cx *cx, const TravelPoint *points, int32_t count,
                      const TravelOptions *options) {
    Spot *spots = arena_array(cx->arena, Spot, (size_t)count);
    for (int32_t i = 0; i < count; i++) {
        GeoPoint at = datum_convert(points[i].at, DATUM_WGS84);
        double longitude = datum_longitude(at) * PI / 180.0;
        double latitude = datum_latitude(at) * PI / 180.0;
        int32_t detour = points[i].detour_permille;
        spots[i] = (Spot){
            .x = cos(latitude) * cos(longitude),
            .y = cos(latitude) * sin(longitude),
            .z = sin(latitude),
            .detour = (detour != 0 ? detour : options->detour_permille) / 1000.0,
            .seconds_per_m = 3.6 / options->speed_km_h[points[i].speed_class],
        };
    }
    return spots;
}

static int32_t whole(double amount) {
    return amount >= TRAVEL_NO_WAY ? TRAVEL_NO_WAY : (int32_t)(amount + 0.5);
}

static void pair_estimate(const Spot *from, const Spot *to, int32_t *metres, int32_t *seconds) {
    double dx = from->x - to->x;
    double dy = from->y - to->y;
    double dz = from->z - to->z;
    double half_chord = sqrt(dx * dx + dy * dy + dz * dz) / 2;
    double straight_m = 2 * EARTH_RADIUS_M * asin(half_chord > 1 ? 1 : half_chord);
    double way_m = straight_m * (from->detour + to->detour) / 2;
    *metres = whole(way_m);
    *seconds = whole(way_m * (from->seconds_per_m + to->seconds_per_m) / 2);
}

static Status estimate_fill(Cx *cx, TravelBlock block, const TravelOptions *options,
                            TravelMatrix *out) {
    ArenaMark mark = arena_mark(cx->arena);
    const Spot *from = spots_of(cx, block.from, block.from_count, options);
    const Spot *to = spots_of(cx, block.to, block.to_count, options);
    Status status = STATUS_OK;
    for (int32_t i = 0; i < block.from_count && status == STATUS_OK; i++) {
        status = cx_step(cx);
        for (int32_t j = 0; j < block.to_count; j++) {
            int64_t at = (int64_t)i * block.to_count + j;
            pair_estimate(&from[i], &to[j], &out->metres[at], &out->seconds[at]);
        }
    }
    arena_rewind(cx->arena, mark);
    out->is_estimated = true;
    return status;
}

Status travel_estimate(Cx *cx, TravelBlock block, const TravelOptions *options, TravelMatrix *out) {
    TravelMatrix matrix = {0};
    TRY(matrix_new(cx, block, options, &matrix));
    TRY(estimate_fill(cx, block, options, &matrix));
    *out = matrix;
    return STATUS_OK;
}

/* ---- requests ---------------------------------------------------------------------------------*/

/* Prints degrees exactly, from the integer: no locale, no rounding. */
static void degrees_print(Buf *buf, int32_t degrees_e7) {
    int64_t amount = degrees_e7 < 0 ? -(int64_t)degrees_e7 : degrees_e7;
    buf_print(buf, "%s%lld.%07lld", degrees_e7 < 0 ? "-" : "", (long long)(amount / 10000000),
              (long long)(amount % 10000000));
}

static void osrm_points(Buf *buf, const TravelPoint *points, int32_t count, bool is_first) {
    for (int32_t i = 0; i < count; i++) {
        GeoPoint at = datum_convert(points[i].at, DATUM_WGS84);
        buf_put_c(buf, is_first && i == 0 ? "" : ";");
        degrees_print(buf, at.longitude_e7);
        buf_put_char(buf, ',');
        degrees_print(buf, at.latitude_e7);
    }
}

static void osrm_numbers(Buf *buf, const char *key, int32_t first, int32_t count) {
    buf_print(buf, "&%s=", key);
    for (int32_t i = 0; i < count; i++) {
        buf_print(buf, "%s%d", i == 0 ? "" : ";", first + i);
    }
}

static TravelRequest osrm_request(Cx *cx, TravelBlock block) {
    Buf *buf = buf_in(cx->arena, REQUEST_BYTES_MAX);
    buf_put_c(buf, "/table/v1/driving/");
    osrm_points(buf, block.from, block.from_count, true);
    osrm_points(buf, block.to, block.to_count, false);
    buf_put_c(buf, "?annotations=duration,distance");
    osrm_numbers(buf, "sources", 0, block.from_count);
    osrm_numbers(buf, "destinations", block.from_count, block.to_count);
    check(buf_status(buf) == STATUS_OK); /* 100 points are below 8 KB */
    return (TravelRequest){.server = TRAVEL_SERVER_OSRM, .path = buf_str(buf)};
}

static void valhalla_points(Buf *buf, const char *key, const TravelPoint *points, int32_t count) {
    buf_print(buf, "\"%s\":[", key);
    for (int32_t i = 0; i < count; i++) {
        GeoPoint at = datum_convert(points[i].at, DATUM_WGS84);
        buf_put_c(buf, i == 0 ? "{\"lat\":" : ",{\"lat\":");
        degrees_print(buf, at.latitude_e7);
        buf_put_c(buf, ",\"lon\":");
        degrees_print(buf, at.longitude_e7);
        buf_put_char(buf, '}');
    }
    buf_put_c(buf, "],");
}

static TravelRequest valhalla_request(Cx *cx, TravelBlock block) {
    Buf *buf = buf_in(cx->arena, REQUEST_BYTES_MAX);
    buf_put_char(buf, '{');
    valhalla_points(buf, "sources", block.from, block.from_count);
    valhalla_points(buf, "targets", block.to, block.to_count);
    buf_put_c(buf, "\"costing\":\"auto\",\"units\":\"kilometers\"}");
    check(buf_status(buf) == STATUS_OK);
    return (TravelRequest){.server = TRAVEL_SERVER_VALHALLA,
                           .is_post = true,
                           .path = STR("/sources_to_targets"),
                           .body = buf_str(buf)};
}

TravelRequest travel_request(Cx *cx, TravelServer server, TravelBlock block) {
    check(server != TRAVEL_SERVER_NONE);
    check(block.from_count >= 1 && block.to_count >= 1);
    check(block.from_count + block.to_count <= TRAVEL_BLOCK_POINTS_MAX);
    return server == TRAVEL_SERVER_OSRM ? osrm_request(cx, block) : valhalla_request(cx, block);
}

/* ---- replies ----------------------------------------------------------------------------------*/

/* Reads one figure; null is "no way". */
static Status figure_read(Cx *cx, const json_t *value, double unit, int32_t *out) {
    if (json_is_null(value)) {
        *out = TRAVEL_NO_WAY;
        return STATUS_OK;
    }
    double amount = json_is_number(value) ? json_number_value(value) * unit : -1;
    if (!(amount >= 0)) {
        return fault(cx, STATUS_INVALID, "the travel server sent a figure that is no distance");
    }
    *out = whole(amount);
    return STATUS_OK;
}

/* Reads [[...], ...] into one of the two tables. */
static Status table_read(Cx *cx, const json_t *table, const char *name, double unit,
                         TravelPlace place) {
    if (!json_is_array(table) || json_array_size(table) != (size_t)place.from_count) {
        return fault(cx, STATUS_INVALID, "the travel server sent no \"%s\" of %d rows", name,
                     place.from_count);
    }
    int32_t *out = name[1] == 'u' ? place.matrix->seconds : place.matrix->metres;
    for (int32_t i = 0; i < place.from_count; i++) {
        const json_t *row = json_array_get(table, (size_t)i);
        TRY(cx_step(cx));
        if (!json_is_array(row) || json_array_size(row) != (size_t)place.to_count) {
            return fault(cx, STATUS_INVALID,
                         "the travel server sent row %d of \"%s\" without %d "
                         "figures",
                         i + 1, name, place.to_count);
        }
        int32_t *to = out + (int64_t)(place.from_at + i) * place.matrix->to_count + place.to_at;
        for (int32_t j = 0; j < place.to_count; j++) {
            TRY(figure_read(cx, json_array_get(row, (size_t)j), unit, &to[j]));
        }
    }
    return STATUS_OK;
}

static Status osrm_read(Cx *cx, const json_t *root, TravelPlace place) {
    const json_t *code = json_object_get(root, "code");
    if (!json_is_string(code) || !str_equal(str_of(json_string_value(code)), STR("Ok"))) {
        return fault(cx, STATUS_INVALID, "the OSRM server answered \"%.60s\"",
                     json_is_string(code) ? json_string_value(code) : "");
    }
    TRY(table_read(cx, json_object_get(root, "durations"), "durations", 1, place));
    return table_read(cx, json_object_get(root, "distances"), "distances", 1, place);
}

/* One row of Valhalla's long form: [{"distance": km, "time": s, "to_index": n, ...}, ...]. */
static Status valhalla_row(Cx *cx, const json_t *row, int32_t row_index, TravelPlace place) {
    if (!json_is_array(row) || json_array_size(row) != (size_t)place.to_count) {
        return fault(cx, STATUS_INVALID, "the Valhalla server sent row %d without %d cells",
                     row_index + 1, place.to_count);
    }
    int64_t start = (int64_t)(place.from_at + row_index) * place.matrix->to_count + place.to_at;
    for (int32_t i = 0; i < place.to_count; i++) {
        const json_t *cell = json_array_get(row, (size_t)i);
        const json_t *index = json_object_get(cell, "to_index");
        const json_t *metres = json_object_get(cell, "distance");
        const json_t *seconds = json_object_get(cell, "time");
        if (metres == NULL || seconds == NULL ||
            (index != NULL && json_integer_value(index) != i)) {
            return fault(cx, STATUS_INVALID, "the Valhalla server sent a cell out of order");
        }
        TRY(figure_read(cx, metres, 1000, &place.matrix->metres[start + i]));
        TRY(figure_read(cx, seconds, 1, &place.matrix->seconds[start + i]));
    }
    return STATUS_OK;
}

static Status valhalla_read(Cx *cx, const json_t *root, TravelPlace place) {
    const json_t *table = json_object_get(root, "sources_to_targets");
    if (json_is_object(table)) { /* the short form: {"durations": [[s]], "distances": [[km]]} */
        TRY(table_read(cx, json_object_get(table, "durations"), "durations", 1, place));
        return table_read(cx, json_object_get(table, "distances"), "distances", 1000, place);
    }
    if (!json_is_array(table) || json_array_size(table) != (size_t)place.from_count) {
        const json_t *error = json_object_get(root, "error");
        return fault(cx, STATUS_INVALID, "the Valhalla server sent no table of %d rows: \"%.60s\"",
                     place.from_count, json_is_string(error) ? json_string_value(error) : "");
    }
    for (int32_t i = 0; i < place.from_count; i++) {
        TRY(cx_step(cx));
        TRY(valhalla_row(cx, json_array_get(table, (size_t)i), i, place));
    }
    return STATUS_OK;
}

Status travel_reply_read(Cx *cx, TravelServer server, Str reply, TravelPlace place) {
    check(server != TRAVEL_SERVER_NONE);
    check(place.from_at + place.from_count <= place.matrix->from_count);
    check(place.to_at + place.to_count <= place.matrix->to_count);
    if (reply.len > TRAVEL_REPLY_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "the reply of the travel server is larger than %d bytes",
                     TRAVEL_REPLY_BYTES_MAX);
    }
    json_error_t error;
    json_t *root = json_loadb(reply.len > 0 ? reply.at : "", reply.len, 0, &error);
    if (root == NULL) {
        return fault_at_line(cx, STATUS_INVALID, error.line, error.column,
                             "the reply of the travel server is not JSON");
    }
    Status status =
        server == TRAVEL_SERVER_OSRM ? osrm_read(cx, root, place) : valhalla_read(cx, root, place);
    json_decref(root);
    return status;
}

/* ---- stitching --------------------------------------------------------------------------------*/

static int32_t side(int32_t count, int32_t at) {
    return count - at < BLOCK_SIDE_MAX ? count - at : BLOCK_SIDE_MAX;
}

static Status block_fetch(Cx *cx, TravelBlock block, const TravelOptions *options,
                          TravelPlace place) {
    TravelBlock part = {.from = block.from + place.from_at,
                        .from_count = place.from_count,
                        .to = block.to + place.to_at,
                        .to_count = place.to_count};
    ArenaMark mark = arena_mark(cx->arena);
    TravelRequest request = travel_request(cx, options->server, part);
    Str reply = STR_NONE;
    Status status = options->send(options->it, cx, &request, &reply);
    if (status == STATUS_OK) {
        status = travel_reply_read(cx, options->server, reply, place);
    }
    arena_rewind(cx->arena, mark);
    return status;
}

static Status server_fill(Cx *cx, TravelBlock block, const TravelOptions *options,
                          TravelMatrix *out) {
    for (int32_t from = 0; from < block.from_count; from += BLOCK_SIDE_MAX) {
        for (int32_t to = 0; to < block.to_count; to += BLOCK_SIDE_MAX) {
            TravelPlace place = {.matrix = out,
                                 .from_at = from,
                                 .to_at = to,
                                 .from_count = side(block.from_count, from),
                                 .to_count = side(block.to_count, to)};
            TRY(cx_step(cx));
            TRY(block_fetch(cx, block, options, place));
        }
    }
    return STATUS_OK;
}

Status travel_matrix(Cx *cx, TravelBlock block, const TravelOptions *options, TravelMatrix *out) {
    if (options->server == TRAVEL_SERVER_NONE) {
        return travel_estimate(cx, block, options, out);
    }
    check(options->send != NULL);
    TravelMatrix matrix = {0};
    TRY(matrix_new(cx, block, options, &matrix));
    if (server_fill(cx, block, options, &matrix) != STATUS_OK) {
        matrix.why_estimated = str_print(cx->arena, "%s", cx->fault.text);
        fault_clear(cx);
        TRY(estimate_fill(cx, block, options, &matrix));
    }
    *out = matrix;
    return STATUS_OK;
}
