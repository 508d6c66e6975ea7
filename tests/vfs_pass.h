/*
 * vfs_pass.h - a layer below SQLite that passes everything on to the real file system: the tests
 * that play a bad disk replace the few operations in which theirs is bad.
 *
 *   typedef struct BadFile { PassFile pass; ... } BadFile;    the layer's own file begins with it
 */
#ifndef HUANXIN_TESTS_VFS_PASS_H
#define HUANXIN_TESTS_VFS_PASS_H

#include <sqlite3.h>
#include <stddef.h>

typedef struct PassFile {
    sqlite3_file base;
    sqlite3_file *real; /* behind the layer's own file, in the same memory */
} PassFile;

static inline sqlite3_file *pass_real(sqlite3_file *file) {
    return ((PassFile *)file)->real;
}

static inline int pass_close(sqlite3_file *file) {
    return pass_real(file)->pMethods->xClose(pass_real(file));
}
static inline int pass_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 offset) {
    return pass_real(file)->pMethods->xRead(pass_real(file), data, bytes, offset);
}
static inline int pass_write(sqlite3_file *file, const void *data, int bytes,
                             sqlite3_int64 offset) {
    return pass_real(file)->pMethods->xWrite(pass_real(file), data, bytes, offset);
}
static inline int pass_truncate(sqlite3_file *file, sqlite3_int64 bytes) {
    return pass_real(file)->pMethods->xTruncate(pass_real(file), bytes);
}
static inline int pass_size(sqlite3_file *file, sqlite3_int64 *bytes) {
    return pass_real(file)->pMethods->xFileSize(pass_real(file), bytes);
}
static inline int pass_lock(sqlite3_file *file, int level) {
    return pass_real(file)->pMethods->xLock(pass_real(file), level);
}
static inline int pass_unlock(sqlite3_file *file, int level) {
    return pass_real(file)->pMethods->xUnlock(pass_real(file), level);
}
static inline int pass_is_reserved(sqlite3_file *file, int *out) {
    return pass_real(file)->pMethods->xCheckReservedLock(pass_real(file), out);
}
static inline int pass_control(sqlite3_file *file, int what, void *it) {
    return pass_real(file)->pMethods->xFileControl(pass_real(file), what, it);
}
static inline int pass_sector_bytes(sqlite3_file *file) {
    return pass_real(file)->pMethods->xSectorSize(pass_real(file));
}
/* Promises of the real device (such as safe overwriting) are not the layer's. */
static inline int pass_kind(sqlite3_file *file) {
    (void)file;
    return 0;
}
static inline int pass_shm_map(sqlite3_file *file, int page, int bytes, int grow,
                               void volatile **out) {
    return pass_real(file)->pMethods->xShmMap(pass_real(file), page, bytes, grow, out);
}
static inline int pass_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return pass_real(file)->pMethods->xShmLock(pass_real(file), offset, count, flags);
}
static inline void pass_shm_barrier(sqlite3_file *file) {
    pass_real(file)->pMethods->xShmBarrier(pass_real(file));
}
static inline int pass_shm_unmap(sqlite3_file *file, int is_deleted) {
    return pass_real(file)->pMethods->xShmUnmap(pass_real(file), is_deleted);
}

/* All operations but xSync, which a layer that plays the disk must have of its own. */
static inline sqlite3_io_methods pass_methods(int (*sync)(sqlite3_file *file, int flags)) {
    return (sqlite3_io_methods){.iVersion = 2,
                                .xClose = pass_close,
                                .xRead = pass_read,
                                .xWrite = pass_write,
                                .xTruncate = pass_truncate,
                                .xSync = sync,
                                .xFileSize = pass_size,
                                .xLock = pass_lock,
                                .xUnlock = pass_unlock,
                                .xCheckReservedLock = pass_is_reserved,
                                .xFileControl = pass_control,
                                .xSectorSize = pass_sector_bytes,
                                .xDeviceCharacteristics = pass_kind,
                                .xShmMap = pass_shm_map,
                                .xShmLock = pass_shm_lock,
                                .xShmBarrier = pass_shm_barrier,
                                .xShmUnmap = pass_shm_unmap};
}

/* Makes the layer, whose file has own_bytes, the one that SQLite uses from now on. */
typedef int PassOpen(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *flags_out);
static inline int pass_install(sqlite3_vfs *vfs, const char *name, size_t own_bytes,
                               PassOpen *open) {
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (real == NULL) {
        return SQLITE_ERROR;
    }
    *vfs = *real;
    vfs->zName = name;
    vfs->pAppData = real;
    vfs->szOsFile = (int)own_bytes + real->szOsFile;
    vfs->xOpen = open;
    return sqlite3_vfs_register(vfs, 1);
}

#endif
