/*
 * workshop.h - drafts of policy versions: made from an issued version or from nothing, edited row
 * by row, checked cell by cell, submitted, and issued by a second person. Private to office/policy.
 *
 *   open 起草中 ──submit──▶ submitted 待发布 ──issue (another person)──▶ issued 已发布 (for ever)
 *     ▲  └─drop─▶ dropped 已作废   │
 *     └────────── reopen ──────────┘
 *
 * An issued version is never edited: issuing copies the draft's texts. Every saved change raises
 * the draft's revision by one and is noted with its author; a change made against rows that another
 * person has changed meanwhile is refused. Who has changed a draft in any revision cannot issue it.
 * Ownership: everything lives in cx->arena.
 */
#ifndef HUANXIN_OFFICE_POLICY_WORKSHOP_H
#define HUANXIN_OFFICE_POLICY_WORKSHOP_H

#include "dmn/parts.h"
#include "office/policy/library.h"
#include "sheet/block.h"

enum {
    DRAFT_CELL_BYTES_MAX = 8 * 1024,
    DRAFT_EDIT_ROWS_MAX = SHEET_BLOCK_ROWS_MAX, /* rows changed by one paste or import */
    DRAFT_ERRORS_MAX = 50,                      /* messages about cells given at once */
};

/* X(name, code, Chinese name) */
#define DRAFT_STATE_LIST(X)                                                                        \
    X(OPEN, "open", "起草中")                                                                      \
    X(SUBMITTED, "submitted", "待发布")                                                            \
    X(ISSUED, "issued", "已发布")                                                                  \
    X(DROPPED, "dropped", "已作废")
typedef enum DraftState {
#define X(name, code, zh) DRAFT_##name,
    DRAFT_STATE_LIST(X)
#undef X
} DraftState;
Str draft_state_code(DraftState state);
Str draft_state_zh(DraftState state);

typedef struct Draft {
    int64_t id;
    Str code; /* the version that it will be */
    Str base; /* the version it was made from; empty: none */
    Str title;
    DraftState state;
    Str skeleton;
    Str description;
    Str cases;
    int64_t revision;
    int64_t author_id;
    Str author;
    int64_t unit_id; /* of the author: the draft is that unit's; 0: the lead office's */
    Str unit;        /* its name; or empty */
    int64_t made_ms;
    int64_t changed_ms;
} Draft;

typedef struct DraftRow {
    int64_t id; /* 0: not stored yet */
    int64_t position;
    Str code; /* the rule's id in the model */
    Str note;
    Str *cells;
    int64_t revision; /* in which it was changed last */
} DraftRow;

typedef struct DraftRows {
    DraftRow *items;
    size_t count;
} DraftRows;

/* Who changes, and against which revision: what a page shows is as old as its revision. */
typedef struct DraftActor {
    int64_t person_id;
    int64_t now_ms;
    int64_t revision;
} DraftActor;

/* ---- making ---- */

typedef struct DraftNew {
    Str code;
    Str base;
    Str title;
    PolicyTexts texts;
    int64_t person_id;
    int64_t now_ms;
} DraftNew;
/* The texts of a new draft made from a version: its texts with the new code and title. */
MUST_CHECK Status draft_from_version(Cx *cx, const PolicyVersion *version, Str code, Str title,
                                     PolicyTexts *out);
/* The texts of an empty draft: one FIRST table with the given questions (lines "name:type", type
 * date, string, number, boolean or money) and the outputs that every policy has. INVALID at a line
 * that is none. */
typedef struct DraftBlank {
    Str code;
    Str title;
    Str programme;
    Str questions;
    Day first;
    Day last;
} DraftBlank;
MUST_CHECK Status draft_blank(Cx *cx, const DraftBlank *blank, PolicyTexts *out);
/* Inside a write command. INVALID when the model is no DMN. */
MUST_CHECK Status draft_create(Cx *cx, DbConn *conn, const DraftNew *draft, int64_t *id);

/* ---- changing; inside write commands: all of it DENIED for other units than the author's, but for
 * the lead office ---- */

/* Rows of one table: changed ones (id set) and new ones after the row after_id (0: at the end).
 * With is_whole the new rows take the place of all. CONFLICT when a changed row is younger than
 * actor.revision, or the draft is not open; the fault names the row. Gives the new revision. */
