/* parts.c - taking apart (tables, columns, rows, the skeleton), then putting together. */
#include "dmn/parts.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/vec.h"
#include "dmn/dmn.h"
#include "dmn/xml.h"

typedef struct TableVec VEC(DmnPartTable) TableVec;
typedef struct NodeRefVec VEC(const XmlNode *) NodeRefVec;

/* The mark: the number of the table and the prefix of its elements' names, with its colon. */
#define MARK_START "<!--rows "
#define MARK_END "-->"

/* ---- finding the tables ---- */

/* Walks the tree without recursion, in the order of the text. */
static const XmlNode *walk_next(const XmlNode *node) {
    if (node->child != NULL) {
        return node->child;
    }
    while (node != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node == NULL ? NULL : node->next;
}

static Status tables_find(Cx *cx, const XmlNode *root, NodeRefVec *out) {
    for (const XmlNode *node = root; node != NULL; node = walk_next(node)) {
        TRY(cx_step(cx));
        if (str_equal(node->name, STR("decisionTable")) && str_equal(node->uri, root->uri)) {
            *vec_push(cx->arena, out) = node;
        }
    }
    return STATUS_OK;
}

static size_t children_count(const XmlNode *xml, Str name) {
    size_t count = 0;
    for (const XmlNode *child = xml_child(xml, name); child != NULL; child = xml_next(child)) {
        count++;
    }
    return count;
}

static Str text_below(const XmlNode *xml) {
    const XmlNode *text = xml == NULL ? NULL : xml_child(xml, STR("text"));
    return text == NULL ? STR("") : str_trim(text->text);
}

static Str text_or(Str text, Str fallback) {
    return str_is_empty(text) ? fallback : text;
}

/* ---- columns ---- */

static DmnPartColumn input_of(const XmlNode *xml) {
    const XmlNode *expression = xml_child(xml, STR("inputExpression"));
    Str words = text_below(expression);
    return (DmnPartColumn){
        .kind = DMN_PART_INPUT,
        .label = text_or(xml_attribute(xml, STR("label")), words),
        .expression = words,
        .type = expression == NULL ? STR("")
                                   : text_or(xml_attribute(expression, STR("typeRef")), STR("")),
        .values = text_below(xml_child(xml, STR("inputValues"))),
    };
}

static DmnPartColumn output_of(const XmlNode *xml) {
    Str name = text_or(xml_attribute(xml, STR("name")), STR(""));
    return (DmnPartColumn){
        .kind = DMN_PART_OUTPUT,
        .label = text_or(xml_attribute(xml, STR("label")), text_or(name, STR("结果"))),
        .expression = name,
        .type = text_or(xml_attribute(xml, STR("typeRef")), STR("")),
        .values = text_below(xml_child(xml, STR("outputValues"))),
    };
}

static DmnPartColumn annotation_of(const XmlNode *xml) {
    Str name = text_or(xml_attribute(xml, STR("name")), STR("备注"));
    return (DmnPartColumn){
        .kind = DMN_PART_ANNOTATION, .label = name, .expression = name, .type = STR("")};
}

static void columns_read(Arena *arena, const XmlNode *xml, DmnPartTable *table) {
    table->input_count = children_count(xml, STR("input"));
    table->output_count = children_count(xml, STR("output"));
    table->column_count =
        table->input_count + table->output_count + children_count(xml, STR("annotation"));
    table->columns = arena_array(arena, DmnPartColumn, table->column_count + 1);
    size_t at = 0;
    for (const XmlNode *x = xml_child(xml, STR("input")); x != NULL; x = xml_next(x)) {
        table->columns[at++] = input_of(x);
    }
    for (const XmlNode *x = xml_child(xml, STR("output")); x != NULL; x = xml_next(x)) {
        table->columns[at++] = output_of(x);
    }
    for (const XmlNode *x = xml_child(xml, STR("annotation")); x != NULL; x = xml_next(x)) {
        table->columns[at++] = annotation_of(x);
    }
}

/* ---- rows ---- */

static void cells_read(const XmlNode *rule, Str name, Str *cells, size_t count) {
    size_t at = 0;
    for (const XmlNode *x = xml_child(rule, name); x != NULL && at < count; x = xml_next(x)) {
        cells[at++] = text_below(x);
    }
    for (; at < count; at++) {
        cells[at] = STR("");
    }
}

static Status rows_read(Cx *cx, const XmlNode *xml, DmnPartTable *table) {
    table->row_count = children_count(xml, STR("rule"));
    if (table->row_count > DMN_ROWS_MAX || table->column_count > DMN_COLUMNS_MAX) {
        return fault_at_line(cx, STATUS_LIMIT, xml->line, xml->column,
                             "dmn: a table with more than %d rows or %d columns", DMN_ROWS_MAX,
                             DMN_COLUMNS_MAX);
    }
    table->rows = arena_array(cx->arena, DmnPartRow, table->row_count + 1);
    size_t at = 0;
    for (const XmlNode *rule = xml_child(xml, STR("rule")); rule != NULL; rule = xml_next(rule)) {
        DmnPartRow *row = &table->rows[at++];
        const XmlNode *description = xml_child(rule, STR("description"));
        size_t first_note = table->input_count + table->output_count;
        TRY(cx_step(cx));
        row->id = text_or(xml_attribute(rule, STR("id")), STR(""));
        row->description = description == NULL ? STR("") : str_trim(description->text);
        row->cells = arena_array(cx->arena, Str, table->column_count + 1);
        cells_read(rule, STR("inputEntry"), row->cells, table->input_count);
        cells_read(rule, STR("outputEntry"), row->cells + table->input_count, table->output_count);
        cells_read(rule, STR("annotationEntry"), row->cells + first_note,
                   table->column_count - first_note);
    }
    return STATUS_OK;
}

/* The named element around a table: its decision or knowledge model. */
static Str owner_name(const XmlNode *xml) {
    for (const XmlNode *x = xml->parent; x != NULL; x = x->parent) {
        if (str_equal(x->name, STR("decision")) ||
            str_equal(x->name, STR("businessKnowledgeModel"))) {
            return text_or(xml_attribute(x, STR("name")), STR(""));
        }
    }
    return STR("");
}

/* ---- the skeleton ---- */

/* The prefix of an element's name as written, with its colon; empty without one. */
static Str prefix_of(Str text, const XmlNode *xml) {
    Str tag = str_slice(text, xml->start + 1, xml->inner - xml->start - 1);
    size_t colon = str_find(tag, STR(":"), 0);
    size_t name = str_find(tag, STR("decisionTable"), 0);
    return colon != SIZE_MAX && colon < name ? str_slice(tag, 0, colon + 1) : STR("");
}

/* The bytes of a table's rules: from the first rule to the last, or the place before its end tag.
 * false for an empty element, which has no inside. */
static bool rules_span(const XmlNode *xml, size_t *from, size_t *to) {
    const XmlNode *rule = xml_child(xml, STR("rule"));
    *from = rule == NULL ? xml->outer : rule->start;
    *to = *from;
    for (; rule != NULL; rule = xml_next(rule)) {
        *to = rule->end;
    }
    return xml->end > xml->outer;
}

static Status skeleton_make(Cx *cx, Str text, const NodeRefVec *tables, Str *out) {
    Buf *skeleton = buf_in(cx->arena, LIMIT_MODEL_BYTES_MAX);
    size_t done = 0;
    for (size_t i = 0; i < tables->count; i++) {
        size_t from = 0;
        size_t to = 0;
        if (!rules_span(tables->items[i], &from, &to)) {
            return fault_at_line(cx, STATUS_INVALID, tables->items[i]->line,
                                 tables->items[i]->column, "dmn: a table without columns");
        }
        if (from < done) {
            return fault_at_line(cx, STATUS_INVALID, tables->items[i]->line,
                                 tables->items[i]->column,
                                 "dmn: a table inside the rule of another");
        }
        Str prefix = prefix_of(text, tables->items[i]);
        buf_put(skeleton, str_slice(text, done, from - done));
        buf_print(skeleton, MARK_START "%zu " STR_FMT MARK_END, i, STR_ARG(prefix));
        done = to;
    }
    buf_put(skeleton, str_from(text, done));
    TRY(buf_status(skeleton));
    *out = buf_str(skeleton);
    return STATUS_OK;
}

Status dmn_parts_take(Cx *cx, Str text, DmnParts *out) {
    const XmlNode *root = NULL;
    NodeRefVec found = {0};
    TRY(xml_parse(cx, text, &root));
    if (!str_equal(root->name, STR("definitions"))) {
        return fault(cx, STATUS_INVALID, "dmn: the root is no definitions element");
    }
    TRY(tables_find(cx, root, &found));
    DmnParts parts = {.table_count = found.count,
                      .tables = arena_array(cx->arena, DmnPartTable, found.count + 1)};
    bool is_skeleton = str_contains(text, STR(MARK_START));
    for (size_t i = 0; i < found.count; i++) {
        DmnPartTable *table = &parts.tables[i];
        table->node = owner_name(found.items[i]);
        table->id = text_or(xml_attribute(found.items[i], STR("id")), STR(""));
        table->hit_policy = text_or(xml_attribute(found.items[i], STR("hitPolicy")), STR(""));
        columns_read(cx->arena, found.items[i], table);
        TRY(rows_read(cx, found.items[i], table));
        if (is_skeleton && table->row_count > 0) {
            return fault(cx, STATUS_INVALID, "dmn: the text holds a mark of the editor");
        }
    }
    parts.skeleton = text;
    if (!is_skeleton) {
        TRY(skeleton_make(cx, text, &found, &parts.skeleton));
    }
    *out = parts;
    return STATUS_OK;
}

/* ---- putting together ---- */

static void text_put(Buf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '&':
            buf_put_c(out, "&amp;");
            break;
        case '<':
            buf_put_c(out, "&lt;");
            break;
        case '>':
            buf_put_c(out, "&gt;");
            break;
        case '"':
            buf_put_c(out, "&quot;");
            break;
        case '\r':
            buf_put_c(out, "&#13;");
            break;
        default:
            buf_put_char(out, text.at[i]);
        }
    }
}

