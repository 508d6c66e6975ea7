/*
 * str.h - a borrowed piece of text: pointer and length, not NUL-terminated, passed by value.
 *
 *        at ──▶ ┌───┬───┬───┬───┐
 *               │ 安│ 丘│ 市│   │   len counts bytes, never characters
 *               └───┴───┴───┴───┘
 *
 * Ownership: a Str never owns. Functions that take an Arena return text that lives in it; all
 * others return a view into their argument. Text from outside is checked with str_is_utf8 once.
 */
#ifndef HUANXIN_BASE_STR_H
#define HUANXIN_BASE_STR_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Arena;

typedef struct Str {
    const char *at;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((Str){NULL, 0})
#define STR_FMT "%.*s"
/* The two arguments of STR_FMT. Names its argument twice: never a call that draws or changes. */
#define STR_ARG(str) (int)(str).len, (str).at

/* Wraps a C string (borrowed); NULL gives the empty Str. */
Str str_of(const char *c_text);
/* Copies len bytes into the arena, adds a NUL after them (not counted) and returns the copy. */
Str str_dup(struct Arena *arena, Str text);
/* Returns a NUL-terminated copy in the arena, for the libc edge. */
const char *str_c(struct Arena *arena, Str text);
/* Formats like printf into the arena. */
Str str_print(struct Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* Returns text as a JSON string with its quotes (RFC 8259): quotes, backslashes and control
 * characters escaped, the rest as it is. text must be UTF-8. O(n). */
Str str_json(struct Arena *arena, Str text);
/* Joins two pieces in the arena. */
Str str_join(struct Arena *arena, Str left, Str right);

bool str_equal(Str left, Str right);
bool str_equal_ascii_nocase(Str left, Str right);
/* Compares bytewise: <0, 0, >0. For UTF-8 this is code point order. */
int str_compare(Str left, Str right);
bool str_is_empty(Str text);
bool str_starts(Str text, Str prefix);
bool str_ends(Str text, Str suffix);
/* Returns the byte index of the first needle at or after from, or SIZE_MAX. O(n*m) worst case. */
size_t str_find(Str text, Str needle, size_t from);
bool str_contains(Str text, Str needle);
/* Returns the part [from, from+len), cut at the ends of text. */
Str str_slice(Str text, size_t from, size_t len);
/* Returns the beginning of UTF-8 text, at most bytes_max bytes and never half a character: for
 * quoting in messages what somebody typed. */
Str str_head(Str text, size_t bytes_max);
/* Returns the part from byte index from to the end. */
Str str_from(Str text, size_t from);
/* Cuts ASCII white space and the ideographic space U+3000 from both ends. */
Str str_trim(Str text);
/* Cuts *rest at the first separator: returns the part before, leaves the part after in *rest.
 * Without a separator returns all and leaves *rest empty with at == NULL. */
Str str_cut(Str *rest, char separator);
/* Hashes bytes (64 bit, seeded FNV-1a with a final mix); not for secrets. */
uint64_t str_hash(Str text);

/* True when text is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool str_is_utf8(Str text);
/* Decodes the code point at byte index *at and moves *at past it. text must be UTF-8 and
 * *at < text.len; an ill-formed byte gives U+FFFD and moves one byte. */
uint32_t str_rune(Str text, size_t *at);
/* Writes a code point as UTF-8 into out (room for 4); returns the number of bytes, 0 if invalid. */
size_t str_rune_put(uint32_t rune, char out[4]);
/* Counts code points of UTF-8 text. O(n). */
size_t str_rune_count(Str text);

/* Parses a decimal integer that fills the whole text, with optional sign.
 * INVALID (no fault text) when it is not one or does not fit. */
MUST_CHECK Status str_int64(Str text, int64_t *out);

#endif
