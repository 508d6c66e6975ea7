/* type.c - types: names, printing, conformance, instance of, coercion. */
#include "feel/builtin.h"
#include "feel/eval.h"

const FeelType FEEL_TYPE_ANY = {.kind = FEEL_ANY};
const FeelType FEEL_TYPE_NULL = {.kind = FEEL_NULL};
const FeelType FEEL_TYPE_NUMBER = {.kind = FEEL_NUMBER};
const FeelType FEEL_TYPE_STRING = {.kind = FEEL_STRING};
const FeelType FEEL_TYPE_BOOLEAN = {.kind = FEEL_BOOLEAN};
const FeelType FEEL_TYPE_DATE = {.kind = FEEL_DATE};
const FeelType FEEL_TYPE_TIME = {.kind = FEEL_TIME};
const FeelType FEEL_TYPE_DATE_TIME = {.kind = FEEL_DATE_TIME};
const FeelType FEEL_TYPE_DAYS = {.kind = FEEL_DAYS};
const FeelType FEEL_TYPE_MONTHS = {.kind = FEEL_MONTHS};
const FeelType FEEL_TYPE_LIST = {.kind = FEEL_LIST};
const FeelType FEEL_TYPE_CONTEXT = {.kind = FEEL_CONTEXT};
const FeelType FEEL_TYPE_RANGE = {.kind = FEEL_RANGE};
const FeelType FEEL_TYPE_FUNCTION = {.kind = FEEL_FUNCTION, .is_any_function = true};

static const FeelType *type_of_kind(FeelKind kind) {
    static const FeelType *const TYPES[] = {
        [FEEL_NULL] = &FEEL_TYPE_NULL,           [FEEL_BOOLEAN] = &FEEL_TYPE_BOOLEAN,
        [FEEL_NUMBER] = &FEEL_TYPE_NUMBER,       [FEEL_STRING] = &FEEL_TYPE_STRING,
        [FEEL_DATE] = &FEEL_TYPE_DATE,           [FEEL_TIME] = &FEEL_TYPE_TIME,
        [FEEL_DATE_TIME] = &FEEL_TYPE_DATE_TIME, [FEEL_DAYS] = &FEEL_TYPE_DAYS,
        [FEEL_MONTHS] = &FEEL_TYPE_MONTHS,       [FEEL_LIST] = &FEEL_TYPE_LIST,
        [FEEL_CONTEXT] = &FEEL_TYPE_CONTEXT,     [FEEL_RANGE] = &FEEL_TYPE_RANGE,
        [FEEL_FUNCTION] = &FEEL_TYPE_FUNCTION,   [FEEL_ANY] = &FEEL_TYPE_ANY};
    check(kind <= FEEL_ANY);
    return TYPES[kind];
}

const FeelType *feel_type_builtin(Str name) {
    static const struct {
        const char *name;
        FeelKind kind;
    } OTHER_NAMES[] = {{"dateTime", FEEL_DATE_TIME},
                       {"dayTimeDuration", FEEL_DAYS},
                       {"yearMonthDuration", FEEL_MONTHS},
                       {"any", FEEL_ANY},
                       {"null", FEEL_NULL}};
    for (int kind = FEEL_NULL; kind <= FEEL_ANY; kind++) {
        if (str_equal(name, feel_kind_name((FeelKind)kind))) {
            return type_of_kind((FeelKind)kind);
        }
    }
    for (size_t i = 0; i < sizeof OTHER_NAMES / sizeof *OTHER_NAMES; i++) {
        if (str_equal(name, str_of(OTHER_NAMES[i].name))) {
            return type_of_kind(OTHER_NAMES[i].kind);
        }
    }
    return NULL;
}

FeelType *feel_type_list(Arena *arena, const FeelType *item) {
    FeelType *type = arena_new(arena, FeelType);
    *type = (FeelType){.kind = FEEL_LIST, .item = item};
    return type;
}

