/* answers.c - the answers of a claim as JSON. */
#include "office/claim/answers.h"

#include <jansson.h>
#include <stdlib.h>

static void json_release(void *it) {
    json_decref(it);
}

Status answers_read(Cx *cx, Str text, Answers *out) {
    json_t *json = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return fault(cx, STATUS_INVALID, "申请内容不是 JSON 对象");
    }
    arena_defer(cx->arena, json_release, json);
    *out = (Answers){cx, json};
    return STATUS_OK;
}

Str answers_text(const Answers *answers, Str code) {
    const json_t *value = json_object_get(answers->json, str_c(answers->cx->arena, code));
    if (!json_is_string(value)) {
        return STR_NONE;
    }
    return (Str){json_string_value(value), json_string_length(value)};
}

Day answers_day(const Answers *answers, Str code) {
    Cx quiet;
    Day day = DAY_NONE;
    cx_init(&quiet, answers->cx->arena);
    return day_parse(&quiet, answers_text(answers, code), &day) == STATUS_OK ? day : DAY_NONE;
}

bool answers_is_asked(const Answers *answers, const ClaimField *field) {
    Str answer = STR_NONE;
    if (field->when_field.len == 0) {
        return true;
    }
    answer = answers_text(answers, field->when_field);
    return field->is_unless ? answer.len > 0 && !str_equal(answer, field->when_value)
                            : str_equal(answer, field->when_value);
}

json_t *answers_json(const Answers *answers, const ClaimField *field,
                     const PolicyQuestion *question) {
    Str text = answers_text(answers, field->code);
    int64_t number = 0;
    if (field->type == CLAIM_NAME && question->type == POLICY_FLAG) {
        return json_boolean(str_equal(text, STR("same")));
    }
    if (text.len == 0 || !answers_is_asked(answers, field)) {
        return question->type == POLICY_NUMBER ? json_integer(0) : json_null();
    }
    switch (question->type) {
    case POLICY_FLAG:
        return json_boolean(str_equal(text, STR("true")));
    case POLICY_NUMBER:
    case POLICY_MONEY:
        return str_int64(text, &number) == STATUS_OK ? json_integer(number) : json_null();
    case POLICY_DAY:
    case POLICY_TEXT:
        break;
    }
    return json_stringn(text.at, text.len);
}

Str answers_dump(Arena *arena, const json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    check(text != NULL);
    Str copy = str_dup(arena, str_of(text));
    free(text);
    return copy;
}

Status answers_merge(Cx *cx, Str answers, Str patch, Str *out) {
    Answers own;
    Answers more;
    TRY(answers_read(cx, answers, &own));
    TRY(answers_read(cx, patch, &more));
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(more.json, key, value) {
        if (json_is_null(value)) {
            json_object_del(own.json, key);
        } else if (json_is_string(value)) {
            json_object_set(own.json, key, value);
        } else {
            return fault(cx, STATUS_INVALID, "申请内容只能是文字");
        }
    }
    *out = answers_dump(cx->arena, own.json);
    return STATUS_OK;
}

void answers_put(Buf *out, Arena *arena, Str code, Str text) {
    buf_put_c(out, out->len == 0 ? "{" : ",");
    buf_put(out, str_json(arena, code));
    buf_put_char(out, ':');
    buf_put(out, text.at == NULL ? STR("null") : str_json(arena, text));
}
