/*
 * db.h - the database behind one face: SQLite embedded, PostgreSQL beyond one machine.
 *
 *   page ── db_read ──▶ read handle (read-only connection, one per worker thread)
 *   page ── db_write ─▶ queue ─▶ writer: BEGIN · (savepoint · command · journal) × n · COMMIT
 *        ◀──────────── answers ────────────────────────────────────────────────────────┘
 *
 * All changes go through db_write: the one door. A command runs inside its own savepoint of a
 * transaction that it may share with other commands (group commit); the caller is answered only
 * after the commit is durable. A command that returns a failure is rolled back alone. Each command
 * carries an idempotency key: the same key again gives the first outcome again and changes nothing.
 * Each change is appended to the journal in the same transaction.
 *
 * SQL is static text in *_store.c, in the common subset of SQLite and PostgreSQL, with $1..$n
 * placeholders. Rows are read in order; text columns are valid until the next db_next.
 *
 * A statement that fails (a constraint, the disk) breaks its command: whatever the work returns,
 * the command is rolled back, as PostgreSQL would do. So a store asks "INSERT ... ON CONFLICT DO
 * NOTHING" or "UPDATE ... WHERE it still holds" and looks at the number of rows, instead of
 * running into the constraint and going on.
 *
 * Ownership: Db is created once; a DbRead is borrowed by one thread at a time; statements are
 * cached by the address of their text and belong to their connection.
 */
#ifndef HUANXIN_DB_DB_H
#define HUANXIN_DB_DB_H

#include "base/cx.h"
#include "base/day.h"
#include "base/money.h"

typedef struct Db Db;         /* the database: writer, queue, read connections */
typedef struct DbConn DbConn; /* one connection: reading, or inside a write command */
typedef struct DbRows DbRows; /* the rows of a running statement */

/* A parameter or a column value. */
typedef enum DbKind { DB_KIND_NULL, DB_KIND_INT, DB_KIND_TEXT, DB_KIND_BLOB } DbKind;
typedef struct DbValue {
    DbKind kind;
    int64_t number;
    Str text; /* text or blob bytes */
} DbValue;

#define DB_NULL ((DbValue){.kind = DB_KIND_NULL})
#define DB_INT(value) ((DbValue){.kind = DB_KIND_INT, .number = (value)})
#define DB_TEXT(str) ((DbValue){.kind = DB_KIND_TEXT, .text = (str)})
#define DB_BLOB(str) ((DbValue){.kind = DB_KIND_BLOB, .text = (str)})
#define DB_MONEY(money) DB_INT((money).fen)
#define DB_DAY(day) DB_INT((day).number)
/* The parameters of a statement: DB_ARGS(DB_INT(id), DB_TEXT(name)) or DB_NO_ARGS. */
#define DB_ARGS(...)                                                                               \
    ((const DbValue[]){__VA_ARGS__}), (sizeof((const DbValue[]){__VA_ARGS__}) / sizeof(DbValue))
#define DB_NO_ARGS NULL, 0

/* ---- opening ---- */

typedef struct DbOptions {
    const char *url;  /* path of the SQLite file, ":memory:" is refused; or postgresql://... */
    size_t batch_max; /* commands per commit, 1..4096; 0: the default, 256 (32 on PostgreSQL) */
    size_t queue_max; /* commands waiting before db_write answers BUSY; 0: 8192 */
    size_t read_max;  /* read connections open at once; 0: 64 */
    bool is_created;  /* create the file when it is missing */
    /* SQLite: pages of log that bring a checkpoint, 1..1,000,000, by the writer itself; 0: the
     * default, 16,000, by a thread beside it. */
    int log_pages;
} DbOptions;

enum {
    DB_BATCH_MAX = 4096,
    DB_QUEUE_MAX = 1 << 20,
    DB_KEY_BYTES_MAX = 100,
    DB_ANSWER_BYTES_MAX = 1000,
    DB_ARGS_MAX = 32,
    DB_ITEMS_MAX = 1 << 20, /* rows of a list in memory: some hundred MB at the worst */
};

/* Opens the database and starts its writer. NOT_FOUND when the file is missing and is_created is
 * false; DB when it cannot be used; the fault says why. The caller closes with db_close. */
MUST_CHECK Status db_open(Cx *cx, const DbOptions *options, Db **out);
/* Stops taking commands (BUSY), finishes the queue, closes. Readings must have ended. NULL is
 * allowed. */
void db_close(Db *db);

