#include "office/open/signed.h"

#include "base/buf.h"

#include <jansson.h>

static Str key_name(Arena *arena, Str public_key) {
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3(public_key, digest);
    return seal_hex(arena, (Str){(const char *)digest, 8});
}

Str signed_write(Arena *arena, const SealKey *key, Str text) {
    uint8_t public_key[SEAL_PUBLIC_BYTES];
    uint8_t signature[SEAL_SIGNATURE_BYTES];
    seal_sign_public(key, public_key);
    Str name = key_name(arena, (Str){(const char *)public_key, sizeof public_key});
    Str head = seal_base64url(
        arena, str_print(arena, "{\"alg\":\"EdDSA\",\"kid\":\"" STR_FMT "\"}", STR_ARG(name)));
    Str payload = seal_base64url(arena, text);
    seal_sign(key, str_print(arena, STR_FMT "." STR_FMT, STR_ARG(head), STR_ARG(payload)),
              signature);
    Str sealed = seal_base64url(arena, (Str){(const char *)signature, sizeof signature});
    return str_print(arena,
                     "{\"payload\":\"" STR_FMT "\",\"protected\":\"" STR_FMT
                     "\",\"signature\":\"" STR_FMT "\"}\n",
                     STR_ARG(payload), STR_ARG(head), STR_ARG(sealed));
}

Str signed_key_write(Arena *arena, const SealKey *key) {
    uint8_t bytes[SEAL_PUBLIC_BYTES];
    seal_sign_public(key, bytes);
    Str public_key = {(const char *)bytes, sizeof bytes};
    Str name = key_name(arena, public_key);
    Str x = seal_base64url(arena, public_key);
    return str_print(arena,
                     "{\"alg\":\"EdDSA\",\"crv\":\"Ed25519\",\"kid\":\"" STR_FMT
                     "\",\"kty\":\"OKP\",\"use\":\"sig\",\"x\":\"" STR_FMT "\"}\n",
                     STR_ARG(name), STR_ARG(x));
}

/* ---- reading ---- */

static void json_end(void *json) {
    json_decref(json);
}

static Status object_read(Cx *cx, Str text, json_t **out) {
    json_error_t error;
    json_t *json = text.len > SIGNED_BYTES_MAX
                       ? NULL
                       : json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        return fault(cx, STATUS_INVALID, "not a signed text");
    }
    arena_defer(cx->arena, json_end, json);
    *out = json;
    return json_is_object(json) ? STATUS_OK : fault(cx, STATUS_INVALID, "not a signed text");
}

static Status member_read(Cx *cx, const json_t *json, const char *name, Str *out) {
    const json_t *value = json_object_get(json, name);
    if (!json_is_string(value)) {
        return fault(cx, STATUS_INVALID, "there is no text in \"%s\"", name);
    }
    *out = (Str){json_string_value(value), json_string_length(value)};
    return STATUS_OK;
}

/* No other algorithm is taken, whatever the text asks for. */
static Status head_check(Cx *cx, Str head) {
    Str text = STR_NONE;
    Str algorithm = STR_NONE;
    json_t *json = NULL;
    TRY(seal_base64url_decode(cx, head, &text));
    TRY(object_read(cx, text, &json));
    TRY(member_read(cx, json, "alg", &algorithm));
    bool is_plain = json_object_get(json, "crit") == NULL && json_object_get(json, "b64") == NULL;
    return is_plain && str_equal(algorithm, STR("EdDSA"))
               ? STATUS_OK
               : fault(cx, STATUS_INVALID, "the signature is not of the kind EdDSA");
}

Status signed_read(Cx *cx, Str json_text, Str public_key, Str *text) {
    json_t *json = NULL;
    Str payload = STR_NONE;
    Str head = STR_NONE;
    Str encoded = STR_NONE;
    Str signature = STR_NONE;
    Str opened = STR_NONE;
    TRY(object_read(cx, json_text, &json));
    TRY(member_read(cx, json, "payload", &payload));
    TRY(member_read(cx, json, "protected", &head));
    TRY(member_read(cx, json, "signature", &encoded));
    TRY(head_check(cx, head));
    TRY(seal_base64url_decode(cx, encoded, &signature));
    TRY(seal_base64url_decode(cx, payload, &opened));
    Str proved = str_print(cx->arena, STR_FMT "." STR_FMT, STR_ARG(head), STR_ARG(payload));
    if (!seal_sign_matches(public_key, proved, signature)) {
        return fault(cx, STATUS_CONFLICT, "the signature is not that of this key");
    }
    *text = opened;
    return STATUS_OK;
}

Status signed_key_read(Cx *cx, Str text, Str *public_key) {
    json_t *json = NULL;
    Str x = STR_NONE;
    Str trimmed = str_trim(text);
    Str key = STR_NONE;
    if (trimmed.len == 2 * SEAL_PUBLIC_BYTES) {
        TRY(seal_hex_decode(cx, trimmed, &key));
    } else {
        TRY(object_read(cx, trimmed, &json));
        TRY(member_read(cx, json, "x", &x));
        TRY(seal_base64url_decode(cx, x, &key));
    }
    if (key.len != SEAL_PUBLIC_BYTES) {
        return fault(cx, STATUS_INVALID, "a public key has %d bytes", SEAL_PUBLIC_BYTES);
    }
    *public_key = key;
    return STATUS_OK;
}
