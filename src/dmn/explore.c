/*
 * explore.c - questions about a decision that are answered by deciding many cases: is it monotone
 * in an input, is a value ever reached? The cases come from the borders of the cells of all tables
 * below the decision: every constant, a step before and behind it, and for numbers also ten times
 * as much, so that a cap above the last border is met. Small spaces are tried completely, large
 * ones by a seeded sample; the answer says which.
 */
#include "base/prng.h"
#include "dmn/analyse.h"
#include "dmn/grid.h"
#include "dmn/run.h"

enum { VALUES_MAX = 2000, MAGNITUDE_MAX = 1000000000, CASE_STEPS_MAX = 10 * 1000 * 1000 };

typedef struct Axis {
    size_t node;
    PointVec values; /* ascending, no repeats */
} Axis;

typedef struct Space {
    Cx *cx;
    const DmnModel *model;
    size_t node;
    Str member;
    Axis *axes;
    size_t axis_count;
    DmnRun *run;
    Arena *scratch;
    Cx work; /* on scratch: emptied between cases */
    size_t try_count;
} Space;

/* ---- axes ---- */

static void add_value(Space *space, Axis *axis, FeelValue value) {
    FeelKind kind = axis->values.count > 0 ? axis->values.items[0].kind : value.kind;
    if (value.kind == kind && axis->values.count < VALUES_MAX) {
        *vec_push(space->cx->arena, &axis->values) = value;
    }
}

static void add_border(Space *space, Axis *axis, const FeelValue *value) {
    static const int64_t STEPS[] = {-100, -1, 1, 100}; /* hundredths */
    if (value->kind == FEEL_NULL) {
        return;
    }
    add_value(space, axis, *value);
    for (size_t i = 0; i < 4 && value->kind == FEEL_NUMBER; i++) {
        Decimal number = {0, 0};
        if (decimal_add(value->number, decimal_of(STEPS[i], 2), &number)) {
            add_value(space, axis, feel_number(number));
        }
    }
    Decimal far = {0, 0};
    if (value->kind == FEEL_NUMBER && decimal_multiply(value->number, decimal_of_int64(10), &far)) {
        add_value(space, axis, feel_number(far));
    }
    for (int64_t step = -1; step <= 1 && value->kind == FEEL_DATE; step += 2) {
        Temporal date = {0};
        if (temporal_date_step(value->temporal, step, &date)) {
            add_value(space, axis, feel_temporal(space->cx->arena, &date));
        }
    }
}

static void add_tests(Space *space, Axis *axis, const FeelTests *tests) {
    for (size_t i = 0; tests != NULL && i < tests->count; i++) {
        const FeelTest *test = &tests->items[i];
        if (test->kind == FEEL_TEST_RANGE) {
            add_border(space, axis, &test->value.range->low);
            add_border(space, axis, &test->value.range->high);
        } else if (test->kind != FEEL_TEST_OTHER && test->kind != FEEL_TEST_ANY) {
            add_border(space, axis, &test->value);
        }
    }
}

static Axis *axis_of(Space *space, size_t node) {
    for (size_t i = 0; i < space->axis_count; i++) {
        if (space->axes[i].node == node) {
            return &space->axes[i];
        }
    }
    return NULL;
}

static void collect(Space *space, const DmnExpression *expression) {
    if (expression == NULL) {
        return;
    }
    const DmnTable *table = expression->table;
    for (size_t i = 0; table != NULL && i < table->input_count; i++) {
        Axis *axis = axis_of(space, table->inputs[i].input_node);
        if (axis == NULL) {
            continue;
        }
        add_tests(space, axis, table->inputs[i].values);
        for (size_t row = 0; row < table->row_count; row++) {
            add_tests(space, axis, table->rows[row].inputs[i].tests);
        }
    }
    for (size_t i = 0; i < expression->part_count; i++) {
        collect(space, expression->parts[i].expression);
    }
}

/* Sorts ascending and drops repeats; what has no order stays where it is. */
static void sort_axis(Axis *axis) {
    PointVec *values = &axis->values;
    size_t kept = 0;
    for (size_t i = 0; i < values->count; i++) {
        FeelValue value = values->items[i];
        int order = -1;
        size_t at = kept;
        while (at > 0 && grid_compare(&values->items[at - 1], &value, &order) && order > 0) {
            at--;
        }
        if (at > 0 && order == 0) {
            continue;
        }
        for (size_t k = kept; k > at; k--) {
            values->items[k] = values->items[k - 1];
        }
        values->items[at] = value;
        kept++;
    }
    values->count = kept;
}

