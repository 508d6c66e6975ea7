/*
 * builtin.h - the table of built-in functions (DMN 1.5, 10.3.4): one row each. Private to src/feel.
 */
#ifndef HUANXIN_FEEL_BUILTIN_H
#define HUANXIN_FEEL_BUILTIN_H

#include "feel/feel.h"

/* Answers a call. There are as many arguments as the function has at most (those not given are
 * null), except that one taking any number gets count of them. *out is null on entry; an expected
 * failure leaves it so and says why by feel_refuse_value. */
typedef Status (*FeelBuiltinCall)(FeelEval *eval, const FeelValue *arguments, size_t count,
                                  FeelValue *out);

enum { BUILTIN_MANY = 255, BUILTIN_ARGUMENTS_MAX = 8 };

typedef struct FeelBuiltin {
    Str name;
    /* Lists of parameter names for calls by name, separated by "|", names by ",", "?" before those
     * that may be missing, a letter after ":" for the kind (s string, l list, n number, f function,
     * r range, p anything but a range): "string,start position,?length". */
    const char *parameters;
    size_t count_min;
    size_t count_max;     /* BUILTIN_MANY: any number */
    const FeelType *type; /* of the result */
    FeelBuiltinCall call;
    bool is_constant; /* cheap, and the same for the same arguments: folded by the parser */
    uint8_t singles;  /* bit per argument that takes no list: a list of one counts as its item */
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

/* Reports an argument of the wrong type (or a value without result) for the function that runs.
 * Always OK: the result stays null. */
Status feel_refuse_argument(FeelEval *eval, const FeelValue *value);
Status feel_refuse_value(FeelEval *eval, const FeelValue *value);
/* An integer argument, cut towards zero. false when it is no number or does not fit. */
bool feel_argument_integer(const FeelValue *value, int64_t *out);

#define BUILTIN(function)                                                                          \
    Status function(FeelEval *eval, const FeelValue *arguments, size_t count, FeelValue *out)
/* X(function, name, parameters, count_min, count_max, type, is_constant, singles) */
#define FEEL_BUILTIN_LIST(X)                                                                       \
    X(feel_fn_date, "date", "from|year,month,day", 1, 3, DATE, true, 0xFF)                         \
    X(feel_fn_date_and_time, "date and time",                                                      \
      "from|date,time|from,timezone|year,month,day,hour,minute,second,?offset|"                    \
      "year,month,day,hour,minute,second,timezone",                                                \
      1, 7, DATE_TIME, true, 0xFF)                                                                 \
    X(feel_fn_time, "time", "from|hour,minute,second,?offset", 1, 4, TIME, true, 0xFF)             \
    X(feel_fn_number, "number", "from|from,grouping separator,decimal separator", 1, 3, NUMBER,    \
      true, 0xFF)                                                                                  \
    X(feel_fn_string, "string", "from", 1, 1, STRING, false, 0)                                    \
    X(feel_fn_duration, "duration", "from", 1, 1, ANY, true, 0xFF)                                 \
    X(feel_fn_years_and_months, "years and months duration", "from,to", 2, 2, MONTHS, true, 0xFF)  \
    X(feel_fn_not, "not", "negand", 1, 1, BOOLEAN, false, 0xFF)                                    \
    X(feel_fn_substring, "substring", "string,start position,?length", 2, 3, STRING, false, 0xFF)  \
    X(feel_fn_string_length, "string length", "string", 1, 1, NUMBER, false, 0xFF)                 \
    X(feel_fn_upper_case, "upper case", "string", 1, 1, STRING, false, 0xFF)                       \
    X(feel_fn_lower_case, "lower case", "string", 1, 1, STRING, false, 0xFF)                       \
    X(feel_fn_substring_before, "substring before", "string,match", 2, 2, STRING, false, 0xFF)     \
    X(feel_fn_substring_after, "substring after", "string,match", 2, 2, STRING, false, 0xFF)       \
    X(feel_fn_replace, "replace", "input,pattern,replacement,?flags", 3, 4, STRING, false, 0xFF)   \
    X(feel_fn_contains, "contains", "string,match", 2, 2, BOOLEAN, false, 0xFF)                    \
    X(feel_fn_starts_with, "starts with", "string,match", 2, 2, BOOLEAN, false, 0xFF)              \
    X(feel_fn_ends_with, "ends with", "string,match", 2, 2, BOOLEAN, false, 0xFF)                  \
    X(feel_fn_matches, "matches", "input,pattern,?flags", 2, 3, BOOLEAN, false, 0xFF)              \
    X(feel_fn_split, "split", "string,delimiter", 2, 2, LIST, false, 0xFF)                         \
    X(feel_fn_string_join, "string join", "list,?delimiter", 1, 2, STRING, false, 0x02)            \
    X(feel_fn_list_contains, "list contains", "list,element", 2, 2, BOOLEAN, false, 0)             \
    X(feel_fn_count, "count", "list", 1, BUILTIN_MANY, NUMBER, false, 0)                           \
    X(feel_fn_min, "min", "list", 1, BUILTIN_MANY, ANY, false, 0)                                  \
    X(feel_fn_max, "max", "list", 1, BUILTIN_MANY, ANY, false, 0)                                  \
    X(feel_fn_sum, "sum", "list", 1, BUILTIN_MANY, NUMBER, false, 0)                               \
    X(feel_fn_mean, "mean", "list", 1, BUILTIN_MANY, NUMBER, false, 0)                             \
    X(feel_fn_all, "all", "list", 1, BUILTIN_MANY, BOOLEAN, false, 0)                              \
    X(feel_fn_any, "any", "list", 1, BUILTIN_MANY, BOOLEAN, false, 0)                              \
    X(feel_fn_sublist, "sublist", "list,start position,?length", 2, 3, LIST, false, 0x06)          \
    X(feel_fn_append, "append", "list,item", 2, BUILTIN_MANY, LIST, false, 0)                      \
    X(feel_fn_concatenate, "concatenate", "list", 1, BUILTIN_MANY, LIST, false, 0)                 \
    X(feel_fn_insert_before, "insert before", "list,position,newItem", 3, 3, LIST, false, 0x02)    \
    X(feel_fn_remove, "remove", "list,position", 2, 2, LIST, false, 0x02)                          \
    X(feel_fn_reverse, "reverse", "list", 1, 1, LIST, false, 0)                                    \
    X(feel_fn_index_of, "index of", "list,match", 2, 2, LIST, false, 0)                            \
    X(feel_fn_union, "union", "list", 1, BUILTIN_MANY, LIST, false, 0)                             \
    X(feel_fn_distinct_values, "distinct values", "list", 1, 1, LIST, false, 0)                    \
    X(feel_fn_flatten, "flatten", "list", 1, 1, LIST, false, 0)                                    \
    X(feel_fn_product, "product", "list", 1, BUILTIN_MANY, NUMBER, false, 0)                       \
    X(feel_fn_median, "median", "list", 1, BUILTIN_MANY, NUMBER, false, 0)                         \
    X(feel_fn_stddev, "stddev", "list", 1, BUILTIN_MANY, NUMBER, false, 0)                         \
    X(feel_fn_mode, "mode", "list", 1, BUILTIN_MANY, LIST, false, 0)                               \
    X(feel_fn_list_replace, "list replace", "list,position:n,newItem|list,match:f,newItem", 3, 3,  \
      LIST, false, 0x02)                                                                           \
    X(feel_fn_decimal, "decimal", "n,scale", 2, 2, NUMBER, false, 0xFF)                            \
    X(feel_fn_floor, "floor", "n,?scale", 1, 2, NUMBER, false, 0xFF)                               \
    X(feel_fn_ceiling, "ceiling", "n,?scale", 1, 2, NUMBER, false, 0xFF)                           \
    X(feel_fn_round_up, "round up", "n,scale", 2, 2, NUMBER, false, 0xFF)                          \
    X(feel_fn_round_down, "round down", "n,scale", 2, 2, NUMBER, false, 0xFF)                      \
    X(feel_fn_round_half_up, "round half up", "n,scale", 2, 2, NUMBER, false, 0xFF)                \
    X(feel_fn_round_half_down, "round half down", "n,scale", 2, 2, NUMBER, false, 0xFF)            \
    X(feel_fn_abs, "abs", "n", 1, 1, ANY, false, 0xFF)                                             \
    X(feel_fn_modulo, "modulo", "dividend,divisor", 2, 2, NUMBER, false, 0xFF)                     \
    X(feel_fn_sqrt, "sqrt", "number", 1, 1, NUMBER, false, 0xFF)                                   \
    X(feel_fn_log, "log", "number", 1, 1, NUMBER, false, 0xFF)                                     \
    X(feel_fn_exp, "exp", "number", 1, 1, NUMBER, false, 0xFF)                                     \
    X(feel_fn_odd, "odd", "number", 1, 1, BOOLEAN, false, 0xFF)                                    \
    X(feel_fn_even, "even", "number", 1, 1, BOOLEAN, false, 0xFF)                                  \
    X(feel_fn_is, "is", "?value1,?value2", 2, 2, BOOLEAN, false, 0)                                \
    X(feel_fn_range, "range", "from", 1, 1, RANGE, false, 0xFF)                                    \
    X(feel_fn_before, "before",                                                                    \
      "point1:p,point2:p|point:p,range:r|range:r,point:p|range1:r,range2:r", 2, 2, BOOLEAN, false, \
      0xFF)                                                                                        \
    X(feel_fn_after, "after",                                                                      \
      "point1:p,point2:p|point:p,range:r|range:r,point:p|range1:r,range2:r", 2, 2, BOOLEAN, false, \
      0xFF)                                                                                        \
    X(feel_fn_meets, "meets", "range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF)                     \
    X(feel_fn_met_by, "met by", "range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF)                   \
    X(feel_fn_overlaps, "overlaps", "range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF)               \
    X(feel_fn_overlaps_before, "overlaps before", "range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF) \
    X(feel_fn_overlaps_after, "overlaps after", "range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF)   \
    X(feel_fn_finishes, "finishes", "point:p,range:r|range1:r,range2:r", 2, 2, BOOLEAN, false,     \
      0xFF)                                                                                        \
    X(feel_fn_finished_by, "finished by", "range:r,point:p|range1:r,range2:r", 2, 2, BOOLEAN,      \
      false, 0xFF)                                                                                 \
    X(feel_fn_includes, "includes", "range:r,point:p|range1:r,range2:r", 2, 2, BOOLEAN, false,     \
      0xFF)                                                                                        \
    X(feel_fn_during, "during", "point:p,range:r|range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF)   \
    X(feel_fn_starts, "starts", "point:p,range:r|range1:r,range2:r", 2, 2, BOOLEAN, false, 0xFF)   \
    X(feel_fn_started_by, "started by", "range:r,point:p|range1:r,range2:r", 2, 2, BOOLEAN, false, \
      0xFF)                                                                                        \
    X(feel_fn_coincides, "coincides", "point1:p,point2:p|range1:r,range2:r", 2, 2, BOOLEAN, false, \
      0xFF)                                                                                        \
    X(feel_fn_day_of_year, "day of year", "date", 1, 1, NUMBER, false, 0xFF)                       \
    X(feel_fn_day_of_week, "day of week", "date", 1, 1, STRING, false, 0xFF)                       \
    X(feel_fn_month_of_year, "month of year", "date", 1, 1, STRING, false, 0xFF)                   \
    X(feel_fn_week_of_year, "week of year", "date", 1, 1, NUMBER, false, 0xFF)                     \
    X(feel_fn_sort, "sort", "list,precedes", 2, 2, LIST, false, 0x02)                              \
    X(feel_fn_get_value, "get value", "m,key", 2, 2, ANY, false, 0xFF)                             \
    X(feel_fn_get_entries, "get entries", "m", 1, 1, LIST, false, 0xFF)                            \
    X(feel_fn_context, "context", "entries", 1, 1, CONTEXT, false, 0)                              \
    X(feel_fn_context_put, "context put", "context,key:s,value|context,keys:l,value", 3, 3,        \
      CONTEXT, false, 0x01)                                                                        \
    X(feel_fn_context_merge, "context merge", "contexts", 1, 1, CONTEXT, false, 0)                 \
    X(feel_fn_now, "now", "", 0, 0, DATE_TIME, false, 0xFF)                                        \
    X(feel_fn_today, "today", "", 0, 0, DATE, false, 0xFF)

#define X(function, name, parameters, count_min, count_max, type, is_constant, singles)            \
    BUILTIN(function);
FEEL_BUILTIN_LIST(X)
#undef X

#endif
