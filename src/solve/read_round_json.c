/*
 * read_round_json.c - see read_round_json.h. Reading order: values, words to bits, places, jobs,
 * vehicles, steps, matrices, the whole file.
 */
#include "solve/read_round_json.h"

#include "base/vec.h"

#include <jansson.h>
#include <string.h>

typedef struct WordVec VEC(Str) WordVec;
typedef struct PlaceVec VEC(RoundPlace) PlaceVec;
typedef struct PointVec VEC(TravelPoint) PointVec;

typedef struct Reader {
    Cx *cx;
    json_t *root;
    bool has_matrix;
    Datum datum;
    TravelOptions travel;
    int64_t now_s; /* -1: not given */
    PlaceVec places;
    PointVec points;
    WordVec skills;
    WordVec towns;
    WordVec profiles;
    RoundJob *jobs;
    int32_t job_count;
    RoundVehicle *vehicles;
    int32_t vehicle_count;
    bool *is_gone; /* by job of the file: cancelled or done */
    json_t *job_array;
    json_t *vehicle_array;
    json_t **vehicle_json; /* of the vehicles that remain */
    RoundFile *file;
} Reader;

/* Whom an error is about. */
typedef struct Subject {
    Reader *reader;
    const char *kind;
    Str name;
    json_t *object;
} Subject;

/* ---- values -----------------------------------------------------------------------------------*/

static Status wrong(const Subject *subject, const char *key, const char *what) {
    if (str_is_empty(subject->name)) {
        return fault(subject->reader->cx, STATUS_INVALID, "%s: \"%s\" %s", subject->kind, key,
                     what);
    }
    return fault(subject->reader->cx, STATUS_INVALID, "%s \"" STR_FMT "\": \"%s\" %s",
                 subject->kind, STR_ARG(subject->name), key, what);
}

static Status keys_check(const Subject *subject, const char *const *known) {
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(subject->object, key, value) {
        bool is_known = false;
        for (size_t i = 0; known[i] != NULL; i++) {
            is_known = is_known || strcmp(known[i], key) == 0;
        }
        if (!is_known) {
            Str text = str_dup(subject->reader->cx->arena, str_slice(str_of(key), 0, 60));
            return wrong(subject, str_c(subject->reader->cx->arena, text), "is not a known key");
        }
    }
    return STATUS_OK;
}

static Status integer_of(const Subject *subject, const char *key, const json_t *value,
                         int64_t *out) {
    if (!json_is_integer(value)) {
        return wrong(subject, key, "is not a whole number");
    }
    *out = json_integer_value(value);
    return STATUS_OK;
}

/* Leaves *out when the key is not given. */
static Status integer_get(const Subject *subject, const char *key, int64_t *out) {
    const json_t *value = json_object_get(subject->object, key);
    return value == NULL ? STATUS_OK : integer_of(subject, key, value, out);
}

static Status count_get(const Subject *subject, const char *key, int32_t *out) {
    int64_t value = *out;
    TRY(integer_get(subject, key, &value));
    if (value < 0 || value > ROUND_TIME_MAX_S) {
        return wrong(subject, key, "is out of range");
    }
    *out = (int32_t)value;
    return STATUS_OK;
}

static Status flag_get(const Subject *subject, const char *key, bool *out) {
    const json_t *value = json_object_get(subject->object, key);
    if (value != NULL && !json_is_boolean(value)) {
        return wrong(subject, key, "is neither true nor false");
    }
    *out = json_is_true(value);
    return STATUS_OK;
}

static Status array_get(const Subject *subject, const char *key, json_t **out) {
    *out = json_object_get(subject->object, key);
    if (*out != NULL && !json_is_array(*out)) {
        return wrong(subject, key, "is not a list");
    }
    return STATUS_OK;
}

static Status word_of(const Subject *subject, const char *key, const json_t *value, Str *out) {
    Arena *arena = subject->reader->cx->arena;
    if (json_is_integer(value)) {
        *out = str_print(arena, "%lld", (long long)json_integer_value(value));
        return STATUS_OK;
    }
    if (!json_is_string(value) || json_string_length(value) == 0 ||
        json_string_length(value) > 200) {
        return wrong(subject, key, "is neither a whole number nor a text of 1 to 200 bytes");
    }
    *out = str_dup(arena, (Str){json_string_value(value), json_string_length(value)});
    return STATUS_OK;
}

static Status loads_get(const Subject *subject, const char *key, int64_t *loads) {
    json_t *array = NULL;
    TRY(array_get(subject, key, &array));
    if (json_array_size(array) > ROUND_LOAD_COUNT) {
        return wrong(subject, key, "has more than 4 loads");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        TRY(integer_of(subject, key, json_array_get(array, i), &loads[i]));
    }
    return STATUS_OK;
}

