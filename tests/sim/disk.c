/* disk.c - see disk.h. In reading order: what is remembered, the end of the power, which fault
 * comes next, the operations, the rest of the layer that only passes on. */
#include "sim/disk.h"

#include "base/check.h"
#include "base/prng.h"
#include "vfs_pass.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 2, PATH_BYTES = 4200, SECTOR_BYTES = 512, GAP_MAX_BITS = 13 };

/* What the disk holds of a file. */
typedef struct Image {
    uint8_t *at;
    int64_t len;
    int64_t room;
} Image;

typedef struct Tracked {
    char path[PATH_BYTES];
    Image durable; /* what was synced */
} Tracked;

/* A change that was not synced, in the order of time over both files. */
typedef struct Change {
    int file;
    int64_t offset;
    int64_t bytes; /* -1: truncated to offset */
    int64_t order;
    uint8_t *data;
} Change;

typedef struct DiskFile {
    PassFile pass;
    int file; /* index, or -1: not watched */
} DiskFile;

static struct {
    Tracked files[FILES]; /* the database, its log */
    Change *changes;
    size_t change_count;
    size_t change_room;
    int64_t order;
    Prng prng;
    DiskReport *report;
    bool is_watching;
    bool has_faults;
    DiskFault next_fault;
    int64_t next_at;    /* number of the operation from which on it strikes */
    int next_step;      /* only at this step; DISK_READ: at any */
    int64_t full_until; /* writes fail until then */
    bool is_lying;
    int64_t lie_order; /* what was written until here stays: the last honest sync */
    int64_t cut_at;    /* when a lie comes out */
    bool is_unread;    /* the next read fails */
    sqlite3_vfs vfs;
    sqlite3_io_methods methods;
} disk;

const char *disk_fault_word(int fault) {
    static const char *const words[] = {
#define X(name, word, weight) word,
        DISK_FAULT_LIST(X)
#undef X
    };
    return fault < 0 ? "end" : words[fault];
}

const char *disk_step_word(int step) {
    static const char *const words[] = {
#define X(name, word) word,
        DISK_STEP_LIST(X)
#undef X
    };
    return words[step];
}

/* ---- images ---- */

static void image_truncate(Image *image, int64_t len) {
    if (len > image->room) {
        image->room = len * 2;
        image->at = realloc(image->at, (size_t)image->room);
        check(image->at != NULL);
    }
    if (len > image->len) {
        memset(image->at + image->len, 0, (size_t)(len - image->len));
    }
    image->len = len;
}

static void image_write(Image *image, int64_t offset, const uint8_t *data, int64_t bytes) {
    if (offset + bytes > image->len) {
        image_truncate(image, offset + bytes);
    }
    memcpy(image->at + offset, data, (size_t)bytes);
}

static void image_apply(Image *image, const Change *change) {
    if (change->bytes < 0) {
        image_truncate(image, change->offset);
    } else {
        image_write(image, change->offset, change->data, change->bytes);
    }
}

static void image_read(Image *image, const char *path) {
    image->len = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    uint8_t block[65536];
    for (ssize_t len = read(file, block, sizeof block); len > 0;
         len = read(file, block, sizeof block)) {
        image_write(image, image->len, block, len);
    }
    (void)close(file);
}

static void image_save(const Image *image, const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(file >= 0);
    for (int64_t done = 0; done < image->len;) {
        ssize_t len = write(file, image->at + done, (size_t)(image->len - done));
        check(len > 0);
        done += len;
    }
    (void)close(file);
}

/* ---- the power goes ---- */

