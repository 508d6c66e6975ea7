/* compare.c - tables, columns, then rows in three rounds; see compare.h. */
#include "office/policy/compare.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

enum {
    /* Pairs looked at by likeness: 2000 new rows against 2000 old ones. */
    SIMILAR_PAIRS_MAX = 4 * 1000 * 1000,
    KEY_BYTES_MAX = 1024 * 1024,
};

#define ALONE SIZE_MAX

typedef struct Matching {
    Cx *cx;
    TableDiff *diff;
    size_t *right_of; /* left row -> right row */
    size_t *left_of;
} Matching;

/* ---- columns ---- */

static bool is_same_column(const DmnPartColumn *left, const DmnPartColumn *right) {
    return left->kind == right->kind &&
           (str_equal(left->expression, right->expression) ||
            (left->label.len > 0 && str_equal(left->label, right->label)));
}

static void columns_match(Cx *cx, TableDiff *diff) {
    const DmnPartTable *left = diff->left;
    const DmnPartTable *right = diff->right;
    diff->column_of_left = arena_array(cx->arena, size_t, left->column_count + 1);
    diff->is_new_column = arena_array(cx->arena, bool, right->column_count + 1);
    for (size_t k = 0; k < right->column_count; k++) {
        diff->is_new_column[k] = true;
    }
    for (size_t i = 0; i < left->column_count; i++) {
        diff->column_of_left[i] = ALONE;
        for (size_t k = 0; k < right->column_count && diff->column_of_left[i] == ALONE; k++) {
            if (diff->is_new_column[k] && is_same_column(&left->columns[i], &right->columns[k])) {
                diff->column_of_left[i] = k;
                diff->is_new_column[k] = false;
            }
        }
    }
}

/* ---- rows ---- */

static void pair_set(Matching *matching, size_t left, size_t right) {
    matching->right_of[left] = right;
    matching->left_of[right] = left;
}

/* The conditions of a row in the columns that both tables have, as one text. */
static Str conditions_key(Arena *arena, const TableDiff *diff, size_t row, bool is_left) {
    Buf *key = buf_in(arena, KEY_BYTES_MAX);
    for (size_t i = 0; i < diff->left->input_count; i++) {
        size_t other = diff->column_of_left[i];
        if (other != ALONE) {
            buf_put(key,
                    is_left ? diff->left->rows[row].cells[i] : diff->right->rows[row].cells[other]);
            buf_put_char(key, '\x1f');
        }
    }
    return buf_str(key);
}

/* Rows waiting under one key, in their order. */
typedef struct Waiting {
    size_t row;
    struct Waiting *next;
} Waiting;

typedef struct Queue {
    Waiting *first;
    Waiting *last;
    size_t count;
} Queue;

static void queue_put(Arena *arena, Map *map, Str key, size_t row) {
    Queue *queue = map_get(map, key);
    if (queue == NULL) {
        queue = arena_new(arena, Queue);
        map_put(map, key, queue);
    }
    Waiting *waiting = arena_new(arena, Waiting);
    waiting->row = row;
    if (queue->last == NULL) {
        queue->first = waiting;
    } else {
        queue->last->next = waiting;
    }
    queue->last = waiting;
    queue->count++;
}

static Status match_by_conditions(Matching *matching) {
    const TableDiff *diff = matching->diff;
    Arena *arena = matching->cx->arena;
    Map map;
    map_init(&map, arena);
    for (size_t i = 0; i < diff->left->row_count; i++) {
        TRY(cx_step(matching->cx));
        queue_put(arena, &map, conditions_key(arena, diff, i, true), i);
    }
    for (size_t k = 0; k < diff->right->row_count; k++) {
        TRY(cx_step(matching->cx));
        Queue *queue = map_get(&map, conditions_key(arena, diff, k, false));
        if (queue != NULL && queue->first != NULL) {
            pair_set(matching, queue->first->row, k);
            queue->first = queue->first->next;
        }
    }
    return STATUS_OK;
}

static size_t column_named(const DmnPartTable *table, Str name) {
    for (size_t i = 0; i < table->column_count; i++) {
        if (str_equal(table->columns[i].expression, name)) {
            return i;
        }
    }
    return ALONE;
}

static Status match_by_rule(Matching *matching) {
    const TableDiff *diff = matching->diff;
    size_t left_column = column_named(diff->left, STR("rule_id"));
    size_t right_column = column_named(diff->right, STR("rule_id"));
    Map lefts;
    Map rights;
    if (left_column == ALONE || right_column == ALONE) {
        return STATUS_OK;
    }
    map_init(&lefts, matching->cx->arena);
    map_init(&rights, matching->cx->arena);
    for (size_t i = 0; i < diff->left->row_count; i++) {
        queue_put(matching->cx->arena, &lefts, diff->left->rows[i].cells[left_column], i);
    }
    for (size_t k = 0; k < diff->right->row_count; k++) {
        queue_put(matching->cx->arena, &rights, diff->right->rows[k].cells[right_column], k);
    }
    for (size_t k = 0; k < diff->right->row_count; k++) {
        Str key = diff->right->rows[k].cells[right_column];
        const Queue *left = map_get(&lefts, key);
        const Queue *right = map_get(&rights, key);
        TRY(cx_step(matching->cx));
        if (matching->left_of[k] == ALONE && left != NULL && left->count == 1 &&
            right->count == 1 && matching->right_of[left->first->row] == ALONE) {
            pair_set(matching, left->first->row, k);
        }
    }
    return STATUS_OK;
}

