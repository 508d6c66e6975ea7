/*
 * Random acts on a random tree, beside a model that knows nothing of ways and totals: it keeps each
 * fund's own appropriation and each hold's amounts, sums everything afresh, and refuses what would
 * break a rule. Every answer must be the model's; every total is compared; the audit is clean.
 *
 * The seed is printed; PROPERTY_SEED repeats a run, PROPERTY_STEPS makes it longer (default
 * 12,000).
 */
#include "base/prng.h"
#include "db_scratch.h"
#include "ledger/ledger.h"
#include "test.h"

#include <stdio.h>
#include <time.h>

enum { FUNDS_MAX = 40, HOLDS_MAX = 6000, STEPS_DEFAULT = 12000, COMMAND_STEPS_MAX = 25 };

typedef struct ModelFund {
    FundId id;
    int parent; /* index, -1 root */
    bool is_cap;
    bool is_frozen;
    bool is_reusable;
    int64_t appropriated;
    int64_t rate_bp[LEDGER_LEVEL_COUNT];
} ModelFund;

typedef struct ModelHold {
    HoldId id;
    int fund;
    int64_t reserved;
    int64_t approved;
    int64_t paid;
    int64_t recovered;
    int64_t released;
} ModelHold;

typedef struct Model {
    ModelFund funds[FUNDS_MAX];
    int fund_count;
    ModelHold holds[HOLDS_MAX];
    int hold_count;
} Model;

/* What the model sums afresh. */
typedef struct Sums {
    int64_t allocated[FUNDS_MAX];
    int64_t used[FUNDS_MAX];
    int64_t direct[FUNDS_MAX];
} Sums;

typedef struct Run {
    Prng prng;
    Model *model;
    Model *before; /* at the start of the command, for the ones that fail on purpose */
    uint64_t step_count;
    uint64_t ok_count;
    uint64_t refused_count;
    uint64_t short_count;
} Run;

/* ---- the model ---- */

static int64_t hold_used(const Model *model, const ModelHold *hold) {
    int64_t back = model->funds[hold->fund].is_reusable ? hold->recovered : 0;
    return hold->reserved + hold->approved + hold->paid - back;
}

static void sums_make(const Model *model, Sums *sums) {
    memset(sums, 0, sizeof *sums);
    for (int i = 0; i < model->fund_count; i++) {
        const ModelFund *fund = &model->funds[i];
        if (fund->parent >= 0 && !fund->is_cap) {
            sums->allocated[fund->parent] += fund->appropriated;
        }
    }
    for (int i = 0; i < model->hold_count; i++) {
        const int64_t used = hold_used(model, &model->holds[i]);
        bool is_direct = true;
        for (int at = model->holds[i].fund; at >= 0; at = model->funds[at].parent) {
            sums->used[at] += used;
            sums->direct[at] += is_direct ? used : 0;
            is_direct = is_direct && model->funds[at].is_cap;
        }
    }
}

/* True when every rule of ledger.h holds at every node. */
static bool is_sound(const Model *model) {
    Sums sums;
    sums_make(model, &sums);
    for (int i = 0; i < model->fund_count; i++) {
        int64_t appropriated = model->funds[i].appropriated;
        if (appropriated < 0 || sums.used[i] > appropriated ||
            sums.allocated[i] + sums.direct[i] > appropriated) {
            return false;
        }
    }
    return true;
}

static bool is_shut(const Model *model, int fund) {
    for (int at = fund; at >= 0; at = model->funds[at].parent) {
        if (model->funds[at].is_frozen) {
            return true;
        }
    }
    return false;
}

static int root_of(const Model *model, int fund) {
    while (model->funds[fund].parent >= 0) {
        fund = model->funds[fund].parent;
    }
    return fund;
}

/* ---- one act on both ---- */

static int any_fund(Run *run) {
    return (int)prng_below(&run->prng, (uint64_t)run->model->fund_count);
}

