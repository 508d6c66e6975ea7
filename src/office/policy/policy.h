/*
 * policy.h - the policies in force: which version of which programme judges a case on a day, and
 * what it decides, with the fired row, the document and the clause.
 *
 *   cities/<city>/policy/<year>/<name>.yaml   programme, documents, dates, status, papers
 *                              <name>.dmn     the decision table itself
 *
 * A version is never edited; a decision stores the version's digest, its inputs and its outcome, so
 * that it can be replayed for ever. Versions that await the city's signature are read and shown,
 * but never decide a payment; versions with `pays: false` (taxes, limits, conditions) never do.
 */
#ifndef HUANXIN_OFFICE_POLICY_POLICY_H
#define HUANXIN_OFFICE_POLICY_POLICY_H

#include "office/city/city.h"
#include "web/web.h"

typedef struct PolicyLibrary PolicyLibrary;

/* Reads every version below folder/policy, in the order of year and file name. INVALID with file,
 * line and what was expected. The library lives in cx->arena. */
MUST_CHECK Status policy_library_load(Cx *cx, Str folder, PolicyLibrary **out);

/* Puts versions issued by the workshop since on the library's shelf: at start, after issuing, and
 * now and then for what another server issued. They judge from their first day on, before the files
 * of the city. Thread-safe. */
MUST_CHECK Status policy_issues_load(Cx *cx, DbConn *conn, PolicyLibrary *library);

/* One question of a table: what the case must say. */
typedef enum PolicyType {
    POLICY_TEXT,
    POLICY_NUMBER,
    POLICY_MONEY,
    POLICY_DAY,
    POLICY_FLAG
} PolicyType;
typedef struct PolicyQuestion {
    Str name; /* as the table calls it, e.g. "成交价分" */
    Str label;
    Str help;
    PolicyType type;
    Str *choices; /* texts or numbers that may be answered; none: free */
    size_t choice_count;
    bool is_asked; /* of the person; otherwise the system answers it */
    Str assume;    /* JSON text taken when it is not answered; empty: null */
} PolicyQuestion;

/* What must be signed before a version may pay. */
typedef struct PolicySignOff {
    Str what;
    Str who;
    bool blocks_payment;
} PolicySignOff;

typedef struct PolicyVersion {
    Str programme; /* code, e.g. "appliance" */
    Str title;     /* "2026年家电以旧换新" */
    int64_t year;
    Str version; /* "appliance-2026" */
    Str digest;  /* SM3 of the model's and the description's text, hex */
    Day first;   /* judged days first..last, both included */
    Day last;
    Str judged_by; /* in Chinese: the date of the case by which it is judged */
    Str documents; /* document numbers, joined by 、 */
    Str papers;    /* what to bring, joined by 、 */
    Str rounding;
    bool is_enabled;
    bool pays;      /* false: says what holds (a tax, a limit, a condition), no money of the city */
    bool is_issued; /* from the workshop; else from the city's files */
    Str cases_path; /* the file of its border cases; empty: cases_text */
    Str cases_text;
    PolicyQuestion *questions;
    size_t question_count;
    PolicySignOff *sign_offs;
    size_t sign_off_count;
    Str model_text; /* the table's XML, for download */
} PolicyVersion;

/* All versions, by programme and first day. */
const PolicyVersion *const *policy_versions(const PolicyLibrary *library, size_t *count);

typedef struct PolicyProgramme {
    Str code;
    Str label;
    Str about; /* one line: for whom, for what */
    Str icon;  /* file name below assets/icons */
    Str group;
    Str apply; /* path of the page on which it is claimed; empty: a coupon, or nothing to claim */
    bool is_for_enterprise; /* else for persons */
} PolicyProgramme;
/* The programmes in the order of folder/policy/programmes.yaml; each version belongs to one. */
const PolicyProgramme *policy_programmes(const PolicyLibrary *library, size_t *count);
/* The programme of a code; NULL when there is none. */
const PolicyProgramme *policy_programme_find(const PolicyLibrary *library, Str code);
/* The version of a programme that judges day; NOT_FOUND with a Chinese fault when none does. */
MUST_CHECK Status policy_version_on(Cx *cx, const PolicyLibrary *library, Str programme, Day day,
                                    const PolicyVersion **out);
/* The version of a name; NOT_FOUND with a Chinese fault. */
MUST_CHECK Status policy_version_find(Cx *cx, const PolicyLibrary *library, Str version,
                                      const PolicyVersion **out);

/* "/policy/appliance-2026": the page of a version; stays the same for ever. */
Str policy_version_path(Arena *arena, const PolicyVersion *version);

/* The version that a decision was stored with ("name@beginning of the digest"): exactly its text,
 * whatever was issued since; NULL when no version on the shelf has this text any more. */
MUST_CHECK Status policy_version_stored(Cx *cx, const PolicyLibrary *library, Str stored,
                                        const PolicyVersion **out);

/* True when a version may pay: it pays at all, is enabled, and every blocking sign-off has been
 * signed for exactly this text of the table. */
MUST_CHECK Status policy_is_payable(Cx *cx, DbConn *conn, const PolicyVersion *version, bool *out);
typedef struct PolicySigning {
    const PolicyVersion *version;
    size_t item; /* index of the sign-off */
    int64_t person_id;
    Str basis; /* the document or minute that decides it */
    int64_t now_ms;
} PolicySigning;
/* Signs one item inside a write command; CONFLICT when it is signed already. */
MUST_CHECK Status policy_sign(Cx *cx, DbConn *conn, const PolicySigning *signing);

