/*
 * list_store.c - the statements of lists: along each index in both directions, from the beginning
 * or behind a place, with the same tests. Which statement serves a query is decided in query.c.
 *
 * A test names its column by a number in a CASE, so no test is ever taken for an index: the walk
 * along the one that the statement names is what happens, on SQLite and on PostgreSQL.
 */
#include "record/record_store.h"

/* Numbers are those of enum Column. */
#define NUMBER_OF(which)                                                                           \
    "CASE " which " WHEN 1 THEN due_day WHEN 2 THEN n1 WHEN 3 THEN n2 WHEN 4 THEN n3 WHEN 5 THEN " \
    "n4 WHEN 6 THEN n5 WHEN 7 THEN n6 WHEN 8 THEN n7 WHEN 9 THEN n8 WHEN 23 THEN org_id WHEN 24 "  \
    "THEN filer_id END"
#define TEXT_OF(which)                                                                             \
    "CASE " which " WHEN 10 THEN t1 WHEN 11 THEN t2 WHEN 12 THEN t3 WHEN 13 THEN t4 WHEN 14 THEN " \
    "t5 WHEN 15 THEN t6 WHEN 16 THEN t7 WHEN 17 THEN t8 WHEN 18 THEN t9 WHEN 19 THEN t10 WHEN 20 " \
    "THEN state WHEN 21 THEN unit WHEN 22 THEN owner END"
_Static_assert(COLUMN_NUMBER_1 == 2 && COLUMN_TEXT_1 == 10 && COLUMN_STATE == 20 &&
                   COLUMN_UNIT == 21 && COLUMN_OWNER == 22 && COLUMN_ORG == 23 &&
                   COLUMN_FILER == 24,
               "the numbers in NUMBER_OF and TEXT_OF");

#define NUMBER_TEST(which, low, high)                                                              \
    " AND (" which " = 0 OR " NUMBER_OF(which) " BETWEEN " low " AND " high ")"
#define TEXT_TEST(which, value) " AND (" which " = 0 OR " TEXT_OF(which) " = " value ")"

/* $1 kind, $2 limit, $3..$14 number tests, $15..$24 text tests, $25 states; what follows is the
 * statement's own. A state's "_" is any sign to LIKE: it travels as "-". */
#define TESTS                                                                                      \
    NUMBER_TEST("$3", "$4", "$5")                                                                  \
    NUMBER_TEST("$6", "$7", "$8")                                                                  \
    NUMBER_TEST("$9", "$10", "$11")                                                                \
    NUMBER_TEST("$12", "$13", "$14")                                                               \
    TEXT_TEST("$15", "$16")                                                                        \
    TEXT_TEST("$17", "$18")                                                                        \
    TEXT_TEST("$19", "$20")                                                                        \
    TEXT_TEST("$21", "$22")                                                                        \
    TEXT_TEST("$23", "$24")                                                                        \
    " AND ($25 = '' OR $25 LIKE '%,' || REPLACE(state, '_', '-') || ',%')"

enum { TEST_ARGS = 25 };

/* ---- walks: [sort column][descending][WalkPart] ---- */

#define SORT_NUMBER(column) ", " column ", ''"
#define SORT_TEXT(column) ", 0, " column

/* A walk gives every row with a flag whether it passes, so that the caller can end it after so many
 * rows, however few pass. Rows that are skipped ($26) are not tested. */
#define PASSES ", CASE WHEN 1 = 1" TESTS " THEN 1 ELSE 0 END"
#define WALK(column, sort, where, direction)                                                       \
    "SELECT id" sort PASSES " FROM record WHERE kind_id = $1 AND " column " IS NOT NULL" where     \
    " ORDER BY " column " " direction ", id " direction " LIMIT $2 OFFSET $26"
/* Behind a place (value, id): first its twins by id, then the greater values. One condition on both
 * would be a row value, of which SQLite takes only the first part for the index when the second is
 * the row's id. */
#define WALKS(column, sort)                                                                        \
    {                                                                                              \
        {WALK(column, sort, "", "ASC"),                                                            \
         WALK(column, sort, " AND " column " = $27 AND id > $28", "ASC"),                          \
         WALK(column, sort, " AND " column " > $27", "ASC")},                                      \
        {                                                                                          \
            WALK(column, sort, "", "DESC"),                                                        \
                WALK(column, sort, " AND " column " = $27 AND id < $28", "DESC"),                  \
                WALK(column, sort, " AND " column " < $27", "DESC")                                \
        }                                                                                          \
    }
#define WALKS_NUMBER(column) WALKS(column, SORT_NUMBER(column))
#define WALKS_TEXT(column) WALKS(column, SORT_TEXT(column))

