/*
 * policy.c - deciding a case by the table in force, storing the decision, signing a version.
 */
#include "office/policy/library.h"
#include "office/policy/policy_store.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

enum { NEAREST_MAX = 6, FEN_PER_YUAN = 100, ANNOTATION_DOCUMENT = 0, ANNOTATION_CLAUSE = 1 };

/* ---- the inputs ---- */

static void json_release(void *it) {
    json_decref(it);
}

static Str json_text(Arena *arena, const json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    check(text != NULL);
    Str copy = str_dup(arena, str_of(text));
    free(text);
    return copy;
}

static Status json_of(Cx *cx, Str text, json_t **out) {
    json_error_t error;
    json_t *json = json_loadb(text.at, text.len, 0, &error);
    if (!json_is_object(json)) {
        json_decref(json);
        return fault(cx, STATUS_INVALID, "输入应为 JSON 对象（第 %d 行）", error.line);
    }
    arena_defer(cx->arena, json_release, json);
    *out = json;
    return STATUS_OK;
}

static json_t *assumed(Str text) {
    json_t *json = json_loadb(text.at, text.len, JSON_DECODE_ANY, NULL);
    return json != NULL ? json : json_stringn(text.at, text.len);
}

/* Puts what the description assumes where the case says nothing. */
static Str inputs_complete(Cx *cx, const PolicyVersion *version, json_t *json) {
    for (size_t i = 0; i < version->question_count; i++) {
        const PolicyQuestion *question = &version->questions[i];
        const char *name = str_c(cx->arena, question->name);
        if (json_object_get(json, name) == NULL && question->assume.len > 0) {
            json_object_set_new(json, name, assumed(question->assume));
        }
    }
    return json_text(cx->arena, json);
}

/* ---- the outcome ---- */

static int64_t number_at(const FeelContext *context, Str key) {
    const FeelValue *value = feel_context_get(context, key);
    int64_t number = 0;
    if (value == NULL || value->kind != FEEL_NUMBER || !decimal_to_int64(value->number, &number)) {
        return 0;
    }
    return number;
}

static Str text_at(const FeelContext *context, Str key) {
    const FeelValue *value = feel_context_get(context, key);
    return value == NULL || value->kind != FEEL_STRING ? STR("") : value->string;
}

static bool flag_at(const FeelContext *context, Str key) {
    const FeelValue *value = feel_context_get(context, key);
    return value != NULL && value->kind == FEEL_BOOLEAN && value->boolean;
}

static Status outcome_read(Cx *cx, const FeelValue *value, PolicyAnswer *out) {
    if (value->kind != FEEL_CONTEXT) {
        return fault(cx, STATUS_INVALID, "政策表没有给出结果，请检查所填内容");
    }
    const FeelContext *context = value->context;
    out->is_eligible = flag_at(context, STR("eligible"));
    out->amount = money_of_fen(number_at(context, STR("amount_fen")));
    out->cap = money_of_fen(number_at(context, STR("cap_fen")));
    out->rate_bp = number_at(context, STR("rate_bp"));
    out->rule = text_at(context, STR("rule_id"));
    out->reason = text_at(context, STR("reason"));
    Buf *json = buf_in(cx->arena, 64 * 1024);
    feel_put_json(json, value);
    TRY(buf_status(json));
    out->outcome_json = buf_str(json);
    return STATUS_OK;
}

static void fired_read(const DmnTrace *trace, PolicyAnswer *out) {
    for (; trace != NULL; trace = trace->next) {
        if (trace->table == NULL || trace->fired_count == 0) {
            continue;
        }
        const DmnRow *row = &trace->table->rows[trace->fired[0].row];
        out->row = (int64_t)trace->fired[0].row + 1;
        if (trace->table->annotation_count > ANNOTATION_CLAUSE) {
            out->document = row->annotations[ANNOTATION_DOCUMENT];
            out->clause = row->annotations[ANNOTATION_CLAUSE];
        }
    }
}

/* ---- what would change it ---- */

static const PolicyQuestion *question_of(const PolicyVersion *version, Str name) {
    for (size_t i = 0; i < version->question_count; i++) {
        if (str_equal(version->questions[i].name, name)) {
            return &version->questions[i];
        }
    }
    return NULL;
}