typedef struct PolicyAnswer {
    const PolicyVersion *version;
    bool is_eligible;
    Money amount;
    Money cap;
    int64_t rate_bp; /* 0 for fixed sums */
    Str rule;        /* id of the fired row, e.g. "APPL-2026" */
    int64_t row;     /* its number in the table, from 1; 0: none */
    Str reason;      /* in Chinese, for the person */
    Str document;
    Str clause;   /* in our words */
    Str *nearest; /* in Chinese: single changes that would change the outcome */
    size_t nearest_count;
    Str input_json;
    Str outcome_json;
} PolicyAnswer;

/* A case: answers as a JSON object by the names of the questions. */
typedef struct PolicyCase {
    Str programme;
    Day day; /* the date by which it is judged; chooses the version */
    Str input_json;
    bool explains; /* also look for the nearest changes */
} PolicyCase;
/* Decides a case by the version in force. INVALID when the inputs do not fit the table. Pure:
 * stores nothing. O(table), with explains O(constants * table). */
MUST_CHECK Status policy_decide(Cx *cx, const PolicyLibrary *library, const PolicyCase *input,
                                PolicyAnswer *out);

/* Decides a case by one version, whatever the day: for replays and for the cases that prove a
 * version at its borders. input->programme and day are not looked at. */
MUST_CHECK Status policy_decide_by(Cx *cx, const PolicyVersion *version, const PolicyCase *input,
                                   PolicyAnswer *out);

/* What a programme gives for a thing of which only a part is known: the questions that nobody
 * answered are taken from a border case of the version that pays, and said as conditions. */
typedef struct PolicyFound {
    PolicyAnswer answer;
    Str conditions; /* "旧车燃料：柴油；…": what was not said; empty when everything was */
    bool has_case;  /* false: no case of this version pays, its sums are not set */
    bool is_unset; /* the conditions are met by a row that waits for its sum (…-U1): the answer is
                      that row's, and pays nothing */
} PolicyFound;

/* Decides by a version. answers_json: an object of what is known, by the names of the questions;
 * null counts as unknown. When nothing is unknown the answer is the table's own, without
 * conditions; otherwise the most that a border case gives with the answers put over it. explains
 * also looks for the nearest changes. Pure; O(cases * table). */
MUST_CHECK Status policy_find(Cx *cx, const PolicyVersion *version, Str answers_json, bool explains,
                              PolicyFound *out);

/* Stores a decision inside a write command and gives its id. */
MUST_CHECK Status policy_decision_store(Cx *cx, DbConn *conn, const PolicyAnswer *answer, Day day,
                                        int64_t now_ms, int64_t *id);

/* A purchase of goods, for the appliance and digital tables. */
typedef struct PolicyGoods {
    Str programme;            /* "appliance" or "digital" */
    Str category_name;        /* as the tables say it: 冰箱 */
    int64_t efficiency_level; /* 1..5; 0: none; appliances only */
    Money price;              /* final price after all discounts */
    Day day;                  /* invoice day */
} PolicyGoods;
MUST_CHECK Status policy_decide_goods(Cx *cx, const PolicyLibrary *library,
                                      const PolicyGoods *goods, PolicyAnswer *out);

/* Puts the answer's facts on a page: amount, rule, document, clause, reason. */
void policy_answer_view(View *view, const PolicyAnswer *answer);

/* The workshop (workshop.h): drafts, the table, and issuing. */
Status workshop_list_page(Web *web);
Status workshop_new_page(Web *web);
Status workshop_new_post(Web *web);
Status workshop_page(Web *web);
Status workshop_facts_page(Web *web);
Status workshop_facts_post(Web *web);
Status workshop_cases_page(Web *web);
Status workshop_cases_post(Web *web);
Status workshop_model_page(Web *web);
Status workshop_model_post(Web *web);
Status workshop_model_file(Web *web);
Status workshop_draw_page(Web *web);
Status workshop_check_page(Web *web);
Status workshop_state_post(Web *web);
Status workshop_analyse_page(Web *web);
Status workshop_analyse_post(Web *web);
Status workshop_monotone_post(Web *web);
Status workshop_try_page(Web *web);
Status workshop_compare_page(Web *web);
Status policy_compare_page(Web *web);
Status policy_equipment_page(Web *web);
/* An enterprise's list of equipment, thing by thing; the empty table for it. */
enum { POLICY_LIST_BYTES_MAX = 2 * 1024 * 1024 }; /* 200 rows are some kilobytes */
Status policy_list_things_page(Web *web);
Status policy_list_things_post(Web *web);
Status policy_list_things_file(Web *web);
Status workshop_simulate_page(Web *web);
Status workshop_simulate_post(Web *web);
Status workshop_simulate_file(Web *web);
Status grid_page(Web *web);
Status grid_post(Web *web);
Status grid_cell_post(Web *web);
Status grid_paste_post(Web *web);
Status grid_append_post(Web *web);
Status grid_row_page(Web *web);
Status grid_row_post(Web *web);
Status grid_row_act_post(Web *web);
Status grid_file(Web *web);
Status grid_import_post(Web *web);

Status policy_calculator_page(Web *web);
/* All programmes at once, by three to five questions. */
Status policy_calculator_all_page(Web *web);
Status policy_list_page(Web *web);
Status policy_version_page(Web *web);
Status policy_sign_post(Web *web);
Status policy_decision_page(Web *web);

#endif
