/*
 * Rules of the plan: three persons for a figure, months from counters and reports, no green without
 * a baseline, measures and notices step by step, formulas told by file and line, the working
 * calendar at its borders.
 */
#include "demo_house.h"
#include "office/people/people.h"
#include "office/plan/forecast.h"
#include "office/plan/target.h"
#include "office/plan/work.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Day today;
static int64_t now_ms;

static int start(void **state) {
    (void)state;
    demo_house_open(20);
    today = day_of_ymd(2026, 11, 20);
    now_ms = day_start_ms(today) + 10 * 3600 * 1000;
    return 0;
}

/* Runs a step through the write door; the fault is forgotten. */
static Status run(DbWork *work, void *input) {
    DbCommand command = {.name = "test",
                         .actor = {.role = STR("system"), .origin = STR("command")},
                         .work = work,
                         .input = input,
                         .now_ms = now_ms};
    Status status = db_write(&cx, house.db, &command, NULL);
    fault_clear(&cx);
    return status;
}

static const char SQL_UNIT[] = "SELECT id FROM unit WHERE name = $1";
static const char SQL_OFFICER[] =
    "SELECT id FROM person WHERE unit_id = $1 AND role = 'officer' AND id NOT IN"
    " (SELECT person_id FROM plan_head) ORDER BY id LIMIT 1";
static const char SQL_HEAD[] = "SELECT person_id FROM plan_head WHERE unit_id = $1";
static const char SQL_LEAD[] = "SELECT id FROM person WHERE role = 'lead' ORDER BY id LIMIT 1";

typedef struct Unit {
    int64_t id;
    int64_t officer;
    int64_t head;
} Unit;

static Unit unit_of(const char *name) {
    Unit unit = {0};
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, SQL_UNIT, DB_ARGS(DB_TEXT(str_of(name))), &unit.id), 0);
    assert_int_equal(db_int_or(&cx, conn, SQL_OFFICER, DB_ARGS(DB_INT(unit.id)), &unit.officer), 0);
    assert_int_equal(db_int_or(&cx, conn, SQL_HEAD, DB_ARGS(DB_INT(unit.id)), &unit.head), 0);
    db_read_end(house.db, conn);
    assert_true(unit.id > 0 && unit.officer > 0 && unit.head > 0);
    return unit;
}

static int64_t lead_of(void) {
    int64_t id = 0;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&cx, conn, SQL_LEAD, DB_NO_ARGS, &id), STATUS_OK);
    db_read_end(house.db, conn);
    return id;
}

/* ---- figures ---- */

typedef struct Filing {
    PlanFigureNew new;
    PlanFigureAct act;
    int64_t id;
} Filing;

static Status file_work(Cx *work_cx, DbConn *conn, void *input) {
    Filing *filing = input;
    return plan_figure_file(work_cx, conn, &filing->new, &filing->id);
}
static Status approve_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_figure_approve(work_cx, conn, &((Filing *)input)->act);
}
static Status confirm_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_figure_confirm(work_cx, conn, &((Filing *)input)->act);
}
static Status refuse_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_figure_refuse(work_cx, conn, &((Filing *)input)->act);
}

static Filing filing_of(const Unit *unit, const char *series, const char *period,
                        const char *value) {
    return (Filing){.new = {.series = str_of(series),
                            .period = str_of(period),
                            .value = str_of(value),
                            .evidence = STR("test"),
                            .unit_id = unit->id,
                            .filed_by = unit->officer,
                            .now_ms = now_ms}};
}

static Status act_as(Filing *filing, DbWork *work, int64_t person, const char *note) {
    int64_t lead = lead_of();
    filing->act = (PlanFigureAct){.id = filing->id,
                                  .person_id = person,
                                  .is_lead = person == lead,
                                  .now_ms = now_ms,
                                  .note = str_of(note)};
    return run(work, filing);
}

