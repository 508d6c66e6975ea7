/*
 * picture.c - bars of shares and QR codes, drawn onto a page or, for DOCX, into a PNG.
 */
#include "paper/flow.h"

#include <math.h>

static const double BAR_PITCH = 18;
static const double BAR_HEIGHT = 9;
static const double CAPTION_PITCH = 20;
static const double QUIET = 4;     /* modules of white around a code (ISO/IEC 18004, 9.1) */
static const double PNG_SCALE = 3; /* pixels a point: 216 dots an inch */

double flow_picture_height(const Paper *paper, const Block *block, double width) {
    (void)paper, (void)width;
    if (block->kind == BLOCK_CODE) {
        return block->level * MM + (block->text.len > 0 ? CAPTION_PITCH : 0);
    }
    return (block->text.len > 0 ? CAPTION_PITCH : 0) + BAR_PITCH * (double)block->count + 4;
}

static void light(cairo_t *cairo, char code) {
    switch (code) {
    case 'g':
        cairo_set_source_rgb(cairo, 0.18, 0.55, 0.34);
        break;
    case 'y':
        cairo_set_source_rgb(cairo, 0.85, 0.6, 0.1);
        break;
    case 'r':
        cairo_set_source_rgb(cairo, 0.78, 0.16, 0.16);
        break;
    default:
        cairo_set_source_rgb(cairo, 0.16, 0.42, 0.68);
        break;
    }
}

static void fill(cairo_t *cairo, double x, double y, double width, double height) {
    cairo_rectangle(cairo, x, y, width, height);
    cairo_fill(cairo);
}

/* Label in two fifths, bar in two fifths, text in the rest. */
static void bar_draw(Typist *typist, const Style *style, const PaperBar *bar, double x, double y,
                     double width) {
    cairo_t *cairo = typist->cairo;
    int64_t share = bar->share_bp < 0 ? 0 : bar->share_bp > 10000 ? 10000 : bar->share_bp;
    double from = x + width * 0.4;
    double length = width * 0.38;
    (void)typist_set(typist, style, bar->label, width * 0.39, 0);
    typist_line(typist, style, 0, x, y);
    typist_put(typist, style, bar->text, from + length + 6, y);
    if (typist->is_silent) {
        return;
    }
    cairo_set_source_rgb(cairo, 0.9, 0.9, 0.9);
    fill(cairo, from, y, length, BAR_HEIGHT);
    light(cairo, bar->light);
    fill(cairo, from, y, length * (double)share / 10000, BAR_HEIGHT);
    cairo_set_source_rgb(cairo, 0, 0, 0);
}

static void bars_draw(const Paper *paper, Typist *typist, const Block *block, double x, double y,
                      double width) {
    Style caption = paper_style_cell(paper, true);
    Style style = paper_style_cell(paper, false);
    caption.size = SIZE_5;
    if (block->text.len > 0) {
        typist_put(typist, &caption, block->text, x, y);
        y += CAPTION_PITCH;
    }
    for (size_t i = 0; i < block->count; i++, y += BAR_PITCH) {
        bar_draw(typist, &style, &block->bars[i], x, y, width);
    }
}

static void code_draw(const Paper *paper, Typist *typist, const Block *block, double x, double y) {
    Style style = paper_style_cell(paper, false);
    double side = block->level * MM;
    double module = side / (block->code.width + 2 * QUIET);
    double width = typist_width(typist, &style, block->text);
    typist_put(typist, &style, block->text, x + (side - width) / 2, y + side + 2);
    for (int i = 0; i < block->code.width * block->code.width && !typist->is_silent; i++) {
        if (block->code.modules[i]) {
            int column = i % block->code.width;
            int row = i / block->code.width;
            cairo_rectangle(typist->cairo, x + (column + QUIET) * module,
                            y + (row + QUIET) * module, module, module);
        }
    }
    if (!typist->is_silent) {
        cairo_fill(typist->cairo);
    }
}

void flow_picture(Flow *flow, const Block *block) {
    double height = flow_picture_height(flow->paper, block, flow->width);
    if (block->kind == BLOCK_CODE) {
        flow_need(flow, height);
        code_draw(flow->paper, &flow->typist, block, flow->left + flow->width - block->level * MM,
                  flow->top + flow->y);
        flow->y += height;
        flow_grid(flow);
        return;
    }
    /* Bars over pages: as many as fit, then the rest without the caption. */
    Block part = *block;
    while (part.count > 0 && flow->status == STATUS_OK) {
        flow_need(flow, CAPTION_PITCH + 2 * BAR_PITCH);
        double caption = part.text.len > 0 ? CAPTION_PITCH : 0;
        double room = (flow->height - flow->y - caption) / BAR_PITCH;
        size_t fits = room < 1 ? 1 : (size_t)floor(room);
        size_t left = part.count;
        part.count = fits < left ? fits : left;
        bars_draw(flow->paper, &flow->typist, &part, flow->left, flow->top + flow->y, flow->width);
        flow->y += caption + BAR_PITCH * (double)part.count + 4;
        part.bars += part.count;
        part.count = left - part.count;
        part.text = STR("");
    }
    flow_grid(flow);
}

/* ---- PNG ---- */

static cairo_status_t write_bytes(void *it, const unsigned char *bytes, unsigned int len) {
    Buf *out = it;
    buf_put(out, (Str){(const char *)bytes, len});
    return buf_status(out) == STATUS_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void draw_white(cairo_t *cairo) {
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_scale(cairo, PNG_SCALE, PNG_SCALE);
}

Status paper_block_png(Paper *paper, const Block *block, double width, double *height, Buf *out) {
    Typist typist;
    *height = flow_picture_height(paper, block, width);
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)ceil(width * PNG_SCALE), (int)ceil(*height * PNG_SCALE));
    cairo_t *cairo = cairo_create(surface);
    draw_white(cairo);
    Status status = typist_init(&typist, paper->cx, cairo);
    if (status == STATUS_OK) {
        if (block->kind == BLOCK_CODE) {
            code_draw(paper, &typist, block, (width - block->level * MM) / 2, 0);
        } else {
            bars_draw(paper, &typist, block, 0, 0, width);
        }
    }
    typist_dispose(&typist);
    cairo_destroy(cairo);
    bool is_written =
        cairo_surface_write_to_png_stream(surface, write_bytes, out) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    TRY(status);
    return is_written ? STATUS_OK : fault(paper->cx, STATUS_LIMIT, "图形过大");
}
