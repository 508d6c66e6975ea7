/* book.c - all kinds of a city: reading the folder, what must fit between kinds, and looking up. */
#include "record/condition.h"
#include "record/declare.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 256 * 1024 };

/* ---- looking up ---- */

const RecordKind *record_kind_find(const RecordBook *book, Str code) {
    for (size_t i = 0; i < book->kind_count; i++) {
        if (str_equal(book->kinds[i].code, code)) {
            return &book->kinds[i];
        }
    }
    return NULL;
}

size_t record_field_find(const RecordKind *kind, Str name_or_title) {
    for (size_t i = 0; i < kind->field_count; i++) {
        if (str_equal(kind->fields[i].name, name_or_title) ||
            str_equal(kind->fields[i].title, name_or_title)) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t record_state_find(const RecordKind *kind, Str code) {
    for (size_t i = 0; i < kind->state_count; i++) {
        if (str_equal(kind->states[i].code, code)) {
            return i;
        }
    }
    return SIZE_MAX;
}

const RecordTransition *record_transition_find(const RecordKind *kind, Str code) {
    for (size_t i = 0; i < kind->transition_count; i++) {
        if (str_equal(kind->transitions[i].code, code)) {
            return &kind->transitions[i];
        }
    }
    return NULL;
}

const RecordView *record_view_find(const RecordKind *kind, Str code) {
    for (size_t i = 0; i < kind->view_count; i++) {
        if (str_equal(kind->views[i].code, code)) {
            return &kind->views[i];
        }
    }
    return NULL;
}

static Str name_of(const RecordName *names, size_t count, Str code) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(names[i].code, code)) {
            return names[i].name;
        }
    }
    return code;
}

Str record_unit_name(const RecordBook *book, Str code) {
    return name_of(book->units, book->unit_count, code);
}

Str record_town_name(const RecordBook *book, Str code) {
    return name_of(book->towns, book->town_count, code);
}

Str record_unit_code(const RecordBook *book, Str name) {
    for (size_t i = 0; i < book->unit_count; i++) {
        if (str_equal(book->units[i].name, name)) {
            return book->units[i].code;
        }
    }
    return STR_NONE;
}

/* ---- units and towns ---- */

/* Reads `list` of a file as codes and names; a file that is not there gives none. */
static Status names_load(Cx *cx, Str path, const char *list, const char *code,
                         const RecordName **names, size_t *count) {
    Str text = STR_NONE;
    const YamlNode *root = NULL;
    Status status = yaml_file(cx, path, FILE_BYTES_MAX, &text);
    *count = 0;
    if (status == STATUS_NOT_FOUND) {
        fault_clear(cx);
        return STATUS_OK;
    }
    TRY(status);
    TRY(yaml_read(cx, path, text, &root));
    const YamlNode *rows = yaml_at(root, list);
    RecordName *out = arena_array(cx->arena, RecordName, yaml_count(rows) + 1);
    for (size_t i = 0; i < yaml_count(rows); i++) {
        TRY(yaml_text(cx, yaml_item(rows, i), code, &out[i].code));
        TRY(yaml_text(cx, yaml_item(rows, i), "name", &out[i].name));
    }
    *names = out;
    *count = yaml_count(rows);
    return STATUS_OK;
}

/* ---- between kinds ---- */

static void problem_add(Cx *cx, RecordProblems *problems, const RecordKind *kind, int64_t line,
                        Str text) {
    *vec_push(cx->arena, problems) = (RecordProblem){kind->file, line, text};
}

static void twins_check(Cx *cx, const RecordBook *book, RecordProblems *problems) {
    for (size_t i = 0; i < book->kind_count; i++) {
        for (size_t other = 0; other < i; other++) {
            const RecordKind *left = &book->kinds[i];
            const RecordKind *right = &book->kinds[other];
            if (str_equal(left->code, right->code) || str_equal(left->prefix, right->prefix) ||
                str_equal(left->title, right->title)) {
                problem_add(cx, problems, left, 1,
                            str_print(cx->arena,
                                      "kind, title and number must differ from those of " STR_FMT,
                                      STR_ARG(right->file)));
            }
        }
    }
}

static void refs_resolve(Cx *cx, const RecordBook *book, RecordKind *kind,
                         RecordProblems *problems) {
    for (size_t i = 0; i < kind->field_count; i++) {
        RecordField *field = &kind->fields[i];
        if (field->type != RECORD_REF) {
            continue;
        }
        field->ref = record_kind_find(book, field->ref_code);
        if (field->ref == NULL) {
            problem_add(cx, problems, kind, field->line,
                        str_print(cx->arena, "key \"kind\": there is no kind \"" STR_FMT "\"",
                                  STR_ARG(field->ref_code)));
        }
    }
}

