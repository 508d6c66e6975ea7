/*
 * table.c - task tables (重点任务分工表): a header that names a unit column, then rows whose cells
 * are parted by tabs, by '|', or by two blanks and more.
 */
#include "reader/reader_private.h"

typedef struct Cells {
    Span spans[TABLE_COLUMNS_MAX];
    uint32_t starts[TABLE_COLUMNS_MAX]; /* display column */
    uint32_t count;
} Cells;

/* Tabs in the white space before the glyph, on its line. */
static uint32_t tabs_before(const Text *text, const Glyph *glyph, const Glyph *previous) {
    uint32_t from = previous == NULL ? 0 : previous->raw_at + previous->raw_len;
    uint32_t count = 0;
    uint32_t at = glyph->raw_at;
    while (at > from && text->source.at[at - 1] != '\n') {
        at--;
        count += text->source.at[at] == '\t' ? 1 : 0;
    }
    return count;
}

static void cell_next(Cells *cells, uint32_t at, uint32_t start) {
    if (cells->count < TABLE_COLUMNS_MAX) {
        cells->spans[cells->count] = (Span){at, at};
        cells->starts[cells->count] = start;
        cells->count++;
    }
}

static bool is_gap(const Glyph *glyph, char separator, bool is_first) {
    return separator == ' ' && !is_first && (glyph->space >= 2 || glyph->space == SPACE_TAB);
}

/* Cuts a line into cells; a separator gives the empty cells too, blanks cannot. */
static Cells cells_split(const Text *text, const Line *line, char separator) {
    Cells cells = {0};
    Str words = text_at(text, line->span);
    uint32_t column = 0;
    size_t at = 0;
    const Glyph *previous = NULL;
    cell_next(&cells, line->span.from, line->indent);
    while (at < words.len) {
        uint32_t here = line->span.from + (uint32_t)at;
        const Glyph *glyph = text_glyph(text, here);
        column += glyph->space == SPACE_TAB ? 4 : glyph->space;
        uint32_t rune = str_rune(words, &at);
        uint32_t tabs =
            separator == '\t' && glyph->space == SPACE_TAB ? tabs_before(text, glyph, previous) : 0;
        for (uint32_t i = 0; i < tabs; i++) {
            cell_next(&cells, here, column);
        }
        if (is_gap(glyph, separator, previous == NULL)) {
            cell_next(&cells, here, column);
        }
        if (separator == '|' && rune == '|') {
            cell_next(&cells, line->span.from + (uint32_t)at, column + 1);
        } else {
            cells.spans[cells.count - 1].to = line->span.from + (uint32_t)at;
        }
        column += rune < 0x80 ? 1 : 2;
        previous = glyph;
    }
    return cells;
}

/* "|a|b|" has an empty first and last cell that mean nothing. */
static void cells_trim_bars(const Text *text, Cells *cells) {
    if (cells->count > 1 && cells->spans[0].from == cells->spans[0].to) {
        for (uint32_t i = 1; i < cells->count; i++) {
            cells->spans[i - 1] = cells->spans[i];
            cells->starts[i - 1] = cells->starts[i];
        }
        cells->count--;
    }
    if (cells->count > 1 && text_at(text, cells->spans[cells->count - 1]).len == 0) {
        cells->count--;
    }
}

static Cells cells_read(const Text *text, const Line *line, char separator) {
    Cells cells = cells_split(text, line, separator);
    if (separator == '|') {
        cells_trim_bars(text, &cells);
    }
    return cells;
}

