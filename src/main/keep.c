#include "main/keep.h"

#include "main/terminal.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- proving a database alone ---- */

static Status prove_on(Cx *cx, DbConn *conn, KeepFacts *facts, AttachDigests *digests) {
    Str finding = STR_NONE;
    DbVerify journal = {0};
    LedgerAudit ledger = {0};
    TRY(db_check(cx, conn, &finding));
    if (finding.len > 0) {
        return fault(cx, STATUS_CONFLICT, "the database is damaged: " STR_FMT, STR_ARG(finding));
    }
    TRY(keep_schema_version(cx, conn, &facts->schema_version));
    TRY(db_journal_verify(cx, conn, NULL, NULL, &journal));
    if (journal.bad_id != 0) {
        return fault(cx, STATUS_CONFLICT, "the journal's chain is broken at entry %" PRId64,
                     journal.bad_id);
    }
    TRY(ledger_audit(cx, conn, &ledger));
    if (ledger.finding_count != 0) {
        return fault(cx, STATUS_CONFLICT, "the ledger does not add up: %" PRId64 " findings",
                     ledger.finding_count);
    }
    facts->entry_count = journal.entry_count;
    facts->head_hash = journal.head_hash;
    facts->transfer_count = ledger.transfer_count;
    TRY(keep_digests(cx, conn, digests));
    return STATUS_OK;
}

/* An empty log beside the file says nothing: what was proved is one file again. */
static void log_remove(Cx *cx, const char *db_path) {
    struct stat info;
    const char *log = str_c(cx->arena, str_print(cx->arena, "%s-wal", db_path));
    if (stat(log, &info) == 0 && info.st_size == 0 && unlink(log) == 0) {
        (void)unlink(str_c(cx->arena, str_print(cx->arena, "%s-shm", db_path)));
    }
}

Status keep_prove(Cx *cx, const char *db_path, KeepFacts *facts, AttachDigests *digests) {
    const DbOptions options = {.url = db_path, .read_max = 2};
    Db *db = NULL;
    DbConn *conn = NULL;
    TRY(db_open(cx, &options, &db));
    Status status = db_read_begin(cx, db, &conn);
    if (status == STATUS_OK) {
        status = prove_on(cx, conn, facts, digests);
        db_read_end(db, conn);
    }
    db_close(db);
    log_remove(cx, db_path);
    return status;
}

/* ---- files ---- */

Status keep_digest_of(Cx *cx, const char *path, Str *out) {
    enum { PIECE_BYTES = 64 * 1024 };
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return fault(cx, STATUS_IO, "cannot read \"%.300s\": %s", path, strerror(errno));
    }
    char *piece = arena_alloc(cx->arena, PIECE_BYTES);
    SealSm3 *sm3 = seal_sm3_new(cx->arena);
    size_t len = 0;
    while ((len = fread(piece, 1, PIECE_BYTES, file)) > 0) {
        seal_sm3_add(sm3, (Str){piece, len});
    }
    bool is_read = ferror(file) == 0;
    (void)fclose(file);
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3_finish(sm3, digest);
    *out = seal_hex(cx->arena, (Str){(const char *)digest, sizeof digest});
    return is_read ? STATUS_OK
                   : fault(cx, STATUS_IO, "cannot read \"%.300s\": %s", path, strerror(errno));
}

Str keep_key_mark(Arena *arena, const SealKey *master) {
    enum { MARK_BYTES = 8 };
    SealKey derived;
    seal_key_derive(master, STR("mark of the key"), &derived);
    Str mark = seal_hex(arena, str_slice(seal_key_str(&derived), 0, MARK_BYTES));
    seal_key_wipe(&derived);
    return mark;
}

Status keep_manifest_write(Cx *cx, const char *path, const KeepFacts *facts) {
    Str text =
        str_print(cx->arena,
                  "{\"made_ms\":%" PRId64 ",\"schema_version\":%" PRId64 ",\"entries\":%" PRId64
                  ",\"head\":\"" STR_FMT "\",\"transfers\":%" PRId64 ",\"files\":%" PRId64
                  ",\"db_bytes\":%" PRId64 ",\"db_sm3\":\"" STR_FMT "\",\"key\":\"" STR_FMT "\"}\n",
                  facts->made_ms, facts->schema_version, facts->entry_count,
                  STR_ARG(facts->head_hash), facts->transfer_count, facts->file_count,
                  facts->db_bytes, STR_ARG(facts->db_digest), STR_ARG(facts->key));
    return terminal_file_write(cx, path, text);
}

Status keep_manifest_read(Cx *cx, const char *path, KeepFacts *out) {
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    TRY(yaml_file(cx, str_of(path), KEEP_MANIFEST_BYTES_MAX, &text));
    TRY(yaml_read(cx, str_of(path), text, &root));
    TRY(yaml_int(cx, root, "made_ms", &out->made_ms));
    TRY(yaml_int(cx, root, "schema_version", &out->schema_version));
    TRY(yaml_int(cx, root, "entries", &out->entry_count));
    TRY(yaml_text(cx, root, "head", &out->head_hash));
    TRY(yaml_int(cx, root, "transfers", &out->transfer_count));
    TRY(yaml_int(cx, root, "files", &out->file_count));
    TRY(yaml_int(cx, root, "db_bytes", &out->db_bytes));
    TRY(yaml_text(cx, root, "db_sm3", &out->db_digest));
    out->key = yaml_text_or(cx->arena, root, "key", STR(""));
    return STATUS_OK;
}
