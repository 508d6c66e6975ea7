#include "office/treasury/treasury_store.h"

#include <string.h>

static const char *const kind_words[] = {
#define X(name, word, zh) word,
    SETUP_KIND_LIST(X)
#undef X
};
static const char *const kind_zh[] = {
#define X(name, word, zh) zh,
    SETUP_KIND_LIST(X)
#undef X
};

bool setup_kind_of(Str word, SetupKind *out) {
    for (int i = 0; i < SETUP_KIND_COUNT; i++) {
        if (str_equal(word, str_of(kind_words[i]))) {
            *out = (SetupKind)i;
            return true;
        }
    }
    return false;
}

Str setup_kind_word(SetupKind kind) {
    return str_of(kind_words[kind]);
}

Str setup_kind_zh(SetupKind kind) {
    return str_of(kind_zh[kind]);
}

/* ---- what can be known to be wrong before anybody decides ---- */

static Status free_check(Cx *cx, const Fund *giver, Money amount) {
    Money left = ledger_fund_free(giver);
    if (money_compare(left, amount) >= 0) {
        return STATUS_OK;
    }
    Str text = money_print(cx->arena, left);
    return fault_at_field(cx, STATUS_CONFLICT, "amount",
                          "“" STR_FMT "”未使用、未分配的资金只有 " STR_FMT " 元",
                          STR_ARG(giver->name), STR_ARG(text));
}

static Status shares_check(Cx *cx, const FundSpec *spec) {
    int64_t sum = 0;
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        sum += spec->rate_bp[i];
    }
    if (sum != RATE_BP_ONE) {
        return fault_at_field(cx, STATUS_INVALID, "central",
                              "新的资金来源须填写各级分担比例，合计应为 100%%，现为 %lld.%02lld%%",
                              (long long)(sum / 100), (long long)(sum % 100));
    }
    return STATUS_OK;
}

/* The code must be free below the parent, whatever the letters: the ledger checks those. */
static Status code_check(Cx *cx, DbConn *conn, const FundSpec *spec, const Fund *parent) {
    Fund found;
    Str path = parent == NULL ? spec->code
                              : str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(parent->path),
                                          STR_ARG(spec->code));
    Status status = ledger_fund_find(cx, conn, path, &found);
    if (status == STATUS_OK) {
        return fault_at_field(cx, STATUS_CONFLICT, "code", "代码“" STR_FMT "”已被使用",
                              STR_ARG(path));
    }
    if (status != STATUS_NOT_FOUND) {
        return status;
    }
    fault_clear(cx);
    return STATUS_OK;
}

static bool is_code_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static Status letters_check(Cx *cx, Str code) {
    bool is_good = code.len >= 1 && code.len <= 40;
    for (size_t i = 0; i < code.len; i++) {
        is_good = is_good && is_code_letter(code.at[i]);
    }
    return is_good ? STATUS_OK
                   : fault_at_field(cx, STATUS_INVALID, "code",
                                    "代码应为 1 到 40 个字母、数字、点、横线或下划线");
}

static Status child_check(Cx *cx, const Setup *setup, const Fund *parent) {
    const FundSpec *spec = &setup->spec;
    if (parent->is_closed) {
        return fault_at_field(cx, STATUS_CONFLICT, "parent", "上级资金已关闭");
    }
    if (spec->kind == FUND_SOURCE) {
        return fault_at_field(cx, STATUS_INVALID, "kind", "资金来源只能是最上一级");
    }
    if (parent->is_cap && !spec->is_cap) {
        return fault_at_field(cx, STATUS_INVALID, "is_cap", "限额之下只能再设限额");
    }
    if (parent->kind != FUND_SOURCE && spec->year != parent->year) {
        return fault_at_field(cx, STATUS_INVALID, "year", "年度应与上级相同：%lld",
                              (long long)parent->year);
    }
    return spec->is_cap ? STATUS_OK : free_check(cx, parent, setup->amount);
}

static Status create_check(Cx *cx, DbConn *conn, const Setup *setup) {
    const FundSpec *spec = &setup->spec;
    TRY(letters_check(cx, spec->code));
    if (spec->parent.id == 0) {
        if (spec->kind != FUND_SOURCE) {
            return fault_at_field(cx, STATUS_INVALID, "kind", "最上一级只能是资金来源");
        }
        if (spec->is_cap) {
            return fault_at_field(cx, STATUS_INVALID, "is_cap", "资金来源不能只是限额");
        }
        TRY(shares_check(cx, spec));
        return code_check(cx, conn, spec, NULL);
    }
    Fund parent;
    TRY(ledger_fund_get(cx, conn, spec->parent, &parent));
    TRY(child_check(cx, setup, &parent));
    if (setup_is_limit(spec->kind)) {
        return setup_limit_check(cx, conn, setup, &parent);
    }
    return code_check(cx, conn, spec, &parent);
}

