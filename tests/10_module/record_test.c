/* record_test.c - records in the database: filing, acts, conflicts, keys, counters, lists, changed
 * declarations, and that a failing statement leaves nothing half done. */
#include "base/codes.h"
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

static const KitInput project_inputs[] = {{"name", "高速冲压线改造"},
                                          {"firm.name", "演示机械厂"},
                                          {"field", "工业"},
                                          {"site.town", "兴安街道"},
                                          {"site.lat", "36.478"},
                                          {"site.lon", "119.2"},
                                          {"planned", "2,000,000.50"},
                                          {"contact", "王小明"},
                                          {"phone", "15400000001"},
                                          {"machine.0.model", "J21"},
                                          {"machine.0.serial", "sn-0001"},
                                          {"machine.0.price", "500000"},
                                          {NULL, NULL}};

static int64_t project_make(const char *serial) {
    KitInput inputs[sizeof project_inputs / sizeof *project_inputs];
    memcpy(inputs, project_inputs, sizeof inputs);
    inputs[10].text = serial;
    int64_t id = 0;
    Status status = kit_create(&kit, "project", &kit.firm, inputs, &id);
    if (status != STATUS_OK) {
        print_message("%s: %s\n", kit.scratch.cx.fault.field, kit.scratch.cx.fault.text);
    }
    assert_int_equal(status, STATUS_OK);
    return id;
}

static const RecordValue *value_of(const Record *record, const char *name) {
    return &record->values[record_field_find(record->kind, str_of(name))];
}

static void test_file_and_read(void **state) {
    (void)state;
    int64_t id = project_make("sn-0001");
    Record record = kit_find(&kit, id);
    assert_true(str_equal(record.number, STR("XM-2026-00001")));
    assert_int_equal(record.revision, 1);
    assert_int_equal(record.state, record.kind->start);
    assert_true(str_equal(record.owner, STR("gongxin")));
    assert_int_equal(value_of(&record, "planned")->number, 200000050);
    assert_int_equal(value_of(&record, "site")->number, 36478000);
    assert_true(str_equal(value_of(&record, "site")->text, STR("370784001")));
    assert_true(str_equal(value_of(&record, "contact")->text, STR("王**")));
    assert_int_equal(value_of(&record, "machine")->item_count, 3);
    assert_true(str_equal(value_of(&record, "machine")->items[1].text, STR("SN-0001")));
    assert_false(value_of(&record, "actual")->has_value);
}

/* No clear personal data in any column of any table that a record writes. */
static void test_sealed(void **state) {
    (void)state;
    int64_t id = project_make("sn-0002");
    DbConn *conn = NULL;
    Str body = STR("");
    Str after = STR("");
    Cx *cx = &kit.scratch.cx;
    static const char SQL_BODY[] = "SELECT body FROM record WHERE id = $1";
    static const char SQL_AFTER[] =
        "SELECT after_json FROM journal WHERE subject = 'record' AND subject_id = $1";
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    assert_int_equal(db_text_or(cx, conn, SQL_BODY, DB_ARGS(DB_INT(id)), &body), STATUS_OK);
    assert_int_equal(db_text_or(cx, conn, SQL_AFTER, DB_ARGS(DB_INT(id)), &after), STATUS_OK);
    db_read_end(kit.scratch.db, conn);
    assert_true(body.len > 100 && after.len > 100);
    assert_false(str_contains(body, STR("王小明")) || str_contains(body, STR("15400000001")));
    assert_false(str_contains(after, STR("王小明")) || str_contains(after, STR("15400000001")));
    assert_true(str_contains(after, STR("154****0001")));
}

