#include "office/pickup/pickup_store.h"

static const char SQL_INSERT[] =
    "INSERT INTO pickup (person_id, coupon_id, category, title, town_code, address_sealed,"
    " slot_day, slot_part, org_id, state, booked_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'booked', $10) RETURNING id";

Status pickup_store_insert(Cx *cx, DbConn *conn, const Pickup *pickup, int64_t *id) {
    return db_insert(cx, conn, SQL_INSERT,
                     DB_ARGS(DB_INT(pickup->person_id),
                             pickup->coupon_id == 0 ? DB_NULL : DB_INT(pickup->coupon_id),
                             DB_TEXT(pickup->category), DB_TEXT(pickup->title),
                             DB_TEXT(pickup->town_code), DB_BLOB(pickup->address_sealed),
                             DB_DAY(pickup->slot_day), DB_TEXT(pickup->slot_part),
                             DB_INT(pickup->org_id), DB_INT(pickup->booked_ms)),
                     id);
}

static const char SQL_SLOT_COUNT[] =
    "SELECT COUNT(*) FROM pickup WHERE town_code = $1 AND slot_day = $2 AND slot_part = $3"
    " AND state <> 'cancelled'";

Status pickup_store_slot_count(Cx *cx, DbConn *conn, const Pickup *pickup, int64_t *count) {
    *count = 0;
    return db_int_or(
        cx, conn, SQL_SLOT_COUNT,
        DB_ARGS(DB_TEXT(pickup->town_code), DB_DAY(pickup->slot_day), DB_TEXT(pickup->slot_part)),
        count);
}

static const char SQL_ORG_CHOOSE[] =
    "SELECT org.id FROM org LEFT JOIN pickup ON pickup.org_id = org.id AND pickup.slot_day = $1"
    " AND pickup.state <> 'cancelled'"
    " WHERE org.kind = 'recycler' AND org.state = 'active'"
    " GROUP BY org.id ORDER BY COUNT(pickup.id), org.id LIMIT 1";

Status pickup_store_org_choose(Cx *cx, DbConn *conn, Day day, int64_t *org_id) {
    *org_id = 0;
    return db_int_or(cx, conn, SQL_ORG_CHOOSE, DB_ARGS(DB_DAY(day)), org_id);
}

static Status one_changed(Cx *cx, int64_t changed) {
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个预约的状态已经改变");
}

static const char SQL_CANCEL[] = "UPDATE pickup SET state = 'cancelled', ended_ms = $1"
                                 " WHERE id = $2 AND person_id = $3 AND state = 'booked'";

Status pickup_store_cancel(Cx *cx, DbConn *conn, int64_t id, int64_t person_id, int64_t now_ms) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_CANCEL, DB_ARGS(DB_INT(now_ms), DB_INT(id), DB_INT(person_id)),
                &changed));
    return one_changed(cx, changed);
}

static const char *const sign_words[] = {
#define X(name, code, zh) code,
    PICKUP_SIGN_LIST(X)
#undef X
};

static PickupSign sign_of(Str word) {
    PickupSign sign = PICKUP_SIGN_NONE;
    for (size_t i = 0; i < sizeof sign_words / sizeof *sign_words; i++) {
        sign = str_equal(word, str_of(sign_words[i])) ? (PickupSign)i : sign;
    }
    return sign;
}

static const char SQL_COLLECT[] =
    "UPDATE pickup SET state = 'collected', driver_id = $1, old_serial = $2, gross_gram = $3,"
    " tare_gram = $4, net_gram = $5, paid_fen = $6, collected_ms = $7, signed = $11"
    " WHERE id = $8 AND org_id = $9 AND state = 'booked' AND ($10 = 0 OR round_driver_id = $1)";

Status pickup_store_collect(Cx *cx, DbConn *conn, const PickupCollect *collect) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_COLLECT,
                DB_ARGS(DB_INT(collect->driver_id), DB_TEXT(collect->old_serial),
                        DB_INT(collect->gross_gram), DB_INT(collect->tare_gram),
                        DB_INT(collect->gross_gram - collect->tare_gram), DB_MONEY(collect->paid),
                        DB_INT(collect->now_ms), DB_INT(collect->pickup_id),
                        DB_INT(collect->org_id), DB_INT(collect->is_on_round ? 1 : 0),
                        DB_TEXT(str_of(sign_words[collect->sign]))),
                &changed));
    return one_changed(cx, changed);
}

static const char SQL_CERTIFY[] = "UPDATE pickup SET state = 'certified', ended_ms = $1"
                                  " WHERE id = $2 AND org_id = $3 AND state = 'collected'";

Status pickup_store_certify(Cx *cx, DbConn *conn, int64_t id, int64_t org_id, int64_t now_ms) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_CERTIFY, DB_ARGS(DB_INT(now_ms), DB_INT(id), DB_INT(org_id)),
                &changed));
    return one_changed(cx, changed);
}

