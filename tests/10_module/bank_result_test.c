/*
 * bank_result_test.c - what the bank says of a pay file: reading it (every form, every wrong row),
 * matching (B1 to B3 of bankfile.h), booking on a demo city (P1 to P4 of bank.h), and the disk that
 * fails at every step.
 */
#include "office/claim/bank.h"
#include "sheet/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Last: its names are those of a whole program (arena, cx). */
#include "demo_house.h"

static int64_t officer_id;
static int64_t finance_id;
static int64_t finance2_id;
static int64_t batch_id;
static PayLineList sent;

#define NOW_MS (day_start_ms(day_of_ymd(2026, 11, 21)) + INT64_C(36000000))

static int start(void **state) {
    (void)state;
    demo_house_open(1000);
    return 0;
}

static void must(Status status) {
    if (status != STATUS_OK) {
        fail_msg("%s: %s (%s)", status_text(status), cx.fault.text, cx.fault.hint);
    }
}

typedef Status Step(Cx *step_cx, DbConn *conn, void *input);

static Status act(Step *step, void *input, int64_t user_id) {
    DbCommand command = {
        .name = "test.bank",
        .actor = {.user_id = user_id, .role = STR("finance"), .origin = STR("test")},
        .work = step,
        .input = input,
        .now_ms = NOW_MS};
    cx_init(&cx, arena);
    return db_write(&cx, house.db, &command, NULL);
}

/* ---- reading ---- */

#define HEAD "序号,业务编号,收款人户名,收款账号,开户银行,金额（元）,用途,处理结果,失败原因\r\n"

static Status reads(const char *text, BankFile *file) {
    cx_init(&cx, arena);
    return bank_file_read(&cx, str_of(text), file);
}

static void test_our_columns_with_result_and_reason(void **state) {
    (void)state;
    BankFile file;
    must(reads(HEAD "1,BF1,王安华,6222 0012,,\"1,699.99\",补贴,成功,\r\n"
                    "2,BF2,李四,37050100,农行,0.01,补贴,退汇,账户已销户\r\n"
                    ",合计,2 笔,,,1700.00,,,\r\n",
               &file));
    assert_int_equal(file.count, 2);
    assert_int_equal(file.sum.fen, 170000);
    assert_true(file.has_stated);
    assert_int_equal(file.stated.fen, 170000);
    assert_true(file.lines[0].is_paid);
    assert_false(file.lines[1].is_paid);
    assert_int_equal(file.lines[1].row, 3);
    assert_true(str_equal(file.lines[1].reason, STR("账户已销户")));
    must(reads("结果,金额,账号,业务流水号\n成功,5,123456,X-1\n", &file));
    assert_int_equal(file.lines[0].amount.fen, 500);
    assert_false(file.has_stated);
}

static Str written(SheetForm form, SheetCharset charset) {
    static const SheetColumn columns[] = {{"业务编号", SHEET_TEXT, 20},
                                          {"收款账号", SHEET_TEXT, 24},
                                          {"金额（元）", SHEET_MONEY, 12},
                                          {"处理结果", SHEET_TEXT, 10},
                                          {"失败原因", SHEET_TEXT, 20}};
    Buf *out = buf_in(arena, 1024 * 1024);
    SheetWriter *writer = NULL;
    SheetWriteOptions options = {.form = form, .charset = charset, .is_for_machine = true};
    const Str titles[1] = {STR("代发结果")};
    SheetTable table = {.name = STR("结果"),
                        .titles = titles,
                        .title_count = 1,
                        .columns = columns,
                        .column_count = 5};
    const SheetCell cells[5] = {sheet_text(STR("BF1")), sheet_text(STR("6222001234567890123")),
                                sheet_money((Money){169999}), sheet_text(STR("失败")),
                                sheet_text(STR("户名不符"))};
    const SheetCell total[5] = {sheet_text(STR("合计")), [2] = sheet_money((Money){169999})};
    must(sheet_writer_new(&cx, &options, sheet_sink_buf(out), &writer));
    must(sheet_begin(writer, &table));
    must(sheet_row(writer, cells, 5));
    must(sheet_total(writer, total, 5));
    must(sheet_finish(writer));
    return buf_str(out);
}

