/*
 * import.c - a table becomes records. The table is read twice: once to check every row, once to
 * store; between the two nothing is kept but which rows are wrong and which keys were seen.
 *
 *   head    titles to fields; unknown columns and missing required ones end it here
 *   check   each row: a draft, its keys within the table and in the database, its references
 *   store   IMPORT_BATCH_ROWS rows a command. ALL: one command up to IMPORT_ATOMIC_ROWS; above that
 *           batches that are taken back when one meets a key that somebody took meanwhile. GOOD: a
 *           batch that is refused is tried again row by row
 *
 * The drafts of one batch are made while the batches before are being written.
 */
#include "base/codes.h"
#include "record/change.h"
#include "record/import_batch.h"

#include <string.h>

enum { ERRORS_MAX = 10000, COLUMNS_MAX = 512, PROGRESS_ROWS = 200 };

/* What a column of the table is. */
typedef struct Head {
    size_t field; /* SIZE_MAX: not read */
    Str name;     /* of the input: "site.lat" */
    Str title;
    bool is_number; /* 编号 */
} Head;

typedef struct Importer {
    Cx *cx; /* the caller's: errors live in its arena */
    Db *db;
    DbConn *conn; /* while checking */
    const RecordHouse *house;
    const RecordImport *import;
    const RecordKind *kind;
    RecordImported *out;
    Head *heads;
    size_t head_count;
    bool has_number;
    size_t state;
    Map keys; /* seen in the table */
    struct VEC(bool) is_bad;
    int64_t done;
} Importer;

/* ---- errors ---- */

static void row_error(Importer *it, int64_t row, Str column, Str text) {
    if (it->out->error_count >= ERRORS_MAX) {
        return;
    }
    Arena *arena = it->cx->arena;
    it->out->errors = vec_grow(arena, it->out->errors, it->out->error_count, &it->out->error_room,
                               sizeof *it->out->errors);
    it->out->errors[it->out->error_count++] =
        (RecordRowError){row, str_dup(arena, column), str_dup(arena, text)};
}

/* "machine.1.serial" as "新设备 第2行 出厂编号". */
static Str column_title(Arena *arena, const RecordKind *kind, Str name) {
    Str rest = name;
    size_t index = record_field_find(kind, str_cut(&rest, '.'));
    if (index == SIZE_MAX) {
        return STR("");
    }
    const RecordField *field = &kind->fields[index];
    if (field->type == RECORD_ROWS && rest.len > 0) {
        int64_t row = 0;
        Str number = str_cut(&rest, '.');
        if (str_int64(number, &row) != STATUS_OK) {
            return field->title;
        }
        for (size_t i = 0; i < field->item_count; i++) {
            if (str_equal(field->items[i].name, rest)) {
                return str_print(arena, STR_FMT " 第%lld行 " STR_FMT, STR_ARG(field->title),
                                 (long long)row + 1, STR_ARG(field->items[i].title));
            }
        }
    }
    return str_equal(rest, STR("lat"))    ? str_join(arena, field->title, STR(".纬度"))
           : str_equal(rest, STR("lon"))  ? str_join(arena, field->title, STR(".经度"))
           : str_equal(rest, STR("code")) ? str_join(arena, field->title, STR(".代码"))
                                          : field->title;
}

/* The fault of a row, with its hint. */
static void row_fault(Importer *it, Cx *cx, int64_t row) {
    Str column = column_title(cx->arena, it->kind, str_of(cx->fault.field));
    Str text = cx->fault.hint[0] == '\0'
                   ? str_of(cx->fault.text)
                   : str_print(cx->arena, "%s（%s）", cx->fault.text, cx->fault.hint);
    row_error(it, row, column, text);
    fault_clear(cx);
}

static void draft_errors(Importer *it, Arena *arena, const RecordDraft *draft, int64_t row) {
    for (size_t i = 0; i < draft->error_count; i++) {
        const RecordError *error = &draft->errors[i];
        Str text = error->hint.len == 0 ? error->text
                                        : str_print(arena, STR_FMT "（" STR_FMT "）",
                                                    STR_ARG(error->text), STR_ARG(error->hint));
        row_error(it, row, column_title(arena, it->kind, error->field), text);
    }
}

/* ---- the head ---- */

/* What an export shows beside the fields: read back, it says nothing new. So do computed fields and
 * the names of files. */
static bool is_passed_over(Str title) {
    static const char *const titles[] = {"状态", "填报单位", "负责部门", "填报日期"};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (str_equal(title, str_of(titles[i]))) {
            return true;
        }
    }
    return false;
}

