/*
 * eval.h - the evaluator as its own files see it. Private to src/feel.
 */
#ifndef HUANXIN_FEEL_EVAL_H
#define HUANXIN_FEEL_EVAL_H

#include "feel/message.h"
#include "feel/tree.h"
#include "feel/value.h"

/* Where names are at run time. */
typedef struct FeelFrame {
    const FeelValue *slots;
    FeelValue *locals;
} FeelFrame;

/* Evaluates a node. LIMIT by steps, memory or depth; everything else is a value. */
MUST_CHECK Status feel_node_eval(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                                 FeelValue *out);
/* Reports about a node: sets the place first. */
void feel_report_at(FeelEval *eval, const FeelNode *node, FeelMessage message, Str first,
                    Str second);
FeelValue feel_of_truth(FeelTruth truth);
FeelTruth feel_truth_of(const FeelValue *value);
FeelTruth feel_truth_and(FeelTruth left, FeelTruth right);
FeelTruth feel_truth_or(FeelTruth left, FeelTruth right);

/* arithmetic.c: left op right, null with a report about node. */
void feel_arithmetic(FeelEval *eval, const FeelNode *node, const FeelValue *left,
                     const FeelValue *right, FeelValue *out);
void feel_negate(FeelEval *eval, const FeelNode *node, const FeelValue *value, FeelValue *out);
/* The operator "in" for one test value: range, list or single value. */
FeelTruth feel_in(const FeelValue *value, const FeelValue *test);
/* A range of two ends, null when they do not compare or are the wrong way round. */
FeelValue feel_range_of(Arena *arena, const FeelValue *low, const FeelValue *high,
                        bool is_low_closed, bool is_high_closed);
/* A range as written with an operator; null when value has no order. */
FeelValue feel_range_unary(Arena *arena, FeelOp op, const FeelValue *value);

/* eval_loop.c */
MUST_CHECK Status feel_eval_for(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                                FeelValue *out);
MUST_CHECK Status feel_eval_quantified(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                                       FeelValue *out);
MUST_CHECK Status feel_eval_filter(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                                   FeelValue *out);

/* call.c */
MUST_CHECK Status feel_eval_call(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                                 FeelValue *out);
MUST_CHECK Status feel_eval_function(FeelEval *eval, const FeelNode *node, const FeelFrame *frame,
                                     FeelValue *out);

#endif
