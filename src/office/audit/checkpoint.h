/*
 * checkpoint.h - up to where the journal was proved, signed by this house, so that a daily proof
 * looks at a day and not at years. Who could change the journal and knows the key could sign
 * anything: the whole proof, and numbers noted elsewhere, stay what convinces a stranger.
 */
#ifndef HUANXIN_OFFICE_AUDIT_CHECKPOINT_H
#define HUANXIN_OFFICE_AUDIT_CHECKPOINT_H

#include "office/city/city.h"

typedef struct Checkpoint {
    int64_t id;
    int64_t entry_id;
    Str hash;      /* of the entry, 32 bytes */
    bool is_whole; /* proved from the first entry on, not from a checkpoint */
    int64_t at_ms;
    int64_t person_id;
    Str signature; /* 64 bytes */
} Checkpoint;

/* Notes a proof inside a write command, signed and journaled. */
typedef struct CheckpointPut {
    const City *city;
    Checkpoint checkpoint; /* without id and signature */
} CheckpointPut;
MUST_CHECK Status checkpoint_put(Cx *cx, DbConn *conn, const CheckpointPut *put);
/* The latest one; *is_good false when there is none or its signature is not this house's. */
MUST_CHECK Status checkpoint_latest(Cx *cx, DbConn *conn, const City *city, Checkpoint *out,
                                    bool *is_good);

#endif
