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
    Str digest; /* SM3 of the text, hex */
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

/* ---- counters ---- */

/* Adds to a counter in the month of day, inside the command of the record that moves it. */
MUST_CHECK Status plan_count(Cx *cx, DbConn *conn, Str key, Day day, int64_t change);
/* As plan_count, and adds to the counter of the town as well: "key/town=370784001". */
typedef struct PlanCount {
    Str key;
    Str town_code; /* empty: unknown */
    Day day;
    int64_t change;
} PlanCount;
MUST_CHECK Status plan_count_town(Cx *cx, DbConn *conn, const PlanCount *count);
/* The sum of a counter over the months first..last ("2026-01".."2026-12"). */
MUST_CHECK Status plan_counter_sum(Cx *cx, DbConn *conn, Str key, Str first, Str last,
                                   int64_t *out);

/* Counter keys that offices move; indicators.yaml names them. */
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
    Str path;  /* headings from the plan's root, "/" between */
    Str group; /* title of the heading above it: "工业更新"; may be empty */
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

typedef struct PlanDigestAsk {
    const struct PlanBook *book; /* of the city: City.plan_book */
    Day today;
    int64_t unit_id; /* 0: the whole plan */
    /* What the caller has read already, of the same day; NULL: it is read here. */
    const struct TargetDesk *desk;
} PlanDigestAsk;
/* The plan as of today, or of one unit: the tasks that it leads or is responsible for, their
 * targets and those that it answers for. NOT_FOUND without a plan. */
MUST_CHECK Status plan_digest(Cx *cx, DbConn *conn, const PlanDigestAsk *ask, PlanDigest *out);

/* A target whose value or light is another than at the end of last month. */
typedef struct PlanChange {
    int64_t target_id;
    Str code;
    Str indicator;
    Str before; /* value; empty: none */
    Str now;
    Str light_before; /* in words */
    Str light;
} PlanChange;
typedef struct PlanChangeList {
    PlanChange *items;
    size_t count;
} PlanChangeList;
/* Those with another light first, then by position. NOT_FOUND without a plan. */
MUST_CHECK Status plan_changes(Cx *cx, DbConn *conn, const PlanDigestAsk *ask, PlanChangeList *out);

/* What somebody should look at: targets at risk or missed, measures past their day, notices past
 * theirs, baselines and monthly reports that are missing. */
typedef struct PlanProblem {
    Str kind; /* "督办", "措施", "缺报", "目标", "基期" */
    Str title;
    Str unit;   /* who answers; may be empty */
    Str detail; /* "已逾期 12 个工作日" */
    Str href;
} PlanProblem;
typedef struct PlanProblemList {
    PlanProblem *items;
    size_t count;
} PlanProblemList;
typedef struct PlanProblemAsk {
    const struct PlanBook *book;
    const WorkCalendar *calendar;
    Day today;
    int64_t unit_id;               /* 0: of all units */
    const struct TargetDesk *desk; /* as in PlanDigestAsk */
} PlanProblemAsk;
MUST_CHECK Status plan_problems(Cx *cx, DbConn *conn, const PlanProblemAsk *ask,
                                PlanProblemList *out);

/* ---- by which day last month's figures are due ---- */

/* A rule of the city: proposed by one person of the lead office, put in force by another. */
typedef struct PlanReportDay {
    int64_t id;
    int64_t day; /* of the month, 1..28; 0 takes the rule away */
    Str source;  /* the document behind it */
    Str state;   /* "proposed", "in_force", "refused" */
    int64_t proposed_by;
    Str proposer; /* masked */
    int64_t proposed_ms;
    Str decider; /* masked; empty while it is open */
    int64_t decided_ms;
    Str note; /* why it was refused */
} PlanReportDay;
typedef struct PlanReportDays {
    PlanReportDay *items;
    size_t count;
} PlanReportDays;
typedef struct PlanReportDayAct {
    int64_t id;
    int64_t person_id;
    bool is_approved;
    Str note; /* needed to refuse */
    int64_t now_ms;
} PlanReportDayAct;
/* Inside a write command, journaled. INVALID at field "day" or "source"; CONFLICT while another
 * proposal is open. */
MUST_CHECK Status plan_report_day_propose(Cx *cx, DbConn *conn, const PlanReportDay *rule,
                                          int64_t *id);
