/*
 * tree.c - blocks become a tree of numbered nodes, and nodes become sections and tasks.
 *
 *   二            section
 *   └─ (一)       section
 *      ├─ 一是    task: it carries the units          A task is the node that carries units; what
 *      └─ 二是    task                                is numbered below it and has none is a
 * measure.
 *
 * Depth follows from first use: a style that is open pops back to it, a new style nests.
 */
#include "reader/reader_private.h"

#include <string.h>

enum { STACK_MAX = 12, TITLE_RUNES_MAX = 40, NOWHERE = -1 };

typedef struct Tree {
    Reader *reader;
    int32_t stack[STACK_MAX];
    int32_t top; /* index into stack, NOWHERE when empty */
    int32_t row_number;
} Tree;

static Node *node_at(const Reader *reader, int32_t index) {
    check(index >= 0);
    check((size_t)index < reader->nodes.count);
    return &reader->nodes.items[index];
}

static Node *tree_top(const Tree *tree) {
    return tree->top == NOWHERE ? NULL : node_at(tree->reader, tree->stack[tree->top]);
}

/* ---- where a number belongs ----------------------------------------------------------------- */

static bool same_style(const Marker *left, const Marker *right) {
    return left->style == right->style && left->depth == right->depth;
}

/* The place in the stack that the marker continues; NOWHERE when its style is not open. Inside a
 * box, a first number opens a list of its own. */
static int32_t stack_match(const Tree *tree, const Marker *marker) {
    int32_t nearest = NOWHERE;
    for (int32_t i = tree->top; i >= 0; i--) {
        const Node *node = node_at(tree->reader, tree->stack[i]);
        if (node->marker.style == MARKER_BOX && marker->number == 1 && nearest == NOWHERE &&
            marker->style != MARKER_CN && marker->style != MARKER_CN_PAREN) {
            return NOWHERE;
        }
        if (same_style(&node->marker, marker)) {
            if (node->marker.number + 1 == marker->number) {
                return i;
            }
            nearest = nearest == NOWHERE ? i : nearest;
        }
    }
    return nearest;
}

static void stack_place(Tree *tree, const Marker *marker) {
    if (marker->style == MARKER_ATTACHMENT) {
        tree->top = NOWHERE;
        return;
    }
    int32_t match = stack_match(tree, marker);
    if (match != NOWHERE) {
        tree->top = match - 1;
    } else if (marker->style == MARKER_CN || marker->style == MARKER_CHAPTER) {
        /* A first-level number with no such level open begins anew, under an attachment at most. */
        while (tree->top != NOWHERE && tree_top(tree)->marker.style != MARKER_ATTACHMENT &&
               tree_top(tree)->marker.style != MARKER_CHAPTER) {
            tree->top--;
        }
    }
    if (tree->top + 1 >= STACK_MAX) {
        tree->top = STACK_MAX - 2;
    }
}

static Node *node_push(Tree *tree, Marker marker, uint32_t at) {
    Reader *reader = tree->reader;
    int32_t parent = tree->top == NOWHERE ? NODE_NONE : tree->stack[tree->top];
    int32_t index = (int32_t)reader->nodes.count;
    Node *node = vec_push(reader->arena, &reader->nodes);
    node->marker = marker;
    node->parent = parent;
    node->child_last = NODE_NONE;
    node->at = at;
    node->depth = tree->top + 1;
    if (parent != NODE_NONE) {
        Node *above = node_at(reader, parent);
        above->child_count++;
        above->child_last = index;
        node->is_goal = above->is_goal;
        node->is_preamble = above->is_preamble;
        node->is_appendix = above->is_appendix;
        node->year = above->year;
    }
    tree->top++;
    tree->stack[tree->top] = index;
    return node;
}

/* ---- titles --------------------------------------------------------------------------------- */

/* "到2025年": too little for a title. */
static bool opens_with_year(Str text) {
    static const char *const ENDS[] = {"年", "年底", "年末", "底前", "前", "”末", "期间", NULL};
    return text.len <= 45 && words_before(text, text.len, ENDS) > 0;
}

