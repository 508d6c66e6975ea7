/*
 * money_pages.c - the way of the money: officers send lists of approved claims, finance downloads
 * the pay file (names and accounts in clear, journaled), registers the payment, recovers.
 */
#include "office/claim/bank.h"
#include "office/claim/claim_store.h"
#include "office/claim/views.h"
#include "office/treasury/treasury.h"
#include "web/form.h"

#include <inttypes.h>

static const City *city_of(const Web *web) {
    return web->app->house;
}

static Str title_of(const Web *web, Str programme) {
    const ClaimProgramme *declared = claim_programme(city_of(web), programme);
    return declared != NULL ? declared->title : programme;
}

/* ---- lists ---- */

enum { MAKE_PROGRAMME, MAKE_YEAR, MAKE_FIELDS };

static const Form *make_form(Web *web) {
    Arena *arena = web->cx->arena;
    const ClaimLibrary *library = city_of(web)->claims;
    FormChoice *choices = arena_array(arena, FormChoice, library->count + 1);
    FormField *fields = arena_array(arena, FormField, MAKE_FIELDS);
    for (size_t i = 0; i < library->count; i++) {
        choices[i] = (FormChoice){str_c(arena, library->items[i].code),
                                  str_c(arena, library->items[i].title)};
    }
    fields[MAKE_PROGRAMME] = (FormField){.name = "programme",
                                         .label = "项目",
                                         .kind = FIELD_CHOICE,
                                         .choices = choices,
                                         .choice_count = library->count};
    fields[MAKE_YEAR] =
        (FormField){.name = "year",
                    .label = "年度",
                    .kind = FIELD_YEAR,
                    .value = str_print(arena, "%" PRId32, day_parts(web_today(web)).year)};
    Form *form = arena_new(arena, Form);
    *form = (Form){.key = "make",
                   .action = STR("/claim/batch"),
                   .submit = "报送拨付清单",
                   .confirm = "报送后这些申请不能再撤回，确认？",
                   .fields = fields,
                   .field_count = MAKE_FIELDS};
    return form;
}

static ViewValue batch_state(Str state) {
    return str_equal(state, STR("paid")) ? VIEW_BADGE(VIEW_GOOD, STR("paid"), STR("已支付"))
                                         : VIEW_BADGE(VIEW_INFO, STR("made"), STR("待支付"));
}

static Status open_section(Web *web) {
    static const ViewColumn columns[] = {{"programme", "项目", false},
                                         {"year", "年度", true},
                                         {"count", "待拨付件数", true},
                                         {"total_fen", "合计", true},
                                         {"due_day", "最早到期", false}};
    ClaimOpenTotalList open;
    TRY(claim_store_open_totals(web->cx, web->conn, &open));
    view_section(web->view, STR("已核准，待报送"));
    view_table_begin(web->view, "open", STR("待报送"), columns, 5);
    for (size_t i = 0; i < open.count; i++) {
        const ClaimOpenTotal *row = &open.items[i];
        view_row(web->view);
        view_cell(web->view, VIEW_TEXT(title_of(web, row->programme)));
        view_cell(web->view, VIEW_INT(row->year));
        view_cell(web->view, VIEW_INT(row->count));
        view_cell(web->view, VIEW_MONEY(row->total));
        view_cell(web->view, day_compare(row->due, DAY_NONE) == 0 ? VIEW_NONE : VIEW_DAY(row->due));
    }
    view_table_end(web->view, STR("没有待报送的申请"));
    if (web->user->role == ROLE_OFFICER) {
        view_form(web->view, make_form(web));
    }
    return STATUS_OK;
}

