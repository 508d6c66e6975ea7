/*
 * The exchange state of Resende and Werneck. For a client u with nearest open site f at d1 and next
 * at d2, and any site s at distance d of it:
 *
 *   gain[s]        grows by w max(0, d1 - d)          what opening s saves
 *   loss[f]        grows by w (d2 - d1)               what closing f costs
 *   extra[s][f]    grows by w (d2 - max(d, d1))       if d < d2: closing f costs less once s is
 * open
 *
 *   profit of (open s, close f) = gain[s] - loss[f] + extra[s][f]
 *
 * An exchange changes d1 or d2 of few clients; only their contributions are taken back and put in
 * again. extra is nonzero for few slots per site: list[] names them.
 */
#include "solve/site_core.h"

#include <string.h>

static int64_t max64(int64_t left, int64_t right) {
    return left > right ? left : right;
}

static void extra_add(SiteSwap *swap, int32_t site, int32_t slot, int64_t amount, int32_t sign) {
    SiteExtra *extra = &swap->extra[(int64_t)site * swap->room + slot];
    extra->amount += sign * amount;
    extra->client_count += sign;
    if (!extra->is_listed) {
        extra->is_listed = true;
        swap->list[(int64_t)site * swap->room + swap->list_count[site]++] = slot;
    }
}

/* Adds (sign 1) or takes back (sign -1) what one client contributes. */
static void contribute(SiteSwap *swap, int32_t client, int32_t sign) {
    const SiteCore *core = swap->core;
    const int64_t weight = core->weight[client];
    const int32_t first = swap->first[client];
    const int32_t d1 = swap->first_distance[client];
    const int32_t d2 = swap->second_distance[client];
    const int32_t slot = first == SITE_NONE ? SITE_NONE : swap->site_slot[first];
    if (slot != SITE_NONE) {
        swap->loss[slot] += sign * weight * (d2 - d1);
    }
    const SiteNear *near = core->near + (int64_t)client * core->site_count;
    int32_t rank = 0;
    for (; rank < core->site_count && near[rank].distance < d2; rank++) {
        const int32_t site = near[rank].site;
        const int64_t distance = near[rank].distance;
        if (site == first) {
            continue;
        }
        if (distance < d1) {
            swap->gain[site] += sign * weight * (d1 - distance);
        }
        if (slot != SITE_NONE) {
            extra_add(swap, site, slot, weight * (d2 - max64(distance, d1)), sign);
        }
    }
    swap->work += (uint64_t)rank + 1;
}

static void near_two(SiteSwap *swap, int32_t client) {
    const SiteCore *core = swap->core;
    const SiteNear *near = core->near + (int64_t)client * core->site_count;
    int32_t found[2] = {SITE_NONE, SITE_NONE};
    int32_t distance[2] = {SITE_FAR, SITE_FAR};
    int32_t count = 0;
    int32_t wanted = swap->open_count < 2 ? swap->open_count : 2;
    for (int32_t rank = 0; count < wanted; rank++) {
        if (swap->site_slot[near[rank].site] != SITE_NONE) {
            found[count] = near[rank].site;
            distance[count++] = near[rank].distance;
        }
        swap->work++;
    }
    swap->first[client] = found[0];
    swap->second[client] = found[1];
    swap->first_distance[client] = distance[0];
    swap->second_distance[client] = distance[1];
}

static void client_update(SiteSwap *swap, int32_t client, int32_t in, int32_t out) {
    const SiteCore *core = swap->core;
    if (out != SITE_NONE && (swap->first[client] == out || swap->second[client] == out)) {
        near_two(swap, client);
        return;
    }
    if (in == SITE_NONE) {
        return;
    }
    int32_t distance = core->distance[(int64_t)in * core->client_count + client];
    if (distance < swap->first_distance[client]) {
        swap->second[client] = swap->first[client];
        swap->second_distance[client] = swap->first_distance[client];
        swap->first[client] = in;
        swap->first_distance[client] = distance;
    } else if (distance < swap->second_distance[client]) {
        swap->second[client] = in;
        swap->second_distance[client] = distance;
    }
}

