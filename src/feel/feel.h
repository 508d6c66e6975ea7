/*
 * feel.h - the public face of FEEL 1.5 (DMN 1.5, chapter 10): compile an expression or a cell of
 * unary tests once against the names it may use, evaluate it many times.
 *
 *   text -> tokens -> tree (names resolved to slots, constants folded) -> value
 *
 *   FeelScope *scope = feel_scope_new(arena, zones);
 *   size_t price = feel_scope_add(scope, STR("price"), &FEEL_TYPE_NUMBER);
 *   TRY(feel_compile(cx, scope, STR("price * 0.2"), diagnostics, &program));
 *   slots[price] = feel_number(decimal_of_int64(5000));
 *   TRY(feel_evaluate(eval, program, slots, &value));
 *
 * Errors inside FEEL give null and a FeelDiagnostic; a Status other than OK means that the text has
 * no legal form (INVALID) or that a limit of the Cx was reached (LIMIT): nothing else.
 * Not here: decision tables and models (src/dmn), the machine's clock, locale or time zone.
 * Ownership: what feel_compile makes lives in the arena of its Cx and is never changed afterwards,
 * so threads may share it; what evaluation makes lives in the arena of the FeelEval's Cx and may
 * borrow from the program, from the slots and from host functions. Values are passed by value.
 */
#ifndef HUANXIN_FEEL_FEEL_H
#define HUANXIN_FEEL_FEEL_H

#include "base/cx.h"
#include "feel/decimal.h"
#include "feel/temporal.h"
#include "feel/zone.h"

enum {
    /* Evaluation nests at most this deep (function calls included), else LIMIT. */
    FEEL_CALL_DEPTH_MAX = 3000,
    /* Values nested deeper than this are not compared, printed or converted. */
    FEEL_VALUE_DEPTH_MAX = 500,
    /* Items of one list made by one expression. */
    FEEL_LIST_ITEMS_MAX = 10 * 1000 * 1000,
    /* Bytes of one string made by one expression. */
    FEEL_STRING_BYTES_MAX = 4 * 1024 * 1024,
    /* Bytes of one expression: a screenful is 4 KB; above this a text is no expression of people.
     */
    FEEL_SOURCE_BYTES_MAX = 256 * 1024,
    /* Diagnostics kept of one evaluation; more are only counted. */
    FEEL_DIAGNOSTICS_MAX = 64,
    /* Parameters of one function, arguments of one call with names. */
    FEEL_PARAMETERS_MAX = 64,
};

/* ---- values ---- */

/* X(kind, FEEL type name). The kinds of values and, with ANY, of types. */
#define FEEL_KIND_LIST(X)                                                                          \
    X(NULL, "Null")                                                                                \
    X(BOOLEAN, "boolean")                                                                          \
    X(NUMBER, "number")                                                                            \
    X(STRING, "string")                                                                            \
    X(DATE, "date")                                                                                \
    X(TIME, "time")                                                                                \
    X(DATE_TIME, "date and time")                                                                  \
    X(DAYS, "days and time duration")                                                              \
    X(MONTHS, "years and months duration")                                                         \
    X(LIST, "list")                                                                                \
    X(CONTEXT, "context")                                                                          \
    X(RANGE, "range")                                                                              \
    X(FUNCTION, "function")                                                                        \
    X(ANY, "Any")

typedef enum FeelKind {
#define X(kind, name) FEEL_##kind,
    FEEL_KIND_LIST(X)
#undef X
} FeelKind;

typedef struct FeelList FeelList;
typedef struct FeelContext FeelContext;
typedef struct FeelRange FeelRange;
typedef struct FeelFunction FeelFunction;
typedef struct FeelType FeelType;
typedef struct FeelEval FeelEval;
typedef struct FeelTests FeelTests;
typedef struct FeelProgram FeelProgram;
typedef struct FeelScope FeelScope;

