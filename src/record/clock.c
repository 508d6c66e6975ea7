/* clock.c - time limits of acts, set by the city: two persons, a document, the journal. */
#include "record/clock_store.h"

#include <inttypes.h>

enum { DAYS_MAX = 1000, SOURCE_RUNES_MIN = 6, SOURCE_RUNES_MAX = 200, NOTE_RUNES_MAX = 200 };

static Status journal(Cx *cx, DbConn *conn, const char *verb, const RecordClock *clock) {
    Str kind = str_json(cx->arena, clock->kind);
    Str act = str_json(cx->arena, clock->act);
    Str source = str_json(cx->arena, clock->source);
    Str note = str_json(cx->arena, clock->note);
    DbEntry entry = {.verb = verb,
                     .subject = "record_clock",
                     .subject_id = clock->id,
                     .after = str_print(
                         cx->arena,
                         "{\"kind\":" STR_FMT ",\"act\":" STR_FMT ",\"days\":%" PRId64
                         ",\"source\":" STR_FMT ",\"note\":" STR_FMT "}",
                         STR_ARG(kind), STR_ARG(act), clock->days, STR_ARG(source), STR_ARG(note))};
    return db_journal(cx, conn, &entry);
}

Status record_clock_propose(Cx *cx, DbConn *conn, const RecordBook *book, const RecordClock *clock,
                            int64_t *id) {
    RecordClock new = *clock;
    bool has_open = false;
    const RecordKind *kind = record_kind_find(book, clock->kind);
    if (kind == NULL || record_transition_find(kind, clock->act) == NULL) {
        return fault(cx, STATUS_NOT_FOUND, "没有这一步办理");
    }
    if (clock->days < 0 || clock->days > DAYS_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "days", "时限应为 0 至 %d 个工作日",
                              (int)DAYS_MAX);
    }
    new.source = str_trim(clock->source);
    size_t runes = str_rune_count(new.source);
    if (runes < SOURCE_RUNES_MIN || runes > SOURCE_RUNES_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "source",
                              "请写明文件名称、文号和条款，%d 至 %d 个字", (int)SOURCE_RUNES_MIN,
                              (int)SOURCE_RUNES_MAX);
    }
    TRY(clock_store_has_open(cx, conn, new.kind, new.act, &has_open));
    if (has_open) {
        return fault(cx, STATUS_CONFLICT, "这一步已经有一项时限等待签认");
    }
    TRY(clock_store_insert(cx, conn, &new, &new.id));
    *id = new.id;
    return journal(cx, conn, "record_clock.propose", &new);
}

Status record_clock_decide(Cx *cx, DbConn *conn, const RecordClockAct *act) {
    RecordClock clock;
    int64_t changed = 0;
    TRY(clock_store_find(cx, conn, act->id, &clock));
    if (clock.proposed_by == act->person_id) {
        return fault(cx, STATUS_DENIED, "提出的人不能自己签认，请由另一人办理");
    }
    if (!act->is_approved && str_trim(act->note).len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "note", "请写明退回的原因");
    }
    if (str_rune_count(act->note) > NOTE_RUNES_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "note", "最多 %d 个字", (int)NOTE_RUNES_MAX);
    }
    TRY(clock_store_decide(cx, conn, act, &changed));
    if (changed != 1) {
        return fault(cx, STATUS_CONFLICT, "这项时限已经办理过");
    }
    clock.note = act->note;
    return journal(cx, conn, act->is_approved ? "record_clock.approve" : "record_clock.refuse",
                   &clock);
}

Status record_clock_days(Cx *cx, DbConn *conn, const RecordKind *kind, const RecordTransition *act,
                         int32_t *out) {
    int64_t days = -1;
    TRY(clock_store_days(cx, conn, kind->code, act->code, &days));
    *out = days < 0 ? act->clock_days : (int32_t)days;
    return STATUS_OK;
}

Status record_clocks(Cx *cx, DbConn *conn, Str kind, RecordClocks *out) {
    return clock_store_list(cx, conn, kind, out);
}
