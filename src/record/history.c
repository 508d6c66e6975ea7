/* history.c - the life of a record as the journal tells it, and what a stale change meets. */
#include "record/change.h"

typedef struct StepFieldVec VEC(struct RecordStepField) StepFieldVec;
typedef struct StepVec VEC(RecordStep) StepVec;

/* ---- one entry ---- */

static struct RecordStepField *step_field(Arena *arena, StepFieldVec *fields, size_t field) {
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].field == field) {
            return &fields->items[i];
        }
    }
    struct RecordStepField *made = vec_push(arena, fields);
    *made = (struct RecordStepField){.field = field, .before = STR(""), .after = STR("")};
    return made;
}

/* "fields":{"name":"text",…}; names that are declared no more are left out. */
static void fields_read(Json *json, const RecordKind *kind, bool is_after, StepFieldVec *fields) {
    bool is_first = true;
    json->is_bad |= !body_take(json, '{');
    while (body_more(json, '}', &is_first)) {
        Str name = body_key(json);
        Str text = body_string(json);
        size_t field = record_field_find(kind, name);
        for (size_t i = 0; i < kind->field_count && field == SIZE_MAX; i++) {
            field = str_equal(kind->fields[i].renamed_from, name) ? i : SIZE_MAX;
        }
        if (field != SIZE_MAX) {
            struct RecordStepField *step = step_field(json->arena, fields, field);
            *(is_after ? &step->after : &step->before) = text;
        }
    }
}

static void side_read(Arena *arena, Str text, const RecordKind *kind, bool is_after,
                      StepFieldVec *fields, RecordStep *step) {
    Json json = {.arena = arena, .text = text};
    bool is_first = true;
    if (text.len == 0) {
        return;
    }
    json.is_bad |= !body_take(&json, '{');
    while (body_more(&json, '}', &is_first)) {
        Str key = body_key(&json);
        if (str_equal(key, STR("fields"))) {
            fields_read(&json, kind, is_after, fields);
        } else if (str_equal(key, STR("revision"))) {
            int64_t revision = body_int(&json);
            step->revision = is_after ? revision : step->revision;
        } else {
            Str value = body_string(&json);
            step->act = is_after && str_equal(key, STR("act")) ? value : step->act;
            step->note = is_after && str_equal(key, STR("note")) ? value : step->note;
            step->state = is_after && str_equal(key, STR("state")) ? value : step->state;
        }
    }
}

static RecordStep step_read(Arena *arena, const DbRows *rows, const RecordKind *kind) {
    StepFieldVec fields = {0};
    RecordStep step = {.journal_id = db_int(rows, 0),
                       .at_ms = db_int(rows, 1),
                       .user_id = db_int(rows, 2),
                       .role = db_text(arena, rows, 3),
                       .verb = db_text(arena, rows, 4),
                       .act = STR(""),
                       .note = STR(""),
                       .state = STR("")};
    side_read(arena, db_text(arena, rows, 5), kind, false, &fields, &step);
    side_read(arena, db_text(arena, rows, 6), kind, true, &fields, &step);
    step.fields = fields.items;
    step.field_count = fields.count;
    return step;
}

Status record_history(Cx *cx, DbConn *conn, const RecordBook *book, const Record *record,
                      size_t step_max, RecordHistory *out) {
    StepVec steps = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    (void)book;
    TRY(record_store_steps(cx, conn, record->id, (int64_t)step_max, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &steps) = step_read(cx->arena, rows, record->kind);
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (RecordHistory){steps.items, steps.count};
    return STATUS_OK;
}

/* ---- two changes at once ---- */

typedef struct DifferenceVec VEC(RecordDifference) DifferenceVec;

/* The base is what the draft was made from: the caller read it when the form was drawn. Only
 * fields that either side changed are told. */
Status record_conflict(Cx *cx, DbConn *conn, const RecordBook *book, const RecordDraft *draft,
                       RecordConflict *out) {
    const Record *base = draft->ask->base;
    DifferenceVec items = {0};
    check(base != NULL);
    *out = (RecordConflict){0};
    TRY(record_find(cx, conn, book, base->id, &out->now));
    for (size_t i = 0; i < base->kind->field_count; i++) {
        const RecordField *field = &base->kind->fields[i];
        bool is_mine = draft->is_changed[i];
        bool is_theirs = !record_value_equal(field, &base->values[i], &out->now.values[i]);
        bool is_same = record_value_equal(field, &draft->values[i], &out->now.values[i]);
        if ((!is_mine && !is_theirs) || (is_same && is_mine)) {
            continue;
        }
        RecordDifference *item = vec_push(cx->arena, &items);
        *item = (RecordDifference){
            .field = i,
            .base = record_value_plain(cx->arena, book, field, &base->values[i]),
            .mine = record_value_plain(cx->arena, book, field, &draft->values[i]),
            .theirs = record_value_plain(cx->arena, book, field, &out->now.values[i]),
            .is_clash = is_mine && is_theirs};
        out->has_clash |= item->is_clash;
    }
    out->items = items.items;
    out->count = items.count;
    return STATUS_OK;
}