static void test_every_form(void **state) {
    (void)state;
    const Str files[] = {written(SHEET_XLSX, SHEET_UTF8), written(SHEET_CSV, SHEET_UTF8),
                         written(SHEET_CSV, SHEET_UTF8_BOM), written(SHEET_CSV, SHEET_GB18030)};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        BankFile file;
        cx_init(&cx, arena);
        must(bank_file_read(&cx, files[i], &file));
        assert_int_equal(file.count, 1);
        assert_int_equal(file.sum.fen, 169999);
        assert_int_equal(file.stated.fen, 169999);
        assert_true(str_equal(file.lines[0].account, STR("6222001234567890123")));
        assert_true(str_equal(file.lines[0].reason, STR("户名不符")));
    }
}

static void test_wrong_rows_are_told_by_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *word;
    } rows[] = {
        {"", ""},
        {"姓名,电话\n王,1\n", "没有找到表头"},
        {HEAD, "没有明细"},
        {HEAD "1,,王,1,,5,,成功,\n", "没有业务编号"},
        {HEAD "1,B,王,,,5,,成功,\n", "没有收款账号"},
        {HEAD "1,B,王,1,,,,成功,\n", "金额不对"},
        {HEAD "1,B,王,1,,0,,成功,\n", "金额不对"},
        {HEAD "1,B,王,1,,-5,,成功,\n", "金额不对"},
        {HEAD "1,B,王,1,,5.001,,成功,\n", "金额不对"},
        {HEAD "1,B,王,1,,5,,处理中,\n", "处理结果看不懂"},
        {HEAD "1,B,王,1,,5,,,\n", "处理结果看不懂"},
        {HEAD "1,B,王,1,,5,,失败,\n", "没有写原因"},
        {HEAD ",合计,,,,5,,,\n1,B,王,1,,5,,成功,\n", "合计行后面"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        BankFile file;
        assert_int_equal(reads(rows[i].text, &file), STATUS_INVALID);
        if (strstr(cx.fault.text, rows[i].word) == NULL) {
            fail_msg("row %zu: %s", i, cx.fault.text);
        }
    }
}

static void test_a_file_too_long(void **state) {
    (void)state;
    BankFile file;
    Buf *text = buf_in(arena, 1024 * 1024);
    buf_put_c(text, HEAD);
    for (int i = 0; i <= BANK_LINES_MAX; i++) {
        buf_put(text, str_print(arena, "%d,B%d,王,1,,5,,成功,\n", i, i));
    }
    cx_init(&cx, arena);
    assert_int_equal(bank_file_read(&cx, buf_str(text), &file), STATUS_LIMIT);
}

/* ---- matching ---- */

static const BankSent ours[] = {
    {1, {"A", 1}, {"111", 3}, {100}, true, false}, {2, {"B", 1}, {"222", 3}, {200}, true, false},
    {3, {"C", 1}, {"333", 3}, {300}, true, false}, {4, {"D", 1}, {"444", 3}, {400}, true, false},
    {5, {"E", 1}, {"555", 3}, {500}, true, false}, {6, {"F", 1}, {"666", 3}, {600}, false, true},
    {7, {"G", 1}, {"777", 3}, {700}, false, true}, {8, {"H", 1}, {"888", 3}, {800}, true, false},
};

static void test_b1_b2_b3_every_verdict(void **state) {
    (void)state;
    static const BankVerdict expected[] = {BANK_PAID,    BANK_RETURNED, BANK_ACCOUNT, BANK_AMOUNT,
                                           BANK_TWICE,   BANK_TWICE,    BANK_DONE,    BANK_CHANGED,
                                           BANK_UNKNOWN, BANK_MISSING};
    BankFile file;
    BankResult result;
    int64_t sum = 0;
    must(reads("业务编号,账号,金额,结果,原因\n"
               "A,111,1,成功,\nB,222,2,失败,销户\nC,334,3,成功,\nD,444,4.01,成功,\n"
               "E,555,5,成功,\nE,555,5,成功,\nF,666,6,成功,\nG,777,7,失败,退\nZ,9,9,成功,\n",
               &file));
    must(bank_match(&cx, &file, ours, sizeof ours / sizeof ours[0], &result));
    assert_int_equal(result.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < result.count; i++) {
        assert_int_equal(result.items[i].verdict, expected[i]);
    }
    for (int v = 0; v < BANK_MISSING; v++) {
        sum += result.sums[v].fen;
    }
    assert_int_equal(sum, file.sum.fen);
    assert_int_equal(result.file_total.fen, file.sum.fen);
    assert_int_equal(result.sent_total.fen, 3600);
    assert_int_equal(result.sums[BANK_MISSING].fen, 800);
    assert_int_equal(bank_problem_count(&result), 6);
}

