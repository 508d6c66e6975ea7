/*
 * The disk as an enemy. A file layer (SQLite calls it a VFS) stands between the database and its
 * files: it counts writes, truncations and syncs, keeps a second copy of each file that holds only
 * what was synced, and can
 *
 *   fail     the n-th operation with an I/O error, for every n until a run passes;
 *   cut      the power before the n-th operation: what was synced stays, of the rest each write
 * stays or is lost by the throw of a coin.
 *
 * After a failure the program goes on; after a cut the copy is opened as a new start would. Each
 * time everything acknowledged must be there and the journal whole. POWER_SEED repeats a run. Only
 * about SQLite's files: not run on PostgreSQL.
 */
#include "base/prng.h"
#include "db_scratch.h"
#include "test.h"
#include "vfs_pass.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

enum { FILES_MAX = 2, CUTS = 40, COMMANDS_PER_CUT = 500, PATH_BYTES = 300 };

/* ---- the file layer ---------------------------------------------------------------------------
 */

typedef struct Dirty {
    int64_t offset;
    int64_t bytes; /* -1: truncated to offset */
} Dirty;

/* A file that matters: the database and its log. */
typedef struct Tracked {
    char path[PATH_BYTES];
    int durable; /* file with what was synced */
    Dirty *dirty;
    size_t dirty_count;
    size_t dirty_room;
} Tracked;

typedef struct DiskFile {
    PassFile pass;
    Tracked *tracked; /* NULL: not followed */
} DiskFile;

/* The state of the disk; one test at a time, the writer is the only thread that changes files. */
static struct {
    Tracked files[FILES_MAX];
    size_t file_count;
    bool is_following;
    atomic_llong operation_count;
    atomic_llong fail_at; /* 0: never */
    atomic_llong cut_at;
    atomic_llong acked;   /* commands acknowledged so far */
    int64_t acked_at_cut; /* when the power went */
    bool is_cut;
    Prng prng;
    char cut_folder[PATH_BYTES];
    sqlite3_vfs vfs;
    sqlite3_io_methods methods;
} disk;

static void range_copy(const char *from_path, int to, const Dirty *dirty) {
    char block[65536];
    if (dirty->bytes < 0) {
        check(ftruncate(to, dirty->offset) == 0);
        return;
    }
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    check(from >= 0);
    for (int64_t done = 0; done < dirty->bytes;) {
        int64_t rest = dirty->bytes - done;
        size_t want = rest < (int64_t)sizeof block ? (size_t)rest : sizeof block;
        ssize_t len = pread(from, block, want, dirty->offset + done);
        if (len <= 0) {
            break; /* truncated since */
        }
        check(pwrite(to, block, (size_t)len, dirty->offset + done) == len);
        done += len;
    }
    close(from);
}

static void file_copy(int from, const char *path) {
    int to = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(to >= 0);
    char block[65536];
    int64_t at = 0;
    for (ssize_t len = pread(from, block, sizeof block, 0); len > 0;
         len = pread(from, block, sizeof block, at)) {
        check(pwrite(to, block, (size_t)len, at) == len);
        at += len;
    }
    close(to);
}

/* Leaves in the cut folder what the disk would hold after a power cut now. */
static void power_cut(void) {
    for (size_t i = 0; i < disk.file_count; i++) {
        Tracked *tracked = &disk.files[i];
        const char *name = strrchr(tracked->path, '/');
        char path[2 * PATH_BYTES];
        (void)snprintf(path, sizeof path, "%s%s", disk.cut_folder, name);
        file_copy(tracked->durable, path);
        int file = open(path, O_RDWR | O_CLOEXEC);
        for (size_t n = 0; n < tracked->dirty_count; n++) {
            if (prng_chance_bp(&disk.prng, 5000)) {
                range_copy(tracked->path, file, &tracked->dirty[n]);
            }
        }
        close(file);
    }
    disk.acked_at_cut = atomic_load(&disk.acked);
    disk.is_cut = true;
}

/* Counts an operation; true when it is the one that must fail. */
static bool operation_fails(void) {
    long long number = atomic_fetch_add(&disk.operation_count, 1) + 1;
    if (number == atomic_load(&disk.cut_at)) {
        power_cut();
    }
    return number == atomic_load(&disk.fail_at);
}

static void dirty_add(Tracked *tracked, int64_t offset, int64_t bytes) {
    if (tracked->dirty_count == tracked->dirty_room) {
        tracked->dirty_room = tracked->dirty_room == 0 ? 256 : tracked->dirty_room * 2;
        tracked->dirty = realloc(tracked->dirty, tracked->dirty_room * sizeof *tracked->dirty);
        check(tracked->dirty != NULL);
    }
    tracked->dirty[tracked->dirty_count++] = (Dirty){offset, bytes};
}

