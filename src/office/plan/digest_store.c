/* digest_store.c - the units of the plan. */
#include "office/plan/plan_store.h"

static const char SQL_UNITS[] =
    "SELECT id, name FROM unit WHERE ($1 = 0 OR id = $1) AND EXISTS"
    " (SELECT 1 FROM plan_task_unit WHERE plan_task_unit.unit_id = unit.id) ORDER BY name, id";

static void plan_units_row(Arena *arena, const DbRows *rows, void *item) {
    *(PlanUnit *)item = (PlanUnit){db_int(rows, 0), db_text(arena, rows, 1)};
}

Status plan_units(Cx *cx, DbConn *conn, int64_t unit_id, PlanUnitList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_UNITS, DB_ARGS(DB_INT(unit_id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(PlanUnit, plan_units_row), &got));
    *out = (PlanUnitList){got.items, got.count};
    return STATUS_OK;
}
