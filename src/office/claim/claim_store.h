/* claim_store.h - the SQL of claims. Private to office/claim. */
#ifndef HUANXIN_OFFICE_CLAIM_STORE_H
#define HUANXIN_OFFICE_CLAIM_STORE_H

#include "office/claim/claim.h"

typedef struct ClaimList {
    Claim *items;
    size_t count;
    bool has_more;
} ClaimList;

MUST_CHECK Status claim_store_insert(Cx *cx, DbConn *conn, const Claim *claim, int64_t *id);
MUST_CHECK Status claim_store_find(Cx *cx, DbConn *conn, int64_t id, Claim *out);
/* Writes every changeable column back; CONFLICT unless the claim is still in state from. */
MUST_CHECK Status claim_store_update(Cx *cx, DbConn *conn, const Claim *claim, Str from);
MUST_CHECK Status claim_store_of_person(Cx *cx, DbConn *conn, int64_t person_id, ClaimList *out);
MUST_CHECK Status claim_store_of_org(Cx *cx, DbConn *conn, int64_t org_id, ClaimList *out);
MUST_CHECK Status claim_store_of_entered(Cx *cx, DbConn *conn, int64_t entered_by, ClaimList *out);
MUST_CHECK Status claim_store_entry_insert(Cx *cx, DbConn *conn, int64_t claim_id,
                                           const ClaimEntry *entry);
/* The draft of a person and programme; *id 0 when there is none. */
MUST_CHECK Status claim_store_draft_of(Cx *cx, DbConn *conn, int64_t person_id, Str programme,
                                       int64_t *id);
/* Live claims of a person, or of an organisation, in a programme and year besides one. */
MUST_CHECK Status claim_store_count(Cx *cx, DbConn *conn, const Claim *claim, int64_t *count);

/* Other claims of the claimant in the programme that stand, of all years. */
MUST_CHECK Status claim_store_standing(Cx *cx, DbConn *conn, const Claim *claim, ClaimList *out);

/* The name of a unit; empty when there is none. */
MUST_CHECK Status claim_store_unit_name(Cx *cx, DbConn *conn, int64_t unit_id, Str *out);

/* Issues that stand. */
MUST_CHECK Status claim_store_issue_insert(Cx *cx, DbConn *conn, int64_t claim_id,
                                           const ClaimIssue *issue, int64_t person_id);
MUST_CHECK Status claim_store_issues(Cx *cx, DbConn *conn, int64_t claim_id, ClaimIssueList *out);
MUST_CHECK Status claim_store_issues_end(Cx *cx, DbConn *conn, int64_t claim_id, Str source,
                                         int64_t now_ms);

/* The queue: claims in a state, oldest submission first. unit_programmes: codes between commas, as
 * ",car_scrap,car_replace,"; others are left out. */
typedef struct ClaimQueue {
    Str state;      /* "review", "second", ... */
    Str programmes; /* ",a,b," */
    int64_t not_by; /* leave out what this officer proposed; 0: nobody */
    bool by_due;    /* nearest due day first, then oldest */
    int64_t page;
    int64_t row_max;
} ClaimQueue;
MUST_CHECK Status claim_store_queue(Cx *cx, DbConn *conn, const ClaimQueue *queue, ClaimList *out);
MUST_CHECK Status claim_store_queue_count(Cx *cx, DbConn *conn, const ClaimQueue *queue,
                                          int64_t *count);
/* Earlier claims of the programme that still wait in review. */
MUST_CHECK Status claim_store_earlier(Cx *cx, DbConn *conn, const Claim *claim, int64_t *count);

typedef struct ClaimFifoRow {
    Str programme;
    int64_t decided_count;
    int64_t overtaking_count; /* claims decided before an earlier one */
    int64_t inversion_count;  /* pairs */
    int64_t late_count;       /* waiting claims whose day has passed */
    int64_t waiting_count;
} ClaimFifoRow;
typedef struct ClaimFifoList {
    ClaimFifoRow *items;
    size_t count;
} ClaimFifoList;
MUST_CHECK Status claim_store_fifo(Cx *cx, DbConn *conn, Day today, ClaimFifoList *out);

/* The public list: decided in favour, newest first. */
MUST_CHECK Status claim_store_notice(Cx *cx, DbConn *conn, int64_t page, int64_t row_max,
                                     ClaimList *out);
/* Notices whose day has passed and to which no objection is open. */
MUST_CHECK Status claim_store_notice_due(Cx *cx, DbConn *conn, Day today, int64_t row_max,
                                         ClaimList *out);

typedef struct ClaimObjectionList {
    ClaimObjection *items;
    size_t count;
} ClaimObjectionList;
MUST_CHECK Status claim_store_objection_insert(Cx *cx, DbConn *conn,
                                               const ClaimObjection *objection, int64_t *id);
MUST_CHECK Status claim_store_objections(Cx *cx, DbConn *conn, int64_t claim_id,
                                         ClaimObjectionList *out);
enum { CLAIM_OBJECTIONS_MAX = 1000 };
/* Objections that wait, to claims of the programmes ",a,b,", the oldest CLAIM_OBJECTIONS_MAX. */
MUST_CHECK Status claim_store_objections_open(Cx *cx, DbConn *conn, Str programmes,
                                              ClaimObjectionList *out);
MUST_CHECK Status claim_store_objection_decide(Cx *cx, DbConn *conn, const ClaimVerdict *verdict,
                                               int64_t objection_id, int64_t *claim_id);

typedef struct ClaimPauseList {
    ClaimPause *items;
    size_t count;
} ClaimPauseList;
MUST_CHECK Status claim_store_pause_insert(Cx *cx, DbConn *conn, const ClaimPause *pause,
                                           int64_t *id);
/* Pauses that stand; of all programmes when programme is empty. */
MUST_CHECK Status claim_store_pauses(Cx *cx, DbConn *conn, Str programme, ClaimPauseList *out);
MUST_CHECK Status claim_store_pause_end(Cx *cx, DbConn *conn, const ClaimPause *pause);

typedef struct ClaimOpenTotal {
    Str programme;
    int64_t year;
    int64_t count;
    Money total;
    Day due; /* the nearest */
} ClaimOpenTotal;
typedef struct ClaimOpenTotalList {
    ClaimOpenTotal *items;
    size_t count;
} ClaimOpenTotalList;
/* Approved claims that are in no list, by programme and year. */
MUST_CHECK Status claim_store_open_totals(Cx *cx, DbConn *conn, ClaimOpenTotalList *out);
MUST_CHECK Status claim_store_approved(Cx *cx, DbConn *conn, Str programme, int64_t year,
                                       int64_t row_max, ClaimList *out);

typedef struct ClaimBatchList {
    ClaimBatch *items;
    size_t count;
} ClaimBatchList;
MUST_CHECK Status claim_store_batch_insert(Cx *cx, DbConn *conn, const ClaimBatch *batch,
                                           int64_t *id);
MUST_CHECK Status claim_store_batch_find(Cx *cx, DbConn *conn, int64_t id, ClaimBatch *out);
MUST_CHECK Status claim_store_batches(Cx *cx, DbConn *conn, ClaimBatchList *out);
MUST_CHECK Status claim_store_batch_paid(Cx *cx, DbConn *conn, const ClaimBatch *paid);
MUST_CHECK Status claim_store_batch_rows(Cx *cx, DbConn *conn, int64_t batch_id, ClaimList *out);

#endif