static int disk_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset) {
    DiskFile *it = (DiskFile *)file;
    if (it->tracked != NULL && operation_fails()) {
        return SQLITE_IOERR_WRITE;
    }
    if (it->tracked != NULL) {
        dirty_add(it->tracked, offset, bytes);
    }
    return it->pass.real->pMethods->xWrite(it->pass.real, data, bytes, offset);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 bytes) {
    DiskFile *it = (DiskFile *)file;
    if (it->tracked != NULL && operation_fails()) {
        return SQLITE_IOERR_TRUNCATE;
    }
    if (it->tracked != NULL) {
        dirty_add(it->tracked, bytes, -1);
    }
    return it->pass.real->pMethods->xTruncate(it->pass.real, bytes);
}

/* The real sync is left out: this layer is the disk, and tests need not wear out another. */
static int disk_sync(sqlite3_file *file, int flags) {
    Tracked *tracked = ((DiskFile *)file)->tracked;
    (void)flags;
    if (tracked == NULL) {
        return SQLITE_OK;
    }
    if (operation_fails()) {
        return SQLITE_IOERR_FSYNC;
    }
    for (size_t i = 0; i < tracked->dirty_count; i++) {
        range_copy(tracked->path, tracked->durable, &tracked->dirty[i]);
    }
    tracked->dirty_count = 0;
    return SQLITE_OK;
}

/* Finds or makes the record of a path that matters. */
static Tracked *tracked_of(const char *path) {
    for (size_t i = 0; i < disk.file_count; i++) {
        if (strcmp(disk.files[i].path, path) == 0) {
            return &disk.files[i];
        }
    }
    check(disk.file_count < FILES_MAX);
    Tracked *tracked = &disk.files[disk.file_count++];
    (void)snprintf(tracked->path, sizeof tracked->path, "%s", path);
    char name[] = "/tmp/huanxin-durable-XXXXXX";
    tracked->durable = mkstemp(name);
    check(tracked->durable >= 0);
    (void)unlink(name);
    return tracked;
}

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *flags_out) {
    sqlite3_vfs *real = vfs->pAppData;
    DiskFile *it = (DiskFile *)file;
    it->pass.real = (sqlite3_file *)(it + 1);
    it->tracked = NULL;
    int code = real->xOpen(real, path, it->pass.real, flags, flags_out);
    it->pass.base.pMethods = code == SQLITE_OK ? &disk.methods : NULL;
    bool is_ours = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
    if (code == SQLITE_OK && disk.is_following && is_ours) {
        it->tracked = tracked_of(path);
    }
    return code;
}

static void disk_install(void) {
    disk.methods = pass_methods(disk_sync);
    disk.methods.xWrite = disk_write;
    disk.methods.xTruncate = disk_truncate;
    check(pass_install(&disk.vfs, "disk", sizeof(DiskFile), disk_open) == SQLITE_OK);
}

static void disk_forget(void) {
    for (size_t i = 0; i < disk.file_count; i++) {
        close(disk.files[i].durable);
        free(disk.files[i].dirty);
        disk.files[i] = (Tracked){0};
    }
    disk.file_count = 0;
    disk.is_cut = false;
    atomic_store(&disk.operation_count, 0);
    atomic_store(&disk.fail_at, 0);
    atomic_store(&disk.cut_at, 0);
    atomic_store(&disk.acked, 0);
}

/* ---- the commands -----------------------------------------------------------------------------
 */

static const char SQL_WORD_CREATE[] =
    "CREATE TABLE word (id INTEGER PRIMARY KEY, number INTEGER UNIQUE, filling TEXT)";
static const char SQL_WORD_INSERT[] = "INSERT INTO word (number, filling) VALUES ($1, $2)";
static const char SQL_WORD_COUNT_TO[] = "SELECT count(*) FROM word WHERE number <= $1";
static const char SQL_WORD_COUNT[] = "SELECT count(*) FROM word";
static const char SQL_INTEGRITY[] = "PRAGMA integrity_check";

static Status word_work(Cx *cx, DbConn *conn, void *input) {
    const int64_t *number = input;
    char filling[2000];
    memset(filling, 'a' + (int)(*number % 26), sizeof filling);
    return db_exec(cx, conn, SQL_WORD_INSERT,
                   DB_ARGS(DB_INT(*number), DB_TEXT(((Str){filling, sizeof filling}))), NULL);
}

static Status word_write(Scratch *s, int64_t number) {
    fault_clear(&s->cx);
    const DbCommand command = {.name = "word",
                               .actor = {.role = STR("test")},
                               .key = str_print(s->arena, "word-%lld", (long long)number),
                               .work = word_work,
                               .input = &number};
    Status status = db_write(&s->cx, s->db, &command, NULL);
    if (status == STATUS_OK) {
        atomic_fetch_add(&disk.acked, 1);
    }
    return status;
}

static Status words_open(Scratch *s) {
    DbMigration all[4];
    scratch_base(s->arena, all);
    all[3] = (DbMigration){4, "word", SQL_WORD_CREATE};
    fault_clear(&s->cx);
    s->options.log_pages = 2000; /* a run meets some checkpoints */
    TRY(db_open(&s->cx, &s->options, &s->db));
    return db_migrate(&s->cx, s->db, all, 4);
}