typedef struct DraftEdit {
    int64_t draft_id;
    int64_t table;
    DraftActor actor;
    const DraftRow *changed;
    size_t changed_count;
    const DraftRow *added;
    size_t added_count;
    int64_t after_id;
    bool is_whole;
    const char *kind; /* cell, paste, import, row, model */
    Str about;        /* in Chinese, for the list of revisions */
} DraftEdit;
MUST_CHECK Status draft_rows_edit(Cx *cx, DbConn *conn, const DraftEdit *edit, int64_t *revision);

typedef enum DraftRowAct { DRAFT_ROW_DELETE, DRAFT_ROW_UP, DRAFT_ROW_DOWN } DraftRowAct;
typedef struct DraftRowMove {
    int64_t draft_id;
    int64_t table;
    int64_t row_id;
    DraftRowAct act;
    DraftActor actor;
} DraftRowMove;
MUST_CHECK Status draft_row_move(Cx *cx, DbConn *conn, const DraftRowMove *move, int64_t *revision);

/* Replaces one of the texts: the model (skeleton and all rows), the description, the cases.
 * CONFLICT when the draft is younger than actor.revision. */
typedef enum DraftPart { DRAFT_MODEL, DRAFT_DESCRIPTION, DRAFT_CASES } DraftPart;
typedef struct DraftText {
    int64_t draft_id;
    DraftPart part;
    Str text;
    Str title; /* with the description; empty: unchanged */
    Str about;
    DraftActor actor;
} DraftText;
MUST_CHECK Status draft_text_put(Cx *cx, DbConn *conn, const DraftText *text, int64_t *revision);

/* Moves the state: submit, reopen, drop. CONFLICT from another state. */
typedef struct DraftStep {
    int64_t draft_id;
    DraftState to;
    DraftActor actor;
} DraftStep;
MUST_CHECK Status draft_step(Cx *cx, DbConn *conn, const DraftStep *step);

/* Issues a submitted draft as checked at actor.revision. DENIED when the person made one of its
 * revisions; CONFLICT when it is not submitted, changed meanwhile, or the code is taken. */
typedef struct DraftIssue {
    int64_t draft_id;
    Str code;
    PolicyTexts texts;
    Str digest;
    DraftActor actor;
} DraftIssue;
MUST_CHECK Status draft_issue(Cx *cx, DbConn *conn, const DraftIssue *issue, int64_t *issue_id);

/* ---- reading ---- */

MUST_CHECK Status draft_find(Cx *cx, DbConn *conn, int64_t id, Draft *out);
/* Columns of the draft's tables, without rows. O(skeleton). */
MUST_CHECK Status draft_parts(Cx *cx, const Draft *draft, DmnParts *out);
/* The whole model text. O(rows). */
MUST_CHECK Status draft_model_text(Cx *cx, DbConn *conn, const Draft *draft, Str *out);
/* The draft compiled, lent until the arena is reset. INVALID with the first error in Chinese. */
MUST_CHECK Status draft_compile(Cx *cx, DbConn *conn, PolicyLibrary *library, const Draft *draft,
                                const PolicyEntry **out);
/* What still stands against issuing, in Chinese: no finding means it may be issued. */
typedef struct DraftFaults {
    Str items[8];
    size_t count;
} DraftFaults;
MUST_CHECK Status draft_check(Cx *cx, DbConn *conn, PolicyLibrary *library, const Draft *draft,
                              Day today, DraftFaults *out);

/* ---- cells ---- */

/* A message about one cell. row counts within the rows given. */
typedef struct CellFault {
    size_t row;
    size_t column;
    Str text;
} CellFault;
typedef struct CellFaults {
    CellFault items[DRAFT_ERRORS_MAX];
    size_t count;
    bool has_more;
} CellFaults;
/* Compiles rows of a table under the draft's heads, as one small model. A cell that is no FEEL but
 * reads as plain words is put right in place: 冰箱 becomes "冰箱", 2026/1/2 becomes
 * date("2026-01-02"), 是 becomes true, empty becomes -. O(cells). */
MUST_CHECK Status draft_cells_check(Cx *cx, const DmnParts *parts, size_t table, DraftRow *rows,
                                    size_t count, CellFaults *out);

#endif
