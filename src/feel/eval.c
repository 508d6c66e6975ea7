/*
 * eval.c - tree to value: one small function per kind of node, found by a table (at the end). An
 * error inside FEEL is null and a report; a Status other than OK is a limit.
 */
#include "feel/eval.h"

#include "feel/builtin.h"

void feel_eval_init(FeelEval *eval, Cx *cx, const Temporal *now, ZoneSet *zones,
                    FeelDiagnostics *diagnostics) {
    *eval = (FeelEval){.cx = cx, .now = now, .zones = zones, .diagnostics = diagnostics};
}

void feel_report_at(FeelEval *eval, const FeelNode *node, FeelMessage message, Str first,
                    Str second) {
    eval->offset = node->offset;
    eval->len = node->len;
    feel_report(eval, message, first, second);
}

FeelValue feel_of_truth(FeelTruth truth) {
    return truth == FEEL_UNKNOWN ? FEEL_NULL_VALUE : feel_boolean(truth == FEEL_TRUE);
}

FeelTruth feel_truth_of(const FeelValue *value) {
    if (value->kind != FEEL_BOOLEAN) {
        return FEEL_UNKNOWN;
    }
    return value->boolean ? FEEL_TRUE : FEEL_FALSE;
}

FeelTruth feel_truth_and(FeelTruth left, FeelTruth right) {
    if (left == FEEL_FALSE || right == FEEL_FALSE) {
        return FEEL_FALSE;
    }
    return left == FEEL_TRUE && right == FEEL_TRUE ? FEEL_TRUE : FEEL_UNKNOWN;
}

FeelTruth feel_truth_or(FeelTruth left, FeelTruth right) {
    if (left == FEEL_TRUE || right == FEEL_TRUE) {
        return FEEL_TRUE;
    }
    return left == FEEL_FALSE && right == FEEL_FALSE ? FEEL_FALSE : FEEL_UNKNOWN;
}

/* ---- names ---- */

static Status eval_constant(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                            FeelValue *out) {
    (void)eval;
    (void)frame;
    *out = node->constant;
    return STATUS_OK;
}

static Status eval_slot(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                        FeelValue *out) {
    (void)eval;
    check(frame->slots != NULL);
    *out = frame->slots[node->index];
    return STATUS_OK;
}

static Status eval_local(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                         FeelValue *out) {
    (void)eval;
    *out = frame->locals[node->index];
    return STATUS_OK;
}

static Status eval_member(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                          FeelValue *out) {
    for (size_t i = 0; i < node->member.count; i++) {
        const FeelValue *item = &frame->locals[node->member.locals[i]];
        const FeelValue *found =
            item->kind == FEEL_CONTEXT ? feel_context_get(item->context, node->name) : NULL;
        if (found != NULL) {
            *out = *found;
            return STATUS_OK;
        }
    }
    if (node->left != NULL) {
        return feel_node_eval(eval, node->left, frame, out);
    }
    feel_report_at(eval, node, FEEL_SAY_UNKNOWN_NAME, node->name, STR_NONE);
    *out = FEEL_NULL_VALUE;
    return STATUS_OK;
}

static Status eval_nothing(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                           FeelValue *out) {
    (void)frame;
    feel_report_at(eval, node, (FeelMessage)node->index, node->name, STR_NONE);
    *out = FEEL_NULL_VALUE;
    return STATUS_OK;
}

/* ---- operators ---- */

static Status eval_negate(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                          FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    feel_negate(eval, node, &value, out);
    return STATUS_OK;
}

static Status eval_arithmetic(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                              FeelValue *out) {
    FeelValue left = FEEL_NULL_VALUE;
    FeelValue right = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &left));
    TRY(feel_node_eval(eval, node->right, frame, &right));
    feel_arithmetic(eval, node, &left, &right, out);
    return STATUS_OK;
}

static void report_kinds(FeelEval *eval, const FeelNode *node, const FeelValue *left,
                         const FeelValue *right) {
    if (feel_is_heard(eval)) {
        Str kinds =
            str_print(eval->cx->arena, STR_FMT ", " STR_FMT, STR_ARG(feel_kind_name(left->kind)),
                      STR_ARG(feel_kind_name(right->kind)));
        feel_report_at(eval, node, FEEL_SAY_OPERAND_TYPES, STR("comparison"), kinds);
    }
}

