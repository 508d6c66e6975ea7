/* db_collect.c - the rows of a statement as an array: one loop for all lists. */
#include "base/vec.h"
#include "db/db.h"

Status db_collect(Cx *cx, DbRows *rows, DbItem item, DbItems *out) {
    char *items = NULL;
    size_t count = 0;
    size_t room = 0;
    bool has_row = false;
    check(item.bytes > 0);
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        if (count == DB_ITEMS_MAX) {
            db_rows_close(rows);
            return fault(cx, STATUS_LIMIT, "a list of more than %d rows", DB_ITEMS_MAX);
        }
        items = vec_grow(cx->arena, items, count, &room, item.bytes);
        item.read(cx->arena, rows, items + count * item.bytes);
        count++;
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (DbItems){items, count};
    return STATUS_OK;
}
