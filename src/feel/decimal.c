/*
 * decimal.c - FEEL numbers. Reading order: unpacking and packing the 128 bits, rounding, text,
 * then arithmetic: each operation tries integers first and falls back to Intel's library.
 * The 128-bit layout (binary integer decimal, IEEE 754-2008, 3.5.2): sign, 14 bits of exponent
 * biased by 6176, 113 bits of coefficient. The exponent patterns 11xxx never occur in a number of
 * ours, so flipping two bits makes room for the small form.
 */
#include "feel/decimal.h"

/* The Debian package builds libbidgcc000.a with these three switches off. */
#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
/* clang-format off */
#include <bid_conf.h>
#include <bid_functions.h>
/* clang-format on */

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

#define FORM_FLIP UINT64_C(0x6000000000000000)
#define HIGH_SIGN UINT64_C(0x8000000000000000)
#define HIGH_SPECIAL UINT64_C(0x7800000000000000) /* infinity and not-a-number */
#define HIGH_COEFFICIENT_MASK ((UINT64_C(1) << 49) - 1)

enum {
    EXPONENT_BIAS = 6176,
    EXPONENT_MAX = 6111,
    EXPONENT_MASK = 0x3FFF,
    DIGITS_MAX = 34,
    WIDE_DIGITS_MAX = 38, /* 10^38 fits 128 bits */
    ROUND_NEAREST_EVEN = 0,
    /* Integer exponents beyond this cannot give a value unless the base is 0, 1 or -1. */
    POWER_EXPONENT_MAX = 1000000000,
};

/* A number taken apart: value = (-1)^is_negative * coefficient * 10^exponent. */
typedef struct Parts {
    bool is_negative;
    Wide coefficient;
    int64_t exponent;
} Parts;

static const uint64_t POWERS[20] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* 10^digits, digits 0..38. */
static Wide power_of_ten(int64_t digits) {
    check(digits >= 0);
    check(digits <= WIDE_DIGITS_MAX);
    if (digits < 20) {
        return POWERS[digits];
    }
    return (Wide)POWERS[19] * POWERS[digits - 19];
}

static Parts unpack(Decimal number) {
    Parts parts = {.is_negative = false};
    if (decimal_is_small(number)) {
        parts.is_negative = number.low < 0;
        parts.coefficient =
            parts.is_negative ? (Wide)0 - (Wide)(SignedWide)number.low : (Wide)number.low;
        parts.exponent = -(int64_t)number.form;
        return parts;
    }
    uint64_t high = number.form ^ FORM_FLIP;
    parts.is_negative = (high & HIGH_SIGN) != 0;
    parts.exponent = (int64_t)((high >> 49) & EXPONENT_MASK) - EXPONENT_BIAS;
    parts.coefficient = ((Wide)(high & HIGH_COEFFICIENT_MASK) << 64) | (uint64_t)number.low;
    return parts;
}

/* Decides whether the magnitude goes up when a rest is cut off: half is -1, 0, 1 for a rest below,
 * at or above one half; the rest is not zero. */
static bool rounds_away(DecimalRounding rounding, int half, bool is_odd, bool is_negative) {
    switch (rounding) {
    case DECIMAL_HALF_EVEN:
        return half > 0 || (half == 0 && is_odd);
    case DECIMAL_HALF_UP:
        return half >= 0;
    case DECIMAL_HALF_DOWN:
        return half > 0;
    case DECIMAL_UP:
        return true;
    case DECIMAL_DOWN:
        return false;
    case DECIMAL_CEILING:
        return !is_negative;
    case DECIMAL_FLOOR:
        return is_negative;
    }
    return false;
}

/* Cuts drop digits off the coefficient; has_more says that non-zero digits were cut before. */
static Parts parts_cut(Parts parts, int64_t drop, DecimalRounding rounding, bool has_more) {
    check(drop > 0);
    Wide quotient = 0;
    int half = -1;
    bool has_rest = has_more || parts.coefficient != 0;
    if (drop <= WIDE_DIGITS_MAX) {
        Wide unit = power_of_ten(drop);
        Wide rest = parts.coefficient % unit;
        quotient = parts.coefficient / unit;
        half = (rest > unit / 2) - (rest < unit / 2);
        half = half == 0 && has_more ? 1 : half;
        has_rest = has_more || rest != 0;
    }
    bool is_odd = (quotient & 1) != 0;
    if (has_rest && rounds_away(rounding, half, is_odd, parts.is_negative)) {
        quotient++;
    }
    parts.coefficient = quotient;
    parts.exponent += drop;
    return parts;
}

