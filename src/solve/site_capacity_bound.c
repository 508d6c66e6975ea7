/*
 * The Lagrangian bound of the capacitated p-median. Each client u pays a price m(u); then
 *
 *   L(m) = sum of m(u)  -  sum over the p best sites j of  k(j),
 *   k(j) = most that a knapsack of capacity(j) holds: u weighs demand(u), is worth m(u) - w d(u,j)
 *
 * is never above the value of any answer. The knapsack is solved exactly over whole demands when
 * its table is small, else by its linear relaxation rounded up, which keeps L valid. Prices and
 * worths are integers in 1/scale units.
 */
#include "solve/site_core.h"

#include <string.h>

__extension__ typedef __int128 Wide;

typedef struct Item {
    int64_t worth;
    int32_t demand;
    int32_t client;
} Item;

struct CapacityBound {
    const SiteCore *core;
    const int32_t *demand;
    const int64_t *capacity;
    int64_t scale;
    int64_t *price;
    int64_t *price_best;
    double *direction;
    double *served; /* [client] by the chosen sites, fractions of the relaxed knapsack too */
    int64_t *held;  /* [site] k */
    int64_t *key;   /* [site] k less the price of its cost */
    int64_t *cost;  /* [site] scaled */
    int64_t budget; /* scaled alike; -1: does not bind */
    bool *is_closed;
    bool *is_chosen;
    int32_t *chosen;
    int32_t chosen_count;
    Item *items;
    int64_t *table; /* knapsack values by load */
    uint8_t *taken; /* [item * (capacity + 1) + load] */
    int64_t now;
    int64_t best;
    double step;
    int32_t stall;
    int64_t round_count;
    uint64_t work;
};

enum { TABLE_LOAD_MAX = 2000, TABLE_CELLS_MAX = 400000, STALL_MAX = 15, SCALE_MAX = 1 << 10 };

CapacityBound *capacity_bound_new(Arena *arena, const SiteCore *core, const int32_t *demand,
                                  const int64_t *capacity) {
    CapacityBound *bound = arena_new(arena, CapacityBound);
    size_t client_count = (size_t)core->client_count;
    size_t site_count = (size_t)core->site_count;
    *bound = (CapacityBound){.core = core, .demand = demand, .capacity = capacity};
    bound->scale = SCALE_MAX;
    const double room = (double)(INT64_C(1) << 60);
    while (bound->scale > 1 &&
           (double)core->worst_sum * (double)bound->scale * (core->open_max + 2) > room) {
        bound->scale /= 2;
    }
    bound->price = arena_array(arena, int64_t, client_count);
    bound->price_best = arena_array(arena, int64_t, client_count);
    bound->direction = arena_array(arena, double, client_count);
    bound->served = arena_array(arena, double, client_count);
    bound->held = arena_array(arena, int64_t, site_count);
    bound->key = arena_array(arena, int64_t, site_count);
    bound->cost = arena_array(arena, int64_t, site_count);
    bound->budget = site_core_costs_scale(core, bound->cost);
    bound->is_closed = arena_array(arena, bool, site_count);
    bound->is_chosen = arena_array(arena, bool, site_count);
    bound->chosen = arena_array(arena, int32_t, site_count);
    bound->items = arena_array(arena, Item, client_count);
    bound->table = arena_array(arena, int64_t, TABLE_LOAD_MAX + 1);
    bound->taken = arena_array(arena, uint8_t, TABLE_CELLS_MAX);
    bound->step = 1.0;
    int32_t rank = core->site_count / (core->open_max + 1);
    for (int32_t client = 0; client < core->client_count; client++) {
        int64_t distance = core->near[(int64_t)client * core->site_count + rank].distance;
        bound->price[client] = core->weight[client] * distance * bound->scale;
    }
    return bound;
}

/* ---- one knapsack -----------------------------------------------------------------------------*/

static int32_t items_list(CapacityBound *bound, int32_t site, int64_t *demand_sum) {
    const SiteCore *core = bound->core;
    const int32_t *row = core->distance + (int64_t)site * core->client_count;
    int32_t count = 0;
    *demand_sum = 0;
    for (int32_t client = 0; client < core->client_count; client++) {
        int64_t worth = bound->price[client] - core->weight[client] * row[client] * bound->scale;
        if (worth > 0 && bound->demand[client] <= bound->capacity[site]) {
            bound->items[count++] =
                (Item){.worth = worth, .demand = bound->demand[client], .client = client};
            *demand_sum += bound->demand[client];
        }
    }
    bound->work += (uint64_t)core->client_count;
    return count;
}

