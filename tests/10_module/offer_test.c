/*
 * offer_test.c - who already meets a programme by the records: properties O1 to O5 of offer.h, by
 * number, on records that the test files itself.
 */
#include "base/codes.h"
#include "office/desk/desk.h"
#include "office/offer/offer.h"
#include "office/once/once.h"

#include <inttypes.h>

/* Last: its names are those of a whole program (arena, cx). */
#include "demo_house.h"

#define TODAY day_of_ymd(2026, 11, 20)
#define NOW_MS (day_start_ms(TODAY) + 10 * INT64_C(3600000))

static int64_t firm_person;
static int64_t other_firm_person;
static int64_t firm_id;
static int64_t transport_id;
static int64_t trade_id;
static Str firm_name;
static Str firm_code;
static uint32_t vin_next = 31000;

static int start(void **state) {
    (void)state;
    demo_house_open(60);
    return 0;
}

typedef Status Step(Cx *step_cx, DbConn *conn, void *input);

static Status act(Step *step, void *input) {
    DbCommand command = {.name = "test.offer",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = step,
                         .input = input,
                         .now_ms = NOW_MS};
    cx_init(&cx, arena);
    return db_write(&cx, house.db, &command, NULL);
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s: %s (%s)", status_text(status), cx.fault.text, cx.fault.hint);
    }
}

static DbConn *reading(void) {
    DbConn *conn = NULL;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    return conn;
}

static int64_t number_of(const char *sql, int64_t parameter) {
    int64_t number = 0;
    DbConn *conn = reading();
    must(db_int_or(&cx, conn, sql, DB_ARGS(DB_INT(parameter)), &number));
    db_read_end(house.db, conn);
    return number;
}

static const char SQL_FIRM_PERSON[] =
    "SELECT id FROM person WHERE login = 'enterprise' AND $1 = $1";
static const char SQL_OTHER_FIRM[] =
    "SELECT MAX(id) FROM person WHERE role = 'enterprise' AND login <> 'enterprise' AND $1 = $1";
static const char SQL_OFFICER_OF[] =
    "SELECT MIN(person.id) FROM person JOIN unit ON unit.id = person.unit_id"
    " WHERE person.role = 'officer' AND unit.name = '市交通运输局' AND $1 = $1";
static const char SQL_TRADE[] = "SELECT id FROM person WHERE login = 'officer' AND $1 = $1";

static void test_people(void **state) {
    (void)state;
    Person person;
    Org org;
    firm_person = number_of(SQL_FIRM_PERSON, 0);
    other_firm_person = number_of(SQL_OTHER_FIRM, 0);
    transport_id = number_of(SQL_OFFICER_OF, 0);
    trade_id = number_of(SQL_TRADE, 0);
    DbConn *conn = reading();
    must(people_person_find(&cx, conn, firm_person, &person));
    must(people_org_find(&cx, conn, person.org_id, &org));
    db_read_end(house.db, conn);
    firm_id = org.id;
    firm_name = str_dup(arena, org.name);
    firm_code = str_dup(arena, org.uscc);
    assert_true(firm_id > 0 && transport_id > 0 && trade_id > 0);
}

/* ---- a record of a truck ---- */

typedef struct Truck {
    Str vin;
    RecordDraft draft;
    RecordDraft change;
    int64_t record_id;
    Record record;
} Truck;

static RecordActor actor_of_firm(void) {
    return (RecordActor){
        .person_id = firm_person, .role = STR("enterprise"), .org_id = firm_id, .name = firm_name};
}

static Status file_work(Cx *step_cx, DbConn *conn, void *input) {
    Truck *truck = input;
    RecordHouse records = desk_house(&house.city);
    RecordActor actor = actor_of_firm();
    Record created;
    TRY(record_create(step_cx, conn, &records, &truck->draft, &created));
    RecordChange enter = {.id = created.id,
                          .revision = created.revision,
                          .act = record_transition_find(created.kind, STR("enter")),
                          .actor = &actor};
    TRY(record_move(step_cx, conn, &records, &enter, &created));
    truck->record_id = created.id;
    return STATUS_OK;
}

static Status move_work(Cx *step_cx, DbConn *conn, void *input) {
    Truck *truck = input;
    RecordActor actor = actor_of_firm();
    RecordHouse records = desk_house(&house.city);
    const RecordKind *kind = truck->record.kind;
    Record moved;
    RecordChange cancel = {.id = truck->record.id,
                           .revision = truck->record.revision,
                           .draft = &truck->change,
                           .act = record_transition_find(kind, STR("cancel")),
                           .actor = &actor};
    return record_move(step_cx, conn, &records, &cancel, &moved);
}

