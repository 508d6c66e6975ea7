/* record_draft_test.c - typed text into values: each type at its borders, rules in FEEL, and every
 * message at its own field. */
#include "record/record.h"
#include "test.h"
#include "yaml/yaml.h"

#include <string.h>

static Arena *arena;
static Cx cx;
static const RecordName units[] = {{{"gongxin", 7}, {"市工信局", 12}}};
static const RecordName towns[] = {{{"370784001", 9}, {"兴安街道", 12}}};
static const RecordBook book = {.units = units, .unit_count = 1, .towns = towns, .town_count = 1};
static const SealKey key = {{7}};
static const RecordHouse house = {.book = &book, .seal_key = &key, .hash_key = &key};
static const RecordActor actor = {
    .person_id = 1, .role = {"officer", 7}, .unit = {"gongxin", 7}, .name = {"市工信局", 12}};
static RecordKind *kind;

static const char DECLARED[] =
    "kind: \"row\"\ntitle: \"行\"\nabout: \"行\"\nclauses: [\"1.1\"]\nnumber: \"HH\"\n"
    "owner: [\"gongxin\"]\nfields:\n"
    "- {name: \"text\", title: \"名称\", type: \"text\", required: true, max: 4}\n"
    "- {name: \"count\", title: \"件数\", type: \"int\", min: 0, max: 100}\n"
    "- {name: \"power\", title: \"功率\", type: \"decimal\", digits: 1}\n"
    "- {name: \"price\", title: \"金额\", type: \"money\", required: \"件数 > 10\"}\n"
    "- {name: \"day\", title: \"日期\", type: \"day\", valid: \"日期 <= 今天\", message: \"晚了\", "
    "default: \"今天\"}\n"
    "- {name: \"month\", title: \"月份\", type: \"month\"}\n"
    "- {name: \"sure\", title: \"是否\", type: \"check\"}\n"
    "- {name: \"why\", title: \"原因\", type: \"text\", visible: \"是否\", required: true}\n"
    "- {name: \"class\", title: \"类别\", type: \"choices\", choices: [\"x: 甲\", \"y: 乙\"]}\n"
    "- {name: \"site\", title: \"地点\", type: \"place\"}\n"
    "- {name: \"firm\", title: \"企业\", type: \"org\"}\n"
    "- {name: \"phone\", title: \"电话\", type: \"phone\"}\n"
    "- {name: \"each\", title: \"单价\", type: \"money\", computed: \"if 件数 > 0 then 金额 / 件数 "
    "else null\"}\n"
    "states:\n- {code: \"draft\", title: \"草稿\", is_start: true, is_end: true}\n";

