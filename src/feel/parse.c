/*
 * parse.c - the Pratt parser: one row per token says what the token means before a value (prefix),
 * after a value (infix), and how strongly it binds. Read RULES at the end first, then upwards.
 * Everything that recurses goes through feel_parse_expression, which bounds the depth.
 */
#include "feel/parse.h"

#include "base/limits.h"
#include "base/vec.h"
#include "feel/builtin.h"
#include "feel/eval.h"

enum { FOLDED_BYTES_MAX = 4096 };

/* ---- tokens ---- */

void feel_advance_to(FeelParser *parser, size_t at) {
    parser->token = feel_token_at(parser->text, at);
}

void feel_advance(FeelParser *parser) {
    parser->end = parser->token.offset + parser->token.len;
    feel_advance_to(parser, parser->end);
}

bool feel_at(const FeelParser *parser, FeelTokenKind kind) {
    return parser->token.kind == kind;
}

bool feel_accept(FeelParser *parser, FeelTokenKind kind) {
    if (!feel_at(parser, kind)) {
        return false;
    }
    feel_advance(parser);
    return true;
}

Str feel_seen(const FeelParser *parser) {
    if (feel_at(parser, TOKEN_END)) {
        return feel_token_text(TOKEN_END);
    }
    return str_slice(parser->text, parser->token.offset, parser->token.len);
}

Status feel_refuse(FeelParser *parser, FeelMessage message, Str first, Str second) {
    FeelDiagnostic diagnostic = {.message = (int)message,
                                 .source = parser->text,
                                 .offset = parser->token.offset,
                                 .len = parser->token.len,
                                 .text = {first, second}};
    if (feel_at(parser, TOKEN_BAD)) {
        diagnostic.message = (int)parser->token.message;
        diagnostic.text[0] = parser->token.text[0];
        diagnostic.text[1] = parser->token.text[1];
    }
    feel_say(parser->diagnostics, &diagnostic);
    int64_t line = 0;
    int64_t column = 0;
    feel_diagnostic_place(&diagnostic, &line, &column);
    Str text = feel_diagnostic_text(parser->arena, &diagnostic, FEEL_ENGLISH);
    Str hint = feel_diagnostic_hint(&diagnostic, FEEL_ENGLISH);
    Status status = fault_at_line(parser->cx, STATUS_INVALID, line, column, STR_FMT, STR_ARG(text));
    fault_hint(parser->cx, STR_FMT, STR_ARG(hint));
    return status;
}

Status feel_expect(FeelParser *parser, FeelTokenKind kind) {
    if (!feel_accept(parser, kind)) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_EXPECTED, feel_token_text(kind),
                           feel_seen(parser));
    }
    return STATUS_OK;
}

void feel_warn(FeelParser *parser, FeelMessage message, size_t offset, Str first) {
    feel_say(parser->diagnostics, &(FeelDiagnostic){.message = (int)message,
                                                    .source = parser->text,
                                                    .offset = offset,
                                                    .len = parser->end - offset,
                                                    .text = {first, STR_NONE}});
}

Status feel_parser_init(FeelParser *parser, Cx *cx, const FeelScope *scope, Str text,
                        FeelDiagnostics *diagnostics) {
    *parser = (FeelParser){.cx = cx,
                           .arena = cx->arena,
                           .scope = scope,
                           .diagnostics = diagnostics,
                           .locals.arena = cx->arena,
                           .input_type = &FEEL_TYPE_ANY};
    parser->slot_words = scope->slot_count / 64 + 1;
    parser->slots_used = arena_array(cx->arena, uint64_t, parser->slot_words);
    if (text.len > FEEL_SOURCE_BYTES_MAX) {
        return feel_refuse(parser, FEEL_SAY_TOO_LONG, STR_NONE, STR_NONE);
    }
    if (!str_is_utf8(text)) {
        return feel_refuse(parser, FEEL_SAY_NOT_UTF8, STR_NONE, STR_NONE);
    }
    parser->text = str_dup(cx->arena, text);
    feel_advance_to(parser, 0);
    return STATUS_OK;
}

