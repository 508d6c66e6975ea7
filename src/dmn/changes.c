/*
 * changes.c - "if the energy level were 1, it would be 20 %": which single changes of an input
 * change an outcome. Candidates come from the constants of the tables; what a candidate leads to is
 * always decided by the engine, never guessed.
 */
#include "dmn/run.h"

enum {
    CANDIDATES_MAX = 400, /* of one input */
    LISTED_MAX = 12,      /* changes told of one input that has no order (texts, truth values) */
};

typedef struct ValueVec VEC(FeelValue) ValueVec;
typedef struct ChangeVec VEC(DmnChange) ChangeVec;

/* One thing that can change: an input, or a member of an input that is a structure. */
typedef struct Lever {
    size_t node;
    Str member; /* "age" or "address.city"; empty for the input itself */
    FeelValue from;
    ValueVec candidates;
} Lever;

typedef struct LeverVec VEC(Lever) LeverVec;

typedef struct Probe {
    DmnRun *run;   /* the case */
    DmnRun *other; /* where candidates are decided */
    size_t node;
    FeelValue outcome;
    LeverVec levers;
    ChangeVec changes;
} Probe;

/* ---- candidates ---- */

static void add_candidate(Probe *probe, Lever *lever, FeelValue value) {
    if (value.kind == FEEL_NULL || lever->candidates.count >= CANDIDATES_MAX ||
        (lever->from.kind != FEEL_NULL && value.kind != lever->from.kind)) {
        return;
    }
    for (size_t i = 0; i < lever->candidates.count; i++) {
        if (feel_equal(&lever->candidates.items[i], &value) == FEEL_TRUE) {
            return;
        }
    }
    *vec_push(probe->run->cx->arena, &lever->candidates) = value;
}

/* A constant and its neighbours: the next whole number, cent or day on both sides. */
static void add_with_neighbours(Probe *probe, Lever *lever, FeelValue value) {
    static const int64_t STEPS[] = {-1, 1};
    add_candidate(probe, lever, value);
    for (size_t i = 0; i < 2; i++) {
        Decimal number = {0, 0};
        Temporal date = {0};
        if (value.kind == FEEL_NUMBER) {
            int scale =
                lever->from.kind == FEEL_NUMBER && !decimal_is_integer(lever->from.number) ? 2 : 0;
            if (decimal_add(value.number, decimal_of(STEPS[i], scale), &number)) {
                add_candidate(probe, lever, feel_number(number));
            }
        } else if (value.kind == FEEL_DATE && temporal_date_step(value.temporal, STEPS[i], &date)) {
            add_candidate(probe, lever, feel_temporal(probe->run->cx->arena, &date));
        }
    }
}

static void add_tests(Probe *probe, Lever *lever, const FeelTests *tests) {
    for (size_t i = 0; tests != NULL && i < tests->count; i++) {
        const FeelTest *test = &tests->items[i];
        if (test->kind == FEEL_TEST_RANGE) {
            add_with_neighbours(probe, lever, test->value.range->low);
            add_with_neighbours(probe, lever, test->value.range->high);
        } else if (test->kind != FEEL_TEST_OTHER && test->kind != FEEL_TEST_ANY) {
            add_with_neighbours(probe, lever, test->value);
        }
    }
    if (lever->from.kind == FEEL_BOOLEAN) {
        add_candidate(probe, lever, feel_boolean(!lever->from.boolean));
    }
}

/* ---- levers ---- */

/* The value below a path of names in a context; null when there is none. */
static FeelValue member_of(FeelValue value, Str path) {
    Str rest = path;
    while (!str_is_empty(rest)) {
        Str name = str_trim(str_cut(&rest, '.'));
        const FeelValue *next =
            value.kind == FEEL_CONTEXT ? feel_context_get(value.context, name) : NULL;
        if (next == NULL) {
            return FEEL_NULL_VALUE;
        }
        value = *next;
    }
    return value;
}

