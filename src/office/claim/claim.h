/*
 * claim.h - subsidies paid after purchase: one engine for all programmes, each declared in
 * cities/<city>/claim/<programme>.yaml and decided by its signed policy version.
 *
 *   draft ──submit──▶ clean: approved by the table in the same command
 *     ▲                 └ else ▶ review ──propose──▶ second ──confirm──▶ approved or refused
 *     │                            │  ▲                │ disagree: back to review
 *     └───── correction ◀──correct─┘  └──resubmit──────┘
 *   approved ─(notice)▶ in_batch ─▶ paid ─▶ recovering ─▶ recovered;   any time before: withdrawn
 *   (begun and ended by two people; written off, it is paid again)
 *
 * What always holds:
 *   C1 all defects are told at once, before submission, each at its field
 *   C2 money is reserved when a claim is submitted, in the same command; what ends it frees it
 *   C3 a version that is not payable (unsigned, switched off, not in force) never gets so far
 *   C4 a vehicle, an invoice, a unit, a machine is used once, over all programmes and years
 * (once.h) C5 an exception is decided by two different officers of the unit in charge C6 the clock
 * runs in working days, only where the city's data give a length, and stands still only while the
 * applicant corrects or an objection is examined C7 who goes before an earlier claim is counted
 * (overtaken), claim by claim C8 the stored decision replays: version, inputs, fired row, outcome
 *
 * All changing functions run inside a write command. Ownership: results live in cx->arena.
 */
#ifndef HUANXIN_OFFICE_CLAIM_CLAIM_H
#define HUANXIN_OFFICE_CLAIM_CLAIM_H

#include "attach/attach.h"
#include "ledger/ledger.h"
#include "office/city/city.h"
#include "office/people/people.h"
#include "office/policy/policy.h"
#include "web/web.h"

/* X(NAME, stored word, Chinese, tone) */
#define CLAIM_STATE_LIST(X)                                                                        \
    X(DRAFT, "draft", "草稿，还没有提交", WARN)                                                    \
    X(REVIEW, "review", "复核中", INFO)                                                            \
    X(SECOND, "second", "复核中（二审）", INFO)                                                    \
    X(CORRECTION, "correction", "待补正", WARN)                                                    \
    X(NOTICE, "notice", "公示中", INFO)                                                            \
    X(APPROVED, "approved", "已核准，待拨付", GOOD)                                                \
    X(IN_BATCH, "in_batch", "已送财政拨付", GOOD)                                                  \
    X(PAID, "paid", "已拨付", GOOD)                                                                \
    X(REFUSED, "refused", "不予补贴", BAD)                                                         \
    X(WITHDRAWN, "withdrawn", "已撤回", NEUTRAL)                                                   \
    X(RECOVERING, "recovering", "追回中", WARN)                                                    \
    X(RECOVERED, "recovered", "已追回", NEUTRAL)

/* ---- declarations (declare.c) ---- */

/* X(NAME, word in the YAML) How an answer is asked and checked. */
#define CLAIM_TYPE_LIST(X)                                                                         \
    X(TEXT, "text")                                                                                \
    X(VIN, "vin")                                                                                  \
    X(PLATE, "plate")                                                                              \
    X(INVOICE, "invoice")                                                                          \
    X(SERIAL, "serial")                                                                            \
    X(GTIN, "gtin")                                                                                \
    X(DAY, "day")                                                                                  \
    X(MONEY, "money")                                                                              \
    X(INT, "int")                                                                                  \
    X(CHOICE, "choice")                                                                            \
    X(FLAG, "flag")                                                                                \
    X(NAME, "name") /* must be the applicant's own; only whether it is is kept */                  \
    X(CARD, "card") /* the account that is paid; sealed */

typedef enum ClaimType {
#define X(name, word) CLAIM_##name,
    CLAIM_TYPE_LIST(X)
#undef X
} ClaimType;

typedef struct ClaimField {
    Str code;     /* its name in forms and JSON */
    Str question; /* of the policy table that it answers; or empty */
    Str label;
    Str hint;
    Str once; /* namespace in which its value may be used once; or empty */
    ClaimType type;
    const Str *choices;
    size_t choice_count;
    Str when_field; /* asked only when that answer is when_value, or when is_unless any other */
    Str when_value;
    bool is_unless;
    bool may_be_future; /* a day that may lie ahead, as that of compulsory scrapping */
    size_t step;
} ClaimField;

