/*
 * report_day.h - SQL of the day by which last month's figures are due; the acts are in plan.h.
 * Private to office/plan.
 */
#ifndef HUANXIN_OFFICE_PLAN_REPORT_DAY_H
#define HUANXIN_OFFICE_PLAN_REPORT_DAY_H

#include "office/plan/plan.h"

MUST_CHECK Status report_day_store_insert(Cx *cx, DbConn *conn, const PlanReportDay *rule,
                                          int64_t *id);
MUST_CHECK Status report_day_store_has_open(Cx *cx, DbConn *conn, bool *out);
/* NOT_FOUND for an unknown id. */
MUST_CHECK Status report_day_store_find(Cx *cx, DbConn *conn, int64_t id, PlanReportDay *out);
/* *changed 0: it was decided before. */
MUST_CHECK Status report_day_store_decide(Cx *cx, DbConn *conn, const PlanReportDayAct *act,
                                          int64_t *changed);
/* -1: none was ever in force. */
MUST_CHECK Status report_day_store_now(Cx *cx, DbConn *conn, int64_t *day);
/* Newest first, at most 100. */
MUST_CHECK Status report_day_store_list(Cx *cx, DbConn *conn, PlanReportDays *out);

#endif