static Truck *truck_filed(const char *stage) {
    Truck *truck = arena_new(arena, Truck);
    RecordHouse records = desk_house(&house.city);
    const RecordKind *kind = record_kind_find(house.city.records, STR("vehicle"));
    RecordActor *actor = arena_new(arena, RecordActor);
    RecordAsk *ask = arena_new(arena, RecordAsk);
    *actor = actor_of_firm();
    truck->vin = codes_demo_vin(arena, 2012, vin_next++);
    const RecordInput inputs[] = {{STR("use"), STR("truck")},
                                  {STR("holder.name"), firm_name},
                                  {STR("holder.code"), firm_code},
                                  {STR("town"), house.city.towns[0].code},
                                  {STR("plate"), STR("鲁VA1234")},
                                  {STR("vin"), truck->vin},
                                  {STR("power"), STR("diesel")},
                                  {STR("stage"), str_of(stage)},
                                  {STR("registered"), STR("2015-05-01")},
                                  {STR("plan"), STR("scrap")},
                                  {STR("scrap_number"), STR("YS-1")}};
    RecordInput *kept = arena_array(arena, RecordInput, 11);
    for (size_t i = 0; i < 11; i++) {
        kept[i] = inputs[i];
    }
    *ask = (RecordAsk){
        .kind = kind, .inputs = kept, .input_count = 11, .actor = actor, .now_ms = NOW_MS};
    cx_init(&cx, arena);
    must(record_draft(&cx, &records, ask, &truck->draft));
    must(act(file_work, truck));
    DbConn *conn = reading();
    must(record_find(&cx, conn, house.city.records, truck->record_id, &truck->record));
    db_read_end(house.db, conn);
    return truck;
}

/* Its old vehicle is struck off on a day. */
static void truck_cancel(Truck *truck, const char *day) {
    RecordHouse records = desk_house(&house.city);
    RecordActor *actor = arena_new(arena, RecordActor);
    RecordAsk *ask = arena_new(arena, RecordAsk);
    RecordInput *inputs = arena_array(arena, RecordInput, 2);
    *actor = actor_of_firm();
    inputs[0] = (RecordInput){STR("scrap_number"), STR("YS-1")};
    inputs[1] = (RecordInput){STR("cancelled"), str_of(day)};
    *ask = (RecordAsk){.kind = truck->record.kind,
                       .base = &truck->record,
                       .act = record_transition_find(truck->record.kind, STR("cancel")),
                       .inputs = inputs,
                       .input_count = 2,
                       .actor = actor,
                       .now_ms = NOW_MS};
    cx_init(&cx, arena);
    must(record_draft(&cx, &records, ask, &truck->change));
    must(act(move_work, truck));
}

static void follow(void) {
    cx_init(&cx, arena);
    must(offer_job(&cx, &house.city, NOW_MS));
}

static const char SQL_OFFER[] =
    "SELECT COALESCE(MAX(id), 0) FROM offer WHERE record_id = $1 AND is_good = 1";
static const char SQL_AMOUNT[] = "SELECT amount_fen FROM offer WHERE id = $1";
static const char SQL_ORG[] = "SELECT org_id FROM offer WHERE id = $1";
static const char SQL_JOURNAL[] = "SELECT MAX(id) FROM journal WHERE $1 = $1";

static int64_t offer_of(const Truck *truck) {
    return number_of(SQL_OFFER, truck->record.id);
}

/* ---- O3, O5: following the records ---- */

static void test_o5_the_job_follows_what_changes(void **state) {
    (void)state;
    follow();
    Truck *truck = truck_filed("g3");
    follow();
    assert_int_equal(offer_of(truck), 0); /* still on the road */
    truck_cancel(truck, "2025-10-15");
    assert_int_equal(offer_of(truck), 0); /* no request looks; the job does */
    follow();
    int64_t id = offer_of(truck);
    assert_true(id > 0);
    /* At most what a heavy truck with the dearest new one gets, said with its conditions. */
    assert_int_equal(number_of(SQL_AMOUNT, id), 14000000);
    assert_int_equal(number_of(SQL_ORG, id), firm_id);
    /* Nothing new: nothing is written. */
    follow();
    int64_t last = number_of(SQL_JOURNAL, 0);
    follow();
    assert_int_equal(number_of(SQL_JOURNAL, 0), last);
}

static void test_a_cleaner_truck_is_no_offer(void **state) {
    (void)state;
    Truck *truck = truck_filed("g5");
    truck_cancel(truck, "2025-10-15");
    follow();
    assert_int_equal(offer_of(truck), 0);
}

/* Of 2026 the city has no sums: found, and never with a number. */
static void test_what_is_not_set_has_no_sum(void **state) {
    (void)state;
    Truck *truck = truck_filed("g3");
    truck_cancel(truck, "2026-06-01");
    follow();
    int64_t id = offer_of(truck);
    assert_true(id > 0);
    assert_int_equal(number_of(SQL_AMOUNT, id), 0);
    /* The day before the first notice nothing was in force. */
    Truck *early = truck_filed("g3");
    truck_cancel(early, "2024-07-29");
    follow();
    assert_int_equal(offer_of(early), 0);
}

static const char SQL_BACK[] = "UPDATE record SET state = 'void' WHERE id = $1";

