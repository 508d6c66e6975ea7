/*
 * table.c - decision tables from XML. A cell that has no legal form leaves a NULL program or tests
 * and a diagnostic with row and column; the table stays usable for the other cells.
 */
#include "dmn/index.h"

static size_t count_children(const XmlNode *xml, Str name) {
    size_t count = 0;
    for (const XmlNode *child = xml_child(xml, name); child != NULL; child = xml_next(child)) {
        count++;
    }
    return count;
}

static bool read_hit_policy(Str text, DmnHitPolicy *out) {
    static const char *const NAMES[] = {
#define X(name, text) text,
        DMN_HIT_POLICY_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (str_equal(text, str_of(NAMES[i]))) {
            *out = (DmnHitPolicy)i;
            return true;
        }
    }
    return str_is_empty(text); /* UNIQUE */
}

static bool read_aggregator(Str text, DmnAggregator *out) {
    static const char *const NAMES[] = {"", "SUM", "COUNT", "MIN", "MAX"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (str_equal(text, str_of(NAMES[i]))) {
            *out = (DmnAggregator)i;
            return true;
        }
    }
    return false;
}

/* The text child of xml as unary tests in the reader's scope. */
static Status compile_tests(Reader *reader, const XmlNode *xml, const FeelType *type,
                            const DmnPlace *place, DmnCell *out) {
    const XmlNode *text = xml == NULL ? NULL : xml_child(xml, STR("text"));
    out->text = text == NULL ? STR("") : str_trim(text->text);
    out->line = text != NULL ? text->line : place->line;
    if (str_is_empty(out->text)) {
        return STATUS_OK;
    }
    Status status =
        feel_compile_tests(reader->cx, reader->scope, out->text, type, reader->feel, &out->tests);
    dmn_drain_feel(reader, place, true);
    if (status == STATUS_INVALID) {
        fault_clear(reader->cx);
        out->tests = NULL;
        return STATUS_OK;
    }
    return status;
}

/* The declared values below xml (inputValues, outputValues), else those of the type. */
static Status compile_values(Reader *reader, const XmlNode *xml, const FeelType *type,
                             const DmnPlace *place, DmnCell *out) {
    TRY(compile_tests(reader, xml, type, place, out));
    if (xml == NULL && type != NULL && type->allowed != NULL) {
        out->tests = type->allowed;
        out->text = type->allowed->text;
    }
    return STATUS_OK;
}

/* The requirement whose name is the whole expression, or DMN_NONE. */
static size_t input_node_of(const Reader *reader, Str text) {
    for (size_t i = 0; i < reader->node->requirements.count; i++) {
        const Requirement *requirement = &reader->node->requirements.items[i];
        if (str_equal(requirement->name, text)) {
            return requirement->node;
        }
    }
    return DMN_NONE;
}

static Status compile_input(Reader *reader, const XmlNode *xml, DmnPlace place,
                            DmnTableInput *out) {
    const XmlNode *expression = xml_child(xml, STR("inputExpression"));
    DmnCell values = {0};
    place.line = xml->line;
    TRY(dmn_compile_text(reader, expression, &place, &out->expression));
    if (str_is_empty(out->expression.text)) {
        dmn_report(reader, xml, DMN_MESSAGE_NO_NAME, STR("input"), STR(""));
    }
    if (expression != NULL) {
        TRY(dmn_type_of(reader, expression, xml_attribute(expression, STR("typeRef")), &out->type));
    }
    out->label = xml_attribute(xml, STR("label"));
    out->label = str_is_empty(out->label) ? out->expression.text : out->label;
    out->input_node = input_node_of(reader, out->expression.text);
    const FeelType *type = out->type;
    if (type == NULL && out->expression.program != NULL) {
        type = feel_program_type(out->expression.program);
    }
    TRY(compile_values(reader, xml_child(xml, STR("inputValues")), type, &place, &values));
    out->values = values.tests;
    out->values_text = values.text;
    return STATUS_OK;
}

static Status compile_output(Reader *reader, const XmlNode *xml, DmnPlace place,
                             DmnTableOutput *out) {
    DmnCell values = {0};
    place.line = xml->line;
    out->name = str_trim(xml_attribute(xml, STR("name")));
    out->label = xml_attribute(xml, STR("label"));
    out->label = str_is_empty(out->label) ? out->name : out->label;
    TRY(dmn_type_of(reader, xml, xml_attribute(xml, STR("typeRef")), &out->type));
    TRY(compile_values(reader, xml_child(xml, STR("outputValues")), out->type, &place, &values));
    out->values = values.tests;
    out->values_text = values.text;
    return dmn_compile_text(reader, xml_child(xml, STR("defaultOutputEntry")), &place,
                            &out->fallback);
}

