/*
 * seal.h - the secrets of the house: digests, sealed fields, passwords, tokens, signatures, keys.
 * Thin over OpenSSL 3 (SM3, SM4), libsodium (argon2id, Ed25519, randomness) and liboath (TOTP):
 * no cipher is written here. Not a session store and not a key server.
 *
 * Ownership: pointers are borrowed for the call; results live in the arena passed (or cx->arena).
 * Every function may be called from any thread; one SealSm3 belongs to one thread at a time.
 *
 * Security properties (tests/00_unit/seal_seal_test.c names each by its number):
 *   S1  a sealed field that was changed in any bit, or moved to another place, does not open
 *   S2  sealing the same text twice gives different bytes
 *   S3  comparing secrets takes the same time wherever they differ
 *   S4  a key file that others may read or write, or that is not a plain file, is refused
 *   S5  a stored password hash cannot ask for more than SEAL_PASSWORD_MEMORY_BYTES_MAX
 *   S6  a TOTP code says which time step it used, so that the caller can refuse it a second time
 *   S7  a signature by another key, over other text, or of another length is refused
 */
#ifndef HUANXIN_SEAL_SEAL_H
#define HUANXIN_SEAL_SEAL_H

#include "base/arena.h"
#include "base/cx.h"
#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SEAL_SM3_BYTES = 32,
    SEAL_KEY_BYTES = 32,
    SEAL_SIGNATURE_BYTES = 64,
    SEAL_PUBLIC_BYTES = 32,
    /* version 1, nonce 16, SM4-CTR text of the same length, HMAC-SM3 32 */
    SEAL_FIELD_EXTRA_BYTES = 1 + 16 + SEAL_SM3_BYTES,
    SEAL_PASSWORD_BYTES_MAX = 1024,
    SEAL_PASSWORD_MEMORY_BYTES_MAX = 64 * 1024 * 1024,
};

/* ---- SM3 (GB/T 32905-2016) ------------------------------------------------------------------ */

/* Writes the SM3 digest of data. O(n). */
void seal_sm3(Str data, uint8_t out[SEAL_SM3_BYTES]);

/* A digest built piece by piece, reusable: start, add..., finish, start again. */
typedef struct SealSm3 SealSm3;
/* Creates a started digest that is released with the arena. */
SealSm3 *seal_sm3_new(Arena *arena);
/* Forgets what was added. */
void seal_sm3_start(SealSm3 *sm3);
void seal_sm3_add(SealSm3 *sm3, Str data);
/* Writes the digest and starts anew. */
void seal_sm3_finish(SealSm3 *sm3, uint8_t out[SEAL_SM3_BYTES]);

/* Writes HMAC-SM3 (RFC 2104 with SM3) of data under a key of any length. For finding a sealed
 * value again (keyed hash) and for tokens that carry their own proof. O(n). */
void seal_hmac_sm3(Str key, Str data, uint8_t out[SEAL_SM3_BYTES]);

/* ---- keys ----------------------------------------------------------------------------------- */

typedef struct SealKey {
    uint8_t bytes[SEAL_KEY_BYTES];
} SealKey;

/* Fills out with random bytes of the operating system. Crashes when it has none. */
void seal_random(void *out, size_t bytes);
/* Makes a new random key. */
void seal_key_new(SealKey *out);
/* Derives a key for one purpose (e.g. "person.phone"): HMAC-SM3 under the master. Two purposes
 * never share a key. */
void seal_key_derive(const SealKey *master, Str purpose, SealKey *out);
/* Views a key as bytes, e.g. for seal_hmac_sm3. */
Str seal_key_str(const SealKey *key);
/* Overwrites the key with zeros, in a way that the compiler keeps. */
void seal_key_wipe(SealKey *key);

/* Creates path with a new random key as one line of hex, mode 0600, synced to disk.
 * CONFLICT when the file exists, IO when it cannot be written. */
MUST_CHECK Status seal_key_file_create(Cx *cx, Str path, SealKey *out);
/* Reads a key file. NOT_FOUND when there is none, DENIED when its mode lets group or others in or
 * its owner is neither this user nor root or it is not a plain file, INVALID when its content is
 * not one key, IO. */
MUST_CHECK Status seal_key_file_load(Cx *cx, Str path, SealKey *out);

/* ---- sealed fields (SM4, GB/T 32907-2016) --------------------------------------------------- */

