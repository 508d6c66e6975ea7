/* bank_store.h - the SQL of pay lines, pay files and result files. Private to office/claim. */
#ifndef HUANXIN_OFFICE_CLAIM_BANK_STORE_H
#define HUANXIN_OFFICE_CLAIM_BANK_STORE_H

#include "office/claim/bank.h"
#include "office/claim/claim_store.h"

/* How often a claim was sent before. */
MUST_CHECK Status bank_store_line_count(Cx *cx, DbConn *conn, int64_t claim_id, int64_t *count);
MUST_CHECK Status bank_store_line_insert(Cx *cx, DbConn *conn, const PayLine *line);
/* Ends an open line; CONFLICT when it is not open. */
MUST_CHECK Status bank_store_line_end(Cx *cx, DbConn *conn, const PayLine *line, int64_t result_id);
MUST_CHECK Status bank_store_line_answer(Cx *cx, DbConn *conn, int64_t id, int64_t now_ms);
/* The list of a payment's number; 0 when there is none. */
MUST_CHECK Status bank_store_batch_of(Cx *cx, DbConn *conn, Str number, int64_t *batch_id);

typedef struct PayFileTaken {
    int64_t batch_id;
    Str form;
    int64_t line_count;
    Money total;
} PayFileTaken;
MUST_CHECK Status bank_store_file_insert(Cx *cx, DbConn *conn, const PayFileTaken *file);
MUST_CHECK Status bank_store_file_by(Cx *cx, DbConn *conn, int64_t batch_id, int64_t person_id,
                                     bool *out);

MUST_CHECK Status bank_store_result_insert(Cx *cx, DbConn *conn, const BankRecord *record,
                                           int64_t *id);
MUST_CHECK Status bank_store_line_keep(Cx *cx, DbConn *conn, int64_t result_id,
                                       const BankLine *line, Str masked);
/* The file of these bytes that was not dropped; 0 when there is none. */
MUST_CHECK Status bank_store_result_of(Cx *cx, DbConn *conn, Str digest, int64_t *id);
/* CONFLICT unless it is still read. */
MUST_CHECK Status bank_store_result_end(Cx *cx, DbConn *conn, const BankRecord *record);
/* The lines of a file; account holds the hash. verdicts and masked: arrays of the same length. */
typedef struct BankKept {
    BankFile file;
    int64_t *ids;
    Str *masked;
    Str *verdicts;
} BankKept;
MUST_CHECK Status bank_store_kept(Cx *cx, DbConn *conn, int64_t result_id, BankKept *out);
MUST_CHECK Status bank_store_verdict(Cx *cx, DbConn *conn, int64_t line_id, Str verdict);

#endif
