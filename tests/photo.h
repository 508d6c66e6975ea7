/*
 * photo.h - pictures made for tests, so that the repository carries none: an uneven grey field from
 * a seed, as PNG (lossless), JPEG or WebP at any size. The same seed is the same motif.
 */
#ifndef HUANXIN_TESTS_PHOTO_H
#define HUANXIN_TESTS_PHOTO_H

#include "base/arena.h"
#include "base/prng.h"
#include "base/str.h"

#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

typedef struct PhotoSpec {
    uint64_t seed;
    int width;
    int height;
    int quality; /* of JPEG and WebP */
    int lighter; /* added to every point */
} PhotoSpec;

enum { PHOTO_KNOTS = 12 };

/* Brightness between the corners of a coarse grid of random knots: the same motif at any size. */
static inline uint8_t photo_point(const uint8_t *knots, const PhotoSpec *spec, int x, int y) {
    int fx = x * (PHOTO_KNOTS - 1) * 256 / spec->width;
    int fy = y * (PHOTO_KNOTS - 1) * 256 / spec->height;
    const uint8_t *corner = knots + (fy >> 8) * PHOTO_KNOTS + (fx >> 8);
    int top = corner[0] * (256 - (fx & 255)) + corner[1] * (fx & 255);
    int low = corner[PHOTO_KNOTS] * (256 - (fx & 255)) + corner[PHOTO_KNOTS + 1] * (fx & 255);
    int value = (top * (256 - (fy & 255)) + low * (fy & 255)) / 65536 + spec->lighter;
    return (uint8_t)(value > 255 ? 255 : value);
}

static inline uint8_t *photo_points(Arena *arena, const PhotoSpec *spec) {
    uint8_t knots[PHOTO_KNOTS * PHOTO_KNOTS + PHOTO_KNOTS + 2] = {0};
    Prng prng;
    prng_init(&prng, spec->seed);
    for (size_t i = 0; i < sizeof knots; i++) {
        knots[i] = (uint8_t)prng_below(&prng, 230);
    }
    uint8_t *points = arena_alloc(arena, (size_t)spec->width * (size_t)spec->height);
    for (int y = 0; y < spec->height; y++) {
        for (int x = 0; x < spec->width; x++) {
            points[y * spec->width + x] = photo_point(knots, spec, x, y);
        }
    }
    return points;
}

static inline Str photo_png(Arena *arena, PhotoSpec spec) {
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)spec.width,
                     .height = (png_uint_32)spec.height,
                     .format = PNG_FORMAT_GRAY};
    const uint8_t *points = photo_points(arena, &spec);
    png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(png);
    char *bytes = arena_alloc(arena, len);
    check(png_image_write_to_memory(&png, bytes, &len, 0, points, spec.width, NULL) != 0);
    return (Str){bytes, len};
}

static inline Str photo_jpeg(Arena *arena, PhotoSpec spec, bool is_progressive) {
    tjhandle jpeg = tjInitCompress();
    const uint8_t *points = photo_points(arena, &spec);
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    check(tjCompress2(jpeg, points, spec.width, spec.width, spec.height, TJPF_GRAY, &bytes, &len,
                      TJSAMP_GRAY, spec.quality, is_progressive ? TJFLAG_PROGRESSIVE : 0) == 0);
    Str out = str_dup(arena, (Str){(const char *)bytes, len});
    tjFree(bytes);
    (void)tjDestroy(jpeg);
    return out;
}

static inline Str photo_webp(Arena *arena, PhotoSpec spec) {
    const uint8_t *points = photo_points(arena, &spec);
    size_t count = (size_t)spec.width * (size_t)spec.height;
    uint8_t *colours = arena_alloc(arena, count * 3);
    for (size_t i = 0; i < count * 3; i++) {
        colours[i] = points[i / 3];
    }
    uint8_t *bytes = NULL;
    size_t len = WebPEncodeRGB(colours, spec.width, spec.height, spec.width * 3,
                               (float)spec.quality, &bytes);
    Str out = str_dup(arena, (Str){(const char *)bytes, len});
    WebPFree(bytes);
    return out;
}

#endif
