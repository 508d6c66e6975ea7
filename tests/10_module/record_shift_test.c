/* record_shift_test.c - changed declarations: what stored records become, what is refused and why,
 * and that a rewriting which was cut off goes on at the next start. */
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

static int64_t grant_make(const char *serial) {
    const KitInput inputs[] = {{"serial", serial},   {"field", "a"},       {"amount", "6000"},
                               {"town", "兴安街道"}, {"note", "数控机床"}, {"month", "2026-02"},
                               {NULL, NULL}};
    int64_t id = 0;
    assert_int_equal(kit_create(&kit, "grant", &kit.officer, inputs, &id), STATUS_OK);
    return id;
}

static Status declare(const char *from, const char *to) {
    kit_declare(&kit, "grant.yaml", kit_with(kit.scratch.arena, str_of(KIT_GRANT), from, to));
    Status status = kit_load(&kit);
    if (status == STATUS_DB) {
        print_message("%s %s\n", kit.scratch.cx.fault.text, kit.scratch.cx.fault.detail);
    }
    return status;
}

static void refused(const char *from, const char *to, const char *why) {
    Status status = declare(from, to);
    if (status != STATUS_CONFLICT || strstr(kit.scratch.cx.fault.text, why) == NULL) {
        print_message("%s -> %d %s\n", to, status, kit.scratch.cx.fault.text);
    }
    assert_int_equal(status, STATUS_CONFLICT);
    assert_non_null(strstr(kit.scratch.cx.fault.text, why));
    kit_declare(&kit, "grant.yaml", str_of(KIT_GRANT));
    assert_int_equal(kit_load(&kit), STATUS_OK);
}

static const RecordValue *value_of(const Record *record, const char *name) {
    return &record->values[record_field_find(record->kind, str_of(name))];
}

static size_t found(const char *words) {
    DbConn *conn = NULL;
    Cx *cx = &kit.scratch.cx;
    RecordPage page;
    const RecordActor lead = {.person_id = 3, .role = STR("lead")};
    RecordQuery query = record_query_for(record_kind_find(&kit.book, STR("grant")), &lead);
    query.search = str_of(words);
    assert_int_equal(db_read_begin(cx, kit.scratch.db, &conn), STATUS_OK);
    assert_int_equal(record_list(cx, conn, &kit.house, &query, &page), STATUS_OK);
    db_read_end(kit.scratch.db, conn);
    return page.count;
}

static void test_nothing_stored(void **state) {
    (void)state;
    /* Without records everything may change. */
    assert_int_equal(declare("type: \"month\"", "type: \"day\""), STATUS_OK);
    kit_declare(&kit, "grant.yaml", str_of(KIT_GRANT));
    assert_int_equal(kit_load(&kit), STATUS_OK);
}

static void test_refusals(void **state) {
    (void)state;
    (void)grant_make("SH-0001");
    refused("type: \"month\"", "type: \"day\"", "无法转换");
    refused("choices: [\"a: 工业\", \"b: 建筑\"]", "choices: [\"c: 农业\", \"b: 建筑\"]",
            "field=a");
}

static void test_refused_states(void **state) {
    (void)state;
    Str text = str_of(KIT_GRANT);
    for (int i = 0; i < 5; i++) {
        text = kit_with(kit.scratch.arena, text, "\"draft\"", "\"begun\"");
    }
    kit_declare(&kit, "grant.yaml", text);
    assert_int_equal(kit_load(&kit), STATUS_CONFLICT);
    assert_non_null(strstr(kit.scratch.cx.fault.text, "draft"));
    kit_declare(&kit, "grant.yaml",
                kit_with(kit.scratch.arena, text, "title: \"草稿\"",
                         "title: \"草稿\", renamed_from: \"draft\""));
    assert_int_equal(kit_load(&kit), STATUS_OK);
    Record record = kit_find(&kit, 1);
    assert_true(str_equal(record.kind->states[record.state].code, STR("begun")));
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    /* And back, the same way. */
    kit_declare(&kit, "grant.yaml",
                kit_with(kit.scratch.arena, str_of(KIT_GRANT), "title: \"草稿\"",
                         "title: \"草稿\", renamed_from: \"begun\""));
    assert_int_equal(kit_load(&kit), STATUS_OK);
}