/* Exact by loads 0..load_max. With is_marking, remembers what is taken. */
static int64_t pack_exactly(CapacityBound *bound, int32_t count, int32_t load_max,
                            bool is_marking) {
    int64_t *table = bound->table;
    memset(table, 0, ((size_t)load_max + 1) * sizeof *table);
    for (int32_t i = 0; i < count; i++) {
        const Item item = bound->items[i];
        uint8_t *taken = bound->taken + (int64_t)i * (load_max + 1);
        for (int32_t load = load_max; load >= item.demand; load--) {
            int64_t with = table[load - item.demand] + item.worth;
            bool is_better = with > table[load];
            table[load] = is_better ? with : table[load];
            if (is_marking) {
                taken[load] = is_better;
            }
        }
        for (int32_t load = 0; is_marking && load < item.demand; load++) {
            taken[load] = 0;
        }
    }
    bound->work += (uint64_t)count * ((uint64_t)load_max + 1);
    for (int32_t i = count - 1, load = load_max; is_marking && i >= 0; i--) {
        if (bound->taken[(int64_t)i * (load_max + 1) + load]) {
            bound->served[bound->items[i].client] += 1;
            load -= bound->items[i].demand;
        }
    }
    return table[load_max];
}

static bool denser(Item left, Item right) {
    Wide a = (Wide)left.worth * right.demand;
    Wide b = (Wide)right.worth * left.demand;
    return a != b ? a > b : left.client < right.client;
}

static void items_sort(Item *items, int32_t count) {
    for (int32_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (int32_t i = gap; i < count; i++) {
            Item item = items[i];
            int32_t at = i;
            for (; at >= gap && denser(item, items[at - gap]); at -= gap) {
                items[at] = items[at - gap];
            }
            items[at] = item;
        }
    }
}

/* The linear relaxation: densest first, a fraction of the last, rounded up. */
static int64_t pack_relaxed(CapacityBound *bound, int32_t count, int64_t room, bool is_marking) {
    int64_t sum = 0;
    items_sort(bound->items, count);
    bound->work += (uint64_t)count * 12;
    for (int32_t i = 0; i < count; i++) {
        const Item item = bound->items[i];
        if (item.demand <= room) {
            room -= item.demand;
            sum += item.worth;
            bound->served[item.client] += is_marking ? 1 : 0;
            continue;
        }
        bound->served[item.client] += is_marking ? (double)room / item.demand : 0;
        return sum + (int64_t)((Wide)item.worth * room / item.demand) + 1;
    }
    return sum;
}

static int64_t pack(CapacityBound *bound, int32_t site, bool is_marking) {
    int64_t demand_sum = 0;
    int32_t count = items_list(bound, site, &demand_sum);
    int64_t room = bound->capacity[site];
    if (demand_sum <= room || room > TABLE_LOAD_MAX || count * (room + 1) > TABLE_CELLS_MAX) {
        return pack_relaxed(bound, count, room, is_marking);
    }
    return pack_exactly(bound, count, (int32_t)room, is_marking);
}

/* ---- steps ------------------------------------------------------------------------------------*/

static void chosen_add(CapacityBound *bound, int32_t site) {
    bound->is_chosen[site] = true;
    bound->chosen[bound->chosen_count++] = site;
}

/* Chooses the kept sites and those of most key at a price of the budget, most first. Returns their
 * scaled cost. */
static int64_t sites_choose(CapacityBound *bound, int64_t budget_price) {
    const SiteCore *core = bound->core;
    int64_t cost = 0;
    bound->chosen_count = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        bound->is_chosen[site] = false;
        bound->key[site] = bound->held[site] - budget_price * bound->cost[site];
        if (core->is_kept[site]) {
            chosen_add(bound, site);
            cost += bound->cost[site];
        }
    }
    while (bound->chosen_count < core->open_max) {
        int32_t best = SITE_NONE;
        for (int32_t site = 0; site < core->site_count; site++) {
            if (!bound->is_chosen[site] && bound->key[site] > 0 &&
                (best == SITE_NONE || bound->key[site] > bound->key[best])) {
                best = site;
            }
        }
        if (best == SITE_NONE) {
            break;
        }
        chosen_add(bound, best);
        cost += bound->cost[best];
    }
    bound->work += (uint64_t)core->site_count * (uint64_t)(bound->chosen_count + 1);
    return cost;
}

/* Raises the price of the budget until the chosen sites fit; returns it. */
static int64_t sites_choose_within_budget(CapacityBound *bound) {
    if (sites_choose(bound, 0) <= bound->budget || bound->budget < 0) {
        return 0;
    }
    int64_t low = 0;
    int64_t high = 1;
    for (int32_t site = 0; site < bound->core->site_count; site++) {
        high = bound->held[site] > high ? bound->held[site] : high;
    }
    high = high < (INT64_C(1) << 50) ? high : INT64_C(1) << 50;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (sites_choose(bound, middle) <= bound->budget) {
            high = middle;
        } else {
            low = middle;
        }
    }
    (void)sites_choose(bound, high);
    return high;
}

