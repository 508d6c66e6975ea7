/*
 * regex_compile.c - pattern to program. Reading order: flags and white space, the cursor, classes,
 * atoms and quantifiers (a recursive descent over the grammar of XML Schema with the additions of
 * XPath), then the steps. Every level of nesting is counted against LIMIT_NESTING_MAX.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "feel/regex_program.h"

typedef enum NodeKind {
    NODE_EMPTY,
    NODE_STEP,   /* one step without target: a character, set, anchor or back-reference */
    NODE_ALL,    /* children in sequence */
    NODE_ANY_OF, /* children as alternatives */
    NODE_GROUP,  /* one child, captured as group number */
    NODE_REPEAT, /* one child, min..max times */
} NodeKind;

typedef struct Node {
    NodeKind kind;
    RegexStep step;
    uint32_t group;
    uint32_t min;
    uint32_t max; /* UINT32_MAX: no bound */
    bool is_lazy;
    struct Node *child; /* first */
    struct Node *next;  /* sibling */
} Node;

typedef struct StepVec VEC(RegexStep) StepVec;
typedef struct SetVec VEC(const RegexSet *) SetVec;
typedef struct ItemVec VEC(RegexItem) ItemVec;

typedef struct Compiler {
    Cx *cx;
    Str pattern;
    size_t at;
    int depth;
    bool ignores_case;
    bool takes_lines; /* flag s */
    bool by_line;     /* flag m */
    uint32_t group_count;
    bool is_closed[REGEX_GROUPS_MAX + 1];
    SetVec sets;
    StepVec steps;
    uint32_t register_count;
} Compiler;

/* ---- errors and the cursor ---- */

static Status refuse(Compiler *c, const char *why) {
    int64_t column = (int64_t)str_rune_count(str_slice(c->pattern, 0, c->at)) + 1;
    return fault_at_line(c->cx, STATUS_INVALID, 1, column, "regular expression: %s", why);
}

static bool at_end(const Compiler *c) {
    return c->at >= c->pattern.len;
}

static char peek(const Compiler *c) {
    return at_end(c) ? '\0' : c->pattern.at[c->at];
}

static char peek_after(const Compiler *c) {
    return c->at + 1 >= c->pattern.len ? '\0' : c->pattern.at[c->at + 1];
}

static bool take(Compiler *c, char wanted) {
    if (!at_end(c) && c->pattern.at[c->at] == wanted) {
        c->at++;
        return true;
    }
    return false;
}

static bool is_one_of(char c, const char *chars) {
    for (; *chars != '\0'; chars++) {
        if (*chars == c) {
            return true;
        }
    }
    return false;
}

/* ---- sets ---- */

#define CATEGORY_BIT(name) (UINT32_C(1) << REGEX_##name)

/* The mask of "L", "Lu", "P", ...: a letter alone is all that start with it; 0 if unknown. */
static uint32_t category_mask(Str name) {
    static const char NAMES[][3] = {
#define X(name) #name,
        REGEX_CATEGORY_LIST(X)
#undef X
    };
    uint32_t mask = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        bool is_same = name.len >= 1 && name.len <= 2 && NAMES[i][0] == name.at[0] &&
                       (name.len == 1 || NAMES[i][1] == name.at[1]);
        mask |= is_same ? UINT32_C(1) << i : 0;
    }
    return mask;
}

/* Blocks that XML Schema knows by an older name. */
static const RegexBlock OLD_BLOCKS[] = {
    {"Greek", 0x370, 0x3FF},
    {"CombiningMarksforSymbols", 0x20D0, 0x20FF},
    {"PrivateUse", 0xE000, 0xF8FF},
};

static bool block_range(Str name, RegexItem *out) {
    for (size_t i = 0; i < REGEX_BLOCK_COUNT + sizeof OLD_BLOCKS / sizeof OLD_BLOCKS[0]; i++) {
        const RegexBlock *block =
            i < REGEX_BLOCK_COUNT ? &REGEX_BLOCKS[i] : &OLD_BLOCKS[i - REGEX_BLOCK_COUNT];
        if (str_equal(name, str_of(block->name))) {
            out->kind = REGEX_ITEM_RANGE;
            out->low = block->first;
            out->high = block->last;
            return true;
        }
    }
    return false;
}