typedef struct ClaimPaper {
    Str code;
    Str title;
    Str hint;
    bool is_optional;
} ClaimPaper;

/* X(NAME, word) Where the answer to a question comes from that nobody is asked. */
#define CLAIM_SOURCE_LIST(X)                                                                       \
    X(COUNT, "count")       /* live claims of the person in the programme and year */              \
    X(PERIOD, "period")     /* days of the claimant's earlier periods; a person looks too */       \
    X(NO, "no")             /* excluded by a check that stops the claim */                         \
    X(TODAY, "today")       /* the day of first submission */                                      \
    X(REGISTER, "register") /* listed in a register of the city; else a person looks */            \
    X(OFFICER, "officer")   /* nobody here knows it: always looked at by a person */

typedef enum ClaimSource {
#define X(name, word) CLAIM_FROM_##name,
    CLAIM_SOURCE_LIST(X)
#undef X
} ClaimSource;

typedef struct ClaimSystem {
    Str question;
    ClaimSource source;
    Str field; /* of the register's key */
    const Str *listed;
    size_t listed_count;
    Str when_field;
    Str when_value;
} ClaimSystem;

/* What holds when officers find that a condition left open by the rules is met. */
typedef struct ClaimManual {
    Str rule;
    Str question;
    Str value; /* JSON text */
} ClaimManual;

typedef struct ClaimOrder {
    Str first; /* codes of two days: first <= then */
    Str then;
    Str message;
} ClaimOrder;

/* A thing that is subsidised period by period, as a loan: codes of the fields that say which thing,
 * from when to when, and how many of these days count. Periods of one thing may not overlap. */
typedef struct ClaimPeriod {
    Str same; /* empty: the programme has no periods */
    Str from;
    Str to;
    Str days;
} ClaimPeriod;

typedef struct ClaimWindow {
    Day bought_from;
    Day bought_to;
    Day file_by; /* DAY_NONE: not known, and so none is held against anybody */
} ClaimWindow;

typedef struct ClaimStep {
    Str title;
    Str about;
} ClaimStep;

typedef struct ClaimProgramme {
    Str code;
    Str title;
    Str about;
    Str unit;   /* name of the unit that decides */
    Str number; /* letters before the number of a claim */
    Str bought; /* code of the purchase date */
    Str phone;  /* where to ask; or empty */
    bool is_for_person;
    bool is_for_org; /* enterprises and other organisations may claim */
    ClaimStep *steps;
    size_t step_count;
    ClaimField *fields;
    size_t field_count;
    ClaimPaper *papers;
    size_t paper_count;
    ClaimSystem *systems;
    size_t system_count;
    ClaimManual *manuals;
    size_t manual_count;
    ClaimOrder *orders;
    size_t order_count;
    ClaimWindow *windows;
    size_t window_count;
    ClaimPeriod period;
    int64_t accept_days; /* working days; 0: not set */
    int64_t review_days;
    int64_t pay_days;
    int64_t notice_days;
} ClaimProgramme;

typedef struct ClaimLibrary ClaimLibrary;
struct ClaimLibrary {
    ClaimProgramme *items;
    size_t count;
};

typedef struct ClaimPlace {
    Str folder; /* the city's: registers stand below it */
    Str file;   /* named in messages */
    const PolicyLibrary *policies;
} ClaimPlace;
/* Reads one declaration. INVALID with the file and what is wrong, also when a question of a paying
 * version is neither asked nor answered by a source. */
MUST_CHECK Status claim_programme_read(Cx *cx, const ClaimPlace *place, Str text,
                                       ClaimProgramme *out);
/* Reads folder/claim/ *.yaml in the order of names; the first that is wrong ends it. */
MUST_CHECK Status claim_library_load(Cx *cx, Str folder, const PolicyLibrary *policies,
                                     ClaimLibrary **out);
/* The declaration of a programme, or NULL. */
const ClaimProgramme *claim_programme(const City *city, Str code);
/* The field of a code, or NULL. */
const ClaimField *claim_field(const ClaimProgramme *programme, Str code);

/* ---- a claim ---- */