#define ID_WALK(where, direction)                                                                  \
    "SELECT id, id, ''" PASSES " FROM record WHERE kind_id = $1" where " ORDER BY id " direction   \
    " LIMIT $2 OFFSET $26"

static const char *const walks[COLUMN_STATE][2][3] = {
    [COLUMN_ID] = {{ID_WALK("", "ASC"), NULL, ID_WALK(" AND id > $27", "ASC")},
                   {ID_WALK("", "DESC"), NULL, ID_WALK(" AND id < $27", "DESC")}},
    [COLUMN_DUE] = WALKS_NUMBER("due_day"),
    [COLUMN_NUMBER_1] = WALKS_NUMBER("n1"),
    [COLUMN_NUMBER_1 + 1] = WALKS_NUMBER("n2"),
    [COLUMN_NUMBER_1 + 2] = WALKS_NUMBER("n3"),
    [COLUMN_NUMBER_1 + 3] = WALKS_NUMBER("n4"),
    [COLUMN_NUMBER_1 + 4] = WALKS_NUMBER("n5"),
    [COLUMN_NUMBER_1 + 5] = WALKS_NUMBER("n6"),
    [COLUMN_NUMBER_1 + 6] = WALKS_NUMBER("n7"),
    [COLUMN_NUMBER_1 + 7] = WALKS_NUMBER("n8"),
    [COLUMN_TEXT_1] = WALKS_TEXT("t1"),
    [COLUMN_TEXT_1 + 1] = WALKS_TEXT("t2"),
    [COLUMN_TEXT_1 + 2] = WALKS_TEXT("t3"),
    [COLUMN_TEXT_1 + 3] = WALKS_TEXT("t4"),
    [COLUMN_TEXT_1 + 4] = WALKS_TEXT("t5"),
    [COLUMN_TEXT_1 + 5] = WALKS_TEXT("t6"),
    [COLUMN_TEXT_1 + 6] = WALKS_TEXT("t7"),
    [COLUMN_TEXT_1 + 7] = WALKS_TEXT("t8"),
    [COLUMN_TEXT_1 + 8] = WALKS_TEXT("t9"),
    [COLUMN_TEXT_1 + 9] = WALKS_TEXT("t10"),
};

bool record_column_is_text(Column column) {
    return column >= COLUMN_TEXT_1 && column <= COLUMN_OWNER;
}

/* The arguments that every list statement begins with. */
static void args_begin(DbValue args[DB_ARGS_MAX], const Tests *tests, int64_t max) {
    args[0] = DB_INT(tests->kind_id);
    args[1] = DB_INT(max);
    for (size_t i = 0; i < TEST_NUMBER_MAX; i++) {
        bool is_used = i < tests->number_count;
        args[2 + 3 * i] = DB_INT(is_used ? (int64_t)tests->numbers[i].column : 0);
        args[3 + 3 * i] = DB_INT(is_used ? tests->numbers[i].low : 0);
        args[4 + 3 * i] = DB_INT(is_used ? tests->numbers[i].high : 0);
    }
    for (size_t i = 0; i < TEST_TEXT_MAX; i++) {
        bool is_used = i < tests->text_count;
        args[14 + 2 * i] = DB_INT(is_used ? (int64_t)tests->texts[i].column : 0);
        args[15 + 2 * i] = DB_TEXT(is_used ? tests->texts[i].value : STR(""));
    }
    args[24] = DB_TEXT(tests->states.len == 0 ? STR("") : tests->states);
}

Status record_store_ordered(Cx *cx, DbConn *conn, const Tests *tests, const Walk *walk, int64_t max,
                            DbRows **out) {
    DbValue args[DB_ARGS_MAX];
    const char *sql = walks[walk->sort][walk->is_descending][walk->part];
    check(walk->sort < COLUMN_STATE);
    check(sql != NULL);
    args_begin(args, tests, max);
    /* As many as the statement names. */
    size_t more = walk->part == WALK_FIRST ? 1 : walk->part == WALK_BEHIND ? 2 : 3;
    args[TEST_ARGS] = DB_INT(walk->skip);
    args[TEST_ARGS + 1] = walk->sort == COLUMN_ID             ? DB_INT(walk->after.id)
                          : record_column_is_text(walk->sort) ? DB_TEXT(walk->after.text)
                                                              : DB_INT(walk->after.number);
    args[TEST_ARGS + 2] = DB_INT(walk->after.id);
    return db_query(cx, conn, sql, args, TEST_ARGS + more, out);
}

/* ---- walks by id within one state, unit, firm or filer ---- */

#define IN_WALKS(where)                                                                            \
    {                                                                                              \
        {ID_WALK(where, "ASC"), ID_WALK(where " AND id > $28", "ASC")}, {                          \
            ID_WALK(where, "DESC"), ID_WALK(where " AND id < $28", "DESC")                         \
        }                                                                                          \
    }