const FeelType *feel_type_function(Arena *arena, const FeelParameter *parameters, size_t count,
                                   const FeelType *result) {
    FeelTypeEntry *entries = arena_array(arena, FeelTypeEntry, count);
    for (size_t i = 0; i < count; i++) {
        const FeelType *type = parameters[i].type == NULL ? &FEEL_TYPE_ANY : parameters[i].type;
        entries[i] = (FeelTypeEntry){parameters[i].name, type};
    }
    FeelType *type = arena_new(arena, FeelType);
    *type = (FeelType){.kind = FEEL_FUNCTION,
                       .item = result == NULL ? &FEEL_TYPE_ANY : result,
                       .entries = entries,
                       .entry_count = count};
    return type;
}

/* ---- printing ---- */

static void type_put(Buf *buf, const FeelType *type, int depth);

static void entries_put(Buf *buf, const FeelType *type, int depth) {
    for (size_t i = 0; i < type->entry_count; i++) {
        if (i > 0) {
            buf_put_c(buf, ", ");
        }
        if (type->kind == FEEL_CONTEXT) {
            buf_put(buf, type->entries[i].name);
            buf_put_c(buf, ": ");
        }
        type_put(buf, type->entries[i].type, depth + 1);
    }
}

static void type_put(Buf *buf, const FeelType *type, int depth) {
    enum { DEPTH_MAX = 8 };
    if (type == NULL || depth > DEPTH_MAX) {
        buf_put_c(buf, "Any");
        return;
    }
    if (type->name.len > 0) {
        buf_put(buf, type->name);
        return;
    }
    buf_put(buf, feel_kind_name(type->kind));
    bool has_item = (type->kind == FEEL_LIST || type->kind == FEEL_RANGE) && type->item != NULL;
    bool has_entries = type->kind == FEEL_CONTEXT && type->entry_count > 0;
    bool has_signature = type->kind == FEEL_FUNCTION && !type->is_any_function;
    if (!has_item && !has_entries && !has_signature) {
        return;
    }
    buf_put_char(buf, '<');
    if (has_item) {
        type_put(buf, type->item, depth + 1);
    }
    entries_put(buf, type, depth);
    buf_put_char(buf, '>');
    if (has_signature) {
        buf_put_c(buf, "->");
        type_put(buf, type->item, depth + 1);
    }
}

Str feel_type_print(Arena *arena, const FeelType *type) {
    Buf *buf = buf_in(arena, 64 * 1024);
    type_put(buf, type, 0);
    return buf_str(buf);
}

/* ---- conformance of types ---- */

enum { TYPE_DEPTH_MAX = 64 };

static bool conforms(const FeelType *type, const FeelType *target, int depth);

static const FeelTypeEntry *entry_named(const FeelType *type, Str name) {
    for (size_t i = 0; i < type->entry_count; i++) {
        if (str_equal(type->entries[i].name, name)) {
            return &type->entries[i];
        }
    }
    return NULL;
}

static bool contexts_conform(const FeelType *type, const FeelType *target, int depth) {
    for (size_t i = 0; i < target->entry_count; i++) {
        const FeelTypeEntry *entry = entry_named(type, target->entries[i].name);
        if (entry == NULL || !conforms(entry->type, target->entries[i].type, depth)) {
            return false;
        }
    }
    return true;
}

/* Parameters the other way round: who expects less may stand for who gets more. */
static bool functions_conform(const FeelType *type, const FeelType *target, int depth) {
    if (target->is_any_function || type->is_any_function) {
        return target->is_any_function;
    }
    if (type->entry_count != target->entry_count) {
        return false;
    }
    for (size_t i = 0; i < type->entry_count; i++) {
        if (!conforms(target->entries[i].type, type->entries[i].type, depth)) {
            return false;
        }
    }
    return conforms(type->item, target->item, depth);
}

