/*
 * sheet.h - tables in files: XLSX and CSV, written and read as streams of rows.
 *
 *   rows ──▶ SheetWriter ──▶ XLSX (temporary file, constant memory) ──▶ sink: Buf, FILE, your own
 *                       └──▶ CSV  (UTF-8, GB 18030; constant memory) ─▶
 *
 *   bytes ──▶ sheet_read ── is it a ZIP? ──▶ XLSX ──▶ one call of on_row for each row, in order
 *                                      └──▶ CSV  ──▶
 *
 * It is not a spreadsheet: it keeps no sheet in memory, computes no formula (the cached value of a
 * formula is read) and knows no merged cells. Amounts are fen, days are Days; what is text stays
 * text: 20 digits of an account are 20 digits when Excel opens the file.
 *
 * Ownership: a writer and a reader live in the arena of their Cx; a row and its cells live until
 * on_row returns, so copy what must live longer.
 *
 * Security properties (tests/00_unit/sheet_hostile_test.c names each by its number):
 *   X1  a ZIP is refused by entries, by bytes it would unpack to and by its ratio, before and while
 *       it is unpacked; encrypted entries are refused
 *   X2  a DOCTYPE in any part is refused; nothing is ever fetched from outside the file
 *   X3  rows, columns, bytes of a cell and bytes of shared texts are limited
 *   X4  a text that a spreadsheet could take for a formula is written as text: as a string cell in
 *       XLSX; in CSV with ' in front, which sheet_read takes off again
 *   X5  control characters that XML cannot carry are left out when written
 *   X6  text is well-formed UTF-8 when on_row sees it; other bytes are refused with their place
 */
#ifndef HUANXIN_SHEET_SHEET_H
#define HUANXIN_SHEET_SHEET_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/day.h"
#include "base/money.h"

#include <stdio.h>

enum {
    SHEET_COLUMNS_MAX = 512,
    SHEET_ROWS_MAX = 1048576,     /* of one worksheet, with title and head: what Excel opens */
    SHEET_TEXT_BYTES_MAX = 98301, /* of one cell: 32,767 characters, what Excel keeps */
    SHEET_NAME_RUNES_MAX = 31,    /* of a worksheet */
};

/* X(name, what the cell shows) */
#define SHEET_KIND_LIST(X)                                                                         \
    X(EMPTY, "nothing")                                                                            \
    X(TEXT, "text, never a number or a formula")                                                   \
    X(INT, "a whole number; value")                                                                \
    X(NUMBER, "a decimal number; text holds it in plain notation")                                 \
    X(MONEY, "yuan with two decimals; value is fen; is read back as NUMBER or INT")                \
    X(PERCENT, "a percentage; value is basis points (8500 shows 85.00%)")                          \
    X(DAY, "a calendar day; value is Day.number")                                                  \
    X(INSTANT, "day and time of China; value is milliseconds since 1970-01-01T00:00:00Z")          \
    X(BOOL, "是 or 否; value 1 or 0")                                                              \
    X(ERROR, "a spreadsheet's error such as #N/A; only read, its word is the text")

typedef enum SheetKind {
#define X(name, shows) SHEET_##name,
    SHEET_KIND_LIST(X)
#undef X
} SheetKind;

/* A cell. Written: kind with text or value as the list above says. Read: text is always there, as a
 * person would have typed it ("12", "12.5", "2026-01-02", "2026-01-02 15:04:05", "85%", "是"), so
 * an import may parse text and ignore the rest. From CSV every cell is TEXT or EMPTY. */
typedef struct SheetCell {
    SheetKind kind;
    Str text;
    int64_t value;
    bool is_rounded; /* read: a number of more than 15 digits, of which Excel has lost the last */
} SheetCell;

#define SHEET_CELL_NONE ((SheetCell){.kind = SHEET_EMPTY})
SheetCell sheet_text(Str text);
SheetCell sheet_int(int64_t value);
SheetCell sheet_money(Money amount);
SheetCell sheet_percent_bp(int64_t rate_bp);
SheetCell sheet_day(Day day); /* DAY_NONE gives an empty cell */
SheetCell sheet_instant(int64_t instant_ms);
SheetCell sheet_bool(bool is_true);
/* A decimal in plain notation ("-12.50"); anything else is written as TEXT. */
SheetCell sheet_number(Str decimal);
/* The cell as text: what CSV shows and what a read cell's text is. May live in arena. */
Str sheet_cell_text(Arena *arena, const SheetCell *cell);

/* ---- writing -------------------------------------------------------------------------------- */

typedef enum SheetForm { SHEET_XLSX, SHEET_CSV } SheetForm;
typedef enum SheetCharset {
    SHEET_UTF8_BOM, /* what Excel opens rightly by a double click */
    SHEET_UTF8,
    SHEET_GB18030, /* banks and older programs; GB 18030-2022 */
} SheetCharset;

/* Where bytes go; put returns the failure that ends the writing. */
typedef struct SheetSink {
    Status (*put)(void *it, Cx *cx, Str bytes);
    void *it;
} SheetSink;
/* LIMIT when the buffer is full. */
SheetSink sheet_sink_buf(Buf *buf);
/* IO when the file takes no more. The file stays open and is the caller's. */
SheetSink sheet_sink_file(FILE *file);

