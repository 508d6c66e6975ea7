/* key.c - unique keys: in its own namespace, or in one shared by kinds and years, a key belongs to
 * one record. A record in a void state holds none. */
#include "record/change.h"

#include <stdlib.h>

/* One part of a key as text; empty: there is no key. */
static Str part_of(Arena *arena, const RecordField *field, const RecordValue *value) {
    if (!value->has_value) {
        return STR("");
    }
    if (record_type_index(field->type) == TYPE_INDEX_NUMBER) {
        return str_print(arena, "%lld", (long long)value->number);
    }
    if (record_type_is_sealed(field->type)) {
        return value->text2;
    }
    return field->type == RECORD_ORG && value->text2.len > 0 ? value->text2 : value->text;
}

/* The key of one row of the table (0 without tables): its parts joined by a sign that no text has.
 */
static Str value_of(Arena *arena, const Record *record, const RecordUnique *unique, size_t row,
                    Str *field_name) {
    Str value = STR("");
    for (size_t i = 0; i < unique->count; i++) {
        const RecordField *field = &record->kind->fields[unique->fields[i]];
        const RecordValue *held = &record->values[unique->fields[i]];
        Str name = field->name;
        if (unique->columns[i] != SIZE_MAX) {
            const RecordField *column = &field->items[unique->columns[i]];
            held = &held->items[row * field->item_count + unique->columns[i]];
            name = str_print(arena, STR_FMT ".%zu." STR_FMT, STR_ARG(field->name), row,
                             STR_ARG(column->name));
            field = column;
        }
        Str part = part_of(arena, field, held);
        if (part.len == 0) {
            return STR("");
        }
        *field_name = i == 0 ? name : *field_name;
        value =
            i == 0 ? part : str_print(arena, STR_FMT "\x1f" STR_FMT, STR_ARG(value), STR_ARG(part));
    }
    return value;
}

static size_t row_count(const Record *record, const RecordUnique *unique) {
    if (unique->count == 0 || unique->columns[0] == SIZE_MAX) {
        return unique->count == 0 ? 0 : 1;
    }
    const RecordField *field = &record->kind->fields[unique->fields[0]];
    return record->values[unique->fields[0]].item_count / field->item_count;
}

void record_keys_of(Arena *arena, const Record *record, KeyVec *out) {
    *out = (KeyVec){0};
    if (record->kind->states[record->state].is_void) {
        return;
    }
    for (size_t i = 0; i < record->kind->unique_count; i++) {
        const RecordUnique *unique = &record->kind->uniques[i];
        for (size_t row = 0; row < row_count(record, unique); row++) {
            Str field = STR("");
            Str value = value_of(arena, record, unique, row, &field);
            if (value.len > 0) {
                *vec_push(arena, out) = (Key){unique->space, value, field, unique->message};
            }
        }
    }
}

static int key_order(const void *left, const void *right) {
    const Key *a = left;
    const Key *b = right;
    int order = str_compare(a->space, b->space);
    return order != 0 ? order : str_compare(a->value, b->value);
}

static void keys_sort(KeyVec *keys) {
    if (keys->count > 1) {
        qsort(keys->items, keys->count, sizeof *keys->items, key_order);
    }
}

static Status key_refuse(Cx *cx, DbConn *conn, const Key *key) {
    Str number;
    TRY(record_store_key_holder(cx, conn, key->space, key->value, &number));
    (void)fault_at_field(cx, STATUS_CONFLICT, str_c(cx->arena, key->field),
                         STR_FMT "（已登记在" STR_FMT "）", STR_ARG(key->message), STR_ARG(number));
    return STATUS_CONFLICT;
}

/* Twins within one record: the second row of a table that says the same. */
static Status twins_check(Cx *cx, const KeyVec *keys) {
    for (size_t i = 1; i < keys->count; i++) {
        if (key_order(&keys->items[i - 1], &keys->items[i]) == 0) {
            return fault_at_field(cx, STATUS_CONFLICT, str_c(cx->arena, keys->items[i].field),
                                  STR_FMT "（本条记录内重复）", STR_ARG(keys->items[i].message));
        }
    }
    return STATUS_OK;
}

/* Both lists are sorted: what is only in one of them is freed or taken. Freed first: two machines
 * may change places. */
Status record_keys_move(Cx *cx, DbConn *conn, const Record *before, const Record *after) {
    KeyVec old = {0};
    KeyVec new = {0};
    if (after->kind->unique_count == 0) {
        return STATUS_OK;
    }
    if (before != NULL) {
        record_keys_of(cx->arena, before, &old);
    }
    record_keys_of(cx->arena, after, &new);
    keys_sort(&old);
    keys_sort(&new);
    TRY(twins_check(cx, &new));
    bool *is_kept = arena_array(cx->arena, bool, new.count + 1);
    size_t at = 0;
    for (size_t i = 0; i < old.count; i++) {
        while (at < new.count && key_order(&new.items[at], &old.items[i]) < 0) {
            at++;
        }
        if (at < new.count && key_order(&new.items[at], &old.items[i]) == 0) {
            is_kept[at] = true;
        } else {
            TRY(record_store_key_free(cx, conn, old.items[i].space, old.items[i].value, after->id));
        }
    }
    for (size_t i = 0; i < new.count; i++) {
        bool is_taken = false;
        if (!is_kept[i]) {
            TRY(record_store_key_take(cx, conn, new.items[i].space, new.items[i].value, after->id,
                                      &is_taken));
        }
        if (is_taken) {
            return key_refuse(cx, conn, &new.items[i]);
        }
    }
    return STATUS_OK;
}
