/*
 * clauses_test.c - every clause of the plan is worked: docs/reference/clauses.md names its kinds of
 * record, its counters and targets; each kind has records in the demo city that the officers of its
 * owner see, each counter moves, and the table and the declarations say the same. The ids are the
 * plan's own: a new one fails until it has its row.
 */
#include "base/arena.h"
#include "main/house.h"
#include "office/desk/desk.h"
#include "office/plan/book.h"
#include "office/plan/plan.h"
#include "test.h"
#include "test_database.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { TABLE_BYTES_MAX = 256 * 1024, COLUMN_COUNT = 7 };

typedef enum Column { ID, WORK, UNITS, KINDS, COUNTERS, TARGETS, BESIDES } Column;

/* The ids are those of the plan itself, as it is read from cities/anqiu/plan.txt, and T, the
 * targets of all: a clause that is added to the plan has no row yet and fails. */
enum { ID_COUNT_MAX = 64 };
static Str ids[ID_COUNT_MAX];
static Str leads[ID_COUNT_MAX]; /* names of the units, "、" between */
static size_t id_count;

typedef struct Fixture {
    Arena *arena;
    Cx cx;
    Settings settings;
    House house;
    RecordHouse records;
    TestDatabase database;
    char folder[64];
    Str rows[ID_COUNT_MAX][COLUMN_COUNT];
    size_t row_count;
} Fixture;

/* ---- the table ---- */

