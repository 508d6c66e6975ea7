/*
 * write.c - the one door: a queue, and one thread that runs what is queued in one transaction.
 *
 *   db_write ──┐              ┌ BEGIN
 *   db_write ──┼─▶ queue ─▶ ──┤ SAVEPOINT · key · work · journal · RELEASE   (once per command)
 *   later    ──┘  (FIFO)      └ COMMIT ─▶ wake the callers, in order
 *
 * A batch is whatever waits when the commit before it ends: one caller gets its commit at once, a
 * crowd shares one. Nobody is answered before COMMIT has returned, not even a refusal: it may rest
 * on a change of an earlier command of the batch.
 *
 * Bulk commands have a queue of their own and batches of their own. Such a batch ends when somebody
 * else waits; while others write now and then, it is kept so short that they hardly notice. Alone
 * it grows, because a page that many rows change then goes to the log once.
 */
#include "base/limits.h"
#include "base/log.h"
#include "db/db_internal.h"

#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

enum {
    /* Bulk commands keep their batches short for so long after others wrote. */
    BULK_QUIET_MS = 3000,
    /* Bulk commands in one commit while others write. */
    BULK_SHORT = 1,
};

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

/* A place in the batch, with the memory of the command that runs in it. */
struct WriteSlot {
    WriteTask *task;
    Arena *arena;
    Cx cx;
    Status status;
    Str answer;
};

static const char SQL_COMMIT[] = "COMMIT";
static const char SQL_ROLLBACK[] = "ROLLBACK";
static const char SQL_SAVEPOINT[] = "SAVEPOINT command";
static const char SQL_SAVEPOINT_RELEASE[] = "RELEASE SAVEPOINT command";
static const char SQL_SAVEPOINT_ROLLBACK[] = "ROLLBACK TO SAVEPOINT command";

/* ---- what a command sees ---- */

void db_answer(DbConn *conn, Str answer) {
    check(conn->command != NULL);
    check(answer.len <= DB_ANSWER_BYTES_MAX);
    if (answer.len > 0) {
        memcpy(conn->answer, answer.at, answer.len);
    }
    conn->answer_bytes = answer.len;
    conn->has_answer = true;
}

int64_t db_now_ms(const DbConn *conn) {
    check(conn->command != NULL);
    return conn->command->now_ms;
}

const DbActor *db_actor(const DbConn *conn) {
    check(conn->command != NULL);
    return &conn->command->actor;
}

/* ---- one command ---- */

static Status command_work(Cx *cx, DbConn *conn, DbKeyAsk *ask) {
    bool is_repeat = false;
    TRY(key_check(cx, conn, ask, &is_repeat));
    if (is_repeat) {
        return STATUS_OK;
    }
    TRY(conn->command->work(cx, conn, conn->command->input));
    conn_rows_close(conn);
    if (conn->is_broken) {
        return fault(cx, STATUS_DB, "database: a statement of this command failed");
    }
    TRY(journal_command_finish(cx, conn));
    return key_store(cx, conn, conn->command);
}

/* What must be as it was when a command is undone. */
typedef struct Before {
    DbChain chain;
    DbIds ids;
} Before;

/* Undoes a command that failed. A failure here ends the batch. */
static Status command_undo(Cx *cx, DbConn *conn, const Before *before) {
    conn_rows_close(conn);
    conn->chain = before->chain;
    conn->ids = before->ids;
    batch_shared_undo(conn);
    /* A statement that was only sent may fail now and take the rollback with it: once more, then.
     */
    if (conn_run(cx, conn, SQL_SAVEPOINT_ROLLBACK) != STATUS_OK) {
        TRY(conn_run(cx, conn, SQL_SAVEPOINT_ROLLBACK));
    }
    return conn_run(cx, conn, SQL_SAVEPOINT_RELEASE);
}

