#include "yaml/yaml.h"

#include "base/limits.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A YamlNode is a struct fy_node under our name; the casts stay in these two functions. */
static struct fy_node *fy_of(const YamlNode *node) {
    return (struct fy_node *)(uintptr_t)node;
}

static const YamlNode *node_of(struct fy_node *node) {
    return (const YamlNode *)node;
}

static void document_release(void *it) {
    fy_document_destroy(it);
}

static void diag_release(void *it) {
    fy_diag_destroy(it);
}

static Status syntax_fault(Cx *cx, Str name, struct fy_diag *diag) {
    void *round = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &round);
    int64_t line = error == NULL ? 0 : error->line;
    int64_t column = error == NULL ? 0 : error->column;
    return fault_at_line(cx, STATUS_INVALID, line, column, STR_FMT " line %lld: %s", STR_ARG(name),
                         (long long)line, error == NULL ? "not valid YAML" : error->msg);
}

/* The name lives in the arena: nothing to clear. */
static void meta_clear(struct fy_node *node, void *meta, void *user) {
    (void)node;
    (void)meta;
    (void)user;
}

Status yaml_read(Cx *cx, Str name, Str text, const YamlNode **root) {
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    check(diag != NULL);
    arena_defer(cx->arena, diag_release, diag);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DEFAULT_DOC, .diag = diag};
    struct fy_document *document = fy_document_build_from_string(&cfg, text.at, text.len);
    if (document == NULL) {
        return syntax_fault(cx, name, diag);
    }
    arena_defer(cx->arena, document_release, document);
    struct fy_node *node = fy_document_root(document);
    if (node == NULL || !fy_node_is_mapping(node)) {
        return fault_at_line(cx, STATUS_INVALID, 1, 1, STR_FMT ": a mapping of keys was expected",
                             STR_ARG(name));
    }
    /* The root carries the file's name, for messages about any node below it. */
    if (fy_document_register_meta(document, meta_clear, NULL) == 0) {
        (void)fy_node_set_meta(node, (void *)(uintptr_t)str_c(cx->arena, name));
    }
    *root = node_of(node);
    return STATUS_OK;
}

const YamlNode *yaml_at(const YamlNode *mapping, const char *key) {
    if (mapping == NULL || !fy_node_is_mapping(fy_of(mapping))) {
        return NULL;
    }
    return node_of(fy_node_mapping_lookup_by_string(fy_of(mapping), key, strlen(key)));
}

size_t yaml_count(const YamlNode *sequence) {
    if (sequence == NULL || !fy_node_is_sequence(fy_of(sequence))) {
        return 0;
    }
    int count = fy_node_sequence_item_count(fy_of(sequence));
    return count < 0 ? 0 : (size_t)count;
}

const YamlNode *yaml_item(const YamlNode *sequence, size_t index) {
    check(index < yaml_count(sequence));
    return node_of(fy_node_sequence_get_by_index(fy_of(sequence), (int)index));
}

Str yaml_scalar(const YamlNode *node) {
    if (node == NULL || !fy_node_is_scalar(fy_of(node))) {
        return STR_NONE;
    }
    size_t len = 0;
    const char *text = fy_node_get_scalar(fy_of(node), &len);
    return text == NULL ? STR_NONE : (Str){text, len};
}

/* ---- looking at the shape ---- */

static int64_t line_of(const YamlNode *node) {
    const struct fy_mark *mark = NULL;
    struct fy_token *token = NULL;
    if (node != NULL && fy_node_is_scalar(fy_of(node))) {
        token = fy_node_get_scalar_token(fy_of(node));
    }
    mark = token == NULL ? NULL : fy_token_start_mark(token);
    return mark == NULL ? 0 : mark->line + 1;
}

bool yaml_is_scalar(const YamlNode *node) {
    return node != NULL && fy_node_is_scalar(fy_of(node));
}

bool yaml_is_list(const YamlNode *node) {
    return node != NULL && fy_node_is_sequence(fy_of(node));
}

bool yaml_is_map(const YamlNode *node) {
    return node != NULL && fy_node_is_mapping(fy_of(node));
}

size_t yaml_key_count(const YamlNode *mapping) {
    int count = yaml_is_map(mapping) ? fy_node_mapping_item_count(fy_of(mapping)) : 0;
    return count < 0 ? 0 : (size_t)count;
}

static struct fy_node_pair *pair_at(const YamlNode *mapping, size_t index) {
    check(index < yaml_key_count(mapping));
    return fy_node_mapping_get_by_index(fy_of(mapping), (int)index);
}

Str yaml_key(const YamlNode *mapping, size_t index) {
    return yaml_scalar(node_of(fy_node_pair_key(pair_at(mapping, index))));
}

const YamlNode *yaml_key_value(const YamlNode *mapping, size_t index) {
    return node_of(fy_node_pair_value(pair_at(mapping, index)));
}

int64_t yaml_key_line(const YamlNode *mapping, size_t index) {
    return yaml_line(node_of(fy_node_pair_key(pair_at(mapping, index))));
}

