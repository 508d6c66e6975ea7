/*
 * demo_city.c - who lives and trades in the demo city. Names come from demo.yaml, numbers from the
 * demo ranges of base/codes; every person and organisation is marked 演示.
 */
#include "base/codes.h"
#include "base/vec.h"
#include "ledger/ledger.h"
#include "main/demo.h"
#include "office/pickup/pickup.h"
#include "office/policy/policy.h"
#include "office/round/round.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>
#include <string.h>

enum {
    PERSONS_PER_COMMAND = 500,
    PRODUCTS_PER_CATEGORY = 6,
    PRODUCTS_PER_SHOP_MIN = 8,
    PRODUCTS_PER_SHOP_MAX = 20,
    SHARED_PHONE_EVERY = 250, /* one resident in so many uses the shared phone and card */
    SHARED_PHONE = 99999,
    HELPED_EVERY = 300, /* the first three of so many use one phone */
    HELPED_PERSONS = 3,
    AGE_MIN_YEARS = 22,
    AGE_MAX_YEARS = 85,
};

static const DbActor system_actor = {.role = {"system", 6}, .origin = {"command", 7}};

Status demo_write(Demo *demo, const char *name, DbActor actor, DbWork *work, void *input) {
    DbCommand command = {
        .name = name, .actor = actor, .work = work, .input = input, .now_ms = demo->now_ms};
    return db_write(demo->cx, demo->house->db, &command, NULL);
}

static Str pick(Demo *demo, const char *key) {
    const YamlNode *list = yaml_at(demo->root, key);
    check(yaml_count(list) > 0);
    return yaml_scalar(yaml_item(list, prng_below(&demo->prng, yaml_count(list))));
}

static Str name_make(Demo *demo) {
    Str surname = pick(demo, "surnames");
    Str first = pick(demo, "given_first");
    if (prng_chance_bp(&demo->prng, (uint32_t)yaml_int_or(demo->root, "given_single_bp", 2000))) {
        return str_join(demo->cx->arena, surname, first);
    }
    Str second = pick(demo, "given_second");
    return str_print(demo->cx->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(surname), STR_ARG(first),
                     STR_ARG(second));
}

static Str town_pick(Demo *demo) {
    const City *city = &demo->house->city;
    int64_t at = (int64_t)prng_below(&demo->prng, RATE_BP_ONE);
    for (size_t i = 0; i < city->town_count; i++) {
        at -= city->towns[i].demo_share_bp;
        if (at < 0) {
            return city->towns[i].code;
        }
    }
    return city->town_count > 0 ? city->towns[0].code : STR("");
}

/* ---- persons ---- */

typedef struct Batch {
    PersonNew *persons;
    int64_t *ids;
    size_t count;
} Batch;

static Status batch_work(Cx *cx, DbConn *conn, void *input) {
    Batch *batch = input;
    for (size_t i = 0; i < batch->count; i++) {
        TRY(people_person_create(cx, conn, &batch->persons[i], &batch->ids[i]));
    }
    return STATUS_OK;
}

static PersonNew resident_new(Demo *demo, size_t index) {
    Arena *arena = demo->cx->arena;
    const City *city = &demo->house->city;
    /* A step coprime to the span spreads birthdays and repeats none before the span is used up, so
     * that birthday and sequence give every resident a number of his own. */
    size_t span = (AGE_MAX_YEARS - AGE_MIN_YEARS) * 365;
    int32_t age_days = AGE_MIN_YEARS * 365 + (int32_t)(index * 7919 % span);
    Day birth = day_add(demo->first, -age_days);
    bool is_male = prng_chance_bp(&demo->prng, 5000);
    uint32_t number = (uint32_t)index;
    /* A fraud of the fact sheet: one phone and one card behind many persons. */
    bool is_fraud = index % SHARED_PHONE_EVERY == SHARED_PHONE_EVERY - 1;
    uint32_t card = is_fraud ? SHARED_PHONE : number;
    /* A helper's phone serves three old people of a village: not a fraud. */
    bool is_helped = index % HELPED_EVERY < HELPED_PERSONS;
    uint32_t phone = is_fraud ? SHARED_PHONE : is_helped ? number - number % HELPED_EVERY : number;
    Str name = name_make(demo);
    Str town = town_pick(demo);
    demo->residents[index].name_hash = people_hash(arena, city, PEOPLE_NAME, name);
    demo->residents[index].town_code = town;
    return (PersonNew){
        .role = ROLE_RESIDENT,
        .login = index == 0 ? STR("resident") : str_print(arena, "r%06zu", index),
        .password_hash = index == 0 ? demo->password_hash : STR_NONE,
        .name = people_seal(arena, city, PEOPLE_NAME, name),
        .id_number = people_seal(arena, city, PEOPLE_ID_NUMBER,
                                 codes_demo_id(arena, birth, is_male, number / (uint32_t)span)),
        .phone = people_seal(arena, city, PEOPLE_PHONE, codes_demo_mobile(arena, phone)),
        .account = people_seal(arena, city, PEOPLE_ACCOUNT, codes_demo_card(arena, card)),
        .birth = birth,
        .town_code = town,
        .is_demo = true,
        .now_ms = demo->now_ms};
}

