/*
 * shift.c - bringing stored records to a changed declaration, or saying why not. The rules stand in
 * docs/reference/record-kinds.md, "Changing a declaration".
 *
 *   compare   stored layout against declaration: nothing to do, titles only, rewrite, refused
 *   begin     keys, pieces of words and counters of the kind are dropped; next_layout is noted
 *   rewrite   batches of records go from the old layout to the new one, each put back into them
 *   end       the new layout is the stored one
 *
 * Each step is a command of its own; records that are done carry the new layout's number, so a
 * power cut in between costs no work: the next start goes on where it stopped.
 */
#include "record/layout.h"

#include <string.h>

enum { BATCH_ROWS = 200, COUNT_MAX = 100000000 };

/* ---- comparing ---- */

static const KindRow *row_of_kind(const KindRows *rows, const RecordKind *kind) {
    const KindRow *found = NULL;
    for (size_t i = 0; i < rows->count; i++) {
        if (str_equal(rows->items[i].code, kind->code)) {
            return &rows->items[i];
        }
        if (kind->renamed_from.len > 0 && str_equal(rows->items[i].code, kind->renamed_from)) {
            found = &rows->items[i];
        }
    }
    return found;
}

static bool is_declared(const RecordBook *book, Str code) {
    for (size_t i = 0; i < book->kind_count; i++) {
        if (str_equal(book->kinds[i].code, code) || str_equal(book->kinds[i].renamed_from, code)) {
            return true;
        }
    }
    return false;
}

/* Looks at every record for a choice that is gone. */
static Status choices_scan(Cx *cx, DbConn *conn, const KindRow *row, const RecordKind *old,
                           const RecordKind *kind, Str *lost) {
    int64_t after = 0;
    int64_t count = BATCH_ROWS;
    *lost = STR("");
    while (count == BATCH_ROWS && lost->len == 0) {
        DbRows *rows = NULL;
        bool has_row = false;
        count = 0;
        TRY(record_store_stale(cx, conn, row->id, INT64_MAX, after, BATCH_ROWS, &rows));
        TRY(db_next(cx, rows, &has_row));
        for (; has_row; count++) {
            ArenaMark mark = arena_mark(cx->arena);
            RecordRow stored = record_row_of_rows(cx->arena, rows);
            RecordValue *from = arena_array(cx->arena, RecordValue, old->field_count + 1);
            RecordValue *to = arena_array(cx->arena, RecordValue, kind->field_count + 1);
            Str unread = STR("");
            Str gone = STR("");
            after = stored.id;
            TRY(record_body_read(cx, old, stored.body, from, &unread));
            bool is_lost = !record_layout_convert(cx->arena, old, kind, from, to, &gone);
            char room[160];
            size_t len = gone.len < sizeof room ? gone.len : sizeof room;
            memcpy(room, gone.at == NULL ? "" : gone.at, len);
            arena_rewind(cx->arena, mark);
            if (is_lost) {
                *lost = str_dup(cx->arena, (Str){room, len});
                db_rows_close(rows);
                return STATUS_OK;
            }
            TRY(db_next(cx, rows, &has_row));
        }
    }
    return STATUS_OK;
}

/* States that records are in and the declaration does not know. */
static Status states_scan(Cx *cx, DbConn *conn, const KindRow *row, const RecordKind *old,
                          const RecordKind *kind, RecordShift *shift) {
    for (size_t i = 0; i < old->state_count; i++) {
        int64_t count = 0;
        if (record_layout_state(kind, old->states[i].code) != SIZE_MAX) {
            continue;
        }
        TRY(record_store_state_count(cx, conn, row->id, old->states[i].code, COUNT_MAX, &count));
        if (count > 0) {
            shift->is_refused = true;
            shift->text = str_print(cx->arena,
                                    "状态 " STR_FMT " 已不再声明，但还有%lld条记录处于该状态；请用 "
                                    "renamed_from 说明它们转到哪个状态",
                                    STR_ARG(old->states[i].code), (long long)count);
        }
    }
    return STATUS_OK;
}

