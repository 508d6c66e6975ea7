/*
 * read.c - sources to model. Reading order: diagnostics, documents and imports, nodes, their
 * requirements, then the logic of each node in its scope; dmn_load at the end ties it together.
 */
#include "base/limits.h"
#include "dmn/model.h"

/* ---- diagnostics ---- */

DmnPlace dmn_place_of(const Reader *reader, const XmlNode *xml) {
    DmnPlace place = {.file = reader->document != NULL ? reader->document->file : STR("")};
    place.line = xml != NULL ? xml->line : 0;
    place.node = reader->node != NULL ? reader->node->face.name
                 : xml != NULL        ? xml_attribute(xml, STR("name"))
                                      : STR("");
    return place;
}

void dmn_report_at(Reader *reader, const DmnDiagnostic *diagnostic) {
    DmnModel *model = reader->model;
    model->has_errors = model->has_errors || diagnostic->is_error;
    if (model->diagnostics.count < DIAGNOSTICS_MAX) {
        *vec_push(reader->cx->arena, &model->diagnostics) = *diagnostic;
    }
}

/* Messages that leave the model meaning what it says. */
static bool is_warning(DmnMessage message) {
    return message == DMN_MESSAGE_NO_LOGIC || message == DMN_MESSAGE_NO_OUTPUT_VALUES ||
           message == DMN_MESSAGE_EMPTY_CELL || message == DMN_MESSAGE_DUPLICATE_NAME;
}

void dmn_report(Reader *reader, const XmlNode *xml, DmnMessage message, Str first, Str second) {
    DmnDiagnostic diagnostic = {
        .is_error = !is_warning(message),
        .message = (int)message,
        .text = {first, second},
        .place = dmn_place_of(reader, xml),
    };
    dmn_report_at(reader, &diagnostic);
}

void dmn_drain_feel(Reader *reader, const DmnPlace *place, bool is_error) {
    FeelDiagnostics *feel = reader->feel;
    size_t count = feel->count < FEEL_DIAGNOSTICS_MAX ? feel->count : FEEL_DIAGNOSTICS_MAX;
    for (size_t i = 0; i < count; i++) {
        DmnDiagnostic diagnostic = {
            .is_error = is_error, .message = DMN_MESSAGE_FEEL, .place = *place};
        diagnostic.feel = feel->items[i];
        diagnostic.feel.source = str_dup(reader->cx->arena, feel->items[i].source);
        for (size_t k = 0; k < 2; k++) {
            diagnostic.feel.text[k] = str_dup(reader->cx->arena, feel->items[i].text[k]);
        }
        dmn_report_at(reader, &diagnostic);
    }
    feel->count = 0;
}

/* ---- documents ---- */

static Status read_document(Reader *reader, const DmnSource *source, Document *out) {
    Cx *cx = reader->cx;
    const XmlNode *root = NULL;
    Status status = xml_parse(cx, source->text, &root);
    if (status == STATUS_OK && (!str_equal(root->name, STR("definitions")) ||
                                !str_contains(root->uri, STR("/spec/DMN/")))) {
        status = fault_at_line(cx, STATUS_INVALID, root->line, root->column,
                               "dmn: the root element is not DMN definitions");
        fault_hint(cx, "supply a DMN 1.2 to 1.5 model");
    }
    if (status != STATUS_OK) {
        fault_detail(cx, "file " STR_FMT, STR_ARG(source->name));
        return status;
    }
    out->file = str_dup(cx->arena, source->name);
    out->uri = xml_attribute(root, STR("namespace"));
    out->name = xml_attribute(root, STR("name"));
    out->root = root;
    return STATUS_OK;
}

static const Document *find_document(const DmnModel *model, Str uri) {
    for (size_t i = 0; i < model->document_count; i++) {
        if (str_equal(model->documents[i].uri, uri)) {
            return &model->documents[i];
        }
    }
    return NULL;
}

/* A later source may repeat the namespace of the importing document itself (a copy with the same
 * namespace): then the import means the other one. */
