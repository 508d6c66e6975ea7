/*
 * life.h - one life of the program: a process of its own that does what it is told, batch by batch,
 * until a fault or a kill ends it, or it is told to end.
 *
 * On SQLite a batch is one transaction, always: the writer is held back until all of it is queued,
 * so the same seed gives the same life. On PostgreSQL the faults come by the clock.
 */
#ifndef HUANXIN_TESTS_SIM_LIFE_H
#define HUANXIN_TESTS_SIM_LIFE_H

#include "sim/act.h"
#include "sim/disk.h"

#include <sys/types.h>

enum { LIFE_BATCH_MAX = 24 };

/* X(NAME, word) What can strike a life on PostgreSQL. */
#define CHAOS_LIST(X)                                                                              \
    X(KILL, "kill -9 of the program")                                                              \
    X(SESSION, "kill -9 of a database session")                                                    \
    X(LINE, "connections cut")                                                                     \
    X(FULL, "database may write no more")                                                          \
    X(SERVER, "kill -9 of the database server")

typedef enum Chaos {
#define X(name, word) CHAOS_##name,
    CHAOS_LIST(X)
#undef X
        CHAOS_COUNT
} Chaos;

/* How an operation of the batch ended in the life. */
typedef struct LifeResult {
    Status status;
    bool is_there; /* its key is in the database; asked only after a failure of the database */
    char answer[ACT_ANSWER_BYTES];
} LifeResult;

/* What both processes see. */
typedef struct LifeShared {
    DiskReport disk;
    int64_t chaos[CHAOS_COUNT];
    int64_t open_failures; /* openings that a fault made fail */
    int32_t count;
    bool is_lied; /* when the batch was answered, the disk had lied before */
    Op ops[LIFE_BATCH_MAX];
    LifeResult results[LIFE_BATCH_MAX];
} LifeShared;

typedef struct LifeOptions {
    const char *url; /* a file, or postgresql://... */
    bool is_sqlite;
    bool has_faults;
    int64_t calm_ms_max; /* PostgreSQL: the longest time between two faults */
    uint64_t seed;
    const ActCity *city;
    LifeShared *shared;
} LifeOptions;

typedef struct Life {
    pid_t pid;
    int to;
    int from;
} Life;

void life_start(const LifeOptions *options, Life *out);
/* Runs the batch in shared->ops; false when the life ended in it. */
bool life_batch(Life *life);
/* Ends it (when it still lives) and waits. True when it ended by itself and in order. */
bool life_end(Life *life);

/* Writes something through the door: whoever wrote before has then ended. */
Status life_fence(Cx *cx, Db *db);

#endif
