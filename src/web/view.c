/*
 * view.c - the parts of a page, in HTML and in JSON. Reading order: create and finish, heading and
 * notices, facts, tables, actions. Forms are in view_form.c, the shell around the page in shell.c.
 */
#include "base/limits.h"
#include "web/shell.h"
#include "web/view_internal.h"

#include <inttypes.h>

static const char *const tone_classes[] = {
    [VIEW_NEUTRAL] = "neutral", [VIEW_GOOD] = "good", [VIEW_WARN] = "warn",
    [VIEW_BAD] = "bad",         [VIEW_INFO] = "info",
};

static void json_release(void *it) {
    json_decref(it);
}

View *view_create(struct Web *web) {
    Arena *arena = web->cx->arena;
    View *view = arena_new(arena, View);
    view->web = web;
    view->arena = arena;
    if (web->is_json) {
        view->root = json_object();
        arena_defer(arena, json_release, view->root);
    } else {
        view->body = buf_in(arena, LIMIT_PAGE_BYTES_MAX);
        html_init(&view->html, view->body);
    }
    return view;
}

static void section_close(View *view) {
    if (view->is_section_open) {
        view->is_section_open = false;
        view_pop(view);
    }
}

static Status finish_json(View *view, Str *body) {
    char *text = json_dumps(view->root, JSON_COMPACT | JSON_PRESERVE_ORDER);
    check(text != NULL);
    *body = str_dup(view->arena, str_of(text));
    free(text);
    return STATUS_OK;
}

Status view_finish(View *view, Str *body) {
    if (view->root != NULL) {
        return finish_json(view, body);
    }
    section_close(view);
    check(view->open_count == 0);
    TRY(html_finish(&view->html));
    return shell_write(view->web, view->title, buf_str(view->body), body);
}

void view_push(View *view, const char *tag) {
    check(view->open_count < VIEW_OPEN_MAX);
    HtmlValue item = html_of_c(tag);
    view->open[view->open_count++] = html_open(&view->html, &item, 1);
}

void view_pop(View *view) {
    check(view->open_count > 0);
    html_close(&view->open[--view->open_count]);
}

void view_map(View *view) {
    view->has_map = true;
}

Html *view_html(View *view) {
    return view->root == NULL ? &view->html : NULL;
}

void view_json_text(json_t *object, const char *key, Str text) {
    if (object != NULL) {
        json_object_set_new(object, key, json_stringn(text.at == NULL ? "" : text.at, text.len));
    }
}

/* ---- heading, text, notices ---- */

void view_title(View *view, Str title) {
    view->title = title;
    view_json_text(view->root, "title", title);
    if (view->root == NULL) {
        HTML_LEAF(&view->html, "h1", title);
        shell_errors_write(view);
    }
}

void view_lead(View *view, Str text) {
    if (view->root == NULL) {
        HTML_LEAF(&view->html, "p.lead", text);
    }
}

void view_section(View *view, Str title) {
    if (view->root != NULL) {
        return;
    }
    section_close(view);
    view_push(view, "section.card");
    view->is_section_open = true;
    if (title.len > 0) {
        HTML_LEAF(&view->html, "h2", title);
    }
}

void view_text(View *view, Str text) {
    if (view->root == NULL) {
        HTML_LEAF(&view->html, "p", text);
    }
}

void view_notice(View *view, ViewTone tone, Str text) {
    if (view->root != NULL) {
        json_t *notices = json_object_get(view->root, "notices");
        if (notices == NULL) {
            notices = json_array();
            json_object_set_new(view->root, "notices", notices);
        }
        json_array_append_new(notices, json_stringn(text.at, text.len));
        return;
    }
    Str tag = str_print(view->arena, "div.notice.%s", tone_classes[tone]);
    HTML(&view->html, tag, "role", tone == VIEW_BAD ? "alert" : "status") {
        HTML_LEAF(&view->html, "p", text);
    }
}

void view_link(View *view, Str href, Str label, bool is_main) {
    if (view->root == NULL) {
        HTML(&view->html, "p.actions") {
            HTML_LEAF(&view->html, is_main ? "a.button" : "a", label, "href", href);
        }
    }
}

/* ---- values ---- */

