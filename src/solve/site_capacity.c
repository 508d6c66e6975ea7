/*
 * Capacitated p-median: an iterated local search over sets of open sites. For a set, clients are
 * given to sites in order of regret (how much they lose if they miss their nearest), then shifted
 * and exchanged; then each site is moved to where its own clients want it. Overload is allowed on
 * the way at a price that rises while answers stay overloaded and falls while they fit.
 */
#include "solve/site_core.h"

#include <string.h>

typedef struct Plan {
    int32_t open_count;
    int32_t *open;    /* [slot] */
    bool *is_open;    /* [site] */
    int32_t *site_of; /* [client] */
    int64_t *load;    /* [site] */
    int64_t value;
    int64_t overload;
    int64_t cost;
} Plan;

typedef struct Wait {
    double regret;
    int32_t client;
} Wait;

typedef struct Capacity {
    const SiteCore *core;
    const int32_t *demand;
    const int64_t *capacity;
    Prng prng;
    double price; /* of one unit of overload */
    Plan now;
    Plan base; /* from which the next round starts */
    Plan best; /* without overload; open_count 0: none yet */
    Wait *waits;
    int32_t *members;      /* [client] clients grouped by site */
    int32_t *member_start; /* [site + 1] */
    int32_t *sites;        /* scratch */
    /* What has not changed since it was last looked at need not be looked at again. */
    uint64_t tick;
    uint64_t *site_tick;     /* [site] when its clients last changed */
    uint64_t *client_tick;   /* [client] when no move of it helped */
    uint64_t *recentre_tick; /* [site] when no other place for it helped */
    int64_t round_count;
    int64_t base_round;
    uint64_t work;
} Capacity;

enum { NEAR_OPEN_MAX = 6, PASSES_MAX = 60, STAY_ROUNDS = 150 };

static int64_t distance_at(const Capacity *cap, int32_t site, int32_t client) {
    return cap->core->distance[(int64_t)site * cap->core->client_count + client];
}

static int64_t over(const Capacity *cap, int32_t site, int64_t load) {
    return load > cap->capacity[site] ? load - cap->capacity[site] : 0;
}

static double score(const Capacity *cap, const Plan *plan) {
    return (double)plan->value + cap->price * (double)plan->overload;
}

/* ---- plans ------------------------------------------------------------------------------------*/

static void plan_init(Arena *arena, const SiteCore *core, Plan *plan) {
    plan->open = arena_array(arena, int32_t, (size_t)core->open_max);
    plan->is_open = arena_array(arena, bool, (size_t)core->site_count);
    plan->load = arena_array(arena, int64_t, (size_t)core->site_count);
    plan->site_of = arena_array(arena, int32_t, (size_t)core->client_count);
}

static void plan_copy(const SiteCore *core, const Plan *from, Plan *to) {
    Plan kept = *to;
    *to = *from;
    to->open = kept.open;
    to->is_open = kept.is_open;
    to->load = kept.load;
    to->site_of = kept.site_of;
    memcpy(to->open, from->open, (size_t)from->open_count * sizeof *to->open);
    memcpy(to->is_open, from->is_open, (size_t)core->site_count * sizeof *to->is_open);
    memcpy(to->load, from->load, (size_t)core->site_count * sizeof *to->load);
    memcpy(to->site_of, from->site_of, (size_t)core->client_count * sizeof *to->site_of);
}

/* True when budget, least distance and the count allow to open in (and close the site of slot). */
static bool may_open(const Capacity *cap, const Plan *plan, int32_t in, int32_t slot) {
    const SiteCore *core = cap->core;
    int32_t out = slot < 0 ? SITE_NONE : plan->open[slot];
    if (plan->is_open[in] || (out == SITE_NONE && plan->open_count >= core->open_max) ||
        (out != SITE_NONE && core->is_kept[out])) {
        return false;
    }
    int64_t cost = plan->cost + core->cost[in] - (out == SITE_NONE ? 0 : core->cost[out]);
    if (core->has_budget && cost > core->budget) {
        return false;
    }
    for (int32_t i = 0; core->conflict_start != NULL && i < plan->open_count; i++) {
        if (i != slot && site_core_conflicts(core, in, plan->open[i])) {
            return false;
        }
    }
    return true;
}

