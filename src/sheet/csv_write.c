/*
 * csv_write.c - CSV out (RFC 4180: CRLF, quotes doubled), with the guard X4.
 *
 * A spreadsheet takes a field for a formula when it begins, perhaps after blanks, with = + - @ or
 * their full-width forms: such a text gets ' in front; so does one that begins with tab or CR. It
 * turns what looks like a number or a date into one and loses digits and zeros in front: such a
 * text gets a tab in front. A text that begins with ' gets another
 * ', so that sheet_read can take exactly one mark off and has the text again. Typed numbers and
 * days are written as they are.
 */
#include "sheet/sheet_internal.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

typedef struct CsvOut {
    iconv_t to_gb; /* (iconv_t)-1 for UTF-8 */
    Buf *encoded;
    Buf *waiting; /* lines for the sink */
    bool has_table;
} CsvOut;

static void csv_release(void *it) {
    CsvOut *csv = it;
    if (csv->to_gb != (iconv_t)-1) {
        (void)iconv_close(csv->to_gb);
    }
}

Status sheet_csv_new(SheetWriter *writer) {
    CsvOut *csv = arena_new(writer->cx->arena, CsvOut);
    csv->to_gb = (iconv_t)-1;
    csv->waiting = buf_in(writer->cx->arena, SIZE_MAX / 2);
    arena_defer(writer->cx->arena, csv_release, csv);
    writer->form = csv;
    if (writer->options.charset == SHEET_GB18030) {
        csv->to_gb = iconv_open("GB18030", "UTF-8");
        if (csv->to_gb == (iconv_t)-1) {
            return fault(writer->cx, STATUS_IO, "this system has no GB18030 for iconv: %s",
                         strerror(errno));
        }
    } else if (writer->options.charset == SHEET_UTF8_BOM) {
        buf_put_c(csv->waiting, "\xef\xbb\xbf");
    }
    return STATUS_OK;
}

bool sheet_csv_is_formula(Str text) {
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    size_t at = 0;
    if (text.len > 0 && (text.at[0] == '\t' || text.at[0] == '\r' || text.at[0] == '\'')) {
        return true;
    }
    while (at < text.len && (unsigned char)text.at[at] <= 0x20) {
        at++;
    }
    if (at < text.len && strchr("=+-@", text.at[at]) != NULL) {
        return true;
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (str_starts(str_from(text, at), str_of(wide[i]))) {
            return true;
        }
    }
    return false;
}

/* Long or with a zero in front, or with the signs of dates, times, powers and fractions. */
static bool looks_like_number(Str text) {
    bool has_sign = false;
    if (text.len < 2 || text.at[0] < '0' || text.at[0] > '9') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c < '0' || c > '9') {
            if (strchr(".,:/eE+-%", c) == NULL || c == '\0') {
                return false;
            }
            has_sign = true;
        }
    }
    return has_sign || text.at[0] == '0' || text.len > 11;
}

static bool needs_quotes(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == ',' || c == ';' || c == '|' || c == '"' || c == '\r' || c == '\n' || c == '\t') {
            return true;
        }
    }
    return text.len > 0 && (text.at[0] == ' ' || text.at[text.len - 1] == ' ');
}

static void put_field(Buf *line, const char *guard, Str text) {
    if (guard[0] != '\t' && !needs_quotes(text)) {
        buf_put_c(line, guard);
        buf_put(line, text);
        return;
    }
    buf_put_char(line, '"');
    buf_put_c(line, guard);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') {
            buf_put_char(line, '"');
        }
        buf_put_char(line, text.at[i]);
    }
    buf_put_char(line, '"');
}

static void put_cell(SheetWriter *writer, const SheetCell *cell) {
    Str text = sheet_cell_text(writer->scratch, cell);
    const char *guard = "";
    if (cell->kind == SHEET_TEXT && !writer->options.is_for_machine) {
        guard = sheet_csv_is_formula(text) ? "'" : looks_like_number(text) ? "\t" : "";
    }
    put_field(writer->line, guard, text);
}

/* GB 18030 has every character of Unicode, so this fails only for bytes that are no UTF-8. */
static Status put_gb(SheetWriter *writer, Str text) {
    CsvOut *csv = writer->form;
    /* iconv's own face: its input is not const but is not written to. */
    char *in = arena_alloc(writer->scratch, text.len + 1);
    size_t in_left = text.len;
    memcpy(in, text.at, text.len);
    while (in_left > 0) {
        char out[4096];
        char *at = out;
        size_t out_left = sizeof out;
        size_t done = iconv(csv->to_gb, &in, &in_left, &at, &out_left);
        buf_put(csv->waiting, (Str){out, sizeof out - out_left});
        if (done == (size_t)-1 && errno != E2BIG) {
            return fault(writer->cx, STATUS_INVALID, "a text cannot be written as GB 18030");
        }
    }
    return STATUS_OK;
}

static Status flush(SheetWriter *writer, size_t from_bytes) {
    CsvOut *csv = writer->form;
    if (csv->waiting->len < from_bytes || csv->waiting->len == 0) {
        return buf_status(csv->waiting);
    }
    TRY(writer->sink.put(writer->sink.it, writer->cx, buf_str(csv->waiting)));
    buf_clear(csv->waiting);
    return STATUS_OK;
}

static Status put_line(SheetWriter *writer) {
    CsvOut *csv = writer->form;
    buf_put_c(writer->line, "\r\n");
    TRY(buf_status(writer->line));
    if (csv->to_gb != (iconv_t)-1) {
        TRY(put_gb(writer, buf_str(writer->line)));
    } else {
        buf_put(csv->waiting, buf_str(writer->line));
    }
    buf_clear(writer->line);
    return flush(writer, PACK_CHUNK_BYTES);
}

Status sheet_csv_begin(SheetWriter *writer) {
    CsvOut *csv = writer->form;
    if (csv->has_table) {
        return fault(writer->cx, STATUS_CONFLICT, "CSV 文件只能放一张表");
    }
    csv->has_table = true;
    for (size_t i = 0; i < writer->table->column_count; i++) {
        SheetCell label = sheet_text(str_of(writer->table->columns[i].label));
        if (i > 0) {
            buf_put_char(writer->line, ',');
        }
        put_cell(writer, &label);
    }
    writer->row_count = 1;
    return put_line(writer);
}

Status sheet_csv_row(SheetWriter *writer, const SheetOut *row) {
    for (size_t i = 0; i < writer->table->column_count; i++) {
        if (i > 0) {
            buf_put_char(writer->line, ',');
        }
        if (i < row->count) {
            put_cell(writer, &row->cells[i]);
        }
    }
    return put_line(writer);
}

Status sheet_csv_finish(SheetWriter *writer) {
    return flush(writer, 1);
}