static int digit_count(Wide coefficient) {
    int count = 1;
    while (count < WIDE_DIGITS_MAX && coefficient >= power_of_ten(count)) {
        count++;
    }
    return count;
}

/* True when parts fit the small form, which is then written. */
static bool pack_small(Parts parts, Decimal *out) {
    while (parts.exponent < -DECIMAL_SMALL_SCALE_MAX && parts.coefficient != 0 &&
           parts.coefficient % 10 == 0) {
        parts.coefficient /= 10;
        parts.exponent++;
    }
    if (parts.coefficient == 0) {
        *out = (Decimal){0, 0};
        return true;
    }
    if (parts.exponent > 0 && parts.exponent <= DECIMAL_SMALL_SCALE_MAX &&
        parts.coefficient <= INT64_MAX) {
        parts.coefficient *= power_of_ten(parts.exponent);
        parts.exponent = 0;
    }
    if (parts.coefficient > INT64_MAX || parts.exponent > 0 ||
        parts.exponent < -DECIMAL_SMALL_SCALE_MAX) {
        return false;
    }
    int64_t low = (int64_t)parts.coefficient;
    *out = (Decimal){parts.is_negative ? -low : low, (uint64_t)-parts.exponent};
    return true;
}

/* Packs parts, rounding half to even to 34 digits and to the exponent range. false on overflow. */
static bool pack(Parts parts, bool has_more, Decimal *out) {
    int64_t drop = digit_count(parts.coefficient) - DIGITS_MAX;
    if (parts.exponent + drop < -EXPONENT_BIAS) {
        drop = -EXPONENT_BIAS - parts.exponent;
    }
    if (drop > 0) {
        parts = parts_cut(parts, drop, DECIMAL_HALF_EVEN, has_more);
        if (parts.coefficient == power_of_ten(DIGITS_MAX)) {
            parts.coefficient /= 10;
            parts.exponent++;
        }
    }
    if (pack_small(parts, out)) {
        return true;
    }
    while (parts.exponent > EXPONENT_MAX && parts.coefficient < power_of_ten(DIGITS_MAX - 1)) {
        parts.coefficient *= 10;
        parts.exponent--;
    }
    if (parts.exponent > EXPONENT_MAX) {
        return false;
    }
    uint64_t high = (uint64_t)(parts.coefficient >> 64);
    high |= (uint64_t)(parts.exponent + EXPONENT_BIAS) << 49;
    high |= parts.is_negative ? HIGH_SIGN : 0;
    *out = (Decimal){(int64_t)(uint64_t)parts.coefficient, high ^ FORM_FLIP};
    return true;
}

Decimal decimal_of(int64_t value, int scale) {
    check(scale >= 0);
    check(scale <= DECIMAL_SMALL_SCALE_MAX);
    return (Decimal){value, (uint64_t)scale};
}

/* ---- the library's form ---- */

static BID_UINT128 to_library(Decimal number) {
    BID_UINT128 wide;
    if (!decimal_is_small(number)) {
        wide.w[0] = (uint64_t)number.low;
        wide.w[1] = number.form ^ FORM_FLIP;
        return wide;
    }
    Parts parts = unpack(number);
    wide.w[0] = (uint64_t)parts.coefficient;
    wide.w[1] = (uint64_t)(parts.exponent + EXPONENT_BIAS) << 49;
    wide.w[1] |= parts.is_negative ? HIGH_SIGN : 0;
    return wide;
}

/* false for infinity and not-a-number. */
static bool from_library(BID_UINT128 wide, Decimal *out) {
    if ((wide.w[1] & HIGH_SPECIAL) == HIGH_SPECIAL) {
        return false;
    }
    if ((wide.w[1] & FORM_FLIP) == FORM_FLIP) { /* a non-canonical coefficient means zero */
        *out = (Decimal){0, 0};
        return true;
    }
    Decimal number = {(int64_t)wide.w[0], wide.w[1] ^ FORM_FLIP};
    if (!pack_small(unpack(number), out)) {
        *out = number;
    }
    return true;
}

