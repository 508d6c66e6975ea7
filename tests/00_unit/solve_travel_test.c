/* Tests of travel: the estimate, requests and replies of both servers, stitching and fallback. */
#include "base/buf.h"
#include "base/prng.h"
#include "solve/travel.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static TravelPoint spot(double longitude, double latitude, TravelClass speed_class) {
    return (TravelPoint){.at = {.longitude_e7 = (int32_t)(longitude * 1e7),
                                .latitude_e7 = (int32_t)(latitude * 1e7),
                                .datum = DATUM_WGS84},
                         .speed_class = speed_class};
}

static void test_estimate(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    /* One degree of a meridian is 111,195 m of great circle. */
    TravelPoint points[3] = {spot(119, 36, TRAVEL_CLASS_URBAN), spot(119, 37, TRAVEL_CLASS_URBAN),
                             spot(119, 37, TRAVEL_CLASS_RURAL)};
    points[2].detour_permille = 1500;
    TravelOptions options = travel_options_default();
    TravelMatrix matrix = {0};
    TravelBlock block = {.from = points, .from_count = 3, .to = points, .to_count = 3};
    assert_int_equal(travel_matrix(&cx, block, &options, &matrix), STATUS_OK);
    assert_true(matrix.is_estimated);
    assert_int_equal(matrix.why_estimated.len, 0);
    assert_int_equal(matrix.metres[0], 0);
    assert_int_equal(matrix.seconds[0], 0);
    assert_int_equal(matrix.metres[1], 144554);           /* x 1.3 */
    assert_int_equal(matrix.seconds[1], 20816);           /* at 25 km/h */
    assert_int_equal(matrix.metres[2], 155673);           /* x (1.3 + 1.5) / 2 */
    assert_int_equal(matrix.seconds[2], 17435);           /* half at 25, half at 45 km/h */
    assert_int_equal(matrix.metres[1], matrix.metres[3]); /* symmetric */
    /* The same place in another datum is nowhere else. */
    points[1].at = datum_convert(points[1].at, DATUM_BD09);
    assert_int_equal(travel_estimate(&cx, block, &options, &matrix), STATUS_OK);
    assert_in_range(matrix.metres[1], 144553, 144555);
    arena_free(arena);
}

static void test_options_out_of_range(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    TravelPoint points[1] = {spot(119, 36, TRAVEL_CLASS_URBAN)};
    TravelMatrix matrix = {0};
    TravelBlock block = {.from = points, .from_count = 1, .to = points, .to_count = 1};
    TravelOptions options = travel_options_default();
    options.detour_permille = 900;
    assert_int_equal(travel_matrix(&cx, block, &options, &matrix), STATUS_INVALID);
    fault_clear(&cx);
    options = travel_options_default();
    options.speed_km_h[TRAVEL_CLASS_TOWN] = 0;
    assert_int_equal(travel_matrix(&cx, block, &options, &matrix), STATUS_INVALID);
    assert_non_null(strstr(cx.fault.text, "town"));
    fault_clear(&cx);
    options = travel_options_default();
    points[0].detour_permille = 6000;
    assert_int_equal(travel_matrix(&cx, block, &options, &matrix), STATUS_INVALID);
    arena_free(arena);
}

