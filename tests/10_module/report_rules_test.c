/*
 * Rules of the monthly report: every act in every state, months and numbers at their borders, two
 * persons, versions; and a statement that fails at any step leaves the report as it was.
 */
#include "demo_house.h"
#include "office/report/report_store.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t lead_id;
static int64_t other_id;
static int64_t third_id;
static int64_t fourth_id;
static ReportContent content;

#define NOW_MS INT64_C(1763600000000) /* 2025-11-20 */

static Status people_work(Cx *work_cx, DbConn *conn, void *input) {
    (void)input;
    static const char find[] = "SELECT id FROM person WHERE login = $1";
    TRY(db_int_or(work_cx, conn, find, DB_ARGS(DB_TEXT(STR("lead"))), &lead_id));
    TRY(db_int_or(work_cx, conn, find, DB_ARGS(DB_TEXT(STR("finance"))), &third_id));
    TRY(db_int_or(work_cx, conn, find, DB_ARGS(DB_TEXT(STR("auditor"))), &fourth_id));
    return db_int_or(work_cx, conn, find, DB_ARGS(DB_TEXT(STR("lead2"))), &other_id);
}

static Status act(DbWork *work, void *input) {
    DbCommand command = {.name = "test",
                         .actor = {.user_id = 0, .role = STR("lead"), .origin = STR("command")},
                         .work = work,
                         .input = input,
                         .now_ms = NOW_MS};
    fault_clear(&cx);
    return db_write(&cx, house.db, &command, NULL);
}

static int start(void **state) {
    (void)state;
    DbConn *conn = NULL;
    demo_house_open(20);
    assert_int_equal(act(people_work, NULL), STATUS_OK);
    assert_true(lead_id > 0 && other_id > 0);
    ReportAsk ask = {.book = house.city.plan_book,
                     .calendar = &house.city.calendar,
                     .month = STR("2025-10"),
                     .today = day_of_ymd(2025, 11, 20),
                     .now_ms = NOW_MS};
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(report_compose(&cx, conn, &ask, &content), STATUS_OK);
    db_read_end(house.db, conn);
    return 0;
}

/* ---- acts ---- */

static Status create_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_create(work_cx, conn, input);
}

static Status redraw_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_redraw(work_cx, conn, input);
}

static Status submit_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_submit(work_cx, conn, input);
}

static Status back_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_send_back(work_cx, conn, input);
}

static Status edit_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_edit(work_cx, conn, input);
}

static Status head_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_head_edit(work_cx, conn, input);
}

static Status issue_work(Cx *work_cx, DbConn *conn, void *input) {
    return report_issue(work_cx, conn, input);
}

static Status create(const char *month, int64_t *id) {
    ReportNew new = {.month = str_of(month),
                     .city_name = STR("安丘市"),
                     .today = day_of_ymd(2025, 11, 20),
                     .made_by = lead_id,
                     .now_ms = NOW_MS,
                     .content = &content};
    Status status = act(create_work, &new);
    *id = new.id;
    return status;
}

static Report seen(int64_t id) {
    DbConn *conn = NULL;
    Report report;
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(report_store_find(&cx, conn, id, &report), STATUS_OK);
    db_read_end(house.db, conn);
    return report;
}

static ReportSection section(int64_t id, size_t index) {
    DbConn *conn = NULL;
    ReportContent all = {0};
    assert_int_equal(db_read_begin(&cx, house.db, &conn), STATUS_OK);
    assert_int_equal(report_store_sections(&cx, conn, id, &all), STATUS_OK);
    db_read_end(house.db, conn);
    assert_true(index < all.section_count);
    return all.sections[index];
}

enum { ACT_EDIT, ACT_HEAD, ACT_REDRAW, ACT_SUBMIT, ACT_BACK, ACT_ISSUE, ACT_COUNT };

/* One act on the report as it stands, by the person who may do it. */
static Status do_act(int64_t id, int which, Str number) {
    Report report = seen(id);
    ReportAct plain = {.id = id,
                       .revision = report.revision,
                       .person_id = lead_id,
                       .now_ms = NOW_MS,
                       .note = STR("原因"),
                       .content = &content};
    ReportSection first = section(id, 0);
    ReportEdit edit = {.id = id,
                       .position = 1,
                       .version = first.version,
                       .body = str_print(arena, "第 %d 版", (int)first.version + 1),
                       .person_id = lead_id,
                       .now_ms = NOW_MS};
    ReportHeadEdit head = {.id = id,
                           .revision = report.revision,
                           .title = STR("标题"),
                           .issuer = STR("专班"),
                           .send_to = STR(""),
                           .copies_to = STR("")};
    ReportIssue issue = {.id = id,
                         .revision = report.revision,
                         .number = number,
                         .day = day_of_ymd(2025, 11, 20),
                         .today = day_of_ymd(2025, 11, 20),
                         .pdf_digest = STR("0"),
                         .person_id = other_id,
                         .now_ms = NOW_MS};
    switch (which) {
    case ACT_EDIT:
        return act(edit_work, &edit);
    case ACT_HEAD:
        return act(head_work, &head);
    case ACT_REDRAW:
        return act(redraw_work, &plain);
    case ACT_SUBMIT:
        return act(submit_work, &plain);
    case ACT_BACK:
        return act(back_work, &plain);
    default:
        return act(issue_work, &issue);
    }
}

