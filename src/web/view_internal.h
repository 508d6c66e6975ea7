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
};

/* Adds a text member to a JSON object; does nothing when object is NULL. */
void view_json_text(json_t *object, const char *key, Str text);
/* The words of a value on a page. */
Str view_value_text(Arena *arena, ViewValue value);
/* Opens an element that stays open until view_pop. */
void view_push(View *view, const char *tag);
void view_pop(View *view);
/* The hidden fields of every form that changes something: token and request key. */
void view_form_secrets(View *view, Html *html);

#endif
