/*
 * claim_test.c - the life of a claim on a demo city: properties C1 to C8 of claim.h, by number.
 */
#include "base/codes.h"
#include "office/claim/claim.h"
#include "office/once/once.h"
#include "photo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Last: its names are those of a whole program (arena, cx). */
#include "demo_house.h"

static int64_t officer_id;
static int64_t officer2_id;
static int64_t other_unit_id;
static int64_t finance_id;
static int64_t finance2_id;
static int64_t firm_person_id;
static int64_t firm_id;
static int64_t resident_ids[40];
static size_t resident_next;
static uint32_t vin_next = 1;

#define TODAY day_of_ymd(2026, 11, 23)

static int64_t at_hour(Day day, int hour) {
    return day_start_ms(day) + hour * INT64_C(3600000);
}

static int start(void **state) {
    (void)state;
    demo_house_open(60);
    return 0;
}

/* ---- running one step as a command ---- */

typedef Status Step(Cx *step_cx, DbConn *conn, void *input);

static Status act(Step *step, void *input, int64_t now_ms) {
    DbCommand command = {.name = "test.claim",
                         .actor = {.role = STR("tester"), .origin = STR("test")},
                         .work = step,
                         .input = input,
                         .now_ms = now_ms};
    cx_init(&cx, arena);
    return db_write(&cx, house.db, &command, NULL);
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s: %s (%s)", status_text(status), cx.fault.text, cx.fault.hint);
    }
}

static const char SQL_LOGIN[] = "SELECT id FROM person WHERE login = $1";
static const char SQL_RESIDENTS[] = "SELECT id FROM person WHERE role = 'resident' ORDER BY id";

static int64_t login_id(DbConn *conn, const char *login) {
    int64_t id = 0;
    assert_int_equal(db_int_or(&cx, conn, SQL_LOGIN, DB_ARGS(DB_TEXT(str_of(login))), &id),
                     STATUS_OK);
    assert_int_not_equal(id, 0);
    return id;
}

static void test_people(void **state) {
    (void)state;
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    bool has_row = false;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    officer_id = login_id(conn, "officer");
    officer2_id = login_id(conn, "head04");
    other_unit_id = login_id(conn, "unit02");
    finance_id = login_id(conn, "finance");
    finance2_id = login_id(conn, "finance2");
    firm_person_id = login_id(conn, "enterprise");
    Person firm_person;
    assert_int_equal(people_person_find(&cx, conn, firm_person_id, &firm_person), STATUS_OK);
    firm_id = firm_person.org_id;
    assert_int_equal(db_query(&cx, conn, SQL_RESIDENTS, DB_NO_ARGS, &rows), STATUS_OK);
    assert_int_equal(db_next(&cx, rows, &has_row), STATUS_OK);
    for (size_t i = 0; has_row && i < 40; i++) {
        resident_ids[i] = db_int(rows, 0);
        assert_int_equal(db_next(&cx, rows, &has_row), STATUS_OK);
    }
    db_rows_close(rows);
    db_read_end(house.db, conn);
}

static int64_t newcomer(void) {
    assert_true(resident_next < 40);
    return resident_ids[resident_next++];
}

/* The calculator leads to every programme that can be claimed. */
static void test_calculators_lead_to_claims(void **state) {
    (void)state;
    for (size_t i = 0; i < house.city.claims->count; i++) {
        const PolicyProgramme *programme =
            policy_programme_find(house.city.policies, house.city.claims->items[i].code);
        assert_non_null(programme);
        assert_true(str_equal(programme->apply, STR("/claim/new")));
    }
}

/* ---- a whole claim ---- */

typedef struct Filing {
    int64_t person_id;
    int64_t org_id; /* 0: for the person */
    Day bought;
    const char *change;   /* JSON merged over the complete answers, or NULL */
    uint64_t photo_seed;  /* of the first paper; 0: one of its own */
    const char *no_paper; /* left out, or NULL */
    Day today;
    const char *programme; /* NULL: car_scrap */
    int64_t id;
} Filing;

static Str day_text(Day day) {
    return day_print(arena, day);
}

