/*
 * demo_year.c - a year of activity: each case is a person's way from the claim to the certified end
 * of the old thing; its steps become events, all events are put in order of time, and the offices
 * work them one after another through the write door. A step whose case has ended before is
 * refused by the office itself, as in real life.
 */
#include "base/vec.h"
#include "main/demo_fraud.h"
#include "office/coupon/coupon.h"
#include "office/mark/mark.h"
#include "office/pickup/pickup.h"
#include "office/policy/policy.h"
#include "office/recycle/recycle.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    CLAIMS_PER_100_RESIDENTS = 40,
    REDEEM_BP = 7800,
    WITHDRAW_BP = 600,
    RETURN_BP = 250,
    PICKUP_BP = 4500,
    COLLECT_BP = 9400,
    CERTIFY_BP = 9000,
    FRAUD_RAISED_BP = 60,      /* of sales: price filed up, sold, filed down again */
    FRAUD_LATE_RETURN_BP = 40, /* of sales: taken back after the shop was paid */
    FRAUD_ZERO_BP = 10,        /* of sales: a unit "sold" for one yuan */
    FRAUD_RUN_BP = 15,         /* of cases: begins a run of units that nobody bought */
    FRAUD_RUN_UNITS = 8,
    FRAUD_ZERO_FEN = 100,
    /* What honest shops do too: dearer filings, and deliveries with neighbouring serials. */
    HONEST_DEARER_BP = 80,
    HONEST_DELIVERY_BP = 3000,
    HONEST_SERIAL_GAP = 12,
    SETTLE_EVERY_DAYS = 30,
    PAY_AFTER_DAYS = 12,
    RING_TRIES = 8,
    IN_FLIGHT_MAX = 128,
    EVENT_NAME_BYTES = 32,
};

/* X(NAME, command) */
#define EVENT_LIST(X)                                                                              \
    X(CLAIM, "coupon.claim")                                                                       \
    X(WITHDRAW, "coupon.withdraw")                                                                 \
    X(RAISE, "price.file")                                                                         \
    X(DEARER, "price.file")                                                                        \
    X(REDEEM, "sale.redeem")                                                                       \
    X(LOWER, "price.file")                                                                         \
    X(RETURN, "sale.return")                                                                       \
    X(BOOK, "pickup.book")                                                                         \
    X(COLLECT, "pickup.collect")                                                                   \
    X(CERTIFY, "certificate.make")                                                                 \
    X(SETTLE, "settlement.make")                                                                   \
    X(PAY, "settlement.pay")                                                                       \
    X(EXPIRE, "coupon.expire")

typedef enum EventKind {
#define X(name, command) EVENT_##name,
    EVENT_LIST(X)
#undef X
} EventKind;

typedef struct Case {
    Demo *demo;
    const DemoResident *resident;
    DemoShop *shop;
    size_t product; /* index in the shop's list */
    const CityCategory *category;
    PolicyAnswer answer;
    Str code;
    Str serial;
    Str old_serial;
    Str invoice;
    Money price;
    int64_t coupon_id;
    int64_t sale_id;
    int64_t returned_id; /* the sale again, once it has been taken back */
    Pickup pickup;
    int64_t settlement_id;
    Money usual;  /* the shop's filed price when the case was planned */
    Money dearer; /* filed for good before the sale; 0: nothing changes */
    DemoHome home;
} Case;

typedef struct Event {
    int64_t at_ms;
    int64_t order; /* of making, so that sorting is total */
    EventKind kind;
    Case *of;
} Event;

typedef struct EventVec VEC(Event) EventVec;

/* ---- the work of each event ---- */

static Status claim_event(Cx *cx, DbConn *conn, const Event *event) {
    Case *it = event->of;
    CouponClaim claim = {.person_id = it->resident->id,
                         .category = it->category,
                         .answer = &it->answer,
                         .code = it->code,
                         .day = day_of_instant(event->at_ms),
                         .now_ms = event->at_ms};
    TRY(coupon_claim(cx, conn, &claim, &it->coupon_id));
    MarkUse use = {.kind = MARK_DEVICE,
                   .hash = it->home.device_hash,
                   .subject = STR("coupon"),
                   .subject_id = it->coupon_id,
                   .person_id = it->resident->id,
                   .now_ms = event->at_ms};
    return mark_put(cx, conn, &use);
}

