/*
 * condition.c - tables of conditions: a kind may declare DMN decision tables beside its YAML file,
 * one row a condition. Hit policy COLLECT; inputs are named like the kind's fields (or 今天, 年度,
 * ...); outputs are
 *
 *   条件    what is asked, in words      依据    the document
 *   来源    "confirmed": binds; "single": shown, awaits a signature; "not found": a blank that the
 *           city fills in
 *
 * A row that fires is met. What is not confirmed never stops anybody.
 */
#include "record/condition.h"

#include "dmn/dmn.h"
#include "yaml/yaml.h"

enum { TABLE_BYTES_MAX = 256 * 1024, OUT_WORDS = 0, OUT_BASIS, OUT_STATUS, OUT_COUNT };

static const char *const output_names[OUT_COUNT] = {"条件", "依据", "来源"};

/* ---- reading ---- */

static void problem_put(Cx *cx, const RecordKind *kind, const RecordRules *table,
                        RecordProblems *problems, Str text) {
    *vec_push(cx->arena, problems) =
        (RecordProblem){kind->file, table->line,
                        str_print(cx->arena, "table \"" STR_FMT "\": " STR_FMT,
                                  STR_ARG(table->file), STR_ARG(text))};
}

/* The place of an input among the values of a frame; SIZE_MAX when there is none of that name. */
static size_t slot_of(const RecordKind *kind, Str name) {
    for (size_t i = 0; i < kind->field_count; i++) {
        if (str_equal(kind->fields[i].title, name)) {
            return i;
        }
    }
    for (size_t i = 0; i < RULE_NAME_COUNT; i++) {
        if (str_equal(str_of(record_rule_names[i]), name)) {
            return kind->field_count + i;
        }
    }
    return SIZE_MAX;
}

static void table_check(Cx *cx, const RecordKind *kind, const RecordRules *table,
                        RecordProblems *problems) {
    const DmnTable *rows = dmn_node_at(table->model, table->decision)->table;
    if (rows->hit_policy != DMN_HIT_COLLECT || rows->aggregator != DMN_AGGREGATE_NONE) {
        problem_put(cx, kind, table, problems, STR("hit policy COLLECT expected"));
    }
    bool has_outputs = rows->output_count == OUT_COUNT;
    for (size_t i = 0; i < OUT_COUNT && has_outputs; i++) {
        has_outputs = str_equal(rows->outputs[i].name, str_of(output_names[i]));
    }
    if (!has_outputs) {
        problem_put(cx, kind, table, problems, STR("the outputs 条件, 依据, 来源 expected"));
    }
    for (size_t i = 0; i < dmn_node_count(table->model); i++) {
        const DmnNode *node = dmn_node_at(table->model, i);
        if (node->kind == DMN_INPUT && slot_of(kind, node->name) == SIZE_MAX) {
            problem_put(cx, kind, table, problems,
                        str_print(cx->arena, "input \"" STR_FMT "\" is no field of the kind",
                                  STR_ARG(node->name)));
        }
    }
}

static size_t decision_of(const DmnModel *model) {
    for (size_t i = 0; i < dmn_node_count(model); i++) {
        const DmnNode *node = dmn_node_at(model, i);
        if (node->kind == DMN_DECISION && node->table != NULL) {
            return i;
        }
    }
    return DMN_NONE;
}

static Status table_load(Cx *cx, Str folder, const RecordKind *kind, RecordRules *table,
                         RecordProblems *problems) {
    Str text = STR_NONE;
    Str path = str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(table->file));
    Status status = yaml_file(cx, path, TABLE_BYTES_MAX, &text);
    if (status == STATUS_OK) {
        DmnSource source = {.name = path, .text = text};
        DmnLoadOptions options = {.sources = &source, .source_count = 1};
        status = dmn_load(cx, &options, &table->model);
    }
    if (status != STATUS_OK) {
        problem_put(cx, kind, table, problems, str_dup(cx->arena, str_of(cx->fault.text)));
        fault_clear(cx);
        table->model = NULL;
        return STATUS_OK;
    }
    table->decision = decision_of(table->model);
    DmnDiagnostics found = dmn_model_diagnostics(table->model);
    for (size_t i = 0; i < found.count; i++) {
        if (found.items[i].is_error) {
            problem_put(cx, kind, table, problems,
                        dmn_diagnostic_text(cx->arena, &found.items[i], FEEL_ENGLISH));
        }
    }
    if (table->decision == DMN_NONE) {
        problem_put(cx, kind, table, problems, STR("one decision with a table expected"));
    } else {
        table_check(cx, kind, table, problems);
    }
    return STATUS_OK;
}

