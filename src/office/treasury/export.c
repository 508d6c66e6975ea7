/*
 * export.c - the fund tree on paper and as tables: the whole tree, or one node with its children
 * and transfers. Figures come from the ledger, amounts are exact in both forms.
 */
#include "office/treasury/treasury.h"
#include "paper/paper.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum {
    TREE_NODES_MAX = 5000,
    TRANSFERS_MAX = 100000, /* in a spreadsheet */
    PRINTED_MAX = 2000,     /* on paper; who needs more takes the spreadsheet */
    FILE_BYTES_MAX = 64 * 1024 * 1024,
    FUND_COLUMNS = 9,
    TRANSFER_COLUMNS = 6,
};

/* ---- the tree in order ---- */

typedef struct Tree {
    Fund *nodes;
    size_t count;
} Tree;

/* Depth first, children after their parent: a stack of what is still to be visited. */
static Status tree_read(Web *web, FundId root, Tree *out) {
    Cx *cx = web->cx;
    FundId *stack = arena_array(cx->arena, FundId, TREE_NODES_MAX + 1);
    size_t depth = 0;
    *out = (Tree){.nodes = arena_array(cx->arena, Fund, TREE_NODES_MAX)};
    stack[depth++] = root;
    while (depth > 0) {
        FundList children = {0};
        FundId id = stack[--depth];
        TRY(cx_step(cx));
        if (id.id != FUND_NONE.id) {
            TRY(ledger_fund_get(cx, web->conn, id, &out->nodes[out->count++]));
        }
        TRY(ledger_fund_children(cx, web->conn, id, &children));
        if (out->count + depth + children.count > TREE_NODES_MAX) {
            return fault(cx, STATUS_LIMIT, "资金节点超过 %d 个，请从下级节点导出", TREE_NODES_MAX);
        }
        for (size_t i = children.count; i > 0; i--) {
            stack[depth++] = children.items[i - 1].id;
        }
    }
    return STATUS_OK;
}

static Str state_zh(const Fund *fund) {
    return fund->is_closed ? STR("已关闭") : fund->is_frozen ? STR("已冻结") : STR("正常");
}

/* The depth of a node is seen by full-width blanks before its name. */
static Str indented(Arena *arena, const Fund *fund, int32_t top_depth) {
    Buf *name = buf_in(arena, 1024);
    for (int32_t i = top_depth; i < fund->depth; i++) {
        buf_put_c(name, "　");
    }
    buf_put(name, fund->name);
    return buf_str(name);
}

/* All transfers of a node and those below it, oldest last; cut at most. */
static Status transfers_read(Web *web, FundId fund, size_t most, TransferList *out) {
    Cx *cx = web->cx;
    Transfer *items = arena_array(cx->arena, Transfer, most);
    TransferPage page = {.row_max = LEDGER_PAGE_ROWS_MAX, .is_with_subtree = true};
    TransferList part = {.has_more = true};
    *out = (TransferList){.items = items};
    while (part.has_more && out->count < most) {
        TRY(ledger_transfers_of_fund(cx, web->conn, fund, &page, &part));
        for (size_t i = 0; i < part.count && out->count < most; i++) {
            items[out->count++] = part.items[i];
        }
        page.before_id = part.count > 0 ? part.items[part.count - 1].id : 0;
    }
    out->has_more = part.has_more;
    return STATUS_OK;
}

/* ---- spreadsheet ---- */

static Status sheet_tree(Web *web, SheetWriter *writer, const Str *titles, const Tree *tree) {
    static const SheetColumn columns[FUND_COLUMNS] = {
        {"名称", SHEET_TEXT, 40},        {"层级", SHEET_TEXT, 10},
        {"年度", SHEET_INT, 8},          {"下达（元）", SHEET_MONEY, 18},
        {"预占（元）", SHEET_MONEY, 16}, {"核定（元）", SHEET_MONEY, 16},
        {"拨付（元）", SHEET_MONEY, 16}, {"剩余（元）", SHEET_MONEY, 16},
        {"状态", SHEET_TEXT, 10}};
    SheetTable table = {.name = STR("资金"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = FUND_COLUMNS,
                        .is_landscape = true};
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < tree->count; i++) {
        const Fund *fund = &tree->nodes[i];
        const SheetCell cells[FUND_COLUMNS] = {
            sheet_text(indented(web->cx->arena, fund, tree->nodes[0].depth)),
            sheet_text(str_of(fund_kind_chinese(fund->kind))),
            sheet_int(fund->year),
            sheet_money(fund->appropriated),
            sheet_money(fund->reserved),
            sheet_money(fund->approved),
            sheet_money(fund->paid),
            sheet_money(ledger_fund_unused(fund)),
            sheet_text(state_zh(fund))};
        TRY(sheet_row(writer, cells, FUND_COLUMNS));
    }
    return STATUS_OK;
}

