/*
 * kill -9 in the middle of writing. A child process runs money commands from four threads through
 * the write door and acknowledges each over a pipe; the parent kills it at a random moment, opens
 * the same file and checks: every acknowledged command is there with its answer, none is there
 * twice, no fund is overspent, the audit and the journal's chain are whole. The next child starts
 * by asking the last keys again, as people do after a failure, and must get the same answers.
 *
 * A second test runs two such processes on one database at once and kills both.
 *
 * SOAK_KILLS=n kills n times (default 20); CRASH_SEED repeats a run's choices.
 */
#include "base/prng.h"
#include "db_scratch.h"
#include "ledger/ledger.h"
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

enum {
    KILLS_DEFAULT = 20,
    THREADS = 4,
    ALIVE_MS_MAX = 350,
    ASKED_AGAIN = 48,
    FUND_COUNT = 7,
    CHILDREN_MAX = 2,
    ANSWER_BYTES = 40
};

static const char SQL_OP_CREATE[] =
    "CREATE TABLE crash_op (seq INTEGER NOT NULL, hold_id INTEGER NOT NULL);"
    "CREATE INDEX crash_op_by_seq ON crash_op (seq)";
static const char SQL_OP_INSERT[] = "INSERT INTO crash_op (seq, hold_id) VALUES ($1, $2)";
static const char SQL_OP_TWICE[] =
    "SELECT count(*) FROM (SELECT seq FROM crash_op GROUP BY seq HAVING count(*) > 1) AS twice";
static const char SQL_OP_COUNT[] = "SELECT count(*) FROM crash_op";
static const char SQL_KEY_COUNT[] = "SELECT count(*) FROM idempotency WHERE command = 'crash.op'";
static const char SQL_ANSWER_BY_KEY[] =
    "SELECT answer FROM idempotency WHERE command = 'crash.op' AND key = $1";
static const char SQL_OP_HOLD[] = "SELECT hold_id FROM crash_op WHERE seq = $1";
/* Ids have gaps on PostgreSQL, where a rolled back insert uses one up. */
static const char SQL_FUND_NTH[] = "SELECT id FROM fund ORDER BY id LIMIT 1 OFFSET $1";
static const char SQL_HOLD_MAX[] = "SELECT max(id) FROM ledger_hold";

/* One message over the pipe; shorter than PIPE_BUF, so it arrives whole or not at all. */
typedef struct Ack {
    int64_t seq;
    char answer[ANSWER_BYTES];
} Ack;

typedef struct Child {
    Db *db;
    uint64_t seed;
    atomic_llong seq_next;
    int seq_step; /* how many processes share the numbers */
    int pipe_out;
} Child;

typedef struct Op {
    uint64_t seed;
    int64_t seq;
} Op;

/* ---- the child ---- */

/* The tree: one source, two programmes, a cap and towns; the same for every run. */
static Status tree_work(Cx *cx, DbConn *conn, void *input) {
    (void)input;
    static const int parents[FUND_COUNT] = {-1, 0, 0, 1, 1, 2, 2}; /* by index */
    static const int64_t fen[FUND_COUNT] = {90000000, 40000000, 30000000, 15000000,
                                            15000000, 20000000, 5000000};
    FundId ids[FUND_COUNT];
    for (int i = 0; i < FUND_COUNT; i++) {
        const FundSpec spec = {.parent = i == 0 ? FUND_NONE : ids[parents[i]],
                               .is_cap = i == FUND_COUNT - 1,
                               .code = str_print(cx->arena, "f%d", i),
                               .name = str_print(cx->arena, "池%d", i),
                               .year = 2026,
                               .rate_bp = {8500, 0, 0, 1500},
                               .is_recovered_reusable = true};
        TRY(ledger_fund_create(cx, conn, &spec, &ids[i]));
        TRY(ledger_appropriate(cx, conn, ids[i], money_of_fen(fen[i]), STR("文号")));
    }
    return STATUS_OK;
}

static Status fund_nth(Cx *cx, DbConn *conn, int64_t index, FundId *out) {
    return db_int_or(cx, conn, SQL_FUND_NTH, DB_ARGS(DB_INT(index)), &out->id);
}