/* Lists the clients whose contributions an exchange changes. The last slot moves when a site is
 * closed without replacement, so its clients count too. */
static int32_t touched_list(SiteSwap *swap, int32_t in, int32_t out, int32_t moved) {
    const SiteCore *core = swap->core;
    const int32_t *row = in == SITE_NONE ? NULL : core->distance + (int64_t)in * core->client_count;
    int32_t count = 0;
    for (int32_t client = 0; client < core->client_count; client++) {
        int32_t first = swap->first[client];
        bool is_touched = row != NULL && row[client] < swap->second_distance[client];
        if (out != SITE_NONE) {
            is_touched = is_touched || first == out || swap->second[client] == out;
        }
        if (moved != SITE_NONE) {
            is_touched = is_touched || first == moved;
        }
        swap->touched[count] = client;
        count += is_touched ? 1 : 0;
    }
    swap->work += (uint64_t)core->client_count / 4;
    return count;
}

static void conflicts_count(SiteSwap *swap, int32_t site, int32_t sign) {
    const SiteCore *core = swap->core;
    if (core->conflict_start == NULL) {
        return;
    }
    for (int32_t at = core->conflict_start[site]; at < core->conflict_start[site + 1]; at++) {
        swap->conflict_count[core->conflict_site[at]] += sign;
    }
}

static void slots_change(SiteSwap *swap, int32_t in, int32_t out) {
    int32_t slot = swap->open_count;
    if (out != SITE_NONE) {
        slot = swap->site_slot[out];
        swap->site_slot[out] = SITE_NONE;
        swap->cost_open -= swap->core->cost[out];
        conflicts_count(swap, out, -1);
    }
    if (in != SITE_NONE) {
        swap->slot_site[slot] = in;
        swap->site_slot[in] = slot;
        swap->cost_open += swap->core->cost[in];
        conflicts_count(swap, in, 1);
        swap->open_count += out == SITE_NONE ? 1 : 0;
        return;
    }
    int32_t last = swap->slot_site[--swap->open_count];
    if (last != out) {
        swap->slot_site[slot] = last;
        swap->site_slot[last] = slot;
    }
}

void site_swap_apply(SiteSwap *swap, int32_t in, int32_t out) {
    check(in != SITE_NONE || out != SITE_NONE);
    check(in == SITE_NONE || swap->site_slot[in] == SITE_NONE);
    check(out == SITE_NONE || swap->site_slot[out] != SITE_NONE);
    check(out != SITE_NONE || swap->open_count < swap->room);
    int32_t moved = in == SITE_NONE ? swap->slot_site[swap->open_count - 1] : SITE_NONE;
    int32_t count = touched_list(swap, in, out, moved);
    for (int32_t i = 0; i < count; i++) {
        contribute(swap, swap->touched[i], -1);
    }
    slots_change(swap, in, out);
    for (int32_t i = 0; i < count; i++) {
        int32_t client = swap->touched[i];
        int64_t before = swap->first_distance[client];
        client_update(swap, client, in, out);
        swap->value += swap->core->weight[client] * (swap->first_distance[client] - before);
        contribute(swap, client, 1);
    }
}