static Status back_work(Cx *step_cx, DbConn *conn, void *input) {
    const int64_t *id = input;
    DbEntry entry = {.verb = "record.move", .subject = "record", .subject_id = *id};
    TRY(db_exec(step_cx, conn, SQL_BACK, DB_ARGS(DB_INT(*id)), NULL));
    return db_journal(step_cx, conn, &entry);
}

static void test_o3_what_no_longer_holds_is_no_offer(void **state) {
    (void)state;
    Truck *truck = truck_filed("g3");
    truck_cancel(truck, "2025-10-15");
    follow();
    assert_true(offer_of(truck) > 0);
    must(act(back_work, &truck->record.id));
    follow();
    assert_int_equal(offer_of(truck), 0);
}

/* ---- O2, O4: handing on and taking up ---- */

static Status invite_work(Cx *step_cx, DbConn *conn, void *input) {
    return offer_invite(step_cx, conn, input);
}

typedef struct Accepting {
    OfferAct act;
    int64_t claim_id;
} Accepting;

static Status accept_work(Cx *step_cx, DbConn *conn, void *input) {
    Accepting *accepting = input;
    return offer_accept(step_cx, conn, &house.city, &accepting->act, &accepting->claim_id);
}

static Status decline_work(Cx *step_cx, DbConn *conn, void *input) {
    return offer_decline(step_cx, conn, input);
}

static int64_t offer_new(void) {
    Truck *truck = truck_filed("g3");
    truck_cancel(truck, "2025-10-15");
    follow();
    int64_t id = offer_of(truck);
    assert_true(id > 0);
    return id;
}

static void test_o4_unit_and_owner_alone(void **state) {
    (void)state;
    int64_t id = offer_new();
    OfferAct act_of = {id, trade_id, NOW_MS};
    assert_int_equal(act(invite_work, &act_of), STATUS_DENIED);
    Accepting early = {.act = {id, firm_person, NOW_MS}};
    assert_int_equal(act(accept_work, &early), STATUS_NOT_FOUND); /* not told yet */
    act_of.person_id = transport_id;
    must(act(invite_work, &act_of));
    assert_int_equal(act(invite_work, &act_of), STATUS_CONFLICT);
    if (other_firm_person > 0) {
        Accepting stranger = {.act = {id, other_firm_person, NOW_MS}};
        assert_int_equal(act(accept_work, &stranger), STATUS_NOT_FOUND);
    }
    Accepting accepting = {.act = {id, firm_person, NOW_MS}};
    must(act(accept_work, &accepting));
    Claim claim;
    DbConn *conn = reading();
    must(claim_find(&cx, conn, accepting.claim_id, &claim));
    db_read_end(house.db, conn);
    /* O1: a draft like any other: the papers and the account are still asked. */
    assert_true(str_equal(claim.state, STR("draft")));
    assert_int_equal(claim.org_id, firm_id);
    cx_init(&cx, arena);
    assert_true(str_equal(claim_answer(&cx, &claim, STR("old_fuel")), STR("柴油")));
    assert_true(str_equal(claim_answer(&cx, &claim, STR("cancel_day")), STR("2025-10-15")));
    assert_int_equal(claim.hold.id, 0);
    assert_int_equal(act(accept_work, &accepting), STATUS_CONFLICT);
}

static Status take_work(Cx *step_cx, DbConn *conn, void *input) {
    return once_take(step_cx, conn, input);
}

static void test_o2_what_is_used_is_no_offer(void **state) {
    (void)state;
    Truck *truck = truck_filed("g3");
    truck_cancel(truck, "2025-10-15");
    follow();
    int64_t id = offer_of(truck);
    OnceKey key = {.space = STR("vehicle"),
                   .key = truck->vin,
                   .subject = STR("claim"),
                   .subject_id = 999999,
                   .now_ms = NOW_MS};
    must(act(take_work, &key));
    OfferAct act_of = {id, transport_id, NOW_MS};
    assert_int_equal(act(invite_work, &act_of), STATUS_CONFLICT);
}

static void test_declined_stays_declined(void **state) {
    (void)state;
    int64_t id = offer_new();
    OfferAct act_of = {id, transport_id, NOW_MS};
    must(act(invite_work, &act_of));
    act_of.person_id = firm_person;
    must(act(decline_work, &act_of));
    Accepting accepting = {.act = {id, firm_person, NOW_MS}};
    assert_int_equal(act(accept_work, &accepting), STATUS_CONFLICT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_o5_the_job_follows_what_changes),
        cmocka_unit_test(test_a_cleaner_truck_is_no_offer),
        cmocka_unit_test(test_what_is_not_set_has_no_sum),
        cmocka_unit_test(test_o3_what_no_longer_holds_is_no_offer),
        cmocka_unit_test(test_o4_unit_and_owner_alone),
        cmocka_unit_test(test_o2_what_is_used_is_no_offer),
        cmocka_unit_test(test_declined_stays_declined),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
