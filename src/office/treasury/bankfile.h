/*
 * bankfile.h - what the bank says of a pay file: read from its result file and matched, line by
 * line, with what was sent. Pure: no database; the caller gives its own lines and books the
 * outcome. Shown through treasury.h. The layout of the file: docs/reference/bank-result.md.
 *
 *   bytes ──bank_file_read──▶ BankFile ─┐
 *                     lines that we sent ─┴─bank_match──▶ BankResult: a verdict for every line
 *
 * What always holds:
 *   B1 only a line that agrees in number, account and amount, to the fen, is paid or returned
 *   B2 a number that stands twice in a file is neither, whatever its lines say
 *   B3 the sums of all verdicts add up to the file's sum, and to the sum of what was sent
 */
#ifndef HUANXIN_OFFICE_TREASURY_BANKFILE_H
#define HUANXIN_OFFICE_TREASURY_BANKFILE_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/money.h"

enum {
    BANK_LINES_MAX = 5000, /* of a file; a pay file has at most 1,000 */
    BANK_REASON_RUNES_MAX = 100,
};

typedef struct BankLine {
    int64_t row; /* as the spreadsheet numbers it */
    Str number;
    Str account; /* in clear, as read; the caller may put its keyed hash here before matching */
    Money amount;
    bool is_paid; /* otherwise returned */
    Str reason;   /* the bank's own words; may be empty when paid */
} BankLine;

typedef struct BankFile {
    BankLine *lines;
    size_t count;
    Money sum;       /* of the lines */
    bool has_stated; /* the file ends with a line of sums */
    Money stated;
} BankFile;

/* Reads XLSX or CSV (UTF-8, GB 18030). The head is the first row that names 业务编号, 收款账号,
 * 金额 and 处理结果; other columns are ignored. INVALID with a Chinese fault that names the row for
 * a file without head or lines, a row without number or account, an amount that is none, a result
 * that is neither paid nor returned, a return without reason; LIMIT above BANK_LINES_MAX. The
 * result lives in cx->arena. O(bytes). */
MUST_CHECK Status bank_file_read(Cx *cx, Str bytes, BankFile *out);

/* X(NAME, stored word, Chinese) */
#define BANK_VERDICT_LIST(X)                                                                       \
    X(PAID, "paid", "已支付")                                                                      \
    X(RETURNED, "returned", "已退回")                                                              \
    X(DONE, "done", "此前已入账")                                                                  \
    X(CHANGED, "changed", "与此前入账的结果不同")                                                  \
    X(TWICE, "twice", "同一编号出现多次")                                                          \
    X(UNKNOWN, "unknown", "清单里没有这一笔")                                                      \
    X(ACCOUNT, "account", "账号不符")                                                              \
    X(AMOUNT, "amount", "金额不符")                                                                \
    X(MISSING, "missing", "结果文件里没有")

typedef enum BankVerdict {
#define X(name, word, zh) BANK_##name,
    BANK_VERDICT_LIST(X)
#undef X
        BANK_VERDICT_COUNT
} BankVerdict;

Str bank_verdict_word(BankVerdict verdict);
Str bank_verdict_zh(BankVerdict verdict);

/* A line as it was sent. */
typedef struct BankSent {
    int64_t id;
    Str number;
    Str account; /* in the same form as BankLine.account */
    Money amount;
    bool is_open; /* nothing has been booked for it yet */
    bool is_paid; /* what was booked, when it is not open */
} BankSent;

typedef struct BankMatch {
    BankVerdict verdict;
    const BankLine *line; /* NULL: MISSING */
    const BankSent *sent; /* NULL: UNKNOWN */
} BankMatch;

typedef struct BankResult {
    BankMatch *items; /* the file's lines in their order, then what is missing */
    size_t count;
    size_t counts[BANK_VERDICT_COUNT];
    Money sums[BANK_VERDICT_COUNT]; /* of the file's amounts; MISSING: of ours */
    Money file_total;
    Money sent_total;
} BankResult;

/* Matches. O(lines + sent). */
MUST_CHECK Status bank_match(Cx *cx, const BankFile *file, const BankSent *sent, size_t sent_count,
                             BankResult *out);
/* Lines that somebody must ask the bank about: neither booked now nor before, nor only missing. */
size_t bank_problem_count(const BankResult *result);
/* A bank's reason in words that tell a person what to do; the bank's own stand beside it. Static
 * text. */
Str bank_reason_plain(Str reason);

#endif