static Status compile_columns(Reader *reader, const XmlNode *xml, const DmnPlace *place,
                              DmnTable *table) {
    Arena *arena = reader->cx->arena;
    table->input_count = count_children(xml, STR("input"));
    table->output_count = count_children(xml, STR("output"));
    table->annotation_count = count_children(xml, STR("annotation"));
    if (table->input_count + table->output_count > DMN_COLUMNS_MAX) {
        return fault_at_line(reader->cx, STATUS_LIMIT, xml->line, xml->column,
                             "dmn: a table with more than %d columns", DMN_COLUMNS_MAX);
    }
    table->inputs = arena_array(arena, DmnTableInput, table->input_count);
    table->outputs = arena_array(arena, DmnTableOutput, table->output_count);
    table->annotations = arena_array(arena, Str, table->annotation_count);
    DmnPlace at = *place;
    size_t i = 0;
    for (const XmlNode *input = xml_child(xml, STR("input")); input != NULL;
         input = xml_next(input), i++) {
        at.column = (int64_t)i + 1;
        TRY(compile_input(reader, input, at, &table->inputs[i]));
    }
    i = 0;
    for (const XmlNode *output = xml_child(xml, STR("output")); output != NULL;
         output = xml_next(output), i++) {
        at.column = (int64_t)(table->input_count + i) + 1;
        TRY(compile_output(reader, output, at, &table->outputs[i]));
    }
    i = 0;
    for (const XmlNode *name = xml_child(xml, STR("annotation")); name != NULL;
         name = xml_next(name), i++) {
        table->annotations[i] = xml_attribute(name, STR("name"));
    }
    return STATUS_OK;
}

static void report_count(Reader *reader, const XmlNode *rule, DmnPlace place, size_t found,
                         size_t wanted) {
    Arena *arena = reader->cx->arena;
    place.line = rule->line;
    DmnDiagnostic diagnostic = {
        .is_error = true,
        .message = DMN_MESSAGE_CELL_COUNT,
        .text = {str_print(arena, "%zu", found), str_print(arena, "%zu", wanted)},
        .place = place,
    };
    dmn_report_at(reader, &diagnostic);
}

static void report_empty(Reader *reader, const DmnPlace *place) {
    DmnDiagnostic diagnostic = {.message = DMN_MESSAGE_EMPTY_CELL, .place = *place};
    dmn_report_at(reader, &diagnostic);
}

static const FeelType *input_type(const DmnTableInput *input) {
    if (input->type != NULL) {
        return input->type;
    }
    return input->expression.program != NULL ? feel_program_type(input->expression.program) : NULL;
}

static Status compile_row_inputs(Reader *reader, const XmlNode *rule, DmnPlace place,
                                 const DmnTable *table, DmnRow *row) {
    size_t i = 0;
    for (const XmlNode *cell = xml_child(rule, STR("inputEntry")); cell != NULL;
         cell = xml_next(cell), i++) {
        if (i >= table->input_count) {
            continue;
        }
        TRY(cx_step(reader->cx));
        place.line = cell->line;
        place.column = (int64_t)i + 1;
        place.column_name = table->inputs[i].label;
        TRY(compile_tests(reader, cell, input_type(&table->inputs[i]), &place, &row->inputs[i]));
    }
    if (i != table->input_count) {
        report_count(reader, rule, place, i, table->input_count);
    }
    return STATUS_OK;
}

static Status compile_row_outputs(Reader *reader, const XmlNode *rule, DmnPlace place,
                                  const DmnTable *table, DmnRow *row) {
    size_t i = 0;
    for (const XmlNode *cell = xml_child(rule, STR("outputEntry")); cell != NULL;
         cell = xml_next(cell), i++) {
        if (i >= table->output_count) {
            continue;
        }
        TRY(cx_step(reader->cx));
        place.line = cell->line;
        place.column = (int64_t)(table->input_count + i) + 1;
        place.column_name = table->outputs[i].label;
        TRY(dmn_compile_text(reader, cell, &place, &row->outputs[i]));
        if (str_is_empty(row->outputs[i].text)) {
            report_empty(reader, &place);
        }
    }
    if (i != table->output_count) {
        report_count(reader, rule, place, i, table->output_count);
    }
    return STATUS_OK;
}

static Status compile_row(Reader *reader, const XmlNode *rule, DmnPlace place,
                          const DmnTable *table, DmnRow *row) {
    Arena *arena = reader->cx->arena;
    const XmlNode *description = xml_child(rule, STR("description"));
    row->id = xml_attribute(rule, STR("id"));
    row->line = rule->line;
    row->description = description == NULL ? STR("") : str_trim(description->text);
    row->inputs = arena_array(arena, DmnCell, table->input_count);
    row->outputs = arena_array(arena, DmnCell, table->output_count);
    row->annotations = arena_array(arena, Str, table->annotation_count);
    size_t i = 0;
    for (const XmlNode *note = xml_child(rule, STR("annotationEntry")); note != NULL;
         note = xml_next(note), i++) {
        const XmlNode *text = xml_child(note, STR("text"));
        if (i < table->annotation_count && text != NULL) {
            row->annotations[i] = str_trim(text->text);
        }
    }
    TRY(compile_row_inputs(reader, rule, place, table, row));
    return compile_row_outputs(reader, rule, place, table, row);
}

