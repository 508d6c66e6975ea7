/*
 * feel_temporal_test.c - FEEL times: text both ways, refusals, arithmetic, zones, properties.
 * The zone tests skip when the machine has no /usr/share/zoneinfo.
 */
#include "base/prng.h"
#include "feel/temporal.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static Arena *arena;
static ZoneSet *zones;

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    zones = zone_set_in(arena, NULL);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static bool has_zones(void) {
    return access("/usr/share/zoneinfo/Europe/Paris", R_OK) == 0;
}

static Temporal at(const char *text) {
    Temporal value = {0};
    if (!temporal_parse(zones, str_of(text), &value)) {
        fail_msg("not a time: %s", text);
    }
    return value;
}

static void assert_prints(const Temporal *value, const char *expected) {
    assert_string_equal(temporal_print(arena, value).at, expected);
}

static void text_both_ways(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"2012-12-25", "2012-12-25"},
        {"999999999-12-31", "999999999-12-31"},
        {"-999999999-01-01", "-999999999-01-01"},
        {"2024-02-29", "2024-02-29"},
        {"23:59:00Z", "23:59:00Z"},
        {"11:22:33.123456789", "11:22:33.123456789"},
        {"11:22:33.4440", "11:22:33.444"},
        {"11:22:33-00:00", "11:22:33Z"},
        {"13:20:00+18:00", "13:20:00+18:00"},
        {"13:20:00-05:00:30", "13:20:00-05:00:30"},
        {"24:00:00", "00:00:00"},
        {"2017-12-31T24:00:00", "2018-01-01T00:00:00"},
        {"-2017-12-31T11:22:33.456+01:35", "-2017-12-31T11:22:33.456+01:35"},
        {"P1D", "P1D"},
        {"PT0.S", "PT0S"},
        {"-PT0S", "PT0S"},
        {"PT1000M0.999999999S", "PT16H40M0.999999999S"},
        {"-PT0.5S", "-PT0.5S"},
        {"-P1DT2H3M4.5S", "-P1DT2H3M4.5S"},
        {"P2DT274M", "P2DT4H34M"},
        {"P26M", "P2Y2M"},
        {"-P100M", "-P8Y4M"},
        {"P0Y", "P0M"},
        {"P999999999M", "P83333333Y3M"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Temporal value = at(rows[i][0]);
        assert_prints(&value, rows[i][1]);
    }
}

static void text_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "2012-12-25T",
        "2012/12/25",
        "998-12-31",
        "01211-12-31",
        "9999999999-12-25",
        "+2012-12-02",
        "2017-13-10",
        "2017-02-29",
        "2017-00-10",
        "-0000-01-01",
        "2012-12-25Z",
        "23:59:60",
        "24:00:01",
        "24:00:00.1",
        "25:00:00",
        "00:60:00",
        "7:00:00",
        "07:1:00",
        "07:20",
        "11:30:00T",
        "11:30:00.",
        "13:20:00+19:00",
        "13:20:00+18:01",
        "13:20:00+5:00",
        "13:20:00+02:00@Europe/Paris",
        "13:20:00@xyz/abc",
        "13:20:00@../../etc/passwd",
        "13:20:00@/etc/passwd",
        "13:20:00@",
        "2011-12-0310:15:30",
        "P",
        "PT",
        "P1DT",
        "P0",
        "1D",
        "P1H",
        "P1S",
        "PT1D",
        "P1M1Y",
        "P1Y1D",
        "P1.5D",
        "P1T1H",
        "PT1H1H",
        "PT1S1M",
        "P-1D",
        "P99999999999999999999D",
        "P999999999999999999D",
        "999999999-12-31T24:00:00",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Temporal value = {0};
        if (temporal_parse(zones, str_of(rows[i]), &value)) {
            fail_msg("taken: %s", rows[i]);
        }
    }
}

