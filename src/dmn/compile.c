/*
 * compile.c - boxed expressions. Each function takes the XML of one kind; names that an expression
 * adds to the scope get the next slots of the frame and leave the scope behind it.
 */
#include "dmn/model.h"

typedef Status (*CompileOne)(Reader *reader, const XmlNode *xml, DmnExpression *out);

typedef struct Kind {
    Str name;
    CompileOne compile;
} Kind;

static const Kind *find_kind(const XmlNode *xml);

const XmlNode *dmn_expression_child(const XmlNode *xml) {
    for (const XmlNode *child = xml->child; child != NULL; child = child->next) {
        if (str_equal(child->uri, xml->uri) && find_kind(child) != NULL) {
            return child;
        }
    }
    return NULL;
}

/* Remembers the largest frame seen. */
static void note_frame(Reader *reader) {
    size_t count = feel_scope_count(reader->scope);
    reader->frame_count = reader->frame_count > count ? reader->frame_count : count;
}

static size_t add_name(Reader *reader, Str name, const FeelType *type) {
    size_t slot = feel_scope_add(reader->scope, name, type);
    note_frame(reader);
    return slot;
}

Status dmn_compile(Reader *reader, const XmlNode *xml, const DmnExpression **out) {
    DmnExpression *expression = arena_new(reader->cx->arena, DmnExpression);
    const Kind *kind = find_kind(xml);
    TRY(cx_step(reader->cx));
    if (++reader->depth > DMN_DEPTH_MAX) {
        return fault_at_line(reader->cx, STATUS_LIMIT, xml->line, xml->column,
                             "dmn: expressions nested too deep");
    }
    expression->place = dmn_place_of(reader, xml);
    expression->known_type = &FEEL_TYPE_ANY;
    TRY(dmn_type_of(reader, xml, xml_attribute(xml, STR("typeRef")), &expression->type));
    if (kind == NULL) {
        dmn_report(reader, xml, DMN_MESSAGE_UNKNOWN_ELEMENT, xml->name, STR(""));
    } else {
        TRY(kind->compile(reader, xml, expression));
    }
    if (expression->type != NULL) {
        expression->known_type = expression->type;
    }
    reader->depth--;
    *out = expression;
    return STATUS_OK;
}

Status dmn_compile_below(Reader *reader, const XmlNode *parent, const DmnExpression **out) {
    const XmlNode *xml = parent == NULL ? NULL : dmn_expression_child(parent);
    if (xml != NULL) {
        return dmn_compile(reader, xml, out);
    }
    DmnExpression *none = arena_new(reader->cx->arena, DmnExpression);
    none->place = dmn_place_of(reader, parent);
    none->known_type = &FEEL_TYPE_ANY;
    dmn_report(reader, parent, DMN_MESSAGE_NO_LOGIC,
               parent == NULL ? reader->node->face.name : parent->name, STR(""));
    *out = none;
    return STATUS_OK;
}

/* ---- literal ---- */

Status dmn_compile_text(Reader *reader, const XmlNode *xml, const DmnPlace *place, DmnCell *out) {
    const XmlNode *text = xml == NULL ? NULL : xml_child(xml, STR("text"));
    out->text = text == NULL ? STR("") : str_trim(text->text);
    out->line = text != NULL ? text->line : place->line;
    if (str_is_empty(out->text)) {
        return STATUS_OK;
    }
    Status status = feel_compile(reader->cx, reader->scope, out->text, reader->feel, &out->program);
    dmn_drain_feel(reader, place, true);
    if (status == STATUS_INVALID) {
        fault_clear(reader->cx);
        out->program = NULL;
        return STATUS_OK;
    }
    return status;
}

static Status compile_literal(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    DmnCell cell = {0};
    out->kind = EXPRESSION_LITERAL;
    TRY(dmn_compile_text(reader, xml, &out->place, &cell));
    out->place.line = cell.line;
    out->program = cell.program;
    if (out->program != NULL) {
        out->known_type = feel_program_type(out->program);
    }
    return STATUS_OK;
}

/* ---- collections of parts ---- */

static size_t count_children(const XmlNode *xml, Str name) {
    size_t count = 0;
    for (const XmlNode *child = xml_child(xml, name); child != NULL; child = xml_next(child)) {
        count++;
    }
    return count;
}

