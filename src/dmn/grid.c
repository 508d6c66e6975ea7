/*
 * grid.c - reading order: constants of a column, their order, witnesses, the domain, then what each
 * cell of the table covers.
 */
#include "dmn/grid.h"

#include "base/str.h"

/* ---- constants ---- */

bool grid_compare(const FeelValue *left, const FeelValue *right, int *out) {
    if (left->kind == FEEL_BOOLEAN && right->kind == FEEL_BOOLEAN) {
        *out = (int)left->boolean - (int)right->boolean;
        return true;
    }
    return feel_compare(left, right, out);
}

static bool has_order(FeelKind kind) {
    return kind == FEEL_BOOLEAN || kind == FEEL_NUMBER || kind == FEEL_STRING ||
           (kind >= FEEL_DATE && kind <= FEEL_MONTHS);
}

typedef struct Gather {
    Cx *cx;
    GridColumn *column;
} Gather;

static void gather_value(Gather *gather, const FeelValue *value) {
    GridColumn *column = gather->column;
    if (value->kind == FEEL_NULL) {
        return;
    }
    if (!has_order(value->kind) || (column->kind != FEEL_NULL && column->kind != value->kind)) {
        return; /* its cell will not be analysable; the others are */
    }
    column->kind = value->kind;
    *vec_push(gather->cx->arena, &column->points) = *value;
}

static void gather_tests(Gather *gather, const FeelTests *tests) {
    for (size_t i = 0; tests != NULL && i < tests->count; i++) {
        const FeelTest *test = &tests->items[i];
        if (test->kind == FEEL_TEST_RANGE) {
            gather_value(gather, &test->value.range->low);
            gather_value(gather, &test->value.range->high);
        } else if (test->kind != FEEL_TEST_OTHER && test->kind != FEEL_TEST_ANY) {
            gather_value(gather, &test->value);
        }
    }
}

/* Merge sort of points; returns false when two have no order. */
static bool merge(FeelValue *items, FeelValue *spare, size_t low, size_t middle, size_t high) {
    size_t left = low;
    size_t right = middle;
    for (size_t at = low; at < high; at++) {
        int order = -1;
        if (left < middle && right < high && !grid_compare(&items[left], &items[right], &order)) {
            return false;
        }
        bool takes_left = right >= high || (left < middle && order <= 0);
        spare[at] = takes_left ? items[left++] : items[right++];
    }
    for (size_t at = low; at < high; at++) {
        items[at] = spare[at];
    }
    return true;
}

static bool sort_points(Arena *arena, PointVec *points) {
    size_t count = points->count;
    FeelValue *spare = arena_array(arena, FeelValue, count);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low + width < count; low += 2 * width) {
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            if (!merge(points->items, spare, low, low + width, high)) {
                return false;
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int order = 1;
        if (kept > 0 && !grid_compare(&points->items[i], &points->items[kept - 1], &order)) {
            return false;
        }
        if (order != 0) {
            points->items[kept++] = points->items[i];
        }
    }
    points->count = kept;
    return true;
}

/* ---- witnesses ---- */

static bool number_between(const FeelValue *low, const FeelValue *high, FeelValue *out) {
    Decimal one = decimal_of_int64(1);
    Decimal value = {0, 0};
    if (low != NULL) {
        Decimal floor = {0, 0};
        if (!decimal_round(low->number, 0, DECIMAL_FLOOR, &floor) ||
            !decimal_add(floor, one, &value)) {
            return false;
        }
        if (high != NULL && decimal_compare(value, high->number) >= 0) {
            if (!decimal_add(low->number, high->number, &value) ||
                !decimal_divide(value, decimal_of_int64(2), &value)) {
                return false;
            }
        }
    } else if (!decimal_subtract(high->number, one, &value)) {
        return false;
    }
    *out = feel_number(value);
    return (low == NULL || decimal_compare(value, low->number) > 0) &&
           (high == NULL || decimal_compare(value, high->number) < 0);
}