/* Mostly small amounts, now and then all of something, now and then nonsense. */
static int64_t any_amount(Run *run, int64_t whole) {
    uint64_t dice = prng_below(&run->prng, 20);
    if (dice == 0) {
        return prng_between(&run->prng, -2, 0);
    }
    if (dice < 7 && whole > 0) {
        return whole;
    }
    if (dice < 9) {
        return whole + 1;
    }
    return prng_between(&run->prng, 1, whole > 1 ? whole : 3000);
}

/* Compares the ledger's answer with the model's and counts. is_allowed: the model would do it. */
static bool agree(Run *run, Cx *cx, Status status, int64_t amount, bool is_allowed) {
    Status expected = amount < 1 ? STATUS_INVALID : is_allowed ? STATUS_OK : STATUS_CONFLICT;
    if (status != expected) {
        print_error("step %llu: got %s (%s), the model says %s\n",
                    (unsigned long long)run->step_count, status_text(status), cx->fault.text,
                    status_text(expected));
        check(status == expected);
    }
    run->ok_count += status == STATUS_OK;
    run->refused_count += status != STATUS_OK;
    run->short_count += strstr(cx->fault.text, "余额不足") != NULL;
    fault_clear(cx);
    return status == STATUS_OK;
}

/* The model tries a change of one number: it stays if everything is sound and may be done. */
static bool model_add(Model *model, int64_t *number, int64_t fen, bool is_open) {
    *number += fen;
    if (is_open && is_sound(model)) {
        return true;
    }
    *number -= fen;
    return false;
}

static void act_money(Run *run, Cx *cx, DbConn *conn) {
    const Str basis = STR("文号");
    int index = any_fund(run);
    ModelFund *fund = &run->model->funds[index];
    bool is_taking = prng_chance_bp(&run->prng, 4000);
    int64_t amount = any_amount(run, prng_between(&run->prng, 0, 200000));
    if (is_taking) {
        bool is_allowed = amount > 0 && model_add(run->model, &fund->appropriated, -amount, true);
        Status status = ledger_reclaim(cx, conn, fund->id, money_of_fen(amount), basis);
        (void)agree(run, cx, status, amount, is_allowed);
        return;
    }
    bool is_open = !is_shut(run->model, index);
    bool is_allowed = amount > 0 && model_add(run->model, &fund->appropriated, amount, is_open);
    Status status = ledger_appropriate(cx, conn, fund->id, money_of_fen(amount), basis);
    (void)agree(run, cx, status, amount, is_allowed);
}

static void act_reallocate(Run *run, Cx *cx, DbConn *conn) {
    int from = any_fund(run);
    int to = any_fund(run);
    ModelFund *giver = &run->model->funds[from];
    ModelFund *taker = &run->model->funds[to];
    int64_t amount = any_amount(run, giver->appropriated);
    bool is_pair = from != to && giver->parent >= 0 && giver->parent == taker->parent &&
                   giver->is_cap == taker->is_cap;
    Status status =
        ledger_reallocate(cx, conn, giver->id, taker->id, money_of_fen(amount), STR("文号"));
    if (!is_pair) {
        check(status == STATUS_INVALID);
        fault_clear(cx);
        return;
    }
    bool is_allowed = amount > 0 && !is_shut(run->model, from) && !is_shut(run->model, to);
    if (is_allowed) {
        giver->appropriated -= amount;
        taker->appropriated += amount;
        is_allowed = is_sound(run->model);
        giver->appropriated += is_allowed ? 0 : amount;
        taker->appropriated -= is_allowed ? 0 : amount;
    }
    (void)agree(run, cx, status, amount, is_allowed);
}

static void act_freeze(Run *run, Cx *cx, DbConn *conn) {
    ModelFund *fund = &run->model->funds[any_fund(run)];
    /* Thawing is tried more often, so that most of the tree is open most of the time. */
    bool is_freezing = !fund->is_frozen && prng_chance_bp(&run->prng, 1000);
    Status status = is_freezing ? ledger_freeze(cx, conn, fund->id, STR("文号"))
                                : ledger_unfreeze(cx, conn, fund->id, STR("文号"));
    if (agree(run, cx, status, 1, fund->is_frozen != is_freezing)) {
        fund->is_frozen = is_freezing;
    }
}