static void test_figures_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *period;
        const char *value;
        Status status;
    } rows[] = {
        {"2026-11", "12", STATUS_OK},
        {"2026-12", "12", STATUS_INVALID},
        {"2026-13", "12", STATUS_INVALID},
        {"2026-00", "12", STATUS_INVALID},
        {"2026", "12", STATUS_OK},
        {"2027", "12", STATUS_INVALID},
        {"26-11", "12", STATUS_INVALID},
        {"2026-1", "12", STATUS_INVALID},
        {"2026-10", "12.123456", STATUS_OK},
        {"2026-10", "12.1234567", STATUS_INVALID},
        {"2026-10", "", STATUS_INVALID},
        {"2026-10", "1,200", STATUS_INVALID},
        {"2026-10", "-3", STATUS_OK},
        {"2026-10", "1e3", STATUS_INVALID},
        {"2026-10", "99999999999999999999", STATUS_INVALID},
    };
    Unit unit = unit_of("市商务局");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Filing filing = filing_of(&unit, "used_car.trade", rows[i].period, rows[i].value);
        assert_int_equal(run(file_work, &filing), rows[i].status);
    }
    Filing base = filing_of(&unit, "T06", "2023-05", "12");
    base.new.is_baseline = true;
    assert_int_equal(run(file_work, &base), STATUS_INVALID);
    base.new.period = STR("2023");
    base.new.value = STR("0");
    assert_int_equal(run(file_work, &base), STATUS_INVALID);
}

static void test_three_persons(void **state) {
    (void)state;
    Unit unit = unit_of("市商务局");
    Unit other = unit_of("市工信局");
    int64_t lead = lead_of();
    Filing filing = filing_of(&unit, "used_car.trade", "2026-11", "900");
    assert_int_equal(run(file_work, &filing), STATUS_OK);
    assert_int_equal(act_as(&filing, confirm_work, lead, ""), STATUS_CONFLICT);
    assert_int_equal(act_as(&filing, approve_work, unit.officer, ""), STATUS_DENIED);
    assert_int_equal(act_as(&filing, approve_work, other.head, ""), STATUS_DENIED);
    assert_int_equal(act_as(&filing, refuse_work, other.head, "x"), STATUS_DENIED);
    assert_int_equal(act_as(&filing, refuse_work, unit.head, ""), STATUS_INVALID);
    assert_int_equal(act_as(&filing, approve_work, unit.head, ""), STATUS_OK);
    assert_int_equal(act_as(&filing, approve_work, unit.head, ""), STATUS_CONFLICT);
    assert_int_equal(act_as(&filing, refuse_work, unit.head, "too late"), STATUS_DENIED);
    assert_int_equal(act_as(&filing, confirm_work, unit.head, ""), STATUS_DENIED);
    assert_int_equal(act_as(&filing, confirm_work, lead, ""), STATUS_OK);
    assert_int_equal(act_as(&filing, refuse_work, lead, "x"), STATUS_CONFLICT);
    /* A head who files needs another head. */
    Filing own = filing_of(&unit, "used_car.trade", "2026-11", "901");
    own.new.filed_by = unit.head;
    assert_int_equal(run(file_work, &own), STATUS_OK);
    assert_int_equal(act_as(&own, approve_work, unit.head, ""), STATUS_DENIED);
}

/* ---- papers ---- */

static Str paper_digest(char last) {
    char *digest = arena_alloc(arena, 64);
    memset(digest, 'a', 64);
    digest[63] = last;
    return (Str){digest, 64};
}

static PlanPapers papers_of(size_t count) {
    PlanPaper *papers = arena_array(arena, PlanPaper, count + 1);
    for (size_t i = 0; i < count; i++) {
        papers[i] = (PlanPaper){.digest = paper_digest((char)('0' + i)),
                                .size_bytes = 10,
                                .media_type = STR("application/pdf"),
                                .name = str_print(arena, "附件%zu.pdf", i + 1)};
    }
    return (PlanPapers){papers, count};
}

static PlanEvidenceList evidence_of(const char *month, Status status) {
    PlanEvidenceList list = {0};
    PlanEvidenceAsk ask = {.book = house.city.plan_book, .month = str_of(month)};
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(plan_evidence(&cx, conn, &ask, &list), status);
    db_read_end(house.db, conn);
    fault_clear(&cx);
    return list;
}

static size_t evidence_with(const PlanEvidenceList *list, const char *names) {
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += str_equal(list->items[i].names, str_of(names)) ? 1 : 0;
    }
    return count;
}

