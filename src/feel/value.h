/*
 * value.h - what the files of src/feel share about values. Private.
 */
#ifndef HUANXIN_FEEL_VALUE_H
#define HUANXIN_FEEL_VALUE_H

#include "feel/feel.h"
#include "feel/tree.h"

typedef enum FeelFunctionKind {
    FUNCTION_BUILTIN,
    FUNCTION_LAMBDA,
    FUNCTION_HOST,
} FeelFunctionKind;

struct FeelFunction {
    FeelFunctionKind kind;
    Str name; /* empty for a lambda */
    const struct FeelBuiltin *builtin;
    const FeelLambda *lambda;
    const FeelValue *captured; /* locals of the maker */
    const FeelValue *slots;    /* frame of the maker */
    const FeelParameter *parameters;
    size_t parameter_count;
    const FeelType *result;
    FeelHostCall call;
    void *host;
};

FeelValue feel_function_builtin(Arena *arena, const struct FeelBuiltin *builtin);
/* The name of the kind of a value, as in "number". Static. */
Str feel_kind_name(FeelKind kind);
/* A short printed form for messages. */
Str feel_brief(Arena *arena, const FeelValue *value);
/* The static type of a value, as exact as is cheap. */
const FeelType *feel_type_of(Arena *arena, const FeelValue *value);
/* A value as a list: itself, or a list of one. */
const FeelList *feel_as_list(Arena *arena, const FeelValue *value);
/* feel_equal that counts its work against the budget of the Cx. */
MUST_CHECK Status feel_equal_counted(Cx *cx, const FeelValue *left, const FeelValue *right,
                                     FeelTruth *out);
/* A hash that is equal for values that feel_equal calls equal. */
uint64_t feel_hash(const FeelValue *value);

#endif
