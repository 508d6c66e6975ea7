/*
 * fit.h - what a programme would give for a thing of which only a part is known: the questions that
 * nobody answered are taken from a border case of the version that pays, and are said as
 * conditions. Private to office/policy.
 */
#ifndef HUANXIN_OFFICE_POLICY_FIT_H
#define HUANXIN_OFFICE_POLICY_FIT_H

#include "office/policy/library.h"

/* A text that a person typed or a sheet's cell holds, as the JSON text of an answer: yuan become
 * fen, "是" and "否" flags, days ISO dates. INVALID with a Chinese fault that says what is
 * expected. An empty text gives "null". */
MUST_CHECK Status policy_answer_parse(Cx *cx, const PolicyQuestion *question, Str text, Str *out);

/* True when the person is asked this question and nothing is assumed instead. */
bool policy_is_open_question(const PolicyQuestion *question);

#endif
