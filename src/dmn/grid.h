/*
 * grid.h - columns cut into elementary cells, rows as boxes over them. Private to src/dmn.
 *
 *   points      p0      p1      p2
 *   cells   0   1   2   3   4   5   6        even: open interval, odd: point
 */
#ifndef HUANXIN_DMN_GRID_H
#define HUANXIN_DMN_GRID_H

#include "base/vec.h"
#include "dmn/analyse.h"

/* Cells low..high, both included. */
typedef struct Span {
    uint32_t low;
    uint32_t high;
} Span;

typedef struct SpanVec VEC(Span) SpanVec;
typedef struct PointVec VEC(FeelValue) PointVec;

typedef struct GridColumn {
    FeelKind kind; /* of its constants; FEEL_NULL when there are none */
    PointVec points;
    uint32_t cell_count;
    FeelValue *witness; /* of each cell */
    bool *is_inside;    /* of the column's domain, and not empty */
    uint32_t *inside;   /* cells inside before each cell: cell_count + 1 prefix sums */
    bool is_whole;      /* all constants are whole numbers */
} GridColumn;

/* What one input cell covers. */
typedef struct GridCell {
    const Span *spans; /* ascending, apart from each other */
    uint32_t count;
    bool is_full;    /* covers the whole domain */
    bool is_empty;   /* covers nothing of the domain */
    bool is_unknown; /* not analysable */
    bool takes_null;
} GridCell;

typedef struct Grid {
    const DmnTable *table;
    GridColumn *columns;
    GridCell *cells; /* row by row */
} Grid;

static inline const GridCell *grid_cell(const Grid *grid, size_t row, size_t column) {
    return &grid->cells[row * grid->table->input_count + column];
}

/* Cuts a table. LIMIT by the Cx. O(cells log cells). */
MUST_CHECK Status grid_build(Cx *cx, const DmnTable *table, Grid *out);
/* Orders two constants of one kind, booleans included; false when they have no order. */
bool grid_compare(const FeelValue *left, const FeelValue *right, int *out);
/* Cells of span inside the domain. */
static inline uint32_t grid_inside(const GridColumn *column, Span span) {
    return column->inside[span.high + 1] - column->inside[span.low];
}
/* The first cell inside the domain at or after low, at most high; UINT32_MAX when none. A point is
 * preferred, because it reads better than something between two. */
uint32_t grid_first(const GridColumn *column, Span span);

#endif
