#include "base/str.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

Str str_of(const char *c_text) {
    return c_text == NULL ? STR_NONE : (Str){c_text, strlen(c_text)};
}

Str str_dup(struct Arena *arena, Str text) {
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len > 0) {
        memcpy(copy, text.at, text.len);
    }
    return (Str){copy, text.len};
}

const char *str_c(struct Arena *arena, Str text) {
    return str_dup(arena, text).at;
}

Str str_print(struct Arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    check(len >= 0);
    char *text = arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (Str){text, (size_t)len};
}

Str str_join(struct Arena *arena, Str left, Str right) {
    char *joined = arena_alloc(arena, left.len + right.len + 1);
    if (left.len > 0) {
        memcpy(joined, left.at, left.len);
    }
    if (right.len > 0) {
        memcpy(joined + left.len, right.at, right.len);
    }
    return (Str){joined, left.len + right.len};
}

Str str_json(struct Arena *arena, Str text) {
    enum { ESCAPE_BYTES_MAX = 6 };
    char *out = arena_alloc(arena, text.len * ESCAPE_BYTES_MAX + 3);
    size_t len = 0;
    out[len++] = '"';
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            out[len++] = '\\';
            out[len++] = (char)c;
        } else if (c < 0x20) {
            len += (size_t)snprintf(out + len, ESCAPE_BYTES_MAX + 1, "\\u%04x", c);
        } else {
            out[len++] = (char)c;
        }
    }
    out[len++] = '"';
    return (Str){out, len};
}

bool str_equal(Str left, Str right) {
    return left.len == right.len && (left.len == 0 || memcmp(left.at, right.at, left.len) == 0);
}

static char lower_ascii(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_equal_ascii_nocase(Str left, Str right) {
    if (left.len != right.len) {
        return false;
    }
    for (size_t i = 0; i < left.len; i++) {
        if (lower_ascii(left.at[i]) != lower_ascii(right.at[i])) {
            return false;
        }
    }
    return true;
}

int str_compare(Str left, Str right) {
    size_t common = left.len < right.len ? left.len : right.len;
    int order = common == 0 ? 0 : memcmp(left.at, right.at, common);
    if (order != 0) {
        return order;
    }
    return left.len < right.len ? -1 : left.len > right.len;
}

bool str_is_empty(Str text) {
    return text.len == 0;
}

bool str_starts(Str text, Str prefix) {
    return text.len >= prefix.len && str_equal((Str){text.at, prefix.len}, prefix);
}

bool str_ends(Str text, Str suffix) {
    return text.len >= suffix.len &&
           str_equal((Str){text.at + (text.len - suffix.len), suffix.len}, suffix);
}

size_t str_find(Str text, Str needle, size_t from) {
    if (needle.len == 0) {
        return from <= text.len ? from : SIZE_MAX;
    }
    while (from + needle.len <= text.len) {
        const char *hit = memchr(text.at + from, needle.at[0], text.len - from - needle.len + 1);
        if (hit == NULL) {
            return SIZE_MAX;
        }
        from = (size_t)(hit - text.at);
        if (memcmp(hit, needle.at, needle.len) == 0) {
            return from;
        }
        from++;
    }
    return SIZE_MAX;
}

bool str_contains(Str text, Str needle) {
    return str_find(text, needle, 0) != SIZE_MAX;
}

Str str_slice(Str text, size_t from, size_t len) {
    if (from >= text.len) {
        return (Str){text.at == NULL ? NULL : text.at + text.len, 0};
    }
    size_t room = text.len - from;
    return (Str){text.at + from, len < room ? len : room};
}

Str str_head(Str text, size_t bytes_max) {
    size_t len = bytes_max < text.len ? bytes_max : text.len;
    while (len > 0 && len < text.len && ((unsigned char)text.at[len] & 0xc0) == 0x80) {
        len--;
    }
    return (Str){text.at, len};
}

Str str_from(Str text, size_t from) {
    return str_slice(text, from, SIZE_MAX);
}

static size_t space_len(Str text) {
    if (text.len == 0) {
        return 0;
    }
    char c = text.at[0];
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
        return 1;
    }
    return str_starts(text, STR("\xe3\x80\x80")) ? 3 : 0;
}

