/*
 * months.h - the monthly figures of every declared series, counted and reported, as one table in
 * memory for the length of a request. Private to office/plan.
 *
 * A confirmed report of a month goes before the counter of that month: it is signed, and it fills
 * the time before the system was in use. A stock is the last report plus what the counter moved
 * since.
 */
#ifndef HUANXIN_OFFICE_PLAN_MONTHS_H
#define HUANXIN_OFFICE_PLAN_MONTHS_H

#include "office/plan/book.h"
#include "office/plan/plan_store.h"

enum {
    MONTHS_MAX = 72, /* six years back: five of series and the running one */
    MONTHS_NONE = -1,
};

typedef enum MonthOrigin { MONTH_EMPTY, MONTH_COUNTED, MONTH_REPORTED } MonthOrigin;

/* All values in millionths of the series' unit; index 0 is PlanMonths.first. */
typedef struct SeriesMonths {
    const BookSeries *series;
    int64_t value[MONTHS_MAX]; /* flow: moved in the month; stock and level: as in at */
    MonthOrigin origin[MONTHS_MAX];
    int64_t at[MONTHS_MAX];      /* flow: since January; stock and level: at the month's end */
    int64_t last_12[MONTHS_MAX]; /* flow: of twelve months */
    int first;                   /* first month with data, or MONTHS_NONE */
    int last;                    /* last month with data of its own */
} SeriesMonths;

typedef struct PlanMonths {
    int32_t first; /* month number year * 12 + month - 1 of index 0 */
    int now;       /* index of the running month: the last one filled */
    SeriesMonths *series;
    size_t count;
    FigureList figures; /* confirmed, by series, period, id */
} PlanMonths;

/* Reads the figures of all series up to the month of today. O(series + rows); never scans records.
 */
MUST_CHECK Status plan_months_read(Cx *cx, DbConn *conn, const PlanBook *book, Day today,
                                   PlanMonths *out);
/* The month number of "2026-03", or of the last month of "2026"; false when it is neither. */
bool month_number(Str period, int32_t *out);
/* "2026-03" and "2026年3月". */
Str month_print(Arena *arena, int32_t month);
Str month_print_zh(Arena *arena, int32_t month);
/* The value of a series as a target counts it in the month of that index; false when it has none.
 */
bool months_value(const SeriesMonths *months, bool is_year_window, int index, int64_t *out);

/* Last month's figure is awaited: nobody else can count it, or there usually is one. */
bool months_is_missing(const PlanMonths *table, const SeriesMonths *months);

/* Whether the value of that month comes from counted records, from reports, or from both. */
typedef struct MonthSource {
    bool is_counted;
    bool is_reported;
} MonthSource;
/* months_in_year: how many months of the year are over with the one of index, 1..12. */
typedef struct MonthSpan {
    bool is_year_window;
    int months_in_year;
    int index;
} MonthSpan;
void months_source(const SeriesMonths *months, const MonthSpan *span, MonthSource *in_out);

#endif