static Status reserve_any(Cx *cx, DbConn *conn, Prng *prng, const Op *op, HoldId *hold) {
    FundId fund = FUND_NONE;
    TRY(fund_nth(cx, conn, (int64_t)prng_below(prng, FUND_COUNT), &fund));
    const HoldSpec spec = {fund, money_of_fen(prng_between(prng, 1, 30000)), "claim", op->seq};
    return ledger_reserve(cx, conn, &spec, hold);
}

/* Does what its number says, the same in every process: reserve, or a step of an older hold. */
static Status op_work(Cx *cx, DbConn *conn, void *input) {
    const Op *op = input;
    Prng prng;
    prng_init(&prng, op->seed + (uint64_t)op->seq * UINT64_C(7919));
    int64_t hold_max = 0;
    TRY(db_int_or(cx, conn, SQL_HOLD_MAX, DB_NO_ARGS, &hold_max));
    HoldId hold = {hold_max == 0 ? 0 : prng_between(&prng, 1, hold_max)};
    const uint64_t kind = hold_max < 20 ? 0 : prng_below(&prng, 6);
    Hold row = {0};
    if (kind >= 2) {
        TRY(ledger_hold_get(cx, conn, hold, &row));
    }
    if (kind < 2) {
        TRY(reserve_any(cx, conn, &prng, op, &hold));
    } else if (kind == 2) {
        TRY(ledger_approve(cx, conn, hold, row.reserved));
    } else if (kind == 3) {
        TRY(ledger_pay(cx, conn, hold, row.approved));
    } else if (kind == 4) {
        TRY(ledger_release(cx, conn, hold, money_of_fen(prng_between(&prng, 1, 3000))));
    } else {
        TRY(ledger_recover(cx, conn, hold, money_of_fen(prng_between(&prng, 1, 3000))));
    }
    TRY(db_exec(cx, conn, SQL_OP_INSERT, DB_ARGS(DB_INT(op->seq), DB_INT(hold.id)), NULL));
    db_answer(conn,
              str_print(cx->arena, "op %lld hold %lld", (long long)op->seq, (long long)hold.id));
    return STATUS_OK;
}

static void op_run(Child *child, Cx *cx, int64_t seq) {
    Op op = {child->seed, seq};
    const DbCommand command = {.name = "crash.op",
                               .actor = {.user_id = 5, .role = STR("resident")},
                               .key = str_print(cx->arena, "key-%lld", (long long)seq),
                               .work = op_work,
                               .input = &op,
                               .now_ms = 1767225600000 + seq};
    Str answer = STR_NONE;
    Status status = db_write(cx, child->db, &command, &answer);
    check(status == STATUS_OK || status == STATUS_CONFLICT || status == STATUS_INVALID ||
          status == STATUS_NOT_FOUND || (status == STATUS_BUSY && child->seq_step > 1));
    if (status == STATUS_OK) {
        Ack ack = {.seq = seq};
        check(answer.len < ANSWER_BYTES);
        memcpy(ack.answer, answer.at, answer.len);
        check(write(child->pipe_out, &ack, sizeof ack) == (ssize_t)sizeof ack);
    }
}

static void *child_thread(void *it) {
    Child *child = it;
    Arena *arena = arena_create();
    for (;;) {
        Cx cx;
        cx_init(&cx, arena);
        op_run(child, &cx, atomic_fetch_add(&child->seq_next, child->seq_step));
        arena_reset(arena);
    }
    return NULL;
}

/* Opens the database with the table of this test. */
static void crash_open(Scratch *s) {
    DbMigration all[4];
    scratch_base(s->arena, all);
    all[3] = (DbMigration){4, "crash_op", SQL_OP_CREATE};
    check(db_open(&s->cx, &s->options, &s->db) == STATUS_OK);
    check(db_migrate(&s->cx, s->db, all, 4) == STATUS_OK);
}

