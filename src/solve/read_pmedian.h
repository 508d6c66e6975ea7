/*
 * read_pmedian.h - readers of the public siting benchmarks: OR-Library pmed (graph), TSPLIB
 * (points), and OR-Library pmedcap1, one problem a file or all in one (points with
 * demands).
 *
 * All three give a SiteProblem whose arrays live in the arena of the Cx; every vertex is a client
 * and a site. Text may be anything: a wrong one gives INVALID with its line, a huge one LIMIT.
 */
#ifndef HUANXIN_SOLVE_READ_PMEDIAN_H
#define HUANXIN_SOLVE_READ_PMEDIAN_H

#include "solve/site.h"

enum {
    READ_PMEDIAN_VERTICES_MAX = 4000,
    /* Shortest paths between all take the third power of this: some seconds at most. */
    READ_PMEDIAN_GRAPH_MAX = 2000,
};

/* Reads "n m p" and m lines "a b length". The last length of a repeated edge holds (Beasley's
 * convention), distances are shortest paths. INVALID when the graph is not connected. O(n^3). */
MUST_CHECK Status read_pmedian_orlib(Cx *cx, Str text, SiteProblem *out);

/* Reads a TSPLIB file with coordinates. Distances follow its EDGE_WEIGHT_TYPE; EUC_2D is rounded
 * down when is_floor. open_max is left 1: the file has none. O(n^2). */
MUST_CHECK Status read_pmedian_tsplib(Cx *cx, Str text, bool is_floor, SiteProblem *out);

/* Reads "number best / n p Q / id x y demand": goal capacity, Euclidean rounded down. A file may
 * hold several, after a line with their count: number counts from 1. Writes the best known value to
 * best (0 when the file has 0). INVALID when there is no such problem. O(n^2). */
MUST_CHECK Status read_pmedian_capacity(Cx *cx, Str text, int32_t number, SiteProblem *out,
                                        int64_t *best);

#endif