/* A migration: version 1, 2, 3, ... and its SQL (several statements, no parameters). Types are
 * INTEGER (64 bit), TEXT and BLOB; a table may end with ") STRICT", ") WITHOUT ROWID" or both.
 * PostgreSQL gets BIGINT, BYTEA, an identity for "INTEGER PRIMARY KEY", and none of the endings. */
typedef struct DbMigration {
    int32_t version;
    const char *name;
    const char *sql;
} DbMigration;

/* Applies the migrations above the stored version, each in its own transaction, and records them.
 * DB when a stored version is newer than the last one given (a newer program wrote this file). */
MUST_CHECK Status db_migrate(Cx *cx, Db *db, const DbMigration *migrations, size_t count);

/* ---- reading ---- */

/* Borrows a read-only connection for this thread's use, with a stable snapshot from its first
 * statement to db_read_end. */
MUST_CHECK Status db_read_begin(Cx *cx, Db *db, DbConn **out);
void db_read_end(Db *db, DbConn *conn);

/* Starts a statement. sql is static text; its arguments are copied. A DbRows must be read to its
 * end or closed with db_rows_close before the same statement is used again (crash); db_read_end and
 * the end of a command close what is open. DB on a wrong statement (our mistake). */
MUST_CHECK Status db_query(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                           size_t arg_count, DbRows **out);
/* Moves to the next row; *has_row false at the end (the rows are then closed). */
MUST_CHECK Status db_next(Cx *cx, DbRows *rows, bool *has_row);
void db_rows_close(DbRows *rows);

/* Columns of the current row, from 0. A NULL column gives 0, STR_NONE, DAY_NONE. Text is copied
 * into the arena by db_text and borrowed until the next row by db_text_peek. */
int64_t db_int(const DbRows *rows, int column);
Str db_text(Arena *arena, const DbRows *rows, int column);
Str db_text_peek(const DbRows *rows, int column);
Money db_money(const DbRows *rows, int column);
Day db_day(const DbRows *rows, int column);
bool db_is_null(const DbRows *rows, int column);

/* Reads the current row into an item of a list, which is zeroed; texts go into the arena. */
typedef void DbReadRow(Arena *arena, const DbRows *rows, void *item);
typedef struct DbItem {
    size_t bytes;
    DbReadRow *read;
} DbItem;
#define DB_ITEM(Type, read_row) ((DbItem){sizeof(Type), read_row})
typedef struct DbItems {
    void *items;
    size_t count;
} DbItems;
/* Reads all rows into one array in cx->arena, in their order; the rows are closed then. LIMIT above
 * DB_ITEMS_MAX rows: what may be longer is read in pages. O(rows). */
MUST_CHECK Status db_collect(Cx *cx, DbRows *rows, DbItem item, DbItems *out);

/* Common reads in one line. The default is given when there is no row or the column is NULL. */
MUST_CHECK Status db_int_or(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                            size_t arg_count, int64_t *in_out);
MUST_CHECK Status db_text_or(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                             size_t arg_count, Str *in_out);
MUST_CHECK Status db_exists(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                            size_t arg_count, bool *out);

/* ---- writing ---- */

/* Runs a change inside a write command; *changed (may be NULL) gets the number of rows changed.
 * CONFLICT when a constraint refuses it; DENIED on a read connection. */
MUST_CHECK Status db_exec(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                          size_t arg_count, int64_t *changed);
/* Runs an INSERT ... RETURNING id and gives the id. */
MUST_CHECK Status db_insert(Cx *cx, DbConn *conn, const char *sql, const DbValue *args,
                            size_t arg_count, int64_t *id);

/* Who asks for a change; stored with every journal entry. */
typedef struct DbActor {
    int64_t user_id;   /* 0: the system itself */
    Str role;          /* the role in which the user acts, e.g. "resident" */
    Str origin;        /* "web", "api", "command", "job" */
    int64_t helper_id; /* who acts for the user: a clerk at a counter, a relative; or 0 */
} DbActor;

/* The work of one command. Runs on the writer's thread with a fresh Cx whose arena lives until the
 * caller has its answer; input is borrowed from the caller, who waits. Must not block, read the
 * clock or use randomness: both come in by input, so that a replay is possible. A failure rolls
 * the command back alone; its fault is copied to the caller's Cx. */
typedef Status DbWork(Cx *cx, DbConn *conn, void *input);

/* Memory of size bytes, zero at first, that lives as long as commands of one name follow each other
 * in one transaction: for what is read for each of a crowd and seldom changes, so that it is read
 * once. key: an address that stands for what is kept. Who changes what others keep so calls
 * db_memo_forget. Within a command. */
