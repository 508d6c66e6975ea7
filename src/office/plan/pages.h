/* pages.h - what the pages of the plan share. Private to office/plan. */
#ifndef HUANXIN_OFFICE_PLAN_PAGES_H
#define HUANXIN_OFFICE_PLAN_PAGES_H

#include "office/plan/target.h"
#include "web/form.h"

const PlanBook *page_book(const Web *web);
MUST_CHECK Status page_desk(Web *web, TargetDesk *out);
/* "/path/12". */
Str page_path(Web *web, const char *path, int64_t id);
/* The text, or "—". */
ViewValue page_or_dash(Str text);
/* The name of the signed-in person's unit; empty for others. */
MUST_CHECK Status page_unit_name(Web *web, Str *out);
/* Links to the records that feed a series, if anybody keeps such a list. */
void page_records_link(Web *web, const BookSeries *series, Str month);

/* One table of all targets, of a task's or of a unit's. */
typedef struct TargetPick {
    int64_t task_id; /* 0: any */
    Str clause;      /* with task_id: targets that indicators.yaml gives to this clause as well */
    Str owner;       /* name of the unit; empty: any */
} TargetPick;
typedef struct TargetNows {
    TargetNow *items;
    size_t count;
} TargetNows;
MUST_CHECK Status page_targets(Web *web, const TargetDesk *desk, const TargetPick *pick,
                               TargetNows *out);
void page_target_table(Web *web, const TargetNows *targets);

/* The filed figures of a series or of a baseline, newest first. */
MUST_CHECK Status page_figures(Web *web, Str series, const char *part);

#endif
