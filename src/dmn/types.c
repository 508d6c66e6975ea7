/*
 * types.c - item definitions become FEEL types. A type is made when it is first asked for, so they
 * may stand in any order and refer to themselves through their components.
 */
#include "dmn/model.h"

/* Takes the prefix "feel." or "feel:" of older models off a type name. */
static Str plain_name(Str text) {
    text = str_trim(text);
    if (str_starts(text, STR("feel.")) || str_starts(text, STR("feel:"))) {
        return str_from(text, 5);
    }
    return text;
}

static Status make_type(Reader *reader, TypeEntry *entry);

/* Looks a name up in the document's own types, then as prefix.name in its imports. */
static TypeEntry *find_entry(const Document *document, Str name) {
    TypeEntry *entry = map_get(&document->types, name);
    for (size_t i = 0; entry == NULL && i < document->import_count; i++) {
        const Document *other = document->imports[i].document;
        Str prefix = document->imports[i].name;
        if (other == NULL) {
            continue;
        }
        if (str_is_empty(prefix)) {
            entry = map_get(&other->types, name);
        } else if (str_starts(name, prefix) && name.len > prefix.len + 1 &&
                   (name.at[prefix.len] == '.' || name.at[prefix.len] == ':')) {
            entry = map_get(&other->types, str_from(name, prefix.len + 1));
        }
    }
    return entry;
}

/* Names that editors write for numbers, beside those of the standard. */
static const FeelType *builtin_type(Str name) {
    static const Str NUMBERS[] = {{"integer", 7}, {"long", 4}, {"double", 6}, {"decimal", 7}};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        if (str_equal(name, NUMBERS[i])) {
            return &FEEL_TYPE_NUMBER;
        }
    }
    return feel_type_builtin(name);
}

/* Behind the XML prefix of an older model, "ns:tLoan"; the name itself when there is none. */
static Str behind_prefix(Str name) {
    size_t colon = str_find(name, STR(":"), 0);
    return colon == SIZE_MAX ? name : str_from(name, colon + 1);
}

Status dmn_type_of(Reader *reader, const XmlNode *at, Str text, const FeelType **out) {
    Str name = plain_name(text);
    *out = NULL;
    if (str_is_empty(name)) {
        return STATUS_OK;
    }
    TypeEntry *entry = find_entry(reader->document, name);
    if (entry == NULL) {
        name = behind_prefix(name);
        entry = find_entry(reader->document, name);
    }
    if (entry == NULL) {
        *out = builtin_type(name);
        if (*out == NULL) {
            dmn_report(reader, at, DMN_MESSAGE_UNKNOWN_TYPE, name, STR(""));
        }
        return STATUS_OK;
    }
    const Document *here = reader->document;
    reader->document = entry->document;
    Status status = make_type(reader, entry);
    reader->document = here;
    *out = entry->type;
    return status;
}

/* A narrower list of values on top of one that holds already: both must be met. */
static Str with_inherited(Reader *reader, Str text, const FeelTests *inherited) {
    if (inherited == NULL || inherited->is_negated || str_starts(text, STR("not("))) {
        return text;
    }
    return str_print(reader->cx->arena, "? in (" STR_FMT ") and ? in (" STR_FMT ")", STR_ARG(text),
                     STR_ARG(inherited->text));
}

/* Compiles the unary tests below xml/name; the type of "?" is input_type. */
static Status compile_constraint(Reader *reader, const XmlNode *xml, const FeelType *input_type,
                                 const FeelTests **out) {
    const XmlNode *text = xml_child(xml, STR("text"));
    *out = NULL;
    if (text == NULL || str_is_empty(str_trim(text->text))) {
        return STATUS_OK;
    }
    DmnPlace place = dmn_place_of(reader, text);
    FeelScope *scope = feel_scope_new(reader->cx->arena, reader->model->zones);
    Str tests = with_inherited(reader, str_trim(text->text), input_type->allowed);
    Status status = feel_compile_tests(reader->cx, scope, tests, input_type, reader->feel, out);
    dmn_drain_feel(reader, &place, status != STATUS_OK);
    if (status == STATUS_INVALID) {
        fault_clear(reader->cx);
        *out = NULL;
        return STATUS_OK;
    }
    return status;
}

static Status fill_type(Reader *reader, const XmlNode *xml, FeelType *type);

