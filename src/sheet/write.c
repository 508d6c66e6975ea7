/*
 * write.c - what XLSX and CSV share when written: limits, checks, sinks.
 */
#include "sheet/sheet_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A row of SHEET_COLUMNS_MAX texts with every character escaped stays below this. */
enum { LINE_BYTES_MAX = 512 * 1024 * 1024 };

static Status put_buf(void *it, Cx *cx, Str bytes) {
    Buf *buf = it;
    buf_put(buf, bytes);
    return buf_status(buf) == STATUS_OK
               ? STATUS_OK
               : fault(cx, STATUS_LIMIT, "导出的文件超过 %zu MB，请缩小范围", buf->bytes_max >> 20);
}

static Status put_file(void *it, Cx *cx, Str bytes) {
    FILE *file = it;
    return fwrite(bytes.at, 1, bytes.len, file) == bytes.len
               ? STATUS_OK
               : fault(cx, STATUS_IO, "cannot write the file: %s", strerror(errno));
}

SheetSink sheet_sink_buf(Buf *buf) {
    return (SheetSink){put_buf, buf};
}

SheetSink sheet_sink_file(FILE *file) {
    return (SheetSink){put_file, file};
}

Str sheet_form_ending(SheetForm form) {
    return form == SHEET_XLSX ? STR(".xlsx") : STR(".csv");
}

Str sheet_form_type(SheetForm form, SheetCharset charset) {
    if (form == SHEET_XLSX) {
        return STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    }
    return charset == SHEET_GB18030 ? STR("text/csv; charset=gb18030")
                                    : STR("text/csv; charset=utf-8");
}

static void scratch_release(void *it) {
    arena_free(it);
}

Status sheet_writer_new(Cx *cx, const SheetWriteOptions *options, SheetSink sink,
                        SheetWriter **out) {
    check(sink.put != NULL);
    SheetWriter *writer = arena_new(cx->arena, SheetWriter);
    *writer = (SheetWriter){.cx = cx, .options = *options, .sink = sink};
    writer->scratch = arena_create();
    arena_defer(cx->arena, scratch_release, writer->scratch);
    writer->line = buf_in(cx->arena, LINE_BYTES_MAX);
    TRY(options->form == SHEET_XLSX ? sheet_xlsx_new(writer) : sheet_csv_new(writer));
    *out = writer;
    return STATUS_OK;
}

Status sheet_begin(SheetWriter *writer, const SheetTable *table) {
    check(table->column_count > 0 && table->column_count <= SHEET_COLUMNS_MAX);
    if (writer->table != NULL && writer->options.form == SHEET_XLSX) {
        TRY(sheet_xlsx_end(writer));
    }
    SheetTable *copy = arena_new(writer->cx->arena, SheetTable);
    *copy = *table;
    writer->table = copy;
    writer->row_count = 0;
    return writer->options.form == SHEET_XLSX ? sheet_xlsx_begin(writer) : sheet_csv_begin(writer);
}

static Status cell_check(SheetWriter *writer, const SheetCell *cell) {
    if (cell->kind != SHEET_TEXT && cell->kind != SHEET_NUMBER && cell->kind != SHEET_ERROR) {
        return STATUS_OK;
    }
    if (cell->text.len > SHEET_TEXT_BYTES_MAX) {
        return fault(writer->cx, STATUS_LIMIT, "单元格的文字超过 %d 字节", SHEET_TEXT_BYTES_MAX);
    }
    return str_is_utf8(cell->text)
               ? STATUS_OK
               : fault(writer->cx, STATUS_INVALID, "cell text is not UTF-8 in row %" PRId64,
                       writer->row_count + 1);
}

static Status row(SheetWriter *writer, const SheetOut *out) {
    check(writer->table != NULL);
    check(out->count <= writer->table->column_count);
    TRY(cx_step(writer->cx));
    if (writer->row_count >= SHEET_ROWS_MAX) {
        return fault(writer->cx, STATUS_LIMIT, "超过一个工作表的 %d 行，请缩小范围或导出 CSV",
                     SHEET_ROWS_MAX);
    }
    for (size_t i = 0; i < out->count; i++) {
        TRY(cell_check(writer, &out->cells[i]));
    }
    writer->row_count++;
    Status status = writer->options.form == SHEET_XLSX ? sheet_xlsx_row(writer, out)
                                                       : sheet_csv_row(writer, out);
    arena_reset(writer->scratch);
    return status;
}

Status sheet_row(SheetWriter *writer, const SheetCell *cells, size_t count) {
    return row(writer, &(SheetOut){cells, count, false});
}

Status sheet_total(SheetWriter *writer, const SheetCell *cells, size_t count) {
    return row(writer, &(SheetOut){cells, count, true});
}

Status sheet_finish(SheetWriter *writer) {
    check(writer->table != NULL);
    if (writer->options.form == SHEET_CSV) {
        return sheet_csv_finish(writer);
    }
    TRY(sheet_xlsx_end(writer));
    return sheet_xlsx_finish(writer);
}
