/* steps.h - steps of a claim that payment takes, each journaled. Private to office/claim. */
#ifndef HUANXIN_OFFICE_CLAIM_STEPS_H
#define HUANXIN_OFFICE_CLAIM_STEPS_H

#include "office/claim/claim.h"

/* in_batch → paid: the money moves from approved to paid. CONFLICT when the version has lost its
 * signature or the fund is frozen. */
MUST_CHECK Status claim_step_paid(Cx *cx, DbConn *conn, const City *city, Claim *claim,
                                  int64_t now_ms);
/* in_batch → approved, in no list: the bank returned it. The money stays approved, the clock of
 * payment stands still. */
MUST_CHECK Status claim_step_returned(Cx *cx, DbConn *conn, const City *city, Claim *claim,
                                      int64_t now_ms);
/* Another account for an approved claim; the clock goes on. */
MUST_CHECK Status claim_step_account(Cx *cx, DbConn *conn, const City *city, Claim *claim,
                                     const PeopleSealed *account, int64_t now_ms);

#endif
