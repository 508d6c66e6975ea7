/* Tests of series: closed forms, the season, intervals, sums, borders, and the trial. */
#include "series/series.h"
#include "test.h"

#include <math.h>

static Arena *arena;
static Cx cx;

static int start(void **state) {
    (void)state;
    arena = arena_create();
    cx_init(&cx, arena);
    return 0;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* International airline passengers 1949-1960, thousands a month. Source: G. E. P. Box, G. M.
 * Jenkins, "Time Series Analysis", 1976, series G. */
static const double airline[] = {
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149,
    170, 170, 158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243,
    264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374,
    413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
    548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432};

static void near(double seen, double wanted, double slack) {
    if (fabs(seen - wanted) > slack) {
        print_error("seen %.9f, wanted %.9f\n", seen, wanted);
    }
    assert_true(fabs(seen - wanted) <= slack);
}

static void test_constant(void **state) {
    (void)state;
    const double values[] = {7, 7, 7, 7, 7, 7, 7};
    SeriesModel model;
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 7, 3}, &model), STATUS_OK);
    SeriesRange range = series_step(&model, 5);
    near(range.mean, 7, 1e-9);
    near(range.sd, 0, 1e-9);
    near(series_sum(&model, 1, 4).mean, 28, 1e-9);
}

/* Theta damps: on an exact line it goes on with half the slope from the last value. */
static void test_line_goes_on_with_half_its_slope(void **state) {
    (void)state;
    double values[30];
    for (size_t i = 0; i < 30; i++) {
        values[i] = 100.0 + 4.0 * (double)i;
    }
    SeriesModel model;
    /* 30 values of which the first is January; a line passes the seasonal test by its trend, and
     * its ratios are then all near 1. */
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 20, 0}, &model), STATUS_OK);
    assert_false(model.is_seasonal);
    near(model.alpha, 0.99, 1e-9);
    near(model.drift, 2.0, 1e-9);
    near(series_step(&model, 2).mean - series_step(&model, 1).mean, 2.0, 1e-9);
    near(series_step(&model, 1).mean, values[19] + 2.0, 0.1);
}

/* The form of Hyndman and Billah against the definition: the mean of the regression line and of
 * the smoothed line with twice the curvature, at the same alpha. */
static void test_equals_the_definition(void **state) {
    (void)state;
    enum { N = 23 };
    double values[N];
    for (size_t i = 0; i < N; i++) {
        values[i] = 50.0 + 1.5 * (double)i + 9.0 * sin((double)i * 1.7);
    }
    SeriesModel model;
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, N, 0}, &model), STATUS_OK);
    double slope = model.drift * 2.0;
    double middle = 0.0;
    for (size_t i = 0; i < N; i++) {
        middle += values[i] / N;
    }
    double first = middle - slope * (N - 1) / 2.0;
    /* Smoothing is linear: of 2 y - line it is twice that of y less that of the line. */
    double line_level = first;
    for (size_t i = 0; i < N; i++) {
        line_level += model.alpha * (first + slope * (double)i - line_level);
    }
    for (size_t step = 1; step <= 6; step++) {
        double line = first + slope * (double)(N - 1 + step);
        double curved = 2.0 * model.level - line_level;
        near(series_step(&model, step).mean, (line + curved) / 2.0, 1e-9);
    }
}

static void test_season_returns(void **state) {
    (void)state;
    static const double year[12] = {60, 40, 80, 90, 100, 110, 120, 130, 110, 140, 160, 180};
    double values[36];
    for (size_t i = 0; i < 36; i++) {
        values[i] = year[(i + 4) % 12];
    }
    SeriesModel model;
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 36, 4}, &model), STATUS_OK);
    assert_true(model.is_seasonal);
    for (size_t step = 1; step <= 12; step++) {
        near(series_step(&model, step).mean, year[(4 + step - 1) % 12], 2.0);
    }
    double whole = 0.0;
    for (size_t i = 0; i < 12; i++) {
        whole += model.season[i];
    }
    near(whole, 12.0, 1e-9);
    /* One month short of two years: no season yet. A zero: no ratios. */
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 23, 4}, &model), STATUS_OK);
    assert_false(model.is_seasonal);
    values[3] = 0.0;
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 36, 4}, &model), STATUS_OK);
    assert_false(model.is_seasonal);
}

/* The spread of a sum against its definition: every month's error weighted by all it moves. */
static void test_sum_is_as_uncertain_as_its_parts_together(void **state) {
    (void)state;
    SeriesModel model;
    assert_int_equal(series_fit(&cx, &(SeriesIn){airline, 100, 0}, &model), STATUS_OK);
    double mean = 0.0;
    double last_sd = 0.0;
    for (size_t step = 3; step <= 14; step++) {
        SeriesRange range = series_step(&model, step);
        double season = model.season[(model.next_month + step - 1) % 12];
        double sd =
            model.sigma * season * sqrt(1.0 + model.alpha * model.alpha * (double)(step - 1));
        near(range.sd, sd, 1e-9);
        near(range.high - range.mean, SERIES_Z80 * sd, 1e-9);
        assert_true(range.sd / season >= last_sd);
        last_sd = range.sd / season;
        mean += range.mean;
    }
    double square = 0.0;
    for (size_t k = 1; k <= 14; k++) {
        double share = 0.0;
        for (size_t step = k < 3 ? 3 : k; step <= 14; step++) {
            double season = model.season[(model.next_month + step - 1) % 12];
            share += season * (step == k ? 1.0 : model.alpha);
        }
        square += share * share;
    }
    SeriesRange sum = series_sum(&model, 3, 14);
    near(sum.mean, mean, 1e-6);
    near(sum.sd, model.sigma * sqrt(square), 1e-9);
}

static void test_borders(void **state) {
    (void)state;
    const double values[] = {1, 2, 3, 4, 5, NAN, 7};
    SeriesModel model;
    SeriesTrial trial;
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 5, 0}, &model), STATUS_INVALID);
    fault_clear(&cx);
    assert_int_equal(series_fit(&cx, &(SeriesIn){values, 7, 0}, &model), STATUS_INVALID);
    fault_clear(&cx);
    assert_int_equal(series_fit(&cx, &(SeriesIn){airline, 6, 11}, &model), STATUS_OK);
    assert_int_equal(model.next_month, 5);
    SeriesTrialRule rule = {6, 1};
    assert_int_equal(series_trial(&cx, &(SeriesIn){airline, 6, 0}, rule, &trial), STATUS_INVALID);
    fault_clear(&cx);
    assert_int_equal(series_trial(&cx, &(SeriesIn){airline, 7, 0}, rule, &trial), STATUS_OK);
    assert_int_equal(trial.error_count, 1);
}

static void test_trial_beats_the_naive(void **state) {
    (void)state;
    SeriesTrial trial;
    SeriesIn in = {airline, 144, 0};
    assert_int_equal(series_trial(&cx, &in, (SeriesTrialRule){36, 12}, &trial), STATUS_OK);
    assert_int_equal(trial.error_count, 12 * (144 - 36) - 66);
    assert_true(trial.theta < 0.5 * trial.naive);
    assert_true(trial.theta < trial.seasonal_naive);
    assert_true(trial.covered > 0.6 && trial.covered < 0.95);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_line_goes_on_with_half_its_slope),
        cmocka_unit_test(test_equals_the_definition),
        cmocka_unit_test(test_season_returns),
        cmocka_unit_test(test_sum_is_as_uncertain_as_its_parts_together),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_trial_beats_the_naive),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
