/*
 * pdf.c - the document onto pages. GB/T 9704-2012 is named at each rule. A PAPER_SHEET says "page n
 * of m": it is laid out twice, first without drawing.
 */
#include "paper/flow.h"

#include <cairo-pdf.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>

static const double SHEET_MARGIN = 18 * MM;
static const double SHEET_FOOT = 10 * MM; /* from the type area to the foot line */
static const double BLACK[3] = {0, 0, 0};
static const double RED[3] = {1, 0.2, 0.2}; /* Y 80 %, M 80 % (6.2) */

bool flow_is_official(const Flow *flow) {
    return flow->paper->options.form == PAPER_OFFICIAL;
}

void flow_colour(Flow *flow, double red, double green, double blue) {
    cairo_set_source_rgb(flow->cairo, red, green, blue);
}

static void ink(Flow *flow, const double colour[3]) {
    flow_colour(flow, colour[0], colour[1], colour[2]);
}

void flow_rule(Flow *flow, double x, double y, double length, double thickness) {
    if (flow->typist.is_silent) {
        return;
    }
    cairo_rectangle(flow->cairo, flow->left + x, flow->top + y - thickness / 2, length, thickness);
    cairo_fill(flow->cairo);
}

/* ---- pages ---- */

/* 7.5: size 4, between dashes, 7 mm under the type area; odd pages at the right, even at the left,
 * one character in. */
static void number_official(Flow *flow) {
    Style style = {FACE_SONG, SIZE_4, 0, SIZE_4, false};
    Arena *arena = flow->paper->cx->arena;
    Str text = str_print(arena, "—%d—", flow->page);
    double width = typist_width(&flow->typist, &style, text);
    double x = flow->page % 2 == 1 ? flow->width - SIZE_3 - width : SIZE_3;
    typist_put(&flow->typist, &style, text, flow->left + x,
               flow->top + flow->height + 7 * MM - SIZE_4 * 0.5);
}

static void number_sheet(Flow *flow) {
    Style style = {FACE_SONG, SIZE_SMALL_5, 0, SIZE_SMALL_5, false};
    Arena *arena = flow->paper->cx->arena;
    Str text = str_print(arena, "第 %d 页，共 %d 页", flow->page, flow->page_total);
    double y = flow->top + flow->height + SHEET_FOOT - SIZE_SMALL_5;
    double width = typist_width(&flow->typist, &style, text);
    typist_put(&flow->typist, &style, text, flow->left + flow->width - width, y);
    typist_put(&flow->typist, &style, flow->paper->options.foot, flow->left, y);
}

static void page_end(Flow *flow) {
    if (flow_is_official(flow)) {
        number_official(flow);
    } else {
        number_sheet(flow);
    }
    if (!flow->typist.is_silent) {
        cairo_show_page(flow->cairo);
    }
}

void flow_page_next(Flow *flow) {
    if (flow->page == PAPER_PAGES_MAX && flow->status == STATUS_OK) {
        flow->status =
            fault(flow->paper->cx, STATUS_LIMIT, "超过 %d 页，请缩小范围", PAPER_PAGES_MAX);
    }
    if (flow->status != STATUS_OK) {
        flow->y = 0;
        return;
    }
    page_end(flow);
    flow->page++;
    flow->y = 0;
}

void flow_need(Flow *flow, double height) {
    if (flow->y > 0 && flow->y + height > flow->height + 0.1) {
        flow_page_next(flow);
    }
}

void flow_grid(Flow *flow) {
    if (flow_is_official(flow)) {
        flow->y = ceil(flow->y / OFFICIAL_PITCH - 0.01) * OFFICIAL_PITCH;
    }
}

/* ---- text ---- */

void flow_text(Flow *flow, const Style *style, Str text, double indent) {
    Typist *typist = &flow->typist;
    int count = typist_set(typist, style, text, flow->width, indent);
    for (int i = 0; i < count; i++) {
        double x = i == 0 ? indent : 0;
        /* The last two lines stay with what follows them. */
        bool is_kept = flow->keep > 0 && i == (count > 1 ? count - 2 : 0);
        flow_need(flow, is_kept ? (count > 1 ? style->pitch : 0) + style->pitch + flow->keep
                                : style->size);
        /* The foot of a page that was ended has used the typist. */
        if (flow->y <= 0) {
            (void)typist_set(typist, style, text, flow->width, indent);
        }
        if (i + 1 < count) {
            typist_line_spread(typist, style, i, flow->left + x, flow->top + flow->y,
                               flow->width - x);
        } else {
            typist_line(typist, style, i, flow->left + x, flow->top + flow->y);
        }
        flow->y += style->pitch;
        flow->facts.line_count++;
    }
}