static const Document *find_imported(const DmnModel *model, const Document *from, Str uri) {
    for (size_t i = 0; i < model->document_count; i++) {
        const Document *document = &model->documents[i];
        if (document != from && str_equal(document->uri, uri)) {
            return document;
        }
    }
    return NULL;
}

static void read_imports(Reader *reader, Document *document) {
    reader->document = document;
    size_t count = 0;
    const XmlNode *first = xml_child(document->root, STR("import"));
    for (const XmlNode *xml = first; xml != NULL; xml = xml_next(xml)) {
        count++;
    }
    document->imports = arena_array(reader->cx->arena, struct Import, count);
    for (const XmlNode *xml = first; xml != NULL; xml = xml_next(xml)) {
        struct Import *import = &document->imports[document->import_count++];
        Str kind = xml_attribute(xml, STR("importType"));
        import->name = str_trim(xml_attribute(xml, STR("name")));
        import->uri = xml_attribute(xml, STR("namespace"));
        import->document = find_imported(reader->model, document, import->uri);
        bool is_dmn = str_is_empty(kind) || str_contains(kind, STR("/spec/DMN/"));
        if (import->document == NULL && is_dmn) {
            dmn_report(reader, xml, DMN_MESSAGE_UNKNOWN_IMPORT, import->uri, STR(""));
        }
    }
}

/* ---- nodes ---- */

/* Ids are unique in a document, and two documents may have one namespace. */
static Str node_key(Arena *arena, const DmnModel *model, const Document *document, Str id) {
    return str_print(arena, "%zu#" STR_FMT, (size_t)(document - model->documents), STR_ARG(id));
}

static Str child_text(const XmlNode *xml, Str name) {
    const XmlNode *child = xml_child(xml, name);
    return child == NULL ? STR("") : str_trim(child->text);
}

static bool kind_of(const XmlNode *xml, DmnNodeKind *out) {
    static const struct {
        Str name;
        DmnNodeKind kind;
    } KINDS[] = {
        {{"inputData", 9}, DMN_INPUT},
        {{"decision", 8}, DMN_DECISION},
        {{"businessKnowledgeModel", 22}, DMN_KNOWLEDGE},
        {{"decisionService", 15}, DMN_SERVICE},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (xml_is(xml, KINDS[i].name)) {
            *out = KINDS[i].kind;
            return true;
        }
    }
    return false;
}

static Status read_node(Reader *reader, const XmlNode *xml, DmnNodeKind kind) {
    Arena *arena = reader->cx->arena;
    DmnModel *model = reader->model;
    const XmlNode *variable = xml_child(xml, STR("variable"));
    Node *node = arena_new(arena, Node);
    node->xml = xml;
    node->document = reader->document;
    node->face.kind = kind;
    node->face.index = model->nodes.count;
    node->face.name = str_trim(xml_attribute(xml, STR("name")));
    node->face.id = xml_attribute(xml, STR("id"));
    node->face.namespace_uri = reader->document->uri;
    node->face.label = xml_attribute(xml, STR("label"));
    node->face.description = child_text(xml, STR("description"));
    node->face.question = child_text(xml, STR("question"));
    node->face.allowed_answers = child_text(xml, STR("allowedAnswers"));
    node->face.file = reader->document->file;
    node->face.line = xml->line;
    if (variable != NULL) {
        node->face.type_name = str_trim(xml_attribute(variable, STR("typeRef")));
        TRY(dmn_type_of(reader, variable, node->face.type_name, &node->face.type));
    }
    if (str_is_empty(node->face.name)) {
        dmn_report(reader, xml, DMN_MESSAGE_NO_NAME, xml->name, STR(""));
    }
    Str key = node_key(arena, model, reader->document, node->face.id);
    if (map_has(&model->nodes_by_id, key) && !str_is_empty(node->face.id)) {
        dmn_report(reader, xml, DMN_MESSAGE_DUPLICATE_ID, node->face.id, STR(""));
    } else {
        map_put(&model->nodes_by_id, key, node);
    }
    *vec_push(arena, &model->nodes) = node;
    return STATUS_OK;
}

