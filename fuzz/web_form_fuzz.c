/*
 * web_form_fuzz.c - a kept form's text: what unpacks, packs to the same fields; and a form's fields
 * as they come from outside, read by a table of rows, numbers, choices and a place.
 */
#include "web/form.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const FormChoice choices[] = {{"a", "甲"}, {"b", "乙"}};
static const FormField columns[] = {
    {.name = "n", .label = "数", .kind = FIELD_DECIMAL, .digits = 2, .is_optional = true},
    {.name = "m", .label = "月", .kind = FIELD_MONTH, .is_optional = true}};
static const FormField fields[] = {
    {.name = "r", .label = "表", .kind = FIELD_ROWS, .columns = columns, .column_count = 2},
    {.name = "c", .label = "选", .kind = FIELD_CHOICES, .choices = choices, .choice_count = 2},
    {.name = "p", .label = "地", .kind = FIELD_PLACE, .choices = choices, .choice_count = 2},
    {.name = "y", .label = "年", .kind = FIELD_YEAR}};

static void check_same(Cx *cx, const HttpField *found, size_t count) {
    Buf *packed = buf_in(cx->arena, 1 << 22);
    HttpField *again = NULL;
    size_t again_count = 0;
    for (size_t i = 0; i < count; i++) {
        form_pack(packed, found[i].name, found[i].value);
    }
    check(form_unpack(cx, buf_str(packed), &again, &again_count) == STATUS_OK);
    check(again_count == count);
    for (size_t i = 0; i < count; i++) {
        check(str_equal(again[i].name, found[i].name));
        check(str_equal(again[i].value, found[i].value));
    }
}

static void check_form(Cx *cx, const HttpField *found, size_t count) {
    HttpRequest http = {
        .method = HTTP_POST, .form = found, .form_count = count, .arena = cx->arena};
    Web web = {.cx = cx, .http = &http};
    Form form = {.fields = fields, .field_count = 4};
    FormValue values[4];
    Status status = form_read(&web, &form, values);
    check((status == STATUS_OK) == (web.error_count == 0));
    check(values[0].row_count <= FORM_ROWS_MAX);
    check(values[1].text_count <= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Cx cx;
    Arena *arena = arena_create();
    HttpField *found = NULL;
    size_t count = 0;
    cx_init(&cx, arena);
    cx.step_max = 1000000;
    if (form_unpack(&cx, (Str){(const char *)bytes, len}, &found, &count) == STATUS_OK) {
        bool is_text = true;
        for (size_t i = 0; i < count; i++) {
            is_text = is_text && str_is_utf8(found[i].name) && str_is_utf8(found[i].value);
        }
        check_same(&cx, found, count);
        if (is_text) {
            check_form(&cx, found, count);
        }
    }
    arena_free(arena);
    return 0;
}
