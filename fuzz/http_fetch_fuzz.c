/*
 * http_fetch_fuzz.c - the whole answer of a map server: refused with words, or a body that lies
 * inside it. What follows an @ is read as an address: only those of the local network are taken.
 */
#include "http/fetch.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void address_read(Cx *cx, Str text) {
    HttpTarget target = {.address = ""};
    if (http_target_parse(cx, text, &target) != STATUS_OK) {
        check(cx->fault.text[0] != '\0');
        return;
    }
    check(strlen(target.address) < sizeof target.address);
    check(strlen(target.port) < sizeof target.port);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str text = {(const char *)bytes, len};
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str body = STR_NONE;
    if (str_starts(text, STR("@"))) {
        address_read(&cx, str_from(text, 1));
    } else if (http_fetch_parse(&cx, text, &body) == STATUS_OK) {
        check(body.len <= text.len);
        check(body.len == 0 || (body.at > text.at && body.at + body.len <= text.at + text.len));
        check(str_starts(text, STR("HTTP/1.")));
    } else {
        check(cx.fault.text[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
