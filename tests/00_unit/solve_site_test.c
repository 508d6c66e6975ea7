/* Tests of siting: brute force on small problems with every rule on, contradictions, repeatability,
 * metamorphic properties, and public instances with proven optima (from ../shared, else skipped).
 */
#include "base/buf.h"
#include "base/prng.h"
#include "solve/check_site.h"
#include "solve/read_pmedian.h"
#include "solve/site.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- small random problems ---- */

typedef struct Small {
    int32_t distance[12 * 8];
    int32_t weight[8];
    int32_t reach[8];
    int32_t demand[8];
    int64_t capacity[12];
    SiteRule rule[12];
    int64_t cost[12];
    int32_t between[12 * 12];
    SiteProblem problem;
} Small;

static void small_points(Small *small, Prng *prng) {
    int64_t x[20];
    int64_t y[20];
    SiteProblem *p = &small->problem;
    for (int32_t i = 0; i < p->client_count + p->site_count; i++) {
        x[i] = prng_between(prng, 0, 1000);
        y[i] = prng_between(prng, 0, 1000);
    }
    for (int32_t site = 0; site < p->site_count; site++) {
        int32_t s = p->client_count + site;
        for (int32_t client = 0; client < p->client_count; client++) {
            small->distance[site * p->client_count + client] =
                (int32_t)(llabs(x[s] - x[client]) + llabs(y[s] - y[client]));
        }
        for (int32_t other = 0; other < p->site_count; other++) {
            int32_t o = p->client_count + other;
            small->between[site * p->site_count + other] =
                (int32_t)(llabs(x[s] - x[o]) + llabs(y[s] - y[o]));
        }
    }
}

/* Makes a problem; rules says which rules are on, by bit. */
static void small_make(Small *small, uint64_t seed, SiteGoal goal, uint32_t rules) {
    Prng prng;
    prng_init(&prng, seed);
    memset(small, 0, sizeof *small);
    SiteProblem *p = &small->problem;
    bool is_capacity = goal == SITE_GOAL_CAPACITY;
    p->goal = goal;
    p->client_count = (int32_t)prng_between(&prng, 1, is_capacity ? 5 : 8);
    p->site_count = (int32_t)prng_between(&prng, 1, is_capacity ? 6 : 11);
    p->open_max = (int32_t)prng_between(&prng, 1, p->site_count);
    small_points(small, &prng);
    for (int32_t client = 0; client < p->client_count; client++) {
        small->weight[client] = (int32_t)prng_between(&prng, client == 0 ? 1 : 0, 9);
        small->reach[client] = (int32_t)prng_between(&prng, 0, 600);
        small->demand[client] = (int32_t)prng_between(&prng, 0, 9);
    }
    for (int32_t site = 0; site < p->site_count; site++) {
        small->capacity[site] = prng_between(&prng, 5, 30);
        small->rule[site] = prng_chance_bp(&prng, 1500)   ? SITE_RULE_KEPT
                            : prng_chance_bp(&prng, 2000) ? SITE_RULE_FORBIDDEN
                                                          : SITE_RULE_FREE;
        small->cost[site] = prng_between(&prng, 0, 100);
    }
    p->distance = small->distance;
    p->weight = (rules & 1) != 0 ? small->weight : NULL;
    p->rule = (rules & 2) != 0 ? small->rule : NULL;
    p->cost = (rules & 4) != 0 ? small->cost : NULL;
    p->budget = (rules & 4) != 0 ? prng_between(&prng, 20, 300) : SITE_NO_BUDGET;
    p->between = (rules & 8) != 0 ? small->between : NULL;
    p->separation = (int32_t)prng_between(&prng, 0, 500);
    p->reach = goal == SITE_GOAL_COVER ? small->reach : NULL;
    p->demand = is_capacity ? small->demand : NULL;
    p->capacity = is_capacity ? small->capacity : NULL;
}

typedef struct Tally {
    int32_t solved;
    int32_t refused;
    int32_t optimal;
    int32_t missed;
} Tally;

