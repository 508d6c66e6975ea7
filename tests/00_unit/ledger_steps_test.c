/*
 * The ledger as a text table: one act per line, then what it must answer. Each act is one command
 * through the write door. Funds are named by their codes from the root, holds by a word.
 *
 *   create PATH PARENT|- [cap] [reusable]      give|take|freeze|unfreeze|close PATH [FEN]
 *   shift FROM TO FEN                          hold NAME PATH FEN
 *   approve|pay|recover|release NAME FEN       releaseall NAME        move NAME PATH
 *   left PATH FEN        fund PATH appropriated allocated reserved approved paid recovered
 *                             released direct
 *   shares NAME reserved|approved|paid|recovered CENTRAL PROVINCE CITY COUNTY
 */
#include "base/limits.h"
#include "db_scratch.h"
#include "ledger/ledger.h"
#include "test.h"

#include <stdio.h>

enum { WORDS_MAX = 12, HOLDS_MAX = 32 };

typedef struct Named {
    Str name;
    HoldId id;
} Named;

typedef struct Act {
    Str words[WORDS_MAX];
    size_t count;
    Named *holds;
    size_t *hold_count;
    const int64_t *rate_bp;
} Act;

static const Str BASIS = {"鲁财建〔2026〕1号", sizeof "鲁财建〔2026〕1号" - 1};

static int64_t number_of(Str word) {
    int64_t number = 0;
    assert_int_equal(str_int64(word, &number), STATUS_OK);
    return number;
}

static Money fen_of(const Act *act, size_t index) {
    return (Money){number_of(act->words[index])};
}

/* An unknown name gives an id that does not exist. */
static FundId fund_of(Cx *cx, DbConn *conn, Str path) {
    Fund fund;
    if (ledger_fund_find(cx, conn, path, &fund) != STATUS_OK) {
        fault_clear(cx);
        return (FundId){987654};
    }
    return fund.id;
}

static HoldId hold_of(const Act *act, Str name) {
    for (size_t i = 0; i < *act->hold_count; i++) {
        if (str_equal(act->holds[i].name, name)) {
            return act->holds[i].id;
        }
    }
    return (HoldId){987654};
}

static bool is(const Act *act, const char *word) {
    return str_equal(act->words[0], str_of(word));
}

static bool has_word(const Act *act, const char *word) {
    for (size_t i = 3; i < act->count; i++) {
        if (str_equal(act->words[i], str_of(word))) {
            return true;
        }
    }
    return false;
}

static Status create(Cx *cx, DbConn *conn, const Act *act) {
    Str path = act->words[1];
    Str code = path;
    while (str_contains(code, STR("/"))) {
        (void)str_cut(&code, '/');
    }
    FundSpec spec = {.kind = FUND_PROGRAMME,
                     .code = code,
                     .name = path,
                     .year = 2026,
                     .is_cap = has_word(act, "cap"),
                     .is_recovered_reusable = has_word(act, "reusable")};
    if (!str_equal(act->words[2], STR("-"))) {
        spec.parent = fund_of(cx, conn, act->words[2]);
    }
    memcpy(spec.rate_bp, act->rate_bp, sizeof spec.rate_bp);
    FundId id;
    return ledger_fund_create(cx, conn, &spec, &id);
}

static Status hold(Cx *cx, DbConn *conn, Act *act) {
    const HoldSpec spec = {.fund = fund_of(cx, conn, act->words[2]),
                           .amount = fen_of(act, 3),
                           .case_kind = "claim",
                           .case_id = (int64_t)*act->hold_count};
    assert_true(*act->hold_count < HOLDS_MAX);
    HoldId id;
    TRY(ledger_reserve(cx, conn, &spec, &id));
    act->holds[(*act->hold_count)++] = (Named){act->words[1], id};
    return STATUS_OK;
}

static Status fund_equal(Cx *cx, DbConn *conn, const Act *act) {
    Fund fund;
    TRY(ledger_fund_find(cx, conn, act->words[1], &fund));
    const Money seen[] = {fund.appropriated, fund.allocated, fund.reserved, fund.approved,
                          fund.paid,         fund.recovered, fund.released, fund.direct};
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(seen[i].fen, number_of(act->words[2 + i]));
    }
    return STATUS_OK;
}

