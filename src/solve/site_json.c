/* Siting problems from JSON. Bottom-up: fields, places, distances, the whole. Answers are written
 * in site_report.c. */
#include "solve/site_json.h"

#include "base/map.h"
#include "base/money.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* One object of the file and the words for its place in messages, e.g. `client "v7"`. */
typedef struct Item {
    Cx *cx;
    const json_t *object;
    Str label;
    const char *field; /* "clients", "sites" or "" */
} Item;

/* ---- fields -----------------------------------------------------------------------------------*/

static Status item_fault(const Item *item, Status status, Str words) {
    const char *between = item->label.len > 0 ? ": " : "";
    return fault_at_field(item->cx, status, item->field, STR_FMT "%s" STR_FMT, STR_ARG(item->label),
                          between, STR_ARG(words));
}

#define ITEM_FAULT(item, ...)                                                                      \
    item_fault((item), STATUS_INVALID, str_print((item)->cx->arena, __VA_ARGS__))

static Status keys_check(const Item *item, const char *const *known, size_t known_count) {
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(item->object)) {
        return ITEM_FAULT(item, "expected an object");
    }
    json_object_foreach((json_t *)(uintptr_t)item->object, key, value) {
        bool is_known = false;
        for (size_t i = 0; i < known_count && !is_known; i++) {
            is_known = strcmp(known[i], key) == 0;
        }
        if (!is_known) {
            return ITEM_FAULT(item, "unknown key \"%.40s\"", key);
        }
    }
    return STATUS_OK;
}

/* Reads a whole number; absent leaves out as it is. */
static Status int_field(const Item *item, const char *key, int64_t low, int64_t high,
                        int64_t *out) {
    const json_t *value = json_object_get(item->object, key);
    if (value == NULL) {
        return STATUS_OK;
    }
    if (!json_is_integer(value)) {
        return ITEM_FAULT(item, "\"%s\" must be a whole number", key);
    }
    int64_t given = json_integer_value(value);
    if (given < low || given > high) {
        return ITEM_FAULT(item, "\"%s\" is %lld, but must be from %lld to %lld", key,
                          (long long)given, (long long)low, (long long)high);
    }
    *out = given;
    return STATUS_OK;
}

/* Reads a factor from 1 to 5 as permille. */
static Status detour_field(const Item *item, int32_t *out) {
    const json_t *value = json_object_get(item->object, "detour");
    if (value == NULL) {
        return STATUS_OK;
    }
    double given = json_is_number(value) ? json_number_value(value) : 0;
    if (!(given >= 1 && given <= 5)) {
        return ITEM_FAULT(item, "\"detour\" must be a number from 1 to 5");
    }
    *out = (int32_t)(given * 1000 + 0.5);
    return STATUS_OK;
}

static Status text_field(const Item *item, const char *key, Str *out) {
    const json_t *value = json_object_get(item->object, key);
    if (value == NULL) {
        return STATUS_OK;
    }
    if (!json_is_string(value)) {
        return ITEM_FAULT(item, "\"%s\" must be a text", key);
    }
    *out = str_dup(item->cx->arena,
                   (Str){.at = json_string_value(value), .len = json_string_length(value)});
    return STATUS_OK;
}

/* Money is whole yuan or a text such as "1200000.50": never a binary fraction. */
static Status money_field(const Item *item, const char *key, int64_t *out_fen) {
    const json_t *value = json_object_get(item->object, key);
    if (value == NULL) {
        return STATUS_OK;
    }
    if (json_is_integer(value)) {
        int64_t yuan = 0;
        TRY(int_field(item, key, 0, SITE_COST_MAX / 100, &yuan));
        *out_fen = yuan * 100;
        return STATUS_OK;
    }
    Money money = MONEY_ZERO;
    Str text = json_is_string(value) ? str_of(json_string_value(value)) : STR_NONE;
    if (text.len == 0 || money_parse(item->cx, text, &money) != STATUS_OK ||
        money.fen > SITE_COST_MAX) {
        fault_clear(item->cx);
        return ITEM_FAULT(item, "\"%s\" must be whole yuan or a text such as \"1200000.50\"", key);
    }
    *out_fen = money.fen;
    return STATUS_OK;
}

/* ---- places -----------------------------------------------------------------------------------*/

