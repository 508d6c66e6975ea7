/*
 * site.h - siting: which places to open so that people are near one. Three questions:
 *
 *   median    open p sites so that the weighted distance of all clients is smallest
 *   capacity  the same, and each client (whole) must fit into the capacity of its site
 *   cover     open p sites so that the most weight lies within its own reach of a site
 *
 * with sites that stand and are kept, sites that are forbidden, a least distance between sites, and
 * a budget. Every answer carries a bound proven by Lagrangian relaxation: no answer whatever can be
 * better than the bound, so the reader sees "proven within x %".
 *
 * Not here: distances (solve/travel.h makes them), files (solve/site_json.h, solve/read_pmedian.h),
 * and the checker of answers (solve/check_site.h), which shares no code with this.
 * Ownership: a SiteProblem borrows its arrays; a SiteAnswer lives in the arena of the Cx.
 * The same problem, seed and round_max without a clock give the same answer.
 */
#ifndef HUANXIN_SOLVE_SITE_H
#define HUANXIN_SOLVE_SITE_H

#include "base/cx.h"

/* X(name, text) */
#define SITE_GOAL_LIST(X) X(MEDIAN, "median") X(CAPACITY, "capacity") X(COVER, "cover")
#define SITE_RULE_LIST(X) X(FREE, "free") X(KEPT, "kept") X(FORBIDDEN, "forbidden")

typedef enum SiteGoal {
#define X(name, text) SITE_GOAL_##name,
    SITE_GOAL_LIST(X)
#undef X
} SiteGoal;

typedef enum SiteRule {
#define X(name, text) SITE_RULE_##name,
    SITE_RULE_LIST(X)
#undef X
} SiteRule;

enum {
    /* Longer than the way round the earth; also stands for "no way". */
    SITE_DISTANCE_MAX = 50000000,
    /* Dense matrices: 12 bytes a cell, 25 million cells are 300 MB. */
    SITE_CELLS_MAX = 25000000,
    /* The exchange table: 20 bytes a cell of sites by open sites. */
    SITE_EXCHANGE_CELLS_MAX = 12000000,
    SITE_WEIGHT_MAX = 100000000,
};

#define SITE_COST_MAX INT64_C(1000000000000000)
#define SITE_CAPACITY_MAX INT64_C(1000000000000)
/* budget when there is none. */
#define SITE_NO_BUDGET INT64_C(-1)

typedef struct SiteProblem {
    SiteGoal goal;
    int32_t client_count;    /* >= 1 */
    int32_t site_count;      /* >= 1 */
    int32_t open_max;        /* at most so many open sites, kept ones counted; >= 1 */
    const int32_t *distance; /* [site * client_count + client], 0..SITE_DISTANCE_MAX; metres,
                              * seconds or what the caller counts in */
    const int32_t *weight;   /* [client] people or trips, 0..SITE_WEIGHT_MAX; NULL: all 1 */
    const int32_t *reach;    /* [client] cover: covered when distance <= reach */
    const int32_t *demand;   /* [client] capacity: 0..SITE_WEIGHT_MAX */
    const int64_t *capacity; /* [site] capacity: 0..SITE_CAPACITY_MAX */
    const SiteRule *rule;    /* [site]; NULL: all free */
    const int64_t *cost;     /* [site] fen, 0..SITE_COST_MAX, kept ones too; NULL: no costs */
    int64_t budget;          /* fen, for all open sites together; SITE_NO_BUDGET: none */
    const int32_t *between;  /* [site * site_count + site], symmetric; NULL: no least distance */
    int32_t separation;      /* two open sites are at least so far apart, unless both are kept */
    const Str *client_names; /* [client] for messages; NULL: numbers from 1 */
    const Str *site_names;   /* [site]; NULL: numbers from 1 */
} SiteProblem;

typedef struct SiteProgress {
    int64_t value;       /* of the best answer so far, as in SiteAnswer */
    int64_t bound;       /* proven so far */
    int64_t round_count; /* search rounds done */
    int64_t elapsed_ms;  /* 0 without a clock */
    int32_t done_bp;     /* share of the budget of time or rounds used, 0..10000 */
} SiteProgress;

typedef struct SiteOptions {
    uint64_t seed;
    int64_t round_max;                                        /* 0: SITE_ROUNDS_DEFAULT */
    int64_t time_ms_max;                                      /* used only with now_ms */
    int64_t (*now_ms)(void *it);                              /* NULL: no clock, rounds decide */
    bool (*progress)(void *it, const SiteProgress *progress); /* false cancels; NULL: none */
    void *it;                                                 /* handed to both callbacks */
    bool with_one_more;                                       /* also solve for open_max + 1 */
} SiteOptions;

enum { SITE_ROUNDS_DEFAULT = 2000 };

/* The worth of one more site than open_max, all other rules unchanged. */
typedef struct SiteOneMore {
    bool is_known;     /* asked for, and a site is left to open */
    int64_t value;     /* best found with open_max + 1 sites */
    int64_t gain;      /* >= 0: how much better than value of the answer */
    int32_t site;      /* the best single addition to the open sites as they are, or -1 */
    int64_t site_gain; /* what that single addition gives */
} SiteOneMore;

typedef struct SiteAnswer {
    int32_t open_count;
    int32_t *open;           /* [open_count] ascending site indices */
    int32_t *site_of_client; /* [client] the site that serves it; nearest unless goal is capacity */
    int64_t value;           /* median, capacity: weighted distance; cover: covered weight */
    int64_t bound;           /* median, capacity: no answer is below; cover: none is above */
    int64_t gap_ppm;         /* |value - bound| in parts per million of bound, rounded up */
    int64_t distance_sum;    /* weighted distance of all clients to the site that serves them */
    int64_t weight_sum;      /* of all clients */
    int64_t cost_sum;        /* fen, of the open sites */
    int64_t round_count;
    int64_t bound_round_count;
    bool is_optimal;   /* value equals bound */
    bool is_cancelled; /* the progress callback said stop: the best answer so far */
    SiteOneMore one_more;
} SiteAnswer;

/* Returns the word of a goal or rule, e.g. "median". Static text. */
const char *site_goal_text(SiteGoal goal);
const char *site_rule_text(SiteRule rule);

/* Checks that a problem makes sense before any work: ranges, sizes, and contradictions that can be
 * seen by looking (more kept sites than open_max, all sites forbidden, kept sites over budget, a
 * client that fits nowhere). INVALID or LIMIT, naming the client or site. O(cells). */
MUST_CHECK Status site_problem_check(Cx *cx, const SiteProblem *problem);

/* Solves a problem within time_ms_max or round_max and writes the best answer found. Errors of
 * site_problem_check; NOT_FOUND when no answer that keeps every rule was found (only capacity can
 * end so; the fault says whether it is proven); LIMIT from cx_step. Scratch memory is given back.
 * Sources: M. Resende and R. Werneck 2007 (fast interchange), N. Mladenovic et al. 2007 (variable
 * neighbourhoods), J. Beasley 1985 and G. Cornuejols et al. 1977 (Lagrangian bound). */
MUST_CHECK Status site_solve(Cx *cx, const SiteProblem *problem, const SiteOptions *options,
                             SiteAnswer *out);

#endif
