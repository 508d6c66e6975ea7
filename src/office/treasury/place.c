#include "office/treasury/treasury.h"

#include <inttypes.h>
#include <string.h>

enum {
    HOUR_MS = 3600000,
    CHINA_MS = 8 * HOUR_MS,
    TOWN_BYTES_MAX = 16,
    KEPT_MAX = 32,
    SHAPES_MAX = 16
};

Str treasury_day_code(Arena *arena, Day day) {
    return day_print(arena, day);
}

Str treasury_hour_code(Arena *arena, int64_t hour) {
    return str_print(arena, "%02" PRId64, hour);
}

static Status shape_read(Cx *cx, DbConn *conn, FundId pot, TreasuryShape *out) {
    FundList children = {0};
    *out = (TreasuryShape){0};
    TRY(ledger_fund_children(cx, conn, pot, &children));
    for (size_t i = 0; i < children.count; i++) {
        const Fund *fund = &children.items[i];
        out->has_any = out->has_any || !fund->is_closed;
        out->has_towns = out->has_towns || (!fund->is_closed && fund->kind == FUND_TOWN);
    }
    return STATUS_OK;
}

/* Read once for a crowd, as the places below are: looking at funds would end the crowd. */
typedef struct Shapes {
    size_t count;
    struct {
        int64_t pot;
        TreasuryShape shape;
    } items[SHAPES_MAX];
} Shapes;
static const char shapes_key;

Status treasury_shape(Cx *cx, DbConn *conn, FundId pot, TreasuryShape *out) {
    Shapes *kept = db_memo(conn, &shapes_key, sizeof *kept);
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->items[i].pot == pot.id) {
            *out = kept->items[i].shape;
            return STATUS_OK;
        }
    }
    TRY(shape_read(cx, conn, pot, out));
    if (kept->count < SHAPES_MAX) {
        size_t at = kept->count++;
        kept->items[at].pot = pot.id;
        kept->items[at].shape = *out;
    }
    return STATUS_OK;
}

/* ---- the node ---- */

static const Fund *child_find(const FundList *children, FundKind kind, bool is_cap, Str code) {
    for (size_t i = 0; i < children->count; i++) {
        const Fund *fund = &children->items[i];
        if (fund->kind == kind && fund->is_cap == is_cap && !fund->is_closed &&
            str_equal(fund->code, code)) {
            return fund;
        }
    }
    return NULL;
}

/* The limit below a node that counts for the case; NULL: none. */
static const Fund *limit_find(Cx *cx, const FundList *children, const TreasuryAsk *ask) {
    Str day = treasury_day_code(cx->arena, day_of_instant(ask->now_ms));
    Str hour = treasury_hour_code(cx->arena, (ask->now_ms + CHINA_MS) / HOUR_MS % 24);
    const Fund *fund = child_find(children, FUND_TOWN, true, ask->town_code);
    fund = fund != NULL ? fund : child_find(children, FUND_DAY, true, day);
    return fund != NULL ? fund : child_find(children, FUND_HOUR, true, hour);
}

/* From a node that owns money down through the limits. */
static Status limits_follow(Cx *cx, DbConn *conn, const TreasuryAsk *ask, FundId *node) {
    for (int depth = 0; depth < FUND_DEPTH_MAX; depth++) {
        FundList children = {0};
        TRY(ledger_fund_children(cx, conn, *node, &children));
        const Fund *limit = limit_find(cx, &children, ask);
        if (limit == NULL) {
            return STATUS_OK;
        }
        *node = limit->id;
    }
    return STATUS_OK;
}

/* Where a case may be reserved: of the town's own money (0: nothing set aside), else of the pot's.
 */
typedef struct Places {
    FundId own;
    FundId general;
} Places;

static Status places_read(Cx *cx, DbConn *conn, const TreasuryAsk *ask, Places *out) {
    FundList children = {0};
    *out = (Places){.general = ask->pot};
    TRY(ledger_fund_children(cx, conn, ask->pot, &children));
    const Fund *town = child_find(&children, FUND_TOWN, false, ask->town_code);
    if (town != NULL) {
        out->own = town->id;
        TRY(limits_follow(cx, conn, ask, &out->own));
    }
    return limits_follow(cx, conn, ask, &out->general);
}

/* The places of a crowd's towns and hours, for those who are served in one transaction.
 * ledger_fund_create and ledger_close forget them. */
typedef struct Kept {
    size_t count;
    struct {
        int64_t pot;
        int64_t hour; /* since 1970 */
        char town[TOWN_BYTES_MAX];
        Places places;
    } items[KEPT_MAX];
} Kept;
static const char kept_key;

