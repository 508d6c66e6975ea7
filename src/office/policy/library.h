/*
 * library.h - a version with its compiled model, and the shelf they stand on. Private to
 * office/policy.
 *
 *   library ── shelf (never changed) ── entries: files of the city, then issued drafts
 *           └─ a new shelf takes its place when a draft is issued; versions are never given back,
 *              so a borrowed PolicyVersion stays good for the life of the program
 */
#ifndef HUANXIN_OFFICE_POLICY_LIBRARY_H
#define HUANXIN_OFFICE_POLICY_LIBRARY_H

#include "dmn/dmn.h"
#include "office/policy/policy.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct PolicyEntry {
    PolicyVersion version; /* first, so that a version leads to its entry */
    const DmnModel *model;
    size_t decision;      /* node */
    Str description_text; /* the YAML */
} PolicyEntry;

typedef struct PolicyShelf {
    const PolicyVersion **versions;
    PolicyEntry **entries;
    size_t count;
    size_t file_count; /* the first ones; the others are issued drafts, the newest last */
} PolicyShelf;

/* A programme that may fit a kind of equipment, and why, in one sentence. */
typedef struct PolicyFit {
    Str programme;
    Str why;
    bool is_for_firm; /* judges the enterprise, not the single thing */
} PolicyFit;
typedef struct PolicyEquipment {
    Str code;
    Str label;
    PolicyFit *fits;
    size_t fit_count;
} PolicyEquipment;

struct PolicyLibrary {
    _Atomic(const PolicyShelf *) shelf;
    PolicyProgramme *programmes;
    size_t programme_count;
    PolicyEquipment *equipment; /* folder/policy/equipment.yaml; may be missing */
    size_t equipment_count;
    Arena *arena; /* of what is issued while running */
    pthread_mutex_t mutex;
    int64_t last_issue_id;
    struct WorkshopCache *cache; /* compiled drafts: workshop_cache.c */
};

/* The entry of a version of this library. */
const PolicyEntry *policy_entry_of(const PolicyVersion *version);

/* The badge of a version: pays, awaits signatures, advice only, switched off. */
MUST_CHECK Status policy_version_state(Web *web, const PolicyVersion *version, ViewValue *out);
/* A cell as an official reads it: dates without date(), 是 and 否, lists with 、. */
Str policy_cell_zh(Arena *arena, Str text);

/* The texts of a version. */
typedef struct PolicyTexts {
    Str name;        /* for messages: a file's path, a draft's number */
    Str model;       /* DMN */
    Str description; /* YAML */
    Str cases;       /* one JSON object a line */
    FeelLanguage language;
} PolicyTexts;
/* Reads and compiles a version from its texts (borrowed for the life of the entry), with its
 * digest. INVALID with the first error and its place. O(bytes). */
MUST_CHECK Status policy_entry_read(Cx *cx, const PolicyTexts *texts, PolicyEntry *out);

/* Puts an issued draft on the shelf; its texts are copied. Nothing when its number is not above
 * those there already. Thread-safe. */
typedef struct PolicyIssue {
    int64_t id;
    PolicyTexts texts;
} PolicyIssue;
MUST_CHECK Status policy_library_add(Cx *cx, PolicyLibrary *library, const PolicyIssue *issue);

/* The border cases of a version: those it was issued with, else its file. NOT_FOUND, IO. */
MUST_CHECK Status policy_cases_text(Cx *cx, const PolicyVersion *version, Str *out);

#endif
