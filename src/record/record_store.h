/* record_store.h - the SQL of src/record: small functions, one statement each. Rows come and go as
 * RecordRow; what they mean is known above. */
#ifndef HUANXIN_RECORD_RECORD_STORE_H
#define HUANXIN_RECORD_RECORD_STORE_H

#include "record/record_internal.h"

/* due_day of a record without a clock: sorts behind every day. */
#define RECORD_NO_DUE INT64_C(99999999)

/* A row of table record. */
typedef struct RecordRow {
    int64_t id;
    int64_t kind_id;
    Str number;
    int64_t revision;
    Str state;
    Str owner;
    Str unit;
    int64_t org_id;
    int64_t filer_id;
    Str filer_name;
    int64_t last_id;
    int64_t due_day;
    int64_t filed_ms;
    int64_t changed_ms;
    int64_t layout;
    Str body;
    DbValue numbers[RECORD_NUMBER_SLOTS]; /* NULL: the kind does not use the slot */
    DbValue texts[RECORD_TEXT_SLOTS];
} RecordRow;

MUST_CHECK Status record_store_insert(Cx *cx, DbConn *conn, const RecordRow *row, int64_t *id);
/* Replaces all but who filed it and when, where the revision is still this one. */
MUST_CHECK Status record_store_update(Cx *cx, DbConn *conn, const RecordRow *row,
                                      int64_t old_revision, int64_t *changed);
MUST_CHECK Status record_store_delete(Cx *cx, DbConn *conn, int64_t id);
/* *has_row false when there is none. Without slots. */
MUST_CHECK Status record_store_find(Cx *cx, DbConn *conn, int64_t id, RecordRow *out,
                                    bool *has_row);
MUST_CHECK Status record_store_find_number(Cx *cx, DbConn *conn, Str number, RecordRow *out,
                                           bool *has_row);
/* Who has had it in hand in the running round. */
MUST_CHECK Status record_store_hands(Cx *cx, DbConn *conn, int64_t id, const int64_t **people,
                                     size_t *count);
MUST_CHECK Status record_store_hand_put(Cx *cx, DbConn *conn, int64_t id, int64_t person_id);
/* A new round: nobody has. */
MUST_CHECK Status record_store_hands_clear(Cx *cx, DbConn *conn, int64_t id);
/* Keeps the row as it stands as a past revision. */
MUST_CHECK Status record_store_past_put(Cx *cx, DbConn *conn, const RecordRow *row);
/* Puts state and body of a past revision in the row, when it was kept in this layout. */
MUST_CHECK Status record_store_past_find(Cx *cx, DbConn *conn, int64_t revision, int64_t layout,
                                         RecordRow *in_out, bool *has_row);
/* Takes count running numbers of a prefix and year; *last is the highest of them. */
MUST_CHECK Status record_store_numbers_take(Cx *cx, DbConn *conn, Str prefix, int64_t year,
                                            int64_t count, int64_t *last);

/* Takes a key; *is_taken when another record has it. */
MUST_CHECK Status record_store_key_take(Cx *cx, DbConn *conn, Str space, Str value, int64_t id,
                                        bool *is_taken);
MUST_CHECK Status record_store_key_free(Cx *cx, DbConn *conn, Str space, Str value, int64_t id);
/* Number of the record that holds a key, or empty. */
MUST_CHECK Status record_store_key_holder(Cx *cx, DbConn *conn, Str space, Str value, Str *number);
MUST_CHECK Status record_store_keys_delete(Cx *cx, DbConn *conn, int64_t id);
MUST_CHECK Status record_store_kind_keys_delete(Cx *cx, DbConn *conn, int64_t kind_id);

MUST_CHECK Status record_store_gram_put(Cx *cx, DbConn *conn, int64_t kind_id, int64_t gram,
                                        int64_t id);
MUST_CHECK Status record_store_gram_remove(Cx *cx, DbConn *conn, int64_t kind_id, int64_t gram,
                                           int64_t id);
MUST_CHECK Status record_store_grams_delete(Cx *cx, DbConn *conn, int64_t kind_id);
/* Rows of a gram, at most max. */
MUST_CHECK Status record_store_gram_count(Cx *cx, DbConn *conn, int64_t kind_id, int64_t gram,
                                          int64_t max, int64_t *out);
MUST_CHECK Status record_store_count(Cx *cx, DbConn *conn, Str key, Str period, int64_t change);
/* Sum of a key over periods; the keys from..to (prefix) with their sums. */
MUST_CHECK Status record_store_counter_sum(Cx *cx, DbConn *conn, Str key, Str first, Str last,
                                           int64_t *out);
typedef struct CounterRange {
    Str from; /* first key */
    Str to;   /* first key that is not meant any more */
    Str first;
    Str last;
} CounterRange;
MUST_CHECK Status record_store_counter_parts(Cx *cx, DbConn *conn, const CounterRange *range,
                                             DbRows **out); /* key, period, value */
MUST_CHECK Status record_store_counters_delete(Cx *cx, DbConn *conn, Str from, Str to);

typedef struct KindRow {
    int64_t id;
    Str code;
    Str digest;
    Str layout;
    int64_t layout_number;
    Str next_layout; /* empty: nothing is being rewritten */
} KindRow;
typedef struct KindRows {
    KindRow *items;
    size_t count;
} KindRows;
MUST_CHECK Status record_store_kinds(Cx *cx, DbConn *conn, KindRows *out);
MUST_CHECK Status record_store_kind_insert(Cx *cx, DbConn *conn, const KindRow *row, int64_t *id);
MUST_CHECK Status record_store_kind_update(Cx *cx, DbConn *conn, const KindRow *row);
/* Records of a kind, at most max. */
MUST_CHECK Status record_store_kind_count(Cx *cx, DbConn *conn, int64_t kind_id, int64_t max,
                                          int64_t *out);