static void test_requests(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    TravelPoint from[1] = {spot(119.25, 36.5, TRAVEL_CLASS_URBAN)};
    TravelPoint to[2] = {spot(-0.5, -0.25, TRAVEL_CLASS_URBAN), spot(10, 50, TRAVEL_CLASS_URBAN)};
    TravelBlock block = {.from = from, .from_count = 1, .to = to, .to_count = 2};
    TravelRequest osrm = travel_request(&cx, TRAVEL_SERVER_OSRM, block);
    assert_false(osrm.is_post);
    assert_string_equal(str_c(arena, osrm.path),
                        "/table/v1/driving/119.2500000,36.5000000;-0.5000000,-0.2500000;"
                        "10.0000000,50.0000000?annotations=duration,distance"
                        "&sources=0&destinations=1;2");
    TravelRequest valhalla = travel_request(&cx, TRAVEL_SERVER_VALHALLA, block);
    assert_true(valhalla.is_post);
    assert_string_equal(str_c(arena, valhalla.path), "/sources_to_targets");
    assert_string_equal(str_c(arena, valhalla.body),
                        "{\"sources\":[{\"lat\":36.5000000,\"lon\":119.2500000}],"
                        "\"targets\":[{\"lat\":-0.2500000,\"lon\":-0.5000000},"
                        "{\"lat\":50.0000000,\"lon\":10.0000000}],"
                        "\"costing\":\"auto\",\"units\":\"kilometers\"}");
    /* Points of Chinese maps are sent as WGS-84. */
    TravelRequest straight = travel_request(&cx, TRAVEL_SERVER_OSRM, block);
    from[0].at = datum_convert(from[0].at, DATUM_CGCS2000);
    assert_true(str_equal(travel_request(&cx, TRAVEL_SERVER_OSRM, block).path, straight.path));
    from[0].at.datum = DATUM_GCJ02;
    assert_false(str_equal(travel_request(&cx, TRAVEL_SERVER_OSRM, block).path, straight.path));
    arena_free(arena);
}

static Status reply(TravelServer server, Str text, int32_t metres[2], int32_t seconds[2]) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    TravelMatrix matrix = {.from_count = 1, .to_count = 2, .metres = metres, .seconds = seconds};
    TravelPlace place = {.matrix = &matrix, .from_count = 1, .to_count = 2};
    Status status = travel_reply_read(&cx, server, text, place);
    assert_true((status == STATUS_OK) == (cx.fault.text[0] == '\0'));
    arena_free(arena);
    return status;
}

static void test_good_replies(void **state) {
    (void)state;
    int32_t m[2] = {0};
    int32_t s[2] = {0};
    Str osrm = STR("{\"code\":\"Ok\",\"durations\":[[12.5,null]],\"distances\":[[100.4,null]]}");
    assert_int_equal(reply(TRAVEL_SERVER_OSRM, osrm, m, s), STATUS_OK);
    assert_int_equal(m[0], 100);
    assert_int_equal(s[0], 13);
    assert_int_equal(m[1], TRAVEL_NO_WAY);
    assert_int_equal(s[1], TRAVEL_NO_WAY);
    Str by_cell = STR("{\"sources_to_targets\":[[{\"distance\":1.25,\"time\":60,\"to_index\":0,"
                      "\"from_index\":0},{\"distance\":0,\"time\":0,\"to_index\":1}]]}");
    assert_int_equal(reply(TRAVEL_SERVER_VALHALLA, by_cell, m, s), STATUS_OK);
    assert_int_equal(m[0], 1250);
    assert_int_equal(s[0], 60);
    assert_int_equal(m[1], 0);
    Str by_table = STR("{\"sources_to_targets\":{\"durations\":[[5,6]],\"distances\":[[1,2.5]]}}");
    assert_int_equal(reply(TRAVEL_SERVER_VALHALLA, by_table, m, s), STATUS_OK);
    assert_int_equal(m[1], 2500);
    assert_int_equal(s[1], 6);
}

