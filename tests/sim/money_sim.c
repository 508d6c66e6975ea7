/*
 * money_sim.c - the whole money surface against a model, under every fault that a disk, a kernel
 * and a database server have.
 *
 *   money_sim        OPS=20000 SEED=20240723     (make sim OPS=1000000; a short run in make test)
 *
 *   city ─ life ─ life ─ life ─ ... ─ quiet       a city has EPISODE_OPS operations, then a new one
 *            │      │
 *            └──────┴─ after each death and each end: everything compared with the model
 *
 * Operations are drawn by the seed from what the model says is there and run in batches through the
 * write door, in a process that a fault ends (disk.h; on PostgreSQL, with TEST_PG, life.h). What
 * holds, checked after every life:
 *   1. each operation answered OK is there, each answered with a refusal left nothing, and how each
 *      ended, and what it answered, is what the model says
 *   2. an operation without an answer is there whole or not at all
 *   3. each key once: asked again it gives the first answer and changes nothing
 *   4. every fund, hold, transfer, coupon, sale and settlement is what the model says, row by row;
 *      no node is overspent; the journal's chain is whole; the ledger's audit finds nothing
 *   5. when a city comes to rest, reserved = approved = 0, and all that is not paid can be given
 * out again to the last fen: what is not issued = appropriated - paid After a lie of the disk
 * (syncs not honoured) an answered operation may be lost, and only then: those lost are the last
 * ones, all answered after the first lie, and 1-5 hold for what is left.
 *
 * On SQLite the same seed gives the same run. On PostgreSQL faults come by the clock, CALM_MS (700)
 * at most from one to the next. Prints TAP and the figures.
 */
#include "base/limits.h"
#include "base/log.h"
#include "base/vec.h"
#include "db_scratch.h"
#include "sim/compare.h"
#include "sim/life.h"
#include "sim/plan.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

enum { EPISODE_OPS = 8000, LIFE_BATCHES_MAX = 160, LIMBO_MAX = 4096, REPORT_EVERY_S = 30 };

/* An operation that took place. */
typedef struct Done {
    Op op;
    bool is_lied; /* the disk had lied before it was answered */
    int64_t answer;
} Done;

static struct {
    uint64_t seed;
    int64_t ops_wanted;
    int64_t calm_ms_max;
    Prng prng;
    bool is_sqlite;
    Arena *arena;
    Cx cx;
    ActCity city;
    Model model;
    LifeShared *shared;
    Scratch scratch;
    char base[300]; /* the city of the start, as a file */
    Db *db;         /* while we look ourselves */

    /* This city. */
    Done *log;
    size_t log_count;
    size_t log_room;
    Op limbo[LIMBO_MAX]; /* failed in a batch whose end nobody knows until the next one is there */
    int64_t limbo_batch[LIMBO_MAX];
    size_t limbo_count;
    int64_t batch_count;
    uint8_t *is_done; /* by number - number_base */
    int64_t number_base;
    int64_t number_next;
    int64_t now_ms;
    Op again[LIMBO_MAX]; /* not done: to be asked again with the same key */
    size_t again_count;

    /* Of the run. */
    int64_t op_count;
    int64_t answered_count;
    int64_t unknown_count;
    int64_t unknown_done_count;
    int64_t again_asked;
    int64_t repeat_count;
    int64_t foreign_count;
    int64_t life_count;
    int64_t death_count;
    int64_t verify_count;
    int64_t city_count;
    int64_t lied_lost_count;
    int64_t risen_count; /* failed batches that a crash brought to life */
    int64_t done_by_kind[OP_COUNT];
    int64_t refused_by_kind[OP_COUNT];
    time_t reported_at;
} sim;

void sim_fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    printf("# seed %" PRIu64 ", city %" PRId64 ", life %" PRId64 ", operation %" PRId64 "\n# ",
           sim.seed, sim.city_count, sim.life_count, sim.op_count);
    (void)vprintf(format, args);
    printf("\nnot ok 1 - money_sim\n");
    va_end(args);
    (void)fflush(stdout);
    _exit(1);
}

