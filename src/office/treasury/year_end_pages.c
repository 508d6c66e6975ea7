/*
 * year_end_pages.c - what is left at the end of a year and to whom it goes back: each source's
 * unused money by level, to the fen, and its nodes, the lowest first, because money goes up step by
 * step. The taking back itself is a proposal of two people (treasury_setup.h).
 *
 * Source: 发改环资〔2025〕1745号, unused central money returns to the centre on 31 December.
 */
#include "base/vec.h"
#include "office/treasury/treasury_setup.h"

#include <inttypes.h>

enum { NODES_MAX = 2000 };

typedef struct Nodes VEC(Fund) Nodes;

/* A source with everything below it that has money of its own, parents first. */
static Status nodes_read(Web *web, const Fund *root, Nodes *out) {
    struct VEC(Fund) stack = {0};
    *vec_push(web->cx->arena, &stack) = *root;
    while (stack.count > 0 && out->count < NODES_MAX) {
        FundList children = {0};
        Fund fund = stack.items[--stack.count];
        TRY(cx_step(web->cx));
        *vec_push(web->cx->arena, out) = fund;
        TRY(ledger_fund_children(web->cx, web->conn, fund.id, &children));
        for (size_t i = 0; i < children.count; i++) {
            if (!children.items[i].is_cap) {
                *vec_push(web->cx->arena, &stack) = children.items[i];
            }
        }
    }
    return STATUS_OK;
}

/* All that nobody has given out below a source. */
static Money free_sum(const Nodes *nodes) {
    Money sum = MONEY_ZERO;
    for (size_t i = 0; i < nodes->count; i++) {
        sum = money_add(sum, ledger_fund_free(&nodes->items[i]));
    }
    return sum;
}

/* Differences of one exact split, as in the ledger: the parts add up at every stage. */
static Status levels_table(Web *web, const Fund *root, Money unused) {
    static const ViewColumn columns[] = {{"level", "分担方", false},
                                         {"rate_bp", "比例", true},
                                         {"granted_fen", "下达", true},
                                         {"paid_fen", "已拨付", true},
                                         {"unused_fen", "未用，可收回", true}};
    Money all[LEDGER_LEVEL_COUNT];
    Money used[LEDGER_LEVEL_COUNT];
    View *view = web->view;
    Money granted = root->appropriated;
    TRY(money_split(web->cx, granted, root->rate_bp, LEDGER_LEVEL_COUNT, all));
    TRY(money_split(web->cx, money_sub(granted, unused), root->rate_bp, LEDGER_LEVEL_COUNT, used));
    view_table_begin(
        view, str_c(web->cx->arena, str_print(web->cx->arena, "levels_%" PRId64, root->id.id)),
        STR("各级的未用资金"), columns, 5);
    for (int i = 0; i < LEDGER_LEVEL_COUNT; i++) {
        if (root->rate_bp[i] == 0) {
            continue;
        }
        view_row(view);
        view_cell(view, VIEW_TEXT(str_of(ledger_level_chinese((LedgerLevel)i))));
        view_cell(view, VIEW_PERCENT_BP(root->rate_bp[i]));
        view_cell(view, VIEW_MONEY(all[i]));
        view_cell(view, VIEW_MONEY(root->paid_shares.part[i]));
        view_cell(view, VIEW_MONEY(money_sub(all[i], used[i])));
    }
    view_table_end(view, STR("没有分担"));
    return STATUS_OK;
}

static Str reclaim_href(Web *web, const Fund *fund) {
    return str_print(web->cx->arena, "/fund/setup/new/reclaim?fund=%" PRId64 "&amount=" STR_FMT,
                     fund->id.id,
                     STR_ARG(money_print_plain(web->cx->arena, ledger_fund_free(fund))));
}

static void nodes_table(Web *web, const Fund *root, const Nodes *nodes) {
    static const ViewColumn columns[] = {{"name", "资金", false},
                                         {"kind", "层级", false},
                                         {"held_fen", "还在占用", true},
                                         {"free_fen", "未用", true},
                                         {"reclaim", "办理", false}};
    View *view = web->view;
    Arena *arena = web->cx->arena;
    bool is_finance = web->user->role == ROLE_FINANCE;
    view_table_begin(view, str_c(arena, str_print(arena, "nodes_%" PRId64, root->id.id)),
                     STR("从下到上逐级收回"), columns, 5);
    for (size_t i = nodes->count; i > 0; i--) {
        const Fund *fund = &nodes->items[i - 1];
        bool has_free = ledger_fund_free(fund).fen > 0;
        if (!has_free && fund->reserved.fen + fund->approved.fen == 0) {
            continue;
        }
        view_row(view);
        view_cell(view, VIEW_LINK(str_print(arena, "/fund/%" PRId64, fund->id.id), fund->name));
        view_cell(view, VIEW_TEXT(str_of(fund_kind_chinese(fund->kind))));
        view_cell(view, VIEW_MONEY(money_add(fund->reserved, fund->approved)));
        view_cell(view, VIEW_MONEY(ledger_fund_free(fund)));
        view_cell(view, has_free && is_finance && !fund->is_closed
                            ? VIEW_LINK(reclaim_href(web, fund), STR("提出收回"))
                            : VIEW_TEXT(STR("—")));
    }
    view_table_end(view, STR("没有未用和占用的资金"));
}

static Status source_view(Web *web, const Fund *root) {
    Nodes nodes = {0};
    TRY(nodes_read(web, root, &nodes));
    view_section(web->view, root->name);
    TRY(levels_table(web, root, free_sum(&nodes)));
    nodes_table(web, root, &nodes);
    return STATUS_OK;
}

Status setup_year_end_page(Web *web) {
    FundList roots = {0};
    View *view = web->view;
    int64_t now = day_parts(web_today(web)).year;
    int64_t year = web_param_int(web, "year", now);
    size_t count = 0;
    TRY(ledger_fund_children(web->cx, web->conn, FUND_NONE, &roots));
    view_title(view, str_print(web->cx->arena, "年末收回：%" PRId64 " 年", year));
    view_lead(view,
              STR("12 月 31 日还没有用的中央资金收回中央。先从项目收回到批次，再到来源，最后收回到"
                  "系统之外；还在占用的（已领券、已核定），等用完或过期以后再收回。"));
    view_tabs_begin(view, "年度");
    for (int64_t i = now; i > now - 3; i--) {
        view_tab(view, str_print(web->cx->arena, "/fund/year-end?year=%" PRId64, i),
                 str_print(web->cx->arena, "%" PRId64 " 年", i), i == year);
    }
    view_tabs_end(view);
    for (size_t i = 0; i < roots.count; i++) {
        if (roots.items[i].year == year) {
            TRY(source_view(web, &roots.items[i]));
            count++;
        }
    }
    if (count == 0) {
        view_notice(view, VIEW_INFO, STR("这一年没有资金来源。"));
    }
    view_link(view, STR("/fund"), STR("返回资金总览"), false);
    return STATUS_OK;
}
