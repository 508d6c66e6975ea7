/* digest_store.c - the units of the plan. */
#include "base/vec.h"
#include "office/plan/plan_store.h"

static const char SQL_UNITS[] =
    "SELECT id, name FROM unit WHERE ($1 = 0 OR id = $1) AND EXISTS"
    " (SELECT 1 FROM plan_task_unit WHERE plan_task_unit.unit_id = unit.id) ORDER BY name, id";

Status plan_units(Cx *cx, DbConn *conn, int64_t unit_id, PlanUnitList *out) {
    struct VEC(PlanUnit) units = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    TRY(db_query(cx, conn, SQL_UNITS, DB_ARGS(DB_INT(unit_id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &units) = (PlanUnit){db_int(rows, 0), db_text(cx->arena, rows, 1)};
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (PlanUnitList){units.items, units.count};
    return STATUS_OK;
}
