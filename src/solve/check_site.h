/*
 * check_site.h - the checker of siting answers. It shares no code with the optimiser: it reads the
 * problem and the answer as a stranger would and computes every figure again.
 */
#ifndef HUANXIN_SOLVE_CHECK_SITE_H
#define HUANXIN_SOLVE_CHECK_SITE_H

#include "solve/site.h"

/* OK when the answer keeps every rule of the problem (count, kept, forbidden, budget, least
 * distance, capacity, nearest site where the goal asks for it), its sums and value are right, and
 * its bound is on the right side of the value. Else INVALID, saying what is wrong and where.
 * O(clients x open + open^2). */
MUST_CHECK Status check_site_answer(Cx *cx, const SiteProblem *problem, const SiteAnswer *answer);

/* Finds the best value there is by trying every legal set of sites, for tests. Goal median and
 * cover, and capacity with every assignment (clients up to 8). LIMIT when there are more than
 * 2,000,000 sets; NOT_FOUND when no set is legal. */
MUST_CHECK Status check_site_brute(Cx *cx, const SiteProblem *problem, int64_t *best);

#endif
