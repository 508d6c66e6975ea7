/*
 * workshop_cells.c - cells as people type and paste them: putting plain words right, and compiling
 * rows under the draft's heads.
 */
#include "base/vec.h"
#include "office/policy/workshop.h"

#include <inttypes.h>

/* ---- plain words ---- */

/* 2026-01-02, 2026/1/2, 2026.1.2 and 2026年1月2日 as a FEEL date; STR_NONE when it is none. */
static Str date_of_words(Arena *arena, Str text) {
    int64_t parts[3] = {0};
    size_t count = 0;
    size_t digits = 0;
    for (size_t i = 0; i < text.len && count < 3; i++) {
        char c = text.at[i];
        if (c >= '0' && c <= '9' && digits < 4) {
            parts[count] = parts[count] * 10 + (c - '0');
            digits++;
            continue;
        }
        bool is_mark = c == '-' || c == '/' || c == '.' || (c & 0x80) != 0;
        if (!is_mark) {
            return STR_NONE;
        }
        count += digits > 0 ? 1 : 0;
        digits = 0;
    }
    count += digits > 0 ? 1 : 0;
    Cx quiet;
    Day day = DAY_NONE;
    cx_init(&quiet, arena);
    if (count != 3 || parts[0] < 1900) {
        return STR_NONE;
    }
    Str plain =
        str_print(arena, "%04" PRId64 "-%02" PRId64 "-%02" PRId64, parts[0], parts[1], parts[2]);
    return day_parse(&quiet, plain, &day) == STATUS_OK
               ? str_print(arena, "date(\"" STR_FMT "\")", STR_ARG(plain))
               : STR_NONE;
}

/* "1,500" without its commas; STR_NONE when something else is in it. */
static Str number_of_words(Arena *arena, Str text) {
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if ((c >= '0' && c <= '9') || c == '.' || (c == '-' && i == 0)) {
            out[len++] = c;
        } else if (c != ',') {
            return STR_NONE;
        }
    }
    return len > 0 ? (Str){out, len} : STR_NONE;
}

static Str quoted(Arena *arena, Str text) {
    /* JSON escapes what FEEL escapes in a text. */
    return str_json(arena, text);
}

static bool is_yes(Str text) {
    return str_equal(text, STR("是")) || str_equal(text, STR("TRUE")) ||
           str_equal(text, STR("√")) || str_equal(text, STR("有"));
}

static bool is_no(Str text) {
    return str_equal(text, STR("否")) || str_equal(text, STR("FALSE")) ||
           str_equal(text, STR("×")) || str_equal(text, STR("无"));
}

/* Texts parted by 、 become a list of FEEL texts; one becomes one. */
static Str texts_of_words(Arena *arena, Str text) {
    Str joined = STR_NONE;
    Str mark = STR("、");
    while (text.len > 0) {
        size_t end = str_find(text, mark, 0);
        Str one = quoted(arena, str_trim(str_slice(text, 0, end)));
        joined = joined.at == NULL
                     ? one
                     : str_print(arena, STR_FMT ", " STR_FMT, STR_ARG(joined), STR_ARG(one));
        text = end == SIZE_MAX ? STR("") : str_from(text, end + mark.len);
    }
    return joined;
}

/* What somebody meant who typed no FEEL; STR_NONE when nothing sensible comes to mind. */
static Str meant(Arena *arena, const DmnPartColumn *column, Str text) {
    bool is_input = column->kind == DMN_PART_INPUT;
    if (is_input && (text.len == 0 || str_equal(text, STR("不限")) || str_equal(text, STR("—")) ||
                     str_equal(text, STR("*")))) {
        return STR("-");
    }
    if (text.len == 0) {
        return STR_NONE;
    }
    if (str_equal(column->type, STR("boolean"))) {
        return is_yes(text) ? STR("true") : is_no(text) ? STR("false") : STR_NONE;
    }
    if (str_equal(column->type, STR("date"))) {
        return date_of_words(arena, text);
    }
    if (str_equal(column->type, STR("number"))) {
        return number_of_words(arena, text);
    }
    if (str_equal(column->type, STR("string"))) {
        return is_input ? texts_of_words(arena, text) : quoted(arena, text);
    }
    return STR_NONE;
}

/* ---- compiling ---- */

enum { SPAN_ROWS = 50 };

/* Some of the rows given. */
typedef struct RowSpan {
    DraftRow *rows;
    size_t first;
    size_t count;
} RowSpan;

static Status rows_compile(Cx *cx, const DmnParts *parts, size_t table, const DraftRow *rows,
                           size_t count, DmnDiagnostics *out) {
    DmnParts small = *parts;
    Str text = STR_NONE;
    const DmnModel *model = NULL;
    small.tables = arena_array(cx->arena, DmnPartTable, parts->table_count + 1);
    for (size_t i = 0; i < parts->table_count; i++) {
        small.tables[i] = parts->tables[i];
        small.tables[i].row_count = 0;
    }
    DmnPartTable *at = &small.tables[table];
    at->rows = arena_array(cx->arena, DmnPartRow, count + 1);
    at->row_count = count;
    for (size_t i = 0; i < count; i++) {
        at->rows[i] = (DmnPartRow){.id = str_print(cx->arena, "check-%zu", i),
                                   .description = STR(""),
                                   .cells = rows[i].cells};
    }
    TRY(dmn_parts_put(cx, &small, &text));
    DmnSource source = {.name = STR("草稿"), .text = text};
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    TRY(dmn_load(cx, &options, &model));
    *out = dmn_model_diagnostics(model);
    return STATUS_OK;
}

