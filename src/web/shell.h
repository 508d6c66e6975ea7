/* shell.h - the frame around every page: head, navigation by role, footer. Private to src/web. */
#ifndef HUANXIN_WEB_SHELL_H
#define HUANXIN_WEB_SHELL_H

#include "web/web.h"

/* Writes the whole document around the body of <main>. LIMIT when it grows too large. */
MUST_CHECK Status shell_write(Web *web, Str title, Str main, Str *document);
/* Writes the summary of messages and the flash of the last redirect, under the heading. */
void shell_errors_write(View *view);
/* A small page without a request, for answers that the HTTP server gives by itself. */
Str shell_plain_page(Arena *arena, Str city_name, uint32_t status);

#endif
