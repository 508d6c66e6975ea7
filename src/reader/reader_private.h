/*
 * reader_private.h - what the files of the reader share. Not for other modules.
 *
 * The source is folded once: full-width forms, brackets, dashes and traditional characters become
 * one spelling, white space and line ends disappear. Rules match the fold with UTF-8 literals; each
 * byte of the fold knows the glyph it came from, so quotes are printed as they stand in the source.
 *
 *   fold   ... 到 2 0 2 5 年 , ...          one Str for the whole text
 *   glyphs ... {raw_at, line, column, space} one per character of the fold
 */
#ifndef HUANXIN_READER_PRIVATE_H
#define HUANXIN_READER_PRIVATE_H

#include "base/map.h"
#include "reader/reader.h"

/* A piece [from, to) of the fold, in bytes. */
typedef struct Span {
    uint32_t from;
    uint32_t to;
} Span;

typedef struct SpanVec VEC(Span) SpanVec;

enum { SPACE_TAB = 255, SPACE_MAX = 250 };

typedef struct Glyph {
    uint32_t raw_at; /* byte index in the source */
    uint32_t line;   /* 1-based */
    uint32_t column; /* 1-based, in code points */
    uint8_t raw_len;
    uint8_t space; /* columns of white space before it on its line, SPACE_TAB when a tab is there */
    bool is_line_start;
} Glyph;

typedef struct Line {
    Span span;
    uint32_t number;
    uint32_t width;  /* in columns: 2 for a wide character */
    uint32_t indent; /* in columns */
    bool is_after_blank;
} Line;

typedef struct LineVec VEC(Line) LineVec;

typedef struct Text {
    Str source;
    Str fold;
    Glyph *glyphs;
    uint32_t glyph_count;
    uint32_t *glyph_of_byte; /* fold.len + 1 entries */
    LineVec lines;           /* without blank lines and page numbers */
    uint32_t wrap_width;     /* columns at which the text is wrapped by hand, 0 when it is not */
} Text;

/* Numbering. The order says nothing about depth: a plan nests styles as it likes. */
typedef enum MarkerStyle {
    MARKER_NONE,
    MARKER_CHAPTER,      /* 第一章 */
    MARKER_CN,           /* 一、 */
    MARKER_CN_PAREN,     /* (一) */
    MARKER_CN_IS,        /* 一是 */
    MARKER_ARABIC,       /* 1. 1、 */
    MARKER_ARABIC_HALF,  /* 1) */
    MARKER_ARABIC_PAREN, /* (1) */
    MARKER_CIRCLED,      /* ① */
    MARKER_DECIMAL,      /* 1.2 */
    MARKER_ATTACHMENT,   /* 附件1 */
    MARKER_BOX,          /* 专栏1 */
    MARKER_STYLE_COUNT
} MarkerStyle;

typedef struct Marker {
    MarkerStyle style;
    int32_t number;
    int32_t depth;      /* of MARKER_DECIMAL: how many numbers */
    uint32_t print_len; /* bytes that are printed in a path */
    uint32_t len;       /* bytes in all */
} Marker;

typedef enum BlockKind {
    BLOCK_TEXT,
    BLOCK_UNITS, /* a line that begins with a unit label */
    BLOCK_ROW    /* a row of a task table */
} BlockKind;

enum { TABLE_COLUMNS_MAX = 16 };

typedef enum ColumnRole {
    COLUMN_OTHER,
    COLUMN_NUMBER,
    COLUMN_GROUP,
    COLUMN_TASK,
    COLUMN_BODY,
    COLUMN_DEADLINE,
    COLUMN_LEAD,
    COLUMN_RESPONSIBLE
} ColumnRole;

typedef struct Row {
    SpanVec cells[TABLE_COLUMNS_MAX]; /* a cell may run over several lines */
    ColumnRole roles[TABLE_COLUMNS_MAX];
    uint32_t column_count;
} Row;

typedef struct Block {
    BlockKind kind;
    Span span;
    Marker marker;
    Row *row; /* of BLOCK_ROW */
} Block;

typedef struct BlockVec VEC(Block) BlockVec;