/* The lower of what a command asks for and the bound; 0 asks for the bound. */
static uint64_t budget_of(uint64_t asked, uint64_t bound) {
    return asked == 0 || asked > bound ? bound : asked;
}

static void budget_start(WriteSlot *slot, DbConn *conn) {
    const DbBudget *budget = &slot->task->command.budget;
    slot->cx.step_max = budget_of(budget->steps_max, LIMIT_COMMAND_STEPS_MAX);
    slot->cx.bytes_max = budget_of(budget->bytes_max, LIMIT_COMMAND_BYTES_MAX);
    conn->sql_steps_left = budget_of(budget->sql_steps_max, LIMIT_COMMAND_SQL_STEPS_MAX);
}

/* The engines say in their words that a budget is spent; the person at the form needs others. */
static void budget_fault(WriteSlot *slot) {
    Cx *cx = &slot->cx;
    const Fault first = cx->fault;
    fault_clear(cx);
    (void)fault(cx, STATUS_LIMIT, "这项办理的计算量超出上限，没有办理");
    fault_hint(cx, "请减少一次办理的数量后重试；仍不行请联系系统管理员");
    fault_detail(cx, "%s", first.text);
    log_line(LOG_WARN, "write command over budget name=%s steps=%llu words=\"%s\"",
             slot->task->command.name, (unsigned long long)cx->step_count, first.text);
}

static bool is_budget_spent(const WriteSlot *slot, const DbConn *conn) {
    const Cx *cx = &slot->cx;
    return slot->status == STATUS_LIMIT &&
           (cx->step_count > cx->step_max || arena_bytes(cx->arena) > cx->bytes_max ||
            conn->is_sql_stopped);
}

static int64_t monotonic_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Runs a command within its budget; one that holds up the others is named in the log. */
static void slot_work(WriteSlot *slot, DbConn *conn, DbKeyAsk *ask) {
    const int64_t start_ms = monotonic_ms();
    budget_start(slot, conn);
    slot->status = command_work(&slot->cx, conn, ask);
    /* Undoing it is the house's own work. */
    conn->sql_steps_left = UINT64_MAX;
    if (is_budget_spent(slot, conn)) {
        budget_fault(slot);
    }
    const int64_t spent_ms = monotonic_ms() - start_ms;
    if (spent_ms > LIMIT_COMMAND_SLOW_MS) {
        log_line(LOG_WARN, "write command slow name=%s ms=%lld steps=%llu",
                 slot->task->command.name, (long long)spent_ms,
                 (unsigned long long)slot->cx.step_count);
    }
}

/* How a batch runs. */
typedef struct Turn {
    size_t count; /* of slots with a task */
    bool is_bulk;
    bool is_guarded; /* each command in its savepoint */
} Turn;

/* Runs the command of a slot, guarded in its savepoint, and notes its own status there. The result
 * is the transaction's: not OK when it is lost and no command of the batch can count. */
static Status slot_run(WriteSlot *slot, DbConn *conn, DbKeyAsk *ask, bool is_guarded) {
    Cx *cx = &slot->cx;
    conn->command = &slot->task->command;
    conn->is_broken = false;
    conn->is_sql_stopped = false;
    conn->has_answer = false;
    conn->answer_bytes = 0;
    journal_command_start(conn);
    const Before before = {.chain = conn->chain, .ids = conn->ids};
    if (is_guarded) {
        TRY(conn_send(cx, conn, SQL_SAVEPOINT));
    }
    slot_work(slot, conn, ask);
    /* Releasing waits for what was only sent: the last moment to learn that it failed. */
    if (slot->status == STATUS_OK && is_guarded) {
        slot->status = conn_run(cx, conn, SQL_SAVEPOINT_RELEASE);
    }
    /* A full disk can make SQLite give up the whole transaction by itself. */
    if (!conn->driver->is_in_transaction(conn)) {
        return fault(cx, STATUS_DB, "database: the transaction was given up");
    }
    if (slot->status != STATUS_OK) {
        return is_guarded ? command_undo(cx, conn, &before) : slot->status;
    }
    if (conn->has_answer) {
        slot->answer = str_dup(slot->arena, (Str){conn->answer, conn->answer_bytes});
    }
    return STATUS_OK;
}