/* Files go with the figure, at most PLAN_PAPERS_MAX; the annex has them when it is confirmed. */
static void test_papers_of_a_figure(void **state) {
    (void)state;
    Unit unit = unit_of("市商务局");
    Filing filing = filing_of(&unit, "used_car.trade", "2026-11", "905");
    filing.new.papers = papers_of(PLAN_PAPERS_MAX + 1);
    assert_int_equal(run(file_work, &filing), STATUS_LIMIT);
    filing.new.papers = papers_of(2);
    assert_int_equal(run(file_work, &filing), STATUS_OK);
    assert_int_equal(act_as(&filing, approve_work, unit.head, ""), STATUS_OK);
    PlanEvidenceList list = evidence_of("2026-11", STATUS_OK);
    assert_int_equal(evidence_with(&list, "附件1.pdf；附件2.pdf"), 0);
    assert_int_equal(act_as(&filing, confirm_work, lead_of(), ""), STATUS_OK);
    list = evidence_of("2026-11", STATUS_OK);
    assert_int_equal(evidence_with(&list, "附件1.pdf；附件2.pdf"), 1);
    (void)evidence_of("2026-13", STATUS_INVALID);
    (void)evidence_of("2026", STATUS_INVALID);
    assert_int_equal(evidence_of("2031-01", STATUS_OK).count, 0);
}

/* ---- months ---- */

typedef struct Count {
    const char *key;
    Day day;
    int64_t change;
} Count;

static Status count_work(Cx *work_cx, DbConn *conn, void *input) {
    const Count *count = input;
    return plan_count(work_cx, conn, str_of(count->key), count->day, count->change);
}

static TargetDesk desk_open(void) {
    TargetDesk desk;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(target_desk_open(&cx, conn, house.city.plan_book, today, &desk), STATUS_OK);
    db_read_end(house.db, conn);
    return desk;
}

static const SeriesMonths *months_of(const TargetDesk *desk, const char *id) {
    const BookSeries *series = plan_book_series(desk->book, str_of(id));
    assert_non_null(series);
    return &desk->months.series[series->index];
}

static void test_months(void **state) {
    (void)state;
    Unit unit = unit_of("市商务局");
    Count count = {"recycle.appliance", day_of_ymd(2024, 3, 31), 50};
    assert_int_equal(run(count_work, &count), STATUS_OK);
    TargetDesk desk = desk_open();
    int march = 2024 * 12 + 2 - desk.months.first;
    assert_int_equal(months_of(&desk, "recycle.appliance")->value[march], 50000000);
    assert_int_equal(months_of(&desk, "recycle.appliance")->at[march + 1], 50000000);
    assert_int_equal(months_of(&desk, "recycle.appliance")->at[march + 10], 0); /* a new year */
    assert_int_equal(months_of(&desk, "recycle.appliance")->last_12[march + 11], 50000000);
    assert_int_equal(months_of(&desk, "recycle.appliance")->last_12[march + 12], 0);
    /* A confirmed report goes before the counter; an unconfirmed one does not. */
    Filing filing = filing_of(&unit, "recycle.appliance", "2024-03", "70");
    assert_int_equal(run(file_work, &filing), STATUS_OK);
    desk = desk_open();
    assert_int_equal(months_of(&desk, "recycle.appliance")->value[march], 50000000);
    assert_int_equal(act_as(&filing, approve_work, unit.head, ""), STATUS_OK);
    assert_int_equal(act_as(&filing, confirm_work, lead_of(), ""), STATUS_OK);
    desk = desk_open();
    assert_int_equal(months_of(&desk, "recycle.appliance")->value[march], 70000000);
    assert_int_equal(months_of(&desk, "recycle.appliance")->origin[march], MONTH_REPORTED);
    /* A stock goes on from its last report with the counter: 10 reported in September. */
    const SeriesMonths *stock = months_of(&desk, "recognition.workshop_or_smart_factory");
    int64_t before = stock->at[desk.months.now];
    Count more = {"recognition.workshop_or_smart_factory", day_of_ymd(2026, 11, 1), 2};
    assert_int_equal(run(count_work, &more), STATUS_OK);
    desk = desk_open();
    stock = months_of(&desk, "recognition.workshop_or_smart_factory");
    assert_int_equal(stock->at[desk.months.now], before + 2000000);
}

/* ---- targets ---- */

static TargetNow target_of(const TargetDesk *desk, const char *code) {
    TargetList targets;
    TargetNow now = {0};
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(plan_store_targets(&cx, conn, 0, &targets), STATUS_OK);
    db_read_end(house.db, conn);
    for (size_t i = 0; i < targets.count; i++) {
        if (str_equal(targets.items[i].code, str_of(code))) {
            TargetAsk ask = {.row = &targets.items[i], .with_forecast = true};
            assert_int_equal(target_now(&cx, desk, &ask, &now), STATUS_OK);
            return now;
        }
    }
    fail();
    return now;
}