/* The type of a context made of named parts. */
static const FeelType *context_type(Reader *reader, const Part *parts, size_t count) {
    FeelType *type = arena_new(reader->cx->arena, FeelType);
    FeelTypeEntry *entries = arena_array(reader->cx->arena, FeelTypeEntry, count);
    for (size_t i = 0; i < count; i++) {
        entries[i].name = parts[i].name;
        entries[i].type = parts[i].type != NULL         ? parts[i].type
                          : parts[i].expression != NULL ? parts[i].expression->known_type
                                                        : &FEEL_TYPE_ANY;
    }
    *type = (FeelType){.kind = FEEL_CONTEXT, .entries = entries, .entry_count = count};
    return type;
}

static Status compile_entry(Reader *reader, const XmlNode *xml, Part *part) {
    const XmlNode *variable = xml_child(xml, STR("variable"));
    const XmlNode *body = dmn_expression_child(xml);
    if (variable != NULL) {
        part->name = str_trim(xml_attribute(variable, STR("name")));
        TRY(dmn_type_of(reader, variable, xml_attribute(variable, STR("typeRef")), &part->type));
    }
    /* A function may call itself, so its name is known inside it. */
    bool is_function = body != NULL && str_equal(body->name, STR("functionDefinition"));
    if (is_function && !str_is_empty(part->name)) {
        (void)add_name(reader, part->name, part->type);
        reader->is_entry_function = true;
    }
    TRY(dmn_compile_below(reader, xml, &part->expression));
    if (!is_function && !str_is_empty(part->name)) {
        (void)add_name(reader, part->name,
                       part->type != NULL ? part->type : part->expression->known_type);
    }
    return STATUS_OK;
}

/* Entries see the ones before them; the i-th named entry stands at slot + i. */
static Status compile_context(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    size_t start = feel_scope_count(reader->scope);
    out->kind = EXPRESSION_CONTEXT;
    out->slot = start;
    out->part_count = count_children(xml, STR("contextEntry"));
    out->parts = arena_array(reader->cx->arena, Part, out->part_count);
    size_t i = 0;
    for (const XmlNode *entry = xml_child(xml, STR("contextEntry")); entry != NULL;
         entry = xml_next(entry), i++) {
        TRY(compile_entry(reader, entry, &out->parts[i]));
    }
    const Part *last = i > 0 ? &out->parts[i - 1] : NULL;
    bool has_result = last != NULL && str_is_empty(last->name);
    out->known_type = has_result ? last->expression->known_type
                                 : context_type(reader, out->parts, out->part_count);
    feel_scope_cut(reader->scope, start);
    return STATUS_OK;
}

static bool is_expression_of(const XmlNode *parent, const XmlNode *child) {
    return str_equal(child->uri, parent->uri) && find_kind(child) != NULL;
}

static Status compile_list(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    struct PartVec VEC(Part) parts = {0};
    out->kind = EXPRESSION_LIST;
    for (const XmlNode *child = xml->child; child != NULL; child = child->next) {
        if (is_expression_of(xml, child)) {
            Part *part = vec_push(reader->cx->arena, &parts);
            const DmnExpression *expression = NULL;
            TRY(dmn_compile(reader, child, &expression));
            part = &parts.items[parts.count - 1];
            part->expression = expression;
        }
    }
    out->parts = parts.items;
    out->part_count = parts.count;
    out->known_type = feel_type_list(
        reader->cx->arena, parts.count > 0 ? parts.items[0].expression->known_type : NULL);
    return STATUS_OK;
}