/* A unit on from low, or back from high, where that lies between. Half-way where it does not. */
static bool temporal_between(Arena *arena, FeelKind kind, const FeelValue *low,
                             const FeelValue *high, FeelValue *out) {
    Temporal step = kind == FEEL_DATE || kind == FEEL_DATE_TIME ? temporal_days_duration(86400, 0)
                    : kind == FEEL_MONTHS                       ? temporal_months_duration(1)
                                                                : temporal_days_duration(60, 0);
    Temporal value = {0};
    for (int tries = 0; tries < 2; tries++) {
        bool is_good = low != NULL ? temporal_add(low->temporal, &step, &value)
                                   : temporal_subtract(high->temporal, &step, &value);
        FeelValue found = is_good ? feel_temporal(arena, &value) : FEEL_NULL_VALUE;
        int above = 1;
        int below = -1;
        is_good = is_good && (low == NULL || grid_compare(&found, low, &above)) &&
                  (high == NULL || grid_compare(&found, high, &below));
        if (is_good && above > 0 && below < 0) {
            *out = found;
            return true;
        }
        if (low == NULL || high == NULL ||
            !temporal_subtract(high->temporal, low->temporal, &step) ||
            !temporal_divide(&step, decimal_of_int64(2), &step)) {
            return false;
        }
    }
    return false;
}

static bool text_between(Arena *arena, const FeelValue *low, const FeelValue *high,
                         FeelValue *out) {
    static const char *const TAILS[] = {"*", "\x01"};
    FeelValue other = feel_string(STR("(other)"));
    int above = 1;
    int below = -1;
    if ((low == NULL || (feel_compare(&other, low, &above) && above > 0)) &&
        (high == NULL || (feel_compare(&other, high, &below) && below < 0))) {
        *out = other;
        return true;
    }
    for (size_t i = 0; i < 2; i++) {
        Str text = low == NULL ? STR("") : str_join(arena, low->string, str_of(TAILS[i]));
        if (high == NULL || str_compare(text, high->string) < 0) {
            *out = feel_string(text);
            return true;
        }
    }
    return false;
}

/* Something strictly between low and high (NULL: no bound). false when there is nothing. */
static bool between(Arena *arena, FeelKind kind, const FeelValue *low, const FeelValue *high,
                    FeelValue *out) {
    if (kind == FEEL_BOOLEAN || (low == NULL && high == NULL)) {
        return false;
    }
    if (kind == FEEL_NUMBER) {
        return number_between(low, high, out);
    }
    return kind == FEEL_STRING ? text_between(arena, low, high, out)
                               : temporal_between(arena, kind, low, high, out);
}

/* ---- columns ---- */

/* A column without constants is one cell; any value of its type stands for it. */
static FeelValue any_value(const FeelType *type) {
    FeelKind kind = type == NULL ? FEEL_ANY : type->kind;
    if (kind == FEEL_STRING) {
        return feel_string(STR("(any)"));
    }
    return kind == FEEL_BOOLEAN ? feel_boolean(true) : feel_integer(0);
}

static void fill_witnesses(Arena *arena, const DmnTableInput *input, GridColumn *column) {
    size_t count = column->points.count;
    const FeelValue *points = column->points.items;
    column->cell_count = (uint32_t)(2 * count + 1);
    column->witness = arena_array(arena, FeelValue, column->cell_count);
    column->is_inside = arena_array(arena, bool, column->cell_count);
    column->is_whole = column->kind == FEEL_NUMBER;
    if (count == 0) {
        column->witness[0] = any_value(input->type);
        column->is_inside[0] = true;
        return;
    }
    for (size_t i = 0; i <= count; i++) {
        column->is_inside[2 * i] = between(arena, column->kind, i > 0 ? &points[i - 1] : NULL,
                                           i < count ? &points[i] : NULL, &column->witness[2 * i]);
        if (i < count) {
            column->witness[2 * i + 1] = points[i];
            column->is_inside[2 * i + 1] = true;
            column->is_whole = column->is_whole && decimal_is_integer(points[i].number);
        }
    }
}

static bool is_allowed(const FeelTests *values, const FeelValue *value) {
    bool is_member = false;
    for (size_t i = 0; i < values->count && !is_member; i++) {
        is_member = feel_test_constant(&values->items[i], value) == FEEL_TRUE;
    }
    return is_member != values->is_negated;
}

