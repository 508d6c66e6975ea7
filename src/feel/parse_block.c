/*
 * parse_block.c - the forms that bind names: for, some, every, function, context. Each gives its
 * locals back at its end.
 */
#include "base/vec.h"
#include "feel/eval.h"
#include "feel/parse.h"

typedef struct LoopVec {
    FeelLoop *items;
    size_t count;
    size_t room;
} LoopVec;

/* "name in from" or "name in from .. to". */
static Status parse_loop(FeelParser *parser, LoopVec *loops) {
    Str name = STR_NONE;
    TRY(feel_parse_new_name(parser, TOKEN_IN, &name));
    TRY(feel_expect(parser, TOKEN_IN));
    FeelLoop loop = {0};
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &loop.from));
    if (feel_accept(parser, TOKEN_DOTS)) {
        TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &loop.to));
    }
    loop.local = feel_local_new(parser);
    feel_bind(parser, name, loop.local, feel_element_type(loop.from->type));
    *vec_push(parser->arena, loops) = loop;
    return STATUS_OK;
}

static Status parse_loops(FeelParser *parser, FeelNode *node) {
    LoopVec loops = {0};
    do {
        TRY(cx_step(parser->cx));
        TRY(parse_loop(parser, &loops));
        if (loops.count > FEEL_PARAMETERS_MAX) {
            return feel_refuse(parser, FEEL_SAY_TOO_MANY, STR("iterators"), STR_NONE);
        }
    } while (feel_accept(parser, TOKEN_COMMA));
    node->loops = loops.items;
    node->item_count = loops.count;
    return STATUS_OK;
}

Status feel_parse_for(FeelParser *parser, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_FOR, parser->token.offset);
    feel_advance(parser);
    FeelName *mark = parser->locals.last;
    size_t local_mark = parser->local_count;
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = false;
    TRY(parse_loops(parser, node));
    TRY(feel_expect(parser, TOKEN_RETURN));
    parser->is_range_end = was_range_end;
    node->index = feel_local_new(parser);
    feel_bind(parser, STR("partial"), node->index, &FEEL_TYPE_LIST);
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &node->right));
    node->type = feel_type_list(parser->arena, node->right->type);
    feel_names_cut(&parser->locals, mark);
    parser->local_count = local_mark;
    return feel_node_done(parser, node, out);
}

Status feel_parse_quantified(FeelParser *parser, FeelNode **out) {
    FeelNodeKind kind = feel_at(parser, TOKEN_SOME) ? NODE_SOME : NODE_EVERY;
    FeelNode *node = feel_node(parser, kind, parser->token.offset);
    feel_advance(parser);
    FeelName *mark = parser->locals.last;
    size_t local_mark = parser->local_count;
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = false;
    TRY(parse_loops(parser, node));
    TRY(feel_expect(parser, TOKEN_SATISFIES));
    parser->is_range_end = was_range_end;
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &node->right));
    node->type = &FEEL_TYPE_BOOLEAN;
    feel_names_cut(&parser->locals, mark);
    parser->local_count = local_mark;
    return feel_node_done(parser, node, out);
}

/* ---- functions ---- */

typedef struct ParameterVec {
    FeelParameter *items;
    size_t count;
    size_t room;
} ParameterVec;

static Status parse_parameter(FeelParser *parser, ParameterVec *parameters) {
    FeelParameter parameter = {0};
    TRY(cx_step(parser->cx));
    TRY(feel_parse_new_name(parser, TOKEN_COLON, &parameter.name));
    if (feel_accept(parser, TOKEN_COLON)) {
        TRY(feel_parse_type(parser, &parameter.type));
    }
    for (size_t i = 0; i < parameters->count; i++) {
        if (str_equal(parameters->items[i].name, parameter.name)) {
            return feel_refuse(parser, FEEL_SAY_DUPLICATE_KEY, parameter.name, STR_NONE);
        }
    }
    if (parameters->count >= FEEL_PARAMETERS_MAX) {
        return feel_refuse(parser, FEEL_SAY_TOO_MANY, STR("parameters"), STR_NONE);
    }
    *vec_push(parser->arena, parameters) = parameter;
    const FeelType *type = parameter.type == NULL ? &FEEL_TYPE_ANY : parameter.type;
    feel_bind(parser, parameter.name, feel_local_new(parser), type);
    return STATUS_OK;
}