typedef struct Claim {
    int64_t id;
    Str programme;
    int64_t year;
    Str version;
    Str number;         /* empty before submission */
    int64_t person_id;  /* the claimant, or who filed it for the organisation */
    int64_t org_id;     /* the organisation that claims; 0: the person */
    int64_t entered_by; /* who entered it for the claimant; 0: nobody */
    Str entered_as;     /* "counter", "relative"; or empty */
    Str state;
    Str answers; /* JSON: code -> text as normalised */
    Day bought;
    Money amount;
    HoldId hold;
    int64_t decision_id;
    Str rule;
    bool is_clean;
    int64_t correction_count;
    int64_t created_ms;
    int64_t saved_ms;
    int64_t submitted_ms;
    Str stage; /* what the clock measures: "review", "pay"; empty: nothing */
    Day due;   /* DAY_NONE: no clock, or it stands still */
    int64_t left_days;
    Str proposed; /* "approve", "refuse" */
    int64_t proposed_by;
    Str reason;
    int64_t decided_by;
    int64_t decided_ms;
    int64_t overtaken_count;
    Day notice_until;
    int64_t batch_id;
    int64_t paid_ms;
    Str account_masked;
    Str account_hash;
    Str account_sealed;
} Claim;

typedef struct ClaimIssue {
    int64_t id;
    Str source; /* "check", "officer" */
    Str code;
    Str field; /* code of the field or paper; empty: the claim */
    Str text;
    Str hint;
    bool blocks; /* the applicant must act; otherwise a person looks */
    int64_t made_ms;
} ClaimIssue;

typedef struct ClaimIssueList {
    ClaimIssue *items;
    size_t count;
} ClaimIssueList;

/* What the checks found of a claim as it stands. */
typedef struct ClaimCheck {
    ClaimIssueList issues;
    size_t block_count;
    size_t review_count;
    const PolicyVersion *version; /* NULL: none judges the day */
    bool has_answer;              /* the table could be asked */
    PolicyAnswer answer;
    Money amount;     /* what is reserved */
    bool is_held;     /* amount is what the claim gets if officers find an open condition met */
    PolicyAnswer met; /* then: the answer with it met */
} ClaimCheck;

/* How a claim came in that somebody entered for the claimant. */
typedef struct ClaimEntry {
    Str consent;  /* number of the paper on which the claimant agrees */
    Str relation; /* of the relative; or empty */
    PeopleSealed helper;
    PeopleSealed helper_id;
    int64_t made_ms;
} ClaimEntry;

MUST_CHECK Status claim_find(Cx *cx, DbConn *conn, int64_t id, Claim *out);
/* As claim_find, and NOT_FOUND unless it is this person's: the claimant's, that of the person's
 * organisation, or one that the person entered for the claimant. */
MUST_CHECK Status claim_find_own(Cx *cx, DbConn *conn, int64_t id, int64_t person_id, Claim *out);
/* The answer of a code, or STR_NONE. */
Str claim_answer(Cx *cx, const Claim *claim, Str code);
/* True when a field applies, by its `when`. */
bool claim_is_asked(Cx *cx, const Claim *claim, const ClaimField *field);

/* Runs every check at now_ms, on a read connection or inside a command: completeness, codes, dates,
 * names, papers, what was used before, window and pause, version, decision, likenesses. */
MUST_CHECK Status claim_check(Cx *cx, DbConn *conn, const City *city, const Claim *claim,
                              int64_t now_ms, ClaimCheck *out);

typedef struct ClaimDraft {
    Str programme;
    int64_t person_id;
    int64_t org_id;     /* the organisation that claims; 0: the person */
    int64_t entered_by; /* who enters it for the person; 0: nobody */
    Str entered_as;
    const ClaimEntry *entry; /* with entered_by */
    Day bought;
    int64_t now_ms;
} ClaimDraft;
/* Begins a draft. CONFLICT when the programme does not take this purchase day now, is not for such
 * a claimant, or the organisation is suspended; a draft of the same person and programme is given
 * again instead of a second one. An organisation may have several: one for each thing. */
MUST_CHECK Status claim_draft_make(Cx *cx, DbConn *conn, const City *city, const ClaimDraft *draft,
                                   int64_t *id);

