/*
 * The Lagrangian bound of weighted distance. Each client u pays a price m(u); then
 *
 *   L(m) = sum of w(u) m(u)  +  sum over the p best sites j of  r(j),
 *   r(j) = sum over u of  w(u) min(0, d(u,j) - m(u))
 *
 * is never above the value of any answer, whatever the prices. Prices follow a deflected
 * subgradient with Polyak's step. All of L is computed in integers (prices in 1/scale units), so
 * the bound is exact, not a rounding away from it; only the choice of prices uses floating point.
 *
 * A site whose opening (closing) would lift L to the value of the best known answer can be neither
 * in (left out of) a better one: its fate is fixed, and the work shrinks.
 *
 * When the prices no longer lift L, the rest of the gap is closed by branching, depth first: one
 * site is opened, later closed, and each node lifts its own L from the prices of its parent.
 *
 *   levels: [site a, open ][site b, closed][site c, open ]   the present node
 *                 │ pending                      │ pending   the other side is still to come
 *   The proven bound is the least of the bounds of all pending sides and of the present node.
 */
#include "solve/site_core.h"

#include <string.h>

__extension__ typedef __int128 Wide;

typedef enum Fate { FATE_FREE, FATE_OPEN, FATE_CLOSED } Fate;

typedef struct Pick {
    int64_t key;
    int32_t site;
} Pick;

/* One decision on the way from the root to the present node. */
typedef struct Level {
    int32_t site;
    bool is_pending;  /* the site is open here; closed is still to come */
    int32_t trail_at; /* fates set since are taken back with the decision */
    int64_t bound;    /* of the node above the decision */
    int64_t *price;   /* [client] the best prices of that node */
} Level;

struct SiteBound {
    const SiteCore *core;
    int32_t open_limit;
    int64_t scale;
    const SiteNear *near; /* [client * near_count + rank], sites not fixed closed, near to far */
    SiteNear *near_own;   /* NULL until the first compaction */
    int32_t near_count;
    int64_t *price;      /* [client] scaled */
    int64_t *price_best; /* [client] at which best was found */
    double *direction;   /* [client] */
    int64_t *reduced;    /* [site] r, scaled */
    Fate *fate;          /* [site] */
    int32_t fate_open_count;
    int32_t fate_closed_count;
    bool *is_chosen;    /* [site] */
    int32_t *fewer;     /* [client] 1 - times served */
    Pick *picks;        /* [site] free sites, the chosen first */
    int32_t pick_count; /* free sites */
    int32_t pick_open;  /* of them chosen */
    int64_t *cost;      /* [site] scaled to 10 bits */
    int64_t budget;     /* scaled alike; -1: does not bind */
    int64_t budget_price;
    int64_t now;  /* scaled L at the present prices */
    int64_t best; /* scaled */
    double step;
    int32_t stall;
    int64_t round_count;
    uint64_t work;
    /* branching */
    bool is_branching;
    Level *levels;
    int32_t depth;
    int32_t depth_max;
    int32_t *trail; /* sites whose fate was set below the root, in order */
    int32_t trail_count;
    int64_t leaf_least; /* least value of a fully decided set: no bound may exceed it */
    double *usage;      /* [site] how often it was chosen of late */
    Arena *arena;
};

enum {
    SCALE_MAX = 1 << 16,
    STALL_MAX = 20,
    BUDGET_HALVINGS = 52,
    LEVEL_CELLS_MAX = 4000000,
    NODE_STEPS = 25
};

/* Polyak's factor at the start of a node: the prices of the parent are near the best already. */
static const double NODE_STEP = 0.6;

static void prices_start(SiteBound *bound) {
    const SiteCore *core = bound->core;
    int32_t rank = core->site_count / (bound->open_limit + 1);
    rank = rank < core->site_count ? rank : core->site_count - 1;
    for (int32_t client = 0; client < core->client_count; client++) {
        int64_t distance = core->near[(int64_t)client * core->site_count + rank].distance;
        bound->price[client] = distance * bound->scale;
    }
}

