/*
 * parse_name.c - names: in the place of a value, after a point, before a colon; filters, whose
 * items bring names of their own; and types, which are names too.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "feel/builtin.h"
#include "feel/eval.h"
#include "feel/parse.h"

#include <string.h>

static Str text_between(const FeelParser *parser, size_t from, size_t to) {
    return str_slice(parser->text, from, to - from);
}

/* ---- resolving ---- */

static bool may_hide(const FeelFilter *filter, uint32_t serial) {
    return filter->serial > serial && !filter->is_scalar;
}

/* Inside filters that opened after the name was born, an entry of the item may hide it. */
static FeelNode *member_node(FeelParser *parser, Str name, uint32_t serial, size_t offset) {
    size_t count = 0;
    for (const FeelFilter *filter = parser->filter; filter != NULL; filter = filter->outer) {
        count += may_hide(filter, serial);
    }
    if (count == 0) {
        return NULL;
    }
    FeelNode *node = feel_node(parser, NODE_MEMBER, offset);
    node->name = name;
    node->member.locals = arena_array(parser->arena, size_t, count);
    for (const FeelFilter *filter = parser->filter; filter != NULL; filter = filter->outer) {
        if (may_hide(filter, serial)) {
            node->member.locals[node->member.count++] = filter->local;
        }
    }
    return node;
}

static FeelNode *known_node(FeelParser *parser, const FeelName *name, size_t offset) {
    switch (name->kind) {
    case NAME_SLOT: {
        FeelNode *node = feel_node(parser, NODE_SLOT, offset);
        node->index = name->index;
        if (name->index / 64 < parser->slot_words) {
            parser->slots_used[name->index / 64] |= UINT64_C(1) << (name->index % 64);
        }
        return node;
    }
    case NAME_LOCAL: {
        FeelNode *node = feel_node(parser, NODE_LOCAL, offset);
        node->index = name->index;
        return node;
    }
    case NAME_BUILTIN:
        return feel_node_constant(
            parser, offset, feel_function_builtin(parser->arena, feel_builtin_at(name->index)));
    case NAME_MEMBER:
    case NAME_TYPE:
        break;
    }
    return NULL;
}

/* The name of the same text outside all filters that know it as an entry, or NULL. */
static const FeelName *outer_name(const FeelParser *parser, const FeelName *name, size_t offset) {
    for (const FeelName *other = name->next; other != NULL; other = other->next) {
        if (other->kind != NAME_MEMBER && str_equal(other->text, name->text)) {
            return other;
        }
    }
    size_t end = 0;
    const FeelName *known = feel_names_match(&parser->scope->names, parser->text, offset, &end);
    return known != NULL && str_equal(known->text, name->text) ? known : NULL;
}

/* A name that some filter's item is known to have: its type is known, and an item without the
 * entry falls back to what the name means outside. */
static Status resolve_member(FeelParser *parser, const FeelName *name, size_t offset,
                             FeelNode **out) {
    const FeelName *outer = outer_name(parser, name, offset);
    FeelNode *node = member_node(parser, name->text, outer == NULL ? 0 : outer->serial, offset);
    check(node != NULL);
    node->type = name->type;
    if (outer != NULL) {
        node->left = known_node(parser, outer, offset);
    }
    return feel_node_done(parser, node, out);
}

static Status resolve(FeelParser *parser, const FeelName *name, size_t offset, FeelNode **out) {
    if (name->kind == NAME_MEMBER) {
        return resolve_member(parser, name, offset, out);
    }
    FeelNode *known = known_node(parser, name, offset);
    check(known != NULL);
    known->type = name->type;
    bool is_call = name->kind == NAME_BUILTIN && feel_at(parser, TOKEN_PAREN_OPEN);
    FeelNode *node = is_call ? NULL : member_node(parser, name->text, name->serial, offset);
    if (node == NULL) {
        *out = known;
        return STATUS_OK;
    }
    node->left = known;
    return feel_node_done(parser, node, out);
}

static bool at_digits(const FeelParser *parser) {
    Str seen = feel_seen(parser);
    bool are_digits = feel_at(parser, TOKEN_NUMBER);
    for (size_t i = 0; i < seen.len && are_digits; i++) {
        are_digits = seen.at[i] >= '0' && seen.at[i] <= '9';
    }
    return are_digits;
}

