/*
 * Tests of `huanxin plan`: what it prints, its exit codes, and that a city folder is there whole or
 * not at all. The command's source is included, because unit tests link their module only.
 */
#include "main/command_plan.c"
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>

typedef struct Run {
    int code;
    char out[200000];
    char err[4000];
} Run;

static char temp_dir[64];

static void file_slurp(const char *path, char *out, size_t room) {
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    size_t len = fread(out, 1, room - 1, stream);
    out[len] = '\0';
    fclose(stream);
}

static void redirect(int fd, const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, fd) < 0) {
        _exit(99);
    }
    close(file);
}

/* Runs the command in a child, so that its output can be read back. */
static void run(Run *run, int argc, const char **argv) {
    char out[128];
    char err[128];
    snprintf(out, sizeof out, "%s/out", temp_dir);
    snprintf(err, sizeof err, "%s/err", temp_dir);
    char *args[8] = {NULL};
    for (int i = 0; i < argc; i++) {
        args[i] = strdup(argv[i]);
    }
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        redirect(1, out);
        redirect(2, err);
        int code = command_plan(argc, args);
        fflush(NULL);
        _exit(code);
    }
    for (int i = 0; i < argc; i++) {
        free(args[i]);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    run->code = WEXITSTATUS(status);
    file_slurp(out, run->out, sizeof run->out);
    file_slurp(err, run->err, sizeof run->err);
}

static int set_up(void **state) {
    (void)state;
    snprintf(temp_dir, sizeof temp_dir, "/tmp/reader-command-XXXXXX");
    return mkdtemp(temp_dir) == NULL ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[160];
    (void)snprintf(command, sizeof command, "rm -rf %s", temp_dir);
    return system(command);
}

static void has(const char *text, const char *words) {
    if (strstr(text, words) == NULL) {
        print_error("\"%s\" is not in: %.600s\n", words, text);
        fail();
    }
}

static void test_help_and_wrong_arguments(void **state) {
    (void)state;
    static Run result;
    run(&result, 2, (const char *[]){"plan", "--help"});
    assert_int_equal(result.code, 0);
    has(result.out, "new-city FILE DIR");
    run(&result, 1, (const char *[]){"plan"});
    assert_int_equal(result.code, 2);
    has(result.err, "usage");
    run(&result, 4, (const char *[]){"plan", "read", "x", "--yaml"});
    assert_int_equal(result.code, 2);
}

static void test_read_prints_plan_and_json(void **state) {
    (void)state;
    static Run result;
    run(&result, 3, (const char *[]){"plan", "read", "cities/anqiu/plan.txt"});
    assert_int_equal(result.code, 0);
    has(result.out, "任务 22 项");
    has(result.out, "目标 22 个");
    has(result.out, "单位 23 个");
    run(&result, 4, (const char *[]){"plan", "read", "cities/anqiu/plan.txt", "--json"});
    assert_int_equal(result.code, 0);
    has(result.out, "\"doc_number\": \"安政发〔2024〕13号\"");
    assert_string_equal(result.err, "");
}

static void test_read_refuses_with_a_place(void **state) {
    (void)state;
    static Run result;
    run(&result, 3, (const char *[]){"plan", "read", "no/such/file.txt"});
    assert_int_equal(result.code, 4);
    run(&result, 3, (const char *[]){"plan", "read", "cities"});
    assert_int_equal(result.code, 2);
    char path[128];
    snprintf(path, sizeof path, "%s/in.txt", temp_dir);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs("甲市方案\n一、\x02\n", stream);
    fclose(stream);
    run(&result, 3, (const char *[]){"plan", "read", path});
    assert_int_equal(result.code, 2);
    has(result.err, "in.txt:2:3: ");
    assert_string_equal(result.out, "");
}

static void test_new_city_writes_once(void **state) {
    (void)state;
    static Run result;
    static char text[200000];
    char dir[128];
    char path[160];
    snprintf(dir, sizeof dir, "%s/city", temp_dir);
    const char *args[] = {"plan", "new-city", "cities/anqiu/plan.txt", dir};
    run(&result, 4, args);
    assert_int_equal(result.code, 0);
    snprintf(path, sizeof path, "%s/city.yaml", dir);
    file_slurp(path, text, sizeof text);
    has(text, "name: \"安丘市\"");
    has(text, "province_code: not set");
    snprintf(path, sizeof path, "%s/units.yaml", dir);
    file_slurp(path, text, sizeof text);
    has(text, "aliases: [\"安丘市工信局\", \"安丘市工业和信息化局\"]");
    has(text, "- id: \"gongxin\"\n    name: \"市工信局\"");
    snprintf(path, sizeof path, "%s/indicators.yaml", dir);
    file_slurp(path, text, sizeof text);
    has(text, "formula: not set");
    has(text, "owner: \"gongxin\"");
    /* What every city shares came along. */
    snprintf(path, sizeof path, "%s/records/meeting.yaml", dir);
    file_slurp(path, text, sizeof text);
    has(text, "kind: \"meeting\"");
    snprintf(path, sizeof path, "%s/calendar.yaml", dir);
    file_slurp(path, text, sizeof text);
    has(text, "year: 2026");
    snprintf(path, sizeof path, "%s/plan.txt", dir);
    run(&result, 3, (const char *[]){"plan", "read", path});
    assert_int_equal(result.code, 0);
    has(result.out, "任务 22 项");
    run(&result, 4, args);
    assert_int_equal(result.code, 5);
    has(result.err, "不覆盖");
}

static void test_new_city_leaves_nothing_on_failure(void **state) {
    (void)state;
    static Run result;
    char dir[160];
    snprintf(dir, sizeof dir, "%s/missing/city", temp_dir);
    run(&result, 4, (const char *[]){"plan", "new-city", "cities/anqiu/plan.txt", dir});
    assert_int_equal(result.code, 10);
    snprintf(dir, sizeof dir, "%s/city", temp_dir);
    run(&result, 4, (const char *[]){"plan", "new-city", "LICENSE", dir});
    assert_int_equal(result.code, 2);
    struct stat info;
    assert_int_equal(lstat(dir, &info), -1);
}

/* Ids are part of people's files: they must never change. */
static void test_unit_ids_are_fixed(void **state) {
    (void)state;
    Arena *arena = arena_create();
    assert_true(str_equal(city_unit_id(arena, STR("")), STR("u-9ce484222325")));
    /* FNV-1a's published test vector for "a" is af63dc4c8601ec8c. */
    assert_true(str_equal(city_unit_id(arena, STR("a")), STR("u-dc4c8601ec8c")));
    assert_true(str_equal(city_unit_id(arena, STR("市工信局")), STR("u-a974bb353897")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_help_and_wrong_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_prints_plan_and_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses_with_a_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_city_writes_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_city_leaves_nothing_on_failure, set_up, tear_down),
        cmocka_unit_test(test_unit_ids_are_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
