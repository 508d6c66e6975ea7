/* act.c - see act.h. */
#include "sim/act.h"

#include "ledger/ledger.h"
#include "office/coupon/coupon.h"
#include "office/people/people.h"
#include "office/shop/shop.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const category_codes[MODEL_CATEGORIES] = {"fridge", "washer", "tv",
                                                             "air_conditioner", "phone"};

static Str code_of(Arena *arena, int64_t number) {
    return str_print(arena, "SIM%09" PRId64, number);
}

int64_t act_start_ms(void) {
    return day_start_ms(day_of_ymd(2026, 1, 2)) + 8 * INT64_C(3600000);
}

static void must(const Cx *cx, Status status, const char *what) {
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "sim: %s: %s %s\n", what, cx->fault.text, cx->fault.detail);
    }
    check(status == STATUS_OK);
}

/* ---- finding what an earlier operation made ---- */

static const char SQL_HOLD_INDEX[] = "CREATE INDEX sim_hold ON ledger_hold (case_kind, case_id)";
static const char SQL_HOLD[] =
    "SELECT id FROM ledger_hold WHERE case_kind = 'sim' AND case_id = $1";
static const char SQL_SALE[] = "SELECT id FROM sale WHERE invoice = $1 ORDER BY id DESC LIMIT 1";
static const char SQL_SETTLEMENT[] = "SELECT id FROM settlement WHERE made_by = $1";

static Status found(Cx *cx, int64_t id) {
    return id == 0 ? fault(cx, STATUS_NOT_FOUND, "not there") : STATUS_OK;
}

static Status hold_find(Cx *cx, DbConn *conn, const Op *op, HoldId *out) {
    out->id = 0;
    TRY(db_int_or(cx, conn, SQL_HOLD, DB_ARGS(DB_INT(op->target)), &out->id));
    return found(cx, out->id);
}

static Status sale_find(Cx *cx, DbConn *conn, const Op *op, int64_t *out) {
    *out = 0;
    TRY(db_int_or(cx, conn, SQL_SALE, DB_ARGS(DB_TEXT(code_of(cx->arena, op->target))), out));
    return found(cx, *out);
}

static Status settlement_find(Cx *cx, DbConn *conn, const Op *op, int64_t *out) {
    *out = 0;
    TRY(db_int_or(cx, conn, SQL_SETTLEMENT, DB_ARGS(DB_INT(op->target)), out));
    return found(cx, *out);
}

static Status fund_find(Cx *cx, DbConn *conn, const char *path, FundId *out) {
    Fund fund;
    TRY(ledger_fund_find(cx, conn, str_of(path), &fund));
    *out = fund.id;
    return STATUS_OK;
}

/* ---- the operations ---- */

static const Str basis = {"模拟", 6};

static Status do_create(Cx *cx, DbConn *conn, const Op *op) {
    FundSpec spec = {.kind = op->flag ? FUND_DAY : FUND_SET_ASIDE,
                     .is_cap = op->flag,
                     .code = str_of(op->other),
                     .name = str_of(op->other),
                     .year = 2026};
    FundId id;
    TRY(fund_find(cx, conn, op->path, &spec.parent));
    return ledger_fund_create(cx, conn, &spec, &id);
}

static Status do_fund(Cx *cx, DbConn *conn, const Op *op) {
    FundId fund;
    FundId other;
    TRY(fund_find(cx, conn, op->path, &fund));
    switch ((int)op->kind) {
    case OP_TOP_UP:
        return ledger_appropriate(cx, conn, fund, (Money){op->amount}, basis);
    case OP_RECLAIM:
        return ledger_reclaim(cx, conn, fund, (Money){op->amount}, basis);
    case OP_REALLOCATE:
        TRY(fund_find(cx, conn, op->other, &other));
        return ledger_reallocate(cx, conn, fund, other, (Money){op->amount}, basis);
    case OP_FREEZE:
        return ledger_freeze(cx, conn, fund, basis);
    case OP_UNFREEZE:
        return ledger_unfreeze(cx, conn, fund, basis);
    default:
        return ledger_close(cx, conn, fund, basis);
    }
}

static Status do_reserve(Cx *cx, DbConn *conn, const Op *op) {
    HoldSpec spec = {.amount = {op->amount}, .case_kind = "sim", .case_id = op->number};
    HoldId id;
    TRY(fund_find(cx, conn, op->path, &spec.fund));
    return ledger_reserve(cx, conn, &spec, &id);
}