/* A zeroed FeelValue is null. The five temporal kinds use temporal. */
typedef struct FeelValue {
    FeelKind kind;
    union {
        bool boolean;
        Decimal number;
        Str string;
        const Temporal *temporal;
        const FeelList *list;
        const FeelContext *context;
        const FeelRange *range;
        const FeelFunction *function;
    };
} FeelValue;

struct FeelList {
    FeelValue *items;
    size_t count;
};

typedef struct FeelEntry {
    Str key;
    FeelValue value;
} FeelEntry;

/* Entries in the order they were put, keys unique. */
struct FeelContext {
    FeelEntry *entries;
    size_t count;
    size_t room;
    uint32_t *index; /* hash slots with entry number + 1, only for large contexts */
    size_t index_count;
};

/* How a range was written: with two ends, or with an operator as in (< 10). */
typedef enum FeelRangeForm {
    FEEL_RANGE_ENDS,
    FEEL_RANGE_LESS,
    FEEL_RANGE_LESS_EQUAL,
    FEEL_RANGE_GREATER,
    FEEL_RANGE_GREATER_EQUAL,
    FEEL_RANGE_EQUAL,
    FEEL_RANGE_NOT_EQUAL, /* low and high hold the excluded value */
} FeelRangeForm;

/* A null end is open (unbounded). */
struct FeelRange {
    FeelValue low;
    FeelValue high;
    bool is_low_closed;
    bool is_high_closed;
    FeelRangeForm form;
};

#define FEEL_NULL_VALUE ((FeelValue){.kind = FEEL_NULL})
static inline FeelValue feel_boolean(bool boolean) {
    return (FeelValue){.kind = FEEL_BOOLEAN, .boolean = boolean};
}
static inline FeelValue feel_number(Decimal number) {
    return (FeelValue){.kind = FEEL_NUMBER, .number = number};
}
static inline FeelValue feel_string(Str string) {
    return (FeelValue){.kind = FEEL_STRING, .string = string};
}
static inline bool feel_is_null(FeelValue value) {
    return value.kind == FEEL_NULL;
}
static inline bool feel_is_temporal(FeelValue value) {
    return value.kind >= FEEL_DATE && value.kind <= FEEL_MONTHS;
}
/* The number value. */
FeelValue feel_integer(int64_t number);
/* Copies the temporal into the arena. */
FeelValue feel_temporal(Arena *arena, const Temporal *temporal);
/* A list of count null items to be filled by its maker before anyone else sees it. */
FeelList *feel_list_new(Arena *arena, size_t count);
/* The list as a value (borrowed). */
FeelValue feel_list(const FeelList *list);
/* An empty context with room for so many entries before it grows. */
FeelContext *feel_context_new(Arena *arena, size_t room);
/* Sets an entry, replacing an older one of the key; the key is borrowed. Only for the maker. */
void feel_context_put(Arena *arena, FeelContext *context, Str key, FeelValue value);
/* The value of an entry, or NULL. O(1). */
const FeelValue *feel_context_get(const FeelContext *context, Str key);
/* The context as a value (borrowed). */
FeelValue feel_context(const FeelContext *context);
/* Copies the range into the arena; its ends must be comparable or null (feel does not check). */
FeelValue feel_range(Arena *arena, FeelRange range);

/* Three-valued truth: Kleene logic with null as "unknown". */
typedef enum FeelTruth { FEEL_FALSE, FEEL_TRUE, FEEL_UNKNOWN } FeelTruth;

/* The operator "=": UNKNOWN for values of different kinds (a singleton list counts as its item
 * only in coercion, not here); null equals null only; lists and contexts deeply. O(size). */
FeelTruth feel_equal(const FeelValue *left, const FeelValue *right);
/* True when both are the same for is() and for result comparison by a test: as feel_equal but with
 * zones field by field. */
bool feel_is(const FeelValue *left, const FeelValue *right);
/* Orders two numbers, strings, or temporals of one kind: *out <0, 0, >0. false when null. */
bool feel_compare(const FeelValue *left, const FeelValue *right, int *out);
/* True, false or unknown: value lies in range. */
FeelTruth feel_range_includes(const FeelRange *range, const FeelValue *value);