/* Words that are no keywords and follow one another make one name: "first name", "line 2". Two
 * values side by side mean nothing else in FEEL. */
static Str join_words(FeelParser *parser) {
    size_t offset = parser->token.offset;
    feel_advance(parser);
    while (feel_at(parser, TOKEN_NAME) || at_digits(parser)) {
        feel_advance(parser);
    }
    return feel_name_normal(parser->arena, text_between(parser, offset, parser->end));
}

static Status unknown_name(FeelParser *parser, FeelNode **out) {
    size_t offset = parser->token.offset;
    Str name = join_words(parser);
    FeelNode *node = member_node(parser, name, 0, offset);
    if (node == NULL) {
        feel_warn(parser, FEEL_SAY_UNKNOWN_NAME, offset, name);
        node = feel_node(parser, NODE_NOTHING, offset);
        node->index = FEEL_SAY_UNKNOWN_NAME;
        node->name = name;
    }
    return feel_node_done(parser, node, out);
}

Status feel_parse_name(FeelParser *parser, FeelNode **out) {
    /* A known name may begin like a keyword or a number ("2026 price"); then it must be longer. */
    bool is_other = parser->token.kind >= TOKEN_AND || feel_at(parser, TOKEN_NUMBER);
    if (!feel_at(parser, TOKEN_NAME) && !feel_at(parser, TOKEN_BAD) && !is_other) {
        return STATUS_OK;
    }
    size_t offset = parser->token.offset;
    size_t local_end = 0;
    size_t scope_end = 0;
    const FeelName *name = feel_names_match(&parser->locals, parser->text, offset, &local_end);
    const FeelName *outer =
        feel_names_match(&parser->scope->names, parser->text, offset, &scope_end);
    size_t end = local_end;
    if (name == NULL || (outer != NULL && scope_end > local_end)) {
        name = outer;
        end = scope_end;
    }
    if (name != NULL && (!is_other || end > offset + parser->token.len)) {
        parser->end = end;
        feel_advance_to(parser, end);
        return resolve(parser, name, offset, out);
    }
    if (feel_at(parser, TOKEN_NAME)) {
        return unknown_name(parser, out);
    }
    return STATUS_OK;
}

/* ---- after a point ---- */

/* The longest entry name of a context type at the token. */
static const FeelTypeEntry *entry_at(const FeelParser *parser, const FeelType *type, size_t *end) {
    const FeelTypeEntry *best = NULL;
    for (size_t i = 0; type->kind == FEEL_CONTEXT && i < type->entry_count; i++) {
        size_t entry_end = 0;
        if (feel_name_stands(type->entries[i].name, parser->text, parser->token.offset,
                             &entry_end) &&
            (best == NULL || entry_end > *end)) {
            best = &type->entries[i];
            *end = entry_end;
        }
    }
    return best;
}

static bool is_word(const FeelParser *parser) {
    return feel_at(parser, TOKEN_NAME) || parser->token.kind >= TOKEN_AND;
}

static Str member_name(FeelParser *parser) {
    size_t end = 0;
    static const char *const PROPERTIES[] = {"time offset", "start included", "end included"};
    for (size_t i = 0; i < sizeof PROPERTIES / sizeof *PROPERTIES; i++) {
        Str name = str_of(PROPERTIES[i]);
        if (feel_name_stands(name, parser->text, parser->token.offset, &end)) {
            parser->end = end;
            feel_advance_to(parser, end);
            return name;
        }
    }
    return join_words(parser);
}

Status feel_parse_path(FeelParser *parser, FeelNode *left, FeelNode **out) {
    feel_advance(parser);
    FeelNode *node = feel_node(parser, NODE_PATH, left->offset);
    node->left = left;
    size_t end = 0;
    const FeelTypeEntry *entry = entry_at(parser, feel_element_type(left->type), &end);
    if (entry != NULL) {
        node->name = entry->name;
        node->type = entry->type == NULL ? &FEEL_TYPE_ANY : entry->type;
        if (left->type->kind == FEEL_LIST) {
            node->type = feel_type_list(parser->arena, node->type);
        }
        parser->end = end;
        feel_advance_to(parser, end);
        return feel_node_done(parser, node, out);
    }
    if (!is_word(parser)) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_EXPECTED, feel_token_text(TOKEN_NAME),
                           feel_seen(parser));
    }
    node->name = member_name(parser);
    return feel_node_done(parser, node, out);
}