static ColumnRole column_role(Str title) {
    static const char *const LEAD[] = {"牵头", "主办", "主责", NULL};
    static const char *const RESPONSIBLE[] = {"责任单位", "责任部门", "责任主体", "配合",
                                              "协办",     "参与",     "参加",     "落实单位",
                                              "实施单位", "协同单位", "成员单位", NULL};
    static const char *const NUMBERS[] = {"序号", "编号", NULL};
    static const char *const BODIES[] = {"内容", "措施", "目标", "要求",
                                         "进度", "成果", "举措", NULL};
    static const char *const TASKS[] = {"任务", "事项", "项目", "工作", "名称", "行动", NULL};
    static const char *const GROUPS[] = {"领域", "类别", "板块", "分类", NULL};
    static const char *const DEADLINES[] = {"时限", "时间", "期限", "节点", NULL};
    if (words_in(title, DEADLINES) && title.len <= 60) {
        return COLUMN_DEADLINE;
    }
    if (title.len > 60) {
        return COLUMN_OTHER;
    }
    if (words_in(title, LEAD)) {
        return COLUMN_LEAD;
    }
    if (words_in(title, RESPONSIBLE)) {
        return COLUMN_RESPONSIBLE;
    }
    if (words_in(title, NUMBERS)) {
        return COLUMN_NUMBER;
    }
    if (words_in(title, BODIES)) {
        return COLUMN_BODY;
    }
    if (words_in(title, TASKS)) {
        return COLUMN_TASK;
    }
    return words_in(title, GROUPS) ? COLUMN_GROUP : COLUMN_OTHER;
}

/* Only the first task column is the task; a second one tells more of it. Without any, the first
 * body column is the task. Returns false when the header has no task or no unit column. */
static bool roles_settle(TableHead *head) {
    int32_t task = NODE_NONE;
    int32_t body = NODE_NONE;
    bool has_units = false;
    for (uint32_t i = 0; i < head->column_count; i++) {
        ColumnRole role = head->roles[i];
        if (role == COLUMN_TASK && task != NODE_NONE) {
            head->roles[i] = COLUMN_BODY;
        } else if (role == COLUMN_TASK) {
            task = (int32_t)i;
        } else if (role == COLUMN_BODY && body == NODE_NONE) {
            body = (int32_t)i;
        }
        has_units = has_units || role == COLUMN_LEAD || role == COLUMN_RESPONSIBLE;
    }
    if (task == NODE_NONE && body != NODE_NONE) {
        head->roles[body] = COLUMN_TASK;
    }
    return has_units && (task != NODE_NONE || body != NODE_NONE);
}

static bool head_try(const Text *text, const Line *line, char separator, TableHead *out) {
    Cells cells = cells_read(text, line, separator);
    if (cells.count < 2) {
        return false;
    }
    TableHead head = {.column_count = cells.count, .separator = separator};
    for (uint32_t i = 0; i < cells.count; i++) {
        head.roles[i] = column_role(text_at(text, cells.spans[i]));
        head.starts[i] = cells.starts[i];
    }
    if (!roles_settle(&head)) {
        return false;
    }
    *out = head;
    return true;
}

