/*
 * boxed.c - boxed expressions at work. Depth is limited by the nesting of the model, which was
 * limited when it was read, and by the depth of calls.
 */
#include "dmn/run.h"

Status dmn_evaluate_program(Frame *frame, const FeelProgram *program, const DmnPlace *place,
                            FeelValue *out) {
    *out = FEEL_NULL_VALUE;
    if (program == NULL) {
        return STATUS_OK;
    }
    TRY(feel_evaluate(&frame->run->eval, program, frame->slots, out));
    if (frame->run->feel->count > 0) {
        dmn_run_drain(frame->run, place);
    }
    return STATUS_OK;
}

/* Evaluates a part and coerces it to the type declared at its name. */
static Status evaluate_part(Frame *frame, const Part *part, FeelValue *out) {
    *out = FEEL_NULL_VALUE;
    if (part->expression == NULL) {
        return STATUS_OK;
    }
    TRY(dmn_evaluate(frame, part->expression, out));
    return dmn_coerce(frame->run, part->type, &part->expression->place, out);
}

/* ---- functions ---- */

typedef struct Closure {
    Frame frame; /* its slots are a copy from when the function was made */
    const DmnExpression *function;
} Closure;

static Status call_closure(void *host, FeelEval *eval, const FeelValue *arguments, size_t count,
                           FeelValue *out) {
    (void)eval;
    const Closure *closure = host;
    const DmnExpression *function = closure->function;
    DmnRun *run = closure->frame.run;
    *out = FEEL_NULL_VALUE;
    if (function->part_count == 0) {
        dmn_run_report(run, &function->place, DMN_MESSAGE_EXTERNAL_FUNCTION, STR("Java"), STR(""));
        return STATUS_OK;
    }
    if (run->depth >= DMN_DEPTH_MAX) {
        return fault(run->cx, STATUS_LIMIT, "dmn: calls nested deeper than %d", DMN_DEPTH_MAX);
    }
    Frame frame = closure->frame;
    frame.slot_count = function->frame_count;
    frame.slots = arena_array(run->cx->arena, FeelValue, function->frame_count);
    for (size_t i = 0; i < function->slot; i++) {
        frame.slots[i] = closure->frame.slots[i];
    }
    for (size_t i = 0; i < count; i++) {
        frame.slots[function->slot + i] = arguments[i];
    }
    run->depth++;
    TRY(evaluate_part(&frame, &function->parts[0], out));
    run->depth--;
    return STATUS_OK;
}

static Status evaluate_function(Frame *frame, const DmnExpression *function, FeelValue *out) {
    Arena *arena = frame->run->cx->arena;
    Closure *closure = arena_new(arena, Closure);
    closure->function = function;
    closure->frame = *frame;
    closure->frame.slots = arena_array(arena, FeelValue, function->slot);
    for (size_t i = 0; i < function->slot; i++) {
        closure->frame.slots[i] = frame->slots[i];
    }
    *out = feel_function_host(arena, function->place.node, function->parameters,
                              function->parameter_count, NULL, call_closure, closure);
    if (function->knows_itself) {
        closure->frame.slots[function->slot - 1] = *out;
    }
    return STATUS_OK;
}

static Status evaluate_invocation(Frame *frame, const DmnExpression *call, FeelValue *out) {
    Arena *arena = frame->run->cx->arena;
    FeelValue function = FEEL_NULL_VALUE;
    FeelArgument *arguments = arena_array(arena, FeelArgument, call->part_count);
    TRY(dmn_evaluate(frame, call->called, &function));
    for (size_t i = 0; i < call->part_count; i++) {
        arguments[i].name = call->parts[i].name;
        TRY(evaluate_part(frame, &call->parts[i], &arguments[i].value));
    }
    *out = FEEL_NULL_VALUE;
    if (function.kind != FEEL_FUNCTION) {
        Str name =
            call->called->program == NULL ? STR("") : feel_program_text(call->called->program);
        dmn_run_report(frame->run, &call->place, DMN_MESSAGE_NOT_A_FUNCTION, name, STR(""));
        return STATUS_OK;
    }
    TRY(feel_call_named(&frame->run->eval, &function, arguments, call->part_count, out));
    dmn_run_drain(frame->run, &call->place);
    return STATUS_OK;
}

/* ---- collections ---- */

static Status evaluate_context(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    Arena *arena = frame->run->cx->arena;
    FeelContext *context = feel_context_new(arena, expression->part_count);
    size_t slot = expression->slot;
    for (size_t i = 0; i < expression->part_count; i++) {
        const Part *part = &expression->parts[i];
        FeelValue value = FEEL_NULL_VALUE;
        if (!str_is_empty(part->name)) {
            frame->slots[slot] = FEEL_NULL_VALUE; /* of an earlier round of a loop */
        }
        TRY(evaluate_part(frame, part, &value));
        if (str_is_empty(part->name)) {
            if (i + 1 == expression->part_count) {
                *out = value;
                return STATUS_OK;
            }
            continue;
        }
        frame->slots[slot++] = value;
        feel_context_put(arena, context, part->name, value);
    }
    *out = feel_context(context);
    return STATUS_OK;
}

