/* todo.c - one list from plan and records; its order, its counts, its reminders. */
#include "office/todo/todo.h"

#include "base/vec.h"
#include "office/desk/desk.h"
#include "office/plan/plan.h"
#include "office/todo/todo_store.h"

#include <inttypes.h>
#include <stdlib.h>

static Status plan_put(Cx *cx, DbConn *conn, const TodoAsk *ask, TodoList *out) {
    PlanTodoList found;
    PlanTodoAsk plan = {.book = ask->city->plan_book,
                        .calendar = &ask->city->calendar,
                        .today = ask->today,
                        .unit_id = ask->user->unit_id,
                        .person_id = ask->user->id,
                        .is_lead = ask->user->role == ROLE_LEAD};
    TRY(plan_todo(cx, conn, &plan, &found));
    for (size_t i = 0; i < found.count; i++) {
        const PlanTodo *item = &found.items[i];
        *vec_push(cx->arena, out) = (Todo){.source = STR("plan"),
                                           .kind = item->kind,
                                           .title = item->title,
                                           .detail = item->detail,
                                           .unit = item->unit,
                                           .due = item->due,
                                           .href = item->href,
                                           .since_ms = item->since_ms};
    }
    return STATUS_OK;
}

static Status records_put(Cx *cx, DbConn *conn, const TodoAsk *ask, TodoList *out) {
    RecordHouse house = desk_house(ask->city);
    RecordActor actor;
    DeskRecords records;
    TRY(desk_actor(cx, conn, ask->user, house.book, &actor));
    DeskAsker asker = {cx, conn, &house, &actor};
    TRY(desk_waiting(&asker, TODO_RECORDS_MAX, &records));
    for (size_t i = 0; i < records.count; i++) {
        const Record *record = &records.items[i];
        Str name = desk_name_of(cx->arena, house.book, record);
        *vec_push(cx->arena, out) =
            (Todo){.source = STR("record"),
                   .kind = record->kind->title,
                   .title = str_print(cx->arena, STR_FMT " " STR_FMT, STR_ARG(record->number),
                                      STR_ARG(name)),
                   .detail = record->kind->states[record->state].title,
                   .unit = record->filer_name,
                   .due = record->due,
                   .href = str_print(cx->arena, "/record/" STR_FMT "/%" PRId64,
                                     STR_ARG(record->kind->code), record->id),
                   .since_ms = record->filed_ms};
    }
    return STATUS_OK;
}

static int64_t due_rank(const Todo *item) {
    return item->due.number == DAY_NONE.number ? INT64_MAX : item->due.number;
}

static int compare(const void *left, const void *right) {
    const Todo *a = left;
    const Todo *b = right;
    if (due_rank(a) != due_rank(b)) {
        return due_rank(a) < due_rank(b) ? -1 : 1;
    }
    if (a->since_ms != b->since_ms) {
        return a->since_ms < b->since_ms ? -1 : 1;
    }
    return str_compare(a->href, b->href);
}

Status todo_list(Cx *cx, DbConn *conn, const TodoAsk *ask, TodoList *out) {
    *out = (TodoList){0};
    if (ask->user->role != ROLE_OFFICER && ask->user->role != ROLE_LEAD) {
        return STATUS_OK;
    }
    TRY(plan_put(cx, conn, ask, out));
    TRY(records_put(cx, conn, ask, out));
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof *out->items, compare);
    }
    return STATUS_OK;
}

TodoCount todo_count(const TodoList *list, const WorkCalendar *calendar, Day today) {
    TodoCount count = {.all = (int64_t)list->count};
    Day soon = day_add_working(calendar, today, TODO_SOON_DAYS);
    for (size_t i = 0; i < list->count; i++) {
        Day due = list->items[i].due;
        if (due.number == DAY_NONE.number) {
            count.without++;
        } else if (day_compare(due, today) < 0) {
            count.late++;
        } else if (day_compare(due, soon) <= 0) {
            count.soon++;
        }
    }
    return count;
}

Str todo_left_text(Arena *arena, const WorkCalendar *calendar, Day today, Day due) {
    if (due.number == DAY_NONE.number) {
        return STR("未设置期限");
    }
    int order = day_compare(due, today);
    if (order < 0) {
        return str_print(arena, "已逾期 %" PRId32 " 个工作日",
                         day_working_between(calendar, due, today));
    }
    return order == 0 ? STR("今天到期")
                      : str_print(arena, "还有 %" PRId32 " 个工作日",
                                  day_working_between(calendar, today, due));
}

/* ---- reminders ---- */

static Str reminder_text(Cx *cx, const City *city, const TodoCount *count) {
    return str_print(cx->arena,
                     "【" STR_FMT "焕新】您有待办 %" PRId64 " 件，其中逾期 %" PRId64
                     " 件、临近期限 %" PRId64 " 件，请登录系统办理。",
                     STR_ARG(city->name), count->all, count->late, count->soon);
}

Status todo_reminders(Cx *cx, DbConn *conn, const City *city, Day today, int32_t days,
                      TodoReminderList *out) {
    TodoPeople people;
    Day last = day_add_working(&city->calendar, today, days);
    *out = (TodoReminderList){0};
    TRY(todo_store_people(cx, conn, &people));
    for (size_t i = 0; i < people.count; i++) {
        const TodoPerson *person = &people.items[i];
        TodoList list;
        TodoAsk ask = {.city = city, .user = &person->user, .today = today};
        TRY(cx_step(cx));
        TRY(todo_list(cx, conn, &ask, &list));
        TodoCount count = todo_count(&list, &city->calendar, today);
        count.soon = 0;
        for (size_t k = 0; k < list.count; k++) {
            Day due = list.items[k].due;
            count.soon += due.number != DAY_NONE.number && day_compare(due, today) >= 0 &&
                                  day_compare(due, last) <= 0
                              ? 1
                              : 0;
        }
        if (count.late + count.soon > 0) {
            Str day = day_print(cx->arena, today);
            *vec_push(cx->arena, out) =
                (TodoReminder){.id = str_print(cx->arena, STR_FMT ":" STR_FMT, STR_ARG(day),
                                               STR_ARG(person->login)),
                               .login = person->login,
                               .name = person->user.name,
                               .unit = person->unit,
                               .text = reminder_text(cx, city, &count),
                               .count = count};
        }
    }
    return STATUS_OK;
}
