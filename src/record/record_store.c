/*
 * record_store.c - the SQL of records. Statements are static text; those that differ only in the
 * column they walk along are spelled out by macros, one for each index.
 */
#include "record/record_store.h"

#define ROW_COLUMNS                                                                                \
    "id, kind_id, number, revision, state, owner, unit, org_id, filer_id, filer_name, last_id,"    \
    " due_day, filed_ms, changed_ms, body"

RecordRow record_row_of_rows(Arena *arena, const DbRows *rows) {
    return (RecordRow){.id = db_int(rows, 0),
                       .kind_id = db_int(rows, 1),
                       .number = db_text(arena, rows, 2),
                       .revision = db_int(rows, 3),
                       .state = db_text(arena, rows, 4),
                       .owner = db_text(arena, rows, 5),
                       .unit = db_text(arena, rows, 6),
                       .org_id = db_int(rows, 7),
                       .filer_id = db_int(rows, 8),
                       .filer_name = db_text(arena, rows, 9),
                       .last_id = db_int(rows, 10),
                       .due_day = db_int(rows, 11),
                       .filed_ms = db_int(rows, 12),
                       .changed_ms = db_int(rows, 13),
                       .body = db_text(arena, rows, 14)};
}

/* ---- one record ---- */

static const char SQL_INSERT[] =
    "INSERT INTO record (kind_id, number, revision, state, owner, unit, org_id, filer_id,"
    " filer_name, last_id, due_day, filed_ms, changed_ms, layout, body, n1, n2, n3, n4, n5, n6, n7,"
    " n8, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $7, $9, $10, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)";
static const char SQL_INSERTED[] = "SELECT id FROM record WHERE number = $1";

#define SLOT_ARGS(row)                                                                             \
    (row)->numbers[0], (row)->numbers[1], (row)->numbers[2], (row)->numbers[3], (row)->numbers[4], \
        (row)->numbers[5], (row)->numbers[6], (row)->numbers[7], (row)->texts[0], (row)->texts[1], \
        (row)->texts[2], (row)->texts[3], (row)->texts[4], (row)->texts[5], (row)->texts[6],       \
        (row)->texts[7], (row)->texts[8], (row)->texts[9]

/* Not "RETURNING id": SQLite guards such a statement by a savepoint whose release walks over all
 * that the command has changed so far, so a batch of 500 took seconds. */
Status record_store_insert(Cx *cx, DbConn *conn, const RecordRow *row, int64_t *id) {
    TRY(db_exec(cx, conn, SQL_INSERT,
                DB_ARGS(DB_INT(row->kind_id), DB_TEXT(row->number), DB_TEXT(row->state),
                        DB_TEXT(row->owner), DB_TEXT(row->unit), DB_INT(row->org_id),
                        DB_INT(row->filer_id), DB_TEXT(row->filer_name), DB_INT(row->due_day),
                        DB_INT(row->filed_ms), DB_INT(row->layout), DB_TEXT(row->body),
                        SLOT_ARGS(row)),
                NULL));
    *id = 0;
    return db_int_or(cx, conn, SQL_INSERTED, DB_ARGS(DB_TEXT(row->number)), id);
}

static const char SQL_UPDATE[] =
    "UPDATE record SET revision = $1, state = $2, owner = $3, last_id = $4, due_day = $5,"
    " changed_ms = $6, layout = $7, body = $8, n1 = $9, n2 = $10, n3 = $11, n4 = $12, n5 = $13,"
    " n6 = $14, n7 = $15, n8 = $16, t1 = $17, t2 = $18, t3 = $19, t4 = $20, t5 = $21, t6 = $22,"
    " t7 = $23, t8 = $24, t9 = $25, t10 = $26 WHERE id = $27 AND revision = $28";

Status record_store_update(Cx *cx, DbConn *conn, const RecordRow *row, int64_t old_revision,
                           int64_t *changed) {
    return db_exec(cx, conn, SQL_UPDATE,
                   DB_ARGS(DB_INT(row->revision), DB_TEXT(row->state), DB_TEXT(row->owner),
                           DB_INT(row->last_id), DB_INT(row->due_day), DB_INT(row->changed_ms),
                           DB_INT(row->layout), DB_TEXT(row->body), SLOT_ARGS(row), DB_INT(row->id),
                           DB_INT(old_revision)),
                   changed);
}