static Str complete_answers(const Filing *filing) {
    Str old_vin = codes_demo_vin(arena, 2010, vin_next++);
    Str new_vin = codes_demo_vin(arena, 2026, vin_next++);
    Str day = day_text(filing->bought);
    Str later = day_text(day_add(filing->bought, 3));
    Str earlier = day_text(day_add(filing->bought, -5));
    return str_print(
        arena,
        "{\"old_vin\":\"" STR_FMT "\",\"old_plate\":\"鲁V12345\",\"old_owner\":\"same\","
        "\"old_class\":\"true\",\"old_fuel\":\"汽油\",\"old_registered\":\"2010-05-01\","
        "\"old_owned\":\"2012-03-01\",\"recycle_day\":\"" STR_FMT "\",\"cancel_day\":\"" STR_FMT
        "\",\"old_sold\":\"true\",\"old_invoice_day\":\"" STR_FMT "\",\"transfer_day\":\"" STR_FMT
        "\",\"new_vin\":\"" STR_FMT "\",\"invoice\":\"2637%016u\",\"invoice_day\":\"" STR_FMT
        "\",\"new_owner\":\"same\",\"price\":\"12980000\",\"in_province\":\"true\","
        "\"registered_day\":\"" STR_FMT "\",\"registered_here\":\"true\",\"still_own\":\"true\","
        "\"new_class\":\"true\",\"new_kind\":\"新能源\",\"new_model\":\"YS7000BEV01\"}",
        STR_ARG(old_vin), STR_ARG(earlier), STR_ARG(earlier), STR_ARG(earlier), STR_ARG(earlier),
        STR_ARG(new_vin), vin_next, STR_ARG(day), STR_ARG(later));
}

static Status papers_add(Cx *step_cx, DbConn *conn, const Filing *filing, int64_t now_ms) {
    const ClaimProgramme *programme = claim_programme(
        &house.city, str_of(filing->programme == NULL ? "car_scrap" : filing->programme));
    for (size_t i = 0; i < programme->paper_count; i++) {
        const ClaimPaper *paper = &programme->papers[i];
        AttachFile file;
        if (paper->is_optional ||
            (filing->no_paper != NULL && str_equal(paper->code, str_of(filing->no_paper)))) {
            continue;
        }
        uint64_t seed = filing->photo_seed != 0 && i == 0 ? filing->photo_seed
                                                          : (uint64_t)filing->id * 100 + i + 1000;
        Str bytes = photo_png(arena, (PhotoSpec){.seed = seed, .width = 120, .height = 90});
        TRY(attach_check(step_cx, bytes, &file));
        ClaimPaperNew new = {.claim_id = filing->id,
                             .person_id = filing->person_id,
                             .code = paper->code,
                             .name = STR("photo.png"),
                             .file = &file,
                             .now_ms = now_ms};
        TRY(claim_paper_add(step_cx, conn, &new));
    }
    return STATUS_OK;
}

static Status fill_work(Cx *step_cx, DbConn *conn, void *input) {
    Filing *filing = input;
    int64_t now_ms = at_hour(filing->today, 9);
    ClaimDraft draft = {.programme =
                            str_of(filing->programme == NULL ? "car_scrap" : filing->programme),
                        .person_id = filing->person_id,
                        .org_id = filing->org_id,
                        .bought = filing->bought,
                        .now_ms = now_ms};
    TRY(claim_draft_make(step_cx, conn, &house.city, &draft, &filing->id));
    ClaimSave save = {
        .claim_id = filing->id,
        .person_id = filing->person_id,
        .answers = complete_answers(filing),
        .account = {.hash = STR("h"), .masked = STR("9999****0001"), .sealed = STR("sealed")},
        .now_ms = now_ms};
    TRY(claim_save(step_cx, conn, &house.city, &save));
    if (filing->change != NULL) {
        save.answers = str_of(filing->change);
        TRY(claim_save(step_cx, conn, &house.city, &save));
    }
    return papers_add(step_cx, conn, filing, now_ms);
}

static Status submit_work(Cx *step_cx, DbConn *conn, void *input) {
    const Filing *filing = input;
    return claim_submit(step_cx, conn, &house.city, filing->id, filing->person_id,
                        at_hour(filing->today, 10));
}

static Filing filing_of(int64_t person_id) {
    return (Filing){.person_id = person_id, .bought = day_of_ymd(2026, 9, 10), .today = TODAY};
}

static void fill(Filing *filing) {
    must(act(fill_work, filing, at_hour(filing->today, 9)));
}

static Status submit(Filing *filing) {
    return act(submit_work, filing, at_hour(filing->today, 10));
}

static Claim seen(int64_t id) {
    DbConn *conn = NULL;
    Claim claim;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(claim_find(&cx, conn, id, &claim));
    db_read_end(house.db, conn);
    return claim;
}

