/* mark_mark_test.c - one address in its usual writings, and the form of a device's cookie. */
#include "office/mark/mark.h"
#include "test.h"

static CityTown towns[] = {{.code = {"370784001", 9}, .name = {"兴安街道", 12}},
                           {.code = {"370784100", 9}, .name = {"景芝镇", 9}}};
static City city = {.name = {"安丘市", 9},
                    .province = {"山东省", 9},
                    .prefecture = {"潍坊市", 9},
                    .towns = towns,
                    .town_count = 2};

static Str normal(Arena *arena, const char *town, const char *address) {
    return mark_address_normal(arena, &city, str_of(town), str_of(address));
}

static void test_m2_one_address_in_many_writings(void **state) {
    (void)state;
    static const char *const same[] = {
        "人民路12号3号楼2单元501室",
        "人民路12号 3号楼 2单元 501",
        "人民路１２号３号楼２单元５０１室",
        "人民路12号3栋2单元501室",
        "人民路12号3幢二单元501号",
        "人民路十二号三号楼二单元五〇一室",
        "人民路一二号3座2单元501户",
        "人民路12号3#2-501",
        "人民路12-3-2-501",
        "人民路12号，03号楼02单元0501室（门口）",
        "山东省潍坊市安丘市兴安街道人民路12号3号楼2单元501室",
        "山东潍坊安丘兴安街道办事处人民路12号3号楼2单元501室",
        "安丘市 兴安街道办 人民路12号3号楼2单元501室",
    };
    Arena *arena = arena_create();
    Str first = normal(arena, "370784001", same[0]);
    assert_true(str_equal(first, STR("370784001:人民路12|3|2|501")));
    for (size_t i = 1; i < sizeof same / sizeof same[0]; i++) {
        Str other = normal(arena, "370784001", same[i]);
        bool is_same = i == 9 ? str_starts(other, first) : str_equal(other, first);
        if (!is_same) {
            fail_msg("%s: " STR_FMT, same[i], STR_ARG(other));
        }
    }
    arena_free(arena);
}

static void test_m2_others_stay_apart(void **state) {
    (void)state;
    static const char *const others[] = {
        "人民路12号3号楼2单元502室", "人民路12号3号楼3单元501室", "人民路12号4号楼2单元501室",
        "人民路123号2单元501室",     "人民路1号23号楼2单元501室", "民主路12号3号楼2单元501室",
        "人民路12号3号楼2单元50号",  "人民路12号A座2单元501室",   "人民路12号B座2单元501室"};
    enum { COUNT = sizeof others / sizeof others[0] };
    Arena *arena = arena_create();
    Str first = normal(arena, "370784001", "人民路12号3号楼2单元501室");
    for (size_t i = 0; i < COUNT; i++) {
        assert_false(str_equal(first, normal(arena, "370784001", others[i])));
        for (size_t k = 0; k < i; k++) {
            assert_false(str_equal(normal(arena, "370784001", others[k]),
                                   normal(arena, "370784001", others[i])));
        }
    }
    arena_free(arena);
}

static void test_m2_the_town_of_the_address_counts(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Str there = normal(arena, "370784001", "景芝镇三里庄12号");
    assert_true(str_equal(there, normal(arena, "370784100", "三里庄十二号")));
    assert_false(str_equal(there, normal(arena, "370784001", "三里庄12号")));
    /* The city's name begins a street's: it is no prefix then. */
    assert_true(str_equal(normal(arena, "370784001", "安丘大街1号"), STR("370784001:安丘大街1")));
    arena_free(arena);
}

static void test_m2_numerals(void **state) {
    (void)state;
    static const struct {
        const char *clear;
        const char *normal;
    } rows[] = {{"甲路十号", "t:甲路10"},        {"甲路二十号", "t:甲路20"},
                {"甲路一百零五号", "t:甲路105"}, {"甲路一百一十号", "t:甲路110"},
                {"甲路一〇五号", "t:甲路105"},   {"甲路0号", "t:甲路0"},
                {"甲路000号", "t:甲路0"},        {"b座007", "t:B|7"}};
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str text = normal(arena, "t", rows[i].clear);
        if (!str_equal(text, str_of(rows[i].normal))) {
            fail_msg("%s: " STR_FMT, rows[i].clear, STR_ARG(text));
        }
    }
    arena_free(arena);
}

static void test_m3_a_village_has_no_mark(void **state) {
    (void)state;
    Arena *arena = arena_create();
    assert_int_equal(normal(arena, "370784100", "王家庄村").len, 0);
    assert_int_equal(normal(arena, "370784100", "").len, 0);
    assert_int_equal(normal(arena, "370784100", "　，。").len, 0);
    char *much = arena_alloc(arena, MARK_ADDRESS_BYTES_MAX + 2);
    for (size_t i = 0; i <= MARK_ADDRESS_BYTES_MAX; i++) {
        much[i] = '1';
    }
    much[MARK_ADDRESS_BYTES_MAX + 1] = '\0';
    assert_int_equal(normal(arena, "370784100", much).len, 0);
    assert_true(normal(arena, "370784100", much + 1).len > 0);
    arena_free(arena);
}

static void test_m1_only_our_cookie_gives_a_mark(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Str cookie = seal_token(arena, MARK_DEVICE_BYTES);
    Str hash = mark_device_hash(arena, &city, cookie);
    assert_int_equal(hash.len, SEAL_SM3_BYTES * 2);
    assert_true(str_equal(hash, mark_device_hash(arena, &city, cookie)));
    assert_false(str_contains(hash, cookie));
    assert_int_equal(mark_device_hash(arena, &city, STR("")).len, 0);
    assert_int_equal(mark_device_hash(arena, &city, str_from(cookie, 1)).len, 0);
    assert_int_equal(mark_device_hash(arena, &city, str_join(arena, cookie, STR("x"))).len, 0);
    Str odd = str_join(arena, str_from(cookie, 1), STR("="));
    assert_int_equal(mark_device_hash(arena, &city, odd).len, 0);
    arena_free(arena);
}

static void test_a_mark_needs_the_city_key(void **state) {
    (void)state;
    Arena *arena = arena_create();
    City other = city;
    Str here = mark_address_hash(arena, &city, STR("t"), STR("甲路1号"));
    other.hash_key.bytes[0] ^= 1;
    assert_int_equal(here.len, SEAL_SM3_BYTES * 2);
    assert_false(str_equal(here, mark_address_hash(arena, &other, STR("t"), STR("甲路1号"))));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_m2_one_address_in_many_writings),
        cmocka_unit_test(test_m2_others_stay_apart),
        cmocka_unit_test(test_m2_the_town_of_the_address_counts),
        cmocka_unit_test(test_m2_numerals),
        cmocka_unit_test(test_m3_a_village_has_no_mark),
        cmocka_unit_test(test_m1_only_our_cookie_gives_a_mark),
        cmocka_unit_test(test_a_mark_needs_the_city_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