static Status compile_relation(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    size_t column_count = count_children(xml, STR("column"));
    size_t row_count = count_children(xml, STR("row"));
    out->kind = EXPRESSION_RELATION;
    out->column_count = column_count;
    out->part_count = column_count * row_count;
    out->parts = arena_array(reader->cx->arena, Part, out->part_count + column_count);
    Part *columns = out->parts + out->part_count; /* behind the cells, for the type */
    size_t i = 0;
    for (const XmlNode *column = xml_child(xml, STR("column")); column != NULL;
         column = xml_next(column), i++) {
        columns[i].name = str_trim(xml_attribute(column, STR("name")));
        TRY(dmn_type_of(reader, column, xml_attribute(column, STR("typeRef")), &columns[i].type));
    }
    size_t row_index = 0;
    for (const XmlNode *row = xml_child(xml, STR("row")); row != NULL;
         row = xml_next(row), row_index++) {
        size_t at = 0;
        Part *cells = out->parts + row_index * column_count;
        for (const XmlNode *cell = row->child; cell != NULL; cell = cell->next) {
            if (!is_expression_of(row, cell)) {
                continue;
            }
            if (at < column_count) {
                cells[at] = columns[at];
                TRY(dmn_compile(reader, cell, &cells[at].expression));
            }
            at++;
        }
        if (at != column_count) {
            dmn_report(reader, row, DMN_MESSAGE_CELL_COUNT, str_print(reader->cx->arena, "%zu", at),
                       str_print(reader->cx->arena, "%zu", column_count));
        }
        for (; at < column_count; at++) {
            cells[at] = columns[at];
        }
    }
    for (size_t k = 0; k < column_count && row_count > 0; k++) {
        columns[k].expression = out->parts[k].expression;
    }
    out->known_type =
        feel_type_list(reader->cx->arena, context_type(reader, columns, column_count));
    return STATUS_OK;
}

/* ---- functions ---- */

static Status compile_function(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    size_t start = feel_scope_count(reader->scope);
    size_t outer_count = reader->frame_count;
    Str kind = xml_attribute(xml, STR("kind"));
    size_t count = count_children(xml, STR("formalParameter"));
    FeelParameter *parameters = arena_array(reader->cx->arena, FeelParameter, count);
    out->kind = EXPRESSION_FUNCTION;
    out->knows_itself = reader->is_entry_function;
    reader->is_entry_function = false;
    out->slot = start;
    out->parameters = parameters;
    out->parameter_count = count;
    reader->frame_count = start;
    for (const XmlNode *at = xml_child(xml, STR("formalParameter")); at != NULL;
         at = xml_next(at), parameters++) {
        parameters->name = str_trim(xml_attribute(at, STR("name")));
        TRY(dmn_type_of(reader, at, xml_attribute(at, STR("typeRef")), &parameters->type));
        (void)add_name(reader, parameters->name, parameters->type);
    }
    out->parts = arena_new(reader->cx->arena, Part);
    if (str_is_empty(kind) || str_equal(kind, STR("FEEL"))) {
        out->part_count = 1;
        TRY(dmn_compile_below(reader, xml, &out->parts[0].expression));
    } else {
        dmn_report(reader, xml, DMN_MESSAGE_EXTERNAL_FUNCTION, kind, STR(""));
    }
    out->frame_count = reader->frame_count;
    reader->frame_count = outer_count;
    out->known_type =
        feel_type_function(reader->cx->arena, out->parameters, count,
                           out->part_count > 0 ? out->parts[0].expression->known_type : NULL);
    feel_scope_cut(reader->scope, start);
    return STATUS_OK;
}

static Status compile_invocation(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    out->kind = EXPRESSION_INVOCATION;
    TRY(dmn_compile_below(reader, xml, &out->called));
    out->part_count = count_children(xml, STR("binding"));
    out->parts = arena_array(reader->cx->arena, Part, out->part_count);
    size_t i = 0;
    for (const XmlNode *binding = xml_child(xml, STR("binding")); binding != NULL;
         binding = xml_next(binding), i++) {
        const XmlNode *parameter = xml_child(binding, STR("parameter"));
        if (parameter != NULL) {
            out->parts[i].name = str_trim(xml_attribute(parameter, STR("name")));
        }
        if (dmn_expression_child(binding) != NULL) { /* none: null */
            TRY(dmn_compile_below(reader, binding, &out->parts[i].expression));
        }
    }
    const FeelType *called = out->called->known_type;
    if (called->kind == FEEL_FUNCTION && called->item != NULL) {
        out->known_type = called->item;
    }
    return STATUS_OK;
}

/* ---- control ---- */

/* The expression below child `name` of xml; a typed child's typeRef is declared there. */
static Status compile_part(Reader *reader, const XmlNode *xml, Str name, Part *part) {
    const XmlNode *child = xml_child(xml, name);
    if (child != NULL) {
        TRY(dmn_type_of(reader, child, xml_attribute(child, STR("typeRef")), &part->type));
    }
    return dmn_compile_below(reader, child == NULL ? xml : child, &part->expression);
}

