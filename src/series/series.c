/*
 * series.c - bottom-up: season, smoothing, drift, forecast, trial.
 */
#include "series/series.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

enum { GRID_COARSE = 49, GRID_FINE = 9 };

#define ALPHA_MIN 0.01
#define ALPHA_MAX 0.99
/* Quantile at 0.95, as the M3 and M4 benchmarks test for a season. */
#define SEASON_TEST_Z 1.6448536269514722

/* ---- season ---- */

static double mean_of(const double *values, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

/* Autocorrelation at lags 1..SERIES_SEASON; false for a constant series. */
static bool correlations(const double *values, size_t count, double *out) {
    double mean = mean_of(values, count);
    double whole = 0.0;
    for (size_t i = 0; i < count; i++) {
        whole += (values[i] - mean) * (values[i] - mean);
    }
    if (whole <= 0.0) {
        return false;
    }
    for (size_t lag = 1; lag <= SERIES_SEASON; lag++) {
        double sum = 0.0;
        for (size_t i = lag; i < count; i++) {
            sum += (values[i] - mean) * (values[i - lag] - mean);
        }
        out[lag - 1] = sum / whole;
    }
    return true;
}

static bool has_season(const SeriesIn *in) {
    double lags[SERIES_SEASON];
    if (in->count < 2 * (size_t)SERIES_SEASON) {
        return false;
    }
    for (size_t i = 0; i < in->count; i++) {
        if (in->values[i] <= 0.0) {
            return false;
        }
    }
    if (!correlations(in->values, in->count, lags)) {
        return false;
    }
    double spread = 1.0;
    for (size_t lag = 1; lag < SERIES_SEASON; lag++) {
        spread += 2.0 * lags[lag - 1] * lags[lag - 1];
    }
    double bound = SEASON_TEST_Z * sqrt(spread / (double)in->count);
    return fabs(lags[SERIES_SEASON - 1]) > bound;
}

/* The mean of a year around month i, both halves of the outer months counted once. */
static double year_around(const double *values, size_t i) {
    double sum = (values[i - 6] + values[i + 6]) / 2.0;
    for (size_t k = i - 5; k <= i + 5; k++) {
        sum += values[k];
    }
    return sum / SERIES_SEASON;
}

/* Classical decomposition: each month's mean ratio to the year around it; the mean of all is 1. */
static void season_find(const SeriesIn *in, double *season) {
    double sums[SERIES_SEASON] = {0};
    size_t counts[SERIES_SEASON] = {0};
    for (size_t i = 6; i + 6 < in->count; i++) {
        size_t place = (in->first_month + i) % SERIES_SEASON;
        sums[place] += in->values[i] / year_around(in->values, i);
        counts[place]++;
    }
    double whole = 0.0;
    for (size_t place = 0; place < SERIES_SEASON; place++) {
        season[place] = counts[place] == 0 ? 1.0 : sums[place] / (double)counts[place];
        whole += season[place];
    }
    for (size_t place = 0; place < SERIES_SEASON; place++) {
        season[place] *= SERIES_SEASON / whole;
    }
}

/* ---- smoothing ---- */

typedef struct Smooth {
    double alpha;
    double start; /* the level before the first value */
    double level; /* after the last */
    double error; /* sum of squared one-step errors */
} Smooth;

/* One-step errors are linear in the starting level: e(t) = a(t) - start * (1-alpha)^t. So the best
 * start for an alpha is a regression through the origin. */
static Smooth smooth(const double *values, size_t count, double alpha) {
    double level = 0.0;
    double weight = 1.0;
    double product = 0.0;
    double square = 0.0;
    for (size_t i = 0; i < count; i++) {
        double error = values[i] - level;
        product += error * weight;
        square += weight * weight;
        level += alpha * error;
        weight *= 1.0 - alpha;
    }
    Smooth out = {.alpha = alpha, .start = product / square};
    out.level = out.start;
    for (size_t i = 0; i < count; i++) {
        double error = values[i] - out.level;
        out.error += error * error;
        out.level += alpha * error;
    }
    return out;
}

static Smooth smooth_best(const double *values, size_t count) {
    double step = (ALPHA_MAX - ALPHA_MIN) / (GRID_COARSE - 1);
    Smooth best = smooth(values, count, ALPHA_MIN);
    for (int i = 1; i < GRID_COARSE; i++) {
        Smooth next = smooth(values, count, ALPHA_MIN + step * i);
        best = next.error < best.error ? next : best;
    }
    double middle = best.alpha;
    for (int i = -GRID_FINE; i <= GRID_FINE; i++) {
        double alpha = middle + step * i / (GRID_FINE + 1);
        if (alpha >= ALPHA_MIN && alpha <= ALPHA_MAX) {
            Smooth next = smooth(values, count, alpha);
            best = next.error < best.error ? next : best;
        }
    }
    return best;
}

static double slope_of(const double *values, size_t count) {
    double middle = ((double)count - 1.0) / 2.0;
    double mean = mean_of(values, count);
    double product = 0.0;
    double square = 0.0;
    for (size_t i = 0; i < count; i++) {
        double x = (double)i - middle;
        product += x * (values[i] - mean);
        square += x * x;
    }
    return product / square;
}

/* The part of the drift that smoothing lags behind after n values: (1 - (1-alpha)^n) / alpha - 1
 * months of it, plus the month itself in series_step. */
static double lag_months(double alpha, size_t count) {
    return (1.0 - pow(1.0 - alpha, (double)count)) / alpha;
}

/* Level, drift and alpha are estimated from the values, and eleven free factors of a season. */
static size_t spent(const SeriesModel *model) {
    return model->is_seasonal ? 3 + (SERIES_SEASON - 1) : 3;
}

/* The spread of one month: errors of the whole method, with the estimated parameters taken off,
 * else an interval from two years with a season is far too narrow. */
static double sigma_of(const double *values, const SeriesModel *model, const Smooth *fit) {
    double drift = model->drift;
    size_t count = model->count;
    double level = fit->start;
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        double lead = i == 0 ? 0.0 : drift * lag_months(fit->alpha, i);
        double error = values[i] - level - lead;
        sum += error * error;
        level += fit->alpha * (values[i] - level);
    }
    return sqrt(sum / (double)(count - spent(model)));
}

