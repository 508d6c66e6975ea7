#include "office/treasury/payfile.h"

#include "base/map.h"
#include "sheet/sheet.h"

#include <inttypes.h>

static const struct {
    const char *word;
    const char *zh;
} forms[PAY_FORM_COUNT] = {
#define X(name, word, zh) {word, zh},
    PAY_FORM_LIST(X)
#undef X
};

bool treasury_pay_form(Str word, PayForm *out) {
    for (int i = 0; i < PAY_FORM_COUNT; i++) {
        if (str_equal(word, str_of(forms[i].word))) {
            *out = (PayForm)i;
            return true;
        }
    }
    return false;
}

Str treasury_pay_form_word(PayForm form) {
    return str_of(forms[form].word);
}

Str treasury_pay_form_zh(PayForm form) {
    return str_of(forms[form].zh);
}

static SheetForm sheet_form(PayForm form) {
    return form == PAY_XLSX ? SHEET_XLSX : SHEET_CSV;
}

static SheetCharset charset(PayForm form) {
    return form == PAY_CSV_GB ? SHEET_GB18030 : SHEET_UTF8;
}

Str treasury_pay_form_ending(PayForm form) {
    return sheet_form_ending(sheet_form(form));
}

Str treasury_pay_form_type(PayForm form) {
    return sheet_form_type(sheet_form(form), charset(form));
}

/* Cards have 16 to 19 digits, accounts of banks up to 34 characters (ISO 13616). */
static bool is_account(Str account) {
    for (size_t i = 0; i < account.len; i++) {
        char c = account.at[i];
        bool is_good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_good) {
            return false;
        }
    }
    return account.len >= 5 && account.len <= 34;
}

static Status row_check(Cx *cx, const PayRow *row) {
    if (row->number.len == 0) {
        return fault(cx, STATUS_INVALID, "有一行没有业务编号");
    }
    if (row->payee.len == 0) {
        return fault(cx, STATUS_INVALID, "编号 " STR_FMT " 没有收款人", STR_ARG(row->number));
    }
    if (!is_account(row->account)) {
        (void)fault(cx, STATUS_INVALID, "编号 " STR_FMT " 的收款账号不对", STR_ARG(row->number));
        fault_hint(cx, "账号应为 5 至 34 位数字或字母，没有空格");
        return STATUS_INVALID;
    }
    return row->amount.fen > 0
               ? STATUS_OK
               : fault(cx, STATUS_INVALID, "编号 " STR_FMT " 的金额应大于零", STR_ARG(row->number));
}

static Status file_check(Cx *cx, const PayFile *file) {
    Map numbers;
    Money sum = MONEY_ZERO;
    map_init(&numbers, cx->arena);
    for (size_t i = 0; i < file->row_count; i++) {
        PayRow *row = arena_new(cx->arena, PayRow);
        *row = file->rows[i];
        TRY(cx_step(cx));
        TRY(row_check(cx, row));
        if (map_has(&numbers, row->number)) {
            return fault(cx, STATUS_CONFLICT, "编号 " STR_FMT " 出现两次", STR_ARG(row->number));
        }
        map_put(&numbers, row->number, row);
        sum = money_add(sum, row->amount);
    }
    if (money_compare(sum, file->total) != 0) {
        return fault(cx, STATUS_CONFLICT, "明细合计 " STR_FMT " 元与批次金额 " STR_FMT " 元不符",
                     STR_ARG(money_print(cx->arena, sum)),
                     STR_ARG(money_print(cx->arena, file->total)));
    }
    return STATUS_OK;
}

enum { COLUMNS = 7 };

static Status rows_write(SheetWriter *writer, const PayFile *file) {
    for (size_t i = 0; i < file->row_count; i++) {
        const PayRow *row = &file->rows[i];
        const SheetCell cells[COLUMNS] = {sheet_int((int64_t)i + 1), sheet_text(row->number),
                                          sheet_text(row->payee),    sheet_text(row->account),
                                          sheet_text(row->bank),     sheet_money(row->amount),
                                          sheet_text(row->purpose)};
        TRY(sheet_row(writer, cells, COLUMNS));
    }
    return STATUS_OK;
}

static Status total_write(Cx *cx, SheetWriter *writer, const PayFile *file) {
    const SheetCell cells[COLUMNS] = {
        [1] = sheet_text(STR("合计")),
        [2] = sheet_text(str_print(cx->arena, "%zu 笔", file->row_count)),
        [5] = sheet_money(file->total)};
    return sheet_total(writer, cells, COLUMNS);
}

Status treasury_pay_file(Cx *cx, const PayFile *file, Buf *out) {
    static const SheetColumn columns[COLUMNS] = {
        {"序号", SHEET_INT, 8},       {"业务编号", SHEET_TEXT, 24}, {"收款人户名", SHEET_TEXT, 28},
        {"收款账号", SHEET_TEXT, 26}, {"开户银行", SHEET_TEXT, 24}, {"金额（元）", SHEET_MONEY, 16},
        {"用途", SHEET_TEXT, 24}};
    Arena *arena = cx->arena;
    SheetWriter *writer = NULL;
    TRY(file_check(cx, file));
    SheetWriteOptions options = {.form = sheet_form(file->form),
                                 .charset = charset(file->form),
                                 .is_for_machine = true,
                                 .made_ms = file->made_ms};
    const Str titles[2] = {file->title,
                           str_print(arena, "%zu 笔，合计 " STR_FMT " 元，" STR_FMT,
                                     file->row_count, STR_ARG(money_print(arena, file->total)),
                                     STR_ARG(money_print_capital(arena, file->total)))};
    SheetTable table = {.name = STR("支付清单"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = COLUMNS,
                        .is_landscape = true};
    TRY(sheet_writer_new(cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(rows_write(writer, file));
    if (file->form == PAY_XLSX) {
        TRY(total_write(cx, writer, file));
    }
    return sheet_finish(writer);
}