/* The first resident signs in as "resident" and has a known name, for the till's name check. */
static void first_resident_name(Demo *demo, PersonNew *person) {
    const City *city = &demo->house->city;
    Str name = STR("王安华");
    person->name = people_seal(demo->cx->arena, city, PEOPLE_NAME, name);
    demo->residents[0].name_hash = person->name.hash;
}

static void shared_label(Demo *demo, size_t index) {
    if (index % SHARED_PHONE_EVERY == SHARED_PHONE_EVERY - 1) {
        demo_label(demo, "shared_phone", "person", &demo->residents[index].id);
        demo_label(demo, "shared_account", "person", &demo->residents[index].id);
    }
}

static Status residents_make(Demo *demo) {
    demo->residents = arena_array(demo->cx->arena, DemoResident, demo->resident_count);
    PersonNew *persons = arena_array(demo->cx->arena, PersonNew, PERSONS_PER_COMMAND);
    int64_t *ids = arena_array(demo->cx->arena, int64_t, PERSONS_PER_COMMAND);
    for (size_t done = 0; done < demo->resident_count; done += PERSONS_PER_COMMAND) {
        TRY(cx_step(demo->cx));
        size_t left = demo->resident_count - done;
        Batch batch = {persons, ids, left < PERSONS_PER_COMMAND ? left : PERSONS_PER_COMMAND};
        for (size_t i = 0; i < batch.count; i++) {
            persons[i] = resident_new(demo, done + i);
            if (done + i == 0) {
                first_resident_name(demo, &persons[i]);
            }
        }
        TRY(demo_write(demo, "demo.residents", system_actor, batch_work, &batch));
        for (size_t i = 0; i < batch.count; i++) {
            demo->residents[done + i].id = ids[i];
            shared_label(demo, done + i);
        }
    }
    return STATUS_OK;
}

typedef struct Account {
    Role role;
    Str login;
    Str name;
    int64_t unit_id;
    int64_t org_id;
} Account;

static Status account_make(Demo *demo, const Account *account, int64_t *id) {
    PersonNew person = {
        .role = account->role,
        .login = account->login,
        .password_hash = demo->password_hash,
        .name = people_seal(demo->cx->arena, &demo->house->city, PEOPLE_NAME, account->name),
        .birth = DAY_NONE,
        .unit_id = account->unit_id,
        .org_id = account->org_id,
        .is_demo = true,
        .now_ms = demo->now_ms};
    /* An office is no private person: its account shows its name. */
    person.name.masked = account->name;
    Batch batch = {&person, id, 1};
    return demo_write(demo, "demo.account", system_actor, batch_work, &batch);
}

/* ---- units ---- */

typedef struct UnitFind {
    Str *names;
    int64_t *ids;
    size_t count;
} UnitFind;

static Status units_work(Cx *cx, DbConn *conn, void *input) {
    UnitFind *units = input;
    for (size_t i = 0; i < units->count; i++) {
        TRY(people_unit_put(cx, conn, units->names[i], &units->ids[i]));
    }
    return STATUS_OK;
}

