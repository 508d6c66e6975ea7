/*
 * temporal.h - the times of FEEL: date, time, date and time, days-and-time duration and
 * years-and-months duration, as plain values. Own proleptic Gregorian calendar on 64-bit day
 * numbers, years -999999999..999999999, nanoseconds; nothing reads the machine's clock or zone.
 *
 *   kind        day                 second              nano        months      zone
 *   DATE        days since 1970     -                   -           -           -
 *   TIME        -                   0..86399            0..999999999            none/Z/offset/named
 *   DATE_TIME   days since 1970     0..86399 (local)    0..999999999            as time
 *   DAYS        -                   whole seconds,floor 0..999999999            -
 *   MONTHS      -                   -                   -           signed      -
 *
 * A bool return of false means "no value" (FEEL null): a wrong combination of kinds, out of range,
 * ill-formed text. out is then untouched. Values borrow their Zone from the ZoneSet.
 * Source: DMN 1.5, 10.3.2.3.4-10.3.2.3.8, tables 57-61, 10.3.4; XML Schema 1.1 part 2.
 */
#ifndef HUANXIN_FEEL_TEMPORAL_H
#define HUANXIN_FEEL_TEMPORAL_H

#include "feel/decimal.h"
#include "feel/zone.h"

typedef enum TemporalKind {
    TEMPORAL_DATE,
    TEMPORAL_TIME,
    TEMPORAL_DATE_TIME,
    TEMPORAL_DAYS,   /* days and time duration */
    TEMPORAL_MONTHS, /* years and months duration */
} TemporalKind;

typedef enum TemporalZone {
    TEMPORAL_ZONE_NONE,   /* local: no zone given */
    TEMPORAL_ZONE_UTC,    /* written as Z */
    TEMPORAL_ZONE_OFFSET, /* +hh:mm or +hh:mm:ss */
    TEMPORAL_ZONE_NAMED,  /* @Area/City */
} TemporalZone;

#define TEMPORAL_YEAR_MAX INT64_C(999999999)
#define TEMPORAL_OFFSET_S_MAX (18 * 3600)

typedef struct Temporal {
    TemporalKind kind;
    TemporalZone zone_kind;
    int32_t offset_s; /* for TEMPORAL_ZONE_OFFSET */
    int32_t nano;
    int64_t day;
    int64_t second;
    int64_t months;
    const Zone *zone; /* for TEMPORAL_ZONE_NAMED */
} Temporal;

/* ---- text ---- */

/* Each parses a text that is exactly one literal of its kind: "2012-12-25", "23:59:00Z",
 * "2017-01-01T10:00:00.5@Europe/Paris", "-P1DT2H", "P1Y2M". zones may be NULL: named zones are then
 * unknown. temporal_parse_date_time also takes a bare date (midnight, local). */
bool temporal_parse_date(Str text, Temporal *out);
bool temporal_parse_time(ZoneSet *zones, Str text, Temporal *out);
bool temporal_parse_date_time(ZoneSet *zones, Str text, Temporal *out);
bool temporal_parse_duration(Str text, Temporal *out);
/* Parses any of them, for @"..." literals. A bare date gives a date. */
bool temporal_parse(ZoneSet *zones, Str text, Temporal *out);
/* Prints canonically, so that parsing gives the same value: "P1DT2H3M4.5S", "PT0S", "P0M". */
Str temporal_print(Arena *arena, const Temporal *value);
void temporal_put(Buf *buf, const Temporal *value);

/* ---- making ---- */

bool temporal_of_ymd(int64_t year, int64_t month, int64_t day, Temporal *out);
/* time(hour, minute, second, offset): second may have a fraction (cut to nanoseconds); offset is
 * NULL or a days-and-time duration of whole seconds within 18 hours. */
bool temporal_of_hms(int64_t hour, int64_t minute, Decimal second, const Temporal *offset,
                     Temporal *out);