static void test_bad_replies(void **state) {
    (void)state;
    static const char *const osrm[] = {
        "",
        "[",
        "<html>502</html>",
        "[]",
        "null",
        "{}",
        "{\"code\":\"TooBig\",\"message\":\"Too many table coordinates\"}",
        "{\"code\":\"Ok\"}",
        "{\"code\":\"Ok\",\"durations\":[[1,2]]}",
        "{\"code\":\"Ok\",\"durations\":[[1]],\"distances\":[[1,2]]}",
        "{\"code\":\"Ok\",\"durations\":[[1,2],[3,4]],\"distances\":[[1,2]]}",
        "{\"code\":\"Ok\",\"durations\":[[1,\"2\"]],\"distances\":[[1,2]]}",
        "{\"code\":\"Ok\",\"durations\":[[1,-2]],\"distances\":[[1,2]]}",
        "{\"code\":\"Ok\",\"durations\":[1,2],\"distances\":[[1,2]]}",
    };
    static const char *const valhalla[] = {
        "{\"error\":\"Exceeded max locations\",\"error_code\":150}",
        "{\"sources_to_targets\":[[{\"distance\":1,\"time\":1}]]}",
        "{\"sources_to_targets\":[[{\"distance\":1,\"time\":1,\"to_index\":1},{}]]}",
        "{\"sources_to_targets\":[[1,2]]}",
        "{\"sources_to_targets\":[]}",
        "{\"sources_to_targets\":{\"durations\":[[5,6]]}}",
    };
    int32_t m[2] = {0};
    int32_t s[2] = {0};
    for (size_t i = 0; i < sizeof osrm / sizeof *osrm; i++) {
        assert_int_equal(reply(TRAVEL_SERVER_OSRM, str_of(osrm[i]), m, s), STATUS_INVALID);
    }
    for (size_t i = 0; i < sizeof valhalla / sizeof *valhalla; i++) {
        assert_int_equal(reply(TRAVEL_SERVER_VALHALLA, str_of(valhalla[i]), m, s), STATUS_INVALID);
    }
    assert_int_equal(reply(TRAVEL_SERVER_OSRM,
                           STR("{\"code\":\"Ok\",\"durations\":[[1e300,1]],"
                               "\"distances\":[[1,2]]}"),
                           m, s),
                     STATUS_OK);
    assert_int_equal(s[0], TRAVEL_NO_WAY);
}

/* ---- a server made of arithmetic ---- */

typedef struct Server {
    int32_t calls;
    int32_t fail_at; /* the n-th call fails; 0: none */
} Server;

/* Answers an OSRM request: the figure for a pair comes from the coordinates in the path, so a part
 * stitched in at a wrong place shows. longitude = index / 1000 degrees. */
static Status serve(void *it, Cx *cx, const TravelRequest *request, Str *reply_text) {
    Server *server = it;
    server->calls++;
    if (server->calls == server->fail_at) {
        return fault(cx, STATUS_IO, "the travel server did not answer within 2 s");
    }
    int32_t index[TRAVEL_BLOCK_POINTS_MAX] = {0};
    int32_t count = 0;
    Str rest = str_from(request->path, strlen("/table/v1/driving/"));
    Str points = str_cut(&rest, '?');
    while (points.at != NULL) {
        Str point = str_cut(&points, ';');
        assert_true(count < TRAVEL_BLOCK_POINTS_MAX);
        index[count++] = (int32_t)(strtod(str_c(cx->arena, point), NULL) * 1000 + 0.5);
    }
    Str sources = str_slice(rest, str_find(rest, STR("sources="), 0), SIZE_MAX);
    int32_t from_count = 1;
    for (size_t i = 0; i < str_find(sources, STR("&"), 0); i++) {
        from_count += sources.at[i] == ';' ? 1 : 0;
    }
    Buf *buf = buf_in(cx->arena, 1 << 20);
    buf_put_c(buf, "{\"code\":\"Ok\"");
    for (int32_t table = 0; table < 2; table++) {
        buf_put_c(buf, table == 0 ? ",\"durations\":[" : ",\"distances\":[");
        for (int32_t i = 0; i < from_count; i++) {
            buf_put_c(buf, i == 0 ? "[" : ",[");
            for (int32_t j = from_count; j < count; j++) {
                buf_print(buf, "%s%d", j == from_count ? "" : ",",
                          index[i] * 1000 + index[j] + table * 500000);
            }
            buf_put_c(buf, "]");
        }
        buf_put_c(buf, "]");
    }
    buf_put_c(buf, "}");
    *reply_text = buf_str(buf);
    return buf_status(buf);
}

enum { LINE_POINTS = 173 };

