/*
 * unary.c - cells of decision tables: unary tests (DMN 1.5, grammar rules 7 to 17). What compares
 * with constants becomes a small opcode that needs no evaluation; the rest is an expression in
 * which "?" is the input.
 */
#include "base/vec.h"
#include "feel/eval.h"
#include "feel/parse.h"

typedef struct TestVec {
    FeelTest *items;
    size_t count;
    size_t room;
} TestVec;

static FeelTestKind kind_of_form(FeelRangeForm form) {
    static const FeelTestKind KINDS[] = {
        [FEEL_RANGE_ENDS] = FEEL_TEST_RANGE,
        [FEEL_RANGE_LESS] = FEEL_TEST_LESS,
        [FEEL_RANGE_LESS_EQUAL] = FEEL_TEST_LESS_EQUAL,
        [FEEL_RANGE_GREATER] = FEEL_TEST_GREATER,
        [FEEL_RANGE_GREATER_EQUAL] = FEEL_TEST_GREATER_EQUAL,
        [FEEL_RANGE_EQUAL] = FEEL_TEST_EQUAL,
        [FEEL_RANGE_NOT_EQUAL] = FEEL_TEST_NOT_EQUAL,
    };
    check(form <= FEEL_RANGE_NOT_EQUAL);
    return KINDS[form];
}

static void classify(FeelTest *test, const FeelNode *node) {
    test->kind = FEEL_TEST_OTHER;
    test->node = node;
    if (node->kind != NODE_CONSTANT || node->constant.kind == FEEL_LIST) {
        return;
    }
    test->kind = FEEL_TEST_EQUAL;
    test->value = node->constant;
    if (node->constant.kind == FEEL_RANGE) {
        const FeelRange *range = node->constant.range;
        test->kind = kind_of_form(range->form);
        if (test->kind != FEEL_TEST_RANGE) {
            test->value = feel_is_null(range->low) ? range->high : range->low;
        }
    }
}

static Status parse_test(FeelParser *parser, TestVec *tests) {
    TRY(cx_step(parser->cx));
    size_t offset = parser->token.offset;
    parser->uses_input = false;
    parser->local_max = parser->local_count;
    FeelNode *node = NULL;
    TRY(feel_parse_expression(parser, PRECEDENCE_NONE, &node));
    FeelTest *test = vec_push(parser->arena, tests);
    test->offset = offset;
    test->len = parser->end - offset;
    test->uses_input = parser->uses_input;
    test->local_count = (int)parser->local_max;
    classify(test, node);
    return STATUS_OK;
}

static Status parse_tests(FeelParser *parser, TestVec *tests) {
    do {
        TRY(parse_test(parser, tests));
    } while (feel_accept(parser, TOKEN_COMMA));
    return STATUS_OK;
}

static bool at_dash(const FeelParser *parser) {
    return feel_at(parser, TOKEN_MINUS) &&
           feel_token_at(parser->text, parser->token.offset + 1).kind == TOKEN_END;
}

static bool at_not(const FeelParser *parser) {
    return feel_at(parser, TOKEN_NAME) && str_equal(feel_seen(parser), STR("not")) &&
           feel_token_at(parser->text, parser->token.offset + 3).kind == TOKEN_PAREN_OPEN;
}

/* "not(...)" to the end of the text. When something follows the bracket, as in "not(a) and b", it
 * was the function: the parser goes back. */
static Status parse_not(FeelParser *parser, TestVec *tests, bool *is_negated) {
    FeelParser before = *parser;
    size_t diagnostic_count = parser->diagnostics == NULL ? 0 : parser->diagnostics->count;
    feel_advance(parser);
    feel_advance(parser);
    TRY(parse_tests(parser, tests));
    TRY(feel_expect(parser, TOKEN_PAREN_CLOSE));
    *is_negated = feel_at(parser, TOKEN_END);
    if (!*is_negated) {
        *parser = before;
        *tests = (TestVec){0};
        if (parser->diagnostics != NULL) {
            parser->diagnostics->count = diagnostic_count;
        }
    }
    return STATUS_OK;
}

static Status parse_cell(FeelParser *parser, TestVec *tests, bool *is_negated) {
    *is_negated = false;
    if (feel_at(parser, TOKEN_END)) {
        return feel_refuse(parser, FEEL_SAY_EMPTY, STR_NONE, STR_NONE);
    }
    if (at_dash(parser)) {
        FeelTest *test = vec_push(parser->arena, tests);
        *test = (FeelTest){.kind = FEEL_TEST_ANY, .offset = parser->token.offset, .len = 1};
        feel_advance(parser);
        return STATUS_OK;
    }
    if (at_not(parser)) {
        TRY(parse_not(parser, tests, is_negated));
    }
    return *is_negated ? STATUS_OK : parse_tests(parser, tests);
}