Status claim_batch_list_page(Web *web) {
    static const ViewColumn columns[] = {
        {"id", "清单", false},   {"programme", "项目", false}, {"year", "年度", true},
        {"count", "件数", true}, {"total_fen", "合计", true},  {"made_ms", "报送时间", false},
        {"state", "状态", false}};
    ClaimBatchList batches;
    view_title(web->view, STR("申请补贴拨付"));
    view_lead(web->view, STR("办理部门报送核准清单，财政按清单拨付到申请人账户。"));
    TRY(open_section(web));
    TRY(claim_store_batches(web->cx, web->conn, &batches));
    view_section(web->view, STR("拨付清单"));
    view_table_begin(web->view, "batches", STR("拨付清单"), columns, 7);
    for (size_t i = 0; i < batches.count; i++) {
        const ClaimBatch *batch = &batches.items[i];
        view_row(web->view);
        view_cell(web->view,
                  VIEW_LINK(str_print(web->cx->arena, "/claim/batch/%" PRId64, batch->id),
                            str_print(web->cx->arena, "%" PRId64, batch->id)));
        view_cell(web->view, VIEW_TEXT(title_of(web, batch->programme)));
        view_cell(web->view, VIEW_INT(batch->year));
        view_cell(web->view, VIEW_INT(batch->claim_count));
        view_cell(web->view, VIEW_MONEY(batch->total));
        view_cell(web->view, VIEW_INSTANT(batch->made_ms));
        view_cell(web->view, batch_state(batch->state));
    }
    view_table_end(web->view, STR("还没有拨付清单"));
    return STATUS_OK;
}

typedef struct MakeInput {
    ClaimBatch batch;
    int64_t id;
} MakeInput;

static Status make_work(Cx *cx, DbConn *conn, void *input) {
    MakeInput *in = input;
    TRY(claim_batch_make(cx, conn, &in->batch, &in->id));
    db_answer(conn, str_print(cx->arena, "%" PRId64, in->id));
    return STATUS_OK;
}

/* Only the unit in charge sends lists of its programme. */
static Status own_unit_check(Web *web, Str programme) {
    const ClaimProgramme *declared = claim_programme(city_of(web), programme);
    Str unit = STR_NONE;
    TRY(claim_store_unit_name(web->cx, web->conn, web->user->unit_id, &unit));
    return declared != NULL && str_equal(unit, declared->unit)
               ? STATUS_OK
               : fault(web->cx, STATUS_DENIED, "这个项目由" STR_FMT "报送",
                       STR_ARG(declared != NULL ? declared->unit : STR("其他部门")));
}

Status claim_batch_post(Web *web) {
    FormValue values[MAKE_FIELDS];
    TRY(form_read(web, make_form(web), values));
    TRY(own_unit_check(web, values[MAKE_PROGRAMME].text));
    MakeInput input = {.batch = {.programme = values[MAKE_PROGRAMME].text,
                                 .year = values[MAKE_YEAR].number,
                                 .made_by = web->user->id,
                                 .made_ms = web->now_ms}};
    Str id = STR_NONE;
    TRY(web_write(web, "claim_batch.make", make_work, &input, &id));
    return web_redirect(web, str_print(web->cx->arena, "/claim/batch/" STR_FMT, STR_ARG(id)),
                        STR("清单已报送。下一步：财政下载支付文件，付款后登记银行流水号。"));
}

/* ---- one list ---- */

enum { PAID_REFERENCE, PAID_FIELDS };

static const Form *paid_form(Web *web) {
    static const FormField fields[PAID_FIELDS] = {{.name = "bank_reference",
                                                   .label = "银行流水号",
                                                   .hint = "支付回单上的流水号",
                                                   .kind = FIELD_TEXT,
                                                   .min = 4,
                                                   .max = 60}};
    Form *form = arena_new(web->cx->arena, Form);
    *form =
        (Form){.key = "paid",
               .action = str_print(web->cx->arena, "/claim/batch/%" PRId64 "/paid", web->ids[0]),
               .submit = "登记已支付",
               .confirm = "登记后资金记为已拨付，确认？",
               .fields = fields,
               .field_count = PAID_FIELDS};
    return form;
}

static ViewValue line_state(const PayLine *line) {
    if (str_equal(line->state, STR("paid"))) {
        return VIEW_BADGE(VIEW_GOOD, STR("paid"), STR("已支付"));
    }
    if (str_equal(line->state, STR("sent"))) {
        return VIEW_BADGE(VIEW_INFO, STR("sent"), STR("待支付"));
    }
    return line->is_answered ? VIEW_BADGE(VIEW_NEUTRAL, STR("answered"), STR("已退回，账户已更正"))
                             : VIEW_BADGE(VIEW_WARN, STR("returned"), STR("已退回，等更正账户"));
}

