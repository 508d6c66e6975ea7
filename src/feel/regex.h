/*
 * regex.h - regular expressions in the flavour of XPath and XQuery 3.1 (functions matches, replace
 * and tokenize), over code points, by a backtracking matcher with a step limit. Not Perl: no
 * look-around, no named groups, no word boundaries.
 *
 * Flags: s (dot takes newlines), m (^ and $ by line), i (ignore case, by simple Unicode folding),
 * x (white space in the pattern is ignored outside classes), q (the pattern is literal).
 * Ownership: a Regex lives in the arena of the Cx that compiled it and is not changed by matching,
 * so threads may share it.
 * Source: W3C XPath and XQuery Functions and Operators 3.1, section 5.6; XML Schema 1.1 part 2,
 * appendix G.
 */
#ifndef HUANXIN_FEEL_REGEX_H
#define HUANXIN_FEEL_REGEX_H

#include "base/cx.h"

enum {
    REGEX_GROUPS_MAX = 100,
    REGEX_PATTERN_BYTES_MAX = 64 * 1024,
    REGEX_REPEAT_MAX = 65535,
    /* Steps of one search; a linear search of a megabyte takes some millions. */
    REGEX_STEPS_MAX = 20 * 1000 * 1000,
};

typedef struct Regex Regex;

/* Compiles a UTF-8 pattern with flags (a text of flag letters, may be empty).
 * INVALID, with the column in the fault, for an ill-formed pattern or unknown flag; LIMIT when it
 * is too large or nested too deep. O(length). */
MUST_CHECK Status regex_compile(Cx *cx, Str pattern, Str flags, const Regex **out);
/* True when the pattern matches somewhere in text. LIMIT beyond REGEX_STEPS_MAX steps. */
MUST_CHECK Status regex_matches(Cx *cx, const Regex *regex, Str text, bool *out);
/* Replaces every match. In replacement $0 is the match, $1..$9 groups (as many digits as name an
 * existing group), \$ and \\ stand for themselves; with flag q it is literal. INVALID for any
 * other use of $ or \, and when the pattern matches the empty text. LIMIT as regex_matches. */
MUST_CHECK Status regex_replace(Cx *cx, const Regex *regex, Str text, Str replacement, Str *out);

typedef struct RegexPieces {
    const Str *items; /* views into the text */
    size_t count;
} RegexPieces;

/* Cuts text at every match: adjacent matches give empty pieces; an empty text gives none.
 * INVALID when the pattern matches the empty text. LIMIT as regex_matches. */
MUST_CHECK Status regex_split(Cx *cx, const Regex *regex, Str text, RegexPieces *out);

#endif
