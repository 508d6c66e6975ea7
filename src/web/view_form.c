/*
 * view_form.c - drawing a declared form: label, hint, message and control of each field, tied
 * together by ids so that a screen reader says them in order.
 */
#include "seal/seal.h"
#include "web/view_internal.h"

enum { CHOICES_AS_RADIOS_MAX = 6 };

const WebError *view_error_of(const Web *web, const char *field) {
    for (size_t i = 0; i < web->error_count; i++) {
        if (str_equal(web->errors[i].field, str_of(field))) {
            return &web->errors[i];
        }
    }
    return NULL;
}

/* What stands in a control: what was sent, else what the form begins with. */
static Str shown_value(const Web *web, const FormField *field) {
    if (field->kind == FIELD_PASSWORD) {
        return STR_NONE;
    }
    Str sent = web_param(web, field->name);
    return (sent.at != NULL && sent.len > 0) || form_is_sent(web, field) ? sent : field->value;
}

Control view_control_of(View *view, const FormField *field) {
    Arena *arena = view->arena;
    const WebError *error = view_error_of(view->web, field->name);
    Str described = STR_NONE;
    if (field->hint != NULL && error != NULL) {
        described = str_print(arena, "h-%s e-%s", field->name, field->name);
    } else if (field->hint != NULL) {
        described = str_print(arena, "h-%s", field->name);
    } else if (error != NULL) {
        described = str_print(arena, "e-%s", field->name);
    }
    return (Control){.view = view,
                     .html = &view->html,
                     .field = field,
                     .id = str_print(arena, "f-%s", field->name),
                     .described = described,
                     .value = shown_value(view->web, field),
                     .is_bad = error != NULL};
}

void view_hint_write(const Control *control) {
    const FormField *field = control->field;
    Arena *arena = control->view->arena;
    if (field->hint != NULL) {
        HTML_LEAF(control->html, "span.hint", field->hint, "id",
                  str_print(arena, "h-%s", field->name));
    }
    const WebError *error = view_error_of(control->view->web, field->name);
    if (error != NULL) {
        HTML(control->html, "span.error", "id", str_print(arena, "e-%s", field->name)) {
            html_text_c(control->html, "错误：");
            html_text(control->html, error->text);
        }
    }
}

typedef struct InputShape {
    const char *type;
    const char *inputmode;
    const char *autocomplete;
} InputShape;

static InputShape shape_of(FieldKind kind) {
    switch (kind) {
    case FIELD_PASSWORD:
        return (InputShape){"password", NULL, "current-password"};
    case FIELD_MONEY:
        return (InputShape){"text", "decimal", "off"};
    case FIELD_INT:
    case FIELD_YEAR:
        return (InputShape){"text", "numeric", "off"};
    case FIELD_DECIMAL:
        return (InputShape){"text", "decimal", "off"};
    case FIELD_MONTH:
        return (InputShape){"month", NULL, "off"};
    case FIELD_DAY:
        return (InputShape){"date", NULL, "off"};
    case FIELD_PHONE:
        return (InputShape){"tel", "tel", "tel"};
    case FIELD_GTIN:
    case FIELD_INVOICE:
        return (InputShape){"text", "numeric", "off"};
    case FIELD_FILE:
    case FIELD_FILES:
        return (InputShape){"file", NULL, NULL};
    case FIELD_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_CHOICE:
    case FIELD_CHECK:
    case FIELD_ID_NUMBER:
    case FIELD_SERIAL:
    case FIELD_HIDDEN:
    case FIELD_CHOICES:
    case FIELD_PLACE:
    case FIELD_REF:
    case FIELD_ROWS:
        break;
    }
    return (InputShape){"text", NULL, "off"};
}

static void bare_input_write(const Control *control) {
    const FormField *field = control->field;
    InputShape shape = shape_of(field->kind);
    bool is_file = field->kind == FIELD_FILE || field->kind == FIELD_FILES;
    const char *accept = field->accept != NULL ? field->accept
                         : field->kind == FIELD_FILE
                             ? "image/jpeg,image/png,image/webp,application/pdf"
                             : NULL;
    HTML_VOID(control->html, "input", "id", control->id, "name", field->name, "type", shape.type,
              "inputmode", shape.inputmode, "autocomplete", shape.autocomplete, "value",
              is_file ? STR_NONE : control->value, "required", !field->is_optional,
              "aria-describedby", control->described, "aria-invalid",
              control->is_bad ? "true" : (const char *)NULL, "accept", accept, "multiple",
              field->kind == FIELD_FILES);
}

static void input_write(const Control *control) {
    if (control->field->unit == NULL) {
        bare_input_write(control);
        return;
    }
    HTML(control->html, "div.with-unit") {
        bare_input_write(control);
        HTML_LEAF(control->html, "span.unit", control->field->unit);
    }
}

static void long_text_write(const Control *control) {
    HTML(control->html, "textarea", "id", control->id, "name", control->field->name, "rows", 4,
         "required", !control->field->is_optional, "aria-describedby", control->described,
         "aria-invalid", control->is_bad ? "true" : (const char *)NULL) {
        html_text(control->html, control->value);
    }
}