static Status officer_make(Demo *demo, DemoOfficer *officer, int64_t unit_id, size_t number) {
    Arena *arena = demo->cx->arena;
    bool is_main = str_equal(officer->name, STR("市商务局"));
    officer->login = is_main ? STR("officer") : str_print(arena, "unit%02zu", number);
    officer->head_login = str_print(arena, "head%02zu", number);
    Account account = {.role = ROLE_OFFICER,
                       .login = officer->login,
                       .name = str_print(arena, STR_FMT "经办", STR_ARG(officer->name)),
                       .unit_id = unit_id};
    TRY(account_make(demo, &account, &officer->person_id));
    account.login = officer->head_login;
    account.name = str_print(arena, STR_FMT "负责人", STR_ARG(officer->name));
    return account_make(demo, &account, &officer->head_id);
}

static Status officers_make(Demo *demo) {
    Str path = str_print(demo->cx->arena, STR_FMT "/units.yaml", STR_ARG(demo->house->city.folder));
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    TRY(yaml_file(demo->cx, path, 1024 * 1024, &text));
    TRY(yaml_read(demo->cx, path, text, &root));
    const YamlNode *list = yaml_at(root, "units");
    UnitFind units = {.count = yaml_count(list)};
    units.names = arena_array(demo->cx->arena, Str, units.count + 1);
    units.ids = arena_array(demo->cx->arena, int64_t, units.count + 1);
    for (size_t i = 0; i < units.count; i++) {
        TRY(yaml_text(demo->cx, yaml_item(list, i), "name", &units.names[i]));
    }
    TRY(demo_write(demo, "demo.units", system_actor, units_work, &units));
    demo->officers = arena_array(demo->cx->arena, DemoOfficer, units.count + 1);
    demo->officer_count = units.count;
    for (size_t i = 0; i < units.count; i++) {
        DemoOfficer *officer = &demo->officers[i];
        officer->name = units.names[i];
        officer->unit_id = units.ids[i];
        TRY(yaml_text(demo->cx, yaml_item(list, i), "id", &officer->unit));
        TRY(officer_make(demo, officer, units.ids[i], i + 1));
    }
    return STATUS_OK;
}

static Status offices_make(Demo *demo) {
    int64_t ignored = 0;
    const Account accounts[] = {
        {.role = ROLE_LEAD, .login = STR("lead"), .name = STR("市发改局专班")},
        {.role = ROLE_FINANCE, .login = STR("finance"), .name = STR("市财政局经办")},
        {.role = ROLE_AUDITOR, .login = STR("auditor"), .name = STR("市审计局")},
        {.role = ROLE_ADMIN, .login = STR("admin"), .name = STR("系统管理员")},
        /* Who signs what the other one of the lead office has written. */
        {.role = ROLE_LEAD, .login = STR("lead2"), .name = STR("市发改局专班负责人")},
        /* Who books what the other one of finance has sent to the bank. */
        {.role = ROLE_FINANCE, .login = STR("finance2"), .name = STR("市财政局复核")},
    };
    TRY(account_make(demo, &accounts[0], &demo->lead_id));
    TRY(account_make(demo, &accounts[1], &demo->finance_id));
    TRY(account_make(demo, &accounts[2], &ignored));
    TRY(account_make(demo, &accounts[3], &ignored));
    TRY(account_make(demo, &accounts[4], &demo->lead2_id));
    return account_make(demo, &accounts[5], &demo->finance2_id);
}

/* ---- organisations ---- */

typedef struct OrgInput {
    OrgNew org;
    int64_t id;
} OrgInput;

static Status org_work(Cx *cx, DbConn *conn, void *input) {
    OrgInput *in = input;
    return people_org_create(cx, conn, &in->org, &in->id);
}

static Status org_make(Demo *demo, const char *kind, Str name, uint32_t number, int64_t *id) {
    OrgInput input = {.org = {.kind = str_of(kind),
                              .name = name,
                              .uscc = codes_demo_uscc(demo->cx->arena, number),
                              .town_code = town_pick(demo),
                              .is_demo = true,
                              .now_ms = demo->now_ms}};
    TRY(demo_write(demo, "demo.org", system_actor, org_work, &input));
    *id = input.id;
    return STATUS_OK;
}

