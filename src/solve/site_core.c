/* Takes the forbidden out of a problem and lays the distances out for the search. */
#include "solve/site_core.h"

#include <stdlib.h>
#include <string.h>

static int near_compare(const void *left, const void *right) {
    const SiteNear *a = left;
    const SiteNear *b = right;
    if (a->distance != b->distance) {
        return a->distance < b->distance ? -1 : 1;
    }
    return a->site < b->site ? -1 : a->site > b->site;
}

static SiteRule rule_of(const SiteProblem *problem, int32_t site) {
    return problem->rule == NULL ? SITE_RULE_FREE : problem->rule[site];
}

static bool too_near(const SiteProblem *problem, int32_t left, int32_t right) {
    if (problem->between == NULL || left == right) {
        return false;
    }
    return problem->between[(int64_t)left * problem->site_count + right] < problem->separation;
}

static bool near_a_kept_one(const SiteProblem *problem, int32_t site) {
    if (problem->between == NULL || rule_of(problem, site) == SITE_RULE_KEPT) {
        return false;
    }
    for (int32_t other = 0; other < problem->site_count; other++) {
        if (rule_of(problem, other) == SITE_RULE_KEPT && too_near(problem, site, other)) {
            return true;
        }
    }
    return false;
}

static void sites_choose(Arena *arena, const SiteProblem *problem, SiteCore *core) {
    core->site_of = arena_array(arena, int32_t, (size_t)problem->site_count);
    core->is_kept = arena_array(arena, bool, (size_t)problem->site_count);
    core->cost = arena_array(arena, int64_t, (size_t)problem->site_count);
    for (int32_t site = 0; site < problem->site_count; site++) {
        if (rule_of(problem, site) == SITE_RULE_FORBIDDEN || near_a_kept_one(problem, site)) {
            continue;
        }
        int32_t at = core->site_count++;
        core->site_of[at] = site;
        core->is_kept[at] = rule_of(problem, site) == SITE_RULE_KEPT;
        core->kept_count += core->is_kept[at] ? 1 : 0;
        core->cost[at] = problem->cost == NULL ? 0 : problem->cost[site];
    }
    check(core->site_count >= 1);
}

static void clients_choose(Arena *arena, const SiteProblem *problem, SiteCore *core) {
    core->client_of = arena_array(arena, int32_t, (size_t)problem->client_count);
    core->weight = arena_array(arena, int64_t, (size_t)problem->client_count);
    bool keep_all = problem->goal == SITE_GOAL_CAPACITY;
    for (int32_t client = 0; client < problem->client_count; client++) {
        int64_t weight = problem->weight == NULL ? 1 : problem->weight[client];
        if (weight > 0 || keep_all) {
            core->client_of[core->client_count] = client;
            core->weight[core->client_count++] = weight;
        }
    }
}

static void distances_lay_out(Arena *arena, const SiteProblem *problem, SiteCore *core) {
    size_t client_count = (size_t)core->client_count;
    core->distance = arena_array(arena, int32_t, (size_t)core->site_count * client_count);
    for (int32_t site = 0; site < core->site_count; site++) {
        const int32_t *from =
            problem->distance + (int64_t)core->site_of[site] * problem->client_count;
        int32_t *to = core->distance + (size_t)site * client_count;
        for (int32_t client = 0; client < core->client_count; client++) {
            int32_t distance = from[core->client_of[client]];
            if (problem->goal == SITE_GOAL_COVER) {
                distance = distance > problem->reach[core->client_of[client]] ? 1 : 0;
            }
            to[client] = distance;
        }
    }
}

static void near_sort(Arena *arena, SiteCore *core) {
    size_t site_count = (size_t)core->site_count;
    core->near = arena_array(arena, SiteNear, (size_t)core->client_count * site_count);
    for (int32_t client = 0; client < core->client_count; client++) {
        SiteNear *near = core->near + (size_t)client * site_count;
        for (int32_t site = 0; site < core->site_count; site++) {
            near[site] = (SiteNear){
                .distance = core->distance[(int64_t)site * core->client_count + client],
                .site = site,
            };
        }
        qsort(near, site_count, sizeof *near, near_compare);
        core->worst_sum += core->weight[client] * near[site_count - 1].distance;
    }
}

/* Two kept sites stand where they stand: their nearness is no conflict. */
static bool is_conflict(const SiteProblem *problem, const SiteCore *core, int32_t a, int32_t b) {
    return !(core->is_kept[a] && core->is_kept[b]) &&
           too_near(problem, core->site_of[a], core->site_of[b]);
}

static void conflicts_list(Arena *arena, const SiteProblem *problem, SiteCore *core) {
    if (problem->between == NULL || problem->separation <= 0) {
        return;
    }
    int32_t count = 0;
    for (int32_t a = 0; a < core->site_count; a++) {
        for (int32_t b = 0; b < core->site_count; b++) {
            count += is_conflict(problem, core, a, b) ? 1 : 0;
        }
    }
    core->conflict_start = arena_array(arena, int32_t, (size_t)core->site_count + 1);
    core->conflict_site = arena_array(arena, int32_t, (size_t)count + 1);
    int32_t at = 0;
    for (int32_t a = 0; a < core->site_count; a++) {
        core->conflict_start[a] = at;
        for (int32_t b = 0; b < core->site_count; b++) {
            if (is_conflict(problem, core, a, b)) {
                core->conflict_site[at++] = b;
            }
        }
    }
    core->conflict_start[core->site_count] = at;
    check(at == count);
}

SiteCore *site_core_new(Cx *cx, const SiteProblem *problem) {
    SiteCore *core = arena_new(cx->arena, SiteCore);
    sites_choose(cx->arena, problem, core);
    clients_choose(cx->arena, problem, core);
    core->open_max = problem->open_max < core->site_count ? problem->open_max : core->site_count;
    core->has_budget = problem->budget != SITE_NO_BUDGET && problem->cost != NULL;
    core->budget = problem->budget;
    distances_lay_out(cx->arena, problem, core);
    near_sort(cx->arena, core);
    conflicts_list(cx->arena, problem, core);
    return core;
}

bool site_core_is_ruled(const SiteCore *core) {
    return core->has_budget || core->conflict_start != NULL;
}

enum { COST_SCALED_MAX = 1 << 10 };

int64_t site_core_costs_scale(const SiteCore *core, int64_t *out) {
    int64_t most = 0;
    int64_t sum = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        most = core->cost[site] > most ? core->cost[site] : most;
    }
    int32_t shift = 0;
    while ((most >> shift) > COST_SCALED_MAX) {
        shift++;
    }
    for (int32_t site = 0; site < core->site_count; site++) {
        out[site] = core->cost[site] >> shift;
        sum += out[site];
    }
    int64_t budget = core->has_budget ? core->budget >> shift : -1;
    return budget >= sum ? -1 : budget;
}

bool site_core_conflicts(const SiteCore *core, int32_t left, int32_t right) {
    if (core->conflict_start == NULL) {
        return false;
    }
    int32_t low = core->conflict_start[left];
    int32_t high = core->conflict_start[left + 1];
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (core->conflict_site[middle] < right) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < core->conflict_start[left + 1] && core->conflict_site[low] == right;
}