static Status shares_equal(Cx *cx, DbConn *conn, const Act *act) {
    Hold row;
    TRY(ledger_hold_get(cx, conn, hold_of(act, act->words[1]), &row));
    const struct {
        const char *name;
        LedgerShares shares;
    } states[] = {{"reserved", row.reserved_shares},
                  {"approved", row.approved_shares},
                  {"paid", row.paid_shares},
                  {"recovered", row.recovered_shares}};
    for (size_t i = 0; i < 4; i++) {
        for (size_t n = 0; str_equal(act->words[2], str_of(states[i].name)) && n < 4; n++) {
            assert_int_equal(states[i].shares.part[n].fen, number_of(act->words[3 + n]));
        }
    }
    return STATUS_OK;
}

static Status left_equal(Cx *cx, DbConn *conn, const Act *act) {
    Money left;
    TRY(ledger_left(cx, conn, fund_of(cx, conn, act->words[1]), &left));
    assert_int_equal(left.fen, number_of(act->words[2]));
    return STATUS_OK;
}

static Status on_fund(Cx *cx, DbConn *conn, const Act *act) {
    FundId id = fund_of(cx, conn, act->words[1]);
    if (is(act, "give")) {
        return ledger_appropriate(cx, conn, id, fen_of(act, 2), BASIS);
    }
    if (is(act, "take")) {
        return ledger_reclaim(cx, conn, id, fen_of(act, 2), BASIS);
    }
    if (is(act, "shift")) {
        return ledger_reallocate(cx, conn, id, fund_of(cx, conn, act->words[2]), fen_of(act, 3),
                                 BASIS);
    }
    if (is(act, "freeze")) {
        return ledger_freeze(cx, conn, id, BASIS);
    }
    if (is(act, "unfreeze")) {
        return ledger_unfreeze(cx, conn, id, BASIS);
    }
    assert_true(is(act, "close"));
    return ledger_close(cx, conn, id, BASIS);
}

static bool is_hold_act(const Act *act) {
    return is(act, "approve") || is(act, "pay") || is(act, "recover") || is(act, "release") ||
           is(act, "releaseall") || is(act, "move");
}

static Status on_hold(Cx *cx, DbConn *conn, const Act *act) {
    HoldId id = hold_of(act, act->words[1]);
    if (is(act, "approve")) {
        return ledger_approve(cx, conn, id, fen_of(act, 2));
    }
    if (is(act, "pay")) {
        return ledger_pay(cx, conn, id, fen_of(act, 2));
    }
    if (is(act, "recover")) {
        return ledger_recover(cx, conn, id, fen_of(act, 2));
    }
    if (is(act, "release")) {
        return ledger_release(cx, conn, id, fen_of(act, 2));
    }
    if (is(act, "releaseall")) {
        return ledger_release_all(cx, conn, id);
    }
    return ledger_hold_move(cx, conn, id, fund_of(cx, conn, act->words[2]));
}

static Status act_run(Cx *cx, DbConn *conn, void *input) {
    Act *act = input;
    if (is(act, "create")) {
        return create(cx, conn, act);
    }
    if (is(act, "hold")) {
        return hold(cx, conn, act);
    }
    if (is(act, "fund")) {
        return fund_equal(cx, conn, act);
    }
    if (is(act, "shares")) {
        return shares_equal(cx, conn, act);
    }
    if (is(act, "left")) {
        return left_equal(cx, conn, act);
    }
    return is_hold_act(act) ? on_hold(cx, conn, act) : on_fund(cx, conn, act);
}

