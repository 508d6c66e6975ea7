/* record_import_test.c - tables into records: every wrong row is told with its column, all or
 * nothing and the good ones, rows that change records, and what an export gives reads back. */
#include "record_kit.h"
#include "test.h"

static Kit kit;

static int start(void **state) {
    (void)state;
    kit_init(&kit);
    return 0;
}

static int stop(void **state) {
    (void)state;
    kit_dispose(&kit);
    return 0;
}

/* A table of texts: rows separated by newlines, cells by tabs. */
typedef struct Texts {
    const char *text;
    Str rest;
    int64_t row;
    Str cells[40];
    const Str *at;
} Texts;

static Status texts_rewind(Cx *cx, void *it) {
    Texts *texts = it;
    (void)cx;
    texts->rest = str_of(texts->text);
    texts->row = 0;
    return STATUS_OK;
}

static Status texts_next(Cx *cx, void *it, const Str **cells, size_t *count, int64_t *row,
                         bool *has_row) {
    Texts *texts = it;
    (void)cx;
    *has_row = texts->rest.len > 0;
    if (!*has_row) {
        return STATUS_OK;
    }
    Str line = str_cut(&texts->rest, '\n');
    *count = 0;
    for (bool is_more = true; is_more && *count < 40;) {
        texts->cells[(*count)++] = str_cut(&line, '\t');
        is_more = line.at != NULL;
    }
    *cells = texts->cells;
    *row = ++texts->row;
    return STATUS_OK;
}

static RecordImported imported;
static void (*progress)(void *context, int64_t done, int64_t total);
static void *progress_context;

static Status run(const char *text, RecordImportMode mode, const RecordActor *actor) {
    Texts texts = {.text = text};
    RecordImport import = {.kind = record_kind_find(&kit.book, STR("grant")),
                           .actor = actor,
                           .origin = STR("command"),
                           .mode = mode,
                           .table = {&texts, texts_rewind, texts_next},
                           .now_ms = kit.now_ms,
                           .progress = progress,
                           .progress_context = progress_context};
    fault_clear(&kit.scratch.cx);
    return record_import(&kit.scratch.cx, kit.scratch.db, &kit.house, &import, &imported);
}

static void errors_print(void) {
    for (size_t i = 0; i < imported.error_count; i++) {
        print_message("row %lld %.*s: %.*s\n", (long long)imported.errors[i].row,
                      STR_ARG(imported.errors[i].column), STR_ARG(imported.errors[i].text));
    }
    if (kit.scratch.cx.fault.status != STATUS_OK) {
        print_message("fault: %s\n", kit.scratch.cx.fault.text);
    }
}

static const char good[] = "出厂编号*\t领域\t金额\t镇街\t发放月份\n"
                           "IM-0001\t工业\t1,000.50\t兴安街道\t2026-01\n"
                           "\t\t\t\t\n"
                           "IM-0002\tb\t6000\t\t2026年2月\n"
                           "IM-0003\t建筑\t7000\t370784003\t\n";

static void test_good(void **state) {
    (void)state;
    assert_int_equal(run(good, RECORD_IMPORT_CHECK, &kit.officer), STATUS_OK);
    assert_int_equal(imported.row_count, 3);
    assert_int_equal(imported.good_count, 3);
    assert_int_equal(imported.stored_count, 0);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), 0);
    Status status = run(good, RECORD_IMPORT_ALL, &kit.officer);
    errors_print();
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(imported.stored_count, 3);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), 3);
    assert_int_equal(kit_counter(&kit, "grant.count", "owner=zhujian"), 2);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    /* The same table again: every row is told where it stands already. */
    assert_int_equal(run(good, RECORD_IMPORT_ALL, &kit.officer), STATUS_INVALID);
    assert_int_equal(imported.bad_count, 3);
    assert_true(str_contains(imported.errors[0].text, STR("已登记在BZ-2026-00001")));
    assert_true(str_equal(imported.errors[0].column, STR("出厂编号")));
    assert_int_equal(imported.errors[1].row, 4);
}

static const char mixed[] = "出厂编号\t领域\t金额\t镇街\n"
                            "MX-0001\t工业\t100\t兴安街道\n"
                            "MX-0002\t农业\t-5\t月球镇\n"
                            "MX-0001\t工业\t100\t\n"
                            "MX-0004\t\t\t\n"
                            "MX-0005\t工业\t300\t\n";

static void test_mixed(void **state) {
    (void)state;
    int64_t before = kit_counter(&kit, "grant.count", "");
    assert_int_equal(run(mixed, RECORD_IMPORT_ALL, &kit.officer), STATUS_INVALID);
    assert_int_equal(imported.row_count, 5);
    assert_int_equal(imported.bad_count, 3);
    assert_int_equal(imported.error_count, 3 + 1 + 2);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), before);
    assert_int_equal(run(mixed, RECORD_IMPORT_GOOD, &kit.officer), STATUS_OK);
    assert_int_equal(imported.stored_count, 2);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), before + 2);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
}

