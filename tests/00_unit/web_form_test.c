/*
 * Tests of paths with names in them, and of the fields of forms that are made at run time.
 */
#include "test.h"
#include "web/form.h"

static Arena *arena;

/* ---- names in paths ---- */

static Status nothing(Web *web) {
    (void)web;
    return STATUS_OK;
}

static const WebRoute rows[] = {
    {"GET", "/record/due", 1, WEB_READ, nothing, NULL, 1, "fixed before a name"},
    {"GET", "/record/{kind:word}", 1, WEB_READ, nothing, NULL, 2, "a name"},
    {"GET", "/record/{kind:word}/new", 1, WEB_READ, nothing, NULL, 3, "fixed after a name"},
    {"GET", "/record/{kind:word}/{id}", 1, WEB_READ, nothing, NULL, 4, "name and number"},
    {"GET", "/record/{kind:word}/{id}/act/{act:word}", 1, WEB_READ, nothing, NULL, 5, "two names"},
};

static size_t row_of(const char *path) {
    WebApp app = {.routes = rows, .route_count = sizeof rows / sizeof rows[0]};
    HttpRequest request = {.method = HTTP_GET, .path = str_of(path), .arena = arena};
    return web_plan(&request, &app).body_bytes_max;
}

static void test_names_in_paths(void **state) {
    (void)state;
    static const struct {
        const char *path;
        size_t row;
    } table[] = {
        {"/record/due", 1},
        {"/record/project", 2},
        {"/record/lift_2", 2},
        {"/api/record/project", 2},
        {"/record/project/new", 3},
        {"/record/project/7", 4},
        {"/record/project/7/act/submit", 5},
        {"/record/", 0},
        {"/record/Project", 0},
        {"/record/_project", 0},
        {"/record/7", 0},
        {"/record/pro-ject", 2},
        {"/record/-project", 0},
        {"/record/pro.ject", 0},
        {"/record/..", 0},
        {"/record/a'b", 0},
        {"/record/项目", 0},
        {"/record/a b", 0},
        {"/record/project/0", 0},
        {"/record/project/-1", 0},
        {"/record/project/7/act/Submit", 0},
        {"/record/project/7/act/", 0},
        {"/record/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 2},
        {"/record/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (row_of(table[i].path) != table[i].row) {
            fail_msg("%s: row %zu", table[i].path, row_of(table[i].path));
        }
    }
}

/* ---- fields ---- */

typedef struct Asked {
    Cx cx;
    HttpRequest http;
    Web web;
    HttpField fields[1100];
} Asked;

static Asked *asked_new(void) {
    Asked *asked = arena_new(arena, Asked);
    cx_init(&asked->cx, arena);
    asked->http = (HttpRequest){.method = HTTP_POST, .form = asked->fields, .arena = arena};
    asked->web = (Web){.cx = &asked->cx, .http = &asked->http};
    return asked;
}

static void send(Asked *asked, const char *name, const char *text) {
    asked->fields[asked->http.form_count++] =
        (HttpField){.name = str_of(name), .value = str_of(text)};
}

static bool reads(FormField field, const char *text, FormValue *value) {
    Asked *asked = asked_new();
    send(asked, "x", text);
    field.name = "x";
    field.label = "数";
    Form form = {.fields = &field, .field_count = 1};
    return form_read(&asked->web, &form, value) == STATUS_OK;
}

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        FieldKind kind;
        int digits;
        int64_t min, max;
        const char *text;
        bool is_good;
        int64_t number;
    } table[] = {
        {FIELD_DECIMAL, 2, 0, 0, "12", true, 1200},
        {FIELD_DECIMAL, 2, 0, 0, "12.3", true, 1230},
        {FIELD_DECIMAL, 2, 0, 0, "1,234.56", true, 123456},
        {FIELD_DECIMAL, 2, 0, 0, "-0.01", true, -1},
        {FIELD_DECIMAL, 2, 0, 0, "１２．５", true, 1250},
        {FIELD_DECIMAL, 0, 0, 0, "7", true, 7},
        {FIELD_DECIMAL, 2, 0, 0, "12.345", false, 0},
        {FIELD_DECIMAL, 2, 0, 0, "1.2.3", false, 0},
        {FIELD_DECIMAL, 2, 0, 0, ".", false, 0},
        {FIELD_DECIMAL, 2, 0, 0, "--1", false, 0},
        {FIELD_DECIMAL, 2, 0, 0, "1e9", false, 0},
        {FIELD_DECIMAL, 9, 0, 0, "99999999999999999", false, 0},
        {FIELD_DECIMAL, 1, 10, 1000, "1.0", true, 10},
        {FIELD_DECIMAL, 1, 10, 1000, "0.9", false, 0},
        {FIELD_DECIMAL, 1, 10, 1000, "100.0", true, 1000},
        {FIELD_DECIMAL, 1, 10, 1000, "100.1", false, 0},
        {FIELD_YEAR, 0, 0, 0, "2026", true, 2026},
        {FIELD_YEAR, 0, 0, 0, "1899", false, 0},
        {FIELD_YEAR, 0, 0, 0, "2101", false, 0},
        {FIELD_YEAR, 0, 2020, 2027, "2028", false, 0},
        {FIELD_MONTH, 0, 0, 0, "2026-11", true, 2026 * 12 + 10},
        {FIELD_MONTH, 0, 0, 0, "2026-13", false, 0},
        {FIELD_MONTH, 0, 0, 0, "2026-00", false, 0},
        {FIELD_MONTH, 0, 0, 0, "2026-1", false, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        FormField field = {.kind = table[i].kind,
                           .digits = table[i].digits,
                           .min = table[i].min,
                           .max = table[i].max};
        FormValue value;
        if (reads(field, table[i].text, &value) != table[i].is_good ||
            (table[i].is_good && value.number != table[i].number)) {
            fail_msg("row %zu: %s", i, table[i].text);
        }
    }
}

