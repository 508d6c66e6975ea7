/* workshop_store.h - the SQL of drafts. Private to office/policy. */
#ifndef HUANXIN_OFFICE_POLICY_WORKSHOP_STORE_H
#define HUANXIN_OFFICE_POLICY_WORKSHOP_STORE_H

#include "office/policy/workshop.h"

typedef struct DraftList {
    Draft *items; /* without texts */
    size_t count;
} DraftList;
/* Live drafts and the last issued or dropped ones, the newest first; with_texts false. */
MUST_CHECK Status draft_store_list(Cx *cx, DbConn *conn, DraftList *out);
MUST_CHECK Status draft_store_find(Cx *cx, DbConn *conn, int64_t id, Draft *out);
MUST_CHECK Status draft_store_insert(Cx *cx, DbConn *conn, const Draft *draft, int64_t *id);
/* Raises the revision by one, if the draft is open; changed says whether. */
MUST_CHECK Status draft_store_raise(Cx *cx, DbConn *conn, int64_t id, int64_t now_ms,
                                    int64_t *revision);
MUST_CHECK Status draft_store_text(Cx *cx, DbConn *conn, int64_t id, DraftPart part, Str text);
MUST_CHECK Status draft_store_title(Cx *cx, DbConn *conn, int64_t id, Str title);
MUST_CHECK Status draft_store_move(Cx *cx, DbConn *conn, int64_t id, DraftState from, DraftState to,
                                   int64_t now_ms, bool *is_moved);

/* Rows of a table in order; limit < 0: all. Cells are read with column_count texts. With a search
 * only rows in which a cell holds it. */
typedef struct RowsAsk {
    int64_t draft_id;
    int64_t table;
    int64_t skip;
    int64_t limit;
    int64_t from_position; /* only rows at or after it */
    size_t column_count;
    Str search; /* empty: all rows */
} RowsAsk;
MUST_CHECK Status draft_store_rows(Cx *cx, DbConn *conn, const RowsAsk *ask, DraftRows *out);
MUST_CHECK Status draft_store_row(Cx *cx, DbConn *conn, int64_t draft_id, int64_t row_id,
                                  size_t column_count, DraftRow *out);
MUST_CHECK Status draft_store_row_count(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table,
                                        int64_t *out);
/* Rows in which a cell holds the text. */
MUST_CHECK Status draft_store_found_count(Cx *cx, DbConn *conn, const RowsAsk *ask, int64_t *out);
/* Rows before a position. */
MUST_CHECK Status draft_store_row_rank(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table,
                                       int64_t position, int64_t *out);
/* Position of the row next after (or before) a position; 0 when there is none. */
MUST_CHECK Status draft_store_neighbour(Cx *cx, DbConn *conn, const DraftRow *row,
                                        const RowsAsk *of, bool is_after, DraftRow *out);
MUST_CHECK Status draft_store_row_insert(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table,
                                         const DraftRow *row, size_t column_count, int64_t *id);
/* Changes a row that is not younger than revision_max; changed says whether. */
MUST_CHECK Status draft_store_row_update(Cx *cx, DbConn *conn, int64_t draft_id,
                                         const DraftRow *row, size_t column_count,
                                         int64_t revision_max, bool *is_changed);
MUST_CHECK Status draft_store_row_place(Cx *cx, DbConn *conn, int64_t row_id, int64_t position,
                                        int64_t revision);
MUST_CHECK Status draft_store_row_delete(Cx *cx, DbConn *conn, int64_t draft_id, int64_t row_id,
                                         int64_t revision_max, bool *is_changed);
MUST_CHECK Status draft_store_rows_delete(Cx *cx, DbConn *conn, int64_t draft_id, int64_t table);

typedef struct Revision {
    int64_t revision;
    Str kind;
    Str about;
    Str person;
    int64_t made_ms;
} Revision;
typedef struct RevisionList {
    Revision *items;
    size_t count;
} RevisionList;
MUST_CHECK Status draft_store_revision_insert(Cx *cx, DbConn *conn, int64_t draft_id,
                                              int64_t revision, const char *kind, Str about,
                                              const DraftActor *actor);
MUST_CHECK Status draft_store_revisions(Cx *cx, DbConn *conn, int64_t draft_id, int64_t limit,
                                        RevisionList *out);
/* Whether a person may change a draft: of the author's unit, or of the lead office. */
MUST_CHECK Status draft_store_may_change(Cx *cx, DbConn *conn, const Draft *draft,
                                         int64_t person_id, bool *out);
/* True when the person made one of the draft's revisions. */
MUST_CHECK Status draft_store_is_author(Cx *cx, DbConn *conn, int64_t draft_id, int64_t person_id,
                                        bool *out);

MUST_CHECK Status draft_store_issue_insert(Cx *cx, DbConn *conn, const DraftIssue *issue,
                                           int64_t author_id, int64_t *id);
MUST_CHECK Status draft_store_issue_has(Cx *cx, DbConn *conn, Str code, bool *out);
typedef struct IssueList {
    PolicyIssue *items;
    size_t count;
} IssueList;
MUST_CHECK Status draft_store_issues(Cx *cx, DbConn *conn, int64_t after_id, IssueList *out);
typedef struct IssueFacts {
    int64_t draft_id;
    Str author;
    Str issuer;
    int64_t issued_ms;
} IssueFacts;
/* NOT_FOUND when the version was not issued here. */
MUST_CHECK Status draft_store_issue_facts(Cx *cx, DbConn *conn, Str code, IssueFacts *out);

/* Cases of a programme that were decided for good: sales, claims, and coupons not yet used; of each
 * the answers, the outcome, and where the person lives (empty: unknown). */
typedef struct PastRow {
    Str input_json;
    Str outcome_json;
    Str town_code;
} PastRow;
typedef struct PastList {
    PastRow *items;
    size_t count;
} PastList;
MUST_CHECK Status draft_store_pasts(Cx *cx, DbConn *conn, Str programme, int64_t limit,
                                    PastList *out);
/* How many of them were decided since an instant. */
MUST_CHECK Status draft_store_pace(Cx *cx, DbConn *conn, Str programme, int64_t since_ms,
                                   int64_t *out);
/* Residents of a town. */
MUST_CHECK Status draft_store_residents(Cx *cx, DbConn *conn, Str town_code, int64_t *out);

#endif
