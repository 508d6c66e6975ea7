/*
 * builtin.h - the table of built-in functions (DMN 1.5, 10.3.4): one row each. Private to src/feel.
 */
#ifndef HUANXIN_FEEL_BUILTIN_H
#define HUANXIN_FEEL_BUILTIN_H

#include "feel/feel.h"

/* Answers a call. Arguments not given are null at the end; count is what was given. An expected
 * failure leaves *out null and says why by feel_report. */
typedef Status (*FeelBuiltinCall)(FeelEval *eval, const FeelValue *arguments, size_t count,
                                  FeelValue *out);

/* One way to call a function: names of its parameters, separated by commas, "?" before optional
 * ones, "..." after one that takes the rest. */
typedef struct FeelBuiltin {
    Str name;
    /* Alternative parameter lists, separated by "|". The first that has the given names (or the
     * given count) is taken; arguments come to call in its order. */
    Str parameters;
    const FeelType *type; /* of the result */
    FeelBuiltinCall call;
    bool is_constant; /* gives the same for the same arguments and is cheap: folded by the parser */
} FeelBuiltin;

size_t feel_builtin_count(void);
const FeelBuiltin *feel_builtin_at(size_t index);

/* Calls by position: checks the count. */
MUST_CHECK Status feel_builtin_call(FeelEval *eval, const FeelBuiltin *builtin,
                                    const FeelValue *arguments, size_t count, FeelValue *out);
/* Calls by names. */
MUST_CHECK Status feel_builtin_call_named(FeelEval *eval, const FeelBuiltin *builtin,
                                          const FeelArgument *arguments, size_t count,
                                          FeelValue *out);
#endif
