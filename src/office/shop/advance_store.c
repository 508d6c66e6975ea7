#include "office/shop/advance_store.h"

#define RULE_SELECT                                                                                \
    "SELECT r.id, r.state, r.threshold_fen, r.share_bp, r.pay_days, r.basis, r.made_by,"           \
    " maker.name_masked, r.made_ms, r.decided_by, decider.name_masked, r.decided_ms"               \
    " FROM settlement_rule AS r LEFT JOIN person AS maker ON maker.id = r.made_by"                 \
    " LEFT JOIN person AS decider ON decider.id = r.decided_by"

static void rule_row(Arena *arena, const DbRows *rows, void *item) {
    *(SettlementRule *)item = (SettlementRule){.id = db_int(rows, 0),
                                               .state = db_text(arena, rows, 1),
                                               .threshold = db_money(rows, 2),
                                               .share_bp = db_int(rows, 3),
                                               .pay_days = db_int(rows, 4),
                                               .basis = db_text(arena, rows, 5),
                                               .made_by = db_int(rows, 6),
                                               .made_name = db_text(arena, rows, 7),
                                               .made_ms = db_int(rows, 8),
                                               .decided_by = db_int(rows, 9),
                                               .decided_name = db_text(arena, rows, 10),
                                               .decided_ms = db_int(rows, 11)};
}

static Status rules_read(Cx *cx, DbRows *rows, SettlementRuleList *out) {
    DbItems got = {0};
    TRY(db_collect(cx, rows, DB_ITEM(SettlementRule, rule_row), &got));
    *out = (SettlementRuleList){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_RULE_NOW[] =
    RULE_SELECT " WHERE r.state = 'approved' ORDER BY r.decided_ms DESC, r.id DESC LIMIT 1";
static const char SQL_RULES[] = RULE_SELECT " ORDER BY r.id DESC LIMIT 100";
static const char SQL_RULE_FIND[] = RULE_SELECT " WHERE r.id = $1";

Status advance_rule_now(Cx *cx, DbConn *conn, SettlementRule *out) {
    DbRows *rows = NULL;
    SettlementRuleList list;
    TRY(db_query(cx, conn, SQL_RULE_NOW, DB_NO_ARGS, &rows));
    TRY(rules_read(cx, rows, &list));
    *out = list.count > 0 ? list.items[0] : (SettlementRule){0};
    return STATUS_OK;
}

Status advance_rules(Cx *cx, DbConn *conn, SettlementRuleList *out) {
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_RULES, DB_NO_ARGS, &rows));
    return rules_read(cx, rows, out);
}

Status advance_store_find(Cx *cx, DbConn *conn, int64_t id, SettlementRule *out) {
    DbRows *rows = NULL;
    SettlementRuleList list;
    TRY(db_query(cx, conn, SQL_RULE_FIND, DB_ARGS(DB_INT(id)), &rows));
    TRY(rules_read(cx, rows, &list));
    if (list.count == 0) {
        return fault(cx, STATUS_NOT_FOUND, "没有这个结算规则");
    }
    *out = list.items[0];
    return STATUS_OK;
}

static const char SQL_RULE_INSERT[] =
    "INSERT INTO settlement_rule (state, threshold_fen, share_bp, pay_days, basis, made_by,"
    " made_ms) VALUES ('proposed', $1, $2, $3, $4, $5, $6) RETURNING id";

Status advance_store_insert(Cx *cx, DbConn *conn, const SettlementRule *rule, int64_t *id) {
    return db_insert(cx, conn, SQL_RULE_INSERT,
                     DB_ARGS(DB_MONEY(rule->threshold), DB_INT(rule->share_bp),
                             DB_INT(rule->pay_days), DB_TEXT(rule->basis), DB_INT(rule->made_by),
                             DB_INT(rule->made_ms)),
                     id);
}

static const char SQL_RULE_DECIDE[] =
    "UPDATE settlement_rule SET state = $1, decided_by = $2, decided_ms = $3"
    " WHERE id = $4 AND state = 'proposed'";

Status advance_store_decide(Cx *cx, DbConn *conn, const SettlementRule *rule) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_RULE_DECIDE,
                DB_ARGS(DB_TEXT(rule->state), DB_INT(rule->decided_by), DB_INT(rule->decided_ms),
                        DB_INT(rule->id)),
                &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个结算规则已经办结");
}

/* ---- advances ---- */

