/* scope.c - see scope.h. */
#include "feel/scope.h"

#include "feel/builtin.h"
#include "feel/token.h"

#include <string.h>

Str feel_name_normal(Arena *arena, Str text) {
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    bool is_gap = false;
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        if (feel_is_space(str_rune(text, &i))) {
            is_gap = len > 0;
            continue;
        }
        if (is_gap) {
            bytes[len++] = ' ';
            is_gap = false;
        }
        memcpy(bytes + len, text.at + start, i - start);
        len += i - start;
    }
    return (Str){bytes, len};
}

static size_t bucket_of(Str first_word) {
    return (size_t)(str_hash(first_word) % NAME_BUCKETS);
}

static Str first_word(Str text, size_t at) {
    return str_slice(text, at, feel_word_end(text, at) - at);
}

FeelName *feel_names_add(FeelNames *names, Str text) {
    FeelName *name = arena_new(names->arena, FeelName);
    name->text = feel_name_normal(names->arena, text);
    size_t bucket = bucket_of(first_word(name->text, 0));
    name->next = names->buckets[bucket];
    name->before = names->last;
    names->buckets[bucket] = name;
    names->last = name;
    return name;
}

void feel_names_cut(FeelNames *names, FeelName *last) {
    while (names->last != last) {
        check(names->last != NULL);
        FeelName *name = names->last;
        size_t bucket = bucket_of(first_word(name->text, 0));
        check(names->buckets[bucket] == name);
        names->buckets[bucket] = name->next;
        names->last = name->before;
    }
}

/* Byte index after a run of white space in source, at least one character; else at. */
static size_t spaces_end(Str source, size_t at) {
    while (at < source.len) {
        size_t next = at;
        if (!feel_is_space(str_rune(source, &next))) {
            break;
        }
        at = next;
    }
    return at;
}

static bool is_part_at(Str text, size_t at) {
    return at < text.len && feel_is_name_part(str_rune(text, &at));
}

/* The start of the last character of a text that is not empty. */
static size_t last_rune(Str text) {
    size_t at = text.len - 1;
    while (at > 0 && ((unsigned char)text.at[at] & 0xC0) == 0x80) {
        at--;
    }
    return at;
}

bool feel_name_stands(Str name, Str source, size_t at, size_t *end) {
    if (name.len == 0) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == ' ') {
            size_t after = spaces_end(source, at);
            if (after == at) {
                return false;
            }
            at = after;
        } else if (at >= source.len || source.at[at++] != name.at[i]) {
            return false;
        }
    }
    if (is_part_at(name, last_rune(name)) && is_part_at(source, at)) {
        return false;
    }
    *end = at;
    return true;
}

const FeelName *feel_names_match(const FeelNames *names, Str source, size_t at, size_t *end) {
    const FeelName *best = NULL;
    size_t best_end = at;
    const FeelName *name = names->buckets[bucket_of(first_word(source, at))];
    for (; name != NULL; name = name->next) {
        size_t name_end = at;
        if (feel_name_stands(name->text, source, at, &name_end) && name_end > best_end) {
            best = name;
            best_end = name_end;
        }
    }
    *end = best_end;
    return best;
}

/* ---- the public scope ---- */

static void add_builtin_types(FeelScope *scope) {
    static const char *const NAMES[] = {"number",
                                        "string",
                                        "boolean",
                                        "date",
                                        "time",
                                        "date and time",
                                        "dateTime",
                                        "days and time duration",
                                        "dayTimeDuration",
                                        "years and months duration",
                                        "yearMonthDuration",
                                        "Any",
                                        "Null",
                                        "list",
                                        "context",
                                        "range",
                                        "function"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        Str name = str_of(NAMES[i]);
        FeelName *added = feel_names_add(&scope->types, name);
        added->kind = NAME_TYPE;
        added->type = feel_type_builtin(name);
        check(added->type != NULL);
    }
}

FeelScope *feel_scope_new(Arena *arena, ZoneSet *zones) {
    FeelScope *scope = arena_new(arena, FeelScope);
    scope->arena = arena;
    scope->zones = zones;
    scope->names.arena = arena;
    scope->types.arena = arena;
    for (size_t i = 0; i < feel_builtin_count(); i++) {
        FeelName *name = feel_names_add(&scope->names, feel_builtin_at(i)->name);
        name->kind = NAME_BUILTIN;
        name->index = i;
        name->type = &FEEL_TYPE_FUNCTION;
    }
    add_builtin_types(scope);
    return scope;
}

size_t feel_scope_add(FeelScope *scope, Str name, const FeelType *type) {
    FeelName *added = feel_names_add(&scope->names, name);
    added->kind = NAME_SLOT;
    added->index = scope->slot_count;
    added->type = type == NULL ? &FEEL_TYPE_ANY : type;
    return scope->slot_count++;
}

size_t feel_scope_count(const FeelScope *scope) {
    return scope->slot_count;
}

void feel_scope_cut(FeelScope *scope, size_t count) {
    check(count <= scope->slot_count);
    FeelName *last = scope->names.last;
    while (last != NULL && last->kind == NAME_SLOT && last->index >= count) {
        last = last->before;
    }
    feel_names_cut(&scope->names, last);
    scope->slot_count = count;
}

void feel_scope_add_type(FeelScope *scope, Str name, const FeelType *type) {
    FeelName *added = feel_names_add(&scope->types, name);
    added->kind = NAME_TYPE;
    added->type = type;
}
