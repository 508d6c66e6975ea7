#include "office/plan/months.h"

#include "office/plan/target.h"

#include <inttypes.h>

enum { USUAL_MONTHS = 6, USUAL_LEAST = 3 };

/* ---- month numbers ---- */

bool month_number(Str period, int32_t *out) {
    int64_t year = 0;
    int64_t month = 12;
    bool has_month = period.len == 7 && period.at[4] == '-';
    if ((period.len != 4 && !has_month) || str_int64(str_slice(period, 0, 4), &year) != STATUS_OK ||
        year < 1990 || year > 2100) {
        return false;
    }
    if (has_month &&
        (str_int64(str_from(period, 5), &month) != STATUS_OK || month < 1 || month > 12)) {
        return false;
    }
    *out = (int32_t)(year * 12 + month - 1);
    return true;
}

Str month_print(Arena *arena, int32_t month) {
    return str_print(arena, "%04" PRId32 "-%02" PRId32, month / 12, month % 12 + 1);
}

Str month_print_zh(Arena *arena, int32_t month) {
    return str_print(arena, "%" PRId32 "年%" PRId32 "月", month / 12, month % 12 + 1);
}

/* ---- filling ---- */

typedef struct Filling {
    SeriesMonths *months;
    int64_t moved[MONTHS_MAX]; /* by the counter */
    int64_t before;            /* by the counter, before the table begins */
    int64_t reported[MONTHS_MAX];
    bool has_moved[MONTHS_MAX];
    bool has_report[MONTHS_MAX];
    bool has_before;
    int64_t report_before; /* the last report before the table begins */
    bool has_report_before;
} Filling;

static void data_seen(SeriesMonths *months, int index) {
    if (months->first == MONTHS_NONE || index < months->first) {
        months->first = index;
    }
    months->last = index > months->last ? index : months->last;
}

static void flow_fill(Filling *filling, int32_t first, int now) {
    SeriesMonths *months = filling->months;
    int64_t year = 0;
    int64_t run = 0;
    for (int i = 0; i <= now; i++) {
        months->value[i] = filling->has_report[i] ? filling->reported[i] : filling->moved[i];
        months->origin[i] = filling->has_report[i]  ? MONTH_REPORTED
                            : filling->has_moved[i] ? MONTH_COUNTED
                                                    : MONTH_EMPTY;
        if (months->origin[i] != MONTH_EMPTY) {
            data_seen(months, i);
        }
        year = (first + i) % 12 == 0 ? 0 : year;
        year += months->value[i];
        run += months->value[i] - (i >= 12 ? months->value[i - 12] : 0);
        months->at[i] = year;
        months->last_12[i] = run;
    }
}

/* A level is what was last reported or, without reports, what the counter holds; a stock moves on
 * from the last report with the counter. */
static void stock_fill(Filling *filling, int now) {
    SeriesMonths *months = filling->months;
    bool is_stock = months->series->type == BOOK_STOCK;
    bool has = filling->has_before || filling->has_report_before;
    int64_t value = filling->has_report_before ? filling->report_before : filling->before;
    if (has) {
        months->first = 0;
        months->last = 0;
    }
    for (int i = 0; i <= now; i++) {
        if (filling->has_report[i]) {
            value = filling->reported[i];
            months->origin[i] = MONTH_REPORTED;
        } else if (filling->has_moved[i]) {
            value = is_stock ? value + filling->moved[i] : filling->moved[i];
            months->origin[i] = MONTH_COUNTED;
        }
        if (months->origin[i] != MONTH_EMPTY) {
            data_seen(months, i);
            has = true;
        }
        months->value[i] = has ? value : 0;
        months->at[i] = months->value[i];
    }
}

