/* plan.c - see plan.h. */
#include "sim/plan.h"

#include <stdio.h>
#include <string.h>

enum { TRIES = 6 };

static int32_t below(Prng *prng, int32_t bound) {
    return bound <= 0 ? 0 : (int32_t)prng_below(prng, (uint64_t)bound);
}

static void path_set(char out[MODEL_PATH_BYTES], const char *path) {
    (void)snprintf(out, MODEL_PATH_BYTES, "%s", path);
}

static OpKind kind_draw(Prng *prng) {
    int total = 0;
    for (int i = 0; i < OP_COUNT; i++) {
        total += op_weight((OpKind)i);
    }
    int at = below(prng, total);
    int kind = 0;
    while (at >= op_weight((OpKind)kind)) {
        at -= op_weight((OpKind)kind++);
    }
    return (OpKind)kind;
}

/* An amount around what is there: all of it, one fen more, a part, an odd one. */
static int64_t amount_draw(Prng *prng, int64_t there) {
    switch (below(prng, 8)) {
    case 0:
        return there > 0 ? there : 1;
    case 1:
        return there + 1;
    case 2:
        return prng_between(prng, 1, 999);
    default:
        return there < 2 ? 1 : prng_between(prng, 1, there);
    }
}

static int64_t free_of(const ModelFund *fund) {
    return fund->appropriated - fund->allocated - fund->direct;
}

static void top_up_draw(const Model *model, Prng *prng, Op *op) {
    int32_t fund = below(prng, model->fund_count);
    /* The pots often: they are what runs dry. */
    fund = prng_chance_bp(prng, 4000) ? model->pots[below(prng, MODEL_POTS)].fund : fund;
    int32_t parent = model->funds[fund].parent;
    bool has_giver = parent >= 0 && !model->funds[fund].is_cap;
    int64_t there = has_giver ? free_of(&model->funds[parent]) : 3000000;
    path_set(op->path, model->funds[fund].path);
    op->amount = amount_draw(prng, there < 3000000 ? there : 3000000);
}

static void take_draw(const Model *model, Prng *prng, Op *op) {
    int32_t fund = below(prng, model->fund_count);
    int64_t there = free_of(&model->funds[fund]);
    path_set(op->path, model->funds[fund].path);
    op->amount = amount_draw(prng, there / (prng_chance_bp(prng, 8000) ? 8 : 1));
    if (op->kind != OP_REALLOCATE) {
        return;
    }
    int32_t other = below(prng, model->fund_count);
    for (int try = 0; try < 3 * TRIES && model->funds[other].parent != model->funds[fund].parent;
         try++) {
        other = below(prng, model->fund_count);
    }
    path_set(op->other, model->funds[other].path);
}

static void freeze_draw(const Model *model, Prng *prng, Op *op) {
    int32_t fund = below(prng, model->fund_count);
    for (int try = 0; op->kind == OP_UNFREEZE && try < 60 && !model->funds[fund].is_frozen; try++) {
        fund = below(prng, model->fund_count);
    }
    /* Roots seldom: that stops everything. */
    if (op->kind == OP_FREEZE && model->funds[fund].depth < 4 && prng_chance_bp(prng, 8000)) {
        fund = model->fund_count - 1;
    }
    path_set(op->path, model->funds[fund].path);
}

static void create_draw(const Model *model, Prng *prng, Op *op) {
    int32_t parent = below(prng, model->fund_count);
    if (model->fund_count >= MODEL_FUNDS_MAX - 2 || model->funds[parent].depth > 6) {
        op->kind = OP_FREEZE;
        freeze_draw(model, prng, op);
        return;
    }
    path_set(op->path, model->funds[parent].path);
    (void)snprintf(op->other, sizeof op->other, "n%d", (int)below(prng, 300));
    op->flag = prng_chance_bp(prng, 5000);
}

static void close_draw(const Model *model, Prng *prng, Op *op) {
    /* Mostly funds that were made on the way, so that the pots live. */
    int32_t made = model->fund_count - model_start_fund_count;
    int32_t fund = made > 0 && prng_chance_bp(prng, 9900)
                       ? model_start_fund_count + below(prng, made)
                       : below(prng, model->fund_count);
    path_set(op->path, model->funds[fund].path);
}

static void reserve_draw(const Model *model, Prng *prng, Op *op) {
    int32_t fund = below(prng, model->fund_count);
    int64_t there = model_left(model, fund);
    path_set(op->path, model->funds[fund].path);
    op->amount = amount_draw(prng, there / (prng_chance_bp(prng, 9000) ? 40 : 1));
}