static Hold hold_of(const Claim *claim) {
    DbConn *conn = NULL;
    Hold hold;
    must(db_read_begin(&cx, house.db, &conn));
    must(ledger_hold_get(&cx, conn, claim->hold, &hold));
    db_read_end(house.db, conn);
    return hold;
}

static ClaimCheck found_of(int64_t id, Day today) {
    DbConn *conn = NULL;
    Claim claim;
    ClaimCheck found;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(claim_find(&cx, conn, id, &claim));
    must(claim_check(&cx, conn, &house.city, &claim, at_hour(today, 10), &found));
    db_read_end(house.db, conn);
    return found;
}

static bool has_issue(const ClaimCheck *found, const char *code) {
    for (size_t i = 0; i < found->issues.count; i++) {
        if (str_equal(found->issues.items[i].code, str_of(code))) {
            return true;
        }
    }
    return false;
}

/* The first issue of a code; an empty one when there is none. */
static ClaimIssue issue_of(const ClaimCheck *found, const char *code) {
    for (size_t i = 0; i < found->issues.count; i++) {
        if (str_equal(found->issues.items[i].code, str_of(code))) {
            return found->issues.items[i];
        }
    }
    return (ClaimIssue){0};
}

static void state_is(int64_t id, const char *state) {
    Claim claim = seen(id);
    if (!str_equal(claim.state, str_of(state))) {
        fail_msg("claim is " STR_FMT ", not %s", STR_ARG(claim.state), state);
    }
}

/* ---- C1, C2: submission ---- */

static void test_clean_claim_is_decided_at_once(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    fill(&filing);
    must(submit(&filing));
    Claim claim = seen(filing.id);
    state_is(filing.id, "approved");
    assert_true(claim.is_clean);
    /* 12 % of 129,800 yuan, up to the next yuan. */
    assert_int_equal(claim.amount.fen, 1557600);
    assert_true(str_equal(claim.rule, STR("SCRAP-2026-A")));
    assert_true(str_starts(claim.number, STR("BF2026")));
    assert_int_equal(claim.decided_ms, claim.submitted_ms);
    /* 30 working days to pay, from 2026-11-23: no holidays until the new year's. */
    assert_int_equal(claim.due.number, day_add_working(&house.city.calendar, TODAY, 30).number);
    assert_int_equal(hold_of(&claim).approved.fen, 1557600);
    assert_int_equal(submit(&filing), STATUS_CONFLICT);
}

static void test_c1_all_defects_at_once(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    filing.change = "{\"old_vin\":null,\"new_owner\":\"other\",\"registered_day\":\"2026-09-01\","
                    "\"cancel_day\":\"2027-01-01\"}";
    filing.no_paper = "invoice";
    fill(&filing);
    ClaimCheck found = found_of(filing.id, TODAY);
    assert_int_equal(found.block_count, 5);
    assert_true(str_equal(issue_of(&found, "missing").field, STR("old_vin")));
    assert_true(str_equal(issue_of(&found, "name").field, STR("new_owner")));
    assert_true(str_equal(issue_of(&found, "order").field, STR("registered_day")));
    assert_true(str_equal(issue_of(&found, "day").field, STR("cancel_day")));
    assert_true(str_equal(issue_of(&found, "paper").field, STR("invoice")));
    for (size_t i = 0; i < found.issues.count; i++) {
        assert_true(found.issues.items[i].text.len > 0);
    }
    assert_int_equal(submit(&filing), STATUS_INVALID);
    state_is(filing.id, "draft");
    assert_int_equal(seen(filing.id).hold.id, 0);
}

static void test_refused_by_the_table_before_submission(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    filing.change = "{\"old_class\":\"false\"}";
    fill(&filing);
    ClaimCheck found = found_of(filing.id, TODAY);
    assert_int_equal(found.block_count, 1);
    assert_true(str_contains(issue_of(&found, "refused").text, STR("SCRAP-2026-X6")));
    assert_int_equal(submit(&filing), STATUS_INVALID);
}

static void test_one_a_person_and_year(void **state) {
    (void)state;
    Filing first = filing_of(newcomer());
    fill(&first);
    must(submit(&first));
    Filing second = filing_of(first.person_id);
    fill(&second);
    assert_int_not_equal(first.id, second.id);
    ClaimCheck found = found_of(second.id, TODAY);
    assert_true(has_issue(&found, "refused"));
    assert_int_equal(submit(&second), STATUS_INVALID);
}

static Status stranger_work(Cx *step_cx, DbConn *conn, void *input) {
    const Filing *filing = input;
    ClaimSave save = {.claim_id = filing->id,
                      .person_id = filing->person_id + 1,
                      .answers = STR("{\"price\":\"1\"}"),
                      .now_ms = 1};
    return claim_save(step_cx, conn, &house.city, &save);
}

