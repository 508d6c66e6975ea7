/* import_batch.c - drafts through the write door in batches, some on their way while the next is
 * made; a refused batch row by row; taking back. */
#include "record/import_batch.h"

#include <errno.h>
#include <stdio.h>

enum { UNDO_ROWS = 200 };

/* ---- one command ---- */

static Status row_store(Cx *cx, DbConn *conn, ImportBatch *batch, ImportRow *row,
                        RecordFiling *filing) {
    const ImportSetup *setup = &batch->queue->setup;
    Record out;
    if (row->ask.base == NULL) {
        filing->draft = &row->draft;
        TRY(record_file(cx, conn, filing, &out));
        batch->ids[batch->id_count++] = out.id;
        return STATUS_OK;
    }
    RecordChange change = {.id = row->ask.base->id,
                           .revision = row->ask.base->revision,
                           .draft = &row->draft,
                           .actor = row->ask.actor};
    return record_edit(cx, conn, setup->house, &change, &out);
}

/* What the commands of one transaction have left. */
typedef struct Pending {
    ImportPart *first;
} Pending;

/* The pieces of all records of one kind go in their order; parts of that kind are taken out. */
static Status grams_flush(Cx *cx, DbConn *conn, Pending *pending, int64_t kind_id) {
    GramPile all = {.arena = cx->arena};
    for (ImportPart **at = &pending->first; *at != NULL;) {
        ImportPart *part = *at;
        if (part->kind_id == kind_id) {
            record_grams_append(&all, &part->grams);
            *at = part->next;
        } else {
            at = &part->next;
        }
    }
    return record_grams_flush(cx, conn, kind_id, &all);
}

static Status pending_flush(Cx *cx, DbConn *conn, void *state) {
    Pending *pending = state;
    Tally sums;
    record_tally_init(&sums, cx->arena);
    for (const ImportPart *part = pending->first; part != NULL; part = part->next) {
        record_tally_join(&sums, &part->tally);
    }
    while (pending->first != NULL) {
        TRY(grams_flush(cx, conn, pending, pending->first->kind_id));
    }
    return record_tally_flush(cx, conn, &sums);
}

static const DbTally pending_tally = {.size = sizeof(Pending), .flush = pending_flush};

/* What rows leave in the command's memory is given back after each; what waits for the end of the
 * transaction, the tally and the pieces of words, is in the batch's. */
static Status batch_work(Cx *cx, DbConn *conn, void *input) {
    ImportBatch *batch = input;
    Arena *arena = batch->cx.arena;
    ImportPart *part = &batch->part;
    RecordNumbers numbers = {.wanted = (int64_t)(batch->end - batch->first)};
    *part =
        (ImportPart){.kind_id = *batch->queue->setup.import->kind->id, .grams = {.arena = arena}};
    record_tally_init(&part->tally, arena);
    batch->id_count = 0;
    RecordFiling filing = {.house = batch->queue->setup.house,
                           .state = batch->queue->setup.state,
                           .tally = &part->tally,
                           .numbers = &numbers,
                           .grams = &part->grams};
    for (size_t i = batch->first; i < batch->end; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        batch->row_at = i;
        TRY(row_store(cx, conn, batch, &batch->rows[i], &filing));
        arena_rewind(cx->arena, mark);
    }
    Pending *pending = db_tally(conn, &pending_tally);
    part->next = pending->first;
    pending->first = part;
    db_answer(conn, str_print(arena, "%zu", batch->end - batch->first));
    return STATUS_OK;
}

static void batch_done(Cx *cx, Status status, Str answer, void *context) {
    ImportBatch *batch = context;
    (void)answer;
    batch->status = status;
    batch->fault = cx->fault;
    sem_post(&batch->ready);
}

