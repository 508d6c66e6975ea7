/*
 * series_bench.c - errors of the forecast against the naive ones, and what a forecast costs.
 *
 *   series_bench [FILE]      default: cities/anqiu/demo/series.csv
 *
 * FILE: rows of name,unit,month,value; months of one name follow each other; a series with gaps
 * is left out. Each is
 * forecast from every month after the first two years (or half of it, when it is shorter) for the
 * six months that follow.
 */
#include "base/check.h"
#include "series/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HORIZON = 6, TRAIN = 24, NAME_BYTES = 120 };

typedef struct Read {
    char name[NAME_BYTES];
    double values[SERIES_COUNT_MAX];
    size_t count;
    size_t first_month;
    int last; /* month number since year 0 */
    bool has_gap;
} Read;

static double now_us(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void series_print(const Read *read) {
    if (read->count <= SERIES_COUNT_MIN || read->has_gap) {
        return;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    SeriesIn in = {read->values, read->count, read->first_month};
    SeriesModel model;
    SeriesTrial trial;
    size_t train = read->count > 2 * (size_t)TRAIN ? TRAIN : read->count / 2 + 1;
    train = train < SERIES_COUNT_MIN ? SERIES_COUNT_MIN : train;
    check(series_trial(&cx, &in, (SeriesTrialRule){train, HORIZON}, &trial) == STATUS_OK);
    double start = now_us();
    check(series_fit(&cx, &in, &model) == STATUS_OK);
    double cost = now_us() - start;
    printf("%6zu %12.2f %12.2f %12.2f %7.2f %7.0f %% %7.0f   %s\n", read->count, trial.theta,
           trial.naive, trial.seasonal_naive, trial.naive > 0 ? trial.theta / trial.naive : 0.0,
           trial.covered * 100.0, cost, read->name);
    arena_free(arena);
}

static void line_add(Read *read, const char *line) {
    char name[NAME_BYTES];
    int year = 0;
    int month = 0;
    double value = 0.0;
    if (sscanf(line, "%119[^,],%*[^,],%d-%d,%lf", name, &year, &month, &value) != 4 || month < 1 ||
        month > SERIES_SEASON) {
        return;
    }
    if (strcmp(name, read->name) != 0) {
        series_print(read);
        *read = (Read){.first_month = (size_t)month - 1, .last = year * 12 + month - 1};
        (void)snprintf(read->name, sizeof read->name, "%s", name);
    }
    read->has_gap = read->has_gap || year * 12 + month != read->last + 1;
    read->last = year * 12 + month;
    if (read->count < SERIES_COUNT_MAX) {
        read->values[read->count++] = value;
    }
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "cities/anqiu/demo/series.csv";
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fprintf(stderr, "cannot open %s\n", path);
        return 1;
    }
    Read *read = calloc(1, sizeof *read);
    check(read != NULL);
    char line[400];
    printf("mean absolute error of %d months ahead, rolling origin (%s)\n", HORIZON, path);
    printf("%6s %12s %12s %12s %7s %9s %7s   %s\n", "months", "theta", "naive", "year ago", "ratio",
           "in 80 %", "fit us", "series");
    while (fgets(line, sizeof line, file) != NULL) {
        line_add(read, line);
    }
    series_print(read);
    free(read);
    return fclose(file) == 0 ? 0 : 1;
}