static void test_no_green_without_baseline(void **state) {
    (void)state;
    Unit unit = unit_of("市商务局");
    TargetDesk desk = desk_open();
    TargetNow now = target_of(&desk, "T14");
    assert_int_equal(now.light, TARGET_NO_BASELINE);
    assert_false(now.has_value);
    assert_false(now.forecast.is_set);
    /* Filed and approved is not confirmed. */
    Filing base = filing_of(&unit, "T06", "2023", "1");
    base.new.is_baseline = true;
    assert_int_equal(run(file_work, &base), STATUS_OK);
    assert_int_equal(act_as(&base, approve_work, unit.head, ""), STATUS_OK);
    desk = desk_open();
    assert_int_equal(target_of(&desk, "T14").light, TARGET_NO_BASELINE);
    assert_int_equal(act_as(&base, confirm_work, lead_of(), ""), STATUS_OK);
    desk = desk_open();
    now = target_of(&desk, "T14"); /* shares the baseline of T06 */
    assert_true(now.has_baseline);
    assert_true(now.light != TARGET_NO_BASELINE);
}

static void test_forecast_and_need_agree(void **state) {
    (void)state;
    TargetDesk desk = desk_open();
    TargetNow now = target_of(&desk, "T13");
    assert_true(now.forecast.is_set);
    assert_true(now.forecast.low <= now.forecast.mean && now.forecast.mean <= now.forecast.high);
    assert_true(now.forecast.chance >= 0.0 && now.forecast.chance <= 1.0);
    assert_int_equal(now.forecast.month, 2027 * 12 + 11);
    assert_true(now.need.is_set);
    assert_int_equal(now.need.months, 12);
    /* Twelve such months are the goal: 45 % above the baseline. */
    double whole = now.need.each * 12.0 * 1e6;
    double goal = (double)now.baseline * 1.45;
    assert_true(whole > goal * 0.9999 && whole < goal * 1.0001);
    /* The same data give the same answer. */
    TargetNow again = target_of(&desk, "T13");
    assert_true(again.forecast.low == now.forecast.low);
    assert_true(again.forecast.chance == now.forecast.chance);
    /* A year that is over has no forecast. */
    now = target_of(&desk, "T04");
    assert_false(now.forecast.is_set);
    assert_int_equal(now.month, 2025 * 12 + 11);
    assert_int_equal(now.light, TARGET_MISSED);
}

static void test_reached_by_operator(void **state) {
    (void)state;
    assert_true(target_is_reached(STR(">="), 10, 10));
    assert_false(target_is_reached(STR(">"), 10, 10));
    assert_true(target_is_reached(STR("="), 11, 10));
    assert_false(target_is_reached(STR("~"), 9, 10));
    assert_true(target_is_reached(STR("<="), 0, 0));
    assert_false(target_is_reached(STR("<"), 0, 0));
    assert_true(target_is_reached(STR("="), -12, -10)); /* a fall by ten */
    assert_true(str_equal(target_micro_text(arena, 8999999), STR("8.99")));
    assert_true(str_equal(target_micro_text(arena, -1500000), STR("-1.5")));
}

/* ---- what targets rest on ---- */

/* Every target of the plan has a formula over declared series, a class, and its line in the
 * reference; a class other than single records has its reason. */
static void test_sources_are_listed(void **state) {
    (void)state;
    static const char *const codes[] = {
#define X(name, code, zh) [BOOK_SOURCE_##name] = code,
        BOOK_SOURCE_LIST(X)
#undef X
    };
    const PlanBook *book = house.city.plan_book;
    Str text = STR_NONE;
    size_t line_count = 0;
    assert_int_equal(yaml_file(&cx, STR("docs/reference/target-sources.md"), 100000, &text),
                     STATUS_OK);
    assert_int_equal(book->target_count, 22);
    for (size_t i = 0; i < book->target_count; i++) {
        const BookTarget *target = &book->targets[i];
        BookSource source = plan_book_source(target);
        Str line = str_print(arena, "| " STR_FMT " | %s | ", STR_ARG(target->code), codes[source]);
        if (!str_contains(text, line)) {
            fail_msg("docs/reference/target-sources.md lacks \"" STR_FMT "\"", STR_ARG(line));
        }
        assert_true(target->series_count > 0);
        assert_true(plan_book_source_zh(source).len > 0);
    }
    for (Str rest = text; rest.len > 0;) {
        line_count += str_starts(str_cut(&rest, '\n'), STR("| T")) ? 1 : 0;
    }
    assert_int_equal(line_count, 22);
}