/* A copy of value in which the member at path is changed. */
static FeelValue with_member(Arena *arena, FeelValue value, Str path, FeelValue to) {
    if (str_is_empty(path)) {
        return to;
    }
    Str rest = path;
    Str name = str_trim(str_cut(&rest, '.'));
    FeelContext *copy = feel_context_new(arena, 4);
    FeelValue old = FEEL_NULL_VALUE;
    for (size_t i = 0; value.kind == FEEL_CONTEXT && i < value.context->count; i++) {
        const FeelEntry *entry = &value.context->entries[i];
        feel_context_put(arena, copy, entry->key, entry->value);
        old = str_equal(entry->key, name) ? entry->value : old;
    }
    feel_context_put(arena, copy, name, with_member(arena, old, rest, to));
    return feel_context(copy);
}

static FeelValue given_value(const DmnRun *run, size_t node) {
    const NodeState *state = &run->base.states[node];
    return state->generation == run->generation ? state->value : FEEL_NULL_VALUE;
}

static Lever *lever_of(Probe *probe, size_t node, Str member) {
    for (size_t i = 0; i < probe->levers.count; i++) {
        Lever *lever = &probe->levers.items[i];
        if (lever->node == node && str_equal(lever->member, member)) {
            return lever;
        }
    }
    Lever *lever = vec_push(probe->run->cx->arena, &probe->levers);
    *lever = (Lever){.node = node, .member = member};
    lever->from = member_of(given_value(probe->run, node), member);
    return lever;
}

/* The input that a column asks for: its name, or name.member. */
static Lever *column_lever(Probe *probe, const Node *owner, const DmnTableInput *input) {
    Str text = input->expression.text;
    for (size_t i = 0; i < owner->requirements.count; i++) {
        const Requirement *requirement = &owner->requirements.items[i];
        const Node *node = probe->run->model->nodes.items[requirement->node];
        if (node->face.kind != DMN_INPUT || !str_starts(text, requirement->name)) {
            continue;
        }
        Str rest = str_from(text, requirement->name.len);
        if (str_is_empty(rest)) {
            return lever_of(probe, requirement->node, STR(""));
        }
        bool is_path = rest.at[0] == '.';
        for (size_t k = 0; k < rest.len && is_path; k++) {
            is_path =
                rest.at[k] != '(' && rest.at[k] != '[' && rest.at[k] != '+' && rest.at[k] != '*';
        }
        if (is_path) {
            return lever_of(probe, requirement->node, str_from(rest, 1));
        }
    }
    return NULL;
}

static void collect_table(Probe *probe, const Node *owner, const DmnTable *table) {
    for (size_t i = 0; i < table->input_count; i++) {
        Lever *lever = column_lever(probe, owner, &table->inputs[i]);
        if (lever == NULL) {
            continue;
        }
        add_tests(probe, lever, table->inputs[i].values);
        for (size_t row = 0; row < table->row_count; row++) {
            add_tests(probe, lever, table->rows[row].inputs[i].tests);
        }
    }
}

static void collect_expression(Probe *probe, const Node *owner, const DmnExpression *expression) {
    if (expression == NULL) {
        return;
    }
    if (expression->table != NULL) {
        collect_table(probe, owner, expression->table);
    }
    for (size_t i = 0; i < expression->part_count; i++) {
        collect_expression(probe, owner, expression->parts[i].expression);
    }
}

/* Every node that the decided one rests on: those that were decided in this case. */
static Status collect(Probe *probe) {
    const DmnModel *model = probe->run->model;
    for (size_t i = 0; i < model->nodes.count; i++) {
        const NodeState *state = &probe->run->base.states[i];
        TRY(cx_step(probe->run->cx));
        if (state->generation == probe->run->generation && state->stage == STAGE_DONE) {
            collect_expression(probe, model->nodes.items[i], model->nodes.items[i]->logic);
        }
    }
    return STATUS_OK;
}

/* ---- trying ---- */