static const char SQL_SERIAL_USED[] =
    "SELECT id FROM pickup WHERE old_serial = $1 AND state <> 'cancelled'";

Status pickup_store_serial_used(Cx *cx, DbConn *conn, Str serial, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_SERIAL_USED, DB_ARGS(DB_TEXT(serial)), id);
}

#define PICKUP_COLUMNS                                                                             \
    "id, person_id, coupon_id, category, title, town_code, address_sealed, slot_day, slot_part,"   \
    " org_id, driver_id, state, old_serial, gross_gram, tare_gram, net_gram, paid_fen, booked_ms," \
    " collected_ms, arrive_ms, round_vehicle, round_place, round_driver_id, signed"

static Pickup pickup_of_row(Arena *arena, const DbRows *rows) {
    return (Pickup){.id = db_int(rows, 0),
                    .person_id = db_int(rows, 1),
                    .coupon_id = db_int(rows, 2),
                    .category = db_text(arena, rows, 3),
                    .title = db_text(arena, rows, 4),
                    .town_code = db_text(arena, rows, 5),
                    .address_sealed = db_text(arena, rows, 6),
                    .slot_day = db_day(rows, 7),
                    .slot_part = db_text(arena, rows, 8),
                    .org_id = db_int(rows, 9),
                    .driver_id = db_int(rows, 10),
                    .state = db_text(arena, rows, 11),
                    .old_serial = db_text(arena, rows, 12),
                    .gross_gram = db_int(rows, 13),
                    .tare_gram = db_int(rows, 14),
                    .net_gram = db_int(rows, 15),
                    .paid = db_money(rows, 16),
                    .booked_ms = db_int(rows, 17),
                    .collected_ms = db_int(rows, 18),
                    .arrive_ms = db_int(rows, 19),
                    .round_vehicle = db_text(arena, rows, 20),
                    .round_place = db_int(rows, 21),
                    .round_driver_id = db_int(rows, 22),
                    .sign = sign_of(db_text_peek(rows, 23))};
}

static const char SQL_FIND[] = "SELECT " PICKUP_COLUMNS " FROM pickup WHERE id = $1";

Status pickup_find(Cx *cx, DbConn *conn, int64_t id, Pickup *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (!has_row) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个预约");
    }
    *out = pickup_of_row(cx->arena, rows);
    db_rows_close(rows);
    return STATUS_OK;
}

static void pickup_list_row(Arena *arena, const DbRows *rows, void *item) {
    *(Pickup *)item = pickup_of_row(arena, rows);
}

static Status pickup_list(Cx *cx, DbRows *rows, int64_t row_max, PickupList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Pickup, pickup_list_row), &got));
    out->has_more = (int64_t)got.count > row_max;
    out->items = got.items;
    out->count = out->has_more ? (size_t)row_max : got.count;
    return STATUS_OK;
}

static const char SQL_OF_PERSON[] =
    "SELECT " PICKUP_COLUMNS " FROM pickup WHERE person_id = $1 ORDER BY id DESC LIMIT 100";

Status pickup_store_of_person(Cx *cx, DbConn *conn, int64_t person_id, PickupList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF_PERSON, DB_ARGS(DB_INT(person_id)), &rows));
    return pickup_list(cx, rows, INT32_MAX, out);
}

/* The last column: whether this driver has opened the address on day $3. */
static const char SQL_ROUND[] =
    "SELECT " PICKUP_COLUMNS ", EXISTS (SELECT 1 FROM pickup_opening WHERE"
    " pickup_opening.pickup_id = pickup.id AND pickup_opening.person_id = $1"
    " AND pickup_opening.day = $3) FROM pickup"
    " WHERE round_driver_id = $1 AND org_id = $4 AND slot_day <= $2 AND state = 'booked'"
    " ORDER BY slot_day, round_vehicle, round_place, id LIMIT 200";
enum { ROUND_OPENED = 24 };

static void round_row(Arena *arena, const DbRows *rows, void *item) {
    Pickup *pickup = item;
    *pickup = pickup_of_row(arena, rows);
    pickup->is_opened = db_int(rows, ROUND_OPENED) != 0;
}

Status pickup_store_round(Cx *cx, DbConn *conn, const PickupRoundAsk *ask, PickupList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_ROUND,
                 DB_ARGS(DB_INT(ask->driver_id), DB_DAY(ask->until), DB_DAY(ask->today),
                         DB_INT(ask->org_id)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Pickup, round_row), &got));
    *out = (PickupList){.items = got.items, .count = got.count};
    return STATUS_OK;
}

static const char SQL_OPENING_PUT[] =
    "INSERT INTO pickup_opening (pickup_id, person_id, day, at_ms) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (pickup_id, person_id, day) DO NOTHING";

