/* The door of the siting engine: checks the problem, shares time between search and bound, and
 * writes the answer. What is said on top of site_core.h is the reading order. */
#include "solve/site.h"

#include "base/money.h"
#include "solve/site_core.h"

#include <string.h>

const char *site_goal_text(SiteGoal goal) {
    switch (goal) {
#define X(name, text)                                                                              \
    case SITE_GOAL_##name:                                                                         \
        return text;
        SITE_GOAL_LIST(X)
#undef X
    }
    check(false);
    return "";
}

const char *site_rule_text(SiteRule rule) {
    switch (rule) {
#define X(name, text)                                                                              \
    case SITE_RULE_##name:                                                                         \
        return text;
        SITE_RULE_LIST(X)
#undef X
    }
    check(false);
    return "";
}

/* ---- the check --------------------------------------------------------------------------------*/

static Str name_of(Cx *cx, const Str *names, int32_t index) {
    return names == NULL ? str_print(cx->arena, "%d", index + 1) : names[index];
}

static Status client_fault(Cx *cx, const SiteProblem *problem, int32_t client, const char *what) {
    Str name = name_of(cx, problem->client_names, client);
    return fault_at_field(cx, STATUS_INVALID, "clients", "client \"" STR_FMT "\": %s",
                          STR_ARG(name), what);
}

static Status site_fault(Cx *cx, const SiteProblem *problem, int32_t site, const char *what) {
    Str name = name_of(cx, problem->site_names, site);
    return fault_at_field(cx, STATUS_INVALID, "sites", "site \"" STR_FMT "\": %s", STR_ARG(name),
                          what);
}

/* Fen as people write yuan. */
static const char *yuan(Cx *cx, int64_t fen) {
    return str_c(cx->arena, money_print_plain(cx->arena, money_of_fen(fen)));
}

static SiteRule rule_of(const SiteProblem *problem, int32_t site) {
    return problem->rule == NULL ? SITE_RULE_FREE : problem->rule[site];
}

static Status check_sizes(Cx *cx, const SiteProblem *problem) {
    if (problem->client_count < 1) {
        return fault_at_field(cx, STATUS_INVALID, "clients", "there are no clients");
    }
    if (problem->site_count < 1) {
        return fault_at_field(cx, STATUS_INVALID, "sites", "there are no sites to choose from");
    }
    int64_t cells = (int64_t)problem->client_count * problem->site_count;
    if (cells > SITE_CELLS_MAX) {
        return fault(cx, STATUS_LIMIT, "%d clients times %d sites are more than %d pairs",
                     problem->client_count, problem->site_count, SITE_CELLS_MAX);
    }
    if (problem->open_max < 1) {
        return fault_at_field(cx, STATUS_INVALID, "open_max",
                              "open_max is %d, but must be 1 or more", problem->open_max);
    }
    if (problem->open_max > problem->site_count) {
        return fault_at_field(cx, STATUS_INVALID, "open_max",
                              "open_max is %d, but there are only %d sites", problem->open_max,
                              problem->site_count);
    }
    int64_t exchange = ((int64_t)problem->open_max + 1) * problem->site_count;
    if (problem->goal != SITE_GOAL_CAPACITY && exchange > SITE_EXCHANGE_CELLS_MAX) {
        (void)fault_at_field(cx, STATUS_LIMIT, "open_max",
                             "open_max %d times %d sites is more than %d", problem->open_max,
                             problem->site_count, SITE_EXCHANGE_CELLS_MAX);
        fault_hint(cx, "give a smaller open_max");
        return STATUS_LIMIT;
    }
    return STATUS_OK;
}

static Status check_distances(Cx *cx, const SiteProblem *problem) {
    for (int32_t site = 0; site < problem->site_count; site++) {
        const int32_t *row = problem->distance + (int64_t)site * problem->client_count;
        TRY(cx_step(cx));
        for (int32_t client = 0; client < problem->client_count; client++) {
            if (row[client] < 0 || row[client] > SITE_DISTANCE_MAX) {
                (void)site_fault(cx, problem, site, "a distance is out of range");
                Str name = name_of(cx, problem->client_names, client);
                fault_detail(cx, "%d to client \"" STR_FMT "\"", row[client], STR_ARG(name));
                return STATUS_INVALID;
            }
        }
    }
    return STATUS_OK;
}