/* A field renamed, one converted, one new with a default in the index, one gone and back again. */
static void test_rewrite(void **state) {
    (void)state;
    int64_t id = grant_make("SH-0002");
    Str text = str_of(KIT_GRANT);
    Arena *arena = kit.scratch.arena;
    text =
        kit_with(arena, text, "{name: \"note\", title: \"说明\", type: \"text\", search: true}",
                 "{name: \"remark\", title: \"备注\", type: \"long_text\", search: true, "
                 "renamed_from: \"note\"}\n"
                 "- {name: \"grade\", title: \"等级\", type: \"int\", list: true, default: \"3\"}");
    text = kit_with(arena, text,
                    "- {name: \"town\", title: \"镇街\", type: \"town\", list: true}\n", "");
    text = kit_with(arena, text, "by: [\"town\", \"field\", \"owner\"]", "by: [\"field\"]");
    text = kit_with(arena, text, "day: \"month\", by: [\"town\"]", "day: \"month\"");
    kit_declare(&kit, "grant.yaml", text);
    assert_int_equal(kit_load(&kit), STATUS_OK);
    Record record = kit_find(&kit, id);
    assert_true(str_equal(value_of(&record, "remark")->text, STR("数控机床")));
    assert_int_equal(value_of(&record, "grade")->number, 3);
    assert_int_equal(record_field_find(record.kind, STR("town")), SIZE_MAX);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    assert_int_equal(kit_counter(&kit, "grant.count", "town=370784001"), 0);
    assert_true(found("数控") >= 1);
    /* An edit keeps what is not declared; the first declaration finds it again. */
    assert_int_equal(
        kit_edit(&kit, id, &kit.officer, NULL, (KitInput[]){{"remark", "改造锅炉"}, {NULL, NULL}}),
        STATUS_OK);
    Str back = kit_with(arena, str_of(KIT_GRANT), "title: \"说明\", type: \"text\"",
                        "title: \"说明\", type: \"long_text\", renamed_from: \"remark\"");
    kit_declare(&kit, "grant.yaml", back);
    Status status = kit_load(&kit);
    if (status != STATUS_OK) {
        print_message("%s\n", kit.scratch.cx.fault.text);
    }
    assert_int_equal(status, STATUS_OK);
    record = kit_find(&kit, id);
    assert_true(str_equal(value_of(&record, "town")->text, STR("370784001")));
    assert_true(str_equal(value_of(&record, "note")->text, STR("改造锅炉")));
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    assert_int_equal(found("改造锅炉"), 1);
}

/* The disk refuses in the middle of the rewriting: the next start goes on. */
static void test_rewrite_cut_off(void **state) {
    (void)state;
    for (int i = 0; i < 450; i++) {
        char serial[20];
        (void)snprintf(serial, sizeof serial, "CUT-%04d", i);
        (void)grant_make(serial);
    }
    Str text = kit_with(kit.scratch.arena, str_of(KIT_GRANT), "title: \"说明\", type: \"text\"",
                        "title: \"说明\", type: \"long_text\"");
    text = kit_with(kit.scratch.arena, text,
                    "title: \"金额\", type: \"money\", required: true, list: true",
                    "title: \"金额\", type: \"money\", required: true");
    kit_declare(&kit, "grant.yaml", text);
    /* The first batch of 200 is written, then the disk refuses. */
    db_fail_at(kit.scratch.db, 2500);
    assert_int_equal(kit_load(&kit), STATUS_DB);
    db_fail_at(kit.scratch.db, 0);
    assert_int_equal(kit_load(&kit), STATUS_OK);
    assert_int_equal(kit_wrong(&kit, "grant"), 0);
    Record record = kit_find(&kit, 100);
    assert_int_equal(value_of(&record, "amount")->number, 600000);
    assert_int_equal(found("数控"), 50); /* a whole page */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_stored),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_refused_states),  cmocka_unit_test(test_rewrite),
        cmocka_unit_test(test_rewrite_cut_off),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