/* ---- nodes ---- */

FeelNode *feel_node(FeelParser *parser, FeelNodeKind kind, size_t offset) {
    FeelNode *node = arena_new(parser->arena, FeelNode);
    node->kind = kind;
    node->offset = (uint32_t)offset;
    node->len = (uint32_t)(parser->end > offset ? parser->end - offset : 0);
    node->type = &FEEL_TYPE_ANY;
    node->height = 1;
    return node;
}

FeelNode *feel_node_constant(FeelParser *parser, size_t offset, FeelValue value) {
    FeelNode *node = feel_node(parser, NODE_CONSTANT, offset);
    node->constant = value;
    node->type = feel_type_of(parser->arena, &value);
    return node;
}

static void height_raise(FeelNode *node, const FeelNode *child) {
    if (child != NULL && child->height >= node->height) {
        node->height = child->height + 1;
    }
}

static void height_set(FeelNode *node) {
    height_raise(node, node->left);
    height_raise(node, node->right);
    for (size_t i = 0; i < node->item_count && node->items != NULL; i++) {
        height_raise(node, node->items[i]);
    }
    bool has_loops = node->kind == NODE_FOR || node->kind == NODE_SOME || node->kind == NODE_EVERY;
    for (size_t i = 0; has_loops && i < node->item_count; i++) {
        height_raise(node, node->loops[i].from);
        height_raise(node, node->loops[i].to);
    }
    if (node->kind == NODE_FUNCTION) {
        height_raise(node, node->lambda->body);
    }
}

static bool is_constant(const FeelNode *node) {
    return node == NULL || node->kind == NODE_CONSTANT;
}

static bool is_foldable(const FeelNode *node) {
    bool is_pure = node->kind == NODE_NEGATE || node->kind == NODE_ARITHMETIC ||
                   node->kind == NODE_LIST || node->kind == NODE_RANGE ||
                   node->kind == NODE_UNARY_RANGE || node->kind == NODE_CONTEXT ||
                   (node->kind == NODE_CALL_BUILTIN && node->builtin->is_constant);
    if (!is_pure || !is_constant(node->left) || !is_constant(node->right)) {
        return false;
    }
    for (size_t i = 0; i < node->item_count; i++) {
        if (!is_constant(node->items[i])) {
            return false;
        }
    }
    return true;
}

/* A context of constants is built here, not by the evaluator, which would want its locals. A key
 * that occurs twice is left to run time. */
static FeelValue context_of_constants(FeelParser *parser, const FeelNode *node) {
    FeelContext *context = feel_context_new(parser->arena, node->item_count);
    for (size_t i = 0; i < node->item_count; i++) {
        feel_context_put(parser->arena, context, node->names[i], node->items[i]->constant);
    }
    return context->count == node->item_count ? feel_context(context) : FEEL_NULL_VALUE;
}

/* Evaluates a node of constants now. What comes out null is left to run time, for its diagnostic.
 */
static Status fold(FeelParser *parser, FeelNode **node) {
    FeelValue value = FEEL_NULL_VALUE;
    if ((*node)->kind == NODE_CONTEXT) {
        value = context_of_constants(parser, *node);
    } else {
        FeelEval eval;
        FeelFrame frame = {NULL, NULL};
        feel_eval_init(&eval, parser->cx, NULL, parser->scope->zones, NULL);
        TRY(feel_node_eval(&eval, *node, &frame, &value));
    }
    /* A chain of + makes a new text at each step: long ones are left to run time. */
    bool is_long = value.kind == FEEL_STRING && value.string.len > FOLDED_BYTES_MAX;
    if (!feel_is_null(value) && !is_long) {
        FeelNode *constant = feel_node_constant(parser, (*node)->offset, value);
        constant->len = (*node)->len;
        *node = constant;
    }
    return STATUS_OK;
}