/* ---- text ---- */

typedef struct Reading {
    Parts parts;
    bool has_more;  /* a digit other than 0 beyond the 38 kept */
    bool has_digit; /* any digit at all */
} Reading;

static void read_digit(Reading *reading, char c, bool is_fraction) {
    Parts *parts = &reading->parts;
    reading->has_digit = true;
    if (parts->coefficient < power_of_ten(WIDE_DIGITS_MAX - 1)) {
        parts->coefficient = parts->coefficient * 10 + (unsigned)(c - '0');
        parts->exponent -= is_fraction ? 1 : 0;
        return;
    }
    reading->has_more = reading->has_more || c != '0';
    parts->exponent += is_fraction ? 0 : 1;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Reads the exponent after e or E; it must fill the rest. */
static bool read_exponent(Str text, int64_t *exponent) {
    if (!str_is_empty(text) && text.at[0] == '+') {
        text = str_from(text, 1);
        if (!str_is_empty(text) && text.at[0] == '-') {
            return false;
        }
    }
    int64_t value = 0;
    if (text.len > 12 || str_int64(text, &value) != STATUS_OK) {
        return false;
    }
    *exponent += value;
    return true;
}

bool decimal_parse(Str text, Decimal *out) {
    Reading reading = {.has_digit = false};
    size_t i = 0;
    if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+')) {
        reading.parts.is_negative = text.at[0] == '-';
        i = 1;
    }
    for (; i < text.len && is_digit(text.at[i]); i++) {
        read_digit(&reading, text.at[i], false);
    }
    if (i < text.len && text.at[i] == '.') {
        for (i++; i < text.len && is_digit(text.at[i]); i++) {
            read_digit(&reading, text.at[i], true);
        }
    }
    if (!reading.has_digit) {
        return false;
    }
    if (i < text.len && (text.at[i] == 'e' || text.at[i] == 'E')) {
        if (!read_exponent(str_from(text, i + 1), &reading.parts.exponent)) {
            return false;
        }
        i = text.len;
    }
    return i == text.len && pack(reading.parts, reading.has_more, out);
}

static void put_zeros(Buf *buf, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        buf_put_char(buf, '0');
    }
}

void decimal_put(Buf *buf, Decimal number) {
    Parts parts = unpack(number);
    if (parts.coefficient == 0) {
        buf_put_char(buf, '0');
        return;
    }
    while (parts.coefficient % 10 == 0) {
        parts.coefficient /= 10;
        parts.exponent++;
    }
    char digits[WIDE_DIGITS_MAX + 2];
    int64_t count = 0;
    for (Wide rest = parts.coefficient; rest != 0; rest /= 10) {
        digits[count++] = (char)('0' + (int)(rest % 10));
    }
    if (parts.is_negative) {
        buf_put_char(buf, '-');
    }
    int64_t point = count + parts.exponent; /* digits before the point */
    if (point <= 0) {
        buf_put_c(buf, "0.");
        put_zeros(buf, -point);
    }
    for (int64_t i = 0; i < count; i++) {
        if (i > 0 && i == point) {
            buf_put_char(buf, '.');
        }
        buf_put_char(buf, digits[count - 1 - i]);
    }
    put_zeros(buf, parts.exponent);
}

Str decimal_print(Arena *arena, Decimal number) {
    Buf buf;
    buf_init(&buf, 2 * EXPONENT_BIAS + 64);
    decimal_put(&buf, number);
    Str text = str_dup(arena, buf_str(&buf));
    buf_dispose(&buf);
    return text;
}

/* ---- arithmetic ---- */

/* Brings two small numbers to one scale; always fits 128 bits. Returns the scale. */
static uint64_t align(Decimal left, Decimal right, SignedWide *left_out, SignedWide *right_out) {
    uint64_t scale = left.form > right.form ? left.form : right.form;
    *left_out = (SignedWide)left.low * (SignedWide)POWERS[scale - left.form];
    *right_out = (SignedWide)right.low * (SignedWide)POWERS[scale - right.form];
    return scale;
}