SiteBound *site_bound_new(Arena *arena, const SiteCore *core, int32_t open_limit) {
    SiteBound *bound = arena_new(arena, SiteBound);
    size_t client_count = (size_t)core->client_count;
    size_t site_count = (size_t)core->site_count;
    bound->arena = arena;
    bound->core = core;
    bound->open_limit = open_limit;
    bound->scale = SCALE_MAX;
    const double room = (double)(INT64_C(1) << 60);
    while (bound->scale > 1 &&
           (double)core->worst_sum * (double)bound->scale * (open_limit + 2) > room) {
        bound->scale /= 2;
    }
    bound->near = core->near;
    bound->near_count = core->site_count;
    bound->price = arena_array(arena, int64_t, client_count);
    bound->price_best = arena_array(arena, int64_t, client_count);
    bound->direction = arena_array(arena, double, client_count);
    bound->fewer = arena_array(arena, int32_t, client_count);
    bound->reduced = arena_array(arena, int64_t, site_count);
    bound->fate = arena_array(arena, Fate, site_count);
    bound->is_chosen = arena_array(arena, bool, site_count);
    bound->picks = arena_array(arena, Pick, site_count);
    bound->cost = arena_array(arena, int64_t, site_count);
    bound->trail = arena_array(arena, int32_t, site_count);
    int64_t depth_max = LEVEL_CELLS_MAX / (int64_t)(client_count + 1);
    depth_max = depth_max < core->site_count ? depth_max : core->site_count;
    bound->depth_max = (int32_t)depth_max;
    bound->levels = arena_array(arena, Level, (size_t)depth_max);
    bound->usage = arena_array(arena, double, site_count);
    bound->leaf_least = INT64_MAX;
    bound->step = 1.0;
    bound->best = 0; /* distances are not negative */
    for (int32_t site = 0; site < core->site_count; site++) {
        bound->fate[site] = core->is_kept[site] ? FATE_OPEN : FATE_FREE;
        bound->fate_open_count += core->is_kept[site] ? 1 : 0;
    }
    bound->budget = site_core_costs_scale(core, bound->cost);
    prices_start(bound);
    return bound;
}

static void reduced_compute(SiteBound *bound) {
    const SiteCore *core = bound->core;
    const int64_t scale = bound->scale;
    memset(bound->reduced, 0, (size_t)core->site_count * sizeof *bound->reduced);
    for (int32_t client = 0; client < core->client_count; client++) {
        const SiteNear *near = bound->near + (int64_t)client * bound->near_count;
        const int64_t price = bound->price[client];
        const int64_t weight = core->weight[client];
        int32_t rank = 0;
        for (; rank < bound->near_count && near[rank].distance * scale < price; rank++) {
            bound->reduced[near[rank].site] += weight * (near[rank].distance * scale - price);
        }
        bound->work += (uint64_t)rank * 2 + 2;
    }
}

static bool pick_before(Pick left, Pick right) {
    return left.key != right.key ? left.key < right.key : left.site < right.site;
}

/* Brings the count smallest picks to the front (quickselect, middle pivot). */
static void picks_select(Pick *picks, int32_t total, int32_t count) {
    int32_t low = 0;
    int32_t high = total - 1;
    while (low < high && count > 0 && count < total) {
        Pick pivot = picks[low + (high - low) / 2];
        int32_t i = low;
        int32_t j = high;
        while (i <= j) {
            while (pick_before(picks[i], pivot)) {
                i++;
            }
            while (pick_before(pivot, picks[j])) {
                j--;
            }
            if (i <= j) {
                Pick kept = picks[i];
                picks[i++] = picks[j];
                picks[j--] = kept;
            }
        }
        if (count - 1 <= j) {
            high = j;
        } else if (count - 1 >= i) {
            low = i;
        } else {
            return;
        }
    }
}

/* Sites still to choose besides those that must be open. */
static int32_t open_need(const SiteBound *bound) {
    int32_t need = bound->open_limit - bound->fate_open_count;
    return need > 0 ? need : 0;
}

