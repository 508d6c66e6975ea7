/*
 * terminal.h - what the commands share round an engine: files in and out, the clock, the bar.
 * Messages are English, as the man page is; a command for clerks says them again in Chinese.
 */
#ifndef HX_TERMINAL_H
#define HX_TERMINAL_H

#include "base/cx.h"
#include "base/str.h"

/* Reads a whole file, or standard input for "-", into the arena. NOT_FOUND when there is none,
 * LIMIT when it is larger than bytes_max, IO otherwise; the fault names the path. */
MUST_CHECK Status terminal_file_read(Cx *cx, const char *path, size_t bytes_max, Str *out);

/* Writes a whole file, over an older one. IO when it cannot. */
MUST_CHECK Status terminal_file_write(Cx *cx, const char *path, Str text);

/* Milliseconds of a clock that never goes back. The argument is not used; solvers hand it one. */
int64_t terminal_now_ms(void *unused);

/* Draws "[###...]  42 %  words" over the current line of standard error; share is 0..10000. */
void terminal_bar(int64_t share_bp, const char *words);

#endif
