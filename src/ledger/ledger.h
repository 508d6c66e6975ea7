/*
 * ledger.h - the money of the plan: a tree of funds, holds for single cases, immutable transfers.
 *
 *   超长期特别国债 (source, root)  appropriated 5,000 万   shares central 8500 : county 1500
 *    └ 2026 (year)
 *       └ 第一批 (tranche)
 *          └ 家电 (programme)               reserved · approved · paid
 *             ├ 兴安街道 (set-aside, allocation: its money is taken out of the parent's)
 *             └ 商户 S-0017 (cap: a limit only, no money of its own)
 *                └ 2026-01-02 (cap within the cap)
 *
 *   a hold:   reserve ─▶ reserved ─approve─▶ approved ─pay─▶ paid ─recover─▶ recovered
 *                           └────────release────────┘
 *
 * What always holds, at every node and after every step (CHECK constraints say it again):
 *   1. reserved + approved + paid <= appropriated
 *   2. the appropriations of the allocation children + what is in use at the node itself and under
 *      its caps <= appropriated: money given to a child is there when the child needs it
 *   3. the shares (central, province, city, county) of every transfer add up to its amount, and
 *      those of a hold never drift, however many partial steps it takes
 *   4. totals are the sums of the transfers (ledger_audit recomputes them)
 * A step changes every node from the leaf to the root, or nothing: a refused step leaves the
 * command free to try another fund.
 *
 * It is not: the two-person approval, the pay file, the coupon. Those are offices above.
 *
 * All changing functions run inside a write command (db.h) and take instant and actor from it; each
 * posting is attached to the command's journal entry. Amounts are 1..LIMIT_MONEY_FEN_MAX fen.
 * Every refusal has Chinese words for people; the order in which refusals are found is fixed:
 *   INVALID    the amount or a text is out of range (field named)
 *   NOT_FOUND  there is no such fund or hold
 *   CONFLICT   closed, then frozen, then wrong state of the hold, then not enough money; of several
 *              nodes the one nearest the leaf is named, with what is left there
 * Not enough money is always CONFLICT, never LIMIT: the same request may succeed after a top-up.
 * Ownership: results live in cx->arena.
 */
#ifndef HUANXIN_LEDGER_LEDGER_H
#define HUANXIN_LEDGER_LEDGER_H

#include "base/cx.h"
#include "base/money.h"
#include "db/db.h"

typedef struct FundId {
    int64_t id; /* 0: none */
} FundId;
typedef struct HoldId {
    int64_t id; /* 0: none */
} HoldId;

#define FUND_NONE ((FundId){0})

/* X(NAME, stored word, Chinese) The kinds of node; any kind may stand under any other. */
#define FUND_KIND_LIST(X)                                                                          \
    X(SOURCE, "source", "资金来源")                                                                \
    X(YEAR, "year", "年度")                                                                        \
    X(TRANCHE, "tranche", "批次")                                                                  \
    X(PROGRAMME, "programme", "项目")                                                              \
    X(CATEGORY, "category", "品类")                                                                \
    X(SET_ASIDE, "set_aside", "预留")                                                              \
    X(TOWN, "town", "乡镇")                                                                        \
    X(SHOP, "shop", "商户")                                                                        \
    X(DAY, "day", "单日")                                                                          \
    X(HOUR, "hour", "小时")

typedef enum FundKind {
#define X(name, text, chinese) FUND_##name,
    FUND_KIND_LIST(X)
#undef X
} FundKind;

/* X(NAME, stored word, Chinese) The levels of government that share a source. */
#define LEDGER_LEVEL_LIST(X)                                                                       \
    X(CENTRAL, "central", "中央")                                                                  \
    X(PROVINCE, "province", "省级")                                                                \
    X(CITY, "city", "市级")                                                                        \
    X(COUNTY, "county", "县级")

typedef enum LedgerLevel {
#define X(name, text, chinese) LEDGER_##name,
    LEDGER_LEVEL_LIST(X)
#undef X
} LedgerLevel;
enum { LEDGER_LEVEL_COUNT = 4, FUND_DEPTH_MAX = 16, LEDGER_PAGE_ROWS_MAX = 200 };

/* An amount by level; the parts add up to the amount it belongs to. A part of a single transfer
 * can be negative by a few fen (three or more levels only): the parts of the hold after it are
 * the split of the hold's amount, and the transfer is the difference. */
typedef struct LedgerShares {
    Money part[LEDGER_LEVEL_COUNT];
} LedgerShares;

/* ---- funds ---- */

typedef struct FundSpec {
    FundId parent; /* FUND_NONE: a root, that is a source */
    FundKind kind;
    bool is_cap; /* a limit on use, without money of its own; not for roots */
    Str code;    /* 1..40 of [A-Za-z0-9._-], unique below the parent */
    Str name;    /* 1..120 bytes */
    int32_t year;
    /* Roots only; children inherit. Basis points by level, sum 10000. */
    int64_t rate_bp[LEDGER_LEVEL_COUNT];
    /* Roots only; children inherit. Recovered money can be given out again; otherwise it goes back
     * to the treasury and stays counted as paid. */
    bool is_recovered_reusable;
} FundSpec;

