/*
 * http_multipart_fuzz.c - a multipart body: the first line is the Content-Type, the rest the body.
 */
#include "http/parse.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Str body = {(const char *)bytes, len};
    Str type = str_cut(&body, '\n');
    if (len == 0 || body.at == NULL) {
        return 0;
    }
    Arena *arena = arena_create();
    HttpFields fields = {NULL, 0, 0};
    if (http_parse_multipart(arena, type, body, &fields) == 0) {
        size_t total = 0;
        for (size_t i = 0; i < fields.count; i++) {
            const HttpField *field = &fields.items[i];
            total += field->value.len;
            check(str_is_utf8(field->name));
            check(field->is_file || str_is_utf8(field->value));
            check(str_is_utf8(field->file_name));
            check(!str_contains(field->file_name, STR("/")));
            check(!str_contains(field->file_name, STR("\\")));
            check(field->file_name.len <= HTTP_FILE_NAME_BYTES_MAX);
        }
        check(total <= body.len); /* no byte is in two fields */
        check(fields.count <= HTTP_FIELDS_MAX);
    }
    arena_free(arena);
    return 0;
}