/* ---- tests ---- */

static void test_months(void **state) {
    (void)state;
    static const struct {
        const char *month;
        Status status;
    } rows[] = {
        {"2025-11", STATUS_OK},      {"2025-12", STATUS_INVALID}, {"2026-01", STATUS_INVALID},
        {"2025-00", STATUS_INVALID}, {"2025-13", STATUS_INVALID}, {"2025-1", STATUS_INVALID},
        {"1999-12", STATUS_INVALID}, {"2000-01", STATUS_OK},      {"", STATUS_INVALID},
        {"2025/10", STATUS_INVALID}, {"2025-11", STATUS_CONFLICT}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t id = 0;
        if (create(rows[i].month, &id) != rows[i].status) {
            fail_msg("%s: %s", rows[i].month, cx.fault.text);
        }
    }
    assert_true(str_equal(report_month_zh(arena, STR("2025-01")), STR("2025年1月")));
}

/* Which act works in which state; an act that does not leaves the revision as it was. */
static void test_states(void **state) {
    (void)state;
    static const bool works[3][ACT_COUNT] = {
        [REPORT_DRAFT] =
            {[ACT_EDIT] = true, [ACT_HEAD] = true, [ACT_REDRAW] = true, [ACT_SUBMIT] = true},
        [REPORT_SUBMITTED] = {[ACT_BACK] = true, [ACT_ISSUE] = true},
        [REPORT_ISSUED] = {false},
    };
    for (int from = 0; from < 3; from++) {
        for (int which = 0; which < ACT_COUNT; which++) {
            int64_t id = 0;
            Str number = str_print(arena, "更〔2025〕%d号", 100 + from * 10 + which);
            Str other = str_print(arena, "更〔2025〕%d号", 200 + from * 10 + which);
            const char *month = str_c(arena, str_print(arena, "20%02d-%02d", 1 + from, 1 + which));
            assert_int_equal(create(month, &id), STATUS_OK);
            if (from >= REPORT_SUBMITTED) {
                assert_int_equal(do_act(id, ACT_SUBMIT, number), STATUS_OK);
            }
            if (from == REPORT_ISSUED) {
                assert_int_equal(do_act(id, ACT_ISSUE, number), STATUS_OK);
            }
            int64_t before = seen(id).revision;
            Status status = do_act(id, which, other);
            bool is_right = works[from][which] ? status == STATUS_OK : status == STATUS_CONFLICT;
            if (!is_right || seen(id).revision != before + (works[from][which] ? 1 : 0)) {
                fail_msg("act %d in state %d gave %d: %s", which, from, (int)status, cx.fault.text);
            }
        }
    }
}

static void test_two_persons(void **state) {
    (void)state;
    int64_t id = 0;
    assert_int_equal(create("2010-01", &id), STATUS_OK);
    assert_int_equal(do_act(id, ACT_SUBMIT, STR("")), STATUS_OK);
    ReportIssue issue = {.id = id,
                         .revision = 2,
                         .number = STR("更〔2025〕900号"),
                         .day = day_of_ymd(2025, 11, 20),
                         .today = day_of_ymd(2025, 11, 20),
                         .pdf_digest = STR("0"),
                         .person_id = lead_id,
                         .now_ms = NOW_MS};
    assert_int_equal(act(issue_work, &issue), STATUS_DENIED);
    issue.person_id = other_id;
    issue.revision = 1;
    assert_int_equal(act(issue_work, &issue), STATUS_CONFLICT);
    issue.revision = 2;
    assert_int_equal(act(issue_work, &issue), STATUS_OK);
}