/* Byte where a run-in title ends: at the first full stop, at a colon before any comma, at a blank
 * before a long text; a sentence that is too long for a title gives its first clause. *skip is what
 * the body leaves out. */
static size_t title_end(const Text *text, Span span, size_t *skip) {
    static const char *const STOPS[] = {"。", "!", "?", ";", NULL};
    Str words = text_at(text, span);
    Str head = str_slice(words, 0, 600);
    size_t stop = words_find(head, STOPS, 0);
    size_t end = stop == SIZE_MAX ? head.len : stop;
    size_t colon = str_find(head, STR(":"), 0);
    size_t comma = str_find(head, STR(","), 0);
    if (colon < end && colon < comma && colon <= (size_t)TITLE_RUNES_MAX * 3) {
        *skip = colon + 1;
        return colon;
    }
    size_t runes = 0;
    for (size_t at = 0; at < end; at += rune_len_at(words, at), runes++) {
        if (runes >= 4 && runes <= 30 && text_glyph(text, span.from + (uint32_t)at)->space > 0 &&
            end - at > (size_t)TITLE_RUNES_MAX) {
            *skip = at;
            return at;
        }
    }
    if (comma < end && opens_with_year(str_slice(head, 0, comma))) {
        size_t next = str_find(head, STR(","), comma + 1);
        comma = next < end ? next : end;
    }
    bool is_whole = runes <= TITLE_RUNES_MAX && (comma >= end || runes <= 30);
    if (is_whole || comma >= end) {
        *skip = end + (stop == SIZE_MAX ? 0 : rune_len_at(words, end));
        return end;
    }
    *skip = 0;
    return comma;
}

static int32_t title_year(Str title) {
    return title.len <= 120 && text_has(title, "目标") ? only_year(title) : 0;
}

static void node_classify(Reader *reader, Node *node) {
    static const char *const GOALS[] = {"目标", "指标", "总体要求", "总体思路", "总体安排", NULL};
    static const char *const PREAMBLES[] = {"指导思想", "基本原则", "工作原则", "背景",     "意义",
                                            "适用范围", "基本情况", "现状",     "基本思路", NULL};
    Str title = text_at(&reader->text, node->title);
    if (title.len > 60) {
        return;
    }
    node->is_goal = node->is_goal || words_in(title, GOALS);
    node->is_preamble = node->is_preamble || node->is_goal || words_in(title, PREAMBLES);
    int32_t year = title_year(title);
    node->year = year != 0 ? year : node->year;
}

static void piece_push(Reader *reader, PieceVec *pieces, Span span, bool starts_paragraph) {
    if (span.from < span.to) {
        Piece *piece = vec_push(reader->arena, pieces);
        piece->span = span;
        piece->starts_paragraph = starts_paragraph;
    }
}

static void units_attach(Reader *reader, Node *node, const UnitLists *units) {
    for (size_t i = 0; i < units->lead.count; i++) {
        units_add(reader->arena, &node->lead, units->lead.items[i]);
    }
    for (size_t i = 0; i < units->responsible.count; i++) {
        units_add(reader->arena, &node->responsible, units->responsible.items[i]);
    }
    node->has_units = node->lead.count + node->responsible.count > 0;
}

/* ---- blocks --------------------------------------------------------------------------------- */

static Status numbered_add(Tree *tree, const Block *block) {
    Reader *reader = tree->reader;
    stack_place(tree, &block->marker);
    Node *node = node_push(tree, block->marker, block->span.from);
    Span printed = {block->span.from, block->span.from + block->marker.print_len};
    node->path_text = text_raw(reader->arena, &reader->text, printed);
    node->is_appendix = node->is_appendix || block->marker.style == MARKER_ATTACHMENT;
    Span rest = {block->span.from + block->marker.len, block->span.to};
    SpanVec pieces = {0};
    UnitLists units = {0};
    TRY(units_split(reader, rest, &pieces, &units));
    units_attach(reader, node, &units);
    for (size_t i = 0; i < pieces.count; i++) {
        Span span = pieces.items[i];
        if (i == 0) {
            size_t skip = 0;
            size_t end = title_end(&reader->text, span, &skip);
            node->title = span_trim(&reader->text, (Span){span.from, span.from + (uint32_t)end});
            Piece *title = vec_push(reader->arena, &node->pieces);
            *title = (Piece){{span.from, span.from + (uint32_t)skip}, true, true};
            span.from += (uint32_t)skip;
        }
        piece_push(reader, &node->pieces, span, false);
    }
    node_classify(reader, node);
    return STATUS_OK;
}

