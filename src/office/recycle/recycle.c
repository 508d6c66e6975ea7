#include "office/people/people.h"
#include "office/plan/plan.h"
#include "office/recycle/recycle_store.h"

#include <inttypes.h>

enum { MONTHS_ROLLING = 12 };

/* gross * 10000 / 10100, down to the fen, without a product that overflows. */
static Money net_of_gross(Money gross) {
    const int64_t whole = RATE_BP_ONE + REVERSE_INVOICE_VAT_BP;
    return money_of_fen(gross.fen / whole * RATE_BP_ONE + gross.fen % whole * RATE_BP_ONE / whole);
}

void recycle_invoice_compute(ReverseInvoice *invoice, Money month_before, Money rolling_before) {
    check(invoice->gross.fen >= 0);
    bool is_exempt = money_compare(money_add(month_before, invoice->gross),
                                   money_of_fen(REVERSE_INVOICE_EXEMPT_FEN)) <= 0;
    invoice->vat_rate_bp = is_exempt ? 0 : REVERSE_INVOICE_VAT_BP;
    invoice->net = is_exempt ? invoice->gross : net_of_gross(invoice->gross);
    invoice->vat = money_sub(invoice->gross, invoice->net);
    invoice->income_tax = money_share_down(invoice->net, REVERSE_INVOICE_INCOME_TAX_BP);
    invoice->rolling = money_add(rolling_before, invoice->net);
    invoice->is_blocked = invoice->rolling.fen > REVERSE_INVOICE_LIMIT_FEN;
    invoice->reason =
        invoice->is_blocked
            ? STR("连续 12 个月累计超过 500 万元，不能反向开票，请引导出售者登记经营主体")
            : STR("");
}

static Status invoice_journal(Cx *cx, DbConn *conn, const ReverseInvoice *invoice, int64_t id) {
    DbEntry entry = {
        .verb = invoice->is_blocked ? "reverse_invoice.block" : "reverse_invoice.prepare",
        .subject = "reverse_invoice",
        .subject_id = id,
        .after = str_print(cx->arena,
                           "{\"pickup_id\":%" PRId64 ",\"net_fen\":%" PRId64 ",\"vat_fen\":%" PRId64
                           ",\"income_tax_fen\":%" PRId64 ",\"rolling_fen\":%" PRId64 "}",
                           invoice->pickup_id, invoice->net.fen, invoice->vat.fen,
                           invoice->income_tax.fen, invoice->rolling.fen),
    };
    return db_journal(cx, conn, &entry);
}

static Status invoice_prepare(Cx *cx, DbConn *conn, int64_t pickup_id, int64_t now_ms) {
    Pickup pickup;
    Person seller;
    TRY(pickup_find(cx, conn, pickup_id, &pickup));
    if (pickup.paid.fen == 0) {
        return STATUS_OK;
    }
    TRY(people_person_find(cx, conn, pickup.person_id, &seller));
    DayParts parts = day_parts(day_of_instant(now_ms));
    ReverseInvoice invoice = {.pickup_id = pickup_id,
                              .org_id = pickup.org_id,
                              .seller_hash = seller.id_hash,
                              .month = (int64_t)parts.year * 12 + parts.month - 1,
                              .gross = pickup.paid};
    /* Whoever has no ID number on record is nobody's sum but the own. */
    bool is_known = seller.id_hash.len > 0;
    if (!is_known) {
        invoice.seller_hash = str_print(cx->arena, "person:%" PRId64, seller.id);
    }
    Money month = MONEY_ZERO;
    Money rolling = MONEY_ZERO;
    TRY(recycle_store_seller_sum(cx, conn, invoice.seller_hash, invoice.month, invoice.month,
                                 &month));
    TRY(recycle_store_seller_sum(cx, conn, invoice.seller_hash, invoice.month - MONTHS_ROLLING + 1,
                                 invoice.month, &rolling));
    recycle_invoice_compute(&invoice, month, rolling);
    if (!is_known) {
        invoice.is_blocked = true;
        invoice.reason = STR("出售者没有登记身份证号，不能反向开票，请先完成实名登记");
    }
    int64_t id = 0;
    TRY(recycle_store_invoice_insert(cx, conn, &invoice, now_ms, &id));
    return invoice_journal(cx, conn, &invoice, id);
}

Status recycle_collect(Cx *cx, DbConn *conn, const PickupCollect *collect) {
    TRY(pickup_collect(cx, conn, collect));
    return invoice_prepare(cx, conn, collect->pickup_id, collect->now_ms);
}

static Status certificate_journal(Cx *cx, DbConn *conn, const Certificate *certificate) {
    DbEntry entry = {
        .verb = "certificate.make",
        .subject = "certificate",
        .subject_id = certificate->id,
        .after =
            str_print(cx->arena,
                      "{\"number\":" STR_FMT ",\"pickup_id\":%" PRId64 ",\"old_serial\":" STR_FMT
                      ",\"net_gram\":%" PRId64 "}",
                      STR_ARG(str_json(cx->arena, certificate->number)), certificate->pickup_id,
                      STR_ARG(str_json(cx->arena, certificate->old_serial)), certificate->net_gram),
    };
    return db_journal(cx, conn, &entry);
}

static Status counters_move(Cx *cx, DbConn *conn, const Certificate *certificate) {
    PlanCount count = {.key = STR(COUNTER_APPLIANCE_RECYCLED),
                       .town_code = certificate->town_code,
                       .day = certificate->ended_day,
                       .change = 1};
    TRY(plan_count_town(cx, conn, &count));
    return plan_count(cx, conn, STR(COUNTER_APPLIANCE_WEIGHT_GRAM), certificate->ended_day,
                      certificate->net_gram);
}

Status recycle_certify(Cx *cx, DbConn *conn, const CertificateNew *new, int64_t *id) {
    Pickup pickup;
    TRY(pickup_certify(cx, conn, new->pickup_id, new->org_id, new->now_ms, &pickup));
    Day collected = day_of_instant(pickup.collected_ms);
    if (day_compare(new->ended_day, collected) < 0 ||
        day_compare(new->ended_day, day_of_instant(new->now_ms)) > 0) {
        return fault_at_field(cx, STATUS_INVALID, "ended_day",
                              "拆解日期应在收走日 " STR_FMT " 至今天之间",
                              STR_ARG(day_print(cx->arena, collected)));
    }
    Certificate certificate = {.number = str_print(cx->arena, "CJ%04" PRId32 "%08" PRId64,
                                                   day_parts(new->ended_day).year, pickup.id),
                               .pickup_id = pickup.id,
                               .org_id = new->org_id,
                               .category = pickup.category,
                               .town_code = pickup.town_code,
                               .old_serial = pickup.old_serial,
                               .net_gram = pickup.net_gram,
                               .method = new->method,
                               .ended_day = new->ended_day,
                               .made_by = new->made_by,
                               .made_ms = new->now_ms};
    TRY(recycle_store_certificate_insert(cx, conn, &certificate, &certificate.id));
    TRY(counters_move(cx, conn, &certificate));
    *id = certificate.id;
    return certificate_journal(cx, conn, &certificate);
}
