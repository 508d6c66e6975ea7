/*
 * simulate.c - the dry run. Reading order: the models (border cases read once), one thread's work
 * (a piece of cases drawn or read, decided by both tables, added up), the threads, the whole.
 * Every piece has a random generator of its own, so the threads do not matter to the result.
 */
#include "office/policy/simulate.h"

#include "base/limits.h"
#include "base/prng.h"
#include "base/vec.h"
#include "office/policy/library.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 8192,         /* cases in one batch: bounds the memory */
    CHANGE_BP = 1000,     /* one case of ten gets an answer of another */
    FACTOR_LOW_BP = 2000, /* prices: a fifth to the threefold */
    FACTOR_HIGH_BP = 30000,
    FEN_PER_YUAN = 100,
    BASIS_POINTS = 10000,
    MODELS_MAX = 4096
};

/* One border case: a value for each question, its money in fen, and the values as the older version
 * is asked them. */
typedef struct Model {
    FeelValue *values;
    FeelValue *base_values;
    int64_t *fen;
    bool is_eligible;
} Model;
typedef struct ModelVec VEC(Model) ModelVec;

/* A version with the node of each of its questions. */
typedef struct Side {
    const PolicyEntry *entry; /* NULL: no older version */
    size_t *nodes;
    size_t *from; /* base only: the same question of the version; question_count: none */
} Side;

/* What all threads share, made before they start. */
typedef struct Plan {
    const PolicyPopulation *population;
    Side draft;
    Side base;
    size_t band_question; /* index; question_count: none */
    ModelVec models;      /* all border cases */
    const size_t *payers; /* indexes of those drawn from */
    size_t payer_count;
    int64_t town_weight; /* of all towns */
} Plan;

typedef struct Worker {
    Cx *cx;
    Plan *plan;
    struct Run *run;
    Arena *arena;
    FeelValue **columns; /* question -> PIECE values */
    FeelValue **base_columns;
    int64_t *prices; /* PIECE */
    size_t *towns;   /* PIECE */
    PolicySimulation sum;
    Status status;
    Cx own;
} Worker;

/* ---- the models ---- */

static void json_release(void *it) {
    json_decref(it);
}

static Status value_read(Cx *cx, const Side *side, size_t question, const json_t *json,
                         FeelValue *out) {
    *out = FEEL_NULL_VALUE;
    if (json == NULL || json_is_null(json)) {
        return STATUS_OK;
    }
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    check(text != NULL);
    Str copy = str_dup(cx->arena, str_of(text));
    free(text);
    const DmnNode *node = dmn_node_at(side->entry->model, side->nodes[question]);
    return dmn_value_of_json(cx, NULL, node->type, copy, out);
}

/* The answer, or what the description takes when there is none. */
static json_t *answer_of(Arena *arena, const PolicyQuestion *question, const json_t *input) {
    json_t *given = json_object_get(input, str_c(arena, question->name));
    if (given != NULL || question->assume.len == 0) {
        return given;
    }
    json_t *assumed = json_loadb(question->assume.at, question->assume.len, JSON_DECODE_ANY, NULL);
    assumed = assumed != NULL ? assumed : json_stringn(question->assume.at, question->assume.len);
    arena_defer(arena, json_release, assumed);
    return assumed;
}

/* A day that both versions judge stays. Else the same day counted from the other's first one; days
 * before or after the one version stay outside the other. */
static Day day_shift(const PolicyVersion *from, const PolicyVersion *to, Day day) {
    if (day_compare(day, to->first) >= 0 && day_compare(day, to->last) <= 0) {
        return day;
    }
    if (day_compare(day, from->first) < 0) {
        return (Day){to->first.number - 1};
    }
    if (day_compare(day, from->last) > 0) {
        return (Day){to->last.number + 1};
    }
    int32_t number = to->first.number +
                     (day.number - from->first.number) % (to->last.number - to->first.number + 1);
    return (Day){number};
}