static void additions(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"2021-01-01T10:10:10", "P1M", "2021-02-01T10:10:10"},
        {"2021-01-31", "P1M", "2021-02-28"},
        {"2020-01-31", "P1M", "2020-02-29"},
        {"2020-03-31", "-P1M", "2020-02-29"},
        {"P1Y", "2020-02-29", "2021-02-28"},
        {"0001-01-01", "-P1M", "0000-12-01"},
        {"2021-01-01", "PT36H", "2021-01-02"},
        {"2021-01-02", "-PT1H", "2021-01-01"},
        {"2021-01-01T24:00:00", "-PT1S", "2021-01-01T23:59:59"},
        {"10:15:00+11:00", "P1D", "10:15:00+11:00"},
        {"00:15:00", "-PT30M", "23:45:00"},
        {"P1Y", "-P2M", "P10M"},
        {"PT0.6S", "PT0.6S", "PT1.2S"},
        {"-PT0.6S", "-PT0.6S", "-PT1.2S"},
        {"999999999-12-31", "P1D", NULL},
        {"-999999999-01-01", "-P1M", NULL},
        {"2021-01-01", "2021-01-01", NULL},
        {"10:00:00", "P1M", NULL},
        {"P1D", "P1M", NULL},
        {"P106751991167300D", "P106751991167300D", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Temporal left = at(rows[i][0]);
        Temporal right = at(rows[i][1]);
        Temporal out = {0};
        assert_int_equal(temporal_add(&left, &right, &out), rows[i][2] != NULL);
        if (rows[i][2] != NULL) {
            assert_prints(&out, rows[i][2]);
        }
    }
}

static void subtractions(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"2021-01-02", "1995-01-01", "P9498D"},
        {"2021-01-02T00:00:00Z", "2021-01-02", "PT0S"},
        {"2021-01-02", "2021-01-01T10:10:10+11:00", "P1DT49M50S"},
        {"2021-01-02", "2021-01-01T10:10:10", NULL},
        {"2021-01-02T10:10:10", "2021-01-01T10:10:10Z", NULL},
        {"10:10:10", "11:10:10.5", "-PT1H0.5S"},
        {"10:10:10", "11:10:10Z", NULL},
        {"2020-03-01", "PT24H", "2020-02-29"},
        {"P1D", "PT2H", "PT22H"},
        {"P1D", "2021-01-01", NULL},
        {"999999999-12-31", "-999999999-01-01", "P730484999633D"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Temporal left = at(rows[i][0]);
        Temporal right = at(rows[i][1]);
        Temporal out = {0};
        assert_int_equal(temporal_subtract(&left, &right, &out), rows[i][2] != NULL);
        if (rows[i][2] != NULL) {
            assert_prints(&out, rows[i][2]);
        }
    }
}

static void scaling(void **state) {
    (void)state;
    Temporal out = {0};
    Temporal value = at("P1Y11M");
    assert_true(temporal_multiply(&value, decimal_of(-25, 1), &out));
    assert_prints(&out, "-P4Y9M");
    value = at("P10DT23H");
    assert_true(temporal_divide(&value, decimal_of(25, 1), &out));
    assert_prints(&out, "P4DT9H12M");
    assert_false(temporal_divide(&value, decimal_of_int64(0), &out));
    value = at("-PT1S");
    assert_true(temporal_divide(&value, decimal_of_int64(3), &out));
    assert_prints(&out, "-PT0.333333333S");
    value = at("2021-01-01");
    assert_false(temporal_multiply(&value, decimal_of_int64(2), &out));
    Decimal ratio = {0, 0};
    Temporal ten = at("P10D");
    Temporal five = at("P5D");
    assert_true(temporal_ratio(&ten, &five, &ratio));
    assert_true(decimal_equal(ratio, decimal_of_int64(2)));
    five = at("P5M");
    assert_false(temporal_ratio(&ten, &five, &ratio));
}

static void equality_and_is(void **state) {
    (void)state;
    bool equal = false;
    Temporal left = at("10:30:00.0001");
    Temporal right = at("10:30:00.0002");
    assert_true(temporal_equal(&left, &right, &equal));
    assert_true(equal);
    assert_false(temporal_is(&left, &right));
    left = at("2002-04-02T23:00:00-04:00");
    right = at("2002-04-03T02:00:00-01:00");
    assert_true(temporal_equal(&left, &right, &equal));
    assert_true(equal);
    assert_true(temporal_hash(&left) == temporal_hash(&right));
    left = at("23:00:50Z");
    right = at("23:00:50+00:00");
    assert_true(temporal_is(&left, &right));
    right = at("23:00:50");
    assert_false(temporal_is(&left, &right));
    int order = 0;
    assert_false(temporal_compare(&left, &right, &order));
    left = at("P1D");
    right = at("P1M");
    assert_false(temporal_equal(&left, &right, &equal));
    assert_false(temporal_compare(&left, &right, &order));
}

static void months_between(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"2011-12-22", "2013-08-24", "P1Y8M"},
        {"2013-08-24", "2011-12-22", "-P1Y8M"},
        {"2016-09-30T23:25:00", "2017-12-28T12:12:12", "P1Y2M"},
        {"-2016-01-30T09:05:00", "-2017-02-28T02:02:02", "-P11M"},
        {"2014-12-31T23:59:59", "2016-12-31T00:00:01", "P2Y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Temporal from = at(rows[i][0]);
        Temporal to = at(rows[i][1]);
        Temporal out = {0};
        assert_true(temporal_months_between(&from, &to, &out));
        assert_prints(&out, rows[i][2]);
    }
}

