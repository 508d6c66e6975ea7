/*
 * shop_export.c - a settlement on paper and as tables: the statement (结算单) that shop and finance
 * sign, and the list of its sales. Rows and sum are read in one snapshot and must agree.
 */
#include "office/shop/shop_export.h"

#include "paper/paper.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum { FILE_BYTES_MAX = 64 * 1024 * 1024, COLUMNS = 7 };

Status shop_settlement_read(Web *web, Settlement *settlement, Org *org) {
    TRY(shop_store_settlement_find(web->cx, web->conn, web->ids[0], settlement));
    if (web->user->role == ROLE_SHOP && settlement->org_id != web->user->org_id) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这个结算批次");
    }
    return people_org_find(web->cx, web->conn, settlement->org_id, org);
}

typedef struct Statement {
    Settlement settlement;
    Org org;
    SaleList sales;
} Statement;

static Status statement_read(Web *web, Statement *out) {
    Money sum = MONEY_ZERO;
    TRY(shop_settlement_read(web, &out->settlement, &out->org));
    SalePage page = {.settlement_id = out->settlement.id, .row_max = out->settlement.sale_count};
    TRY(shop_store_sales(web->cx, web->conn, &page, &out->sales));
    for (size_t i = 0; i < out->sales.count; i++) {
        sum = money_add(sum, out->sales.items[i].subsidy);
    }
    return money_compare(sum, out->settlement.total) == 0
               ? STATUS_OK
               : fault(web->cx, STATUS_CONFLICT,
                       "结算批次 %" PRId64 " 的明细与合计不符，请联系系统管理员",
                       out->settlement.id);
}

static Str category_of(const Web *web, const Sale *sale) {
    const City *city = web->app->house;
    return city_category_name(city, sale->programme, sale->category);
}

static Str state_of(Web *web, const Settlement *settlement) {
    if (!str_equal(settlement->state, STR("paid"))) {
        return STR("已核定，待支付");
    }
    return str_print(web->cx->arena, "已支付，银行流水号 " STR_FMT,
                     STR_ARG(settlement->bank_reference));
}

/* ---- tables ---- */

static Status rows_write(Web *web, SheetWriter *writer, const Statement *statement) {
    const Org *org = &statement->org;
    for (size_t i = 0; i < statement->sales.count; i++) {
        const Sale *sale = &statement->sales.items[i];
        const SheetCell cells[COLUMNS + 2] = {
            sheet_int(sale->id),          sheet_text(org->name),
            sheet_text(org->uscc),        sheet_text(category_of(web, sale)),
            sheet_text(sale->serial),     sheet_text(sale->invoice),
            sheet_day(sale->invoice_day), sheet_money(sale->price),
            sheet_money(sale->subsidy)};
        TRY(sheet_row(writer, cells, COLUMNS + 2));
    }
    const SheetCell total[COLUMNS + 2] = {[1] = sheet_text(STR("合计")),
                                          [COLUMNS + 1] = sheet_money(statement->settlement.total)};
    return sheet_total(writer, total, COLUMNS + 2);
}

