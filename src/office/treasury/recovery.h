/*
 * recovery.h - money that was paid and must come back (追回): who began it, who ended it, never the
 * same person. The office of the case moves its own state and the ledger in the same command.
 * Shown through treasury.h.
 *
 *   begin ──▶ open 追回中 ──another person──▶ received 已追回
 *                                 └─────────▶ written_off 已核销 (it will never come back)
 */
#ifndef HUANXIN_OFFICE_TREASURY_RECOVERY_H
#define HUANXIN_OFFICE_TREASURY_RECOVERY_H

#include "base/cx.h"
#include "db/db.h"

typedef struct Recovery {
    int64_t id;
    Str subject; /* "claim", "sale" */
    int64_t subject_id;
    Str reason;
    int64_t begun_by; /* 0: not known */
    Str begun_name;
    int64_t begun_ms;
    Str outcome; /* "": open; "received", "written_off" */
    Str reference;
    int64_t ended_by;
    Str ended_name;
    int64_t ended_ms;
} Recovery;

/* Begins one. CONFLICT when one is open, or the money was written off before. begun_by 0: the
 * system itself. */
MUST_CHECK Status recovery_begin(Cx *cx, DbConn *conn, const Recovery *recovery);
/* Ends the open one: outcome, reference (the bank's number, or the document of the write-off),
 * ended_by. DENIED for the person who began it, CONFLICT when none is open. */
MUST_CHECK Status recovery_end(Cx *cx, DbConn *conn, const Recovery *recovery);
/* The newest of a subject; *has false when there is none. */
MUST_CHECK Status recovery_find(Cx *cx, DbConn *conn, Str subject, int64_t subject_id,
                                Recovery *out, bool *has);
/* "已追回", "已核销" or "追回中". */
Str recovery_outcome_zh(Str outcome);

#endif
