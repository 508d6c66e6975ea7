/*
 * round_report.c - a plan as JSON in VROOM's shape and as GeoJSON. Names that are whole numbers are
 * written as numbers, as they came.
 */
#include "solve/read_round_json.h"

#include <jansson.h>

static json_t *name_json(Str name) {
    int64_t number = 0;
    if (str_int64(name, &number) == STATUS_OK && name.len < 18) {
        return json_integer(number);
    }
    return json_stringn(name.at, name.len);
}

static void put(json_t *object, const char *key, json_t *value) {
    check(json_object_set_new(object, key, value) == 0);
}

static void put_number(json_t *object, const char *key, int64_t value) {
    put(object, key, json_integer((json_int_t)value));
}

static int dump_to_buf(const char *bytes, size_t len, void *it) {
    buf_put(it, (Str){bytes, len});
    return 0;
}

static Status dump(Cx *cx, json_t *root, Buf *out) {
    (void)json_dump_callback(root, dump_to_buf, out,
                             JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(10));
    json_decref(root);
    buf_put_char(out, '\n');
    return buf_status(out) == STATUS_OK ? STATUS_OK
                                        : fault(cx, STATUS_LIMIT, "the answer is too large");
}

static json_t *position_json(const RoundPlace *place) {
    json_t *pair = json_array();
    (void)json_array_append_new(pair, json_real(place->lon));
    (void)json_array_append_new(pair, json_real(place->lat));
    return pair;
}

static const char *stop_type(RoundStopKind kind) {
    switch (kind) {
    case ROUND_STOP_START:
        return "start";
    case ROUND_STOP_JOB:
        return "job";
    case ROUND_STOP_RELOAD:
        return "reload";
    case ROUND_STOP_BREAK:
        return "break";
    case ROUND_STOP_END:
        return "end";
    }
    return "";
}

static json_t *stop_json(const RoundProblem *problem, const RoundVehicle *vehicle,
                         const RoundStop *stop) {
    json_t *step = json_object();
    put(step, "type", json_string(stop_type(stop->kind)));
    if (stop->kind == ROUND_STOP_JOB) {
        put(step, "id", name_json(problem->jobs[stop->job].name));
    }
    if (stop->kind == ROUND_STOP_BREAK && vehicle->breaks[stop->break_index].name.len > 0) {
        put(step, "id", name_json(vehicle->breaks[stop->break_index].name));
    }
    if (stop->place != ROUND_NONE) {
        const RoundPlace *place = &problem->places[stop->place];
        put_number(step, "location_index", stop->place);
        if (place->has_position) {
            put(step, "location", position_json(place));
        }
    }
    put_number(step, "arrival", stop->arrival_s);
    put_number(step, "waiting_time", stop->start_s - stop->arrival_s);
    put_number(step, "service", stop->depart_s - stop->start_s);
    put_number(step, "distance", stop->distance_m);
    json_t *load = json_array();
    for (int i = 0; i < ROUND_LOAD_COUNT; i++) {
        (void)json_array_append_new(load, json_integer((json_int_t)stop->load[i]));
    }
    put(step, "load", load);
    return step;
}

static json_t *route_json(const RoundProblem *problem, const RoundRoute *route) {
    const RoundVehicle *vehicle = &problem->vehicles[route->vehicle];
    json_t *object = json_object();
    put(object, "vehicle", name_json(vehicle->name));
    put_number(object, "cost", route->cost);
    put_number(object, "duration", route->travel_s);
    put_number(object, "service", route->service_s);
    put_number(object, "waiting_time", route->wait_s);
    put_number(object, "distance", route->distance_m);
    put_number(object, "trips", route->trip_count);
    put_number(object, "slack", route->slack_s);
    json_t *steps = json_array();
    for (int32_t i = 0; i < route->stop_count; i++) {
        (void)json_array_append_new(steps, stop_json(problem, vehicle, &route->stops[i]));
    }
    put(object, "steps", steps);
    return object;
}

static json_t *unserved_json(const RoundProblem *problem, const RoundUnserved *unserved) {
    json_t *object = json_object();
    put(object, "id", name_json(problem->jobs[unserved->job].name));
    put(object, "type", json_string("job"));
    put(object, "reason", json_string(round_reason_name(unserved->reason)));
    put(object, "text", json_string(round_reason_text(unserved->reason)));
    return object;
}