typedef struct Fund {
    FundId id;
    FundId parent;
    FundId root;
    FundKind kind;
    bool is_cap;
    bool is_frozen; /* this node itself; an ancestor's freeze counts too */
    bool is_closed;
    bool is_recovered_reusable;
    int32_t year;
    int32_t depth; /* 1: root */
    Str code;
    Str path; /* codes from the root, "gz/2026/1/jd" */
    Str name;
    Money appropriated; /* of a cap: its limit */
    Money allocated;    /* of that, given to allocation children */
    Money reserved;     /* now */
    Money approved;     /* now */
    Money paid;         /* ever, less what was recovered and can be given out again */
    Money recovered;    /* ever */
    Money released;     /* ever */
    Money direct;       /* reserved + approved + paid at this node itself and under its caps */
    LedgerShares paid_shares;
    int64_t rate_bp[LEDGER_LEVEL_COUNT];
} Fund;

typedef struct FundList {
    Fund *items;
    size_t count;
} FundList;

/* Creates a node with no money. CONFLICT when the code is taken below the parent or the parent is
 * closed; INVALID for an allocation under a cap, shares that do not add up to 10000, or a depth
 * above FUND_DEPTH_MAX. */
MUST_CHECK Status ledger_fund_create(Cx *cx, DbConn *conn, const FundSpec *spec, FundId *out);
/* Gives money to a fund: to a root from outside, to an allocation from its parent (which must have
 * that much neither in use nor given to others), to a cap a higher limit. Again: a top-up.
 * basis is the document that says so ("鲁财建〔2026〕1号", 1..200 bytes). */
MUST_CHECK Status ledger_appropriate(Cx *cx, DbConn *conn, FundId fund, Money amount, Str basis);
/* Takes unused money back: from a root to outside, from an allocation to its parent, from a cap
 * that much of its limit. CONFLICT when more than the unused part is asked. */
MUST_CHECK Status ledger_reclaim(Cx *cx, DbConn *conn, FundId fund, Money amount, Str basis);
/* Moves unused money between two allocations (or two limits) of one parent, in one transfer. */
MUST_CHECK Status ledger_reallocate(Cx *cx, DbConn *conn, FundId from, FundId to, Money amount,
                                    Str basis);
/* Stops reserve, approve, pay, move, appropriation and reallocation at a node and everything below
 * it; release, reclaim and recover still work: money may come back. CONFLICT when it is frozen
 * already. */
MUST_CHECK Status ledger_freeze(Cx *cx, DbConn *conn, FundId fund, Str basis);
/* CONFLICT when the node itself is not frozen. */
MUST_CHECK Status ledger_unfreeze(Cx *cx, DbConn *conn, FundId fund, Str basis);
/* Ends a node for good; only recover, and reclaim of what came back, work afterwards. CONFLICT
 * while money is reserved or approved there, unused money has not been reclaimed (not asked of
 * caps), or a child is open. */
MUST_CHECK Status ledger_close(Cx *cx, DbConn *conn, FundId fund, Str basis);

/* ---- holds ---- */

typedef struct HoldSpec {
    FundId fund;
    Money amount;
    const char *case_kind; /* what the money is for: "coupon", "claim"; 1..40 bytes */
    int64_t case_id;
} HoldSpec;

typedef struct Hold {
    HoldId id;
    FundId fund;
    Str case_kind;
    int64_t case_id;
    Money reserved;  /* now */
    Money approved;  /* now */
    Money paid;      /* ever, before recoveries */
    Money recovered; /* ever */
    Money released;  /* ever */
    int64_t created_ms;
    /* The exact shares of each state. */
    LedgerShares reserved_shares;
    LedgerShares approved_shares;
    LedgerShares paid_shares;
    LedgerShares recovered_shares;
} Hold;

/* Sets money aside for a case, at any node that is not closed, frozen or empty. O(depth). */
MUST_CHECK Status ledger_reserve(Cx *cx, DbConn *conn, const HoldSpec *spec, HoldId *out);
/* Gives part of what is not yet paid back to the fund: from the reserved part first, then from the
 * approved one. For a final price below the reserved amount. */
MUST_CHECK Status ledger_release(Cx *cx, DbConn *conn, HoldId hold, Money amount);
/* Gives everything that is not yet paid back; CONFLICT when there is nothing. */
MUST_CHECK Status ledger_release_all(Cx *cx, DbConn *conn, HoldId hold);
/* reserved → approved, all or part of it. */
MUST_CHECK Status ledger_approve(Cx *cx, DbConn *conn, HoldId hold, Money amount);
/* approved → paid, all or part of it. */
MUST_CHECK Status ledger_pay(Cx *cx, DbConn *conn, HoldId hold, Money amount);
/* paid → recovered (追回), all or part of it. Works on closed and frozen funds too; the money is
 * free again only by the source's rule. */