static Status read_nodes(Reader *reader) {
    for (size_t i = 0; i < reader->model->document_count; i++) {
        reader->document = &reader->model->documents[i];
        for (const XmlNode *xml = reader->document->root->child; xml != NULL; xml = xml->next) {
            DmnNodeKind kind = DMN_INPUT;
            TRY(cx_step(reader->cx));
            if (kind_of(xml, &kind)) {
                TRY(read_node(reader, xml, kind));
            }
        }
    }
    if (reader->model->nodes.count > DMN_NODES_MAX) {
        return fault(reader->cx, STATUS_LIMIT, "dmn: more than %d decisions and inputs",
                     DMN_NODES_MAX);
    }
    return STATUS_OK;
}

/* ---- requirements ---- */

/* Finds the node an href names: "#id", "uri#id" or (leniently) "id"; NULL with a diagnostic. */
static Node *resolve(Reader *reader, const XmlNode *xml) {
    Str rest = str_trim(xml_attribute(xml, STR("href")));
    Str href = rest;
    Str uri = str_cut(&rest, '#');
    if (rest.at == NULL) {
        rest = uri;
        uri = STR("");
    }
    const Document *document = reader->document;
    if (!str_is_empty(uri)) {
        const Document *imported = find_imported(reader->model, document, uri);
        document = imported != NULL ? imported : find_document(reader->model, uri);
    }
    Arena *arena = reader->cx->arena;
    const Map *nodes = &reader->model->nodes_by_id;
    Node *found = NULL;
    if (document != NULL) {
        found = map_get(nodes, node_key(arena, reader->model, document, rest));
    }
    if (found == NULL && str_equal(uri, reader->document->uri)) { /* a local qualified href */
        found = map_get(nodes, node_key(arena, reader->model, reader->document, rest));
    }
    if (found == NULL) {
        dmn_report(reader, xml, DMN_MESSAGE_UNKNOWN_REFERENCE, href, STR(""));
    }
    return found;
}

/* The name under which another node is seen from the document: with the import's prefix. */
static Str name_seen(Reader *reader, const Node *node) {
    const Document *document = reader->document;
    for (size_t i = 0; node->document != document && i < document->import_count; i++) {
        const struct Import *import = &document->imports[i];
        if (import->document == node->document && !str_is_empty(import->name)) {
            return str_print(reader->cx->arena, STR_FMT "." STR_FMT, STR_ARG(import->name),
                             STR_ARG(node->face.name));
        }
    }
    return node->face.name;
}

static void add_requirement(Reader *reader, Node *node, const XmlNode *reference) {
    if (reference == NULL) {
        return;
    }
    Node *other = resolve(reader, reference);
    if (other == NULL) {
        return;
    }
    for (size_t i = 0; i < node->requirements.count; i++) {
        if (node->requirements.items[i].node == other->face.index) {
            return;
        }
    }
    *vec_push(reader->cx->arena, &node->requirements) =
        (Requirement){.node = other->face.index, .name = name_seen(reader, other)};
}

/* A knowledge model may call itself without saying so. */
static void add_itself(Reader *reader, Node *node) {
    for (size_t i = 0; i < node->requirements.count; i++) {
        if (node->requirements.items[i].node == node->face.index) {
            return;
        }
    }
    *vec_push(reader->cx->arena, &node->requirements) =
        (Requirement){.node = node->face.index, .name = node->face.name};
}

static Status read_requirements(Reader *reader, Node *node) {
    static const Str KINDS[] = {{"informationRequirement", 22}, {"knowledgeRequirement", 20}};
    static const Str ENDS[] = {
        {"requiredInput", 13}, {"requiredDecision", 16}, {"requiredKnowledge", 17}};
    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
        for (const XmlNode *xml = xml_child(node->xml, KINDS[k]); xml != NULL;
             xml = xml_next(xml)) {
            TRY(cx_step(reader->cx));
            for (size_t e = 0; e < sizeof ENDS / sizeof ENDS[0]; e++) {
                add_requirement(reader, node, xml_child(xml, ENDS[e]));
            }
        }
    }
    return STATUS_OK;
}

