/*
 * parts.h - a model's text taken apart into what stands around its tables' rows and the rows
 * themselves, and put together again: how an editor keeps a table of any size row by row.
 *
 *   text ──▶ skeleton (the text with a mark in place of each table's rules) + rows of each table
 *   skeleton + rows ──▶ text
 *
 * What stands in the skeleton stays byte by byte. Of a rule its id, description and the texts of
 * its cells are kept; ids of single cells and extensions inside rules are not.
 * Nothing is compiled here: cells are texts, right or wrong.
 * Ownership: everything lives in cx->arena; texts may be borrowed from the text given.
 */
#ifndef HUANXIN_DMN_PARTS_H
#define HUANXIN_DMN_PARTS_H

#include "base/cx.h"

typedef enum DmnPartKind { DMN_PART_INPUT, DMN_PART_OUTPUT, DMN_PART_ANNOTATION } DmnPartKind;

typedef struct DmnPartColumn {
    DmnPartKind kind;
    Str label;      /* what people call it */
    Str expression; /* of an input; the name of an output or annotation */
    Str type;       /* as written, may be empty */
    Str values;     /* allowed values as written, may be empty */
} DmnPartColumn;

typedef struct DmnPartRow {
    Str id;
    Str description;
    Str *cells; /* column_count texts: inputs, outputs, annotations */
} DmnPartRow;

typedef struct DmnPartTable {
    Str node; /* name of the decision or knowledge model that it is in; empty: of none */
    Str id;
    Str hit_policy; /* as written; empty: UNIQUE */
    DmnPartColumn *columns;
    size_t column_count;
    size_t input_count;
    size_t output_count;
    DmnPartRow *rows;
    size_t row_count;
} DmnPartTable;

typedef struct DmnParts {
    Str skeleton;
    DmnPartTable *tables; /* in the order of the text */
    size_t table_count;
} DmnParts;

/* Takes a model's text apart; a skeleton gives its tables without rows. INVALID for what is no XML
 * of a DMN model, or holds a mark of ours and rules as well; LIMIT. O(bytes). */
MUST_CHECK Status dmn_parts_take(Cx *cx, Str text, DmnParts *out);
/* Puts a model's text together: every table with its rows. INVALID when the skeleton has no mark
 * for a table; LIMIT above LIMIT_MODEL_BYTES_MAX. O(bytes). */
MUST_CHECK Status dmn_parts_put(Cx *cx, const DmnParts *parts, Str *out);

#endif
