/*
 * read_vrplib.h - reads CVRPLIB / VRPLIB instances and solutions, with the sections that PyVRP adds
 * for several depots, time windows and prizes. Benchmarks only.
 *
 * Files differ; all of these read: LF, CR LF or CR; blank lines and # comments; headers with or
 * without colon, in any order and case; sections in any order, with rows in any order; nodes from 0
 * or 1; whole numbers as "10.00"; every EDGE_WEIGHT_TYPE and _FORMAT of read_weights.h; sections
 * that end with -1, a file without EOF or without DEPOT_SECTION (node 1 is the depot then). A word
 * that is not known is refused: it could be a rule that nobody would keep.
 */
#ifndef HUANXIN_SOLVE_READ_VRPLIB_H
#define HUANXIN_SOLVE_READ_VRPLIB_H

#include "solve/read_scan.h"

/* Builds a problem in cx's arena: place i is node i + 1; jobs are the nodes that are not depots, in
 * order; cost is distance, plus the prizes of jobs left out where a PRIZE_SECTION makes them
 * optional. Without VEHICLES the fleet is larger than any good plan needs. INVALID with the line
 * and the section; LIMIT when larger than the engine takes. */
MUST_CHECK Status read_vrplib(Cx *cx, Str text, ReadRounding rounding, RoundProblem **out);

/* One published route: the vehicle (route number - 1) and its jobs as indices. */
typedef struct ReadRoute {
    int32_t vehicle;
    int32_t *jobs;
    int32_t job_count;
} ReadRoute;

typedef struct ReadSolution {
    ReadRoute *routes;
    int32_t route_count;
    int64_t cost;
} ReadSolution;

/* Reads a solution file ("Route #1: 5 7 ..." and "Cost 123") of a problem whose depots come first.
 * Customer c of such files is node c + 1, whatever the number of depots. A cost with decimals is
 * rounded. INVALID with the line. */
MUST_CHECK Status read_vrplib_solution(Cx *cx, Str text, const RoundProblem *problem,
                                       ReadSolution **out);

#endif
