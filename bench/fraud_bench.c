/*
 * fraud_bench.c - how well the checks of office/alert find what the demo city has planted.
 *
 *   fraud_bench [RESIDENTS=12000 [SEED=1 [HELD_OUT_SEED=20261123]]]
 *
 * Makes two demo cities and runs every check over their year as the office does; only then it reads
 * the labels (DATA/demo-labels.txt), which no check sees. The bounds were chosen by looking at the
 * city of the first seed alone; the second is held out: its figures are the honest ones. Beside the
 * frauds the demo plants what honest people do and what looks alike: dearer filings for good,
 * deliveries with neighbouring serials, one phone for three old people, returns within days,
 * families and dormitories at one address, helpers and counters that apply for many. A person or
 * mark behind which several stand is one thing. A figure of a made-up city: it shows that a check
 * does what it says, not how much fraud a real city has.
 */
#include "base/vec.h"
#include "main/house.h"
#include "office/alert/alert.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct Label {
    Str kind;
    Str subject;
    int64_t id;
} Label;
typedef struct LabelVec VEC(Label) LabelVec;

static char data_folder[40];
static Arena *arena;
static Cx cx;
static House house;

static void must(Status status, const char *what) {
    if (status != STATUS_OK) {
        fprintf(stderr, "fraud_bench: %s: %s\n", what, cx.fault.text);
        exit(1);
    }
}

static void city_make(int64_t residents, int64_t seed) {
    char command[600];
    (void)snprintf(data_folder, sizeof data_folder, "build/fraud-bench-XXXXXX");
    check(mkdtemp(data_folder) != NULL);
    (void)snprintf(command, sizeof command,
                   PROGRAM_PATH " demo --data %s --residents %" PRId64 " --seed %" PRId64
                                " --last 2026-11-20 --quiet > %s/log 2>&1",
                   data_folder, residents, seed, data_folder);
    check(system(command) == 0);
    char *argv[] = {(char[]){"bench"}, (char[]){"--data"}, data_folder, NULL};
    Settings settings;
    must(settings_read(&cx, 3, argv, &settings), "settings");
    must(house_open(&cx, &settings, house_clock_ms(NULL), &house), "house");
}

static void city_drop(void) {
    char command[200];
    house_close(&house);
    (void)snprintf(command, sizeof command, "rm -rf %s", data_folder);
    check(system(command) == 0);
}

static LabelVec labels_read(void) {
    LabelVec labels = {0};
    char path[200];
    char kind[40];
    char subject[40];
    int64_t id = 0;
    (void)snprintf(path, sizeof path, "%s/demo-labels.txt", data_folder);
    FILE *file = fopen(path, "r");
    check(file != NULL);
    while (fscanf(file, "%39s %39s %" SCNd64, kind, subject, &id) == 3) {
        *vec_push(arena, &labels) =
            (Label){str_dup(arena, str_of(kind)), str_dup(arena, str_of(subject)), id};
    }
    (void)fclose(file);
    return labels;
}

static bool is_planted(const LabelVec *labels, const Alert *alert) {
    for (size_t i = 0; i < labels->count; i++) {
        const Label *label = &labels->items[i];
        if (str_equal(label->kind, alert->kind) && str_equal(label->subject, alert->subject) &&
            label->id == alert->subject_id) {
            return true;
        }
    }
    return false;
}

typedef struct Score {
    int64_t planted;
    int64_t said;
    int64_t right;
} Score;

static Score score_of(Str kind, const LabelVec *labels, const AlertList *found) {
    Score score = {0};
    bool is_group = false;
    for (size_t i = 0; i < labels->count; i++) {
        if (str_equal(labels->items[i].kind, kind)) {
            is_group = str_equal(labels->items[i].subject, STR("person"));
            score.planted++;
        }
    }
    score.planted = is_group ? 1 : score.planted;
    for (size_t i = 0; i < found->count; i++) {
        if (str_equal(found->items[i].kind, kind)) {
            score.said++;
            score.right += is_planted(labels, &found->items[i]);
        }
    }
    return score;
}

static void percent_print(int64_t part, int64_t whole) {
    if (whole == 0) {
        printf("        -");
    } else {
        printf("  %5.1f %%", 100.0 * (double)part / (double)whole);
    }
}

static void score_print(Str kind, const Score *score) {
    printf("%-16.*s %8" PRId64 " %6" PRId64 " %6" PRId64, STR_ARG(kind), score->planted,
           score->right, score->said - score->right);
    percent_print(score->right, score->said);
    percent_print(score->right, score->planted);
    printf("\n");
}

static int64_t now_ms(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void city_judge(int64_t residents, int64_t seed, const char *what) {
    arena = arena_create();
    cx_init(&cx, arena);
    city_make(residents, seed);
    DbConn *conn = NULL;
    AlertList found;
    AlertSpan span = {day_start_ms(day_of_ymd(2025, 11, 1)), day_start_ms(day_of_ymd(2026, 12, 1))};
    must(db_read_begin(&cx, house.db, &conn), "read");
    int64_t began = now_ms();
    must(alert_find(&cx, conn, &house.city, &span, &found), "checks");
    int64_t took = now_ms() - began;
    db_read_end(house.db, conn);
    LabelVec labels = labels_read();
    Score all = {0};
    printf("%s: %" PRId64 " residents, seed %" PRId64 "; all checks over a year in %" PRId64
           " ms\n",
           what, residents, seed, took);
    printf("%-16s %8s %6s %6s %9s %9s\n", "check", "labelled", "found", "false", "precision",
           "recall");
    for (int i = 0; i < ALERT_KIND_COUNT; i++) {
        Score score = score_of(alert_kind_code((AlertKind)i), &labels, &found);
        score_print(alert_kind_code((AlertKind)i), &score);
        all = (Score){all.planted + score.planted, all.said + score.said, all.right + score.right};
    }
    score_print(STR("all"), &all);
    city_drop();
    arena_free(arena);
}

int main(int argc, char **argv) {
    int64_t residents = argc > 1 ? strtoll(argv[1], NULL, 10) : 12000;
    int64_t seed = argc > 2 ? strtoll(argv[2], NULL, 10) : 1;
    int64_t held_out = argc > 3 ? strtoll(argv[3], NULL, 10) : 20261123;
    city_judge(residents, seed, "bounds chosen here");
    if (held_out != seed) {
        printf("\n");
        city_judge(residents, held_out, "held out");
    }
    return 0;
}
