/*
 * xlsx_read.c - SpreadsheetML in (ECMA-376 part 1, clause 18): workbook and relations, styles (only
 * what tells days from numbers), shared texts, then each worksheet as a stream. Elements are known
 * by their local name, so the strict and the transitional form read alike. Read from the bottom.
 */
#include "base/map.h"
#include "base/vec.h"
#include "sheet/sheet_internal.h"

#include <expat.h>
#include <inttypes.h>
#include <string.h>

enum {
    DEPTH_MAX = 64,
    SHARED_BYTES_MAX = 256 * 1024 * 1024,
    SHARED_COUNT_MAX = 4 * 1000 * 1000,
    STYLES_MAX = 65536,
    NAME_BYTES_MAX = 1024,
};

typedef struct SheetEntry {
    Str name;
    Str relation_id;
    bool is_hidden;
} SheetEntry;

typedef struct Relation {
    Str type; /* the last word of the type's address: "worksheet" */
    Str target;
} Relation;

typedef struct Xlsx {
    SheetReader *reader;
    Pack *pack;
    struct VEC(SheetEntry) sheets;
    Map relations; /* id to Relation, of the part read last */
    bool is_1904;
    struct VEC(SheetNumberForm) styles; /* form of each cellXfs */
    Map formats;                        /* number of a declared format to its SheetNumberForm */
    bool in_cell_xfs;
    struct VEC(Str) shared;
    size_t shared_bytes;
    /* What is being read. */
    Buf *text;
    bool in_text;     /* inside <t> or <v> */
    bool in_phonetic; /* inside <rPh>: how to say it, not the text */
    int64_t column;   /* of the open cell */
    int64_t last_column;
    Str type; /* of the open cell */
    int64_t style;
} Xlsx;

/* ---- a part through expat ---- */

typedef struct Scan Scan;
struct Scan {
    Xlsx *xlsx;
    Cx *cx;
    Str part;
    XML_Parser parser;
    int depth;
    Status status;
    Status (*on_start)(Xlsx *xlsx, Str name, const char **attributes);
    Status (*on_end)(Xlsx *xlsx, Str name);
};

static Str local(const char *name) {
    const char *colon = strrchr(name, ':');
    return str_of(colon == NULL ? name : colon + 1);
}

static Str attribute(const char **attributes, const char *name) {
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (str_equal(local(attributes[i]), str_of(name))) {
            return str_of(attributes[i + 1]);
        }
    }
    return STR_NONE;
}

static void stop(Scan *scan, Status status) {
    scan->status = scan->status == STATUS_OK ? status : scan->status;
    (void)XML_StopParser(scan->parser, XML_FALSE);
}

static void XMLCALL on_start(void *data, const char *name, const char **attributes) {
    Scan *scan = data;
    if (scan->status != STATUS_OK) { /* expat may finish a tag after a stop */
        return;
    }
    if (++scan->depth > DEPTH_MAX) {
        stop(scan,
             fault(scan->cx, STATUS_LIMIT, "部件「" STR_FMT "」嵌套过深", STR_ARG(scan->part)));
        return;
    }
    Status status = scan->on_start(scan->xlsx, local(name), attributes);
    if (status != STATUS_OK) {
        stop(scan, status);
    }
}

static void XMLCALL on_end(void *data, const char *name) {
    Scan *scan = data;
    if (scan->status != STATUS_OK) {
        return;
    }
    scan->depth--;
    Status status = scan->on_end(scan->xlsx, local(name));
    if (status != STATUS_OK) {
        stop(scan, status);
    }
}

static void XMLCALL on_text(void *data, const char *text, int len) {
    Scan *scan = data;
    if (scan->xlsx->in_text) {
        buf_put(scan->xlsx->text, (Str){text, (size_t)len});
    }
}

static void XMLCALL on_doctype(void *data, const char *name, const char *system,
                               const char *public_id, int has_subset) {
    Scan *scan = data;
    (void)name, (void)system, (void)public_id, (void)has_subset;
    stop(scan, fault(scan->cx, STATUS_INVALID, "部件「" STR_FMT "」含有不允许的 DOCTYPE",
                     STR_ARG(scan->part)));
}