static void fill_domain(Arena *arena, const FeelTests *values, GridColumn *column) {
    column->inside = arena_array(arena, uint32_t, column->cell_count + 1);
    for (uint32_t i = 0; i < column->cell_count; i++) {
        if (values != NULL && values->is_constant && column->points.count > 0) {
            column->is_inside[i] = column->is_inside[i] && is_allowed(values, &column->witness[i]);
        }
        column->inside[i + 1] = column->inside[i] + (column->is_inside[i] ? 1 : 0);
    }
}

static Status build_column(Cx *cx, const DmnTable *table, size_t index, GridColumn *out,
                           bool *is_unordered) {
    const DmnTableInput *input = &table->inputs[index];
    Gather gather = {.cx = cx, .column = out};
    bool is_declared = input->type != NULL && has_order(input->type->kind);
    out->kind = is_declared ? input->type->kind : FEEL_NULL;
    gather_tests(&gather, input->values);
    for (size_t row = 0; row < table->row_count; row++) {
        TRY(cx_step(cx));
        gather_tests(&gather, table->rows[row].inputs[index].tests);
    }
    if (out->kind == FEEL_BOOLEAN) { /* both values are always there */
        FeelValue both[2] = {feel_boolean(false), feel_boolean(true)};
        gather_value(&gather, &both[0]);
        gather_value(&gather, &both[1]);
    }
    *is_unordered = !sort_points(cx->arena, &out->points);
    if (*is_unordered || out->points.count == 0) {
        out->points.count = 0;
        out->kind = FEEL_NULL;
    }
    fill_witnesses(cx->arena, input, out);
    fill_domain(cx->arena, input->values, out);
    return STATUS_OK;
}

/* ---- cells ---- */