static Status read_service_list(Reader *reader, Node *node, Str name, IndexVec *out) {
    for (const XmlNode *xml = xml_child(node->xml, name); xml != NULL; xml = xml_next(xml)) {
        TRY(cx_step(reader->cx));
        Node *other = resolve(reader, xml);
        if (other != NULL) {
            *vec_push(reader->cx->arena, out) = other->face.index;
        }
    }
    return STATUS_OK;
}

static Status read_service(Reader *reader, Node *node) {
    TRY(read_service_list(reader, node, STR("outputDecision"), &node->service_outputs));
    TRY(read_service_list(reader, node, STR("inputData"), &node->service_inputs));
    TRY(read_service_list(reader, node, STR("inputDecision"), &node->service_inputs));
    FeelParameter *parameters =
        arena_array(reader->cx->arena, FeelParameter, node->service_inputs.count);
    for (size_t i = 0; i < node->service_inputs.count; i++) {
        const Node *input = reader->model->nodes.items[node->service_inputs.items[i]];
        parameters[i] = (FeelParameter){name_seen(reader, input), input->face.type};
    }
    node->parameters = parameters;
    node->parameter_count = node->service_inputs.count;
    return STATUS_OK;
}

/* The variable of a knowledge model or service may be typed by a function: its result counts. */
static const FeelType *result_type(const FeelType *type) {
    return type != NULL && type->kind == FEEL_FUNCTION ? type->item : type;
}

static Status read_knowledge(Reader *reader, Node *node) {
    const XmlNode *logic = xml_child(node->xml, STR("encapsulatedLogic"));
    size_t count = 0;
    const XmlNode *first = xml_child(logic, STR("formalParameter"));
    for (const XmlNode *xml = first; xml != NULL; xml = xml_next(xml)) {
        count++;
    }
    FeelParameter *parameters = arena_array(reader->cx->arena, FeelParameter, count);
    node->parameters = parameters;
    node->parameter_count = count;
    for (const XmlNode *xml = first; xml != NULL; xml = xml_next(xml), parameters++) {
        TRY(cx_step(reader->cx));
        parameters->name = str_trim(xml_attribute(xml, STR("name")));
        TRY(dmn_type_of(reader, xml, xml_attribute(xml, STR("typeRef")), &parameters->type));
    }
    return STATUS_OK;
}

static Status read_links(Reader *reader) {
    for (size_t i = 0; i < reader->model->nodes.count; i++) {
        Node *node = reader->model->nodes.items[i];
        reader->document = node->document;
        reader->node = node;
        TRY(read_requirements(reader, node));
        if (node->face.kind == DMN_SERVICE) {
            TRY(read_service(reader, node));
        }
        if (node->face.kind == DMN_KNOWLEDGE) {
            add_itself(reader, node);
            TRY(read_knowledge(reader, node));
        }
        if (node->face.kind == DMN_SERVICE || node->face.kind == DMN_KNOWLEDGE) {
            node->result = result_type(node->face.type);
            node->face.type = feel_type_function(reader->cx->arena, node->parameters,
                                                 node->parameter_count, node->result);
        }
        size_t *requirements = arena_array(reader->cx->arena, size_t, node->requirements.count);
        for (size_t k = 0; k < node->requirements.count; k++) {
            requirements[k] = node->requirements.items[k].node;
        }
        bool is_service = node->face.kind == DMN_SERVICE;
        node->face.requirements = is_service ? node->service_outputs.items : requirements;
        node->face.requirement_count =
            is_service ? node->service_outputs.count : node->requirements.count;
    }
    return STATUS_OK;
}

/* ---- names, cycles ---- */

static Status check_names(Reader *reader) {
    Map names;
    map_init(&names, reader->cx->arena);
    for (size_t i = 0; i < reader->model->nodes.count; i++) {
        Node *node = reader->model->nodes.items[i];
        TRY(cx_step(reader->cx));
        Str key = node_key(reader->cx->arena, reader->model, node->document, node->face.name);
        const Node *other = map_get(&names, key);
        reader->document = node->document;
        reader->node = node;
        if (other != NULL && other->document == node->document) {
            dmn_report(reader, node->xml, DMN_MESSAGE_DUPLICATE_NAME, node->face.name, STR(""));
        }
        map_put(&names, key, node);
    }
    return STATUS_OK;
}

