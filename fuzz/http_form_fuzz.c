/*
 * http_form_fuzz.c - a request's head as it comes from a socket: found, parsed, and its promises
 * checked. The first byte says where the input is cut in two reads.
 */
#include "http/parse.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_fields(const HttpField *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check(str_is_utf8(fields[i].name));
        check(str_is_utf8(fields[i].value));
        check(fields[i].value.len == 0 ||
              memchr(fields[i].value.at, 0, fields[i].value.len) == NULL);
    }
}

static void check_request(const HttpRequest *request) {
    check(request->path.len > 0);
    check(request->path.at[0] == '/');
    check(str_is_utf8(request->path));
    check(!str_contains(request->path, STR("//")));
    check(!str_contains(request->path, STR("/../")));
    check(!str_ends(request->path, STR("/..")));
    check(memchr(request->path.at, 0, request->path.len) == NULL);
    check(memchr(request->path.at, '\\', request->path.len) == NULL);
    for (size_t i = 0; i < request->header_count; i++) {
        check(!str_contains(request->headers[i].value, STR("\n")));
        check(!str_contains(request->headers[i].value, STR("\r")));
    }
    check_fields(request->query, request->query_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    if (len == 0) {
        return 0;
    }
    Str input = {(const char *)bytes + 1, len - 1};
    Arena *arena = arena_create();
    HttpFields fields = {NULL, 0, 0};
    if (http_parse_fields(arena, input, &fields) == 0) {
        check_fields(fields.items, fields.count);
    }
    HttpScan scan = {0, 0};
    size_t head_bytes = 0;
    uint32_t refused = http_scan_head(&scan, str_slice(input, 0, bytes[0]), &head_bytes);
    if (refused == 0 && head_bytes == 0) {
        refused = http_scan_head(&scan, input, &head_bytes);
    }
    /* An empty line at the start is dropped by the loop before. */
    if (refused == 0 && head_bytes > 2) {
        HttpHeader headers[HTTP_HEADERS_MAX];
        HttpRequest request = {.arena = arena};
        HttpHead head;
        if (http_parse_head(arena, str_slice(input, 0, head_bytes), headers, &request, &head) ==
            0) {
            check_request(&request);
        }
    }
    arena_free(arena);
    return 0;
}