static Status sheet_transfers(SheetWriter *writer, const Str *titles, const TransferList *list) {
    static const SheetColumn columns[TRANSFER_COLUMNS + 1] = {{"流水号", SHEET_INT, 10},
                                                              {"时间", SHEET_INSTANT, 20},
                                                              {"类型", SHEET_TEXT, 14},
                                                              {"金额（元）", SHEET_MONEY, 16},
                                                              {"其中中央（元）", SHEET_MONEY, 16},
                                                              {"对应事项", SHEET_INT, 12},
                                                              {"依据", SHEET_TEXT, 36}};
    SheetTable table = {.name = STR("流水"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = TRANSFER_COLUMNS + 1,
                        .is_landscape = true};
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < list->count; i++) {
        const Transfer *transfer = &list->items[i];
        const SheetCell cells[TRANSFER_COLUMNS + 1] = {
            sheet_int(transfer->id),
            sheet_instant(transfer->at_ms),
            sheet_text(str_of(transfer_kind_chinese(transfer->kind))),
            sheet_money(transfer->amount),
            sheet_money(transfer->shares.part[LEDGER_CENTRAL]),
            transfer->hold.id == 0 ? SHEET_CELL_NONE : sheet_int(transfer->hold.id),
            sheet_text(transfer->basis)};
        TRY(sheet_row(writer, cells, TRANSFER_COLUMNS + 1));
    }
    return STATUS_OK;
}

typedef struct Export {
    Str title;
    FundId fund; /* FUND_NONE: the whole tree, without transfers */
    Tree tree;
} Export;

static Status sheets_write(Web *web, const Export *export, Buf *out) {
    SheetWriter *writer = NULL;
    TransferList transfers = {0};
    Arena *arena = web->cx->arena;
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    const Str titles[2] = {export->title, str_print(arena, "截至 " STR_FMT,
                                                    STR_ARG(instant_print(arena, web->now_ms)))};
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_tree(web, writer, titles, &export->tree));
    if (export->fund.id != FUND_NONE.id) {
        TRY(transfers_read(web, export->fund, TRANSFERS_MAX, &transfers));
        TRY(sheet_transfers(writer, titles, &transfers));
    }
    if (transfers.has_more) {
        return fault(web->cx, STATUS_LIMIT, "流水超过 %d 笔，请从下级节点导出", TRANSFERS_MAX);
    }
    return sheet_finish(writer);
}

/* ---- paper ---- */

static void paper_tree(Web *web, Paper *paper, const Tree *tree) {
    static const PaperColumn columns[FUND_COLUMNS] = {
        {"名称", 9, PAPER_LEFT},        {"层级", 3, PAPER_CENTER},
        {"年度", 2, PAPER_CENTER},      {"下达（元）", 5, PAPER_RIGHT},
        {"预占（元）", 5, PAPER_RIGHT}, {"核定（元）", 5, PAPER_RIGHT},
        {"拨付（元）", 5, PAPER_RIGHT}, {"剩余（元）", 5, PAPER_RIGHT},
        {"状态", 3, PAPER_CENTER}};
    Arena *arena = web->cx->arena;
    paper_table(paper, STR("资金及下级"), columns, FUND_COLUMNS);
    for (size_t i = 0; i < tree->count; i++) {
        const Fund *fund = &tree->nodes[i];
        const Str cells[FUND_COLUMNS] = {indented(arena, fund, tree->nodes[0].depth),
                                         str_of(fund_kind_chinese(fund->kind)),
                                         str_print(arena, "%" PRId32, fund->year),
                                         money_print(arena, fund->appropriated),
                                         money_print(arena, fund->reserved),
                                         money_print(arena, fund->approved),
                                         money_print(arena, fund->paid),
                                         money_print(arena, ledger_fund_unused(fund)),
                                         state_zh(fund)};
        paper_row(paper, cells);
    }
}

static void put_transfers(Web *web, Paper *paper, Str caption, const TransferList *list) {
    static const PaperColumn columns[TRANSFER_COLUMNS] = {
        {"流水号", 3, PAPER_RIGHT},         {"时间", 6, PAPER_CENTER},
        {"类型", 4, PAPER_CENTER},          {"金额（元）", 5, PAPER_RIGHT},
        {"其中中央（元）", 5, PAPER_RIGHT}, {"依据", 9, PAPER_LEFT}};
    Arena *arena = web->cx->arena;
    paper_table(paper, caption, columns, TRANSFER_COLUMNS);
    for (size_t i = 0; i < list->count; i++) {
        const Transfer *transfer = &list->items[i];
        const Str cells[TRANSFER_COLUMNS] = {
            str_print(arena, "%" PRId64, transfer->id),
            instant_print(arena, transfer->at_ms),
            str_of(transfer_kind_chinese(transfer->kind)),
            money_print(arena, transfer->amount),
            money_print(arena, transfer->shares.part[LEDGER_CENTRAL]),
            transfer->basis};
        paper_row(paper, cells);
    }
}

static Status fund_transfers(Web *web, Paper *paper, FundId fund) {
    TransferList list = {0};
    TRY(transfers_read(web, fund, PRINTED_MAX, &list));
    put_transfers(web, paper, STR("流水（含下级，新的在前）"), &list);
    if (list.has_more) {
        paper_text(paper,
                   str_print(web->cx->arena, "只印出最近 %d 笔，更早的见电子表格。", PRINTED_MAX));
    }
    return STATUS_OK;
}

