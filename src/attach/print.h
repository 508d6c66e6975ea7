/* print.h - pictures decoded within limits, and their fingerprints. Private to attach. */
#ifndef HUANXIN_ATTACH_PRINT_H
#define HUANXIN_ATTACH_PRINT_H

#include "attach/attach.h"

/* A grey picture: width * height bytes, row by row. */
typedef struct Picture {
    const uint8_t *grey;
    int64_t width;
    int64_t height;
} Picture;

/* Waits until few enough pictures are open in the whole program; every enter is left again. */
void picture_gate_enter(void);
void picture_gate_leave(void);
/* Decodes a picture of a known type into scratch memory, JPEG and WebP at a reduced size, and
 * writes the sides that it has by itself. INVALID with a Chinese fault. */
MUST_CHECK Status picture_decode(Cx *cx, Arena *scratch, Str media_type, Str bytes,
                                 AttachFile *file, Picture *out);
/* The fingerprint of a picture; is_known false when it has no contrast. O(pixels). */
AttachPrint picture_print(const Picture *picture);

#endif