static Status price_event(Cx *cx, DbConn *conn, const Event *event) {
    const Case *it = event->of;
    const DemoProduct *product = it->shop->products[it->product];
    /* 先涨后补: a fifth more on the filing, back again after the sale. */
    Money raised = {it->usual.fen * 12 / 10 / 100 * 100};
    FiledPrice price = {.org_id = it->shop->org_id,
                        .gtin = product->gtin,
                        .title = product->title,
                        .programme = product->category->programme,
                        .category = product->category->code,
                        .efficiency_level = product->level,
                        .price = event->kind == EVENT_RAISE    ? raised
                                 : event->kind == EVENT_DEARER ? it->dearer
                                                               : it->usual,
                        .filed_ms = event->at_ms};
    return shop_price_file(cx, conn, &price, &price.id);
}

static Status redeem_event(Cx *cx, DbConn *conn, const Event *event) {
    Case *it = event->of;
    const DemoProduct *product = it->shop->products[it->product];
    TillSale sale = {.org_id = it->shop->org_id,
                     .sold_by = it->shop->user_id,
                     .code = it->code,
                     .gtin = product->gtin,
                     .serial = it->serial,
                     .invoice = it->invoice,
                     .invoice_day = day_of_instant(event->at_ms),
                     .price = it->price,
                     .buyer_hash = it->resident->name_hash,
                     .payer_hash = it->resident->name_hash,
                     .recipient_hash = it->resident->name_hash,
                     .address_hash = it->home.address_hash,
                     .now_ms = event->at_ms};
    SaleResult result = {0};
    TRY(shop_redeem(cx, conn, &it->demo->house->city, &sale, &result));
    it->sale_id = result.sale_id;
    return STATUS_OK;
}

static Status book_event(Cx *cx, DbConn *conn, const Event *event) {
    Case *it = event->of;
    it->pickup.booked_ms = event->at_ms;
    it->pickup.coupon_id = it->coupon_id;
    return pickup_book(cx, conn, &it->demo->house->city, &it->pickup);
}

static int64_t driver_of(const Demo *demo, int64_t org_id) {
    for (size_t i = 0; i < demo->recycler_count; i++) {
        if (demo->recyclers[i].org_id == org_id) {
            return demo->recyclers[i].driver_id;
        }
    }
    return 0;
}

static Status collect_event(Cx *cx, DbConn *conn, const Event *event) {
    const Case *it = event->of;
    int64_t gross = it->shop->products[it->product]->old_gram + 500;
    PickupCollect collect = {.pickup_id = it->pickup.id,
                             .driver_id = driver_of(it->demo, it->pickup.org_id),
                             .org_id = it->pickup.org_id,
                             .old_serial = it->old_serial,
                             .gross_gram = gross,
                             .tare_gram = 500,
                             /* About 1.5 yuan a kilogram: invented for the demo. */
                             .paid = {gross / 1000 * 150},
                             .sign = it->pickup.id % 3 == 0 ? PICKUP_SIGN_PAPER : PICKUP_SIGN_CODE,
                             .now_ms = event->at_ms};
    return recycle_collect(cx, conn, &collect);
}

static Status certify_event(Cx *cx, DbConn *conn, const Event *event) {
    const Case *it = event->of;
    CertificateNew new = {.pickup_id = it->pickup.id,
                          .org_id = it->pickup.org_id,
                          .made_by = driver_of(it->demo, it->pickup.org_id),
                          .method = STR("dismantled"),
                          .ended_day = day_of_instant(event->at_ms),
                          .now_ms = event->at_ms};
    int64_t id = 0;
    return recycle_certify(cx, conn, &new, &id);
}