/* Seals text for storage: SM4-CTR with a random nonce, then HMAC-SM3 over place, nonce and cipher
 * text (encrypt-then-MAC; OpenSSL 3.0 has no SM4-GCM), each under its own derived key. place says
 * where the value belongs (e.g. "person/4711/phone"); it is proved, not stored. The result has
 * text.len + SEAL_FIELD_EXTRA_BYTES bytes and lives in the arena. */
Str seal_field_close(Arena *arena, const SealKey *key, Str place, Str text);
/* Opens what seal_field_close made with the same key and place. INVALID when it is anything else;
 * the fault says no more than that. */
MUST_CHECK Status seal_field_open(Cx *cx, const SealKey *key, Str place, Str sealed, Str *out);

/* Runs SM4-CTR over text with a 16-byte key and counter block; in and out may be the same. Without
 * proof of integrity: callers want seal_field_close. */
void seal_sm4_ctr(const uint8_t key[16], const uint8_t counter[16], Str in, uint8_t *out);

/* ---- passwords (argon2id, RFC 9106) --------------------------------------------------------- */

typedef struct SealPasswordCost {
    uint64_t pass_count; /* 1..10 */
    size_t memory_bytes; /* 8 MiB..SEAL_PASSWORD_MEMORY_BYTES_MAX */
} SealPasswordCost;

/* 19 MiB and 2 passes: the smaller of the settings OWASP recommends for argon2id, so that ten
 * sign-ins at once stay below 200 MiB. */
#define SEAL_PASSWORD_COST_DEFAULT ((SealPasswordCost){2, (size_t)19 * 1024 * 1024})

/* Hashes a password (1..SEAL_PASSWORD_BYTES_MAX bytes) with a random salt into the text form
 * "$argon2id$v=19$...". INVALID when empty or too long, LIMIT when the cost is out of its range. */
MUST_CHECK Status seal_password_hash(Cx *cx, Str password, SealPasswordCost cost, Str *out);
/* True when the password gives the hash. False for a malformed hash, or one that asks for more
 * memory than SEAL_PASSWORD_MEMORY_BYTES_MAX. Takes as long as hashing did. */
bool seal_password_matches(Str hash, Str password);
/* True when the hash was made with another cost and should be renewed at the next sign-in. */
bool seal_password_is_stale(Str hash, SealPasswordCost cost);

/* ---- tokens and text forms ------------------------------------------------------------------ */

/* Returns random bytes (16..64) as base64url without padding, e.g. for session ids. */
Str seal_token(Arena *arena, size_t bytes);
/* True when both have the same bytes; the time depends on the lengths only. */
bool seal_equal(Str left, Str right);
/* Returns base64url (RFC 4648 section 5) without padding. */
Str seal_base64url(Arena *arena, Str bytes);
/* Decodes base64url without padding; INVALID for other letters, lengths or loose last bits. */
MUST_CHECK Status seal_base64url_decode(Cx *cx, Str text, Str *out);
/* Returns lower-case hex. */
Str seal_hex(Arena *arena, Str bytes);
/* Decodes hex of either case; INVALID for other letters or an odd length. */
MUST_CHECK Status seal_hex_decode(Cx *cx, Str text, Str *out);
/* Returns base32 (RFC 4648 section 6) without padding, the form of a TOTP secret. */
Str seal_base32(Arena *arena, Str bytes);

/* ---- signatures (Ed25519, RFC 8032) --------------------------------------------------------- */

/* Writes the public half of a signing key; the key is the 32-byte seed. */
void seal_sign_public(const SealKey *key, uint8_t out[SEAL_PUBLIC_BYTES]);
/* Writes the signature of text. */
void seal_sign(const SealKey *key, Str text, uint8_t out[SEAL_SIGNATURE_BYTES]);
/* True when signature (64 bytes) over text was made by the owner of public_key (32 bytes). */
bool seal_sign_matches(Str public_key, Str text, Str signature);

/* ---- one-time codes (TOTP, RFC 6238, SHA-1, 30 s) ------------------------------------------- */

typedef struct SealTotp {
    Str secret;          /* raw bytes, 16..64 */
    int64_t now_s;       /* seconds since 1970, >= 0 */
    uint32_t digits;     /* 6..8 */
    uint32_t step_slack; /* steps accepted before and after now, 0..4 */
} SealTotp;

/* True when code is right within the slack; writes the time step it belongs to, which the caller
 * must store and refuse from then on (also every smaller one). False for a malformed code. */
bool seal_totp_matches(SealTotp totp, Str code, int64_t *step_index);

#endif