static const char *const walks_in[COLUMN_COUNT][2][2] = {
    [COLUMN_STATE] = IN_WALKS(" AND state = $27"),
    [COLUMN_UNIT] = IN_WALKS(" AND unit = $27"),
    [COLUMN_ORG] = IN_WALKS(" AND org_id > 0 AND org_id = $27"),
    [COLUMN_FILER] = IN_WALKS(" AND filer_id = $27"),
};

static DbValue driver_low(const Driver *driver) {
    return record_column_is_text(driver->column) ? DB_TEXT(driver->value) : DB_INT(driver->low);
}

Status record_store_ordered_in(Cx *cx, DbConn *conn, const Tests *tests, const Driver *driver,
                               const Walk *walk, int64_t max, DbRows **out) {
    DbValue args[DB_ARGS_MAX];
    const char *sql = walks_in[driver->column][walk->is_descending][walk->part == WALK_BEHIND];
    check(sql != NULL);
    args_begin(args, tests, max);
    args[TEST_ARGS] = DB_INT(walk->skip);
    args[TEST_ARGS + 1] = driver_low(driver);
    args[TEST_ARGS + 2] = DB_INT(walk->after.id);
    return db_query(cx, conn, sql, args, TEST_ARGS + (walk->part == WALK_BEHIND ? 3 : 2), out);
}

/* ---- drivers: counting and collecting what one condition meets ---- */

#define COUNT_WHERE(where)                                                                         \
    "SELECT COUNT(*) FROM (SELECT id FROM record WHERE kind_id = $1" where " LIMIT $2) AS part"
/* As COUNT_WHERE, with tests, among the first $26 entries of the driver ($27, $28). */
#define COUNT_TESTED(where)                                                                        \
    "SELECT COUNT(*) FROM (SELECT id, org_id, filer_id, due_day, state, unit, owner, n1, n2, n3,"  \
    " n4, n5, n6, n7, n8, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10 FROM record"                     \
    " WHERE kind_id = $1" where " LIMIT $26) AS part WHERE $2 > 0" TESTS
/* $26 (and $27) the driver's; then the column to sort by: "+ 0" tells PostgreSQL that it is a
 * number. */
#define DRIVEN(where, sort)                                                                        \
    "SELECT id, " NUMBER_OF("(" sort " + 0)") ", " TEXT_OF(                                        \
        "(" sort " + 0)") " FROM record WHERE kind_id = $1" where TESTS " LIMIT $2"
#define RANGE(column)                                                                              \
    {                                                                                              \
        COUNT_WHERE(" AND " column " BETWEEN $3 AND $4"),                                          \
            DRIVEN(" AND " column " BETWEEN $26 AND $27", "$28"),                                  \
            COUNT_TESTED(" AND " column " BETWEEN $27 AND $28")                                    \
    }
#define EQUAL(column)                                                                              \
    {                                                                                              \
        COUNT_WHERE(" AND " column " = $3"), DRIVEN(" AND " column " = $26", "$27"),               \
            COUNT_TESTED(" AND " column " = $27")                                                  \
    }

static const char *const drivers[COLUMN_COUNT][3] = {
    [COLUMN_ID] = {COUNT_WHERE(""), NULL, COUNT_TESTED("")},
    [COLUMN_DUE] = RANGE("due_day"),
    [COLUMN_NUMBER_1] = RANGE("n1"),
    [COLUMN_NUMBER_1 + 1] = RANGE("n2"),
    [COLUMN_NUMBER_1 + 2] = RANGE("n3"),
    [COLUMN_NUMBER_1 + 3] = RANGE("n4"),
    [COLUMN_NUMBER_1 + 4] = RANGE("n5"),
    [COLUMN_NUMBER_1 + 5] = RANGE("n6"),
    [COLUMN_NUMBER_1 + 6] = RANGE("n7"),
    [COLUMN_NUMBER_1 + 7] = RANGE("n8"),
    [COLUMN_TEXT_1] = EQUAL("t1"),
    [COLUMN_TEXT_1 + 1] = EQUAL("t2"),
    [COLUMN_TEXT_1 + 2] = EQUAL("t3"),
    [COLUMN_TEXT_1 + 3] = EQUAL("t4"),
    [COLUMN_TEXT_1 + 4] = EQUAL("t5"),
    [COLUMN_TEXT_1 + 5] = EQUAL("t6"),
    [COLUMN_TEXT_1 + 6] = EQUAL("t7"),
    [COLUMN_TEXT_1 + 7] = EQUAL("t8"),
    [COLUMN_TEXT_1 + 8] = EQUAL("t9"),
    [COLUMN_TEXT_1 + 9] = EQUAL("t10"),
    [COLUMN_STATE] = EQUAL("state"),
    [COLUMN_UNIT] = EQUAL("unit"),
    [COLUMN_ORG] = {COUNT_WHERE(" AND org_id > 0 AND org_id = $3"),
                    DRIVEN(" AND org_id > 0 AND org_id = $26", "$27"),
                    COUNT_TESTED(" AND org_id > 0 AND org_id = $27")},
    [COLUMN_FILER] = EQUAL("filer_id"),
};

