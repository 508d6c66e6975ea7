/*
 * view_bar.c - the filter bar above a list. The first field, the search, is always in sight. On a
 * phone the others are one tap away behind a switch that says how many are set; on a wide screen
 * they stand side by side, those that are asked less often (a field's group) behind a second one.
 * Both are check boxes without a name: the style sheet alone opens and closes, without a script,
 * and the keyboard reaches them.
 */
#include "web/view_internal.h"

#include <inttypes.h>

/* "f.price.b" is the other end of "f.price.a": one condition. */
static bool is_other_end(const Form *form, size_t at) {
    Str name = str_of(form->fields[at].name);
    if (at == 0 || !str_ends(name, STR(".b"))) {
        return false;
    }
    Str base = str_slice(name, 0, name.len - 1);
    return str_starts(str_of(form->fields[at - 1].name), base);
}

static bool is_set(const View *view, const FormField *field) {
    return field->kind != FIELD_HIDDEN && str_trim(web_param(view->web, field->name)).len > 0;
}

/* Conditions that are set from a field on; group: only those that are folded away. */
static int64_t set_count(const View *view, const Form *form, size_t first, bool is_folded) {
    int64_t count = 0;
    for (size_t i = first; i < form->field_count; i++) {
        bool is_counted = !is_folded || form->fields[i].group != NULL;
        bool is_twin = is_other_end(form, i) && is_set(view, &form->fields[i - 1]);
        count += is_counted && !is_twin && is_set(view, &form->fields[i]);
    }
    return count;
}

static size_t shown_count(const Form *form) {
    size_t count = 0;
    for (size_t i = 0; i < form->field_count; i++) {
        count += form->fields[i].kind != FIELD_HIDDEN;
    }
    return count;
}

/* A box that opens what follows it. */
static void switch_write(View *view, Str id, const char *box, const char *tag, Str words,
                         bool is_open) {
    HTML_VOID(&view->html, "input", "type", "checkbox", "id", id, "class", box, "checked", is_open,
              "autocomplete", "off");
    HTML_LEAF(&view->html, tag, words, "for", id);
}

static void panel_write(View *view, const Form *form) {
    Str more = str_print(view->arena, "%s-more", form->key);
    size_t i = 1;
    for (; i < form->field_count && form->fields[i].group == NULL; i++) {
        view_field_write(view, &form->fields[i]);
    }
    if (i == form->field_count) {
        return;
    }
    switch_write(view, more, "visually-hidden more-switch", "label.more-open",
                 str_of(form->fields[i].group), set_count(view, form, 1, true) > 0);
    HTML(&view->html, "div.bar-more") {
        for (; i < form->field_count; i++) {
            view_field_write(view, &form->fields[i]);
        }
    }
}

int64_t view_bar_write(View *view, const Form *form) {
    Str id = str_print(view->arena, "%s-open", form->key);
    int64_t count = set_count(view, form, 1, false);
    view_field_write(view, &form->fields[0]);
    if (shown_count(form) == 1) {
        for (size_t i = 1; i < form->field_count; i++) {
            view_field_write(view, &form->fields[i]); /* hidden ones */
        }
        return set_count(view, form, 0, false);
    }
    Str words = count == 0 ? STR("筛选条件")
                           : str_print(view->arena, "筛选条件（已选 %" PRId64 " 项）", count);
    switch_write(view, id, "visually-hidden bar-switch", "label.bar-open", words, false);
    HTML(&view->html, "div.bar-panel") {
        panel_write(view, form);
    }
    return set_count(view, form, 0, false);
}
