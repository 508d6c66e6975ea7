/* Sealed fields, keys, passwords, tokens, signatures and codes: published vectors, and the
 * security properties S1 to S7 of seal.h by number. */
#include "seal/seal.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct Desk {
    Arena *arena;
    Cx cx;
    SealKey key;
} Desk;

static int setup(void **state) {
    Desk *desk = test_calloc(1, sizeof *desk);
    desk->arena = arena_create();
    cx_init(&desk->cx, desk->arena);
    for (size_t i = 0; i < SEAL_KEY_BYTES; i++) {
        desk->key.bytes[i] = (uint8_t)i;
    }
    *state = desk;
    return 0;
}

static int teardown(void **state) {
    Desk *desk = *state;
    arena_free(desk->arena);
    test_free(desk);
    return 0;
}

static Str from_hex(Desk *desk, const char *hex) {
    Str out = STR_NONE;
    assert_int_equal(seal_hex_decode(&desk->cx, str_of(hex), &out), STATUS_OK);
    return out;
}

static void is_text(Str got, const char *expected) {
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.at, expected, got.len);
}

/* GB/T 32907-2016, appendix A.1: one block. CTR shows the block cipher itself when the counter is
 * the plain text and the text is zero. */
static void sm4_standard_example(void **state) {
    Desk *desk = *state;
    Str key = from_hex(desk, "0123456789abcdeffedcba9876543210");
    uint8_t zero[16] = {0};
    uint8_t out[16];
    seal_sm4_ctr((const uint8_t *)key.at, (const uint8_t *)key.at, (Str){(char *)zero, 16}, out);
    is_text(seal_hex(desk->arena, (Str){(char *)out, 16}), "681edf34d206965e86b3e94f536e4246");
}

static void fields_open_again(void **state) {
    Desk *desk = *state;
    const size_t lengths[] = {0, 1, 15, 16, 17, 1000};
    char text[1000];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        Str plain = {text, lengths[i]};
        Str sealed = seal_field_close(desk->arena, &desk->key, STR("a/1"), plain);
        assert_int_equal(sealed.len, plain.len + SEAL_FIELD_EXTRA_BYTES);
        Str opened = STR_NONE;
        assert_int_equal(seal_field_open(&desk->cx, &desk->key, STR("a/1"), sealed, &opened),
                         STATUS_OK);
        assert_true(str_equal(opened, plain));
    }
}

static void does_not_open(Desk *desk, const SealKey *key, Str place, Str sealed) {
    Str opened = STR("untouched");
    assert_int_equal(seal_field_open(&desk->cx, key, place, sealed, &opened), STATUS_INVALID);
    assert_string_equal(desk->cx.fault.text, "sealed field does not open");
    is_text(opened, "untouched");
    fault_clear(&desk->cx);
}

static void s1_changed_or_moved_fields_do_not_open(void **state) {
    Desk *desk = *state;
    Str sealed = seal_field_close(desk->arena, &desk->key, STR("person/1"), STR("13800000000"));
    char *bytes = arena_alloc(desk->arena, sealed.len);
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        memcpy(bytes, sealed.at, sealed.len);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << (bit % 8)));
        does_not_open(desk, &desk->key, STR("person/1"), (Str){bytes, sealed.len});
    }
    for (size_t len = 0; len < sealed.len; len++) {
        does_not_open(desk, &desk->key, STR("person/1"), str_slice(sealed, 0, len));
    }
    does_not_open(desk, &desk->key, STR("person/2"), sealed);
    does_not_open(desk, &desk->key, STR(""), sealed);
    SealKey other = desk->key;
    other.bytes[31] ^= 1;
    does_not_open(desk, &other, STR("person/1"), sealed);
}

static void s2_sealing_twice_differs(void **state) {
    Desk *desk = *state;
    Str one = seal_field_close(desk->arena, &desk->key, STR("p"), STR("same"));
    Str two = seal_field_close(desk->arena, &desk->key, STR("p"), STR("same"));
    assert_false(str_equal(one, two));
}

