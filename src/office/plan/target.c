#include "office/plan/target.h"

#include <inttypes.h>

#define MICRO INT64_C(1000000)

/* Products of two money-sized numbers. */
__extension__ typedef __int128 Wide;

bool target_micro(Str text, int64_t *out) {
    bool is_negative = str_starts(text, STR("-"));
    Str rest = is_negative ? str_from(text, 1) : text;
    int64_t value = 0;
    int decimals = -1;
    int digits = 0;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.at[i];
        if (c == '.' && decimals < 0) {
            decimals = 0;
        } else if (c >= '0' && c <= '9' && decimals < 6) {
            digits++;
            decimals += decimals >= 0;
            if (__builtin_mul_overflow(value, 10, &value) ||
                __builtin_add_overflow(value, c - '0', &value)) {
                return false;
            }
        } else {
            return false;
        }
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 6; i++) {
        if (__builtin_mul_overflow(value, 10, &value)) {
            return false;
        }
    }
    *out = is_negative ? -value : value;
    return digits > 0;
}

bool target_is_reached(Str op, int64_t value, int64_t goal) {
    if (str_equal(op, STR(">"))) {
        return value > goal;
    }
    if (str_equal(op, STR("<"))) {
        return value < goal;
    }
    if (str_equal(op, STR("<="))) {
        return value <= goal;
    }
    /* 达到, 以上 and 左右 are all reached from below; a fall is reached from above. */
    return goal < 0 ? value <= goal : value >= goal;
}

bool target_growth_micro(int64_t value, int64_t baseline, int64_t *out) {
    if (baseline <= 0) {
        return false;
    }
    Wide change = ((Wide)value - baseline) * 100 * MICRO / baseline;
    if (change > INT64_MAX || change < INT64_MIN) {
        return false;
    }
    *out = (int64_t)change;
    return true;
}

/* Prints millionths with at most two decimals, cut and not rounded up: a figure never looks better
 * than it is. */
static Str micro_text(Arena *arena, int64_t micro) {
    int64_t hundredths = micro / (MICRO / 100);
    int64_t whole = hundredths / 100;
    int64_t rest = hundredths % 100;
    const char *sign = micro < 0 ? "-" : "";
    whole = whole < 0 ? -whole : whole;
    rest = rest < 0 ? -rest : rest;
    if (rest == 0) {
        return str_print(arena, "%s%" PRId64, sign, whole);
    }
    if (rest % 10 == 0) {
        return str_print(arena, "%s%" PRId64 ".%" PRId64, sign, whole, rest / 10);
    }
    return str_print(arena, "%s%" PRId64 ".%02" PRId64, sign, whole, rest);
}

static int64_t unit_factor(Str unit) {
    if (str_starts(unit, STR("万"))) {
        return 10000;
    }
    return str_starts(unit, STR("亿")) ? 100000000 : 1;
}

static bool is_kind(const TargetRow *target, const char *kind) {
    return str_equal(target->kind, str_of(kind));
}

/* The year over which a target is counted: its own, or for a yearly one this year. */
static int64_t counted_year(const TargetRow *target, Day today) {
    int64_t this_year = day_parts(today).year;
    return target->year == 0 || target->year > this_year ? this_year : target->year;
}

static TargetLight light_of(const TargetRow *target, int64_t value, Day today) {
    int64_t goal = 0;
    if (!target_micro(target->value, &goal)) {
        return TARGET_TOLD;
    }
    if (target_is_reached(target->op, value, goal)) {
        return TARGET_REACHED;
    }
    bool is_over = target->year != 0 && target->year < day_parts(today).year;
    return is_over ? TARGET_MISSED : TARGET_ON_WAY;
}

static Status live_now(Cx *cx, DbConn *conn, const TargetRow *target, Day today, TargetNow *out) {
    int64_t year = counted_year(target, today);
    out->year = year;
    Str first = str_print(cx->arena, "%04" PRId64 "-01", year);
    Str last = str_print(cx->arena, "%04" PRId64 "-12", year);
    TRY(plan_counter_sum(cx, conn, target->counter, first, last, &out->raw));
    int64_t micro = 0;
    if (!is_kind(target, "growth")) {
        if (__builtin_mul_overflow(out->raw, MICRO, &micro)) {
            return fault(cx, STATUS_LIMIT, "计数 " STR_FMT " 过大", STR_ARG(target->counter));
        }
        micro /= unit_factor(target->unit);
        out->value = str_print(cx->arena, STR_FMT " " STR_FMT,
                               STR_ARG(micro_text(cx->arena, micro)), STR_ARG(target->unit));
        out->light = light_of(target, micro, today);
        return STATUS_OK;
    }
    int64_t baseline = 0;
    if (!target_micro(out->baseline, &baseline) ||
        !target_growth_micro(out->raw, baseline / MICRO, &micro)) {
        out->light = TARGET_NO_BASELINE;
        return STATUS_OK;
    }
    out->value = str_print(cx->arena, STR_FMT "%%", STR_ARG(micro_text(cx->arena, micro)));
    out->light = light_of(target, micro, today);
    return STATUS_OK;
}

