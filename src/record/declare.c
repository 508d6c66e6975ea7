/* declare.c - the head of a declaration, and the helpers that all of its readers use. */
#include "record/declare.h"

#include <stdio.h>
#include <string.h>

/* ---- problems ---- */

void reader_problem(Reader *reader, int64_t line, const char *format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t used = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    /* A cut in the middle of a character would not be text. */
    while (used > 0 && !str_is_utf8((Str){text, used})) {
        used--;
    }
    *vec_push(reader->arena, reader->problems) =
        (RecordProblem){reader->file, line, str_dup(reader->arena, (Str){text, used})};
}

int64_t reader_line(const YamlNode *map, const char *key) {
    for (size_t i = 0; i < yaml_key_count(map); i++) {
        if (str_equal(yaml_key(map, i), str_of(key))) {
            return yaml_key_line(map, i);
        }
    }
    return yaml_line(map);
}

static bool is_listed(Str text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (str_equal(text, str_of(*words))) {
            return true;
        }
    }
    return false;
}

static Str words_join(Arena *arena, const char *const *words) {
    Buf *buf = buf_in(arena, 2000);
    for (size_t i = 0; words[i] != NULL; i++) {
        buf_put(buf, i == 0 ? STR("") : STR(", "));
        buf_put_c(buf, words[i]);
    }
    return buf_str(buf);
}

bool reader_keys(Reader *reader, const YamlNode *map, const char *what, const char *const *keys) {
    if (!yaml_is_map(map)) {
        reader_problem(reader, yaml_line(map), "%s: a mapping { key: value } expected", what);
        return false;
    }
    for (size_t i = 0; i < yaml_key_count(map); i++) {
        Str key = yaml_key(map, i);
        if (!is_listed(key, keys)) {
            reader_problem(reader, yaml_key_line(map, i),
                           "%s: unknown key \"" STR_FMT "\"; one of " STR_FMT " expected", what,
                           STR_ARG(key), STR_ARG(words_join(reader->arena, keys)));
        }
        for (size_t other = 0; other < i; other++) {
            if (str_equal(key, yaml_key(map, other))) {
                reader_problem(reader, yaml_key_line(map, i),
                               "%s: key \"" STR_FMT "\" is given twice", what, STR_ARG(key));
            }
        }
    }
    return true;
}

/* ---- members ---- */

Str reader_text(Reader *reader, const YamlNode *map, const char *key, bool is_needed) {
    const YamlNode *node = yaml_at(map, key);
    Str text = str_trim(yaml_scalar(node));
    if (node == NULL ? is_needed : text.len == 0) {
        reader_problem(reader, reader_line(map, key), "key \"%s\": a text expected", key);
    }
    return text.len == 0 ? STR("") : str_dup(reader->arena, text);
}

bool record_is_code(Str text, size_t min, size_t max, const char *more) {
    if (text.len < min || text.len > max || text.at[0] < 'a' || text.at[0] > 'z') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (!is_plain && strchr(more, c) == NULL) {
            return false;
        }
    }
    return true;
}

Str reader_code(Reader *reader, const YamlNode *map, const char *key, size_t max,
                const char *more) {
    Str text = reader_text(reader, map, key, true);
    if (text.len > 0 && !record_is_code(text, 1, max, more)) {
        reader_problem(reader, reader_line(map, key),
                       "key \"%s\": small letters, digits and \"_%s\", at most %zu, expected", key,
                       more, max);
        return STR("");
    }
    return text;
}

bool reader_flag(Reader *reader, const YamlNode *map, const char *key) {
    const YamlNode *node = yaml_at(map, key);
    Str text = yaml_scalar(node);
    bool is_true = str_equal(text, STR("true"));
    if (node != NULL && !is_true && !str_equal(text, STR("false"))) {
        reader_problem(reader, reader_line(map, key), "key \"%s\": true or false expected", key);
    }
    return is_true;
}

int64_t reader_number(Reader *reader, const YamlNode *map, const char *key, int64_t fallback,
                      int64_t max) {
    const YamlNode *node = yaml_at(map, key);
    int64_t number = fallback;
    if (node != NULL &&
        (str_int64(yaml_scalar(node), &number) != STATUS_OK || number < 0 || number > max)) {
        reader_problem(reader, reader_line(map, key),
                       "key \"%s\": a whole number 0 to %lld expected", key, (long long)max);
        return fallback;
    }
    return number;
}

