/*
 * dmn.h - the public face of DMN 1.5: read models, look at their tables, decide, explain.
 *
 *   text -> XML tree (xml) -> model (read) -> compiled logic (compile) -> values and traces (run)
 *                                                                      -> findings (analyse)
 *
 *   TRY(dmn_load(cx, &options, &model));                   once; diagnostics inside the model
 *   DmnRun *run = dmn_run_new(arena, model);               one per thread, used again and again
 *   dmn_run_begin(run, cx, &now, true);
 *   dmn_run_input(run, price, feel_number(decimal_of_int64(5000)));
 *   TRY(dmn_run_decide(run, subsidy, &value));
 *
 * A Status other than OK means: not DMN at all, or a limit. Everything else a table writer can do
 * wrong is a DmnDiagnostic with its place, and the value is null.
 * Not here: files, the clock, where models come from. External (Java, PMML) functions are read and
 * are null with a diagnostic.
 * Ownership: a model lives in the arena of the Cx it was loaded with and is never changed, so
 * threads may share it. Values that a run returns live in the arena of the Cx given to begin.
 * Source: OMG DMN 1.5 (formal/2024-01-01), chapters 6 to 10.
 */
#ifndef HUANXIN_DMN_DMN_H
#define HUANXIN_DMN_DMN_H

#include "base/cx.h"
#include "feel/feel.h"

enum {
    DMN_SOURCES_MAX = 64,
    DMN_NODES_MAX = 10000,
    DMN_ROWS_MAX = 100000,
    DMN_COLUMNS_MAX = 200,
    /* Nested calls of knowledge models, services and boxed expressions. */
    DMN_DEPTH_MAX = 200,
};

#define DMN_NONE SIZE_MAX

/* ---- diagnostics ---- */

/* Where in a model: what is unknown is empty or 0. */
typedef struct DmnPlace {
    Str file;
    int64_t line;    /* in the file, 1-based */
    Str node;        /* name of the decision, input, knowledge model or item definition */
    int64_t row;     /* of its table, 1-based */
    int64_t column;  /* of its table, 1-based: inputs, then outputs */
    Str column_name; /* label or expression of that column */
} DmnPlace;

typedef struct DmnDiagnostic {
    bool is_error;       /* else a warning: the model still means what it says */
    int message;         /* DmnMessage of dmn/message.h; FEEL means: see feel */
    FeelDiagnostic feel; /* its source is the text of the cell */
    Str text[2];         /* what the message names */
    DmnPlace place;
} DmnDiagnostic;

typedef struct DmnDiagnostics {
    const DmnDiagnostic *items;
    size_t count;
} DmnDiagnostics;

/* The stable code, e.g. "dmn.unknown-reference" or "feel.unknown-name". */
Str dmn_diagnostic_code(Arena *arena, const DmnDiagnostic *diagnostic);
/* One sentence without the place. */
Str dmn_diagnostic_text(Arena *arena, const DmnDiagnostic *diagnostic, FeelLanguage language);
/* What to do about it; may be empty. */
Str dmn_diagnostic_hint(const DmnDiagnostic *diagnostic, FeelLanguage language);
/* The place in words: file, line, node, row, column, position in the cell, the offending text. */
Str dmn_diagnostic_place(Arena *arena, const DmnDiagnostic *diagnostic, FeelLanguage language);

/* ---- models ---- */

typedef struct DmnModel DmnModel;
typedef struct DmnExpression DmnExpression; /* private to src/dmn */

typedef struct DmnSource {
    Str name; /* of the file, for messages */
    Str text; /* XML, UTF-8 */
} DmnSource;

/* The first source is the model; the others are there to be imported by namespace. */
typedef struct DmnLoadOptions {
    const DmnSource *sources;
    size_t source_count; /* 1..DMN_SOURCES_MAX */
    ZoneSet *zones;      /* borrowed for the life of the model; may be NULL */
} DmnLoadOptions;

/* Reads and compiles. INVALID (line and column, file in the detail) when a source is not
 * well-formed XML, has a DOCTYPE, or is not a DMN definitions element; LIMIT. All else is in
 * dmn_model_diagnostics. O(bytes). */
MUST_CHECK Status dmn_load(Cx *cx, const DmnLoadOptions *options, const DmnModel **out);
Str dmn_model_name(const DmnModel *model);
Str dmn_model_namespace(const DmnModel *model);
DmnDiagnostics dmn_model_diagnostics(const DmnModel *model);
/* True when a diagnostic of the model is an error: it must not be put in force. */
bool dmn_model_has_errors(const DmnModel *model);

