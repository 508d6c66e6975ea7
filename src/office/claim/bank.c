#include "office/claim/bank.h"

#include "office/claim/bank_store.h"
#include "office/claim/steps.h"

#include <inttypes.h>

/* ---- lines ---- */

/* The claim's own number the first time; "-2" and on when it is paid again: P2. */
static Status number_of(Cx *cx, DbConn *conn, const Claim *claim, Str *out) {
    int64_t before = 0;
    TRY(bank_store_line_count(cx, conn, claim->id, &before));
    *out = before == 0
               ? claim->number
               : str_print(cx->arena, STR_FMT "-%" PRId64, STR_ARG(claim->number), before + 1);
    return STATUS_OK;
}

Status bank_lines_make(Cx *cx, DbConn *conn, int64_t batch_id, const Claim *claims, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const Claim *claim = &claims[i];
        PayLine line = {.batch_id = batch_id,
                        .claim_id = claim->id,
                        .account_hash = claim->account_hash,
                        .account_masked = claim->account_masked,
                        .amount = claim->amount};
        TRY(cx_step(cx));
        TRY(number_of(cx, conn, claim, &line.number));
        TRY(bank_store_line_insert(cx, conn, &line));
    }
    return STATUS_OK;
}

static size_t open_count_of(const PayLineList *lines) {
    size_t count = 0;
    for (size_t i = 0; i < lines->count; i++) {
        count += str_equal(lines->items[i].state, STR("sent")) ? 1 : 0;
    }
    return count;
}

/* Nothing of the list has been answered yet, and no answer waits. */
static Status untouched_check(Cx *cx, DbConn *conn, int64_t batch_id, PayLineList *lines) {
    BankRecordList records;
    TRY(bank_lines(cx, conn, batch_id, lines));
    TRY(bank_results(cx, conn, batch_id, &records));
    bool is_waiting = false;
    for (size_t i = 0; i < records.count; i++) {
        is_waiting = is_waiting || str_equal(records.items[i].state, STR("read"));
    }
    if (is_waiting) {
        Status status = fault(cx, STATUS_CONFLICT, "这个清单有银行结果文件等待入账");
        fault_hint(cx, "请先办理结果文件：入账，或者作废");
        return status;
    }
    return open_count_of(lines) == lines->count
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "这个清单已按银行结果入账，不能再整单办理");
}

Status bank_file_taken(Cx *cx, DbConn *conn, const ClaimBatch *batch, PayForm form) {
    PayLineList lines;
    if (!str_equal(batch->state, STR("made"))) {
        return fault(cx, STATUS_CONFLICT, "这个清单已登记支付，不再提供支付文件");
    }
    TRY(untouched_check(cx, conn, batch->id, &lines));
    PayFileTaken file = {batch->id, treasury_pay_form_word(form), (int64_t)lines.count,
                         batch->total};
    return bank_store_file_insert(cx, conn, &file);
}

Status bank_second_check(Cx *cx, DbConn *conn, const ClaimBatch *batch, int64_t user_id) {
    bool has_taken = false;
    if (batch->made_by == user_id) {
        return fault(cx, STATUS_DENIED, "报送清单和登记支付须由两人分别办理");
    }
    TRY(bank_store_file_by(cx, conn, batch->id, user_id, &has_taken));
    if (!has_taken) {
        return STATUS_OK;
    }
    Status status = fault(cx, STATUS_DENIED, "您下载过这个清单的支付文件，不能由您入账");
    fault_hint(cx, "取支付文件和入账须由两人分别办理，请财政的另一位同事登录办理");
    return status;
}

