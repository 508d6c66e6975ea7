/* mark.c - one form for one address, one cookie for one device, and their keyed hashes. */
#include "office/mark/mark.h"

#include "base/buf.h"

#include <string.h>

static const char *const kind_codes[] = {
#define X(name, code, zh) code,
    MARK_KIND_LIST(X)
#undef X
};

Str mark_kind_code(MarkKind kind) {
    check(kind < MARK_KIND_COUNT);
    return str_of(kind_codes[kind]);
}

Str mark_kind_zh(Str code) {
#define X(name, word, zh)                                                                          \
    if (str_equal(code, STR(word))) {                                                              \
        return STR(zh);                                                                            \
    }
    MARK_KIND_LIST(X)
#undef X
    return code;
}

/* ---- letters ---- */

static bool is_letter_or_digit(uint32_t rune) {
    return (rune >= '0' && rune <= '9') || (rune >= 'A' && rune <= 'Z');
}

/* Blanks and signs, of ASCII and of Chinese print: what may stand between two numbers. */
static bool is_sign(uint32_t rune) {
    return rune < 0x80
               ? !is_letter_or_digit(rune)
               : rune == 0xa0 || rune == 0xb7 || rune == 0xd7 || rune == 0xfffd ||
                     (rune >= 0x2000 && rune <= 0x206f) || (rune >= 0x3000 && rune <= 0x3003) ||
                     (rune >= 0x3008 && rune <= 0x301f);
}

/* Half width, capital letters, every sign a blank. */
static Str fold(Arena *arena, Str address) {
    Buf *out = buf_in(arena, address.len * 2 + 8);
    for (size_t at = 0; at < address.len;) {
        uint32_t rune = str_rune(address, &at);
        if (rune >= 0xff01 && rune <= 0xff5e) {
            rune -= 0xfee0;
        }
        if (rune >= 'a' && rune <= 'z') {
            rune -= 'a' - 'A';
        }
        buf_put_rune(out, is_sign(rune) ? ' ' : rune);
    }
    return buf_str(out);
}

/* ---- the names at the head ---- */

static Str blanks_skip(Str text) {
    while (text.len > 0 && text.at[0] == ' ') {
        text = str_from(text, 1);
    }
    return text;
}

static bool cut_start(Str *text, Str prefix) {
    if (prefix.len == 0 || !str_starts(*text, prefix)) {
        return false;
    }
    *text = blanks_skip(str_from(*text, prefix.len));
    return true;
}

/* A name without its last character: 安丘 of 安丘市. */
static Str short_of(Str name) {
    size_t len = name.len;
    while (len > 0 && ((unsigned char)name.at[--len] & 0xc0) == 0x80) {
    }
    return str_slice(name, 0, len);
}

static const CityTown *town_at(const City *city, Str text) {
    for (size_t i = 0; i < city->town_count; i++) {
        if (city->towns[i].name.len > 0 && str_starts(text, city->towns[i].name)) {
            return &city->towns[i];
        }
    }
    return NULL;
}

/* 安丘 alone is cut only before another place: 安丘大街 is a street. */
static void head_cut(const City *city, Str *text) {
    const Str names[] = {city->province, city->prefecture, city->name};
    enum { LEVELS = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < LEVELS; i++) {
        if (cut_start(text, names[i])) {
            continue;
        }
        Str rest = *text;
        bool is_named = cut_start(&rest, short_of(names[i]));
        bool is_before_place = town_at(city, rest) != NULL;
        for (size_t next = i + 1; next < LEVELS; next++) {
            Str name = short_of(names[next]);
            is_before_place = is_before_place || (name.len > 0 && str_starts(rest, name));
        }
        *text = is_named && is_before_place ? rest : *text;
    }
}

static Str town_cut(const City *city, Str *text, Str town_code) {
    const CityTown *town = town_at(city, *text);
    if (town == NULL) {
        return town_code;
    }
    (void)cut_start(text, town->name);
    (void)(cut_start(text, STR("办事处")) || cut_start(text, STR("办")));
    return town->code;
}

/* ---- numbers ---- */

/* 0..9 of a Chinese numeral, 10 and 100 of 十 and 百; -1 of anything else. */
static int numeral(uint32_t rune) {
    static const char *const digits[] = {"〇", "一", "二", "三", "四", "五",
                                         "六", "七", "八", "九", "十"};
    char text[4];
    Str word = {text, str_rune_put(rune, text)};
    for (int i = 0; i <= 10; i++) {
        if (str_equal(word, str_of(digits[i]))) {
            return i;
        }
    }
    return str_equal(word, STR("零")) ? 0 : str_equal(word, STR("百")) ? 100 : -1;
}

enum { NUMBER_DIGITS_MAX = 12 };

typedef struct Number {
    char digits[NUMBER_DIGITS_MAX + 1];
    size_t count;
} Number;

static void digit_add(Number *number, int digit) {
    bool is_leading_zero = number->count == 1 && number->digits[0] == '0';
    number->count = is_leading_zero ? 0 : number->count;
    if (number->count < NUMBER_DIGITS_MAX) {
        number->digits[number->count++] = (char)('0' + digit);
    }
}