static void flow_centered(Flow *flow, const Style *style, Str text) {
    Typist *typist = &flow->typist;
    int count = typist_set(typist, style, text, flow->width, 0);
    flow_need(flow, style->pitch * count);
    (void)typist_set(typist, style, text, flow->width, 0);
    for (int i = 0; i < count; i++) {
        double x = (flow->width - typist_line_width(typist, i)) / 2;
        typist_line(typist, style, i, flow->left + x, flow->top + flow->y);
        flow->y += style->pitch;
    }
}

static double indent_of(const Style *style) {
    return 2 * (style->size + style->spacing);
}

static void put_text(Flow *flow, const Block *block) {
    Style style = paper_style_text(flow->paper);
    flow_text(flow, &style, block->text, indent_of(&style));
}

/* 7.3.3: never alone at the end of a page. */
static void put_heading(Flow *flow, const Block *block) {
    Style style = paper_style_heading(flow->paper, block->level);
    bool has_indent = flow_is_official(flow);
    flow_need(flow, style.pitch + style.size);
    flow_text(flow, &style, block->text, has_indent ? indent_of(&style) : 0);
}

static void put_to(Flow *flow, const Block *block) {
    Style style = paper_style_text(flow->paper);
    flow_text(flow, &style, block->text, 0);
}

/* 7.3.1; one line stays empty under the title (7.3.2). */
static void put_title(Flow *flow, const Block *block) {
    Style style = paper_style_title(flow->paper);
    flow_centered(flow, &style, block->text);
    bool has_subtitle = block->next != NULL && block->next->kind == BLOCK_SUBTITLE;
    if (flow_is_official(flow) && !has_subtitle) {
        flow->y += OFFICIAL_PITCH;
        flow_grid(flow);
    } else if (!has_subtitle) {
        flow->y += SIZE_5;
    }
}

static void put_subtitle(Flow *flow, const Block *block) {
    Style style = paper_style_text(flow->paper);
    style.face = FACE_KAI;
    flow_centered(flow, &style, block->text);
    flow->y += flow_is_official(flow) ? OFFICIAL_PITCH : SIZE_5;
    flow_grid(flow);
}

/* ---- the head (7.2) ---- */

/* 7.2.1 to 7.2.3: number of the copy, secrecy, urgency, in this order from the upper left corner.
 */
static void put_marks(Flow *flow, const PaperHead *head) {
    const Str marks[3] = {head->copy, head->secrecy, head->urgency};
    int line = 0;
    for (size_t i = 0; i < 3; i++) {
        Style style = {i == 0 ? FACE_FANGSONG : FACE_HEI, SIZE_3, 0, OFFICIAL_PITCH, false};
        if (marks[i].len > 0) {
            typist_put(&flow->typist, &style, marks[i], flow->left,
                       flow->top + line * OFFICIAL_PITCH);
            line++;
        }
    }
}

/* 7.2.5 and 7.2.6: number centred; with a signer, number at the left and signer at the right, one
 * character in. */
static void put_number(Flow *flow, const PaperHead *head, double y) {
    Style style = paper_style_text(flow->paper);
    Style name = style;
    double width = typist_width(&flow->typist, &style, head->number);
    name.face = FACE_KAI;
    if (head->signer.len == 0) {
        typist_put(&flow->typist, &style, head->number, flow->left + (flow->width - width) / 2, y);
        return;
    }
    double name_width = typist_width(&flow->typist, &name, head->signer);
    double label_width = typist_width(&flow->typist, &style, STR("签发人："));
    double x = flow->left + flow->width - SIZE_3 - name_width;
    typist_put(&flow->typist, &style, head->number, flow->left + SIZE_3, y);
    typist_put(&flow->typist, &style, STR("签发人："), x - label_width, y);
    typist_put(&flow->typist, &name, head->signer, x, y);
}

static void put_head(Flow *flow, const Block *block) {
    const PaperHead *head = &block->head;
    Style issuer = {FACE_TITLE, 46, 0, 46, false};
    if (!flow_is_official(flow)) {
        return;
    }
    put_marks(flow, head);
    /* 7.2.4: upper edge 35 mm under that of the type area, red; as large as the width allows. */
    double width = typist_width(&flow->typist, &issuer, head->issuer);
    if (width > flow->width) {
        issuer.size *= flow->width / width;
        width = typist_width(&flow->typist, &issuer, head->issuer);
    }
    flow->y = 35 * MM;
    ink(flow, RED);
    typist_put(&flow->typist, &issuer, head->issuer, flow->left + (flow->width - width) / 2,
               flow->top + flow->y);
    ink(flow, BLACK);
    flow->y += issuer.size + 3 * OFFICIAL_PITCH - SIZE_3;
    put_number(flow, head, flow->top + flow->y);
    /* 7.2.7: a red line 4 mm under the number, as wide as the type area. */
    flow->y += SIZE_3 + 4 * MM;
    ink(flow, RED);
    flow_rule(flow, 0, flow->y, flow->width, 0.35 * MM);
    ink(flow, BLACK);
    flow->y += 3 * OFFICIAL_PITCH - SIZE_3; /* 7.3.1: two lines empty */
}