Status record_tables_load(Cx *cx, Str folder, const RecordKind *kind, RecordProblems *problems) {
    for (size_t i = 0; i < kind->table_count; i++) {
        TRY(cx_step(cx));
        TRY(table_load(cx, folder, kind, &kind->tables[i], problems));
    }
    return STATUS_OK;
}

/* ---- judging ---- */

static Str text_at(const DmnRow *row, size_t output) {
    Str text = str_trim(row->outputs[output].text);
    bool is_quoted = text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"';
    return is_quoted ? str_slice(text, 1, text.len - 2) : text;
}

/* A cell that asks for something, of an input that is not there. */
static bool is_open(const DmnRow *row, const DmnTrace *trace) {
    for (size_t i = 0; i < trace->table->input_count; i++) {
        bool is_asked = !str_equal(str_trim(row->inputs[i].text), STR("-"));
        if (is_asked && feel_is_null(trace->inputs[i])) {
            return true;
        }
    }
    return false;
}

static bool has_fired(const DmnTrace *trace, size_t row) {
    for (size_t i = 0; i < trace->fired_count; i++) {
        if (trace->fired[i].row == row) {
            return true;
        }
    }
    return false;
}

static void rows_put(Cx *cx, const RecordRules *table, const DmnTrace *trace,
                     RecordConditions *out) {
    for (size_t i = 0; i < trace->table->row_count; i++) {
        const DmnRow *row = &trace->table->rows[i];
        RecordCondition condition = {.table = table,
                                     .row = (int64_t)i + 1,
                                     .words = text_at(row, OUT_WORDS),
                                     .basis = text_at(row, OUT_BASIS),
                                     .status = text_at(row, OUT_STATUS)};
        condition.is_binding = str_equal(condition.status, STR("confirmed"));
        condition.verdict = str_equal(condition.status, STR("not found")) ? RECORD_UNSET
                            : has_fired(trace, i)                         ? RECORD_MET
                            : is_open(row, trace)                         ? RECORD_OPEN
                                                                          : RECORD_MISSING;
        *vec_push(cx->arena, out) = condition;
    }
}

static Status table_judge(Cx *cx, const RecordRules *table, const RuleFrame *frame,
                          RecordConditions *out) {
    FeelValue value;
    DmnRun *run = dmn_run_new(cx->arena, table->model);
    dmn_run_begin(run, cx, &frame->now, true);
    for (size_t i = 0; i < dmn_node_count(table->model); i++) {
        const DmnNode *node = dmn_node_at(table->model, i);
        if (node->kind == DMN_INPUT) {
            dmn_run_input(run, i, frame->slots[slot_of(frame->kind, node->name)]);
        }
    }
    TRY(dmn_run_decide(run, table->decision, &value));
    for (const DmnTrace *trace = dmn_run_trace(run); trace != NULL; trace = trace->next) {
        if (trace->table != NULL && trace->node == table->decision) {
            rows_put(cx, table, trace, out);
        }
    }
    return STATUS_OK;
}

Status record_conditions_judge(Cx *cx, RuleFrame *frame, RecordConditions *out) {
    *out = (RecordConditions){0};
    for (size_t i = 0; i < frame->kind->table_count; i++) {
        const RecordRules *table = &frame->kind->tables[i];
        bool applies = true;
        if (table->when != NULL) {
            TRY(record_frame_true(frame, table->when, &applies));
        }
        if (applies && table->model != NULL) {
            TRY(table_judge(cx, table, frame, out));
        }
    }
    return STATUS_OK;
}

Status record_conditions_require(Cx *cx, RuleFrame *frame) {
    RecordConditions conditions;
    Buf *missing = buf_in(cx->arena, TABLE_BYTES_MAX);
    TRY(record_conditions_judge(cx, frame, &conditions));
    for (size_t i = 0; i < conditions.count; i++) {
        const RecordCondition *condition = &conditions.items[i];
        if (condition->is_binding && condition->verdict != RECORD_MET) {
            buf_put_c(missing, missing->len > 0 ? "；" : "");
            buf_put(missing, condition->words);
        }
    }
    return missing->len == 0 ? STATUS_OK
                             : fault(cx, STATUS_CONFLICT, "还有条件没有达到：" STR_FMT,
                                     STR_ARG(buf_str(missing)));
}

Status record_conditions(Cx *cx, const RecordHouse *house, const Record *record, int64_t now_ms,
                         RecordConditions *out) {
    RuleFrame frame;
    RecordAsk ask = {.kind = record->kind, .base = record, .now_ms = now_ms};
    RuleFacts facts = record_facts_of(&ask);
    record_frame_init(cx, &frame, house->book, record->kind, &facts);
    record_frame_set_all(&frame, record->values);
    return record_conditions_judge(cx, &frame, out);
}