static void test_a_claim_is_its_persons(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    fill(&filing);
    assert_int_equal(act(stranger_work, &filing, 1), STATUS_NOT_FOUND);
    Filing stranger = filing;
    stranger.person_id++;
    assert_int_equal(submit(&stranger), STATUS_NOT_FOUND);
    state_is(filing.id, "draft");
}

/* ---- C4: once ---- */

static void test_c4_a_vehicle_once_over_programmes(void **state) {
    (void)state;
    Filing first = filing_of(newcomer());
    fill(&first);
    must(submit(&first));
    Claim claim = seen(first.id);
    Filing second = filing_of(newcomer());
    second.programme = "car_replace";
    second.change = str_c(arena, str_print(arena, "{\"new_vin\":\"" STR_FMT "\"}",
                                           STR_ARG(claim_answer(&cx, &claim, STR("new_vin")))));
    fill(&second);
    ClaimCheck found = found_of(second.id, TODAY);
    ClaimIssue issue = issue_of(&found, "once");
    assert_true(str_equal(issue.field, STR("new_vin")));
    assert_false(str_contains(issue.text, claim.number)); /* another person's number stays hers */
    assert_int_equal(submit(&second), STATUS_INVALID);
}

static Status take_work(Cx *step_cx, DbConn *conn, void *input) {
    const OnceKey *key = input;
    return once_take(step_cx, conn, key);
}

static void test_c4_an_invoice_of_a_sale_is_used(void **state) {
    (void)state;
    OnceKey key = {.space = STR("invoice"),
                   .key = STR("26379999999999999901"),
                   .subject = STR("sale"),
                   .subject_id = 999999,
                   .now_ms = 1};
    must(act(take_work, &key, 1));
    Filing filing = filing_of(newcomer());
    filing.change = "{\"invoice\":\"26379999999999999901\"}";
    fill(&filing);
    ClaimCheck found = found_of(filing.id, TODAY);
    assert_true(str_equal(issue_of(&found, "once").field, STR("invoice")));
}

static Status withdraw_work(Cx *step_cx, DbConn *conn, void *input) {
    const Filing *filing = input;
    return claim_withdraw(step_cx, conn, filing->id, filing->person_id, at_hour(filing->today, 11));
}

static void test_withdrawn_frees_money_and_keys(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    fill(&filing);
    must(submit(&filing));
    must(act(withdraw_work, &filing, at_hour(TODAY, 11)));
    Claim claim = seen(filing.id);
    assert_int_equal(hold_of(&claim).approved.fen, 0);
    assert_int_equal(hold_of(&claim).released.fen, 1557600);
    Filing again = filing_of(filing.person_id);
    again.change = str_c(arena, claim.answers);
    fill(&again);
    must(submit(&again));
    state_is(again.id, "approved");
}

/* ---- C5, C7: exceptions ---- */

static Status verdict_work(Cx *step_cx, DbConn *conn, void *input) {
    const ClaimVerdict *verdict = input;
    bool is_second =
        str_equal(verdict->verdict, STR("agree")) || str_equal(verdict->verdict, STR("disagree"));
    return is_second ? claim_confirm(step_cx, conn, &house.city, verdict)
                     : claim_propose(step_cx, conn, &house.city, verdict);
}

static Status say(int64_t claim_id, int64_t person_id, const char *verdict, Day today) {
    ClaimVerdict it = {.claim_id = claim_id,
                       .officer_id = person_id,
                       .verdict = str_of(verdict),
                       .reason = STR("对照材料"),
                       .now_ms = at_hour(today, 14)};
    return act(verdict_work, &it, it.now_ms);
}

/* A model that the register does not list: a person must look. */
static Filing exception(void) {
    Filing filing = filing_of(newcomer());
    filing.change = "{\"new_model\":\"YS9999BEV99\"}";
    fill(&filing);
    must(submit(&filing));
    state_is(filing.id, "review");
    return filing;
}

