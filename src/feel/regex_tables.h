/*
 * regex_tables.h - Unicode data for regular expressions, private to src/feel. All tables ascend.
 */
#ifndef HUANXIN_FEEL_REGEX_TABLES_H
#define HUANXIN_FEEL_REGEX_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* The general categories, in the order of the table's numbers. */
/* clang-format off */
#define REGEX_CATEGORY_LIST(X) \
    X(Lu) X(Ll) X(Lt) X(Lm) X(Lo) X(Mn) X(Mc) X(Me) X(Nd) X(Nl) \
    X(No) X(Pc) X(Pd) X(Ps) X(Pe) X(Pi) X(Pf) X(Po) X(Sm) X(Sc) \
    X(Sk) X(So) X(Zs) X(Zl) X(Zp) X(Cc) X(Cf) X(Cs) X(Co) X(Cn)
/* clang-format on */

typedef enum RegexCategory {
#define X(name) REGEX_##name,
    REGEX_CATEGORY_LIST(X)
#undef X
} RegexCategory;

/* Start of a run of code points << 5 | its category. */
extern const uint32_t REGEX_CATEGORIES[];
extern const size_t REGEX_CATEGORY_COUNT;

typedef struct RegexBlock {
    const char *name; /* without spaces */
    uint32_t first;
    uint32_t last;
} RegexBlock;
extern const RegexBlock REGEX_BLOCKS[];
extern const size_t REGEX_BLOCK_COUNT;

/* count code points from start by stride; each has its next case partner at + delta, in a ring. */
typedef struct RegexOrbit {
    uint32_t start;
    uint16_t count;
    uint16_t stride;
    int32_t delta;
} RegexOrbit;
extern const RegexOrbit REGEX_ORBITS[];
extern const size_t REGEX_ORBIT_COUNT;

#endif