static Status window_of(const Subject *subject, const char *key, const json_t *pair,
                        RoundWindow *out) {
    if (json_array_size(pair) != 2) {
        return wrong(subject, key, "is not a pair of seconds");
    }
    TRY(integer_of(subject, key, json_array_get(pair, 0), &out->open_s));
    return integer_of(subject, key, json_array_get(pair, 1), &out->close_s);
}

static Status windows_get(const Subject *subject, const char *key, const RoundWindow **out,
                          int32_t *count) {
    json_t *array = NULL;
    TRY(array_get(subject, key, &array));
    if (json_array_size(array) > ROUND_WINDOWS_MAX) {
        return wrong(subject, key, "has more than 16 windows");
    }
    RoundWindow *windows =
        arena_array(subject->reader->cx->arena, RoundWindow, json_array_size(array) + 1);
    for (size_t i = 0; i < json_array_size(array); i++) {
        TRY(window_of(subject, key, json_array_get(array, i), &windows[i]));
    }
    *out = windows;
    *count = (int32_t)json_array_size(array);
    return STATUS_OK;
}

/* ---- words to bits ----------------------------------------------------------------------------*/

static int32_t word_index(Reader *reader, WordVec *words, Str word) {
    for (size_t i = 0; i < words->count; i++) {
        if (str_equal(words->items[i], word)) {
            return (int32_t)i;
        }
    }
    *vec_push(reader->cx->arena, words) = word;
    return (int32_t)words->count - 1;
}

static Status bit_of(const Subject *subject, const char *key, const json_t *value, int32_t *out) {
    Str word = STR_NONE;
    TRY(word_of(subject, key, value, &word));
    WordVec *words =
        strcmp(key, "skills") == 0 ? &subject->reader->skills : &subject->reader->towns;
    *out = word_index(subject->reader, words, word);
    if (*out >= 64) {
        return wrong(subject, key, "is the 65th different word; 64 fit");
    }
    return STATUS_OK;
}

static Status bits_get(const Subject *subject, const char *key, uint64_t *out) {
    json_t *array = NULL;
    TRY(array_get(subject, key, &array));
    for (size_t i = 0; i < json_array_size(array); i++) {
        int32_t bit = 0;
        TRY(cx_step(subject->reader->cx));
        TRY(bit_of(subject, key, json_array_get(array, i), &bit));
        *out |= UINT64_C(1) << bit;
    }
    return STATUS_OK;
}

/* ---- places -----------------------------------------------------------------------------------*/

/* A factor from 1 to 5 as permille; leaves *out when it is not given. */
static Status detour_get(const Subject *subject, int32_t *out) {
    const json_t *value = json_object_get(subject->object, "detour");
    double given = json_is_number(value) ? json_number_value(value) : 0;
    if (value == NULL) {
        return STATUS_OK;
    }
    if (!(given >= 1 && given <= 5)) {
        return wrong(subject, "detour", "is not a number from 1 to 5");
    }
    *out = (int32_t)(given * 1000 + 0.5);
    return STATUS_OK;
}

/* What a job or vehicle says about the roads of its district. */
static Status district_get(const Subject *subject, TravelPoint *out) {
    const json_t *value = json_object_get(subject->object, "class");
    TRY(detour_get(subject, &out->detour_permille));
    if (value == NULL) {
        return STATUS_OK;
    }
    Str word = json_is_string(value) ? str_of(json_string_value(value)) : STR_NONE;
    if (travel_class_parse(subject->reader->cx, word, &out->speed_class) != STATUS_OK) {
        fault_clear(subject->reader->cx);
        return wrong(subject, "class", "is not urban, town or rural");
    }
    return STATUS_OK;
}

static Status point_of(const Subject *subject, const char *key, const json_t *pair,
                       TravelPoint *out) {
    if (json_array_size(pair) != 2 || !json_is_number(json_array_get(pair, 0)) ||
        !json_is_number(json_array_get(pair, 1))) {
        return wrong(subject, key, "is not a pair of degrees [longitude, latitude]");
    }
    double lon = json_number_value(json_array_get(pair, 0));
    double lat = json_number_value(json_array_get(pair, 1));
    if (datum_point(subject->reader->cx, lon, lat, subject->reader->datum, &out->at) != STATUS_OK) {
        fault_clear(subject->reader->cx);
        return wrong(subject, key, "is not on the globe");
    }
    return STATUS_OK;
}

static void place_locate(RoundPlace *place, const TravelPoint *point) {
    GeoPoint map = datum_convert(point->at, DATUM_WGS84);
    place->has_position = true;
    place->lon = datum_longitude(map);
    place->lat = datum_latitude(map);
}

static int32_t place_of_point(Reader *reader, Str name, TravelPoint point) {
    for (size_t i = 0; i < reader->points.count; i++) {
        const TravelPoint *known = &reader->points.items[i];
        if (memcmp(&known->at, &point.at, sizeof point.at) == 0 &&
            known->speed_class == point.speed_class &&
            known->detour_permille == point.detour_permille) {
            return (int32_t)i;
        }
    }
    *vec_push(reader->cx->arena, &reader->points) = point;
    RoundPlace *place = vec_push(reader->cx->arena, &reader->places);
    place->name = name;
    place_locate(place, &point);
    return (int32_t)reader->places.count - 1;
}

