/*
 * html.h - the one HTML writer and the one escaper. What a page says is escaped because there is
 * no shorter way to say it; what is not escaped is spelled html_raw, which only html/ and web/ use.
 *
 *   HTML(h, "section#money.card", "aria-labelledby", "money-title") {
 *       HTML_LEAF(h, "h2", "资金", "id", "money-title");
 *       HTML(h, "p") {
 *           html_text_c(h, "还剩 ");
 *           HTML_LEAF(h, "strong.num", left_yuan);
 *       }
 *       HTML_VOID(h, "input", "type", "hidden", "name", "token", "value", token);
 *   }
 *
 * A tag is written like a CSS selector: name, then #id and .class parts ("div.card.wide"; without
 * a name it is a div). Attributes follow as name, value, ... (at most 11 pairs; an odd count does
 * not compile). A value or content may be a Str, a C string, a bool or any integer type:
 *   - a Str or C string whose pointer is NULL drops the attribute (optional attributes);
 *   - a boolean attribute (checked, disabled, hidden, open, required, selected, ...) is written
 *     bare when its value is true or non-zero, and dropped when it is false, zero or NULL;
 *   - an attribute whose words are true and false (aria-expanded, aria-hidden, ...) takes a bool
 *     or a comparison.
 * A scope closes its tag however it is left: end of block, break, continue, return, goto.
 *
 * It is not a template language and not a parser; it knows nothing of layout or CSS.
 * Ownership: an Html borrows its Buf; tags and attribute names are borrowed until the scope
 * closes (they are literals); values are copied out at once. One Html belongs to one thread.
 *
 * Security properties (tests/00_unit/html_html_test.c names each by its number):
 *   H1  & < > " ' in text and attribute values become references
 *   H2  ill-formed UTF-8 and control characters become U+FFFD, so the output is UTF-8
 *   H3  URL attributes hold only relative paths, fragments, http, https, mailto, tel, and (in src)
 *       data:image/png, jpeg, gif, webp; anything else is written as "#" and counted
 *   H4  event handler and style attributes cannot be written at all (check)
 *   H5  text cannot be written into script or style elements; data goes by html_json
 *   H6  tags are well nested: closing out of order, void elements with content and pages left
 *       open are checked
 *   H7  attribute and tag names from outside cannot break out: names are checked
 */
#ifndef HUANXIN_HTML_HTML_H
#define HUANXIN_HTML_HTML_H

#include "base/buf.h"
#include "base/check.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Html {
    Buf *out;
    size_t depth;             /* open elements */
    bool is_tag_open;         /* a start tag still takes attributes */
    bool has_class;           /* ... and its class attribute is written */
    bool is_raw_text;         /* inside script or style */
    bool is_textarea_fresh;   /* at the start of a textarea or pre, where one newline is eaten */
    size_t url_refused_count; /* H3 */
} Html;

/* Starts a writer that appends to out. The size limit is the limit of out: ask buf_status. */
void html_init(Html *html, Buf *out);
/* Writes <!DOCTYPE html>. */
void html_doctype(Html *html);
/* Ends the page: every element must be closed. LIMIT when the Buf was too small. */
MUST_CHECK Status html_finish(Html *html);

/* ---- elements ------------------------------------------------------------------------------- */

/* HTML(h, tag, name, value, ...) { content }: an element around the block. */
#define HTML(h, ...) HTML_SCOPE(h, HTML_PASTE(html_scope_, __COUNTER__), __VA_ARGS__)
/* HTML_LEAF(h, tag, content, name, value, ...): an element with one escaped text. */
#define HTML_LEAF(h, ...)                                                                          \
    html_leaf((h), (const HtmlValue[]){HTML_LEAF_MAP(__VA_ARGS__)}, HTML_COUNT(__VA_ARGS__))
/* HTML_VOID(h, tag, name, value, ...): an element without content (input, br, img, link, meta...)*/
#define HTML_VOID(h, ...)                                                                          \
    html_void((h), (const HtmlValue[]){HTML_MAP(__VA_ARGS__)}, HTML_COUNT(__VA_ARGS__))