static Status id_field(Item *item, const char *kind, size_t index, Str *out) {
    const json_t *value = json_object_get(item->object, "id");
    item->label = str_print(item->cx->arena, "%s %zu", kind, index + 1);
    if (json_is_integer(value)) {
        *out = str_print(item->cx->arena, "%lld", (long long)json_integer_value(value));
    } else if (json_is_string(value) && json_string_length(value) > 0) {
        *out = str_dup(item->cx->arena, str_of(json_string_value(value)));
    } else {
        return ITEM_FAULT(item, "\"id\" must be a text or a whole number");
    }
    int shown = out->len > 60 ? 60 : (int)out->len;
    item->label = str_print(item->cx->arena, "%s \"%.*s\"", kind, shown, out->at);
    return STATUS_OK;
}

static Status location_field(const Item *item, Datum datum, SitePlace *out) {
    const json_t *value = json_object_get(item->object, "location");
    if (value == NULL) {
        return STATUS_OK;
    }
    const json_t *longitude = json_array_get(value, 0);
    const json_t *latitude = json_array_get(value, 1);
    if (!json_is_number(longitude) || !json_is_number(latitude) || json_array_size(value) != 2) {
        return ITEM_FAULT(item, "\"location\" must be [longitude, latitude]");
    }
    Status status = datum_point(item->cx, json_number_value(longitude), json_number_value(latitude),
                                datum, &out->point.at);
    if (status != STATUS_OK) {
        fault_clear(item->cx);
        return ITEM_FAULT(item, "no such place: longitude %.7g, latitude %.7g",
                          json_number_value(longitude), json_number_value(latitude));
    }
    out->has_location = true;
    return STATUS_OK;
}

static Status class_field(const Item *item, TravelClass *out) {
    Str word = STR_NONE;
    TRY(text_field(item, "class", &word));
    if (word.at == NULL || travel_class_parse(item->cx, word, out) == STATUS_OK) {
        return STATUS_OK;
    }
    fault_clear(item->cx);
    return ITEM_FAULT(item, "\"class\" must be urban, town or rural");
}

/* Reads what clients and sites share. */
static Status place_read(Item *item, const char *kind, size_t index, Datum datum, SitePlace *out) {
    TRY(cx_step(item->cx));
    if (!json_is_object(item->object)) {
        item->label = str_print(item->cx->arena, "%s %zu", kind, index + 1);
        return ITEM_FAULT(item, "expected an object");
    }
    TRY(id_field(item, kind, index, &out->id));
    TRY(text_field(item, "name", &out->name));
    TRY(location_field(item, datum, out));
    TRY(class_field(item, &out->point.speed_class));
    return detour_field(item, &out->point.detour_permille);
}

static Status id_unique(const Item *item, Map *seen, Str id, void *place) {
    if (map_has(seen, id)) {
        return ITEM_FAULT(item, "this id is used twice");
    }
    map_put(seen, id, place);
    return STATUS_OK;
}

/* What is read before the places, and applies to them. */
typedef struct Settings {
    Datum datum;
    int64_t reach; /* -1: each client has its own */
    const char *reach_key;
    SiteGoal goal;
    TravelOptions travel;
} Settings;

static const char *const CLIENT_KEYS[] = {"id",     "name",    "location", "class",  "detour",
                                          "weight", "reach_m", "reach_s",  "demand", "description"};
static const char *const SITE_KEYS[] = {"id",   "name",     "location",  "class",      "detour",
                                        "rule", "capacity", "cost_yuan", "description"};

typedef struct ClientArrays {
    int32_t *weight;
    int32_t *reach;
    int32_t *demand;
} ClientArrays;

static Status client_read(Cx *cx, const json_t *object, size_t index, const Settings *settings,
                          ClientArrays arrays, SitePlace *out) {
    Item item = {.cx = cx, .object = object, .field = "clients"};
    TRY(place_read(&item, "client", index, settings->datum, out));
    TRY(keys_check(&item, CLIENT_KEYS, sizeof CLIENT_KEYS / sizeof *CLIENT_KEYS));
    int64_t weight = 1;
    int64_t reach = settings->reach;
    int64_t demand = -1;
    TRY(int_field(&item, "weight", 0, SITE_WEIGHT_MAX, &weight));
    TRY(int_field(&item, settings->reach_key, 0, SITE_DISTANCE_MAX, &reach));
    TRY(int_field(&item, "demand", 0, SITE_WEIGHT_MAX, &demand));
    const char *other = strcmp(settings->reach_key, "reach_m") == 0 ? "reach_s" : "reach_m";
    if (json_object_get(object, other) != NULL) {
        return ITEM_FAULT(&item, "\"%s\" does not fit the measure: use \"%s\"", other,
                          settings->reach_key);
    }
    if (settings->goal == SITE_GOAL_COVER && reach < 0) {
        return ITEM_FAULT(&item, "no \"%s\", and none for all clients", settings->reach_key);
    }
    if (settings->goal == SITE_GOAL_CAPACITY && demand < 0) {
        return ITEM_FAULT(&item, "no \"demand\"");
    }
    arrays.weight[index] = (int32_t)weight;
    arrays.reach[index] = (int32_t)reach;
    arrays.demand[index] = (int32_t)demand;
    return STATUS_OK;
}