/* ---- one batch ---- */

static WriteTask *queue_pop(WriteQueue *queue) {
    WriteTask *task = queue->first;
    queue->first = task->next;
    if (queue->first == NULL) {
        queue->last = NULL;
    }
    queue->count--;
    return task;
}

static void slot_start(WriteSlot *slot) {
    if (slot->arena == NULL) {
        slot->arena = arena_create();
    }
    arena_reset(slot->arena);
    cx_init(&slot->cx, slot->arena);
    slot->status = STATUS_OK;
    slot->answer = STR_NONE;
}

/* Takes one more bulk command into the batch, unless somebody waits or it has enough. */
static bool bulk_next(Db *db, Turn *turn) {
    bool is_quiet = db->last_turn_ms == 0 || monotonic_ms() - db->last_turn_ms > BULK_QUIET_MS;
    if (turn->count >= (is_quiet ? db->options.batch_max : BULK_SHORT)) {
        return false;
    }
    pthread_mutex_lock(&db->queue_lock);
    bool is_taken = db->queue.first == NULL && db->bulk.first != NULL;
    if (is_taken) {
        db->slots[turn->count].task = queue_pop(&db->bulk);
    }
    pthread_mutex_unlock(&db->queue_lock);
    if (is_taken) {
        slot_start(&db->slots[turn->count++]);
    }
    return is_taken;
}

static Status batch_begin(Cx *cx, DbConn *conn) {
    conn->is_broken = false;
    conn->ids.count = 0;
    TRY(conn_send(cx, conn, conn->driver->sql_begin_write));
    if (conn->driver->sql_lock != NULL) {
        TRY(conn_send(cx, conn, conn->driver->sql_lock));
    }
    /* Another process may have written since our last batch. */
    return journal_chain_load(cx, conn);
}

static Status slot_turn(Db *db, const Turn *turn, size_t at, Cx *cx) {
    DbConn *conn = db->writer;
    WriteSlot *slot = &db->slots[at];
    TRY(batch_shared_start(cx, conn, slot->task->command.name));
    Status status = slot_run(slot, conn, &db->asks[at], turn->is_guarded);
    conn->command = NULL;
    TRY(status);
    if (slot->status == STATUS_OK) {
        key_taken(&db->asks[at], slot->answer, &db->asks[at + 1], turn->count - at - 1);
    }
    return STATUS_OK;
}

static Status batch_work(Db *db, Turn *turn, Cx *cx) {
    DbConn *conn = db->writer;
    TRY(batch_begin(cx, conn));
    for (size_t i = 0; i < turn->count; i++) {
        db->asks[i].command = &db->slots[i].task->command;
    }
    TRY(key_batch_find(cx, conn, db->asks, turn->count));
    for (size_t i = 0; i < turn->count; i++) {
        TRY(slot_turn(db, turn, i, cx));
        if (turn->is_bulk && i + 1 == turn->count && bulk_next(db, turn)) {
            db->asks[i + 1] = (DbKeyAsk){.command = &db->slots[i + 1].task->command};
        }
    }
    TRY(batch_shared_end(cx, conn));
    return conn_run(cx, conn, SQL_COMMIT);
}

/* After a failure the connection must be clean for the next batch, whatever else is wrong. */
static void batch_rollback(DbConn *conn, Cx *cx) {
    conn_rows_close(conn);
    if (!conn->driver->is_in_transaction(conn)) {
        return;
    }
    if (conn_run(cx, conn, SQL_ROLLBACK) != STATUS_OK &&
        conn_run(cx, conn, SQL_ROLLBACK) != STATUS_OK) {
        log_line(LOG_ERROR, "database: cannot roll back: %s", cx->fault.text);
    }
}