/* Inside a text node quotes stand as they are: cells are full of them. */
static void content_put(Buf *out, Str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '&' || c == '<' || c == '>' || c == '\r') {
            buf_put(out, str_slice(text, from, i - from));
            text_put(out, str_slice(text, i, 1));
            from = i + 1;
        }
    }
    buf_put(out, str_from(text, from));
}

static void entry_put(Buf *out, Str prefix, const char *name, Str text) {
    buf_print(out, "<" STR_FMT "%s><" STR_FMT "text>", STR_ARG(prefix), name, STR_ARG(prefix));
    content_put(out, text);
    buf_print(out, "</" STR_FMT "text></" STR_FMT "%s>", STR_ARG(prefix), STR_ARG(prefix), name);
}

static void row_put(Buf *out, Str prefix, const DmnPartTable *table, const DmnPartRow *row) {
    static const char *const names[] = {"inputEntry", "outputEntry", "annotationEntry"};
    buf_print(out, "<" STR_FMT "rule id=\"", STR_ARG(prefix));
    text_put(out, row->id);
    buf_put_c(out, "\">");
    if (row->description.len > 0) {
        buf_print(out, "<" STR_FMT "description>", STR_ARG(prefix));
        content_put(out, row->description);
        buf_print(out, "</" STR_FMT "description>", STR_ARG(prefix));
    }
    for (size_t i = 0; i < table->column_count; i++) {
        entry_put(out, prefix, names[table->columns[i].kind], row->cells[i]);
    }
    buf_print(out, "</" STR_FMT "rule>", STR_ARG(prefix));
}

