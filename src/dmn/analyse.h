/*
 * analyse.h - what can be proved about decision tables without deciding single cases: gaps,
 * overlaps, rows that never count; and, by trying the borders of all cells, whether an outcome is
 * monotone in an input and whether a value is ever reached. Every finding carries a concrete case.
 *
 *   cells of a column ──▶ elementary cells (points and the intervals between them)
 *   row ──▶ spans of elementary cells, one list per column: a box
 *   overlap: two boxes meet        gap: a cell that no box covers        masked: a box covered
 *
 * A cell that is no list of constants ("not analysable") may or may not match: no gap, overlap or
 * cover is claimed with it. Null inputs are left out.
 * Source: Calvanese et al., Semantics, Analysis and Simplification of DMN Decision Tables,
 * Information Systems 78 (2018).
 */
#ifndef HUANXIN_DMN_ANALYSE_H
#define HUANXIN_DMN_ANALYSE_H

#include "dmn/dmn.h"

enum {
    ANALYSE_FINDINGS_MAX = 200, /* of one kind in one table; more are only counted as "more" */
    ANALYSE_TRIES_MAX = 200000, /* decisions of one monotonicity or reachability question */
};

/* X(name, code, is_error, Chinese, English); {row} {other} {column} {case} are filled in. */
#define DMN_FINDING_LIST(X)                                                                        \
    X(GAP, "gap", false, "没有任何一行覆盖的情况：{case}", "no row covers this case: {case}")      \
    X(FRACTION_GAP, "fraction-gap", false, "两个整数之间的小数没有覆盖：{case}",                   \
      "fractions between two whole numbers are not covered: {case}")                               \
    X(OVERLAP, "overlap", true, "UNIQUE 表的第 {row} 行与第 {other} 行重叠：{case}",               \
      "rows {row} and {other} of a UNIQUE table overlap: {case}")                                  \
    X(CONFLICT, "conflict", true, "ANY 表的第 {row} 行与第 {other} 行重叠而输出不同：{case}",      \
      "rows {row} and {other} of an ANY table overlap with different outputs: {case}")             \
    X(MASKED, "masked", false,                                                                     \
      "第 {row} 行永远不起作用：其他行已先命中，例如第 {other} 行：{case}",                        \
      "row {row} never counts: other rows come first, e.g. row {other}: {case}")                   \
    X(UNREACHABLE, "unreachable", false, "第 {row} 行第 {column} 列的条件不可能满足",              \
      "the condition in row {row}, column {column} can never hold")                                \
    X(NOT_ANALYSABLE, "not-analysable", false, "第 {row} 行第 {column} 列不是常量条件，未作分析",  \
      "row {row}, column {column} is no constant condition and was not analysed")                  \
    X(INCOMPLETE, "incomplete", false, "表太复杂，分析未完成",                                     \
      "the table is too complex: the "                                                             \
      "analysis is incomplete")

typedef enum DmnFindingKind {
#define X(name, code, is_error, zh, en) DMN_FINDING_##name,
    DMN_FINDING_LIST(X)
#undef X
} DmnFindingKind;

typedef struct DmnFinding {
    DmnFindingKind kind;
    bool is_error;
    const DmnTable *table;
    size_t row;               /* DMN_NONE when of no row */
    size_t other;             /* the other row, else DMN_NONE */
    size_t column;            /* DMN_NONE when of no column */
    const FeelValue *witness; /* input_count values, or NULL: replay with dmn_table_rows */
} DmnFinding;

typedef struct DmnFindings {
    const DmnFinding *items;
    size_t count;
} DmnFindings;

/* Analyses every decision table of the model. LIMIT only by the Cx. O(rows^2 * columns) for
 * overlaps; gaps are searched with a budget and INCOMPLETE says when it was spent. */
MUST_CHECK Status dmn_analyse(Cx *cx, const DmnModel *model, DmnFindings *out);
MUST_CHECK Status dmn_analyse_table(Cx *cx, const DmnTable *table, DmnFindings *out);
/* The rows of a table that match given input values, by the engine's own test of each cell;
 * cells that need names see none. Writes row_count flags. O(cells). */
MUST_CHECK Status dmn_table_rows(Cx *cx, const DmnTable *table, const FeelValue *inputs, bool *out);
/* One sentence with its table. */
Str dmn_finding_text(Arena *arena, const DmnModel *model, const DmnFinding *finding,
                     FeelLanguage language);
/* The stable code, e.g. "dmn.gap". */
Str dmn_finding_code(Arena *arena, const DmnFinding *finding);
/* Appends a JSON array. */
void dmn_findings_put_json(Arena *arena, Buf *buf, const DmnModel *model, DmnFindings findings);

/* ---- questions about a decision, answered by deciding ---- */

/* The values of the inputs of one case, in the order of DmnAnswer.nodes. */
typedef struct DmnAnswer {
    bool is_found;       /* a counter-example, or a case that reaches the value */
    bool is_exhaustive;  /* every combination of borders was tried; else a seeded sample */
    size_t try_count;    /* decisions made */
    const size_t *nodes; /* inputs that were varied */
    size_t node_count;
    const FeelValue *first;  /* the case; for monotonicity the one with the smaller input */
    const FeelValue *second; /* monotonicity: the one with the larger input */
    FeelValue values[2];     /* the outcomes */
} DmnAnswer;

/* Looks for two cases that differ in one input only (a number) where the larger input gives the
 * smaller outcome (or, with falls, the larger). Tries the borders of all cells of the tables below
 * the decision and a step on both sides of each. NOT_FOUND when input is not an input of node. */
typedef struct DmnMonotone {
    size_t node;
    Str member; /* entry of an outcome that is a context, e.g. "amount"; empty: the outcome */
    size_t input;
    bool falls; /* the outcome should fall with the input, not rise */
    uint64_t seed;
} DmnMonotone;
MUST_CHECK Status dmn_monotone(Cx *cx, const DmnModel *model, const DmnMonotone *question,
                               DmnAnswer *out);
/* Looks for a case in which the decision gives the value (a cap, say). */
typedef struct DmnReach {
    size_t node;
    Str member; /* as in DmnMonotone */
    FeelValue value;
    uint64_t seed;
} DmnReach;
MUST_CHECK Status dmn_reach(Cx *cx, const DmnModel *model, const DmnReach *question,
                            DmnAnswer *out);

#endif