static void open_site(Capacity *cap, Plan *plan, int32_t in, int32_t slot) {
    cap->site_tick[in] = ++cap->tick;
    if (slot < 0) {
        slot = plan->open_count++;
    } else {
        plan->is_open[plan->open[slot]] = false;
        plan->cost -= cap->core->cost[plan->open[slot]];
    }
    plan->open[slot] = in;
    plan->is_open[in] = true;
    plan->cost += cap->core->cost[in];
}

static void give(Capacity *cap, Plan *plan, int32_t client, int32_t site) {
    cap->site_tick[site] = ++cap->tick;
    int64_t load = plan->load[site];
    plan->overload += over(cap, site, load + cap->demand[client]) - over(cap, site, load);
    plan->load[site] = load + cap->demand[client];
    plan->value += cap->core->weight[client] * distance_at(cap, site, client);
    plan->site_of[client] = site;
}

static void take(Capacity *cap, Plan *plan, int32_t client) {
    int32_t site = plan->site_of[client];
    cap->site_tick[site] = ++cap->tick;
    int64_t load = plan->load[site];
    plan->overload += over(cap, site, load - cap->demand[client]) - over(cap, site, load);
    plan->load[site] = load - cap->demand[client];
    plan->value -= cap->core->weight[client] * distance_at(cap, site, client);
    plan->site_of[client] = SITE_NONE;
}

/* ---- assignment -------------------------------------------------------------------------------*/

/* Lists the open sites nearest to a client, near to far. */
static int32_t near_open(Capacity *cap, int32_t client, int32_t out[NEAR_OPEN_MAX]) {
    const SiteCore *core = cap->core;
    const SiteNear *near = core->near + (int64_t)client * core->site_count;
    int32_t count = 0;
    int32_t rank = 0;
    for (; rank < core->site_count && count < NEAR_OPEN_MAX; rank++) {
        if (cap->now.is_open[near[rank].site]) {
            out[count++] = near[rank].site;
        }
    }
    cap->work += (uint64_t)rank;
    return count;
}

static int32_t site_with_room(Capacity *cap, int32_t client) {
    const Plan *plan = &cap->now;
    int32_t best = SITE_NONE;
    double best_cost = 0;
    for (int32_t i = 0; i < plan->open_count; i++) {
        int32_t site = plan->open[i];
        int64_t load = plan->load[site];
        double cost =
            (double)(cap->core->weight[client] * distance_at(cap, site, client)) +
            4 * cap->price *
                (double)(over(cap, site, load + cap->demand[client]) - over(cap, site, load));
        if (best == SITE_NONE || cost < best_cost) {
            best = site;
            best_cost = cost;
        }
    }
    cap->work += (uint64_t)plan->open_count;
    return best;
}

static bool waits_longer(Wait left, Wait right) {
    return left.regret != right.regret ? left.regret > right.regret : left.client < right.client;
}

static void waits_sort(Wait *waits, int32_t count) {
    for (int32_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (int32_t i = gap; i < count; i++) {
            Wait wait = waits[i];
            int32_t at = i;
            for (; at >= gap && waits_longer(wait, waits[at - gap]); at -= gap) {
                waits[at] = waits[at - gap];
            }
            waits[at] = wait;
        }
    }
}

/* Gives every client without a site to one, those with most regret first. Big demands go early,
 * because the last ones find only small gaps. */