typedef struct SiteArrays {
    SiteRule *rule;
    int64_t *capacity;
    int64_t *cost;
} SiteArrays;

static Status rule_field(const Item *item, SiteRule *out) {
    static const SiteRule all[] = {
#define X(name, text) SITE_RULE_##name,
        SITE_RULE_LIST(X)
#undef X
    };
    Str word = STR_NONE;
    TRY(text_field(item, "rule", &word));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (word.at == NULL || str_equal(word, str_of(site_rule_text(all[i])))) {
            *out = all[i];
            return STATUS_OK;
        }
    }
    return ITEM_FAULT(item, "\"rule\" must be free, kept or forbidden");
}

static Status site_read(Cx *cx, const json_t *object, size_t index, const Settings *settings,
                        SiteArrays arrays, SitePlace *out) {
    Item item = {.cx = cx, .object = object, .field = "sites"};
    TRY(place_read(&item, "site", index, settings->datum, out));
    TRY(keys_check(&item, SITE_KEYS, sizeof SITE_KEYS / sizeof *SITE_KEYS));
    TRY(rule_field(&item, &arrays.rule[index]));
    int64_t capacity = -1;
    TRY(int_field(&item, "capacity", 0, SITE_CAPACITY_MAX, &capacity));
    TRY(money_field(&item, "cost_yuan", &arrays.cost[index]));
    if (settings->goal == SITE_GOAL_CAPACITY && capacity < 0) {
        return ITEM_FAULT(&item, "no \"capacity\"");
    }
    arrays.capacity[index] = capacity;
    return STATUS_OK;
}

static Status places_count(Cx *cx, const json_t *array, const char *key, int32_t *out) {
    if (!json_is_array(array) || json_array_size(array) == 0) {
        return fault_at_field(cx, STATUS_INVALID, key,
                              "\"%s\" must be a list with at least one entry", key);
    }
    if (json_array_size(array) > SITE_JSON_PLACES_MAX) {
        return fault_at_field(cx, STATUS_LIMIT, key, "more than %d %s", SITE_JSON_PLACES_MAX, key);
    }
    *out = (int32_t)json_array_size(array);
    return STATUS_OK;
}

static Status clients_read(Cx *cx, const json_t *root, const Settings *settings, SiteFile *file) {
    const json_t *array = json_object_get(root, "clients");
    SiteProblem *problem = &file->problem;
    TRY(places_count(cx, array, "clients", &problem->client_count));
    size_t count = (size_t)problem->client_count;
    ClientArrays arrays = {.weight = arena_array(cx->arena, int32_t, count),
                           .reach = arena_array(cx->arena, int32_t, count),
                           .demand = arena_array(cx->arena, int32_t, count)};
    Str *names = arena_array(cx->arena, Str, count);
    Map seen;
    map_init(&seen, cx->arena);
    file->clients = arena_array(cx->arena, SitePlace, count);
    for (size_t i = 0; i < count; i++) {
        SitePlace *place = &file->clients[i];
        TRY(client_read(cx, json_array_get(array, i), i, settings, arrays, place));
        Item item = {.cx = cx, .field = "clients"};
        item.label = str_print(cx->arena, "client \"" STR_FMT "\"", STR_ARG(place->id));
        TRY(id_unique(&item, &seen, place->id, place));
        names[i] = place->id;
    }
    problem->weight = arrays.weight;
    problem->reach = settings->goal == SITE_GOAL_COVER ? arrays.reach : NULL;
    problem->demand = settings->goal == SITE_GOAL_CAPACITY ? arrays.demand : NULL;
    problem->client_names = names;
    return STATUS_OK;
}

