/* db_collect_test.c - rows as an array: in their order, whole, bounded, after a failure nothing. */
#include "db_scratch.h"
#include "test.h"

/* Numbers from 1 to a most, with a text where they are even. */
static const char SQL_COUNT_TO[] =
    "WITH RECURSIVE n (at) AS (SELECT $1 + 0 UNION ALL SELECT at + 1 FROM n WHERE at < $2)"
    " SELECT at, CASE WHEN at % 2 = 0 THEN 'even' END FROM n ORDER BY at";
static const char SQL_NONE[] = "SELECT id FROM journal WHERE id < 0";

typedef struct Line {
    int64_t number;
    Str word;
    int64_t untouched;
} Line;

static void line_read(Arena *arena, const DbRows *rows, void *item) {
    Line *line = item;
    assert_int_equal(line->untouched, 0);
    line->number = db_int(rows, 0);
    line->word = db_text(arena, rows, 1);
}

static Status lines_read(Scratch *s, DbConn *conn, int64_t most, DbItems *out) {
    DbRows *rows = NULL;
    TRY(db_query(&s->cx, conn, SQL_COUNT_TO, DB_ARGS(DB_INT(1), DB_INT(most)), &rows));
    return db_collect(&s->cx, rows, DB_ITEM(Line, line_read), out);
}

static void rows_are_collected_in_their_order(void **state) {
    (void)state;
    Scratch s;
    DbConn *conn = NULL;
    DbItems got = {0};
    scratch_init(&s);
    scratch_open(&s);
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(lines_read(&s, conn, 1000, &got), STATUS_OK);
    assert_int_equal(got.count, 1000);
    const Line *lines = got.items;
    for (size_t i = 0; i < got.count; i++) {
        assert_int_equal(lines[i].number, i + 1);
        assert_true(str_equal(lines[i].word, i % 2 == 1 ? STR("even") : STR("")));
    }
    /* The rows are closed: the same statement may run again. */
    assert_int_equal(lines_read(&s, conn, 3, &got), STATUS_OK);
    assert_int_equal(got.count, 3);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

static void no_rows_are_no_items(void **state) {
    (void)state;
    Scratch s;
    DbConn *conn = NULL;
    DbRows *rows = NULL;
    DbItems got = {.count = 7};
    scratch_init(&s);
    scratch_open(&s);
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(db_query(&s.cx, conn, SQL_NONE, DB_NO_ARGS, &rows), STATUS_OK);
    assert_int_equal(db_collect(&s.cx, rows, DB_ITEM(Line, line_read), &got), STATUS_OK);
    assert_int_equal(got.count, 0);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

/* Both sides of the bound of rows, and the budget of steps. */
static void a_list_has_a_bound(void **state) {
    (void)state;
    Scratch s;
    DbConn *conn = NULL;
    DbItems got = {0};
    scratch_init(&s);
    scratch_open(&s);
    s.cx.step_max = UINT64_MAX;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(lines_read(&s, conn, DB_ITEMS_MAX, &got), STATUS_OK);
    assert_int_equal(got.count, DB_ITEMS_MAX);
    got = (DbItems){.count = 7};
    assert_int_equal(lines_read(&s, conn, DB_ITEMS_MAX + 1, &got), STATUS_LIMIT);
    assert_int_equal(got.count, 7);
    fault_clear(&s.cx);
    s.cx.step_max = s.cx.step_count + 10;
    assert_int_equal(lines_read(&s, conn, 1000, &got), STATUS_LIMIT);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_collected_in_their_order),
        cmocka_unit_test(no_rows_are_no_items),
        cmocka_unit_test(a_list_has_a_bound),
    };
    return cmocka_run_group_tests_name("db_collect", tests, NULL, NULL);
}