/* The masked form that a form sends back changes nothing; so does the same name typed again. */
static void test_masked_is_unchanged(void **state) {
    (void)state;
    int64_t id = project_make("sn-0003");
    Record before = kit_find(&kit, id);
    const KitInput masked[] = {{"contact", "王**"}, {"name", "改名"}, {NULL, NULL}};
    const KitInput again[] = {{"contact", "王小明"}, {NULL, NULL}};
    const KitInput other[] = {{"contact", "李大山"}, {NULL, NULL}};
    assert_int_equal(kit_edit(&kit, id, &kit.firm, NULL, masked), STATUS_OK);
    Record after = kit_find(&kit, id);
    assert_true(
        str_equal(value_of(&before, "contact")->sealed, value_of(&after, "contact")->sealed));
    assert_int_equal(kit_edit(&kit, id, &kit.firm, NULL, again), STATUS_OK);
    after = kit_find(&kit, id);
    assert_true(
        str_equal(value_of(&before, "contact")->sealed, value_of(&after, "contact")->sealed));
    assert_int_equal(kit_edit(&kit, id, &kit.firm, NULL, other), STATUS_OK);
    after = kit_find(&kit, id);
    assert_true(str_equal(value_of(&after, "contact")->text, STR("李**")));
}

static void test_acts(void **state) {
    (void)state;
    int64_t id = project_make("sn-0004");
    assert_int_equal(kit_move(&kit, id, "approve", &kit.officer, NULL), STATUS_CONFLICT);
    assert_int_equal(kit_move(&kit, id, "file", &kit.officer, NULL), STATUS_DENIED);
    assert_int_equal(kit_move(&kit, id, "file", &kit.firm, NULL), STATUS_OK);
    Record record = kit_find(&kit, id);
    /* 2026-03-03 is a Tuesday: ten working days later it is Tuesday the 17th. */
    assert_int_equal(record.due.number, day_of_ymd(2026, 3, 17).number);
    assert_int_equal(kit_edit(&kit, id, &kit.firm, NULL, (KitInput[]){{"name", "x"}, {NULL, NULL}}),
                     STATUS_DENIED);
    /* Four eyes: who edited it last does not approve it. */
    assert_int_equal(
        kit_edit(&kit, id, &kit.officer, NULL, (KitInput[]){{"name", "新名"}, {NULL, NULL}}),
        STATUS_OK);
    assert_int_equal(kit_move(&kit, id, "approve", &kit.officer, NULL), STATUS_CONFLICT);
    assert_true(strstr(kit.scratch.cx.fault.text, "另一人") != NULL);
    assert_int_equal(kit_move(&kit, id, "approve", &kit.officer2, NULL), STATUS_OK);
    record = kit_find(&kit, id);
    assert_int_equal(record.due.number, DAY_NONE.number);
    /* What the act needs, and its rule, are asked at their fields. */
    const KitInput none[] = {{"actual", ""}, {NULL, NULL}};
    assert_int_equal(kit_move(&kit, id, "accept", &kit.officer, none), STATUS_INVALID);
    assert_string_equal(kit.scratch.cx.fault.field, "actual");
    const KitInput late[] = {{"actual", "1900000"}, {"accepted_day", "2026-03-04"}, {NULL, NULL}};
    assert_int_equal(kit_move(&kit, id, "accept", &kit.officer, late), STATUS_INVALID);
    assert_string_equal(kit.scratch.cx.fault.field, "accepted_day");
    const KitInput done[] = {{"actual", "1000000"}, {"accepted_day", "2026-03-02"}, {NULL, NULL}};
    assert_int_equal(kit_move(&kit, id, "accept", &kit.officer, done), STATUS_OK);
    record = kit_find(&kit, id);
    /* 1000000 / 2000000.5 in per cent, one digit. */
    assert_int_equal(value_of(&record, "rate")->number, 500);
    assert_int_equal(kit_edit(&kit, id, &kit.officer, NULL, none), STATUS_CONFLICT);
    assert_int_equal(kit_counter(&kit, "project.accepted", ""), 1);
    assert_int_equal(kit_counter(&kit, "project.actual_fen", "site=370784001"), 100000000);
    assert_int_equal(kit_wrong(&kit, "project"), 0);
}

