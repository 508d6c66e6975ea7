/*
 * number.c - the numbers of a worksheet as a person sees them. Excel stores 69.99 as the binary
 * number next to it ("69.989999999999995" in the file) and shows 15 digits; so do we. What makes a
 * number a day is only its format.
 */
#include "sheet/sheet_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RAW_BYTES_MAX = 64 };
/* Beyond this a plain notation would be a line of zeros. */
#define PLAIN_MAX 1e30

/* ---- formats ---- */

/* Marks of days and of times outside quotes, escapes and [colours]. "m" is a month or a minute:
 * next to hours or seconds it is part of a time. */
typedef struct Marks {
    bool has_day;
    bool has_time;
    bool has_m;
    bool has_percent;
} Marks;

static void mark(Marks *marks, char c) {
    switch (c) {
    case 'y':
    case 'Y':
    case 'd':
    case 'D':
    case 'e': /* the year in East Asian formats; 0.00E+00 has the capital */
        marks->has_day = true;
        break;
    case 'h':
    case 'H':
    case 's':
    case 'S':
        marks->has_time = true;
        break;
    case 'm':
    case 'M':
        marks->has_m = true;
        break;
    case '%':
        marks->has_percent = true;
        break;
    default:
        break;
    }
}

/* The index after a part that is no mark: "text", \c, _c, *c, [..]; at itself when there is none.
 */
static size_t skip_literal(Str code, size_t at) {
    char c = code.at[at];
    if (c == '\\' || c == '_' || c == '*') {
        return at + 2;
    }
    if (c == '"' || c == '[') {
        size_t end = str_find(code, c == '"' ? STR("\"") : STR("]"), at + 1);
        return end == SIZE_MAX ? code.len : end + 1;
    }
    return at;
}

SheetNumberForm sheet_format_form(Str code) {
    Marks marks = {0};
    if (str_contains(code, STR("General"))) {
        return SHEET_FORM_NUMBER;
    }
    for (size_t at = 0; at < code.len && code.at[at] != ';';) {
        size_t next = skip_literal(code, at);
        if (next == at) {
            mark(&marks, code.at[at]);
            next++;
        }
        at = next;
    }
    if (marks.has_time) {
        return SHEET_FORM_INSTANT;
    }
    if (marks.has_day || marks.has_m) {
        return SHEET_FORM_DAY;
    }
    return marks.has_percent ? SHEET_FORM_PERCENT : SHEET_FORM_NUMBER;
}

SheetNumberForm sheet_format_builtin(int64_t id) {
    if (id == 9 || id == 10) {
        return SHEET_FORM_PERCENT;
    }
    if ((id >= 18 && id <= 22) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
        id == 56) {
        return SHEET_FORM_INSTANT;
    }
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58) {
        return SHEET_FORM_DAY;
    }
    return SHEET_FORM_NUMBER;
}

/* ---- numbers ---- */

/* [-]digits[.digits][E[+-]digits], nothing else that strtod takes. */
static bool is_number(Str raw) {
    size_t digit_count = 0;
    if (raw.len == 0 || raw.len >= RAW_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] >= '0' && raw.at[i] <= '9') {
            digit_count++;
        } else if (raw.at[i] == '\0' || strchr("+-.eE", raw.at[i]) == NULL) {
            return false;
        }
    }
    return digit_count > 0;
}

/* Digits and power of ten of "-1.23456e+02": value = 0.DIGITS * 10^point. */
typedef struct Digits {
    bool is_negative;
    char digits[SHEET_DIGITS_MAX + 1];
    size_t count;
    int point;
} Digits;

/* Rounds to 15 digits and drops zeros at the end. */
static Digits digits_of(double number) {
    char text[48];
    Digits out = {.is_negative = number < 0};
    (void)snprintf(text, sizeof text, "%.14e", fabs(number));
    out.digits[0] = text[0];
    memcpy(out.digits + 1, text + 2, SHEET_DIGITS_MAX - 1);
    out.count = SHEET_DIGITS_MAX;
    while (out.count > 0 && out.digits[out.count - 1] == '0') {
        out.count--;
    }
    out.point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
    out.is_negative = out.is_negative && out.count > 0;
    return out;
}

