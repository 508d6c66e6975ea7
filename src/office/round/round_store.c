#include "office/round/round_store.h"

/* ---- vehicles ---- */

#define VEHICLE_COLUMNS                                                                            \
    "id, org_id, name, capacity_kg, capacity_litre, capacity_piece, skills, shift_open_min,"       \
    " shift_close_min, break_open_min, break_min, depot_town, is_broken, driver_id"

static DispatchVehicle vehicle_of_row(Arena *arena, const DbRows *rows) {
    return (DispatchVehicle){.id = db_int(rows, 0),
                             .org_id = db_int(rows, 1),
                             .name = db_text(arena, rows, 2),
                             .capacity_kg = db_int(rows, 3),
                             .capacity_litre = db_int(rows, 4),
                             .capacity_piece = db_int(rows, 5),
                             .skills = db_int(rows, 6),
                             .shift_open_min = db_int(rows, 7),
                             .shift_close_min = db_int(rows, 8),
                             .break_open_min = db_int(rows, 9),
                             .break_min = db_int(rows, 10),
                             .depot_town = db_text(arena, rows, 11),
                             .is_broken = db_int(rows, 12) != 0,
                             .driver_id = db_int(rows, 13)};
}

static const char SQL_VEHICLES[] =
    "SELECT " VEHICLE_COLUMNS " FROM vehicle WHERE org_id = $1 ORDER BY id";

static void dispatch_vehicles_row(Arena *arena, const DbRows *rows, void *item) {
    *(DispatchVehicle *)item = vehicle_of_row(arena, rows);
}

Status dispatch_vehicles(Cx *cx, DbConn *conn, int64_t org_id, DispatchVehicleList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_VEHICLES, DB_ARGS(DB_INT(org_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(DispatchVehicle, dispatch_vehicles_row), &got));
    *out = (DispatchVehicleList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_VEHICLE_FIND[] =
    "SELECT " VEHICLE_COLUMNS " FROM vehicle WHERE id = $1 AND org_id = $2";

Status dispatch_vehicle_find(Cx *cx, DbConn *conn, int64_t org_id, int64_t id,
                             DispatchVehicle *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_VEHICLE_FIND, DB_ARGS(DB_INT(id), DB_INT(org_id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这辆车");
    }
    *out = vehicle_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static const char SQL_VEHICLE_INSERT[] =
    "INSERT INTO vehicle (org_id, name, capacity_kg, capacity_litre, capacity_piece, skills,"
    " shift_open_min, shift_close_min, break_open_min, break_min, depot_town, is_broken,"
    " created_ms, driver_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13)"
    " RETURNING id";

static DbValue driver_value(const DispatchVehicle *vehicle) {
    return vehicle->driver_id == 0 ? DB_NULL : DB_INT(vehicle->driver_id);
}

Status dispatch_store_vehicle_insert(Cx *cx, DbConn *conn, DispatchVehicle *vehicle,
                                     int64_t now_ms) {
    return db_insert(cx, conn, SQL_VEHICLE_INSERT,
                     DB_ARGS(DB_INT(vehicle->org_id), DB_TEXT(vehicle->name),
                             DB_INT(vehicle->capacity_kg), DB_INT(vehicle->capacity_litre),
                             DB_INT(vehicle->capacity_piece), DB_INT(vehicle->skills),
                             DB_INT(vehicle->shift_open_min), DB_INT(vehicle->shift_close_min),
                             DB_INT(vehicle->break_open_min), DB_INT(vehicle->break_min),
                             DB_TEXT(vehicle->depot_town), DB_INT(now_ms), driver_value(vehicle)),
                     &vehicle->id);
}

static const char SQL_VEHICLE_UPDATE[] =
    "UPDATE vehicle SET name = $1, capacity_kg = $2, capacity_litre = $3, capacity_piece = $4,"
    " skills = $5, shift_open_min = $6, shift_close_min = $7, break_open_min = $8,"
    " break_min = $9, depot_town = $10, driver_id = $13 WHERE id = $11 AND org_id = $12";

Status dispatch_store_vehicle_update(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_VEHICLE_UPDATE,
                DB_ARGS(DB_TEXT(vehicle->name), DB_INT(vehicle->capacity_kg),
                        DB_INT(vehicle->capacity_litre), DB_INT(vehicle->capacity_piece),
                        DB_INT(vehicle->skills), DB_INT(vehicle->shift_open_min),
                        DB_INT(vehicle->shift_close_min), DB_INT(vehicle->break_open_min),
                        DB_INT(vehicle->break_min), DB_TEXT(vehicle->depot_town),
                        DB_INT(vehicle->id), DB_INT(vehicle->org_id), driver_value(vehicle)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_NOT_FOUND, "没有这辆车");
}

static const char SQL_RELEASED_STOPS[] =
    "SELECT round_stop.pickup_id FROM round_stop JOIN round_plan ON round_plan.id ="
    " round_stop.round_id WHERE round_stop.vehicle_id = $1 AND round_plan.day >= $2"
    " AND round_plan.released_ms IS NOT NULL AND round_stop.pickup_id IS NOT NULL"
    " ORDER BY round_stop.pickup_id";

static void released_stops_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(int64_t *)item = db_int(rows, 0);
}

Status dispatch_store_released_stops(Cx *cx, DbConn *conn, int64_t vehicle_id, Day from,
                                     DispatchIdList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_RELEASED_STOPS, DB_ARGS(DB_INT(vehicle_id), DB_DAY(from)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(int64_t, released_stops_row), &got));
    *out = (DispatchIdList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_VEHICLE_MARK[] =
    "UPDATE vehicle SET is_broken = $1 WHERE id = $2 AND org_id = $3 AND is_broken <> $1";

Status dispatch_store_vehicle_mark(Cx *cx, DbConn *conn, const DispatchVehicle *vehicle,
                                   bool is_broken) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_VEHICLE_MARK,
                DB_ARGS(DB_INT(is_broken ? 1 : 0), DB_INT(vehicle->id), DB_INT(vehicle->org_id)),
                &changed));
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "这辆车的状态已经改变，请刷新页面");
}

