/*
 * seal_sign.c - who somebody is: passwords (argon2id), signatures (Ed25519), one-time codes (TOTP).
 */
#include "seal/seal.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

enum { PASS_COUNT_MAX = 10, MEMORY_BYTES_MIN = 8 * 1024 * 1024 };

/* ---- passwords ------------------------------------------------------------------------------ */

static bool cost_is_allowed(SealPasswordCost cost) {
    return cost.pass_count >= 1 && cost.pass_count <= PASS_COUNT_MAX &&
           cost.memory_bytes >= MEMORY_BYTES_MIN &&
           cost.memory_bytes <= SEAL_PASSWORD_MEMORY_BYTES_MAX;
}

Status seal_password_hash(Cx *cx, Str password, SealPasswordCost cost, Str *out) {
    check(out != NULL);
    check(sodium_init() >= 0);
    if (password.len == 0 || password.len > SEAL_PASSWORD_BYTES_MAX) {
        return fault(cx, STATUS_INVALID, "password has %zu bytes, not 1 to %d", password.len,
                     SEAL_PASSWORD_BYTES_MAX);
    }
    if (!cost_is_allowed(cost)) {
        return fault(cx, STATUS_LIMIT, "password cost is out of range");
    }
    char *text = arena_alloc(cx->arena, crypto_pwhash_STRBYTES);
    check(crypto_pwhash_str_alg(text, password.at, password.len, cost.pass_count, cost.memory_bytes,
                                crypto_pwhash_ALG_ARGON2ID13) == 0);
    *out = str_of(text);
    return STATUS_OK;
}

/* Copies a stored hash into text when it has the form and memory cost we accept (S5). */
static bool hash_is_allowed(Str hash, char text[crypto_pwhash_STRBYTES]) {
    Str prefix = STR("$argon2id$v=19$m=");
    if (!str_starts(hash, prefix) || hash.len >= crypto_pwhash_STRBYTES ||
        memchr(hash.at, 0, hash.len) != NULL) {
        return false;
    }
    Str rest = str_from(hash, prefix.len);
    int64_t memory_kib = 0;
    int64_t pass_count = 0;
    if (str_int64(str_cut(&rest, ','), &memory_kib) != STATUS_OK || memory_kib < 8 ||
        memory_kib > SEAL_PASSWORD_MEMORY_BYTES_MAX / 1024 || !str_starts(rest, STR("t="))) {
        return false;
    }
    rest = str_from(rest, 2);
    if (str_int64(str_cut(&rest, ','), &pass_count) != STATUS_OK || pass_count < 1 ||
        pass_count > PASS_COUNT_MAX) {
        return false;
    }
    memset(text, 0, crypto_pwhash_STRBYTES);
    memcpy(text, hash.at, hash.len);
    return true;
}

bool seal_password_matches(Str hash, Str password) {
    check(sodium_init() >= 0);
    char text[crypto_pwhash_STRBYTES];
    return password.len > 0 && password.len <= SEAL_PASSWORD_BYTES_MAX &&
           hash_is_allowed(hash, text) &&
           crypto_pwhash_str_verify(text, password.at, password.len) == 0;
}

bool seal_password_is_stale(Str hash, SealPasswordCost cost) {
    check(cost_is_allowed(cost));
    char text[crypto_pwhash_STRBYTES];
    return !hash_is_allowed(hash, text) ||
           crypto_pwhash_str_needs_rehash(text, cost.pass_count, cost.memory_bytes) != 0;
}

/* ---- signatures ----------------------------------------------------------------------------- */

static void key_pair(const SealKey *key, uint8_t public_half[SEAL_PUBLIC_BYTES],
                     uint8_t secret[crypto_sign_SECRETKEYBYTES]) {
    _Static_assert(SEAL_KEY_BYTES == crypto_sign_SEEDBYTES, "a key is a seed");
    _Static_assert(SEAL_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "as libsodium has it");
    _Static_assert(SEAL_SIGNATURE_BYTES == crypto_sign_BYTES, "as libsodium has it");
    check(key != NULL);
    check(sodium_init() >= 0);
    check(crypto_sign_seed_keypair(public_half, secret, key->bytes) == 0);
}

void seal_sign_public(const SealKey *key, uint8_t out[SEAL_PUBLIC_BYTES]) {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    key_pair(key, out, secret);
    explicit_bzero(secret, sizeof secret);
}

void seal_sign(const SealKey *key, Str text, uint8_t out[SEAL_SIGNATURE_BYTES]) {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t public_half[SEAL_PUBLIC_BYTES];
    key_pair(key, public_half, secret);
    check(crypto_sign_detached(out, NULL, (const unsigned char *)text.at, text.len, secret) == 0);
    explicit_bzero(secret, sizeof secret);
}

bool seal_sign_matches(Str public_key, Str text, Str signature) {
    check(sodium_init() >= 0);
    return public_key.len == SEAL_PUBLIC_BYTES && signature.len == SEAL_SIGNATURE_BYTES &&
           crypto_sign_verify_detached((const unsigned char *)signature.at,
                                       (const unsigned char *)text.at, text.len,
                                       (const unsigned char *)public_key.at) == 0;
}

/* ---- one-time codes ------------------------------------------------------------------------- */

bool seal_totp_matches(SealTotp totp, Str code, int64_t *step_index) {
    enum { STEP_S = 30, DIGITS_MIN = 6, DIGITS_MAX = 8, SLACK_MAX = 4 };
    check(step_index != NULL);
    check(totp.secret.len >= 16 && totp.secret.len <= 64);
    check(totp.now_s >= 0);
    check(totp.digits >= DIGITS_MIN && totp.digits <= DIGITS_MAX);
    check(totp.step_slack <= SLACK_MAX);
    if (code.len != totp.digits) {
        return false;
    }
    int64_t now_index = totp.now_s / STEP_S;
    int64_t slack = totp.step_slack;
    bool is_match = false;
    /* Every step is tried, so that the time does not tell which one fitted. */
    for (int64_t step = now_index - slack; step <= now_index + slack; step++) {
        char expected[DIGITS_MAX + 1];
        if (step < 0) {
            continue;
        }
        check(oath_hotp_generate(totp.secret.at, totp.secret.len, (uint64_t)step, totp.digits,
                                 false, OATH_HOTP_DYNAMIC_TRUNCATION, expected) == OATH_OK);
        if (seal_equal(code, (Str){expected, totp.digits})) {
            *step_index = step;
            is_match = true;
        }
    }
    return is_match;
}