static Status reported_now(Cx *cx, DbConn *conn, const TargetRow *target, Day today,
                           TargetNow *out) {
    Str value = STR_NONE;
    TRY(plan_store_confirmed(cx, conn, target->code, "value", &value));
    if (value.len == 0) {
        out->light = is_kind(target, "growth") && out->baseline.len == 0 ? TARGET_NO_BASELINE
                                                                         : TARGET_NO_FIGURE;
        return STATUS_OK;
    }
    out->value =
        target->unit.len == 0 || is_kind(target, "ratio")
            ? value
            : str_print(cx->arena, STR_FMT " " STR_FMT, STR_ARG(value), STR_ARG(target->unit));
    int64_t micro = 0;
    if (is_kind(target, "growth") && out->baseline.len == 0) {
        out->light = TARGET_NO_BASELINE;
    } else if (target_micro(value, &micro)) {
        out->light = light_of(target, micro, today);
    } else {
        out->light = TARGET_TOLD;
    }
    return STATUS_OK;
}

Status target_now(Cx *cx, DbConn *conn, const TargetRow *target, Day today, TargetNow *out) {
    *out = (TargetNow){.source = target->counter.len > 0 ? TARGET_LIVE : TARGET_REPORTED};
    if (is_kind(target, "growth")) {
        TRY(plan_store_confirmed(cx, conn, target->code, "baseline", &out->baseline));
    }
    return out->source == TARGET_LIVE ? live_now(cx, conn, target, today, out)
                                      : reported_now(cx, conn, target, today, out);
}

ViewValue target_light_view(TargetLight light) {
    switch (light) {
    case TARGET_NO_FIGURE:
        return VIEW_BADGE(VIEW_NEUTRAL, STR("no_figure"), STR("尚无数据"));
    case TARGET_NO_BASELINE:
        return VIEW_BADGE(VIEW_WARN, STR("no_baseline"), STR("缺基期，不评价"));
    case TARGET_REACHED:
        return VIEW_BADGE(VIEW_GOOD, STR("reached"), STR("已达到"));
    case TARGET_ON_WAY:
        return VIEW_BADGE(VIEW_INFO, STR("on_way"), STR("推进中"));
    case TARGET_MISSED:
        return VIEW_BADGE(VIEW_BAD, STR("missed"), STR("未达到"));
    case TARGET_TOLD:
        return VIEW_BADGE(VIEW_INFO, STR("told"), STR("见填报"));
    }
    return VIEW_NONE;
}

static const char *op_zh(Str op) {
    static const struct {
        const char *op;
        const char *zh;
    } rows[] = {{">=", "不少于 "}, {">", "超过 "}, {"<=", "不超过 "},
                {"<", "低于 "},    {"~", "约 "},   {"=", "达到 "}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(op, str_of(rows[i].op))) {
            return rows[i].zh;
        }
    }
    return "";
}

/* "比 2023 年增长 15%"; a fall is kept as a negative growth and said as a fall. */
static Str growth_text(Arena *arena, const TargetRow *target) {
    bool is_fall = str_starts(target->value, STR("-"));
    Str size = is_fall ? str_from(target->value, 1) : target->value;
    Str since = target->baseline_year > 0
                    ? str_print(arena, "比 %" PRId64 " 年", target->baseline_year)
                    : STR("");
    const char *op = is_fall || str_equal(target->op, STR("=")) ? "" : op_zh(target->op);
    return str_print(arena, STR_FMT "%s%s" STR_FMT STR_FMT, STR_ARG(since),
                     is_fall ? "下降" : "增长", op, STR_ARG(size), STR_ARG(target->unit));
}

Str target_goal_text(Arena *arena, const TargetRow *target) {
    if (target->value.len == 0) {
        return target->quote;
    }
    if (is_kind(target, "ratio")) {
        return str_print(arena, "达到 " STR_FMT ":" STR_FMT, STR_ARG(target->value),
                         STR_ARG(target->value2));
    }
    if (is_kind(target, "growth")) {
        return growth_text(arena, target);
    }
    if (target->value2.len > 0) {
        return str_print(arena, STR_FMT "至" STR_FMT STR_FMT, STR_ARG(target->value),
                         STR_ARG(target->value2), STR_ARG(target->unit));
    }
    return str_print(arena, "%s" STR_FMT " " STR_FMT, op_zh(target->op), STR_ARG(target->value),
                     STR_ARG(target->unit));
}