static const char SQL_DELETE[] = "DELETE FROM record WHERE id = $1";

Status record_store_delete(Cx *cx, DbConn *conn, int64_t id) {
    return db_exec(cx, conn, SQL_DELETE, DB_ARGS(DB_INT(id)), NULL);
}

static Status row_read(Cx *cx, DbRows *rows, RecordRow *out, bool *has_row) {
    TRY(db_next(cx, rows, has_row));
    if (*has_row) {
        *out = record_row_of_rows(cx->arena, rows);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_FIND[] = "SELECT " ROW_COLUMNS " FROM record WHERE id = $1";

Status record_store_find(Cx *cx, DbConn *conn, int64_t id, RecordRow *out, bool *has_row) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIND, DB_ARGS(DB_INT(id)), &rows));
    return row_read(cx, rows, out, has_row);
}

static const char SQL_FIND_NUMBER[] = "SELECT " ROW_COLUMNS " FROM record WHERE number = $1";

Status record_store_find_number(Cx *cx, DbConn *conn, Str number, RecordRow *out, bool *has_row) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_FIND_NUMBER, DB_ARGS(DB_TEXT(number)), &rows));
    return row_read(cx, rows, out, has_row);
}

static const char SQL_HANDS[] =
    "SELECT person_id FROM record_hand WHERE record_id = $1 ORDER BY person_id";
static const char SQL_HAND_PUT[] = "INSERT INTO record_hand (record_id, person_id) VALUES ($1, $2)"
                                   " ON CONFLICT (record_id, person_id) DO NOTHING";
static const char SQL_HANDS_CLEAR[] = "DELETE FROM record_hand WHERE record_id = $1";

static void hands_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(int64_t *)item = db_int(rows, 0);
}

Status record_store_hands(Cx *cx, DbConn *conn, int64_t id, const int64_t **people, size_t *count) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_HANDS, DB_ARGS(DB_INT(id)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(int64_t, hands_row), &got));
    *people = got.items;
    *count = got.count;
    return STATUS_OK;
}

Status record_store_hand_put(Cx *cx, DbConn *conn, int64_t id, int64_t person_id) {
    return db_exec(cx, conn, SQL_HAND_PUT, DB_ARGS(DB_INT(id), DB_INT(person_id)), NULL);
}

Status record_store_hands_clear(Cx *cx, DbConn *conn, int64_t id) {
    return db_exec(cx, conn, SQL_HANDS_CLEAR, DB_ARGS(DB_INT(id)), NULL);
}

static const char SQL_PAST_PUT[] =
    "INSERT INTO record_past (record_id, revision, state, layout, body)"
    " VALUES ($1, $2, $3, $4, $5)";

Status record_store_past_put(Cx *cx, DbConn *conn, const RecordRow *row) {
    return db_exec(cx, conn, SQL_PAST_PUT,
                   DB_ARGS(DB_INT(row->id), DB_INT(row->revision), DB_TEXT(row->state),
                           DB_INT(row->layout), DB_TEXT(row->body)),
                   NULL);
}

static const char SQL_PAST_FIND[] = "SELECT state, body FROM record_past"
                                    " WHERE record_id = $1 AND revision = $2 AND layout = $3";