/* Inside a write command, journaled. DENIED to the proposer, CONFLICT when it was decided. */
MUST_CHECK Status plan_report_day_decide(Cx *cx, DbConn *conn, const PlanReportDayAct *act);
/* The day in force: of the latest decision, else of indicators.yaml; 0: not set. */
MUST_CHECK Status plan_report_day(Cx *cx, DbConn *conn, const struct PlanBook *book, int64_t *out);
/* Newest first, at most 100. */
MUST_CHECK Status plan_report_days(Cx *cx, DbConn *conn, PlanReportDays *out);
/* The date on which last month's figures are due; a day off moves to the next working day, as the
 * last day of any term does (民法典第二百零三条). DAY_NONE for report_day 0. */
Day plan_report_due(const WorkCalendar *calendar, Day today, int64_t report_day);

/* One thing that waits for a person: to be told, approved, confirmed, received, answered, done. */
typedef struct PlanTodo {
    Str kind; /* "缺报", "填报退回", "填报审核", "督办", "措施", "基期" */
    Str title;
    Str detail; /* what to do */
    Str unit;   /* whose matter it is */
    Day due;    /* DAY_NONE: no date set */
    Str href;
    int64_t since_ms; /* 0: not known */
} PlanTodo;
typedef struct PlanTodoList {
    PlanTodo *items;
    size_t count;
    size_t room;
} PlanTodoList;
typedef struct PlanTodoAsk {
    const struct PlanBook *book;
    const WorkCalendar *calendar;
    Day today;
    int64_t unit_id; /* of the person; 0: none */
    int64_t person_id;
    bool is_lead;
} PlanTodoAsk;
/* What waits for an officer of a unit or for the lead office, in no order: measures from ten
 * working days before their date on. A month counts as missing when it is over and nothing was
 * told of it: of a series that only its unit can tell, and of a counted one that had figures in
 * three of the six months before. */
MUST_CHECK Status plan_todo(Cx *cx, DbConn *conn, const PlanTodoAsk *ask, PlanTodoList *out);

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

/* ---- declared series and targets ---- */

/* Reads and compiles indicators.yaml and units.yaml of a city's folder. INVALID with file, line and
 * what was expected. The book lives in cx->arena and is read-only afterwards. */
MUST_CHECK Status plan_book_load(Cx *cx, Str folder, struct PlanBook **out);

typedef struct PlanSeriesName {
    Str id;
    Str name;
    Str unit;
    Str owner; /* name of the unit that reports it; empty: not decided */
} PlanSeriesName;
/* The declared series of a name; false when there is none. */
bool plan_series_find(const struct PlanBook *book, Str name, PlanSeriesName *out);

/* ---- papers: evidence as files ---- */

enum { PLAN_PAPERS_MAX = 5 };

/* A stored file (src/attach) that goes with a figure, a measure or a reply. */
typedef struct PlanPaper {
    Str digest; /* SM3, 64 hex digits */
    int64_t size_bytes;
    Str media_type;
    Str name;
} PlanPaper;
typedef struct PlanPapers {
    const PlanPaper *items;
    size_t count; /* at most PLAN_PAPERS_MAX */
} PlanPapers;

/* What a month's figures and finished measures rest on. */
typedef struct PlanEvidence {
    Str what;   /* the series, the baseline or the measure */
    Str period; /* of a figure; of a measure the day on which it was confirmed */
    Str value;  /* of a figure; of a measure "已完成" */
    Str unit;
    Str evidence; /* in words */
    Str names;    /* of the files, one after another; empty: none */
    int64_t paper_count;
    Str href; /* where an office reads it */
} PlanEvidence;
typedef struct PlanEvidenceList {
    PlanEvidence *items;
    size_t count;
} PlanEvidenceList;
typedef struct PlanEvidenceAsk {
    const struct PlanBook *book;
    Str month; /* "2026-10" */
} PlanEvidenceAsk;
/* The confirmed figures of a month, the confirmed baselines and the measures confirmed in it, at
 * most LIMIT_PAGE_ROWS_MAX each; figures first. INVALID for a month that is none. */
MUST_CHECK Status plan_evidence(Cx *cx, DbConn *conn, const PlanEvidenceAsk *ask,
                                PlanEvidenceList *out);

/* ---- figures that units file ---- */