static Status paragraph_add(Tree *tree, const Block *block) {
    Reader *reader = tree->reader;
    Node *node = tree_top(tree);
    SpanVec pieces = {0};
    UnitLists units = {0};
    TRY(units_split(reader, block->span, &pieces, &units));
    if (node != NULL) {
        units_attach(reader, node, &units);
    }
    for (size_t i = 0; i < pieces.count; i++) {
        piece_push(reader, node == NULL ? &reader->preface : &node->pieces, pieces.items[i],
                   i == 0);
    }
    return STATUS_OK;
}

static void units_line_add(Tree *tree, const Block *block) {
    Reader *reader = tree->reader;
    Span region = block->span;
    Str words = text_at(&reader->text, region);
    if (rune_at(words, 0) == '(') {
        region.from++;
        size_t close = words.len;
        while (close > 1 && words.at[close - 1] != ')') {
            close--;
        }
        region.to = close > 1 ? block->span.from + (uint32_t)close - 1 : region.to;
    }
    UnitLists units = {0};
    Node *node = tree_top(tree);
    if (node == NULL || !units_read(reader, region, &units)) {
        doubt_add(reader, block->span,
                  node == NULL ? "责任单位出现在任何编号之前，不知属于哪项任务"
                               : "这一行像责任分工，但读不出单位");
        return;
    }
    node->units_are_trailing = !node->has_units;
    units_attach(reader, node, &units);
}

static void row_cells_add(Tree *tree, Node *node, const Row *row) {
    Reader *reader = tree->reader;
    for (uint32_t i = 0; i < row->column_count; i++) {
        const SpanVec *cell = &row->cells[i];
        if (cell->count == 0) {
            continue;
        }
        if (row->roles[i] == COLUMN_LEAD) {
            units_cell_read(reader, cell, &node->lead);
        } else if (row->roles[i] == COLUMN_RESPONSIBLE) {
            units_cell_read(reader, cell, &node->responsible);
        } else if (row->roles[i] == COLUMN_DEADLINE) {
            node->year = only_year(text_at(&reader->text, cell->items[0]));
        } else if (row->roles[i] == COLUMN_BODY || row->roles[i] == COLUMN_TASK) {
            for (size_t k = 0; k < cell->count; k++) {
                piece_push(reader, &node->pieces, cell->items[k], k == 0);
                Piece *last = &node->pieces.items[node->pieces.count - 1];
                last->is_title = row->roles[i] == COLUMN_TASK;
            }
        }
    }
    node->has_units = node->lead.count + node->responsible.count > 0;
}

static const SpanVec *row_cell(const Row *row, ColumnRole role) {
    for (uint32_t i = 0; i < row->column_count; i++) {
        if (row->roles[i] == role && row->cells[i].count > 0) {
            return &row->cells[i];
        }
    }
    return NULL;
}

/* A row hangs under the innermost heading that is not itself a row or a list item. */
static void row_add(Tree *tree, const Block *block) {
    Reader *reader = tree->reader;
    while (tree->top != NOWHERE && tree_top(tree)->is_row) {
        tree->top--;
    }
    if (tree->top + 1 >= STACK_MAX) {
        tree->top = STACK_MAX - 2;
    }
    tree->row_number++;
    const SpanVec *task = row_cell(block->row, COLUMN_TASK);
    const SpanVec *number = row_cell(block->row, COLUMN_NUMBER);
    Marker marker = {.style = MARKER_NONE};
    Span title = task == NULL ? block->span : (Span){task->items[0].from, task->items[0].to};
    if (task != NULL) {
        marker = marker_read(text_at(&reader->text, title));
    }
    Node *node = node_push(tree, (Marker){.style = MARKER_NONE}, block->span.from);
    node->is_row = true;
    if (number != NULL) {
        Span printed = span_trim(&reader->text, number->items[0]);
        node->path_text = text_raw(reader->arena, &reader->text, printed);
    } else if (marker.style != MARKER_NONE) {
        Span printed = {title.from, title.from + marker.print_len};
        node->path_text = text_raw(reader->arena, &reader->text, printed);
    } else {
        node->path_text = str_print(reader->arena, "%d", tree->row_number);
    }
    title.from += marker.len;
    node->title = span_trim(&reader->text, title);
    row_cells_add(tree, node, block->row);
}