Status feel_node_done(FeelParser *parser, FeelNode *node, FeelNode **out) {
    node->len = (uint32_t)(parser->end - node->offset);
    height_set(node);
    if (node->height > TREE_HEIGHT_MAX) {
        return feel_refuse(parser, FEEL_SAY_TOO_DEEP, STR_NONE, STR_NONE);
    }
    if (is_foldable(node)) {
        TRY(fold(parser, &node));
    }
    *out = node;
    return STATUS_OK;
}

size_t feel_local_new(FeelParser *parser) {
    size_t local = parser->local_count++;
    if (parser->local_count > parser->local_max) {
        parser->local_max = parser->local_count;
    }
    return local;
}

void feel_bind(FeelParser *parser, Str name, size_t local, const FeelType *type) {
    FeelName *added = feel_names_add(&parser->locals, name);
    added->kind = NAME_LOCAL;
    added->index = local;
    added->type = type;
    added->serial = ++parser->serial;
}

const FeelType *feel_element_type(const FeelType *type) {
    if (type->kind == FEEL_LIST || type->kind == FEEL_RANGE) {
        return type->item == NULL ? &FEEL_TYPE_ANY : type->item;
    }
    return type;
}

/* ---- operands ---- */

static Status parse_number(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    Decimal number;
    if (!decimal_parse(feel_seen(parser), &number)) {
        return feel_refuse(parser, FEEL_SAY_NUMBER_FORM, feel_seen(parser), STR_NONE);
    }
    feel_advance(parser);
    *out = feel_node_constant(parser, offset, feel_number(number));
    return STATUS_OK;
}

static Str take_text(FeelParser *parser) {
    Str text = feel_token_string(parser->arena, feel_seen(parser));
    feel_advance(parser);
    return text;
}

static Status parse_string(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    Str text = take_text(parser);
    *out = feel_node_constant(parser, offset, feel_string(text));
    return STATUS_OK;
}

static Status parse_at(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    if (!feel_at(parser, TOKEN_STRING)) {
        return feel_expect(parser, TOKEN_STRING);
    }
    Str text = take_text(parser);
    Temporal temporal;
    if (temporal_parse(parser->scope->zones, text, &temporal)) {
        *out = feel_node_constant(parser, offset, feel_temporal(parser->arena, &temporal));
        return STATUS_OK;
    }
    feel_warn(parser, FEEL_SAY_LITERAL_AT, offset, text);
    *out = feel_node(parser, NODE_NOTHING, offset);
    (*out)->index = FEEL_SAY_LITERAL_AT;
    (*out)->name = text;
    return STATUS_OK;
}

static Status parse_literal(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    FeelTokenKind kind = parser->token.kind;
    feel_advance(parser);
    FeelValue value = kind == TOKEN_NULL ? FEEL_NULL_VALUE : feel_boolean(kind == TOKEN_TRUE);
    *out = feel_node_constant(parser, offset, value);
    return STATUS_OK;
}

static Status parse_input(FeelParser *parser, FeelNode **out) {
    if (!parser->has_input) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_OPERAND, feel_seen(parser), STR_NONE);
    }
    size_t offset = parser->token.offset;
    feel_advance(parser);
    parser->uses_input = true;
    *out = feel_node(parser, NODE_LOCAL, offset);
    (*out)->index = 0;
    (*out)->type = parser->input_type;
    return STATUS_OK;
}

/* A minus before digits belongs to the number (grammar rule 37): "-1 instance of number". */
static Status parse_negate(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    if (feel_at(parser, TOKEN_NUMBER)) {
        TRY(parse_number(parser, out));
        Decimal number = decimal_negate((*out)->constant.number);
        *out = feel_node_constant(parser, offset, feel_number(number));
        return STATUS_OK;
    }
    FeelNode *node = feel_node(parser, NODE_NEGATE, offset);
    TRY(feel_parse_expression(parser, PRECEDENCE_NEGATE - 1, &node->left));
    node->type = node->left->type;
    return feel_node_done(parser, node, out);
}

