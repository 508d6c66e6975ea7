/*
 * answers.h - the answers of a claim: a JSON object from field code to normalised text
 * ("2026-09-01", "12980000" fen, "true"). Private to office/claim.
 */
#ifndef HUANXIN_OFFICE_CLAIM_ANSWERS_H
#define HUANXIN_OFFICE_CLAIM_ANSWERS_H

#include "office/claim/claim.h"

struct json_t;

typedef struct Answers {
    Cx *cx;
    struct json_t *json;
} Answers;

/* INVALID when the text is no JSON object. */
MUST_CHECK Status answers_read(Cx *cx, Str text, Answers *out);
/* The answer of a code, or STR_NONE. */
Str answers_text(const Answers *answers, Str code);
/* The answer as a day, DAY_NONE when it is none. */
Day answers_day(const Answers *answers, Str code);
bool answers_is_asked(const Answers *answers, const ClaimField *field);
/* The answer as the policy table takes it; a new reference. */
struct json_t *answers_json(const Answers *answers, const ClaimField *field,
                            const PolicyQuestion *question);
/* The text of a JSON value in the arena. */
Str answers_dump(Arena *arena, const struct json_t *json);
/* Puts the members of patch over the answers: null takes one away. INVALID for other than texts. */
MUST_CHECK Status answers_merge(Cx *cx, Str answers, Str patch, Str *out);
/* An object built member by member: {"code":"text"}. */
void answers_put(Buf *out, Arena *arena, Str code, Str text);

#endif