static void test_guard(void **state) {
    (void)state;
    int64_t id = project_make("sn-0005");
    assert_int_equal(
        kit_edit(&kit, id, &kit.firm, NULL, (KitInput[]){{"planned", "999999.99"}, {NULL, NULL}}),
        STATUS_OK);
    assert_int_equal(kit_move(&kit, id, "file", &kit.firm, NULL), STATUS_OK);
    assert_int_equal(kit_move(&kit, id, "approve", &kit.officer, NULL), STATUS_CONFLICT);
    assert_string_equal(kit.scratch.cx.fault.text, "计划投资不足100万元，不能立项");
    Record record = kit_find(&kit, id);
    RecordActs acts;
    assert_int_equal(
        record_acts(&kit.scratch.cx, &kit.house, &record, &kit.officer, kit.now_ms, &acts),
        STATUS_OK);
    assert_int_equal(acts.count, 3); /* approve, return, cancel */
    assert_false(acts.items[0].is_open);
    assert_true(str_contains(acts.items[0].reason, STR("100万元")));
    assert_true(acts.items[1].is_open);
}

/* Two officers begin from one revision: the second is told, field by field, and nothing is lost. */
static void test_conflict(void **state) {
    (void)state;
    int64_t id = project_make("sn-0006");
    Record base = kit_find(&kit, id);
    assert_int_equal(
        kit_edit(&kit, id, &kit.firm, &base,
                 (KitInput[]){{"name", "甲改的"}, {"planned", "3000000"}, {NULL, NULL}}),
        STATUS_OK);
    assert_int_equal(
        kit_edit(&kit, id, &kit.firm, &base,
                 (KitInput[]){{"name", "乙改的"}, {"phone", "15400000009"}, {NULL, NULL}}),
        STATUS_CONFLICT);
    /* The page of the second knows the revision only. */
    DbConn *conn = NULL;
    Cx *cx = &kit.scratch.cx;
    Record old;
    RecordConflict conflict;
    RecordDraft draft;
    fault_clear(cx);
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    assert_int_equal(record_find_at(cx, conn, &kit.book, id, 1, &old), STATUS_OK);
    RecordAsk ask = {.kind = old.kind, .base = &old, .actor = &kit.firm, .now_ms = kit.now_ms};
    ask.inputs = kit_inputs(
        kit.scratch.arena, (KitInput[]){{"name", "乙改的"}, {"phone", "15400000009"}, {NULL, NULL}},
        &ask.input_count);
    assert_int_equal(record_draft(cx, &kit.house, &ask, &draft), STATUS_OK);
    assert_int_equal(record_conflict(cx, conn, &kit.book, &draft, &conflict), STATUS_OK);
    db_read_end(kit.scratch.db, conn);
    assert_true(conflict.has_clash);
    assert_int_equal(conflict.count, 3);
    assert_true(str_equal(conflict.items[0].base, STR("高速冲压线改造")));
    assert_true(str_equal(conflict.items[0].mine, STR("乙改的")));
    assert_true(str_equal(conflict.items[0].theirs, STR("甲改的")));
    assert_true(conflict.items[0].is_clash);
    assert_false(conflict.items[1].is_clash);
    Record now = kit_find(&kit, id);
    assert_true(str_equal(value_of(&now, "name")->text, STR("甲改的")));
    assert_int_equal(now.revision, 2);
}

static Status grant_make(const char *serial, const char *part, int64_t *id) {
    const KitInput inputs[] = {{"serial", serial}, {"field", "a"},       {"amount", "6000"},
                               {"part", part},     {"town", "兴安街道"}, {NULL, NULL}};
    return kit_create(&kit, "grant", &kit.officer, inputs, id);
}

