/*
 * form.c - reading what a form sends back: one checker per kind, every message at its field.
 */
#include "attach/attach.h"
#include "base/codes.h"
#include "base/limits.h"
#include "base/vec.h"
#include "web/form_internal.h"

#include <inttypes.h>

void form_error(Web *web, const char *field, Str text, Str hint) {
    size_t room = web->error_room;
    web->errors =
        vec_grow(web->cx->arena, web->errors, web->error_count, &room, sizeof *web->errors);
    web->error_room = room;
    web->errors[web->error_count++] = (WebError){.field = str_dup(web->cx->arena, str_of(field)),
                                                 .text = str_dup(web->cx->arena, text),
                                                 .hint = str_dup(web->cx->arena, hint)};
}

void form_field_error(Web *web, const FormField *field, Str text) {
    form_error(web, field->name, text, STR_NONE);
}

/* Moves the fault of a base parser to this field and forgets it, so that the next field is read. */
static bool parser_ok(Web *web, Cx *cx, const FormField *field, Status status) {
    if (status == STATUS_OK) {
        return true;
    }
    form_error(web, field->name, str_print(web->cx->arena, "%s：%s", field->label, cx->fault.text),
               str_of(cx->fault.hint));
    return false;
}

static void text_read(Web *web, const FormField *field, FormValue *value) {
    int64_t max = field->max > 0 ? field->max : 200;
    int64_t count = (int64_t)str_rune_count(value->text);
    if (!str_is_utf8(value->text)) {
        form_field_error(web, field,
                         str_print(web->cx->arena, "%s含有无法识别的字符", field->label));
    } else if (count < field->min || count > max) {
        form_field_error(web, field,
                         str_print(web->cx->arena, "%s应为 %" PRId64 " 至 %" PRId64 " 个字",
                                   field->label, field->min > 0 ? field->min : 1, max));
    }
}

static void money_read(Web *web, const FormField *field, FormValue *value) {
    Cx cx;
    cx_init(&cx, web->cx->arena);
    Money money = MONEY_ZERO;
    if (!parser_ok(web, &cx, field, money_parse(&cx, value->text, &money))) {
        return;
    }
    value->number = money.fen;
    int64_t max = field->max > 0 ? field->max : LIMIT_MONEY_FEN_MAX;
    if (money.fen < field->min || money.fen > max) {
        form_field_error(web, field,
                         str_print(web->cx->arena, "%s应在 " STR_FMT " 元至 " STR_FMT " 元之间",
                                   field->label,
                                   STR_ARG(money_print(web->cx->arena, (Money){field->min})),
                                   STR_ARG(money_print(web->cx->arena, (Money){max}))));
    }
}

static void int_read(Web *web, const FormField *field, FormValue *value) {
    if (str_int64(codes_clean(web->cx->arena, value->text), &value->number) != STATUS_OK) {
        form_field_error(web, field, str_print(web->cx->arena, "%s应为整数", field->label));
    } else if (value->number < field->min || (field->max > 0 && value->number > field->max)) {
        form_field_error(web, field,
                         str_print(web->cx->arena, "%s应在 %" PRId64 " 至 %" PRId64 " 之间",
                                   field->label, field->min, field->max));
    }
}

static void day_read(Web *web, const FormField *field, FormValue *value) {
    Cx cx;
    cx_init(&cx, web->cx->arena);
    Day day = DAY_NONE;
    if (!parser_ok(web, &cx, field, day_parse(&cx, value->text, &day))) {
        return;
    }
    value->number = day.number;
    bool is_bounded = field->min != 0 || field->max != 0;
    if (is_bounded && (value->number < field->min || value->number > field->max)) {
        Arena *arena = web->cx->arena;
        form_field_error(web, field,
                         str_print(arena, "%s应在 " STR_FMT " 至 " STR_FMT " 之间", field->label,
                                   STR_ARG(day_print(arena, (Day){(int32_t)field->min})),
                                   STR_ARG(day_print(arena, (Day){(int32_t)field->max}))));
    }
}

static void choice_read(Web *web, const FormField *field, FormValue *value) {
    for (size_t i = 0; i < field->choice_count; i++) {
        if (str_equal(value->text, str_of(field->choices[i].code))) {
            value->number = (int64_t)i;
            return;
        }
    }
    form_field_error(web, field, str_print(web->cx->arena, "请选择%s", field->label));
}

typedef Status CodeCheck(Cx *cx, const char *field, Str text);

static void code_read(Web *web, const FormField *field, FormValue *value, CodeCheck *checker) {
    Cx cx;
    cx_init(&cx, web->cx->arena);
    value->text = codes_clean(web->cx->arena, value->text);
    (void)parser_ok(web, &cx, field, checker(&cx, field->name, value->text));
}

