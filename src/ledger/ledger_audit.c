/*
 * ledger_audit.c - recomputes every total from the transfers and compares with what is stored.
 * Funds fit in memory (a city has hundreds); holds and their transfers are read side by side, in
 * the order of the hold, and never kept.
 */
#include "ledger/ledger_internal.h"

#include <stdarg.h>

/* What the transfers say about a fund. */
typedef struct Totals {
    int64_t appropriated;
    int64_t allocated;
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
    int64_t direct;
    LedgerShares paid_shares;
} Totals;

typedef struct Audit {
    Cx *cx;
    FundList funds; /* by id */
    Totals *totals; /* of the fund with the same index */
    LedgerAudit result;
} Audit;

/* ---- findings ---- */

static void PRINTF_LIKE(2, 3) find(Audit *audit, const char *format, ...) {
    audit->result.finding_count++;
    if (audit->result.finding_shown == LEDGER_FINDING_MAX) {
        return;
    }
    Buf *buf = buf_in(audit->cx->arena, 1024);
    va_list args;
    va_start(args, format);
    buf_print_va(buf, format, args);
    va_end(args);
    audit->result.findings[audit->result.finding_shown++] = buf_str(buf);
}

static void compare_fund(Audit *audit, const Fund *fund, const char *what, int64_t stored_fen,
                         int64_t counted_fen) {
    if (stored_fen != counted_fen) {
        find(audit, "资金池 " STR_FMT " 的%s为 %lld 分，按流水应为 %lld 分", STR_ARG(fund->path),
             what, (long long)stored_fen, (long long)counted_fen);
    }
}

static void compare_hold(Audit *audit, const Hold *hold, const char *what, int64_t stored_fen,
                         int64_t counted_fen) {
    if (stored_fen != counted_fen) {
        find(audit, "资金占用 %lld 的%s为 %lld 分，按流水应为 %lld 分", (long long)hold->id.id,
             what, (long long)stored_fen, (long long)counted_fen);
    }
}

/* ---- funds ---- */