/* One problem: the answer passes the checker, the bound is on its side of the optimum, the value
 * never beats it and, with so many rounds on so small a problem, reaches it. */
static void small_judge(const SiteProblem *problem, uint64_t seed, Tally *tally) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    int64_t best = 0;
    Status brute = check_site_brute(&cx, problem, &best);
    fault_clear(&cx);
    SiteAnswer answer = {0};
    SiteOptions options = {.seed = seed, .round_max = 300, .with_one_more = seed % 3 == 0};
    Status status = site_solve(&cx, problem, &options, &answer);
    if (brute != STATUS_OK) {
        assert_int_not_equal(status, STATUS_OK);
        assert_true(cx.fault.text[0] != '\0');
        tally->refused++;
        arena_free(arena);
        return;
    }
    if (status != STATUS_OK) {
        print_message("seed %llu goal %s: %s\n", (unsigned long long)seed,
                      site_goal_text(problem->goal), cx.fault.text);
    }
    assert_int_equal(status, STATUS_OK);
    Status checked = check_site_answer(&cx, problem, &answer);
    if (checked != STATUS_OK) {
        print_message("seed %llu: %s\n", (unsigned long long)seed, cx.fault.text);
    }
    assert_int_equal(checked, STATUS_OK);
    bool is_cover = problem->goal == SITE_GOAL_COVER;
    assert_true(is_cover ? answer.bound >= best : answer.bound <= best);
    assert_true(is_cover ? answer.value <= best : answer.value >= best);
    if (answer.value != best) {
        print_message("seed %llu goal %s: %lld instead of %lld\n", (unsigned long long)seed,
                      site_goal_text(problem->goal), (long long)answer.value, (long long)best);
        tally->missed++;
    }
    if (answer.one_more.is_known) {
        assert_true(answer.one_more.gain >= 0);
    }
    tally->solved++;
    tally->optimal += answer.is_optimal ? 1 : 0;
    arena_free(arena);
}

static Tally small_run(SiteGoal goal, uint64_t count) {
    Tally tally = {0};
    for (uint64_t seed = 1; seed <= count; seed++) {
        Small small;
        small_make(&small, seed, goal, (uint32_t)(seed % 16));
        small_judge(&small.problem, seed, &tally);
    }
    print_message("%s: %d solved, %d refused, %d proven optimal, %d missed\n", site_goal_text(goal),
                  tally.solved, tally.refused, tally.optimal, tally.missed);
    assert_true(tally.solved > (int32_t)count / 3);
    assert_int_equal(tally.missed, 0);
    return tally;
}

static void test_median_against_brute_force(void **state) {
    (void)state;
    (void)small_run(SITE_GOAL_MEDIAN, 400);
}

static void test_cover_against_brute_force(void **state) {
    (void)state;
    (void)small_run(SITE_GOAL_COVER, 400);
}

static void test_capacity_against_brute_force(void **state) {
    (void)state;
    Tally tally = small_run(SITE_GOAL_CAPACITY, 240);
    assert_true(tally.refused > 0);
}

/* ---- properties ---- */

enum { TOWN_CLIENTS = 120, TOWN_SITES = 40 };

typedef struct Town {
    int64_t x[TOWN_CLIENTS + TOWN_SITES];
    int64_t y[TOWN_CLIENTS + TOWN_SITES];
    int32_t distance[TOWN_SITES * TOWN_CLIENTS];
    int32_t weight[TOWN_CLIENTS];
    int32_t reach[TOWN_CLIENTS];
    SiteProblem problem;
} Town;

static void town_fill(Town *town) {
    SiteProblem *p = &town->problem;
    for (int32_t site = 0; site < p->site_count; site++) {
        for (int32_t client = 0; client < p->client_count; client++) {
            int64_t dx = town->x[TOWN_CLIENTS + site] - town->x[client];
            int64_t dy = town->y[TOWN_CLIENTS + site] - town->y[client];
            town->distance[site * p->client_count + client] = (int32_t)(llabs(dx) + llabs(dy));
        }
    }
}

