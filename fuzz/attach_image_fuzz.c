/*
 * attach_image_fuzz.c - uploaded bytes: refused with words, or a picture within the limits whose
 * fingerprint is the same a second time.
 */
#include "attach/attach.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str upload = {(const char *)bytes, len};
    AttachFile file;
    if (attach_check(&cx, upload, &file) == STATUS_OK) {
        AttachFile again;
        check(attach_check(&cx, upload, &again) == STATUS_OK);
        check(str_equal(file.digest, again.digest));
        check(file.print.is_known == again.print.is_known);
        check(memcmp(file.print.detail, again.print.detail, sizeof file.print.detail) == 0);
        check(file.width <= ATTACH_SIDE_MAX && file.height <= ATTACH_SIDE_MAX);
        check(file.width * file.height <= ATTACH_PIXELS_MAX);
    } else {
        check(cx.fault.text[0] != '\0');
    }
    arena_free(arena);
    return 0;
}
