/*
 * bank_pages.c - the bank's result file: upload, preview with every difference, booking by a second
 * person; how all payment lists stand with the bank; the applicant's other account.
 */
#include "base/codes.h"
#include "office/claim/bank_store.h"
#include "office/claim/views.h"
#include "seal/seal.h"
#include "sheet/sheet.h"
#include "web/form.h"

#include <inttypes.h>

enum { LINES_PER_PAGE = 100, EXPORT_PAGES_MAX = 200, EXPORT_BYTES_MAX = 16 * 1024 * 1024 };

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str title_of(const Web *web, Str programme) {
    const ClaimProgramme *declared = claim_programme(city_of(web), programme);
    return declared != NULL ? declared->title : programme;
}

static Str batch_href(Web *web, int64_t id) {
    return str_print(web->cx->arena, "/claim/batch/%" PRId64, id);
}

static Str result_href(Web *web, int64_t id) {
    return str_print(web->cx->arena, "/bank/result/%" PRId64, id);
}

static ViewValue record_state(Str state) {
    if (str_equal(state, STR("booked"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("booked"), STR("已入账"));
    }
    return str_equal(state, STR("read")) ? VIEW_BADGE(VIEW_WARN, STR("read"), STR("待入账"))
                                         : VIEW_BADGE(VIEW_NEUTRAL, STR("dropped"), STR("已作废"));
}

/* ---- upload ---- */

static const FormField upload_fields[] = {
    {.name = "file",
     .label = "银行结果文件",
     .hint = "xlsx 表格或 csv 文本（通用编码、国标编码都可以），不超过 5000 行",
     .kind = FIELD_FILES,
     .accept = ".xlsx,.csv"}};

static void layout_table(View *view) {
    static const ViewColumn columns[] = {{"title", "栏目", false}, {"about", "要求", false}};
    static const char *const rows[][2] = {
        {"业务编号", "与支付文件里的编号相同，每笔一行"},
        {"收款账号", "与支付文件里的相同；表格里设为文本，不要变成数字"},
        {"金额（元）", "最多两位小数，与支付文件里的相同"},
        {"处理结果", "成功，或者失败（退回、退汇也可以）"},
        {"失败原因", "失败的必须写；申请人按它更正账户"},
        {"合计", "可以没有；最后一行写“合计”和金额的，会与明细核对"},
    };
    view_section(view, STR("文件的栏目"));
    view_table_begin(view, "layout", STR("文件的栏目"), columns, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        view_row(view);
        view_cell(view, VIEW_TEXT(str_of(rows[i][0])));
        view_cell(view, VIEW_TEXT(str_of(rows[i][1])));
    }
    view_table_end(view, STR_NONE);
}

static Status results_table(Web *web, int64_t batch_id) {
    static const ViewColumn columns[] = {
        {"id", "文件", false},           {"made_ms", "上传时间", false},
        {"made_by", "上传人", false},    {"line_count", "笔数", true},
        {"total_fen", "文件合计", true}, {"state", "状态", false},
        {"booked_by", "办理人", false}};
    BankRecordList records;
    View *view = web->view;
    TRY(bank_results(web->cx, web->conn, batch_id, &records));
    view_section(view, STR("已上传的结果文件"));
    view_table_begin(view, "results", STR("已上传的结果文件"), columns, 7);
    for (size_t i = 0; i < records.count; i++) {
        const BankRecord *record = &records.items[i];
        view_row(view);
        view_cell(view, VIEW_LINK(result_href(web, record->id), record->file_name));
        view_cell(view, VIEW_INSTANT(record->made_ms));
        view_cell(view, VIEW_TEXT(record->made_name));
        view_cell(view, VIEW_INT(record->line_count));
        view_cell(view, VIEW_MONEY(record->total));
        view_cell(view, record_state(record->state));
        view_cell(view, VIEW_TEXT(record->booked_name.len > 0 ? record->booked_name : STR("—")));
    }
    view_table_end(view, STR("还没有上传结果文件"));
    return STATUS_OK;
}

Status bank_upload_page(Web *web) {
    ClaimBatch batch;
    View *view = web->view;
    TRY(claim_store_batch_find(web->cx, web->conn, web->ids[0], &batch));
    view_title(view, str_print(web->cx->arena, "拨付清单 %" PRId64 " 的银行结果", batch.id));
    view_lead(view,
              STR("上传后先逐笔核对编号、账号和金额，显示给您看；由另一位同事确认后才入账。"));
    if (web->user->role == ROLE_FINANCE && str_equal(batch.state, STR("made"))) {
        Form form = {.key = "result",
                     .action =
                         str_print(web->cx->arena, "/claim/batch/%" PRId64 "/result", batch.id),
                     .submit = "上传并核对",
                     .fields = upload_fields,
                     .field_count = 1};
        view_section(view, STR("上传"));
        view_form(view, &form);
    } else if (!str_equal(batch.state, STR("made"))) {
        view_notice(view, VIEW_INFO, STR("这个清单已经办结，不再上传。"));
    }
    TRY(results_table(web, batch.id));
    layout_table(view);
    view_link(view, batch_href(web, batch.id), STR("返回清单"), false);
    return STATUS_OK;
}

static Status file_read(Web *web, Str bytes, BankFile *file, Str **masked) {
    Arena *arena = web->cx->arena;
    Cx cx;
    cx_init(&cx, arena);
    Status status = bank_file_read(&cx, bytes, file);
    if (status != STATUS_OK) {
        form_error(web, "file", str_dup(arena, str_of(cx.fault.text)),
                   str_dup(arena, str_of(cx.fault.hint)));
        return fault(web->cx, STATUS_INVALID, "结果文件不能用，没有任何改动");
    }
    *masked = arena_array(arena, Str, file->count);
    for (size_t i = 0; i < file->count; i++) {
        Str account = codes_digits(arena, file->lines[i].account);
        (*masked)[i] = people_mask(arena, PEOPLE_ACCOUNT, account);
        file->lines[i].account = people_hash(arena, city_of(web), PEOPLE_ACCOUNT, account);
    }
    return STATUS_OK;
}

static Status upload_work(Cx *cx, DbConn *conn, void *input) {
    int64_t id = 0;
    TRY(bank_upload(cx, conn, input, &id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, id));
    return STATUS_OK;
}

Status bank_upload_post(Web *web) {
    Arena *arena = web->cx->arena;
    FormValue value;
    BankFile file;
    Str *masked = NULL;
    uint8_t digest[SEAL_SM3_BYTES];
    Str id = STR_NONE;
    Form form = {.fields = upload_fields, .field_count = 1};
    TRY(form_read(web, &form, &value));
    if (value.file_count != 1) {
        return fault_at_field(web->cx, STATUS_INVALID, "file", "一次上传一个文件");
    }
    TRY(file_read(web, value.files[0]->value, &file, &masked));
    seal_sm3(value.files[0]->value, digest);
    BankUpload upload = {.batch_id = web->ids[0],
                         .digest = seal_hex(arena, (Str){(const char *)digest, sizeof digest}),
                         .file_name = str_slice(value.files[0]->file_name, 0, 200),
                         .file = &file,
                         .masked = masked};
    TRY(web_write(web, "bank_result.read", upload_work, &upload, &id));
    return web_redirect(web, str_print(arena, "/bank/result/" STR_FMT, STR_ARG(id)),
                        STR("文件已核对，还没有入账。请看下面的结果。"));
}

/* ---- one file ---- */

static ViewTone tone_of(BankVerdict verdict) {
    switch (verdict) {
    case BANK_PAID:
        return VIEW_GOOD;
    case BANK_RETURNED:
        return VIEW_WARN;
    case BANK_DONE:
        return VIEW_NEUTRAL;
    case BANK_MISSING:
        return VIEW_INFO;
    case BANK_CHANGED:
    case BANK_TWICE:
    case BANK_UNKNOWN:
    case BANK_ACCOUNT:
    case BANK_AMOUNT:
    case BANK_VERDICT_COUNT:
        break;
    }
    return VIEW_BAD;
}

static ViewValue verdict_value(BankVerdict verdict) {
    return VIEW_BADGE(tone_of(verdict), bank_verdict_word(verdict), bank_verdict_zh(verdict));
}

static const ViewColumn match_columns[] = {
    {"row", "文件行", true},        {"number", "业务编号", false},
    {"account", "文件账号", false}, {"amount_fen", "文件金额", true},
    {"sent_fen", "我方金额", true}, {"verdict", "核对", false},
    {"reason", "银行的话", false},
};
enum { MATCH_COLUMNS = sizeof match_columns / sizeof match_columns[0] };

typedef struct Shown {
    BankRecord record;
    ClaimBatch batch;
    BankKept kept;
    BankResult result;
} Shown;

/* A booked file is shown as it was booked; what is missing is asked anew. */
static void booked_restore(const Shown *shown) {
    for (size_t i = 0; i < shown->result.count; i++) {
        BankMatch *match = &shown->result.items[i];
        for (int v = 0; match->line != NULL && v < BANK_VERDICT_COUNT; v++) {
            if (str_equal(shown->kept.verdicts[i], bank_verdict_word((BankVerdict)v))) {
                match->verdict = (BankVerdict)v;
            }
        }
    }
}

static void counts_again(BankResult *result) {
    for (int v = 0; v < BANK_VERDICT_COUNT; v++) {
        result->counts[v] = 0;
        result->sums[v] = MONEY_ZERO;
    }
    for (size_t i = 0; i < result->count; i++) {
        const BankMatch *match = &result->items[i];
        Money amount = match->line != NULL ? match->line->amount : match->sent->amount;
        result->counts[match->verdict]++;
        result->sums[match->verdict] = money_add(result->sums[match->verdict], amount);
    }
}

static Status shown_read(Web *web, Shown *out) {
    TRY(bank_find(web->cx, web->conn, web->ids[0], &out->record));
    TRY(claim_store_batch_find(web->cx, web->conn, out->record.batch_id, &out->batch));
    TRY(bank_store_kept(web->cx, web->conn, out->record.id, &out->kept));
    TRY(bank_look(web->cx, web->conn, &out->record, &out->kept.file, &out->result));
    if (str_equal(out->record.state, STR("booked"))) {
        booked_restore(out);
        counts_again(&out->result);
    }
    return STATUS_OK;
}

static void match_row(Web *web, const Shown *shown, size_t index) {
    const BankMatch *match = &shown->result.items[index];
    View *view = web->view;
    view_row(view);
    view_cell(view, match->line != NULL ? VIEW_INT(match->line->row) : VIEW_TEXT(STR("—")));
    view_cell(view, VIEW_TEXT(match->line != NULL ? match->line->number : match->sent->number));
    view_cell(view, VIEW_TEXT(match->line != NULL ? shown->kept.masked[index] : STR("—")));
    view_cell(view, match->line != NULL ? VIEW_MONEY(match->line->amount) : VIEW_TEXT(STR("—")));
    view_cell(view, match->sent != NULL ? VIEW_MONEY(match->sent->amount) : VIEW_TEXT(STR("—")));
    view_cell(view, verdict_value(match->verdict));
    view_cell(view,
              VIEW_TEXT(match->line != NULL && match->line->reason.len > 0 ? match->line->reason
                                                                           : STR("—")));
}

static bool is_good(BankVerdict verdict) {
    return verdict == BANK_PAID || verdict == BANK_RETURNED || verdict == BANK_DONE;
}

static void problems_table(Web *web, const Shown *shown) {
    enum { PROBLEMS_SHOWN_MAX = 500 };
    size_t shown_count = 0;
    view_section(web->view, STR("对不上的"));
    view_table_begin(web->view, "problems", STR("对不上的明细"), match_columns, MATCH_COLUMNS);
    for (size_t i = 0; i < shown->result.count && shown_count < PROBLEMS_SHOWN_MAX; i++) {
        if (!is_good(shown->result.items[i].verdict)) {
            match_row(web, shown, i);
            shown_count++;
        }
    }
    view_table_end(web->view, STR("每一笔的编号、账号和金额都对得上"));
}

static void good_table(Web *web, const Shown *shown) {
    size_t page = (size_t)web_param_int(web, "page", 0);
    size_t seen = 0;
    view_section(web->view, STR("对得上的"));
    view_table_begin(web->view, "lines", STR("对得上的明细"), match_columns, MATCH_COLUMNS);
    for (size_t i = 0; i < shown->result.count; i++) {
        if (is_good(shown->result.items[i].verdict)) {
            if (seen / LINES_PER_PAGE == page) {
                match_row(web, shown, i);
            }
            seen++;
        }
    }
    view_table_end(web->view, STR("没有对得上的明细"));
    view_pager(web->view, result_href(web, shown->record.id), (int64_t)page,
               seen > (page + 1) * LINES_PER_PAGE);
}

static void totals_view(Web *web, const Shown *shown) {
    static const ViewColumn columns[] = {
        {"verdict", "核对结果", false}, {"count", "笔数", true}, {"sum_fen", "金额", true}};
    const BankResult *result = &shown->result;
    View *view = web->view;
    view_section(view, STR("合计"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "file_fen", "文件合计", VIEW_MONEY(result->file_total));
    view_fact(view, "sent_fen", "我方合计", VIEW_MONEY(result->sent_total));
    view_fact(view, "difference_fen", "差额",
              VIEW_MONEY(money_sub(result->file_total, result->sent_total)));
    view_fact(view, "state", "状态", record_state(shown->record.state));
    view_facts_end(view);
    view_facts_begin(view, "file", false);
    view_fact(view, "batch", "拨付清单",
              VIEW_LINK(batch_href(web, shown->batch.id),
                        str_print(web->cx->arena, "%" PRId64, shown->batch.id)));
    view_fact(view, "file_name", "文件", VIEW_TEXT(shown->record.file_name));
    view_fact(view, "stated_fen", "文件自带的合计",
              shown->record.has_stated ? VIEW_MONEY(shown->record.stated)
                                       : VIEW_TEXT(STR("没有合计行")));
    view_fact(view, "made_by", "上传", VIEW_TEXT(shown->record.made_name));
    view_fact(view, "made_ms", "上传时间", VIEW_INSTANT(shown->record.made_ms));
    if (shown->record.booked_ms > 0) {
        view_fact(view, "booked_by", "办理", VIEW_TEXT(shown->record.booked_name));
        view_fact(view, "booked_ms", "办理时间", VIEW_INSTANT(shown->record.booked_ms));
    }
    view_facts_end(view);
    view_table_begin(view, "verdicts", STR("按核对结果"), columns, 3);
    for (int v = 0; v < BANK_VERDICT_COUNT; v++) {
        if (result->counts[v] > 0) {
            view_row(view);
            view_cell(view, verdict_value((BankVerdict)v));
            view_cell(view, VIEW_INT((int64_t)result->counts[v]));
            view_cell(view, VIEW_MONEY(result->sums[v]));
        }
    }
    view_table_end(view, STR_NONE);
}

static Str booking_words(Web *web, const BankResult *result) {
    size_t left = bank_problem_count(result);
    Str text = str_print(web->cx->arena,
                         "确认后：%zu 笔、" STR_FMT " 元记为已拨付；%zu 笔、" STR_FMT
                         " 元退回重新拨付，申请人会看到银行的原因。",
                         result->counts[BANK_PAID],
                         STR_ARG(money_print(web->cx->arena, result->sums[BANK_PAID])),
                         result->counts[BANK_RETURNED],
                         STR_ARG(money_print(web->cx->arena, result->sums[BANK_RETURNED])));
    return left + result->counts[BANK_MISSING] == 0
               ? text
               : str_print(web->cx->arena,
                           STR_FMT "对不上的 %zu 笔不入账，留作未平差额，请向银行查询。",
                           STR_ARG(text), left + result->counts[BANK_MISSING]);
}

static void booking_view(Web *web, const Shown *shown) {
    View *view = web->view;
    Str href = result_href(web, shown->record.id);
    if (web->user->role != ROLE_FINANCE || !str_equal(shown->record.state, STR("read"))) {
        return;
    }
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    Status second = bank_second_check(&quiet, web->conn, &shown->batch, web->user->id);
    view_section(view, STR("办理"));
    view_text(view, booking_words(web, &shown->result));
    if (second == STATUS_OK) {
        view_action(view, str_print(web->cx->arena, STR_FMT "/book", STR_ARG(href)),
                    STR("确认入账"), "入账后不能撤销，确认？");
    } else {
        view_notice(view, VIEW_WARN,
                    str_print(web->cx->arena, "%s。%s。", quiet.fault.text, quiet.fault.hint));
    }
    view_action(view, str_print(web->cx->arena, STR_FMT "/drop", STR_ARG(href)),
                STR("文件错了，作废"), "作废后可以上传正确的文件，确认？");
}

Status bank_result_page(Web *web) {
    Shown shown = {0};
    TRY(shown_read(web, &shown));
    view_title(web->view, str_print(web->cx->arena, "银行结果文件 %" PRId64, shown.record.id));
    view_lead(web->view, str_equal(shown.record.state, STR("read"))
                             ? STR("这里只是核对，什么都还没有改动。")
                             : STR("这个文件已经办理；同一个文件不会再次入账。"));
    totals_view(web, &shown);
    booking_view(web, &shown);
    problems_table(web, &shown);
    good_table(web, &shown);
    view_link(web->view, STR("/bank/reconcile"), STR("各清单对账"), false);
    return STATUS_OK;
}

typedef struct BookInput {
    const City *city;
    int64_t id;
} BookInput;

static Status book_work(Cx *cx, DbConn *conn, void *input) {
    const BookInput *in = input;
    return bank_book(cx, conn, in->city, in->id);
}

static Status drop_work(Cx *cx, DbConn *conn, void *input) {
    const BookInput *in = input;
    return bank_drop(cx, conn, in->id);
}

Status bank_book_post(Web *web) {
    BookInput input = {city_of(web), web->ids[0]};
    TRY(web_write(web, "bank_result.book", book_work, &input, NULL));
    return web_redirect(web, result_href(web, web->ids[0]),
                        STR("已入账。已支付的申请人可以看到；退回的正等申请人更正账户。"));
}

Status bank_drop_post(Web *web) {
    BookInput input = {city_of(web), web->ids[0]};
    TRY(web_write(web, "bank_result.drop", drop_work, &input, NULL));
    return web_redirect(web, result_href(web, web->ids[0]), STR("已作废，什么都没有改动"));
}

/* ---- all lists ---- */

static ViewValue state_value(Str state) {
#define X(name, word, zh, tone)                                                                    \
    if (str_equal(state, STR(word))) {                                                             \
        return VIEW_BADGE(VIEW_##tone, STR(word), STR(zh));                                        \
    }
    BANK_STATE_LIST(X)
#undef X
    return VIEW_TEXT(state);
}

static bool is_state(Str state) {
    return state_value(state).kind == VIEW_KIND_BADGE;
}

typedef struct Asked {
    Str state;
    Str programme;
    int64_t page;
} Asked;

static Asked asked_of(Web *web) {
    Asked asked = {web_param(web, "state"), web_param(web, "programme"),
                   web_param_int(web, "page", 0)};
    asked.state = is_state(asked.state) ? asked.state : STR("");
    asked.programme =
        claim_programme(city_of(web), asked.programme) != NULL ? asked.programme : STR("");
    return asked;
}

static Str asked_href(Web *web, const char *path, Str state, Str programme) {
    return str_print(web->cx->arena, "%s?state=" STR_FMT "&programme=" STR_FMT, path,
                     STR_ARG(state), STR_ARG(programme));
}

static void state_tabs(Web *web, const Asked *asked) {
    static const char *const path = "/bank/reconcile";
    const ClaimLibrary *library = city_of(web)->claims;
    view_tabs_begin(web->view, "状态");
    view_tab(web->view, asked_href(web, path, STR(""), asked->programme), STR("全部状态"),
             asked->state.len == 0);
#define X(name, word, zh, tone)                                                                    \
    view_tab(web->view, asked_href(web, path, STR(word), asked->programme), STR(zh),               \
             str_equal(asked->state, STR(word)));
    BANK_STATE_LIST(X)
#undef X
    view_tabs_end(web->view);
    view_tabs_begin(web->view, "项目");
    view_tab(web->view, asked_href(web, path, asked->state, STR("")), STR("全部项目"),
             asked->programme.len == 0);
    for (size_t i = 0; i < library->count; i++) {
        view_tab(web->view, asked_href(web, path, asked->state, library->items[i].code),
                 library->items[i].title, str_equal(asked->programme, library->items[i].code));
    }
    view_tabs_end(web->view);
}

static const ViewColumn state_columns[] = {
    {"batch_id", "清单", false},       {"programme", "项目", false},
    {"total_fen", "清单合计", true},   {"file_ms", "取支付文件", false},
    {"paid_fen", "已付", true},        {"returned_fen", "退回", true},
    {"open_fen", "未平差额", true},    {"open_count", "未平笔数", true},
    {"problem_count", "对不上", true}, {"state", "状态", false},
};
enum { STATE_COLUMNS = sizeof state_columns / sizeof state_columns[0] };

static void state_row(Web *web, const BankState *row) {
    View *view = web->view;
    view_row(view);
    view_cell(view,
              VIEW_LINK(str_print(web->cx->arena, "/claim/batch/%" PRId64 "/result", row->batch_id),
                        str_print(web->cx->arena, "%" PRId64, row->batch_id)));
    view_cell(view, VIEW_TEXT(title_of(web, row->programme)));
    view_cell(view, VIEW_MONEY(row->total));
    view_cell(view, row->file_ms == 0 ? VIEW_TEXT(STR("—")) : VIEW_INSTANT(row->file_ms));
    view_cell(view, VIEW_MONEY(row->paid));
    view_cell(view, VIEW_MONEY(row->returned));
    view_cell(view, VIEW_MONEY(row->open));
    view_cell(view, VIEW_INT(row->open_count));
    view_cell(view, VIEW_INT(row->problem_count));
    view_cell(view, state_value(row->state));
}

Status bank_reconcile_page(Web *web) {
    Asked asked = asked_of(web);
    BankStateList list;
    View *view = web->view;
    TRY(bank_states(web->cx, web->conn, asked.state, asked.programme, asked.page, &list));
    view_title(view, STR("银行对账"));
    view_lead(view,
              STR("每个拨付清单：送了多少，银行付了多少、退了多少，还有多少没有结果，精确到分。"));
    state_tabs(web, &asked);
    view_table_begin(view, "lists", STR("各清单"), state_columns, STATE_COLUMNS);
    for (size_t i = 0; i < list.count; i++) {
        state_row(web, &list.items[i]);
    }
    view_table_end(view, STR("没有符合条件的拨付清单"));
    view_pager(view, asked_href(web, "/bank/reconcile", asked.state, asked.programme), asked.page,
               list.has_more);
    view_link(view, asked_href(web, "/bank/reconcile/file", asked.state, asked.programme),
              STR("导出电子表格"), false);
    Html *html = view_html(view);
    if (html != NULL) {
        HTML_LEAF(html, "button.button.plain", "打印本页", "type", "button", "data-print", "",
                  "hidden", true);
    }
    return STATUS_OK;
}

static Status export_row(Web *web, SheetWriter *writer, const BankState *row) {
    const SheetCell cells[] = {sheet_int(row->batch_id),
                               sheet_text(title_of(web, row->programme)),
                               sheet_int(row->year),
                               sheet_int(row->line_count),
                               sheet_money(row->total),
                               row->file_ms == 0 ? SHEET_CELL_NONE : sheet_instant(row->file_ms),
                               sheet_int(row->paid_count),
                               sheet_money(row->paid),
                               sheet_int(row->returned_count),
                               sheet_money(row->returned),
                               sheet_int(row->open_count),
                               sheet_money(row->open),
                               sheet_text(state_value(row->state).text)};
    return sheet_row(writer, cells, sizeof cells / sizeof cells[0]);
}

static Status export_rows(Web *web, SheetWriter *writer, const Asked *asked) {
    for (int64_t page = 0; page < EXPORT_PAGES_MAX; page++) {
        BankStateList list;
        TRY(bank_states(web->cx, web->conn, asked->state, asked->programme, page, &list));
        for (size_t i = 0; i < list.count; i++) {
            TRY(export_row(web, writer, &list.items[i]));
        }
        if (!list.has_more) {
            return sheet_finish(writer);
        }
    }
    return fault(web->cx, STATUS_LIMIT, "清单太多，请先筛选再导出");
}

Status bank_reconcile_file(Web *web) {
    static const SheetColumn columns[] = {{"清单", SHEET_INT, 8},
                                          {"项目", SHEET_TEXT, 20},
                                          {"年度", SHEET_INT, 8},
                                          {"笔数", SHEET_INT, 8},
                                          {"清单合计（元）", SHEET_MONEY, 18},
                                          {"取支付文件", SHEET_INSTANT, 20},
                                          {"已付笔数", SHEET_INT, 10},
                                          {"已付（元）", SHEET_MONEY, 18},
                                          {"退回笔数", SHEET_INT, 10},
                                          {"退回（元）", SHEET_MONEY, 18},
                                          {"未平笔数", SHEET_INT, 10},
                                          {"未平差额（元）", SHEET_MONEY, 18},
                                          {"状态", SHEET_TEXT, 18}};
    Asked asked = asked_of(web);
    SheetWriter *writer = NULL;
    Buf *out = buf_in(web->cx->arena, EXPORT_BYTES_MAX);
    const Str titles[2] = {STR("银行对账"),
                           str_print(web->cx->arena, "截至 " STR_FMT,
                                     STR_ARG(instant_print(web->cx->arena, web->now_ms)))};
    SheetWriteOptions options = {.form = SHEET_XLSX, .made_ms = web->now_ms};
    SheetTable table = {.name = STR("银行对账"),
                        .titles = titles,
                        .title_count = 2,
                        .columns = columns,
                        .column_count = sizeof columns / sizeof columns[0],
                        .is_landscape = true};
    TRY(sheet_writer_new(web->cx, &options, sheet_sink_buf(out), &writer));
    TRY(sheet_begin(writer, &table));
    TRY(export_rows(web, writer, &asked));
    return web_file(web, STR("银行对账.xlsx"), sheet_form_type(SHEET_XLSX, SHEET_UTF8),
                    buf_str(out));
}

/* ---- the applicant's account ---- */

enum { ACCOUNT_CARD, ACCOUNT_FIELDS };

static const Form *account_form(Web *web) {
    static const FormField fields[ACCOUNT_FIELDS] = {
        {.name = "card",
         .label = "银行卡号",
         .hint = "您本人名下的卡；原来的卡号没有错、问题已经解决的，再填一次",
         .kind = FIELD_TEXT,
         .min = 12,
         .max = 30}};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "account",
                   .action = str_print(web->cx->arena, "/claim/%" PRId64 "/account", web->ids[0]),
                   .submit = "更正账户，重新拨付",
                   .fields = fields,
                   .field_count = ACCOUNT_FIELDS};
    return form;
}

Status bank_account_page(Web *web) {
    Claim claim;
    PayLine line;
    bool has = false;
    View *view = web->view;
    TRY(claim_find_own(web->cx, web->conn, web->ids[0], web->user->id, &claim));
    TRY(bank_return_of(web->cx, web->conn, claim.id, &line, &has));
    view_title(view, str_print(web->cx->arena, "更正收款账户 " STR_FMT, STR_ARG(claim.number)));
    if (!has || !str_equal(claim.state, STR("approved"))) {
        view_notice(view, VIEW_INFO, STR("这个申请没有等您更正的账户。"));
        return STATUS_OK;
    }
    view_notice(view, VIEW_WARN, bank_reason_plain(line.reason));
    view_facts_begin(view, "returned", false);
    view_fact(view, "reason", "银行的话", VIEW_TEXT(line.reason));
    view_fact(view, "account", "退回的账户", VIEW_TEXT(line.account_masked));
    view_fact(view, "amount_fen", "金额", VIEW_MONEY(line.amount));
    view_fact(view, "returned_ms", "退回时间", VIEW_INSTANT(line.ended_ms));
    view_facts_end(view);
    view_form(view, account_form(web));
    view_text(view, STR("补贴给您留着，没有被收回。更正后进入下一批拨付。"));
    return STATUS_OK;
}

typedef struct AccountInput {
    const City *city;
    BankAccountChange change;
} AccountInput;

static Status account_work(Cx *cx, DbConn *conn, void *input) {
    const AccountInput *in = input;
    return bank_account_change(cx, conn, in->city, &in->change);
}

Status bank_account_post(Web *web) {
    FormValue values[ACCOUNT_FIELDS];
    Arena *arena = web->cx->arena;
    TRY(form_read(web, account_form(web), values));
    Claim claim;
    Str card = codes_digits(arena, values[ACCOUNT_CARD].text);
    TRY(claim_find_own(web->cx, web->conn, web->ids[0], web->user->id, &claim));
    TRY(claim_account_check(web->cx, "card", &claim, card));
    AccountInput input = {
        .city = city_of(web),
        .change = {.claim_id = web->ids[0],
                   .person_id = web->user->id,
                   .account = people_seal(arena, city_of(web), PEOPLE_ACCOUNT, card),
                   .now_ms = web->now_ms}};
    TRY(web_write(web, "claim.account", account_work, &input, NULL));
    return web_redirect(web, str_print(arena, "/claim/%" PRId64, web->ids[0]),
                        STR("账户已更正，补贴进入下一批拨付。"));
}