/* Some sectors of a page reached the plate, others did not. */
static void tear(Image *image, const Change *change) {
    disk.report->torn_count++;
    bool is_prefix = prng_chance_bp(&disk.prng, 5000);
    int64_t sectors = (change->bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
    int64_t kept = prng_between(&disk.prng, 0, sectors);
    for (int64_t i = 0; i < sectors; i++) {
        int64_t from = i * SECTOR_BYTES;
        int64_t rest = change->bytes - from;
        if (is_prefix ? i < kept : prng_chance_bp(&disk.prng, 5000)) {
            image_write(image, change->offset + from, change->data + from,
                        rest < SECTOR_BYTES ? rest : SECTOR_BYTES);
        }
    }
}

static void change_survives_or_not(const Change *change) {
    Image *image = &disk.files[change->file].durable;
    uint64_t fate = prng_below(&disk.prng, 10);
    if (fate < 5) {
        image_apply(image, change);
    } else if (fate < 6 && change->bytes > 0) {
        tear(image, change);
    } else {
        disk.report->lost_count++;
    }
}

/* Everything up to an instant stays, the write of that instant is torn, the rest is lost. */
static void lie_comes_out(void) {
    int64_t last = prng_between(&disk.prng, disk.lie_order, disk.order);
    for (size_t i = 0; i < disk.change_count; i++) {
        const Change *change = &disk.changes[i];
        if (change->order < last) {
            image_apply(&disk.files[change->file].durable, change);
        } else if (change->order == last && change->bytes > 0) {
            tear(&disk.files[change->file].durable, change);
        } else {
            disk.report->lost_count++;
        }
    }
}

static _Noreturn void power_cut(DiskFault fault) {
    disk.report->ended_by = (int32_t)fault;
    if (fault == DISK_LIE) {
        lie_comes_out();
    } else {
        for (size_t i = 0; i < disk.change_count; i++) {
            change_survives_or_not(&disk.changes[i]);
        }
    }
    for (int i = 0; i < FILES; i++) {
        char path[PATH_BYTES + 8];
        (void)snprintf(path, sizeof path, "%s.cut", disk.files[i].path);
        image_save(&disk.files[i].durable, path);
    }
    (void)kill(getpid(), SIGKILL);
    abort();
}

/* ---- which fault, when ---- */

static void fault_draw(void) {
    static const int weights[] = {
#define X(name, word, weight) weight,
        DISK_FAULT_LIST(X)
#undef X
    };
    int total = 0;
    for (int i = 0; i < DISK_FAULT_COUNT; i++) {
        total += weights[i];
    }
    int at = (int)prng_below(&disk.prng, (uint64_t)total);
    int fault = 0;
    while (at >= weights[fault]) {
        at -= weights[fault++];
    }
    disk.next_fault = (DiskFault)fault;
    /* Short and long gaps alike: bursts of faults, and runs that reach a checkpoint. */
    uint64_t bits = prng_below(&disk.prng, GAP_MAX_BITS + 1);
    disk.next_at = disk.report->operation_count + prng_between(&disk.prng, 1, INT64_C(1) << bits);
    /* Frames are most of all operations: the rare steps are waited for. */
    disk.next_step =
        prng_chance_bp(&disk.prng, 6000) ? (int)prng_below(&disk.prng, DISK_READ) : DISK_READ;
}

static void struck(DiskFault fault, DiskStep step) {
    disk.report->struck[fault][step]++;
}

/* Starts a fault that lasts, or ends the process; true when this operation fails by it. */
static bool fault_strike(DiskStep step) {
    DiskFault fault = disk.next_fault;
    if (fault != DISK_UNREAD) {
        struck(fault, step);
    }
    switch (fault) {
    case DISK_CUT:
        power_cut(DISK_CUT);
    case DISK_KILL:
        disk.report->ended_by = DISK_KILL;
        (void)kill(getpid(), SIGKILL);
        abort();
    case DISK_LIE:
        disk.is_lying = true;
        disk.lie_order = disk.order;
        disk.cut_at = disk.report->operation_count + prng_between(&disk.prng, 1, 800);
        disk.next_at = INT64_MAX;
        return false;
    case DISK_FULL:
        disk.full_until = disk.report->operation_count + prng_between(&disk.prng, 1, 60);
        break;
    case DISK_UNREAD:
        disk.is_unread = true;
        break;
    case DISK_ERROR:
    case DISK_SHORT:
    case DISK_FAULT_COUNT:
        break;
    }
    fault_draw();
    return fault == DISK_ERROR || fault == DISK_SHORT;
}

/* X = what an operation must do. */
typedef enum Verdict { PASS, FAIL_ERROR, FAIL_SHORT, FAIL_FULL } Verdict;

static Verdict operation(DiskStep step, bool needs_space) {
    if (!disk.has_faults) {
        return PASS;
    }
    int64_t number = ++disk.report->operation_count;
    if (disk.is_lying && number >= disk.cut_at) {
        power_cut(DISK_LIE);
    }
    if (needs_space && number < disk.full_until) {
        return FAIL_FULL;
    }
    bool is_here = disk.next_step == DISK_READ || disk.next_step == (int)step;
    if (number < disk.next_at || !is_here) {
        return PASS;
    }
    DiskFault fault = disk.next_fault;
    if (!fault_strike(step)) {
        return fault == DISK_FULL && needs_space ? FAIL_FULL : PASS;
    }
    return fault == DISK_SHORT && needs_space ? FAIL_SHORT : FAIL_ERROR;
}

/* ---- the operations that matter ---- */

static void change_add(int file, int64_t offset, const void *data, int64_t bytes) {
    if (disk.change_count == disk.change_room) {
        disk.change_room = disk.change_room == 0 ? 1024 : disk.change_room * 2;
        disk.changes = realloc(disk.changes, disk.change_room * sizeof *disk.changes);
        check(disk.changes != NULL);
    }
    Change change = {.file = file, .offset = offset, .bytes = bytes, .order = ++disk.order};
    if (bytes > 0) {
        change.data = malloc((size_t)bytes);
        check(change.data != NULL);
        memcpy(change.data, data, (size_t)bytes);
    }
    disk.changes[disk.change_count++] = change;
}

static void changes_sync(int file) {
    size_t kept = 0;
    for (size_t i = 0; i < disk.change_count; i++) {
        Change *change = &disk.changes[i];
        if (change->file == file) {
            image_apply(&disk.files[file].durable, change);
            free(change->data);
        } else {
            disk.changes[kept++] = *change;
        }
    }
    disk.change_count = kept;
}

static DiskStep write_step(int file, int64_t offset) {
    if (file == 0) {
        return DISK_PAGE;
    }
    return offset == 0 ? DISK_LOG_HEAD : DISK_LOG_FRAME;
}

static int disk_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset) {
    DiskFile *it = (DiskFile *)file;
    if (it->file >= 0 && disk.is_watching) {
        switch (operation(write_step(it->file, offset), true)) {
        case PASS:
            break;
        case FAIL_ERROR:
            return SQLITE_IOERR_WRITE;
        case FAIL_FULL:
            return SQLITE_FULL;
        case FAIL_SHORT:
            bytes = (int)prng_between(&disk.prng, 1, bytes - 1);
            change_add(it->file, offset, data, bytes);
            (void)it->pass.real->pMethods->xWrite(it->pass.real, data, bytes, offset);
            return SQLITE_IOERR_WRITE;
        }
        change_add(it->file, offset, data, bytes);
    }
    return it->pass.real->pMethods->xWrite(it->pass.real, data, bytes, offset);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 bytes) {
    DiskFile *it = (DiskFile *)file;
    if (it->file >= 0 && disk.is_watching) {
        if (operation(DISK_TRUNCATE, false) != PASS) {
            return SQLITE_IOERR_TRUNCATE;
        }
        change_add(it->file, bytes, NULL, -1);
    }
    return it->pass.real->pMethods->xTruncate(it->pass.real, bytes);
}