static Status parse(Scan *scan, Str bytes, bool is_last) {
    enum XML_Status done = XML_Parse(scan->parser, bytes.at, (int)bytes.len, is_last);
    TRY(scan->status);
    if (done == XML_STATUS_ERROR) {
        int64_t line = (int64_t)XML_GetCurrentLineNumber(scan->parser);
        return fault(scan->cx, STATUS_INVALID, "部件「" STR_FMT "」第 %" PRId64 " 行不是有效的 XML",
                     STR_ARG(scan->part), line);
    }
    return STATUS_OK;
}

static Status on_bytes(void *it, Cx *cx, Str bytes) {
    (void)cx;
    return parse(it, bytes, false);
}

static Status scan_part(Xlsx *xlsx, Str part,
                        Status (*start)(Xlsx *xlsx, Str name, const char **attributes),
                        Status (*end)(Xlsx *xlsx, Str name)) {
    Scan scan = {.xlsx = xlsx, .cx = xlsx->reader->cx, .part = part};
    scan.on_start = start;
    scan.on_end = end;
    scan.parser = XML_ParserCreate(NULL);
    check(scan.parser != NULL);
    XML_SetUserData(scan.parser, &scan);
    XML_SetElementHandler(scan.parser, on_start, on_end);
    XML_SetCharacterDataHandler(scan.parser, on_text);
    XML_SetStartDoctypeDeclHandler(scan.parser, on_doctype);
    xlsx->in_text = xlsx->in_phonetic = false;
    Status status = pack_stream(xlsx->pack, part, on_bytes, &scan);
    if (status == STATUS_OK) {
        status = parse(&scan, STR(""), true);
    }
    XML_ParserFree(scan.parser);
    return status;
}

static Status ignore_end(Xlsx *xlsx, Str name) {
    (void)xlsx, (void)name;
    return STATUS_OK;
}

/* ---- relations: which part is which ---- */

static Status relation_start(Xlsx *xlsx, Str name, const char **attributes) {
    Arena *arena = xlsx->reader->cx->arena;
    if (!str_equal(name, STR("Relationship")) ||
        str_equal(attribute(attributes, "TargetMode"), STR("External"))) {
        return STATUS_OK;
    }
    TRY(cx_step(xlsx->reader->cx));
    Relation *relation = arena_new(arena, Relation);
    Str type = attribute(attributes, "Type");
    for (size_t slash = str_find(type, STR("/"), 0); slash != SIZE_MAX;
         slash = str_find(type, STR("/"), 0)) {
        type = str_from(type, slash + 1);
    }
    relation->type = str_dup(arena, type);
    relation->target = str_dup(arena, attribute(attributes, "Target"));
    map_put(&xlsx->relations, str_dup(arena, attribute(attributes, "Id")), relation);
    return STATUS_OK;
}

/* The part that a target means: "/xl/x.xml" from the root, "x.xml" and "../x.xml" from folder. */
static Str resolve(Arena *arena, Str folder, Str target) {
    Str kept[16];
    size_t count = 0;
    Str whole = str_starts(target, STR("/"))
                    ? target
                    : str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(target));
    while (whole.len > 0 && count < sizeof kept / sizeof kept[0]) {
        Str step = str_cut(&whole, '/');
        if (str_equal(step, STR(".."))) {
            count -= count > 0 ? 1 : 0;
        } else if (step.len > 0 && !str_equal(step, STR("."))) {
            kept[count++] = step;
        }
    }
    Buf *out = buf_in(arena, NAME_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_put_c(out, i == 0 ? "" : "/");
        buf_put(out, kept[i]);
    }
    return buf_str(out);
}

static Str folder_of(Str part) {
    size_t len = part.len;
    while (len > 0 && part.at[len - 1] != '/') {
        len--;
    }
    return str_slice(part, 0, len > 0 ? len - 1 : 0);
}

