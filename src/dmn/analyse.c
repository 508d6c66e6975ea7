/*
 * analyse.c - reading order: findings, pairs of rows (overlap, conflict), the search for uncovered
 * cells (gaps of a table, and whether a row is covered by others), the tables of a model.
 *
 * The search goes through the columns from left to right with the list of rows that still match:
 * it cuts the column where a row of the list begins or ends, and follows each piece with the rows
 * that cover it. A piece with no row left is uncovered; a row that covers all that remains ends it.
 * Pieces met before with the same rows in the same column are not followed again.
 */
#include "dmn/grid.h"
#include "dmn/model.h"

enum { MEMO_SLOTS = 1 << 20, GAPS_MAX = 50 };
#define SEARCH_STEPS_MAX UINT64_C(150000000)

typedef struct FindingVec VEC(DmnFinding) FindingVec;

typedef struct Analysis {
    Cx *cx;
    const DmnTable *table;
    Grid grid;
    size_t *order; /* columns, the most selective first */
    FindingVec *findings;
    size_t counts[DMN_FINDING_INCOMPLETE + 1];
    /* the search */
    Arena *scratch;
    uint64_t step_count;
    uint64_t *memo;
    bool is_spent;
    size_t masked_row; /* whose box is searched, or DMN_NONE: the whole domain */
    bool *covers_rest; /* row by row: covers every column from this place of order on */
    uint32_t *chosen;  /* cell per column */
    bool has_hole;
    size_t *ranks; /* row by row: place of each output in the priority order */
} Analysis;

static const bool IS_ERROR[] = {
#define X(name, code, is_error, zh, en) is_error,
    DMN_FINDING_LIST(X)
#undef X
};

static void add_finding(Analysis *a, DmnFinding finding) {
    if (a->counts[finding.kind]++ < ANALYSE_FINDINGS_MAX) {
        finding.table = a->table;
        finding.is_error = IS_ERROR[finding.kind];
        *vec_push(a->cx->arena, a->findings) = finding;
    }
}

static DmnFinding finding_of(DmnFindingKind kind, size_t row, size_t other, size_t column) {
    return (DmnFinding){.kind = kind, .row = row, .other = other, .column = column};
}

/* ---- single cells ---- */

static void check_cells(Analysis *a) {
    for (size_t row = 0; row < a->table->row_count; row++) {
        for (size_t i = 0; i < a->table->input_count; i++) {
            const GridCell *cell = grid_cell(&a->grid, row, i);
            if (cell->is_unknown) {
                add_finding(a, finding_of(DMN_FINDING_NOT_ANALYSABLE, row, DMN_NONE, i));
            } else if (cell->is_empty && !cell->takes_null) {
                add_finding(a, finding_of(DMN_FINDING_UNREACHABLE, row, DMN_NONE, i));
            }
        }
    }
}

static bool is_boxed(const Analysis *a, size_t row) {
    for (size_t i = 0; i < a->table->input_count; i++) {
        const GridCell *cell = grid_cell(&a->grid, row, i);
        if (cell->is_unknown || cell->is_empty) {
            return false;
        }
    }
    return true;
}

/* Columns by how little their cells cover, so that most pairs part at the first. */
static void order_columns(Analysis *a) {
    size_t width = a->table->input_count;
    uint64_t *coverage = arena_array(a->cx->arena, uint64_t, width); /* millionths, summed */
    a->order = arena_array(a->cx->arena, size_t, width);
    for (size_t i = 0; i < width; i++) {
        for (size_t row = 0; row < a->table->row_count; row++) {
            const GridCell *cell = grid_cell(&a->grid, row, i);
            const GridColumn *column = &a->grid.columns[i];
            uint32_t inside = 0;
            for (uint32_t k = 0; k < cell->count; k++) {
                inside += grid_inside(column, cell->spans[k]);
            }
            coverage[i] += (uint64_t)inside * 1000000 / (column->inside[column->cell_count] + 1);
        }
        size_t at = i;
        for (; at > 0 && coverage[a->order[at - 1]] > coverage[i]; at--) {
            a->order[at] = a->order[at - 1];
        }
        a->order[at] = i;
    }
}

/* ---- pairs ---- */

/* The first cell inside the domain that both cover; UINT32_MAX when none. */
static uint32_t common_cell(const GridColumn *column, const GridCell *left, const GridCell *right) {
    uint32_t i = 0;
    uint32_t k = 0;
    while (i < left->count && k < right->count) {
        Span a = left->spans[i];
        Span b = right->spans[k];
        Span both = {a.low > b.low ? a.low : b.low, a.high < b.high ? a.high : b.high};
        if (both.low <= both.high && grid_inside(column, both) > 0) {
            return grid_first(column, both);
        }
        if (a.high < b.high) {
            i++;
        } else {
            k++;
        }
    }
    return UINT32_MAX;
}

