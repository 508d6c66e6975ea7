/*
 * picture.c - JPEG, PNG and WebP into grey points. The sides are read from the head and checked
 * before a decoder may ask for memory (A3): a file of a few KB can announce a billion points.
 * libjpeg-turbo decodes at an eighth, libwebp scales while it decodes, libpng gives all points.
 */
#include "attach/print.h"
#include "base/buf.h"

#include <png.h>
#include <pthread.h>
#include <turbojpeg.h>
#include <webp/decode.h>

enum {
    JPEG_SMALL_SIDE = 512, /* below, an eighth would leave too little to see */
    WEBP_SCALED_SIDE = 128,
    /* JPEG markers, ITU-T T.81 table B.1. */
    JPEG_START_OF_FRAME = 0xc0,
    JPEG_START_OF_FRAME_LAST = 0xcf,
    JPEG_TABLE_HUFFMAN = 0xc4,
    JPEG_EXTENSION = 0xc8,
    JPEG_TABLE_ARITHMETIC = 0xcc,
};

static Status damaged(Cx *cx) {
    Status status = fault(cx, STATUS_INVALID, "这张照片打不开，文件可能已损坏");
    fault_hint(cx, "请重新拍照或重新导出后再上传");
    return status;
}

static Status sides_check(Cx *cx, AttachFile *file, int64_t width, int64_t height,
                          int64_t pixels_max) {
    if (width <= 0 || height <= 0) {
        return damaged(cx);
    }
    if (width > ATTACH_SIDE_MAX || height > ATTACH_SIDE_MAX || width * height > pixels_max) {
        Status status = fault(cx, STATUS_INVALID, "照片太大：%lld×%lld 点，最多 %lld 万点",
                              (long long)width, (long long)height, (long long)pixels_max / 10000);
        fault_hint(cx, "请把相机的照片尺寸调小，或把照片另存为普通 JPG");
        return status;
    }
    file->width = width;
    file->height = height;
    return STATUS_OK;
}

/* ---- JPEG ---- */

/* True when the frame is coded line by line: such a file needs memory for a few lines only. Others
 * (progressive, arithmetic) are held whole. */
static bool jpeg_is_sequential(Str bytes) {
    const uint8_t *at = (const uint8_t *)bytes.at;
    for (size_t i = 2; i + 4 <= bytes.len && at[i] == 0xff;) {
        unsigned marker = at[i + 1];
        if (marker >= JPEG_START_OF_FRAME && marker <= JPEG_START_OF_FRAME_LAST &&
            marker != JPEG_TABLE_HUFFMAN && marker != JPEG_EXTENSION &&
            marker != JPEG_TABLE_ARITHMETIC) {
            return marker <= JPEG_START_OF_FRAME + 1;
        }
        i += marker == 0xff ? 1 : 2 + ((size_t)at[i + 2] << 8 | at[i + 3]);
    }
    return false;
}

static void jpeg_release(void *it) {
    (void)tjDestroy(it);
}

static Status jpeg_decode(Cx *cx, Arena *scratch, Str bytes, AttachFile *file, Picture *out) {
    tjhandle jpeg = tjInitDecompress();
    if (jpeg == NULL) {
        return fault(cx, STATUS_IO, "libjpeg-turbo did not start");
    }
    arena_defer(scratch, jpeg_release, jpeg);
    const unsigned char *data = (const unsigned char *)bytes.at;
    int width = 0;
    int height = 0;
    int sampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(jpeg, data, bytes.len, &width, &height, &sampling, &colours) != 0) {
        return damaged(cx);
    }
    TRY(sides_check(cx, file, width, height,
                    jpeg_is_sequential(bytes) ? ATTACH_PIXELS_MAX : ATTACH_PIXELS_WHOLE_MAX));
    tjscalingfactor eighth = {1, 8};
    bool is_scaled = width > JPEG_SMALL_SIDE && height > JPEG_SMALL_SIDE;
    int scaled_width = is_scaled ? TJSCALED(width, eighth) : width;
    int scaled_height = is_scaled ? TJSCALED(height, eighth) : height;
    uint8_t *grey = arena_alloc(scratch, (size_t)scaled_width * (size_t)scaled_height);
    /* A warning (a cut end, a stray byte) still gives a picture; an error does not. */
    if (tjDecompress2(jpeg, data, bytes.len, grey, scaled_width, scaled_width, scaled_height,
                      TJPF_GRAY, TJFLAG_LIMITSCANS | TJFLAG_FASTDCT) != 0 &&
        tjGetErrorCode(jpeg) == TJERR_FATAL) {
        return damaged(cx);
    }
    *out = (Picture){grey, scaled_width, scaled_height};
    return STATUS_OK;
}

/* ---- PNG ---- */

/* True for what a picture is made of; everything else (texts, profiles, unknown) can only cost: a
 * text of a few KB that inflates to megabytes, a thousand times (A3). */
static bool is_png_part(Str type) {
    static const char *const parts[] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (str_equal(type, str_of(parts[i]))) {
            return true;
        }
    }
    return false;
}

