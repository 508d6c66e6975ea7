#include "office/plan/work.h"

static DbValue id_or_null(int64_t id) {
    return id == 0 ? DB_NULL : DB_INT(id);
}

static DbValue text_or_null(Str text) {
    return text.len == 0 ? DB_NULL : DB_TEXT(text);
}

static DbValue day_or_null(Day day) {
    return day.number == DAY_NONE.number ? DB_NULL : DB_DAY(day);
}

static DbValue moment_or_null(int64_t ms) {
    return ms == 0 ? DB_NULL : DB_INT(ms);
}

/* ---- measures ---- */

static const char SQL_MEASURE_INSERT[] =
    "INSERT INTO plan_measure (task_id, position, text, unit_id, due_day, state, progress_bp,"
    " changed_ms) VALUES ($1, $2, $3, $4, $5, 'open', 0, $6) RETURNING id";

Status work_store_measure_insert(Cx *cx, DbConn *conn, const Measure *measure, int64_t now_ms,
                                 int64_t *id) {
    return db_insert(cx, conn, SQL_MEASURE_INSERT,
                     DB_ARGS(DB_INT(measure->task_id), DB_INT(measure->position),
                             DB_TEXT(measure->text), id_or_null(measure->unit_id),
                             day_or_null(measure->due), DB_INT(now_ms)),
                     id);
}

#define MEASURE_SELECT                                                                             \
    "SELECT m.id, m.task_id, m.position, m.text, m.unit_id, unit.name, m.due_day, m.state,"        \
    " m.progress_bp, m.done_day, plan_task.clause, plan_task.title FROM plan_measure AS m"         \
    " JOIN plan_task ON plan_task.id = m.task_id LEFT JOIN unit ON unit.id = m.unit_id"

static Measure measure_of_row(Arena *arena, const DbRows *rows) {
    return (Measure){.id = db_int(rows, 0),
                     .task_id = db_int(rows, 1),
                     .position = db_int(rows, 2),
                     .text = db_text(arena, rows, 3),
                     .unit_id = db_int(rows, 4),
                     .unit_name = db_text(arena, rows, 5),
                     .due = db_day(rows, 6),
                     .state = db_text(arena, rows, 7),
                     .progress_bp = db_int(rows, 8),
                     .done_day = db_day(rows, 9),
                     .clause = db_text(arena, rows, 10),
                     .task_title = db_text(arena, rows, 11)};
}

static void measures_row(Arena *arena, const DbRows *rows, void *item) {
    *(Measure *)item = measure_of_row(arena, rows);
}

static Status measures_collect(Cx *cx, DbRows *rows, MeasureList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Measure, measures_row), &got));
    *out = (MeasureList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_MEASURE_FIND[] = MEASURE_SELECT " WHERE m.id = $1";

Status work_store_measure_find(Cx *cx, DbConn *conn, int64_t id, Measure *out) {
    DbRows *rows = NULL;
    MeasureList measures;
    TRY(db_query(cx, conn, SQL_MEASURE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(measures_collect(cx, rows, &measures));
    if (measures.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这项措施");
    }
    *out = measures.items[0];
    return STATUS_OK;
}

static const char SQL_MEASURES_OF[] = MEASURE_SELECT " WHERE m.task_id = $1 ORDER BY m.position";

Status work_store_measures_of(Cx *cx, DbConn *conn, int64_t task_id, MeasureList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_MEASURES_OF, DB_ARGS(DB_INT(task_id)), &rows));
    return measures_collect(cx, rows, out);
}

static const char SQL_MEASURES[] =
    MEASURE_SELECT " WHERE ($1 = 0 OR m.unit_id = $1)"
                   " AND ($2 = '' OR m.state = $2"
                   " OR ($2 = 'late' AND m.state IN ('open', 'doing') AND m.due_day < $3)"
                   " OR ($2 = 'soon' AND m.state IN ('open', 'doing') AND m.due_day >= $3"
                   " AND m.due_day <= $4))"
                   " AND ($5 = '' OR m.text LIKE '%' || $5 || '%')"
                   " ORDER BY CASE WHEN m.due_day IS NULL OR m.state IN ('done', 'dropped')"
                   " THEN 1 ELSE 0 END, m.due_day, plan_task.position, m.position"
                   " LIMIT $6 OFFSET $7";

Status work_store_measures(Cx *cx, DbConn *conn, const MeasureAsk *ask, MeasureList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_MEASURES,
                 DB_ARGS(DB_INT(ask->unit_id), DB_TEXT(ask->state.len == 0 ? STR("") : ask->state),
                         DB_DAY(ask->today), DB_DAY(ask->soon_day),
                         DB_TEXT(ask->search.len == 0 ? STR("") : ask->search), DB_INT(ask->limit),
                         DB_INT(ask->skip)),
                 &rows));
    return measures_collect(cx, rows, out);
}

