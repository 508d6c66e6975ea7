/*
 * turn.c - what the writer does with the commands of one turn, in one transaction.
 *
 *   BEGIN ─▶ alone:  SAVEPOINT · key · work · journal · RELEASE          (once a command)
 *         └▶ crowd:  SAVEPOINT · foresee · (key · work · journal)... · RELEASE
 *                        └ one must be undone ─▶ ROLLBACK TO · all again, alone
 *         ─▶ COMMIT
 *
 * Commands that come in crowds share a savepoint in the hope that none of them has to be undone; a
 * refusal that changed nothing needs no undoing. Bulk commands are such a crowd too, one that grows
 * while it runs. What is hoped is sure before COMMIT: releasing the savepoint waits for everything
 * that was only sent.
 */
#include "base/limits.h"
#include "base/log.h"
#include "db/db_internal.h"

#include <string.h>

static const char SQL_COMMIT[] = "COMMIT";
static const char SQL_ROLLBACK[] = "ROLLBACK";
static const char SQL_WAIT[] = "SELECT 1";
static const char SQL_SAVEPOINT[] = "SAVEPOINT command";
static const char SQL_SAVEPOINT_RELEASE[] = "RELEASE SAVEPOINT command";
static const char SQL_SAVEPOINT_ROLLBACK[] = "ROLLBACK TO SAVEPOINT command";

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

/* Undoes what came after the savepoint. A failure here ends the turn. */
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

/* Runs a command within its budget; one that holds up the others is named in the log. */
static void slot_work(WriteSlot *slot, DbConn *conn, DbKeyAsk *ask) {
    const int64_t start_ms = write_clock_ms();
    budget_start(slot, conn);
    slot->status = command_work(&slot->cx, conn, ask);
    /* Undoing it is the house's own work. */
    conn->sql_steps_left = UINT64_MAX;
    if (is_budget_spent(slot, conn)) {
        budget_fault(slot);
    }
    const int64_t spent_ms = write_clock_ms() - start_ms;
    if (spent_ms > LIMIT_COMMAND_SLOW_MS) {
        log_line(LOG_WARN, "write command slow name=%s ms=%lld steps=%llu",
                 slot->task->command.name, (long long)spent_ms,
                 (unsigned long long)slot->cx.step_count);
    }
}

static void slot_new(WriteSlot *slot) {
    if (slot->arena == NULL) {
        slot->arena = arena_create();
    }
    arena_reset(slot->arena);
    cx_init(&slot->cx, slot->arena);
    slot->status = STATUS_OK;
    slot->answer = STR_NONE;
}

static void slot_start(WriteSlot *slot, DbConn *conn) {
    slot_new(slot);
    conn->command = &slot->task->command;
    conn->is_broken = false;
    conn->is_changed = false;
    conn->is_sql_stopped = false;
    conn->has_answer = false;
    conn->answer_bytes = 0;
    journal_command_start(conn);
}

static void slot_keep_answer(WriteSlot *slot, const DbConn *conn) {
    if (conn->has_answer) {
        slot->answer = str_dup(slot->arena, (Str){conn->answer, conn->answer_bytes});
    }
}

/* Runs the command of a slot in its savepoint and notes its own status there. The result is the
 * transaction's: not OK when it is lost and no command of the batch can count. */
static Status slot_run(WriteSlot *slot, DbConn *conn, DbKeyAsk *ask) {
    Cx *cx = &slot->cx;
    slot_start(slot, conn);
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
    slot_keep_answer(slot, conn);
    return STATUS_OK;
}

/* ---- the transaction ---- */

static Status turn_begin(Cx *cx, DbConn *conn) {
    conn->is_broken = false;
    conn->ids.count = 0;
    TRY(conn_send(cx, conn, conn->driver->sql_begin_write));
    if (conn->driver->sql_lock != NULL) {
        TRY(conn_send(cx, conn, conn->driver->sql_lock));
    }
    /* Another process may have written since our last turn. */
    return journal_chain_load(cx, conn);
}

/* After a failure the connection must be clean for the next turn, whatever else is wrong. */
static void turn_rollback(DbConn *conn, Cx *cx) {
    conn_rows_close(conn);
    if (!conn->driver->is_in_transaction(conn)) {
        return;
    }
    if (conn_run(cx, conn, SQL_ROLLBACK) != STATUS_OK &&
        conn_run(cx, conn, SQL_ROLLBACK) != STATUS_OK) {
        log_line(LOG_ERROR, "database: cannot roll back: %s", cx->fault.text);
    }
}

