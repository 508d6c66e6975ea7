#include "office/treasury/bankfile.h"

#include "base/map.h"
#include "base/vec.h"
#include "sheet/sheet.h"

static const struct {
    const char *word;
    const char *zh;
} verdicts[BANK_VERDICT_COUNT] = {
#define X(name, word, zh) {word, zh},
    BANK_VERDICT_LIST(X)
#undef X
};

Str bank_verdict_word(BankVerdict verdict) {
    return str_of(verdicts[verdict].word);
}

Str bank_verdict_zh(BankVerdict verdict) {
    return str_of(verdicts[verdict].zh);
}

/* ---- the columns ---- */

enum { COLUMN_NUMBER, COLUMN_ACCOUNT, COLUMN_AMOUNT, COLUMN_RESULT, COLUMN_REASON, COLUMN_COUNT };

/* Heads as our pay file and the banks' programs write them; the first of a column is ours. */
static const struct {
    int column;
    const char *head;
} heads[] = {
    {COLUMN_NUMBER, "业务编号"},  {COLUMN_NUMBER, "业务流水号"}, {COLUMN_NUMBER, "客户流水号"},
    {COLUMN_ACCOUNT, "收款账号"}, {COLUMN_ACCOUNT, "账号"},      {COLUMN_AMOUNT, "金额（元）"},
    {COLUMN_AMOUNT, "金额(元)"},  {COLUMN_AMOUNT, "金额"},       {COLUMN_RESULT, "处理结果"},
    {COLUMN_RESULT, "交易结果"},  {COLUMN_RESULT, "结果"},       {COLUMN_REASON, "失败原因"},
    {COLUMN_REASON, "退回原因"},  {COLUMN_REASON, "原因"},       {COLUMN_REASON, "备注"},
};

static const struct {
    const char *word;
    bool is_paid;
} results[] = {{"成功", true},      {"已支付", true},    {"支付成功", true}, {"交易成功", true},
               {"处理成功", true},  {"失败", false},     {"退回", false},    {"退汇", false},
               {"支付失败", false}, {"交易失败", false}, {"处理失败", false}};

typedef struct Reading {
    struct VEC(BankLine) lines;
    bool has_head;
    size_t at[COLUMN_COUNT]; /* index + 1 of each column; 0: the file has none */
    BankFile file;
} Reading;

static void head_read(Reading *it, const SheetRow *row) {
    size_t at[COLUMN_COUNT] = {0};
    for (size_t i = 0; i < row->count; i++) {
        Str text = str_trim(row->cells[i].text);
        for (size_t k = 0; k < sizeof heads / sizeof heads[0]; k++) {
            if (at[heads[k].column] == 0 && str_equal(text, str_of(heads[k].head))) {
                at[heads[k].column] = i + 1;
            }
        }
    }
    it->has_head = at[COLUMN_NUMBER] != 0 && at[COLUMN_ACCOUNT] != 0 && at[COLUMN_AMOUNT] != 0 &&
                   at[COLUMN_RESULT] != 0;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        it->at[i] = at[i];
    }
}

static Str cell_of(const Reading *it, const SheetRow *row, int column) {
    size_t at = it->at[column];
    return at == 0 || at > row->count ? STR_NONE : str_trim(row->cells[at - 1].text);
}

static Status row_fault(Cx *cx, const SheetRow *row, const char *what, const char *hint) {
    Status status =
        fault(cx, STATUS_INVALID, STR_FMT "%s", STR_ARG(sheet_place(cx->arena, row, -1)), what);
    fault_hint(cx, "%s", hint);
    return status;
}

static Status amount_read(Cx *cx, const Reading *it, const SheetRow *row, Money *out) {
    Cx quiet;
    cx_init(&quiet, cx->arena);
    if (money_parse(&quiet, cell_of(it, row, COLUMN_AMOUNT), out) != STATUS_OK || out->fen <= 0) {
        return row_fault(cx, row, "的金额不对", "金额以元为单位，最多两位小数，例如 1500.00");
    }
    return STATUS_OK;
}

