/* model.c - see model.h. Written from the words of the headers, not from their code. */
#include "sim/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KIND_APPROPRIATE = 1,
    KIND_RECLAIM,
    KIND_REALLOCATE,
    KIND_RESERVE,
    KIND_APPROVE,
    KIND_PAY,
    KIND_RECOVER,
    KIND_RELEASE_RESERVED,
    KIND_RELEASE_APPROVED,
    KIND_MOVE_RESERVED,
    KIND_MOVE_APPROVED
};

#define RATES_BOND                                                                                 \
    { 8500, 0, 0, 1500 }
#define RATES_FOUR                                                                                 \
    { 3333, 3333, 1667, 1667 }
#define NO_RATES                                                                                   \
    { 0, 0, 0, 0 }

const StartFund model_start_funds[] = {
    {"bond", false, 90000000, true, RATES_BOND},
    {"bond/2026", false, 85000000, false, NO_RATES},
    {"bond/2026/1", false, 60000000, false, NO_RATES},
    {"bond/2026/1/jd", false, 20000000, false, NO_RATES},
    {"bond/2026/1/sm", false, 4000000, false, NO_RATES},
    {"bond/2026/1/jd/town", false, 3000000, false, NO_RATES},
    {"bond/2026/1/jd/shop", true, 2500000, false, NO_RATES},
    {"bond/2026/1/jd/shop/day", true, 900000, false, NO_RATES},
    {"bond/2026/1/jd/town/hour", true, 700000, false, NO_RATES},
    {"bond/2026/2", false, 9000000, false, NO_RATES},
    {"four", false, 7000001, false, RATES_FOUR},
    {"four/a", false, 3000000, false, NO_RATES},
    {"four/b", false, 2000000, false, NO_RATES},
    {"four/a/cap", true, 1200000, false, NO_RATES},
};
const int32_t model_start_fund_count = sizeof model_start_funds / sizeof *model_start_funds;
const char *const model_pot_paths[MODEL_POTS] = {"bond/2026/1/jd", "bond/2026/1/sm"};

const char *const model_coupon_words[] = {"claimed",   "redeemed", "settled",
                                          "withdrawn", "expired",  "returned"};
const char *const model_sale_words[] = {"redeemed", "in_batch",   "paid",
                                        "returned", "recovering", "recovered"};

const char *op_word(OpKind kind) {
    static const char *const words[] = {
#define X(name, word, weight) word,
        OP_LIST(X)
#undef X
    };
    return words[kind];
}

int op_weight(OpKind kind) {
    static const int weights[] = {
#define X(name, word, weight) weight,
        OP_LIST(X)
#undef X
    };
    return weights[kind];
}

int64_t model_cap_fen(int32_t category) {
    return category < MODEL_CATEGORIES - 1 ? 150000 : 50000;
}

static void must(bool is_true, const char *what) {
    if (!is_true) {
        (void)fprintf(stderr, "model: %s\n", what);
        abort();
    }
}

/* ---- the tree ---- */

int32_t model_fund_find(const Model *model, const char *path) {
    for (int32_t i = 0; i < model->fund_count; i++) {
        if (strcmp(model->funds[i].path, path) == 0) {
            return i;
        }
    }
    return -1;
}

static bool way_is_open(const Model *model, int32_t fund) {
    for (int32_t i = fund; i >= 0; i = model->funds[i].parent) {
        if (model->funds[i].is_frozen || model->funds[i].is_closed) {
            return false;
        }
    }
    return true;
}

static int64_t used_of(const ModelFund *fund) {
    return fund->reserved + fund->approved + fund->paid;
}

static int64_t free_of(const ModelFund *fund) {
    return fund->appropriated - fund->allocated - fund->direct;
}

/* The least that any node of the way can still give: every node by its own total; the nearest node
 * with money of its own, and the caps on the way to it, also by what they gave to allocations. */
static int64_t way_room(const Model *model, int32_t fund) {
    int64_t room = INT64_MAX;
    bool is_own = true;
    for (int32_t i = fund; i >= 0; i = model->funds[i].parent) {
        const ModelFund *node = &model->funds[i];
        int64_t here = node->appropriated - used_of(node);
        if (is_own && free_of(node) < here) {
            here = free_of(node);
        }
        room = here < room ? here : room;
        is_own = is_own && node->is_cap;
    }
    return room;
}

