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
 */
#include "base/limits.h"
#include "base/log.h"
#include "db/db_internal.h"

#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

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

/* Runs the command of a slot in its savepoint and notes its own status there. The result is the
 * transaction's: not OK when it is lost and no command of the batch can count. */
static Status slot_run(WriteSlot *slot, DbConn *conn, DbKeyAsk *ask) {
    Cx *cx = &slot->cx;
    conn->command = &slot->task->command;
    conn->is_broken = false;
    conn->is_sql_stopped = false;
    conn->has_answer = false;
    conn->answer_bytes = 0;
    journal_command_start(conn);
    const Before before = {.chain = conn->chain, .ids = conn->ids};
    TRY(conn_send(cx, conn, SQL_SAVEPOINT));
    slot_work(slot, conn, ask);
    /* Releasing waits for what was only sent: the last moment to learn that it failed. */
    if (slot->status == STATUS_OK) {
        slot->status = conn_run(cx, conn, SQL_SAVEPOINT_RELEASE);
    }
    /* A full disk can make SQLite give up the whole transaction by itself. */
    if (!conn->driver->is_in_transaction(conn)) {
        return fault(cx, STATUS_DB, "database: the transaction was given up");
    }
    if (slot->status != STATUS_OK) {
        return command_undo(cx, conn, &before);
    }
    if (conn->has_answer) {
        slot->answer = str_dup(slot->arena, (Str){conn->answer, conn->answer_bytes});
    }
    return STATUS_OK;
}

/* ---- one batch ---- */

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

static Status batch_work(Db *db, size_t count, DbConn *conn, Cx *cx) {
    WriteSlot *slots = db->slots;
    TRY(batch_begin(cx, conn));
    for (size_t i = 0; i < count; i++) {
        db->asks[i].command = &slots[i].task->command;
    }
    TRY(key_batch_find(cx, conn, db->asks, count));
    for (size_t i = 0; i < count; i++) {
        TRY(batch_shared_start(cx, conn, slots[i].task->command.name));
        Status status = slot_run(&slots[i], conn, &db->asks[i]);
        conn->command = NULL;
        TRY(status);
        if (slots[i].status == STATUS_OK) {
            key_taken(&db->asks[i], slots[i].answer, &db->asks[i + 1], count - i - 1);
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

static void batch_run(Db *db, size_t count) {
    for (size_t i = 0; i < count; i++) {
        WriteSlot *slot = &db->slots[i];
        if (slot->arena == NULL) {
            slot->arena = arena_create();
        }
        cx_init(&slot->cx, slot->arena);
        slot->status = STATUS_OK;
        slot->answer = STR_NONE;
    }
    DbConn *conn = db->writer;
    Arena *arena = db->slots[0].arena;
    Cx cx;
    cx_init(&cx, arena);
    pthread_mutex_lock(&db->writer_lock);
    Status status = batch_work(db, count, conn, &cx);
    conn->command = NULL;
    batch_shared_drop(conn);
    if (status != STATUS_OK) {
        batch_rollback(conn, &cx);
    }
    pthread_mutex_unlock(&db->writer_lock);
    if (status != STATUS_OK) {
        batch_lose(db, count, status, &cx);
    }
    for (size_t i = 0; i < count; i++) {
        slot_answer(db, &db->slots[i]);
        arena_reset(db->slots[i].arena);
    }
}

/* ---- the queue ---- */

/* Waits for commands and moves them into the slots; 0 when the door is closed and all is done. */
static size_t queue_take(Db *db) {
    pthread_mutex_lock(&db->queue_lock);
    while (db->queue_first == NULL && !db->is_closing) {
        pthread_cond_wait(&db->queue_filled, &db->queue_lock);
    }
    size_t count = 0;
    while (db->queue_first != NULL && count < db->options.batch_max) {
        WriteTask *task = db->queue_first;
        db->queue_first = task->next;
        db->slots[count++].task = task;
    }
    if (db->queue_first == NULL) {
        db->queue_last = NULL;
    }
    db->queue_count -= count;
    pthread_mutex_unlock(&db->queue_lock);
    return count;
}

static void *writer_main(void *it) {
    Db *db = it;
    for (size_t count = queue_take(db); count > 0; count = queue_take(db)) {
        batch_run(db, count);
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
    task->next = NULL;
    if (db->queue_last == NULL) {
        db->queue_first = task;
        pthread_cond_signal(&db->queue_filled);
    } else {
        db->queue_last->next = task;
    }
    db->queue_last = task;
    db->queue_count++;
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
    if (db->queue_count >= db->options.queue_max) {
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
