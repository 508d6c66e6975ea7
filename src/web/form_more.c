/*
 * form_more.c - fields of forms that are made at run time: numbers with places, months, several
 * choices, places on the map, several files, tables of rows. Reading order: what the request holds
 * (acts, marks, row keys), one value, many values.
 */
#include "base/codes.h"
#include "base/vec.h"
#include "web/form_internal.h"

#include <inttypes.h>

/* ---- what the request holds ---- */

Str form_act(const Web *web) {
    return str_trim(http_form(web->http, "form_act"));
}

bool form_is_reshaped(const Web *web) {
    Str act = form_act(web);
    return str_equal(act, STR("refresh")) || str_starts(act, STR("add:")) ||
           str_starts(act, STR("drop:")) || str_starts(act, STR("find:"));
}

const HttpField *form_sent_fields(const Web *web, size_t *count) {
    /* A draft that is shown (form_restore) is a GET with a form's fields. */
    bool is_get = (web->http->method == HTTP_GET || web->http->method == HTTP_HEAD) &&
                  web->http->form_count == 0;
    *count = is_get ? web->http->query_count : web->http->form_count;
    return is_get ? web->http->query : web->http->form;
}

bool form_is_sent(const Web *web, const FormField *field) {
    Str mark = str_print(web->cx->arena, "%s.sent", field->name);
    size_t count = 0;
    const HttpField *fields = form_sent_fields(web, &count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(fields[i].name, str_of(field->name)) || str_equal(fields[i].name, mark)) {
            return true;
        }
    }
    return false;
}

static void piece_put(Buf *out, Str piece) {
    buf_print(out, "%zu:", piece.len);
    buf_put(out, piece);
    buf_put_char(out, ',');
}

void form_pack(Buf *out, Str name, Str value) {
    piece_put(out, name);
    piece_put(out, value);
}

static bool piece_take(Str *rest, Str *out) {
    int64_t len = 0;
    Str text = *rest;
    if (str_int64(str_cut(&text, ':'), &len) != STATUS_OK || len < 0 || (uint64_t)len >= text.len ||
        text.at[len] != ',') {
        return false;
    }
    *out = str_slice(text, 0, (size_t)len);
    *rest = str_from(text, (size_t)len + 1);
    return true;
}

typedef struct FieldVec VEC(HttpField) FieldVec;

Status form_unpack(Cx *cx, Str text, HttpField **fields, size_t *count) {
    FieldVec found = {0};
    Str rest = text;
    while (rest.len > 0) {
        HttpField field = {0};
        TRY(cx_step(cx));
        if (found.count >= HTTP_FIELDS_MAX || !piece_take(&rest, &field.name) ||
            !piece_take(&rest, &field.value)) {
            return fault(cx, STATUS_INVALID, "这份草稿不能读取");
        }
        *vec_push(cx->arena, &found) = field;
    }
    *fields = found.items;
    *count = found.count;
    return STATUS_OK;
}

void form_restore(Web *web, const HttpField *fields, size_t count) {
    web->http->form = fields;
    web->http->form_count = count;
}

const char *form_cell_name(Arena *arena, const char *rows, Str key, const char *column) {
    return str_c(arena, str_print(arena, "%s." STR_FMT ".%s", rows, STR_ARG(key), column));
}

typedef struct KeyVec VEC(Str) KeyVec;

/* The rows that were drawn, without the one whose button says so. */
static void keys_collect(const Web *web, const char *name, KeyVec *keys, int64_t *highest) {
    Arena *arena = web->cx->arena;
    Str row_name = str_print(arena, "%s.row", name);
    Str dropped = str_print(arena, "drop:%s:", name);
    Str act = form_act(web);
    for (size_t i = 0; i < web->http->form_count && keys->count < FORM_ROWS_MAX; i++) {
        const HttpField *field = &web->http->form[i];
        int64_t number = 0;
        if (!str_equal(field->name, row_name) || str_int64(field->value, &number) != STATUS_OK ||
            number < 0 || number > INT32_MAX) {
            continue;
        }
        *highest = number > *highest ? number : *highest;
        bool is_dropped =
            str_starts(act, dropped) && str_equal(str_from(act, dropped.len), field->value);
        if (!is_dropped) {
            /* Printed anew: "+7" and "007" are not other rows than "7". */
            *vec_push(arena, keys) = str_print(arena, "%" PRId64, number);
        }
    }
}