static void named_zones(void **state) {
    (void)state;
    if (!has_zones()) {
        print_message("skip: no zone files\n");
        return;
    }
    static const struct {
        const char *left;
        const char *right;
        bool equal;
    } rows[] = {
        {"2018-10-08T00:00:00@Europe/Paris", "2018-10-08T00:00:00+02:00", true},
        {"2018-02-08T00:00:00@Europe/Paris", "2018-02-08T00:00:00+01:00", true},
        {"2500-07-08T00:00:00@Europe/Paris", "2500-07-08T00:00:00+02:00", true},
        {"999999999-12-31T00:00:00@Europe/Paris", "999999999-12-31T00:00:00+01:00", true},
        {"2002-04-02T12:00:00@Australia/Melbourne", "2002-04-02T12:00:00@Australia/Sydney", true},
        {"2100-01-02T12:00:00@Australia/Sydney", "2100-01-02T12:00:00+11:00", true},
        {"2024-06-01T08:00:00@Asia/Shanghai", "2024-06-01T00:00:00Z", true},
        {"1988-06-01T09:00:00@Asia/Shanghai", "1988-06-01T00:00:00Z", true},
        {"1900-01-01T08:05:43@Asia/Shanghai", "1900-01-01T00:00:00Z", true},
        {"2018-12-08T00:00:00@Europe/Paris", "2018-12-08T00:00:00@Asia/Dhaka", false},
        /* The skipped hour keeps the offset before it, the doubled hour the earlier one. */
        {"2024-03-31T02:30:00@Europe/Paris", "2024-03-31T02:30:00+01:00", true},
        {"2024-10-27T02:30:00@Europe/Paris", "2024-10-27T02:30:00+02:00", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool equal = false;
        Temporal left = at(rows[i].left);
        Temporal right = at(rows[i].right);
        assert_true(temporal_equal(&left, &right, &equal));
        if (equal != rows[i].equal) {
            fail_msg("%s and %s", rows[i].left, rows[i].right);
        }
    }
    Temporal value = at("2024-03-30T12:00:00@Europe/Paris");
    Temporal day = at("P1D");
    Temporal out = {0};
    assert_true(temporal_add(&value, &day, &out)); /* 24 hours of time, 25 on the clock */
    assert_prints(&out, "2024-03-31T13:00:00@Europe/Paris");
    value = at("2024-06-01T00:00:00Z");
    assert_true(temporal_in_zone(zones, &value, STR("Asia/Shanghai"), &out));
    assert_prints(&out, "2024-06-01T08:00:00@Asia/Shanghai");
    assert_null(zone_find(zones, STR("Asia")));
    assert_null(zone_find(zones, STR("tzdata.zi")));
    assert_null(zone_find(NULL, STR("Asia/Dhaka")));
    assert_ptr_equal(zone_find(zones, STR("Asia/Dhaka")), zone_find(zones, STR("Asia/Dhaka")));
}

static void damaged_zone_files(void **state) {
    (void)state;
    if (!has_zones()) {
        print_message("skip: no zone files\n");
        return;
    }
    char folder[] = "/tmp/zoneXXXXXX";
    assert_non_null(mkdtemp(folder));
    static char bytes[65536];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Paris", "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    Str path = str_print(arena, "%s/Cut", folder);
    /* Every shorter file is refused: nothing is read beyond its end. */
    for (size_t cut = 0; cut < len; cut += 7) {
        file = fopen(path.at, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, cut, file), cut);
        fclose(file);
        Arena *own = arena_create();
        const Zone *zone = zone_find(zone_set_in(own, folder), STR("Cut"));
        assert_true(zone == NULL || cut + 32 > len);
        arena_free(own);
    }
    assert_int_equal(unlink(path.at), 0);
    assert_int_equal(rmdir(folder), 0);
}

static int64_t number_of(const char *text, const char *name) {
    Temporal value = at(text);
    TemporalProperty property = {0};
    assert_true(temporal_property(&value, str_of(name), &property));
    assert_int_equal(property.part, TEMPORAL_PART_NUMBER);
    int64_t number = 0;
    assert_true(decimal_to_int64(property.number, &number));
    return number;
}

