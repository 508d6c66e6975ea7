#include "record/clock_store.h"

static const char SQL_INSERT[] =
    "INSERT INTO record_clock (kind, act, days, source, state, proposed_by, proposed_ms)"
    " VALUES ($1, $2, $3, $4, 'proposed', $5, $6) RETURNING id";
static const char SQL_OPEN[] =
    "SELECT 1 FROM record_clock WHERE kind = $1 AND act = $2 AND state = 'proposed' LIMIT 1";
static const char SQL_DECIDE[] =
    "UPDATE record_clock SET state = $1, decided_by = $2, decided_ms = $3, note = $4"
    " WHERE id = $5 AND state = 'proposed'";
static const char SQL_DAYS[] =
    "SELECT days FROM record_clock WHERE kind = $1 AND act = $2 AND state = 'in_force'"
    " ORDER BY id DESC LIMIT 1";

Status clock_store_insert(Cx *cx, DbConn *conn, const RecordClock *clock, int64_t *id) {
    return db_insert(cx, conn, SQL_INSERT,
                     DB_ARGS(DB_TEXT(clock->kind), DB_TEXT(clock->act), DB_INT(clock->days),
                             DB_TEXT(clock->source), DB_INT(clock->proposed_by),
                             DB_INT(clock->proposed_ms)),
                     id);
}

Status clock_store_has_open(Cx *cx, DbConn *conn, Str kind, Str act, bool *out) {
    return db_exists(cx, conn, SQL_OPEN, DB_ARGS(DB_TEXT(kind), DB_TEXT(act)), out);
}

Status clock_store_decide(Cx *cx, DbConn *conn, const RecordClockAct *act, int64_t *changed) {
    Str state = act->is_approved ? STR("in_force") : STR("refused");
    return db_exec(cx, conn, SQL_DECIDE,
                   DB_ARGS(DB_TEXT(state), DB_INT(act->person_id), DB_INT(act->now_ms),
                           DB_TEXT(act->note.len == 0 ? STR("") : act->note), DB_INT(act->id)),
                   changed);
}

Status clock_store_days(Cx *cx, DbConn *conn, Str kind, Str act, int64_t *days) {
    *days = -1;
    return db_int_or(cx, conn, SQL_DAYS, DB_ARGS(DB_TEXT(kind), DB_TEXT(act)), days);
}

#define CLOCK_SELECT                                                                               \
    "SELECT c.id, c.kind, c.act, c.days, c.source, c.state, c.proposed_by, proposer.name_masked,"  \
    " c.proposed_ms, decider.name_masked, c.decided_ms, c.note FROM record_clock AS c"             \
    " LEFT JOIN person AS proposer ON proposer.id = c.proposed_by"                                 \
    " LEFT JOIN person AS decider ON decider.id = c.decided_by"

static Status clocks_collect(Cx *cx, DbRows *rows, RecordClocks *out) {
    Arena *arena = cx->arena;
    bool has_row = false;
    *out = (RecordClocks){0};
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(arena, out) = (RecordClock){.id = db_int(rows, 0),
                                              .kind = db_text(arena, rows, 1),
                                              .act = db_text(arena, rows, 2),
                                              .days = db_int(rows, 3),
                                              .source = db_text(arena, rows, 4),
                                              .state = db_text(arena, rows, 5),
                                              .proposed_by = db_int(rows, 6),
                                              .proposer = db_text(arena, rows, 7),
                                              .proposed_ms = db_int(rows, 8),
                                              .decider = db_text(arena, rows, 9),
                                              .decided_ms = db_int(rows, 10),
                                              .note = db_text(arena, rows, 11)};
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static const char SQL_FIND[] = CLOCK_SELECT " WHERE c.id = $1";
static const char SQL_LIST[] =
    CLOCK_SELECT " WHERE ($1 = '' OR c.kind = $1) ORDER BY c.id DESC LIMIT 500";

Status clock_store_find(Cx *cx, DbConn *conn, int64_t id, RecordClock *out) {
    DbRows *rows = NULL;
    RecordClocks clocks;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(clocks_collect(cx, rows, &clocks));
    if (clocks.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这项时限");
    }
    *out = clocks.items[0];
    return STATUS_OK;
}

Status clock_store_list(Cx *cx, DbConn *conn, Str kind, RecordClocks *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_LIST, DB_ARGS(DB_TEXT(kind.len == 0 ? STR("") : kind)), &rows));
    return clocks_collect(cx, rows, out);
}
