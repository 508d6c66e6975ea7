/* value.c - making, comparing and hashing values. */
#include "feel/value.h"

#include "feel/builtin.h"

#include <string.h>

enum { CONTEXT_INDEX_FROM = 12 };

Str feel_kind_name(FeelKind kind) {
    static const char *const NAMES[] = {
#define X(kind, name) [FEEL_##kind] = name,
        FEEL_KIND_LIST(X)
#undef X
    };
    check(kind <= FEEL_ANY);
    return str_of(NAMES[kind]);
}

FeelValue feel_integer(int64_t number) {
    return feel_number(decimal_of_int64(number));
}

FeelValue feel_temporal(Arena *arena, const Temporal *temporal) {
    static const FeelKind KINDS[] = {[TEMPORAL_DATE] = FEEL_DATE,
                                     [TEMPORAL_TIME] = FEEL_TIME,
                                     [TEMPORAL_DATE_TIME] = FEEL_DATE_TIME,
                                     [TEMPORAL_DAYS] = FEEL_DAYS,
                                     [TEMPORAL_MONTHS] = FEEL_MONTHS};
    check(temporal->kind <= TEMPORAL_MONTHS);
    Temporal *copy = arena_new(arena, Temporal);
    *copy = *temporal;
    return (FeelValue){.kind = KINDS[temporal->kind], .temporal = copy};
}

FeelList *feel_list_new(Arena *arena, size_t count) {
    FeelList *list = arena_new(arena, FeelList);
    list->items = arena_array(arena, FeelValue, count);
    list->count = count;
    return list;
}

FeelValue feel_list(const FeelList *list) {
    check(list != NULL);
    return (FeelValue){.kind = FEEL_LIST, .list = list};
}

const FeelList *feel_as_list(Arena *arena, const FeelValue *value) {
    if (value->kind == FEEL_LIST) {
        return value->list;
    }
    FeelList *list = feel_list_new(arena, 1);
    list->items[0] = *value;
    return list;
}

FeelValue feel_context(const FeelContext *context) {
    check(context != NULL);
    return (FeelValue){.kind = FEEL_CONTEXT, .context = context};
}

FeelValue feel_range(Arena *arena, FeelRange range) {
    FeelRange *copy = arena_new(arena, FeelRange);
    *copy = range;
    return (FeelValue){.kind = FEEL_RANGE, .range = copy};
}

/* ---- contexts ---- */

FeelContext *feel_context_new(Arena *arena, size_t room) {
    FeelContext *context = arena_new(arena, FeelContext);
    context->room = room;
    context->entries = arena_array(arena, FeelEntry, room);
    return context;
}

static void index_put(FeelContext *context, size_t number) {
    size_t mask = context->index_count - 1;
    size_t slot = (size_t)str_hash(context->entries[number].key) & mask;
    while (context->index[slot] != 0) {
        slot = (slot + 1) & mask;
    }
    context->index[slot] = (uint32_t)number + 1;
}

static void index_build(Arena *arena, FeelContext *context) {
    context->index_count = 4;
    while (context->index_count < context->room * 2) {
        context->index_count *= 2;
    }
    context->index = arena_array(arena, uint32_t, context->index_count);
    for (size_t i = 0; i < context->count; i++) {
        index_put(context, i);
    }
}

static size_t entry_find(const FeelContext *context, Str key) {
    if (context->index == NULL) {
        for (size_t i = 0; i < context->count; i++) {
            if (str_equal(context->entries[i].key, key)) {
                return i;
            }
        }
        return SIZE_MAX;
    }
    size_t mask = context->index_count - 1;
    size_t slot = (size_t)str_hash(key) & mask;
    while (context->index[slot] != 0) {
        size_t number = context->index[slot] - 1;
        if (str_equal(context->entries[number].key, key)) {
            return number;
        }
        slot = (slot + 1) & mask;
    }
    return SIZE_MAX;
}

void feel_context_put(Arena *arena, FeelContext *context, Str key, FeelValue value) {
    size_t number = entry_find(context, key);
    if (number != SIZE_MAX) {
        context->entries[number].value = value;
        return;
    }
    if (context->count == context->room) {
        context->room = context->room == 0 ? 4 : context->room * 2;
        FeelEntry *entries = arena_array(arena, FeelEntry, context->room);
        if (context->count > 0) {
            memcpy(entries, context->entries, context->count * sizeof *entries);
        }
        context->entries = entries;
        context->index = NULL;
    }
    context->entries[context->count++] = (FeelEntry){key, value};
    if (context->index != NULL) {
        index_put(context, context->count - 1);
    } else if (context->count > CONTEXT_INDEX_FROM) {
        index_build(arena, context);
    }
}

const FeelValue *feel_context_get(const FeelContext *context, Str key) {
    size_t number = entry_find(context, key);
    return number == SIZE_MAX ? NULL : &context->entries[number].value;
}

/* ---- functions ---- */