static int setup(void **state) {
    (void)state;
    RecordProblems problems = {0};
    arena = arena_create();
    cx_init(&cx, arena);
    Status status =
        record_kind_read(&cx, STR("row.yaml"), str_of(DECLARED), &book, &problems, &kind);
    if (status != STATUS_OK) {
        print_message("%s\n", cx.fault.text);
    }
    return status == STATUS_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static RecordAsk ask;
static RecordDraft draft;

/* "name=text;name=text" beside a good name. */
static Status type_in(const char *typed) {
    RecordInput *inputs = arena_array(arena, RecordInput, 20);
    Str rest = str_of(typed);
    size_t count = 0;
    inputs[count++] = (RecordInput){STR("text"), STR("一台")};
    while (rest.len > 0) {
        Str one = str_cut(&rest, ';');
        Str name = str_cut(&one, '=');
        inputs[count++] = (RecordInput){name, one};
    }
    ask = (RecordAsk){.kind = kind,
                      .inputs = inputs,
                      .input_count = count,
                      .actor = &actor,
                      .now_ms = INT64_C(1772499600000)}; /* 2026-03-03 */
    fault_clear(&cx);
    return record_draft(&cx, &house, &ask, &draft);
}

static const RecordValue *value_of(const char *name) {
    return &draft.values[record_field_find(kind, str_of(name))];
}

/* What is typed, and the field and words of the one message; NULL: none. */
static const struct {
    const char *typed;
    const char *field;
    const char *words;
} cases[] = {
    {"", NULL, NULL},
    {"count=0", NULL, NULL},
    {"count=100;price=1", NULL, NULL},
    {"count=101;price=1", "count", "不能大于100"},
    {"count=-1", "count", "不能小于0"},
    {"count=1.5", "count", "应填整数"},
    {"count=１０", NULL, NULL},
    {"count=11", "price", "此项必填"},
    {"count=10", NULL, NULL},
    {"power=1.5", NULL, NULL},
    {"power=1.55", "power", "小数最多1位"},
    {"price=1,234.50", NULL, NULL},
    {"price=1.234", "price", ""},
    {"price=-1", "price", ""},
    {"day=2026-03-03", NULL, NULL},
    {"day=2026-03-04", "day", "晚了"},
    {"day=2026-02-29", "day", ""},
    {"month=2026年2月", NULL, NULL},
    {"month=2026-13", "month", "月份"},
    {"sure=否", NULL, NULL},
    {"sure=也许", "sure", "是"},
    {"sure=是", "why", "此项必填"},
    {"sure=是;why=坏了", NULL, NULL},
    {"why=坏了", NULL, NULL},
    {"class=甲、y", NULL, NULL},
    {"class=丙", "class", "没有“丙”这个选项"},
    {"site.town=兴安街道", NULL, NULL},
    {"site.town=月球", "site.town", "没有"},
    {"site.town=兴安街道;site.lat=36.5", "site.lon", "一起"},
    {"site.lat=36.5;site.lon=119", "site.town", "镇街"},
    {"site.town=兴安街道;site.lat=91;site.lon=119", "site.lat", "超出"},
    {"firm.name=演示厂", NULL, NULL},
    {"firm.name=演示厂;firm.code=123", "firm.code", ""},
    {"firm.code=x", "firm.code", ""},
    {"phone=15400000001", NULL, NULL},
    {"phone=0536-4221234", NULL, NULL},
    {"phone=123", "phone", ""},
    {"text=", "text", "此项必填"},
    {"colour=red", "colour", "没有这个字段"},
    {"each=5", NULL, NULL}, /* computed: what is typed is passed over */
};

static void test_borders(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Status status = type_in(cases[i].typed);
        bool is_as_told = cases[i].field == NULL
                              ? status == STATUS_OK
                              : status == STATUS_INVALID && draft.error_count == 1 &&
                                    str_equal(draft.errors[0].field, str_of(cases[i].field)) &&
                                    str_contains(draft.errors[0].text, str_of(cases[i].words));
        if (!is_as_told) {
            print_message("%s: %zu messages, %s: %s\n", cases[i].typed, draft.error_count,
                          cx.fault.field, cx.fault.text);
        }
        assert_true(is_as_told);
    }
}

static void test_values(void **state) {
    (void)state;
    assert_int_equal(type_in("count=3;price=100;class=y、甲;phone=15400000001;why=隐"), STATUS_OK);
    assert_int_equal(value_of("each")->number, 3333); /* 33.333… yuan */
    assert_true(str_equal(value_of("class")->text, STR("x,y")));
    assert_true(str_equal(value_of("phone")->text, STR("154****0001")));
    assert_int_equal(value_of("phone")->text2.len, 64);
    assert_false(value_of("why")->has_value); /* not visible: emptied */
    assert_int_equal(value_of("day")->number, day_of_ymd(2026, 3, 3).number); /* default */
    assert_true(draft.is_changed[record_field_find(kind, STR("price"))]);
}

static void test_all_messages_at_once(void **state) {
    (void)state;
    assert_int_equal(type_in("count=x;power=y;day=2027-01-01;phone=1;text=一二三四五"),
                     STATUS_INVALID);
    assert_int_equal(draft.error_count, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_borders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_messages_at_once, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
