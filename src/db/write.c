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

/* ---- the queues ---- */

static WriteTask *queue_pop(WriteQueue *queue) {
    WriteTask *task = queue->first;
    queue->first = task->next;
    if (queue->first == NULL) {
        queue->last = NULL;
    }
    queue->count--;
    return task;
}

int64_t write_clock_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool write_bulk_next(Db *db, Turn *turn) {
    bool is_quiet = db->last_turn_ms == 0 || write_clock_ms() - db->last_turn_ms > BULK_QUIET_MS;
    if (turn->count >= (is_quiet ? db->options.batch_max : BULK_SHORT)) {
        return false;
    }
    pthread_mutex_lock(&db->queue_lock);
    bool is_taken = db->queue.first == NULL && db->bulk.first != NULL;
    if (is_taken) {
        db->slots[turn->count].task = queue_pop(&db->bulk);
    }
    pthread_mutex_unlock(&db->queue_lock);
    turn->count += is_taken;
    return is_taken;
}

/* Waits for commands and moves them into the slots; none when the door is closed and all is done.
 * Of bulk commands the first alone: the others come while it runs, if nobody else does. */
static Turn turn_take(Db *db) {
    pthread_mutex_lock(&db->queue_lock);
    while (db->queue.first == NULL && db->bulk.first == NULL && !db->is_closing) {
        pthread_cond_wait(&db->queue_filled, &db->queue_lock);
    }
    Turn turn = {.is_bulk =
                     db->bulk.first != NULL && (db->queue.first == NULL || db->is_bulk_turn)};
    db->is_bulk_turn = !turn.is_bulk;
    WriteQueue *queue = turn.is_bulk ? &db->bulk : &db->queue;
    const size_t max = turn.is_bulk ? 1 : db->options.batch_max;
    while (queue->first != NULL && turn.count < max) {
        db->slots[turn.count++].task = queue_pop(queue);
    }
    pthread_mutex_unlock(&db->queue_lock);
    if (!turn.is_bulk) {
        db->last_turn_ms = write_clock_ms();
    }
    return turn;
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

static void *writer_main(void *it) {
    Db *db = it;
    for (Turn turn = turn_take(db); turn.count > 0; turn = turn_take(db)) {
        turn_run(db, &turn);
        for (size_t i = 0; i < turn.count; i++) {
            slot_answer(db, &db->slots[i]);
            arena_reset(db->slots[i].arena);
        }
    }
    return NULL;
}

Status write_start(Cx *cx, Db *db) {
    db->slots = arena_array(db->arena, WriteSlot, db->options.batch_max);
    db->asks = arena_array(db->arena, DbKeyAsk, db->options.batch_max);
    db->inputs = arena_array(db->arena, void *, db->options.batch_max);
    db->turn_arena = arena_create();
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
    arena_free(db->turn_arena);
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