typedef struct StrVec VEC(Str) StrVec;

const Str *reader_texts(Reader *reader, const YamlNode *map, const char *key, bool is_needed,
                        size_t *count) {
    const YamlNode *node = yaml_at(map, key);
    StrVec texts = {0};
    if (yaml_is_scalar(node)) {
        *vec_push(reader->arena, &texts) = reader_text(reader, map, key, true);
    }
    for (size_t i = 0; i < yaml_count(node); i++) {
        Str text = str_trim(yaml_scalar(yaml_item(node, i)));
        if (text.len == 0) {
            reader_problem(reader, yaml_line(node), "key \"%s\": a list of texts expected", key);
        } else {
            *vec_push(reader->arena, &texts) = str_dup(reader->arena, text);
        }
    }
    if (yaml_is_map(node) || (is_needed && texts.count == 0)) {
        reader_problem(reader, reader_line(map, key), "key \"%s\": a list of texts expected", key);
    }
    *count = texts.count;
    return texts.items;
}

const YamlNode *reader_list(Reader *reader, const YamlNode *map, const char *key, bool is_needed,
                            size_t *count) {
    const YamlNode *node = yaml_at(map, key);
    *count = yaml_count(node);
    if ((node != NULL && !yaml_is_list(node)) || (is_needed && *count == 0)) {
        reader_problem(reader, reader_line(map, key), "key \"%s\": a list expected", key);
    }
    return node;
}

size_t reader_word(Reader *reader, const YamlNode *map, const char *key, Str text,
                   const char *const *words) {
    for (size_t i = 0; words[i] != NULL; i++) {
        if (str_equal(text, str_of(words[i]))) {
            return i;
        }
    }
    reader_problem(reader, reader_line(map, key), "key \"%s\": one of " STR_FMT " expected", key,
                   STR_ARG(words_join(reader->arena, words)));
    return 0;
}

typedef struct IndexVec VEC(size_t) IndexVec;

const size_t *reader_fields(Reader *reader, const YamlNode *map, const char *key, size_t *count) {
    size_t name_count = 0;
    const Str *names = reader_texts(reader, map, key, false, &name_count);
    IndexVec fields = {0};
    for (size_t i = 0; i < name_count; i++) {
        size_t field = record_field_find(reader->kind, names[i]);
        if (field == SIZE_MAX) {
            reader_problem(reader, reader_line(map, key),
                           "key \"%s\": there is no field \"" STR_FMT "\"", key, STR_ARG(names[i]));
        } else {
            *vec_push(reader->arena, &fields) = field;
        }
    }
    *count = fields.count;
    return fields.items;
}

/* ---- rules ---- */

/* What is wrong with a text that has a legal form: names that do not exist, types that never fit.
 * A rule that can only be null would refuse or hide things without a word. */
static void rule_problems(Reader *reader, int64_t line, const char *key,
                          const FeelDiagnostics *diagnostics) {
    size_t count =
        diagnostics->count < FEEL_DIAGNOSTICS_MAX ? diagnostics->count : FEEL_DIAGNOSTICS_MAX;
    for (size_t i = 0; i < count; i++) {
        int64_t rule_line = 0;
        int64_t column = 0;
        feel_diagnostic_place(&diagnostics->items[i], &rule_line, &column);
        Str text = feel_diagnostic_text(reader->arena, &diagnostics->items[i], FEEL_ENGLISH);
        reader_problem(reader, line, "key \"%s\": FEEL column %lld: " STR_FMT, key,
                       (long long)column, STR_ARG(text));
    }
}