/* Index of a fund by binary search; SIZE_MAX when there is none. */
static size_t index_of(const Audit *audit, FundId id) {
    size_t low = 0;
    size_t high = audit->funds.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (audit->funds.items[middle].id.id < id.id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_found = low < audit->funds.count && audit->funds.items[low].id.id == id.id;
    return is_found ? low : SIZE_MAX;
}

/* Adds a posting of a hold at a fund to every node above, by the parents, not by the table of ways:
 * a wrong way shows. */
static void totals_add(Audit *audit, FundId fund, const Delta *delta) {
    bool is_direct = true;
    const int64_t used = delta->reserved + delta->approved + delta->paid;
    for (int depth = 0; fund.id != 0 && depth <= FUND_DEPTH_MAX; depth++) {
        size_t i = index_of(audit, fund);
        if (i == SIZE_MAX) {
            find(audit, "没有编号为 %lld 的资金池", (long long)fund.id);
            return;
        }
        Totals *totals = &audit->totals[i];
        totals->reserved += delta->reserved;
        totals->approved += delta->approved;
        totals->paid += delta->paid;
        totals->recovered += delta->recovered;
        totals->released += delta->released;
        totals->paid_shares = shares_add(totals->paid_shares, delta->paid_shares);
        totals->direct += is_direct ? used : 0;
        is_direct = is_direct && audit->funds.items[i].is_cap;
        fund = audit->funds.items[i].parent;
    }
}

static void appropriation_add(Audit *audit, FundId fund, int64_t fen) {
    size_t i = index_of(audit, fund);
    if (i == SIZE_MAX) {
        find(audit, "没有编号为 %lld 的资金池", (long long)fund.id);
        return;
    }
    audit->totals[i].appropriated += fen;
    const Fund *node = &audit->funds.items[i];
    size_t parent = node->is_cap ? SIZE_MAX : index_of(audit, node->parent);
    if (parent != SIZE_MAX) {
        audit->totals[parent].allocated += fen;
    }
}

static void move_add(Audit *audit, const TransferSum *sum, Delta delta) {
    totals_add(audit, sum->fund, &delta);
    delta.reserved = -delta.reserved;
    delta.approved = -delta.approved;
    totals_add(audit, sum->other, &delta);
}

static void recover_add(Audit *audit, const TransferSum *sum) {
    Delta delta = {.recovered = sum->amount.fen};
    size_t i = index_of(audit, sum->fund);
    if (i != SIZE_MAX && audit->funds.items[i].is_recovered_reusable) {
        delta.paid = -sum->amount.fen;
        delta.paid_shares = shares_sub((LedgerShares){0}, sum->shares);
    }
    totals_add(audit, sum->fund, &delta);
}

static void sum_add(Audit *audit, const TransferSum *sum) {
    const int64_t fen = sum->amount.fen;
    switch (sum->kind) {
    case TRANSFER_APPROPRIATE:
        appropriation_add(audit, sum->fund, fen);
        return;
    case TRANSFER_RECLAIM:
        appropriation_add(audit, sum->fund, -fen);
        return;
    case TRANSFER_REALLOCATE:
        appropriation_add(audit, sum->fund, fen);
        appropriation_add(audit, sum->other, -fen);
        return;
    case TRANSFER_RESERVE:
        totals_add(audit, sum->fund, &(Delta){.reserved = fen});
        return;
    case TRANSFER_APPROVE:
        totals_add(audit, sum->fund, &(Delta){.reserved = -fen, .approved = fen});
        return;
    case TRANSFER_PAY:
        totals_add(audit, sum->fund,
                   &(Delta){.approved = -fen, .paid = fen, .paid_shares = sum->shares});
        return;
    case TRANSFER_RECOVER:
        recover_add(audit, sum);
        return;
    case TRANSFER_RELEASE_RESERVED:
        totals_add(audit, sum->fund, &(Delta){.reserved = -fen, .released = fen});
        return;
    case TRANSFER_RELEASE_APPROVED:
        totals_add(audit, sum->fund, &(Delta){.approved = -fen, .released = fen});
        return;
    case TRANSFER_MOVE_RESERVED:
        move_add(audit, sum, (Delta){.reserved = fen});
        return;
    case TRANSFER_MOVE_APPROVED:
        move_add(audit, sum, (Delta){.approved = fen});
        return;
    }
    find(audit, "流水类别 %d 不存在", (int)sum->kind);
}

static void fund_check(Audit *audit, const Fund *fund, const Totals *totals) {
    compare_fund(audit, fund, "下达", fund->appropriated.fen, totals->appropriated);
    compare_fund(audit, fund, "分配", fund->allocated.fen, totals->allocated);
    compare_fund(audit, fund, "预占", fund->reserved.fen, totals->reserved);
    compare_fund(audit, fund, "核定", fund->approved.fen, totals->approved);
    compare_fund(audit, fund, "拨付", fund->paid.fen, totals->paid);
    compare_fund(audit, fund, "追回", fund->recovered.fen, totals->recovered);
    compare_fund(audit, fund, "释放", fund->released.fen, totals->released);
    compare_fund(audit, fund, "直接占用", fund->direct.fen, totals->direct);
    int64_t shares_fen = 0;
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        compare_fund(audit, fund, ledger_level_chinese((LedgerLevel)i),
                     fund->paid_shares.part[i].fen, totals->paid_shares.part[i].fen);
        shares_fen += totals->paid_shares.part[i].fen;
    }
    compare_fund(audit, fund, "各级分担之和", shares_fen, totals->paid);
    if (totals->reserved + totals->approved + totals->paid > totals->appropriated) {
        find(audit, "资金池 " STR_FMT " 超支", STR_ARG(fund->path));
    }
    if (totals->allocated + totals->direct > totals->appropriated) {
        find(audit, "资金池 " STR_FMT " 分配超过下达", STR_ARG(fund->path));
    }
}

