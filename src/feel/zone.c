/*
 * zone.c - reading order: the set and its lock, the file, the POSIX rule behind its last
 * transition, then the two questions: offset at an instant and offset of a local time.
 */
#include "feel/zone.h"

#include "base/map.h"

#include <pthread.h>
#include <stdio.h>

enum {
    ZONE_NAME_BYTES_MAX = 64,
    ZONE_FILE_BYTES_MAX = 256 * 1024,
    ZONE_HEADER_BYTES = 44,
    ZONE_RULE_BYTES_MAX = 128,
    DAY_S = 86400,
    YEARS_CYCLE = 400, /* the calendar repeats after so many years */
};

/* A day of the year in a POSIX rule: form 'M' (month, week, weekday), 'J' (1..365 without 29
 * February) or 'N' (0..365). */
typedef struct RuleDay {
    char form;
    int32_t month;
    int32_t week;
    int32_t day;
    int32_t second; /* of local time, may be negative or beyond a day */
} RuleDay;

typedef struct Rule {
    int32_t standard_s;
    int32_t summer_s;
    bool has_summer;
    RuleDay start;
    RuleDay end;
} Rule;

struct Zone {
    Str name;
    size_t count;         /* of transitions */
    int64_t *instants;    /* ascending */
    int32_t *offsets;     /* in force from instants[i] */
    int32_t offset_first; /* before the first transition */
    bool has_rule;
    Rule rule;
};

struct ZoneSet {
    const char *folder;
    pthread_mutex_t lock;
    Arena *arena;
    Map zones;
};

static void zone_set_release(void *it) {
    ZoneSet *set = it;
    pthread_mutex_destroy(&set->lock);
    arena_free(set->arena);
}

ZoneSet *zone_set_in(Arena *arena, const char *folder) {
    ZoneSet *set = arena_new(arena, ZoneSet);
    set->folder = folder != NULL ? folder : "/usr/share/zoneinfo";
    check(pthread_mutex_init(&set->lock, NULL) == 0);
    set->arena = arena_create();
    map_init(&set->zones, set->arena);
    arena_defer(arena, zone_set_release, set);
    return set;
}

/* Area/City names only: no dots, so no way out of the folder. */
static bool is_zone_name(Str name) {
    if (name.len == 0 || name.len > ZONE_NAME_BYTES_MAX || name.at[0] == '/') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool is_digit = c >= '0' && c <= '9';
        bool is_mark = c == '_' || c == '+' || c == '-' || c == '/';
        if (!is_letter && !is_digit && !is_mark) {
            return false;
        }
    }
    return true;
}

static Zone *zone_read(Arena *arena, const char *folder, Str name);

const Zone *zone_find(ZoneSet *set, Str name) {
    if (set == NULL || !is_zone_name(name)) {
        return NULL;
    }
    check(pthread_mutex_lock(&set->lock) == 0);
    Zone *zone = map_get(&set->zones, name);
    if (zone == NULL) {
        zone = zone_read(set->arena, set->folder, name);
        if (zone != NULL) {
            map_put(&set->zones, zone->name, zone);
        }
    }
    check(pthread_mutex_unlock(&set->lock) == 0);
    return zone;
}

Str zone_name(const Zone *zone) {
    return zone->name;
}

/* ---- the file ---- */

static int64_t big_endian(const uint8_t *at, int bytes) {
    uint64_t value = at[0] >= 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++) {
        value = (value << 8) | at[i];
    }
    return (int64_t)value;
}

typedef struct Head {
    size_t isut_count;
    size_t isstd_count;
    size_t leap_count;
    size_t time_count;
    size_t type_count;
    size_t char_count;
    char version;
} Head;

static bool read_head(const uint8_t *at, size_t len, Head *out) {
    if (len < ZONE_HEADER_BYTES || !str_equal((Str){(const char *)at, 4}, STR("TZif"))) {
        return false;
    }
    out->version = (char)at[4];
    size_t *fields[] = {&out->isut_count, &out->isstd_count, &out->leap_count,
                        &out->time_count, &out->type_count,  &out->char_count};
    for (size_t i = 0; i < 6; i++) {
        int64_t value = big_endian(at + 20 + 4 * i, 4);
        if (value < 0 || value > ZONE_FILE_BYTES_MAX) {
            return false;
        }
        *fields[i] = (size_t)value;
    }
    return out->type_count > 0;
}

static size_t body_bytes(const Head *head, size_t time_bytes) {
    return head->time_count * (time_bytes + 1) + head->type_count * 6 + head->char_count +
           head->leap_count * (time_bytes + 4) + head->isstd_count + head->isut_count;
}

static bool rule_parse(Str text, Rule *out);