/* Who wrote a part does not sign, whoever submits; who began it neither. */
static void test_writers_do_not_sign(void **state) {
    (void)state;
    int64_t id = 0;
    assert_int_equal(create("2010-02", &id), STATUS_OK); /* by lead */
    ReportEdit edit = {.id = id,
                       .position = 1,
                       .version = section(id, 0).version,
                       .body = STR("改过的一段"),
                       .person_id = other_id,
                       .now_ms = NOW_MS};
    assert_int_equal(act(edit_work, &edit), STATUS_OK);
    ReportAct submit = {
        .id = id, .revision = seen(id).revision, .person_id = third_id, .now_ms = NOW_MS};
    assert_int_equal(act(submit_work, &submit), STATUS_OK);
    const int64_t writers[] = {lead_id, other_id, third_id};
    ReportIssue issue = {.id = id,
                         .revision = seen(id).revision,
                         .number = STR("更〔2025〕901号"),
                         .day = day_of_ymd(2025, 11, 20),
                         .today = day_of_ymd(2025, 11, 20),
                         .pdf_digest = STR("0"),
                         .now_ms = NOW_MS};
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        issue.person_id = writers[i];
        assert_int_equal(act(issue_work, &issue), STATUS_DENIED);
    }
    issue.person_id = fourth_id;
    assert_int_equal(act(issue_work, &issue), STATUS_OK);
}

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        const char *number;
        Status status;
    } rows[] = {{"安更新〔2025〕1号", STATUS_OK},          {"安更新〔2025〕9999号", STATUS_OK},
                {"安更新〔2025〕10000号", STATUS_INVALID}, {"安更新〔2025〕0号", STATUS_INVALID},
                {"安更新〔2025〕03号", STATUS_INVALID},    {"安更新〔2025〕号", STATUS_INVALID},
                {"〔2025〕1号", STATUS_INVALID},           {"安更新〔2024〕1号", STATUS_INVALID},
                {"安更新[2025]1号", STATUS_INVALID},       {"安更新〔2025〕1", STATUS_INVALID},
                {"安更新〔2025〕-1号", STATUS_INVALID},    {"", STATUS_INVALID}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ReportIssue issue = {.number = str_of(rows[i].number),
                             .day = day_of_ymd(2025, 11, 20),
                             .today = day_of_ymd(2025, 11, 20)};
        fault_clear(&cx);
        if (report_issue_check(&cx, &issue) != rows[i].status) {
            fail_msg("“%s”", rows[i].number);
        }
    }
    ReportIssue late = {.number = STR("安〔2025〕1号"),
                        .day = day_of_ymd(2025, 11, 21),
                        .today = day_of_ymd(2025, 11, 20)};
    fault_clear(&cx);
    assert_int_equal(report_issue_check(&cx, &late), STATUS_INVALID);
}

/* A redraw renews the system's words and no others. */
static void test_redraw_keeps_people(void **state) {
    (void)state;
    int64_t id = 0;
    assert_int_equal(create("2011-01", &id), STATUS_OK);
    assert_int_equal(do_act(id, ACT_EDIT, STR("")), STATUS_OK);
    ReportContent changed = content;
    changed.sections = arena_array(arena, ReportSection, content.section_count);
    for (size_t i = 0; i < content.section_count; i++) {
        changed.sections[i] = content.sections[i];
        changed.sections[i].body = STR("新的文字");
    }
    ReportAct redraw = {
        .id = id, .revision = 2, .person_id = lead_id, .now_ms = NOW_MS, .content = &changed};
    assert_int_equal(act(redraw_work, &redraw), STATUS_OK);
    assert_true(str_equal(section(id, 0).body, STR("第 2 版")));
    assert_true(str_equal(section(id, 1).body, STR("新的文字")));
    assert_int_equal(section(id, 1).version, 2);
    assert_int_equal(section(id, 1).edited_by, 0);
}

/* Each statement of each act fails once: the report is then as it was before, and the act succeeds
 * when it is tried again. */
static void test_nth_step(void **state) {
    (void)state;
    for (int which = 0; which < ACT_COUNT; which++) {
        int64_t id = 0;
        uint64_t nth = 1;
        Str number = str_print(arena, "步〔2025〕%d号", which + 1);
        const char *month = str_c(arena, str_print(arena, "2012-%02d", which + 1));
        assert_int_equal(create(month, &id), STATUS_OK);
        if (which >= ACT_BACK) {
            assert_int_equal(do_act(id, ACT_SUBMIT, number), STATUS_OK);
        }
        for (; nth < 400; nth++) {
            Report before = seen(id);
            db_fail_at(house.db, nth);
            Status status = do_act(id, which, number);
            db_fail_at(house.db, 0);
            if (status == STATUS_OK) {
                break;
            }
            Report after = seen(id);
            assert_int_equal(after.revision, before.revision);
            assert_int_equal(after.state, before.state);
            assert_int_equal(section(id, 0).version, 1);
        }
        assert_true(nth > 3 && nth < 400);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_two_persons),
        cmocka_unit_test(test_writers_do_not_sign),
        cmocka_unit_test(test_nth_step),
        cmocka_unit_test(test_redraw_keeps_people),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