static Status line_row(Web *web, const PayLine *line) {
    Claim claim;
    Str claimant = STR_NONE;
    TRY(claim_store_find(web->cx, web->conn, line->claim_id, &claim));
    TRY(claim_claimant_name(web->cx, web->conn, &claim, &claimant));
    bool can_recover =
        str_equal(claim.state, STR("paid")) || str_equal(claim.state, STR("recovering"));
    view_row(web->view);
    view_cell(web->view, can_recover ? VIEW_LINK(str_print(web->cx->arena,
                                                           "/claim/%" PRId64 "/recover", claim.id),
                                                 line->number)
                                     : VIEW_TEXT(line->number));
    view_cell(web->view, VIEW_TEXT(claimant));
    view_cell(web->view, VIEW_TEXT(line->account_masked));
    view_cell(web->view, VIEW_MONEY(line->amount));
    view_cell(web->view, line_state(line));
    view_cell(web->view, claim_state_view(claim.state));
    view_cell(web->view, VIEW_TEXT(line->reason.len > 0 ? line->reason : STR("—")));
    return STATUS_OK;
}

static Status rows_table(Web *web, const PayLineList *lines) {
    static const ViewColumn columns[] = {
        {"number", "业务编号", false}, {"name", "收款人", false}, {"account", "账户", false},
        {"amount_fen", "金额", true},  {"pay", "拨付", false},    {"state", "申请状态", false},
        {"reason", "退回原因", false}};
    view_section(web->view, STR("明细"));
    view_table_begin(web->view, "claims", STR("拨付明细"), columns, 7);
    for (size_t i = 0; i < lines->count; i++) {
        TRY(cx_step(web->cx));
        TRY(line_row(web, &lines->items[i]));
    }
    view_table_end(web->view, STR("没有明细"));
    return STATUS_OK;
}

static const Form *file_form(Web *web) {
    Arena *arena = web->cx->arena;
    FormChoice *choices = arena_array(arena, FormChoice, PAY_FORM_COUNT);
    FormField *field = arena_new(arena, FormField);
    Form *form = arena_new(arena, Form);
    for (int i = 0; i < PAY_FORM_COUNT; i++) {
        choices[i] = (FormChoice){str_c(arena, treasury_pay_form_word((PayForm)i)),
                                  str_c(arena, treasury_pay_form_zh((PayForm)i))};
    }
    *field = (FormField){.name = "form",
                         .label = "支付文件的形式",
                         .hint = "文件里有姓名和完整账号，下载会留痕",
                         .kind = FIELD_CHOICE,
                         .choices = choices,
                         .choice_count = PAY_FORM_COUNT,
                         .value = treasury_pay_form_word(PAY_XLSX)};
    *form = (Form){.key = "file",
                   .action = str_print(arena, "/claim/batch/%" PRId64 "/file", web->ids[0]),
                   .submit = "下载支付文件",
                   .fields = field,
                   .field_count = 1};
    return form;
}

static void paying_view(Web *web, const ClaimBatch *batch) {
    View *view = web->view;
    if (web->user->role != ROLE_OFFICER) {
        view_link(view, str_print(web->cx->arena, "/claim/batch/%" PRId64 "/result", batch->id),
                  STR("银行结果文件"), false);
    }
    if (web->user->role != ROLE_FINANCE || !str_equal(batch->state, STR("made"))) {
        return;
    }
    Cx quiet;
    cx_init(&quiet, web->cx->arena);
    view_form(view, file_form(web));
    if (bank_second_check(&quiet, web->conn, batch, web->user->id) == STATUS_OK) {
        view_text(view,
                  STR("银行有结果文件的，请上传结果文件；没有的，付清后在这里登记整单已付。"));
        view_form(view, paid_form(web));
    } else {
        view_notice(view, VIEW_INFO,
                    str_print(web->cx->arena, "%s。%s。", quiet.fault.text, quiet.fault.hint));
    }
}

