#include "solve/read_scan.h"

#include <math.h>

enum { WORD_SHOWN_BYTES = 63, DIGITS_MAX = 30, EXPONENT_MAX = 30 };

/* Old DOS files end with Ctrl-Z. */
static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v' || c == 0x1a;
}

/* True at the last byte of a line end, whether LF, CR LF or a CR alone. */
static bool is_line_end(Str rest) {
    return rest.at[0] == '\n' || (rest.at[0] == '\r' && !(rest.len > 1 && rest.at[1] == '\n'));
}

Scan read_scan(Str text) {
    bool has_mark = str_starts(text, STR("\xEF\xBB\xBF"));
    return (Scan){has_mark ? str_from(text, 3) : text, 1, true};
}

static void byte_skip(Scan *scan) {
    bool is_end = is_line_end(scan->rest);
    scan->line += is_end ? 1 : 0;
    scan->is_line_start = is_end || (scan->is_line_start && is_blank(scan->rest.at[0]));
    scan->rest = str_from(scan->rest, 1);
}

/* A line that begins with # is a comment. */
static void skip_blank(Scan *scan) {
    bool is_comment = false;
    while (scan->rest.len > 0) {
        is_comment = is_comment || (scan->is_line_start && scan->rest.at[0] == '#');
        if (!is_comment && !is_blank(scan->rest.at[0])) {
            return;
        }
        is_comment = is_comment && !is_line_end(scan->rest);
        byte_skip(scan);
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
    scan->is_line_start = scan->is_line_start && len == 0;
    return word;
}

Str read_word_peek(Scan *scan) {
    skip_blank(scan); /* for good: else many blank lines are passed once for each look */
    Scan ahead = *scan;
    return read_word(&ahead);
}

Str read_line(Scan *scan) {
    size_t len = 0;
    while (len < scan->rest.len && !is_line_end(str_from(scan->rest, len))) {
        len++;
    }
    Str line = str_slice(scan->rest, 0, len);
    scan->rest = str_from(scan->rest, len);
    if (scan->rest.len > 0) {
        byte_skip(scan);
    }
    return str_trim(line);
}

/* By hand: strtod would follow the locale. */
bool read_number(Str word, double *out) {
    size_t at = 0;
    bool is_negative = word.len > 0 && word.at[0] == '-';
    at += is_negative || (word.len > 0 && word.at[0] == '+') ? 1 : 0;
    double value = 0;
    int32_t digits = 0;
    int64_t exponent = 0;
    bool is_fraction = false;
    for (; at < word.len; at++) {
        if (word.at[at] == '.' && !is_fraction) {
            is_fraction = true;
        } else if (word.at[at] >= '0' && word.at[at] <= '9') {
            value = value * 10 + (word.at[at] - '0');
            exponent -= is_fraction ? 1 : 0;
            digits++;
        } else {
            break;
        }
    }
    int64_t given = 0;
    if (at < word.len && (word.at[at] == 'e' || word.at[at] == 'E')) {
        if (str_int64(str_from(word, at + 1), &given) != STATUS_OK || given < -EXPONENT_MAX ||
            given > EXPONENT_MAX) {
            return false;
        }
        at = word.len;
    }
    if (at != word.len || digits == 0 || digits > DIGITS_MAX) {
        return false;
    }
    exponent += given;
    /* Powers of ten up to 22 are exact in a double, so one division or product rounds once. */
    value = exponent < 0 ? value / pow(10, (double)-exponent) : value * pow(10, (double)exponent);
    *out = is_negative ? -value : value;
    return true;
}

static Status word_take(Cx *cx, Scan *scan, const char *what, Str *out) {
    *out = read_word(scan);
    if (str_is_empty(*out)) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1, "the text ends before %s", what);
    }
    return STATUS_OK;
}

static Status bounds_check(Cx *cx, const Scan *scan, const char *what, RoundWindow bounds,
                           double value) {
    if (value < (double)bounds.open_s || value > (double)bounds.close_s) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s %.15g is not between %lld and %lld", what, value,
                             (long long)bounds.open_s, (long long)bounds.close_s);
    }
    return STATUS_OK;
}

Status read_whole(Cx *cx, const Scan *scan, const char *what, Str word, int64_t *out) {
    double value = 0;
    if (str_int64(word, out) == STATUS_OK) {
        return STATUS_OK;
    }
    if (!read_number(word, &value) || value != floor(value) || fabs(value) > 1e15) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s \"" STR_FMT "\" is not a whole number", what,
                             STR_ARG(str_slice(word, 0, WORD_SHOWN_BYTES)));
    }
    *out = (int64_t)value;
    return STATUS_OK;
}

Status read_integer(Cx *cx, Scan *scan, const char *what, RoundWindow bounds, int64_t *out) {
    Str word = STR_NONE;
    int64_t value = 0;
    TRY(word_take(cx, scan, what, &word));
    TRY(read_whole(cx, scan, what, word, &value));
    if (value < bounds.open_s || value > bounds.close_s) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s %lld is not between %lld and %lld", what, (long long)value,
                             (long long)bounds.open_s, (long long)bounds.close_s);
    }
    *out = value;
    return STATUS_OK;
}

Status read_decimal(Cx *cx, Scan *scan, const char *what, double *out) {
    Str word = STR_NONE;
    double value = 0;
    TRY(word_take(cx, scan, what, &word));
    if (!read_number(word, &value) || fabs(value) > 1e9) {
        return fault_at_line(cx, STATUS_INVALID, scan->line, 1,
                             "%s \"" STR_FMT "\" is not a number up to 1000000000", what,
                             STR_ARG(str_slice(word, 0, WORD_SHOWN_BYTES)));
    }
    *out = value;
    return STATUS_OK;
}

/* Tenths of 0.3 are 3, though 0.3 * 10 may be a hair less. */
int64_t read_scaled_value(double value, ReadRounding rounding) {
    double scaled = value * (double)read_scale(rounding);
    return (int64_t)floor(scaled + (rounding == READ_TENTH_DOWN ? 1e-7 : 0.5));
}

Status read_scaled(Cx *cx, Scan *scan, const char *what, ReadScaledBounds in, int64_t *out) {
    double value = 0;
    TRY(read_decimal(cx, scan, what, &value));
    TRY(bounds_check(cx, scan, what, in.bounds, value));
    *out = read_scaled_value(value, in.rounding);
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
