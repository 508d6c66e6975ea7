/* db_budget_test.c - a command that would hold up the writer is refused, and its neighbours are not
 * touched: steps of the engines, memory, rows read, and work inside one statement. */
#include "base/limits.h"
#include "db_scratch.h"
#include "test.h"

static const char SQL_NOTE_CREATE[] =
    "CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT, size INTEGER)";
static const char SQL_NOTE_ADD[] = "INSERT INTO note (word, size) VALUES ($1, 1)";
static const char SQL_NOTE_COUNT[] = "SELECT count(*) FROM note";
static const char SQL_JOURNAL_COUNT[] = "SELECT count(*) FROM journal";
/* Rows without end, as a wrong join would give them. */
static const char SQL_ENDLESS[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
static const char SQL_ENDLESS_SUM[] =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n";
static const char SQL_ENDLESS_INSERT[] =
    "INSERT INTO note (word, size) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT 'x', i FROM n";

static Status note_work(Cx *cx, DbConn *conn, void *input) {
    (void)input;
    return db_exec(cx, conn, SQL_NOTE_ADD, DB_ARGS(DB_TEXT(STR("kept"))), NULL);
}

/* Changes something first, so that a budget that only stops and does not undo is seen. */
static Status steps_work(Cx *cx, DbConn *conn, void *input) {
    const uint64_t *count = input;
    TRY(note_work(cx, conn, NULL));
    for (uint64_t i = 0; i < *count; i++) {
        TRY(cx_step(cx));
    }
    return STATUS_OK;
}

static Status bytes_work(Cx *cx, DbConn *conn, void *input) {
    TRY(note_work(cx, conn, NULL));
    const size_t *block_count = input;
    for (size_t i = 0; i < *block_count; i++) {
        TRY(cx_step(cx));
        (void)arena_array(cx->arena, char, 1 << 20);
    }
    return STATUS_OK;
}

static Status rows_work(Cx *cx, DbConn *conn, void *input) {
    (void)input;
    TRY(note_work(cx, conn, NULL));
    DbRows *rows = NULL;
    bool has_row = true;
    TRY(db_query(cx, conn, SQL_ENDLESS, DB_NO_ARGS, &rows));
    while (has_row) {
        TRY(db_next(cx, rows, &has_row));
    }
    return STATUS_OK;
}

static Status statement_work(Cx *cx, DbConn *conn, void *input) {
    const char *const *sql = input;
    TRY(note_work(cx, conn, NULL));
    int64_t changed = 0;
    return db_exec(cx, conn, *sql, DB_NO_ARGS, &changed);
}

/* A work that takes a refusal for an answer and goes on. */
static Status deaf_work(Cx *cx, DbConn *conn, void *input) {
    if (steps_work(cx, conn, input) != STATUS_OK) {
        fault_clear(cx);
    }
    return STATUS_OK;
}

static DbCommand command_of(const char *name, DbWork *work, void *input) {
    return (DbCommand){.name = name,
                       .actor = {.user_id = 7, .role = STR("tester"), .origin = STR("test")},
                       .work = work,
                       .input = input,
                       .now_ms = 1700000000000};
}

static Status command_run(Scratch *scratch, const DbCommand *command) {
    fault_clear(&scratch->cx);
    return db_write(&scratch->cx, scratch->db, command, NULL);
}

static int64_t count_of(Scratch *scratch, const char *sql) {
    DbConn *conn = NULL;
    int64_t count = -1;
    fault_clear(&scratch->cx);
    assert_int_equal(db_read_begin(&scratch->cx, scratch->db, &conn), STATUS_OK);
    assert_int_equal(db_int_or(&scratch->cx, conn, sql, DB_NO_ARGS, &count), STATUS_OK);
    db_read_end(scratch->db, conn);
    return count;
}

static void start(Scratch *s) {
    DbMigration all[SCRATCH_BASE_COUNT + 1];
    scratch_init(s);
    scratch_base(s->arena, all);
    all[SCRATCH_BASE_COUNT] = (DbMigration){SCRATCH_BASE_COUNT + 1, "note", SQL_NOTE_CREATE};
    assert_int_equal(db_open(&s->cx, &s->options, &s->db), STATUS_OK);
    assert_int_equal(db_migrate(&s->cx, s->db, all, SCRATCH_BASE_COUNT + 1), STATUS_OK);
}

/* Refused with words for people, nothing left, and the next command works. */
static void refused(Scratch *scratch, const DbCommand *command) {
    const int64_t note_count = count_of(scratch, SQL_NOTE_COUNT);
    const int64_t entry_count = count_of(scratch, SQL_JOURNAL_COUNT);
    assert_int_equal(command_run(scratch, command), STATUS_LIMIT);
    assert_non_null(strstr(scratch->cx.fault.text, "计算量超出上限"));
    assert_true(scratch->cx.fault.hint[0] != '\0');
    assert_int_equal(count_of(scratch, SQL_NOTE_COUNT), note_count);
    assert_int_equal(count_of(scratch, SQL_JOURNAL_COUNT), entry_count);
    const DbCommand next = command_of("test.note", note_work, NULL);
    assert_int_equal(command_run(scratch, &next), STATUS_OK);
    assert_int_equal(count_of(scratch, SQL_NOTE_COUNT), note_count + 1);
}

static void steps_have_a_bound(void **state) {
    (void)state;
    Scratch scratch;
    start(&scratch);
    uint64_t count = 99; /* and the statement before them */
    DbCommand command = command_of("test.steps", steps_work, &count);
    command.budget.steps_max = 101; /* one more: the entry of the journal */
    assert_int_equal(command_run(&scratch, &command), STATUS_OK);
    count = 100;
    refused(&scratch, &command);
    count = LIMIT_COMMAND_STEPS_MAX;
    command.budget = (DbBudget){0};
    refused(&scratch, &command);
    /* Nobody gets more than the house gives. */
    command.budget.steps_max = UINT64_MAX;
    refused(&scratch, &command);
    scratch_dispose(&scratch);
}

static void a_spent_budget_cannot_be_ignored(void **state) {
    (void)state;
    Scratch scratch;
    start(&scratch);
    uint64_t count = LIMIT_COMMAND_STEPS_MAX;
    const DbCommand command = command_of("test.deaf", deaf_work, &count);
    refused(&scratch, &command);
    scratch_dispose(&scratch);
}

static void memory_has_a_bound(void **state) {
    (void)state;
    Scratch scratch;
    start(&scratch);
    size_t block_count = 4;
    DbCommand command = command_of("test.bytes", bytes_work, &block_count);
    assert_int_equal(command_run(&scratch, &command), STATUS_OK);
    block_count = LIMIT_COMMAND_BYTES_MAX / (1 << 20) + 2;
    refused(&scratch, &command);
    command.budget.bytes_max = 1 << 20;
    block_count = 3;
    refused(&scratch, &command);
    scratch_dispose(&scratch);
}

static void rows_have_a_bound(void **state) {
    (void)state;
    Scratch scratch;
    start(&scratch);
    DbCommand command = command_of("test.rows", rows_work, NULL);
    command.budget.steps_max = 1000;
    if (!scratch.is_postgres) { /* which gives rows only when it has them all */
        refused(&scratch, &command);
    }
    scratch_dispose(&scratch);
}

static void one_statement_has_a_bound(void **state) {
    (void)state;
    Scratch scratch;
    start(&scratch);
    const char *sql = SQL_ENDLESS_SUM;
    DbCommand command = command_of("test.statement", statement_work, &sql);
    command.budget.sql_steps_max = 1000 * 1000;
    if (!scratch.is_postgres) {
        refused(&scratch, &command);
        refused(&scratch, &command); /* the prepared statement can be used again */
    }
    scratch_dispose(&scratch);
}

/* A change that is stopped takes SQLite's whole transaction along: told as a failed saving, so that
 * everybody asks again, and the next batch is clean. */
static void a_stopped_change_loses_its_batch_only(void **state) {
    (void)state;
    Scratch scratch;
    start(&scratch);
    const char *sql = SQL_ENDLESS_INSERT;
    DbCommand command = command_of("test.change", statement_work, &sql);
    command.budget.sql_steps_max = 1000 * 1000;
    if (!scratch.is_postgres) {
        const int64_t note_count = count_of(&scratch, SQL_NOTE_COUNT);
        const Status status = command_run(&scratch, &command);
        assert_true(status == STATUS_LIMIT || status == STATUS_DB);
        assert_int_equal(count_of(&scratch, SQL_NOTE_COUNT), note_count);
        const DbCommand next = command_of("test.note", note_work, NULL);
        assert_int_equal(command_run(&scratch, &next), STATUS_OK);
    }
    scratch_dispose(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_have_a_bound),
        cmocka_unit_test(a_spent_budget_cannot_be_ignored),
        cmocka_unit_test(memory_has_a_bound),
        cmocka_unit_test(rows_have_a_bound),
        cmocka_unit_test(one_statement_has_a_bound),
        cmocka_unit_test(a_stopped_change_loses_its_batch_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
