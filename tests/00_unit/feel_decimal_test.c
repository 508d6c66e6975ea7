/*
 * feel_decimal_test.c - FEEL numbers: text, the two forms, arithmetic at the borders, rounding.
 */
#include "base/prng.h"
#include "feel/decimal.h"
#include "test.h"

static Arena *arena;

static int setup(void **state) {
    (void)state;
    arena = arena_create();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static Decimal number(const char *text) {
    Decimal result = {0, 0};
    if (!decimal_parse(str_of(text), &result)) {
        fail_msg("not a number: %s", text);
    }
    return result;
}

static void assert_prints(Decimal value, const char *expected) {
    assert_string_equal(decimal_print(arena, value).at, expected);
}

static void text_round_trip(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.00", "0"},
        {"1.10", "1.1"},
        {"+7", "7"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e3", "1000"},
        {"1E-3", "0.001"},
        {"12.5e+1", "125"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", "9223372036854775808"},
        {"0.000000000000000000001", "0.000000000000000000001"},
        {"1234567890123456789012345678901234", "1234567890123456789012345678901234"},
        /* The 35th digit rounds half to even. */
        {"12345678901234567890123456789012345", "12345678901234567890123456789012340"},
        {"12345678901234567890123456789012335", "12345678901234567890123456789012340"},
        {"123456789012345678901234567890123450000000000001",
         "123456789012345678901234567890123500000000000000"},
        {"99999999999999999999999999999999995", "100000000000000000000000000000000000"},
        {"0.1234567890123456789012345678901234567", "0.1234567890123456789012345678901235"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_prints(number(rows[i][0]), rows[i][1]);
    }
}

static void text_refused(void **state) {
    (void)state;
    static const char *const rows[] = {"",    "-",     ".",    "1e",     "1e+",      "e5",
                                       "1 ",  " 1",    "1.2.", "1,5",    "0x10",     "Inf",
                                       "NaN", "1e+-5", "--1",  "1e6200", "9.9e6145", "１"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Decimal out = decimal_of_int64(42);
        assert_false(decimal_parse(str_of(rows[i]), &out));
        assert_int_equal(out.low, 42);
    }
    assert_true(decimal_is_small(number("1e-7000")));
    assert_int_equal(decimal_sign(number("1e-7000")), 0);
}

typedef bool (*Binary)(Decimal, Decimal, Decimal *);

static bool add(Decimal a, Decimal b, Decimal *out) {
    return decimal_add(a, b, out);
}
static bool subtract(Decimal a, Decimal b, Decimal *out) {
    return decimal_subtract(a, b, out);
}
static bool multiply(Decimal a, Decimal b, Decimal *out) {
    return decimal_multiply(a, b, out);
}

static void arithmetic(void **state) {
    (void)state;
    static const struct {
        Binary function;
        const char *left;
        const char *right;
        const char *expected; /* NULL: no value */
    } rows[] = {
        {add, "0.1", "0.2", "0.3"},
        {add, "1.10", "2", "3.1"},
        {add, "9223372036854775807", "1", "9223372036854775808"},
        {add, "1e6144", "9e6144", NULL},
        {add, "1e34", "1", "10000000000000000000000000000000000"},
        {subtract, "-9223372036854775808", "1", "-9223372036854775809"},
        {subtract, "1", "0.000000000000000001", "0.999999999999999999"},
        {subtract, "0", "-9223372036854775808", "9223372036854775808"},
        {multiply, "1.5", "1.5", "2.25"},
        {multiply, "9223372036854775807", "9223372036854775807",
         "85070591730234615847396907784232500000"},
        {multiply, "0.0000000001", "0.0000000001", "0.00000000000000000001"},
        {multiply, "1e4000", "1e4000", NULL},
        {decimal_divide, "1", "3", "0.3333333333333333333333333333333333"},
        {decimal_divide, "10", "4", "2.5"},
        {decimal_divide, "-9223372036854775808", "-1", "9223372036854775808"},
        {decimal_divide, "1", "0", NULL},
        {decimal_divide, "0", "0", NULL},
        {decimal_divide, "0", "3", "0"},
        {decimal_modulo, "12", "5", "2"},
        {decimal_modulo, "-12", "5", "3"},
        {decimal_modulo, "12", "-5", "-3"},
        {decimal_modulo, "-12", "-5", "-2"},
        {decimal_modulo, "10.1", "4.5", "1.1"},
        {decimal_modulo, "-10.1", "4.5", "3.4"},
        {decimal_modulo, "1e30", "7", "1"},
        {decimal_modulo, "-1e30", "7", "6"},
        {decimal_modulo, "1", "0", NULL},
        {decimal_power, "2", "10", "1024"},
        {decimal_power, "5", "-2", "0.04"},
        {decimal_power, "0", "0", "1"},
        {decimal_power, "0", "-1", NULL},
        {decimal_power, "3", "20", "3486784401"},
        {decimal_power, "-2", "3", "-8"},
        {decimal_power, "-2", "0.5", NULL},
        {decimal_power, "4", "0.5", "2"},
        {decimal_power, "10", "7000", NULL},
        {decimal_power, "1", "1e30", "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Decimal out = {0, 0};
        bool has_value = rows[i].function(number(rows[i].left), number(rows[i].right), &out);
        assert_int_equal(has_value, rows[i].expected != NULL);
        if (has_value) {
            assert_prints(out, rows[i].expected);
        }
    }
}

static void functions(void **state) {
    (void)state;
    Decimal out = {0, 0};
    assert_true(decimal_sqrt(number("2"), &out));
    assert_prints(out, "1.414213562373095048801688724209698");
    assert_true(decimal_sqrt(number("16"), &out));
    assert_prints(out, "4");
    assert_false(decimal_sqrt(number("-1"), &out));
    assert_true(decimal_exp(number("1"), &out));
    assert_prints(out, "2.718281828459045235360287471352662");
    assert_false(decimal_exp(number("100000"), &out));
    assert_true(decimal_log(number("10"), &out));
    assert_prints(out, "2.302585092994045684017991454684364");
    assert_false(decimal_log(number("0"), &out));
    assert_false(decimal_log(number("-1"), &out));
}

static void rounding(void **state) {
    (void)state;
    static const struct {
        const char *value;
        int64_t scale;
        DecimalRounding rounding;
        const char *expected;
    } rows[] = {
        {"2.5", 0, DECIMAL_HALF_EVEN, "2"},
        {"3.5", 0, DECIMAL_HALF_EVEN, "4"},
        {"-2.5", 0, DECIMAL_HALF_EVEN, "-2"},
        {"2.5", 0, DECIMAL_HALF_UP, "3"},
        {"-2.5", 0, DECIMAL_HALF_UP, "-3"},
        {"2.5", 0, DECIMAL_HALF_DOWN, "2"},
        {"2.51", 0, DECIMAL_HALF_DOWN, "3"},
        {"-2.1", 0, DECIMAL_UP, "-3"},
        {"2.1", 0, DECIMAL_UP, "3"},
        {"2.9", 0, DECIMAL_DOWN, "2"},
        {"-2.1", 0, DECIMAL_FLOOR, "-3"},
        {"-2.9", 0, DECIMAL_CEILING, "-2"},
        {"1.115", 2, DECIMAL_HALF_EVEN, "1.12"},
        {"1.125", 2, DECIMAL_HALF_EVEN, "1.12"},
        {"1250", -2, DECIMAL_HALF_EVEN, "1200"},
        {"1251", -2, DECIMAL_HALF_EVEN, "1300"},
        {"1", -5, DECIMAL_UP, "100000"},
        {"1", -6111, DECIMAL_DOWN, "0"},
        {"1.5", 6176, DECIMAL_UP, "1.5"},
        {"0.3333333333333333333333333333333333", 1, DECIMAL_UP, "0.4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Decimal out = {0, 0};
        assert_true(decimal_round(number(rows[i].value), rows[i].scale, rows[i].rounding, &out));
        assert_prints(out, rows[i].expected);
    }
    Decimal out = {0, 0};
    assert_false(decimal_round(number("1.5"), 6177, DECIMAL_UP, &out));
    assert_false(decimal_round(number("1.5"), -6112, DECIMAL_UP, &out));
}

static void integers(void **state) {
    (void)state;
    int64_t out = 0;
    assert_true(decimal_to_int64(number("3.00"), &out));
    assert_int_equal(out, 3);
    assert_false(decimal_to_int64(number("3.01"), &out));
    assert_true(decimal_truncate_int64(number("-3.99"), &out));
    assert_int_equal(out, -3);
    assert_true(decimal_to_int64(number("-9223372036854775808"), &out));
    assert_true(out == INT64_MIN);
    assert_false(decimal_to_int64(number("9223372036854775808"), &out));
    assert_false(decimal_truncate_int64(number("1e30"), &out));
    assert_false(decimal_is_integer(number("1.5")));
    assert_true(decimal_is_integer(number("1e40")));
}

static void order_and_hash(void **state) {
    (void)state;
    /* Ascending; neighbours are compared both ways. */
    static const char *const rows[] = {"-1e6000",
                                       "-9223372036854775809",
                                       "-9223372036854775808",
                                       "-1.5",
                                       "-1",
                                       "-1e-6000",
                                       "0",
                                       "1e-6000",
                                       "0.1",
                                       "0.10000000000000000001",
                                       "1",
                                       "1e18",
                                       "1e6000"};
    size_t count = sizeof rows / sizeof rows[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order = decimal_compare(number(rows[i]), number(rows[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
    assert_true(decimal_equal(number("1.0"), number("1")));
    assert_true(decimal_hash(number("1.000")) == decimal_hash(number("1")));
    assert_true(decimal_hash(number("1e20")) == decimal_hash(number("100000000000000000000")));
    assert_true(decimal_hash(number("1")) != decimal_hash(number("-1")));
}

/* Random numbers of both forms obey the laws that rounding leaves alone. */
static void laws_hold(void **state) {
    (void)state;
    Prng prng;
    prng_init(&prng, 20260101);
    for (int i = 0; i < 20000; i++) {
        Decimal a = decimal_of((int64_t)prng_next(&prng) >> prng_below(&prng, 63),
                               (int)prng_below(&prng, 19));
        Decimal b = decimal_of((int64_t)prng_next(&prng) >> prng_below(&prng, 63),
                               (int)prng_below(&prng, 19));
        Decimal sum = {0, 0};
        Decimal back = {0, 0};
        assert_true(decimal_add(a, b, &sum));
        assert_true(decimal_add(b, a, &back));
        assert_true(decimal_equal(sum, back));
        assert_true(decimal_subtract(a, b, &sum));
        assert_int_equal(decimal_sign(sum), decimal_compare(a, b));
        assert_true(decimal_multiply(a, b, &sum));
        assert_int_equal(decimal_sign(sum), decimal_sign(a) * decimal_sign(b));
        assert_true(decimal_parse(decimal_print(arena, sum), &back));
        assert_true(decimal_equal(sum, back));
        assert_true(decimal_hash(sum) == decimal_hash(back));
        if (decimal_modulo(a, b, &back)) {
            assert_true(decimal_sign(back) * decimal_sign(b) >= 0);
            /* Equal only when b less a tiny number rounds to b. */
            assert_true(decimal_compare(decimal_abs(back), decimal_abs(b)) <= 0);
        }
        arena_reset(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(text_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(arithmetic, setup, teardown),
        cmocka_unit_test_setup_teardown(functions, setup, teardown),
        cmocka_unit_test_setup_teardown(rounding, setup, teardown),
        cmocka_unit_test_setup_teardown(integers, setup, teardown),
        cmocka_unit_test_setup_teardown(order_and_hash, setup, teardown),
        cmocka_unit_test_setup_teardown(laws_hold, setup, teardown),
    };
    return cmocka_run_group_tests_name("feel_decimal", tests, NULL, NULL);
}