static Status funds_audit(Audit *audit, DbConn *conn) {
    Cx *cx = audit->cx;
    TRY(store_all_funds(cx, conn, &audit->funds));
    audit->totals = arena_array(cx->arena, Totals, audit->funds.count);
    TransferSumList sums;
    TRY(store_transfer_sums(cx, conn, &sums));
    for (size_t i = 0; i < sums.count; i++) {
        audit->result.transfer_count += sums.items[i].count;
        sum_add(audit, &sums.items[i]);
    }
    for (size_t i = 0; i < audit->funds.count; i++) {
        TRY(cx_step(cx));
        fund_check(audit, &audit->funds.items[i], &audit->totals[i]);
    }
    audit->result.fund_count = (int64_t)audit->funds.count;
    return STATUS_OK;
}

/* ---- holds ---- */

/* What the transfers say about a hold. */
typedef struct HoldSums {
    FundId fund; /* after its last move */
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
    LedgerShares whole;     /* reserve less releases: S(g+a+r) */
    LedgerShares confirmed; /* approve less releases of it: S(g+a) */
    LedgerShares paid_out;  /* S(g) */
    LedgerShares recovered_back;
} HoldSums;

static void hold_add(Audit *audit, HoldSums *sums, const Transfer *transfer) {
    const int64_t fen = transfer->amount.fen;
    const LedgerShares *shares = &transfer->shares;
    switch (transfer->kind) {
    case TRANSFER_RESERVE:
        sums->reserved += fen;
        sums->whole = shares_add(sums->whole, *shares);
        break;
    case TRANSFER_APPROVE:
        sums->reserved -= fen;
        sums->approved += fen;
        sums->confirmed = shares_add(sums->confirmed, *shares);
        break;
    case TRANSFER_PAY:
        sums->approved -= fen;
        sums->paid += fen;
        sums->paid_out = shares_add(sums->paid_out, *shares);
        break;
    case TRANSFER_RECOVER:
        sums->recovered += fen;
        sums->recovered_back = shares_add(sums->recovered_back, *shares);
        break;
    case TRANSFER_RELEASE_RESERVED:
        sums->reserved -= fen;
        sums->released += fen;
        sums->whole = shares_sub(sums->whole, *shares);
        break;
    case TRANSFER_RELEASE_APPROVED:
        sums->approved -= fen;
        sums->released += fen;
        sums->whole = shares_sub(sums->whole, *shares);
        sums->confirmed = shares_sub(sums->confirmed, *shares);
        break;
    case TRANSFER_MOVE_RESERVED:
    case TRANSFER_MOVE_APPROVED:
        break;
    case TRANSFER_APPROPRIATE:
    case TRANSFER_RECLAIM:
    case TRANSFER_REALLOCATE:
        find(audit, "流水 %lld 的类别不能属于资金占用", (long long)transfer->id);
        break;
    }
    sums->fund = transfer->fund;
}

static void shares_compare(Audit *audit, const Hold *hold, LedgerShares counted,
                           LedgerShares exact) {
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        compare_hold(audit, hold, ledger_level_chinese((LedgerLevel)i), exact.part[i].fen,
                     counted.part[i].fen);
    }
}