int64_t model_left(const Model *model, int32_t fund) {
    return way_is_open(model, fund) ? way_room(model, fund) : 0;
}

typedef struct Change {
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
    int64_t paid_shares[MODEL_LEVELS];
} Change;

static void way_add(Model *model, int32_t fund, const Change *change) {
    bool is_own = true;
    for (int32_t i = fund; i >= 0; i = model->funds[i].parent) {
        ModelFund *node = &model->funds[i];
        node->reserved += change->reserved;
        node->approved += change->approved;
        node->paid += change->paid;
        node->recovered += change->recovered;
        node->released += change->released;
        for (int level = 0; level < MODEL_LEVELS; level++) {
            node->paid_shares[level] += change->paid_shares[level];
        }
        if (is_own) {
            node->direct += change->reserved + change->approved + change->paid;
        }
        is_own = is_own && node->is_cap;
    }
}

/* ---- shares ---- */

/* The split of an amount: each part rounded down, the rest to the largest share, the first of
 * equals. */
static void split(const int64_t rate_bp[MODEL_LEVELS], int64_t amount, int64_t out[MODEL_LEVELS]) {
    int64_t rest = amount;
    int largest = 0;
    for (int i = 0; i < MODEL_LEVELS; i++) {
        out[i] = amount * rate_bp[i] / 10000; /* amounts of a city times 10,000 fit */
        rest -= out[i];
        largest = rate_bp[i] > rate_bp[largest] ? i : largest;
    }
    out[largest] += rest;
}

/* The parts between two amounts of one hold. */
static void split_between(const Model *model, int32_t fund, int64_t from, int64_t to,
                          int64_t out[MODEL_LEVELS]) {
    int64_t low[MODEL_LEVELS];
    int64_t high[MODEL_LEVELS];
    split(model->funds[fund].rate_bp, from, low);
    split(model->funds[fund].rate_bp, to, high);
    for (int i = 0; i < MODEL_LEVELS; i++) {
        out[i] = high[i] - low[i];
    }
}

/* ---- transfers ---- */

static ModelTransfer *transfer_add(Model *model, int32_t kind, int32_t fund, int64_t amount,
                                   int64_t at_ms) {
    must(model->transfer_count < model->room * 4, "room for transfers");
    ModelTransfer *transfer = &model->transfers[model->transfer_count++];
    *transfer = (ModelTransfer){
        .kind = kind, .fund = fund, .other = -1, .hold = -1, .amount = amount, .at_ms = at_ms};
    return transfer;
}

static void step_add(Model *model, int32_t kind, int32_t hold, int64_t from, int64_t to,
                     int64_t at_ms) {
    int32_t fund = model->holds[hold].fund;
    ModelTransfer *transfer = transfer_add(model, kind, fund, to - from, at_ms);
    transfer->hold = hold;
    split_between(model, fund, from, to, transfer->shares);
}

/* ---- funds ---- */

static int32_t fund_add(Model *model, const char *path, bool is_cap) {
    must(model->fund_count < MODEL_FUNDS_MAX, "room for funds");
    ModelFund *fund = &model->funds[model->fund_count];
    *fund = (ModelFund){.parent = -1, .is_cap = is_cap, .depth = 1};
    (void)snprintf(fund->path, sizeof fund->path, "%s", path);
    char *slash = strrchr(fund->path, '/');
    if (slash != NULL) {
        *slash = '\0';
        fund->parent = model_fund_find(model, fund->path);
        *slash = '/';
        const ModelFund *parent = &model->funds[fund->parent];
        fund->depth = parent->depth + 1;
        fund->is_reusable = parent->is_reusable;
        memcpy(fund->rate_bp, parent->rate_bp, sizeof fund->rate_bp);
    }
    return model->fund_count++;
}

/* Who gives and takes back the money of a fund; -1: the world outside, or nobody for a cap. */
static int32_t giver_of(const Model *model, int32_t fund) {
    return model->funds[fund].is_cap ? -1 : model->funds[fund].parent;
}

static void give(Model *model, int32_t kind, int32_t fund, int64_t amount, int64_t at_ms) {
    int64_t sign = kind == KIND_APPROPRIATE ? 1 : -1;
    int32_t giver = giver_of(model, fund);
    model->funds[fund].appropriated += sign * amount;
    if (giver >= 0) {
        model->funds[giver].allocated += sign * amount;
    }
    transfer_add(model, kind, fund, amount, at_ms)->other = giver;
}

