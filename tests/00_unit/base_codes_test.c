/* Tests of base/codes: each check with a number that passes and one for each rule that fails. The
 * passing numbers are printed in the standards, computed by hand, or made by the demo generators.
 */
#include "base/codes.h"
#include "base/prng.h"
#include "test.h"

#include <string.h>

typedef Status (*CodesCheck)(Cx *cx, const char *field, Str text);

typedef struct CheckRow {
    CodesCheck run;
    const char *text;
    const char *words; /* in the message; NULL: the text passes */
} CheckRow;

static const CheckRow check_rows[] = {
    {codes_id_check, "11010519491231002X", NULL},       /* the example of GB 11643 */
    {codes_id_check, "440524188001010014", "出生日期"}, /* 1880: before 1900 */
    {codes_id_check, "11010519491231002", "18位"},
    {codes_id_check, "11010519491231002x", "最后一位"},
    {codes_id_check, "1101051949123100AX", "前17位"},
    {codes_id_check, "10010519491231002X", "地区代码"},
    {codes_id_check, "110105194902290025", "出生日期"},
    {codes_id_check, "110105194912310021", "校验"},
    {codes_id_check, "11010519491213002X", "校验"}, /* two digits exchanged */
    {codes_id_check, "", "18位"},
    {codes_uscc_check, "91350100M000100Y43", NULL}, /* the example of GB 32100 */
    {codes_uscc_check, "91350100M000100Y44", "校验"},
    {codes_uscc_check, "91350100M000100Y4", "18位"},
    {codes_uscc_check, "91350100M0001O0Y43", "I、O、S、V、Z"},
    {codes_uscc_check, "9135010AM000100Y43", "地区"},
    {codes_vin_check, "1M8GDM9AXKP042788", NULL}, /* the usual worked example */
    {codes_vin_check, "11111111111111111", NULL},
    {codes_vin_check, "1M8GDM9A1KP042788", "第9位"},
    {codes_vin_check, "1M8GDM9AXKP04278", "17位"},
    {codes_vin_check, "1M8GDM9AXKPO42788", "I、O、Q"},
    {codes_vin_check, "1M8GDM9AX0P042788", "第10位"},
    {codes_vin_check, "1M8GDM9AXKP04278A", "最后3位"},
    {codes_gtin_check, "6901234567892", NULL},
    {codes_gtin_check, "96385074", NULL},
    {codes_gtin_check, "036000291452", NULL},
    {codes_gtin_check, "10614141000415", NULL},
    {codes_gtin_check, "6901234567893", "校验"},
    {codes_gtin_check, "690123456789", "校验"},
    {codes_gtin_check, "69012345678", "8、12、13或14位"},
    {codes_gtin_check, "0000000000000", "校验"},
    {codes_plate_check, "鲁G12345", NULL},
    {codes_plate_check, "鲁G·A1B2C", NULL},
    {codes_plate_check, "鲁GD12345", NULL},
    {codes_plate_check, "鲁VDA1234", NULL},
    {codes_plate_check, "鲁G12345F", NULL},
    {codes_plate_check, "鲁G1234挂", NULL},
    {codes_plate_check, "鲁G1234I", "格式"},
    {codes_plate_check, "鲁O12345", "格式"},
    {codes_plate_check, "G12345", "格式"},
    {codes_plate_check, "鲁G1234", "格式"},
    {codes_plate_check, "鲁GDAB234", "格式"},
    {codes_plate_check, "鲁", "格式"},
    {codes_mobile_check, "13800138000", NULL},
    {codes_mobile_check, "12800138000", "13至19"},
    {codes_mobile_check, "1380013800", "11位"},
    {codes_mobile_check, "+8613800138", "11位"},
    {codes_card_check, "4111111111111111", NULL}, /* a published test number */
    {codes_card_check, "4111111111111112", "校验"},
    {codes_card_check, "411111111111", "13至19位"},
    {codes_card_check, "41111111111111111111", "13至19位"},
    {codes_card_check, "0000000000000000", "校验"},
    {codes_imei_check, "490154203237518", NULL}, /* the example of GSMA documents */
    {codes_imei_check, "490154203237519", "校验"},
    {codes_imei_check, "49015420323751", "15位"},
    {codes_serial_check, "SN-2026/0001", NULL},
    {codes_serial_check, "ABC", "4至40位"},
    {codes_serial_check, "ABC 123", "空格"},
    {codes_serial_check, "序列号1", "汉字"},
    {codes_serial_check, "AAAAAAAA", "同一个"},
    {codes_serial_check, "12345678901234567890123456789012345678901", "4至40位"},
    {codes_invoice_check, "24372000000012345678", NULL},
    {codes_invoice_check, "2437200000001234567", "20位"},
    {codes_invoice_check, "2437200000001234567A", "20位"},
    {codes_invoice_check, "00000000000000000000", "同一个"},
};

