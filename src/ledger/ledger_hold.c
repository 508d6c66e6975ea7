/*
 * ledger_hold.c - the steps of a hold.
 *
 * Shares: let S(x) be the exact split of x by the source's rates. A hold of which g is paid, a
 * approved and r reserved has the shares
 *
 *     0 ──── paid ──── g ──── approved ──── g+a ──── reserved ──── g+a+r
 *          S(g)           S(g+a) - S(g)          S(g+a+r) - S(g+a)
 *
 * and those of what was recovered (c) are S(c). Each step posts the difference of S at its two
 * ends: the shares of a hold depend on its amounts only, never on the way it took, so a hundred
 * partial payments end where one payment does.
 */
#include "base/limits.h"
#include "ledger/ledger_internal.h"

#include <string.h>

enum { CASE_KIND_BYTES_MAX = 40 };

/* S(to) - S(from). */
static Status shares_between(Cx *cx, const HoldRow *row, int64_t from_fen, int64_t to_fen,
                             LedgerShares *out) {
    LedgerShares from;
    LedgerShares to;
    TRY(shares_of(cx, row->rate_bp, from_fen, &from));
    TRY(shares_of(cx, row->rate_bp, to_fen, &to));
    *out = shares_sub(to, from);
    return STATUS_OK;
}

Status hold_shares_fill(Cx *cx, HoldRow *row) {
    Hold *hold = &row->hold;
    const int64_t paid = hold->paid.fen;
    const int64_t approved = paid + hold->approved.fen;
    TRY(shares_of(cx, row->rate_bp, paid, &hold->paid_shares));
    TRY(shares_between(cx, row, paid, approved, &hold->approved_shares));
    TRY(shares_between(cx, row, approved, approved + hold->reserved.fen, &hold->reserved_shares));
    return shares_of(cx, row->rate_bp, hold->recovered.fen, &hold->recovered_shares);
}

Status ledger_hold_get(Cx *cx, DbConn *conn, HoldId hold, Hold *out) {
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    TRY(hold_shares_fill(cx, &row));
    *out = row.hold;
    return STATUS_OK;
}

/* ---- one step ---- */

/* Says why a guarded posting changed nothing. */
static Status post_refuse(Cx *cx, DbConn *conn, FundId fund, Money amount) {
    Path path;
    TRY(store_path(cx, conn, fund, &path));
    if (path.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有编号为 %lld 的资金池", (long long)fund.id);
    }
    TRY(path_open_check(cx, &path));
    TRY(path_room_check(cx, &path, amount));
    /* The guard and these words decide by the same totals inside one transaction. */
    return fault(cx, STATUS_DB, "database: a posting was refused without a reason");
}

/* Refuses a hold in the wrong state; a closed or frozen fund is told first where it matters. */
static Status state_refuse(Cx *cx, DbConn *conn, const Hold *hold, bool is_guarded,
                           const char *words) {
    if (is_guarded) {
        Path path;
        TRY(store_path(cx, conn, hold->fund, &path));
        TRY(path_open_check(cx, &path));
    }
    Status status = fault(cx, STATUS_CONFLICT, "%s", words);
    fault_detail(cx,
                 "预占 " STR_FMT " 元，已核定 " STR_FMT " 元，已拨付 " STR_FMT
                 " 元，已追回 " STR_FMT " 元",
                 STR_ARG(money_print(cx->arena, hold->reserved)),
                 STR_ARG(money_print(cx->arena, hold->approved)),
                 STR_ARG(money_print(cx->arena, hold->paid)),
                 STR_ARG(money_print(cx->arena, hold->recovered)));
    return status;
}

/* Posts a step of a hold that exists: the way, the hold's new amounts, the transfer. */
typedef struct Step {
    TransferKind kind;
    Money amount;
    LedgerShares shares;
    Delta delta;
    bool is_guarded;
} Step;

static Status step_post(Cx *cx, DbConn *conn, const Hold *after, const Step *step) {
    bool is_done = false;
    TRY(store_post(cx, conn, after->fund, &step->delta, step->is_guarded, &is_done));
    if (!is_done) {
        return post_refuse(cx, conn, after->fund, MONEY_ZERO);
    }
    TRY(store_hold_update(cx, conn, after));
    Transfer transfer = {.kind = step->kind,
                         .fund = after->fund,
                         .hold = after->id,
                         .amount = step->amount,
                         .shares = step->shares};
    return transfer_post(cx, conn, &transfer);
}

/* ---- reserving ---- */