static bool do_meet(const Analysis *a, size_t left, size_t right) {
    for (size_t i = 0; i < a->table->input_count; i++) {
        size_t at = a->order[i];
        if (common_cell(&a->grid.columns[at], grid_cell(&a->grid, left, at),
                        grid_cell(&a->grid, right, at)) == UINT32_MAX) {
            return false;
        }
    }
    return true;
}

static const FeelValue *pair_witness(const Analysis *a, size_t left, size_t right) {
    size_t width = a->table->input_count;
    FeelValue *witness = arena_array(a->cx->arena, FeelValue, width);
    for (size_t i = 0; i < width; i++) {
        uint32_t cell = common_cell(&a->grid.columns[i], grid_cell(&a->grid, left, i),
                                    grid_cell(&a->grid, right, i));
        witness[i] = a->grid.columns[i].witness[cell];
    }
    return witness;
}

/* Constants are compared by value, other outputs by their text. */
static bool have_same_outputs(const DmnTable *table, size_t left, size_t right) {
    for (size_t i = 0; i < table->output_count; i++) {
        const DmnCell *a = &table->rows[left].outputs[i];
        const DmnCell *b = &table->rows[right].outputs[i];
        const FeelValue *x = a->program == NULL ? NULL : feel_program_constant(a->program);
        const FeelValue *y = b->program == NULL ? NULL : feel_program_constant(b->program);
        bool is_same =
            x != NULL && y != NULL ? feel_equal(x, y) == FEEL_TRUE : str_equal(a->text, b->text);
        if (!is_same) {
            return false;
        }
    }
    return true;
}

static Status check_pairs(Analysis *a) {
    const DmnTable *table = a->table;
    bool is_unique = table->hit_policy == DMN_HIT_UNIQUE;
    DmnFindingKind kind = is_unique ? DMN_FINDING_OVERLAP : DMN_FINDING_CONFLICT;
    if (!is_unique && table->hit_policy != DMN_HIT_ANY) {
        return STATUS_OK;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        TRY(cx_steps(a->cx, i / 16 + 1));
        if (!is_boxed(a, i)) {
            continue;
        }
        for (size_t k = 0; k < i && a->counts[kind] < ANALYSE_FINDINGS_MAX; k++) {
            if (!do_meet(a, k, i) || !is_boxed(a, k) ||
                (!is_unique && have_same_outputs(table, k, i))) {
                continue;
            }
            DmnFinding finding = finding_of(kind, k, i, DMN_NONE);
            finding.witness = pair_witness(a, k, i);
            add_finding(a, finding);
        }
    }
    return STATUS_OK;
}

/* ---- the search ---- */

/* Sorts numbers ascending and drops repeats; heap sort, in place. */
static void sift(uint32_t *items, size_t root, size_t count) {
    while (2 * root + 1 < count) {
        size_t child = 2 * root + 1;
        child += child + 1 < count && items[child + 1] > items[child] ? 1 : 0;
        if (items[root] >= items[child]) {
            return;
        }
        uint32_t item = items[root];
        items[root] = items[child];
        items[child] = item;
        root = child;
    }
}