static bool order_holds(FeelOp op, int order) {
    if (op == OP_LESS) {
        return order < 0;
    }
    if (op == OP_LESS_EQUAL) {
        return order <= 0;
    }
    return op == OP_GREATER ? order > 0 : order >= 0;
}

static Status eval_compare(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                           FeelValue *out) {
    FeelValue left = FEEL_NULL_VALUE;
    FeelValue right = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &left));
    TRY(feel_node_eval(eval, node->right, frame, &right));
    *out = FEEL_NULL_VALUE;
    int order = 0;
    if (node->op == OP_EQUAL || node->op == OP_NOT_EQUAL) {
        FeelTruth truth = FEEL_UNKNOWN;
        TRY(feel_equal_counted(eval->cx, &left, &right, &truth));
        if (truth != FEEL_UNKNOWN) {
            *out = feel_boolean((truth == FEEL_TRUE) == (node->op == OP_EQUAL));
            return STATUS_OK;
        }
    } else if (feel_compare(&left, &right, &order)) {
        *out = feel_boolean(order_holds(node->op, order));
        return STATUS_OK;
    }
    report_kinds(eval, node, &left, &right);
    return STATUS_OK;
}

static void report_not_boolean(FeelEval *eval, const FeelNode *node, const FeelValue *value) {
    if (value->kind != FEEL_BOOLEAN && value->kind != FEEL_NULL) {
        feel_report_at(eval, node, FEEL_SAY_NOT_BOOLEAN,
                       node->kind == NODE_AND ? STR("and") : STR("or"),
                       feel_kind_name(value->kind));
    }
}

static Status eval_logic(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                         FeelValue *out) {
    FeelTruth decisive = node->kind == NODE_AND ? FEEL_FALSE : FEEL_TRUE;
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    FeelTruth left = feel_truth_of(&value);
    if (left == decisive) {
        *out = value;
        return STATUS_OK;
    }
    report_not_boolean(eval, node, &value);
    TRY(feel_node_eval(eval, node->right, frame, &value));
    FeelTruth right = feel_truth_of(&value);
    report_not_boolean(eval, node, &value);
    *out = feel_of_truth(node->kind == NODE_AND ? feel_truth_and(left, right)
                                                : feel_truth_or(left, right));
    return STATUS_OK;
}

static FeelTruth at_least(const FeelValue *value, const FeelValue *end, int sign) {
    int order = 0;
    if (!feel_compare(value, end, &order)) {
        return FEEL_UNKNOWN;
    }
    return order * sign >= 0 ? FEEL_TRUE : FEEL_FALSE;
}

static Status eval_between(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                           FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    FeelValue low = FEEL_NULL_VALUE;
    FeelValue high = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    TRY(feel_node_eval(eval, node->items[0], frame, &low));
    TRY(feel_node_eval(eval, node->items[1], frame, &high));
    FeelTruth truth = feel_truth_and(at_least(&value, &low, 1), at_least(&value, &high, -1));
    if (truth == FEEL_UNKNOWN) {
        report_kinds(eval, node, &value, at_least(&value, &low, 1) == FEEL_UNKNOWN ? &low : &high);
    }
    *out = feel_of_truth(truth);
    return STATUS_OK;
}

static Status eval_in(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                      FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    FeelTruth truth = FEEL_FALSE;
    for (size_t i = 0; i < node->item_count && truth != FEEL_TRUE; i++) {
        FeelValue test = FEEL_NULL_VALUE;
        TRY(feel_node_eval(eval, node->items[i], frame, &test));
        TRY(cx_steps(eval->cx, test.kind == FEEL_LIST ? test.list->count : 1));
        truth = feel_truth_or(truth, feel_in(&value, &test));
    }
    *out = feel_of_truth(truth);
    return STATUS_OK;
}

