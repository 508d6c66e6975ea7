/*
 * reader.h - reads a Chinese government action plan in the official layout: who issued it, its
 * sections, tasks, measures, responsible units and every target.
 *
 *   bytes ─▶ PlanText ─▶ lines ─▶ paragraphs ─▶ nodes ─▶ Plan
 *           (encoding)   (fold)   (wrapping)   (numbers)  (units, targets, doubts)
 *
 * It knows layouts and grammar, never a particular text. It is not a language model: what its rules
 * do not cover becomes a Doubt with line, column, quote and reason, never a guess.
 * Ownership: everything in a Plan lives in the arena of the Cx given; nothing is shared with the
 * input bytes. No clock, no file, no global state. Messages are Chinese: officers read them.
 * Reference: docs/reference/plan-reader.md.
 */
#ifndef HUANXIN_READER_READER_H
#define HUANXIN_READER_READER_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/day.h"
#include "base/vec.h"

typedef struct PlanStrVec VEC(Str) PlanStrVec;

#define PLAN_ENCODING_LIST(X) X(UTF8, "UTF-8") X(GB18030, "GB 18030")

typedef enum PlanEncoding {
#define X(name, text) PLAN_ENCODING_##name,
    PLAN_ENCODING_LIST(X)
#undef X
} PlanEncoding;

/* Bytes that were checked: UTF-8 without a byte order mark, without NUL or other control
 * characters besides tab, line feed, carriage return, form feed and vertical tab. */
typedef struct PlanText {
    Str utf8;
    PlanEncoding encoding; /* what the bytes were in */
} PlanText;

/* X(name, JSON text). NONE is null: a direction or a state without a comparison. */
#define PLAN_OP_LIST(X)                                                                            \
    X(NONE, "")                                                                                    \
    X(EQ, "=")                                                                                     \
    X(ABOUT, "~")                                                                                  \
    X(GT, ">")                                                                                     \
    X(GE, ">=")                                                                                    \
    X(LT, "<")                                                                                     \
    X(LE, "<=")                                                                                    \
    X(ALL, "all")

typedef enum PlanOp {
#define X(name, text) PLAN_OP_##name,
    PLAN_OP_LIST(X)
#undef X
} PlanOp;

#define PLAN_KIND_LIST(X)                                                                          \
    X(LEVEL, "level")                                                                              \
    X(GROWTH, "growth")                                                                            \
    X(RATIO, "ratio")                                                                              \
    X(COUNT, "count")                                                                              \
    X(QUALITATIVE, "qualitative")

typedef enum PlanKind {
#define X(name, text) PLAN_KIND_##name,
    PLAN_KIND_LIST(X)
#undef X
} PlanKind;

/* An exact decimal: scaled / 10^scale, with its canonical text ("-13.5", "1.8", "160"). */
typedef struct PlanNumber {
    Str text;
    int64_t scaled;
    int32_t scale; /* 0..9 */
    bool is_set;
} PlanNumber;

typedef struct PlanSection {
    PlanStrVec path; /* markers as printed, outermost first: 二 / (一) / 一是 */
    Str title;
    int64_t line;
    int64_t column;
} PlanSection;

typedef struct PlanTask {
    PlanStrVec path;
    Str title;
    Str body;            /* text under the title, without the unit clause */
    PlanStrVec measures; /* the sentences of the body */
    PlanStrVec lead;
    PlanStrVec responsible; /* 配合单位 counts as responsible */
    int64_t line;
    int64_t column;
} PlanTask;

typedef struct PlanTarget {
    Str quote;     /* the clause as printed */
    Str indicator; /* what is measured, in the clause's words */
    PlanNumber value;
    PlanNumber value2; /* upper end of a range, second part of a ratio */
    Str unit;          /* "" when there is none */
    PlanOp op;
    PlanKind kind;
    int32_t year;          /* 0: none */
    int32_t baseline_year; /* 0: none */
    PlanStrVec path;       /* where in the plan it stands */
    Str period;            /* 每年, 年均, 每季度 ... or "" */
    bool is_cumulative;    /* 累计 */
    Str note;
    int64_t line;
    int64_t column;
} PlanTarget;

/* A place where the rules were not sure. */
typedef struct PlanDoubt {
    int64_t line;
    int64_t column;
    Str quote;
    Str reason;
} PlanDoubt;

typedef struct PlanSectionVec VEC(PlanSection) PlanSectionVec;
typedef struct PlanTaskVec VEC(PlanTask) PlanTaskVec;
typedef struct PlanTargetVec VEC(PlanTarget) PlanTargetVec;
typedef struct PlanDoubtVec VEC(PlanDoubt) PlanDoubtVec;

typedef struct Plan {
    Str title;
    Str issuer;     /* "" when the text does not say; then there is a doubt */
    Str doc_number; /* with 〔〕 around the year whatever the brackets printed; may be "" */
    Day date;       /* DAY_NONE when the text does not say */
    PlanSectionVec sections; /* every numbered heading, in the order of the text */
    PlanTaskVec tasks;
    PlanTargetVec targets;
    PlanStrVec units; /* each unit once, in the order of first mention */
    PlanDoubtVec doubts;
} Plan;

/* Checks bytes (at most LIMIT_PLAN_BYTES_MAX) and turns them into UTF-8; a byte order mark is
 * dropped. The result lives in the arena. LIMIT when there are too many bytes; INVALID with a place
 * when they are empty, hold NUL or control characters, or are neither UTF-8 nor GB 18030. O(n). */
MUST_CHECK Status plan_text_decode(Cx *cx, Str bytes, PlanText *out);

/* Reads a plan. INVALID when the text is not a plan: no title ending in a word such as 方案 or
 * 措施, no numbered heading or task table, or neither task nor target in it. LIMIT when the budget
 * of the Cx is used up. out is untouched on failure. O(n). */
MUST_CHECK Status plan_read(Cx *cx, const PlanText *text, Plan *out);

/* Writes the plan as JSON (UTF-8, two blanks of indent, ends with a line feed), numbers exactly as
 * decimals. LIMIT when the buffer is too small. O(size). */
MUST_CHECK Status plan_write_json(Cx *cx, const Plan *plan, Buf *out);

/* The names of the enums in JSON; static text. PLAN_OP_NONE gives "". */
const char *plan_op_text(PlanOp op);
const char *plan_kind_text(PlanKind kind);
const char *plan_encoding_text(PlanEncoding encoding);

#endif
