/*
 * read_solomon.h - reads the Solomon / Gehring-Homberger VRPTW text format: a name, VEHICLE (number
 * and capacity), CUSTOMER (number, x, y, demand, ready time, due date, service time); the first row
 * is the depot. Blank lines, comments (#), the words and case of column headings, decimals and a
 * last word EOF may differ. Benchmarks only: distances are straight lines.
 */
#ifndef HUANXIN_SOLVE_READ_SOLOMON_H
#define HUANXIN_SOLVE_READ_SOLOMON_H

#include "solve/read_scan.h"

/* Builds a problem in cx's arena: place 0 is the depot, place i and job i - 1 customer i, cost is
 * distance. INVALID with the line of the first error; LIMIT when larger than the engine takes. */
MUST_CHECK Status read_solomon(Cx *cx, Str text, ReadRounding rounding, RoundProblem **out);

#endif
