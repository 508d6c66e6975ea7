/* builtin_text.c - strings (DMN 1.5, 10.3.4.3). Positions count code points from 1. */
#include "feel/builtin.h"
#include "feel/case_tables.h"
#include "feel/eval.h"
#include "feel/regex.h"

/* True when the first n arguments are strings; else the first other one is reported. */
static bool are_strings(FeelEval *eval, const FeelValue *arguments, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (arguments[i].kind != FEEL_STRING) {
            Status status = feel_refuse_argument(eval, &arguments[i]);
            check(status == STATUS_OK);
            return false;
        }
    }
    return true;
}

/* Byte index of the code point number position (from 0), at most text.len. */
static size_t byte_of(Str text, int64_t position) {
    size_t at = 0;
    for (int64_t i = 0; i < position && at < text.len; i++) {
        str_rune(text, &at);
    }
    return at;
}

BUILTIN(feel_fn_substring) {
    int64_t start = 0;
    int64_t length = INT64_MAX;
    if (!are_strings(eval, arguments, 1)) {
        return STATUS_OK;
    }
    if (!feel_argument_integer(&arguments[1], &start)) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    if (count > 2 && !feel_is_null(arguments[2]) &&
        !feel_argument_integer(&arguments[2], &length)) {
        return feel_refuse_argument(eval, &arguments[2]);
    }
    Str text = arguments[0].string;
    int64_t runes = (int64_t)str_rune_count(text);
    if (start == 0 || start > runes || start < -runes) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    if (length < 1) {
        return feel_refuse_value(eval, &arguments[2]);
    }
    int64_t first = start > 0 ? start - 1 : runes + start;
    size_t from = byte_of(text, first);
    size_t bytes =
        length >= runes - first ? text.len - from : byte_of(str_from(text, from), length);
    *out = feel_string(str_slice(text, from, bytes));
    return STATUS_OK;
}

BUILTIN(feel_fn_string_length) {
    (void)count;
    if (are_strings(eval, arguments, 1)) {
        *out = feel_integer((int64_t)str_rune_count(arguments[0].string));
    }
    return STATUS_OK;
}

/* ---- case ---- */

typedef struct CaseTable {
    const CaseRun *runs;
    size_t run_count;
    const CaseText *texts;
    size_t text_count;
    uint32_t ascii_first;
    int32_t ascii_delta;
} CaseTable;

static const char *case_text(const CaseTable *table, uint32_t rune) {
    size_t low = 0;
    size_t high = table->text_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->texts[middle].rune < rune) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < table->text_count && table->texts[low].rune == rune ? table->texts[low].text
                                                                     : NULL;
}

static bool in_run(const CaseRun *run, uint32_t rune) {
    uint32_t distance = rune - run->first;
    return rune >= run->first && distance % run->stride == 0 && distance / run->stride < run->count;
}

/* Runs of stride 2 may overlap the next ones, so a few before the last one below rune are asked. */
static uint32_t case_rune(const CaseTable *table, uint32_t rune) {
    enum { LOOK_BACK = 4 };
    if (rune < 0x80) {
        bool is_letter = rune >= table->ascii_first && rune < table->ascii_first + 26;
        return is_letter ? (uint32_t)((int32_t)rune + table->ascii_delta) : rune;
    }
    size_t low = 0;
    size_t high = table->run_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->runs[middle].first <= rune) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = 0; i < LOOK_BACK && i < low; i++) {
        if (in_run(&table->runs[low - 1 - i], rune)) {
            return (uint32_t)((int32_t)rune + table->runs[low - 1 - i].delta);
        }
    }
    return rune;
}

static Str case_map(Arena *arena, const CaseTable *table, Str text) {
    enum { GROWTH_MAX = 3 }; /* U+0390 has two bytes and becomes six */
    char *bytes = arena_alloc(arena, text.len * GROWTH_MAX + 1);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t rune = str_rune(text, &at);
        const char *special = case_text(table, rune);
        if (special == NULL) {
            len += str_rune_put(case_rune(table, rune), bytes + len);
        }
        while (special != NULL && *special != '\0') {
            bytes[len++] = *special++;
        }
    }
    return (Str){bytes, len};
}

