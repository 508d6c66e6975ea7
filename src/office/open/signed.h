/*
 * signed.h - a JSON text that proves who said it: JWS (RFC 7515) in its flattened JSON form, signed
 * with Ed25519 (RFC 8037), so that any JOSE library can check it. Shown through open.h.
 *
 *   {"payload":"base64url of the text","protected":"base64url of the header","signature":"..."}
 *
 * The header names the algorithm and the key: {"alg":"EdDSA","kid":"..."}; kid is
 * the first 16 hexadecimal digits of SM3 of the public key.
 */
#ifndef HUANXIN_OFFICE_OPEN_SIGNED_H
#define HUANXIN_OFFICE_OPEN_SIGNED_H

#include "base/cx.h"
#include "seal/seal.h"

enum { SIGNED_BYTES_MAX = 1024 * 1024 };

/* Signs text. The result lives in the arena. */
Str signed_write(Arena *arena, const SealKey *key, Str text);
/* The public key as a JWK (RFC 8037): {"kty":"OKP","crv":"Ed25519","kid":...,"x":...}. */
Str signed_key_write(Arena *arena, const SealKey *key);
/* Checks a signed text with a public key of 32 bytes and gives the text. INVALID when it is not
 * such a text, CONFLICT when the signature is not that key's. */
MUST_CHECK Status signed_read(Cx *cx, Str json, Str public_key, Str *text);
/* The public key of a JWK, or of 64 hexadecimal digits. INVALID for anything else. */
MUST_CHECK Status signed_key_read(Cx *cx, Str text, Str *public_key);

#endif