static const char SQL_MEASURE_UPDATE[] =
    "UPDATE plan_measure SET unit_id = $1, due_day = $2, state = $3, progress_bp = $4,"
    " done_day = $5, changed_ms = $6 WHERE id = $7 AND state = $8";

Status work_store_measure_update(Cx *cx, DbConn *conn, const Measure *measure, const char *from,
                                 int64_t now_ms) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_MEASURE_UPDATE,
                DB_ARGS(id_or_null(measure->unit_id), day_or_null(measure->due),
                        DB_TEXT(measure->state), DB_INT(measure->progress_bp),
                        day_or_null(measure->done_day), DB_INT(now_ms), DB_INT(measure->id),
                        DB_TEXT(str_of(from))),
                &changed));
    return changed == 1 ? STATUS_OK
                        : fault(cx, STATUS_CONFLICT, "这项措施刚刚由他人办理过，请刷新后再办");
}

static const char SQL_POSITION[] = "SELECT MAX(position) FROM plan_measure WHERE task_id = $1";

Status work_store_measure_position(Cx *cx, DbConn *conn, int64_t task_id, int64_t *last) {
    *last = 0;
    return db_int_or(cx, conn, SQL_POSITION, DB_ARGS(DB_INT(task_id)), last);
}

static const char SQL_TASK_WORK[] =
    "SELECT task_id, SUM(CASE WHEN state <> 'dropped' THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN state = 'reported' THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN state IN ('open', 'doing') AND due_day < $1 THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN state <> 'dropped' THEN progress_bp ELSE 0 END),"
    " (SELECT COUNT(*) FROM plan_notice WHERE plan_notice.task_id = plan_measure.task_id"
    " AND plan_notice.state <> 'closed')"
    " FROM plan_measure GROUP BY task_id";

static void tasks_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    TaskWork work = {.task_id = db_int(rows, 0),
                     .total = db_int(rows, 1),
                     .done = db_int(rows, 2),
                     .reported = db_int(rows, 3),
                     .late = db_int(rows, 4),
                     .notice_open = db_int(rows, 6)};
    work.progress_bp = work.total == 0 ? 0 : db_int(rows, 5) / work.total;
    *(TaskWork *)item = work;
}

Status work_store_tasks(Cx *cx, DbConn *conn, Day today, TaskWorkList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_TASK_WORK, DB_ARGS(DB_DAY(today)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(TaskWork, tasks_row), &got));
    *out = (TaskWorkList){got.items, got.count};
    return STATUS_OK;
}

TaskWork work_of_task(const TaskWorkList *list, int64_t task_id) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].task_id == task_id) {
            return list->items[i];
        }
    }
    return (TaskWork){.task_id = task_id};
}

/* ---- what happened ---- */

static const char SQL_MEASURE_ENTRY[] =
    "INSERT INTO plan_measure_entry (measure_id, verb, unit_id, person_id, text, evidence,"
    " progress_bp, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

