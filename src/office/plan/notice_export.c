/* notice_export.c - the list of notices as XLSX, CSV and PDF: what a page shows, all of it. */
#include "office/plan/pages.h"
#include "paper/paper.h"
#include "sheet/sheet.h"

#include <inttypes.h>

enum { ROWS_MAX = 5000, FILE_BYTES_MAX = 16 * 1024 * 1024, COLUMNS = 10 };

/* The cells of a notice as text, in the order of the columns. */
static void cells_of(Web *web, const Notice *notice, Str cells[COLUMNS]) {
    Arena *arena = web->cx->arena;
    const Str row[COLUMNS] = {
        notice->number,
        notice->title,
        notice->clause,
        notice->unit_name,
        page_notice_level(notice->level).text,
        page_notice_state(notice->state).text,
        day_print(arena, day_of_instant(notice->issued_ms)),
        day_print(arena, notice->receive_due),
        day_print(arena, notice->reply_due),
        notice->closed_ms == 0 ? STR("") : day_print(arena, day_of_instant(notice->closed_ms))};
    for (size_t i = 0; i < COLUMNS; i++) {
        cells[i] = row[i];
    }
}

static Status sheet_put(Web *web, const NoticeList *notices, SheetForm form, Buf *out) {
    static const SheetColumn columns[COLUMNS] = {
        {"编号", SHEET_TEXT, 20},     {"事项", SHEET_TEXT, 40},     {"条款", SHEET_TEXT, 8},
        {"承办单位", SHEET_TEXT, 24}, {"级别", SHEET_TEXT, 8},      {"状态", SHEET_TEXT, 18},
        {"签发日期", SHEET_TEXT, 12}, {"签收期限", SHEET_TEXT, 12}, {"回复期限", SHEET_TEXT, 12},
        {"办结日期", SHEET_TEXT, 12}};
    SheetTable table = {
        .name = STR("督办"), .columns = columns, .column_count = COLUMNS, .is_landscape = true};
    SheetWriteOptions options = {.form = form, .made_ms = web->now_ms};
    SheetWriter *writer = NULL;
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    for (size_t i = 0; i < notices->count; i++) {
        Str texts[COLUMNS];
        SheetCell cells[COLUMNS];
        cells_of(web, &notices->items[i], texts);
        for (size_t k = 0; k < COLUMNS; k++) {
            cells[k] = sheet_text(texts[k]);
        }
        TRY(sheet_row(writer, cells, COLUMNS));
    }
    return sheet_finish(writer);
}

static Status paper_put(Web *web, const NoticeList *notices, Buf *out) {
    static const PaperColumn columns[COLUMNS] = {
        {"编号", 5, PAPER_LEFT},       {"事项", 8, PAPER_LEFT},       {"条款", 2, PAPER_CENTER},
        {"承办单位", 5, PAPER_LEFT},   {"级别", 2, PAPER_CENTER},     {"状态", 4, PAPER_CENTER},
        {"签发日期", 4, PAPER_CENTER}, {"签收期限", 4, PAPER_CENTER}, {"回复期限", 4, PAPER_CENTER},
        {"办结日期", 4, PAPER_CENTER}};
    Arena *arena = web->cx->arena;
    Str now = instant_print_minute(arena, web->now_ms);
    PaperOptions options = {.form = PAPER_SHEET,
                            .is_landscape = true,
                            .title = STR("督办通知"),
                            .author = web->app->city_name,
                            .made_ms = web->now_ms,
                            .foot = str_print(arena, STR_FMT "焕新　打印于 " STR_FMT "%s",
                                              STR_ARG(web->app->city_name), STR_ARG(now),
                                              web->app->is_demo ? "　演示数据" : "")};
    Paper *paper = paper_new(web->cx, &options);
    paper_title(paper, STR("督办通知"));
    paper_text(paper, str_print(arena, "共 %zu 件。", notices->count));
    paper_table(paper, STR("督办通知"), columns, COLUMNS);
    for (size_t i = 0; i < notices->count; i++) {
        Str cells[COLUMNS];
        cells_of(web, &notices->items[i], cells);
        paper_row(paper, cells);
    }
    return paper_pdf(paper, out, NULL);
}

Status plan_notice_file(Web *web) {
    NoticeList notices;
    Buf *out = buf_in(web->cx->arena, FILE_BYTES_MAX);
    Str form = web->words[0];
    NoticeAsk ask = {.is_open_only = !str_equal(web_param(web, "state"), STR("all")),
                     .unit_id = web->user->role == ROLE_OFFICER ? web->user->unit_id : 0,
                     .limit = ROWS_MAX};
    TRY(work_store_notices(web->cx, web->conn, &ask, &notices));
    Str day = day_print(web->cx->arena, web_today(web));
    Str name = str_print(web->cx->arena, "督办-" STR_FMT "." STR_FMT, STR_ARG(day), STR_ARG(form));
    if (str_equal(form, STR("pdf"))) {
        TRY(paper_put(web, &notices, out));
        return web_file(web, name, STR("application/pdf"), buf_str(out));
    }
    bool is_csv = str_equal(form, STR("csv"));
    if (!is_csv && !str_equal(form, STR("xlsx"))) {
        return fault(web->cx, STATUS_NOT_FOUND, "没有这种文件");
    }
    SheetForm sheet = is_csv ? SHEET_CSV : SHEET_XLSX;
    TRY(sheet_put(web, &notices, sheet, out));
    return web_file(web, name, sheet_form_type(sheet, SHEET_UTF8), buf_str(out));
}