static void properties(void **state) {
    (void)state;
    assert_int_equal(number_of("2018-12-10", "weekday"), 1);
    assert_int_equal(number_of("-0001-12-31", "year"), -1);
    assert_int_equal(number_of("2018-12-10T10:30:01", "minute"), 30);
    assert_int_equal(number_of("-P1DT2H3M4S", "hours"), -2);
    assert_int_equal(number_of("-P1DT2H3M4S", "days"), -1);
    assert_int_equal(number_of("-P26M", "years"), -2);
    assert_int_equal(number_of("-P26M", "months"), -2);
    Temporal value = at("P1D");
    TemporalProperty property = {0};
    assert_false(temporal_property(&value, STR("years"), &property));
    value = at("10:30:00+05:00");
    assert_true(temporal_property(&value, STR("time offset"), &property));
    assert_prints(&property.temporal, "PT5H");
    value = at("10:30:00");
    assert_true(temporal_property(&value, STR("time offset"), &property));
    assert_int_equal(property.part, TEMPORAL_PART_NONE);
    int64_t number = 0;
    value = at("2003-12-29");
    assert_true(temporal_week_of_year(&value, &number));
    assert_int_equal(number, 1);
    value = at("2005-01-01");
    assert_true(temporal_week_of_year(&value, &number));
    assert_int_equal(number, 53);
    value = at("2020-12-31");
    assert_true(temporal_day_of_year(&value, &number));
    assert_int_equal(number, 366);
    value = at("10:00:00");
    assert_false(temporal_day_of_year(&value, &number));
}

static void instants(void **state) {
    (void)state;
    Temporal value = temporal_of_instant(1700000000123, 8 * 3600);
    assert_prints(&value, "2023-11-15T06:13:20.123+08:00");
    value = temporal_of_instant(-1, 0);
    assert_prints(&value, "1969-12-31T23:59:59.999Z");
    Decimal second = {0, 0};
    assert_true(decimal_parse(STR("45.5"), &second));
    Temporal offset = at("-PT2H45M55S");
    assert_true(temporal_of_hms(11, 59, second, &offset, &value));
    assert_prints(&value, "11:59:45.5-02:45:55");
    assert_false(temporal_of_hms(24, 0, second, NULL, &value));
    assert_false(temporal_of_hms(0, 0, decimal_of_int64(60), NULL, &value));
}

/* Day numbers and civil dates agree over a whole cycle of the calendar and at random far days;
 * printing and parsing give the same value back. */
static void calendar_holds(void **state) {
    (void)state;
    Temporal day = at("1599-12-31");
    int64_t weekday = number_of("1599-12-31", "weekday");
    for (int i = 0; i < 146097 + 400; i++) {
        Temporal next = {0};
        Temporal back = {0};
        assert_true(temporal_date_step(&day, 1, &next));
        if (i % 13 == 0) {
            assert_true(temporal_parse_date(temporal_print(arena, &next), &back));
            assert_int_equal(back.day, next.day);
            arena_reset(arena);
        }
        int64_t next_weekday = 0;
        assert_true(temporal_day_of_week(&next, &next_weekday));
        assert_int_equal(next_weekday, weekday % 7 + 1);
        weekday = next_weekday;
        day = next;
    }
    Prng prng;
    prng_init(&prng, 7);
    for (int i = 0; i < 20000; i++) {
        Temporal value = {.kind = TEMPORAL_DATE_TIME};
        value.day = prng_between(&prng, -365242000000, 365242000000);
        value.second = prng_between(&prng, 0, 86399);
        value.nano = (int32_t)prng_between(&prng, 0, 999999999);
        Temporal back = {0};
        assert_true(temporal_parse(NULL, temporal_print(arena, &value), &back));
        assert_true(temporal_is(&value, &back));
        Temporal length =
            temporal_days_duration((int64_t)prng_next(&prng) >> prng_below(&prng, 60), value.nano);
        assert_true(temporal_parse(NULL, temporal_print(arena, &length), &back));
        assert_true(temporal_is(&length, &back));
        arena_reset(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(text_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(additions, setup, teardown),
        cmocka_unit_test_setup_teardown(subtractions, setup, teardown),
        cmocka_unit_test_setup_teardown(scaling, setup, teardown),
        cmocka_unit_test_setup_teardown(equality_and_is, setup, teardown),
        cmocka_unit_test_setup_teardown(months_between, setup, teardown),
        cmocka_unit_test_setup_teardown(named_zones, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_zone_files, setup, teardown),
        cmocka_unit_test_setup_teardown(properties, setup, teardown),
        cmocka_unit_test_setup_teardown(instants, setup, teardown),
        cmocka_unit_test_setup_teardown(calendar_holds, setup, teardown),
    };
    return cmocka_run_group_tests_name("feel_temporal", tests, NULL, NULL);
}
