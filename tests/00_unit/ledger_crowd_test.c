/*
 * Reserving for a crowd gives what reserving one by one gives: the same random commands run on two
 * databases, once in batches and once each in a transaction of its own. Every answer, every fund
 * and the audit must be the same. CROWD_SEED repeats a run.
 */
#include "base/prng.h"
#include "db_scratch.h"
#include "ledger/ledger.h"
#include "test.h"

#include <inttypes.h>
#include <semaphore.h>
#include <time.h>

enum { ROUNDS = 60, BATCH = 40, FUNDS = 7, HOLDS_KNOWN = 50 };

typedef enum ActKind { ACT_RESERVE, ACT_FAIL, ACT_TWICE, ACT_LOOK, ACT_OTHER } ActKind;

/* One command of the plan; chosen before, so that both sides run the same. */
typedef struct Act {
    ActKind kind;
    FundId fund;
    int64_t fen;
    int64_t hold_id;
    int other; /* which act that is no reservation */
} Act;

typedef struct Side {
    Scratch scratch;
    sem_t gate;
    sem_t ended;
    Status statuses[BATCH];
    char answers[BATCH][100];
    int next; /* of the answers, in order */
} Side;

static const FundSpec SPECS[FUNDS] = {
    {.code = {"gz", 2}, .name = {"国债", 6}, .kind = FUND_SOURCE, .rate_bp = {8500, 0, 0, 1500}},
    {.parent = {1}, .code = {"jd", 2}, .name = {"家电", 6}, .kind = FUND_PROGRAMME},
    {.parent = {1}, .code = {"sm", 2}, .name = {"数码", 6}, .kind = FUND_PROGRAMME},
    {.parent = {2}, .code = {"d1", 2}, .name = {"单日", 6}, .kind = FUND_DAY, .is_cap = true},
    {.parent = {2}, .code = {"d2", 2}, .name = {"次日", 6}, .kind = FUND_DAY, .is_cap = true},
    {.parent = {4}, .code = {"h1", 2}, .name = {"小时", 6}, .kind = FUND_HOUR, .is_cap = true},
    {.parent = {3}, .code = {"zc", 2}, .name = {"乡镇", 6}, .kind = FUND_TOWN},
};
static const int64_t MONEY_FEN[FUNDS] = {900000, 400000, 300000, 150000, 250000, 60000, 100000};

static Status tree_work(Cx *cx, DbConn *conn, void *input) {
    (void)input;
    for (int i = 0; i < FUNDS; i++) {
        FundId id;
        FundSpec spec = SPECS[i];
        spec.year = 2026;
        TRY(ledger_fund_create(cx, conn, &spec, &id));
        check(id.id == i + 1);
        TRY(ledger_appropriate(cx, conn, id, money_of_fen(MONEY_FEN[i]), STR("文件")));
    }
    return STATUS_OK;
}

static Status reserve(Cx *cx, DbConn *conn, const Act *act) {
    HoldId hold;
    const HoldSpec spec = {
        .fund = act->fund, .amount = money_of_fen(act->fen), .case_kind = "crowd", .case_id = 1};
    TRY(ledger_reserve(cx, conn, &spec, &hold));
    db_answer(conn, str_print(cx->arena, "hold %" PRId64, hold.id));
    return STATUS_OK;
}

/* Says what the fund's totals are, after a reservation of the same command. */
static Status look(Cx *cx, DbConn *conn, const Act *act) {
    Fund fund;
    Money left;
    TRY(reserve(cx, conn, act));
    TRY(ledger_fund_get(cx, conn, act->fund, &fund));
    TRY(ledger_left(cx, conn, act->fund, &left));
    db_answer(conn, str_print(cx->arena, "reserved %" PRId64 " direct %" PRId64 " left %" PRId64,
                              fund.reserved.fen, fund.direct.fen, left.fen));
    return reserve(cx, conn, act);
}

static Status other(Cx *cx, DbConn *conn, const Act *act) {
    const HoldId hold = {act->hold_id};
    switch (act->other) {
    case 0:
        return ledger_approve(cx, conn, hold, money_of_fen(act->fen));
    case 1:
        return ledger_release_all(cx, conn, hold);
    case 2:
        return ledger_freeze(cx, conn, act->fund, STR("文件"));
    case 3:
        return ledger_unfreeze(cx, conn, act->fund, STR("文件"));
    case 4:
        return ledger_appropriate(cx, conn, act->fund, money_of_fen(act->fen), STR("文件"));
    default:
        return ledger_reclaim(cx, conn, act->fund, money_of_fen(act->fen), STR("文件"));
    }
}

static Status act_work(Cx *cx, DbConn *conn, void *input) {
    const Act *act = input;
    switch (act->kind) {
    case ACT_RESERVE:
        return reserve(cx, conn, act);
    case ACT_FAIL:
        TRY(reserve(cx, conn, act));
        return fault(cx, STATUS_LIMIT, "refused on purpose");
    case ACT_TWICE:
        TRY(reserve(cx, conn, act));
        return reserve(cx, conn, act);
    case ACT_LOOK:
        return look(cx, conn, act);
    case ACT_OTHER:
        return other(cx, conn, act);
    }
    return STATUS_OK;
}

static Act act_new(Prng *prng) {
    const uint64_t dice = prng_below(prng, 20);
    return (Act){.kind = dice < 12   ? ACT_RESERVE
                         : dice < 14 ? ACT_FAIL
                         : dice < 16 ? ACT_TWICE
                         : dice < 18 ? ACT_LOOK
                                     : ACT_OTHER,
                 .fund = {prng_between(prng, 1, FUNDS + 1)}, /* one does not exist */
                 .fen = prng_between(prng, 1, 2500),
                 .hold_id = prng_between(prng, 1, HOLDS_KNOWN),
                 .other = (int)prng_below(prng, 6)};
}