/* HTML_ATTR(h, name, value): one more attribute for the start tag just opened, before content. */
#define HTML_ATTR(h, name, value) html_attr((h), (name), HTML_VALUE(value))

/* ---- content -------------------------------------------------------------------------------- */

/* Writes escaped text (H1, H2). O(n). */
void html_text(Html *html, Str text);
/* As html_text, for a C string; NULL writes nothing. */
void html_text_c(Html *html, const char *c_text);
/* Writes printf-formatted text, escaped as a whole. */
void html_print(Html *html, const char *format, ...) PRINTF_LIKE(2, 3);
/* Writes an integer. */
void html_int(Html *html, int64_t number);
/* Writes text with a <br> for each line end. */
void html_lines(Html *html, Str text);
/* Writes JSON data for scripts: <script type="application/json" id=...>, with < > & and U+2028/9
 * as \u escapes, so that it cannot end the element. id is checked like an attribute name. */
void html_json(Html *html, const char *id, Str json);
/* Writes markup as it is. The caller answers for it: fixed markup of ours only, never input.
 * `make lint` allows the word in html/ and web/ alone. */
void html_raw(Html *html, Str markup);

/* True when url may stand in a URL attribute (H3); is_image_source allows data:image/... */
bool html_url_is_safe(Str url, bool is_image_source);

/* ---- below: what the macros are made of ------------------------------------------------------*/

typedef enum HtmlValueKind {
    HTML_VALUE_TEXT,
    HTML_VALUE_NUMBER,
    HTML_VALUE_BOOL,
} HtmlValueKind;

typedef struct HtmlValue {
    HtmlValueKind kind;
    Str text;
    int64_t number;
    bool is_unsigned; /* number holds a uint64_t */
} HtmlValue;

HtmlValue html_of_str(Str text);
HtmlValue html_of_c(const char *c_text);
HtmlValue html_of_int(int64_t number);
HtmlValue html_of_uint(uint64_t number);
HtmlValue html_of_bool(bool flag);

typedef struct HtmlScope {
    Html *html; /* NULL once closed */
    Str name;
    size_t depth;
} HtmlScope;

/* Opens an element: items[0] is the tag, then name and value in turn. */
HtmlScope html_open(Html *html, const HtmlValue *items, size_t count);
/* Closes it; called by the compiler when the scope is left. */
void html_close(HtmlScope *scope);
void html_leaf(Html *html, const HtmlValue *items, size_t count);
void html_void(Html *html, const HtmlValue *items, size_t count);
void html_attr(Html *html, const char *name, HtmlValue value);

#define HTML_VALUE(x)                                                                              \
    _Generic((x), Str                                                                              \
             : html_of_str, char *                                                                 \
             : html_of_c, const char *                                                             \
             : html_of_c, bool                                                                     \
             : html_of_bool, signed char                                                           \
             : html_of_int, short                                                                  \
             : html_of_int, int                                                                    \
             : html_of_int, long                                                                   \
             : html_of_int, long long                                                              \
             : html_of_int, unsigned char                                                          \
             : html_of_uint, unsigned short                                                        \
             : html_of_uint, unsigned                                                              \
             : html_of_uint, unsigned long                                                         \
             : html_of_uint, unsigned long long                                                    \
             : html_of_uint)(x)

#define HTML_PASTE_(a, b) a##b
#define HTML_PASTE(a, b) HTML_PASTE_(a, b)
#define HTML_SCOPE(h, scope, ...)                                                                  \
    for (HtmlScope scope __attribute__((cleanup(html_close))) =                                    \
             html_open((h), (const HtmlValue[]){HTML_MAP(__VA_ARGS__)}, HTML_COUNT(__VA_ARGS__));  \
         scope.html != NULL; html_close(&scope))

/* clang-format off */
#define HTML_PICK(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, \
                  _19, _20, _21, _22, _23, _24, picked, ...) picked