/* At "..": the high end and the bracket. An end that is missing before ")" or after "(" is open
 * (grammar rule 66 b and c). */
static Status parse_range_rest(FeelParser *parser, FeelNode *low, bool is_low_closed, size_t offset,
                               FeelNode **out) {
    TRY(feel_expect(parser, TOKEN_DOTS));
    FeelNode *node = feel_node(parser, NODE_RANGE, offset);
    node->left = low;
    node->is_low_closed = is_low_closed;
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = true;
    if (feel_at(parser, TOKEN_PAREN_CLOSE)) {
        node->right = feel_node_constant(parser, offset, FEEL_NULL_VALUE);
    } else {
        TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &node->right));
    }
    parser->is_range_end = was_range_end;
    node->is_high_closed = feel_at(parser, TOKEN_BRACKET_CLOSE);
    if (!feel_accept(parser, TOKEN_BRACKET_OPEN) && !feel_accept(parser, TOKEN_PAREN_CLOSE)) {
        TRY(feel_expect(parser, TOKEN_BRACKET_CLOSE));
    }
    FeelType *type = arena_new(parser->arena, FeelType);
    *type = (FeelType){.kind = FEEL_RANGE, .item = low->type};
    node->type = type;
    return feel_node_done(parser, node, out);
}

/* Parses an expression inside brackets, where "[" is a filter again. */
static Status parse_inside(FeelParser *parser, FeelNode **out) {
    bool was_range_end = parser->is_range_end;
    parser->is_range_end = false;
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, out));
    parser->is_range_end = was_range_end;
    return STATUS_OK;
}

static Status parse_paren(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    FeelNode *node = NULL;
    if (feel_at(parser, TOKEN_DOTS)) {
        node = feel_node_constant(parser, offset, FEEL_NULL_VALUE);
        return parse_range_rest(parser, node, false, offset, out);
    }
    TRY(parse_inside(parser, &node));
    if (feel_at(parser, TOKEN_DOTS)) {
        return parse_range_rest(parser, node, false, offset, out);
    }
    TRY(feel_expect(parser, TOKEN_PAREN_CLOSE));
    *out = node;
    return STATUS_OK;
}

static Status parse_open_range(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    FeelNode *low = NULL;
    TRY(parse_inside(parser, &low));
    return parse_range_rest(parser, low, false, offset, out);
}

static Status parse_list_rest(FeelParser *parser, FeelNode *first, size_t offset, FeelNode **out) {
    FeelNodeVec items = {0};
    *vec_push(parser->arena, &items) = first;
    while (feel_accept(parser, TOKEN_COMMA)) {
        TRY(cx_step(parser->cx));
        FeelNode *item = NULL;
        TRY(parse_inside(parser, &item));
        *vec_push(parser->arena, &items) = item;
    }
    TRY(feel_expect(parser, TOKEN_BRACKET_CLOSE));
    FeelNode *node = feel_node(parser, NODE_LIST, offset);
    node->items = items.items;
    node->item_count = items.count;
    node->type = feel_type_list(parser->arena, first->type);
    for (size_t i = 1; i < items.count; i++) {
        if (items.items[i]->type->kind != first->type->kind) {
            node->type = &FEEL_TYPE_LIST;
        }
    }
    return feel_node_done(parser, node, out);
}

static Status parse_bracket(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    if (feel_accept(parser, TOKEN_BRACKET_CLOSE)) {
        FeelNode *node = feel_node(parser, NODE_LIST, offset);
        node->type = &FEEL_TYPE_LIST;
        return feel_node_done(parser, node, out);
    }
    FeelNode *first = NULL;
    TRY(parse_inside(parser, &first));
    if (feel_at(parser, TOKEN_DOTS)) {
        return parse_range_rest(parser, first, true, offset, out);
    }
    return parse_list_rest(parser, first, offset, out);
}

