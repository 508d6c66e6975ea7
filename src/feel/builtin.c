/*
 * builtin.c - the table of built-in functions and how a call finds its parameters. The functions
 * themselves: builtin_time.c, builtin_text.c, builtin_number.c, builtin_list.c, builtin_sum.c,
 * builtin_context.c, builtin_range.c.
 */
#include "feel/builtin.h"

#include "feel/eval.h"

static const FeelBuiltin BUILTINS[] = {
#define X(function, name, parameters, count_min, count_max, type, is_constant, singles)            \
    {{name, sizeof(name) - 1}, parameters, count_min,   count_max,                                 \
     &FEEL_TYPE_##type,        function,   is_constant, singles},
    FEEL_BUILTIN_LIST(X)
#undef X
};

size_t feel_builtin_count(void) {
    return sizeof BUILTINS / sizeof *BUILTINS;
}

const FeelBuiltin *feel_builtin_at(size_t index) {
    check(index < feel_builtin_count());
    return &BUILTINS[index];
}

/* ---- refusing ---- */

static Status refuse_with(FeelEval *eval, FeelMessage message, const FeelValue *value) {
    if (feel_is_heard(eval)) {
        Str text = feel_brief(eval->cx->arena, value);
        if (message == FEEL_SAY_ARGUMENT_TYPE) {
            text = str_print(eval->cx->arena, STR_FMT " (" STR_FMT ")", STR_ARG(text),
                             STR_ARG(feel_kind_name(value->kind)));
        }
        feel_report(eval, message, eval->function, text);
    }
    return STATUS_OK;
}

Status feel_refuse_argument(FeelEval *eval, const FeelValue *value) {
    return refuse_with(eval, FEEL_SAY_ARGUMENT_TYPE, value);
}

Status feel_refuse_value(FeelEval *eval, const FeelValue *value) {
    return refuse_with(eval, FEEL_SAY_ARGUMENT_VALUE, value);
}

bool feel_argument_integer(const FeelValue *value, int64_t *out) {
    return value->kind == FEEL_NUMBER && decimal_truncate_int64(value->number, out);
}

/* ---- calls by position ---- */

static bool refuse_count(FeelEval *eval, const FeelBuiltin *builtin, size_t count) {
    bool is_many = builtin->count_max == BUILTIN_MANY;
    if (count >= builtin->count_min && (is_many || count <= builtin->count_max)) {
        return false;
    }
    if (feel_is_heard(eval)) {
        feel_report(eval, FEEL_SAY_ARGUMENT_COUNT, builtin->name,
                    str_print(eval->cx->arena, "%zu", count));
    }
    return true;
}

static bool is_single(const FeelBuiltin *builtin, size_t position, const FeelValue *argument) {
    return argument->kind == FEEL_LIST && argument->list->count == 1 &&
           (builtin->singles >> position & 1) != 0;
}

/* Makes the arguments of a function with a fixed number of parameters complete: what is missing is
 * null, and a list of one counts as its item where no list is wanted (DMN 1.5, 10.3.2.9.4). */
static void arguments_complete(const FeelBuiltin *builtin, const FeelValue *arguments, size_t count,
                               FeelValue *out) {
    check(builtin->count_max <= BUILTIN_ARGUMENTS_MAX);
    for (size_t i = 0; i < builtin->count_max; i++) {
        out[i] = i < count ? arguments[i] : FEEL_NULL_VALUE;
        if (is_single(builtin, i, &out[i])) {
            out[i] = out[i].list->items[0];
        }
    }
}

/* Large arguments count against the budget once for every call, whatever the function does. */
static Status arguments_charge(FeelEval *eval, const FeelValue *arguments, size_t count) {
    enum { BYTES_A_STEP = 64, ITEMS_A_STEP = 8 };
    size_t steps = 0;
    for (size_t i = 0; i < count; i++) {
        if (arguments[i].kind == FEEL_STRING) {
            steps += arguments[i].string.len / BYTES_A_STEP;
        } else if (arguments[i].kind == FEEL_LIST) {
            steps += arguments[i].list->count / ITEMS_A_STEP;
        } else if (arguments[i].kind == FEEL_CONTEXT) {
            steps += arguments[i].context->count / ITEMS_A_STEP;
        }
    }
    return steps == 0 ? STATUS_OK : cx_steps(eval->cx, steps);
}

Status feel_builtin_call(FeelEval *eval, const FeelBuiltin *builtin, const FeelValue *arguments,
                         size_t count, FeelValue *out) {
    FeelValue value = FEEL_NULL_VALUE;
    *out = value;
    if (refuse_count(eval, builtin, count)) {
        return STATUS_OK;
    }
    TRY(arguments_charge(eval, arguments, count));
    Str outer = eval->function;
    eval->function = builtin->name;
    FeelValue complete[BUILTIN_ARGUMENTS_MAX];
    if (builtin->count_max != BUILTIN_MANY) {
        arguments_complete(builtin, arguments, count, complete);
        arguments = complete;
    }
    Status status = builtin->call(eval, arguments, count, &value);
    eval->function = outer;
    TRY(status);
    *out = value;
    return STATUS_OK;
}

/* ---- calls by name ---- */

typedef struct Match {
    FeelValue values[BUILTIN_ARGUMENTS_MAX];
    size_t count;      /* up to the last one given */
    size_t used_count; /* of the arguments */
} Match;

/* One parameter of a list: "?name:k". */
typedef struct Wanted {
    Str name;
    bool is_optional;
    char kind; /* or 0 */
} Wanted;

static Wanted wanted_of(Str text) {
    Wanted wanted = {.is_optional = str_starts(text, STR("?"))};
    Str rest = wanted.is_optional ? str_from(text, 1) : text;
    wanted.name = str_cut(&rest, ':');
    wanted.kind = rest.len > 0 ? rest.at[0] : '\0';
    return wanted;
}

static bool is_of_kind(const FeelValue *value, char kind) {
    switch (kind) {
    case 's':
        return value->kind == FEEL_STRING;
    case 'l':
        return value->kind == FEEL_LIST;
    case 'n':
        return value->kind == FEEL_NUMBER;
    case 'f':
        return value->kind == FEEL_FUNCTION;
    case 'r':
        return value->kind == FEEL_RANGE;
    case 'p':
        return value->kind != FEEL_RANGE;
    default:
        return true;
    }
}

static const FeelArgument *argument_named(const FeelArgument *arguments, size_t count, Str name) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(arguments[i].name, name)) {
            return &arguments[i];
        }
    }
    return NULL;
}

