/* library.h - a version with its compiled model. Private to office/policy. */
#ifndef HUANXIN_OFFICE_POLICY_LIBRARY_H
#define HUANXIN_OFFICE_POLICY_LIBRARY_H

#include "dmn/dmn.h"
#include "office/policy/policy.h"

typedef struct PolicyEntry {
    PolicyVersion version; /* first, so that a version leads to its entry */
    const DmnModel *model;
    size_t decision; /* node */
} PolicyEntry;

struct PolicyLibrary {
    const PolicyVersion **versions;
    PolicyEntry **entries;
    size_t count;
    PolicyProgramme *programmes;
    size_t programme_count;
};

/* The entry of a version of this library. */
const PolicyEntry *policy_entry_of(const PolicyVersion *version);

#endif
