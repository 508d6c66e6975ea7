#include "office/city/city.h"

#include "base/limits.h"
#include "base/vec.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CITY_FILE_BYTES_MAX = 1024 * 1024,
    CITY_UNITS_MAX = 8, /* of one category for one person and year: a slot of the coupon each */
};

static Status city_file(Cx *cx, Str folder, const char *name, const YamlNode **root) {
    Str text = STR_NONE;
    Str path = str_print(cx->arena, STR_FMT "/%s", STR_ARG(folder), name);
    TRY(yaml_file(cx, path, CITY_FILE_BYTES_MAX, &text));
    return yaml_read(cx, path, text, root);
}

static Status head_load(Cx *cx, City *city) {
    const YamlNode *root = NULL;
    TRY(city_file(cx, city->folder, "city.yaml", &root));
    TRY(yaml_text(cx, root, "name", &city->name));
    city->code = yaml_text_or(cx->arena, root, "code", STR(""));
    city->province = yaml_text_or(cx->arena, root, "province", STR(""));
    city->prefecture = yaml_text_or(cx->arena, root, "prefecture", STR(""));
    city->coupon_unit = yaml_text_or(cx->arena, root, "coupon_unit", STR(""));
    city->share_central_bp = yaml_int_or(root, "share_central_bp", 0);
    if (city->share_central_bp < 0 || city->share_central_bp > RATE_BP_ONE) {
        return fault(cx, STATUS_INVALID, "city.yaml: share_central_bp must be 0 to 10000");
    }
    return STATUS_OK;
}

static Status towns_load(Cx *cx, City *city) {
    const YamlNode *root = NULL;
    TRY(city_file(cx, city->folder, "towns.yaml", &root));
    const YamlNode *list = yaml_at(root, "towns");
    city->town_count = yaml_count(list);
    city->towns = arena_array(cx->arena, CityTown, city->town_count + 1);
    for (size_t i = 0; i < city->town_count; i++) {
        const YamlNode *row = yaml_item(list, i);
        CityTown *town = &city->towns[i];
        TRY(yaml_text(cx, row, "code", &town->code));
        TRY(yaml_text(cx, row, "name", &town->name));
        town->x = (int32_t)yaml_int_or(row, "x", 0);
        town->y = (int32_t)yaml_int_or(row, "y", 0);
        town->is_schematic = yaml_bool_or(row, "is_schematic", true);
        town->demo_share_bp = yaml_int_or(row, "demo_share_bp", 0);
    }
    return STATUS_OK;
}

typedef struct CategoryVec VEC(CityCategory) CategoryVec;

static Status category_add(Cx *cx, const YamlNode *row, CategoryVec *categories) {
    CityCategory category = {0};
    TRY(yaml_text(cx, row, "programme", &category.programme));
    TRY(yaml_text(cx, row, "code", &category.code));
    TRY(yaml_text(cx, row, "name", &category.name));
    const YamlNode *years = yaml_at(row, "years");
    for (size_t i = 0; i < yaml_count(years); i++) {
        if (str_int64(yaml_scalar(yaml_item(years, i)), &category.year) != STATUS_OK) {
            return fault(cx, STATUS_INVALID, "categories.yaml: " STR_FMT ": years must be numbers",
                         STR_ARG(category.code));
        }
        char key[32];
        (void)snprintf(key, sizeof key, "per_person_%lld", (long long)category.year);
        category.limit = yaml_int_or(row, key, 1);
        if (category.limit < 1 || category.limit > CITY_UNITS_MAX) {
            return fault(cx, STATUS_INVALID, "categories.yaml: " STR_FMT ": %s must be 1 to %d",
                         STR_ARG(category.code), key, CITY_UNITS_MAX);
        }
        *vec_push(cx->arena, categories) = category;
    }
    return STATUS_OK;
}

static Status categories_load(Cx *cx, City *city) {
    const YamlNode *root = NULL;
    CategoryVec categories = {0};
    TRY(city_file(cx, city->folder, "categories.yaml", &root));
    const YamlNode *list = yaml_at(root, "categories");
    for (size_t i = 0; i < yaml_count(list); i++) {
        TRY(category_add(cx, yaml_item(list, i), &categories));
    }
    city->categories = categories.items;
    city->category_count = categories.count;
    return STATUS_OK;
}

typedef struct DayVec VEC(Day) DayVec;

static int day_order(const void *left, const void *right) {
    return day_compare(*(const Day *)left, *(const Day *)right);
}

/* Holidays are listed as spans; only their working weekdays matter to the calendar. */
static Status holidays_add(Cx *cx, const YamlNode *list, DayVec *days) {
    for (size_t i = 0; i < yaml_count(list); i++) {
        Day first = DAY_NONE;
        Day last = DAY_NONE;
        TRY(yaml_day(cx, yaml_item(list, i), "first", &first));
        TRY(yaml_day(cx, yaml_item(list, i), "last", &last));
        for (Day day = first; day_compare(day, last) <= 0; day = day_add(day, 1)) {
            TRY(cx_step(cx));
            *vec_push(cx->arena, days) = day;
        }
    }
    return STATUS_OK;
}