static void town_make(Town *town, SiteGoal goal) {
    Prng prng;
    prng_init(&prng, 5);
    *town = (Town){.problem = {.goal = goal,
                               .client_count = TOWN_CLIENTS,
                               .site_count = TOWN_SITES,
                               .open_max = 6,
                               .budget = SITE_NO_BUDGET}};
    for (int32_t i = 0; i < TOWN_CLIENTS + TOWN_SITES; i++) {
        town->x[i] = prng_between(&prng, 0, 30000);
        town->y[i] = prng_between(&prng, 0, 30000);
    }
    for (int32_t client = 0; client < TOWN_CLIENTS; client++) {
        town->weight[client] = (int32_t)prng_between(&prng, 1, 900);
        town->reach[client] = (int32_t)prng_between(&prng, 2000, 6000);
    }
    town->problem.distance = town->distance;
    town->problem.weight = town->weight;
    town->problem.reach = goal == SITE_GOAL_COVER ? town->reach : NULL;
    town_fill(town);
}

static SiteAnswer town_solve(Cx *cx, const Town *town, uint64_t seed, bool more) {
    SiteAnswer answer = {0};
    SiteOptions options = {.seed = seed, .round_max = 400, .with_one_more = more};
    assert_int_equal(site_solve(cx, &town->problem, &options, &answer), STATUS_OK);
    assert_int_equal(check_site_answer(cx, &town->problem, &answer), STATUS_OK);
    return answer;
}

static void test_same_seed_same_answer(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Town town;
    town_make(&town, SITE_GOAL_MEDIAN);
    SiteAnswer first = town_solve(&cx, &town, 7, false);
    SiteAnswer second = town_solve(&cx, &town, 7, false);
    assert_int_equal(first.open_count, second.open_count);
    assert_memory_equal(first.open, second.open, (size_t)first.open_count * sizeof *first.open);
    assert_memory_equal(first.site_of_client, second.site_of_client,
                        TOWN_CLIENTS * sizeof *first.site_of_client);
    assert_true(first.bound == second.bound);
    assert_true(first.round_count == second.round_count);
    arena_free(arena);
}

static void test_scaling_and_mirroring_change_nothing(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Town town;
    town_make(&town, SITE_GOAL_MEDIAN);
    SiteAnswer plain = town_solve(&cx, &town, 1, false);
    assert_true(plain.is_optimal);
    for (int32_t i = 0; i < TOWN_CLIENTS + TOWN_SITES; i++) {
        int64_t x = town.x[i];
        town.x[i] = 3 * town.y[i];
        town.y[i] = 90000 - 3 * x;
    }
    town_fill(&town);
    SiteAnswer scaled = town_solve(&cx, &town, 1, false);
    assert_true(scaled.is_optimal);
    assert_true(scaled.value == 3 * plain.value);
    arena_free(arena);
}

static void test_rules_never_improve(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Town town;
    town_make(&town, SITE_GOAL_MEDIAN);
    SiteAnswer plain = town_solve(&cx, &town, 1, false);
    assert_true(plain.is_optimal);
    SiteRule rule[TOWN_SITES] = {SITE_RULE_FREE};
    rule[plain.open[0]] = SITE_RULE_FORBIDDEN;
    town.problem.rule = rule;
    SiteAnswer without = town_solve(&cx, &town, 1, false);
    assert_true(without.value >= plain.value);
    rule[plain.open[0]] = SITE_RULE_KEPT;
    SiteAnswer with = town_solve(&cx, &town, 1, false);
    assert_true(with.value == plain.value); /* it was in the best set already */
    arena_free(arena);
}

