/* pages.h - what the pages of the plan share. Private to office/plan. */
#ifndef HUANXIN_OFFICE_PLAN_PAGES_H
#define HUANXIN_OFFICE_PLAN_PAGES_H

#include "office/plan/target.h"
#include "office/plan/work.h"
#include "web/form.h"

const PlanBook *page_book(const Web *web);
MUST_CHECK Status page_desk(Web *web, TargetDesk *out);
/* "/path/12". */
Str page_path(Web *web, const char *path, int64_t id);
/* The text, or "—". */
ViewValue page_or_dash(Str text);
/* The name of the signed-in person's unit; empty for others. */
MUST_CHECK Status page_unit_name(Web *web, Str *out);
/* Links to the records that feed a series, if this person may see such a list. */
MUST_CHECK Status page_records_link(Web *web, const BookSeries *series, Str month);

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

/* ---- work ---- */

/* Days that count as soon: what falls due within them is shown before it is late. */
enum { WORK_SOON_DAYS = 10 };
const WorkCalendar *page_calendar(const Web *web);
/* The last day that counts as soon. */
Day page_soon_day(const Web *web);
/* A date with its clock: late by n working days, n working days left; is_open false: only the date.
 */
ViewValue page_due(Web *web, Day due, bool is_open);
void page_measure_table(Web *web, const MeasureList *measures);
ViewValue page_measure_state(Str state);
ViewValue page_notice_state(Str state);
ViewValue page_notice_level(int64_t level);
void page_notice_table(Web *web, const NoticeList *notices);
/* Choices of units for a form; the code is the unit's id. *first_empty: a first "未定". */
typedef struct UnitChoices {
    FormChoice *items;
    size_t count;
} UnitChoices;
MUST_CHECK Status page_unit_choices(Web *web, bool with_none, UnitChoices *out);
/* The id behind the chosen row; 0: none. */
int64_t page_unit_chosen(const UnitChoices *choices, const FormValue *value);
/* One long text and a button, for acts that need words. */
typedef struct TextForm {
    const char *key;
    Str action;
    const char *field; /* "text", "note" */
    const char *label;
    const char *submit;
    bool is_optional;
} TextForm;
const Form *page_text_form(Web *web, const TextForm *of);
/* Who may see what only offices see. */
bool page_is_office(const Web *web);

/* All tasks, or those of a unit; what is late and urged only for offices. */
MUST_CHECK Status page_task_table(Web *web, int64_t unit_id);

/* The counters of the kinds of record of a clause, or of the unit that owns them; people outside
 * offices see public kinds only. O(counters) indexed reads. */
typedef struct KindPick {
    Str clause; /* "2.1"; empty: any */
    Str owner;  /* code of a unit; empty: any */
} KindPick;
/* Where this person may see the records of a kind: the desk, else the public list, else empty. */
struct RecordKind;
MUST_CHECK Status page_kind_href(Web *web, const struct RecordKind *kind, Str *out);
MUST_CHECK Status page_kind_table(Web *web, const KindPick *pick);

/* The filed figures of a series or of a baseline, newest first. */
MUST_CHECK Status page_figures(Web *web, Str series, const char *part);

#endif
