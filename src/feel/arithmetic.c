/* arithmetic.c - the operators + - * / ** on values, ranges from their ends, and "in". */
#include "feel/eval.h"

static Str op_text(FeelOp op) {
    static const char *const TEXTS[] = {
        [OP_ADD] = "+",         [OP_SUBTRACT] = "-", [OP_MULTIPLY] = "*",      [OP_DIVIDE] = "/",
        [OP_POWER] = "**",      [OP_EQUAL] = "=",    [OP_NOT_EQUAL] = "!=",    [OP_LESS] = "<",
        [OP_LESS_EQUAL] = "<=", [OP_GREATER] = ">",  [OP_GREATER_EQUAL] = ">="};
    check(op <= OP_GREATER_EQUAL);
    return str_of(TEXTS[op]);
}

static bool numbers_apply(FeelOp op, Decimal left, Decimal right, Decimal *out) {
    switch (op) {
    case OP_ADD:
        return decimal_add(left, right, out);
    case OP_SUBTRACT:
        return decimal_subtract(left, right, out);
    case OP_MULTIPLY:
        return decimal_multiply(left, right, out);
    case OP_DIVIDE:
        return decimal_divide(left, right, out);
    case OP_POWER:
        return decimal_power(left, right, out);
    case OP_EQUAL:
    case OP_NOT_EQUAL:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL:
        break;
    }
    return false;
}

/* Two temporals. A ratio of durations is a number. */
static bool temporals_apply(FeelEval *eval, FeelOp op, const Temporal *left, const Temporal *right,
                            FeelValue *out) {
    Temporal temporal;
    Decimal ratio;
    if (op == OP_DIVIDE && temporal_ratio(left, right, &ratio)) {
        *out = feel_number(ratio);
        return true;
    }
    bool is_valid = (op == OP_ADD && temporal_add(left, right, &temporal)) ||
                    (op == OP_SUBTRACT && temporal_subtract(left, right, &temporal));
    if (is_valid) {
        *out = feel_temporal(eval->cx->arena, &temporal);
    }
    return is_valid;
}

static bool mixed_apply(FeelOp op, const FeelValue *left, const FeelValue *right,
                        Temporal *temporal) {
    if (op == OP_MULTIPLY && left->kind == FEEL_NUMBER && feel_is_temporal(*right)) {
        return temporal_multiply(right->temporal, left->number, temporal);
    }
    if (!feel_is_temporal(*left) || right->kind != FEEL_NUMBER) {
        return false;
    }
    if (op == OP_MULTIPLY) {
        return temporal_multiply(left->temporal, right->number, temporal);
    }
    return op == OP_DIVIDE && temporal_divide(left->temporal, right->number, temporal);
}

static bool temporal_result(FeelEval *eval, FeelOp op, const FeelValue *left,
                            const FeelValue *right, FeelValue *out) {
    Temporal temporal;
    if (feel_is_temporal(*left) && feel_is_temporal(*right)) {
        return temporals_apply(eval, op, left->temporal, right->temporal, out);
    }
    if (!mixed_apply(op, left, right, &temporal)) {
        return false;
    }
    *out = feel_temporal(eval->cx->arena, &temporal);
    return true;
}

static void report_arithmetic(FeelEval *eval, const FeelNode *node, const FeelValue *left,
                              const FeelValue *right) {
    if (!feel_is_heard(eval)) {
        return;
    }
    if (left->kind == FEEL_NUMBER && right->kind == FEEL_NUMBER) {
        feel_report_at(eval, node, FEEL_SAY_ARITHMETIC, op_text(node->op), STR_NONE);
        return;
    }
    Str kinds =
        str_print(eval->cx->arena, STR_FMT ", " STR_FMT, STR_ARG(feel_kind_name(left->kind)),
                  STR_ARG(feel_kind_name(right->kind)));
    feel_report_at(eval, node, FEEL_SAY_OPERAND_TYPES, op_text(node->op), kinds);
}

void feel_arithmetic(FeelEval *eval, const FeelNode *node, const FeelValue *left,
                     const FeelValue *right, FeelValue *out) {
    Decimal number;
    if (left->kind == FEEL_NUMBER && right->kind == FEEL_NUMBER) {
        if (numbers_apply(node->op, left->number, right->number, &number)) {
            *out = feel_number(number);
            return;
        }
    } else if (left->kind == FEEL_STRING && right->kind == FEEL_STRING) {
        if (node->op == OP_ADD && left->string.len + right->string.len <= FEEL_STRING_BYTES_MAX) {
            *out = feel_string(str_join(eval->cx->arena, left->string, right->string));
            return;
        }
    } else if (temporal_result(eval, node->op, left, right, out)) {
        return;
    }
    *out = FEEL_NULL_VALUE;
    report_arithmetic(eval, node, left, right);
}

