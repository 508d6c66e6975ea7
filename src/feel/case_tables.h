/* case_tables.h - Unicode case mappings for upper case() and lower case(). Ascending. Private. */
#ifndef HUANXIN_FEEL_CASE_TABLES_H
#define HUANXIN_FEEL_CASE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* count code points from first by stride map to themselves + delta. */
typedef struct CaseRun {
    uint32_t first;
    uint16_t count;
    uint16_t stride;
    int32_t delta;
} CaseRun;

/* A code point that maps to several, in UTF-8. */
typedef struct CaseText {
    uint32_t rune;
    const char *text;
} CaseText;

extern const CaseRun CASE_UPPER[];
extern const size_t CASE_UPPER_COUNT;
extern const CaseRun CASE_LOWER[];
extern const size_t CASE_LOWER_COUNT;
extern const CaseText CASE_UPPER_TEXTS[];
extern const size_t CASE_UPPER_TEXTS_COUNT;
extern const CaseText CASE_LOWER_TEXTS[];
extern const size_t CASE_LOWER_TEXTS_COUNT;

#endif
