/*
 * sheet_block_fuzz.c - a block from the clipboard: any bytes; every cell lies within limits, a
 * block without quotes has as many cells as tabs and line ends tell.
 */
#include "sheet/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    Arena *arena = arena_create();
    Cx cx;
    SheetBlock block = {0};
    Str text = {(const char *)bytes, len};
    cx_init(&cx, arena);
    cx.step_max = 100000;
    if (sheet_block_read(&cx, text, &block) == STATUS_OK) {
        size_t tabs = 0;
        size_t cells = 0;
        for (size_t i = 0; i < len; i++) {
            tabs += bytes[i] == '\t' ? 1 : 0;
        }
        for (size_t i = 0; i < block.row_count; i++) {
            check(block.widths[i] >= 1);
            cells += block.widths[i];
            for (size_t k = 0; k < block.widths[i]; k++) {
                check(block.rows[i][k].len <= len);
            }
        }
        check(cells <= tabs + block.row_count);
        check(str_contains(text, STR("\"")) || cells == tabs + block.row_count);
    }
    arena_free(arena);
    return 0;
}
