/*
 * dmn_bench.c - decisions per second on bench/dmn_table.dmn: 8 rules on 3 inputs give a rate and a
 * cap, and amount = min(price * rate, cap). One thread. Three ways: one decision after another, the
 * same with a full trace, and column by column. Each way must give the same sum of amounts, and
 * after the first round the arena may not grow.
 *
 *   dmn_bench [CASES=20000] [ROUNDS=50]        (run from the root of the project)
 */
#include "dmn/dmn.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MODEL_BYTES_MAX = 1 << 20 };

typedef struct Bench {
    const DmnModel *model;
    size_t nodes[3];
    size_t amount;
    size_t case_count;
    FeelValue *columns[3];
} Bench;

static double seconds_now(void) {
    struct timespec time;
    check(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    (void)fprintf(stderr, "dmn_bench: %s\n", what);
    exit(1);
}

static void load(Bench *bench, Cx *cx) {
    static const char *const NAMES[3] = {"category", "level", "price"};
    char *text = arena_alloc(cx->arena, MODEL_BYTES_MAX);
    FILE *file = fopen("bench/dmn_table.dmn", "rb");
    if (file == NULL) {
        fail("bench/dmn_table.dmn is missing: run from the root of the project");
    }
    DmnSource source = {STR("bench/dmn_table.dmn"), {text, fread(text, 1, MODEL_BYTES_MAX, file)}};
    (void)fclose(file);
    DmnLoadOptions options = {.sources = &source, .source_count = 1};
    if (dmn_load(cx, &options, &bench->model) != STATUS_OK || dmn_model_has_errors(bench->model)) {
        fail("the model does not load");
    }
    for (size_t i = 0; i < 3; i++) {
        bench->nodes[i] = dmn_node_find(bench->model, str_of(NAMES[i]), STR(""));
    }
    bench->amount = dmn_node_find(bench->model, STR("amount"), STR(""));
}

/* Cases that run through all rows: each row's category and level, prices around its borders. */
static void make_cases(Bench *bench, Arena *arena) {
    static const char *const CATEGORIES[8] = {"appliance", "appliance", "phone",   "phone",
                                              "bicycle",   "bicycle",   "kitchen", "bath"};
    static const int64_t LEVELS[8] = {1, 2, 3, 4, 5, 1, 3, 5};
    static const int64_t PRICES_FEN[8] = {699900, 899950, 499900, 799900,
                                          89900,  329900, 120050, 980000};
    for (size_t i = 0; i < 3; i++) {
        bench->columns[i] = arena_array(arena, FeelValue, bench->case_count);
    }
    for (size_t i = 0; i < bench->case_count; i++) {
        size_t row = i * 5 % 8;
        bench->columns[0][i] = feel_string(str_of(CATEGORIES[row]));
        bench->columns[1][i] = feel_integer(LEVELS[row]);
        bench->columns[2][i] =
            feel_number(decimal_of(PRICES_FEN[row] + (int64_t)(i * 7919 % 10000), 2));
    }
}

static void add(Decimal *sum, const FeelValue *value) {
    if (value->kind == FEEL_NUMBER && !decimal_add(*sum, value->number, sum)) {
        fail("the sum overflows");
    }
    if (value->kind != FEEL_NUMBER) {
        fail("a case has no amount");
    }
}

/* One decision after another; the arena is emptied between them, as a server would. */
static double run_single(const Bench *bench, DmnRun *run, Cx *cx, bool explains, Decimal *sum) {
    *sum = (Decimal){0, 0};
    double start = seconds_now();
    for (size_t i = 0; i < bench->case_count; i++) {
        FeelValue value = FEEL_NULL_VALUE;
        dmn_run_begin(run, cx, NULL, explains);
        for (size_t k = 0; k < 3; k++) {
            dmn_run_input(run, bench->nodes[k], bench->columns[k][i]);
        }
        if (dmn_run_decide(run, bench->amount, &value) != STATUS_OK) {
            fail(cx->fault.text);
        }
        add(sum, &value);
        arena_reset(cx->arena);
    }
    return seconds_now() - start;
}

static double run_batch(const Bench *bench, Cx *cx, FeelValue *values, Decimal *sum) {
    DmnColumn columns[3];
    for (size_t k = 0; k < 3; k++) {
        columns[k] = (DmnColumn){bench->nodes[k], bench->columns[k]};
    }
    DmnBatch batch = {.node = bench->amount,
                      .columns = columns,
                      .column_count = 3,
                      .case_count = bench->case_count};
    double start = seconds_now();
    if (dmn_batch(cx, bench->model, &batch, values) != STATUS_OK) {
        fail(cx->fault.text);
    }
    double seconds = seconds_now() - start;
    *sum = (Decimal){0, 0};
    for (size_t i = 0; i < bench->case_count; i++) {
        add(sum, &values[i]);
    }
    arena_reset(cx->arena);
    return seconds;
}

static size_t number_argument(int argc, char **argv, int at, size_t fallback) {
    int64_t value = (int64_t)fallback;
    if (argc > at && (str_int64(str_of(argv[at]), &value) != STATUS_OK || value < 1)) {
        fail("arguments are whole numbers above 0");
    }
    return (size_t)value;
}

int main(int argc, char **argv) {
    static const char *const NAMES[3] = {"compiled", "with explanation", "batch"};
    Arena *arena = arena_create();
    Arena *scratch = arena_create();
    Cx cx;
    Cx work;
    Bench bench = {.case_count = number_argument(argc, argv, 1, 20000)};
    size_t rounds = number_argument(argc, argv, 2, 50);
    double best[3] = {0};
    Decimal sums[3];
    cx_init(&cx, arena);
    cx_init(&work, scratch);
    load(&bench, &cx);
    make_cases(&bench, arena);
    DmnRun *run = dmn_run_new(arena, bench.model);
    FeelValue *values = arena_array(arena, FeelValue, bench.case_count);
    for (size_t round = 0; round < rounds; round++) {
        double seconds[3];
        seconds[0] = run_single(&bench, run, &work, false, &sums[0]);
        seconds[1] = run_single(&bench, run, &work, true, &sums[1]);
        seconds[2] = run_batch(&bench, &work, values, &sums[2]);
        for (size_t k = 0; k < 3; k++) {
            double rate = (double)bench.case_count / seconds[k];
            best[k] = rate > best[k] ? rate : best[k];
            if (!decimal_equal(sums[k], sums[0])) {
                fail("the ways disagree");
            }
        }
    }
    for (size_t k = 0; k < 3; k++) {
        printf("huanxin %-18s %12.0f decisions/s\n", NAMES[k], best[k]);
    }
    arena_free(scratch);
    arena_free(arena);
    return 0;
}
