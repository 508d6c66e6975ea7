/* condition.h - tables of conditions: private to src/record. */
#ifndef HUANXIN_RECORD_CONDITION_H
#define HUANXIN_RECORD_CONDITION_H

#include "record/record_internal.h"

/* Reads the tables that a kind declares from the folder of its file; mistakes become problems. */
MUST_CHECK Status record_tables_load(Cx *cx, Str folder, const RecordKind *kind,
                                     RecordProblems *problems);
/* The rows that apply under the frame. */
MUST_CHECK Status record_conditions_judge(Cx *cx, RuleFrame *frame, RecordConditions *out);
/* CONFLICT with the words of what is missing. */
MUST_CHECK Status record_conditions_require(Cx *cx, RuleFrame *frame);

#endif
