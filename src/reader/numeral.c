/* numeral.c - Chinese numerals, years and dates in folded text. */
#include "reader/reader_private.h"

enum { YEAR_FIRST = 1949, YEAR_LAST = 2100 };

static int digit_of(uint32_t rune) {
    static const struct {
        uint32_t rune;
        int value;
    } digits[] = {
        {0x3007, 0}, {0x96f6, 0}, {0x4e00, 1}, {0x4e8c, 2}, {0x4e24, 2}, {0x4e09, 3},
        {0x56db, 4}, {0x4e94, 5}, {0x516d, 6}, {0x4e03, 7}, {0x516b, 8}, {0x4e5d, 9},
    };
    for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++) {
        if (digits[i].rune == rune) {
            return digits[i].value;
        }
    }
    return -1;
}

static int64_t power_of(uint32_t rune) {
    switch (rune) {
    case 0x5341: /* 十 */
        return 10;
    case 0x767e: /* 百 */
        return 100;
    case 0x5343: /* 千 */
        return 1000;
    }
    return 0;
}

size_t numeral_read(Str text, size_t at, int64_t *out) {
    enum { RUNES_MAX = 9 };
    int64_t total = 0;
    int64_t pending = 0;
    size_t start = at;
    bool has_any = false;
    for (int i = 0; i < RUNES_MAX && at < text.len; i++) {
        size_t next = at;
        uint32_t rune = str_rune(text, &next);
        int digit = digit_of(rune);
        int64_t power = power_of(rune);
        if (digit < 0 && power == 0) {
            break;
        }
        if (digit >= 0) {
            pending = pending * 10 + digit;
        } else {
            total += (pending == 0 ? 1 : pending) * power;
            pending = 0;
        }
        has_any = true;
        at = next;
    }
    if (!has_any) {
        return 0;
    }
    *out = total + pending;
    return at - start;
}

/* Reads up to digits_max ASCII digits; returns their number. */
static size_t digits_read(Str text, size_t at, size_t digits_max, int64_t *out) {
    size_t len = 0;
    int64_t value = 0;
    while (len < digits_max && rune_is_digit(rune_at(text, at + len))) {
        value = value * 10 + (text.at[at + len] - '0');
        len++;
    }
    *out = value;
    return len;
}

static size_t any_digits_read(Str text, size_t at, size_t digits_max, int64_t *out) {
    size_t len = digits_read(text, at, digits_max, out);
    return len > 0 ? len : numeral_read(text, at, out);
}

size_t year_read(Str text, size_t at, int32_t *out) {
    static const char *const NIAN[] = {"年", NULL};
    int64_t year;
    size_t len = any_digits_read(text, at, 4, &year);
    if (len < 4 || year < YEAR_FIRST || year > YEAR_LAST) {
        return 0;
    }
    size_t tail = words_at(text, at + len, NIAN);
    if (tail == 0) {
        return 0;
    }
    *out = (int32_t)year;
    return len + tail;
}

int32_t only_year(Str text) {
    enum { TEXT_BYTES_MAX = 300 };
    int32_t found = 0;
    Str head = str_slice(text, 0, TEXT_BYTES_MAX);
    for (size_t at = 0; at < head.len;) {
        int32_t year = 0;
        size_t len = year_read(head, at, &year);
        if (len > 0 && found != 0 && found != year) {
            return 0;
        }
        found = len > 0 ? year : found;
        at += len > 0 ? len : rune_len_at(head, at);
    }
    return found;
}

size_t date_read(Str text, size_t at, Day *out) {
    static const char *const YUE[] = {"月", NULL};
    static const char *const RI[] = {"日", NULL};
    size_t start = at;
    DayParts parts = {0};
    size_t len = year_read(text, at, &parts.year);
    if (len == 0) {
        return 0;
    }
    at += len;
    int64_t month;
    int64_t day;
    len = any_digits_read(text, at, 2, &month);
    size_t tail = words_at(text, at + len, YUE);
    if (len == 0 || tail == 0) {
        return 0;
    }
    at += len + tail;
    len = any_digits_read(text, at, 2, &day);
    tail = words_at(text, at + len, RI);
    if (len == 0 || tail == 0) {
        return 0;
    }
    parts.month = (int32_t)month;
    parts.day = (int32_t)day;
    if (!day_is_valid(parts)) {
        return 0;
    }
    *out = day_of(parts);
    return at + len + tail - start;
}