/* Plain notation: 0.00012, 123, 1230000. */
static Str digits_text(Arena *arena, const Digits *digits) {
    Buf *out = buf_in(arena, 1024);
    int count = (int)digits->count;
    buf_put_c(out, digits->is_negative ? "-" : "");
    if (count == 0) {
        return STR("0");
    }
    if (digits->point <= 0) {
        buf_put_c(out, "0.");
    }
    for (int i = digits->point; i < 0; i++) {
        buf_put_char(out, '0');
    }
    for (int i = 0; i < count || i < digits->point; i++) {
        if (i == digits->point && i > 0) {
            buf_put_char(out, '.');
        }
        buf_put_char(out, i < count ? digits->digits[i] : '0');
    }
    return buf_str(out);
}

static SheetCell plain_cell(Arena *arena, double number) {
    Digits digits = digits_of(number);
    SheetCell cell = {.kind = SHEET_NUMBER, .text = digits_text(arena, &digits)};
    cell.is_rounded = fabs(number) >= 1e15;
    if (fabs(number) < 1e15 && digits.point >= (int)digits.count) {
        cell.kind = SHEET_INT;
        cell.value = (int64_t)number;
    }
    return cell;
}

/* 0.85 is shown as 85%. */
static SheetCell percent_cell(Arena *arena, double number) {
    Digits digits = digits_of(number);
    SheetCell cell = {.kind = SHEET_PERCENT};
    digits.point += 2;
    cell.text = str_join(arena, digits_text(arena, &digits), STR("%"));
    cell.value = fabs(number) < 1e9 ? (int64_t)llround(number * 10000) : 0;
    return cell;
}

/* A time of day alone: "08:30:00". */
static SheetCell clock_cell(Arena *arena, double part) {
    int64_t second = (int64_t)llround(part * 86400.0) % 86400;
    Str text = str_print(arena, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, second / 3600,
                         second / 60 % 60, second % 60);
    return (SheetCell){.kind = SHEET_TEXT, .text = text};
}

/* Serial numbers below SHEET_SERIAL_MIN name days that are one off, or that never were: they stay
 * numbers, and whoever wants a day refuses them. */
static SheetCell day_cell(Arena *arena, double serial, bool has_time) {
    const double serial_max = 2958466.0; /* 10000-01-01 */
    SheetCell cell = {.kind = SHEET_DAY};
    if (has_time && serial >= 0 && serial < 1) {
        return clock_cell(arena, serial);
    }
    if (!(serial >= SHEET_SERIAL_MIN) || serial >= serial_max) {
        return plain_cell(arena, serial);
    }
    double whole = floor(serial);
    int64_t day = (int64_t)whole - SHEET_SERIAL_1970;
    int64_t ms = (int64_t)llround((serial - whole) * 86400000.0);
    cell.value = day;
    if (has_time || ms != 0) {
        cell.kind = SHEET_INSTANT;
        cell.value = day * DAY_MS + ms - CHINA_OFFSET_MS;
    }
    cell.text = sheet_cell_text(arena, &cell);
    return cell;
}

Status sheet_number_cell(Arena *arena, Str raw, SheetNumberForm form, bool is_1904,
                         SheetCell *out) {
    char text[RAW_BYTES_MAX];
    char *end = NULL;
    raw = str_trim(raw);
    if (!is_number(raw)) {
        return STATUS_INVALID;
    }
    memcpy(text, raw.at, raw.len);
    text[raw.len] = '\0';
    double number = strtod(text, &end);
    if (*end != '\0' || !(fabs(number) < PLAIN_MAX)) {
        return STATUS_INVALID;
    }
    if (form == SHEET_FORM_DAY || form == SHEET_FORM_INSTANT) {
        bool has_time = form == SHEET_FORM_INSTANT;
        *out = day_cell(arena, number + (is_1904 && number >= 1 ? SHEET_SERIAL_1904 : 0), has_time);
        return STATUS_OK;
    }
    *out = form == SHEET_FORM_PERCENT ? percent_cell(arena, number) : plain_cell(arena, number);
    return STATUS_OK;
}
