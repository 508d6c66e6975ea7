/*
 * change.c - creating, editing, moving: each inside one write command, with its keys, pieces of
 * words, counters and journal entry. A change that fails anywhere leaves nothing: the command is
 * rolled back as a whole.
 */
#include "record/change.h"

#include "record/access.h"
#include "record/condition.h"

#include <string.h>

enum { NOTE_RUNES_MAX = 1000, SLOT_BYTES_MAX = 96 };

/* ---- rows ---- */

/* Long texts are sorted and found by their beginning. */
static Str slot_text(const RecordValue *value) {
    if (value->text.len <= SLOT_BYTES_MAX) {
        return value->text.len == 0 ? STR("") : value->text;
    }
    size_t len = SLOT_BYTES_MAX;
    while (((unsigned char)value->text.at[len] & 0xc0) == 0x80) {
        len--;
    }
    return str_slice(value->text, 0, len);
}

Str record_slot_text(const RecordValue *value) {
    return slot_text(value);
}

static void slots_fill(const Record *record, RecordRow *row) {
    for (size_t i = 0; i < RECORD_NUMBER_SLOTS; i++) {
        row->numbers[i] = DB_NULL;
    }
    for (size_t i = 0; i < RECORD_TEXT_SLOTS; i++) {
        row->texts[i] = DB_NULL;
    }
    for (size_t i = 0; i < record->kind->field_count; i++) {
        RecordSlot slot = record->kind->fields[i].slot;
        const RecordValue *value = &record->values[i];
        if (slot.number > 0) {
            row->numbers[slot.number - 1] =
                DB_INT(value->has_value ? value->number : RECORD_NO_NUMBER);
        }
        if (slot.text > 0) {
            row->texts[slot.text - 1] = DB_TEXT(slot_text(value));
        }
    }
}

RecordRow record_row_of(Arena *arena, const Record *record) {
    Buf *body = buf_in(arena, RECORD_BODY_BYTES_MAX * 2);
    record_body_put(body, arena, record->kind, record->values, record->unread);
    RecordRow row = {
        .id = record->id,
        .kind_id = *record->kind->id,
        .number = record->number,
        .revision = record->revision,
        .state = record->kind->states[record->state].code,
        .owner = record->owner,
        .unit = record->unit.len == 0 ? STR("") : record->unit,
        .org_id = record->org_id,
        .filer_id = record->filer_id,
        .filer_name = record->filer_name.len == 0 ? STR("") : record->filer_name,
        .last_id = record->last_id,
        .due_day = record->due.number == DAY_NONE.number ? RECORD_NO_DUE : record->due.number,
        .filed_ms = record->filed_ms,
        .changed_ms = record->changed_ms,
        .layout = *record->kind->layout,
        .body = buf_str(body),
    };
    slots_fill(record, &row);
    return row;
}

static Status body_size_check(Cx *cx, const RecordRow *row) {
    return row->body.len <= RECORD_BODY_BYTES_MAX
               ? STATUS_OK
               : fault(cx, STATUS_LIMIT, "内容太长，请减少文字或明细表的行数");
}

static const RecordKind *kind_of_id(const RecordBook *book, int64_t id) {
    for (size_t i = 0; i < book->kind_count; i++) {
        if (*book->kinds[i].id == id) {
            return &book->kinds[i];
        }
    }
    return NULL;
}

Status record_of_row(Cx *cx, const RecordBook *book, const RecordRow *row, Record *out) {
    const RecordKind *kind = kind_of_id(book, row->kind_id);
    if (kind == NULL) {
        return fault(cx, STATUS_NOT_FOUND, "这种记录已不再使用");
    }
    size_t state = record_state_find(kind, row->state);
    if (state == SIZE_MAX) {
        return fault(cx, STATUS_DB, "a stored record of kind " STR_FMT " has an unknown state",
                     STR_ARG(kind->code));
    }
    Record record = {
        .id = row->id,
        .kind = kind,
        .number = row->number,
        .revision = row->revision,
        .state = state,
        .owner = row->owner,
        .unit = row->unit,
        .filer_name = row->filer_name,
        .org_id = row->org_id,
        .filer_id = row->filer_id,
        .last_id = row->last_id,
        .due = row->due_day == RECORD_NO_DUE ? DAY_NONE : (Day){(int32_t)row->due_day},
        .filed_ms = row->filed_ms,
        .changed_ms = row->changed_ms,
        .values = arena_array(cx->arena, RecordValue, kind->field_count + 1),
    };
    TRY(record_body_read(cx, kind, row->body, record.values, &record.unread));
    *out = record;
    return STATUS_OK;
}

