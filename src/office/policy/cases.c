#include "office/policy/cases.h"

#include "base/vec.h"
#include "office/policy/library.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

typedef struct MissVec VEC(PolicyMiss) MissVec;

static void json_release(void *it) {
    json_decref(it);
}

static Str said(Arena *arena, Str rule, int64_t amount_fen, int64_t cap_fen) {
    return str_print(arena, STR_FMT " %" PRId64 " 分，上限 %" PRId64 " 分", STR_ARG(rule),
                     amount_fen, cap_fen);
}

/* True when the answer is what the case wants; a case that names no cap leaves it open. */
static bool is_as_wanted(const PolicyAnswer *answer, const json_t *json) {
    const json_t *cap = json_object_get(json, "cap_fen");
    Str rule = str_of(json_string_value(json_object_get(json, "rule_id")));
    return str_equal(answer->rule, rule) &&
           answer->is_eligible == json_is_true(json_object_get(json, "eligible")) &&
           answer->amount.fen == json_integer_value(json_object_get(json, "amount_fen")) &&
           (cap == NULL || answer->cap.fen == json_integer_value(cap));
}

static Status case_read(Cx *cx, Str line, int64_t number, json_t **out) {
    json_t *json = json_loadb(line.at, line.len, 0, NULL);
    if (json != NULL) {
        arena_defer(cx->arena, json_release, json);
    }
    if (!json_is_object(json_object_get(json, "in")) ||
        !json_is_string(json_object_get(json, "rule_id")) ||
        !json_is_boolean(json_object_get(json, "eligible")) ||
        !json_is_integer(json_object_get(json, "amount_fen"))) {
        return fault_at_line(cx, STATUS_INVALID, number, 1,
                             "line %" PRId64 " is no case with in, rule_id, eligible, amount_fen",
                             number);
    }
    *out = json;
    return STATUS_OK;
}

/* Decides one line on an arena of its own; what is kept of a miss is copied to keep. */
static Status line_check(Cx *cx, const PolicyVersion *version, Str line, PolicyMiss *miss,
                         bool *is_good) {
    json_t *json = NULL;
    TRY(case_read(cx, line, miss->line, &json));
    char *input = json_dumps(json_object_get(json, "in"), JSON_COMPACT);
    check(input != NULL);
    PolicyCase given = {.input_json = str_dup(cx->arena, str_of(input))};
    free(input);
    PolicyAnswer answer = {0};
    TRY(policy_decide_by(cx, version, &given, &answer));
    *is_good = is_as_wanted(&answer, json);
    const char *note = json_string_value(json_object_get(json, "note"));
    miss->note = note == NULL ? STR("") : str_of(note);
    miss->wanted = said(cx->arena, str_of(json_string_value(json_object_get(json, "rule_id"))),
                        json_integer_value(json_object_get(json, "amount_fen")),
                        json_integer_value(json_object_get(json, "cap_fen")));
    miss->got = said(cx->arena, answer.rule, answer.amount.fen, answer.cap.fen);
    return STATUS_OK;
}

static void miss_keep(Arena *arena, MissVec *misses, const PolicyMiss *miss) {
    *vec_push(arena, misses) = (PolicyMiss){.line = miss->line,
                                            .note = str_dup(arena, miss->note),
                                            .wanted = str_dup(arena, miss->wanted),
                                            .got = str_dup(arena, miss->got)};
}

/* The line that starts at *at, without its end; moves *at behind it. */
static Str line_next(Str text, size_t *at) {
    size_t start = *at;
    while (*at < text.len && text.at[*at] != '\n') {
        (*at)++;
    }
    Str line = str_slice(text, start, *at - start);
    *at += *at < text.len ? 1 : 0;
    return line;
}

Status policy_cases_check(Cx *cx, const PolicyVersion *version, Str text, PolicyCasesResult *out) {
    Arena *scratch = arena_create();
    MissVec misses = {0};
    int64_t count = 0;
    int64_t number = 0;
    Status status = STATUS_OK;
    for (size_t at = 0; at < text.len && status == STATUS_OK;) {
        Str line = line_next(text, &at);
        number++;
        if (str_starts(line, STR("{"))) {
            Cx each;
            PolicyMiss miss = {.line = number};
            bool is_good = false;
            arena_reset(scratch);
            cx_init(&each, scratch);
            status = line_check(&each, version, line, &miss, &is_good);
            if (status != STATUS_OK) {
                status = fault(cx, status, STR_FMT ":%" PRId64 ": %s", STR_ARG(version->cases_path),
                               number, each.fault.text);
            } else if (!is_good) {
                miss_keep(cx->arena, &misses, &miss);
            }
            count++;
        }
    }
    arena_free(scratch);
    TRY(status);
    *out = (PolicyCasesResult){.pass_count = count - (int64_t)misses.count,
                               .fail_count = (int64_t)misses.count,
                               .misses = misses.items};
    return STATUS_OK;
}

Status policy_cases_run(Cx *cx, const PolicyVersion *version, PolicyCasesResult *out) {
    Str text = STR_NONE;
    TRY(policy_cases_text(cx, version, &text));
    return policy_cases_check(cx, version, text, out);
}
