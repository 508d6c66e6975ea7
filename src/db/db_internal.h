/*
 * db_internal.h - what the files of src/db share: the driver behind the face, a connection with its
 * statements, and the state of the command that runs on it. Not for other modules.
 *
 *   db.c       opening, read pool, statements, common reads        ─┐
 *   write.c    the queues and the writer thread                     ├─▶ DbDriver ─▶ db_sqlite.c
 *   turn.c     the commands of one transaction                      │
 *   journal.c  entries and their chain                              │            └▶ db_postgres.c
 *   migrate.c  versions of the schema                              ─┘
 */
#ifndef HUANXIN_DB_DB_INTERNAL_H
#define HUANXIN_DB_DB_INTERNAL_H

#include "base/buf.h"
#include "db/db.h"
#include "seal/seal.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum {
    DB_STATEMENT_BUCKETS = 256,
    /* One entry holds what one command did; 64 KB is a batch of several hundred postings. */
    DB_ATTACHED_BYTES_MAX = 64 * 1024,
    DB_ENTRY_BYTES_MAX = 4 * 1024 * 1024,
};

/* A statement of one connection, prepared once, and its running rows. */
struct DbRows {
    DbConn *conn;
    const char *sql;
    DbRows *next;  /* in its bucket */
    void *handle;  /* the driver's prepared statement */
    void *result;  /* the driver's rows, when they do not live in the handle */
    int row_index; /* of result */
    size_t arg_count;
    uint8_t arg_at[DB_ARGS_MAX]; /* driver's parameter index of $1, $2, ...; 0: not used */
    bool is_running;
};

/* Where the chain of journal entries stands. */
typedef struct DbChain {
    int64_t id; /* of the last entry; 0: none */
    uint8_t hash[SEAL_SM3_BYTES];
} DbChain;

/* The last ids given in a transaction, by table. */
enum { DB_ID_TABLES_MAX = 8 };
typedef struct DbIds {
    struct {
        const char *sql_last;
        int64_t last;
    } tables[DB_ID_TABLES_MAX];
    size_t count;
} DbIds;

typedef struct DbMemo DbMemo;

typedef struct DbTallyState {
    const DbTally *tally; /* NULL: none is kept */
    void *at;
    void *before; /* as it was when the command began */
} DbTallyState;

/* What is known of a command's key. */
typedef struct DbKeyFound {
    bool is_known; /* false: it must be looked up */
    bool is_taken;
    int64_t user_id;
    Str answer;
    Str content;
} DbKeyFound;
typedef struct DbKeyAsk {
    const DbCommand *command;
    DbKeyFound found;
} DbKeyAsk;

/* What the database below must do. Functions return statuses as db.h words them. */
typedef struct DbDriver {
    size_t batch_max; /* commands in one transaction, whatever the options say */
    bool is_far;      /* each question waited for is a journey: better asked together */
    const char *sql_begin_read;
    const char *sql_begin_write;
    const char *sql_lock; /* run after sql_begin_write; NULL: not needed */
    Status (*conn_open)(Cx *cx, DbConn *conn, const DbOptions *options);
    void (*conn_close)(DbConn *conn);
    /* True while a transaction is open. */
    bool (*is_in_transaction)(DbConn *conn);
    /* Runs several statements without parameters. */
    Status (*script)(Cx *cx, DbConn *conn, const char *sql);
    Status (*prepare)(Cx *cx, DbRows *rows);
    void (*finalize)(DbRows *rows);
    /* Binds and, if the driver runs at once, runs. is_copied: the arguments must be copied. */
    Status (*start)(Cx *cx, DbRows *rows, const DbValue *args, bool is_copied);
    /* Sends a statement of whose result nobody asks; NULL when that saves nothing. Its failure is
     * told by the next statement that waits, and until then nothing has an effect. */
    Status (*send)(Cx *cx, DbRows *rows, const DbValue *args);
    Status (*step)(Cx *cx, DbRows *rows, bool *has_row);
    void (*reset)(DbRows *rows);
    int64_t (*changed)(DbRows *rows);
    int64_t (*column_int)(const DbRows *rows, int column);
    Str (*column_text)(const DbRows *rows, int column);
    bool (*column_is_null)(const DbRows *rows, int column);
} DbDriver;

extern const DbDriver db_sqlite_driver;
extern const DbDriver db_postgres_driver;

struct DbConn {
    Db *db;
    const DbDriver *driver;
    void *handle;
    struct Fold *fold; /* SQLite's writer: who folds its log back */
    Arena *arena;      /* of the connection: statements */
    DbRows *buckets[DB_STATEMENT_BUCKETS];
    size_t running_count;
    bool is_writer;
    DbConn *next; /* in the pool of idle read connections */
    DbConn *next_all;

    /* The command that runs; writer only. */
    const DbCommand *command;
    bool is_broken;          /* a statement failed: the command cannot succeed any more */
    bool is_changed;         /* the command changed something, or may have */
    uint64_t sql_steps_left; /* of the command; the driver may count them down */
    bool is_sql_stopped;     /* because none were left */
    bool has_answer;
    char answer[DB_ANSWER_BYTES_MAX];
    size_t answer_bytes;
    DbChain chain;
    DbIds ids;              /* given in this transaction */
    DbMemo *memos;          /* of the commands of memo_name that follow each other */
    DbTallyState tally;     /* likewise */
    bool is_memo_forgotten; /* by the command that runs */
    const char *memo_name;
    Arena *memo_arena;
    int64_t entry_count; /* of this command */
    Buf attached;
    Buf encoded;
    SealSm3 *sm3;
};

