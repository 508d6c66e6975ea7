/* call.c - functions: built-in, written in FEEL, and of the host; by position and by name. */
#include "feel/builtin.h"
#include "feel/eval.h"

#include <string.h>

enum { ARGUMENTS_ON_STACK = 6 };

Status feel_eval_function(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                          FeelValue *out) {
    const FeelLambda *lambda = node->lambda;
    FeelFunction *function = arena_new(eval->cx->arena, FeelFunction);
    FeelValue *captured = arena_array(eval->cx->arena, FeelValue, lambda->captured_count);
    if (lambda->captured_count > 0) {
        memcpy(captured, frame->locals, lambda->captured_count * sizeof *captured);
    }
    *function = (FeelFunction){.kind = FUNCTION_LAMBDA,
                               .lambda = lambda,
                               .captured = captured,
                               .slots = frame->slots,
                               .parameters = lambda->parameters,
                               .parameter_count = lambda->parameter_count};
    *out = (FeelValue){.kind = FEEL_FUNCTION, .function = function};
    return STATUS_OK;
}

static Str function_name(const FeelFunction *function) {
    return function->name.len > 0 ? function->name : STR("function");
}

/* ---- calling ---- */

static Status lambda_call(FeelEval *eval, const FeelFunction *function, const FeelValue *arguments,
                          FeelValue *out) {
    const FeelLambda *lambda = function->lambda;
    if (lambda->body == NULL) {
        feel_report(eval, FEEL_SAY_EXTERNAL, function_name(function), STR_NONE);
        return STATUS_OK;
    }
    FeelValue *locals = arena_array(eval->cx->arena, FeelValue, lambda->local_count);
    if (lambda->captured_count > 0) {
        memcpy(locals, function->captured, lambda->captured_count * sizeof *locals);
    }
    if (lambda->parameter_count > 0) {
        memcpy(locals + lambda->captured_count, arguments,
               lambda->parameter_count * sizeof *locals);
    }
    FeelFrame frame = {function->slots, locals};
    Str source = eval->source;
    eval->source = lambda->source;
    Status status = feel_node_eval(eval, lambda->body, &frame, out);
    eval->source = source;
    return status;
}

/* Coerces the arguments to the parameters; *is_typed false when one does not conform. */
static Status arguments_coerce(FeelEval *eval, const FeelFunction *function,
                               const FeelValue *arguments, FeelValue *coerced, bool *is_typed) {
    *is_typed = true;
    for (size_t i = 0; i < function->parameter_count; i++) {
        TRY(feel_coerce(eval, &arguments[i], function->parameters[i].type, &coerced[i]));
        if (feel_is_null(coerced[i]) && !feel_is_null(arguments[i])) {
            *is_typed = false;
        }
    }
    return STATUS_OK;
}

static Status host_call(FeelEval *eval, const FeelFunction *function, const FeelValue *arguments,
                        FeelValue *out) {
    if (eval->depth >= FEEL_CALL_DEPTH_MAX) {
        return fault(eval->cx, STATUS_LIMIT, "function calls nest deeper than %d",
                     (int)FEEL_CALL_DEPTH_MAX);
    }
    FeelValue value = FEEL_NULL_VALUE;
    Str source = eval->source;
    size_t offset = eval->offset;
    size_t len = eval->len;
    eval->depth++;
    Status status =
        function->call(function->host, eval, arguments, function->parameter_count, &value);
    eval->depth--;
    eval->source = source;
    eval->offset = offset;
    eval->len = len;
    TRY(status);
    return feel_coerce(eval, &value, function->result, out);
}

static void report_count(FeelEval *eval, const FeelFunction *function, size_t count) {
    if (feel_is_heard(eval)) {
        feel_report(eval, FEEL_SAY_ARGUMENT_COUNT, function_name(function),
                    str_print(eval->cx->arena, "%zu", count));
    }
}

static Status function_call(FeelEval *eval, const FeelFunction *function,
                            const FeelValue *arguments, size_t count, FeelValue *out) {
    if (function->kind == FUNCTION_BUILTIN) {
        return feel_builtin_call(eval, function->builtin, arguments, count, out);
    }
    if (count != function->parameter_count) {
        report_count(eval, function, count);
        return STATUS_OK;
    }
    FeelValue on_stack[ARGUMENTS_ON_STACK];
    FeelValue *coerced =
        count <= ARGUMENTS_ON_STACK ? on_stack : arena_array(eval->cx->arena, FeelValue, count);
    bool is_typed = true;
    TRY(arguments_coerce(eval, function, arguments, coerced, &is_typed));
    if (!is_typed) {
        return STATUS_OK;
    }
    return function->kind == FUNCTION_LAMBDA ? lambda_call(eval, function, coerced, out)
                                             : host_call(eval, function, coerced, out);
}

