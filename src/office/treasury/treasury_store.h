/* treasury_store.h - the SQL of pots, proposals and recoveries. Private to office/treasury. */
#ifndef HUANXIN_OFFICE_TREASURY_STORE_H
#define HUANXIN_OFFICE_TREASURY_STORE_H

#include "office/treasury/treasury.h"
#include "office/treasury/treasury_setup.h"

MUST_CHECK Status recovery_store_insert(Cx *cx, DbConn *conn, const Recovery *recovery);
MUST_CHECK Status recovery_store_end(Cx *cx, DbConn *conn, const Recovery *recovery);
MUST_CHECK Status treasury_store_pot_put(Cx *cx, DbConn *conn, const TreasuryPot *pot);
MUST_CHECK Status setup_store_insert(Cx *cx, DbConn *conn, const Setup *setup, int64_t *id);
/* Writes the decision of the command's actor; CONFLICT when somebody was faster. */
MUST_CHECK Status setup_store_decide(Cx *cx, DbConn *conn, const Setup *setup);
/* The name of a shop by its uniform social credit code; empty: there is none. */
MUST_CHECK Status setup_store_shop_name(Cx *cx, DbConn *conn, Str uscc, Str *out);

#endif
