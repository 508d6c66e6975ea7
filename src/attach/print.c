/*
 * print.c - the fingerprint of a grey picture: a difference hash over cells of equal size. Source:
 * N. Krawetz, "Kind of Like That" (2013). The grids are averaged from all points, so that scaling
 * moves little.
 */
#include "attach/print.h"

#include <string.h>

enum {
    SMALL_ROWS = 8,
    LARGE_ROWS = 16,
    GRID_CELLS_MAX = LARGE_ROWS * (LARGE_ROWS + 1),
    /* In 1/16 of a grey level: smaller steps are noise of the coding. */
    STEP_MIN = 24,
    CONTRAST_MIN = 12 * 16,
};

/* Averages the picture over rows by rows+1 cells, in 1/16 of a grey level. A cell has at least one
 * point, also in a picture smaller than the grid. */
static void grid_fill(const Picture *picture, int64_t rows, int32_t *cells) {
    int64_t columns = rows + 1;
    for (int64_t i = 0; i < rows * columns; i++) {
        int64_t top = i / columns * picture->height / rows;
        int64_t left = i % columns * picture->width / columns;
        int64_t bottom = (i / columns + 1) * picture->height / rows;
        int64_t right = (i % columns + 1) * picture->width / columns;
        bottom = bottom > top ? bottom : top + 1;
        right = right > left ? right : left + 1;
        int64_t sum = 0;
        for (int64_t y = top; y < bottom; y++) {
            for (int64_t x = left; x < right; x++) {
                sum += picture->grey[y * picture->width + x];
            }
        }
        cells[i] = (int32_t)(sum * 16 / ((bottom - top) * (right - left)));
    }
}

static bool has_contrast(const int32_t *cells, int64_t count) {
    int32_t low = cells[0];
    int32_t high = cells[0];
    for (int64_t i = 1; i < count; i++) {
        low = cells[i] < low ? cells[i] : low;
        high = cells[i] > high ? cells[i] : high;
    }
    return high - low >= CONTRAST_MIN;
}

static bool falls(const int32_t *cells, int64_t rows, int64_t bit) {
    int64_t at = bit / rows * (rows + 1) + bit % rows;
    return cells[at] - cells[at + 1] >= STEP_MIN;
}

AttachPrint picture_print(const Picture *picture) {
    check(picture->width > 0);
    check(picture->height > 0);
    AttachPrint print = {0};
    int32_t cells[GRID_CELLS_MAX];
    grid_fill(picture, LARGE_ROWS, cells);
    print.is_known = has_contrast(cells, LARGE_ROWS * (LARGE_ROWS + 1));
    for (int64_t bit = 0; bit < LARGE_ROWS * LARGE_ROWS; bit++) {
        if (falls(cells, LARGE_ROWS, bit)) {
            print.detail[bit / 8] |= (uint8_t)(1u << (bit % 8));
        }
    }
    grid_fill(picture, SMALL_ROWS, cells);
    for (int64_t bit = 0; bit < SMALL_ROWS * SMALL_ROWS; bit++) {
        print.hash |= falls(cells, SMALL_ROWS, bit) ? UINT64_C(1) << bit : 0;
    }
    if (!print.is_known) {
        memset(&print, 0, sizeof print);
    }
    return print;
}

int attach_print_distance(const AttachPrint *left, const AttachPrint *right) {
    if (!left->is_known || !right->is_known) {
        return -1;
    }
    int bits = 0;
    for (size_t i = 0; i < ATTACH_DETAIL_BYTES; i++) {
        bits += __builtin_popcount((unsigned)(left->detail[i] ^ right->detail[i]));
    }
    return bits;
}