static Status worked_add(Cx *cx, const YamlNode *list, DayVec *days) {
    for (size_t i = 0; i < yaml_count(list); i++) {
        Day day = DAY_NONE;
        TRY(day_parse(cx, yaml_scalar(yaml_item(list, i)), &day));
        *vec_push(cx->arena, days) = day;
    }
    return STATUS_OK;
}

static Status year_load(Cx *cx, const YamlNode *row, CityYear *year) {
    const YamlNode *holidays = yaml_at(row, "holidays");
    const YamlNode *worked = yaml_at(row, "worked");
    TRY(yaml_int(cx, row, "year", &year->year));
    year->document = yaml_text_or(cx->arena, row, "document", STR_NONE);
    year->document_day = yaml_text_or(cx->arena, row, "document_date", STR_NONE);
    year->source = yaml_text_or(cx->arena, row, "source", STR_NONE);
    year->status = yaml_text_or(cx->arena, row, "status", STR_NONE);
    year->holiday_count = yaml_count(holidays);
    year->holidays = arena_array(cx->arena, CityHoliday, year->holiday_count + 1);
    for (size_t i = 0; i < year->holiday_count; i++) {
        CityHoliday *holiday = &year->holidays[i];
        TRY(yaml_text(cx, yaml_item(holidays, i), "name", &holiday->name));
        TRY(yaml_day(cx, yaml_item(holidays, i), "first", &holiday->first));
        TRY(yaml_day(cx, yaml_item(holidays, i), "last", &holiday->last));
    }
    year->worked_count = yaml_count(worked);
    year->worked = arena_array(cx->arena, Day, year->worked_count + 1);
    for (size_t i = 0; i < year->worked_count; i++) {
        TRY(day_parse(cx, yaml_scalar(yaml_item(worked, i)), &year->worked[i]));
    }
    return STATUS_OK;
}

static Status years_load(Cx *cx, const YamlNode *list, City *city) {
    city->year_count = yaml_count(list);
    city->years = arena_array(cx->arena, CityYear, city->year_count + 1);
    for (size_t i = 0; i < city->year_count; i++) {
        TRY(year_load(cx, yaml_item(list, i), &city->years[i]));
    }
    return STATUS_OK;
}

static Status calendar_load(Cx *cx, City *city) {
    const YamlNode *root = NULL;
    DayVec holidays = {0};
    DayVec worked = {0};
    TRY(city_file(cx, city->folder, "calendar.yaml", &root));
    TRY(yaml_day(cx, root, "first", &city->calendar.first));
    TRY(yaml_day(cx, root, "last", &city->calendar.last));
    const YamlNode *years = yaml_at(root, "years");
    TRY(years_load(cx, years, city));
    for (size_t i = 0; i < yaml_count(years); i++) {
        TRY(holidays_add(cx, yaml_at(yaml_item(years, i), "holidays"), &holidays));
        TRY(worked_add(cx, yaml_at(yaml_item(years, i), "worked"), &worked));
    }
    if (holidays.count > 0) {
        qsort(holidays.items, holidays.count, sizeof *holidays.items, day_order);
    }
    if (worked.count > 0) {
        qsort(worked.items, worked.count, sizeof *worked.items, day_order);
    }
    city->calendar.holidays = holidays.items;
    city->calendar.holiday_count = holidays.count;
    city->calendar.worked = worked.items;
    city->calendar.worked_count = worked.count;
    return STATUS_OK;
}

/* A city without these lists is a city that has not filled them in yet. */
static Status optional(Cx *cx, City *city, Status (*load)(Cx *cx, City *city)) {
    Status status = load(cx, city);
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        return STATUS_OK;
    }
    return status;
}

Status city_load(Cx *cx, Str folder, City *out) {
    City city = {.folder = str_dup(cx->arena, folder)};
    TRY(head_load(cx, &city));
    TRY(optional(cx, &city, towns_load));
    TRY(optional(cx, &city, categories_load));
    TRY(optional(cx, &city, calendar_load));
    *out = city;
    return STATUS_OK;
}

/* ---- looking things up ---- */

const CityTown *city_town(const City *city, Str code) {
    for (size_t i = 0; i < city->town_count; i++) {
        if (str_equal(city->towns[i].code, code)) {
            return &city->towns[i];
        }
    }
    return NULL;
}

Str city_programme_name(const City *city, Str code) {
    for (size_t i = 0; i < city->programme_count; i++) {
        if (str_equal(city->programmes[i].code, code)) {
            return city->programmes[i].name;
        }
    }
    return code;
}

Str city_town_name(const City *city, Str code) {
    const CityTown *town = city_town(city, code);
    return town == NULL ? code : town->name;
}

Str city_category_name(const City *city, Str programme, Str code) {
    for (size_t i = 0; i < city->category_count; i++) {
        if (str_equal(city->categories[i].programme, programme) &&
            str_equal(city->categories[i].code, code)) {
            return city->categories[i].name;
        }
    }
    return code;
}

const CityCategory *city_category(const City *city, Str programme, int64_t year, Str code) {
    for (size_t i = 0; i < city->category_count; i++) {
        const CityCategory *category = &city->categories[i];
        if (category->year == year && str_equal(category->programme, programme) &&
            str_equal(category->code, code)) {
            return category;
        }
    }
    return NULL;
}

Str city_file_folder(Arena *arena, const City *city) {
    return str_print(arena, STR_FMT "/files", STR_ARG(city->data_folder));
}
