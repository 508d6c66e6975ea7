/* Tests of base: text, buffers, arenas, maps, money, days. */
#include "base/buf.h"
#include "base/day.h"
#include "base/map.h"
#include "base/money.h"
#include "base/prng.h"
#include "base/vec.h"
#include "test.h"

#include <string.h>

static void test_str_utf8(void **state) {
    (void)state;
    assert_true(str_is_utf8(STR("安丘市 abc 🐎")));
    assert_false(str_is_utf8(STR("\xc0\x80")));
    assert_false(str_is_utf8(STR("\xed\xa0\x80")));
    assert_false(str_is_utf8(STR("\xe5\xae")));
    assert_int_equal(str_rune_count(STR("安丘市🐎")), 4);
    size_t at = 0;
    assert_int_equal(str_rune(STR("安"), &at), 0x5b89);
    assert_int_equal(at, 3);
}

/* A message that quotes what was typed never holds half a character. */
static void test_quotes_keep_whole_characters(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (size_t len = 0; len <= 12; len++) {
        Str head = str_head(STR("a元b元¥"), len);
        assert_true(head.len <= len && str_is_utf8(head));
        assert_true(str_starts(STR("a元b元¥"), head));
    }
    for (size_t pad = 0; pad < 4; pad++) {
        Cx cx;
        Money money;
        Day day;
        Str text = str_slice(STR("aaa元元元元元元元元元元元元元元元元"), pad, 60);
        cx_init(&cx, arena);
        assert_int_equal(money_parse(&cx, text, &money), STATUS_INVALID);
        assert_true(str_is_utf8(str_of(cx.fault.text)) && cx.fault.text[0] != '\0');
        cx_init(&cx, arena);
        assert_int_equal(day_parse(&cx, text, &day), STATUS_INVALID);
        assert_true(str_is_utf8(str_of(cx.fault.text)) && cx.fault.text[0] != '\0');
    }
    arena_free(arena);
}

static void test_str_cut_trim(void **state) {
    (void)state;
    Str rest = STR("a,b,,c");
    assert_true(str_equal(str_cut(&rest, ','), STR("a")));
    assert_true(str_equal(str_cut(&rest, ','), STR("b")));
    assert_true(str_equal(str_cut(&rest, ','), STR("")));
    assert_true(str_equal(str_cut(&rest, ','), STR("c")));
    assert_null(rest.at);
    assert_true(str_equal(str_trim(STR(" \t　安丘　 ")), STR("安丘")));
    assert_int_equal(str_find(STR("aaab"), STR("ab"), 0), 2);
    assert_true(str_find(STR("abc"), STR("d"), 0) == SIZE_MAX);
}

static void test_str_json(void **state) {
    (void)state;
    Arena *arena = arena_create();
    assert_true(str_equal(str_json(arena, STR("安\"丘\\ \n")), STR("\"安\\\"丘\\\\ \\u000a\"")));
    assert_true(str_equal(str_json(arena, STR_NONE), STR("\"\"")));
    arena_free(arena);
}

static void test_str_int64(void **state) {
    (void)state;
    int64_t value = 7;
    assert_int_equal(str_int64(STR("-9223372036854775808"), &value), STATUS_OK);
    assert_true(value == INT64_MIN);
    assert_int_equal(str_int64(STR("9223372036854775807"), &value), STATUS_OK);
    assert_true(value == INT64_MAX);
    assert_int_equal(str_int64(STR("9223372036854775808"), &value), STATUS_INVALID);
    assert_int_equal(str_int64(STR("12x"), &value), STATUS_INVALID);
    assert_int_equal(str_int64(STR(""), &value), STATUS_INVALID);
    assert_true(value == INT64_MAX);
}

static int release_count;

static void count_release(void *it) {
    (void)it;
    release_count++;
}

static void test_arena_mark(void **state) {
    (void)state;
    Arena *arena = arena_create();
    char *first = arena_alloc(arena, 100);
    memset(first, 'x', 100);
    ArenaMark mark = arena_mark(arena);
    arena_defer(arena, count_release, NULL);
    for (int i = 0; i < 1000; i++) {
        memset(arena_alloc(arena, 1000), 'y', 1000);
    }
    release_count = 0;
    arena_rewind(arena, mark);
    assert_int_equal(release_count, 1);
    assert_int_equal(first[99], 'x');
    char *again = arena_alloc(arena, 64);
    for (int i = 0; i < 64; i++) {
        assert_int_equal(again[i], 0);
    }
    arena_free(arena);
}