static int64_t hold_amount(const ModelHold *hold, OpKind kind) {
    switch ((int)kind) {
    case OP_APPROVE:
        return hold->reserved;
    case OP_PAY:
        return hold->approved;
    case OP_RECOVER:
        return hold->paid - hold->recovered;
    default:
        return hold->reserved + hold->approved;
    }
}

static void hold_draw(const Model *model, Prng *prng, Op *op) {
    int64_t there = 0;
    for (int try = 0; try < 4 * TRIES && there == 0 && model->hold_count > 0; try++) {
        /* The younger ones more often. */
        int32_t from =
            model->hold_count > 400 && prng_chance_bp(prng, 8000) ? model->hold_count - 400 : 0;
        const ModelHold *hold = &model->holds[from + below(prng, model->hold_count - from)];
        if (hold->is_plain) {
            op->target = hold->made_by;
            there = hold_amount(hold, op->kind);
        }
    }
    op->amount = amount_draw(prng, there);
    if (op->kind == OP_MOVE) {
        path_set(op->path, model->funds[below(prng, model->fund_count)].path);
    }
}

static const ModelCoupon *coupon_draw(const Model *model, Prng *prng) {
    const ModelCoupon *coupon = NULL;
    for (int try = 0; try < 4 * TRIES && model->coupon_count > 0; try++) {
        int32_t from =
            model->coupon_count > 120 && prng_chance_bp(prng, 8000) ? model->coupon_count - 120 : 0;
        coupon = &model->coupons[from + below(prng, model->coupon_count - from)];
        if (coupon->state == COUPON_CLAIMED) {
            break;
        }
    }
    return coupon;
}

static void coupon_use_draw(const Model *model, Prng *prng, Op *op) {
    const ModelCoupon *coupon = coupon_draw(model, prng);
    op->shop = below(prng, MODEL_SHOPS);
    op->serial = op->number;
    op->amount = prng_chance_bp(prng, 3000) ? 2000000 : prng_between(prng, 5000, 1200000);
    if (coupon == NULL) {
        return;
    }
    op->target = coupon->made_by;
    op->person = coupon->person;
    op->category = coupon->category;
    if (prng_chance_bp(prng, 300)) {
        op->person = below(prng, MODEL_PERSONS);
        op->category = below(prng, MODEL_CATEGORIES);
    }
    if (prng_chance_bp(prng, 500) && model->sale_count > 0) {
        op->serial = model->sales[below(prng, model->sale_count)].serial;
    }
}

static void sale_draw(const Model *model, Prng *prng, Op *op) {
    for (int try = 0; try < 4 * TRIES && model->sale_count > 0; try++) {
        const ModelSale *sale = &model->sales[below(prng, model->sale_count)];
        bool is_fit = op->kind == OP_RETURN
                          ? sale->state == SALE_REDEEMED || sale->state == SALE_PAID
                          : sale->state == SALE_RECOVERING;
        op->target = sale->made_by;
        op->shop = prng_chance_bp(prng, 200) ? below(prng, MODEL_SHOPS) : sale->shop;
        if (is_fit) {
            return;
        }
    }
}

static void settlement_draw(const Model *model, Prng *prng, Op *op) {
    for (int try = 0; try < 4 * TRIES && model->settlement_count > 0; try++) {
        const ModelSettlement *settlement =
            &model->settlements[below(prng, model->settlement_count)];
        op->target = settlement->made_by;
        if (!settlement->is_paid) {
            return;
        }
    }
}

static void rule_draw(Prng *prng, Op *op) {
    op->shop = below(prng, MODEL_SHOPS);
    op->flag = prng_chance_bp(prng, op->kind == OP_POT ? 8500 : 3000);
    op->category = below(prng, MODEL_POTS);
    op->amount = prng_chance_bp(prng, 8000) ? MODEL_CLAIMS_MAX : prng_between(prng, 1, 4);
}