static Status compile_rows(Reader *reader, const XmlNode *xml, const DmnPlace *place,
                           DmnTable *table) {
    table->row_count = count_children(xml, STR("rule"));
    if (table->row_count > DMN_ROWS_MAX) {
        return fault_at_line(reader->cx, STATUS_LIMIT, xml->line, xml->column,
                             "dmn: a table with more than %d rows", DMN_ROWS_MAX);
    }
    table->rows = arena_array(reader->cx->arena, DmnRow, table->row_count);
    size_t i = 0;
    for (const XmlNode *rule = xml_child(xml, STR("rule")); rule != NULL;
         rule = xml_next(rule), i++) {
        DmnPlace at = *place;
        at.row = (int64_t)i + 1;
        TRY(compile_row(reader, rule, at, table, &table->rows[i]));
    }
    return STATUS_OK;
}

static void check_policy(Reader *reader, const XmlNode *xml, const DmnTable *table) {
    bool has_priority =
        table->hit_policy == DMN_HIT_PRIORITY || table->hit_policy == DMN_HIT_OUTPUT_ORDER;
    bool has_values = false;
    for (size_t i = 0; i < table->output_count; i++) {
        has_values = has_values || table->outputs[i].values != NULL;
    }
    if (has_priority && !has_values) {
        dmn_report(reader, xml, DMN_MESSAGE_NO_OUTPUT_VALUES, xml_attribute(xml, STR("hitPolicy")),
                   STR(""));
    }
    bool needs_one =
        table->aggregator != DMN_AGGREGATE_NONE && table->aggregator != DMN_AGGREGATE_COUNT;
    if (table->aggregator != DMN_AGGREGATE_NONE &&
        (table->hit_policy != DMN_HIT_COLLECT || (needs_one && table->output_count != 1))) {
        dmn_report(reader, xml, DMN_MESSAGE_AGGREGATION, xml_attribute(xml, STR("aggregation")),
                   STR(""));
    }
}

static bool is_multiple(const DmnTable *table) {
    return table->hit_policy == DMN_HIT_RULE_ORDER || table->hit_policy == DMN_HIT_OUTPUT_ORDER ||
           (table->hit_policy == DMN_HIT_COLLECT && table->aggregator == DMN_AGGREGATE_NONE);
}

/* What a table gives, as far as its header tells. */
static const FeelType *table_type(Reader *reader, const DmnTable *table) {
    Arena *arena = reader->cx->arena;
    const FeelType *type = &FEEL_TYPE_ANY;
    if (table->aggregator == DMN_AGGREGATE_COUNT) {
        return &FEEL_TYPE_NUMBER;
    }
    if (table->output_count == 1 && table->outputs[0].type != NULL) {
        type = table->outputs[0].type;
    } else if (table->output_count > 1) {
        FeelType *context = arena_new(arena, FeelType);
        FeelTypeEntry *entries = arena_array(arena, FeelTypeEntry, table->output_count);
        for (size_t i = 0; i < table->output_count; i++) {
            entries[i].name = table->outputs[i].name;
            entries[i].type =
                table->outputs[i].type != NULL ? table->outputs[i].type : &FEEL_TYPE_ANY;
        }
        *context = (FeelType){
            .kind = FEEL_CONTEXT, .entries = entries, .entry_count = table->output_count};
        type = context;
    }
    return is_multiple(table) ? feel_type_list(arena, type) : type;
}

Status dmn_compile_table(Reader *reader, const XmlNode *xml, DmnExpression *out) {
    DmnTable *table = arena_new(reader->cx->arena, DmnTable);
    Str policy = str_trim(xml_attribute(xml, STR("hitPolicy")));
    Str aggregation = str_trim(xml_attribute(xml, STR("aggregation")));
    table->id = xml_attribute(xml, STR("id"));
    table->node = reader->node->face.index;
    out->kind = EXPRESSION_TABLE;
    out->table = table;
    if (!read_hit_policy(policy, &table->hit_policy)) {
        dmn_report(reader, xml, DMN_MESSAGE_HIT_POLICY, policy, STR(""));
    }
    if (!read_aggregator(aggregation, &table->aggregator)) {
        dmn_report(reader, xml, DMN_MESSAGE_AGGREGATION, aggregation, STR(""));
    }
    TRY(compile_columns(reader, xml, &out->place, table));
    TRY(compile_rows(reader, xml, &out->place, table));
    check_policy(reader, xml, table);
    TRY(dmn_index_build(reader->cx, table));
    out->known_type = table_type(reader, table);
    /* A label for a single unnamed output: what the table or the node is called. */
    if (table->output_count == 1 && str_is_empty(table->outputs[0].label)) {
        Str label = xml_attribute(xml, STR("outputLabel"));
        table->outputs[0].label = str_is_empty(label) ? reader->node->face.name : label;
    }
    return STATUS_OK;
}