static void test_buf_limit(void **state) {
    (void)state;
    Buf buf;
    buf_init(&buf, 10);
    buf_put_c(&buf, "12345");
    assert_int_equal(buf_status(&buf), STATUS_OK);
    buf_put_c(&buf, "678901");
    assert_int_equal(buf_status(&buf), STATUS_LIMIT);
    buf_put_c(&buf, "x");
    assert_int_equal(buf.len, 5);
    buf_dispose(&buf);
}

static void test_map(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Map map;
    map_init(&map, arena);
    int values[1000];
    for (int i = 0; i < 1000; i++) {
        map_put(&map, str_print(arena, "key %d", i), &values[i]);
    }
    for (int i = 0; i < 1000; i++) {
        assert_ptr_equal(map_get(&map, str_print(arena, "key %d", i)), &values[i]);
    }
    assert_null(map_get(&map, STR("none")));
    assert_true(str_equal(map.entries[999].key, STR("key 999")));
    arena_free(arena);
}

typedef struct Int64Vec VEC(int64_t) Int64Vec;

static void test_vec(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Int64Vec vec = {0};
    for (int64_t i = 0; i < 1000; i++) {
        *vec_push(arena, &vec) = i;
    }
    assert_int_equal(vec.count, 1000);
    assert_int_equal(vec.items[999], 999);
    arena_free(arena);
}

typedef struct MoneyCase {
    const char *text;
    int64_t fen; /* -1: refused */
} MoneyCase;

static void test_money_parse(void **state) {
    (void)state;
    static const MoneyCase cases[] = {
        {"6999", 699900},
        {"6,999.00", 699900},
        {"￥6999.5元", 699950},
        {"0.01", 1},
        {"0", 0},
        {"", -1},
        {"-1", -1},
        {"1.234", -1},
        {"1e3", -1},
        {"1.2.3", -1},
        {".5", -1},
        {"abc", -1},
        {"99999999999999999999", -1},
    };
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Cx cx;
        cx_init(&cx, arena);
        Money money = {-7};
        Status status = money_parse(&cx, str_of(cases[i].text), &money);
        if (cases[i].fen < 0) {
            assert_int_equal(status, STATUS_INVALID);
            assert_int_equal(money.fen, -7);
            assert_true(cx.fault.hint[0] != '\0');
        } else {
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(money.fen, cases[i].fen);
        }
    }
    assert_true(str_equal(money_print(arena, (Money){123456789}), STR("1,234,567.89")));
    assert_true(str_equal(money_print(arena, (Money){-100000}), STR("-1,000.00")));
    assert_true(str_equal(money_print(arena, (Money){99}), STR("0.99")));
    assert_true(
        str_equal(money_print_plain(arena, (Money){INT64_MIN}), STR("-92233720368547758.08")));
    arena_free(arena);
}

static void test_money_split_adds_up(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Prng prng;
    prng_init(&prng, 20240723);
    for (int round = 0; round < 20000; round++) {
        Cx cx;
        cx_init(&cx, arena);
        int64_t shares[4] = {8500, 500, 600, 400};
        Money amount = {prng_between(&prng, -1000000, 100000000)};
        Money parts[4];
        assert_int_equal(money_split(&cx, amount, shares, 4, parts), STATUS_OK);
        assert_int_equal(parts[0].fen + parts[1].fen + parts[2].fen + parts[3].fen, amount.fen);
    }
    Cx cx;
    cx_init(&cx, arena);
    Money parts[2] = {{5}, {5}};
    assert_int_equal(money_split(&cx, (Money){100}, (const int64_t[]){8500, 1400}, 2, parts),
                     STATUS_INVALID);
    assert_int_equal(parts[0].fen, 5);
    arena_free(arena);
}

