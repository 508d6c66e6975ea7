/*
 * view_form_more.c - drawing the fields of forms made at run time: several choices, a place, a
 * record found by its words, a table of rows. What changes the form is a button that sends it with
 * form_act; app.js only spares the reload. Reading order: boxes, place, record, rows.
 */
#include "web/view_internal.h"

#include <inttypes.h>

static void legend_write(const Control *control) {
    HTML(control->html, "legend") {
        html_text_c(control->html, control->field->label);
        if (control->field->is_optional && !control->field->is_unmarked) {
            HTML_LEAF(control->html, "span.optional", "（选填）");
        }
    }
}

/* ---- several choices ---- */

static bool is_sent_with(const Web *web, const char *name, const char *code) {
    size_t count = 0;
    const HttpField *fields = form_sent_fields(web, &count);
    for (size_t i = 0; i < count; i++) {
        const HttpField *sent = &fields[i];
        if (str_equal(sent->name, str_of(name)) && str_equal(sent->value, str_of(code))) {
            return true;
        }
    }
    return false;
}

static bool is_ticked(const Control *control, const char *code) {
    const FormField *field = control->field;
    if (form_is_sent(control->view->web, field)) {
        return is_sent_with(control->view->web, field->name, code);
    }
    for (size_t i = 0; i < field->value_count; i++) {
        if (str_equal(field->values[i], str_of(code))) {
            return true;
        }
    }
    return false;
}

static void choices_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    HTML(html, "fieldset.field", "id", control->id, "tabindex", "-1", "aria-describedby",
         control->described) {
        legend_write(control);
        view_hint_write(control);
        view_sent_mark(control);
        for (size_t i = 0; i < field->choice_count; i++) {
            HTML(html, "label.choice") {
                HTML_VOID(html, "input", "type", "checkbox", "name", field->name, "value",
                          field->choices[i].code, "checked",
                          is_ticked(control, field->choices[i].code));
                HTML_LEAF(html, "span", field->choices[i].label);
            }
        }
    }
}

/* ---- a place ---- */

static void degrees_write(const Control *control, const char *part, const char *label,
                          Str at_first) {
    Arena *arena = control->view->arena;
    Str name = str_print(arena, "%s.%s", control->field->name, part);
    Str sent = http_form(control->view->web->http, str_c(arena, name));
    Str id = str_print(arena, "f-" STR_FMT, STR_ARG(name));
    HTML(control->html, "div.field") {
        HTML(control->html, "label", "for", id) {
            html_text_c(control->html, label);
            HTML_LEAF(control->html, "span.optional", "（选填）");
        }
        HTML_VOID(control->html, "input.input-short", "id", id, "name", name, "type", "text",
                  "inputmode", "decimal", "autocomplete", "off", "value",
                  sent.at != NULL ? sent : at_first);
    }
}

static void place_write(const Control *control) {
    Html *html = control->html;
    FormField field = *control->field;
    field.name =
        str_c(control->view->arena, str_print(control->view->arena, "%s.town", field.name));
    field.kind = FIELD_CHOICE;
    Control town = view_control_of(control->view, &field);
    HTML(html, "fieldset.field.place", "id", control->id, "tabindex", "-1") {
        legend_write(control);
        view_hint_write(control);
        HTML(html, "div.side") {
            HTML(html, "div.field") {
                HTML_LEAF(html, "label", "镇街", "for", town.id);
                view_control_write(&town);
            }
            degrees_write(control, "lat", "纬度", control->field->lat);
            degrees_write(control, "lon", "经度", control->field->lon);
        }
    }
}

/* ---- a record found by its words ---- */

static void found_write(const Control *control, Str code, const char *label, bool is_chosen) {
    HTML(control->html, "label.choice") {
        HTML_VOID(control->html, "input", "type", "radio", "name", control->field->name, "value",
                  code, "checked", is_chosen);
        HTML_LEAF(control->html, "span", label);
    }
}

static void ref_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    Arena *arena = control->view->arena;
    Str find = str_print(arena, "%s.find", field->name);
    Str find_id = str_print(arena, "f-" STR_FMT, STR_ARG(find));
    bool is_searched =
        str_equal(form_act(control->view->web), str_print(arena, "find:%s", field->name));
    HTML(html, "fieldset.field.ref", "id", control->id, "tabindex", "-1", "aria-describedby",
         control->described) {
        legend_write(control);
        view_hint_write(control);
        view_sent_mark(control);
        HTML(html, "div.side") {
            HTML_VOID(html, "input", "id", find_id, "name", find, "type", "search", "aria-label",
                      str_print(arena, "查找%s：编号或名称", field->label), "placeholder",
                      "编号或名称", "value", web_param(control->view->web, str_c(arena, find)));
            HTML_LEAF(html, "button.button.small", "查找", "type", "submit", "name", "form_act",
                      "value", str_print(arena, "find:%s", field->name));
        }
        for (size_t i = 0; i < field->choice_count; i++) {
            found_write(control, str_of(field->choices[i].code), field->choices[i].label,
                        str_equal(control->value, str_of(field->choices[i].code)));
        }
        if (field->choice_count > 0 && field->is_optional) {
            found_write(control, STR(""), "不选", control->value.len == 0);
        }
        if (is_searched) {
            HTML_LEAF(html, "p.hint",
                      field->choice_count > 0 ? "请在查到的记录中选择一条。"
                                              : "没有查到，请换一个编号或名称。",
                      "role", "status");
        }
    }
}

/* ---- several files ---- */

