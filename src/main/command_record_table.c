/* command_record_table.c - `huanxin record export` and `import`: XLSX and CSV. */
#include "base/vec.h"
#include "main/command_record.h"
#include "main/terminal.h"
#include "office/desk/desk.h"
#include "sheet/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { IMPORT_ROWS_MAX = 1000000, ERRORS_SHOWN_MAX = 200 };

/* ---- export ---- */

typedef struct Export {
    const RecordBook *book;
    RecordColumns columns;
    SheetWriter *writer;
    int64_t row_count;
    bool is_drawn; /* the count on the terminal */
} Export;

/* Numbers and days as such, so that a table can be added up; codes stay text. */
static SheetCell cell_of(Arena *arena, const RecordBook *book, const RecordColumn *column,
                         const Record *record) {
    Str text = record_column_text(arena, book, column, record);
    if (text.len == 0 || column->field == SIZE_MAX || column->part[0] != '\0') {
        return text.len == 0 ? SHEET_CELL_NONE : sheet_text(text);
    }
    int64_t number = record->values[column->field].number;
    RecordType type = record->kind->fields[column->field].type;
    return type == RECORD_INT       ? sheet_int(number)
           : type == RECORD_MONEY   ? sheet_money(money_of_fen(number))
           : type == RECORD_DECIMAL ? sheet_number(text)
           : type == RECORD_DAY     ? sheet_day((Day){(int32_t)number})
                                    : sheet_text(text);
}

static Status export_row(Cx *cx, void *context, const Record *record) {
    Export *export = context;
    SheetCell *cells = arena_array(cx->arena, SheetCell, export->columns.count);
    for (size_t i = 0; i < export->columns.count; i++) {
        cells[i] = cell_of(cx->arena, export->book, &export->columns.items[i], record);
    }
    TRY(sheet_row(export->writer, cells, export->columns.count));
    if (++export->row_count % 5000 == 0 && export->is_drawn) {
        (void)fprintf(stderr, "\r%lld 行", (long long)export->row_count);
    }
    return STATUS_OK;
}

static Status export_write(Cx *cx, House *house, const RecordOptions *options, FILE *file) {
    RecordQuery query;
    DbConn *conn = NULL;
    const RecordHouse records = desk_house(&house->city);
    TRY(record_command_query(cx, house, options, &query));
    Export export = {.book = records.book,
                     .is_drawn = !options->is_quiet && isatty(STDERR_FILENO) != 0};
    record_columns_export(cx->arena, query.kind, false, &export.columns);
    SheetColumn *heads = arena_array(cx->arena, SheetColumn, export.columns.count);
    for (size_t i = 0; i < export.columns.count; i++) {
        heads[i] = (SheetColumn){.label = str_c(cx->arena, export.columns.items[i].title),
                                 .kind = SHEET_TEXT};
    }
    bool is_xlsx = options->out != NULL && str_ends(str_of(options->out), STR(".xlsx"));
    SheetWriteOptions form = {.form = is_xlsx ? SHEET_XLSX : SHEET_CSV,
                              .charset = SHEET_UTF8_BOM,
                              .made_ms = house_clock_ms(NULL),
                              .author = house->city.name};
    SheetTable table = {
        .name = query.kind->title, .columns = heads, .column_count = export.columns.count};
    TRY(sheet_writer_new(cx, &form, sheet_sink_file(file), &export.writer));
    TRY(sheet_begin(export.writer, &table));
    TRY(db_read_begin(cx, house->db, &conn));
    Status status = record_each(cx, conn, &records, &query, export_row, &export);
    db_read_end(house->db, conn);
    TRY(status);
    TRY(sheet_finish(export.writer));
    (void)fprintf(stderr, "%s导出 %lld 行\n", export.is_drawn ? "\r" : "",
                  (long long)export.row_count);
    return STATUS_OK;
}

Status record_command_export(Cx *cx, House *house, const RecordOptions *options) {
    FILE *file = options->out == NULL ? stdout : fopen(options->out, "wb");
    if (file == NULL) {
        return fault(cx, STATUS_IO, "不能写 %s：%s", options->out, strerror(errno));
    }
    Status status = export_write(cx, house, options, file);
    bool is_whole = options->out == NULL ? fflush(file) == 0 : fclose(file) == 0;
    if (status != STATUS_OK && options->out != NULL) {
        (void)unlink(options->out);
    }
    return status != STATUS_OK || is_whole ? status : fault(cx, STATUS_IO, "不能写完文件");
}

/* ---- import ---- */

typedef struct TableRow {
    int64_t number;
    const Str *cells;
    size_t count;
} TableRow;

/* The rows of a file in memory: the engine reads them twice. */
typedef struct Table {
    Arena *arena;
    struct VEC(TableRow) rows;
    size_t at;
} Table;