static Status found(Cx *cx, const RecordBook *book, const RecordRow *row, bool has_row,
                    Record *out) {
    return has_row ? record_of_row(cx, book, row, out)
                   : fault(cx, STATUS_NOT_FOUND, "没有这条记录");
}

/* Only kinds that have such a decision are asked who had the record in hand. */
static Status hands_read(Cx *cx, DbConn *conn, Record *record) {
    for (size_t i = 0; i < record->kind->transition_count; i++) {
        if (record->kind->transitions[i].is_four_eyes) {
            return record_store_hands(cx, conn, record->id, &record->hands, &record->hand_count);
        }
    }
    return STATUS_OK;
}

Status record_find(Cx *cx, DbConn *conn, const RecordBook *book, int64_t id, Record *out) {
    RecordRow row;
    bool has_row = false;
    TRY(record_store_find(cx, conn, id, &row, &has_row));
    TRY(found(cx, book, &row, has_row, out));
    return hands_read(cx, conn, out);
}

Status record_find_number(Cx *cx, DbConn *conn, const RecordBook *book, Str number, Record *out) {
    RecordRow row;
    bool has_row = false;
    TRY(record_store_find_number(cx, conn, number, &row, &has_row));
    TRY(found(cx, book, &row, has_row, out));
    return hands_read(cx, conn, out);
}

Status record_find_at(Cx *cx, DbConn *conn, const RecordBook *book, int64_t id, int64_t revision,
                      Record *out) {
    RecordRow row;
    bool has_row = false;
    TRY(record_store_find(cx, conn, id, &row, &has_row));
    const RecordKind *kind = has_row ? kind_of_id(book, row.kind_id) : NULL;
    if (kind != NULL && row.revision != revision) {
        TRY(record_store_past_find(cx, conn, revision, *kind->layout, &row, &has_row));
    }
    return found(cx, book, &row, has_row, out);
}

/* ---- the journal ---- */

/* {"revision":1,"state":"draft","fields":{…}}: the fields that changed, as people type them. */
static void side_put(Buf *buf, Arena *arena, const RecordBook *book, const Record *record,
                     const bool *is_changed) {
    bool is_first = true;
    buf_print(buf, "\"revision\":%lld,\"state\":", (long long)record->revision);
    record_json_put(buf, record->kind->states[record->state].code);
    buf_put_c(buf, ",\"fields\":{");
    for (size_t i = 0; i < record->kind->field_count; i++) {
        if (!is_changed[i]) {
            continue;
        }
        buf_put_c(buf, is_first ? "" : ",");
        record_json_put(buf, record->kind->fields[i].name);
        buf_put_char(buf, ':');
        record_json_put(
            buf, record_value_plain(arena, book, &record->kind->fields[i], &record->values[i]));
        is_first = false;
    }
    buf_put_c(buf, "}}");
}

typedef struct Entry {
    const char *verb;
    const Record *before; /* NULL: a new record */
    const Record *after;
    const bool *is_changed;
    Str act;
    Str note;
} Entry;