Status record_store_past_find(Cx *cx, DbConn *conn, int64_t revision, int64_t layout,
                              RecordRow *in_out, bool *has_row) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_PAST_FIND,
                 DB_ARGS(DB_INT(in_out->id), DB_INT(revision), DB_INT(layout)), &rows));
    TRY(db_next(cx, rows, has_row));
    if (*has_row) {
        in_out->revision = revision;
        in_out->state = db_text(cx->arena, rows, 0);
        in_out->body = db_text(cx->arena, rows, 1);
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_NUMBERS_TAKE[] =
    "INSERT INTO record_number (prefix, year, last) VALUES ($1, $2, $3)"
    " ON CONFLICT (prefix, year) DO UPDATE SET last = record_number.last + excluded.last"
    " RETURNING last";

Status record_store_numbers_take(Cx *cx, DbConn *conn, Str prefix, int64_t year, int64_t count,
                                 int64_t *last) {
    return db_insert(cx, conn, SQL_NUMBERS_TAKE,
                     DB_ARGS(DB_TEXT(prefix), DB_INT(year), DB_INT(count)), last);
}

/* ---- keys ---- */

static const char SQL_KEY_TAKE[] =
    "INSERT INTO record_key (space, value, record_id) VALUES ($1, $2, $3)"
    " ON CONFLICT (space, value) DO NOTHING";

Status record_store_key_take(Cx *cx, DbConn *conn, Str space, Str value, int64_t id,
                             bool *is_taken) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_KEY_TAKE, DB_ARGS(DB_TEXT(space), DB_TEXT(value), DB_INT(id)),
                &changed));
    *is_taken = changed == 0;
    return STATUS_OK;
}

static const char SQL_KEY_FREE[] =
    "DELETE FROM record_key WHERE space = $1 AND value = $2 AND record_id = $3";

Status record_store_key_free(Cx *cx, DbConn *conn, Str space, Str value, int64_t id) {
    return db_exec(cx, conn, SQL_KEY_FREE, DB_ARGS(DB_TEXT(space), DB_TEXT(value), DB_INT(id)),
                   NULL);
}

static const char SQL_KEY_HOLDER[] =
    "SELECT record.number FROM record_key JOIN record ON record.id = record_key.record_id"
    " WHERE record_key.space = $1 AND record_key.value = $2";

Status record_store_key_holder(Cx *cx, DbConn *conn, Str space, Str value, Str *number) {
    *number = STR("");
    return db_text_or(cx, conn, SQL_KEY_HOLDER, DB_ARGS(DB_TEXT(space), DB_TEXT(value)), number);
}

static const char SQL_KEYS_DELETE[] = "DELETE FROM record_key WHERE record_id = $1";

Status record_store_keys_delete(Cx *cx, DbConn *conn, int64_t id) {
    return db_exec(cx, conn, SQL_KEYS_DELETE, DB_ARGS(DB_INT(id)), NULL);
}

static const char SQL_KIND_KEYS_DELETE[] =
    "DELETE FROM record_key WHERE record_id IN (SELECT id FROM record WHERE kind_id = $1)";

Status record_store_kind_keys_delete(Cx *cx, DbConn *conn, int64_t kind_id) {
    return db_exec(cx, conn, SQL_KIND_KEYS_DELETE, DB_ARGS(DB_INT(kind_id)), NULL);
}

/* ---- grams ---- */

static const char SQL_GRAM_PUT[] =
    "INSERT INTO record_gram (kind_id, gram, record_id) VALUES ($1, $2, $3)"
    " ON CONFLICT (kind_id, gram, record_id) DO NOTHING";

Status record_store_gram_put(Cx *cx, DbConn *conn, int64_t kind_id, int64_t gram, int64_t id) {
    return db_exec(cx, conn, SQL_GRAM_PUT, DB_ARGS(DB_INT(kind_id), DB_INT(gram), DB_INT(id)),
                   NULL);
}

static const char SQL_GRAM_REMOVE[] =
    "DELETE FROM record_gram WHERE kind_id = $1 AND gram = $2 AND record_id = $3";

Status record_store_gram_remove(Cx *cx, DbConn *conn, int64_t kind_id, int64_t gram, int64_t id) {
    return db_exec(cx, conn, SQL_GRAM_REMOVE, DB_ARGS(DB_INT(kind_id), DB_INT(gram), DB_INT(id)),
                   NULL);
}

static const char SQL_GRAMS_DELETE[] = "DELETE FROM record_gram WHERE kind_id = $1";

Status record_store_grams_delete(Cx *cx, DbConn *conn, int64_t kind_id) {
    return db_exec(cx, conn, SQL_GRAMS_DELETE, DB_ARGS(DB_INT(kind_id)), NULL);
}

static const char SQL_GRAM_COUNT[] =
    "SELECT COUNT(*) FROM (SELECT record_id FROM record_gram WHERE kind_id = $1 AND gram = $2"
    " LIMIT $3) AS part";