/* The day by which a case is judged, moved from one version's days into another's. */
static json_t *judged_day_move(Arena *arena, const PolicyVersion *from, const PolicyVersion *to,
                               json_t *json) {
    Cx quiet;
    Day day = DAY_NONE;
    cx_init(&quiet, arena);
    const char *text = json_string_value(json);
    if (text == NULL || day_parse(&quiet, str_of(text), &day) != STATUS_OK) {
        return json;
    }
    Str moved = day_print(arena, day_shift(from, to, day));
    json_t *out = json_stringn(moved.at, moved.len);
    arena_defer(arena, json_release, out);
    return out;
}

static Status base_values_read(Cx *cx, const Plan *plan, const json_t *input, Model *model) {
    const Side *base = &plan->base;
    if (base->entry == NULL) {
        return STATUS_OK;
    }
    const PolicyVersion *version = &base->entry->version;
    model->base_values = arena_array(cx->arena, FeelValue, version->question_count + 1);
    for (size_t i = 0; i < version->question_count; i++) {
        json_t *json = answer_of(cx->arena, &version->questions[i], input);
        if (str_equal(version->questions[i].name, version->judged_by)) {
            json = judged_day_move(cx->arena, &plan->draft.entry->version, version, json);
        }
        TRY(value_read(cx, base, i, json, &model->base_values[i]));
    }
    return STATUS_OK;
}

static Status input_read(Cx *cx, const Plan *plan, const json_t *input, Model *out) {
    const PolicyVersion *version = &plan->draft.entry->version;
    out->values = arena_array(cx->arena, FeelValue, version->question_count + 1);
    out->fen = arena_array(cx->arena, int64_t, version->question_count + 1);
    for (size_t i = 0; i < version->question_count; i++) {
        json_t *json = answer_of(cx->arena, &version->questions[i], input);
        out->fen[i] = json_integer_value(json);
        TRY(value_read(cx, &plan->draft, i, json, &out->values[i]));
    }
    return base_values_read(cx, plan, input, out);
}

static Status model_read(Cx *cx, Plan *plan, Str line) {
    const PolicyVersion *version = &plan->draft.entry->version;
    json_t *json = json_loadb(line.at, line.len, 0, NULL);
    if (json == NULL) {
        return fault(cx, STATUS_INVALID, STR_FMT ": not JSON", STR_ARG(version->cases_path));
    }
    arena_defer(cx->arena, json_release, json);
    Model model = {.is_eligible = json_is_true(json_object_get(json, "eligible"))};
    TRY(input_read(cx, plan, json_object_get(json, "in"), &model));
    *vec_push(cx->arena, &plan->models) = model;
    return STATUS_OK;
}

static Status models_read(Cx *cx, Plan *plan) {
    const PolicyVersion *version = &plan->draft.entry->version;
    Str text = STR_NONE;
    TRY(policy_cases_text(cx, version, &text));
    Str rest = text;
    while (rest.at != NULL && plan->models.count < MODELS_MAX) {
        Str line = str_cut(&rest, '\n');
        if (str_starts(line, STR("{"))) {
            TRY(model_read(cx, plan, line));
        }
    }
    return plan->models.count > 0
               ? STATUS_OK
               : fault(cx, STATUS_INVALID, STR_FMT "：没有界限用例，不能合成人口",
                       STR_ARG(version->version));
}

/* The population is drawn from the cases that are paid, or from all when none is. */
static void payers_find(Cx *cx, Plan *plan) {
    size_t *payers = arena_array(cx->arena, size_t, plan->models.count + 1);
    for (int round = 0; round < 2 && plan->payer_count == 0; round++) {
        for (size_t i = 0; i < plan->models.count; i++) {
            if (round == 1 || plan->models.items[i].is_eligible) {
                payers[plan->payer_count++] = i;
            }
        }
    }
    plan->payers = payers;
}

/* The price by which the bands are made: the first amount that the person is asked for. */
static size_t band_question_of(const PolicyVersion *version) {
    for (size_t i = 0; i < version->question_count; i++) {
        if (version->questions[i].type == POLICY_MONEY && version->questions[i].is_asked) {
            return i;
        }
    }
    return version->question_count;
}