static Status evaluate_list(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    FeelList *list = feel_list_new(frame->run->cx->arena, expression->part_count);
    for (size_t i = 0; i < expression->part_count; i++) {
        TRY(evaluate_part(frame, &expression->parts[i], &list->items[i]));
    }
    *out = feel_list(list);
    return STATUS_OK;
}

static Status evaluate_relation(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    Arena *arena = frame->run->cx->arena;
    size_t width = expression->column_count;
    size_t row_count = width == 0 ? 0 : expression->part_count / width;
    FeelList *list = feel_list_new(arena, row_count);
    for (size_t row = 0; row < row_count; row++) {
        FeelContext *context = feel_context_new(arena, width);
        for (size_t i = 0; i < width; i++) {
            const Part *cell = &expression->parts[row * width + i];
            FeelValue value = FEEL_NULL_VALUE;
            TRY(evaluate_part(frame, cell, &value));
            feel_context_put(arena, context, cell->name, value);
        }
        list->items[row] = feel_context(context);
    }
    *out = feel_list(list);
    return STATUS_OK;
}

/* ---- control ---- */

static Status evaluate_conditional(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    FeelValue condition = FEEL_NULL_VALUE;
    TRY(evaluate_part(frame, &expression->parts[0], &condition));
    bool is_true = condition.kind == FEEL_BOOLEAN && condition.boolean;
    if (condition.kind != FEEL_BOOLEAN && condition.kind != FEEL_NULL) {
        dmn_run_report(frame->run, &expression->place, DMN_MESSAGE_CONDITION_TYPE,
                       feel_print(frame->run->cx->arena, &condition), STR(""));
        *out = FEEL_NULL_VALUE;
        return STATUS_OK;
    }
    return evaluate_part(frame, &expression->parts[is_true ? 1 : 2], out);
}

/* What an iteration goes over: a list, a range of integers or dates, or one value. */
typedef struct Sequence {
    const FeelValue *items; /* NULL: a range */
    size_t count;
    FeelValue low;
    FeelValue single;
} Sequence;

static bool range_bounds(const FeelRange *range, int64_t *low, int64_t *high) {
    if (range->low.kind == FEEL_DATE && range->high.kind == FEEL_DATE) {
        *low = range->low.temporal->day;
        *high = range->high.temporal->day;
    } else if (range->low.kind != FEEL_NUMBER || range->high.kind != FEEL_NUMBER ||
               !decimal_to_int64(range->low.number, low) ||
               !decimal_to_int64(range->high.number, high)) {
        return false;
    }
    *low += range->is_low_closed ? 0 : 1;
    *high -= range->is_high_closed ? 0 : 1;
    return true;
}

/* false when value cannot be gone over (null, or a range without whole bounds). */
static bool sequence_of(Arena *arena, const FeelValue *value, Sequence *out) {
    int64_t low = 0;
    int64_t high = 0;
    if (value->kind == FEEL_LIST) {
        *out = (Sequence){.items = value->list->items, .count = value->list->count};
        return true;
    }
    if (value->kind == FEEL_RANGE) {
        if (!range_bounds(value->range, &low, &high) || high - low >= FEEL_LIST_ITEMS_MAX) {
            return false;
        }
        size_t count = high < low ? 0 : (size_t)(high - low) + 1;
        FeelList *list = feel_list_new(arena, count);
        for (size_t i = 0; i < count; i++) {
            Temporal date = {.kind = TEMPORAL_DATE, .day = low + (int64_t)i};
            list->items[i] = value->range->low.kind == FEEL_DATE
                                 ? feel_temporal(arena, &date)
                                 : feel_number(decimal_of_int64(low + (int64_t)i));
        }
        *out = (Sequence){.items = list->items, .count = count};
        return true;
    }
    out->single = *value;
    out->items = &out->single;
    out->count = 1;
    return value->kind != FEEL_NULL;
}

/* Evaluates "in"; *is_good false (and a diagnostic) when there is nothing to go over. */
static Status open_sequence(Frame *frame, const DmnExpression *expression, Sequence *out,
                            bool *is_good) {
    FeelValue value = FEEL_NULL_VALUE;
    TRY(evaluate_part(frame, &expression->parts[0], &value));
    *is_good = sequence_of(frame->run->cx->arena, &value, out);
    if (!*is_good) {
        dmn_run_report(frame->run, &expression->place, DMN_MESSAGE_NOT_A_LIST,
                       feel_print(frame->run->cx->arena, &value), STR(""));
    }
    return STATUS_OK;
}

static void fill_members(Frame *frame, const DmnExpression *filter, const FeelValue *item) {
    const FeelType *type = filter->parts[1].type;
    for (size_t i = 0; i < filter->column_count; i++) {
        const FeelValue *member = item->kind == FEEL_CONTEXT
                                      ? feel_context_get(item->context, type->entries[i].name)
                                      : NULL;
        frame->slots[filter->slot + 1 + i] = member != NULL ? *member : FEEL_NULL_VALUE;
    }
}

