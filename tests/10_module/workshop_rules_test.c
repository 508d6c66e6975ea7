/*
 * workshop_rules_test.c - the workshop's rules below its pages: cells put right, two models
 * compared row by row, the dry run the same on any number of threads, texts of a description.
 */
#include "office/policy/compare.h"
#include "office/policy/policy.h"
#include "office/policy/simulate.h"
#include "office/policy/workshop.h"
#include "office/policy/workshop_texts.h"
#include "test.h"

typedef struct Shelf {
    Arena *arena;
    Cx cx;
    PolicyLibrary *library;
} Shelf;

static void shelf_open(Shelf *shelf) {
    *shelf = (Shelf){.arena = arena_create()};
    cx_init(&shelf->cx, shelf->arena);
    assert_int_equal(policy_library_load(&shelf->cx, STR("cities/anqiu"), &shelf->library),
                     STATUS_OK);
}

static const PolicyVersion *version_named(Shelf *shelf, const char *name) {
    const PolicyVersion *version = NULL;
    assert_int_equal(policy_version_find(&shelf->cx, shelf->library, str_of(name), &version),
                     STATUS_OK);
    return version;
}

static DmnParts parts_of(Shelf *shelf, const char *name) {
    DmnParts parts;
    assert_int_equal(dmn_parts_take(&shelf->cx, version_named(shelf, name)->model_text, &parts),
                     STATUS_OK);
    return parts;
}

/* ---- cells ---- */

/* The cell as it is kept, or the first message. */
static Str kept(Shelf *shelf, size_t column, const char *text) {
    DmnParts parts = parts_of(shelf, "appliance-2026");
    DraftRow row = {.code = STR(""), .note = STR("")};
    CellFaults faults;
    row.cells = arena_array(shelf->arena, Str, parts.tables[0].column_count);
    for (size_t i = 0; i < parts.tables[0].column_count; i++) {
        row.cells[i] = parts.tables[0].rows[6].cells[i];
    }
    row.cells[column] = str_of(text);
    assert_int_equal(draft_cells_check(&shelf->cx, &parts, 0, &row, 1, &faults), STATUS_OK);
    if (faults.count > 0) {
        assert_int_equal(faults.items[0].column, column);
        return STR("wrong");
    }
    return row.cells[column];
}

static void test_cells(void **state) {
    (void)state;
    enum { DAY, KIND, LEVEL, ELIGIBLE = 5, AMOUNT = 8, REASON = 10 };
    static const struct {
        size_t column;
        const char *typed;
        const char *kept;
    } table[] = {
        {DAY, "", "-"},
        {DAY, "2026-1-2", "date(\"2026-01-02\")"},
        {DAY, "2026/12/31", "date(\"2026-12-31\")"},
        {DAY, "2026年3月4日", "date(\"2026-03-04\")"},
        {DAY, "2026-02-30", "2026-02-30"}, /* a subtraction: no day of the calendar */
        {DAY, ">= date(\"2026-01-01\")", ">= date(\"2026-01-01\")"},
        {KIND, "冰箱", "\"冰箱\""},
        {KIND, "冰箱、空调", "\"冰箱\", \"空调\""},
        {KIND, "\"冰箱\"", "\"冰箱\""},
        {KIND, "不限", "-"},
        {KIND, "not(\"冰箱\")", "not(\"冰箱\")"},
        {LEVEL, "[1..2]", "[1..2]"},
        {LEVEL, "[1..", "wrong"},
        {LEVEL, "一级", "wrong"},
        {ELIGIBLE, "是", "true"},
        {ELIGIBLE, "否", "false"},
        {AMOUNT, "1,500", "1500"},
        {AMOUNT, "成交价分 * 0.15", "成交价分 * 0.15"},
        {AMOUNT, "没有的名称 * 2", "wrong"},
        {REASON, "符合", "\"符合\""},
        {REASON, "说“好”", "\"说“好”\""},
    };
    Shelf shelf;
    shelf_open(&shelf);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        Str got = kept(&shelf, table[i].column, table[i].typed);
        if (!str_equal(got, str_of(table[i].kept))) {
            fail_msg("%s: " STR_FMT, table[i].typed, STR_ARG(got));
        }
    }
    arena_free(shelf.arena);
}

