/*
 * ledger_fund.c - the tree: making funds, giving and taking money, freezing, closing, and the rules
 * that steps of holds share. Rare acts of officers: each reads the whole way and decides in C; the
 * frequent step of a hold decides in one statement (ledger_hold.c).
 */
#include "base/limits.h"
#include "ledger/ledger_internal.h"

#include <string.h>

enum { CODE_BYTES_MAX = 40, NAME_BYTES_MAX = 120, BASIS_BYTES_MAX = 200 };

/* ---- shared rules ---- */

LedgerShares shares_sub(LedgerShares left, LedgerShares right) {
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        left.part[i] = money_sub(left.part[i], right.part[i]);
    }
    return left;
}

LedgerShares shares_add(LedgerShares left, LedgerShares right) {
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        left.part[i] = money_add(left.part[i], right.part[i]);
    }
    return left;
}

Status shares_of(Cx *cx, const int64_t rate_bp[LEDGER_LEVEL_COUNT], int64_t fen,
                 LedgerShares *out) {
    return money_split(cx, (Money){fen}, rate_bp, LEDGER_LEVEL_COUNT, out->part);
}

Status amount_check(Cx *cx, Money amount) {
    if (amount.fen < 1) {
        return fault_at_field(cx, STATUS_INVALID, "amount", "金额必须大于零");
    }
    if (amount.fen > LIMIT_MONEY_FEN_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "amount", "金额过大");
    }
    return STATUS_OK;
}

static Status basis_check(Cx *cx, Str basis) {
    if (str_is_empty(str_trim(basis))) {
        return fault_at_field(cx, STATUS_INVALID, "basis", "请填写依据文件");
    }
    if (basis.len > BASIS_BYTES_MAX || !str_is_utf8(basis)) {
        return fault_at_field(cx, STATUS_INVALID, "basis", "依据文件过长或不是有效文本");
    }
    return STATUS_OK;
}

static Status node_refuse(Cx *cx, const Fund *fund, const char *why) {
    return fault(cx, STATUS_CONFLICT, "资金池“" STR_FMT "”%s", STR_ARG(fund->name), why);
}

static Status path_closed_check(Cx *cx, const Path *path) {
    for (size_t i = 0; i < path->count; i++) {
        if (path->nodes[i].fund.is_closed) {
            return node_refuse(cx, &path->nodes[i].fund, "已关闭");
        }
    }
    return STATUS_OK;
}

Status path_open_check(Cx *cx, const Path *path) {
    TRY(path_closed_check(cx, path));
    for (size_t i = 0; i < path->count; i++) {
        if (path->nodes[i].fund.is_frozen) {
            return node_refuse(cx, &path->nodes[i].fund, "已冻结，暂停使用");
        }
    }
    return STATUS_OK;
}

/* What the node can give to a new hold at the leaf of its way. */
static Money node_room(const PathNode *node) {
    Money unused = ledger_fund_unused(&node->fund);
    return node->is_direct ? money_min(unused, ledger_fund_free(&node->fund)) : unused;
}

static Status short_refuse(Cx *cx, const Fund *fund, Money left, Money amount) {
    Str left_text = money_print(cx->arena, left);
    Str amount_text = money_print(cx->arena, amount);
    Status status = fault(cx, STATUS_CONFLICT,
                          "资金池“" STR_FMT "”余额不足：还可用 " STR_FMT " 元，需要 " STR_FMT " 元",
                          STR_ARG(fund->name), STR_ARG(left_text), STR_ARG(amount_text));
    fault_hint(cx, "可减少金额，或等待资金释放、追加后再试");
    return status;
}

Status path_room_check(Cx *cx, const Path *path, Money amount) {
    for (size_t i = 0; i < path->count; i++) {
        Money room = node_room(&path->nodes[i]);
        if (money_compare(room, amount) < 0) {
            return short_refuse(cx, &path->nodes[i].fund, room, amount);
        }
    }
    return STATUS_OK;
}

/* Appends text as a JSON string. */
static void json_text(Buf *buf, Str text) {
    buf_put_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '"' || c == '\\') {
            buf_put_char(buf, '\\');
            buf_put_char(buf, c);
        } else if ((unsigned char)c < 0x20) {
            buf_print(buf, "\\u%04x", (unsigned)c);
        } else {
            buf_put_char(buf, c);
        }
    }
    buf_put_char(buf, '"');
}