Status claim_batch_page(Web *web) {
    ClaimBatch batch;
    PayLineList lines;
    TRY(claim_store_batch_find(web->cx, web->conn, web->ids[0], &batch));
    if (web->user->role == ROLE_OFFICER) {
        TRY(own_unit_check(web, batch.programme));
    }
    TRY(bank_lines(web->cx, web->conn, batch.id, &lines));
    View *view = web->view;
    view_title(view, str_print(web->cx->arena, "拨付清单 %" PRId64, batch.id));
    view_section(view, STR("合计"));
    view_facts_begin(view, NULL, true);
    view_fact(view, "programme", "项目", VIEW_TEXT(title_of(web, batch.programme)));
    view_fact(view, "claim_count", "件数", VIEW_INT(batch.claim_count));
    view_fact(view, "total_fen", "合计", VIEW_MONEY(batch.total));
    view_fact(view, "state", "状态", batch_state(batch.state));
    view_fact(view, "bank_reference", "银行流水号",
              batch.bank_reference.len > 0 ? VIEW_TEXT(batch.bank_reference) : VIEW_TEXT(STR("—")));
    view_facts_end(view);
    paying_view(web, &batch);
    return rows_table(web, &lines);
}

/* ---- the pay file ---- */

typedef struct FileInput {
    const City *city;
    Arena *arena; /* of the request, which waits: the rows go there */
    int64_t batch_id;
    ClaimBatch batch;
    PayForm form;
    PayRow *rows;
    size_t row_count;
} FileInput;

static Status file_row(Cx *cx, DbConn *conn, FileInput *in, const PayLine *line) {
    Claim claim;
    Str name = STR_NONE;
    Str account = STR_NONE;
    TRY(claim_store_find(cx, conn, line->claim_id, &claim));
    if (claim.org_id > 0) {
        TRY(claim_claimant_name(cx, conn, &claim, &name));
    } else {
        TRY(people_payee_name(cx, conn, in->city, claim.person_id, &name));
    }
    TRY(people_open(cx, in->city, PEOPLE_ACCOUNT, claim.account_sealed, &account));
    in->rows[in->row_count++] = (PayRow){.number = str_dup(in->arena, line->number),
                                         .payee = str_dup(in->arena, name),
                                         .account = str_dup(in->arena, account),
                                         .amount = line->amount};
    return STATUS_OK;
}

/* A command, though it changes nothing: reading accounts in clear is journaled. */
static Status file_work(Cx *cx, DbConn *conn, void *input) {
    FileInput *in = input;
    PayLineList lines;
    TRY(claim_store_batch_find(cx, conn, in->batch_id, &in->batch));
    TRY(bank_file_taken(cx, conn, &in->batch, in->form));
    TRY(bank_lines(cx, conn, in->batch_id, &lines));
    in->rows = arena_array(in->arena, PayRow, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++) {
        TRY(cx_step(cx));
        TRY(file_row(cx, conn, in, &lines.items[i]));
    }
    DbEntry entry = {.verb = "claim_batch.file",
                     .subject = "claim_batch",
                     .subject_id = in->batch_id,
                     .after = str_print(cx->arena, "{\"accounts_read\":%zu}", lines.count)};
    return db_journal(cx, conn, &entry);
}

static Status file_answer(Web *web, FileInput *in, Str title, PayForm form) {
    enum { FILE_BYTES_MAX = 16 * 1024 * 1024 };
    Arena *arena = web->cx->arena;
    for (size_t i = 0; i < in->row_count; i++) {
        in->rows[i].purpose = title;
    }
    PayFile file = {
        .title = str_print(arena, "拨付清单 %" PRId64 "　" STR_FMT, in->batch_id, STR_ARG(title)),
        .rows = in->rows,
        .row_count = in->row_count,
        .total = in->batch.total,
        .form = form,
        .made_ms = web->now_ms};
    Buf *out = buf_in(arena, FILE_BYTES_MAX);
    TRY(treasury_pay_file(web->cx, &file, out));
    return web_file(web,
                    str_print(arena, "拨付清单-%" PRId64 STR_FMT, in->batch_id,
                              STR_ARG(treasury_pay_form_ending(form))),
                    treasury_pay_form_type(form), buf_str(out));
}