Str view_value_text(Arena *arena, ViewValue value) {
    switch (value.kind) {
    case VIEW_KIND_NONE:
        return STR("未设置");
    case VIEW_KIND_TEXT:
    case VIEW_KIND_LINK:
    case VIEW_KIND_BADGE:
        return value.text;
    case VIEW_KIND_INT:
        return str_print(arena, "%" PRId64, value.number);
    case VIEW_KIND_MONEY:
        return str_print(arena, STR_FMT " 元", STR_ARG(money_print(arena, (Money){value.number})));
    case VIEW_KIND_DAY:
        return value.number == DAY_NONE.number ? STR("未设置")
                                               : day_print(arena, (Day){(int32_t)value.number});
    case VIEW_KIND_INSTANT:
        return value.number == 0 ? STR("未设置") : instant_print_minute(arena, value.number);
    case VIEW_KIND_PERCENT_BP:
        return value.number % 100 == 0 ? str_print(arena, "%" PRId64 "%%", value.number / 100)
                                       : str_print(arena, "%" PRId64 ".%02" PRId64 "%%",
                                                   value.number / 100, value.number % 100);
    }
    return STR_NONE;
}

static json_t *value_json(Arena *arena, ViewValue value) {
    switch (value.kind) {
    case VIEW_KIND_NONE:
        return json_null();
    case VIEW_KIND_BADGE:
        return json_stringn(value.code.at, value.code.len);
    case VIEW_KIND_INT:
    case VIEW_KIND_MONEY:
    case VIEW_KIND_INSTANT:
    case VIEW_KIND_PERCENT_BP:
        return json_integer(value.number);
    case VIEW_KIND_DAY:
        if (value.number == DAY_NONE.number) {
            return json_null();
        }
        break;
    case VIEW_KIND_TEXT:
    case VIEW_KIND_LINK:
        break;
    }
    Str text = view_value_text(arena, value);
    return json_stringn(text.at == NULL ? "" : text.at, text.len);
}

static void value_write(View *view, ViewValue value) {
    Html *html = &view->html;
    Str text = view_value_text(view->arena, value);
    if (value.kind == VIEW_KIND_LINK) {
        HTML_LEAF(html, "a", text, "href", value.code);
    } else if (value.kind == VIEW_KIND_BADGE) {
        HTML_LEAF(html, str_print(view->arena, "span.badge.%s", tone_classes[value.tone]), text);
    } else if (value.kind == VIEW_KIND_NONE) {
        HTML_LEAF(html, "span.unset", text);
    } else {
        html_text(html, text);
    }
}

/* ---- facts ---- */

void view_facts_begin(View *view, const char *key, bool is_tiles) {
    if (view->root != NULL) {
        view->facts = view->root;
        if (key != NULL) {
            view->facts = json_object();
            json_object_set_new(view->root, key, view->facts);
        }
        return;
    }
    view_push(view, is_tiles ? "dl.tiles" : "dl.facts");
}

void view_fact(View *view, const char *key, const char *label, ViewValue value) {
    if (view->root != NULL) {
        json_object_set_new(view->facts, key, value_json(view->arena, value));
        return;
    }
    HTML(&view->html, "div") {
        HTML_LEAF(&view->html, "dt", label);
        HTML(&view->html, "dd") {
            value_write(view, value);
        }
    }
}

void view_facts_end(View *view) {
    view->facts = NULL;
    if (view->root == NULL) {
        view_pop(view);
    }
}

/* ---- tables ---- */

static void table_head_write(View *view) {
    Html *html = &view->html;
    HTML(html, "thead") {
        HTML(html, "tr") {
            for (size_t i = 0; i < view->column_count; i++) {
                if (!view_sort_head_write(view, &view->columns[i])) {
                    HTML_LEAF(html, view->columns[i].is_number ? "th.number" : "th",
                              view->columns[i].label, "scope", "col");
                }
            }
        }
    }
}

void view_table_begin(View *view, const char *key, Str caption, const ViewColumn *columns,
                      size_t column_count) {
    view->columns = columns;
    view->column_count = column_count;
    view->column_index = column_count;
    view->row_count = 0;
    if (view->root != NULL) {
        view->rows = json_array();
        json_object_set_new(view->root, key, view->rows);
        return;
    }
    view_push(view, "div.table-wrap");
    HTML_ATTR(&view->html, "role", "region");
    HTML_ATTR(&view->html, "aria-label", caption);
    HTML_ATTR(&view->html, "tabindex", "0");
    view_push(view, view->sort_path.len > 0 ? "table.cards.table-dense" : "table.cards");
    if (caption.len > 0) {
        HTML_LEAF(&view->html, "caption", caption);
    }
    table_head_write(view);
    view->sort_path = STR_NONE;
    view_push(view, "tbody");
}

static void row_close(View *view) {
    if (view->row_count > 0) {
        check(view->column_index == view->column_count);
        if (view->root == NULL) {
            view_pop(view);
        }
    }
}

void view_row(View *view) {
    row_close(view);
    view->row_count++;
    view->column_index = 0;
    if (view->root != NULL) {
        view->row = json_object();
        json_array_append_new(view->rows, view->row);
    } else {
        view_push(view, "tr");
    }
}

