/*
 * feel_command_test.c - `huanxin feel`: what it prints where, and its exit codes. The command's
 * source is included, because unit tests link their module only.
 */
#include "main/command_feel.c"
#include "main/terminal.c"
#include "test.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 64 * 1024, ARGUMENTS_MAX = 8 };

typedef struct Shown {
    int code;
    char out[OUTPUT_BYTES];
    char err[OUTPUT_BYTES];
} Shown;

static void slurp(FILE *stream, char *out) {
    rewind(stream);
    size_t len = fread(out, 1, OUTPUT_BYTES - 1, stream);
    out[len] = '\0';
    (void)fclose(stream);
}

/* Runs the command in a child with the given standard input. */
static void show(Shown *shown, const char *input, const char *const *words, int count) {
    char copies[ARGUMENTS_MAX][256];
    char *arguments[ARGUMENTS_MAX + 1] = {NULL};
    FILE *streams[3] = {tmpfile(), tmpfile(), tmpfile()};
    for (int i = 0; i < count; i++) {
        assert_true(snprintf(copies[i], sizeof copies[i], "%s", words[i]) < 256);
        arguments[i] = copies[i];
    }
    assert_true(fputs(input, streams[0]) >= 0);
    rewind(streams[0]);
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            if (dup2(fileno(streams[i]), i) < 0) {
                _exit(99);
            }
        }
        int code = command_feel(count, arguments);
        (void)fflush(NULL);
        _exit(code);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    shown->code = WEXITSTATUS(status);
    (void)fclose(streams[0]);
    slurp(streams[1], shown->out);
    slurp(streams[2], shown->err);
}

#define SHOW(shown, input, ...)                                                                    \
    show((shown), (input), (const char *const[]){"feel", __VA_ARGS__},                             \
         (int)(sizeof((const char *const[]){"feel", __VA_ARGS__}) / sizeof(const char *)))

static Shown shown;

static void test_value(void **state) {
    (void)state;
    SHOW(&shown, "", "min(6999 * 0.2, 1500)");
    assert_int_equal(shown.code, 0);
    assert_string_equal(shown.out, "1399.8\n");
    assert_string_equal(shown.err, "");
    SHOW(&shown, "", "{a: @\"2026-01-31\"}", "--json");
    assert_string_equal(shown.out, "{\"a\": \"2026-01-31\"}\n");
    SHOW(&shown, "", "today()", "--now", "2026-01-31T08:30:00+08:00");
    assert_string_equal(shown.out, "@\"2026-01-31\"\n");
}

static void test_context(void **state) {
    (void)state;
    SHOW(&shown, "{\"价格\": 6999, \"能效 等级\": 1}", "if 能效 等级 = 1 then 价格 else 0",
         "--context", "-");
    assert_int_equal(shown.code, 0);
    assert_string_equal(shown.out, "6999\n");
    SHOW(&shown, "{\"a\":\n 1,}", "a", "--context", "-");
    assert_int_equal(shown.code, status_exit(STATUS_INVALID));
    assert_non_null(strstr(shown.err, "line 2"));
    SHOW(&shown, "[1]", "a", "--context", "-");
    assert_int_equal(shown.code, status_exit(STATUS_INVALID));
    SHOW(&shown, "", "a", "--context", "/nonexistent/file.json");
    assert_int_equal(shown.code, status_exit(STATUS_NOT_FOUND));
}

/* The caret stands under the place, two columns for each Chinese character before it. */
static void test_caret(void **state) {
    (void)state;
    SHOW(&shown, "{\"价格\": 1}", "价格 + 未知", "--context", "-");
    assert_int_equal(shown.code, 0);
    assert_string_equal(shown.out, "null\n");
    assert_non_null(strstr(shown.err, "1:6: unknown name 未知 [feel.unknown-name]\n"
                                      "    价格 + 未知\n"
                                      "           ^\n"));
    SHOW(&shown, "", "1 +\n (2");
    assert_int_equal(shown.code, status_exit(STATUS_INVALID));
    assert_non_null(strstr(shown.err, "2:4: expected )"));
    assert_string_equal(shown.out, "");
}

static void test_refused(void **state) {
    (void)state;
    SHOW(&shown, "", "1", "2");
    assert_int_equal(shown.code, status_exit(STATUS_INVALID));
    assert_non_null(strstr(shown.err, "huanxin feel EXPR"));
    SHOW(&shown, "", "1", "--context");
    assert_int_equal(shown.code, status_exit(STATUS_INVALID));
    SHOW(&shown, "", "1", "--now", "yesterday");
    assert_int_equal(shown.code, status_exit(STATUS_INVALID));
    SHOW(&shown, "", "for i in 1..100000000000 return 1");
    assert_int_equal(shown.code, status_exit(STATUS_LIMIT));
    SHOW(&shown, "", "--help");
    assert_int_equal(shown.code, 0);
    assert_non_null(strstr(shown.out, "huanxin feel EXPR"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_caret),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
