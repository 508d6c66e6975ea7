/*
 * evidence.h - files behind a figure, a measure or a reply to a notice: taken with the form, noted
 * in the same command, given out to those who may read what they prove. Private to office/plan.
 *
 * Security properties: E1 a file is given out only to the unit that it belongs to and to the lead
 * office, finance and audit; E2 always as a download; E3 type and size are those of src/web/upload.
 */
#ifndef HUANXIN_OFFICE_PLAN_EVIDENCE_H
#define HUANXIN_OFFICE_PLAN_EVIDENCE_H

#include "office/plan/figure_store.h"
#include "office/plan/work.h"
#include "web/form.h"

/* What a file belongs to, as the attachment's subject. */
#define EVIDENCE_FIGURE "plan_figure"
#define EVIDENCE_MEASURE "plan_measure"
#define EVIDENCE_NOTICE "plan_notice"

typedef struct EvidenceOf {
    const char *subject;
    int64_t subject_id;
    const char *part; /* the act: "file", "progress", "report", "reply" */
    int64_t person_id;
    int64_t now_ms;
} EvidenceOf;
/* Notes the files inside a write command, before the act's own journal entry. LIMIT for too many.
 */
MUST_CHECK Status evidence_add(Cx *cx, DbConn *conn, const EvidenceOf *of,
                               const PlanPapers *papers);

/* The name of a figure's series or baseline, for people. */
Str evidence_figure_name(Cx *cx, const struct PlanBook *book, Str series, Str part);

/* ---- pages ---- */

/* The field of a form, with the files that came already. The same on drawing and on reading. */
MUST_CHECK Status evidence_field(Web *web, FormField *out);
/* The files of a form that was read: INVALID when one cannot be taken or the form was only changed
 * by a button; the messages are at the field. */
MUST_CHECK Status evidence_read(Web *web, PlanPapers *out);
/* A table of the files of a figure, measure or notice, under a heading of its own. */
MUST_CHECK Status evidence_table(Web *web, const char *subject, int64_t subject_id);

/* ---- rows ---- */

/* Figures and measures of a month; what: the raw series id and part of a figure. */
typedef struct EvidenceRow {
    bool is_figure;
    int64_t id;
    Str series;
    Str part;
    Str text; /* of a measure */
    Str period;
    Str value;
    Str unit;
    Str evidence;
} EvidenceRow;
typedef struct EvidenceRows {
    EvidenceRow *items;
    size_t count;
    size_t room;
} EvidenceRows;
typedef struct EvidenceSpan {
    Str month;
    int64_t from_ms; /* of the month, in China's time */
    int64_t to_ms;   /* exclusive */
    Day first;
    Day last;
} EvidenceSpan;
MUST_CHECK Status evidence_store_rows(Cx *cx, DbConn *conn, const EvidenceSpan *span,
                                      EvidenceRows *out);

#endif