static void test_c5_two_officers_of_the_unit(void **state) {
    (void)state;
    Filing filing = exception();
    Claim claim = seen(filing.id);
    assert_int_equal(hold_of(&claim).reserved.fen, 1557600);
    assert_int_equal(say(filing.id, other_unit_id, "approve", TODAY), STATUS_DENIED);
    must(say(filing.id, officer_id, "approve", TODAY));
    state_is(filing.id, "second");
    assert_int_equal(say(filing.id, officer_id, "agree", TODAY), STATUS_DENIED);
    must(say(filing.id, officer2_id, "disagree", TODAY));
    state_is(filing.id, "review");
    must(say(filing.id, officer2_id, "approve", TODAY));
    must(say(filing.id, officer_id, "agree", TODAY));
    state_is(filing.id, "approved");
    claim = seen(filing.id);
    assert_int_equal(hold_of(&claim).approved.fen, 1557600);
}

static void test_refusal_frees(void **state) {
    (void)state;
    Filing filing = exception();
    must(say(filing.id, officer_id, "refuse", TODAY));
    must(say(filing.id, officer2_id, "agree", TODAY));
    Claim claim = seen(filing.id);
    state_is(filing.id, "refused");
    assert_int_equal(hold_of(&claim).reserved.fen, 0);
}

static void test_c7_overtaking_is_counted(void **state) {
    (void)state;
    Filing first = exception();
    Filing second = exception();
    must(say(second.id, officer_id, "approve", TODAY));
    assert_int_equal(seen(second.id).overtaken_count, 1);
    must(say(first.id, officer_id, "approve", TODAY));
    assert_int_equal(seen(first.id).overtaken_count, 0);
}

static void test_open_condition_is_met_by_officers(void **state) {
    (void)state;
    /* REPL-2026-M1: in the applicant's name after 2025-01-08, known only from one source. */
    Filing filing = filing_of(newcomer());
    filing.programme = "car_replace";
    filing.change = "{\"old_owned\":\"2025-06-01\"}";
    fill(&filing);
    must(submit(&filing));
    Claim claim = seen(filing.id);
    state_is(filing.id, "review");
    assert_true(str_equal(claim.rule, STR("REPL-2026-M1")));
    assert_int_equal(claim.amount.fen, 1038400); /* 8 % of 129,800 */
    must(say(filing.id, officer_id, "approve", TODAY));
    must(say(filing.id, officer2_id, "agree", TODAY));
    claim = seen(filing.id);
    assert_true(str_equal(claim.rule, STR("REPL-2026-A")));
    assert_int_equal(hold_of(&claim).approved.fen, 1038400);
}

/* ---- C6: correction and clock ---- */

static Status correct_work(Cx *step_cx, DbConn *conn, void *input) {
    const ClaimCorrection *correction = input;
    return claim_correct(step_cx, conn, &house.city, correction);
}

static void test_correction_loop(void **state) {
    (void)state;
    ClaimProgramme *programme =
        &house.city.claims->items[2]; /* car_scrap: by name the third file */
    assert_true(str_equal(programme->code, STR("car_scrap")));
    programme->review_days = 15;
    Filing filing = exception();
    assert_int_equal(seen(filing.id).due.number,
                     day_add_working(&house.city.calendar, TODAY, 15).number);
    ClaimIssue issues[] = {
        {.field = STR("invoice"), .text = STR("发票照片看不清")},
        {.field = STR("new_model"), .text = STR("型号与登记证书不符")},
    };
    ClaimCorrection correction = {.claim_id = filing.id,
                                  .officer_id = officer_id,
                                  .issues = issues,
                                  .count = 2,
                                  .now_ms = at_hour(day_add(TODAY, 1), 9)};
    must(act(correct_work, &correction, correction.now_ms));
    Claim claim = seen(filing.id);
    state_is(filing.id, "correction");
    assert_int_equal(claim.due.number, DAY_NONE.number);
    assert_int_equal(claim.left_days, 14);
    /* Two weeks later it comes back, and the rest of the time runs on. */
    filing.today = day_add(TODAY, 14);
    must(submit(&filing));
    claim = seen(filing.id);
    state_is(filing.id, "review");
    assert_int_equal(claim.due.number,
                     day_add_working(&house.city.calendar, filing.today, 14).number);
    programme->review_days = 0;
    must(say(filing.id, officer_id, "approve", filing.today));
    must(say(filing.id, officer2_id, "agree", filing.today));
}

/* ---- windows, pauses, signatures ---- */

static void test_purchase_date_and_filing_deadline(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    filing.bought = day_of_ymd(2025, 9, 10);
    filing.change = "{\"new_model\":\"YS7000BEV01\"}";
    fill(&filing);
    ClaimCheck late = found_of(filing.id, day_of_ymd(2026, 1, 11));
    assert_true(has_issue(&late, "deadline"));
    ClaimCheck on_time = found_of(filing.id, day_of_ymd(2026, 1, 10));
    assert_false(has_issue(&on_time, "deadline"));
    assert_int_equal(submit(&filing), STATUS_INVALID);
    must(act(withdraw_work, &filing, at_hour(TODAY, 11)));
}