static Status shop_make(Demo *demo, const YamlNode *kind, DemoShop *shop) {
    Arena *arena = demo->cx->arena;
    size_t number = demo->shop_count;
    Str town = city_town_name(&demo->house->city, town_pick(demo));
    Str stem = pick(demo, "shop_stems");
    Str name = str_print(arena, "演示·" STR_FMT STR_FMT STR_FMT "%zu", STR_ARG(town), STR_ARG(stem),
                         STR_ARG(yaml_text_or(arena, kind, "suffix", STR("店"))), number + 1);
    TRY(org_make(demo, "shop", name, (uint32_t)(1000 + number), &shop->org_id));
    Account account = {.role = ROLE_SHOP,
                       .login =
                           number == 0 ? STR("shop") : str_print(arena, "shop%03zu", number + 1),
                       .name = name,
                       .org_id = shop->org_id};
    shop->is_digital = str_equal(yaml_scalar(yaml_at(kind, "kind")), STR("digital"));
    shop->serial_next = 1;
    return account_make(demo, &account, &shop->user_id);
}

static Status shops_make(Demo *demo) {
    const YamlNode *kinds = yaml_at(demo->root, "shop_kinds");
    struct VEC(DemoShop) shops = {0};
    for (size_t i = 0; i < yaml_count(kinds); i++) {
        const YamlNode *kind = yaml_item(kinds, i);
        /* Car dealers redeem no coupons: cars are paid by claim after the purchase. */
        bool is_car = str_equal(yaml_scalar(yaml_at(kind, "kind")), STR("car"));
        int64_t count = is_car ? 0 : yaml_int_or(kind, "count", 1);
        for (int64_t k = 0; k < count; k++) {
            TRY(cx_step(demo->cx));
            DemoShop shop = {0};
            demo->shop_count = shops.count;
            TRY(shop_make(demo, kind, &shop));
            *vec_push(demo->cx->arena, &shops) = shop;
        }
    }
    demo->shops = shops.items;
    demo->shop_count = shops.count;
    return STATUS_OK;
}

typedef struct VehicleInput {
    DispatchVehicle vehicles[2];
    int64_t now_ms;
} VehicleInput;

static Status vehicles_work(Cx *cx, DbConn *conn, void *input) {
    VehicleInput *in = input;
    for (size_t i = 0; i < 2; i++) {
        TRY(dispatch_vehicle_put(cx, conn, &in->vehicles[i], in->now_ms));
    }
    return STATUS_OK;
}

/* A box van for everything, and a small one that may not take what holds refrigerant. */
static Status vehicles_make(Demo *demo, const DemoRecycler *recycler) {
    const City *city = &demo->house->city;
    if (city->town_count == 0) {
        return STATUS_OK;
    }
    DispatchVehicle van = {.org_id = recycler->org_id,
                           .name = STR("一号厢式货车"),
                           .capacity_kg = 1500,
                           .capacity_litre = 9000,
                           .capacity_piece = 30,
                           .skills = DISPATCH_SKILL_REFRIGERANT | DISPATCH_SKILL_TWO,
                           .shift_open_min = 7 * 60 + 30,
                           .shift_close_min = 18 * 60,
                           .break_open_min = 12 * 60,
                           .break_min = 45,
                           .depot_town = city->towns[0].code,
                           .driver_id = recycler->driver_id};
    DispatchVehicle small = van;
    small.name = STR("二号小货车"); /* one driver has both: he drives what the day asks for */
    small.capacity_kg = 600;
    small.capacity_litre = 3500;
    small.capacity_piece = 12;
    small.skills = DISPATCH_SKILL_TWO;
    small.depot_town = city->towns[city->town_count / 3].code;
    VehicleInput input = {.vehicles = {van, small}, .now_ms = demo->now_ms};
    DbActor actor = {
        .user_id = recycler->user_id, .role = STR("recycler"), .origin = STR("command")};
    return demo_write(demo, "vehicle.create", actor, vehicles_work, &input);
}