void feel_negate(FeelEval *eval, const FeelNode *node, const FeelValue *value, FeelValue *out) {
    Temporal temporal;
    if (value->kind == FEEL_NUMBER) {
        *out = feel_number(decimal_negate(value->number));
        return;
    }
    if (feel_is_temporal(*value) && temporal_negate(value->temporal, &temporal)) {
        *out = feel_temporal(eval->cx->arena, &temporal);
        return;
    }
    *out = FEEL_NULL_VALUE;
    feel_report_at(eval, node, FEEL_SAY_OPERAND_TYPES, STR("-"), feel_kind_name(value->kind));
}

/* ---- ranges ---- */

static bool has_order(const FeelValue *value) {
    return value->kind == FEEL_NUMBER || value->kind == FEEL_STRING || feel_is_temporal(*value);
}

FeelValue feel_range_of(Arena *arena, const FeelValue *low, const FeelValue *high,
                        bool is_low_closed, bool is_high_closed) {
    bool has_low = !feel_is_null(*low);
    bool has_high = !feel_is_null(*high);
    int order = 0;
    if (!has_low && !has_high) {
        return FEEL_NULL_VALUE;
    }
    if ((has_low && !has_order(low)) || (has_high && !has_order(high))) {
        return FEEL_NULL_VALUE;
    }
    if (has_low && has_high && (!feel_compare(low, high, &order) || order > 0)) {
        return FEEL_NULL_VALUE;
    }
    return feel_range(arena, (FeelRange){.low = *low,
                                         .high = *high,
                                         .is_low_closed = is_low_closed && has_low,
                                         .is_high_closed = is_high_closed && has_high,
                                         .form = FEEL_RANGE_ENDS});
}

FeelValue feel_range_unary(Arena *arena, FeelOp op, const FeelValue *value) {
    static const FeelRangeForm FORMS[] = {
        [OP_EQUAL] = FEEL_RANGE_EQUAL,     [OP_NOT_EQUAL] = FEEL_RANGE_NOT_EQUAL,
        [OP_LESS] = FEEL_RANGE_LESS,       [OP_LESS_EQUAL] = FEEL_RANGE_LESS_EQUAL,
        [OP_GREATER] = FEEL_RANGE_GREATER, [OP_GREATER_EQUAL] = FEEL_RANGE_GREATER_EQUAL};
    check(op >= OP_EQUAL);
    FeelRange range = {.form = FORMS[op]};
    if (op == OP_EQUAL || op == OP_NOT_EQUAL) {
        range.low = *value;
        range.high = *value;
        range.is_low_closed = op == OP_EQUAL;
        range.is_high_closed = op == OP_EQUAL;
        return feel_range(arena, range);
    }
    if (!has_order(value)) {
        return FEEL_NULL_VALUE;
    }
    bool is_low = op == OP_GREATER || op == OP_GREATER_EQUAL;
    bool is_closed = op == OP_LESS_EQUAL || op == OP_GREATER_EQUAL;
    range.low = is_low ? *value : FEEL_NULL_VALUE;
    range.high = is_low ? FEEL_NULL_VALUE : *value;
    range.is_low_closed = is_low && is_closed;
    range.is_high_closed = !is_low && is_closed;
    return feel_range(arena, range);
}

/* An item of a list that is of another kind is simply not the value. */
static FeelTruth in_item(const FeelValue *value, const FeelValue *item) {
    if (item->kind == FEEL_RANGE && value->kind != FEEL_RANGE) {
        return feel_range_includes(item->range, value);
    }
    return feel_equal(value, item) == FEEL_TRUE ? FEEL_TRUE : FEEL_FALSE;
}

FeelTruth feel_in(const FeelValue *value, const FeelValue *test) {
    if (test->kind == FEEL_RANGE && value->kind != FEEL_RANGE) {
        return feel_range_includes(test->range, value);
    }
    if (test->kind != FEEL_LIST) {
        return feel_equal(value, test);
    }
    FeelTruth truth =
        value->kind == FEEL_LIST && feel_equal(value, test) == FEEL_TRUE ? FEEL_TRUE : FEEL_FALSE;
    for (size_t i = 0; i < test->list->count && truth != FEEL_TRUE; i++) {
        truth = feel_truth_or(truth, in_item(value, &test->list->items[i]));
    }
    return truth;
}