typedef struct PlanFigureNew {
    Str series; /* id of a series; of a baseline the code of the target */
    bool is_baseline;
    bool is_words; /* of a target that is not told in figures */
    Str period;    /* "2026-03" or "2026"; of a baseline a year */
    Str value;
    Str evidence;
    PlanPapers papers;
    int64_t unit_id; /* 0: the lead office files itself, no head needed */
    int64_t filed_by;
    int64_t now_ms;
} PlanFigureNew;
/* Files a figure inside a write command. INVALID at a field. */
MUST_CHECK Status plan_figure_file(Cx *cx, DbConn *conn, const PlanFigureNew *new, int64_t *id);

typedef struct PlanFigureAct {
    int64_t id;
    int64_t person_id;
    bool is_lead; /* the person acts for the lead office */
    int64_t now_ms;
    Str note; /* why it is sent back */
} PlanFigureAct;
/* Inside a write command; filer, approver and confirmer are three persons. DENIED for anybody but a
 * head of the unit; CONFLICT when it is not waiting for this step. */
MUST_CHECK Status plan_figure_approve(Cx *cx, DbConn *conn, const PlanFigureAct *act);
/* DENIED for the one who filed or approved; CONFLICT when it is not approved. */
MUST_CHECK Status plan_figure_confirm(Cx *cx, DbConn *conn, const PlanFigureAct *act);
/* Sends a figure back, by the head before and by the lead office after the approval. INVALID
 * without a reason. */
MUST_CHECK Status plan_figure_refuse(Cx *cx, DbConn *conn, const PlanFigureAct *act);

typedef struct PlanHeadSet {
    int64_t unit_id;
    int64_t person_id;
    bool is_head;
    int64_t set_by;
    int64_t now_ms;
} PlanHeadSet;
/* Names or releases the head of a unit inside a write command. CONFLICT when the person is no
 * officer of that unit. */
MUST_CHECK Status plan_head_set(Cx *cx, DbConn *conn, const PlanHeadSet *set);

/* ---- measures: the work behind a task ---- */

typedef struct PlanMeasureNew {
    int64_t task_id;
    Str text;
    int64_t unit_id; /* who answers for it; 0: not decided */
    Day due;         /* DAY_NONE: not decided */
    int64_t person_id;
    int64_t now_ms;
} PlanMeasureNew;
/* Adds a measure inside a write command. NOT_FOUND for an unknown task. */
MUST_CHECK Status plan_measure_add(Cx *cx, DbConn *conn, const PlanMeasureNew *new, int64_t *id);

/* A measure as it stands. */
typedef struct PlanMeasure {
    int64_t id;
    int64_t task_id;
    Str clause;
    Str text;
    int64_t unit_id; /* 0: nobody yet */
    Str unit;
    Day due;   /* DAY_NONE: not set */
    Str state; /* "open", "doing", "reported", "done", "dropped" */
    int64_t progress_bp;
} PlanMeasure;
typedef struct PlanMeasureList {
    PlanMeasure *items;
    size_t count;
} PlanMeasureList;
/* The measures of a unit, or of all (0), nearest date first; at most 10,000. */
MUST_CHECK Status plan_measures(Cx *cx, DbConn *conn, int64_t unit_id, PlanMeasureList *out);

typedef struct PlanMeasureAct {
    int64_t measure_id;
    int64_t person_id;
    int64_t unit_id; /* of the person; 0: none */
    bool is_lead;    /* the person acts for the lead office */
    Str text;
    Str evidence;
    PlanPapers papers;   /* of progress and report */
    int64_t progress_bp; /* of progress */
    int64_t new_unit_id; /* of assign */
    Day due;             /* of assign; DAY_NONE: none */
    int64_t now_ms;
} PlanMeasureAct;
/* All inside a write command, all journaled; DENIED for the wrong unit or role, CONFLICT in the
 * wrong state. assign: owner and date, by the lead office. progress: by any unit of the task; the
 * owner's moves the figure. report: done, by the owner, INVALID without evidence. decide: confirmed
 * or sent back (INVALID without a reason), by the lead office. drop: given up with a reason. */
MUST_CHECK Status plan_measure_assign(Cx *cx, DbConn *conn, const PlanMeasureAct *act);
MUST_CHECK Status plan_measure_progress(Cx *cx, DbConn *conn, const PlanMeasureAct *act);
MUST_CHECK Status plan_measure_report(Cx *cx, DbConn *conn, const PlanMeasureAct *act);
MUST_CHECK Status plan_measure_decide(Cx *cx, DbConn *conn, const PlanMeasureAct *act,
                                      bool is_confirmed);