/* ---- the log and the model ---- */

static bool is_done(int64_t number) {
    return number >= sim.number_base && sim.is_done[number - sim.number_base] != 0;
}

static void log_add(const Op *op, int64_t answer, bool is_lied) {
    check(sim.log_count < sim.log_room);
    sim.log[sim.log_count++] = (Done){*op, is_lied, answer};
    sim.is_done[op->number - sim.number_base] = 1;
}

/* Sets the model to what the log says. */
static void model_replay(void) {
    model_reset(&sim.model);
    for (size_t i = 0; i < sim.log_count; i++) {
        int64_t answer = 0;
        if (model_play(&sim.model, &sim.log[i].op, &answer) != MODEL_OK) {
            sim_fail("the model cannot replay operation %" PRId64, sim.log[i].op.number);
        }
    }
}

static Status status_of(ModelEnd end) {
    switch (end) {
    case MODEL_OK:
        return STATUS_OK;
    case MODEL_INVALID:
        return STATUS_INVALID;
    case MODEL_NOT_FOUND:
        return STATUS_NOT_FOUND;
    case MODEL_CONFLICT:
        return STATUS_CONFLICT;
    case MODEL_DENIED:
        return STATUS_DENIED;
    }
    return STATUS_DB;
}

/* The first answer of a key that was used. */
static const Done *done_find(int64_t number) {
    for (size_t i = sim.log_count; i > 0; i--) {
        if (sim.log[i - 1].op.number == number) {
            return &sim.log[i - 1];
        }
    }
    sim_fail("operation %" PRId64 " is not in the log", number);
}

/* ---- what a batch came to ---- */

static void result_check(const Op *op, const LifeResult *result, Status expected, int64_t answer) {
    if (result->status != expected) {
        sim_fail("%s %" PRId64 " ended with %s (%s), the model says %s", op_word(op->kind),
                 op->number, status_text(result->status), result->answer, status_text(expected));
    }
    char text[ACT_ANSWER_BYTES];
    (void)snprintf(text, sizeof text, "%s %" PRId64, op_word(op->kind), answer);
    if (expected == STATUS_OK && strcmp(text, result->answer) != 0) {
        sim_fail("%s %" PRId64 " answered \"%s\", the model says \"%s\"", op_word(op->kind),
                 op->number, result->answer, text);
    }
}

/* An answered operation, against the model as it stands. */
static void answered_take(const Op *op, const LifeResult *result, bool is_lied) {
    int64_t answer = 0;
    sim.answered_count++;
    if (is_done(op->number)) {
        const Done *first = done_find(op->number);
        bool is_foreign = first->op.user != op->user;
        sim.repeat_count += !is_foreign;
        sim.foreign_count += is_foreign;
        result_check(op, result, is_foreign ? STATUS_CONFLICT : STATUS_OK, first->answer);
        return;
    }
    ModelEnd end = model_play(&sim.model, op, &answer);
    result_check(op, result, status_of(end), answer);
    sim.done_by_kind[op->kind] += end == MODEL_OK;
    sim.refused_by_kind[op->kind] += end != MODEL_OK;
    if (end == MODEL_OK) {
        log_add(op, answer, is_lied);
    }
}

/* An operation without an answer whose key is there: it took place. */
static void unanswered_take(const Op *op, bool is_lied) {
    int64_t answer = 0;
    if (is_done(op->number)) {
        return;
    }
    if (model_play(&sim.model, op, &answer) != MODEL_OK) {
        sim_fail("%s %" PRId64 " is there, but the model refuses it", op_word(op->kind),
                 op->number);
    }
    sim.unknown_done_count++;
    sim.done_by_kind[op->kind]++;
    log_add(op, answer, is_lied);
}