/* Prints as a FEEL literal: "text", @"2024-01-01", [1, 2], {a: 1}. feel_print cuts at
 * FEEL_STRING_BYTES_MAX: for people and messages; ask buf_status after feel_put. */
void feel_put(Buf *buf, const FeelValue *value);
Str feel_print(Arena *arena, const FeelValue *value);
/* The FEEL function string(): as feel_put, but a string or temporal at the top stands plain. Text
 * without address (STR_NONE) when it is longer than FEEL_STRING_BYTES_MAX. */
Str feel_to_text(Arena *arena, const FeelValue *value);
/* Prints as JSON: numbers plain, temporals, ranges and functions as strings. */
void feel_put_json(Buf *buf, const FeelValue *value);
/* Reads JSON text (RFC 8259); numbers become FEEL numbers, strings stay strings. INVALID with line
 * and column, LIMIT by nesting. The value lives in the arena of cx. */
MUST_CHECK Status feel_parse_json(Cx *cx, Str json, FeelValue *out);

/* ---- types ---- */

typedef struct FeelTypeEntry {
    Str name;
    const FeelType *type;
} FeelTypeEntry;

/* A type of FEEL or of a model. Built once, then shared; may refer to itself through entries. */
struct FeelType {
    FeelKind kind;
    Str name;             /* of an item definition, or empty */
    const FeelType *item; /* of a list or range; the result of a function; NULL is Any */
    /* Of a context, or the parameters of a function. A context type without entries is any
     * context. */
    const FeelTypeEntry *entries;
    size_t entry_count;
    bool is_any_function; /* function without a signature */
    /* Unary tests that a value must meet (allowed values, type constraint), or NULL. They are
     * evaluated with no names but built-ins. */
    const FeelTests *allowed;
};

extern const FeelType FEEL_TYPE_ANY, FEEL_TYPE_NULL, FEEL_TYPE_NUMBER, FEEL_TYPE_STRING,
    FEEL_TYPE_BOOLEAN, FEEL_TYPE_DATE, FEEL_TYPE_TIME, FEEL_TYPE_DATE_TIME, FEEL_TYPE_DAYS,
    FEEL_TYPE_MONTHS, FEEL_TYPE_LIST, FEEL_TYPE_CONTEXT, FEEL_TYPE_RANGE, FEEL_TYPE_FUNCTION;

/* The built-in type of a name as models write it ("number", "dateTime", "date and time",
 * "dayTimeDuration", "days and time duration", "yearMonthDuration", "Any", ...), or NULL. */
const FeelType *feel_type_builtin(Str name);
/* list<item> in the arena; item is borrowed. */
FeelType *feel_type_list(Arena *arena, const FeelType *item);
/* True when every value of type conforms to target. Source: DMN 1.5, 10.3.2.9.1. */
bool feel_type_conforms(const FeelType *type, const FeelType *target);
/* The operator "instance of": value against type, deeply, with allowed values. null is an instance
 * of Null only; nulls inside lists and contexts conform to every type. */
MUST_CHECK Status feel_instance_of(FeelEval *eval, const FeelValue *value, const FeelType *type,
                                   bool *out);
/* Coerces value to type: singleton list to its item, date to date and time (UTC midnight), else
 * conformance; what does not conform becomes null with a diagnostic. null stays null. A type of
 * NULL takes everything. Source: DMN 1.5, 10.3.2.9.4. */
MUST_CHECK Status feel_coerce(FeelEval *eval, const FeelValue *value, const FeelType *type,
                              FeelValue *out);
/* Prints a type as FEEL writes it: list<number>, context<a: string>. */
Str feel_type_print(Arena *arena, const FeelType *type);

/* ---- functions ---- */

typedef struct FeelParameter {
    Str name;
    const FeelType *type; /* NULL is Any; arguments are coerced to it */
} FeelParameter;

/* Answers a call of a host function: count equals the function's parameter_count, arguments are in
 * the order of its parameters and already coerced. */
