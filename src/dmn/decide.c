/*
 * decide.c - one decision table, one case: evaluate the input expressions, find the rows that
 * match, and let the hit policy make one value of them.
 */
#include "dmn/index.h"
#include "dmn/run.h"

typedef struct Match {
    Frame *frame;
    const DmnExpression *expression;
    const DmnTable *table;
    FeelValue *inputs;
    size_t *rows; /* that match, ascending */
    size_t row_count;
    FeelValue *outputs; /* row_count * output_count */
    DmnTrace *trace;
} Match;

static DmnPlace input_place(const Match *match, size_t column, size_t row) {
    DmnPlace place = match->expression->place;
    const DmnTable *table = match->table;
    place.column = (int64_t)column + 1;
    place.column_name = table->inputs[column].label;
    if (row != DMN_NONE) {
        place.row = (int64_t)row + 1;
        place.line = table->rows[row].inputs[column].line;
    }
    return place;
}

static DmnPlace output_place(const Match *match, size_t column, size_t row) {
    DmnPlace place = match->expression->place;
    const DmnTable *table = match->table;
    place.column = (int64_t)(table->input_count + column) + 1;
    place.column_name = table->outputs[column].label;
    if (row != DMN_NONE) {
        place.row = (int64_t)row + 1;
        place.line = table->rows[row].outputs[column].line;
    }
    return place;
}

/* ---- inputs ---- */

/* *is_allowed false (and a diagnostic) when a value is outside its column's declared values. */
static Status evaluate_inputs(Match *match, bool *is_allowed) {
    DmnRun *run = match->frame->run;
    *is_allowed = true;
    for (size_t i = 0; i < match->table->input_count; i++) {
        const DmnTableInput *input = &match->table->inputs[i];
        DmnPlace place = input_place(match, i, DMN_NONE);
        FeelValue *value = &match->inputs[i];
        TRY(dmn_evaluate_program(match->frame, input->expression.program, &place, value));
        TRY(dmn_coerce(run, input->type, &place, value));
        if (input->values == NULL || value->kind == FEEL_NULL) {
            continue;
        }
        FeelTruth truth = FEEL_UNKNOWN;
        TRY(feel_tests_match(&run->eval, input->values, match->frame->slots, value, &truth));
        dmn_run_drain(run, &place);
        if (truth != FEEL_TRUE) {
            *is_allowed = false;
            dmn_run_report(run, &place, DMN_MESSAGE_INPUT_NOT_ALLOWED,
                           feel_print(run->cx->arena, value), input->values_text);
        }
    }
    return STATUS_OK;
}

/* ---- rows ---- */

static Status cell_matches(Match *match, size_t row, size_t column, bool *out) {
    const DmnCell *cell = &match->table->rows[row].inputs[column];
    DmnRun *run = match->frame->run;
    if (cell->tests == NULL) { /* empty is "any"; a text without legal form never matches */
        *out = str_is_empty(cell->text);
        return STATUS_OK;
    }
    FeelTruth truth = FEEL_UNKNOWN;
    TRY(feel_tests_match(&run->eval, cell->tests, match->frame->slots, &match->inputs[column],
                         &truth));
    if (run->feel->count > 0) {
        DmnPlace place = input_place(match, column, row);
        dmn_run_drain(run, &place);
    }
    *out = truth == FEEL_TRUE;
    return STATUS_OK;
}

/* Tests the cells of a row; columns with a set in sets were tested before. */
static Status row_matches(Match *match, size_t row, const uint64_t *const *sets, bool *out) {
    *out = true;
    for (size_t i = 0; i < match->table->input_count && *out; i++) {
        if (sets == NULL || sets[i] == NULL) {
            TRY(cell_matches(match, row, i, out));
        }
    }
    return STATUS_OK;
}

static Status add_row(Match *match, size_t row, const uint64_t *const *sets, bool *is_enough) {
    bool is_match = false;
    TRY(row_matches(match, row, sets, &is_match));
    if (is_match) {
        match->rows[match->row_count++] = row;
        *is_enough = match->table->hit_policy == DMN_HIT_FIRST;
    }
    return STATUS_OK;
}

/* 64 rows of which all indexed columns leave over those whose bit is set. */
static uint64_t word_of(const DmnTable *table, const uint64_t *const *sets, size_t word) {
    size_t beyond = table->row_count - word * 64;
    uint64_t left = beyond >= 64 ? UINT64_MAX : (UINT64_C(1) << beyond) - 1;
    for (size_t i = 0; i < table->input_count; i++) {
        left &= sets[i] == NULL ? UINT64_MAX : sets[i][word];
    }
    return left;
}

