/*
 * run.h - the state of deciding, private to src/dmn.
 *
 *   run ── environment (values of nodes; a service call has its own) ── frame (slots of one logic)
 */
#ifndef HUANXIN_DMN_RUN_H
#define HUANXIN_DMN_RUN_H

#include "dmn/model.h"

typedef enum NodeStage {
    STAGE_NONE,
    STAGE_GIVEN, /* from outside, not yet coerced */
    STAGE_OPEN,  /* being decided */
    STAGE_DONE,
} NodeStage;

typedef struct NodeState {
    uint64_t generation; /* of the run; older: as if STAGE_NONE */
    NodeStage stage;
    FeelValue value;
} NodeState;

typedef struct Environment {
    NodeState *states; /* one per node */
} Environment;

struct DmnRun {
    const DmnModel *model;
    Cx *cx;
    FeelEval eval;
    FeelDiagnostics *feel;
    DiagnosticVec diagnostics;
    Environment base;
    uint64_t generation;
    int depth;
    bool explains;
    int trace_depth;
    DmnTrace *trace_first;
    DmnTrace *trace_last;
};

typedef struct Frame {
    DmnRun *run;
    Environment *environment;
    const Node *node; /* whose logic it is */
    FeelValue *slots;
    size_t slot_count;
} Frame;

enum { RUN_DIAGNOSTICS_MAX = 200 };

/* Decides a node in an environment. */
MUST_CHECK Status dmn_decide_in(DmnRun *run, Environment *environment, size_t node, FeelValue *out);
/* boxed.c: evaluates an expression on a frame and coerces to its declared type. */
MUST_CHECK Status dmn_evaluate(Frame *frame, const DmnExpression *expression, FeelValue *out);
/* Evaluates a program, moving its diagnostics to the run with their place; NULL gives null. */
MUST_CHECK Status dmn_evaluate_program(Frame *frame, const FeelProgram *program,
                                       const DmnPlace *place, FeelValue *out);
/* Coerces *value in place; NULL takes everything. */
MUST_CHECK Status dmn_coerce(DmnRun *run, const FeelType *type, const DmnPlace *place,
                             FeelValue *value);
/* Moves FEEL's diagnostics to the run with their place. */
void dmn_run_drain(DmnRun *run, const DmnPlace *place);
void dmn_run_report(DmnRun *run, const DmnPlace *place, DmnMessage message, Str first, Str second);
/* decide.c: evaluates a table. */
MUST_CHECK Status dmn_decide_table(Frame *frame, const DmnExpression *expression, FeelValue *out);
/* Appends a trace and returns it for filling; NULL when the run does not explain. */
DmnTrace *dmn_run_trace_add(DmnRun *run, size_t node);

#endif
