/* print.c - values as FEEL literals, as plain text, as JSON. */
#include "feel/token.h"
#include "feel/value.h"

typedef struct Printer {
    Buf *buf;
    bool is_json;
    int depth;
} Printer;

static void value_put(Printer *printer, const FeelValue *value);

static void escaped_put(Buf *buf, Str text) {
    buf_put_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            buf_put_char(buf, '\\');
            buf_put_char(buf, (char)c);
        } else if (c == '\n') {
            buf_put_c(buf, "\\n");
        } else if (c == '\r') {
            buf_put_c(buf, "\\r");
        } else if (c == '\t') {
            buf_put_c(buf, "\\t");
        } else if (c < 0x20) {
            buf_print(buf, "\\u%04x", c);
        } else {
            buf_put_char(buf, (char)c);
        }
    }
    buf_put_char(buf, '"');
}

static void list_put(Printer *printer, const FeelList *list) {
    buf_put_char(printer->buf, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            buf_put_c(printer->buf, ", ");
        }
        value_put(printer, &list->items[i]);
    }
    buf_put_char(printer->buf, ']');
}

/* A key that reads back as a name stands bare, any other in quotes. */
static bool is_plain_key(Str key) {
    size_t at = 0;
    return key.len > 0 && feel_is_name_start(str_rune(key, &at)) &&
           feel_word_end(key, 0) == key.len;
}

static void context_put(Printer *printer, const FeelContext *context) {
    buf_put_char(printer->buf, '{');
    for (size_t i = 0; i < context->count; i++) {
        if (i > 0) {
            buf_put_c(printer->buf, ", ");
        }
        if (!printer->is_json && is_plain_key(context->entries[i].key)) {
            buf_put(printer->buf, context->entries[i].key);
        } else {
            escaped_put(printer->buf, context->entries[i].key);
        }
        buf_put_c(printer->buf, ": ");
        value_put(printer, &context->entries[i].value);
    }
    buf_put_char(printer->buf, '}');
}

static void range_put(Printer *printer, const FeelRange *range) {
    static const char *const OPERATORS[] = {
        [FEEL_RANGE_LESS] = "<",    [FEEL_RANGE_LESS_EQUAL] = "<=",
        [FEEL_RANGE_GREATER] = ">", [FEEL_RANGE_GREATER_EQUAL] = ">=",
        [FEEL_RANGE_EQUAL] = "=",   [FEEL_RANGE_NOT_EQUAL] = "!=",
    };
    if (range->form != FEEL_RANGE_ENDS) {
        bool is_low = range->form == FEEL_RANGE_GREATER || range->form == FEEL_RANGE_GREATER_EQUAL;
        buf_put_char(printer->buf, '(');
        buf_put_c(printer->buf, OPERATORS[range->form]);
        buf_put_char(printer->buf, ' ');
        bool has_low = is_low || range->form >= FEEL_RANGE_EQUAL;
        value_put(printer, has_low ? &range->low : &range->high);
        buf_put_char(printer->buf, ')');
        return;
    }
    buf_put_char(printer->buf, range->is_low_closed ? '[' : '(');
    value_put(printer, &range->low);
    buf_put_c(printer->buf, "..");
    value_put(printer, &range->high);
    buf_put_char(printer->buf, range->is_high_closed ? ']' : ')');
}

static void function_put(Buf *buf, const FeelFunction *function) {
    const FeelParameter *parameters = function->parameters;
    size_t count = function->parameter_count;
    if (function->kind == FUNCTION_LAMBDA) {
        parameters = function->lambda->parameters;
        count = function->lambda->parameter_count;
    }
    buf_put_c(buf, "function");
    if (function->name.len > 0) {
        buf_put_char(buf, ' ');
        buf_put(buf, function->name);
    }
    buf_put_char(buf, '(');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_put_c(buf, ", ");
        }
        buf_put(buf, parameters[i].name);
    }
    buf_put_char(buf, ')');
}