static int64_t clamp(Wide value) {
    const Wide most = INT64_C(1) << 62;
    return (int64_t)(value < -most ? -most : value > most ? most : value);
}

static void evaluate(CapacityBound *bound) {
    const SiteCore *core = bound->core;
    for (int32_t site = 0; site < core->site_count; site++) {
        bound->held[site] = bound->is_closed[site] ? -1 : pack(bound, site, false);
    }
    const int64_t budget_price = sites_choose_within_budget(bound);
    Wide sum = bound->budget < 0 ? 0 : -(Wide)budget_price * bound->budget;
    for (int32_t client = 0; client < core->client_count; client++) {
        sum += bound->price[client];
        bound->served[client] = 0;
    }
    for (int32_t i = 0; i < bound->chosen_count; i++) {
        sum -= bound->key[bound->chosen[i]];
        (void)pack(bound, bound->chosen[i], true);
    }
    bound->now = clamp(sum);
}

static int64_t whole_up(const CapacityBound *bound, int64_t scaled) {
    return scaled <= 0 ? 0 : (scaled - 1) / bound->scale + 1;
}

/* A site whose opening would lift L to the best value is in no better answer. */
static void sites_close(CapacityBound *bound, int64_t best_value) {
    const SiteCore *core = bound->core;
    if (bound->chosen_count < core->open_max || bound->chosen_count == core->kept_count) {
        return;
    }
    int64_t least = bound->key[bound->chosen[bound->chosen_count - 1]];
    for (int32_t site = 0; site < core->site_count; site++) {
        if (!bound->is_chosen[site] && !bound->is_closed[site]) {
            int64_t lifted = bound->now + least - bound->key[site];
            bound->is_closed[site] = whole_up(bound, lifted) >= best_value;
        }
    }
}

static void prices_move(CapacityBound *bound, int64_t best_value) {
    const SiteCore *core = bound->core;
    double norm = 0;
    for (int32_t client = 0; client < core->client_count; client++) {
        double direction = 0.75 * (1 - bound->served[client]) + 0.25 * bound->direction[client];
        bound->direction[client] = direction;
        norm += (double)core->weight[client] * direction * direction;
    }
    if (norm <= 1e-12) {
        return;
    }
    double target = (double)best_value * (double)bound->scale * 1.0005;
    double length = bound->step * (target - (double)bound->now) / norm;
    for (int32_t client = 0; client < core->client_count; client++) {
        const SiteNear *near = core->near + (int64_t)client * core->site_count;
        double most = 2.0 * (double)core->weight[client] * near[core->site_count - 1].distance *
                      (double)bound->scale;
        double price = (double)bound->price[client] +
                       length * (double)core->weight[client] * bound->direction[client];
        price = price > most ? most : price > 0 ? price : 0;
        bound->price[client] = (int64_t)price;
    }
}

static void best_keep(CapacityBound *bound) {
    size_t bytes = (size_t)bound->core->client_count * sizeof *bound->price;
    if (bound->now > bound->best || bound->round_count == 1) {
        bound->best = bound->now > bound->best ? bound->now : bound->best;
        memcpy(bound->price_best, bound->price, bytes);
        bound->stall = 0;
        return;
    }
    bound->stall++;
    if (bound->stall >= STALL_MAX) {
        bound->stall = 0;
        bound->step *= 0.6;
        memcpy(bound->price, bound->price_best, bytes);
        evaluate(bound);
    }
}

bool capacity_bound_run(CapacityBound *bound, int64_t best_value, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        if (whole_up(bound, bound->best) >= best_value || bound->step < 1e-4) {
            return false;
        }
        evaluate(bound);
        bound->round_count++;
        best_keep(bound);
        sites_close(bound, best_value);
        prices_move(bound, best_value);
    }
    return true;
}

int64_t capacity_bound_value(const CapacityBound *bound, int64_t best_value) {
    int64_t value = whole_up(bound, bound->best);
    return value < best_value ? value : best_value;
}

int32_t capacity_bound_sites(const CapacityBound *bound, int32_t *out) {
    memcpy(out, bound->chosen, (size_t)bound->chosen_count * sizeof *out);
    return bound->chosen_count;
}

uint64_t capacity_bound_work(const CapacityBound *bound) {
    return bound->work;
}

int64_t capacity_bound_rounds(const CapacityBound *bound) {
    return bound->round_count;
}