/* A sign is not dropped: "-5" is not five. */
static void test_a_sign_is_kept(void **state) {
    (void)state;
    FormValue value;
    assert_false(reads((FormField){.kind = FIELD_INT, .min = 1, .max = 9}, "-5", &value));
    assert_true(reads((FormField){.kind = FIELD_INT, .min = 1, .max = 9}, "５", &value));
}

static const FormChoice colours[] = {{"red", "红"}, {"blue", "蓝"}, {"green", "绿"}};

static void test_choices(void **state) {
    (void)state;
    FormField field = {
        .name = "c", .label = "颜色", .kind = FIELD_CHOICES, .choices = colours, .choice_count = 3};
    Form form = {.fields = &field, .field_count = 1};
    FormValue value;
    Asked *asked = asked_new();
    send(asked, "c", "green");
    send(asked, "c", "red");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_OK);
    assert_int_equal(value.text_count, 2);
    assert_true(str_equal(value.texts[0], STR("red")));
    assert_true(str_equal(value.texts[1], STR("green")));
    asked = asked_new();
    send(asked, "c", "pink");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_INVALID);
    assert_int_equal(asked->web.error_count, 1);
    asked = asked_new();
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_INVALID);
    field.is_optional = true;
    asked = asked_new();
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_OK);
}

static void test_place(void **state) {
    (void)state;
    FormField field = {
        .name = "p", .label = "地点", .kind = FIELD_PLACE, .choices = colours, .choice_count = 3};
    Form form = {.fields = &field, .field_count = 1};
    FormValue value;
    Asked *asked = asked_new();
    send(asked, "p.town", "blue");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_OK);
    assert_false(value.has_point);
    send(asked, "p.lat", "36.4285");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_INVALID);
    send(asked, "p.lon", "119.218312");
    asked->web.error_count = 0;
    fault_clear(&asked->cx);
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_OK);
    assert_true(value.has_point && value.lat_micro == 36428500 && value.lon_micro == 119218312);
    asked = asked_new();
    send(asked, "p.town", "blue");
    send(asked, "p.lat", "90.000001");
    send(asked, "p.lon", "0");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_INVALID);
}

