/*
 * target.h - a target as an object: what it is now, month by month, where it will end, how sure
 * that is, what is needed from now, and its light. Private to office/plan.
 *
 *   months ─▶ formula at a month ─▶ value ─▶ light
 *   months ─▶ forecast of each series (src/series) ─▶ 200 draws through the formula ─▶ 80 %
 * interval └─▶ chance to reach
 *
 * Lights of a year that still runs go by that chance: 90 % and more 预计达到, 50 % 可能达到,
 * 10 % 有风险, less 预计达不到. The bounds are those of the 80 % interval: "90 % and more" says
 * that the whole interval, but its upper tenth, lies on the good side. A growth without its
 * confirmed baseline has neither value nor forecast and is never green.
 */
#ifndef HUANXIN_OFFICE_PLAN_TARGET_H
#define HUANXIN_OFFICE_PLAN_TARGET_H

#include "office/plan/months.h"

/* X(NAME, code, tone, Chinese) */
#define TARGET_LIGHT_LIST(X)                                                                       \
    X(NO_FIGURE, "no_figure", VIEW_NEUTRAL, "尚无数据")                                            \
    X(NO_BASELINE, "no_baseline", VIEW_WARN, "缺基期，不评价")                                     \
    X(REACHED, "reached", VIEW_GOOD, "已达到")                                                     \
    X(EXPECTED, "expected", VIEW_GOOD, "预计达到")                                                 \
    X(LIKELY, "likely", VIEW_INFO, "可能达到")                                                     \
    X(AT_RISK, "at_risk", VIEW_WARN, "有风险")                                                     \
    X(UNLIKELY, "unlikely", VIEW_BAD, "预计达不到")                                                \
    X(ON_WAY, "on_way", VIEW_INFO, "推进中")                                                       \
    X(MISSED, "missed", VIEW_BAD, "未达到")                                                        \
    X(TOLD, "told", VIEW_INFO, "见数值")

typedef enum TargetLight {
#define X(name, code, tone, zh) TARGET_##name,
    TARGET_LIGHT_LIST(X)
#undef X
} TargetLight;

typedef struct TargetForecast {
    bool is_set;
    double mean;
    double low;    /* of the 80 % interval */
    double high;   /* of the 80 % interval */
    double chance; /* of reaching the goal, 0..1; -1 without a goal in figures */
    int32_t month; /* for which month */
    Str why_not;   /* when it is not set: a sentence, or empty */
} TargetForecast;

typedef struct TargetNeed {
    bool is_set;
    const BookSeries *lever;
    double each; /* needed of it in every month from now; of a stock or level its change */
    double pace; /* mean of it in the last three whole months */
    int months;  /* left */
} TargetNeed;

typedef struct TargetNow {
    const TargetRow *row;
    const BookTarget *book; /* NULL: indicators.yaml does not know the target */
    TargetLight light;
    bool is_live;       /* some figure of it can be counted from records */
    MonthSource source; /* what its value rests on */
    bool has_value;
    int64_t value; /* millionths */
    bool has_goal;
    int64_t goal; /* millionths */
    Str op;
    Str value_text; /* as people read it, with its unit; empty: none */
    Str told;       /* of a qualitative target: the last confirmed words; or empty */
    bool has_baseline;
    int64_t baseline; /* millionths */
    int32_t month;    /* the month whose value it is */
    TargetForecast forecast;
    TargetNeed need;
} TargetNow;

/* Everything that targets are computed from, read once per request. */
typedef struct TargetDesk {
    const PlanBook *book;
    PlanMonths months;
    FigureList baselines; /* confirmed, by series, period, id */
    Day today;
    /* Targets worked out already, with their forecast: nobody does it twice for one page. */
    const struct TargetNow *known;
    size_t known_count;
} TargetDesk;

MUST_CHECK Status target_desk_open(Cx *cx, DbConn *conn, const PlanBook *book, Day today,
                                   TargetDesk *out);
/* Works out a target as of the month that lies `back` months before the running one: 0 now, 1 as
 * it stood at the end of last month. */
typedef struct TargetAsk {
    const TargetRow *row;
    int back;
    bool with_forecast;
} TargetAsk;
MUST_CHECK Status target_now(Cx *cx, const TargetDesk *desk, const TargetAsk *ask, TargetNow *out);
/* The formula's value in the month of an index; false when a figure is missing. */
typedef struct TargetPoint {
    bool is_set;
    int64_t micro;
} TargetPoint;
MUST_CHECK Status target_at(Cx *cx, const TargetDesk *desk, const TargetNow *now, int index,
                            TargetPoint *out);

/* What the figure of one series rests on, as the target's value takes it. */
void target_source(const TargetDesk *desk, const TargetNow *now, const BookSeries *series,
                   MonthSource *in_out);

/* A decimal text in millionths ("0.8" gives 800000); false when it is none or too large. */
bool target_micro(Str text, int64_t *out);
/* A counter's raw number in millionths of its unit, of which it counts 1/per. */
int64_t target_raw_micro(int64_t raw, int64_t per);
/* Prints millionths with at most two decimals, cut towards zero: a figure never looks better than
 * it is. */
Str target_micro_text(Arena *arena, int64_t micro);
/* Prints an estimate with as many decimals as its size can bear. */
Str target_estimate_text(Arena *arena, double value);
/* Compares a value with the target's by its operator; both in millionths. */
bool target_is_reached(Str op, int64_t value, int64_t goal);

/* "“二手车交易量”今后每月需要 932 辆，还有 13 个月；近三个月月均 877". */
Str target_need_text(Arena *arena, const TargetNeed *need);
/* The light in words. */
ViewValue target_light_view(TargetLight light);
/* "≥ 1.8 万辆", "增长 15%" ...: the goal as people read it. */
Str target_goal_text(Arena *arena, const TargetRow *target);
/* The words behind a figure: "%" without a blank, else the unit. */
Str target_unit_text(Arena *arena, const TargetRow *target);

#endif
