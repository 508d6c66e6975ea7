/*
 * place.h - which node of a programme's part of the tree pays a case: what was set aside for the
 * person's town, within the limits of the day and the hour; a shop's limit at the till. Shown
 * through treasury.h.
 *
 *   家电 2026 (pot)                          a claim of somebody of 兴安街道 on 2 January, 9:20
 *    ├ 兴安街道 (town, own money: set aside)    1. here while it has room, and below it the same
 * way ├ 2026-01-02 (day, limit)                2. else of the pot's own money, within the day │   └
 * 09 (hour, limit)                      and the hour └ ... 数码 2026 (pot) └ 913707… (shop, limit)
 * what this shop redeems of the pot's own money
 *
 * A town, day, hour or shop without a node has no limit of its own. A limit bounds the money of the
 * node above it, so money set aside for a town has limits of its own or none. Below one node all
 * limits are of one kind: a hold stands at one node, and must stand under every limit that counts.
 */
#ifndef HUANXIN_OFFICE_TREASURY_PLACE_H
#define HUANXIN_OFFICE_TREASURY_PLACE_H

#include "base/day.h"
#include "ledger/ledger.h"

/* What stands below a pot. */
typedef struct TreasuryShape {
    bool has_any;
    bool has_towns; /* the person's town must be known */
} TreasuryShape;
/* Inside a write command. O(children of the pot), once a transaction. */
MUST_CHECK Status treasury_shape(Cx *cx, DbConn *conn, FundId pot, TreasuryShape *out);

typedef struct TreasuryAsk {
    FundId pot;
    TreasuryShape shape;
    Str town_code; /* of the person; empty: unknown */
    int64_t now_ms;
    Money amount;
    const char *case_kind;
    int64_t case_id;
} TreasuryAsk;
/* Reserves for a case at the node that pays it, inside a write command. CONFLICT as
 * ledger_reserve, naming the node that has no room. */
MUST_CHECK Status treasury_reserve(Cx *cx, DbConn *conn, const TreasuryAsk *ask, HoldId *out);
/* What such a case could get now; amount, case_kind and case_id are not read. */
MUST_CHECK Status treasury_left(Cx *cx, DbConn *conn, const TreasuryAsk *ask, Money *out);

/* What is left of a pot: money, that of the towns included, and of it what can be given out at this
 * moment to somebody, within the limits of the day and the hour. */
typedef struct TreasuryLeft {
    Money money;
    Money now;
} TreasuryLeft;
MUST_CHECK Status treasury_pot_left(Cx *cx, DbConn *conn, FundId pot, int64_t now_ms,
                                    TreasuryLeft *out);

/* Puts an approved hold under the limit of the shop that redeems it, when there is one. CONFLICT at
 * field "code" when the shop has no room. shop_code: its uniform social credit code. */
MUST_CHECK Status treasury_shop_take(Cx *cx, DbConn *conn, HoldId hold, Str shop_code);

/* The code of the node of a day ("2026-01-02") or of an hour of the day ("00".."23"). */
Str treasury_day_code(Arena *arena, Day day);
Str treasury_hour_code(Arena *arena, int64_t hour);

#endif