/* Names as printed. */
typedef struct UnitLists {
    PlanStrVec lead;
    PlanStrVec responsible;
} UnitLists;

/* A piece of body text of a node, between unit clauses. */
typedef struct Piece {
    Span span;
    bool is_title;
    bool starts_paragraph;
} Piece;

typedef struct PieceVec VEC(Piece) PieceVec;

enum { NODE_NONE = -1 };

typedef struct Node {
    Marker marker;
    Str path_text; /* what the path shows: the marker as printed */
    Span title;
    int32_t parent; /* NODE_NONE at the top */
    int32_t depth;
    uint32_t child_count;
    uint32_t child_with_units_count;
    int32_t child_last;
    PieceVec pieces;
    PlanStrVec lead;
    PlanStrVec responsible;
    bool has_units;
    bool units_are_trailing; /* given on a line of their own after the text */
    bool has_units_below;
    bool is_task;
    bool is_merged;   /* a table row whose units went to the task of the same name */
    bool is_goal;     /* a section of goals: years carry over */
    bool is_preamble; /* goals, principles: not tasks unless units are named */
    bool is_appendix;
    bool is_row;
    int32_t year; /* year named in the title, 0 none */
    uint32_t at;  /* byte in the fold, for the place */
} Node;

typedef struct NodeVec VEC(Node) NodeVec;

typedef struct Reader {
    Cx *cx;
    Arena *arena;
    Text text;
    Plan *plan;
    BlockVec blocks;
    NodeVec nodes;
    PieceVec preface;   /* text after the title and before the first number */
    uint32_t body_line; /* index of the first line of the body */
    bool has_table;
    int32_t title_year; /* of 2024年...工作方案, 0 none */
} Reader;

/* text.c */
MUST_CHECK Status text_fold(Cx *cx, Str source, Text *out);
/* A borrowed view of the fold. */
Str text_at(const Text *text, Span span);
/* The source of a span, in the arena: damaged blanks and line ends are left out, a blank between
 * two ASCII words stays. O(len). */
Str text_raw(Arena *arena, const Text *text, Span span);
const Glyph *text_glyph(const Text *text, uint32_t at);
/* Shrinks a span by ASCII and Chinese punctuation that cannot belong to a name. */
Span span_trim(const Text *text, Span span);
/* Records a doubt at a span; long quotes are cut. */
void doubt_add(Reader *reader, Span span, const char *reason);

/* words.c: lists end with NULL. All lengths in bytes. */
/* The length of the longest word that stands at byte at, 0 if none. */
size_t words_at(Str text, size_t at, const char *const *words);
/* The length of the longest word that ends at byte end, 0 if none. */
size_t words_before(Str text, size_t end, const char *const *words);
/* The place of the first word at or after from, SIZE_MAX if none. */
size_t words_find(Str text, const char *const *words, size_t from);
bool words_in(Str text, const char *const *words);
bool text_has(Str text, const char *word);
/* The byte index of the rune before at; 0 at the start. */
size_t rune_back(Str text, size_t at);
uint32_t rune_at(Str text, size_t at);
size_t rune_len_at(Str text, size_t at);
bool rune_is_digit(uint32_t rune);
bool rune_is_han(uint32_t rune);
bool rune_is_letter(uint32_t rune);

/* numeral.c */
/* Reads a Chinese numeral (零〇一二两三...十百千万) below 10^8 at byte at; returns its length in
 * bytes, 0 if none. "〇" digits in a row are read as a year is. */
size_t numeral_read(Str text, size_t at, int64_t *out);
/* Reads "2025年" or "二〇二五年" at byte at; year 1949..2100. Returns the length with 年, 0 if
 * none. */
size_t year_read(Str text, size_t at, int32_t *out);
/* The one year that a short text names; 0 when there is none or more than one. */
int32_t only_year(Str text);
/* Reads a full date at byte at; returns its length, 0 if none. */
size_t date_read(Str text, size_t at, Day *out);

/* marker.c */
/* Reads numbering at the start of text. style is MARKER_NONE when there is none. O(1). */
Marker marker_read(Str text);

/* block.c */
MUST_CHECK Status blocks_build(Reader *reader);

