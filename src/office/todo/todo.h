/*
 * todo.h - the work list (待办) of an officer and of the lead office: what is due, from the plan
 * and from the declared records, by date, with the working days that are left.
 *
 *   plan_todo ──┐
 *               ├─▶ todo_list ─▶ page · XLSX · iCalendar · reminders for a gateway
 *   desk_waiting┘
 *
 * It decides nothing and stores nothing: an item is gone when its matter is done.
 */
#ifndef HUANXIN_OFFICE_TODO_TODO_H
#define HUANXIN_OFFICE_TODO_TODO_H

#include "base/buf.h"
#include "office/city/city.h"
#include "web/web.h"

enum {
    TODO_RECORDS_MAX = 100, /* of each kind of record */
    TODO_ROWS_MAX = 500,    /* on the page and in files */
};

typedef struct Todo {
    Str source; /* "plan" or "record" */
    Str kind;   /* "督办", the name of the kind of record, ... */
    Str title;
    Str detail;
    Str unit; /* whose matter it is; may be empty */
    Day due;  /* DAY_NONE: no date set */
    Str href;
    int64_t since_ms; /* 0: not known */
} Todo;
typedef struct TodoList {
    Todo *items;
    size_t count;
    size_t room;
} TodoList;

typedef struct TodoAsk {
    const City *city;
    const WebUser *user;
    Day today;
} TodoAsk;
/* What waits for the person, nearest date first, without a date last and the oldest first among
 * them. Empty for roles other than officer and lead. */
MUST_CHECK Status todo_list(Cx *cx, DbConn *conn, const TodoAsk *ask, TodoList *out);

typedef struct TodoCount {
    int64_t all;
    int64_t late;
    int64_t soon;    /* today and the next TODO_SOON_DAYS working days, not late */
    int64_t without; /* no date */
} TodoCount;
enum { TODO_SOON_DAYS = 3 };
TodoCount todo_count(const TodoList *list, const WorkCalendar *calendar, Day today);

/* "已逾期 3 个工作日", "今天到期", "还有 5 个工作日", "未设置期限". */
Str todo_left_text(Arena *arena, const WorkCalendar *calendar, Day today, Day due);

typedef struct TodoCalendar {
    const TodoList *list;
    Str city_name;
    Str host; /* of the links, "https://..."; empty: links are left out */
    int64_t now_ms;
} TodoCalendar;
/* The items with a date as iCalendar (RFC 5545): one all-day event each, UTF-8, lines folded at 75
 * octets, CRLF. */
void todo_calendar_write(Buf *out, const TodoCalendar *calendar);

/* Counts for the navigation, kept for some seconds a person, so that they cost a page nothing. */
typedef struct TodoCache TodoCache;
/* Lives until the program ends. */
TodoCache *todo_cache_create(void);
/* WebApp.nav_count: how many wait behind a link of the navigation, -1 for links that have no count;
 * app->nav_context is the cache. Counted anew after the person did something. Thread-safe. */
MUST_CHECK Status todo_nav_count(Web *web, Str href, int64_t *out);

/* One message for one person, for a gateway that the city connects. */
typedef struct TodoReminder {
    Str id; /* "2026-11-20:unit07": the same day and person once */
    Str login;
    Str name;
    Str unit;
    Str text;
    TodoCount count;
} TodoReminder;
typedef struct TodoReminderList {
    TodoReminder *items;
    size_t count;
    size_t room;
} TodoReminderList;
/* Messages for every officer and the lead office who have something late or due within days
 * working days. Nothing is sent and nothing is stored. O(persons x kinds). */
MUST_CHECK Status todo_reminders(Cx *cx, DbConn *conn, const City *city, Day today, int32_t days,
                                 TodoReminderList *out);

Status todo_page(Web *web);
Status todo_file(Web *web);

#endif