const FeelProgram *reader_rule(Reader *reader, const FeelScope *scope, const YamlNode *map,
                               const char *key, size_t field_max) {
    if (yaml_at(map, key) == NULL) {
        return NULL;
    }
    int64_t line = reader_line(map, key);
    Str text = reader_text(reader, map, key, true);
    if (text.len == 0) {
        return NULL;
    }
    FeelDiagnostics *diagnostics = arena_new(reader->arena, FeelDiagnostics);
    const FeelProgram *program = NULL;
    Status status = feel_compile(reader->cx, scope, text, diagnostics, &program);
    if (status != STATUS_OK && diagnostics->count == 0) {
        reader_problem(reader, line, "key \"%s\": %s", key, reader->cx->fault.text);
    }
    fault_clear(reader->cx);
    if (status != STATUS_OK || diagnostics->count > 0) {
        rule_problems(reader, line, key, diagnostics);
        return NULL;
    }
    for (size_t i = field_max; i < reader->kind->field_count; i++) {
        if (feel_program_uses(program, i)) {
            reader_problem(reader, line, "key \"%s\": only fields above may be used, not " STR_FMT,
                           key, STR_ARG(reader->kind->fields[i].title));
        }
    }
    return program;
}

void reader_roles(Reader *reader, const YamlNode *map, const char *key, const Str *roles,
                  size_t count) {
    static const char *const words[] = {"officer",  "lead",    "resident",   "shop",
                                        "recycler", "driver",  "enterprise", "bank",
                                        "finance",  "auditor", "admin",      NULL};
    for (size_t i = 0; i < count; i++) {
        (void)reader_word(reader, map, key, roles[i], words);
    }
}

/* ---- the head ---- */

static void clauses_check(Reader *reader, const YamlNode *root) {
    for (size_t i = 0; i < reader->kind->clause_count; i++) {
        Str clause = reader->kind->clauses[i];
        bool is_letter = clause.at[0] == 'T' || clause.at[0] == 'S';
        size_t dot = str_find(clause, STR("."), 0);
        bool is_right = is_letter ? clause.len <= 3 : dot > 0 && dot + 1 < clause.len;
        for (size_t at = is_letter; at < clause.len && is_right; at++) {
            is_right = at == dot || (clause.at[at] >= '0' && clause.at[at] <= '9');
        }
        if (!is_right) {
            reader_problem(reader, reader_line(root, "clauses"),
                           "key \"clauses\": \"" STR_FMT
                           "\": like \"T\", \"2.1\" or \"S1\" expected",
                           STR_ARG(clause));
        }
    }
}

static void units_check(Reader *reader, const YamlNode *root, const char *key, const Str *units,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool is_known = reader->book->unit_count == 0;
        for (size_t at = 0; at < reader->book->unit_count && !is_known; at++) {
            is_known = str_equal(reader->book->units[at].code, units[i]);
        }
        if (!is_known) {
            reader_problem(reader, reader_line(root, key),
                           "key \"%s\": units.yaml has no unit with id \"" STR_FMT "\"", key,
                           STR_ARG(units[i]));
        }
    }
}

static void prefix_read(Reader *reader, const YamlNode *root) {
    RecordKind *kind = reader->kind;
    kind->prefix = reader_text(reader, root, "number", true);
    bool is_right = kind->prefix.len >= 2 && kind->prefix.len <= 6;
    for (size_t i = 0; i < kind->prefix.len && is_right; i++) {
        is_right = kind->prefix.at[i] >= 'A' && kind->prefix.at[i] <= 'Z';
    }
    if (!is_right) {
        reader_problem(reader, reader_line(root, "number"),
                       "key \"number\": 2 to 6 capital letters expected");
    }
}

static void people_read(Reader *reader, const YamlNode *root) {
    static const Str officer[] = {{"officer", 7}};
    static const Str visible[] = {{"lead", 4}, {"auditor", 7}};
    RecordKind *kind = reader->kind;
    kind->owners = reader_texts(reader, root, "owner", true, &kind->owner_count);
    units_check(reader, root, "owner", kind->owners, kind->owner_count);
    kind->filing = reader_texts(reader, root, "filing", false, &kind->filing_count);
    kind->is_filing_all = kind->filing_count == 1 && str_equal(kind->filing[0], STR("all"));
    if (kind->filing_count == 0) {
        kind->filing = kind->owners;
        kind->filing_count = kind->owner_count;
    } else if (!kind->is_filing_all) {
        units_check(reader, root, "filing", kind->filing, kind->filing_count);
    }
    kind->filers = reader_texts(reader, root, "filers", false, &kind->filer_count);
    reader_roles(reader, root, "filers", kind->filers, kind->filer_count);
    if (kind->filer_count == 0) {
        kind->filers = officer;
        kind->filer_count = 1;
    }
    kind->visible_to = reader_texts(reader, root, "visible_to", false, &kind->visible_count);
    reader_roles(reader, root, "visible_to", kind->visible_to, kind->visible_count);
    if (yaml_at(root, "visible_to") == NULL) {
        kind->visible_to = visible;
        kind->visible_count = 2;
    }
}