typedef enum Mark { MARK_NEW, MARK_OPEN, MARK_DONE } Mark;

/* Order in which nodes can be compiled: what a node requires comes first, because types of names
 * are inferred. Depth-first with an explicit path; an open node met again is a cycle. */
static Status order_nodes(Reader *reader, size_t *order) {
    size_t count = reader->model->nodes.count;
    uint8_t *marks = arena_array(reader->cx->arena, uint8_t, count);
    size_t *path = arena_array(reader->cx->arena, size_t, count + 1);
    size_t *next = arena_array(reader->cx->arena, size_t, count);
    size_t done = 0;
    for (size_t start = 0; start < count; start++) {
        size_t depth = 0;
        if (marks[start] == MARK_NEW) {
            path[depth++] = start;
            marks[start] = MARK_OPEN;
        }
        while (depth > 0) {
            TRY(cx_step(reader->cx));
            size_t at = path[depth - 1];
            const Node *node = reader->model->nodes.items[at];
            if (next[at] == node->requirements.count) {
                marks[at] = MARK_DONE;
                order[done++] = at;
                depth--;
                continue;
            }
            size_t to = node->requirements.items[next[at]++].node;
            if (marks[to] == MARK_NEW) {
                marks[to] = MARK_OPEN;
                path[depth++] = to;
            } else if (marks[to] == MARK_OPEN && node->face.kind == DMN_DECISION) {
                reader->document = node->document;
                reader->node = node;
                dmn_report(reader, node->xml, DMN_MESSAGE_CIRCULAR_DECISION, node->face.name,
                           STR(""));
            }
        }
    }
    check(done == count);
    return STATUS_OK;
}

/* ---- logic ---- */

static void open_scope(Reader *reader, const Node *node) {
    reader->document = node->document;
    reader->node = node;
    reader->frame_count = 0;
    reader->depth = 0;
    reader->scope = feel_scope_new(reader->cx->arena, reader->model->zones);
    dmn_scope_types(reader, reader->scope);
    for (size_t i = 0; i < node->requirements.count; i++) {
        const Requirement *requirement = &node->requirements.items[i];
        const Node *other = reader->model->nodes.items[requirement->node];
        const FeelType *type = other->face.type;
        if (type == NULL && other->face.kind == DMN_DECISION && other->logic != NULL) {
            type = other->logic->known_type; /* guides parsing only, it does not coerce */
        }
        (void)feel_scope_add(reader->scope, requirement->name, type);
    }
    for (size_t i = 0; i < node->parameter_count; i++) {
        (void)feel_scope_add(reader->scope, node->parameters[i].name, node->parameters[i].type);
    }
    reader->frame_count = feel_scope_count(reader->scope);
}

static void show_logic(Node *node) {
    const DmnExpression *logic = node->logic;
    if (logic->kind == EXPRESSION_TABLE) {
        node->face.table = logic->table;
        logic->table->node = node->face.index;
    }
    if (logic->kind == EXPRESSION_LITERAL && logic->program != NULL) {
        node->face.expression_text = feel_program_text(logic->program);
    }
}

static bool is_feel_function(const XmlNode *logic) {
    Str kind = xml_attribute(logic, STR("kind"));
    return str_is_empty(kind) || str_equal(kind, STR("FEEL"));
}

static Status compile_node(Reader *reader, Node *node) {
    if (node->face.kind != DMN_DECISION && node->face.kind != DMN_KNOWLEDGE) {
        return STATUS_OK;
    }
    open_scope(reader, node);
    const XmlNode *parent = node->face.kind == DMN_DECISION
                                ? node->xml
                                : xml_child(node->xml, STR("encapsulatedLogic"));
    if (parent == NULL || dmn_expression_child(parent) == NULL) {
        dmn_report(reader, node->xml, DMN_MESSAGE_NO_LOGIC, node->face.name, STR(""));
        return STATUS_OK;
    }
    if (node->face.kind == DMN_KNOWLEDGE && !is_feel_function(parent)) {
        dmn_report(reader, parent, DMN_MESSAGE_EXTERNAL_FUNCTION,
                   xml_attribute(parent, STR("kind")), STR(""));
        return STATUS_OK;
    }
    TRY(dmn_compile_below(reader, parent, &node->logic));
    node->frame_count = reader->frame_count;
    show_logic(node);
    return STATUS_OK;
}