static Status pause_work(Cx *step_cx, DbConn *conn, void *input) {
    ClaimPause *pause = input;
    return pause->id == 0 ? claim_pause_set(step_cx, conn, pause, &pause->id)
                          : claim_pause_end(step_cx, conn, pause->id, 1, pause->now_ms);
}

static void test_pause_by_purchase_date(void **state) {
    (void)state;
    Filing before = filing_of(newcomer());
    Filing after = filing_of(newcomer());
    after.bought = day_of_ymd(2026, 9, 23);
    fill(&before);
    fill(&after);
    ClaimPause pause = {.programme = STR("car_scrap"),
                        .bought_from = day_of_ymd(2026, 9, 23),
                        .file_by = TODAY,
                        .basis = STR("演示通知"),
                        .person_id = 1,
                        .now_ms = at_hour(TODAY, 1)};
    must(act(pause_work, &pause, pause.now_ms));
    ClaimCheck found = found_of(after.id, TODAY);
    assert_true(has_issue(&found, "pause"));
    found = found_of(before.id, TODAY);
    assert_int_equal(found.block_count, 0);
    found = found_of(before.id, day_add(TODAY, 1));
    assert_true(has_issue(&found, "deadline"));
    must(act(pause_work, &pause, pause.now_ms));
    must(submit(&after));
    must(submit(&before));
}

static const char SQL_SIGNATURES_DROP[] = "DELETE FROM policy_signature";

static Status unsign_work(Cx *step_cx, DbConn *conn, void *input) {
    (void)input;
    return db_exec(step_cx, conn, SQL_SIGNATURES_DROP, DB_NO_ARGS, NULL);
}

/* C3, for every declared programme and every version it could be judged by. */
static void test_c3_unsigned_versions_never_pay(void **state) {
    (void)state;
    must(act(unsign_work, NULL, 1));
    size_t count = 0;
    size_t blocked_count = 0;
    const PolicyVersion *const *versions = policy_versions(house.city.policies, &count);
    for (size_t i = 0; i < count; i++) {
        DbConn *conn = NULL;
        bool is_payable = true;
        must(db_read_begin(&cx, house.db, &conn));
        must(policy_is_payable(&cx, conn, versions[i], &is_payable));
        db_read_end(house.db, conn);
        if (is_payable || claim_programme(&house.city, versions[i]->programme) == NULL) {
            continue;
        }
        bool is_for_person = claim_programme(&house.city, versions[i]->programme)->is_for_person;
        Filing filing = filing_of(is_for_person ? resident_ids[0] : firm_person_id);
        filing.org_id = is_for_person ? 0 : firm_id;
        filing.programme = str_c(arena, versions[i]->programme);
        filing.bought = versions[i]->first;
        Str bought = claim_programme(&house.city, versions[i]->programme)->bought;
        filing.change = str_c(arena, str_print(arena, "{\"" STR_FMT "\":\"" STR_FMT "\"}",
                                               STR_ARG(bought), STR_ARG(day_text(filing.bought))));
        must(act(fill_work, &filing, at_hour(TODAY, 9)));
        ClaimCheck found = found_of(filing.id, TODAY);
        if (!has_issue(&found, "unsigned")) {
            fail_msg("a claim by " STR_FMT " is not stopped for its signature",
                     STR_ARG(versions[i]->version));
        }
        assert_int_not_equal(submit(&filing), STATUS_OK);
        assert_int_equal(seen(filing.id).hold.id, 0);
        must(act(withdraw_work, &filing, at_hour(TODAY, 11)));
        blocked_count++;
    }
    assert_true(blocked_count >= 8);
}

/* ---- payment ---- */

typedef struct BatchInput {
    ClaimBatch batch;
    int64_t id;
} BatchInput;

static Status make_work(Cx *step_cx, DbConn *conn, void *input) {
    BatchInput *in = input;
    return claim_batch_make(step_cx, conn, &in->batch, &in->id);
}

static Status pay_work(Cx *step_cx, DbConn *conn, void *input) {
    return claim_batch_pay(step_cx, conn, &house.city, input);
}

static Status recover_work(Cx *step_cx, DbConn *conn, void *input) {
    const ClaimVerdict *verdict = input;
    return str_equal(verdict->verdict, STR("begin")) ? claim_recover_begin(step_cx, conn, verdict)
                                                     : claim_recover_end(step_cx, conn, verdict);
}