typedef enum DmnNodeKind {
    DMN_INPUT,     /* input data */
    DMN_DECISION,  /* decision */
    DMN_KNOWLEDGE, /* business knowledge model */
    DMN_SERVICE,   /* decision service */
} DmnNodeKind;

/* X(name, text) */
#define DMN_HIT_POLICY_LIST(X)                                                                     \
    X(UNIQUE, "UNIQUE")                                                                            \
    X(ANY, "ANY")                                                                                  \
    X(PRIORITY, "PRIORITY")                                                                        \
    X(FIRST, "FIRST")                                                                              \
    X(RULE_ORDER, "RULE ORDER")                                                                    \
    X(OUTPUT_ORDER, "OUTPUT ORDER")                                                                \
    X(COLLECT, "COLLECT")
typedef enum DmnHitPolicy {
#define X(name, text) DMN_HIT_##name,
    DMN_HIT_POLICY_LIST(X)
#undef X
} DmnHitPolicy;

typedef enum DmnAggregator {
    DMN_AGGREGATE_NONE,
    DMN_AGGREGATE_SUM,
    DMN_AGGREGATE_COUNT,
    DMN_AGGREGATE_MIN,
    DMN_AGGREGATE_MAX,
} DmnAggregator;

/* A text of the model with its compiled form. Borrowed from the model. */
typedef struct DmnCell {
    Str text;
    int64_t line;
    const FeelTests *tests;     /* of an input cell; NULL in others or when it has no legal form */
    const FeelProgram *program; /* of an expression or output cell; NULL in others */
} DmnCell;

typedef struct DmnTableInput {
    Str label; /* label, else the expression's text */
    DmnCell expression;
    const FeelType *type;    /* NULL when not declared */
    const FeelTests *values; /* inputValues or the type's allowed values; NULL: not declared */
    Str values_text;
    size_t input_node; /* the node when the expression is just its name, else DMN_NONE */
} DmnTableInput;

typedef struct DmnTableOutput {
    Str name;  /* empty with a single output */
    Str label; /* label, name, or the table's */
    const FeelType *type;
    const FeelTests *values; /* outputValues: the order is the priority */
    Str values_text;
    DmnCell fallback; /* default output; text empty when none */
} DmnTableOutput;

typedef struct DmnRow {
    Str id;
    Str description;
    int64_t line;
    DmnCell *inputs;
    DmnCell *outputs;
    Str *annotations;
} DmnRow;

typedef struct DmnTable {
    Str id;
    DmnHitPolicy hit_policy;
    DmnAggregator aggregator;
    DmnTableInput *inputs;
    size_t input_count;
    DmnTableOutput *outputs;
    size_t output_count;
    Str *annotations; /* names of the annotation columns */
    size_t annotation_count;
    DmnRow *rows;
    size_t row_count;
    size_t node;            /* whose logic it is in */
    struct DmnIndex *index; /* private: bitsets of the rows, see index.h */
} DmnTable;

typedef struct DmnNode {
    DmnNodeKind kind;
    size_t index;
    Str name;
    Str id;
    Str namespace_uri;
    Str label;
    Str description;
    Str question;        /* of a decision */
    Str allowed_answers; /* of a decision */
    Str type_name;       /* as written, may be empty */
    const FeelType *type;
    Str file;
    int64_t line;
    const DmnTable *table;      /* when the logic is a decision table, else NULL */
    Str expression_text;        /* when it is a literal expression, else empty */
    const size_t *requirements; /* nodes directly required (of a service: its outputs) */
    size_t requirement_count;
} DmnNode;

/* Nodes of all sources, those of the first source first. index < count. */
size_t dmn_node_count(const DmnModel *model);
const DmnNode *dmn_node_at(const DmnModel *model, size_t index);
/* The node of a name, in the first source, else in the imported ones; namespace_uri may be empty.
 * DMN_NONE when there is none. */
size_t dmn_node_find(const DmnModel *model, Str name, Str namespace_uri);
/* Input data that a node depends on, directly or not, in model order; written to out (room for
 * dmn_node_count); returns how many. */
size_t dmn_node_inputs(const DmnModel *model, size_t node, size_t *out);

/* ---- deciding ---- */

typedef struct DmnRun DmnRun;

/* The state of deciding on one thread. Lives in the arena. */
DmnRun *dmn_run_new(Arena *arena, const DmnModel *model);
/* Starts a case: forgets inputs and results of the one before. now may be NULL (then now() is
 * null); cx and now are borrowed until the next begin. explains keeps a trace. No allocation by
 * itself; decide allocates from cx->arena only, which the caller may reset between cases. */