static void value_add(Number *number, int value) {
    if (value >= 10) {
        value_add(number, value / 10);
    }
    digit_add(number, value % 10);
}

/* Reads the numerals at *at: 十二 is 12, 一二 is 12, 一百零五 is 105. */
static void numerals_read(Str text, size_t *at, Number *number) {
    int total = 0;
    int waiting = -1;
    bool has_unit = false;
    for (size_t next = *at; next < text.len; *at = next) {
        int value = numeral(str_rune(text, &next));
        if (value < 0) {
            break;
        }
        if (value < 10) {
            digit_add(number, value);
            waiting = value;
        } else {
            has_unit = true;
            total = (total + (waiting <= 0 ? 1 : waiting) * value) % 10000;
            waiting = -1;
        }
    }
    if (has_unit) {
        number->count = 0;
        value_add(number, total + (waiting < 0 ? 0 : waiting));
    }
}

/* A number of either writing at *at; count 0 when there is none. */
static void number_read(Str text, size_t *at, Number *number) {
    number->count = 0;
    while (*at < text.len && text.at[*at] >= '0' && text.at[*at] <= '9') {
        digit_add(number, text.at[(*at)++] - '0');
    }
    if (number->count == 0) {
        numerals_read(text, at, number);
    }
}

/* What stands behind a number and says no more than the order of the numbers does. */
static void counter_skip(Str text, size_t *at) {
    static const char *const words[] = {"号楼", "号院", "单元", "栋", "幢", "座",
                                        "楼",   "室",   "户",   "号", "层", "门"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_starts(str_from(text, *at), str_of(words[i]))) {
            *at += strlen(words[i]);
            return;
        }
    }
}

static Str body_write(Arena *arena, Str text, bool *has_number) {
    Buf *out = buf_in(arena, text.len * 2 + 64);
    bool is_after_number = false;
    for (size_t at = 0; at < text.len;) {
        Number number;
        number_read(text, &at, &number);
        if (number.count > 0) {
            *has_number = true;
            buf_put_c(out, is_after_number ? "|" : "");
            buf_put(out, (Str){number.digits, number.count});
            counter_skip(text, &at);
            is_after_number = true;
            continue;
        }
        uint32_t rune = str_rune(text, &at);
        if (rune == ' ') {
            continue;
        }
        buf_put_rune(out, rune);
        is_after_number = is_letter_or_digit(rune);
        if (is_after_number) {
            counter_skip(text, &at);
        }
    }
    return buf_str(out);
}

Str mark_address_normal(Arena *arena, const City *city, Str town_code, Str address) {
    if (address.len == 0 || address.len > MARK_ADDRESS_BYTES_MAX) {
        return STR_NONE;
    }
    bool has_number = false;
    Str text = blanks_skip(fold(arena, address));
    head_cut(city, &text);
    Str town = town_cut(city, &text, town_code);
    Str body = body_write(arena, text, &has_number);
    return has_number ? str_print(arena, STR_FMT ":" STR_FMT, STR_ARG(town), STR_ARG(body))
                      : STR_NONE;
}

/* ---- hashes ---- */

static Str hash_of(Arena *arena, const City *city, MarkKind kind, Str clear) {
    if (clear.len == 0) {
        return STR_NONE;
    }
    uint8_t digest[SEAL_SM3_BYTES];
    Str text = str_print(arena, "mark.%s:" STR_FMT, kind_codes[kind], STR_ARG(clear));
    seal_hmac_sm3(seal_key_str(&city->hash_key), text, digest);
    return seal_hex(arena, (Str){(const char *)digest, sizeof digest});
}

Str mark_address_hash(Arena *arena, const City *city, Str town_code, Str address) {
    Str normal = mark_address_normal(arena, city, town_code, address);
    return hash_of(arena, city, MARK_ADDRESS, normal);
}

/* ---- the device ---- */

/* M1: the length and letters of seal_token. */
static bool is_device_cookie(Str cookie) {
    if (cookie.len != (MARK_DEVICE_BYTES * 4 + 2) / 3) {
        return false;
    }
    for (size_t i = 0; i < cookie.len; i++) {
        char c = cookie.at[i];
        bool is_token = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        if (!is_token) {
            return false;
        }
    }
    return true;
}

Str mark_device_hash(Arena *arena, const City *city, Str cookie) {
    return is_device_cookie(cookie) ? hash_of(arena, city, MARK_DEVICE, cookie) : STR_NONE;
}

Str mark_device(const Web *web) {
    return mark_device_hash(web->cx->arena, web->app->house, http_cookie(web->http, "hx_device"));
}

void mark_device_give(Web *web) {
    Str known = http_cookie(web->http, "hx_device");
    http_cookie_add(web->http,
                    (HttpCookie){.name = STR("hx_device"),
                                 .value = is_device_cookie(known)
                                              ? known
                                              : seal_token(web->cx->arena, MARK_DEVICE_BYTES),
                                 .max_age_s = MARK_DEVICE_AGE_S,
                                 .is_secure = web->app->is_secure});
}
