#include "solve/read_scan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES_MAX = 63 };

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

Scan read_scan(Str text) {
    return (Scan){text, 1};
}

static void skip_blank(Scan *scan) {
    while (scan->rest.len > 0 && is_blank(scan->rest.at[0])) {
        scan->line += scan->rest.at[0] == '\n' ? 1 : 0;
        scan->rest = str_from(scan->rest, 1);
    }
}

Str read_word(Scan *scan) {
    skip_blank(scan);
    size_t len = 0;
    while (len < scan->rest.len && !is_blank(scan->rest.at[len])) {
        len++;
    }
    Str word = str_slice(scan->rest, 0, len);
    scan->rest = str_from(scan->rest, len);
    return word;
}

Str read_word_peek(const Scan *scan) {
    Scan ahead = *scan;
    return read_word(&ahead);
}

Str read_line(Scan *scan) {
    size_t len = 0;
    while (len < scan->rest.len && scan->rest.at[len] != '\n') {
        len++;
    }
    Str line = str_slice(scan->rest, 0, len);
    if (len < scan->rest.len) {
        len++;
        scan->line++;
    }
    scan->rest = str_from(scan->rest, len);
    return str_trim(line);
}

Status read_integer(Cx *cx, Scan *scan, const char *what, RoundWindow bounds, int64_t *out) {
    Str word = read_word(scan);
    int64_t value = 0;
    if (str_is_empty(word)) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1, "the text ends before %s", what);
    }
    if (str_int64(word, &value) != STATUS_OK) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s \"" STR_FMT "\" is not a whole number", what,
                             STR_ARG(str_slice(word, 0, WORD_BYTES_MAX)));
    }
    if (value < bounds.open_s || value > bounds.close_s) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s %lld is not between %lld and %lld", what, (long long)value,
                             (long long)bounds.open_s, (long long)bounds.close_s);
    }
    *out = value;
    return STATUS_OK;
}

Status read_decimal(Cx *cx, Scan *scan, const char *what, double *out) {
    Str word = read_word(scan);
    if (str_is_empty(word)) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1, "the text ends before %s", what);
    }
    char text[WORD_BYTES_MAX + 1] = {0};
    if (word.len <= WORD_BYTES_MAX) {
        memcpy(text, word.at, word.len);
    }
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value) || fabs(value) > 1e9) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s \"" STR_FMT "\" is not a number up to 1000000000", what,
                             STR_ARG(str_slice(word, 0, WORD_BYTES_MAX)));
    }
    *out = value;
    return STATUS_OK;
}

int64_t read_scale(ReadRounding rounding) {
    switch (rounding) {
    case READ_NEAREST:
        return 1;
    case READ_TENTH_DOWN:
        return 10;
    case READ_THOUSANDTH:
        return 1000;
    }
    return 1;
}

Status read_straight_profile(Cx *cx, const ReadPoint *points, int32_t count, ReadRounding rounding,
                             RoundProfile *out) {
    size_t cells = (size_t)count * (size_t)count;
    int32_t *matrix = arena_array(cx->arena, int32_t, cells + 1);
    double scale = (double)read_scale(rounding);
    for (int32_t i = 0; i < count; i++) {
        TRY(cx_steps(cx, (uint64_t)count));
        for (int32_t j = 0; j < i; j++) {
            double length = hypot(points[i].x - points[j].x, points[i].y - points[j].y) * scale;
            length = rounding == READ_TENTH_DOWN ? floor(length) : floor(length + 0.5);
            if (length > (double)ROUND_ARC_MAX) {
                return fault(cx, STATUS_INVALID, "points %d and %d are too far apart", (int)j + 1,
                             (int)i + 1);
            }
            matrix[(size_t)i * (size_t)count + (size_t)j] = (int32_t)length;
            matrix[(size_t)j * (size_t)count + (size_t)i] = (int32_t)length;
        }
    }
    *out = (RoundProfile){STR("straight"), matrix, matrix};
    return STATUS_OK;
}