Status bank_all_paid(Cx *cx, DbConn *conn, int64_t batch_id) {
    PayLineList lines;
    TRY(untouched_check(cx, conn, batch_id, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        TRY(cx_step(cx));
        lines.items[i].state = STR("paid");
        TRY(bank_store_line_end(cx, conn, &lines.items[i], 0));
    }
    return STATUS_OK;
}

/* ---- a file comes in ---- */

static Status record_journal(Cx *cx, DbConn *conn, const char *verb, const BankRecord *record) {
    DbEntry entry = {.verb = verb,
                     .subject = "bank_result",
                     .subject_id = record->id,
                     .after = str_print(
                         cx->arena,
                         "{\"batch_id\":%" PRId64 ",\"sm3\":\"" STR_FMT "\",\"line_count\":%" PRId64
                         ",\"total_fen\":%" PRId64 ",\"problem_count\":%" PRId64
                         ",\"paid_count\":%" PRId64 ",\"paid_fen\":%" PRId64
                         ",\"returned_count\":%" PRId64 ",\"returned_fen\":%" PRId64 "}",
                         record->batch_id, STR_ARG(record->digest), record->line_count,
                         record->total.fen, record->problem_count, record->paid_count,
                         record->paid.fen, record->returned_count, record->returned.fen)};
    return db_journal(cx, conn, &entry);
}

static Status look(Cx *cx, DbConn *conn, int64_t batch_id, const BankFile *file, PayLineList *lines,
                   BankResult *out) {
    TRY(bank_lines(cx, conn, batch_id, lines));
    BankSent *sent = arena_array(cx->arena, BankSent, lines->count + 1);
    for (size_t i = 0; i < lines->count; i++) {
        const PayLine *line = &lines->items[i];
        sent[i] = (BankSent){.id = (int64_t)i,
                             .number = line->number,
                             .account = line->account_hash,
                             .amount = line->amount,
                             .is_open = str_equal(line->state, STR("sent")),
                             .is_paid = str_equal(line->state, STR("paid"))};
    }
    return bank_match(cx, file, sent, lines->count, out);
}

static Status foreign_fault(Cx *cx, DbConn *conn, const BankUpload *upload) {
    int64_t other = 0;
    TRY(bank_store_batch_of(cx, conn, upload->file->lines[0].number, &other));
    Status status = fault_at_field(cx, STATUS_CONFLICT, "file",
                                   "文件里没有一笔属于拨付清单 %" PRId64, upload->batch_id);
    if (other != 0) {
        fault_hint(cx, "文件里的编号属于拨付清单 %" PRId64 "，请到那个清单上传", other);
    } else {
        fault_hint(cx, "请核对是不是这个清单的银行结果文件；编号须与支付文件相同");
    }
    return status;
}

Status bank_upload(Cx *cx, DbConn *conn, const BankUpload *upload, int64_t *id) {
    PayLineList lines;
    BankResult result;
    ClaimBatch batch;
    TRY(claim_store_batch_find(cx, conn, upload->batch_id, &batch));
    TRY(bank_store_result_of(cx, conn, upload->digest, id));
    if (*id != 0) {
        return STATUS_OK;
    }
    TRY(look(cx, conn, upload->batch_id, upload->file, &lines, &result));
    if (result.counts[BANK_UNKNOWN] == upload->file->count) {
        return foreign_fault(cx, conn, upload);
    }
    BankRecord record = {.batch_id = upload->batch_id,
                         .digest = upload->digest,
                         .file_name = upload->file_name,
                         .line_count = (int64_t)upload->file->count,
                         .total = upload->file->sum,
                         .has_stated = upload->file->has_stated,
                         .stated = upload->file->stated};
    TRY(bank_store_result_insert(cx, conn, &record, &record.id));
    for (size_t i = 0; i < upload->file->count; i++) {
        TRY(cx_step(cx));
        TRY(bank_store_line_keep(cx, conn, record.id, &upload->file->lines[i], upload->masked[i]));
    }
    *id = record.id;
    return record_journal(cx, conn, "bank_result.read", &record);
}

Status bank_look(Cx *cx, DbConn *conn, const BankRecord *record, BankFile *file, BankResult *out) {
    BankKept kept;
    PayLineList lines;
    TRY(bank_store_kept(cx, conn, record->id, &kept));
    *file = kept.file;
    return look(cx, conn, record->batch_id, file, &lines, out);
}

/* ---- booking ---- */

typedef struct Booking {
    const City *city;
    BankRecord record;
    BankKept kept;
    PayLineList lines;
    BankResult result;
} Booking;

/* A file whose own line of sums disagrees with its lines is not whole. */
static Status bookable_check(Cx *cx, const Booking *booking) {
    const BankRecord *record = &booking->record;
    if (record->has_stated && money_compare(record->stated, record->total) != 0) {
        return fault(cx, STATUS_CONFLICT,
                     "文件合计行 " STR_FMT " 元与明细之和 " STR_FMT " 元不符，文件不完整，不能入账",
                     STR_ARG(money_print(cx->arena, record->stated)),
                     STR_ARG(money_print(cx->arena, record->total)));
    }
    return booking->result.counts[BANK_PAID] + booking->result.counts[BANK_RETURNED] > 0
               ? STATUS_OK
               : fault(cx, STATUS_CONFLICT, "文件里没有可以入账的明细");
}

static Status line_book(Cx *cx, DbConn *conn, const Booking *booking, const BankMatch *match) {
    Claim claim;
    PayLine line = booking->lines.items[match->sent->id];
    line.state = bank_verdict_word(match->verdict);
    line.reason = match->line->reason.len == 0 ? STR("") : match->line->reason;
    TRY(bank_store_line_end(cx, conn, &line, booking->record.id));
    TRY(claim_store_find(cx, conn, line.claim_id, &claim));
    return match->verdict == BANK_PAID
               ? claim_step_paid(cx, conn, booking->city, &claim, db_now_ms(conn))
               : claim_step_returned(cx, conn, booking->city, &claim, db_now_ms(conn));
}

static Status lines_book(Cx *cx, DbConn *conn, const Booking *booking) {
    for (size_t i = 0; i < booking->result.count; i++) {
        const BankMatch *match = &booking->result.items[i];
        TRY(cx_step(cx));
        if (match->line != NULL) {
            TRY(bank_store_verdict(cx, conn, booking->kept.ids[i],
                                   bank_verdict_word(match->verdict)));
        }
        if (match->verdict == BANK_PAID || match->verdict == BANK_RETURNED) {
            TRY(line_book(cx, conn, booking, match));
        }
    }
    return STATUS_OK;
}

/* The list is done when the bank has answered for every line. */
static Status batch_end(Cx *cx, DbConn *conn, const Booking *booking) {
    PayLineList lines;
    TRY(bank_lines(cx, conn, booking->record.batch_id, &lines));
    if (open_count_of(&lines) > 0) {
        return STATUS_OK;
    }
    ClaimBatch paid = {.id = booking->record.batch_id,
                       .made_by = db_actor(conn)->user_id,
                       .paid_ms = db_now_ms(conn),
                       .bank_reference =
                           str_print(cx->arena, "银行结果文件 %" PRId64, booking->record.id)};
    return claim_store_batch_paid(cx, conn, &paid);
}

Status bank_book(Cx *cx, DbConn *conn, const City *city, int64_t id) {
    Booking booking = {.city = city};
    ClaimBatch batch;
    BankRecord *record = &booking.record;
    TRY(bank_find(cx, conn, id, record));
    if (!str_equal(record->state, STR("read"))) {
        return fault(cx, STATUS_CONFLICT, "这个结果文件已经%s，不再办理",
                     str_equal(record->state, STR("booked")) ? "入账" : "作废");
    }
    TRY(claim_store_batch_find(cx, conn, record->batch_id, &batch));
    TRY(bank_second_check(cx, conn, &batch, db_actor(conn)->user_id));
    TRY(bank_store_kept(cx, conn, id, &booking.kept));
    TRY(look(cx, conn, record->batch_id, &booking.kept.file, &booking.lines, &booking.result));
    TRY(bookable_check(cx, &booking));
    TRY(lines_book(cx, conn, &booking));
    TRY(batch_end(cx, conn, &booking));
    record->state = STR("booked");
    record->problem_count = (int64_t)bank_problem_count(&booking.result);
    record->paid_count = (int64_t)booking.result.counts[BANK_PAID];
    record->paid = booking.result.sums[BANK_PAID];
    record->returned_count = (int64_t)booking.result.counts[BANK_RETURNED];
    record->returned = booking.result.sums[BANK_RETURNED];
    TRY(bank_store_result_end(cx, conn, record));
    return record_journal(cx, conn, "bank_result.book", record);
}

Status bank_drop(Cx *cx, DbConn *conn, int64_t id) {
    BankRecord record;
    TRY(bank_find(cx, conn, id, &record));
    record.state = STR("dropped");
    TRY(bank_store_result_end(cx, conn, &record));
    return record_journal(cx, conn, "bank_result.drop", &record);
}

/* ---- the applicant's answer ---- */

Status bank_account_change(Cx *cx, DbConn *conn, const City *city,
                           const BankAccountChange *change) {
    Claim claim;
    PayLine line;
    bool has = false;
    TRY(claim_find_own(cx, conn, change->claim_id, change->person_id, &claim));
    TRY(bank_return_of(cx, conn, claim.id, &line, &has));
    if (!has || !str_equal(claim.state, STR("approved"))) {
        return fault(cx, STATUS_CONFLICT, "这个申请没有等您更正的账户");
    }
    TRY(bank_store_line_answer(cx, conn, line.id, change->now_ms));
    return claim_step_account(cx, conn, city, &claim, &change->account, change->now_ms);
}
