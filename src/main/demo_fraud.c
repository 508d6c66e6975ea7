/*
 * demo_fraud.c - where people of the demo city live and what they apply with, and the rings that
 * buy with other people's names: one address that all goods go to, or one device that all coupons
 * are claimed from. Beside them what honest people do and looks alike: families in one flat and on
 * one phone, some of whom fit out the flat in all their names, dormitories, a grandchild who helps
 * the neighbours, counters that serve everybody.
 *
 * Rings and homes draw from a generator of their own, so that a city's other facts stay the same
 * with and without them. Everything planted goes through the offices (demo_year.c); a ring's label
 * is its mark, when anything of it came through.
 */
#include "main/demo_fraud.h"

#include "office/mark/mark.h"

#include <inttypes.h>

enum {
    HOME_PERSONS_MAX = 5,
    FLATS_A_FLOOR = 2,
    FLOORS = 6,
    UNITS = 4,
    BUILDINGS = 30,
    DORMITORY_EVERY = 900, /* residents; the first of so many live together, without a room */
    DORMITORY_PERSONS = 9,
    HELPER_EVERY = 120, /* the first of so many apply on a helper's phone */
    HELPER_PERSONS = 4,
    COUNTERS = 2,
    COUNTER_BP = 300,            /* of applications: at a counter of the town, on its machine */
    FAMILY_PHONE_BP = 6000,      /* of families that share one phone */
    RESIDENTS_PER_RING = 600,    /* of each kind */
    RESIDENTS_PER_FITTING = 400, /* a family that buys for its flat within days */
    FITTING_DAYS = 20,
    RESIDENTS_PER_MISFILING = 1500,
    MISFILED_OTHERS_MIN = 2,
    RING_PERSONS_MIN = 3,
    RING_PERSONS_MAX = 14,
    RING_DAYS_MAX = 24,
    SEED_OF_RINGS = 0x52494e47, /* mixed into the city's seed */
};

struct DemoFraud {
    Prng prng;
    size_t *home; /* of each resident, by index */
    bool *shares_phone;
    size_t home_count;
    DemoRing *rings;
    size_t ring_count;
};

/* ---- homes ---- */

static void homes_make(Demo *demo, DemoFraud *fraud) {
    size_t left = 0;
    bool is_shared = false;
    for (size_t i = 0; i < demo->resident_count; i++) {
        if (i % DORMITORY_EVERY == 0) {
            left = DORMITORY_PERSONS;
            fraud->home_count++;
            is_shared = false;
        } else if (left == 0) {
            left = 1 + prng_below(&fraud->prng, HOME_PERSONS_MAX);
            fraud->home_count++;
            is_shared = prng_chance_bp(&fraud->prng, FAMILY_PHONE_BP);
        }
        left--;
        fraud->home[i] = fraud->home_count - 1;
        fraud->shares_phone[i] = is_shared;
    }
}

static Str estate_of(const Demo *demo, size_t number) {
    const YamlNode *list = yaml_at(demo->root, "estates");
    size_t count = yaml_count(list);
    check(count > 0);
    return yaml_scalar(yaml_item(list, number % count));
}

/* One flat in the words of whoever types it. */
static Str flat_text(const Demo *demo, DemoFraud *fraud, size_t home) {
    size_t flat = home;
    size_t room = flat % FLATS_A_FLOOR + 1;
    flat /= FLATS_A_FLOOR;
    room += (flat % FLOORS + 1) * 100;
    flat /= FLOORS;
    size_t unit = flat % UNITS + 1;
    flat /= UNITS;
    size_t building = flat % BUILDINGS + 1;
    size_t phase = flat / BUILDINGS + 1;
    Str estate = estate_of(demo, home);
    switch (prng_below(&fraud->prng, 5)) {
#define FLAT(words) str_print(demo->cx->arena, words, STR_ARG(estate), phase, building, unit, room)
    case 0:
        return FLAT(STR_FMT "%zu期%zu号楼%zu单元%zu室");
    case 1:
        return FLAT(STR_FMT "%zu期%zu栋%zu单元%zu");
    case 2:
        return FLAT(STR_FMT "%zu期%zu-%zu-%zu");
    case 3:
        return FLAT(STR_FMT " %zu期 %zu号楼 %zu单元 %zu 室");
    default:
        return FLAT(STR_FMT "%zu期%02zu号楼%02zu单元%04zu室");
#undef FLAT
    }
}