/* {Name} after \p or \P. */
static Status parse_property(Compiler *c, RegexItem *out) {
    size_t start = c->at + 1;
    if (!take(c, '{')) {
        return refuse(c, "\\p needs {name}");
    }
    while (!at_end(c) && peek(c) != '}') {
        c->at++;
    }
    Str name = str_slice(c->pattern, start, c->at - start);
    if (!take(c, '}')) {
        return refuse(c, "{ without }");
    }
    out->kind = REGEX_ITEM_CATEGORIES;
    out->low = category_mask(name);
    if (out->low == 0 && (!str_starts(name, STR("Is")) || !block_range(str_from(name, 2), out))) {
        return refuse(c, "unknown category or block");
    }
    return STATUS_OK;
}

/* A class escape after the backslash: \d \D \w \s \i \c \p ... *is_class tells whether it was one;
 * if not, nothing is taken. */
static Status parse_class_escape(Compiler *c, ItemVec *items, bool *is_class) {
    static const uint32_t WORD_COMPLEMENT = CATEGORY_BIT(Pc) | CATEGORY_BIT(Pd) | CATEGORY_BIT(Ps) |
                                            CATEGORY_BIT(Pe) | CATEGORY_BIT(Pi) | CATEGORY_BIT(Pf) |
                                            CATEGORY_BIT(Po) | CATEGORY_BIT(Zs) | CATEGORY_BIT(Zl) |
                                            CATEGORY_BIT(Zp) | CATEGORY_BIT(Cc) | CATEGORY_BIT(Cf) |
                                            CATEGORY_BIT(Cs) | CATEGORY_BIT(Co) | CATEGORY_BIT(Cn);
    char letter = peek(c);
    RegexItem item = {.kind = REGEX_ITEM_CATEGORIES};
    *is_class = letter != '\0' && is_one_of(letter, "dDwWiIcCpP");
    item.is_negated = letter >= 'A' && letter <= 'Z';
    switch (letter) {
    case 'd':
    case 'D':
        item.low = CATEGORY_BIT(Nd);
        break;
    case 'w':
    case 'W':
        item.low = WORD_COMPLEMENT;
        item.is_negated = letter == 'w';
        break;
    case 'i':
    case 'I':
        item.kind = REGEX_ITEM_NAME_START;
        break;
    case 'c':
    case 'C':
        item.kind = REGEX_ITEM_NAME;
        break;
    default:
        break;
    }
    if (!*is_class) {
        return STATUS_OK;
    }
    c->at++;
    if (letter == 'p' || letter == 'P') {
        TRY(parse_property(c, &item));
    }
    *vec_push(c->cx->arena, items) = item;
    return STATUS_OK;
}

static RegexSet *set_new(Compiler *c, const ItemVec *items) {
    RegexSet *set = arena_new(c->cx->arena, RegexSet);
    set->items = items->items;
    set->count = items->count;
    return set;
}

/* Registers a finished set and gives its step. */
static RegexStep set_step(Compiler *c, RegexSet *set) {
    for (uint32_t rune = 0; rune < REGEX_ASCII_COUNT; rune++) {
        set->ascii[rune] = regex_set_has(set, rune, c->ignores_case);
    }
    *vec_push(c->cx->arena, &c->sets) = set;
    return (RegexStep){.op = REGEX_SET, .arg = (uint32_t)c->sets.count - 1};
}

/* \s and \S: white space is four characters, so \S is the negated set. */
static RegexSet *space_set(Compiler *c, bool is_negated) {
    ItemVec items = {0};
    *vec_push(c->cx->arena, &items) = (RegexItem){.low = ' ', .high = ' '};
    *vec_push(c->cx->arena, &items) = (RegexItem){.low = '\t', .high = '\n'};
    *vec_push(c->cx->arena, &items) = (RegexItem){.low = '\r', .high = '\r'};
    RegexSet *set = set_new(c, &items);
    set->is_negated = is_negated;
    return set;
}

/* The same inside a class, where only items count. */
static void put_space_items(Compiler *c, ItemVec *items, bool is_negated) {
    static const uint32_t INSIDE[][2] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
    static const uint32_t OUTSIDE[][2] = {{0, 8}, {11, 12}, {14, 31}, {33, 0x10FFFF}};
    size_t count =
        is_negated ? sizeof OUTSIDE / sizeof OUTSIDE[0] : sizeof INSIDE / sizeof INSIDE[0];
    for (size_t i = 0; i < count; i++) {
        const uint32_t *range = is_negated ? OUTSIDE[i] : INSIDE[i];
        *vec_push(c->cx->arena, items) = (RegexItem){.low = range[0], .high = range[1]};
    }
}

