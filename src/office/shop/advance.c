#include "office/shop/advance_store.h"

#include <inttypes.h>

/* ---- the rule ---- */

static Status rule_check(Cx *cx, const SettlementRule *rule) {
    if (rule->threshold.fen < 0) {
        return fault_at_field(cx, STATUS_INVALID, "threshold", "预拨线不能小于 0");
    }
    bool is_share = rule->threshold.fen == 0 ? rule->share_bp == 0
                                             : rule->share_bp >= 1 && rule->share_bp <= RATE_BP_ONE;
    if (!is_share) {
        return fault_at_field(cx, STATUS_INVALID, "share",
                              "有预拨线的，预拨比例应在 0.01%% 到 100%% 之间；没有的，不填比例");
    }
    if (rule->pay_days < 0 || rule->pay_days > ADVANCE_PAY_DAYS_MAX) {
        return fault_at_field(cx, STATUS_INVALID, "pay_days", "到账期限应在 0 到 %d 个工作日之间",
                              ADVANCE_PAY_DAYS_MAX);
    }
    if (rule->basis.len < 1 || rule->basis.len > 200) {
        return fault_at_field(cx, STATUS_INVALID, "basis", "请填写依据文件");
    }
    return STATUS_OK;
}

static Status rule_journal(Cx *cx, DbConn *conn, const char *verb, const SettlementRule *rule) {
    DbEntry entry = {.verb = verb,
                     .subject = "settlement_rule",
                     .subject_id = rule->id,
                     .after = str_print(cx->arena,
                                        "{\"threshold_fen\":%" PRId64 ",\"share_bp\":%" PRId64
                                        ",\"pay_days\":%" PRId64 ",\"basis\":" STR_FMT "}",
                                        rule->threshold.fen, rule->share_bp, rule->pay_days,
                                        STR_ARG(str_json(cx->arena, rule->basis)))};
    return db_journal(cx, conn, &entry);
}

Status advance_rule_propose(Cx *cx, DbConn *conn, const SettlementRule *rule, int64_t *id) {
    SettlementRule made = *rule;
    TRY(rule_check(cx, rule));
    made.made_by = db_actor(conn)->user_id;
    made.made_ms = db_now_ms(conn);
    TRY(advance_store_insert(cx, conn, &made, id));
    made.id = *id;
    return rule_journal(cx, conn, "settlement_rule.propose", &made);
}

Status advance_rule_decide(Cx *cx, DbConn *conn, int64_t id, bool is_approved) {
    SettlementRule rule;
    TRY(advance_store_find(cx, conn, id, &rule));
    if (!str_equal(rule.state, STR("proposed"))) {
        return fault(cx, STATUS_CONFLICT, "这个结算规则已经办结，不能再办");
    }
    if (is_approved && rule.made_by == db_actor(conn)->user_id) {
        Status status = fault(cx, STATUS_DENIED, "提出人不能批准自己提出的规则");
        fault_hint(cx, "请财政的另一位同事或牵头专班批准");
        return status;
    }
    rule.state = is_approved ? STR("approved") : STR("refused");
    rule.decided_by = db_actor(conn)->user_id;
    rule.decided_ms = db_now_ms(conn);
    TRY(advance_store_decide(cx, conn, &rule));
    return rule_journal(cx, conn,
                        is_approved ? "settlement_rule.approve" : "settlement_rule.refuse", &rule);
}

Day advance_due(const City *city, const SettlementRule *rule, int64_t oldest_ms) {
    if (rule->id == 0 || rule->pay_days == 0 || oldest_ms == 0) {
        return DAY_NONE;
    }
    return day_add_working(&city->calendar, day_of_instant(oldest_ms), (int32_t)rule->pay_days);
}

/* ---- the advance ---- */

/* The oldest sales whose sum stays within the room; at least one while nothing is in a batch. */
static Status sales_choose(Cx *cx, DbConn *conn, int64_t org_id, const Fronted *fronted, Money room,
                           Settlement *out, int64_t *last_id) {
    SaleList sales;
    TRY(advance_store_oldest(cx, conn, org_id, &sales));
    for (size_t i = 0; i < sales.count; i++) {
        Money sum = money_add(out->total, sales.items[i].subsidy);
        bool is_first = out->sale_count == 0 && fronted->in_batch.fen == 0;
        if (money_compare(sum, room) > 0 && !is_first) {
            break;
        }
        out->total = sum;
        out->sale_count++;
        *last_id = sales.items[i].id;
    }
    return out->sale_count > 0
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "已在结算的金额达到预拨比例，不用再预拨");
}