static void counters_check(Cx *cx, const RecordBook *book, RecordProblems *problems) {
    Map seen;
    map_init(&seen, cx->arena);
    for (size_t i = 0; i < book->kind_count; i++) {
        const RecordKind *kind = &book->kinds[i];
        for (size_t at = 0; at < kind->counter_count; at++) {
            Str code = kind->counters[at].code;
            if (map_has(&seen, code)) {
                problem_add(cx, problems, kind, 1,
                            str_print(cx->arena, "counter \"" STR_FMT "\" stands there already",
                                      STR_ARG(code)));
            }
            map_put(&seen, code, (void *)(uintptr_t)kind);
        }
    }
}

/* ---- the folder ---- */

static Status file_load(Cx *cx, Str path, Str name, const RecordBook *book,
                        RecordProblems *problems, RecordKind **out) {
    Str text = STR_NONE;
    TRY(yaml_file(cx, path, FILE_BYTES_MAX, &text));
    Status status = record_kind_read(cx, path, text, book, problems, out);
    fault_clear(cx);
    if (status != STATUS_OK) {
        return status == STATUS_INVALID ? STATUS_OK : status;
    }
    Str expected = str_print(cx->arena, STR_FMT ".yaml", STR_ARG((*out)->code));
    if (!str_equal(name, expected)) {
        problem_add(cx, problems, *out, 1,
                    str_print(cx->arena, "key \"kind\": \"" STR_FMT "\" stands in a file " STR_FMT,
                              STR_ARG((*out)->code), STR_ARG(expected)));
    }
    return STATUS_OK;
}

static Str first_clause(const RecordKind *kind) {
    return kind->clause_count == 0 ? STR("") : kind->clauses[0];
}

static int kind_order(const void *left, const void *right) {
    const RecordKind *a = left;
    const RecordKind *b = right;
    int order = str_compare(first_clause(a), first_clause(b));
    return order != 0 ? order : str_compare(a->code, b->code);
}

static Status kinds_load(Cx *cx, Str folder, RecordBook *book, RecordProblems *problems) {
    YamlNames names;
    TRY(yaml_folder(cx, folder, STR(".yaml"), &names));
    if (names.count > RECORD_KINDS_MAX) {
        return fault(cx, STATUS_LIMIT, STR_FMT " has more than %d kinds", STR_ARG(folder),
                     RECORD_KINDS_MAX);
    }
    RecordKind *kinds = arena_array(cx->arena, RecordKind, names.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < names.count; i++) {
        TRY(cx_step(cx));
        Str path =
            str_print(cx->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(names.items[i]));
        RecordKind *kind = NULL;
        TRY(file_load(cx, path, names.items[i], book, problems, &kind));
        if (kind != NULL) {
            kinds[count++] = *kind;
        }
    }
    qsort(kinds, count, sizeof *kinds, kind_order);
    book->kinds = kinds;
    book->kind_count = count;
    twins_check(cx, book, problems);
    counters_check(cx, book, problems);
    for (size_t i = 0; i < count; i++) {
        kinds[i].index = i;
        refs_resolve(cx, book, &kinds[i], problems);
        TRY(record_tables_load(cx, folder, &kinds[i], problems));
    }
    return STATUS_OK;
}

Status record_book_load(Cx *cx, Str folder, RecordProblems *problems, RecordBook *out) {
    RecordBook book = {0};
    *problems = (RecordProblems){0};
    TRY(names_load(cx, str_print(cx->arena, STR_FMT "/units.yaml", STR_ARG(folder)), "units", "id",
                   &book.units, &book.unit_count));
    TRY(names_load(cx, str_print(cx->arena, STR_FMT "/towns.yaml", STR_ARG(folder)), "towns",
                   "code", &book.towns, &book.town_count));
    TRY(kinds_load(cx, str_print(cx->arena, STR_FMT "/records", STR_ARG(folder)), &book, problems));
    *out = book;
    if (problems->count > 0) {
        const RecordProblem *first = &problems->items[0];
        return fault_at_line(cx, STATUS_INVALID, first->line, 0, STR_FMT ":%lld: " STR_FMT,
                             STR_ARG(first->file), (long long)first->line, STR_ARG(first->text));
    }
    return STATUS_OK;
}
