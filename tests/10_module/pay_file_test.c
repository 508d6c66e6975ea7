/* Tests of the pay file: what a bank would refuse is refused before; forms, digits, character set.
 */
#include "office/treasury/treasury.h"
#include "sheet/sheet.h"
#include "test.h"

#include <string.h>

enum { FILE_BYTES_MAX = 1024 * 1024 };

static const PayRow good[] = {
    {{"A1", 2}, {"王安华", 9}, {"6222001234567890123", 19}, {"", 0}, {69999}, {"补贴", 6}},
    {{"A2", 2}, {"=李", 4}, {"37050100001234567890123", 23}, {"农行", 6}, {1}, {"补贴", 6}},
};

static Status write(Cx *cx, const PayRow *rows, int64_t total_fen, PayForm form, Str *out) {
    PayFile file = {
        .title = STR("支付清单"), .rows = rows, .row_count = 2, .total = {total_fen}, .form = form};
    Buf *buf = buf_in(cx->arena, FILE_BYTES_MAX);
    Status status = treasury_pay_file(cx, &file, buf);
    *out = buf_str(buf);
    return status;
}

static void test_forms(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    Str bytes = STR_NONE;
    cx_init(&cx, arena);
    assert_int_equal(write(&cx, good, 70000, PAY_CSV, &bytes), STATUS_OK);
    assert_true(
        str_equal(bytes, STR("序号,业务编号,收款人户名,收款账号,开户银行,金额（元）,用途\r\n"
                             "1,A1,王安华,6222001234567890123,,699.99,补贴\r\n"
                             "2,A2,=李,37050100001234567890123,农行,0.01,补贴\r\n")));
    assert_int_equal(write(&cx, good, 70000, PAY_CSV_GB, &bytes), STATUS_OK);
    assert_true(str_contains(bytes, STR("\xcd\xf5\xb0\xb2\xbb\xaa,6222001234567890123,")));
    assert_int_equal(write(&cx, good, 70000, PAY_XLSX, &bytes), STATUS_OK);
    assert_true(str_starts(bytes, STR("PK")));
    PayForm form = PAY_XLSX;
    assert_true(treasury_pay_form(STR("csv_gb"), &form));
    assert_int_equal(form, PAY_CSV_GB);
    assert_false(treasury_pay_form(STR("exe"), &form));
    arena_free(arena);
}

static Status see_account(void *it, Cx *cx, const SheetRow *row) {
    (void)cx;
    for (size_t i = 0; i < row->count; i++) {
        if (str_equal(row->cells[i].text, STR("37050100001234567890123"))) {
            assert_int_equal(row->cells[i].kind, SHEET_TEXT);
            (*(int *)it)++;
        }
    }
    return STATUS_OK;
}

/* 23 digits are 23 digits in the spreadsheet. */
static void test_account_is_text(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    Str bytes = STR_NONE;
    int seen = 0;
    cx_init(&cx, arena);
    assert_int_equal(write(&cx, good, 70000, PAY_XLSX, &bytes), STATUS_OK);
    SheetReadOptions options = {.on_row = see_account, .it = &seen};
    assert_int_equal(sheet_read(&cx, bytes, &options, NULL), STATUS_OK);
    assert_int_equal(seen, 1);
    arena_free(arena);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *what; /* field that is spoiled */
        const char *value;
        Status status;
        const char *word;
    } rows[] = {
        {"number", "", STATUS_INVALID, "业务编号"},  {"number", "A1", STATUS_CONFLICT, "两次"},
        {"payee", "", STATUS_INVALID, "收款人"},     {"account", "", STATUS_INVALID, "账号"},
        {"account", "1234", STATUS_INVALID, "账号"}, {"account", "6222 0012", STATUS_INVALID, "A2"},
        {"amount", "", STATUS_INVALID, "大于零"},    {"total", "", STATUS_CONFLICT, "不符"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Arena *arena = arena_create();
        Cx cx;
        Str bytes = STR_NONE;
        PayRow spoiled[2] = {good[0], good[1]};
        Str value = str_of(rows[i].value);
        cx_init(&cx, arena);
        spoiled[1].number = strcmp(rows[i].what, "number") == 0 ? value : spoiled[1].number;
        spoiled[1].payee = strcmp(rows[i].what, "payee") == 0 ? value : spoiled[1].payee;
        spoiled[1].account = strcmp(rows[i].what, "account") == 0 ? value : spoiled[1].account;
        spoiled[1].amount.fen = strcmp(rows[i].what, "amount") == 0 ? 0 : 1;
        int64_t total = strcmp(rows[i].what, "total") == 0 ? 70001 : 70000;
        assert_int_equal(write(&cx, spoiled, total, PAY_CSV, &bytes), rows[i].status);
        if (strstr(cx.fault.text, rows[i].word) == NULL) {
            fail_msg("%s: %s", rows[i].what, cx.fault.text);
        }
        assert_int_equal(bytes.len, 0);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_account_is_text),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