static Status check_client(Cx *cx, const SiteProblem *problem, int32_t client) {
    if (problem->weight != NULL &&
        (problem->weight[client] < 0 || problem->weight[client] > SITE_WEIGHT_MAX)) {
        return client_fault(cx, problem, client, "the weight is out of range");
    }
    if (problem->goal == SITE_GOAL_COVER && problem->reach[client] < 0) {
        return client_fault(cx, problem, client, "the reach is negative");
    }
    if (problem->goal == SITE_GOAL_CAPACITY &&
        (problem->demand[client] < 0 || problem->demand[client] > SITE_WEIGHT_MAX)) {
        return client_fault(cx, problem, client, "the demand is out of range");
    }
    return STATUS_OK;
}

static Status check_clients(Cx *cx, const SiteProblem *problem) {
    check(problem->goal != SITE_GOAL_COVER || problem->reach != NULL);
    check(problem->goal != SITE_GOAL_CAPACITY || problem->demand != NULL);
    int64_t weight_sum = 0;
    for (int32_t client = 0; client < problem->client_count; client++) {
        TRY(cx_step(cx));
        TRY(check_client(cx, problem, client));
        weight_sum += problem->weight == NULL ? 1 : problem->weight[client];
    }
    if (weight_sum == 0) {
        return fault_at_field(cx, STATUS_INVALID, "clients", "all clients have weight 0");
    }
    if (weight_sum > 10 * (int64_t)SITE_WEIGHT_MAX) {
        return fault_at_field(cx, STATUS_LIMIT, "clients", "the weights sum to more than %lld",
                              10LL * SITE_WEIGHT_MAX);
    }
    return STATUS_OK;
}

static Status check_site(Cx *cx, const SiteProblem *problem, int32_t site) {
    if (problem->cost != NULL && (problem->cost[site] < 0 || problem->cost[site] > SITE_COST_MAX)) {
        return site_fault(cx, problem, site, "the cost is out of range");
    }
    if (problem->goal == SITE_GOAL_CAPACITY &&
        (problem->capacity[site] < 0 || problem->capacity[site] > SITE_CAPACITY_MAX)) {
        return site_fault(cx, problem, site, "the capacity is out of range");
    }
    return STATUS_OK;
}

static Status check_sites(Cx *cx, const SiteProblem *problem) {
    check(problem->goal != SITE_GOAL_CAPACITY || problem->capacity != NULL);
    int32_t kept = 0;
    int32_t forbidden = 0;
    int64_t kept_cost = 0;
    for (int32_t site = 0; site < problem->site_count; site++) {
        TRY(check_site(cx, problem, site));
        bool is_kept = rule_of(problem, site) == SITE_RULE_KEPT;
        kept += is_kept ? 1 : 0;
        kept_cost += is_kept && problem->cost != NULL ? problem->cost[site] : 0;
        forbidden += rule_of(problem, site) == SITE_RULE_FORBIDDEN ? 1 : 0;
    }
    if (forbidden == problem->site_count) {
        return fault_at_field(cx, STATUS_INVALID, "sites", "all %d sites are forbidden", forbidden);
    }
    if (kept > problem->open_max) {
        return fault_at_field(cx, STATUS_INVALID, "open_max",
                              "%d sites are kept, but open_max is only %d", kept,
                              problem->open_max);
    }
    if (problem->budget != SITE_NO_BUDGET && kept_cost > problem->budget) {
        return fault_at_field(cx, STATUS_INVALID, "budget",
                              "the kept sites cost %s yuan, more than the budget of %s",
                              yuan(cx, kept_cost), yuan(cx, problem->budget));
    }
    return STATUS_OK;
}

/* With no kept site, at least one site must be payable. */
static Status check_budget(Cx *cx, const SiteProblem *problem) {
    if (problem->budget == SITE_NO_BUDGET) {
        return STATUS_OK;
    }
    if (problem->budget < 0) {
        return fault_at_field(cx, STATUS_INVALID, "budget", "the budget is negative");
    }
    int32_t cheapest = SITE_NONE;
    for (int32_t site = 0; problem->cost != NULL && site < problem->site_count; site++) {
        if (rule_of(problem, site) == SITE_RULE_KEPT) {
            return STATUS_OK;
        }
        if (rule_of(problem, site) == SITE_RULE_FREE &&
            (cheapest == SITE_NONE || problem->cost[site] < problem->cost[cheapest])) {
            cheapest = site;
        }
    }
    if (cheapest == SITE_NONE || problem->cost[cheapest] <= problem->budget) {
        return STATUS_OK;
    }
    Str name = name_of(cx, problem->site_names, cheapest);
    return fault_at_field(
        cx, STATUS_INVALID, "budget",
        "the budget of %s yuan does not pay for any site; the cheapest, \"" STR_FMT "\", costs %s",
        yuan(cx, problem->budget), STR_ARG(name), yuan(cx, problem->cost[cheapest]));
}