static Status eval_instance(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                            FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    *out = FEEL_NULL_VALUE;
    if (node->wanted == NULL) {
        feel_report_at(eval, node, FEEL_SAY_UNKNOWN_TYPE,
                       str_slice(eval->source, node->offset, node->len), STR_NONE);
        return STATUS_OK;
    }
    bool is_instance = false;
    TRY(feel_instance_of(eval, &value, node->wanted, &is_instance));
    *out = feel_boolean(is_instance);
    return STATUS_OK;
}

/* ---- paths ---- */

static bool temporal_member(Arena *arena, const Temporal *temporal, Str name, FeelValue *out) {
    TemporalProperty property;
    if (!temporal_property(temporal, name, &property)) {
        return false;
    }
    switch (property.part) {
    case TEMPORAL_PART_NONE:
        *out = FEEL_NULL_VALUE;
        break;
    case TEMPORAL_PART_NUMBER:
        *out = feel_number(property.number);
        break;
    case TEMPORAL_PART_DURATION:
        *out = feel_temporal(arena, &property.temporal);
        break;
    case TEMPORAL_PART_TEXT:
        *out = feel_string(property.text);
        break;
    }
    return true;
}

/* DMN 1.5, table 65: start, end and whether they belong to the range. */
static bool range_member(const FeelRange *range, Str name, FeelValue *out) {
    if (str_equal(name, STR("start"))) {
        *out = range->low;
    } else if (str_equal(name, STR("end"))) {
        *out = range->high;
    } else if (str_equal(name, STR("start included"))) {
        *out = feel_boolean(range->is_low_closed);
    } else if (str_equal(name, STR("end included"))) {
        *out = feel_boolean(range->is_high_closed);
    } else {
        return false;
    }
    return true;
}

static bool scalar_member(Arena *arena, const FeelValue *value, Str name, FeelValue *out) {
    if (value->kind == FEEL_CONTEXT) {
        const FeelValue *entry = feel_context_get(value->context, name);
        *out = entry == NULL ? FEEL_NULL_VALUE : *entry;
        return entry != NULL;
    }
    *out = FEEL_NULL_VALUE;
    if (feel_is_temporal(*value)) {
        return temporal_member(arena, value->temporal, name, out);
    }
    return value->kind == FEEL_RANGE && range_member(value->range, name, out);
}

/* The member of every item; lists inside lists are followed too. */
static Status list_member(FeelEval *eval, const FeelList *from, Str name, int depth,
                          FeelValue *out) {
    *out = FEEL_NULL_VALUE;
    if (depth >= FEEL_VALUE_DEPTH_MAX) {
        return STATUS_OK;
    }
    FeelList *list = feel_list_new(eval->cx->arena, from->count);
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        if (from->items[i].kind == FEEL_LIST) {
            TRY(list_member(eval, from->items[i].list, name, depth + 1, &list->items[i]));
        } else {
            scalar_member(eval->cx->arena, &from->items[i], name, &list->items[i]);
        }
    }
    *out = feel_list(list);
    return STATUS_OK;
}

static Status eval_path(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                        FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    if (value.kind == FEEL_LIST) {
        return list_member(eval, value.list, node->name, 0, out);
    }
    if (!scalar_member(eval->cx->arena, &value, node->name, out) && !feel_is_null(value)) {
        feel_report_at(eval, node, FEEL_SAY_UNKNOWN_MEMBER, node->name, feel_kind_name(value.kind));
    }
    return STATUS_OK;
}

/* ---- making ---- */

static Status eval_if(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                      FeelValue *out) {
    FeelValue condition = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &condition));
    bool is_true = feel_truth_of(&condition) == FEEL_TRUE;
    if (condition.kind != FEEL_BOOLEAN) {
        feel_report_at(eval, node, FEEL_SAY_CONDITION, feel_kind_name(condition.kind), STR_NONE);
    }
    return feel_node_eval(eval, node->items[is_true ? 0 : 1], frame, out);
}

static Status eval_list(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                        FeelValue *out) {
    FeelList *list = feel_list_new(eval->cx->arena, node->item_count);
    for (size_t i = 0; i < node->item_count; i++) {
        TRY(feel_node_eval(eval, node->items[i], frame, &list->items[i]));
    }
    *out = feel_list(list);
    return STATUS_OK;
}

