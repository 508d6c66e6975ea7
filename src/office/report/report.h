/*
 * report.h - the monthly report of the plan, and the plan on paper.
 *
 *   plan, treasury ─ report_compose ─▶ draft ─ edit, redraw ─▶ draft ─ submit ─▶ submitted
 *                                        ▲                                   │      │ issue, by
 *                                        └────────── send back ──────────────┘      ▼ another
 * person issued ─▶ archive
 *
 * Composing draws figures and first words from the system; the lead office edits the words section
 * by section, every version stays. Drawing again renews the figures and those sections that nobody
 * has edited. Issuing gives number and day, prints the PDF once and stores it by digest; from then
 * on nothing changes, and anybody may read it. A correction is the next edition of the month.
 *
 * Printed besides: the dashboard, and one page a unit.
 */
#ifndef HUANXIN_OFFICE_REPORT_REPORT_H
#define HUANXIN_OFFICE_REPORT_REPORT_H

#include "office/city/city.h"
#include "office/plan/plan.h"
#include "web/web.h"

/* X(NAME, stored word, Chinese) */
#define REPORT_STATE_LIST(X)                                                                       \
    X(DRAFT, "draft", "起草中")                                                                    \
    X(SUBMITTED, "submitted", "待签发")                                                            \
    X(ISSUED, "issued", "已签发")

typedef enum ReportState {
#define X(name, word, zh) REPORT_##name,
    REPORT_STATE_LIST(X)
#undef X
} ReportState;

Str report_state_word(ReportState state);
Str report_state_zh(ReportState state);

enum {
    REPORT_SECTIONS_MAX = 60,
    REPORT_BODY_RUNES_MAX = 6000, /* of one section: about ten pages */
};

typedef struct Report {
    int64_t id;
    Str month; /* "2026-10" */
    int64_t edition;
    ReportState state;
    Str issuer; /* the office that signs */
    Str title;
    Str send_to;
    Str copies_to;
    Str number; /* empty until issued */
    Day issue_day;
    int64_t revision; /* grows with every change */
    int64_t drawn_ms; /* when the figures were drawn */
    int64_t made_by, made_ms;
    int64_t submitted_by, submitted_ms; /* 0: not submitted */
    int64_t issued_by, issued_ms;       /* 0: not issued */
    Str pdf_digest;
} Report;

typedef struct ReportSection {
    int64_t position; /* 1.. */
    int64_t version;  /* 1.. */
    Str code;         /* "overview", "task.2", "targets", "money", "problems", "next", "evidence" */
    int64_t level;
    Str heading;
    Str body;
    int64_t edited_by; /* 0: the system's words */
    int64_t edited_ms;
} ReportSection;

typedef struct ReportMoney {
    Str name;
    int64_t year;
    Money appropriated, reserved, approved, paid;
} ReportMoney;

/* Everything that a report says; figures as they were drawn. */
typedef struct ReportContent {
    ReportSection *sections;
    size_t section_count;
    PlanTargetDigest *targets;
    size_t target_count;
    PlanTaskDigest *tasks;
    size_t task_count;
    ReportMoney *money;
    size_t money_count;
    PlanEvidence *evidence; /* what the figures rest on: the annex */
    size_t evidence_count;
} ReportContent;

/* Draws figures and words of a month from plan and treasury, on any connection. */
typedef struct ReportAsk {
    const struct PlanBook *book; /* City.plan_book */
    const WorkCalendar *calendar;
    Str month; /* "2026-10" */
    Day today;
    int64_t now_ms;
} ReportAsk;
MUST_CHECK Status report_compose(Cx *cx, DbConn *conn, const ReportAsk *ask, ReportContent *out);

/* "2026-10" gives "2026年10月". */
Str report_month_zh(Arena *arena, Str month);

typedef struct ReportNew {
    Str month;
    Str city_name;
    Day today;
    int64_t made_by;
    int64_t now_ms;
    const ReportContent *content;
    int64_t id; /* out */
} ReportNew;
/* Starts a draft inside a write command. INVALID at "month" for a month that has not begun;
 * CONFLICT when the month has an open draft. */
MUST_CHECK Status report_create(Cx *cx, DbConn *conn, ReportNew *new);

typedef struct ReportAct {
    int64_t id;
    int64_t revision; /* as the person saw it */
    int64_t person_id;
    int64_t now_ms;
    Str note;                     /* why it is sent back */
    const ReportContent *content; /* of a redraw */
} ReportAct;
/* Each inside a write command; CONFLICT when the report has changed since, or is not in the state
 * that the act starts from. */
MUST_CHECK Status report_redraw(Cx *cx, DbConn *conn, const ReportAct *act);
MUST_CHECK Status report_submit(Cx *cx, DbConn *conn, const ReportAct *act);
MUST_CHECK Status report_send_back(Cx *cx, DbConn *conn, const ReportAct *act);

typedef struct ReportEdit {
    int64_t id;
    int64_t position;
    int64_t version; /* the version that was edited */
    Str body;
    int64_t person_id;
    int64_t now_ms;
} ReportEdit;
/* Writes the next version of a section. CONFLICT when another version came in between, or the
 * report is no draft. */
MUST_CHECK Status report_edit(Cx *cx, DbConn *conn, const ReportEdit *edit);

typedef struct ReportHeadEdit {
    int64_t id;
    int64_t revision;
    Str title, issuer, send_to, copies_to;
    int64_t person_id;
    int64_t now_ms;
} ReportHeadEdit;
MUST_CHECK Status report_head_edit(Cx *cx, DbConn *conn, const ReportHeadEdit *edit);

typedef struct ReportIssue {
    int64_t id;
    int64_t revision; /* of which the PDF was printed */
    Str number;
    Day day;
    Day today;
    Str pdf_digest;
    int64_t person_id;
    int64_t now_ms;
} ReportIssue;
/* What can be said of number and day before the PDF is printed. INVALID at a field. */
MUST_CHECK Status report_issue_check(Cx *cx, const ReportIssue *issue);
/* Prints the report with number and day and stores the PDF in the city's files, before the command;
 * gives pdf_digest. When the command is refused, the file belongs to nothing and harms nobody. */
MUST_CHECK Status report_issue_print(Cx *cx, DbConn *conn, const City *city, ReportIssue *issue);
/* DENIED for whoever began, edited, drew again or submitted it; CONFLICT for a number that is
 * taken, or as above. */
MUST_CHECK Status report_issue(Cx *cx, DbConn *conn, const ReportIssue *issue);

/* Pages. */
Status report_list_page(Web *web);
Status report_new_post(Web *web);
Status report_page(Web *web);
Status report_head_page(Web *web);
Status report_head_post(Web *web);
Status report_section_page(Web *web);
Status report_section_post(Web *web);
Status report_redraw_post(Web *web);
Status report_submit_post(Web *web);
Status report_send_back_post(Web *web);
Status report_issue_page(Web *web);
Status report_issue_post(Web *web);
Status report_pdf(Web *web);
Status report_docx(Web *web);
Status report_xlsx(Web *web);
Status report_dashboard_pdf(Web *web);
Status report_my_unit_pdf(Web *web);
Status report_units_pdf(Web *web);

#endif
