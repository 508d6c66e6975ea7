/* words.c - small steps over folded text: lists of words, runes backwards, classes of runes. */
#include "reader/reader_private.h"

#include <string.h>

size_t words_at(Str text, size_t at, const char *const *words) {
    size_t best = 0;
    Str rest = str_from(text, at);
    for (size_t i = 0; words[i] != NULL; i++) {
        Str word = str_of(words[i]);
        if (word.len > best && str_starts(rest, word)) {
            best = word.len;
        }
    }
    return best;
}

size_t words_before(Str text, size_t end, const char *const *words) {
    size_t best = 0;
    Str head = str_slice(text, 0, end);
    for (size_t i = 0; words[i] != NULL; i++) {
        Str word = str_of(words[i]);
        if (word.len > best && str_ends(head, word)) {
            best = word.len;
        }
    }
    return best;
}

size_t words_find(Str text, const char *const *words, size_t from) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; words[i] != NULL; i++) {
        size_t at = str_find(text, str_of(words[i]), from);
        if (at < best) {
            best = at;
        }
    }
    return best;
}

bool words_in(Str text, const char *const *words) {
    return words_find(text, words, 0) != SIZE_MAX;
}

bool text_has(Str text, const char *word) {
    return str_contains(text, str_of(word));
}

size_t rune_back(Str text, size_t at) {
    check(at <= text.len);
    while (at > 0) {
        at--;
        if (((unsigned char)text.at[at] & 0xc0) != 0x80) {
            break;
        }
    }
    return at;
}

uint32_t rune_at(Str text, size_t at) {
    if (at >= text.len) {
        return 0;
    }
    return str_rune(text, &at);
}

size_t rune_len_at(Str text, size_t at) {
    if (at >= text.len) {
        return 0;
    }
    size_t next = at;
    (void)str_rune(text, &next);
    return next - at;
}

bool rune_is_digit(uint32_t rune) {
    return rune >= '0' && rune <= '9';
}

bool rune_is_han(uint32_t rune) {
    return (rune >= 0x4e00 && rune <= 0x9fff) || rune == 0x3007 ||
           (rune >= 0x3400 && rune <= 0x4dbf) || (rune >= 0x20000 && rune <= 0x3ffff);
}

bool rune_is_letter(uint32_t rune) {
    return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
}