static void select_write(const Control *control) {
    const FormField *field = control->field;
    HTML(control->html, "select", "id", control->id, "name", field->name, "required",
         !field->is_optional, "aria-describedby", control->described, "aria-invalid",
         control->is_bad ? "true" : (const char *)NULL) {
        HTML_LEAF(control->html, "option", control->view->is_bar ? "全部" : "请选择", "value", "");
        for (size_t i = 0; i < field->choice_count; i++) {
            HTML_LEAF(control->html, "option", field->choices[i].label, "value",
                      field->choices[i].code, "selected",
                      str_equal(control->value, str_of(field->choices[i].code)));
        }
    }
}

static void radio_write(const Control *control, const char *code, const char *label) {
    HTML(control->html, "label.choice") {
        HTML_VOID(control->html, "input", "type", "radio", "name", control->field->name, "value",
                  code, "required", !control->field->is_optional, "checked",
                  code[0] != '\0' && str_equal(control->value, str_of(code)));
        HTML_LEAF(control->html, "span", label);
    }
}

static void radios_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    HTML(html, "fieldset.field", "id", control->id, "tabindex", "-1", "aria-describedby",
         control->described) {
        HTML(html, "legend") {
            html_text_c(html, field->label);
            if (field->is_optional && !field->is_unmarked) {
                HTML_LEAF(html, "span.optional", "（选填）");
            }
        }
        view_hint_write(control);
        for (size_t i = 0; i < field->choice_count; i++) {
            radio_write(control, field->choices[i].code, field->choices[i].label);
        }
        /* What was chosen by mistake can be taken back. */
        if (field->is_optional && control->value.len > 0) {
            radio_write(control, "", "不选");
        }
    }
}

/* A box that is not ticked sends nothing: the mark says that it was asked. */
void view_sent_mark(const Control *control) {
    HTML_VOID(control->html, "input", "type", "hidden", "name",
              str_print(control->view->arena, "%s.sent", control->field->name), "value", "1");
}

static void check_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    HTML(html, "div.field") {
        view_sent_mark(control);
        view_hint_write(control);
        HTML(html, "label.choice") {
            HTML_VOID(html, "input", "type", "checkbox", "id", control->id, "name", field->name,
                      "value", "1", "required", !field->is_optional, "checked",
                      control->value.len > 0, "aria-describedby", control->described);
            HTML_LEAF(html, "span", field->label);
        }
    }
}

void view_control_write(const Control *control) {
    switch (control->field->kind) {
    case FIELD_CHOICE:
    case FIELD_PLACE:
        select_write(control);
        break;
    case FIELD_LONG_TEXT:
        long_text_write(control);
        break;
    case FIELD_TEXT:
    case FIELD_PASSWORD:
    case FIELD_MONEY:
    case FIELD_INT:
    case FIELD_DAY:
    case FIELD_CHECK:
    case FIELD_ID_NUMBER:
    case FIELD_PHONE:
    case FIELD_SERIAL:
    case FIELD_GTIN:
    case FIELD_INVOICE:
    case FIELD_FILE:
    case FIELD_HIDDEN:
    case FIELD_DECIMAL:
    case FIELD_YEAR:
    case FIELD_MONTH:
    case FIELD_CHOICES:
    case FIELD_REF:
    case FIELD_FILES:
    case FIELD_ROWS:
        input_write(control);
        break;
    }
}

static void labelled_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    HTML(html, control->is_bad ? "div.field.bad" : "div.field") {
        HTML(html, "label", "for", control->id) {
            html_text_c(html, field->label);
            if (field->is_optional && !field->is_unmarked && !control->view->is_bar) {
                HTML_LEAF(html, "span.optional", "（选填）");
            }
        }
        view_hint_write(control);
        view_control_write(control);
    }
}

static void field_kind_write(const Control *control) {
    const FormField *field = control->field;
    if (field->kind == FIELD_HIDDEN) {
        HTML_VOID(control->html, "input", "type", "hidden", "name", field->name, "value",
                  control->value);
    } else if (field->kind == FIELD_CHECK) {
        check_write(control);
    } else if (field->kind == FIELD_CHOICE && field->choice_count <= CHOICES_AS_RADIOS_MAX &&
               !control->view->is_bar) {
        radios_write(control);
    } else if (!view_more_write(control)) {
        labelled_write(control);
    }
}

void view_field_write(View *view, const FormField *field) {
    Control control = view_control_of(view, field);
    if (!field->is_refreshing) {
        field_kind_write(&control);
        return;
    }
    HTML(control.html, "div.asks", "data-refresh", "") {
        field_kind_write(&control);
    }
}

static bool is_group_equal(const char *left, const char *right) {
    return str_equal(str_of(left), str_of(right));
}

static void group_fields_write(View *view, const Form *form, size_t *at) {
    const char *group = form->fields[*at].group;
    while (*at < form->field_count && is_group_equal(form->fields[*at].group, group)) {
        view_field_write(view, &form->fields[(*at)++]);
    }
}