Status feel_compile_tests(Cx *cx, const FeelScope *scope, Str text, const FeelType *input_type,
                          FeelDiagnostics *diagnostics, const FeelTests **out) {
    FeelParser parser;
    TestVec items = {0};
    TRY(feel_parser_init(&parser, cx, scope, text, diagnostics));
    FeelTests *tests = arena_new(cx->arena, FeelTests);
    parser.has_input = true;
    parser.input_type = input_type == NULL ? &FEEL_TYPE_ANY : input_type;
    feel_local_new(&parser);
    TRY(parse_cell(&parser, &items, &tests->is_negated));
    if (!feel_at(&parser, TOKEN_END)) {
        return feel_refuse(&parser, FEEL_SAY_SYNTAX_REST, feel_seen(&parser), STR_NONE);
    }
    tests->items = items.items;
    tests->count = items.count;
    tests->text = parser.text;
    tests->slots_used = parser.slots_used;
    tests->slot_words = parser.slot_words;
    tests->is_constant = true;
    for (size_t i = 0; i < items.count; i++) {
        tests->is_constant = tests->is_constant && items.items[i].kind != FEEL_TEST_OTHER;
    }
    *out = tests;
    return STATUS_OK;
}

bool feel_tests_use(const FeelTests *tests, size_t slot) {
    return slot / 64 < tests->slot_words && (tests->slots_used[slot / 64] >> (slot % 64) & 1) != 0;
}

/* ---- matching ---- */

static FeelTruth order_test(const FeelTest *test, const FeelValue *input) {
    int order = 0;
    if (!feel_compare(input, &test->value, &order)) {
        return FEEL_UNKNOWN;
    }
    bool is_true = false;
    if (test->kind == FEEL_TEST_LESS) {
        is_true = order < 0;
    } else if (test->kind == FEEL_TEST_LESS_EQUAL) {
        is_true = order <= 0;
    } else if (test->kind == FEEL_TEST_GREATER) {
        is_true = order > 0;
    } else {
        is_true = order >= 0;
    }
    return is_true ? FEEL_TRUE : FEEL_FALSE;
}

FeelTruth feel_test_constant(const FeelTest *test, const FeelValue *input) {
    switch (test->kind) {
    case FEEL_TEST_ANY:
        return FEEL_TRUE;
    case FEEL_TEST_EQUAL:
        return feel_in(input, &test->value);
    case FEEL_TEST_NOT_EQUAL: {
        FeelTruth truth = feel_equal(input, &test->value);
        return truth == FEEL_UNKNOWN ? truth : (truth == FEEL_TRUE ? FEEL_FALSE : FEEL_TRUE);
    }
    case FEEL_TEST_LESS:
    case FEEL_TEST_LESS_EQUAL:
    case FEEL_TEST_GREATER:
    case FEEL_TEST_GREATER_EQUAL:
        return order_test(test, input);
    case FEEL_TEST_RANGE:
        return feel_in(input, &test->value);
    case FEEL_TEST_OTHER:
        break;
    }
    check(test->kind != FEEL_TEST_OTHER);
    return FEEL_UNKNOWN;
}

/* What the value of a test says about the input. A boolean of a test that mentions "?" (or of any
 * test, when the input is no boolean) is the verdict itself. */
static FeelTruth verdict_of(const FeelTest *test, const FeelValue *input, const FeelValue *value) {
    if (test->uses_input && (feel_is_null(*value) || value->kind == FEEL_BOOLEAN)) {
        return feel_truth_of(value);
    }
    if (value->kind == FEEL_BOOLEAN && input->kind != FEEL_BOOLEAN && !feel_is_null(*input)) {
        return feel_truth_of(value);
    }
    return feel_in(input, value);
}

static Status other_test(FeelEval *eval, const FeelTest *test, const FeelValue *slots,
                         const FeelValue *input, FeelTruth *out) {
    FeelValue *locals = arena_array(eval->cx->arena, FeelValue, (size_t)test->local_count);
    locals[0] = *input;
    FeelFrame frame = {slots, locals};
    FeelValue value = FEEL_NULL_VALUE;
    TRY(feel_node_eval(eval, test->node, &frame, &value));
    *out = verdict_of(test, input, &value);
    return STATUS_OK;
}

static Status any_test(FeelEval *eval, const FeelTests *tests, const FeelValue *slots,
                       const FeelValue *input, FeelTruth *out) {
    FeelTruth truth = FEEL_FALSE;
    for (size_t i = 0; i < tests->count && truth != FEEL_TRUE; i++) {
        const FeelTest *test = &tests->items[i];
        FeelTruth one = FEEL_UNKNOWN;
        if (test->kind == FEEL_TEST_OTHER) {
            TRY(other_test(eval, test, slots, input, &one));
        } else {
            one = feel_test_constant(test, input);
        }
        truth = feel_truth_or(truth, one);
    }
    *out = truth;
    return STATUS_OK;
}

Status feel_tests_match(FeelEval *eval, const FeelTests *tests, const FeelValue *slots,
                        const FeelValue *input, FeelTruth *out) {
    FeelTruth truth = FEEL_UNKNOWN;
    Str source = eval->source;
    uint32_t depth = eval->depth;
    eval->source = tests->text;
    Status status = any_test(eval, tests, slots, input, &truth);
    eval->source = source;
    eval->depth = depth;
    TRY(status);
    if (tests->is_negated && truth != FEEL_UNKNOWN) {
        truth = truth == FEEL_TRUE ? FEEL_FALSE : FEEL_TRUE;
    }
    *out = truth;
    return STATUS_OK;
}