static Status try_value(Probe *probe, const Lever *lever, FeelValue to, FeelValue *outcome) {
    DmnRun *run = probe->run;
    DmnRun *other = probe->other;
    dmn_run_begin(other, run->cx, run->eval.now, false);
    for (size_t i = 0; i < run->model->nodes.count; i++) {
        const NodeState *state = &run->base.states[i];
        if (state->generation == run->generation &&
            run->model->nodes.items[i]->face.kind == DMN_INPUT) {
            dmn_run_input(other, i, state->value);
        }
    }
    FeelValue base = given_value(run, lever->node);
    dmn_run_input(other, lever->node, with_member(run->cx->arena, base, lever->member, to));
    return dmn_run_decide(other, probe->node, outcome);
}

static bool is_same_outcome(const FeelValue *left, const FeelValue *right) {
    return (left->kind == FEEL_NULL && right->kind == FEEL_NULL) ||
           feel_equal(left, right) == FEEL_TRUE;
}

/* Tries one candidate; keeps its memory only when it changes the outcome. */
static Status try_candidate(Probe *probe, const Lever *lever, FeelValue to, bool *changes) {
    Cx *cx = probe->run->cx;
    FeelValue outcome = FEEL_NULL_VALUE;
    ArenaMark mark = arena_mark(cx->arena);
    TRY(try_value(probe, lever, to, &outcome));
    *changes = !is_same_outcome(&outcome, &probe->outcome);
    if (!*changes) {
        probe->other->diagnostics = (DiagnosticVec){0};
        arena_rewind(cx->arena, mark);
        return STATUS_OK;
    }
    *vec_push(cx->arena, &probe->changes) = (DmnChange){.node = lever->node,
                                                        .member = lever->member,
                                                        .from = lever->from,
                                                        .to = to,
                                                        .value = outcome};
    return STATUS_OK;
}

/* Sorts candidates ascending; insertion, at most CANDIDATES_MAX. */
static void sort_candidates(ValueVec *values) {
    for (size_t i = 1; i < values->count; i++) {
        FeelValue value = values->items[i];
        size_t at = i;
        int order = 0;
        while (at > 0 && feel_compare(&values->items[at - 1], &value, &order) && order > 0) {
            values->items[at] = values->items[at - 1];
            at--;
        }
        values->items[at] = value;
    }
}

/* The nearest changing value below and the nearest above. */
static Status try_ordered(Probe *probe, Lever *lever) {
    int order = 0;
    size_t above = 0;
    sort_candidates(&lever->candidates);
    while (above < lever->candidates.count &&
           (!feel_compare(&lever->candidates.items[above], &lever->from, &order) || order <= 0)) {
        above++;
    }
    bool changes = false;
    for (size_t i = above; i > 0 && !changes; i--) {
        FeelValue to = lever->candidates.items[i - 1];
        if (feel_compare(&to, &lever->from, &order) && order < 0) {
            TRY(try_candidate(probe, lever, to, &changes));
        }
    }
    changes = false;
    for (size_t i = above; i < lever->candidates.count && !changes; i++) {
        TRY(try_candidate(probe, lever, lever->candidates.items[i], &changes));
    }
    return STATUS_OK;
}

static Status try_listed(Probe *probe, const Lever *lever) {
    size_t told = 0;
    for (size_t i = 0; i < lever->candidates.count && told < LISTED_MAX; i++) {
        bool changes = false;
        FeelValue to = lever->candidates.items[i];
        if (feel_equal(&to, &lever->from) != FEEL_TRUE) {
            TRY(try_candidate(probe, lever, to, &changes));
        }
        told += changes ? 1 : 0;
    }
    return STATUS_OK;
}

Status dmn_nearest_changes(DmnRun *run, size_t node, DmnChanges *out) {
    Probe probe = {.run = run, .node = node};
    TRY(dmn_run_decide(run, node, &probe.outcome));
    probe.other = dmn_run_new(run->cx->arena, run->model);
    TRY(collect(&probe));
    for (size_t i = 0; i < probe.levers.count; i++) {
        Lever *lever = &probe.levers.items[i];
        bool has_order = lever->from.kind == FEEL_NUMBER || feel_is_temporal(lever->from);
        TRY(has_order ? try_ordered(&probe, lever) : try_listed(&probe, lever));
    }
    *out = (DmnChanges){probe.changes.items, probe.changes.count};
    return STATUS_OK;
}