static void assign_waiting(Capacity *cap) {
    const SiteCore *core = cap->core;
    double by_demand = prng_unit(&cap->prng) * cap->price;
    int32_t count = 0;
    for (int32_t client = 0; client < core->client_count; client++) {
        if (cap->now.site_of[client] != SITE_NONE) {
            continue;
        }
        int32_t near[NEAR_OPEN_MAX];
        int32_t found = near_open(cap, client, near);
        int64_t nearest = distance_at(cap, near[0], client);
        int64_t next = found > 1 ? distance_at(cap, near[1], client) : nearest;
        double regret =
            (double)(core->weight[client] * (next - nearest)) + by_demand * cap->demand[client];
        cap->waits[count++] = (Wait){.regret = regret, .client = client};
    }
    waits_sort(cap->waits, count);
    for (int32_t i = 0; i < count; i++) {
        give(cap, &cap->now, cap->waits[i].client, site_with_room(cap, cap->waits[i].client));
    }
}

/* Takes away the clients of closed sites, and of the others about so many of ten thousand. */
static void release(Capacity *cap, uint32_t others_bp) {
    for (int32_t client = 0; client < cap->core->client_count; client++) {
        int32_t site = cap->now.site_of[client];
        if (!cap->now.is_open[site] || prng_chance_bp(&cap->prng, others_bp)) {
            take(cap, &cap->now, client);
        }
    }
}

/* ---- local search -----------------------------------------------------------------------------*/

static void members_group(Capacity *cap) {
    const SiteCore *core = cap->core;
    memset(cap->member_start, 0, ((size_t)core->site_count + 1) * sizeof *cap->member_start);
    for (int32_t client = 0; client < core->client_count; client++) {
        cap->member_start[cap->now.site_of[client] + 1]++;
    }
    for (int32_t site = 0; site < core->site_count; site++) {
        cap->member_start[site + 1] += cap->member_start[site];
    }
    int32_t *next = cap->sites;
    memcpy(next, cap->member_start, (size_t)core->site_count * sizeof *next);
    for (int32_t client = 0; client < core->client_count; client++) {
        cap->members[next[cap->now.site_of[client]]++] = client;
    }
}

static double move_delta(const Capacity *cap, int32_t client, int32_t to, int64_t to_less) {
    const Plan *plan = &cap->now;
    int32_t from = plan->site_of[client];
    int64_t demand = cap->demand[client];
    int64_t back = to_less; /* what comes back to from in an exchange */
    int64_t overload =
        over(cap, to, plan->load[to] + demand - back) - over(cap, to, plan->load[to]) +
        over(cap, from, plan->load[from] - demand + back) - over(cap, from, plan->load[from]);
    int64_t farther = distance_at(cap, to, client) - distance_at(cap, from, client);
    return (double)(cap->core->weight[client] * farther) + cap->price * (double)overload;
}

static void move(Capacity *cap, int32_t client, int32_t to) {
    take(cap, &cap->now, client);
    give(cap, &cap->now, client, to);
}

/* Exchanges a client with one member of a site if that helps. No exchange gains more on overload
 * than there is, so most are dismissed by their distances alone. */
static bool exchange(Capacity *cap, int32_t client, int32_t to) {
    Plan *plan = &cap->now;
    const SiteCore *core = cap->core;
    const int32_t from = plan->site_of[client];
    const int32_t *row_from = core->distance + (int64_t)from * core->client_count;
    const int32_t *row_to = core->distance + (int64_t)to * core->client_count;
    const int64_t farther = core->weight[client] * (row_to[client] - row_from[client]);
    const int64_t overload = over(cap, from, plan->load[from]) + over(cap, to, plan->load[to]);
    const double hope = cap->price * (double)overload - (double)farther;
    const int32_t end = cap->member_start[to + 1];
    cap->work += (uint64_t)(end - cap->member_start[to]);
    for (int32_t at = cap->member_start[to]; at < end; at++) {
        int32_t other = cap->members[at];
        double other_farther = (double)(core->weight[other] * (row_from[other] - row_to[other]));
        if (other_farther >= hope || plan->site_of[other] != to) {
            continue; /* the second: moved since the grouping */
        }
        if (move_delta(cap, client, to, cap->demand[other]) + other_farther < -1e-6) {
            move(cap, client, to);
            move(cap, other, from);
            return true;
        }
    }
    return false;
}

