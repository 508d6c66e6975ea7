/*
 * bank.h - the bank's answer to a payment list: its result file, shown before anything changes,
 * booked by a second person; what came back goes to the applicant for another account.
 *
 *   list made ──pay file──▶ sent ──result file──▶ read 待入账 ──book──▶ booked 已入账
 *                                                     └──drop──▶ dropped 已作废
 *   pay line   sent ──▶ paid        (the claim is paid)
 *               └─────▶ returned    (the claim is approved again, and waits for its applicant)
 *
 * What always holds:
 *   P1 who took a pay file out, and who made the list, books none of its results
 *   P2 the same file counts once; the same line is booked once
 *   P3 only lines that agree in number, account and amount are booked (B1 of bankfile.h)
 *   P4 a returned claim is in no list before its applicant has seen to the account
 *
 * Accounts are compared by their keyed hash; the file's own are not kept in clear.
 */
#ifndef HUANXIN_OFFICE_CLAIM_BANK_H
#define HUANXIN_OFFICE_CLAIM_BANK_H

#include "office/claim/claim.h"
#include "office/treasury/treasury.h"

typedef struct PayLine {
    int64_t id;
    int64_t batch_id;
    int64_t claim_id;
    Str number;
    Str account_hash;
    Str account_masked;
    Money amount;
    Str state; /* "sent", "paid", "returned" */
    Str reason;
    int64_t ended_ms;
    bool is_answered; /* returned: the applicant has seen to it */
} PayLine;

typedef struct PayLineList {
    PayLine *items;
    size_t count;
} PayLineList;

typedef struct BankRecord {
    int64_t id;
    int64_t batch_id;
    Str digest;
    Str file_name;
    Str state; /* "read", "booked", "dropped" */
    int64_t line_count;
    Money total;
    bool has_stated;
    Money stated;
    int64_t made_by;
    Str made_name;
    int64_t made_ms;
    int64_t booked_by;
    Str booked_name;
    int64_t booked_ms;
    int64_t problem_count;
    int64_t paid_count;
    Money paid;
    int64_t returned_count;
    Money returned;
} BankRecord;

typedef struct BankRecordList {
    BankRecord *items;
    size_t count;
} BankRecordList;

/* How a payment list stands with the bank. */
typedef struct BankState {
    int64_t batch_id;
    Str programme;
    int64_t year;
    Money total;
    int64_t line_count;
    int64_t made_ms;
    int64_t file_ms; /* first pay file; 0: none was taken */
    int64_t open_count;
    Money open;
    int64_t paid_count;
    Money paid;
    int64_t returned_count;
    Money returned;
    int64_t unbooked_count; /* result files that wait to be booked */
    int64_t problem_count;  /* lines of booked files that were not booked */
    Str state;              /* BANK_STATE_LIST */
} BankState;

/* X(NAME, word, Chinese, tone) */
#define BANK_STATE_LIST(X)                                                                         \
    X(MADE, "made", "未取支付文件", NEUTRAL)                                                       \
    X(SENT, "sent", "已送银行，等结果", INFO)                                                      \
    X(READ, "read", "结果待入账", WARN)                                                            \
    X(OPEN, "open", "有未平差额", BAD)                                                             \
    X(EVEN, "even", "已平", GOOD)

typedef struct BankStateList {
    BankState *items;
    size_t count;
    bool has_more;
} BankStateList;

enum { BANK_ROWS_PER_PAGE = 50 };

/* Puts the lines of a new list down; the account is the one of this moment. */
MUST_CHECK Status bank_lines_make(Cx *cx, DbConn *conn, int64_t batch_id, const Claim *claims,
                                  size_t count);
/* The lines of a list, in their order. */
MUST_CHECK Status bank_lines(Cx *cx, DbConn *conn, int64_t batch_id, PayLineList *out);
/* The return that waits for the applicant of a claim; *has false when there is none. */
MUST_CHECK Status bank_return_of(Cx *cx, DbConn *conn, int64_t claim_id, PayLine *out, bool *has);

/* Notes that a pay file went out; CONFLICT when the bank's answer is known, in part or whole, or
 * the list was marked paid by hand. */
MUST_CHECK Status bank_file_taken(Cx *cx, DbConn *conn, const ClaimBatch *batch, PayForm form);
/* DENIED when the actor of the command made the list or took a pay file of it out (P1). */
MUST_CHECK Status bank_second_check(Cx *cx, DbConn *conn, const ClaimBatch *batch, int64_t user_id);
/* Every open line of a list was paid, told by hand: no result file. CONFLICT when there is one. */
MUST_CHECK Status bank_all_paid(Cx *cx, DbConn *conn, int64_t batch_id);

typedef struct BankUpload {
    int64_t batch_id;
    Str digest; /* hex SM3 of the file */
    Str file_name;
    const BankFile *file; /* accounts already masked and hashed: account holds the hash */
    const Str *masked;    /* one a line */
} BankUpload;
/* Keeps a file that was read. The same file again gives the first one's id. CONFLICT when none of
 * its lines is one of the list; the message says of which list the first one is. */
MUST_CHECK Status bank_upload(Cx *cx, DbConn *conn, const BankUpload *upload, int64_t *id);
MUST_CHECK Status bank_find(Cx *cx, DbConn *conn, int64_t id, BankRecord *out);
MUST_CHECK Status bank_results(Cx *cx, DbConn *conn, int64_t batch_id, BankRecordList *out);
/* Matches a kept file with the lines of its list as they stand now. */
MUST_CHECK Status bank_look(Cx *cx, DbConn *conn, const BankRecord *record, BankFile *file,
                            BankResult *out);
/* Books a file: paid lines are paid, returned ones go back; all or nothing. DENIED by P1; CONFLICT
 * when it is booked or dropped, when nothing in it can be booked, or a version has lost its
 * signature. O(lines). */
MUST_CHECK Status bank_book(Cx *cx, DbConn *conn, const City *city, int64_t id);
/* Drops a file that was not booked: a wrong one. */
MUST_CHECK Status bank_drop(Cx *cx, DbConn *conn, int64_t id);

/* How lists stand, newest first; state and programme may be empty. */
MUST_CHECK Status bank_states(Cx *cx, DbConn *conn, Str state, Str programme, int64_t page,
                              BankStateList *out);

typedef struct BankAccountChange {
    int64_t claim_id;
    int64_t person_id;
    PeopleSealed account;
    int64_t now_ms;
} BankAccountChange;
/* The applicant's answer to a return: another account, or the same once more. CONFLICT when none
 * waits. The clock of payment goes on. */
MUST_CHECK Status bank_account_change(Cx *cx, DbConn *conn, const City *city,
                                      const BankAccountChange *change);

Status bank_upload_page(Web *web);
Status bank_upload_post(Web *web);
Status bank_result_page(Web *web);
Status bank_book_post(Web *web);
Status bank_drop_post(Web *web);
Status bank_reconcile_page(Web *web);
Status bank_reconcile_file(Web *web);
Status bank_account_page(Web *web);
Status bank_account_post(Web *web);

#endif
