/*
 * buf.h - a growing byte buffer, born with a maximum. Failure is sticky: write freely, ask once
 * with buf_status at the end.
 *
 *   at ──▶ [ len bytes used | room ]      len <= room <= bytes_max
 *
 * Ownership: a Buf owns its bytes until buf_dispose or buf_take.
 */
#ifndef HUANXIN_BASE_BUF_H
#define HUANXIN_BASE_BUF_H

#include "base/arena.h"
#include "base/status.h"
#include "base/str.h"

#include <stdarg.h>

typedef struct Buf {
    char *at;
    size_t len;
    size_t room;
    size_t bytes_max;
    bool is_full; /* a write did not fit; everything after it was dropped too */
} Buf;

/* Starts an empty buffer that refuses to grow beyond bytes_max. */
void buf_init(Buf *buf, size_t bytes_max);
/* Gives the memory back; the buffer may be initialised again. */
void buf_dispose(Buf *buf);
/* Starts a buffer whose memory is released with the arena. */
Buf *buf_in(Arena *arena, size_t bytes_max);
/* Appends bytes. Does nothing once the buffer is full. */
void buf_put(Buf *buf, Str bytes);
void buf_put_c(Buf *buf, const char *c_text);
void buf_put_char(Buf *buf, char c);
void buf_put_rune(Buf *buf, uint32_t rune);
void buf_print(Buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_print_va(Buf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);
/* Empties the buffer and keeps its memory; clears the full mark. */
void buf_clear(Buf *buf);
/* Cuts the buffer back to len, which must not exceed its length. */
void buf_cut(Buf *buf, size_t len);
/* Returns a view of the content, valid until the next write. */
Str buf_str(const Buf *buf);
/* LIMIT when a write did not fit, else OK. */
MUST_CHECK Status buf_status(const Buf *buf);

#endif