/* The character of a single-character escape after the backslash. */
static Status parse_escaped(Compiler *c, uint32_t *rune) {
    char letter = peek(c);
    if (at_end(c) || !is_one_of(letter, "nrt\\|.?*+(){}-[]^$")) {
        return refuse(c, "unknown escape");
    }
    c->at++;
    *rune = letter == 'n'   ? '\n'
            : letter == 'r' ? '\r'
            : letter == 't' ? '\t'
                            : (uint32_t)(unsigned char)letter;
    return STATUS_OK;
}

/* One character of a class, for an end of a range. */
static Status parse_class_char(Compiler *c, uint32_t *rune) {
    if (take(c, '\\')) {
        return parse_escaped(c, rune);
    }
    if (at_end(c) || peek(c) == '[' || peek(c) == ']') {
        return refuse(c, "[ and ] must be escaped in a class");
    }
    *rune = str_rune(c->pattern, &c->at);
    return STATUS_OK;
}

/* One member of a class: an escape, a character, or a range. */
static Status parse_class_item(Compiler *c, ItemVec *items, bool is_first) {
    if (peek(c) == '\\') {
        bool is_class = false;
        c->at++;
        if (peek(c) == 's' || peek(c) == 'S') {
            put_space_items(c, items, peek(c) == 'S');
            c->at++;
            return STATUS_OK;
        }
        TRY(parse_class_escape(c, items, &is_class));
        if (is_class) {
            return STATUS_OK;
        }
        c->at--;
    }
    bool is_bare_hyphen = peek(c) == '-';
    RegexItem item = {.kind = REGEX_ITEM_RANGE};
    TRY(parse_class_char(c, &item.low));
    item.high = item.low;
    if (is_bare_hyphen && !is_first && peek(c) != ']' && peek(c) != '-') {
        return refuse(c, "a hyphen inside a class must be escaped");
    }
    if (peek(c) == '-' && peek_after(c) != ']' && peek_after(c) != '[' && !is_bare_hyphen) {
        c->at++;
        TRY(parse_class_char(c, &item.high));
        if (item.high < item.low) {
            return refuse(c, "range in a class runs backwards");
        }
    }
    *vec_push(c->cx->arena, items) = item;
    return STATUS_OK;
}

/* A class after its [, up to and with its ]. */
static Status parse_class(Compiler *c, RegexSet **out) {
    ItemVec items = {0};
    if (++c->depth > LIMIT_NESTING_MAX) {
        return fault(c->cx, STATUS_LIMIT, "regular expression: nested too deep");
    }
    bool is_negated = take(c, '^');
    const RegexSet *minus = NULL;
    bool is_first = true;
    while (!at_end(c) && (is_first || peek(c) != ']')) {
        TRY(cx_step(c->cx));
        if (!is_first && peek(c) == '-' && peek_after(c) == '[') {
            RegexSet *inner = NULL;
            c->at += 2;
            TRY(parse_class(c, &inner));
            minus = inner;
            break;
        }
        TRY(parse_class_item(c, &items, is_first));
        is_first = false;
    }
    if (!take(c, ']')) {
        return refuse(c, "[ without ]");
    }
    c->depth--;
    *out = set_new(c, &items);
    (*out)->is_negated = is_negated;
    (*out)->minus = minus;
    return STATUS_OK;
}

/* ---- atoms ---- */

static Node *node_new(Compiler *c, NodeKind kind) {
    Node *node = arena_new(c->cx->arena, Node);
    node->kind = kind;
    return node;
}

static Node *step_node(Compiler *c, RegexStep step) {
    Node *node = node_new(c, NODE_STEP);
    node->step = step;
    return node;
}

/* \1 ...: the longest number that names an open-and-closed group. */
static Status parse_back_reference(Compiler *c, Node **out) {
    uint32_t group = (uint32_t)(peek(c) - '0');
    c->at++;
    while (!at_end(c) && peek(c) >= '0' && peek(c) <= '9' &&
           group * 10 + (uint32_t)(peek(c) - '0') <= c->group_count) {
        group = group * 10 + (uint32_t)(peek(c) - '0');
        c->at++;
    }
    if (group > c->group_count || !c->is_closed[group]) {
        return refuse(c, "back-reference to a group that is not complete");
    }
    *out = step_node(c, (RegexStep){.op = REGEX_BACK, .arg = group});
    return STATUS_OK;
}