static ModelEnd play_top_up(Model *model, const Op *op) {
    int32_t fund = model_fund_find(model, op->path);
    if (fund < 0) {
        return MODEL_NOT_FOUND;
    }
    int32_t giver = giver_of(model, fund);
    if (!way_is_open(model, fund) || (giver >= 0 && free_of(&model->funds[giver]) < op->amount)) {
        return MODEL_CONFLICT;
    }
    give(model, KIND_APPROPRIATE, fund, op->amount, op->now_ms);
    return MODEL_OK;
}

static ModelEnd play_reclaim(Model *model, const Op *op) {
    int32_t fund = model_fund_find(model, op->path);
    if (fund < 0) {
        return MODEL_NOT_FOUND;
    }
    if (free_of(&model->funds[fund]) < op->amount) {
        return MODEL_CONFLICT;
    }
    give(model, KIND_RECLAIM, fund, op->amount, op->now_ms);
    return MODEL_OK;
}

static ModelEnd play_reallocate(Model *model, const Op *op) {
    int32_t from = model_fund_find(model, op->path);
    int32_t to = model_fund_find(model, op->other);
    if (from < 0 || to < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelFund *giver = &model->funds[from];
    ModelFund *taker = &model->funds[to];
    if (from == to || giver->parent < 0 || giver->parent != taker->parent ||
        giver->is_cap != taker->is_cap) {
        return MODEL_INVALID;
    }
    if (!way_is_open(model, from) || !way_is_open(model, to) || free_of(giver) < op->amount) {
        return MODEL_CONFLICT;
    }
    giver->appropriated -= op->amount;
    taker->appropriated += op->amount;
    transfer_add(model, KIND_REALLOCATE, to, op->amount, op->now_ms)->other = from;
    return MODEL_OK;
}

static ModelEnd play_freeze(Model *model, const Op *op) {
    int32_t index = model_fund_find(model, op->path);
    if (index < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelFund *fund = &model->funds[index];
    bool wanted = op->kind == OP_FREEZE;
    if (fund->is_closed || fund->is_frozen == wanted) {
        return MODEL_CONFLICT;
    }
    fund->is_frozen = wanted;
    return MODEL_OK;
}

static ModelEnd play_create(Model *model, const Op *op) {
    int32_t parent = model_fund_find(model, op->path);
    if (parent < 0) {
        return MODEL_NOT_FOUND;
    }
    if (model->funds[parent].is_closed) {
        return MODEL_CONFLICT;
    }
    if (model->funds[parent].is_cap && !op->flag) {
        return MODEL_INVALID;
    }
    char path[2 * MODEL_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", op->path, op->other);
    if (model_fund_find(model, path) >= 0) {
        return MODEL_CONFLICT;
    }
    (void)fund_add(model, path, op->flag);
    return MODEL_OK;
}

static ModelEnd play_close(Model *model, const Op *op) {
    int32_t index = model_fund_find(model, op->path);
    if (index < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelFund *fund = &model->funds[index];
    if (fund->is_closed || fund->reserved + fund->approved > 0) {
        return MODEL_CONFLICT;
    }
    for (int32_t i = 0; i < model->fund_count; i++) {
        if (model->funds[i].parent == index && !model->funds[i].is_closed) {
            return MODEL_CONFLICT;
        }
    }
    if (!fund->is_cap && free_of(fund) > 0) {
        return MODEL_CONFLICT;
    }
    fund->is_closed = true;
    return MODEL_OK;
}

/* ---- holds ---- */

/* Reserves; -1 when the way refuses. */
static int32_t hold_make(Model *model, int32_t fund, int64_t amount, const Op *op) {
    if (!way_is_open(model, fund) || way_room(model, fund) < amount) {
        return -1;
    }
    must(model->hold_count < model->room * 2, "room for holds");
    int32_t hold = model->hold_count++;
    model->holds[hold] = (ModelHold){.made_by = op->number,
                                     .is_plain = op->kind == OP_RESERVE,
                                     .fund = fund,
                                     .reserved = amount};
    way_add(model, fund, &(Change){.reserved = amount});
    step_add(model, KIND_RESERVE, hold, 0, amount, op->now_ms);
    return hold;
}

/* Gives back, the reserved part first. */
static void hold_release(Model *model, int32_t index, int64_t amount, int64_t at_ms) {
    ModelHold *hold = &model->holds[index];
    int64_t reserved = amount < hold->reserved ? amount : hold->reserved;
    int64_t top = hold->paid + hold->approved + hold->reserved;
    if (reserved > 0) {
        step_add(model, KIND_RELEASE_RESERVED, index, top - reserved, top, at_ms);
        way_add(model, hold->fund, &(Change){.reserved = -reserved, .released = reserved});
        hold->reserved -= reserved;
        top -= reserved;
    }
    int64_t approved = amount - reserved;
    if (approved > 0) {
        step_add(model, KIND_RELEASE_APPROVED, index, top - approved, top, at_ms);
        way_add(model, hold->fund, &(Change){.approved = -approved, .released = approved});
        hold->approved -= approved;
    }
    hold->released += amount;
}

static void hold_approve(Model *model, int32_t index, int64_t amount, int64_t at_ms) {
    ModelHold *hold = &model->holds[index];
    int64_t from = hold->paid + hold->approved;
    step_add(model, KIND_APPROVE, index, from, from + amount, at_ms);
    way_add(model, hold->fund, &(Change){.reserved = -amount, .approved = amount});
    hold->reserved -= amount;
    hold->approved += amount;
}

static void hold_pay(Model *model, int32_t index, int64_t amount, int64_t at_ms) {
    ModelHold *hold = &model->holds[index];
    Change change = {.approved = -amount, .paid = amount};
    split_between(model, hold->fund, hold->paid, hold->paid + amount, change.paid_shares);
    step_add(model, KIND_PAY, index, hold->paid, hold->paid + amount, at_ms);
    way_add(model, hold->fund, &change);
    hold->approved -= amount;
    hold->paid += amount;
}

static void hold_recover(Model *model, int32_t index, int64_t amount, int64_t at_ms) {
    ModelHold *hold = &model->holds[index];
    Change change = {.recovered = amount};
    if (model->funds[hold->fund].is_reusable) {
        change.paid = -amount;
        split_between(model, hold->fund, hold->recovered + amount, hold->recovered,
                      change.paid_shares);
    }
    step_add(model, KIND_RECOVER, index, hold->recovered, hold->recovered + amount, at_ms);
    way_add(model, hold->fund, &change);
    hold->recovered += amount;
}

/* The first hold that an operation made; -1: none. */
static int32_t hold_find(const Model *model, int64_t number) {
    for (int32_t i = 0; i < model->hold_count; i++) {
        if (model->holds[i].made_by == number) {
            return i;
        }
    }
    return -1;
}

static ModelEnd play_hold(Model *model, const Op *op) {
    int32_t index = hold_find(model, op->target);
    if (index < 0) {
        return MODEL_NOT_FOUND;
    }
    const ModelHold *hold = &model->holds[index];
    int64_t amount = op->kind == OP_RELEASE_ALL ? hold->reserved + hold->approved : op->amount;
    bool has = false;
    bool needs_open_way = op->kind == OP_APPROVE || op->kind == OP_PAY;
    if (op->kind == OP_RELEASE || op->kind == OP_RELEASE_ALL) {
        has = amount > 0 && hold->reserved + hold->approved >= amount;
    } else if (op->kind == OP_APPROVE) {
        has = hold->reserved >= amount;
    } else if (op->kind == OP_PAY) {
        has = hold->approved >= amount;
    } else {
        has = hold->paid - hold->recovered >= amount;
    }
    if (!has || (needs_open_way && !way_is_open(model, hold->fund))) {
        return MODEL_CONFLICT;
    }
    if (op->kind == OP_APPROVE) {
        hold_approve(model, index, amount, op->now_ms);
    } else if (op->kind == OP_PAY) {
        hold_pay(model, index, amount, op->now_ms);
    } else if (op->kind == OP_RECOVER) {
        hold_recover(model, index, amount, op->now_ms);
    } else {
        hold_release(model, index, amount, op->now_ms);
    }
    return MODEL_OK;
}

static ModelEnd play_reserve(Model *model, const Op *op) {
    int32_t fund = model_fund_find(model, op->path);
    if (fund < 0) {
        return MODEL_NOT_FOUND;
    }
    return hold_make(model, fund, op->amount, op) < 0 ? MODEL_CONFLICT : MODEL_OK;
}

static int32_t root_of(const Model *model, int32_t fund) {
    while (model->funds[fund].parent >= 0) {
        fund = model->funds[fund].parent;
    }
    return fund;
}

static void move_add(Model *model, int32_t kind, int32_t hold, int32_t from, int64_t low,
                     int64_t high, int64_t at_ms) {
    if (high > low) {
        step_add(model, kind, hold, low, high, at_ms);
        model->transfers[model->transfer_count - 1].other = from;
    }
}

static ModelEnd play_move(Model *model, const Op *op) {
    int32_t index = hold_find(model, op->target);
    int32_t to = model_fund_find(model, op->path);
    if (index < 0 || to < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelHold *hold = &model->holds[index];
    int32_t from = hold->fund;
    if (root_of(model, from) != root_of(model, to) || from == to) {
        return MODEL_INVALID;
    }
    int64_t amount = hold->reserved + hold->approved;
    if (!way_is_open(model, from) || !way_is_open(model, to) || hold->paid > 0 || amount == 0) {
        return MODEL_CONFLICT;
    }
    way_add(model, from, &(Change){.reserved = -hold->reserved, .approved = -hold->approved});
    if (way_room(model, to) < amount) {
        way_add(model, from, &(Change){.reserved = hold->reserved, .approved = hold->approved});
        return MODEL_CONFLICT;
    }
    way_add(model, to, &(Change){.reserved = hold->reserved, .approved = hold->approved});
    hold->fund = to;
    move_add(model, KIND_MOVE_RESERVED, index, from, hold->approved, amount, op->now_ms);
    move_add(model, KIND_MOVE_APPROVED, index, from, 0, hold->approved, op->now_ms);
    return MODEL_OK;
}

/* ---- coupons ---- */

static int64_t day_of(int64_t ms) {
    return (ms + INT64_C(8) * 3600000) / MODEL_DAY_MS;
}

/* To the end of the n-th day, the first counted; not beyond the year (2027-01-01 is day 20819). */
static int64_t expiry(int64_t now_ms, const ModelPot *pot) {
    int64_t end = day_of(now_ms) + pot->validity_days;
    end = end < 20819 ? end : 20819;
    return end * MODEL_DAY_MS - INT64_C(8) * 3600000;
}

static const ModelPot *pot_of(const Model *model, int32_t category) {
    return &model->pots[category == MODEL_CATEGORIES - 1];
}

static int32_t coupon_find(const Model *model, int64_t number) {
    for (int32_t i = 0; i < model->coupon_count; i++) {
        if (model->coupons[i].made_by == number) {
            return i;
        }
    }
    return -1;
}

static ModelEnd play_claim(Model *model, const Op *op) {
    const ModelPot *pot = pot_of(model, op->category);
    int64_t count = 0;
    bool is_live = false;
    for (int32_t i = 0; i < model->coupon_count; i++) {
        const ModelCoupon *coupon = &model->coupons[i];
        if (coupon->person == op->person && coupon->category == op->category) {
            count += coupon->state != COUPON_RETURNED;
            is_live = is_live || coupon->state <= COUPON_SETTLED;
        }
    }
    if (!pot->is_open || count >= pot->claims_max || is_live) {
        return MODEL_CONFLICT;
    }
    int32_t hold = hold_make(model, pot->fund, model_cap_fen(op->category), op);
    if (hold < 0) {
        return MODEL_CONFLICT;
    }
    must(model->coupon_count < model->room, "room for coupons");
    model->coupons[model->coupon_count++] = (ModelCoupon){.made_by = op->number,
                                                          .person = op->person,
                                                          .category = op->category,
                                                          .hold = hold,
                                                          .state = COUPON_CLAIMED,
                                                          .amount = model_cap_fen(op->category),
                                                          .claimed_ms = op->now_ms,
                                                          .expires_ms = expiry(op->now_ms, pot)};
    return MODEL_OK;
}

static void coupon_end(Model *model, ModelCoupon *coupon, CouponState state, int64_t at_ms) {
    const ModelHold *hold = &model->holds[coupon->hold];
    coupon->state = state;
    hold_release(model, coupon->hold, hold->reserved + hold->approved, at_ms);
}

static ModelEnd play_withdraw(Model *model, const Op *op) {
    int32_t index = coupon_find(model, op->target);
    if (index < 0 || model->coupons[index].person != op->person) {
        return MODEL_NOT_FOUND;
    }
    if (model->coupons[index].state != COUPON_CLAIMED) {
        return MODEL_CONFLICT;
    }
    coupon_end(model, &model->coupons[index], COUPON_WITHDRAWN, op->now_ms);
    return MODEL_OK;
}

/* The oldest first, then the one that was claimed first. */
static ModelEnd play_expire(Model *model, const Op *op, int64_t *answer) {
    for (*answer = 0; *answer < op->amount; ++*answer) {
        ModelCoupon *due = NULL;
        for (int32_t i = 0; i < model->coupon_count; i++) {
            ModelCoupon *coupon = &model->coupons[i];
            if (coupon->state == COUPON_CLAIMED && coupon->expires_ms <= op->now_ms &&
                (due == NULL || coupon->expires_ms < due->expires_ms)) {
                due = coupon;
            }
        }
        if (due == NULL) {
            break;
        }
        coupon_end(model, due, COUPON_EXPIRED, op->now_ms);
    }
    return MODEL_OK;
}

/* ---- sales ---- */

static int32_t sale_find(const Model *model, int64_t number) {
    for (int32_t i = 0; i < model->sale_count; i++) {
        if (model->sales[i].made_by == number) {
            return i;
        }
    }
    return -1;
}

static bool serial_is_used(const Model *model, int64_t serial) {
    for (int32_t i = 0; i < model->sale_count; i++) {
        const ModelSale *sale = &model->sales[i];
        if (sale->serial == serial && sale->state != SALE_RETURNED &&
            sale->state != SALE_RECOVERED) {
            return true;
        }
    }
    return false;
}

static ModelEnd play_redeem(Model *model, const Op *op, int64_t *answer) {
    if (model->is_suspended[op->shop]) {
        return MODEL_DENIED;
    }
    int32_t index = coupon_find(model, op->target);
    if (index < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelCoupon *coupon = &model->coupons[index];
    if (coupon->category != op->category || coupon->state != COUPON_CLAIMED ||
        coupon->expires_ms <= op->now_ms || serial_is_used(model, op->serial) ||
        !way_is_open(model, model->holds[coupon->hold].fund)) {
        return MODEL_CONFLICT;
    }
    /* A phone above 6,000 yuan gets nothing. */
    if (op->category == MODEL_CATEGORIES - 1 && op->amount > 600000) {
        return MODEL_CONFLICT;
    }
    int64_t subsidy = op->amount * 15 / 100;
    subsidy = subsidy < coupon->amount ? subsidy : coupon->amount;
    if (coupon->amount > subsidy) {
        hold_release(model, coupon->hold, coupon->amount - subsidy, op->now_ms);
    }
    hold_approve(model, coupon->hold, subsidy, op->now_ms);
    coupon->state = COUPON_REDEEMED;
    coupon->amount = subsidy;
    must(model->sale_count < model->room, "room for sales");
    model->sales[model->sale_count++] = (ModelSale){.made_by = op->number,
                                                    .serial = op->serial,
                                                    .coupon = index,
                                                    .shop = op->shop,
                                                    .settlement = -1,
                                                    .state = SALE_REDEEMED,
                                                    .subsidy = subsidy};
    *answer = subsidy;
    return MODEL_OK;
}

/* The rule of 2026: a return gives the coupon back, when the pot can. */
static void coupon_restore(Model *model, ModelCoupon *coupon, const Op *op) {
    const ModelPot *pot = pot_of(model, coupon->category);
    const ModelHold *old = &model->holds[coupon->hold];
    int64_t amount = old->released + old->recovered;
    int32_t hold = hold_make(model, pot->fund, amount, op);
    if (hold < 0) {
        return;
    }
    coupon->hold = hold;
    coupon->state = COUPON_CLAIMED;
    coupon->amount = amount;
    coupon->expires_ms = expiry(op->now_ms, pot);
}

static ModelEnd play_return(Model *model, const Op *op) {
    int32_t index = sale_find(model, op->target);
    if (index < 0 || model->sales[index].shop != op->shop) {
        return MODEL_NOT_FOUND;
    }
    ModelSale *sale = &model->sales[index];
    if (sale->state == SALE_PAID) {
        sale->state = SALE_RECOVERING;
        sale->returned_by = op->user;
        return MODEL_OK;
    }
    if (sale->state != SALE_REDEEMED) {
        return MODEL_CONFLICT;
    }
    ModelCoupon *coupon = &model->coupons[sale->coupon];
    sale->state = SALE_RETURNED;
    coupon_end(model, coupon, COUPON_RETURNED, op->now_ms);
    coupon_restore(model, coupon, op);
    return MODEL_OK;
}

static ModelEnd play_sale_recover(Model *model, const Op *op) {
    int32_t index = sale_find(model, op->target);
    if (index < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelSale *sale = &model->sales[index];
    if (sale->state != SALE_RECOVERING) {
        return MODEL_CONFLICT;
    }
    if (sale->returned_by == op->user) {
        return MODEL_DENIED;
    }
    ModelCoupon *coupon = &model->coupons[sale->coupon];
    sale->state = SALE_RECOVERED;
    coupon->state = COUPON_RETURNED;
    hold_recover(model, coupon->hold, sale->subsidy, op->now_ms);
    coupon_restore(model, coupon, op);
    return MODEL_OK;
}

/* ---- settlements ---- */

static ModelEnd play_settle(Model *model, const Op *op, int64_t *answer) {
    if (model->is_suspended[op->shop]) {
        return MODEL_CONFLICT;
    }
    ModelSettlement settlement = {.made_by = op->number, .shop = op->shop};
    must(model->settlement_count < model->room, "room for settlements");
    for (int32_t i = 0; i < model->sale_count; i++) {
        ModelSale *sale = &model->sales[i];
        if (sale->shop == op->shop && sale->state == SALE_REDEEMED && settlement.count < 1000) {
            sale->state = SALE_IN_BATCH;
            sale->settlement = model->settlement_count;
            settlement.count++;
            settlement.total += sale->subsidy;
        }
    }
    if (settlement.count == 0) {
        return MODEL_CONFLICT;
    }
    model->settlements[model->settlement_count++] = settlement;
    *answer = settlement.total;
    return MODEL_OK;
}

static int32_t settlement_find(const Model *model, int64_t number) {
    for (int32_t i = 0; i < model->settlement_count; i++) {
        if (model->settlements[i].made_by == number) {
            return i;
        }
    }
    return -1;
}

static ModelEnd play_settle_pay(Model *model, const Op *op) {
    int32_t index = settlement_find(model, op->target);
    if (index < 0) {
        return MODEL_NOT_FOUND;
    }
    ModelSettlement *settlement = &model->settlements[index];
    if (model->is_suspended[settlement->shop] || settlement->is_paid) {
        return MODEL_CONFLICT;
    }
    for (int32_t i = 0; i < model->sale_count; i++) {
        const ModelCoupon *coupon = &model->coupons[model->sales[i].coupon];
        if (model->sales[i].settlement == index &&
            !way_is_open(model, model->holds[coupon->hold].fund)) {
            return MODEL_CONFLICT;
        }
    }
    for (int32_t i = 0; i < model->sale_count; i++) {
        ModelSale *sale = &model->sales[i];
        if (sale->settlement == index) {
            ModelCoupon *coupon = &model->coupons[sale->coupon];
            hold_pay(model, coupon->hold, coupon->amount, op->now_ms);
            coupon->state = COUPON_SETTLED;
            sale->state = SALE_PAID;
        }
    }
    settlement->is_paid = true;
    return MODEL_OK;
}

/* ---- rules of the day ---- */

static ModelEnd play_pot(Model *model, const Op *op) {
    ModelPot *pot = &model->pots[op->category];
    pot->is_open = op->flag;
    pot->claims_max = op->amount;
    return MODEL_OK;
}

static ModelEnd play_shop_state(Model *model, const Op *op) {
    if (model->is_suspended[op->shop] == op->flag) {
        return MODEL_CONFLICT;
    }
    model->is_suspended[op->shop] = op->flag;
    return MODEL_OK;
}

ModelEnd model_play(Model *model, const Op *op, int64_t *answer) {
    *answer = 0;
    switch (op->kind) {
    case OP_TOP_UP:
        return play_top_up(model, op);
    case OP_RECLAIM:
        return play_reclaim(model, op);
    case OP_REALLOCATE:
        return play_reallocate(model, op);
    case OP_FREEZE:
    case OP_UNFREEZE:
        return play_freeze(model, op);
    case OP_CREATE:
        return play_create(model, op);
    case OP_CLOSE:
        return play_close(model, op);
    case OP_RESERVE:
        return play_reserve(model, op);
    case OP_RELEASE:
    case OP_RELEASE_ALL:
    case OP_APPROVE:
    case OP_PAY:
    case OP_RECOVER:
        return play_hold(model, op);
    case OP_MOVE:
        return play_move(model, op);
    case OP_CLAIM:
        return play_claim(model, op);
    case OP_WITHDRAW:
        return play_withdraw(model, op);
    case OP_REDEEM:
        return play_redeem(model, op, answer);
    case OP_RETURN:
        return play_return(model, op);
    case OP_EXPIRE:
        return play_expire(model, op, answer);
    case OP_SETTLE:
        return play_settle(model, op, answer);
    case OP_SETTLE_PAY:
        return play_settle_pay(model, op);
    case OP_SALE_RECOVER:
        return play_sale_recover(model, op);
    case OP_POT:
        return play_pot(model, op);
    case OP_SHOP_STATE:
        return play_shop_state(model, op);
    case OP_COUNT:
        break;
    }
    return MODEL_INVALID;
}

/* ---- the start, and the check of the model itself ---- */

void model_reset(Model *model) {
    model->fund_count = 0;
    model->hold_count = 0;
    model->transfer_count = 0;
    model->coupon_count = 0;
    model->sale_count = 0;
    model->settlement_count = 0;
    memset(model->is_suspended, 0, sizeof model->is_suspended);
    for (int32_t i = 0; i < model_start_fund_count; i++) {
        const StartFund *start = &model_start_funds[i];
        int32_t fund = fund_add(model, start->path, start->is_cap);
        if (model->funds[fund].parent < 0) {
            model->funds[fund].is_reusable = start->is_reusable;
            memcpy(model->funds[fund].rate_bp, start->rate_bp, sizeof start->rate_bp);
        }
        give(model, KIND_APPROPRIATE, fund, start->appropriated, 0);
    }
    for (int32_t i = 0; i < MODEL_POTS; i++) {
        model->pots[i] = (ModelPot){.fund = model_fund_find(model, model_pot_paths[i]),
                                    .validity_days = MODEL_VALIDITY_DAYS,
                                    .claims_max = MODEL_CLAIMS_MAX,
                                    .is_open = true};
    }
}

void model_init(Model *model, int32_t room) {
    memset(model, 0, sizeof *model);
    model->room = room + 100;
    size_t count = (size_t)model->room;
    model->holds = calloc(count * 2, sizeof *model->holds);
    model->transfers = calloc(count * 4, sizeof *model->transfers);
    model->coupons = calloc(count, sizeof *model->coupons);
    model->sales = calloc(count, sizeof *model->sales);
    model->settlements = calloc(count, sizeof *model->settlements);
    must(model->holds != NULL && model->transfers != NULL && model->coupons != NULL &&
             model->sales != NULL && model->settlements != NULL,
         "memory");
    model_reset(model);
}

/* What the holds of a node and below add up to. (Not what was released: that stays with the fund
 * that a moved hold has left.) */
static void sums_add(const Model *model, ModelFund *sums) {
    for (int32_t i = 0; i < model->hold_count; i++) {
        const ModelHold *hold = &model->holds[i];
        bool is_reusable = model->funds[hold->fund].is_reusable;
        for (int32_t node = hold->fund; node >= 0; node = model->funds[node].parent) {
            sums[node].reserved += hold->reserved;
            sums[node].approved += hold->approved;
            sums[node].paid += hold->paid - (is_reusable ? hold->recovered : 0);
            sums[node].recovered += hold->recovered;
        }
    }
    for (int32_t i = 0; i < model->fund_count; i++) {
        if (!model->funds[i].is_cap && model->funds[i].parent >= 0) {
            sums[model->funds[i].parent].allocated += model->funds[i].appropriated;
        }
    }
}

const char *model_self_check(const Model *model) {
    static ModelFund sums[MODEL_FUNDS_MAX];
    memset(sums, 0, sizeof sums);
    sums_add(model, sums);
    for (int32_t i = 0; i < model->fund_count; i++) {
        const ModelFund *fund = &model->funds[i];
        const ModelFund *sum = &sums[i];
        if (fund->reserved != sum->reserved || fund->approved != sum->approved ||
            fund->paid != sum->paid || fund->recovered != sum->recovered ||
            fund->allocated != sum->allocated) {
            return "a fund is not the sum of its holds";
        }
        if (used_of(fund) > fund->appropriated || free_of(fund) < 0) {
            return "a fund is overspent";
        }
        int64_t parts = 0;
        for (int level = 0; level < MODEL_LEVELS; level++) {
            parts += fund->paid_shares[level];
        }
        if (parts != fund->paid) {
            return "the shares of a fund do not add up";
        }
    }
    return NULL;
}