/* Packs a signed integer at a scale; exact below 10^38. */
static bool pack_signed(SignedWide value, uint64_t scale, Decimal *out) {
    Parts parts = {.is_negative = value < 0, .exponent = -(int64_t)scale};
    parts.coefficient = value < 0 ? (Wide)0 - (Wide)value : (Wide)value;
    return pack(parts, false, out);
}

bool decimal_add_wide(Decimal left, Decimal right, Decimal *out) {
    if (decimal_is_small(left) && decimal_is_small(right)) {
        SignedWide a = 0;
        SignedWide b = 0;
        uint64_t scale = align(left, right, &a, &b);
        return pack_signed(a + b, scale, out);
    }
    unsigned int flags = 0;
    return from_library(bid128_add(to_library(left), to_library(right), ROUND_NEAREST_EVEN, &flags),
                        out);
}

bool decimal_subtract_wide(Decimal left, Decimal right, Decimal *out) {
    return decimal_add_wide(left, decimal_negate(right), out);
}

bool decimal_multiply_wide(Decimal left, Decimal right, Decimal *out) {
    unsigned int flags = 0;
    return from_library(bid128_mul(to_library(left), to_library(right), ROUND_NEAREST_EVEN, &flags),
                        out);
}

bool decimal_divide(Decimal left, Decimal right, Decimal *out) {
    if (decimal_sign(right) == 0) {
        return false;
    }
    if (decimal_is_small(left) && decimal_is_small(right) && left.form >= right.form &&
        right.low != -1 && left.low % right.low == 0) {
        *out = (Decimal){left.low / right.low, left.form - right.form};
        return true;
    }
    unsigned int flags = 0;
    return from_library(bid128_div(to_library(left), to_library(right), ROUND_NEAREST_EVEN, &flags),
                        out);
}

int decimal_compare_wide(Decimal left, Decimal right) {
    if (decimal_is_small(left) && decimal_is_small(right)) {
        SignedWide a = 0;
        SignedWide b = 0;
        align(left, right, &a, &b);
        return (a > b) - (a < b);
    }
    unsigned int flags = 0;
    BID_UINT128 a = to_library(left);
    BID_UINT128 b = to_library(right);
    if (bid128_quiet_less(a, b, &flags)) {
        return -1;
    }
    return bid128_quiet_less(b, a, &flags) ? 1 : 0;
}

Decimal decimal_negate(Decimal number) {
    if (decimal_is_small(number) && number.low != INT64_MIN) {
        return (Decimal){-number.low, number.form};
    }
    Parts parts = unpack(number);
    parts.is_negative = !parts.is_negative;
    Decimal result = number;
    check(pack(parts, false, &result));
    return result;
}

Decimal decimal_abs(Decimal number) {
    return decimal_sign(number) < 0 ? decimal_negate(number) : number;
}

int decimal_sign(Decimal number) {
    if (decimal_is_small(number)) {
        return (number.low > 0) - (number.low < 0);
    }
    Parts parts = unpack(number);
    if (parts.coefficient == 0) {
        return 0;
    }
    return parts.is_negative ? -1 : 1;
}

bool decimal_is_integer(Decimal number) {
    Decimal whole = number;
    return decimal_round(number, 0, DECIMAL_DOWN, &whole) && decimal_equal(whole, number);
}

bool decimal_round(Decimal number, int64_t scale, DecimalRounding rounding, Decimal *out) {
    if (scale < DECIMAL_SCALE_MIN || scale > DECIMAL_SCALE_MAX) {
        return false;
    }
    Parts parts = unpack(number);
    int64_t drop = -parts.exponent - scale;
    if (drop <= 0) {
        *out = number;
        return true;
    }
    return pack(parts_cut(parts, drop, rounding, false), false, out);
}

bool decimal_truncate_int64(Decimal number, int64_t *out) {
    Decimal whole = number;
    if (!decimal_round(number, 0, DECIMAL_DOWN, &whole)) {
        return false;
    }
    if (decimal_is_small(whole)) {
        *out = whole.low / (int64_t)POWERS[whole.form];
        return true;
    }
    /* The only whole number of 64 bits that has no small form is the lowest. */
    Parts parts = unpack(whole);
    if (parts.is_negative && parts.exponent == 0 && parts.coefficient == (Wide)INT64_MAX + 1) {
        *out = INT64_MIN;
        return true;
    }
    return false;
}