/* The place behind "location" and "location_index" (or "start" and "start_index"). */
static Status place_get(const Subject *subject, const char *key, const char *index_key,
                        int32_t *out) {
    Reader *reader = subject->reader;
    const json_t *pair = json_object_get(subject->object, key);
    const json_t *index = json_object_get(subject->object, index_key);
    TravelPoint point = {.speed_class = TRAVEL_CLASS_TOWN};
    if (pair != NULL) {
        TRY(district_get(subject, &point));
        TRY(point_of(subject, key, pair, &point));
    }
    if (!reader->has_matrix) {
        if (index != NULL) {
            return wrong(subject, index_key, "needs \"matrices\"");
        }
        *out = pair == NULL ? ROUND_NONE : place_of_point(reader, subject->name, point);
        return STATUS_OK;
    }
    if (index == NULL && pair != NULL) {
        return wrong(subject, key, "needs an index beside it when \"matrices\" are given");
    }
    int64_t at = ROUND_NONE;
    TRY(integer_get(subject, index_key, &at));
    if (index != NULL && (at < 0 || at >= (int64_t)reader->places.count)) {
        return wrong(subject, index_key, "is outside the matrices");
    }
    if (pair != NULL) {
        place_locate(&reader->places.items[at], &point);
    }
    *out = (int32_t)at;
    return STATUS_OK;
}

/* ---- jobs -------------------------------------------------------------------------------------*/

static Status subject_open(Reader *reader, const char *kind, json_t *object, Subject *out) {
    *out = (Subject){reader, kind, STR_NONE, object};
    if (!json_is_object(object)) {
        return fault(reader->cx, STATUS_INVALID, "an entry of %ss is not an object", kind);
    }
    const json_t *id = json_object_get(object, "id");
    if (id == NULL) {
        return fault(reader->cx, STATUS_INVALID, "a %s has no \"id\"", kind);
    }
    return word_of(out, "id", id, &out->name);
}

static Status job_read(const Subject *subject, RoundJob *job) {
    static const char *const KEYS[] = {
        "id",       "description", "location",  "location_index", "setup",  "service",
        "delivery", "pickup",      "skills",    "priority",       "prize",  "time_windows",
        "town",     "vehicle",     "cancelled", "class",          "detour", NULL};
    TRY(keys_check(subject, KEYS));
    *job = round_job_neutral();
    job->name = subject->name;
    TRY(place_get(subject, "location", "location_index", &job->place));
    if (job->place == ROUND_NONE) {
        return wrong(subject, "location", "is missing");
    }
    int64_t setup_s = 0;
    TRY(integer_get(subject, "setup", &setup_s));
    TRY(integer_get(subject, "service", &job->service_s));
    if (setup_s < 0 || setup_s > ROUND_TIME_MAX_S || job->service_s > ROUND_TIME_MAX_S) {
        return wrong(subject, "service", "is out of range");
    }
    job->service_s += setup_s;
    TRY(loads_get(subject, "pickup", job->pickup));
    TRY(loads_get(subject, "delivery", job->delivery));
    TRY(bits_get(subject, "skills", &job->skills));
    TRY(windows_get(subject, "time_windows", &job->windows, &job->window_count));
    TRY(count_get(subject, "priority", &job->priority));
    if (json_object_get(subject->object, "prize") != NULL) {
        TRY(integer_get(subject, "prize", &job->prize));
        if (job->prize < 0) {
            return wrong(subject, "prize", "is negative");
        }
    }
    const json_t *town = json_object_get(subject->object, "town");
    return town == NULL ? STATUS_OK : bit_of(subject, "town", town, &job->town);
}

static Status name_once(Reader *reader, const Subject *subject, json_t *seen) {
    const char *name = str_c(reader->cx->arena, subject->name);
    if (json_object_get(seen, name) != NULL) {
        return wrong(subject, "id", "is given twice");
    }
    (void)json_object_set_new(seen, name, json_integer((json_int_t)json_object_size(seen)));
    return STATUS_OK;
}

static void json_release(void *it) {
    json_decref(it);
}

static json_t *object_new(Reader *reader) {
    json_t *object = json_object();
    check(object != NULL);
    arena_defer(reader->cx->arena, json_release, object);
    return object;
}

static int32_t name_index(Reader *reader, json_t *names, Str name) {
    const json_t *at = json_object_get(names, str_c(reader->cx->arena, name));
    return at == NULL ? ROUND_NONE : (int32_t)json_integer_value(at);
}

/* ---- vehicles ---------------------------------------------------------------------------------*/

