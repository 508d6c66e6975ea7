/*
 * Keeps docs/reference/policy-coverage.md complete: each rule of each table stands in it, each rule
 * it names is in a table, each version it names exists; and where the fact sheets are at hand
 * (../shared/facts, beside the project) each confirmed row and each id of their list has its line.
 */
#include "base/vec.h"
#include "office/policy/library.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 4 * 1024 * 1024 };

static const char DOCUMENT[] = "docs/reference/policy-coverage.md";

/* The file's text, or NULL; the caller frees it. */
static char *file_text(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return NULL;
    }
    char *text = calloc(1, FILE_BYTES_MAX);
    assert_non_null(text);
    size_t len = fread(text, 1, FILE_BYTES_MAX - 1, file);
    (void)fclose(file);
    assert_true(len < FILE_BYTES_MAX - 1);
    return text;
}

static char *document_text(void) {
    char *text = file_text(DOCUMENT);
    if (text == NULL) {
        fail_msg("%s is missing", DOCUMENT);
    }
    return text;
}

typedef struct NameVec VEC(Str) NameVec;

static bool has_name(const NameVec *names, Str name) {
    for (size_t i = 0; i < names->count; i++) {
        if (str_equal(names->items[i], name)) {
            return true;
        }
    }
    return false;
}

/* The ids of all rows, those of the lower tables too, and the names of the versions. */
static void names_read(Arena *arena, NameVec *rules, NameVec *versions) {
    Cx cx;
    cx_init(&cx, arena);
    PolicyLibrary *library = NULL;
    if (policy_library_load(&cx, STR("cities/anqiu"), &library) != STATUS_OK) {
        fail_msg("%s", cx.fault.text);
    }
    size_t count = 0;
    const PolicyVersion *const *list = policy_versions(library, &count);
    for (size_t i = 0; i < count; i++) {
        const PolicyEntry *entry = policy_entry_of(list[i]);
        *vec_push(arena, versions) = list[i]->version;
        for (size_t node = 0; node < dmn_node_count(entry->model); node++) {
            const DmnTable *table = dmn_node_at(entry->model, node)->table;
            for (size_t row = 0; table != NULL && row < table->row_count; row++) {
                assert_int_equal(table->annotation_count, 3);
                *vec_push(arena, rules) = table->rows[row].annotations[2];
            }
        }
    }
}

static void test_rules_stand_in_the_document(void **state) {
    (void)state;
    Arena *arena = arena_create();
    NameVec rules = {0};
    NameVec versions = {0};
    names_read(arena, &rules, &versions);
    char *text = document_text();
    int64_t missing = 0;
    for (size_t i = 0; i < rules.count; i++) {
        const char *quoted = str_print(arena, "`" STR_FMT "`", STR_ARG(rules.items[i])).at;
        if (strstr(text, quoted) == NULL) {
            printf("# %s does not name %s\n", DOCUMENT, quoted);
            missing++;
        }
    }
    for (size_t i = 0; i < versions.count; i++) {
        assert_non_null(
            strstr(text, str_print(arena, "| `" STR_FMT "` |", STR_ARG(versions.items[i])).at));
    }
    printf("# %zu rules of %zu versions\n", rules.count, versions.count);
    assert_true(rules.count >= 500);
    assert_int_equal(missing, 0);
    free(text);
    arena_free(arena);
}

/* What stands between backticks and has the form of a rule or a version must be one. */
static bool is_known(const NameVec *rules, const NameVec *versions, Str name) {
    bool has_digit = false;
    bool has_dash = false;
    for (size_t i = 0; i < name.len; i++) {
        has_digit = has_digit || (name.at[i] >= '0' && name.at[i] <= '9');
        has_dash = has_dash || name.at[i] == '-';
        if (name.at[i] == '.' || name.at[i] == '/' || name.at[i] == ' ') {
            return true; /* a path or a word, no id */
        }
    }
    return !has_digit || !has_dash || has_name(rules, name) || has_name(versions, name);
}

