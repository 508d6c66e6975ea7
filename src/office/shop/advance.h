/*
 * advance.h - the rule by which shops get back what they have fronted: within how many working days
 * a sale is paid, and from which sum on part of it is paid in advance. Proposed by one person,
 * approved by another; no rule is in force until then (not set: no source says a value for this
 * city). Shown through shop.h.
 *
 *   rule      proposed 待批准 ──another person──▶ approved 执行中 (until a newer one)
 *                            └───────────────▶ refused 已退回
 *   fronted >= threshold ──in the background──▶ settlement of the oldest sales, "预拨", made by
 *   nobody ──核对, one person──▶ ──登记已支付, another──▶ paid
 *
 * Fronted is what was redeemed and not yet paid: open sales and those in unpaid batches. A shop has
 * one unpaid advance at a time, so the rule never runs ahead of the payments.
 */
#ifndef HUANXIN_OFFICE_SHOP_ADVANCE_H
#define HUANXIN_OFFICE_SHOP_ADVANCE_H

#include "base/day.h"
#include "office/city/city.h"
#include "web/web.h"

enum { ADVANCE_PAY_DAYS_MAX = 120 };

typedef struct SettlementRule {
    int64_t id; /* 0: none */
    Str state;
    Money threshold;  /* 0: no advance */
    int64_t share_bp; /* of what is fronted, 1..10000; 0 without an advance */
    int64_t pay_days; /* working days; 0: not set */
    Str basis;        /* the document, 1..200 bytes */
    int64_t made_by;
    Str made_name;
    int64_t made_ms;
    int64_t decided_by;
    Str decided_name;
    int64_t decided_ms;
} SettlementRule;

typedef struct SettlementRuleList {
    SettlementRule *items;
    size_t count;
} SettlementRuleList;

/* The rule in force: the newest approved one; id 0: not set. */
MUST_CHECK Status advance_rule_now(Cx *cx, DbConn *conn, SettlementRule *out);
/* Newest first, at most 100. */
MUST_CHECK Status advance_rules(Cx *cx, DbConn *conn, SettlementRuleList *out);
/* Proposes one for the actor of the command. INVALID at "threshold", "share", "pay_days", "basis".
 */
MUST_CHECK Status advance_rule_propose(Cx *cx, DbConn *conn, const SettlementRule *rule,
                                       int64_t *id);
/* Approves or refuses a proposal. DENIED for who proposed it when it is approved; CONFLICT when it
 * is decided already. */
MUST_CHECK Status advance_rule_decide(Cx *cx, DbConn *conn, int64_t id, bool is_approved);

/* What a shop has fronted now. */
typedef struct Fronted {
    int64_t count;
    Money total;
    Money in_batch;    /* of it, in unpaid batches */
    int64_t oldest_ms; /* 0: nothing is fronted */
} Fronted;
MUST_CHECK Status advance_fronted(Cx *cx, DbConn *conn, int64_t org_id, Fronted *out);
/* The day by which the oldest sale is to be paid; DAY_NONE: not set, or nothing is fronted. */
Day advance_due(const City *city, const SettlementRule *rule, int64_t oldest_ms);

/* Makes the advance of a shop by the rule in force, inside a write command: its oldest open sales,
 * as many as do not pass share_bp of what it has fronted together with what is in batches, at least
 * one. CONFLICT when the shop is suspended or below the threshold, has an unpaid advance, or has no
 * open sale that fits. */
MUST_CHECK Status advance_make(Cx *cx, DbConn *conn, int64_t org_id, int64_t now_ms, int64_t *id);
/* A person of finance takes an advance on: from now on it is paid by another. CONFLICT when it is
 * taken on already, or is no advance. */
MUST_CHECK Status advance_check(Cx *cx, DbConn *conn, int64_t settlement_id);
/* Makes all advances that are due: in the background, now and then. */
MUST_CHECK Status advance_job(Cx *cx, const City *city, int64_t now_ms);

Status advance_rule_page(Web *web);
Status advance_rule_post(Web *web);
Status advance_approve_post(Web *web);
Status advance_refuse_post(Web *web);
Status advance_check_post(Web *web);

#endif
