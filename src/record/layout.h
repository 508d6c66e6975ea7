/*
 * layout.h - how the records of a kind are stored, as a text that the database keeps beside them,
 * so that a changed declaration can still read what was written under the former one:
 *
 *   f name type digits number-slot text-slot search choices|- column:type:digits,…|-
 *   s state
 *   u namespace path,path
 *   c counter rest of its definition
 */
#ifndef HUANXIN_RECORD_LAYOUT_H
#define HUANXIN_RECORD_LAYOUT_H

#include "record/change.h"

/* The layout of a declaration as text. */
Str record_layout_print(Arena *arena, const RecordKind *kind);
/* A stored layout as a kind that can read bodies: fields, states and codes of counters. DB when it
 * is damaged. */
MUST_CHECK Status record_layout_read(Cx *cx, Str text, RecordKind *out);

/* What lies between a stored layout and a declaration. */
typedef struct LayoutChange {
    bool is_rewrite;   /* stored records must be written again */
    bool is_kept_rest; /* keys and counters are the same */
    Str refusal;       /* empty: possible; else what cannot be, when there are records */
    bool needs_scan;   /* choices were removed: possible when no record holds one */
} LayoutChange;
void record_layout_compare(Arena *arena, const RecordKind *old, Str old_text,
                           const RecordKind *kind, LayoutChange *out);
/* The place of an old field, column or state in the declaration, or SIZE_MAX. */
size_t record_layout_field(const RecordKind *kind, Str old_name);
size_t record_layout_state(const RecordKind *kind, Str old_code);
/* Values read under the old layout as values of the declaration; new fields are empty. false: a
 * choice that is no longer declared; *lost names it. */
bool record_layout_convert(Arena *arena, const RecordKind *old, const RecordKind *kind,
                           const RecordValue *from, RecordValue *to, Str *lost);

#endif