static void act_reserve(Run *run, Cx *cx, DbConn *conn) {
    Model *model = run->model;
    if (model->hold_count == HOLDS_MAX) {
        return;
    }
    int index = any_fund(run);
    Money left;
    check(ledger_left(cx, conn, model->funds[index].id, &left) == STATUS_OK);
    int64_t amount = prng_chance_bp(&run->prng, 1500) ? any_amount(run, left.fen)
                                                      : prng_between(&run->prng, 1, 5000);
    ModelHold *hold = &model->holds[model->hold_count++];
    *hold = (ModelHold){.fund = index};
    bool is_allowed =
        amount > 0 && model_add(model, &hold->reserved, amount, !is_shut(model, index));
    const HoldSpec spec = {model->funds[index].id, money_of_fen(amount), "claim",
                           (int64_t)run->step_count};
    Status status = ledger_reserve(cx, conn, &spec, &hold->id);
    if (!agree(run, cx, status, amount, is_allowed)) {
        model->hold_count--;
        /* ledger_left must have told the truth. */
        check(amount < 1 || left.fen < amount);
    } else {
        check(left.fen >= amount);
    }
}

static void act_step(Run *run, Cx *cx, DbConn *conn, ModelHold *hold) {
    const bool is_open = !is_shut(run->model, hold->fund);
    const int64_t loose = hold->reserved + hold->approved;
    const int64_t net = hold->paid - hold->recovered;
    const int64_t whole[] = {hold->reserved, hold->approved, net, loose, loose};
    uint64_t kind = prng_below(&run->prng, 5);
    for (int i = 0; i < 3 && whole[kind] == 0; i++) {
        kind = prng_below(&run->prng, 5);
    }
    int64_t fen = kind == 4 ? whole[4] : any_amount(run, whole[kind]);
    const Money amount = money_of_fen(fen);
    bool is_allowed = fen > 0 && fen <= whole[kind] && (is_open || kind >= 2);
    if (kind == 0 && agree(run, cx, ledger_approve(cx, conn, hold->id, amount), fen, is_allowed)) {
        hold->reserved -= fen;
        hold->approved += fen;
    }
    if (kind == 1 && agree(run, cx, ledger_pay(cx, conn, hold->id, amount), fen, is_allowed)) {
        hold->approved -= fen;
        hold->paid += fen;
    }
    if (kind == 2 && agree(run, cx, ledger_recover(cx, conn, hold->id, amount), fen, is_allowed)) {
        hold->recovered += fen;
    }
    bool is_released =
        (kind == 3 &&
         agree(run, cx, ledger_release(cx, conn, hold->id, amount), fen, is_allowed)) ||
        (kind == 4 && agree(run, cx, ledger_release_all(cx, conn, hold->id), 1, loose > 0));
    if (is_released) {
        int64_t from_reserved = fen < hold->reserved ? fen : hold->reserved;
        hold->reserved -= from_reserved;
        hold->approved -= fen - from_reserved;
        hold->released += fen;
    }
}

static void act_move(Run *run, Cx *cx, DbConn *conn, ModelHold *hold) {
    Model *model = run->model;
    int to = any_fund(run);
    int from = hold->fund;
    Status status = ledger_hold_move(cx, conn, hold->id, model->funds[to].id);
    if (from == to || root_of(model, from) != root_of(model, to)) {
        check(status == STATUS_INVALID);
        fault_clear(cx);
        return;
    }
    bool is_allowed = !is_shut(model, from) && !is_shut(model, to) && hold->paid == 0 &&
                      hold->reserved + hold->approved > 0;
    hold->fund = is_allowed ? to : from;
    is_allowed = is_allowed && is_sound(model);
    hold->fund = is_allowed ? to : from;
    (void)agree(run, cx, status, 1, is_allowed);
}

