/*
 * seal_text.c - bytes as text (base64url, base32, hex), random tokens, and comparison in constant
 * time. The codecs are libsodium's; base32 is ours because it has none.
 */
#include "seal/seal.h"

#include <sodium.h>
#include <string.h>

enum {
    TOKEN_BYTES_MIN = 16,
    TOKEN_BYTES_MAX = 64,
    BASE64URL = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

Str seal_token(Arena *arena, size_t bytes) {
    check(bytes >= TOKEN_BYTES_MIN);
    check(bytes <= TOKEN_BYTES_MAX);
    char random[TOKEN_BYTES_MAX];
    seal_random(random, bytes);
    Str token = seal_base64url(arena, (Str){random, bytes});
    explicit_bzero(random, sizeof random);
    return token;
}

bool seal_equal(Str left, Str right) {
    return left.len == right.len &&
           (left.len == 0 || sodium_memcmp(left.at, right.at, left.len) == 0);
}

Str seal_base64url(Arena *arena, Str bytes) {
    check(bytes.len < SIZE_MAX / 4);
    size_t room = sodium_base64_encoded_len(bytes.len, BASE64URL);
    char *text = arena_alloc(arena, room);
    (void)sodium_bin2base64(text, room, (const unsigned char *)bytes.at, bytes.len, BASE64URL);
    return (Str){text, room - 1};
}

Status seal_base64url_decode(Cx *cx, Str text, Str *out) {
    check(out != NULL);
    size_t room = text.len / 4 * 3 + 3;
    unsigned char *bytes = arena_alloc(cx->arena, room);
    size_t len = 0;
    const char *end = NULL;
    if (text.len > 0 &&
        (sodium_base642bin(bytes, room, text.at, text.len, NULL, &len, &end, BASE64URL) != 0 ||
         end != text.at + text.len)) {
        return fault(cx, STATUS_INVALID, "text is not base64url");
    }
    *out = (Str){(const char *)bytes, len};
    return STATUS_OK;
}

Str seal_hex(Arena *arena, Str bytes) {
    check(bytes.len < SIZE_MAX / 4);
    char *text = arena_alloc(arena, 2 * bytes.len + 1);
    (void)sodium_bin2hex(text, 2 * bytes.len + 1, (const unsigned char *)bytes.at, bytes.len);
    return (Str){text, 2 * bytes.len};
}

Status seal_hex_decode(Cx *cx, Str text, Str *out) {
    check(out != NULL);
    unsigned char *bytes = arena_alloc(cx->arena, text.len / 2 + 1);
    size_t len = 0;
    const char *end = NULL;
    if (text.len % 2 != 0 || (text.len > 0 && (sodium_hex2bin(bytes, text.len / 2, text.at,
                                                              text.len, NULL, &len, &end) != 0 ||
                                               end != text.at + text.len))) {
        return fault(cx, STATUS_INVALID, "text is not hex");
    }
    *out = (Str){(const char *)bytes, len};
    return STATUS_OK;
}

Str seal_base32(Arena *arena, Str bytes) {
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    check(bytes.len < SIZE_MAX / 8);
    size_t count = (bytes.len * 8 + 4) / 5;
    char *text = arena_alloc(arena, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t bit = i * 5;
        uint32_t pair = (uint32_t)(unsigned char)bytes.at[bit / 8] << 8;
        if (bit / 8 + 1 < bytes.len) {
            pair |= (unsigned char)bytes.at[bit / 8 + 1];
        }
        text[i] = LETTERS[(pair >> (11 - bit % 8)) & 31];
    }
    return (Str){text, count};
}