static bool conforms(const FeelType *type, const FeelType *target, int depth) {
    if (target == NULL || target->kind == FEEL_ANY || type == target) {
        return true;
    }
    if (type == NULL || depth > TYPE_DEPTH_MAX) {
        return false;
    }
    if (type->kind == FEEL_NULL) {
        return true;
    }
    if (type->kind != target->kind) {
        return false;
    }
    if (type->kind == FEEL_LIST || type->kind == FEEL_RANGE) {
        return target->item == NULL || conforms(type->item, target->item, depth + 1);
    }
    if (type->kind == FEEL_CONTEXT) {
        return contexts_conform(type, target, depth + 1);
    }
    return type->kind != FEEL_FUNCTION || functions_conform(type, target, depth + 1);
}

bool feel_type_conforms(const FeelType *type, const FeelType *target) {
    return conforms(type, target, 0);
}

/* ---- types of values ---- */

static bool is_uniform(const FeelList *list) {
    for (size_t i = 1; i < list->count; i++) {
        if (list->items[i].kind != list->items[0].kind) {
            return false;
        }
    }
    return true;
}

const FeelType *feel_type_of(Arena *arena, const FeelValue *value) {
    if (value->kind == FEEL_CONTEXT) {
        const FeelContext *context = value->context;
        FeelTypeEntry *entries = arena_array(arena, FeelTypeEntry, context->count);
        for (size_t i = 0; i < context->count; i++) {
            entries[i] = (FeelTypeEntry){context->entries[i].key,
                                         feel_type_of(arena, &context->entries[i].value)};
        }
        FeelType *type = arena_new(arena, FeelType);
        *type = (FeelType){.kind = FEEL_CONTEXT, .entries = entries, .entry_count = context->count};
        return type;
    }
    if (value->kind == FEEL_LIST && value->list->count > 0 && is_uniform(value->list)) {
        return feel_type_list(arena, feel_type_of(arena, &value->list->items[0]));
    }
    return type_of_kind(value->kind);
}

/* ---- values against types ---- */

typedef struct Judge {
    FeelEval *eval;
    int depth;
    bool is_trusting; /* a function whose result is not known may give what is wanted */
} Judge;

static Status judge(Judge *judge_of, const FeelValue *value, const FeelType *type, bool *out);

static Status judge_list(Judge *by, const FeelList *list, const FeelType *item, bool *out) {
    for (size_t i = 0; item != NULL && i < list->count && *out; i++) {
        TRY(judge(by, &list->items[i], item, out));
    }
    return STATUS_OK;
}

static Status judge_context(Judge *by, const FeelContext *context, const FeelType *type,
                            bool *out) {
    for (size_t i = 0; i < type->entry_count && *out; i++) {
        const FeelValue *entry = feel_context_get(context, type->entries[i].name);
        if (entry == NULL) {
            *out = false;
        } else {
            TRY(judge(by, entry, type->entries[i].type, out));
        }
    }
    return STATUS_OK;
}

static Status judge_range(Judge *by, const FeelRange *range, const FeelType *item, bool *out) {
    if (item != NULL) {
        TRY(judge(by, &range->low, item, out));
    }
    if (item != NULL && *out) {
        TRY(judge(by, &range->high, item, out));
    }
    return STATUS_OK;
}

static bool judge_function(const Judge *by, const FeelFunction *function, const FeelType *type) {
    if (type->is_any_function || function->kind == FUNCTION_BUILTIN) {
        return true;
    }
    const FeelType *result = function->result;
    if (function->kind == FUNCTION_LAMBDA && function->lambda->body != NULL) {
        result = function->lambda->body->type;
    }
    if (by->is_trusting && (result == NULL || result->kind == FEEL_ANY)) {
        result = type->item;
    }
    const FeelType *signature = feel_type_function(by->eval->cx->arena, function->parameters,
                                                   function->parameter_count, result);
    return functions_conform(signature, type, 0);
}