static Status programme_check(Cx *cx, Str programme) {
    bool is_good = programme.len >= 1 && programme.len <= 40;
    for (size_t i = 0; i < programme.len; i++) {
        char c = programme.at[i];
        is_good = is_good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    }
    return is_good ? STATUS_OK
                   : fault_at_field(cx, STATUS_INVALID, "programme",
                                    "项目代码应为 1 到 40 个小写字母、数字或下划线");
}

/* Whoever pays out of a node that has given its money to others pays out of theirs. */
static Status leaf_check(Cx *cx, DbConn *conn, const Fund *fund) {
    if (fund->is_cap || fund->is_closed || fund->is_frozen) {
        return fault_at_field(cx, STATUS_CONFLICT, "fund",
                              "限额、已冻结和已关闭的资金不能开通项目");
    }
    FundList children = {0};
    TRY(ledger_fund_children(cx, conn, fund->id, &children));
    for (size_t i = 0; i < children.count; i++) {
        if (!children.items[i].is_cap) {
            return fault_at_field(cx, STATUS_CONFLICT, "fund", "只能在没有下级资金的节点上开通");
        }
    }
    return STATUS_OK;
}

static Status open_check(Cx *cx, DbConn *conn, const Setup *setup, Fund *fund) {
    TRY(programme_check(cx, setup->programme));
    if (setup->validity_days < 1 || setup->validity_days > SETUP_VALIDITY_DAYS_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "validity_days", "有效期应为 1 到 %d 天",
                              SETUP_VALIDITY_DAYS_MAX);
    }
    if (setup->claims_max < 1 || setup->claims_max > SETUP_CLAIMS_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "claims_max", "每人领取次数应为 1 到 %d",
                              SETUP_CLAIMS_MAX);
    }
    TRY(ledger_fund_get(cx, conn, setup->fund, fund));
    TRY(leaf_check(cx, conn, fund));
    TreasuryPot pot;
    Status status = treasury_pot_find(cx, conn, setup->programme, fund->year, &pot);
    if (status == STATUS_OK) {
        return fault_at_field(cx, STATUS_CONFLICT, "programme", "这个项目 %lld 年已经开通",
                              (long long)fund->year);
    }
    if (status != STATUS_NOT_FOUND) {
        return status;
    }
    fault_clear(cx);
    return STATUS_OK;
}

static Status amount_check(Cx *cx, Money amount) {
    if (amount.fen < 1) {
        return fault_at_field(cx, STATUS_INVALID, "amount", "金额应大于 0");
    }
    return STATUS_OK;
}

static Status move_check(Cx *cx, DbConn *conn, const Setup *setup) {
    Fund from;
    Fund to;
    TRY(amount_check(cx, setup->amount));
    TRY(ledger_fund_get(cx, conn, setup->fund, &from));
    TRY(ledger_fund_get(cx, conn, setup->to, &to));
    if (from.id.id == to.id.id || from.parent.id == 0 || from.parent.id != to.parent.id ||
        from.is_cap != to.is_cap) {
        return fault_at_field(cx, STATUS_INVALID, "to", "只能在同一上级的两个同类资金之间调剂");
    }
    return free_check(cx, &from, setup->amount);
}

static Status reclaim_check(Cx *cx, DbConn *conn, const Setup *setup) {
    Fund fund;
    TRY(amount_check(cx, setup->amount));
    TRY(ledger_fund_get(cx, conn, setup->fund, &fund));
    return free_check(cx, &fund, setup->amount);
}

/* A root gets its money from outside, a cap only a higher limit; others take it from their parent.
 */
static Status top_up_check(Cx *cx, DbConn *conn, const Setup *setup) {
    Fund fund;
    Fund parent;
    TRY(amount_check(cx, setup->amount));
    TRY(ledger_fund_get(cx, conn, setup->fund, &fund));
    if (fund.is_closed || fund.is_frozen) {
        return fault_at_field(cx, STATUS_CONFLICT, "fund", "已冻结和已关闭的资金不能下达");
    }
    if (fund.parent.id == 0 || fund.is_cap) {
        return STATUS_OK;
    }
    TRY(ledger_fund_get(cx, conn, fund.parent, &parent));
    return free_check(cx, &parent, setup->amount);
}

static Status unfreeze_check(Cx *cx, DbConn *conn, const Setup *setup) {
    Fund fund;
    TRY(ledger_fund_get(cx, conn, setup->fund, &fund));
    return fund.is_frozen
               ? STATUS_OK
               : fault_at_field(cx, STATUS_CONFLICT, "fund", "这个资金没有冻结，不用解除");
}

static Status setup_check(Cx *cx, DbConn *conn, const Setup *setup) {
    Fund fund;
    if (setup->basis.len < 1 || setup->basis.len > 200) {
        return fault_at_field(cx, STATUS_INVALID, "basis", "请填写依据文件");
    }
    switch (setup->kind) {
    case SETUP_CREATE:
        return create_check(cx, conn, setup);
    case SETUP_OPEN:
        return open_check(cx, conn, setup, &fund);
    case SETUP_MOVE:
        return move_check(cx, conn, setup);
    case SETUP_RECLAIM:
        return reclaim_check(cx, conn, setup);
    case SETUP_TOP_UP:
        return top_up_check(cx, conn, setup);
    case SETUP_UNFREEZE:
        return unfreeze_check(cx, conn, setup);
    case SETUP_KIND_COUNT:
        break;
    }
    check(false);
    return STATUS_INVALID;
}

