#include "office/policy/simulate.h"

#include "base/limits.h"
#include "base/prng.h"
#include "base/vec.h"
#include "office/policy/library.h"
#include "yaml/yaml.h"

#include <jansson.h>
#include <stdlib.h>

enum {
    PIECE = 8192,         /* cases in one batch: bounds the memory */
    CHANGE_BP = 1000,     /* one case of ten gets an answer of another */
    FACTOR_LOW_BP = 2000, /* prices: a fifth to the threefold */
    FACTOR_HIGH_BP = 30000,
    FEN_PER_YUAN = 100,
    BASIS_POINTS = 10000,
    MODELS_MAX = 4096
};

/* One border case: a value for each question, and its money in fen. */
typedef struct Model {
    FeelValue *values;
    int64_t *fen;
    bool is_eligible;
} Model;
typedef struct ModelVec VEC(Model) ModelVec;

typedef struct Work {
    const PolicyEntry *entry;
    size_t *nodes;        /* of each question */
    size_t band_question; /* index; question_count: none */
    ModelVec models;      /* all border cases */
    const size_t *payers; /* indexes of those drawn from */
    size_t payer_count;
    FeelValue **columns; /* question -> PIECE values */
    int64_t *prices;     /* PIECE */
} Work;

/* ---- the models ---- */

static void json_release(void *it) {
    json_decref(it);
}

static Status value_read(Cx *cx, const Work *work, size_t question, const json_t *json,
                         Model *model) {
    model->values[question] = FEEL_NULL_VALUE;
    if (json == NULL || json_is_null(json)) {
        return STATUS_OK;
    }
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    check(text != NULL);
    Str copy = str_dup(cx->arena, str_of(text));
    free(text);
    model->fen[question] = json_integer_value(json);
    const DmnNode *node = dmn_node_at(work->entry->model, work->nodes[question]);
    return dmn_value_of_json(cx, NULL, node->type, copy, &model->values[question]);
}

static Status model_read(Cx *cx, Work *work, Str line) {
    const PolicyVersion *version = &work->entry->version;
    json_t *json = json_loadb(line.at, line.len, 0, NULL);
    if (json == NULL) {
        return fault(cx, STATUS_INVALID, STR_FMT ": not JSON", STR_ARG(version->cases_path));
    }
    arena_defer(cx->arena, json_release, json);
    Model model = {.values = arena_array(cx->arena, FeelValue, version->question_count + 1),
                   .fen = arena_array(cx->arena, int64_t, version->question_count + 1),
                   .is_eligible = json_is_true(json_object_get(json, "eligible"))};
    const json_t *input = json_object_get(json, "in");
    for (size_t i = 0; i < version->question_count; i++) {
        const char *name = str_c(cx->arena, version->questions[i].name);
        TRY(value_read(cx, work, i, json_object_get(input, name), &model));
    }
    *vec_push(cx->arena, &work->models) = model;
    return STATUS_OK;
}

static Status models_read(Cx *cx, Work *work) {
    const PolicyVersion *version = &work->entry->version;
    Str text = STR_NONE;
    TRY(policy_cases_text(cx, version, &text));
    for (size_t at = 0; at < text.len && work->models.count < MODELS_MAX;) {
        size_t start = at;
        while (at < text.len && text.at[at] != '\n') {
            at++;
        }
        Str line = str_slice(text, start, at - start);
        at++;
        if (str_starts(line, STR("{"))) {
            TRY(model_read(cx, work, line));
        }
    }
    return work->models.count > 0
               ? STATUS_OK
               : fault(cx, STATUS_INVALID, STR_FMT ": no cases", STR_ARG(version->cases_path));
}

