/*
 * city.h - the first files of a city's folder, made from its plan. Text only: writing them to disk
 * is the caller's work. What the plan does not say is written as "not set", never guessed.
 */
#ifndef HUANXIN_READER_CITY_H
#define HUANXIN_READER_CITY_H

#include "reader/reader.h"

typedef struct CityFile {
    const char *name; /* static text, no directories */
    Str text;
} CityFile;

enum { CITY_FILES_MAX = 8 };

typedef struct CityFiles {
    CityFile items[CITY_FILES_MAX];
    size_t count;
} CityFiles;

/* Makes city.yaml, plan.txt (the text as UTF-8), units.yaml, indicators.yaml and README in the
 * arena. Ids are stable: a unit's id depends on its name, a target's on its place in the plan.
 * LIMIT when the budget is used up. O(n). */
MUST_CHECK Status city_files_make(Cx *cx, const PlanText *text, const Plan *plan, CityFiles *out);

/* The id of a unit: "u-" and 12 hexadecimal digits of FNV-1a over the name. */
Str city_unit_id(Arena *arena, Str name);

#endif
