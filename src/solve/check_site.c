/* Checks answers to siting problems from the definitions alone. */
#include "solve/check_site.h"

static int32_t distance(const SiteProblem *p, int32_t site, int32_t client) {
    return p->distance[(int64_t)site * p->client_count + client];
}

static int64_t weight(const SiteProblem *p, int32_t client) {
    return p->weight ? p->weight[client] : 1;
}

static bool is_kept(const SiteProblem *p, int32_t site) {
    return p->rule && p->rule[site] == SITE_RULE_KEPT;
}

static bool is_forbidden(const SiteProblem *p, int32_t site) {
    return p->rule && p->rule[site] == SITE_RULE_FORBIDDEN;
}

static bool clash(const SiteProblem *p, int32_t left, int32_t right) {
    if (!p->between || left == right || (is_kept(p, left) && is_kept(p, right))) {
        return false;
    }
    return p->between[(int64_t)left * p->site_count + right] < p->separation;
}

/* Explains why a set of open sites breaks a rule; NULL when it breaks none. */
static const char *set_flaw(const SiteProblem *p, const bool *is_open) {
    int32_t count = 0;
    int64_t cost = 0;
    for (int32_t site = 0; site < p->site_count; site++) {
        if (!is_open[site]) {
            if (is_kept(p, site)) {
                return "a kept site is closed";
            }
            continue;
        }
        if (is_forbidden(p, site)) {
            return "a forbidden site is open";
        }
        count++;
        cost += p->cost ? p->cost[site] : 0;
        for (int32_t other = 0; other < site; other++) {
            if (is_open[other] && clash(p, site, other)) {
                return "two open sites are nearer than the least distance";
            }
        }
    }
    if (count == 0 || count > p->open_max) {
        return "the count of open sites is wrong";
    }
    return p->budget != SITE_NO_BUDGET && cost > p->budget ? "the budget is exceeded" : NULL;
}

static Status check_open(Cx *cx, const SiteProblem *p, const SiteAnswer *answer, bool *is_open) {
    for (int32_t i = 0; i < answer->open_count; i++) {
        int32_t site = answer->open[i];
        if (site < 0 || site >= p->site_count || (i > 0 && site <= answer->open[i - 1])) {
            return fault(cx, STATUS_INVALID, "open site %d of the list is out of order", i + 1);
        }
        is_open[site] = true;
    }
    const char *flaw = set_flaw(p, is_open);
    return flaw == NULL ? STATUS_OK : fault(cx, STATUS_INVALID, "%s", flaw);
}

static Status check_nearest(Cx *cx, const SiteProblem *p, const bool *is_open, int32_t client,
                            int32_t given) {
    for (int32_t site = 0; site < p->site_count; site++) {
        if (is_open[site] && distance(p, site, client) < distance(p, given, client)) {
            return fault(cx, STATUS_INVALID, "client %d is not given to its nearest open site",
                         client + 1);
        }
    }
    return STATUS_OK;
}

static Status check_clients(Cx *cx, const SiteProblem *p, const SiteAnswer *answer,
                            const bool *is_open) {
    int64_t *load = arena_array(cx->arena, int64_t, (size_t)p->site_count);
    for (int32_t client = 0; client < p->client_count; client++) {
        int32_t site = answer->site_of_client[client];
        if (site < 0 || site >= p->site_count || !is_open[site]) {
            return fault(cx, STATUS_INVALID, "client %d is given to a site that is not open",
                         client + 1);
        }
        if (p->goal != SITE_GOAL_CAPACITY) {
            TRY(check_nearest(cx, p, is_open, client, site));
            continue;
        }
        load[site] += p->demand[client];
        if (load[site] > p->capacity[site]) {
            return fault(cx, STATUS_INVALID, "site %d holds more than its capacity", site + 1);
        }
    }
    return STATUS_OK;
}

