/*
 * fit.c - answers for what is only partly known. "Up to, when this holds": never a promise. Used by
 * the calculator that shows all programmes at once and by the list of an enterprise's equipment.
 */
#include "office/policy/fit.h"

#include "base/vec.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

enum { CONDITIONS_MAX = 5, CONDITIONS_BYTES_MAX = 4000, NUMBER_DIGITS_MAX = 15 };

static void json_release(void *it) {
    json_decref(it);
}

static Str json_text(Arena *arena, const json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
    check(text != NULL);
    Str copy = str_dup(arena, str_of(text));
    free(text);
    return copy;
}

bool policy_is_open_question(const PolicyQuestion *question) {
    return question->is_asked && question->assume.len == 0;
}

/* ---- one answer ---- */

static Status flag_parse(Cx *cx, Str text, Str *out) {
    static const char *const words[][2] = {{"是", "true"},    {"否", "false"}, {"有", "true"},
                                           {"没有", "false"}, {"无", "false"}, {"true", "true"},
                                           {"false", "false"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_equal(text, str_of(words[i][0]))) {
            *out = str_of(words[i][1]);
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_INVALID, "请填写“是”或“否”");
}

static Status number_parse(Cx *cx, Str text, Str *out) {
    int64_t number = 0;
    if (text.len > NUMBER_DIGITS_MAX || str_int64(text, &number) != STATUS_OK || number < 0) {
        return fault(cx, STATUS_INVALID, "请填写整数");
    }
    *out = str_print(cx->arena, "%" PRId64, number);
    return STATUS_OK;
}

static Status choice_parse(Cx *cx, const PolicyQuestion *question, Str text, Str *out) {
    Buf *all = buf_in(cx->arena, CONDITIONS_BYTES_MAX);
    for (size_t i = 0; i < question->choice_count; i++) {
        if (str_equal(question->choices[i], text)) {
            *out = question->type == POLICY_NUMBER ? text : str_json(cx->arena, text);
            return STATUS_OK;
        }
        buf_put_c(all, i == 0 ? "" : "、");
        buf_put(all, question->choices[i]);
    }
    return fault(cx, STATUS_INVALID, "请填写下面的一种：" STR_FMT, STR_ARG(buf_str(all)));
}

Status policy_answer_parse(Cx *cx, const PolicyQuestion *question, Str text, Str *out) {
    Money amount = MONEY_ZERO;
    Day day = DAY_NONE;
    text = str_trim(text);
    *out = STR("null");
    if (text.len == 0) {
        return STATUS_OK;
    }
    if (question->choice_count > 0) {
        return choice_parse(cx, question, text, out);
    }
    switch (question->type) {
    case POLICY_FLAG:
        return flag_parse(cx, text, out);
    case POLICY_NUMBER:
        return number_parse(cx, text, out);
    case POLICY_MONEY:
        TRY(money_parse(cx, text, &amount));
        *out = str_print(cx->arena, "%" PRId64, amount.fen);
        return STATUS_OK;
    case POLICY_DAY:
        TRY(day_parse(cx, text, &day));
        *out = str_json(cx->arena, day_print(cx->arena, day));
        return STATUS_OK;
    case POLICY_TEXT:
        break;
    }
    *out = str_json(cx->arena, text);
    return STATUS_OK;
}

/* ---- the case ---- */

static bool is_known(const json_t *known, const char *name) {
    const json_t *value = json_object_get(known, name);
    return value != NULL && !json_is_null(value);
}

/* A condition in words: "旧车燃料：汽油". */
static void condition_put(Buf *out, Arena *arena, const PolicyQuestion *question,
                          const json_t *value) {
    Str text = json_is_true(value)    ? STR("是")
               : json_is_false(value) ? STR("否")
               : question->type == POLICY_MONEY && json_is_integer(value)
                   ? str_print(arena, STR_FMT " 元",
                               STR_ARG(money_print(arena, money_of_fen(json_integer_value(value)))))
               : json_is_string(value) ? str_dup(arena, str_of(json_string_value(value)))
                                       : json_text(arena, value == NULL ? json_null() : value);
    buf_print(out, "%s" STR_FMT "：" STR_FMT, out->len == 0 ? "" : "；", STR_ARG(question->label),
              STR_ARG(text));
}

typedef struct StrVec VEC(Str) StrVec;

/* One question: what is known, and the cases tried. With much known, most border cases become one.
 */
typedef struct Find {
    Cx *cx;
    const PolicyVersion *version;
    const json_t *known;
    StrVec tried;
} Find;

static bool is_tried(Find *find, Str input_json) {
    for (size_t i = 0; i < find->tried.count; i++) {
        if (str_equal(find->tried.items[i], input_json)) {
            return true;
        }
    }
    *vec_push(find->cx->arena, &find->tried) = input_json;
    return false;
}

/* What is known is put over the border case; the rest of the case is the condition. Dates that
 * nobody gave stay those of the case, unsaid: they lie within the version. */
static Status case_decide(Find *find, json_t *input, PolicyFound *out, bool *is_new) {
    Cx *cx = find->cx;
    const PolicyVersion *version = find->version;
    const json_t *known = find->known;
    Buf *conditions = buf_in(cx->arena, CONDITIONS_BYTES_MAX);
    size_t count = 0;
    for (size_t i = 0; i < version->question_count; i++) {
        const PolicyQuestion *question = &version->questions[i];
        const char *name = str_c(cx->arena, question->name);
        if (is_known(known, name)) {
            json_object_set(input, name, json_object_get(known, name));
        } else if (question->is_asked && question->type != POLICY_DAY && count < CONDITIONS_MAX) {
            condition_put(conditions, cx->arena, question, json_object_get(input, name));
            count++;
        }
    }
    PolicyCase policy_case = {.programme = version->programme,
                              .input_json = json_text(cx->arena, input)};
    *is_new = !is_tried(find, policy_case.input_json);
    if (!*is_new) {
        return STATUS_OK;
    }
    out->conditions = buf_status(conditions) == STATUS_OK ? buf_str(conditions) : STR("");
    return policy_decide_by(cx, version, &policy_case, &out->answer);
}

/* A row that waits for its sum: docs/reference/policy-coverage.md. */
static bool is_unset_rule(Str rule) {
    size_t at = str_find(rule, STR("-U"), 0);
    return at != SIZE_MAX && at + 2 < rule.len && rule.at[at + 2] >= '0' && rule.at[at + 2] <= '9';
}

static Status unset_try(Find *find, json_t *row, PolicyFound *out) {
    const char *rule = json_string_value(json_object_get(row, "rule_id"));
    bool is_new = false;
    PolicyFound tried = {0};
    if (rule == NULL || !is_unset_rule(str_of(rule)) || out->has_case || out->is_unset) {
        return STATUS_OK;
    }
    TRY(case_decide(find, json_object_get(row, "in"), &tried, &is_new));
    if (is_new && is_unset_rule(tried.answer.rule)) {
        *out = tried;
        out->is_unset = true;
    }
    return STATUS_OK;
}

static Status line_try(Find *find, Str line, PolicyFound *out) {
    bool is_new = false;
    json_t *row = json_loadb(line.at, line.len, 0, NULL);
    if (row == NULL) {
        return STATUS_OK; /* a comment */
    }
    arena_defer(find->cx->arena, json_release, row);
    json_t *input = json_object_get(row, "in");
    if (!json_is_object(input)) {
        return STATUS_OK;
    }
    if (!json_is_true(json_object_get(row, "eligible"))) {
        return unset_try(find, row, out);
    }
    PolicyFound tried = {0};
    TRY(case_decide(find, input, &tried, &is_new));
    if (!is_new) {
        return STATUS_OK;
    }
    bool is_better =
        tried.answer.is_eligible &&
        (!out->answer.is_eligible || money_compare(tried.answer.amount, out->answer.amount) > 0);
    if (!out->has_case || is_better) {
        *out = tried;
        out->has_case = true;
    }
    return STATUS_OK;
}

/* The border case that pays most with what is known put over it; else the first refusal. */
static Status best_case(Cx *cx, const PolicyVersion *version, const json_t *known,
                        PolicyFound *out) {
    Str rest = STR_NONE;
    Find find = {.cx = cx, .version = version, .known = known};
    TRY(policy_cases_text(cx, version, &rest));
    while (rest.at != NULL && rest.len > 0) {
        TRY(cx_step(cx));
        TRY(line_try(&find, str_cut(&rest, '\n'), out));
    }
    return STATUS_OK;
}

static bool is_complete(Cx *cx, const PolicyVersion *version, const json_t *known) {
    for (size_t i = 0; i < version->question_count; i++) {
        const PolicyQuestion *question = &version->questions[i];
        if (policy_is_open_question(question) &&
            !is_known(known, str_c(cx->arena, question->name))) {
            return false;
        }
    }
    return true;
}

Status policy_find(Cx *cx, const PolicyVersion *version, Str answers_json, bool explains,
                   PolicyFound *out) {
    PolicyFound found = {0};
    json_t *known = json_loadb(answers_json.at, answers_json.len, 0, NULL);
    if (!json_is_object(known)) {
        json_decref(known);
        return fault(cx, STATUS_INVALID, "输入应为 JSON 对象");
    }
    arena_defer(cx->arena, json_release, known);
    PolicyCase whole = {.programme = version->programme, .explains = explains};
    bool is_whole = is_complete(cx, version, known);
    if (is_whole) {
        found.has_case = true;
        whole.input_json = answers_json;
    } else {
        TRY(best_case(cx, version, known, &found));
        whole.input_json = found.answer.input_json;
        found.is_unset = found.is_unset && !found.has_case;
        if (!found.has_case || !explains) {
            *out = found;
            return STATUS_OK;
        }
    }
    TRY(policy_decide_by(cx, version, &whole, &found.answer));
    found.is_unset = is_unset_rule(found.answer.rule);
    *out = found;
    return STATUS_OK;
}