Status claim_batch_file_post(Web *web) {
    FormValue value;
    PayForm form = PAY_XLSX;
    FileInput input = {.city = city_of(web), .arena = web->cx->arena, .batch_id = web->ids[0]};
    TRY(form_read(web, file_form(web), &value));
    if (!treasury_pay_form(value.text, &form)) {
        return fault_at_field(web->cx, STATUS_INVALID, "form", "请选择文件的形式");
    }
    input.form = form;
    TRY(web_write(web, "claim_batch.file", file_work, &input, NULL));
    if (input.rows == NULL) {
        return fault(web->cx, STATUS_CONFLICT, "这个文件已经下载，请刷新页面后再下载");
    }
    return file_answer(web, &input, title_of(web, input.batch.programme), form);
}

typedef struct PaidInput {
    const City *city;
    ClaimBatch paid;
} PaidInput;

static Status paid_work(Cx *cx, DbConn *conn, void *input) {
    const PaidInput *in = input;
    return claim_batch_pay(cx, conn, in->city, &in->paid);
}

Status claim_batch_paid_post(Web *web) {
    FormValue values[PAID_FIELDS];
    TRY(form_read(web, paid_form(web), values));
    PaidInput input = {.city = city_of(web),
                       .paid = {.id = web->ids[0],
                                .made_by = web->user->id,
                                .paid_ms = web->now_ms,
                                .bank_reference = values[PAID_REFERENCE].text}};
    TRY(web_write(web, "claim_batch.pay", paid_work, &input, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/claim/batch/%" PRId64, web->ids[0]),
                        STR("已登记支付，申请人可以看到"));
}

/* ---- recovery ---- */

enum { RECOVER_STEP, RECOVER_REASON, RECOVER_OUTCOME, RECOVER_FIELDS };

/* A form says which step it was drawn for: a reason is never taken for the bank's number. */
static Str recover_step(bool is_begun) {
    return is_begun ? STR("end") : STR("begin");
}

static const Form *recover_form(Web *web, bool is_begun) {
    FormField *fields = arena_array(web->cx->arena, FormField, RECOVER_FIELDS);
    fields[RECOVER_STEP] = (FormField){.name = "step",
                                       .label = "环节",
                                       .kind = FIELD_HIDDEN,
                                       .min = 3,
                                       .max = 5,
                                       .value = recover_step(is_begun)};
    static const FormChoice outcomes[] = {{"received", "钱已退回"},
                                          {"written_off", "追不回来，按文件核销"}};
    fields[RECOVER_OUTCOME] = (FormField){.name = "outcome",
                                          .label = "结果",
                                          .kind = FIELD_CHOICE,
                                          .is_optional = true,
                                          .choices = outcomes,
                                          .choice_count = 2,
                                          .value = STR("received")};
    fields[RECOVER_REASON] =
        (FormField){.name = "reason",
                    .label = is_begun ? "退回款的银行流水号，或核销文件的文号" : "追回的理由",
                    .kind = FIELD_TEXT,
                    .min = 4,
                    .max = 100};
    Form *form = arena_new(web->cx->arena, Form);
    *form = (Form){.key = "recover",
                   .action = str_print(web->cx->arena, "/claim/%" PRId64 "/recover", web->ids[0]),
                   .submit = is_begun ? "登记追回结果" : "开始追回",
                   .confirm = "确认？",
                   .fields = fields,
                   .field_count = is_begun ? RECOVER_FIELDS : RECOVER_OUTCOME};
    return form;
}

static void recovery_facts(View *view, const Recovery *recovery) {
    view_facts_begin(view, "recovery", false);
    view_fact(view, "outcome", "追回",
              VIEW_BADGE(recovery->outcome.len == 0 ? VIEW_WARN : VIEW_NEUTRAL,
                         recovery->outcome.len == 0 ? STR("open") : recovery->outcome,
                         recovery_outcome_zh(recovery->outcome)));
    view_fact(view, "begun_by", "开始", VIEW_TEXT(recovery->begun_name));
    view_fact(view, "begun_ms", "开始时间", VIEW_INSTANT(recovery->begun_ms));
    if (recovery->outcome.len > 0) {
        view_fact(view, "ended_by", "登记结果", VIEW_TEXT(recovery->ended_name));
        view_fact(view, "ended_ms", "登记时间", VIEW_INSTANT(recovery->ended_ms));
        view_fact(view, "reference", "流水号或文号", VIEW_TEXT(recovery->reference));
    }
    view_facts_end(view);
}

Status claim_recover_page(Web *web) {
    Claim claim;
    Recovery recovery = {0};
    bool has = false;
    TRY(claim_find(web->cx, web->conn, web->ids[0], &claim));
    bool is_begun = str_equal(claim.state, STR("recovering"));
    view_title(web->view, str_print(web->cx->arena, "追回 " STR_FMT, STR_ARG(claim.number)));
    view_section(web->view, STR("申请"));
    view_facts_begin(web->view, NULL, false);
    view_fact(web->view, "programme", "项目", VIEW_TEXT(title_of(web, claim.programme)));
    view_fact(web->view, "state", "状态", claim_state_view(claim.state));
    view_fact(web->view, "amount_fen", "补贴金额", VIEW_MONEY(claim.amount));
    view_fact(web->view, "reason", "理由",
              claim.reason.len > 0 ? VIEW_TEXT(claim.reason) : VIEW_TEXT(STR("—")));
    view_facts_end(web->view);
    TRY(recovery_find(web->cx, web->conn, STR("claim"), claim.id, &recovery, &has));
    if (has) {
        recovery_facts(web->view, &recovery);
    }
    bool is_over = has && str_equal(recovery.outcome, STR("written_off"));
    bool can_begin = str_equal(claim.state, STR("paid")) && !is_over;
    if (web->user->role != ROLE_FINANCE) {
        return STATUS_OK;
    }
    if (is_begun && recovery.begun_by == web->user->id) {
        view_notice(web->view, VIEW_INFO, STR("您开始了这次追回：结果须由财政的另一位同事登记。"));
    } else if (is_begun || can_begin) {
        view_form(web->view, recover_form(web, is_begun));
    }
    return STATUS_OK;
}

typedef struct RecoverInput {
    ClaimVerdict verdict;
    bool is_begun;
} RecoverInput;

static Status recover_work(Cx *cx, DbConn *conn, void *input) {
    const RecoverInput *in = input;
    return in->is_begun ? claim_recover_end(cx, conn, &in->verdict)
                        : claim_recover_begin(cx, conn, &in->verdict);
}

Status claim_recover_post(Web *web) {
    Claim claim;
    FormValue values[RECOVER_FIELDS] = {0};
    TRY(claim_find(web->cx, web->conn, web->ids[0], &claim));
    bool is_begun = str_equal(claim.state, STR("recovering"));
    TRY(form_read(web, recover_form(web, is_begun), values));
    if (!str_equal(values[RECOVER_STEP].text, recover_step(is_begun))) {
        return fault(web->cx, STATUS_CONFLICT, "这个申请的状态已经改变，请刷新后再办理");
    }
    RecoverInput input = {.verdict = {.claim_id = claim.id,
                                      .officer_id = web->user->id,
                                      .verdict = values[RECOVER_OUTCOME].text,
                                      .reason = values[RECOVER_REASON].text,
                                      .now_ms = web->now_ms},
                          .is_begun = is_begun};
    TRY(web_write(web, "claim.recover", recover_work, &input, NULL));
    return web_redirect(web, str_print(web->cx->arena, "/claim/%" PRId64 "/recover", claim.id),
                        is_begun ? STR("已登记追回结果") : STR("已开始追回，等另一位同事登记结果"));
}
