#include "office/todo/todo_store.h"

#include "base/vec.h"

static const char SQL_PEOPLE[] =
    "SELECT person.id, person.role, person.name_masked, person.login, person.unit_id, unit.name"
    " FROM person LEFT JOIN unit ON unit.id = person.unit_id"
    " WHERE person.role IN ('officer', 'lead') AND person.login IS NOT NULL ORDER BY person.id";

Status todo_store_people(Cx *cx, DbConn *conn, TodoPeople *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (TodoPeople){0};
    TRY(db_query(cx, conn, SQL_PEOPLE, DB_NO_ARGS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TodoPerson person = {.user = {.id = db_int(rows, 0),
                                      .name = db_text(cx->arena, rows, 2),
                                      .unit_id = db_int(rows, 4)},
                             .login = db_text(cx->arena, rows, 3),
                             .unit = db_text(cx->arena, rows, 5)};
        TRY(cx_step(cx));
        TRY(role_of_code(db_text_peek(rows, 1), &person.user.role));
        *vec_push(cx->arena, out) = person;
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}
