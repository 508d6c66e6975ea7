/* eval_loop.c - for, some, every and filters: what walks over lists and ranges. */
#include "base/vec.h"
#include "feel/eval.h"

/* ---- one iterator ---- */

typedef struct Cursor {
    const FeelList *list; /* or NULL: counts */
    FeelValue first;      /* number or date */
    int64_t step;         /* 1 or -1 */
    int64_t skip;         /* 1: the first value is left out */
    int64_t count;
} Cursor;

/* Distance from low to high in whole steps, for numbers that are integers and for dates. */
static bool distance(const FeelValue *low, const FeelValue *high, int64_t *out) {
    if (low->kind != high->kind) {
        return false;
    }
    if (low->kind == FEEL_DATE) {
        return !__builtin_sub_overflow(high->temporal->day, low->temporal->day, out);
    }
    Decimal difference;
    return low->kind == FEEL_NUMBER && decimal_is_integer(low->number) &&
           decimal_is_integer(high->number) &&
           decimal_subtract(high->number, low->number, &difference) &&
           decimal_to_int64(difference, out);
}

static bool cursor_between(const FeelValue *low, const FeelValue *high, Cursor *out) {
    int64_t length = 0;
    if (!distance(low, high, &length) || length > INT64_MAX / 2 || length < -INT64_MAX / 2) {
        return false;
    }
    *out = (Cursor){
        .first = *low, .step = length < 0 ? -1 : 1, .count = (length < 0 ? -length : length) + 1};
    return true;
}

static Status cursor_value(FeelEval *eval, const Cursor *cursor, int64_t number, FeelValue *out) {
    if (cursor->list != NULL) {
        *out = cursor->list->items[number];
        return STATUS_OK;
    }
    *out = FEEL_NULL_VALUE;
    if (cursor->first.kind == FEEL_DATE) {
        Temporal date;
        if (temporal_date_step(cursor->first.temporal, number * cursor->step, &date)) {
            *out = feel_temporal(eval->cx->arena, &date);
        }
        return STATUS_OK;
    }
    Decimal sum;
    if (decimal_add(cursor->first.number, decimal_of_int64(number * cursor->step), &sum)) {
        *out = feel_number(sum);
    }
    return STATUS_OK;
}

static bool cursor_range(const FeelRange *range, Cursor *out) {
    if (!cursor_between(&range->low, &range->high, out)) {
        return false;
    }
    if (!range->is_high_closed) {
        out->count--;
    }
    out->skip = range->is_low_closed ? 0 : 1;
    return true;
}

static bool cursor_of(FeelEval *eval, const FeelValue *from, const FeelValue *to, Cursor *out) {
    if (to != NULL) {
        return cursor_between(from, to, out);
    }
    if (from->kind == FEEL_RANGE) {
        return cursor_range(from->range, out);
    }
    if (feel_is_null(*from)) {
        return false;
    }
    *out = (Cursor){.list = feel_as_list(eval->cx->arena, from)};
    out->count = (int64_t)out->list->count;
    return true;
}

/* ---- nested loops ---- */

typedef struct ValueVec {
    FeelValue *items;
    size_t count;
    size_t room;
} ValueVec;

typedef struct Walk {
    FeelEval *eval;
    const FeelNode *node;
    const FeelFrame *frame;
    ValueVec results; /* of for */
    FeelTruth truth;  /* of some and every */
    bool is_done;
    bool is_broken; /* something was not iterable: the whole is null */
} Walk;

static Status walk_body(Walk *walk) {
    const FeelNode *node = walk->node;
    Arena *arena = walk->eval->cx->arena;
    FeelValue value = FEEL_NULL_VALUE;
    if (node->kind != NODE_FOR) {
        TRY(feel_node_eval(walk->eval, node->right, walk->frame, &value));
        FeelTruth truth = feel_truth_of(&value);
        walk->truth = node->kind == NODE_SOME ? feel_truth_or(walk->truth, truth)
                                              : feel_truth_and(walk->truth, truth);
        walk->is_done = walk->truth == (node->kind == NODE_SOME ? FEEL_TRUE : FEEL_FALSE);
        return STATUS_OK;
    }
    /* A view of the results so far: they only ever grow behind its count. */
    FeelList *partial = arena_new(arena, FeelList);
    *partial = (FeelList){walk->results.items, walk->results.count};
    walk->frame->locals[node->index] = feel_list(partial);
    TRY(feel_node_eval(walk->eval, node->right, walk->frame, &value));
    if (walk->results.count >= FEEL_LIST_ITEMS_MAX) {
        return fault(walk->eval->cx, STATUS_LIMIT, "a list of more than %d items",
                     (int)FEEL_LIST_ITEMS_MAX);
    }
    *vec_push(arena, &walk->results) = value;
    return STATUS_OK;
}

static Status walk_loop(Walk *walk, size_t number);

static Status walk_values(Walk *walk, size_t number, const Cursor *cursor) {
    const FeelLoop *loop = &walk->node->loops[number];
    for (int64_t i = cursor->skip; i < cursor->count && !walk->is_done && !walk->is_broken; i++) {
        TRY(cx_step(walk->eval->cx));
        TRY(cursor_value(walk->eval, cursor, i, &walk->frame->locals[loop->local]));
        TRY(walk_loop(walk, number + 1));
    }
    return STATUS_OK;
}