static Status eval_context(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                           FeelValue *out) {
    FeelContext *context = feel_context_new(eval->cx->arena, node->item_count);
    for (size_t i = 0; i < node->item_count; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        TRY(feel_node_eval(eval, node->items[i], frame, &value));
        frame->locals[node->index + i] = value;
        feel_context_put(eval->cx->arena, context, node->names[i], value);
        if (context->count != i + 1) {
            feel_report_at(eval, node, FEEL_SAY_DUPLICATE_KEY, node->names[i], STR_NONE);
            *out = FEEL_NULL_VALUE;
            return STATUS_OK;
        }
    }
    *out = feel_context(context);
    return STATUS_OK;
}

static Status eval_range(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                         FeelValue *out) {
    FeelValue low = FEEL_NULL_VALUE;
    FeelValue high = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &low));
    TRY(feel_node_eval(eval, node->right, frame, &high));
    *out = feel_range_of(eval->cx->arena, &low, &high, node->is_low_closed, node->is_high_closed);
    if (feel_is_null(*out) && feel_is_heard(eval)) {
        Str ends = str_print(eval->cx->arena, STR_FMT ".." STR_FMT,
                             STR_ARG(feel_brief(eval->cx->arena, &low)),
                             STR_ARG(feel_brief(eval->cx->arena, &high)));
        feel_report_at(eval, node, FEEL_SAY_RANGE_ENDS, ends, STR_NONE);
    }
    return STATUS_OK;
}

static Status eval_unary_range(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                               FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    *out = feel_range_unary(eval->cx->arena, node->op, &value);
    if (feel_is_null(*out) && feel_is_heard(eval)) {
        feel_report_at(eval, node, FEEL_SAY_RANGE_ENDS, feel_brief(eval->cx->arena, &value),
                       STR_NONE);
    }
    return STATUS_OK;
}

/* ---- the table ---- */

typedef Status (*NodeEval)(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                           FeelValue *out);

static const NodeEval EVALUATORS[] = {
    [NODE_CONSTANT] = eval_constant,
    [NODE_SLOT] = eval_slot,
    [NODE_LOCAL] = eval_local,
    [NODE_MEMBER] = eval_member,
    [NODE_NOTHING] = eval_nothing,
    [NODE_NEGATE] = eval_negate,
    [NODE_ARITHMETIC] = eval_arithmetic,
    [NODE_COMPARE] = eval_compare,
    [NODE_AND] = eval_logic,
    [NODE_OR] = eval_logic,
    [NODE_BETWEEN] = eval_between,
    [NODE_IN] = eval_in,
    [NODE_INSTANCE_OF] = eval_instance,
    [NODE_PATH] = eval_path,
    [NODE_FILTER] = feel_eval_filter,
    [NODE_CALL] = feel_eval_call,
    [NODE_CALL_NAMED] = feel_eval_call,
    [NODE_CALL_BUILTIN] = feel_eval_call,
    [NODE_IF] = eval_if,
    [NODE_FOR] = feel_eval_for,
    [NODE_SOME] = feel_eval_quantified,
    [NODE_EVERY] = feel_eval_quantified,
    [NODE_FUNCTION] = feel_eval_function,
    [NODE_LIST] = eval_list,
    [NODE_CONTEXT] = eval_context,
    [NODE_RANGE] = eval_range,
    [NODE_UNARY_RANGE] = eval_unary_range,
};

Status feel_node_eval(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                      FeelValue *out) {
    if (node->kind == NODE_CONSTANT) {
        *out = node->constant;
        return STATUS_OK;
    }
    TRY(cx_step(eval->cx));
    if (eval->depth >= FEEL_CALL_DEPTH_MAX) {
        return fault(eval->cx, STATUS_LIMIT, "evaluation nests deeper than %d",
                     (int)FEEL_CALL_DEPTH_MAX);
    }
    eval->depth++;
    Status status = EVALUATORS[node->kind](eval, node, frame, out);
    eval->depth--;
    return status;
}