/* Chooses the sites of least key at a price of the budget. Returns their scaled cost. */
static int64_t sites_choose(SiteBound *bound, int64_t budget_price) {
    const SiteCore *core = bound->core;
    int32_t need = open_need(bound);
    int32_t negative = 0;
    int64_t cost = 0;
    bound->pick_count = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        if (bound->fate[site] == FATE_OPEN) {
            cost += bound->cost[site];
        } else if (bound->fate[site] == FATE_FREE) {
            int64_t key = bound->reduced[site] + budget_price * bound->cost[site];
            bound->picks[bound->pick_count++] = (Pick){.key = key, .site = site};
            negative += key < 0 ? 1 : 0;
        }
    }
    int32_t open = negative < need ? negative : need;
    picks_select(bound->picks, bound->pick_count, open);
    bound->pick_open = open;
    for (int32_t i = 0; i < open; i++) {
        cost += bound->cost[bound->picks[i].site];
    }
    bound->work += (uint64_t)core->site_count * 2;
    return cost;
}

/* The price of the budget is raised until the chosen sites fit: L is concave in it. */
static void sites_choose_within_budget(SiteBound *bound) {
    bound->budget_price = 0;
    if (bound->budget < 0 || sites_choose(bound, 0) <= bound->budget) {
        if (bound->budget < 0) {
            (void)sites_choose(bound, 0);
        }
        return;
    }
    int64_t low = 0;
    int64_t high = 1;
    for (int32_t site = 0; site < bound->core->site_count; site++) {
        high = -bound->reduced[site] > high ? -bound->reduced[site] : high;
    }
    high = high < (INT64_C(1) << 50) ? high : INT64_C(1) << 50;
    for (int32_t i = 0; i < BUDGET_HALVINGS && high - low > 1; i++) {
        int64_t middle = low + (high - low) / 2;
        if (sites_choose(bound, middle) <= bound->budget) {
            high = middle;
        } else {
            low = middle;
        }
    }
    bound->budget_price = high;
    (void)sites_choose(bound, high);
}

static int64_t clamp(Wide value) {
    const Wide most = INT64_C(1) << 62;
    return (int64_t)(value < -most ? -most : value > most ? most : value);
}

static void evaluate(SiteBound *bound) {
    const SiteCore *core = bound->core;
    reduced_compute(bound);
    sites_choose_within_budget(bound);
    Wide sum = 0;
    for (int32_t client = 0; client < core->client_count; client++) {
        sum += core->weight[client] * bound->price[client];
    }
    for (int32_t site = 0; site < core->site_count; site++) {
        bound->is_chosen[site] = bound->fate[site] == FATE_OPEN;
        if (bound->is_chosen[site]) {
            sum += bound->reduced[site] + (Wide)bound->budget_price * bound->cost[site];
        }
    }
    for (int32_t i = 0; i < bound->pick_open; i++) {
        bound->is_chosen[bound->picks[i].site] = true;
        sum += bound->picks[i].key;
    }
    if (bound->budget >= 0) {
        sum -= (Wide)bound->budget_price * bound->budget;
    }
    bound->now = clamp(sum);
}

/* Rounds a scaled bound up to whole units: values are whole. */
static int64_t whole_up(const SiteBound *bound, int64_t scaled) {
    return scaled <= 0 ? 0 : (scaled - 1) / bound->scale + 1;
}

static void near_compact(SiteBound *bound) {
    const SiteCore *core = bound->core;
    int32_t live = core->site_count - bound->fate_closed_count;
    if (live * 10 > bound->near_count * 7) {
        return;
    }
    if (bound->near_own == NULL) {
        bound->near_own =
            arena_array(bound->arena, SiteNear, (size_t)core->client_count * (size_t)live);
    }
    /* In place it is safe: what is written is never ahead of what is read. */
    SiteNear *to = bound->near_own;
    for (int32_t client = 0; client < core->client_count; client++) {
        const SiteNear *from = bound->near + (int64_t)client * bound->near_count;
        for (int32_t rank = 0; rank < bound->near_count; rank++) {
            if (bound->fate[from[rank].site] != FATE_CLOSED) {
                *to++ = from[rank];
            }
        }
    }
    bound->near = bound->near_own;
    bound->near_count = live;
}

