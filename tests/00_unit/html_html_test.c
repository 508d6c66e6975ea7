/* The page writer: what it writes, and the security properties H1 to H7 of html.h by number. */
#include "html/html.h"
#include "test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Page {
    Arena *arena;
    Buf *buf;
    Html html;
} Page;

static int setup(void **state) {
    Page *page = test_calloc(1, sizeof *page);
    page->arena = arena_create();
    page->buf = buf_in(page->arena, 1 << 20);
    html_init(&page->html, page->buf);
    *state = page;
    return 0;
}

static int teardown(void **state) {
    Page *page = *state;
    arena_free(page->arena);
    test_free(page);
    return 0;
}

/* Compares what was written since the last call, and empties the page. */
static void is(Page *page, const char *expected) {
    assert_int_equal(html_finish(&page->html), STATUS_OK);
    Str got = buf_str(page->buf);
    assert_string_equal(str_c(page->arena, got), expected);
    buf_clear(page->buf);
}

/* True when act ends its process by a failed check. */
static bool dies(void (*act)(Html *h)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(STDERR_FILENO);
        Buf buf;
        buf_init(&buf, 4096);
        Html html;
        html_init(&html, &buf);
        act(&html);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void tags_and_attributes(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    HTML(h, "section#money.card.wide", "aria-labelledby", "t") {
        HTML_LEAF(h, "h2", "资金", "id", "t");
        HTML(h, ".row") {
            HTML_VOID(h, "br");
            HTML_LEAF(h, "td.num", (int64_t)-5, "colspan", 2);
        }
    }
    is(page, "<section id=\"money\" class=\"card wide\" aria-labelledby=\"t\">"
             "<h2 id=\"t\">资金</h2><div class=\"row\"><br><td class=\"num\" colspan=\"2\">-5</td>"
             "</div></section>");
    html_doctype(h);
    HTML(h, "html", "lang", "zh-CN") {
    }
    is(page, "<!DOCTYPE html>\n<html lang=\"zh-CN\"></html>");
    HTML(h, "svg", "viewBox", "0 0 1 1", "xlink:href", "#a") {
    }
    is(page, "<svg viewBox=\"0 0 1 1\" xlink:href=\"#a\"></svg>");
}

static void every_kind_of_value(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    const uint8_t small = 200;
    HTML_VOID(h, "input", "a", STR("s"), "b", "c", "c", small, "d", UINT64_MAX, "e", INT64_MIN,
              "aria-busy", true, "g", (int16_t)-3);
    is(page, "<input a=\"s\" b=\"c\" c=\"200\" d=\"18446744073709551615\" "
             "e=\"-9223372036854775808\" aria-busy=\"true\" g=\"-3\">");
    const char *none = NULL;
    HTML_VOID(h, "input", "title", none, "id", STR_NONE, "value", STR(""));
    is(page, "<input value=\"\">");
    HTML_LEAF(h, "b", none);
    HTML_LEAF(h, "b", (bool)false);
    is(page, "<b></b><b>false</b>");
    HTML_VOID(h, "input", "checked", 1 == 1, "disabled", 1 == 2, "required", true, "readonly",
              false, "hidden", none, "autofocus", STR(""));
    is(page, "<input checked required autofocus>");
}

static void late_attributes_and_classes(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    HTML(h, "a.button", "class", "late", "href", "/x") {
        HTML_ATTR(h, "title", STR("<>"));
        html_int(h, 7);
    }
    is(page, "<a class=\"button late\" href=\"/x\" title=\"&lt;&gt;\">7</a>");
    const char *none = NULL;
    HTML_LEAF(h, "i.a", "x", "class", none);
    HTML_LEAF(h, "i", "x", "class", "b");
    is(page, "<i class=\"a\">x</i><i class=\"b\">x</i>");
}

static void lines_print_and_textarea(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    html_lines(h, STR("a\r\nb<\n"));
    is(page, "a<br>b&lt;<br>");
    html_print(h, "%s&%d", "<x>", 5);
    is(page, "&lt;x&gt;&amp;5");
    HTML_LEAF(h, "textarea", "\nx");
    HTML(h, "textarea", "name", "t") {
        html_text_c(h, "\n1");
        html_text_c(h, "\n2");
    }
    is(page, "<textarea>\n\nx</textarea><textarea name=\"t\">\n\n1\n2</textarea>");
}

static bool leave_early(Html *h) {
    HTML(h, "ul") {
        HTML(h, "li") {
            html_text_c(h, "x");
            return true;
        }
    }
    return false;
}

static void scopes_close_however_left(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    assert_true(leave_early(h));
    for (int i = 0; i < 3; i++) {
        HTML(h, "p") {
            if (i == 1) {
                break;
            }
            html_int(h, i);
        }
    }
    is(page, "<ul><li>x</li></ul><p>0</p><p></p><p>2</p>");
}

static void full_buffer_is_told(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Html html;
    html_init(&html, buf_in(arena, 10));
    HTML_LEAF(&html, "p", "more than ten bytes");
    assert_int_equal(html_finish(&html), STATUS_LIMIT);
    arena_free(arena);
}

static void h1_special_characters(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    HTML(h, "p", "title", "a\"b'c<d>e&f") {
        html_text_c(h, "a\"b'c<d>e&f\r");
    }
    is(page, "<p title=\"a&quot;b&#39;c&lt;d&gt;e&amp;f\">a&quot;b&#39;c&lt;d&gt;e&amp;f&#13;</p>");
}

static void h2_output_is_utf8(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    html_text(h, (Str){"a\0b\x1b\x7f", 5});
    is(page, "a\xef\xbf\xbd"
             "b\xef\xbf\xbd\xef\xbf\xbd");
    html_text_c(h, "安\xff<\xe5\xae");
    assert_int_equal(html_finish(h), STATUS_OK);
    assert_true(str_is_utf8(buf_str(page->buf)));
    assert_true(str_starts(buf_str(page->buf), STR("安\xef\xbf\xbd&lt;")));
    buf_clear(page->buf);
    /* An attack on decoders that swallow the quote after an ill-formed lead byte. */
    HTML_VOID(h, "input", "value", "\xe5\" onfocus=\"x");
    is(page, "<input value=\"\xef\xbf\xbd&quot; onfocus=&quot;x\">");
}

static void h3_urls(void **state) {
    Page *page = *state;
    Html *h = &page->html;
    static const char *const GOOD[] = {"/a?b=c:d", "#x",      "",           "a/b:c",  "https://x",
                                       "HTTP:x",   "tel:110", "mailto:a@b", "?a=b:c", "."};
    static const char *const BAD[] = {
        "javascript:alert(1)",      "JavaScript:x",     " javascript:x",
        "java\nscript:x",           "\x01javascript:x", "data:text/html,x",
        "data:image/png;base64,AA", "vbscript:x",       "//evil.example",
        "/\\evil.example",          "\\\\evil",         ":x",
        "&#106;avascript:x",        "java\tscript:x"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        assert_true(html_url_is_safe(str_of(GOOD[i]), false));
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        /* "&#106;..." has '#' before ':', so it is a relative path: the escaper keeps it one. */
        bool is_relative = BAD[i][0] == '&';
        assert_int_equal(html_url_is_safe(str_of(BAD[i]), false), is_relative);
    }
    assert_true(html_url_is_safe(STR("data:image/png;base64,AA"), true));
    assert_false(html_url_is_safe(STR("data:image/svg+xml,x"), true));
    HTML_LEAF(h, "a", "x", "href", "javascript:alert(1)");
    HTML_VOID(h, "img", "src", "data:image/png;base64,AA", "alt", "");
    HTML(h, "form", "action", "javascript:x", "hx-post", "data:x") {
    }
    is(page, "<a href=\"#\">x</a><img src=\"data:image/png;base64,AA\" alt=\"\">"
             "<form action=\"#\" hx-post=\"#\"></form>");
    assert_int_equal(h->url_refused_count, 3);
}

static void writes_onclick(Html *h) {
    HTML_VOID(h, "input", "onclick", "x");
}
static void writes_upper_onclick(Html *h) {
    HTML_VOID(h, "input", "OnClick", "x");
}
static void writes_hx_on(Html *h) {
    HTML_VOID(h, "input", "hx-on:click", "x");
}
static void writes_style(Html *h) {
    HTML_VOID(h, "input", "style", "x");
}
static void h4_no_handlers_no_style(void **state) {
    (void)state;
    assert_true(dies(writes_onclick));
    assert_true(dies(writes_upper_onclick));
    assert_true(dies(writes_hx_on));
    assert_true(dies(writes_style));
}

static void text_in_script(Html *h) {
    HTML(h, "script") {
        html_text_c(h, "x");
    }
}
static void leaf_style(Html *h) {
    HTML_LEAF(h, "style", "x");
}
static void tag_in_script(Html *h) {
    HTML(h, "script") {
        HTML_VOID(h, "br");
    }
}
static void h5_scripts_take_no_text(void **state) {
    Page *page = *state;
    assert_true(dies(text_in_script));
    assert_true(dies(leaf_style));
    assert_true(dies(tag_in_script));
    html_json(&page->html, "data", STR("{\"a\":\"</script><!--&\u2028\"}"));
    is(page, "<script type=\"application/json\" id=\"data\">"
             "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"}</script>");
    HTML(&page->html, "script", "src", "/a.js", "defer", true) {
    }
    is(page, "<script src=\"/a.js\" defer></script>");
}

static void leaves_open(Html *h) {
    HTML(h, "p") {
        assert_int_equal(html_finish(h), STATUS_OK);
    }
}
static void void_as_scope(Html *h) {
    HTML(h, "br") {
    }
}
static void scope_as_void(Html *h) {
    HTML_VOID(h, "p");
}
static void late_attribute(Html *h) {
    HTML(h, "p") {
        html_text_c(h, "x");
        HTML_ATTR(h, "title", "x");
    }
}
static void too_deep(Html *h) {
    HTML(h, "p") {
        too_deep(h);
    }
}
static void h6_well_nested(void **state) {
    (void)state;
    assert_true(dies(leaves_open));
    assert_true(dies(void_as_scope));
    assert_true(dies(scope_as_void));
    assert_true(dies(late_attribute));
    assert_true(dies(too_deep));
}

static void name_with_space(Html *h) {
    HTML_VOID(h, "input", "a b", "x");
}
static void name_empty(Html *h) {
    HTML_VOID(h, "input", "", "x");
}
static void tag_breaks_out(Html *h) {
    HTML(h, "p><script") {
    }
}
static void tag_with_empty_class(Html *h) {
    HTML(h, "p.") {
    }
}
static void name_is_null(Html *h) {
    const char *none = NULL;
    HTML_VOID(h, "input", none, "x");
}
static void h7_names(void **state) {
    (void)state;
    assert_true(dies(name_with_space));
    assert_true(dies(name_empty));
    assert_true(dies(tag_breaks_out));
    assert_true(dies(tag_with_empty_class));
    assert_true(dies(name_is_null));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(tags_and_attributes),
        TEST(every_kind_of_value),
        TEST(late_attributes_and_classes),
        TEST(lines_print_and_textarea),
        TEST(scopes_close_however_left),
        TEST(full_buffer_is_told),
        TEST(h1_special_characters),
        TEST(h2_output_is_utf8),
        TEST(h3_urls),
        TEST(h4_no_handlers_no_style),
        TEST(h5_scripts_take_no_text),
        TEST(h6_well_nested),
        TEST(h7_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
