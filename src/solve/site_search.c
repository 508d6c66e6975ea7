/*
 * Variable neighbourhood search over the exchange state: shake the best set a little (more when
 * nothing has improved for long), descend, keep what is not worse. Half of the shakes stay round
 * one client, because in a large city a change here has nothing to do with a change there.
 */
#include "solve/site_core.h"

#include <string.h>

enum { SHAKE_MAX = 8, TRIES_MAX = 12 };

void site_sort(int32_t *sites, int32_t count) {
    /* Shell sort: lists are short or nearly sorted. */
    for (int32_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
        for (int32_t i = gap; i < count; i++) {
            int32_t site = sites[i];
            int32_t at = i;
            for (; at >= gap && sites[at - gap] > site; at -= gap) {
                sites[at] = sites[at - gap];
            }
            sites[at] = site;
        }
    }
}

void site_search_descend(SiteSwap *swap) {
    for (;;) {
        SiteMove move = site_swap_best(swap);
        if (move.profit <= 0) {
            return;
        }
        site_swap_apply(swap, move.in, move.out);
    }
}

static void best_keep(SiteSearch *search) {
    site_swap_copy(search->swap, search->best);
    search->best_count = search->swap->open_count;
    search->best_value = search->swap->value;
}

SiteSearch *site_search_new(Arena *arena, SiteSwap *swap, uint64_t seed) {
    SiteSearch *search = arena_new(arena, SiteSearch);
    search->swap = swap;
    prng_init(&search->prng, seed);
    search->best = arena_array(arena, int32_t, (size_t)swap->room);
    search->scratch = arena_array(arena, int32_t, (size_t)swap->core->site_count);
    search->shake = 1;
    site_search_descend(swap);
    best_keep(search);
    return search;
}

static int32_t below(SiteSearch *search, int32_t bound) {
    check(bound >= 1);
    return (int32_t)prng_below(&search->prng, (uint64_t)bound);
}

/* Picks a random site that is open (or closed) among the reach sites nearest to a client, or
 * anywhere when client is SITE_NONE. */
static int32_t site_pick(SiteSearch *search, int32_t client, int32_t reach, bool is_open) {
    const SiteSwap *swap = search->swap;
    const SiteCore *core = swap->core;
    for (int32_t tries = 0; tries < TRIES_MAX; tries++) {
        int32_t site = SITE_NONE;
        if (client == SITE_NONE && is_open) {
            site = swap->slot_site[below(search, swap->open_count)];
        } else if (client == SITE_NONE) {
            site = below(search, core->site_count);
        } else {
            site = core->near[(int64_t)client * core->site_count + below(search, reach)].site;
        }
        if ((swap->site_slot[site] != SITE_NONE) == is_open) {
            return site;
        }
    }
    return SITE_NONE;
}

static void shake_once(SiteSearch *search, int32_t client, int32_t reach) {
    SiteSwap *swap = search->swap;
    for (int32_t tries = 0; tries < TRIES_MAX; tries++) {
        int32_t in = site_pick(search, client, reach, false);
        int32_t out = swap->open_count == 0 ? SITE_NONE : site_pick(search, client, reach, true);
        if (in != SITE_NONE && out != SITE_NONE && site_swap_may(swap, in, out)) {
            site_swap_apply(swap, in, out);
            return;
        }
        /* Under rules an exchange one for one is often illegal: make room instead. */
        if (site_core_is_ruled(swap->core) && out != SITE_NONE && swap->open_count > 1 &&
            site_swap_may(swap, SITE_NONE, out)) {
            site_swap_apply(swap, SITE_NONE, out);
            return;
        }
    }
}

static void shake(SiteSearch *search) {
    SiteSwap *swap = search->swap;
    const SiteCore *core = swap->core;
    int32_t client = SITE_NONE;
    int32_t reach = core->site_count;
    if (prng_chance_bp(&search->prng, 6000)) {
        client = below(search, core->client_count);
        int64_t wide = (int64_t)(search->shake + 2) * core->site_count / (swap->open_count + 1);
        reach = wide + 2 < core->site_count ? (int32_t)wide + 2 : core->site_count;
    }
    for (int32_t i = 0; i < search->shake; i++) {
        shake_once(search, client, reach);
    }
}

static bool accept(SiteSearch *search) {
    if (search->swap->value > search->best_value) {
        site_swap_set(search->swap, search->best, search->best_count);
        return false;
    }
    bool is_better = search->swap->value < search->best_value;
    best_keep(search);
    return is_better;
}

void site_search_round(SiteSearch *search) {
    shake(search);
    site_search_descend(search->swap);
    search->round_count++;
    if (accept(search)) {
        search->shake = 1;
        search->best_round = search->round_count;
        return;
    }
    search->shake++;
    if (search->shake > SHAKE_MAX || search->shake > search->best_count) {
        search->shake = 1;
    }
}

void site_search_try(SiteSearch *search, const int32_t *sites, int32_t count) {
    site_swap_set(search->swap, sites, count);
    site_search_descend(search->swap);
    if (accept(search)) {
        search->best_round = search->round_count;
    }
}
