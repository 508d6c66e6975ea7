/*
 * demo_report.c - monthly reports of the demo city, written by one of the lead office and issued by
 * the other on the fifth of the next month. The last month is left to whoever tries the house.
 */
#include "main/demo.h"
#include "office/report/report.h"

#include <inttypes.h>

enum { REPORTS = 3, ISSUE_DAY = 5 };

static Status create_work(Cx *cx, DbConn *conn, void *input) {
    return report_create(cx, conn, input);
}

static Status submit_work(Cx *cx, DbConn *conn, void *input) {
    return report_submit(cx, conn, input);
}

static Status issue_work(Cx *cx, DbConn *conn, void *input) {
    return report_issue(cx, conn, input);
}

static DbActor lead_actor(int64_t person_id) {
    return (DbActor){.user_id = person_id, .role = STR("lead"), .origin = STR("command")};
}

/* Draws on a connection that sees everything made so far. */
static Status draw(Demo *demo, const ReportAsk *ask, ReportContent *out) {
    DbConn *conn = NULL;
    TRY(db_read_begin(demo->cx, demo->house->city.db, &conn));
    Status status = report_compose(demo->cx, conn, ask, out);
    db_read_end(demo->house->city.db, conn);
    return status;
}

static Status print(Demo *demo, ReportIssue *issue) {
    DbConn *conn = NULL;
    TRY(db_read_begin(demo->cx, demo->house->city.db, &conn));
    Status status = report_issue_print(demo->cx, conn, &demo->house->city, issue);
    db_read_end(demo->house->city.db, conn);
    return status;
}

static Status report_make(Demo *demo, Day month) {
    const City *city = &demo->house->city;
    DayParts parts = day_parts(month);
    Day today = day_add(day_add_months(month, 1), ISSUE_DAY - 1);
    ReportContent content;
    demo->now_ms = day_start_ms(today) + 9 * 3600 * 1000;
    ReportAsk ask = {.book = city->plan_book,
                     .calendar = &city->calendar,
                     .today = today,
                     .now_ms = demo->now_ms};
    ask.month = str_print(demo->cx->arena, "%04" PRId32 "-%02" PRId32, parts.year, parts.month);
    TRY(draw(demo, &ask, &content));
    ReportNew new = {.month = ask.month,
                     .city_name = city->name,
                     .today = today,
                     .made_by = demo->lead_id,
                     .now_ms = demo->now_ms,
                     .content = &content};
    TRY(demo_write(demo, "monthly.create", lead_actor(demo->lead_id), create_work, &new));
    ReportAct act = {
        .id = new.id, .revision = 1, .person_id = demo->lead_id, .now_ms = demo->now_ms};
    TRY(demo_write(demo, "monthly.submit", lead_actor(demo->lead_id), submit_work, &act));
    int32_t issue_year = day_parts(today).year;
    ReportIssue issue = {.id = new.id,
                         .revision = 2,
                         .number = str_print(demo->cx->arena, "安更新〔%" PRId32 "〕%" PRId32 "号",
                                             issue_year, parts.month),
                         .day = today,
                         .today = today,
                         .person_id = demo->lead2_id,
                         .now_ms = demo->now_ms};
    TRY(print(demo, &issue));
    return demo_write(demo, "monthly.issue", lead_actor(demo->lead2_id), issue_work, &issue);
}

Status demo_reports_make(Demo *demo) {
    DayParts last = day_parts(demo->last);
    Day month = day_of_ymd(last.year, last.month, 1);
    for (int32_t i = REPORTS + 1; i > 1; i--) {
        TRY(report_make(demo, day_add_months(month, -i)));
    }
    return STATUS_OK;
}