SiteSwap *site_swap_new(Arena *arena, const SiteCore *core, int32_t open_limit_max) {
    check(open_limit_max >= 1);
    check(open_limit_max <= core->site_count);
    SiteSwap *swap = arena_new(arena, SiteSwap);
    size_t site_count = (size_t)core->site_count;
    size_t client_count = (size_t)core->client_count;
    size_t room = (size_t)open_limit_max;
    swap->core = core;
    swap->room = open_limit_max;
    swap->open_limit = open_limit_max < core->open_max ? open_limit_max : core->open_max;
    swap->slot_site = arena_array(arena, int32_t, room);
    swap->site_slot = arena_array(arena, int32_t, site_count);
    memset(swap->site_slot, 0xff, site_count * sizeof *swap->site_slot);
    swap->first = arena_array(arena, int32_t, client_count);
    swap->second = arena_array(arena, int32_t, client_count);
    swap->first_distance = arena_array(arena, int32_t, client_count);
    swap->second_distance = arena_array(arena, int32_t, client_count);
    swap->gain = arena_array(arena, int64_t, site_count);
    swap->loss = arena_array(arena, int64_t, room);
    swap->extra = arena_array(arena, SiteExtra, site_count * room);
    swap->list = arena_array(arena, int32_t, site_count * room);
    swap->list_count = arena_array(arena, int32_t, site_count);
    swap->conflict_count = arena_array(arena, int32_t, site_count);
    swap->touched = arena_array(arena, int32_t, client_count + 1);
    swap->is_wanted = arena_array(arena, bool, site_count);
    for (int32_t client = 0; client < core->client_count; client++) {
        near_two(swap, client);
        swap->value += core->weight[client] * SITE_FAR;
        contribute(swap, client, 1);
    }
    for (int32_t site = 0; site < core->site_count; site++) {
        if (core->is_kept[site]) {
            site_swap_apply(swap, site, SITE_NONE);
        }
    }
    return swap;
}

bool site_swap_may(const SiteSwap *swap, int32_t in, int32_t out) {
    const SiteCore *core = swap->core;
    if (out != SITE_NONE && core->is_kept[out]) {
        return false;
    }
    if (in == SITE_NONE) {
        return true;
    }
    if (out == SITE_NONE && swap->open_count >= swap->open_limit) {
        return false;
    }
    int32_t conflicts = swap->conflict_count[in];
    if (conflicts > 0) {
        conflicts -= out != SITE_NONE && site_core_conflicts(core, in, out) ? 1 : 0;
    }
    int64_t cost = swap->cost_open + core->cost[in] - (out == SITE_NONE ? 0 : core->cost[out]);
    return conflicts == 0 && (!core->has_budget || cost <= core->budget);
}

int64_t site_swap_profit(const SiteSwap *swap, int32_t in, int32_t out) {
    int64_t profit = in == SITE_NONE ? 0 : swap->gain[in];
    if (out != SITE_NONE) {
        int32_t slot = swap->site_slot[out];
        profit -= swap->loss[slot];
        profit += in == SITE_NONE ? 0 : swap->extra[(int64_t)in * swap->room + slot].amount;
    }
    return profit;
}

/* Drops the slots that no client contributes to any more from a site's list. */
static void list_tidy(SiteSwap *swap, int32_t site) {
    SiteExtra *extra = swap->extra + (int64_t)site * swap->room;
    int32_t *list = swap->list + (int64_t)site * swap->room;
    int32_t kept = 0;
    for (int32_t i = 0; i < swap->list_count[site]; i++) {
        int32_t slot = list[i];
        if (extra[slot].client_count == 0) {
            extra[slot].is_listed = false;
        } else {
            list[kept++] = slot;
        }
    }
    swap->list_count[site] = kept;
}

static int32_t slot_of_least_loss(const SiteSwap *swap) {
    int32_t best = SITE_NONE;
    for (int32_t slot = 0; slot < swap->open_count; slot++) {
        if (!swap->core->is_kept[swap->slot_site[slot]] &&
            (best == SITE_NONE || swap->loss[slot] < swap->loss[best])) {
            best = slot;
        }
    }
    return best;
}