static void test_day_round_trip(void **state) {
    (void)state;
    Arena *arena = arena_create();
    assert_int_equal(day_of_ymd(1970, 1, 1).number, 0);
    assert_int_equal(day_weekday(day_of_ymd(2026, 11, 23)), 1);
    for (int32_t number = day_of_ymd(1, 1, 1).number; number <= day_of_ymd(9999, 12, 31).number;
         number += 17) {
        assert_int_equal(day_of(day_parts((Day){number})).number, number);
    }
    Cx cx;
    cx_init(&cx, arena);
    Day day = DAY_NONE;
    assert_int_equal(day_parse(&cx, STR("2024年7月23日"), &day), STATUS_OK);
    assert_int_equal(day.number, day_of_ymd(2024, 7, 23).number);
    assert_int_equal(day_parse(&cx, STR("20240229"), &day), STATUS_OK);
    assert_int_equal(day_parse(&cx, STR("2023-02-29"), &day), STATUS_INVALID);
    assert_true(str_equal(day_print(arena, day), STR("2024-02-29")));
    assert_int_equal(day_add_months(day_of_ymd(2024, 1, 31), 1).number,
                     day_of_ymd(2024, 2, 29).number);
    assert_int_equal(day_of_instant(day_start_ms(day) - 1).number, day.number - 1);
    arena_free(arena);
}

static void test_working_days(void **state) {
    (void)state;
    const Day holidays[] = {day_of_ymd(2026, 10, 1), day_of_ymd(2026, 10, 2)};
    const Day worked[] = {day_of_ymd(2026, 10, 10)};
    WorkCalendar calendar = {
        .holidays = holidays, .holiday_count = 2, .worked = worked, .worked_count = 1};
    assert_int_equal(day_add_working(&calendar, day_of_ymd(2026, 9, 30), 1).number,
                     day_of_ymd(2026, 10, 5).number);
    assert_true(day_is_working(&calendar, day_of_ymd(2026, 10, 10)));
    assert_int_equal(
        day_working_between(&calendar, day_of_ymd(2026, 9, 30), day_of_ymd(2026, 10, 10)), 6);
}

static void test_fault_first_wins(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    assert_int_equal(fault(&cx, STATUS_INVALID, "first"), STATUS_INVALID);
    assert_int_equal(fault(&cx, STATUS_DB, "second"), STATUS_DB);
    assert_string_equal(cx.fault.text, "first");
    assert_int_equal(cx.fault.status, STATUS_INVALID);
    cx.step_max = 2;
    fault_clear(&cx);
    assert_int_equal(cx_step(&cx), STATUS_OK);
    assert_int_equal(cx_step(&cx), STATUS_OK);
    assert_int_equal(cx_step(&cx), STATUS_LIMIT);
    arena_free(arena);
}

/* 支付结算办法 附一: its own examples, and every border of zeros and groups. */
static void test_money_capital(void **state) {
    (void)state;
    static const struct {
        int64_t fen;
        const char *text;
    } rows[] = {
        {0, "人民币零元整"},
        {1, "人民币壹分"},
        {10, "人民币壹角"},
        {99, "人民币玖角玖分"},
        {100, "人民币壹元整"},
        {140950, "人民币壹仟肆佰零玖元伍角"},
        {600714, "人民币陆仟零柒元壹角肆分"},
        {168032, "人民币壹仟陆佰捌拾元叁角贰分"},
        {10700053, "人民币壹拾万零柒仟元伍角叁分"},
        {32504, "人民币叁佰贰拾伍元零肆分"},
        {1640902, "人民币壹万陆仟肆佰零玖元零贰分"},
        {1000000, "人民币壹万元整"},
        {1000100, "人民币壹万零壹元整"},
        {10000000000, "人民币壹亿元整"},
        {10000000100, "人民币壹亿零壹元整"},
        {100010000000000, "人民币壹万零壹亿元整"},
        {1000000000000000, "人民币壹拾万亿元整"},
        {-12345, "人民币负壹佰贰拾叁元肆角伍分"},
    };
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str text = money_print_capital(arena, (Money){rows[i].fen});
        if (!str_equal(text, str_of(rows[i].text))) {
            fail_msg("%lld: " STR_FMT, (long long)rows[i].fen, STR_ARG(text));
        }
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money_capital),
        cmocka_unit_test(test_str_utf8),
        cmocka_unit_test(test_quotes_keep_whole_characters),
        cmocka_unit_test(test_str_cut_trim),
        cmocka_unit_test(test_str_json),
        cmocka_unit_test(test_str_int64),
        cmocka_unit_test(test_arena_mark),
        cmocka_unit_test(test_buf_limit),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_vec),
        cmocka_unit_test(test_money_parse),
        cmocka_unit_test(test_money_split_adds_up),
        cmocka_unit_test(test_day_round_trip),
        cmocka_unit_test(test_working_days),
        cmocka_unit_test(test_fault_first_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
