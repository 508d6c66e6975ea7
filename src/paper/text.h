/*
 * text.h - lines of text by Pango and Cairo; private to the writers of PDF and pictures. One Typist
 * a document and thread.
 */
#ifndef HUANXIN_PAPER_TEXT_H
#define HUANXIN_PAPER_TEXT_H

#include "paper/paper_internal.h"

#include <cairo.h>
#include <pango/pangocairo.h>

typedef struct Typist {
    Cx *cx;
    cairo_t *cairo;
    PangoFontMap *map;
    PangoLayout *layout;
    PangoFontDescription *fonts[FACE_COUNT][2]; /* plain, bold */
    int missing_count;
    bool is_silent; /* measures, draws nothing */
} Typist;

/* Starts a typist on a cairo context, which it borrows. IO when there is no font. */
Status typist_init(Typist *typist, Cx *cx, cairo_t *cairo);
void typist_dispose(Typist *typist);

/* Sets text into the typist's layout, broken at width (0: never) with the first line indent further
 * in; returns the number of lines. Characters without a glyph are counted. */
int typist_set(Typist *typist, const Style *style, Str text, double width, double indent);
/* Width of a text on one line. */
double typist_width(Typist *typist, const Style *style, Str text);
/* Width of line index of the text that is set. */
double typist_line_width(Typist *typist, int index);
/* Draws line index of the text that is set, with its line box at x, y. */
void typist_line(Typist *typist, const Style *style, int index, double x, double y);
/* As typist_line, spread so that its last character ends at x + width. */
void typist_line_spread(Typist *typist, const Style *style, int index, double x, double y,
                        double width);
/* A text of one line at x, y. */
void typist_put(Typist *typist, const Style *style, Str text, double x, double y);

#endif