static void test_checks(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof check_rows / sizeof check_rows[0]; i++) {
        const CheckRow *row = &check_rows[i];
        Cx cx;
        cx_init(&cx, arena);
        Status status = row->run(&cx, "field", str_of(row->text));
        if (row->words == NULL && status != STATUS_OK) {
            fail_msg("'%s' was refused: %s", row->text, cx.fault.text);
        }
        if (row->words != NULL) {
            assert_int_equal(status, STATUS_INVALID);
            if (strstr(cx.fault.text, row->words) == NULL) {
                fail_msg("'%s': '%s' does not say '%s'", row->text, cx.fault.text, row->words);
            }
            assert_string_equal(cx.fault.field, "field");
            assert_true(cx.fault.hint[0] != '\0');
        }
    }
    arena_free(arena);
}

/* One wrong digit is always found by MOD 11-2, Luhn, MOD 31 and GTIN. */
static void each_single_error_is_found(CodesCheck run, Str good) {
    Arena *arena = arena_create();
    char text[32];
    for (size_t i = 0; i < good.len; i++) {
        for (char c = '0'; c <= '9'; c++) {
            memcpy(text, good.at, good.len);
            text[i] = c;
            Cx cx;
            cx_init(&cx, arena);
            Status wanted = c == good.at[i] ? STATUS_OK : STATUS_INVALID;
            assert_int_equal(run(&cx, "f", (Str){text, good.len}), wanted);
        }
    }
    arena_free(arena);
}

static void test_single_errors(void **state) {
    (void)state;
    each_single_error_is_found(codes_id_check, STR("11010519491231002X"));
    each_single_error_is_found(codes_uscc_check, STR("91350100M000100Y43"));
    each_single_error_is_found(codes_card_check, STR("4111111111111111"));
    each_single_error_is_found(codes_gtin_check, STR("6901234567892"));
    each_single_error_is_found(codes_imei_check, STR("490154203237518"));
}

static void test_vin_rule_for_imports(void **state) {
    (void)state;
    assert_int_equal(codes_vin_rule(STR("WAUZZZ8K9KA123456")), CODES_VIN_CHECK_DIGIT);
    assert_int_equal(codes_vin_rule(STR("1M8GDM9AXKP042788")), CODES_VIN_OK);
    assert_int_equal(codes_vin_rule(STR("")), CODES_VIN_LENGTH);
}

static void test_plate_kinds(void **state) {
    (void)state;
    assert_int_equal(codes_plate_kind(STR("鲁G12345")), CODES_PLATE_ORDINARY);
    assert_int_equal(codes_plate_kind(STR("鲁GF12345")), CODES_PLATE_NEW_ENERGY_SMALL);
    assert_int_equal(codes_plate_kind(STR("鲁G12345D")), CODES_PLATE_NEW_ENERGY_LARGE);
    assert_int_equal(codes_plate_kind(STR("鲁G1234学")), CODES_PLATE_SPECIAL);
    assert_true(codes_plate_is_new_energy(STR("京AD12345")));
    assert_false(codes_plate_is_new_energy(STR("京AD1234")));
}

static void test_id_parts(void **state) {
    (void)state;
    Str id = STR("11010519491231002X");
    assert_int_equal(day_compare(codes_id_birthday(id), day_of_ymd(1949, 12, 31)), 0);
    assert_false(codes_id_is_male(id));
    assert_int_equal(codes_id_age_on(id, day_of_ymd(2009, 12, 30)), 59);
    assert_int_equal(codes_id_age_on(id, day_of_ymd(2009, 12, 31)), 60);
    assert_int_equal(codes_id_age_on(id, day_of_ymd(1949, 12, 30)), -1);
}

static void test_clean(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Str id = codes_clean(arena, STR("　11010519491231002x "));
    assert_true(str_equal(id, STR("11010519491231002X")));
    assert_true(str_equal(codes_digits(arena, STR("138 0013-8000")), STR("13800138000")));
    assert_true(str_equal(codes_clean(arena, STR("SN-1 a")), STR("SN-1 A")));
    assert_true(str_equal(codes_clean(arena, STR("鲁g12345")), STR("鲁G12345")));
    assert_true(str_equal(codes_clean(arena, STR("a\xff")), STR("A?")));
    assert_int_equal(codes_clean(arena, STR_NONE).len, 0);
    arena_free(arena);
}

static void test_masks(void **state) {
    (void)state;
    Arena *arena = arena_create();
    assert_true(
        str_equal(codes_id_mask(arena, STR("37078419900101123X")), STR("370784********123X")));
    assert_true(str_equal(codes_mobile_mask(arena, STR("13800131234")), STR("138****1234")));
    assert_true(
        str_equal(codes_card_mask(arena, STR("4111111111111111")), STR("4111********1111")));
    assert_true(str_equal(codes_name_mask(arena, STR("张三")), STR("张*")));
    assert_true(str_equal(codes_name_mask(arena, STR("欧阳小明")), STR("欧***")));
    assert_true(str_equal(codes_name_mask(arena, STR("张")), STR("*")));
    assert_true(str_equal(codes_tail_mask(arena, STR("SN20260001")), STR("******0001")));
    /* What has not the expected length shows nothing. */
    assert_true(str_equal(codes_id_mask(arena, STR("3707841990")), STR("**********")));
    assert_true(str_equal(codes_mobile_mask(arena, STR("1380013")), STR("*******")));
    assert_true(str_equal(codes_tail_mask(arena, STR("1234567")), STR("*******")));
    arena_free(arena);
}

