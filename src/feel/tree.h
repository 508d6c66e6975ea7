/*
 * tree.h - the tree of an expression after parsing: names are resolved, constants folded. Private
 * to src/feel. Nodes live in the arena of compilation and are not changed afterwards.
 *
 * Where names live at run time:
 *   slots    the caller's frame (FeelScope)                        NODE_SLOT
 *   locals   one array per function activation: loop variables,    NODE_LOCAL
 *            parameters, context entries, filter items; a closure
 *            copies the locals that are in force where it is made
 *   members  entries of a filter's item, known only at run time    NODE_MEMBER
 */
#ifndef HUANXIN_FEEL_TREE_H
#define HUANXIN_FEEL_TREE_H

#include "feel/feel.h"

enum {
    /* Height of a tree: long chains of operators count, so this is above LIMIT_NESTING_MAX. */
    TREE_HEIGHT_MAX = 1000,
};

typedef enum FeelNodeKind {
    NODE_CONSTANT,
    NODE_SLOT,         /* index */
    NODE_LOCAL,        /* index */
    NODE_MEMBER,       /* name; member: filter items to ask, then left (may be NULL: unknown) */
    NODE_NOTHING,      /* null with the diagnostic index about name */
    NODE_NEGATE,       /* left */
    NODE_ARITHMETIC,   /* op, left, right */
    NODE_COMPARE,      /* op, left, right */
    NODE_AND,          /* left, right */
    NODE_OR,           /* left, right */
    NODE_BETWEEN,      /* left, items[0], items[1] */
    NODE_IN,           /* left, items: tests */
    NODE_INSTANCE_OF,  /* left, wanted (NULL: unknown type) */
    NODE_PATH,         /* left, name */
    NODE_FILTER,       /* left, right, index of the item's local */
    NODE_CALL,         /* left, items */
    NODE_CALL_NAMED,   /* left, items, names */
    NODE_CALL_BUILTIN, /* builtin, items */
    NODE_IF,           /* left, items[0], items[1] */
    NODE_FOR,          /* loops, right; index of partial's local */
    NODE_SOME,         /* loops, right */
    NODE_EVERY,        /* loops, right */
    NODE_FUNCTION,     /* lambda */
    NODE_LIST,         /* items */
    NODE_CONTEXT,      /* items, names; index: local of the first entry */
    NODE_RANGE,        /* left, right, is_low_closed, is_high_closed */
    NODE_UNARY_RANGE,  /* op, left */
} FeelNodeKind;

typedef enum FeelOp {
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
} FeelOp;

typedef struct FeelNode FeelNode;

typedef struct FeelLoop {
    size_t local;
    FeelNode *from;
    FeelNode *to; /* NULL: from is a list or range */
} FeelLoop;

typedef struct FeelLambda {
    FeelParameter *parameters;
    size_t parameter_count;
    size_t captured_count; /* locals [0, captured_count) come from the maker */
    size_t local_count;    /* frame of an activation; parameters follow the captured */
    FeelNode *body;        /* NULL: external */
    Str source;
} FeelLambda;

typedef struct FeelMember {
    size_t *locals; /* of the filter items, innermost first */
    size_t count;
} FeelMember;

struct FeelNode {
    FeelNodeKind kind;
    FeelOp op;
    uint32_t offset; /* in the source, bytes */
    uint32_t len;
    uint32_t height;      /* 1 for a leaf: bounds the recursion of walkers */
    const FeelType *type; /* what is known statically; never NULL */
    FeelNode *left;
    FeelNode *right;
    FeelNode **items;
    size_t item_count;
    size_t index;
    union {
        FeelValue constant;
        Str name;
        Str *names;
        const FeelType *wanted;
        FeelLoop *loops; /* item_count of them */
        FeelLambda *lambda;
        const struct FeelBuiltin *builtin;
    };
    FeelMember member;
    bool is_low_closed;
    bool is_high_closed;
};

struct FeelProgram {
    FeelNode *root;
    size_t local_count;
    Str text;
    uint64_t *slots_used; /* bit per slot */
    size_t slot_words;
};

#endif
