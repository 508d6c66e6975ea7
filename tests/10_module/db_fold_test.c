/*
 * db_fold_test.c - the log is folded back beside the writer: it does not grow for ever, everything
 * is in the file after it began anew, and a kill -9 in the middle of folding takes nothing that was
 * acknowledged. Only about SQLite's files.
 */
#include "db_scratch.h"
#include "test.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { LOG_BYTES = 64 << 20, ROW_BYTES = 1 << 20, ROWS = 80, WRITES_MAX = 3000, KILLS = 3 };

static const char SQL_CREATE[] = "CREATE TABLE page (id INTEGER PRIMARY KEY, bytes BLOB);";
static const char SQL_PUT[] = "INSERT INTO page (bytes) VALUES ($1)";
static const char SQL_COUNT[] = "SELECT COUNT(*) FROM page WHERE LENGTH(bytes) = $1";

static char bytes[ROW_BYTES];

static Status put_work(Cx *cx, DbConn *conn, void *input) {
    const size_t *len = input;
    return db_exec(cx, conn, SQL_PUT, DB_ARGS(DB_BLOB(((Str){bytes, *len}))), NULL);
}

static Status put(Scratch *s, size_t len) {
    const DbCommand command = {.name = "page.put", .work = put_work, .input = &len};
    return db_write(&s->cx, s->db, &command, NULL);
}

static void open_all(Scratch *s) {
    DbMigration all[SCRATCH_BASE_COUNT + 1];
    scratch_base(s->arena, all);
    all[SCRATCH_BASE_COUNT] = (DbMigration){SCRATCH_BASE_COUNT + 1, "page", SQL_CREATE};
    check(db_open(&s->cx, &s->options, &s->db) == STATUS_OK);
    check(db_migrate(&s->cx, s->db, all, SCRATCH_BASE_COUNT + 1) == STATUS_OK);
}

static int64_t rows_of(Scratch *s, int64_t len) {
    int64_t count = 0;
    DbConn *conn = NULL;
    check(db_read_begin(&s->cx, s->db, &conn) == STATUS_OK);
    check(db_int_or(&s->cx, conn, SQL_COUNT, DB_ARGS(DB_INT(len)), &count) == STATUS_OK);
    Str finding = STR_NONE;
    check(db_check(&s->cx, conn, &finding) == STATUS_OK);
    assert_int_equal(finding.len, 0);
    db_read_end(s->db, conn);
    return count;
}

static int64_t log_bytes(const Scratch *s) {
    struct stat info;
    char path[300];
    (void)snprintf(path, sizeof path, "%s-wal", s->path);
    return stat(path, &info) == 0 ? info.st_size : 0;
}

static void pause_ms(int ms) {
    const struct timespec time = {0, ms * 1000000L};
    nanosleep(&time, NULL);
}

static void a_long_log_begins_anew(void **state) {
    (void)state;
    Scratch s;
    int64_t small = 0;
    int64_t longest = 0;
    scratch_init_in(&s, "/tmp");
    open_all(&s);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(put(&s, ROW_BYTES), STATUS_OK);
        longest = log_bytes(&s) > longest ? log_bytes(&s) : longest;
    }
    /* It may have begun anew already. */
    assert_true(longest > LOG_BYTES * 9 / 10);
    while (log_bytes(&s) > LOG_BYTES && small < WRITES_MAX) {
        assert_int_equal(put(&s, 10), STATUS_OK);
        small++;
        pause_ms(2);
    }
    assert_true(log_bytes(&s) <= LOG_BYTES);
    assert_int_equal(rows_of(&s, ROW_BYTES), ROWS);
    assert_int_equal(rows_of(&s, 10), small);
    scratch_dispose(&s);
}

static void child_run(Scratch *s, int pipe_out) {
    open_all(s);
    for (char ack = 'a';;) {
        check(put(s, ROW_BYTES) == STATUS_OK);
        check(write(pipe_out, &ack, 1) == 1);
    }
}

/* Kills the child so many acknowledged rows later; by then its log is being folded. */
static int64_t child_kill(Scratch *s, int64_t acks) {
    int ends[2];
    char ack = 0;
    int64_t count = 0;
    check(pipe(ends) == 0);
    pid_t child = fork();
    check(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        child_run(s, ends[1]);
    }
    (void)close(ends[1]);
    while (count < acks && read(ends[0], &ack, 1) == 1) {
        count++;
    }
    check(kill(child, SIGKILL) == 0);
    check(waitpid(child, NULL, 0) == child);
    while (read(ends[0], &ack, 1) == 1) {
        count++;
    }
    (void)close(ends[0]);
    return count;
}

static void a_kill_takes_nothing(void **state) {
    (void)state;
    Scratch s;
    int64_t acked = 0;
    scratch_init_in(&s, "/tmp");
    for (int i = 0; i < KILLS; i++) {
        acked += child_kill(&s, 64 + 5 * i);
    }
    open_all(&s);
    assert_true(rows_of(&s, ROW_BYTES) >= acked);
    assert_true(rows_of(&s, ROW_BYTES) <= acked + KILLS);
    scratch_dispose(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_log_begins_anew),
        cmocka_unit_test(a_kill_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