static FeelOp op_of(FeelTokenKind kind) {
    static const struct {
        FeelTokenKind token;
        FeelOp op;
    } OPS[] = {{TOKEN_PLUS, OP_ADD},
               {TOKEN_MINUS, OP_SUBTRACT},
               {TOKEN_STAR, OP_MULTIPLY},
               {TOKEN_SLASH, OP_DIVIDE},
               {TOKEN_POWER, OP_POWER},
               {TOKEN_EQUAL, OP_EQUAL},
               {TOKEN_NOT_EQUAL, OP_NOT_EQUAL},
               {TOKEN_LESS, OP_LESS},
               {TOKEN_LESS_EQUAL, OP_LESS_EQUAL},
               {TOKEN_GREATER, OP_GREATER},
               {TOKEN_GREATER_EQUAL, OP_GREATER_EQUAL}};
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++) {
        if (OPS[i].token == kind) {
            return OPS[i].op;
        }
    }
    check(false);
    return OP_ADD;
}

/* "< 10" where a value is expected: a range with one end. */
static Status parse_unary_range(FeelParser *parser, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_UNARY_RANGE, parser->token.offset);
    node->op = op_of(parser->token.kind);
    feel_advance(parser);
    TRY(feel_parse_expression(parser, PRECEDENCE_COMPARE, &node->left));
    node->type = &FEEL_TYPE_RANGE;
    return feel_node_done(parser, node, out);
}

static Status parse_if(FeelParser *parser, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_IF, parser->token.offset);
    feel_advance(parser);
    node->item_count = 2;
    node->items = arena_array(parser->arena, FeelNode *, 2);
    TRY(parse_inside(parser, &node->left));
    TRY(feel_expect(parser, TOKEN_THEN));
    TRY(parse_inside(parser, &node->items[0]));
    TRY(feel_expect(parser, TOKEN_ELSE));
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &node->items[1]));
    if (node->items[0]->type == node->items[1]->type) {
        node->type = node->items[0]->type;
    }
    return feel_node_done(parser, node, out);
}

/* ---- operators ---- */

static Status parse_binary(FeelParser *parser, FeelNode *left, FeelNode **out);

static Status parse_between(FeelParser *parser, FeelNode *left, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_BETWEEN, left->offset);
    feel_advance(parser);
    node->left = left;
    node->item_count = 2;
    node->items = arena_array(parser->arena, FeelNode *, 2);
    TRY(feel_parse_expression(parser, PRECEDENCE_COMPARE, &node->items[0]));
    TRY(feel_expect(parser, TOKEN_AND));
    TRY(feel_parse_expression(parser, PRECEDENCE_COMPARE, &node->items[1]));
    node->type = &FEEL_TYPE_BOOLEAN;
    return feel_node_done(parser, node, out);
}

static bool is_postfix(const FeelParser *parser) {
    return feel_at(parser, TOKEN_DOT) || feel_at(parser, TOKEN_BRACKET_OPEN) ||
           feel_at(parser, TOKEN_PAREN_OPEN) || feel_at(parser, TOKEN_PLUS) ||
           feel_at(parser, TOKEN_MINUS) || feel_at(parser, TOKEN_STAR) ||
           feel_at(parser, TOKEN_SLASH) || feel_at(parser, TOKEN_POWER);
}