static void file_read(Web *web, const FormField *field, FormValue *value) {
    value->file = http_file(web->http, field->name);
    value->is_given = value->file != NULL && value->file->value.len > 0;
    if (!value->is_given) {
        if (!field->is_optional) {
            form_field_error(web, field, str_print(web->cx->arena, "请上传%s", field->label));
        }
        return;
    }
    value->text = attach_type(value->file->value);
    if (value->text.len == 0) {
        form_error(web, field->name,
                   str_print(web->cx->arena, "%s的文件类型不能使用", field->label),
                   STR("请上传 JPG、PNG、WebP 照片或 PDF 文件"));
    }
}

static void kind_read(Web *web, const FormField *field, FormValue *value) {
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_PASSWORD:
    case FIELD_HIDDEN:
        text_read(web, field, value);
        break;
    case FIELD_MONEY:
        money_read(web, field, value);
        break;
    case FIELD_INT:
        int_read(web, field, value);
        break;
    case FIELD_DAY:
        day_read(web, field, value);
        break;
    case FIELD_CHOICE:
        choice_read(web, field, value);
        break;
    case FIELD_CHECK:
        value->number = 1;
        break;
    case FIELD_ID_NUMBER:
        code_read(web, field, value, codes_id_check);
        break;
    case FIELD_PHONE:
        code_read(web, field, value, codes_mobile_check);
        break;
    case FIELD_SERIAL:
        code_read(web, field, value, codes_serial_check);
        break;
    case FIELD_GTIN:
        code_read(web, field, value, codes_gtin_check);
        break;
    case FIELD_INVOICE:
        code_read(web, field, value, codes_invoice_check);
        break;
    case FIELD_DECIMAL:
        form_decimal_read(web, field, value);
        break;
    case FIELD_YEAR:
        form_year_read(web, field, value);
        break;
    case FIELD_MONTH:
        form_month_read(web, field, value);
        break;
    case FIELD_PLACE:
        choice_read(web, field, value);
        form_point_read(web, field, value);
        break;
    case FIELD_REF:
        text_read(web, field, value);
        break;
    case FIELD_FILE:
    case FIELD_CHOICES:
    case FIELD_FILES:
    case FIELD_ROWS:
        break; /* many values: read before one is asked for */
    }
}

/* What is said about an answer that is missing. */
static const char *missing_words(FieldKind kind) {
    switch (kind) {
    case FIELD_CHOICE:
    case FIELD_CHOICES:
    case FIELD_PLACE:
    case FIELD_REF:
        return "请选择";
    case FIELD_CHECK:
        return "请确认：";
    case FIELD_FILE:
    case FIELD_FILES:
        return "请上传";
    case FIELD_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_PASSWORD:
    case FIELD_MONEY:
    case FIELD_INT:
    case FIELD_DAY:
    case FIELD_ID_NUMBER:
    case FIELD_PHONE:
    case FIELD_SERIAL:
    case FIELD_GTIN:
    case FIELD_INVOICE:
    case FIELD_HIDDEN:
    case FIELD_DECIMAL:
    case FIELD_YEAR:
    case FIELD_MONTH:
    case FIELD_ROWS:
        break;
    }
    return "请填写";
}

void form_field_read(Web *web, const FormField *field, FormValue *value) {
    *value = (FormValue){0};
    if (field->kind == FIELD_FILE) {
        file_read(web, field, value);
        return;
    }
    if (field->kind == FIELD_CHOICES) {
        form_choices_read(web, field, value);
    } else if (field->kind == FIELD_FILES) {
        form_files_read(web, field, value);
    } else if (field->kind == FIELD_ROWS) {
        form_rows_read(web, field, value);
    } else {
        value->text = field->kind == FIELD_PLACE ? form_part(web, field->name, "town")
                                                 : web_param(web, field->name);
        value->is_given = value->text.len > 0;
    }
    if (value->is_given) {
        kind_read(web, field, value);
    } else if (!field->is_optional) {
        form_field_error(
            web, field,
            str_print(web->cx->arena, "%s%s", missing_words(field->kind), field->label));
    }
}

Status form_read(Web *web, const Form *form, FormValue *values) {
    size_t before = web->error_count;
    for (size_t i = 0; i < form->field_count; i++) {
        form_field_read(web, &form->fields[i], &values[i]);
    }
    return web->error_count == before ? STATUS_OK
                                      : fault(web->cx, STATUS_INVALID, "填写的内容有误");
}