static Status stored_compare(Cx *cx, DbConn *conn, const KindRow *row, const RecordKind *kind,
                             RecordShift *shift) {
    RecordKind old;
    LayoutChange change;
    TRY(record_layout_read(cx, row->layout, &old));
    record_layout_compare(cx->arena, &old, row->layout, kind, &change);
    TRY(record_store_kind_count(cx, conn, row->id, COUNT_MAX, &shift->record_count));
    shift->is_rebuild = change.is_rewrite && shift->record_count > 0;
    shift->text = !shift->is_rebuild ? STR("声明已改，已有记录不受影响")
                                     : str_print(cx->arena, "声明已改，%lld条记录将重新整理",
                                                 (long long)shift->record_count);
    Str target = record_layout_print(cx->arena, kind);
    if (row->next_layout.len > 0 && !str_equal(row->next_layout, target)) {
        shift->is_refused = true;
        shift->text = STR("上一次的声明修改还没有整理完；请先恢复那份声明，启动一次，再改");
        return STATUS_OK;
    }
    if (row->next_layout.len > 0) {
        shift->is_rebuild = true;
        return STATUS_OK;
    }
    if (shift->record_count == 0) {
        return STATUS_OK;
    }
    if (change.refusal.len > 0) {
        shift->is_refused = true;
        shift->text = str_print(cx->arena, STR_FMT "（已有%lld条记录）", STR_ARG(change.refusal),
                                (long long)shift->record_count);
        return STATUS_OK;
    }
    TRY(states_scan(cx, conn, row, &old, kind, shift));
    Str lost = STR("");
    if (change.needs_scan && !shift->is_refused) {
        TRY(choices_scan(cx, conn, row, &old, kind, &lost));
    }
    if (lost.len > 0) {
        shift->is_refused = true;
        shift->text = str_print(
            cx->arena,
            "选项 " STR_FMT " 已不再声明，但还有记录选了它；请保留，或用 renamed_from 说明新选项",
            STR_ARG(lost));
    }
    return STATUS_OK;
}

static Status kind_compare(Cx *cx, DbConn *conn, const KindRows *rows, const RecordKind *kind,
                           RecordShifts *out) {
    const KindRow *row = row_of_kind(rows, kind);
    if (row != NULL && str_equal(row->digest, kind->digest) && row->next_layout.len == 0 &&
        str_equal(row->code, kind->code)) {
        return STATUS_OK;
    }
    RecordShift *shift = vec_push(cx->arena, out);
    shift->kind = kind;
    shift->code = kind->code;
    shift->text = STR("新的记录种类");
    return row == NULL ? STATUS_OK : stored_compare(cx, conn, row, kind, shift);
}

static Status gone_compare(Cx *cx, DbConn *conn, const KindRows *rows, const RecordBook *book,
                           RecordShifts *out) {
    for (size_t i = 0; i < rows->count; i++) {
        int64_t count = 0;
        if (is_declared(book, rows->items[i].code)) {
            continue;
        }
        TRY(record_store_kind_count(cx, conn, rows->items[i].id, COUNT_MAX, &count));
        if (count > 0) {
            *vec_push(cx->arena, out) = (RecordShift){
                .code = rows->items[i].code,
                .is_refused = true,
                .record_count = count,
                .text = str_print(cx->arena,
                                  "记录种类 " STR_FMT
                                  " 已不再声明，但还有%lld条记录；请恢复声明，或用 renamed_from "
                                  "说明它的新代码",
                                  STR_ARG(rows->items[i].code), (long long)count)};
        }
    }
    return STATUS_OK;
}

/* Tells every kind its place in the database; a book that is used before would write into 0. */
static void ids_note(const RecordBook *book, const KindRows *rows) {
    for (size_t i = 0; i < book->kind_count; i++) {
        const KindRow *row = row_of_kind(rows, &book->kinds[i]);
        *book->kinds[i].id = row == NULL ? 0 : row->id;
        *book->kinds[i].layout = row == NULL ? 0 : row->layout_number;
    }
}

