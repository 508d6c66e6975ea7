/*
 * offer.h - 免申即享: who, by the records in the house, already meets a programme's conditions and
 * has no claim for it.
 *
 *   record ──rule (cities/<city>/offer)──▶ answers of a claim ──policy version──▶ offer: found
 *   found ──officer──▶ invited ──owner──▶ accepted: a claim draft with the answers filled in, and
 *                                     │   submitted at once when nothing is missing
 *                                     └▶ declined
 *
 * What always holds:
 *   O1 an offer pays nothing and decides nothing: the claim that comes of it is checked like any
 * other O2 what has been used once, by whatever claim or sale, is no offer O3 a record that no
 * longer meets the conditions is no offer any more, whatever was found before O4 only the firm that
 * owns the thing sees an offer and takes it up; only officers of the unit in charge hand it on O5
 * no request looks through the records: a background job follows the journal, and walks a kind
 *      again only when the rule or the policy has changed
 *
 * Ownership: results live in cx->arena; the library as long as the city.
 */
#ifndef HUANXIN_OFFICE_OFFER_OFFER_H
#define HUANXIN_OFFICE_OFFER_OFFER_H

#include "office/city/city.h"
#include "office/claim/claim.h"
#include "record/record.h"
#include "web/web.h"

/* X(NAME, stored word, Chinese, tone) */
#define OFFER_STATE_LIST(X)                                                                        \
    X(FOUND, "found", "未告知", WARN)                                                              \
    X(INVITED, "invited", "已告知", INFO)                                                          \
    X(ACCEPTED, "accepted", "已生成申请", GOOD)                                                    \
    X(DECLINED, "declined", "权利人不申请", NEUTRAL)

/* How an answer of the claim comes from the record. */
typedef struct OfferAnswer {
    Str code;     /* of the claim's field */
    Str value;    /* the same for every record; or empty */
    size_t field; /* of the record's kind; SIZE_MAX: value */
    Str *from;    /* codes of a choice, and the words that they become */
    Str *to;
    size_t map_count;
    int64_t add_years; /* to a day; 0: none */
    size_t age_at;     /* a day field: full years between the field's year and it; SIZE_MAX */
} OfferAnswer;

typedef struct OfferWhere {
    size_t field;
    Str code;
} OfferWhere;

typedef struct OfferRule {
    Str code;
    Str title;
    const ClaimProgramme *programme;
    const RecordKind *kind;
    uint64_t states; /* set of state indexes */
    OfferWhere *wheres;
    size_t where_count;
    size_t owner; /* SIZE_MAX: the firm that filed the record */
    size_t town;  /* SIZE_MAX: none */
    size_t thing;
    Str once;
    size_t judged; /* SIZE_MAX: the day of looking */
    OfferAnswer *answers;
    size_t answer_count;
    Str digest; /* SM3 of the file, hex */
} OfferRule;

typedef struct OfferLibrary OfferLibrary;
struct OfferLibrary {
    OfferRule *items;
    size_t count;
};

/* Reads one rule; file is named in messages. INVALID with what is wrong. */
MUST_CHECK Status offer_rule_read(Cx *cx, const City *city, Str file, Str text, OfferRule *out);
/* Reads folder/offer/ *.yaml in the order of names. INVALID with the file and what is wrong. A city
 * without the folder has no rules. */
MUST_CHECK Status offer_library_load(Cx *cx, const City *city, OfferLibrary **out);

typedef struct Offer {
    int64_t id;
    Str rule;
    int64_t record_id;
    Str kind;
    Str record_number;
    Str programme;
    Str unit;       /* name of the unit in charge */
    Str town;       /* code, or empty */
    int64_t org_id; /* 0: no firm of the house owns it; an officer tells the owner */
    Str owner_name;
    Str space; /* once.h */
    Str thing;
    Day bought;
    Str version;
    Str fired;
    Money amount;
    bool is_unset; /* the conditions are met, the sum is not set */
    Str reason;
    Str conditions; /* what the record does not say; empty: it says everything */
    Str answers;    /* JSON of the claim's codes */
    bool is_good;
    Str state;
    int64_t claim_id;
    int64_t found_ms;
} Offer;

/* Judges a record by a rule on a day: *is_offer tells whether the conditions are met. Reads only.
 * O(border cases * table). */
MUST_CHECK Status offer_judge(Cx *cx, DbConn *conn, const City *city, const OfferRule *rule,
                              const Record *record, Day today, Offer *out, bool *is_offer);
/* Follows what has changed since the last time, in the background; each call does a bounded piece
 * of work. */
MUST_CHECK Status offer_job(Cx *cx, const City *city, int64_t now_ms);

typedef struct OfferAct {
    int64_t offer_id;
    int64_t person_id;
    int64_t now_ms;
} OfferAct;
/* Hands an offer on to its owner, inside a write command. DENIED for other units, CONFLICT when it
 * has been handed on, is used meanwhile, or no firm of the house owns it. */
MUST_CHECK Status offer_invite(Cx *cx, DbConn *conn, const OfferAct *act);
/* The owner's one click: begins the claim with the record's answers, and submits it when nothing
 * stands in its way. *claim_id gets the claim. NOT_FOUND unless it is the person's firm's. */
MUST_CHECK Status offer_accept(Cx *cx, DbConn *conn, const City *city, const OfferAct *act,
                               int64_t *claim_id);
MUST_CHECK Status offer_decline(Cx *cx, DbConn *conn, const OfferAct *act);

Status offer_list_page(Web *web);
Status offer_list_file(Web *web);
Status offer_invite_post(Web *web);
Status offer_invite_all_post(Web *web);
Status offer_own_page(Web *web);
Status offer_accept_post(Web *web);
Status offer_decline_post(Web *web);

#endif