static Status rows_put(Cx *cx, Buf *out, Str mark, const DmnParts *parts) {
    Str rest = mark;
    int64_t number = 0;
    Str digits = str_cut(&rest, ' ');
    if (str_int64(digits, &number) != STATUS_OK || number < 0 ||
        (size_t)number >= parts->table_count) {
        return fault(cx, STATUS_INVALID, "dmn: no table for the mark \"" STR_FMT "\"",
                     STR_ARG(mark));
    }
    const DmnPartTable *table = &parts->tables[number];
    for (size_t i = 0; i < table->row_count; i++) {
        TRY(cx_step(cx));
        buf_put_c(out, i > 0 ? "\n" : "");
        row_put(out, rest, table, &table->rows[i]);
    }
    return STATUS_OK;
}

Status dmn_parts_put(Cx *cx, const DmnParts *parts, Str *out) {
    Buf *text = buf_in(cx->arena, LIMIT_MODEL_BYTES_MAX);
    size_t done = 0;
    size_t count = 0;
    for (;;) {
        size_t mark = str_find(parts->skeleton, STR(MARK_START), done);
        if (mark == SIZE_MAX) {
            break;
        }
        size_t end = str_find(parts->skeleton, STR(MARK_END), mark);
        if (end == SIZE_MAX) {
            return fault(cx, STATUS_INVALID, "dmn: a mark without end");
        }
        size_t from = mark + STR(MARK_START).len;
        buf_put(text, str_slice(parts->skeleton, done, mark - done));
        TRY(rows_put(cx, text, str_slice(parts->skeleton, from, end - from), parts));
        done = end + STR(MARK_END).len;
        count++;
    }
    if (count != parts->table_count) {
        return fault(cx, STATUS_INVALID, "dmn: %zu tables, %zu marks", parts->table_count, count);
    }
    buf_put(text, str_from(parts->skeleton, done));
    TRY(buf_status(text));
    *out = buf_str(text);
    return STATUS_OK;
}