/* ---- the model ---- */

static Status in_check(Cx *cx, const SeriesIn *in) {
    check(in->values != NULL || in->count == 0);
    check(in->first_month < SERIES_SEASON);
    if (in->count < SERIES_COUNT_MIN || in->count > SERIES_COUNT_MAX) {
        return fault(cx, STATUS_INVALID, "a series of %d to %d months is needed, this has %zu",
                     (int)SERIES_COUNT_MIN, (int)SERIES_COUNT_MAX, in->count);
    }
    for (size_t i = 0; i < in->count; i++) {
        if (!isfinite(in->values[i])) {
            return fault(cx, STATUS_INVALID, "value %zu of a series is not a number", i + 1);
        }
    }
    return STATUS_OK;
}

static void fit(const SeriesIn *in, SeriesModel *out) {
    double plain[SERIES_COUNT_MAX];
    *out = (SeriesModel){.count = in->count,
                         .next_month = (in->first_month + in->count) % SERIES_SEASON,
                         .is_seasonal = has_season(in)};
    for (size_t place = 0; place < SERIES_SEASON; place++) {
        out->season[place] = 1.0;
    }
    if (out->is_seasonal) {
        season_find(in, out->season);
    }
    for (size_t i = 0; i < in->count; i++) {
        plain[i] = in->values[i] / out->season[(in->first_month + i) % SERIES_SEASON];
    }
    Smooth best = smooth_best(plain, in->count);
    out->alpha = best.alpha;
    out->level = best.level;
    out->drift = slope_of(plain, in->count) / 2.0;
    out->lead = out->drift * (lag_months(best.alpha, in->count) - 1.0);
    out->sigma = sigma_of(plain, out, &best);
}

Status series_fit(Cx *cx, const SeriesIn *in, SeriesModel *out) {
    TRY(in_check(cx, in));
    fit(in, out);
    return STATUS_OK;
}

static double season_at(const SeriesModel *model, size_t step) {
    return model->season[(model->next_month + step - 1) % SERIES_SEASON];
}

static SeriesRange range_of(double mean, double sd) {
    return (SeriesRange){mean, sd, mean - SERIES_Z80 * sd, mean + SERIES_Z80 * sd};
}

SeriesRange series_sum(const SeriesModel *model, size_t first, size_t last) {
    check(first >= 1 && first <= last);
    check(last <= SERIES_HORIZON_MAX);
    double mean = 0.0;
    double later = 0.0; /* weight of the months of the sum after this one */
    double square = 0.0;
    for (size_t step = last; step >= 1; step--) {
        double weight = step >= first ? season_at(model, step) : 0.0;
        mean += weight * (model->level + model->lead + model->drift * (double)step);
        /* The error of this month is in itself once, and in every later month alpha times. */
        double share = weight + model->alpha * later;
        square += share * share;
        later += weight;
    }
    return range_of(mean, model->sigma * sqrt(square));
}

SeriesRange series_step(const SeriesModel *model, size_t step) {
    return series_sum(model, step, step);
}

/* ---- trial ---- */

static void origin_try(const SeriesIn *in, size_t origin, size_t horizon, SeriesTrial *sum) {
    SeriesModel model;
    SeriesIn past = {in->values, origin, in->first_month};
    fit(&past, &model);
    for (size_t step = 1; step <= horizon && origin + step <= in->count; step++) {
        double seen = in->values[origin + step - 1];
        SeriesRange range = series_step(&model, step);
        double last = in->values[origin - 1];
        size_t years = (step + SERIES_SEASON - 1) / SERIES_SEASON;
        size_t back = years * SERIES_SEASON;
        double year_ago = origin + step > back ? in->values[origin + step - 1 - back] : last;
        sum->theta += fabs(seen - range.mean);
        sum->naive += fabs(seen - last);
        sum->seasonal_naive += fabs(seen - year_ago);
        sum->covered += seen >= range.low && seen <= range.high ? 1.0 : 0.0;
        sum->error_count++;
    }
}

Status series_trial(Cx *cx, const SeriesIn *in, SeriesTrialRule rule, SeriesTrial *out) {
    check(rule.train >= SERIES_COUNT_MIN);
    check(rule.horizon >= 1 && rule.horizon <= SERIES_HORIZON_MAX);
    TRY(in_check(cx, in));
    SeriesTrial sum = {0};
    for (size_t origin = rule.train; origin < in->count; origin++) {
        TRY(cx_step(cx));
        origin_try(in, origin, rule.horizon, &sum);
    }
    if (sum.error_count == 0) {
        return fault(cx, STATUS_INVALID, "no month is left to compare a forecast with");
    }
    double count = (double)sum.error_count;
    sum.theta /= count;
    sum.naive /= count;
    sum.seasonal_naive /= count;
    sum.covered /= count;
    *out = sum;
    return STATUS_OK;
}
