/*
 * builtin_range.c - relations between points and ranges (DMN 1.5, 10.3.4.10, table 78) and range().
 * A point is taken as the range [p..p]; an open end lies beyond every value.
 */
#include "feel/builtin.h"
#include "feel/eval.h"
#include "feel/token.h"

/* Two ends that are to be compared: the low or the high one of a range. */
typedef struct End {
    const FeelValue *value;
    bool is_closed;
    int infinity; /* -1 or 1: where it lies when value is null */
} End;

typedef struct Pair {
    FeelRange left;
    FeelRange right;
    bool is_left_range;
    bool is_broken; /* some ends did not compare */
} Pair;

static End low_of(const FeelRange *range) {
    return (End){&range->low, range->is_low_closed, -1};
}

static End high_of(const FeelRange *range) {
    return (End){&range->high, range->is_high_closed, 1};
}

/* Orders the positions of two ends; inclusion is not looked at. */
static int ends_compare(Pair *pair, End left, End right) {
    bool is_left_open = feel_is_null(*left.value);
    bool is_right_open = feel_is_null(*right.value);
    if (is_left_open || is_right_open) {
        int left_at = is_left_open ? left.infinity : 0;
        int right_at = is_right_open ? right.infinity : 0;
        return left_at - right_at;
    }
    int order = 0;
    if (!feel_compare(left.value, right.value, &order)) {
        pair->is_broken = true;
    }
    return order;
}

static FeelRange range_of(const FeelValue *value) {
    if (value->kind == FEEL_RANGE) {
        return *value->range;
    }
    return (FeelRange){*value, *value, true, true, FEEL_RANGE_ENDS};
}

enum { POINT_POINT = 1, POINT_RANGE = 2, RANGE_POINT = 4, RANGE_RANGE = 8 };

static int shape_of(const FeelValue *arguments) {
    bool is_left_range = arguments[0].kind == FEEL_RANGE;
    bool is_right_range = arguments[1].kind == FEEL_RANGE;
    if (is_left_range) {
        return is_right_range ? RANGE_RANGE : RANGE_POINT;
    }
    return is_right_range ? POINT_RANGE : POINT_POINT;
}

typedef struct Relation {
    int shapes;      /* allowed ones */
    bool is_swapped; /* the converse: holds when holds(right, left) does */
    bool (*holds)(Pair *pair);
} Relation;

static Status relate(FeelEval *eval, const FeelValue *arguments, Relation relation,
                     FeelValue *out) {
    for (size_t i = 0; i < 2; i++) {
        if (feel_is_null(arguments[i])) {
            return feel_refuse_argument(eval, &arguments[i]);
        }
    }
    if ((shape_of(arguments) & relation.shapes) == 0) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    const FeelValue *left = &arguments[relation.is_swapped ? 1 : 0];
    const FeelValue *right = &arguments[relation.is_swapped ? 0 : 1];
    Pair pair = {.left = range_of(left),
                 .right = range_of(right),
                 .is_left_range = left->kind == FEEL_RANGE};
    bool holds = relation.holds(&pair);
    if (pair.is_broken) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    *out = feel_boolean(holds);
    return STATUS_OK;
}

static bool is_before(Pair *pair) {
    int order = ends_compare(pair, high_of(&pair->left), low_of(&pair->right));
    bool is_touching = pair->left.is_high_closed && pair->right.is_low_closed;
    return order < 0 || (order == 0 && !is_touching);
}

static bool is_meeting(Pair *pair) {
    return ends_compare(pair, high_of(&pair->left), low_of(&pair->right)) == 0 &&
           pair->left.is_high_closed && pair->right.is_low_closed;
}

/* left's high end reaches into right: beyond its low end, or both hold that point. */
static bool reaches(Pair *pair, const FeelRange *left, const FeelRange *right) {
    int order = ends_compare(pair, high_of(left), low_of(right));
    return order > 0 || (order == 0 && left->is_high_closed && right->is_low_closed);
}

static bool is_overlapping(Pair *pair) {
    bool is_left_reaching = reaches(pair, &pair->left, &pair->right);
    return reaches(pair, &pair->right, &pair->left) && is_left_reaching;
}

static bool is_overlapping_before(Pair *pair) {
    int low = ends_compare(pair, low_of(&pair->left), low_of(&pair->right));
    int high = ends_compare(pair, high_of(&pair->left), high_of(&pair->right));
    bool starts_first =
        low < 0 || (low == 0 && pair->left.is_low_closed && !pair->right.is_low_closed);
    bool ends_first =
        high < 0 || (high == 0 && (!pair->left.is_high_closed || pair->right.is_high_closed));
    return starts_first && reaches(pair, &pair->left, &pair->right) && ends_first;
}

/* left begins no earlier than right. */
static bool begins_inside(Pair *pair) {
    int low = ends_compare(pair, low_of(&pair->left), low_of(&pair->right));
    return low > 0 || (low == 0 && (!pair->left.is_low_closed || pair->right.is_low_closed));
}

static bool ends_inside(Pair *pair) {
    int high = ends_compare(pair, high_of(&pair->left), high_of(&pair->right));
    return high < 0 || (high == 0 && (!pair->left.is_high_closed || pair->right.is_high_closed));
}

