/*
 * count.c - counters: what one record adds to them, and reading them. A counter moves by what the
 * record counts after the change less what it counted before, in the same command, so it always
 * equals a recount; record_counters_verify is that recount.
 */
#include "record/change.h"

#include <string.h>

typedef struct Sum {
    Str key;
    Str period;
    int64_t value;
} Sum;

void record_tally_init(Tally *tally, Arena *arena) {
    tally->arena = arena;
    map_init(&tally->sums, arena);
}

static void tally_put(Tally *tally, Str key, Str period, int64_t amount) {
    Str place = str_print(tally->arena, STR_FMT "\x1f" STR_FMT, STR_ARG(key), STR_ARG(period));
    Sum *sum = map_get(&tally->sums, place);
    if (sum == NULL) {
        sum = arena_new(tally->arena, Sum);
        sum->key = str_dup(tally->arena, key);
        sum->period = str_dup(tally->arena, period);
        map_put(&tally->sums, place, sum);
    }
    sum->value += amount;
}

void record_tally_join(Tally *tally, const Tally *more) {
    for (size_t i = 0; i < more->sums.count; i++) {
        const Sum *sum = more->sums.entries[i].value;
        tally_put(tally, sum->key, sum->period, sum->value);
    }
}

Status record_tally_flush(Cx *cx, DbConn *conn, const Tally *tally) {
    for (size_t i = 0; i < tally->sums.count; i++) {
        const Sum *sum = tally->sums.entries[i].value;
        if (sum->value != 0) {
            TRY(record_store_count(cx, conn, sum->key, sum->period, sum->value));
        }
    }
    return STATUS_OK;
}

/* ---- what one record counts ---- */

static int64_t amount_of(const Record *record, const RecordCounter *counter) {
    if (counter->sum == SIZE_MAX) {
        return 1;
    }
    const RecordValue *value = &record->values[counter->sum];
    if (counter->sum_column == SIZE_MAX) {
        return value->has_value ? value->number : 0;
    }
    size_t width = record->kind->fields[counter->sum].item_count;
    int64_t sum = 0;
    for (size_t i = counter->sum_column; i < value->item_count; i += width) {
        sum += value->items[i].has_value ? value->items[i].number : 0;
    }
    return sum;
}

/* Month number of a day or month field; false when it has no value. */
static bool month_in(const Record *record, size_t field, int64_t *month) {
    if (field == SIZE_MAX || !record->values[field].has_value) {
        return false;
    }
    int64_t number = record->values[field].number;
    DayParts parts = {0};
    if (record->kind->fields[field].type != RECORD_MONTH) {
        parts = day_parts((Day){(int32_t)number});
        number = (int64_t)parts.year * 12 + parts.month - 1;
    }
    *month = number;
    return true;
}

static int64_t month_of(const Record *record, const RecordCounter *counter) {
    DayParts parts = day_parts(day_of_instant(record->filed_ms));
    int64_t month = (int64_t)parts.year * 12 + parts.month - 1;
    (void)month_in(record, counter->day, &month);
    return month;
}

static Str period_of(Arena *arena, int64_t month) {
    return str_print(arena, "%04d-%02d", (int)(month / 12), (int)(month % 12) + 1);
}

/* "town=370784001"; empty when the record has no value there. */
static Str part_of(Arena *arena, const Record *record, size_t by) {
    if (by == RECORD_BY_OWNER || by == RECORD_BY_FILING) {
        Str unit = by == RECORD_BY_OWNER ? record->owner : record->unit;
        return unit.len == 0 ? STR("")
                             : str_print(arena, "%s=" STR_FMT,
                                         by == RECORD_BY_OWNER ? "owner" : "filing", STR_ARG(unit));
    }
    const RecordValue *value = &record->values[by];
    return !value->has_value
               ? STR("")
               : str_print(arena, STR_FMT "=" STR_FMT, STR_ARG(record->kind->fields[by].name),
                           STR_ARG(value->text));
}

typedef struct Amount {
    int64_t month;
    int64_t value;
} Amount;

/* The counter itself and its parts. */
static void amount_put(Arena *arena, Tally *tally, const Record *record,
                       const RecordCounter *counter, Amount amount) {
    Str period = period_of(arena, amount.month);
    tally_put(tally, counter->code, period, amount.value);
    for (size_t i = 0; i < counter->by_count; i++) {
        Str part = part_of(arena, record, counter->by[i]);
        if (part.len > 0) {
            tally_put(tally,
                      str_print(arena, STR_FMT "/" STR_FMT, STR_ARG(counter->code), STR_ARG(part)),
                      period, amount.value);
        }
    }
}

static Status counter_add(Cx *cx, Tally *tally, const Record *record, const RecordCounter *counter,
                          RuleFrame *frame, int sign) {
    bool is_counted = (counter->states >> record->state & 1) != 0;
    if (is_counted && counter->where != NULL) {
        TRY(record_frame_true(frame, counter->where, &is_counted));
    }
    int64_t amount = is_counted ? sign * amount_of(record, counter) : 0;
    if (amount == 0) {
        return STATUS_OK;
    }
    int64_t month = month_of(record, counter);
    int64_t end = 0;
    amount_put(cx->arena, tally, record, counter, (Amount){month, amount});
    if (month_in(record, counter->until, &end)) {
        /* What ended before it was listed never counted. */
        amount_put(cx->arena, tally, record, counter, (Amount){end < month ? month : end, -amount});
    }
    return STATUS_OK;
}

