/* terminal.c - files, clock and progress bar of the commands. */
#include "main/terminal.h"

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PIECE_BYTES = 64 * 1024, BAR_CELLS = 30, SHARE_FULL_BP = 10000 };

static Status stream_read(Cx *cx, FILE *stream, const char *path, size_t bytes_max, Str *out) {
    Buf *buf = buf_in(cx->arena, bytes_max);
    char piece[PIECE_BYTES];
    size_t len = 0;
    while ((len = fread(piece, 1, sizeof piece, stream)) > 0) {
        buf_put(buf, (Str){piece, len});
        if (buf_status(buf) != STATUS_OK) {
            return fault(cx, STATUS_LIMIT, "\"%.200s\" is larger than %zu bytes", path, bytes_max);
        }
    }
    if (ferror(stream) != 0) {
        return fault(cx, STATUS_IO, "cannot read \"%.200s\": %s", path, strerror(errno));
    }
    *out = buf_str(buf);
    return STATUS_OK;
}

Status terminal_file_read(Cx *cx, const char *path, size_t bytes_max, Str *out) {
    bool is_standard = strcmp(path, "-") == 0;
    FILE *stream = is_standard ? stdin : fopen(path, "rbe");
    if (stream == NULL) {
        Status status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
        return fault(cx, status, "cannot open \"%.200s\": %s", path, strerror(errno));
    }
    Status status = stream_read(cx, stream, path, bytes_max, out);
    if (!is_standard) {
        (void)fclose(stream);
    }
    return status;
}

Status terminal_file_write(Cx *cx, const char *path, Str text) {
    FILE *stream = fopen(path, "wbe");
    if (stream == NULL) {
        return fault(cx, STATUS_IO, "cannot write \"%.200s\": %s", path, strerror(errno));
    }
    bool is_written = fwrite(text.at, 1, text.len, stream) == text.len;
    is_written = fclose(stream) == 0 && is_written;
    return is_written ? STATUS_OK
                      : fault(cx, STATUS_IO, "cannot write \"%.200s\": %s", path, strerror(errno));
}

int64_t terminal_now_ms(void *unused) {
    (void)unused;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void terminal_bar(int64_t share_bp, const char *words) {
    static const char FULL[] = "##############################";
    static const char EMPTY[] = "..............................";
    int full = (int)(share_bp * BAR_CELLS / SHARE_FULL_BP);
    (void)fprintf(stderr, "\r[%.*s%.*s] %3d %%  %s\033[K", full, FULL, BAR_CELLS - full, EMPTY,
                  (int)(share_bp / 100), words);
    (void)fflush(stderr);
}