static void test_reasons_in_plain_words(void **state) {
    (void)state;
    assert_true(str_contains(bank_reason_plain(STR("账户已销户")), STR("销户")));
    assert_true(str_contains(bank_reason_plain(STR("户名不符")), STR("姓名和账号对不上")));
    assert_true(bank_reason_plain(STR("系统错误 0x13")).len > 0);
}

/* ---- booking ---- */

static const char SQL_LOGIN[] = "SELECT id FROM person WHERE login = $1";

static int64_t login_id(DbConn *conn, const char *login) {
    int64_t id = 0;
    must(db_int_or(&cx, conn, SQL_LOGIN, DB_ARGS(DB_TEXT(str_of(login))), &id));
    assert_int_not_equal(id, 0);
    return id;
}

static void lines_now(int64_t id, PayLineList *out) {
    DbConn *conn = NULL;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(bank_lines(&cx, conn, id, out));
    db_read_end(house.db, conn);
}

typedef struct Make {
    ClaimBatch batch;
    int64_t id;
} Make;

static Status make_step(Cx *step_cx, DbConn *conn, void *input) {
    Make *make = input;
    return claim_batch_make(step_cx, conn, &make->batch, &make->id);
}

static int64_t list_make(void) {
    Make make = {
        .batch = {
            .programme = STR("car_scrap"), .year = 2026, .made_by = officer_id, .made_ms = NOW_MS}};
    must(act(make_step, &make, officer_id));
    return make.id;
}

static Status take_step(Cx *step_cx, DbConn *conn, void *input) {
    (void)input;
    ClaimBatch batch = {.id = batch_id, .state = STR("made")};
    return bank_file_taken(step_cx, conn, &batch, PAY_XLSX);
}

/* A list of at least five claims, whose pay file finance has taken. */
static void test_a_list_is_sent(void **state) {
    (void)state;
    DbConn *conn = NULL;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    officer_id = login_id(conn, "officer");
    finance_id = login_id(conn, "finance");
    finance2_id = login_id(conn, "finance2");
    db_read_end(house.db, conn);
    batch_id = list_make();
    must(act(take_step, NULL, finance_id));
    lines_now(batch_id, &sent);
    assert_true(sent.count >= 5);
}

/* One answer of the bank: which lines, and what each says. */
typedef struct Answer {
    const char *script; /* one letter a line: p paid, r returned, a account, m amount, - left out */
    const char *digest;
    int64_t off_fen; /* how far a line of sums is off; 0: none is written */
    int64_t batch_id;
    int64_t id;
} Answer;

static Status upload_step(Cx *step_cx, DbConn *conn, void *input) {
    Answer *answer = input;
    BankLine *lines = arena_array(arena, BankLine, sent.count + 1);
    Str *masked = arena_array(arena, Str, sent.count + 1);
    BankFile file = {.lines = lines};
    for (size_t i = 0; i < sent.count; i++) {
        char what = i < strlen(answer->script) ? answer->script[i] : 'p';
        const PayLine *line = &sent.items[i];
        if (what == '-') {
            continue;
        }
        masked[file.count] = line->account_masked;
        lines[file.count] = (BankLine){.row = (int64_t)i + 2,
                                       .number = what == 'u' ? STR("NICHT") : line->number,
                                       .account = what == 'a' ? STR("other") : line->account_hash,
                                       .amount = {line->amount.fen + (what == 'm' ? 1 : 0)},
                                       .is_paid = what != 'r',
                                       .reason = what == 'r' ? STR("账户已销户") : STR("")};
        file.sum = money_add(file.sum, lines[file.count].amount);
        file.count++;
    }
    file.has_stated = answer->off_fen != 0;
    file.stated = (Money){file.sum.fen + answer->off_fen};
    BankUpload upload = {.batch_id = answer->batch_id == 0 ? batch_id : answer->batch_id,
                         .digest = str_of(answer->digest),
                         .file_name = STR("结果.csv"),
                         .file = &file,
                         .masked = masked};
    return bank_upload(step_cx, conn, &upload, &answer->id);
}

static Status book_step(Cx *step_cx, DbConn *conn, void *input) {
    return bank_book(step_cx, conn, &house.city, *(int64_t *)input);
}