/* ---- the end of the text ---- */

/* 7.3.4 */
static void put_annexes(Flow *flow, const Block *block) {
    Style style = paper_style_text(flow->paper);
    Arena *arena = flow->paper->cx->arena;
    flow->y += style.pitch;
    for (size_t i = 0; i < block->count; i++) {
        const char *label = i == 0 ? "附件：" : "　　　";
        Str line = block->count == 1 ? str_join(arena, str_of(label), block->names[i])
                                     : str_print(arena, "%s%zu. " STR_FMT, label, i + 1,
                                                 STR_ARG(block->names[i]));
        flow_text(flow, &style, line, indent_of(&style));
    }
}

/* An empty line and two lines. */
static double sign_height(const Paper *paper) {
    Style style = paper_style_text(paper);
    return 2 * style.pitch + style.size;
}

/* 7.3.5.2: the office two characters from the right, the day under it two characters further in; a
 * longer day stands two characters from the right, and the office moves left. */
static void put_sign(Flow *flow, const Block *block) {
    Style style = paper_style_text(flow->paper);
    Str day = day_print_zh(flow->paper->cx->arena, block->day);
    double two = indent_of(&style);
    double office_width = typist_width(&flow->typist, &style, block->text);
    double day_width = typist_width(&flow->typist, &style, day);
    double widest = office_width > day_width + two ? office_width : day_width + two;
    double x = flow->left + flow->width - two - widest;
    flow->y += style.pitch;
    flow_need(flow, style.pitch + style.size);
    typist_put(&flow->typist, &style, block->text, x, flow->top + flow->y);
    typist_put(&flow->typist, &style, day, x + two, flow->top + flow->y + style.pitch);
    flow->y += 2 * style.pitch;
    flow->facts.line_count += 2;
}

/* 7.4: at the foot of the last page; first and last line 0.35 mm, the one between 0.25 mm (7.4.1);
 * size 4, one character in on both sides (7.4.2, 7.4.3). */
static void put_imprint(Flow *flow, const Block *block) {
    Style style = {FACE_FANGSONG, SIZE_4, 0, SIZE_4 * 1.7, false};
    Arena *arena = flow->paper->cx->arena;
    Str copies = str_print(arena, "抄送：" STR_FMT "。", STR_ARG(block->more));
    Str day = str_join(arena, day_print_zh(arena, block->day), STR("印发"));
    double width = flow->width - 2 * SIZE_4;
    int line_count = block->more.len == 0 ? 0 : typist_set(&flow->typist, &style, copies, width, 0);
    double height = style.pitch * (line_count + 1);
    double gap = (style.pitch - style.size) / 2;
    flow_need(flow, height + style.pitch);
    double y = flow->height - height;
    flow_rule(flow, 0, y, flow->width, 0.35 * MM);
    if (line_count > 0) {
        (void)typist_set(&flow->typist, &style, copies, width, 0);
        for (int i = 0; i < line_count; i++, y += style.pitch) {
            typist_line(&flow->typist, &style, i, flow->left + SIZE_4, flow->top + y + gap);
        }
        flow_rule(flow, 0, y, flow->width, 0.25 * MM);
    }
    double day_width = typist_width(&flow->typist, &style, day);
    typist_put(&flow->typist, &style, day, flow->left + flow->width - SIZE_4 - day_width,
               flow->top + y + gap);
    typist_put(&flow->typist, &style, block->text, flow->left + SIZE_4, flow->top + y + gap);
    flow_rule(flow, 0, flow->height, flow->width, 0.35 * MM);
    flow->y = flow->height;
}

/* ---- the whole ---- */

static void put_block(Flow *flow, const Block *block) {
    switch (block->kind) {
    case BLOCK_HEAD:
        put_head(flow, block);
        break;
    case BLOCK_TITLE:
        put_title(flow, block);
        break;
    case BLOCK_SUBTITLE:
        put_subtitle(flow, block);
        break;
    case BLOCK_TO:
        put_to(flow, block);
        break;
    case BLOCK_TEXT:
        put_text(flow, block);
        break;
    case BLOCK_HEADING:
        put_heading(flow, block);
        break;
    case BLOCK_ANNEXES:
        put_annexes(flow, block);
        break;
    case BLOCK_SIGN:
        put_sign(flow, block);
        break;
    case BLOCK_IMPRINT:
        put_imprint(flow, block);
        break;
    case BLOCK_BREAK:
        flow_page_next(flow);
        break;
    case BLOCK_TABLE:
        flow_table(flow, block);
        break;
    case BLOCK_BARS:
    case BLOCK_CODE:
        flow_picture(flow, block);
        break;
    }
}

