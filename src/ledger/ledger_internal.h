/* ledger_internal.h - what the files of src/ledger share. Not for other modules. */
#ifndef HUANXIN_LEDGER_LEDGER_INTERNAL_H
#define HUANXIN_LEDGER_LEDGER_INTERNAL_H

#include "base/buf.h"
#include "ledger/ledger.h"

/* ---- the store (ledger_store.c): only SQL ---- */

/* A node on the way from a fund to its root. */
typedef struct PathNode {
    Fund fund;
    /* Use at the fund is use of this node's own money: all nodes below it on the way are caps. */
    bool is_direct;
} PathNode;

/* The way, leaf first. */
typedef struct Path {
    PathNode *nodes;
    size_t count; /* 0: there is no such fund */
} Path;

/* What a posting adds to the totals of every node on the way; fen, may be negative. */
typedef struct Delta {
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
    LedgerShares paid_shares;
} Delta;

/* A hold with what its source says. */
typedef struct HoldRow {
    Hold hold;
    FundId root;
    int64_t rate_bp[LEDGER_LEVEL_COUNT];
    bool is_recovered_reusable;
} HoldRow;

/* All of these that read or change a fund end the crowd first (ledger_crowd.c), except
 * store_path_read and store_reserved_add, which are the crowd's own. */
MUST_CHECK Status store_path(Cx *cx, DbConn *conn, FundId fund, Path *out);
MUST_CHECK Status store_path_read(Cx *cx, DbConn *conn, FundId fund, Path *out);
/* Adds to a fund's reserved total and to what of it is its own money. */
MUST_CHECK Status store_reserved_add(Cx *cx, DbConn *conn, FundId fund, int64_t reserved_fen,
                                     int64_t direct_fen);
/* NOT_FOUND with words. */
MUST_CHECK Status store_fund(Cx *cx, DbConn *conn, FundId fund, Fund *out);
MUST_CHECK Status store_fund_by_path(Cx *cx, DbConn *conn, Str path, Fund *out);
MUST_CHECK Status store_children(Cx *cx, DbConn *conn, FundId fund, FundList *out);
MUST_CHECK Status store_all_funds(Cx *cx, DbConn *conn, FundList *out);
/* NOT_FOUND with words. */
MUST_CHECK Status store_hold(Cx *cx, DbConn *conn, HoldId hold, HoldRow *out);

/* Inserts a fund and its way; *is_taken when the path is used. */
MUST_CHECK Status store_fund_insert(Cx *cx, DbConn *conn, const Fund *fund, FundId *out,
                                    bool *is_taken);
/* Adds to a fund's own appropriation and to what it gave to allocations. */
MUST_CHECK Status store_fund_add(Cx *cx, DbConn *conn, FundId fund, int64_t appropriated_fen,
                                 int64_t allocated_fen);
MUST_CHECK Status store_fund_flags(Cx *cx, DbConn *conn, FundId fund, bool is_frozen,
                                   bool is_closed);
MUST_CHECK Status store_open_child_exists(Cx *cx, DbConn *conn, FundId fund, bool *out);

/* Adds the delta to the whole way at once. With is_guarded only if no node of it is frozen, closed
 * or would be overspent: then *is_done is false and nothing has changed. */
MUST_CHECK Status store_post(Cx *cx, DbConn *conn, FundId fund, const Delta *delta, bool is_guarded,
                             bool *is_done);
MUST_CHECK Status store_hold_insert(Cx *cx, DbConn *conn, const HoldSpec *spec, HoldId *out);
/* Writes the amounts and the fund of a hold. */
MUST_CHECK Status store_hold_update(Cx *cx, DbConn *conn, const Hold *hold);
MUST_CHECK Status store_transfer_insert(Cx *cx, DbConn *conn, const Transfer *transfer);

MUST_CHECK Status store_transfers_of_fund(Cx *cx, DbConn *conn, FundId fund,
                                          const TransferPage *page, TransferList *out);
MUST_CHECK Status store_transfers_of_hold(Cx *cx, DbConn *conn, HoldId hold, TransferList *out);

/* For the audit: each group is one kind, fund and other with its sums. */
typedef struct TransferSum {
    TransferKind kind;
    FundId fund;
    FundId other;
    int64_t count;
    Money amount;
    LedgerShares shares;
} TransferSum;
typedef struct TransferSumList {
    TransferSum *items;
    size_t count;
} TransferSumList;
MUST_CHECK Status store_transfer_sums(Cx *cx, DbConn *conn, TransferSumList *out);
MUST_CHECK Status store_unjournaled_count(Cx *cx, DbConn *conn, int64_t *out);
/* All holds by id, and all transfers of holds by hold and id: to be read side by side. */
MUST_CHECK Status store_holds_open(Cx *cx, DbConn *conn, DbRows **out);
HoldRow store_holds_row(Arena *arena, const DbRows *rows);
MUST_CHECK Status store_hold_transfers_open(Cx *cx, DbConn *conn, DbRows **out);
Transfer store_hold_transfers_row(const DbRows *rows);

/* ---- reserving for a crowd (ledger_crowd.c) ---- */

typedef struct CrowdTaken {
    bool is_done; /* false: a node of the way refuses, or there is no such fund */
    int64_t rate_bp[LEDGER_LEVEL_COUNT];
} CrowdTaken;
/* Takes an amount from every node of the way, in memory: either all take it or none. Written before
 * anything else reads a fund, and before the commit. O(depth). */
MUST_CHECK Status crowd_reserve(Cx *cx, DbConn *conn, FundId fund, Money amount, CrowdTaken *out);
/* Writes what was taken and forgets the totals; nothing to do on a reading connection. */
MUST_CHECK Status crowd_end(Cx *cx, DbConn *conn);

/* ---- shared rules (fund.c) ---- */

/* Refuses a closed, then a frozen node of the way. */
MUST_CHECK Status path_open_check(Cx *cx, const Path *path);
/* Refuses a node that cannot take amount more; the one nearest the leaf is named. */
MUST_CHECK Status path_room_check(Cx *cx, const Path *path, Money amount);
/* INVALID with words unless 1..LIMIT_MONEY_FEN_MAX. */
MUST_CHECK Status amount_check(Cx *cx, Money amount);
/* Writes the transfer (at_ms and journal_id are filled in) and attaches it to the journal. */
MUST_CHECK Status transfer_post(Cx *cx, DbConn *conn, Transfer *transfer);

LedgerShares shares_sub(LedgerShares left, LedgerShares right);
LedgerShares shares_add(LedgerShares left, LedgerShares right);
/* The parts of an amount by the source's rates. */
MUST_CHECK Status shares_of(Cx *cx, const int64_t rate_bp[LEDGER_LEVEL_COUNT], int64_t fen,
                            LedgerShares *out);
/* Fills in the exact shares of each state of a hold. */
MUST_CHECK Status hold_shares_fill(Cx *cx, HoldRow *row);

#endif