/* ---- the two steps ---- */

static Status setup_journal(Cx *cx, DbConn *conn, const char *verb, const Setup *setup) {
    Str basis = str_json(cx->arena, setup->basis);
    Str kind = setup_kind_word(setup->kind);
    DbEntry entry = {.verb = verb,
                     .subject = "fund_setup",
                     .subject_id = setup->id,
                     .after = str_print(cx->arena,
                                        "{\"kind\":\"" STR_FMT "\",\"fund\":%lld,\"to\":%lld,"
                                        "\"amount_fen\":%lld,\"basis\":" STR_FMT "}",
                                        STR_ARG(kind), (long long)setup->fund.id,
                                        (long long)setup->to.id, (long long)setup->amount.fen,
                                        STR_ARG(basis))};
    return db_journal(cx, conn, &entry);
}

Status setup_propose(Cx *cx, DbConn *conn, const Setup *setup, int64_t *id) {
    TRY(setup_check(cx, conn, setup));
    Setup new = *setup;
    new.made_by = db_actor(conn)->user_id;
    new.made_ms = db_now_ms(conn);
    if (new.kind == SETUP_CREATE) {
        new.fund = new.spec.parent;
    }
    TRY(setup_store_insert(cx, conn, &new, id));
    new.id = *id;
    return setup_journal(cx, conn, "fund.propose", &new);
}

static Status create_do(Cx *cx, DbConn *conn, Setup *setup) {
    if (setup_is_limit(setup->spec.kind)) {
        return setup_limit_do(cx, conn, setup);
    }
    TRY(ledger_fund_create(cx, conn, &setup->spec, &setup->result));
    if (setup->amount.fen == 0) {
        return STATUS_OK;
    }
    return ledger_appropriate(cx, conn, setup->result, setup->amount, setup->basis);
}

static Status open_do(Cx *cx, DbConn *conn, const Setup *setup, const Fund *fund) {
    TreasuryPot pot = {.programme = setup->programme,
                       .year = fund->year,
                       .fund = fund->id,
                       .validity_days = setup->validity_days,
                       .claims_max = setup->claims_max,
                       .is_open = true};
    return treasury_pot_put(cx, conn, &pot);
}

static Status setup_do(Cx *cx, DbConn *conn, Setup *setup) {
    Fund fund;
    switch (setup->kind) {
    case SETUP_CREATE:
        return create_do(cx, conn, setup);
    case SETUP_OPEN:
        TRY(open_check(cx, conn, setup, &fund));
        return open_do(cx, conn, setup, &fund);
    case SETUP_MOVE:
        return ledger_reallocate(cx, conn, setup->fund, setup->to, setup->amount, setup->basis);
    case SETUP_RECLAIM:
        return ledger_reclaim(cx, conn, setup->fund, setup->amount, setup->basis);
    case SETUP_TOP_UP:
        return ledger_appropriate(cx, conn, setup->fund, setup->amount, setup->basis);
    case SETUP_UNFREEZE:
        return ledger_unfreeze(cx, conn, setup->fund, setup->basis);
    case SETUP_KIND_COUNT:
        break;
    }
    check(false);
    return STATUS_INVALID;
}

static Status decided_fault(Cx *cx, const Setup *setup) {
    return fault(cx, STATUS_CONFLICT, "这个方案已经%s，不能再办",
                 str_equal(setup->state, STR("approved")) ? "批准" : "退回");
}

Status setup_approve(Cx *cx, DbConn *conn, int64_t id) {
    Setup setup;
    TRY(setup_find(cx, conn, id, &setup));
    if (!str_equal(setup.state, STR("proposed"))) {
        return decided_fault(cx, &setup);
    }
    if (setup.made_by == db_actor(conn)->user_id) {
        Status status = fault(cx, STATUS_DENIED, "提出人不能批准自己的方案");
        fault_hint(cx, "请财政的另一位同事或牵头专班批准");
        return status;
    }
    TRY(setup_check(cx, conn, &setup));
    TRY(setup_do(cx, conn, &setup));
    setup.state = STR("approved");
    TRY(setup_store_decide(cx, conn, &setup));
    return setup_journal(cx, conn, "fund.approve", &setup);
}

Status setup_refuse(Cx *cx, DbConn *conn, int64_t id, Str reason) {
    Setup setup;
    TRY(setup_find(cx, conn, id, &setup));
    if (!str_equal(setup.state, STR("proposed"))) {
        return decided_fault(cx, &setup);
    }
    if (reason.len < 1 || reason.len > 500) {
        return fault_at_field(cx, STATUS_INVALID, "reason", "请写明理由");
    }
    setup.state = STR("refused");
    setup.reason = reason;
    TRY(setup_store_decide(cx, conn, &setup));
    return setup_journal(cx, conn, "fund.refuse", &setup);
}