typedef struct ClaimSave {
    int64_t claim_id;
    int64_t person_id;
    Str answers;          /* JSON of the codes that were answered now; null takes one away */
    PeopleSealed account; /* empty: unchanged */
    int64_t now_ms;
} ClaimSave;
/* Keeps answers of a draft or of a claim under correction. */
MUST_CHECK Status claim_save(Cx *cx, DbConn *conn, const City *city, const ClaimSave *save);

typedef struct ClaimPaperNew {
    int64_t claim_id;
    int64_t person_id;
    Str code;
    Str name;
    const AttachFile *file;
    int64_t now_ms;
} ClaimPaperNew;
/* Adds a paper, replacing the one before of the same kind. */
MUST_CHECK Status claim_paper_add(Cx *cx, DbConn *conn, const ClaimPaperNew *paper);

/* Submits a draft, or a corrected claim again. INVALID or CONFLICT with the first defect when the
 * checks refuse it; CONFLICT when the pot has not enough. A clean claim is approved here. */
MUST_CHECK Status claim_submit(Cx *cx, DbConn *conn, const City *city, int64_t claim_id,
                               int64_t person_id, int64_t now_ms);
/* Takes a claim back before it is in a payment list; everything it held is free again. */
MUST_CHECK Status claim_withdraw(Cx *cx, DbConn *conn, int64_t claim_id, int64_t person_id,
                                 int64_t now_ms);

/* ---- for somebody else ---- */

/* A claim that a clerk at a counter or a relative enters. The claimant is found by the ID number,
 * or an account without sign-in is made. */
typedef struct ClaimEnter {
    ClaimDraft draft; /* person_id is filled in */
    PersonNew claimant;
} ClaimEnter;
/* INVALID at "name" when the ID number is known with another name, CONFLICT when it is that of the
 * one who enters; otherwise as claim_draft_make. */
MUST_CHECK Status claim_enter(Cx *cx, DbConn *conn, const City *city, ClaimEnter *enter,
                              int64_t *id);
/* The entry of a claim; nothing is set when it came in by itself. */
MUST_CHECK Status claim_entry_find(Cx *cx, DbConn *conn, int64_t claim_id, ClaimEntry *out);
/* The name of the claimant as pages show it: of persons masked, of organisations in full. */
MUST_CHECK Status claim_claimant_name(Cx *cx, DbConn *conn, const Claim *claim, Str *out);
/* INVALID at a field unless the digits can be the claimant's account: a card of a person with its
 * check digit; organisations' accounts have none that all banks share. */
MUST_CHECK Status claim_account_check(Cx *cx, const char *field, const Claim *claim, Str digits);
/* What a field is called for this claimant: an organisation has no "own card". */
Str claim_field_label(const Claim *claim, const ClaimField *field);
/* The papers of a claim: those of its programme, and the consent where somebody else entered it. */
const ClaimPaper *claim_papers_of(Arena *arena, const ClaimProgramme *programme, const Claim *claim,
                                  size_t *count);

/* ---- officers ---- */

typedef struct ClaimVerdict {
    int64_t claim_id;
    int64_t officer_id;
    Str verdict; /* "approve", "refuse"; second officer: "agree", "disagree" */
    Str reason;
    int64_t now_ms;
} ClaimVerdict;
/* The first officer's word on an exception. DENIED, like everything an officer decides, for the one
 * who entered the claim. */
MUST_CHECK Status claim_propose(Cx *cx, DbConn *conn, const City *city,
                                const ClaimVerdict *verdict);
/* The second officer's; DENIED for the one who proposed. */
MUST_CHECK Status claim_confirm(Cx *cx, DbConn *conn, const City *city,
                                const ClaimVerdict *verdict);

typedef struct ClaimCorrection {
    int64_t claim_id;
    int64_t officer_id;
    const ClaimIssue *issues; /* field, text: everything that is wrong, at once */
    size_t count;
    int64_t now_ms;
} ClaimCorrection;
/* Gives a claim back for correction; the clock stands still. */
MUST_CHECK Status claim_correct(Cx *cx, DbConn *conn, const City *city,
                                const ClaimCorrection *correction);