Status work_store_measure_entry(Cx *cx, DbConn *conn, const WorkEntry *entry) {
    return db_exec(cx, conn, SQL_MEASURE_ENTRY,
                   DB_ARGS(DB_INT(entry->of), DB_TEXT(str_of(entry->verb)),
                           id_or_null(entry->unit_id), DB_INT(entry->person_id),
                           DB_TEXT(entry->text.len == 0 ? STR("") : entry->text),
                           text_or_null(entry->evidence),
                           entry->progress_bp < 0 ? DB_NULL : DB_INT(entry->progress_bp),
                           DB_INT(entry->at_ms)),
                   NULL);
}

static void moments_row(Arena *arena, const DbRows *rows, void *item) {
    *(WorkMoment *)item = (WorkMoment){.verb = db_text(arena, rows, 0),
                                       .unit_name = db_text(arena, rows, 1),
                                       .person = db_text(arena, rows, 2),
                                       .text = db_text(arena, rows, 3),
                                       .evidence = db_text(arena, rows, 4),
                                       .progress_bp = db_is_null(rows, 5) ? -1 : db_int(rows, 5),
                                       .at_ms = db_int(rows, 6)};
}

static Status moments_collect(Cx *cx, DbRows *rows, WorkMomentList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(WorkMoment, moments_row), &got));
    *out = (WorkMomentList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_MEASURE_MOMENTS[] =
    "SELECT e.verb, unit.name, person.name_masked, e.text, e.evidence, e.progress_bp, e.at_ms"
    " FROM plan_measure_entry AS e LEFT JOIN unit ON unit.id = e.unit_id"
    " LEFT JOIN person ON person.id = e.person_id WHERE e.measure_id = $1 ORDER BY e.id LIMIT 200";

Status work_store_measure_moments(Cx *cx, DbConn *conn, int64_t measure_id, WorkMomentList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_MEASURE_MOMENTS, DB_ARGS(DB_INT(measure_id)), &rows));
    return moments_collect(cx, rows, out);
}

/* ---- notices ---- */

static const char SQL_NOTICE_INSERT[] =
    "INSERT INTO plan_notice (number, task_id, measure_id, unit_id, title, body, level, state,"
    " issued_by, issued_ms, receive_due_day, reply_due_day)"
    " VALUES ($1, $2, $3, $4, $5, $6, 1, 'issued', $7, $8, $9, $10) RETURNING id";

Status work_store_notice_insert(Cx *cx, DbConn *conn, const Notice *notice, int64_t *id) {
    return db_insert(cx, conn, SQL_NOTICE_INSERT,
                     DB_ARGS(DB_TEXT(notice->number), DB_INT(notice->task_id),
                             id_or_null(notice->measure_id), DB_INT(notice->unit_id),
                             DB_TEXT(notice->title), DB_TEXT(notice->body),
                             DB_INT(notice->issued_by), DB_INT(notice->issued_ms),
                             DB_DAY(notice->receive_due), DB_DAY(notice->reply_due)),
                     id);
}

#define NOTICE_SELECT                                                                              \
    "SELECT n.id, n.number, n.task_id, n.measure_id, n.unit_id, unit.name, n.title, n.body,"       \
    " n.level, n.state, n.issued_by, n.issued_ms, n.receive_due_day, n.reply_due_day,"             \
    " n.received_ms, n.replied_ms, n.closed_ms, plan_task.clause FROM plan_notice AS n"            \
    " JOIN unit ON unit.id = n.unit_id JOIN plan_task ON plan_task.id = n.task_id"

static Notice notice_of_row(Arena *arena, const DbRows *rows) {
    return (Notice){.id = db_int(rows, 0),
                    .number = db_text(arena, rows, 1),
                    .task_id = db_int(rows, 2),
                    .measure_id = db_int(rows, 3),
                    .unit_id = db_int(rows, 4),
                    .unit_name = db_text(arena, rows, 5),
                    .title = db_text(arena, rows, 6),
                    .body = db_text(arena, rows, 7),
                    .level = db_int(rows, 8),
                    .state = db_text(arena, rows, 9),
                    .issued_by = db_int(rows, 10),
                    .issued_ms = db_int(rows, 11),
                    .receive_due = db_day(rows, 12),
                    .reply_due = db_day(rows, 13),
                    .received_ms = db_int(rows, 14),
                    .replied_ms = db_int(rows, 15),
                    .closed_ms = db_int(rows, 16),
                    .clause = db_text(arena, rows, 17)};
}

