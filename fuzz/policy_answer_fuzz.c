/*
 * policy_answer_fuzz.c - answers as people type them or a sheet's cells hold them, for every type
 * of question. What is accepted is JSON of the question's type; what it says, typed again in its
 * plain form, gives the same; what is refused is told in words.
 */
#include "base/check.h"
#include "office/policy/fit.h"

#include <jansson.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static Str names[] = {{"新能源", 9}, {"燃油", 6}};
static Str levels[] = {{"1", 1}, {"2", 1}, {"0", 1}};
static const PolicyQuestion questions[] = {
    {.type = POLICY_TEXT},
    {.type = POLICY_NUMBER},
    {.type = POLICY_MONEY},
    {.type = POLICY_DAY},
    {.type = POLICY_FLAG},
    {.type = POLICY_TEXT, .choices = names, .choice_count = 2},
    {.type = POLICY_NUMBER, .choices = levels, .choice_count = 3},
};

static bool is_of_type(const PolicyQuestion *question, const json_t *json) {
    switch (question->type) {
    case POLICY_FLAG:
        return json_is_boolean(json);
    case POLICY_NUMBER:
    case POLICY_MONEY:
        return json_is_integer(json) && json_integer_value(json) >= 0;
    case POLICY_DAY:
    case POLICY_TEXT:
        break;
    }
    return json_is_string(json);
}

/* The accepted answer as a person would type it. */
static Str typed_again(Cx *cx, const PolicyQuestion *question, const json_t *json, Str answer) {
    if (question->type == POLICY_MONEY) {
        return money_print_plain(cx->arena, money_of_fen(json_integer_value(json)));
    }
    return json_is_string(json) ? (Str){json_string_value(json), json_string_length(json)} : answer;
}

static void accepted_check(Cx *cx, const PolicyQuestion *question, Str answer) {
    json_error_t error;
    Str again = STR_NONE;
    json_t *json = json_loadb(answer.at, answer.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    check(json != NULL);
    if (!json_is_null(json)) {
        check(is_of_type(question, json));
        check(policy_answer_parse(cx, question, typed_again(cx, question, json, answer), &again) ==
              STATUS_OK);
        check(str_equal(again, answer));
    }
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str text = {(const char *)bytes, len};
    if (len > 4096 || !str_is_utf8(text)) {
        return 0; /* forms and sheets have checked both */
    }
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        Cx cx;
        Str answer = STR_NONE;
        cx_init(&cx, arena);
        if (policy_answer_parse(&cx, &questions[i], text, &answer) == STATUS_OK) {
            accepted_check(&cx, &questions[i], answer);
        } else {
            check(str_is_utf8(str_of(cx.fault.text)) && cx.fault.text[0] != '\0');
        }
    }
    arena_free(arena);
    return 0;
}
