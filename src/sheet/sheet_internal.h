/*
 * sheet_internal.h - what the files of src/sheet share; private.
 */
#ifndef HUANXIN_SHEET_SHEET_INTERNAL_H
#define HUANXIN_SHEET_SHEET_INTERNAL_H

#include "pack/pack.h"
#include "sheet/sheet.h"

enum {
    /* Digits that a spreadsheet's binary number keeps. */
    SHEET_DIGITS_MAX = 15,
    /* Serial number of 1970-01-01 where 1900-01-01 is 1 and 1900-02-29 is counted. */
    SHEET_SERIAL_1970 = 25569,
    /* The first serial after the 29 February 1900 that never was: 1900-03-01. */
    SHEET_SERIAL_MIN = 61,
    /* Days between the two counts of Excel, 1900 and 1904. */
    SHEET_SERIAL_1904 = 1462,
    SHEET_SHEETS_MAX = 255,
};

struct SheetWriter {
    Cx *cx;
    SheetWriteOptions options;
    SheetSink sink;
    const SheetTable *table; /* of the open worksheet; a copy in the arena */
    int64_t row_count;       /* rows of the open worksheet, with titles and head */
    Arena *scratch;          /* emptied after each row */
    Buf *line;               /* the row as bytes */
    void *form;              /* XlsxOut or CsvOut */
};

/* One row on its way out: checked, count <= column_count. */
typedef struct SheetOut {
    const SheetCell *cells;
    size_t count;
    bool is_total;
} SheetOut;

/* True for a text that gets ' in front in CSV (X4), and loses it when read. */
bool sheet_csv_is_formula(Str text);

/* CSV (csv_write.c) and XLSX (xlsx_write.c) do the same four acts. */
Status sheet_csv_new(SheetWriter *writer);
Status sheet_csv_begin(SheetWriter *writer);
Status sheet_csv_row(SheetWriter *writer, const SheetOut *row);
Status sheet_csv_finish(SheetWriter *writer);
Status sheet_xlsx_new(SheetWriter *writer);
Status sheet_xlsx_begin(SheetWriter *writer);
Status sheet_xlsx_row(SheetWriter *writer, const SheetOut *row);
/* Closes the open worksheet. */
Status sheet_xlsx_end(SheetWriter *writer);
Status sheet_xlsx_finish(SheetWriter *writer);

/* The reading side: what both forms need to hand a row on. */
typedef struct SheetReader {
    Cx *cx;
    SheetReadOptions options; /* with the defaults filled in */
    SheetFacts facts;
    Arena *scratch; /* texts of one row; emptied after it */
    SheetCell cells[SHEET_COLUMNS_MAX];
    size_t cell_count; /* up to the last cell that is not empty */
    SheetRow row;
} SheetReader;

/* Puts a cell; text must live until the row is given. LIMIT beyond the columns or the bytes of a
 * cell. */
Status sheet_reader_cell(SheetReader *reader, int64_t column_index, SheetCell cell);
/* Hands the row on, unless it is empty, and starts the next. LIMIT beyond the rows. */
Status sheet_reader_row(SheetReader *reader);
Status sheet_csv_read(SheetReader *reader, Str bytes);
Status sheet_xlsx_read(SheetReader *reader, Str bytes);

/* How a number format shows numbers. */
typedef enum SheetNumberForm {
    SHEET_FORM_NUMBER,
    SHEET_FORM_PERCENT,
    SHEET_FORM_DAY,
    SHEET_FORM_INSTANT, /* with a time of day */
} SheetNumberForm;
/* Form of a format code ("yyyy\-mm\-dd", "0.00%"); quoted text and colours are no marks. */
SheetNumberForm sheet_format_form(Str code);
/* Form of a built-in format's number (ECMA-376 part 1, 18.8.30, with the East Asian ones). */
SheetNumberForm sheet_format_builtin(int64_t id);
/* Reads the number of a cell as a person sees it. INVALID (no fault) when raw is no number
 * or beyond 1e30. */
Status sheet_number_cell(Arena *arena, Str raw, SheetNumberForm form, bool is_1904, SheetCell *out);

#endif
