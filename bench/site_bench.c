/*
 * site_bench.c - measures the siting engine on public instances and prints tables.
 *
 *   site_bench [--seconds S] [--seed N] [--only TEXT] [--cpu] [DIRECTORY]
 *
 * DIRECTORY defaults to ../shared/bench-data/pmedian relative to the project root; when it is
 * absent the bench says so and ends well. Each instance runs in its own process, so that memory is
 * its own peak. Reference values come from the bks.csv files there, never from this program.
 */
#include "base/buf.h"
#include "solve/check_site.h"
#include "solve/read_pmedian.h"
#include "solve/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 8 * 1024 * 1024 };

typedef struct Bench {
    const char *directory;
    const char *only; /* part of an instance name, or NULL */
    int64_t time_ms_max;
    uint64_t seed;
    bool is_cpu;
} Bench;

/* What a child tells its parent. */
typedef struct Row {
    int32_t status;
    int32_t client_count;
    int32_t open_max;
    int64_t value;
    int64_t bound;
    int64_t rounds;
    int64_t bound_rounds;
    int64_t time_ms;
    int64_t best_ms; /* when the value was found */
    char fault[128];
} Row;

typedef struct Watch {
    clockid_t clock;
    int64_t start_ms;
    int64_t best_value;
    int64_t best_ms;
} Watch;

static int64_t now_ms(void *it) {
    const Watch *seen = it;
    struct timespec now;
    (void)clock_gettime(seen->clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool watch(void *it, const SiteProgress *progress) {
    Watch *seen = it;
    if (progress->value != seen->best_value) {
        seen->best_value = progress->value;
        seen->best_ms = progress->elapsed_ms;
    }
    return true;
}

static Status file_read(Cx *cx, const char *path, Str *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fault(cx, STATUS_NOT_FOUND, "cannot open %s", path);
    }
    Buf *buf = buf_in(cx->arena, FILE_BYTES_MAX);
    char part[4096];
    for (size_t len = fread(part, 1, sizeof part, file); len > 0;
         len = fread(part, 1, sizeof part, file)) {
        buf_put(buf, (Str){.at = part, .len = len});
    }
    (void)fclose(file);
    *out = buf_str(buf);
    return buf_status(buf);
}

static Status problem_read(Cx *cx, const char *folder, Str path, SiteProblem *out) {
    Str text = STR_NONE;
    TRY(file_read(cx, str_c(cx->arena, path), &text));
    if (strcmp(folder, "orlib") == 0) {
        return read_pmedian_orlib(cx, text, out);
    }
    int64_t best = 0;
    return strcmp(folder, "tsplib") == 0 ? read_pmedian_tsplib(cx, text, true, out)
                                         : read_pmedian_capacity(cx, text, 1, out, &best);
}

static Status solve(Cx *cx, const Bench *bench, const SiteProblem *problem, Row *row) {
    Watch seen = {.clock = bench->is_cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC};
    seen.start_ms = now_ms(&seen);
    SiteOptions options = {.seed = bench->seed,
                           .time_ms_max = bench->time_ms_max,
                           .now_ms = now_ms,
                           .progress = watch,
                           .it = &seen};
    SiteAnswer answer = {0};
    TRY(site_solve(cx, problem, &options, &answer));
    row->time_ms = now_ms(&seen) - seen.start_ms;
    TRY(check_site_answer(cx, problem, &answer));
    row->client_count = problem->client_count;
    row->open_max = problem->open_max;
    row->value = answer.value;
    row->bound = answer.bound;
    row->rounds = answer.round_count;
    row->bound_rounds = answer.bound_round_count;
    row->best_ms = seen.best_ms;
    return STATUS_OK;
}

static void child_run(const Bench *bench, const char *folder, Str path, int32_t open_max, int out) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Row row = {0};
    SiteProblem problem = {0};
    Status status = problem_read(&cx, folder, path, &problem);
    if (status == STATUS_OK) {
        problem.open_max = open_max;
        status = solve(&cx, bench, &problem, &row);
    }
    row.status = (int32_t)status;
    (void)snprintf(row.fault, sizeof row.fault, "%.120s", cx.fault.text);
    ssize_t written = write(out, &row, sizeof row);
    _exit(written == (ssize_t)sizeof row ? 0 : 1);
}

static bool row_measure(const Bench *bench, const char *folder, Str path, int32_t open_max,
                        Row *row, long *memory_kib) {
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        child_run(bench, folder, path, open_max, ends[1]);
    }
    (void)close(ends[1]);
    bool is_read = child > 0 && read(ends[0], row, sizeof *row) == (ssize_t)sizeof *row;
    (void)close(ends[0]);
    struct rusage usage = {0};
    int code = 0;
    (void)wait4(child, &code, 0, &usage);
    *memory_kib = usage.ru_maxrss;
    return is_read;
}

typedef struct Totals {
    int32_t count;
    int32_t at_best;
    int32_t below_proven;
    double gap_sum;
    double gap_max;
    double proven_sum;
    double proven_max;
} Totals;

