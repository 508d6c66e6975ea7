/* builtin_sum.c - functions that make one value of many (DMN 1.5, 10.3.4.4): given as a list or as
 * arguments. */
#include "feel/builtin.h"
#include "feel/eval.h"

#include <string.h>

/* One argument is the list (or a list of one); several are the items. NULL, reported, for null. */
static bool items_of(FeelEval *eval, const FeelValue *arguments, size_t count, FeelList *out) {
    if (count != 1 || (arguments[0].kind != FEEL_LIST && !feel_is_null(arguments[0]))) {
        FeelValue *items = arena_array(eval->cx->arena, FeelValue, count);
        memcpy(items, arguments, count * sizeof *items);
        *out = (FeelList){items, count};
        return true;
    }
    if (feel_is_null(arguments[0])) {
        Status status = feel_refuse_argument(eval, &arguments[0]);
        check(status == STATUS_OK);
        return false;
    }
    *out = *arguments[0].list;
    return true;
}

BUILTIN(feel_fn_count) {
    FeelList items;
    if (count > 1) {
        return feel_refuse_argument(eval, &arguments[1]);
    }
    if (items_of(eval, arguments, count, &items)) {
        *out = feel_integer((int64_t)items.count);
    }
    return STATUS_OK;
}

/* The least (sign -1) or greatest (sign 1) item. */
static Status extreme(FeelEval *eval, const FeelValue *items, size_t count, int sign,
                      FeelValue *out) {
    if (count == 0) {
        return STATUS_OK;
    }
    FeelValue best = items[0];
    int order = 0;
    if (!feel_compare(&best, &best, &order)) {
        return feel_refuse_argument(eval, &items[0]);
    }
    for (size_t i = 1; i < count; i++) {
        TRY(cx_step(eval->cx));
        if (!feel_compare(&items[i], &best, &order)) {
            return feel_refuse_argument(eval, &items[i]);
        }
        if (order * sign > 0) {
            best = items[i];
        }
    }
    *out = best;
    return STATUS_OK;
}

static Status extreme_of(FeelEval *eval, const FeelValue *arguments, size_t count, int sign,
                         FeelValue *out) {
    if (count == 1 && arguments[0].kind == FEEL_LIST) {
        return extreme(eval, arguments[0].list->items, arguments[0].list->count, sign, out);
    }
    return extreme(eval, arguments, count, sign, out);
}

BUILTIN(feel_fn_min) {
    return extreme_of(eval, arguments, count, -1, out);
}

BUILTIN(feel_fn_max) {
    return extreme_of(eval, arguments, count, 1, out);
}

/* ---- numbers ---- */

/* The items, all of them numbers; false, reported, for others. An empty list has no result. */
static bool numbers_of(FeelEval *eval, const FeelValue *arguments, size_t count, FeelList *out) {
    if (!items_of(eval, arguments, count, out)) {
        return false;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].kind != FEEL_NUMBER) {
            Status status = feel_refuse_argument(eval, &out->items[i]);
            check(status == STATUS_OK);
            return false;
        }
    }
    return true;
}

/* Sums numbers; false when the sum is out of range. */
static bool total(const FeelList *numbers, Decimal *out) {
    Decimal sum = decimal_of_int64(0);
    for (size_t i = 0; i < numbers->count; i++) {
        if (!decimal_add(sum, numbers->items[i].number, &sum)) {
            return false;
        }
    }
    *out = sum;
    return true;
}

static bool average(const FeelList *numbers, Decimal *out) {
    Decimal sum;
    return numbers->count > 0 && total(numbers, &sum) &&
           decimal_divide(sum, decimal_of_int64((int64_t)numbers->count), out);
}

static Status give_number(FeelEval *eval, bool is_valid, Decimal number, const FeelValue *argument,
                          FeelValue *out) {
    if (!is_valid) {
        return feel_refuse_value(eval, argument);
    }
    *out = feel_number(number);
    return STATUS_OK;
}

BUILTIN(feel_fn_sum) {
    FeelList numbers;
    Decimal sum = decimal_of_int64(0);
    if (!numbers_of(eval, arguments, count, &numbers)) {
        return STATUS_OK;
    }
    TRY(cx_steps(eval->cx, numbers.count));
    return give_number(eval, numbers.count > 0 && total(&numbers, &sum), sum, &arguments[0], out);
}

BUILTIN(feel_fn_mean) {
    FeelList numbers;
    Decimal mean = decimal_of_int64(0);
    if (!numbers_of(eval, arguments, count, &numbers)) {
        return STATUS_OK;
    }
    TRY(cx_steps(eval->cx, numbers.count));
    return give_number(eval, average(&numbers, &mean), mean, &arguments[0], out);
}

BUILTIN(feel_fn_product) {
    FeelList numbers;
    Decimal product = decimal_of_int64(1);
    if (!numbers_of(eval, arguments, count, &numbers)) {
        return STATUS_OK;
    }
    bool is_valid = numbers.count > 0;
    for (size_t i = 0; i < numbers.count && is_valid; i++) {
        TRY(cx_step(eval->cx));
        is_valid = decimal_multiply(product, numbers.items[i].number, &product);
    }
    return give_number(eval, is_valid, product, &arguments[0], out);
}

