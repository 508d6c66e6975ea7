/*
 * yaml.h - reading the city's YAML files: a thin face over libfyaml with messages that name file,
 * line and what was expected. Reading only; no anchors across files, no custom tags.
 *
 * Ownership: a Yaml and its nodes live until the arena of the Cx is reset; text is borrowed from
 * it, so copy what must live longer.
 */
#ifndef HUANXIN_YAML_YAML_H
#define HUANXIN_YAML_YAML_H

#include "base/cx.h"
#include "base/day.h"

typedef struct Yaml Yaml;         /* one document */
typedef struct YamlNode YamlNode; /* a mapping, a sequence, or a scalar; NULL: absent */

/* Reads a document. name is used in messages. INVALID with line and column when it is not YAML or
 * its root is not a mapping. O(bytes). */
MUST_CHECK Status yaml_read(Cx *cx, Str name, Str text, const YamlNode **root);

/* A member of a mapping, or NULL. */
const YamlNode *yaml_at(const YamlNode *mapping, const char *key);
/* The members of a sequence; 0 when node is NULL or something else. */
size_t yaml_count(const YamlNode *sequence);
const YamlNode *yaml_item(const YamlNode *sequence, size_t index);
/* The text of a scalar, or STR_NONE. */
Str yaml_scalar(const YamlNode *node);

/* What a node is, for readers that must say what they expected. */
bool yaml_is_scalar(const YamlNode *node);
bool yaml_is_list(const YamlNode *node);
bool yaml_is_map(const YamlNode *node);
/* The keys of a mapping in their order; a key that is not a scalar gives STR_NONE. */
size_t yaml_key_count(const YamlNode *mapping);
Str yaml_key(const YamlNode *mapping, size_t index);
/* The value at that place, and the line (1-based) on which its key stands. */
const YamlNode *yaml_key_value(const YamlNode *mapping, size_t index);
int64_t yaml_key_line(const YamlNode *mapping, size_t index);
/* The line on which a node's first scalar stands; 0 when it has none. */
int64_t yaml_line(const YamlNode *node);

/* Members that must be there: INVALID with file, line and the key otherwise. Text is copied into
 * cx->arena. */
MUST_CHECK Status yaml_text(Cx *cx, const YamlNode *mapping, const char *key, Str *out);
MUST_CHECK Status yaml_int(Cx *cx, const YamlNode *mapping, const char *key, int64_t *out);
MUST_CHECK Status yaml_day(Cx *cx, const YamlNode *mapping, const char *key, Day *out);
/* Members that may be absent: the fallback is given then; the words "not set", "not found" and
 * "none" count as absent. */
Str yaml_text_or(Arena *arena, const YamlNode *mapping, const char *key, Str fallback);
int64_t yaml_int_or(const YamlNode *mapping, const char *key, int64_t fallback);
bool yaml_bool_or(const YamlNode *mapping, const char *key, bool fallback);

/* Reads a whole file of at most bytes_max into the arena. NOT_FOUND or IO with the path. */
MUST_CHECK Status yaml_file(Cx *cx, Str path, size_t bytes_max, Str *out);

typedef struct YamlNames {
    Str *items;
    size_t count;
} YamlNames;
/* The names in a folder that end in suffix (any when it is empty), in their order, without those
 * that begin with a dot. A missing folder, or a file of that name, has none; IO when it cannot be
 * read. O(n log n). */
MUST_CHECK Status yaml_folder(Cx *cx, Str folder, Str suffix, YamlNames *out);

#endif
