/*
 * The line to a database server: cut, or closed by the server, while a connection is idle, and in
 * the middle of a reading and of a command. What was idle is renewed and nobody notices; what was
 * in the middle fails once, and the next one works. On PostgreSQL only (TEST_PG).
 */
#include "db_scratch.h"
#include "test.h"

#include <dirent.h>
#include <sys/socket.h>

static const char SQL_WORD_TABLE[] = "CREATE TABLE word (word TEXT PRIMARY KEY) STRICT";
static const char SQL_WORD_ADD[] = "INSERT INTO word (word) VALUES ($1)";
static const char SQL_WORD_COUNT[] = "SELECT count(*) FROM word";

/* A database with an empty table of words, or false on SQLite, which has no line. */
static bool start(Scratch *s) {
    if (getenv("TEST_PG") == NULL) {
        print_message("# skipped: SQLite has no line\n");
        return false;
    }
    DbMigration all[SCRATCH_BASE_COUNT + 1];
    scratch_init(s);
    scratch_base(s->arena, all);
    all[SCRATCH_BASE_COUNT] = (DbMigration){SCRATCH_BASE_COUNT + 1, "word", SQL_WORD_TABLE};
    assert_int_equal(db_open(&s->cx, &s->options, &s->db), STATUS_OK);
    assert_int_equal(db_migrate(&s->cx, s->db, all, SCRATCH_BASE_COUNT + 1), STATUS_OK);
    return true;
}

/* As a pulled cable would: every socket of this process. */
static void lines_cut(void) {
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    for (struct dirent *item = readdir(folder); item != NULL; item = readdir(folder)) {
        const int file = (int)strtol(item->d_name, NULL, 10);
        int type = 0;
        socklen_t len = sizeof type;
        if (file > 2 && getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &len) == 0) {
            (void)shutdown(file, SHUT_RDWR);
        }
    }
    (void)closedir(folder);
}

/* As a server does that is being stopped; returns when the sessions are gone. */
static void sessions_end(void) {
    scratch_psql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                 " WHERE backend_type = $$client backend$$ AND pid <> pg_backend_pid()");
}

typedef void Cut(void);
static Cut *const cuts[] = {lines_cut, sessions_end};
enum { CUT_COUNT = 2 };

static Status word_work(Cx *cx, DbConn *conn, void *input) {
    Cut *cut = *(Cut **)input;
    Str word = str_print(cx->arena, "%lld", (long long)db_now_ms(conn));
    TRY(db_exec(cx, conn, SQL_WORD_ADD, DB_ARGS(DB_TEXT(word)), NULL));
    if (cut != NULL) {
        cut();
    }
    return STATUS_OK;
}

/* Adds a word; the line is cut in the middle when cut is given. */
static Status word_add(Scratch *s, int64_t number, Cut *cut) {
    char key[24];
    (void)snprintf(key, sizeof key, "%lld", (long long)number);
    fault_clear(&s->cx);
    const DbCommand command = {.name = "word",
                               .key = str_of(key),
                               .actor = {.role = STR("system"), .origin = STR("test")},
                               .work = word_work,
                               .input = &cut,
                               .now_ms = number};
    return db_write(&s->cx, s->db, &command, NULL);
}

static Status words_count(Scratch *s, int64_t *count) {
    DbConn *conn = NULL;
    fault_clear(&s->cx);
    TRY(db_read_begin(&s->cx, s->db, &conn));
    Status status = db_int_or(&s->cx, conn, SQL_WORD_COUNT, DB_NO_ARGS, count);
    db_read_end(s->db, conn);
    return status;
}

static void an_idle_connection_is_renewed_and_nobody_notices(void **state) {
    (void)state;
    Scratch s;
    if (!start(&s)) {
        return;
    }
    int64_t count = 0;
    for (int i = 0; i < 3 * CUT_COUNT; i++) {
        assert_int_equal(words_count(&s, &count), STATUS_OK);
        cuts[i % CUT_COUNT]();
        assert_int_equal(words_count(&s, &count), STATUS_OK);
        assert_int_equal(count, i);
        cuts[i % CUT_COUNT]();
        assert_int_equal(word_add(&s, i + 1, NULL), STATUS_OK);
    }
    scratch_dispose(&s);
}

static void a_reading_that_is_cut_fails_alone(void **state) {
    (void)state;
    Scratch s;
    if (!start(&s)) {
        return;
    }
    int64_t count = 0;
    for (int i = 0; i < 2 * CUT_COUNT; i++) {
        DbConn *conn = NULL;
        fault_clear(&s.cx);
        assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
        /* Before its first answer, or after it. */
        if (i >= CUT_COUNT) {
            assert_int_equal(db_int_or(&s.cx, conn, SQL_WORD_COUNT, DB_NO_ARGS, &count), STATUS_OK);
        }
        cuts[i % CUT_COUNT]();
        assert_int_equal(db_int_or(&s.cx, conn, SQL_WORD_COUNT, DB_NO_ARGS, &count), STATUS_DB);
        db_read_end(s.db, conn);
        assert_int_equal(words_count(&s, &count), STATUS_OK);
    }
    scratch_dispose(&s);
}

static void a_command_that_is_cut_fails_alone_and_its_key_tells(void **state) {
    (void)state;
    Scratch s;
    if (!start(&s)) {
        return;
    }
    int64_t count = 0;
    for (int i = 0; i < 2 * CUT_COUNT; i++) {
        assert_int_equal(word_add(&s, i + 1, cuts[i % CUT_COUNT]), STATUS_DB);
        assert_int_equal(words_count(&s, &count), STATUS_OK);
        assert_int_equal(count, i);
        assert_int_equal(word_add(&s, i + 1, NULL), STATUS_OK);
        assert_int_equal(word_add(&s, i + 1, NULL), STATUS_OK);
    }
    assert_int_equal(words_count(&s, &count), STATUS_OK);
    assert_int_equal(count, 2 * CUT_COUNT);
    scratch_dispose(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_connection_is_renewed_and_nobody_notices),
        cmocka_unit_test(a_reading_that_is_cut_fails_alone),
        cmocka_unit_test(a_command_that_is_cut_fails_alone_and_its_key_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
