/* figure_store.h - the SQL of filed figures and of who signs for a unit. Private to office/plan. */
#ifndef HUANXIN_OFFICE_PLAN_FIGURE_STORE_H
#define HUANXIN_OFFICE_PLAN_FIGURE_STORE_H

#include "office/plan/plan.h"

typedef struct Figure {
    int64_t id;
    Str series; /* id of a series; of a baseline: code of the target */
    Str part;   /* "value", "baseline" */
    Str period; /* "2026-03"; of a baseline a year */
    Str value;
    Str evidence;
    Str state; /* "filed", "approved", "confirmed", "refused" */
    Str unit_name;
    int64_t unit_id; /* 0: the lead office */
    int64_t filed_by;
    int64_t filed_ms;
    int64_t approved_by;
    int64_t approved_ms;
    int64_t decided_by;
    int64_t decided_ms;
    Str note;
    Str filer;
    Str approver;
    Str decider;
    int64_t paper_count; /* files behind it */
} Figure;
typedef struct FigureRows {
    Figure *items;
    size_t count;
} FigureRows;

MUST_CHECK Status figure_store_insert(Cx *cx, DbConn *conn, const Figure *figure, int64_t *id);
MUST_CHECK Status figure_store_find(Cx *cx, DbConn *conn, int64_t id, Figure *out);
/* Of one series or baseline, newest first, at most 100. */
MUST_CHECK Status figure_store_of(Cx *cx, DbConn *conn, Str series, const char *part,
                                  FigureRows *out);
typedef struct FigureAsk {
    Str state;       /* empty: any */
    int64_t unit_id; /* 0: all */
    int64_t skip;
    int64_t limit;
} FigureAsk;
/* Sent back, and nothing filed for the same period since; newest first, at most 100. */
MUST_CHECK Status figure_store_sent_back(Cx *cx, DbConn *conn, int64_t unit_id, FigureRows *out);
/* Newest first. */
MUST_CHECK Status figure_store_list(Cx *cx, DbConn *conn, const FigureAsk *ask, FigureRows *out);
typedef struct FigureMove {
    int64_t id;
    const char *from;
    const char *to;
    int64_t person_id;
    int64_t now_ms;
    Str note;
} FigureMove;
/* CONFLICT when it is not in `from`. */
MUST_CHECK Status figure_store_approve(Cx *cx, DbConn *conn, const FigureMove *move);
MUST_CHECK Status figure_store_decide(Cx *cx, DbConn *conn, const FigureMove *move);
/* How many wait in a state; unit_id 0: of all units. */
MUST_CHECK Status figure_store_count(Cx *cx, DbConn *conn, const char *state, int64_t unit_id,
                                     int64_t *out);

MUST_CHECK Status head_store_insert(Cx *cx, DbConn *conn, const PlanHeadSet *set);
MUST_CHECK Status head_store_delete(Cx *cx, DbConn *conn, const PlanHeadSet *set, int64_t *changed);
MUST_CHECK Status head_store_is(Cx *cx, DbConn *conn, int64_t unit_id, int64_t person_id,
                                bool *out);
typedef struct OfficerRow {
    int64_t person_id;
    int64_t unit_id;
    Str unit_name;
    Str name;
    Str login;
    bool is_head;
} OfficerRow;
typedef struct OfficerList {
    OfficerRow *items;
    size_t count;
} OfficerList;
/* All officers by unit. */
MUST_CHECK Status head_store_officers(Cx *cx, DbConn *conn, OfficerList *out);
/* The unit of an officer; 0 when the person is none. */
MUST_CHECK Status head_store_unit_of(Cx *cx, DbConn *conn, int64_t person_id, int64_t *out);

/* Whether somebody filed the value of a period, and it was not sent back. */
MUST_CHECK Status figure_store_is_filed(Cx *cx, DbConn *conn, Str series, Str period, bool *out);

#endif
