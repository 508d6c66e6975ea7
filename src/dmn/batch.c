/*
 * batch.c - many cases at once, node by node instead of case by case. Reading order: the plan
 * (which nodes, in which order), one node for a piece of cases (input, table with constant outputs,
 * expression, anything else), then the pieces.
 *
 * A table with an index and constant outputs needs no evaluation at all: each column's value gives
 * a set of rows, their AND gives the row, the row gives a value made once. Whatever is not that
 * simple is decided case by case by the ordinary engine, so the answers are the same.
 */
#include "dmn/index.h"
#include "dmn/run.h"

enum { PIECE_CASES = 512 };

typedef enum StepKind {
    STEP_INPUT,
    STEP_TABLE,   /* index and constants */
    STEP_LITERAL, /* one expression on the values of the nodes before */
    STEP_OTHER,   /* the ordinary engine */
} StepKind;

typedef struct Step {
    StepKind kind;
    const Node *node;
    const FeelValue *given;               /* input: the caller's column, or NULL */
    FeelValue *values;                    /* PIECE_CASES */
    size_t column_slots[DMN_COLUMNS_MAX]; /* table: the step of each column's node */
    const FeelValue *row_values;          /* table: what each row gives */
    FeelValue *slots;                     /* literal: its frame, functions filled in */
} Step;

typedef struct Plan {
    Cx *cx;
    const DmnModel *model;
    DmnRun *run;
    const DmnBatch *batch;
    Step *steps;
    size_t step_count;
    size_t *step_of; /* node -> step, or DMN_NONE */
} Plan;

static bool is_function(const Node *node) {
    return node->face.kind == DMN_KNOWLEDGE || node->face.kind == DMN_SERVICE;
}

/* ---- the plan ---- */

/* The constant of a cell in the type of its column; false when it is none or would be refused. */
static Status constant_of(Plan *plan, const Node *node, const DmnCell *cell, const FeelType *type,
                          FeelValue *out, bool *is_good) {
    const FeelValue *constant = cell->program == NULL ? NULL : feel_program_constant(cell->program);
    DmnPlace place = {.file = node->face.file, .line = cell->line};
    *is_good = *is_good && constant != NULL;
    if (*is_good) {
        *out = *constant;
        TRY(dmn_coerce(plan->run, type, &place, out));
        *is_good = out->kind != FEEL_NULL || constant->kind == FEEL_NULL;
    }
    return STATUS_OK;
}

static Status row_value(Plan *plan, const Node *node, const DmnRow *row, FeelValue *out,
                        bool *is_good) {
    const DmnTable *table = node->face.table;
    Arena *arena = plan->cx->arena;
    if (table->output_count == 1) {
        TRY(constant_of(plan, node, &row->outputs[0], table->outputs[0].type, out, is_good));
    } else {
        FeelContext *context = feel_context_new(arena, table->output_count);
        for (size_t i = 0; i < table->output_count; i++) {
            FeelValue value = FEEL_NULL_VALUE;
            TRY(constant_of(plan, node, &row->outputs[i], table->outputs[i].type, &value, is_good));
            feel_context_put(arena, context, table->outputs[i].name, value);
        }
        *out = feel_context(context);
    }
    if (*is_good) {
        TRY(dmn_coerce(plan->run, node->logic->type, &node->logic->place, out));
        return dmn_coerce(plan->run, node->face.type, &node->logic->place, out);
    }
    return STATUS_OK;
}

