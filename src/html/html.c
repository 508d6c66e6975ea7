/*
 * html.c - escaping first, then names and URLs, then tags, attributes and content.
 *
 * A start tag is written without its ">" and stays open for attributes until content, another tag
 * or its end comes: begin_content writes the ">".
 */
#include "html/html.h"

#include "base/limits.h"

#include <stdarg.h>
#include <string.h>

/* ---- escaping (H1, H2) ---------------------------------------------------------------------- */

typedef enum ByteClass {
    BYTE_PLAIN,
    BYTE_SPECIAL, /* has a reference */
    BYTE_CONTROL, /* not allowed in HTML */
    BYTE_HIGH,    /* part of a longer UTF-8 sequence */
} ByteClass;

static ByteClass byte_class(unsigned char c) {
    if (c >= 0x80) {
        return BYTE_HIGH;
    }
    if (c < 0x20) {
        return c == '\t' || c == '\n' ? BYTE_PLAIN : (c == '\r' ? BYTE_SPECIAL : BYTE_CONTROL);
    }
    if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'') {
        return BYTE_SPECIAL;
    }
    return c == 0x7f ? BYTE_CONTROL : BYTE_PLAIN;
}

static const char *reference_of(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return "&#13;"; /* a bare CR would be read as a line feed */
    }
}

/* Runs of bytes that need nothing are copied at once. */
static void put_escaped(Buf *out, Str text) {
    bool is_utf8 = str_is_utf8(text);
    size_t run = 0;
    size_t i = 0;
    while (i < text.len) {
        ByteClass class = byte_class((unsigned char)text.at[i]);
        if (class == BYTE_PLAIN || (class == BYTE_HIGH && is_utf8)) {
            i++;
            continue;
        }
        buf_put(out, str_slice(text, run, i - run));
        if (class == BYTE_SPECIAL) {
            buf_put_c(out, reference_of(text.at[i++]));
        } else if (class == BYTE_CONTROL) {
            buf_put_rune(out, 0xFFFD);
            i++;
        } else {
            buf_put_rune(out, str_rune(text, &i));
        }
        run = i;
    }
    buf_put(out, str_slice(text, run, i - run));
}

/* ---- names (H4, H7) ------------------------------------------------------------------------- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_byte(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_name(Str name) {
    if (name.len == 0 || !(is_letter(name.at[0]) || name.at[0] == '_')) {
        return false;
    }
    for (size_t i = 1; i < name.len; i++) {
        if (!is_name_byte(name.at[i]) && name.at[i] != ':' && name.at[i] != '.') {
            return false;
        }
    }
    return true;
}

static bool is_one_of(Str name, const char *const *list) {
    for (size_t i = 0; list[i] != NULL; i++) {
        size_t len = strlen(list[i]);
        if (len == name.len && memcmp(list[i], name.at, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_void_name(Str tag) {
    static const char *const VOID_NAMES[] = {"area",   "base", "br",    "col",   "embed",
                                             "hr",     "img",  "link",  "input", "meta",
                                             "source", "wbr",  "track", NULL};
    return is_one_of(tag, VOID_NAMES);
}

static bool is_raw_text_name(Str tag) {
    static const char *const RAW_NAMES[] = {"script", "style", NULL};
    return is_one_of(tag, RAW_NAMES);
}

static bool is_boolean_name(Str name) {
    static const char *const BOOLEAN_NAMES[] = {
        "allowfullscreen", "async",    "autofocus", "autoplay",   "checked",        "controls",
        "default",         "defer",    "disabled",  "novalidate", "formnovalidate", "hidden",
        "inert",           "loop",     "multiple",  "muted",      "open",           "readonly",
        "required",        "reversed", "selected",  NULL};
    return is_one_of(name, BOOLEAN_NAMES);
}

/* Attributes whose words are "true" and "false"; in C a comparison, and `true`, is an int. */
static bool is_truth_name(Str name) {
    static const char *const TRUTH_NAMES[] = {"aria-atomic",
                                              "aria-busy",
                                              "aria-checked",
                                              "aria-disabled",
                                              "aria-expanded",
                                              "aria-hidden",
                                              "aria-invalid",
                                              "aria-modal",
                                              "aria-pressed",
                                              "aria-readonly",
                                              "aria-multiselectable",
                                              "aria-required",
                                              "aria-selected",
                                              "draggable",
                                              "spellcheck",
                                              "contenteditable",
                                              "hx-boost",
                                              NULL};
    return is_one_of(name, TRUTH_NAMES);
}