static void line_make(TravelPoint *points) {
    for (int32_t i = 0; i < LINE_POINTS; i++) {
        points[i] = (TravelPoint){.at = {.longitude_e7 = i * 10000, .datum = DATUM_WGS84}};
    }
}

static void test_blocks_are_stitched(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    TravelPoint points[LINE_POINTS];
    line_make(points);
    Server server = {0};
    TravelOptions options = travel_options_default();
    options.server = TRAVEL_SERVER_OSRM;
    options.send = serve;
    options.it = &server;
    TravelMatrix matrix = {0};
    TravelBlock block = {.from = points, .from_count = LINE_POINTS, .to = points, .to_count = 60};
    assert_int_equal(travel_matrix(&cx, block, &options, &matrix), STATUS_OK);
    assert_false(matrix.is_estimated);
    assert_int_equal(server.calls, 4 * 2);
    for (int32_t i = 0; i < LINE_POINTS; i++) {
        for (int32_t j = 0; j < 60; j++) {
            assert_int_equal(matrix.seconds[i * 60 + j], i * 1000 + j);
            assert_int_equal(matrix.metres[i * 60 + j], i * 1000 + j + 500000);
        }
    }
    arena_free(arena);
}

/* Whichever block fails, the whole matrix is the estimate, marked and with the reason. */
static void test_any_failure_gives_the_estimate(void **state) {
    (void)state;
    for (int32_t fail_at = 1; fail_at <= 8; fail_at++) {
        Arena *arena = arena_create();
        Cx cx;
        cx_init(&cx, arena);
        TravelPoint points[LINE_POINTS];
        line_make(points);
        Server server = {.fail_at = fail_at};
        TravelOptions options = travel_options_default();
        TravelMatrix wanted = {0};
        TravelMatrix matrix = {0};
        TravelBlock block = {
            .from = points, .from_count = LINE_POINTS, .to = points, .to_count = 60};
        assert_int_equal(travel_estimate(&cx, block, &options, &wanted), STATUS_OK);
        options.server = TRAVEL_SERVER_OSRM;
        options.send = serve;
        options.it = &server;
        assert_int_equal(travel_matrix(&cx, block, &options, &matrix), STATUS_OK);
        assert_true(matrix.is_estimated);
        assert_true(str_contains(matrix.why_estimated, STR("did not answer within 2 s")));
        assert_int_equal(cx.fault.text[0], '\0');
        assert_memory_equal(matrix.metres, wanted.metres, LINE_POINTS * 60 * sizeof(int32_t));
        assert_memory_equal(matrix.seconds, wanted.seconds, LINE_POINTS * 60 * sizeof(int32_t));
        arena_free(arena);
    }
}

/* Replies cut short or with bytes changed never crash the reader (run with sanitizers). */
static void test_damaged_replies(void **state) {
    (void)state;
    const char good[] = "{\"code\":\"Ok\",\"durations\":[[12.5,null]],\"distances\":[[100,3]]}";
    Prng prng;
    prng_init(&prng, 4);
    int32_t m[2] = {0};
    int32_t s[2] = {0};
    int32_t refused = 0;
    for (int32_t i = 0; i < 4000; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        text[prng_below(&prng, sizeof good - 1)] = (char)prng_below(&prng, 256);
        Str cut = {.at = text, .len = (size_t)prng_below(&prng, sizeof good)};
        refused += reply(TRAVEL_SERVER_OSRM, cut, m, s) != STATUS_OK ? 1 : 0;
    }
    assert_true(refused > 3500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimate),
        cmocka_unit_test(test_options_out_of_range),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_good_replies),
        cmocka_unit_test(test_bad_replies),
        cmocka_unit_test(test_blocks_are_stitched),
        cmocka_unit_test(test_any_failure_gives_the_estimate),
        cmocka_unit_test(test_damaged_replies),
    };
    return cmocka_run_group_tests_name("solve_travel", tests, NULL, NULL);
}