/* The cell of a constant; it is one of the points. */
static uint32_t cell_of(const GridColumn *column, const FeelValue *value) {
    size_t low = 0;
    size_t high = column->points.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        int order = 0;
        check(grid_compare(&column->points.items[middle], value, &order));
        if (order <= 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (uint32_t)(2 * low + 1);
}

/* What one test covers; count 0..2 spans. false when it is not analysable. */
static bool test_spans(const GridColumn *column, const FeelTest *test, Span *spans,
                       uint32_t *count) {
    uint32_t last = column->cell_count - 1;
    *count = 1;
    spans[0] = (Span){0, last};
    if (test->kind == FEEL_TEST_ANY) {
        return true;
    }
    if (test->kind == FEEL_TEST_OTHER) {
        return false;
    }
    if (test->kind == FEEL_TEST_RANGE) {
        const FeelRange *range = test->value.range;
        bool is_good = (range->low.kind == FEEL_NULL || range->low.kind == column->kind) &&
                       (range->high.kind == FEEL_NULL || range->high.kind == column->kind);
        if (!is_good) {
            return false;
        }
        if (range->low.kind != FEEL_NULL) {
            spans[0].low = cell_of(column, &range->low) + (range->is_low_closed ? 0 : 1);
        }
        if (range->high.kind != FEEL_NULL) {
            spans[0].high = cell_of(column, &range->high) - (range->is_high_closed ? 0 : 1);
        }
        *count = spans[0].low <= spans[0].high ? 1 : 0;
        return true;
    }
    if (test->value.kind == FEEL_NULL) { /* null itself: nothing of what we look at */
        *count = test->kind == FEEL_TEST_NOT_EQUAL ? 1 : 0;
        return test->kind == FEEL_TEST_EQUAL || test->kind == FEEL_TEST_NOT_EQUAL;
    }
    if (test->value.kind != column->kind) {
        return false;
    }
    uint32_t at = cell_of(column, &test->value);
    switch (test->kind) {
    case FEEL_TEST_EQUAL:
        spans[0] = (Span){at, at};
        break;
    case FEEL_TEST_NOT_EQUAL:
        spans[0] = (Span){0, at - 1};
        spans[1] = (Span){at + 1, last};
        *count = 2;
        break;
    case FEEL_TEST_LESS:
        spans[0].high = at - 1;
        break;
    case FEEL_TEST_LESS_EQUAL:
        spans[0].high = at;
        break;
    case FEEL_TEST_GREATER:
        spans[0].low = at + 1;
        break;
    case FEEL_TEST_GREATER_EQUAL:
        spans[0].low = at;
        break;
    case FEEL_TEST_ANY:
    case FEEL_TEST_RANGE:
    case FEEL_TEST_OTHER:
        return false;
    }
    return true;
}

/* Sorts spans and joins those that touch. */
static void join_spans(SpanVec *spans) {
    for (size_t i = 1; i < spans->count; i++) {
        Span span = spans->items[i];
        size_t at = i;
        for (; at > 0 && spans->items[at - 1].low > span.low; at--) {
            spans->items[at] = spans->items[at - 1];
        }
        spans->items[at] = span;
    }
    size_t kept = 0;
    for (size_t i = 0; i < spans->count; i++) {
        Span span = spans->items[i];
        if (kept > 0 && span.low <= spans->items[kept - 1].high + 1) {
            Span *last = &spans->items[kept - 1];
            last->high = span.high > last->high ? span.high : last->high;
        } else {
            spans->items[kept++] = span;
        }
    }
    spans->count = kept;
}

/* What lies outside joined spans. */
static SpanVec complement(Arena *arena, const GridColumn *column, const SpanVec *spans) {
    SpanVec rest = {0};
    uint32_t next = 0;
    for (size_t i = 0; i < spans->count; i++) {
        if (spans->items[i].low > next) {
            *vec_push(arena, &rest) = (Span){next, spans->items[i].low - 1};
        }
        next = spans->items[i].high + 1;
    }
    if (next < column->cell_count) {
        *vec_push(arena, &rest) = (Span){next, column->cell_count - 1};
    }
    return rest;
}

static void build_cell(Arena *arena, const GridColumn *column, const DmnCell *cell, GridCell *out) {
    SpanVec spans = {0};
    FeelValue null_value = FEEL_NULL_VALUE;
    out->is_unknown = cell->tests == NULL && !str_is_empty(cell->text);
    if (cell->tests == NULL) {
        *vec_push(arena, &spans) = (Span){0, column->cell_count - 1};
    }
    for (size_t i = 0; cell->tests != NULL && i < cell->tests->count; i++) {
        Span found[2];
        uint32_t count = 0;
        const FeelTest *test = &cell->tests->items[i];
        if (!test_spans(column, test, found, &count)) {
            out->is_unknown = true;
            break;
        }
        out->takes_null = out->takes_null || feel_test_constant(test, &null_value) == FEEL_TRUE;
        for (uint32_t k = 0; k < count; k++) {
            *vec_push(arena, &spans) = found[k];
        }
    }
    join_spans(&spans);
    if (cell->tests != NULL && cell->tests->is_negated) {
        spans = complement(arena, column, &spans);
    }
    uint32_t inside = 0;
    for (size_t i = 0; i < spans.count; i++) {
        inside += grid_inside(column, spans.items[i]);
    }
    out->spans = spans.items;
    out->count = (uint32_t)spans.count;
    out->is_empty = !out->is_unknown && inside == 0;
    out->is_full = !out->is_unknown && inside == column->inside[column->cell_count];
}

uint32_t grid_first(const GridColumn *column, Span span) {
    uint32_t first = UINT32_MAX;
    for (uint32_t i = span.low; i <= span.high; i++) {
        if (column->is_inside[i]) {
            first = first == UINT32_MAX ? i : first;
            if (i % 2 == 1) {
                return i;
            }
            if (i > first + 1) {
                break;
            }
        }
    }
    return first;
}

Status grid_build(Cx *cx, const DmnTable *table, Grid *out) {
    size_t width = table->input_count;
    bool *is_unordered = arena_array(cx->arena, bool, width);
    out->table = table;
    out->columns = arena_array(cx->arena, GridColumn, width);
    out->cells = arena_array(cx->arena, GridCell, width * table->row_count);
    for (size_t i = 0; i < width; i++) {
        TRY(build_column(cx, table, i, &out->columns[i], &is_unordered[i]));
    }
    for (size_t row = 0; row < table->row_count; row++) {
        TRY(cx_step(cx));
        for (size_t i = 0; i < width; i++) {
            GridCell *cell = &out->cells[row * width + i];
            const DmnCell *source = &table->rows[row].inputs[i];
            build_cell(cx->arena, &out->columns[i], source, cell);
            bool is_any =
                source->tests == NULL || (source->tests->count == 1 && !source->tests->is_negated &&
                                          source->tests->items[0].kind == FEEL_TEST_ANY);
            cell->is_unknown = cell->is_unknown || (is_unordered[i] && !is_any);
        }
    }
    return STATUS_OK;
}