static Status check_sums(Cx *cx, const SiteProblem *p, const SiteAnswer *answer) {
    int64_t distance_sum = 0;
    int64_t weight_sum = 0;
    int64_t covered = 0;
    int64_t cost = 0;
    for (int32_t client = 0; client < p->client_count; client++) {
        int32_t d = distance(p, answer->site_of_client[client], client);
        weight_sum += weight(p, client);
        distance_sum += weight(p, client) * d;
        covered += p->goal == SITE_GOAL_COVER && d <= p->reach[client] ? weight(p, client) : 0;
    }
    for (int32_t i = 0; i < answer->open_count; i++) {
        cost += p->cost ? p->cost[answer->open[i]] : 0;
    }
    int64_t value = p->goal == SITE_GOAL_COVER ? covered : distance_sum;
    if (value != answer->value) {
        return fault(cx, STATUS_INVALID, "the value is %lld, not %lld", (long long)value,
                     (long long)answer->value);
    }
    if (distance_sum != answer->distance_sum || weight_sum != answer->weight_sum ||
        cost != answer->cost_sum) {
        return fault(cx, STATUS_INVALID, "a sum is wrong");
    }
    bool is_beyond = p->goal == SITE_GOAL_COVER ? answer->bound < value : answer->bound > value;
    if (is_beyond || answer->is_optimal != (answer->bound == value)) {
        return fault(cx, STATUS_INVALID, "the bound %lld contradicts the value %lld",
                     (long long)answer->bound, (long long)value);
    }
    return STATUS_OK;
}

Status check_site_answer(Cx *cx, const SiteProblem *problem, const SiteAnswer *answer) {
    bool *is_open = arena_array(cx->arena, bool, (size_t)problem->site_count);
    TRY(check_open(cx, problem, answer, is_open));
    TRY(check_clients(cx, problem, answer, is_open));
    return check_sums(cx, problem, answer);
}

/* ---- brute force ------------------------------------------------------------------------------*/

enum { SITES_BRUTE_MAX = 20, CLIENTS_BRUTE_MAX = 8 };

static int64_t uncapacitated_value(const SiteProblem *p, const bool *is_open) {
    int64_t value = 0;
    for (int32_t client = 0; client < p->client_count; client++) {
        int32_t nearest = INT32_MAX;
        for (int32_t site = 0; site < p->site_count; site++) {
            if (is_open[site] && distance(p, site, client) < nearest) {
                nearest = distance(p, site, client);
            }
        }
        bool is_cover = p->goal == SITE_GOAL_COVER;
        value += is_cover ? (nearest <= p->reach[client] ? weight(p, client) : 0)
                          : weight(p, client) * nearest;
    }
    return value;
}

/* Counts through all assignments like an odometer; -1 when none fits. */
static int64_t capacitated_value(const SiteProblem *p, const bool *is_open) {
    int32_t digit[CLIENTS_BRUTE_MAX] = {0};
    int64_t best = -1;
    for (;;) {
        int64_t load[SITES_BRUTE_MAX] = {0};
        int64_t value = 0;
        bool fits = true;
        for (int32_t client = 0; client < p->client_count; client++) {
            int32_t site = digit[client];
            load[site] += p->demand[client];
            value += weight(p, client) * distance(p, site, client);
            fits = fits && is_open[site] && load[site] <= p->capacity[site];
        }
        if (fits && (best < 0 || value < best)) {
            best = value;
        }
        int32_t client = 0;
        while (client < p->client_count && ++digit[client] == p->site_count) {
            digit[client++] = 0;
        }
        if (client == p->client_count) {
            return best;
        }
    }
}

Status check_site_brute(Cx *cx, const SiteProblem *problem, int64_t *best) {
    bool is_capacity = problem->goal == SITE_GOAL_CAPACITY;
    if (problem->site_count > SITES_BRUTE_MAX ||
        (is_capacity && problem->client_count > CLIENTS_BRUTE_MAX)) {
        return fault(cx, STATUS_LIMIT, "too large to try every set");
    }
    bool is_open[SITES_BRUTE_MAX] = {false};
    bool is_found = false;
    int64_t found = 0;
    for (uint32_t set = 1; set < (uint32_t)1 << problem->site_count; set++) {
        for (int32_t site = 0; site < problem->site_count; site++) {
            is_open[site] = (set >> site & 1) != 0;
        }
        if (set_flaw(problem, is_open) != NULL) {
            continue;
        }
        int64_t value = is_capacity ? capacitated_value(problem, is_open)
                                    : uncapacitated_value(problem, is_open);
        bool is_better = problem->goal == SITE_GOAL_COVER ? value > found : value < found;
        if (value >= 0 && (!is_found || is_better)) {
            found = value;
            is_found = true;
        }
    }
    if (!is_found) {
        return fault(cx, STATUS_NOT_FOUND, "no set of sites keeps every rule");
    }
    *best = found;
    return STATUS_OK;
}