/* ---- units that stand after a list ---------------------------------------------------------- */

static bool is_list_style(MarkerStyle style) {
    return style == MARKER_ARABIC || style == MARKER_ARABIC_HALF || style == MARKER_ARABIC_PAREN ||
           style == MARKER_CIRCLED || style == MARKER_CN_IS;
}

/* Items 1. 2. 3. without units and one line of units under the last: it speaks for all of them. */
static void trailing_units_lift(Reader *reader) {
    for (size_t i = reader->nodes.count; i > 0; i--) {
        Node *node = &reader->nodes.items[i - 1];
        if (node->child_last == NODE_NONE || node->child_count < 2 || node->has_units) {
            continue;
        }
        Node *last = node_at(reader, node->child_last);
        if (node->child_with_units_count != 1 || !last->has_units || !last->units_are_trailing ||
            !is_list_style(last->marker.style)) {
            continue;
        }
        node->lead = last->lead;
        node->responsible = last->responsible;
        node->has_units = true;
        node->units_are_trailing = true;
        last->lead = (PlanStrVec){0};
        last->responsible = (PlanStrVec){0};
        last->has_units = false;
        doubt_add(reader, last->title,
                  "责任单位写在最后一条之后而前几条都没有，按整组共同的责任单位处理");
    }
}

/* Counts, for each node, the children that name units themselves or further down. */
static void children_with_units_count(Reader *reader) {
    for (size_t i = reader->nodes.count; i > 0; i--) {
        const Node *node = &reader->nodes.items[i - 1];
        bool names_units = node->has_units || node->child_with_units_count > 0;
        if (names_units && node->parent != NODE_NONE) {
            node_at(reader, node->parent)->child_with_units_count++;
        }
    }
}

Status tree_build(Reader *reader) {
    Tree tree = {.reader = reader, .top = NOWHERE};
    for (size_t i = 0; i < reader->blocks.count; i++) {
        TRY(cx_step(reader->cx));
        const Block *block = &reader->blocks.items[i];
        switch (block->kind) {
        case BLOCK_TEXT:
            TRY(block->marker.style == MARKER_NONE ? paragraph_add(&tree, block)
                                                   : numbered_add(&tree, block));
            break;
        case BLOCK_UNITS:
            units_line_add(&tree, block);
            break;
        case BLOCK_ROW:
            row_add(&tree, block);
            break;
        }
    }
    children_with_units_count(reader);
    trailing_units_lift(reader);
    return STATUS_OK;
}

PlanStrVec node_path(Reader *reader, int32_t index) {
    PlanStrVec path = {0};
    int32_t chain[STACK_MAX];
    int count = 0;
    for (int32_t i = index; i != NODE_NONE && count < STACK_MAX; i = node_at(reader, i)->parent) {
        chain[count++] = i;
    }
    while (count > 0) {
        count--;
        *vec_push(reader->arena, &path) = node_at(reader, chain[count])->path_text;
    }
    return path;
}

/* ---- sections and tasks --------------------------------------------------------------------- */

static void units_below_mark(Reader *reader) {
    for (size_t i = reader->nodes.count; i > 0; i--) {
        const Node *node = &reader->nodes.items[i - 1];
        if ((node->has_units || node->has_units_below) && node->parent != NODE_NONE) {
            node_at(reader, node->parent)->has_units_below = true;
        }
    }
}