static bool improve_client(Capacity *cap, int32_t client) {
    int32_t near[NEAR_OPEN_MAX];
    const uint64_t seen = cap->client_tick[client];
    const int32_t own = cap->now.site_of[client];
    const bool is_dirty = cap->site_tick[own] > seen || cap->now.load[own] > cap->capacity[own];
    int32_t count = near_open(cap, client, near);
    for (int32_t i = 0; i < count; i++) {
        if (near[i] == own || (!is_dirty && cap->site_tick[near[i]] <= seen)) {
            continue;
        }
        if (move_delta(cap, client, near[i], 0) < -1e-6) {
            move(cap, client, near[i]);
            return true;
        }
        if (exchange(cap, client, near[i])) {
            return true;
        }
    }
    cap->client_tick[client] = cap->tick;
    return false;
}

static void shift_and_exchange(Capacity *cap) {
    const int32_t client_count = cap->core->client_count;
    bool is_better = true;
    for (int32_t pass = 0; is_better && pass < PASSES_MAX; pass++) {
        is_better = false;
        members_group(cap);
        int32_t start = (int32_t)prng_below(&cap->prng, (uint64_t)client_count);
        for (int32_t i = 0; i < client_count; i++) {
            int32_t client = start + i < client_count ? start + i : start + i - client_count;
            is_better = improve_client(cap, client) || is_better;
        }
    }
}

/* Moves the site of a slot to where its clients reach it best. */
static bool recentre(Capacity *cap, int32_t slot) {
    const SiteCore *core = cap->core;
    Plan *plan = &cap->now;
    const int32_t site = plan->open[slot];
    const int32_t *members = cap->members + cap->member_start[site];
    const int32_t count = cap->member_start[site + 1] - cap->member_start[site];
    int32_t best = SITE_NONE;
    double best_sum = 0;
    for (int32_t in = 0; in < core->site_count; in++) {
        if (in != site && !may_open(cap, plan, in, slot)) {
            continue;
        }
        double sum = cap->price * (double)over(cap, in, plan->load[site]);
        for (int32_t i = 0; i < count; i++) {
            sum += (double)(core->weight[members[i]] * distance_at(cap, in, members[i]));
        }
        if (best == SITE_NONE || sum < best_sum || (sum <= best_sum && in == site)) {
            best = in;
            best_sum = sum;
        }
    }
    cap->work += (uint64_t)core->site_count * (uint64_t)(count + 1);
    if (best == site || best == SITE_NONE) {
        cap->recentre_tick[site] = cap->tick;
        return false;
    }
    open_site(cap, plan, best, slot);
    for (int32_t i = 0; i < count; i++) {
        move(cap, members[i], best);
    }
    return true;
}

static void descend(Capacity *cap) {
    bool is_moved = true;
    for (int32_t pass = 0; is_moved && pass < PASSES_MAX; pass++) {
        shift_and_exchange(cap);
        is_moved = false;
        for (int32_t slot = 0; slot < cap->now.open_count; slot++) {
            int32_t site = cap->now.open[slot];
            if (!cap->core->is_kept[site] && cap->site_tick[site] > cap->recentre_tick[site]) {
                members_group(cap);
                is_moved = recentre(cap, slot) || is_moved;
            }
        }
    }
}

/* ---- rounds -----------------------------------------------------------------------------------*/

static void fill_up(Capacity *cap) {
    const SiteCore *core = cap->core;
    /* The best of a few random sites: those that serve the worst served, or hold most. */
    while (cap->now.open_count < core->open_max) {
        int32_t best = SITE_NONE;
        double best_worth = 0;
        for (int32_t tries = 0; tries < 40; tries++) {
            int32_t site = (int32_t)prng_below(&cap->prng, (uint64_t)core->site_count);
            if (!may_open(cap, &cap->now, site, -1)) {
                continue;
            }
            double worth = (1 + prng_unit(&cap->prng)) * (double)cap->capacity[site];
            if (best == SITE_NONE || worth > best_worth) {
                best = site;
                best_worth = worth;
            }
        }
        if (best == SITE_NONE) {
            return;
        }
        open_site(cap, &cap->now, best, -1);
    }
}