static void test_document_names_only_rules(void **state) {
    (void)state;
    Arena *arena = arena_create();
    NameVec rules = {0};
    NameVec versions = {0};
    names_read(arena, &rules, &versions);
    char *text = document_text();
    int64_t wrong = 0;
    int64_t seen = 0;
    for (char *open = strchr(text, '`'); open != NULL; open = strchr(open, '`')) {
        char *close = strchr(open + 1, '`');
        assert_non_null(close);
        Str name = {open + 1, (size_t)(close - open - 1)};
        if (!str_starts(name, STR("…")) && !is_known(&rules, &versions, name)) {
            printf("# %s names `" STR_FMT "`, which is no rule\n", DOCUMENT, STR_ARG(name));
            wrong++;
        }
        seen++;
        open = close + 1;
    }
    assert_true(seen > 500);
    assert_int_equal(wrong, 0);
    free(text);
    arena_free(arena);
}

/* ---- the sheets ---- */

/* Reads "## 2.1 words" into section; false when the line is no numbered heading. */
static bool heading_read(const char *line, char *section, size_t room) {
    const char *at = line;
    while (*at == '#') {
        at++;
    }
    if (at == line || *at != ' ' || at[1] < '0' || at[1] > '9') {
        return false;
    }
    at++;
    size_t len = strspn(at, "0123456789");
    if (at[len] == '.' && at[len + 1] >= '0' && at[len + 1] <= '9') {
        len += 1 + strspn(at + len + 1, "0123456789");
    }
    assert_true(len < room);
    memcpy(section, at, len);
    section[len] = '\0';
    return true;
}

static int64_t rows_check(const char *path, char letter, const char *document) {
    char *text = file_text(path);
    if (text == NULL) {
        printf("# skip: %s is not here\n", path);
        return 0;
    }
    char section[16] = "0";
    int64_t number = 0;
    int64_t total = 0;
    int64_t missing = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (heading_read(line, section, sizeof section)) {
            number = 0;
        }
        if (line[0] != '|' || strstr(line, "confirmed") == NULL) {
            continue;
        }
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "\n| %c%s/%lld | ", letter, section,
                       (long long)++number);
        total++;
        const char *found = strstr(document, wanted);
        if (found == NULL) {
            printf("# %s: row %s is not covered: %.60s\n", path, wanted + 1, line);
            missing++;
        }
    }
    printf("# %lld confirmed rows in %s\n", (long long)total, path);
    assert_true(total > 50);
    assert_int_equal(missing, 0);
    free(text);
    return total;
}

/* The ids of the list of the first sheet, between ```csv and ```. */
static void list_check(const char *path, const char *document) {
    char *text = file_text(path);
    char *at = text == NULL ? NULL : strstr(text, "```csv\n");
    if (at == NULL) {
        printf("# skip: no list in %s\n", path);
        free(text);
        return;
    }
    int64_t count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(at + strlen("```csv\n"), "\n", &rest);
         line != NULL && strncmp(line, "```", 3) != 0; line = strtok_r(NULL, "\n", &rest)) {
        char id[64] = "";
        size_t len = strcspn(line, ",");
        assert_true(len > 0 && len < sizeof id);
        memcpy(id, line, len);
        if (strcmp(id, "rule_id") == 0) {
            continue;
        }
        char wanted[80];
        (void)snprintf(wanted, sizeof wanted, "\n| %s | ", id);
        if (strstr(document, wanted) == NULL) {
            fail_msg("%s: the list's %s is not covered", path, id);
        }
        count++;
    }
    printf("# %lld ids in the list of %s\n", (long long)count, path);
    assert_true(count > 10);
    free(text);
}

static void test_confirmed_rows_are_covered(void **state) {
    (void)state;
    char *document = document_text();
    (void)rows_check("../shared/facts/consumer-trade-in.md", 'C', document);
    (void)rows_check("../shared/facts/equipment-and-circulation.md", 'E', document);
    list_check("../shared/facts/consumer-trade-in.md", document);
    free(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_stand_in_the_document),
        cmocka_unit_test(test_document_names_only_rules),
        cmocka_unit_test(test_confirmed_rows_are_covered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
