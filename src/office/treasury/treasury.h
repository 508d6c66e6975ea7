/*
 * treasury.h - which pot pays which programme, and what the fund tree shows to people. The money
 * itself moves in src/ledger; here are the programme's pot, its rules for coupons, and the pages.
 */
#ifndef HUANXIN_OFFICE_TREASURY_TREASURY_H
#define HUANXIN_OFFICE_TREASURY_TREASURY_H

#include "ledger/ledger.h"
#include "office/city/city.h"
#include "office/treasury/bankfile.h"
#include "office/treasury/payfile.h"
#include "office/treasury/place.h"
#include "office/treasury/recovery.h"
#include "web/web.h"

typedef struct TreasuryPot {
    Str programme;
    int64_t year;
    FundId fund;
    int64_t validity_days; /* of a coupon: to the end of the n-th day, the day of claiming is 1 */
    int64_t claims_max;    /* claims per person and category in the year, lapsed ones included */
    bool is_open;
} TreasuryPot;

/* NOT_FOUND with a Chinese fault when the programme has no pot in that year. */
MUST_CHECK Status treasury_pot_find(Cx *cx, DbConn *conn, Str programme, int64_t year,
                                    TreasuryPot *out);
/* Creates or replaces the pot of a programme inside a write command; journals it. */
MUST_CHECK Status treasury_pot_put(Cx *cx, DbConn *conn, const TreasuryPot *pot);

typedef struct TreasuryPotSwitch {
    Str programme;
    int64_t year;
    bool is_open;
} TreasuryPotSwitch;
/* Stops or starts the giving out of a programme; coupons that were given stay good. CONFLICT when
 * it is so already. */
MUST_CHECK Status treasury_pot_switch(Cx *cx, DbConn *conn, const TreasuryPotSwitch *to);

typedef struct TreasuryPotList {
    TreasuryPot *items;
    size_t count;
} TreasuryPotList;
MUST_CHECK Status treasury_pots(Cx *cx, DbConn *conn, TreasuryPotList *out);

/* The public meter speaks of pots. */
#include "office/treasury/meter.h"

Status treasury_fund_list_page(Web *web);
Status treasury_fund_page(Web *web);
Status treasury_freeze_post(Web *web);
Status treasury_hold_page(Web *web);
/* The whole tree, or one node with its transfers, as a file: words[0] is "pdf" or "xlsx". */
Status treasury_tree_file(Web *web);
Status treasury_fund_file(Web *web);
Status treasury_hold_file(Web *web);

#endif
