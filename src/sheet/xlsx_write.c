/*
 * xlsx_write.c - SpreadsheetML out (ECMA-376 part 1, clause 18): one part a worksheet, written row
 * by row; numbers are written as decimal text, never through a binary number, so 69.99 yuan is
 * "69.99" in the file. Read from the bottom: sheet_xlsx_new, _begin, _row, _end, _finish.
 */
#include "sheet/sheet_internal.h"

#include <inttypes.h>
#include <string.h>

#define NS_MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define NS_OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define NS_PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

enum { PART_BYTES_MAX = 1024 * 1024 };

/* Indexes of cellXfs in STYLES. Total rows use the same order, STYLE_TOTAL further on. */
enum {
    STYLE_PLAIN,
    STYLE_TITLE,
    STYLE_SUBTITLE,
    STYLE_HEAD,
    STYLE_TEXT,
    STYLE_INT,
    STYLE_NUMBER,
    STYLE_MONEY,
    STYLE_PERCENT,
    STYLE_DAY,
    STYLE_INSTANT,
    STYLE_MIDDLE, /* yes, no, errors */
    STYLE_TOTAL = STYLE_MIDDLE - STYLE_TEXT + 1,
};

typedef struct Worksheet {
    Str name;
    int64_t head_row;
} Worksheet;

typedef struct XlsxOut {
    PackWriter *pack;
    Worksheet sheets[SHEET_SHEETS_MAX];
    size_t sheet_count;
    const Str *letters; /* of the columns of the open worksheet */
} XlsxOut;

static const char STYLES_HEAD[] = XML_HEAD
    "<styleSheet xmlns=\"" NS_MAIN "\"><numFmts count=\"2\">"
    "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/></numFmts>"
    "<fonts count=\"3\"><font><sz val=\"11\"/><name val=\"宋体\"/><charset val=\"134\"/></font>"
    "<font><b/><sz val=\"11\"/><name val=\"宋体\"/><charset val=\"134\"/></font>"
    "<font><b/><sz val=\"16\"/><name val=\"宋体\"/><charset val=\"134\"/></font></fonts>"
    "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>"
    "<fill><patternFill patternType=\"gray125\"/></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE8EEF4\"/>"
    "<bgColor indexed=\"64\"/></patternFill></fill></fills>"
    "<borders count=\"3\"><border><left/><right/><top/><bottom/><diagonal/></border>"
    "<border><left style=\"thin\"/><right style=\"thin\"/><top style=\"thin\"/>"
    "<bottom style=\"thin\"/><diagonal/></border>"
    "<border><left style=\"thin\"/><right style=\"thin\"/><top style=\"medium\"/>"
    "<bottom style=\"thin\"/><diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
    "</cellStyleXfs><cellXfs count=\"20\">";

/* A cell style: number format, font, fill and border by their index in STYLES_HEAD. */
typedef struct Style {
    int format;
    int font;
    int fill;
    int border;
    const char *alignment;
} Style;

#define MIDDLE "horizontal=\"center\" vertical=\"center\""
#define TOP "vertical=\"top\""
static const Style STYLES[] = {
    [STYLE_PLAIN] = {0, 0, 0, 0, TOP},
    [STYLE_TITLE] = {0, 2, 0, 0, MIDDLE},
    [STYLE_SUBTITLE] = {0, 0, 0, 0, MIDDLE " wrapText=\"1\""},
    [STYLE_HEAD] = {0, 1, 2, 1, MIDDLE " wrapText=\"1\""},
    [STYLE_TEXT] = {49, 0, 0, 1, TOP " wrapText=\"1\""},
    [STYLE_INT] = {1, 0, 0, 1, TOP},
    [STYLE_NUMBER] = {0, 0, 0, 1, TOP},
    [STYLE_MONEY] = {4, 0, 0, 1, TOP},
    [STYLE_PERCENT] = {10, 0, 0, 1, TOP},
    [STYLE_DAY] = {164, 0, 0, 1, TOP},
    [STYLE_INSTANT] = {165, 0, 0, 1, TOP},
    [STYLE_MIDDLE] = {0, 0, 0, 1, "horizontal=\"center\" " TOP},
};
enum { STYLE_COUNT = sizeof STYLES / sizeof STYLES[0] };
_Static_assert(STYLE_COUNT - STYLE_TEXT == STYLE_TOTAL, "each body style has its total style");