/* The first scalar of a collection stands where the collection begins. */
int64_t yaml_line(const YamlNode *node) {
    for (int depth = 0; depth < LIMIT_NESTING_MAX && node != NULL; depth++) {
        if (yaml_is_list(node) && yaml_count(node) > 0) {
            node = yaml_item(node, 0);
        } else if (yaml_is_map(node) && yaml_key_count(node) > 0) {
            node = node_of(fy_node_pair_key(pair_at(node, 0)));
        } else {
            return line_of(node);
        }
    }
    return 0;
}

static bool is_unset(Str text) {
    return text.len == 0 || str_equal(text, STR("not set")) || str_equal(text, STR("not found")) ||
           str_equal(text, STR("none"));
}

static const char *file_name(const YamlNode *node) {
    struct fy_document *document = node == NULL ? NULL : fy_node_document(fy_of(node));
    struct fy_node *root = document == NULL ? NULL : fy_document_root(document);
    const char *name = root == NULL ? NULL : fy_node_get_meta(root);
    return name == NULL ? "yaml" : name;
}

static Status expected(Cx *cx, const YamlNode *mapping, const char *key, const char *what) {
    int64_t line = line_of(yaml_at(mapping, key));
    return fault_at_line(cx, STATUS_INVALID, line, 0, "%s line %lld: key \"%s\": %s expected",
                         file_name(mapping), (long long)line, key, what);
}

Status yaml_text(Cx *cx, const YamlNode *mapping, const char *key, Str *out) {
    Str text = yaml_scalar(yaml_at(mapping, key));
    if (text.len == 0) {
        return expected(cx, mapping, key, "a text");
    }
    *out = str_dup(cx->arena, text);
    return STATUS_OK;
}

Status yaml_int(Cx *cx, const YamlNode *mapping, const char *key, int64_t *out) {
    if (str_int64(yaml_scalar(yaml_at(mapping, key)), out) != STATUS_OK) {
        return expected(cx, mapping, key, "a whole number");
    }
    return STATUS_OK;
}

Status yaml_day(Cx *cx, const YamlNode *mapping, const char *key, Day *out) {
    Cx quiet;
    cx_init(&quiet, cx->arena);
    if (day_parse(&quiet, yaml_scalar(yaml_at(mapping, key)), out) != STATUS_OK) {
        return expected(cx, mapping, key, "a date such as \"2026-01-02\"");
    }
    return STATUS_OK;
}

Str yaml_text_or(Arena *arena, const YamlNode *mapping, const char *key, Str fallback) {
    Str text = yaml_scalar(yaml_at(mapping, key));
    return is_unset(text) ? fallback : str_dup(arena, text);
}

int64_t yaml_int_or(const YamlNode *mapping, const char *key, int64_t fallback) {
    int64_t number = 0;
    Str text = yaml_scalar(yaml_at(mapping, key));
    return str_int64(text, &number) == STATUS_OK ? number : fallback;
}

bool yaml_bool_or(const YamlNode *mapping, const char *key, bool fallback) {
    Str text = yaml_scalar(yaml_at(mapping, key));
    return text.len == 0 ? fallback : str_equal(text, STR("true"));
}

static void file_release(void *it) {
    (void)fclose(it);
}

Status yaml_file(Cx *cx, Str path, size_t bytes_max, Str *out) {
    FILE *file = fopen(str_c(cx->arena, path), "rb");
    if (file == NULL) {
        return fault(cx, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                     "cannot open " STR_FMT ": %s", STR_ARG(path), strerror(errno));
    }
    arena_defer(cx->arena, file_release, file);
    if (fseek(file, 0, SEEK_END) != 0) {
        return fault(cx, STATUS_IO, STR_FMT " is not a plain file", STR_ARG(path));
    }
    long size = ftell(file);
    if (size < 0 || (size_t)size > bytes_max) {
        return fault(cx, STATUS_LIMIT, STR_FMT " has more than %zu bytes", STR_ARG(path),
                     bytes_max);
    }
    rewind(file);
    char *bytes = arena_alloc(cx->arena, (size_t)size + 1);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        return fault(cx, STATUS_IO, "cannot read " STR_FMT, STR_ARG(path));
    }
    *out = (Str){bytes, (size_t)size};
    return STATUS_OK;
}

/* ---- folders ---- */

static int name_order(const void *left, const void *right) {
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static void folder_release(void *it) {
    (void)closedir(it);
}

typedef struct NameVec VEC(Str) NameVec;

Status yaml_folder(Cx *cx, Str folder, Str suffix, YamlNames *out) {
    NameVec names = {0};
    *out = (YamlNames){0};
    DIR *dir = opendir(str_c(cx->arena, folder));
    if (dir == NULL) {
        return errno == ENOENT || errno == ENOTDIR
                   ? STATUS_OK
                   : fault(cx, STATUS_IO, "cannot read " STR_FMT ": %s", STR_ARG(folder),
                           strerror(errno));
    }
    arena_defer(cx->arena, folder_release, dir);
    for (struct dirent *item = readdir(dir); item != NULL; item = readdir(dir)) {
        TRY(cx_step(cx));
        Str name = str_of(item->d_name);
        if (str_ends(name, suffix) && !str_starts(name, STR("."))) {
            *vec_push(cx->arena, &names) = str_dup(cx->arena, name);
        }
    }
    if (names.count > 0) {
        qsort(names.items, names.count, sizeof *names.items, name_order);
    }
    *out = (YamlNames){names.items, names.count};
    return STATUS_OK;
}
