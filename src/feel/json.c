/* json.c - JSON text (RFC 8259) to values, for contexts given on the command line and in tests. */
#include "base/limits.h"
#include "base/vec.h"
#include "feel/message.h"
#include "feel/token.h"
#include "feel/value.h"

#include <string.h>

typedef struct Reader {
    Cx *cx;
    Str text;
    size_t at;
    int depth;
} Reader;

typedef struct ValueVec {
    FeelValue *items;
    size_t count;
    size_t room;
} ValueVec;

static Status value_read(Reader *reader, FeelValue *out);

static Status refuse(Reader *reader, const char *what) {
    FeelDiagnostic place = {.source = reader->text, .offset = reader->at};
    int64_t line = 0;
    int64_t column = 0;
    feel_diagnostic_place(&place, &line, &column);
    return fault_at_line(reader->cx, STATUS_INVALID, line, column, "ill-formed JSON: %s", what);
}

static void space_skip(Reader *reader) {
    while (reader->at < reader->text.len) {
        char c = reader->text.at[reader->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            break;
        }
        reader->at++;
    }
}

static bool char_accept(Reader *reader, char c) {
    space_skip(reader);
    if (reader->at >= reader->text.len || reader->text.at[reader->at] != c) {
        return false;
    }
    reader->at++;
    return true;
}

/* Resolves the escapes of RFC 8259; \b, \f and \/ are those FEEL does not have. */
static Str string_value(Reader *reader, Str token) {
    char *bytes = arena_alloc(reader->cx->arena, token.len);
    size_t len = 0;
    for (size_t i = 0; i < token.len; i++) {
        char next = i + 1 < token.len ? token.at[i + 1] : '\0';
        bool is_escape = token.at[i] == '\\';
        if (is_escape && (next == '/' || next == 'b' || next == 'f')) {
            bytes[len++] = (char)(next == '/' ? '/' : (next == 'b' ? '\b' : '\f'));
            i++;
        } else {
            bytes[len++] = token.at[i];
            if (is_escape) {
                bytes[len++] = next;
                i++;
            }
        }
    }
    return feel_token_string(reader->cx->arena, (Str){bytes, len});
}

static bool is_escape_letter(char c) {
    return c != '\0' && strchr("\"\\/bfnrtu", c) != NULL;
}

static Status string_read(Reader *reader, Str *out) {
    size_t start = reader->at;
    size_t end = start + 1;
    while (end < reader->text.len && reader->text.at[end] != '"') {
        if ((unsigned char)reader->text.at[end] < 0x20) {
            return refuse(reader, "control character in a string");
        }
        bool is_escape = reader->text.at[end] == '\\' && end + 1 < reader->text.len;
        if (is_escape && !is_escape_letter(reader->text.at[end + 1])) {
            return refuse(reader, "bad escape in a string");
        }
        end += is_escape ? 2 : 1;
    }
    if (end >= reader->text.len) {
        return refuse(reader, "a string has no end");
    }
    *out = string_value(reader, str_slice(reader->text, start, end + 1 - start));
    reader->at = end + 1;
    return STATUS_OK;
}

static Status list_read(Reader *reader, FeelValue *out) {
    ValueVec items = {0};
    reader->at++;
    if (!char_accept(reader, ']')) {
        do {
            FeelValue item = FEEL_NULL_VALUE;
            TRY(value_read(reader, &item));
            *vec_push(reader->cx->arena, &items) = item;
        } while (char_accept(reader, ','));
        if (!char_accept(reader, ']')) {
            return refuse(reader, "expected , or ]");
        }
    }
    FeelList *list = arena_new(reader->cx->arena, FeelList);
    *list = (FeelList){items.items, items.count};
    *out = feel_list(list);
    return STATUS_OK;
}

static Status entry_read(Reader *reader, FeelContext *context) {
    space_skip(reader);
    if (reader->at >= reader->text.len || reader->text.at[reader->at] != '"') {
        return refuse(reader, "expected a name in quotes");
    }
    Str key = STR_NONE;
    FeelValue value = FEEL_NULL_VALUE;
    TRY(string_read(reader, &key));
    if (!char_accept(reader, ':')) {
        return refuse(reader, "expected :");
    }
    TRY(value_read(reader, &value));
    feel_context_put(reader->cx->arena, context, key, value);
    return STATUS_OK;
}

static Status context_read(Reader *reader, FeelValue *out) {
    FeelContext *context = feel_context_new(reader->cx->arena, 4);
    reader->at++;
    if (!char_accept(reader, '}')) {
        do {
            TRY(entry_read(reader, context));
        } while (char_accept(reader, ','));
        if (!char_accept(reader, '}')) {
            return refuse(reader, "expected , or }");
        }
    }
    *out = feel_context(context);
    return STATUS_OK;
}

static bool is_number_char(char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E';
}

static Status word_read(Reader *reader, FeelValue *out) {
    static const struct {
        const char *word;
        FeelValue value;
    } WORDS[] = {{"null", {.kind = FEEL_NULL}},
                 {"true", {.kind = FEEL_BOOLEAN, .boolean = true}},
                 {"false", {.kind = FEEL_BOOLEAN, .boolean = false}}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        Str word = str_of(WORDS[i].word);
        if (str_starts(str_from(reader->text, reader->at), word)) {
            reader->at += word.len;
            *out = WORDS[i].value;
            return STATUS_OK;
        }
    }
    size_t end = reader->at;
    while (end < reader->text.len && is_number_char(reader->text.at[end])) {
        end++;
    }
    Decimal number;
    if (end == reader->at || reader->text.at[reader->at] == '+' ||
        !decimal_parse(str_slice(reader->text, reader->at, end - reader->at), &number)) {
        return refuse(reader, "expected a value");
    }
    reader->at = end;
    *out = feel_number(number);
    return STATUS_OK;
}

static Status value_at(Reader *reader, FeelValue *out) {
    space_skip(reader);
    if (reader->at >= reader->text.len) {
        return refuse(reader, "the text ends too early");
    }
    char c = reader->text.at[reader->at];
    if (c == '{') {
        return context_read(reader, out);
    }
    if (c == '[') {
        return list_read(reader, out);
    }
    if (c == '"') {
        Str text = STR_NONE;
        TRY(string_read(reader, &text));
        *out = feel_string(text);
        return STATUS_OK;
    }
    return word_read(reader, out);
}

static Status value_read(Reader *reader, FeelValue *out) {
    TRY(cx_step(reader->cx));
    if (reader->depth >= LIMIT_NESTING_MAX) {
        return fault(reader->cx, STATUS_LIMIT, "the JSON text is nested too deep");
    }
    reader->depth++;
    TRY(value_at(reader, out));
    reader->depth--;
    return STATUS_OK;
}

Status feel_parse_json(Cx *cx, Str json, FeelValue *out) {
    Reader reader = {cx, json, 0, 0};
    if (!str_is_utf8(json)) {
        return fault(cx, STATUS_INVALID, "the JSON text is not UTF-8");
    }
    FeelValue value = FEEL_NULL_VALUE;
    TRY(value_read(&reader, &value));
    space_skip(&reader);
    if (reader.at != json.len) {
        return refuse(&reader, "text after the value");
    }
    *out = value;
    return STATUS_OK;
}