/* Never returns: the parent kills it. */
static void child_main(Scratch *s, Child child, int64_t seq_first) {
    atomic_init(&child.seq_next, seq_first);
    crash_open(s);
    child.db = s->db;
    const DbCommand tree = {.name = "crash.tree",
                            .actor = {.user_id = 1, .role = STR("finance")},
                            .key = STR("tree"),
                            .work = tree_work};
    Status status = STATUS_BUSY;
    while (status == STATUS_BUSY) {
        fault_clear(&s->cx);
        status = db_write(&s->cx, s->db, &tree, NULL);
    }
    check(status == STATUS_OK);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        check(pthread_create(&threads[i], NULL, child_thread, &child) == 0);
    }
    for (;;) {
        pause();
    }
}

/* ---- the parent ---- */

typedef struct Watch {
    Scratch scratch;
    Prng prng;
    uint64_t seed;
    Ack *acks; /* of all children, by arrival */
    size_t ack_count;
    size_t ack_room;
    size_t ack_checked;
    int64_t seq_max; /* highest acknowledged */
    int64_t entry_count;
    size_t repeat_count;
} Watch;

static void sleep_ms(int64_t ms) {
    const struct timespec wait = {ms / 1000, (ms % 1000) * 1000000};
    nanosleep(&wait, NULL);
}

static void acks_read(Watch *watch, int pipe_in) {
    Ack ack;
    for (;;) {
        ssize_t len = read(pipe_in, &ack, sizeof ack);
        if (len < 0 && errno == EINTR) {
            continue;
        }
        if (len == 0) {
            return;
        }
        check(len == (ssize_t)sizeof ack);
        if (watch->ack_count == watch->ack_room) {
            watch->ack_room = watch->ack_room == 0 ? 4096 : watch->ack_room * 2;
            watch->acks = realloc(watch->acks, watch->ack_room * sizeof *watch->acks);
            check(watch->acks != NULL);
        }
        watch->acks[watch->ack_count++] = ack;
        watch->repeat_count += ack.seq <= watch->seq_max;
    }
}

/* Waits, then kills; a process of its own, so that the parent can read the pipe meanwhile. */
static pid_t killer_start(Watch *watch, const pid_t *children, int count) {
    const int64_t alive_ms = prng_between(&watch->prng, 1, ALIVE_MS_MAX);
    pid_t killer = fork();
    check(killer >= 0);
    if (killer == 0) {
        sleep_ms(alive_ms);
        for (int i = 0; i < count; i++) {
            kill(children[i], SIGKILL);
        }
        _exit(0);
    }
    return killer;
}

/* Runs children and kills them after a random time, also while they open the file. */
static void children_kill(Watch *watch, int count) {
    int ends[2];
    pid_t children[CHILDREN_MAX];
    check(pipe(ends) == 0);
    int64_t seq_first = watch->seq_max > ASKED_AGAIN ? watch->seq_max - ASKED_AGAIN : 1;
    for (int i = 0; i < count; i++) {
        children[i] = fork();
        check(children[i] >= 0);
        if (children[i] == 0) {
            close(ends[0]);
            const Child child = {.seed = watch->seed, .seq_step = count, .pipe_out = ends[1]};
            child_main(&watch->scratch, child, seq_first + i);
        }
    }
    close(ends[1]);
    pid_t killer = killer_start(watch, children, count);
    acks_read(watch, ends[0]);
    close(ends[0]);
    check(waitpid(killer, NULL, 0) == killer);
    for (int i = 0; i < count; i++) {
        int state = 0;
        check(waitpid(children[i], &state, 0) == children[i]);
        /* A child that ended by itself failed one of its own checks. */
        check(WIFSIGNALED(state));
        check(WTERMSIG(state) == SIGKILL);
    }
}

static int64_t number(Cx *cx, DbConn *conn, const char *sql) {
    int64_t found = -1;
    check(db_int_or(cx, conn, sql, DB_NO_ARGS, &found) == STATUS_OK);
    return found;
}

static void ack_verify(Cx *cx, DbConn *conn, const Ack *ack) {
    Str answer = STR_NONE;
    Str key = str_print(cx->arena, "key-%lld", (long long)ack->seq);
    check(db_text_or(cx, conn, SQL_ANSWER_BY_KEY, DB_ARGS(DB_TEXT(key)), &answer) == STATUS_OK);
    check(str_equal(answer, str_of(ack->answer)));
    int64_t hold = 0;
    check(db_int_or(cx, conn, SQL_OP_HOLD, DB_ARGS(DB_INT(ack->seq)), &hold) == STATUS_OK);
    Str expected = str_print(cx->arena, "op %lld hold %lld", (long long)ack->seq, (long long)hold);
    check(str_equal(expected, str_of(ack->answer)));
}

