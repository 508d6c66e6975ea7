/* builtin_list.c - lists (DMN 1.5, 10.3.4.4 and 10.3.4.6). A value that is no list counts as a list
 * of one; null is refused. */
#include "base/vec.h"
#include "feel/builtin.h"
#include "feel/eval.h"

#include <string.h>

typedef struct ValueVec {
    FeelValue *items;
    size_t count;
    size_t room;
} ValueVec;

static void give_list(FeelEval *eval, const ValueVec *values, FeelValue *out) {
    FeelList *list = arena_new(eval->cx->arena, FeelList);
    *list = (FeelList){values->items, values->count};
    *out = feel_list(list);
}

/* The list in an argument, or NULL with a report. */
static const FeelList *list_of(FeelEval *eval, const FeelValue *argument) {
    if (feel_is_null(*argument)) {
        Status status = feel_refuse_argument(eval, argument);
        check(status == STATUS_OK);
        return NULL;
    }
    return feel_as_list(eval->cx->arena, argument);
}

static void items_copy(FeelValue *to, const FeelValue *from, size_t count) {
    if (count > 0) {
        memcpy(to, from, count * sizeof *to);
    }
}

BUILTIN(feel_fn_list_contains) {
    (void)count;
    const FeelList *list = list_of(eval, &arguments[0]);
    bool is_found = false;
    for (size_t i = 0; list != NULL && i < list->count && !is_found; i++) {
        TRY(cx_step(eval->cx));
        FeelTruth truth = FEEL_UNKNOWN;
        TRY(feel_equal_counted(eval->cx, &list->items[i], &arguments[1], &truth));
        is_found = truth == FEEL_TRUE;
    }
    if (list != NULL) {
        *out = feel_boolean(is_found);
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_sublist) {
    int64_t start = 0;
    int64_t length = INT64_MAX;
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    if (!feel_argument_integer(&arguments[1], &start)) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    bool has_length = count > 2 && !feel_is_null(arguments[2]);
    if (has_length && !feel_argument_integer(&arguments[2], &length)) {
        return feel_refuse_argument(eval, &arguments[2]);
    }
    int64_t items = (int64_t)list->count;
    if (start == 0 || start > items || start < -items || length < 1) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    int64_t first = start > 0 ? start - 1 : items + start;
    if (has_length && length > items - first) {
        return feel_refuse_value(eval, &arguments[2]);
    }
    FeelList *part = arena_new(eval->cx->arena, FeelList);
    part->items = list->items + first;
    part->count = (size_t)(has_length ? length : items - first);
    *out = feel_list(part);
    return STATUS_OK;
}

/* append(list, item ...): items are added as they are; null as list counts as empty. */
BUILTIN(feel_fn_append) {
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    FeelList *longer = feel_list_new(eval->cx->arena, list->count + count - 1);
    items_copy(longer->items, list->items, list->count);
    items_copy(longer->items + list->count, arguments + 1, count - 1);
    *out = feel_list(longer);
    return STATUS_OK;
}

static Status concatenate(FeelEval *eval, const FeelValue *arguments, size_t count, ValueVec *all,
                          bool *is_whole) {
    *is_whole = true;
    for (size_t i = 0; i < count && *is_whole; i++) {
        const FeelList *list = list_of(eval, &arguments[i]);
        *is_whole = list != NULL;
        for (size_t j = 0; list != NULL && j < list->count; j++) {
            TRY(cx_step(eval->cx));
            *vec_push(eval->cx->arena, all) = list->items[j];
        }
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_concatenate) {
    ValueVec all = {0};
    bool is_whole = true;
    TRY(concatenate(eval, arguments, count, &all, &is_whole));
    if (is_whole) {
        give_list(eval, &all, out);
    }
    return STATUS_OK;
}

/* Turns a position (from 1, or from the end when negative) into an index. */
static bool index_at(const FeelList *list, const FeelValue *position, size_t *out) {
    int64_t number = 0;
    int64_t items = (int64_t)list->count;
    if (!feel_argument_integer(position, &number) || number == 0 || number > items ||
        number < -items) {
        return false;
    }
    *out = (size_t)(number > 0 ? number - 1 : items + number);
    return true;
}

BUILTIN(feel_fn_insert_before) {
    (void)count;
    size_t index = 0;
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    if (!index_at(list, &arguments[1], &index)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    FeelList *longer = feel_list_new(eval->cx->arena, list->count + 1);
    items_copy(longer->items, list->items, index);
    longer->items[index] = arguments[2];
    items_copy(longer->items + index + 1, list->items + index, list->count - index);
    *out = feel_list(longer);
    return STATUS_OK;
}

BUILTIN(feel_fn_remove) {
    (void)count;
    size_t index = 0;
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    if (!index_at(list, &arguments[1], &index)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    FeelList *shorter = feel_list_new(eval->cx->arena, list->count - 1);
    items_copy(shorter->items, list->items, index);
    items_copy(shorter->items + index, list->items + index + 1, list->count - index - 1);
    *out = feel_list(shorter);
    return STATUS_OK;
}

BUILTIN(feel_fn_reverse) {
    (void)count;
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    FeelList *reversed = feel_list_new(eval->cx->arena, list->count);
    for (size_t i = 0; i < list->count; i++) {
        reversed->items[i] = list->items[list->count - 1 - i];
    }
    *out = feel_list(reversed);
    return STATUS_OK;
}

BUILTIN(feel_fn_index_of) {
    (void)count;
    ValueVec positions = {0};
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        FeelTruth truth = FEEL_UNKNOWN;
        TRY(feel_equal_counted(eval->cx, &list->items[i], &arguments[1], &truth));
        if (truth == FEEL_TRUE) {
            *vec_push(eval->cx->arena, &positions) = feel_integer((int64_t)i + 1);
        }
    }
    give_list(eval, &positions, out);
    return STATUS_OK;
}

/* ---- without duplicates ---- */

/* A hash set of the values kept so far: slots hold number + 1. */
typedef struct Seen {
    ValueVec kept;
    uint32_t *slots;
    size_t slot_count;
} Seen;

static Status seen_put(FeelEval *eval, Seen *seen, const FeelValue *value) {
    size_t slot = (size_t)feel_hash(value) & (seen->slot_count - 1);
    while (seen->slots[slot] != 0) {
        FeelTruth truth = FEEL_UNKNOWN;
        const FeelValue *kept = &seen->kept.items[seen->slots[slot] - 1];
        TRY(feel_equal_counted(eval->cx, kept, value, &truth));
        if (truth == FEEL_TRUE) {
            return STATUS_OK;
        }
        slot = (slot + 1) & (seen->slot_count - 1);
    }
    *vec_push(eval->cx->arena, &seen->kept) = *value;
    seen->slots[slot] = (uint32_t)seen->kept.count;
    return STATUS_OK;
}

static Status distinct(FeelEval *eval, const FeelValue *items, size_t count, FeelValue *out) {
    Seen seen = {.slot_count = 8};
    while (seen.slot_count < count * 2) {
        seen.slot_count *= 2;
    }
    seen.slots = arena_array(eval->cx->arena, uint32_t, seen.slot_count);
    for (size_t i = 0; i < count; i++) {
        TRY(cx_step(eval->cx));
        TRY(seen_put(eval, &seen, &items[i]));
    }
    give_list(eval, &seen.kept, out);
    return STATUS_OK;
}

BUILTIN(feel_fn_distinct_values) {
    (void)count;
    const FeelList *list = list_of(eval, &arguments[0]);
    return list == NULL ? STATUS_OK : distinct(eval, list->items, list->count, out);
}

BUILTIN(feel_fn_union) {
    ValueVec all = {0};
    bool is_whole = true;
    TRY(concatenate(eval, arguments, count, &all, &is_whole));
    return is_whole ? distinct(eval, all.items, all.count, out) : STATUS_OK;
}

/* ---- nesting ---- */

static Status flatten(FeelEval *eval, const FeelList *list, int depth, ValueVec *all) {
    if (depth >= FEEL_VALUE_DEPTH_MAX) {
        return fault(eval->cx, STATUS_LIMIT, "a list nests deeper than %d",
                     (int)FEEL_VALUE_DEPTH_MAX);
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        if (list->items[i].kind == FEEL_LIST) {
            TRY(flatten(eval, list->items[i].list, depth + 1, all));
        } else {
            *vec_push(eval->cx->arena, all) = list->items[i];
        }
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_flatten) {
    (void)count;
    ValueVec all = {0};
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list != NULL) {
        TRY(flatten(eval, list, 0, &all));
        give_list(eval, &all, out);
    }
    return STATUS_OK;
}

/* ---- replacing ---- */

/* list replace(list, match, newItem): match is a function(item, newItem) giving a boolean. */
static Status replace_matches(FeelEval *eval, const FeelList *list, const FeelValue *arguments,
                              FeelValue *out) {
    FeelList *replaced = feel_list_new(eval->cx->arena, list->count);
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        FeelValue verdict = FEEL_NULL_VALUE;
        FeelValue pair[2] = {list->items[i], arguments[2]};
        TRY(feel_call(eval, &arguments[1], pair, 2, &verdict));
        if (verdict.kind != FEEL_BOOLEAN) {
            return feel_refuse_value(eval, &verdict);
        }
        replaced->items[i] = verdict.boolean ? arguments[2] : list->items[i];
    }
    *out = feel_list(replaced);
    return STATUS_OK;
}

BUILTIN(feel_fn_list_replace) {
    (void)count;
    size_t index = 0;
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    if (arguments[1].kind == FEEL_FUNCTION) {
        return replace_matches(eval, list, arguments, out);
    }
    if (!index_at(list, &arguments[1], &index)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    FeelList *replaced = feel_list_new(eval->cx->arena, list->count);
    items_copy(replaced->items, list->items, list->count);
    replaced->items[index] = arguments[2];
    *out = feel_list(replaced);
    return STATUS_OK;
}

/* ---- sorting ---- */

typedef struct Sort {
    FeelEval *eval;
    const FeelValue *precedes; /* NULL: natural order */
    bool is_broken;            /* two items did not compare */
} Sort;

/* True in *out when right must come before left. */
static Status must_swap(Sort *sort, const FeelValue *left, const FeelValue *right, bool *out) {
    TRY(cx_step(sort->eval->cx));
    int order = 0;
    if (sort->precedes == NULL) {
        sort->is_broken = sort->is_broken || !feel_compare(right, left, &order);
        *out = order < 0;
        return STATUS_OK;
    }
    FeelValue pair[2] = {*right, *left};
    FeelValue verdict = FEEL_NULL_VALUE;
    TRY(feel_call(sort->eval, sort->precedes, pair, 2, &verdict));
    sort->is_broken = sort->is_broken || verdict.kind != FEEL_BOOLEAN;
    *out = verdict.kind == FEEL_BOOLEAN && verdict.boolean;
    return STATUS_OK;
}

static Status merge(Sort *sort, const FeelValue *from, size_t middle, size_t count, FeelValue *to) {
    size_t left = 0;
    size_t right = middle;
    for (size_t i = 0; i < count; i++) {
        bool is_right = left == middle;
        if (left < middle && right < count) {
            TRY(must_swap(sort, &from[left], &from[right], &is_right));
        }
        to[i] = is_right ? from[right++] : from[left++];
    }
    return STATUS_OK;
}

/* Merge sort, bottom up: stable, n log n, no recursion. The sorted items end in *items. */
static Status merge_sort(Sort *sort, FeelValue **items, size_t count) {
    FeelValue *other = arena_array(sort->eval->cx->arena, FeelValue, count);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t size = count - at < 2 * width ? count - at : 2 * width;
            size_t middle = size < width ? size : width;
            TRY(merge(sort, *items + at, middle, size, other + at));
        }
        FeelValue *swap = *items;
        *items = other;
        other = swap;
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_sort) {
    const FeelList *list = list_of(eval, &arguments[0]);
    if (list == NULL) {
        return STATUS_OK;
    }
    if (count > 1 && arguments[1].kind != FEEL_FUNCTION) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    Sort sort = {eval, count > 1 ? &arguments[1] : NULL, false};
    FeelList *sorted = feel_list_new(eval->cx->arena, list->count);
    items_copy(sorted->items, list->items, list->count);
    TRY(merge_sort(&sort, &sorted->items, sorted->count));
    if (sort.is_broken) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    *out = feel_list(sorted);
    return STATUS_OK;
}