static void test_payment_and_recovery(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    fill(&filing);
    must(submit(&filing));
    BatchInput input = {.batch = {.programme = STR("car_scrap"),
                                  .year = 2026,
                                  .made_by = officer_id,
                                  .made_ms = at_hour(TODAY, 15)}};
    must(act(make_work, &input, at_hour(TODAY, 15)));
    state_is(filing.id, "in_batch");
    ClaimBatch paid = {.id = input.id,
                       .made_by = officer_id,
                       .paid_ms = at_hour(TODAY, 16),
                       .bank_reference = STR("FT20261123")};
    assert_int_equal(act(pay_work, &paid, paid.paid_ms), STATUS_DENIED);
    paid.made_by = finance_id;
    must(act(pay_work, &paid, paid.paid_ms));
    assert_int_equal(act(pay_work, &paid, paid.paid_ms), STATUS_CONFLICT);
    Claim claim = seen(filing.id);
    state_is(filing.id, "paid");
    assert_int_equal(hold_of(&claim).paid.fen, 1557600);
    ClaimVerdict verdict = {.claim_id = filing.id,
                            .officer_id = finance_id,
                            .verdict = STR("begin"),
                            .reason = STR("退车"),
                            .now_ms = at_hour(TODAY, 17)};
    must(act(recover_work, &verdict, verdict.now_ms));
    assert_int_equal(act(recover_work, &verdict, verdict.now_ms), STATUS_CONFLICT);
    /* Who began it does not say that the money is here, nor that it never will be. */
    verdict.verdict = STR("end");
    assert_int_equal(act(recover_work, &verdict, verdict.now_ms), STATUS_DENIED);
    verdict.verdict = STR("written_off");
    assert_int_equal(act(recover_work, &verdict, verdict.now_ms), STATUS_DENIED);
    state_is(filing.id, "recovering");
    verdict.verdict = STR("end");
    verdict.officer_id = finance2_id;
    must(act(recover_work, &verdict, verdict.now_ms));
    state_is(filing.id, "recovered");
    claim = seen(filing.id);
    assert_int_equal(hold_of(&claim).recovered.fen, 1557600);
    assert_int_equal(act(recover_work, &verdict, verdict.now_ms), STATUS_CONFLICT);
}

/* Written off: the money stays paid in the books, what it has used stays used, and it ends there.
 */
static void test_write_off(void **state) {
    (void)state;
    Filing filing = filing_of(newcomer());
    fill(&filing);
    must(submit(&filing));
    BatchInput input = {.batch = {.programme = STR("car_scrap"),
                                  .year = 2026,
                                  .made_by = officer_id,
                                  .made_ms = at_hour(TODAY, 15)}};
    must(act(make_work, &input, at_hour(TODAY, 15)));
    ClaimBatch paid = {.id = input.id,
                       .made_by = finance_id,
                       .paid_ms = at_hour(TODAY, 16),
                       .bank_reference = STR("FT20261124")};
    must(act(pay_work, &paid, paid.paid_ms));
    ClaimVerdict verdict = {.claim_id = filing.id,
                            .officer_id = finance_id,
                            .verdict = STR("begin"),
                            .reason = STR("退车"),
                            .now_ms = at_hour(TODAY, 17)};
    must(act(recover_work, &verdict, verdict.now_ms));
    verdict.officer_id = finance2_id;
    verdict.verdict = STR("written_off");
    verdict.reason = STR("法院终结执行裁定");
    must(act(recover_work, &verdict, verdict.now_ms));
    state_is(filing.id, "paid");
    Claim claim = seen(filing.id);
    assert_int_equal(hold_of(&claim).paid.fen, 1557600);
    assert_int_equal(hold_of(&claim).recovered.fen, 0);
    verdict.verdict = STR("begin");
    assert_int_equal(act(recover_work, &verdict, verdict.now_ms), STATUS_CONFLICT);
}

/* ---- likeness ---- */

static void test_the_same_photo_goes_to_people(void **state) {
    (void)state;
    Filing first = filing_of(newcomer());
    first.photo_seed = 424242;
    fill(&first);
    must(submit(&first));
    state_is(first.id, "approved");
    Filing second = filing_of(newcomer());
    second.photo_seed = 424242;
    fill(&second);
    must(submit(&second));
    state_is(second.id, "review");
}

/* ---- crash: the n-th statement fails, nothing is half done ---- */