static Status drop_step(Cx *step_cx, DbConn *conn, void *input) {
    return bank_drop(step_cx, conn, *(int64_t *)input);
}

static Claim claim_now(int64_t id) {
    DbConn *conn = NULL;
    Claim claim;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(claim_find(&cx, conn, id, &claim));
    db_read_end(house.db, conn);
    return claim;
}

static void claim_is(size_t line, const char *state) {
    assert_string_equal(str_c(arena, claim_now(sent.items[line].claim_id).state), state);
}

static Hold hold_of(size_t line) {
    DbConn *conn = NULL;
    Hold hold;
    Claim claim = claim_now(sent.items[line].claim_id);
    must(db_read_begin(&cx, house.db, &conn));
    must(ledger_hold_get(&cx, conn, claim.hold, &hold));
    db_read_end(house.db, conn);
    return hold;
}

static void test_wrong_files_change_nothing(void **state) {
    (void)state;
    Answer foreign = {.script = "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu", .digest = "d0"};
    assert_int_equal(act(upload_step, &foreign, finance_id), STATUS_CONFLICT);
    Answer torn = {.script = "pppp", .digest = "d1", .off_fen = 1};
    must(act(upload_step, &torn, finance_id));
    assert_int_equal(act(book_step, &torn.id, finance2_id), STATUS_CONFLICT);
    must(act(drop_step, &torn.id, finance_id));
    assert_int_equal(act(drop_step, &torn.id, finance_id), STATUS_CONFLICT);
    assert_int_equal(act(book_step, &torn.id, finance2_id), STATUS_CONFLICT);
    claim_is(0, "in_batch");
}

/* The disk fails at every statement of the booking in turn: nothing is booked, or everything. */
static int64_t booked_in_spite(int64_t id) {
    for (uint64_t nth = 1; nth < 100000; nth += nth < 40 ? 1 : 97) {
        db_fail_at(house.db, nth);
        Status status = act(book_step, &id, finance2_id);
        db_fail_at(house.db, 0);
        if (status == STATUS_OK) {
            return (int64_t)nth;
        }
        assert_int_equal(status, STATUS_DB);
        PayLineList lines;
        lines_now(batch_id, &lines);
        for (size_t i = 0; i < lines.count; i++) {
            assert_true(str_equal(lines.items[i].state, STR("sent")));
            claim_is(i, "in_batch");
        }
    }
    fail_msg("never booked");
    return 0;
}

static void test_p1_p2_p3_booking(void **state) {
    (void)state;
    Answer first = {.script = "pram-", .digest = "d2"};
    must(act(upload_step, &first, finance_id));
    claim_is(0, "in_batch");
    Answer again = {.script = "pppp", .digest = "d2"};
    must(act(upload_step, &again, finance2_id));
    assert_int_equal(again.id, first.id);
    assert_int_equal(act(book_step, &first.id, finance_id), STATUS_DENIED);
    assert_int_equal(act(book_step, &first.id, officer_id), STATUS_DENIED);
    assert_int_equal(act(take_step, NULL, finance_id), STATUS_CONFLICT);
    assert_true(booked_in_spite(first.id) > 5);
    claim_is(0, "paid");
    claim_is(1, "approved");
    claim_is(2, "in_batch");
    claim_is(3, "in_batch");
    claim_is(4, "in_batch");
    assert_int_equal(hold_of(0).paid.fen, sent.items[0].amount.fen);
    assert_int_equal(hold_of(1).paid.fen, 0);
    assert_int_equal(hold_of(1).approved.fen, sent.items[1].amount.fen);
    assert_int_equal(act(book_step, &first.id, finance2_id), STATUS_CONFLICT);
    assert_int_equal(act(take_step, NULL, finance_id), STATUS_CONFLICT);
}

static Status by_hand_step(Cx *step_cx, DbConn *conn, void *input) {
    return claim_batch_pay(step_cx, conn, &house.city, input);
}

static void test_by_hand_is_over_once_the_bank_has_spoken(void **state) {
    (void)state;
    ClaimBatch paid = {
        .id = batch_id, .made_by = finance2_id, .paid_ms = NOW_MS, .bank_reference = STR("FT1")};
    assert_int_equal(act(by_hand_step, &paid, finance2_id), STATUS_CONFLICT);
    claim_is(2, "in_batch");
}