static const char *part_of_title(const RecordField *field, Str part) {
    static const struct {
        const char *title;
        const char *part;
        RecordType type;
    } parts[] = {{"纬度", "lat", RECORD_PLACE}, {"经度", "lon", RECORD_PLACE},
                 {"代码", "code", RECORD_ORG},  {"lat", "lat", RECORD_PLACE},
                 {"lon", "lon", RECORD_PLACE},  {"code", "code", RECORD_ORG}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (field->type == parts[i].type && str_equal(part, str_of(parts[i].title))) {
            return parts[i].part;
        }
    }
    return NULL;
}

/* A title as people leave it: with a star for "required", with blanks. */
static Str title_clean(Str cell) {
    Str title = str_trim(cell);
    while (str_ends(title, STR("*")) || str_ends(title, STR("＊"))) {
        title = str_trim(str_slice(title, 0, title.len - (str_ends(title, STR("*")) ? 1 : 3)));
    }
    return title;
}

static bool head_read(Importer *it, Str cell, Head *head) {
    Str title = title_clean(cell);
    Str rest = title;
    *head = (Head){.field = SIZE_MAX, .title = str_dup(it->cx->arena, title)};
    if (title.len == 0 || is_passed_over(title)) {
        return true;
    }
    head->is_number = str_equal(title, STR("编号"));
    if (head->is_number) {
        it->has_number = true;
        return true;
    }
    size_t field = record_field_find(it->kind, str_cut(&rest, '.'));
    if (field == SIZE_MAX) {
        return false;
    }
    const RecordField *declared = &it->kind->fields[field];
    const char *part = rest.len == 0 ? "" : part_of_title(declared, rest);
    if (declared->computed == NULL && declared->type != RECORD_FILE) {
        head->field = field;
    }
    head->name = part == NULL || part[0] == '\0'
                     ? declared->name
                     : str_print(it->cx->arena, STR_FMT ".%s", STR_ARG(declared->name), part);
    return part != NULL;
}

static bool is_in_head(const Importer *it, size_t field) {
    for (size_t i = 0; i < it->head_count; i++) {
        if (it->heads[i].field == field) {
            return true;
        }
    }
    return false;
}

static Status head_check(Importer *it) {
    for (size_t i = 0; i < it->head_count; i++) {
        for (size_t other = 0; other < i; other++) {
            if (it->heads[i].field != SIZE_MAX &&
                str_equal(it->heads[i].name, it->heads[other].name)) {
                return fault(it->cx, STATUS_INVALID, "表头有两列“" STR_FMT "”",
                             STR_ARG(it->heads[i].title));
            }
        }
    }
    for (size_t i = 0; i < it->kind->field_count && !it->has_number; i++) {
        const RecordField *field = &it->kind->fields[i];
        if (field->is_required && field->fallback == NULL && field->type != RECORD_FILE &&
            !is_in_head(it, i)) {
            return fault(it->cx, STATUS_INVALID, "表头缺少必填的列“" STR_FMT "”",
                         STR_ARG(field->title));
        }
    }
    return STATUS_OK;
}

static Status head_take(Importer *it) {
    const RecordTable *table = &it->import->table;
    const Str *cells = NULL;
    size_t count = 0;
    int64_t row = 0;
    bool has_row = false;
    TRY(table->rewind(it->cx, table->it));
    TRY(table->next(it->cx, table->it, &cells, &count, &row, &has_row));
    if (!has_row || count > COLUMNS_MAX) {
        return fault(it->cx, STATUS_INVALID, has_row ? "列数太多" : "表格是空的");
    }
    it->heads = arena_array(it->cx->arena, Head, count + 1);
    it->head_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!head_read(it, cells[i], &it->heads[i])) {
            (void)fault(it->cx, STATUS_INVALID, "不认识表头“" STR_FMT "”（第%zu列）",
                        STR_ARG(str_slice(str_trim(cells[i]), 0, 60)), i + 1);
            fault_hint(it->cx, "表头应与模板一致；附件不能导入");
            return STATUS_INVALID;
        }
    }
    return head_check(it);
}

/* ---- rows ---- */

/* The number typed in a row, or empty. */
static Str row_number(const Importer *it, const Str *cells, size_t count) {
    for (size_t i = 0; i < it->head_count && i < count; i++) {
        if (it->heads[i].is_number) {
            return str_trim(cells[i]);
        }
    }
    return STR("");
}

/* For a new record an empty cell says nothing, so that its default counts; for one that is changed
 * it empties the field. */