static size_t sort_unique(uint32_t *items, size_t count) {
    for (size_t i = count / 2; i > 0; i--) {
        sift(items, i - 1, count);
    }
    for (size_t i = count; i > 1; i--) {
        uint32_t item = items[0];
        items[0] = items[i - 1];
        items[i - 1] = item;
        sift(items, 0, i - 1);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || items[kept - 1] != items[i]) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

static bool is_in_cell(const GridCell *cell, uint32_t at) {
    if (cell->is_unknown || cell->is_full) {
        return true;
    }
    for (uint32_t i = 0; i < cell->count; i++) {
        if (at >= cell->spans[i].low && at <= cell->spans[i].high) {
            return true;
        }
    }
    return false;
}

/* Was this list met in this column before? Remembers it. */
static bool is_known(Analysis *a, size_t depth, const uint32_t *rows, size_t count) {
    if (a->masked_row != DMN_NONE) {
        return false; /* each box has its own pieces */
    }
    uint64_t hash = str_hash((Str){(const char *)rows, count * sizeof *rows}) +
                    depth * UINT64_C(0x9E3779B97F4A7C15);
    hash = hash == 0 ? 1 : hash;
    for (size_t i = 0; i < 8; i++) {
        uint64_t *slot = &a->memo[(hash + i) % MEMO_SLOTS];
        if (*slot == hash) {
            return true;
        }
        if (*slot == 0) {
            *slot = hash;
            return false;
        }
    }
    return false;
}

/* The cells that may be chosen in a column: of the masked row, or all. */
static GridCell limits_of(const Analysis *a, size_t column, Span *whole) {
    if (a->masked_row != DMN_NONE) {
        return *grid_cell(&a->grid, a->masked_row, column);
    }
    *whole = (Span){0, a->grid.columns[column].cell_count - 1};
    return (GridCell){.spans = whole, .count = 1};
}

static bool is_fraction(const Analysis *a, size_t column) {
    const GridColumn *at = &a->grid.columns[column];
    uint32_t cell = a->chosen[column];
    if (!at->is_whole || cell % 2 == 1 || cell == 0 || cell + 1 >= at->cell_count) {
        return false;
    }
    return !decimal_is_integer(at->witness[cell].number);
}

static void report_hole(Analysis *a, size_t depth) {
    size_t width = a->table->input_count;
    a->has_hole = true;
    if (a->masked_row != DMN_NONE) {
        return;
    }
    bool is_fraction_only = false;
    FeelValue *witness = arena_array(a->cx->arena, FeelValue, width);
    for (size_t i = 0; i < width; i++) {
        size_t column = a->order[i];
        if (i >= depth) {
            Span whole = {0, a->grid.columns[column].cell_count - 1};
            a->chosen[column] = grid_first(&a->grid.columns[column], whole);
        }
        is_fraction_only = is_fraction_only || is_fraction(a, column);
        witness[column] = a->grid.columns[column].witness[a->chosen[column]];
    }
    DmnFindingKind kind = is_fraction_only ? DMN_FINDING_FRACTION_GAP : DMN_FINDING_GAP;
    if (a->counts[kind] < GAPS_MAX) {
        DmnFinding finding = finding_of(kind, DMN_NONE, DMN_NONE, DMN_NONE);
        finding.witness = witness;
        add_finding(a, finding);
    }
}

static bool is_enough(const Analysis *a) {
    return a->is_spent || (a->masked_row != DMN_NONE && a->has_hole) ||
           a->counts[DMN_FINDING_GAP] >= GAPS_MAX;
}

/* Where the rows of a list begin and end in a column, ascending; returns how many. */
static size_t cuts_of(Analysis *a, size_t column, const uint32_t *rows, size_t count,
                      uint32_t **out) {
    Span whole;
    GridCell limits = limits_of(a, column, &whole);
    size_t total = 2 * limits.count + 2;
    for (size_t i = 0; i < count; i++) {
        total += 2 * grid_cell(&a->grid, rows[i], column)->count;
    }
    uint32_t *cuts = arena_array(a->scratch, uint32_t, total);
    size_t at = 0;
    for (uint32_t k = 0; k < limits.count; k++) {
        cuts[at++] = limits.spans[k].low;
        cuts[at++] = limits.spans[k].high + 1;
    }
    for (size_t i = 0; i < count; i++) {
        const GridCell *cell = grid_cell(&a->grid, rows[i], column);
        for (uint32_t k = 0; k < cell->count && !cell->is_full; k++) {
            cuts[at++] = cell->spans[k].low;
            cuts[at++] = cell->spans[k].high + 1;
        }
    }
    *out = cuts;
    return sort_unique(cuts, at);
}

static Status search(Analysis *a, size_t depth, const uint32_t *rows, size_t count);

/* Follows one piece of a column: the rows that cover it go on. */
static Status search_piece(Analysis *a, size_t depth, Span piece, const uint32_t *rows,
                           size_t count) {
    size_t column = a->order[depth];
    uint32_t *kept = arena_array(a->scratch, uint32_t, count);
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_in_cell(grid_cell(&a->grid, rows[i], column), piece.low)) {
            kept[kept_count++] = rows[i];
        }
    }
    a->step_count += count + 1;
    a->is_spent = a->is_spent || a->step_count > SEARCH_STEPS_MAX;
    a->chosen[column] = grid_first(&a->grid.columns[column], piece);
    return search(a, depth + 1, kept, kept_count);
}