static BankState state_now(void) {
    DbConn *conn = NULL;
    BankStateList list;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(bank_states(&cx, conn, STR(""), STR("car_scrap"), 0, &list));
    db_read_end(house.db, conn);
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].batch_id == batch_id) {
            return list.items[i];
        }
    }
    fail_msg("the list is not in the reconciliation");
    return (BankState){0};
}

static void test_the_rest_closes_the_list_to_the_fen(void **state) {
    (void)state;
    BankState open = state_now();
    assert_true(str_equal(open.state, STR("open")));
    assert_int_equal(open.open_count, 3);
    assert_int_equal(open.paid.fen + open.returned.fen + open.open.fen, open.total.fen);
    assert_int_equal(open.problem_count, 2);
    /* The line paid before is repeated, the one returned is now said to be paid: asked, not booked.
     */
    Answer rest = {.script = "pp", .digest = "d3"};
    must(act(upload_step, &rest, finance_id));
    must(act(book_step, &rest.id, finance2_id));
    claim_is(1, "approved");
    claim_is(2, "paid");
    BankState even = state_now();
    assert_true(str_equal(even.state, STR("even")));
    assert_int_equal(even.open.fen, 0);
    assert_int_equal(even.returned.fen, sent.items[1].amount.fen);
}

/* ---- what came back ---- */

static Status account_step(Cx *step_cx, DbConn *conn, void *input) {
    const BankAccountChange *change = input;
    return bank_account_change(step_cx, conn, &house.city, change);
}

static void test_p4_returned_waits_for_its_applicant(void **state) {
    (void)state;
    Claim claim = claim_now(sent.items[1].claim_id);
    Make make = {
        .batch = {
            .programme = STR("car_scrap"), .year = 2026, .made_by = officer_id, .made_ms = NOW_MS}};
    assert_int_equal(act(make_step, &make, officer_id), STATUS_CONFLICT);
    BankAccountChange change = {
        .claim_id = claim.id,
        .person_id = claim.person_id + 1,
        .account = people_seal(arena, &house.city, PEOPLE_ACCOUNT, STR("6222020000000000005")),
        .now_ms = NOW_MS};
    assert_int_equal(act(account_step, &change, finance_id), STATUS_NOT_FOUND);
    change.person_id = claim.person_id;
    must(act(account_step, &change, claim.person_id));
    assert_int_equal(act(account_step, &change, claim.person_id), STATUS_CONFLICT);
    must(act(make_step, &make, officer_id));
    PayLineList lines;
    lines_now(make.id, &lines);
    assert_int_equal(lines.count, 1);
    Str number = str_print(arena, STR_FMT "-2", STR_ARG(claim.number));
    assert_true(str_equal(lines.items[0].number, number));
    assert_true(str_equal(lines.items[0].account_hash, change.account.hash));
    /* The first list's file says nothing of the second payment. */
    Answer old = {
        .script = "-p--------------------------------------", .digest = "d4", .batch_id = make.id};
    assert_int_equal(act(upload_step, &old, finance_id), STATUS_CONFLICT);
}

static void test_the_books_agree(void **state) {
    (void)state;
    DbConn *conn = NULL;
    LedgerAudit audit;
    DbVerify verify;
    cx_init(&cx, arena);
    must(db_read_begin(&cx, house.db, &conn));
    must(ledger_audit(&cx, conn, &audit));
    must(db_journal_verify(&cx, conn, NULL, NULL, &verify));
    db_read_end(house.db, conn);
    assert_int_equal(audit.finding_count, 0);
    assert_int_equal(verify.bad_id, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_our_columns_with_result_and_reason),
        cmocka_unit_test(test_every_form),
        cmocka_unit_test(test_wrong_rows_are_told_by_their_place),
        cmocka_unit_test(test_a_file_too_long),
        cmocka_unit_test(test_b1_b2_b3_every_verdict),
        cmocka_unit_test(test_reasons_in_plain_words),
        cmocka_unit_test(test_a_list_is_sent),
        cmocka_unit_test(test_wrong_files_change_nothing),
        cmocka_unit_test(test_p1_p2_p3_booking),
        cmocka_unit_test(test_by_hand_is_over_once_the_bank_has_spoken),
        cmocka_unit_test(test_the_rest_closes_the_list_to_the_fen),
        cmocka_unit_test(test_p4_returned_waits_for_its_applicant),
        cmocka_unit_test(test_the_books_agree),
    };
    return cmocka_run_group_tests(tests, start, demo_house_close);
}