static bool has_where(const RecordKind *kind) {
    for (size_t i = 0; i < kind->counter_count; i++) {
        if (kind->counters[i].where != NULL) {
            return true;
        }
    }
    return false;
}

Status record_tally_add(Cx *cx, Tally *tally, const RecordBook *book, const Record *record,
                        int sign) {
    RuleFrame frame;
    if (has_where(record->kind)) {
        /* Counters know no time: what is given here is never read. */
        RuleFacts facts = {.state = record->state, .today = day_of_instant(record->filed_ms)};
        record_frame_init(cx, &frame, book, record->kind, &facts);
        record_frame_set_all(&frame, record->values);
    }
    for (size_t i = 0; i < record->kind->counter_count; i++) {
        TRY(counter_add(cx, tally, record, &record->kind->counters[i], &frame, sign));
    }
    return STATUS_OK;
}

/* ---- reading ---- */

Status record_counter_sum(Cx *cx, DbConn *conn, Str code, Str by, Str first, Str last,
                          int64_t *out) {
    Str key =
        by.len == 0 ? code : str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(code), STR_ARG(by));
    return record_store_counter_sum(cx, conn, key, first, last, out);
}

/* The first text behind all that begin with a prefix that ends with an ASCII sign. */
static Str behind(Arena *arena, Str prefix) {
    char *copy = arena_alloc(arena, prefix.len + 1);
    memcpy(copy, prefix.at, prefix.len);
    copy[prefix.len - 1]++;
    return (Str){copy, prefix.len};
}

typedef struct PartVec VEC(RecordPart) PartVec;

Status record_counter_parts(Cx *cx, DbConn *conn, Str code, Str field, Str first, Str last,
                            RecordParts *out) {
    PartVec parts = {0};
    DbRows *rows = NULL;
    bool has_row = false;
    Str prefix = str_print(cx->arena, STR_FMT "/" STR_FMT "=", STR_ARG(code), STR_ARG(field));
    CounterRange range = {
        .from = prefix, .to = behind(cx->arena, prefix), .first = first, .last = last};
    TRY(record_store_counter_parts(cx, conn, &range, &rows));
    TRY(db_next(cx, rows, &has_row));
    while (has_row) {
        TRY(cx_step(cx));
        Str value = str_from(db_text_peek(rows, 0), prefix.len);
        RecordPart *part = parts.count == 0 ? NULL : &parts.items[parts.count - 1];
        if (part == NULL || !str_equal(part->value, value)) {
            part = vec_push(cx->arena, &parts);
            part->value = str_dup(cx->arena, value);
        }
        part->sum += db_int(rows, 2);
        TRY(db_next(cx, rows, &has_row));
    }
    *out = (RecordParts){parts.items, parts.count};
    return STATUS_OK;
}

/* ---- the recount ---- */

typedef struct Recount {
    Tally tally; /* lives in its own arena: records come and go */
    const RecordBook *book;
} Recount;

static Status recount_one(Cx *cx, void *context, const Record *record) {
    Recount *recount = context;
    return record_tally_add(cx, &recount->tally, recount->book, record, 1);
}

/* Takes what is stored under one counter off the recount: what is left differs. */
static Status stored_take(Cx *cx, DbConn *conn, Recount *recount, const RecordCounter *counter) {
    static const char *const ends[] = {"", "/"};
    for (size_t i = 0; i < 2; i++) {
        Str from = str_print(cx->arena, STR_FMT "%s", STR_ARG(counter->code), ends[i]);
        Str to =
            i == 0 ? str_print(cx->arena, STR_FMT "\x01", STR_ARG(from)) : behind(cx->arena, from);
        CounterRange range = {.from = from, .to = to, .first = STR("0000"), .last = STR("9999-99")};
        DbRows *rows = NULL;
        bool has_row = false;
        TRY(record_store_counter_parts(cx, conn, &range, &rows));
        TRY(db_next(cx, rows, &has_row));
        while (has_row) {
            tally_put(&recount->tally, db_text_peek(rows, 0), db_text_peek(rows, 1),
                      -db_int(rows, 2));
            TRY(db_next(cx, rows, &has_row));
        }
    }
    return STATUS_OK;
}

static void arena_release(void *it) {
    arena_free(it);
}

Status record_counters_verify(Cx *cx, DbConn *conn, const RecordHouse *house,
                              const RecordKind *kind, int64_t *wrong_count) {
    Recount recount = {.book = house->book};
    Arena *arena = arena_create();
    arena_defer(cx->arena, arena_release, arena);
    record_tally_init(&recount.tally, arena);
    RecordQuery query = {.kind = kind, .scope = RECORD_SCOPE_ALL, .sort = STR("id")};
    TRY(record_each(cx, conn, house, &query, recount_one, &recount));
    for (size_t i = 0; i < kind->counter_count; i++) {
        TRY(stored_take(cx, conn, &recount, &kind->counters[i]));
    }
    *wrong_count = 0;
    for (size_t i = 0; i < recount.tally.sums.count; i++) {
        const Sum *sum = recount.tally.sums.entries[i].value;
        *wrong_count += sum->value != 0;
    }
    return STATUS_OK;
}