/* Without budget and least distance: the slot of least loss, or one with an extra. */
static void best_of_site(SiteSwap *swap, int32_t in, int32_t least, SiteMove *best) {
    const SiteExtra *extra = swap->extra + (int64_t)in * swap->room;
    const int32_t *list = swap->list + (int64_t)in * swap->room;
    if (swap->gain[in] - swap->loss[least] > best->profit) {
        best->profit = swap->gain[in] - swap->loss[least];
        best->in = in;
        best->out = swap->slot_site[least];
    }
    bool has_idle = false;
    for (int32_t i = 0; i < swap->list_count[in]; i++) {
        int32_t slot = list[i];
        if (extra[slot].client_count == 0) {
            has_idle = true; /* as good as the least loss at most, or the slot is gone */
            continue;
        }
        int64_t profit = swap->gain[in] - swap->loss[slot] + extra[slot].amount;
        if (profit > best->profit && !swap->core->is_kept[swap->slot_site[slot]]) {
            *best = (SiteMove){.profit = profit, .in = in, .out = swap->slot_site[slot]};
        }
    }
    if (has_idle) {
        list_tidy(swap, in);
    }
    swap->work += (uint64_t)swap->list_count[in] + 2;
}

static void best_of_site_ruled(SiteSwap *swap, int32_t in, SiteMove *best) {
    for (int32_t slot = 0; slot < swap->open_count; slot++) {
        int32_t out = swap->slot_site[slot];
        int64_t profit = site_swap_profit(swap, in, out);
        if (profit > best->profit && site_swap_may(swap, in, out)) {
            *best = (SiteMove){.profit = profit, .in = in, .out = out};
        }
    }
    swap->work += (uint64_t)swap->open_count + 1;
}

/* While there is room for one more site, the best addition; else nothing. */
static SiteMove best_addition(SiteSwap *swap) {
    SiteMove best = {.profit = INT64_MIN, .in = SITE_NONE, .out = SITE_NONE};
    for (int32_t in = 0; in < swap->core->site_count; in++) {
        if (swap->site_slot[in] == SITE_NONE && swap->gain[in] > best.profit &&
            site_swap_may(swap, in, SITE_NONE)) {
            best = (SiteMove){.profit = swap->gain[in], .in = in, .out = SITE_NONE};
        }
    }
    swap->work += (uint64_t)swap->core->site_count;
    return best;
}

SiteMove site_swap_best(SiteSwap *swap) {
    SiteMove best = best_addition(swap);
    if (best.profit > 0) {
        return best; /* exchanges can wait until there is no room: a step costs less so */
    }
    const bool is_ruled = site_core_is_ruled(swap->core);
    const int32_t least = slot_of_least_loss(swap);
    for (int32_t in = 0; in < swap->core->site_count; in++) {
        if (swap->site_slot[in] != SITE_NONE) {
            continue;
        }
        if (is_ruled) {
            best_of_site_ruled(swap, in, &best);
        } else if (least != SITE_NONE) {
            best_of_site(swap, in, least, &best);
        }
    }
    return best;
}

void site_swap_set(SiteSwap *swap, const int32_t *sites, int32_t count) {
    check(count <= swap->room);
    for (int32_t i = 0; i < count; i++) {
        swap->is_wanted[sites[i]] = true;
    }
    int32_t next = 0;
    for (int32_t slot = 0; slot < swap->open_count;) {
        int32_t out = swap->slot_site[slot];
        if (swap->is_wanted[out]) {
            slot++;
            continue;
        }
        while (next < count && swap->site_slot[sites[next]] != SITE_NONE) {
            next++;
        }
        site_swap_apply(swap, next < count ? sites[next] : SITE_NONE, out);
    }
    for (; next < count; next++) {
        if (swap->site_slot[sites[next]] == SITE_NONE) {
            site_swap_apply(swap, sites[next], SITE_NONE);
        }
    }
    for (int32_t i = 0; i < count; i++) {
        swap->is_wanted[sites[i]] = false;
    }
    check(swap->open_count == count);
}

void site_swap_copy(const SiteSwap *swap, int32_t *out) {
    int32_t count = 0;
    for (int32_t site = 0; site < swap->core->site_count; site++) {
        if (swap->site_slot[site] != SITE_NONE) {
            out[count++] = site;
        }
    }
    check(count == swap->open_count);
}
