/* view_internal.h - the state of a page while it is filled. Private to src/web. */
#ifndef HUANXIN_WEB_VIEW_INTERNAL_H
#define HUANXIN_WEB_VIEW_INTERNAL_H

#include "web/form.h"
#include "web/web.h"

#include <jansson.h>

enum { VIEW_OPEN_MAX = 16 };

struct View {
    Web *web;
    Arena *arena;
    /* HTML: the body of <main> is written first, the shell around it at the end. */
    Buf *body;
    Html html;
    HtmlScope open[VIEW_OPEN_MAX];
    size_t open_count;
    bool is_section_open;
    bool has_plot; /* the page needs the chart library */
    bool has_map;  /* the page needs the map library */
    Str title;
    /* JSON: the page object, and the object or array that is being filled. */
    json_t *root;
    json_t *facts;
    json_t *rows;
    json_t *row;
    const ViewColumn *columns;
    size_t column_count;
    size_t column_index;
    int64_t row_count;
    /* The next table's sorting: view_table_sort. */
    Str sort_path;
    Str sort_now;
    const char *const *sort_keys;
    size_t sort_key_count;
    bool is_bar;    /* the form that is drawn is a filter bar */
    json_t *moment; /* the entry of a timeline that is being filled */
    bool is_moment_open;
};

/* A field as it is drawn: its ids, its message, what stands in it. */
typedef struct Control {
    View *view;
    Html *html;
    const FormField *field;
    Str id;
    Str described; /* ids of hint and message, or STR_NONE */
    Str value;
    bool is_bad;
} Control;
Control view_control_of(View *view, const FormField *field);
/* One field with its label. */
void view_field_write(View *view, const FormField *field);
/* The fields of a filter bar; returns how many conditions are set, the search among them. */
int64_t view_bar_write(View *view, const Form *form);
/* Hint and message above a control. */
void view_hint_write(const Control *control);
/* The input, list or text area alone. */
void view_control_write(const Control *control);
/* The hidden name.sent of boxes and tables. */
void view_sent_mark(const Control *control);
/* Draws the kinds of view_form_more.c; false for others. */
bool view_more_write(const Control *control);
/* The head of a column that sorts; false when it does not. */
bool view_sort_head_write(View *view, const ViewColumn *column);
/* The message at a field, or NULL. */
const WebError *view_error_of(const Web *web, const char *field);

/* Adds a text member to a JSON object; does nothing when object is NULL. */
void view_json_text(json_t *object, const char *key, Str text);
/* The words of a value on a page. */
Str view_value_text(Arena *arena, ViewValue value);
/* Opens an element that stays open until view_pop. */
void view_push(View *view, const char *tag);
void view_pop(View *view);

#endif
