/*
 * work.h - the work behind a task: measures and notices of supervision; their rows and their SQL.
 * Private to office/plan. The acts are in plan.h.
 *
 *   measure  open 未启动 ─ doing 推进中 ─ reported 已报完成 ─ done 已完成     (dropped 已调整取消)
 *            any unit of the task reports its part; the owner reports it done; the lead office
 *            confirms or sends it back
 *   notice   issued 已签发 ─ received 已签收 ─ replied 已回复 ─ closed 已办结
 *            a reply may be sent back (received again); when a date has passed the lead office may
 *            raise it by one level: 督办 ─ 通报 ─ 约谈
 */
#ifndef HUANXIN_OFFICE_PLAN_WORK_H
#define HUANXIN_OFFICE_PLAN_WORK_H

#include "office/plan/plan.h"

/* ---- measures ---- */

typedef struct Measure {
    int64_t id;
    int64_t task_id;
    int64_t position;
    Str text;
    int64_t unit_id; /* 0: nobody yet */
    Str unit_name;
    Day due; /* DAY_NONE: not set */
    Str state;
    int64_t progress_bp;
    Day done_day;
    Str clause;
    Str task_title;
} Measure;
typedef struct MeasureList {
    Measure *items;
    size_t count;
} MeasureList;

MUST_CHECK Status work_store_measure_insert(Cx *cx, DbConn *conn, const Measure *measure,
                                            int64_t now_ms, int64_t *id);
MUST_CHECK Status work_store_measure_find(Cx *cx, DbConn *conn, int64_t id, Measure *out);
/* Of one task, by position. */
MUST_CHECK Status work_store_measures_of(Cx *cx, DbConn *conn, int64_t task_id, MeasureList *out);
typedef struct MeasureAsk {
    Str state;       /* empty: any; "late": past its day and not done; "soon": due by soon_day */
    int64_t unit_id; /* 0: all */
    Str search;      /* in the text; empty: all */
    Day today;
    Day soon_day;
    int64_t skip;
    int64_t limit;
} MeasureAsk;
/* Those with the nearest date first, without a date last. */
MUST_CHECK Status work_store_measures(Cx *cx, DbConn *conn, const MeasureAsk *ask,
                                      MeasureList *out);
/* Writes owner, date, state, progress and day of completion; CONFLICT when the state is no longer
 * `from`. */
MUST_CHECK Status work_store_measure_update(Cx *cx, DbConn *conn, const Measure *measure,
                                            const char *from, int64_t now_ms);
MUST_CHECK Status work_store_measure_position(Cx *cx, DbConn *conn, int64_t task_id, int64_t *last);

/* How the measures of each task stand; one row a task that has any. */
typedef struct TaskWork {
    int64_t task_id;
    int64_t total; /* dropped ones do not count */
    int64_t done;
    int64_t reported;
    int64_t late;
    int64_t progress_bp; /* mean */
    int64_t notice_open;
} TaskWork;
typedef struct TaskWorkList {
    TaskWork *items;
    size_t count;
} TaskWorkList;
MUST_CHECK Status work_store_tasks(Cx *cx, DbConn *conn, Day today, TaskWorkList *out);
/* The row of a task, all zero when it has no measures. */
TaskWork work_of_task(const TaskWorkList *list, int64_t task_id);

typedef struct WorkEntry {
    int64_t of; /* the measure or notice */
    const char *verb;
    int64_t unit_id;
    int64_t person_id;
    Str text;
    Str evidence;
    int64_t progress_bp; /* -1: not said */
    int64_t at_ms;
} WorkEntry;
MUST_CHECK Status work_store_measure_entry(Cx *cx, DbConn *conn, const WorkEntry *entry);
typedef struct WorkMoment {
    Str verb;
    Str unit_name;
    Str person;
    Str text;
    Str evidence;
    int64_t progress_bp; /* -1: not said */
    int64_t at_ms;
} WorkMoment;
typedef struct WorkMomentList {
    WorkMoment *items;
    size_t count;
} WorkMomentList;
/* Oldest first. */
MUST_CHECK Status work_store_measure_moments(Cx *cx, DbConn *conn, int64_t measure_id,
                                             WorkMomentList *out);

/* ---- notices ---- */

typedef struct Notice {
    int64_t id;
    Str number;
    int64_t task_id;
    int64_t measure_id; /* 0: the whole task */
    int64_t unit_id;
    Str unit_name;
    Str title;
    Str body;
    int64_t level; /* 1..3 */
    Str state;
    int64_t issued_by;
    int64_t issued_ms;
    Day receive_due;
    Day reply_due;
    int64_t received_ms;
    int64_t replied_ms;
    int64_t closed_ms;
    Str clause;
} Notice;
typedef struct NoticeList {
    Notice *items;
    size_t count;
} NoticeList;
MUST_CHECK Status work_store_notice_insert(Cx *cx, DbConn *conn, const Notice *notice, int64_t *id);
MUST_CHECK Status work_store_notice_find(Cx *cx, DbConn *conn, int64_t id, Notice *out);
typedef struct NoticeAsk {
    bool is_open_only;
    int64_t unit_id; /* 0: all */
    int64_t task_id; /* 0: all */
    int64_t skip;
    int64_t limit;
} NoticeAsk;
/* Newest first. */
MUST_CHECK Status work_store_notices(Cx *cx, DbConn *conn, const NoticeAsk *ask, NoticeList *out);
MUST_CHECK Status work_store_notice_update(Cx *cx, DbConn *conn, const Notice *notice,
                                           const char *from);
/* Notices issued since an instant: the number in the year. */
MUST_CHECK Status work_store_notice_count(Cx *cx, DbConn *conn, int64_t since_ms, int64_t *out);
MUST_CHECK Status work_store_notice_entry(Cx *cx, DbConn *conn, const WorkEntry *entry);
MUST_CHECK Status work_store_notice_moments(Cx *cx, DbConn *conn, int64_t notice_id,
                                            WorkMomentList *out);

#endif
