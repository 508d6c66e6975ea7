/*
 * record_internal.h - what the files of src/record share. Reading order: declare.c (YAML to kinds),
 * rule.c (FEEL), value.c (typed text to values and back), draft.c (all checks), body.c (values as
 * JSON), change.c (create, edit, move), key.c and count.c (unique keys, counters), query.c (lists),
 * history.c, shift.c (changed declarations), import.c; record_store.c has all the SQL.
 */
#ifndef HUANXIN_RECORD_RECORD_INTERNAL_H
#define HUANXIN_RECORD_RECORD_INTERNAL_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "record/record.h"
#include "yaml/yaml.h"

/* "No value" in a number slot: sorts before every number. A text slot has the empty text. */
#define RECORD_NO_NUMBER INT64_MIN

/* ---- type.c ---- */

/* How a type is stored in the index, and what it can do. */
typedef enum TypeIndex { TYPE_INDEX_NONE, TYPE_INDEX_NUMBER, TYPE_INDEX_TEXT } TypeIndex;
TypeIndex record_type_index(RecordType type);
/* One value typed in one box: not place, org, rows, file. */
bool record_type_is_simple(RecordType type);
/* True for the types of codes.h: serial, vin, plate, uscc, gtin, imei. */
bool record_type_is_code(RecordType type);
bool record_type_of_word(Str word, RecordType *out);
/* The type in FEEL of a simple type. */
const FeelType *record_type_feel(RecordType type);

/* ---- rule.c: FEEL over a kind's fields ---- */

/* Names behind the fields' slots. */
enum { RULE_TODAY, RULE_STATE, RULE_FILER, RULE_YEAR, RULE_NUMBER, RULE_NAME_COUNT };
extern const char *const record_rule_names[RULE_NAME_COUNT];

/* The scope of a kind's rules: slot i is field i, then the names above (not when is_timeless). */
FeelScope *record_rule_scope(Cx *cx, const RecordKind *kind, bool is_timeless);

/* The facts of one evaluation beside the fields. */
typedef struct RuleFacts {
    Day today;
    size_t state; /* index */
    Str filer_name;
    int64_t year;
    Str number; /* empty: not filed yet */
} RuleFacts;

typedef struct RuleFrame {
    FeelEval eval;
    Temporal now;
    FeelValue *slots;
    const RecordBook *book;
    const RecordKind *kind;
} RuleFrame;
void record_frame_init(Cx *cx, RuleFrame *frame, const RecordBook *book, const RecordKind *kind,
                       const RuleFacts *facts);
void record_frame_set(RuleFrame *frame, size_t field, const RecordValue *value);
void record_frame_set_all(RuleFrame *frame, const RecordValue *values);
MUST_CHECK Status record_frame_value(RuleFrame *frame, const FeelProgram *program, FeelValue *out);
/* Null and other kinds are false. */
MUST_CHECK Status record_frame_true(RuleFrame *frame, const FeelProgram *program, bool *out);
/* A FEEL result as a value of the field; INVALID (with fault) when it is of another type. */
MUST_CHECK Status record_value_of_feel(Cx *cx, const RecordBook *book, const RecordField *field,
                                       const FeelValue *result, RecordValue *out);

/* ---- value.c ---- */

/* Parses one simple value: INVALID with a Chinese fault; empty text gives no value. Sealed types
 * come out in clear (record_value_seal does the rest). */
MUST_CHECK Status record_value_parse(Cx *cx, const RecordBook *book, const RecordField *field,
                                     Str text, RecordValue *out);
bool record_value_equal(const RecordField *field, const RecordValue *left,
                        const RecordValue *right);
/* Deep copy into the arena. */
RecordValue record_value_dup(Arena *arena, const RecordValue *value);
RecordValue *record_values_dup(Arena *arena, const RecordKind *kind, const RecordValue *values);
/* Replaces clear text by masked, hash and sealed bytes. */
void record_value_seal(Arena *arena, const RecordHouse *house, const RecordField *field,
                       RecordValue *value);
/* Opens the sealed bytes again. INVALID when the key is another. */
MUST_CHECK Status record_value_unseal(Cx *cx, const RecordHouse *house, const RecordField *field,
                                      const RecordValue *value, Str *out);
/* The normal form of clear personal data whose hash is kept. */
Str record_value_normal(Arena *arena, RecordType type, Str clear);

/* ---- draft.c ---- */

/* The facts under which a draft's rules are asked. */
RuleFacts record_facts_of(const RecordAsk *ask);
void record_draft_error(Arena *arena, RecordDraft *draft, Str field, Str text, Str hint);

/* ---- declare.c, book.c ---- */

bool record_is_code(Str text, size_t min, size_t max, const char *more);

/* ---- body.c: values as JSON text ---- */

/* Appends text as a JSON string. */
void record_json_put(Buf *buf, Str text);
void record_body_put(Buf *buf, Arena *arena, const RecordKind *kind, const RecordValue *values,
                     Str unread);
/* Reads a stored body; members of unknown names are kept in *unread as raw JSON members. DB with a
 * fault when it is not what record_body_put wrote. */
MUST_CHECK Status record_body_read(Cx *cx, const RecordKind *kind, Str body, RecordValue *values,
                                   Str *unread);

/* A reader of JSON for what this module wrote itself. is_bad is sticky. */
typedef struct Json {
    Arena *arena;
    Str text;
    size_t at;
    bool is_bad;
} Json;
/* True when the next sign is this one, and takes it. */
bool body_take(Json *json, char sign);
/* The next element of an object or array: false at its end. */
bool body_more(Json *json, char end, bool *is_first);
Str body_string(Json *json);
Str body_key(Json *json);
int64_t body_int(Json *json);
bool body_is_null(Json *json);
Str body_skip(Json *json, int depth);

#endif
