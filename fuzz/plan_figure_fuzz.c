/*
 * plan_figure_fuzz.c - what units type: a period and a value. Whatever is accepted says the same
 * when it is printed and read again, and a printed figure is never larger than the one it stands
 * for. Input: the period, a line break, the value.
 */
#include "base/check.h"
#include "office/plan/target.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int64_t size_of(int64_t number) {
    return number < 0 ? -number : number;
}

static void period_check(Arena *arena, Str period) {
    int32_t month = 0;
    if (!month_number(period, &month)) {
        return;
    }
    check(month >= 1990 * 12 && month <= 2100 * 12 + 11);
    Str printed = month_print(arena, month);
    check(period.len == 4 ? str_starts(printed, period) : str_equal(printed, period));
    int32_t again = 0;
    check(month_number(printed, &again) && again == month);
}

static void value_check(Arena *arena, Str value) {
    int64_t micro = 0;
    int64_t again = 0;
    if (!target_micro(value, &micro) || micro == INT64_MIN) {
        return;
    }
    Str printed = target_micro_text(arena, micro);
    check(target_micro(printed, &again));
    check(size_of(again) <= size_of(micro) && size_of(micro) - size_of(again) < 10000);
    check(micro % 10000 != 0 || again == micro);
    check(target_is_reached(STR(">="), micro, again) || micro < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len > 4096) {
        return 0;
    }
    Arena *arena = arena_create();
    Str text = {(const char *)bytes, len};
    Str period = str_cut(&text, '\n');
    period_check(arena, period);
    value_check(arena, text);
    arena_free(arena);
    return 0;
}