static void put_style(Buf *part, const Style *style) {
    buf_print(part,
              "<xf numFmtId=\"%d\" fontId=\"%d\" fillId=\"%d\" borderId=\"%d\" xfId=\"0\" "
              "applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" "
              "applyAlignment=\"1\"><alignment %s/></xf>",
              style->format, style->font, style->fill, style->border, style->alignment);
}

Status sheet_xlsx_new(SheetWriter *writer) {
    XlsxOut *xlsx = arena_new(writer->cx->arena, XlsxOut);
    writer->form = xlsx;
    return pack_writer_new(writer->cx, writer->options.folder, &xlsx->pack);
}

/* ---- the name of a worksheet ---- */

static bool is_name_taken(const XlsxOut *xlsx, Str name) {
    for (size_t i = 0; i < xlsx->sheet_count; i++) {
        if (str_equal_ascii_nocase(xlsx->sheets[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Excel refuses : \ / ? * [ ] and ' at an end, and more than 31 characters. */
static Str clean_name(Arena *arena, Str name, size_t runes_max) {
    Buf *clean = buf_in(arena, 4 * SHEET_NAME_RUNES_MAX);
    size_t at = 0;
    for (size_t count = 0; at < name.len && count < runes_max; count++) {
        uint32_t rune = str_rune(name, &at);
        bool is_refused = rune < 0x20 || (rune < 0x80 && strchr(":\\/?*[]'", (int)rune) != NULL);
        buf_put_rune(clean, is_refused ? '_' : rune);
    }
    return clean->len == 0 ? STR("Sheet") : buf_str(clean);
}

static Str free_name(SheetWriter *writer, Str name) {
    const XlsxOut *xlsx = writer->form;
    Arena *arena = writer->cx->arena;
    Str free = clean_name(arena, name, SHEET_NAME_RUNES_MAX);
    Str stem = clean_name(arena, name, SHEET_NAME_RUNES_MAX - 5);
    for (int i = 2; is_name_taken(xlsx, free); i++) {
        free = str_print(arena, STR_FMT "(%d)", STR_ARG(stem), i);
    }
    return free;
}

/* ---- cells ---- */

/* _xHHHH_ in a text would be read as a character of that number (ECMA-376, 22.9.2.19). */
static bool is_escape(Str text, size_t at) {
    if (at + 7 > text.len || text.at[at] != '_' || text.at[at + 1] != 'x' ||
        text.at[at + 6] != '_') {
        return false;
    }
    for (size_t i = at + 2; i < at + 6; i++) {
        if (strchr("0123456789abcdefABCDEF", text.at[i]) == NULL || text.at[i] == '\0') {
            return false;
        }
    }
    return true;
}

/* Text of a cell: what XML would change (CR) or a reader would take for an escape is escaped. */
static void put_text(Buf *line, Str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '\r' && !is_escape(text, i)) {
            continue;
        }
        pack_xml_text(line, str_slice(text, from, i - from));
        buf_put_c(line, text.at[i] == '\r' ? "_x000D_" : "_x005F_");
        from = i + 1;
    }
    pack_xml_text(line, str_from(text, from));
}

static int style_of(SheetKind kind) {
    switch (kind) {
    case SHEET_INT:
        return STYLE_INT;
    case SHEET_NUMBER:
        return STYLE_NUMBER;
    case SHEET_MONEY:
        return STYLE_MONEY;
    case SHEET_PERCENT:
        return STYLE_PERCENT;
    case SHEET_DAY:
        return STYLE_DAY;
    case SHEET_INSTANT:
        return STYLE_INSTANT;
    case SHEET_BOOL:
    case SHEET_ERROR:
        return STYLE_MIDDLE;
    case SHEET_EMPTY:
    case SHEET_TEXT:
        return STYLE_TEXT;
    }
    return STYLE_TEXT;
}

static void open_cell(SheetWriter *writer, size_t column, int style) {
    const XlsxOut *xlsx = writer->form;
    buf_put_c(writer->line, "<c r=\"");
    buf_put(writer->line, xlsx->letters[column]);
    buf_print(writer->line, "%" PRId64 "\" s=\"%d\"", writer->row_count, style);
}

static void put_text_cell(SheetWriter *writer, size_t column, int style, Str text) {
    open_cell(writer, column, style);
    buf_put_c(writer->line, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    put_text(writer->line, text);
    buf_put_c(writer->line, "</t></is></c>");
}

static size_t digit_count(Str number) {
    size_t count = 0;
    for (size_t i = 0; i < number.len; i++) {
        bool is_digit = number.at[i] >= '0' && number.at[i] <= '9';
        count += is_digit && (count > 0 || number.at[i] != '0') ? 1 : 0;
    }
    return count;
}

/* The number as it stands in the file, or STR_NONE when a spreadsheet could not keep it. */
static Str number_text(Arena *arena, const SheetCell *cell) {
    int64_t value = cell->value;
    switch (cell->kind) {
    case SHEET_INT:
    case SHEET_NUMBER:
    case SHEET_MONEY: {
        Str text = sheet_cell_text(arena, cell);
        return digit_count(text) <= SHEET_DIGITS_MAX ? text : STR_NONE;
    }
    case SHEET_PERCENT:
        return str_print(arena, "%s%" PRId64 ".%04" PRId64, value < 0 ? "-" : "",
                         value < 0 ? -(value / 10000) : value / 10000,
                         value < 0 ? -(value % 10000) : value % 10000);
    case SHEET_DAY:
        value += SHEET_SERIAL_1970;
        return value >= SHEET_SERIAL_MIN ? str_print(arena, "%" PRId64, value) : STR_NONE;
    case SHEET_INSTANT: {
        int64_t local_ms = value + CHINA_OFFSET_MS + SHEET_SERIAL_1970 * DAY_MS;
        if (local_ms < SHEET_SERIAL_MIN * DAY_MS) {
            return STR_NONE;
        }
        /* Ten decimals of a day are 9 microseconds. */
        return str_print(arena, "%" PRId64 ".%010" PRId64, local_ms / DAY_MS,
                         local_ms % DAY_MS * 100000 / 864);
    }
    case SHEET_EMPTY:
    case SHEET_TEXT:
    case SHEET_BOOL:
    case SHEET_ERROR:
        return STR_NONE;
    }
    return STR_NONE;
}

static void put_cell(SheetWriter *writer, size_t column, const SheetCell *cell, bool is_total) {
    Str number = number_text(writer->scratch, cell);
    bool is_text = cell->kind != SHEET_EMPTY && number.at == NULL;
    int style = style_of(is_text && cell->kind != SHEET_BOOL ? SHEET_TEXT : cell->kind);
    style += is_total ? STYLE_TOTAL : 0;
    if (is_text) {
        put_text_cell(writer, column, style, sheet_cell_text(writer->scratch, cell));
        return;
    }
    open_cell(writer, column, style);
    if (cell->kind == SHEET_EMPTY) {
        buf_put_c(writer->line, "/>");
        return;
    }
    buf_put_c(writer->line, "><v>");
    buf_put(writer->line, number);
    buf_put_c(writer->line, "</v></c>");
}

static Status put_line(SheetWriter *writer) {
    const XlsxOut *xlsx = writer->form;
    TRY(buf_status(writer->line));
    TRY(pack_put(xlsx->pack, buf_str(writer->line)));
    buf_clear(writer->line);
    return STATUS_OK;
}

Status sheet_xlsx_row(SheetWriter *writer, const SheetOut *row) {
    buf_print(writer->line, "<row r=\"%" PRId64 "\">", writer->row_count);
    for (size_t i = 0; i < writer->table->column_count; i++) {
        SheetCell none = SHEET_CELL_NONE;
        put_cell(writer, i, i < row->count ? &row->cells[i] : &none, row->is_total);
    }
    buf_put_c(writer->line, "</row>");
    return put_line(writer);
}

/* ---- a worksheet ---- */

static int width_of_label(Str label) {
    int width = 2;
    size_t at = 0;
    while (at < label.len) {
        width += str_rune(label, &at) < 0x80 ? 1 : 2;
    }
    return width;
}

static int column_width(const SheetColumn *column) {
    int label = width_of_label(str_of(column->label));
    int least = 10;
    if (column->width > 0) {
        return column->width > 200 ? 200 : column->width;
    }
    switch (column->kind) {
    case SHEET_TEXT:
        least = 16;
        break;
    case SHEET_MONEY:
    case SHEET_NUMBER:
        least = 16;
        break;
    case SHEET_DAY:
        least = 12;
        break;
    case SHEET_INSTANT:
        least = 20;
        break;
    case SHEET_EMPTY:
    case SHEET_INT:
    case SHEET_PERCENT:
    case SHEET_BOOL:
    case SHEET_ERROR:
        break;
    }
    return label > least ? label : least;
}

static void put_views(SheetWriter *writer, bool is_first) {
    size_t head = writer->table->title_count + 1;
    buf_print(writer->line,
              "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews>"
              "<sheetView%s workbookViewId=\"0\"><pane ySplit=\"%zu\" topLeftCell=\"A%zu\" "
              "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
              "<sheetFormatPr defaultRowHeight=\"15\"/><cols>",
              is_first ? " tabSelected=\"1\"" : "", head, head + 1);
    for (size_t i = 0; i < writer->table->column_count; i++) {
        buf_print(writer->line, "<col min=\"%zu\" max=\"%zu\" width=\"%d\" customWidth=\"1\"/>",
                  i + 1, i + 1, column_width(&writer->table->columns[i]));
    }
    buf_put_c(writer->line, "</cols><sheetData>");
}

static void put_titles(SheetWriter *writer) {
    for (size_t i = 0; i < writer->table->title_count; i++) {
        writer->row_count++;
        buf_print(writer->line, "<row r=\"%" PRId64 "\"%s>", writer->row_count,
                  i == 0 ? " ht=\"30\" customHeight=\"1\"" : "");
        put_text_cell(writer, 0, i == 0 ? STYLE_TITLE : STYLE_SUBTITLE, writer->table->titles[i]);
        buf_put_c(writer->line, "</row>");
    }
}

static void put_head(SheetWriter *writer) {
    writer->row_count++;
    buf_print(writer->line, "<row r=\"%" PRId64 "\">", writer->row_count);
    for (size_t i = 0; i < writer->table->column_count; i++) {
        put_text_cell(writer, i, STYLE_HEAD, str_of(writer->table->columns[i].label));
    }
    buf_put_c(writer->line, "</row>");
}

/* What follows the rows: titles across the table, paper, page numbers. */
Status sheet_xlsx_end(SheetWriter *writer) {
    const XlsxOut *xlsx = writer->form;
    const SheetTable *table = writer->table;
    Str last = xlsx->letters[table->column_count - 1];
    buf_put_c(writer->line, "</sheetData>");
    if (table->title_count > 0 && table->column_count > 1) {
        buf_print(writer->line, "<mergeCells count=\"%zu\">", table->title_count);
        for (size_t i = 1; i <= table->title_count; i++) {
            buf_print(writer->line, "<mergeCell ref=\"A%zu:" STR_FMT "%zu\"/>", i, STR_ARG(last),
                      i);
        }
        buf_put_c(writer->line, "</mergeCells>");
    }
    buf_print(writer->line,
              "<printOptions horizontalCentered=\"1\"/><pageMargins left=\"0.6\" right=\"0.6\" "
              "top=\"0.75\" bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/><pageSetup "
              "paperSize=\"9\" orientation=\"%s\" fitToWidth=\"1\" fitToHeight=\"0\"/>"
              "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter>"
              "</headerFooter></worksheet>",
              table->is_landscape ? "landscape" : "portrait");
    return put_line(writer);
}

Status sheet_xlsx_begin(SheetWriter *writer) {
    XlsxOut *xlsx = writer->form;
    Arena *arena = writer->cx->arena;
    const SheetTable *table = writer->table;
    if (xlsx->sheet_count == SHEET_SHEETS_MAX) {
        return fault(writer->cx, STATUS_LIMIT, "超过 %d 个工作表", SHEET_SHEETS_MAX);
    }
    Str *letters = arena_array(arena, Str, table->column_count);
    for (size_t i = 0; i < table->column_count; i++) {
        letters[i] = sheet_column_name(arena, i);
    }
    Worksheet *sheet = &xlsx->sheets[xlsx->sheet_count];
    sheet->name = free_name(writer, table->name);
    sheet->head_row = (int64_t)table->title_count + 1;
    xlsx->sheet_count++;
    xlsx->letters = letters;
    TRY(pack_open_part(xlsx->pack,
                       str_print(arena, "xl/worksheets/sheet%zu.xml", xlsx->sheet_count)));
    buf_put_c(writer->line, XML_HEAD "<worksheet xmlns=\"" NS_MAIN "\">");
    put_views(writer, xlsx->sheet_count == 1);
    put_titles(writer);
    put_head(writer);
    return put_line(writer);
}

/* ---- the parts around the worksheets ---- */

static Buf *part_new(SheetWriter *writer) {
    Buf *part = buf_in(writer->cx->arena, PART_BYTES_MAX);
    buf_put_c(part, XML_HEAD);
    return part;
}

static Status part_add(SheetWriter *writer, const char *name, const Buf *part) {
    const XlsxOut *xlsx = writer->form;
    TRY(buf_status(part));
    return pack_part(xlsx->pack, str_of(name), buf_str(part));
}

static Status put_types(SheetWriter *writer) {
    const XlsxOut *xlsx = writer->form;
    Buf *part = part_new(writer);
    buf_put_c(part, "<Types xmlns=\"" NS_PACKAGE "content-types\">"
                    "<Default Extension=\"rels\" "
                    "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                    "<Override PartName=\"/docProps/core.xml\" "
                    "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>");
    buf_put_c(part, "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/"
                    "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
                    "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/"
                    "vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>");
    for (size_t i = 1; i <= xlsx->sheet_count; i++) {
        buf_print(part,
                  "<Override PartName=\"/xl/worksheets/sheet%zu.xml\" ContentType=\"application/"
                  "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>",
                  i);
    }
    buf_put_c(part, "</Types>");
    return part_add(writer, "[Content_Types].xml", part);
}

static Status put_relations(SheetWriter *writer) {
    const XlsxOut *xlsx = writer->form;
    Buf *root = part_new(writer);
    buf_put_c(root, "<Relationships xmlns=\"" NS_PACKAGE "relationships\">"
                    "<Relationship Id=\"rId1\" Type=\"" NS_OFFICE
                    "/officeDocument\" Target=\"xl/workbook.xml\"/>"
                    "<Relationship Id=\"rId2\" Type=\"" NS_PACKAGE
                    "relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
                    "</Relationships>");
    TRY(part_add(writer, "_rels/.rels", root));
    Buf *part = part_new(writer);
    buf_put_c(part, "<Relationships xmlns=\"" NS_PACKAGE "relationships\">");
    for (size_t i = 1; i <= xlsx->sheet_count; i++) {
        buf_print(part,
                  "<Relationship Id=\"rId%zu\" Type=\"" NS_OFFICE
                  "/worksheet\" Target=\"worksheets/sheet%zu.xml\"/>",
                  i, i);
    }
    buf_print(part,
              "<Relationship Id=\"rId%zu\" Type=\"" NS_OFFICE
              "/styles\" Target=\"styles.xml\"/></Relationships>",
              xlsx->sheet_count + 1);
    return part_add(writer, "xl/_rels/workbook.xml.rels", part);
}

static Status put_workbook(SheetWriter *writer) {
    const XlsxOut *xlsx = writer->form;
    Buf *part = part_new(writer);
    buf_put_c(part, "<workbook xmlns=\"" NS_MAIN "\" xmlns:r=\"" NS_OFFICE "\"><bookViews>"
                    "<workbookView/></bookViews><sheets>");
    for (size_t i = 0; i < xlsx->sheet_count; i++) {
        buf_put_c(part, "<sheet name=\"");
        pack_xml_text(part, xlsx->sheets[i].name);
        buf_print(part, "\" sheetId=\"%zu\" r:id=\"rId%zu\"/>", i + 1, i + 1);
    }
    buf_put_c(part, "</sheets><definedNames>");
    for (size_t i = 0; i < xlsx->sheet_count; i++) {
        buf_print(part, "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"%zu\">'", i);
        pack_xml_text(part, xlsx->sheets[i].name);
        buf_print(part, "'!$%" PRId64 ":$%" PRId64 "</definedName>", xlsx->sheets[i].head_row,
                  xlsx->sheets[i].head_row);
    }
    buf_put_c(part, "</definedNames></workbook>");
    return part_add(writer, "xl/workbook.xml", part);
}

/* Body styles stand twice: plain, and bold with a line above for totals. */
static Status put_styles(SheetWriter *writer) {
    Buf *part = buf_in(writer->cx->arena, PART_BYTES_MAX);
    buf_put_c(part, STYLES_HEAD);
    for (size_t i = 0; i < STYLE_COUNT; i++) {
        put_style(part, &STYLES[i]);
    }
    for (size_t i = STYLE_TEXT; i < STYLE_COUNT; i++) {
        Style total = STYLES[i];
        total.font = 1;
        total.border = 2;
        put_style(part, &total);
    }
    buf_put_c(part, "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
                    "builtinId=\"0\"/></cellStyles></styleSheet>");
    return part_add(writer, "xl/styles.xml", part);
}

static Status put_core(SheetWriter *writer) {
    Buf *part = part_new(writer);
    Str made = instant_print(writer->cx->arena, writer->options.made_ms);
    buf_put_c(part, "<cp:coreProperties xmlns:cp=\"" NS_PACKAGE "metadata/core-properties\" "
                    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                    "xmlns:dcterms=\"http://purl.org/dc/terms/\" "
                    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:creator>");
    pack_xml_text(part, writer->options.author);
    buf_print(part,
              "</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">" STR_FMT "T" STR_FMT
              "+08:00</dcterms:created></cp:coreProperties>",
              STR_ARG(str_slice(made, 0, 10)), STR_ARG(str_from(made, 11)));
    return part_add(writer, "docProps/core.xml", part);
}

Status sheet_xlsx_finish(SheetWriter *writer) {
    const XlsxOut *xlsx = writer->form;
    TRY(put_types(writer));
    TRY(put_relations(writer));
    TRY(put_workbook(writer));
    TRY(put_styles(writer));
    TRY(put_core(writer));
    return pack_finish(xlsx->pack, writer->sink.put, writer->sink.it);
}
