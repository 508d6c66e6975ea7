/* SM3 and HMAC-SM3 against published vectors, and piecewise against at-once. */
#include "seal/seal.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static void hex_is(const uint8_t digest[SEAL_SM3_BYTES], const char *hex) {
    char text[2 * SEAL_SM3_BYTES + 1];
    for (size_t i = 0; i < SEAL_SM3_BYTES; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, hex);
}

/* GB/T 32905-2016, appendix A, examples 1 and 2. */
static void standard_examples(void **state) {
    (void)state;
    uint8_t out[SEAL_SM3_BYTES];
    seal_sm3(STR("abc"), out);
    hex_is(out, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    seal_sm3(STR("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"), out);
    hex_is(out, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    seal_sm3(STR_NONE, out);
    hex_is(out, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

static void pieces_equal_the_whole(void **state) {
    (void)state;
    Arena *arena = arena_create();
    char data[300];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (char)(i * 7);
    }
    SealSm3 *sm3 = seal_sm3_new(arena);
    for (size_t cut = 0; cut <= sizeof data; cut += 37) {
        uint8_t whole[SEAL_SM3_BYTES];
        uint8_t pieces[SEAL_SM3_BYTES];
        seal_sm3((Str){data, sizeof data}, whole);
        seal_sm3_add(sm3, (Str){data, cut});
        seal_sm3_add(sm3, (Str){data + cut, sizeof data - cut});
        seal_sm3_finish(sm3, pieces);
        assert_memory_equal(whole, pieces, sizeof whole);
    }
    seal_sm3_add(sm3, STR("forgotten"));
    seal_sm3_start(sm3);
    seal_sm3_add(sm3, STR("abc"));
    uint8_t out[SEAL_SM3_BYTES];
    seal_sm3_finish(sm3, out);
    hex_is(out, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    arena_free(arena);
}

/* GM/T 0042-2015, appendix D.3: key 01 02 ... 20. */
static void hmac_standard_example(void **state) {
    (void)state;
    char key[32];
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (char)(i + 1);
    }
    uint8_t out[SEAL_SM3_BYTES];
    seal_hmac_sm3((Str){key, sizeof key},
                  STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
                      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                  out);
    hex_is(out, "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
}

/* Against the definition in RFC 2104, spelled out over seal_sm3, for short, block-long and longer
 * keys. */
static void hmac_equals_its_definition(void **state) {
    (void)state;
    const size_t lengths[] = {0, 1, 32, 63, 64, 65, 131};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        char key[131];
        memset(key, 0xaa, sizeof key);
        uint8_t block[64] = {0};
        if (lengths[k] > 64) {
            seal_sm3((Str){key, lengths[k]}, block);
        } else {
            memcpy(block, key, lengths[k]);
        }
        char inner[64 + 5];
        char outer[64 + SEAL_SM3_BYTES];
        for (size_t i = 0; i < 64; i++) {
            inner[i] = (char)(block[i] ^ 0x36);
            outer[i] = (char)(block[i] ^ 0x5c);
        }
        memcpy(inner + 64, "hello", 5);
        seal_sm3((Str){inner, sizeof inner}, (uint8_t *)outer + 64);
        uint8_t expected[SEAL_SM3_BYTES];
        seal_sm3((Str){outer, sizeof outer}, expected);
        uint8_t out[SEAL_SM3_BYTES];
        seal_hmac_sm3((Str){key, lengths[k]}, STR("hello"), out);
        assert_memory_equal(out, expected, sizeof out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_examples),
        cmocka_unit_test(pieces_equal_the_whole),
        cmocka_unit_test(hmac_standard_example),
        cmocka_unit_test(hmac_equals_its_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