/* "( test, test ... )" after in; a single expression may go on as in (a)[1]. */
static Status parse_in_paren(FeelParser *parser, FeelNodeVec *tests) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    FeelNode *first = NULL;
    TRY(parse_inside(parser, &first));
    if (feel_at(parser, TOKEN_DOTS)) {
        TRY(parse_range_rest(parser, first, false, offset, &first));
        *vec_push(parser->arena, tests) = first;
        return STATUS_OK;
    }
    *vec_push(parser->arena, tests) = first;
    while (feel_accept(parser, TOKEN_COMMA)) {
        TRY(cx_step(parser->cx));
        FeelNode *test = NULL;
        TRY(parse_inside(parser, &test));
        *vec_push(parser->arena, tests) = test;
    }
    TRY(feel_expect(parser, TOKEN_PAREN_CLOSE));
    if (tests->count == 1 && is_postfix(parser)) {
        return feel_parse_infix(parser, first, PRECEDENCE_COMPARE, &tests->items[0]);
    }
    return STATUS_OK;
}

static Status parse_in(FeelParser *parser, FeelNode *left, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_IN, left->offset);
    feel_advance(parser);
    FeelNodeVec tests = {0};
    if (feel_at(parser, TOKEN_PAREN_OPEN)) {
        TRY(parse_in_paren(parser, &tests));
    } else {
        FeelNode *test = NULL;
        TRY(feel_parse_expression(parser, PRECEDENCE_COMPARE, &test));
        *vec_push(parser->arena, &tests) = test;
    }
    node->left = left;
    node->items = tests.items;
    node->item_count = tests.count;
    node->type = &FEEL_TYPE_BOOLEAN;
    return feel_node_done(parser, node, out);
}

static Status parse_instance(FeelParser *parser, FeelNode *left, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_INSTANCE_OF, left->offset);
    feel_advance(parser);
    if (!feel_at(parser, TOKEN_NAME) || !str_equal(feel_seen(parser), STR("of"))) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_EXPECTED, STR("of"), feel_seen(parser));
    }
    feel_advance(parser);
    node->left = left;
    TRY(feel_parse_type(parser, &node->wanted));
    node->type = &FEEL_TYPE_BOOLEAN;
    return feel_node_done(parser, node, out);
}

typedef struct Arguments {
    FeelNodeVec values;
    struct {
        Str *items;
        size_t count;
        size_t room;
    } names;
} Arguments;

static Status parse_argument(FeelParser *parser, Arguments *arguments) {
    TRY(cx_step(parser->cx));
    if (feel_at_named(parser)) {
        Str name = STR_NONE;
        TRY(feel_parse_new_name(parser, TOKEN_COLON, &name));
        TRY(feel_expect(parser, TOKEN_COLON));
        *vec_push(parser->arena, &arguments->names) = name;
    }
    FeelNode *value = NULL;
    TRY(parse_inside(parser, &value));
    *vec_push(parser->arena, &arguments->values) = value;
    if (arguments->names.count != 0 && arguments->names.count != arguments->values.count) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_EXPECTED, feel_token_text(TOKEN_COLON),
                           feel_seen(parser));
    }
    if (arguments->names.count > FEEL_PARAMETERS_MAX) {
        return feel_refuse(parser, FEEL_SAY_TOO_MANY, STR("arguments"), STR_NONE);
    }
    return STATUS_OK;
}

static const FeelBuiltin *builtin_called(const FeelNode *function) {
    if (function->kind == NODE_CONSTANT && function->constant.kind == FEEL_FUNCTION) {
        return function->constant.function->builtin;
    }
    return NULL;
}

static Status parse_call(FeelParser *parser, FeelNode *left, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_CALL, left->offset);
    feel_advance(parser);
    Arguments arguments = {0};
    if (!feel_at(parser, TOKEN_PAREN_CLOSE)) {
        do {
            TRY(parse_argument(parser, &arguments));
        } while (feel_accept(parser, TOKEN_COMMA));
    }
    TRY(feel_expect(parser, TOKEN_PAREN_CLOSE));
    const FeelBuiltin *builtin = builtin_called(left);
    node->items = arguments.values.items;
    node->item_count = arguments.values.count;
    if (builtin != NULL) {
        node->type = builtin->type;
    } else if (left->type->kind == FEEL_FUNCTION && left->type->item != NULL) {
        node->type = left->type->item;
    }
    if (arguments.names.count > 0) {
        node->kind = NODE_CALL_NAMED;
        node->names = arguments.names.items;
        node->left = left;
    } else if (builtin != NULL) {
        node->kind = NODE_CALL_BUILTIN;
        node->builtin = builtin;
    } else {
        node->left = left;
    }
    return feel_node_done(parser, node, out);
}

