/*
 * seal_sm3.c - SM3 and HMAC-SM3 over OpenSSL's EVP digests. OpenSSL can only fail here when the
 * machine has no memory or the library was built without SM3: both are caught by check.
 */
#include "seal/seal.h"

#include <openssl/evp.h>
#include <string.h>

enum { SM3_BLOCK_BYTES = 64 };

struct SealSm3 {
    EVP_MD_CTX *context;
    EVP_MD_CTX *blank; /* a started context: copying it is cheaper than looking SM3 up again */
};

static void context_free(void *it) {
    EVP_MD_CTX_free(it);
}

SealSm3 *seal_sm3_new(Arena *arena) {
    SealSm3 *sm3 = arena_new(arena, SealSm3);
    sm3->blank = EVP_MD_CTX_new();
    check(sm3->blank != NULL);
    arena_defer(arena, context_free, sm3->blank);
    sm3->context = EVP_MD_CTX_new();
    check(sm3->context != NULL);
    arena_defer(arena, context_free, sm3->context);
    check(EVP_DigestInit_ex(sm3->blank, EVP_sm3(), NULL) == 1);
    seal_sm3_start(sm3);
    return sm3;
}

void seal_sm3_start(SealSm3 *sm3) {
    check(sm3 != NULL);
    check(EVP_MD_CTX_copy_ex(sm3->context, sm3->blank) == 1);
}

void seal_sm3_add(SealSm3 *sm3, Str data) {
    check(sm3 != NULL);
    check(EVP_DigestUpdate(sm3->context, data.at, data.len) == 1);
}

void seal_sm3_finish(SealSm3 *sm3, uint8_t out[SEAL_SM3_BYTES]) {
    check(sm3 != NULL);
    unsigned int bytes = 0;
    check(EVP_DigestFinal_ex(sm3->context, out, &bytes) == 1);
    check(bytes == SEAL_SM3_BYTES);
    seal_sm3_start(sm3);
}

void seal_sm3(Str data, uint8_t out[SEAL_SM3_BYTES]) {
    unsigned int bytes = 0;
    check(EVP_Digest(data.at, data.len, out, &bytes, EVP_sm3(), NULL) == 1);
    check(bytes == SEAL_SM3_BYTES);
}

/* One keyed pass: SM3(key block xor pad || data). */
static void keyed_pass(EVP_MD_CTX *context, const uint8_t key[SM3_BLOCK_BYTES], uint8_t pad,
                       Str data, uint8_t out[SEAL_SM3_BYTES]) {
    uint8_t block[SM3_BLOCK_BYTES];
    for (size_t i = 0; i < SM3_BLOCK_BYTES; i++) {
        block[i] = key[i] ^ pad;
    }
    check(EVP_DigestInit_ex(context, EVP_sm3(), NULL) == 1);
    check(EVP_DigestUpdate(context, block, sizeof block) == 1);
    check(EVP_DigestUpdate(context, data.at, data.len) == 1);
    check(EVP_DigestFinal_ex(context, out, NULL) == 1);
    explicit_bzero(block, sizeof block);
}

void seal_hmac_sm3(Str key, Str data, uint8_t out[SEAL_SM3_BYTES]) {
    uint8_t key_block[SM3_BLOCK_BYTES] = {0};
    if (key.len > SM3_BLOCK_BYTES) {
        seal_sm3(key, key_block);
    } else if (key.len > 0) {
        memcpy(key_block, key.at, key.len);
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    check(context != NULL);
    uint8_t inner[SEAL_SM3_BYTES];
    keyed_pass(context, key_block, 0x36, data, inner);
    keyed_pass(context, key_block, 0x5c, (Str){(const char *)inner, sizeof inner}, out);
    EVP_MD_CTX_free(context);
    explicit_bzero(key_block, sizeof key_block);
}