void plan_draw(const Model *model, Prng *prng, int64_t number, int64_t now_ms, Op *out) {
    *out = (Op){.kind = kind_draw(prng), .number = number, .now_ms = now_ms, .target = 1};
    out->user = 1 + below(prng, 5);
    switch (out->kind) {
    case OP_TOP_UP:
        top_up_draw(model, prng, out);
        break;
    case OP_RECLAIM:
    case OP_REALLOCATE:
        take_draw(model, prng, out);
        break;
    case OP_FREEZE:
    case OP_UNFREEZE:
        freeze_draw(model, prng, out);
        break;
    case OP_CREATE:
        create_draw(model, prng, out);
        break;
    case OP_CLOSE:
        close_draw(model, prng, out);
        break;
    case OP_RESERVE:
        reserve_draw(model, prng, out);
        break;
    case OP_RELEASE:
    case OP_RELEASE_ALL:
    case OP_APPROVE:
    case OP_PAY:
    case OP_RECOVER:
    case OP_MOVE:
        hold_draw(model, prng, out);
        break;
    case OP_CLAIM:
        out->person = below(prng, MODEL_PERSONS);
        out->category = below(prng, MODEL_CATEGORIES);
        break;
    case OP_WITHDRAW:
    case OP_REDEEM:
        coupon_use_draw(model, prng, out);
        break;
    case OP_RETURN:
    case OP_SALE_RECOVER:
        sale_draw(model, prng, out);
        break;
    case OP_SETTLE_PAY:
        settlement_draw(model, prng, out);
        break;
    case OP_EXPIRE:
        out->amount = prng_between(prng, 1, 30);
        break;
    case OP_SETTLE:
    case OP_POT:
    case OP_SHOP_STATE:
    case OP_COUNT:
        rule_draw(prng, out);
        break;
    }
}

/* ---- at the end of a city's life ---- */

static bool quiet_rules(const Model *model, Op *out) {
    for (int32_t i = 0; i < model->fund_count; i++) {
        if (model->funds[i].is_frozen && !model->funds[i].is_closed) {
            out->kind = OP_UNFREEZE;
            path_set(out->path, model->funds[i].path);
            return true;
        }
    }
    for (int32_t i = 0; i < MODEL_SHOPS; i++) {
        if (model->is_suspended[i]) {
            out->kind = OP_SHOP_STATE;
            out->shop = i;
            return true;
        }
    }
    return false;
}

static bool quiet_sales(const Model *model, Op *out) {
    for (int32_t i = 0; i < model->sale_count; i++) {
        if (model->sales[i].state == SALE_REDEEMED) {
            out->kind = OP_SETTLE;
            out->shop = model->sales[i].shop;
            return true;
        }
    }
    for (int32_t i = 0; i < model->settlement_count; i++) {
        if (!model->settlements[i].is_paid) {
            out->kind = OP_SETTLE_PAY;
            out->target = model->settlements[i].made_by;
            return true;
        }
    }
    return false;
}

/* What was recovered into a fund that had been closed goes back to where it can be given. */
static bool quiet_closed(const Model *model, Op *out) {
    for (int32_t i = 0; i < model->fund_count; i++) {
        const ModelFund *fund = &model->funds[i];
        const int64_t rest = fund->appropriated - fund->allocated - fund->direct;
        if (fund->is_closed && !fund->is_cap && rest > 0) {
            out->kind = OP_RECLAIM;
            out->amount = rest;
            path_set(out->path, fund->path);
            return true;
        }
    }
    return false;
}

bool plan_quiet(const Model *model, int64_t number, int64_t now_ms, Op *out) {
    *out = (Op){.number = number, .now_ms = now_ms, .user = 1};
    if (quiet_rules(model, out) || quiet_sales(model, out)) {
        return true;
    }
    for (int32_t i = 0; i < model->coupon_count; i++) {
        if (model->coupons[i].state == COUPON_CLAIMED) {
            out->kind = OP_WITHDRAW;
            out->target = model->coupons[i].made_by;
            out->person = model->coupons[i].person;
            return true;
        }
    }
    for (int32_t i = 0; i < model->hold_count; i++) {
        const ModelHold *hold = &model->holds[i];
        if (hold->reserved + hold->approved > 0) {
            out->kind = OP_RELEASE_ALL;
            out->target = hold->made_by;
            return true;
        }
    }
    return quiet_closed(model, out);
}

bool plan_fill(const Model *model, int32_t *cursor, int64_t number, int64_t now_ms, Op *out) {
    while (*cursor < model->fund_count) {
        int32_t fund = *cursor;
        int64_t left = model_left(model, fund);
        ++*cursor;
        if (left > 0) {
            *out = (Op){
                .kind = OP_RESERVE, .number = number, .now_ms = now_ms, .user = 1, .amount = left};
            path_set(out->path, model->funds[fund].path);
            return true;
        }
    }
    return false;
}