/* Places the arguments by one list of parameters. false when a needed one is missing, one is of
 * another kind, or one is not in the list. */
static bool match_one(Str list, const FeelArgument *arguments, size_t count, Match *out) {
    *out = (Match){0};
    for (size_t position = 0; list.at != NULL; position++) {
        Wanted wanted = wanted_of(str_cut(&list, ','));
        const FeelArgument *argument = argument_named(arguments, count, wanted.name);
        if (argument == NULL && !wanted.is_optional) {
            return false;
        }
        if (argument == NULL) {
            continue;
        }
        if (!is_of_kind(&argument->value, wanted.kind)) {
            return false;
        }
        out->values[position] = argument->value;
        out->count = position + 1;
        out->used_count++;
    }
    return out->used_count == count;
}

Status feel_builtin_call_named(FeelEval *eval, const FeelBuiltin *builtin,
                               const FeelArgument *arguments, size_t count, FeelValue *out) {
    *out = FEEL_NULL_VALUE;
    Str lists = str_of(builtin->parameters);
    while (lists.at != NULL && lists.len > 0) {
        Match match;
        Str list = str_cut(&lists, '|');
        if (match_one(list, arguments, count, &match)) {
            size_t given = match.count < builtin->count_min ? builtin->count_min : match.count;
            return feel_builtin_call(eval, builtin, match.values, given, out);
        }
    }
    feel_report(eval, FEEL_SAY_ARGUMENT_NAME, builtin->name,
                count == 0 ? STR_NONE : arguments[0].name);
    return STATUS_OK;
}