/* The real sync is left out: this layer is the disk, and no other need be worn out. */
static int disk_sync(sqlite3_file *file, int flags) {
    DiskFile *it = (DiskFile *)file;
    (void)flags;
    if (it->file < 0 || !disk.is_watching) {
        return SQLITE_OK;
    }
    if (operation(it->file == 0 ? DISK_PAGE_SYNC : DISK_LOG_SYNC, false) != PASS) {
        return SQLITE_IOERR_FSYNC;
    }
    if (disk.is_lying) {
        disk.report->has_lied = true;
    } else {
        changes_sync(it->file);
    }
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 offset) {
    DiskFile *it = (DiskFile *)file;
    if (it->file >= 0 && disk.has_faults && disk.is_unread) {
        disk.is_unread = false;
        struck(DISK_UNREAD, DISK_READ);
        return SQLITE_IOERR_READ;
    }
    return it->pass.real->pMethods->xRead(it->pass.real, data, bytes, offset);
}

/* ---- opening ---- */

static int file_index(const char *path, int flags) {
    if (!disk.is_watching || path == NULL) {
        return -1;
    }
    for (int i = 0; i < FILES; i++) {
        if (strcmp(path, disk.files[i].path) == 0) {
            return i;
        }
    }
    check((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0);
    return -1;
}

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *flags_out) {
    sqlite3_vfs *real = vfs->pAppData;
    DiskFile *it = (DiskFile *)file;
    it->pass.real = (sqlite3_file *)(it + 1);
    it->file = file_index(path, flags);
    int code = real->xOpen(real, path, it->pass.real, flags, flags_out);
    it->pass.base.pMethods = code == SQLITE_OK ? &disk.methods : NULL;
    return code;
}

void disk_install(void) {
    disk.methods = pass_methods(disk_sync);
    disk.methods.xRead = disk_read;
    disk.methods.xWrite = disk_write;
    disk.methods.xTruncate = disk_truncate;
    check(pass_install(&disk.vfs, "disk", sizeof(DiskFile), disk_open) == SQLITE_OK);
}

void disk_start(const char *path, uint64_t seed, DiskReport *report) {
    check(!disk.is_watching);
    char full[PATH_BYTES - 8];
    check(realpath(path, full) != NULL);
    (void)snprintf(disk.files[0].path, PATH_BYTES, "%s", full);
    (void)snprintf(disk.files[1].path, PATH_BYTES, "%s-wal", full);
    for (int i = 0; i < FILES; i++) {
        image_read(&disk.files[i].durable, disk.files[i].path);
    }
    prng_init(&disk.prng, seed);
    disk.report = report;
    report->operation_count = 0;
    report->ended_by = -1;
    report->has_lied = false;
    disk.is_watching = true;
    disk.has_faults = true;
    fault_draw();
}

void disk_faults(bool on) {
    disk.has_faults = on;
}