/* Goes through the rows that all indexed columns leave over. */
static Status find_indexed(Match *match, const uint64_t *const *sets) {
    const DmnTable *table = match->table;
    bool is_enough = false;
    size_t count = 0;
    for (size_t word = 0; word < table->index->word_count; word++) {
        count += (size_t)__builtin_popcountll(word_of(table, sets, word));
    }
    match->rows = arena_array(match->frame->run->cx->arena, size_t, count);
    for (size_t word = 0; word < table->index->word_count && !is_enough; word++) {
        uint64_t left = word_of(table, sets, word);
        while (left != 0 && !is_enough) {
            size_t row = word * 64 + (size_t)__builtin_ctzll(left);
            left &= left - 1;
            TRY(add_row(match, row, sets, &is_enough));
        }
    }
    return STATUS_OK;
}

static Status find_rows(Match *match) {
    const DmnTable *table = match->table;
    Arena *arena = match->frame->run->cx->arena;
    bool is_enough = false;
    if (table->index != NULL) {
        const uint64_t **sets = arena_alloc(arena, table->input_count * sizeof *sets);
        for (size_t i = 0; i < table->input_count; i++) {
            sets[i] = table->index->columns[i].is_indexed
                          ? dmn_index_rows(table->index, i, &match->inputs[i])
                          : NULL;
        }
        return find_indexed(match, sets);
    }
    match->rows = arena_array(arena, size_t, table->row_count);
    for (size_t row = 0; row < table->row_count && !is_enough; row++) {
        TRY(cx_step(match->frame->run->cx));
        TRY(add_row(match, row, NULL, &is_enough));
    }
    return STATUS_OK;
}

static Status evaluate_outputs(Match *match) {
    const DmnTable *table = match->table;
    match->outputs = arena_array(match->frame->run->cx->arena, FeelValue,
                                 match->row_count * table->output_count);
    for (size_t i = 0; i < match->row_count; i++) {
        for (size_t k = 0; k < table->output_count; k++) {
            FeelValue *value = &match->outputs[i * table->output_count + k];
            DmnPlace place = output_place(match, k, match->rows[i]);
            TRY(dmn_evaluate_program(match->frame, table->rows[match->rows[i]].outputs[k].program,
                                     &place, value));
            TRY(dmn_coerce(match->frame->run, table->outputs[k].type, &place, value));
        }
    }
    return STATUS_OK;
}

/* ---- hit policies ---- */

/* One row's outputs as a value: the value itself, or a context of several. */
static FeelValue row_value(const Match *match, const FeelValue *outputs) {
    const DmnTable *table = match->table;
    Arena *arena = match->frame->run->cx->arena;
    if (table->output_count == 1) {
        return outputs[0];
    }
    FeelContext *context = feel_context_new(arena, table->output_count);
    for (size_t i = 0; i < table->output_count; i++) {
        feel_context_put(arena, context, table->outputs[i].name, outputs[i]);
    }
    return feel_context(context);
}

static const FeelValue *outputs_at(const Match *match, size_t i) {
    return match->outputs + i * match->table->output_count;
}

static FeelValue all_values(const Match *match) {
    FeelList *list = feel_list_new(match->frame->run->cx->arena, match->row_count);
    for (size_t i = 0; i < match->row_count; i++) {
        list->items[i] = row_value(match, outputs_at(match, i));
    }
    return feel_list(list);
}

static Str row_numbers(const Match *match) {
    Buf *buf = buf_in(match->frame->run->cx->arena, 256);
    for (size_t i = 0; i < match->row_count; i++) {
        buf_print(buf, "%s%zu", i > 0 ? ", " : "", match->rows[i] + 1);
    }
    return buf_str(buf);
}

static void unique_value(const Match *match, FeelValue *out) {
    if (match->row_count > 1) {
        dmn_run_report(match->frame->run, &match->expression->place, DMN_MESSAGE_SEVERAL_ROWS,
                       row_numbers(match), STR(""));
        return;
    }
    *out = row_value(match, outputs_at(match, 0));
}

static void any_value(const Match *match, FeelValue *out) {
    FeelValue first = row_value(match, outputs_at(match, 0));
    for (size_t i = 1; i < match->row_count; i++) {
        FeelValue other = row_value(match, outputs_at(match, i));
        if (feel_equal(&first, &other) != FEEL_TRUE) {
            dmn_run_report(match->frame->run, &match->expression->place, DMN_MESSAGE_ROWS_DISAGREE,
                           row_numbers(match), STR(""));
            return;
        }
    }
    *out = first;
}

