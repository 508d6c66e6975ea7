#include "base/day.h"

#include <inttypes.h>

int64_t day_number_of_civil(int64_t year, int32_t month, int32_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool is_leap(int32_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t days_in_month(int32_t year, int32_t month) {
    static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    check(month >= 1 && month <= 12);
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

bool day_is_valid(DayParts parts) {
    return parts.year >= DAY_YEAR_MIN && parts.year <= DAY_YEAR_MAX && parts.month >= 1 &&
           parts.month <= 12 && parts.day >= 1 &&
           parts.day <= days_in_month(parts.year, parts.month);
}

Day day_of(DayParts parts) {
    check(day_is_valid(parts));
    return (Day){(int32_t)day_number_of_civil(parts.year, parts.month, parts.day)};
}

Day day_of_ymd(int32_t year, int32_t month, int32_t day) {
    return day_of((DayParts){year, month, day});
}

DayParts day_parts(Day day) {
    int64_t shifted = (int64_t)day.number + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    int32_t month = (int32_t)(month_index < 10 ? month_index + 3 : month_index - 9);
    return (DayParts){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int32_t)(day_of_year - (153 * month_index + 2) / 5 + 1),
    };
}

int day_weekday(Day day) {
    int64_t from_monday = ((int64_t)day.number + 3) % 7;
    return (int)(from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

int day_compare(Day left, Day right) {
    return left.number < right.number ? -1 : left.number > right.number;
}

Day day_add(Day day, int32_t days) {
    return (Day){day.number + days};
}

Day day_add_months(Day day, int32_t months) {
    DayParts parts = day_parts(day);
    int32_t month_index = parts.year * 12 + parts.month - 1 + months;
    DayParts moved = {.year = month_index / 12, .month = month_index % 12 + 1, .day = parts.day};
    int32_t last = days_in_month(moved.year, moved.month);
    moved.day = moved.day < last ? moved.day : last;
    return day_of(moved);
}

/* Reads up to digits_max digits at *at; returns the count read. */
static size_t digits_read(Str text, size_t *at, size_t digits_max, int32_t *value) {
    size_t count = 0;
    *value = 0;
    while (*at < text.len && count < digits_max && text.at[*at] >= '0' && text.at[*at] <= '9') {
        *value = *value * 10 + (text.at[*at] - '0');
        (*at)++;
        count++;
    }
    return count;
}

static bool mark_skip(Str text, size_t *at, Str zh) {
    if (*at < text.len && (text.at[*at] == '-' || text.at[*at] == '/' || text.at[*at] == '.')) {
        (*at)++;
        return true;
    }
    if (str_starts(str_from(text, *at), zh)) {
        *at += zh.len;
        return true;
    }
    return false;
}

static bool parts_read(Str text, DayParts *parts) {
    size_t at = 0;
    if (digits_read(text, &at, 4, &parts->year) != 4) {
        return false;
    }
    bool is_compact = text.len == 8;
    if (!is_compact && !mark_skip(text, &at, STR("年"))) {
        return false;
    }
    if (digits_read(text, &at, 2, &parts->month) == 0) {
        return false;
    }
    if (!is_compact && !mark_skip(text, &at, STR("月"))) {
        return false;
    }
    if (digits_read(text, &at, 2, &parts->day) == 0) {
        return false;
    }
    if (str_equal(str_from(text, at), STR("日"))) {
        return true;
    }
    return at == text.len;
}

Status day_parse(Cx *cx, Str text, Day *out) {
    DayParts parts = {0};
    Str trimmed = str_trim(text);
    if (!parts_read(trimmed, &parts) || !day_is_valid(parts)) {
        Status status =
            fault(cx, STATUS_INVALID, "“" STR_FMT "”不是有效的日期", STR_ARG(str_head(text, 40)));
        fault_hint(cx, "请按 2026-01-02 的形式填写");
        return status;
    }
    *out = day_of(parts);
    return STATUS_OK;
}

Str day_print(Arena *arena, Day day) {
    DayParts parts = day_parts(day);
    return str_print(arena, "%04" PRId32 "-%02" PRId32 "-%02" PRId32, parts.year, parts.month,
                     parts.day);
}

Str day_print_zh(Arena *arena, Day day) {
    DayParts parts = day_parts(day);
    return str_print(arena, "%" PRId32 "年%" PRId32 "月%" PRId32 "日", parts.year, parts.month,
                     parts.day);
}

Day day_of_instant(int64_t instant_ms) {
    int64_t local_ms = instant_ms + CHINA_OFFSET_MS;
    int64_t number = local_ms / DAY_MS;
    return (Day){(int32_t)(local_ms % DAY_MS < 0 ? number - 1 : number)};
}

int64_t day_start_ms(Day day) {
    return (int64_t)day.number * DAY_MS - CHINA_OFFSET_MS;
}

Str instant_print(Arena *arena, int64_t instant_ms) {
    Day day = day_of_instant(instant_ms);
    int64_t second = (instant_ms - day_start_ms(day)) / 1000;
    return str_print(arena, STR_FMT " %02" PRId64 ":%02" PRId64 ":%02" PRId64,
                     STR_ARG(day_print(arena, day)), second / 3600, second / 60 % 60, second % 60);
}

Str instant_print_minute(Arena *arena, int64_t instant_ms) {
    Str full = instant_print(arena, instant_ms);
    return str_slice(full, 0, full.len - 3);
}

static bool day_among(const Day *days, size_t count, Day day) {
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days[middle].number < day.number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && days[low].number == day.number;
}

bool day_is_working(const WorkCalendar *calendar, Day day) {
    if (day_weekday(day) >= 6) {
        return day_among(calendar->worked, calendar->worked_count, day);
    }
    return !day_among(calendar->holidays, calendar->holiday_count, day);
}

Day day_add_working(const WorkCalendar *calendar, Day start, int32_t count) {
    check(count >= 0);
    Day day = start;
    while (count > 0) {
        day = day_add(day, 1);
        count -= day_is_working(calendar, day);
    }
    return day;
}

int32_t day_working_between(const WorkCalendar *calendar, Day from, Day to) {
    if (day_compare(from, to) > 0) {
        return -day_working_between(calendar, to, from);
    }
    int32_t count = 0;
    for (Day day = day_add(from, 1); day_compare(day, to) <= 0; day = day_add(day, 1)) {
        count += day_is_working(calendar, day);
    }
    return count;
}