static Status costs_read(const Subject *subject, RoundVehicle *vehicle) {
    json_t *costs = json_object_get(subject->object, "costs");
    if (costs == NULL) {
        return STATUS_OK;
    }
    if (!json_is_object(costs)) {
        return wrong(subject, "costs", "is not an object");
    }
    static const char *const KEYS[] = {"fixed", "per_hour", "per_km", NULL};
    Subject inner = {subject->reader, subject->kind, subject->name, costs};
    TRY(keys_check(&inner, KEYS));
    TRY(integer_get(&inner, "fixed", &vehicle->fixed_cost));
    TRY(integer_get(&inner, "per_hour", &vehicle->hour_cost));
    return integer_get(&inner, "per_km", &vehicle->km_cost);
}

static Status breaks_read(const Subject *subject, RoundVehicle *vehicle) {
    json_t *array = NULL;
    TRY(array_get(subject, "breaks", &array));
    size_t count = json_array_size(array);
    if (count > ROUND_BREAKS_MAX) {
        return wrong(subject, "breaks", "has more than 3 breaks");
    }
    static const char *const KEYS[] = {"id", "description", "time_windows", "service", NULL};
    RoundBreak *breaks = arena_array(subject->reader->cx->arena, RoundBreak, count + 1);
    for (size_t i = 0; i < count; i++) {
        Subject inner = {subject->reader, subject->kind, subject->name, json_array_get(array, i)};
        if (!json_is_object(inner.object)) {
            return wrong(subject, "breaks", "has an entry that is not an object");
        }
        TRY(keys_check(&inner, KEYS));
        const json_t *id = json_object_get(inner.object, "id");
        if (id != NULL) {
            TRY(word_of(&inner, "id", id, &breaks[i].name));
        }
        TRY(integer_get(&inner, "service", &breaks[i].duration_s));
        TRY(windows_get(&inner, "time_windows", &breaks[i].windows, &breaks[i].window_count));
    }
    vehicle->breaks = breaks;
    vehicle->break_count = (int32_t)count;
    return STATUS_OK;
}

static Status reloads_read(const Subject *subject, RoundVehicle *vehicle) {
    json_t *array = NULL;
    TRY(array_get(subject, "reloads", &array));
    size_t count = json_array_size(array);
    if (count > 16) {
        return wrong(subject, "reloads", "has more than 16 places");
    }
    static const char *const KEYS[] = {"location", "location_index", "class", "detour", NULL};
    int32_t *places = arena_array(subject->reader->cx->arena, int32_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        Subject inner = {subject->reader, subject->kind, subject->name, json_array_get(array, i)};
        if (!json_is_object(inner.object)) {
            return wrong(subject, "reloads", "has an entry that is not an object");
        }
        TRY(keys_check(&inner, KEYS));
        TRY(place_get(&inner, "location", "location_index", &places[i]));
        if (places[i] == ROUND_NONE) {
            return wrong(subject, "reloads", "has an entry without a location");
        }
    }
    vehicle->reload_places = places;
    vehicle->reload_place_count = (int32_t)count;
    TRY(integer_get(subject, "reload_service", &vehicle->reload_s));
    vehicle->trip_count_max = count > 0 ? ROUND_JOBS_MAX : 1;
    return count_get(subject, "max_trips", &vehicle->trip_count_max);
}

static Status limits_read(const Subject *subject, RoundVehicle *vehicle) {
    TRY(integer_get(subject, "max_tasks", &vehicle->job_count_max));
    TRY(integer_get(subject, "max_travel_time", &vehicle->travel_max_s));
    TRY(integer_get(subject, "max_distance", &vehicle->distance_max_m));
    TRY(integer_get(subject, "max_duration", &vehicle->duration_max_s));
    const json_t *factor = json_object_get(subject->object, "speed_factor");
    if (factor == NULL) {
        return STATUS_OK;
    }
    double value = json_number_value(factor);
    if (!json_is_number(factor) || !(value >= 0.01 && value <= 5)) {
        return wrong(subject, "speed_factor", "is not between 0.01 and 5");
    }
    vehicle->speed_percent = (int32_t)(value * 100 + 0.5);
    return STATUS_OK;
}