static Status settle_event(Cx *cx, DbConn *conn, const Event *event) {
    Case *it = event->of;
    return shop_settlement_make(cx, conn, it->shop->org_id, it->demo->finance_id, event->at_ms,
                                &it->settlement_id);
}

static Status pay_event(Cx *cx, DbConn *conn, const Event *event) {
    const Case *it = event->of;
    SettlementPaid paid = {.settlement_id = it->settlement_id,
                           .paid_by = it->demo->finance2_id,
                           .bank_reference =
                               str_print(cx->arena, "YS%012" PRId64, it->settlement_id),
                           .now_ms = event->at_ms};
    return shop_settlement_pay(cx, conn, &paid);
}

static Status expire_event(Cx *cx, DbConn *conn, const Event *event) {
    int64_t count = 0;
    TRY(coupon_expire(cx, conn, event->at_ms, INT32_MAX, &count));
    /* A day on which nothing lapses leaves no entry. */
    return count > 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static Status event_work(Cx *cx, DbConn *conn, void *input) {
    const Event *event = input;
    switch (event->kind) {
    case EVENT_CLAIM:
        return claim_event(cx, conn, event);
    case EVENT_WITHDRAW:
        return coupon_withdraw(cx, conn, event->of->coupon_id, event->of->resident->id,
                               event->at_ms);
    case EVENT_RAISE:
    case EVENT_DEARER:
    case EVENT_LOWER:
        return price_event(cx, conn, event);
    case EVENT_REDEEM:
        return redeem_event(cx, conn, event);
    case EVENT_RETURN:
        TRY(shop_return(cx, conn, event->of->sale_id, event->of->shop->org_id, event->at_ms));
        event->of->returned_id = event->of->sale_id;
        return STATUS_OK;
    case EVENT_BOOK:
        return book_event(cx, conn, event);
    case EVENT_COLLECT:
        return collect_event(cx, conn, event);
    case EVENT_CERTIFY:
        return certify_event(cx, conn, event);
    case EVENT_SETTLE:
        return settle_event(cx, conn, event);
    case EVENT_PAY:
        return pay_event(cx, conn, event);
    case EVENT_EXPIRE:
        return expire_event(cx, conn, event);
    }
    return STATUS_INVALID;
}

static DbActor event_actor(const Event *event) {
    const Case *it = event->of;
    DbActor actor = {.origin = STR("command")};
    switch (event->kind) {
    case EVENT_CLAIM:
    case EVENT_WITHDRAW:
    case EVENT_BOOK:
        actor.user_id = it->resident->id;
        actor.role = STR("resident");
        return actor;
    case EVENT_RAISE:
    case EVENT_DEARER:
    case EVENT_LOWER:
    case EVENT_REDEEM:
    case EVENT_RETURN:
        actor.user_id = it->shop->user_id;
        actor.role = STR("shop");
        return actor;
    case EVENT_SETTLE:
        actor.user_id = it->demo->finance_id;
        actor.role = STR("finance");
        return actor;
    case EVENT_PAY:
        actor.user_id = it->demo->finance2_id;
        actor.role = STR("finance");
        return actor;
    case EVENT_COLLECT:
        actor.role = STR("driver");
        return actor;
    case EVENT_CERTIFY:
        actor.role = STR("recycler");
        return actor;
    case EVENT_EXPIRE:
        break;
    }
    actor.role = STR("system");
    return actor;
}

/* ---- planning a case ---- */

typedef struct Planner {
    Demo *demo;
    EventVec events;
    int64_t serial_next;
    DemoShop *run_shop; /* whose run of made-up units is being planned */
    int64_t run_left;
    int64_t run_serial;
} Planner;

static void event_add(Planner *planner, EventKind kind, Case *of, int64_t at_ms) {
    *vec_push(planner->demo->cx->arena, &planner->events) =
        (Event){at_ms, (int64_t)planner->events.count, kind, of};
}

/* An instant of a day between 8 and 20 o'clock, to the second. */
static int64_t instant_in(Planner *planner, Day day) {
    return day_start_ms(day) + prng_between(&planner->demo->prng, 8 * 3600, 20 * 3600) * 1000;
}

static const CityCategory *category_on(const Demo *demo, const DemoProduct *product, Day day) {
    return city_category(&demo->house->city, product->category->programme, day_parts(day).year,
                         product->category->code);
}

static Status case_decide(Planner *planner, Case *it, Day day) {
    const DemoProduct *product = it->shop->products[it->product];
    PolicyGoods goods = {.programme = it->category->programme,
                         .category_name = it->category->name,
                         .efficiency_level = product->level,
                         .price = it->price,
                         .day = day};
    return policy_decide_goods(planner->demo->cx, planner->demo->house->city.policies, &goods,
                               &it->answer);
}

static Str demo_code(Planner *planner) {
    static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    char *code = arena_alloc(planner->demo->cx->arena, 13);
    for (int i = 0; i < 12; i++) {
        code[i] = letters[prng_below(&planner->demo->prng, 32)];
    }
    return (Str){code, 12};
}

/* Most serials have nothing to do with each other; those of one delivery are near each other. */
static Str serial_make(Planner *planner, Case *it, int64_t number) {
    Prng *prng = &planner->demo->prng;
    Arena *arena = planner->demo->cx->arena;
    if (planner->run_left > 0) {
        return str_print(arena, "XN%04" PRId64 "Q%06" PRId64, it->shop->org_id,
                         planner->run_serial++);
    }
    if (prng_chance_bp(prng, HONEST_DELIVERY_BP)) {
        it->shop->serial_next += prng_between(prng, 1, HONEST_SERIAL_GAP);
        return str_print(arena, "DH%04" PRId64 "P%06" PRId64, it->shop->org_id,
                         it->shop->serial_next);
    }
    return str_print(arena, "YS%08" PRIX64 "%04" PRId64, prng_below(prng, UINT32_MAX),
                     number % 10000);
}

static void case_numbers(Planner *planner, Case *it) {
    Arena *arena = planner->demo->cx->arena;
    int64_t number = planner->serial_next++;
    it->code = demo_code(planner);
    it->serial = serial_make(planner, it, number);
    it->old_serial = str_print(arena, "OLD%09" PRId64, number);
    /* 20 digits, the shape of a fully digital invoice; 99 is no province of invoices. */
    it->invoice = str_print(arena, "99%018" PRId64, number);
}

static void plan_pickup(Planner *planner, Case *it, Day bought) {
    Prng *prng = &planner->demo->prng;
    bool is_old = it->shop->products[it->product]->old_gram > 0;
    if (!is_old || !prng_chance_bp(prng, PICKUP_BP)) {
        return;
    }
    Day booked = day_add(bought, (int32_t)prng_between(prng, 0, 5));
    Day slot = day_add(booked, (int32_t)prng_between(prng, 1, PICKUP_DAYS_AHEAD));
    it->pickup = (Pickup){
        .person_id = it->resident->id,
        .category = it->category->code,
        .title = str_print(planner->demo->cx->arena, "旧" STR_FMT, STR_ARG(it->category->name)),
        .town_code = it->resident->town_code,
        .address_sealed = people_seal_text(planner->demo->cx->arena, &planner->demo->house->city,
                                           it->home.address),
        .address_hash = it->home.address_hash,
        .slot_day = slot,
        .slot_part = prng_chance_bp(prng, 5000) ? STR("morning") : STR("afternoon")};
    event_add(planner, EVENT_BOOK, it, instant_in(planner, booked));
    if (!prng_chance_bp(prng, COLLECT_BP)) {
        return;
    }
    event_add(planner, EVENT_COLLECT, it, instant_in(planner, slot));
    if (prng_chance_bp(prng, CERTIFY_BP)) {
        Day ended = day_add(slot, (int32_t)prng_between(prng, 1, 12));
        event_add(planner, EVENT_CERTIFY, it, instant_in(planner, ended));
    }
}

/* A shop that files a fifth more just before the sale, one that pretends a sale, one that files
 * dearer for good as honest shops do. */
static void plan_price(Planner *planner, Case *it, int64_t at_ms) {
    Prng *prng = &planner->demo->prng;
    Demo *demo = planner->demo;
    if (prng_chance_bp(prng, FRAUD_RAISED_BP)) {
        it->price.fen = it->usual.fen * 12 / 10 / 100 * 100;
        event_add(planner, EVENT_RAISE, it, at_ms - 3600 * 1000);
        event_add(planner, EVENT_LOWER, it, at_ms + 3600 * 1000);
        demo_label(demo, "price_refiled", "sale", &it->sale_id);
        demo_label(demo, "price_median", "sale", &it->sale_id);
    } else if (prng_chance_bp(prng, FRAUD_ZERO_BP)) {
        it->price.fen = FRAUD_ZERO_FEN;
        demo_label(demo, "zero_price", "sale", &it->sale_id);
    } else if (prng_chance_bp(prng, HONEST_DEARER_BP)) {
        it->dearer.fen = it->usual.fen * prng_between(prng, 102, 112) / 10000 * 100;
        it->shop->prices[it->product] = it->dearer;
        event_add(planner, EVENT_DEARER, it, at_ms - prng_between(prng, 1, 20) * DAY_MS);
    }
}

static void plan_sale(Planner *planner, Case *it, Day claimed) {
    Prng *prng = &planner->demo->prng;
    Day bought = day_add(claimed, (int32_t)prng_between(prng, 0, 6));
    int64_t at_ms = instant_in(planner, bought);
    plan_price(planner, it, at_ms);
    event_add(planner, EVENT_REDEEM, it, at_ms);
    if (prng_chance_bp(prng, FRAUD_LATE_RETURN_BP)) {
        /* Returned after the shop was paid: the subsidy must be recovered. */
        event_add(planner, EVENT_RETURN, it, instant_in(planner, day_add(bought, 60)));
        demo_label(planner->demo, "paid_return", "sale", &it->returned_id);
        return;
    }
    if (prng_chance_bp(prng, RETURN_BP)) {
        Day back = day_add(bought, (int32_t)prng_between(prng, 1, 10));
        event_add(planner, EVENT_RETURN, it, instant_in(planner, back));
        return;
    }
    plan_pickup(planner, it, bought);
}

/* Which shop a case is at: while a run of made-up units lasts, the one that makes them up. */
static DemoShop *shop_pick(Planner *planner) {
    Demo *demo = planner->demo;
    DemoShop *shop = &demo->shops[prng_below(&demo->prng, demo->shop_count)];
    if (planner->run_left == 0 && prng_chance_bp(&demo->prng, FRAUD_RUN_BP) &&
        shop->product_count > 0) {
        planner->run_shop = shop;
        planner->run_left = FRAUD_RUN_UNITS + 1;
        planner->run_serial = prng_between(&demo->prng, 100000, 900000);
    }
    if (planner->run_left > 0) {
        planner->run_left--;
    }
    return planner->run_left > 0 ? planner->run_shop : shop;
}

static void home_choose(Case *it, const DemoRing *ring) {
    demo_home(it->demo, it->resident, &it->home);
    if (ring == NULL || ring->family != NULL) {
        return;
    }
    if (ring->is_address) {
        it->home.address_hash = ring->hash;
    } else {
        it->home.device_hash = ring->hash;
    }
}

/* One case on a day; none when what was drawn is not subsidised in that year. A ring's sale is
 * always made; who is NULL for anybody. */
static Status plan_case(Planner *planner, Day day, const DemoRing *ring, const DemoResident *who) {
    Demo *demo = planner->demo;
    /* Runs of made-up units are planned with the days, one after another. */
    DemoShop *shop =
        ring == NULL ? shop_pick(planner) : &demo->shops[prng_below(&demo->prng, demo->shop_count)];
    if (shop->product_count == 0) {
        return STATUS_OK;
    }
    Case *it = arena_new(demo->cx->arena, Case);
    it->demo = demo;
    it->shop = shop;
    /* The first resident is the visitor's own: her year is empty. */
    it->resident = &demo->residents[1 + prng_below(&demo->prng, demo->resident_count - 1)];
    it->resident = who == NULL ? it->resident : who;
    home_choose(it, ring);
    it->product = prng_below(&demo->prng, shop->product_count);
    it->usual = shop->prices[it->product];
    it->price.fen = it->usual.fen * prng_between(&demo->prng, 88, 100) / 100;
    it->category = category_on(demo, shop->products[it->product], day);
    case_numbers(planner, it);
    if (it->category == NULL) {
        return STATUS_OK;
    }
    TRY(case_decide(planner, it, day));
    if (!it->answer.is_eligible) {
        return STATUS_OK;
    }
    event_add(planner, EVENT_CLAIM, it, instant_in(planner, day));
    if (planner->run_left > 0) {
        demo_label(demo, "serial_run", "sale", &it->sale_id);
    }
    if (planner->run_left > 0 || ring != NULL || prng_chance_bp(&demo->prng, REDEEM_BP)) {
        plan_sale(planner, it, day);
    } else if (prng_chance_bp(&demo->prng, WITHDRAW_BP)) {
        event_add(planner, EVENT_WITHDRAW, it, instant_in(planner, day_add(day, 1)));
    }
    return STATUS_OK;
}

static int64_t claims_on(Demo *demo, Day day) {
    const YamlNode *season = yaml_at(demo->root, "season");
    int64_t weight = 0;
    size_t month = (size_t)day_parts(day).month - 1;
    if (month >= yaml_count(season) ||
        str_int64(yaml_scalar(yaml_item(season, month)), &weight) != STATUS_OK) {
        weight = 1000;
    }
    int64_t year = (int64_t)demo->resident_count * CLAIMS_PER_100_RESIDENTS / 100;
    /* weight / 1000 is the month's factor; weekends are busier. */
    int64_t usual = year * weight / 1000 / 365;
    int64_t busy = day_weekday(day) >= 6 ? usual * 13 / 10 : usual * 9 / 10;
    return busy + prng_between(&demo->prng, 0, busy / 3 + 1);
}

static void plan_settlements(Planner *planner, Day day) {
    Demo *demo = planner->demo;
    for (size_t i = 0; i < demo->shop_count; i++) {
        Case *it = arena_new(demo->cx->arena, Case);
        it->demo = demo;
        it->shop = &demo->shops[i];
        int64_t at_ms = day_start_ms(day) + (9 * 3600 + (int64_t)i) * 1000;
        event_add(planner, EVENT_SETTLE, it, at_ms);
        event_add(planner, EVENT_PAY, it, at_ms + PAY_AFTER_DAYS * DAY_MS);
    }
}

static Status plan_year(Planner *planner) {
    Demo *demo = planner->demo;
    for (Day day = demo->first; day_compare(day, demo->last) <= 0; day = day_add(day, 1)) {
        TRY(cx_step(demo->cx));
        int64_t count = claims_on(demo, day);
        for (int64_t i = 0; i < count; i++) {
            TRY(plan_case(planner, day, NULL, NULL));
        }
        Case *it = arena_new(demo->cx->arena, Case);
        it->demo = demo;
        event_add(planner, EVENT_EXPIRE, it, day_start_ms(day) + 1000);
        if ((day.number - demo->first.number) % SETTLE_EVERY_DAYS == SETTLE_EVERY_DAYS - 1) {
            plan_settlements(planner, day);
        }
    }
    return STATUS_OK;
}

/* They know what is subsidised: a case that comes to nothing is tried again with other goods. */
static Status plan_member(Planner *planner, const DemoRing *ring, const DemoResident *who) {
    size_t before = planner->events.count;
    for (int tries = 0; tries < RING_TRIES && planner->events.count == before; tries++) {
        uint64_t days = (uint64_t)ring->days;
        Day day = day_add(ring->first, (int32_t)prng_below(&planner->demo->prng, days));
        TRY(plan_case(planner, day, ring, who));
    }
    return STATUS_OK;
}

/* Rings draw from a generator of their own: the other cases are the same without them. */
static Status plan_rings(Planner *planner) {
    size_t count = 0;
    DemoRing *rings = demo_rings(planner->demo, &count);
    Prng years = planner->demo->prng;
    prng_init(&planner->demo->prng, demo_rings_seed(planner->demo));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < rings[i].person_count; k++) {
            const DemoResident *family = rings[i].family;
            TRY(plan_member(planner, &rings[i], family == NULL ? NULL : family + k));
        }
    }
    planner->demo->prng = years;
    return STATUS_OK;
}

