/*
 * plan.h - the action plan at work: its tasks, units and targets as records, the counters from
 * which live targets are computed, and the dashboard.
 *
 *   plan.txt ─reader─▶ plan, plan_task, plan_task_unit, plan_target     (at first start)
 *   office ── plan_count ─▶ counter(key, month) ─▶ target's value ─▶ light
 *
 * A target is live (a counter feeds it), reported (a unit files figures with evidence, confirmed by
 * the lead office) or neither yet. A growth target without a confirmed baseline has no value and is
 * never green.
 */
#ifndef HUANXIN_OFFICE_PLAN_PLAN_H
#define HUANXIN_OFFICE_PLAN_PLAN_H

#include "office/city/city.h"
#include "reader/reader.h"
#include "web/web.h"

/* True when a plan has been loaded. */
MUST_CHECK Status plan_is_loaded(Cx *cx, DbConn *conn, bool *out);
typedef struct PlanLoad {
    const Plan *plan;
    const City *city; /* its indicators say which counter feeds which target */
    Str digest;       /* SM3 of the text, hex */
    int64_t now_ms;
} PlanLoad;
/* Stores a plan as read, with its units, tasks and targets, inside a write command. CONFLICT when a
 * plan is loaded already. Clauses: "2.1" is the first task of the second group of the section that
 * holds most tasks; "S1" the first task of another section. */
MUST_CHECK Status plan_load(Cx *cx, DbConn *conn, const PlanLoad *load);

/* Puts the official text in the place of the digest, inside a write command: tasks are matched by
 * clause, targets by code, so that reports and records stay where they belong. CONFLICT with a
 * Chinese fault when the structures differ or no plan is loaded. */
MUST_CHECK Status plan_replace(Cx *cx, DbConn *conn, const PlanLoad *load);

/* Adds to a counter in the month of day, inside the command of the record that moves it. */
MUST_CHECK Status plan_count(Cx *cx, DbConn *conn, Str key, Day day, int64_t change);
/* The sum of a counter over the months first..last ("2026-01".."2026-12"). */
MUST_CHECK Status plan_counter_sum(Cx *cx, DbConn *conn, Str key, Str first, Str last,
                                   int64_t *out);

/* Counter keys that offices move; the indicator table names them. */
#define COUNTER_APPLIANCE_RECYCLED "recycle.appliance"
#define COUNTER_APPLIANCE_WEIGHT_GRAM "recycle.appliance_gram"
#define COUNTER_SALES "sale.count"
#define COUNTER_SALES_FEN "sale.price_fen"
#define COUNTER_SUBSIDY_FEN "sale.subsidy_fen"

/* ---- the plan as it stands, for reports and print (digest.c) ---- */

/* How a target stands, in four groups: what a report counts. */
typedef enum PlanStanding {
    PLAN_REACHED, /* reached, or expected to be */
    PLAN_ON_WAY,
    PLAN_BEHIND,  /* missed, or not expected to be reached */
    PLAN_UNKNOWN, /* no figure, or no confirmed baseline */
} PlanStanding;
enum { PLAN_STANDING_COUNT = 4 };

/* A target in words. Texts live in cx->arena. */
typedef struct PlanTargetDigest {
    int64_t id;
    int64_t task_id; /* 0: of the whole plan */
    Str clause;      /* of its task; empty: of the whole plan */
    Str code;
    Str indicator;
    Str goal;
    Str year;  /* or the period, or empty */
    Str value; /* empty: none */
    Str light; /* "已达到" */
    Str light_code;
    Str outlook; /* forecast and what is needed from now; may be empty */
    PlanStanding standing;
    bool is_live;     /* counted from records */
    int64_t share_bp; /* of the goal that the value makes up, 0..10000; -1: not told in figures */
} PlanTargetDigest;

typedef struct PlanTaskDigest {
    int64_t id;
    Str clause;
    Str path; /* headings from the plan's root, "/" between */
    Str title;
    Str lead;
    Str responsible;
    Str progress; /* one sentence from the records */
} PlanTaskDigest;

typedef struct PlanDigest {
    Str title;
    Str doc_number;
    const PlanTaskDigest *tasks;
    size_t task_count;
    const PlanTargetDigest *targets;
    size_t target_count;
    int64_t standing_count[PLAN_STANDING_COUNT];
} PlanDigest;

/* The plan as of today; unit_id 0: all of it, else the tasks that the unit leads or is responsible
 * for and their targets. NOT_FOUND without a plan. */
MUST_CHECK Status plan_digest(Cx *cx, DbConn *conn, Day today, int64_t unit_id, PlanDigest *out);

typedef struct PlanUnit {
    int64_t id;
    Str name;
} PlanUnit;
typedef struct PlanUnitList {
    PlanUnit *items;
    size_t count;
} PlanUnitList;
/* The units that have a part in the plan, by name; unit_id 0: all, else that one. */
MUST_CHECK Status plan_units(Cx *cx, DbConn *conn, int64_t unit_id, PlanUnitList *out);

Status plan_dashboard_page(Web *web);
Status plan_task_page(Web *web);
Status plan_target_page(Web *web);
Status plan_target_report_post(Web *web);
Status plan_report_confirm_post(Web *web);
Status plan_report_refuse_post(Web *web);
Status plan_my_unit_page(Web *web);

#endif