static Status side_open(Cx *cx, const PolicyVersion *version, Side *side) {
    side->entry = policy_entry_of(version);
    side->nodes = arena_array(cx->arena, size_t, version->question_count + 1);
    side->from = arena_array(cx->arena, size_t, version->question_count + 1);
    for (size_t i = 0; i < version->question_count; i++) {
        side->nodes[i] = dmn_node_find(side->entry->model, version->questions[i].name, STR(""));
        if (side->nodes[i] == DMN_NONE) {
            return fault(cx, STATUS_INVALID, STR_FMT "：表里没有条件“" STR_FMT "”",
                         STR_ARG(version->version), STR_ARG(version->questions[i].name));
        }
    }
    return STATUS_OK;
}

static void questions_match(Plan *plan) {
    const PolicyVersion *draft = &plan->draft.entry->version;
    const PolicyVersion *base = &plan->base.entry->version;
    for (size_t i = 0; i < base->question_count; i++) {
        plan->base.from[i] = draft->question_count;
        for (size_t k = 0; k < draft->question_count; k++) {
            if (str_equal(base->questions[i].name, draft->questions[k].name)) {
                plan->base.from[i] = k;
            }
        }
    }
}

static Status plan_open(Cx *cx, const PolicyPopulation *population, Plan *plan) {
    plan->population = population;
    TRY(side_open(cx, population->version, &plan->draft));
    if (population->base != NULL && population->pasts == NULL) {
        TRY(side_open(cx, population->base, &plan->base));
        questions_match(plan);
    }
    plan->band_question = band_question_of(population->version);
    for (size_t i = 0; i < population->town_count && population->town_weights != NULL; i++) {
        plan->town_weight += population->town_weights[i];
    }
    if (population->pasts == NULL) {
        TRY(models_read(cx, plan));
        payers_find(cx, plan);
    }
    return STATUS_OK;
}

/* ---- a piece of cases ---- */

static int64_t fen_draw(Prng *prng, int64_t fen) {
    if (fen < FEN_PER_YUAN || fen > INT64_MAX / FACTOR_HIGH_BP) {
        return fen;
    }
    int64_t drawn = fen * prng_between(prng, FACTOR_LOW_BP, FACTOR_HIGH_BP) / BASIS_POINTS;
    return drawn < FEN_PER_YUAN ? FEN_PER_YUAN : drawn / FEN_PER_YUAN * FEN_PER_YUAN;
}

static size_t town_draw(const Plan *plan, Prng *prng) {
    const PolicyPopulation *population = plan->population;
    if (plan->town_weight <= 0) {
        return population->town_count;
    }
    int64_t at = (int64_t)prng_below(prng, (uint64_t)plan->town_weight);
    size_t town = 0;
    while (at >= population->town_weights[town]) {
        at -= population->town_weights[town++];
    }
    return town;
}

/* The older version's answers: drawn prices are the same, all else is the model's. */
static void base_case_put(Worker *worker, const Model *model, size_t row) {
    const Side *base = &worker->plan->base;
    if (base->entry == NULL) {
        return;
    }
    const PolicyVersion *version = &base->entry->version;
    size_t own_count = worker->plan->draft.entry->version.question_count;
    for (size_t i = 0; i < version->question_count; i++) {
        size_t from = base->from[i];
        bool is_judged_day = str_equal(version->questions[i].name, version->judged_by);
        worker->base_columns[i][row] =
            from < own_count && !is_judged_day ? worker->columns[from][row] : model->base_values[i];
    }
}

static void case_draw(Worker *worker, Prng *prng, size_t row) {
    const Plan *plan = worker->plan;
    const PolicyVersion *version = &plan->draft.entry->version;
    const Model *model = &plan->models.items[plan->payers[prng_below(prng, plan->payer_count)]];
    size_t changed = version->question_count;
    const Model *other = model;
    if (prng_chance_bp(prng, CHANGE_BP) && version->question_count > 0) {
        changed = (size_t)prng_below(prng, version->question_count);
        other = &plan->models.items[prng_below(prng, plan->models.count)];
    }
    worker->prices[row] = 0;
    for (size_t i = 0; i < version->question_count; i++) {
        const Model *from = i == changed ? other : model;
        int64_t fen = from->fen[i];
        bool is_drawn = version->questions[i].type == POLICY_MONEY &&
                        version->questions[i].is_asked && from->values[i].kind == FEEL_NUMBER;
        if (is_drawn) {
            fen = fen_draw(prng, fen);
        }
        worker->columns[i][row] = is_drawn ? feel_number(decimal_of_int64(fen)) : from->values[i];
        worker->prices[row] = i == plan->band_question ? fen : worker->prices[row];
    }
    bool is_day_changed = changed < version->question_count &&
                          str_equal(version->questions[changed].name, version->judged_by);
    base_case_put(worker, is_day_changed ? other : model, row);
    worker->towns[row] = town_draw(plan, prng);
}