/* What no table tests still gets values of its type; numbers get some of every size. */
static void fill_untested(Space *space, Axis *axis) {
    const FeelType *type = space->model->nodes.items[axis->node]->face.type;
    FeelKind kind = type == NULL ? FEEL_ANY : type->kind;
    if (type != NULL) {
        add_tests(space, axis, type->allowed);
    }
    bool is_number = kind == FEEL_NUMBER ||
                     (axis->values.count > 0 && axis->values.items[0].kind == FEEL_NUMBER);
    bool is_listed = type != NULL && type->allowed != NULL;
    for (int64_t number = 1; is_number && !is_listed && number <= MAGNITUDE_MAX; number *= 10) {
        add_value(space, axis, feel_integer(number)); /* so that caps above all borders are met */
    }
    if (axis->values.count > 0) {
        return;
    }
    if (kind == FEEL_BOOLEAN) {
        add_value(space, axis, feel_boolean(false));
        add_value(space, axis, feel_boolean(true));
    } else {
        add_value(space, axis, FEEL_NULL_VALUE);
    }
}

static Status open_space(Space *space) {
    size_t *inputs = arena_array(space->cx->arena, size_t, space->model->nodes.count);
    space->axis_count = dmn_node_inputs(space->model, space->node, inputs);
    space->axes = arena_array(space->cx->arena, Axis, space->axis_count);
    for (size_t i = 0; i < space->axis_count; i++) {
        space->axes[i].node = inputs[i];
    }
    for (size_t i = 0; i < space->model->nodes.count; i++) {
        TRY(cx_step(space->cx));
        collect(space, space->model->nodes.items[i]->logic);
    }
    for (size_t i = 0; i < space->axis_count; i++) {
        fill_untested(space, &space->axes[i]);
        sort_axis(&space->axes[i]);
    }
    space->run = dmn_run_new(space->cx->arena, space->model);
    space->scratch = arena_create();
    cx_init(&space->work, space->scratch);
    space->work.step_max = CASE_STEPS_MAX;
    return STATUS_OK;
}

/* ---- cases ---- */

/* Decides the case whose axis i stands at picks[i]; the value lives until the next case. */
static Status decide(Space *space, const size_t *picks, FeelValue *out) {
    TRY(cx_step(space->cx));
    arena_reset(space->scratch);
    space->work.step_count = 0;
    space->try_count++;
    dmn_run_begin(space->run, &space->work, NULL, false);
    for (size_t i = 0; i < space->axis_count; i++) {
        dmn_run_input(space->run, space->axes[i].node, space->axes[i].values.items[picks[i]]);
    }
    Status status = dmn_run_decide(space->run, space->node, out);
    if (status == STATUS_OK && !str_is_empty(space->member)) {
        const FeelValue *entry =
            out->kind == FEEL_CONTEXT ? feel_context_get(out->context, space->member) : NULL;
        *out = entry != NULL ? *entry : FEEL_NULL_VALUE;
    }
    return status == STATUS_OK ? STATUS_OK : fault(space->cx, status, "%s", space->work.fault.text);
}

/* Combinations of all axes but one (DMN_NONE: of all), at most beyond + 1. */
static size_t combination_count(const Space *space, size_t left_out, size_t beyond) {
    size_t count = 1;
    for (size_t i = 0; i < space->axis_count; i++) {
        if (i != left_out) {
            count *= space->axes[i].values.count;
            if (count > beyond) {
                return beyond + 1;
            }
        }
    }
    return count;
}

/* Sets picks to combination number index, or to a random one. */
static void pick(const Space *space, size_t left_out, size_t index, Prng *prng, size_t *picks) {
    for (size_t i = 0; i < space->axis_count; i++) {
        size_t count = space->axes[i].values.count;
        if (i == left_out) {
            picks[i] = 0;
        } else if (prng != NULL) {
            picks[i] = (size_t)prng_below(prng, count);
        } else {
            picks[i] = index % count;
            index /= count;
        }
    }
}

static const FeelValue *case_values(const Space *space, const size_t *picks) {
    FeelValue *values = arena_array(space->cx->arena, FeelValue, space->axis_count);
    for (size_t i = 0; i < space->axis_count; i++) {
        values[i] = space->axes[i].values.items[picks[i]];
    }
    return values;
}