static Status do_hold(Cx *cx, DbConn *conn, const Op *op) {
    HoldId hold;
    FundId to;
    TRY(hold_find(cx, conn, op, &hold));
    switch ((int)op->kind) {
    case OP_RELEASE:
        return ledger_release(cx, conn, hold, (Money){op->amount});
    case OP_RELEASE_ALL:
        return ledger_release_all(cx, conn, hold);
    case OP_APPROVE:
        return ledger_approve(cx, conn, hold, (Money){op->amount});
    case OP_PAY:
        return ledger_pay(cx, conn, hold, (Money){op->amount});
    case OP_RECOVER:
        return ledger_recover(cx, conn, hold, (Money){op->amount});
    default:
        TRY(fund_find(cx, conn, op->path, &to));
        return ledger_hold_move(cx, conn, hold, to);
    }
}

static Status do_claim(Cx *cx, DbConn *conn, const Act *act) {
    const Op *op = &act->op;
    int64_t id = 0;
    CouponClaim claim = {.person_id = act->city->persons[op->person],
                         .category = act->city->categories[op->category],
                         .answer = &act->city->answers[op->category],
                         .code = code_of(cx->arena, op->number),
                         .day = day_of_instant(op->now_ms),
                         .now_ms = op->now_ms};
    return coupon_claim(cx, conn, &claim, &id);
}

static Status do_withdraw(Cx *cx, DbConn *conn, const Act *act) {
    Coupon coupon;
    TRY(coupon_find_code(cx, conn, code_of(cx->arena, act->op.target), &coupon));
    return coupon_withdraw(cx, conn, coupon.id, act->city->persons[act->op.person], act->op.now_ms);
}

static Str gtin_of(Arena *arena, int32_t category) {
    return str_print(arena, "690000000000%d", (int)category);
}

static Str name_hash_of(Arena *arena, int64_t person) {
    return str_print(arena, "sim%" PRId64, person);
}

static const char SQL_BUYER[] =
    "SELECT person.name_hash FROM coupon JOIN person ON person.id = coupon.person_id"
    " WHERE coupon.code = $1";

static Status do_redeem(Cx *cx, DbConn *conn, const Act *act, int64_t *answer) {
    const Op *op = &act->op;
    Str hash = STR_NONE;
    Str code = code_of(cx->arena, op->target);
    TRY(db_text_or(cx, conn, SQL_BUYER, DB_ARGS(DB_TEXT(code)), &hash));
    TillSale sale = {.org_id = act->city->shops[op->shop],
                     .sold_by = 1,
                     .code = code,
                     .gtin = gtin_of(cx->arena, op->category),
                     .serial = str_print(cx->arena, "SN%09" PRId64, op->serial),
                     .invoice = code_of(cx->arena, op->number),
                     .invoice_day = day_of_instant(op->now_ms),
                     .price = {op->amount},
                     .buyer_hash = hash,
                     .payer_hash = hash,
                     .recipient_hash = hash,
                     .now_ms = op->now_ms};
    SaleResult result = {0};
    TRY(shop_redeem(cx, conn, &act->city->city, &sale, &result));
    *answer = result.subsidy.fen;
    return STATUS_OK;
}

static Status do_sale(Cx *cx, DbConn *conn, const Act *act) {
    const Op *op = &act->op;
    int64_t id = 0;
    TRY(sale_find(cx, conn, op, &id));
    if (op->kind == OP_RETURN) {
        return shop_return(cx, conn, id, act->city->shops[op->shop], op->now_ms);
    }
    SaleRecover recover = {.sale_id = id, .bank_reference = basis, .now_ms = op->now_ms};
    return shop_recover(cx, conn, &recover);
}

static const char SQL_TOTAL[] = "SELECT total_fen FROM settlement WHERE id = $1";

static Status do_settlement(Cx *cx, DbConn *conn, const Act *act, int64_t *answer) {
    const Op *op = &act->op;
    int64_t id = 0;
    if (op->kind == OP_SETTLE) {
        TRY(shop_settlement_make(cx, conn, act->city->shops[op->shop], op->number, op->now_ms,
                                 &id));
        return db_int_or(cx, conn, SQL_TOTAL, DB_ARGS(DB_INT(id)), answer);
    }
    TRY(settlement_find(cx, conn, op, &id));
    SettlementPaid paid = {
        .settlement_id = id, .paid_by = 1, .bank_reference = basis, .now_ms = op->now_ms};
    return shop_settlement_pay(cx, conn, &paid);
}

static Status do_pot(Cx *cx, DbConn *conn, const Op *op) {
    TreasuryPot pot;
    Str programme = op->category == 0 ? STR("appliance") : STR("digital");
    TRY(treasury_pot_find(cx, conn, programme, 2026, &pot));
    pot.is_open = op->flag;
    pot.claims_max = op->amount;
    return treasury_pot_put(cx, conn, &pot);
}

