/* Tests of datums: there and back again over all of China, known shifts, and places abroad. */
#include "base/prng.h"
#include "solve/datum.h"
#include "test.h"

#include <math.h>
#include <string.h>

static GeoPoint place(double longitude, double latitude, Datum datum) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    GeoPoint point = {0};
    assert_int_equal(datum_point(&cx, longitude, latitude, datum, &point), STATUS_OK);
    arena_free(arena);
    return point;
}

/* Metres between the figures of two points, their datums not looked at. */
static double figures_apart_m(GeoPoint left, GeoPoint right) {
    left.datum = DATUM_WGS84;
    right.datum = DATUM_WGS84;
    return datum_distance_m(left, right);
}

static void test_there_and_back_again(void **state) {
    (void)state;
    static const Datum all[] = {DATUM_WGS84, DATUM_CGCS2000, DATUM_GCJ02, DATUM_BD09};
    Prng prng;
    prng_init(&prng, 9);
    double worst = 0;
    for (int32_t i = 0; i < 20000; i++) {
        Datum from = all[prng_below(&prng, 4)];
        Datum to = all[prng_below(&prng, 4)];
        GeoPoint start = {.longitude_e7 = (int32_t)prng_between(&prng, 735000000, 1350000000),
                          .latitude_e7 = (int32_t)prng_between(&prng, 40000000, 530000000),
                          .datum = from};
        GeoPoint back = datum_convert(datum_convert(start, to), from);
        assert_int_equal(back.datum, from);
        double apart = figures_apart_m(start, back);
        worst = apart > worst ? apart : worst;
    }
    print_message("worst round trip %.4f m\n", worst);
    assert_true(worst < 0.1);
}

/* The shift is 100 to 800 m in the settled country, and BD-09 adds about a kilometre: mixing datums
 * is a mistake that shows on the map. */
static void test_the_shift_has_its_size(void **state) {
    (void)state;
    static const double cities[][2] = {{116.3913, 39.9075}, {121.4737, 31.2304},
                                       {119.2190, 36.4780}, {113.2644, 23.1291},
                                       {87.6168, 43.8256},  {91.1409, 29.6456}};
    for (size_t i = 0; i < sizeof cities / sizeof *cities; i++) {
        GeoPoint wgs = place(cities[i][0], cities[i][1], DATUM_WGS84);
        GeoPoint gcj = datum_convert(wgs, DATUM_GCJ02);
        GeoPoint bd = datum_convert(gcj, DATUM_BD09);
        double first = figures_apart_m(wgs, gcj);
        double second = figures_apart_m(gcj, bd);
        assert_true(first > 100 && first < 900);
        assert_true(second > 500 && second < 1300);
        assert_true(datum_distance_m(wgs, bd) < 0.1); /* the same place */
    }
}

/* Pairs that the test suites of public converters of this family share: Tiananmen. */
static void test_published_pairs(void **state) {
    (void)state;
    GeoPoint gcj = place(116.404, 39.915, DATUM_GCJ02);
    GeoPoint bd = datum_convert(gcj, DATUM_BD09);
    assert_true(figures_apart_m(bd, place(116.41036949371029, 39.92133699351021, DATUM_BD09)) <
                0.03);
    GeoPoint wgs = place(116.404, 39.915, DATUM_WGS84);
    gcj = datum_convert(wgs, DATUM_GCJ02);
    assert_true(figures_apart_m(gcj, place(116.41024449916938, 39.91640428150164, DATUM_GCJ02)) <
                0.03);
    /* Those converters go back in one step: metres off, which the iteration repairs. */
    GeoPoint one_step = place(116.39775550083061, 39.91359571849836, DATUM_WGS84);
    GeoPoint exact = datum_convert(place(116.404, 39.915, DATUM_GCJ02), DATUM_WGS84);
    assert_true(figures_apart_m(one_step, exact) < 5);
}

static void test_abroad_nothing_moves(void **state) {
    (void)state;
    static const double abroad[][2] = {
        {13.4050, 52.5200}, {-74.0060, 40.7128}, {151.2093, -33.8688}, {139.6917, 35.6895}};
    for (size_t i = 0; i < sizeof abroad / sizeof *abroad; i++) {
        GeoPoint wgs = place(abroad[i][0], abroad[i][1], DATUM_WGS84);
        assert_false(datum_is_shifted_area(wgs));
        assert_true(figures_apart_m(wgs, datum_convert(wgs, DATUM_GCJ02)) <= 0);
        assert_true(figures_apart_m(wgs, datum_convert(wgs, DATUM_BD09)) <= 0);
    }
}

static void test_national_frame_is_not_shifted(void **state) {
    (void)state;
    GeoPoint wgs = place(119.2190, 36.4780, DATUM_WGS84);
    GeoPoint national = datum_convert(wgs, DATUM_CGCS2000);
    assert_int_equal(national.datum, DATUM_CGCS2000);
    assert_int_equal(national.longitude_e7, wgs.longitude_e7);
    assert_int_equal(national.latitude_e7, wgs.latitude_e7);
}

static void test_distances(void **state) {
    (void)state;
    /* One degree of the equator and of a meridian of this sphere: 111,195 m. */
    GeoPoint zero = place(0, 0, DATUM_WGS84);
    assert_true(fabs(datum_distance_m(zero, place(1, 0, DATUM_WGS84)) - 111195.08) < 0.1);
    assert_true(fabs(datum_distance_m(zero, place(0, 1, DATUM_WGS84)) - 111195.08) < 0.1);
    assert_true(fabs(datum_distance_m(zero, place(180, 0, DATUM_WGS84)) - 20015114.4) < 10);
    assert_true(datum_distance_m(zero, zero) <= 0);
}

static void test_names_and_ranges(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Datum datum = DATUM_WGS84;
    assert_int_equal(datum_parse(&cx, STR("gcj02"), &datum), STATUS_OK);
    assert_int_equal(datum, DATUM_GCJ02);
    assert_int_equal(datum_parse(&cx, STR(" BD-09 "), &datum), STATUS_OK);
    assert_int_equal(datum, DATUM_BD09);
    assert_int_equal(datum_parse(&cx, STR("cgcs2000"), &datum), STATUS_OK);
    assert_int_equal(datum, DATUM_CGCS2000);
    assert_int_equal(datum_parse(&cx, STR("北京54"), &datum), STATUS_INVALID);
    assert_non_null(strstr(cx.fault.text, "北京54"));
    assert_int_equal(datum, DATUM_CGCS2000);
    GeoPoint point = {0};
    assert_int_equal(datum_point(&cx, 180.1, 0, DATUM_WGS84, &point), STATUS_INVALID);
    assert_int_equal(datum_point(&cx, 0, -90.1, DATUM_WGS84, &point), STATUS_INVALID);
    assert_int_equal(datum_point(&cx, (double)NAN, 0, DATUM_WGS84, &point), STATUS_INVALID);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back_again),
        cmocka_unit_test(test_the_shift_has_its_size),
        cmocka_unit_test(test_published_pairs),
        cmocka_unit_test(test_abroad_nothing_moves),
        cmocka_unit_test(test_national_frame_is_not_shifted),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_names_and_ranges),
    };
    return cmocka_run_group_tests_name("solve_datum", tests, NULL, NULL);
}