static Status result_read(Cx *cx, const Reading *it, const SheetRow *row, BankLine *line) {
    Str text = cell_of(it, row, COLUMN_RESULT);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (str_equal(text, str_of(results[i].word))) {
            line->is_paid = results[i].is_paid;
            return STATUS_OK;
        }
    }
    return row_fault(cx, row, "的处理结果看不懂",
                     "写“成功”或“失败”；银行还在处理的，等有了结果再上传");
}

/* Long digits that a spreadsheet took for a number have lost their end: no account any more. */
static Status account_read(Cx *cx, const Reading *it, const SheetRow *row, BankLine *line) {
    const SheetCell *cell = NULL;
    line->account = str_dup(cx->arena, cell_of(it, row, COLUMN_ACCOUNT));
    if (line->account.len == 0) {
        return row_fault(cx, row, "没有收款账号", "账号与支付文件里的相同");
    }
    cell = &row->cells[it->at[COLUMN_ACCOUNT] - 1];
    return cell->is_rounded ? row_fault(cx, row, "的收款账号被表格软件改成了数字，末位已丢失",
                                        "请让银行重新导出，账号一栏设为文本")
                            : STATUS_OK;
}

static Str reason_cut(Cx *cx, Str text) {
    size_t at = 0;
    for (int i = 0; i < BANK_REASON_RUNES_MAX && at < text.len; i++) {
        (void)str_rune(text, &at);
    }
    return str_dup(cx->arena, str_slice(text, 0, at));
}

static Status line_read(Cx *cx, Reading *it, const SheetRow *row, Str number) {
    BankLine line = {.row = row->number, .number = str_dup(cx->arena, number)};
    TRY(account_read(cx, it, row, &line));
    TRY(amount_read(cx, it, row, &line.amount));
    TRY(result_read(cx, it, row, &line));
    line.reason = reason_cut(cx, cell_of(it, row, COLUMN_REASON));
    if (!line.is_paid && line.reason.len == 0) {
        return row_fault(cx, row, "退回了，但没有写原因",
                         "失败原因一栏不能空：申请人要按它更正账户");
    }
    if (it->lines.count >= BANK_LINES_MAX) {
        return fault(cx, STATUS_LIMIT, "结果文件超过 %d 行", BANK_LINES_MAX);
    }
    *vec_push(cx->arena, &it->lines) = line;
    it->file.sum = money_add(it->file.sum, line.amount);
    return STATUS_OK;
}

static Status row_read(void *context, Cx *cx, const SheetRow *row) {
    Reading *it = context;
    TRY(cx_step(cx));
    if (!it->has_head) {
        head_read(it, row);
        return STATUS_OK;
    }
    if (it->file.has_stated) {
        return row_fault(cx, row, "在合计行后面", "合计行应是最后一行");
    }
    Str number = cell_of(it, row, COLUMN_NUMBER);
    if (str_equal(number, STR("合计")) ||
        str_equal(cell_of(it, row, COLUMN_ACCOUNT), STR("合计"))) {
        it->file.has_stated = true;
        return amount_read(cx, it, row, &it->file.stated);
    }
    return number.len > 0 && number.len <= 60
               ? line_read(cx, it, row, number)
               : row_fault(cx, row, "没有业务编号", "编号与支付文件里的相同");
}

Status bank_file_read(Cx *cx, Str bytes, BankFile *out) {
    Reading it = {0};
    SheetReadOptions options = {.on_row = row_read,
                                .it = &it,
                                .rows_max = BANK_LINES_MAX + 100,
                                .bytes_max = (size_t)64 * 1024 * 1024};
    TRY(sheet_read(cx, bytes, &options, NULL));
    if (!it.has_head) {
        Status status = fault(cx, STATUS_INVALID, "文件里没有找到表头");
        fault_hint(cx, "表头要有：业务编号、收款账号、金额（元）、处理结果、失败原因");
        return status;
    }
    if (it.lines.count == 0) {
        return fault(cx, STATUS_INVALID, "文件里没有明细");
    }
    it.file.lines = it.lines.items;
    it.file.count = it.lines.count;
    *out = it.file;
    return STATUS_OK;
}

/* ---- matching ---- */

typedef struct Known {
    const BankSent *sent;
    size_t seen; /* lines of the file with this number */
} Known;