static size_t space_len_at_end(Str text) {
    if (text.len == 0) {
        return 0;
    }
    char c = text.at[text.len - 1];
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
        return 1;
    }
    return str_ends(text, STR("\xe3\x80\x80")) ? 3 : 0;
}

Str str_trim(Str text) {
    for (size_t len = space_len(text); len > 0; len = space_len(text)) {
        text = str_from(text, len);
    }
    for (size_t len = space_len_at_end(text); len > 0; len = space_len_at_end(text)) {
        text.len -= len;
    }
    return text;
}

Str str_cut(Str *rest, char separator) {
    Str all = *rest;
    const char *hit = all.len == 0 ? NULL : memchr(all.at, separator, all.len);
    if (hit == NULL) {
        *rest = STR_NONE;
        return all;
    }
    size_t len = (size_t)(hit - all.at);
    *rest = (Str){hit + 1, all.len - len - 1};
    return (Str){all.at, len};
}

uint64_t str_hash(Str text) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.at[i]) * 0x100000001b3u;
    }
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

/* Returns the length of the well-formed sequence at text.at, or 0; the code point goes to *rune. */
static size_t rune_decode(Str text, uint32_t *rune) {
    const unsigned char *at = (const unsigned char *)text.at;
    if (at[0] < 0x80) {
        *rune = at[0];
        return 1;
    }
    size_t len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc2 ? 2 : 0;
    if (len == 0 || len > text.len || at[0] > 0xf4) {
        return 0;
    }
    uint32_t value = at[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = (value << 6) | (at[i] & 0x3fu);
    }
    static const uint32_t value_min[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < value_min[len] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *rune = value;
    return len;
}

bool str_is_utf8(Str text) {
    uint32_t rune = 0;
    while (text.len > 0) {
        size_t len = rune_decode(text, &rune);
        if (len == 0) {
            return false;
        }
        text = str_from(text, len);
    }
    return true;
}

uint32_t str_rune(Str text, size_t *at) {
    check(*at < text.len);
    uint32_t rune = 0;
    size_t len = rune_decode(str_from(text, *at), &rune);
    if (len == 0) {
        *at += 1;
        return 0xfffd;
    }
    *at += len;
    return rune;
}

size_t str_rune_put(uint32_t rune, char out[4]) {
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        out[0] = (char)(0xc0 | (rune >> 6));
        out[1] = (char)(0x80 | (rune & 0x3f));
        return 2;
    }
    if (rune >= 0xd800 && rune <= 0xdfff) {
        return 0;
    }
    if (rune < 0x10000) {
        out[0] = (char)(0xe0 | (rune >> 12));
        out[1] = (char)(0x80 | ((rune >> 6) & 0x3f));
        out[2] = (char)(0x80 | (rune & 0x3f));
        return 3;
    }
    if (rune > 0x10ffff) {
        return 0;
    }
    out[0] = (char)(0xf0 | (rune >> 18));
    out[1] = (char)(0x80 | ((rune >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((rune >> 6) & 0x3f));
    out[3] = (char)(0x80 | (rune & 0x3f));
    return 4;
}

size_t str_rune_count(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    }
    return count;
}

Status str_int64(Str text, int64_t *out) {
    bool is_negative = text.len > 0 && text.at[0] == '-';
    if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+')) {
        text = str_from(text, 1);
    }
    if (text.len == 0) {
        return STATUS_INVALID;
    }
    int64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = text.at[i] - '0';
        if (digit < 0 || digit > 9) {
            return STATUS_INVALID;
        }
        /* Counts downward, because INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) {
            return STATUS_INVALID;
        }
    }
    if (!is_negative && value == INT64_MIN) {
        return STATUS_INVALID;
    }
    *out = is_negative ? value : -value;
    return STATUS_OK;
}