Status transfer_post(Cx *cx, DbConn *conn, Transfer *transfer) {
    const Money *parts = transfer->shares.part;
    int64_t total = 0;
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        total += parts[i].fen;
    }
    check(transfer->amount.fen > 0);
    check(transfer->hold.id == 0 || total == transfer->amount.fen);
    Buf *line = buf_in(cx->arena, 4096);
    buf_print(line,
              "{\"transfer\":\"%s\",\"fund\":%lld,\"other\":%lld,\"hold\":%lld,\"amount\":%lld,"
              "\"shares\":[%lld,%lld,%lld,%lld],\"basis\":",
              transfer_kind_text(transfer->kind), (long long)transfer->fund.id,
              (long long)transfer->other.id, (long long)transfer->hold.id,
              (long long)transfer->amount.fen, (long long)parts[0].fen, (long long)parts[1].fen,
              (long long)parts[2].fen, (long long)parts[3].fen);
    json_text(line, transfer->basis);
    buf_put_char(line, '}');
    TRY(db_journal_attach(cx, conn, buf_str(line), &transfer->journal_id));
    transfer->at_ms = db_now_ms(conn);
    return store_transfer_insert(cx, conn, transfer);
}

/* Puts an act that moves no money under the journal. */
static Status act_attach(Cx *cx, DbConn *conn, const char *act, FundId fund, Str words) {
    Buf *line = buf_in(cx->arena, 4096);
    buf_print(line, "{\"fund\":%lld,\"act\":\"%s\",\"basis\":", (long long)fund.id, act);
    json_text(line, words);
    buf_put_char(line, '}');
    int64_t journal_id = 0;
    return db_journal_attach(cx, conn, buf_str(line), &journal_id);
}

/* Reads the way; NOT_FOUND with words when there is no such fund. */
static Status path_read(Cx *cx, DbConn *conn, FundId fund, Path *out) {
    TRY(store_path(cx, conn, fund, out));
    if (out->count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有编号为 %lld 的资金池", (long long)fund.id);
    }
    return STATUS_OK;
}

/* ---- creating ---- */

static bool is_code(Str code) {
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool is_digit = c >= '0' && c <= '9';
        if (!is_letter && !is_digit && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }
    return code.len >= 1 && code.len <= CODE_BYTES_MAX;
}

static Status rates_check(Cx *cx, const FundSpec *spec) {
    int64_t sum = 0;
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        if (spec->rate_bp[i] < 0 || spec->rate_bp[i] > RATE_BP_ONE) {
            return fault_at_field(cx, STATUS_INVALID, "rate", "分担比例应在 0 到 100%% 之间");
        }
        sum += spec->rate_bp[i];
    }
    if (sum != RATE_BP_ONE) {
        return fault_at_field(cx, STATUS_INVALID, "rate",
                              "各级分担比例之和应为 100%%，现为 %lld.%02lld%%",
                              (long long)(sum / 100), (long long)(sum % 100));
    }
    return STATUS_OK;
}

static Status spec_check(Cx *cx, const FundSpec *spec) {
    if (!is_code(spec->code)) {
        return fault_at_field(cx, STATUS_INVALID, "code",
                              "代码应为 1 到 40 个字母、数字、点、横线或下划线");
    }
    if (str_is_empty(str_trim(spec->name)) || spec->name.len > NAME_BYTES_MAX ||
        !str_is_utf8(spec->name)) {
        return fault_at_field(cx, STATUS_INVALID, "name", "名称应为 1 到 40 个字");
    }
    if (spec->year < DAY_YEAR_MIN || spec->year > DAY_YEAR_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "year", "年度不正确");
    }
    if (spec->parent.id == 0 && spec->is_cap) {
        return fault_at_field(cx, STATUS_INVALID, "is_cap", "资金来源不能只是限额");
    }
    return spec->parent.id == 0 ? rates_check(cx, spec) : STATUS_OK;
}

/* Fills in what a child takes from its parent. */
static Status child_inherit(Cx *cx, const FundSpec *spec, const Fund *parent, Fund *fund) {
    if (parent->is_closed) {
        return node_refuse(cx, parent, "已关闭");
    }
    if (parent->is_cap && !spec->is_cap) {
        return fault_at_field(cx, STATUS_INVALID, "is_cap", "限额之下只能再设限额");
    }
    if (parent->depth >= FUND_DEPTH_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "parent", "资金池层级不能超过 %d 层",
                              FUND_DEPTH_MAX);
    }
    fund->root = parent->root;
    fund->depth = parent->depth + 1;
    fund->is_recovered_reusable = parent->is_recovered_reusable;
    memcpy(fund->rate_bp, parent->rate_bp, sizeof fund->rate_bp);
    fund->path =
        str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(parent->path), STR_ARG(spec->code));
    return STATUS_OK;
}