/* Position of a value in the declared order; what is not listed comes last. */
static Status rank_of(const Match *match, const DmnTableOutput *output, const FeelValue *value,
                      size_t *out) {
    const FeelTests *values = output->values;
    *out = values == NULL ? 0 : values->count;
    for (size_t i = 0; values != NULL && i < values->count; i++) {
        FeelTruth truth = FEEL_UNKNOWN;
        if (values->items[i].kind == FEEL_TEST_OTHER) {
            FeelTests one = *values;
            one.items = &values->items[i];
            one.count = 1;
            TRY(feel_tests_match(&match->frame->run->eval, &one, match->frame->slots, value,
                                 &truth));
        } else {
            truth = feel_test_constant(&values->items[i], value);
        }
        if (truth == FEEL_TRUE) {
            *out = i;
            break;
        }
    }
    return STATUS_OK;
}

/* Sorts the matching rows by the ranks of their outputs, column by column; equal ranks keep rule
 * order. Insertion by rank: tables have few matches at once. */
static Status sort_by_rank(Match *match) {
    const DmnTable *table = match->table;
    Arena *arena = match->frame->run->cx->arena;
    size_t width = table->output_count;
    size_t *ranks = arena_array(arena, size_t, match->row_count * width);
    size_t *order = arena_array(arena, size_t, match->row_count);
    FeelValue *sorted = arena_array(arena, FeelValue, match->row_count * width);
    size_t *rows = arena_array(arena, size_t, match->row_count);
    for (size_t i = 0; i < match->row_count; i++) {
        TRY(cx_steps(match->frame->run->cx, i));
        for (size_t k = 0; k < width; k++) {
            TRY(rank_of(match, &table->outputs[k], &outputs_at(match, i)[k],
                        &ranks[i * width + k]));
        }
        size_t at = i;
        for (; at > 0; at--) {
            const size_t *mine = &ranks[i * width];
            const size_t *other = &ranks[order[at - 1] * width];
            size_t k = 0;
            while (k < width && mine[k] == other[k]) {
                k++;
            }
            if (k == width || mine[k] > other[k]) {
                break;
            }
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    for (size_t i = 0; i < match->row_count; i++) {
        rows[i] = match->rows[order[i]];
        for (size_t k = 0; k < width; k++) {
            sorted[i * width + k] = outputs_at(match, order[i])[k];
        }
    }
    match->rows = rows;
    match->outputs = sorted;
    return STATUS_OK;
}

static void report_aggregate(const Match *match, const char *name) {
    dmn_run_report(match->frame->run, &match->expression->place, DMN_MESSAGE_AGGREGATE_TYPE,
                   str_of(name), STR(""));
}

static bool add_values(Arena *arena, const FeelValue *left, const FeelValue *right,
                       FeelValue *out) {
    Decimal sum = {0, 0};
    Temporal total = {0};
    if (left->kind == FEEL_NUMBER && right->kind == FEEL_NUMBER &&
        decimal_add(left->number, right->number, &sum)) {
        *out = feel_number(sum);
        return true;
    }
    bool is_duration = left->kind == FEEL_DAYS || left->kind == FEEL_MONTHS;
    if (is_duration && left->kind == right->kind &&
        temporal_add(left->temporal, right->temporal, &total)) {
        *out = feel_temporal(arena, &total);
        return true;
    }
    return false;
}

static void sum_value(const Match *match, FeelValue *out) {
    FeelValue sum = outputs_at(match, 0)[0];
    bool is_good = sum.kind == FEEL_NUMBER || sum.kind == FEEL_DAYS || sum.kind == FEEL_MONTHS;
    for (size_t i = 1; i < match->row_count && is_good; i++) {
        is_good = add_values(match->frame->run->cx->arena, &sum, outputs_at(match, i), &sum);
    }
    if (is_good) {
        *out = sum;
    } else {
        report_aggregate(match, "SUM");
    }
}

static void extreme_value(const Match *match, int sign, FeelValue *out) {
    FeelValue best = outputs_at(match, 0)[0];
    for (size_t i = 0; i < match->row_count; i++) {
        int order = 0;
        if (!feel_compare(outputs_at(match, i), &best, &order)) {
            report_aggregate(match, sign < 0 ? "MIN" : "MAX");
            return;
        }
        best = order * sign > 0 ? outputs_at(match, i)[0] : best;
    }
    *out = best;
}

static void collect_value(const Match *match, FeelValue *out) {
    switch (match->table->aggregator) {
    case DMN_AGGREGATE_NONE:
        *out = all_values(match);
        break;
    case DMN_AGGREGATE_COUNT:
        *out = feel_integer((int64_t)match->row_count);
        break;
    case DMN_AGGREGATE_SUM:
        sum_value(match, out);
        break;
    case DMN_AGGREGATE_MIN:
        extreme_value(match, -1, out);
        break;
    case DMN_AGGREGATE_MAX:
        extreme_value(match, 1, out);
        break;
    }
}

static Status policy_value(Match *match, FeelValue *out) {
    switch (match->table->hit_policy) {
    case DMN_HIT_UNIQUE:
        unique_value(match, out);
        return STATUS_OK;
    case DMN_HIT_ANY:
        any_value(match, out);
        return STATUS_OK;
    case DMN_HIT_PRIORITY:
        TRY(sort_by_rank(match));
        *out = row_value(match, outputs_at(match, 0));
        return STATUS_OK;
    case DMN_HIT_FIRST:
        *out = row_value(match, outputs_at(match, 0));
        return STATUS_OK;
    case DMN_HIT_RULE_ORDER:
        *out = all_values(match);
        return STATUS_OK;
    case DMN_HIT_OUTPUT_ORDER:
        TRY(sort_by_rank(match));
        *out = all_values(match);
        return STATUS_OK;
    case DMN_HIT_COLLECT:
        collect_value(match, out);
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* No row matches: the default outputs; else an empty list where a list is promised, 0 for a count,
 * null for a single value. The standard leaves the last three open. */
static Status default_value(Match *match, FeelValue *out) {
    const DmnTable *table = match->table;
    DmnRun *run = match->frame->run;
    bool has_default = false;
    FeelValue *outputs = arena_array(run->cx->arena, FeelValue, table->output_count);
    for (size_t i = 0; i < table->output_count; i++) {
        DmnPlace place = output_place(match, i, DMN_NONE);
        has_default = has_default || table->outputs[i].fallback.program != NULL;
        TRY(dmn_evaluate_program(match->frame, table->outputs[i].fallback.program, &place,
                                 &outputs[i]));
        TRY(dmn_coerce(run, table->outputs[i].type, &place, &outputs[i]));
    }
    if (has_default) {
        *out = row_value(match, outputs);
        if (match->trace != NULL) {
            match->trace->used_default = true;
        }
        return STATUS_OK;
    }
    bool is_list =
        table->hit_policy == DMN_HIT_RULE_ORDER || table->hit_policy == DMN_HIT_OUTPUT_ORDER ||
        (table->hit_policy == DMN_HIT_COLLECT && table->aggregator == DMN_AGGREGATE_NONE);
    if (is_list) {
        *out = feel_list(feel_list_new(run->cx->arena, 0));
    } else if (table->aggregator == DMN_AGGREGATE_COUNT) {
        *out = feel_integer(0);
    } else {
        dmn_run_report(run, &match->expression->place, DMN_MESSAGE_NO_ROW, STR(""), STR(""));
    }
    return STATUS_OK;
}

static void fill_trace(Match *match, const FeelValue *value) {
    DmnTrace *trace = match->trace;
    if (trace == NULL) {
        return;
    }
    DmnFired *fired = arena_array(match->frame->run->cx->arena, DmnFired, match->row_count);
    for (size_t i = 0; i < match->row_count; i++) {
        fired[i] = (DmnFired){.row = match->rows[i], .outputs = outputs_at(match, i)};
    }
    trace->table = match->table;
    trace->inputs = match->inputs;
    trace->fired = fired;
    trace->fired_count = match->row_count;
    trace->value = *value;
}

Status dmn_decide_table(Frame *frame, const DmnExpression *expression, FeelValue *out) {
    const DmnTable *table = expression->table;
    Match match = {.frame = frame, .expression = expression, .table = table};
    bool is_allowed = true;
    match.inputs = arena_array(frame->run->cx->arena, FeelValue, table->input_count);
    *out = FEEL_NULL_VALUE;
    TRY(evaluate_inputs(&match, &is_allowed));
    match.trace = dmn_run_trace_add(frame->run, frame->node->face.index);
    if (is_allowed) {
        TRY(find_rows(&match));
        TRY(evaluate_outputs(&match));
        TRY(match.row_count > 0 ? policy_value(&match, out) : default_value(&match, out));
    }
    fill_trace(&match, out);
    return STATUS_OK;
}