static void fate_set(SiteBound *bound, int32_t site, Fate fate) {
    check(bound->fate[site] == FATE_FREE);
    bound->fate[site] = fate;
    bound->fate_open_count += fate == FATE_OPEN ? 1 : 0;
    bound->fate_closed_count += fate == FATE_CLOSED ? 1 : 0;
    if (bound->is_branching) {
        bound->trail[bound->trail_count++] = site;
    }
}

/* Sets the fate of a free site; what may not stand beside an open one is closed. */
static void fate_decide(SiteBound *bound, int32_t site, Fate fate) {
    const SiteCore *core = bound->core;
    fate_set(bound, site, fate);
    if (fate != FATE_OPEN || core->conflict_start == NULL) {
        return;
    }
    for (int32_t at = core->conflict_start[site]; at < core->conflict_start[site + 1]; at++) {
        if (bound->fate[core->conflict_site[at]] == FATE_FREE) {
            fate_set(bound, core->conflict_site[at], FATE_CLOSED);
        }
    }
}

static void fates_fix(SiteBound *bound, int64_t best_value) {
    int32_t need = open_need(bound);
    bool is_full = bound->pick_open == need;
    int64_t worst_in = 0;
    int64_t best_out = 0;
    for (int32_t i = 0; is_full && i < bound->pick_count; i++) {
        int64_t key = bound->picks[i].key;
        if (i < bound->pick_open) {
            worst_in = i == 0 || key > worst_in ? key : worst_in;
        } else {
            best_out = key < best_out ? key : best_out;
        }
    }
    for (int32_t i = 0; i < bound->pick_count; i++) {
        const Pick pick = bound->picks[i];
        bool is_in = i < bound->pick_open;
        int64_t lifted = bound->now + (is_in ? best_out - pick.key : pick.key - worst_in);
        if (whole_up(bound, lifted) < best_value && !(need == 0 && !is_in)) {
            continue;
        }
        if (bound->fate[pick.site] == FATE_FREE) { /* a neighbour may have closed it just now */
            fate_decide(bound, pick.site, is_in ? FATE_OPEN : FATE_CLOSED);
        }
    }
    if (!bound->is_branching) {
        near_compact(bound);
    }
}

/* Counts for each client how often the chosen sites would serve it; returns the step's divisor. */
static double fewer_count(SiteBound *bound) {
    const SiteCore *core = bound->core;
    double norm = 0;
    for (int32_t client = 0; client < core->client_count; client++) {
        const SiteNear *near = bound->near + (int64_t)client * bound->near_count;
        const int64_t price = bound->price[client];
        int32_t fewer = 1;
        for (int32_t rank = 0;
             rank < bound->near_count && near[rank].distance * bound->scale < price; rank++) {
            fewer -= bound->is_chosen[near[rank].site] ? 1 : 0;
        }
        bound->fewer[client] = fewer;
        double direction = 0.75 * fewer + 0.25 * bound->direction[client];
        bound->direction[client] = direction;
        norm += (double)core->weight[client] * direction * direction;
    }
    return norm;
}

static void prices_move(SiteBound *bound, int64_t best_value) {
    const SiteCore *core = bound->core;
    double norm = fewer_count(bound);
    if (norm <= 1e-12) {
        return;
    }
    double target = (double)best_value * (double)bound->scale * 1.0005;
    double length = bound->step * (target - (double)bound->now) / norm;
    for (int32_t client = 0; client < core->client_count; client++) {
        const SiteNear *near = core->near + (int64_t)client * core->site_count;
        double most = (double)near[core->site_count - 1].distance * (double)bound->scale;
        double price = (double)bound->price[client] + length * bound->direction[client];
        bound->price[client] = (int64_t)(price > most ? most : price > 0 ? price : 0);
    }
}

static void step_shorten(SiteBound *bound) {
    bound->stall++;
    if (bound->stall < STALL_MAX) {
        return;
    }
    bound->stall = 0;
    bound->step *= 0.6;
    size_t bytes = (size_t)bound->core->client_count * sizeof *bound->price;
    memcpy(bound->price, bound->price_best, bytes);
    memset(bound->direction, 0, (size_t)bound->core->client_count * sizeof *bound->direction);
    evaluate(bound);
}