/* Fills the zone from the 64-bit body. false when an index or the size is wrong. */
static bool read_body(Arena *arena, const Head *head, Str bytes, Zone *zone) {
    if (bytes.len < body_bytes(head, 8)) {
        return false;
    }
    const uint8_t *times = (const uint8_t *)bytes.at;
    const uint8_t *types = times + head->time_count * 8;
    const uint8_t *table = types + head->time_count;
    zone->count = head->time_count;
    zone->instants = arena_array(arena, int64_t, head->time_count);
    zone->offsets = arena_array(arena, int32_t, head->time_count);
    zone->offset_first = (int32_t)big_endian(table, 4);
    for (size_t i = 0; i < head->time_count; i++) {
        if (types[i] >= head->type_count) {
            return false;
        }
        zone->instants[i] = big_endian(times + 8 * i, 8);
        zone->offsets[i] = (int32_t)big_endian(table + 6 * (size_t)types[i], 4);
        if (i > 0 && zone->instants[i] <= zone->instants[i - 1]) {
            return false;
        }
    }
    Str footer = str_from(bytes, body_bytes(head, 8));
    if (footer.len < 2 || footer.at[0] != '\n') {
        return false;
    }
    footer = str_from(footer, 1);
    Str rule = str_cut(&footer, '\n');
    zone->has_rule = !str_is_empty(rule);
    return !zone->has_rule || rule_parse(rule, &zone->rule);
}

static Zone *zone_parse(Arena *arena, Str name, Str bytes) {
    Head head = {0};
    if (!read_head((const uint8_t *)bytes.at, bytes.len, &head) || head.version < '2') {
        return NULL; /* version 1 has no 64-bit times; nothing ships it any more */
    }
    size_t skip = ZONE_HEADER_BYTES + body_bytes(&head, 4);
    if (skip > bytes.len) {
        return NULL;
    }
    bytes = str_from(bytes, skip);
    if (!read_head((const uint8_t *)bytes.at, bytes.len, &head)) {
        return NULL;
    }
    Zone *zone = arena_new(arena, Zone);
    zone->name = str_dup(arena, name);
    return read_body(arena, &head, str_from(bytes, ZONE_HEADER_BYTES), zone) ? zone : NULL;
}

static Zone *zone_read(Arena *arena, const char *folder, Str name) {
    Arena *scratch = arena_create();
    Zone *zone = NULL;
    Str path = str_print(scratch, "%s/" STR_FMT, folder, STR_ARG(name));
    FILE *file = fopen(path.at, "rb");
    if (file != NULL) {
        char *bytes = arena_alloc(scratch, ZONE_FILE_BYTES_MAX);
        size_t len = fread(bytes, 1, ZONE_FILE_BYTES_MAX, file);
        fclose(file);
        zone = zone_parse(arena, name, (Str){bytes, len});
    }
    arena_free(scratch);
    return zone;
}

/* ---- the POSIX rule, e.g. "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool take_char(Str *rest, char c) {
    if (rest->len > 0 && rest->at[0] == c) {
        *rest = str_from(*rest, 1);
        return true;
    }
    return false;
}

static bool take_number(Str *rest, int32_t *out) {
    size_t len = 0;
    int32_t value = 0;
    while (len < rest->len && len < 4 && rest->at[len] >= '0' && rest->at[len] <= '9') {
        value = value * 10 + (rest->at[len] - '0');
        len++;
    }
    *rest = str_from(*rest, len);
    *out = value;
    return len > 0;
}

/* A zone abbreviation: letters, or anything in <>. */
static bool take_abbreviation(Str *rest) {
    bool is_quoted = take_char(rest, '<');
    size_t len = 0;
    while (len < rest->len) {
        char c = rest->at[len];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_quoted ? c == '>' : !is_letter) {
            break;
        }
        len++;
    }
    *rest = str_from(*rest, len);
    return len > 0 && (!is_quoted || take_char(rest, '>'));
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool take_clock(Str *rest, int32_t *out) {
    int32_t sign = take_char(rest, '-') ? -1 : 1;
    if (sign == 1) {
        (void)take_char(rest, '+');
    }
    int32_t hour = 0;
    int32_t minute = 0;
    int32_t second = 0;
    if (!take_number(rest, &hour) || hour > 167) {
        return false;
    }
    if (take_char(rest, ':') && !take_number(rest, &minute)) {
        return false;
    }
    if (take_char(rest, ':') && !take_number(rest, &second)) {
        return false;
    }
    *out = sign * (hour * 3600 + minute * 60 + second);
    return minute < 60 && second < 60;
}

static bool take_rule_day(Str *rest, RuleDay *out) {
    *out = (RuleDay){.form = 'N', .second = 2 * 3600};
    bool is_good = take_char(rest, ',');
    if (take_char(rest, 'M')) {
        out->form = 'M';
        is_good = is_good && take_number(rest, &out->month) && take_char(rest, '.') &&
                  take_number(rest, &out->week) && take_char(rest, '.') &&
                  take_number(rest, &out->day);
        is_good = is_good && out->month >= 1 && out->month <= 12 && out->week >= 1 &&
                  out->week <= 5 && out->day <= 6;
    } else {
        out->form = take_char(rest, 'J') ? 'J' : 'N';
        is_good = is_good && take_number(rest, &out->day) && out->day <= 365;
    }
    if (is_good && take_char(rest, '/')) {
        is_good = take_clock(rest, &out->second);
    }
    return is_good;
}

