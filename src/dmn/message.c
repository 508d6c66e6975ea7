/*
 * message.c - diagnostics in words.
 */
#include "dmn/message.h"

typedef struct Words {
    const char *code;
    const char *text[2]; /* by FeelLanguage */
    const char *hint[2];
} Words;

static const Words WORDS[] = {
#define X(id, code, zh, en, zh_hint, en_hint) {code, {zh, en}, {zh_hint, en_hint}},
    DMN_MESSAGE_LIST(X)
#undef X
};

enum { TEXT_BYTES_MAX = 2048, QUOTE_BYTES_MAX = 80 };

static bool is_feel(const DmnDiagnostic *diagnostic) {
    return diagnostic->message == DMN_MESSAGE_FEEL;
}

Str dmn_diagnostic_code(Arena *arena, const DmnDiagnostic *diagnostic) {
    if (is_feel(diagnostic)) {
        return feel_diagnostic_code(&diagnostic->feel);
    }
    return str_print(arena, "dmn.%s", WORDS[diagnostic->message].code);
}

/* Cuts at a code point, so that quoted text stays UTF-8. */
static Str quote(Str text) {
    if (text.len <= QUOTE_BYTES_MAX) {
        return text;
    }
    size_t at = 0;
    size_t last = 0;
    while (at < QUOTE_BYTES_MAX) {
        last = at;
        (void)str_rune(text, &at);
    }
    return str_slice(text, 0, last);
}

Str dmn_diagnostic_text(Arena *arena, const DmnDiagnostic *diagnostic, FeelLanguage language) {
    if (is_feel(diagnostic)) {
        return feel_diagnostic_text(arena, &diagnostic->feel, language);
    }
    Buf buf;
    buf_init(&buf, TEXT_BYTES_MAX);
    Str pattern = str_of(WORDS[diagnostic->message].text[language]);
    for (size_t i = 0; i < pattern.len; i++) {
        bool is_place = pattern.at[i] == '{' && i + 2 < pattern.len && pattern.at[i + 2] == '}';
        if (is_place) {
            Str text = diagnostic->text[pattern.at[i + 1] == '1' ? 0 : 1];
            buf_put(&buf, quote(text));
            buf_put_c(&buf, text.len > QUOTE_BYTES_MAX ? "…" : "");
            i += 2;
        } else {
            buf_put_char(&buf, pattern.at[i]);
        }
    }
    Str text = str_dup(arena, buf_str(&buf));
    buf_dispose(&buf);
    return text;
}

Str dmn_diagnostic_hint(const DmnDiagnostic *diagnostic, FeelLanguage language) {
    return is_feel(diagnostic) ? feel_diagnostic_hint(&diagnostic->feel, language)
                               : str_of(WORDS[diagnostic->message].hint[language]);
}

static void put_table_place(Buf *buf, const DmnPlace *place, bool is_chinese) {
    if (place->row > 0) {
        buf_print(buf, is_chinese ? "，第 %lld 行" : ", row %lld", (long long)place->row);
    }
    if (place->column > 0) {
        buf_print(buf, is_chinese ? "，第 %lld 列" : ", column %lld", (long long)place->column);
    }
    if (!str_is_empty(place->column_name)) {
        buf_print(buf, is_chinese ? "（" STR_FMT "）" : " (" STR_FMT ")",
                  STR_ARG(quote(place->column_name)));
    }
}

static void put_cell_place(Buf *buf, const FeelDiagnostic *feel, bool is_chinese) {
    int64_t line = 0;
    int64_t column = 0;
    feel_diagnostic_place(feel, &line, &column);
    if (line > 1) {
        buf_print(buf, is_chinese ? "，文本第 %lld 行" : ", line %lld of the text",
                  (long long)line);
    }
    buf_print(buf, is_chinese ? "，第 %lld 个字符" : ", character %lld", (long long)column);
    Str part = str_slice(feel->source, feel->offset, feel->len);
    Str shown = str_is_empty(part) ? feel->source : part;
    buf_print(buf, is_chinese ? "：“" STR_FMT "”" : ": \"" STR_FMT "\"", STR_ARG(quote(shown)));
}

Str dmn_diagnostic_place(Arena *arena, const DmnDiagnostic *diagnostic, FeelLanguage language) {
    const DmnPlace *place = &diagnostic->place;
    bool is_chinese = language == FEEL_CHINESE;
    Buf buf;
    buf_init(&buf, TEXT_BYTES_MAX);
    buf_put(&buf, place->file);
    if (place->line > 0) {
        buf_print(&buf, ":%lld", (long long)place->line);
    }
    if (!str_is_empty(place->node)) {
        buf_print(&buf, is_chinese ? "，“" STR_FMT "”" : ", \"" STR_FMT "\"",
                  STR_ARG(quote(place->node)));
    }
    put_table_place(&buf, place, is_chinese);
    if (is_feel(diagnostic)) {
        put_cell_place(&buf, &diagnostic->feel, is_chinese);
    }
    Str text = str_dup(arena, buf_str(&buf));
    buf_dispose(&buf);
    return text;
}