static Str device_hash(const Demo *demo, const char *what, size_t number) {
    /* The shape of a cookie; a real one is random. */
    Str cookie =
        str_print(demo->cx->arena, "demo-%s-%0*zu", what, (int)(32 - 6 - str_of(what).len), number);
    return mark_device_hash(demo->cx->arena, &demo->house->city, cookie);
}

static size_t index_of(const Demo *demo, const DemoResident *resident) {
    check(resident >= demo->residents && resident < demo->residents + demo->resident_count);
    return (size_t)(resident - demo->residents);
}

void demo_home(Demo *demo, const DemoResident *resident, DemoHome *out) {
    DemoFraud *fraud = demo->fraud;
    size_t index = index_of(demo, resident);
    size_t home = fraud->home[index];
    bool is_dormitory = index % DORMITORY_EVERY < DORMITORY_PERSONS;
    bool is_helped = index % HELPER_EVERY < HELPER_PERSONS;
    *out = (DemoHome){.address = is_dormitory
                                     ? str_print(demo->cx->arena, "演示产业园%zu号宿舍楼", home + 1)
                                     : flat_text(demo, fraud, home)};
    /* Those of one home are registered in several towns; the goods go to one. */
    size_t first = index;
    while (first > 0 && fraud->home[first - 1] == home) {
        first--;
    }
    out->address_hash = mark_address_hash(demo->cx->arena, &demo->house->city,
                                          demo->residents[first].town_code, out->address);
    if (prng_chance_bp(&fraud->prng, COUNTER_BP)) {
        out->device_hash = device_hash(demo, "counter", prng_below(&fraud->prng, COUNTERS));
    } else if (is_helped) {
        out->device_hash = device_hash(demo, "helper", index / HELPER_EVERY);
    } else if (fraud->shares_phone[index]) {
        out->device_hash = device_hash(demo, "home", home);
    } else {
        out->device_hash = device_hash(demo, "own", index);
    }
}

/* ---- rings ---- */

/* Everybody of one home, all for that home. */
static void fitting_plan(Demo *demo, DemoFraud *fraud, DemoRing *ring) {
    size_t first = 1 + prng_below(&fraud->prng, demo->resident_count - 1);
    size_t end = first;
    while (first > 1 && fraud->home[first - 1] == fraud->home[end]) {
        first--;
    }
    while (end < demo->resident_count && fraud->home[end] == fraud->home[first]) {
        end++;
    }
    int32_t year = demo->last.number - demo->first.number + 1;
    *ring = (DemoRing){
        .family = &demo->residents[first],
        .person_count = end - first,
        .days = FITTING_DAYS,
        .first = day_add(demo->first, (int32_t)prng_below(&fraud->prng, (uint64_t)(year - 40)))};
}

static void rings_plan(Demo *demo, DemoFraud *fraud) {
    size_t count = demo->resident_count / RESIDENTS_PER_RING;
    int32_t year = demo->last.number - demo->first.number + 1;
    size_t family_count = demo->resident_count / RESIDENTS_PER_FITTING;
    fraud->ring_count = count * 2 + family_count;
    fraud->rings = arena_array(demo->cx->arena, DemoRing, fraud->ring_count + 1);
    for (size_t i = count * 2; i < fraud->ring_count; i++) {
        fitting_plan(demo, fraud, &fraud->rings[i]);
    }
    for (size_t i = 0; i < count * 2; i++) {
        DemoRing *ring = &fraud->rings[i];
        const char *what = i % 2 == 0 ? "address" : "device";
        ring->is_address = i % 2 == 0;
        ring->person_count = (size_t)prng_between(&fraud->prng, RING_PERSONS_MIN, RING_PERSONS_MAX);
        ring->days = (int32_t)prng_between(&fraud->prng, 1, RING_DAYS_MAX);
        ring->first =
            day_add(demo->first, (int32_t)prng_below(&fraud->prng, (uint64_t)(year - 40)));
        Str town = demo->residents[prng_below(&fraud->prng, demo->resident_count)].town_code;
        ring->hash = ring->is_address
                         ? mark_address_hash(demo->cx->arena, &demo->house->city, town,
                                             str_print(demo->cx->arena, "示意路%zu号库房", i + 1))
                         : device_hash(demo, what, i);
    }
}