/* ---- filters ---- */

static bool is_scalar_type(const FeelType *type) {
    return type->kind != FEEL_ANY && type->kind != FEEL_CONTEXT && type->kind != FEEL_NULL &&
           type->kind != FEEL_LIST;
}

static void bind_entries(FeelParser *parser, const FeelType *type, size_t local) {
    for (size_t i = 0; type->kind == FEEL_CONTEXT && i < type->entry_count; i++) {
        FeelName *name = feel_names_add(&parser->locals, type->entries[i].name);
        name->kind = NAME_MEMBER;
        name->index = local;
        name->type = type->entries[i].type == NULL ? &FEEL_TYPE_ANY : type->entries[i].type;
        name->serial = ++parser->serial;
    }
}

Status feel_parse_filter(FeelParser *parser, FeelNode *left, FeelNode **out) {
    FeelNode *node = feel_node(parser, NODE_FILTER, left->offset);
    feel_advance(parser);
    const FeelType *type = feel_element_type(left->type);
    FeelName *mark = parser->locals.last;
    bool was_range_end = parser->is_range_end;
    node->left = left;
    node->index = feel_local_new(parser);
    node->type = left->type->kind == FEEL_LIST ? left->type : feel_type_list(parser->arena, type);
    feel_bind(parser, STR("item"), node->index, type);
    FeelFilter filter = {node->index, ++parser->serial, is_scalar_type(type), parser->filter};
    bind_entries(parser, type, node->index);
    parser->filter = &filter;
    parser->is_range_end = false;
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &node->right));
    TRY(feel_expect(parser, TOKEN_BRACKET_CLOSE));
    parser->is_range_end = was_range_end;
    parser->filter = filter.outer;
    parser->local_count = node->index;
    feel_names_cut(&parser->locals, mark);
    if (node->right->type->kind == FEEL_NUMBER) {
        node->type = type;
    }
    return feel_node_done(parser, node, out);
}

/* ---- new names ---- */

/* What may stand in a name: words, digits, marks. */
static bool may_be_in_name(const FeelParser *parser, const FeelToken *token) {
    FeelTokenKind kind = token->kind;
    return kind == TOKEN_NAME || kind >= TOKEN_AND || kind == TOKEN_NUMBER || kind == TOKEN_PLUS ||
           kind == TOKEN_MINUS || kind == TOKEN_STAR || kind == TOKEN_SLASH || kind == TOKEN_DOT ||
           kind == TOKEN_POWER ||
           (kind == TOKEN_BAD && token->len == 1 && parser->text.at[token->offset] == '\'');
}

bool feel_at_named(const FeelParser *parser) {
    FeelToken token = parser->token;
    if (!is_word(parser)) {
        return false;
    }
    while (may_be_in_name(parser, &token)) {
        token = feel_token_at(parser->text, token.offset + token.len);
    }
    return token.kind == TOKEN_COLON;
}

Status feel_parse_new_name(FeelParser *parser, FeelTokenKind end, Str *out) {
    size_t offset = parser->token.offset;
    if (!is_word(parser)) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_EXPECTED, feel_token_text(TOKEN_NAME),
                           feel_seen(parser));
    }
    while (!feel_at(parser, end) && may_be_in_name(parser, &parser->token)) {
        TRY(cx_step(parser->cx));
        feel_advance(parser);
    }
    *out = feel_name_normal(parser->arena, text_between(parser, offset, parser->end));
    return STATUS_OK;
}

/* ---- types ---- */

typedef struct EntryVec {
    FeelTypeEntry *items;
    size_t count;
    size_t room;
} EntryVec;