Status ledger_fund_create(Cx *cx, DbConn *conn, const FundSpec *spec, FundId *out) {
    TRY(spec_check(cx, spec));
    Fund fund = {
        .parent = spec->parent,
        .kind = spec->kind,
        .is_cap = spec->is_cap,
        .is_recovered_reusable = spec->is_recovered_reusable,
        .year = spec->year,
        .depth = 1,
        .code = spec->code,
        .path = spec->code,
        .name = spec->name,
    };
    memcpy(fund.rate_bp, spec->rate_bp, sizeof fund.rate_bp);
    if (spec->parent.id != 0) {
        Fund parent;
        TRY(store_fund(cx, conn, spec->parent, &parent));
        TRY(child_inherit(cx, spec, &parent, &fund));
    }
    bool is_taken = false;
    FundId id = FUND_NONE;
    TRY(store_fund_insert(cx, conn, &fund, &id, &is_taken));
    if (is_taken) {
        return fault_at_field(cx, STATUS_CONFLICT, "code", "代码“" STR_FMT "”已被使用",
                              STR_ARG(fund.path));
    }
    TRY(act_attach(cx, conn, "create", id, fund.path));
    db_memo_forget(conn); /* offices keep which nodes there are */
    *out = id;
    return STATUS_OK;
}

/* ---- giving and taking money ---- */

/* The most a node may ever hold, so that no sum can overflow. */
static Status total_check(Cx *cx, const Fund *fund, Money amount) {
    if (fund->appropriated.fen > LIMIT_MONEY_FEN_MAX - amount.fen) {
        return fault_at_field(cx, STATUS_INVALID, "amount", "金额过大");
    }
    return STATUS_OK;
}

/* The node above that gives the money of an allocation; NULL for roots and caps. */
static const Fund *giver_of(const Path *path) {
    bool has_giver = path->count > 1 && !path->nodes[0].fund.is_cap;
    return has_giver ? &path->nodes[1].fund : NULL;
}

Status ledger_appropriate(Cx *cx, DbConn *conn, FundId fund, Money amount, Str basis) {
    TRY(amount_check(cx, amount));
    TRY(basis_check(cx, basis));
    Path path;
    TRY(path_read(cx, conn, fund, &path));
    TRY(total_check(cx, &path.nodes[0].fund, amount));
    TRY(path_open_check(cx, &path));
    const Fund *giver = giver_of(&path);
    if (giver != NULL) {
        Money room = ledger_fund_free(giver);
        if (money_compare(room, amount) < 0) {
            return short_refuse(cx, giver, room, amount);
        }
        TRY(store_fund_add(cx, conn, giver->id, 0, amount.fen));
    }
    TRY(store_fund_add(cx, conn, fund, amount.fen, 0));
    Transfer transfer = {.kind = TRANSFER_APPROPRIATE,
                         .fund = fund,
                         .other = giver == NULL ? FUND_NONE : giver->id,
                         .amount = amount,
                         .basis = basis};
    return transfer_post(cx, conn, &transfer);
}

Status ledger_reclaim(Cx *cx, DbConn *conn, FundId fund, Money amount, Str basis) {
    TRY(amount_check(cx, amount));
    TRY(basis_check(cx, basis));
    Path path;
    TRY(path_read(cx, conn, fund, &path));
    const Fund *node = &path.nodes[0].fund;
    Money room = ledger_fund_free(node);
    if (money_compare(room, amount) < 0) {
        return short_refuse(cx, node, room, amount);
    }
    const Fund *giver = giver_of(&path);
    TRY(store_fund_add(cx, conn, fund, -amount.fen, 0));
    if (giver != NULL) {
        TRY(store_fund_add(cx, conn, giver->id, 0, -amount.fen));
    }
    Transfer transfer = {.kind = TRANSFER_RECLAIM,
                         .fund = fund,
                         .other = giver == NULL ? FUND_NONE : giver->id,
                         .amount = amount,
                         .basis = basis};
    return transfer_post(cx, conn, &transfer);
}

static Status siblings_check(Cx *cx, const Fund *from, const Fund *to) {
    bool is_pair = from->id.id != to->id.id && from->parent.id != 0 &&
                   from->parent.id == to->parent.id && from->is_cap == to->is_cap;
    if (!is_pair) {
        return fault_at_field(cx, STATUS_INVALID, "to", "只能在同一上级的两个同类资金池之间调剂");
    }
    return STATUS_OK;
}

Status ledger_reallocate(Cx *cx, DbConn *conn, FundId from, FundId to, Money amount, Str basis) {
    TRY(amount_check(cx, amount));
    TRY(basis_check(cx, basis));
    Path giver;
    Path taker;
    TRY(path_read(cx, conn, from, &giver));
    TRY(path_read(cx, conn, to, &taker));
    const Fund *from_fund = &giver.nodes[0].fund;
    TRY(siblings_check(cx, from_fund, &taker.nodes[0].fund));
    TRY(total_check(cx, &taker.nodes[0].fund, amount));
    TRY(path_closed_check(cx, &giver));
    TRY(path_closed_check(cx, &taker));
    TRY(path_open_check(cx, &giver));
    TRY(path_open_check(cx, &taker));
    Money room = ledger_fund_free(from_fund);
    if (money_compare(room, amount) < 0) {
        return short_refuse(cx, from_fund, room, amount);
    }
    TRY(store_fund_add(cx, conn, from, -amount.fen, 0));
    TRY(store_fund_add(cx, conn, to, amount.fen, 0));
    Transfer transfer = {
        .kind = TRANSFER_REALLOCATE, .fund = to, .other = from, .amount = amount, .basis = basis};
    return transfer_post(cx, conn, &transfer);
}

