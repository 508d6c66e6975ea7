/*
 * import_batch.h - batches of drafts on their way through the write door: one is filled while those
 * before are written. A command is small, so that others need not wait for long; many on their way
 * share one commit, because rows of a large table lie anywhere in its indexes, and a page that many
 * rows change is written once a commit. What they add to counters and to the pieces of words is
 * gathered until that commit.
 */
#ifndef HUANXIN_RECORD_IMPORT_BATCH_H
#define HUANXIN_RECORD_IMPORT_BATCH_H

#include "record/change.h"

#include <semaphore.h>

enum { IMPORT_BATCH_ROWS = 100, IMPORT_BATCHES = 200, IMPORT_ATOMIC_ROWS = 5000 };

typedef struct ImportRow {
    int64_t row; /* in the sheet */
    RecordAsk ask;
    RecordDraft draft;
} ImportRow;

typedef struct ImportRefused {
    int64_t row;
    Str field;
    Str text;
} ImportRefused;

typedef struct ImportSetup {
    Db *db;
    const RecordHouse *house;
    const RecordImport *import;
    size_t state;
    size_t batch_rows;
    size_t batch_count; /* on their way at once, 1..IMPORT_BATCHES */
} ImportSetup;

struct ImportQueue;

/* What a command leaves for the end of its transaction. */
typedef struct ImportPart {
    struct ImportPart *next;
    int64_t kind_id;
    GramPile grams;
    Tally tally;
} ImportPart;

typedef struct ImportBatch {
    struct ImportQueue *queue;
    Cx cx; /* its own arena, reset when the batch has been answered */
    ImportPart part;
    ImportRow *rows;
    size_t count;
    size_t first; /* of the rows that a command takes: row by row after a refusal */
    size_t end;
    size_t row_at; /* the one that the command is at: the refused one after a refusal */
    int64_t *ids;  /* created by the command */
    size_t id_count;
    char key[DB_KEY_BYTES_MAX];
    DbCommand command;
    bool is_sent;
    Status status;
    Fault fault;
    sem_t ready;
} ImportBatch;

typedef struct ImportQueue {
    ImportSetup setup;
    Arena *arena; /* of the caller */
    ImportBatch batches[IMPORT_BATCHES];
    size_t at; /* the one that is filled */
    int64_t number;
    int64_t stored_count;
    int64_t *ids; /* created so far, to take back */
    size_t id_count;
    size_t id_room;
    ImportRefused *refused;
    size_t refused_count;
    size_t refused_room;
} ImportQueue;

void import_queue_init(Cx *cx, const ImportSetup *setup, ImportQueue *queue);
/* The batch to be filled; it has room. */
ImportBatch *import_queue_batch(ImportQueue *queue);
/* Sends the batch that is filled, and waits until there is one to fill. Refused rows of GOOD
 * imports are noted, any other failure is returned. */
MUST_CHECK Status import_queue_send(Cx *cx, ImportQueue *queue);
/* Sends what is left. */
MUST_CHECK Status import_queue_end(Cx *cx, ImportQueue *queue);
/* Waits for everything on its way, also after a failure, and gives its memory back. */
MUST_CHECK Status import_queue_wait(Cx *cx, ImportQueue *queue);
/* Takes back the records that were created. */
MUST_CHECK Status import_queue_undo(Cx *cx, ImportQueue *queue);

#endif