static Status recycler_make(Demo *demo, const YamlNode *row, DemoRecycler *recycler) {
    Arena *arena = demo->cx->arena;
    size_t number = demo->recycler_count;
    Str name = STR_NONE;
    TRY(yaml_text(demo->cx, row, "name", &name));
    TRY(org_make(demo, "recycler", name, (uint32_t)(2000 + number), &recycler->org_id));
    recycler->name = name;
    recycler->uscc = codes_demo_uscc(arena, (uint32_t)(2000 + number));
    Account boss = {.role = ROLE_RECYCLER,
                    .login = number == 0 ? STR("recycler")
                                         : str_print(arena, "recycler%02zu", number + 1),
                    .name = name,
                    .org_id = recycler->org_id};
    Account driver = {.role = ROLE_DRIVER,
                      .login =
                          number == 0 ? STR("driver") : str_print(arena, "driver%02zu", number + 1),
                      .name = str_print(arena, "%s司机", "演示"),
                      .org_id = recycler->org_id};
    TRY(account_make(demo, &boss, &recycler->user_id));
    TRY(account_make(demo, &driver, &recycler->driver_id));
    return vehicles_make(demo, recycler);
}

static Status recyclers_make(Demo *demo) {
    const YamlNode *list = yaml_at(demo->root, "recyclers");
    demo->recyclers = arena_array(demo->cx->arena, DemoRecycler, yaml_count(list) + 1);
    for (size_t i = 0; i < yaml_count(list); i++) {
        const YamlNode *row = yaml_item(list, i);
        if (str_equal(yaml_scalar(yaml_at(row, "kind")), STR("appliance"))) {
            TRY(recycler_make(demo, row, &demo->recyclers[demo->recycler_count]));
            demo->recycler_count++;
        }
    }
    return STATUS_OK;
}

static Status firm_make(Demo *demo, const char *kind, size_t index, uint32_t number,
                        DemoFirm *firm) {
    bool is_bank = strcmp(kind, "bank") == 0;
    firm->uscc = codes_demo_uscc(demo->cx->arena, number);
    TRY(org_make(demo, kind, firm->name, number, &firm->org_id));
    Account account = {.role = is_bank ? ROLE_BANK : ROLE_ENTERPRISE,
                       .login = index == 0 ? str_of(kind)
                                           : str_print(demo->cx->arena, "%s%02zu", kind, index + 1),
                       .name = firm->name,
                       .org_id = firm->org_id};
    return account_make(demo, &account, &firm->user_id);
}

static Status others_make(Demo *demo) {
    Arena *arena = demo->cx->arena;
    const YamlNode *enterprises = yaml_at(demo->root, "enterprises");
    const YamlNode *banks = yaml_at(demo->root, "banks");
    demo->enterprise_count = yaml_count(enterprises);
    demo->enterprises = arena_array(arena, DemoFirm, demo->enterprise_count + 1);
    demo->bank_count = yaml_count(banks);
    demo->banks = arena_array(arena, DemoFirm, demo->bank_count + 1);
    for (size_t i = 0; i < demo->enterprise_count; i++) {
        DemoFirm *firm = &demo->enterprises[i];
        firm->name = yaml_text_or(arena, yaml_item(enterprises, i), "name", STR("演示企业"));
        TRY(firm_make(demo, "enterprise", i, (uint32_t)(3000 + i), firm));
    }
    for (size_t i = 0; i < demo->bank_count; i++) {
        DemoFirm *firm = &demo->banks[i];
        firm->name = str_dup(arena, yaml_scalar(yaml_item(banks, i)));
        TRY(firm_make(demo, "bank", i, (uint32_t)(3500 + i), firm));
    }
    return STATUS_OK;
}

/* ---- products and prices ---- */

static const CityCategory *any_category(const City *city, Str code) {
    for (size_t i = 0; i < city->category_count; i++) {
        if (str_equal(city->categories[i].code, code)) {
            return &city->categories[i];
        }
    }
    return NULL;
}

static int64_t level_pick(Demo *demo, const YamlNode *row) {
    int64_t at = (int64_t)prng_below(&demo->prng, RATE_BP_ONE);
    int64_t first = yaml_int_or(row, "level_1_bp", 0);
    int64_t second = yaml_int_or(row, "level_2_bp", 0);
    return at < first ? 1 : at < first + second ? 2 : first == 0 ? 0 : 3;
}