/* ---- products filed as something better ---- */

static Status misfile_work(Cx *cx, DbConn *conn, void *input) {
    FiledPrice *price = input;
    return shop_price_file(cx, conn, price, &price->id);
}

/* What a shop files as level 1 though others, who have it too, file it as what it is. */
static bool misfile_choose(const Demo *demo, const DemoShop *shop, size_t *product) {
    for (size_t i = 0; i < shop->product_count; i++) {
        size_t other_count = 0;
        for (size_t k = 0; k < demo->shop_count; k++) {
            const DemoShop *other = &demo->shops[k];
            for (size_t p = 0; other != shop && p < other->product_count; p++) {
                other_count += other->products[p] == shop->products[i];
            }
        }
        if (shop->products[i]->level == 2 && other_count >= MISFILED_OTHERS_MIN) {
            *product = i;
            return true;
        }
    }
    return false;
}

static Status misfile(Demo *demo, DemoShop *shop, size_t product) {
    DemoProduct *lie = arena_new(demo->cx->arena, DemoProduct);
    FiledPrice *price = arena_new(demo->cx->arena, FiledPrice);
    *lie = *shop->products[product];
    lie->level = 1;
    shop->products[product] = lie;
    *price = (FiledPrice){.org_id = shop->org_id,
                          .gtin = lie->gtin,
                          .title = lie->title,
                          .programme = lie->category->programme,
                          .category = lie->category->code,
                          .efficiency_level = lie->level,
                          .price = shop->prices[product],
                          .filed_ms = demo->now_ms + 1};
    demo_label(demo, "gtin_class", "filed_price", &price->id);
    DbActor actor = {.user_id = shop->user_id, .role = STR("shop"), .origin = STR("command")};
    return demo_write(demo, "price.file", actor, misfile_work, price);
}

static Status misfilings_make(Demo *demo, DemoFraud *fraud) {
    size_t wanted = demo->resident_count / RESIDENTS_PER_MISFILING;
    for (size_t tries = 0; wanted > 0 && tries < demo->shop_count; tries++) {
        DemoShop *shop = &demo->shops[prng_below(&fraud->prng, demo->shop_count)];
        size_t product = 0;
        if (misfile_choose(demo, shop, &product)) {
            TRY(misfile(demo, shop, product));
            wanted--;
        }
    }
    return STATUS_OK;
}

DemoRing *demo_rings(Demo *demo, size_t *count) {
    *count = demo->fraud->ring_count;
    return demo->fraud->rings;
}

uint64_t demo_rings_seed(Demo *demo) {
    return prng_next(&demo->fraud->prng);
}

Status demo_fraud_make(Demo *demo) {
    DemoFraud *fraud = arena_new(demo->cx->arena, DemoFraud);
    prng_init(&fraud->prng,
              (uint64_t)demo->settings->number[SETTING_SEED] ^ ((uint64_t)SEED_OF_RINGS << 16));
    fraud->home = arena_array(demo->cx->arena, size_t, demo->resident_count + 1);
    fraud->shares_phone = arena_array(demo->cx->arena, bool, demo->resident_count + 1);
    demo->fraud = fraud;
    homes_make(demo, fraud);
    rings_plan(demo, fraud);
    return misfilings_make(demo, fraud);
}

Status demo_rings_label(Demo *demo) {
    DbConn *conn = NULL;
    Status status = STATUS_OK;
    TRY(db_read_begin(demo->cx, demo->house->db, &conn));
    for (size_t i = 0; i < demo->fraud->ring_count && status == STATUS_OK; i++) {
        DemoRing *ring = &demo->fraud->rings[i];
        if (ring->family != NULL) {
            continue;
        }
        status = mark_find(demo->cx, conn, ring->is_address ? MARK_ADDRESS : MARK_DEVICE,
                           ring->hash, &ring->mark_id);
        demo_label(demo, ring->is_address ? "shared_address" : "shared_device", "mark",
                   &ring->mark_id);
    }
    db_read_end(demo->house->db, conn);
    return status;
}
