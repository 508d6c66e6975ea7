/* builtin_context.c - contexts (DMN 1.5, 10.3.4.11): get, make, change, merge. */
#include "feel/builtin.h"
#include "feel/eval.h"

BUILTIN(feel_fn_get_value) {
    (void)count;
    if (arguments[0].kind != FEEL_CONTEXT) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    if (arguments[1].kind != FEEL_STRING) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    const FeelValue *found = feel_context_get(arguments[0].context, arguments[1].string);
    if (found == NULL) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    *out = *found;
    return STATUS_OK;
}

BUILTIN(feel_fn_get_entries) {
    (void)count;
    if (arguments[0].kind != FEEL_CONTEXT) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    const FeelContext *context = arguments[0].context;
    Arena *arena = eval->cx->arena;
    FeelList *list = feel_list_new(arena, context->count);
    for (size_t i = 0; i < context->count; i++) {
        FeelContext *entry = feel_context_new(arena, 2);
        feel_context_put(arena, entry, STR("key"), feel_string(context->entries[i].key));
        feel_context_put(arena, entry, STR("value"), context->entries[i].value);
        list->items[i] = feel_context(entry);
    }
    *out = feel_list(list);
    return STATUS_OK;
}

/* One {key, value} of context(): both must be there, the key a string. */
static bool entry_put(Arena *arena, FeelContext *context, const FeelValue *item) {
    if (item->kind != FEEL_CONTEXT) {
        return false;
    }
    const FeelValue *key = feel_context_get(item->context, STR("key"));
    const FeelValue *value = feel_context_get(item->context, STR("value"));
    if (key == NULL || value == NULL || key->kind != FEEL_STRING) {
        return false;
    }
    size_t count = context->count;
    feel_context_put(arena, context, key->string, *value);
    return context->count == count + 1;
}

BUILTIN(feel_fn_context) {
    (void)count;
    if (feel_is_null(arguments[0])) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    Arena *arena = eval->cx->arena;
    const FeelList *list = feel_as_list(arena, &arguments[0]);
    FeelContext *context = feel_context_new(arena, list->count);
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        if (!entry_put(arena, context, &list->items[i])) {
            return feel_refuse_value(eval, &list->items[i]);
        }
    }
    *out = feel_context(context);
    return STATUS_OK;
}

static FeelContext *context_copy(Arena *arena, const FeelContext *from) {
    FeelContext *copy = feel_context_new(arena, from->count + 1);
    for (size_t i = 0; i < from->count; i++) {
        feel_context_put(arena, copy, from->entries[i].key, from->entries[i].value);
    }
    return copy;
}

/* Copies the contexts along the path of keys and sets the last. false when the path leads through
 * something that is no context. The loop goes down; copies are linked as it goes. */
static bool path_put(FeelEval *eval, const FeelContext *from, const FeelList *keys,
                     const FeelValue *value, FeelValue *out) {
    Arena *arena = eval->cx->arena;
    FeelContext *level = context_copy(arena, from);
    *out = feel_context(level);
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->items[i].kind != FEEL_STRING) {
            return false;
        }
        Str key = keys->items[i].string;
        if (i + 1 == keys->count) {
            feel_context_put(arena, level, key, *value);
            return true;
        }
        const FeelValue *inner = feel_context_get(level, key);
        if (inner == NULL || inner->kind != FEEL_CONTEXT) {
            return false;
        }
        FeelContext *copy = context_copy(arena, inner->context);
        feel_context_put(arena, level, key, feel_context(copy));
        level = copy;
    }
    return false;
}

BUILTIN(feel_fn_context_put) {
    (void)count;
    if (arguments[0].kind != FEEL_CONTEXT) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    if (arguments[1].kind != FEEL_STRING && arguments[1].kind != FEEL_LIST) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    FeelValue result = FEEL_NULL_VALUE;
    const FeelList *keys = feel_as_list(eval->cx->arena, &arguments[1]);
    if (!path_put(eval, arguments[0].context, keys, &arguments[2], &result)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    *out = result;
    return STATUS_OK;
}

BUILTIN(feel_fn_context_merge) {
    (void)count;
    if (feel_is_null(arguments[0])) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    Arena *arena = eval->cx->arena;
    const FeelList *list = feel_as_list(arena, &arguments[0]);
    FeelContext *merged = feel_context_new(arena, 4);
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        if (list->items[i].kind != FEEL_CONTEXT) {
            return feel_refuse_argument(eval, &list->items[i]);
        }
        const FeelContext *one = list->items[i].context;
        for (size_t j = 0; j < one->count; j++) {
            feel_context_put(arena, merged, one->entries[j].key, one->entries[j].value);
        }
    }
    *out = feel_context(merged);
    return STATUS_OK;
}
