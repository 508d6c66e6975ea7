/*
 * city.h - what all offices of one city share: its name, towns, calendar, categories, its keys, its
 * policy library. Read once at start from the city's folder; read-only afterwards, so every thread
 * may use it without a lock. Not a place for records: those are in the database.
 *
 * Ownership: everything lives in the arena given to city_load.
 */
#ifndef HUANXIN_OFFICE_CITY_CITY_H
#define HUANXIN_OFFICE_CITY_CITY_H

#include "base/cx.h"
#include "base/day.h"
#include "db/db.h"
#include "seal/seal.h"

struct PolicyLibrary;

typedef struct CityTown {
    Str code;
    Str name;
    bool is_schematic; /* the position is invented for the map until a surveyed one is loaded */
    int32_t x;         /* schematic grid, or micro-degrees when surveyed */
    int32_t y;
} CityTown;

typedef struct CityCategory {
    Str programme; /* "appliance", "digital" */
    int64_t year;
    Str code;
    Str name;
} CityCategory;

typedef struct City {
    Str name;     /* "安丘市" */
    Str code;     /* "370784" */
    Str province; /* "山东省" */
    Str prefecture;
    Str folder;
    int64_t share_central_bp; /* of every subsidy; the rest is local */
    CityTown *towns;
    size_t town_count;
    CityCategory *categories;
    size_t category_count;
    WorkCalendar calendar;
    struct PolicyLibrary *policies;
    SealKey seal_key; /* personal data at rest */
    SealKey hash_key; /* finding sealed values again */
    SealKey sign_key; /* the public meter's signature */
    Db *db;
} City;

/* Reads folder/{city,towns,categories,calendar}.yaml. INVALID with file, line and what was
 * expected, NOT_FOUND when the folder or a file is missing. Keys and db are set by the caller. */
MUST_CHECK Status city_load(Cx *cx, Str folder, City *out);

/* The town of a code, or NULL. */
const CityTown *city_town(const City *city, Str code);
/* The town's name, or the code itself when it is unknown. */
Str city_town_name(const City *city, Str code);
/* The Chinese name of a category, or the code itself when it is unknown. */
Str city_category_name(const City *city, Str programme, Str code);
/* True when the category is in the programme's list of that year. */
bool city_has_category(const City *city, Str programme, int64_t year, Str code);

#endif