static Status places_of(Cx *cx, DbConn *conn, const TreasuryAsk *ask, Places *out) {
    Kept *kept = db_memo(conn, &kept_key, sizeof *kept);
    int64_t hour = ask->now_ms / HOUR_MS;
    char town[TOWN_BYTES_MAX] = {0};
    bool is_short = ask->town_code.len < sizeof town;
    memcpy(town, ask->town_code.len == 0 ? "" : ask->town_code.at,
           is_short ? ask->town_code.len : 0);
    for (size_t i = 0; is_short && i < kept->count; i++) {
        if (kept->items[i].pot == ask->pot.id && kept->items[i].hour == hour &&
            memcmp(kept->items[i].town, town, sizeof town) == 0) {
            *out = kept->items[i].places;
            return STATUS_OK;
        }
    }
    TRY(places_read(cx, conn, ask, out));
    if (is_short && kept->count < KEPT_MAX) {
        size_t at = kept->count++;
        kept->items[at].pot = ask->pot.id;
        kept->items[at].hour = hour;
        memcpy(kept->items[at].town, town, sizeof town);
        kept->items[at].places = *out;
    }
    return STATUS_OK;
}

static Status reserve_at(Cx *cx, DbConn *conn, const TreasuryAsk *ask, FundId fund, HoldId *out) {
    HoldSpec hold = {
        .fund = fund, .amount = ask->amount, .case_kind = ask->case_kind, .case_id = ask->case_id};
    return ledger_reserve(cx, conn, &hold, out);
}

Status treasury_reserve(Cx *cx, DbConn *conn, const TreasuryAsk *ask, HoldId *out) {
    Places places = {.general = ask->pot};
    if (ask->shape.has_any) {
        TRY(places_of(cx, conn, ask, &places));
    }
    if (places.own.id != 0) {
        Status status = reserve_at(cx, conn, ask, places.own, out);
        if (status != STATUS_CONFLICT) {
            return status;
        }
        fault_clear(cx);
    }
    return reserve_at(cx, conn, ask, places.general, out);
}

Status treasury_left(Cx *cx, DbConn *conn, const TreasuryAsk *ask, Money *out) {
    Places places;
    Money own = MONEY_ZERO;
    TRY(places_read(cx, conn, ask, &places));
    TRY(ledger_left(cx, conn, places.general, out));
    if (places.own.id != 0) {
        TRY(ledger_left(cx, conn, places.own, &own));
    }
    *out = money_compare(own, *out) > 0 ? own : *out;
    return STATUS_OK;
}

static Status left_add(Cx *cx, DbConn *conn, const TreasuryAsk *ask, FundId owner,
                       TreasuryLeft *out) {
    Money left = MONEY_ZERO;
    FundId node = owner;
    TRY(ledger_left(cx, conn, owner, &left));
    out->money = money_add(out->money, left);
    TRY(limits_follow(cx, conn, ask, &node));
    if (node.id != owner.id) {
        TRY(ledger_left(cx, conn, node, &left));
    }
    out->now = money_add(out->now, left);
    return STATUS_OK;
}

Status treasury_pot_left(Cx *cx, DbConn *conn, FundId pot, int64_t now_ms, TreasuryLeft *out) {
    TreasuryAsk ask = {.pot = pot, .town_code = STR(""), .now_ms = now_ms};
    FundList children = {0};
    *out = (TreasuryLeft){MONEY_ZERO, MONEY_ZERO};
    TRY(left_add(cx, conn, &ask, pot, out));
    TRY(ledger_fund_children(cx, conn, pot, &children));
    for (size_t i = 0; i < children.count; i++) {
        const Fund *fund = &children.items[i];
        if (fund->kind == FUND_TOWN && !fund->is_cap && !fund->is_closed) {
            TRY(left_add(cx, conn, &ask, fund->id, out));
        }
    }
    return STATUS_OK;
}

/* ---- the till ---- */

/* The node whose money a hold uses: the nearest one that is no limit. */
static Status owner_find(Cx *cx, DbConn *conn, FundId fund, FundId *out) {
    FundList path = {0};
    TRY(ledger_fund_path(cx, conn, fund, &path));
    for (size_t i = path.count; i > 0; i--) {
        if (!path.items[i - 1].is_cap) {
            *out = path.items[i - 1].id;
            return STATUS_OK;
        }
    }
    return fault(cx, STATUS_NOT_FOUND, "没有编号为 %" PRId64 " 的资金池", fund.id);
}

Status treasury_shop_take(Cx *cx, DbConn *conn, HoldId hold, Str shop_code) {
    Hold now;
    FundId owner;
    FundList children = {0};
    TRY(ledger_hold_get(cx, conn, hold, &now));
    TRY(owner_find(cx, conn, now.fund, &owner));
    TRY(ledger_fund_children(cx, conn, owner, &children));
    const Fund *limit = child_find(&children, FUND_SHOP, true, shop_code);
    if (limit == NULL || limit->id.id == now.fund.id) {
        return STATUS_OK;
    }
    Money room = ledger_fund_unused(limit);
    if (!limit->is_frozen && money_compare(room, now.approved) < 0) {
        Status status = fault_at_field(
            cx, STATUS_CONFLICT, "code",
            "本店的补贴限额还剩 " STR_FMT " 元，这一笔要 " STR_FMT " 元，不能核销",
            STR_ARG(money_print(cx->arena, room)), STR_ARG(money_print(cx->arena, now.approved)));
        fault_hint(cx, "资格券没有用掉，顾客可以到别的商户使用；限额由财政调整");
        return status;
    }
    return ledger_hold_move(cx, conn, hold, limit->id);
}