typedef Status (*FeelHostCall)(void *host, FeelEval *eval, const FeelValue *arguments, size_t count,
                               FeelValue *out);

/* Makes a function value answered by call: how a model supplies business knowledge models and
 * decision services. name is for messages. result (may be NULL) coerces what call returns.
 * parameters and host are borrowed. */
FeelValue feel_function_host(Arena *arena, Str name, const FeelParameter *parameters, size_t count,
                             const FeelType *result, FeelHostCall call, void *host);
/* The type of a function as its signature, for feel_scope_add. Lives in the arena. */
const FeelType *feel_type_function(Arena *arena, const FeelParameter *parameters, size_t count,
                                   const FeelType *result);
/* Calls any function value with positional arguments; wrong count or kind gives null with a
 * diagnostic. */
MUST_CHECK Status feel_call(FeelEval *eval, const FeelValue *function, const FeelValue *arguments,
                            size_t count, FeelValue *out);

typedef struct FeelArgument {
    Str name;
    FeelValue value;
} FeelArgument;

/* Calls with named arguments, in any order; a missing or unknown name gives null with a
 * diagnostic (built-ins allow their optional ones to be missing). */
MUST_CHECK Status feel_call_named(FeelEval *eval, const FeelValue *function,
                                  const FeelArgument *arguments, size_t count, FeelValue *out);

/* ---- diagnostics ---- */

typedef enum FeelLanguage { FEEL_CHINESE, FEEL_ENGLISH } FeelLanguage;

typedef struct FeelDiagnostic {
    int message;   /* FeelMessage of feel/message.h */
    Str source;    /* the whole expression, borrowed */
    size_t offset; /* bytes into source */
    size_t len;    /* bytes of the offending part */
    Str text[2];   /* what the message names: a function, a value, a type */
} FeelDiagnostic;

/* Zeroed is empty. count may exceed FEEL_DIAGNOSTICS_MAX: then only the first are kept. */
typedef struct FeelDiagnostics {
    FeelDiagnostic items[FEEL_DIAGNOSTICS_MAX];
    size_t count;
} FeelDiagnostics;

/* The stable code of a diagnostic, e.g. "feel.unknown-name". Static. */
Str feel_diagnostic_code(const FeelDiagnostic *diagnostic);
/* One sentence, e.g. "unknown name \"foo\"". */
Str feel_diagnostic_text(Arena *arena, const FeelDiagnostic *diagnostic, FeelLanguage language);
/* What to do about it; may be empty. Static. */
Str feel_diagnostic_hint(const FeelDiagnostic *diagnostic, FeelLanguage language);
/* Line and column (in code points) of the diagnostic in its source, 1-based. O(source). */
void feel_diagnostic_place(const FeelDiagnostic *diagnostic, int64_t *line, int64_t *column);

/* ---- compiling ---- */

/* The names an expression may use: each gets a slot, numbered from 0 in the order added. Starts
 * with the built-in functions. zones (may be NULL) is borrowed, for literals like
 * @"...@Asia/Shanghai". */
FeelScope *feel_scope_new(Arena *arena, ZoneSet *zones);
/* Adds a name (white space is normalised; may hold spaces, operators, any letter) with a type (NULL
 * is unknown) and returns its slot. A later name hides an earlier equal one. The arena of the scope
 * keeps what it needs; name and type are borrowed. */
size_t feel_scope_add(FeelScope *scope, Str name, const FeelType *type);
/* Number of slots so far: the frame of an evaluation has at least as many values. */
size_t feel_scope_count(const FeelScope *scope);
/* Forgets the slots from count on, for nested scopes of a model. */
void feel_scope_cut(FeelScope *scope, size_t count);
/* Makes a type known by name to "instance of" and to parameters of functions. Borrowed. */
void feel_scope_add_type(FeelScope *scope, Str name, const FeelType *type);

/* Compiles an expression. INVALID when it has no legal form: the fault holds line and column, the
 * same is added to diagnostics (may be NULL). Unknown names are a diagnostic, not an error: they
 * are null. The text is copied. O(length). */