static Status parse_escape(Compiler *c, Node **out) {
    ItemVec items = {0};
    bool is_class = false;
    char letter = peek(c);
    if (letter >= '1' && letter <= '9') {
        return parse_back_reference(c, out);
    }
    if (letter == 's' || letter == 'S') {
        c->at++;
        *out = step_node(c, set_step(c, space_set(c, letter == 'S')));
        return STATUS_OK;
    }
    TRY(parse_class_escape(c, &items, &is_class));
    if (is_class) {
        *out = step_node(c, set_step(c, set_new(c, &items)));
        return STATUS_OK;
    }
    RegexStep step = {.op = REGEX_CHAR};
    TRY(parse_escaped(c, &step.arg));
    *out = step_node(c, step);
    return STATUS_OK;
}

static Status parse_branches(Compiler *c, Node **out);

static Status parse_group(Compiler *c, Node **out) {
    uint32_t group = 0;
    if (peek(c) == '?' && peek_after(c) == ':') {
        c->at += 2;
    } else if (c->group_count == REGEX_GROUPS_MAX) {
        return fault(c->cx, STATUS_LIMIT, "regular expression: more than %d groups",
                     REGEX_GROUPS_MAX);
    } else {
        group = ++c->group_count;
    }
    Node *inner = NULL;
    TRY(parse_branches(c, &inner));
    if (!take(c, ')')) {
        return refuse(c, "( without )");
    }
    *out = inner;
    if (group != 0) {
        c->is_closed[group] = true;
        *out = node_new(c, NODE_GROUP);
        (*out)->group = group;
        (*out)->child = inner;
    }
    return STATUS_OK;
}

static Status parse_atom(Compiler *c, Node **out) {
    RegexStep step = {.op = REGEX_CHAR};
    char first = peek(c);
    if (is_one_of(first, "?*+{}])")) {
        return refuse(c, "nothing to repeat, or a bracket without its partner");
    }
    if (first == '(' || first == '\\') {
        c->at++;
        return first == '(' ? parse_group(c, out) : parse_escape(c, out);
    }
    if (first == '[') {
        RegexSet *set = NULL;
        c->at++;
        TRY(parse_class(c, &set));
        *out = step_node(c, set_step(c, set));
        return STATUS_OK;
    }
    step.arg = str_rune(c->pattern, &c->at);
    if (first == '.') {
        step.op = c->takes_lines ? REGEX_ANY_LINE : REGEX_ANY;
    } else if (first == '^') {
        step.op = c->by_line ? REGEX_LINE_BEGIN : REGEX_BEGIN;
    } else if (first == '$') {
        step.op = c->by_line ? REGEX_LINE_END : REGEX_END;
    }
    *out = step_node(c, step);
    return STATUS_OK;
}

/* ---- quantifiers, sequences, alternatives ---- */

static Status parse_count(Compiler *c, uint32_t *out) {
    *out = 0;
    if (peek(c) < '0' || peek(c) > '9') {
        return refuse(c, "{ needs a number");
    }
    while (!at_end(c) && peek(c) >= '0' && peek(c) <= '9') {
        *out = *out * 10 + (uint32_t)(peek(c) - '0');
        c->at++;
        if (*out > REGEX_REPEAT_MAX) {
            return fault(c->cx, STATUS_LIMIT, "regular expression: more than %d repeats",
                         REGEX_REPEAT_MAX);
        }
    }
    return STATUS_OK;
}

/* Wraps *node when a quantifier follows. */
static Status parse_quantifier(Compiler *c, Node **node) {
    uint32_t min = 0;
    uint32_t max = UINT32_MAX;
    if (take(c, '?')) {
        max = 1;
    } else if (take(c, '+')) {
        min = 1;
    } else if (take(c, '{')) {
        TRY(parse_count(c, &min));
        max = min;
        if (take(c, ',')) {
            max = UINT32_MAX;
            if (peek(c) != '}') {
                TRY(parse_count(c, &max));
            }
        }
        if (!take(c, '}') || max < min) {
            return refuse(c, "ill-formed {min,max}");
        }
    } else if (!take(c, '*')) {
        return STATUS_OK;
    }
    Node *repeat = node_new(c, NODE_REPEAT);
    repeat->min = min;
    repeat->max = max;
    repeat->is_lazy = take(c, '?');
    repeat->child = *node;
    *node = repeat;
    return STATUS_OK;
}