static void command_make(ImportBatch *batch, size_t first, size_t end) {
    const RecordImport *import = batch->queue->setup.import;
    batch->first = first;
    batch->end = end;
    batch->queue->number++;
    Str key = STR("");
    if (import->key.len > 0) {
        int len = snprintf(batch->key, sizeof batch->key, STR_FMT ":%lld",
                           STR_ARG(str_slice(import->key, 0, 70)), (long long)batch->queue->number);
        key = (Str){batch->key, (size_t)len};
    }
    batch->command = (DbCommand){.name = "record.import",
                                 .actor = {.user_id = import->actor->person_id,
                                           .role = import->actor->role,
                                           .origin = import->origin},
                                 .key = key,
                                 .work = batch_work,
                                 .input = batch,
                                 .now_ms = import->now_ms,
                                 .is_bulk = true};
}

/* ---- answers ---- */

static void ids_take(ImportQueue *queue, const ImportBatch *batch) {
    for (size_t i = 0; i < batch->id_count; i++) {
        queue->ids = vec_grow(queue->arena, queue->ids, queue->id_count, &queue->id_room,
                              sizeof *queue->ids);
        queue->ids[queue->id_count++] = batch->ids[i];
    }
}

static void refused_add(ImportQueue *queue, int64_t row, const Fault *fault) {
    queue->refused = vec_grow(queue->arena, queue->refused, queue->refused_count,
                              &queue->refused_room, sizeof *queue->refused);
    queue->refused[queue->refused_count++] =
        (ImportRefused){row, str_dup(queue->arena, str_of(fault->field)),
                        str_dup(queue->arena, str_of(fault->text))};
}

static bool is_answer(Status status) {
    return status == STATUS_INVALID || status == STATUS_CONFLICT || status == STATUS_DENIED ||
           status == STATUS_NOT_FOUND || status == STATUS_LIMIT;
}

/* A batch that was refused: each row again in a command of its own. */
static Status rows_retry(Cx *cx, ImportQueue *queue, ImportBatch *batch) {
    for (size_t i = 0; i < batch->count; i++) {
        Cx inner;
        cx_init(&inner, batch->cx.arena);
        command_make(batch, i, i + 1);
        Status status = db_write(&inner, queue->setup.db, &batch->command, NULL);
        if (status == STATUS_OK) {
            ids_take(queue, batch);
            queue->stored_count++;
        } else if (is_answer(status)) {
            refused_add(queue, batch->rows[i].row, &inner.fault);
        } else {
            cx->fault = inner.fault;
            return status;
        }
    }
    return STATUS_OK;
}

/* Waits for a batch that is on its way and takes its answer. */
static Status batch_answer(Cx *cx, ImportQueue *queue, ImportBatch *batch) {
    if (!batch->is_sent) {
        return STATUS_OK;
    }
    while (sem_wait(&batch->ready) != 0) {
        check(errno == EINTR);
    }
    batch->is_sent = false;
    Status status = batch->status;
    bool is_good = queue->setup.import->mode == RECORD_IMPORT_GOOD;
    if (status == STATUS_OK) {
        ids_take(queue, batch);
        queue->stored_count += (int64_t)batch->count;
    } else if (is_answer(status) && is_good) {
        status = rows_retry(cx, queue, batch);
    } else if (is_answer(status)) {
        refused_add(queue, batch->rows[batch->row_at].row, &batch->fault);
    }
    if (status != STATUS_OK && cx->fault.status == STATUS_OK) {
        cx->fault = batch->fault;
    }
    batch->count = 0;
    batch->id_count = 0;
    arena_reset(batch->cx.arena);
    cx_init(&batch->cx, batch->cx.arena);
    return status;
}

/* ---- the queue ---- */

void import_queue_init(Cx *cx, const ImportSetup *setup, ImportQueue *queue) {
    *queue = (ImportQueue){.setup = *setup, .arena = cx->arena};
    for (size_t i = 0; i < queue->setup.batch_count; i++) {
        ImportBatch *batch = &queue->batches[i];
        batch->queue = queue;
        batch->rows = arena_array(cx->arena, ImportRow, setup->batch_rows);
        batch->ids = arena_array(cx->arena, int64_t, setup->batch_rows);
        cx_init(&batch->cx, arena_create());
        check(sem_init(&batch->ready, 0, 0) == 0);
    }
}

