/*
 * The arithmetic of a reverse invoice at its borders: exactly the monthly exemption, exactly the
 * limit of twelve months, amounts near the largest that money can be. Each row is a case.
 */
#include "base/limits.h"
#include "office/people/people.h"
#include "office/recycle/recycle.h"
#include "test.h"

typedef struct InvoiceCase {
    int64_t gross;
    int64_t month_before;
    int64_t rolling_before;
    int64_t vat_rate_bp;
    int64_t net;
    int64_t income_tax;
    bool is_blocked;
} InvoiceCase;

static const InvoiceCase invoice_cases[] = {
    {8000, 0, 0, 0, 8000, 40, false},
    /* The month's sales reach 100,000.00 exactly: still exempt; one fen more is not. */
    {10000000, 0, 0, 0, 10000000, 50000, false},
    {10000001, 0, 0, 100, 9900991, 49504, false},
    {1, 10000000, 0, 100, 0, 0, false},
    {1, 9999999, 0, 0, 1, 0, false},
    /* Twelve months reach 5,000,000.00 exactly: allowed; one fen more is not. */
    {8000, 0, 499992000, 0, 8000, 40, false},
    {8001, 0, 499992000, 0, 8001, 40, true},
    {101, 500000000, 499999900, 100, 100, 0, false},
    {102, 500000000, 499999900, 100, 100, 0, false},
    {103, 500000000, 499999900, 100, 101, 0, true},
    /* The largest money there is does not overflow. */
    {LIMIT_MONEY_FEN_MAX, 0, 0, 100, INT64_C(990099009900990), INT64_C(4950495049504), true},
};

static void test_invoice(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof invoice_cases / sizeof invoice_cases[0]; i++) {
        const InvoiceCase *row = &invoice_cases[i];
        ReverseInvoice invoice = {.gross = {row->gross}};
        recycle_invoice_compute(&invoice, (Money){row->month_before}, (Money){row->rolling_before});
        assert_int_equal(invoice.vat_rate_bp, row->vat_rate_bp);
        assert_int_equal(invoice.net.fen, row->net);
        assert_int_equal(invoice.net.fen + invoice.vat.fen, row->gross);
        assert_int_equal(invoice.income_tax.fen, row->income_tax);
        assert_int_equal(invoice.rolling.fen, row->rolling_before + row->net);
        assert_int_equal(invoice.is_blocked, row->is_blocked);
        assert_int_equal(invoice.reason.len > 0, row->is_blocked);
    }
}

/* ---- names ---- */

static void test_names_as_compared(void **state) {
    (void)state;
    static const struct {
        const char *typed;
        const char *normal;
    } rows[] = {
        {"王安华", "王安华"},
        {" 王 安华\t", "王安华"},
        {"王　安华", "王安华"},
        {"阿依古丽•买买提", "阿依古丽·买买提"},
        {"阿依古丽.买买提", "阿依古丽·买买提"},
        {"阿依古丽．买买提", "阿依古丽·买买提"},
        {"Ｌｉ ming", "LIMING"},
        {"王安桦", "王安桦"},
        {"　", ""},
    };
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str normal = people_name_normal(arena, str_of(rows[i].typed));
        if (!str_equal(normal, str_of(rows[i].normal))) {
            fail_msg("“%s” became “%s”", rows[i].typed, str_c(arena, normal));
        }
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invoice),
        cmocka_unit_test(test_names_as_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