static size_t row_inputs(const Importer *it, const Str *cells, size_t count, bool is_new,
                         RecordInput *out) {
    size_t used = 0;
    for (size_t i = 0; i < it->head_count && i < count; i++) {
        if (it->heads[i].field == SIZE_MAX || (is_new && str_trim(cells[i]).len == 0)) {
            continue;
        }
        out[used++] = (RecordInput){it->heads[i].name, cells[i]};
    }
    return used;
}

static bool is_empty_row(const Str *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_trim(cells[i]).len > 0) {
            return false;
        }
    }
    return true;
}

/* The record that a row changes: it must exist, be of this kind, and be open to the actor. */
static Status base_read(Importer *it, Cx *cx, DbConn *conn, Str number, Record **out) {
    Record *base = arena_new(cx->arena, Record);
    Status status =
        record_find_number(cx, conn, it->house->book, codes_clean(cx->arena, number), base);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && base->kind != it->kind)) {
        fault_clear(cx);
        return fault(cx, STATUS_INVALID, "没有编号为“" STR_FMT "”的" STR_FMT,
                     STR_ARG(str_head(number, 60)), STR_ARG(it->kind->title));
    }
    TRY(status);
    TRY(record_may_edit(cx, base, it->import->actor));
    *out = base;
    return STATUS_OK;
}

/* Makes the draft of a row in the arena of cx. INVALID: the draft has the errors, or none and the
 * fault has it. */
static Status row_draft(Importer *it, Cx *cx, DbConn *conn, const Str *cells, size_t count,
                        ImportRow *row) {
    Str number = row_number(it, cells, count);
    RecordInput *inputs = arena_array(cx->arena, RecordInput, it->head_count + 1);
    Record *base = NULL;
    if (number.len > 0) {
        TRY(base_read(it, cx, conn, number, &base));
    }
    row->ask = (RecordAsk){.kind = it->kind,
                           .base = base,
                           .inputs = inputs,
                           .input_count = row_inputs(it, cells, count, base == NULL, inputs),
                           .actor = it->import->actor,
                           .now_ms = it->import->now_ms};
    return record_draft(cx, it->house, &row->ask, &row->draft);
}

/* ---- checking ---- */

static Status keys_check(Importer *it, Cx *cx, const ImportRow *row, bool *is_good) {
    static const char seen[] = "";
    Record record = {.kind = it->kind, .state = it->state, .values = row->draft.values};
    KeyVec keys;
    record_keys_of(cx->arena, &record, &keys);
    for (size_t i = 0; i < keys.count; i++) {
        const Key *key = &keys.items[i];
        Str place = str_print(it->cx->arena, STR_FMT "\x1f" STR_FMT, STR_ARG(key->space),
                              STR_ARG(key->value));
        Str holder = STR("");
        TRY(record_store_key_holder(cx, it->conn, key->space, key->value, &holder));
        bool is_own = row->ask.base != NULL && str_equal(holder, row->ask.base->number);
        Str why = map_has(&it->keys, place) ? STR("表格内重复")
                  : holder.len > 0 && !is_own
                      ? str_print(cx->arena, "已登记在" STR_FMT, STR_ARG(holder))
                      : STR("");
        map_put(&it->keys, place, (void *)(uintptr_t)seen);
        if (why.len > 0) {
            row_error(it, row->row, column_title(cx->arena, it->kind, key->field),
                      str_print(cx->arena, STR_FMT "（" STR_FMT "）", STR_ARG(key->message),
                                STR_ARG(why)));
            *is_good = false;
        }
    }
    return STATUS_OK;
}

static bool is_answer(Status status) {
    return status == STATUS_INVALID || status == STATUS_CONFLICT || status == STATUS_DENIED;
}

static Status row_check(Importer *it, Cx *cx, const Str *cells, size_t count, int64_t number,
                        bool *is_good) {
    ImportRow row = {.row = number};
    Status status = row_draft(it, cx, it->conn, cells, count, &row);
    *is_good = status == STATUS_OK;
    if (is_answer(status)) {
        if (row.draft.error_count > 0) {
            draft_errors(it, cx->arena, &row.draft, number);
            fault_clear(cx);
        } else {
            row_fault(it, cx, number);
        }
        return STATUS_OK;
    }
    TRY(status);
    status = record_refs_resolve(cx, it->conn, it->kind, row.draft.values);
    if (is_answer(status)) {
        *is_good = false;
        row_fault(it, cx, number);
    } else if (status != STATUS_OK) {
        return status;
    }
    return keys_check(it, cx, &row, is_good);
}