void dmn_run_begin(DmnRun *run, Cx *cx, const Temporal *now, bool explains);
/* Gives an input (or a decision from outside) its value; inputs not given are null. */
void dmn_run_input(DmnRun *run, size_t node, FeelValue value);
/* Gives inputs from a context by their names. INVALID when a name is no input of the model: the
 * fault names it. */
MUST_CHECK Status dmn_run_inputs(DmnRun *run, const FeelContext *inputs);
/* Gives inputs from a JSON object; texts are read as dates, times or durations where the input's
 * type says so, also inside lists and structures. INVALID for other JSON or unknown names. */
MUST_CHECK Status dmn_run_inputs_json(DmnRun *run, Str json);
/* The value of an input, a decision, or the function of a knowledge model or service. LIMIT. */
MUST_CHECK Status dmn_run_decide(DmnRun *run, size_t node, FeelValue *out);
/* Calls a decision service (or knowledge model) with named arguments. INVALID when node is none.*/
MUST_CHECK Status dmn_run_call(DmnRun *run, size_t node, const FeelArgument *arguments,
                               size_t count, FeelValue *out);
/* What went wrong since begin; lives until the arena of cx is reset. */
DmnDiagnostics dmn_run_diagnostics(const DmnRun *run);
/* Reads JSON like dmn_run_inputs_json for one value of a type. */
MUST_CHECK Status dmn_value_of_json(Cx *cx, ZoneSet *zones, const FeelType *type, Str json,
                                    FeelValue *out);
/* Turns a value read from JSON into the type: texts into dates and so on. What does not fit stays
 * as it is, for coercion to refuse. */
FeelValue dmn_value_adapt(Arena *arena, ZoneSet *zones, const FeelType *type, FeelValue value);

/* ---- explaining ---- */

typedef struct DmnFired {
    size_t row;               /* 0-based */
    const FeelValue *outputs; /* output_count values */
} DmnFired;

/* One node that was decided, or one table inside its logic. */
typedef struct DmnTrace {
    size_t node;
    int depth;               /* 0: the decision asked for; requirements below */
    const DmnTable *table;   /* NULL: the node itself, with its value */
    const FeelValue *inputs; /* of the table: input_count values */
    const DmnFired *fired;
    size_t fired_count;
    bool used_default;
    FeelValue value;
    struct DmnTrace *next;
} DmnTrace;

/* Traces in the order of completion: what a decision rests on comes before it. NULL when nothing
 * was decided or begin was not told to explain. */
const DmnTrace *dmn_run_trace(const DmnRun *run);

/* A single change of one input and what the decision would then be. */
typedef struct DmnChange {
    size_t node; /* the input */
    Str member;  /* path below it, e.g. "age" in "Applicant.age"; may be empty */
    FeelValue from;
    FeelValue to;    /* nearest value of its kind that changes the outcome */
    FeelValue value; /* the outcome then, found by deciding it */
} DmnChange;

typedef struct DmnChanges {
    const DmnChange *items;
    size_t count;
} DmnChanges;

/* For each input of a decided node: the nearest other values (one below, one above, or another
 * listed text) that change the outcome. Candidates are the constants of the tables that the node
 * rests on; every one is decided by the engine. The case's inputs stay as they are.
 * O(constants * one decision). */
MUST_CHECK Status dmn_nearest_changes(DmnRun *run, size_t node, DmnChanges *out);

/* The trace as a JSON array: for each node its name, value and text, for each table the input
 * values, the rows that fired (number, id, cells, outputs, annotations) and whether the default
 * output was used. */
void dmn_trace_put_json(Buf *buf, const DmnModel *model, const DmnTrace *trace);
/* The trace in words, a line for each fact, indented by depth. */
void dmn_trace_put_text(Arena *arena, Buf *buf, const DmnModel *model, const DmnTrace *trace,
                        FeelLanguage language);
/* One change in words: "if the level were 1 (is 2): 600". */
Str dmn_change_text(Arena *arena, const DmnModel *model, const DmnChange *change,
                    FeelLanguage language);

/* ---- many cases at once ---- */

/* One value per case for one input; NULL values: null in every case. */
typedef struct DmnColumn {
    size_t node;
    const FeelValue *values;
} DmnColumn;

typedef struct DmnBatch {
    size_t node; /* the decision */
    const DmnColumn *columns;
    size_t column_count;
    size_t case_count;
    const Temporal *now; /* may be NULL */
} DmnBatch;

/* Decides case_count cases, each as dmn_run_decide would, into out (case_count values in the arena
 * of cx). Tables and expressions are worked off column by column. LIMIT. */
MUST_CHECK Status dmn_batch(Cx *cx, const DmnModel *model, const DmnBatch *batch, FeelValue *out);

#endif
