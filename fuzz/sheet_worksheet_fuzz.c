/*
 * sheet_worksheet_fuzz.c - bytes as the XML of a worksheet, its styles and its shared texts
 * (between lines of "%%"): read within the limits, rows in order.
 */
#include "pack/pack.h"
#include "sheet/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static Status put_bytes(void *it, Cx *cx, Str bytes) {
    (void)cx;
    buf_put(it, bytes);
    return STATUS_OK;
}

static Status see_row(void *it, Cx *cx, const SheetRow *row) {
    int64_t *last = it;
    (void)cx;
    check(row->number > *last && row->number <= SHEET_ROWS_MAX);
    check(row->count > 0 && row->count <= SHEET_COLUMNS_MAX);
    for (size_t i = 0; i < row->count; i++) {
        check(str_is_utf8(row->cells[i].text));
        check((row->cells[i].text.len == 0) == (row->cells[i].kind == SHEET_EMPTY));
    }
    *last = row->number;
    return STATUS_OK;
}

static Str next_part(Str *rest) {
    size_t end = str_find(*rest, STR("%%"), 0);
    Str part = str_slice(*rest, 0, end);
    *rest = end == SIZE_MAX ? STR("") : str_from(*rest, end + 2);
    return part;
}

static Status make_file(Cx *cx, Str rest, Buf *file) {
    PackWriter *pack = NULL;
    TRY(pack_writer_new(cx, NULL, &pack));
    TRY(pack_part(pack, STR("xl/workbook.xml"),
                  STR("<workbook><sheets><sheet name=\"s\" id=\"a\"/></sheets></workbook>")));
    TRY(pack_part(pack, STR("xl/_rels/workbook.xml.rels"),
                  STR("<x><Relationship Id=\"a\" Type=\"/worksheet\" Target=\"s.xml\"/>"
                      "<Relationship Id=\"b\" Type=\"/styles\" Target=\"t.xml\"/>"
                      "<Relationship Id=\"c\" Type=\"/sharedStrings\" Target=\"u.xml\"/></x>")));
    TRY(pack_part(pack, STR("xl/s.xml"), next_part(&rest)));
    TRY(pack_part(pack, STR("xl/t.xml"), next_part(&rest)));
    TRY(pack_part(pack, STR("xl/u.xml"), next_part(&rest)));
    return pack_finish(pack, put_bytes, file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    int64_t last = 0;
    SheetReadOptions options = {.on_row = see_row, .it = &last};
    cx_init(&cx, arena);
    Buf *file = buf_in(arena, 16 * 1024 * 1024);
    check(make_file(&cx, (Str){(const char *)bytes, len}, file) == STATUS_OK);
    cx.step_max = 100000;
    (void)!sheet_read(&cx, buf_str(file), &options, NULL);
    arena_free(arena);
    return 0;
}
