/* forecast.h - where a target will end: draws through its formula. Private to office/plan. */
#ifndef HUANXIN_OFFICE_PLAN_FORECAST_H
#define HUANXIN_OFFICE_PLAN_FORECAST_H

#include "office/plan/target.h"

typedef struct ForecastIn {
    const TargetDesk *desk;
    const BookTarget *target;
    Str op;
    bool has_goal;
    int64_t goal;
    bool has_baseline;
    int64_t baseline;
    bool is_share; /* a percentage of a whole: never above 100 */
    int now;       /* index of the month that still runs */
    int32_t month; /* the month for which is asked, as a month number */
} ForecastIn;

/* Fills forecast and need. A missing figure is no failure: why_not says it. LIMIT by the Cx. */
MUST_CHECK Status target_forecast(Cx *cx, const ForecastIn *in, TargetForecast *forecast,
                                  TargetNeed *need);
/* Evaluates a target's formula with slots of micro values; *is_set false when it gives no number.
 */
typedef struct FormulaIn {
    const PlanBook *book;
    const BookTarget *target;
    FeelValue *slots;
} FormulaIn;
MUST_CHECK Status formula_evaluate(Cx *cx, const FormulaIn *in, TargetPoint *out);
FeelValue formula_number(int64_t micro);
/* A series as the library takes it: the whole months up to `last`. *count 0: too few. */
typedef struct ForecastSeries {
    double *values;
    size_t count;
    int last; /* index of the last value */
} ForecastSeries;
ForecastSeries forecast_series(Arena *arena, const SeriesMonths *months, int last);

#endif