static void plan_start(Capacity *cap, const int32_t *sites, int32_t count) {
    const SiteCore *core = cap->core;
    Plan *plan = &cap->now;
    memset(plan->is_open, 0, (size_t)core->site_count * sizeof *plan->is_open);
    memset(plan->load, 0, (size_t)core->site_count * sizeof *plan->load);
    memset(plan->site_of, 0xff, (size_t)core->client_count * sizeof *plan->site_of);
    plan->open_count = 0;
    plan->value = plan->overload = plan->cost = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        if (core->is_kept[site]) {
            open_site(cap, plan, site, -1);
        }
    }
    for (int32_t i = 0; i < count; i++) {
        if (!core->is_kept[sites[i]] && may_open(cap, plan, sites[i], -1)) {
            open_site(cap, plan, sites[i], -1);
        }
    }
    fill_up(cap);
    assign_waiting(cap);
}

static void price_adapt(Capacity *cap, bool fits) {
    cap->price *= fits ? 0.97 : 1.05;
    cap->price = cap->price < 1e-3 ? 1e-3 : cap->price > 1e15 ? 1e15 : cap->price;
}

static void round_end(Capacity *cap) {
    descend(cap);
    const Plan *now = &cap->now;
    if (now->overload == 0 && (cap->best.open_count == 0 || now->value < cap->best.value)) {
        plan_copy(cap->core, now, &cap->best);
        cap->base_round = cap->round_count;
    }
    double slack = 1 + 0.01 * prng_unit(&cap->prng) * prng_unit(&cap->prng);
    if (cap->base.open_count == 0 || score(cap, now) <= score(cap, &cap->base) * slack) {
        plan_copy(cap->core, now, &cap->base);
    } else if (cap->best.open_count > 0 && cap->round_count - cap->base_round > STAY_ROUNDS) {
        plan_copy(cap->core, &cap->best, &cap->base);
        cap->base_round = cap->round_count;
    }
    price_adapt(cap, now->overload == 0);
    cap->round_count++;
}

/* Replaces one open site by a site near one of its clients, or by any. */
static void shake_once(Capacity *cap) {
    const SiteCore *core = cap->core;
    Plan *plan = &cap->now;
    for (int32_t tries = 0; tries < 20; tries++) {
        int32_t client = (int32_t)prng_below(&cap->prng, (uint64_t)core->client_count);
        int32_t in = (int32_t)prng_below(&cap->prng, (uint64_t)core->site_count);
        int32_t slot = (int32_t)prng_below(&cap->prng, (uint64_t)plan->open_count);
        if (prng_chance_bp(&cap->prng, 5000)) {
            uint64_t reach = (uint64_t)(3 * core->site_count / (plan->open_count + 1) + 1);
            reach = reach > (uint64_t)core->site_count ? (uint64_t)core->site_count : reach;
            in = core->near[(int64_t)client * core->site_count +
                            (int64_t)prng_below(&cap->prng, reach)]
                     .site;
        }
        if (may_open(cap, plan, in, slot)) {
            open_site(cap, plan, in, slot);
            return;
        }
        if (plan->open_count > 1 && site_core_is_ruled(core) && !core->is_kept[plan->open[slot]] &&
            tries > 10) {
            plan->is_open[plan->open[slot]] = false;
            plan->cost -= core->cost[plan->open[slot]];
            plan->open[slot] = plan->open[--plan->open_count];
            return;
        }
    }
}

