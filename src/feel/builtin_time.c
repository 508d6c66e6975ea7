/* builtin_time.c - conversions, and functions of dates and times (DMN 1.5, 10.3.4.1 and 10.3.4.8).
 */
#include "feel/builtin.h"
#include "feel/eval.h"

#include <string.h>

static Status give_temporal(FeelEval *eval, bool is_valid, const Temporal *temporal,
                            const FeelValue *argument, FeelValue *out) {
    if (!is_valid) {
        return feel_refuse_value(eval, argument);
    }
    *out = feel_temporal(eval->cx->arena, temporal);
    return STATUS_OK;
}

/* Reads count integers, each a whole number. */
static bool integers_read(const FeelValue *arguments, size_t count, int64_t *out) {
    for (size_t i = 0; i < count; i++) {
        if (arguments[i].kind != FEEL_NUMBER || !decimal_to_int64(arguments[i].number, &out[i])) {
            return false;
        }
    }
    return true;
}

BUILTIN(feel_fn_date) {
    Temporal date;
    const FeelValue *from = &arguments[0];
    if (count == 1 && from->kind == FEEL_STRING) {
        return give_temporal(eval, temporal_parse_date(from->string, &date), &date, from, out);
    }
    if (count == 1 && feel_is_temporal(*from)) {
        return give_temporal(eval, temporal_date_of(from->temporal, &date), &date, from, out);
    }
    int64_t parts[3];
    if (count != 3 || !integers_read(arguments, 3, parts)) {
        return feel_refuse_argument(eval, from);
    }
    return give_temporal(eval, temporal_of_ymd(parts[0], parts[1], parts[2], &date), &date, from,
                         out);
}

/* An offset: null, or a duration. */
static bool offset_read(const FeelValue *argument, const Temporal **out) {
    *out = argument->kind == FEEL_DAYS ? argument->temporal : NULL;
    return argument->kind == FEEL_DAYS || argument->kind == FEEL_NULL;
}

static bool time_of_parts(const FeelValue *arguments, Temporal *out) {
    int64_t parts[2];
    const Temporal *offset = NULL;
    return integers_read(arguments, 2, parts) && arguments[2].kind == FEEL_NUMBER &&
           offset_read(&arguments[3], &offset) &&
           temporal_of_hms(parts[0], parts[1], arguments[2].number, offset, out);
}

BUILTIN(feel_fn_time) {
    Temporal time;
    const FeelValue *from = &arguments[0];
    if (count == 1 && from->kind == FEEL_STRING) {
        return give_temporal(eval, temporal_parse_time(eval->zones, from->string, &time), &time,
                             from, out);
    }
    if (count == 1 && feel_is_temporal(*from)) {
        return give_temporal(eval, temporal_time_of(from->temporal, &time), &time, from, out);
    }
    if (count < 3) {
        return feel_refuse_argument(eval, from);
    }
    return give_temporal(eval, time_of_parts(arguments, &time), &time, from, out);
}

/* year, month, day, hour, minute, second and an offset (duration) or zone (string). */
static bool date_time_of_parts(FeelEval *eval, const FeelValue *arguments, Temporal *out) {
    int64_t day[3];
    Temporal date;
    Temporal time;
    FeelValue clock[4] = {arguments[3], arguments[4], arguments[5], arguments[6]};
    Str zone = STR_NONE;
    if (clock[3].kind == FEEL_STRING) {
        zone = clock[3].string;
        clock[3] = FEEL_NULL_VALUE;
    }
    if (!integers_read(arguments, 3, day) || !temporal_of_ymd(day[0], day[1], day[2], &date) ||
        !time_of_parts(clock, &time) || !temporal_of_date_and_time(&date, &time, out)) {
        return false;
    }
    if (zone.at == NULL) {
        return true;
    }
    Arena *arena = eval->cx->arena;
    Str text = str_join(arena, temporal_print(arena, out), str_join(arena, STR("@"), zone));
    return temporal_parse_date_time(eval->zones, text, out);
}

/* date and time(date, time) or date and time(from, timezone). */
static Status date_time_of_two(FeelEval *eval, const FeelValue *arguments, FeelValue *out) {
    Temporal result;
    const FeelValue *from = &arguments[0];
    if (!feel_is_temporal(*from)) {
        return feel_refuse_argument(eval, from);
    }
    if (arguments[1].kind == FEEL_STRING) {
        bool is_valid = temporal_in_zone(eval->zones, from->temporal, arguments[1].string, &result);
        return give_temporal(eval, is_valid, &result, &arguments[1], out);
    }
    if (arguments[1].kind != FEEL_TIME) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    bool is_valid = temporal_of_date_and_time(from->temporal, arguments[1].temporal, &result);
    return give_temporal(eval, is_valid, &result, from, out);
}

BUILTIN(feel_fn_date_and_time) {
    Temporal result;
    const FeelValue *from = &arguments[0];
    if (count == 2) {
        return date_time_of_two(eval, arguments, out);
    }
    if (count >= 6) {
        return give_temporal(eval, date_time_of_parts(eval, arguments, &result), &result, from,
                             out);
    }
    if (count == 1 && from->kind == FEEL_STRING) {
        bool is_valid = temporal_parse_date_time(eval->zones, from->string, &result);
        return give_temporal(eval, is_valid, &result, from, out);
    }
    if (count == 1 && feel_is_temporal(*from)) {
        bool is_valid = temporal_date_time_of(from->temporal, &result);
        return give_temporal(eval, is_valid, &result, from, out);
    }
    return feel_refuse_argument(eval, from);
}