Status pickup_store_opening_put(Cx *cx, DbConn *conn, int64_t pickup_id,
                                const PickupOpening *opening, bool *is_new) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_OPENING_PUT,
                DB_ARGS(DB_INT(pickup_id), DB_INT(opening->driver_id), DB_DAY(opening->today),
                        DB_INT(db_now_ms(conn))),
                &changed));
    *is_new = changed == 1;
    return STATUS_OK;
}

static const char SQL_DRIVER_SET[] =
    "UPDATE pickup SET round_driver_id = $1 WHERE id = $2 AND state = 'booked'";

Status pickup_driver_set(Cx *cx, DbConn *conn, int64_t pickup_id, int64_t driver_id) {
    return db_exec(cx, conn, SQL_DRIVER_SET,
                   DB_ARGS(driver_id == 0 ? DB_NULL : DB_INT(driver_id), DB_INT(pickup_id)), NULL);
}

static const char SQL_STRANDED[] =
    "SELECT " PICKUP_COLUMNS " FROM pickup WHERE state = 'booked' AND org_id IN"
    " (SELECT id FROM org WHERE kind = 'recycler' AND state <> 'active')"
    " ORDER BY org_id, slot_day, slot_part DESC, id LIMIT 2000";

Status pickup_stranded(Cx *cx, DbConn *conn, PickupList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_STRANDED, DB_NO_ARGS, &rows));
    return pickup_list(cx, rows, INT32_MAX, out);
}

static const char SQL_ORG_SET[] =
    "UPDATE pickup SET org_id = $1, arrive_ms = NULL, round_vehicle = NULL, round_place = NULL,"
    " round_driver_id = NULL WHERE id = $2 AND org_id = $3 AND state = 'booked'";

Status pickup_store_org_set(Cx *cx, DbConn *conn, const Pickup *pickup, int64_t org_id) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ORG_SET,
                DB_ARGS(DB_INT(org_id), DB_INT(pickup->id), DB_INT(pickup->org_id)), &changed));
    return one_changed(cx, changed);
}

static const char SQL_OF_ORG[] =
    "SELECT " PICKUP_COLUMNS " FROM pickup WHERE org_id = $1 AND ($2 = '' OR state = $2)"
    " ORDER BY slot_day DESC, id DESC LIMIT $3 OFFSET $4";

Status pickup_of_org(Cx *cx, DbConn *conn, const PickupFilter *filter, PickupList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF_ORG,
                 DB_ARGS(DB_INT(filter->org_id), DB_TEXT(filter->state),
                         DB_INT(filter->row_max + 1), DB_INT(filter->page * filter->row_max)),
                 &rows));
    return pickup_list(cx, rows, filter->row_max, out);
}

static const char SQL_OF_DAY[] =
    "SELECT " PICKUP_COLUMNS " FROM pickup WHERE org_id = $1 AND slot_day = $2"
    " AND state = 'booked' ORDER BY town_code, slot_part DESC, id";

Status pickup_of_day(Cx *cx, DbConn *conn, int64_t org_id, Day day, PickupList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OF_DAY, DB_ARGS(DB_INT(org_id), DB_DAY(day)), &rows));
    return pickup_list(cx, rows, INT32_MAX, out);
}

static const char SQL_TOWN_COUNT[] =
    "SELECT COUNT(*) FROM pickup WHERE town_code = $1 AND slot_day >= $2 AND slot_day <= $3"
    " AND state <> 'cancelled'";

Status pickup_town_count(Cx *cx, DbConn *conn, Str town_code, Day from, Day to, int64_t *count) {
    *count = 0;
    return db_int_or(cx, conn, SQL_TOWN_COUNT,
                     DB_ARGS(DB_TEXT(town_code), DB_DAY(from), DB_DAY(to)), count);
}

static const char SQL_ARRIVALS_CLEAR[] =
    "UPDATE pickup SET arrive_ms = NULL, round_vehicle = NULL, round_place = NULL,"
    " round_driver_id = NULL WHERE org_id = $1 AND slot_day = $2 AND state = 'booked'";

Status pickup_arrivals_clear(Cx *cx, DbConn *conn, int64_t org_id, Day day) {
    return db_exec(cx, conn, SQL_ARRIVALS_CLEAR, DB_ARGS(DB_INT(org_id), DB_DAY(day)), NULL);
}

static const char SQL_ARRIVAL_SET[] =
    "UPDATE pickup SET arrive_ms = $1, round_vehicle = $2, round_place = $3, round_driver_id = $6"
    " WHERE id = $4 AND org_id = $5 AND state = 'booked'";

Status pickup_arrival_set(Cx *cx, DbConn *conn, const PickupArrival *arrival) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_ARRIVAL_SET,
                DB_ARGS(DB_INT(arrival->arrive_ms), DB_TEXT(arrival->vehicle),
                        DB_INT(arrival->place), DB_INT(arrival->pickup_id), DB_INT(arrival->org_id),
                        arrival->driver_id == 0 ? DB_NULL : DB_INT(arrival->driver_id)),
                &changed));
    return one_changed(cx, changed);
}
