#include "office/plan/target.h"

#include "office/plan/forecast.h"

#include <inttypes.h>
#include <math.h>

#define MICRO INT64_C(1000000)

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

/* A counter's raw number in millionths of the unit; a number beyond all use is cut, not wrapped. */
int64_t target_raw_micro(int64_t raw, int64_t per) {
    Wide micro = (Wide)raw * MICRO / per;
    return micro > INT64_MAX / 4   ? INT64_MAX / 4
           : micro < INT64_MIN / 4 ? INT64_MIN / 4
                                   : (int64_t)micro;
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

/* Prints millionths with at most two decimals, cut and not rounded up: a figure never looks better
 * than it is. */
Str target_micro_text(Arena *arena, int64_t micro) {
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

static bool is_kind(const TargetRow *target, const char *kind) {
    return str_equal(target->kind, str_of(kind));
}

Str target_estimate_text(Arena *arena, double value) {
    double size = fabs(value);
    int decimals = size >= 1000.0 || value == floor(value) ? 0 : size >= 100.0 ? 1 : 2;
    return str_print(arena, "%.*f", decimals, value);
}

Str target_unit_text(Arena *arena, const TargetRow *target) {
    if (target->unit.len == 0 || is_kind(target, "ratio")) {
        return STR("");
    }
    return str_equal(target->unit, STR("%")) ? STR("%")
                                             : str_print(arena, " " STR_FMT, STR_ARG(target->unit));
}

/* ---- opening ---- */

Status target_desk_open(Cx *cx, DbConn *conn, const PlanBook *book, Day today, TargetDesk *out) {
    *out = (TargetDesk){.book = book, .today = today};
    TRY(plan_store_baselines_confirmed(cx, conn, &out->baselines));
    return plan_months_read(cx, conn, book, today, &out->months);
}

static void baseline_find(const TargetDesk *desk, TargetNow *now) {
    for (size_t i = 0; i < desk->baselines.count; i++) {
        const FigureValue *figure = &desk->baselines.items[i];
        if (str_equal(figure->series, now->book->baseline_from)) {
            now->has_baseline = target_micro(figure->value, &now->baseline) && now->baseline > 0;
        }
    }
}

/* The last confirmed words of a target that is not told in figures. */
static void told_find(const TargetDesk *desk, TargetNow *now) {
    int64_t micro = 0;
    for (size_t i = 0; i < desk->months.figures.count; i++) {
        const FigureValue *figure = &desk->months.figures.items[i];
        if (str_equal(figure->series, now->row->code) && !target_micro(figure->value, &micro)) {
            now->told = figure->value;
        }
    }
}

/* ---- value and goal ---- */

static void goal_find(TargetNow *now) {
    const TargetRow *row = now->row;
    bool is_of_plan = row->value.len > 0;
    now->op = is_of_plan ? row->op : now->book->goal_op;
    now->has_goal = target_micro(is_of_plan ? row->value : now->book->goal_value, &now->goal);
}

Status target_at(Cx *cx, const TargetDesk *desk, const TargetNow *now, int index,
                 TargetPoint *out) {
    const BookTarget *book = now->book;
    *out = (TargetPoint){0};
    if (book == NULL || book->formula == NULL || index < 0 || index > desk->months.now ||
        (book->needs_baseline && !now->has_baseline)) {
        return STATUS_OK;
    }
    FeelValue *slots = arena_array(cx->arena, FeelValue, desk->book->series_count + 1);
    for (size_t i = 0; i < book->series_count; i++) {
        int64_t micro = 0;
        size_t slot = book->series[i]->index;
        if (!months_value(&desk->months.series[slot], book->is_year_window, index, &micro)) {
            return STATUS_OK;
        }
        slots[slot] = formula_number(micro);
    }
    if (now->has_baseline) {
        slots[desk->book->baseline_slot] = formula_number(now->baseline);
    }
    FormulaIn formula = {desk->book, book, slots};
    return formula_evaluate(cx, &formula, out);
}

/* ---- the light ---- */

static TargetLight chance_light(double chance) {
    return chance >= 0.9   ? TARGET_EXPECTED
           : chance >= 0.5 ? TARGET_LIKELY
           : chance >= 0.1 ? TARGET_AT_RISK
                           : TARGET_UNLIKELY;
}

/* What is counted and only grows stays reached; a share or a level may fall again. */
static bool stays_reached(const TargetNow *now) {
    return is_kind(now->row, "count") && !str_starts(now->op, STR("<"));
}

static TargetLight light_of(const TargetNow *now, bool is_over) {
    if (now->book != NULL && now->book->needs_baseline && !now->has_baseline) {
        return TARGET_NO_BASELINE;
    }
    if (!now->has_value) {
        return now->told.len > 0 ? TARGET_TOLD : TARGET_NO_FIGURE;
    }
    if (!now->has_goal) {
        return TARGET_TOLD;
    }
    bool is_reached = target_is_reached(now->op, now->value, now->goal);
    if (is_over) {
        return is_reached ? TARGET_REACHED : TARGET_MISSED;
    }
    if (is_reached && stays_reached(now)) {
        return TARGET_REACHED;
    }
    return now->forecast.is_set ? chance_light(now->forecast.chance) : TARGET_ON_WAY;
}

/* ---- the whole ---- */

static Status forecast_fill(Cx *cx, const TargetDesk *desk, int index, TargetNow *now) {
    int32_t year =
        now->row->year == 0 ? (desk->months.first + index) / 12 : (int32_t)now->row->year;
    ForecastIn in = {.desk = desk,
                     .target = now->book,
                     .op = now->op,
                     .has_goal = now->has_goal,
                     .goal = now->goal,
                     .has_baseline = now->has_baseline,
                     .baseline = now->baseline,
                     .is_share = is_kind(now->row, "level") && str_equal(now->row->unit, STR("%")),
                     .now = index,
                     .month = year * 12 + 11};
    return target_forecast(cx, &in, &now->forecast, &now->need);
}

/* The month whose figure counts: of a past year December; of sums over twelve months the last whole
 * month that every series has, because the running one is not over. */
static int32_t value_month(const TargetDesk *desk, const TargetNow *now, int index, bool is_over) {
    if (is_over) {
        return (int32_t)now->row->year * 12 + 11;
    }
    int last = index;
    for (size_t i = 0; !now->book->is_year_window && i < now->book->series_count; i++) {
        const SeriesMonths *months = &desk->months.series[now->book->series[i]->index];
        int whole = desk->months.now - 1 < months->last ? desk->months.now - 1 : months->last;
        if (months->series->type == BOOK_FLOW && whole - (desk->months.now - index) < last) {
            last = whole - (desk->months.now - index);
        }
    }
    return desk->months.first + (last > 0 ? last : 0);
}

/* The unit of a target that the plan tells in words alone ("基本淘汰") is that of its formula. */
static const TargetRow *row_with_unit(Cx *cx, const TargetRow *row, const BookTarget *book) {
    if (row->unit.len > 0 || book == NULL || book->unit.len == 0) {
        return row;
    }
    TargetRow *out = arena_new(cx->arena, TargetRow);
    *out = *row;
    out->unit = book->unit;
    return out;
}

void target_source(const TargetDesk *desk, const TargetNow *now, const BookSeries *series,
                   MonthSource *in_out) {
    MonthSpan span = {.is_year_window = now->book->is_year_window,
                      .months_in_year = now->month % 12 + 1,
                      .index = now->month - desk->months.first};
    months_source(&desk->months.series[series->index], &span, in_out);
}

Status target_now(Cx *cx, const TargetDesk *desk, const TargetAsk *ask, TargetNow *out) {
    int index = desk->months.now - ask->back;
    int32_t year = (desk->months.first + index) / 12;
    const BookTarget *book = plan_book_target(desk->book, ask->row->code);
    const TargetRow *row = row_with_unit(cx, ask->row, book);
    bool is_over = row->year != 0 && row->year < year;
    *out =
        (TargetNow){.row = row,
                    .book = book,
                    .month = is_over ? (int32_t)row->year * 12 + 11 : desk->months.first + index};
    out->forecast.chance = -1.0;
    if (out->book == NULL) {
        out->light = TARGET_NO_FIGURE;
        return STATUS_OK;
    }
    TargetPoint point;
    out->month = value_month(desk, out, index, is_over);
    out->is_live = book_target_is_live(out->book);
    baseline_find(desk, out);
    told_find(desk, out);
    goal_find(out);
    TRY(target_at(cx, desk, out, out->month - desk->months.first, &point));
    for (size_t i = 0; i < out->book->series_count; i++) {
        target_source(desk, out, out->book->series[i], &out->source);
    }
    out->has_value = point.is_set;
    out->value = point.micro;
    if (point.is_set) {
        out->value_text = str_print(cx->arena, STR_FMT STR_FMT,
                                    STR_ARG(target_micro_text(cx->arena, point.micro)),
                                    STR_ARG(target_unit_text(cx->arena, row)));
    }
    if (ask->with_forecast && !is_over && out->book->formula != NULL) {
        TRY(forecast_fill(cx, desk, index, out));
    }
    out->light = light_of(out, is_over);
    return STATUS_OK;
}

Str target_need_text(Arena *arena, const TargetNeed *need) {
    bool is_flow = need->lever->type == BOOK_FLOW;
    Str each = target_estimate_text(arena, need->each);
    Str pace = target_estimate_text(arena, need->pace);
    return str_print(
        arena,
        "“" STR_FMT "”今后每月%s " STR_FMT " " STR_FMT "，还有 %d 个月；近三个月月均%s " STR_FMT,
        STR_ARG(need->lever->name), is_flow ? "需要" : "需要变化", STR_ARG(each),
        STR_ARG(need->lever->unit), need->months, is_flow ? "" : "变化", STR_ARG(pace));
}

ViewValue target_light_view(TargetLight light) {
    switch (light) {
#define X(name, code, tone, zh)                                                                    \
    case TARGET_##name:                                                                            \
        return VIEW_BADGE(tone, STR(code), STR(zh));
        TARGET_LIGHT_LIST(X)
#undef X
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