static Status row_keep(void *it, Cx *cx, const SheetRow *row) {
    Table *table = it;
    TRY(cx_step(cx));
    if (row->sheet_index > 0) {
        return STATUS_OK; /* the explanation, and whatever people keep beside it */
    }
    Str *cells = arena_array(table->arena, Str, row->count + 1);
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = str_dup(table->arena, row->cells[i].text);
    }
    *vec_push(table->arena, &table->rows) =
        (TableRow){.number = row->number, .cells = cells, .count = row->count};
    return STATUS_OK;
}

static Status table_rewind(Cx *cx, void *it) {
    (void)cx;
    ((Table *)it)->at = 0;
    return STATUS_OK;
}

static Status table_next(Cx *cx, void *it, const Str **cells, size_t *count, int64_t *row,
                         bool *has_row) {
    Table *table = it;
    (void)cx;
    *has_row = table->at < table->rows.count;
    if (*has_row) {
        const TableRow *next = &table->rows.items[table->at++];
        *cells = next->cells;
        *count = next->count;
        *row = next->number;
    }
    return STATUS_OK;
}

static void progress(void *context, int64_t done, int64_t total) {
    const RecordOptions *options = context;
    if (!options->is_quiet && isatty(STDERR_FILENO) != 0) {
        terminal_bar(total == 0 ? 0 : done * 10000 / total, total == 0 ? "检查" : "导入");
    }
}

static void imported_json(Cx *cx, const RecordImported *imported) {
    printf("{\"rows\":%lld,\"good\":%lld,\"bad\":%lld,\"stored\":%lld,\"errors\":[",
           (long long)imported->row_count, (long long)imported->good_count,
           (long long)imported->bad_count, (long long)imported->stored_count);
    for (size_t i = 0; i < imported->error_count; i++) {
        Str column = str_json(cx->arena, imported->errors[i].column);
        Str text = str_json(cx->arena, imported->errors[i].text);
        printf("%s{\"row\":%lld,\"column\":" STR_FMT ",\"text\":" STR_FMT "}", i == 0 ? "" : ",",
               (long long)imported->errors[i].row, STR_ARG(column), STR_ARG(text));
    }
    printf("]}\n");
}

static void imported_print(const RecordImported *imported) {
    for (size_t i = 0; i < imported->error_count && i < ERRORS_SHOWN_MAX; i++) {
        printf("第%lld行 " STR_FMT "：" STR_FMT "\n", (long long)imported->errors[i].row,
               STR_ARG(imported->errors[i].column), STR_ARG(imported->errors[i].text));
    }
    if (imported->error_count > ERRORS_SHOWN_MAX) {
        printf("……还有%zu处错误\n", imported->error_count - ERRORS_SHOWN_MAX);
    }
    printf("共%lld行，可导入%lld行，有错误%lld行，已保存%lld行\n", (long long)imported->row_count,
           (long long)imported->good_count, (long long)imported->bad_count,
           (long long)imported->stored_count);
}

Status record_command_import(Cx *cx, House *house, const RecordOptions *options) {
    const RecordHouse records = desk_house(&house->city);
    Table table = {.arena = cx->arena};
    SheetReadOptions read = {.on_row = row_keep, .it = &table, .rows_max = IMPORT_ROWS_MAX};
    RecordActor actor = {.role = STR("admin"), .unit = str_of(options->unit)};
    RecordImported imported = {0};
    RecordImport import = {.kind = record_kind_find(records.book, str_of(options->target)),
                           .actor = &actor,
                           .origin = STR("command"),
                           .mode = options->is_check  ? RECORD_IMPORT_CHECK
                                   : options->is_good ? RECORD_IMPORT_GOOD
                                                      : RECORD_IMPORT_ALL,
                           .table = {&table, table_rewind, table_next},
                           .now_ms = house_clock_ms(NULL),
                           .state = str_of(options->state),
                           .progress = progress,
                           .progress_context = (void *)(uintptr_t)options};
    actor.name =
        actor.unit.len == 0 ? STR("系统管理员") : record_unit_name(records.book, actor.unit);
    if (import.kind == NULL) {
        return fault(cx, STATUS_NOT_FOUND, "没有 %s 这种记录", options->target);
    }
    if (actor.unit.len > 0 && str_equal(actor.name, actor.unit)) {
        return fault(cx, STATUS_NOT_FOUND, "没有 %s 这个部门", options->unit);
    }
    TRY(sheet_read_file(cx, options->file, &read, NULL));
    Status status = record_import(cx, house->db, &records, &import, &imported);
    if (options->is_json) {
        imported_json(cx, &imported);
    } else {
        imported_print(&imported);
    }
    bool is_wrong = status == STATUS_OK && imported.bad_count > 0;
    return is_wrong ? fault(cx, STATUS_INVALID, "有%lld行没有导入", (long long)imported.bad_count)
                    : status;
}