static Status advance_due_check(Cx *cx, DbConn *conn, int64_t org_id, const SettlementRule *rule,
                                const Fronted *fronted) {
    bool has_open = false;
    if (rule->id == 0 || rule->threshold.fen == 0) {
        return fault(cx, STATUS_CONFLICT, "没有设预拨规则");
    }
    if (money_compare(fronted->total, rule->threshold) < 0) {
        return fault(cx, STATUS_CONFLICT, "垫付 " STR_FMT " 元，没有达到预拨线 " STR_FMT " 元",
                     STR_ARG(money_print(cx->arena, fronted->total)),
                     STR_ARG(money_print(cx->arena, rule->threshold)));
    }
    TRY(advance_store_has_open(cx, conn, org_id, &has_open));
    return has_open ? fault(cx, STATUS_CONFLICT, "这家商户还有没付的预拨批次") : STATUS_OK;
}

static Status advance_journal(Cx *cx, DbConn *conn, const char *verb,
                              const Settlement *settlement) {
    DbEntry entry = {.verb = verb,
                     .subject = "settlement",
                     .subject_id = settlement->id,
                     .after = str_print(cx->arena,
                                        "{\"org_id\":%" PRId64 ",\"sale_count\":%" PRId64
                                        ",\"total_fen\":%" PRId64 ",\"is_advance\":true}",
                                        settlement->org_id, settlement->sale_count,
                                        settlement->total.fen)};
    return db_journal(cx, conn, &entry);
}

Status advance_make(Cx *cx, DbConn *conn, int64_t org_id, int64_t now_ms, int64_t *id) {
    SettlementRule rule;
    Fronted fronted;
    int64_t last_id = 0;
    int64_t taken = 0;
    TRY(people_org_active_check(cx, conn, org_id));
    TRY(advance_rule_now(cx, conn, &rule));
    TRY(advance_fronted(cx, conn, org_id, &fronted));
    TRY(advance_due_check(cx, conn, org_id, &rule, &fronted));
    Money share = money_share_down(fronted.total, rule.share_bp);
    Settlement made = {.org_id = org_id, .made_ms = now_ms, .is_advance = true};
    TRY(sales_choose(cx, conn, org_id, &fronted, money_sub(share, fronted.in_batch), &made,
                     &last_id));
    TRY(shop_store_settlement_insert(cx, conn, &made, 0, &made.id));
    TRY(advance_store_take(cx, conn, &made, last_id, &taken));
    if (taken != made.sale_count) {
        return fault(cx, STATUS_BUSY, "待结算的销售正在变化，请重试");
    }
    *id = made.id;
    return advance_journal(cx, conn, "settlement.advance", &made);
}

Status advance_check(Cx *cx, DbConn *conn, int64_t settlement_id) {
    Settlement settlement;
    TRY(shop_store_settlement_find(cx, conn, settlement_id, &settlement));
    TRY(advance_store_taken_on(cx, conn, settlement_id, db_actor(conn)->user_id));
    return advance_journal(cx, conn, "settlement.check", &settlement);
}

/* ---- in the background ---- */

typedef struct AdvanceRun {
    int64_t org_id;
    int64_t now_ms;
} AdvanceRun;

static Status advance_work(Cx *cx, DbConn *conn, void *input) {
    const AdvanceRun *run = input;
    int64_t id = 0;
    return advance_make(cx, conn, run->org_id, run->now_ms, &id);
}

static Status due_read(Cx *cx, const City *city, OrgIds *out) {
    DbConn *conn = NULL;
    SettlementRule rule;
    *out = (OrgIds){0};
    TRY(db_read_begin(cx, city->db, &conn));
    Status status = advance_rule_now(cx, conn, &rule);
    if (status == STATUS_OK && rule.id != 0 && rule.threshold.fen > 0) {
        status = advance_store_due(cx, conn, rule.threshold, out);
    }
    db_read_end(city->db, conn);
    return status;
}

Status advance_job(Cx *cx, const City *city, int64_t now_ms) {
    OrgIds due;
    TRY(due_read(cx, city, &due));
    for (size_t i = 0; i < due.count; i++) {
        AdvanceRun run = {due.items[i], now_ms};
        DbCommand command = {.name = "settlement.advance",
                             .actor = {.role = STR("system"), .origin = STR("job")},
                             .work = advance_work,
                             .input = &run,
                             .now_ms = now_ms};
        TRY(cx_step(cx));
        Status status = db_write(cx, city->db, &command, NULL);
        /* Another server was faster, or the shop has just been paid or suspended. */
        if (status == STATUS_CONFLICT || status == STATUS_BUSY) {
            fault_clear(cx);
            continue;
        }
        TRY(status);
    }
    return STATUS_OK;
}