static Status do_shop_state(Cx *cx, DbConn *conn, const Act *act) {
    bool is_end = act->op.flag;
    OrgStateChange change = {.org_id = act->city->shops[act->op.shop],
                             .from = is_end ? STR("active") : STR("suspended"),
                             .to = is_end ? STR("suspended") : STR("active"),
                             .reason = basis};
    return people_org_state_set(cx, conn, &change);
}

static Status op_do(Cx *cx, DbConn *conn, const Act *act, int64_t *answer) {
    const Op *op = &act->op;
    switch (op->kind) {
    case OP_TOP_UP:
    case OP_RECLAIM:
    case OP_REALLOCATE:
    case OP_FREEZE:
    case OP_UNFREEZE:
    case OP_CLOSE:
        return do_fund(cx, conn, op);
    case OP_CREATE:
        return do_create(cx, conn, op);
    case OP_RESERVE:
        return do_reserve(cx, conn, op);
    case OP_RELEASE:
    case OP_RELEASE_ALL:
    case OP_APPROVE:
    case OP_PAY:
    case OP_RECOVER:
    case OP_MOVE:
        return do_hold(cx, conn, op);
    case OP_CLAIM:
        return do_claim(cx, conn, act);
    case OP_WITHDRAW:
        return do_withdraw(cx, conn, act);
    case OP_REDEEM:
        return do_redeem(cx, conn, act, answer);
    case OP_RETURN:
    case OP_SALE_RECOVER:
        return do_sale(cx, conn, act);
    case OP_EXPIRE:
        return coupon_expire(cx, conn, op->now_ms, op->amount, answer);
    case OP_SETTLE:
    case OP_SETTLE_PAY:
        return do_settlement(cx, conn, act, answer);
    case OP_POT:
        return do_pot(cx, conn, op);
    case OP_SHOP_STATE:
        return do_shop_state(cx, conn, act);
    case OP_COUNT:
        break;
    }
    return STATUS_INVALID;
}

static Status act_work(Cx *cx, DbConn *conn, void *input) {
    const Act *act = input;
    int64_t answer = 0;
    TRY(op_do(cx, conn, act, &answer));
    db_answer(conn, str_print(cx->arena, "%s %" PRId64, op_word(act->op.kind), answer));
    return STATUS_OK;
}

void act_key(int64_t number, char out[24]) {
    (void)snprintf(out, 24, "%012" PRId64, number);
}

/* Every batch is a crowd: what shares a savepoint and what had to be undone must look the same. */
static const DbCrowd crowd = {0};

void act_prepare(Act *act, const ActCity *city, const Op *op) {
    act->city = city;
    act->op = *op;
    act_key(op->number, act->key);
    act->command =
        (DbCommand){.name = "sim",
                    .actor = {.user_id = op->user, .role = STR("system"), .origin = STR("job")},
                    .key = str_of(act->key),
                    .work = act_work,
                    .input = act,
                    .now_ms = op->now_ms,
                    .crowd = &crowd};
}

/* ---- the city ---- */

void act_city_load(Cx *cx, ActCity *out) {
    must(cx, city_load(cx, STR("cities/anqiu"), &out->city), "city");
    must(cx, policy_library_load(cx, out->city.folder, &out->city.policies), "policies");
    for (int i = 0; i < MODEL_CATEGORIES; i++) {
        Str programme = i < MODEL_CATEGORIES - 1 ? STR("appliance") : STR("digital");
        const CityCategory *category =
            city_category(&out->city, programme, 2026, str_of(category_codes[i]));
        check(category != NULL);
        out->categories[i] = category;
        PolicyGoods goods = {.programme = programme,
                             .category_name = category->name,
                             .efficiency_level = 1,
                             .price = {300000},
                             .day = day_of_ymd(2026, 1, 2)};
        must(cx, policy_decide_goods(cx, out->city.policies, &goods, &out->answers[i]), "policy");
        check(out->answers[i].is_eligible);
    }
}

