/*
 * treasury_setup.h - how the fund tree of a city comes to be, by two people: finance proposes, a
 * second person of finance or of the lead office approves or refuses.
 *
 *   proposed 待批准 ──approve──▶ approved 已批准   (the act is done in the same command)
 *            └──────refuse──▶ refused 已退回     (nothing was done)
 *
 * Six kinds: a new node (with first money, if any), the opening of a programme on a leaf, money
 * moved between two nodes of one parent, unused money taken back (at the end of the year), more
 * money for a node, the end of a freeze. (One person alone may freeze: stopping is urgent.) Money
 * in use (reserved, approved, paid) is never touched: src/ledger refuses that, at the proposal and
 * again at the approval, because time has passed.
 */
#ifndef HUANXIN_OFFICE_TREASURY_SETUP_H
#define HUANXIN_OFFICE_TREASURY_SETUP_H

#include "office/treasury/treasury.h"

/* X(NAME, stored word, Chinese) */
#define SETUP_KIND_LIST(X)                                                                         \
    X(CREATE, "create", "新建资金节点")                                                            \
    X(OPEN, "open", "开通项目")                                                                    \
    X(MOVE, "move", "调剂")                                                                        \
    X(RECLAIM, "reclaim", "收回")                                                                  \
    X(TOP_UP, "top_up", "下达资金")                                                                \
    X(UNFREEZE, "unfreeze", "解除冻结")

typedef enum SetupKind {
#define X(name, word, zh) SETUP_##name,
    SETUP_KIND_LIST(X)
#undef X
        SETUP_KIND_COUNT
} SetupKind;

enum {
    SETUP_VALIDITY_DAYS_MAX = 366,
    SETUP_CLAIMS_MAX = 100,
    SETUP_ROWS_MAX = 200,
};

typedef struct Setup {
    int64_t id;
    SetupKind kind;
    Str state;     /* "proposed", "approved", "refused" */
    FundSpec spec; /* CREATE; spec.parent is the parent */
    FundId fund;   /* OPEN: the leaf; MOVE: the giver; RECLAIM, TOP_UP, UNFREEZE: the node */
    FundId to;     /* MOVE: the taker */
    Str programme; /* OPEN: 1..40 of a-z, 0-9, _ */
    int64_t validity_days; /* OPEN: 1..SETUP_VALIDITY_DAYS_MAX; CREATE of days or hours: so many */
    int64_t claims_max;    /* OPEN: 1..SETUP_CLAIMS_MAX, per person and category in the year */
    Money amount; /* MOVE, RECLAIM, TOP_UP: above 0; CREATE: first money or limit, may be 0 */
    Str basis;    /* the document, 1..200 bytes */
    int64_t made_by;
    int64_t made_ms;
    Str made_name;
    int64_t decided_by; /* 0: not yet */
    int64_t decided_ms;
    Str decided_name;
    Str reason;    /* of a refusal */
    FundId result; /* the node made by an approved CREATE */
} Setup;

typedef struct SetupList {
    Setup *items;
    size_t count;
    bool has_more;
} SetupList;

/* The kind of a stored word; false when there is none. */
bool setup_kind_of(Str word, SetupKind *out);
Str setup_kind_word(SetupKind kind);
Str setup_kind_zh(SetupKind kind);

/* Puts a proposal down for the actor of the command. INVALID or CONFLICT, with the field of the
 * form, for what would be refused by now: a taken code, shares that do not add up, a leaf that is
 * none, a programme that is open already, more money than is unused. O(depth + children). */
MUST_CHECK Status setup_propose(Cx *cx, DbConn *conn, const Setup *setup, int64_t *id);
/* Approves and does it, all or nothing. DENIED for the one who proposed it, CONFLICT when it is
 * decided already or cannot be done any more. */
MUST_CHECK Status setup_approve(Cx *cx, DbConn *conn, int64_t id);
/* Refuses with a reason (1..500 bytes); the proposer may so withdraw it. CONFLICT when decided. */
MUST_CHECK Status setup_refuse(Cx *cx, DbConn *conn, int64_t id, Str reason);
MUST_CHECK Status setup_find(Cx *cx, DbConn *conn, int64_t id, Setup *out);
/* Newest first, at most SETUP_ROWS_MAX a page; state: empty, all. */
MUST_CHECK Status setup_list(Cx *cx, DbConn *conn, Str state, int64_t page, size_t row_max,
                             SetupList *out);

/* ---- set-asides and limits of a programme (place.h): CREATE with a code that says for whom ----
 */

bool setup_is_limit(FundKind kind);
/* What a limit may be, asked by setup_propose and setup_approve: of towns, days, hours and shops
 * only where place.h finds them. INVALID or CONFLICT at "kind", "town", "shop", "day", "hour",
 * "count" or "amount". O(children + days). */
MUST_CHECK Status setup_limit_check(Cx *cx, DbConn *conn, const Setup *setup, const Fund *parent);
/* Makes its nodes: one, or one a day or an hour. */
MUST_CHECK Status setup_limit_do(Cx *cx, DbConn *conn, Setup *setup);
/* The name of a node by its kind, code and, of a town or shop, its name. */
Str setup_limit_name(Arena *arena, const FundSpec *spec, Str who);

/* What is left at a year's end, by level of government and node. */
Status setup_year_end_page(Web *web);
Status limit_new_page(Web *web);
Status limit_new_post(Web *web);
Status setup_list_page(Web *web);
Status setup_page(Web *web);
Status setup_new_page(Web *web);
Status setup_new_post(Web *web);
Status setup_approve_post(Web *web);
Status setup_refuse_post(Web *web);

#endif
