/*
 * paper_internal.h - the blocks of a document, and what its two writers share; private. Lengths are
 * points (1/72 inch) of type double: they are drawn, not counted.
 */
#ifndef HUANXIN_PAPER_PAPER_INTERNAL_H
#define HUANXIN_PAPER_PAPER_INTERNAL_H

#include "paper/paper.h"

#define MM (72.0 / 25.4)
/* GB/T 9704-2012, 5.1, 5.2.1. */
#define PAGE_WIDTH (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define OFFICIAL_LEFT (28 * MM)
#define OFFICIAL_TOP (37 * MM)
#define OFFICIAL_WIDTH (156 * MM)
#define OFFICIAL_HEIGHT (225 * MM)
/* 5.2.3: 28 characters and 22 lines fill the type area: the last line ends at its lower edge. */
#define OFFICIAL_PITCH ((OFFICIAL_HEIGHT - SIZE_3) / 21)
#define OFFICIAL_SPACING ((OFFICIAL_WIDTH - 28 * SIZE_3) / 27)

/* Sizes of type by their Chinese number. */
#define SIZE_2 22.0
#define SIZE_3 16.0
#define SIZE_4 14.0
#define SIZE_SMALL_4 12.0
#define SIZE_5 10.5
#define SIZE_SMALL_5 9.0

/* X(name, font of the standard for DOCX) */
#define FACE_LIST(X)                                                                               \
    X(FANGSONG, "仿宋")                                                                            \
    X(TITLE, "方正小标宋简体")                                                                     \
    X(KAI, "楷体")                                                                                 \
    X(HEI, "黑体")                                                                                 \
    X(SONG, "宋体")

typedef enum Face {
#define X(name, docx) FACE_##name,
    FACE_LIST(X)
#undef X
        FACE_COUNT
} Face;

typedef struct Style {
    Face face;
    double size;
    double spacing; /* added after each character */
    double pitch;   /* from line to line */
    bool is_bold;
} Style;

typedef enum BlockKind {
    BLOCK_HEAD,
    BLOCK_TITLE,
    BLOCK_SUBTITLE,
    BLOCK_TO,
    BLOCK_TEXT,
    BLOCK_HEADING,
    BLOCK_ANNEXES,
    BLOCK_SIGN,
    BLOCK_IMPRINT,
    BLOCK_BREAK,
    BLOCK_TABLE,
    BLOCK_BARS,
    BLOCK_CODE,
} BlockKind;

typedef struct TableRow {
    const Str *cells;
    bool is_total;
    struct TableRow *next;
} TableRow;

typedef struct Block {
    BlockKind kind;
    int level; /* of a heading; millimetres of a code */
    Str text;
    Str more;
    Day day;
    PaperHead head;
    const Str *names;
    size_t count; /* of names, columns, bars */
    const PaperColumn *columns;
    TableRow *rows;
    TableRow *last_row;
    const PaperBar *bars;
    PaperCode code;
    struct Block *next;
} Block;

struct Paper {
    Cx *cx;
    PaperOptions options;
    Block *blocks;
    Block *last;
};

/* The style of running text, of a heading, of cells. */
Style paper_style_text(const Paper *paper);
Style paper_style_heading(const Paper *paper, int level);
Style paper_style_title(const Paper *paper);
Style paper_style_cell(const Paper *paper, bool is_bold);
/* The name of a face in the standard, for DOCX. */
const char *paper_face_name(Face face);

/* A picture of a block of bars or a code as PNG, for DOCX; width and height in points. */
Status paper_block_png(Paper *paper, const Block *block, double width, double *height, Buf *out);

#endif