static void test_one_more_site(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    for (int32_t goal = 0; goal < 2; goal++) {
        Town town;
        town_make(&town, goal == 0 ? SITE_GOAL_MEDIAN : SITE_GOAL_COVER);
        SiteAnswer answer = town_solve(&cx, &town, 1, true);
        assert_true(answer.one_more.is_known);
        assert_true(answer.one_more.gain >= answer.one_more.site_gain);
        assert_in_range(answer.one_more.site, 0, TOWN_SITES - 1);
        town.problem.open_max++;
        SiteAnswer wider = town_solve(&cx, &town, 1, false);
        int64_t difference = wider.value - answer.value;
        assert_true((difference < 0 ? -difference : difference) == answer.one_more.gain);
        assert_true(wider.value == answer.one_more.value);
    }
    arena_free(arena);
}

/* Among answers that cover as much, the nearer one is taken. */
static void test_cover_breaks_ties_by_distance(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    int32_t distance[3] = {900, 100, 500};
    int32_t reach[1] = {1000};
    SiteProblem problem = {.goal = SITE_GOAL_COVER,
                           .client_count = 1,
                           .site_count = 3,
                           .open_max = 1,
                           .distance = distance,
                           .reach = reach,
                           .budget = SITE_NO_BUDGET};
    SiteOptions options = {.round_max = 5};
    SiteAnswer answer = {0};
    assert_int_equal(site_solve(&cx, &problem, &options, &answer), STATUS_OK);
    assert_int_equal(answer.open[0], 1);
    assert_true(answer.is_optimal);
    arena_free(arena);
}

static bool stop_at_once(void *it, const SiteProgress *progress) {
    int32_t *calls = it;
    assert_true(progress->done_bp >= 0);
    (*calls)++;
    return false;
}

static int64_t leaping_clock(void *it) {
    int64_t *now = it;
    *now += 10;
    return *now;
}

static void test_cancel_and_clock(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Town town;
    town_make(&town, SITE_GOAL_MEDIAN);
    int32_t calls = 0;
    SiteOptions options = {.progress = stop_at_once, .it = &calls};
    SiteAnswer answer = {0};
    assert_int_equal(site_solve(&cx, &town.problem, &options, &answer), STATUS_OK);
    assert_true(answer.is_cancelled);
    assert_int_equal(calls, 1);
    assert_int_equal(check_site_answer(&cx, &town.problem, &answer), STATUS_OK);
    int64_t now = 0;
    options = (SiteOptions){.now_ms = leaping_clock, .time_ms_max = 50, .it = &now};
    assert_int_equal(site_solve(&cx, &town.problem, &options, &answer), STATUS_OK);
    assert_false(answer.is_cancelled);
    assert_true(now < 500);
    arena_free(arena);
}

static void test_a_step_limit_ends_every_goal(void **state) {
    (void)state;
    for (uint64_t fail_at = 1; fail_at < 200; fail_at += 7) {
        for (int32_t goal = 0; goal < 3; goal++) {
            Arena *arena = arena_create();
            Cx cx;
            cx_init(&cx, arena);
            cx.step_fail_at = fail_at;
            Small small;
            small_make(&small, 3, (SiteGoal)goal, 1);
            SiteOptions options = {.round_max = 100000};
            SiteAnswer answer = {.open_count = -1};
            Status status = site_solve(&cx, &small.problem, &options, &answer);
            assert_true(status == STATUS_LIMIT || status == STATUS_OK);
            if (status == STATUS_LIMIT) {
                assert_int_equal(answer.open_count, -1); /* untouched */
            }
            arena_free(arena);
        }
    }
}

/* ---- contradictions ---- */

static void refuse(const SiteProblem *problem, Status wanted, const char *words) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteOptions options = {.round_max = 20};
    SiteAnswer answer = {0};
    Status status = site_solve(&cx, problem, &options, &answer);
    if (strstr(cx.fault.text, words) == NULL) {
        print_message("said \"%s\", not \"%s\"\n", cx.fault.text, words);
    }
    assert_int_equal(status, wanted);
    assert_non_null(strstr(cx.fault.text, words));
    arena_free(arena);
}