static bool is_range(Column column) {
    return column >= COLUMN_DUE && column < COLUMN_TEXT_1;
}

Status record_store_driver_count(Cx *cx, DbConn *conn, int64_t kind_id, const Driver *driver,
                                 int64_t max, int64_t *out) {
    check(drivers[driver->column][0] != NULL);
    const DbValue args[] = {DB_INT(kind_id), DB_INT(max), driver_low(driver), DB_INT(driver->high)};
    *out = 0;
    size_t count = driver->column == COLUMN_ID ? 2 : is_range(driver->column) ? 4 : 3;
    return db_int_or(cx, conn, drivers[driver->column][0], args, count, out);
}

Status record_store_driven(Cx *cx, DbConn *conn, const Tests *tests, const Driver *driver,
                           Column sort, int64_t max, DbRows **out) {
    DbValue args[DB_ARGS_MAX];
    size_t count = TEST_ARGS;
    check(drivers[driver->column][1] != NULL);
    args_begin(args, tests, max);
    args[count++] = driver_low(driver);
    if (is_range(driver->column)) {
        args[count++] = DB_INT(driver->high);
    }
    args[count++] = DB_INT((int64_t)sort);
    return db_query(cx, conn, drivers[driver->column][1], args, count, out);
}

Status record_store_tested_count(Cx *cx, DbConn *conn, const Tests *tests, const Driver *driver,
                                 int64_t scan_max, int64_t *out) {
    DbValue args[DB_ARGS_MAX];
    size_t count = TEST_ARGS;
    check(drivers[driver->column][2] != NULL);
    args_begin(args, tests, 1);
    args[count++] = DB_INT(scan_max);
    if (driver->column != COLUMN_ID) {
        args[count++] = driver_low(driver);
    }
    if (is_range(driver->column)) {
        args[count++] = DB_INT(driver->high);
    }
    *out = 0;
    return db_int_or(cx, conn, drivers[driver->column][2], args, count, out);
}

/* ---- records that hold pieces of words ---- */

#define HOLDS(gram)                                                                                \
    " AND EXISTS (SELECT 1 FROM record_gram AS more WHERE more.kind_id = $1 AND more.gram = " gram \
    " AND more.record_id = part.record_id)"
/* $26..$29 pieces, $30 and $31 the ids, $32 the column to sort by. CROSS JOIN: SQLite keeps the
 * order of the two, so that the walk along the rarest piece ends when there are enough. */
#define FOUND(direction)                                                                           \
    "SELECT record.id, " NUMBER_OF("($32 + 0)") ", " TEXT_OF(                                      \
        "($32 + 0)") " FROM record_gram AS part CROSS JOIN record"                                 \
                     " WHERE part.kind_id = $1 AND part.gram = $26 AND part.record_id >= $30"      \
                     " AND part.record_id <= $31" HOLDS("$27") HOLDS("$28")                        \
                         HOLDS("$29") " AND record.id = part.record_id" TESTS                      \
                                      " ORDER BY part.record_id " direction " LIMIT $2"

static const char *const founds[2] = {FOUND("ASC"), FOUND("DESC")};

Status record_store_found(Cx *cx, DbConn *conn, const Tests *tests, const Found *found, int64_t max,
                          DbRows **out) {
    DbValue args[DB_ARGS_MAX];
    size_t count = TEST_ARGS;
    args_begin(args, tests, max);
    for (size_t i = 0; i < RECORD_GRAMS_ASKED; i++) {
        args[count++] = DB_INT(found->grams[i]);
    }
    args[count++] = DB_INT(found->low);
    args[count++] = DB_INT(found->high);
    args[count++] = DB_INT((int64_t)found->sort);
    return db_query(cx, conn, founds[found->is_descending], args, count, out);
}

static const char SQL_TESTED[] = DRIVEN(" AND id = $26", "$27");

Status record_store_tested(Cx *cx, DbConn *conn, const Tests *tests, int64_t id, Column sort,
                           DbRows **out) {
    DbValue args[DB_ARGS_MAX];
    args_begin(args, tests, 1);
    args[TEST_ARGS] = DB_INT(id);
    args[TEST_ARGS + 1] = DB_INT((int64_t)sort);
    return db_query(cx, conn, SQL_TESTED, args, TEST_ARGS + 2, out);
}