Status record_book_compare(Cx *cx, DbConn *conn, const RecordBook *book, RecordShifts *out) {
    KindRows rows;
    *out = (RecordShifts){0};
    TRY(record_store_kinds(cx, conn, &rows));
    ids_note(book, &rows);
    for (size_t i = 0; i < book->kind_count; i++) {
        TRY(kind_compare(cx, conn, &rows, &book->kinds[i], out));
    }
    TRY(gone_compare(cx, conn, &rows, book, out));
    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].is_refused) {
            return fault(cx, STATUS_CONFLICT, STR_FMT ": " STR_FMT, STR_ARG(out->items[i].code),
                         STR_ARG(out->items[i].text));
        }
    }
    return STATUS_OK;
}

/* ---- applying ---- */

typedef struct Shift {
    Db *db;
    const RecordHouse *house;
    const RecordKind *kind;
    int64_t now_ms;
    RecordProgress *progress;
    void *context;
    RecordShift facts;
    KindRow row;      /* as stored */
    RecordKind old;   /* its layout */
    int64_t after_id; /* the last record of the batches before */
    int64_t batch_last;
    size_t batch_count;
    int64_t done;
} Shift;

static Status run(Cx *cx, Shift *shift, const char *name, DbWork *work) {
    DbCommand command = {.name = name,
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = work,
                         .input = shift,
                         .now_ms = shift->now_ms};
    return db_write(cx, shift->db, &command, NULL);
}

static Status kind_note(Cx *cx, DbConn *conn, const Shift *shift) {
    DbEntry entry = {.verb = "record.kind",
                     .subject = "record_kind",
                     .subject_id = *shift->kind->id,
                     .after = str_print(cx->arena,
                                        "{\"kind\":\"" STR_FMT "\",\"digest\":\"" STR_FMT "\"}",
                                        STR_ARG(shift->kind->code), STR_ARG(shift->kind->digest))};
    return db_journal(cx, conn, &entry);
}

/* A kind that is new, or whose records need no rewriting. */
static Status register_work(Cx *cx, DbConn *conn, void *input) {
    Shift *shift = input;
    KindRow row = {.id = shift->row.id,
                   .code = shift->kind->code,
                   .digest = shift->kind->digest,
                   .layout = record_layout_print(cx->arena, shift->kind),
                   .layout_number = shift->row.id == 0 ? 1 : shift->row.layout_number};
    if (row.id == 0) {
        TRY(record_store_kind_insert(cx, conn, &row, shift->kind->id));
    } else {
        TRY(record_store_kind_update(cx, conn, &row));
        *shift->kind->id = row.id;
    }
    *shift->kind->layout = row.layout_number;
    return kind_note(cx, conn, shift);
}

static Status counters_drop(Cx *cx, DbConn *conn, const RecordKind *kind) {
    for (size_t i = 0; i < kind->counter_count; i++) {
        Str code = kind->counters[i].code;
        TRY(record_store_counters_delete(cx, conn, code,
                                         str_print(cx->arena, STR_FMT "\x01", STR_ARG(code))));
        TRY(record_store_counters_delete(cx, conn, str_print(cx->arena, STR_FMT "/", STR_ARG(code)),
                                         str_print(cx->arena, STR_FMT "0", STR_ARG(code))));
    }
    return STATUS_OK;
}

static Status begin_work(Cx *cx, DbConn *conn, void *input) {
    Shift *shift = input;
    KindRow row = shift->row;
    row.next_layout = record_layout_print(cx->arena, shift->kind);
    TRY(record_store_kind_keys_delete(cx, conn, row.id));
    TRY(record_store_grams_delete(cx, conn, row.id));
    TRY(counters_drop(cx, conn, &shift->old));
    TRY(counters_drop(cx, conn, shift->kind));
    TRY(record_store_kind_update(cx, conn, &row));
    return kind_note(cx, conn, shift);
}

