/*
 * disk.h - the disk as an enemy: a file layer (SQLite calls it a VFS) over the real one, which
 * fails in every way that disks do, at any step of the write path, by a seed.
 *
 *   error   one operation answers "I/O error" and does nothing
 *   short   a write puts down only its first part, then fails
 *   full    every write fails with "no space" until some operations later
 *   unread  one read answers "I/O error"
 *   cut     the power goes: what was synced stays; each write since is whole, lost or torn
 *   lie     syncs answer "done" and do nothing; later the power goes, and with it every write after
 *           some instant that is not before the last sync that was honoured
 *   kill    kill -9 of the process: all writes so far stay
 *
 * The last three end the process. A cut writes what the disk holds to <path>.cut beside each file.
 * What a lying disk may take is defined here: a suffix of the writes, in order. A disk that both
 * lies and reorders can destroy any file; nothing above it can give a guarantee, and none is
 * tested.
 *
 * Only the writer's thread may change files. One process at a time uses the layer.
 */
#ifndef HUANXIN_TESTS_SIM_DISK_H
#define HUANXIN_TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* X(NAME, word, weight) The weights make about one life in three end by a kill, a cut or a lie. */
#define DISK_FAULT_LIST(X)                                                                         \
    X(ERROR, "error", 18)                                                                          \
    X(SHORT, "short", 8)                                                                           \
    X(FULL, "full", 8)                                                                             \
    X(UNREAD, "unread", 6)                                                                         \
    X(CUT, "cut", 24)                                                                              \
    X(LIE, "lie", 12)                                                                              \
    X(KILL, "kill", 24)

typedef enum DiskFault {
#define X(name, word, weight) DISK_##name,
    DISK_FAULT_LIST(X)
#undef X
        DISK_FAULT_COUNT
} DiskFault;

/* X(NAME, word) The steps of the write path at which a fault can strike. */
#define DISK_STEP_LIST(X)                                                                          \
    X(LOG_HEAD, "log head")                                                                        \
    X(LOG_FRAME, "log frame")                                                                      \
    X(LOG_SYNC, "log sync")                                                                        \
    X(PAGE, "page")                                                                                \
    X(PAGE_SYNC, "page sync")                                                                      \
    X(TRUNCATE, "truncate")                                                                        \
    X(READ, "read")

typedef enum DiskStep {
#define X(name, word) DISK_##name,
    DISK_STEP_LIST(X)
#undef X
        DISK_STEP_COUNT
} DiskStep;

/* What happened; lies in memory that the process shares with the one that watches it. */
typedef struct DiskReport {
    int64_t struck[DISK_FAULT_COUNT][DISK_STEP_COUNT];
    int64_t operation_count;
    int64_t torn_count;
    int64_t lost_count; /* writes that a cut or a lie took */
    int32_t ended_by;   /* DiskFault, or -1 */
    bool has_lied;      /* a sync was not honoured */
} DiskReport;

/* Puts the layer between SQLite and its files; harmless until disk_start. */
void disk_install(void);
/* From now on the files of the database at path are watched, and faults strike by the seed. The
 * content of the files now counts as synced. */
void disk_start(const char *path, uint64_t seed, DiskReport *report);
/* No more faults from now on (on = false), or again. */
void disk_faults(bool on);

const char *disk_fault_word(int fault);
const char *disk_step_word(int step);

#endif