void *db_memo(DbConn *conn, const void *key, size_t size);
/* Everything kept is zero again for the next who asks, and once more if this command is undone. */
void db_memo_forget(DbConn *conn);

/* Sums that a module keeps in memory for a crowd and writes once, instead of changing the same rows
 * for each command. The state is zero at first. flush is called before a command of another name
 * and before the commit, inside the transaction; the state is forgotten after it. When a command is
 * undone, the state is put back as it was before it: so state is plain bytes without pointers into
 * the command's memory. The module must write its sums before anything else reads those rows. */
typedef struct DbTally {
    size_t size;
    Status (*flush)(Cx *cx, DbConn *conn, void *state);
} DbTally;
/* The state of a tally; one tally a transaction. Within a command. */
void *db_tally(DbConn *conn, const DbTally *tally);
/* True when a state is kept that may hold unwritten sums. */
bool db_has_tally(const DbConn *conn, const DbTally *tally);

/* Gives the id for a new row of a table, for an INSERT that names it and so need not be waited for.
 * sql_last is static text: the highest id in the table, NULL or no row when it is empty. All
 * inserts into that table must take their ids here: PostgreSQL's own numbering does not learn of
 * them. LIMIT for a ninth table in one transaction. Within a command. */
MUST_CHECK Status db_new_id(Cx *cx, DbConn *conn, const char *sql_last, int64_t *id);

/* What one command may use before it is refused with LIMIT and undone: the writer works for
 * everybody, so a policy or a formula without end may hold it up only so long. 0: the bound of
 * base/limits.h; more than the bound is taken as the bound. Steps are those of cx_step; every
 * statement and every row read counts as one. */
typedef struct DbBudget {
    uint64_t steps_max;     /* LIMIT_COMMAND_STEPS_MAX */
    size_t bytes_max;       /* of the command's arena: LIMIT_COMMAND_BYTES_MAX */
    uint64_t sql_steps_max; /* SQLite only, inside of its statements: LIMIT_COMMAND_SQL_STEPS_MAX */
} DbBudget;

/* Reads at once, into db_memo, what many commands of one name will ask for one by one. Called
 * before them where each question to the database is a journey; what it does not keep, they read.
 */
typedef Status DbForesee(Cx *cx, DbConn *conn, void *const *inputs, size_t count);

/* What a command says of itself that comes in crowds. Commands of one name that follow each other
 * in a batch then share one savepoint; when one of them fails after it has changed something, all
 * are undone and run again, each in a savepoint of its own. So their work takes nothing from the
 * input that it put there itself. */
typedef struct DbCrowd {
    DbForesee *foresee; /* NULL: there is nothing to foresee */
} DbCrowd;

typedef struct DbCommand {
    const char *name; /* what is done, static, e.g. "coupon.claim": first word of the journal */
    DbActor actor;
    Str key; /* idempotency key, 1..100 bytes, unique per name; empty: none (jobs that repeat) */
    Str content; /* what is asked under the key, as a digest; the same key for another: CONFLICT */
    DbWork *work;
    void *input;
    int64_t now_ms;  /* the instant at which the change counts */
    DbBudget budget; /* {0}: the bounds of base/limits.h */
    /* One of many that follow each other, as of an import. It gives way to all others, and as many
     * as nobody disturbs share one commit without a savepoint each. When one of them fails, all are
     * undone and run again, each in its own: so the work begins anew each time, whatever it has
     * noted in its input. */
    bool is_bulk;
    const DbCrowd *crowd; /* NULL: it has a savepoint of its own */
} DbCommand;

/* Runs a command through the one door and waits until it is durable. *answer (may be NULL) gets the
 * text that the work gave to db_answer, or the one of the first run when the key is repeated (the
 * work is not run again then); it lives in cx->arena. Returns the command's own status; a command
 * that failed leaves nothing, and its key stays free. INVALID for a key longer than
 * DB_KEY_BYTES_MAX; CONFLICT when another user used the key, or the same one for other content;
 * LIMIT when the command has spent its budget; BUSY when the queue is full or another process holds
 * the file. DB when the disk refuses: then the outcome is unknown, as after a power cut, and the
 * same key asked again tells it. */