enum { SHORT_RUNES_MAX = 4, SHORT_DATE_RUNES_MAX = 10 };

/* Two or four characters, a date or a month are not broken in a narrow column. */
static bool is_short(ViewValue value) {
    size_t runes = value.kind == VIEW_KIND_TEXT ? str_rune_count(value.text) : 0;
    bool is_date = runes > 0 && value.text.at[0] >= '0' && value.text.at[0] <= '9';
    return value.kind == VIEW_KIND_DAY ||
           (runes > 0 && runes <= (is_date ? SHORT_DATE_RUNES_MAX : SHORT_RUNES_MAX));
}

void view_cell(View *view, ViewValue value) {
    check(view->column_index < view->column_count);
    const ViewColumn *column = &view->columns[view->column_index++];
    if (view->root != NULL) {
        json_object_set_new(view->row, column->key, value_json(view->arena, value));
        return;
    }
    const char *element = column->is_number ? "td.number" : is_short(value) ? "td.short" : "td";
    HTML(&view->html, element, "data-label", column->label) {
        value_write(view, value);
    }
}

static void action_write(View *view, Str path, Str label, const char *confirm) {
    Html *html = &view->html;
    HTML(html, "form.inline", "method", "post", "action", path, "data-once", "", "data-confirm",
         confirm) {
        view_form_secrets(view, html);
        HTML_LEAF(html, "button.button.small", label, "type", "submit");
    }
}

void view_cell_action(View *view, Str path, Str label, const char *confirm) {
    check(view->column_index < view->column_count);
    const ViewColumn *column = &view->columns[view->column_index++];
    if (view->root != NULL) {
        view_json_text(view->row, column->key, label.len > 0 ? path : STR_NONE);
        return;
    }
    HTML(&view->html, "td", "data-label", column->label) {
        if (label.len > 0) {
            action_write(view, path, label, confirm);
        }
    }
}

void view_table_end(View *view, Str empty_text) {
    row_close(view);
    bool is_empty = view->row_count == 0;
    view->row_count = 0;
    if (view->root != NULL) {
        view->rows = NULL;
        view->row = NULL;
        return;
    }
    view_pop(view); /* tbody */
    view_pop(view); /* table */
    view_pop(view); /* wrap */
    if (is_empty) {
        HTML_LEAF(&view->html, "p.empty", empty_text);
    }
}

void view_pager(View *view, Str path, int64_t page, bool has_more) {
    if (view->root != NULL) {
        json_object_set_new(view->root, "page", json_integer(page));
        json_object_set_new(view->root, "has_more", json_boolean(has_more));
        return;
    }
    if (page == 0 && !has_more) {
        return;
    }
    const char *joint = str_contains(path, STR("?")) ? "&" : "?";
    Html *html = &view->html;
    HTML(html, "nav.pager", "aria-label", "翻页") {
        if (page > 0) {
            HTML_LEAF(
                html, "a", "上一页", "rel", "prev", "href",
                str_print(view->arena, STR_FMT "%spage=%" PRId64, STR_ARG(path), joint, page - 1));
        }
        HTML(html, "span") {
            html_print(html, "第 %" PRId64 " 页", page + 1);
        }
        if (has_more) {
            HTML_LEAF(
                html, "a", "下一页", "rel", "next", "href",
                str_print(view->arena, STR_FMT "%spage=%" PRId64, STR_ARG(path), joint, page + 1));
        }
    }
}

/* ---- progress, actions, charts ---- */

void view_progress(View *view, Str label, int64_t done, int64_t total) {
    if (view->root != NULL) {
        return;
    }
    Html *html = &view->html;
    HTML(html, "div.meter") {
        HTML_LEAF(html, "span", label);
        HTML(html, "progress", "max", total > 0 ? total : 1, "value", done, "aria-label", label) {
        }
    }
}

void view_action(View *view, Str path, Str label, const char *confirm) {
    if (view->root == NULL) {
        action_write(view, path, label, confirm);
    }
}

void view_chart(View *view, const char *key, Str caption, const Str *labels, const int64_t *values,
                size_t count) {
    static const ViewColumn columns[] = {{"label", "范围", false}, {"value", "例数", true}};
    if (view->root == NULL) {
        HTML(&view->html, "div.chart", "data-chart", key, "data-title", caption) {
        }
    }
    view_table_begin(view, key, caption, columns, 2);
    for (size_t i = 0; i < count; i++) {
        view_row(view);
        view_cell(view, VIEW_TEXT(labels[i]));
        view_cell(view, VIEW_INT(values[i]));
    }
    view_table_end(view, STR("还没有数据"));
}
