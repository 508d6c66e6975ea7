/*
 * read_scan.h - words and numbers of the plain text formats, with the line they stand on. Shared by
 * the readers of benchmarks. Ownership: a Scan borrows its text.
 */
#ifndef HUANXIN_SOLVE_READ_SCAN_H
#define HUANXIN_SOLVE_READ_SCAN_H

#include "solve/solve.h"

/* How a benchmark turns straight-line distances into integers; times are scaled alike. */
typedef enum ReadRounding {
    READ_NEAREST,    /* to the nearest integer (CVRPLIB X) */
    READ_TENTH_DOWN, /* tenths, cut off (DIMACS VRPTW): all numbers are tenths */
    READ_THOUSANDTH, /* thousandths, nearest ("exact" of the MDVRPTW set) */
} ReadRounding;

typedef struct Scan {
    Str rest;
    int64_t line; /* 1-based, of the next word */
    bool is_line_start;
} Scan;

typedef struct ReadPoint {
    double x;
    double y;
} ReadPoint;

/* Starts at the beginning of a text, after a byte order mark. Lines end with LF, CR LF or CR; a
 * line that begins with # is a comment. */
Scan read_scan(Str text);
/* Takes the next word (separated by blanks and line ends); empty at the end of the text. */
Str read_word(Scan *scan);
/* Returns the next word without taking it; passes the blanks before it. */
Str read_word_peek(Scan *scan);
/* Takes the rest of the present line. */
Str read_line(Scan *scan);
/* Parses a decimal number with optional exponent that fills the whole word; false when it is none.
 * Follows no locale. */
bool read_number(Str word, double *out);
/* Takes a word as a whole number, "10" or "10.00". INVALID with the line. */
MUST_CHECK Status read_whole(Cx *cx, const Scan *scan, const char *what, Str word, int64_t *out);
/* Takes a whole number inside the bounds; what names it in the fault. INVALID with the line. */
MUST_CHECK Status read_integer(Cx *cx, Scan *scan, const char *what, RoundWindow bounds,
                               int64_t *out);
/* Takes a decimal number with absolute value up to 1e9. INVALID with the line. */
MUST_CHECK Status read_decimal(Cx *cx, Scan *scan, const char *what, double *out);
typedef struct ReadScaledBounds {
    RoundWindow bounds; /* of the figure as it stands in the file */
    ReadRounding rounding;
} ReadScaledBounds;
/* Takes a time or length, whole or decimal, in units of the rounding. INVALID with the line. */
MUST_CHECK Status read_scaled(Cx *cx, Scan *scan, const char *what, ReadScaledBounds in,
                              int64_t *out);
int64_t read_scaled_value(double value, ReadRounding rounding);
/* Numbers per unit of a rounding: 1, 10 or 1000. */
int64_t read_scale(ReadRounding rounding);
#endif