/* Everything up to the given number is there, nothing is torn, the chain is whole. */
static int64_t words_verify(Scratch *s, int64_t number_max) {
    DbConn *conn = NULL;
    DbVerify chain;
    int64_t count = -1;
    int64_t all = -1;
    Str integrity = STR_NONE;
    fault_clear(&s->cx);
    check(db_read_begin(&s->cx, s->db, &conn) == STATUS_OK);
    check(db_text_or(&s->cx, conn, SQL_INTEGRITY, DB_NO_ARGS, &integrity) == STATUS_OK);
    check(str_equal(integrity, STR("ok")));
    check(db_int_or(&s->cx, conn, SQL_WORD_COUNT_TO, DB_ARGS(DB_INT(number_max)), &count) ==
          STATUS_OK);
    check(db_int_or(&s->cx, conn, SQL_WORD_COUNT, DB_NO_ARGS, &all) == STATUS_OK);
    check(db_journal_verify(&s->cx, conn, NULL, NULL, &chain) == STATUS_OK);
    check(chain.bad_id == 0);
    check(chain.entry_count == all);
    check(count == number_max);
    db_read_end(s->db, conn);
    return all;
}

/* ---- the tests --------------------------------------------------------------------------------
 */

static uint64_t seed_of(void) {
    int64_t seed = 0;
    const char *text = getenv("POWER_SEED");
    bool is_given = text != NULL && str_int64(str_of(text), &seed) == STATUS_OK;
    seed = is_given ? seed : (int64_t)time(NULL);
    print_message("# POWER_SEED=%lld\n", (long long)seed);
    return (uint64_t)seed;
}

/* Every write, truncation and sync of a run with checkpoints fails once: the command that met it is
 * answered with DB (or, after a failed checkpoint, not disturbed), and asked again it is done. */
static void every_operation_of_the_disk_fails_once(void **state) {
    (void)state;
    disk_forget();
    disk.is_following = true;
    Scratch s;
    scratch_init_in(&s, "/tmp");
    assert_int_equal(words_open(&s), STATUS_OK);
    int64_t number = 0;
    int64_t failed = 0;
    /* Each round starts at an operation a little further on, so that all kinds are met: the log's
     * head, its frames, its sync, and at a checkpoint the pages of the file and its sync. */
    for (int64_t round = 1; round <= 1200; round++) {
        atomic_store(&disk.fail_at, atomic_load(&disk.operation_count) + 1 + round % 23);
        number++;
        Status status = word_write(&s, number);
        assert_true(status == STATUS_OK || status == STATUS_DB);
        failed += status == STATUS_DB;
        if (status == STATUS_DB) {
            atomic_store(&disk.fail_at, 0);
            assert_int_equal(word_write(&s, number), STATUS_OK);
        }
    }
    atomic_store(&disk.fail_at, 0);
    assert_int_equal(words_verify(&s, number), number);
    print_message("# commands %lld failed once %lld disk operations %lld\n", (long long)number,
                  (long long)failed, (long long)atomic_load(&disk.operation_count));
    assert_true(failed > 100);
    scratch_dispose(&s);
    disk.is_following = false;
}

/* Opens what a power cut left, as a new start would, and goes on writing there. */
static void cut_verify(int64_t acked) {
    Scratch after;
    scratch_init_in(&after, "/tmp");
    (void)rmdir(after.folder);
    (void)snprintf(after.folder, sizeof after.folder, "%.180s", disk.cut_folder);
    (void)snprintf(after.path, sizeof after.path, "%.200s/city.db", after.folder);
    Status status = words_open(&after);
    if (status != STATUS_OK) {
        print_error("%s\n", after.cx.fault.text);
    }
    check(status == STATUS_OK);
    int64_t there = words_verify(&after, acked);
    /* At most the one command that was on its way is there besides. */
    check(there == acked || there == acked + 1);
    check(word_write(&after, acked + 1) == STATUS_OK);
    check(words_verify(&after, acked + 1) == acked + 1);
    scratch_dispose(&after);
}

static void one_cut(int64_t operation) {
    disk_forget();
    (void)snprintf(disk.cut_folder, sizeof disk.cut_folder, "/tmp/huanxin-cut-XXXXXX");
    check(mkdtemp(disk.cut_folder) != NULL);
    disk.is_following = true;
    Scratch s;
    scratch_init_in(&s, "/tmp");
    atomic_store(&disk.cut_at, operation);
    check(words_open(&s) == STATUS_OK);
    for (int64_t number = 1; number <= COMMANDS_PER_CUT && !disk.is_cut; number++) {
        check(word_write(&s, number) == STATUS_OK);
    }
    disk.is_following = false;
    if (!disk.is_cut) {
        power_cut();
    }
    int64_t acked = disk.acked_at_cut;
    scratch_dispose(&s);
    atomic_store(&disk.acked, 0);
    cut_verify(acked);
}

static void a_power_cut_takes_nothing_acknowledged(void **state) {
    (void)state;
    prng_init(&disk.prng, seed_of());
    for (int i = 0; i < CUTS; i++) {
        /* A run has about 6,500 operations; the first ones are the making of the schema. */
        one_cut(prng_between(&disk.prng, 1, i % 4 == 0 ? 120 : 6500));
    }
}

int main(void) {
    disk_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_of_the_disk_fails_once),
        cmocka_unit_test(a_power_cut_takes_nothing_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