/* ---- a crowd ---- */

/* Commands of a turn that follow each other, with what is known of their keys. */
typedef struct Run {
    Turn *turn;
    WriteSlot *slots;
    DbKeyAsk *asks;
    size_t count;
    size_t ask_count; /* to the end of the turn; known keys reach so far */
} Run;

static const DbCommand *run_command(const Run *run, size_t i) {
    return &run->slots[i].task->command;
}

/* After command i of a run, however it went. */
static Status run_next(const Run *run, size_t i, DbConn *conn, Status status) {
    conn->command = NULL;
    if (status == STATUS_OK && run->slots[i].status == STATUS_OK) {
        key_taken(&run->asks[i], run->slots[i].answer, &run->asks[i + 1], run->ask_count - i - 1);
    }
    return status;
}

/* Runs a command in the crowd's savepoint. Not OK when it must be undone, and with it the crowd. */
static Status slot_hope(Cx *cx, WriteSlot *slot, DbConn *conn, DbKeyAsk *ask) {
    slot_start(slot, conn);
    const Before before = {.chain = conn->chain, .ids = conn->ids};
    slot_work(slot, conn, ask);
    if (slot->status == STATUS_OK) {
        slot_keep_answer(slot, conn);
        return STATUS_OK;
    }
    if (conn->is_changed || conn->is_broken) {
        return fault(cx, STATUS_CONFLICT, "database: a command of a crowd must be undone");
    }
    conn_rows_close(conn);
    conn->chain = before.chain;
    conn->ids = before.ids;
    batch_shared_undo(conn);
    return STATUS_OK;
}

/* Each question is a journey on some databases: there the crowd's are asked together. */
static Status crowd_foresee(Cx *cx, Db *db, const Run *run, DbConn *conn) {
    const DbCommand *first = run_command(run, 0);
    if (!conn->driver->is_far || first->crowd == NULL || first->crowd->foresee == NULL) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < run->count; i++) {
        db->inputs[i] = run_command(run, i)->input;
    }
    conn->command = first;
    conn->is_broken = false;
    Status status = first->crowd->foresee(cx, conn, db->inputs, run->count);
    conn->command = NULL;
    return status;
}

/* Bulk commands go on as long as nobody else waits. */
static void run_grow(Db *db, Run *run) {
    if (run->turn->is_bulk && write_bulk_next(db, run->turn)) {
        slot_new(&run->slots[run->count]);
        run->asks[run->count] = (DbKeyAsk){.command = run_command(run, run->count)};
        run->count++;
        run->ask_count++;
    }
}

static Status crowd_hope(Cx *cx, Db *db, Run *run, DbConn *conn) {
    TRY(batch_shared_start(cx, conn, run_command(run, 0)->name));
    TRY(crowd_foresee(cx, db, run, conn));
    for (size_t i = 0; i < run->count; i++) {
        TRY(batch_shared_start(cx, conn, run_command(run, i)->name));
        TRY(run_next(run, i, conn, slot_hope(cx, &run->slots[i], conn, &run->asks[i])));
        if (i + 1 == run->count) {
            run_grow(db, run);
        }
    }
    return batch_shared_end(cx, conn);
}

/* Each command in a savepoint of its own. The result is the transaction's. */
static Status run_alone(Cx *cx, const Run *run, DbConn *conn) {
    for (size_t i = 0; i < run->count; i++) {
        TRY(batch_shared_start(cx, conn, run_command(run, i)->name));
        TRY(run_next(run, i, conn, slot_run(&run->slots[i], conn, &run->asks[i])));
    }
    return STATUS_OK;
}

/* Undoes a crowd whose hope failed: all is as before it, also what was known of the keys. */
static Status crowd_undo(Cx *cx, const Run *run, DbConn *conn, const Before *before) {
    fault_clear(cx);
    TRY(command_undo(cx, conn, before));
    batch_shared_drop(conn);
    conn->is_broken = false; /* what broke is undone */
    return key_batch_find(cx, conn, run->asks, run->ask_count);
}