static Status compile_all(Reader *reader) {
    size_t *order = arena_array(reader->cx->arena, size_t, reader->model->nodes.count);
    TRY(order_nodes(reader, order));
    for (size_t i = 0; i < reader->model->nodes.count; i++) {
        TRY(compile_node(reader, reader->model->nodes.items[order[i]]));
    }
    return STATUS_OK;
}

/* ---- the public face ---- */

Status dmn_load(Cx *cx, const DmnLoadOptions *options, const DmnModel **out) {
    check(options->source_count >= 1);
    if (options->source_count > DMN_SOURCES_MAX) {
        return fault(cx, STATUS_LIMIT, "dmn: more than %d files", DMN_SOURCES_MAX);
    }
    DmnModel *model = arena_new(cx->arena, DmnModel);
    Reader reader = {.cx = cx, .model = model};
    reader.feel = arena_new(cx->arena, FeelDiagnostics);
    model->zones = options->zones;
    model->documents = arena_array(cx->arena, Document, options->source_count);
    map_init(&model->nodes_by_id, cx->arena);
    for (size_t i = 0; i < options->source_count; i++) {
        TRY(read_document(&reader, &options->sources[i], &model->documents[i]));
        model->document_count++;
    }
    for (size_t i = 0; i < model->document_count; i++) {
        read_imports(&reader, &model->documents[i]);
    }
    TRY(dmn_read_types(&reader));
    TRY(read_nodes(&reader));
    TRY(read_links(&reader));
    TRY(check_names(&reader));
    TRY(compile_all(&reader));
    *out = model;
    return STATUS_OK;
}

Str dmn_model_name(const DmnModel *model) {
    return model->documents[0].name;
}

Str dmn_model_namespace(const DmnModel *model) {
    return model->documents[0].uri;
}

DmnDiagnostics dmn_model_diagnostics(const DmnModel *model) {
    return (DmnDiagnostics){model->diagnostics.items, model->diagnostics.count};
}

bool dmn_model_has_errors(const DmnModel *model) {
    return model->has_errors;
}

size_t dmn_node_count(const DmnModel *model) {
    return model->nodes.count;
}

const DmnNode *dmn_node_at(const DmnModel *model, size_t index) {
    check(index < model->nodes.count);
    return &model->nodes.items[index]->face;
}

size_t dmn_node_find(const DmnModel *model, Str name, Str namespace_uri) {
    for (size_t i = 0; i < model->nodes.count; i++) {
        const DmnNode *node = &model->nodes.items[i]->face;
        if (str_equal(node->name, name) &&
            (str_is_empty(namespace_uri) || str_equal(node->namespace_uri, namespace_uri))) {
            return i;
        }
    }
    return DMN_NONE;
}

/* Marks what can be reached; an explicit stack, each node enters once. */
size_t dmn_node_inputs(const DmnModel *model, size_t node, size_t *out) {
    size_t count = model->nodes.count;
    check(node < count);
    Arena *scratch = arena_create();
    bool *is_seen = arena_array(scratch, bool, count);
    size_t *stack = arena_array(scratch, size_t, count);
    size_t depth = 0;
    stack[depth++] = node;
    is_seen[node] = true;
    while (depth > 0) {
        const DmnNode *at = &model->nodes.items[stack[--depth]]->face;
        for (size_t i = 0; i < at->requirement_count; i++) {
            size_t next = at->requirements[i];
            if (!is_seen[next]) {
                is_seen[next] = true;
                stack[depth++] = next;
            }
        }
    }
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_seen[i] && model->nodes.items[i]->face.kind == DMN_INPUT) {
            out[found++] = i;
        }
    }
    arena_free(scratch);
    return found;
}
