/*
 * open_signed_fuzz.c - bytes as signed figures, and as a public key: never a text that the key has
 * not signed; what is signed here is read back whole.
 */
#include "base/check.h"
#include "office/open/signed.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const SealKey key = {{1, 2, 3}};
    static const SealKey other = {{9, 8, 7}};
    Arena *arena = arena_create();
    Str input = {(const char *)bytes, len};
    Str text = STR_NONE;
    Str public_key = STR_NONE;
    uint8_t mine[SEAL_PUBLIC_BYTES];
    Cx cx;
    cx_init(&cx, arena);
    seal_sign_public(&key, mine);
    Str mine_key = {(const char *)mine, sizeof mine};
    check(signed_read(&cx, input, mine_key, &text) != STATUS_OK);
    fault_clear(&cx);
    if (signed_key_read(&cx, input, &public_key) == STATUS_OK) {
        check(public_key.len == SEAL_PUBLIC_BYTES);
    }
    fault_clear(&cx);
    if (len < 4096) {
        check(signed_read(&cx, signed_write(arena, &key, input), mine_key, &text) == STATUS_OK);
        check(str_equal(text, input));
        check(signed_read(&cx, signed_write(arena, &other, input), mine_key, &text) != STATUS_OK);
    }
    arena_free(arena);
    return 0;
}