/* One machine is funded once, whatever the kind; a void record frees it. */
static void test_keys_across_kinds(void **state) {
    (void)state;
    int64_t project = project_make("uk-1");
    int64_t grant = 0;
    assert_int_equal(grant_make("UK-1", "", &grant), STATUS_CONFLICT);
    assert_string_equal(kit.scratch.cx.fault.field, "serial");
    assert_true(strstr(kit.scratch.cx.fault.text, "XM-2026-") != NULL);
    assert_int_equal(kit_move(&kit, project, "cancel", &kit.firm, NULL), STATUS_OK);
    assert_int_equal(grant_make("UK-1", "", &grant), STATUS_OK);
    assert_int_equal(kit_move(&kit, grant, "drop", &kit.officer, NULL), STATUS_OK);
    int64_t second = 0;
    assert_int_equal(grant_make("uk-1", "", &second), STATUS_OK);
    /* The first may not come back while another holds the key. */
    assert_int_equal(kit_move(&kit, grant, "revive", &kit.officer, NULL), STATUS_CONFLICT);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    /* Twice in one table of one record. */
    KitInput inputs[sizeof project_inputs / sizeof *project_inputs + 3] = {0};
    memcpy(inputs, project_inputs, sizeof project_inputs);
    inputs[10].text = "uk-2";
    inputs[12] = (KitInput){"machine.1.model", "B"};
    inputs[13] = (KitInput){"machine.1.serial", "uk-2"};
    inputs[14] = (KitInput){"machine.1.price", "1"};
    assert_int_equal(kit_create(&kit, "project", &kit.firm, inputs, &project), STATUS_CONFLICT);
    assert_string_equal(kit.scratch.cx.fault.field, "machine.1.serial");
}

static void test_reference(void **state) {
    (void)state;
    int64_t project = project_make("rf-1");
    Record record = kit_find(&kit, project);
    int64_t grant = 0;
    assert_int_equal(grant_make("rf-2", "XM-2026-99999", &grant), STATUS_INVALID);
    assert_string_equal(kit.scratch.cx.fault.field, "part");
    assert_int_equal(grant_make("rf-2", str_c(kit.scratch.arena, record.number), &grant),
                     STATUS_OK);
    Record made = kit_find(&kit, grant);
    assert_int_equal(value_of(&made, "part")->number, project);
}

static void test_access(void **state) {
    (void)state;
    int64_t id = project_make("ac-1");
    Record record = kit_find(&kit, id);
    const RecordActor other_firm = {.person_id = 12, .role = STR("enterprise"), .org_id = 6};
    const RecordActor other_unit = {
        .person_id = 23, .role = STR("officer"), .unit = STR("zhujian")};
    const RecordActor lead = {.person_id = 31, .role = STR("lead"), .unit = STR("fagai")};
    const RecordActor nobody = {.role = STR("public")};
    assert_int_equal(record_sight(&record, &kit.firm), RECORD_SIGHT_FULL);
    assert_int_equal(record_sight(&record, &kit.officer), RECORD_SIGHT_FULL);
    assert_int_equal(record_sight(&record, &lead), RECORD_SIGHT_FULL);
    assert_int_equal(record_sight(&record, &other_firm), RECORD_SIGHT_NONE); /* a draft */
    assert_int_equal(record_sight(&record, &other_unit), RECORD_SIGHT_NONE);
    assert_int_equal(kit_move(&kit, id, "file", &kit.firm, NULL), STATUS_OK);
    record = kit_find(&kit, id);
    assert_int_equal(record_sight(&record, &nobody), RECORD_SIGHT_PUBLIC);
    assert_int_equal(record_query_for(record.kind, &other_firm).scope, RECORD_SCOPE_ORG);
    assert_int_equal(record_query_for(record.kind, &lead).scope, RECORD_SCOPE_ALL);
    assert_int_equal(record_query_for(record.kind, &nobody).scope, RECORD_SCOPE_PUBLIC);
    assert_int_equal(record_query_for(record.kind, &other_unit).scope, RECORD_SCOPE_PUBLIC);
    int64_t none = 0;
    assert_int_equal(kit_create(&kit, "project", &other_unit, project_inputs, &none),
                     STATUS_DENIED);
}