static void test_hostile_cells(void **state) {
    (void)state;
    Shelf shelf;
    shelf_open(&shelf);
    DmnParts parts = parts_of(&shelf, "appliance-2026");
    static const struct {
        Str text;
        Status status;
    } table[] = {
        {{"\x01", 1}, STATUS_INVALID},       {{"\xff", 1}, STATUS_INVALID},
        {{"a\0b", 3}, STATUS_INVALID},       {{"]]></text><script>", 18}, STATUS_OK},
        {{"<!--rows 0 -->", 14}, STATUS_OK},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CellFaults faults;
        DraftRow row = {.cells = parts.tables[0].rows[0].cells};
        row.cells[11] = table[i].text;
        fault_clear(&shelf.cx);
        assert_int_equal(draft_cells_check(&shelf.cx, &parts, 0, &row, 1, &faults),
                         table[i].status);
    }
    char *longer = arena_alloc(shelf.arena, DRAFT_CELL_BYTES_MAX + 1);
    for (size_t i = 0; i <= DRAFT_CELL_BYTES_MAX; i++) {
        longer[i] = 'a';
    }
    CellFaults faults;
    DraftRow row = {.cells = parts.tables[0].rows[0].cells};
    row.cells[11] = (Str){longer, DRAFT_CELL_BYTES_MAX};
    assert_int_equal(draft_cells_check(&shelf.cx, &parts, 0, &row, 1, &faults), STATUS_OK);
    row.cells[11] = (Str){longer, DRAFT_CELL_BYTES_MAX + 1};
    assert_int_equal(draft_cells_check(&shelf.cx, &parts, 0, &row, 1, &faults), STATUS_LIMIT);
    arena_free(shelf.arena);
}

/* ---- comparing ---- */

static void counts_are(const TableDiff *diff, size_t same, size_t changed, size_t added,
                       size_t removed) {
    assert_int_equal(diff->counts[ROW_SAME], same);
    assert_int_equal(diff->counts[ROW_CHANGED], changed);
    assert_int_equal(diff->counts[ROW_ADDED], added);
    assert_int_equal(diff->counts[ROW_REMOVED], removed);
}

static void test_compare(void **state) {
    (void)state;
    Shelf shelf;
    ModelDiff diff;
    shelf_open(&shelf);
    DmnParts left = parts_of(&shelf, "appliance-2026");
    DmnParts right = parts_of(&shelf, "appliance-2026");
    DmnPartTable *table = &right.tables[0];
    assert_int_equal(model_compare(&shelf.cx, &left, &right, &diff), STATUS_OK);
    counts_are(&diff.tables[0], 8, 0, 0, 0);
    /* One cell of a result: the conditions still tell which row it is. */
    table->rows[6].cells[7] = STR("100000");
    assert_int_equal(model_compare(&shelf.cx, &left, &right, &diff), STATUS_OK);
    counts_are(&diff.tables[0], 7, 1, 0, 0);
    assert_int_equal(diff.tables[0].rows[6].left, 6);
    /* A condition as well: the rule's number tells. */
    table->rows[6].cells[2] = STR("[1..2]");
    assert_int_equal(model_compare(&shelf.cx, &left, &right, &diff), STATUS_OK);
    counts_are(&diff.tables[0], 7, 1, 0, 0);
    /* And the number: most cells still agree. */
    table->rows[6].cells[9] = STR("\"APPL-NEW\"");
    assert_int_equal(model_compare(&shelf.cx, &left, &right, &diff), STATUS_OK);
    counts_are(&diff.tables[0], 7, 1, 0, 0);
    /* A row less, two rows in another order. */
    table->row_count--;
    DmnPartRow first = table->rows[0];
    table->rows[0] = table->rows[1];
    table->rows[1] = first;
    assert_int_equal(model_compare(&shelf.cx, &left, &right, &diff), STATUS_OK);
    assert_int_equal(diff.tables[0].counts[ROW_REMOVED], 1);
    assert_int_equal(diff.tables[0].counts[ROW_MOVED], 1);
    arena_free(shelf.arena);
}

static void test_compare_with_another_column(void **state) {
    (void)state;
    Shelf shelf;
    ModelDiff diff;
    shelf_open(&shelf);
    DmnParts left = parts_of(&shelf, "appliance-2026");
    DmnParts right = parts_of(&shelf, "appliance-2026");
    right.tables[0].columns[4].expression = STR("另一个条件");
    right.tables[0].columns[4].label = STR("另一个条件");
    assert_int_equal(model_compare(&shelf.cx, &left, &right, &diff), STATUS_OK);
    assert_int_equal(diff.tables[0].column_of_left[4], SIZE_MAX);
    assert_true(diff.tables[0].is_new_column[4]);
    counts_are(&diff.tables[0], 0, 8, 0, 0);
    arena_free(shelf.arena);
}

/* ---- the dry run ---- */