static const size_t *case_nodes(const Space *space) {
    size_t *nodes = arena_array(space->cx->arena, size_t, space->axis_count);
    for (size_t i = 0; i < space->axis_count; i++) {
        nodes[i] = space->axes[i].node;
    }
    return nodes;
}

/* Outcomes that are kept beyond the next case are numbers, or copied through their text. */
static FeelValue keep(Space *space, const FeelValue *value) {
    if (value->kind == FEEL_NUMBER || value->kind == FEEL_BOOLEAN || value->kind == FEEL_NULL) {
        return *value;
    }
    return feel_string(feel_print(space->cx->arena, value));
}

/* ---- monotone ---- */

/* Walks one input upwards with all others fixed; stops at the first step that goes wrong. */
static Status walk(Space *space, const DmnMonotone *question, size_t axis, size_t *picks,
                   DmnAnswer *out) {
    FeelValue before = FEEL_NULL_VALUE;
    size_t before_pick = 0;
    for (size_t i = 0; i < space->axes[axis].values.count && !out->is_found; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        int order = 0;
        picks[axis] = i;
        TRY(decide(space, picks, &value));
        if (value.kind != FEEL_NUMBER) {
            continue;
        }
        bool has_order = before.kind == FEEL_NUMBER && feel_compare(&before, &value, &order);
        if (has_order && (question->falls ? order < 0 : order > 0)) {
            out->is_found = true;
            out->second = case_values(space, picks);
            picks[axis] = before_pick;
            out->first = case_values(space, picks);
            out->values[0] = before;
            out->values[1] = value;
        }
        before = value;
        before_pick = i;
    }
    return STATUS_OK;
}

static Status walk_all(Space *space, const DmnMonotone *question, size_t axis, DmnAnswer *out) {
    size_t steps = space->axes[axis].values.count;
    size_t walks_max = ANALYSE_TRIES_MAX / (steps == 0 ? 1 : steps) + 1;
    size_t count = combination_count(space, axis, walks_max);
    size_t *picks = arena_array(space->cx->arena, size_t, space->axis_count);
    Prng prng;
    prng_init(&prng, question->seed);
    out->is_exhaustive = count <= walks_max;
    for (size_t i = 0; i < count && i < walks_max && !out->is_found; i++) {
        pick(space, axis, i, out->is_exhaustive ? NULL : &prng, picks);
        TRY(walk(space, question, axis, picks, out));
    }
    return STATUS_OK;
}

Status dmn_monotone(Cx *cx, const DmnModel *model, const DmnMonotone *question, DmnAnswer *out) {
    Space space = {.cx = cx, .model = model, .node = question->node, .member = question->member};
    TRY(open_space(&space));
    Axis *axis = axis_of(&space, question->input);
    *out = (DmnAnswer){.nodes = case_nodes(&space), .node_count = space.axis_count};
    Status status = axis == NULL ? fault(cx, STATUS_NOT_FOUND,
                                         "dmn: the decision does not depend on that input")
                                 : walk_all(&space, question, (size_t)(axis - space.axes), out);
    out->try_count = space.try_count;
    arena_free(space.scratch);
    return status;
}

/* ---- reach ---- */

static Status reach_all(Space *space, const DmnReach *question, DmnAnswer *out) {
    size_t count = combination_count(space, DMN_NONE, ANALYSE_TRIES_MAX);
    size_t *picks = arena_array(space->cx->arena, size_t, space->axis_count);
    Prng prng;
    prng_init(&prng, question->seed);
    out->is_exhaustive = count <= ANALYSE_TRIES_MAX;
    for (size_t i = 0; i < count && !out->is_found; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        pick(space, DMN_NONE, i, out->is_exhaustive ? NULL : &prng, picks);
        TRY(decide(space, picks, &value));
        if (feel_equal(&value, &question->value) == FEEL_TRUE) {
            out->is_found = true;
            out->first = case_values(space, picks);
            out->values[0] = keep(space, &value);
        }
    }
    return STATUS_OK;
}

Status dmn_reach(Cx *cx, const DmnModel *model, const DmnReach *question, DmnAnswer *out) {
    Space space = {.cx = cx, .model = model, .node = question->node, .member = question->member};
    TRY(open_space(&space));
    *out = (DmnAnswer){.nodes = case_nodes(&space), .node_count = space.axis_count};
    Status status = reach_all(&space, question, out);
    out->try_count = space.try_count;
    arena_free(space.scratch);
    return status;
}
