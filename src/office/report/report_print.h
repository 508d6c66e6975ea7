/*
 * report_print.h - the report on paper and as tables. Private to office/report: no SQL, no pages.
 */
#ifndef HUANXIN_OFFICE_REPORT_PRINT_H
#define HUANXIN_OFFICE_REPORT_PRINT_H

#include "base/buf.h"
#include "office/report/report.h"
#include "paper/paper.h"
#include "sheet/sheet.h"

/* The report as an official document; a report without a number says that it is a draft. */
Paper *report_paper(Cx *cx, const Report *report, const ReportContent *content);
/* Three worksheets: targets, tasks, money. */
MUST_CHECK Status report_sheets(Cx *cx, const Report *report, const ReportContent *content,
                                Buf *out);

/* What a page that is not an official document says at its foot and in its properties. */
typedef struct PrintHead {
    Str city_name;
    int64_t now_ms;
    bool is_demo;
} PrintHead;
/* The dashboard: how targets stand, bars, both tables. */
Paper *report_dashboard_paper(Cx *cx, const PrintHead *head, const PlanDigest *digest);
/* A paper for pages of units, and one page of it. */
Paper *report_units_paper(Cx *cx, const PrintHead *head);
typedef struct PrintUnit {
    Str name;
    const PlanDigest *digest;
    const PlanMeasureList *measures;
} PrintUnit;
void report_unit_put(Cx *cx, Paper *paper, const PrintUnit *unit);

#endif