static Status parse_sequence(Compiler *c, Node **out) {
    Node *all = node_new(c, NODE_ALL);
    Node **last = &all->child;
    while (!at_end(c) && peek(c) != '|' && peek(c) != ')') {
        TRY(cx_step(c->cx));
        TRY(parse_atom(c, last));
        TRY(parse_quantifier(c, last));
        last = &(*last)->next;
    }
    *out = all;
    return STATUS_OK;
}

static Status parse_branches(Compiler *c, Node **out) {
    if (++c->depth > LIMIT_NESTING_MAX) {
        return fault(c->cx, STATUS_LIMIT, "regular expression: nested too deep");
    }
    Node *any = node_new(c, NODE_ANY_OF);
    Node **last = &any->child;
    do {
        TRY(cx_step(c->cx));
        TRY(parse_sequence(c, last));
        last = &(*last)->next;
    } while (take(c, '|'));
    c->depth--;
    *out = any;
    return STATUS_OK;
}

/* ---- steps ---- */

static uint32_t here(const Compiler *c) {
    return (uint32_t)c->steps.count;
}

static Status put(Compiler *c, RegexOp op, uint32_t arg) {
    TRY(cx_step(c->cx));
    if (c->steps.count >= REGEX_PROGRAM_STEPS_MAX) {
        return fault(c->cx, STATUS_LIMIT, "regular expression: too large when repeats are counted");
    }
    *vec_push(c->cx->arena, &c->steps) = (RegexStep){.op = op, .arg = arg};
    return STATUS_OK;
}

static Status put_node(Compiler *c, const Node *node);

/* SPLIT next, A; first; JUMP end; A: SPLIT ... ; last; end: */
static Status put_branches(Compiler *c, const Node *node) {
    uint32_t jumps = UINT32_MAX; /* chain of jumps to the end, linked by their targets */
    for (const Node *branch = node->child; branch != NULL; branch = branch->next) {
        uint32_t split = here(c);
        if (branch->next == NULL) {
            TRY(put_node(c, branch));
            break;
        }
        TRY(put(c, REGEX_SPLIT, 0));
        TRY(put_node(c, branch));
        uint32_t jump = here(c);
        TRY(put(c, REGEX_JUMP, 0));
        c->steps.items[jump].target = jumps;
        jumps = jump;
        c->steps.items[split].target = here(c);
    }
    while (jumps != UINT32_MAX) {
        uint32_t next = c->steps.items[jumps].target;
        c->steps.items[jumps].target = here(c);
        jumps = next;
    }
    return STATUS_OK;
}

/* head: SPLIT end; SAVE mark; body; MOVED mark, end; JUMP head; end:
 * A body that matched nothing leaves the loop, so empty bodies cannot loop for ever. */
static Status put_loop(Compiler *c, const Node *node) {
    uint32_t head = here(c);
    uint32_t mark = c->register_count++;
    TRY(put(c, node->is_lazy ? REGEX_SPLIT_LAZY : REGEX_SPLIT, 0));
    TRY(put(c, REGEX_SAVE, mark));
    TRY(put_node(c, node->child));
    uint32_t moved = here(c);
    TRY(put(c, REGEX_MOVED, mark));
    TRY(put(c, REGEX_JUMP, 0));
    c->steps.items[here(c) - 1].target = head;
    c->steps.items[head].target = here(c);
    c->steps.items[moved].target = here(c);
    return STATUS_OK;
}

static Status put_repeat(Compiler *c, const Node *node) {
    for (uint32_t i = 0; i < node->min; i++) {
        TRY(put_node(c, node->child));
    }
    if (node->max == UINT32_MAX) {
        return put_loop(c, node);
    }
    uint32_t splits = UINT32_MAX; /* chained like the jumps above */
    for (uint32_t i = node->min; i < node->max; i++) {
        uint32_t split = here(c);
        TRY(put(c, node->is_lazy ? REGEX_SPLIT_LAZY : REGEX_SPLIT, 0));
        c->steps.items[split].target = splits;
        splits = split;
        TRY(put_node(c, node->child));
    }
    while (splits != UINT32_MAX) {
        uint32_t next = c->steps.items[splits].target;
        c->steps.items[splits].target = here(c);
        splits = next;
    }
    return STATUS_OK;
}