static void act(Run *run, Cx *cx, DbConn *conn) {
    run->step_count++;
    uint64_t dice = prng_below(&run->prng, 100);
    Model *model = run->model;
    if (dice < 12) {
        act_money(run, cx, conn);
    } else if (dice < 15) {
        act_reallocate(run, cx, conn);
    } else if (dice < 18) {
        act_freeze(run, cx, conn);
    } else if (dice < 45 || model->hold_count == 0) {
        act_reserve(run, cx, conn);
    } else {
        /* Young holds more often: their money is still on its way. */
        int young = model->hold_count < 100 ? model->hold_count : 100;
        int range = prng_chance_bp(&run->prng, 7000) ? young : model->hold_count;
        int index = model->hold_count - 1 - (int)prng_below(&run->prng, (uint64_t)range);
        if (dice < 92) {
            act_step(run, cx, conn, &model->holds[index]);
        } else {
            act_move(run, cx, conn, &model->holds[index]);
        }
    }
}

/* Several acts in one command; refusals in between must not disturb what follows. Now and then the
 * whole command fails at its end, and both sides go back. */
static Status command_work(Cx *cx, DbConn *conn, void *input) {
    Run *run = input;
    *run->before = *run->model;
    uint64_t count = 1 + prng_below(&run->prng, COMMAND_STEPS_MAX);
    for (uint64_t i = 0; i < count; i++) {
        act(run, cx, conn);
    }
    if (prng_chance_bp(&run->prng, 700)) {
        *run->model = *run->before;
        return fault(cx, STATUS_LIMIT, "failed on purpose");
    }
    return STATUS_OK;
}

/* ---- the tree and the comparison ---- */

static Status tree_work(Cx *cx, DbConn *conn, void *input) {
    Run *run = input;
    Model *model = run->model;
    static const int64_t rates[3][LEDGER_LEVEL_COUNT] = {
        {8500, 0, 0, 1500}, {3334, 3333, 3333, 0}, {9000, 500, 300, 200}};
    for (int i = 0; i < FUNDS_MAX; i++) {
        ModelFund *fund = &model->funds[i];
        bool is_root = i < 3;
        fund->parent = is_root ? -1 : (int)prng_below(&run->prng, (uint64_t)i);
        const ModelFund *parent = is_root ? NULL : &model->funds[fund->parent];
        fund->is_cap = !is_root && (parent->is_cap || prng_chance_bp(&run->prng, 3000));
        fund->is_reusable = is_root ? i == 1 : parent->is_reusable;
        memcpy(fund->rate_bp, is_root ? rates[i] : parent->rate_bp, sizeof fund->rate_bp);
        FundSpec spec = {.parent = is_root ? FUND_NONE : parent->id,
                         .kind = is_root ? FUND_SOURCE : FUND_TOWN,
                         .is_cap = fund->is_cap,
                         .code = str_print(cx->arena, "f%d", i),
                         .name = str_print(cx->arena, "池%d", i),
                         .year = 2026,
                         .is_recovered_reusable = is_root && i == 1};
        memcpy(spec.rate_bp, fund->rate_bp, sizeof spec.rate_bp);
        Status status = ledger_fund_create(cx, conn, &spec, &fund->id);
        if (status == STATUS_INVALID) { /* too deep: hang it under the first root */
            fault_clear(cx);
            fund->parent = 0;
            fund->is_cap = false;
            fund->is_reusable = false;
            memcpy(fund->rate_bp, rates[0], sizeof fund->rate_bp);
            spec.parent = model->funds[0].id;
            spec.is_cap = false;
            status = ledger_fund_create(cx, conn, &spec, &fund->id);
        }
        TRY(status);
        model->fund_count++;
    }
    return STATUS_OK;
}

static void funds_compare(Run *run, Cx *cx, DbConn *conn) {
    const Model *model = run->model;
    Sums sums;
    sums_make(model, &sums);
    check(is_sound(model));
    for (int i = 0; i < model->fund_count; i++) {
        Fund fund;
        check(ledger_fund_get(cx, conn, model->funds[i].id, &fund) == STATUS_OK);
        check(fund.appropriated.fen == model->funds[i].appropriated);
        check(fund.allocated.fen == sums.allocated[i]);
        check(ledger_fund_used(&fund).fen == sums.used[i]);
        check(fund.direct.fen == sums.direct[i]);
        check(fund.is_frozen == model->funds[i].is_frozen);
        check(ledger_fund_used(&fund).fen <= fund.appropriated.fen);
    }
}