typedef struct ClaimObjection {
    int64_t id;
    int64_t claim_id;
    int64_t person_id;
    Str text;
    Str state; /* "open", "upheld", "dismissed" */
    Str answer;
    int64_t made_ms;
} ClaimObjection;
/* Objects to a claim on the notice; its clock stands still until the objection is decided. */
MUST_CHECK Status claim_object(Cx *cx, DbConn *conn, const City *city,
                               const ClaimObjection *objection);
/* Decides an objection: upheld sends the claim back to review, dismissed lets it go on. */
MUST_CHECK Status claim_objection_decide(Cx *cx, DbConn *conn, const City *city,
                                         const ClaimVerdict *verdict, int64_t objection_id);
/* Ends notices whose day has passed without an open objection, up to count_max. */
MUST_CHECK Status claim_notice_end(Cx *cx, DbConn *conn, Day today, int64_t count_max,
                                   int64_t *count);
/* The same in the background. */
MUST_CHECK Status claim_notice_job(Cx *cx, const City *city, int64_t now_ms);

typedef struct ClaimPause {
    int64_t id;
    Str programme;
    Day bought_from;
    Day file_by; /* DAY_NONE: none */
    Str basis;
    int64_t person_id;
    int64_t now_ms;
} ClaimPause;
MUST_CHECK Status claim_pause_set(Cx *cx, DbConn *conn, const ClaimPause *pause, int64_t *id);
MUST_CHECK Status claim_pause_end(Cx *cx, DbConn *conn, int64_t pause_id, int64_t person_id,
                                  int64_t now_ms);

/* ---- payment ---- */

enum {
    CLAIM_BATCH_MAX = 1000,
    /* Five papers of a phone's camera in one form. */
    CLAIM_UPLOADS_BYTES_MAX = 40 * 1024 * 1024,
};

typedef struct ClaimBatch {
    int64_t id;
    Str programme;
    int64_t year;
    Str state; /* "made", "paid" */
    int64_t claim_count;
    Money total;
    int64_t made_by;
    int64_t made_ms;
    int64_t paid_ms;
    Str bank_reference;
} ClaimBatch;
/* Gathers the oldest approved claims of a programme and year, at most CLAIM_BATCH_MAX, into a list
 * for finance. CONFLICT when there is none. */
MUST_CHECK Status claim_batch_make(Cx *cx, DbConn *conn, const ClaimBatch *batch, int64_t *id);
/* Marks a list paid: every claim's money moves from approved to paid. CONFLICT when it is paid, or
 * by the one who made it, or when a version has lost its signature meanwhile. */
MUST_CHECK Status claim_batch_pay(Cx *cx, DbConn *conn, const City *city, const ClaimBatch *paid);
/* Begins the recovery of a paid claim, and ends it: verdict "written_off" says that the money will
 * never come back, anything else that it has. DENIED for the officer who began it. */
MUST_CHECK Status claim_recover_begin(Cx *cx, DbConn *conn, const ClaimVerdict *verdict);
MUST_CHECK Status claim_recover_end(Cx *cx, DbConn *conn, const ClaimVerdict *verdict);

ViewValue claim_state_view(Str state);

/* ---- pages ---- */

Status claim_list_page(Web *web);
Status claim_new_page(Web *web);
Status claim_new_post(Web *web);
Status claim_step_page(Web *web);
Status claim_step_post(Web *web);
Status claim_page(Web *web);
Status claim_submit_post(Web *web);
Status claim_withdraw_post(Web *web);
Status claim_paper_page(Web *web);
Status claim_enter_page(Web *web);
Status claim_enter_post(Web *web);
Status claim_notice_page(Web *web);
Status claim_object_page(Web *web);
Status claim_object_post(Web *web);

Status claim_queue_page(Web *web);
Status claim_desk_page(Web *web);
Status claim_desk_post(Web *web);
Status claim_fifo_page(Web *web);
Status claim_objection_post(Web *web);
Status claim_pause_page(Web *web);
Status claim_pause_post(Web *web);
Status claim_pause_end_post(Web *web);

Status claim_batch_list_page(Web *web);
Status claim_batch_post(Web *web);
Status claim_batch_page(Web *web);
Status claim_batch_file_post(Web *web);
Status claim_batch_paid_post(Web *web);
Status claim_recover_page(Web *web);
Status claim_recover_post(Web *web);

#endif