const Str *form_row_keys(const Web *web, const FormField *field, size_t *count) {
    Arena *arena = web->cx->arena;
    KeyVec keys = {0};
    int64_t highest = -1;
    if (form_is_sent(web, field)) {
        keys_collect(web, field->name, &keys, &highest);
    } else {
        size_t rows = field->column_count == 0 ? 0 : field->value_count / field->column_count;
        for (size_t i = 0; i < rows; i++) {
            *vec_push(arena, &keys) = str_print(arena, "%zu", i);
        }
    }
    bool is_more = str_equal(form_act(web), str_print(arena, "add:%s", field->name));
    if (is_more && keys.count < FORM_ROWS_MAX && highest < INT32_MAX) {
        *vec_push(arena, &keys) = str_print(arena, "%" PRId64, highest + 1);
    }
    *count = keys.count;
    return keys.items;
}

/* ---- one value ---- */

/* Reads "-12,345.678" as an integer scaled by 10^digits. */
static bool scaled_read(Str text, int digits, int64_t *out) {
    bool is_negative = str_starts(text, STR("-"));
    Str rest = is_negative ? str_from(text, 1) : text;
    int64_t value = 0;
    int places = -1;
    size_t figure_count = 0;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.at[i];
        if (c == '.' && places < 0) {
            places = 0;
        } else if (c >= '0' && c <= '9' && value < INT64_C(10000000000000000)) {
            value = value * 10 + (c - '0');
            places += places >= 0;
            figure_count++;
        } else if (c != ',' || places >= 0 || figure_count == 0) {
            return false;
        }
    }
    places = places < 0 ? 0 : places;
    if (figure_count == 0 || places > digits) {
        return false;
    }
    for (; places < digits; places++) {
        if (__builtin_mul_overflow(value, INT64_C(10), &value)) {
            return false;
        }
    }
    *out = is_negative ? -value : value;
    return true;
}

static Str scaled_print(Arena *arena, int64_t value, int digits) {
    int64_t unit = 1;
    for (int i = 0; i < digits; i++) {
        unit *= 10;
    }
    uint64_t size = value < 0 ? (uint64_t) - (value + 1) + 1 : (uint64_t)value;
    const char *sign = value < 0 ? "-" : "";
    if (digits == 0) {
        return str_print(arena, "%s%" PRIu64, sign, size);
    }
    return str_print(arena, "%s%" PRIu64 ".%0*" PRIu64, sign, size / (uint64_t)unit, digits,
                     size % (uint64_t)unit);
}

static void range_check(Web *web, const FormField *field, int64_t number) {
    bool is_bounded = field->min != 0 || field->max != 0;
    if (is_bounded && (number < field->min || (field->max > 0 && number > field->max))) {
        Arena *arena = web->cx->arena;
        Str least = scaled_print(arena, field->min, field->digits);
        Str most = scaled_print(arena, field->max, field->digits);
        form_field_error(
            web, field,
            field->max > 0 ? str_print(arena, "%s应在 " STR_FMT " 至 " STR_FMT " 之间",
                                       field->label, STR_ARG(least), STR_ARG(most))
                           : str_print(arena, "%s不应小于 " STR_FMT, field->label, STR_ARG(least)));
    }
}

void form_decimal_read(Web *web, const FormField *field, FormValue *value) {
    check(field->digits >= 0 && field->digits <= 9);
    if (!scaled_read(codes_clean(web->cx->arena, value->text), field->digits, &value->number)) {
        Str text = field->digits == 0 ? str_print(web->cx->arena, "%s应为数字", field->label)
                                      : str_print(web->cx->arena, "%s应为数字，小数最多 %d 位",
                                                  field->label, field->digits);
        form_field_error(web, field, text);
        return;
    }
    range_check(web, field, value->number);
}

void form_year_read(Web *web, const FormField *field, FormValue *value) {
    int64_t least = field->min > 0 ? field->min : 1900;
    int64_t most = field->max > 0 ? field->max : 2100;
    Str text = codes_clean(web->cx->arena, value->text);
    if (str_int64(text, &value->number) != STATUS_OK || value->number < least ||
        value->number > most) {
        form_field_error(web, field,
                         str_print(web->cx->arena, "%s应为 %" PRId64 " 至 %" PRId64 " 之间的年份",
                                   field->label, least, most));
    }
}

void form_month_read(Web *web, const FormField *field, FormValue *value) {
    Str text = codes_clean(web->cx->arena, value->text);
    int64_t year = 0;
    int64_t month = 0;
    bool is_month = text.len == 7 && (text.at[4] == '-' || text.at[4] == '/') &&
                    str_int64(str_slice(text, 0, 4), &year) == STATUS_OK &&
                    str_int64(str_from(text, 5), &month) == STATUS_OK && year >= 1900 &&
                    year <= 2100 && month >= 1 && month <= 12;
    if (!is_month) {
        form_error(web, field->name, str_print(web->cx->arena, "%s应为年和月", field->label),
                   STR("例如 2026-11"));
        return;
    }
    value->text = str_print(web->cx->arena, "%04" PRId64 "-%02" PRId64, year, month);
    value->number = year * 12 + month - 1;
}

