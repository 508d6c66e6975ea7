/*
 * feel_temporal_fuzz.c - a literal that parses prints to a text that parses to the same value; two
 * literals go through every operation. Numbers ride along: decimal text both ways.
 */
#include "feel/temporal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void round_trip(Arena *arena, const Temporal *value) {
    Temporal back = {0};
    check(temporal_parse(NULL, temporal_print(arena, value), &back));
    check(temporal_is(value, &back));
}

static void number_round_trip(Arena *arena, Str text) {
    Decimal number = {0, 0};
    Decimal back = {0, 0};
    if (decimal_parse(text, &number)) {
        check(decimal_parse(decimal_print(arena, number), &back));
        check(decimal_equal(number, back));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str right_text = {(const char *)bytes, len};
    Str left_text = str_cut(&right_text, '\n');
    Arena *arena = arena_create();
    Temporal left = {0};
    Temporal right = {0};
    number_round_trip(arena, left_text);
    if (temporal_parse(NULL, left_text, &left)) {
        round_trip(arena, &left);
        if (temporal_parse(NULL, right_text, &right)) {
            Temporal out = {0};
            int order = 0;
            if (temporal_add(&left, &right, &out)) {
                round_trip(arena, &out);
            }
            if (temporal_subtract(&left, &right, &out)) {
                round_trip(arena, &out);
            }
            (void)temporal_compare(&left, &right, &order);
            if (temporal_months_between(&left, &right, &out)) {
                round_trip(arena, &out);
            }
        }
    }
    arena_free(arena);
    return 0;
}