/* Reads the relations of a part ("" is the whole file); absent ones are none. */
static Status read_relations(Xlsx *xlsx, Str part) {
    Arena *arena = xlsx->reader->cx->arena;
    Str folder = folder_of(part);
    Str base = str_from(part, folder.len + (folder.len > 0 ? 1 : 0));
    Str name = str_print(arena, STR_FMT "%s_rels/" STR_FMT ".rels", STR_ARG(folder),
                         folder.len > 0 ? "/" : "", STR_ARG(base));
    map_init(&xlsx->relations, arena);
    return pack_has(xlsx->pack, name) ? scan_part(xlsx, name, relation_start, ignore_end)
                                      : STATUS_OK;
}

static Str target_of_type(const Xlsx *xlsx, Str folder, const char *type) {
    for (size_t i = 0; i < xlsx->relations.count; i++) {
        const Relation *relation = xlsx->relations.entries[i].value;
        if (str_equal(relation->type, str_of(type))) {
            return resolve(xlsx->reader->cx->arena, folder, relation->target);
        }
    }
    return STR_NONE;
}

/* ---- workbook ---- */

static bool is_true(Str value) {
    return str_equal(value, STR("1")) || str_equal(value, STR("true"));
}

static Status workbook_start(Xlsx *xlsx, Str name, const char **attributes) {
    Cx *cx = xlsx->reader->cx;
    if (str_equal(name, STR("workbookPr"))) {
        xlsx->is_1904 = is_true(attribute(attributes, "date1904"));
        return STATUS_OK;
    }
    if (!str_equal(name, STR("sheet"))) {
        return STATUS_OK;
    }
    if (xlsx->sheets.count == SHEET_SHEETS_MAX) {
        return fault(cx, STATUS_LIMIT, "超过 %d 个工作表", SHEET_SHEETS_MAX);
    }
    SheetEntry *entry = vec_push(cx->arena, &xlsx->sheets);
    Str state = attribute(attributes, "state");
    entry->name = str_dup(cx->arena, attribute(attributes, "name"));
    entry->relation_id = str_dup(cx->arena, attribute(attributes, "id"));
    entry->is_hidden = state.len > 0 && !str_equal(state, STR("visible"));
    return STATUS_OK;
}

/* ---- styles ---- */

static int64_t number_or(Str text, int64_t fallback) {
    int64_t value = fallback;
    return str_int64(text, &value) == STATUS_OK ? value : fallback;
}

static Status format_add(Xlsx *xlsx, const char **attributes) {
    Arena *arena = xlsx->reader->cx->arena;
    SheetNumberForm *form = arena_new(arena, SheetNumberForm);
    *form = sheet_format_form(attribute(attributes, "formatCode"));
    map_put(&xlsx->formats, str_dup(arena, attribute(attributes, "numFmtId")), form);
    return STATUS_OK;
}

static Status style_start(Xlsx *xlsx, Str name, const char **attributes) {
    Cx *cx = xlsx->reader->cx;
    TRY(cx_step(cx));
    if (str_equal(name, STR("numFmt"))) {
        return format_add(xlsx, attributes);
    }
    if (str_equal(name, STR("cellXfs"))) {
        xlsx->in_cell_xfs = true;
    } else if (xlsx->in_cell_xfs && str_equal(name, STR("xf"))) {
        Str id = attribute(attributes, "numFmtId");
        const SheetNumberForm *declared = map_get(&xlsx->formats, id);
        if (xlsx->styles.count == STYLES_MAX) {
            return fault(cx, STATUS_LIMIT, "单元格样式超过 %d 种", STYLES_MAX);
        }
        *vec_push(cx->arena, &xlsx->styles) =
            declared != NULL ? *declared : sheet_format_builtin(number_or(id, 0));
    }
    return STATUS_OK;
}