/* A plain reference keeps the pointer, so that a type still being made (a tree whose nodes hold
 * nodes) is seen complete later; anything more is a type of its own. */
static Status type_of_component(Reader *reader, const XmlNode *xml, const FeelType **out) {
    const XmlNode *reference = xml_child(xml, STR("typeRef"));
    bool is_collection = str_equal(xml_attribute(xml, STR("isCollection")), STR("true"));
    bool is_plain = reference != NULL && xml_child(xml, STR("allowedValues")) == NULL &&
                    xml_child(xml, STR("typeConstraint")) == NULL;
    const FeelType *base = NULL;
    if (is_plain) {
        TRY(dmn_type_of(reader, reference, reference->text, &base));
        *out = base == NULL ? &FEEL_TYPE_ANY : base;
        if (is_collection) {
            *out = feel_type_list(reader->cx->arena, *out);
        }
        return STATUS_OK;
    }
    FeelType *own = arena_new(reader->cx->arena, FeelType);
    *out = own;
    return fill_type(reader, xml, own);
}

static Status read_components(Reader *reader, const XmlNode *first, FeelType *type) {
    size_t count = 0;
    for (const XmlNode *xml = first; xml != NULL; xml = xml_next(xml)) {
        count++;
    }
    FeelTypeEntry *entries = arena_array(reader->cx->arena, FeelTypeEntry, count);
    type->entries = entries;
    type->entry_count = count;
    for (const XmlNode *xml = first; xml != NULL; xml = xml_next(xml), entries++) {
        entries->name = str_trim(xml_attribute(xml, STR("name")));
        TRY(type_of_component(reader, xml, &entries->type));
    }
    return STATUS_OK;
}

static Status read_function(Reader *reader, const XmlNode *xml, FeelType *type) {
    size_t count = 0;
    const XmlNode *first = xml_child(xml, STR("parameters"));
    for (const XmlNode *at = first; at != NULL; at = xml_next(at)) {
        count++;
    }
    FeelTypeEntry *entries = arena_array(reader->cx->arena, FeelTypeEntry, count);
    type->kind = FEEL_FUNCTION;
    type->entries = entries;
    type->entry_count = count;
    for (const XmlNode *at = first; at != NULL; at = xml_next(at), entries++) {
        entries->name = xml_attribute(at, STR("name"));
        TRY(dmn_type_of(reader, at, xml_attribute(at, STR("typeRef")), &entries->type));
        entries->type = entries->type == NULL ? &FEEL_TYPE_ANY : entries->type;
    }
    return dmn_type_of(reader, xml, xml_attribute(xml, STR("outputTypeRef")), &type->item);
}

/* What the definition says without isCollection and constraints. */
static Status fill_base(Reader *reader, const XmlNode *xml, FeelType *type) {
    const XmlNode *reference = xml_child(xml, STR("typeRef"));
    const XmlNode *component = xml_child(xml, STR("itemComponent"));
    const XmlNode *function = xml_child(xml, STR("functionItem"));
    *type = FEEL_TYPE_ANY;
    if (component != NULL) {
        type->kind = FEEL_CONTEXT;
        return read_components(reader, component, type);
    }
    if (function != NULL) {
        return read_function(reader, function, type);
    }
    if (reference != NULL) {
        const FeelType *base = NULL;
        TRY(dmn_type_of(reader, reference, reference->text, &base));
        if (base != NULL) {
            *type = *base;
        }
    }
    return STATUS_OK;
}

/* The items of a collection: the referenced type itself when nothing is added to it. */
static Status item_of_collection(Reader *reader, const XmlNode *xml, const FeelType *base,
                                 bool has_own_values, const FeelType **out) {
    const XmlNode *reference = xml_child(xml, STR("typeRef"));
    if (reference != NULL && !has_own_values) {
        TRY(dmn_type_of(reader, reference, reference->text, out));
        *out = *out == NULL ? &FEEL_TYPE_ANY : *out;
        return STATUS_OK;
    }
    FeelType *item = arena_new(reader->cx->arena, FeelType);
    *item = *base;
    *out = item;
    return STATUS_OK;
}

