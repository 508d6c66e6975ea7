/*
 * policy.h - the policies in force: which version of which programme judges a case on a day, and
 * what it decides, with the fired row, the document and the clause.
 *
 *   cities/<city>/policy/<year>/<name>.yaml   programme, documents, dates, status, papers
 *                              <name>.dmn     the decision table itself
 *
 * A version is never edited; a decision stores the version's digest, its inputs and its outcome, so
 * that it can be replayed for ever. Versions that await the city's signature are read and shown,
 * but never decide a payment.
 */
#ifndef HUANXIN_OFFICE_POLICY_POLICY_H
#define HUANXIN_OFFICE_POLICY_POLICY_H

#include "office/city/city.h"
#include "web/web.h"

typedef struct PolicyLibrary PolicyLibrary;

/* Reads every version below folder/policy. INVALID with file, line and what was expected. The
 * library lives in cx->arena. */
MUST_CHECK Status policy_library_load(Cx *cx, Str folder, PolicyLibrary **out);

typedef struct PolicyVersion {
    Str programme; /* "appliance", "digital", "car_scrap", "car_replace" */
    Str name;      /* Chinese title of the programme */
    int64_t year;
    Str version; /* "appliance-2026" */
    Str digest;  /* SM3 of the model's text, hex */
    Day first;   /* judged days first..last, both included */
    Day last;
    Str judged_by;  /* in Chinese: by which date of the case it is judged */
    Str documents;  /* document numbers, joined */
    Str papers;     /* what to bring, joined by 、 */
    bool is_signed; /* every fact confirmed, or signed by the city: may pay */
    Str sign_off;   /* who must sign when it is not */
} PolicyVersion;

/* All versions, by programme and first day. */
const PolicyVersion *policy_versions(const PolicyLibrary *library, size_t *count);
/* The version of a programme that judges day; NOT_FOUND with a Chinese fault when none does. */
MUST_CHECK Status policy_version_on(Cx *cx, const PolicyLibrary *library, Str programme, Day day,
                                    const PolicyVersion **out);

/* One named input of a decision: exactly one of the three is used, by kind. */
typedef enum PolicyInputKind {
    POLICY_TEXT,
    POLICY_NUMBER,
    POLICY_DAY,
    POLICY_FLAG
} PolicyInputKind;
typedef struct PolicyInput {
    const char *name; /* as the table calls it, e.g. "成交价分" */
    PolicyInputKind kind;
    Str text;
    int64_t number; /* number, Day number, or 0 and 1 */
} PolicyInput;

typedef struct PolicyAnswer {
    const PolicyVersion *version;
    bool is_eligible;
    Money amount;
    Money cap;
    int64_t rate_bp; /* 0 for fixed sums */
    Str rule;        /* id of the fired row, e.g. "APPL-2026" */
    int64_t row;     /* its number in the table, from 1 */
    Str reason;      /* in Chinese, for the person */
    Str document;
    Str clause;  /* in our words */
    Str nearest; /* in Chinese: what change would change the outcome; empty when none is known */
    Str input_json;
    Str outcome_json;
} PolicyAnswer;

/* Decides a case by the version in force on day. INVALID when the inputs do not fit the table.
 * Pure: stores nothing. */
MUST_CHECK Status policy_decide(Cx *cx, const PolicyLibrary *library, Str programme, Day day,
                                const PolicyInput *inputs, size_t input_count, PolicyAnswer *out);

/* Stores a decision inside a write command and gives its id. */
MUST_CHECK Status policy_decision_store(Cx *cx, DbConn *conn, const PolicyAnswer *answer, Day day,
                                        int64_t now_ms, int64_t *id);

/* Inputs of the appliance and digital tables. */
typedef struct PolicyGoods {
    Str programme; /* "appliance" or "digital" */
    Str category;
    int64_t efficiency_level; /* 1, 2; 0: none */
    Money price;              /* final price after all discounts */
    Day day;                  /* invoice day */
} PolicyGoods;
MUST_CHECK Status policy_decide_goods(Cx *cx, const PolicyLibrary *library,
                                      const PolicyGoods *goods, PolicyAnswer *out);

/* Puts the answer's facts on a page: amount, rule, document, clause, reason. */
void policy_answer_view(View *view, const PolicyAnswer *answer);

Status policy_calculator_page(Web *web);
Status policy_list_page(Web *web);
Status policy_version_page(Web *web);
Status policy_decision_page(Web *web);

#endif