static void kept_write(const Control *control, size_t index) {
    const FormField *field = control->field;
    Html *html = control->html;
    Arena *arena = control->view->arena;
    HTML(html, "li") {
        HTML_VOID(html, "input", "type", "hidden", "name", str_print(arena, "%s.kept", field->name),
                  "value", field->choices[index].code);
        html_text_c(html, field->choices[index].label);
        html_text_c(html, " ");
        HTML_LEAF(html, "button.button.small", "移除", "type", "submit", "name", "form_act",
                  "value", str_print(arena, "drop:%s:%zu", field->name, index), "aria-label",
                  str_print(arena, "移除%s", field->choices[index].label));
    }
}

static void files_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    HTML(html, control->is_bad ? "div.field.bad" : "div.field") {
        HTML(html, "label", "for", control->id) {
            html_text_c(html, field->label);
            if (field->is_optional && !field->is_unmarked) {
                HTML_LEAF(html, "span.optional", "（选填）");
            }
        }
        view_hint_write(control);
        view_sent_mark(control);
        if (field->choice_count > 0) {
            HTML(html, "ul.kept") {
                for (size_t i = 0; i < field->choice_count; i++) {
                    kept_write(control, i);
                }
            }
        }
        view_control_write(control);
    }
}

/* ---- a table of rows ---- */

static FormField cell_of(const Control *control, Str key, size_t row, size_t column) {
    const FormField *rows = control->field;
    FormField cell = rows->columns[column];
    cell.name = form_cell_name(control->view->arena, rows->name, key, cell.name);
    size_t at = row * rows->column_count + column;
    if (at < rows->value_count && !form_is_sent(control->view->web, rows)) {
        cell.value = rows->values[at];
    }
    cell.hint = NULL;
    return cell;
}

static void cell_write(const Control *control, Str key, size_t row, size_t column) {
    Html *html = control->html;
    FormField field = cell_of(control, key, row, column);
    Control cell = view_control_of(control->view, &field);
    HTML(html, "td", "data-label", field.label) {
        HTML(html, "label.visually-hidden", "for", cell.id) {
            html_print(html, "第 %zu 行 %s", row + 1, field.label);
        }
        if (field.kind == FIELD_CHECK) {
            HTML_VOID(html, "input", "type", "checkbox", "id", cell.id, "name", field.name, "value",
                      "1", "checked", cell.value.len > 0);
        } else {
            view_control_write(&cell);
        }
        view_hint_write(&cell);
    }
}

static void row_write(const Control *control, Str key, size_t row) {
    Html *html = control->html;
    Arena *arena = control->view->arena;
    HTML(html, "tr") {
        for (size_t i = 0; i < control->field->column_count; i++) {
            cell_write(control, key, row, i);
        }
        HTML(html, "td", "data-label", "操作") {
            HTML_VOID(html, "input", "type", "hidden", "name",
                      str_print(arena, "%s.row", control->field->name), "value", key);
            HTML_LEAF(html, "button.button.small", "删除", "type", "submit", "name", "form_act",
                      "value",
                      str_print(arena, "drop:%s:" STR_FMT, control->field->name, STR_ARG(key)),
                      "aria-label", str_print(arena, "删除第 %zu 行", row + 1));
        }
    }
}

static void rows_head_write(const Control *control) {
    HTML(control->html, "thead") {
        HTML(control->html, "tr") {
            for (size_t i = 0; i < control->field->column_count; i++) {
                const FormField *column = &control->field->columns[i];
                HTML(control->html, "th", "scope", "col") {
                    html_text_c(control->html, column->label);
                    if (column->unit != NULL) {
                        html_print(control->html, "（%s）", column->unit);
                    }
                }
            }
            HTML_LEAF(control->html, "th", "操作", "scope", "col");
        }
    }
}

static void rows_write(const Control *control) {
    const FormField *field = control->field;
    Html *html = control->html;
    size_t count = 0;
    const Str *keys = form_row_keys(control->view->web, field, &count);
    HTML(html, "fieldset.field.rows", "id", control->id, "tabindex", "-1", "aria-describedby",
         control->described) {
        legend_write(control);
        view_hint_write(control);
        view_sent_mark(control);
        if (count > 0) {
            HTML(html, "div.table-wrap") {
                HTML(html, "table.cards.table-rows") {
                    rows_head_write(control);
                    HTML(html, "tbody") {
                        for (size_t i = 0; i < count; i++) {
                            row_write(control, keys[i], i);
                        }
                    }
                }
            }
        }
        if (count < FORM_ROWS_MAX) {
            HTML_LEAF(html, "button.button.small", "添加一行", "type", "submit", "name", "form_act",
                      "value", str_print(control->view->arena, "add:%s", field->name));
        } else {
            HTML(html, "p.hint") {
                html_print(html, "一次最多填写 %d 行，更多请用导入。", FORM_ROWS_MAX);
            }
        }
    }
}

bool view_more_write(const Control *control) {
    switch (control->field->kind) {
    case FIELD_CHOICES:
        choices_write(control);
        return true;
    case FIELD_PLACE:
        place_write(control);
        return true;
    case FIELD_REF:
        ref_write(control);
        return true;
    case FIELD_ROWS:
        rows_write(control);
        return true;
    case FIELD_FILES:
        files_write(control);
        return true;
    case FIELD_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_PASSWORD:
    case FIELD_MONEY:
    case FIELD_INT:
    case FIELD_DAY:
    case FIELD_CHOICE:
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
        break;
    }
    return false;
}