Status record_store_gram_count(Cx *cx, DbConn *conn, int64_t kind_id, int64_t gram, int64_t max,
                               int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_GRAM_COUNT, DB_ARGS(DB_INT(kind_id), DB_INT(gram), DB_INT(max)),
                     out);
}

/* $3..$5: one skip for each direction. */
static const char SQL_GRAM_SKIP[][260] = {
    "SELECT record_id FROM record_gram WHERE kind_id = $1 AND gram = $2 AND record_id >= $3"
    " AND record_id <= $4 ORDER BY record_id LIMIT 1 OFFSET $5",
    "SELECT record_id FROM record_gram WHERE kind_id = $1 AND gram = $2 AND record_id >= $3"
    " AND record_id <= $4 ORDER BY record_id DESC LIMIT 1 OFFSET $5"};

Status record_store_gram_skip(Cx *cx, DbConn *conn, int64_t kind_id, const Found *found,
                              int64_t count, int64_t *id) {
    *id = 0;
    return db_int_or(cx, conn, SQL_GRAM_SKIP[found->is_descending],
                     DB_ARGS(DB_INT(kind_id), DB_INT(found->grams[0]), DB_INT(found->low),
                             DB_INT(found->high), DB_INT(count - 1)),
                     id);
}

static const char SQL_GRAMS_HELD[] =
    "SELECT COUNT(*) FROM record_gram WHERE kind_id = $1 AND gram IN ($2, $3, $4, $5)"
    " AND record_id = $6";

Status record_store_grams_held(Cx *cx, DbConn *conn, int64_t kind_id,
                               const int64_t grams[RECORD_GRAMS_ASKED], int64_t id, bool *out) {
    int64_t held = 0;
    int64_t wanted = 1;
    for (size_t i = 1; i < RECORD_GRAMS_ASKED; i++) {
        wanted += grams[i] != grams[0];
    }
    TRY(db_int_or(cx, conn, SQL_GRAMS_HELD,
                  DB_ARGS(DB_INT(kind_id), DB_INT(grams[0]), DB_INT(grams[1]), DB_INT(grams[2]),
                          DB_INT(grams[3]), DB_INT(id)),
                  &held));
    *out = held == wanted;
    return STATUS_OK;
}

/* ---- counters ---- */

static const char SQL_COUNT[] =
    "INSERT INTO counter (key, period, value) VALUES ($1, $2, $3)"
    " ON CONFLICT (key, period) DO UPDATE SET value = counter.value + excluded.value";

Status record_store_count(Cx *cx, DbConn *conn, Str key, Str period, int64_t change) {
    return db_exec(cx, conn, SQL_COUNT, DB_ARGS(DB_TEXT(key), DB_TEXT(period), DB_INT(change)),
                   NULL);
}

static const char SQL_COUNTER_SUM[] = "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM counter"
                                      " WHERE key = $1 AND period >= $2 AND period <= $3";

Status record_store_counter_sum(Cx *cx, DbConn *conn, Str key, Str first, Str last, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_COUNTER_SUM,
                     DB_ARGS(DB_TEXT(key), DB_TEXT(first), DB_TEXT(last)), out);
}

static const char SQL_COUNTER_PARTS[] =
    "SELECT key, period, value FROM counter WHERE key >= $1 AND key < $2 AND period >= $3"
    " AND period <= $4 ORDER BY key, period";

Status record_store_counter_parts(Cx *cx, DbConn *conn, const CounterRange *range, DbRows **out) {
    return db_query(cx, conn, SQL_COUNTER_PARTS,
                    DB_ARGS(DB_TEXT(range->from), DB_TEXT(range->to), DB_TEXT(range->first),
                            DB_TEXT(range->last)),
                    out);
}

static const char SQL_COUNTERS_DELETE[] = "DELETE FROM counter WHERE key >= $1 AND key < $2";

Status record_store_counters_delete(Cx *cx, DbConn *conn, Str from, Str to) {
    return db_exec(cx, conn, SQL_COUNTERS_DELETE, DB_ARGS(DB_TEXT(from), DB_TEXT(to)), NULL);
}