static bool key_in(const KeyList *keys, int64_t number) {
    size_t low = 0;
    size_t high = keys->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keys->items[middle] < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < keys->count && keys->items[low] == number;
}

static void again_add(const Op *op) {
    if (sim.again_count < LIMBO_MAX && prng_chance_bp(&sim.prng, 6000)) {
        sim.again[sim.again_count++] = *op;
    }
}

static void limbo_add(const Op *op) {
    check(sim.limbo_count < LIMBO_MAX);
    sim.limbo_batch[sim.limbo_count] = sim.batch_count;
    sim.limbo[sim.limbo_count++] = *op;
}

/* True when an operation of limbo is in the database and not in the log. */
static bool has_risen(const KeyList *keys, size_t i) {
    return key_in(keys, sim.limbo[i].number) && !is_done(sim.limbo[i].number);
}

/* How many of limbo rose from the dead, of one batch (-1: counted once each over all). */
static size_t risen_count(const KeyList *keys, int64_t batch) {
    size_t count = 0;
    for (size_t i = 0; i < sim.limbo_count; i++) {
        bool is_again = false;
        for (size_t k = 0; batch < 0 && k < i && !is_again; k++) {
            is_again = sim.limbo[k].number == sim.limbo[i].number;
        }
        bool is_of = batch < 0 ? !is_again : sim.limbo_batch[i] == batch;
        count += is_of && has_risen(keys, i);
    }
    return count;
}

/* True when what rose is this batch: all of it, and the journal has it in the batch's order. */
static bool is_risen_batch(DbConn *conn, const KeyList *keys, int64_t batch) {
    int64_t before = 0;
    if (risen_count(keys, batch) != risen_count(keys, -1)) {
        return false;
    }
    for (size_t i = 0; i < sim.limbo_count; i++) {
        if (sim.limbo_batch[i] == batch && has_risen(keys, i)) {
            int64_t place = compare_journal_place(&sim.cx, conn, sim.limbo[i].now_ms);
            if (place < before) {
                return false;
            }
            before = place;
        }
    }
    return true;
}

/* A batch whose commit failed may be whole in the log of the disk, and a crash brings it to life as
 * long as nothing was written over it. It is one batch: an operation may have been asked again in a
 * later one that failed too, in another order. */
static void limbo_take(DbConn *conn, const KeyList *keys) {
    size_t all = risen_count(keys, -1);
    size_t last = sim.limbo_count;
    while (all > 0 && last > 0 && !is_risen_batch(conn, keys, sim.limbo_batch[last - 1])) {
        last--;
    }
    if (all > 0 && last == 0) {
        sim_fail("what rose after a crash is no failed batch");
    }
    int64_t batch = all > 0 ? sim.limbo_batch[last - 1] : 0;
    for (size_t i = 0; all > 0 && i < sim.limbo_count; i++) {
        if (sim.limbo_batch[i] == batch && has_risen(keys, i)) {
            unanswered_take(&sim.limbo[i], false);
            sim.risen_count += batch < sim.batch_count;
        }
    }
    sim.limbo_count = 0;
}

/* Takes the answers of a batch in their order. */
static void batch_take(void) {
    LifeShared *shared = sim.shared;
    size_t before = sim.log_count;
    sim.batch_count++;
    for (int i = 0; i < shared->count; i++) {
        const LifeResult *result = &shared->results[i];
        const Op *op = &shared->ops[i];
        bool is_unknown = result->status == STATUS_DB || result->status == STATUS_BUSY;
        if (!is_unknown) {
            answered_take(op, result, shared->is_lied);
            continue;
        }
        sim.unknown_count++;
        if (result->is_there) {
            unanswered_take(op, shared->is_lied);
        } else {
            limbo_add(op);
            again_add(op);
        }
    }
    /* A later commit has overwritten what the failed ones may have left in the log. */
    if (sim.log_count > before) {
        sim.limbo_count = 0;
    }
}

/* ---- looking ourselves ---- */

