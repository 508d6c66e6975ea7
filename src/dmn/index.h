/*
 * index.h - a table prepared for finding its rows: for each column the constants in order and, for
 * each elementary cell between them, the set of rows that match there. One search per column and an
 * AND of the sets replace testing every cell. Private to src/dmn.
 */
#ifndef HUANXIN_DMN_INDEX_H
#define HUANXIN_DMN_INDEX_H

#include "dmn/model.h"

enum {
    /* Sets of one column: beyond this the column is tested cell by cell. */
    INDEX_WORDS_MAX = 1024 * 1024,
    /* Smaller tables are tested just as fast. */
    INDEX_ROWS_MIN = 3,
};

typedef struct IndexColumn {
    bool is_indexed;
    FeelKind kind; /* of the constants; FEEL_NULL: no constants, every value gives cell 0 */
    const FeelValue *points;
    size_t point_count;
    const uint64_t *sets;  /* (2 * point_count + 1) sets of word_count words */
    const uint64_t *nulls; /* the rows that match null */
} IndexColumn;

typedef struct DmnIndex {
    size_t word_count;
    IndexColumn *columns;
    bool is_complete; /* every column is indexed */
} DmnIndex;

/* Builds the index of a compiled table, or leaves table->index NULL when it would not help. */
MUST_CHECK Status dmn_index_build(Cx *cx, DmnTable *table);
/* The set of rows that match value in an indexed column, or NULL when the value has another kind
 * than the column's constants: then its cells must be tested. O(log constants). */
const uint64_t *dmn_index_rows(const DmnIndex *index, size_t column, const FeelValue *value);

#endif