/* Recursion goes one column deeper, at most DMN_COLUMNS_MAX. */
static Status search(Analysis *a, size_t depth, const uint32_t *rows, size_t count) {
    size_t width = a->table->input_count;
    TRY(cx_step(a->cx));
    if (count == 0) {
        report_hole(a, depth);
        return STATUS_OK;
    }
    for (size_t i = 0; i < count; i++) {
        if (a->covers_rest[rows[i] * (width + 1) + depth]) {
            return STATUS_OK;
        }
    }
    if (is_known(a, depth, rows, count)) {
        return STATUS_OK;
    }
    size_t column = a->order[depth];
    const GridColumn *grid_column = &a->grid.columns[column];
    Span whole;
    GridCell limits = limits_of(a, column, &whole);
    ArenaMark mark = arena_mark(a->scratch);
    uint32_t *cuts = NULL;
    size_t cut_count = cuts_of(a, column, rows, count, &cuts);
    for (size_t i = 0; i + 1 < cut_count && !is_enough(a); i++) {
        Span piece = {cuts[i], cuts[i + 1] - 1};
        if (piece.high < grid_column->cell_count && is_in_cell(&limits, piece.low) &&
            grid_inside(grid_column, piece) > 0) {
            ArenaMark inner = arena_mark(a->scratch);
            TRY(search_piece(a, depth, piece, rows, count));
            arena_rewind(a->scratch, inner);
        }
    }
    arena_rewind(a->scratch, mark);
    return STATUS_OK;
}

static void fill_covers_rest(Analysis *a) {
    size_t width = a->table->input_count;
    a->covers_rest = arena_array(a->cx->arena, bool, a->table->row_count *(width + 1));
    for (size_t row = 0; row < a->table->row_count; row++) {
        bool *covers = &a->covers_rest[row * (width + 1)];
        covers[width] = true;
        for (size_t i = width; i > 0; i--) {
            const GridCell *cell = grid_cell(&a->grid, row, a->order[i - 1]);
            covers[i - 1] = covers[i] && (cell->is_full || cell->is_unknown);
        }
    }
}

static bool has_default(const DmnTable *table) {
    for (size_t i = 0; i < table->output_count; i++) {
        if (table->outputs[i].fallback.program != NULL) {
            return true;
        }
    }
    return false;
}

static Status check_gaps(Analysis *a) {
    const DmnTable *table = a->table;
    if (has_default(table) || table->hit_policy == DMN_HIT_COLLECT) {
        return STATUS_OK; /* what no row covers is provided for, or expected */
    }
    uint32_t *rows = arena_array(a->cx->arena, uint32_t, table->row_count);
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        bool can_match = true; /* a cell that cannot be analysed may match: no gap is claimed */
        for (size_t i = 0; i < table->input_count; i++) {
            can_match = can_match && !grid_cell(&a->grid, row, i)->is_empty;
        }
        if (can_match) {
            rows[count++] = (uint32_t)row;
        }
    }
    a->masked_row = DMN_NONE;
    return search(a, 0, rows, count);
}

/* ---- masked rows ---- */