static void row_print(Str name, int64_t best, const Row *row, long memory_kib, Totals *totals) {
    if (row->status != STATUS_OK) {
        printf("%-14.*s failed: %s\n", STR_ARG(name), row->fault);
        return;
    }
    double gap = 100.0 * (double)(row->value - best) / (double)best;
    double proven = 100.0 * (double)(row->value - row->bound) / (double)row->bound;
    printf("%-14.*s %5d %4d %9lld %9lld %8.3f %9lld %8.3f %7.2f %7.2f %8lld %7lld %6.1f%s\n",
           STR_ARG(name), row->client_count, row->open_max, (long long)best, (long long)row->value,
           gap, (long long)row->bound, proven, (double)row->time_ms / 1000,
           (double)row->best_ms / 1000, (long long)row->rounds, (long long)row->bound_rounds,
           (double)memory_kib / 1024,
           row->value < best || row->bound > best ? "  BELOW THE OPTIMUM" : "");
    totals->count++;
    totals->at_best += row->value == best ? 1 : 0;
    totals->below_proven += row->value < best || row->bound > best ? 1 : 0;
    totals->gap_sum += gap;
    totals->gap_max = gap > totals->gap_max ? gap : totals->gap_max;
    totals->proven_sum += proven;
    totals->proven_max = proven > totals->proven_max ? proven : totals->proven_max;
}

static void totals_print(const char *folder, const Totals *totals) {
    if (totals->count == 0) {
        return;
    }
    printf("%s: %d instances, %d at the reference; gap mean %.3f %% max %.3f %%; proven gap mean "
           "%.3f %% max %.3f %%; %d below a proven optimum\n\n",
           folder, totals->count, totals->at_best, totals->gap_sum / totals->count, totals->gap_max,
           totals->proven_sum / totals->count, totals->proven_max, totals->below_proven);
}

static Str path_of(Arena *arena, const Bench *bench, const char *folder, Str name) {
    const char *suffix = strcmp(folder, "tsplib") == 0 ? "tsp" : "txt";
    return str_print(arena, "%s/%s/" STR_FMT ".%s", bench->directory, folder, STR_ARG(name),
                     suffix);
}

/* One line of bks.csv: instance,n,p,value,... */
static void line_run(Arena *arena, const Bench *bench, const char *folder, Str line,
                     Totals *totals) {
    Str name = str_cut(&line, ',');
    (void)str_cut(&line, ',');
    int64_t open_max = 0;
    int64_t best = 0;
    if (str_int64(str_cut(&line, ','), &open_max) != STATUS_OK ||
        str_int64(str_cut(&line, ','), &best) != STATUS_OK) {
        return;
    }
    Str path = path_of(arena, bench, folder, name);
    struct stat seen;
    if (stat(str_c(arena, path), &seen) != 0 ||
        (bench->only != NULL && !str_contains(name, str_of(bench->only)))) {
        return;
    }
    Row row = {0};
    long memory_kib = 0;
    if (!row_measure(bench, folder, path, (int32_t)open_max, &row, &memory_kib)) {
        printf("%-14.*s died\n", STR_ARG(name));
        return;
    }
    row_print(name, best, &row, memory_kib, totals);
}

static void folder_run(const Bench *bench, const char *folder, const char *reference) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str path = str_print(arena, "%s/%s", bench->directory, reference);
    Str rest = STR_NONE;
    if (file_read(&cx, str_c(arena, path), &rest) != STATUS_OK) {
        printf("%s is absent: %s is skipped\n", str_c(arena, path), folder);
        arena_free(arena);
        return;
    }
    printf("%-14s %5s %4s %9s %9s %8s %9s %8s %7s %7s %8s %7s %6s\n", folder, "n", "p", "reference",
           "ours", "gap %", "bound", "proven %", "s", "found s", "rounds", "steps", "MiB");
    Totals totals = {0};
    while (rest.len > 0) {
        line_run(arena, bench, folder, str_cut(&rest, '\n'), &totals);
    }
    totals_print(folder, &totals);
    arena_free(arena);
}

int main(int argc, char **argv) {
    Bench bench = {.directory = "../shared/bench-data/pmedian", .time_ms_max = 10000, .seed = 1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            bench.time_ms_max = (int64_t)(strtod(argv[++i], NULL) * 1000);
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            bench.seed = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            bench.only = argv[++i];
        } else if (strcmp(argv[i], "--cpu") == 0) {
            bench.is_cpu = true;
        } else {
            bench.directory = argv[i];
        }
    }
    printf("siting, %.1f %s an instance, one core, seed %llu\n\n", (double)bench.time_ms_max / 1000,
           bench.is_cpu ? "processor seconds" : "seconds", (unsigned long long)bench.seed);
    folder_run(&bench, "orlib", "bks.csv");
    folder_run(&bench, "tsplib", "bks.csv");
    folder_run(&bench, "cpmp", "cpmp/bks.csv");
    return 0;
}