static void progress_tell(Importer *it, int64_t total) {
    if (it->import->progress != NULL) {
        it->import->progress(it->import->progress_context, it->done, total);
    }
}

static void fault_take(Cx *cx, const Cx *inner) {
    if (cx->fault.status == STATUS_OK) {
        cx->fault = inner->fault;
    }
}

/* Calls for every row that is not empty; part has its own memory, given back row by row. */
typedef Status RowWork(Importer *it, Cx *cx, const Str *cells, size_t count, int64_t row);

static Status rows_walk(Importer *it, Arena *arena, RowWork *work) {
    const RecordTable *table = &it->import->table;
    const Str *cells = NULL;
    size_t count = 0;
    int64_t row = 0;
    bool has_row = false;
    Cx inner;
    TRY(table->rewind(it->cx, table->it));
    TRY(table->next(it->cx, table->it, &cells, &count, &row, &has_row)); /* the head */
    cx_init(&inner, arena);
    for (;;) {
        TRY(cx_step(it->cx));
        TRY(table->next(it->cx, table->it, &cells, &count, &row, &has_row));
        if (!has_row) {
            return STATUS_OK;
        }
        if (is_empty_row(cells, count)) {
            continue;
        }
        Status status = work(it, &inner, cells, count, row);
        if (status != STATUS_OK) {
            fault_take(it->cx, &inner);
            return status;
        }
    }
}

static Status check_one(Importer *it, Cx *cx, const Str *cells, size_t count, int64_t row) {
    bool is_good = true;
    TRY(row_check(it, cx, cells, count, row, &is_good));
    *vec_push(it->cx->arena, &it->is_bad) = !is_good;
    it->out->row_count++;
    it->out->good_count += is_good;
    it->out->bad_count += !is_good;
    if (++it->done % PROGRESS_ROWS == 0) {
        progress_tell(it, 0);
    }
    arena_reset(cx->arena);
    return STATUS_OK;
}

static void arena_release(void *it) {
    arena_free(it);
}

static Status rows_check(Importer *it) {
    Arena *arena = arena_create();
    arena_defer(it->cx->arena, arena_release, arena);
    TRY(db_read_begin(it->cx, it->db, &it->conn));
    Status status = rows_walk(it, arena, check_one);
    db_read_end(it->db, it->conn);
    it->conn = NULL;
    return status;
}

/* ---- storing ---- */

typedef struct Store {
    Importer *it;
    ImportQueue *queue;
    DbConn *conn; /* reads what rows with a number change */
    size_t at;    /* row within the table */
    size_t batch_rows;
} Store;

/* Rows walk through one function pointer: what storing needs hangs on the importer's caller. */
static Status store_one(Store *store, const Str *cells, size_t count, int64_t number) {
    Importer *it = store->it;
    bool is_bad = it->is_bad.items[store->at++];
    if (is_bad) {
        return STATUS_OK;
    }
    ImportBatch *batch = import_queue_batch(store->queue);
    ImportRow *row = &batch->rows[batch->count];
    row->row = number;
    /* The table's cells live until its next row; the batch until it is written. */
    Str *kept = arena_array(batch->cx.arena, Str, count + 1);
    for (size_t i = 0; i < count; i++) {
        kept[i] = str_dup(batch->cx.arena, cells[i]);
    }
    Status status = row_draft(it, &batch->cx, store->conn, kept, count, row);
    if (is_answer(status)) {
        row_fault(it, &batch->cx, number); /* was good at checking: somebody changed it since */
        it->out->bad_count++;
        it->out->good_count--;
        return it->import->mode == RECORD_IMPORT_ALL
                   ? fault(it->cx, STATUS_CONFLICT, "导入期间有记录被别人改动")
                   : STATUS_OK;
    }
    TRY(status);
    batch->count++;
    return batch->count == store->batch_rows ? import_queue_send(it->cx, store->queue) : STATUS_OK;
}

static Status rows_store(Store *store) {
    Importer *it = store->it;
    const RecordTable *table = &it->import->table;
    const Str *cells = NULL;
    size_t count = 0;
    int64_t row = 0;
    bool has_row = false;
    TRY(table->rewind(it->cx, table->it));
    TRY(table->next(it->cx, table->it, &cells, &count, &row, &has_row));
    for (;;) {
        TRY(cx_step(it->cx));
        TRY(table->next(it->cx, table->it, &cells, &count, &row, &has_row));
        if (!has_row) {
            return import_queue_end(it->cx, store->queue);
        }
        if (!is_empty_row(cells, count)) {
            TRY(store_one(store, cells, count, row));
        }
        if (++it->done % PROGRESS_ROWS == 0) {
            progress_tell(it, 2 * it->out->row_count);
        }
    }
}