static void holds_compare(Run *run, Cx *cx, DbConn *conn) {
    const Model *model = run->model;
    for (int i = 0; i < model->hold_count; i++) {
        const ModelHold *expected = &model->holds[i];
        const int64_t *rate_bp = model->funds[expected->fund].rate_bp;
        Hold hold;
        check(ledger_hold_get(cx, conn, expected->id, &hold) == STATUS_OK);
        check(hold.fund.id == model->funds[expected->fund].id.id);
        check(hold.reserved.fen == expected->reserved);
        check(hold.approved.fen == expected->approved);
        check(hold.paid.fen == expected->paid);
        check(hold.recovered.fen == expected->recovered);
        check(hold.released.fen == expected->released);
        /* The paid shares are the split of what was paid, however many payments it took. */
        Money parts[LEDGER_LEVEL_COUNT];
        check(money_split(cx, hold.paid, rate_bp, LEDGER_LEVEL_COUNT, parts) == STATUS_OK);
        for (int n = 0; n < LEDGER_LEVEL_COUNT; n++) {
            check(hold.paid_shares.part[n].fen == parts[n].fen);
        }
    }
}

static void compare(Run *run, Scratch *s, bool is_full) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    DbConn *conn = NULL;
    check(db_read_begin(&cx, s->db, &conn) == STATUS_OK);
    funds_compare(run, &cx, conn);
    if (is_full) {
        holds_compare(run, &cx, conn);
        LedgerAudit audit;
        check(ledger_audit(&cx, conn, &audit) == STATUS_OK);
        if (audit.finding_count > 0) {
            print_error("audit: " STR_FMT "\n", STR_ARG(audit.findings[0]));
        }
        check(audit.finding_count == 0);
        check(audit.hold_count == run->model->hold_count);
    }
    db_read_end(s->db, conn);
    arena_free(arena);
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise) {
    int64_t number = 0;
    const char *text = getenv(name);
    return text != NULL && str_int64(str_of(text), &number) == STATUS_OK && number > 0
               ? (uint64_t)number
               : otherwise;
}

static void random_acts_answer_as_the_model(void **state) {
    (void)state;
    const uint64_t seed = number_from_environment("PROPERTY_SEED", (uint64_t)time(NULL));
    const uint64_t step_max = number_from_environment("PROPERTY_STEPS", STEPS_DEFAULT);
    print_message("# PROPERTY_SEED=%llu PROPERTY_STEPS=%llu\n", (unsigned long long)seed,
                  (unsigned long long)step_max);
    Scratch s;
    scratch_init(&s);
    s.is_base = true;
    scratch_open(&s);
    Run run = {.model = arena_new(s.arena, Model), .before = arena_new(s.arena, Model)};
    prng_init(&run.prng, seed);
    DbCommand command = {.name = "test.tree", .work = tree_work, .input = &run};
    assert_int_equal(db_write(&s.cx, s.db, &command, NULL), STATUS_OK);
    command.name = "test.acts";
    command.work = command_work;
    uint64_t command_count = 0;
    while (run.step_count < step_max) {
        fault_clear(&s.cx);
        Status status = db_write(&s.cx, s.db, &command, NULL);
        assert_true(status == STATUS_OK || status == STATUS_LIMIT);
        command_count++;
        compare(&run, &s, command_count % 200 == 0);
    }
    compare(&run, &s, true);
    print_message("# steps %llu done %llu refused %llu of them short of money %llu holds %d\n",
                  (unsigned long long)run.step_count, (unsigned long long)run.ok_count,
                  (unsigned long long)run.refused_count, (unsigned long long)run.short_count,
                  run.model->hold_count);
    /* A run in which everything is refused, or nothing, would show little. */
    assert_true(run.ok_count > run.step_count / 6);
    assert_true(run.refused_count > run.step_count / 20);
    assert_true(run.short_count > run.step_count / 100);
    scratch_dispose(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_acts_answer_as_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