static Status sites_read(Cx *cx, const json_t *root, const Settings *settings, SiteFile *file) {
    const json_t *array = json_object_get(root, "sites");
    SiteProblem *problem = &file->problem;
    TRY(places_count(cx, array, "sites", &problem->site_count));
    size_t count = (size_t)problem->site_count;
    SiteArrays arrays = {.rule = arena_array(cx->arena, SiteRule, count),
                         .capacity = arena_array(cx->arena, int64_t, count),
                         .cost = arena_array(cx->arena, int64_t, count)};
    Str *names = arena_array(cx->arena, Str, count);
    Map seen;
    map_init(&seen, cx->arena);
    file->sites = arena_array(cx->arena, SitePlace, count);
    for (size_t i = 0; i < count; i++) {
        SitePlace *place = &file->sites[i];
        TRY(site_read(cx, json_array_get(array, i), i, settings, arrays, place));
        Item item = {.cx = cx, .field = "sites"};
        item.label = str_print(cx->arena, "site \"" STR_FMT "\"", STR_ARG(place->id));
        TRY(id_unique(&item, &seen, place->id, place));
        names[i] = place->id;
    }
    problem->rule = arrays.rule;
    problem->cost = arrays.cost;
    problem->capacity = settings->goal == SITE_GOAL_CAPACITY ? arrays.capacity : NULL;
    problem->site_names = names;
    return STATUS_OK;
}

/* ---- distances --------------------------------------------------------------------------------*/

static Status matrix_row(Cx *cx, const json_t *row, const SiteFile *file, int32_t site,
                         int32_t *out) {
    Item item = {.cx = cx, .field = "matrix"};
    int32_t count = file->problem.client_count;
    item.label =
        str_print(cx->arena, "matrix row of site \"" STR_FMT "\"", STR_ARG(file->sites[site].id));
    if (!json_is_array(row) || json_array_size(row) != (size_t)count) {
        return ITEM_FAULT(&item, "expected %d figures, one for each client", count);
    }
    for (int32_t client = 0; client < count; client++) {
        const json_t *value = json_array_get(row, (size_t)client);
        int64_t given = json_is_null(value) ? SITE_DISTANCE_MAX : -1;
        given = json_is_integer(value) ? json_integer_value(value) : given;
        if (given < 0 || given > SITE_DISTANCE_MAX) {
            return ITEM_FAULT(&item,
                              "the figure for client \"" STR_FMT
                              "\" must be a whole number from 0 to %d, or null for no way",
                              STR_ARG(file->clients[client].id), SITE_DISTANCE_MAX);
        }
        out[client] = (int32_t)given;
    }
    return STATUS_OK;
}

static Status cells_check(Cx *cx, int64_t rows, int64_t columns) {
    if (rows * columns > SITE_CELLS_MAX) {
        return fault(cx, STATUS_LIMIT, "%lld clients times %lld sites are more than %d pairs",
                     (long long)columns, (long long)rows, SITE_CELLS_MAX);
    }
    return STATUS_OK;
}

static Status matrix_read(Cx *cx, const json_t *matrix, SiteFile *file) {
    SiteProblem *problem = &file->problem;
    size_t site_count = (size_t)problem->site_count;
    if (!json_is_array(matrix) || json_array_size(matrix) != site_count) {
        return fault_at_field(cx, STATUS_INVALID, "matrix",
                              "\"matrix\" must be a list of %zu rows, one for each site",
                              site_count);
    }
    int32_t *distance = arena_array(cx->arena, int32_t, site_count * (size_t)problem->client_count);
    for (int32_t site = 0; site < problem->site_count; site++) {
        TRY(cx_step(cx));
        TRY(matrix_row(cx, json_array_get(matrix, (size_t)site), file, site,
                       distance + (int64_t)site * problem->client_count));
    }
    problem->distance = distance;
    return STATUS_OK;
}

static Status places_located(Cx *cx, const SitePlace *places, int32_t count, const char *kind) {
    for (int32_t i = 0; i < count; i++) {
        if (!places[i].has_location) {
            return fault_at_field(cx, STATUS_INVALID, kind, "%s \"" STR_FMT "\": no \"location\"",
                                  kind, STR_ARG(places[i].id));
        }
    }
    return STATUS_OK;
}

static TravelPoint *points_of(Arena *arena, const SitePlace *places, int32_t count) {
    TravelPoint *points = arena_array(arena, TravelPoint, (size_t)count);
    for (int32_t i = 0; i < count; i++) {
        points[i] = places[i].point;
    }
    return points;
}