static Status evaluate_filter(Frame *frame, const DmnExpression *filter, FeelValue *out) {
    Sequence sequence = {0};
    bool is_good = false;
    *out = FEEL_NULL_VALUE;
    TRY(open_sequence(frame, filter, &sequence, &is_good));
    if (!is_good) {
        return STATUS_OK;
    }
    FeelList *kept = feel_list_new(frame->run->cx->arena, sequence.count);
    size_t count = 0;
    for (size_t i = 0; i < sequence.count; i++) {
        FeelValue match = FEEL_NULL_VALUE;
        TRY(cx_step(frame->run->cx));
        frame->slots[filter->slot] = sequence.items[i];
        fill_members(frame, filter, &sequence.items[i]);
        TRY(dmn_evaluate(frame, filter->parts[1].expression, &match));
        if (match.kind != FEEL_BOOLEAN && match.kind != FEEL_NULL) {
            dmn_run_report(frame->run, &filter->place, DMN_MESSAGE_CONDITION_TYPE,
                           feel_print(frame->run->cx->arena, &match), STR(""));
            return STATUS_OK;
        }
        if (match.kind == FEEL_BOOLEAN && match.boolean) {
            kept->items[count++] = sequence.items[i];
        }
    }
    kept->count = count;
    *out = feel_list(kept);
    return STATUS_OK;
}

static Status evaluate_for(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    Sequence sequence = {0};
    bool is_good = false;
    *out = FEEL_NULL_VALUE;
    TRY(open_sequence(frame, expression, &sequence, &is_good));
    if (!is_good) {
        return STATUS_OK;
    }
    Arena *arena = frame->run->cx->arena;
    FeelList *made = feel_list_new(arena, sequence.count);
    for (size_t i = 0; i < sequence.count; i++) {
        TRY(cx_step(frame->run->cx));
        FeelList *partial = arena_new(arena, FeelList); /* the items before, shared */
        *partial = (FeelList){.items = made->items, .count = i};
        frame->slots[expression->slot] = sequence.items[i];
        frame->slots[expression->partial_slot] = feel_list(partial);
        TRY(evaluate_part(frame, &expression->parts[1], &made->items[i]));
    }
    *out = feel_list(made);
    return STATUS_OK;
}

/* some: true when one is; every: false when one is not; else null when one is unknown. */
static Status evaluate_quantified(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    Sequence sequence = {0};
    bool is_good = false;
    bool decides = expression->kind == EXPRESSION_SOME; /* the value that decides at once */
    bool has_unknown = false;
    *out = FEEL_NULL_VALUE;
    TRY(open_sequence(frame, expression, &sequence, &is_good));
    if (!is_good) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < sequence.count; i++) {
        FeelValue holds = FEEL_NULL_VALUE;
        TRY(cx_step(frame->run->cx));
        frame->slots[expression->slot] = sequence.items[i];
        TRY(evaluate_part(frame, &expression->parts[1], &holds));
        if (holds.kind == FEEL_BOOLEAN && holds.boolean == decides) {
            *out = feel_boolean(decides);
            return STATUS_OK;
        }
        has_unknown = has_unknown || holds.kind != FEEL_BOOLEAN;
    }
    if (!has_unknown) {
        *out = feel_boolean(!decides);
    }
    return STATUS_OK;
}

static Status evaluate_kind(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    switch (expression->kind) {
    case EXPRESSION_NONE:
        *out = FEEL_NULL_VALUE;
        return STATUS_OK;
    case EXPRESSION_LITERAL:
        return dmn_evaluate_program(frame, expression->program, &expression->place, out);
    case EXPRESSION_TABLE:
        return dmn_decide_table(frame, expression, out);
    case EXPRESSION_CONTEXT:
        return evaluate_context(frame, expression, out);
    case EXPRESSION_LIST:
        return evaluate_list(frame, expression, out);
    case EXPRESSION_RELATION:
        return evaluate_relation(frame, expression, out);
    case EXPRESSION_FUNCTION:
        return evaluate_function(frame, expression, out);
    case EXPRESSION_INVOCATION:
        return evaluate_invocation(frame, expression, out);
    case EXPRESSION_CONDITIONAL:
        return evaluate_conditional(frame, expression, out);
    case EXPRESSION_FILTER:
        return evaluate_filter(frame, expression, out);
    case EXPRESSION_FOR:
        return evaluate_for(frame, expression, out);
    case EXPRESSION_SOME:
    case EXPRESSION_EVERY:
        return evaluate_quantified(frame, expression, out);
    }
    return STATUS_OK;
}

Status dmn_evaluate(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    TRY(evaluate_kind(frame, expression, out));
    return dmn_coerce(frame->run, expression->type, &expression->place, out);
}