static Status vehicle_read(Reader *reader, const Subject *subject, RoundVehicle *vehicle) {
    static const char *const KEYS[] = {"id",           "profile",         "description",
                                       "start",        "start_index",     "end",
                                       "end_index",    "capacity",        "load",
                                       "costs",        "skills",          "time_window",
                                       "breaks",       "reloads",         "speed_factor",
                                       "max_tasks",    "max_travel_time", "max_distance",
                                       "max_duration", "steps",           "max_trips",
                                       "towns",        "reload_service",  "broken",
                                       "class",        "detour",          NULL};
    TRY(keys_check(subject, KEYS));
    *vehicle = round_vehicle_neutral();
    vehicle->name = subject->name;
    TRY(place_get(subject, "start", "start_index", &vehicle->start_place));
    TRY(place_get(subject, "end", "end_index", &vehicle->end_place));
    TRY(loads_get(subject, "capacity", vehicle->capacity));
    TRY(loads_get(subject, "load", vehicle->load));
    TRY(bits_get(subject, "skills", &vehicle->skills));
    TRY(bits_get(subject, "towns", &vehicle->towns));
    const json_t *shift = json_object_get(subject->object, "time_window");
    if (shift != NULL) {
        TRY(window_of(subject, "time_window", shift, &vehicle->shift));
    }
    TRY(costs_read(subject, vehicle));
    TRY(breaks_read(subject, vehicle));
    TRY(reloads_read(subject, vehicle));
    TRY(limits_read(subject, vehicle));
    Str profile = STR("car");
    const json_t *given = json_object_get(subject->object, "profile");
    if (given != NULL) {
        TRY(word_of(subject, "profile", given, &profile));
    }
    vehicle->profile = word_index(reader, &reader->profiles, profile);
    return STATUS_OK;
}

/* ---- steps ------------------------------------------------------------------------------------*/

/* A step is frozen when it says so, or when it had begun by "now". */
static Status step_is_frozen(const Subject *step, bool *out) {
    int64_t arrival = INT64_MAX;
    TRY(flag_get(step, "frozen", out));
    TRY(integer_get(step, "arrival", &arrival));
    *out = *out || (step->reader->now_s >= 0 && arrival <= step->reader->now_s);
    return STATUS_OK;
}

/* How far a place that a reload names is from a known one. An answer tells its places in WGS-84, a
 * file in its own datum: both are meant. */
static double apart_m(const Subject *step, const TravelPoint *named, const RoundPlace *place) {
    GeoPoint known = {0};
    GeoPoint plain = named->at;
    plain.datum = DATUM_WGS84;
    if (!place->has_position ||
        datum_point(step->reader->cx, place->lon, place->lat, DATUM_WGS84, &known) != STATUS_OK) {
        return 1e9;
    }
    double own = datum_distance_m(known, named->at);
    double as_answered = datum_distance_m(known, plain);
    return own < as_answered ? own : as_answered;
}

/* The depot of a reload: by index, by position, or the only one there is. */
static Status step_reload(const Subject *step, const RoundVehicle *vehicle, int32_t *out) {
    enum { NEAR_M = 50 };
    Reader *reader = step->reader;
    const json_t *pair = json_object_get(step->object, "location");
    if (reader->has_matrix) {
        TRY(place_get(step, "location", "location_index", out));
    } else if (pair != NULL) {
        TravelPoint named = {.speed_class = TRAVEL_CLASS_TOWN};
        TRY(point_of(step, "location", pair, &named));
        double best_m = NEAR_M;
        for (int32_t i = 0; i < vehicle->reload_place_count; i++) {
            int32_t place = vehicle->reload_places[i];
            double far_m = apart_m(step, &named, &reader->places.items[place]);
            *out = far_m < best_m ? place : *out;
            best_m = far_m < best_m ? far_m : best_m;
        }
    }
    if (*out == ROUND_NONE && pair == NULL && vehicle->reload_place_count == 1) {
        *out = vehicle->reload_places[0];
    }
    return *out != ROUND_NONE ? STATUS_OK
                              : wrong(step, "steps", "has a reload at none of its \"reloads\"");
}

typedef struct StepsIn {
    json_t *job_names;        /* name -> index in the file */
    const int32_t *job_index; /* index in the file -> index in the problem, or none */
} StepsIn;

static Status step_read(const Subject *step, const StepsIn *in, const RoundVehicle *vehicle,
                        RoundStep *out, bool *is_kept) {
    const json_t *type = json_object_get(step->object, "type");
    Str kind = json_is_string(type) ? str_of(json_string_value(type)) : STR_NONE;
    *is_kept = false;
    *out = (RoundStep){ROUND_NONE, ROUND_NONE};
    if (str_equal(kind, STR("start")) || str_equal(kind, STR("end")) ||
        str_equal(kind, STR("break"))) {
        return STATUS_OK;
    }
    if (str_equal(kind, STR("reload"))) {
        *is_kept = true;
        return step_reload(step, vehicle, &out->reload);
    }
    if (!str_equal(kind, STR("job"))) {
        return wrong(step, "steps", "has a type that is not start, job, reload, break or end");
    }
    Str name = STR_NONE;
    const json_t *id = json_object_get(step->object, "id");
    if (id == NULL) {
        return wrong(step, "steps", "has a job without id");
    }
    TRY(word_of(step, "id", id, &name));
    int32_t at = name_index(step->reader, in->job_names, name);
    if (at == ROUND_NONE) {
        return wrong(step, "steps", "names a job that is not in \"jobs\"");
    }
    out->job = in->job_index == NULL ? at : in->job_index[at];
    *is_kept = out->job != ROUND_NONE;
    return STATUS_OK;
}

