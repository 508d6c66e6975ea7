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
struct ClaimLibrary;
struct OfferLibrary;
struct RecordBook;
struct PlanBook;
struct AlertBounds;
struct TravelOptions;

typedef struct CityTown {
    Str code;
    Str name;
    bool is_schematic; /* the position is invented for the map until a surveyed one is loaded */
    int32_t x;         /* schematic grid, or micro-degrees when surveyed */
    int32_t y;
    int64_t demo_share_bp; /* of the demo city's residents */
} CityTown;

typedef struct CityCategory {
    Str programme; /* "appliance", "digital" */
    int64_t year;
    Str code;
    Str name;
    int64_t limit; /* units per person and year, 1 unless the notice says otherwise */
} CityCategory;

/* A published year of the working calendar: what the State Council's notice says, for people. */
typedef struct CityHoliday {
    Str name;
    Day first;
    Day last;
} CityHoliday;
typedef struct CityYear {
    int64_t year;
    Str document;
    Str document_day; /* as written, ISO 8601 */
    Str source;
    Str status; /* "confirmed" ... */
    CityHoliday *holidays;
    size_t holiday_count;
    Day *worked; /* weekend days that are worked */
    size_t worked_count;
} CityYear;

/* A programme of the city by its code and the words for it; the rules are office/policy's. */
typedef struct CityProgramme {
    Str code; /* "appliance" */
    Str name; /* "家电以旧换新" */
} CityProgramme;

typedef struct City {
    Str name;     /* "安丘市" */
    Str code;     /* "370784" */
    Str province; /* "山东省" */
    Str prefecture;
    Str folder;
    Str coupon_unit;          /* whose officers hand out coupons; empty: every unit's */
    int64_t share_central_bp; /* of every subsidy; the rest is local */
    CityTown *towns;
    size_t town_count;
    CityCategory *categories;
    size_t category_count;
    WorkCalendar calendar;
    CityYear *years;
    size_t year_count;
    CityProgramme *programmes; /* set with the policies, in their order */
    size_t programme_count;
    struct PolicyLibrary *policies;
    struct ClaimLibrary *claims;            /* subsidies paid after purchase */
    struct OfferLibrary *offers;            /* who meets a programme by the records */
    const struct RecordBook *records;       /* declared kinds of record */
    struct PlanBook *plan_book;             /* series and targets, office/plan */
    const struct AlertBounds *alert_bounds; /* office/alert; NULL: the usual ones */
    const struct TravelOptions *travel;     /* the map server to ask for ways; NULL: none */
    SealKey seal_key;                       /* personal data at rest */
    SealKey hash_key;                       /* finding sealed values again */
    SealKey sign_key;                       /* the public meter's signature */
    Db *db;
    Str data_folder; /* of the database; uploaded files stand in data_folder/files by digest */
} City;

/* Reads folder/{city,towns,categories,calendar}.yaml. INVALID with file, line and what was
 * expected, NOT_FOUND when the folder or a file is missing. Keys and db are set by the caller. */
MUST_CHECK Status city_load(Cx *cx, Str folder, City *out);

/* Where uploaded files stand, for src/attach: data_folder/files. */
Str city_file_folder(Arena *arena, const City *city);

/* The programme's name, or the code itself when it is unknown. */
Str city_programme_name(const City *city, Str code);
/* The town of a code, or NULL. */
const CityTown *city_town(const City *city, Str code);
/* The town's name, or the code itself when it is unknown. */
Str city_town_name(const City *city, Str code);
/* The Chinese name of a category, or the code itself when it is unknown. */
Str city_category_name(const City *city, Str programme, Str code);
/* The category in the programme's list of that year, or NULL. */
const CityCategory *city_category(const City *city, Str programme, int64_t year, Str code);

#endif
