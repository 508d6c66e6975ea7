/* Several programs started at the same moment on a folder without a database: each must open it. */
#include "db_scratch.h"
#include "test.h"

#include <sys/wait.h>

enum { PROGRAMS = 6, ROUNDS = 40 };

/* One program: waits until all stand ready, opens and migrates, and ends with 0, or with the number
 * of the step that failed. */
static int program_run(Scratch *scratch, int ready, int start) {
    char mark = 'r';
    if (write(ready, &mark, 1) != 1 || read(start, &mark, 1) != 0) {
        return 1;
    }
    Status status = db_open(&scratch->cx, &scratch->options, &scratch->db);
    if (status != STATUS_OK) {
        fprintf(stderr, "# open: %s\n", scratch->cx.fault.text);
        return 2;
    }
    DbMigration migrations[SCRATCH_BASE_COUNT];
    scratch_base(scratch->arena, migrations);
    status = db_migrate(&scratch->cx, scratch->db, migrations, SCRATCH_BASE_COUNT);
    if (status != STATUS_OK) {
        fprintf(stderr, "# migrate: %s\n", scratch->cx.fault.text);
        return 3;
    }
    scratch_close(scratch);
    return 0;
}

/* Starts the programs, lets them go at once, and gives how many could not open. */
static int round_run(void) {
    Scratch scratch;
    scratch_init(&scratch);
    int ready[2];
    int start[2];
    check(pipe(ready) == 0 && pipe(start) == 0);
    pid_t programs[PROGRAMS];
    for (int i = 0; i < PROGRAMS; i++) {
        programs[i] = fork();
        check(programs[i] >= 0);
        if (programs[i] == 0) {
            close(start[1]);
            _exit(program_run(&scratch, ready[1], start[0]));
        }
    }
    for (int i = 0; i < PROGRAMS; i++) {
        char mark = 0;
        check(read(ready[0], &mark, 1) == 1);
    }
    close(start[1]); /* the end of file is the signal */
    int failed = 0;
    for (int i = 0; i < PROGRAMS; i++) {
        int state = 0;
        check(waitpid(programs[i], &state, 0) == programs[i]);
        failed += !WIFEXITED(state) || WEXITSTATUS(state) != 0;
    }
    close(start[0]);
    close(ready[0]);
    close(ready[1]);
    scratch_dispose(&scratch);
    return failed;
}

static void programs_started_together_all_open(void **state) {
    (void)state;
    int failed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        failed += round_run();
    }
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_started_together_all_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