/* ---- declarations ---- */

static Status book_of(const char *text) {
    PlanBook *book = NULL;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/indicators.yaml", data_folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
    fault_clear(&cx);
    return plan_book_load(&cx, str_of(data_folder), &book);
}

#define ROW "- {id: \"a\", name: \"甲\", unit: \"台\", type: \"flow\"}\n"

static void test_mistakes_have_a_line(void **state) {
    (void)state;
    assert_int_equal(book_of("series:\n" ROW "indicators:\n- id: \"T01\"\n  title: \"x\"\n"
                             "  formula: \"甲 / 10\"\n"),
                     STATUS_OK);
    assert_int_equal(book_of("series:\n" ROW "indicators:\n- id: \"T01\"\n  title: \"x\"\n"
                             "  formula: \"甲 / 乙\"\n"),
                     STATUS_INVALID);
    assert_int_equal(cx.fault.line, 6);
    assert_true(str_contains(str_of(cx.fault.text), STR("indicators.yaml line 6")));
    assert_int_equal(book_of("series:\n" ROW "indicators:\n- id: \"T01\"\n  title: \"x\"\n"
                             "  formula: \"甲 /\"\n"),
                     STATUS_INVALID);
    assert_int_equal(cx.fault.line, 6);
    assert_int_equal(book_of("series:\n- {id: \"a\", name: \"甲\", unit: \"台\", type: \"sum\"}\n"),
                     STATUS_INVALID);
    assert_int_equal(cx.fault.line, 2);
    assert_int_equal(book_of("series:\n" ROW ROW), STATUS_INVALID);
    assert_int_equal(cx.fault.line, 3);
    assert_int_equal(book_of("series:\n- {id: \"a\", name: \"甲\", unit: \"台\", type: \"flow\","
                             " owner: \"nobody\"}\n"),
                     STATUS_INVALID);
    fault_clear(&cx);
}

/* ---- by which day figures are due ---- */

static Status rule_propose_work(Cx *work_cx, DbConn *conn, void *input) {
    PlanReportDay *rule = input;
    return plan_report_day_propose(work_cx, conn, rule, &rule->id);
}

static Status rule_decide_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_report_day_decide(work_cx, conn, input);
}

static int64_t report_day_now(void) {
    DbConn *conn = NULL;
    int64_t day = -1;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(plan_report_day(&cx, conn, house.city.plan_book, &day), STATUS_OK);
    db_read_end(house.db, conn);
    return day;
}

static PlanReportDay rule_of(int64_t day, const char *source) {
    return (PlanReportDay){
        .day = day, .source = str_of(source), .proposed_by = lead_of(), .proposed_ms = now_ms};
}

static void test_report_day_takes_two_people(void **state) {
    (void)state;
    Unit other = unit_of("市工信局");
    int64_t before = report_day_now();
    PlanReportDay rule = rule_of(-1, "专班〔2026〕1号");
    assert_int_equal(run(rule_propose_work, &rule), STATUS_INVALID);
    rule.day = 29;
    assert_int_equal(run(rule_propose_work, &rule), STATUS_INVALID);
    rule = rule_of(28, "一二三四五");
    assert_int_equal(run(rule_propose_work, &rule), STATUS_INVALID);
    rule = rule_of(28, "一二三四五六");
    assert_int_equal(run(rule_propose_work, &rule), STATUS_OK);
    PlanReportDay second = rule_of(5, "专班〔2026〕2号");
    assert_int_equal(run(rule_propose_work, &second), STATUS_CONFLICT); /* one at a time */
    PlanReportDayAct act = {
        .id = rule.id, .person_id = lead_of(), .is_approved = true, .now_ms = now_ms};
    assert_int_equal(run(rule_decide_work, &act), STATUS_DENIED); /* not by the proposer */
    assert_int_equal(report_day_now(), before);
    act.person_id = other.officer;
    act.is_approved = false;
    assert_int_equal(run(rule_decide_work, &act), STATUS_INVALID); /* back without a reason */
    act.is_approved = true;
    assert_int_equal(run(rule_decide_work, &act), STATUS_OK);
    assert_int_equal(run(rule_decide_work, &act), STATUS_CONFLICT);
    assert_int_equal(report_day_now(), 28);
    rule = rule_of(0, "专班〔2026〕3号取消");
    assert_int_equal(run(rule_propose_work, &rule), STATUS_OK);
    act.id = rule.id;
    assert_int_equal(run(rule_decide_work, &act), STATUS_OK);
    assert_int_equal(report_day_now(), 0); /* taken away, not the one before */
    act.id = 12345;
    assert_int_equal(run(rule_decide_work, &act), STATUS_NOT_FOUND);
    fault_clear(&cx);
}