ImportBatch *import_queue_batch(ImportQueue *queue) {
    return &queue->batches[queue->at];
}

Status import_queue_send(Cx *cx, ImportQueue *queue) {
    ImportBatch *batch = &queue->batches[queue->at];
    command_make(batch, 0, batch->count);
    TRY(db_write_later(cx, queue->setup.db, &batch->command, batch_done, batch));
    batch->is_sent = true;
    /* The oldest is the next to be filled. */
    queue->at = (queue->at + 1) % queue->setup.batch_count;
    return batch_answer(cx, queue, &queue->batches[queue->at]);
}

Status import_queue_end(Cx *cx, ImportQueue *queue) {
    return queue->batches[queue->at].count == 0 ? STATUS_OK : import_queue_send(cx, queue);
}

Status import_queue_wait(Cx *cx, ImportQueue *queue) {
    Status first = STATUS_OK;
    for (size_t i = 0; i < queue->setup.batch_count; i++) {
        ImportBatch *batch = &queue->batches[i];
        Status status = batch_answer(cx, queue, batch);
        first = first == STATUS_OK ? status : first;
        sem_destroy(&batch->ready);
        arena_free(batch->cx.arena);
    }
    return first;
}

/* ---- taking back ---- */

typedef struct Undo {
    ImportQueue *queue;
    size_t first;
    size_t end;
} Undo;

static Status one_remove(Cx *cx, DbConn *conn, const RecordHouse *house, int64_t id, Tally *tally) {
    Record record;
    TRY(record_find(cx, conn, house->book, id, &record));
    if (record.revision > 1) {
        return fault(cx, STATUS_CONFLICT, STR_FMT " has been changed by somebody since",
                     STR_ARG(record.number));
    }
    TRY(record_tally_add(cx, tally, house->book, &record, -1));
    Record gone = record;
    gone.values = arena_array(cx->arena, RecordValue, record.kind->field_count + 1);
    TRY(record_grams_move(cx, conn, &record, &gone));
    TRY(record_store_keys_delete(cx, conn, id));
    TRY(record_store_hands_clear(cx, conn, id));
    TRY(record_store_delete(cx, conn, id));
    DbEntry entry = {.verb = "record.import.undo", .subject = "record", .subject_id = id};
    return db_journal(cx, conn, &entry);
}

static Status undo_work(Cx *cx, DbConn *conn, void *input) {
    Undo *undo = input;
    Tally tally;
    Arena *arena = arena_create();
    record_tally_init(&tally, arena);
    Status status = STATUS_OK;
    for (size_t i = undo->first; i < undo->end && status == STATUS_OK; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        status = one_remove(cx, conn, undo->queue->setup.house, undo->queue->ids[i], &tally);
        arena_rewind(cx->arena, mark);
    }
    if (status == STATUS_OK) {
        status = record_tally_flush(cx, conn, &tally);
    }
    arena_free(arena);
    return status;
}

Status import_queue_undo(Cx *cx, ImportQueue *queue) {
    const RecordImport *import = queue->setup.import;
    Undo undo = {.queue = queue};
    while (undo.end < queue->id_count) {
        undo.first = undo.end;
        undo.end =
            queue->id_count - undo.first < UNDO_ROWS ? queue->id_count : undo.first + UNDO_ROWS;
        DbCommand command = {.name = "record.import.undo",
                             .actor = {.user_id = import->actor->person_id,
                                       .role = import->actor->role,
                                       .origin = import->origin},
                             .work = undo_work,
                             .input = &undo,
                             .now_ms = import->now_ms};
        TRY(db_write(cx, queue->setup.db, &command, NULL));
    }
    queue->id_count = 0;
    queue->stored_count = 0;
    return STATUS_OK;
}
