/*
 * read_scan.h - words and numbers of the plain text formats, with the line they stand on, and the
 * straight-line matrices these formats mean. Shared by the Solomon and VRPLIB readers.
 * Ownership: a Scan borrows its text; matrices live in the arena of the Cx.
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
} Scan;

typedef struct ReadPoint {
    double x;
    double y;
} ReadPoint;

/* Starts at the beginning of a text. */
Scan read_scan(Str text);
/* Takes the next word (separated by blanks and line ends); empty at the end of the text. */
Str read_word(Scan *scan);
/* Returns the next word without taking it. */
Str read_word_peek(const Scan *scan);
/* Takes the rest of the present line. */
Str read_line(Scan *scan);
/* Takes an integer in [low, high]; what names it in the fault. INVALID with the line. */
MUST_CHECK Status read_integer(Cx *cx, Scan *scan, const char *what, RoundWindow bounds,
                               int64_t *out);
/* Takes a decimal number with absolute value up to 1e9. INVALID with the line. */
MUST_CHECK Status read_decimal(Cx *cx, Scan *scan, const char *what, double *out);
/* Numbers per unit of a rounding: 1, 10 or 1000. */
int64_t read_scale(ReadRounding rounding);
/* Builds one profile whose distance and duration are the rounded straight lines between points.
 * INVALID when a distance exceeds ROUND_ARC_MAX. O(count^2). */
MUST_CHECK Status read_straight_profile(Cx *cx, const ReadPoint *points, int32_t count,
                                        ReadRounding rounding, RoundProfile *out);

#endif
