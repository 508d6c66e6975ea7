/*
 * block.h - a block of cells as a spreadsheet puts it on the clipboard: lines of cells parted by
 * tabs. It is not CSV: nothing is escaped but cells that hold line breaks or tabs.
 * Ownership: everything lives in cx->arena; cells may be borrowed from the text.
 */
#ifndef HUANXIN_SHEET_BLOCK_H
#define HUANXIN_SHEET_BLOCK_H

#include "base/cx.h"

enum { SHEET_BLOCK_ROWS_MAX = 20000 };

typedef struct SheetBlock {
    Str **rows; /* cells of each row, trimmed */
    size_t *widths;
    size_t row_count;
} SheetBlock;

/* Reads a block. A cell that begins with a quote and has an odd number of quotes before the next
 * tab or line end goes on over it, to the quote that closes it; its doubled quotes are then one
 * each. A cell whose quotes pair up stays as it is. LIMIT beyond SHEET_BLOCK_ROWS_MAX rows. Any
 * bytes are taken; UTF-8 is the caller's to check. O(bytes). */
MUST_CHECK Status sheet_block_read(Cx *cx, Str text, SheetBlock *out);

#endif