BUILTIN(feel_fn_duration) {
    (void)count;
    Temporal duration;
    const FeelValue *from = &arguments[0];
    if (from->kind == FEEL_DAYS || from->kind == FEEL_MONTHS) {
        *out = *from;
        return STATUS_OK;
    }
    if (from->kind != FEEL_STRING) {
        return feel_refuse_argument(eval, from);
    }
    return give_temporal(eval, temporal_parse_duration(from->string, &duration), &duration, from,
                         out);
}

BUILTIN(feel_fn_years_and_months) {
    (void)count;
    Temporal duration;
    for (size_t i = 0; i < 2; i++) {
        if (arguments[i].kind != FEEL_DATE && arguments[i].kind != FEEL_DATE_TIME) {
            return feel_refuse_argument(eval, &arguments[i]);
        }
    }
    bool is_valid =
        temporal_months_between(arguments[0].temporal, arguments[1].temporal, &duration);
    return give_temporal(eval, is_valid, &duration, &arguments[0], out);
}

/* ---- the clock of the caller ---- */

static bool has_clock(FeelEval *eval) {
    if (eval->now == NULL) {
        feel_report(eval, FEEL_SAY_NO_CLOCK, eval->function, STR_NONE);
        return false;
    }
    check(eval->now->kind == TEMPORAL_DATE_TIME);
    return true;
}

BUILTIN(feel_fn_now) {
    (void)arguments;
    (void)count;
    if (has_clock(eval)) {
        *out = feel_temporal(eval->cx->arena, eval->now);
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_today) {
    (void)arguments;
    (void)count;
    Temporal date;
    if (has_clock(eval) && temporal_date_of(eval->now, &date)) {
        *out = feel_temporal(eval->cx->arena, &date);
    }
    return STATUS_OK;
}

/* ---- the calendar ---- */

static Status calendar(FeelEval *eval, const FeelValue *argument,
                       bool (*part)(const Temporal *value, int64_t *out), int64_t *out) {
    *out = 0;
    if (!feel_is_temporal(*argument) || !part(argument->temporal, out)) {
        return feel_refuse_argument(eval, argument);
    }
    return STATUS_OK;
}

static Status calendar_number(FeelEval *eval, const FeelValue *argument,
                              bool (*part)(const Temporal *value, int64_t *out), FeelValue *out) {
    int64_t number = 0;
    TRY(calendar(eval, argument, part, &number));
    *out = number == 0 ? FEEL_NULL_VALUE : feel_integer(number);
    return STATUS_OK;
}

BUILTIN(feel_fn_day_of_year) {
    (void)count;
    return calendar_number(eval, &arguments[0], temporal_day_of_year, out);
}

BUILTIN(feel_fn_week_of_year) {
    (void)count;
    return calendar_number(eval, &arguments[0], temporal_week_of_year, out);
}

BUILTIN(feel_fn_day_of_week) {
    (void)count;
    int64_t day = 0;
    TRY(calendar(eval, &arguments[0], temporal_day_of_week, &day));
    *out = day == 0 ? FEEL_NULL_VALUE : feel_string(temporal_weekday_name(day));
    return STATUS_OK;
}

BUILTIN(feel_fn_month_of_year) {
    (void)count;
    int64_t month = 0;
    TRY(calendar(eval, &arguments[0], temporal_month_of_year, &month));
    *out = month == 0 ? FEEL_NULL_VALUE : feel_string(temporal_month_name(month));
    return STATUS_OK;
}

/* ---- string() and number() ---- */

BUILTIN(feel_fn_string) {
    (void)count;
    if (feel_is_null(arguments[0])) {
        return STATUS_OK;
    }
    Str text = feel_to_text(eval->cx->arena, &arguments[0]);
    enum { BYTES_A_STEP = 16 };
    TRY(cx_steps(eval->cx, (text.at == NULL ? FEEL_STRING_BYTES_MAX : text.len) / BYTES_A_STEP));
    if (text.at == NULL) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    *out = feel_string(text);
    return STATUS_OK;
}

static bool separator_read(const FeelValue *argument, const char *allowed, char *out) {
    *out = '\0';
    if (feel_is_null(*argument)) {
        return true;
    }
    if (argument->kind != FEEL_STRING || argument->string.len != 1 ||
        strchr(allowed, argument->string.at[0]) == NULL) {
        return false;
    }
    *out = argument->string.at[0];
    return true;
}

/* Removes the grouping separator and makes the decimal separator a point. A point that is neither
 * is left for the parser of numbers, which takes it when no decimal separator was given. */
static bool number_of_text(Arena *arena, Str text, char group, char point, Decimal *out) {
    char *plain = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == group && group != '\0') {
            continue;
        }
        if (c == '.' && point == ',') {
            return false;
        }
        plain[len++] = c == point && point != '\0' ? '.' : c;
    }
    return decimal_parse((Str){plain, len}, out);
}

BUILTIN(feel_fn_number) {
    char group = '\0';
    char point = '\0';
    Decimal number;
    if (arguments[0].kind != FEEL_STRING || count == 2) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    if (!separator_read(&arguments[1], " ,.", &group)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    bool is_same = !feel_is_null(arguments[1]) && feel_is(&arguments[1], &arguments[2]);
    if (!separator_read(&arguments[2], ".,", &point) || is_same) {
        return feel_refuse_value(eval, &arguments[2]);
    }
    if (!number_of_text(eval->cx->arena, arguments[0].string, group, point, &number)) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    *out = feel_number(number);
    return STATUS_OK;
}