/* "< type >" of list and range. */
static Status parse_item_type(FeelParser *parser, const FeelType *base, const FeelType **out) {
    FeelType *type = arena_new(parser->arena, FeelType);
    *type = *base;
    feel_advance(parser);
    TRY(feel_parse_type(parser, &type->item));
    *out = type->item == NULL ? NULL : type;
    return feel_expect(parser, TOKEN_GREATER);
}

/* "< name: type, ... >". */
static Status parse_context_type(FeelParser *parser, const FeelType **out) {
    EntryVec entries = {0};
    bool is_known = true;
    do {
        TRY(cx_step(parser->cx));
        feel_advance(parser);
        FeelTypeEntry *entry = vec_push(parser->arena, &entries);
        TRY(feel_parse_new_name(parser, TOKEN_COLON, &entry->name));
        TRY(feel_expect(parser, TOKEN_COLON));
        TRY(feel_parse_type(parser, &entry->type));
        is_known = is_known && entry->type != NULL;
    } while (feel_at(parser, TOKEN_COMMA));
    FeelType *type = arena_new(parser->arena, FeelType);
    *type =
        (FeelType){.kind = FEEL_CONTEXT, .entries = entries.items, .entry_count = entries.count};
    *out = is_known ? type : NULL;
    return feel_expect(parser, TOKEN_GREATER);
}

/* "< type, ... > -> type". */
static Status parse_function_type(FeelParser *parser, const FeelType **out) {
    EntryVec entries = {0};
    bool is_known = true;
    feel_advance(parser);
    while (!feel_at(parser, TOKEN_GREATER)) {
        TRY(cx_step(parser->cx));
        FeelTypeEntry *entry = vec_push(parser->arena, &entries);
        TRY(feel_parse_type(parser, &entry->type));
        is_known = is_known && entry->type != NULL;
        if (!feel_accept(parser, TOKEN_COMMA)) {
            break;
        }
    }
    TRY(feel_expect(parser, TOKEN_GREATER));
    TRY(feel_expect(parser, TOKEN_MINUS));
    TRY(feel_expect(parser, TOKEN_GREATER));
    FeelType *type = arena_new(parser->arena, FeelType);
    *type =
        (FeelType){.kind = FEEL_FUNCTION, .entries = entries.items, .entry_count = entries.count};
    TRY(feel_parse_type(parser, &type->item));
    *out = is_known && type->item != NULL ? type : NULL;
    return STATUS_OK;
}

static Status unknown_type(FeelParser *parser, const FeelType **out) {
    size_t offset = parser->token.offset;
    if (!is_word(parser)) {
        return feel_refuse(parser, FEEL_SAY_SYNTAX_EXPECTED, STR("type"), feel_seen(parser));
    }
    join_words(parser);
    while (feel_accept(parser, TOKEN_DOT) && is_word(parser)) {
        join_words(parser);
    }
    feel_warn(parser, FEEL_SAY_UNKNOWN_TYPE, offset, text_between(parser, offset, parser->end));
    *out = NULL;
    return STATUS_OK;
}

static Status parse_type_at(FeelParser *parser, const FeelType **out) {
    size_t end = 0;
    const FeelName *name =
        feel_names_match(&parser->scope->types, parser->text, parser->token.offset, &end);
    if (name == NULL) {
        return unknown_type(parser, out);
    }
    parser->end = end;
    feel_advance_to(parser, end);
    *out = name->type;
    if (!feel_at(parser, TOKEN_LESS)) {
        return STATUS_OK;
    }
    if (name->type == &FEEL_TYPE_LIST || name->type == &FEEL_TYPE_RANGE) {
        return parse_item_type(parser, name->type, out);
    }
    if (name->type == &FEEL_TYPE_CONTEXT) {
        return parse_context_type(parser, out);
    }
    return name->type == &FEEL_TYPE_FUNCTION ? parse_function_type(parser, out) : STATUS_OK;
}

Status feel_parse_type(FeelParser *parser, const FeelType **out) {
    TRY(cx_step(parser->cx));
    if (parser->depth >= LIMIT_NESTING_MAX) {
        return feel_refuse(parser, FEEL_SAY_TOO_DEEP, STR_NONE, STR_NONE);
    }
    parser->depth++;
    TRY(parse_type_at(parser, out));
    parser->depth--;
    return STATUS_OK;
}