Status ledger_reserve(Cx *cx, DbConn *conn, const HoldSpec *spec, HoldId *out) {
    check(spec->case_kind != NULL);
    check(strlen(spec->case_kind) >= 1 && strlen(spec->case_kind) <= CASE_KIND_BYTES_MAX);
    TRY(amount_check(cx, spec->amount));
    CrowdTaken taken;
    TRY(crowd_reserve(cx, conn, spec->fund, spec->amount, &taken));
    if (!taken.is_done) {
        return post_refuse(cx, conn, spec->fund, spec->amount);
    }
    HoldId id = {0};
    TRY(store_hold_insert(cx, conn, spec, &id));
    Transfer transfer = {
        .kind = TRANSFER_RESERVE, .fund = spec->fund, .hold = id, .amount = spec->amount};
    TRY(shares_of(cx, taken.rate_bp, spec->amount.fen, &transfer.shares));
    TRY(transfer_post(cx, conn, &transfer));
    *out = id;
    return STATUS_OK;
}

/* ---- releasing ---- */

/* Releases fen of the reserved part, from the top of the hold. */
static Status release_reserved(Cx *cx, DbConn *conn, HoldRow *row, int64_t fen) {
    Hold *hold = &row->hold;
    const int64_t top = hold->paid.fen + hold->approved.fen + hold->reserved.fen;
    Step step = {.kind = TRANSFER_RELEASE_RESERVED,
                 .amount = {fen},
                 .delta = {.reserved = -fen, .released = fen}};
    TRY(shares_between(cx, row, top - fen, top, &step.shares));
    hold->reserved.fen -= fen;
    hold->released.fen += fen;
    return step_post(cx, conn, hold, &step);
}

/* Releases fen of the approved part; nothing is reserved any more. */
static Status release_approved(Cx *cx, DbConn *conn, HoldRow *row, int64_t fen) {
    Hold *hold = &row->hold;
    check(hold->reserved.fen == 0);
    const int64_t top = hold->paid.fen + hold->approved.fen;
    Step step = {.kind = TRANSFER_RELEASE_APPROVED,
                 .amount = {fen},
                 .delta = {.approved = -fen, .released = fen}};
    TRY(shares_between(cx, row, top - fen, top, &step.shares));
    hold->approved.fen -= fen;
    hold->released.fen += fen;
    return step_post(cx, conn, hold, &step);
}

static Status release(Cx *cx, DbConn *conn, HoldRow *row, int64_t fen) {
    const int64_t from_reserved = fen < row->hold.reserved.fen ? fen : row->hold.reserved.fen;
    if (from_reserved > 0) {
        TRY(release_reserved(cx, conn, row, from_reserved));
    }
    return fen > from_reserved ? release_approved(cx, conn, row, fen - from_reserved) : STATUS_OK;
}

Status ledger_release(Cx *cx, DbConn *conn, HoldId hold, Money amount) {
    TRY(amount_check(cx, amount));
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    if (row.hold.reserved.fen + row.hold.approved.fen < amount.fen) {
        return state_refuse(cx, conn, &row.hold, false, "可释放金额不足");
    }
    return release(cx, conn, &row, amount.fen);
}

Status ledger_release_all(Cx *cx, DbConn *conn, HoldId hold) {
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    const int64_t fen = row.hold.reserved.fen + row.hold.approved.fen;
    if (fen == 0) {
        return state_refuse(cx, conn, &row.hold, false, "没有可释放的金额");
    }
    return release(cx, conn, &row, fen);
}

/* ---- approving, paying, recovering ---- */

Status ledger_approve(Cx *cx, DbConn *conn, HoldId hold, Money amount) {
    TRY(amount_check(cx, amount));
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    if (row.hold.reserved.fen < amount.fen) {
        return state_refuse(cx, conn, &row.hold, true, "可核定金额不足");
    }
    Step step = {.kind = TRANSFER_APPROVE,
                 .amount = amount,
                 .delta = {.reserved = -amount.fen, .approved = amount.fen},
                 .is_guarded = true};
    const int64_t from = row.hold.paid.fen + row.hold.approved.fen;
    TRY(shares_between(cx, &row, from, from + amount.fen, &step.shares));
    row.hold.reserved.fen -= amount.fen;
    row.hold.approved.fen += amount.fen;
    return step_post(cx, conn, &row.hold, &step);
}

Status ledger_pay(Cx *cx, DbConn *conn, HoldId hold, Money amount) {
    TRY(amount_check(cx, amount));
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    if (row.hold.approved.fen < amount.fen) {
        return state_refuse(cx, conn, &row.hold, true, "可拨付金额不足");
    }
    Step step = {.kind = TRANSFER_PAY,
                 .amount = amount,
                 .delta = {.approved = -amount.fen, .paid = amount.fen},
                 .is_guarded = true};
    const int64_t from = row.hold.paid.fen;
    TRY(shares_between(cx, &row, from, from + amount.fen, &step.shares));
    step.delta.paid_shares = step.shares;
    row.hold.approved.fen -= amount.fen;
    row.hold.paid.fen += amount.fen;
    return step_post(cx, conn, &row.hold, &step);
}

