/*
 * seal_field.c - personal data at rest: SM4-CTR, then HMAC-SM3 over everything that matters.
 *
 *   sealed = [1 version][16 nonce][n cipher text][32 proof]
 *   proof  = HMAC-SM3(proof key, length of place || place || version || nonce || cipher text)
 *
 * The length in front of the place keeps ("ab", "c...") and ("a", "bc...") apart.
 */
#include "seal/seal.h"

#include <openssl/evp.h>
#include <string.h>

enum { VERSION = 1, NONCE_BYTES = 16, SM4_KEY_BYTES = 16, PLACE_LENGTH_BYTES = 8 };

static void context_free(void *it) {
    EVP_CIPHER_CTX_free(it);
}

void seal_sm4_ctr(const uint8_t key[16], const uint8_t counter[16], Str in, uint8_t *out) {
    check(in.len <= INT32_MAX);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    check(context != NULL);
    check(EVP_EncryptInit_ex(context, EVP_sm4_ctr(), NULL, key, counter) == 1);
    int bytes = 0;
    check(EVP_EncryptUpdate(context, out, &bytes, (const uint8_t *)in.at, (int)in.len) == 1);
    check((size_t)bytes == in.len);
    context_free(context);
}

/* Writes the proof of place and the sealed bytes up to the proof itself. */
static void prove(const SealKey *key, Str place, Str bytes, uint8_t out[SEAL_SM3_BYTES]) {
    SealKey proof_key;
    seal_key_derive(key, STR("seal field proof"), &proof_key);
    Arena *scratch = arena_create();
    size_t total = PLACE_LENGTH_BYTES + place.len + bytes.len;
    char *message = arena_alloc(scratch, total);
    for (size_t i = 0; i < PLACE_LENGTH_BYTES; i++) {
        message[i] = (char)((uint64_t)place.len >> (8 * i));
    }
    if (place.len > 0) {
        memcpy(message + PLACE_LENGTH_BYTES, place.at, place.len);
    }
    memcpy(message + PLACE_LENGTH_BYTES + place.len, bytes.at, bytes.len);
    seal_hmac_sm3(seal_key_str(&proof_key), (Str){message, total}, out);
    arena_free(scratch);
    seal_key_wipe(&proof_key);
}

static void cipher(const SealKey *key, const uint8_t *nonce, Str in, uint8_t *out) {
    SealKey cipher_key;
    seal_key_derive(key, STR("seal field cipher"), &cipher_key);
    /* SM4 takes 16 bytes: the first half of the derived key. */
    _Static_assert((int)SM4_KEY_BYTES <= (int)SEAL_KEY_BYTES, "the derived key is long enough");
    seal_sm4_ctr(cipher_key.bytes, nonce, in, out);
    seal_key_wipe(&cipher_key);
}

Str seal_field_close(Arena *arena, const SealKey *key, Str place, Str text) {
    check(key != NULL);
    size_t total = text.len + SEAL_FIELD_EXTRA_BYTES;
    uint8_t *sealed = arena_alloc(arena, total);
    sealed[0] = VERSION;
    seal_random(sealed + 1, NONCE_BYTES);
    cipher(key, sealed + 1, text, sealed + 1 + NONCE_BYTES);
    size_t proved_bytes = total - SEAL_SM3_BYTES;
    prove(key, place, (Str){(const char *)sealed, proved_bytes}, sealed + proved_bytes);
    return (Str){(const char *)sealed, total};
}

Status seal_field_open(Cx *cx, const SealKey *key, Str place, Str sealed, Str *out) {
    check(key != NULL);
    check(out != NULL);
    if (sealed.len < SEAL_FIELD_EXTRA_BYTES || sealed.at[0] != VERSION) {
        return fault(cx, STATUS_INVALID, "sealed field does not open");
    }
    size_t proved_bytes = sealed.len - SEAL_SM3_BYTES;
    uint8_t proof[SEAL_SM3_BYTES];
    prove(key, place, str_slice(sealed, 0, proved_bytes), proof);
    if (!seal_equal((Str){(const char *)proof, sizeof proof}, str_from(sealed, proved_bytes))) {
        return fault(cx, STATUS_INVALID, "sealed field does not open");
    }
    size_t text_bytes = sealed.len - SEAL_FIELD_EXTRA_BYTES;
    uint8_t *text = arena_alloc(cx->arena, text_bytes + 1);
    const uint8_t *bytes = (const uint8_t *)sealed.at;
    cipher(key, bytes + 1, str_slice(sealed, 1 + NONCE_BYTES, text_bytes), text);
    *out = (Str){(const char *)text, text_bytes};
    return STATUS_OK;
}