static Status journal(Cx *cx, DbConn *conn, const RecordBook *book, const Entry *entry) {
    Buf *before = buf_in(cx->arena, RECORD_BODY_BYTES_MAX * 4);
    Buf *after = buf_in(cx->arena, RECORD_BODY_BYTES_MAX * 4);
    if (entry->before != NULL) {
        buf_put_char(before, '{');
        side_put(before, cx->arena, book, entry->before, entry->is_changed);
    }
    buf_put_c(after, "{\"kind\":");
    record_json_put(after, entry->after->kind->code);
    buf_put_c(after, ",\"number\":");
    record_json_put(after, entry->after->number);
    if (entry->act.len > 0) {
        buf_put_c(after, ",\"act\":");
        record_json_put(after, entry->act);
    }
    if (entry->note.len > 0) {
        buf_put_c(after, ",\"note\":");
        record_json_put(after, entry->note);
    }
    buf_put_char(after, ',');
    side_put(after, cx->arena, book, entry->after, entry->is_changed);
    DbEntry row = {.verb = entry->verb,
                   .subject = "record",
                   .subject_id = entry->after->id,
                   .before = buf_str(before),
                   .after = buf_str(after)};
    return db_journal(cx, conn, &row);
}

/* ---- references ---- */

Status record_refs_resolve(Cx *cx, DbConn *conn, const RecordKind *kind, RecordValue *values) {
    for (size_t i = 0; i < kind->field_count; i++) {
        const RecordField *field = &kind->fields[i];
        RecordValue *value = &values[i];
        if (field->type != RECORD_REF || !value->has_value || value->number > 0) {
            continue;
        }
        RecordRow row;
        bool has_row = false;
        TRY(record_store_find_number(cx, conn, value->text, &row, &has_row));
        if (!has_row || field->ref == NULL || row.kind_id != *field->ref->id) {
            return fault_at_field(cx, STATUS_INVALID, str_c(cx->arena, field->name),
                                  "没有编号为“" STR_FMT "”的" STR_FMT,
                                  STR_ARG(str_head(value->text, 60)),
                                  STR_ARG(field->ref == NULL ? STR("记录") : field->ref->title));
        }
        value->number = row.id;
    }
    return STATUS_OK;
}

/* ---- create ---- */