typedef struct SheetWriteOptions {
    SheetForm form;
    SheetCharset charset; /* CSV only */
    bool is_for_machine;  /* CSV only: no ' or tab in front of texts (X4 off): a bank's file */
    const char *folder;   /* XLSX only: where the temporary file stands; NULL: /tmp */
    int64_t made_ms;      /* XLSX only: the instant written into the file, for equal bytes */
    Str author;           /* XLSX only: the office; may be empty */
} SheetWriteOptions;

/* A column; width in ASCII characters (a Chinese one takes two), 0: by label and kind. */
typedef struct SheetColumn {
    const char *label;
    SheetKind kind; /* TEXT wraps; others are aligned to the right */
    int width;
} SheetColumn;

/* A worksheet: title lines, then the head (frozen, repeated on each printed page), then rows. */
typedef struct SheetTable {
    Str name;          /* of the worksheet; characters that Excel refuses become "_", cut at 31 */
    const Str *titles; /* lines above the head; the first is printed large */
    size_t title_count;
    const SheetColumn *columns; /* 1..SHEET_COLUMNS_MAX */
    size_t column_count;
    bool is_landscape; /* A4 upright otherwise; always as wide as the paper */
} SheetTable;

typedef struct SheetWriter SheetWriter;

/* Starts a file. IO when the temporary file cannot be made. */
MUST_CHECK Status sheet_writer_new(Cx *cx, const SheetWriteOptions *options, SheetSink sink,
                                   SheetWriter **out);
/* Starts a worksheet with its titles and head. In CSV only one is possible (CONFLICT) and titles
 * are left out. A worksheet's name that was used before gets a number. O(columns). */
MUST_CHECK Status sheet_begin(SheetWriter *writer, const SheetTable *table);
/* Writes the next row; cells beyond count are empty, count <= column_count. LIMIT beyond
 * SHEET_ROWS_MAX, or a text beyond SHEET_TEXT_BYTES_MAX; INVALID for text that is not UTF-8.
 * O(bytes), memory does not grow with rows. */
MUST_CHECK Status sheet_row(SheetWriter *writer, const SheetCell *cells, size_t count);
/* As sheet_row, printed bold with a line above: sums. */
MUST_CHECK Status sheet_total(SheetWriter *writer, const SheetCell *cells, size_t count);
/* Ends the file and gives the last bytes to the sink. Without it nothing useful was written. */
MUST_CHECK Status sheet_finish(SheetWriter *writer);

/* Ending of a file name and media type: ".xlsx", ".csv"; static text. */
Str sheet_form_ending(SheetForm form);
Str sheet_form_type(SheetForm form, SheetCharset charset);

/* ---- reading -------------------------------------------------------------------------------- */

typedef struct SheetRow {
    Str sheet;           /* name of the worksheet; "" for CSV */
    int64_t sheet_index; /* 0.. in the order of the workbook */
    int64_t number;      /* of the row as Excel shows it, from 1; CSV: of the record, from 1 */
    int64_t line;        /* CSV: the line on which the record begins; XLSX: as number */
    const SheetCell *cells;
    size_t count; /* up to the last cell that is not empty; rows without any are left out */
} SheetRow;

typedef struct SheetReadOptions {
    /* Called for each row; its failure ends the reading and is passed on. Required. */
    Status (*on_row)(void *it, Cx *cx, const SheetRow *row);
    void *it;
    Str sheet_only;      /* XLSX: only the worksheet of this name; "": all that are not hidden */
    int64_t rows_max;    /* of all sheets, empty ones not counted; 0: 200,000 */
    int64_t columns_max; /* 0: 256; at most SHEET_COLUMNS_MAX */
    size_t bytes_max;    /* unpacked; 0: 512 MiB, at most that */
} SheetReadOptions;

/* What was found, for messages and progress. */
typedef struct SheetFacts {
    SheetForm form;
    SheetCharset charset; /* CSV */
    bool is_utf16;        /* CSV: Excel's "Unicode text" */
    char delimiter;       /* CSV: ',', ';', tab or '|' */
    int64_t sheet_count;
    int64_t row_count;
} SheetFacts;

/* Reads a file of either form and calls on_row for each row. facts may be NULL.
 * INVALID with a Chinese fault (worksheet, row, column) for a file that is neither, is damaged, is
 * an old .xls or is encrypted; LIMIT for X1 and X3; NOT_FOUND when sheet_only is not in it.
 * O(bytes); memory: shared texts of the workbook and one row. */
MUST_CHECK Status sheet_read(Cx *cx, Str bytes, const SheetReadOptions *options, SheetFacts *facts);
/* As sheet_read, from a file that is mapped and not loaded. NOT_FOUND or IO with its path. */
MUST_CHECK Status sheet_read_file(Cx *cx, const char *path, const SheetReadOptions *options,
                                  SheetFacts *facts);

/* The letters of a column: 0 gives "A", 27 gives "AB". */
Str sheet_column_name(Arena *arena, size_t column_index);
/* "工作表「设备」第 3 行 B 列", or "第 3 行第 2 列" without a sheet; column_index < 0: the whole
 * row. */
Str sheet_place(Arena *arena, const SheetRow *row, int64_t column_index);

#endif