static Status walk_loop(Walk *walk, size_t number) {
    if (number == walk->node->item_count) {
        return walk_body(walk);
    }
    const FeelLoop *loop = &walk->node->loops[number];
    FeelValue from = FEEL_NULL_VALUE;
    FeelValue to = FEEL_NULL_VALUE;
    Cursor cursor = {0};
    TRY(feel_node_eval(walk->eval, loop->from, walk->frame, &from));
    if (loop->to != NULL) {
        TRY(feel_node_eval(walk->eval, loop->to, walk->frame, &to));
    }
    if (!cursor_of(walk->eval, &from, loop->to == NULL ? NULL : &to, &cursor)) {
        feel_report_at(walk->eval, loop->from, FEEL_SAY_ITERATION, feel_kind_name(from.kind),
                       STR_NONE);
        walk->is_broken = true;
        return STATUS_OK;
    }
    return walk_values(walk, number, &cursor);
}

Status feel_eval_for(FeelEval *eval, const FeelNode *node, const FeelFrame *frame, FeelValue *out) {
    Walk walk = {.eval = eval, .node = node, .frame = frame};
    TRY(walk_loop(&walk, 0));
    *out = FEEL_NULL_VALUE;
    if (!walk.is_broken) {
        FeelList *list = arena_new(eval->cx->arena, FeelList);
        *list = (FeelList){walk.results.items, walk.results.count};
        *out = feel_list(list);
    }
    return STATUS_OK;
}

Status feel_eval_quantified(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                            FeelValue *out) {
    Walk walk = {.eval = eval, .node = node, .frame = frame};
    walk.truth = node->kind == NODE_SOME ? FEEL_FALSE : FEEL_TRUE;
    TRY(walk_loop(&walk, 0));
    *out = walk.is_broken ? FEEL_NULL_VALUE : feel_of_truth(walk.truth);
    return STATUS_OK;
}

/* ---- filters ---- */

/* Position from 1, or from the end when negative. */
static FeelValue at_position(FeelEval *eval, const FeelNode *node, const FeelList *list,
                             Decimal position) {
    int64_t number = 0;
    int64_t count = (int64_t)list->count;
    bool is_whole = decimal_to_int64(position, &number);
    if (is_whole && number >= 1 && number <= count) {
        return list->items[number - 1];
    }
    if (is_whole && number < 0 && number >= -count) {
        return list->items[count + number];
    }
    if (feel_is_heard(eval)) {
        feel_report_at(eval, node, FEEL_SAY_ARGUMENT_VALUE, STR("[]"),
                       decimal_print(eval->cx->arena, position));
    }
    return FEEL_NULL_VALUE;
}

/* Evaluates the filter's expression for one item. A number is a position and ends the walk. */
static Status filter_items(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                           const FeelList *list, FeelValue *out) {
    ValueVec kept = {0};
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        FeelValue verdict = FEEL_NULL_VALUE;
        frame->locals[node->index] = list->items[i];
        TRY(feel_node_eval(eval, node->right, frame, &verdict));
        if (verdict.kind == FEEL_NUMBER && i == 0) {
            *out = at_position(eval, node, list, verdict.number);
            return STATUS_OK;
        }
        if (verdict.kind == FEEL_BOOLEAN && verdict.boolean) {
            *vec_push(eval->cx->arena, &kept) = list->items[i];
        } else if (verdict.kind != FEEL_BOOLEAN && verdict.kind != FEEL_NULL) {
            feel_report_at(eval, node->right, FEEL_SAY_FILTER, feel_kind_name(verdict.kind),
                           STR_NONE);
            *out = FEEL_NULL_VALUE;
            return STATUS_OK;
        }
    }
    FeelList *result = arena_new(eval->cx->arena, FeelList);
    *result = (FeelList){kept.items, kept.count};
    *out = feel_list(result);
    return STATUS_OK;
}

/* An empty list: a condition leaves it empty, a position is out of range. The expression tells
 * which it is; what it says about an item that is not there is not reported. */
static Status filter_nothing(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                             FeelValue *out) {
    FeelValue verdict = FEEL_NULL_VALUE;
    FeelDiagnostics *diagnostics = eval->diagnostics;
    frame->locals[node->index] = FEEL_NULL_VALUE;
    eval->diagnostics = NULL;
    Status status = feel_node_eval(eval, node->right, frame, &verdict);
    eval->diagnostics = diagnostics;
    TRY(status);
    bool is_position = verdict.kind == FEEL_NUMBER;
    *out = is_position ? FEEL_NULL_VALUE : feel_list(feel_list_new(eval->cx->arena, 0));
    return STATUS_OK;
}

Status feel_eval_filter(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                        FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, node->left, frame, &value));
    if (feel_is_null(value)) {
        *out = FEEL_NULL_VALUE;
        return STATUS_OK;
    }
    const FeelList *list = feel_as_list(eval->cx->arena, &value);
    if (node->right->kind == NODE_CONSTANT && node->right->constant.kind == FEEL_NUMBER) {
        *out = at_position(eval, node, list, node->right->constant.number);
        return STATUS_OK;
    }
    if (list->count == 0) {
        return filter_nothing(eval, node, frame, out);
    }
    return filter_items(eval, node, frame, list, out);
}