/* Every command of a lost batch gets the batch's failure, also those that were refused: the refusal
 * may have rested on a change that is gone now. */
static void batch_lose(Db *db, size_t count, Status status, const Cx *cx) {
    for (size_t i = 0; i < count; i++) {
        WriteSlot *slot = &db->slots[i];
        slot->status = status;
        slot->answer = STR_NONE;
        fault_clear(&slot->cx);
        (void)fault(&slot->cx, status, "系统暂时无法保存，请稍后用同一操作重试");
        fault_detail(&slot->cx, "%s", cx->fault.text);
    }
}

static void slot_answer(Db *db, WriteSlot *slot) {
    WriteTask *task = slot->task;
    slot->task = NULL;
    if (task->done != NULL) {
        task->done(&slot->cx, slot->status, slot->answer, task->context);
        pthread_mutex_lock(&db->queue_lock);
        task->next = db->tasks_free;
        db->tasks_free = task;
        pthread_mutex_unlock(&db->queue_lock);
        return;
    }
    /* The caller waits: its context and its arena are ours until ready is posted. */
    if (slot->status != STATUS_OK && task->cx->fault.status == STATUS_OK) {
        task->cx->fault = slot->cx.fault;
    }
    if (task->answer != NULL && slot->status == STATUS_OK) {
        *task->answer = str_dup(task->cx->arena, slot->answer);
    }
    task->status = slot->status;
    sem_post(&task->ready);
}

/* The work of a batch from its beginning, also the second time. */
static Status batch_try(Db *db, Turn *turn, Cx *cx) {
    for (size_t i = 0; i < turn->count; i++) {
        slot_start(&db->slots[i]);
    }
    cx_init(cx, db->slots[0].arena);
    pthread_mutex_lock(&db->writer_lock);
    Status status = batch_work(db, turn, cx);
    db->writer->command = NULL;
    batch_shared_drop(db->writer);
    if (status != STATUS_OK) {
        batch_rollback(db->writer, cx);
    }
    pthread_mutex_unlock(&db->writer_lock);
    return status;
}

static void batch_run(Db *db, Turn *turn) {
    Cx cx;
    Status status = batch_try(db, turn, &cx);
    if (status != STATUS_OK && !turn->is_guarded) {
        /* Which one failed, and whether it would have failed alone, the savepoints tell. */
        turn->is_guarded = true;
        status = batch_try(db, turn, &cx);
    }
    if (status != STATUS_OK) {
        batch_lose(db, turn->count, status, &cx);
    }
    for (size_t i = 0; i < turn->count; i++) {
        slot_answer(db, &db->slots[i]);
        arena_reset(db->slots[i].arena);
    }
}

/* ---- the queue ---- */

/* Waits for commands and moves them into the slots; none when the door is closed and all is done.
 * Of bulk commands the first alone: the others come while it runs, if nobody else does. */
static Turn turn_take(Db *db) {
    pthread_mutex_lock(&db->queue_lock);
    while (db->queue.first == NULL && db->bulk.first == NULL && !db->is_closing) {
        pthread_cond_wait(&db->queue_filled, &db->queue_lock);
    }
    Turn turn = {.is_bulk =
                     db->bulk.first != NULL && (db->queue.first == NULL || db->is_bulk_turn)};
    turn.is_guarded = !turn.is_bulk;
    db->is_bulk_turn = !turn.is_bulk;
    WriteQueue *queue = turn.is_bulk ? &db->bulk : &db->queue;
    const size_t max = turn.is_bulk ? 1 : db->options.batch_max;
    while (queue->first != NULL && turn.count < max) {
        db->slots[turn.count++].task = queue_pop(queue);
    }
    pthread_mutex_unlock(&db->queue_lock);
    if (!turn.is_bulk) {
        db->last_turn_ms = monotonic_ms();
    }
    return turn;
}