/* ---- rows ---- */

static const FormField columns[] = {
    {.name = "model", .label = "型号", .kind = FIELD_TEXT, .max = 10},
    {.name = "count", .label = "数量", .kind = FIELD_INT, .min = 1, .max = 9},
};
static const FormField table_field = {
    .name = "m", .label = "设备", .kind = FIELD_ROWS, .columns = columns, .column_count = 2};

static Asked *two_rows(const char *act) {
    Asked *asked = asked_new();
    send(asked, "m.sent", "1");
    send(asked, "m.row", "4");
    send(asked, "m.4.model", "A");
    send(asked, "m.4.count", "1");
    send(asked, "m.row", "7");
    send(asked, "m.7.model", "B");
    send(asked, "m.7.count", "2");
    if (act != NULL) {
        send(asked, "form_act", act);
    }
    return asked;
}

static void test_rows_are_read(void **state) {
    (void)state;
    Form form = {.fields = &table_field, .field_count = 1};
    FormValue value;
    Asked *asked = two_rows(NULL);
    assert_false(form_is_reshaped(&asked->web));
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_OK);
    assert_int_equal(value.row_count, 2);
    assert_true(str_equal(value.cells[2].text, STR("B")));
    assert_int_equal(value.cells[3].number, 2);
    asked = two_rows(NULL);
    send(asked, "m.row", "9");
    send(asked, "m.9.model", "");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_OK);
    assert_int_equal(value.row_count, 2);
    asked = two_rows(NULL);
    send(asked, "m.row", "9");
    send(asked, "m.9.count", "70");
    assert_int_equal(form_read(&asked->web, &form, &value), STATUS_INVALID);
    assert_int_equal(asked->web.error_count, 2);
    assert_true(str_equal(asked->web.errors[0].field, STR("m.9.model")));
    assert_true(str_equal(asked->web.errors[1].field, STR("m.9.count")));
}

static void test_rows_come_and_go(void **state) {
    (void)state;
    size_t count = 0;
    Asked *asked = two_rows("add:m");
    assert_true(form_is_reshaped(&asked->web));
    const Str *keys = form_row_keys(&asked->web, &table_field, &count);
    assert_int_equal(count, 3);
    assert_true(str_equal(keys[2], STR("8")));
    asked = two_rows("drop:m:4");
    keys = form_row_keys(&asked->web, &table_field, &count);
    assert_int_equal(count, 1);
    assert_true(str_equal(keys[0], STR("7")));
    asked = two_rows("drop:other:4");
    (void)form_row_keys(&asked->web, &table_field, &count);
    assert_int_equal(count, 2);
    FormField first = table_field;
    Str cells[] = {STR("A"), STR("1"), STR("B"), STR("2")};
    first.values = cells;
    first.value_count = 4;
    asked = asked_new();
    (void)form_row_keys(&asked->web, &first, &count);
    assert_int_equal(count, 2);
}

static void test_hostile_row_keys(void **state) {
    (void)state;
    static const char *const bad[] = {"-1", "x", "", "9999999999999999999", "1.5", "2147483648"};
    Asked *asked = asked_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        send(asked, "m.row", bad[i]);
    }
    send(asked, "m.sent", "1");
    send(asked, "form_act", "add:m");
    size_t count = 0;
    (void)form_row_keys(&asked->web, &table_field, &count);
    assert_int_equal(count, 1);
    for (int i = 0; i < 1000; i++) {
        send(asked, "m.row", str_c(arena, str_print(arena, "%d", i)));
    }
    (void)form_row_keys(&asked->web, &table_field, &count);
    assert_int_equal(count, FORM_ROWS_MAX);
}

static int start(void **state) {
    (void)state;
    arena = arena_create();
    return 0;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_in_paths),
        cmocka_unit_test(test_a_sign_is_kept),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_rows_are_read),
        cmocka_unit_test(test_rows_come_and_go),
        cmocka_unit_test(test_hostile_row_keys),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
