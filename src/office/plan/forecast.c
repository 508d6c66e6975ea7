/*
 * forecast.c - reading order: the formula, one series to its end, draws, what is needed, the whole.
 */
#include "office/plan/forecast.h"

#include "base/prng.h"
#include "series/series.h"

#include <math.h>
#include <stdlib.h>

enum {
    DRAWS = 200,     /* the 10 % and 90 % points of a formula within a hundredth of its spread */
    PACE_MONTHS = 3, /* "of late" */
    HALVINGS = 40,   /* of the search for what is needed: a millionth of the span */
    DOUBLINGS = 40,
};

#define MICRO_ONE 1000000.0
#define WHOLE_MICRO INT64_C(100000000)
#define MICRO_MAX 9.0e18

/* ---- the formula ---- */

FeelValue formula_number(int64_t micro) {
    return feel_number(decimal_of(micro, 6));
}

static bool micro_of(const FeelValue *value, int64_t *out) {
    Decimal rounded;
    Decimal scaled;
    return value->kind == FEEL_NUMBER &&
           decimal_multiply(value->number, decimal_of_int64(1000000), &scaled) &&
           decimal_round(scaled, 0, DECIMAL_HALF_EVEN, &rounded) && decimal_to_int64(rounded, out);
}

Status formula_evaluate(Cx *cx, const FormulaIn *in, TargetPoint *out) {
    FeelEval eval;
    FeelValue value = FEEL_NULL_VALUE;
    feel_eval_init(&eval, cx, NULL, NULL, NULL);
    TRY(feel_evaluate(&eval, in->target->formula, in->slots, &value));
    *out = (TargetPoint){0};
    out->is_set = micro_of(&value, &out->micro);
    return STATUS_OK;
}

/* ---- one series to its end ---- */

/* What a series will be in the month asked for: of a flow the sum of that year (the last twelve
 * months are the year when the month is December). */
typedef struct Path {
    const BookSeries *series;
    double mean;
    double sd;
    double floor; /* it cannot be less: counted already, or nothing */
    double roof;
    double there; /* of a flow: counted already in that year; else as of now */
    double pace;
    int months; /* left */
} Path;

static size_t span_count(const SeriesMonths *months, int first, int last) {
    return first <= last && months->first != MONTHS_NONE ? (size_t)(last - first + 1) : 0;
}

/* Whole months only. A flow that is only reported ends with its last report and begins after its
 * last gap; one that is counted has zeros. */
ForecastSeries forecast_series(Arena *arena, const SeriesMonths *months, int last) {
    ForecastSeries out = {.last = last};
    bool is_reported = months->series->counter.len == 0;
    bool is_flow = months->series->type == BOOK_FLOW;
    int first = months->first;
    if (is_flow && is_reported && months->last < last) {
        out.last = months->last;
    }
    for (int i = out.last; is_flow && is_reported && i >= months->first && i >= 0; i--) {
        if (months->origin[i] == MONTH_EMPTY) {
            first = i + 1;
            break;
        }
    }
    out.count = span_count(months, first, out.last);
    out.values = arena_array(arena, double, out.count + 1);
    for (size_t i = 0; i < out.count; i++) {
        out.values[i] = (double)months->value[(size_t)first + i] / MICRO_ONE;
    }
    return out;
}

static double pace_of(const ForecastSeries *series) {
    double sum = 0.0;
    size_t count = series->count < PACE_MONTHS ? series->count : PACE_MONTHS;
    for (size_t i = 0; i < count; i++) {
        sum += series->values[series->count - 1 - i];
    }
    return count == 0 ? 0.0 : sum / (double)count;
}

static double change_pace_of(const ForecastSeries *series) {
    return series->count <= PACE_MONTHS ? 0.0
                                        : (series->values[series->count - 1] -
                                           series->values[series->count - 1 - PACE_MONTHS]) /
                                              PACE_MONTHS;
}