static int64_t micros_now(void) {
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t compare_micros(Str left, Str right) {
    int64_t best = INT64_MAX;
    for (int round = 0; round < 5; round++) {
        int64_t start = micros_now();
        for (int i = 0; i < 50; i++) {
            assert_false(seal_equal(left, right));
        }
        int64_t spent = micros_now() - start;
        best = spent < best ? spent : best;
    }
    return best;
}

static void s3_comparison_does_not_stop_early(void **state) {
    Desk *desk = *state;
    enum { BYTES = 64 * 1024 };
    char *left = arena_alloc(desk->arena, BYTES);
    char *first = arena_alloc(desk->arena, BYTES);
    char *last = arena_alloc(desk->arena, BYTES);
    first[0] = 1;
    last[BYTES - 1] = 1;
    int64_t first_micros = compare_micros((Str){left, BYTES}, (Str){first, BYTES});
    int64_t last_micros = compare_micros((Str){left, BYTES}, (Str){last, BYTES});
    /* Stopping at the first byte would be thousands of times faster. */
    assert_true(first_micros * 4 > last_micros);
    assert_true(seal_equal(STR("abc"), STR("abc")));
    assert_true(seal_equal(STR_NONE, STR("")));
    assert_false(seal_equal(STR("abc"), STR("abcd")));
}

static void s4_key_files(void **state) {
    Desk *desk = *state;
    Cx *cx = &desk->cx;
    char folder[] = "/tmp/seal-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    Str path = str_print(desk->arena, "%s/master.key", folder);
    SealKey made;
    SealKey loaded;
    assert_int_equal(seal_key_file_load(cx, path, &loaded), STATUS_NOT_FOUND);
    fault_clear(cx);
    assert_int_equal(seal_key_file_create(cx, path, &made), STATUS_OK);
    struct stat facts;
    assert_int_equal(stat(path.at, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    assert_int_equal(seal_key_file_load(cx, path, &loaded), STATUS_OK);
    assert_memory_equal(&made, &loaded, sizeof made);
    assert_int_equal(seal_key_file_create(cx, path, &made), STATUS_CONFLICT);
    fault_clear(cx);
    const mode_t wide[] = {0640, 0604, 0620, 0602, 0660, 0644, 0601};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        assert_int_equal(chmod(path.at, wide[i]), 0);
        assert_int_equal(seal_key_file_load(cx, path, &loaded), STATUS_DENIED);
        fault_clear(cx);
    }
    assert_int_equal(chmod(path.at, 0600), 0);
    assert_int_equal(truncate(path.at, 64), 0);
    assert_int_equal(seal_key_file_load(cx, path, &loaded), STATUS_INVALID);
    fault_clear(cx);
    assert_int_equal(unlink(path.at), 0);
    assert_int_equal(mkfifo(path.at, 0600), 0);
    assert_int_equal(seal_key_file_load(cx, path, &loaded), STATUS_DENIED);
    fault_clear(cx);
    assert_int_equal(unlink(path.at), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(seal_key_file_create(cx, path, &made), STATUS_IO);
    fault_clear(cx);
}

static void derived_keys_differ(void **state) {
    Desk *desk = *state;
    SealKey one;
    SealKey two;
    SealKey again;
    seal_key_derive(&desk->key, STR("person.phone"), &one);
    seal_key_derive(&desk->key, STR("person.name"), &two);
    seal_key_derive(&desk->key, STR("person.phone"), &again);
    assert_memory_not_equal(&one, &two, sizeof one);
    assert_memory_not_equal(&one, &desk->key, sizeof one);
    assert_memory_equal(&one, &again, sizeof one);
}

static void passwords(void **state) {
    Desk *desk = *state;
    Cx *cx = &desk->cx;
    SealPasswordCost cheap = {1, (size_t)8 * 1024 * 1024};
    Str hash = STR_NONE;
    assert_int_equal(seal_password_hash(cx, STR("正确的马"), cheap, &hash), STATUS_OK);
    assert_true(str_starts(hash, STR("$argon2id$v=19$m=8192,t=1,p=1$")));
    assert_true(seal_password_matches(hash, STR("正确的马")));
    assert_false(seal_password_matches(hash, STR("正确的牛")));
    assert_false(seal_password_matches(hash, STR("")));
    assert_false(seal_password_matches(STR(""), STR("x")));
    assert_false(seal_password_is_stale(hash, cheap));
    assert_true(seal_password_is_stale(hash, SEAL_PASSWORD_COST_DEFAULT));
    Str second = STR_NONE;
    assert_int_equal(seal_password_hash(cx, STR("正确的马"), cheap, &second), STATUS_OK);
    assert_false(str_equal(hash, second));
    assert_int_equal(seal_password_hash(cx, STR(""), cheap, &hash), STATUS_INVALID);
    fault_clear(cx);
    char *longest = arena_alloc(desk->arena, SEAL_PASSWORD_BYTES_MAX + 1);
    memset(longest, 'a', SEAL_PASSWORD_BYTES_MAX + 1);
    Str over = {longest, SEAL_PASSWORD_BYTES_MAX + 1};
    assert_int_equal(seal_password_hash(cx, over, cheap, &hash), STATUS_INVALID);
    fault_clear(cx);
    over.len--;
    assert_int_equal(seal_password_hash(cx, over, cheap, &hash), STATUS_OK);
    SealPasswordCost greedy = {1, (size_t)65 * 1024 * 1024};
    assert_int_equal(seal_password_hash(cx, STR("x"), greedy, &hash), STATUS_LIMIT);
    fault_clear(cx);
}

static void s5_stored_hashes_are_bounded(void **state) {
    (void)state;
    /* A hash that asks for 1 GiB, one for 1,000 passes, and malformed ones: all refused at once. */
    static const char *const HASHES[] = {
        "$argon2id$v=19$m=1048576,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8192,t=1000,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=,t=1,p=1$c2FsdA$AAAA",
        "$argon2id$v=19$m=-1,t=1,p=1$c2FsdA$AAAA",
        "$argon2i$v=19$m=8192,t=1,p=1$c2FsdA$AAAA",
        "$2y$10$abcdefghijklmnopqrstuv",
        "plain"};
    int64_t start = micros_now();
    for (size_t i = 0; i < sizeof HASHES / sizeof HASHES[0]; i++) {
        assert_false(seal_password_matches(str_of(HASHES[i]), STR("x")));
    }
    assert_true(micros_now() - start < 200000);
}

static void tokens_and_text_forms(void **state) {
    Desk *desk = *state;
    Cx *cx = &desk->cx;
    Str one = seal_token(desk->arena, 32);
    Str two = seal_token(desk->arena, 32);
    assert_int_equal(one.len, 43);
    assert_false(str_equal(one, two));
    is_text(seal_base64url(desk->arena, STR("\xfb\xff\xfe")), "-__-");
    is_text(seal_base64url(desk->arena, STR("f")), "Zg");
    is_text(seal_base64url(desk->arena, STR("")), "");
    Str out = STR_NONE;
    assert_int_equal(seal_base64url_decode(cx, STR("Zm9v"), &out), STATUS_OK);
    is_text(out, "foo");
    static const char *const BAD[] = {"Zg==", "Zh", "Z", "Zm9v!", "+/8=", "Zm 9v"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        assert_int_equal(seal_base64url_decode(cx, str_of(BAD[i]), &out), STATUS_INVALID);
        fault_clear(cx);
    }
    is_text(seal_hex(desk->arena, STR("\x01\xab")), "01ab");
    static const char *const BAD_HEX[] = {"0", "0g", "01 2", "0x"};
    for (size_t i = 0; i < sizeof BAD_HEX / sizeof BAD_HEX[0]; i++) {
        assert_int_equal(seal_hex_decode(cx, str_of(BAD_HEX[i]), &out), STATUS_INVALID);
        fault_clear(cx);
    }
    /* RFC 4648, section 10, without the padding. */
    static const char *const PAIRS[][2] = {{"", ""},
                                           {"f", "MY"},
                                           {"fo", "MZXQ"},
                                           {"foo", "MZXW6"},
                                           {"foob", "MZXW6YQ"},
                                           {"fooba", "MZXW6YTB"},
                                           {"foobar", "MZXW6YTBOI"}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        is_text(seal_base32(desk->arena, str_of(PAIRS[i][0])), PAIRS[i][1]);
    }
}

/* RFC 8032, section 7.1, test 2. */
static void signature_vector(void **state) {
    Desk *desk = *state;
    SealKey key;
    memcpy(key.bytes,
           from_hex(desk, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").at,
           SEAL_KEY_BYTES);
    uint8_t public_half[SEAL_PUBLIC_BYTES];
    seal_sign_public(&key, public_half);
    is_text(seal_hex(desk->arena, (Str){(char *)public_half, sizeof public_half}),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    uint8_t signature[SEAL_SIGNATURE_BYTES];
    seal_sign(&key, STR("\x72"), signature);
    is_text(seal_hex(desk->arena, (Str){(char *)signature, sizeof signature}),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

static void s7_foreign_signatures_are_refused(void **state) {
    Desk *desk = *state;
    uint8_t public_half[SEAL_PUBLIC_BYTES];
    uint8_t signature[SEAL_SIGNATURE_BYTES];
    seal_sign_public(&desk->key, public_half);
    seal_sign(&desk->key, STR("left 100"), signature);
    Str public_key = {(char *)public_half, sizeof public_half};
    Str proof = {(char *)signature, sizeof signature};
    assert_true(seal_sign_matches(public_key, STR("left 100"), proof));
    assert_false(seal_sign_matches(public_key, STR("left 900"), proof));
    assert_false(seal_sign_matches(public_key, STR("left 100"), str_slice(proof, 0, 63)));
    assert_false(seal_sign_matches(str_slice(public_key, 0, 31), STR("left 100"), proof));
    SealKey other = desk->key;
    other.bytes[0] ^= 1;
    uint8_t other_half[SEAL_PUBLIC_BYTES];
    seal_sign_public(&other, other_half);
    assert_false(
        seal_sign_matches((Str){(char *)other_half, sizeof other_half}, STR("left 100"), proof));
    signature[0] ^= 1;
    assert_false(seal_sign_matches(public_key, STR("left 100"), proof));
}

/* RFC 6238, appendix B, SHA-1. */
static void totp_vectors(void **state) {
    (void)state;
    static const struct {
        int64_t now_s;
        const char *code;
    } ROWS[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        SealTotp totp = {STR("12345678901234567890"), ROWS[i].now_s, 8, 0};
        int64_t step = -1;
        assert_true(seal_totp_matches(totp, str_of(ROWS[i].code), &step));
        assert_int_equal(step, ROWS[i].now_s / 30);
        totp.digits = 6;
        assert_true(seal_totp_matches(totp, str_of(ROWS[i].code + 2), &step));
        assert_false(seal_totp_matches(totp, str_of(ROWS[i].code), &step));
    }
}

static void s6_totp_tells_its_step(void **state) {
    (void)state;
    Str code = STR("94287082"); /* step 1 */
    SealTotp totp = {STR("12345678901234567890"), 89, 8, 1};
    int64_t step = -1;
    assert_true(seal_totp_matches(totp, code, &step));
    assert_int_equal(step, 1);
    totp.now_s = 0;
    assert_true(seal_totp_matches(totp, code, &step));
    assert_int_equal(step, 1);
    totp.now_s = 90;
    step = -1;
    assert_false(seal_totp_matches(totp, code, &step));
    assert_int_equal(step, -1);
    assert_false(seal_totp_matches(totp, STR(""), &step));
    assert_false(seal_totp_matches(totp, STR("9428708x"), &step));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(sm4_standard_example),
        TEST(fields_open_again),
        TEST(derived_keys_differ),
        TEST(passwords),
        TEST(tokens_and_text_forms),
        TEST(signature_vector),
        TEST(totp_vectors),
        TEST(s1_changed_or_moved_fields_do_not_open),
        TEST(s2_sealing_twice_differs),
        TEST(s3_comparison_does_not_stop_early),
        TEST(s4_key_files),
        TEST(s5_stored_hashes_are_bounded),
        TEST(s6_totp_tells_its_step),
        TEST(s7_foreign_signatures_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