static Status parse_parameters(FeelParser *parser, FeelLambda *lambda) {
    ParameterVec parameters = {0};
    TRY(feel_expect(parser, TOKEN_PAREN_OPEN));
    if (!feel_at(parser, TOKEN_PAREN_CLOSE)) {
        do {
            TRY(parse_parameter(parser, &parameters));
        } while (feel_accept(parser, TOKEN_COMMA));
    }
    lambda->parameters = parameters.items;
    lambda->parameter_count = parameters.count;
    return feel_expect(parser, TOKEN_PAREN_CLOSE);
}

/* "external {...}" is read and kept without a body: calling it gives null with a diagnostic. */
static Status parse_body(FeelParser *parser, FeelLambda *lambda) {
    bool is_external = feel_at(parser, TOKEN_NAME) && str_equal(feel_seen(parser), STR("external"));
    if (is_external) {
        feel_advance(parser);
    }
    FeelNode *body = NULL;
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &body));
    lambda->body = is_external ? NULL : body;
    return STATUS_OK;
}

static const FeelType *lambda_type(FeelParser *parser, const FeelLambda *lambda) {
    const FeelType *result = lambda->body == NULL ? NULL : lambda->body->type;
    return feel_type_function(parser->arena, lambda->parameters, lambda->parameter_count, result);
}

Status feel_parse_function(FeelParser *parser, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_FUNCTION, parser->token.offset);
    feel_advance(parser);
    FeelLambda *lambda = arena_new(parser->arena, FeelLambda);
    FeelName *mark = parser->locals.last;
    size_t outer_max = parser->local_max;
    lambda->captured_count = parser->local_count;
    lambda->source = parser->text;
    parser->local_max = parser->local_count;
    TRY(parse_parameters(parser, lambda));
    TRY(parse_body(parser, lambda));
    lambda->local_count = parser->local_max;
    parser->local_max = outer_max > parser->local_max ? outer_max : parser->local_max;
    parser->local_count = lambda->captured_count;
    feel_names_cut(&parser->locals, mark);
    node->lambda = lambda;
    node->type = lambda_type(parser, lambda);
    return feel_node_done(parser, node, out);
}

/* ---- contexts ---- */

typedef struct EntryVec {
    FeelTypeEntry *items;
    size_t count;
    size_t room;
} EntryVec;

static Status parse_key(FeelParser *parser, Str *out) {
    if (!feel_at(parser, TOKEN_STRING)) {
        return feel_parse_new_name(parser, TOKEN_COLON, out);
    }
    *out = feel_token_string(parser->arena, feel_seen(parser));
    feel_advance(parser);
    return STATUS_OK;
}

static Status parse_entry(FeelParser *parser, EntryVec *entries, FeelNodeVec *values) {
    FeelTypeEntry entry = {0};
    FeelNode *value = NULL;
    TRY(cx_step(parser->cx));
    TRY(parse_key(parser, &entry.name));
    TRY(feel_expect(parser, TOKEN_COLON));
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &value));
    entry.type = value->type;
    *vec_push(parser->arena, entries) = entry;
    *vec_push(parser->arena, values) = value;
    feel_bind(parser, entry.name, feel_local_new(parser), value->type);
    return STATUS_OK;
}

static const FeelType *context_type(FeelParser *parser, const EntryVec *entries) {
    FeelType *type = arena_new(parser->arena, FeelType);
    *type =
        (FeelType){.kind = FEEL_CONTEXT, .entries = entries->items, .entry_count = entries->count};
    return type;
}

Status feel_parse_context(FeelParser *parser, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_CONTEXT, parser->token.offset);
    feel_advance(parser);
    FeelName *mark = parser->locals.last;
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = false;
    EntryVec entries = {0};
    FeelNodeVec values = {0};
    node->index = parser->local_count;
    if (!feel_at(parser, TOKEN_BRACE_CLOSE)) {
        do {
            TRY(parse_entry(parser, &entries, &values));
        } while (feel_accept(parser, TOKEN_COMMA));
    }
    TRY(feel_expect(parser, TOKEN_BRACE_CLOSE));
    parser->is_range_end = was_range_end;
    parser->local_count = node->index;
    feel_names_cut(&parser->locals, mark);
    node->items = values.items;
    node->item_count = values.count;
    node->names = arena_array(parser->arena, Str, entries.count);
    for (size_t i = 0; i < entries.count; i++) {
        node->names[i] = entries.items[i].name;
    }
    node->type = context_type(parser, &entries);
    return feel_node_done(parser, node, out);
}