static void test_contradictions_are_named(void **state) {
    (void)state;
    int32_t distance[6] = {1, 2, 3, 4, 5, 6};
    int32_t demand[3] = {5, 40, 5};
    int64_t capacity[2] = {30, 30};
    int64_t cost[2] = {100, 80};
    int32_t between[4] = {0, 10, 11, 0};
    SiteRule forbidden[2] = {SITE_RULE_FORBIDDEN, SITE_RULE_FORBIDDEN};
    SiteRule kept[2] = {SITE_RULE_KEPT, SITE_RULE_KEPT};
    Str clients[3] = {STR("大盛镇"), STR("景芝镇"), STR("凌河街道")};
    Str sites[2] = {STR("东站"), STR("西站")};
    const SiteProblem good = {.client_count = 3,
                              .site_count = 2,
                              .open_max = 1,
                              .distance = distance,
                              .budget = SITE_NO_BUDGET,
                              .client_names = clients,
                              .site_names = sites};
    SiteProblem bad = good;
    bad.open_max = 3;
    refuse(&bad, STATUS_INVALID, "only 2 sites");
    bad.open_max = 0;
    refuse(&bad, STATUS_INVALID, "must be 1 or more");
    bad = good;
    bad.rule = forbidden;
    refuse(&bad, STATUS_INVALID, "all 2 sites are forbidden");
    bad.rule = kept;
    refuse(&bad, STATUS_INVALID, "2 sites are kept");
    bad = good;
    bad.cost = cost;
    bad.budget = 70;
    refuse(&bad, STATUS_INVALID, "西站");
    bad.open_max = 2;
    bad.rule = kept;
    bad.budget = 170;
    refuse(&bad, STATUS_INVALID, "the kept sites cost 1.80 yuan");
    bad = good;
    bad.goal = SITE_GOAL_CAPACITY;
    bad.demand = demand;
    bad.capacity = capacity;
    refuse(&bad, STATUS_INVALID, "景芝镇");
    demand[1] = 29;
    refuse(&bad, STATUS_INVALID, "the 1 largest sites hold 30, but the demand is 39");
    bad.open_max = 2;
    demand[0] = demand[1] = demand[2] = 20; /* 60 fits in sum, but never whole */
    refuse(&bad, STATUS_NOT_FOUND, "holds every client whole");
    bad = good;
    bad.between = between;
    bad.separation = 5;
    refuse(&bad, STATUS_INVALID, "not symmetric");
    distance[4] = -1;
    refuse(&good, STATUS_INVALID, "西站");
    distance[4] = SITE_DISTANCE_MAX + 1;
    refuse(&good, STATUS_INVALID, "out of range");
    distance[4] = 5;
    bad = good;
    bad.client_count = 100000;
    bad.site_count = 100000;
    refuse(&bad, STATUS_LIMIT, "more than 25000000 pairs");
    bad = good;
    bad.client_count = 0;
    refuse(&bad, STATUS_INVALID, "no clients");
}

static void test_the_checker_sees_forgeries(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Town town;
    town_make(&town, SITE_GOAL_MEDIAN);
    const SiteAnswer good = town_solve(&cx, &town, 1, false);
    SiteAnswer bad = good;
    bad.value--;
    assert_int_equal(check_site_answer(&cx, &town.problem, &bad), STATUS_INVALID);
    bad = good;
    bad.bound = good.value + 1;
    assert_int_equal(check_site_answer(&cx, &town.problem, &bad), STATUS_INVALID);
    bad = good;
    bad.open_count--;
    assert_int_equal(check_site_answer(&cx, &town.problem, &bad), STATUS_INVALID);
    int32_t kept = good.site_of_client[3];
    good.site_of_client[3] = kept == good.open[0] ? good.open[1] : good.open[0];
    assert_int_equal(check_site_answer(&cx, &town.problem, &good), STATUS_INVALID);
    arena_free(arena);
}

/* ---- readers ---- */