/* ---- freezing and closing ---- */

/* Sets or lifts the freeze of the node itself. */
static Status frozen_set(Cx *cx, DbConn *conn, FundId fund, bool is_frozen, Str basis) {
    TRY(basis_check(cx, basis));
    Fund node;
    TRY(store_fund(cx, conn, fund, &node));
    if (node.is_closed) {
        return node_refuse(cx, &node, "已关闭");
    }
    if (node.is_frozen == is_frozen) {
        return node_refuse(cx, &node, is_frozen ? "已经冻结" : "没有冻结");
    }
    TRY(store_fund_flags(cx, conn, fund, is_frozen, false));
    return act_attach(cx, conn, is_frozen ? "freeze" : "unfreeze", fund, basis);
}

Status ledger_freeze(Cx *cx, DbConn *conn, FundId fund, Str basis) {
    return frozen_set(cx, conn, fund, true, basis);
}

Status ledger_unfreeze(Cx *cx, DbConn *conn, FundId fund, Str basis) {
    return frozen_set(cx, conn, fund, false, basis);
}

Status ledger_close(Cx *cx, DbConn *conn, FundId fund, Str basis) {
    TRY(basis_check(cx, basis));
    Fund node;
    TRY(store_fund(cx, conn, fund, &node));
    if (node.is_closed) {
        return node_refuse(cx, &node, "已关闭");
    }
    if (node.reserved.fen > 0 || node.approved.fen > 0) {
        return node_refuse(cx, &node, "还有未拨付的占用，不能关闭");
    }
    bool has_open_child = false;
    TRY(store_open_child_exists(cx, conn, fund, &has_open_child));
    if (has_open_child) {
        return node_refuse(cx, &node, "还有未关闭的下级，不能关闭");
    }
    if (!node.is_cap && ledger_fund_free(&node).fen > 0) {
        Status status = node_refuse(cx, &node, "还有未用资金，请先收回再关闭");
        fault_detail(cx, "未用 " STR_FMT " 元",
                     STR_ARG(money_print(cx->arena, ledger_fund_free(&node))));
        return status;
    }
    TRY(store_fund_flags(cx, conn, fund, node.is_frozen, true));
    db_memo_forget(conn);
    return act_attach(cx, conn, "close", fund, basis);
}

/* ---- reading ---- */

Status ledger_fund_get(Cx *cx, DbConn *conn, FundId fund, Fund *out) {
    return store_fund(cx, conn, fund, out);
}

Status ledger_fund_find(Cx *cx, DbConn *conn, Str path, Fund *out) {
    return store_fund_by_path(cx, conn, path, out);
}

Status ledger_fund_children(Cx *cx, DbConn *conn, FundId fund, FundList *out) {
    return store_children(cx, conn, fund, out);
}

Status ledger_fund_path(Cx *cx, DbConn *conn, FundId fund, FundList *out) {
    Path path;
    TRY(path_read(cx, conn, fund, &path));
    Fund *items = arena_array(cx->arena, Fund, path.count);
    for (size_t i = 0; i < path.count; i++) {
        items[i] = path.nodes[path.count - 1 - i].fund;
    }
    *out = (FundList){items, path.count};
    return STATUS_OK;
}

Money ledger_fund_used(const Fund *fund) {
    return money_add(money_add(fund->reserved, fund->approved), fund->paid);
}

Money ledger_fund_unused(const Fund *fund) {
    return money_sub(fund->appropriated, ledger_fund_used(fund));
}

Money ledger_fund_free(const Fund *fund) {
    return money_sub(money_sub(fund->appropriated, fund->allocated), fund->direct);
}

Status ledger_left(Cx *cx, DbConn *conn, FundId fund, Money *out) {
    Path path;
    TRY(path_read(cx, conn, fund, &path));
    Money left = node_room(&path.nodes[0]);
    for (size_t i = 0; i < path.count; i++) {
        const PathNode *node = &path.nodes[i];
        bool is_shut = node->fund.is_closed || node->fund.is_frozen;
        left = is_shut ? MONEY_ZERO : money_min(left, node_room(node));
    }
    *out = left;
    return STATUS_OK;
}
