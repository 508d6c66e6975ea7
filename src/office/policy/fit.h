/*
 * fit.h - what a programme would give for a thing of which only a part is known: the questions that
 * nobody answered are taken from a border case of the version that pays, and are said as
 * conditions. Private to office/policy.
 */
#ifndef HUANXIN_OFFICE_POLICY_FIT_H
#define HUANXIN_OFFICE_POLICY_FIT_H

#include "office/policy/library.h"

typedef struct PolicyFound {
    PolicyAnswer answer;
    Str conditions; /* "旧车燃料：柴油；…": what was not said; empty when everything was */
    bool has_case;  /* false: no case of this version pays, its sums are not set; no answer then */
} PolicyFound;

/* Decides by a version. answers_json: an object of what is known, by the names of the questions;
 * null counts as unknown. When nothing is unknown the answer is the table's own, without
 * conditions; otherwise the most that a border case gives with the answers put over it. explains
 * also looks for the nearest changes. Pure; O(cases * table). */
MUST_CHECK Status policy_find(Cx *cx, const PolicyVersion *version, Str answers_json, bool explains,
                              PolicyFound *out);

/* A text that a person typed or a sheet's cell holds, as the JSON text of an answer: yuan become
 * fen, "是" and "否" flags, days ISO dates. INVALID with a Chinese fault that says what is
 * expected. An empty text gives "null". */
MUST_CHECK Status policy_answer_parse(Cx *cx, const PolicyQuestion *question, Str text, Str *out);

/* True when the person is asked this question and nothing is assumed instead. */
bool policy_is_open_question(const PolicyQuestion *question);

#endif
