/* policy_store.h - the SQL of decisions and signatures. Private to office/policy. */
#ifndef HUANXIN_OFFICE_POLICY_STORE_H
#define HUANXIN_OFFICE_POLICY_STORE_H

#include "office/policy/policy.h"

typedef struct DecisionRow {
    int64_t id;
    Str programme;
    Str version;
    Day judged_day;
    Str input_json;
    Str rule;
    Str outcome_json;
    int64_t decided_ms;
} DecisionRow;
MUST_CHECK Status policy_store_decision_insert(Cx *cx, DbConn *conn, const DecisionRow *row,
                                               int64_t *id);
MUST_CHECK Status policy_store_decision_find(Cx *cx, DbConn *conn, int64_t id, DecisionRow *out);
/* The persons who may read a decision besides officers: who claimed, and who sold. */
MUST_CHECK Status policy_store_decision_is_of(Cx *cx, DbConn *conn, int64_t id, int64_t person_id,
                                              int64_t org_id, bool *out);
MUST_CHECK Status policy_store_signature_insert(Cx *cx, DbConn *conn, const PolicySigning *signing);
/* Writes for each sign-off whether it is signed; out has sign_off_count flags. */
MUST_CHECK Status policy_store_signatures(Cx *cx, DbConn *conn, const PolicyVersion *version,
                                          bool *out);

#endif