/* The place of a row's outputs in the priority order: smaller is stronger. */
static size_t rank_of(const DmnTable *table, size_t row, size_t output) {
    const FeelTests *values = table->outputs[output].values;
    const FeelProgram *program = table->rows[row].outputs[output].program;
    const FeelValue *value = program == NULL ? NULL : feel_program_constant(program);
    for (size_t i = 0; value != NULL && values != NULL && i < values->count; i++) {
        if (feel_test_constant(&values->items[i], value) == FEEL_TRUE) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void fill_ranks(Analysis *a) {
    size_t width = a->table->output_count;
    a->ranks = arena_array(a->cx->arena, size_t, a->table->row_count * width);
    for (size_t row = 0; row < a->table->row_count; row++) {
        for (size_t i = 0; i < width; i++) {
            a->ranks[row * width + i] = rank_of(a->table, row, i);
        }
    }
}

/* True when strong is taken before weak wherever both match. */
static bool comes_first(const Analysis *a, size_t strong, size_t weak) {
    size_t width = a->table->output_count;
    if (a->table->hit_policy == DMN_HIT_FIRST) {
        return strong < weak;
    }
    for (size_t i = 0; i < width; i++) {
        size_t left = a->ranks[strong * width + i];
        size_t right = a->ranks[weak * width + i];
        if (left == SIZE_MAX || right == SIZE_MAX || left > right) {
            return false;
        }
        if (left < right) {
            return true;
        }
    }
    return false;
}

static void report_masked(Analysis *a, size_t row, size_t other) {
    size_t width = a->table->input_count;
    FeelValue *witness = arena_array(a->cx->arena, FeelValue, width);
    for (size_t i = 0; i < width; i++) {
        uint32_t cell = common_cell(&a->grid.columns[i], grid_cell(&a->grid, row, i),
                                    grid_cell(&a->grid, other, i));
        witness[i] = a->grid.columns[i].witness[cell];
    }
    DmnFinding finding = finding_of(DMN_FINDING_MASKED, row, other, DMN_NONE);
    finding.witness = witness;
    add_finding(a, finding);
}

static Status check_masked(Analysis *a) {
    const DmnTable *table = a->table;
    if (table->hit_policy != DMN_HIT_FIRST && table->hit_policy != DMN_HIT_PRIORITY) {
        return STATUS_OK;
    }
    uint32_t *rows = arena_array(a->cx->arena, uint32_t, table->row_count);
    fill_ranks(a);
    for (size_t row = 0; row < table->row_count && !a->is_spent; row++) {
        size_t count = 0;
        TRY(cx_steps(a->cx, row / 16 + 1));
        bool is_box = is_boxed(a, row);
        for (size_t other = 0; other < table->row_count && is_box; other++) {
            if (other != row && comes_first(a, other, row) && do_meet(a, other, row) &&
                is_boxed(a, other)) {
                rows[count++] = (uint32_t)other;
            }
        }
        if (count == 0) {
            continue;
        }
        a->masked_row = row;
        a->has_hole = false;
        TRY(search(a, 0, rows, count));
        if (!a->has_hole && !a->is_spent) {
            report_masked(a, row, rows[0]);
        }
    }
    return STATUS_OK;
}

/* ---- tables ---- */

static Status analyse_into(Cx *cx, const DmnTable *table, FindingVec *findings) {
    Analysis analysis = {.cx = cx, .table = table, .findings = findings};
    Analysis *a = &analysis;
    if (table->row_count == 0) {
        return STATUS_OK;
    }
    TRY(grid_build(cx, table, &a->grid));
    order_columns(a);
    fill_covers_rest(a);
    check_cells(a);
    TRY(check_pairs(a));
    a->scratch = arena_create();
    a->memo = arena_array(a->scratch, uint64_t, MEMO_SLOTS);
    a->chosen = arena_array(cx->arena, uint32_t, table->input_count);
    Status status = check_gaps(a);
    if (status == STATUS_OK) {
        status = check_masked(a);
    }
    arena_free(a->scratch);
    if (status == STATUS_OK && a->is_spent) {
        add_finding(a, finding_of(DMN_FINDING_INCOMPLETE, DMN_NONE, DMN_NONE, DMN_NONE));
    }
    return status;
}

Status dmn_analyse_table(Cx *cx, const DmnTable *table, DmnFindings *out) {
    FindingVec findings = {0};
    TRY(analyse_into(cx, table, &findings));
    *out = (DmnFindings){findings.items, findings.count};
    return STATUS_OK;
}

/* Tables may stand anywhere in boxed expressions. */
static Status analyse_expression(Cx *cx, const DmnExpression *expression, FindingVec *findings) {
    if (expression == NULL) {
        return STATUS_OK;
    }
    if (expression->table != NULL) {
        TRY(analyse_into(cx, expression->table, findings));
    }
    for (size_t i = 0; i < expression->part_count; i++) {
        TRY(analyse_expression(cx, expression->parts[i].expression, findings));
    }
    return STATUS_OK;
}

Status dmn_analyse(Cx *cx, const DmnModel *model, DmnFindings *out) {
    FindingVec findings = {0};
    for (size_t i = 0; i < model->nodes.count; i++) {
        TRY(analyse_expression(cx, model->nodes.items[i]->logic, &findings));
    }
    *out = (DmnFindings){findings.items, findings.count};
    return STATUS_OK;
}

Status dmn_table_rows(Cx *cx, const DmnTable *table, const FeelValue *inputs, bool *out) {
    FeelEval eval;
    feel_eval_init(&eval, cx, NULL, NULL, NULL);
    for (size_t row = 0; row < table->row_count; row++) {
        TRY(cx_step(cx));
        out[row] = true;
        for (size_t i = 0; i < table->input_count && out[row]; i++) {
            const DmnCell *cell = &table->rows[row].inputs[i];
            FeelTruth truth = str_is_empty(cell->text) ? FEEL_TRUE : FEEL_FALSE;
            if (cell->tests != NULL && cell->tests->is_constant) {
                TRY(feel_tests_match(&eval, cell->tests, NULL, &inputs[i], &truth));
            }
            out[row] = truth == FEEL_TRUE;
        }
    }
    return STATUS_OK;
}