static Paper *plain_paper(Web *web, Str title) {
    Arena *arena = web->cx->arena;
    Str now = instant_print(arena, web->now_ms);
    PaperOptions options = {.form = PAPER_SHEET,
                            .is_landscape = true,
                            .title = title,
                            .author = web->app->city_name,
                            .made_ms = web->now_ms,
                            .foot = str_print(arena, STR_FMT "焕新　截至 " STR_FMT "%s",
                                              STR_ARG(web->app->city_name), STR_ARG(now),
                                              web->app->is_demo ? "　演示数据" : "")};
    Paper *paper = paper_new(web->cx, &options);
    paper_title(paper, title);
    return paper;
}

static Status paper_write(Web *web, const Export *export, Buf *out) {
    Paper *paper = plain_paper(web, export->title);
    paper_tree(web, paper, &export->tree);
    if (export->fund.id != FUND_NONE.id) {
        TRY(fund_transfers(web, paper, export->fund));
    }
    return paper_pdf(paper, out, NULL);
}

/* ---- one hold ---- */

typedef struct HoldExport {
    Str title;
    Hold hold;
    Fund fund;
    TransferList transfers;
} HoldExport;

static Status hold_sheets(Web *web, const HoldExport *export, Buf *out) {
    SheetWriter *writer = NULL;
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    const Str titles[2] = {export->title, export->fund.name};
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_transfers(writer, titles, &export->transfers));
    return sheet_finish(writer);
}

static Status hold_paper(Web *web, const HoldExport *export, Buf *out) {
    static const PaperColumn columns[] = {{"项目", 1, PAPER_LEFT}, {"内容", 4, PAPER_LEFT}};
    Arena *arena = web->cx->arena;
    const Hold *hold = &export->hold;
    const Str rows[][2] = {{STR("资金"), export->fund.name},
                           {STR("预占（元）"), money_print(arena, hold->reserved)},
                           {STR("核定（元）"), money_print(arena, hold->approved)},
                           {STR("已拨付（元）"), money_print(arena, hold->paid)},
                           {STR("已释放（元）"), money_print(arena, hold->released)},
                           {STR("已追回（元）"), money_print(arena, hold->recovered)}};
    Paper *paper = plain_paper(web, export->title);
    paper_table(paper, STR("现状"), columns, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        paper_row(paper, rows[i]);
    }
    put_transfers(web, paper, STR("流水"), &export->transfers);
    return paper_pdf(paper, out, NULL);
}

/* ---- answers ---- */

static Status file_answer(Web *web, Str title, bool is_pdf, const Buf *out) {
    Arena *arena = web->cx->arena;
    return is_pdf ? web_file(web, str_join(arena, title, STR(".pdf")), STR("application/pdf"),
                             buf_str(out))
                  : web_file(web, str_join(arena, title, STR(".xlsx")),
                             sheet_form_type(SHEET_XLSX, SHEET_UTF8), buf_str(out));
}

/* "pdf" or "xlsx", the last word of the address. */
static Status form_read_word(Web *web, bool *is_pdf) {
    *is_pdf = str_equal(web->words[0], STR("pdf"));
    return *is_pdf || str_equal(web->words[0], STR("xlsx"))
               ? STATUS_OK
               : fault(web->cx, STATUS_NOT_FOUND, "没有这种文件");
}

static Status answer(Web *web, const Export *export) {
    Buf *out = buf_in(web->cx->arena, FILE_BYTES_MAX);
    bool is_pdf = false;
    TRY(form_read_word(web, &is_pdf));
    TRY(is_pdf ? paper_write(web, export, out) : sheets_write(web, export, out));
    return file_answer(web, export->title, is_pdf, out);
}

Status treasury_hold_file(Web *web) {
    HoldExport export = {0};
    Buf *out = buf_in(web->cx->arena, FILE_BYTES_MAX);
    HoldId id = {web->ids[0]};
    bool is_pdf = false;
    TRY(form_read_word(web, &is_pdf));
    TRY(ledger_hold_get(web->cx, web->conn, id, &export.hold));
    TRY(ledger_fund_get(web->cx, web->conn, export.hold.fund, &export.fund));
    TRY(ledger_transfers_of_hold(web->cx, web->conn, id, &export.transfers));
    export.title = str_print(web->cx->arena, "资金事项 %" PRId64, id.id);
    TRY(is_pdf ? hold_paper(web, &export, out) : hold_sheets(web, &export, out));
    return file_answer(web, export.title, is_pdf, out);
}

Status treasury_tree_file(Web *web) {
    Export export = {.title = STR("资金总览"), .fund = FUND_NONE};
    TRY(tree_read(web, FUND_NONE, &export.tree));
    return answer(web, &export);
}

Status treasury_fund_file(Web *web) {
    Export export = {.fund = {web->ids[0]}};
    TRY(tree_read(web, export.fund, &export.tree));
    export.title = str_print(web->cx->arena, "资金 " STR_FMT, STR_ARG(export.tree.nodes[0].name));
    return answer(web, &export);
}
