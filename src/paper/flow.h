/*
 * flow.h - a document on its way onto pages; private to the PDF writer. y counts from the upper
 * edge of the type area to the box of the next line.
 */
#ifndef HUANXIN_PAPER_FLOW_H
#define HUANXIN_PAPER_FLOW_H

#include "paper/text.h"

typedef struct Flow {
    Paper *paper;
    Typist typist;
    cairo_t *cairo;
    double left;
    double top;
    double width;
    double height;
    double y;
    double keep;    /* height that must fit under the end of the block; 0: none */
    int page;       /* from 1 */
    int page_total; /* 0 while it is not known */
    PaperFacts facts;
    Status status;
} Flow;

bool flow_is_official(const Flow *flow);
/* Begins a new page unless height fits under y. */
void flow_need(Flow *flow, double height);
void flow_page_next(Flow *flow);
/* Moves to the next line of the grid of an official page. */
void flow_grid(Flow *flow);
/* A text in lines over pages; indent of the first line; spread: both edges even. */
void flow_text(Flow *flow, const Style *style, Str text, double indent);
/* A line from x for length at height y, both from the type area's corner. */
void flow_rule(Flow *flow, double x, double y, double length, double thickness);
void flow_colour(Flow *flow, double red, double green, double blue);

void flow_table(Flow *flow, const Block *block);   /* table.c */
void flow_picture(Flow *flow, const Block *block); /* picture.c: bars and codes */
/* Height of a picture at a width. */
double flow_picture_height(const Paper *paper, const Block *block, double width);

#endif