static void test_readers_follow_the_conventions(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteProblem p = {0};
    /* the last length of a repeated edge holds, whether longer or not */
    assert_int_equal(read_pmedian_orlib(&cx, STR("3 3 1\n1 2 5\n2 3 4\n2 1 7\n"), &p), STATUS_OK);
    assert_int_equal(p.distance[1], 7);
    assert_int_equal(p.distance[2], 11);
    Str tsp = STR("NAME: a\nEDGE_WEIGHT_TYPE : EUC_2D\nDIMENSION : 2\nNODE_COORD_SECTION\n"
                  "1 1.0e0 1\n2 2.00000e+00 2.7\nEOF\n");
    assert_int_equal(read_pmedian_tsplib(&cx, tsp, true, &p), STATUS_OK);
    assert_int_equal(p.distance[1], 1); /* 1.97 */
    assert_int_equal(read_pmedian_tsplib(&cx, tsp, false, &p), STATUS_OK);
    assert_int_equal(p.distance[1], 2);
    int64_t best = 0;
    Str cap = STR("1 713\n 2 1 120\n 1 2 62 3\n 2 80 25 14\n");
    assert_int_equal(read_pmedian_capacity(&cx, cap, 1, &p, &best), STATUS_OK);
    assert_int_equal(best, 713);
    assert_int_equal(p.distance[1], 86);
    assert_int_equal(p.demand[1], 14);
    arena_free(arena);
}

/* The same instances, written otherwise. */
static void test_readers_take_every_form(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteProblem p = {0};
    int64_t best = 0;
    Str graph =
        STR("\xEF\xBB\xBF\r\n 3  3  1 \r\n\r\n 1 2 5.0 \r\n# note\r\n 2 3 4\r\n 2 1 70000\r\n\x1a");
    assert_int_equal(read_pmedian_orlib(&cx, graph, &p), STATUS_OK);
    assert_int_equal(p.distance[1], 70000);
    Str tsp = STR("NAME a\rCOMMENT : x: y\rTYPE: TSP\rdimension 2\r\rEDGE_WEIGHT_TYPE EUC_2D\r"
                  "NODE_COORD_SECTION\r1 1.0e0 1\r2 2 2.7\rEOF");
    assert_int_equal(read_pmedian_tsplib(&cx, tsp, true, &p), STATUS_OK);
    assert_int_equal(p.distance[1], 1); /* 1.97 */
    Str ceiling = STR("DIMENSION:2\nEDGE_WEIGHT_TYPE:CEIL_2D\nNODE_COORD_SECTION\n1 0 0\n2 1 1\n");
    assert_int_equal(read_pmedian_tsplib(&cx, ceiling, true, &p), STATUS_OK);
    assert_int_equal(p.distance[1], 2);
    /* as the library has it: the count of problems, then one after the other */
    Str all = STR(" 2\r\n 1 713\r\n 2 1 120\r\n 1 2 62 3\r\n 2 80 25 14\r\n"
                  " 2 740\r\n 1 1 90\r\n 1 4 4 5\r\n");
    assert_int_equal(read_pmedian_capacity(&cx, all, 1, &p, &best), STATUS_OK);
    assert_int_equal(p.distance[1], 86);
    assert_int_equal(read_pmedian_capacity(&cx, all, 2, &p, &best), STATUS_OK);
    assert_int_equal(best, 740);
    assert_int_equal(p.client_count, 1);
    assert_int_equal(p.capacity[0], 90);
    assert_int_equal(read_pmedian_capacity(&cx, all, 3, &p, &best), STATUS_INVALID);
    arena_free(arena);
}

static void reader_refuse(Str text, int64_t line, const char *words) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SiteProblem p = {0};
    assert_int_equal(read_pmedian_orlib(&cx, text, &p), STATUS_INVALID);
    assert_int_equal(cx.fault.line, line);
    assert_non_null(strstr(cx.fault.text, words));
    arena_free(arena);
}

