/* change.h - what creating, editing, importing and rewriting records share. */
#ifndef HUANXIN_RECORD_CHANGE_H
#define HUANXIN_RECORD_CHANGE_H

#include "record/record_store.h"

/* ---- change.c ---- */

/* The record as a row, with its slots. */
RecordRow record_row_of(Arena *arena, const Record *record);
/* A row as a record: DB when its kind is not in the book or its body is damaged. */
MUST_CHECK Status record_of_row(Cx *cx, const RecordBook *book, const RecordRow *row, Record *out);
/* What stands in the index for a text value: its beginning. */
Str record_slot_text(const RecordValue *value);
/* Stores a draft as a new record in a state, as record_create does, and adds its counts to the
 * tally instead of the database. */
struct Tally;
/* Running numbers of one command, taken from the database all at once. */
typedef struct RecordNumbers {
    int64_t wanted; /* how many the command will need, at least 1 */
    int64_t next;
    int64_t left;
} RecordNumbers;
typedef struct RecordFiling {
    const RecordHouse *house;
    const RecordDraft *draft;
    size_t state;
    struct Tally *tally;
    RecordNumbers *numbers;
    struct GramPile *grams; /* NULL: pieces of words are stored with the record */
} RecordFiling;
MUST_CHECK Status record_file(Cx *cx, DbConn *conn, const RecordFiling *filing, Record *out);
/* Finds the records that ref fields name and notes their ids; INVALID at the field. */
MUST_CHECK Status record_refs_resolve(Cx *cx, DbConn *conn, const RecordKind *kind,
                                      RecordValue *values);

/* ---- key.c: unique keys ---- */

typedef struct Key {
    Str space;
    Str value;
    Str field; /* where a message belongs */
    Str message;
} Key;
typedef struct KeyVec VEC(Key) KeyVec;
/* The keys that a record holds: none in a void state. */
void record_keys_of(Arena *arena, const Record *record, KeyVec *out);
/* Moves from the keys of before (NULL: a new record) to those of after. CONFLICT at the field, with
 * the number of the record that holds the key. */
MUST_CHECK Status record_keys_move(Cx *cx, DbConn *conn, const Record *before, const Record *after);

/* ---- gram.c: pieces of words ---- */

typedef struct GramVec VEC(int64_t) GramVec;
/* The pieces of a text, sorted, each once. is_query: pieces that only stand for whole words are
 * left out, because a query may begin in the middle of one. */
void record_grams_of_text(Arena *arena, Str text, bool is_query, GramVec *out);
/* True when a search field of the record contains the text (case and width do not matter);
 * is_public: only of public fields. */
bool record_contains(Arena *arena, const Record *record, Str text, bool is_public);
MUST_CHECK Status record_grams_move(Cx *cx, DbConn *conn, const Record *before,
                                    const Record *after);

/* Pieces of many records that wait to be stored: in their order, so that the index is walked once
 * from left to right, not searched for every piece. */
typedef struct GramPile {
    Arena *arena;
    struct GramOf {
        int64_t gram;
        int64_t record_id;
    } * items;
    size_t count;
    size_t room;
} GramPile;
void record_grams_pile(Cx *cx, GramPile *pile, const Record *record);
/* Adds the pieces of another pile. */
void record_grams_append(GramPile *pile, const GramPile *more);
MUST_CHECK Status record_grams_flush(Cx *cx, DbConn *conn, int64_t kind_id, GramPile *pile);

/* ---- count.c: counters ---- */

/* Sums by key and month that wait to be written. */
typedef struct Tally {
    Arena *arena;
    Map sums;
} Tally;
void record_tally_init(Tally *tally, Arena *arena);
/* Adds what a record counts, times sign (1 or -1). */
MUST_CHECK Status record_tally_add(Cx *cx, Tally *tally, const RecordBook *book,
                                   const Record *record, int sign);
/* Adds the sums of another tally. */
void record_tally_join(Tally *tally, const Tally *more);
/* Moves the counters by the sums. */
MUST_CHECK Status record_tally_flush(Cx *cx, DbConn *conn, const Tally *tally);

#endif