/* The picture's own parts alone. What follows a part that does not fit is left out. */
static Str png_bare(Arena *scratch, Str bytes) {
    enum { SIGNATURE = 8, LENGTH = 4, TYPE = 4, CHECKSUM = 4 };
    Buf *out = buf_in(scratch, bytes.len + 1);
    buf_put(out, str_slice(bytes, 0, SIGNATURE));
    for (size_t at = SIGNATURE; at + LENGTH + TYPE + CHECKSUM <= bytes.len;) {
        const uint8_t *head = (const uint8_t *)bytes.at + at;
        size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (len > bytes.len - at - LENGTH - TYPE - CHECKSUM) {
            break;
        }
        size_t whole = LENGTH + TYPE + len + CHECKSUM;
        if (is_png_part(str_slice(bytes, at + LENGTH, TYPE))) {
            buf_put(out, str_slice(bytes, at, whole));
        }
        at += whole;
    }
    return buf_str(out);
}

static void png_release(void *it) {
    png_image_free(it);
}

static Status png_decode(Cx *cx, Arena *scratch, Str bytes, AttachFile *file, Picture *out) {
    png_image *png = arena_new(scratch, png_image);
    png->version = PNG_IMAGE_VERSION;
    arena_defer(scratch, png_release, png);
    Str bare = png_bare(scratch, bytes);
    if (png_image_begin_read_from_memory(png, bare.at, bare.len) == 0) {
        return damaged(cx);
    }
    TRY(sides_check(cx, file, png->width, png->height, ATTACH_PIXELS_WHOLE_MAX));
    png->format = PNG_FORMAT_GRAY;
    png_color white = {255, 255, 255};
    uint8_t *grey = arena_alloc(scratch, (size_t)png->width * (size_t)png->height);
    if (png_image_finish_read(png, &white, grey, (png_int_32)png->width, NULL) == 0) {
        return damaged(cx);
    }
    *out = (Picture){grey, file->width, file->height};
    return STATUS_OK;
}

/* ---- WebP ---- */

static Status webp_decode(Cx *cx, Arena *scratch, Str bytes, AttachFile *file, Picture *out) {
    WebPDecoderConfig config;
    const uint8_t *data = (const uint8_t *)bytes.at;
    if (WebPInitDecoderConfig(&config) == 0 ||
        WebPGetFeatures(data, bytes.len, &config.input) != VP8_STATUS_OK ||
        config.input.has_animation != 0) {
        return damaged(cx);
    }
    TRY(sides_check(cx, file, config.input.width, config.input.height, ATTACH_PIXELS_WHOLE_MAX));
    size_t side = WEBP_SCALED_SIDE;
    uint8_t *colours = arena_alloc(scratch, side * side * 4);
    config.options.use_scaling = 1;
    config.options.scaled_width = WEBP_SCALED_SIDE;
    config.options.scaled_height = WEBP_SCALED_SIDE;
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = colours;
    config.output.u.RGBA.stride = (int)side * 4;
    config.output.u.RGBA.size = side * side * 4;
    VP8StatusCode code = WebPDecode(data, bytes.len, &config);
    WebPFreeDecBuffer(&config.output);
    if (code != VP8_STATUS_OK) {
        return damaged(cx);
    }
    uint8_t *grey = arena_alloc(scratch, side * side);
    for (size_t i = 0; i < side * side; i++) {
        const uint8_t *point = colours + i * 4;
        /* Luma of ITU-R BT.601 in parts of 256. */
        grey[i] = (uint8_t)((77u * point[0] + 150u * point[1] + 29u * point[2]) >> 8);
    }
    *out = (Picture){grey, WEBP_SCALED_SIDE, WEBP_SCALED_SIDE};
    return STATUS_OK;
}

/* ---- all ---- */

/* How many pictures may be open at once in the whole program: each can take 100 MB, and workers are
 * many (A3). The one counter that threads share here; a picture takes a second at most. */
enum { PICTURES_OPEN_MAX = 3 };
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t left;
    int open_count;
} gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

void picture_gate_enter(void) {
    pthread_mutex_lock(&gate.mutex);
    while (gate.open_count >= PICTURES_OPEN_MAX) {
        pthread_cond_wait(&gate.left, &gate.mutex);
    }
    gate.open_count++;
    pthread_mutex_unlock(&gate.mutex);
}

void picture_gate_leave(void) {
    pthread_mutex_lock(&gate.mutex);
    gate.open_count--;
    pthread_cond_signal(&gate.left);
    pthread_mutex_unlock(&gate.mutex);
}

Status picture_decode(Cx *cx, Arena *scratch, Str media_type, Str bytes, AttachFile *file,
                      Picture *out) {
    if (str_equal(media_type, STR("image/jpeg"))) {
        return jpeg_decode(cx, scratch, bytes, file, out);
    }
    if (str_equal(media_type, STR("image/png"))) {
        return png_decode(cx, scratch, bytes, file, out);
    }
    check(str_equal(media_type, STR("image/webp")));
    return webp_decode(cx, scratch, bytes, file, out);
}