static bool steps_ahead(const ForecastIn *in, const ForecastSeries *series, int from, size_t *first,
                        size_t *last) {
    int end = in->month - in->desk->months.first;
    int begin = from > series->last + 1 ? from : series->last + 1;
    *first = (size_t)(begin - series->last);
    *last = (size_t)(end - series->last);
    return end >= begin && end - series->last <= SERIES_HORIZON_MAX;
}

static void flow_there(const ForecastIn *in, const SeriesMonths *months, Path *path) {
    int end = in->month - in->desk->months.first;
    int january = end - in->month % 12;
    for (int i = january < 0 ? 0 : january; i <= end && i <= in->now; i++) {
        path->there += (double)months->value[i] / MICRO_ONE;
    }
    path->floor = path->there;
    path->months = end - (january > in->now ? january - 1 : in->now - 1);
}

/* The part of the year before the first step is known; the running month is forecast as a whole
 * month, and cannot come out below what it has already. */
static Status flow_path(Cx *cx, const ForecastIn *in, const SeriesMonths *months, Path *path) {
    ForecastSeries series = forecast_series(cx->arena, months, in->now - 1);
    int end = in->month - in->desk->months.first;
    int january = end - in->month % 12;
    SeriesModel model;
    size_t first = 0;
    size_t last = 0;
    flow_there(in, months, path);
    path->pace = pace_of(&series);
    if (!steps_ahead(in, &series, january, &first, &last)) {
        path->mean = path->there;
        return end <= series.last ? STATUS_OK : STATUS_INVALID;
    }
    SeriesIn values = {
        series.values, series.count,
        (size_t)((in->desk->months.first + series.last + 1 - (int32_t)series.count + 1200) % 12)};
    TRY(series_fit(cx, &values, &model));
    SeriesRange range = series_sum(&model, first, last);
    for (int i = january < 0 ? 0 : january; i <= end && i <= series.last; i++) {
        path->mean += (double)months->value[i] / MICRO_ONE;
    }
    path->mean += range.mean;
    path->sd = range.sd;
    return STATUS_OK;
}

static Status level_path(Cx *cx, const ForecastIn *in, const SeriesMonths *months, Path *path) {
    ForecastSeries series = forecast_series(cx->arena, months, in->now);
    int end = in->month - in->desk->months.first;
    SeriesModel model;
    if (months->first == MONTHS_NONE) {
        return fault(cx, STATUS_INVALID, "no figures");
    }
    path->there = (double)months->at[end < in->now ? end : in->now] / MICRO_ONE;
    path->pace = change_pace_of(&series);
    path->months = end - in->now;
    if (end <= in->now) {
        path->mean = path->there;
        return STATUS_OK;
    }
    SeriesIn values = {
        series.values, series.count,
        (size_t)((in->desk->months.first + series.last + 1 - (int32_t)series.count + 1200) % 12)};
    TRY(series_fit(cx, &values, &model));
    SeriesRange range = series_step(&model, (size_t)(end - in->now));
    path->mean = range.mean;
    path->sd = range.sd;
    return STATUS_OK;
}

static Status path_find(Cx *cx, const ForecastIn *in, const BookSeries *series, Path *path) {
    const SeriesMonths *months = &in->desk->months.series[series->index];
    *path = (Path){.series = series, .roof = MICRO_MAX / MICRO_ONE};
    if (str_equal(series->unit, STR("%"))) {
        path->roof = 100.0;
    }
    return series->type == BOOK_FLOW ? flow_path(cx, in, months, path)
                                     : level_path(cx, in, months, path);
}

/* ---- draws ---- */

/* The inverse of the normal distribution. Source: P. J. Acklam, "An algorithm for computing the
 * inverse normal cumulative distribution function", 2003; relative error below 1.2e-9. */
static double normal_quantile(double p) {
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00};
    bool is_tail = p < 0.02425 || p > 1.0 - 0.02425;
    if (!is_tail) {
        double q = p - 0.5;
        double r = q * q;
        return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
               (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
    }
    double q = sqrt(-2.0 * log(p < 0.5 ? p : 1.0 - p));
    double tail = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
                  ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
    return p < 0.5 ? tail : -tail;
}