MUST_CHECK Status record_store_state_count(Cx *cx, DbConn *conn, int64_t kind_id, Str state,
                                           int64_t max, int64_t *out);

/* Journal entries of a record, newest first: id, at_ms, user_id, role, verb, before, after. */
MUST_CHECK Status record_store_steps(Cx *cx, DbConn *conn, int64_t id, int64_t max, DbRows **out);

/* ---- lists ---- */

/* By what a list is driven or sorted. */
typedef enum Column {
    COLUMN_ID,
    COLUMN_DUE,
    COLUMN_NUMBER_1,
    COLUMN_TEXT_1 = COLUMN_NUMBER_1 + RECORD_NUMBER_SLOTS,
    COLUMN_STATE = COLUMN_TEXT_1 + RECORD_TEXT_SLOTS,
    COLUMN_UNIT,
    COLUMN_OWNER,
    COLUMN_ORG,
    COLUMN_FILER,
    COLUMN_COUNT,
} Column;
bool record_column_is_text(Column column);

enum { TEST_NUMBER_MAX = 4, TEST_TEXT_MAX = 5 };

/* Conditions on a row: number columns lie in a range, text columns equal a text, the state is one
 * of ",a,b," (empty: any). Unused tests have COLUMN_ID. */
typedef struct Tests {
    int64_t kind_id;
    struct NumberTest {
        Column column;
        int64_t low;
        int64_t high;
    } numbers[TEST_NUMBER_MAX];
    size_t number_count;
    struct TextTest {
        Column column;
        Str value;
    } texts[TEST_TEXT_MAX];
    size_t text_count;
    Str states;
} Tests;

/* The place in an order: rows behind it follow. */
typedef struct Place {
    bool is_set; /* false: from the beginning */
    int64_t number;
    Str text;
    int64_t id;
} Place;

/* A walk along the index of a column: from its beginning, or behind a place in two parts, first the
 * rows with the place's own value (not for COLUMN_ID), then those behind that value. */
typedef enum WalkPart { WALK_FIRST, WALK_TWINS, WALK_BEHIND } WalkPart;
typedef struct Walk {
    Column sort; /* COLUMN_ID .. the text columns */
    bool is_descending;
    WalkPart part;
    Place after;
    int64_t skip; /* rows passed over, whether they pass the tests or not */
} Walk;
/* Rows of a walk, at most max: id, sort number, sort text, 1 when the row passes the tests. */
MUST_CHECK Status record_store_ordered(Cx *cx, DbConn *conn, const Tests *tests, const Walk *walk,
                                       int64_t max, DbRows **out);
/* As record_store_ordered for COLUMN_ID, among the rows in which a head column equals a value:
 * state, unit, org or filer, each with an index of its own. */
typedef struct Driver {
    Column column;
    int64_t low; /* number columns: a range */
    int64_t high;
    Str value; /* text columns: a value */
} Driver;
MUST_CHECK Status record_store_ordered_in(Cx *cx, DbConn *conn, const Tests *tests,
                                          const Driver *driver, const Walk *walk, int64_t max,
                                          DbRows **out);
/* Entries that a driver meets, at most max. */
MUST_CHECK Status record_store_driver_count(Cx *cx, DbConn *conn, int64_t kind_id,
                                            const Driver *driver, int64_t max, int64_t *out);
/* How many of the first scan_max entries of a driver (COLUMN_ID: of the kind) pass the tests. */
MUST_CHECK Status record_store_tested_count(Cx *cx, DbConn *conn, const Tests *tests,
                                            const Driver *driver, int64_t scan_max, int64_t *out);
/* Rows of a driver, at most max, that pass the tests: id, sort number, sort text. */
MUST_CHECK Status record_store_driven(Cx *cx, DbConn *conn, const Tests *tests,
                                      const Driver *driver, Column sort, int64_t max, DbRows **out);
/* Records that hold all of some pieces of words (the rarest first; twins of it fill the rest), by
 * filing, among the ids low..high. */
enum { RECORD_GRAMS_ASKED = 4 };
typedef struct Found {
    const int64_t *grams;
    bool is_descending;
    int64_t low;
    int64_t high;
    Column sort;
} Found;
/* Those that pass the tests, at most max: id, sort number, sort text. */
MUST_CHECK Status record_store_found(Cx *cx, DbConn *conn, const Tests *tests, const Found *found,
                                     int64_t max, DbRows **out);
/* Id of entry number count (from 1) of the first piece; 0 when there are fewer. */
MUST_CHECK Status record_store_gram_skip(Cx *cx, DbConn *conn, int64_t kind_id, const Found *found,
                                         int64_t count, int64_t *id);
/* Whether a record holds them all. */
MUST_CHECK Status record_store_grams_held(Cx *cx, DbConn *conn, int64_t kind_id,
                                          const int64_t grams[RECORD_GRAMS_ASKED], int64_t id,
                                          bool *out);
/* One row, when it passes the tests: id, sort number, sort text. */
MUST_CHECK Status record_store_tested(Cx *cx, DbConn *conn, const Tests *tests, int64_t id,
                                      Column sort, DbRows **out);
/* Reads the current row of record_store_stale. Text lives in the arena. */
RecordRow record_row_of_rows(Arena *arena, const DbRows *rows);

/* Records of a kind behind an id whose layout is older: for rewriting. */
MUST_CHECK Status record_store_stale(Cx *cx, DbConn *conn, int64_t kind_id, int64_t layout,
                                     int64_t after_id, int64_t max, DbRows **out);

#endif