static Status products_make(Demo *demo) {
    const YamlNode *rows = yaml_at(demo->root, "products");
    struct VEC(DemoProduct) products = {0};
    for (size_t i = 0; i < yaml_count(rows) * PRODUCTS_PER_CATEGORY; i++) {
        const YamlNode *row = yaml_item(rows, i / PRODUCTS_PER_CATEGORY);
        const CityCategory *category =
            any_category(&demo->house->city, yaml_scalar(yaml_at(row, "category")));
        if (category == NULL) {
            continue;
        }
        /* Prices end in 9 yuan, as prices do. */
        int64_t yuan = prng_between(&demo->prng, yaml_int_or(row, "price_min", 500),
                                    yaml_int_or(row, "price_max", 5000));
        Str brand = pick(demo, "brands");
        *vec_push(demo->cx->arena, &products) =
            (DemoProduct){.category = category,
                          .gtin = codes_demo_gtin(demo->cx->arena, (uint32_t)i + 1),
                          .title = str_print(demo->cx->arena, STR_FMT STR_FMT " %c%zu",
                                             STR_ARG(brand), STR_ARG(category->name),
                                             (char)('A' + i % PRODUCTS_PER_CATEGORY), 100 + i),
                          .level = level_pick(demo, row),
                          .price = money_of_yuan(yuan / 10 * 10 + 9),
                          .old_gram = yaml_int_or(row, "old_kg", 10) * 1000};
    }
    demo->products = products.items;
    demo->product_count = products.count;
    return STATUS_OK;
}

typedef struct PriceBatch {
    FiledPrice *prices;
    size_t count;
} PriceBatch;

static Status prices_work(Cx *cx, DbConn *conn, void *input) {
    PriceBatch *batch = input;
    for (size_t i = 0; i < batch->count; i++) {
        TRY(shop_price_file(cx, conn, &batch->prices[i], &batch->prices[i].id));
    }
    return STATUS_OK;
}

static bool is_for_shop(const DemoShop *shop, const DemoProduct *product) {
    bool is_digital = str_equal(product->category->programme, STR("digital"));
    return shop->is_digital == is_digital;
}

/* A shop files some of the products of its line, each once, near the usual price. */
static Status prices_make(Demo *demo, DemoShop *shop) {
    Arena *arena = demo->cx->arena;
    size_t wanted = (size_t)prng_between(&demo->prng, PRODUCTS_PER_SHOP_MIN, PRODUCTS_PER_SHOP_MAX);
    FiledPrice *filed = arena_array(arena, FiledPrice, demo->product_count);
    shop->products = arena_array(arena, const DemoProduct *, demo->product_count);
    shop->prices = arena_array(arena, Money, demo->product_count);
    size_t start = prng_below(&demo->prng, demo->product_count);
    for (size_t i = 0; i < demo->product_count && shop->product_count < wanted; i++) {
        /* A step coprime to the count visits every product once. */
        const DemoProduct *product = &demo->products[(start + i * 37) % demo->product_count];
        if (!is_for_shop(shop, product)) {
            continue;
        }
        int64_t fen = product->price.fen * prng_between(&demo->prng, 96, 104) / 100;
        Money price = {fen / 100 * 100};
        filed[shop->product_count] = (FiledPrice){.org_id = shop->org_id,
                                                  .gtin = product->gtin,
                                                  .title = product->title,
                                                  .programme = product->category->programme,
                                                  .category = product->category->code,
                                                  .efficiency_level = product->level,
                                                  .price = price,
                                                  .filed_ms = demo->now_ms};
        shop->prices[shop->product_count] = price;
        shop->products[shop->product_count++] = product;
    }
    PriceBatch batch = {filed, shop->product_count};
    DbActor actor = {.user_id = shop->user_id, .role = STR("shop"), .origin = STR("command")};
    return demo_write(demo, "price.file", actor, prices_work, &batch);
}

/* ---- money ---- */

typedef struct FundInput {
    const Demo *demo;
    int64_t year;
} FundInput;