static Status hold_check(Audit *audit, HoldRow *row, const HoldSums *sums) {
    const Hold *hold = &row->hold;
    compare_hold(audit, hold, "预占", hold->reserved.fen, sums->reserved);
    compare_hold(audit, hold, "核定", hold->approved.fen, sums->approved);
    compare_hold(audit, hold, "拨付", hold->paid.fen, sums->paid);
    compare_hold(audit, hold, "追回", hold->recovered.fen, sums->recovered);
    compare_hold(audit, hold, "释放", hold->released.fen, sums->released);
    if (hold->fund.id != sums->fund.id) {
        find(audit, "资金占用 %lld 的资金池与流水不符", (long long)hold->id.id);
    }
    TRY(hold_shares_fill(audit->cx, row));
    LedgerShares confirmed = shares_add(hold->paid_shares, hold->approved_shares);
    shares_compare(audit, hold, sums->paid_out, hold->paid_shares);
    shares_compare(audit, hold, sums->confirmed, confirmed);
    shares_compare(audit, hold, sums->whole, shares_add(confirmed, hold->reserved_shares));
    shares_compare(audit, hold, sums->recovered_back, hold->recovered_shares);
    return STATUS_OK;
}

static void transfer_check(Audit *audit, const Transfer *transfer) {
    int64_t parts_fen = 0;
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        parts_fen += transfer->shares.part[i].fen;
    }
    if (parts_fen != transfer->amount.fen) {
        find(audit, "流水 %lld 的分担之和与金额不符", (long long)transfer->id);
    }
}

/* Two sorted streams, the holds and their transfers. */
typedef struct Streams {
    DbRows *holds;
    DbRows *transfers;
    bool has_transfer;
    Transfer transfer;
} Streams;

static Status transfer_next(Cx *cx, Streams *streams) {
    TRY(cx_step(cx));
    TRY(db_next(cx, streams->transfers, &streams->has_transfer));
    if (streams->has_transfer) {
        streams->transfer = store_hold_transfers_row(streams->transfers);
    }
    return STATUS_OK;
}

static Status hold_fold(Audit *audit, Streams *streams, HoldRow *row) {
    HoldSums sums = {0};
    while (streams->has_transfer && streams->transfer.hold.id <= row->hold.id.id) {
        if (streams->transfer.hold.id < row->hold.id.id) {
            find(audit, "流水 %lld 的资金占用不存在", (long long)streams->transfer.id);
        } else {
            transfer_check(audit, &streams->transfer);
            hold_add(audit, &sums, &streams->transfer);
        }
        TRY(transfer_next(audit->cx, streams));
    }
    audit->result.hold_count++;
    return hold_check(audit, row, &sums);
}

/* Transfers after the last hold belong to none. */
static Status orphans_find(Audit *audit, Streams *streams) {
    while (streams->has_transfer) {
        find(audit, "流水 %lld 的资金占用不存在", (long long)streams->transfer.id);
        TRY(transfer_next(audit->cx, streams));
    }
    return STATUS_OK;
}

static Status holds_fold(Audit *audit, Streams *streams) {
    Cx *cx = audit->cx;
    TRY(transfer_next(cx, streams));
    for (;;) {
        bool has_row = false;
        TRY(cx_step(cx));
        TRY(db_next(cx, streams->holds, &has_row));
        if (!has_row) {
            return orphans_find(audit, streams);
        }
        HoldRow row = store_holds_row(NULL, streams->holds);
        TRY(hold_fold(audit, streams, &row));
    }
}

static Status holds_audit(Audit *audit, DbConn *conn) {
    Streams streams = {0};
    TRY(store_holds_open(audit->cx, conn, &streams.holds));
    Status status = store_hold_transfers_open(audit->cx, conn, &streams.transfers);
    if (status == STATUS_OK) {
        status = holds_fold(audit, &streams);
    }
    db_rows_close(streams.holds);
    db_rows_close(streams.transfers);
    return status;
}

Status ledger_audit(Cx *cx, DbConn *conn, LedgerAudit *out) {
    Audit audit = {.cx = cx};
    TRY(funds_audit(&audit, conn));
    TRY(holds_audit(&audit, conn));
    int64_t unjournaled = 0;
    TRY(store_unjournaled_count(cx, conn, &unjournaled));
    if (unjournaled > 0) {
        find(&audit, "%lld 条流水没有对应的日志", (long long)unjournaled);
    }
    *out = audit.result;
    return STATUS_OK;
}
