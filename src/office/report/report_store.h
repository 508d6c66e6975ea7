/* report_store.h - the SQL of reports. Private to office/report. */
#ifndef HUANXIN_OFFICE_REPORT_STORE_H
#define HUANXIN_OFFICE_REPORT_STORE_H

#include "office/report/report.h"

typedef struct ReportList {
    Report *items;
    size_t count;
} ReportList;
/* A page of reports, latest month first; only issued ones unless is_all. */
typedef struct ReportPage {
    bool is_all;
    int64_t offset;
    int64_t row_max;
} ReportPage;
MUST_CHECK Status report_store_list(Cx *cx, DbConn *conn, const ReportPage *page, ReportList *out);
/* NOT_FOUND with a Chinese fault. */
MUST_CHECK Status report_store_find(Cx *cx, DbConn *conn, int64_t id, Report *out);
MUST_CHECK Status report_store_insert(Cx *cx, DbConn *conn, const Report *report, int64_t *id);
/* The open draft of a month, or 0; the last edition of it, or 0. */
MUST_CHECK Status report_store_open(Cx *cx, DbConn *conn, Str month, int64_t *id);
MUST_CHECK Status report_store_last_edition(Cx *cx, DbConn *conn, Str month, int64_t *edition);
/* True when the person began, edited, drew again or submitted the report: the rows of its sections
 * and the journal say so. */
MUST_CHECK Status report_store_is_writer(Cx *cx, DbConn *conn, int64_t id, int64_t person_id,
                                         bool *out);
MUST_CHECK Status report_store_number_is_taken(Cx *cx, DbConn *conn, Str number, bool *out);
/* The number issued last, or empty. */
MUST_CHECK Status report_store_last_number(Cx *cx, DbConn *conn, Str *number);

/* Each changes one report in one state and at one revision, and counts the revision up; CONFLICT
 * when it is not there any more. */
MUST_CHECK Status report_store_touch(Cx *cx, DbConn *conn, const Report *report);
MUST_CHECK Status report_store_head(Cx *cx, DbConn *conn, const ReportHeadEdit *edit);
MUST_CHECK Status report_store_redrawn(Cx *cx, DbConn *conn, const ReportAct *act);
MUST_CHECK Status report_store_submit(Cx *cx, DbConn *conn, const ReportAct *act);
MUST_CHECK Status report_store_send_back(Cx *cx, DbConn *conn, const ReportAct *act);
MUST_CHECK Status report_store_issue(Cx *cx, DbConn *conn, const ReportIssue *issue);

MUST_CHECK Status report_store_section_insert(Cx *cx, DbConn *conn, int64_t report_id,
                                              const ReportSection *section);
/* The present version of each section, in order. */
MUST_CHECK Status report_store_sections(Cx *cx, DbConn *conn, int64_t report_id,
                                        ReportContent *out);
/* All versions of one section, latest first; NOT_FOUND without any. */
MUST_CHECK Status report_store_versions(Cx *cx, DbConn *conn, int64_t report_id, int64_t position,
                                        ReportContent *out);

/* The drawn figures: replaced as a whole, read as a whole. */
MUST_CHECK Status report_store_figures_put(Cx *cx, DbConn *conn, int64_t report_id,
                                           const ReportContent *content);
MUST_CHECK Status report_store_figures(Cx *cx, DbConn *conn, int64_t report_id, ReportContent *out);

/* The masked name of a person; empty when unknown. */
MUST_CHECK Status report_store_person_name(Cx *cx, DbConn *conn, int64_t person_id, Str *out);

#endif