typedef struct Tried {
    Status (*step)(void *input);
    void *input;
    int64_t claim_id;
    const char *before;
    const char *after;
    int64_t fen; /* in the hold's state of before, and of after */
} Tried;

static int64_t fen_in(const Hold *hold, const char *state) {
    if (strcmp(state, "second") == 0) {
        return hold->reserved.fen;
    }
    return strcmp(state, "paid") == 0 ? hold->paid.fen : hold->approved.fen;
}

/* Lets every statement of a step fail once, until it passes; each time all or nothing holds. */
static void whole_or_nothing(const Tried *tried) {
    uint64_t failed_count = 0;
    Status status = STATUS_DB;
    for (uint64_t nth = 1; nth < 300 && status != STATUS_OK; nth++) {
        db_fail_at(house.db, nth);
        status = tried->step(tried->input);
        db_fail_at(house.db, 0);
        Claim claim = seen(tried->claim_id);
        bool is_after = str_equal(claim.state, str_of(tried->after));
        if (!is_after) {
            failed_count++;
            assert_true(str_equal(claim.state, str_of(tried->before)));
        }
        if (claim.hold.id != 0) {
            Hold hold = hold_of(&claim);
            assert_int_equal(fen_in(&hold, is_after ? tried->after : tried->before), tried->fen);
        } else {
            assert_true(strcmp(tried->before, "draft") == 0 && !is_after);
        }
        if (is_after) {
            break; /* a failure after the commit is the caller's to ask again */
        }
    }
    assert_true(failed_count > 5);
    state_is(tried->claim_id, tried->after);
}

static Status submit_step(void *input) {
    return submit(input);
}

static Status agree_step(void *input) {
    const Filing *filing = input;
    return say(filing->id, officer2_id, "agree", TODAY);
}

static Status pay_step(void *input) {
    ClaimBatch *paid = input;
    return act(pay_work, paid, paid->paid_ms);
}

static void test_steps_are_whole_or_not_at_all(void **state) {
    (void)state;
    Filing clean = filing_of(newcomer());
    fill(&clean);
    whole_or_nothing(&(Tried){submit_step, &clean, clean.id, "draft", "approved", 1557600});
    Filing filing = exception();
    must(say(filing.id, officer_id, "approve", TODAY));
    whole_or_nothing(&(Tried){agree_step, &filing, filing.id, "second", "approved", 1557600});
    BatchInput input = {.batch = {.programme = STR("car_scrap"),
                                  .year = 2026,
                                  .made_by = officer_id,
                                  .made_ms = at_hour(TODAY, 18)}};
    must(act(make_work, &input, at_hour(TODAY, 18)));
    ClaimBatch paid = {.id = input.id,
                       .made_by = finance_id,
                       .paid_ms = at_hour(TODAY, 19),
                       .bank_reference = STR("FT1")};
    whole_or_nothing(&(Tried){pay_step, &paid, clean.id, "in_batch", "paid", 1557600});
    state_is(filing.id, "paid");
    DbConn *conn = NULL;
    LedgerAudit audit;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(ledger_audit(&cx, conn, &audit));
    db_read_end(house.db, conn);
    assert_int_equal(audit.finding_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_calculators_lead_to_claims),
        cmocka_unit_test(test_clean_claim_is_decided_at_once),
        cmocka_unit_test(test_c1_all_defects_at_once),
        cmocka_unit_test(test_refused_by_the_table_before_submission),
        cmocka_unit_test(test_one_a_person_and_year),
        cmocka_unit_test(test_a_claim_is_its_persons),
        cmocka_unit_test(test_c4_a_vehicle_once_over_programmes),
        cmocka_unit_test(test_c4_an_invoice_of_a_sale_is_used),
        cmocka_unit_test(test_withdrawn_frees_money_and_keys),
        cmocka_unit_test(test_c5_two_officers_of_the_unit),
        cmocka_unit_test(test_refusal_frees),
        cmocka_unit_test(test_c7_overtaking_is_counted),
        cmocka_unit_test(test_open_condition_is_met_by_officers),
        cmocka_unit_test(test_correction_loop),
        cmocka_unit_test(test_purchase_date_and_filing_deadline),
        cmocka_unit_test(test_pause_by_purchase_date),
        cmocka_unit_test(test_payment_and_recovery),
        cmocka_unit_test(test_write_off),
        cmocka_unit_test(test_the_same_photo_goes_to_people),
        cmocka_unit_test(test_steps_are_whole_or_not_at_all),
        cmocka_unit_test(test_c3_unsigned_versions_never_pay),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