static Status fill_type(Reader *reader, const XmlNode *xml, FeelType *type) {
    TRY(cx_step(reader->cx));
    if (++reader->depth > DMN_DEPTH_MAX) {
        return fault(reader->cx, STATUS_LIMIT, "dmn: types nested too deep");
    }
    bool is_collection = str_equal(xml_attribute(xml, STR("isCollection")), STR("true"));
    const FeelTests *allowed = NULL;
    const FeelTests *constraint = NULL;
    FeelType base;
    TRY(fill_base(reader, xml, &base));
    TRY(compile_constraint(reader, xml_child(xml, STR("allowedValues")), &base, &allowed));
    base.allowed = allowed != NULL ? allowed : base.allowed;
    *type = base;
    if (is_collection) {
        *type = (FeelType){.kind = FEEL_LIST};
        TRY(item_of_collection(reader, xml, &base, allowed != NULL, &type->item));
    }
    TRY(compile_constraint(reader, xml_child(xml, STR("typeConstraint")), type, &constraint));
    type->allowed = constraint != NULL ? constraint : type->allowed;
    if (str_equal(xml->name, STR("itemDefinition"))) {
        type->name = xml_attribute(xml, STR("name"));
    }
    reader->depth--;
    return STATUS_OK;
}

static Status make_type(Reader *reader, TypeEntry *entry) {
    if (entry->state == TYPE_DONE) {
        return STATUS_OK;
    }
    if (entry->state == TYPE_OPEN) {
        /* Inside a component this is a recursive structure and the pointer will be filled; as a
         * plain alias it has no meaning. The kind tells which: still Any while open. */
        return STATUS_OK;
    }
    entry->state = TYPE_OPEN;
    TRY(fill_type(reader, entry->xml, entry->type));
    entry->state = TYPE_DONE;
    return STATUS_OK;
}

/* An alias must not come back to itself: A is B, B is A. */
static void check_alias(Reader *reader, const TypeEntry *entry) {
    const TypeEntry *at = entry;
    for (int hop = 0; hop < DMN_DEPTH_MAX && at != NULL; hop++) {
        const XmlNode *reference = xml_child(at->xml, STR("typeRef"));
        at = reference == NULL ? NULL : find_entry(at->document, plain_name(reference->text));
        if (at == entry) {
            dmn_report(reader, entry->xml, DMN_MESSAGE_CIRCULAR_TYPE, entry->name, STR(""));
            return;
        }
    }
}

Status dmn_read_types(Reader *reader) {
    DmnModel *model = reader->model;
    for (size_t i = 0; i < model->document_count; i++) {
        Document *document = &model->documents[i];
        reader->document = document;
        map_init(&document->types, reader->cx->arena);
        for (const XmlNode *xml = xml_child(document->root, STR("itemDefinition")); xml != NULL;
             xml = xml_next(xml)) {
            TRY(cx_step(reader->cx));
            TypeEntry *entry = arena_new(reader->cx->arena, TypeEntry);
            *entry = (TypeEntry){.name = str_trim(xml_attribute(xml, STR("name"))),
                                 .xml = xml,
                                 .document = document,
                                 .type = arena_new(reader->cx->arena, FeelType)};
            *entry->type = FEEL_TYPE_ANY;
            map_put(&document->types, entry->name, entry);
        }
    }
    for (size_t i = 0; i < model->document_count; i++) {
        const Map *types = &model->documents[i].types;
        for (size_t k = 0; k < types->count; k++) {
            reader->document = &model->documents[i];
            check_alias(reader, types->entries[k].value);
            TRY(make_type(reader, types->entries[k].value));
        }
    }
    return STATUS_OK;
}

void dmn_scope_types(Reader *reader, FeelScope *scope) {
    const Document *document = reader->document;
    for (size_t i = 0; i < document->import_count; i++) {
        const struct Import *import = &document->imports[i];
        for (size_t k = 0; import->document != NULL && k < import->document->types.count; k++) {
            const TypeEntry *entry = import->document->types.entries[k].value;
            Str name = entry->name;
            if (!str_is_empty(import->name)) {
                name = str_print(reader->cx->arena, STR_FMT "." STR_FMT, STR_ARG(import->name),
                                 STR_ARG(entry->name));
            }
            feel_scope_add_type(scope, name, entry->type);
        }
    }
    for (size_t k = 0; k < document->types.count; k++) {
        const TypeEntry *entry = document->types.entries[k].value;
        feel_scope_add_type(scope, entry->name, entry->type);
    }
}
