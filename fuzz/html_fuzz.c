/*
 * html_fuzz.c - pages written from arbitrary bytes: whatever the text, the page has exactly the
 * tags and quotes that were asked for, is UTF-8, and is well nested.
 */
#include "html/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { DEPTH_MAX = 20, TEXT_BYTES_MAX = 40 };

typedef struct Script {
    const uint8_t *at;
    size_t left;
    size_t tag_count;
    size_t quote_count;
} Script;

static uint8_t next_byte(Script *script) {
    if (script->left == 0) {
        return 0;
    }
    script->left--;
    return *script->at++;
}

static Str next_text(Script *script) {
    size_t len = next_byte(script) % TEXT_BYTES_MAX;
    len = len < script->left ? len : script->left;
    Str text = {(const char *)script->at, len};
    script->at += len;
    script->left -= len;
    return text;
}

static void play(Html *h, Script *script, int depth) {
    while (script->left > 0) {
        switch (next_byte(script) % 8) {
        case 0:
            return;
        case 1:
            html_text(h, next_text(script));
            break;
        case 2:
            script->tag_count += 1;
            script->quote_count += 4;
            HTML_VOID(h, "input.field", "value", next_text(script));
            break;
        case 3:
            script->tag_count += 2;
            script->quote_count += 2;
            HTML_LEAF(h, "a", next_text(script), "href", next_text(script));
            break;
        case 4:
            html_lines(h, STR("a"));
            break;
        case 5:
            script->tag_count += 2;
            script->quote_count += 4; /* of its attributes; its data has no quote of ours */
            html_json(h, "data", STR("{}"));
            break;
        default:
            if (depth < DEPTH_MAX) {
                script->tag_count += 2;
                script->quote_count += 2;
                HTML(h, "textarea", "title", next_text(script)) {
                    play(h, script, depth + 1);
                }
            }
            break;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Buf buf;
    buf_init(&buf, 1 << 20);
    Html html;
    html_init(&html, &buf);
    Script script = {bytes, len, 0, 0};
    play(&html, &script, 0);
    if (html_finish(&html) == STATUS_OK) {
        size_t tag_count = 0;
        size_t quote_count = 0;
        for (size_t i = 0; i < buf.len; i++) {
            tag_count += buf.at[i] == '<';
            quote_count += buf.at[i] == '"';
        }
        check(tag_count == script.tag_count);
        check(quote_count == script.quote_count);
        check(str_is_utf8(buf_str(&buf)));
    }
    buf_dispose(&buf);
    return 0;
}