FeelValue feel_function_builtin(Arena *arena, const FeelBuiltin *builtin) {
    FeelFunction *function = arena_new(arena, FeelFunction);
    function->kind = FUNCTION_BUILTIN;
    function->name = builtin->name;
    function->builtin = builtin;
    return (FeelValue){.kind = FEEL_FUNCTION, .function = function};
}

FeelValue feel_function_host(Arena *arena, Str name, const FeelParameter *parameters, size_t count,
                             const FeelType *result, FeelHostCall call, void *host) {
    check(call != NULL);
    FeelFunction *function = arena_new(arena, FeelFunction);
    *function = (FeelFunction){.kind = FUNCTION_HOST,
                               .name = name,
                               .parameters = parameters,
                               .parameter_count = count,
                               .result = result,
                               .call = call,
                               .host = host};
    return (FeelValue){.kind = FEEL_FUNCTION, .function = function};
}

/* ---- equality ---- */

/* Values may share their parts, so a small value can be a huge tree: the work is bounded. */
enum {
    COMPARISON_STEPS_MAX = 2 * 1000 * 1000,
    COMPARISONS_A_STEP = 8,
    BYTES_A_COMPARISON = 64,
    HASH_DEPTH_MAX = 6
};

typedef struct Comparison {
    bool is_strict; /* is(): zones field by field */
    int depth;
    uint32_t step_count;
} Comparison;

static FeelTruth equal(Comparison *how, const FeelValue *left, const FeelValue *right);

static FeelTruth lists_equal(Comparison *how, const FeelList *left, const FeelList *right) {
    if (left->count != right->count) {
        return FEEL_FALSE;
    }
    for (size_t i = 0; i < left->count; i++) {
        if (equal(how, &left->items[i], &right->items[i]) != FEEL_TRUE) {
            return FEEL_FALSE;
        }
    }
    return FEEL_TRUE;
}

static FeelTruth contexts_equal(Comparison *how, const FeelContext *left,
                                const FeelContext *right) {
    if (left->count != right->count) {
        return FEEL_FALSE;
    }
    for (size_t i = 0; i < left->count; i++) {
        const FeelValue *other = feel_context_get(right, left->entries[i].key);
        if (other == NULL || equal(how, &left->entries[i].value, other) != FEEL_TRUE) {
            return FEEL_FALSE;
        }
    }
    return FEEL_TRUE;
}

static FeelTruth ranges_equal(Comparison *how, const FeelRange *left, const FeelRange *right) {
    bool is_same_form = left->form == right->form && left->is_low_closed == right->is_low_closed &&
                        left->is_high_closed == right->is_high_closed;
    if (!is_same_form || equal(how, &left->low, &right->low) != FEEL_TRUE) {
        return FEEL_FALSE;
    }
    bool is_one_value = left->form == FEEL_RANGE_EQUAL || left->form == FEEL_RANGE_NOT_EQUAL;
    if (is_one_value) {
        return FEEL_TRUE; /* the high end is the low one */
    }
    return equal(how, &left->high, &right->high) == FEEL_TRUE ? FEEL_TRUE : FEEL_FALSE;
}

static FeelTruth functions_equal(const FeelFunction *left, const FeelFunction *right) {
    bool is_same =
        left == right || (left->kind == right->kind && left->builtin == right->builtin &&
                          left->lambda == right->lambda && left->captured == right->captured &&
                          left->host == right->host && left->call == right->call);
    return is_same ? FEEL_TRUE : FEEL_FALSE;
}

static FeelTruth temporals_equal(const Comparison *how, const Temporal *left,
                                 const Temporal *right) {
    if (how->is_strict) {
        return temporal_is(left, right) ? FEEL_TRUE : FEEL_FALSE;
    }
    bool is_equal = false;
    if (!temporal_equal(left, right, &is_equal)) {
        return FEEL_UNKNOWN;
    }
    return is_equal ? FEEL_TRUE : FEEL_FALSE;
}

static FeelTruth same_kind_equal(Comparison *how, const FeelValue *left, const FeelValue *right) {
    switch (left->kind) {
    case FEEL_NULL:
        return FEEL_TRUE;
    case FEEL_BOOLEAN:
        return left->boolean == right->boolean ? FEEL_TRUE : FEEL_FALSE;
    case FEEL_NUMBER:
        return decimal_equal(left->number, right->number) ? FEEL_TRUE : FEEL_FALSE;
    case FEEL_STRING:
        how->step_count += (uint32_t)(left->string.len / BYTES_A_COMPARISON);
        return str_equal(left->string, right->string) ? FEEL_TRUE : FEEL_FALSE;
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS:
    case FEEL_MONTHS:
        return temporals_equal(how, left->temporal, right->temporal);
    case FEEL_LIST:
        return lists_equal(how, left->list, right->list);
    case FEEL_CONTEXT:
        return contexts_equal(how, left->context, right->context);
    case FEEL_RANGE:
        return ranges_equal(how, left->range, right->range);
    case FEEL_FUNCTION:
        return functions_equal(left->function, right->function);
    case FEEL_ANY:
        break;
    }
    return FEEL_UNKNOWN;
}