static void demo_numbers_pass(Arena *arena, Prng *prng) {
    uint32_t number = (uint32_t)prng_below(prng, 100000000);
    Day birthday = day_add(day_of_ymd(1930, 1, 1), (int32_t)prng_below(prng, 27000));
    bool is_male = prng_chance_bp(prng, 5000);
    Str id = codes_demo_id(arena, birthday, is_male, number % 500);
    const struct {
        CodesCheck run;
        Str code;
    } rows[] = {
        {codes_id_check, id},
        {codes_mobile_check, codes_demo_mobile(arena, number)},
        {codes_card_check, codes_demo_card(arena, number)},
        {codes_uscc_check, codes_demo_uscc(arena, number)},
        {codes_gtin_check, codes_demo_gtin(arena, number)},
        {codes_vin_check, codes_demo_vin(arena, 2001 + (int32_t)(number % 30), number % 10000000)},
        {codes_imei_check, codes_demo_imei(arena, number)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Cx cx;
        cx_init(&cx, arena);
        if (rows[i].run(&cx, "f", rows[i].code) != STATUS_OK) {
            fail_msg("%.*s: %s", STR_ARG(rows[i].code), cx.fault.text);
        }
        assert_true(codes_is_demo(rows[i].code));
    }
    assert_int_equal(day_compare(codes_id_birthday(id), birthday), 0);
    assert_int_equal(codes_id_is_male(id), is_male);
}

static void test_demo_numbers(void **state) {
    (void)state;
    Prng prng;
    prng_init(&prng, 20240723);
    for (int i = 0; i < 2000; i++) {
        Arena *arena = arena_create();
        demo_numbers_pass(arena, &prng);
        arena_free(arena);
    }
    assert_false(codes_is_demo(STR("11010519491231002X")));
    assert_false(codes_is_demo(STR("6901234567892")));
    assert_false(codes_is_demo(STR("1M8GDM9AXKP042788")));
}

/* Random bytes: every check answers OK or INVALID, cleaning never makes text longer, and a mask
 * never shows a byte that is not ASCII. */
static void random_text_is_safe(Arena *arena, Prng *prng) {
    char bytes[48];
    size_t len = (size_t)prng_below(prng, sizeof bytes);
    bool is_text = prng_chance_bp(prng, 5000);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = is_text ? "0123456789ABCXYZ"[prng_below(prng, 16)] : (char)prng_below(prng, 256);
    }
    Str text = {bytes, len};
    static const CodesCheck runs[] = {codes_id_check,     codes_uscc_check, codes_vin_check,
                                      codes_plate_check,  codes_card_check, codes_mobile_check,
                                      codes_gtin_check,   codes_imei_check, codes_serial_check,
                                      codes_invoice_check};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        Cx cx;
        cx_init(&cx, arena);
        Status status = runs[i](&cx, "f", text);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
    }
    assert_true(codes_clean(arena, text).len <= len);
    assert_true(codes_digits(arena, text).len <= len);
    Str masks[] = {codes_id_mask(arena, text), codes_mobile_mask(arena, text),
                   codes_card_mask(arena, text), codes_tail_mask(arena, text)};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        assert_true(str_is_utf8(masks[i]));
        assert_int_equal(masks[i].len, len);
    }
    assert_true(str_is_utf8(codes_name_mask(arena, text)));
    (void)codes_is_demo(text);
}

static void test_random_text(void **state) {
    (void)state;
    Prng prng;
    prng_init(&prng, 11643);
    for (int i = 0; i < 20000; i++) {
        Arena *arena = arena_create();
        random_text_is_safe(arena, &prng);
        arena_free(arena);
    }
}

static void test_paper_invoice(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    CodesPaperInvoice good = {STR("137002211010"), STR("00123456")};
    assert_int_equal(codes_paper_invoice_check(&cx, "f", good), STATUS_OK);
    CodesPaperInvoice short_code = {STR("13700221"), STR("00123456")};
    assert_int_equal(codes_paper_invoice_check(&cx, "f", short_code), STATUS_INVALID);
    assert_non_null(strstr(cx.fault.text, "发票代码"));
    fault_clear(&cx);
    CodesPaperInvoice short_number = {STR("3700221101"), STR("123456")};
    assert_int_equal(codes_paper_invoice_check(&cx, "f", short_number), STATUS_INVALID);
    assert_non_null(strstr(cx.fault.text, "8位"));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),        cmocka_unit_test(test_single_errors),
        cmocka_unit_test(test_id_parts),      cmocka_unit_test(test_vin_rule_for_imports),
        cmocka_unit_test(test_plate_kinds),   cmocka_unit_test(test_clean),
        cmocka_unit_test(test_masks),         cmocka_unit_test(test_demo_numbers),
        cmocka_unit_test(test_paper_invoice), cmocka_unit_test(test_random_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