static const char SQL_FRONTED[] =
    "SELECT COUNT(*), COALESCE(SUM(subsidy_fen), 0),"
    " COALESCE(SUM(CASE WHEN state = 'in_batch' THEN subsidy_fen ELSE 0 END), 0), MIN(sold_ms)"
    " FROM sale WHERE org_id = $1 AND state IN ('redeemed', 'in_batch')";

Status advance_fronted(Cx *cx, DbConn *conn, int64_t org_id, Fronted *out) {
    DbRows *rows = NULL;
    bool has_row = false;
    *out = (Fronted){0};
    TRY(db_query(cx, conn, SQL_FRONTED, DB_ARGS(DB_INT(org_id)), &rows));
    TRY(db_next(cx, rows, &has_row));
    if (has_row) {
        *out = (Fronted){.count = db_int(rows, 0),
                         .total = db_money(rows, 1),
                         .in_batch = db_money(rows, 2),
                         .oldest_ms = db_int(rows, 3)};
        db_rows_close(rows);
    }
    return STATUS_OK;
}

static const char SQL_DUE[] =
    "SELECT sale.org_id FROM sale JOIN org ON org.id = sale.org_id AND org.state = 'active'"
    " WHERE sale.state IN ('redeemed', 'in_batch') AND NOT EXISTS (SELECT 1 FROM settlement AS s"
    " WHERE s.org_id = sale.org_id AND s.is_advance = 1 AND s.state = 'approved')"
    " GROUP BY sale.org_id HAVING SUM(sale.subsidy_fen) >= $1"
    " AND SUM(CASE WHEN sale.state = 'redeemed' THEN 1 ELSE 0 END) > 0 ORDER BY sale.org_id";

static void due_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(int64_t *)item = db_int(rows, 0);
}

Status advance_store_due(Cx *cx, DbConn *conn, Money threshold, OrgIds *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_DUE, DB_ARGS(DB_MONEY(threshold)), &rows));
    TRY(db_collect(cx, rows, DB_ITEM(int64_t, due_row), &got));
    *out = (OrgIds){got.items, got.count};
    return STATUS_OK;
}

static const char SQL_HAS_OPEN[] =
    "SELECT 1 FROM settlement WHERE org_id = $1 AND is_advance = 1 AND state = 'approved' LIMIT 1";

Status advance_store_has_open(Cx *cx, DbConn *conn, int64_t org_id, bool *out) {
    return db_exists(cx, conn, SQL_HAS_OPEN, DB_ARGS(DB_INT(org_id)), out);
}

static const char SQL_OLDEST[] = "SELECT id, subsidy_fen FROM sale WHERE org_id = $1"
                                 " AND state = 'redeemed' ORDER BY id LIMIT $2";

static void oldest_row(Arena *arena, const DbRows *rows, void *item) {
    (void)arena;
    *(Sale *)item = (Sale){.id = db_int(rows, 0), .subsidy = db_money(rows, 1)};
}

Status advance_store_oldest(Cx *cx, DbConn *conn, int64_t org_id, SaleList *out) {
    DbItems got = {0};
    DbRows *rows = NULL;
    TRY(db_query(cx, conn, SQL_OLDEST, DB_ARGS(DB_INT(org_id), DB_INT(SHOP_SETTLEMENT_SALES_MAX)),
                 &rows));
    TRY(db_collect(cx, rows, DB_ITEM(Sale, oldest_row), &got));
    *out = (SaleList){.items = got.items, .count = got.count};
    return STATUS_OK;
}

static const char SQL_TAKE[] = "UPDATE sale SET state = 'in_batch', settlement_id = $1"
                               " WHERE org_id = $2 AND state = 'redeemed' AND id <= $3";

Status advance_store_take(Cx *cx, DbConn *conn, const Settlement *settlement, int64_t last_id,
                          int64_t *count) {
    return db_exec(cx, conn, SQL_TAKE,
                   DB_ARGS(DB_INT(settlement->id), DB_INT(settlement->org_id), DB_INT(last_id)),
                   count);
}

static const char SQL_TAKEN_ON[] =
    "UPDATE settlement SET made_by = $1 WHERE id = $2 AND made_by = 0 AND state = 'approved'";

Status advance_store_taken_on(Cx *cx, DbConn *conn, int64_t id, int64_t person_id) {
    int64_t changed = 0;
    TRY(db_exec(cx, conn, SQL_TAKEN_ON, DB_ARGS(DB_INT(person_id), DB_INT(id)), &changed));
    return changed == 1 ? STATUS_OK : fault(cx, STATUS_CONFLICT, "这个批次不是待核对的预拨批次");
}
