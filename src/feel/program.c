/* program.c - the public way from a text to a program and from a program to a value. */
#include "feel/eval.h"
#include "feel/parse.h"

enum { LOCALS_ON_STACK = 4 };

Status feel_compile(Cx *cx, const FeelScope *scope, Str text, FeelDiagnostics *diagnostics,
                    const FeelProgram **out) {
    FeelParser parser;
    TRY(feel_parser_init(&parser, cx, scope, text, diagnostics));
    if (feel_at(&parser, TOKEN_END)) {
        return feel_refuse(&parser, FEEL_SAY_EMPTY, STR_NONE, STR_NONE);
    }
    FeelProgram *program = arena_new(cx->arena, FeelProgram);
    TRY(feel_parse_expression(&parser, PRECEDENCE_NONE, &program->root));
    if (!feel_at(&parser, TOKEN_END)) {
        return feel_refuse(&parser, FEEL_SAY_SYNTAX_REST, feel_seen(&parser), STR_NONE);
    }
    program->local_count = parser.local_max;
    program->text = parser.text;
    program->slots_used = parser.slots_used;
    program->slot_words = parser.slot_words;
    *out = program;
    return STATUS_OK;
}

const FeelType *feel_program_type(const FeelProgram *program) {
    return program->root->type;
}

const FeelValue *feel_program_constant(const FeelProgram *program) {
    return program->root->kind == NODE_CONSTANT ? &program->root->constant : NULL;
}

Str feel_program_text(const FeelProgram *program) {
    return program->text;
}

bool feel_program_uses(const FeelProgram *program, size_t slot) {
    return slot / 64 < program->slot_words &&
           (program->slots_used[slot / 64] >> (slot % 64) & 1) != 0;
}

Status feel_evaluate(FeelEval *eval, const FeelProgram *program, const FeelValue *slots,
                     FeelValue *out) {
    check(program->root != NULL);
    FeelValue on_stack[LOCALS_ON_STACK] = {0};
    FeelFrame frame = {slots, on_stack};
    if (program->local_count > LOCALS_ON_STACK) {
        frame.locals = arena_array(eval->cx->arena, FeelValue, program->local_count);
    }
    Str source = eval->source;
    uint32_t depth = eval->depth;
    eval->source = program->text;
    FeelValue value = FEEL_NULL_VALUE;
    Status status = feel_node_eval(eval, program->root, &frame, &value);
    eval->source = source;
    eval->depth = depth;
    TRY(status);
    *out = value;
    return STATUS_OK;
}