/* The structure without allowed values; *out is true on entry. */
static Status judge_kind(Judge *by, const FeelValue *value, const FeelType *type, bool *out) {
    if (value->kind != type->kind) {
        *out = false;
        return STATUS_OK;
    }
    if (value->kind == FEEL_LIST) {
        return judge_list(by, value->list, type->item, out);
    }
    if (value->kind == FEEL_CONTEXT) {
        return judge_context(by, value->context, type, out);
    }
    if (value->kind == FEEL_RANGE) {
        return judge_range(by, value->range, type->item, out);
    }
    if (value->kind == FEEL_FUNCTION) {
        *out = judge_function(by, value->function, type);
    }
    return STATUS_OK;
}

/* A null inside conforms to every type. */
static Status judge(Judge *by, const FeelValue *value, const FeelType *type, bool *out) {
    *out = true;
    if (type == NULL || feel_is_null(*value)) {
        return STATUS_OK;
    }
    TRY(cx_step(by->eval->cx));
    if (by->depth >= FEEL_VALUE_DEPTH_MAX) {
        *out = false;
        return STATUS_OK;
    }
    if (type->kind != FEEL_ANY) {
        by->depth++;
        Status status = judge_kind(by, value, type, out);
        by->depth--;
        TRY(status);
    }
    if (*out && type->allowed != NULL) {
        FeelTruth truth = FEEL_UNKNOWN;
        TRY(feel_tests_match(by->eval, type->allowed, NULL, value, &truth));
        *out = truth == FEEL_TRUE;
    }
    return STATUS_OK;
}

Status feel_instance_of(FeelEval *eval, const FeelValue *value, const FeelType *type, bool *out) {
    if (feel_is_null(*value)) {
        *out = type->kind == FEEL_NULL;
        return STATUS_OK;
    }
    Judge by = {.eval = eval};
    return judge(&by, value, type, out);
}

/* ---- coercion ---- */

static Status conforms_value(FeelEval *eval, const FeelValue *value, const FeelType *type,
                             bool *out) {
    Judge by = {.eval = eval, .is_trusting = true};
    return judge(&by, value, type, out);
}

/* What value becomes by the implicit conversions, null when none applies. */
static FeelValue converted(FeelEval *eval, const FeelValue *value, const FeelType *type) {
    if (value->kind == FEEL_LIST && type->kind != FEEL_LIST) {
        return value->list->count == 1 ? value->list->items[0] : FEEL_NULL_VALUE;
    }
    if (type->kind == FEEL_LIST && value->kind != FEEL_LIST) {
        return feel_list(feel_as_list(eval->cx->arena, value));
    }
    Temporal temporal;
    if (type->kind == FEEL_DATE_TIME && value->kind == FEEL_DATE &&
        temporal_date_time_of(value->temporal, &temporal)) {
        return feel_temporal(eval->cx->arena, &temporal);
    }
    return FEEL_NULL_VALUE;
}

Status feel_coerce(FeelEval *eval, const FeelValue *value, const FeelType *type, FeelValue *out) {
    FeelValue input = *value;
    *out = input;
    bool is_conforming = true;
    TRY(conforms_value(eval, &input, type, &is_conforming));
    if (is_conforming) {
        return STATUS_OK;
    }
    FeelValue other = converted(eval, &input, type);
    if (other.kind == FEEL_DATE && type->kind == FEEL_DATE_TIME) {
        other = converted(eval, &other, type); /* [date] for a date and time */
    }
    TRY(conforms_value(eval, &other, type, &is_conforming));
    if (is_conforming && !feel_is_null(other)) {
        *out = other;
        return STATUS_OK;
    }
    if (feel_is_heard(eval)) {
        feel_report(eval, FEEL_SAY_CONFORMANCE, feel_brief(eval->cx->arena, &input),
                    feel_type_print(eval->cx->arena, type));
    }
    *out = FEEL_NULL_VALUE;
    return STATUS_OK;
}