static Str expected_status(Status status) {
    switch (status) {
#define X(name, text, http, exit)                                                                  \
    case STATUS_##name:                                                                            \
        return STR(#name);
        STATUS_LIST(X)
#undef X
    }
    return STR_NONE;
}

/* Runs one line "act words = STATUS words that the fault must contain". */
static void line_run(Scratch *s, Act *act, Str line) {
    Str expected = STR("OK");
    size_t at = str_find(line, STR(" = "), 0);
    Str left = at == SIZE_MAX ? line : str_slice(line, 0, at);
    Str words = at == SIZE_MAX ? STR_NONE : str_trim(str_from(line, at + 3));
    if (words.len > 0) {
        expected = str_cut(&words, ' ');
    }
    act->count = 0;
    for (Str rest = str_trim(left); rest.len > 0; rest = str_trim(rest)) {
        assert_true(act->count < WORDS_MAX);
        act->words[act->count++] = str_cut(&rest, ' ');
    }
    const DbCommand command = {.name = "test.act",
                               .actor = {.user_id = 1, .role = STR("finance")},
                               .work = act_run,
                               .input = act,
                               .now_ms = 1767225600000};
    fault_clear(&s->cx);
    Status status = db_write(&s->cx, s->db, &command, NULL);
    if (!str_equal(expected_status(status), expected) ||
        !str_contains(str_of(s->cx.fault.text), str_trim(words))) {
        fail_msg("line \"" STR_FMT "\" gave " STR_FMT " \"%s\"", STR_ARG(line),
                 STR_ARG(expected_status(status)), s->cx.fault.text);
    }
}

static void script_run(const char *script, const int64_t rate_bp[LEDGER_LEVEL_COUNT]) {
    Scratch s;
    scratch_init(&s);
    s.is_base = true;
    scratch_open(&s);
    Named holds[HOLDS_MAX];
    size_t hold_count = 0;
    Act act = {.holds = holds, .hold_count = &hold_count, .rate_bp = rate_bp};
    for (Str rest = str_of(script); rest.len > 0;) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (line.len > 0) {
            line_run(&s, &act, line);
        }
    }
    DbConn *conn = NULL;
    LedgerAudit audit;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    assert_int_equal(ledger_audit(&s.cx, conn, &audit), STATUS_OK);
    if (audit.finding_count > 0) {
        fail_msg("audit: " STR_FMT, STR_ARG(audit.findings[0]));
    }
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

static const int64_t RATE_85_15[LEDGER_LEVEL_COUNT] = {8500, 0, 0, 1500};
static const int64_t RATE_FOUR[LEDGER_LEVEL_COUNT] = {4000, 3000, 2000, 1000};

static void funds_are_made_and_filled_from_above(void **state) {
    (void)state;
    script_run("create gz -\n"
               "create gz -                    = CONFLICT 已被使用\n"
               "create gz/! gz                 = INVALID 代码\n"
               "create gz/a nothing            = NOT_FOUND 没有编号\n"
               "create gz/2026 gz\n"
               "create gz/2026 gz              = CONFLICT gz/2026\n"
               "create gz/2026/jd gz/2026\n"
               "create gz/2026/qc gz/2026\n"
               "give gz/2026 100               = CONFLICT 资金池“gz”余额不足：还可用 0.00\n"
               "give gz 0                      = INVALID 大于零\n"
               "give gz -5                     = INVALID 大于零\n"
               "give gz 1000000000000001       = INVALID 过大\n"
               "give nothing 5                 = NOT_FOUND\n"
               "give nothing 0                 = INVALID\n"
               "give gz 1000\n"
               "give gz 999999999999001        = INVALID 过大\n"
               "give gz/2026 600\n"
               "give gz/2026 500               = CONFLICT 还可用 4.00 元，需要 5.00 元\n"
               "give gz/2026/jd 600\n"
               "give gz/2026/qc 1              = CONFLICT 资金池“gz/2026”余额不足\n"
               "fund gz 1000 600 0 0 0 0 0 0\n"
               "fund gz/2026 600 600 0 0 0 0 0 0\n"
               "shift gz/2026/jd gz/2026/qc 250\n"
               "shift gz/2026/jd gz/2026/qc 351   = CONFLICT 还可用 3.50\n"
               "shift gz/2026/jd gz/2026/jd 1  = INVALID 同一上级\n"
               "shift gz/2026/jd gz/2026 1     = INVALID 同一上级\n"
               "shift gz gz/2026 1             = INVALID 同一上级\n"
               "take gz/2026/qc 251            = CONFLICT 还可用 2.50\n"
               "take gz/2026/qc 250\n"
               "take gz/2026 251               = CONFLICT 还可用 2.50\n"
               "take gz 400\n"
               "fund gz 600 600 0 0 0 0 0 0\n"
               "fund gz/2026 600 350 0 0 0 0 0 0\n",
               RATE_85_15);
}

static void a_hold_goes_its_way(void **state) {
    (void)state;
    script_run("create gz -\n"
               "create gz/a gz\n"
               "give gz 100000\n"
               "give gz/a 60000\n"
               "hold h nothing 5            = NOT_FOUND\n"
               "hold h gz/a 0               = INVALID\n"
               "hold h gz/a 60001           = CONFLICT 资金池“gz/a”余额不足：还可用 600.00\n"
               "hold h gz/a 50001\n"
               "shares h reserved 42501 0 0 7500\n"
               "left gz/a 9999\n"
               "left gz 40000\n"
               "approve h 50002             = CONFLICT 可核定金额不足\n"
               "approve nobody 1            = NOT_FOUND 资金占用\n"
               "approve nobody 0            = INVALID\n"
               "pay h 1                     = CONFLICT 可拨付金额不足\n"
               "recover h 1                 = CONFLICT 可追回金额不足\n"
               "release h 10000\n"
               "shares h reserved 34001 0 0 6000\n"
               "approve h 40001\n"
               "shares h approved 34001 0 0 6000\n"
               "shares h reserved 0 0 0 0\n"
               "pay h 13333\n"
               "pay h 13333\n"
               "pay h 13335\n"
               "shares h paid 34001 0 0 6000\n"
               "pay h 1                     = CONFLICT\n"
               "release h 1                 = CONFLICT 可释放金额不足\n"
               "releaseall h                = CONFLICT 没有可释放\n"
               "fund gz/a 60000 0 0 0 40001 0 10000 40001\n"
               "fund gz 100000 60000 0 0 40001 0 10000 0\n"
               "recover h 40000\n"
               "recover h 2                 = CONFLICT 可追回金额不足\n"
               "fund gz/a 60000 0 0 0 40001 40000 10000 40001\n"
               "left gz/a 19999\n",
               RATE_85_15);
}

static void recovered_money_is_free_only_by_the_rule(void **state) {
    (void)state;
    script_run("create gz - - reusable\n"
               "give gz 1000\n"
               "hold h gz 1000\n"
               "approve h 1000\n"
               "pay h 1000\n"
               "left gz 0\n"
               "recover h 300\n"
               "left gz 300\n"
               "fund gz 1000 0 0 0 700 300 0 700\n"
               "hold k gz 300\n"
               "recover h 700\n"
               "shares h recovered 850 0 0 150\n"
               "left gz 700\n",
               RATE_85_15);
}

static void release_takes_the_reserved_part_first(void **state) {
    (void)state;
    script_run("create gz -\n"
               "give gz 1000\n"
               "hold h gz 100\n"
               "approve h 60\n"
               "release h 50\n"
               "fund gz 1000 0 0 50 0 0 50 50\n"
               "pay h 20\n"
               "releaseall h\n"
               "fund gz 1000 0 0 0 20 0 80 20\n"
               "shares h paid 17 0 0 3\n",
               RATE_85_15);
}

static void caps_limit_and_own_nothing(void **state) {
    (void)state;
    script_run("create gz -\n"
               "give gz 1000\n"
               "create gz/shop gz cap\n"
               "create gz/shop/day gz/shop cap\n"
               "create gz/shop/town gz/shop    = INVALID 限额之下\n"
               "create top - cap               = INVALID 资金来源\n"
               "create gz/town gz\n"
               "give gz/town 700\n"
               "hold a gz/shop/day 1           = CONFLICT 资金池“gz/shop/day”余额不足\n"
               "give gz/shop 400\n"
               "give gz/shop/day 5000\n"
               "hold a gz/shop/day 401         = CONFLICT 资金池“gz/shop”余额不足：还可用 4.00\n"
               "hold a gz/shop/day 301         = CONFLICT 资金池“gz”余额不足：还可用 3.00\n"
               "left gz/shop/day 300\n"
               "hold a gz/shop/day 300\n"
               "fund gz 1000 700 300 0 0 0 0 300\n"
               "fund gz/shop 400 0 300 0 0 0 0 300\n"
               "give gz/town 1                 = CONFLICT 还可用 0.00\n"
               "take gz/shop 101               = CONFLICT 还可用 1.00\n"
               "take gz/shop 100\n"
               "hold b gz/town 700\n"
               "left gz 0\n"
               "hold c gz 1                    = CONFLICT 资金池“gz”\n",
               RATE_85_15);
}

static void a_hold_moves_within_its_source(void **state) {
    (void)state;
    script_run("create gz -\n"
               "create other -\n"
               "give gz 1000\n"
               "give other 1000\n"
               "create gz/jd gz\n"
               "give gz/jd 900\n"
               "create gz/jd/s1 gz/jd cap\n"
               "give gz/jd/s1 500\n"
               "create gz/qc gz\n"
               "hold h gz/jd 300\n"
               "hold k gz/jd 300\n"
               "approve h 100\n"
               "move h other                   = INVALID 同一资金来源\n"
               "move h gz/jd                   = INVALID 同一资金来源\n"
               "move h nothing                 = NOT_FOUND\n"
               "move h gz/qc                   = CONFLICT 资金池“gz/qc”余额不足：还可用 0.00\n"
               "fund gz/jd 900 0 500 100 0 0 0 600\n"
               "move h gz/jd/s1\n"
               "fund gz/jd/s1 500 0 200 100 0 0 0 300\n"
               "fund gz/jd 900 0 500 100 0 0 0 600\n"
               "move k gz/jd/s1                = CONFLICT 资金池“gz/jd/s1”余额不足：还可用 2.00\n"
               "pay h 1\n"
               "move h gz/jd                   = CONFLICT 已有拨付\n"
               "releaseall k\n"
               "move k gz/jd/s1                = CONFLICT 没有可转\n",
               RATE_85_15);
}

static void frozen_and_closed_come_before_everything_else(void **state) {
    (void)state;
    script_run("create gz -\n"
               "create gz/a gz\n"
               "create gz/a/b gz/a\n"
               "give gz 1000\n"
               "give gz/a 500\n"
               "give gz/a/b 500\n"
               "hold h gz/a/b 100\n"
               "hold p gz/a/b 100\n"
               "approve p 100\n"
               "pay p 50\n"
               "freeze gz/a\n"
               "freeze gz/a                    = CONFLICT 已经冻结\n"
               "left gz/a/b 0\n"
               "hold i gz/a/b 9999             = CONFLICT 资金池“gz/a”已冻结\n"
               "hold i gz/a/b 0                = INVALID\n"
               "approve h 9999                 = CONFLICT 已冻结\n"
               "approve h 1                    = CONFLICT 已冻结\n"
               "pay p 1                        = CONFLICT 已冻结\n"
               "move h gz                      = CONFLICT 已冻结\n"
               "give gz/a/b 1                  = CONFLICT 已冻结\n"
               "release h 40\n"
               "recover p 50\n"
               "take gz/a/b 100\n"
               "close gz/a                     = CONFLICT 未拨付\n"
               "unfreeze gz/a\n"
               "unfreeze gz/a                  = CONFLICT 没有冻结\n"
               "approve h 60\n"
               "releaseall h\n"
               "releaseall p\n"
               "close gz/a                     = CONFLICT 未关闭的下级\n"
               "close gz/a/b                   = CONFLICT 未用资金\n"
               "take gz/a/b 350\n"
               "close gz/a/b\n"
               "close gz/a/b                   = CONFLICT 已关闭\n"
               "freeze gz\n"
               "hold i gz/a/b 1                = CONFLICT 资金池“gz/a/b”已关闭\n"
               "freeze gz/a/b                  = CONFLICT 已关闭\n"
               "create gz/a/b/c gz/a/b         = CONFLICT 已关闭\n"
               "recover p 1                    = CONFLICT 可追回金额不足\n",
               RATE_85_15);
}

static void shares_of_four_levels_never_drift(void **state) {
    (void)state;
    script_run("create gz -\n"
               "give gz 1000\n"
               "hold h gz 19\n"
               "shares h reserved 10 5 3 1\n"
               "release h 1\n"
               "shares h reserved 9 5 3 1\n"
               "release h 1\n"
               "release h 1\n"
               "release h 1\n"
               "release h 1\n"
               "release h 1\n"
               "release h 1\n"
               "shares h reserved 6 3 2 1\n"
               "approve h 12\n"
               "pay h 1\n"
               "pay h 1\n"
               "pay h 10\n"
               "shares h paid 6 3 2 1\n"
               "recover h 5\n"
               "recover h 7\n"
               "shares h recovered 6 3 2 1\n",
               RATE_FOUR);
}

/* ---- inputs that the table cannot say ---- */

static Status wrong_specs(Cx *cx, DbConn *conn, void *input) {
    (void)input;
    FundId id;
    FundSpec spec = {.code = STR("x"), .name = STR("x"), .year = 2026, .rate_bp = {9999, 0, 0, 0}};
    assert_int_equal(ledger_fund_create(cx, conn, &spec, &id), STATUS_INVALID);
    assert_string_equal(cx->fault.text, "各级分担比例之和应为 100%，现为 99.99%");
    fault_clear(cx);
    spec.rate_bp[0] = 10001;
    spec.rate_bp[1] = -1;
    assert_int_equal(ledger_fund_create(cx, conn, &spec, &id), STATUS_INVALID);
    fault_clear(cx);
    spec.rate_bp[0] = 10000;
    spec.rate_bp[1] = 0;
    spec.name = STR(" ");
    assert_int_equal(ledger_fund_create(cx, conn, &spec, &id), STATUS_INVALID);
    assert_string_equal(cx->fault.field, "name");
    fault_clear(cx);
    spec.name = STR("源");
    spec.year = 0;
    assert_int_equal(ledger_fund_create(cx, conn, &spec, &id), STATUS_INVALID);
    assert_string_equal(cx->fault.field, "year");
    fault_clear(cx);
    spec.year = 2026;
    for (int i = 0; i < FUND_DEPTH_MAX; i++) {
        assert_int_equal(ledger_fund_create(cx, conn, &spec, &id), STATUS_OK);
        spec.parent = id;
    }
    assert_int_equal(ledger_fund_create(cx, conn, &spec, &id), STATUS_INVALID);
    assert_string_equal(cx->fault.field, "parent");
    fault_clear(cx);
    assert_int_equal(ledger_appropriate(cx, conn, id, money_of_fen(1), STR(" ")), STATUS_INVALID);
    assert_string_equal(cx->fault.field, "basis");
    fault_clear(cx);
    return STATUS_OK;
}

static void wrong_texts_and_depths_are_told_at_their_field(void **state) {
    (void)state;
    Scratch s;
    scratch_init(&s);
    s.is_base = true;
    scratch_open(&s);
    const DbCommand command = {.name = "test.act", .work = wrong_specs};
    assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
    scratch_dispose(&s);
}

/* ---- lists ---- */

static Status many_holds(Cx *cx, DbConn *conn, void *input) {
    FundId *ids = input;
    FundSpec spec = {.code = STR("gz"), .name = STR("源"), .year = 2026, .rate_bp = {10000}};
    TRY(ledger_fund_create(cx, conn, &spec, &ids[0]));
    spec = (FundSpec){.parent = ids[0], .code = STR("a"), .name = STR("甲"), .year = 2026};
    TRY(ledger_fund_create(cx, conn, &spec, &ids[1]));
    TRY(ledger_appropriate(cx, conn, ids[0], money_of_fen(1000), BASIS));
    TRY(ledger_appropriate(cx, conn, ids[1], money_of_fen(500), BASIS));
    for (int i = 0; i < 7; i++) {
        HoldId hold_id;
        const HoldSpec hold_spec = {ids[1], money_of_fen(i + 1), "claim", i};
        TRY(ledger_reserve(cx, conn, &hold_spec, &hold_id));
    }
    return STATUS_OK;
}

static void transfers_come_in_pages_newest_first(void **state) {
    (void)state;
    Scratch s;
    scratch_init(&s);
    s.is_base = true;
    scratch_open(&s);
    FundId ids[2];
    const DbCommand command = {.name = "test.act", .work = many_holds, .input = ids, .now_ms = 77};
    assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
    DbConn *conn = NULL;
    TransferList list;
    assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
    TransferPage page = {.row_max = 5};
    assert_int_equal(ledger_transfers_of_fund(&s.cx, conn, ids[1], &page, &list), STATUS_OK);
    assert_int_equal(list.count, 5);
    assert_true(list.has_more);
    assert_int_equal(list.items[0].amount.fen, 7);
    assert_int_equal(list.items[0].at_ms, 77);
    assert_int_equal(list.items[0].journal_id, 1);
    page.before_id = list.items[4].id;
    assert_int_equal(ledger_transfers_of_fund(&s.cx, conn, ids[1], &page, &list), STATUS_OK);
    assert_int_equal(list.count, 3);
    assert_false(list.has_more);
    assert_int_equal(list.items[2].kind, TRANSFER_APPROPRIATE);
    assert_true(str_equal(list.items[2].basis, BASIS));
    /* The parent sees what it gave; with the subtree, everything once. */
    page = (TransferPage){0};
    assert_int_equal(ledger_transfers_of_fund(&s.cx, conn, ids[0], &page, &list), STATUS_OK);
    assert_int_equal(list.count, 2);
    page.is_with_subtree = true;
    assert_int_equal(ledger_transfers_of_fund(&s.cx, conn, ids[0], &page, &list), STATUS_OK);
    assert_int_equal(list.count, 9);
    assert_int_equal(ledger_transfers_of_hold(&s.cx, conn, list.items[0].hold, &list), STATUS_OK);
    assert_int_equal(list.count, 1);
    page.row_max = LEDGER_PAGE_ROWS_MAX + 1;
    assert_int_equal(ledger_transfers_of_fund(&s.cx, conn, ids[0], &page, &list), STATUS_INVALID);
    FundList funds;
    fault_clear(&s.cx);
    assert_int_equal(ledger_fund_path(&s.cx, conn, ids[1], &funds), STATUS_OK);
    assert_int_equal(funds.count, 2);
    assert_true(str_equal(funds.items[0].path, STR("gz")));
    assert_true(str_equal(funds.items[1].path, STR("gz/a")));
    assert_int_equal(ledger_fund_children(&s.cx, conn, FUND_NONE, &funds), STATUS_OK);
    assert_int_equal(funds.count, 1);
    assert_int_equal(ledger_fund_children(&s.cx, conn, ids[0], &funds), STATUS_OK);
    assert_int_equal(funds.count, 1);
    db_read_end(s.db, conn);
    scratch_dispose(&s);
}

/* ---- the audit sees ---- */

static Status tamper(Cx *cx, DbConn *conn, void *input) {
    return db_exec(cx, conn, input, DB_NO_ARGS, NULL);
}

/* Each change behind the ledger's back is found (the CHECK constraints let these pass). */
static void the_audit_finds_what_was_changed_behind_its_back(void **state) {
    (void)state;
    static const char *const changes[] = {
        "UPDATE fund SET appropriated = appropriated + 1 WHERE path = 'gz'",
        "UPDATE fund SET reserved = reserved - 1 WHERE path = 'gz/a'",
        "UPDATE fund SET released = released + 1 WHERE path = 'gz/a'",
        "UPDATE fund SET direct = direct + 1 WHERE path = 'gz'",
        "UPDATE fund SET paid_central = 1, paid_county = -1 WHERE path = 'gz'",
        "UPDATE ledger_hold SET reserved = reserved + 1 WHERE id = 3",
        "UPDATE ledger_hold SET fund_id = 1 WHERE id = 3",
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = 4",
        "UPDATE ledger_transfer SET central = central + 1, county = county - 1 WHERE id = 4",
        "UPDATE ledger_transfer SET kind = 5 WHERE id = 4",
        "UPDATE ledger_transfer SET journal_id = 99 WHERE id = 4",
        "DELETE FROM ledger_transfer WHERE id = 4",
        ("INSERT INTO ledger_transfer (kind, fund_id, amount, central, province, city, county, "
         "at_ms, journal_id, basis) VALUES (4, 1, 5, 5, 0, 0, 0, 0, 1, '')"),
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        Scratch s;
        scratch_init(&s);
        s.is_base = true;
        scratch_open(&s);
        FundId ids[2];
        DbCommand command = {.name = "test.act", .work = many_holds, .input = ids};
        assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
        char change[400];
        (void)snprintf(change, sizeof change, "%s", changes[i]);
        command.work = tamper;
        command.input = change;
        assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
        DbConn *conn = NULL;
        LedgerAudit audit;
        assert_int_equal(db_read_begin(&s.cx, s.db, &conn), STATUS_OK);
        assert_int_equal(ledger_audit(&s.cx, conn, &audit), STATUS_OK);
        if (audit.finding_count == 0) {
            fail_msg("not found: %s", changes[i]);
        }
        assert_true(str_is_utf8(audit.findings[0]));
        db_read_end(s.db, conn);
        scratch_dispose(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funds_are_made_and_filled_from_above),
        cmocka_unit_test(a_hold_goes_its_way),
        cmocka_unit_test(recovered_money_is_free_only_by_the_rule),
        cmocka_unit_test(release_takes_the_reserved_part_first),
        cmocka_unit_test(caps_limit_and_own_nothing),
        cmocka_unit_test(a_hold_moves_within_its_source),
        cmocka_unit_test(frozen_and_closed_come_before_everything_else),
        cmocka_unit_test(shares_of_four_levels_never_drift),
        cmocka_unit_test(wrong_texts_and_depths_are_told_at_their_field),
        cmocka_unit_test(transfers_come_in_pages_newest_first),
        cmocka_unit_test(the_audit_finds_what_was_changed_behind_its_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
