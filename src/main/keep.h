/*
 * keep.h - what backup, restore and doctor share: the facts of a data folder, read from the
 * database alone, and the proof of a copy. No command of these changes a database in use.
 *
 *   DATA ──backup──▶ TO/20261124T001000Z/{huanxin.db,backup.json}   one folder a backup
 *                    TO/files/ab/ab12…                              photos by digest, kept once
 *   DATA/master.key goes elsewhere: whoever has both reads personal data
 */
#ifndef HUANXIN_MAIN_KEEP_H
#define HUANXIN_MAIN_KEEP_H

#include "attach/attach.h"
#include "ledger/ledger.h"
#include "main/house.h"

enum { KEEP_STAMP_BYTES = 16, KEEP_MANIFEST_BYTES_MAX = 64 * 1024 };

/* What a backup says about itself, and what the restored house must say again. */
typedef struct KeepFacts {
    int64_t made_ms;
    int64_t schema_version;
    int64_t entry_count;
    Str head_hash;
    int64_t transfer_count;
    int64_t file_count; /* in the folder of files */
    int64_t db_bytes;
    Str db_digest; /* SM3 of the copy, hex */
    Str key;       /* mark of the master key: keep_key_mark; empty: not known */
} KeepFacts;

/* The schema version of a database; 0 when it has none. */
MUST_CHECK Status keep_schema_version(Cx *cx, DbConn *conn, int64_t *out);
/* The digests of files that rows name: each must be there. */
MUST_CHECK Status keep_digests(Cx *cx, DbConn *conn, AttachDigests *out);
/* The sealed name of the first person, or nothing; true when demo persons are there. */
MUST_CHECK Status keep_sealed_name(Cx *cx, DbConn *conn, Str *out);
MUST_CHECK Status keep_has_demo(Cx *cx, DbConn *conn, bool *out);
/* Opens a database alone, proves its pages, chain and ledger, and fills facts. CONFLICT names what
 * is wrong. O(bytes). */
MUST_CHECK Status keep_prove(Cx *cx, const char *db_path, KeepFacts *facts, AttachDigests *digests);
/* SM3 of a file's bytes, hex. IO when it cannot be read. */
MUST_CHECK Status keep_digest_of(Cx *cx, const char *path, Str *out);
/* A mark by which a key is known again and that tells nothing about it. */
Str keep_key_mark(Arena *arena, const SealKey *master);
/* Writes and reads TO/STAMP/backup.json. */
MUST_CHECK Status keep_manifest_write(Cx *cx, const char *path, const KeepFacts *facts);
MUST_CHECK Status keep_manifest_read(Cx *cx, const char *path, KeepFacts *out);

#endif