/* Something in the group that begins at a field was sent: then it is shown unfolded. */
static bool is_group_used(const View *view, const Form *form, size_t at) {
    const char *group = form->fields[at].group;
    for (; at < form->field_count && is_group_equal(form->fields[at].group, group); at++) {
        if (str_trim(web_param(view->web, form->fields[at].name)).len > 0) {
            return true;
        }
    }
    return false;
}

/* The fields from *at on that stand under one heading. */
static void group_write(View *view, const Form *form, size_t *at) {
    const char *group = form->fields[*at].group;
    if (form->fields[*at].is_folded) {
        HTML(&view->html, "details.group", "open", is_group_used(view, form, *at)) {
            HTML_LEAF(&view->html, "summary", group);
            group_fields_write(view, form, at);
        }
        return;
    }
    HTML(&view->html, "fieldset.group") {
        HTML_LEAF(&view->html, "legend", group);
        group_fields_write(view, form, at);
    }
}

static void fields_write(View *view, const Form *form) {
    size_t i = 0;
    while (i < form->field_count) {
        if (form->fields[i].group != NULL) {
            group_write(view, form, &i);
        } else {
            view_field_write(view, &form->fields[i++]);
        }
    }
}

void view_form_secrets(View *view, Html *html) {
    HTML_VOID(html, "input", "type", "hidden", "name", "csrf", "value", view->web->user->csrf);
    HTML_VOID(html, "input", "type", "hidden", "name", "request_key", "value",
              seal_token(view->arena, 16));
}

static void form_json(View *view, const Form *form) {
    json_t *forms = json_object_get(view->root, "forms");
    if (forms == NULL) {
        forms = json_object();
        json_object_set_new(view->root, "forms", forms);
    }
    json_t *shape = json_object();
    json_object_set_new(forms, form->key, shape);
    view_json_text(shape, "action", str_print(view->arena, "/api" STR_FMT, STR_ARG(form->action)));
    json_t *fields = json_array();
    json_object_set_new(shape, "fields", fields);
    for (size_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].kind == FIELD_HIDDEN) {
            continue;
        }
        json_t *row = json_object();
        json_array_append_new(fields, row);
        view_json_text(row, "name", str_of(form->fields[i].name));
        view_json_text(row, "label", str_of(form->fields[i].label));
        json_object_set_new(row, "required", json_boolean(!form->fields[i].is_optional));
    }
}

static bool has_file(const Form *form) {
    for (size_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].kind == FIELD_FILE || form->fields[i].kind == FIELD_FILES) {
            return true;
        }
    }
    return false;
}

static bool has_refresh(const Form *form) {
    for (size_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].is_refreshing) {
            return true;
        }
    }
    return false;
}

/* The main button comes first, so that the Enter key presses it. set_count: of a bar's conditions.
 */
static void buttons_write(Html *html, const Form *form, int64_t set_count) {
    HTML(html, "p.actions") {
        HTML_LEAF(html, "button.button", form->submit, "type", "submit");
        for (size_t i = 0; i < form->button_count; i++) {
            HTML_LEAF(html, "button.button.plain", form->buttons[i].label, "type", "submit", "name",
                      "form_act", "value", form->buttons[i].code);
        }
        if (has_refresh(form)) {
            HTML_LEAF(html, "button.link.refresh", "按已填内容更新表单", "type", "submit", "name",
                      "form_act", "value", "refresh");
        }
        if (form->clear.len > 0 && set_count > 0) {
            HTML_LEAF(html, "a.clear", "清除全部条件", "href", form->clear);
        }
    }
}

/* Browsers press the first button of a form on the Enter key: an unseen one before those that add
 * and drop rows. */
static void enter_write(Html *html, const Form *form) {
    for (size_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].kind == FIELD_ROWS || form->fields[i].kind == FIELD_REF) {
            HTML_LEAF(html, "button.visually-hidden", form->submit, "type", "submit", "tabindex",
                      "-1", "aria-hidden", "true");
            return;
        }
    }
}

void view_form(View *view, const Form *form) {
    if (view->root != NULL) {
        form_json(view, form);
        return;
    }
    Html *html = &view->html;
    HTML(html,
         form->is_bar    ? "form.toolbar.bar"
         : form->is_wide ? "form.stacked.twin"
                         : "form.stacked",
         "id", form->key, "data-once", "", "method", form->is_get ? "get" : "post", "action",
         form->action, "enctype", has_file(form) ? "multipart/form-data" : (const char *)NULL,
         "data-confirm", form->confirm, "novalidate", true) {
        if (!form->is_get) {
            view_form_secrets(view, html);
        }
        enter_write(html, form);
        int64_t set_count = 0;
        view->is_bar = form->is_bar;
        if (form->is_bar) {
            set_count = view_bar_write(view, form);
        } else {
            fields_write(view, form);
        }
        view->is_bar = false;
        buttons_write(html, form, set_count);
    }
}