bool site_bound_run(SiteBound *bound, int64_t best_value, int32_t count) {
    const SiteCore *core = bound->core;
    for (int32_t i = 0; i < count; i++) {
        if (whole_up(bound, bound->best) >= best_value || bound->step < 1e-4) {
            return false;
        }
        evaluate(bound);
        bound->round_count++;
        if (bound->now > bound->best || bound->round_count == 1) {
            bound->best = bound->now > bound->best ? bound->now : bound->best;
            memcpy(bound->price_best, bound->price,
                   (size_t)core->client_count * sizeof *bound->price);
            bound->stall = 0;
        } else {
            step_shorten(bound);
        }
        fates_fix(bound, best_value);
        if (bound->fate_open_count > bound->open_limit) {
            /* A better answer would need more open sites than allowed: there is none. */
            bound->best = best_value * bound->scale;
            return false;
        }
        prices_move(bound, best_value);
    }
    return true;
}

/* ---- branching --------------------------------------------------------------------------------*/

static void prices_load(SiteBound *bound, const int64_t *prices) {
    memcpy(bound->price, prices, (size_t)bound->core->client_count * sizeof *prices);
    memset(bound->direction, 0, (size_t)bound->core->client_count * sizeof *bound->direction);
}

static void usage_note(SiteBound *bound) {
    for (int32_t site = 0; site < bound->core->site_count; site++) {
        bound->usage[site] = 0.85 * bound->usage[site] + (bound->is_chosen[site] ? 0.15 : 0);
    }
}

/* Lifts the bound of the present node; keeps its best prices in price_best. Returns the scaled
 * bound, or best_value scaled when the node holds no better answer. */
static int64_t node_lift(SiteBound *bound, int64_t best_value, int64_t start) {
    const int64_t none = best_value * bound->scale;
    const size_t bytes = (size_t)bound->core->client_count * sizeof *bound->price;
    int64_t local = 0;
    bound->step = NODE_STEP;
    for (int32_t i = 0; i < NODE_STEPS; i++) {
        if (bound->fate_open_count > bound->open_limit) {
            return none;
        }
        evaluate(bound);
        bound->round_count++;
        usage_note(bound);
        if (bound->now > local || i == 0) {
            local = bound->now;
            memcpy(bound->price_best, bound->price, bytes);
        } else {
            bound->step *= 0.93;
        }
        if (whole_up(bound, local) >= best_value) {
            return none;
        }
        fates_fix(bound, best_value);
        prices_move(bound, best_value);
    }
    return local > start ? local : start;
}

/* The free site about which the steps of late agreed least. */
static int32_t site_to_branch(const SiteBound *bound) {
    int32_t best = SITE_NONE;
    double best_score = -1;
    for (int32_t site = 0; site < bound->core->site_count; site++) {
        double usage = bound->usage[site];
        double score = usage * (1 - usage) + 1e-6 * usage;
        if (bound->fate[site] == FATE_FREE && score > best_score) {
            best = site;
            best_score = score;
        }
    }
    return best;
}

/* The true value of the open sites, when every fate is decided; INT64_MAX when they break the
 * budget. Their conflicts were closed with them. */
static int64_t leaf_value(const SiteBound *bound) {
    const SiteCore *core = bound->core;
    int64_t value = 0;
    int64_t cost = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        cost += bound->fate[site] == FATE_OPEN ? core->cost[site] : 0;
    }
    if (bound->fate_open_count == 0 || (core->has_budget && cost > core->budget)) {
        return INT64_MAX;
    }
    for (int32_t client = 0; client < core->client_count; client++) {
        const SiteNear *near = bound->near + (int64_t)client * bound->near_count;
        while (bound->fate[near->site] != FATE_OPEN) {
            near++;
        }
        value += core->weight[client] * near->distance;
    }
    return value;
}

/* Makes the decided sites the ones offered by site_bound_sites. */
static void open_to_chosen(SiteBound *bound) {
    for (int32_t site = 0; site < bound->core->site_count; site++) {
        bound->is_chosen[site] = bound->fate[site] == FATE_OPEN;
    }
}

