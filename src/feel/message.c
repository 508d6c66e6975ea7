/* message.c - the catalogue of message.h as a table, and how a sentence is put together. */
#include "feel/message.h"

typedef struct Row {
    Str code;
    Str text[2];
    Str hint[2];
} Row;

static const Row ROWS[FEEL_MESSAGE_COUNT] = {
#define X(id, code, zh, en, hint_zh, hint_en)                                                      \
    [FEEL_SAY_##id] = {{"feel." code, sizeof("feel." code) - 1},                                   \
                       {{zh, sizeof(zh) - 1}, {en, sizeof(en) - 1}},                               \
                       {{hint_zh, sizeof(hint_zh) - 1}, {hint_en, sizeof(hint_en) - 1}}},
    FEEL_MESSAGE_LIST(X)
#undef X
};

enum { TEXT_BYTES_MAX = 400 };

static const Row *row_of(const FeelDiagnostic *diagnostic) {
    check(diagnostic->message >= 0);
    check(diagnostic->message < FEEL_MESSAGE_COUNT);
    return &ROWS[diagnostic->message];
}

void feel_say(FeelDiagnostics *diagnostics, const FeelDiagnostic *diagnostic) {
    check(diagnostic->message < FEEL_MESSAGE_COUNT);
    if (diagnostics == NULL) {
        return;
    }
    if (diagnostics->count < FEEL_DIAGNOSTICS_MAX) {
        diagnostics->items[diagnostics->count] = *diagnostic;
    }
    diagnostics->count++;
}

bool feel_is_heard(const FeelEval *eval) {
    if (eval->diagnostics == NULL) {
        return false;
    }
    if (eval->diagnostics->count >= FEEL_DIAGNOSTICS_MAX) {
        eval->diagnostics->count++;
        return false;
    }
    return true;
}

void feel_report(FeelEval *eval, FeelMessage message, Str first, Str second) {
    feel_say(eval->diagnostics, &(FeelDiagnostic){.message = (int)message,
                                                  .source = eval->source,
                                                  .offset = eval->offset,
                                                  .len = eval->len,
                                                  .text = {first, second}});
}

Str feel_diagnostic_code(const FeelDiagnostic *diagnostic) {
    return row_of(diagnostic)->code;
}

/* Long texts are cut at a character border: a diagnostic is one line. */
static void text_put(Buf *buf, Str text) {
    size_t len = text.len;
    if (len > TEXT_BYTES_MAX) {
        len = TEXT_BYTES_MAX;
        while (len > 0 && ((unsigned char)text.at[len] & 0xC0) == 0x80) {
            len--;
        }
    }
    buf_put(buf, str_slice(text, 0, len));
    if (len < text.len) {
        buf_put_c(buf, "...");
    }
}

/* The Chinese name of a word of FEEL, or the word. */
static Str term_of(Str word) {
    static const char *const TERMS[][2] = {
        {"end of text", "结尾"},
        {"Null", "空值"},
        {"boolean", "真假值"},
        {"number", "数字"},
        {"string", "文字"},
        {"text", "文字"},
        {"date", "日期"},
        {"time", "时间"},
        {"date and time", "日期时间"},
        {"days and time duration", "日时时长"},
        {"years and months duration", "年月时长"},
        {"list", "列表"},
        {"context", "上下文"},
        {"range", "区间"},
        {"function", "函数"},
        {"name", "名称"},
        {"type", "类型"},
        {"comparison", "比较"},
        {"arguments", "参数"},
        {"parameters", "参数"},
        {"iterators", "迭代变量"},
    };
    for (size_t i = 0; i < sizeof TERMS / sizeof *TERMS; i++) {
        if (str_equal(word, str_of(TERMS[i][0]))) {
            return str_of(TERMS[i][1]);
        }
    }
    return word;
}

/* Words joined by ", " are named one by one. */
static void terms_put(Buf *buf, Str words) {
    while (words.len > 0) {
        size_t end = str_find(words, STR(", "), 0);
        Str word = end == SIZE_MAX ? words : str_slice(words, 0, end);
        text_put(buf, term_of(word));
        if (end == SIZE_MAX) {
            return;
        }
        buf_put_c(buf, "、");
        words = str_from(words, end + 2);
    }
}

static void slot_put(Buf *buf, const FeelDiagnostic *diagnostic, char slot, FeelLanguage language) {
    Str text = diagnostic->text[slot == '1' || slot == 'A' ? 0 : 1];
    bool is_term = slot == 'A' || slot == 'B' || str_equal(text, STR("end of text"));
    if (is_term && language == FEEL_CHINESE) {
        terms_put(buf, text);
    } else {
        text_put(buf, text);
    }
}

Str feel_diagnostic_text(Arena *arena, const FeelDiagnostic *diagnostic, FeelLanguage language) {
    Str pattern = row_of(diagnostic)->text[language];
    Buf *buf = buf_in(arena, (size_t)8 * TEXT_BYTES_MAX);
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.at[i] == '{' && i + 2 < pattern.len && pattern.at[i + 2] == '}') {
            slot_put(buf, diagnostic, pattern.at[i + 1], language);
            i += 2;
        } else {
            buf_put_char(buf, pattern.at[i]);
        }
    }
    return buf_str(buf);
}

Str feel_diagnostic_hint(const FeelDiagnostic *diagnostic, FeelLanguage language) {
    return row_of(diagnostic)->hint[language];
}

void feel_diagnostic_place(const FeelDiagnostic *diagnostic, int64_t *line, int64_t *column) {
    *line = 1;
    *column = 1;
    size_t at = 0;
    while (at < diagnostic->offset && at < diagnostic->source.len) {
        if (str_rune(diagnostic->source, &at) == '\n') {
            (*line)++;
            *column = 1;
        } else {
            (*column)++;
        }
    }
}