static Status check_between(Cx *cx, const SiteProblem *problem) {
    if (problem->separation < 0) {
        return fault_at_field(cx, STATUS_INVALID, "separation",
                              "the least distance between sites is negative");
    }
    if (problem->between == NULL) {
        return STATUS_OK;
    }
    int64_t count = problem->site_count;
    if (count * count > SITE_CELLS_MAX) {
        return fault(cx, STATUS_LIMIT, "a least distance between %d sites is too large to plan",
                     problem->site_count);
    }
    for (int64_t left = 0; left < count; left++) {
        for (int64_t right = 0; right < left; right++) {
            if (problem->between[left * count + right] != problem->between[right * count + left]) {
                return site_fault(cx, problem, (int32_t)left,
                                  "the distances between sites are not symmetric");
            }
        }
    }
    return STATUS_OK;
}

Status site_problem_check(Cx *cx, const SiteProblem *problem) {
    check(problem->distance != NULL);
    TRY(check_sizes(cx, problem));
    TRY(check_clients(cx, problem));
    TRY(check_sites(cx, problem));
    TRY(check_budget(cx, problem));
    TRY(check_between(cx, problem));
    return check_distances(cx, problem);
}

/* ---- time and progress ------------------------------------------------------------------------*/

int32_t site_clock_done_bp(const SiteClock *clock, int64_t round_count) {
    const SiteOptions *options = clock->options;
    int64_t done = 0;
    if (options->now_ms != NULL && clock->time_ms_max > 0) {
        int64_t elapsed = options->now_ms(options->it) - clock->start_ms;
        done = elapsed * 10000 / clock->time_ms_max;
    } else {
        done = (int64_t)((double)round_count / (double)clock->round_max * 10000.0);
    }
    return done < 0 ? 0 : done > 10000 ? 10000 : (int32_t)done;
}

static SiteClock clock_start(Cx *cx, const SiteOptions *options) {
    SiteClock clock = {.cx = cx, .options = options, .told_ms = -1000};
    clock.time_ms_max = options->time_ms_max;
    clock.round_max = options->round_max > 0 ? options->round_max : SITE_ROUNDS_DEFAULT;
    if (options->now_ms != NULL) {
        clock.start_ms = options->now_ms(options->it);
    }
    return clock;
}

static bool tell(SiteClock *clock, SiteProgress progress) {
    const SiteOptions *options = clock->options;
    if (clock->is_cover) {
        progress.value = clock->weight_sum - progress.value;
        progress.bound = clock->weight_sum - progress.bound;
    }
    return options->progress(options->it, &progress);
}

Status site_clock_go_on(SiteClock *clock, const SiteProgress *progress, bool *go_on) {
    const SiteOptions *options = clock->options;
    TRY(cx_step(clock->cx));
    SiteProgress said = *progress;
    if (options->now_ms != NULL) {
        said.elapsed_ms = options->now_ms(options->it) - clock->start_ms;
    }
    said.done_bp = site_clock_done_bp(clock, said.round_count);
    bool is_due = options->now_ms == NULL || said.elapsed_ms - clock->told_ms >= 100;
    if (options->progress != NULL && is_due) {
        clock->told_ms = said.elapsed_ms;
        clock->is_cancelled = clock->is_cancelled || !tell(clock, said);
    }
    /* A round limit given beside a clock holds too. */
    bool is_over =
        said.done_bp >= 10000 || (options->round_max > 0 && said.round_count >= options->round_max);
    *go_on = !is_over && !clock->is_cancelled;
    return STATUS_OK;
}

/* ---- median and cover -------------------------------------------------------------------------*/

typedef struct Run {
    Cx *cx;
    SiteCore *core;
    SiteSwap *swap;
    SiteSearch *search;
    SiteBound *bound;
    int32_t *sites; /* scratch */
} Run;

