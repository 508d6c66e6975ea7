/* block.c - one pass over the text; see block.h. */
#include "sheet/block.h"

#include "base/vec.h"

typedef struct CellVec VEC(Str) CellVec;
typedef struct RowVec VEC(Str *) RowVec;
typedef struct WidthVec VEC(size_t) WidthVec;

typedef struct BlockReader {
    Arena *arena;
    Str text;
    size_t at;
    CellVec cells; /* of the row being read */
    RowVec rows;
    WidthVec widths;
} BlockReader;

static bool is_cell_end(char c) {
    return c == '\t' || c == '\n' || c == '\r';
}

/* Takes the quotes around a cell off and one of each doubled pair inside. */
static Str unquoted(Arena *arena, Str cell) {
    char *out = arena_alloc(arena, cell.len + 1);
    size_t len = 0;
    for (size_t i = 1; i + 1 < cell.len; i++) {
        out[len++] = cell.at[i];
        if (cell.at[i] == '"' && i + 2 < cell.len && cell.at[i + 1] == '"') {
            i++;
        }
    }
    return (Str){out, len};
}

/* A cell that begins with a quote and whose quotes do not pair up before the next tab or line end
 * goes on over it; spreadsheets write so when a cell holds a line break. "冰箱" pairs up and stays
 * as it is: a text of FEEL. */
static Str cell_take(BlockReader *reader) {
    size_t start = reader->at;
    size_t quotes = 0;
    bool is_quoted = start < reader->text.len && reader->text.at[start] == '"';
    bool spans = false;
    while (reader->at < reader->text.len) {
        char c = reader->text.at[reader->at];
        if (is_cell_end(c) && (!is_quoted || quotes % 2 == 0)) {
            break;
        }
        spans = spans || is_cell_end(c);
        quotes += c == '"' ? 1 : 0;
        reader->at++;
    }
    Str cell = str_slice(reader->text, start, reader->at - start);
    bool is_whole = spans && cell.len >= 2 && cell.at[cell.len - 1] == '"';
    return str_trim(is_whole ? unquoted(reader->arena, cell) : cell);
}

static void row_end(BlockReader *reader) {
    *vec_push(reader->arena, &reader->rows) = reader->cells.items;
    *vec_push(reader->arena, &reader->widths) = reader->cells.count;
    reader->cells = (CellVec){0};
}

static void line_end_skip(BlockReader *reader) {
    if (reader->at < reader->text.len && reader->text.at[reader->at] == '\r') {
        reader->at++;
    }
    if (reader->at < reader->text.len && reader->text.at[reader->at] == '\n') {
        reader->at++;
    }
}

Status sheet_block_read(Cx *cx, Str text, SheetBlock *out) {
    BlockReader reader = {.arena = cx->arena, .text = text};
    while (reader.at < text.len) {
        TRY(cx_step(cx));
        *vec_push(cx->arena, &reader.cells) = cell_take(&reader);
        if (reader.at < text.len && text.at[reader.at] == '\t') {
            reader.at++;
            if (reader.at < text.len) {
                continue;
            }
            *vec_push(cx->arena, &reader.cells) = STR("");
        }
        row_end(&reader);
        line_end_skip(&reader);
        if (reader.rows.count > SHEET_BLOCK_ROWS_MAX) {
            return fault(cx, STATUS_LIMIT, "一次最多粘贴 %d 行", SHEET_BLOCK_ROWS_MAX);
        }
    }
    *out = (SheetBlock){reader.rows.items, reader.widths.items, reader.rows.count};
    return STATUS_OK;
}