static Status compile_conditional(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    out->kind = EXPRESSION_CONDITIONAL;
    out->part_count = 3;
    out->parts = arena_array(reader->cx->arena, Part, 3);
    TRY(compile_part(reader, xml, STR("if"), &out->parts[0]));
    TRY(compile_part(reader, xml, STR("then"), &out->parts[1]));
    TRY(compile_part(reader, xml, STR("else"), &out->parts[2]));
    out->known_type = out->parts[1].expression->known_type;
    return STATUS_OK;
}

static const FeelType *item_type(const Part *list) {
    const FeelType *type = list->type != NULL ? list->type : list->expression->known_type;
    bool has_items = type->kind == FEEL_LIST || type->kind == FEEL_RANGE;
    return has_items && type->item != NULL ? type->item : &FEEL_TYPE_ANY;
}

/* The condition sees "item" and, when items are contexts of a known type, their entries: a member
 * slot for each, behind the item's. */
static Status compile_filter(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    size_t start = feel_scope_count(reader->scope);
    out->kind = EXPRESSION_FILTER;
    out->part_count = 2;
    out->parts = arena_array(reader->cx->arena, Part, 2);
    TRY(compile_part(reader, xml, STR("in"), &out->parts[0]));
    const FeelType *type = item_type(&out->parts[0]);
    out->slot = add_name(reader, STR("item"), type);
    if (type->kind == FEEL_CONTEXT) {
        for (size_t i = 0; i < type->entry_count; i++) {
            (void)add_name(reader, type->entries[i].name, type->entries[i].type);
        }
        out->column_count = type->entry_count;
        out->parts[1].type = type; /* whose entries fill the slots */
    }
    const XmlNode *match = xml_child(xml, STR("match"));
    TRY(dmn_compile_below(reader, match == NULL ? xml : match, &out->parts[1].expression));
    out->known_type = feel_type_list(reader->cx->arena, type);
    feel_scope_cut(reader->scope, start);
    return STATUS_OK;
}

static Status compile_iteration(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    size_t start = feel_scope_count(reader->scope);
    bool is_for = out->kind == EXPRESSION_FOR;
    out->part_count = 2;
    out->parts = arena_array(reader->cx->arena, Part, 2);
    TRY(compile_part(reader, xml, STR("in"), &out->parts[0]));
    Str variable = str_trim(xml_attribute(xml, STR("iteratorVariable")));
    if (str_is_empty(variable)) {
        dmn_report(reader, xml, DMN_MESSAGE_NO_NAME, xml->name, STR(""));
    }
    out->slot = add_name(reader, variable, item_type(&out->parts[0]));
    if (is_for) {
        out->partial_slot =
            add_name(reader, STR("partial"), feel_type_list(reader->cx->arena, NULL));
    }
    TRY(compile_part(reader, xml, is_for ? STR("return") : STR("satisfies"), &out->parts[1]));
    out->known_type = is_for
                          ? feel_type_list(reader->cx->arena, out->parts[1].expression->known_type)
                          : &FEEL_TYPE_BOOLEAN;
    feel_scope_cut(reader->scope, start);
    return STATUS_OK;
}

static Status compile_for(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    out->kind = EXPRESSION_FOR;
    return compile_iteration(reader, xml, out);
}

static Status compile_some(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    out->kind = EXPRESSION_SOME;
    return compile_iteration(reader, xml, out);
}

static Status compile_every(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    out->kind = EXPRESSION_EVERY;
    return compile_iteration(reader, xml, out);
}

static const Kind *find_kind(const XmlNode *xml) {
    static const Kind KINDS[] = {
        {{"literalExpression", 17}, compile_literal},
        {{"decisionTable", 13}, dmn_compile_table},
        {{"context", 7}, compile_context},
        {{"list", 4}, compile_list},
        {{"relation", 8}, compile_relation},
        {{"functionDefinition", 18}, compile_function},
        {{"invocation", 10}, compile_invocation},
        {{"conditional", 11}, compile_conditional},
        {{"filter", 6}, compile_filter},
        {{"for", 3}, compile_for},
        {{"some", 4}, compile_some},
        {{"every", 5}, compile_every},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (str_equal(xml->name, KINDS[i].name)) {
            return &KINDS[i];
        }
    }
    return NULL;
}