/* ---- playing ---- */

static int event_order(const void *left, const void *right) {
    const Event *a = left;
    const Event *b = right;
    if (a->at_ms != b->at_ms) {
        return a->at_ms < b->at_ms ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

typedef struct Flight {
    pthread_mutex_t mutex;
    pthread_cond_t landed;
    int64_t in_flight;
    int64_t done_count;
    int64_t refused_count;
    Status broken; /* DB or IO: the play stops */
} Flight;

/* Runs on the writer's thread. */
static void event_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    (void)answer;
    Flight *flight = context;
    pthread_mutex_lock(&flight->mutex);
    flight->in_flight--;
    flight->done_count += status == STATUS_OK;
    flight->refused_count += status != STATUS_OK && status != STATUS_DB && status != STATUS_IO;
    if (status == STATUS_DB || status == STATUS_IO) {
        flight->broken = status;
    }
    pthread_cond_signal(&flight->landed);
    pthread_mutex_unlock(&flight->mutex);
}

static Status flight_wait(Flight *flight, int64_t in_flight_max) {
    pthread_mutex_lock(&flight->mutex);
    while (flight->in_flight > in_flight_max) {
        pthread_cond_wait(&flight->landed, &flight->mutex);
    }
    Status broken = flight->broken;
    pthread_mutex_unlock(&flight->mutex);
    return broken;
}

static const char *event_command(EventKind kind) {
    static const char *const names[] = {
#define X(name, command) command,
        EVENT_LIST(X)
#undef X
    };
    return names[kind];
}

/* The writer works commands in the order in which they come, so a case's later steps may be sent
 * before its earlier ones have landed. */
static Status events_play(Demo *demo, EventVec *events, Flight *flight,
                          void (*progress)(int64_t done, int64_t total)) {
    int64_t end_ms = day_start_ms(day_add(demo->last, 1));
    size_t count = 0;
    while (count < events->count && events->items[count].at_ms < end_ms) {
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        Event *event = &events->items[i];
        TRY(flight_wait(flight, IN_FLIGHT_MAX));
        DbCommand command = {.name = event_command(event->kind),
                             .actor = event_actor(event),
                             .work = event_work,
                             .input = event,
                             .now_ms = event->at_ms};
        pthread_mutex_lock(&flight->mutex);
        flight->in_flight++;
        pthread_mutex_unlock(&flight->mutex);
        TRY(db_write_later(demo->cx, demo->house->db, &command, event_done, flight));
        if (progress != NULL && i % 256 == 0) {
            progress((int64_t)i, (int64_t)count);
        }
    }
    TRY(flight_wait(flight, 0));
    if (progress != NULL) {
        progress((int64_t)count, (int64_t)count);
    }
    return STATUS_OK;
}

Status demo_year_play(Demo *demo, void (*progress)(int64_t done, int64_t total)) {
    Planner planner = {.demo = demo, .serial_next = 1};
    Flight flight = {.mutex = PTHREAD_MUTEX_INITIALIZER, .landed = PTHREAD_COND_INITIALIZER};
    TRY(plan_year(&planner));
    planner.run_left = 0;
    TRY(plan_rings(&planner));
    qsort(planner.events.items, planner.events.count, sizeof *planner.events.items, event_order);
    Status status = events_play(demo, &planner.events, &flight, progress);
    /* Nothing may be in flight when the cases go away, also after a failure. */
    Status landed = flight_wait(&flight, 0);
    demo->done_count = flight.done_count;
    demo->refused_count = flight.refused_count;
    return status != STATUS_OK ? status : landed;
}
