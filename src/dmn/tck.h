/*
 * tck.h - runs the public conformance kit for DMN: directories with a model and test files in the
 * kit's XML. Used by `huanxin dmn tck` and by the tests.
 * Source: github.com/dmn-tck/tck, testCases.xsd; the comparison is that of its published runners.
 */
#ifndef HUANXIN_DMN_TCK_H
#define HUANXIN_DMN_TCK_H

#include "dmn/dmn.h"

typedef struct TckScore {
    size_t case_count;
    size_t case_passed;
    size_t valued_count; /* cases that expect some value other than null */
    size_t valued_passed;
    size_t directory_count;
    size_t directory_passed;
} TckScore;

/* Called for each case that fails; line says what was expected and what came. */
typedef void (*TckReport)(void *host, Str line);

typedef struct TckFile {
    Str name;
    Str text;
} TckFile;

/* One directory: its models (.dmn) and one test file. Adds to score (cases only) and sets
 * *is_passed. INVALID when the test file is no test file. report may be NULL. */
typedef struct TckDirectory {
    Str name;
    const TckFile *models;
    size_t model_count;
    TckFile test;
    ZoneSet *zones;
    TckReport report;
    void *host;
} TckDirectory;
MUST_CHECK Status tck_run_file(Cx *cx, const TckDirectory *directory, TckScore *score,
                               bool *is_passed);

/* All directories compliance-level-* / * below path (or path itself when it holds test files).
 * NOT_FOUND when there is none, IO. Adds to score. */
MUST_CHECK Status tck_run_tree(const char *path, ZoneSet *zones, TckReport report, void *host,
                               TckScore *score);

#endif