static bool is_simple_table(const Plan *plan, const Node *node) {
    const DmnTable *table = node->face.table;
    if (table == NULL || table->index == NULL || !table->index->is_complete ||
        (table->hit_policy != DMN_HIT_UNIQUE && table->hit_policy != DMN_HIT_FIRST)) {
        return false;
    }
    for (size_t i = 0; i < table->output_count; i++) {
        if (table->outputs[i].fallback.program != NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < table->input_count; i++) {
        size_t input = table->inputs[i].input_node;
        if (input == DMN_NONE || plan->step_of[input] == DMN_NONE ||
            table->inputs[i].values != NULL) {
            return false;
        }
    }
    return true;
}

static Status plan_table(Plan *plan, Step *step) {
    const DmnTable *table = step->node->face.table;
    FeelValue *values = arena_array(plan->cx->arena, FeelValue, table->row_count);
    bool is_good = true;
    for (size_t i = 0; i < table->row_count && is_good; i++) {
        TRY(cx_step(plan->cx));
        TRY(row_value(plan, step->node, &table->rows[i], &values[i], &is_good));
    }
    if (is_good) {
        step->kind = STEP_TABLE;
        step->row_values = values;
        for (size_t i = 0; i < table->input_count; i++) {
            step->column_slots[i] = plan->step_of[table->inputs[i].input_node];
        }
    }
    return STATUS_OK;
}

static Status plan_literal(Plan *plan, Step *step) {
    const Node *node = step->node;
    step->slots = arena_array(plan->cx->arena, FeelValue, node->frame_count);
    for (size_t i = 0; i < node->requirements.count; i++) {
        size_t other = node->requirements.items[i].node;
        if (is_function(plan->model->nodes.items[other])) {
            TRY(dmn_run_decide(plan->run, other, &step->slots[i]));
        }
    }
    step->kind = STEP_LITERAL;
    return STATUS_OK;
}

static Status plan_step(Plan *plan, size_t index) {
    const Node *node = plan->model->nodes.items[index];
    Step *step = &plan->steps[plan->step_count];
    *step = (Step){.kind = STEP_OTHER, .node = node};
    step->values = arena_array(plan->cx->arena, FeelValue, PIECE_CASES);
    for (size_t i = 0; i < plan->batch->column_count; i++) {
        if (plan->batch->columns[i].node == index) {
            step->given = plan->batch->columns[i].values;
            step->kind = STEP_INPUT;
        }
    }
    if (node->face.kind == DMN_INPUT) {
        step->kind = STEP_INPUT;
    } else if (step->kind != STEP_INPUT && is_simple_table(plan, node)) {
        TRY(plan_table(plan, step));
    } else if (step->kind != STEP_INPUT && node->logic != NULL &&
               node->logic->kind == EXPRESSION_LITERAL) {
        TRY(plan_literal(plan, step));
    }
    plan->step_of[index] = plan->step_count++;
    return STATUS_OK;
}

/* Requirements before what rests on them: depth first with an explicit path. What a knowledge model
 * or service rests on is decided inside its calls. */
static Status make_plan(Plan *plan) {
    size_t count = plan->model->nodes.count;
    Arena *arena = plan->cx->arena;
    size_t *path = arena_array(arena, size_t, count + 1);
    size_t *next = arena_array(arena, size_t, count);
    bool *is_met = arena_array(arena, bool, count);
    size_t depth = 0;
    plan->steps = arena_array(arena, Step, count);
    plan->step_of = arena_array(arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        plan->step_of[i] = DMN_NONE;
    }
    path[depth++] = plan->batch->node;
    is_met[plan->batch->node] = true;
    while (depth > 0) {
        size_t at = path[depth - 1];
        const Node *node = plan->model->nodes.items[at];
        TRY(cx_step(plan->cx));
        if (next[at] == node->requirements.count) {
            TRY(plan_step(plan, at));
            depth--;
            continue;
        }
        size_t to = node->requirements.items[next[at]++].node;
        if (!is_met[to] && !is_function(plan->model->nodes.items[to])) {
            is_met[to] = true;
            path[depth++] = to;
        }
    }
    return STATUS_OK;
}

/* ---- a piece of cases ---- */

static Status run_input(Plan *plan, Step *step, size_t from, size_t count) {
    const FeelType *type = step->node->face.type;
    DmnPlace place = {.file = step->node->face.file, .line = step->node->face.line};
    for (size_t i = 0; i < count; i++) {
        step->values[i] = step->given == NULL ? FEEL_NULL_VALUE : step->given[from + i];
        TRY(dmn_coerce(plan->run, type, &place, &step->values[i]));
    }
    return STATUS_OK;
}

/* Decides one case of a node by the ordinary engine, from the values of the nodes before. */
static Status decide_case(Plan *plan, const Step *step, size_t i, FeelValue *out) {
    const Node *node = step->node;
    dmn_run_begin(plan->run, plan->cx, plan->batch->now, false);
    for (size_t k = 0; k < node->requirements.count; k++) {
        size_t other = node->requirements.items[k].node;
        if (plan->step_of[other] != DMN_NONE) {
            plan->run->base.states[other] =
                (NodeState){.generation = plan->run->generation,
                            .stage = STAGE_DONE,
                            .value = plan->steps[plan->step_of[other]].values[i]};
        }
    }
    return dmn_run_decide(plan->run, node->face.index, out);
}

static Status run_other(Plan *plan, Step *step, size_t count) {
    for (size_t i = 0; i < count; i++) {
        TRY(decide_case(plan, step, i, &step->values[i]));
    }
    return STATUS_OK;
}

/* The value of one case from its sets of rows. */
static FeelValue value_of_sets(const Step *step, const uint64_t *const *sets) {
    const DmnTable *table = step->node->face.table;
    size_t found = DMN_NONE;
    for (size_t word = 0; word < table->index->word_count; word++) {
        uint64_t left = sets[0][word];
        for (size_t k = 1; k < table->input_count; k++) {
            left &= sets[k][word];
        }
        if (left == 0) {
            continue;
        }
        if (table->hit_policy == DMN_HIT_FIRST) {
            return step->row_values[word * 64 + (size_t)__builtin_ctzll(left)];
        }
        if (found != DMN_NONE || (left & (left - 1)) != 0) {
            return FEEL_NULL_VALUE; /* several rows of a UNIQUE table */
        }
        found = word * 64 + (size_t)__builtin_ctzll(left);
    }
    return found == DMN_NONE ? FEEL_NULL_VALUE : step->row_values[found];
}

static Status run_table(Plan *plan, Step *step, size_t count) {
    const DmnTable *table = step->node->face.table;
    const uint64_t *sets[DMN_COLUMNS_MAX];
    for (size_t i = 0; i < count; i++) {
        bool is_good = true;
        for (size_t k = 0; k < table->input_count; k++) {
            FeelValue value = plan->steps[step->column_slots[k]].values[i];
            DmnPlace place = {.line = 0};
            TRY(dmn_coerce(plan->run, table->inputs[k].type, &place, &value));
            sets[k] = dmn_index_rows(table->index, k, &value);
            is_good = is_good && sets[k] != NULL;
        }
        if (is_good) {
            step->values[i] = value_of_sets(step, sets);
        } else {
            TRY(decide_case(plan, step, i, &step->values[i]));
        }
    }
    return STATUS_OK;
}

static bool is_scalar(const FeelValue *value) {
    return value->kind == FEEL_NULL || value->kind == FEEL_NUMBER || value->kind == FEEL_BOOLEAN;
}

static Status run_literal(Plan *plan, Step *step, size_t count) {
    const Node *node = step->node;
    const FeelValue *columns[FEEL_PARAMETERS_MAX];
    size_t slots[FEEL_PARAMETERS_MAX];
    size_t column_count = 0;
    if (node->requirements.count > FEEL_PARAMETERS_MAX) {
        return run_other(plan, step, count);
    }
    for (size_t k = 0; k < node->requirements.count; k++) {
        size_t other = plan->step_of[node->requirements.items[k].node];
        if (other != DMN_NONE) {
            slots[column_count] = k;
            columns[column_count++] = plan->steps[other].values;
        }
    }
    Frame frame = {.run = plan->run, .environment = &plan->run->base, .node = node};
    frame.slots = step->slots;
    frame.slot_count = node->frame_count;
    plan->run->eval.diagnostics = NULL; /* a batch has no words for single cases */
    /* Knowledge models that a case makes are kept for the next ones, so nothing is given back then.
     */
    bool keeps_nothing = column_count == node->requirements.count;
    for (size_t i = 0; i < count; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        ArenaMark mark = arena_mark(plan->cx->arena);
        for (size_t k = 0; k < column_count; k++) {
            frame.slots[slots[k]] = columns[k][i];
        }
        plan->run->diagnostics.count = 0;
        plan->run->diagnostics.room = 0;
        TRY(dmn_evaluate(&frame, node->logic, &value));
        TRY(dmn_coerce(plan->run, node->face.type, &node->logic->place, &value));
        step->values[i] = value;
        if (keeps_nothing && is_scalar(&value)) { /* nothing of the arena is in it */
            arena_rewind(plan->cx->arena, mark);
        }
    }
    return STATUS_OK;
}

static Status run_step(Plan *plan, Step *step, size_t from, size_t count) {
    switch (step->kind) {
    case STEP_INPUT:
        return run_input(plan, step, from, count);
    case STEP_TABLE:
        return run_table(plan, step, count);
    case STEP_LITERAL:
        return run_literal(plan, step, count);
    case STEP_OTHER:
        return run_other(plan, step, count);
    }
    return STATUS_OK;
}

Status dmn_batch(Cx *cx, const DmnModel *model, const DmnBatch *batch, FeelValue *out) {
    Plan plan = {.cx = cx, .model = model, .batch = batch};
    check(batch->node < model->nodes.count);
    plan.run = dmn_run_new(cx->arena, model);
    dmn_run_begin(plan.run, cx, batch->now, false);
    TRY(make_plan(&plan));
    const Step *last = &plan.steps[plan.step_of[batch->node]];
    for (size_t from = 0; from < batch->case_count; from += PIECE_CASES) {
        size_t count = batch->case_count - from;
        count = count < PIECE_CASES ? count : PIECE_CASES;
        TRY(cx_steps(cx, count));
        for (size_t i = 0; i < plan.step_count; i++) {
            TRY(run_step(&plan, &plan.steps[i], from, count));
        }
        for (size_t i = 0; i < count; i++) {
            out[from + i] = last->values[i];
        }
    }
    return STATUS_OK;
}