static void test_report_day_moves_off_holidays(void **state) {
    (void)state;
    const WorkCalendar *calendar = &house.city.calendar;
    Day october = day_of_ymd(2026, 10, 20);
    assert_int_equal(plan_report_due(calendar, october, 0).number, DAY_NONE.number);
    /* 1 to 7 October 2026 are a holiday; the 8th is a Thursday. */
    assert_int_equal(plan_report_due(calendar, october, 1).number, day_of_ymd(2026, 10, 8).number);
    assert_int_equal(plan_report_due(calendar, october, 9).number, day_of_ymd(2026, 10, 9).number);
    /* Saturday the 10th is worked instead. */
    assert_int_equal(plan_report_due(calendar, october, 10).number,
                     day_of_ymd(2026, 10, 10).number);
    assert_int_equal(plan_report_due(calendar, october, 11).number,
                     day_of_ymd(2026, 10, 12).number);
    assert_int_equal(plan_report_due(calendar, day_of_ymd(2026, 2, 1), 28).number,
                     day_of_ymd(2026, 2, 28).number);
}

/* ---- measures ---- */

typedef struct Step {
    PlanMeasureNew new;
    PlanMeasureAct act;
    bool is_confirmed;
    int64_t id;
} Step;

static Status add_work(Cx *work_cx, DbConn *conn, void *input) {
    Step *step = input;
    return plan_measure_add(work_cx, conn, &step->new, &step->id);
}
static Status assign_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_measure_assign(work_cx, conn, &((Step *)input)->act);
}
static Status progress_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_measure_progress(work_cx, conn, &((Step *)input)->act);
}
static Status report_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_measure_report(work_cx, conn, &((Step *)input)->act);
}
static Status decide_work(Cx *work_cx, DbConn *conn, void *input) {
    Step *step = input;
    return plan_measure_decide(work_cx, conn, &step->act, step->is_confirmed);
}
static Status drop_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_measure_drop(work_cx, conn, &((Step *)input)->act);
}

static Measure measure_of(int64_t id) {
    Measure measure;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(work_store_measure_find(&cx, conn, id, &measure), STATUS_OK);
    db_read_end(house.db, conn);
    return measure;
}

/* Task 2: led by 市科技局, with 市发改局 and 市工信局. */
static void test_measure_step_by_step(void **state) {
    (void)state;
    Unit owner = unit_of("市科技局");
    Unit joint = unit_of("市工信局");
    Unit stranger = unit_of("市卫健局");
    int64_t lead = lead_of();
    Step step = {.new = {.task_id = 2,
                         .text = STR("一项新措施"),
                         .due = DAY_NONE,
                         .person_id = lead,
                         .now_ms = now_ms}};
    assert_int_equal(run(add_work, &step), STATUS_OK);
    step.act = (PlanMeasureAct){.measure_id = step.id,
                                .person_id = lead,
                                .new_unit_id = owner.id,
                                .due = today,
                                .now_ms = now_ms};
    assert_int_equal(run(assign_work, &step), STATUS_DENIED);
    step.act.is_lead = true;
    assert_int_equal(run(assign_work, &step), STATUS_OK);
    PlanMeasureAct unit = {.measure_id = step.id,
                           .person_id = stranger.officer,
                           .unit_id = stranger.id,
                           .text = STR("进展"),
                           .progress_bp = 4000,
                           .due = DAY_NONE,
                           .now_ms = now_ms};
    step.act = unit;
    assert_int_equal(run(progress_work, &step), STATUS_DENIED);
    step.act.unit_id = joint.id;
    assert_int_equal(run(progress_work, &step), STATUS_OK);
    assert_int_equal(measure_of(step.id).progress_bp, 0); /* the owner's figure */
    assert_int_equal(run(report_work, &step), STATUS_DENIED);
    step.act.unit_id = owner.id;
    assert_int_equal(run(progress_work, &step), STATUS_OK);
    assert_int_equal(measure_of(step.id).progress_bp, 4000);
    assert_int_equal(run(report_work, &step), STATUS_INVALID); /* no evidence */
    step.act.evidence = STR("验收单");
    assert_int_equal(run(report_work, &step), STATUS_OK);
    assert_int_equal(run(report_work, &step), STATUS_CONFLICT);
    assert_int_equal(run(progress_work, &step), STATUS_CONFLICT);
    step.is_confirmed = true;
    assert_int_equal(run(decide_work, &step), STATUS_DENIED);
    step.act.is_lead = true;
    step.is_confirmed = false;
    step.act.text = STR_NONE;
    assert_int_equal(run(decide_work, &step), STATUS_INVALID); /* back without a reason */
    step.act.text = STR("材料不全");
    assert_int_equal(run(decide_work, &step), STATUS_OK);
    step.is_confirmed = true;
    assert_int_equal(run(decide_work, &step), STATUS_CONFLICT); /* not reported again yet */
    assert_int_equal(run(report_work, &step), STATUS_OK);
    assert_int_equal(run(decide_work, &step), STATUS_OK);
    assert_int_equal(measure_of(step.id).done_day.number, today.number);
    assert_int_equal(run(drop_work, &step), STATUS_CONFLICT);
    assert_int_equal(run(assign_work, &step), STATUS_CONFLICT);
}

