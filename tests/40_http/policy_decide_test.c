/*
 * policy_decide_test.c - the examples of docs/reference/policy-decide.md, pasted: every command
 * between "```sh" and "```" is run as it stands, what it prints is what stands below it, and with
 * --json it gives one object with the same amount and rule. Every programme has one.
 */
#include "base/arena.h"
#include "base/str.h"
#include "server.h"
#include "test.h"

#include <sys/wait.h>

static const char DOCUMENT[] = "docs/reference/policy-decide.md";
static const char PROGRAMMES[] = "cities/anqiu/policy/programmes.yaml";
static char folder[] = "build/decide-test-XXXXXX";
static Arena *arena;

enum { TEXT_BYTES_MAX = 512 * 1024 };

static int start(void **state) {
    (void)state;
    arena = arena_create();
    return mkdtemp(folder) == NULL ? 1 : 0;
}

static int stop(void **state) {
    (void)state;
    char command[128];
    arena_free(arena);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static Str stream_text(FILE *stream) {
    char *text = arena_alloc(arena, TEXT_BYTES_MAX);
    size_t len = fread(text, 1, TEXT_BYTES_MAX - 1, stream);
    assert_true(len < TEXT_BYTES_MAX - 1);
    text[len] = '\0';
    return (Str){text, len};
}

static Str file_text(const char *path) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    Str text = stream_text(file);
    (void)fclose(file);
    return text;
}

/* Runs a script as a person pastes it, the program found as `huanxin`; case.json is written to a
 * folder of the test. */
static Str run(Str script) {
    char path[64];
    (void)snprintf(path, sizeof path, "%s/run", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(file, "huanxin() { \"$PROGRAM\" \"$@\"; }\n" STR_FMT "\n", STR_ARG(script));
    (void)fclose(file);
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "PROGRAM=$(realpath %s); CITY=$(realpath cities); export PROGRAM; cd %s && "
                   "ln -sfn \"$CITY\" cities && sh ./run 2>&1",
                   PROGRAM_PATH, folder);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    Str out = stream_text(stream);
    int status = pclose(stream);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg(STR_FMT "\ngave " STR_FMT, STR_ARG(script), STR_ARG(out));
    }
    return out;
}

/* The next block that begins with a mark, from *at on; false when there is none. */
static bool block_next(Str document, const char *mark, size_t *at, Str *out) {
    size_t first = str_find(document, str_of(mark), *at);
    if (first == SIZE_MAX) {
        return false;
    }
    first += str_of(mark).len;
    size_t end = str_find(document, STR("\n```\n"), first - 1);
    assert_int_not_equal(end, SIZE_MAX);
    *out = str_slice(document, first, end + 1 - first);
    *at = end + str_of("\n```\n").len;
    return true;
}

/* What stands behind a word up to the line's end, or before a sign. */
static Str part_after(Str text, const char *word, const char *end) {
    size_t at = str_find(text, str_of(word), 0);
    assert_int_not_equal(at, SIZE_MAX);
    at += str_of(word).len;
    return str_slice(text, at, str_find(text, str_of(end), at) - at);
}

static void json_check(Str script, Str printed) {
    Str json = run(str_print(arena, STR_FMT " --json", STR_ARG(str_trim(script))));
    Str rule = part_after(printed, "规则：", "，");
    assert_true(str_starts(json, STR("{")));
    assert_true(str_contains(json, STR("\"nearest\"")));
    assert_true(str_contains(json, STR("\"papers\"")));
    if (!str_equal(part_after(json, "\"rule_id\": \"", "\""), rule)) {
        fail_msg(STR_FMT " is not " STR_FMT, STR_ARG(rule), STR_ARG(json));
    }
    bool is_good = str_starts(part_after(printed, "结论：", "\n"), STR("符合"));
    assert_true(
        str_contains(json, is_good ? STR("\"eligible\": true") : STR("\"eligible\": false")));
}

static void test_examples_work_when_pasted(void **state) {
    (void)state;
    Str document = file_text(DOCUMENT);
    Str script;
    Str printed;
    size_t at = 0;
    int64_t count = 0;
    int64_t wrong = 0;
    while (block_next(document, "```sh\n", &at, &script)) {
        assert_true(block_next(document, "```\n", &at, &printed));
        Str out = run(script);
        json_check(script, printed);
        if (!str_equal(out, printed)) {
            print_message("# " STR_FMT "# prints\n" STR_FMT, STR_ARG(script), STR_ARG(out));
            wrong++;
        }
        count++;
    }
    print_message("# %lld examples\n", (long long)count);
    assert_int_equal(wrong, 0);
    assert_true(count >= 27);
}

/* The object at the head of the examples is the first one's, whole. */
static void test_the_object_is_the_first_examples(void **state) {
    (void)state;
    Str document = file_text(DOCUMENT);
    Str json;
    Str script;
    size_t at = 0;
    assert_true(block_next(document, "```json\n", &at, &json));
    assert_true(block_next(document, "```sh\n", &at, &script));
    Str out = run(str_print(arena, STR_FMT " --json", STR_ARG(str_trim(script))));
    assert_true(str_equal(out, json));
}

static void test_every_programme_has_an_example(void **state) {
    (void)state;
    Str document = file_text(DOCUMENT);
    Str rest = file_text(PROGRAMMES);
    int64_t count = 0;
    while (rest.len > 0) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (!str_starts(line, STR("- code: \""))) {
            continue;
        }
        Str code = part_after(line, "- code: \"", "\"");
        Str wanted = str_print(arena, "\nhuanxin policy decide " STR_FMT " --date ", STR_ARG(code));
        if (!str_contains(document, wanted)) {
            fail_msg("no example of " STR_FMT, STR_ARG(code));
        }
        count++;
    }
    assert_true(count >= 27);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_work_when_pasted),
        cmocka_unit_test(test_the_object_is_the_first_examples),
        cmocka_unit_test(test_every_programme_has_an_example),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