/* Opens what the bound would open, as far as the rules allow, and descends from there. */
static void try_sites_of_bound(Run *run) {
    const SiteCore *core = run->core;
    int32_t offered = site_bound_sites(run->bound, run->sites);
    int32_t count = 0;
    int64_t cost = 0;
    for (int32_t site = 0; site < core->site_count; site++) {
        cost += core->is_kept[site] ? core->cost[site] : 0;
    }
    for (int32_t i = 0; i < offered; i++) {
        int32_t site = run->sites[i];
        bool may =
            core->is_kept[site] || !core->has_budget || cost + core->cost[site] <= core->budget;
        for (int32_t j = 0; j < count && may; j++) {
            may = !site_core_conflicts(core, site, run->sites[j]);
        }
        if (may) {
            cost += core->is_kept[site] ? 0 : core->cost[site];
            run->sites[count++] = site;
        }
    }
    if (count > 0) {
        site_search_try(run->search, run->sites, count);
    }
}

enum { BOUND_SLICE = 25, BRANCH_SLICE = 10, SEARCH_SLICE = 8 };

/* One slice of proving: steps while they lift the bound, then branching. Returns false when neither
 * has anything more to give. Each slice offers its own set of sites to the search. */
static bool prove(Run *run, bool *is_branching) {
    SiteSearch *search = run->search;
    bool moves = true;
    if (!*is_branching) {
        *is_branching = !site_bound_run(run->bound, search->best_value, BOUND_SLICE);
    } else {
        moves = site_bound_branch(run->bound, search->best_value, BRANCH_SLICE);
    }
    try_sites_of_bound(run);
    return moves;
}

/* Takes turns by work done: proving has two fifths while steps lift the bound and half when it
 * branches. */
static Status take_turns(Run *run, SiteClock *clock) {
    SiteSearch *search = run->search;
    bool bound_moves = true;
    bool is_branching = false;
    uint64_t search_start = run->swap->work;
    for (;;) {
        int64_t bound_value = site_bound_value(run->bound, search->best_value);
        SiteProgress progress = {
            .value = search->best_value, .bound = bound_value, .round_count = search->round_count};
        bool go_on = false;
        TRY(site_clock_go_on(clock, &progress, &go_on));
        if (!go_on || bound_value >= search->best_value) {
            return STATUS_OK;
        }
        uint64_t searched = run->swap->work - search_start;
        uint64_t share = is_branching ? searched : searched * 2 / 3;
        if (bound_moves && site_bound_work(run->bound) <= share) {
            bound_moves = prove(run, &is_branching);
        } else {
            for (int32_t i = 0; i < SEARCH_SLICE; i++) {
                site_search_round(search);
            }
        }
    }
}

/* How far a client is from the site it is given to, as the problem counts. */
static int64_t distance_of(const SiteProblem *problem, int32_t site, int32_t client) {
    return problem->distance[(int64_t)site * problem->client_count + client];
}

static void clients_assign(const SiteProblem *problem, SiteAnswer *out) {
    for (int32_t client = 0; client < problem->client_count; client++) {
        int32_t best = out->open[0];
        for (int32_t i = 1; i < out->open_count; i++) {
            if (distance_of(problem, out->open[i], client) < distance_of(problem, best, client)) {
                best = out->open[i];
            }
        }
        out->site_of_client[client] = best;
    }
}

static void sums_compute(const SiteProblem *problem, SiteAnswer *out) {
    out->distance_sum = 0;
    out->weight_sum = 0;
    out->cost_sum = 0;
    int64_t covered = 0;
    for (int32_t client = 0; client < problem->client_count; client++) {
        int64_t weight = problem->weight == NULL ? 1 : problem->weight[client];
        int64_t distance = distance_of(problem, out->site_of_client[client], client);
        out->weight_sum += weight;
        out->distance_sum += weight * distance;
        if (problem->goal == SITE_GOAL_COVER && distance <= problem->reach[client]) {
            covered += weight;
        }
    }
    for (int32_t i = 0; problem->cost != NULL && i < out->open_count; i++) {
        out->cost_sum += problem->cost[out->open[i]];
    }
    out->value = problem->goal == SITE_GOAL_COVER ? covered : out->distance_sum;
}

static void gap_compute(SiteAnswer *out) {
    int64_t gap = out->value > out->bound ? out->value - out->bound : out->bound - out->value;
    out->is_optimal = gap == 0;
    if (gap == 0) {
        out->gap_ppm = 0;
    } else if (out->bound == 0) {
        out->gap_ppm = INT64_MAX;
    } else {
        double ppm = (double)gap * 1e6 / (double)out->bound;
        out->gap_ppm = ppm < 9e18 ? (int64_t)ppm + 1 : INT64_MAX;
    }
}