static Status put_node(Compiler *c, const Node *node) {
    switch (node->kind) {
    case NODE_EMPTY:
        return STATUS_OK;
    case NODE_STEP:
        return put(c, node->step.op, node->step.arg);
    case NODE_ALL:
        for (const Node *child = node->child; child != NULL; child = child->next) {
            TRY(put_node(c, child));
        }
        return STATUS_OK;
    case NODE_ANY_OF:
        return put_branches(c, node);
    case NODE_GROUP:
        TRY(put(c, REGEX_SAVE, 2 * node->group));
        TRY(put_node(c, node->child));
        return put(c, REGEX_SAVE, 2 * node->group + 1);
    case NODE_REPEAT:
        return put_repeat(c, node);
    }
    return STATUS_OK;
}

/* ---- flags ---- */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Flag x: drops white space outside classes (also inside \p{...}). */
static Str without_space(Arena *arena, Str pattern) {
    char *kept = arena_alloc(arena, pattern.len);
    size_t len = 0;
    int depth = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.at[i];
        if (c == '\\') { /* what it escapes may stand behind white space */
            kept[len++] = c;
            while (depth == 0 && i + 1 < pattern.len && is_space(pattern.at[i + 1])) {
                i++;
            }
            if (i + 1 < pattern.len) {
                kept[len++] = pattern.at[++i];
            }
            continue;
        }
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        if (depth > 0 || !is_space(c)) {
            kept[len++] = c;
        }
    }
    return (Str){kept, len};
}

/* Flag q: each character stands for itself. */
static Status literal_node(Compiler *c, Node **out) {
    Node *all = node_new(c, NODE_ALL);
    Node **last = &all->child;
    while (!at_end(c)) {
        TRY(cx_step(c->cx));
        RegexStep step = {.op = REGEX_CHAR, .arg = str_rune(c->pattern, &c->at)};
        *last = step_node(c, step);
        last = &(*last)->next;
    }
    *out = all;
    return STATUS_OK;
}

static Status read_flags(Compiler *c, Str flags, bool *is_literal) {
    bool drops_space = false;
    for (size_t i = 0; i < flags.len; i++) {
        char flag = flags.at[i];
        if (!is_one_of(flag, "smixq") || flag == '\0') {
            return fault(c->cx, STATUS_INVALID, "regular expression: unknown flag");
        }
        c->takes_lines = c->takes_lines || flag == 's';
        c->by_line = c->by_line || flag == 'm';
        c->ignores_case = c->ignores_case || flag == 'i';
        drops_space = drops_space || flag == 'x';
        *is_literal = *is_literal || flag == 'q';
    }
    if (drops_space && !*is_literal) {
        c->pattern = without_space(c->cx->arena, c->pattern);
    }
    return STATUS_OK;
}

Status regex_compile(Cx *cx, Str pattern, Str flags, const Regex **out) {
    if (pattern.len > REGEX_PATTERN_BYTES_MAX) {
        return fault(cx, STATUS_LIMIT, "regular expression: longer than %d bytes",
                     REGEX_PATTERN_BYTES_MAX);
    }
    Compiler compiler = {.cx = cx, .pattern = pattern};
    Compiler *c = &compiler;
    Regex *regex = arena_new(cx->arena, Regex);
    Node *node = NULL;
    TRY(read_flags(c, flags, &regex->is_literal));
    TRY(regex->is_literal ? literal_node(c, &node) : parse_branches(c, &node));
    if (!at_end(c)) {
        return refuse(c, ") without (");
    }
    c->register_count = 2 * (c->group_count + 1);
    TRY(put_node(c, node));
    TRY(put(c, REGEX_FOUND, 0));
    regex->steps = c->steps.items;
    regex->step_count = c->steps.count;
    regex->sets = c->sets.items;
    regex->group_count = c->group_count;
    regex->register_count = c->register_count;
    regex->ignores_case = c->ignores_case;
    *out = regex;
    return STATUS_OK;
}