static Str fund_name(Str programme) {
    static const char *const names[][2] = {{"appliance", "家电以旧换新"},
                                           {"digital", "数码和智能产品购新"},
                                           {"car_scrap", "汽车报废更新"},
                                           {"car_replace", "汽车置换更新"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(programme, str_of(names[i][0]))) {
            return str_of(names[i][1]);
        }
    }
    return programme;
}

static Status programme_fund(Cx *cx, DbConn *conn, FundId parent, const TreasuryPot *shape,
                             Money amount) {
    TreasuryPot pot = *shape;
    FundSpec spec = {.parent = parent,
                     .kind = FUND_PROGRAMME,
                     .code = pot.programme,
                     .name = fund_name(pot.programme),
                     .year = (int32_t)pot.year};
    TRY(ledger_fund_create(cx, conn, &spec, &pot.fund));
    TRY(ledger_appropriate(cx, conn, pot.fund, amount, STR("演示下达")));
    return treasury_pot_put(cx, conn, &pot);
}

/* Cars are dearer than fridges: their pots hold this many times as much. */
enum { CAR_POT_TIMES = 4, POTS_TIMES = 2 + 2 * CAR_POT_TIMES };

/* 超长期特别国债 × year × first tranche × programme, with the city's share of central money. */
static Status funds_work(Cx *cx, DbConn *conn, void *input) {
    const FundInput *in = input;
    const City *city = &in->demo->house->city;
    /* Invented for the demo: enough for its year and for who tries it out. */
    Money each = money_of_yuan((int64_t)in->demo->resident_count * 300 + 500000);
    FundSpec source = {.kind = FUND_SOURCE,
                       .code = str_print(cx->arena, "bond-%" PRId64, in->year),
                       .name =
                           str_print(cx->arena, "%" PRId64 " 年超长期特别国债（演示）", in->year),
                       .year = (int32_t)in->year};
    source.rate_bp[LEDGER_CENTRAL] = city->share_central_bp;
    source.rate_bp[LEDGER_COUNTY] = RATE_BP_ONE - city->share_central_bp;
    FundId root = FUND_NONE;
    FundId tranche = FUND_NONE;
    TRY(ledger_fund_create(cx, conn, &source, &root));
    Money all = money_of_fen(each.fen * POTS_TIMES);
    Money car = money_of_fen(each.fen * CAR_POT_TIMES);
    TRY(ledger_appropriate(cx, conn, root, all, STR("演示下达")));
    FundSpec first = {.parent = root,
                      .kind = FUND_TRANCHE,
                      .code = STR("1"),
                      .name = STR("第一批"),
                      .year = (int32_t)in->year};
    TRY(ledger_fund_create(cx, conn, &first, &tranche));
    TRY(ledger_appropriate(cx, conn, tranche, all, STR("演示下达")));
    TreasuryPot pot = {.programme = STR("appliance"),
                       .year = in->year,
                       .validity_days = 7,
                       .claims_max = 3,
                       .is_open = true};
    TRY(programme_fund(cx, conn, tranche, &pot, each));
    pot.programme = STR("digital");
    TRY(programme_fund(cx, conn, tranche, &pot, each));
    pot.programme = STR("car_scrap");
    TRY(programme_fund(cx, conn, tranche, &pot, car));
    pot.programme = STR("car_replace");
    return programme_fund(cx, conn, tranche, &pot, car);
}

static Status funds_make(Demo *demo) {
    DbActor actor = {.user_id = demo->finance_id, .role = STR("finance"), .origin = STR("command")};
    for (int64_t year = day_parts(demo->first).year; year <= day_parts(demo->last).year; year++) {
        FundInput input = {.demo = demo, .year = year};
        TRY(demo_write(demo, "fund.create", actor, funds_work, &input));
    }
    return STATUS_OK;
}

/* No source says how soon this city pays its shops: an invented rule, by two people. */
static Status rule_propose_work(Cx *cx, DbConn *conn, void *input) {
    SettlementRule rule = {.threshold = money_of_yuan(500000),
                           .share_bp = 8000,
                           .pay_days = 15,
                           .basis = STR("演示规则")};
    return advance_rule_propose(cx, conn, &rule, input);
}

static Status rule_approve_work(Cx *cx, DbConn *conn, void *input) {
    return advance_rule_decide(cx, conn, *(const int64_t *)input, true);
}