/* ---- kinds ---- */

static const char SQL_KINDS[] =
    "SELECT id, code, digest, layout, layout_number, next_layout FROM record_kind ORDER BY id";

static void kinds_row(Arena *arena, const DbRows *rows, void *item) {
    *(KindRow *)item = (KindRow){.id = db_int(rows, 0),
                                 .code = db_text(arena, rows, 1),
                                 .digest = db_text(arena, rows, 2),
                                 .layout = db_text(arena, rows, 3),
                                 .layout_number = db_int(rows, 4),
                                 .next_layout = db_text(arena, rows, 5)};
}

Status record_store_kinds(Cx *cx, DbConn *conn, KindRows *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_KINDS, DB_NO_ARGS, &rows));
    TRY(db_collect(cx, rows, DB_ITEM(KindRow, kinds_row), &got));
    *out = (KindRows){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_KIND_INSERT[] =
    "INSERT INTO record_kind (code, digest, layout, layout_number) VALUES ($1, $2, $3, $4)"
    " RETURNING id";

Status record_store_kind_insert(Cx *cx, DbConn *conn, const KindRow *row, int64_t *id) {
    return db_insert(cx, conn, SQL_KIND_INSERT,
                     DB_ARGS(DB_TEXT(row->code), DB_TEXT(row->digest), DB_TEXT(row->layout),
                             DB_INT(row->layout_number)),
                     id);
}

static const char SQL_KIND_UPDATE[] =
    "UPDATE record_kind SET code = $1, digest = $2, layout = $3, layout_number = $4,"
    " next_layout = $5 WHERE id = $6";

Status record_store_kind_update(Cx *cx, DbConn *conn, const KindRow *row) {
    return db_exec(cx, conn, SQL_KIND_UPDATE,
                   DB_ARGS(DB_TEXT(row->code), DB_TEXT(row->digest), DB_TEXT(row->layout),
                           DB_INT(row->layout_number),
                           DB_TEXT(row->next_layout.len == 0 ? STR("") : row->next_layout),
                           DB_INT(row->id)),
                   NULL);
}

static const char SQL_KIND_COUNT[] =
    "SELECT COUNT(*) FROM (SELECT id FROM record WHERE kind_id = $1 LIMIT $2) AS part";

Status record_store_kind_count(Cx *cx, DbConn *conn, int64_t kind_id, int64_t max, int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_KIND_COUNT, DB_ARGS(DB_INT(kind_id), DB_INT(max)), out);
}

static const char SQL_STATE_COUNT[] =
    "SELECT COUNT(*) FROM (SELECT id FROM record WHERE kind_id = $1 AND state = $2 LIMIT $3)"
    " AS part";

Status record_store_state_count(Cx *cx, DbConn *conn, int64_t kind_id, Str state, int64_t max,
                                int64_t *out) {
    *out = 0;
    return db_int_or(cx, conn, SQL_STATE_COUNT,
                     DB_ARGS(DB_INT(kind_id), DB_TEXT(state), DB_INT(max)), out);
}

static const char SQL_STALE[] =
    "SELECT " ROW_COLUMNS " FROM record WHERE kind_id = $1 AND id > $2 AND layout < $3"
    " ORDER BY id LIMIT $4";

Status record_store_stale(Cx *cx, DbConn *conn, int64_t kind_id, int64_t layout, int64_t after_id,
                          int64_t max, DbRows **out) {
    return db_query(cx, conn, SQL_STALE,
                    DB_ARGS(DB_INT(kind_id), DB_INT(after_id), DB_INT(layout), DB_INT(max)), out);
}

/* ---- history ---- */

static const char SQL_STEPS[] =
    "SELECT id, at_ms, user_id, role, verb, before_json, after_json FROM journal"
    " WHERE subject = 'record' AND subject_id = $1 ORDER BY id DESC LIMIT $2";

Status record_store_steps(Cx *cx, DbConn *conn, int64_t id, int64_t max, DbRows **out) {
    return db_query(cx, conn, SQL_STEPS, DB_ARGS(DB_INT(id), DB_INT(max)), out);
}