static Status steps_read(const Subject *subject, const StepsIn *in, RoundVehicle *vehicle) {
    json_t *array = NULL;
    TRY(array_get(subject, "steps", &array));
    RoundStep *steps =
        arena_array(subject->reader->cx->arena, RoundStep, json_array_size(array) + 1);
    bool is_prefix = true;
    for (size_t i = 0; i < json_array_size(array); i++) {
        Subject step = {subject->reader, subject->kind, subject->name, json_array_get(array, i)};
        if (!json_is_object(step.object)) {
            return wrong(subject, "steps", "has an entry that is not an object");
        }
        bool is_kept = false;
        bool is_frozen = false;
        TRY(cx_step(subject->reader->cx));
        TRY(step_read(&step, in, vehicle, &steps[vehicle->step_count], &is_kept));
        TRY(step_is_frozen(&step, &is_frozen));
        if (!is_kept) {
            continue;
        }
        vehicle->step_count++;
        if (is_frozen && !is_prefix) {
            return wrong(subject, "steps", "has a frozen step after one that is not");
        }
        is_prefix = is_frozen;
        vehicle->frozen_count += is_frozen ? 1 : 0;
    }
    vehicle->steps = steps;
    return STATUS_OK;
}

/* ---- matrices ---------------------------------------------------------------------------------*/

static Status matrix_read(const Subject *subject, const char *key, int32_t *out) {
    const json_t *rows = json_object_get(subject->object, key);
    size_t count = subject->reader->places.count;
    if (!json_is_array(rows) || json_array_size(rows) != count) {
        return wrong(subject, key, "is not a square list as large as the other matrices");
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(rows, i);
        TRY(cx_steps(subject->reader->cx, count));
        if (!json_is_array(row) || json_array_size(row) != count) {
            return wrong(subject, key, "has a row of another length");
        }
        for (size_t j = 0; j < count; j++) {
            int64_t value = 0;
            TRY(integer_of(subject, key, json_array_get(row, j), &value));
            if (value < 0 || value > ROUND_ARC_MAX) {
                return wrong(subject, key, "has a value that is negative or above 50000000");
            }
            out[i * count + j] = (int32_t)value;
        }
    }
    return STATUS_OK;
}

static Status matrices_size(Reader *reader) {
    json_t *matrices = json_object_get(reader->root, "matrices");
    if (matrices == NULL) {
        return STATUS_OK;
    }
    if (!json_is_object(matrices) || json_object_size(matrices) == 0) {
        return fault(reader->cx, STATUS_INVALID, "\"matrices\" is not an object of profiles");
    }
    const json_t *first = json_object_iter_value(json_object_iter(matrices));
    size_t count = json_array_size(json_object_get(first, "durations"));
    if (count == 0 || count > ROUND_PLACES_MAX) {
        return fault(reader->cx, STATUS_LIMIT, "\"matrices\": durations of 1 to %d rows are read",
                     ROUND_PLACES_MAX);
    }
    reader->has_matrix = true;
    for (size_t i = 0; i < count; i++) {
        vec_push(reader->cx->arena, &reader->places)->name = str_print(reader->cx->arena, "%zu", i);
    }
    return STATUS_OK;
}

static Status profile_read(Reader *reader, Str name, RoundProfile *out) {
    Arena *arena = reader->cx->arena;
    const json_t *matrices = json_object_get(reader->root, "matrices");
    Subject subject = {reader, "profile", name, json_object_get(matrices, str_c(arena, name))};
    if (!json_is_object(subject.object)) {
        return fault(reader->cx, STATUS_INVALID,
                     "profile \"" STR_FMT "\" has no entry in \"matrices\"", STR_ARG(name));
    }
    static const char *const KEYS[] = {"durations", "distances", NULL};
    TRY(keys_check(&subject, KEYS));
    size_t cells = reader->places.count * reader->places.count;
    int32_t *durations = arena_array(arena, int32_t, cells + 1);
    TRY(matrix_read(&subject, "durations", durations));
    int32_t *distances = arena_array(arena, int32_t, cells + 1);
    if (json_object_get(subject.object, "distances") != NULL) {
        TRY(matrix_read(&subject, "distances", distances));
    }
    *out = (RoundProfile){name, durations, distances};
    return STATUS_OK;
}

static Status travel_fill(Reader *reader, RoundProfile *out) {
    TravelMatrix matrix = {0};
    int32_t count = (int32_t)reader->points.count;
    TravelBlock block = {reader->points.items, count, reader->points.items, count};
    if (count > 0) {
        TRY(travel_matrix(reader->cx, block, &reader->travel, &matrix));
    }
    reader->file->is_estimated = matrix.is_estimated;
    reader->file->why_estimated = matrix.why_estimated;
    *out = (RoundProfile){STR("car"), matrix.seconds, matrix.metres};
    return STATUS_OK;
}