static Status sheet_answer(Web *web, const Statement *statement, SheetForm form,
                           SheetCharset charset) {
    static const SheetColumn columns[COLUMNS + 2] = {{"编号", SHEET_INT, 10},
                                                     {"商户", SHEET_TEXT, 28},
                                                     {"统一社会信用代码", SHEET_TEXT, 22},
                                                     {"类别", SHEET_TEXT, 14},
                                                     {"序列号", SHEET_TEXT, 22},
                                                     {"发票号码", SHEET_TEXT, 24},
                                                     {"开票日期", SHEET_DAY, 12},
                                                     {"成交价（元）", SHEET_MONEY, 14},
                                                     {"补贴（元）", SHEET_MONEY, 14}};
    Arena *arena = web->cx->arena;
    const Settlement *settlement = &statement->settlement;
    SheetWriter *writer = NULL;
    Buf *out = buf_in(arena, FILE_BYTES_MAX);
    Str name = str_print(arena, "结算批次-%" PRId64, settlement->id);
    const Str titles[2] = {str_print(arena, "补贴资金结算明细　批次 %" PRId64, settlement->id),
                           str_print(arena, STR_FMT "　%" PRId64 " 笔　" STR_FMT,
                                     STR_ARG(statement->org.name), settlement->sale_count,
                                     STR_ARG(state_of(web, settlement)))};
    SheetWriteOptions options = {.form = form, .charset = charset, .made_ms = settlement->made_ms};
    SheetTable table = {.name = STR("结算明细"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = COLUMNS + 2,
                        .is_landscape = true};
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(rows_write(web, writer, statement));
    TRY(sheet_finish(writer));
    return web_file(web, str_join(arena, name, sheet_form_ending(form)),
                    sheet_form_type(form, charset), buf_str(out));
}

/* ---- the statement ---- */

static void put_rows(Web *web, Paper *paper, const Statement *statement) {
    static const PaperColumn columns[COLUMNS] = {
        {"序号", 2, PAPER_CENTER},     {"类别", 4, PAPER_LEFT},
        {"序列号", 6, PAPER_LEFT},     {"发票号码", 6, PAPER_LEFT},
        {"开票日期", 4, PAPER_CENTER}, {"成交价（元）", 4, PAPER_RIGHT},
        {"补贴（元）", 4, PAPER_RIGHT}};
    Arena *arena = web->cx->arena;
    paper_table(paper, STR("明细"), columns, COLUMNS);
    for (size_t i = 0; i < statement->sales.count; i++) {
        const Sale *sale = &statement->sales.items[i];
        const Str cells[COLUMNS] = {str_print(arena, "%zu", i + 1),
                                    category_of(web, sale),
                                    sale->serial,
                                    sale->invoice,
                                    day_print(arena, sale->invoice_day),
                                    money_print(arena, sale->price),
                                    money_print(arena, sale->subsidy)};
        paper_row(paper, cells);
    }
    const Str total[COLUMNS] = {
        [1] = STR("合计"), [6] = money_print(arena, statement->settlement.total)};
    paper_total(paper, total);
}

static void put_facts(Web *web, Paper *paper, const Statement *statement) {
    static const PaperColumn columns[] = {{"项目", 1, PAPER_LEFT}, {"内容", 4, PAPER_LEFT}};
    const Settlement *settlement = &statement->settlement;
    Arena *arena = web->cx->arena;
    Str amount = str_print(arena, STR_FMT " 元（" STR_FMT "）",
                           STR_ARG(money_print(arena, settlement->total)),
                           STR_ARG(money_print_capital(arena, settlement->total)));
    const Str rows[][2] = {
        {STR("商户"), statement->org.name},
        {STR("统一社会信用代码"), statement->org.uscc},
        {STR("笔数"), str_print(arena, "%" PRId64, settlement->sale_count)},
        {STR("补贴金额"), amount},
        {STR("生成时间"), instant_print_minute(arena, settlement->made_ms)},
        {STR("状态"), state_of(web, settlement)},
    };
    paper_table(paper, STR_NONE, columns, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        paper_row(paper, rows[i]);
    }
}

static Status pdf_answer(Web *web, const Statement *statement) {
    const Settlement *settlement = &statement->settlement;
    Arena *arena = web->cx->arena;
    Buf *out = buf_in(arena, FILE_BYTES_MAX);
    Str title = str_print(arena, "补贴资金结算单　批次 %" PRId64, settlement->id);
    PaperOptions options = {.form = PAPER_SHEET,
                            .title = title,
                            .author = web->app->city_name,
                            .made_ms = web->now_ms,
                            .foot = str_print(arena, STR_FMT "焕新　打印于 " STR_FMT "%s",
                                              STR_ARG(web->app->city_name),
                                              STR_ARG(instant_print_minute(arena, web->now_ms)),
                                              web->app->is_demo ? "　演示数据" : "")};
    Paper *paper = paper_new(web->cx, &options);
    paper_title(paper, title);
    put_facts(web, paper, statement);
    put_rows(web, paper, statement);
    paper_text(
        paper,
        STR("商户（盖章）：　　　　　　　　　　审核：　　　　　　　　　　财政部门（盖章）："));
    TRY(paper_pdf(paper, out, NULL));
    return web_file(web, str_print(arena, "结算单-%" PRId64 ".pdf", settlement->id),
                    STR("application/pdf"), buf_str(out));
}

Status shop_settlement_file(Web *web) {
    Statement statement = {0};
    Str form = web->words[0];
    TRY(statement_read(web, &statement));
    if (str_equal(form, STR("pdf"))) {
        return pdf_answer(web, &statement);
    }
    if (str_equal(form, STR("xlsx"))) {
        return sheet_answer(web, &statement, SHEET_XLSX, SHEET_UTF8);
    }
    if (str_equal(form, STR("csv_gb"))) {
        return sheet_answer(web, &statement, SHEET_CSV, SHEET_GB18030);
    }
    return form.len == 0 || str_equal(form, STR("csv"))
               ? sheet_answer(web, &statement, SHEET_CSV, SHEET_UTF8_BOM)
               : fault(web->cx, STATUS_NOT_FOUND, "没有这种文件");
}