/* Latin hypercube: every series takes each of DRAWS equal slices once, in an order of its own, so
 * that one series alone gives its exact quantiles. Source: M. D. McKay, R. J. Beckman, W. J.
 * Conover, Technometrics 21, 1979. */
static void slices_shuffle(Prng *prng, uint16_t *slices) {
    for (uint16_t i = 0; i < DRAWS; i++) {
        slices[i] = i;
    }
    for (size_t i = DRAWS - 1; i > 0; i--) {
        size_t other = (size_t)prng_below(prng, i + 1);
        uint16_t kept = slices[i];
        slices[i] = slices[other];
        slices[other] = kept;
    }
}

static FeelValue path_value(const Path *path, double value) {
    double held = value < path->floor ? path->floor : value;
    held = held > path->roof ? path->roof : held;
    return formula_number((int64_t)llround(held * MICRO_ONE));
}

static int double_order(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

typedef struct Drawing {
    const ForecastIn *in;
    Path *paths;
    size_t count;
    FeelValue *slots;
} Drawing;

/* Two series of one share are drawn apart from each other, so that it could come out above the
 * whole. */
static Status draw(Cx *cx, const Drawing *drawing, TargetPoint *out) {
    FormulaIn formula = {drawing->in->desk->book, drawing->in->target, drawing->slots};
    TRY(formula_evaluate(cx, &formula, out));
    if (drawing->in->is_share && out->micro > WHOLE_MICRO) {
        out->micro = WHOLE_MICRO;
    }
    return STATUS_OK;
}

static Status means_set(Cx *cx, const Drawing *drawing, TargetPoint *out) {
    for (size_t i = 0; i < drawing->count; i++) {
        const Path *path = &drawing->paths[i];
        drawing->slots[path->series->index] = path_value(path, path->mean);
    }
    return draw(cx, drawing, out);
}

static Status draws_make(Cx *cx, const Drawing *drawing, TargetForecast *forecast) {
    double *values = arena_array(cx->arena, double, DRAWS);
    uint16_t *slices = arena_array(cx->arena, uint16_t, DRAWS * (drawing->count + 1));
    size_t reached = 0;
    Prng prng;
    prng_init(&prng, str_hash(drawing->in->target->code));
    for (size_t i = 0; i < drawing->count; i++) {
        slices_shuffle(&prng, slices + i * DRAWS);
    }
    for (size_t k = 0; k < DRAWS; k++) {
        TRY(cx_step(cx));
        for (size_t i = 0; i < drawing->count; i++) {
            const Path *path = &drawing->paths[i];
            double z = normal_quantile((slices[i * DRAWS + k] + 0.5) / DRAWS);
            drawing->slots[path->series->index] = path_value(path, path->mean + z * path->sd);
        }
        TargetPoint point;
        TRY(draw(cx, drawing, &point));
        if (!point.is_set) {
            forecast->why_not = STR("预测值代入公式后没有结果");
            return STATUS_OK;
        }
        values[k] = (double)point.micro / MICRO_ONE;
        reached += drawing->in->has_goal &&
                   target_is_reached(drawing->in->op, point.micro, drawing->in->goal);
    }
    qsort(values, DRAWS, sizeof *values, double_order);
    forecast->low = values[DRAWS / 10];
    forecast->high = values[DRAWS - 1 - DRAWS / 10];
    forecast->chance = drawing->in->has_goal ? (double)reached / DRAWS : -1.0;
    forecast->is_set = true;
    return STATUS_OK;
}

/* ---- what is needed ---- */

static Status reached_with(Cx *cx, const Drawing *drawing, const Path *lever, double value,
                           bool *out) {
    TargetPoint point;
    drawing->slots[lever->series->index] = formula_number((int64_t)llround(value * MICRO_ONE));
    TRY(draw(cx, drawing, &point));
    *out = point.is_set && target_is_reached(drawing->in->op, point.micro, drawing->in->goal);
    return STATUS_OK;
}

/* The value nearest to `from` on the way to `to` at which the goal is reached; `to` reaches it. */
static Status border_find(Cx *cx, const Drawing *drawing, const Path *lever, double from, double to,
                          double *out) {
    for (int i = 0; i < HALVINGS; i++) {
        double middle = from + (to - from) / 2.0;
        bool is_reached = false;
        TRY(reached_with(cx, drawing, lever, middle, &is_reached));
        to = is_reached ? middle : to;
        from = is_reached ? from : middle;
    }
    *out = to;
    return STATUS_OK;
}

static Status need_find(Cx *cx, const Drawing *drawing, const Path *lever, TargetNeed *need) {
    bool is_reached = false;
    double border = lever->there;
    double to = lever->there > 1.0 ? lever->there : 1.0;
    *need = (TargetNeed){.lever = lever->series, .pace = lever->pace, .months = lever->months};
    TRY(reached_with(cx, drawing, lever, lever->there, &is_reached));
    if (is_reached) {
        need->is_set = true;
        return STATUS_OK;
    }
    for (int i = 0; i < DOUBLINGS && !is_reached && to < lever->roof; i++) {
        to = to * 2.0 < lever->roof ? to * 2.0 : lever->roof;
        TRY(reached_with(cx, drawing, lever, to, &is_reached));
    }
    if (!is_reached && lever->series->type != BOOK_FLOW) {
        to = 0.0;
        TRY(reached_with(cx, drawing, lever, to, &is_reached));
    }
    if (!is_reached) {
        return STATUS_OK;
    }
    TRY(border_find(cx, drawing, lever, lever->there, to, &border));
    need->is_set = true;
    need->each = (border - lever->there) / lever->months;
    return STATUS_OK;
}

/* The other series stand at their forecast; the lever alone moves. */
static Status lever_try(Cx *cx, const Drawing *drawing, TargetNeed *need) {
    const BookSeries *lever = drawing->in->target->lever;
    for (size_t i = 0; lever != NULL && drawing->in->has_goal && i < drawing->count; i++) {
        const Path *path = &drawing->paths[i];
        if (path->series == lever && path->months > 0) {
            TargetPoint ignored;
            TRY(means_set(cx, drawing, &ignored));
            return need_find(cx, drawing, path, need);
        }
    }
    return STATUS_OK;
}

/* ---- the whole ---- */

static Status paths_find(Cx *cx, const Drawing *drawing, TargetForecast *forecast, bool *has_all) {
    *has_all = true;
    for (size_t i = 0; i < drawing->count; i++) {
        const BookSeries *series = drawing->in->target->series[i];
        Status status = path_find(cx, drawing->in, series, &drawing->paths[i]);
        if (status == STATUS_LIMIT) {
            return status;
        }
        if (status != STATUS_OK) {
            fault_clear(cx);
            *has_all = false;
            forecast->why_not = str_print(cx->arena, "“" STR_FMT "”连续数据不足 %d 个月，暂不预测",
                                          STR_ARG(series->name), (int)SERIES_COUNT_MIN);
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

Status target_forecast(Cx *cx, const ForecastIn *in, TargetForecast *forecast, TargetNeed *need) {
    const BookTarget *target = in->target;
    bool has_all = false;
    TargetPoint mean;
    *forecast = (TargetForecast){.chance = -1.0, .month = in->month};
    *need = (TargetNeed){0};
    if (target->series_count == 0 || (target->needs_baseline && !in->has_baseline)) {
        return STATUS_OK;
    }
    Drawing drawing = {.in = in,
                       .paths = arena_array(cx->arena, Path, target->series_count),
                       .count = target->series_count,
                       .slots =
                           arena_array(cx->arena, FeelValue, in->desk->book->series_count + 1)};
    if (in->has_baseline) {
        drawing.slots[in->desk->book->baseline_slot] = formula_number(in->baseline);
    }
    TRY(paths_find(cx, &drawing, forecast, &has_all));
    if (!has_all) {
        return STATUS_OK;
    }
    TRY(draws_make(cx, &drawing, forecast));
    TRY(means_set(cx, &drawing, &mean));
    forecast->mean = (double)mean.micro / MICRO_ONE;
    forecast->is_set = forecast->is_set && mean.is_set;
    return lever_try(cx, &drawing, need);
}