static Status profiles_make(Reader *reader) {
    RoundProblem *problem = &reader->file->problem;
    size_t count = reader->profiles.count;
    if (count > ROUND_PROFILES_MAX) {
        return fault(reader->cx, STATUS_LIMIT, "more than %d profiles", ROUND_PROFILES_MAX);
    }
    RoundProfile *profiles = arena_array(reader->cx->arena, RoundProfile, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (reader->has_matrix) {
            TRY(profile_read(reader, reader->profiles.items[i], &profiles[i]));
        } else if (i == 0) {
            TRY(travel_fill(reader, &profiles[0]));
        } else {
            profiles[i] = profiles[0]; /* one way of estimating for all */
        }
    }
    problem->profiles = profiles;
    problem->profile_count = (int32_t)count;
    return STATUS_OK;
}

/* ---- the whole file ---------------------------------------------------------------------------*/

static Status speeds_get(const Subject *subject, TravelOptions *out) {
    json_t *speeds = json_object_get(subject->object, "speeds_km_h");
    if (speeds == NULL) {
        return STATUS_OK;
    }
    if (!json_is_object(speeds)) {
        return wrong(subject, "speeds_km_h", "is not an object");
    }
    Subject inner = {subject->reader, "speeds_km_h", STR_NONE, speeds};
    const char *known[TRAVEL_CLASS_COUNT + 1] = {NULL};
    for (int32_t i = 0; i < TRAVEL_CLASS_COUNT; i++) {
        known[i] = travel_class_text((TravelClass)i);
    }
    TRY(keys_check(&inner, known));
    for (int32_t i = 0; i < TRAVEL_CLASS_COUNT; i++) {
        int64_t speed = out->speed_km_h[i];
        TRY(integer_get(&inner, known[i], &speed));
        if (speed < 1 || speed > 200) {
            return wrong(&inner, known[i], "is not between 1 and 200");
        }
        out->speed_km_h[i] = (int32_t)speed;
    }
    return STATUS_OK;
}

static Status head_read(Reader *reader) {
    static const char *const KEYS[] = {
        "jobs",          "vehicles",    "matrices", "datum",       "now", "territory_cost",
        "fairness_cost", "description", "detour",   "speeds_km_h", NULL};
    Subject subject = {reader, "file", STR_NONE, reader->root};
    if (!json_is_object(reader->root)) {
        return fault(reader->cx, STATUS_INVALID, "the file is not a JSON object");
    }
    if (json_object_get(reader->root, "shipments") != NULL) {
        return fault(reader->cx, STATUS_INVALID,
                     "\"shipments\" (from one customer to another) are not planned, only jobs");
    }
    TRY(keys_check(&subject, KEYS));
    const json_t *datum = json_object_get(reader->root, "datum");
    reader->datum = DATUM_WGS84;
    if (datum != NULL) {
        Str word = STR_NONE;
        TRY(word_of(&subject, "datum", datum, &word));
        TRY(datum_parse(reader->cx, word, &reader->datum));
    }
    TRY(detour_get(&subject, &reader->travel.detour_permille));
    TRY(speeds_get(&subject, &reader->travel));
    reader->now_s = -1;
    TRY(integer_get(&subject, "now", &reader->now_s));
    TRY(integer_get(&subject, "territory_cost", &reader->file->problem.territory_cost));
    TRY(integer_get(&subject, "fairness_cost", &reader->file->problem.fairness_cost));
    TRY(array_get(&subject, "jobs", &reader->job_array));
    TRY(array_get(&subject, "vehicles", &reader->vehicle_array));
    if (json_array_size(reader->job_array) > ROUND_JOBS_MAX ||
        json_array_size(reader->vehicle_array) > ROUND_VEHICLES_MAX) {
        return fault(reader->cx, STATUS_LIMIT, "more than %d jobs or %d vehicles", ROUND_JOBS_MAX,
                     ROUND_VEHICLES_MAX);
    }
    return matrices_size(reader);
}

/* First look at jobs: names, and which are cancelled. */
static Status jobs_name(Reader *reader, json_t *names) {
    size_t count = json_array_size(reader->job_array);
    reader->is_gone = arena_array(reader->cx->arena, bool, count + 1);
    for (size_t i = 0; i < count; i++) {
        Subject subject = {0};
        TRY(cx_step(reader->cx));
        TRY(subject_open(reader, "job", json_array_get(reader->job_array, i), &subject));
        TRY(name_once(reader, &subject, names));
        TRY(flag_get(&subject, "cancelled", &reader->is_gone[i]));
    }
    return STATUS_OK;
}

/* A vehicle that broke down drives no more; what it has done is done. */
static Status vehicle_drop(Reader *reader, const Subject *subject, const RoundVehicle *vehicle,
                           json_t *job_names) {
    StepsIn in = {.job_names = job_names};
    RoundVehicle scratch = *vehicle;
    TRY(steps_read(subject, &in, &scratch));
    for (int32_t k = 0; k < scratch.frozen_count; k++) {
        if (scratch.steps[k].job != ROUND_NONE) {
            reader->is_gone[scratch.steps[k].job] = true;
        }
    }
    return STATUS_OK;
}