static Status distances_travel(Cx *cx, const Settings *settings, SiteFile *file) {
    SiteProblem *problem = &file->problem;
    TRY(places_located(cx, file->clients, problem->client_count, "client"));
    TRY(places_located(cx, file->sites, problem->site_count, "site"));
    TravelBlock block = {.from = points_of(cx->arena, file->sites, problem->site_count),
                         .from_count = problem->site_count,
                         .to = points_of(cx->arena, file->clients, problem->client_count),
                         .to_count = problem->client_count};
    TravelMatrix matrix = {0};
    TRY(travel_matrix(cx, block, &settings->travel, &matrix));
    problem->distance = file->is_seconds ? matrix.seconds : matrix.metres;
    file->is_estimated = matrix.is_estimated;
    file->why_estimated = matrix.why_estimated;
    return STATUS_OK;
}

/* The least distance between sites is measured as the crow flies. */
static Status separation_fill(Cx *cx, SiteFile *file) {
    SiteProblem *problem = &file->problem;
    if (problem->separation <= 0) {
        return STATUS_OK;
    }
    TRY(places_located(cx, file->sites, problem->site_count, "site"));
    TRY(cells_check(cx, problem->site_count, problem->site_count));
    int64_t count = problem->site_count;
    int32_t *between = arena_array(cx->arena, int32_t, (size_t)(count * count));
    GeoPoint *at = arena_array(cx->arena, GeoPoint, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        at[i] = datum_convert(file->sites[i].point.at, DATUM_WGS84); /* once, not for each pair */
    }
    for (int64_t left = 0; left < count; left++) {
        TRY(cx_step(cx));
        for (int64_t right = 0; right < left; right++) {
            double apart = datum_distance_m(at[left], at[right]);
            between[left * count + right] = between[right * count + left] = (int32_t)apart;
        }
    }
    problem->between = between;
    return STATUS_OK;
}

/* ---- the whole --------------------------------------------------------------------------------*/

static const char *const ROOT_KEYS[] = {
    "goal",    "open_max", "budget_yuan", "separation_m", "reach_m",
    "reach_s", "measure",  "datum",       "detour",       "speeds_km_h",
    "clients", "sites",    "matrix",      "name",         "description",
};

static Status goal_field(const Item *item, SiteGoal *out) {
    static const SiteGoal all[] = {
#define X(name, text) SITE_GOAL_##name,
        SITE_GOAL_LIST(X)
#undef X
    };
    Str word = STR_NONE;
    TRY(text_field(item, "goal", &word));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (str_equal(word, str_of(site_goal_text(all[i])))) {
            *out = all[i];
            return STATUS_OK;
        }
    }
    return ITEM_FAULT(item, "\"goal\" must be median, capacity or cover");
}

static Status measure_field(const Item *item, bool *is_seconds) {
    Str word = STR("metres");
    TRY(text_field(item, "measure", &word));
    *is_seconds = str_equal(word, STR("seconds"));
    return *is_seconds || str_equal(word, STR("metres"))
               ? STATUS_OK
               : ITEM_FAULT(item, "\"measure\" must be metres or seconds");
}

static Status speeds_field(const Item *item, TravelOptions *out) {
    const json_t *speeds = json_object_get(item->object, "speeds_km_h");
    if (speeds == NULL) {
        return STATUS_OK;
    }
    const char *known[TRAVEL_CLASS_COUNT];
    Item inner = {.cx = item->cx, .object = speeds, .label = STR("speeds_km_h"), .field = ""};
    for (int32_t i = 0; i < TRAVEL_CLASS_COUNT; i++) {
        known[i] = travel_class_text((TravelClass)i);
    }
    TRY(keys_check(&inner, known, TRAVEL_CLASS_COUNT));
    for (int32_t i = 0; i < TRAVEL_CLASS_COUNT; i++) {
        int64_t speed = out->speed_km_h[i];
        TRY(int_field(&inner, known[i], 1, 200, &speed));
        out->speed_km_h[i] = (int32_t)speed;
    }
    return STATUS_OK;
}