/* Fields that did not exist get their default, computed ones are computed. */
static Status new_fields_fill(Cx *cx, const Shift *shift, Record *record) {
    const RecordActor nobody = {0};
    RecordAsk ask = {
        .kind = shift->kind, .base = record, .actor = &nobody, .now_ms = shift->now_ms};
    RuleFacts facts = record_facts_of(&ask);
    RuleFrame frame;
    record_frame_init(cx, &frame, shift->house->book, shift->kind, &facts);
    record_frame_set_all(&frame, record->values);
    for (size_t i = 0; i < shift->kind->field_count; i++) {
        const RecordField *field = &shift->kind->fields[i];
        bool is_new = !record->values[i].has_value;
        for (size_t at = 0; at < shift->old.field_count && is_new; at++) {
            is_new = record_layout_field(shift->kind, shift->old.fields[at].name) != i;
        }
        const FeelProgram *program = field->computed != NULL ? field->computed : field->fallback;
        if (!is_new || program == NULL) {
            continue;
        }
        FeelValue result;
        TRY(record_frame_value(&frame, program, &result));
        if (record_value_of_feel(cx, shift->house->book, field, &result, &record->values[i]) !=
            STATUS_OK) {
            fault_clear(cx);
        }
        record_frame_set(&frame, i, &record->values[i]);
    }
    return STATUS_OK;
}

/* Values of fields that are declared no more stay in the body as raw members. */
static Str unread_join(Arena *arena, const Shift *shift, const RecordValue *from, Str unread) {
    RecordKind gone = {.fields = arena_array(arena, RecordField, shift->old.field_count + 1)};
    RecordValue *values = arena_array(arena, RecordValue, shift->old.field_count + 1);
    for (size_t i = 0; i < shift->old.field_count; i++) {
        if (record_layout_field(shift->kind, shift->old.fields[i].name) == SIZE_MAX) {
            gone.fields[gone.field_count] = shift->old.fields[i];
            values[gone.field_count++] = from[i];
        }
    }
    Buf *buf = buf_in(arena, 2 * RECORD_BODY_BYTES_MAX);
    record_body_put(buf, arena, &gone, values, unread);
    return str_slice(buf_str(buf), 1, buf->len - 2);
}

/* A field that was declared once before finds the values that stayed in the body. */
static Status unread_take(Cx *cx, Record *record) {
    RecordValue *values = arena_array(cx->arena, RecordValue, record->kind->field_count + 1);
    Str rest = STR("");
    TRY(record_body_read(cx, record->kind,
                         str_print(cx->arena, "{" STR_FMT "}", STR_ARG(record->unread)), values,
                         &rest));
    record->unread = rest;
    for (size_t i = 0; i < record->kind->field_count; i++) {
        if (values[i].has_value) {
            record->values[i] = values[i];
        }
    }
    return STATUS_OK;
}

static Status record_rewrite(Cx *cx, DbConn *conn, Shift *shift, const RecordRow *row,
                             Tally *tally) {
    RecordValue *from = arena_array(cx->arena, RecordValue, shift->old.field_count + 1);
    Str lost = STR("");
    Record record = {
        .id = row->id,
        .kind = shift->kind,
        .number = row->number,
        .revision = row->revision,
        .owner = row->owner,
        .unit = row->unit,
        .filer_name = row->filer_name,
        .org_id = row->org_id,
        .filer_id = row->filer_id,
        .last_id = row->last_id,
        .due = row->due_day == RECORD_NO_DUE ? DAY_NONE : (Day){(int32_t)row->due_day},
        .filed_ms = row->filed_ms,
        .changed_ms = row->changed_ms,
        .state = record_layout_state(shift->kind, row->state),
        .values = arena_array(cx->arena, RecordValue, shift->kind->field_count + 1),
    };
    TRY(record_body_read(cx, &shift->old, row->body, from, &record.unread));
    if (record.state == SIZE_MAX ||
        !record_layout_convert(cx->arena, &shift->old, shift->kind, from, record.values, &lost)) {
        return fault(cx, STATUS_CONFLICT, STR_FMT " cannot be brought to the declaration",
                     STR_ARG(row->number));
    }
    TRY(unread_take(cx, &record));
    record.unread = unread_join(cx->arena, shift, from, record.unread);
    TRY(new_fields_fill(cx, shift, &record));
    RecordRow changed = record_row_of(cx->arena, &record);
    int64_t count = 0;
    TRY(record_store_update(cx, conn, &changed, row->revision, &count));
    check(count == 1);
    TRY(record_keys_move(cx, conn, NULL, &record));
    TRY(record_grams_move(cx, conn, NULL, &record));
    return record_tally_add(cx, tally, shift->house->book, &record, 1);
}