/* Errors inside the rows given; others (of the heads, of other tables) are not about them. */
static bool is_of_row(const DmnDiagnostic *diagnostic, const DmnPartTable *table, size_t count) {
    const DmnPlace *place = &diagnostic->place;
    return diagnostic->is_error && place->row >= 1 && (uint64_t)place->row <= count &&
           place->column >= 1 && (uint64_t)place->column <= table->column_count &&
           str_equal(place->node, table->node);
}

/* Puts a cell right that did not compile; false when there is nothing better. */
static bool cell_mend(Arena *arena, const DmnPartTable *table, const DmnPlace *place,
                      DraftRow *rows) {
    size_t column = (size_t)place->column - 1;
    Str *cell = &rows[place->row - 1].cells[column];
    Str better = meant(arena, &table->columns[column], *cell);
    if (better.at == NULL || str_equal(better, *cell)) {
        return false;
    }
    *cell = better;
    return true;
}

static void faults_collect(Cx *cx, const DmnDiagnostics *diagnostics, const DmnPartTable *table,
                           const RowSpan *span, CellFaults *out) {
    for (size_t i = 0; i < diagnostics->count; i++) {
        const DmnDiagnostic *diagnostic = &diagnostics->items[i];
        if (!is_of_row(diagnostic, table, span->count)) {
            continue;
        }
        if (out->count == DRAFT_ERRORS_MAX) {
            out->has_more = true;
            return;
        }
        out->items[out->count++] =
            (CellFault){.row = span->first + (size_t)diagnostic->place.row - 1,
                        .column = (size_t)diagnostic->place.column - 1,
                        .text = dmn_diagnostic_text(cx->arena, diagnostic, FEEL_CHINESE)};
    }
}

/* What must be put right although it compiles: inputs left empty mean "any", as editors write it;
 * 2026-1-2 would be a subtraction. */
static void plain_fill(Arena *arena, const DmnPartTable *table, DraftRow *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < table->input_count + table->output_count; k++) {
            Str *cell = &rows[i].cells[k];
            bool is_date = str_equal(table->columns[k].type, STR("date"));
            Str date = is_date ? date_of_words(arena, *cell) : STR_NONE;
            if (date.at != NULL) {
                *cell = date;
            } else if (k < table->input_count && cell->len == 0) {
                *cell = STR("-");
            }
        }
    }
}

static Status sizes_check(Cx *cx, const DmnPartTable *table, const DraftRow *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < table->column_count; k++) {
            Str cell = rows[i].cells[k];
            if (cell.len > DRAFT_CELL_BYTES_MAX) {
                return fault(cx, STATUS_LIMIT, "一格的内容太长（最多 %d 字节）",
                             DRAFT_CELL_BYTES_MAX);
            }
            /* What XML cannot carry, no cell can hold. */
            for (size_t b = 0; b < cell.len; b++) {
                unsigned char c = (unsigned char)cell.at[b];
                if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') {
                    return fault(cx, STATUS_INVALID, "一格里有不能使用的控制字符");
                }
            }
            if (!str_is_utf8(cell)) {
                return fault(cx, STATUS_INVALID, "一格里有无法识别的字符");
            }
        }
    }
    return STATUS_OK;
}

/* Compiles a few rows, puts plain words right, and compiles again. */
static Status span_check(Cx *cx, const DmnParts *parts, size_t table, const RowSpan *span,
                         CellFaults *out) {
    enum { ROUNDS_MAX = 3 };
    const DmnPartTable *at = &parts->tables[table];
    DmnDiagnostics diagnostics = {0};
    bool is_mended = true;
    for (int round = 0; round < ROUNDS_MAX && is_mended; round++) {
        is_mended = false;
        TRY(rows_compile(cx, parts, table, span->rows, span->count, &diagnostics));
        DmnPlace last = {0};
        for (size_t i = 0; i < diagnostics.count && round + 1 < ROUNDS_MAX; i++) {
            const DmnPlace *place = &diagnostics.items[i].place;
            /* A cell may have several errors; it is put right once. */
            bool is_same = place->row == last.row && place->column == last.column;
            if (!is_same && is_of_row(&diagnostics.items[i], at, span->count)) {
                last = *place;
                is_mended = cell_mend(cx->arena, at, place, span->rows) || is_mended;
            }
        }
    }
    faults_collect(cx, &diagnostics, at, span, out);
    return STATUS_OK;
}

/* A few rows at a time: a model tells of a thousand errors at most, and a block pasted as plain
 * words may have more. */
Status draft_cells_check(Cx *cx, const DmnParts *parts, size_t table, DraftRow *rows, size_t count,
                         CellFaults *out) {
    check(table < parts->table_count);
    const DmnPartTable *at = &parts->tables[table];
    *out = (CellFaults){0};
    TRY(sizes_check(cx, at, rows, count));
    plain_fill(cx->arena, at, rows, count);
    for (size_t first = 0; first < count && !out->has_more; first += SPAN_ROWS) {
        size_t left = count - first;
        RowSpan span = {rows + first, first, left < SPAN_ROWS ? left : SPAN_ROWS};
        TRY(span_check(cx, parts, table, &span, out));
    }
    return STATUS_OK;
}