static BankVerdict verdict_of(const BankLine *line, const Known *known) {
    if (known->sent == NULL) {
        return BANK_UNKNOWN;
    }
    if (known->seen > 1) {
        return BANK_TWICE;
    }
    if (!str_equal(line->account, known->sent->account)) {
        return BANK_ACCOUNT;
    }
    if (money_compare(line->amount, known->sent->amount) != 0) {
        return BANK_AMOUNT;
    }
    if (known->sent->is_open) {
        return line->is_paid ? BANK_PAID : BANK_RETURNED;
    }
    return known->sent->is_paid == line->is_paid ? BANK_DONE : BANK_CHANGED;
}

static void put(BankResult *result, BankMatch match) {
    Money amount = match.line != NULL ? match.line->amount : match.sent->amount;
    result->items[result->count++] = match;
    result->counts[match.verdict]++;
    result->sums[match.verdict] = money_add(result->sums[match.verdict], amount);
}

static Known *known_of(Cx *cx, Map *map, Str number) {
    Known *known = map_get(map, number);
    if (known == NULL) {
        known = arena_new(cx->arena, Known);
        map_put(map, number, known);
    }
    return known;
}

Status bank_match(Cx *cx, const BankFile *file, const BankSent *sent, size_t sent_count,
                  BankResult *out) {
    Map map;
    BankResult result = {.items = arena_array(cx->arena, BankMatch, file->count + sent_count + 1),
                         .file_total = file->sum};
    map_init(&map, cx->arena);
    for (size_t i = 0; i < sent_count; i++) {
        known_of(cx, &map, sent[i].number)->sent = &sent[i];
        result.sent_total = money_add(result.sent_total, sent[i].amount);
    }
    for (size_t i = 0; i < file->count; i++) {
        known_of(cx, &map, file->lines[i].number)->seen++;
    }
    for (size_t i = 0; i < file->count; i++) {
        const BankLine *line = &file->lines[i];
        const Known *known = map_get(&map, line->number);
        TRY(cx_step(cx));
        put(&result, (BankMatch){verdict_of(line, known), line, known->sent});
    }
    for (size_t i = 0; i < sent_count; i++) {
        const Known *known = map_get(&map, sent[i].number);
        if (known->seen == 0 && sent[i].is_open) {
            put(&result, (BankMatch){BANK_MISSING, NULL, &sent[i]});
        }
    }
    *out = result;
    return STATUS_OK;
}

size_t bank_problem_count(const BankResult *result) {
    return result->counts[BANK_CHANGED] + result->counts[BANK_TWICE] +
           result->counts[BANK_UNKNOWN] + result->counts[BANK_ACCOUNT] +
           result->counts[BANK_AMOUNT];
}

/* ---- words ---- */

Str bank_reason_plain(Str reason) {
    static const struct {
        const char *word;
        const char *plain;
    } rows[] = {
        {"户名", "收款人姓名和账号对不上。请填写您本人名下的银行卡号。"},
        {"姓名", "收款人姓名和账号对不上。请填写您本人名下的银行卡号。"},
        {"销户", "这张银行卡已经销户。请换一张您本人名下能收款的银行卡。"},
        {"不存在", "银行查不到这个账号。请对着银行卡核对卡号，逐位改正。"},
        {"无此", "银行查不到这个账号。请对着银行卡核对卡号，逐位改正。"},
        {"账号有误", "银行查不到这个账号。请对着银行卡核对卡号，逐位改正。"},
        {"账号错误", "银行查不到这个账号。请对着银行卡核对卡号，逐位改正。"},
        {"冻结", "这张银行卡现在不能收款。请到开户银行解除限制，或者换一张卡。"},
        {"止付", "这张银行卡现在不能收款。请到开户银行解除限制，或者换一张卡。"},
        {"挂失", "这张银行卡已经挂失。请换一张您本人名下能收款的银行卡。"},
        {"睡眠", "这张银行卡很久没有使用，不能收款。请到开户银行激活，或者换一张卡。"},
        {"限额", "收款超过了这张银行卡的限额。请换一张一类户的银行卡。"},
        {"超限", "收款超过了这张银行卡的限额。请换一张一类户的银行卡。"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_contains(reason, str_of(rows[i].word))) {
            return str_of(rows[i].plain);
        }
    }
    return STR("请核对银行卡号；卡号没有错的，可以问开户银行，或者换一张您本人名下的卡。");
}