static Status rows_collect(Cx *cx, DbConn *conn, const Shift *shift, RecordRow *out,
                           size_t *count) {
    DbRows *rows = NULL;
    bool has_row = false;
    *count = 0;
    TRY(record_store_stale(cx, conn, shift->row.id, shift->row.layout_number + 1, shift->after_id,
                           BATCH_ROWS, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        out[(*count)++] = record_row_of_rows(cx->arena, rows);
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static Status rewrite_work(Cx *cx, DbConn *conn, void *input) {
    Shift *shift = input;
    RecordRow *rows = arena_array(cx->arena, RecordRow, BATCH_ROWS);
    size_t count = 0;
    Tally tally;
    record_tally_init(&tally, cx->arena);
    TRY(rows_collect(cx, conn, shift, rows, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(record_rewrite(cx, conn, shift, &rows[i], &tally));
    }
    TRY(record_tally_flush(cx, conn, &tally));
    shift->batch_last = count == 0 ? shift->after_id : rows[count - 1].id;
    shift->batch_count = count;
    return STATUS_OK;
}

static Status end_work(Cx *cx, DbConn *conn, void *input) {
    Shift *shift = input;
    KindRow row = shift->row;
    row.code = shift->kind->code;
    row.digest = shift->kind->digest;
    row.layout = record_layout_print(cx->arena, shift->kind);
    row.layout_number++;
    row.next_layout = STR("");
    TRY(record_store_kind_update(cx, conn, &row));
    return kind_note(cx, conn, shift);
}

static Status kind_rewrite(Cx *cx, Shift *shift) {
    TRY(record_layout_read(cx, shift->row.layout, &shift->old));
    *shift->kind->id = shift->row.id;
    *shift->kind->layout = shift->row.layout_number + 1;
    if (shift->row.next_layout.len == 0) {
        TRY(run(cx, shift, "record.rewrite.begin", begin_work));
    }
    shift->batch_count = BATCH_ROWS;
    while (shift->batch_count == BATCH_ROWS) {
        TRY(run(cx, shift, "record.rewrite", rewrite_work));
        shift->after_id = shift->batch_last;
        shift->done += (int64_t)shift->batch_count;
        if (shift->progress != NULL) {
            shift->progress(shift->context, shift->done, shift->facts.record_count);
        }
    }
    return run(cx, shift, "record.rewrite.end", end_work);
}

static Status kind_apply(Cx *cx, Shift *shift) {
    return shift->facts.is_rebuild ? kind_rewrite(cx, shift)
                                   : run(cx, shift, "record.kind", register_work);
}

static Status compare_all(Cx *cx, Db *db, const RecordBook *book, RecordShifts *shifts,
                          KindRows *rows) {
    DbConn *conn = NULL;
    TRY(db_read_begin(cx, db, &conn));
    Status status = record_book_compare(cx, conn, book, shifts);
    if (status == STATUS_OK) {
        status = record_store_kinds(cx, conn, rows);
    }
    db_read_end(db, conn);
    return status;
}

Status record_book_apply(Cx *cx, Db *db, const RecordHouse *house, int64_t now_ms,
                         RecordProgress *progress, void *context) {
    RecordShifts shifts;
    KindRows rows;
    TRY(compare_all(cx, db, house->book, &shifts, &rows));
    for (size_t i = 0; i < shifts.count; i++) {
        Shift shift = {.db = db,
                       .house = house,
                       .kind = shifts.items[i].kind,
                       .now_ms = now_ms,
                       .progress = progress,
                       .context = context,
                       .facts = shifts.items[i]};
        const KindRow *row = row_of_kind(&rows, shift.kind);
        shift.row = row == NULL ? (KindRow){0} : *row;
        TRY(kind_apply(cx, &shift));
    }
    return STATUS_OK;
}