static bool rule_parse(Str text, Rule *out) {
    Str rest = text;
    *out = (Rule){.has_summer = false};
    if (text.len > ZONE_RULE_BYTES_MAX || !take_abbreviation(&rest) ||
        !take_clock(&rest, &out->standard_s)) {
        return false;
    }
    out->standard_s = -out->standard_s; /* POSIX counts west positive */
    if (str_is_empty(rest)) {
        return true;
    }
    out->has_summer = true;
    out->summer_s = out->standard_s + 3600;
    if (!take_abbreviation(&rest)) {
        return false;
    }
    if (rest.len > 0 && rest.at[0] != ',') {
        if (!take_clock(&rest, &out->summer_s)) {
            return false;
        }
        out->summer_s = -out->summer_s;
    }
    return take_rule_day(&rest, &out->start) && take_rule_day(&rest, &out->end) &&
           str_is_empty(rest);
}

/* ---- offsets ---- */

static int64_t floor_divide(int64_t value, int64_t unit) {
    return value / unit - (value % unit < 0 ? 1 : 0);
}

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to 1 January of a year. Source: count of leap days before it. */
static int64_t days_to_year(int64_t year) {
    int64_t before = year - 1;
    return 365 * (year - 1970) + (floor_divide(before, 4) - 492) -
           (floor_divide(before, 100) - 19) + (floor_divide(before, 400) - 4);
}

static int64_t year_of_instant(int64_t instant_s) {
    int64_t days = floor_divide(instant_s, DAY_S);
    int64_t year = 1970 + floor_divide(days * YEARS_CYCLE, 146097);
    while (days_to_year(year) > days) {
        year--;
    }
    while (days_to_year(year + 1) <= days) {
        year++;
    }
    return year;
}

/* The day of the year, 0-based, that a rule names. */
static int64_t rule_day_in(const RuleDay *rule, int64_t year) {
    static const int32_t STARTS[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    int64_t leap = is_leap(year) ? 1 : 0;
    if (rule->form == 'N') {
        return rule->day;
    }
    if (rule->form == 'J') {
        return rule->day - 1 + (rule->day > 59 ? leap : 0);
    }
    int64_t first = STARTS[rule->month - 1] + (rule->month > 2 ? leap : 0);
    int64_t length = STARTS[rule->month] - STARTS[rule->month - 1] + (rule->month == 2 ? leap : 0);
    int64_t weekday = (days_to_year(year) + first + 4) % 7; /* 1970-01-01 was a Thursday */
    weekday = weekday < 0 ? weekday + 7 : weekday;
    int64_t day = (rule->day - weekday + 7) % 7 + 7 * (rule->week - 1);
    return first + (day < length ? day : day - 7);
}

static int32_t rule_offset_at(const Rule *rule, int64_t instant_s) {
    if (!rule->has_summer) {
        return rule->standard_s;
    }
    int64_t year = year_of_instant(instant_s + rule->standard_s);
    int64_t base = days_to_year(year);
    int64_t start =
        (base + rule_day_in(&rule->start, year)) * DAY_S + rule->start.second - rule->standard_s;
    int64_t end =
        (base + rule_day_in(&rule->end, year)) * DAY_S + rule->end.second - rule->summer_s;
    bool is_summer =
        start < end ? instant_s >= start && instant_s < end : instant_s >= start || instant_s < end;
    return is_summer ? rule->summer_s : rule->standard_s;
}

int32_t zone_offset_at(const Zone *zone, int64_t instant_s) {
    if (zone->count == 0 || instant_s < zone->instants[0]) {
        return zone->count == 0 && zone->has_rule ? rule_offset_at(&zone->rule, instant_s)
                                                  : zone->offset_first;
    }
    size_t low = 0;
    size_t high = zone->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->instants[middle] <= instant_s) {
            low = middle;
        } else {
            high = middle;
        }
    }
    if (low + 1 == zone->count && zone->has_rule) {
        return rule_offset_at(&zone->rule, instant_s);
    }
    return zone->offsets[low];
}

int32_t zone_offset_standard(const Zone *zone) {
    if (zone->has_rule) {
        return zone->rule.standard_s;
    }
    return zone->count > 0 ? zone->offsets[zone->count - 1] : zone->offset_first;
}

int32_t zone_offset_of_local(const Zone *zone, int64_t local_s) {
    int32_t before = zone_offset_at(zone, local_s - DAY_S);
    int32_t after = zone_offset_at(zone, local_s + DAY_S);
    if (zone_offset_at(zone, local_s - before) == before) {
        return before;
    }
    return zone_offset_at(zone, local_s - after) == after ? after : before;
}