static void folder_path(char out[300], const char *ending) {
    (void)snprintf(out, 300, "%s%s", sim.scratch.path, ending);
}

static void file_copy(const char *from, const char *to) {
    char command[700];
    (void)snprintf(command, sizeof command, "cp -f %s %s 2>/dev/null || rm -f %s", from, to, to);
    check(system(command) == 0);
}

/* On SQLite a copy is looked at, so that the next life finds the log as the death left it. */
static void look_begin(DbConn **conn) {
    DbOptions options = {.url = sim.scratch.options.url};
    char path[300];
    if (sim.is_sqlite) {
        char from[300];
        char to[300];
        folder_path(path, ".look");
        file_copy(sim.scratch.path, path);
        folder_path(from, "-wal");
        folder_path(to, ".look-wal");
        file_copy(from, to);
        folder_path(to, ".look-shm");
        (void)unlink(to);
        options.url = path;
    }
    fault_clear(&sim.cx);
    Status status = db_open(&sim.cx, &options, &sim.db);
    for (int try = 0; try < 300 && status != STATUS_OK && !sim.is_sqlite; try++) {
        (void)usleep(100000);
        /* The life may have died between killing the server and starting it. */
        if (try % 50 == 49 && getenv("PG_RESTART") != NULL) {
            (void)!system(getenv("PG_RESTART"));
        }
        fault_clear(&sim.cx);
        status = db_open(&sim.cx, &options, &sim.db);
    }
    if (status != STATUS_OK || (!sim.is_sqlite && life_fence(&sim.cx, sim.db) != STATUS_OK) ||
        db_read_begin(&sim.cx, sim.db, conn) != STATUS_OK) {
        sim_fail("the database does not open after a life: %s", sim.cx.fault.text);
    }
}

static void look_end(DbConn *conn) {
    db_read_end(sim.db, conn);
    db_close(sim.db);
    sim.db = NULL;
}

/* Which of the log are there: all, or, when the disk has lied, all but the last ones. */
static void log_compare(const KeyList *keys, bool may_be_lost) {
    size_t there = 0;
    while (there < sim.log_count && key_in(keys, sim.log[there].op.number)) {
        there++;
    }
    for (size_t i = there; i < sim.log_count; i++) {
        const Op *op = &sim.log[i].op;
        if (!may_be_lost || !sim.log[i].is_lied) {
            sim_fail("%s %" PRId64 " was answered and is lost", op_word(op->kind), op->number);
        }
        if (key_in(keys, op->number)) {
            sim_fail("%s %" PRId64 " is there, an earlier one is not", op_word(op->kind),
                     op->number);
        }
        sim.is_done[op->number - sim.number_base] = 0;
        sim.lied_lost_count++;
    }
    sim.log_count = there;
}

/* Finds out what became of what was not answered, and compares everything. pending: the batch in
 * which the life ended. */
static void city_verify(int pending, bool may_be_lost) {
    DbConn *conn = NULL;
    KeyList keys;
    Arena *arena = arena_create();
    cx_init(&sim.cx, arena);
    look_begin(&conn);
    compare_keys(&sim.cx, conn, &keys);
    log_compare(&keys, may_be_lost);
    model_replay();
    sim.batch_count++;
    sim.unknown_count += pending;
    for (int i = 0; i < pending; i++) {
        const Op *op = &sim.shared->ops[i];
        limbo_add(op);
        if (!key_in(&keys, op->number)) {
            again_add(op);
        }
    }
    limbo_take(conn, &keys);
    /* Each key once, and no other. */
    if (keys.count != sim.log_count) {
        sim_fail("%zu keys for %zu operations", keys.count, sim.log_count);
    }
    compare_all(&sim.cx, conn, &sim.city, &sim.model, sim.is_sqlite);
    look_end(conn);
    cx_init(&sim.cx, sim.arena);
    arena_free(arena);
    sim.verify_count++;
}

