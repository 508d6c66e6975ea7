/*
 * site_core.h - private to the siting engine: the problem after forbidden sites are taken out, the
 * exchange state, the search and the bound. Reading order: site.c, site_core.c, site_swap.c,
 * site_search.c, site_bound.c, then site_capacity.c with its own assignment and bound.
 */
#ifndef HUANXIN_SOLVE_SITE_CORE_H
#define HUANXIN_SOLVE_SITE_CORE_H

#include "base/prng.h"
#include "solve/site.h"

/* One site as seen from a client. */
typedef struct SiteNear {
    int32_t distance;
    int32_t site;
} SiteNear;

/*
 *   distance: site-major, one row of clients per site
 *   near:     client-major, the sites of one client from near to far
 */
typedef struct SiteCore {
    int32_t client_count;
    int32_t site_count;
    int32_t open_max;
    int32_t kept_count;
    int32_t *distance;
    SiteNear *near;
    int64_t *weight;
    int32_t *client_of; /* core client -> client of the problem */
    int32_t *site_of;   /* core site -> site of the problem */
    bool *is_kept;      /* [site] */
    bool has_budget;
    int64_t budget;
    int64_t *cost;           /* [site], zeros without costs */
    int32_t *conflict_start; /* [site + 1] into conflict_site; NULL: no least distance */
    int32_t *conflict_site;
    int64_t worst_sum; /* sum over clients of weight x farthest distance */
} SiteCore;

/* Builds the core in the arena. For cover the distances become 0 (within reach) and 1. Clients of
 * weight 0 are left out unless the goal is capacity. Sites too near to a kept one are left out. */
SiteCore *site_core_new(Cx *cx, const SiteProblem *problem);
/* True when rules of budget or least distance make some exchanges illegal. */
bool site_core_is_ruled(const SiteCore *core);
/* Writes the costs scaled down to 10 bits to out (room for site_count) and returns the budget
 * scaled alike, or -1 when it does not bind. Rounding down keeps every set that was payable
 * payable. */
int64_t site_core_costs_scale(const SiteCore *core, int64_t *out);
/* True when two core sites may not both be open. O(log conflicts). */
bool site_core_conflicts(const SiteCore *core, int32_t left, int32_t right);

/* What closing the site of a slot and opening a site share (see site_swap.c). */
typedef struct SiteExtra {
    int64_t amount;
    int32_t client_count; /* clients that contribute */
    bool is_listed;
} SiteExtra;

typedef struct SiteSwap {
    const SiteCore *core;
    int32_t open_limit; /* may be open_max + 1 */
    int32_t room;       /* slots in the table */
    int32_t open_count;
    int32_t *slot_site;      /* [slot] */
    int32_t *site_slot;      /* [site], -1: closed */
    int32_t *first;          /* [client] nearest open site, -1: none */
    int32_t *second;         /* [client] next nearest, -1: none */
    int32_t *first_distance; /* [client] SITE_FAR without one */
    int32_t *second_distance;
    int64_t *gain;           /* [site] saved by opening it */
    int64_t *loss;           /* [slot] lost by closing its site */
    SiteExtra *extra;        /* [site * room + slot] */
    int32_t *list;           /* [site * room + ...] slots whose extra may differ from 0 */
    int32_t *list_count;     /* [site] */
    int32_t *conflict_count; /* [site] open sites that forbid it */
    int32_t *touched;        /* [client] scratch of an exchange */
    bool *is_wanted;         /* [site] scratch of site_swap_set, all false between calls */
    int64_t value;           /* weighted distance, SITE_FAR where nothing is open */
    int64_t cost_open;
    uint64_t work; /* operations done, so that search and bound share the time without a clock */
} SiteSwap;

enum { SITE_FAR = SITE_DISTANCE_MAX + 1, SITE_NONE = -1 };

typedef struct SiteMove {
    int64_t profit; /* > 0 improves */
    int32_t in;     /* site to open or SITE_NONE */
    int32_t out;    /* site to close or SITE_NONE */
} SiteMove;

/* Creates the state with nothing open but the kept sites; room for open_limit_max slots. */
SiteSwap *site_swap_new(Arena *arena, const SiteCore *core, int32_t open_limit_max);
/* Opens and/or closes; either may be SITE_NONE, not both. Does not ask for the rules. */
void site_swap_apply(SiteSwap *swap, int32_t in, int32_t out);
/* True when the move keeps count, budget, least distance and kept sites. */
bool site_swap_may(const SiteSwap *swap, int32_t in, int32_t out);
/* Returns the profit of any move, legal or not. O(1). */
int64_t site_swap_profit(const SiteSwap *swap, int32_t in, int32_t out);
/* Finds the most profitable legal addition, or else exchange; profit may be <= 0; INT64_MIN: none.
 */
