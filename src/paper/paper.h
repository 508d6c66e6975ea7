/*
 * paper.h - documents on paper: one model, written as PDF and as DOCX.
 *
 *   paper_new ─▶ head, title, text, headings, tables, bars, codes, signature ─▶ paper_pdf
 *                                                                            └▶ paper_docx
 *
 * Two forms. PAPER_OFFICIAL is the layout of official documents, GB/T 9704-2012: A4, type area
 * 156 x 225 mm with 37 mm above and 28 mm at the binding (5.2.1), 22 lines of 28 characters
 * (5.2.3), size 3 (16 pt) for text, red head (7.2), title in size 2 (7.3.1), page number "— 1 —" in
 * size 4 outside at the foot (7.5). PAPER_SHEET is a plain A4 page, upright or across, for
 * statements, dashboards and lists.
 *
 * Fonts. The standard asks for 仿宋, 小标宋, 楷体 and 黑体. Where a city has them installed (仿宋,
 * 方正小标宋简体, 楷体, 黑体) they are used; otherwise free ones stand for them: Noto Serif CJK SC
 * for 仿宋 and, bold, for 小标宋, AR PL UKai CN for 楷体, Noto Sans CJK SC for 黑体. Debian has no
 * free 仿宋 with simplified characters. A DOCX names the fonts of the standard.
 *
 * It reads no clock: the same model, fonts and made_ms give the same bytes. It is no text
 * processor: no footnotes, no columns, no pictures from outside.
 *
 * Ownership: a Paper lives in the arena of its Cx. Texts and columns given to it are borrowed until
 * the last paper_pdf or paper_docx; other arrays are copied.
 */
#ifndef HUANXIN_PAPER_PAPER_H
#define HUANXIN_PAPER_PAPER_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/day.h"

enum {
    PAPER_COLUMNS_MAX = 24,
    PAPER_PAGES_MAX = 2000,
    PAPER_TEXT_BYTES_MAX = 256 * 1024, /* of one paragraph or cell */
    PAPER_CODE_BYTES_MAX = 1000,       /* of the text in a QR code */
    PAPER_CODE_MODULES_MAX = 177,
};

typedef enum PaperForm { PAPER_OFFICIAL, PAPER_SHEET } PaperForm;

typedef struct PaperOptions {
    PaperForm form;
    bool is_landscape; /* PAPER_SHEET only */
    Str title;         /* of the file's properties */
    Str author;
    int64_t made_ms; /* the instant that stands in the file */
    Str foot; /* PAPER_SHEET: at the left of each page's foot, e.g. who printed it for what */
} PaperOptions;

typedef struct Paper Paper;

Paper *paper_new(Cx *cx, const PaperOptions *options);

/* ---- the model, in the order of the paper ---- */

/* The head of an official document (7.2); empty texts are left out. */
typedef struct PaperHead {
    Str issuer; /* 发文机关标志: "安丘市……工作专班文件", red */
    Str number; /* 发文字号: "安更新〔2026〕3号" */
    Str signer; /* 签发人, only for documents to a higher office */
    Str copy;   /* 份号, six digits */
    Str secrecy;
    Str urgency;
} PaperHead;
void paper_head(Paper *paper, const PaperHead *head);
/* The title; its line ends stay, so that words are not cut (7.3.1: 词意完整). */
void paper_title(Paper *paper, Str title);
/* Under the title, centred, 楷体: "（2026年3月）". */
void paper_subtitle(Paper *paper, Str text);
/* 主送机关 (7.3.2); the colon is added. */
void paper_to(Paper *paper, Str offices);
/* A paragraph, two characters in (7.3.3). Line ends begin a new paragraph. */
void paper_text(Paper *paper, Str text);
/* A heading; level 1 "一、" 黑体, 2 "（一）" 楷体, 3 "1." and 4 "（1）" 仿宋 (7.3.3). The number is
 * part of the text. Never the last line of a page. */
void paper_heading(Paper *paper, int level, Str text);
/* 附件说明 (7.3.4): names of the annexes. */
void paper_annexes(Paper *paper, const Str *names, size_t count);
/* Who signs and the day of issue, without a seal (7.3.5.2). */
void paper_sign(Paper *paper, Str office, Day day);
/* 版记 at the foot of the last page (7.4): copies to, printing office and day. */
void paper_imprint(Paper *paper, Str copies_to, Str office, Day day);
/* The next block begins a page. */
void paper_break(Paper *paper);

typedef enum PaperAlign { PAPER_LEFT, PAPER_CENTER, PAPER_RIGHT } PaperAlign;
typedef struct PaperColumn {
    const char *label;
    int share; /* of the width, in any unit, >= 1 */
    PaperAlign align;
} PaperColumn;
/* A table: its head is repeated on each page; a row that is longer than a page is continued.
 * Columns are borrowed, 1..PAPER_COLUMNS_MAX. Rows follow by paper_row and paper_total. */
void paper_table(Paper *paper, Str caption, const PaperColumn *columns, size_t count);
/* cells: one for each column. */
void paper_row(Paper *paper, const Str *cells);
/* As paper_row, in bold. */
void paper_total(Paper *paper, const Str *cells);

/* Bars of shares: 0..10000 basis points are the length, text stands at the right. */
typedef struct PaperBar {
    Str label;
    int64_t share_bp; /* cut to 0..10000 */
    Str text;         /* "85.2%　绿灯" */
    char light;       /* 'g' green, 'y' yellow, 'r' red, ' ' blue */
} PaperBar;
void paper_bars(Paper *paper, Str caption, const PaperBar *bars, size_t count);
/* A QR code with text under it, at the right; size_mm 10..80. LIMIT over PAPER_CODE_BYTES_MAX. */
MUST_CHECK Status paper_code(Paper *paper, Str content, Str caption, int size_mm);

/* ---- writing ---- */

typedef struct PaperFacts {
    int page_count;
    int line_count;    /* lines of running text */
    int missing_count; /* characters that no font has */
} PaperFacts;

/* Writes the document as PDF into out. facts may be NULL. LIMIT beyond PAPER_PAGES_MAX or the
 * buffer; IO when the machine has no font at all. One document at a time in a process, others wait:
 * fonts take 70 MB while they are embedded. About 50 ms, and 1 ms a page of text. */
MUST_CHECK Status paper_pdf(Paper *paper, Buf *out, PaperFacts *facts);
/* Writes the document as DOCX (ECMA-376) into out; folder as in pack_writer_new. */
MUST_CHECK Status paper_docx(Paper *paper, const char *folder, Buf *out);

/* The modules of a QR code (ISO/IEC 18004, level M): width x width, true is dark. LIMIT as above.
 */
typedef struct PaperCode {
    int width;
    const bool *modules;
} PaperCode;
MUST_CHECK Status paper_code_make(Cx *cx, Str content, PaperCode *out);

#endif
