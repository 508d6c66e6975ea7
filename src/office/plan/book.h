/*
 * book.h - what indicators.yaml and units.yaml declare: the monthly series of the city and, for
 * each target, its formula in FEEL over them. Read and compiled once at start; read-only
 * afterwards, so every thread may use it.
 *
 *   series:     {id, name, unit, type: flow|stock|level, owner, counter, per, kind}
 *   indicators: {id, title, owner, formula: "二手车交易量 / 新车销售量", lever, goal_op, ...}
 *
 * A formula sees the names of the series and 基期值 (the signed baseline).
 * docs/reference/targets.md describes every key.
 */
#ifndef HUANXIN_OFFICE_PLAN_BOOK_H
#define HUANXIN_OFFICE_PLAN_BOOK_H

#include "base/cx.h"
#include "feel/feel.h"

/* X(NAME, key in YAML, how months add up) */
#define BOOK_TYPE_LIST(X)                                                                          \
    X(FLOW, "flow", "逐月累加")                                                                    \
    X(STOCK, "stock", "存量累计")                                                                  \
    X(LEVEL, "level", "取最新值")

typedef enum BookType {
#define X(name, key, zh) BOOK_##name,
    BOOK_TYPE_LIST(X)
#undef X
} BookType;

typedef struct BookUnit {
    Str id;
    Str name; /* as in the plan and in table unit */
} BookUnit;

typedef struct BookSeries {
    Str id;
    Str name; /* in formulas and on pages */
    Str unit;
    BookType type;
    Str owner;       /* name of the unit that reports it; empty: not decided */
    Str counter;     /* key of a counter; empty: reported only */
    int64_t per;     /* a counter counts in 1/per of the unit: 10^10 for fen and 亿元 */
    Str kind;        /* kind of record whose records feed the counter, or empty */
    Str total;       /* why its records carry sums and no single cases; empty: they do not */
    Str records;     /* address of the list of records where there is no kind, or empty */
    Str target_code; /* of a series made for one target without a formula, or empty */
    size_t index;    /* its slot */
} BookSeries;

typedef struct BookTarget {
    Str code;   /* "T06" */
    Str title;  /* as in the file */
    Str owner;  /* name of the unit that answers for it; empty: not decided */
    Str clause; /* of the task that works for it, or empty */
    Str formula_text;
    const FeelProgram *formula; /* NULL: nothing to compute */
    const BookSeries **series;  /* that the formula names, in the order of the file */
    size_t series_count;
    const BookSeries *lever; /* the one that the unit can move: "needed per month"; or NULL */
    bool needs_baseline;     /* the formula names 基期值 */
    bool is_year_window;     /* flows count from January; else over the last 12 months */
    Str baseline_from;       /* code of the target whose baseline it shares: its own */
    Str goal_op;             /* where the plan gives no figure but means one ("全部"); or empty */
    Str goal_value;
    Str basis; /* why this formula: standard, document; or empty */
    Str unit;  /* of the formula's value, where the plan's words give none; or empty */
} BookTarget;

/* A counter that is kept by town as well, for the map and the towns' pages. */
typedef struct BookTownCounter {
    Str counter; /* its key; by town "key/town=code" */
    Str title;
    Str unit;
    int64_t per;
    bool is_stock; /* all months count, not only the year's */
} BookTownCounter;

struct PlanBook {
    BookUnit *units;
    size_t unit_count;
    BookSeries *series;
    size_t series_count;
    BookTarget *targets;
    size_t target_count;
    BookTownCounter *town_counters;
    size_t town_counter_count;
    int64_t report_day;   /* day of the month by which last month's figures are due; 0: not set */
    size_t baseline_slot; /* slots 0..series_count-1 are the series */
};
typedef struct PlanBook PlanBook;

/* Reads folder/units.yaml and folder/indicators.yaml; a missing file is an empty list. INVALID with
 * file, line and what was expected. The book lives in cx->arena. */
MUST_CHECK Status plan_book_load(Cx *cx, Str folder, struct PlanBook **out);
/* What a target rests on. X(NAME, code, Chinese) */
#define BOOK_SOURCE_LIST(X)                                                                        \
    X(EACH, "each", "逐条记录")                                                                    \
    X(TOTAL, "total", "汇总台账")                                                                  \
    X(MIXED, "mixed", "记录和填报")                                                                \
    X(REPORTED, "reported", "单位填报")
typedef enum BookSource {
#define X(name, code, zh) BOOK_SOURCE_##name,
    BOOK_SOURCE_LIST(X)
#undef X
} BookSource;
/* EACH: every series counts single records. TOTAL: all are counted, some from records that carry
 * sums. MIXED: some are only reported. REPORTED: none is counted. */
BookSource plan_book_source(const BookTarget *target);
/* "逐条记录" ...; static. */
Str plan_book_source_zh(BookSource source);
/* The target of a code, or NULL. */
const BookTarget *plan_book_target(const PlanBook *book, Str code);
/* The series of an id, or NULL. */
const BookSeries *plan_book_series(const PlanBook *book, Str id);
/* "逐月累加" ...; static. */
Str book_type_zh(BookType type);
/* True when anything of the target's figures is counted from records. */
bool book_target_is_live(const BookTarget *target);

#endif