bool table_head_read(const Text *text, const Line *line, TableHead *out) {
    enum { HEAD_BYTES_MAX = 300 };
    static const char *const STOPS[] = {"。", ":", ";", ",", NULL};
    Str words = text_at(text, line->span);
    if (words.len > HEAD_BYTES_MAX || words_in(words, STOPS)) {
        return false;
    }
    return head_try(text, line, '|', out) || head_try(text, line, '\t', out) ||
           head_try(text, line, ' ', out);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The column under which a cell begins, for tables set with blanks. */
static uint32_t column_of(const TableHead *head, uint32_t start) {
    enum { SLACK = 3 };
    uint32_t best = 0;
    for (uint32_t i = 0; i < head->column_count; i++) {
        best = head->starts[i] <= start + SLACK ? i : best;
    }
    return best;
}

static void cells_place(Reader *reader, const TableHead *head, const Cells *cells, Row *row) {
    for (uint32_t i = 0; i < cells->count; i++) {
        uint32_t column = i;
        if (head->separator == ' ' && cells->count != head->column_count) {
            column = column_of(head, cells->starts[i]);
        }
        Span span = cells->spans[i];
        if (column < head->column_count && span.from < span.to) {
            *vec_push(reader->arena, &row->cells[column]) = span;
        }
    }
}

/* A line that only completes the row above: it has neither a number nor a task of its own. In
 * tables set with blanks a task cell may run over lines, so there the number alone decides. */
static bool row_continues(const TableHead *head, const Row *fresh, bool has_number_column) {
    for (uint32_t i = 0; i < head->column_count; i++) {
        bool is_filled = fresh->cells[i].count > 0;
        bool is_key =
            head->roles[i] == COLUMN_NUMBER ||
            (head->roles[i] == COLUMN_TASK && !(head->separator == ' ' && has_number_column));
        if (is_filled && is_key) {
            return false;
        }
    }
    return true;
}

static void row_append(Reader *reader, Row *row, const Row *more) {
    for (uint32_t i = 0; i < row->column_count; i++) {
        for (size_t k = 0; k < more->cells[i].count; k++) {
            *vec_push(reader->arena, &row->cells[i]) = more->cells[i].items[k];
        }
    }
}

static bool is_rule_line(Str words) {
    for (size_t i = 0; i < words.len; i++) {
        char c = words.at[i];
        if (c != '-' && c != '|' && c != ':' && c != '+' && c != '=') {
            return false;
        }
    }
    return true;
}

typedef enum RowLine { ROW_CELLS, ROW_GROUP, ROW_SKIP, ROW_END } RowLine;

/* What a line under the header is. A numbered line of one cell is a group when the table goes on.
 */
static RowLine row_line(const Reader *reader, const TableHead *head, size_t index) {
    const LineVec *lines = &reader->text.lines;
    const Line *line = &lines->items[index];
    Str words = text_at(&reader->text, line->span);
    if (is_rule_line(words)) {
        return ROW_SKIP;
    }
    TableHead again;
    if (table_head_read(&reader->text, line, &again)) {
        return ROW_SKIP;
    }
    Cells cells = cells_read(&reader->text, line, head->separator);
    if (cells.count >= 2) {
        return ROW_CELLS;
    }
    MarkerStyle style = marker_read(words).style;
    if (style == MARKER_NONE) {
        bool is_under = head->separator == ' ' && !line->is_after_blank && line->indent >= 2;
        return is_under ? ROW_CELLS : ROW_END;
    }
    bool goes_on = index + 1 < lines->count &&
                   cells_read(&reader->text, &lines->items[index + 1], head->separator).count >= 3;
    return goes_on ? ROW_GROUP : ROW_END;
}

static void group_add(Reader *reader, const TableHead *head, const Line *line) {
    Cells cells = cells_read(&reader->text, line, head->separator);
    Block *block = vec_push(reader->arena, &reader->blocks);
    block->span = cells.spans[0];
    block->marker = marker_read(text_at(&reader->text, block->span));
}

static void row_add(Reader *reader, const TableHead *head, const Line *line, Row **last) {
    Cells cells = cells_read(&reader->text, line, head->separator);
    Row *row = arena_new(reader->arena, Row);
    row->column_count = head->column_count;
    bool has_number_column = false;
    for (uint32_t i = 0; i < head->column_count; i++) {
        row->roles[i] = head->roles[i];
        has_number_column = has_number_column || head->roles[i] == COLUMN_NUMBER;
    }
    cells_place(reader, head, &cells, row);
    if (*last != NULL && row_continues(head, row, has_number_column)) {
        row_append(reader, *last, row);
        return;
    }
    Block *block = vec_push(reader->arena, &reader->blocks);
    block->kind = BLOCK_ROW;
    block->span = line->span;
    block->row = row;
    *last = row;
}

Status table_read(Reader *reader, const TableHead *head, size_t *index) {
    const LineVec *lines = &reader->text.lines;
    Row *last = NULL;
    while (*index < lines->count) {
        TRY(cx_steps(reader->cx, 4));
        RowLine kind = row_line(reader, head, *index);
        if (kind == ROW_END) {
            return STATUS_OK;
        }
        if (kind == ROW_CELLS) {
            row_add(reader, head, &lines->items[*index], &last);
        } else if (kind == ROW_GROUP) {
            group_add(reader, head, &lines->items[*index]);
            last = NULL;
        }
        (*index)++;
    }
    return STATUS_OK;
}