bool decimal_to_int64(Decimal number, int64_t *out) {
    if (decimal_is_small(number) && number.form == 0) {
        *out = number.low;
        return true;
    }
    return decimal_is_integer(number) && decimal_truncate_int64(number, out);
}

uint64_t decimal_hash(Decimal number) {
    Parts parts = unpack(number);
    while (parts.coefficient != 0 && parts.coefficient % 10 == 0) {
        parts.coefficient /= 10;
        parts.exponent++;
    }
    uint64_t words[3] = {(uint64_t)parts.coefficient, (uint64_t)(parts.coefficient >> 64),
                         (uint64_t)parts.exponent * 2 + (parts.is_negative ? 1 : 0)};
    if (parts.coefficient == 0) {
        words[2] = 0;
    }
    return str_hash((Str){(const char *)words, sizeof words});
}

/* ---- functions ---- */

bool decimal_modulo(Decimal left, Decimal right, Decimal *out) {
    if (decimal_sign(right) == 0) {
        return false;
    }
    if (decimal_is_small(left) && decimal_is_small(right)) {
        SignedWide a = 0;
        SignedWide b = 0;
        uint64_t scale = align(left, right, &a, &b);
        SignedWide rest = a % b;
        if (rest != 0 && (rest < 0) != (b < 0)) {
            rest += b;
        }
        return pack_signed(rest, scale, out);
    }
    unsigned int flags = 0;
    Decimal rest = {0, 0};
    if (!from_library(bid128_fmod(to_library(left), to_library(right), &flags), &rest)) {
        return false;
    }
    if (decimal_sign(rest) * decimal_sign(right) < 0) {
        return decimal_add(rest, right, out);
    }
    *out = rest;
    return true;
}

/* base ** exponent by squaring: exact as long as the result has at most 34 digits. */
static bool power_integer(Decimal base, int64_t exponent, Decimal *out) {
    Decimal result = decimal_of_int64(1);
    Decimal square = base;
    for (int64_t rest = exponent; rest != 0; rest >>= 1) {
        if ((rest & 1) != 0 && !decimal_multiply(result, square, &result)) {
            return false;
        }
        if (rest > 1 && !decimal_multiply(square, square, &square)) {
            return false;
        }
    }
    *out = result;
    return true;
}

bool decimal_power(Decimal left, Decimal right, Decimal *out) {
    int64_t exponent = 0;
    bool is_whole = decimal_to_int64(right, &exponent);
    if (is_whole && exponent >= 0 && exponent <= POWER_EXPONENT_MAX) {
        return power_integer(left, exponent, out);
    }
    if (decimal_sign(left) == 0 && decimal_sign(right) < 0) {
        return false;
    }
    if (is_whole && exponent < 0 && exponent >= -POWER_EXPONENT_MAX) {
        Decimal below = {0, 0};
        if (power_integer(left, -exponent, &below)) {
            return decimal_divide(decimal_of_int64(1), below, out);
        }
    }
    unsigned int flags = 0;
    return from_library(bid128_pow(to_library(left), to_library(right), ROUND_NEAREST_EVEN, &flags),
                        out);
}

bool decimal_sqrt(Decimal number, Decimal *out) {
    if (decimal_sign(number) < 0) {
        return false;
    }
    unsigned int flags = 0;
    return from_library(bid128_sqrt(to_library(number), ROUND_NEAREST_EVEN, &flags), out);
}

bool decimal_exp(Decimal number, Decimal *out) {
    unsigned int flags = 0;
    return from_library(bid128_exp(to_library(number), ROUND_NEAREST_EVEN, &flags), out);
}

bool decimal_log(Decimal number, Decimal *out) {
    if (decimal_sign(number) <= 0) {
        return false;
    }
    unsigned int flags = 0;
    return from_library(bid128_log(to_library(number), ROUND_NEAREST_EVEN, &flags), out);
}