static Status people_build(Cx *cx, DbConn *conn, ActCity *city) {
    for (int i = 0; i < MODEL_PERSONS; i++) {
        PersonNew person = {.role = ROLE_RESIDENT,
                            .login = name_hash_of(cx->arena, i),
                            .birth = DAY_NONE,
                            .is_demo = true};
        person.name.hash = name_hash_of(cx->arena, i);
        person.name.masked = STR("模*");
        TRY(people_person_create(cx, conn, &person, &city->persons[i]));
    }
    for (int i = 0; i < MODEL_SHOPS; i++) {
        OrgNew org = {.kind = STR("shop"),
                      .name = str_print(cx->arena, "模拟商户%d", i),
                      .uscc = str_print(cx->arena, "SIM%d", i),
                      .town_code = STR("1"),
                      .is_demo = true};
        TRY(people_org_create(cx, conn, &org, &city->shops[i]));
        for (int32_t k = 0; k < MODEL_CATEGORIES; k++) {
            FiledPrice price = {.org_id = city->shops[i],
                                .gtin = gtin_of(cx->arena, k),
                                .title = STR("模拟商品"),
                                .programme = city->categories[k]->programme,
                                .category = city->categories[k]->code,
                                .efficiency_level = 1,
                                .price = {2000000}};
            TRY(shop_price_file(cx, conn, &price, &price.id));
        }
    }
    return STATUS_OK;
}

static Status policies_sign(Cx *cx, DbConn *conn, const ActCity *city) {
    for (int i = 0; i < MODEL_CATEGORIES; i += MODEL_CATEGORIES - 1) {
        const PolicyVersion *version = city->answers[i].version;
        for (size_t item = 0; item < version->sign_off_count; item++) {
            PolicySigning signing = {
                .version = version, .item = item, .person_id = city->persons[0], .basis = basis};
            TRY(policy_sign(cx, conn, &signing));
        }
    }
    return STATUS_OK;
}

static Status fund_build(Cx *cx, DbConn *conn, const StartFund *start) {
    FundSpec spec = {.kind = FUND_PROGRAMME,
                     .is_cap = start->is_cap,
                     .code = str_of(start->path),
                     .year = 2026,
                     .is_recovered_reusable = start->is_reusable};
    memcpy(spec.rate_bp, start->rate_bp, sizeof spec.rate_bp);
    const char *slash = strrchr(start->path, '/');
    if (slash != NULL) {
        Fund parent;
        TRY(ledger_fund_find(cx, conn, (Str){start->path, (size_t)(slash - start->path)}, &parent));
        spec.parent = parent.id;
        spec.code = str_of(slash + 1);
    }
    spec.name = spec.code;
    FundId id;
    TRY(ledger_fund_create(cx, conn, &spec, &id));
    return ledger_appropriate(cx, conn, id, (Money){start->appropriated}, basis);
}

static Status money_build(Cx *cx, DbConn *conn) {
    for (int32_t i = 0; i < model_start_fund_count; i++) {
        TRY(fund_build(cx, conn, &model_start_funds[i]));
    }
    for (int i = 0; i < MODEL_POTS; i++) {
        TreasuryPot pot = {.programme = i == 0 ? STR("appliance") : STR("digital"),
                           .year = 2026,
                           .validity_days = MODEL_VALIDITY_DAYS,
                           .claims_max = MODEL_CLAIMS_MAX,
                           .is_open = true};
        TRY(fund_find(cx, conn, model_pot_paths[i], &pot.fund));
        TRY(treasury_pot_put(cx, conn, &pot));
    }
    return STATUS_OK;
}

static Status build_work(Cx *cx, DbConn *conn, void *input) {
    ActCity *city = input;
    TRY(db_exec(cx, conn, SQL_HOLD_INDEX, DB_NO_ARGS, NULL));
    TRY(people_build(cx, conn, city));
    TRY(policies_sign(cx, conn, city));
    return money_build(cx, conn);
}

void act_city_build(Cx *cx, Db *db, ActCity *city) {
    DbCommand command = {.name = "build",
                         .actor = {.role = STR("system"), .origin = STR("job")},
                         .work = build_work,
                         .input = city};
    must(cx, db_write(cx, db, &command, NULL), "building");
}

static const char SQL_PERSONS[] = "SELECT id FROM person WHERE name_hash = $1";
static const char SQL_SHOPS[] = "SELECT id FROM org WHERE uscc = $1";

void act_city_find(Cx *cx, Db *db, ActCity *city) {
    DbConn *conn = NULL;
    must(cx, db_read_begin(cx, db, &conn), "reading");
    for (int i = 0; i < MODEL_PERSONS; i++) {
        must(cx,
             db_int_or(cx, conn, SQL_PERSONS, DB_ARGS(DB_TEXT(name_hash_of(cx->arena, i))),
                       &city->persons[i]),
             "persons");
    }
    for (int i = 0; i < MODEL_SHOPS; i++) {
        must(cx,
             db_int_or(cx, conn, SQL_SHOPS, DB_ARGS(DB_TEXT(str_print(cx->arena, "SIM%d", i))),
                       &city->shops[i]),
             "shops");
    }
    db_read_end(db, conn);
}