/* Goes back to the base; sites whose clients differ count as changed. */
static void base_restore(Capacity *cap) {
    cap->tick++;
    for (int32_t client = 0; client < cap->core->client_count; client++) {
        int32_t left = cap->now.site_of[client];
        int32_t right = cap->base.site_of[client];
        if (left != right) {
            cap->site_tick[left] = cap->tick;
            cap->site_tick[right] = cap->tick;
        }
    }
    plan_copy(cap->core, &cap->base, &cap->now);
}

static void round_run(Capacity *cap) {
    base_restore(cap);
    static const uint32_t others_bp[] = {0, 0, 500, 3000, 10000};
    /* About 60 clients at most: giving all of a large town anew is a new start, not a shake. */
    uint32_t most_bp = (uint32_t)(600000 / cap->core->client_count);
    uint32_t bp = others_bp[prng_below(&cap->prng, sizeof others_bp / sizeof *others_bp)];
    int32_t shakes = (int32_t)prng_below(&cap->prng, 4);
    for (int32_t i = 0; i < shakes; i++) {
        shake_once(cap);
    }
    fill_up(cap);
    release(cap, bp < most_bp ? bp : most_bp);
    assign_waiting(cap);
    round_end(cap);
}

/* ---- the door ---------------------------------------------------------------------------------*/

static Status check_room(Cx *cx, const SiteProblem *problem, const Capacity *cap) {
    const SiteCore *core = cap->core;
    int64_t most = 0;
    int64_t demand_sum = 0;
    int64_t *rooms = arena_array(cx->arena, int64_t, (size_t)core->open_max);
    for (int32_t site = 0; site < core->site_count; site++) {
        most = cap->capacity[site] > most ? cap->capacity[site] : most;
        /* rooms keeps the largest capacities, falling */
        int64_t room = cap->capacity[site];
        for (int32_t i = 0; i < core->open_max; i++) {
            int64_t kept = rooms[i];
            rooms[i] = room > kept ? room : kept;
            room = room > kept ? kept : room;
        }
    }
    for (int32_t client = 0; client < core->client_count; client++) {
        demand_sum += cap->demand[client];
        if (cap->demand[client] > most) {
            Str name = problem->client_names == NULL
                           ? str_print(cx->arena, "%d", core->client_of[client] + 1)
                           : problem->client_names[core->client_of[client]];
            return fault_at_field(cx, STATUS_INVALID, "clients",
                                  "client \"" STR_FMT
                                  "\": its demand of %d is more than any site holds (%lld)",
                                  STR_ARG(name), cap->demand[client], (long long)most);
        }
    }
    int64_t room_sum = 0;
    for (int32_t i = 0; i < core->open_max; i++) {
        room_sum += rooms[i];
    }
    if (room_sum < demand_sum) {
        return fault_at_field(cx, STATUS_INVALID, "open_max",
                              "the %d largest sites hold %lld, but the demand is %lld",
                              core->open_max, (long long)room_sum, (long long)demand_sum);
    }
    return STATUS_OK;
}

static Capacity *capacity_new(Cx *cx, const SiteProblem *problem, const SiteCore *core) {
    Arena *arena = cx->arena;
    Capacity *cap = arena_new(arena, Capacity);
    int32_t *demand = arena_array(arena, int32_t, (size_t)core->client_count);
    int64_t *capacity = arena_array(arena, int64_t, (size_t)core->site_count);
    double distance_sum = 1;
    double demand_sum = 1;
    for (int32_t client = 0; client < core->client_count; client++) {
        demand[client] = problem->demand[core->client_of[client]];
        demand_sum += demand[client];
        int32_t middle = core->site_count / 2;
        distance_sum += (double)core->weight[client] *
                        core->near[(int64_t)client * core->site_count + middle].distance;
    }
    for (int32_t site = 0; site < core->site_count; site++) {
        capacity[site] = problem->capacity[core->site_of[site]];
    }
    *cap = (Capacity){.core = core, .demand = demand, .capacity = capacity};
    cap->price = distance_sum / demand_sum;
    plan_init(arena, core, &cap->now);
    plan_init(arena, core, &cap->base);
    plan_init(arena, core, &cap->best);
    cap->waits = arena_array(arena, Wait, (size_t)core->client_count);
    cap->members = arena_array(arena, int32_t, (size_t)core->client_count);
    cap->member_start = arena_array(arena, int32_t, (size_t)core->site_count + 1);
    cap->sites = arena_array(arena, int32_t, (size_t)core->site_count);
    cap->site_tick = arena_array(arena, uint64_t, (size_t)core->site_count);
    cap->client_tick = arena_array(arena, uint64_t, (size_t)core->client_count);
    cap->recentre_tick = arena_array(arena, uint64_t, (size_t)core->site_count);
    return cap;
}

