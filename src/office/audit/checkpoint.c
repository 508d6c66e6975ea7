#include "office/audit/checkpoint.h"

#include "office/audit/audit_store.h"
#include "seal/seal.h"

#include <inttypes.h>

/* What is signed: nothing of it can be exchanged for another. */
static Str signed_text(Arena *arena, const Checkpoint *checkpoint) {
    Str hash = seal_hex(arena, checkpoint->hash);
    return str_print(
        arena, "huanxin journal checkpoint\n%" PRId64 "\n" STR_FMT "\n%d\n%" PRId64 "\n",
        checkpoint->entry_id, STR_ARG(hash), checkpoint->is_whole ? 1 : 0, checkpoint->at_ms);
}

Status checkpoint_put(Cx *cx, DbConn *conn, const CheckpointPut *put) {
    Checkpoint checkpoint = put->checkpoint;
    uint8_t signature[SEAL_SIGNATURE_BYTES];
    check(checkpoint.hash.len == SEAL_SM3_BYTES);
    seal_sign(&put->city->sign_key, signed_text(cx->arena, &checkpoint), signature);
    checkpoint.signature = (Str){(const char *)signature, sizeof signature};
    TRY(audit_store_checkpoint_insert(cx, conn, &checkpoint));
    DbEntry entry = {.verb = "journal.verify",
                     .subject = "journal",
                     .subject_id = checkpoint.entry_id,
                     .after = checkpoint.is_whole ? STR("{\"方式\":\"从第一条起\"}")
                                                  : STR("{\"方式\":\"接着上次\"}")};
    return db_journal(cx, conn, &entry);
}

Status checkpoint_latest(Cx *cx, DbConn *conn, const City *city, Checkpoint *out, bool *is_good) {
    uint8_t key[SEAL_PUBLIC_BYTES];
    bool found = false;
    *out = (Checkpoint){0};
    *is_good = false;
    TRY(audit_store_checkpoint_latest(cx, conn, out, &found));
    if (found && out->hash.len == SEAL_SM3_BYTES) {
        seal_sign_public(&city->sign_key, key);
        *is_good = seal_sign_matches((Str){(const char *)key, sizeof key},
                                     signed_text(cx->arena, out), out->signature);
    }
    return STATUS_OK;
}
