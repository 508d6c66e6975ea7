/*
 * paper.c - the model: blocks in the order in which they were given.
 */
#include "paper/paper_internal.h"

#include <qrencode.h>

Paper *paper_new(Cx *cx, const PaperOptions *options) {
    Paper *paper = arena_new(cx->arena, Paper);
    paper->cx = cx;
    paper->options = *options;
    return paper;
}

static Block *block_new(Paper *paper, BlockKind kind, Str text) {
    Block *block = arena_new(paper->cx->arena, Block);
    block->kind = kind;
    block->text = text;
    block->day = DAY_NONE;
    if (paper->last == NULL) {
        paper->blocks = block;
    } else {
        paper->last->next = block;
    }
    paper->last = block;
    return block;
}

void paper_head(Paper *paper, const PaperHead *head) {
    block_new(paper, BLOCK_HEAD, head->issuer)->head = *head;
}

void paper_title(Paper *paper, Str title) {
    (void)block_new(paper, BLOCK_TITLE, title);
}

void paper_subtitle(Paper *paper, Str text) {
    (void)block_new(paper, BLOCK_SUBTITLE, text);
}

void paper_to(Paper *paper, Str offices) {
    (void)block_new(paper, BLOCK_TO, str_join(paper->cx->arena, offices, STR("：")));
}

void paper_text(Paper *paper, Str text) {
    while (text.at != NULL) {
        Str line = str_trim(str_cut(&text, '\n'));
        if (line.len > 0) {
            (void)block_new(paper, BLOCK_TEXT, line);
        }
    }
}

void paper_heading(Paper *paper, int level, Str text) {
    check(level >= 1 && level <= 4);
    block_new(paper, BLOCK_HEADING, text)->level = level;
}

void paper_annexes(Paper *paper, const Str *names, size_t count) {
    Block *block = block_new(paper, BLOCK_ANNEXES, STR(""));
    Str *copy = arena_array(paper->cx->arena, Str, count);
    for (size_t i = 0; i < count; i++) {
        copy[i] = names[i];
    }
    block->names = copy;
    block->count = count;
}

void paper_sign(Paper *paper, Str office, Day day) {
    block_new(paper, BLOCK_SIGN, office)->day = day;
}

void paper_imprint(Paper *paper, Str copies_to, Str office, Day day) {
    Block *block = block_new(paper, BLOCK_IMPRINT, office);
    block->more = copies_to;
    block->day = day;
}

void paper_break(Paper *paper) {
    (void)block_new(paper, BLOCK_BREAK, STR(""));
}

void paper_table(Paper *paper, Str caption, const PaperColumn *columns, size_t count) {
    check(count >= 1 && count <= PAPER_COLUMNS_MAX);
    Block *block = block_new(paper, BLOCK_TABLE, caption);
    block->columns = columns;
    block->count = count;
}

static void row_add(Paper *paper, const Str *cells, bool is_total) {
    Block *table = paper->last;
    check(table != NULL && table->kind == BLOCK_TABLE);
    TableRow *row = arena_new(paper->cx->arena, TableRow);
    Str *copy = arena_array(paper->cx->arena, Str, table->count);
    for (size_t i = 0; i < table->count; i++) {
        copy[i] = cells[i];
    }
    *row = (TableRow){.cells = copy, .is_total = is_total};
    if (table->last_row == NULL) {
        table->rows = row;
    } else {
        table->last_row->next = row;
    }
    table->last_row = row;
}

void paper_row(Paper *paper, const Str *cells) {
    row_add(paper, cells, false);
}

void paper_total(Paper *paper, const Str *cells) {
    row_add(paper, cells, true);
}

void paper_bars(Paper *paper, Str caption, const PaperBar *bars, size_t count) {
    Block *block = block_new(paper, BLOCK_BARS, caption);
    PaperBar *copy = arena_array(paper->cx->arena, PaperBar, count);
    for (size_t i = 0; i < count; i++) {
        copy[i] = bars[i];
    }
    block->bars = copy;
    block->count = count;
}

Status paper_code_make(Cx *cx, Str content, PaperCode *out) {
    if (content.len == 0 || content.len > PAPER_CODE_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "二维码内容应为 1 至 %d 字节", PAPER_CODE_BYTES_MAX);
    }
    QRcode *code =
        QRcode_encodeData((int)content.len, (const unsigned char *)content.at, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        return fault(cx, STATUS_LIMIT, "二维码内容过长");
    }
    size_t count = (size_t)code->width * (size_t)code->width;
    bool *modules = arena_array(cx->arena, bool, count);
    for (size_t i = 0; i < count; i++) {
        modules[i] = (code->data[i] & 1) != 0; /* the other bits tell what a module is for */
    }
    *out = (PaperCode){code->width, modules};
    QRcode_free(code);
    return STATUS_OK;
}

Status paper_code(Paper *paper, Str content, Str caption, int size_mm) {
    PaperCode code = {0};
    check(size_mm >= 10 && size_mm <= 80);
    TRY(paper_code_make(paper->cx, content, &code));
    Block *block = block_new(paper, BLOCK_CODE, caption);
    block->code = code;
    block->level = size_mm;
    return STATUS_OK;
}

/* ---- styles ---- */

static bool is_official(const Paper *paper) {
    return paper->options.form == PAPER_OFFICIAL;
}

Style paper_style_text(const Paper *paper) {
    return is_official(paper)
               ? (Style){FACE_FANGSONG, SIZE_3, OFFICIAL_SPACING, OFFICIAL_PITCH, false}
               : (Style){FACE_SONG, SIZE_5, 0, SIZE_5 * 1.6, false};
}

Style paper_style_heading(const Paper *paper, int level) {
    static const Face faces[] = {FACE_HEI, FACE_KAI, FACE_FANGSONG, FACE_FANGSONG};
    Style style = paper_style_text(paper);
    style.face = faces[level - 1];
    if (!is_official(paper)) {
        style = (Style){FACE_HEI, level == 1 ? SIZE_SMALL_4 : SIZE_5, 0, SIZE_4 * 1.6, true};
    }
    return style;
}

Style paper_style_title(const Paper *paper) {
    return is_official(paper) ? (Style){FACE_TITLE, SIZE_2, 0, SIZE_2 * 1.6, false}
                              : (Style){FACE_TITLE, SIZE_3, 0, SIZE_3 * 1.6, false};
}

Style paper_style_cell(const Paper *paper, bool is_bold) {
    double size = is_official(paper) ? SIZE_5 : SIZE_SMALL_5;
    return (Style){is_bold ? FACE_HEI : FACE_SONG, size, 0, size * 1.4, is_bold};
}

const char *paper_face_name(Face face) {
    static const char *const names[] = {
#define X(name, docx) docx,
        FACE_LIST(X)
#undef X
    };
    return names[face];
}