Status ledger_recover(Cx *cx, DbConn *conn, HoldId hold, Money amount) {
    TRY(amount_check(cx, amount));
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    if (row.hold.paid.fen - row.hold.recovered.fen < amount.fen) {
        return state_refuse(cx, conn, &row.hold, false, "可追回金额不足");
    }
    Step step = {.kind = TRANSFER_RECOVER, .amount = amount, .delta = {.recovered = amount.fen}};
    const int64_t from = row.hold.recovered.fen;
    TRY(shares_between(cx, &row, from, from + amount.fen, &step.shares));
    if (row.is_recovered_reusable) {
        step.delta.paid = -amount.fen;
        step.delta.paid_shares = shares_sub((LedgerShares){0}, step.shares);
    }
    row.hold.recovered.fen += amount.fen;
    return step_post(cx, conn, &row.hold, &step);
}

/* ---- moving ---- */

/* Refuses a move before anything is posted, as far as the old fund and the pair decide. */
static Status move_check(Cx *cx, DbConn *conn, const HoldRow *row, FundId to) {
    Fund target;
    Path path;
    TRY(store_fund(cx, conn, to, &target));
    if (target.root.id != row->root.id || to.id == row->hold.fund.id) {
        return fault_at_field(cx, STATUS_INVALID, "to", "只能转到同一资金来源下的另一资金池");
    }
    TRY(store_path(cx, conn, row->hold.fund, &path));
    TRY(path_open_check(cx, &path));
    TRY(store_path(cx, conn, to, &path));
    TRY(path_open_check(cx, &path));
    if (row->hold.paid.fen > 0) {
        return state_refuse(cx, conn, &row->hold, false, "已有拨付，不能转到其他资金池");
    }
    if (row->hold.reserved.fen + row->hold.approved.fen == 0) {
        return state_refuse(cx, conn, &row->hold, false, "没有可转的金额");
    }
    return STATUS_OK;
}

/* Takes the hold's amounts out of the old way and puts them on the new one. Nodes on both see both
 * postings. When the new way refuses, the old one gets them back: it had room for them before. */
static Status move_post(Cx *cx, DbConn *conn, const Hold *hold, FundId to) {
    const int64_t reserved = hold->reserved.fen;
    const int64_t approved = hold->approved.fen;
    const Delta out = {.reserved = -reserved, .approved = -approved};
    const Delta in = {.reserved = reserved, .approved = approved};
    bool is_done = false;
    TRY(store_post(cx, conn, hold->fund, &out, false, &is_done));
    check(is_done);
    TRY(store_post(cx, conn, to, &in, true, &is_done));
    if (is_done) {
        return STATUS_OK;
    }
    /* The words need the totals as they are without the hold. */
    Status status = post_refuse(cx, conn, to, (Money){reserved + approved});
    TRY(store_post(cx, conn, hold->fund, &in, false, &is_done));
    return status;
}

static Status move_transfer(Cx *cx, DbConn *conn, const Transfer *move, LedgerShares shares) {
    if (move->amount.fen == 0) {
        return STATUS_OK;
    }
    Transfer transfer = *move;
    transfer.shares = shares;
    return transfer_post(cx, conn, &transfer);
}

Status ledger_hold_move(Cx *cx, DbConn *conn, HoldId hold, FundId to) {
    HoldRow row;
    TRY(store_hold(cx, conn, hold, &row));
    TRY(move_check(cx, conn, &row, to));
    TRY(hold_shares_fill(cx, &row));
    TRY(move_post(cx, conn, &row.hold, to));
    const FundId from = row.hold.fund;
    row.hold.fund = to;
    TRY(store_hold_update(cx, conn, &row.hold));
    Transfer move = {.kind = TRANSFER_MOVE_RESERVED,
                     .fund = to,
                     .other = from,
                     .hold = hold,
                     .amount = row.hold.reserved};
    TRY(move_transfer(cx, conn, &move, row.hold.reserved_shares));
    move.kind = TRANSFER_MOVE_APPROVED;
    move.amount = row.hold.approved;
    return move_transfer(cx, conn, &move, row.hold.approved_shares);
}

/* ---- lists ---- */

Status ledger_transfers_of_fund(Cx *cx, DbConn *conn, FundId fund, const TransferPage *page,
                                TransferList *out) {
    TransferPage bounded = *page;
    bounded.row_max = bounded.row_max == 0 ? 50 : bounded.row_max;
    if (bounded.row_max > LEDGER_PAGE_ROWS_MAX || bounded.before_id < 0) {
        return fault(cx, STATUS_INVALID, "每页最多 %d 行", LEDGER_PAGE_ROWS_MAX);
    }
    Fund exists;
    TRY(store_fund(cx, conn, fund, &exists));
    return store_transfers_of_fund(cx, conn, fund, &bounded, out);
}

Status ledger_transfers_of_hold(Cx *cx, DbConn *conn, HoldId hold, TransferList *out) {
    HoldRow exists;
    TRY(store_hold(cx, conn, hold, &exists));
    return store_transfers_of_hold(cx, conn, hold, out);
}