/* A decided case; its day is moved into the version's days when it lies outside. */
static Status past_read(Cx *cx, Worker *worker, size_t row, int64_t number) {
    const Plan *plan = worker->plan;
    const PolicyVersion *version = &plan->draft.entry->version;
    const PolicyPast *past = &plan->population->pasts[number];
    Model model = {0};
    json_t *json = json_loadb(past->input_json.at, past->input_json.len, 0, NULL);
    if (json == NULL) {
        return fault(cx, STATUS_INVALID, "a stored case is no JSON");
    }
    arena_defer(cx->arena, json_release, json);
    const char *name = str_c(cx->arena, version->judged_by);
    const char *text = json_string_value(json_object_get(json, name));
    Day day = DAY_NONE;
    Cx quiet;
    cx_init(&quiet, cx->arena);
    if (text != NULL && day_parse(&quiet, str_of(text), &day) == STATUS_OK) {
        PolicyVersion year = *version;
        DayParts parts = day_parts(day);
        year.first = day_of_ymd(parts.year, 1, 1);
        year.last = day_of_ymd(parts.year, 12, 31);
        Str moved = day_print(cx->arena, day_shift(&year, version, day));
        json_object_set_new(json, name, json_stringn(moved.at, moved.len));
    }
    TRY(input_read(cx, plan, json, &model));
    worker->prices[row] = 0;
    for (size_t i = 0; i < version->question_count; i++) {
        worker->columns[i][row] = model.values[i];
        worker->prices[row] = i == plan->band_question ? model.fen[i] : worker->prices[row];
    }
    worker->towns[row] = past->town;
    return STATUS_OK;
}

/* ---- the totals ---- */

static void tally_add(PolicyTally *tally, bool is_eligible, int64_t fen) {
    tally->case_count++;
    tally->eligible_count += is_eligible ? 1 : 0;
    tally->total = money_add(tally->total, money_of_fen(is_eligible ? fen : 0));
}

static void diff_add(PolicyDiff *diff, int64_t before, int64_t after) {
    diff->case_count++;
    diff->gain_count += after > before ? 1 : 0;
    diff->loss_count += after < before ? 1 : 0;
    diff->new_count += before == 0 && after > 0 ? 1 : 0;
    diff->shut_out_count += before > 0 && after == 0 ? 1 : 0;
    diff->before = money_add(diff->before, money_of_fen(before));
    diff->after = money_add(diff->after, money_of_fen(after));
}

static void diff_join(PolicyDiff *into, const PolicyDiff *from) {
    into->case_count += from->case_count;
    into->gain_count += from->gain_count;
    into->loss_count += from->loss_count;
    into->new_count += from->new_count;
    into->shut_out_count += from->shut_out_count;
    into->before = money_add(into->before, from->before);
    into->after = money_add(into->after, from->after);
}

typedef struct Outcome {
    bool is_eligible;
    int64_t fen;
    Str rule;
} Outcome;

static Outcome outcome_of(const FeelValue *value) {
    Outcome outcome = {.rule = STR("")};
    if (value->kind != FEEL_CONTEXT) {
        return outcome;
    }
    const FeelValue *eligible = feel_context_get(value->context, STR("eligible"));
    const FeelValue *amount = feel_context_get(value->context, STR("amount_fen"));
    const FeelValue *name = feel_context_get(value->context, STR("rule_id"));
    outcome.is_eligible = eligible != NULL && eligible->kind == FEEL_BOOLEAN && eligible->boolean;
    if (amount == NULL || amount->kind != FEEL_NUMBER ||
        !decimal_to_int64(amount->number, &outcome.fen)) {
        outcome.fen = 0;
    }
    outcome.rule = name != NULL && name->kind == FEEL_STRING ? name->string : outcome.rule;
    return outcome;
}