MUST_CHECK Status plan_measure_drop(Cx *cx, DbConn *conn, const PlanMeasureAct *act);

/* ---- notices of supervision (督办) ---- */

typedef struct PlanNoticeNew {
    int64_t task_id;
    int64_t measure_id; /* 0: the whole task */
    int64_t unit_id;
    Str title;
    Str body;
    int64_t reply_days; /* working days, 1..60 */
    const WorkCalendar *calendar;
    int64_t person_id;
    int64_t now_ms;
} PlanNoticeNew;
/* Issues a notice inside a write command: to be received within one working day and answered within
 * reply_days; its number counts within the year. INVALID at a field. */
MUST_CHECK Status plan_notice_issue(Cx *cx, DbConn *conn, const PlanNoticeNew *new, int64_t *id);

typedef struct PlanNoticeAct {
    int64_t notice_id;
    int64_t person_id;
    int64_t unit_id;
    bool is_lead;
    Str text;
    PlanPapers papers;  /* of reply */
    int64_t reply_days; /* of return and raise */
    const WorkCalendar *calendar;
    int64_t now_ms;
} PlanNoticeAct;
/* receive, reply: by an officer of the unit. close, return, raise: by the lead office; return and
 * raise give a new date and need a reason; only what is late is raised, at most to level 3.
 * CONFLICT in the wrong state, DENIED for others. */
MUST_CHECK Status plan_notice_receive(Cx *cx, DbConn *conn, const PlanNoticeAct *act);
MUST_CHECK Status plan_notice_reply(Cx *cx, DbConn *conn, const PlanNoticeAct *act);
MUST_CHECK Status plan_notice_close(Cx *cx, DbConn *conn, const PlanNoticeAct *act);
MUST_CHECK Status plan_notice_return(Cx *cx, DbConn *conn, const PlanNoticeAct *act);
MUST_CHECK Status plan_notice_raise(Cx *cx, DbConn *conn, const PlanNoticeAct *act);
/* True when a notice in this state has passed a date. */
bool plan_notice_is_late(Str state, Day receive_due, Day reply_due, Day today);

Status plan_dashboard_page(Web *web);
Status plan_unit_dashboard_page(Web *web);
Status plan_town_dashboard_page(Web *web);
Status plan_task_page(Web *web);
Status plan_target_page(Web *web);
Status plan_target_baseline_post(Web *web);
Status plan_lights_page(Web *web);
Status plan_sources_page(Web *web);
Status plan_series_list_page(Web *web);
Status plan_series_page(Web *web);
Status plan_series_file(Web *web);
Status plan_series_figure_post(Web *web);
Status plan_figure_list_page(Web *web);
Status plan_figure_page(Web *web);
Status plan_figure_approve_post(Web *web);
Status plan_figure_confirm_post(Web *web);
Status plan_figure_refuse_post(Web *web);
Status plan_paper_file(Web *web);
Status plan_head_page(Web *web);
Status plan_report_day_page(Web *web);
Status plan_report_day_post(Web *web);
Status plan_report_day_approve_post(Web *web);
Status plan_report_day_refuse_post(Web *web);
Status plan_head_set_post(Web *web);
Status plan_head_unset_post(Web *web);
Status plan_my_unit_page(Web *web);
Status plan_measure_list_page(Web *web);
Status plan_measure_file(Web *web);
Status plan_measure_page(Web *web);
Status plan_measure_new_page(Web *web);
Status plan_measure_new_post(Web *web);
Status plan_measure_assign_post(Web *web);
Status plan_measure_progress_post(Web *web);
Status plan_measure_report_post(Web *web);
Status plan_measure_confirm_post(Web *web);
Status plan_measure_return_post(Web *web);
Status plan_measure_drop_post(Web *web);
Status plan_notice_list_page(Web *web);
Status plan_notice_file(Web *web);
Status plan_notice_page(Web *web);
Status plan_notice_new_page(Web *web);
Status plan_notice_new_post(Web *web);
Status plan_notice_receive_post(Web *web);
Status plan_notice_reply_post(Web *web);
Status plan_notice_close_post(Web *web);
Status plan_notice_return_post(Web *web);
Status plan_notice_raise_post(Web *web);
Status plan_calendar_page(Web *web);

#endif