static void map_read(Reader *reader, const YamlNode *root) {
    RecordKind *kind = reader->kind;
    kind->map = SIZE_MAX;
    if (yaml_at(root, "map") == NULL) {
        return;
    }
    size_t count = 0;
    const size_t *fields = reader_fields(reader, root, "map", &count);
    if (count > 0 && kind->fields[fields[0]].type == RECORD_PLACE) {
        kind->map = fields[0];
    } else if (count > 0) {
        reader_problem(reader, reader_line(root, "map"),
                       "key \"map\": a field of type place expected");
    }
}

static void head_read(Reader *reader, const YamlNode *root) {
    RecordKind *kind = reader->kind;
    kind->code = reader_code(reader, root, "kind", 40, "");
    kind->title = reader_text(reader, root, "title", true);
    kind->about = reader_text(reader, root, "about", true);
    kind->renamed_from = reader_text(reader, root, "renamed_from", false);
    kind->clauses = reader_texts(reader, root, "clauses", true, &kind->clause_count);
    clauses_check(reader, root);
    prefix_read(reader, root);
    people_read(reader, root);
    kind->is_public = reader_flag(reader, root, "is_public");
}

Status record_kind_read(Cx *cx, Str file, Str text, const RecordBook *book,
                        RecordProblems *problems, RecordKind **out) {
    static const char *const keys[] = {
        "kind",     "title",        "about",  "clauses",    "number",    "owner",
        "owner_of", "filing",       "filers", "visible_to", "is_public", "map",
        "sort",     "renamed_from", "fields", "unique",     "states",    "transitions",
        "counters", "views",        "tables", NULL};
    size_t before = problems->count;
    const YamlNode *root = NULL;
    RecordKind *kind = arena_new(cx->arena, RecordKind);
    Reader reader = {.cx = cx,
                     .arena = cx->arena,
                     .file = file,
                     .problems = problems,
                     .book = book,
                     .kind = kind};
    kind->file = file;
    kind->id = arena_new(cx->arena, int64_t);
    kind->layout = arena_new(cx->arena, int64_t);
    if (yaml_read(cx, file, text, &root) != STATUS_OK) {
        int64_t line = cx->fault.line;
        Str words = str_dup(cx->arena, str_of(cx->fault.text));
        fault_clear(cx);
        reader_problem(&reader, line, STR_FMT, STR_ARG(words));
        return fault(cx, STATUS_INVALID, STR_FMT, STR_ARG(words));
    }
    (void)reader_keys(&reader, root, "a kind", keys);
    declare_fields(&reader, root);
    head_read(&reader, root);
    map_read(&reader, root);
    declare_states(&reader, root);
    reader.scope = record_rule_scope(cx, kind, false);
    declare_field_rules(&reader, root);
    kind->owner_of = reader_rule(&reader, reader.scope, root, "owner_of", kind->field_count);
    declare_tables(&reader, root);
    declare_transitions(&reader, root);
    declare_uniques(&reader, root);
    declare_counters(&reader, root);
    declare_views(&reader, root);
    uint8_t digest[SEAL_SM3_BYTES];
    seal_sm3(text, digest);
    kind->digest = seal_hex(cx->arena, (Str){(const char *)digest, sizeof digest});
    *out = kind;
    if (problems->count > before) {
        const RecordProblem *first = &problems->items[before];
        return fault_at_line(cx, STATUS_INVALID, first->line, 0, STR_FMT ":%lld: " STR_FMT,
                             STR_ARG(first->file), (long long)first->line, STR_ARG(first->text));
    }
    return STATUS_OK;
}
