/*
 * mark.h - what lies behind a coupon, a sale, a claim or a pick-up: the address where goods are
 * brought or fetched, and the device from which somebody applied. Neither is kept: only a keyed
 * hash (HMAC-SM3, as of phones and cards) of the normalised address or of the device's random
 * cookie, to tell that several things share it. office/alert looks; nothing here decides.
 *
 *   address, cookie ─▶ normal form ─▶ keyed hash ─▶ mark ◀─ mark_use ─▶ sale 12, coupon 40, ...
 *
 * The device mark is a random number that this house gave at sign-in (M1); nothing about the
 * device itself is asked or measured. Who deletes the cookie has a new one at the next sign-in.
 *
 * Properties, tested in tests/10_module/mark_test.c:
 *  M1 a device's mark comes from a random cookie only; a malformed cookie gives none
 *  M2 one address written in the usual ways gives one mark; another room gives another
 *  M3 an address without any number names a village and gives no mark
 */
#ifndef HUANXIN_OFFICE_MARK_MARK_H
#define HUANXIN_OFFICE_MARK_MARK_H

#include "office/city/city.h"
#include "web/web.h"

enum {
    MARK_ADDRESS_BYTES_MAX = 600, /* a typed address; longer ones give no mark */
    MARK_DEVICE_BYTES = 24,       /* of randomness in the cookie */
    MARK_DEVICE_AGE_S = 365 * 24 * 3600,
};

/* X(NAME, stored word, Chinese) */
#define MARK_KIND_LIST(X)                                                                          \
    X(ADDRESS, "address", "收货或取货地址")                                                        \
    X(DEVICE, "device", "办理所用设备")

typedef enum MarkKind {
#define X(name, code, zh) MARK_##name,
    MARK_KIND_LIST(X)
#undef X
        MARK_KIND_COUNT
} MarkKind;
Str mark_kind_code(MarkKind kind);
Str mark_kind_zh(Str code);

/* An address as it is compared: full-width letters and Chinese numerals as ASCII, without blanks,
 * without the names of province, prefecture, city and town at its head, numbers apart and without
 * 号楼, 栋, 单元, 室 and the like; before it the code of the town that it names, else town_code.
 * STR_NONE when no number is left or it is too long. O(length * towns). */
Str mark_address_normal(Arena *arena, const City *city, Str town_code, Str address);
/* The keyed hash of an address's normal form, hex; STR_NONE when it has none. */
Str mark_address_hash(Arena *arena, const City *city, Str town_code, Str address);

/* Gives the browser its random cookie at sign-in, or renews it: HttpOnly, SameSite=Strict, one
 * year. */
void mark_device_give(Web *web);
/* The keyed hash of a device's cookie, hex; STR_NONE unless it has the form that we give. */
Str mark_device_hash(Arena *arena, const City *city, Str cookie);
/* Of the request. */
Str mark_device(const Web *web);

typedef struct MarkUse {
    MarkKind kind;
    Str hash;    /* empty: nothing to keep */
    Str subject; /* "coupon", "sale", "claim", "pickup" */
    int64_t subject_id;
    int64_t person_id;
    int64_t now_ms;
} MarkUse;
/* Keeps a use inside a write command; the same again changes nothing. */
MUST_CHECK Status mark_put(Cx *cx, DbConn *conn, const MarkUse *use);
/* The mark of a hash; *id 0 when it was never used. */
MUST_CHECK Status mark_find(Cx *cx, DbConn *conn, MarkKind kind, Str hash, int64_t *id);

#endif
