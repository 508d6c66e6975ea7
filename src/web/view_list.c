/*
 * view_list.c - what long lists need: heads that sort, pages with their count, tabs; and the
 * timeline of one record.
 */
#include "web/view_internal.h"

#include <inttypes.h>

/* ---- sorting ---- */

void view_table_sort(View *view, Str path, Str now, const char *const *keys, size_t key_count) {
    view->sort_path = path;
    view->sort_now = now;
    view->sort_keys = keys;
    view->sort_key_count = key_count;
}

static bool is_sortable(const View *view, const char *key) {
    for (size_t i = 0; i < view->sort_key_count && view->sort_path.len > 0; i++) {
        if (str_equal(str_of(view->sort_keys[i]), str_of(key))) {
            return true;
        }
    }
    return false;
}

bool view_sort_head_write(View *view, const ViewColumn *column) {
    if (!is_sortable(view, column->key)) {
        return false;
    }
    Arena *arena = view->arena;
    Str key = str_of(column->key);
    bool is_up = str_equal(view->sort_now, key);
    bool is_down = str_equal(view->sort_now, str_join(arena, STR("-"), key));
    const char *joint = str_contains(view->sort_path, STR("?")) ? "&" : "?";
    Str href = str_print(arena, STR_FMT "%ssort=%s" STR_FMT, STR_ARG(view->sort_path), joint,
                         is_up ? "-" : "", STR_ARG(key));
    HTML(&view->html, column->is_number ? "th.number" : "th", "scope", "col", "aria-sort",
         is_up     ? "ascending"
         : is_down ? "descending"
                   : (const char *)NULL) {
        HTML(&view->html, "a", "href", href) {
            html_text_c(&view->html, column->label);
            if (is_up || is_down) {
                HTML_LEAF(&view->html, "span", is_up ? " ↑" : " ↓", "aria-hidden", "true");
            }
        }
    }
    return true;
}

/* ---- pages ---- */

/* 1234567 as "1,234,567". */
static Str grouped(Arena *arena, int64_t number) {
    Str plain = str_print(arena, "%" PRId64, number);
    Buf *buf = buf_in(arena, 64);
    for (size_t i = 0; i < plain.len; i++) {
        if (i > 0 && (plain.len - i) % 3 == 0) {
            buf_put_char(buf, ',');
        }
        buf_put_char(buf, plain.at[i]);
    }
    return buf_str(buf);
}

static void page_link(View *view, Str href, const char *label, const char *rel) {
    if (href.len > 0) {
        HTML_LEAF(&view->html, "a", label, "rel", rel, "href", href);
    }
}

/* How many there are, and where one is. */
static void place_text(View *view, const ViewPages *pages) {
    Html *html = &view->html;
    int64_t count = (pages->total + pages->rows_per_page - 1) / pages->rows_per_page;
    Str total = grouped(view->arena, pages->total);
    if (pages->total == 0) {
        html_text_c(html, "总数未统计");
    } else {
        html_print(html, "%s" STR_FMT " 条", pages->is_at_least ? "超过 " : "共 ", STR_ARG(total));
    }
    if (pages->from_end > 0) {
        html_print(html, " · 倒数第 %" PRId64 " 页", pages->from_end);
        return;
    }
    html_print(html, " · 第 %" PRId64, pages->page + 1);
    if (!pages->is_at_least) {
        html_print(html, " / %" PRId64, count);
    }
    html_text_c(html, " 页");
}