static Status style_end(Xlsx *xlsx, Str name) {
    if (str_equal(name, STR("cellXfs"))) {
        xlsx->in_cell_xfs = false;
    }
    return STATUS_OK;
}

/* ---- texts ---- */

/* The value of "_xHHHH_" at the start of text, or 0 when it is none or no character. */
static uint32_t escape_rune(Str text) {
    uint32_t rune = 0;
    if (text.len < 7 || text.at[0] != '_' || text.at[1] != 'x' || text.at[6] != '_') {
        return 0;
    }
    for (size_t i = 2; i < 6; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = memchr(digits, text.at[i] | 0x20, 16);
        if (digit == NULL) {
            return 0;
        }
        rune = rune * 16 + (uint32_t)(digit - digits);
    }
    return rune >= 0xd800 && rune <= 0xdfff ? 0 : rune;
}

/* Undoes _xHHHH_ (ECMA-376, 22.9.2.19) and copies into the arena. */
static Str cell_text(Arena *arena, Str text) {
    if (!str_contains(text, STR("_x"))) {
        return str_dup(arena, text);
    }
    Buf *out = buf_in(arena, text.len + 4);
    for (size_t at = 0; at < text.len;) {
        uint32_t rune = escape_rune(str_from(text, at));
        if (rune != 0) {
            buf_put_rune(out, rune);
            at += 7;
        } else {
            buf_put_char(out, text.at[at++]);
        }
    }
    return buf_str(out);
}

static void text_start(Xlsx *xlsx, Str name) {
    if (str_equal(name, STR("rPh"))) {
        xlsx->in_phonetic = true;
    } else if (str_equal(name, STR("t")) && !xlsx->in_phonetic) {
        xlsx->in_text = true;
    }
}

static void text_end(Xlsx *xlsx, Str name) {
    if (str_equal(name, STR("rPh"))) {
        xlsx->in_phonetic = false;
    } else if (str_equal(name, STR("t"))) {
        xlsx->in_text = false;
    }
}

static Status shared_start(Xlsx *xlsx, Str name, const char **attributes) {
    (void)attributes;
    TRY(cx_step(xlsx->reader->cx));
    if (str_equal(name, STR("si"))) {
        buf_clear(xlsx->text);
    }
    text_start(xlsx, name);
    return STATUS_OK;
}

static Status shared_end(Xlsx *xlsx, Str name) {
    Cx *cx = xlsx->reader->cx;
    text_end(xlsx, name);
    if (!str_equal(name, STR("si"))) {
        return STATUS_OK;
    }
    xlsx->shared_bytes += xlsx->text->len;
    if (buf_status(xlsx->text) != STATUS_OK || xlsx->shared_bytes > SHARED_BYTES_MAX ||
        xlsx->shared.count == SHARED_COUNT_MAX) {
        return fault(cx, STATUS_LIMIT, "文件中的文字过多或单元格过长，不予打开");
    }
    *vec_push(cx->arena, &xlsx->shared) = cell_text(cx->arena, buf_str(xlsx->text));
    return STATUS_OK;
}

/* ---- a worksheet ---- */

static Status bad_cell(Xlsx *xlsx, const char *why) {
    SheetReader *reader = xlsx->reader;
    Str place = sheet_place(reader->cx->arena, &reader->row, xlsx->column);
    return fault_at_line(reader->cx, STATUS_INVALID, reader->row.number, xlsx->column + 1,
                         STR_FMT "：%s", STR_ARG(place), why);
}

/* "AB12": column 27; the row must be the open one. */
static Status read_reference(Xlsx *xlsx, Str reference) {
    int64_t column = 0;
    int64_t row = 0;
    size_t at = 0;
    while (at < reference.len && at < 3 && reference.at[at] >= 'A' && reference.at[at] <= 'Z') {
        column = column * 26 + (reference.at[at++] - 'A' + 1);
    }
    if (at == 0 || str_int64(str_from(reference, at), &row) != STATUS_OK ||
        row != xlsx->reader->row.number) {
        return bad_cell(xlsx, "单元格的位置写错");
    }
    xlsx->column = column - 1;
    return STATUS_OK;
}