/* ---- batches ---- */

/* An operation that took place, with its key: by the same person, or by another. */
static void repeat_draw(Op *out) {
    const Done *done = &sim.log[prng_below(&sim.prng, sim.log_count)];
    *out = done->op;
    if (prng_chance_bp(&sim.prng, 2500)) {
        out->user += 100;
    }
}

static void op_draw(Op *out) {
    sim.now_ms += prng_between(&sim.prng, 1, 3000000);
    if (sim.log_count > 0 && prng_chance_bp(&sim.prng, 300)) {
        repeat_draw(out);
        return;
    }
    if (sim.again_count > 0 && prng_chance_bp(&sim.prng, 3000)) {
        *out = sim.again[--sim.again_count];
        sim.again_asked++;
        return;
    }
    plan_draw(&sim.model, &sim.prng, sim.number_next++, sim.now_ms, out);
}

/* Draws a batch. The model goes ahead so that later operations may build on earlier ones of the
 * same batch, and is set back afterwards. */
static void batch_draw(int count) {
    LifeShared *shared = sim.shared;
    bool is_ahead = count > 1;
    shared->count = count;
    for (int i = 0; i < count; i++) {
        int64_t answer = 0;
        op_draw(&shared->ops[i]);
        if (is_ahead && !is_done(shared->ops[i].number)) {
            (void)model_play(&sim.model, &shared->ops[i], &answer);
        }
    }
    if (is_ahead) {
        model_replay();
    }
    sim.op_count += count;
}

/* Puts in place what the power cut left. */
static void cut_take(void) {
    static const char *const endings[] = {"", "-wal"};
    for (int i = 0; i < 2; i++) {
        char from[300];
        char to[300];
        (void)snprintf(from, sizeof from, "%s%s.cut", sim.scratch.path, endings[i]);
        folder_path(to, endings[i]);
        check(rename(from, to) == 0);
    }
    char path[300];
    folder_path(path, "-shm");
    (void)unlink(path);
}

static void life_run_one(int64_t op_max) {
    LifeOptions options = {.url = sim.scratch.options.url,
                           .is_sqlite = sim.is_sqlite,
                           .has_faults = true,
                           .calm_ms_max = sim.calm_ms_max,
                           .seed = prng_next(&sim.prng),
                           .city = &sim.city,
                           .shared = sim.shared};
    Life life;
    sim.life_count++;
    life_start(&options, &life);
    int64_t batches = prng_between(&sim.prng, 1, LIFE_BATCHES_MAX);
    bool is_alive = true;
    for (int64_t i = 0; i < batches && is_alive && sim.op_count < op_max; i++) {
        batch_draw(
            (int)prng_between(&sim.prng, 1, prng_chance_bp(&sim.prng, 5000) ? 4 : LIFE_BATCH_MAX));
        is_alive = life_batch(&life);
        if (is_alive) {
            batch_take();
        }
    }
    bool is_ended = life_end(&life);
    int32_t fault = sim.is_sqlite ? sim.shared->disk.ended_by : -1;
    bool is_cut = !is_ended && (fault == DISK_CUT || fault == DISK_LIE);
    if (is_cut) {
        cut_take();
    }
    sim.death_count += !is_ended;
    /* A life that died while it was being ended had answered its last batch. */
    city_verify(is_alive ? 0 : sim.shared->count, is_cut && fault == DISK_LIE);
}

/* ---- a city ---- */

static void quiet_step(Life *life, const Op *op) {
    sim.shared->count = 1;
    sim.shared->ops[0] = *op;
    sim.op_count++;
    if (!life_batch(life)) {
        sim_fail("a life without faults died");
    }
    batch_take();
    if (sim.shared->results[0].status != STATUS_OK) {
        sim_fail("at rest: %s ended with %s", op_word(op->kind),
                 status_text(sim.shared->results[0].status));
    }
}