static Status owner_choose(Cx *cx, const RecordHouse *house, const RecordAsk *ask,
                           const RecordValue *values, Str *out) {
    const RecordKind *kind = ask->kind;
    *out = kind->owners[0];
    if (kind->owner_of == NULL) {
        return STATUS_OK;
    }
    RuleFrame frame;
    RuleFacts facts = record_facts_of(ask);
    FeelValue result;
    record_frame_init(cx, &frame, house->book, kind, &facts);
    record_frame_set_all(&frame, values);
    TRY(record_frame_value(&frame, kind->owner_of, &result));
    for (size_t i = 0; i < kind->owner_count; i++) {
        if (result.kind == FEEL_STRING && str_equal(result.string, kind->owners[i])) {
            *out = kind->owners[i];
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_CONFLICT, "按申报内容找不到负责审核的部门，请联系牵头专班");
}

static Status number_take(Cx *cx, DbConn *conn, Str prefix, int64_t year, RecordNumbers *numbers,
                          int64_t *out) {
    if (numbers->left == 0) {
        int64_t last = 0;
        TRY(record_store_numbers_take(cx, conn, prefix, year, numbers->wanted, &last));
        numbers->next = last - numbers->wanted + 1;
        numbers->left = numbers->wanted;
    }
    *out = numbers->next++;
    numbers->left--;
    return STATUS_OK;
}

Status record_file(Cx *cx, DbConn *conn, const RecordFiling *filing, Record *out) {
    const RecordAsk *ask = filing->draft->ask;
    const RecordKind *kind = ask->kind;
    const RecordActor *actor = ask->actor;
    int64_t now_ms = db_now_ms(conn);
    int64_t running = 0;
    int32_t year = day_parts(day_of_instant(now_ms)).year;
    Record record = {.kind = kind,
                     .revision = 1,
                     .state = filing->state,
                     .unit = record_is_of_unit(actor) || str_equal(actor->role, STR("admin"))
                                 ? actor->unit
                                 : STR(""),
                     .filer_name = actor->name,
                     .org_id = actor->org_id,
                     .filer_id = actor->person_id,
                     .last_id = actor->person_id,
                     .due = DAY_NONE,
                     .filed_ms = now_ms,
                     .changed_ms = now_ms,
                     .values = filing->draft->values};
    TRY(record_refs_resolve(cx, conn, kind, record.values));
    TRY(owner_choose(cx, filing->house, ask, record.values, &record.owner));
    TRY(number_take(cx, conn, kind->prefix, year, filing->numbers, &running));
    record.number =
        str_print(cx->arena, STR_FMT "-%d-%05lld", STR_ARG(kind->prefix), year, (long long)running);
    RecordRow row = record_row_of(cx->arena, &record);
    TRY(body_size_check(cx, &row));
    TRY(record_store_insert(cx, conn, &row, &record.id));
    TRY(record_keys_move(cx, conn, NULL, &record));
    if (filing->grams != NULL) {
        record_grams_pile(cx, filing->grams, &record);
    } else {
        TRY(record_grams_move(cx, conn, NULL, &record));
    }
    TRY(record_tally_add(cx, filing->tally, filing->house->book, &record, 1));
    Entry entry = {
        .verb = "record.create", .after = &record, .is_changed = filing->draft->is_changed};
    TRY(journal(cx, conn, filing->house->book, &entry));
    *out = record;
    return STATUS_OK;
}

Status record_create(Cx *cx, DbConn *conn, const RecordHouse *house, const RecordDraft *draft,
                     Record *out) {
    const RecordAsk *ask = draft->ask;
    Tally tally;
    if (!record_may_file(ask->kind, ask->actor)) {
        return fault(cx, STATUS_DENIED, "您不能登记“" STR_FMT "”", STR_ARG(ask->kind->title));
    }
    RecordNumbers numbers = {.wanted = 1};
    record_tally_init(&tally, cx->arena);
    RecordFiling filing = {.house = house,
                           .draft = draft,
                           .state = ask->kind->start,
                           .tally = &tally,
                           .numbers = &numbers};
    TRY(record_file(cx, conn, &filing, out));
    TRY(record_tally_flush(cx, conn, &tally));
    db_answer(conn, out->number);
    return STATUS_OK;
}

/* ---- edit and move ---- */

static Status stale_fault(Cx *cx, const RecordChange *change, const Record *now) {
    (void)fault(cx, STATUS_CONFLICT, "这条记录在您修改期间已被别人改动，您的修改还没有保存");
    fault_detail(cx, "您看到的是第%lld版，现在是第%lld版", (long long)change->revision,
                 (long long)now->revision);
    fault_hint(cx, "请对照两份内容后再保存");
    return STATUS_CONFLICT;
}

/* Stores the record as it is after a change, with all that hangs on it. */
static Status change_store(Cx *cx, DbConn *conn, const RecordHouse *house, const Record *before,
                           Record *after) {
    Tally tally;
    int64_t changed = 0;
    after->revision = before->revision + 1;
    after->changed_ms = db_now_ms(conn);
    TRY(record_refs_resolve(cx, conn, after->kind, after->values));
    RecordRow row = record_row_of(cx->arena, after);
    TRY(body_size_check(cx, &row));
    RecordRow past = record_row_of(cx->arena, before);
    TRY(record_store_past_put(cx, conn, &past));
    TRY(record_store_update(cx, conn, &row, before->revision, &changed));
    if (changed != 1) {
        return fault(cx, STATUS_CONFLICT, "这条记录刚被别人改动，请重试");
    }
    TRY(record_keys_move(cx, conn, before, after));
    TRY(record_grams_move(cx, conn, before, after));
    record_tally_init(&tally, cx->arena);
    TRY(record_tally_add(cx, &tally, house->book, before, -1));
    TRY(record_tally_add(cx, &tally, house->book, after, 1));
    return record_tally_flush(cx, conn, &tally);
}

static Status hand_put(Cx *cx, DbConn *conn, int64_t id, const RecordActor *actor) {
    return actor->person_id == 0 ? STATUS_OK
                                 : record_store_hand_put(cx, conn, id, actor->person_id);
}

/* Back at the start a new round begins, with nobody in it but the filer; a decision begins one too,
 * with who decided as the first in it. */
static Status round_move(Cx *cx, DbConn *conn, const Record *after, const RecordChange *change) {
    bool is_start = after->state == after->kind->start;
    if (is_start || change->act->is_four_eyes) {
        TRY(record_store_hands_clear(cx, conn, after->id));
    }
    return is_start ? STATUS_OK : hand_put(cx, conn, after->id, change->actor);
}

Status record_edit(Cx *cx, DbConn *conn, const RecordHouse *house, const RecordChange *change,
                   Record *out) {
    Record now;
    const RecordDraft *draft = change->draft;
    check(draft != NULL && draft->ask->base != NULL);
    TRY(record_find(cx, conn, house->book, change->id, &now));
    TRY(record_may_edit(cx, &now, change->actor));
    if (now.revision != change->revision || draft->ask->base->revision != change->revision) {
        return stale_fault(cx, change, &now);
    }
    Record after = now;
    after.values = draft->values;
    after.last_id = change->actor->person_id;
    if (now.state == now.kind->start) {
        TRY(owner_choose(cx, house, draft->ask, after.values, &after.owner));
    }
    TRY(change_store(cx, conn, house, &now, &after));
    TRY(hand_put(cx, conn, now.id, change->actor));
    Entry entry = {
        .verb = "record.edit", .before = &now, .after = &after, .is_changed = draft->is_changed};
    TRY(journal(cx, conn, house->book, &entry));
    *out = after;
    return STATUS_OK;
}

static Status note_check(Cx *cx, const RecordTransition *act, Str note) {
    if (act->note == RECORD_NOTE_REQUIRED && str_trim(note).len == 0) {
        return fault_at_field(cx, STATUS_INVALID, "note", "请写明理由");
    }
    if (str_rune_count(note) > NOTE_RUNES_MAX || !str_is_utf8(note)) {
        return fault_at_field(cx, STATUS_INVALID, "note", "最多%d个字", NOTE_RUNES_MAX);
    }
    return STATUS_OK;
}

/* Guard, conditions and needs, asked of the record as the act would leave it. */
static Status guard_check(Cx *cx, const RecordHouse *house, const RecordAsk *ask,
                          const RecordValue *values) {
    const RecordTransition *act = ask->act;
    for (size_t i = 0; i < act->need_count; i++) {
        const RecordField *field = &ask->kind->fields[act->needs[i]];
        if (!values[act->needs[i]].has_value) {
            return fault_at_field(cx, STATUS_INVALID, str_c(cx->arena, field->name),
                                  "“" STR_FMT "”必填", STR_ARG(field->title));
        }
    }
    if (act->guard == NULL && !act->has_conditions) {
        return STATUS_OK;
    }
    RuleFrame frame;
    RuleFacts facts = record_facts_of(ask);
    bool is_open = false;
    record_frame_init(cx, &frame, house->book, ask->kind, &facts);
    record_frame_set_all(&frame, values);
    if (act->has_conditions) {
        TRY(record_conditions_require(cx, &frame));
    }
    if (act->guard == NULL) {
        return STATUS_OK;
    }
    TRY(record_frame_true(&frame, act->guard, &is_open));
    return is_open ? STATUS_OK : fault(cx, STATUS_CONFLICT, STR_FMT, STR_ARG(act->guard_message));
}

/* What the act leaves: its own fields from the draft, everything else as it stands. A draft that
 * was not made is made here; nothing is typed in it, so nothing is drawn at random. */
static Status act_values(Cx *cx, const RecordHouse *house, const RecordChange *change,
                         const RecordAsk *ask, RecordDraft *out) {
    if (change->draft != NULL) {
        check(change->draft->ask->act == change->act);
        *out = *change->draft;
        return STATUS_OK;
    }
    return record_draft(cx, house, ask, out);
}

Status record_move(Cx *cx, DbConn *conn, const RecordHouse *house, const RecordChange *change,
                   Record *out) {
    Record now;
    RecordDraft draft;
    int32_t days = 0;
    const RecordTransition *act = change->act;
    check(act != NULL);
    TRY(record_find(cx, conn, house->book, change->id, &now));
    TRY(record_act_check(cx, &now, act, change->actor));
    if (now.revision != change->revision ||
        (change->draft != NULL && change->draft->ask->base->revision != change->revision)) {
        return stale_fault(cx, change, &now);
    }
    TRY(note_check(cx, act, change->note));
    RecordAsk ask = {.kind = now.kind,
                     .base = &now,
                     .act = act,
                     .actor = change->actor,
                     .now_ms = db_now_ms(conn)};
    TRY(act_values(cx, house, change, &ask, &draft));
    TRY(guard_check(cx, house, &ask, draft.values));
    Record after = now;
    after.values = draft.values;
    after.state = act->to;
    after.last_id = change->actor->person_id;
    TRY(record_clock_days(cx, conn, now.kind, act, &days));
    after.due = days == 0 ? DAY_NONE
                          : day_add_working(house->calendar, day_of_instant(db_now_ms(conn)), days);
    TRY(change_store(cx, conn, house, &now, &after));
    TRY(round_move(cx, conn, &after, change));
    Entry entry = {.verb = "record.move",
                   .before = &now,
                   .after = &after,
                   .is_changed = draft.is_changed,
                   .act = act->code,
                   .note = act->note == RECORD_NOTE_NONE ? STR("") : str_trim(change->note)};
    TRY(journal(cx, conn, house->book, &entry));
    *out = after;
    return STATUS_OK;
}

/* ---- what may be done now ---- */

typedef struct ActVec VEC(RecordAct) ActVec;

/* Whether the guard would refuse as things stand. An act that asks for fields is shown open: they
 * may be what it waits for. */
static Status act_reason(Cx *cx, const RecordHouse *house, const Record *record,
                         const RecordAsk *ask, RecordAct *out) {
    Status status = record_act_check(cx, record, ask->act, ask->actor);
    if (status == STATUS_OK && ask->act->ask_count == 0) {
        status = guard_check(cx, house, ask, record->values);
    }
    out->transition = ask->act;
    out->is_open = status == STATUS_OK;
    out->reason = status == STATUS_OK ? STR("") : str_dup(cx->arena, str_of(cx->fault.text));
    fault_clear(cx);
    return status == STATUS_LIMIT || status == STATUS_DB ? status : STATUS_OK;
}

Status record_acts(Cx *cx, const RecordHouse *house, const Record *record, const RecordActor *actor,
                   int64_t now_ms, RecordActs *out) {
    ActVec acts = {0};
    for (size_t i = 0; i < record->kind->transition_count; i++) {
        const RecordTransition *act = &record->kind->transitions[i];
        if ((act->from >> record->state & 1) == 0 || !record_act_is_for(record, act, actor)) {
            continue;
        }
        RecordAsk ask = {
            .kind = record->kind, .base = record, .act = act, .actor = actor, .now_ms = now_ms};
        TRY(act_reason(cx, house, record, &ask, vec_push(cx->arena, &acts)));
    }
    *out = (RecordActs){acts.items, acts.count};
    return STATUS_OK;
}

/* ---- reading in clear ---- */

Status record_open_sealed(Cx *cx, DbConn *conn, const RecordHouse *house, int64_t id, size_t field,
                          Str reason, const RecordActor *actor, Str *out) {
    Record record;
    TRY(record_find(cx, conn, house->book, id, &record));
    check(field < record.kind->field_count);
    const RecordField *declared = &record.kind->fields[field];
    if (record_sight(&record, actor) != RECORD_SIGHT_FULL) {
        return fault(cx, STATUS_DENIED, "您不能查看这条记录");
    }
    if (!record_type_is_sealed(declared->type) || !record.values[field].has_value) {
        return fault(cx, STATUS_NOT_FOUND, "没有可查看的内容");
    }
    size_t count = str_rune_count(str_trim(reason));
    if (count < 1 || count > 200) {
        return fault_at_field(cx, STATUS_INVALID, "reason", "请用不超过200个字写明查看原因");
    }
    TRY(record_value_unseal(cx, house, declared, &record.values[field], out));
    bool *is_changed = arena_array(cx->arena, bool, record.kind->field_count + 1);
    is_changed[field] = true; /* the entry names the field, with its masked value */
    Entry entry = {.verb = "record.read",
                   .after = &record,
                   .is_changed = is_changed,
                   .note = str_trim(reason)};
    return journal(cx, conn, house->book, &entry);
}
