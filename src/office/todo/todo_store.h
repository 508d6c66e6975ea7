/* todo_store.h - the SQL of the work list. Private to office/todo. */
#ifndef HUANXIN_OFFICE_TODO_TODO_STORE_H
#define HUANXIN_OFFICE_TODO_TODO_STORE_H

#include "office/todo/todo.h"

typedef struct TodoPerson {
    WebUser user;
    Str login;
    Str unit;
} TodoPerson;
typedef struct TodoPeople {
    TodoPerson *items;
    size_t count;
    size_t room;
} TodoPeople;
/* Officers and the lead office, by id. */
MUST_CHECK Status todo_store_people(Cx *cx, DbConn *conn, TodoPeople *out);

#endif