/* ---- notices ---- */

typedef struct Urge {
    PlanNoticeNew new;
    PlanNoticeAct act;
    int64_t id;
} Urge;

static Status issue_work(Cx *work_cx, DbConn *conn, void *input) {
    Urge *urge = input;
    return plan_notice_issue(work_cx, conn, &urge->new, &urge->id);
}
static Status receive_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_receive(work_cx, conn, &((Urge *)input)->act);
}
static Status reply_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_reply(work_cx, conn, &((Urge *)input)->act);
}
static Status close_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_close(work_cx, conn, &((Urge *)input)->act);
}
static Status return_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_return(work_cx, conn, &((Urge *)input)->act);
}
static Status raise_work(Cx *work_cx, DbConn *conn, void *input) {
    return plan_notice_raise(work_cx, conn, &((Urge *)input)->act);
}

static Notice notice_of(int64_t id) {
    Notice notice;
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(work_store_notice_find(&cx, conn, id, &notice), STATUS_OK);
    db_read_end(house.db, conn);
    return notice;
}

static void test_notice_step_by_step(void **state) {
    (void)state;
    Unit unit = unit_of("市科技局");
    Unit other = unit_of("市工信局");
    int64_t lead = lead_of();
    const WorkCalendar *calendar = &house.city.calendar;
    /* Issued on the eve of the national holiday: the receipt is due on the first day after it. */
    Day eve = day_of_ymd(2026, 9, 30);
    Urge urge = {.new = {.task_id = 2,
                         .unit_id = unit.id,
                         .title = STR("督办"),
                         .body = STR("请说明"),
                         .reply_days = 0,
                         .calendar = calendar,
                         .person_id = lead,
                         .now_ms = day_start_ms(eve)}};
    assert_int_equal(run(issue_work, &urge), STATUS_INVALID);
    urge.new.reply_days = 61;
    assert_int_equal(run(issue_work, &urge), STATUS_INVALID);
    urge.new.reply_days = 3;
    assert_int_equal(run(issue_work, &urge), STATUS_OK);
    Notice notice = notice_of(urge.id);
    assert_int_equal(notice.receive_due.number, day_of_ymd(2026, 10, 8).number);
    /* 8, 9 and the Saturday that is worked. */
    assert_int_equal(notice.reply_due.number, day_of_ymd(2026, 10, 10).number);
    assert_true(str_starts(notice.number, STR("督办〔2026〕")));
    urge.act = (PlanNoticeAct){.notice_id = urge.id,
                               .person_id = other.officer,
                               .unit_id = other.id,
                               .text = STR("x"),
                               .reply_days = 2,
                               .calendar = calendar,
                               .now_ms = day_start_ms(day_of_ymd(2026, 10, 8))};
    assert_int_equal(run(receive_work, &urge), STATUS_DENIED);
    assert_int_equal(run(raise_work, &urge), STATUS_DENIED);
    urge.act.is_lead = true;
    assert_int_equal(run(raise_work, &urge), STATUS_CONFLICT); /* its last day is not over */
    urge.act.now_ms = day_start_ms(day_of_ymd(2026, 10, 9));
    assert_int_equal(run(raise_work, &urge), STATUS_OK);
    assert_int_equal(notice_of(urge.id).level, 2);
    assert_int_equal(run(raise_work, &urge), STATUS_CONFLICT); /* a new date runs */
    urge.act.unit_id = unit.id;
    urge.act.is_lead = false;
    assert_int_equal(run(reply_work, &urge), STATUS_CONFLICT); /* first the receipt */
    assert_int_equal(run(receive_work, &urge), STATUS_OK);
    assert_int_equal(run(receive_work, &urge), STATUS_CONFLICT);
    assert_int_equal(run(reply_work, &urge), STATUS_OK);
    assert_int_equal(run(close_work, &urge), STATUS_DENIED);
    urge.act.is_lead = true;
    urge.act.text = STR_NONE;
    assert_int_equal(run(return_work, &urge), STATUS_INVALID);
    urge.act.text = STR("没有说明原因");
    assert_int_equal(run(return_work, &urge), STATUS_OK);
    assert_int_equal(run(close_work, &urge), STATUS_CONFLICT);
    urge.act.now_ms = day_start_ms(day_of_ymd(2026, 12, 1));
    assert_int_equal(run(raise_work, &urge), STATUS_OK);
    urge.act.now_ms = day_start_ms(day_of_ymd(2026, 12, 20));
    assert_int_equal(run(raise_work, &urge), STATUS_CONFLICT); /* the third level is the last */
    urge.act.is_lead = false;
    assert_int_equal(run(reply_work, &urge), STATUS_OK);
    urge.act.is_lead = true;
    assert_int_equal(run(close_work, &urge), STATUS_OK);
}