static Status row_start(Xlsx *xlsx, const char **attributes) {
    SheetReader *reader = xlsx->reader;
    int64_t number = number_or(attribute(attributes, "r"), reader->row.number + 1);
    if (number <= reader->row.number || number > SHEET_ROWS_MAX) {
        return fault_at_line(reader->cx, STATUS_INVALID, reader->row.number, 0,
                             "工作表「" STR_FMT "」第 %" PRId64 " 行之后的行号写错",
                             STR_ARG(reader->row.sheet), reader->row.number);
    }
    reader->row.number = reader->row.line = number;
    xlsx->last_column = -1;
    return STATUS_OK;
}

static Status cell_start(Xlsx *xlsx, const char **attributes) {
    Str reference = attribute(attributes, "r");
    xlsx->column = xlsx->last_column + 1;
    if (reference.at != NULL) {
        TRY(read_reference(xlsx, reference));
    }
    if (xlsx->column <= xlsx->last_column) {
        return bad_cell(xlsx, "单元格重复或次序颠倒");
    }
    xlsx->last_column = xlsx->column;
    xlsx->type = str_dup(xlsx->reader->scratch, attribute(attributes, "t"));
    xlsx->style = number_or(attribute(attributes, "s"), 0);
    buf_clear(xlsx->text);
    return STATUS_OK;
}

static Status sheet_start(Xlsx *xlsx, Str name, const char **attributes) {
    if (str_equal(name, STR("c"))) {
        return cell_start(xlsx, attributes);
    }
    if (str_equal(name, STR("row"))) {
        TRY(cx_step(xlsx->reader->cx));
        return row_start(xlsx, attributes);
    }
    if (str_equal(name, STR("v"))) {
        xlsx->in_text = true;
    }
    text_start(xlsx, name);
    return STATUS_OK;
}

static Status shared_cell(Xlsx *xlsx, SheetCell *out) {
    int64_t index = number_or(str_trim(buf_str(xlsx->text)), -1);
    if (index < 0 || (size_t)index >= xlsx->shared.count) {
        return bad_cell(xlsx, "单元格指向不存在的文字");
    }
    *out = sheet_text(xlsx->shared.items[index]);
    return STATUS_OK;
}

static Status number_cell(Xlsx *xlsx, SheetCell *out) {
    SheetReader *reader = xlsx->reader;
    bool has_style = xlsx->style >= 0 && (size_t)xlsx->style < xlsx->styles.count;
    SheetNumberForm form = has_style ? xlsx->styles.items[xlsx->style] : SHEET_FORM_NUMBER;
    if (sheet_number_cell(reader->scratch, buf_str(xlsx->text), form, xlsx->is_1904, out) !=
        STATUS_OK) {
        return bad_cell(xlsx, "不是有效的数字");
    }
    return STATUS_OK;
}

static Status read_cell(Xlsx *xlsx, SheetCell *out) {
    Arena *scratch = xlsx->reader->scratch;
    Str raw = buf_str(xlsx->text);
    if (buf_status(xlsx->text) != STATUS_OK) {
        return bad_cell(xlsx, "文字过长");
    }
    if (raw.len == 0) {
        *out = SHEET_CELL_NONE;
    } else if (str_equal(xlsx->type, STR("s"))) {
        return shared_cell(xlsx, out);
    } else if (str_equal(xlsx->type, STR("b"))) {
        *out = sheet_bool(is_true(str_trim(raw)));
        out->text = sheet_cell_text(scratch, out);
    } else if (str_equal(xlsx->type, STR("e"))) {
        *out = (SheetCell){.kind = SHEET_ERROR, .text = cell_text(scratch, raw)};
    } else if (xlsx->type.len == 0 || str_equal(xlsx->type, STR("n"))) {
        return number_cell(xlsx, out);
    } else { /* inlineStr; str: a formula's text; d: a day as text */
        *out = sheet_text(cell_text(scratch, raw));
    }
    return STATUS_OK;
}

