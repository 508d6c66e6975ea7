/*
 * regex_program.h - what the compiler of a pattern hands to the matcher, private to src/feel.
 *
 *   pattern -> nodes (regex_compile.c) -> steps and sets -> regex_match.c
 */
#ifndef HUANXIN_FEEL_REGEX_PROGRAM_H
#define HUANXIN_FEEL_REGEX_PROGRAM_H

#include "feel/regex.h"
#include "feel/regex_tables.h"

enum {
    REGEX_PROGRAM_STEPS_MAX = 256 * 1024,
    REGEX_ASCII_COUNT = 128,
};

typedef enum RegexOp {
    REGEX_CHAR,       /* the code point arg */
    REGEX_ANY,        /* any code point but line ends */
    REGEX_ANY_LINE,   /* any code point */
    REGEX_SET,        /* a member of sets[arg] */
    REGEX_BEGIN,      /* start of text */
    REGEX_END,        /* end of text */
    REGEX_LINE_BEGIN, /* start of a line */
    REGEX_LINE_END,   /* end of a line */
    REGEX_BACK,       /* what group arg matched */
    REGEX_SAVE,       /* the position goes to register arg */
    REGEX_MOVED,      /* go on only if the position left register arg, else to target */
    REGEX_SPLIT,      /* try the next step first, then target */
    REGEX_SPLIT_LAZY, /* try target first, then the next step */
    REGEX_JUMP,       /* to target */
    REGEX_FOUND,
} RegexOp;

typedef struct RegexStep {
    RegexOp op;
    uint32_t arg;
    uint32_t target;
} RegexStep;

typedef enum RegexItemKind {
    REGEX_ITEM_RANGE,      /* low..high */
    REGEX_ITEM_CATEGORIES, /* low is a bit mask of RegexCategory */
    REGEX_ITEM_NAME_START, /* \i */
    REGEX_ITEM_NAME,       /* \c */
} RegexItemKind;

typedef struct RegexItem {
    RegexItemKind kind;
    bool is_negated;
    uint32_t low;
    uint32_t high;
} RegexItem;

/* Members: any item (or, negated, none), and not in minus. ascii answers for the first 128. */
typedef struct RegexSet {
    bool is_negated;
    const RegexItem *items;
    size_t count;
    const struct RegexSet *minus;
    bool ascii[REGEX_ASCII_COUNT];
} RegexSet;

struct Regex {
    const RegexStep *steps;
    size_t step_count;
    const RegexSet *const *sets;
    size_t group_count;    /* without the whole match */
    size_t register_count; /* two a group, then marks of loops */
    bool ignores_case;
    bool is_literal; /* flag q: the replacement is literal too */
};

/* The next code point that differs only in case; a ring, so it comes back to rune. O(log n). */
uint32_t regex_case_next(uint32_t rune);
/* Membership without the ascii shortcut. */
bool regex_set_has(const RegexSet *set, uint32_t rune, bool ignores_case);

#endif