/* The standard deviation of a sample: the divisor is one less than the count. */
static bool deviation(const FeelList *numbers, Decimal *out) {
    Decimal mean;
    Decimal squares = decimal_of_int64(0);
    if (numbers->count < 2 || !average(numbers, &mean)) {
        return false;
    }
    for (size_t i = 0; i < numbers->count; i++) {
        Decimal distance;
        Decimal square;
        if (!decimal_subtract(numbers->items[i].number, mean, &distance) ||
            !decimal_multiply(distance, distance, &square) ||
            !decimal_add(squares, square, &squares)) {
            return false;
        }
    }
    Decimal variance;
    return decimal_divide(squares, decimal_of_int64((int64_t)numbers->count - 1), &variance) &&
           decimal_sqrt(variance, out);
}

BUILTIN(feel_fn_stddev) {
    FeelList numbers;
    Decimal result = decimal_of_int64(0);
    if (!numbers_of(eval, arguments, count, &numbers)) {
        return STATUS_OK;
    }
    TRY(cx_steps(eval->cx, numbers.count));
    return give_number(eval, deviation(&numbers, &result), result, &arguments[0], out);
}

/* Numbers ascending, by the function sort(); *out has no items when there are none. */
static Status sorted_numbers(FeelEval *eval, const FeelValue *arguments, size_t count,
                             bool *is_valid, FeelList *out) {
    FeelList numbers;
    FeelValue sorted = FEEL_NULL_VALUE;
    *is_valid = numbers_of(eval, arguments, count, &numbers);
    if (!*is_valid) {
        return STATUS_OK;
    }
    FeelValue list = feel_list(&numbers);
    TRY(feel_fn_sort(eval, &list, 1, &sorted));
    check(sorted.kind == FEEL_LIST);
    *out = *sorted.list;
    return STATUS_OK;
}

BUILTIN(feel_fn_median) {
    FeelList sorted;
    bool is_valid = false;
    TRY(sorted_numbers(eval, arguments, count, &is_valid, &sorted));
    if (!is_valid) {
        return STATUS_OK;
    }
    if (sorted.count == 0) {
        return feel_refuse_value(eval, &arguments[0]);
    }
    size_t middle = sorted.count / 2;
    FeelList pair = {sorted.items + middle, 1};
    if (sorted.count % 2 == 0) {
        pair = (FeelList){sorted.items + middle - 1, 2};
    }
    Decimal number = decimal_of_int64(0);
    bool has_average = average(&pair, &number);
    return give_number(eval, has_average, number, &arguments[0], out);
}

/* Length of the run of equal numbers that starts at index. */
static size_t run_length(const FeelList *sorted, size_t index) {
    size_t end = index + 1;
    while (end < sorted->count &&
           decimal_equal(sorted->items[index].number, sorted->items[end].number)) {
        end++;
    }
    return end - index;
}

BUILTIN(feel_fn_mode) {
    FeelList sorted;
    bool is_valid = false;
    TRY(sorted_numbers(eval, arguments, count, &is_valid, &sorted));
    if (!is_valid) {
        return STATUS_OK;
    }
    size_t longest = 0;
    for (size_t i = 0; i < sorted.count; i += run_length(&sorted, i)) {
        size_t length = run_length(&sorted, i);
        longest = length > longest ? length : longest;
    }
    FeelList *modes = feel_list_new(eval->cx->arena, sorted.count);
    modes->count = 0;
    for (size_t i = 0; i < sorted.count; i += run_length(&sorted, i)) {
        if (run_length(&sorted, i) == longest) {
            modes->items[modes->count++] = sorted.items[i];
        }
    }
    *out = feel_list(modes);
    return STATUS_OK;
}

/* ---- booleans ---- */

/* all(): false when one is false, else null when one is no boolean; any() with the roles of true
 * and false exchanged. decisive is the value that decides. */
static Status quantify(FeelEval *eval, const FeelValue *arguments, size_t count, bool decisive,
                       FeelValue *out) {
    FeelList items;
    if (!items_of(eval, arguments, count, &items)) {
        return STATUS_OK;
    }
    const FeelValue *other = NULL;
    for (size_t i = 0; i < items.count; i++) {
        TRY(cx_step(eval->cx));
        if (items.items[i].kind != FEEL_BOOLEAN) {
            other = &items.items[i];
        } else if (items.items[i].boolean == decisive) {
            *out = feel_boolean(decisive);
            return STATUS_OK;
        }
    }
    if (other != NULL) {
        return feel_is_null(*other) ? STATUS_OK : feel_refuse_argument(eval, other);
    }
    *out = feel_boolean(!decisive);
    return STATUS_OK;
}

BUILTIN(feel_fn_all) {
    return quantify(eval, arguments, count, false, out);
}

BUILTIN(feel_fn_any) {
    return quantify(eval, arguments, count, true, out);
}