static Status rule_make(Demo *demo) {
    int64_t id = 0;
    DbActor actor = {.user_id = demo->finance_id, .role = STR("finance"), .origin = STR("command")};
    TRY(demo_write(demo, "settlement_rule.propose", actor, rule_propose_work, &id));
    actor.user_id = demo->finance2_id;
    return demo_write(demo, "settlement_rule.decide", actor, rule_approve_work, &id);
}

static Status sign_work(Cx *cx, DbConn *conn, void *input) {
    return policy_sign(cx, conn, input);
}

/* The demo city signs what the real one has not; production never starts on this database. */
static Status policies_sign(Demo *demo) {
    size_t count = 0;
    const PolicyVersion *const *versions = policy_versions(demo->house->city.policies, &count);
    DbActor actor = {.user_id = demo->lead_id, .role = STR("lead"), .origin = STR("command")};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < versions[i]->sign_off_count; k++) {
            PolicySigning signing = {.version = versions[i],
                                     .item = k,
                                     .person_id = demo->lead_id,
                                     .basis = STR("演示签认"),
                                     .now_ms = demo->now_ms};
            TRY(demo_write(demo, "policy.sign", actor, sign_work, &signing));
        }
    }
    return STATUS_OK;
}

Status demo_city_make(Demo *demo) {
    demo->now_ms = day_start_ms(demo->first) - DAY_MS;
    TRY(offices_make(demo));
    TRY(officers_make(demo));
    TRY(products_make(demo));
    TRY(shops_make(demo));
    TRY(recyclers_make(demo));
    TRY(others_make(demo));
    TRY(residents_make(demo));
    TRY(funds_make(demo));
    TRY(rule_make(demo));
    TRY(policies_sign(demo));
    for (size_t i = 0; i < demo->shop_count; i++) {
        TRY(prices_make(demo, &demo->shops[i]));
    }
    return STATUS_OK;
}

/* ---- tomorrow's bookings ---- */

enum { BOOKINGS_MAX = 66, RESIDENTS_PER_BOOKING = 8 };

typedef struct BookingInput {
    const City *city;
    Pickup pickup;
} BookingInput;

static Status booking_work(Cx *cx, DbConn *conn, void *input) {
    BookingInput *in = input;
    return pickup_book(cx, conn, in->city, &in->pickup);
}

/* What people give away most, in no order. */
static const char *const given_away[] = {"fridge", "washer",       "tv",       "air_conditioner",
                                         "tv",     "water_heater", "computer", "washer"};

static Status booking_make(Demo *demo, size_t index) {
    const DemoResident *resident = &demo->residents[prng_below(&demo->prng, demo->resident_count)];
    const City *city = &demo->house->city;
    const char *category =
        given_away[prng_below(&demo->prng, sizeof given_away / sizeof given_away[0])];
    Arena *arena = demo->cx->arena;
    Str address = str_print(arena, "演示大街 %zu 号", index + 1);
    BookingInput input = {
        .city = city,
        .pickup = {
            .person_id = resident->id,
            .category = str_of(category),
            .title =
                str_print(arena, "旧" STR_FMT,
                          STR_ARG(city_category_name(city, STR("appliance"), str_of(category)))),
            .town_code = resident->town_code,
            .address_sealed = people_seal_text(arena, city, address),
            .slot_day = day_add(demo->last, 1),
            .slot_part = prng_chance_bp(&demo->prng, 5000) ? STR("morning") : STR("afternoon"),
            .booked_ms = demo->now_ms}};
    DbActor actor = {.user_id = resident->id, .role = STR("resident"), .origin = STR("command")};
    return demo_write(demo, "pickup.book", actor, booking_work, &input);
}

Status demo_bookings_make(Demo *demo) {
    size_t count = demo->resident_count / RESIDENTS_PER_BOOKING;
    count = count < BOOKINGS_MAX ? count : BOOKINGS_MAX;
    demo->now_ms = day_start_ms(demo->last) + DAY_MS / 2;
    for (size_t i = 0; i < count; i++) {
        TRY(booking_make(demo, i));
    }
    return STATUS_OK;
}
