/*
 * sheet_read_fuzz.c - bytes as a file: whatever is read has well-formed texts within the limits,
 * and written as CSV it is read again the same.
 */
#include "sheet/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { COLUMNS = 16, BYTES_MAX = 16 * 1024 * 1024 };

typedef struct Copy {
    SheetWriter *writer; /* NULL on the second reading */
    Buf *texts;
} Copy;

static Status copy_row(void *it, Cx *cx, const SheetRow *row) {
    Copy *copy = it;
    SheetCell cells[COLUMNS];
    (void)cx;
    check(row->count > 0 && row->count <= COLUMNS);
    for (size_t i = 0; i < row->count; i++) {
        check(str_is_utf8(row->cells[i].text));
        check(row->cells[i].text.len <= SHEET_TEXT_BYTES_MAX);
        check((row->cells[i].text.len == 0) == (row->cells[i].kind == SHEET_EMPTY));
        buf_put(copy->texts, row->cells[i].text);
        buf_put_char(copy->texts, '\0');
        cells[i] = sheet_text(row->cells[i].text);
    }
    buf_put_char(copy->texts, '\1');
    return copy->writer == NULL ? STATUS_OK : sheet_row(copy->writer, cells, row->count);
}

static Status read_copy(Cx *cx, Str bytes, Copy *copy) {
    SheetReadOptions options = {.on_row = copy_row, .it = copy, .columns_max = COLUMNS};
    options.bytes_max = BYTES_MAX;
    copy->texts = buf_in(cx->arena, 4 * BYTES_MAX);
    return sheet_read(cx, bytes, &options, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const SheetColumn columns[COLUMNS] = {
        {"a", SHEET_TEXT, 0}, {"b", SHEET_TEXT, 0}, {"c", SHEET_TEXT, 0}, {"d", SHEET_TEXT, 0},
        {"e", SHEET_TEXT, 0}, {"f", SHEET_TEXT, 0}, {"g", SHEET_TEXT, 0}, {"h", SHEET_TEXT, 0},
        {"i", SHEET_TEXT, 0}, {"j", SHEET_TEXT, 0}, {"k", SHEET_TEXT, 0}, {"l", SHEET_TEXT, 0},
        {"m", SHEET_TEXT, 0}, {"n", SHEET_TEXT, 0}, {"o", SHEET_TEXT, 0}, {"p", SHEET_TEXT, 0}};
    static const SheetTable table = {.columns = columns, .column_count = COLUMNS};
    Arena *arena = arena_create();
    Cx cx;
    Copy first = {0};
    Copy second = {0};
    cx_init(&cx, arena);
    cx.step_max = 200000;
    Buf *file = buf_in(arena, 4 * BYTES_MAX);
    SheetWriteOptions options = {.form = SHEET_CSV, .charset = SHEET_UTF8_BOM};
    check(sheet_writer_new(&cx, &options, sheet_sink_buf(file), &first.writer) == STATUS_OK);
    check(sheet_begin(first.writer, &table) == STATUS_OK);
    if (read_copy(&cx, (Str){(const char *)bytes, len}, &first) == STATUS_OK &&
        sheet_finish(first.writer) == STATUS_OK) {
        Str head = STR("a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0\1");
        cx_init(&cx, arena);
        check(read_copy(&cx, buf_str(file), &second) == STATUS_OK);
        check(str_starts(buf_str(second.texts), head));
        check(str_equal(str_from(buf_str(second.texts), head.len), buf_str(first.texts)));
    }
    arena_free(arena);
    return 0;
}