static size_t band_of(const PolicySimulation *sum, int64_t fen) {
    size_t band = POLICY_BAND_COUNT - 1;
    while (band > 0 && fen < sum->bands[band].low.fen) {
        band--;
    }
    return band;
}

static void rule_add(PolicySimulation *sum, const Outcome *outcome) {
    for (size_t i = 0; i < sum->rule_count; i++) {
        if (str_equal(sum->rules[i].rule, outcome->rule)) {
            tally_add(&sum->rules[i].tally, outcome->is_eligible, outcome->fen);
            return;
        }
    }
}

/* The case in words later: its answers as JSON. */
static Str case_json(Cx *cx, const Worker *worker, size_t row) {
    const PolicyVersion *version = &worker->plan->draft.entry->version;
    FeelContext *context = feel_context_new(cx->arena, version->question_count);
    for (size_t i = 0; i < version->question_count; i++) {
        feel_context_put(cx->arena, context, version->questions[i].name, worker->columns[i][row]);
    }
    Buf *out = buf_in(cx->arena, 64 * 1024);
    FeelValue value = {.kind = FEEL_CONTEXT, .context = context};
    feel_put_json(out, &value);
    return buf_str(out);
}

/* Keeps the case with the largest change, the first of equals. */
static void example_keep(Worker *worker, size_t row, int64_t number, int64_t before,
                         int64_t after) {
    PolicyExample *example = after > before ? &worker->sum.gain : &worker->sum.loss;
    int64_t size = after > before ? after - before : before - after;
    int64_t kept = example->after.fen > example->before.fen
                       ? example->after.fen - example->before.fen
                       : example->before.fen - example->after.fen;
    bool is_better =
        example->number < 0 || size > kept || (size == kept && number < example->number);
    if (size == 0 || !is_better) {
        return;
    }
    *example = (PolicyExample){.number = number,
                               .before = money_of_fen(before),
                               .after = money_of_fen(after),
                               .input_json = case_json(worker->cx, worker, row)};
}

static void change_add(Worker *worker, size_t row, int64_t number, int64_t before, int64_t after) {
    PolicySimulation *sum = &worker->sum;
    diff_add(&sum->diff, before, after);
    diff_add(&sum->band_diffs[band_of(sum, worker->prices[row])], before, after);
    diff_add(&sum->town_diffs[worker->towns[row]], before, after);
    example_keep(worker, row, number, before, after);
}

/* ---- one thread ---- */

static Status side_decide(Cx *cx, const Side *side, FeelValue **values, size_t count,
                          FeelValue **out) {
    size_t question_count = side->entry->version.question_count;
    DmnColumn *columns = arena_array(cx->arena, DmnColumn, question_count + 1);
    for (size_t i = 0; i < question_count; i++) {
        columns[i] = (DmnColumn){.node = side->nodes[i], .values = values[i]};
    }
    DmnBatch batch = {.node = side->entry->decision,
                      .columns = columns,
                      .column_count = question_count,
                      .case_count = count};
    *out = arena_array(cx->arena, FeelValue, count);
    return dmn_batch(cx, side->entry->model, &batch, *out);
}

static Status piece_decide(Cx *cx, Worker *worker, size_t count, int64_t first) {
    const Plan *plan = worker->plan;
    FeelValue *after = NULL;
    FeelValue *before = NULL;
    TRY(side_decide(cx, &plan->draft, worker->columns, count, &after));
    if (plan->base.entry != NULL) {
        TRY(side_decide(cx, &plan->base, worker->base_columns, count, &before));
    }
    for (size_t row = 0; row < count; row++) {
        Outcome now = outcome_of(&after[row]);
        int64_t now_fen = now.is_eligible ? now.fen : 0;
        tally_add(&worker->sum.all, now.is_eligible, now.fen);
        tally_add(&worker->sum.bands[band_of(&worker->sum, worker->prices[row])].tally,
                  now.is_eligible, now.fen);
        rule_add(&worker->sum, &now);
        int64_t number = first + (int64_t)row;
        if (before != NULL) {
            Outcome then = outcome_of(&before[row]);
            change_add(worker, row, number, then.is_eligible ? then.fen : 0, now_fen);
        } else if (plan->population->pasts != NULL) {
            change_add(worker, row, number, plan->population->pasts[number].amount.fen, now_fen);
        }
    }
    return STATUS_OK;
}