static Str change_value(Arena *arena, const PolicyQuestion *question, const FeelValue *value) {
    int64_t number = 0;
    if (question->type == POLICY_MONEY && value->kind == FEEL_NUMBER &&
        decimal_to_int64(value->number, &number)) {
        return str_print(arena, STR_FMT " 元", STR_ARG(money_print(arena, money_of_fen(number))));
    }
    if (value->kind == FEEL_BOOLEAN) {
        return value->boolean ? STR("是") : STR("否");
    }
    return feel_to_text(arena, value);
}

/* A version that pays nothing says what holds then, and the figure where it has one. */
static Str advice_text(Cx *cx, const PolicyAnswer *then) {
    if (!then->is_eligible) {
        return str_print(cx->arena, "不适用（" STR_FMT "）", STR_ARG(then->reason));
    }
    return then->amount.fen > 0
               ? str_print(cx->arena, STR_FMT "（" STR_FMT " 元）", STR_ARG(then->reason),
                           STR_ARG(money_print(cx->arena, then->amount)))
               : then->reason;
}

static Str change_text(Cx *cx, const PolicyVersion *version, const PolicyQuestion *question,
                       const DmnChange *change) {
    PolicyAnswer then = {0};
    Cx quiet;
    cx_init(&quiet, cx->arena);
    if (outcome_read(&quiet, &change->value, &then) != STATUS_OK) {
        return STR_NONE;
    }
    Str to = change_value(cx->arena, question, &change->to);
    if (!version->pays) {
        return str_print(cx->arena, "“" STR_FMT "”为 " STR_FMT "：" STR_FMT,
                         STR_ARG(question->label), STR_ARG(to), STR_ARG(advice_text(cx, &then)));
    }
    if (then.is_eligible) {
        return str_print(cx->arena, "“" STR_FMT "”为 " STR_FMT "：可补 " STR_FMT " 元",
                         STR_ARG(question->label), STR_ARG(to),
                         STR_ARG(money_print(cx->arena, then.amount)));
    }
    return str_print(cx->arena, "“" STR_FMT "”为 " STR_FMT "：不能补（" STR_FMT "）",
                     STR_ARG(question->label), STR_ARG(to), STR_ARG(then.reason));
}

/* Borders of a table that no case has: a count below nothing, a sum of some fen. */
static bool is_possible(const PolicyQuestion *question, const FeelValue *to) {
    int64_t number = 0;
    int64_t least = question->type == POLICY_MONEY ? FEN_PER_YUAN : 0;
    return question->type == POLICY_TEXT || question->type == POLICY_FLAG ||
           to->kind != FEEL_NUMBER || !decimal_to_int64(to->number, &number) || number >= least;
}

static Status nearest_read(Cx *cx, DmnRun *run, const PolicyEntry *entry, PolicyAnswer *out) {
    DmnChanges changes = {0};
    TRY(dmn_nearest_changes(run, entry->decision, &changes));
    out->nearest = arena_array(cx->arena, Str, NEAREST_MAX);
    for (size_t i = 0; i < changes.count && out->nearest_count < NEAREST_MAX; i++) {
        const DmnNode *node = dmn_node_at(entry->model, changes.items[i].node);
        const PolicyQuestion *question = question_of(&entry->version, node->name);
        if (question != NULL && question->is_asked && question->type != POLICY_DAY &&
            is_possible(question, &changes.items[i].to)) {
            Str text = change_text(cx, &entry->version, question, &changes.items[i]);
            if (text.len > 0) {
                out->nearest[out->nearest_count++] = text;
            }
        }
    }
    return STATUS_OK;
}

/* ---- deciding ---- */

Status policy_decide(Cx *cx, const PolicyLibrary *library, const PolicyCase *input,
                     PolicyAnswer *out) {
    const PolicyVersion *version = NULL;
    TRY(policy_version_on(cx, library, input->programme, input->day, &version));
    return policy_decide_by(cx, version, input, out);
}