/* The city comes to rest: nothing reserved or approved, and what is not paid can all be given. */
static void city_quiet(void) {
    LifeOptions options = {.url = sim.scratch.options.url,
                           .is_sqlite = sim.is_sqlite,
                           .city = &sim.city,
                           .shared = sim.shared};
    Life life;
    Op op;
    int32_t cursor = 0;
    sim.life_count++;
    life_start(&options, &life);
    while (plan_quiet(&sim.model, sim.number_next, ++sim.now_ms, &op)) {
        sim.number_next++;
        quiet_step(&life, &op);
    }
    for (int32_t i = 0; i < sim.model.fund_count; i++) {
        const ModelFund *fund = &sim.model.funds[i];
        if (fund->reserved + fund->approved != 0) {
            sim_fail("at rest fund %s still holds money back", fund->path);
        }
    }
    while (plan_fill(&sim.model, &cursor, sim.number_next, ++sim.now_ms, &op)) {
        sim.number_next++;
        quiet_step(&life, &op);
    }
    for (int32_t i = 0; i < sim.model.fund_count; i++) {
        const ModelFund *fund = &sim.model.funds[i];
        if (fund->parent < 0 && fund->reserved + fund->paid != fund->appropriated) {
            sim_fail("of %s %" PRId64 " fen can never be given out", fund->path,
                     fund->appropriated - fund->reserved - fund->paid);
        }
    }
    if (!life_end(&life)) {
        sim_fail("a life without faults was killed");
    }
    city_verify(0, false);
}

static void city_new(void) {
    if (sim.is_sqlite) {
        static const char *const endings[] = {"-wal", "-shm"};
        for (int i = 0; i < 2; i++) {
            char path[300];
            folder_path(path, endings[i]);
            (void)unlink(path);
        }
        file_copy(sim.base, sim.scratch.path);
    } else {
        if (sim.city_count > 0) {
            scratch_dispose(&sim.scratch);
        }
        scratch_init(&sim.scratch);
        scratch_open(&sim.scratch);
        act_city_build(&sim.scratch.cx, sim.scratch.db, &sim.city);
        scratch_close(&sim.scratch);
    }
    sim.city_count++;
    sim.log_count = 0;
    sim.limbo_count = 0;
    sim.again_count = 0;
    sim.number_base = sim.number_next;
    memset(sim.is_done, 0, sim.log_room);
    sim.now_ms = act_start_ms();
    model_reset(&sim.model);
}

/* ---- the report ---- */

static void faults_print(void) {
    const DiskReport *disk = &sim.shared->disk;
    printf("# faults at the step of the write path:\n# %-8s", "");
    for (int step = 0; step < DISK_STEP_COUNT; step++) {
        printf(" %10s", disk_step_word(step));
    }
    printf("\n");
    for (int fault = 0; fault < DISK_FAULT_COUNT; fault++) {
        printf("# %-8s", disk_fault_word(fault));
        for (int step = 0; step < DISK_STEP_COUNT; step++) {
            printf(" %10" PRId64, disk->struck[fault][step]);
        }
        printf("\n");
    }
    printf("# writes torn %" PRId64 ", writes lost %" PRId64 "\n", disk->torn_count,
           disk->lost_count);
}

static void chaos_print(void) {
    static const char *const words[] = {
#define X(name, word) word,
        CHAOS_LIST(X)
#undef X
    };
    for (int i = 0; i < CHAOS_COUNT; i++) {
        printf("# %s: %" PRId64 "\n", words[i], sim.shared->chaos[i]);
    }
}

static void kinds_print(void) {
    for (int i = 0; i < OP_COUNT; i++) {
        printf("#   %-14s done %8" PRId64 "  refused %8" PRId64 "\n", op_word((OpKind)i),
               sim.done_by_kind[i], sim.refused_by_kind[i]);
    }
}

