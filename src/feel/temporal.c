/*
 * temporal.c - reading order: the calendar, parsing, printing, making, the time line (relations),
 * arithmetic, properties.
 */
#include "feel/temporal.h"

enum {
    DAY_S = 86400,
    NANO_DIGITS = 9,
    MONTHS_OF_YEAR = 12,
    TEXT_BYTES_MAX = 256, /* of one literal, and more than any print needs */
};
#define NANO_COUNT INT32_C(1000000000)

/* ---- the calendar ---- */

typedef struct Civil {
    int64_t year;
    int64_t month; /* 1..12 */
    int64_t day;   /* 1..31 */
} Civil;

static int64_t floor_divide(int64_t value, int64_t unit) {
    return value / unit - (value % unit < 0 ? 1 : 0);
}

static int64_t floor_rest(int64_t value, int64_t unit) {
    return value - floor_divide(value, unit) * unit;
}

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t month_length(int64_t year, int64_t month) {
    static const int8_t LENGTHS[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return LENGTHS[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

static bool is_civil(Civil civil) {
    return civil.year >= -TEMPORAL_YEAR_MAX && civil.year <= TEMPORAL_YEAR_MAX &&
           civil.month >= 1 && civil.month <= MONTHS_OF_YEAR && civil.day >= 1 &&
           civil.day <= month_length(civil.year, civil.month);
}

/* Days since 1970-01-01. Counting years from March puts the leap day last, so the days before a
 * month are a linear formula: (153 m + 2) / 5. Source: H. Hinnant, "chrono-compatible low-level
 * date algorithms". */
static int64_t day_of_civil(Civil civil) {
    int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
    int64_t month = civil.month <= 2 ? civil.month + 9 : civil.month - 3;
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static Civil civil_of_day(int64_t day) {
    int64_t shifted = day + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t rest = shifted - era * 146097;
    int64_t year_of_era = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int64_t day_of_year = rest - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    Civil civil = {.day = day_of_year - (153 * month + 2) / 5 + 1};
    civil.month = month < 10 ? month + 3 : month - 9;
    civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
    return civil;
}

static bool is_day_in_range(int64_t day) {
    return day >= day_of_civil((Civil){-TEMPORAL_YEAR_MAX, 1, 1}) &&
           day <= day_of_civil((Civil){TEMPORAL_YEAR_MAX, 12, 31});
}

/* 1 Monday .. 7 Sunday; 1970-01-01 was a Thursday. */
static int64_t weekday_of_day(int64_t day) {
    return floor_rest(day + 3, 7) + 1;
}

/* ---- parsing: a cursor over the text, each take_ moves it or fails ---- */

static bool take_char(Str *rest, char c) {
    if (rest->len > 0 && rest->at[0] == c) {
        *rest = str_from(*rest, 1);
        return true;
    }
    return false;
}

static size_t digits_ahead(Str rest) {
    size_t len = 0;
    while (len < rest.len && rest.at[len] >= '0' && rest.at[len] <= '9') {
        len++;
    }
    return len;
}

/* Takes exactly len digits. */
static bool take_digits(Str *rest, size_t len, int64_t *out) {
    if (digits_ahead(*rest) < len) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < len; i++) {
        *out = *out * 10 + (rest->at[i] - '0');
    }
    *rest = str_from(*rest, len);
    return true;
}

/* Takes ".digits" as nanoseconds, if there; digits beyond the ninth are cut. */
static bool take_fraction(Str *rest, bool may_be_empty, int32_t *nano) {
    *nano = 0;
    if (!take_char(rest, '.')) {
        return true;
    }
    size_t len = digits_ahead(*rest);
    for (size_t i = 0; i < NANO_DIGITS; i++) {
        *nano = *nano * 10 + (i < len ? rest->at[i] - '0' : 0);
    }
    *rest = str_from(*rest, len);
    return len > 0 || may_be_empty;
}

static bool take_date(Str *rest, int64_t *day) {
    bool is_negative = take_char(rest, '-');
    size_t len = digits_ahead(*rest);
    Civil civil = {0};
    if (len < 4 || len > 9 || (len > 4 && rest->at[0] == '0') ||
        !take_digits(rest, len, &civil.year) || !take_char(rest, '-') ||
        !take_digits(rest, 2, &civil.month) || !take_char(rest, '-') ||
        !take_digits(rest, 2, &civil.day)) {
        return false;
    }
    if (is_negative && civil.year == 0) {
        return false;
    }
    civil.year = is_negative ? -civil.year : civil.year;
    if (!is_civil(civil)) {
        return false;
    }
    *day = day_of_civil(civil);
    return true;
}

static void set_offset(Temporal *value, int64_t offset_s) {
    value->zone_kind = offset_s == 0 ? TEMPORAL_ZONE_UTC : TEMPORAL_ZONE_OFFSET;
    value->offset_s = (int32_t)offset_s;
}

/* Takes +hh:mm or +hh:mm:ss. */
static bool take_offset(Str *rest, Temporal *value) {
    bool is_west = rest->len > 0 && rest->at[0] == '-';
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    *rest = str_from(*rest, 1);
    if (!take_digits(rest, 2, &hour) || !take_char(rest, ':') || !take_digits(rest, 2, &minute)) {
        return false;
    }
    if (take_char(rest, ':') && !take_digits(rest, 2, &second)) {
        return false;
    }
    int64_t offset_s = hour * 3600 + minute * 60 + second;
    if (minute > 59 || second > 59 || offset_s > TEMPORAL_OFFSET_S_MAX) {
        return false;
    }
    set_offset(value, is_west ? -offset_s : offset_s);
    return true;
}

/* Takes the zone, which must fill the rest: nothing, Z, an offset or @Area/City. */
static bool take_zone(ZoneSet *zones, Str rest, Temporal *value) {
    if (str_is_empty(rest)) {
        value->zone_kind = TEMPORAL_ZONE_NONE;
        return true;
    }
    if (take_char(&rest, 'Z') || take_char(&rest, 'z')) { /* the standard's examples have both */
        set_offset(value, 0);
        return str_is_empty(rest);
    }
    if (take_char(&rest, '@')) {
        value->zone_kind = TEMPORAL_ZONE_NAMED;
        value->zone = zone_find(zones, rest);
        return value->zone != NULL;
    }
    if (rest.at[0] == '+' || rest.at[0] == '-') {
        return take_offset(&rest, value) && str_is_empty(rest);
    }
    return false;
}

/* Takes hh:mm:ss[.f][zone] up to the end. 24:00:00 leaves second at 86400. */
static bool take_time(ZoneSet *zones, Str rest, Temporal *value) {
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    if (!take_digits(&rest, 2, &hour) || !take_char(&rest, ':') ||
        !take_digits(&rest, 2, &minute) || !take_char(&rest, ':') ||
        !take_digits(&rest, 2, &second) || !take_fraction(&rest, false, &value->nano)) {
        return false;
    }
    value->second = hour * 3600 + minute * 60 + second;
    bool is_end_of_day = value->second == DAY_S && value->nano == 0;
    if (minute > 59 || second > 59 || (hour > 23 && !is_end_of_day)) {
        return false;
    }
    return take_zone(zones, rest, value);
}

bool temporal_parse_date(Str text, Temporal *out) {
    Temporal value = {.kind = TEMPORAL_DATE};
    if (!take_date(&text, &value.day) || !str_is_empty(text)) {
        return false;
    }
    *out = value;
    return true;
}

bool temporal_parse_time(ZoneSet *zones, Str text, Temporal *out) {
    Temporal value = {.kind = TEMPORAL_TIME};
    (void)take_char(&text, 'T'); /* as XML Schema 1.1 does not, but ISO 8601 does */
    if (!take_time(zones, text, &value)) {
        return false;
    }
    value.second = value.second == DAY_S ? 0 : value.second;
    *out = value;
    return true;
}

bool temporal_parse_date_time(ZoneSet *zones, Str text, Temporal *out) {
    Temporal value = {.kind = TEMPORAL_DATE_TIME};
    if (!take_date(&text, &value.day)) {
        return false;
    }
    if (!str_is_empty(text)) {
        if (!take_char(&text, 'T') || !take_time(zones, text, &value)) {
            return false;
        }
        if (value.second == DAY_S) {
            value.second = 0;
            value.day++;
        }
    }
    if (!is_day_in_range(value.day)) {
        return false;
    }
    *out = value;
    return true;
}

/* One number of a duration with its designator; nano only where a fraction is allowed. */
typedef struct Part {
    int64_t number;
    int32_t nano;
    bool has_point;
    char unit;
} Part;

static bool take_part(Str *rest, Part *out) {
    size_t len = digits_ahead(*rest);
    if (len == 0 || len > 18 || !take_digits(rest, len, &out->number)) {
        return false;
    }
    out->has_point = rest->len > 0 && rest->at[0] == '.';
    if (!take_fraction(rest, true, &out->nano) || str_is_empty(*rest)) {
        return false;
    }
    out->unit = rest->at[0];
    *rest = str_from(*rest, 1);
    return out->unit != 'T' && (!out->has_point || out->unit == 'S');
}

/* total += number * unit, false on overflow. */
static bool accumulate(int64_t *total, int64_t number, int64_t unit) {
    int64_t product = 0;
    return !__builtin_mul_overflow(number, unit, &product) &&
           !__builtin_add_overflow(*total, product, total);
}

static bool take_months(Str rest, int64_t *months) {
    const char *units = "YM";
    while (!str_is_empty(rest)) {
        Part part = {0};
        if (!take_part(&rest, &part)) {
            return false;
        }
        while (*units != '\0' && *units != part.unit) {
            units++;
        }
        if (*units == '\0' ||
            !accumulate(months, part.number, part.unit == 'Y' ? MONTHS_OF_YEAR : 1)) {
            return false;
        }
        units++;
    }
    return true;
}

static int64_t unit_seconds(char unit) {
    return unit == 'D' ? DAY_S : unit == 'H' ? 3600 : unit == 'M' ? 60 : 1;
}

/* [nD][T[nH][nM][n[.n]S]], something after T. */
static bool take_seconds(Str rest, int64_t *second, int32_t *nano) {
    const char *units = "DTHMS"; /* what may still come */
    while (!str_is_empty(rest)) {
        Part part = {0};
        bool is_time = take_char(&rest, 'T');
        if (is_time && units[0] != 'D' && units[0] != 'T') {
            return false;
        }
        if (is_time) {
            units = "HMS";
        }
        if (!take_part(&rest, &part)) {
            return false;
        }
        while (*units != '\0' && *units != part.unit) {
            units += *units == 'T' ? 4 : 1; /* the units of time come only after a T */
        }
        if (*units == '\0' || !accumulate(second, part.number, unit_seconds(part.unit))) {
            return false;
        }
        units++;
        *nano = part.unit == 'S' ? part.nano : 0;
    }
    return true;
}

Temporal temporal_days_duration(int64_t second, int32_t nano) {
    check(nano >= 0);
    check(nano < NANO_COUNT);
    return (Temporal){.kind = TEMPORAL_DAYS, .second = second, .nano = nano};
}

Temporal temporal_months_duration(int64_t months) {
    return (Temporal){.kind = TEMPORAL_MONTHS, .months = months};
}

bool temporal_parse_duration(Str text, Temporal *out) {
    bool is_negative = take_char(&text, '-');
    if (!take_char(&text, 'P') || str_is_empty(text) || str_ends(text, STR("T"))) {
        return false;
    }
    Temporal value = {.kind = TEMPORAL_MONTHS};
    if (!take_months(text, &value.months)) {
        value = (Temporal){.kind = TEMPORAL_DAYS};
        if (!take_seconds(text, &value.second, &value.nano)) {
            return false;
        }
    }
    return is_negative ? temporal_negate(&value, out) : (*out = value, true);
}

bool temporal_parse(ZoneSet *zones, Str text, Temporal *out) {
    return temporal_parse_date(text, out) || temporal_parse_time(zones, text, out) ||
           temporal_parse_date_time(zones, text, out) || temporal_parse_duration(text, out);
}

/* ---- printing ---- */

static void put_date(Buf *buf, int64_t day) {
    Civil civil = civil_of_day(day);
    if (civil.year < 0) {
        buf_put_char(buf, '-');
    }
    buf_print(buf, "%04lld-%02d-%02d", (long long)(civil.year < 0 ? -civil.year : civil.year),
              (int)civil.month, (int)civil.day);
}

static void put_fraction(Buf *buf, int32_t nano) {
    if (nano == 0) {
        return;
    }
    buf_print(buf, ".%09d", nano);
    while (buf->at[buf->len - 1] == '0') {
        buf_cut(buf, buf->len - 1);
    }
}

static void put_zone(Buf *buf, const Temporal *value) {
    int32_t offset_s = value->offset_s < 0 ? -value->offset_s : value->offset_s;
    switch (value->zone_kind) {
    case TEMPORAL_ZONE_NONE:
        break;
    case TEMPORAL_ZONE_UTC:
        buf_put_char(buf, 'Z');
        break;
    case TEMPORAL_ZONE_OFFSET:
        buf_print(buf, "%c%02d:%02d", value->offset_s < 0 ? '-' : '+', offset_s / 3600,
                  offset_s / 60 % 60);
        if (offset_s % 60 != 0) {
            buf_print(buf, ":%02d", offset_s % 60);
        }
        break;
    case TEMPORAL_ZONE_NAMED:
        buf_put_char(buf, '@');
        buf_put(buf, zone_name(value->zone));
        break;
    }
}

static void put_time(Buf *buf, const Temporal *value) {
    int second = (int)value->second;
    buf_print(buf, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    put_fraction(buf, value->nano);
    put_zone(buf, value);
}

/* A days-and-time duration as sign and magnitude. */
typedef struct Magnitude {
    bool is_negative;
    uint64_t second;
    int32_t nano;
} Magnitude;

static Magnitude magnitude_of(const Temporal *value) {
    Magnitude size = {.is_negative = value->second < 0, .nano = value->nano};
    size.second = (uint64_t)value->second;
    if (size.is_negative) {
        size.second = 0 - size.second;
        if (size.nano != 0) {
            size.second--;
            size.nano = NANO_COUNT - size.nano;
        }
    }
    return size;
}

static void put_days(Buf *buf, const Temporal *value) {
    Magnitude size = magnitude_of(value);
    if (size.second == 0 && size.nano == 0) {
        buf_put_c(buf, "PT0S");
        return;
    }
    buf_put_c(buf, size.is_negative ? "-P" : "P");
    if (size.second >= DAY_S) {
        buf_print(buf, "%lluD", (unsigned long long)(size.second / DAY_S));
    }
    int rest = (int)(size.second % DAY_S);
    if (rest == 0 && size.nano == 0) {
        return;
    }
    buf_put_char(buf, 'T');
    if (rest >= 3600) {
        buf_print(buf, "%dH", rest / 3600);
    }
    if (rest / 60 % 60 != 0) {
        buf_print(buf, "%dM", rest / 60 % 60);
    }
    if (rest % 60 != 0 || size.nano != 0) {
        buf_print(buf, "%d", rest % 60);
        put_fraction(buf, size.nano);
        buf_put_char(buf, 'S');
    }
}

static void put_months(Buf *buf, int64_t months) {
    uint64_t size = months < 0 ? 0 - (uint64_t)months : (uint64_t)months;
    buf_put_c(buf, months < 0 ? "-P" : "P");
    if (size >= MONTHS_OF_YEAR) {
        buf_print(buf, "%lluY", (unsigned long long)(size / MONTHS_OF_YEAR));
    }
    if (size % MONTHS_OF_YEAR != 0 || size == 0) {
        buf_print(buf, "%dM", (int)(size % MONTHS_OF_YEAR));
    }
}

void temporal_put(Buf *buf, const Temporal *value) {
    switch (value->kind) {
    case TEMPORAL_DATE:
        put_date(buf, value->day);
        break;
    case TEMPORAL_TIME:
        put_time(buf, value);
        break;
    case TEMPORAL_DATE_TIME:
        put_date(buf, value->day);
        buf_put_char(buf, 'T');
        put_time(buf, value);
        break;
    case TEMPORAL_DAYS:
        put_days(buf, value);
        break;
    case TEMPORAL_MONTHS:
        put_months(buf, value->months);
        break;
    }
}

Str temporal_print(Arena *arena, const Temporal *value) {
    Buf buf;
    buf_init(&buf, TEXT_BYTES_MAX);
    temporal_put(&buf, value);
    Str text = str_dup(arena, buf_str(&buf));
    buf_dispose(&buf);
    return text;
}

/* ---- making ---- */

static bool has_date(const Temporal *value) {
    return value->kind == TEMPORAL_DATE || value->kind == TEMPORAL_DATE_TIME;
}

static bool is_duration(const Temporal *value) {
    return value->kind == TEMPORAL_DAYS || value->kind == TEMPORAL_MONTHS;
}

bool temporal_of_ymd(int64_t year, int64_t month, int64_t day, Temporal *out) {
    Civil civil = {year, month, day};
    if (!is_civil(civil)) {
        return false;
    }
    *out = (Temporal){.kind = TEMPORAL_DATE, .day = day_of_civil(civil)};
    return true;
}

bool temporal_of_hms(int64_t hour, int64_t minute, Decimal second, const Temporal *offset,
                     Temporal *out) {
    Temporal value = {.kind = TEMPORAL_TIME};
    Decimal nanos = {0, 0};
    int64_t total = 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || decimal_sign(second) < 0 ||
        decimal_compare(second, decimal_of_int64(60)) >= 0 ||
        !decimal_multiply(second, decimal_of_int64(NANO_COUNT), &nanos) ||
        !decimal_truncate_int64(nanos, &total)) {
        return false;
    }
    value.second = hour * 3600 + minute * 60 + total / NANO_COUNT;
    value.nano = (int32_t)(total % NANO_COUNT);
    if (offset != NULL) {
        if (offset->kind != TEMPORAL_DAYS || offset->nano != 0 ||
            offset->second > TEMPORAL_OFFSET_S_MAX || offset->second < -TEMPORAL_OFFSET_S_MAX) {
            return false;
        }
        set_offset(&value, offset->second);
    }
    *out = value;
    return true;
}

bool temporal_of_date_and_time(const Temporal *date, const Temporal *time, Temporal *out) {
    if (!has_date(date) || time->kind != TEMPORAL_TIME) {
        return false;
    }
    Temporal value = *time;
    value.kind = TEMPORAL_DATE_TIME;
    value.day = date->day;
    *out = value;
    return true;
}

bool temporal_date_of(const Temporal *from, Temporal *out) {
    if (!has_date(from)) {
        return false;
    }
    *out = (Temporal){.kind = TEMPORAL_DATE, .day = from->day};
    return true;
}

bool temporal_time_of(const Temporal *from, Temporal *out) {
    Temporal value = *from;
    if (from->kind == TEMPORAL_DATE) {
        value.zone_kind = TEMPORAL_ZONE_UTC;
    } else if (from->kind != TEMPORAL_TIME && from->kind != TEMPORAL_DATE_TIME) {
        return false;
    }
    value.kind = TEMPORAL_TIME;
    value.day = 0;
    *out = value;
    return true;
}

bool temporal_date_time_of(const Temporal *from, Temporal *out) {
    Temporal value = *from;
    if (from->kind == TEMPORAL_DATE) {
        value.kind = TEMPORAL_DATE_TIME;
        value.zone_kind = TEMPORAL_ZONE_UTC;
    } else if (from->kind != TEMPORAL_DATE_TIME) {
        return false;
    }
    *out = value;
    return true;
}

Temporal temporal_of_instant(int64_t instant_ms, int32_t offset_s) {
    int64_t local_s = floor_divide(instant_ms, 1000) + offset_s;
    Temporal value = {.kind = TEMPORAL_DATE_TIME};
    value.day = floor_divide(local_s, DAY_S);
    value.second = floor_rest(local_s, DAY_S);
    value.nano = (int32_t)floor_rest(instant_ms, 1000) * 1000000;
    set_offset(&value, offset_s);
    return value;
}

bool temporal_months_between(const Temporal *from, const Temporal *to, Temporal *out) {
    if (!has_date(from) || !has_date(to)) {
        return false;
    }
    Civil start = civil_of_day(from->day);
    Civil end = civil_of_day(to->day);
    int64_t months = (end.year - start.year) * MONTHS_OF_YEAR + end.month - start.month;
    if (months > 0 && end.day < start.day) {
        months--;
    } else if (months < 0 && end.day > start.day) {
        months++;
    }
    *out = temporal_months_duration(months);
    return true;
}

/* ---- the time line ---- */

static bool has_zone(const Temporal *value) {
    return value->zone_kind != TEMPORAL_ZONE_NONE;
}

/* Seconds on the time line: from 1970 UTC, or the length of a duration. Local values count as UTC
 * and are only compared with local ones. Years of 9 digits fit 57 bits. */
static int64_t line_second(const Temporal *value) {
    int64_t local_s = value->day * DAY_S + value->second;
    if (value->zone_kind != TEMPORAL_ZONE_NAMED) {
        return local_s - value->offset_s;
    }
    if (value->kind == TEMPORAL_TIME) {
        return local_s - zone_offset_standard(value->zone);
    }
    return local_s - zone_offset_of_local(value->zone, local_s);
}

static int order_of(int64_t left, int64_t right) {
    return (left > right) - (left < right);
}

/* Both have a zone or both have none. Times in one named zone need no rule of that zone. */
static bool is_comparable(const Temporal *left, const Temporal *right) {
    return left->kind == right->kind && has_zone(left) == has_zone(right);
}

bool temporal_compare(const Temporal *left, const Temporal *right, int *out) {
    if (!is_comparable(left, right)) {
        return false;
    }
    if (left->kind == TEMPORAL_MONTHS) {
        *out = order_of(left->months, right->months);
        return true;
    }
    int order = order_of(line_second(left), line_second(right));
    *out = order != 0 ? order : order_of(left->nano, right->nano);
    return true;
}

bool temporal_equal(const Temporal *left, const Temporal *right, bool *out) {
    if (left->kind != right->kind) {
        return false;
    }
    if (left->kind == TEMPORAL_MONTHS) {
        *out = left->months == right->months;
        return true;
    }
    bool has_same_fraction = left->kind != TEMPORAL_DAYS || left->nano == right->nano;
    *out =
        is_comparable(left, right) && line_second(left) == line_second(right) && has_same_fraction;
    return true;
}

static bool is_same_zone(const Temporal *left, const Temporal *right) {
    if (left->zone_kind != right->zone_kind || left->offset_s != right->offset_s) {
        return false;
    }
    return left->zone_kind != TEMPORAL_ZONE_NAMED ||
           str_equal(zone_name(left->zone), zone_name(right->zone));
}

bool temporal_is(const Temporal *left, const Temporal *right) {
    return left->kind == right->kind && left->day == right->day && left->second == right->second &&
           left->nano == right->nano && left->months == right->months && is_same_zone(left, right);
}

uint64_t temporal_hash(const Temporal *value) {
    /* Equal values ("=") hash equal: the second of the time line, no fraction for clock times. */
    int64_t words[4] = {(int64_t)value->kind, line_second(value), value->months,
                        value->kind == TEMPORAL_DAYS ? value->nano : 0};
    return str_hash((Str){(const char *)words, sizeof words});
}

/* ---- arithmetic ---- */

bool temporal_date_step(const Temporal *date, int64_t days, Temporal *out) {
    Temporal value = *date;
    if (!has_date(date) || __builtin_add_overflow(date->day, days, &value.day) ||
        !is_day_in_range(value.day)) {
        return false;
    }
    *out = value;
    return true;
}

/* Shows an instant on the clock of value's zone. */
static bool from_line(const Temporal *like, int64_t line_s, int32_t nano, Temporal *out) {
    Temporal value = *like;
    int64_t offset_s = like->offset_s;
    if (like->zone_kind == TEMPORAL_ZONE_NAMED) {
        offset_s = zone_offset_at(like->zone, line_s);
    }
    value.day = floor_divide(line_s + offset_s, DAY_S);
    value.second = floor_rest(line_s + offset_s, DAY_S);
    value.nano = nano;
    if (!is_day_in_range(value.day)) {
        return false;
    }
    *out = value;
    return true;
}

bool temporal_in_zone(ZoneSet *zones, const Temporal *from, Str zone_text, Temporal *out) {
    Temporal like = {.kind = TEMPORAL_DATE_TIME, .zone_kind = TEMPORAL_ZONE_NAMED};
    like.zone = zone_find(zones, zone_text);
    if (from->kind != TEMPORAL_DATE_TIME || !has_zone(from) || like.zone == NULL) {
        return false;
    }
    return from_line(&like, line_second(from), from->nano, out);
}

/* Adds seconds and nanoseconds; false on overflow. */
static bool add_seconds(const Temporal *left, const Temporal *right, int64_t *second,
                        int32_t *nano) {
    int64_t carry = left->nano + right->nano >= NANO_COUNT ? 1 : 0;
    *nano = left->nano + right->nano - (carry == 1 ? NANO_COUNT : 0);
    return !__builtin_add_overflow(left->second, right->second, second) &&
           !__builtin_add_overflow(*second, carry, second);
}

static bool add_days(const Temporal *value, const Temporal *days, Temporal *out) {
    Temporal result = *value;
    if (value->kind == TEMPORAL_DATE) { /* whole days, towards the earlier day */
        return temporal_date_step(value, floor_divide(days->second, DAY_S), out);
    }
    if (value->kind == TEMPORAL_DATE_TIME) {
        Temporal line = temporal_days_duration(line_second(value), value->nano);
        return add_seconds(&line, days, &result.second, &result.nano) &&
               from_line(value, result.second, result.nano, out);
    }
    if (value->kind == TEMPORAL_MONTHS || !add_seconds(value, days, &result.second, &result.nano)) {
        return false;
    }
    if (value->kind == TEMPORAL_TIME) {
        result.second = floor_rest(result.second, DAY_S);
    }
    *out = result;
    return true;
}

/* Moves by calendar months; the day of month is cut to the end of the month. */
static bool add_months(const Temporal *value, const Temporal *months, Temporal *out) {
    int64_t total = 0;
    if (value->kind == TEMPORAL_MONTHS) {
        if (__builtin_add_overflow(value->months, months->months, &total)) {
            return false;
        }
        *out = temporal_months_duration(total);
        return true;
    }
    if (!has_date(value)) {
        return false;
    }
    Civil civil = civil_of_day(value->day);
    if (__builtin_add_overflow(civil.year * MONTHS_OF_YEAR + civil.month - 1, months->months,
                               &total)) {
        return false;
    }
    civil.year = floor_divide(total, MONTHS_OF_YEAR);
    civil.month = floor_rest(total, MONTHS_OF_YEAR) + 1;
    if (civil.year < -TEMPORAL_YEAR_MAX || civil.year > TEMPORAL_YEAR_MAX) {
        return false;
    }
    int64_t length = month_length(civil.year, civil.month);
    civil.day = civil.day > length ? length : civil.day;
    Temporal result = *value;
    result.day = day_of_civil(civil);
    *out = result;
    return true;
}

bool temporal_add(const Temporal *left, const Temporal *right, Temporal *out) {
    if (!is_duration(right)) {
        return is_duration(left) && temporal_add(right, left, out);
    }
    return right->kind == TEMPORAL_DAYS ? add_days(left, right, out) : add_months(left, right, out);
}

/* A date counts as midnight UTC in a difference with a date and time. */
static Temporal as_point(const Temporal *value, const Temporal *other) {
    Temporal point = *value;
    if (value->kind == TEMPORAL_DATE && other->kind == TEMPORAL_DATE_TIME) {
        (void)temporal_date_time_of(value, &point);
    }
    return point;
}

bool temporal_subtract(const Temporal *left, const Temporal *right, Temporal *out) {
    if (is_duration(right)) {
        Temporal negated = {0};
        return temporal_negate(right, &negated) && temporal_add(left, &negated, out);
    }
    Temporal from = as_point(right, left);
    Temporal to = as_point(left, right);
    if (is_duration(left) || !is_comparable(&to, &from)) {
        return false;
    }
    int32_t borrow = to.nano < from.nano ? 1 : 0;
    *out = temporal_days_duration(line_second(&to) - line_second(&from) - borrow,
                                  to.nano - from.nano + borrow * NANO_COUNT);
    return true;
}

/* The length of a duration as a number: months or seconds. */
static bool length_of(const Temporal *duration, Decimal *out) {
    if (duration->kind == TEMPORAL_MONTHS) {
        *out = decimal_of_int64(duration->months);
        return true;
    }
    return duration->kind == TEMPORAL_DAYS &&
           decimal_add(decimal_of_int64(duration->second), decimal_of(duration->nano, NANO_DIGITS),
                       out);
}

/* The duration of a length, cut towards zero to months or nanoseconds. */
static bool of_length(TemporalKind kind, Decimal length, Temporal *out) {
    int64_t whole = 0;
    if (kind == TEMPORAL_MONTHS) {
        if (!decimal_truncate_int64(length, &whole)) {
            return false;
        }
        *out = temporal_months_duration(whole);
        return true;
    }
    Decimal exact = {0, 0};
    Decimal floor = {0, 0};
    Decimal nanos = {0, 0};
    int64_t nano = 0;
    if (!decimal_round(length, NANO_DIGITS, DECIMAL_DOWN, &exact) ||
        !decimal_round(exact, 0, DECIMAL_FLOOR, &floor) || !decimal_to_int64(floor, &whole) ||
        !decimal_subtract(exact, floor, &nanos) ||
        !decimal_multiply(nanos, decimal_of_int64(NANO_COUNT), &nanos) ||
        !decimal_to_int64(nanos, &nano)) {
        return false;
    }
    *out = temporal_days_duration(whole, (int32_t)nano);
    return true;
}

bool temporal_multiply(const Temporal *left, Decimal right, Temporal *out) {
    Decimal length = {0, 0};
    return length_of(left, &length) && decimal_multiply(length, right, &length) &&
           of_length(left->kind, length, out);
}

bool temporal_divide(const Temporal *left, Decimal right, Temporal *out) {
    Decimal length = {0, 0};
    return length_of(left, &length) && decimal_divide(length, right, &length) &&
           of_length(left->kind, length, out);
}

bool temporal_ratio(const Temporal *left, const Temporal *right, Decimal *out) {
    Decimal above = {0, 0};
    Decimal below = {0, 0};
    return left->kind == right->kind && length_of(left, &above) && length_of(right, &below) &&
           decimal_divide(above, below, out);
}

bool temporal_negate(const Temporal *value, Temporal *out) {
    Temporal result = *value;
    if (!is_duration(value) || value->second == INT64_MIN || value->months == INT64_MIN) {
        return false;
    }
    result.months = -value->months;
    result.second = -value->second - (value->nano != 0 ? 1 : 0);
    result.nano = value->nano != 0 ? NANO_COUNT - value->nano : 0;
    *out = result;
    return true;
}

bool temporal_abs(const Temporal *value, Temporal *out) {
    if (!is_duration(value)) {
        return false;
    }
    if (value->second < 0 || value->months < 0) {
        return temporal_negate(value, out);
    }
    *out = *value;
    return true;
}

/* ---- properties ---- */

static TemporalProperty property_number(int64_t number) {
    return (TemporalProperty){.part = TEMPORAL_PART_NUMBER, .number = decimal_of_int64(number)};
}

static bool date_property(const Temporal *value, Str name, TemporalProperty *out) {
    Civil civil = civil_of_day(value->day);
    if (str_equal(name, STR("year"))) {
        *out = property_number(civil.year);
    } else if (str_equal(name, STR("month"))) {
        *out = property_number(civil.month);
    } else if (str_equal(name, STR("day"))) {
        *out = property_number(civil.day);
    } else if (str_equal(name, STR("weekday"))) {
        *out = property_number(weekday_of_day(value->day));
    } else {
        return false;
    }
    return true;
}

static TemporalProperty offset_property(const Temporal *value) {
    TemporalProperty property = {.part = TEMPORAL_PART_NONE};
    if (has_zone(value)) {
        int64_t local_s = value->day * DAY_S + value->second;
        property.part = TEMPORAL_PART_DURATION;
        property.temporal = temporal_days_duration(local_s - line_second(value), 0);
    }
    return property;
}

static bool time_property(const Temporal *value, Str name, TemporalProperty *out) {
    if (str_equal(name, STR("hour"))) {
        *out = property_number(value->second / 3600);
    } else if (str_equal(name, STR("minute"))) {
        *out = property_number(value->second / 60 % 60);
    } else if (str_equal(name, STR("second"))) {
        *out = property_number(value->second % 60);
    } else if (str_equal(name, STR("time offset"))) {
        *out = offset_property(value);
    } else if (str_equal(name, STR("timezone"))) {
        *out = (TemporalProperty){.part = TEMPORAL_PART_NONE};
        if (value->zone_kind == TEMPORAL_ZONE_NAMED) {
            out->part = TEMPORAL_PART_TEXT;
            out->text = zone_name(value->zone);
        }
    } else {
        return false;
    }
    return true;
}

static bool days_property(const Temporal *value, Str name, TemporalProperty *out) {
    static const struct {
        Str name;
        uint64_t unit;
        uint64_t count; /* of units in the next larger one; 0: no larger one */
    } PARTS[] = {
        {{"days", 4}, DAY_S, 0},
        {{"hours", 5}, 3600, 24},
        {{"minutes", 7}, 60, 60},
        {{"seconds", 7}, 1, 60},
    };
    Magnitude size = magnitude_of(value);
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (str_equal(name, PARTS[i].name)) {
            uint64_t number = size.second / PARTS[i].unit;
            number = PARTS[i].count != 0 ? number % PARTS[i].count : number;
            *out = property_number(size.is_negative ? -(int64_t)number : (int64_t)number);
            return true;
        }
    }
    return false;
}

static bool months_property(const Temporal *value, Str name, TemporalProperty *out) {
    if (str_equal(name, STR("years"))) {
        *out = property_number(value->months / MONTHS_OF_YEAR);
    } else if (str_equal(name, STR("months"))) {
        *out = property_number(value->months % MONTHS_OF_YEAR);
    } else {
        return false;
    }
    return true;
}

bool temporal_property(const Temporal *value, Str name, TemporalProperty *out) {
    switch (value->kind) {
    case TEMPORAL_DATE:
        return date_property(value, name, out);
    case TEMPORAL_TIME:
        return time_property(value, name, out);
    case TEMPORAL_DATE_TIME:
        return date_property(value, name, out) || time_property(value, name, out);
    case TEMPORAL_DAYS:
        return days_property(value, name, out);
    case TEMPORAL_MONTHS:
        return months_property(value, name, out);
    }
    return false;
}

bool temporal_day_of_year(const Temporal *value, int64_t *out) {
    if (!has_date(value)) {
        return false;
    }
    *out = value->day - day_of_civil((Civil){civil_of_day(value->day).year, 1, 1}) + 1;
    return true;
}

bool temporal_day_of_week(const Temporal *value, int64_t *out) {
    if (!has_date(value)) {
        return false;
    }
    *out = weekday_of_day(value->day);
    return true;
}

bool temporal_week_of_year(const Temporal *value, int64_t *out) {
    if (!has_date(value)) {
        return false;
    }
    /* The week belongs to the year of its Thursday (ISO 8601). */
    int64_t thursday = value->day - weekday_of_day(value->day) + 4;
    int64_t new_year = day_of_civil((Civil){civil_of_day(thursday).year, 1, 1});
    *out = (thursday - new_year) / 7 + 1;
    return true;
}

bool temporal_month_of_year(const Temporal *value, int64_t *out) {
    if (!has_date(value)) {
        return false;
    }
    *out = civil_of_day(value->day).month;
    return true;
}

Str temporal_weekday_name(int64_t weekday) {
    static const char *const NAMES[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                         "Friday", "Saturday", "Sunday"};
    check(weekday >= 1);
    check(weekday <= 7);
    return str_of(NAMES[weekday - 1]);
}

Str temporal_month_name(int64_t month) {
    static const char *const NAMES[12] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
    check(month >= 1);
    check(month <= MONTHS_OF_YEAR);
    return str_of(NAMES[month - 1]);
}