static const char SQL_DEPOT_EXISTS[] = "SELECT 1 FROM vehicle WHERE depot_town = $1 LIMIT 1";

Status dispatch_store_depot_exists(Cx *cx, DbConn *conn, Str town_code, bool *out) {
    return db_exists(cx, conn, SQL_DEPOT_EXISTS, DB_ARGS(DB_TEXT(town_code)), out);
}

/* ---- the plan: writing ---- */

static const char SQL_PLAN_INSERT[] =
    "INSERT INTO round_plan (org_id, day, state, version, seed, iteration_count, made_by, made_ms,"
    " travel) VALUES ($1, $2, 'draft', 1, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id";
static const char SQL_PLAN_REPLACE[] =
    "UPDATE round_plan SET state = 'draft', version = version + 1, seed = $1,"
    " iteration_count = $2, made_by = $3, made_ms = $4, travel = $8"
    " WHERE org_id = $5 AND day = $6 AND version = $7";

static const char *const travel_words[] = {
#define X(name, code, zh) code,
    DISPATCH_TRAVEL_LIST(X)
#undef X
};

static Status conflict(Cx *cx) {
    return fault(cx, STATUS_CONFLICT, "计划刚被别人改过，请刷新页面后再试");
}

static Status head_put(Cx *cx, DbConn *conn, DispatchPlan *plan) {
    if (plan->version == 0) {
        plan->id = 0;
        TRY(db_int_or(cx, conn, SQL_PLAN_INSERT,
                      DB_ARGS(DB_INT(plan->org_id), DB_DAY(plan->day), DB_INT(plan->seed),
                              DB_INT(plan->iteration_count), DB_INT(plan->made_by),
                              DB_INT(plan->made_ms), DB_TEXT(str_of(travel_words[plan->travel]))),
                      &plan->id));
        return plan->id != 0 ? STATUS_OK : conflict(cx);
    }
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_PLAN_REPLACE,
                DB_ARGS(DB_INT(plan->seed), DB_INT(plan->iteration_count), DB_INT(plan->made_by),
                        DB_INT(plan->made_ms), DB_INT(plan->org_id), DB_DAY(plan->day),
                        DB_INT(plan->version), DB_TEXT(str_of(travel_words[plan->travel]))),
                &changed));
    return changed == 1 ? STATUS_OK : conflict(cx);
}