Str form_part(const Web *web, const char *name, const char *part) {
    return web_param(web, str_c(web->cx->arena, str_print(web->cx->arena, "%s.%s", name, part)));
}

static bool degrees_read(Web *web, const char *name, const char *part, int64_t most_micro,
                         int64_t *micro) {
    Str text = form_part(web, name, part);
    return scaled_read(codes_clean(web->cx->arena, text), 6, micro) && *micro >= -most_micro &&
           *micro <= most_micro;
}

void form_point_read(Web *web, const FormField *field, FormValue *value) {
    Arena *arena = web->cx->arena;
    Str lat = form_part(web, field->name, "lat");
    Str lon = form_part(web, field->name, "lon");
    if (lat.len == 0 && lon.len == 0) {
        return;
    }
    value->has_point =
        degrees_read(web, field->name, "lat", INT64_C(90000000), &value->lat_micro) &&
        degrees_read(web, field->name, "lon", INT64_C(180000000), &value->lon_micro);
    if (!value->has_point) {
        form_error(web, field->name,
                   str_print(arena, "%s的经纬度应为度数，小数最多 6 位", field->label),
                   STR("例如纬度 36.4285，经度 119.2183；不清楚可以不填"));
    }
}

/* ---- many values ---- */

static bool is_among(const Web *web, const char *name, const char *code) {
    size_t count = 0;
    const HttpField *fields = form_sent_fields(web, &count);
    for (size_t i = 0; i < count; i++) {
        const HttpField *field = &fields[i];
        if (str_equal(field->name, str_of(name)) && str_equal(field->value, str_of(code))) {
            return true;
        }
    }
    return false;
}

static size_t sent_count(const Web *web, const char *name) {
    size_t field_count = 0;
    size_t count = 0;
    const HttpField *fields = form_sent_fields(web, &field_count);
    for (size_t i = 0; i < field_count; i++) {
        count += str_equal(fields[i].name, str_of(name)) && fields[i].value.len > 0;
    }
    return count;
}

void form_choices_read(Web *web, const FormField *field, FormValue *value) {
    Str *texts = arena_array(web->cx->arena, Str, field->choice_count);
    for (size_t i = 0; i < field->choice_count; i++) {
        if (is_among(web, field->name, field->choices[i].code)) {
            texts[value->text_count++] = str_of(field->choices[i].code);
        }
    }
    value->texts = texts;
    value->is_given = value->text_count > 0;
    if (sent_count(web, field->name) != value->text_count) {
        form_field_error(web, field, str_print(web->cx->arena, "%s含有不能选择的项", field->label));
        value->is_given = true; /* one message is enough */
    }
}

typedef struct FileVec VEC(const HttpField *) FileVec;

void form_files_read(Web *web, const FormField *field, FormValue *value) {
    FileVec files = {0};
    for (size_t i = 0; i < web->http->form_count; i++) {
        const HttpField *sent = &web->http->form[i];
        if (sent->is_file && sent->value.len > 0 && str_equal(sent->name, str_of(field->name))) {
            *vec_push(web->cx->arena, &files) = sent;
        }
    }
    value->files = files.items;
    value->file_count = files.count;
    value->is_given = files.count > 0;
}

/* A row of which nothing is filled in is as good as none. */
static bool is_row_empty(const Web *web, const FormField *field, Str key) {
    for (size_t i = 0; i < field->column_count; i++) {
        const char *name = form_cell_name(web->cx->arena, field->name, key, field->columns[i].name);
        if (web_param(web, name).len > 0) {
            return false;
        }
    }
    return true;
}

void form_rows_read(Web *web, const FormField *field, FormValue *value) {
    check(field->column_count > 0 && field->column_count <= FORM_COLUMNS_MAX);
    Arena *arena = web->cx->arena;
    size_t count = 0;
    const Str *keys = form_row_keys(web, field, &count);
    Str *kept = arena_array(arena, Str, count);
    value->cells = arena_array(arena, FormValue, count * field->column_count);
    for (size_t i = 0; i < count; i++) {
        if (is_row_empty(web, field, keys[i])) {
            continue;
        }
        for (size_t k = 0; k < field->column_count; k++) {
            FormField cell = field->columns[k];
            cell.name = form_cell_name(arena, field->name, keys[i], cell.name);
            cell.label = str_c(arena, str_print(arena, "第 %zu 行%s", i + 1, cell.label));
            form_field_read(web, &cell, &value->cells[value->row_count * field->column_count + k]);
        }
        kept[value->row_count++] = keys[i];
    }
    value->row_keys = kept;
    value->is_given = value->row_count > 0;
}