static Status piece_fill(Cx *cx, Worker *worker, size_t count, int64_t first) {
    const PolicyPopulation *population = worker->plan->population;
    Prng prng;
    prng_init(&prng, population->seed * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)(first / PIECE));
    for (size_t row = 0; row < count; row++) {
        if (population->pasts != NULL) {
            TRY(past_read(cx, worker, row, first + (int64_t)row));
        } else {
            case_draw(worker, &prng, row);
        }
    }
    return STATUS_OK;
}

/* What the threads take their pieces from. */
typedef struct Run {
    atomic_int_fast64_t next; /* first case of the next piece */
    atomic_int_fast64_t done;
    atomic_bool is_stopped;
} Run;

/* Takes the next piece; false when there is none. */
static bool piece_take(Worker *worker, int64_t *first, size_t *count) {
    int64_t total = worker->plan->population->count;
    *first = atomic_fetch_add(&worker->run->next, PIECE);
    int64_t left = total - *first;
    *count = left < PIECE ? (size_t)(left > 0 ? left : 0) : PIECE;
    return left > 0 && !atomic_load(&worker->run->is_stopped);
}

static Status pieces_run(Worker *worker, Cx *told) {
    const PolicyPopulation *population = worker->plan->population;
    Arena *scratch = arena_create();
    Status status = STATUS_OK;
    int64_t first = 0;
    size_t count = 0;
    while (status == STATUS_OK && piece_take(worker, &first, &count)) {
        Cx each;
        arena_reset(scratch);
        cx_init(&each, scratch);
        status = piece_fill(&each, worker, count, first);
        status = status == STATUS_OK ? piece_decide(&each, worker, count, first) : status;
        if (status != STATUS_OK) {
            status = fault(worker->cx, status, "%s", each.fault.text);
        }
        int64_t done = atomic_fetch_add(&worker->run->done, (int64_t)count) + (int64_t)count;
        if (told != NULL && population->progress != NULL) {
            population->progress(population->context, done);
        }
        if (status == STATUS_OK && told != NULL) {
            status = cx_step(told); /* a cancelled job stops here */
        }
    }
    if (status != STATUS_OK) {
        atomic_store(&worker->run->is_stopped, true);
    }
    arena_free(scratch);
    return status;
}

static void *thread_run(void *it) {
    Worker *worker = it;
    worker->status = pieces_run(worker, NULL);
    return NULL;
}

/* ---- the whole ---- */

/* A place for each row of the table, by the id in its last annotation. */
static void rules_open(Cx *cx, const PolicyEntry *entry, PolicySimulation *out) {
    const DmnTable *table = dmn_node_at(entry->model, entry->decision)->table;
    size_t count = table == NULL ? 0 : table->row_count;
    out->rules = arena_array(cx->arena, PolicyRuleTally, count + 1);
    for (size_t i = 0; i < count && table->annotation_count > 0; i++) {
        out->rules[out->rule_count++].rule =
            table->rows[i].annotations[table->annotation_count - 1];
    }
}

static void rules_close(PolicySimulation *out) {
    size_t kept = 0;
    for (size_t i = 0; i < out->rule_count; i++) {
        if (out->rules[i].tally.case_count > 0) {
            out->rules[kept++] = out->rules[i];
        }
    }
    out->rule_count = kept;
}

static void sum_open(Cx *cx, const Plan *plan, PolicySimulation *sum) {
    static const int64_t band_yuan[POLICY_BAND_COUNT] = {0,     1000,  3000,   6000,
                                                         10000, 50000, 100000, 200000};
    *sum = (PolicySimulation){.gain = {.number = -1}, .loss = {.number = -1}};
    for (size_t i = 0; i < POLICY_BAND_COUNT; i++) {
        sum->bands[i].low = money_of_yuan(band_yuan[i]);
    }
    const PolicyVersion *version = plan->population->version;
    sum->has_diff = plan->base.entry != NULL || plan->population->pasts != NULL;
    sum->town_diffs = arena_array(cx->arena, PolicyDiff, plan->population->town_count + 1);
    if (plan->band_question < version->question_count) {
        sum->band_question = version->questions[plan->band_question].label;
    }
    rules_open(cx, plan->draft.entry, sum);
}

