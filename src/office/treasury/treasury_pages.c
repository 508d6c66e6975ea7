/*
 * treasury_pages.c - the fund tree for finance, lead office and audit: each figure leads to the
 * transfers that make it.
 */
#include "office/treasury/treasury.h"
#include "web/form.h"

#include <inttypes.h>

static const ViewColumn fund_columns[] = {
    {"name", "名称", false},
    {"kind", "层级", false},
    {"appropriated_fen", "下达", true},
    {"reserved_fen", "预占", true},
    {"approved_fen", "核定", true},
    {"paid_fen", "已拨付", true},
    {"left_fen", "剩余可用", true},
    {"state", "状态", false},
};
enum { FUND_COLUMN_COUNT = sizeof fund_columns / sizeof fund_columns[0] };

static ViewValue fund_state(const Fund *fund) {
    if (fund->is_closed) {
        return VIEW_BADGE(VIEW_NEUTRAL, STR("closed"), STR("已关闭"));
    }
    if (fund->is_frozen) {
        return VIEW_BADGE(VIEW_WARN, STR("frozen"), STR("已冻结"));
    }
    return VIEW_BADGE(VIEW_GOOD, STR("open"), STR("正常"));
}

static void fund_row(Web *web, const Fund *fund) {
    View *view = web->view;
    Arena *arena = web->cx->arena;
    view_row(view);
    view_cell(view, VIEW_LINK(str_print(arena, "/fund/%" PRId64, fund->id.id), fund->name));
    view_cell(view, VIEW_TEXT(str_of(fund_kind_chinese(fund->kind))));
    view_cell(view, VIEW_MONEY(fund->appropriated));
    view_cell(view, VIEW_MONEY(fund->reserved));
    view_cell(view, VIEW_MONEY(fund->approved));
    view_cell(view, VIEW_MONEY(fund->paid));
    view_cell(view, VIEW_MONEY(ledger_fund_free(fund)));
    view_cell(view, fund_state(fund));
}

static Status fund_rows(Web *web, FundId parent) {
    FundList funds = {0};
    TRY(ledger_fund_children(web->cx, web->conn, parent, &funds));
    for (size_t i = 0; i < funds.count; i++) {
        fund_row(web, &funds.items[i]);
    }
    return STATUS_OK;
}

Status treasury_fund_list_page(Web *web) {
    View *view = web->view;
    view_title(view, STR("资金总览"));
    view_lead(view,
              STR("每一笔补贴都从这里的资金中预占、核定、拨付；任何时刻三项之和不超过下达数。"));
    view_section(view, STR("资金来源"));
    view_table_begin(view, "funds", STR("资金来源"), fund_columns, FUND_COLUMN_COUNT);
    TRY(fund_rows(web, FUND_NONE));
    view_table_end(view, STR("还没有下达资金"));
    view_section(view, STR("各项目资金"));
    TreasuryPotList pots = {0};
    TRY(treasury_pots(web->cx, web->conn, &pots));
    view_table_begin(view, "pots", STR("各项目资金"), fund_columns, FUND_COLUMN_COUNT);
    for (size_t i = 0; i < pots.count; i++) {
        Fund fund;
        TRY(ledger_fund_get(web->cx, web->conn, pots.items[i].fund, &fund));
        fund_row(web, &fund);
    }
    view_table_end(view, STR("还没有项目资金"));
    view_link(view, STR("/fund/setup"), STR("资金方案：新建、开通、调剂、收回"), false);
    view_link(view, STR("/fund/year-end"), STR("年末收回：各级未用的资金"), false);
    view_link(view, STR("/settlement/rule"), STR("结算规则：预拨线、到账期限"), false);
    view_link(view, STR("/fund/file/pdf"), STR("打印全部资金（PDF）"), false);
    view_link(view, STR("/fund/file/xlsx"), STR("下载全部资金（电子表格）"), false);
    return STATUS_OK;
}

static void shares_section(Web *web, const Fund *fund) {
    static const ViewColumn columns[] = {
        {"level", "分担方", false}, {"rate_bp", "比例", true}, {"paid_fen", "已拨付", true}};
    View *view = web->view;
    view_section(view, STR("分担"));
    view_table_begin(view, "shares", STR("各级分担"), columns, 3);
    for (int level = 0; level < LEDGER_LEVEL_COUNT; level++) {
        if (fund->rate_bp[level] == 0) {
            continue;
        }
        view_row(view);
        view_cell(view, VIEW_TEXT(str_of(ledger_level_chinese((LedgerLevel)level))));
        view_cell(view, VIEW_PERCENT_BP(fund->rate_bp[level]));
        view_cell(view, VIEW_MONEY(fund->paid_shares.part[level]));
    }
    view_table_end(view, STR("没有分担"));
}