/* Decides on one more site, first open. False when there is no room. */
static bool level_push(SiteBound *bound, int32_t site, int64_t node_bound) {
    if (bound->depth == bound->depth_max) {
        return false;
    }
    size_t client_count = (size_t)bound->core->client_count;
    Level *level = &bound->levels[bound->depth++];
    if (level->price == NULL) {
        level->price = arena_array(bound->arena, int64_t, client_count);
    }
    memcpy(level->price, bound->price_best, client_count * sizeof *level->price);
    level->site = site;
    level->is_pending = true;
    level->trail_at = bound->trail_count;
    level->bound = node_bound;
    fate_decide(bound, site, FATE_OPEN);
    prices_load(bound, level->price);
    return true;
}

static void trail_undo(SiteBound *bound, int32_t trail_at) {
    while (bound->trail_count > trail_at) {
        int32_t site = bound->trail[--bound->trail_count];
        bound->fate_open_count -= bound->fate[site] == FATE_OPEN ? 1 : 0;
        bound->fate_closed_count -= bound->fate[site] == FATE_CLOSED ? 1 : 0;
        bound->fate[site] = FATE_FREE;
    }
}

/* Goes to the deepest pending side. False when there is none: the tree is done. */
static bool level_turn(SiteBound *bound) {
    while (bound->depth > 0) {
        Level *level = &bound->levels[bound->depth - 1];
        trail_undo(bound, level->trail_at);
        if (level->is_pending) {
            level->is_pending = false;
            fate_decide(bound, level->site, FATE_CLOSED);
            prices_load(bound, level->price);
            return true;
        }
        bound->depth--;
    }
    return false;
}

/* The least bound of what is still to be looked at. */
static int64_t tree_bound(const SiteBound *bound, int64_t node_bound) {
    int64_t least = node_bound;
    for (int32_t i = 0; i < bound->depth; i++) {
        const Level *level = &bound->levels[i];
        least = level->is_pending && level->bound < least ? level->bound : least;
    }
    return least;
}

/* What is known of the present node before it is looked at. */
static int64_t level_bound(const SiteBound *bound) {
    return bound->depth == 0 ? bound->best : bound->levels[bound->depth - 1].bound;
}

bool site_bound_branch(SiteBound *bound, int64_t best_value, int32_t count) {
    const int64_t none = best_value * bound->scale;
    if (whole_up(bound, bound->best) >= best_value) {
        return false;
    }
    if (!bound->is_branching) {
        bound->is_branching = true;
        prices_load(bound, bound->price_best);
    }
    for (int32_t i = 0; i < count; i++) {
        int64_t present = node_lift(bound, best_value, level_bound(bound));
        int32_t site = site_to_branch(bound);
        int64_t leaf = present < none && site == SITE_NONE ? leaf_value(bound) : INT64_MAX;
        if (present >= none || site == SITE_NONE) {
            open_to_chosen(bound);
            bound->leaf_least = leaf < bound->leaf_least ? leaf : bound->leaf_least;
            if (!level_turn(bound)) {
                bound->best = none;
                return leaf < best_value; /* is_chosen holds the leaf: let the search have it */
            }
            present = level_bound(bound);
        } else if (!level_push(bound, site, present)) {
            return false; /* too deep: what is proven stays proven */
        }
        int64_t proven = tree_bound(bound, present);
        bound->best = proven > bound->best ? proven : bound->best;
        if (leaf < best_value) {
            return true;
        }
    }
    return true;
}

int64_t site_bound_value(const SiteBound *bound, int64_t best_value) {
    int64_t value = whole_up(bound, bound->best);
    value = bound->leaf_least < value ? bound->leaf_least : value;
    return value < best_value ? value : best_value;
}

int32_t site_bound_sites(const SiteBound *bound, int32_t *out) {
    int32_t count = 0;
    for (int32_t site = 0; site < bound->core->site_count; site++) {
        if (bound->is_chosen[site] && count < bound->open_limit) {
            out[count++] = site;
        }
    }
    return count;
}

uint64_t site_bound_work(const SiteBound *bound) {
    return bound->work;
}

int64_t site_bound_rounds(const SiteBound *bound) {
    return bound->round_count;
}