/* table.c */
/* True when the line is the header of a task table; fills the columns. */
typedef struct TableHead {
    ColumnRole roles[TABLE_COLUMNS_MAX];
    uint32_t starts[TABLE_COLUMNS_MAX]; /* display column */
    uint32_t column_count;
    char separator; /* '\t', '|' or ' ' */
} TableHead;
bool table_head_read(const Text *text, const Line *line, TableHead *out);
/* Reads rows from line index *index on; appends blocks, leaves *index at the first line after. */
MUST_CHECK Status table_read(Reader *reader, const TableHead *head, size_t *index);

/* head.c */
/* True when a line holds nothing but a date. */
bool line_is_date(const Text *text, const Line *line, Day *out);
/* True when a line holds nothing but the name of an organ. */
bool line_is_organ(const Text *text, const Line *line);
MUST_CHECK Status head_read(Reader *reader);

/* units.c */
/* True when text begins with a unit label such as 牵头单位:. */
bool units_label_starts(Str text);
/* Reads a region of units: labels, lists, verbs. False when it is not one. */
bool units_read(Reader *reader, Span region, UnitLists *out);
/* Reads a bare list of units (a table cell, which may run over several lines) into one list. */
void units_cell_read(Reader *reader, const SpanVec *cell, PlanStrVec *out);
/* Adds a name once. */
void units_add(Arena *arena, PlanStrVec *list, Str name);
/* True when the last name of a list that was broken at the line's end is not whole. */
bool units_list_is_open(Str list);
/* True when the text looks like the name of a unit. */
bool unit_is_plausible(Str name);
/* Cuts a block into pieces of text and unit clauses. */
MUST_CHECK Status units_split(Reader *reader, Span span, SpanVec *pieces, UnitLists *units);

/* tree.c */
MUST_CHECK Status tree_build(Reader *reader);
MUST_CHECK Status tasks_collect(Reader *reader);
PlanStrVec node_path(Reader *reader, int32_t index);

/* measure.c: quantities */
typedef enum MeasureClass {
    MEASURE_NONE,
    MEASURE_PERCENT,
    MEASURE_POINT, /* 个百分点 */
    MEASURE_COUNT,
    MEASURE_MONEY,
    MEASURE_PHYSICAL,
    MEASURE_TIME,
    MEASURE_FACTOR /* 倍 */
} MeasureClass;

typedef struct Quantity {
    size_t from;   /* of the number, in bytes of the clause */
    size_t to;     /* after the unit */
    size_t end;    /* after 以上, 左右 ... */
    size_t before; /* where the words of comparison before the number begin */
    PlanNumber value;
    PlanNumber value2;
    Str unit;
    MeasureClass measure;
    PlanOp op;
    int growth; /* +1, -1, 0: a level */
    bool is_ratio;
    bool is_chinese;  /* written in Chinese numerals */
    bool is_doubling; /* 翻一番, 一倍 */
    bool is_op_written;
    bool is_unit_unknown;
} Quantity;

/* Reads the quantity that begins at byte at of the clause. False when there is none. */
bool quantity_read(Reader *reader, Span clause, size_t at, Quantity *out);

/* scope.c: years, baselines, periods */
enum { SCOPE_YEARS_MAX = 4 };
typedef struct Scope {
    int32_t years[SCOPE_YEARS_MAX];
    uint32_t year_count;
    int32_t baseline;
    Str period;
    bool is_cumulative;
    bool is_past; /* the year is over when the plan is issued */
} Scope;

/* Reads the words that open a clause (力争到2025年, 与2023年相比) into the scope; returns the bytes
 * to skip. */
size_t scope_open(const Reader *reader, Str clause, Scope *scope);
/* Reads years and baselines that stand inside the clause. */
void scope_inside(Str clause, Scope *scope);
/* True when byte at lies in a year, a date or a period of years; gives its end. */
bool scope_covers(Str clause, size_t at, size_t *end);
/* The place where words about a baseline begin (较2023年...), SIZE_MAX if none. */
size_t baseline_find(Str clause, size_t from);

/* target.c */
MUST_CHECK Status targets_collect(Reader *reader);

#endif