static void tally_join(PolicyTally *into, const PolicyTally *from) {
    into->case_count += from->case_count;
    into->eligible_count += from->eligible_count;
    into->total = money_add(into->total, from->total);
}

static void example_join(Arena *arena, PolicyExample *into, const PolicyExample *from) {
    int64_t kept = llabs(into->after.fen - into->before.fen);
    int64_t size = llabs(from->after.fen - from->before.fen);
    bool is_better = from->number >= 0 && (into->number < 0 || size > kept ||
                                           (size == kept && from->number < into->number));
    if (is_better) {
        *into = *from;
        into->input_json = str_dup(arena, from->input_json);
    }
}

static void sum_join(Cx *cx, const Plan *plan, PolicySimulation *into,
                     const PolicySimulation *from) {
    tally_join(&into->all, &from->all);
    diff_join(&into->diff, &from->diff);
    for (size_t i = 0; i < POLICY_BAND_COUNT; i++) {
        tally_join(&into->bands[i].tally, &from->bands[i].tally);
        diff_join(&into->band_diffs[i], &from->band_diffs[i]);
    }
    for (size_t i = 0; i < into->rule_count; i++) {
        tally_join(&into->rules[i].tally, &from->rules[i].tally);
    }
    for (size_t i = 0; i <= plan->population->town_count; i++) {
        diff_join(&into->town_diffs[i], &from->town_diffs[i]);
    }
    example_join(cx->arena, &into->gain, &from->gain);
    example_join(cx->arena, &into->loss, &from->loss);
}

static void columns_make(Arena *arena, const Side *side, FeelValue ***out) {
    size_t count = side->entry == NULL ? 0 : side->entry->version.question_count;
    *out = arena_array(arena, FeelValue *, count + 1);
    for (size_t i = 0; i < count; i++) {
        (*out)[i] = arena_array(arena, FeelValue, PIECE);
    }
}

static void worker_open(Worker *worker, Plan *plan, Run *run) {
    *worker = (Worker){.plan = plan, .run = run, .arena = arena_create()};
    cx_init(&worker->own, worker->arena);
    worker->cx = &worker->own;
    worker->prices = arena_array(worker->arena, int64_t, PIECE);
    worker->towns = arena_array(worker->arena, size_t, PIECE);
    columns_make(worker->arena, &plan->draft, &worker->columns);
    columns_make(worker->arena, &plan->base, &worker->base_columns);
    sum_open(worker->cx, plan, &worker->sum);
}

static Status workers_run(Cx *cx, Worker *workers, int count) {
    pthread_t threads[POLICY_THREADS_MAX];
    for (int i = 1; i < count; i++) {
        check(pthread_create(&threads[i], NULL, thread_run, &workers[i]) == 0);
    }
    workers[0].status = pieces_run(&workers[0], cx);
    for (int i = 1; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < count; i++) {
        if (workers[i].status != STATUS_OK) {
            return fault(cx, workers[i].status, "%s", workers[i].cx->fault.text);
        }
    }
    return STATUS_OK;
}

Status policy_simulate(Cx *cx, const PolicyPopulation *population, PolicySimulation *out) {
    check(population->count >= 1);
    check(population->count <= POLICY_POPULATION_MAX);
    int count = population->thread_count > 0 ? population->thread_count : 1;
    check(count <= POLICY_THREADS_MAX);
    Plan plan = {0};
    Run run = {0};
    Worker workers[POLICY_THREADS_MAX];
    PolicySimulation result;
    TRY(plan_open(cx, population, &plan));
    for (int i = 0; i < count; i++) {
        worker_open(&workers[i], &plan, &run);
    }
    Status status = workers_run(cx, workers, count);
    sum_open(cx, &plan, &result);
    for (int i = 0; i < count; i++) {
        sum_join(cx, &plan, &result, &workers[i].sum);
        arena_free(workers[i].arena);
    }
    TRY(status);
    rules_close(&result);
    *out = result;
    return STATUS_OK;
}