/* The population is drawn from the cases that are paid, or from all when none is. */
static void payers_find(Cx *cx, Work *work) {
    size_t *payers = arena_array(cx->arena, size_t, work->models.count);
    for (int round = 0; round < 2 && work->payer_count == 0; round++) {
        for (size_t i = 0; i < work->models.count; i++) {
            if (round == 1 || work->models.items[i].is_eligible) {
                payers[work->payer_count++] = i;
            }
        }
    }
    work->payers = payers;
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

static Status work_open(Cx *cx, const PolicyVersion *version, Work *work) {
    work->entry = policy_entry_of(version);
    work->nodes = arena_array(cx->arena, size_t, version->question_count + 1);
    work->columns = arena_array(cx->arena, FeelValue *, version->question_count + 1);
    work->prices = arena_array(cx->arena, int64_t, PIECE);
    work->band_question = band_question_of(version);
    for (size_t i = 0; i < version->question_count; i++) {
        work->nodes[i] = dmn_node_find(work->entry->model, version->questions[i].name, STR(""));
        work->columns[i] = arena_array(cx->arena, FeelValue, PIECE);
        if (work->nodes[i] == DMN_NONE) {
            return fault(cx, STATUS_INVALID, "the table has no input \"" STR_FMT "\"",
                         STR_ARG(version->questions[i].name));
        }
    }
    TRY(models_read(cx, work));
    payers_find(cx, work);
    return STATUS_OK;
}

/* ---- the population ---- */

static int64_t fen_draw(Prng *prng, int64_t fen) {
    if (fen < FEN_PER_YUAN || fen > INT64_MAX / FACTOR_HIGH_BP) {
        return fen;
    }
    int64_t drawn = fen * prng_between(prng, FACTOR_LOW_BP, FACTOR_HIGH_BP) / BASIS_POINTS;
    return drawn < FEN_PER_YUAN ? FEN_PER_YUAN : drawn / FEN_PER_YUAN * FEN_PER_YUAN;
}

static void case_draw(Work *work, Prng *prng, size_t row) {
    const PolicyVersion *version = &work->entry->version;
    const Model *model = &work->models.items[work->payers[prng_below(prng, work->payer_count)]];
    size_t changed = version->question_count;
    const Model *other = model;
    if (prng_chance_bp(prng, CHANGE_BP) && version->question_count > 0) {
        changed = (size_t)prng_below(prng, version->question_count);
        other = &work->models.items[prng_below(prng, work->models.count)];
    }
    work->prices[row] = 0;
    for (size_t i = 0; i < version->question_count; i++) {
        const Model *from = i == changed ? other : model;
        int64_t fen = from->fen[i];
        bool is_drawn = version->questions[i].type == POLICY_MONEY &&
                        version->questions[i].is_asked && from->values[i].kind == FEEL_NUMBER;
        if (is_drawn) {
            fen = fen_draw(prng, fen);
        }
        work->columns[i][row] = is_drawn ? feel_number(decimal_of_int64(fen)) : from->values[i];
        work->prices[row] = i == work->band_question ? fen : work->prices[row];
    }
}

/* ---- the totals ---- */

static void tally_add(PolicyTally *tally, bool is_eligible, int64_t fen) {
    tally->case_count++;
    tally->eligible_count += is_eligible ? 1 : 0;
    tally->total = money_add(tally->total, money_of_fen(is_eligible ? fen : 0));
}

static void outcome_add(const Work *work, size_t row, const FeelValue *value,
                        PolicySimulation *out) {
    bool is_eligible = false;
    int64_t fen = 0;
    Str rule = STR("");
    if (value->kind == FEEL_CONTEXT) {
        const FeelValue *eligible = feel_context_get(value->context, STR("eligible"));
        const FeelValue *amount = feel_context_get(value->context, STR("amount_fen"));
        const FeelValue *name = feel_context_get(value->context, STR("rule_id"));
        is_eligible = eligible != NULL && eligible->kind == FEEL_BOOLEAN && eligible->boolean;
        if (amount == NULL || amount->kind != FEEL_NUMBER ||
            !decimal_to_int64(amount->number, &fen)) {
            fen = 0;
        }
        rule = name != NULL && name->kind == FEEL_STRING ? name->string : rule;
    }
    tally_add(&out->all, is_eligible, fen);
    size_t band = POLICY_BAND_COUNT - 1;
    while (band > 0 && work->prices[row] < out->bands[band].low.fen) {
        band--;
    }
    tally_add(&out->bands[band].tally, is_eligible, fen);
    for (size_t i = 0; i < out->rule_count; i++) {
        if (str_equal(out->rules[i].rule, rule)) {
            tally_add(&out->rules[i].tally, is_eligible, fen);
            return;
        }
    }
}

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

static Status piece_decide(Cx *cx, Work *work, size_t count, PolicySimulation *out) {
    const PolicyVersion *version = &work->entry->version;
    DmnColumn *columns = arena_array(cx->arena, DmnColumn, version->question_count + 1);
    for (size_t i = 0; i < version->question_count; i++) {
        columns[i] = (DmnColumn){.node = work->nodes[i], .values = work->columns[i]};
    }
    DmnBatch batch = {.node = work->entry->decision,
                      .columns = columns,
                      .column_count = version->question_count,
                      .case_count = count};
    FeelValue *values = arena_array(cx->arena, FeelValue, count);
    TRY(dmn_batch(cx, work->entry->model, &batch, values));
    for (size_t row = 0; row < count; row++) {
        outcome_add(work, row, &values[row], out);
    }
    return STATUS_OK;
}

static Status pieces_run(Cx *cx, Work *work, const PolicyPopulation *population,
                         PolicySimulation *out) {
    Arena *scratch = arena_create();
    Prng prng;
    prng_init(&prng, population->seed);
    Status status = STATUS_OK;
    for (int64_t done = 0; done < population->count && status == STATUS_OK;) {
        int64_t left = population->count - done;
        size_t count = left < PIECE ? (size_t)left : PIECE;
        for (size_t row = 0; row < count; row++) {
            case_draw(work, &prng, row);
        }
        Cx each;
        arena_reset(scratch);
        cx_init(&each, scratch);
        status = piece_decide(&each, work, count, out);
        if (status != STATUS_OK) {
            status = fault(cx, status, "%s", each.fault.text);
        }
        done += (int64_t)count;
        if (population->progress != NULL) {
            population->progress(population->context, done);
        }
    }
    arena_free(scratch);
    return status;
}

Status policy_simulate(Cx *cx, const PolicyPopulation *population, PolicySimulation *out) {
    static const int64_t band_yuan[POLICY_BAND_COUNT] = {0,     1000,  3000,   6000,
                                                         10000, 50000, 100000, 200000};
    check(population->count >= 1);
    check(population->count <= POLICY_POPULATION_MAX);
    const PolicyVersion *version = population->version;
    Work work = {0};
    TRY(work_open(cx, version, &work));
    PolicySimulation result = {0};
    for (size_t i = 0; i < POLICY_BAND_COUNT; i++) {
        result.bands[i].low = money_of_yuan(band_yuan[i]);
    }
    if (work.band_question < version->question_count) {
        result.band_question = version->questions[work.band_question].label;
    }
    rules_open(cx, work.entry, &result);
    TRY(pieces_run(cx, &work, population, &result));
    rules_close(&result);
    *out = result;
    return STATUS_OK;
}