SiteMove site_swap_best(SiteSwap *swap);
/* Opens exactly the sites of a list (must be legal as a whole, kept ones included). */
void site_swap_set(SiteSwap *swap, const int32_t *sites, int32_t count);
/* Copies the open sites, ascending, to out (room for open_count). */
void site_swap_copy(const SiteSwap *swap, int32_t *out);
/* Sorts site indices ascending. */
void site_sort(int32_t *sites, int32_t count);

/* A search by variable neighbourhoods over a swap state. */
typedef struct SiteSearch {
    SiteSwap *swap;
    Prng prng;
    int32_t *best; /* ascending */
    int32_t best_count;
    int64_t best_value;
    int32_t shake;
    int64_t round_count;
    int64_t best_round;
    int32_t *scratch; /* [site] */
} SiteSearch;

/* Starts a search: greedy additions, then exchanges to a local optimum. */
SiteSearch *site_search_new(Arena *arena, SiteSwap *swap, uint64_t seed);
/* Does one round: shake, descend, keep if not worse, else go back. */
void site_search_round(SiteSearch *search);
/* Descends from a given legal set; keeps it if better, else goes back to the best. */
void site_search_try(SiteSearch *search, const int32_t *sites, int32_t count);
/* Opens the best legal additions while there is room, then exchanges until nothing improves. */
void site_search_descend(SiteSwap *swap);

typedef struct SiteBound SiteBound;

/* Creates the Lagrangian bound of a core (weighted distance, from below). */
SiteBound *site_bound_new(Arena *arena, const SiteCore *core, int32_t open_limit);
/* Does up to count subgradient steps towards the value of the best known answer. Returns false when
 * the steps no longer move or the bound reached the value. */
bool site_bound_run(SiteBound *bound, int64_t best_value, int32_t count);
/* Closes the rest of the gap by branching, once site_bound_run no longer moves: looks at up to
 * count nodes. Returns false when the tree is done or too deep. */
bool site_bound_branch(SiteBound *bound, int64_t best_value, int32_t count);
/* Returns the proven bound, never above best_value. */
int64_t site_bound_value(const SiteBound *bound, int64_t best_value);
/* Copies the sites the last step would open to out (room for open_limit); returns their count. */
int32_t site_bound_sites(const SiteBound *bound, int32_t *out);
uint64_t site_bound_work(const SiteBound *bound);
int64_t site_bound_rounds(const SiteBound *bound);

/* Time and rounds of one solve; asks the clock and tells the progress. */
typedef struct SiteClock {
    Cx *cx;
    const SiteOptions *options;
    int64_t start_ms;
    int64_t time_ms_max; /* of the present phase */
    int64_t round_max;
    int64_t told_ms;
    bool is_cancelled;
    bool is_cover; /* progress is told in covered weight */
    int64_t weight_sum;
} SiteClock;

/* Returns how much of the time or the rounds is used, 0..10000. */
int32_t site_clock_done_bp(const SiteClock *clock, int64_t round_count);
/* Tells progress when due; false: time or rounds are used up, or cancelled. LIMIT by cx_step. */
MUST_CHECK Status site_clock_go_on(SiteClock *clock, const SiteProgress *progress, bool *go_on);

typedef struct CapacityBound CapacityBound;

/* The Lagrangian bound of the goal capacity: one knapsack a site. demand by core client, capacity
 * by core site, borrowed. */
CapacityBound *capacity_bound_new(Arena *arena, const SiteCore *core, const int32_t *demand,
                                  const int64_t *capacity);
/* As site_bound_run. */
bool capacity_bound_run(CapacityBound *bound, int64_t best_value, int32_t count);
int64_t capacity_bound_value(const CapacityBound *bound, int64_t best_value);
int32_t capacity_bound_sites(const CapacityBound *bound, int32_t *out);
uint64_t capacity_bound_work(const CapacityBound *bound);
int64_t capacity_bound_rounds(const CapacityBound *bound);

/* Solves the goal capacity. Fills out's open, site_of_client, bound and round counts. out may hold
 * a legal answer to start from (open_count > 0). Errors as site_solve. */
MUST_CHECK Status site_capacity_solve(Cx *cx, const SiteProblem *problem, SiteClock *clock,
                                      SiteAnswer *out);

#endif
