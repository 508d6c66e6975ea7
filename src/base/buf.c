#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_BYTES_FIRST = 256 };

void buf_init(Buf *buf, size_t bytes_max) {
    *buf = (Buf){.bytes_max = bytes_max};
}

void buf_dispose(Buf *buf) {
    free(buf->at);
    *buf = (Buf){.bytes_max = buf->bytes_max};
}

static void dispose_it(void *it) {
    buf_dispose(it);
}

Buf *buf_in(Arena *arena, size_t bytes_max) {
    Buf *buf = arena_new(arena, Buf);
    buf_init(buf, bytes_max);
    arena_defer(arena, dispose_it, buf);
    return buf;
}

/* Makes room for more bytes; false when that would pass the maximum. */
static bool buf_reserve(Buf *buf, size_t more) {
    if (buf->is_full || more > buf->bytes_max - buf->len) {
        buf->is_full = true;
        return false;
    }
    size_t needed = buf->len + more;
    if (needed <= buf->room) {
        return true;
    }
    size_t room = buf->room == 0 ? BUF_BYTES_FIRST : buf->room;
    while (room < needed) {
        room = room > buf->bytes_max / 2 ? buf->bytes_max : room * 2;
    }
    char *grown = realloc(buf->at, room);
    check(grown != NULL);
    buf->at = grown;
    buf->room = room;
    return true;
}

void buf_put(Buf *buf, Str bytes) {
    if (bytes.len > 0 && buf_reserve(buf, bytes.len)) {
        memcpy(buf->at + buf->len, bytes.at, bytes.len);
        buf->len += bytes.len;
    }
}

void buf_put_c(Buf *buf, const char *c_text) {
    buf_put(buf, str_of(c_text));
}

void buf_put_char(Buf *buf, char c) {
    buf_put(buf, (Str){&c, 1});
}

void buf_put_rune(Buf *buf, uint32_t rune) {
    char bytes[4];
    buf_put(buf, (Str){bytes, str_rune_put(rune, bytes)});
}

void buf_print(Buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_print_va(buf, format, args);
    va_end(args);
}

void buf_print_va(Buf *buf, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    check(len >= 0);
    /* vsnprintf writes a NUL after the text, so one byte more is reserved and not counted. */
    if (buf_reserve(buf, (size_t)len + 1)) {
        (void)vsnprintf(buf->at + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_clear(Buf *buf) {
    buf->len = 0;
    buf->is_full = false;
}

void buf_cut(Buf *buf, size_t len) {
    check(len <= buf->len);
    buf->len = len;
}

Str buf_str(const Buf *buf) {
    return (Str){buf->at, buf->len};
}

Status buf_status(const Buf *buf) {
    return buf->is_full ? STATUS_LIMIT : STATUS_OK;
}