static bool is_place_field(Str name) {
    static const char *const names[] = {"n", "c", "b", "p", "e"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_equal(name, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static void jump_form(View *view, const ViewPages *pages) {
    Html *html = &view->html;
    HTML(html, "form.jump", "method", "get", "action", pages->jump_path) {
        for (size_t i = 0; i < pages->jump_field_count; i++) {
            const HttpField *field = &pages->jump_fields[i];
            if (!is_place_field(field->name) && field->value.len > 0) {
                HTML_VOID(html, "input", "type", "hidden", "name", field->name, "value",
                          field->value);
            }
        }
        HTML(html, "label") {
            html_text_c(html, "第 ");
            HTML_VOID(html, "input", "type", "number", "name", "n", "min", "1", "max",
                      str_print(view->arena, "%" PRId64, pages->jump_max), "required", "");
            html_text_c(html, " 页");
        }
        HTML_LEAF(html, "button.button.plain", "跳转", "type", "submit");
    }
}

void view_pages(View *view, const ViewPages *pages) {
    if (view->root != NULL) {
        json_object_set_new(view->root, "page", json_integer(pages->page));
        json_object_set_new(view->root, "total", json_integer(pages->total));
        json_object_set_new(view->root, "is_total_at_least", json_boolean(pages->is_at_least));
        json_object_set_new(view->root, "has_more", json_boolean(pages->after.len > 0));
        view_json_text(view->root, "next",
                       pages->after.len > 0 ? str_join(view->arena, STR("/api"), pages->after)
                                            : STR_NONE);
        return;
    }
    if (pages->total == 0 && !pages->is_at_least) {
        return;
    }
    HTML(&view->html, "nav.pager", "aria-label", "翻页") {
        page_link(view, pages->first, "首页", "first");
        page_link(view, pages->before, "上一页", "prev");
        HTML(&view->html, "span") {
            place_text(view, pages);
        }
        page_link(view, pages->after, "下一页", "next");
        page_link(view, pages->last, "末页", "last");
        if (pages->jump_max > 1) {
            jump_form(view, pages);
        }
    }
}

/* ---- tabs ---- */

void view_tabs_begin(View *view, const char *label) {
    if (view->root == NULL) {
        view_push(view, "nav");
        HTML_ATTR(&view->html, "aria-label", label);
        view_push(view, "ul.tabs");
    }
}

void view_tab(View *view, Str href, Str label, bool is_here) {
    if (view->root == NULL) {
        HTML(&view->html, "li") {
            HTML_LEAF(&view->html, "a", label, "href", href, "aria-current",
                      is_here ? "page" : (const char *)NULL);
        }
    }
}

void view_tabs_end(View *view) {
    if (view->root == NULL) {
        view_pop(view);
        view_pop(view);
    }
}

/* ---- timeline ---- */

void view_timeline_begin(View *view) {
    if (view->root != NULL) {
        view->rows = json_array();
        json_object_set_new(view->root, "timeline", view->rows);
        return;
    }
    view_push(view, "ol.timeline");
}

static void moment_close(View *view) {
    if (view->is_moment_open) {
        view->is_moment_open = false;
        view_pop(view);
    }
}

static void moment_json(View *view, const ViewMoment *moment) {
    view->moment = json_object();
    json_array_append_new(view->rows, view->moment);
    json_object_set_new(view->moment, "at_ms", json_integer(moment->at_ms));
    view_json_text(view->moment, "who", moment->who);
    view_json_text(view->moment, "what", moment->what);
    view_json_text(view->moment, "note", moment->note);
    json_object_set_new(view->moment, "changes", json_array());
}

void view_moment(View *view, const ViewMoment *moment) {
    if (view->root != NULL) {
        moment_json(view, moment);
        return;
    }
    moment_close(view);
    view_push(view, moment->tone == VIEW_BAD ? "li.is-late" : "li.is-done");
    view->is_moment_open = true;
    Html *html = &view->html;
    HTML_LEAF(html, "strong", moment->what);
    HTML(html, "small") {
        html_text(html, instant_print_minute(view->arena, moment->at_ms));
        html_text_c(html, " · ");
        html_text(html, moment->who);
    }
    if (moment->note.len > 0) {
        HTML(html, "p.note") {
            html_lines(html, moment->note);
        }
    }
}

void view_change(View *view, Str label, Str before, Str after) {
    if (view->root != NULL) {
        json_t *row = json_object();
        json_array_append_new(json_object_get(view->moment, "changes"), row);
        view_json_text(row, "label", label);
        view_json_text(row, "before", before);
        view_json_text(row, "after", after);
        return;
    }
    Html *html = &view->html;
    HTML(html, "p.change") {
        html_text(html, label);
        html_text_c(html, "：");
        if (before.len > 0) {
            HTML_LEAF(html, "del", before);
            html_text_c(html, " → ");
        }
        HTML_LEAF(html, after.len > 0 ? "ins" : "span.unset",
                  after.len > 0 ? after : STR("（清空）"));
    }
}

void view_timeline_end(View *view) {
    if (view->root != NULL) {
        view->rows = NULL;
        view->moment = NULL;
        return;
    }
    moment_close(view);
    view_pop(view);
}