/* The nearest node above that names units; NODE_NONE if none. */
static int32_t owner_above(const Reader *reader, const Node *node) {
    for (int32_t i = node->parent; i != NODE_NONE; i = node_at(reader, i)->parent) {
        if (node_at(reader, i)->has_units) {
            return i;
        }
    }
    return NODE_NONE;
}

static bool is_in_box(const Reader *reader, const Node *node) {
    for (int32_t i = node->parent; i != NODE_NONE; i = node_at(reader, i)->parent) {
        if (node_at(reader, i)->marker.style == MARKER_BOX) {
            return true;
        }
    }
    return node->marker.style == MARKER_BOX;
}

/* Does the node have nothing below it but short list items that name no units? Then it is a leaf
 * for our purpose, and the items are its measures. */
static bool is_leaf(const Reader *reader, const Node *node) {
    if (node->child_count == 0) {
        return true;
    }
    const Node *last = node_at(reader, node->child_last);
    return !node->has_units_below && node->depth >= 1 && last->child_count == 0 &&
           is_list_style(last->marker.style) && last->marker.style != MARKER_ARABIC;
}

static bool is_below_leaf(const Reader *reader, const Node *node) {
    return node->parent != NODE_NONE && is_leaf(reader, node_at(reader, node->parent));
}

static void unowned_decide(Reader *reader, Node *node) {
    int32_t owner = owner_above(reader, node);
    if (owner != NODE_NONE && !node_at(reader, owner)->has_units_below) {
        return; /* a measure of the task above */
    }
    bool is_candidate = is_leaf(reader, node) && !node->is_preamble && node->depth >= 1 &&
                        !is_in_box(reader, node) && !is_below_leaf(reader, node) &&
                        node->title.from < node->title.to && (!node->is_appendix || node->is_row);
    if (!is_candidate) {
        return;
    }
    node->is_task = true;
    if (owner != NODE_NONE) {
        node->lead = node_at(reader, owner)->lead;
        node->responsible = node_at(reader, owner)->responsible;
    } else {
        doubt_add(reader, node->title, "这项任务没有写明责任单位");
    }
}

static void tasks_decide(Reader *reader) {
    units_below_mark(reader);
    for (size_t i = 0; i < reader->nodes.count; i++) {
        Node *node = &reader->nodes.items[i];
        if (node->is_merged) {
            continue;
        }
        if (!node->has_units) {
            unowned_decide(reader, node);
        } else if (node->has_units_below) {
            doubt_add(reader, node->title,
                      "标题写了责任单位，下级条目也各有责任单位；只记在下级条目上");
        } else {
            node->is_task = true;
        }
    }
}

/* A row of the table whose name is that of a numbered item without units gives it its units. */
static Status rows_merge(Reader *reader) {
    Map titles;
    map_init(&titles, reader->arena);
    for (size_t i = 0; i < reader->nodes.count; i++) {
        Node *node = &reader->nodes.items[i];
        if (!node->is_row && node->title.from < node->title.to && !node->has_units) {
            map_put(&titles, text_at(&reader->text, node->title), node);
        }
    }
    for (size_t i = 0; i < reader->nodes.count; i++) {
        TRY(cx_step(reader->cx));
        Node *row = &reader->nodes.items[i];
        Node *node = row->is_row ? map_get(&titles, text_at(&reader->text, row->title)) : NULL;
        if (node == NULL || !row->has_units) {
            continue;
        }
        UnitLists units = {row->lead, row->responsible};
        units_attach(reader, node, &units);
        row->is_merged = true;
        row->has_units = false;
    }
    return STATUS_OK;
}

static void sections_collect(Reader *reader, int32_t index) {
    const Node *node = node_at(reader, index);
    const Glyph *glyph = text_glyph(&reader->text, node->at);
    PlanSection *section = vec_push(reader->arena, &reader->plan->sections);
    section->path = node_path(reader, index);
    section->title = text_raw(reader->arena, &reader->text, node->title);
    section->line = glyph->line;
    section->column = glyph->column;
}

/* ---- measures ------------------------------------------------------------------------------- */