static void *writer_main(void *it) {
    Db *db = it;
    for (Turn turn = turn_take(db); turn.count > 0; turn = turn_take(db)) {
        batch_run(db, &turn);
    }
    return NULL;
}

Status write_start(Cx *cx, Db *db) {
    db->slots = arena_array(db->arena, WriteSlot, db->options.batch_max);
    db->asks = arena_array(db->arena, DbKeyAsk, db->options.batch_max);
    int code = pthread_create(&db->writer_thread, NULL, writer_main, db);
    if (code != 0) {
        return fault(cx, STATUS_DB, "database: cannot start the writer: %s", strerror(code));
    }
    return STATUS_OK;
}

void write_stop(Db *db) {
    pthread_mutex_lock(&db->queue_lock);
    db->is_closing = true;
    pthread_cond_signal(&db->queue_filled);
    pthread_mutex_unlock(&db->queue_lock);
    pthread_join(db->writer_thread, NULL);
    for (size_t i = 0; i < db->options.batch_max; i++) {
        arena_free(db->slots[i].arena);
    }
}

/* Appends a task under the lock. */
static void queue_append(Db *db, WriteTask *task) {
    WriteQueue *queue = task->command.is_bulk ? &db->bulk : &db->queue;
    task->next = NULL;
    if (queue->last == NULL) {
        queue->first = task;
        pthread_cond_signal(&db->queue_filled);
    } else {
        queue->last->next = task;
    }
    queue->last = task;
    queue->count++;
}

static Status command_valid(Cx *cx, const DbCommand *command) {
    check(command->name != NULL);
    check(command->work != NULL);
    if (command->key.len > DB_KEY_BYTES_MAX || !str_is_utf8(command->key)) {
        return fault_at_field(cx, STATUS_INVALID, "key", "操作编号过长或不是有效文本");
    }
    return STATUS_OK;
}

/* Refuses when the queue is full or closed. Under the lock. */
static Status queue_check(Cx *cx, const Db *db) {
    if (db->is_closing) {
        return fault(cx, STATUS_BUSY, "系统正在停机，请稍后再试");
    }
    if (db->queue.count + db->bulk.count >= db->options.queue_max) {
        return fault(cx, STATUS_BUSY, "排队人数过多，请稍后再试");
    }
    return STATUS_OK;
}

Status db_write(Cx *cx, Db *db, const DbCommand *command, Str *answer) {
    TRY(command_valid(cx, command));
    /* The writer waiting for itself would wait for ever. */
    check(!pthread_equal(pthread_self(), db->writer_thread));
    WriteTask task = {.command = *command, .cx = cx, .answer = answer};
    check(sem_init(&task.ready, 0, 0) == 0);
    pthread_mutex_lock(&db->queue_lock);
    Status status = queue_check(cx, db);
    if (status == STATUS_OK) {
        queue_append(db, &task);
    }
    pthread_mutex_unlock(&db->queue_lock);
    if (status == STATUS_OK) {
        while (sem_wait(&task.ready) != 0) {
            check(errno == EINTR);
        }
        status = task.status;
    }
    sem_destroy(&task.ready);
    return status;
}

Status db_write_later(Cx *cx, Db *db, const DbCommand *command, DbDone *done, void *context) {
    check(done != NULL);
    TRY(command_valid(cx, command));
    pthread_mutex_lock(&db->queue_lock);
    Status status = queue_check(cx, db);
    if (status == STATUS_OK) {
        WriteTask *task = db->tasks_free;
        if (task == NULL) {
            task = arena_new(db->arena, WriteTask);
        } else {
            db->tasks_free = task->next;
        }
        *task = (WriteTask){.command = *command, .done = done, .context = context};
        queue_append(db, task);
    }
    pthread_mutex_unlock(&db->queue_lock);
    return status;
}
