/*
 * scope.h - names and how they are found in a text. FEEL names may hold spaces, operators and
 * keywords, so the parser asks at a place: which known name is the longest that stands here?
 *
 *   table: first word ──▶ name ──▶ name ...   newest first; names leave in reverse order
 *
 * Private to src/feel.
 */
#ifndef HUANXIN_FEEL_SCOPE_H
#define HUANXIN_FEEL_SCOPE_H

#include "feel/feel.h"

typedef enum FeelNameKind {
    NAME_SLOT,
    NAME_LOCAL,
    NAME_MEMBER, /* entry of a filter's item whose type is known */
    NAME_BUILTIN,
    NAME_TYPE,
} FeelNameKind;

typedef struct FeelName {
    Str text; /* white space normalised */
    FeelNameKind kind;
    size_t index; /* slot, local, or number of the built-in */
    const FeelType *type;
    uint32_t serial; /* order of birth in one compilation; 0 for names of the scope */
    struct FeelName *next;
    struct FeelName *before; /* the name added before this one */
} FeelName;

enum { NAME_BUCKETS = 128 };

typedef struct FeelNames {
    Arena *arena;
    FeelName *buckets[NAME_BUCKETS];
    FeelName *last;
} FeelNames;

struct FeelScope {
    Arena *arena;
    ZoneSet *zones;
    FeelNames names;
    FeelNames types;
    size_t slot_count;
};

/* Adds a name, hiding older equal ones. Returns it for the caller to fill. */
FeelName *feel_names_add(FeelNames *names, Str text);
/* Removes names until last is the newest. */
void feel_names_cut(FeelNames *names, FeelName *last);
/* Returns the longest name that stands in source at byte index at, its end in *end; else NULL. */
const FeelName *feel_names_match(const FeelNames *names, Str source, size_t at, size_t *end);
/* True when name stands in source at byte index at and ends at a word border (*end). White space in
 * source counts as one space. */
bool feel_name_stands(Str name, Str source, size_t at, size_t *end);
/* Copies a name with white space normalised: trimmed, runs made one space. */
Str feel_name_normal(Arena *arena, Str text);

#endif