static const ViewColumn transfer_columns[] = {
    {"id", "流水号", true},       {"at_ms", "时间", false},          {"kind", "类型", false},
    {"amount_fen", "金额", true}, {"central_fen", "其中中央", true}, {"hold", "对应事项", false},
    {"basis", "依据", false},
};

static void transfer_row(Web *web, const Transfer *transfer) {
    View *view = web->view;
    view_row(view);
    view_cell(view, VIEW_INT(transfer->id));
    view_cell(view, VIEW_INSTANT(transfer->at_ms));
    view_cell(view, VIEW_TEXT(str_of(transfer_kind_chinese(transfer->kind))));
    view_cell(view, VIEW_MONEY(transfer->amount));
    view_cell(view, VIEW_MONEY(transfer->shares.part[LEDGER_CENTRAL]));
    if (transfer->hold.id != 0) {
        Arena *arena = web->cx->arena;
        view_cell(view, VIEW_LINK(str_print(arena, "/hold/%" PRId64, transfer->hold.id),
                                  str_print(arena, "事项 %" PRId64, transfer->hold.id)));
    } else {
        view_cell(view, VIEW_TEXT(STR("—")));
    }
    view_cell(view, VIEW_TEXT(transfer->basis.len > 0 ? transfer->basis : STR("—")));
}

static Status transfer_section(Web *web, FundId fund) {
    int64_t before = web_param_int(web, "before", 0);
    TransferPage page = {.before_id = before, .row_max = 50, .is_with_subtree = true};
    TransferList list = {0};
    TRY(ledger_transfers_of_fund(web->cx, web->conn, fund, &page, &list));
    View *view = web->view;
    view_section(view, STR("流水"));
    view_table_begin(view, "transfers", STR("流水（含下级）"), transfer_columns, 7);
    for (size_t i = 0; i < list.count; i++) {
        transfer_row(web, &list.items[i]);
    }
    view_table_end(view, STR("还没有流水"));
    if (list.has_more) {
        view_link(view,
                  str_print(web->cx->arena, "/fund/%" PRId64 "?before=%" PRId64, fund.id,
                            list.items[list.count - 1].id),
                  STR("更早的流水"), false);
    }
    return STATUS_OK;
}

/* What takes two people begins here with the node filled in. */
static void propose_links(Web *web, const Fund *fund) {
    static const char *const links[][2] = {{"top_up?fund", "提出：下达资金"},
                                           {"create?parent", "提出：新建下级"},
                                           {"open?fund", "提出：在这里开通项目"},
                                           {"move?fund", "提出：调剂到同级"},
                                           {"reclaim?fund", "提出：收回未用资金"}};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        view_link(
            web->view,
            str_print(web->cx->arena, "/fund/setup/new/%s=%" PRId64, links[i][0], fund->id.id),
            str_of(links[i][1]), false);
    }
    view_link(web->view, str_print(web->cx->arena, "/fund/limit/new?fund=%" PRId64, fund->id.id),
              STR("提出：镇街预留、单日、小时、商户限额"), false);
}

static void manage_section(Web *web, const Fund *fund) {
    if (web->user->role != ROLE_FINANCE || fund->is_closed) {
        return;
    }
    Arena *arena = web->cx->arena;
    view_section(web->view, STR("办理"));
    propose_links(web, fund);
    if (fund->is_frozen) {
        view_text(web->view, STR("已冻结。解除冻结由一人提出，另一人批准。"));
        view_link(web->view,
                  str_print(arena, "/fund/setup/new/unfreeze?fund=%" PRId64, fund->id.id),
                  STR("提出：解除冻结"), true);
    } else {
        view_text(web->view, STR("冻结一人就能办，立即生效；解除须两人。"));
        view_action(web->view, str_print(arena, "/fund/%" PRId64 "/freeze", fund->id.id),
                    STR("冻结"), "冻结后不能再预占、核定和拨付，确认冻结？");
    }
}

static Status path_view(Web *web, FundId id) {
    FundList path = {0};
    TRY(ledger_fund_path(web->cx, web->conn, id, &path));
    Html *html = view_html(web->view);
    if (html == NULL) {
        return STATUS_OK;
    }
    HTML(html, "nav.crumbs", "aria-label", "层级") {
        HTML_LEAF(html, "a", "资金总览", "href", "/fund");
        for (size_t i = 0; i < path.count; i++) {
            html_text_c(html, " › ");
            HTML_LEAF(html, "a", path.items[i].name, "href",
                      str_print(web->cx->arena, "/fund/%" PRId64, path.items[i].id.id));
        }
    }
    return STATUS_OK;
}

