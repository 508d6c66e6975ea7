/*
 * declare.h - reading declarations: helpers that take a key of a mapping and note every mistake
 * with file, line and what was expected. Nothing stops at the first mistake: a reader gets a
 * harmless value and goes on.
 */
#ifndef HUANXIN_RECORD_DECLARE_H
#define HUANXIN_RECORD_DECLARE_H

#include "record/record_internal.h"

typedef struct Reader {
    Cx *cx;
    Arena *arena;
    Str file; /* name for messages */
    RecordProblems *problems;
    const RecordBook *book;
    RecordKind *kind;
    FeelScope *scope; /* of the kind's rules, once its fields are known */
} Reader;

/* Notes a mistake at a line. */
void reader_problem(Reader *reader, int64_t line, const char *format, ...) PRINTF_LIKE(3, 4);
/* The line of a key's value, or of the mapping when the key is absent. */
int64_t reader_line(const YamlNode *map, const char *key);
/* Unknown keys and keys given twice; keys ends with NULL. map must be a mapping (false otherwise,
 * noted). */
bool reader_keys(Reader *reader, const YamlNode *map, const char *what, const char *const *keys);

/* Text of a key; needed: noted when absent or empty. */
Str reader_text(Reader *reader, const YamlNode *map, const char *key, bool is_needed);
/* A code: [a-z][a-z0-9_]*, with further signs allowed in `more`. */
Str reader_code(Reader *reader, const YamlNode *map, const char *key, size_t max, const char *more);
bool reader_flag(Reader *reader, const YamlNode *map, const char *key);
int64_t reader_number(Reader *reader, const YamlNode *map, const char *key, int64_t fallback,
                      int64_t max);
/* One text or a list of texts. */
const Str *reader_texts(Reader *reader, const YamlNode *map, const char *key, bool is_needed,
                        size_t *count);
/* The list of mappings under a key; *count 0 when absent. */
const YamlNode *reader_list(Reader *reader, const YamlNode *map, const char *key, bool is_needed,
                            size_t *count);
/* The text is one of the words; ends with NULL. Notes and gives 0 otherwise. */
size_t reader_word(Reader *reader, const YamlNode *map, const char *key, Str text,
                   const char *const *words);
/* Names of fields: indexes. */
const size_t *reader_fields(Reader *reader, const YamlNode *map, const char *key, size_t *count);
/* A FEEL text of a key, compiled in scope; NULL when absent or wrong (noted). field_max: only
 * fields with a smaller index may be read. */
const FeelProgram *reader_rule(Reader *reader, const FeelScope *scope, const YamlNode *map,
                               const char *key, size_t field_max);
/* Codes of roles are checked. */
void reader_roles(Reader *reader, const YamlNode *map, const char *key, const Str *roles,
                  size_t count);

/* declare_field.c */
void declare_fields(Reader *reader, const YamlNode *root);
void declare_field_rules(Reader *reader, const YamlNode *root);
/* declare_flow.c */
void declare_states(Reader *reader, const YamlNode *root);
void declare_tables(Reader *reader, const YamlNode *root);
void declare_transitions(Reader *reader, const YamlNode *root);
void declare_uniques(Reader *reader, const YamlNode *root);
void declare_counters(Reader *reader, const YamlNode *root);
void declare_views(Reader *reader, const YamlNode *root);

#endif
