/*
 * day.h - calendar days and instants of the office. A Day is the number of days since 1970-01-01 in
 * the proleptic Gregorian calendar; an instant is milliseconds since 1970-01-01T00:00:00Z. The
 * office works in China Standard Time (UTC+8, no summer time): Source GB/T 7408.
 * No function reads the machine's clock or time zone.
 */
#ifndef HUANXIN_BASE_DAY_H
#define HUANXIN_BASE_DAY_H

#include "base/cx.h"

typedef struct Day {
    int32_t number;
} Day;

typedef struct DayParts {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
} DayParts;

#define DAY_NONE ((Day){INT32_MIN})
enum { DAY_YEAR_MIN = 1, DAY_YEAR_MAX = 9999 };
#define DAY_MS INT64_C(86400000)
#define CHINA_OFFSET_MS INT64_C(28800000)

/* True when the parts name a real day of years 1..9999. */
bool day_is_valid(DayParts parts);
/* Converts valid parts to a Day; crashes on parts that day_is_valid refuses. */
Day day_of(DayParts parts);
Day day_of_ymd(int32_t year, int32_t month, int32_t day);
DayParts day_parts(Day day);
/* Days since 1970-01-01 for any year that fits; no validity check. Source: H. Hinnant, "chrono-
 * compatible low-level date algorithms". */
int64_t day_number_of_civil(int64_t year, int32_t month, int32_t day);
/* 1 Monday .. 7 Sunday (ISO 8601). */
int day_weekday(Day day);
int day_compare(Day left, Day right);
Day day_add(Day day, int32_t days);
/* Adds calendar months; the day of month is cut to the end of the month. */
Day day_add_months(Day day, int32_t months);
int32_t days_in_month(int32_t year, int32_t month);

/* Parses "2026-01-02", "2026/1/2", "20260102" or "2026年1月2日". INVALID with a Chinese fault. */
MUST_CHECK Status day_parse(Cx *cx, Str text, Day *out);
/* Prints "2026-01-02" (ISO 8601) or, in Chinese, "2026年1月2日". */
Str day_print(Arena *arena, Day day);
Str day_print_zh(Arena *arena, Day day);

/* The China Standard Time day in which an instant lies. */
Day day_of_instant(int64_t instant_ms);
/* The first instant of a day in China Standard Time. */
int64_t day_start_ms(Day day);
/* Prints "2026-01-02 15:04:05" (or without seconds) in China Standard Time. */
Str instant_print(Arena *arena, int64_t instant_ms);
Str instant_print_minute(Arena *arena, int64_t instant_ms);

/* The working calendar: public holidays on weekdays and weekend days that are worked, both sorted
 * ascending. Borrowed arrays. Outside first..last the calendar is not published: working days there
 * count Monday to Friday, and is_known tells so. Source: the State Council's yearly notice. */
typedef struct WorkCalendar {
    const Day *holidays;
    size_t holiday_count;
    const Day *worked; /* 调休上班 */
    size_t worked_count;
    Day first;
    Day last;
} WorkCalendar;

bool day_is_working(const WorkCalendar *calendar, Day day);
/* Returns the day on which the count-th working day after start falls; start itself does not count
 * (民法典 第二百零一条). count >= 0; O(count). */
Day day_add_working(const WorkCalendar *calendar, Day start, int32_t count);
/* Counts working days in (from, to]; negative when to is before from. O(days). */
int32_t day_working_between(const WorkCalendar *calendar, Day from, Day to);

#endif
