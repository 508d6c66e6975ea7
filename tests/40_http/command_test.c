/*
 * Tests of the program's commands: the demo city is the same for the same seed, production refuses
 * it, another city starts from its plan alone, a real account is made, wrong words are told.
 */
#include "server.h"
#include "test.h"

#include <dirent.h>
#include <sys/stat.h>

static char folder[] = "build/command-test-XXXXXX";

static int start(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? 1 : 0;
}

static int stop(void **state) {
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* Runs a shell line with the program as $H and the scratch folder as $D; what it printed goes to
 * out. */
static int shell(const char *line, char *out, size_t room) {
    char command[2048];
    (void)snprintf(command, sizeof command, "H=%s; D=%s; { %s; } 2>&1", PROGRAM_PATH, folder, line);
    FILE *pipe_out = popen(command, "r");
    assert_non_null(pipe_out);
    size_t len = fread(out, 1, room - 1, pipe_out);
    out[len] = '\0';
    int status = pclose(pipe_out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_same_seed_same_journal(void **state) {
    (void)state;
    static char first[4096];
    static char second[4096];
    static char other[4096];
    static const char make[] = "$H demo --data $D/%s --residents 200 --seed %s --last 2026-06-30"
                               " --quiet >/dev/null && $H journal verify --json --data $D/%s";
    char line[512];
    (void)snprintf(line, sizeof line, make, "a", "5", "a 2>/dev/null");
    assert_int_equal(shell(line, first, sizeof first), 0);
    (void)snprintf(line, sizeof line, make, "b", "5", "b 2>/dev/null");
    assert_int_equal(shell(line, second, sizeof second), 0);
    (void)snprintf(line, sizeof line, make, "c", "6", "c 2>/dev/null");
    assert_int_equal(shell(line, other, sizeof other), 0);
    const char *head = strstr(first, "\"head\"");
    assert_non_null(head);
    assert_non_null(strstr(second, head));
    assert_null(strstr(other, head));
}

static void test_production_refuses_demo(void **state) {
    (void)state;
    static char out[8192];
    assert_int_equal(
        shell("timeout 20 $H serve --data $D/a --port 0 --production", out, sizeof out), 6);
    assert_non_null(strstr(out, "demo"));
}

static void test_keys_are_private(void **state) {
    (void)state;
    static char out[8192];
    assert_int_equal(
        shell("stat -c %a $D/a/master.key $D/a/huanxin.db $D/a/demo-sign-ins.txt", out, sizeof out),
        0);
    assert_string_equal(out, "600\n600\n600\n");
    assert_int_equal(shell("chmod 644 $D/b/master.key; timeout 20 $H serve --port 0 --data $D/b",
                           out, sizeof out),
                     6);
}

/* Without its key a used database is not served with a new one, but the journal can be proved. */
static void test_lost_key(void **state) {
    (void)state;
    static char out[8192];
    assert_int_equal(
        shell("rm -f $D/b/master.key; timeout 20 $H serve --port 0 --data $D/b", out, sizeof out),
        4);
    assert_non_null(strstr(out, "master.key is missing"));
    assert_int_equal(shell("sha256sum <$D/b/huanxin.db >$D/before; $H journal verify --data $D/b "
                           ">/dev/null 2>&1 && sha256sum <$D/b/huanxin.db | cmp - $D/before && "
                           "test ! -e $D/b/master.key",
                           out, sizeof out),
                     0);
}

/* Names are put together from whole words of the list; none carries marks of the list's file. */
static void test_demo_names(void **state) {
    (void)state;
    static char out[8192];
    int code = shell("sqlite3 $D/a/huanxin.db \"SELECT count(*) FROM org WHERE name GLOB "
                     "'*[\\\",[]*' OR name NOT LIKE '演示·%'\" || exit 77",
                     out, sizeof out);
    if (code == 77) {
        print_message("# skipped: sqlite3 is not installed\n");
        return;
    }
    assert_string_equal(out, "0\n");
}

static void test_tampering_is_found(void **state) {
    (void)state;
    static char out[8192];
    /* One byte of an entry in the middle of the journal. */
    int code =
        shell("$H journal verify --data $D/c >/dev/null && "
              "sqlite3 $D/c/huanxin.db \"UPDATE journal SET after_json = '{}' WHERE id = 300\""
              " 2>/dev/null || exit 77; $H journal verify --data $D/c",
              out, sizeof out);
    if (code == 77) {
        print_message("# skipped: sqlite3 is not installed\n");
        return;
    }
    assert_int_equal(code, 5);
    assert_non_null(strstr(out, "300"));
}

static void test_account_for_production(void **state) {
    (void)state;
    static char out[8192];
    assert_int_equal(
        shell("echo short | $H account create admin boss 张三 --data $D/real", out, sizeof out), 2);
    assert_int_equal(shell("echo 'a long enough password' |"
                           " $H account create admin boss 张三 --data $D/real",
                           out, sizeof out),
                     0);
    assert_int_equal(shell("echo 'a long enough password' |"
                           " $H account create admin boss 张三 --data $D/real",
                           out, sizeof out),
                     5);
    assert_int_equal(shell("echo 'a long enough password' |"
                           " $H account create emperor boss2 张三 --data $D/real",
                           out, sizeof out),
                     2);
    /* The production server starts on it and stops on SIGTERM. */
    assert_int_equal(shell("timeout -s TERM 2 $H serve --data $D/real --port 0 --production; true",
                           out, sizeof out),
                     0);
    assert_non_null(strstr(out, "http://127.0.0.1:"));
}

static void test_wrong_words(void **state) {
    (void)state;
    static char out[8192];
    assert_int_equal(shell("$H", out, sizeof out), 2);
    assert_int_equal(shell("$H nothing", out, sizeof out), 2);
    assert_non_null(strstr(out, "unknown command"));
    assert_int_equal(shell("$H serve --port 70000", out, sizeof out), 2);
    assert_non_null(strstr(out, "0 to 65535"));
    assert_int_equal(shell("$H serve --colour red", out, sizeof out), 2);
    assert_int_equal(shell("$H demo --data $D/a --residents 200 --quiet", out, sizeof out), 5);
    assert_int_equal(shell("$H demo --data $D/a --if-empty --quiet", out, sizeof out), 0);
    assert_int_equal(shell("$H journal verify --data $D/nowhere", out, sizeof out), 4);
    assert_int_equal(shell("$H plan read LICENSE", out, sizeof out), 2);
    assert_int_equal(shell("$H help", out, sizeof out), 0);
}

/* Every invented plan of the reader's golden files is a city that starts, with its own tasks. */
static void test_other_cities_start(void **state) {
    (void)state;
    static char out[65536];
    DIR *dir = opendir("tests/golden/reader");
    assert_non_null(dir);
    int city_count = 0;
    for (struct dirent *row = readdir(dir); row != NULL; row = readdir(dir)) {
        size_t len = strlen(row->d_name);
        if (len < 4 || strcmp(row->d_name + len - 4, ".txt") != 0) {
            continue;
        }
        char line[512];
        (void)snprintf(line, sizeof line,
                       "$H plan new-city tests/golden/reader/%s $D/city%d >/dev/null || exit 78;"
                       " timeout -s TERM 1 $H serve --city $D/city%d --data $D/data%d --port 0;"
                       " true",
                       row->d_name, city_count, city_count, city_count);
        int code = shell(line, out, sizeof out);
        if (code == 78) {
            continue; /* a golden text that is refused as no plan */
        }
        if (strstr(out, "http://127.0.0.1:") == NULL) {
            fail_msg("%s: %s", row->d_name, out);
        }
        city_count++;
    }
    (void)closedir(dir);
    assert_true(city_count >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_journal),
        cmocka_unit_test(test_production_refuses_demo),
        cmocka_unit_test(test_keys_are_private),
        cmocka_unit_test(test_lost_key),
        cmocka_unit_test(test_demo_names),
        cmocka_unit_test(test_tampering_is_found),
        cmocka_unit_test(test_account_for_production),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_other_cities_start),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