static void test_readers_name_the_line(void **state) {
    (void)state;
    reader_refuse(STR("3 1 1\n1 4 5\n"), 2, "\"4\"");
    reader_refuse(STR("3 2 1\n1 2 5\n1 3"), 3, "a length");
    reader_refuse(STR("3 1 4\n"), 1, "at most the vertices");
    reader_refuse(STR("999999999 1 1\n"), 1, "vertices");
    reader_refuse(STR("x"), 1, "\"x\"");
    reader_refuse(STR("3 1 1\n1 2 5\n"), 0, "cannot be reached");
}

/* ---- public instances ---- */

static bool file_text(Arena *arena, const char *path, Str *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    Buf *buf = buf_in(arena, 1 << 22);
    char part[4096];
    for (size_t len = fread(part, 1, sizeof part, file); len > 0;
         len = fread(part, 1, sizeof part, file)) {
        buf_put(buf, (Str){.at = part, .len = len});
    }
    (void)fclose(file);
    *out = buf_str(buf);
    return true;
}

static void public_instance(const char *path, bool is_capacity, int64_t optimum) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str text = STR_NONE;
    if (!file_text(arena, path, &text)) {
        print_message("skipped: %s is absent\n", path);
        arena_free(arena);
        return;
    }
    SiteProblem p = {0};
    int64_t best = 0;
    Status status = is_capacity ? read_pmedian_capacity(&cx, text, 1, &p, &best)
                                : read_pmedian_orlib(&cx, text, &p);
    assert_int_equal(status, STATUS_OK);
    SiteOptions options = {.seed = 1, .round_max = is_capacity ? 1500 : 300};
    SiteAnswer answer = {0};
    assert_int_equal(site_solve(&cx, &p, &options, &answer), STATUS_OK);
    assert_int_equal(check_site_answer(&cx, &p, &answer), STATUS_OK);
    assert_true(answer.value >= optimum);
    assert_true(answer.bound <= optimum);
    assert_true((answer.value - optimum) * 200 <= optimum); /* within 0.5 % */
    /* Prices alone leave 0.5 % at pmed6; branching closes it. */
    assert_true(answer.gap_ppm <= (is_capacity ? 20000 : 0));
    arena_free(arena);
}

static void test_public_instances(void **state) {
    (void)state;
    public_instance("../shared/bench-data/pmedian/orlib/pmed1.txt", false, 5819);
    public_instance("../shared/bench-data/pmedian/orlib/pmed4.txt", false, 3034);
    public_instance("../shared/bench-data/pmedian/orlib/pmed6.txt", false, 7824);
    public_instance("../shared/bench-data/pmedian/orlib/pmed10.txt", false, 1255);
    public_instance("../shared/bench-data/pmedian/cpmp/pmedcap1(1).txt", true, 713);
    public_instance("../shared/bench-data/pmedian/cpmp/pmedcap1(5).txt", true, 664);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median_against_brute_force),
        cmocka_unit_test(test_cover_against_brute_force),
        cmocka_unit_test(test_capacity_against_brute_force),
        cmocka_unit_test(test_same_seed_same_answer),
        cmocka_unit_test(test_scaling_and_mirroring_change_nothing),
        cmocka_unit_test(test_rules_never_improve),
        cmocka_unit_test(test_one_more_site),
        cmocka_unit_test(test_cover_breaks_ties_by_distance),
        cmocka_unit_test(test_cancel_and_clock),
        cmocka_unit_test(test_a_step_limit_ends_every_goal),
        cmocka_unit_test(test_contradictions_are_named),
        cmocka_unit_test(test_the_checker_sees_forgeries),
        cmocka_unit_test(test_readers_follow_the_conventions),
        cmocka_unit_test(test_readers_take_every_form),
        cmocka_unit_test(test_readers_name_the_line),
        cmocka_unit_test(test_public_instances),
    };
    return cmocka_run_group_tests_name("solve_site", tests, NULL, NULL);
}