/* date and time(date, time): date may be a date or a date and time (its date part). */
bool temporal_of_date_and_time(const Temporal *date, const Temporal *time, Temporal *out);
/* date(from): date or date and time. */
bool temporal_date_of(const Temporal *from, Temporal *out);
/* time(from): time, date and time, or date (midnight UTC). */
bool temporal_time_of(const Temporal *from, Temporal *out);
/* date and time(from): date and time, or date (midnight UTC). */
bool temporal_date_time_of(const Temporal *from, Temporal *out);
/* date and time(from, timezone): the same instant on the clock of an IANA zone. Local times have
 * no instant: false. */
bool temporal_in_zone(ZoneSet *zones, const Temporal *from, Str zone_text, Temporal *out);
/* years and months duration(from, to): whole months between, towards zero; dates or date-times. */
bool temporal_months_between(const Temporal *from, const Temporal *to, Temporal *out);
Temporal temporal_days_duration(int64_t second, int32_t nano);
Temporal temporal_months_duration(int64_t months);
/* A date and time from milliseconds since 1970 UTC, shown at offset_s (0 gives Z). */
Temporal temporal_of_instant(int64_t instant_ms, int32_t offset_s);

/* ---- relations ---- */

/* Orders two values of one kind on the time line: *out <0, 0, >0. false (null) when the kinds
 * differ, or one has a zone and the other none. Compares with nanoseconds. */
bool temporal_compare(const Temporal *left, const Temporal *right, int *out);
/* The FEEL operator "=": as temporal_compare, but times and date-times by whole seconds (fractions
 * ignored), and false return (null) only when the kinds differ. */
bool temporal_equal(const Temporal *left, const Temporal *right, bool *out);
/* is(): the same fields, including the zone; Z and +00:00 are the same, @Etc/UTC is not. */
bool temporal_is(const Temporal *left, const Temporal *right);
uint64_t temporal_hash(const Temporal *value);

/* ---- arithmetic: the whole table of DMN 1.5, 10.3.2.3 and table 55 ---- */

bool temporal_add(const Temporal *left, const Temporal *right, Temporal *out);
bool temporal_subtract(const Temporal *left, const Temporal *right, Temporal *out);
/* duration * number; for number * duration swap the arguments. */
bool temporal_multiply(const Temporal *left, Decimal right, Temporal *out);
/* duration / number. */
bool temporal_divide(const Temporal *left, Decimal right, Temporal *out);
/* duration / duration of the same kind. */
bool temporal_ratio(const Temporal *left, const Temporal *right, Decimal *out);
/* Durations only. */
bool temporal_negate(const Temporal *value, Temporal *out);
bool temporal_abs(const Temporal *value, Temporal *out);
/* A date moved by whole days, for iteration over a range of dates. */
bool temporal_date_step(const Temporal *date, int64_t days, Temporal *out);

/* ---- properties ---- */

typedef enum TemporalPart {
    TEMPORAL_PART_NONE,     /* the property exists and is null (no zone) */
    TEMPORAL_PART_NUMBER,   /* number */
    TEMPORAL_PART_DURATION, /* temporal */
    TEMPORAL_PART_TEXT,     /* text, borrowed from the zone */
} TemporalPart;

typedef struct TemporalProperty {
    TemporalPart part;
    Decimal number;
    Temporal temporal;
    Str text;
} TemporalProperty;

/* Reads a property by its FEEL name ("year", "weekday", "time offset", "timezone", "hours", ...).
 * false when that kind of value has no such property. */
bool temporal_property(const Temporal *value, Str name, TemporalProperty *out);

/* day of year, 1..366; day of week, 1 Monday..7; ISO week of year, 1..53; month of year, 1..12.
 * false for other kinds than date and date-time. */
bool temporal_day_of_year(const Temporal *value, int64_t *out);
bool temporal_day_of_week(const Temporal *value, int64_t *out);
bool temporal_week_of_year(const Temporal *value, int64_t *out);
bool temporal_month_of_year(const Temporal *value, int64_t *out);
/* Returns "Monday".."Sunday" / "January".."December". */
Str temporal_weekday_name(int64_t weekday);
Str temporal_month_name(int64_t month);

#endif