static void one_more_single(const SiteSwap *swap, const SiteCore *core, SiteOneMore *out) {
    out->site = SITE_NONE;
    for (int32_t site = 0; site < core->site_count; site++) {
        if (swap->site_slot[site] == SITE_NONE && site_swap_may(swap, site, SITE_NONE) &&
            (out->site == SITE_NONE || swap->gain[site] > out->site_gain)) {
            out->site = site;
            out->site_gain = swap->gain[site];
        }
    }
    if (out->site != SITE_NONE) {
        out->site = core->site_of[out->site];
    }
}

/* Solves once more with one site more, from the best set, for a quarter of the rounds and at most a
 * sixth of the time. */
static Status one_more(Run *run, SiteClock *clock, int64_t round_share, SiteOneMore *out) {
    SiteSwap *swap = run->swap;
    SiteSearch *search = run->search;
    if (swap->room <= swap->open_limit) {
        return STATUS_OK;
    }
    int64_t value = search->best_value;
    site_swap_set(swap, search->best, search->best_count);
    swap->open_limit++;
    out->is_known = true;
    one_more_single(swap, run->core, out);
    site_search_try(search, search->best, search->best_count);
    int64_t start = search->round_count;
    bool go_on = true;
    while (go_on && search->best_value > 0 && search->round_count < start + round_share) {
        SiteProgress progress = {.value = value, .bound = site_bound_value(run->bound, value)};
        TRY(site_clock_go_on(clock, &progress, &go_on));
        for (int32_t i = 0; go_on && i < SEARCH_SLICE; i++) {
            site_search_round(search);
        }
    }
    out->value = search->best_value;
    out->gain = value - search->best_value;
    return STATUS_OK;
}

enum { TIE_BREAK_PAIRS_MAX = 40000000 }; /* some tenths of a second */

/* Among sets that cover as much, exchanges towards the smaller distance: covered people, too, like
 * it nearer, and the uncovered should not be forgotten. */
static void cover_tie_break(Run *run, SiteSwap *real) {
    SiteSwap *swap = run->swap;
    int64_t pairs = (int64_t)run->core->site_count * (swap->open_count + 1);
    const int64_t step_max = TIE_BREAK_PAIRS_MAX / pairs + 1;
    site_swap_set(swap, run->search->best, run->search->best_count);
    site_swap_set(real, run->search->best, run->search->best_count);
    for (int64_t step = 0; step < step_max; step++) {
        SiteMove best = {.profit = 0, .in = SITE_NONE, .out = SITE_NONE};
        for (int32_t in = 0; in < run->core->site_count; in++) {
            if (swap->site_slot[in] != SITE_NONE) {
                continue;
            }
            for (int32_t slot = -1; slot < swap->open_count; slot++) {
                int32_t out = slot < 0 ? SITE_NONE : swap->slot_site[slot];
                int64_t profit = site_swap_profit(real, in, out);
                if (profit > best.profit && site_swap_profit(swap, in, out) >= 0 &&
                    site_swap_may(swap, in, out)) {
                    best = (SiteMove){.profit = profit, .in = in, .out = out};
                }
            }
        }
        if (best.in == SITE_NONE) {
            break;
        }
        site_swap_apply(swap, best.in, best.out);
        site_swap_apply(real, best.in, best.out);
    }
    site_swap_copy(swap, run->search->best);
    run->search->best_count = swap->open_count;
    run->search->best_value = swap->value;
}

static void answer_open(const Run *run, SiteAnswer *out) {
    out->open_count = run->search->best_count;
    for (int32_t i = 0; i < out->open_count; i++) {
        out->open[i] = run->core->site_of[run->search->best[i]];
    }
    site_sort(out->open, out->open_count);
}

/* The same core with the true distances, for the tie-break of cover. */
static SiteSwap *real_swap(Run *run, const SiteProblem *problem) {
    SiteProblem real = *problem;
    real.goal = SITE_GOAL_MEDIAN;
    SiteCore *core = site_core_new(run->cx, &real);
    return site_swap_new(run->cx->arena, core, run->swap->room);
}

