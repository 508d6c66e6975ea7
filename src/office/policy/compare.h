/*
 * compare.h - two models table by table: which rows came, went or changed, cell by cell. Private to
 * office/policy.
 *
 * Columns are matched by expression or name, rows in this order: equal conditions; equal rule
 * number (the output rule_id, when it occurs once on each side); the most similar of what is left,
 * when at least half of the cells agree. What stays alone was added or removed.
 * Ownership: everything lives in cx->arena; texts are borrowed from the parts.
 */
#ifndef HUANXIN_OFFICE_POLICY_COMPARE_H
#define HUANXIN_OFFICE_POLICY_COMPARE_H

#include "dmn/parts.h"

typedef enum RowChange { ROW_SAME, ROW_MOVED, ROW_CHANGED, ROW_ADDED, ROW_REMOVED } RowChange;

typedef struct RowPair {
    RowChange change;
    size_t left;  /* SIZE_MAX: added */
    size_t right; /* SIZE_MAX: removed */
} RowPair;

typedef struct TableDiff {
    const DmnPartTable *left;  /* NULL: the table was added */
    const DmnPartTable *right; /* NULL: removed */
    size_t *column_of_left;    /* the right column of each left one; SIZE_MAX: removed */
    bool *is_new_column;       /* of the right */
    RowPair *rows;             /* in the order of the right, removed ones where they stood */
    size_t row_count;
    size_t counts[ROW_REMOVED + 1];
} TableDiff;

typedef struct ModelDiff {
    TableDiff *tables;
    size_t table_count;
} ModelDiff;

/* O(rows log rows), and for what does not match exactly O(left * right * columns) up to a bound,
 * beyond which it counts as added and removed. LIMIT by the Cx. */
MUST_CHECK Status model_compare(Cx *cx, const DmnParts *left, const DmnParts *right,
                                ModelDiff *out);

#endif
