/*
 * table.c - tables over pages: the head is drawn again on each page, a row that fits on a page is
 * never cut, a longer one is continued line by line.
 */
#include "paper/flow.h"

#include <math.h>

static const double PADDING_X = 3;
static const double PADDING_Y = 2.5;
static const double RULE = 0.5;

typedef struct Table {
    Flow *flow;
    const Block *block;
    double x[PAPER_COLUMNS_MAX + 1]; /* edges of the columns, from the type area's left */
} Table;

static void columns_place(Table *table) {
    double total = 0;
    double sum = 0;
    for (size_t i = 0; i < table->block->count; i++) {
        total += table->block->columns[i].share;
    }
    for (size_t i = 0; i < table->block->count; i++) {
        table->x[i] = table->flow->width * sum / total;
        sum += table->block->columns[i].share;
    }
    table->x[table->block->count] = table->flow->width;
}

static int cell_set(const Table *table, const Style *style, size_t column, Str text) {
    double width = table->x[column + 1] - table->x[column] - 2 * PADDING_X;
    return typist_set(&table->flow->typist, style, text, width, 0);
}

static int row_lines(const Table *table, const Style *style, const Str *cells) {
    int most = 1;
    for (size_t i = 0; i < table->block->count; i++) {
        int count = cell_set(table, style, i, cells[i]);
        most = count > most ? count : most;
    }
    return most;
}

static double height_of(const Style *style, int line_count) {
    return style->pitch * line_count + 2 * PADDING_Y;
}

/* Lines from..to of each cell, in a row of that height. */
static void row_draw(Table *table, const Style *style, const Str *cells, int from, int to) {
    Flow *flow = table->flow;
    double height = height_of(style, to - from);
    for (size_t i = 0; i < table->block->count; i++) {
        int count = cell_set(table, style, i, cells[i]);
        PaperAlign align = table->block->columns[i].align;
        double inner = table->x[i + 1] - table->x[i] - 2 * PADDING_X;
        double y = flow->y + PADDING_Y + (style->pitch - style->size) / 2;
        for (int k = from; k < to && k < count; k++, y += style->pitch) {
            double room = inner - typist_line_width(&flow->typist, k);
            double x = table->x[i] + PADDING_X +
                       (align == PAPER_RIGHT    ? room
                        : align == PAPER_CENTER ? room / 2
                                                : 0);
            typist_line(&flow->typist, style, k, flow->left + x, flow->top + y);
        }
    }
    for (size_t i = 0; i <= table->block->count && !flow->typist.is_silent; i++) {
        cairo_rectangle(flow->cairo, flow->left + table->x[i] - RULE / 2, flow->top + flow->y, RULE,
                        height);
        cairo_fill(flow->cairo);
    }
    flow->y += height;
    flow_rule(flow, 0, flow->y, flow->width, RULE);
}

static void head_draw(Table *table) {
    Style style = paper_style_cell(table->flow->paper, true);
    PaperColumn columns[PAPER_COLUMNS_MAX];
    Block head = *table->block;
    Table centered = *table;
    Str labels[PAPER_COLUMNS_MAX];
    for (size_t i = 0; i < table->block->count; i++) {
        columns[i] = table->block->columns[i];
        columns[i].align = PAPER_CENTER;
        labels[i] = str_of(columns[i].label);
    }
    head.columns = columns;
    centered.block = &head;
    flow_rule(table->flow, 0, table->flow->y, table->flow->width, RULE);
    row_draw(&centered, &style, labels, 0, row_lines(table, &style, labels));
}

static double head_height(const Table *table) {
    Style style = paper_style_cell(table->flow->paper, true);
    Str labels[PAPER_COLUMNS_MAX];
    for (size_t i = 0; i < table->block->count; i++) {
        labels[i] = str_of(table->block->columns[i].label);
    }
    return height_of(&style, row_lines(table, &style, labels));
}

static void row_put(Table *table, const TableRow *row) {
    Flow *flow = table->flow;
    Style style = paper_style_cell(flow->paper, row->is_total);
    int count = row_lines(table, &style, row->cells);
    /* The last row stays with what follows the table. */
    double keep = row->next == NULL && flow->keep > 0 ? flow->keep + SIZE_5 + OFFICIAL_PITCH : 0;
    double room = flow->height - flow->y - keep;
    if (height_of(&style, count) > room &&
        height_of(&style, count) <= flow->height - head_height(table)) {
        flow_page_next(flow);
        head_draw(table);
    }
    for (int from = 0; from < count && flow->status == STATUS_OK;) {
        int fits = (int)floor((flow->height - flow->y - 2 * PADDING_Y) / style.pitch + 0.01);
        if (fits < 1) {
            flow_page_next(flow);
            head_draw(table);
            continue;
        }
        int to = from + fits < count ? from + fits : count;
        row_draw(table, &style, row->cells, from, to);
        from = to;
    }
}

static void caption_put(Table *table) {
    Flow *flow = table->flow;
    Style style = paper_style_cell(flow->paper, true);
    style.size = SIZE_5;
    style.pitch = SIZE_5 * 1.8;
    double needed = style.pitch + 2 * head_height(table);
    flow_need(flow, needed);
    if (table->block->text.len > 0) {
        double width = typist_width(&flow->typist, &style, table->block->text);
        typist_put(&flow->typist, &style, table->block->text,
                   flow->left + (flow->width - width) / 2, flow->top + flow->y);
        flow->y += style.pitch;
    }
}

void flow_table(Flow *flow, const Block *block) {
    Table table = {.flow = flow, .block = block};
    columns_place(&table);
    caption_put(&table);
    head_draw(&table);
    for (const TableRow *row = block->rows; row != NULL && flow->status == STATUS_OK;
         row = row->next) {
        row_put(&table, row);
    }
    flow->y += SIZE_5;
    flow_grid(flow);
}