static void test_heads(void **state) {
    (void)state;
    assert_int_equal(run("出厂编号\t领域\t金额\t颜色\nA\n", RECORD_IMPORT_CHECK, &kit.officer),
                     STATUS_INVALID);
    assert_true(strstr(kit.scratch.cx.fault.text, "颜色") != NULL);
    assert_int_equal(run("出厂编号\t领域\nA\n", RECORD_IMPORT_CHECK, &kit.officer), STATUS_INVALID);
    assert_true(strstr(kit.scratch.cx.fault.text, "金额") != NULL);
    assert_int_equal(run("出厂编号\t领域\t金额\t金额\nA\n", RECORD_IMPORT_CHECK, &kit.officer),
                     STATUS_INVALID);
    assert_int_equal(run("", RECORD_IMPORT_CHECK, &kit.officer), STATUS_INVALID);
    const RecordActor shop = {.person_id = 9, .role = STR("shop"), .org_id = 9};
    assert_int_equal(run(good, RECORD_IMPORT_CHECK, &shop), STATUS_DENIED);
}

/* Rows with a number change records; a stranger's number is told. */
static void test_changes(void **state) {
    (void)state;
    int64_t id = 0;
    const KitInput inputs[] = {{"serial", "CH-0001"},
                               {"field", "a"},
                               {"amount", "10"},
                               {"town", "兴安街道"},
                               {NULL, NULL}};
    assert_int_equal(kit_create(&kit, "grant", &kit.officer, inputs, &id), STATUS_OK);
    Record record = kit_find(&kit, id);
    Str table = str_print(kit.scratch.arena,
                          "编号\t出厂编号\t领域\t金额\t镇街\t状态\n" STR_FMT
                          "\tCH-0001\t工业\t20\t\t草稿\nBZ-2026-99999\tCH-0002\t工业\t1\t\t\n",
                          STR_ARG(record.number));
    assert_int_equal(run(str_c(kit.scratch.arena, table), RECORD_IMPORT_GOOD, &kit.officer),
                     STATUS_OK);
    assert_int_equal(imported.stored_count, 1);
    assert_int_equal(imported.bad_count, 1);
    assert_true(str_contains(imported.errors[0].text, STR("BZ-2026-99999")));
    record = kit_find(&kit, id);
    assert_int_equal(record.revision, 2);
    assert_int_equal(record.values[record_field_find(record.kind, STR("amount"))].number, 2000);
    assert_false(record.values[record_field_find(record.kind, STR("town"))].has_value);
}

/* Rows that go through several batches: 1,200 good ones, and one that takes a key in between is
 * refused alone, or takes everything back. */
static Str many(const char *prefix, int count) {
    Buf *buf = buf_in(kit.scratch.arena, 1 << 20);
    buf_put_c(buf, "出厂编号\t领域\t金额\t说明\n");
    for (int i = 0; i < count; i++) {
        buf_print(buf, "%s-%05d\t工业\t%d\t第%d台设备\n", prefix, i, i + 1, i);
    }
    return buf_str(buf);
}

static void test_many(void **state) {
    (void)state;
    int64_t before = kit_counter(&kit, "grant.count", "");
    const char *text = str_c(kit.scratch.arena, many("MA", 1200));
    assert_int_equal(run(text, RECORD_IMPORT_GOOD, &kit.officer), STATUS_OK);
    assert_int_equal(imported.stored_count, 1200);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), before + 1200);
    text = str_c(kit.scratch.arena, many("MB", 6000));
    assert_int_equal(run(text, RECORD_IMPORT_ALL, &kit.officer), STATUS_OK);
    assert_int_equal(imported.stored_count, 6000);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
}

/* The disk refuses once while a large table is stored: what shares the commit is tried again. */
static void test_disk_refuses_once(void **state) {
    (void)state;
    const char *text = str_c(kit.scratch.arena, many("TA", 6000));
    db_fail_at(kit.scratch.db, 20000);
    assert_int_equal(run(text, RECORD_IMPORT_ALL, &kit.officer), STATUS_OK);
    db_fail_at(kit.scratch.db, 0);
    assert_int_equal(imported.stored_count, 6000);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
}

/* Somebody registers the last machine of the table while its first rows are stored. */
static void takes_the_last(void *context, int64_t done, int64_t total) {
    bool *is_taken = context;
    int64_t id = 0;
    const KitInput inputs[] = {
        {"serial", "TB-05999"}, {"field", "a"}, {"amount", "10"}, {NULL, NULL}};
    if (total == 12000 && done > 6000 && !*is_taken) {
        *is_taken = true;
        assert_int_equal(kit_create(&kit, "grant", &kit.officer, inputs, &id), STATUS_OK);
    }
}

/* All or nothing: what was stored before the refused row is taken back. */
static void test_taken_back(void **state) {
    (void)state;
    bool is_taken = false;
    int64_t before = kit_counter(&kit, "grant.count", "");
    const char *text = str_c(kit.scratch.arena, many("TB", 6000));
    progress = takes_the_last;
    progress_context = &is_taken;
    assert_int_equal(run(text, RECORD_IMPORT_ALL, &kit.officer), STATUS_CONFLICT);
    progress = NULL;
    assert_true(is_taken);
    assert_int_equal(imported.stored_count, 0);
    assert_int_equal(imported.bad_count, 1);
    assert_int_equal(imported.errors[0].row, 6001);
    assert_int_equal(kit_counter(&kit, "grant.count", ""), before + 1);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    assert_int_equal(run(text, RECORD_IMPORT_CHECK, &kit.officer), STATUS_OK);
    assert_int_equal(imported.good_count, 5999);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),       cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_heads),      cmocka_unit_test(test_changes),
        cmocka_unit_test(test_many),       cmocka_unit_test(test_disk_refuses_once),
        cmocka_unit_test(test_taken_back),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
