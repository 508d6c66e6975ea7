/*
 * dmn_parts_fuzz.c - a model's text taken apart and put together: what comes apart goes together,
 * and once it has been put together by us it stays the same for ever.
 */
#include "dmn/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    DmnParts parts;
    DmnParts again;
    Str put = STR_NONE;
    Str put_again = STR_NONE;
    cx_init(&cx, arena);
    cx.step_max = 300000;
    cx.bytes_max = 256 * 1024 * 1024;
    if (dmn_parts_take(&cx, (Str){(const char *)bytes, len}, &parts) == STATUS_OK &&
        dmn_parts_put(&cx, &parts, &put) == STATUS_OK &&
        dmn_parts_take(&cx, put, &again) == STATUS_OK &&
        dmn_parts_put(&cx, &again, &put_again) == STATUS_OK) {
        check(parts.table_count == again.table_count);
        check(str_equal(put, put_again));
    }
    arena_free(arena);
    return 0;
}
