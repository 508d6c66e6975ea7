/*
 * parse.h - tokens to tree. Private to src/feel; used by parse*.c, unary.c and program.c.
 */
#ifndef HUANXIN_FEEL_PARSE_H
#define HUANXIN_FEEL_PARSE_H

#include "feel/scope.h"
#include "feel/token.h"
#include "feel/tree.h"

/* Binding strength, weakest first. Source: DMN 1.5, grammar rules 1 to 4 and 10.3.1.2. */
typedef enum FeelPrecedence {
    PRECEDENCE_NONE,
    PRECEDENCE_OR,
    PRECEDENCE_AND,
    PRECEDENCE_COMPARE,
    PRECEDENCE_ADD,
    PRECEDENCE_MULTIPLY,
    PRECEDENCE_POWER,
    PRECEDENCE_NEGATE,
    PRECEDENCE_INSTANCE,
    PRECEDENCE_POSTFIX,
} FeelPrecedence;

/* A filter that is being parsed: entries of its item are names, known only at run time. */
typedef struct FeelFilter {
    size_t local;    /* of the item */
    uint32_t serial; /* names born before may be hidden by an entry */
    bool is_scalar;  /* the item is known to be no context */
    struct FeelFilter *outer;
} FeelFilter;

typedef struct FeelParser {
    Cx *cx;
    Arena *arena;
    const FeelScope *scope;
    FeelDiagnostics *diagnostics;
    Str text;
    FeelToken token;
    size_t end; /* of the token before */
    size_t depth;
    FeelNames locals;
    uint32_t serial;
    size_t local_count;
    size_t local_max;
    FeelFilter *filter;
    bool is_range_end; /* "[" after a value may close a range */
    bool has_input;    /* "?" is local 0 */
    bool uses_input;
    const FeelType *input_type;
    uint64_t *slots_used;
    size_t slot_words;
} FeelParser;

/* Starts a parser at the first token. INVALID for text that is too long or not UTF-8. */
MUST_CHECK Status feel_parser_init(FeelParser *parser, Cx *cx, const FeelScope *scope, Str text,
                                   FeelDiagnostics *diagnostics);
/* Parses operators stronger than precedence. */
MUST_CHECK Status feel_parse_expression(FeelParser *parser, FeelPrecedence precedence,
                                        FeelNode **out);
/* Goes on after left with operators stronger than precedence. */
MUST_CHECK Status feel_parse_infix(FeelParser *parser, FeelNode *left, FeelPrecedence precedence,
                                   FeelNode **out);
/* Parses the type at the token; NULL in *out, with a diagnostic, for an unknown one. */
MUST_CHECK Status feel_parse_type(FeelParser *parser, const FeelType **out);

/* ---- shared by the files of the parser ---- */

void feel_advance(FeelParser *parser);
/* Goes on with the token at or after byte index at. */
void feel_advance_to(FeelParser *parser, size_t at);
bool feel_at(const FeelParser *parser, FeelTokenKind kind);
/* True, past it, when the token is of kind. */
bool feel_accept(FeelParser *parser, FeelTokenKind kind);
MUST_CHECK Status feel_expect(FeelParser *parser, FeelTokenKind kind);
/* Refuses the text at the token, with message (or what is wrong with a BAD token). INVALID. */
Status feel_refuse(FeelParser *parser, FeelMessage message, Str first, Str second);
/* The token's text as people see it. */
Str feel_seen(const FeelParser *parser);
/* Adds a diagnostic about [offset, parser->end) without refusing. */
void feel_warn(FeelParser *parser, FeelMessage message, size_t offset, Str first);

/* A node from offset to the end of the token before. */
FeelNode *feel_node(FeelParser *parser, FeelNodeKind kind, size_t offset);
/* Sets length and height, checks the height, folds constants. */
MUST_CHECK Status feel_node_done(FeelParser *parser, FeelNode *node, FeelNode **out);
FeelNode *feel_node_constant(FeelParser *parser, size_t offset, FeelValue value);

/* Takes the next local; the caller gives it back by setting local_count. */
size_t feel_local_new(FeelParser *parser);
/* Binds name to a local. */
void feel_bind(FeelParser *parser, Str name, size_t local, const FeelType *type);

/* parse_name.c: an operand that starts with a name (*out NULL when no name stands here and the
 * token is none), the member after a point, a name that ends before kind. */
MUST_CHECK Status feel_parse_name(FeelParser *parser, FeelNode **out);
MUST_CHECK Status feel_parse_path(FeelParser *parser, FeelNode *left, FeelNode **out);
MUST_CHECK Status feel_parse_filter(FeelParser *parser, FeelNode *left, FeelNode **out);
MUST_CHECK Status feel_parse_new_name(FeelParser *parser, FeelTokenKind end, Str *out);
/* True when a name and a colon stand at the token: a named argument. */
bool feel_at_named(const FeelParser *parser);

/* parse_block.c: what has names of its own. */
MUST_CHECK Status feel_parse_for(FeelParser *parser, FeelNode **out);
MUST_CHECK Status feel_parse_quantified(FeelParser *parser, FeelNode **out);
MUST_CHECK Status feel_parse_function(FeelParser *parser, FeelNode **out);
MUST_CHECK Status feel_parse_context(FeelParser *parser, FeelNode **out);

/* The type of the items when type is a list, else type. */
const FeelType *feel_element_type(const FeelType *type);

typedef struct FeelNodeVec {
    FeelNode **items;
    size_t count;
    size_t room;
} FeelNodeVec;

#endif