/* ---- the table ---- */

typedef struct Rule {
    Status (*prefix)(FeelParser *parser, FeelNode **out);
    Status (*infix)(FeelParser *parser, FeelNode *left, FeelNode **out);
    FeelPrecedence precedence; /* of the infix */
} Rule;

static const Rule RULES[TOKEN_COUNT] = {
    /*                      before a value       after a value                                */
    [TOKEN_NUMBER] = {parse_number, NULL, PRECEDENCE_NONE},
    [TOKEN_STRING] = {parse_string, NULL, PRECEDENCE_NONE},
    [TOKEN_AT] = {parse_at, NULL, PRECEDENCE_NONE},
    [TOKEN_INPUT] = {parse_input, NULL, PRECEDENCE_NONE},
    [TOKEN_NULL] = {parse_literal, NULL, PRECEDENCE_NONE},
    [TOKEN_TRUE] = {parse_literal, NULL, PRECEDENCE_NONE},
    [TOKEN_FALSE] = {parse_literal, NULL, PRECEDENCE_NONE},
    [TOKEN_IF] = {parse_if, NULL, PRECEDENCE_NONE},
    [TOKEN_FOR] = {feel_parse_for, NULL, PRECEDENCE_NONE},
    [TOKEN_SOME] = {feel_parse_quantified, NULL, PRECEDENCE_NONE},
    [TOKEN_EVERY] = {feel_parse_quantified, NULL, PRECEDENCE_NONE},
    [TOKEN_FUNCTION] = {feel_parse_function, NULL, PRECEDENCE_NONE},
    [TOKEN_BRACE_OPEN] = {feel_parse_context, NULL, PRECEDENCE_NONE},
    [TOKEN_BRACKET_CLOSE] = {parse_open_range, NULL, PRECEDENCE_NONE},
    [TOKEN_BRACKET_OPEN] = {parse_bracket, feel_parse_filter, PRECEDENCE_POSTFIX},
    [TOKEN_PAREN_OPEN] = {parse_paren, parse_call, PRECEDENCE_POSTFIX},
    [TOKEN_DOT] = {NULL, feel_parse_path, PRECEDENCE_POSTFIX},
    [TOKEN_INSTANCE] = {NULL, parse_instance, PRECEDENCE_INSTANCE},
    [TOKEN_POWER] = {NULL, parse_binary, PRECEDENCE_POWER},
    [TOKEN_STAR] = {NULL, parse_binary, PRECEDENCE_MULTIPLY},
    [TOKEN_SLASH] = {NULL, parse_binary, PRECEDENCE_MULTIPLY},
    [TOKEN_PLUS] = {NULL, parse_binary, PRECEDENCE_ADD},
    [TOKEN_MINUS] = {parse_negate, parse_binary, PRECEDENCE_ADD},
    [TOKEN_EQUAL] = {parse_unary_range, parse_binary, PRECEDENCE_COMPARE},
    [TOKEN_NOT_EQUAL] = {parse_unary_range, parse_binary, PRECEDENCE_COMPARE},
    [TOKEN_LESS] = {parse_unary_range, parse_binary, PRECEDENCE_COMPARE},
    [TOKEN_LESS_EQUAL] = {parse_unary_range, parse_binary, PRECEDENCE_COMPARE},
    [TOKEN_GREATER] = {parse_unary_range, parse_binary, PRECEDENCE_COMPARE},
    [TOKEN_GREATER_EQUAL] = {parse_unary_range, parse_binary, PRECEDENCE_COMPARE},
    [TOKEN_BETWEEN] = {NULL, parse_between, PRECEDENCE_COMPARE},
    [TOKEN_IN] = {NULL, parse_in, PRECEDENCE_COMPARE},
    [TOKEN_AND] = {NULL, parse_binary, PRECEDENCE_AND},
    [TOKEN_OR] = {NULL, parse_binary, PRECEDENCE_OR},
};