static void test_threads_do_not_matter(void **state) {
    (void)state;
    Shelf shelf;
    PolicySimulation one;
    PolicySimulation four;
    shelf_open(&shelf);
    int64_t weights[3] = {5, 3, 1};
    PolicyPopulation population = {.version = version_named(&shelf, "appliance-2026"),
                                   .base = version_named(&shelf, "appliance-2025"),
                                   .count = 50000,
                                   .seed = 3,
                                   .thread_count = 1,
                                   .town_weights = weights,
                                   .town_count = 3};
    assert_int_equal(policy_simulate(&shelf.cx, &population, &one), STATUS_OK);
    population.thread_count = 4;
    assert_int_equal(policy_simulate(&shelf.cx, &population, &four), STATUS_OK);
    assert_int_equal(one.diff.after.fen, four.diff.after.fen);
    assert_int_equal(one.diff.before.fen, four.diff.before.fen);
    assert_int_equal(one.diff.loss_count, four.diff.loss_count);
    assert_int_equal(one.loss.number, four.loss.number);
    assert_true(str_equal(one.loss.input_json, four.loss.input_json));
    /* The caps fell from 2,000 to 1,500 yuan and only the first level is left: nobody gains. */
    assert_int_equal(one.diff.gain_count, 0);
    assert_true(one.diff.loss_count > 0);
    PolicyDiff towns = {0};
    for (size_t i = 0; i <= 3; i++) {
        towns.case_count += one.town_diffs[i].case_count;
        towns.after = money_add(towns.after, one.town_diffs[i].after);
    }
    assert_int_equal(towns.case_count, 50000);
    assert_int_equal(towns.after.fen, one.all.total.fen);
    assert_int_equal(one.town_diffs[3].case_count, 0);
    assert_true(one.town_diffs[0].case_count > one.town_diffs[2].case_count);
    arena_free(shelf.arena);
}

static void test_past_cases(void **state) {
    (void)state;
    Shelf shelf;
    PolicySimulation sum;
    shelf_open(&shelf);
    /* Decided in 2025 at 20 %, at most 2,000: by 2026's table 15 %, at most 1,500. */
    PolicyPast pasts[] = {
        {STR("{\"发票日期\":\"2025-06-01\",\"品类\":\"冰箱\",\"能效等级\":1,\"成交价分\":500000}"),
         0,
         {100000}},
        {STR("{\"发票日期\":\"2025-06-01\",\"品类\":\"冰箱\",\"能效等级\":2,\"成交价分\":500000}"),
         1,
         {75000}},
        {STR("{\"发票日期\":\"2026-06-01\",\"品类\":\"冰箱\",\"能效等级\":1,\"成交价分\":500000}"),
         1,
         {75000}},
    };
    PolicyPopulation population = {.version = version_named(&shelf, "appliance-2026"),
                                   .count = 3,
                                   .pasts = pasts,
                                   .seed = 1,
                                   .town_count = 1};
    assert_int_equal(policy_simulate(&shelf.cx, &population, &sum), STATUS_OK);
    assert_int_equal(sum.diff.case_count, 3);
    assert_int_equal(sum.diff.loss_count, 2);
    assert_int_equal(sum.diff.shut_out_count, 1);
    assert_int_equal(sum.diff.before.fen, 250000);
    assert_int_equal(sum.diff.after.fen, 150000);
    assert_int_equal(sum.loss.number, 1);
    arena_free(shelf.arena);
}

/* ---- descriptions ---- */

static void test_description_lines(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *key;
        const char *value;
        const char *wanted;
    } table[] = {
        {"a: 1\nb: 2\n", "a", "9", "a: 9\nb: 2\n"},
        {"a: 1\nb: 2\n", "b", "9", "a: 1\nb: 9\n"},
        {"a: 1\n", "c", "9", "a: 1\nc: 9\n"},
        {"a: 1", "c", "9", "a: 1\nc: 9\n"},
        {"", "c", "9", "c: 9\n"},
        {"ab: 1\na: 2\n", "a", "9", "ab: 1\na: 9\n"},
        {"x:\n  a: 1\n", "a", "9", "x:\n  a: 1\na: 9\n"},
    };
    Arena *arena = arena_create();
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        Str got = description_line_set(arena, str_of(table[i].text), str_of(table[i].key),
                                       str_of(table[i].value));
        if (!str_equal(got, str_of(table[i].wanted))) {
            fail_msg("row %zu: " STR_FMT, i, STR_ARG(got));
        }
    }
    arena_free(arena);
}

/* Every version makes a draft that reads, is unsigned, and still agrees with its cases. */
static void test_drafts_of_all_versions(void **state) {
    (void)state;
    Shelf shelf;
    size_t count = 0;
    shelf_open(&shelf);
    const PolicyVersion *const *versions = policy_versions(shelf.library, &count);
    for (size_t i = 0; i < count; i++) {
        PolicyTexts texts;
        PolicyEntry entry;
        assert_int_equal(
            draft_from_version(&shelf.cx, versions[i], STR("new-1"), STR("新版"), &texts),
            STATUS_OK);
        assert_int_equal(policy_entry_read(&shelf.cx, &texts, &entry), STATUS_OK);
        assert_true(str_equal(entry.version.version, STR("new-1")));
        assert_true(entry.version.sign_off_count >= versions[i]->sign_off_count);
        assert_false(str_equal(entry.version.digest, versions[i]->digest));
    }
    arena_free(shelf.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_hostile_cells),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_compare_with_another_column),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_past_cases),
        cmocka_unit_test(test_description_lines),
        cmocka_unit_test(test_drafts_of_all_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