static FeelTruth equal(Comparison *how, const FeelValue *left, const FeelValue *right) {
    if (left->kind != right->kind) {
        bool has_null = left->kind == FEEL_NULL || right->kind == FEEL_NULL;
        return has_null || how->is_strict ? FEEL_FALSE : FEEL_UNKNOWN;
    }
    if (how->depth >= FEEL_VALUE_DEPTH_MAX || how->step_count++ >= COMPARISON_STEPS_MAX) {
        return FEEL_UNKNOWN;
    }
    how->depth++;
    FeelTruth truth = same_kind_equal(how, left, right);
    how->depth--;
    return truth;
}

FeelTruth feel_equal(const FeelValue *left, const FeelValue *right) {
    Comparison how = {.is_strict = false};
    return equal(&how, left, right);
}

Status feel_equal_counted(Cx *cx, const FeelValue *left, const FeelValue *right, FeelTruth *out) {
    Comparison how = {.is_strict = false};
    *out = equal(&how, left, right);
    return cx_steps(cx, how.step_count / COMPARISONS_A_STEP);
}

bool feel_is(const FeelValue *left, const FeelValue *right) {
    Comparison how = {.is_strict = true};
    return equal(&how, left, right) == FEEL_TRUE;
}

/* ---- order ---- */

bool feel_compare(const FeelValue *left, const FeelValue *right, int *out) {
    if (left->kind != right->kind) {
        return false;
    }
    if (left->kind == FEEL_NUMBER) {
        *out = decimal_compare(left->number, right->number);
        return true;
    }
    if (left->kind == FEEL_STRING) {
        *out = str_compare(left->string, right->string);
        return true;
    }
    return feel_is_temporal(*left) && temporal_compare(left->temporal, right->temporal, out);
}

/* Kleene's and of two ends. */
static FeelTruth both(FeelTruth left, FeelTruth right) {
    if (left == FEEL_FALSE || right == FEEL_FALSE) {
        return FEEL_FALSE;
    }
    return left == FEEL_TRUE && right == FEEL_TRUE ? FEEL_TRUE : FEEL_UNKNOWN;
}

static FeelTruth end_includes(const FeelValue *end, const FeelValue *value, int side,
                              bool is_closed) {
    if (feel_is_null(*end)) {
        return FEEL_TRUE;
    }
    int order = 0;
    if (!feel_compare(value, end, &order)) {
        return FEEL_UNKNOWN;
    }
    bool is_inside = order == 0 ? is_closed : (order > 0) == (side > 0);
    return is_inside ? FEEL_TRUE : FEEL_FALSE;
}

FeelTruth feel_range_includes(const FeelRange *range, const FeelValue *value) {
    if (range->form == FEEL_RANGE_EQUAL || range->form == FEEL_RANGE_NOT_EQUAL) {
        FeelTruth truth = feel_equal(value, &range->low);
        if (range->form == FEEL_RANGE_EQUAL || truth == FEEL_UNKNOWN) {
            return truth;
        }
        return truth == FEEL_TRUE ? FEEL_FALSE : FEEL_TRUE;
    }
    if (feel_is_null(*value)) {
        return FEEL_UNKNOWN;
    }
    return both(end_includes(&range->low, value, 1, range->is_low_closed),
                end_includes(&range->high, value, -1, range->is_high_closed));
}

/* ---- hash ---- */

static uint64_t mix(uint64_t hash, uint64_t more) {
    hash ^= more;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static uint64_t hash_at(const FeelValue *value, int depth) {
    uint64_t hash = mix(0x51, (uint64_t)value->kind);
    if (depth > HASH_DEPTH_MAX) {
        return hash;
    }
    if (value->kind == FEEL_BOOLEAN) {
        return mix(hash, value->boolean);
    }
    if (value->kind == FEEL_NUMBER) {
        return mix(hash, decimal_hash(value->number));
    }
    if (value->kind == FEEL_STRING) {
        return mix(hash, str_hash(value->string));
    }
    if (value->kind == FEEL_LIST) {
        for (size_t i = 0; i < value->list->count; i++) {
            hash = mix(hash, hash_at(&value->list->items[i], depth + 1));
        }
    }
    if (value->kind == FEEL_CONTEXT) {
        uint64_t sum = 0; /* the order of entries does not count */
        for (size_t i = 0; i < value->context->count; i++) {
            sum += mix(str_hash(value->context->entries[i].key),
                       hash_at(&value->context->entries[i].value, depth + 1));
        }
        hash = mix(hash, sum);
    }
    if (feel_is_temporal(*value)) {
        return mix(hash, temporal_hash(value->temporal));
    }
    return hash; /* ranges and functions by kind only: told apart by equality */
}

uint64_t feel_hash(const FeelValue *value) {
    return hash_at(value, 0);
}