static size_t id_index(Str id) {
    for (size_t i = 0; i < id_count; i++) {
        if (str_equal(id, ids[i])) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* A row is "| id | ... |"; rows of other tables have another number of cells. */
static void row_read(Fixture *city, Str line) {
    Str cells[COLUMN_COUNT + 2];
    size_t count = 0;
    while (line.at != NULL && count < COLUMN_COUNT + 2) {
        cells[count++] = str_trim(str_cut(&line, '|'));
    }
    if (count != COLUMN_COUNT + 2 || line.at != NULL || str_equal(cells[1], STR("id")) ||
        str_starts(cells[1], STR("---"))) {
        return;
    }
    if (id_index(cells[1]) == SIZE_MAX) {
        fail_msg("clauses.md: no clause \"" STR_FMT "\" in the plan", STR_ARG(cells[1]));
    }
    for (size_t i = 0; i < city->row_count; i++) {
        if (str_equal(city->rows[i][ID], cells[1])) {
            fail_msg("clauses.md: clause " STR_FMT " stands twice", STR_ARG(cells[1]));
        }
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        city->rows[city->row_count][i] = cells[i + 1];
    }
    city->row_count++;
}

static void table_read(Fixture *city) {
    Str text = STR_NONE;
    assert_int_equal(yaml_file(&city->cx, STR("docs/reference/clauses.md"), TABLE_BYTES_MAX, &text),
                     STATUS_OK);
    while (text.at != NULL) {
        row_read(city, str_cut(&text, '\n'));
    }
}

/* Cuts the next item of "`a`, `b`"; empty at the end. */
static Str item_cut(Str *list) {
    Str item = str_trim(str_cut(list, ','));
    return str_starts(item, STR("`")) ? str_slice(item, 1, item.len - 2) : item;
}

/* ---- the demo city ---- */

static void demo_run(Fixture *city) {
    char command[900];
    (void)snprintf(command, sizeof command,
                   "%s demo --residents 20 --seed 7 --last 2026-11-20 --quiet --data %s %s%s%s "
                   ">/dev/null 2>&1",
                   PROGRAM_PATH, city->folder, city->database.url[0] == '\0' ? "" : "--db '",
                   city->database.url, city->database.url[0] == '\0' ? "" : "'");
    int code = system(command);
    assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
}

static Status ids_read(Fixture *city) {
    DbConn *conn = NULL;
    PlanDigest digest;
    PlanDigestAsk ask = {.book = city->house.city.plan_book, .today = day_of_ymd(2026, 11, 20)};
    TRY(db_read_begin(&city->cx, city->house.db, &conn));
    Status status = plan_digest(&city->cx, conn, &ask, &digest);
    db_read_end(city->house.db, conn);
    TRY(status);
    ids[id_count] = STR("T");
    leads[id_count++] = STR("市发改局");
    for (size_t i = 0; i < digest.task_count && id_count < ID_COUNT_MAX; i++) {
        ids[id_count] = digest.tasks[i].clause;
        leads[id_count++] = digest.tasks[i].lead;
    }
    return STATUS_OK;
}

static int city_make(void **state) {
    static Fixture city;
    city.arena = arena_create();
    cx_init(&city.cx, city.arena);
    (void)snprintf(city.folder, sizeof city.folder, "build/test-data-XXXXXX");
    assert_non_null(mkdtemp(city.folder));
    test_database_make(&city.database);
    demo_run(&city);
    char *argv[] = {(char[]){"test"}, (char[]){"--data"}, city.folder,
                    (char[]){"--db"}, city.database.url,  NULL};
    assert_int_equal(settings_read(&city.cx, 5, argv, &city.settings), STATUS_OK);
    assert_int_equal(
        house_open(&city.cx, &city.settings, day_start_ms(day_of_ymd(2026, 11, 20)), &city.house),
        STATUS_OK);
    city.records = desk_house(&city.house.city);
    assert_int_equal(ids_read(&city), STATUS_OK);
    table_read(&city);
    *state = &city;
    return 0;
}

static int city_end(void **state) {
    Fixture *city = *state;
    char command[128];
    house_close(&city->house);
    test_database_drop(&city->database);
    (void)snprintf(command, sizeof command, "rm -rf %s", city->folder);
    check(system(command) == 0);
    arena_free(city->arena);
    return 0;
}

static DbConn *reading(Fixture *city) {
    DbConn *conn = NULL;
    assert_int_equal(db_read_begin(&city->cx, city->house.db, &conn), STATUS_OK);
    return conn;
}

/* ---- tests ---- */

static void test_every_clause_has_a_row(void **state) {
    const Fixture *city = *state;
    assert_int_equal(id_count, 23); /* 22 tasks and T */
    for (size_t i = 0; i < id_count; i++) {
        bool is_there = false;
        for (size_t k = 0; k < city->row_count; k++) {
            is_there = is_there || str_equal(city->rows[k][ID], ids[i]);
        }
        if (!is_there) {
            fail_msg("clauses.md: clause " STR_FMT " is missing", STR_ARG(ids[i]));
        }
    }
}

static Str unit_name(const PlanBook *book, Str id) {
    for (size_t i = 0; i < book->unit_count; i++) {
        if (str_equal(book->units[i].id, id)) {
            return book->units[i].name;
        }
    }
    return STR_NONE;
}

/* The lead units of a row are those of the plan, in its order. */
static void test_lead_units_are_those_of_the_plan(void **state) {
    const Fixture *city = *state;
    for (size_t r = 0; r < city->row_count; r++) {
        Str list = city->rows[r][UNITS];
        Buf *names = buf_in(city->arena, 1000);
        while (list.len > 0) {
            buf_put_c(names, buf_str(names).len == 0 ? "" : "、");
            buf_put(names, unit_name(city->house.city.plan_book, item_cut(&list)));
        }
        size_t index = id_index(city->rows[r][ID]);
        if (!str_equal(buf_str(names), leads[index])) {
            fail_msg("clauses.md: " STR_FMT " is led by " STR_FMT, STR_ARG(ids[index]),
                     STR_ARG(leads[index]));
        }
    }
}

static bool names_clause(const RecordKind *kind, Str clause) {
    for (size_t i = 0; i < kind->clause_count; i++) {
        if (str_equal(kind->clauses[i], clause)) {
            return true;
        }
    }
    return false;
}

static bool row_names(Str list, Str wanted) {
    while (list.len > 0) {
        if (str_equal(item_cut(&list), wanted)) {
            return true;
        }
    }
    return false;
}

static void test_table_and_declarations_agree(void **state) {
    const Fixture *city = *state;
    const RecordBook *book = city->records.book;
    for (size_t r = 0; r < city->row_count; r++) {
        Str id = city->rows[r][ID];
        Str list = city->rows[r][KINDS];
        assert_true(list.len > 0);
        while (list.len > 0) {
            Str code = item_cut(&list);
            const RecordKind *kind = record_kind_find(book, code);
            if (kind == NULL || !names_clause(kind, id)) {
                fail_msg("clauses.md: " STR_FMT ": kind \"" STR_FMT "\" is not declared for it",
                         STR_ARG(id), STR_ARG(code));
            }
        }
        for (size_t i = 0; i < book->kind_count; i++) {
            if (names_clause(&book->kinds[i], id) &&
                !row_names(city->rows[r][KINDS], book->kinds[i].code)) {
                fail_msg("clauses.md: " STR_FMT ": kind \"" STR_FMT "\" is not listed", STR_ARG(id),
                         STR_ARG(book->kinds[i].code));
            }
        }
    }
}

static void test_every_kind_has_records_its_owner_sees(void **state) {
    Fixture *city = *state;
    DbConn *conn = reading(city);
    for (size_t i = 0; i < city->records.book->kind_count; i++) {
        const RecordKind *kind = &city->records.book->kinds[i];
        RecordActor officer = {.person_id = 1, .role = STR("officer"), .unit = kind->owners[0]};
        RecordQuery query = record_query_for(kind, &officer);
        int64_t count = 0;
        bool is_more = false;
        assert_int_equal(record_count(&city->cx, conn, &city->records, &query, &count, &is_more),
                         STATUS_OK);
        if (count == 0) {
            fail_msg("kind \"" STR_FMT "\": no demo record that its owner sees",
                     STR_ARG(kind->code));
        }
    }
    db_read_end(city->house.db, conn);
}

static const RecordCounter *counter_find(const RecordBook *book, Str code) {
    for (size_t i = 0; i < book->kind_count; i++) {
        for (size_t k = 0; k < book->kinds[i].counter_count; k++) {
            if (str_equal(book->kinds[i].counters[k].code, code)) {
                return &book->kinds[i].counters[k];
            }
        }
    }
    return NULL;
}

static void test_every_clause_has_a_counter_that_moves(void **state) {
    Fixture *city = *state;
    DbConn *conn = reading(city);
    for (size_t r = 0; r < city->row_count; r++) {
        Str list = city->rows[r][COUNTERS];
        int64_t all = 0;
        while (list.len > 0) {
            Str code = item_cut(&list);
            int64_t sum = 0;
            if (counter_find(city->records.book, code) == NULL) {
                fail_msg("clauses.md: " STR_FMT ": no counter \"" STR_FMT "\"",
                         STR_ARG(city->rows[r][ID]), STR_ARG(code));
            }
            assert_int_equal(record_counter_sum(&city->cx, conn, code, STR(""), STR("2023-01"),
                                                STR("2026-12"), &sum),
                             STATUS_OK);
            all += sum != 0;
        }
        if (all == 0) {
            fail_msg("clause " STR_FMT ": none of its counters moves in the demo city",
                     STR_ARG(city->rows[r][ID]));
        }
    }
    db_read_end(city->house.db, conn);
}

/* A counter moves with each act; reading every record again must give the same. */
static void test_counters_are_what_the_records_say(void **state) {
    Fixture *city = *state;
    DbConn *conn = reading(city);
    for (size_t i = 0; i < city->records.book->kind_count; i++) {
        const RecordKind *kind = &city->records.book->kinds[i];
        int64_t wrong = -1;
        assert_int_equal(record_counters_verify(&city->cx, conn, &city->records, kind, &wrong),
                         STATUS_OK);
        if (wrong != 0) {
            fail_msg("kind \"" STR_FMT "\": %lld counters differ from the records",
                     STR_ARG(kind->code), (long long)wrong);
        }
    }
    db_read_end(city->house.db, conn);
}

static bool is_target(const PlanBook *plan, Str code) {
    for (size_t i = 0; i < plan->target_count; i++) {
        if (str_equal(plan->targets[i].code, code)) {
            return true;
        }
    }
    return false;
}

/* "T07, T10", "T01–T22" or "–". */
static void test_targets_exist_and_their_counters_are_declared(void **state) {
    const Fixture *city = *state;
    const PlanBook *plan = city->house.city.plan_book;
    for (size_t r = 0; r < city->row_count; r++) {
        Str list = city->rows[r][TARGETS];
        while (list.len > 0) {
            Str code = item_cut(&list);
            if (!str_equal(code, STR("–")) && !is_target(plan, str_slice(code, 0, 3))) {
                fail_msg("clauses.md: no target \"" STR_FMT "\"", STR_ARG(code));
            }
        }
    }
    for (size_t i = 0; i < plan->series_count; i++) {
        const BookSeries *series = &plan->series[i];
        if (series->kind.len > 0 && (counter_find(city->records.book, series->counter) == NULL ||
                                     record_kind_find(city->records.book, series->kind) == NULL)) {
            fail_msg("indicators.yaml: series \"" STR_FMT "\": no such kind or counter",
                     STR_ARG(series->id));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_clause_has_a_row),
        cmocka_unit_test(test_lead_units_are_those_of_the_plan),
        cmocka_unit_test(test_table_and_declarations_agree),
        cmocka_unit_test(test_every_kind_has_records_its_owner_sees),
        cmocka_unit_test(test_every_clause_has_a_counter_that_moves),
        cmocka_unit_test(test_counters_are_what_the_records_say),
        cmocka_unit_test(test_targets_exist_and_their_counters_are_declared),
    };
    return cmocka_run_group_tests(tests, city_make, city_end);
}