static Status sheet_end(Xlsx *xlsx, Str name) {
    if (str_equal(name, STR("v"))) {
        xlsx->in_text = false;
    } else if (str_equal(name, STR("row"))) {
        return sheet_reader_row(xlsx->reader);
    } else if (str_equal(name, STR("c"))) {
        SheetCell cell = SHEET_CELL_NONE;
        TRY(read_cell(xlsx, &cell));
        return sheet_reader_cell(xlsx->reader, xlsx->column, cell);
    }
    text_end(xlsx, name);
    return STATUS_OK;
}

static Status read_sheet(Xlsx *xlsx, size_t index, Str part) {
    SheetReader *reader = xlsx->reader;
    reader->row = (SheetRow){.sheet = xlsx->sheets.items[index].name};
    reader->row.sheet_index = (int64_t)index;
    reader->facts.sheet_count++;
    xlsx->last_column = -1;
    xlsx->type = STR("");
    return scan_part(xlsx, part, sheet_start, sheet_end);
}

static Status read_sheets(Xlsx *xlsx, Str folder) {
    SheetReader *reader = xlsx->reader;
    Str only = reader->options.sheet_only;
    bool is_found = false;
    for (size_t i = 0; i < xlsx->sheets.count; i++) {
        const SheetEntry *entry = &xlsx->sheets.items[i];
        if (only.len > 0 ? !str_equal(entry->name, only) : entry->is_hidden) {
            continue;
        }
        const Relation *relation = map_get(&xlsx->relations, entry->relation_id);
        if (relation == NULL) {
            return fault(reader->cx, STATUS_INVALID, "找不到工作表「" STR_FMT "」的内容",
                         STR_ARG(entry->name));
        }
        if (!str_equal(relation->type, STR("worksheet"))) { /* a chart on a sheet of its own */
            continue;
        }
        is_found = true;
        TRY(read_sheet(xlsx, i, resolve(reader->cx->arena, folder, relation->target)));
    }
    if (!is_found && only.len > 0) {
        return fault(reader->cx, STATUS_NOT_FOUND, "文件中没有工作表「" STR_FMT "」",
                     STR_ARG(only));
    }
    return is_found ? STATUS_OK : fault(reader->cx, STATUS_INVALID, "文件中没有可读的工作表");
}

Status sheet_xlsx_read(SheetReader *reader, Str bytes) {
    Cx *cx = reader->cx;
    Xlsx *xlsx = arena_new(cx->arena, Xlsx);
    xlsx->reader = reader;
    xlsx->text = buf_in(cx->arena, SHEET_TEXT_BYTES_MAX * 2);
    map_init(&xlsx->formats, cx->arena);
    TRY(pack_read(cx, bytes, reader->options.bytes_max, &xlsx->pack));
    TRY(read_relations(xlsx, STR("")));
    Str workbook = target_of_type(xlsx, STR(""), "officeDocument");
    workbook = workbook.at == NULL ? STR("xl/workbook.xml") : workbook;
    if (!pack_has(xlsx->pack, workbook)) {
        (void)fault(cx, STATUS_INVALID, "这不是 .xlsx 文件");
        fault_hint(cx, "可以上传 .xlsx 或 CSV 文件");
        return STATUS_INVALID;
    }
    Str folder = folder_of(workbook);
    TRY(scan_part(xlsx, workbook, workbook_start, ignore_end));
    TRY(read_relations(xlsx, workbook));
    Str styles = target_of_type(xlsx, folder, "styles");
    Str shared = target_of_type(xlsx, folder, "sharedStrings");
    if (styles.at != NULL && pack_has(xlsx->pack, styles)) {
        TRY(scan_part(xlsx, styles, style_start, style_end));
    }
    if (shared.at != NULL && pack_has(xlsx->pack, shared)) {
        TRY(scan_part(xlsx, shared, shared_start, shared_end));
    }
    return read_sheets(xlsx, folder);
}
