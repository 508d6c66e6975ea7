/*
 * claim_for_test.c - claims of organisations, and claims that somebody enters for the claimant: who
 * may see and change them, what is used once, who may not decide them, what the journal says.
 */
#include "base/codes.h"
#include "office/claim/claim_store.h"
#include "office/treasury/treasury.h"
#include "photo.h"

#include <inttypes.h>

/* Last: its names are those of a whole program (arena, cx). */
#include "demo_house.h"

#define TODAY day_of_ymd(2026, 11, 20)
#define NOW_MS (day_start_ms(TODAY) + 10 * INT64_C(3600000))

static int64_t firm_person;
static int64_t firm_id;
static int64_t resident_id;
static int64_t clerk_id;
static int64_t other_officer_id;
static uint32_t vin_next = 700;

static int start(void **state) {
    (void)state;
    demo_house_open(60);
    return 0;
}

typedef Status Step(Cx *step_cx, DbConn *conn, void *input);

static Status act(Step *step, void *input) {
    DbCommand command = {.name = "test.claim",
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

static int64_t number_of(const char *sql) {
    int64_t number = 0;
    DbConn *conn = reading();
    must(db_int_or(&cx, conn, sql, DB_NO_ARGS, &number));
    db_read_end(house.db, conn);
    return number;
}

static const char SQL_FIRM_PERSON[] = "SELECT id FROM person WHERE login = 'enterprise'";
static const char SQL_FIRM[] = "SELECT org_id FROM person WHERE login = 'enterprise'";
static const char SQL_RESIDENT[] = "SELECT id FROM person WHERE login = 'resident'";
static const char SQL_CLERK[] = "SELECT id FROM person WHERE login = 'officer'";
static const char SQL_OTHER[] = "SELECT id FROM person WHERE login = 'head04'";

static void test_people(void **state) {
    (void)state;
    firm_person = number_of(SQL_FIRM_PERSON);
    firm_id = number_of(SQL_FIRM);
    resident_id = number_of(SQL_RESIDENT);
    clerk_id = number_of(SQL_CLERK);
    other_officer_id = number_of(SQL_OTHER);
    assert_true(firm_person > 0 && firm_id > 0 && resident_id > 0 && clerk_id > 0);
}

/* ---- organisations ---- */

typedef struct Truck {
    int64_t person_id;
    int64_t org_id;
    Str old_vin;
    const char *programme;
    const char *answers; /* NULL: those of a truck */
    int64_t id;
} Truck;

static Str truck_answers(const Truck *truck) {
    return str_print(
        arena,
        "{\"kind\":\"报废旧车\",\"old_vin\":\"" STR_FMT "\",\"old_plate\":\"鲁VA1234\","
        "\"old_owner\":\"same\",\"old_trade\":\"true\",\"old_size\":\"中型\","
        "\"old_fuel\":\"柴油\",\"old_standard\":\"国三\",\"cancel_day\":\"2025-10-15\","
        "\"must_end\":\"2027-10-14\",\"new_size\":\"不买新车\","
        "\"new_power\":\"不买新车\"}",
        STR_ARG(truck->old_vin));
}

static Status truck_draft(Cx *step_cx, DbConn *conn, void *input) {
    Truck *truck = input;
    ClaimDraft draft = {.programme = str_of(truck->programme),
                        .person_id = truck->person_id,
                        .org_id = truck->org_id,
                        .bought = day_of_ymd(2025, 10, 15),
                        .now_ms = NOW_MS};
    return claim_draft_make(step_cx, conn, &house.city, &draft, &truck->id);
}

static Status truck_fill(Cx *step_cx, DbConn *conn, void *input) {
    const Truck *truck = input;
    const ClaimProgramme *programme = claim_programme(&house.city, str_of(truck->programme));
    ClaimSave save = {
        .claim_id = truck->id,
        .person_id = truck->person_id,
        .answers = truck->answers == NULL ? truck_answers(truck) : str_of(truck->answers),
        .account = {.hash = STR("h"), .masked = STR("9999****0001"), .sealed = STR("sealed")},
        .now_ms = NOW_MS};
    TRY(claim_save(step_cx, conn, &house.city, &save));
    for (size_t i = 0; i < programme->paper_count; i++) {
        AttachFile file;
        Str bytes = photo_png(
            arena,
            (PhotoSpec){.seed = (uint64_t)truck->id * 50 + i + 9000, .width = 120, .height = 90});
        TRY(attach_check(step_cx, bytes, &file));
        ClaimPaperNew paper = {.claim_id = truck->id,
                               .person_id = truck->person_id,
                               .code = programme->papers[i].code,
                               .name = STR("p.png"),
                               .file = &file,
                               .now_ms = NOW_MS};
        TRY(claim_paper_add(step_cx, conn, &paper));
    }
    return STATUS_OK;
}

static Status truck_submit(Cx *step_cx, DbConn *conn, void *input) {
    const Truck *truck = input;
    return claim_submit(step_cx, conn, &house.city, truck->id, truck->person_id, NOW_MS);
}

static Truck truck_of_firm(void) {
    return (Truck){.person_id = firm_person,
                   .org_id = firm_id,
                   .old_vin = codes_demo_vin(arena, 2012, vin_next++),
                   .programme = "truck"};
}

static Claim seen(int64_t id) {
    Claim claim;
    DbConn *conn = reading();
    must(claim_find(&cx, conn, id, &claim));
    db_read_end(house.db, conn);
    return claim;
}

static ClaimCheck found_of(int64_t id) {
    ClaimCheck found;
    Claim claim = seen(id);
    DbConn *conn = reading();
    must(claim_check(&cx, conn, &house.city, &claim, NOW_MS, &found));
    db_read_end(house.db, conn);
    return found;
}

static bool blocks(const ClaimCheck *found, const char *code) {
    for (size_t i = 0; i < found->issues.count; i++) {
        if (found->issues.items[i].blocks && str_equal(found->issues.items[i].code, str_of(code))) {
            return true;
        }
    }
    return false;
}

/* The demo city has no money for such programmes: a pot of its own. */
static Status pot_work(Cx *step_cx, DbConn *conn, void *input) {
    Str code = str_of(input);
    TreasuryPot pot = {
        .programme = code, .year = 2025, .validity_days = 7, .claims_max = 1, .is_open = true};
    FundSpec source = {.kind = FUND_SOURCE,
                       .code = str_print(arena, STR_FMT "-2025-test", STR_ARG(code)),
                       .name = STR("演示货车资金"),
                       .year = 2025};
    source.rate_bp[LEDGER_COUNTY] = 10000;
    FundId root = FUND_NONE;
    TRY(ledger_fund_create(step_cx, conn, &source, &root));
    TRY(ledger_appropriate(step_cx, conn, root, money_of_yuan(100000), STR("test")));
    FundSpec programme = {
        .parent = root, .kind = FUND_PROGRAMME, .code = code, .name = STR("货车"), .year = 2025};
    TRY(ledger_fund_create(step_cx, conn, &programme, &pot.fund));
    TRY(ledger_appropriate(step_cx, conn, pot.fund, money_of_yuan(100000), STR("test")));
    return treasury_pot_put(step_cx, conn, &pot);
}

/* The programme's table decides; what is used once is used once, whoever claims. */
static void test_a_firm_claims_its_truck(void **state) {
    (void)state;
    Truck truck = truck_of_firm();
    must(act(pot_work, (char[]){"truck"}));
    must(act(truck_draft, &truck));
    must(act(truck_fill, &truck));
    ClaimCheck found = found_of(truck.id);
    assert_true(found.has_answer);
    assert_int_equal(found.amount.fen, 1000000);
    assert_false(blocks(&found, "name"));
    assert_int_equal(seen(truck.id).org_id, firm_id);
    /* An organisation has a draft for each thing. */
    Truck second = truck_of_firm();
    must(act(truck_draft, &second));
    assert_int_not_equal(second.id, truck.id);
    for (size_t i = 0; i < found.issues.count; i++) {
        if (found.issues.items[i].blocks) {
            fail_msg("blocked: " STR_FMT, STR_ARG(found.issues.items[i].text));
        }
    }
    must(act(truck_submit, &truck));
    /* Whether other central money was had, people look. */
    assert_true(str_equal(seen(truck.id).state, STR("review")));
    assert_true(str_starts(seen(truck.id).number, STR("HC2025")));
    second.old_vin = truck.old_vin;
    must(act(truck_fill, &second));
    found = found_of(second.id);
    assert_true(blocks(&found, "once"));
    /* Nor by a person. */
    Truck own = {.person_id = resident_id, .old_vin = truck.old_vin, .programme = "truck"};
    must(act(truck_draft, &own));
    must(act(truck_fill, &own));
    found = found_of(own.id);
    assert_true(blocks(&found, "once"));
}

/* ---- a loan, period by period ---- */

#define LOAN(contract, from, to, days)                                                             \
    "{\"apply_day\":\"2025-10-15\",\"contract\":\"" contract                                       \
    "\",\"contract_day\":\"2024-08-01\",\"lent_day\":\"2024-08-15\",\"principal\":"                \
    "\"1000000000\",\"in_list\":\"true\",\"relending\":\"true\",\"from_day\":\"" from              \
    "\",\"to_day\":\"" to "\",\"days\":\"" days "\"}"

static Truck loan_of_firm(const char *answers) {
    Truck loan = truck_of_firm();
    loan.programme = "loan_interest";
    loan.answers = answers;
    must(act(truck_draft, &loan));
    must(act(truck_fill, &loan));
    return loan;
}

/* What is typed over the draft, and the defect that it makes; NULL: none. */
static const struct {
    const char *name;
    const char *answers;
    const char *defect;
} PERIODS[] = {
    {"the day after the first period", LOAN("HT1", "2025-02-15", "2025-08-14", "181"), NULL},
    {"its last day again", LOAN("HT1", "2025-02-14", "2025-08-14", "182"), "period"},
    {"a day inside it", LOAN("HT1", "2024-12-01", "2024-12-01", "1"), "period"},
    {"another loan, the same days", LOAN("HT2", "2024-08-15", "2025-02-14", "184"), NULL},
    {"a day more than the period has", LOAN("HT2", "2024-08-15", "2025-02-14", "185"), "period"},
    {"before it was lent", LOAN("HT2", "2024-08-14", "2025-02-14", "184"), "order"},
    {"the end before the beginning", LOAN("HT2", "2025-02-14", "2024-08-15", "1"), "order"},
    {"interest not yet paid", LOAN("HT2", "2025-02-15", "2025-10-16", "184"), "order"},
};

static void test_a_loan_is_subsidised_a_day_once(void **state) {
    (void)state;
    must(act(pot_work, (char[]){"loan_interest"}));
    Truck first = loan_of_firm(LOAN("HT1", "2024-08-15", "2025-02-14", "184"));
    ClaimCheck found = found_of(first.id);
    assert_int_equal(found.block_count, 0);
    assert_true(found.review_count > 0);         /* what only an office knows */
    assert_int_equal(found.amount.fen, 7561643); /* 10 million * 1.5 % * 184 / 365 */
    must(act(truck_submit, &first));
    assert_true(str_equal(seen(first.id).state, STR("review")));
    Truck next = truck_of_firm();
    next.programme = "loan_interest";
    must(act(truck_draft, &next));
    for (size_t i = 0; i < sizeof PERIODS / sizeof PERIODS[0]; i++) {
        next.answers = PERIODS[i].answers;
        must(act(truck_fill, &next));
        found = found_of(next.id);
        bool is_as_wanted =
            PERIODS[i].defect == NULL ? found.block_count == 0 : blocks(&found, PERIODS[i].defect);
        if (!is_as_wanted) {
            fail_msg("%s: %zu defects", PERIODS[i].name, found.block_count);
        }
    }
}

/* Two years of days are the most, over all periods. */
static void test_two_years_over_all_periods(void **state) {
    (void)state;
    Truck loan = loan_of_firm(LOAN("HT1", "2025-02-15", "2025-10-14", "242"));
    ClaimCheck found = found_of(loan.id);
    assert_int_equal(found.block_count, 0);
    assert_true(str_contains(found.answer.input_json, STR("\"已贴息天数\":184")));
}

static void test_only_the_firm_sees_it(void **state) {
    (void)state;
    Claim claim;
    Truck truck = truck_of_firm();
    must(act(truck_draft, &truck));
    DbConn *conn = reading();
    must(claim_find_own(&cx, conn, truck.id, firm_person, &claim));
    assert_int_equal(claim_find_own(&cx, conn, truck.id, resident_id, &claim), STATUS_NOT_FOUND);
    fault_clear(&cx);
    assert_int_equal(claim_find_own(&cx, conn, truck.id, clerk_id, &claim), STATUS_NOT_FOUND);
    db_read_end(house.db, conn);
}

static void test_who_may_claim_what(void **state) {
    (void)state;
    Truck car = truck_of_firm();
    car.programme = "car_scrap";
    assert_int_equal(act(truck_draft, &car), STATUS_CONFLICT);
    Truck bus = {.person_id = resident_id, .programme = "bus"};
    assert_int_equal(act(truck_draft, &bus), STATUS_CONFLICT);
    Truck own = {.person_id = resident_id, .programme = "truck"};
    must(act(truck_draft, &own));
}

static Status suspend_work(Cx *step_cx, DbConn *conn, void *input) {
    const bool *is_back = input;
    OrgStateChange change = {.org_id = firm_id,
                             .from = *is_back ? STR("suspended") : STR("active"),
                             .to = *is_back ? STR("active") : STR("suspended"),
                             .reason = STR("test")};
    return people_org_state_set(step_cx, conn, &change);
}

static void test_a_suspended_firm_does_not_claim(void **state) {
    (void)state;
    bool is_back = false;
    Truck truck = truck_of_firm();
    must(act(suspend_work, &is_back));
    assert_int_equal(act(truck_draft, &truck), STATUS_CONFLICT);
    is_back = true;
    must(act(suspend_work, &is_back));
    must(act(truck_draft, &truck));
}

/* ---- for somebody else ---- */

typedef struct Entering {
    ClaimEntry entry;
    ClaimEnter enter;
    int64_t id;
} Entering;

static Status enter_work(Cx *step_cx, DbConn *conn, void *input) {
    Entering *entering = input;
    entering->enter.draft.entry = &entering->entry;
    return claim_enter(step_cx, conn, &house.city, &entering->enter, &entering->id);
}

static Entering entering_of(Str name, uint32_t sequence) {
    Day birth = day_of_ymd(1951, 3, 4);
    Str id_number = codes_demo_id(arena, birth, false, sequence);
    Entering entering = {
        .entry = {.consent = STR("TY-001"), .relation = STR("女儿"), .made_ms = NOW_MS},
        .enter = {
            .draft = {.programme = STR("car_scrap"),
                      .entered_by = clerk_id,
                      .entered_as = STR("counter"),
                      .bought = day_of_ymd(2026, 9, 10),
                      .now_ms = NOW_MS},
            .claimant = {.role = ROLE_RESIDENT,
                         .name = people_seal(arena, &house.city, PEOPLE_NAME, name),
                         .id_number = people_seal(arena, &house.city, PEOPLE_ID_NUMBER, id_number),
                         .birth = birth,
                         .town_code = house.city.towns[0].code,
                         .is_demo = true,
                         .now_ms = NOW_MS}}};
    entering.enter.claimant.login = str_print(
        arena, "for-" STR_FMT, STR_ARG(str_slice(entering.enter.claimant.id_number.hash, 0, 24)));
    return entering;
}

static void test_the_claimant_is_made_or_found(void **state) {
    (void)state;
    ClaimEntry entry;
    Entering first = entering_of(STR("演示老人甲"), 401);
    must(act(enter_work, &first));
    Claim claim = seen(first.id);
    assert_int_equal(claim.entered_by, clerk_id);
    assert_true(str_equal(claim.entered_as, STR("counter")));
    assert_int_not_equal(claim.person_id, clerk_id);
    DbConn *conn = reading();
    must(claim_entry_find(&cx, conn, first.id, &entry));
    db_read_end(house.db, conn);
    assert_true(str_equal(entry.consent, STR("TY-001")));
    assert_true(str_equal(entry.relation, STR("女儿")));
    /* The same person again: found, not made twice, with the draft that is there. */
    Entering again = entering_of(STR("演示老人甲"), 401);
    must(act(enter_work, &again));
    assert_int_equal(again.id, first.id);
    /* The number with another name gets no further. */
    Entering wrong = entering_of(STR("演示老人乙"), 401);
    assert_int_equal(act(enter_work, &wrong), STATUS_INVALID);
    /* Another clerk does not take over a draft that is there. */
    Entering other = entering_of(STR("演示老人甲"), 401);
    other.enter.draft.entered_by = other_officer_id;
    assert_int_equal(act(enter_work, &other), STATUS_CONFLICT);
}

static void test_who_enters_sees_it_and_no_other(void **state) {
    (void)state;
    Claim claim;
    Entering entering = entering_of(STR("演示老人丙"), 402);
    must(act(enter_work, &entering));
    DbConn *conn = reading();
    must(claim_find_own(&cx, conn, entering.id, clerk_id, &claim));
    must(claim_find_own(&cx, conn, entering.id, claim.person_id, &claim));
    assert_int_equal(claim_find_own(&cx, conn, entering.id, other_officer_id, &claim),
                     STATUS_NOT_FOUND);
    fault_clear(&cx);
    assert_int_equal(claim_find_own(&cx, conn, entering.id, resident_id, &claim), STATUS_NOT_FOUND);
    db_read_end(house.db, conn);
}

/* A clerk keeps the paper in the folder; a relative has nobody who looked at it. */
static void test_the_consent_of_a_relative_is_a_paper(void **state) {
    (void)state;
    size_t count = 0;
    const ClaimProgramme *programme = claim_programme(&house.city, STR("car_scrap"));
    Claim own = {0};
    Claim counter = {.entered_by = 1, .entered_as = STR("counter")};
    Claim relative = {.entered_by = 1, .entered_as = STR("relative")};
    (void)claim_papers_of(arena, programme, &own, &count);
    assert_int_equal(count, programme->paper_count);
    const ClaimPaper *papers = claim_papers_of(arena, programme, &counter, &count);
    assert_int_equal(count, programme->paper_count + 1);
    assert_true(papers[count - 1].is_optional);
    papers = claim_papers_of(arena, programme, &relative, &count);
    assert_false(papers[count - 1].is_optional);
    assert_true(str_equal(papers[count - 1].code, STR("consent")));
}

static const char SQL_TO_REVIEW[] = "UPDATE claim SET state = 'review', submitted_ms = 1"
                                    " WHERE id = $1";

static Status review_work(Cx *step_cx, DbConn *conn, void *input) {
    const int64_t *id = input;
    return db_exec(step_cx, conn, SQL_TO_REVIEW, DB_ARGS(DB_INT(*id)), NULL);
}

static Status propose_work(Cx *step_cx, DbConn *conn, void *input) {
    const ClaimVerdict *verdict = input;
    return claim_propose(step_cx, conn, &house.city, verdict);
}

static void test_who_entered_it_does_not_decide_it(void **state) {
    (void)state;
    Entering entering = entering_of(STR("演示老人丁"), 403);
    must(act(enter_work, &entering));
    must(act(review_work, &entering.id));
    ClaimVerdict verdict = {.claim_id = entering.id,
                            .officer_id = clerk_id,
                            .verdict = STR("refuse"),
                            .reason = STR("test"),
                            .now_ms = NOW_MS};
    assert_int_equal(act(propose_work, &verdict), STATUS_DENIED);
    verdict.officer_id = other_officer_id;
    must(act(propose_work, &verdict));
}

/* ---- lists ---- */

enum { OTHERS = 205 };

static const char SQL_OBJECTION[] =
    "INSERT INTO claim_objection (claim_id, person_id, text, state, made_ms)"
    " VALUES ($1, $2, $3, 'open', $4) RETURNING id";

static Status objections_work(Cx *step_cx, DbConn *conn, void *input) {
    const int64_t *claims = input;
    int64_t id = 0;
    for (int64_t i = 0; i <= OTHERS; i++) {
        TRY(db_insert(step_cx, conn, SQL_OBJECTION,
                      DB_ARGS(DB_INT(claims[i < OTHERS ? 0 : 1]), DB_INT(resident_id),
                              DB_TEXT(STR("test")), DB_INT(NOW_MS + i)),
                      &id));
    }
    return STATUS_OK;
}

/* A busy programme of another unit does not push a unit's objections off its list. */
static void test_a_units_objections_are_all_listed(void **state) {
    (void)state;
    Truck truck = truck_of_firm();
    Entering car = entering_of(STR("演示老人戊"), 404);
    must(act(truck_draft, &truck));
    must(act(enter_work, &car));
    int64_t claims[2] = {truck.id, car.id};
    must(act(objections_work, claims));
    ClaimObjectionList list;
    DbConn *conn = reading();
    must(claim_store_objections_open(&cx, conn, STR(",car_scrap,"), &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].claim_id, car.id);
    must(claim_store_objections_open(&cx, conn, STR(",truck,"), &list));
    assert_int_equal(list.count, OTHERS);
    must(claim_store_objections_open(&cx, conn, STR(","), &list));
    assert_int_equal(list.count, 0);
    db_read_end(house.db, conn);
}

typedef struct Stated {
    int64_t id;
    const char *state;
} Stated;

static const char SQL_STATE[] = "UPDATE claim SET state = $2, decided_ms = $3, submitted_ms = $3,"
                                " number = $4 WHERE id = $1";

static Status state_work(Cx *step_cx, DbConn *conn, void *input) {
    const Stated *stated = input;
    return db_exec(step_cx, conn, SQL_STATE,
                   DB_ARGS(DB_INT(stated->id), DB_TEXT(str_of(stated->state)),
                           DB_INT(NOW_MS + 1000000), DB_TEXT(STR("TEST-PUBLIC"))),
                   NULL);
}

/* What is granted is public; what is asked, refused, taken back or recovered is nobody's business.
 */
static void test_only_granted_claims_are_public(void **state) {
    (void)state;
    static const struct {
        const char *state;
        bool is_public;
    } rows[] = {{"draft", false},      {"review", false},     {"second", false},
                {"correction", false}, {"notice", true},      {"approved", true},
                {"in_batch", true},    {"paid", true},        {"refused", false},
                {"withdrawn", false},  {"recovering", false}, {"recovered", false}};
    Truck truck = truck_of_firm();
    must(act(truck_draft, &truck));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ClaimList list;
        bool is_there = false;
        Stated stated = {truck.id, rows[i].state};
        must(act(state_work, &stated));
        DbConn *conn = reading();
        must(claim_store_notice(&cx, conn, 0, 50, &list));
        for (size_t k = 0; k < list.count; k++) {
            is_there = is_there || list.items[k].id == truck.id;
        }
        db_read_end(house.db, conn);
        if (is_there != rows[i].is_public) {
            fail_msg("a claim in %s is %spublic", rows[i].state, is_there ? "" : "not ");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_a_firm_claims_its_truck),
        cmocka_unit_test(test_a_loan_is_subsidised_a_day_once),
        cmocka_unit_test(test_two_years_over_all_periods),
        cmocka_unit_test(test_only_the_firm_sees_it),
        cmocka_unit_test(test_who_may_claim_what),
        cmocka_unit_test(test_a_suspended_firm_does_not_claim),
        cmocka_unit_test(test_the_claimant_is_made_or_found),
        cmocka_unit_test(test_who_enters_sees_it_and_no_other),
        cmocka_unit_test(test_the_consent_of_a_relative_is_a_paper),
        cmocka_unit_test(test_who_entered_it_does_not_decide_it),
        cmocka_unit_test(test_a_units_objections_are_all_listed),
        cmocka_unit_test(test_only_granted_claims_are_public),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