BUILTIN(feel_fn_upper_case) {
    (void)count;
    const CaseTable table = {CASE_UPPER, CASE_UPPER_COUNT, CASE_UPPER_TEXTS, CASE_UPPER_TEXTS_COUNT,
                             'a',        'A' - 'a'};
    if (are_strings(eval, arguments, 1)) {
        *out = feel_string(case_map(eval->cx->arena, &table, arguments[0].string));
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_lower_case) {
    (void)count;
    const CaseTable table = {CASE_LOWER, CASE_LOWER_COUNT, CASE_LOWER_TEXTS, CASE_LOWER_TEXTS_COUNT,
                             'A',        'a' - 'A'};
    if (are_strings(eval, arguments, 1)) {
        *out = feel_string(case_map(eval->cx->arena, &table, arguments[0].string));
    }
    return STATUS_OK;
}

/* ---- searching ---- */

BUILTIN(feel_fn_substring_before) {
    (void)count;
    if (are_strings(eval, arguments, 2)) {
        size_t at = str_find(arguments[0].string, arguments[1].string, 0);
        *out = feel_string(at == SIZE_MAX ? STR("") : str_slice(arguments[0].string, 0, at));
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_substring_after) {
    (void)count;
    if (are_strings(eval, arguments, 2)) {
        size_t at = str_find(arguments[0].string, arguments[1].string, 0);
        *out = feel_string(
            at == SIZE_MAX ? STR("") : str_from(arguments[0].string, at + arguments[1].string.len));
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_contains) {
    (void)count;
    if (are_strings(eval, arguments, 2)) {
        *out = feel_boolean(str_contains(arguments[0].string, arguments[1].string));
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_starts_with) {
    (void)count;
    if (are_strings(eval, arguments, 2)) {
        *out = feel_boolean(str_starts(arguments[0].string, arguments[1].string));
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_ends_with) {
    (void)count;
    if (are_strings(eval, arguments, 2)) {
        *out = feel_boolean(str_ends(arguments[0].string, arguments[1].string));
    }
    return STATUS_OK;
}

/* ---- regular expressions ---- */

/* An ill-formed pattern is null with a diagnostic that quotes the fault; a limit passes up. */
static Status regex_outcome(FeelEval *eval, Status status) {
    if (status != STATUS_INVALID) {
        return status;
    }
    if (feel_is_heard(eval)) {
        feel_report(eval, FEEL_SAY_ARGUMENT_VALUE, eval->function,
                    str_dup(eval->cx->arena, str_of(eval->cx->fault.text)));
    }
    fault_clear(eval->cx);
    return STATUS_INVALID;
}

/* Compiles pattern and flags (null flags are none). INVALID when the call is null. */
static Status regex_of(FeelEval *eval, const FeelValue *pattern, const FeelValue *flags,
                       const Regex **out) {
    Str letters = STR("");
    if (flags != NULL && !feel_is_null(*flags)) {
        if (!are_strings(eval, flags, 1)) {
            return STATUS_INVALID;
        }
        letters = flags->string;
    }
    return regex_outcome(eval, regex_compile(eval->cx, pattern->string, letters, out));
}

BUILTIN(feel_fn_matches) {
    (void)count;
    const Regex *regex = NULL;
    bool is_match = false;
    if (!are_strings(eval, arguments, 2)) {
        return STATUS_OK;
    }
    Status status = regex_of(eval, &arguments[1], &arguments[2], &regex);
    if (status == STATUS_OK) {
        status =
            regex_outcome(eval, regex_matches(eval->cx, regex, arguments[0].string, &is_match));
    }
    if (status == STATUS_OK) {
        *out = feel_boolean(is_match);
    }
    return status == STATUS_INVALID ? STATUS_OK : status;
}

BUILTIN(feel_fn_replace) {
    (void)count;
    const Regex *regex = NULL;
    Str text = STR_NONE;
    if (!are_strings(eval, arguments, 3)) {
        return STATUS_OK;
    }
    Status status = regex_of(eval, &arguments[1], &arguments[3], &regex);
    if (status == STATUS_OK) {
        status = regex_outcome(
            eval, regex_replace(eval->cx, regex, arguments[0].string, arguments[2].string, &text));
    }
    if (status == STATUS_OK) {
        *out = feel_string(text);
    }
    return status == STATUS_INVALID ? STATUS_OK : status;
}

BUILTIN(feel_fn_split) {
    (void)count;
    const Regex *regex = NULL;
    RegexPieces pieces = {0};
    if (!are_strings(eval, arguments, 2)) {
        return STATUS_OK;
    }
    Status status = regex_of(eval, &arguments[1], NULL, &regex);
    if (status == STATUS_OK) {
        status = regex_outcome(eval, regex_split(eval->cx, regex, arguments[0].string, &pieces));
    }
    if (status != STATUS_OK) {
        return status == STATUS_INVALID ? STATUS_OK : status;
    }
    FeelList *list = feel_list_new(eval->cx->arena, pieces.count);
    for (size_t i = 0; i < pieces.count; i++) {
        list->items[i] = feel_string(pieces.items[i]);
    }
    *out = feel_list(list);
    return STATUS_OK;
}

/* ---- joining ---- */

static void join_put(Buf *buf, const FeelValue *text) {
    if (text->kind == FEEL_STRING) {
        buf_put(buf, text->string);
    }
}

BUILTIN(feel_fn_string_join) {
    (void)count;
    if (feel_is_null(arguments[0])) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    if (!feel_is_null(arguments[1]) && arguments[1].kind != FEEL_STRING) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    const FeelList *list = feel_as_list(eval->cx->arena, &arguments[0]);
    Buf *buf = buf_in(eval->cx->arena, FEEL_STRING_BYTES_MAX);
    bool is_first = true;
    for (size_t i = 0; i < list->count; i++) {
        TRY(cx_step(eval->cx));
        if (feel_is_null(list->items[i])) {
            continue;
        }
        if (list->items[i].kind != FEEL_STRING) {
            return feel_refuse_argument(eval, &list->items[i]);
        }
        if (!is_first) {
            join_put(buf, &arguments[1]);
        }
        is_first = false;
        join_put(buf, &list->items[i]);
    }
    if (buf_status(buf) != STATUS_OK) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    *out = feel_string(buf_str(buf));
    return STATUS_OK;
}