MUST_CHECK Status feel_compile(Cx *cx, const FeelScope *scope, Str text,
                               FeelDiagnostics *diagnostics, const FeelProgram **out);
/* The static type of a program as far as it is known, else Any. */
const FeelType *feel_program_type(const FeelProgram *program);
/* The value when the program is a constant, else NULL. */
const FeelValue *feel_program_constant(const FeelProgram *program);
/* The text it was compiled from. */
Str feel_program_text(const FeelProgram *program);
/* True when the program may read the slot. O(1). */
bool feel_program_uses(const FeelProgram *program, size_t slot);

/* ---- unary tests ---- */

typedef enum FeelTestKind {
    FEEL_TEST_ANY,           /* - */
    FEEL_TEST_EQUAL,         /* a constant, null included: value */
    FEEL_TEST_NOT_EQUAL,     /* !=constant: value */
    FEEL_TEST_LESS,          /* < constant: value */
    FEEL_TEST_LESS_EQUAL,    /* <= constant */
    FEEL_TEST_GREATER,       /* > constant */
    FEEL_TEST_GREATER_EQUAL, /* >= constant */
    FEEL_TEST_RANGE,         /* both ends constant: value.range */
    FEEL_TEST_OTHER,         /* anything else: uses names, functions or ? */
} FeelTestKind;

typedef struct FeelTest {
    FeelTestKind kind;
    FeelValue value;
    size_t offset; /* of the test in the text, bytes */
    size_t len;
    const struct FeelNode *node; /* private to src/feel */
    bool uses_input;             /* mentions ? */
    int local_count;             /* private */
} FeelTest;

/* A cell: satisfied when any item is, or, negated, when none is. "-" is one item ANY. */
struct FeelTests {
    FeelTest *items;
    size_t count;
    bool is_negated;  /* not(...) */
    bool is_constant; /* no item is OTHER */
    Str text;
    uint64_t *slots_used; /* private */
    size_t slot_words;
};

/* Compiles a cell of unary tests. input_type (may be NULL) is the type of "?". Errors as
 * feel_compile. An empty text is INVALID: the caller decides what an empty cell is. */
MUST_CHECK Status feel_compile_tests(Cx *cx, const FeelScope *scope, Str text,
                                     const FeelType *input_type, FeelDiagnostics *diagnostics,
                                     const FeelTests **out);
/* True when the cell may read the slot. O(1). */
bool feel_tests_use(const FeelTests *tests, size_t slot);

/* ---- evaluating ---- */

/* One evaluation after another on one thread. now is given by the caller (now() and today()); its
 * kind must be TEMPORAL_DATE_TIME, or NULL: then now() is null with a diagnostic. zones and
 * diagnostics may be NULL. All are borrowed. */
struct FeelEval {
    Cx *cx;
    const Temporal *now;
    ZoneSet *zones;
    FeelDiagnostics *diagnostics;
    uint32_t depth; /* private */
    Str source;     /* private: text of the program that runs */
    size_t offset;  /* private: place for diagnostics */
    size_t len;     /* private */
    Str function;   /* private: built-in that runs */
};
/* Starts an evaluation; it may be used for any number of programs, one after another. */
void feel_eval_init(FeelEval *eval, Cx *cx, const Temporal *now, ZoneSet *zones,
                    FeelDiagnostics *diagnostics);
/* Evaluates with slots[i] the value of the scope's slot i (borrowed; only slots below
 * feel_scope_count at compile time are read). LIMIT by the Cx or the depth. */
MUST_CHECK Status feel_evaluate(FeelEval *eval, const FeelProgram *program, const FeelValue *slots,
                                FeelValue *out);
/* Tests input against a cell. UNKNOWN when no item is true and one is null. */
MUST_CHECK Status feel_tests_match(FeelEval *eval, const FeelTests *tests, const FeelValue *slots,
                                   const FeelValue *input, FeelTruth *out);
/* Tests input against one item that is not OTHER: no names, no allocation. */
FeelTruth feel_test_constant(const FeelTest *test, const FeelValue *input);

#endif
