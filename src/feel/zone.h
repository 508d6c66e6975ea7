/*
 * zone.h - time zones by their IANA names, read from the machine's TZif files. Thread-safe: a
 * ZoneSet loads each zone once under its lock and never changes it afterwards. The machine's own
 * zone (TZ, /etc/localtime) is never looked at.
 *
 * Ownership: a Zone belongs to its ZoneSet and lives as long as it.
 * Source: RFC 8536 (TZif), POSIX.1 TZ strings for instants after the last transition.
 */
#ifndef HUANXIN_FEEL_ZONE_H
#define HUANXIN_FEEL_ZONE_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Zone Zone;
typedef struct ZoneSet ZoneSet;

/* Starts an empty set over the zone files below folder (NULL: /usr/share/zoneinfo). It is
 * released with the arena. */
ZoneSet *zone_set_in(Arena *arena, const char *folder);
/* Returns the zone named like "Europe/Paris" (letters, digits, "_+-/"), or NULL when the name is
 * ill-formed or no such file exists. Thread-safe; the first call for a name reads a file. */
const Zone *zone_find(ZoneSet *set, Str name);
/* The name as it was asked for. */
Str zone_name(const Zone *zone);
/* Offset from UTC in seconds (east positive) in force at an instant (seconds since 1970 UTC). */
int32_t zone_offset_at(const Zone *zone, int64_t instant_s);
/* Offset outside summer time by the zone's rules of today, for times of day without a date. */
int32_t zone_offset_standard(const Zone *zone);
/* Offset for a local wall-clock time (seconds since 1970 as if UTC). In the hour that occurs twice
 * the earlier offset holds, in the skipped hour the offset before the change. */
int32_t zone_offset_of_local(const Zone *zone, int64_t local_s);

#endif