/* Cells that agree, of those that both have. */
static size_t likeness(const TableDiff *diff, size_t left, size_t right) {
    size_t same = 0;
    for (size_t i = 0; i < diff->left->column_count; i++) {
        size_t other = diff->column_of_left[i];
        same += other != ALONE && str_equal(diff->left->rows[left].cells[i],
                                            diff->right->rows[right].cells[other])
                    ? 1
                    : 0;
    }
    return same;
}

static size_t free_rows(const size_t *other_of, size_t count) {
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        left += other_of[i] == ALONE ? 1 : 0;
    }
    return left;
}

static Status match_by_likeness(Matching *matching) {
    const TableDiff *diff = matching->diff;
    size_t left_free = free_rows(matching->right_of, diff->left->row_count);
    size_t right_free = free_rows(matching->left_of, diff->right->row_count);
    if (left_free == 0 || right_free > SIMILAR_PAIRS_MAX / left_free) {
        return STATUS_OK;
    }
    for (size_t k = 0; k < diff->right->row_count; k++) {
        size_t best = ALONE;
        size_t most = (diff->left->column_count + 1) / 2; /* at least half */
        if (matching->left_of[k] != ALONE) {
            continue;
        }
        TRY(cx_steps(matching->cx, left_free));
        for (size_t i = 0; i < diff->left->row_count; i++) {
            size_t same = matching->right_of[i] == ALONE ? likeness(diff, i, k) : 0;
            if (same > most || (best == ALONE && same > 0 && same == most)) {
                best = i;
                most = same;
            }
        }
        if (best != ALONE) {
            pair_set(matching, best, k);
        }
    }
    return STATUS_OK;
}

static bool has_new_column(const TableDiff *diff) {
    bool is_changed = false;
    for (size_t i = 0; i < diff->left->column_count; i++) {
        is_changed = is_changed || diff->column_of_left[i] == ALONE;
    }
    for (size_t k = 0; k < diff->right->column_count; k++) {
        is_changed = is_changed || diff->is_new_column[k];
    }
    return is_changed;
}

static void row_push(TableDiff *diff, RowPair pair) {
    diff->counts[pair.change]++;
    diff->rows[diff->row_count++] = pair;
}

/* The rows of the right in order; a removed one stands where the one before it stood. */
static void rows_list(Matching *matching) {
    TableDiff *diff = matching->diff;
    bool is_wider = has_new_column(diff);
    size_t shared = diff->left->column_count;
    size_t next_left = 0;
    size_t last_left = 0;
    for (size_t i = 0; i < diff->left->column_count; i++) {
        shared -= diff->column_of_left[i] == ALONE ? 1 : 0;
    }
    for (size_t k = 0; k < diff->right->row_count; k++) {
        size_t left = matching->left_of[k];
        if (left == ALONE) {
            row_push(diff, (RowPair){ROW_ADDED, ALONE, k});
            continue;
        }
        for (; next_left < left; next_left++) {
            if (matching->right_of[next_left] == ALONE) {
                row_push(diff, (RowPair){ROW_REMOVED, next_left, ALONE});
            }
        }
        bool is_same = likeness(diff, left, k) == shared && !is_wider;
        bool is_moved = left < last_left;
        last_left = left > last_left ? left : last_left;
        row_push(diff, (RowPair){!is_same   ? ROW_CHANGED
                                 : is_moved ? ROW_MOVED
                                            : ROW_SAME,
                                 left, k});
    }
    for (; next_left < diff->left->row_count; next_left++) {
        if (matching->right_of[next_left] == ALONE) {
            row_push(diff, (RowPair){ROW_REMOVED, next_left, ALONE});
        }
    }
}

static size_t *alone_array(Arena *arena, size_t count) {
    size_t *items = arena_array(arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = ALONE;
    }
    return items;
}

static Status table_compare(Cx *cx, TableDiff *diff) {
    Matching matching = {.cx = cx, .diff = diff};
    size_t left_count = diff->left->row_count;
    size_t right_count = diff->right->row_count;
    diff->rows = arena_array(cx->arena, RowPair, left_count + right_count + 1);
    matching.right_of = alone_array(cx->arena, left_count);
    matching.left_of = alone_array(cx->arena, right_count);
    columns_match(cx, diff);
    TRY(match_by_conditions(&matching));
    TRY(match_by_rule(&matching));
    TRY(match_by_likeness(&matching));
    rows_list(&matching);
    return STATUS_OK;
}

/* ---- tables ---- */

/* By the name of the decision; versions name it anew each year, so else by its place. */
static const DmnPartTable *table_like(const DmnParts *parts, const DmnPartTable *table,
                                      size_t place) {
    for (size_t i = 0; i < parts->table_count; i++) {
        if (str_equal(parts->tables[i].node, table->node)) {
            return &parts->tables[i];
        }
    }
    return place < parts->table_count ? &parts->tables[place] : NULL;
}

Status model_compare(Cx *cx, const DmnParts *left, const DmnParts *right, ModelDiff *out) {
    ModelDiff diff = {
        .tables = arena_array(cx->arena, TableDiff, left->table_count + right->table_count + 1)};
    bool *is_met = arena_array(cx->arena, bool, left->table_count + 1);
    for (size_t i = 0; i < right->table_count; i++) {
        TableDiff *table = &diff.tables[diff.table_count++];
        *table = (TableDiff){.right = &right->tables[i]};
        table->left = table_like(left, table->right, i);
        if (table->left != NULL && !is_met[table->left - left->tables]) {
            is_met[table->left - left->tables] = true;
            TRY(table_compare(cx, table));
        } else {
            table->left = NULL;
        }
    }
    for (size_t i = 0; i < left->table_count; i++) {
        if (!is_met[i]) {
            diff.tables[diff.table_count++] = (TableDiff){.left = &left->tables[i]};
        }
    }
    *out = diff;
    return STATUS_OK;
}