static bool is_function(FeelEval *eval, const FeelValue *function) {
    if (function->kind != FEEL_FUNCTION) {
        feel_report(eval, FEEL_SAY_NOT_FUNCTION, feel_kind_name(function->kind), STR_NONE);
        return false;
    }
    return true;
}

Status feel_call(FeelEval *eval, const FeelValue *function, const FeelValue *arguments,
                 size_t count, FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    if (is_function(eval, function)) {
        TRY(function_call(eval, function->function, arguments, count, &value));
    }
    *out = value;
    return STATUS_OK;
}

/* ---- by name ---- */

static size_t argument_find(const FeelArgument *arguments, size_t count, Str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(arguments[i].name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool is_parameter(const FeelFunction *function, Str name) {
    for (size_t i = 0; i < function->parameter_count; i++) {
        if (str_equal(function->parameters[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Puts named arguments into the order of the parameters. */
static bool arguments_order(FeelEval *eval, const FeelFunction *function,
                            const FeelArgument *arguments, size_t count, FeelValue *out) {
    for (size_t i = 0; i < count; i++) {
        bool is_twice = argument_find(arguments, i, arguments[i].name) != SIZE_MAX;
        if (is_twice || !is_parameter(function, arguments[i].name)) {
            feel_report(eval, FEEL_SAY_ARGUMENT_NAME, function_name(function), arguments[i].name);
            return false;
        }
    }
    if (count != function->parameter_count) {
        report_count(eval, function, count);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = argument_find(arguments, count, function->parameters[i].name);
        check(at != SIZE_MAX);
        out[i] = arguments[at].value;
    }
    return true;
}

Status feel_call_named(FeelEval *eval, const FeelValue *function, const FeelArgument *arguments,
                       size_t count, FeelValue *out) {
    *out = FEEL_NULL_VALUE;
    if (!is_function(eval, function)) {
        return STATUS_OK;
    }
    if (function->function->kind == FUNCTION_BUILTIN) {
        return feel_builtin_call_named(eval, function->function->builtin, arguments, count, out);
    }
    FeelValue *ordered = arena_array(eval->cx->arena, FeelValue, count);
    if (!arguments_order(eval, function->function, arguments, count, ordered)) {
        return STATUS_OK;
    }
    return feel_call(eval, function, ordered, count, out);
}

/* ---- the nodes ---- */

static Status eval_named(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                         const FeelValue *values, FeelValue *out) {
    FeelArgument *arguments = arena_array(eval->cx->arena, FeelArgument, node->item_count);
    FeelValue function = FEEL_NULL_VALUE;
    for (size_t i = 0; i < node->item_count; i++) {
        arguments[i] = (FeelArgument){node->names[i], values[i]};
    }
    TRY(feel_node_eval(eval, node->left, frame, &function));
    eval->offset = node->offset;
    eval->len = node->len;
    return feel_call_named(eval, &function, arguments, node->item_count, out);
}

Status feel_eval_call(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                      FeelValue *out) {
    FeelValue on_stack[ARGUMENTS_ON_STACK];
    FeelValue *values = node->item_count <= ARGUMENTS_ON_STACK
                            ? on_stack
                            : arena_array(eval->cx->arena, FeelValue, node->item_count);
    for (size_t i = 0; i < node->item_count; i++) {
        TRY(feel_node_eval(eval, node->items[i], frame, &values[i]));
    }
    if (node->kind == NODE_CALL_NAMED) {
        return eval_named(eval, node, frame, values, out);
    }
    FeelValue function = FEEL_NULL_VALUE;
    if (node->kind == NODE_CALL) {
        TRY(feel_node_eval(eval, node->left, frame, &function));
    }
    eval->offset = node->offset;
    eval->len = node->len;
    if (node->kind == NODE_CALL_BUILTIN) {
        return feel_builtin_call(eval, node->builtin, values, node->item_count, out);
    }
    return feel_call(eval, &function, values, node->item_count, out);
}