static const FeelType *binary_type(const FeelNode *node) {
    if (node->kind != NODE_ARITHMETIC) {
        return &FEEL_TYPE_BOOLEAN;
    }
    bool is_same = node->left->type->kind == node->right->type->kind;
    return is_same &&
                   (node->left->type->kind == FEEL_NUMBER || node->left->type->kind == FEEL_STRING)
               ? node->left->type
               : &FEEL_TYPE_ANY;
}

static Status parse_binary(FeelParser *parser, FeelNode *left, FeelNode **out) {
    FeelTokenKind token = parser->token.kind;
    FeelPrecedence precedence = RULES[token].precedence;
    FeelNode *node = feel_node(parser, NODE_COMPARE, left->offset);
    feel_advance(parser);
    if (token == TOKEN_AND || token == TOKEN_OR) {
        node->kind = token == TOKEN_AND ? NODE_AND : NODE_OR;
    } else {
        node->kind = precedence == PRECEDENCE_COMPARE ? NODE_COMPARE : NODE_ARITHMETIC;
        node->op = op_of(token);
    }
    node->left = left;
    TRY(feel_parse_expression(parser, precedence, &node->right));
    node->type = binary_type(node);
    return feel_node_done(parser, node, out);
}

/* In "]1..5[ =" the last bracket closes the range; in "[1..a[1]]" it is a filter. */
static bool closes_range(const FeelParser *parser) {
    if (!parser->is_range_end || !feel_at(parser, TOKEN_BRACKET_OPEN)) {
        return false;
    }
    FeelTokenKind next = feel_token_at(parser->text, parser->token.offset + 1).kind;
    bool starts_value = RULES[next].prefix != NULL || next == TOKEN_NAME;
    bool is_operator = RULES[next].infix != NULL && next != TOKEN_MINUS &&
                       next != TOKEN_BRACKET_OPEN && next != TOKEN_PAREN_OPEN;
    return !starts_value || is_operator || next == TOKEN_BRACKET_CLOSE;
}

Status feel_parse_infix(FeelParser *parser, FeelNode *left, FeelPrecedence precedence,
                        FeelNode **out) {
    while (RULES[parser->token.kind].infix != NULL &&
           RULES[parser->token.kind].precedence > precedence && !closes_range(parser)) {
        TRY(cx_step(parser->cx));
        TRY(RULES[parser->token.kind].infix(parser, left, &left));
    }
    *out = left;
    return STATUS_OK;
}

static Status parse_operand(FeelParser *parser, FeelNode **out) {
    *out = NULL;
    TRY(feel_parse_name(parser, out));
    if (*out != NULL) {
        return STATUS_OK;
    }
    if (RULES[parser->token.kind].prefix == NULL) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_OPERAND, feel_seen(parser), STR_NONE);
    }
    return RULES[parser->token.kind].prefix(parser, out);
}

Status feel_parse_expression(FeelParser *parser, FeelPrecedence precedence, FeelNode **out) {
    TRY(cx_step(parser->cx));
    if (parser->depth >= LIMIT_NESTING_MAX) {
        return feel_refuse(parser, FEEL_SAY_TOO_DEEP, STR_NONE, STR_NONE);
    }
    parser->depth++;
    FeelNode *left = NULL;
    TRY(parse_operand(parser, &left));
    TRY(feel_parse_infix(parser, left, precedence, out));
    parser->depth--;
    return STATUS_OK;
}