static void fund_facts(View *view, const Fund *fund) {
    view_facts_begin(view, NULL, true);
    view_fact(view, "appropriated_fen", "下达", VIEW_MONEY(fund->appropriated));
    view_fact(view, "reserved_fen", "预占", VIEW_MONEY(fund->reserved));
    view_fact(view, "approved_fen", "核定", VIEW_MONEY(fund->approved));
    view_fact(view, "paid_fen", "已拨付", VIEW_MONEY(fund->paid));
    view_fact(view, "recovered_fen", "追回", VIEW_MONEY(fund->recovered));
    view_fact(view, "left_fen", "剩余可用", VIEW_MONEY(ledger_fund_free(fund)));
    view_fact(view, "state", "状态", fund_state(fund));
    view_facts_end(view);
}

Status treasury_fund_page(Web *web) {
    FundId id = {web->ids[0]};
    Fund fund;
    TRY(ledger_fund_get(web->cx, web->conn, id, &fund));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "资金：" STR_FMT, STR_ARG(fund.name)));
    TRY(path_view(web, id));
    view_section(view, STR("现状"));
    fund_facts(view, &fund);
    view_progress(view, STR("已用比例"), ledger_fund_used(&fund).fen, fund.appropriated.fen);
    Arena *arena = web->cx->arena;
    view_link(view, str_print(arena, "/fund/%" PRId64 "/file/pdf", id.id), STR("打印（PDF）"),
              false);
    view_link(view, str_print(arena, "/fund/%" PRId64 "/file/xlsx", id.id),
              STR("下载下级和全部流水（电子表格）"), false);
    shares_section(web, &fund);
    view_section(view, STR("下级"));
    view_table_begin(view, "children", STR("下级"), fund_columns, FUND_COLUMN_COUNT);
    TRY(fund_rows(web, id));
    view_table_end(view, STR("没有下级"));
    manage_section(web, &fund);
    return transfer_section(web, id);
}

static Str fund_href(Web *web) {
    return str_print(web->cx->arena, "/fund/%" PRId64, web->ids[0]);
}

static Status freeze_work(Cx *cx, DbConn *conn, void *input) {
    return ledger_freeze(cx, conn, *(const FundId *)input, STR("页面操作"));
}

Status treasury_freeze_post(Web *web) {
    FundId fund = {web->ids[0]};
    TRY(web_write(web, "fund.freeze", freeze_work, &fund, NULL));
    return web_redirect(web, fund_href(web), STR("资金已冻结，立即生效；解除须两人"));
}

Status treasury_hold_page(Web *web) {
    Hold hold;
    HoldId id = {web->ids[0]};
    TRY(ledger_hold_get(web->cx, web->conn, id, &hold));
    Fund fund;
    TRY(ledger_fund_get(web->cx, web->conn, hold.fund, &fund));
    Arena *arena = web->cx->arena;
    View *view = web->view;
    view_title(view, str_print(arena, "资金事项 %" PRId64, id.id));
    view_section(view, STR("现状"));
    view_facts_begin(view, NULL, false);
    view_fact(view, "fund", "资金",
              VIEW_LINK(str_print(arena, "/fund/%" PRId64, fund.id.id), fund.name));
    view_fact(view, "reserved_fen", "预占", VIEW_MONEY(hold.reserved));
    view_fact(view, "approved_fen", "核定", VIEW_MONEY(hold.approved));
    view_fact(view, "paid_fen", "已拨付", VIEW_MONEY(hold.paid));
    view_fact(view, "released_fen", "已释放", VIEW_MONEY(hold.released));
    view_fact(view, "recovered_fen", "已追回", VIEW_MONEY(hold.recovered));
    view_facts_end(view);
    view_link(view, str_print(arena, "/hold/%" PRId64 "/file/pdf", id.id), STR("打印（PDF）"),
              false);
    view_link(view, str_print(arena, "/hold/%" PRId64 "/file/xlsx", id.id), STR("下载（电子表格）"),
              false);
    TransferList list = {0};
    TRY(ledger_transfers_of_hold(web->cx, web->conn, id, &list));
    view_section(view, STR("流水"));
    view_table_begin(view, "transfers", STR("流水"), transfer_columns, 7);
    for (size_t i = 0; i < list.count; i++) {
        transfer_row(web, &list.items[i]);
    }
    view_table_end(view, STR("还没有流水"));
    return STATUS_OK;
}