static Status gate_work(Cx *cx, DbConn *conn, void *input) {
    (void)cx;
    (void)conn;
    check(sem_wait(input) == 0);
    return STATUS_OK;
}

static void gate_done(Cx *cx, Status status, Str answer, void *context) {
    (void)cx;
    (void)answer;
    check(status == STATUS_OK);
    check(sem_post(context) == 0);
}

static void act_done(Cx *cx, Status status, Str answer, void *context) {
    Side *side = context;
    side->statuses[side->next] = status;
    /* The words of a refusal hold the totals that it was judged by. */
    (void)snprintf(side->answers[side->next], sizeof side->answers[0], "%.*s",
                   (int)(status == STATUS_OK ? answer.len : strlen(cx->fault.text)),
                   status == STATUS_OK ? (answer.at == NULL ? "" : answer.at) : cx->fault.text);
    side->next++;
}

static void gate_send(Side *side, sem_t *gate) {
    const DbCommand command = {.name = "gate", .work = gate_work, .input = gate};
    Scratch *s = &side->scratch;
    assert_int_equal(db_write_later(&s->cx, s->db, &command, gate_done, &side->ended), STATUS_OK);
}

/* Queues all acts behind a gate, opens it, and waits for the end. */
static void round_run(Side *side, Act acts[BATCH]) {
    Scratch *s = &side->scratch;
    sem_t open_gate;
    check(sem_init(&open_gate, 0, 1) == 0);
    side->next = 0;
    gate_send(side, &side->gate);
    for (int i = 0; i < BATCH; i++) {
        const DbCommand command = {.name = acts[i].kind == ACT_OTHER ? "crowd.other" : "crowd.act",
                                   .work = act_work,
                                   .input = &acts[i]};
        assert_int_equal(db_write_later(&s->cx, s->db, &command, act_done, side), STATUS_OK);
    }
    gate_send(side, &open_gate);
    check(sem_post(&side->gate) == 0);
    check(sem_wait(&side->ended) == 0);
    check(sem_wait(&side->ended) == 0);
    check(sem_destroy(&open_gate) == 0);
    assert_int_equal(side->next, BATCH);
}

static void side_open(Side *side, size_t batch_max) {
    memset(side, 0, sizeof *side);
    Scratch *s = &side->scratch;
    check(sem_init(&side->gate, 0, 0) == 0);
    check(sem_init(&side->ended, 0, 0) == 0);
    scratch_init(s);
    s->is_base = true;
    s->options.batch_max = batch_max;
    scratch_open(s);
    const DbCommand command = {.name = "crowd.tree", .work = tree_work};
    assert_int_equal(db_write(&s->cx, s->db, &command, NULL), STATUS_OK);
}

static void fund_print(Buf *buf, const Fund *fund) {
    buf_print(buf,
              "%" PRId64 ": %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
              "\n",
              fund->id.id, fund->appropriated.fen, fund->allocated.fen, fund->reserved.fen,
              fund->approved.fen, fund->released.fen, fund->direct.fen);
}

/* All totals as text; the audit must find nothing. */
static Str side_print(Side *side, Arena *arena) {
    Scratch *s = &side->scratch;
    DbConn *conn = NULL;
    LedgerAudit audit;
    Buf *buf = buf_in(arena, 1 << 16);
    Cx cx;
    cx_init(&cx, arena);
    assert_int_equal(db_read_begin(&cx, s->db, &conn), STATUS_OK);
    for (int i = 1; i <= FUNDS; i++) {
        Fund fund;
        assert_int_equal(ledger_fund_get(&cx, conn, (FundId){i}, &fund), STATUS_OK);
        fund_print(buf, &fund);
    }
    assert_int_equal(ledger_audit(&cx, conn, &audit), STATUS_OK);
    assert_int_equal(audit.finding_count, 0);
    buf_print(buf, "holds %" PRId64 "\n", audit.hold_count);
    db_read_end(s->db, conn);
    return buf_str(buf);
}

static void a_batch_gives_what_single_commands_give(void **state) {
    (void)state;
    const char *given = getenv("CROWD_SEED");
    const uint64_t seed = given == NULL ? (uint64_t)time(NULL) : strtoull(given, NULL, 10);
    print_message("# CROWD_SEED=%" PRIu64 "\n", seed);
    Prng prng;
    prng_init(&prng, seed);
    Side batched;
    Side single;
    side_open(&batched, 32);
    side_open(&single, 1);
    Arena *arena = arena_create();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        Act acts[BATCH];
        for (int i = 0; i < BATCH; i++) {
            acts[i] = act_new(&prng);
        }
        round_run(&batched, acts);
        round_run(&single, acts);
        for (int i = 0; i < BATCH; i++) {
            assert_int_equal(batched.statuses[i], single.statuses[i]);
            assert_string_equal(batched.answers[i], single.answers[i]);
            refused += batched.statuses[i] == STATUS_CONFLICT;
        }
        assert_true(str_equal(side_print(&batched, arena), side_print(&single, arena)));
        arena_reset(arena);
    }
    /* Some must have found no money. */
    assert_true(refused > ROUNDS);
    arena_free(arena);
    scratch_dispose(&batched.scratch);
    scratch_dispose(&single.scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_gives_what_single_commands_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
