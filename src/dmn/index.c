/*
 * index.c - the sets are made from the same elementary cells that the analysis uses (grid.h).
 */
#include "dmn/index.h"

#include "dmn/grid.h"

static void set_bit(uint64_t *set, size_t row) {
    set[row / 64] |= UINT64_C(1) << (row % 64);
}

/* Kinds whose order is also their equality: times of day with fractions are not. */
static bool is_plain_kind(FeelKind kind) {
    return kind == FEEL_NULL || kind == FEEL_BOOLEAN || kind == FEEL_NUMBER ||
           kind == FEEL_STRING || kind == FEEL_DATE;
}

static Status null_matches(Cx *cx, const DmnCell *cell, bool *out) {
    FeelEval eval;
    FeelTruth truth = FEEL_UNKNOWN;
    FeelValue none = FEEL_NULL_VALUE;
    feel_eval_init(&eval, cx, NULL, NULL, NULL);
    *out = true;
    if (cell->tests != NULL) {
        TRY(feel_tests_match(&eval, cell->tests, NULL, &none, &truth));
        *out = truth == FEEL_TRUE;
    }
    return STATUS_OK;
}

static bool can_index(const Grid *grid, size_t column) {
    if (!is_plain_kind(grid->columns[column].kind)) {
        return false;
    }
    for (size_t row = 0; row < grid->table->row_count; row++) {
        if (grid_cell(grid, row, column)->is_unknown) {
            return false;
        }
    }
    return true;
}

static Status build_column(Cx *cx, const Grid *grid, size_t column, const DmnIndex *index,
                           IndexColumn *out) {
    const GridColumn *source = &grid->columns[column];
    size_t words = index->word_count;
    if (!can_index(grid, column) || source->cell_count > INDEX_WORDS_MAX / words) {
        return STATUS_OK;
    }
    FeelValue *points = arena_array(cx->arena, FeelValue, source->points.count);
    uint64_t *sets = arena_array(cx->arena, uint64_t, source->cell_count * words);
    uint64_t *nulls = arena_array(cx->arena, uint64_t, words);
    for (size_t i = 0; i < source->points.count; i++) {
        points[i] = source->points.items[i];
    }
    for (size_t row = 0; row < grid->table->row_count; row++) {
        const GridCell *cell = grid_cell(grid, row, column);
        bool takes_null = false;
        for (uint32_t k = 0; k < cell->count; k++) {
            TRY(cx_steps(cx, cell->spans[k].high - cell->spans[k].low + 1));
            for (uint32_t at = cell->spans[k].low; at <= cell->spans[k].high; at++) {
                set_bit(sets + at * words, row);
            }
        }
        TRY(null_matches(cx, &grid->table->rows[row].inputs[column], &takes_null));
        if (takes_null) {
            set_bit(nulls, row);
        }
    }
    *out = (IndexColumn){.is_indexed = true,
                         .kind = source->kind,
                         .points = points,
                         .point_count = source->points.count,
                         .sets = sets,
                         .nulls = nulls};
    return STATUS_OK;
}

/* Builds with the grid in an arena of its own, which goes away. */
static Status build_from(Cx *cx, Cx *work, DmnTable *table, DmnIndex *index) {
    Grid grid;
    TRY(grid_build(work, table, &grid));
    index->is_complete = true;
    for (size_t i = 0; i < table->input_count; i++) {
        TRY(build_column(cx, &grid, i, index, &index->columns[i]));
        index->is_complete = index->is_complete && index->columns[i].is_indexed;
    }
    table->index = index;
    return STATUS_OK;
}

Status dmn_index_build(Cx *cx, DmnTable *table) {
    if (table->row_count < INDEX_ROWS_MIN || table->input_count == 0) {
        return STATUS_OK;
    }
    TRY(cx_steps(cx, table->row_count));
    DmnIndex *index = arena_new(cx->arena, DmnIndex);
    index->word_count = (table->row_count + 63) / 64;
    index->columns = arena_array(cx->arena, IndexColumn, table->input_count);
    Arena *scratch = arena_create();
    Cx work;
    cx_init(&work, scratch);
    Status status = build_from(cx, &work, table, index);
    arena_free(scratch);
    return status;
}

const uint64_t *dmn_index_rows(const DmnIndex *index, size_t column_index, const FeelValue *value) {
    const IndexColumn *column = &index->columns[column_index];
    if (value->kind == FEEL_NULL) {
        return column->nulls;
    }
    if (column->kind == FEEL_NULL) {
        return column->sets;
    }
    if (value->kind != column->kind) {
        return NULL;
    }
    size_t low = 0; /* points before low are smaller, points from high on are larger */
    size_t high = column->point_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = 0;
        if (!grid_compare(&column->points[middle], value, &order)) {
            return NULL;
        }
        if (order == 0) {
            return column->sets + (2 * middle + 1) * index->word_count;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return column->sets + 2 * low * index->word_count;
}