static void test_history(void **state) {
    (void)state;
    int64_t id = project_make("hi-1");
    assert_int_equal(
        kit_edit(&kit, id, &kit.firm, NULL, (KitInput[]){{"planned", "2500000"}, {NULL, NULL}}),
        STATUS_OK);
    assert_int_equal(kit_move(&kit, id, "cancel", &kit.firm, NULL), STATUS_OK);
    Record record = kit_find(&kit, id);
    RecordHistory history;
    DbConn *conn = NULL;
    Cx *cx = &kit.scratch.cx;
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    assert_int_equal(record_history(cx, conn, &kit.book, &record, 100, &history), STATUS_OK);
    db_read_end(kit.scratch.db, conn);
    assert_int_equal(history.count, 3);
    assert_true(str_equal(history.items[0].act, STR("cancel")));
    assert_true(str_equal(history.items[0].note, STR("测试")));
    assert_true(str_equal(history.items[0].state, STR("void")));
    assert_int_equal(history.items[1].field_count, 1);
    assert_true(str_equal(history.items[1].fields[0].before, STR("2000000.50")));
    assert_true(str_equal(history.items[1].fields[0].after, STR("2500000.00")));
    assert_true(history.items[2].field_count >= 8);
}

typedef struct Opening {
    int64_t id;
    const char *reason;
    const RecordActor *actor;
    char text[64];
} Opening;

static Status open_work(Cx *cx, DbConn *conn, void *input) {
    Opening *opening = input;
    Str text = STR("");
    const RecordKind *kind = record_kind_find(&kit.book, STR("project"));
    TRY(record_open_sealed(cx, conn, &kit.house, opening->id, record_field_find(kind, STR("phone")),
                           str_of(opening->reason), opening->actor, &text));
    (void)snprintf(opening->text, sizeof opening->text, STR_FMT, STR_ARG(text));
    return STATUS_OK;
}

static Status opening_run(Opening *opening) {
    fault_clear(&kit.scratch.cx);
    const DbCommand command = {
        .name = "record.open", .work = open_work, .input = opening, .now_ms = kit.now_ms};
    return db_write(&kit.scratch.cx, kit.scratch.db, &command, NULL);
}

static void test_open_sealed(void **state) {
    (void)state;
    const RecordActor other = {.person_id = 12, .role = STR("enterprise"), .org_id = 6};
    Opening opening = {.id = project_make("op-1"), .reason = "核实联系方式", .actor = &kit.officer};
    assert_int_equal(opening_run(&opening), STATUS_OK);
    assert_string_equal(opening.text, "15400000001");
    opening.reason = " ";
    assert_int_equal(opening_run(&opening), STATUS_INVALID);
    opening.reason = "好奇";
    opening.actor = &other;
    assert_int_equal(opening_run(&opening), STATUS_DENIED);
}

/* Each statement of the writer fails once: the act fails or succeeds as a whole. */
static void test_failing_statements(void **state) {
    (void)state;
    int64_t before = kit_counter(&kit, "grant.count", "");
    for (uint64_t nth = 1; nth < 200; nth++) {
        int64_t id = 0;
        char serial[20];
        (void)snprintf(serial, sizeof serial, "FS-%04d", (int)nth);
        db_fail_at(kit.scratch.db, nth);
        Status status = grant_make(serial, "", &id);
        db_fail_at(kit.scratch.db, 0);
        assert_int_equal(kit_wrong(&kit, "grant"), 0);
        if (status == STATUS_OK) {
            assert_true(nth > 8);
            assert_int_equal(kit_counter(&kit, "grant.count", ""), before + 1);
            return;
        }
        assert_int_equal(kit_counter(&kit, "grant.count", ""), before);
        /* The key is free: the same machine can be filed. */
    }
    fail_msg("no end of statements");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_and_read),
        cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_masked_is_unchanged),
        cmocka_unit_test(test_acts),
        cmocka_unit_test(test_guard),
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_keys_across_kinds),
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_access),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_open_sealed),
        cmocka_unit_test(test_failing_statements),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
