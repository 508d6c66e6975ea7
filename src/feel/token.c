/* token.c - see token.h. Bottom-up: characters, words, numbers, strings, then feel_token_at. */
#include "feel/token.h"

typedef struct Span {
    uint32_t first;
    uint32_t last;
} Span;

static bool in_spans(const Span *spans, size_t count, uint32_t rune) {
    for (size_t i = 0; i < count; i++) {
        if (rune >= spans[i].first && rune <= spans[i].last) {
            return true;
        }
    }
    return false;
}
#define IN_SPANS(spans, rune) in_spans((spans), sizeof(spans) / sizeof *(spans), (rune))

/* DMN 1.5, grammar rules 61 to 63. */
bool feel_is_space(uint32_t rune) {
    static const Span SPANS[] = {{0x0009, 0x000D}, {0x0020, 0x0020}, {0x0085, 0x0085},
                                 {0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x180E, 0x180E},
                                 {0x2000, 0x200B}, {0x2028, 0x2029}, {0x202F, 0x202F},
                                 {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
    return IN_SPANS(SPANS, rune);
}

/* Punctuation of Chinese text inside the ranges of rule 28: not taken for letters. */
static bool is_punctuation(uint32_t rune) {
    static const Span SPANS[] = {{0x3001, 0x3003}, {0x3008, 0x3011}, {0x3014, 0x301F},
                                 {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF3E},
                                 {0xFF40, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFEE}};
    return IN_SPANS(SPANS, rune);
}

/* These may go on a name but not start one: a number typed with a Chinese keyboard is no name. */
static bool is_full_width_digit(uint32_t rune) {
    return rune >= 0xFF10 && rune <= 0xFF19;
}

/* DMN 1.5, grammar rule 28. */
bool feel_is_name_start(uint32_t rune) {
    static const Span SPANS[] = {{0x00C0, 0x00D6}, {0x00D8, 0x00F6}, {0x00F8, 0x02FF},
                                 {0x0370, 0x037D}, {0x037F, 0x1FFF}, {0x200C, 0x200D},
                                 {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF},
                                 {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
    if (rune < 0x80) {
        return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') || rune == '_';
    }
    return IN_SPANS(SPANS, rune) && !feel_is_space(rune) && !is_punctuation(rune) &&
           !is_full_width_digit(rune);
}

bool feel_is_name_part(uint32_t rune) {
    return feel_is_name_start(rune) || (rune >= '0' && rune <= '9') || rune == 0xB7 ||
           is_full_width_digit(rune) || (rune >= 0x300 && rune <= 0x36F) || rune == 0x203F ||
           rune == 0x2040;
}

bool feel_is_name_mark(uint32_t rune) {
    return rune == '.' || rune == '/' || rune == '-' || rune == '\'' || rune == '+' ||
           rune == '*' || rune == 0x2019;
}

Str feel_full_width_mark(uint32_t rune) {
    static const struct {
        uint32_t rune;
        const char *mark;
    } MARKS[] = {
        {0xFF08, "("},  {0xFF09, ")"},  {0xFF0C, ","},  {0xFF1A, ":"},  {0xFF1B, ","},
        {0x3001, ","},  {0x3002, "."},  {0xFF0E, "."},  {0x201C, "\""}, {0x201D, "\""},
        {0xFF02, "\""}, {0x2018, "\""}, {0x2019, "\""}, {0x300C, "\""}, {0x300D, "\""},
        {0x3010, "["},  {0x3011, "]"},  {0xFF3B, "["},  {0xFF3D, "]"},  {0xFF5B, "{"},
        {0xFF5D, "}"},  {0xFF0B, "+"},  {0xFF0D, "-"},  {0x2212, "-"},  {0x2013, "-"},
        {0x2014, "-"},  {0xFF0A, "*"},  {0x00D7, "*"},  {0xFF0F, "/"},  {0x00F7, "/"},
        {0xFF1D, "="},  {0xFF1C, "<"},  {0xFF1E, ">"},  {0x2264, "<="}, {0x2265, ">="},
        {0x2266, "<="}, {0x2267, ">="}, {0x2260, "!="}, {0xFF1F, "?"},  {0xFF20, "@"},
        {0x2026, ".."}, {0xFF01, "!="},
    };
    static const char DIGITS[] = "0123456789";
    if (is_full_width_digit(rune)) {
        return (Str){DIGITS + (rune - 0xFF10), 1};
    }
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        if (MARKS[i].rune == rune) {
            return str_of(MARKS[i].mark);
        }
    }
    return STR_NONE;
}

size_t feel_word_end(Str source, size_t at) {
    size_t end = at;
    while (end < source.len) {
        size_t next = end;
        uint32_t rune = str_rune(source, &next);
        if (!feel_is_name_part(rune)) {
            break;
        }
        end = next;
    }
    return end;
}

/* Byte index after the comment at at; at itself when it has no end. */
static size_t skip_comment(Str source, size_t at) {
    size_t end = at;
    if (source.at[at + 1] == '/') {
        while (end < source.len && source.at[end] != '\n' && source.at[end] != '\r') {
            end++;
        }
        return end;
    }
    end = str_find(source, STR("*/"), at + 2);
    return end == SIZE_MAX ? at : end + 2;
}

static bool is_comment(Str source, size_t at) {
    return at + 1 < source.len && source.at[at] == '/' &&
           (source.at[at + 1] == '/' || source.at[at + 1] == '*');
}

/* Byte index after white space and comments, or of a comment that has no end. */
static size_t skip_space(Str source, size_t at) {
    while (at < source.len) {
        size_t next = at;
        if (is_comment(source, at)) {
            next = skip_comment(source, at);
            if (next == at) {
                break;
            }
            at = next;
        } else if (feel_is_space(str_rune(source, &next))) {
            at = next;
        } else {
            break;
        }
    }
    return at;
}

Str feel_token_text(FeelTokenKind kind) {
    static const char *const TEXTS[TOKEN_COUNT] = {
#define X(token, text) [TOKEN_##token] = text,
        FEEL_TOKEN_LIST(X)
#undef X
    };
    check(kind < TOKEN_COUNT);
    return str_of(TEXTS[kind]);
}

static bool is_digit(Str source, size_t at) {
    return at < source.len && source.at[at] >= '0' && source.at[at] <= '9';
}

static size_t digits_end(Str source, size_t at) {
    while (is_digit(source, at)) {
        at++;
    }
    return at;
}

/* digits, fraction, exponent; the point of "1..3" belongs to the range. */
static size_t number_end(Str source, size_t at) {
    size_t end = digits_end(source, at);
    if (end < source.len && source.at[end] == '.' && is_digit(source, end + 1)) {
        end = digits_end(source, end + 1);
    }
    if (end < source.len && (source.at[end] == 'e' || source.at[end] == 'E')) {
        size_t power = end + 1;
        if (power < source.len && (source.at[power] == '+' || source.at[power] == '-')) {
            power++;
        }
        if (is_digit(source, power)) {
            end = digits_end(source, power);
        }
    }
    return end;
}

static FeelToken number_at(Str source, size_t at) {
    size_t end = number_end(source, at);
    size_t word = feel_word_end(source, end);
    if (word != end) {
        return (FeelToken){TOKEN_BAD,
                           at,
                           word - at,
                           FEEL_SAY_NUMBER_FORM,
                           {str_slice(source, at, word - at), STR_NONE}};
    }
    return (FeelToken){.kind = TOKEN_NUMBER, .offset = at, .len = end - at};
}

static FeelToken string_at(Str source, size_t at) {
    size_t end = at + 1;
    while (end < source.len && source.at[end] != '"') {
        end += source.at[end] == '\\' ? 2 : 1;
    }
    if (end >= source.len) {
        return (FeelToken){.kind = TOKEN_BAD,
                           .offset = at,
                           .len = source.len - at,
                           .message = FEEL_SAY_STRING_END};
    }
    return (FeelToken){.kind = TOKEN_STRING, .offset = at, .len = end + 1 - at};
}

static FeelToken word_at(Str source, size_t at) {
    size_t len = feel_word_end(source, at) - at;
    Str word = str_slice(source, at, len);
    FeelToken token = {.kind = TOKEN_NAME, .offset = at, .len = len};
    if (len > sizeof "satisfies" - 1) {
        return token;
    }
    for (int kind = TOKEN_AND; kind < TOKEN_COUNT; kind++) {
        if (str_equal(word, feel_token_text((FeelTokenKind)kind))) {
            token.kind = (FeelTokenKind)kind;
        }
    }
    return token;
}

static FeelToken bad_character(Str source, size_t at) {
    size_t end = at;
    Str mark = feel_full_width_mark(str_rune(source, &end));
    Str seen = str_slice(source, at, end - at);
    size_t second = at;
    FeelMessage message = FEEL_SAY_CHARACTER;
    if (mark.len > 0) {
        message = FEEL_SAY_FULL_WIDTH_FOR;
    } else if (is_punctuation(str_rune(source, &second))) {
        message = FEEL_SAY_FULL_WIDTH;
    }
    return (FeelToken){TOKEN_BAD, at, end - at, message, {seen, mark}};
}

/* Marks of one or two characters; the longer first. */
static FeelToken mark_at(Str source, size_t at) {
    static const FeelTokenKind LONG[] = {TOKEN_POWER, TOKEN_NOT_EQUAL, TOKEN_LESS_EQUAL,
                                         TOKEN_GREATER_EQUAL, TOKEN_DOTS};
    Str rest = str_from(source, at);
    for (size_t i = 0; i < sizeof LONG / sizeof *LONG; i++) {
        if (str_starts(rest, feel_token_text(LONG[i]))) {
            return (FeelToken){.kind = LONG[i], .offset = at, .len = 2};
        }
    }
    for (int kind = TOKEN_AT; kind < TOKEN_AND; kind++) {
        Str text = feel_token_text((FeelTokenKind)kind);
        if (text.len == 1 && text.at[0] == source.at[at]) {
            return (FeelToken){.kind = (FeelTokenKind)kind, .offset = at, .len = 1};
        }
    }
    return bad_character(source, at);
}

FeelToken feel_token_at(Str source, size_t at) {
    at = skip_space(source, at);
    check(at <= source.len);
    if (at == source.len) {
        return (FeelToken){.kind = TOKEN_END, .offset = at};
    }
    if (is_comment(source, at)) {
        return (FeelToken){.kind = TOKEN_BAD,
                           .offset = at,
                           .len = source.len - at,
                           .message = FEEL_SAY_COMMENT_END};
    }
    char c = source.at[at];
    if (is_digit(source, at) || (c == '.' && is_digit(source, at + 1))) {
        return number_at(source, at);
    }
    if (c == '"') {
        return string_at(source, at);
    }
    size_t next = at;
    if (feel_is_name_start(str_rune(source, &next))) {
        return word_at(source, at);
    }
    return mark_at(source, at);
}

/* ---- the value of a string ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads exactly count hexadecimal digits at at. */
static bool hex_read(Str text, size_t at, size_t count, uint32_t *out) {
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = at + i < text.len ? hex_digit(text.at[at + i]) : -1;
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

static bool is_high_surrogate(uint32_t rune) {
    return rune >= 0xD800 && rune <= 0xDBFF;
}

/* A pair of \u escapes that are UTF-16 surrogates is one character. Returns bytes read, 0 if bad.
 */
static size_t unicode_read(Str text, size_t at, uint32_t *rune) {
    if (text.at[at] == 'U') {
        return hex_read(text, at + 1, 6, rune) ? 7 : 0;
    }
    if (!hex_read(text, at + 1, 4, rune)) {
        return 0;
    }
    uint32_t low = 0;
    if (is_high_surrogate(*rune) && at + 6 < text.len && text.at[at + 5] == '\\' &&
        text.at[at + 6] == 'u' && hex_read(text, at + 7, 4, &low) && low >= 0xDC00 &&
        low <= 0xDFFF) {
        *rune = 0x10000 + ((*rune - 0xD800) << 10) + (low - 0xDC00);
        return 11;
    }
    return 5;
}

/* Reads the escape after the backslash at at. Returns bytes read after the backslash, 0 if bad. */
static size_t escape_read(Str text, size_t at, uint32_t *rune) {
    static const char LETTERS[] = "nrt\"\\'";
    static const char VALUES[] = "\n\r\t\"\\'";
    if (at >= text.len) {
        return 0;
    }
    if (text.at[at] == 'u' || text.at[at] == 'U') {
        return unicode_read(text, at, rune);
    }
    for (size_t i = 0; LETTERS[i] != '\0'; i++) {
        if (LETTERS[i] == text.at[at]) {
            *rune = (unsigned char)VALUES[i];
            return 1;
        }
    }
    return 0;
}

Str feel_token_string(Arena *arena, Str token) {
    check(token.len >= 2);
    Str text = str_slice(token, 1, token.len - 2);
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t rune = 0;
        char utf8[4];
        size_t read = text.at[i] == '\\' ? escape_read(text, i + 1, &rune) : 0;
        size_t put = read == 0 ? 0 : str_rune_put(rune, utf8);
        if (put == 0) {
            bytes[len++] = text.at[i++];
            continue;
        }
        for (size_t j = 0; j < put; j++) {
            bytes[len++] = utf8[j];
        }
        i += read + 1;
    }
    return (Str){bytes, len};
}