/* Rows that the door refused: in GOOD each is told; in ALL what was stored is taken back. */
static Status refused_take(Importer *it, ImportQueue *queue, Status status) {
    for (size_t i = 0; i < queue->refused_count; i++) {
        const ImportRefused *refused = &queue->refused[i];
        row_error(it, refused->row, column_title(it->cx->arena, it->kind, refused->field),
                  refused->text);
        it->out->bad_count++;
        it->out->good_count--;
    }
    it->out->stored_count = queue->stored_count;
    bool is_undone =
        it->import->mode == RECORD_IMPORT_ALL && (status != STATUS_OK || queue->refused_count > 0);
    if (!is_undone) {
        return status;
    }
    Cx quiet;
    cx_init(&quiet, it->cx->arena);
    TRY(import_queue_undo(&quiet, queue));
    it->out->stored_count = 0;
    return status != STATUS_OK ? status
                               : fault(it->cx, STATUS_INVALID, "有%lld行不能导入，没有保存任何一行",
                                       (long long)it->out->bad_count);
}

static Status store(Importer *it) {
    bool is_atomic =
        it->import->mode == RECORD_IMPORT_ALL && it->out->good_count <= IMPORT_ATOMIC_ROWS;
    if (it->import->mode == RECORD_IMPORT_ALL && it->has_number && !is_atomic) {
        return fault(it->cx, STATUS_LIMIT, "修改已有记录的表，全部导入时一次最多%d行",
                     IMPORT_ATOMIC_ROWS);
    }
    ImportQueue *queue = arena_new(it->cx->arena, ImportQueue);
    Store store = {
        .it = it, .queue = queue, .batch_rows = is_atomic ? IMPORT_ATOMIC_ROWS : IMPORT_BATCH_ROWS};
    ImportSetup setup = {.db = it->db,
                         .house = it->house,
                         .import = it->import,
                         .state = it->state,
                         .batch_rows = store.batch_rows,
                         .batch_count = is_atomic ? 1 : IMPORT_BATCHES};
    import_queue_init(it->cx, &setup, queue);
    /* Rows with a number read what they change. Others hold no snapshot: one that stays open for
     * long keeps the log from being folded back. */
    if (it->has_number) {
        TRY(db_read_begin(it->cx, it->db, &store.conn));
    }
    Status status = rows_store(&store);
    if (it->has_number) {
        db_read_end(it->db, store.conn);
    }
    Status waited = import_queue_wait(it->cx, queue);
    return refused_take(it, queue, status != STATUS_OK ? status : waited);
}

/* ---- the face ---- */

static Status state_choose(Importer *it) {
    const RecordImport *import = it->import;
    const RecordActor *actor = import->actor;
    it->state = it->kind->start;
    if (!record_may_file(it->kind, actor) && !str_equal(actor->role, STR("admin"))) {
        return fault(it->cx, STATUS_DENIED, "您不能登记“" STR_FMT "”", STR_ARG(it->kind->title));
    }
    if (import->state.len == 0) {
        return STATUS_OK;
    }
    it->state = record_state_find(it->kind, import->state);
    if (it->state == SIZE_MAX) {
        return fault_at_field(it->cx, STATUS_INVALID, "state", "没有这个状态");
    }
    bool is_trusted = str_equal(actor->role, STR("lead")) || str_equal(actor->role, STR("admin"));
    return is_trusted || it->state == it->kind->start
               ? STATUS_OK
               : fault_at_field(it->cx, STATUS_DENIED, "state", "只有牵头专班能直接导入到这个状态");
}

Status record_import(Cx *cx, Db *db, const RecordHouse *house, const RecordImport *import,
                     RecordImported *out) {
    Importer it = {
        .cx = cx, .db = db, .house = house, .import = import, .kind = import->kind, .out = out};
    *out = (RecordImported){0};
    map_init(&it.keys, cx->arena);
    TRY(state_choose(&it));
    TRY(head_take(&it));
    TRY(rows_check(&it));
    it.done = out->row_count;
    progress_tell(&it, 2 * out->row_count);
    if (import->mode == RECORD_IMPORT_CHECK) {
        return STATUS_OK;
    }
    if (import->mode == RECORD_IMPORT_ALL && out->bad_count > 0) {
        return fault(cx, STATUS_INVALID, "有%lld行不能导入，没有保存任何一行",
                     (long long)out->bad_count);
    }
    return store(&it);
}