#define HTML_COUNT(...) HTML_PICK(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, \
                                  11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
/* A tag and pairs: an odd count. */
#define HTML_MAP(...) HTML_PICK(__VA_ARGS__, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M23,               \
    HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M21, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M19,                \
    HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M17, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M15,                \
    HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M13, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M11,                \
    HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M9, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M7,                  \
    HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M5, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M3,                  \
    HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M1, 0)(__VA_ARGS__)
/* A tag, its content, and pairs: an even count. */
#define HTML_LEAF_MAP(...) HTML_PICK(__VA_ARGS__, HTML_M24, HTML_ATTRIBUTE_WITHOUT_VALUE,          \
    HTML_M22, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M20, HTML_ATTRIBUTE_WITHOUT_VALUE,                \
    HTML_M18, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M16, HTML_ATTRIBUTE_WITHOUT_VALUE,                \
    HTML_M14, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M12, HTML_ATTRIBUTE_WITHOUT_VALUE,                \
    HTML_M10, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M8, HTML_ATTRIBUTE_WITHOUT_VALUE,                 \
    HTML_M6, HTML_ATTRIBUTE_WITHOUT_VALUE, HTML_M4, HTML_ATTRIBUTE_WITHOUT_VALUE,                  \
    HTML_M2, HTML_ATTRIBUTE_WITHOUT_VALUE, 0)(__VA_ARGS__)
#define HTML_M1(x) HTML_VALUE(x)
#define HTML_M2(x, ...) HTML_VALUE(x), HTML_M1(__VA_ARGS__)
#define HTML_M3(x, ...) HTML_VALUE(x), HTML_M2(__VA_ARGS__)
#define HTML_M4(x, ...) HTML_VALUE(x), HTML_M3(__VA_ARGS__)
#define HTML_M5(x, ...) HTML_VALUE(x), HTML_M4(__VA_ARGS__)
#define HTML_M6(x, ...) HTML_VALUE(x), HTML_M5(__VA_ARGS__)
#define HTML_M7(x, ...) HTML_VALUE(x), HTML_M6(__VA_ARGS__)
#define HTML_M8(x, ...) HTML_VALUE(x), HTML_M7(__VA_ARGS__)
#define HTML_M9(x, ...) HTML_VALUE(x), HTML_M8(__VA_ARGS__)
#define HTML_M10(x, ...) HTML_VALUE(x), HTML_M9(__VA_ARGS__)
#define HTML_M11(x, ...) HTML_VALUE(x), HTML_M10(__VA_ARGS__)
#define HTML_M12(x, ...) HTML_VALUE(x), HTML_M11(__VA_ARGS__)
#define HTML_M13(x, ...) HTML_VALUE(x), HTML_M12(__VA_ARGS__)
#define HTML_M14(x, ...) HTML_VALUE(x), HTML_M13(__VA_ARGS__)
#define HTML_M15(x, ...) HTML_VALUE(x), HTML_M14(__VA_ARGS__)
#define HTML_M16(x, ...) HTML_VALUE(x), HTML_M15(__VA_ARGS__)
#define HTML_M17(x, ...) HTML_VALUE(x), HTML_M16(__VA_ARGS__)
#define HTML_M18(x, ...) HTML_VALUE(x), HTML_M17(__VA_ARGS__)
#define HTML_M19(x, ...) HTML_VALUE(x), HTML_M18(__VA_ARGS__)
#define HTML_M20(x, ...) HTML_VALUE(x), HTML_M19(__VA_ARGS__)
#define HTML_M21(x, ...) HTML_VALUE(x), HTML_M20(__VA_ARGS__)
#define HTML_M22(x, ...) HTML_VALUE(x), HTML_M21(__VA_ARGS__)
#define HTML_M23(x, ...) HTML_VALUE(x), HTML_M22(__VA_ARGS__)
#define HTML_M24(x, ...) HTML_VALUE(x), HTML_M23(__VA_ARGS__)
/* clang-format on */

#endif
