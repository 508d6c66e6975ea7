/*
 * series.h - monthly series: what comes next, with an interval, and how well that would have worked
 * before.
 *
 *   values by month ─▶ seasonal? ─▶ season taken out ─▶ SES + half the trend ─▶ season put back
 *
 * The method is Theta (V. Assimakopoulos, K. Nikolopoulos, "The theta model: a decomposition
 * approach to forecasting", International Journal of Forecasting 16, 2000, 521-530) in the form
 * that R. J. Hyndman and B. Billah proved equal to it ("Unmasking the Theta method", IJF 19, 2003,
 * 287-290): simple exponential smoothing with a drift of half the slope of the regression line. The
 * interval is that of the state space model behind it. Season: multiplicative classical
 * decomposition, only when 24 months are there, all above 0, and the autocorrelation at 12 months
 * passes the test of the M3 and M4 competitions.
 *
 * A pure library: no database, clock or random numbers. Doubles: a forecast is an estimate; no
 * money is posted by it. Ownership: a SeriesModel is a value; nothing else is kept.
 */
#ifndef HUANXIN_SERIES_SERIES_H
#define HUANXIN_SERIES_SERIES_H

#include "base/cx.h"

enum {
    SERIES_SEASON = 12,
    SERIES_COUNT_MIN = 6,     /* fewer months say nothing about their spread */
    SERIES_COUNT_MAX = 600,   /* fifty years */
    SERIES_HORIZON_MAX = 120, /* ten years ahead */
};

/* Standard normal quantile at 0.9: an interval of 80 %. */
#define SERIES_Z80 1.2815515655446004

typedef struct SeriesIn {
    const double *values; /* one a month, oldest first, finite */
    size_t count;
    size_t first_month; /* 0..11: place of values[0] in the year */
} SeriesIn;

typedef struct SeriesModel {
    double level; /* after the last month, without season */
    double drift; /* a month */
    double alpha; /* how fast the level follows, 0.01..0.99 */
    double lead;  /* drift that the smoothing had not caught up with */
    double sigma; /* spread of one month, without season */
    double season[SERIES_SEASON];
    bool is_seasonal;
    size_t count;
    size_t next_month; /* 0..11: place in the year of step 1 */
} SeriesModel;

typedef struct SeriesRange {
    double mean;
    double sd;   /* of the error */
    double low;  /* of the 80 % interval */
    double high; /* of the 80 % interval */
} SeriesRange;

/* Fits the model. INVALID with fewer than SERIES_COUNT_MIN or more than SERIES_COUNT_MAX values, or
 * with one that is not finite. O(count). */
MUST_CHECK Status series_fit(Cx *cx, const SeriesIn *in, SeriesModel *out);
/* The month `step` ahead; 1 is the first month after the values; step 1..SERIES_HORIZON_MAX. */
SeriesRange series_step(const SeriesModel *model, size_t step);
/* The sum over the steps first..last (1 <= first <= last <= SERIES_HORIZON_MAX): errors of months
 * hang together through the level, so the spread of a sum is more than that of its parts. */
SeriesRange series_sum(const SeriesModel *model, size_t first, size_t last);

/* How three methods would have done: at each origin from `train` months on, all months that follow
 * within `horizon` are forecast and compared. */
typedef struct SeriesTrial {
    size_t error_count;
    double theta; /* mean absolute error */
    double naive; /* "as last month" */
    /* "as the same month a year ago"; where there is none, as last month */
    double seasonal_naive;
    double covered; /* share of values inside the 80 % interval, 0..1 */
} SeriesTrial;
/* INVALID as series_fit, or when nothing is left to compare; train at least SERIES_COUNT_MIN.
 * O(count^2). Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: principles and practice", 3rd
 * ed., section 5.10 (time series cross-validation). */
typedef struct SeriesTrialRule {
    size_t train;
    size_t horizon;
} SeriesTrialRule;
MUST_CHECK Status series_trial(Cx *cx, const SeriesIn *in, SeriesTrialRule rule, SeriesTrial *out);

#endif