/* A command that waits. */
typedef struct WriteTask WriteTask;
struct WriteTask {
    WriteTask *next;
    DbCommand command;
    /* Later: who is called. */
    DbDone *done;
    void *context;
    /* Blocking: what the waiting caller lends. The writer fills it before it posts ready. */
    Cx *cx;
    Str *answer;
    Status status;
    sem_t ready;
};

/* A place in a turn, with the memory of the command that runs in it. */
typedef struct WriteSlot {
    WriteTask *task;
    Arena *arena;
    Cx cx;
    Status status;
    Str answer;
} WriteSlot;

/* What the writer does between two commits: the commands in the first slots. */
typedef struct Turn {
    size_t count;
    bool is_bulk; /* all of them are; more may come while it runs */
} Turn;

/* Commands that wait, first come first served. */
typedef struct WriteQueue {
    WriteTask *first;
    WriteTask *last;
    size_t count;
} WriteQueue;

struct Db {
    const DbDriver *driver;
    Arena *arena; /* of the database; under queue_lock once it is open */
    DbOptions options;

    pthread_mutex_t read_lock;
    DbConn *read_idle;
    DbConn *read_all;
    size_t read_count;

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_filled;
    WriteQueue queue;
    WriteQueue bulk; /* they give way to those of the queue */
    WriteTask *tasks_free;
    bool is_closing;

    /* Held by whoever uses the writing connection: the writer for a batch, db_migrate. */
    pthread_mutex_t writer_lock;
    DbConn *writer;
    pthread_t writer_thread;
    WriteSlot *slots;
    DbKeyAsk *asks;       /* one for each slot */
    void **inputs;        /* of a crowd's commands */
    Arena *turn_arena;    /* of what a turn keeps beside its commands */
    bool is_bulk_turn;    /* the last turn was of others: bulk commands have waited for it */
    int64_t last_turn_ms; /* monotonic: when commands that are not bulk last ran; 0: never */
    atomic_uint_fast64_t fail_in; /* db_fail_at */
};

/* Opens a connection; the caller closes it with conn_dispose. */
MUST_CHECK Status conn_new(Cx *cx, Db *db, bool is_writer, DbConn **out);
void conn_dispose(DbConn *conn);
/* Closes every statement that still runs. */
void conn_rows_close(DbConn *conn);
/* Runs a statement of the house itself: also when the command is broken. */
MUST_CHECK Status conn_run(Cx *cx, DbConn *conn, const char *sql);

/* As conn_run, without waiting where the driver can do that. */
MUST_CHECK Status conn_send(Cx *cx, DbConn *conn, const char *sql);

/* Starts the writer thread; write_stop ends it after the queue is empty. */
MUST_CHECK Status write_start(Cx *cx, Db *db);
void write_stop(Db *db);
/* Takes one more bulk command into the slots, unless somebody waits or the turn has enough. */
bool write_bulk_next(Db *db, Turn *turn);
/* Monotonic. */
int64_t write_clock_ms(void);

/* Runs a turn in one transaction: afterwards each slot has its status and answer, and nothing that
 * is not acknowledged there counts (after a failed COMMIT it may: db_write). */
void turn_run(Db *db, Turn *turn);

/* Reads where the chain stands from the table. */
MUST_CHECK Status journal_chain_load(Cx *cx, DbConn *conn);
/* Forgets what the last command attached and counted. */
void journal_command_start(DbConn *conn);
/* Writes the entry that a command owes: one by its name, if it wrote none or attached more. */
MUST_CHECK Status journal_command_finish(Cx *cx, DbConn *conn);

/* ---- key.c ---------------------------------------------------------------------------------- */

/* Looks up the keys of a batch together, where that saves journeys. */
Status key_batch_find(Cx *cx, DbConn *conn, DbKeyAsk *asks, size_t count);
/* *is_repeat: the command was run before, and its answer is set. CONFLICT as db_write words it. */
Status key_check(Cx *cx, DbConn *conn, DbKeyAsk *ask, bool *is_repeat);
/* Keeps the key of a command that has done its work, with its answer. */
Status key_store(Cx *cx, DbConn *conn, const DbCommand *command);
/* Tells the later commands of a batch that a key is taken now. answer outlives the batch. */
void key_taken(const DbKeyAsk *done, Str answer, DbKeyAsk *later, size_t count);

/* ---- batch.c -------------------------------------------------------------------------------- */

/* Before a command: ends what commands of another name kept, and remembers the tally. */
Status batch_shared_start(Cx *cx, DbConn *conn, const char *name);
/* Puts the tally back to where the command began; its statements are rolled back by the caller. */
void batch_shared_undo(DbConn *conn);
/* Writes the tally and forgets everything; before COMMIT. A failure loses the transaction. */
Status batch_shared_end(Cx *cx, DbConn *conn);
/* Forgets everything, unwritten. */
void batch_shared_drop(DbConn *conn);

#endif