/* Bulk commands have the transaction to themselves. A savepoint around them would keep a copy of
 * every page that they change, some hundred megabytes; without one the transaction begins again. */
static Status bulk_run(Cx *cx, Db *db, Run *run, DbConn *conn) {
    Status status = crowd_hope(cx, db, run, conn);
    if (status == STATUS_OK && conn->driver->is_far) {
        status = conn_run(cx, conn, SQL_WAIT); /* for everything that was only sent */
    }
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    conn->command = NULL;
    batch_shared_drop(conn);
    turn_rollback(conn, cx);
    fault_clear(cx);
    TRY(turn_begin(cx, conn));
    TRY(key_batch_find(cx, conn, run->asks, run->ask_count));
    return run_alone(cx, run, conn);
}

/* Runs a crowd. The result is the transaction's. */
static Status crowd_run(Cx *cx, Db *db, Run *run, DbConn *conn) {
    TRY(batch_shared_end(cx, conn));
    const Before before = {.chain = conn->chain, .ids = conn->ids};
    TRY(conn_send(cx, conn, SQL_SAVEPOINT));
    Status status = crowd_hope(cx, db, run, conn);
    if (status == STATUS_OK) {
        status = conn_run(cx, conn, SQL_SAVEPOINT_RELEASE);
    }
    if (!conn->driver->is_in_transaction(conn)) {
        return fault(cx, STATUS_DB, "database: the transaction was given up");
    }
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    TRY(crowd_undo(cx, run, conn, &before));
    return run_alone(cx, run, conn);
}

/* ---- one turn ---- */

/* How many commands from a place on are one crowd; 1 for a command of its own. */
static size_t crowd_length(const Turn *turn, const WriteSlot *slots, size_t count) {
    const DbCommand *first = &slots[0].task->command;
    size_t length = 1;
    if (turn->is_bulk) {
        return count;
    }
    while (first->crowd != NULL && length < count &&
           slots[length].task->command.crowd == first->crowd &&
           strcmp(slots[length].task->command.name, first->name) == 0) {
        length++;
    }
    return length;
}

static Status turn_work(Cx *cx, Db *db, Turn *turn) {
    DbConn *conn = db->writer;
    TRY(turn_begin(cx, conn));
    for (size_t i = 0; i < turn->count; i++) {
        db->asks[i].command = &db->slots[i].task->command;
    }
    TRY(key_batch_find(cx, conn, db->asks, turn->count));
    for (size_t i = 0; i < turn->count;) {
        const size_t rest = turn->count - i;
        Run run = {.turn = turn,
                   .slots = &db->slots[i],
                   .asks = &db->asks[i],
                   .count = crowd_length(turn, &db->slots[i], rest),
                   .ask_count = rest};
        TRY(turn->is_bulk   ? bulk_run(cx, db, &run, conn)
            : run.count > 1 ? crowd_run(cx, db, &run, conn)
                            : run_alone(cx, &run, conn));
        i += run.count;
    }
    TRY(batch_shared_end(cx, conn));
    return conn_run(cx, conn, SQL_COMMIT);
}

/* Every command of a lost turn gets its failure, also those that were refused: the refusal
 * may have rested on a change that is gone now. */
static void turn_lose(Db *db, const Turn *turn, Status status, const Cx *cx) {
    for (size_t i = 0; i < turn->count; i++) {
        WriteSlot *slot = &db->slots[i];
        slot->status = status;
        slot->answer = STR_NONE;
        fault_clear(&slot->cx);
        (void)fault(&slot->cx, status, "系统暂时无法保存，请稍后用同一操作重试");
        fault_detail(&slot->cx, "%s", cx->fault.text);
    }
}

void turn_run(Db *db, Turn *turn) {
    Cx cx;
    for (size_t i = 0; i < turn->count; i++) {
        slot_new(&db->slots[i]);
    }
    cx_init(&cx, db->turn_arena);
    pthread_mutex_lock(&db->writer_lock);
    Status status = turn_work(&cx, db, turn);
    db->writer->command = NULL;
    batch_shared_drop(db->writer);
    if (status != STATUS_OK) {
        turn_rollback(db->writer, &cx);
    }
    pthread_mutex_unlock(&db->writer_lock);
    if (status != STATUS_OK) {
        turn_lose(db, turn, status, &cx);
    }
    arena_reset(db->turn_arena);
}