static void scalar_put(Printer *printer, const FeelValue *value) {
    switch (value->kind) {
    case FEEL_BOOLEAN:
        buf_put_c(printer->buf, value->boolean ? "true" : "false");
        break;
    case FEEL_NUMBER:
        decimal_put(printer->buf, value->number);
        break;
    case FEEL_STRING:
        escaped_put(printer->buf, value->string);
        break;
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS:
    case FEEL_MONTHS:
        buf_put_c(printer->buf, printer->is_json ? "\"" : "@\"");
        temporal_put(printer->buf, value->temporal);
        buf_put_char(printer->buf, '"');
        break;
    case FEEL_NULL:
    case FEEL_LIST:
    case FEEL_CONTEXT:
    case FEEL_RANGE:
    case FEEL_FUNCTION:
    case FEEL_ANY:
        buf_put_c(printer->buf, "null");
        break;
    }
}

/* JSON has no ranges and functions: they stand as strings. A range may hold strings, so it is
 * printed apart and escaped. */
static void text_as_json(Printer *printer, const FeelValue *value) {
    Buf text;
    buf_init(&text, FEEL_STRING_BYTES_MAX);
    feel_put(&text, value);
    escaped_put(printer->buf, buf_str(&text));
    buf_dispose(&text);
}

static void value_put(Printer *printer, const FeelValue *value) {
    if (printer->buf->is_full) {
        return; /* shared parts can make a value longer than any buffer */
    }
    if (printer->depth >= FEEL_VALUE_DEPTH_MAX) {
        buf_put_c(printer->buf, "null");
        return;
    }
    printer->depth++;
    bool is_text = value->kind == FEEL_RANGE || value->kind == FEEL_FUNCTION;
    if (is_text && printer->is_json) {
        text_as_json(printer, value);
    } else if (value->kind == FEEL_LIST) {
        list_put(printer, value->list);
    } else if (value->kind == FEEL_CONTEXT) {
        context_put(printer, value->context);
    } else if (value->kind == FEEL_RANGE) {
        range_put(printer, value->range);
    } else if (value->kind == FEEL_FUNCTION) {
        function_put(printer->buf, value->function);
    } else {
        scalar_put(printer, value);
    }
    printer->depth--;
}

void feel_put(Buf *buf, const FeelValue *value) {
    Printer printer = {buf, false, 0};
    value_put(&printer, value);
}

void feel_put_json(Buf *buf, const FeelValue *value) {
    Printer printer = {buf, true, 0};
    value_put(&printer, value);
}

Str feel_print(Arena *arena, const FeelValue *value) {
    Buf *buf = buf_in(arena, FEEL_STRING_BYTES_MAX);
    feel_put(buf, value);
    return buf_str(buf);
}

Str feel_to_text(Arena *arena, const FeelValue *value) {
    if (value->kind == FEEL_STRING) {
        return value->string;
    }
    if (value->kind == FEEL_NUMBER) {
        return decimal_print(arena, value->number);
    }
    if (feel_is_temporal(*value)) {
        return temporal_print(arena, value->temporal);
    }
    Buf *buf = buf_in(arena, FEEL_STRING_BYTES_MAX);
    feel_put(buf, value);
    return buf_status(buf) == STATUS_OK ? buf_str(buf) : STR_NONE;
}

Str feel_brief(Arena *arena, const FeelValue *value) {
    enum { BRIEF_BYTES = 60 };
    Buf *buf = buf_in(arena, 4096);
    feel_put(buf, value);
    Str text = buf_str(buf);
    if (text.len <= BRIEF_BYTES) {
        return text;
    }
    size_t len = BRIEF_BYTES;
    while (((unsigned char)text.at[len] & 0xC0) == 0x80) {
        len--;
    }
    return str_join(arena, str_slice(text, 0, len), STR("..."));
}
