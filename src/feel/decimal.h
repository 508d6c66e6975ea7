/*
 * decimal.h - the numbers of FEEL: IEEE 754-2008 decimal128, 34 digits, rounded half to even.
 * There is no infinity and no not-a-number: what has no value is told by a false return.
 *
 *   low : int64 coefficient     form: 0..18 = scale        small: low * 10^-form, exact and fast
 *   low : low half of decimal128 form: anything else        wide : the 128 bits, form is masked
 *
 * Results that fit the small form take it. Trailing zeros are kept (1.10 is 110 at scale 2), so
 * two equal numbers may differ in their bits: compare with decimal_compare, print with
 * decimal_print and hash with decimal_hash.
 * A zeroed Decimal is the number 0. Values, not objects: nothing here owns memory.
 * Source: IEEE 754-2008; DMN 1.5, 10.3.2.3.1. Wide arithmetic: Intel's decimal library (Debian
 * libintelrdfpmath).
 */
#ifndef HUANXIN_FEEL_DECIMAL_H
#define HUANXIN_FEEL_DECIMAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DECIMAL_SMALL_SCALE_MAX = 18,
    /* Bounds of the scale argument of the rounding functions. */
    DECIMAL_SCALE_MIN = -6111,
    DECIMAL_SCALE_MAX = 6176,
};

typedef struct Decimal {
    int64_t low;
    uint64_t form;
} Decimal;

typedef enum DecimalRounding {
    DECIMAL_HALF_EVEN,
    DECIMAL_HALF_UP,   /* ties away from zero */
    DECIMAL_HALF_DOWN, /* ties towards zero */
    DECIMAL_UP,        /* away from zero */
    DECIMAL_DOWN,      /* towards zero */
    DECIMAL_CEILING,   /* towards plus infinity */
    DECIMAL_FLOOR,     /* towards minus infinity */
} DecimalRounding;

static inline bool decimal_is_small(Decimal number) {
    return number.form <= DECIMAL_SMALL_SCALE_MAX;
}

/* The number value * 10^-scale; scale 0..18. */
Decimal decimal_of(int64_t value, int scale);
static inline Decimal decimal_of_int64(int64_t value) {
    return (Decimal){value, 0};
}
/* Parses [+-]digits[.digits][(e|E)[+-]digits]; also ".5" and "5."; more than 34 digits round half
 * to even. false when the text is no number or overflows. O(length). */
bool decimal_parse(Str text, Decimal *out);
/* Prints in plain notation without exponent, trailing zeros or "-0", so equal numbers print equal
 * text: 1.10 gives "1.1", 1e3 gives "1000". Numbers of more than 6,000 places are as long. */
Str decimal_print(Arena *arena, Decimal number);
void decimal_put(Buf *buf, Decimal number);

/* Arithmetic: false (out untouched) on overflow or where mathematics has no value. */
bool decimal_add_wide(Decimal left, Decimal right, Decimal *out);
bool decimal_subtract_wide(Decimal left, Decimal right, Decimal *out);
bool decimal_multiply_wide(Decimal left, Decimal right, Decimal *out);
int decimal_compare_wide(Decimal left, Decimal right);
bool decimal_divide(Decimal left, Decimal right, Decimal *out);
/* left ** right; 0 ** 0 is 1; a negative base needs an integer exponent. */
bool decimal_power(Decimal left, Decimal right, Decimal *out);
/* left - right * floor(left / right), with the sign of right. Source: DMN 1.5, table 75. */
bool decimal_modulo(Decimal left, Decimal right, Decimal *out);
bool decimal_sqrt(Decimal number, Decimal *out);
bool decimal_exp(Decimal number, Decimal *out);
/* Natural logarithm; number must be above 0. */
bool decimal_log(Decimal number, Decimal *out);
Decimal decimal_negate(Decimal number);
Decimal decimal_abs(Decimal number);

static inline bool decimal_add(Decimal left, Decimal right, Decimal *out) {
    int64_t sum = 0;
    if (decimal_is_small(left) && left.form == right.form &&
        !__builtin_add_overflow(left.low, right.low, &sum)) {
        *out = (Decimal){sum, left.form};
        return true;
    }
    return decimal_add_wide(left, right, out);
}

static inline bool decimal_subtract(Decimal left, Decimal right, Decimal *out) {
    int64_t difference = 0;
    if (decimal_is_small(left) && left.form == right.form &&
        !__builtin_sub_overflow(left.low, right.low, &difference)) {
        *out = (Decimal){difference, left.form};
        return true;
    }
    return decimal_subtract_wide(left, right, out);
}

static inline bool decimal_multiply(Decimal left, Decimal right, Decimal *out) {
    int64_t product = 0;
    if (decimal_is_small(left) && decimal_is_small(right) &&
        left.form + right.form <= DECIMAL_SMALL_SCALE_MAX &&
        !__builtin_mul_overflow(left.low, right.low, &product)) {
        *out = (Decimal){product, left.form + right.form};
        return true;
    }
    return decimal_multiply_wide(left, right, out);
}

/* <0, 0, >0 by value: 1.0 equals 1. */
static inline int decimal_compare(Decimal left, Decimal right) {
    if (decimal_is_small(left) && left.form == right.form) {
        return (left.low > right.low) - (left.low < right.low);
    }
    return decimal_compare_wide(left, right);
}

static inline bool decimal_equal(Decimal left, Decimal right) {
    return decimal_compare(left, right) == 0;
}

/* -1, 0 or 1. */
int decimal_sign(Decimal number);
bool decimal_is_integer(Decimal number);
/* Rounds to scale digits after the point (negative: before it). false when scale is outside
 * DECIMAL_SCALE_MIN..DECIMAL_SCALE_MAX or the result does not fit 34 digits. */
bool decimal_round(Decimal number, int64_t scale, DecimalRounding rounding, Decimal *out);
/* The integer value of an integral number. false when it has a fraction or does not fit. */
bool decimal_to_int64(Decimal number, int64_t *out);
/* The number cut towards zero. false when it does not fit. */
bool decimal_truncate_int64(Decimal number, int64_t *out);
/* Equal numbers hash equal. */
uint64_t decimal_hash(Decimal number);

#endif
