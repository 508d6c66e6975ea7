/* treasury_store.h - the SQL of pots. Private to office/treasury. */
#ifndef HUANXIN_OFFICE_TREASURY_STORE_H
#define HUANXIN_OFFICE_TREASURY_STORE_H

#include "office/treasury/treasury.h"

MUST_CHECK Status treasury_store_pot_put(Cx *cx, DbConn *conn, const TreasuryPot *pot);

#endif