static const char SQL_STOPS_DELETE[] = "DELETE FROM round_stop WHERE round_id = $1";
static const char SQL_TOURS_DELETE[] = "DELETE FROM round_tour WHERE round_id = $1";
static const char SQL_OUTS_DELETE[] = "DELETE FROM round_out WHERE round_id = $1";
static const char SQL_STOP_INSERT[] =
    "INSERT INTO round_stop (round_id, vehicle_id, position, kind, pickup_id, arrive_ms,"
    " depart_ms, load_kg, load_litre, load_piece, is_pinned)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char SQL_TOUR_INSERT[] =
    "INSERT INTO round_tour (round_id, vehicle_id, start_ms, end_ms, distance_m, travel_s,"
    " trip_count, load_kg, load_litre, load_piece)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
static const char SQL_OUT_INSERT[] =
    "INSERT INTO round_out (round_id, pickup_id, reason) VALUES ($1, $2, $3)";

static const char *const pin_words[] = {
#define X(name, code, zh) code,
    DISPATCH_PIN_LIST(X)
#undef X
};
static const char *const kind_words[] = {
#define X(name, code, zh) code,
    DISPATCH_STOP_LIST(X)
#undef X
};

static Status stop_insert(Cx *cx, DbConn *conn, int64_t round_id, const DispatchStop *stop) {
    return db_exec(cx, conn, SQL_STOP_INSERT,
                   DB_ARGS(DB_INT(round_id), DB_INT(stop->vehicle_id), DB_INT(stop->position),
                           DB_TEXT(str_of(kind_words[stop->kind])),
                           stop->kind == DISPATCH_STOP_PICKUP ? DB_INT(stop->pickup_id) : DB_NULL,
                           DB_INT(stop->arrive_ms), DB_INT(stop->depart_ms), DB_INT(stop->load_kg),
                           DB_INT(stop->load_litre), DB_INT(stop->load_piece),
                           DB_TEXT(str_of(pin_words[stop->pin]))),
                   NULL);
}

static Status tour_insert(Cx *cx, DbConn *conn, int64_t round_id, const DispatchTour *tour) {
    return db_exec(cx, conn, SQL_TOUR_INSERT,
                   DB_ARGS(DB_INT(round_id), DB_INT(tour->vehicle_id), DB_INT(tour->start_ms),
                           DB_INT(tour->end_ms), DB_INT(tour->distance_m), DB_INT(tour->travel_s),
                           DB_INT(tour->trip_count), DB_INT(tour->load_kg),
                           DB_INT(tour->load_litre), DB_INT(tour->load_piece)),
                   NULL);
}

Status dispatch_store_plan_put(Cx *cx, DbConn *conn, DispatchPlan *plan) {
    TRY(head_put(cx, conn, plan));
    TRY(db_exec(cx, conn, SQL_STOPS_DELETE, DB_ARGS(DB_INT(plan->id)), NULL));
    TRY(db_exec(cx, conn, SQL_TOURS_DELETE, DB_ARGS(DB_INT(plan->id)), NULL));
    TRY(db_exec(cx, conn, SQL_OUTS_DELETE, DB_ARGS(DB_INT(plan->id)), NULL));
    for (size_t i = 0; i < plan->stop_count; i++) {
        TRY(cx_step(cx));
        TRY(stop_insert(cx, conn, plan->id, &plan->stops[i]));
    }
    for (size_t i = 0; i < plan->tour_count; i++) {
        TRY(tour_insert(cx, conn, plan->id, &plan->tours[i]));
    }
    for (size_t i = 0; i < plan->out_count; i++) {
        TRY(cx_step(cx));
        TRY(db_exec(cx, conn, SQL_OUT_INSERT,
                    DB_ARGS(DB_INT(plan->id), DB_INT(plan->outs[i].pickup_id),
                            DB_TEXT(plan->outs[i].reason)),
                    NULL));
    }
    return STATUS_OK;
}

static const char SQL_PLAN_RELEASE[] =
    "UPDATE round_plan SET state = 'released', released_ms = $1"
    " WHERE id = $2 AND org_id = $3 AND version = $4 AND state = 'draft'";

Status dispatch_store_plan_release(Cx *cx, DbConn *conn, const DispatchPlan *plan) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_PLAN_RELEASE,
                DB_ARGS(DB_INT(plan->released_ms), DB_INT(plan->id), DB_INT(plan->org_id),
                        DB_INT(plan->version)),
                &changed));
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "这份计划已经发布或刚被改过，请刷新页面");
}

/* ---- the plan: reading ---- */

static const char SQL_PLAN_FIND[] =
    "SELECT id, state, version, seed, iteration_count, made_by, made_ms, released_ms,"
    " travel FROM round_plan WHERE org_id = $1 AND day = $2";