static bool is_finishing(Pair *pair) {
    int high = ends_compare(pair, high_of(&pair->left), high_of(&pair->right));
    bool is_same_end = high == 0 && pair->left.is_high_closed == pair->right.is_high_closed;
    return is_same_end && (!pair->is_left_range || begins_inside(pair));
}

static bool is_starting(Pair *pair) {
    int low = ends_compare(pair, low_of(&pair->left), low_of(&pair->right));
    bool is_same_start = low == 0 && pair->left.is_low_closed == pair->right.is_low_closed;
    return is_same_start && (!pair->is_left_range || ends_inside(pair));
}

static bool is_during(Pair *pair) {
    bool is_begin = begins_inside(pair);
    return ends_inside(pair) && is_begin;
}

static bool is_coinciding(Pair *pair) {
    int low = ends_compare(pair, low_of(&pair->left), low_of(&pair->right));
    int high = ends_compare(pair, high_of(&pair->left), high_of(&pair->right));
    return low == 0 && high == 0 && pair->left.is_low_closed == pair->right.is_low_closed &&
           pair->left.is_high_closed == pair->right.is_high_closed;
}

/* X(function, shapes, swapped, relation) */
#define RELATION_LIST(X)                                                                           \
    X(feel_fn_before, POINT_POINT | POINT_RANGE | RANGE_POINT | RANGE_RANGE, false, is_before)     \
    X(feel_fn_after, POINT_POINT | POINT_RANGE | RANGE_POINT | RANGE_RANGE, true, is_before)       \
    X(feel_fn_meets, RANGE_RANGE, false, is_meeting)                                               \
    X(feel_fn_met_by, RANGE_RANGE, true, is_meeting)                                               \
    X(feel_fn_overlaps, RANGE_RANGE, false, is_overlapping)                                        \
    X(feel_fn_overlaps_before, RANGE_RANGE, false, is_overlapping_before)                          \
    X(feel_fn_overlaps_after, RANGE_RANGE, true, is_overlapping_before)                            \
    X(feel_fn_finishes, POINT_RANGE | RANGE_RANGE, false, is_finishing)                            \
    X(feel_fn_finished_by, RANGE_POINT | RANGE_RANGE, true, is_finishing)                          \
    X(feel_fn_includes, RANGE_POINT | RANGE_RANGE, true, is_during)                                \
    X(feel_fn_during, POINT_RANGE | RANGE_RANGE, false, is_during)                                 \
    X(feel_fn_starts, POINT_RANGE | RANGE_RANGE, false, is_starting)                               \
    X(feel_fn_started_by, RANGE_POINT | RANGE_RANGE, true, is_starting)                            \
    X(feel_fn_coincides, POINT_POINT | RANGE_RANGE, false, is_coinciding)

#define X(function, shapes, is_swapped, relation)                                                  \
    BUILTIN(function) {                                                                            \
        (void)count;                                                                               \
        return relate(eval, arguments, (Relation){(shapes), is_swapped, relation}, out);           \
    }
RELATION_LIST(X)
#undef X

/* Ends of a range in a text are literals (grammar rule 67): a number with or without minus, a
 * string, @"..." or a call like date("2026-01-31"). */
static bool has_literal_ends(Str text) {
    FeelTokenKind before = TOKEN_DOTS;
    for (FeelToken token = feel_token_at(text, 0); token.kind != TOKEN_END;
         token = feel_token_at(text, token.offset + token.len)) {
        bool is_operator = token.kind == TOKEN_PLUS || token.kind == TOKEN_STAR ||
                           token.kind == TOKEN_SLASH || token.kind == TOKEN_POWER ||
                           token.kind == TOKEN_BRACE_OPEN;
        bool is_difference = token.kind == TOKEN_MINUS && before != TOKEN_DOTS &&
                             before != TOKEN_BRACKET_OPEN && before != TOKEN_PAREN_OPEN &&
                             before != TOKEN_BRACKET_CLOSE && before != TOKEN_COMMA;
        bool is_block =
            token.kind >= TOKEN_AND && token.kind != TOKEN_AND && token.kind != TOKEN_NULL;
        if (is_operator || is_difference || is_block || token.kind == TOKEN_BAD) {
            return false;
        }
        before = token.kind;
    }
    return true;
}

/* range("[1..5]"): the text is a range whose ends are literals. */
BUILTIN(feel_fn_range) {
    (void)count;
    if (arguments[0].kind != FEEL_STRING) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    Str text = arguments[0].string;
    if (!str_is_utf8(text) || !has_literal_ends(text)) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    const FeelProgram *program = NULL;
    const FeelScope *scope = feel_scope_new(eval->cx->arena, eval->zones);
    Status status = feel_compile(eval->cx, scope, text, NULL, &program);
    if (status == STATUS_INVALID) {
        fault_clear(eval->cx);
        return feel_refuse_value(eval, &arguments[0]);
    }
    TRY(status);
    const FeelValue *value = feel_program_constant(program);
    if (value == NULL || value->kind != FEEL_RANGE || value->range->form != FEEL_RANGE_ENDS) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    *out = *value;
    return STATUS_OK;
}