static void money_verify(Cx *cx, DbConn *conn) {
    LedgerAudit audit;
    check(ledger_audit(cx, conn, &audit) == STATUS_OK);
    if (audit.finding_count > 0) {
        print_error("audit: " STR_FMT "\n", STR_ARG(audit.findings[0]));
    }
    check(audit.finding_count == 0);
    check(audit.fund_count == FUND_COUNT);
    for (int64_t i = 0; i < FUND_COUNT; i++) {
        Fund fund;
        FundId id = FUND_NONE;
        check(fund_nth(cx, conn, i, &id) == STATUS_OK);
        check(ledger_fund_get(cx, conn, id, &fund) == STATUS_OK);
        check(ledger_fund_unused(&fund).fen >= 0);
        check(ledger_fund_free(&fund).fen >= 0);
    }
}

static void everything_verify(Watch *watch, bool is_full) {
    Scratch *s = &watch->scratch;
    crash_open(s);
    DbConn *conn = NULL;
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    check(db_read_begin(&cx, s->db, &conn) == STATUS_OK);
    DbVerify chain;
    check(db_journal_verify(&cx, conn, NULL, NULL, &chain) == STATUS_OK);
    check(chain.bad_id == 0);
    check(chain.entry_count >= watch->entry_count);
    watch->entry_count = chain.entry_count;
    if (chain.entry_count > 0) {
        check(number(&cx, conn, SQL_OP_TWICE) == 0);
        check(number(&cx, conn, SQL_OP_COUNT) == number(&cx, conn, SQL_KEY_COUNT));
        /* The tree's entry, and one for each command. */
        check(chain.entry_count == number(&cx, conn, SQL_OP_COUNT) + 1);
        money_verify(&cx, conn);
    }
    /* At the end all acknowledgements again: later crashes must not take earlier commands. */
    for (size_t i = is_full ? 0 : watch->ack_checked; i < watch->ack_count; i++) {
        ack_verify(&cx, conn, &watch->acks[i]);
        watch->seq_max = watch->acks[i].seq > watch->seq_max ? watch->acks[i].seq : watch->seq_max;
    }
    watch->ack_checked = watch->ack_count;
    db_read_end(s->db, conn);
    arena_free(arena);
    scratch_close(s);
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise) {
    int64_t found = 0;
    const char *text = getenv(name);
    return text != NULL && str_int64(str_of(text), &found) == STATUS_OK && found > 0
               ? (uint64_t)found
               : otherwise;
}

static void kills_run(int child_count) {
    Watch watch = {.seed = number_from_environment("CRASH_SEED", (uint64_t)time(NULL))};
    const uint64_t kills = number_from_environment("SOAK_KILLS", KILLS_DEFAULT);
    print_message("# CRASH_SEED=%llu SOAK_KILLS=%llu\n", (unsigned long long)watch.seed,
                  (unsigned long long)kills);
    prng_init(&watch.prng, watch.seed);
    scratch_init(&watch.scratch);
    for (uint64_t i = 0; i < kills; i++) {
        children_kill(&watch, child_count);
        everything_verify(&watch, i + 1 == kills);
    }
    print_message("# kills %llu acknowledged %zu asked again %zu journal entries %lld\n",
                  (unsigned long long)kills, watch.ack_count, watch.repeat_count,
                  (long long)watch.entry_count);
    assert_true(watch.ack_count > kills * 10);
    assert_true(watch.repeat_count > kills);
    free(watch.acks);
    scratch_dispose(&watch.scratch);
}

static void nothing_acknowledged_is_lost(void **state) {
    (void)state;
    kills_run(1);
}

static void two_processes_share_one_database(void **state) {
    (void)state;
    kills_run(CHILDREN_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
        cmocka_unit_test(two_processes_share_one_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
