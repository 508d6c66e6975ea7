/*
 * once.h - what may be subsidised once, over all programmes and years: a unit's serial number, an
 * invoice, a vehicle, a machine. Sales and claims take their keys in the same command that reserves
 * the money, and free them when they stand no more.
 *
 * Namespaces: "serial", "invoice", "vehicle" (VIN, old or new), "machine", "plate",
 * "lift" (registration code).
 * Keys are cleaned codes (codes_clean): equal things have equal keys.
 */
#ifndef HUANXIN_OFFICE_ONCE_ONCE_H
#define HUANXIN_OFFICE_ONCE_ONCE_H

#include "base/cx.h"
#include "db/db.h"

typedef struct OnceKey {
    Str space;
    Str key;
    Str subject; /* "sale", "claim" */
    int64_t subject_id;
    int64_t now_ms;
} OnceKey;

/* Takes a key inside a write command. CONFLICT without words of its own (the office knows them)
 * when another record has it; taking one's own again is OK. */
MUST_CHECK Status once_take(Cx *cx, DbConn *conn, const OnceKey *key);
/* Frees all keys of a record inside a write command. */
MUST_CHECK Status once_free(Cx *cx, DbConn *conn, Str subject, int64_t subject_id);

typedef struct OnceHolder {
    Str subject; /* empty: free */
    int64_t subject_id;
} OnceHolder;
/* Who has a key. */
MUST_CHECK Status once_holder(Cx *cx, DbConn *conn, Str space, Str key, OnceHolder *out);

#endif
