/*
 * cases.h - the border cases of a version: each line of its .cases file is decided by the table and
 * compared with what it says must come out. They are the proof of a version before it is put in
 * force, and the models of the synthetic population (simulate.h).
 *
 *   {"note": …, "in": {…}, "rule_id": …, "eligible": …, "amount_fen": …[, "cap_fen": …]}
 *
 * Not here: which cases a version needs; see cities/<city>/README.md.
 * Ownership: everything lives in cx->arena.
 */
#ifndef HUANXIN_OFFICE_POLICY_CASES_H
#define HUANXIN_OFFICE_POLICY_CASES_H

#include "office/policy/policy.h"

typedef struct PolicyMiss {
    int64_t line;
    Str note;
    Str wanted; /* rule, amount, cap as the case says them */
    Str got;
} PolicyMiss;

typedef struct PolicyCasesResult {
    int64_t pass_count;
    int64_t fail_count;
    PolicyMiss *misses; /* fail_count items */
} PolicyCasesResult;

/* Decides every case of a version's file. NOT_FOUND when the file is missing, INVALID at a line
 * that is no case. O(cases * table). */
MUST_CHECK Status policy_cases_run(Cx *cx, const PolicyVersion *version, PolicyCasesResult *out);
/* As policy_cases_run for a text given. */
MUST_CHECK Status policy_cases_check(Cx *cx, const PolicyVersion *version, Str text,
                                     PolicyCasesResult *out);

#endif