static void notices_row(Arena *arena, const DbRows *rows, void *item) {
    *(Notice *)item = notice_of_row(arena, rows);
}

static Status notices_collect(Cx *cx, DbRows *rows, NoticeList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(Notice, notices_row), &got));
    *out = (NoticeList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_NOTICE_FIND[] = NOTICE_SELECT " WHERE n.id = $1";

Status work_store_notice_find(Cx *cx, DbConn *conn, int64_t id, Notice *out) {
    DbRows *rows = NULL;
    NoticeList notices;
    TRY(db_query(cx, conn, SQL_NOTICE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(notices_collect(cx, rows, &notices));
    if (notices.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这份督办通知");
    }
    *out = notices.items[0];
    return STATUS_OK;
}

static const char SQL_NOTICES[] =
    NOTICE_SELECT " WHERE ($1 = 0 OR n.unit_id = $1) AND ($2 = 0 OR n.task_id = $2)"
                  " AND ($3 = 0 OR n.state <> 'closed') ORDER BY n.id DESC LIMIT $4 OFFSET $5";

Status work_store_notices(Cx *cx, DbConn *conn, const NoticeAsk *ask, NoticeList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_NOTICES,
                 DB_ARGS(DB_INT(ask->unit_id), DB_INT(ask->task_id),
                         DB_INT(ask->is_open_only ? 1 : 0), DB_INT(ask->limit), DB_INT(ask->skip)),
                 &rows));
    return notices_collect(cx, rows, out);
}

static const char SQL_NOTICE_UPDATE[] =
    "UPDATE plan_notice SET level = $1, state = $2, receive_due_day = $3, reply_due_day = $4,"
    " received_ms = $5, replied_ms = $6, closed_ms = $7 WHERE id = $8 AND state = $9";

Status work_store_notice_update(Cx *cx, DbConn *conn, const Notice *notice, const char *from) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_NOTICE_UPDATE,
                DB_ARGS(DB_INT(notice->level), DB_TEXT(notice->state), DB_DAY(notice->receive_due),
                        DB_DAY(notice->reply_due), moment_or_null(notice->received_ms),
                        moment_or_null(notice->replied_ms), moment_or_null(notice->closed_ms),
                        DB_INT(notice->id), DB_TEXT(str_of(from))),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这份督办通知已经办理过这一步");
}

static const char SQL_NOTICE_COUNT[] = "SELECT COUNT(*) FROM plan_notice WHERE issued_ms >= $1";

Status work_store_notice_count(Cx *cx, DbConn *conn, int64_t since_ms, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_NOTICE_COUNT, DB_ARGS(DB_INT(since_ms)), out);
}

static const char SQL_NOTICE_ENTRY[] =
    "INSERT INTO plan_notice_entry (notice_id, verb, person_id, text, at_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

Status work_store_notice_entry(Cx *cx, DbConn *conn, const WorkEntry *entry) {
    return db_exec(
        cx, conn, SQL_NOTICE_ENTRY,
        DB_ARGS(DB_INT(entry->of), DB_TEXT(str_of(entry->verb)), DB_INT(entry->person_id),
                DB_TEXT(entry->text.len == 0 ? STR("") : entry->text), DB_INT(entry->at_ms)),
        NULL);
}

static const char SQL_NOTICE_MOMENTS[] =
    "SELECT e.verb, '', person.name_masked, e.text, '', NULL, e.at_ms FROM plan_notice_entry AS e"
    " LEFT JOIN person ON person.id = e.person_id WHERE e.notice_id = $1 ORDER BY e.id LIMIT 200";

Status work_store_notice_moments(Cx *cx, DbConn *conn, int64_t notice_id, WorkMomentList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_NOTICE_MOMENTS, DB_ARGS(DB_INT(notice_id)), &rows));
    return moments_collect(cx, rows, out);
}