static Status median_solve(Cx *cx, const SiteProblem *problem, SiteClock *clock, SiteAnswer *out) {
    Run run = {.cx = cx, .core = site_core_new(cx, problem)};
    SiteCore *core = run.core;
    bool more = clock->options->with_one_more && core->open_max < core->site_count;
    run.swap = site_swap_new(cx->arena, core, core->open_max + (more ? 1 : 0));
    run.search = site_search_new(cx->arena, run.swap, clock->options->seed);
    check(run.search->best_count >= 1); /* check_budget saw a site that can be opened */
    run.bound = site_bound_new(cx->arena, core, core->open_max);
    run.sites = arena_array(cx->arena, int32_t, (size_t)core->site_count);
    int64_t time_ms_max = clock->time_ms_max;
    clock->time_ms_max -= more ? time_ms_max / 6 : 0;
    TRY(take_turns(&run, clock));
    clock->time_ms_max = time_ms_max;
    out->round_count = run.search->round_count;
    out->bound_round_count = site_bound_rounds(run.bound);
    out->bound = site_bound_value(run.bound, run.search->best_value);
    if (problem->goal == SITE_GOAL_COVER && !clock->is_cancelled) {
        cover_tie_break(&run, real_swap(&run, problem));
    }
    answer_open(&run, out);
    return more ? one_more(&run, clock, clock->round_max / 4 + 1, &out->one_more) : STATUS_OK;
}

/* ---- the whole --------------------------------------------------------------------------------*/

static Status capacity_one_more(Cx *cx, const SiteProblem *problem, SiteClock *clock,
                                SiteAnswer *out) {
    SiteProblem wider = *problem;
    if (problem->open_max >= problem->site_count || clock->is_cancelled) {
        return STATUS_OK;
    }
    wider.open_max++;
    SiteAnswer answer = *out;
    answer.open = arena_array(cx->arena, int32_t, (size_t)wider.open_max);
    answer.site_of_client = arena_array(cx->arena, int32_t, (size_t)wider.client_count);
    memcpy(answer.open, out->open, (size_t)out->open_count * sizeof *out->open);
    memcpy(answer.site_of_client, out->site_of_client,
           (size_t)wider.client_count * sizeof *out->site_of_client);
    TRY(site_capacity_solve(cx, &wider, clock, &answer));
    sums_compute(&wider, &answer);
    out->one_more.is_known = true;
    out->one_more.value = answer.value < out->distance_sum ? answer.value : out->distance_sum;
    out->one_more.gain = out->distance_sum - out->one_more.value;
    out->one_more.site = SITE_NONE;
    return STATUS_OK;
}

static Status capacity_solve(Cx *cx, const SiteProblem *problem, SiteClock *clock,
                             SiteAnswer *out) {
    int64_t time_ms_max = clock->time_ms_max;
    bool more = clock->options->with_one_more;
    clock->time_ms_max -= more ? time_ms_max / 4 : 0;
    TRY(site_capacity_solve(cx, problem, clock, out));
    clock->time_ms_max = time_ms_max;
    sums_compute(problem, out);
    return more ? capacity_one_more(cx, problem, clock, out) : STATUS_OK;
}

/* The bound and one_more speak of uncovered weight until here. */
static void cover_turn(SiteAnswer *out) {
    int64_t uncovered_more = out->one_more.value;
    out->bound = out->weight_sum - out->bound;
    if (out->one_more.is_known) {
        out->one_more.value = out->weight_sum - uncovered_more;
    }
}

Status site_solve(Cx *cx, const SiteProblem *problem, const SiteOptions *options, SiteAnswer *out) {
    check(options != NULL);
    TRY(site_problem_check(cx, problem));
    SiteAnswer answer = {.one_more = {.site = SITE_NONE}};
    answer.open = arena_array(cx->arena, int32_t, (size_t)problem->open_max);
    answer.site_of_client = arena_array(cx->arena, int32_t, (size_t)problem->client_count);
    SiteClock clock = clock_start(cx, options);
    clock.is_cover = problem->goal == SITE_GOAL_COVER;
    for (int32_t client = 0; client < problem->client_count; client++) {
        clock.weight_sum += problem->weight == NULL ? 1 : problem->weight[client];
    }
    ArenaMark mark = arena_mark(cx->arena);
    bool is_capacity = problem->goal == SITE_GOAL_CAPACITY;
    Status status = is_capacity ? capacity_solve(cx, problem, &clock, &answer)
                                : median_solve(cx, problem, &clock, &answer);
    arena_rewind(cx->arena, mark);
    TRY(status);
    if (!is_capacity) {
        clients_assign(problem, &answer);
        sums_compute(problem, &answer);
    }
    if (problem->goal == SITE_GOAL_COVER) {
        cover_turn(&answer);
    }
    answer.is_cancelled = clock.is_cancelled;
    gap_compute(&answer);
    *out = answer;
    return STATUS_OK;
}