/* Decides by inputs of which those that the case leaves out are filled in. */
static Status inputs_decide(Cx *cx, const PolicyVersion *version, json_t *inputs, bool explains,
                            PolicyAnswer *out) {
    const PolicyEntry *entry = policy_entry_of(version);
    PolicyAnswer answer = {.version = version};
    answer.input_json = inputs_complete(cx, version, inputs);
    DmnRun *run = dmn_run_new(cx->arena, entry->model);
    dmn_run_begin(run, cx, NULL, true);
    TRY(dmn_run_inputs_json(run, answer.input_json));
    FeelValue value;
    TRY(dmn_run_decide(run, entry->decision, &value));
    TRY(outcome_read(cx, &value, &answer));
    fired_read(dmn_run_trace(run), &answer);
    if (explains) {
        TRY(nearest_read(cx, run, entry, &answer));
    }
    *out = answer;
    return STATUS_OK;
}

Status policy_decide_by(Cx *cx, const PolicyVersion *version, const PolicyCase *input,
                        PolicyAnswer *out) {
    json_t *inputs = NULL;
    TRY(json_of(cx, input->input_json, &inputs));
    return inputs_decide(cx, version, inputs, input->explains, out);
}

Status policy_decide_goods(Cx *cx, const PolicyLibrary *library, const PolicyGoods *goods,
                           PolicyAnswer *out) {
    json_t *json = json_object();
    arena_defer(cx->arena, json_release, json);
    Str day = day_print(cx->arena, goods->day);
    json_object_set_new(json, "发票日期", json_stringn(day.at, day.len));
    json_object_set_new(json, "品类",
                        json_stringn(goods->category_name.at, goods->category_name.len));
    if (str_equal(goods->programme, STR("appliance"))) {
        json_object_set_new(json, "能效等级", json_integer(goods->efficiency_level));
    }
    json_object_set_new(json, "成交价分", json_integer(goods->price.fen));
    const PolicyVersion *version = NULL;
    TRY(policy_version_on(cx, library, goods->programme, goods->day, &version));
    return inputs_decide(cx, version, json, false, out);
}

/* ---- storing and signing ---- */

Status policy_decision_store(Cx *cx, DbConn *conn, const PolicyAnswer *answer, Day day,
                             int64_t now_ms, int64_t *id) {
    /* The version's digest is stored with its name: a replay proves that the text is the same. */
    DecisionRow row = {.programme = answer->version->programme,
                       .version = str_print(cx->arena, STR_FMT "@" STR_FMT,
                                            STR_ARG(answer->version->version),
                                            STR_ARG(str_slice(answer->version->digest, 0, 16))),
                       .judged_day = day,
                       .input_json = answer->input_json,
                       .rule = answer->rule,
                       .outcome_json = answer->outcome_json,
                       .decided_ms = now_ms};
    return policy_store_decision_insert(cx, conn, &row, id);
}

Status policy_is_payable(Cx *cx, DbConn *conn, const PolicyVersion *version, bool *out) {
    bool *is_signed = arena_array(cx->arena, bool, version->sign_off_count + 1);
    TRY(policy_store_signatures(cx, conn, version, is_signed));
    *out = version->is_enabled && version->pays;
    for (size_t i = 0; i < version->sign_off_count; i++) {
        *out = *out && (is_signed[i] || !version->sign_offs[i].blocks_payment);
    }
    return STATUS_OK;
}

Status policy_sign(Cx *cx, DbConn *conn, const PolicySigning *signing) {
    check(signing->item < signing->version->sign_off_count);
    Status status = policy_store_signature_insert(cx, conn, signing);
    if (status == STATUS_CONFLICT) {
        fault_clear(cx);
        return fault(cx, STATUS_CONFLICT, "这一项已经签认过");
    }
    TRY(status);
    DbEntry entry = {
        .verb = "policy.sign",
        .subject = "policy",
        .subject_id = (int64_t)signing->item,
        .after = str_print(
            cx->arena, "{\"version\":\"" STR_FMT "\",\"digest\":\"" STR_FMT "\",\"item\":%zu}",
            STR_ARG(signing->version->version), STR_ARG(signing->version->digest), signing->item)};
    return db_journal(cx, conn, &entry);
}
