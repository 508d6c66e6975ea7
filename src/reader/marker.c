/*
 * marker.c - the numbering of official texts (GB/T 9704: 一、 (一) 1. (1), and what offices really
 * write: 一是, 1、, 1), ①, 第一章, 1.2, 附件1, 专栏1). One function per family, tried in order.
 */
#include "reader/reader_private.h"

static bool is_separator(uint32_t rune) {
    return rune == 0x3001 || rune == '.' || rune == ',';
}

/* 一、  一. */
static bool cn_read(Str text, Marker *out) {
    int64_t number;
    size_t len = numeral_read(text, 0, &number);
    uint32_t after = rune_at(text, len);
    if (len == 0 || number < 1 || number > 99 || (after != 0x3001 && after != '.')) {
        return false;
    }
    *out = (Marker){.style = MARKER_CN,
                    .number = (int32_t)number,
                    .print_len = (uint32_t)len,
                    .len = (uint32_t)(len + rune_len_at(text, len))};
    return true;
}

/* 一是 */
static bool cn_is_read(Str text, Marker *out) {
    static const char *const SHI[] = {"是", NULL};
    int64_t number;
    size_t len = numeral_read(text, 0, &number);
    if (len == 0 || number < 1 || number > 30 || words_at(text, len, SHI) == 0) {
        return false;
    }
    uint32_t total = (uint32_t)(len + 3);
    *out = (Marker){
        .style = MARKER_CN_IS, .number = (int32_t)number, .print_len = total, .len = total};
    return true;
}

/* 第一章 */
static bool chapter_read(Str text, Marker *out) {
    static const char *const DI[] = {"第", NULL};
    static const char *const PARTS[] = {"章", "节", "部分", "篇", "条", NULL};
    int64_t number;
    if (words_at(text, 0, DI) == 0) {
        return false;
    }
    size_t len = numeral_read(text, 3, &number);
    size_t tail = len == 0 ? 0 : words_at(text, 3 + len, PARTS);
    if (tail == 0 || number < 1) {
        return false;
    }
    size_t total = 3 + len + tail;
    static const char *const INNER[] = {"节", "条", NULL};
    int32_t depth = words_at(text, 3 + len, INNER) > 0 ? 2 : 1;
    uint32_t print_len = (uint32_t)total;
    if (is_separator(rune_at(text, total))) {
        total += rune_len_at(text, total);
    }
    *out = (Marker){.style = MARKER_CHAPTER,
                    .number = (int32_t)number,
                    .depth = depth,
                    .print_len = print_len,
                    .len = (uint32_t)total};
    return true;
}

static size_t ascii_number(Str text, size_t at, int32_t *out) {
    size_t len = 0;
    int32_t number = 0;
    while (len < 4 && rune_is_digit(rune_at(text, at + len))) {
        number = number * 10 + (text.at[at + len] - '0');
        len++;
    }
    *out = number;
    return len > 3 ? 0 : len;
}

/* (一)  (1) */
static bool paren_read(Str text, Marker *out) {
    if (rune_at(text, 0) != '(') {
        return false;
    }
    int64_t number;
    int32_t arabic;
    MarkerStyle style = MARKER_CN_PAREN;
    size_t len = numeral_read(text, 1, &number);
    if (len == 0) {
        len = ascii_number(text, 1, &arabic);
        number = arabic;
        style = MARKER_ARABIC_PAREN;
    }
    if (len == 0 || number < 1 || number > 99 || rune_at(text, 1 + len) != ')') {
        return false;
    }
    uint32_t print_len = (uint32_t)(len + 2);
    uint32_t total = print_len;
    if (is_separator(rune_at(text, total))) {
        total += (uint32_t)rune_len_at(text, total);
    }
    *out =
        (Marker){.style = style, .number = (int32_t)number, .print_len = print_len, .len = total};
    return true;
}

