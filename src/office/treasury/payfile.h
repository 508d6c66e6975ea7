/*
 * payfile.h - the list that a bank pays: one row a payee, as a spreadsheet or as CSV for the bank's
 * program. It checks what a bank would refuse; it reads no account itself. Shown through
 * treasury.h.
 */
#ifndef HUANXIN_OFFICE_TREASURY_PAYFILE_H
#define HUANXIN_OFFICE_TREASURY_PAYFILE_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/money.h"

/* X(NAME, word in addresses, what people read) */
#define PAY_FORM_LIST(X)                                                                           \
    X(XLSX, "xlsx", "电子表格")                                                                    \
    X(CSV, "csv", "文本（通用编码）")                                                              \
    X(CSV_GB, "csv_gb", "文本（国标编码）")

typedef enum PayForm {
#define X(name, word, zh) PAY_##name,
    PAY_FORM_LIST(X)
#undef X
        PAY_FORM_COUNT
} PayForm;

/* The form of a word; false when there is none. */
bool treasury_pay_form(Str word, PayForm *out);
Str treasury_pay_form_word(PayForm form);
Str treasury_pay_form_zh(PayForm form);
/* ".xlsx" or ".csv", and the media type. */
Str treasury_pay_form_ending(PayForm form);
Str treasury_pay_form_type(PayForm form);

typedef struct PayRow {
    Str number; /* ours, by which the bank's result file is matched */
    Str payee;
    Str account; /* in clear */
    Str bank;    /* may be empty */
    Money amount;
    Str purpose;
} PayRow;

typedef struct PayFile {
    Str title; /* of the spreadsheet */
    const PayRow *rows;
    size_t row_count;
    Money total; /* as the books say it */
    PayForm form;
    int64_t made_ms;
} PayFile;

/* Writes the list: in CSV plain fields without any mark for spreadsheets and without a line of
 * sums, in XLSX titles, sums, and accounts as text. INVALID with a Chinese fault that names the
 * number of a row without payee, with an account that is not 5 to 34 digits or letters, or an
 * amount of nothing; CONFLICT when a number stands twice or the rows do not add up to the total.
 * O(rows log rows). */
MUST_CHECK Status treasury_pay_file(Cx *cx, const PayFile *file, Buf *out);

#endif