enum { BOUND_SLICE = 5, ROUND_SLICE = 4 };

static Status take_turns(Capacity *cap, CapacityBound *bound, SiteClock *clock) {
    bool bound_moves = true;
    int32_t *sites = arena_array(clock->cx->arena, int32_t, (size_t)cap->core->site_count);
    for (;;) {
        bool has_best = cap->best.open_count > 0;
        int64_t value = has_best ? cap->best.value : cap->base.value;
        int64_t proven = capacity_bound_value(bound, value);
        SiteProgress progress = {.value = value, .bound = proven, .round_count = cap->round_count};
        bool go_on = false;
        TRY(site_clock_go_on(clock, &progress, &go_on));
        if (!go_on || (has_best && proven >= value)) {
            return STATUS_OK;
        }
        if (has_best && bound_moves && capacity_bound_work(bound) * 3 <= cap->work * 2) {
            bound_moves = capacity_bound_run(bound, value, BOUND_SLICE);
            plan_start(cap, sites, capacity_bound_sites(bound, sites));
            round_end(cap);
        } else {
            for (int32_t i = 0; i < ROUND_SLICE; i++) {
                round_run(cap);
            }
        }
    }
}

static int32_t core_sites_of(const SiteCore *core, const SiteAnswer *answer, int32_t *out) {
    int32_t count = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        for (int32_t i = 0; i < answer->open_count; i++) {
            if (answer->open[i] == core->site_of[site]) {
                out[count++] = site;
            }
        }
    }
    return count;
}

Status site_capacity_solve(Cx *cx, const SiteProblem *problem, SiteClock *clock, SiteAnswer *out) {
    SiteCore *core = site_core_new(cx, problem);
    Capacity *cap = capacity_new(cx, problem, core);
    TRY(check_room(cx, problem, cap));
    prng_init(&cap->prng, clock->options->seed);
    int32_t *sites = arena_array(cx->arena, int32_t, (size_t)core->site_count);
    plan_start(cap, sites, core_sites_of(core, out, sites));
    if (cap->now.open_count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "no site can be opened under these rules");
    }
    round_end(cap);
    CapacityBound *bound = capacity_bound_new(cx->arena, core, cap->demand, cap->capacity);
    TRY(take_turns(cap, bound, clock));
    if (cap->best.open_count == 0) {
        (void)fault(cx, STATUS_NOT_FOUND,
                    "no choice of sites was found that holds every client whole; %lld of the "
                    "demand is left over in the best one",
                    (long long)cap->base.overload);
        fault_hint(cx, "allow more sites, more capacity or more time; this is not a proof");
        return STATUS_NOT_FOUND;
    }
    out->open_count = cap->best.open_count;
    for (int32_t i = 0; i < out->open_count; i++) {
        out->open[i] = core->site_of[cap->best.open[i]];
    }
    site_sort(out->open, out->open_count);
    for (int32_t client = 0; client < core->client_count; client++) {
        out->site_of_client[core->client_of[client]] = core->site_of[cap->best.site_of[client]];
    }
    out->bound = capacity_bound_value(bound, cap->best.value);
    out->round_count = cap->round_count;
    out->bound_round_count = capacity_bound_rounds(bound);
    return STATUS_OK;
}