static bool is_url_name(Str name) {
    static const char *const URL_NAMES[] = {"href",      "src",         "action", "formaction",
                                            "poster",    "cite",        "data",   "xlink:href",
                                            "hx-get",    "hx-post",     "hx-put", "hx-patch",
                                            "hx-delete", "hx-push-url", NULL};
    return is_one_of(name, URL_NAMES);
}

/* H4: what runs code or style from a string, or holds URLs that H3 does not look into. */
static bool is_refused_name(Str name) {
    static const char *const REFUSED_NAMES[] = {"style", "srcdoc", "srcset", "ping", NULL};
    bool is_handler = name.len >= 2 && str_equal_ascii_nocase(str_slice(name, 0, 2), STR("on"));
    return is_handler || str_starts(name, STR("hx-on")) || is_one_of(name, REFUSED_NAMES);
}

/* ---- URLs (H3) ------------------------------------------------------------------------------ */

static bool is_safe_scheme(Str scheme) {
    static const char *const SAFE[] = {"http", "https", "mailto", "tel"};
    for (size_t i = 0; i < sizeof SAFE / sizeof SAFE[0]; i++) {
        if (str_equal_ascii_nocase(scheme, str_of(SAFE[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_image_data(Str url) {
    static const char *const SAFE[] = {"data:image/png;base64,", "data:image/jpeg;base64,",
                                       "data:image/gif;base64,", "data:image/webp;base64,"};
    for (size_t i = 0; i < sizeof SAFE / sizeof SAFE[0]; i++) {
        if (str_starts(url, str_of(SAFE[i]))) {
            return true;
        }
    }
    return false;
}

bool html_url_is_safe(Str url, bool is_image_source) {
    for (size_t i = 0; i < url.len; i++) {
        /* Browsers drop tabs and line ends inside URLs, so "java\nscript:" is a scheme. */
        if ((unsigned char)url.at[i] <= 0x20 || url.at[i] == 0x7f) {
            return false;
        }
    }
    if (url.len >= 2 && (url.at[0] == '/' || url.at[0] == '\\') &&
        (url.at[1] == '/' || url.at[1] == '\\')) {
        return false; /* another host without saying so */
    }
    size_t i = 0;
    while (i < url.len && strchr(":/?#\\", url.at[i]) == NULL) {
        i++;
    }
    if (i == url.len || url.at[i] != ':') {
        return true;
    }
    return is_safe_scheme(str_slice(url, 0, i)) || (is_image_source && is_image_data(url));
}

/* ---- values --------------------------------------------------------------------------------- */

HtmlValue html_of_str(Str text) {
    return (HtmlValue){.kind = HTML_VALUE_TEXT, .text = text};
}

HtmlValue html_of_c(const char *c_text) {
    return (HtmlValue){.kind = HTML_VALUE_TEXT, .text = str_of(c_text)};
}

HtmlValue html_of_int(int64_t number) {
    return (HtmlValue){.kind = HTML_VALUE_NUMBER, .number = number};
}

HtmlValue html_of_uint(uint64_t number) {
    return (HtmlValue){.kind = HTML_VALUE_NUMBER, .number = (int64_t)number, .is_unsigned = true};
}

HtmlValue html_of_bool(bool flag) {
    return (HtmlValue){.kind = HTML_VALUE_BOOL, .number = flag};
}

static bool value_is_absent(HtmlValue value) {
    return value.kind == HTML_VALUE_TEXT && value.text.at == NULL;
}

static bool value_is_true(HtmlValue value) {
    return value.kind == HTML_VALUE_TEXT ? value.text.at != NULL : value.number != 0;
}

static void put_value(Buf *out, HtmlValue value) {
    switch (value.kind) {
    case HTML_VALUE_TEXT:
        put_escaped(out, value.text);
        return;
    case HTML_VALUE_NUMBER:
        if (value.is_unsigned) {
            buf_print(out, "%llu", (unsigned long long)value.number);
        } else {
            buf_print(out, "%lld", (long long)value.number);
        }
        return;
    case HTML_VALUE_BOOL:
        buf_put_c(out, value.number != 0 ? "true" : "false");
        return;
    }
}

/* ---- tags ----------------------------------------------------------------------------------- */

static Str name_of(HtmlValue item) {
    check(item.kind == HTML_VALUE_TEXT);
    check(item.text.at != NULL);
    return item.text;
}

/* Ends an open start tag, because content follows. */
static void begin_content(Html *html) {
    check(html->out != NULL);
    if (html->is_tag_open) {
        buf_put_char(html->out, '>');
        html->is_tag_open = false;
    }
}

static void put_attribute(Html *html, Str name, HtmlValue value) {
    check(is_name(name));
    check(!is_refused_name(name));
    if (is_boolean_name(name)) {
        if (value_is_true(value)) {
            buf_put_char(html->out, ' ');
            buf_put(html->out, name);
        }
        return;
    }
    if (value_is_absent(value)) {
        return;
    }
    if (value.kind == HTML_VALUE_NUMBER && is_truth_name(name)) {
        value = html_of_bool(value.number != 0);
    }
    bool is_source = str_equal(name, STR("src"));
    if (is_url_name(name) && value.kind == HTML_VALUE_TEXT &&
        !html_url_is_safe(value.text, is_source)) {
        html->url_refused_count++;
        value = html_of_c("#");
    }
    buf_put_char(html->out, ' ');
    buf_put(html->out, name);
    buf_put(html->out, STR("=\""));
    put_value(html->out, value);
    buf_put_char(html->out, '"');
}

/* Cuts the next part of a selector: the part's first byte ('#', '.', or 0 for the tag's name) goes
 * to *mark, the bare text is returned. */
static Str selector_cut(Str *rest, char *mark) {
    size_t from = 0;
    *mark = 0;
    if (rest->len > 0 && (rest->at[0] == '#' || rest->at[0] == '.')) {
        *mark = rest->at[0];
        from = 1;
    }
    size_t end = from;
    while (end < rest->len && rest->at[end] != '#' && rest->at[end] != '.') {
        check(is_name_byte(rest->at[end]));
        end++;
    }
    check(end > from);
    Str part = str_slice(*rest, from, end - from);
    *rest = str_from(*rest, end);
    return part;
}

/* Writes id, and all classes of the selector together with a class attribute among the pairs,
 * since a second class attribute would be ignored by browsers. */
static void put_selector(Html *html, Str selector, const HtmlValue *class_value) {
    bool has_class = false;
    char mark = 0;
    Str rest = selector;
    while (rest.len > 0) {
        Str part = selector_cut(&rest, &mark);
        if (mark == '#') {
            put_attribute(html, STR("id"), html_of_str(part));
        }
        has_class = has_class || mark == '.';
    }
    if (!has_class) {
        return;
    }
    buf_put(html->out, STR(" class=\""));
    bool is_first = true;
    rest = selector;
    while (rest.len > 0) {
        Str part = selector_cut(&rest, &mark);
        if (mark == '.') {
            buf_put(html->out, is_first ? STR("") : STR(" "));
            buf_put(html->out, part);
            is_first = false;
        }
    }
    if (class_value != NULL && !value_is_absent(*class_value)) {
        buf_put_char(html->out, ' ');
        put_value(html->out, *class_value);
    }
    buf_put_char(html->out, '"');
    html->has_class = true;
}

/* Writes "<name attributes" and leaves the tag open; returns the bare name. */
static Str begin_tag(Html *html, const HtmlValue *items, size_t count, size_t first_pair) {
    begin_content(html);
    check(!html->is_raw_text);
    check((count - first_pair) % 2 == 0);
    Str selector = name_of(items[0]);
    Str name = STR("div");
    check(selector.len > 0);
    if (selector.at[0] != '.' && selector.at[0] != '#') {
        char mark = 0;
        name = selector_cut(&selector, &mark);
        check(is_letter(name.at[0]));
    }
    html->is_textarea_fresh = false;
    html->has_class = false;
    buf_put_char(html->out, '<');
    buf_put(html->out, name);
    html->is_tag_open = true;
    if (selector.len > 0) {
        const HtmlValue *class_value = NULL;
        for (size_t i = first_pair; i < count; i += 2) {
            class_value = str_equal(name_of(items[i]), STR("class")) ? &items[i + 1] : class_value;
        }
        put_selector(html, selector, class_value);
    }
    for (size_t i = first_pair; i < count; i += 2) {
        if (!html->has_class || !str_equal(items[i].text, STR("class"))) {
            put_attribute(html, name_of(items[i]), items[i + 1]);
        }
    }
    return name;
}

HtmlScope html_open(Html *html, const HtmlValue *items, size_t count) {
    check(html != NULL);
    check(html->depth < LIMIT_NESTING_MAX);
    Str name = begin_tag(html, items, count, 1);
    check(!is_void_name(name));
    html->is_raw_text = is_raw_text_name(name);
    html->is_textarea_fresh = str_equal(name, STR("textarea")) || str_equal(name, STR("pre"));
    html->depth++;
    return (HtmlScope){html, name, html->depth};
}

void html_close(HtmlScope *scope) {
    Html *html = scope->html;
    if (html == NULL) {
        return;
    }
    check(html->depth == scope->depth);
    begin_content(html);
    html->depth--;
    html->is_raw_text = false;
    html->is_textarea_fresh = false;
    buf_put(html->out, STR("</"));
    buf_put(html->out, scope->name);
    buf_put_char(html->out, '>');
    scope->html = NULL;
}

void html_leaf(Html *html, const HtmlValue *items, size_t count) {
    check(count >= 2);
    Str name = begin_tag(html, items, count, 2);
    check(!is_void_name(name));
    check(!is_raw_text_name(name));
    begin_content(html);
    Str text = items[1].kind == HTML_VALUE_TEXT ? items[1].text : STR_NONE;
    bool eats_newline = str_equal(name, STR("textarea")) || str_equal(name, STR("pre"));
    if (eats_newline && text.len > 0 && text.at[0] == '\n') {
        buf_put_char(html->out, '\n');
    }
    put_value(html->out, items[1]);
    buf_put(html->out, STR("</"));
    buf_put(html->out, name);
    buf_put_char(html->out, '>');
}

void html_void(Html *html, const HtmlValue *items, size_t count) {
    Str name = begin_tag(html, items, count, 1);
    check(is_void_name(name));
}

void html_attr(Html *html, const char *name, HtmlValue value) {
    check(html->is_tag_open);
    Str name_str = str_of(name);
    check(!html->has_class || !str_equal(name_str, STR("class")));
    put_attribute(html, name_str, value);
}

/* ---- content -------------------------------------------------------------------------------- */

void html_init(Html *html, Buf *out) {
    check(out != NULL);
    *html = (Html){.out = out};
}

void html_doctype(Html *html) {
    check(html->depth == 0);
    begin_content(html);
    buf_put(html->out, STR("<!DOCTYPE html>\n"));
}

Status html_finish(Html *html) {
    begin_content(html);
    check(html->depth == 0);
    return buf_status(html->out);
}

void html_text(Html *html, Str text) {
    if (text.len == 0) {
        return;
    }
    begin_content(html);
    check(!html->is_raw_text);
    if (html->is_textarea_fresh && text.at[0] == '\n') {
        buf_put_char(html->out, '\n');
    }
    html->is_textarea_fresh = false;
    put_escaped(html->out, text);
}

void html_text_c(Html *html, const char *c_text) {
    html_text(html, str_of(c_text));
}

void html_print(Html *html, const char *format, ...) {
    Buf text;
    buf_init(&text, LIMIT_PAGE_BYTES_MAX);
    va_list args;
    va_start(args, format);
    buf_print_va(&text, format, args);
    va_end(args);
    html_text(html, buf_str(&text));
    if (buf_status(&text) != STATUS_OK) {
        html->out->is_full = true; /* the page would miss a part: let html_finish tell it */
    }
    buf_dispose(&text);
}

void html_int(Html *html, int64_t number) {
    begin_content(html);
    check(!html->is_raw_text);
    html->is_textarea_fresh = false;
    put_value(html->out, html_of_int(number));
}

void html_lines(Html *html, Str text) {
    Str rest = text;
    while (rest.at != NULL) {
        Str line = str_cut(&rest, '\n');
        if (str_ends(line, STR("\r"))) {
            line.len--;
        }
        html_text(html, line);
        if (rest.at != NULL) {
            HTML_VOID(html, "br");
        }
    }
}

void html_json(Html *html, const char *id, Str json) {
    HTML(html, "script", "type", "application/json", "id", id) {
        check(is_name(str_of(id)));
        begin_content(html);
        bool is_utf8 = str_is_utf8(json);
        for (size_t i = 0; i < json.len;) {
            size_t from = i;
            uint32_t rune = str_rune(json, &i);
            if (rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 || rune == 0x2029) {
                buf_print(html->out, "\\u%04x", (unsigned)rune);
            } else if (is_utf8) {
                buf_put(html->out, str_slice(json, from, i - from));
            } else {
                buf_put_rune(html->out, rune);
            }
        }
    }
}

void html_raw(Html *html, Str markup) {
    begin_content(html);
    html->is_textarea_fresh = false;
    buf_put(html->out, markup);
}