static void report_print(bool is_final) {
    printf("# seed %" PRIu64 " on %s: %" PRId64 " operations, %" PRId64 " answered, %" PRId64
           " without an answer (of these done %" PRId64 ", asked again %" PRId64 ")\n",
           sim.seed, sim.is_sqlite ? "SQLite" : "PostgreSQL", sim.op_count, sim.answered_count,
           sim.unknown_count, sim.unknown_done_count, sim.again_asked);
    printf("# %" PRId64 " cities, %" PRId64 " lives, %" PRId64 " deaths, %" PRId64
           " full comparisons; keys repeated %" PRId64 ", by another person %" PRId64
           "; lost by a lying disk %" PRId64 "; risen after a crash %" PRId64 "\n",
           sim.city_count, sim.life_count, sim.death_count, sim.verify_count, sim.repeat_count,
           sim.foreign_count, sim.lied_lost_count, sim.risen_count);
    if (is_final) {
        if (sim.is_sqlite) {
            faults_print();
        } else {
            chaos_print();
        }
        kinds_print();
    }
    (void)fflush(stdout);
}

static void city_run(int64_t op_max) {
    city_new();
    while (sim.op_count < op_max) {
        life_run_one(op_max);
        if (time(NULL) - sim.reported_at >= REPORT_EVERY_S) {
            sim.reported_at = time(NULL);
            report_print(false);
        }
    }
    city_quiet();
}

/* ---- the start ---- */

static int64_t number_from_environment(const char *name, int64_t otherwise) {
    int64_t found = 0;
    const char *text = getenv(name);
    bool is_given = text != NULL && str_int64(str_of(text), &found) == STATUS_OK && found > 0;
    return is_given ? found : otherwise;
}

static void sim_start(void) {
    sim.seed = (uint64_t)number_from_environment("SEED", 20240723);
    sim.ops_wanted = number_from_environment("OPS", 20000);
    sim.calm_ms_max = number_from_environment("CALM_MS", 700);
    sim.is_sqlite = getenv("TEST_PG") == NULL;
    sim.reported_at = time(NULL);
    prng_init(&sim.prng, sim.seed);
    sim.arena = arena_create();
    cx_init(&sim.cx, sim.arena);
    act_city_load(&sim.cx, &sim.city);
    sim.log_room = EPISODE_OPS * 4;
    sim.log = arena_array(sim.arena, Done, sim.log_room);
    sim.is_done = arena_alloc(sim.arena, sim.log_room);
    sim.number_next = 1000;
    model_init(&sim.model, EPISODE_OPS * 4);
    sim.shared =
        mmap(NULL, sizeof *sim.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(sim.shared != MAP_FAILED);
    (void)signal(SIGPIPE, SIG_IGN);
    if (!sim.is_sqlite) {
        return;
    }
    disk_install();
    const char *folder = getenv("SIM_FOLDER");
    scratch_init_in(&sim.scratch, folder != NULL ? folder : "/tmp");
    (void)snprintf(sim.base, sizeof sim.base, "%s.base", sim.scratch.path);
    scratch_open(&sim.scratch);
    act_city_build(&sim.scratch.cx, sim.scratch.db, &sim.city);
    scratch_close(&sim.scratch);
    check(rename(sim.scratch.path, sim.base) == 0);
}

static void sim_end(void) {
    static const char *const endings[] = {".base", ".look", ".look-wal", ".look-shm"};
    for (int i = 0; sim.is_sqlite && i < 4; i++) {
        char path[300];
        folder_path(path, endings[i]);
        (void)unlink(path);
    }
    scratch_dispose(&sim.scratch);
}

int main(void) {
    printf("1..1\n");
    log_level_set(LOG_ERROR);
    sim_start();
    while (sim.op_count < sim.ops_wanted) {
        int64_t left = sim.ops_wanted - sim.op_count;
        city_run(sim.op_count + (left < EPISODE_OPS ? left : EPISODE_OPS));
    }
    report_print(true);
    sim_end();
    printf("ok 1 - money_sim\n");
    return 0;
}
