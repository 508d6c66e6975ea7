/* builtin_number.c - numeric functions (DMN 1.5, 10.3.4.5) and not(), is(). */
#include "feel/builtin.h"
#include "feel/eval.h"

BUILTIN(feel_fn_not) {
    (void)count;
    if (arguments[0].kind != FEEL_BOOLEAN) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    *out = feel_boolean(!arguments[0].boolean);
    return STATUS_OK;
}

BUILTIN(feel_fn_is) {
    (void)count;
    (void)eval;
    *out = feel_boolean(feel_is(&arguments[0], &arguments[1]));
    return STATUS_OK;
}

/* Rounds arguments[0] to the scale in arguments[1]. */
static Status round_with(FeelEval *eval, const FeelValue *arguments, DecimalRounding rounding,
                         FeelValue *out) {
    int64_t scale = 0;
    if (arguments[0].kind != FEEL_NUMBER) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    if (!feel_argument_integer(&arguments[1], &scale)) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    Decimal number;
    if (!decimal_round(arguments[0].number, scale, rounding, &number)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    *out = feel_number(number);
    return STATUS_OK;
}

BUILTIN(feel_fn_decimal) {
    (void)count;
    return round_with(eval, arguments, DECIMAL_HALF_EVEN, out);
}

/* floor and ceiling: the scale may be missing, but not null. */
static Status round_optional(FeelEval *eval, const FeelValue *arguments, size_t count,
                             DecimalRounding rounding, FeelValue *out) {
    FeelValue both[2] = {arguments[0], count > 1 ? arguments[1] : feel_integer(0)};
    return round_with(eval, both, rounding, out);
}

BUILTIN(feel_fn_floor) {
    return round_optional(eval, arguments, count, DECIMAL_FLOOR, out);
}

BUILTIN(feel_fn_ceiling) {
    return round_optional(eval, arguments, count, DECIMAL_CEILING, out);
}

BUILTIN(feel_fn_round_up) {
    (void)count;
    return round_with(eval, arguments, DECIMAL_UP, out);
}

BUILTIN(feel_fn_round_down) {
    (void)count;
    return round_with(eval, arguments, DECIMAL_DOWN, out);
}

BUILTIN(feel_fn_round_half_up) {
    (void)count;
    return round_with(eval, arguments, DECIMAL_HALF_UP, out);
}

BUILTIN(feel_fn_round_half_down) {
    (void)count;
    return round_with(eval, arguments, DECIMAL_HALF_DOWN, out);
}

BUILTIN(feel_fn_abs) {
    (void)count;
    Temporal temporal;
    if (arguments[0].kind == FEEL_NUMBER) {
        *out = feel_number(decimal_abs(arguments[0].number));
    } else if (feel_is_temporal(arguments[0]) && temporal_abs(arguments[0].temporal, &temporal)) {
        *out = feel_temporal(eval->cx->arena, &temporal);
    } else {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    return STATUS_OK;
}

BUILTIN(feel_fn_modulo) {
    (void)count;
    for (size_t i = 0; i < 2; i++) {
        if (arguments[i].kind != FEEL_NUMBER) {
            return feel_refuse_argument(eval, &arguments[i]);
        }
    }
    Decimal number;
    if (!decimal_modulo(arguments[0].number, arguments[1].number, &number)) {
        return feel_refuse_value(eval, &arguments[1]);
    }
    *out = feel_number(number);
    return STATUS_OK;
}

static Status apply_one(FeelEval *eval, const FeelValue *arguments,
                        bool (*apply)(Decimal number, Decimal *out), FeelValue *out) {
    if (arguments[0].kind != FEEL_NUMBER) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    Decimal number;
    if (!apply(arguments[0].number, &number)) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    *out = feel_number(number);
    return STATUS_OK;
}

BUILTIN(feel_fn_sqrt) {
    (void)count;
    return apply_one(eval, arguments, decimal_sqrt, out);
}

BUILTIN(feel_fn_log) {
    (void)count;
    return apply_one(eval, arguments, decimal_log, out);
}

BUILTIN(feel_fn_exp) {
    (void)count;
    return apply_one(eval, arguments, decimal_exp, out);
}

/* odd(n) when remainder is 1, even(n) when it is 0; a fraction is neither. */
static Status parity(FeelEval *eval, const FeelValue *arguments, int64_t wanted, FeelValue *out) {
    if (arguments[0].kind != FEEL_NUMBER) {
        return feel_refuse_argument(eval, &arguments[0]);
    }
    Decimal rest;
    if (!decimal_modulo(arguments[0].number, decimal_of_int64(2), &rest)) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    *out = feel_boolean(decimal_equal(rest, decimal_of_int64(wanted)));
    return STATUS_OK;
}

BUILTIN(feel_fn_odd) {
    (void)count;
    return parity(eval, arguments, 1, out);
}

BUILTIN(feel_fn_even) {
    (void)count;
    return parity(eval, arguments, 0, out);
}