static Status settings_read(const Item *item, Settings *settings, SiteFile *file) {
    TRY(keys_check(item, ROOT_KEYS, sizeof ROOT_KEYS / sizeof *ROOT_KEYS));
    TRY(goal_field(item, &settings->goal));
    TRY(measure_field(item, &file->is_seconds));
    Str datum = STR("WGS-84");
    TRY(text_field(item, "datum", &datum));
    TRY(datum_parse(item->cx, datum, &settings->datum));
    TRY(detour_field(item, &settings->travel.detour_permille));
    TRY(speeds_field(item, &settings->travel));
    settings->reach = -1;
    settings->reach_key = file->is_seconds ? "reach_s" : "reach_m";
    return int_field(item, settings->reach_key, 0, SITE_DISTANCE_MAX, &settings->reach);
}

static int cost_compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

/* How many sites the budget can pay for at most: kept ones first, then the cheapest. */
static int64_t payable_count(Cx *cx, const SiteProblem *problem) {
    int64_t *costs = arena_array(cx->arena, int64_t, (size_t)problem->site_count);
    size_t free_count = 0;
    int64_t count = 0;
    int64_t left = problem->budget;
    for (int32_t site = 0; site < problem->site_count; site++) {
        if (problem->rule[site] == SITE_RULE_FREE) {
            costs[free_count++] = problem->cost[site];
        } else if (problem->rule[site] == SITE_RULE_KEPT) {
            left -= problem->cost[site];
            count++;
        }
    }
    qsort(costs, free_count, sizeof *costs, cost_compare);
    for (size_t i = 0; i < free_count && costs[i] <= left; i++) {
        left -= costs[i];
        count++;
    }
    return count > 0 ? count : 1; /* site_problem_check says why none can be paid */
}

static Status limits_read(const Item *item, SiteFile *file) {
    SiteProblem *problem = &file->problem;
    int64_t separation = 0;
    problem->budget = SITE_NO_BUDGET;
    TRY(money_field(item, "budget_yuan", &problem->budget));
    TRY(int_field(item, "separation_m", 0, SITE_DISTANCE_MAX, &separation));
    int64_t open_max = problem->budget == SITE_NO_BUDGET ? 0 : payable_count(item->cx, problem);
    TRY(int_field(item, "open_max", 1, SITE_JSON_PLACES_MAX, &open_max));
    if (open_max == 0) {
        return ITEM_FAULT(item, "give \"open_max\", \"budget_yuan\" or both");
    }
    problem->open_max = (int32_t)open_max;
    problem->separation = (int32_t)separation;
    return STATUS_OK;
}

static bool all_located(const SiteFile *file) {
    bool all = true;
    for (int32_t i = 0; i < file->problem.client_count; i++) {
        all = all && file->clients[i].has_location;
    }
    for (int32_t i = 0; i < file->problem.site_count; i++) {
        all = all && file->sites[i].has_location;
    }
    return all;
}

static Status root_read(Cx *cx, const json_t *root, const TravelOptions *travel, SiteFile *file) {
    Item item = {.cx = cx, .object = root, .label = STR(""), .field = ""};
    Settings settings = {.travel = travel_options_default()};
    if (travel != NULL) {
        settings.travel.server = travel->server;
        settings.travel.send = travel->send;
        settings.travel.it = travel->it;
    }
    TRY(settings_read(&item, &settings, file));
    file->problem.goal = settings.goal;
    TRY(clients_read(cx, root, &settings, file));
    TRY(sites_read(cx, root, &settings, file));
    TRY(limits_read(&item, file));
    TRY(cells_check(cx, file->problem.site_count, file->problem.client_count));
    const json_t *matrix = json_object_get(root, "matrix");
    TRY(matrix != NULL ? matrix_read(cx, matrix, file) : distances_travel(cx, &settings, file));
    TRY(separation_fill(cx, file));
    file->has_all_locations = all_located(file);
    return site_problem_check(cx, &file->problem);
}

Status site_json_read(Cx *cx, Str text, const TravelOptions *travel, SiteFile *out) {
    if (text.len > SITE_JSON_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "the file is larger than %d bytes", SITE_JSON_BYTES_MAX);
    }
    json_error_t error;
    json_t *root =
        json_loadb(text.len > 0 ? text.at : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return fault_at_line(cx, STATUS_INVALID, error.line, error.column,
                             "line %d, column %d: not JSON: %.100s", error.line, error.column,
                             error.text);
    }
    SiteFile file = {0};
    Status status = root_read(cx, root, travel, &file);
    json_decref(root);
    if (status == STATUS_OK) {
        *out = file;
    }
    return status;
}