static void page_size(const Paper *paper, double *width, double *height) {
    bool is_across = paper->options.form == PAPER_SHEET && paper->options.is_landscape;
    *width = is_across ? PAGE_HEIGHT : PAGE_WIDTH;
    *height = is_across ? PAGE_WIDTH : PAGE_HEIGHT;
}

static void flow_init(Flow *flow, Paper *paper, cairo_t *cairo) {
    double width = 0;
    double height = 0;
    page_size(paper, &width, &height);
    *flow = (Flow){.paper = paper, .cairo = cairo, .page = 1};
    if (flow_is_official(flow)) {
        flow->left = OFFICIAL_LEFT;
        flow->top = OFFICIAL_TOP;
        flow->width = OFFICIAL_WIDTH;
        flow->height = OFFICIAL_HEIGHT;
    } else {
        flow->left = flow->top = SHEET_MARGIN;
        flow->width = width - 2 * SHEET_MARGIN;
        flow->height = height - 2 * SHEET_MARGIN;
    }
}

/* Lays the document out; draws it unless is_silent. */
static Status flow_run(Paper *paper, cairo_t *cairo, int page_total, bool is_silent,
                       PaperFacts *facts) {
    Flow flow;
    flow_init(&flow, paper, cairo);
    flow.page_total = page_total;
    flow.status = typist_init(&flow.typist, paper->cx, cairo);
    flow.typist.is_silent = is_silent;
    for (const Block *block = paper->blocks; block != NULL && flow.status == STATUS_OK;
         block = block->next) {
        flow.status = cx_step(paper->cx);
        /* No page carries the signature alone: the end of the text goes over with it. */
        flow.keep = block->next != NULL && block->next->kind == BLOCK_SIGN ? sign_height(paper) : 0;
        if (flow.status == STATUS_OK) {
            put_block(&flow, block);
        }
    }
    if (flow.status == STATUS_OK) {
        page_end(&flow);
    }
    flow.facts.page_count = flow.page;
    flow.facts.missing_count = flow.typist.missing_count;
    typist_dispose(&flow.typist);
    *facts = flow.facts;
    return flow.status;
}

static cairo_status_t write_bytes(void *it, const unsigned char *bytes, unsigned int len) {
    Buf *out = it;
    buf_put(out, (Str){(const char *)bytes, len});
    return buf_status(out) == STATUS_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void set_property(Paper *paper, cairo_surface_t *surface, cairo_pdf_metadata_t name,
                         Str value) {
    cairo_pdf_surface_set_metadata(surface, name, str_c(paper->cx->arena, value));
}

static void set_properties(Paper *paper, cairo_surface_t *surface) {
    Arena *arena = paper->cx->arena;
    Str made = instant_print(arena, paper->options.made_ms);
    Str instant = str_print(arena, STR_FMT "T" STR_FMT "+08:00", STR_ARG(str_slice(made, 0, 10)),
                            STR_ARG(str_from(made, 11)));
    set_property(paper, surface, CAIRO_PDF_METADATA_TITLE, paper->options.title);
    set_property(paper, surface, CAIRO_PDF_METADATA_AUTHOR, paper->options.author);
    set_property(paper, surface, CAIRO_PDF_METADATA_CREATE_DATE, instant);
    set_property(paper, surface, CAIRO_PDF_METADATA_MOD_DATE, instant);
}

static Status print(Paper *paper, Buf *out, PaperFacts *facts) {
    double width = 0;
    double height = 0;
    PaperFacts seen = {0};
    Status status = STATUS_OK;
    page_size(paper, &width, &height);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(write_bytes, out, width, height);
    cairo_t *cairo = cairo_create(surface);
    set_properties(paper, surface);
    if (paper->options.form == PAPER_SHEET) {
        status = flow_run(paper, cairo, 1, true, &seen);
    }
    if (status == STATUS_OK) {
        status = flow_run(paper, cairo, seen.page_count, false, &seen);
    }
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    bool is_written = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    TRY(status);
    if (!is_written || buf_status(out) != STATUS_OK) {
        return fault(paper->cx, STATUS_LIMIT, "文件过大，请缩小范围");
    }
    if (facts != NULL) {
        *facts = seen;
    }
    return STATUS_OK;
}

/* One document at a time in a process: while its fonts are embedded it takes about 70 MB, and many
 * at once would take many times that. */
static pthread_mutex_t press = PTHREAD_MUTEX_INITIALIZER;

Status paper_pdf(Paper *paper, Buf *out, PaperFacts *facts) {
    check(pthread_mutex_lock(&press) == 0);
    Status status = print(paper, out, facts);
    check(pthread_mutex_unlock(&press) == 0);
    return status;
}