MUST_CHECK Status db_write(Cx *cx, Db *db, const DbCommand *command, Str *answer);
/* Sets the answer that a repeat of the same key gets again. At most DB_ANSWER_BYTES_MAX bytes. */
void db_answer(DbConn *conn, Str answer);
/* The instant and the actor of the command that runs; borrowed. Crashes outside of a command. */
int64_t db_now_ms(const DbConn *conn);
const DbActor *db_actor(const DbConn *conn);

/* As db_write, without waiting: done(cx, status, answer, context) is called on the writer's thread
 * after the commit; cx has the fault, the answer lives until done returns. done must be short. The
 * command's input, key and actor texts must live until then. */
typedef void DbDone(Cx *cx, Status status, Str answer, void *context);
MUST_CHECK Status db_write_later(Cx *cx, Db *db, const DbCommand *command, DbDone *done,
                                 void *context);

/* ---- the journal ---- */

/* Appends an entry inside a write command: what happened (verb, e.g. "coupon.claim"), to which
 * subject ("coupon", id), and the values before and after as JSON objects without personal data in
 * clear (STR_NONE: nothing). The entry's hash is SM3 over its fields and the hash before it. Every
 * command writes at least one entry; a command that wrote none gets one by its name.
 *
 * Canonical form of an entry, so that anybody can recompute the chain: the 32 bytes of the hash
 * before (zeros for entry 1), then id, at_ms, user_id, role, origin, helper_id, verb, subject,
 * subject_id, before, after, attached; each as decimal length, ':', bytes, ','; integers in
 * decimal, nothing as the empty text. */
typedef struct DbEntry {
    const char *verb;
    const char *subject;
    int64_t subject_id;
    Str before;
    Str after;
} DbEntry;
MUST_CHECK Status db_journal(Cx *cx, DbConn *conn, const DbEntry *entry);
/* Attaches one line to the next entry of this command (or to the one that the command gets by its
 * name at its end): how the ledger puts its postings under the chain without an entry of its own.
 * Gives the id of that entry. LIMIT above 64 KB in one entry. */
MUST_CHECK Status db_journal_attach(Cx *cx, DbConn *conn, Str line, int64_t *journal_id);

typedef struct DbVerify {
    int64_t entry_count; /* that were proved */
    int64_t bad_id;      /* first entry whose hash is wrong; 0: none */
    int64_t head_id;     /* the last entry; 0: none */
    Str head_hash;       /* its hash, hexadecimal */
} DbVerify;
/* Recomputes the whole chain from the first entry. progress (may be NULL) is called now and then
 * with entries done. Needs no trust in the program that wrote it. O(entries). */
MUST_CHECK Status db_journal_verify(Cx *cx, DbConn *conn,
                                    void (*progress)(void *context, int64_t done), void *context,
                                    DbVerify *out);

/* As db_journal_verify, from an entry on that was proved before and whose hash (32 bytes) is known
 * from elsewhere. bad_id is that entry itself when it is gone or has another hash now. What lies
 * before it is not looked at. O(entries after it). */
typedef struct DbMark {
    int64_t id; /* 0: from the first entry */
    Str hash;
} DbMark;
typedef struct DbProgress {
    void (*call)(void *context, int64_t done);
    void *context;
} DbProgress;
MUST_CHECK Status db_journal_verify_since(Cx *cx, DbConn *conn, DbMark mark, DbProgress progress,
                                          DbVerify *out);

/* ---- keeping ---- */

/* Copies a SQLite database to a new file while others read and write it: what the copy holds was
 * committed at one instant. The copy is one file, without a log beside it. progress (may be NULL)
 * gets pages done and pages there are. CONFLICT when `to` exists, NOT_FOUND when `from` does not,
 * INVALID for an address of PostgreSQL (its own tools do it), IO or DB otherwise; then `to` is
 * gone. O(bytes). */
typedef struct DbCopy {
    const char *from;
    const char *to;
    void (*progress)(void *context, int64_t done, int64_t total);
    void *context;
} DbCopy;
MUST_CHECK Status db_copy(Cx *cx, const DbCopy *copy);
/* Looks through every page, index and reference of a database on a reading connection; *finding
 * gets the first thing that is wrong, or nothing. On PostgreSQL nothing is looked at: its server
 * does that. O(bytes). */
MUST_CHECK Status db_check(Cx *cx, DbConn *conn, Str *finding);

/* ---- for tests ---- */

/* Lets the nth statement of the writer from now on (1: the next one; BEGIN, SAVEPOINT and COMMIT
 * count too) fail once with DB, as a full disk would. 0: none. */
void db_fail_at(Db *db, uint64_t nth);

#endif
