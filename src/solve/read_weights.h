/*
 * read_weights.h - how far it is from node to node in VRPLIB and TSPLIB files: a rule for
 * coordinates, or a list of figures in one of nine orders.
 * Source: G. Reinelt, TSPLIB 95 (1995), section 2, and the files of CVRPLIB.
 * Ownership: matrices live in the arena of the Cx.
 */
#ifndef HUANXIN_SOLVE_READ_WEIGHTS_H
#define HUANXIN_SOLVE_READ_WEIGHTS_H

#include "solve/read_scan.h"

/* X(name): the words after EDGE_WEIGHT_TYPE. EUC_2D, MAN_2D and MAX_2D round as the set wants it,
 * the others as their name says. */
#define READ_WEIGHT_LIST(X)                                                                        \
    X(EUC_2D) X(CEIL_2D) X(FLOOR_2D) X(EXACT_2D) X(MAN_2D) X(MAX_2D) X(GEO) X(ATT) X(EXPLICIT)

/* X(name): the words after EDGE_WEIGHT_FORMAT. The columns of
 * a lower triangle are the rows of the upper one. */
#define READ_ORDER_LIST(X)                                                                         \
    X(FULL_MATRIX)                                                                                 \
    X(UPPER_ROW)                                                                                   \
    X(LOWER_ROW)                                                                                   \
    X(UPPER_DIAG_ROW)                                                                              \
    X(LOWER_DIAG_ROW) X(UPPER_COL) X(LOWER_COL) X(UPPER_DIAG_COL) X(LOWER_DIAG_COL)

typedef enum ReadWeight {
#define X(name) READ_WEIGHT_##name,
    READ_WEIGHT_LIST(X)
#undef X
} ReadWeight;

typedef enum ReadOrder {
#define X(name) READ_ORDER_##name,
    READ_ORDER_LIST(X)
#undef X
} ReadOrder;

/* Finds a word of the lists above, in any case. INVALID with the line. */
MUST_CHECK Status read_weight_parse(Cx *cx, const Scan *scan, Str word, ReadWeight *out);
MUST_CHECK Status read_order_parse(Cx *cx, const Scan *scan, Str word, ReadOrder *out);

/* Takes the figures of an EDGE_WEIGHT_SECTION: distance and duration alike, [from * count + to], in
 * units of the rounding. INVALID with the line. O(count^2). */
MUST_CHECK Status read_weight_section(Cx *cx, Scan *scan, ReadOrder order, int32_t count,
                                      ReadRounding rounding, RoundProfile *out);
/* Computes them from coordinates; weight is not EXPLICIT. INVALID when a distance exceeds
 * ROUND_ARC_MAX. O(count^2). */
MUST_CHECK Status read_weight_points(Cx *cx, ReadWeight weight, const ReadPoint *points,
                                     int32_t count, ReadRounding rounding, RoundProfile *out);

#endif