/* ---- the calendar ---- */

static void test_calendar(void **state) {
    (void)state;
    static const struct {
        int32_t from[3];
        int32_t count;
        int32_t to[3];
    } rows[] = {
        {{2024, 2, 8}, 1, {2024, 2, 9}},     /* New Year's eve of 2024 is worked */
        {{2024, 2, 9}, 1, {2024, 2, 18}},    /* eight days off, then a Sunday that is worked */
        {{2024, 4, 3}, 1, {2024, 4, 7}},     /* Qingming, Sunday worked */
        {{2024, 9, 14}, 1, {2024, 9, 18}},   /* Mid-Autumn */
        {{2025, 1, 27}, 1, {2025, 2, 5}},    /* Spring Festival, eve included from 2025 */
        {{2025, 1, 24}, 1, {2025, 1, 26}},   /* the Sunday before it is worked */
        {{2025, 9, 30}, 1, {2025, 10, 9}},   /* national day and Mid-Autumn together */
        {{2025, 12, 31}, 1, {2026, 1, 4}},   /* over the year's end, a Sunday that is worked */
        {{2026, 2, 13}, 1, {2026, 2, 14}},   /* Saturday worked */
        {{2026, 2, 14}, 1, {2026, 2, 24}},   /* nine days off */
        {{2026, 9, 30}, 3, {2026, 10, 10}},  /* the Saturday after is worked */
        {{2026, 11, 20}, 0, {2026, 11, 20}}, /* no day at all */
        {{2026, 12, 31}, 1, {2027, 1, 1}},   /* not published yet: Monday to Friday */
    };
    const WorkCalendar *calendar = &house.city.calendar;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Day from = day_of_ymd(rows[i].from[0], rows[i].from[1], rows[i].from[2]);
        Day to = day_of_ymd(rows[i].to[0], rows[i].to[1], rows[i].to[2]);
        assert_int_equal(day_add_working(calendar, from, rows[i].count).number, to.number);
        assert_int_equal(day_working_between(calendar, from, to), rows[i].count);
    }
    /* Working days of the years as published. */
    static const struct {
        int32_t year;
        int32_t days;
    } years[] = {{2024, 251}, {2025, 248}, {2026, 248}};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        Day last = day_of_ymd(years[i].year - 1, 12, 31);
        Day end = day_of_ymd(years[i].year, 12, 31);
        assert_int_equal(day_working_between(calendar, last, end), years[i].days);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_are_checked),
        cmocka_unit_test(test_three_persons),
        cmocka_unit_test(test_papers_of_a_figure),
        cmocka_unit_test(test_sources_are_listed),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_no_green_without_baseline),
        cmocka_unit_test(test_forecast_and_need_agree),
        cmocka_unit_test(test_reached_by_operator),
        cmocka_unit_test(test_mistakes_have_a_line),
        cmocka_unit_test(test_report_day_takes_two_people),
        cmocka_unit_test(test_report_day_moves_off_holidays),
        cmocka_unit_test(test_measure_step_by_step),
        cmocka_unit_test(test_notice_step_by_step),
        cmocka_unit_test(test_calendar),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