static const char SQL_STOPS[] =
    "SELECT kind, vehicle_id, position, pickup_id, arrive_ms, depart_ms, load_kg, load_litre,"
    " load_piece, is_pinned FROM round_stop WHERE round_id = $1 ORDER BY vehicle_id, position";
static const char SQL_TOURS[] =
    "SELECT vehicle_id, start_ms, end_ms, distance_m, travel_s, trip_count, load_kg, load_litre,"
    " load_piece FROM round_tour WHERE round_id = $1 ORDER BY vehicle_id";
static const char SQL_OUTS[] =
    "SELECT pickup_id, reason FROM round_out WHERE round_id = $1 ORDER BY pickup_id";

static int word_index(Str word, const char *const *words, int count) {
    for (int i = 0; i < count; i++) {
        if (str_equal(word, str_of(words[i]))) {
            return i;
        }
    }
    return 0;
}

static void stops_read_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(DispatchStop *)item =
        (DispatchStop){.kind = (DispatchStopKind)word_index(db_text_peek(rows, 0), kind_words, 3),
                       .vehicle_id = db_int(rows, 1),
                       .position = db_int(rows, 2),
                       .pickup_id = db_int(rows, 3),
                       .arrive_ms = db_int(rows, 4),
                       .depart_ms = db_int(rows, 5),
                       .load_kg = db_int(rows, 6),
                       .load_litre = db_int(rows, 7),
                       .load_piece = db_int(rows, 8),
                       .pin = (DispatchPin)word_index(db_text_peek(rows, 9), pin_words, 3)};
}

static Status stops_read(Cx *cx, DbConn *conn, DispatchPlan *plan) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_STOPS, DB_ARGS(DB_INT(plan->id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(DispatchStop, stops_read_row), &got));
    plan->stops = got.items;
    plan->stop_count = got.count;
    return STATUS_OK;
}

static void tours_read_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(DispatchTour *)item = (DispatchTour){.vehicle_id = db_int(rows, 0),
                                           .start_ms = db_int(rows, 1),
                                           .end_ms = db_int(rows, 2),
                                           .distance_m = db_int(rows, 3),
                                           .travel_s = db_int(rows, 4),
                                           .trip_count = db_int(rows, 5),
                                           .load_kg = db_int(rows, 6),
                                           .load_litre = db_int(rows, 7),
                                           .load_piece = db_int(rows, 8)};
}

static Status tours_read(Cx *cx, DbConn *conn, DispatchPlan *plan) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_TOURS, DB_ARGS(DB_INT(plan->id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(DispatchTour, tours_read_row), &got));
    plan->tours = got.items;
    plan->tour_count = got.count;
    return STATUS_OK;
}

static void outs_read_row(Arena *arena, const DbRows *rows, void *item) {
    *(DispatchOut *)item = (DispatchOut){db_int(rows, 0), db_text(arena, rows, 1)};
}

static Status outs_read(Cx *cx, DbConn *conn, DispatchPlan *plan) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OUTS, DB_ARGS(DB_INT(plan->id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(DispatchOut, outs_read_row), &got));
    plan->outs = got.items;
    plan->out_count = got.count;
    return STATUS_OK;
}

Status dispatch_plan_find(Cx *cx, DbConn *conn, int64_t org_id, Day day, DispatchPlan *out,
                          bool *is_found) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PLAN_FIND, DB_ARGS(DB_INT(org_id), DB_DAY(day)), &rows));
    TRY(db_next(cx, rows, is_found));
    if (!*is_found) {
        return STATUS_OK;
    }
    *out = (DispatchPlan){.id = db_int(rows, 0),
                          .org_id = org_id,
                          .day = day,
                          .state = db_text(cx->arena, rows, 1),
                          .version = db_int(rows, 2),
                          .seed = db_int(rows, 3),
                          .iteration_count = db_int(rows, 4),
                          .made_by = db_int(rows, 5),
                          .made_ms = db_int(rows, 6),
                          .released_ms = db_int(rows, 7),
                          .travel =
                              (DispatchTravel)word_index(db_text_peek(rows, 8), travel_words, 3)};
    db_rows_close(rows);
    TRY(stops_read(cx, conn, out));
    TRY(tours_read(cx, conn, out));
    return outs_read(cx, conn, out);
}