static Status vehicles_read(Reader *reader, json_t *names, json_t *job_names) {
    size_t count = json_array_size(reader->vehicle_array);
    reader->vehicles = arena_array(reader->cx->arena, RoundVehicle, count + 1);
    reader->vehicle_json = arena_array(reader->cx->arena, json_t *, count + 1);
    json_t *seen = object_new(reader);
    for (size_t i = 0; i < count; i++) {
        Subject subject = {0};
        bool is_broken = false;
        TRY(cx_step(reader->cx));
        TRY(subject_open(reader, "vehicle", json_array_get(reader->vehicle_array, i), &subject));
        TRY(name_once(reader, &subject, seen));
        TRY(flag_get(&subject, "broken", &is_broken));
        RoundVehicle *vehicle = &reader->vehicles[reader->vehicle_count];
        TRY(vehicle_read(reader, &subject, vehicle));
        if (is_broken) {
            TRY(vehicle_drop(reader, &subject, vehicle, job_names));
            continue;
        }
        TRY(name_once(reader, &subject, names));
        reader->vehicle_json[reader->vehicle_count++] = subject.object;
    }
    return STATUS_OK;
}

static Status job_pin(Reader *reader, const Subject *subject, json_t *vehicle_names,
                      RoundJob *job) {
    const json_t *pin = json_object_get(subject->object, "vehicle");
    if (pin == NULL) {
        return STATUS_OK;
    }
    Str word = STR_NONE;
    TRY(word_of(subject, "vehicle", pin, &word));
    job->vehicle = name_index(reader, vehicle_names, word);
    if (job->vehicle == ROUND_NONE) {
        return wrong(subject, "vehicle", "names no vehicle that drives");
    }
    return STATUS_OK;
}

static Status jobs_read(Reader *reader, json_t *vehicle_names, int32_t *job_index) {
    size_t count = json_array_size(reader->job_array);
    reader->jobs = arena_array(reader->cx->arena, RoundJob, count + 1);
    for (size_t i = 0; i < count; i++) {
        Subject subject = {0};
        RoundJob job = {0};
        TRY(cx_step(reader->cx));
        TRY(subject_open(reader, "job", json_array_get(reader->job_array, i), &subject));
        job_index[i] = ROUND_NONE;
        TRY(job_read(&subject, &job));
        if (reader->is_gone[i]) {
            reader->file->done_count++;
            continue;
        }
        TRY(job_pin(reader, &subject, vehicle_names, &job));
        job_index[i] = reader->job_count;
        reader->jobs[reader->job_count++] = job;
    }
    return STATUS_OK;
}

static Status file_read(Reader *reader) {
    TRY(head_read(reader));
    json_t *job_names = object_new(reader);
    json_t *vehicle_names = object_new(reader);
    TRY(jobs_name(reader, job_names));
    TRY(vehicles_read(reader, vehicle_names, job_names));
    int32_t *job_index =
        arena_array(reader->cx->arena, int32_t, json_array_size(reader->job_array) + 1);
    TRY(jobs_read(reader, vehicle_names, job_index));
    StepsIn in = {.job_names = job_names, .job_index = job_index};
    for (int32_t i = 0; i < reader->vehicle_count; i++) {
        Subject subject = {reader, "vehicle", reader->vehicles[i].name, reader->vehicle_json[i]};
        TRY(steps_read(&subject, &in, &reader->vehicles[i]));
    }
    TRY(profiles_make(reader));
    RoundProblem *problem = &reader->file->problem;
    problem->places = reader->places.items;
    problem->place_count = (int32_t)reader->places.count;
    problem->jobs = reader->jobs;
    problem->job_count = reader->job_count;
    problem->vehicles = reader->vehicles;
    problem->vehicle_count = reader->vehicle_count;
    return round_problem_check(reader->cx, problem);
}

Status read_round_json(Cx *cx, Str text, const TravelOptions *travel, RoundFile *out) {
    if (text.len > ROUND_JSON_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "the file is larger than %d bytes", ROUND_JSON_BYTES_MAX);
    }
    json_error_t error;
    json_t *root =
        json_loadb(text.len > 0 ? text.at : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return fault_at_line(cx, STATUS_INVALID, error.line, error.column,
                             "line %d, column %d: not JSON: %.100s", error.line, error.column,
                             error.text);
    }
    RoundFile file = {0};
    Reader reader = {.cx = cx,
                     .root = root,
                     .travel = travel == NULL ? travel_options_default() : *travel,
                     .file = &file};
    Status status = file_read(&reader);
    json_decref(root);
    if (status == STATUS_OK) {
        *out = file;
    }
    return status;
}