typedef struct BodyWriter {
    Reader *reader;
    PlanTask *task;
    Buf *body;
} BodyWriter;

static void sentence_add(BodyWriter *writer, Span span) {
    Reader *reader = writer->reader;
    Span core = span_trim(&reader->text, span);
    if (core.from >= core.to) {
        return;
    }
    Str raw = text_raw(reader->arena, &reader->text, span);
    *vec_push(reader->arena, &writer->task->measures) = raw;
    buf_put(writer->body, raw);
}

static Status piece_sentences(BodyWriter *writer, Span span) {
    static const char *const STOPS[] = {"。", "!", "?", NULL};
    Str words = text_at(&writer->reader->text, span);
    TRY(cx_steps(writer->reader->cx, 1 + words.len / 16));
    uint32_t from = span.from;
    for (size_t at = 0; at < words.len;) {
        size_t stop = words_at(words, at, STOPS);
        if (words.at[at] == ';') {
            MarkerStyle next = marker_read(str_from(words, at + 1)).style;
            stop = next == MARKER_CN_IS || next == MARKER_ARABIC_PAREN || next == MARKER_CIRCLED;
        }
        at += stop > 0 ? stop : rune_len_at(words, at);
        if (stop > 0) {
            sentence_add(writer, (Span){from, span.from + (uint32_t)at});
            from = span.from + (uint32_t)at;
        }
    }
    sentence_add(writer, (Span){from, span.to});
    return STATUS_OK;
}

/* The text of the task and of the items below it, which follow it in the vector. */
static Status task_body(BodyWriter *writer, int32_t index) {
    Reader *reader = writer->reader;
    int32_t depth = node_at(reader, index)->depth;
    for (size_t i = (size_t)index; i < reader->nodes.count; i++) {
        const Node *node = node_at(reader, (int32_t)i);
        if ((int32_t)i != index && node->depth <= depth) {
            break;
        }
        for (size_t k = 0; k < node->pieces.count; k++) {
            const Piece *piece = &node->pieces.items[k];
            if ((int32_t)i != index || !piece->is_title) {
                TRY(piece_sentences(writer, piece->span));
            }
        }
    }
    return STATUS_OK;
}

static Status task_collect(Reader *reader, int32_t index) {
    enum { BODY_BYTES_MAX = 8 * 1024 * 1024 };
    const Node *node = node_at(reader, index);
    const Glyph *glyph = text_glyph(&reader->text, node->at);
    PlanTask *task = vec_push(reader->arena, &reader->plan->tasks);
    task->path = node_path(reader, index);
    task->title = text_raw(reader->arena, &reader->text, node->title);
    task->lead = node->lead;
    task->responsible = node->responsible;
    task->line = glyph->line;
    task->column = glyph->column;
    BodyWriter writer = {reader, task, buf_in(reader->arena, BODY_BYTES_MAX)};
    TRY(task_body(&writer, index));
    task->body = str_dup(reader->arena, buf_str(writer.body));
    return STATUS_OK;
}

static void units_index(Reader *reader) {
    Map seen;
    map_init(&seen, reader->arena);
    for (size_t i = 0; i < reader->plan->tasks.count; i++) {
        const PlanTask *task = &reader->plan->tasks.items[i];
        for (size_t k = 0; k < task->lead.count + task->responsible.count; k++) {
            Str name = k < task->lead.count ? task->lead.items[k]
                                            : task->responsible.items[k - task->lead.count];
            if (!map_has(&seen, name)) {
                map_put(&seen, name, reader);
                *vec_push(reader->arena, &reader->plan->units) = name;
            }
        }
    }
}

Status tasks_collect(Reader *reader) {
    TRY(rows_merge(reader));
    tasks_decide(reader);
    for (size_t i = 0; i < reader->nodes.count; i++) {
        TRY(cx_step(reader->cx));
        const Node *node = &reader->nodes.items[i];
        if (!node->is_row) {
            sections_collect(reader, (int32_t)i);
        }
        if (node->is_task) {
            TRY(task_collect(reader, (int32_t)i));
        }
    }
    units_index(reader);
    return STATUS_OK;
}