/* ① ㈠ ⑴ ⒈ and their rows of Unicode. */
static bool circled_read(Str text, Marker *out) {
    static const struct {
        uint32_t first;
        int32_t count;
        MarkerStyle style;
    } rows[] = {
        {0x2460, 20, MARKER_CIRCLED},      {0x3220, 10, MARKER_CN_PAREN},
        {0x2474, 20, MARKER_ARABIC_PAREN}, {0x2488, 20, MARKER_ARABIC},
        {0x2776, 10, MARKER_CIRCLED},
    };
    uint32_t rune = rune_at(text, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rune >= rows[i].first && rune < rows[i].first + (uint32_t)rows[i].count) {
            uint32_t len = (uint32_t)rune_len_at(text, 0);
            *out = (Marker){.style = rows[i].style,
                            .number = (int32_t)(rune - rows[i].first) + 1,
                            .print_len = len,
                            .len = len};
            return true;
        }
    }
    return false;
}

/* A number with a unit or a magnitude after it is a figure, not numbering: "1.8万辆". */
static bool figure_follows(Str text, size_t at) {
    static const char *const SIGNS[] = {"%", "万", "亿", "倍", "个", "元", "吨", "公里", "千瓦",
                                        ":", "-",  "~",  "‰",  "辆", "台", "家", "米",   NULL};
    return at >= text.len || rune_is_digit(rune_at(text, at)) || words_at(text, at, SIGNS) > 0;
}

/* 1.2  1.2.3 */
static bool decimal_read(Str text, size_t at, int32_t number, Marker *out) {
    int32_t depth = 1;
    size_t len = 0;
    while (rune_at(text, at) == '.' && (len = ascii_number(text, at + 1, &number)) > 0) {
        at += 1 + len;
        depth++;
    }
    if (depth < 2 || depth > 4 || number < 1 || number > 99 || figure_follows(text, at)) {
        return false;
    }
    uint32_t print_len = (uint32_t)at;
    if (is_separator(rune_at(text, at))) {
        at += rune_len_at(text, at);
    }
    *out = (Marker){.style = MARKER_DECIMAL,
                    .number = number,
                    .depth = depth,
                    .print_len = print_len,
                    .len = (uint32_t)at};
    return true;
}

/* 1.  1、  1) */
static bool arabic_read(Str text, Marker *out) {
    int32_t number;
    size_t len = ascii_number(text, 0, &number);
    if (len == 0 || number < 1 || number > 199) {
        return false;
    }
    uint32_t after = rune_at(text, len);
    if (after == '.' && rune_is_digit(rune_at(text, len + 1))) {
        return decimal_read(text, len, number, out);
    }
    if (after != '.' && after != 0x3001 && after != ')') {
        return false;
    }
    *out = (Marker){.style = after == ')' ? MARKER_ARABIC_HALF : MARKER_ARABIC,
                    .number = number,
                    .print_len = (uint32_t)(after == ')' ? len + 1 : len),
                    .len = (uint32_t)(len + rune_len_at(text, len))};
    return true;
}

/* 附件1  附表  专栏1: only when nothing but a title follows. */
static bool labelled_read(Str text, Marker *out) {
    static const char *const ATTACHMENTS[] = {"附件", "附表", "附录", NULL};
    static const char *const BOXES[] = {"专栏", NULL};
    size_t len = words_at(text, 0, ATTACHMENTS);
    MarkerStyle style = MARKER_ATTACHMENT;
    if (len == 0) {
        len = words_at(text, 0, BOXES);
        style = MARKER_BOX;
    }
    if (len == 0) {
        return false;
    }
    int32_t number = 0;
    int64_t cn_number = 0;
    size_t digits = ascii_number(text, len, &number);
    if (digits == 0) {
        digits = numeral_read(text, len, &cn_number);
        number = (int32_t)cn_number;
    }
    uint32_t print_len = (uint32_t)(len + digits);
    size_t total = print_len;
    uint32_t after = rune_at(text, total);
    if (after == ':' || is_separator(after)) {
        total += rune_len_at(text, total);
    } else if (digits == 0 && after != 0) {
        return false;
    }
    *out =
        (Marker){.style = style, .number = number, .print_len = print_len, .len = (uint32_t)total};
    return true;
}

Marker marker_read(Str text) {
    Marker marker = {.style = MARKER_NONE};
    if (cn_read(text, &marker) || cn_is_read(text, &marker) || paren_read(text, &marker) ||
        arabic_read(text, &marker) || circled_read(text, &marker) || chapter_read(text, &marker) ||
        labelled_read(text, &marker)) {
        return marker;
    }
    return (Marker){.style = MARKER_NONE};
}