static Status counter_read(Cx *cx, DbConn *conn, Filling *filling, const PlanMonths *table) {
    const BookSeries *series = filling->months->series;
    if (series->counter.len == 0) {
        return STATUS_OK;
    }
    MonthList rows;
    TRY(plan_store_counter_months(cx, conn, series->counter, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        int32_t number = 0;
        if (!month_number(rows.items[i].month, &number) || number > table->first + table->now) {
            continue;
        }
        int64_t micro = target_raw_micro(rows.items[i].value, series->per);
        int index = number - table->first;
        if (index < 0) {
            filling->before += micro;
            filling->has_before = true;
        } else {
            filling->moved[index] += micro;
            filling->has_moved[index] = true;
        }
    }
    return STATUS_OK;
}

/* Reports come by series, month and id: a later one of the same month takes its place. */
static void reports_take(const FigureList *figures, Filling *filling, const PlanMonths *table) {
    for (size_t i = 0; i < figures->count; i++) {
        const FigureValue *figure = &figures->items[i];
        int32_t number = 0;
        int64_t micro = 0;
        if (!str_equal(figure->series, filling->months->series->id) ||
            !month_number(figure->period, &number) || number > table->first + table->now ||
            !target_micro(figure->value, &micro)) {
            continue;
        }
        int index = number - table->first;
        if (index < 0) {
            filling->report_before = micro;
            filling->has_report_before = true;
        } else {
            filling->reported[index] = micro;
            filling->has_report[index] = true;
        }
    }
}

Status plan_months_read(Cx *cx, DbConn *conn, const PlanBook *book, Day today, PlanMonths *out) {
    DayParts parts = day_parts(today);
    *out = (PlanMonths){.first = parts.year * 12 + parts.month - MONTHS_MAX,
                        .now = MONTHS_MAX - 1,
                        .series = arena_array(cx->arena, SeriesMonths, book->series_count + 1),
                        .count = book->series_count};
    TRY(plan_store_figures_confirmed(cx, conn, &out->figures));
    for (size_t i = 0; i < book->series_count; i++) {
        TRY(cx_step(cx));
        Filling filling = {.months = &out->series[i]};
        out->series[i] =
            (SeriesMonths){.series = &book->series[i], .first = MONTHS_NONE, .last = MONTHS_NONE};
        TRY(counter_read(cx, conn, &filling, out));
        reports_take(&out->figures, &filling, out);
        if (book->series[i].type == BOOK_FLOW) {
            flow_fill(&filling, out->first, out->now);
        } else {
            stock_fill(&filling, out->now);
        }
    }
    return STATUS_OK;
}

/* Twelve months must be there for the sum of twelve. */
bool months_value(const SeriesMonths *months, bool is_year_window, int index, int64_t *out) {
    if (months->first == MONTHS_NONE || index < months->first) {
        return false;
    }
    if (months->series->type != BOOK_FLOW) {
        *out = months->at[index];
        return true;
    }
    if (!is_year_window) {
        *out = months->last_12[index];
        return index - months->first >= 11;
    }
    *out = months->at[index];
    return true;
}

void months_source(const SeriesMonths *months, const MonthSpan *span, MonthSource *in_out) {
    bool is_flow = months->series->type == BOOK_FLOW;
    int count = !is_flow ? MONTHS_MAX : span->is_year_window ? span->months_in_year : 12;
    for (int i = span->index; i >= 0 && i > span->index - count; i--) {
        in_out->is_counted = in_out->is_counted || months->origin[i] == MONTH_COUNTED;
        in_out->is_reported = in_out->is_reported || months->origin[i] == MONTH_REPORTED;
        /* A stock rests on its last report and what was counted since. */
        if (!is_flow &&
            (months->origin[i] == MONTH_REPORTED ||
             (months->origin[i] == MONTH_COUNTED && months->series->type == BOOK_LEVEL))) {
            return;
        }
    }
}

/* ---- what is awaited ---- */

bool months_is_missing(const PlanMonths *table, const SeriesMonths *months) {
    int last = table->now - 1;
    int usual = 0;
    if (months->series->type != BOOK_FLOW || last < 0 || months->origin[last] != MONTH_EMPTY) {
        return false;
    }
    for (int i = last - 1; i >= 0 && i >= last - USUAL_MONTHS; i--) {
        usual += months->origin[i] != MONTH_EMPTY ? 1 : 0;
    }
    return months->series->counter.len == 0 || usual >= USUAL_LEAST;
}