static json_t *summary_json(const RoundFile *file, const RoundPlan *plan) {
    int64_t travel = 0;
    int64_t service = 0;
    int64_t wait = 0;
    int64_t distance = 0;
    for (int32_t i = 0; i < plan->route_count; i++) {
        travel += plan->routes[i].travel_s;
        service += plan->routes[i].service_s;
        wait += plan->routes[i].wait_s;
        distance += plan->routes[i].distance_m;
    }
    json_t *summary = json_object();
    put_number(summary, "cost", plan->cost);
    put_number(summary, "prize_lost", plan->prize_lost);
    put_number(summary, "routes", plan->route_count);
    put_number(summary, "unassigned", plan->unserved_count);
    put_number(summary, "duration", travel);
    put_number(summary, "service", service);
    put_number(summary, "waiting_time", wait);
    put_number(summary, "distance", distance);
    put_number(summary, "iterations", plan->iteration_count);
    put(summary, "datum", json_string(datum_text(DATUM_WGS84))); /* of all places */
    put(summary, "is_estimated", json_boolean(file->is_estimated));
    if (file->why_estimated.len > 0) {
        put(summary, "why_estimated",
            json_stringn(file->why_estimated.at, file->why_estimated.len));
    }
    return summary;
}

Status round_json_write(Cx *cx, const RoundFile *file, const RoundPlan *plan, Buf *out) {
    const RoundProblem *problem = &file->problem;
    json_t *root = json_object();
    put_number(root, "code", 0);
    put(root, "summary", summary_json(file, plan));
    json_t *unassigned = json_array();
    for (int32_t i = 0; i < plan->unserved_count; i++) {
        (void)json_array_append_new(unassigned, unserved_json(problem, &plan->unserved[i]));
    }
    put(root, "unassigned", unassigned);
    json_t *routes = json_array();
    for (int32_t i = 0; i < plan->route_count; i++) {
        (void)json_array_append_new(routes, route_json(problem, &plan->routes[i]));
    }
    put(root, "routes", routes);
    return dump(cx, root, out);
}

/* ---- GeoJSON ----------------------------------------------------------------------------------*/

static json_t *feature(const char *type, json_t *coordinates, json_t *properties) {
    json_t *geometry = json_object();
    put(geometry, "type", json_string(type));
    put(geometry, "coordinates", coordinates);
    json_t *object = json_object();
    put(object, "type", json_string("Feature"));
    put(object, "geometry", geometry);
    put(object, "properties", properties);
    return object;
}

static Status positions_check(Cx *cx, const RoundProblem *problem, const RoundPlan *plan) {
    for (int32_t i = 0; i < plan->route_count; i++) {
        const RoundRoute *route = &plan->routes[i];
        for (int32_t k = 0; k < route->stop_count; k++) {
            int32_t place = route->stops[k].place;
            if (place == ROUND_NONE || !problem->places[place].has_position) {
                return fault(cx, STATUS_INVALID,
                             "vehicle \"" STR_FMT "\" stops at a place without a position",
                             STR_ARG(problem->vehicles[route->vehicle].name));
            }
        }
    }
    for (int32_t i = 0; i < plan->unserved_count; i++) {
        const RoundJob *job = &problem->jobs[plan->unserved[i].job];
        if (!problem->places[job->place].has_position) {
            return fault(cx, STATUS_INVALID, "job \"" STR_FMT "\" has no position",
                         STR_ARG(job->name));
        }
    }
    return STATUS_OK;
}

static void route_features(const RoundProblem *problem, const RoundRoute *route, json_t *features) {
    const RoundVehicle *vehicle = &problem->vehicles[route->vehicle];
    json_t *line = json_array();
    for (int32_t k = 0; k < route->stop_count; k++) {
        (void)json_array_append_new(line, position_json(&problem->places[route->stops[k].place]));
    }
    json_t *properties = json_object();
    put(properties, "vehicle", name_json(vehicle->name));
    put_number(properties, "cost", route->cost);
    put_number(properties, "distance", route->distance_m);
    put_number(properties, "jobs", route->job_count);
    (void)json_array_append_new(features, feature("LineString", line, properties));
    for (int32_t k = 0; k < route->stop_count; k++) {
        const RoundStop *stop = &route->stops[k];
        json_t *point = stop_json(problem, vehicle, stop);
        (void)json_object_del(point, "location");
        put(point, "vehicle", name_json(vehicle->name));
        put_number(point, "order", k);
        (void)json_array_append_new(
            features, feature("Point", position_json(&problem->places[stop->place]), point));
    }
}

Status round_geojson_write(Cx *cx, const RoundProblem *problem, const RoundPlan *plan, Buf *out) {
    TRY(positions_check(cx, problem, plan));
    json_t *features = json_array();
    for (int32_t i = 0; i < plan->route_count; i++) {
        route_features(problem, &plan->routes[i], features);
    }
    for (int32_t i = 0; i < plan->unserved_count; i++) {
        const RoundJob *job = &problem->jobs[plan->unserved[i].job];
        (void)json_array_append_new(features,
                                    feature("Point", position_json(&problem->places[job->place]),
                                            unserved_json(problem, &plan->unserved[i])));
    }
    json_t *root = json_object();
    put(root, "type", json_string("FeatureCollection"));
    put(root, "features", features);
    return dump(cx, root, out);
}