MUST_CHECK Status ledger_recover(Cx *cx, DbConn *conn, HoldId hold, Money amount);
/* Moves a hold of which nothing is paid to another fund of the same root, for example from the
 * programme to the cap of the shop that redeems it; the shares stay. CONFLICT when something was
 * paid, INVALID when the roots differ. */
MUST_CHECK Status ledger_hold_move(Cx *cx, DbConn *conn, HoldId hold, FundId to);

/* ---- reading (also on a read connection) ---- */

MUST_CHECK Status ledger_fund_get(Cx *cx, DbConn *conn, FundId fund, Fund *out);
/* By the codes from the root: "gz/2026/1/jd". */
MUST_CHECK Status ledger_fund_find(Cx *cx, DbConn *conn, Str path, Fund *out);
/* Children in order of their creation; of FUND_NONE: the roots. */
MUST_CHECK Status ledger_fund_children(Cx *cx, DbConn *conn, FundId fund, FundList *out);
/* The way from the root (first) to the fund (last). */
MUST_CHECK Status ledger_fund_path(Cx *cx, DbConn *conn, FundId fund, FundList *out);
/* What reserved + approved + paid add up to. */
Money ledger_fund_used(const Fund *fund);
/* appropriated - used: not yet given out anywhere below. */
Money ledger_fund_unused(const Fund *fund);
/* What a new hold at this node could get as far as this node decides (ancestors may have less). */
Money ledger_fund_free(const Fund *fund);
/* What a new hold could get now: the least of the whole path; zero when frozen or closed. */
MUST_CHECK Status ledger_left(Cx *cx, DbConn *conn, FundId fund, Money *out);

MUST_CHECK Status ledger_hold_get(Cx *cx, DbConn *conn, HoldId hold, Hold *out);

/* X(NAME, stored number, word, Chinese) */
#define TRANSFER_KIND_LIST(X)                                                                      \
    X(APPROPRIATE, 1, "appropriate", "下达")                                                       \
    X(RECLAIM, 2, "reclaim", "收回")                                                               \
    X(REALLOCATE, 3, "reallocate", "调剂")                                                         \
    X(RESERVE, 4, "reserve", "预占")                                                               \
    X(APPROVE, 5, "approve", "核定")                                                               \
    X(PAY, 6, "pay", "拨付")                                                                       \
    X(RECOVER, 7, "recover", "追回")                                                               \
    X(RELEASE_RESERVED, 8, "release_reserved", "释放")                                             \
    X(RELEASE_APPROVED, 9, "release_approved", "撤销核定")                                         \
    X(MOVE_RESERVED, 10, "move_reserved", "转入")                                                  \
    X(MOVE_APPROVED, 11, "move_approved", "转入（已核定）")

typedef enum TransferKind {
#define X(name, number, text, chinese) TRANSFER_##name = number,
    TRANSFER_KIND_LIST(X)
#undef X
} TransferKind;

typedef struct Transfer {
    int64_t id;
    TransferKind kind;
    FundId fund;  /* for a reallocation or a move: the one that gets it */
    FundId other; /* reallocation, move: the one that gives it; appropriate, reclaim: the parent */
    HoldId hold;  /* or 0 */
    Money amount;
    LedgerShares shares; /* zero for appropriate, reclaim and reallocate */
    int64_t at_ms;
    int64_t journal_id; /* the journal entry that carries it: who and why */
    Str basis;
} Transfer;

typedef struct TransferList {
    Transfer *items;
    size_t count;
    bool has_more;
} TransferList;

/* A page of transfers, newest first. */
typedef struct TransferPage {
    int64_t before_id;    /* 0: from the newest */
    size_t row_max;       /* 1..LEDGER_PAGE_ROWS_MAX; 0: 50 */
    bool is_with_subtree; /* of a fund: also those of the nodes below it */
} TransferPage;

MUST_CHECK Status ledger_transfers_of_fund(Cx *cx, DbConn *conn, FundId fund,
                                           const TransferPage *page, TransferList *out);
/* All transfers of a hold, oldest first. */
MUST_CHECK Status ledger_transfers_of_hold(Cx *cx, DbConn *conn, HoldId hold, TransferList *out);

/* What the audit found. */
enum { LEDGER_FINDING_MAX = 20 };
typedef struct LedgerAudit {
    int64_t fund_count;
    int64_t hold_count;
    int64_t transfer_count;
    int64_t finding_count;            /* 0: everything agrees */
    Str findings[LEDGER_FINDING_MAX]; /* the first ones, in Chinese, each naming its fund or hold */
    size_t finding_shown;
} LedgerAudit;

/* Recomputes every total of every fund and hold, and every share, from the transfers alone, and
 * compares; checks the rules 1 to 4 above. O(transfers × depth); for a read connection. */
MUST_CHECK Status ledger_audit(Cx *cx, DbConn *conn, LedgerAudit *out);

/* Words for people and for files. */
const char *fund_kind_text(FundKind kind);
const char *fund_kind_chinese(FundKind kind);
const char *ledger_level_text(LedgerLevel level);
const char *ledger_level_chinese(LedgerLevel level);
const char *transfer_kind_text(TransferKind kind);
const char *transfer_kind_chinese(TransferKind kind);

#endif
