#include "office/mark/mark.h"
#include "office/once/once.h"
#include "office/plan/plan.h"
#include "office/shop/shop_store.h"
#include "office/treasury/treasury.h"

#include <inttypes.h>

ViewValue shop_sale_state_view(Str state) {
#define X(name, code, zh, tone)                                                                    \
    if (str_equal(state, STR(code))) {                                                             \
        return VIEW_BADGE(VIEW_##tone, STR(code), STR(zh));                                        \
    }
    SALE_STATE_LIST(X)
#undef X
    return VIEW_TEXT(state);
}

/* ---- prices ---- */

Status shop_price_file(Cx *cx, DbConn *conn, const FiledPrice *price, int64_t *id) {
    TRY(people_org_active_check(cx, conn, price->org_id));
    TRY(shop_store_price_end(cx, conn, price->org_id, price->gtin, price->filed_ms));
    TRY(shop_store_price_insert(cx, conn, price, id));
    DbEntry entry = {
        .verb = "price.file",
        .subject = "filed_price",
        .subject_id = *id,
        .after = str_print(
            cx->arena, "{\"org_id\":%" PRId64 ",\"gtin\":" STR_FMT ",\"price_fen\":%" PRId64 "}",
            price->org_id, STR_ARG(str_json(cx->arena, price->gtin)), price->price.fen),
    };
    return db_journal(cx, conn, &entry);
}

/* ---- the till ---- */

static Status org_check(Cx *cx, DbConn *conn, int64_t org_id, Org *org) {
    TRY(people_org_find(cx, conn, org_id, org));
    if (!str_equal(org->state, STR("active"))) {
        return fault(cx, STATUS_DENIED, "本店已暂停参加活动，不能核销（规则 M12）");
    }
    return STATUS_OK;
}

static Status price_check(Cx *cx, const TillSale *sale, const FiledPrice *filed,
                          const Coupon *coupon) {
    if (!str_equal(filed->programme, coupon->programme) ||
        !str_equal(filed->category, coupon->category)) {
        Status status =
            fault_at_field(cx, STATUS_CONFLICT, "gtin", "商品“" STR_FMT "”不属于这张券的类别",
                           STR_ARG(filed->title));
        fault_hint(cx, "请核对券面类别与商品条码");
        return status;
    }
    if (money_compare(sale->price, filed->price) > 0) {
        Status status = fault_at_field(cx, STATUS_CONFLICT, "price",
                                       "成交价 " STR_FMT " 元高于备案价 " STR_FMT " 元（规则 M1）",
                                       STR_ARG(money_print(cx->arena, sale->price)),
                                       STR_ARG(money_print(cx->arena, filed->price)));
        fault_hint(cx, "成交价不得高于备案价");
        return status;
    }
    return STATUS_OK;
}

static Status name_check(Cx *cx, const char *field, const char *words, Str have, Str want) {
    if (want.len > 0 && str_equal(have, want)) {
        return STATUS_OK;
    }
    Status status = fault_at_field(cx, STATUS_CONFLICT, field, "%s", words);
    fault_hint(cx, "须与领券人本人姓名完全一致");
    return status;
}

static Status names_check(Cx *cx, DbConn *conn, const TillSale *sale, int64_t person_id) {
    Person person;
    TRY(people_person_find(cx, conn, person_id, &person));
    TRY(name_check(cx, "buyer", "发票抬头与领券人不一致（规则 M5）", sale->buyer_hash,
                   person.name_hash));
    TRY(name_check(cx, "payer", "付款人与领券人不一致（规则 M6）", sale->payer_hash,
                   person.name_hash));
    return name_check(cx, "recipient", "收货人与领券人不一致（规则 M6）", sale->recipient_hash,
                      person.name_hash);
}

static Status uniqueness_check(Cx *cx, DbConn *conn, const TillSale *sale) {
    OnceHolder holder;
    TRY(once_holder(cx, conn, STR("serial"), sale->serial, &holder));
    if (holder.subject.len > 0) {
        Status status =
            fault_at_field(cx, STATUS_CONFLICT, "serial",
                           "序列号 " STR_FMT " 已享受过补贴（规则 M7）", STR_ARG(sale->serial));
        fault_hint(cx, "一台商品只能补贴一次，请核对机身序列号");
        return status;
    }
    TRY(once_holder(cx, conn, STR("invoice"), sale->invoice, &holder));
    if (holder.subject.len > 0) {
        Status status =
            fault_at_field(cx, STATUS_CONFLICT, "invoice",
                           "发票 " STR_FMT " 已用于另一笔补贴（规则 M4）", STR_ARG(sale->invoice));
        fault_hint(cx, "一张发票只能对应一台补贴商品");
        return status;
    }
    return STATUS_OK;
}

/* A unit and an invoice are used once over all programmes, also those paid by claim. */
static Status once_take_both(Cx *cx, DbConn *conn, const Sale *sale) {
    OnceKey key = {.space = STR("serial"),
                   .key = sale->serial,
                   .subject = STR("sale"),
                   .subject_id = sale->id,
                   .now_ms = sale->sold_ms};
    TRY(once_take(cx, conn, &key));
    key.space = STR("invoice");
    key.key = sale->invoice;
    return once_take(cx, conn, &key);
}

static Status day_check(Cx *cx, const TillSale *sale, const Coupon *coupon) {
    Day claimed = day_of_instant(coupon->claimed_ms);
    Day today = day_of_instant(sale->now_ms);
    if (day_compare(sale->invoice_day, claimed) < 0 || day_compare(sale->invoice_day, today) > 0) {
        return fault_at_field(cx, STATUS_INVALID, "invoice_day",
                              "开票日期应在领券日 " STR_FMT " 至今天之间",
                              STR_ARG(day_print(cx->arena, claimed)));
    }
    if (day_parts(sale->invoice_day).year != coupon->year) {
        return fault_at_field(cx, STATUS_INVALID, "invoice_day", "开票日期不在 %" PRId64 " 年度内",
                              coupon->year);
    }
    return STATUS_OK;
}

static Status till_decide(Cx *cx, const City *city, const TillSale *sale, const FiledPrice *filed,
                          PolicyAnswer *answer) {
    PolicyGoods goods = {.programme = filed->programme,
                         .category_name =
                             city_category_name(city, filed->programme, filed->category),
                         .efficiency_level = filed->efficiency_level,
                         .price = sale->price,
                         .day = sale->invoice_day};
    TRY(policy_decide_goods(cx, city->policies, &goods, answer));
    if (!answer->is_eligible || answer->amount.fen <= 0) {
        return fault_at_field(cx, STATUS_CONFLICT, "price", STR_FMT, STR_ARG(answer->reason));
    }
    return STATUS_OK;
}

static Status payable_check(Cx *cx, DbConn *conn, const PolicyVersion *version) {
    bool is_payable = false;
    TRY(policy_is_payable(cx, conn, version, &is_payable));
    return is_payable ? STATUS_OK
                      : fault(cx, STATUS_CONFLICT, "这项政策还有内容等待本市签认，暂不能核销");
}

static Status counters_add(Cx *cx, DbConn *conn, const Sale *sale, int64_t sign) {
    Org org;
    TRY(people_org_find(cx, conn, sale->org_id, &org));
    PlanCount count = {.key = STR(COUNTER_SALES),
                       .town_code = org.town_code,
                       .day = sale->invoice_day,
                       .change = sign};
    TRY(plan_count_town(cx, conn, &count));
    count.key = STR(COUNTER_SUBSIDY_FEN);
    count.change = sign * sale->subsidy.fen;
    TRY(plan_count_town(cx, conn, &count));
    return plan_count(cx, conn, STR(COUNTER_SALES_FEN), sale->invoice_day, sign * sale->price.fen);
}

static Status sale_journal(Cx *cx, DbConn *conn, const char *verb, const Sale *sale) {
    DbEntry entry = {
        .verb = verb,
        .subject = "sale",
        .subject_id = sale->id,
        .after = str_print(
            cx->arena,
            "{\"coupon_id\":%" PRId64 ",\"org_id\":%" PRId64 ",\"gtin\":\"" STR_FMT
            "\",\"serial\":" STR_FMT ",\"price_fen\":%" PRId64 ",\"subsidy_fen\":%" PRId64 "}",
            sale->coupon_id, sale->org_id, STR_ARG(sale->gtin),
            STR_ARG(str_json(cx->arena, sale->serial)), sale->price.fen, sale->subsidy.fen),
    };
    return db_journal(cx, conn, &entry);
}

static Status photo_store(Cx *cx, DbConn *conn, const TillSale *till, int64_t sale_id) {
    if (till->photo == NULL) {
        return STATUS_OK;
    }
    AttachNew photo = {.file = till->photo,
                       .subject = STR("sale"),
                       .subject_id = sale_id,
                       .part = STR("goods"),
                       .name = till->photo_name,
                       .person_id = till->sold_by,
                       .now_ms = till->now_ms};
    int64_t id = 0;
    return attach_add(cx, conn, &photo, &id);
}

static Status sale_store(Cx *cx, DbConn *conn, const TillSale *till, Sale *sale) {
    TRY(shop_store_sale_insert(cx, conn, sale, &sale->id));
    TRY(once_take_both(cx, conn, sale));
    TRY(photo_store(cx, conn, till, sale->id));
    MarkUse use = {.kind = MARK_ADDRESS,
                   .hash = till->address_hash,
                   .subject = STR("sale"),
                   .subject_id = sale->id,
                   .person_id = sale->person_id,
                   .now_ms = till->now_ms};
    TRY(mark_put(cx, conn, &use));
    TRY(counters_add(cx, conn, sale, 1));
    return sale_journal(cx, conn, "sale.redeem", sale);
}

/* What the till found out before anything is changed. */
typedef struct TillChecked {
    Org shop;
    Coupon coupon;
    FiledPrice filed;
    PolicyAnswer answer;
} TillChecked;

static Status till_check(Cx *cx, DbConn *conn, const City *city, const TillSale *till,
                         TillChecked *out) {
    TRY(org_check(cx, conn, till->org_id, &out->shop));
    TRY(coupon_find_code(cx, conn, till->code, &out->coupon));
    TRY(shop_price_find(cx, conn, till->org_id, till->gtin, &out->filed));
    TRY(price_check(cx, till, &out->filed, &out->coupon));
    TRY(names_check(cx, conn, till, out->coupon.person_id));
    TRY(day_check(cx, till, &out->coupon));
    TRY(coupon_purchase_check(cx, conn, out->coupon.id, till->invoice_day, till->now_ms));
    TRY(till_decide(cx, city, till, &out->filed, &out->answer));
    TRY(payable_check(cx, conn, out->answer.version));
    TRY(coupon_usable(cx, &out->coupon, till->now_ms));
    return uniqueness_check(cx, conn, till);
}

Status shop_till_check(Cx *cx, DbConn *conn, const City *city, const TillSale *till) {
    TillChecked checked;
    return till_check(cx, conn, city, till, &checked);
}

Status shop_redeem(Cx *cx, DbConn *conn, const City *city, const TillSale *till, SaleResult *out) {
    TillChecked checked;
    TRY(till_check(cx, conn, city, till, &checked));
    const Coupon *coupon = &checked.coupon;
    Money subsidy = money_min(checked.answer.amount, coupon->amount);
    TRY(coupon_redeem(cx, conn, coupon, subsidy, till->now_ms));
    TRY(treasury_shop_take(cx, conn, coupon->hold, checked.shop.uscc));
    Sale sale = {.coupon_id = coupon->id,
                 .org_id = till->org_id,
                 .person_id = coupon->person_id,
                 .programme = coupon->programme,
                 .category = coupon->category,
                 .gtin = till->gtin,
                 .serial = till->serial,
                 .invoice = till->invoice,
                 .invoice_day = till->invoice_day,
                 .efficiency_level = checked.filed.efficiency_level,
                 .price = till->price,
                 .filed_price = checked.filed.price,
                 .subsidy = subsidy,
                 .sold_by = till->sold_by,
                 .sold_ms = till->now_ms};
    TRY(policy_decision_store(cx, conn, &checked.answer, till->invoice_day, till->now_ms,
                              &sale.decision_id));
    TRY(sale_store(cx, conn, till, &sale));
    *out = (SaleResult){
        .sale_id = sale.id, .subsidy = subsidy, .to_pay = money_sub(till->price, subsidy)};
    return STATUS_OK;
}

/* ---- returns ---- */

static Status return_unpaid(Cx *cx, DbConn *conn, const Sale *sale, int64_t now_ms) {
    Coupon coupon;
    TRY(coupon_find(cx, conn, sale->coupon_id, &coupon));
    TRY(shop_store_sale_move(cx, conn, sale->id, STR("redeemed"), STR("returned"), now_ms));
    TRY(once_free(cx, conn, STR("sale"), sale->id));
    TRY(coupon_return(cx, conn, &coupon, now_ms));
    TRY(counters_add(cx, conn, sale, -1));
    return sale_journal(cx, conn, "sale.return", sale);
}

Status shop_return(Cx *cx, DbConn *conn, int64_t sale_id, int64_t org_id, int64_t now_ms) {
    Sale sale;
    TRY(shop_store_sale_find(cx, conn, sale_id, &sale));
    if (sale.org_id != org_id) {
        return fault(cx, STATUS_NOT_FOUND, "没有这笔销售");
    }
    if (str_equal(sale.state, STR("redeemed"))) {
        return return_unpaid(cx, conn, &sale, now_ms);
    }
    if (str_equal(sale.state, STR("in_batch"))) {
        return fault(cx, STATUS_CONFLICT, "这笔销售正在结算，请在到账后再办理退货");
    }
    TRY(shop_store_sale_move(cx, conn, sale.id, STR("paid"), STR("recovering"), now_ms));
    Recovery recovery = {.subject = STR("sale"),
                         .subject_id = sale.id,
                         .reason = STR("退货"),
                         .begun_by = db_actor(conn)->user_id,
                         .begun_ms = now_ms};
    TRY(recovery_begin(cx, conn, &recovery));
    TRY(counters_add(cx, conn, &sale, -1));
    return sale_journal(cx, conn, "sale.recovering", &sale);
}

static Status recover_journal(Cx *cx, DbConn *conn, const Sale *sale, Str reference) {
    DbEntry entry = {
        .verb = "sale.recover",
        .subject = "sale",
        .subject_id = sale->id,
        .after = str_print(cx->arena,
                           "{\"coupon_id\":%" PRId64 ",\"org_id\":%" PRId64
                           ",\"subsidy_fen\":%" PRId64 ",\"bank_reference\":" STR_FMT "}",
                           sale->coupon_id, sale->org_id, sale->subsidy.fen,
                           STR_ARG(str_json(cx->arena, reference))),
    };
    return db_journal(cx, conn, &entry);
}

Status shop_recover(Cx *cx, DbConn *conn, const SaleRecover *recover) {
    Sale sale;
    Coupon coupon;
    TRY(shop_store_sale_find(cx, conn, recover->sale_id, &sale));
    TRY(shop_store_sale_move(cx, conn, sale.id, STR("recovering"), STR("recovered"),
                             recover->now_ms));
    Recovery ended = {.subject = STR("sale"),
                      .subject_id = sale.id,
                      .outcome = STR("received"),
                      .reference = recover->bank_reference,
                      .ended_by = db_actor(conn)->user_id,
                      .ended_ms = recover->now_ms};
    TRY(recovery_end(cx, conn, &ended));
    TRY(once_free(cx, conn, STR("sale"), sale.id));
    TRY(coupon_find(cx, conn, sale.coupon_id, &coupon));
    if (money_compare(coupon.amount, sale.subsidy) != 0) {
        return fault(cx, STATUS_CONFLICT, "资格券金额与这笔销售的补贴不符，不能登记追回");
    }
    TRY(coupon_recover(cx, conn, &coupon, recover->now_ms));
    return recover_journal(cx, conn, &sale, recover->bank_reference);
}

/* ---- settlements ---- */

/* Nothing is paid to a shop that is suspended: rule M14. */
static Status payee_check(Cx *cx, DbConn *conn, int64_t org_id) {
    Org org;
    TRY(people_org_find(cx, conn, org_id, &org));
    if (!str_equal(org.state, STR("active"))) {
        Status status =
            fault(cx, STATUS_CONFLICT, "这家商户已暂停参加活动，补贴暂不支付（规则 M14）");
        fault_hint(cx, "查清并恢复后再办理结算");
        return status;
    }
    return STATUS_OK;
}

static Status settlement_journal(Cx *cx, DbConn *conn, const char *verb,
                                 const Settlement *settlement) {
    DbEntry entry = {
        .verb = verb,
        .subject = "settlement",
        .subject_id = settlement->id,
        .after = str_print(cx->arena,
                           "{\"org_id\":%" PRId64 ",\"sale_count\":%" PRId64
                           ",\"total_fen\":%" PRId64 "}",
                           settlement->org_id, settlement->sale_count, settlement->total.fen),
    };
    return db_journal(cx, conn, &entry);
}

Status shop_settlement_make(Cx *cx, DbConn *conn, int64_t org_id, int64_t made_by, int64_t now_ms,
                            int64_t *id) {
    OpenTotal open;
    TRY(payee_check(cx, conn, org_id));
    TRY(shop_store_batch_total(cx, conn, org_id, &open));
    if (open.count == 0) {
        return fault(cx, STATUS_CONFLICT, "这家商户没有待结算的销售");
    }
    Settlement settlement = {
        .org_id = org_id, .sale_count = open.count, .total = open.total, .made_ms = now_ms};
    TRY(shop_store_settlement_insert(cx, conn, &settlement, made_by, &settlement.id));
    int64_t taken = 0;
    TRY(shop_store_settlement_take(cx, conn, settlement.id, org_id, &taken));
    if (taken != open.count) {
        return fault(cx, STATUS_BUSY, "待结算的销售正在变化，请重试");
    }
    *id = settlement.id;
    return settlement_journal(cx, conn, "settlement.make", &settlement);
}

static Status sales_pay(Cx *cx, DbConn *conn, const SettlementPaid *paid, Money *total) {
    SalePage page = {.settlement_id = paid->settlement_id, .row_max = SHOP_SETTLEMENT_SALES_MAX};
    SaleList sales;
    TRY(shop_store_sales(cx, conn, &page, &sales));
    for (size_t i = 0; i < sales.count; i++) {
        TRY(cx_step(cx));
        Coupon coupon;
        TRY(coupon_find(cx, conn, sales.items[i].coupon_id, &coupon));
        TRY(coupon_settle(cx, conn, &coupon, paid->now_ms));
        TRY(shop_store_sale_move(cx, conn, sales.items[i].id, STR("in_batch"), STR("paid"),
                                 paid->now_ms));
        *total = money_add(*total, sales.items[i].subsidy);
    }
    return STATUS_OK;
}

Status shop_settlement_second_check(Cx *cx, const Settlement *settlement, int64_t person_id) {
    if (settlement->made_by == 0) {
        return fault(cx, STATUS_CONFLICT, "这个预拨批次还没有人核对，不能登记支付");
    }
    if (settlement->made_by != person_id) {
        return STATUS_OK;
    }
    Status status = fault(cx, STATUS_DENIED, "生成或核对批次的人不能登记这个批次的支付");
    fault_hint(cx, "请财政的另一位同事核对回单后登记");
    return status;
}

Status shop_settlement_pay(Cx *cx, DbConn *conn, const SettlementPaid *paid) {
    Settlement settlement;
    TRY(shop_store_settlement_find(cx, conn, paid->settlement_id, &settlement));
    TRY(shop_settlement_second_check(cx, &settlement, paid->paid_by));
    TRY(payee_check(cx, conn, settlement.org_id));
    TRY(shop_store_settlement_paid(cx, conn, paid));
    Money total = MONEY_ZERO;
    TRY(sales_pay(cx, conn, paid, &total));
    if (total.fen != settlement.total.fen) {
        return fault(cx, STATUS_CONFLICT, "批次合计与明细不符，未支付");
    }
    return settlement_journal(cx, conn, "settlement.pay", &settlement);
}
