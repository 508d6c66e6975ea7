/*
 * solve_bench.c - measures the rounds engine on public instances and prints a table per set.
 *
 *   solve_bench [--set all|cvrp|vrptw100|...|vrptw1000|mdvrptw|pcvrptw|city] [--seconds S] [--seed
 * N]
 *               [--threads N] [--only TEXT] [--wall] [DIRECTORY]
 *
 * DIRECTORY defaults to ../shared/bench-data relative to the project root; when it is absent the
 * bench says so and ends well. The clock is the processor time of the process (--wall: the wall's),
 * so that a busy machine takes nothing away. Each instance runs in its own process: memory is its
 * own peak. Every plan passes the checker before it is printed. When a vroom binary is on PATH it
 * is run beside with one thread and the same limit, where the instance fits its format.
 *
 * References: bks.csv in the folder of the set or above it, for distance-first VRPTW else the table
 * below, else "Cost" of the .sol file; "-" where there is none.
 * "city" is a made-up day of 2,000 jobs and 60 vehicles with every rule in use; it has no
 * reference.
 */
#include "base/buf.h"
#include "base/prng.h"
#include "solve/check_round.h"
#include "solve/read_solomon.h"
#include "solve/read_vrplib.h"
#include "solve/read_weights.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 8 * 1024 * 1024, PATH_BYTES_MAX = 600, INSTANCES_MAX = 200 };

typedef struct Bench {
    const char *directory;
    const char *set;
    const char *only;
    double seconds;
    uint64_t seed;
    int32_t threads;
    bool is_wall;
    bool has_vroom;
} Bench;

typedef struct SetRow {
    const char *name;
    const char *folder;
    const char *ending;
    ReadRounding rounding;
} SetRow;

static const SetRow SETS[] = {
    {"cvrp", "cvrp/X", ".vrp", READ_NEAREST},
    {"vrptw100", "vrptw/solomon", ".txt", READ_TENTH_DOWN},
    {"vrptw200", "vrptw/homberger_200", ".txt", READ_TENTH_DOWN},
    {"vrptw400", "vrptw/homberger_400", ".txt", READ_TENTH_DOWN},
    {"vrptw600", "vrptw/homberger_600", ".txt", READ_TENTH_DOWN},
    {"vrptw800", "vrptw/homberger_800", ".txt", READ_TENTH_DOWN},
    {"vrptw1000", "vrptw/homberger_1000", ".txt", READ_TENTH_DOWN},
    {"mdvrptw", "vrptw/mdvrptw", ".vrp", READ_THOUSANDTH},
    {"pcvrptw", "vrptw/pcvrptw", ".vrp", READ_TENTH_DOWN},
};

/* Best known distance-first values in tenths, DIMACS rounding (12th DIMACS implementation
 * challenge, 2022). Optimal where bks.csv says so; rc2xx, r2xx, c2xx and 200/400: best known. */
typedef struct Known {
    const char *name;
    int64_t tenths;
} Known;

static const Known KNOWN[] = {
    {"C101", 8273},     {"C103", 8263},     {"C105", 8273},     {"C107", 8273},
    {"C109", 8273},     {"C201", 5891},     {"C203", 5887},     {"C205", 5864},
    {"C207", 5858},     {"R101", 16377},    {"R103", 12087},    {"R105", 13553},
    {"R107", 10646},    {"R109", 11469},    {"R111", 10487},    {"R201", 11432},
    {"R203", 8708},     {"R205", 9498},     {"R207", 7940},     {"R209", 8548},
    {"R211", 7467},     {"RC101", 16198},   {"RC103", 12580},   {"RC105", 15137},
    {"RC107", 12078},   {"RC201", 12618},   {"RC203", 9237},    {"RC205", 11540},
    {"RC207", 9629},    {"c1_2_1", 26986},  {"c1_2_5", 26949},  {"c2_2_1", 19221},
    {"c2_2_5", 18696},  {"r1_2_1", 46672},  {"r1_2_5", 40532},  {"r2_2_1", 34680},
    {"r2_2_5", 30611},  {"rc1_2_1", 35169}, {"rc1_2_5", 33256}, {"rc2_2_1", 27974},
    {"rc2_2_5", 24914}, {"c1_4_1", 71388},  {"c2_4_1", 41003},  {"r1_4_1", 103058},
    {"r2_4_1", 75207},  {"rc1_4_1", 85229}, {"rc2_4_1", 61473},
};

/* What a child tells its parent. */
typedef struct Row {
    Status status;
    int64_t cost;
    int32_t routes;
    int32_t unserved;
    int64_t iterations;
    int64_t improved_ms;
    int64_t time_ms; /* of the whole call, by the clock that bounds it */
    char fault[160];
} Row;

/* ---- files ------------------------------------------------------------------------------------*/

static Status file_read(Cx *cx, const char *path, Str *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fault(cx, STATUS_NOT_FOUND, "cannot open %s", path);
    }
    char *bytes = arena_array(cx->arena, char, FILE_BYTES_MAX);
    size_t len = fread(bytes, 1, FILE_BYTES_MAX, file);
    (void)fclose(file);
    *out = (Str){bytes, len};
    return STATUS_OK;
}

static int64_t number_after(Str text, Str word) {
    size_t at = str_find(text, word, 0);
    if (at == SIZE_MAX) {
        return -1;
    }
    Str rest = str_trim(str_from(text, at + word.len));
    size_t len = 0;
    while (len < rest.len && rest.at[len] >= '0' && rest.at[len] <= '9') {
        len++;
    }
    int64_t number = -1;
    return str_int64(str_slice(rest, 0, len), &number) == STATUS_OK ? number : -1;
}

/* The field at an index of a line of comma-separated words. */
static Str field_at(Str line, int32_t index) {
    for (int32_t i = 0; i < index; i++) {
        (void)str_cut(&line, ',');
    }
    return str_trim(str_cut(&line, ','));
}

/* The cost column of bks.csv: instance, n, convention, vehicles, cost. Solomon texts have several
 * conventions, of which the DIMACS one, in decimals, is ours in tenths. */
static int64_t csv_cost(Str text, const SetRow *set, const char *name) {
    bool is_vrptw = strcmp(set->ending, ".txt") == 0;
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');
        bool is_ours = !is_vrptw || str_starts(field_at(line, 2), STR("dimacs"));
        double cost = 0;
        if (is_ours && str_equal(field_at(line, 0), str_of(name)) &&
            read_number(field_at(line, 4), &cost)) {
            return read_scaled_value(cost, is_vrptw ? READ_TENTH_DOWN : READ_NEAREST);
        }
    }
    return -1;
}

static int64_t reference_in(Cx *cx, Str path, const SetRow *set, const char *name) {
    Str text = STR_NONE;
    Status status = file_read(cx, str_c(cx->arena, path), &text);
    fault_clear(cx);
    return status == STATUS_OK ? csv_cost(text, set, name) : -1;
}

/* The reference of an instance, or -1. */
static int64_t reference(const SetRow *set, const char *folder, const char *name) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Str text = STR_NONE;
    int64_t cost = reference_in(&cx, str_print(arena, "%s/bks.csv", folder), set, name);
    cost =
        cost > 0 ? cost : reference_in(&cx, str_print(arena, "%s/../bks.csv", folder), set, name);
    for (size_t i = 0; cost <= 0 && i < sizeof KNOWN / sizeof *KNOWN; i++) {
        bool is_it = strcmp(set->ending, ".txt") == 0 && strcmp(KNOWN[i].name, name) == 0;
        cost = is_it ? KNOWN[i].tenths : cost;
    }
    Str solution = str_print(arena, "%s/%s.sol", folder, name);
    if (cost <= 0 && file_read(&cx, solution.at, &text) == STATUS_OK) {
        cost = number_after(text, STR("Cost:"));
        cost = cost < 0 ? number_after(text, STR("Cost")) : cost;
    }
    arena_free(arena);
    return cost;
}

/* ---- one instance -----------------------------------------------------------------------------*/

static int64_t clock_wall(void *state) {
    (void)state;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t clock_cpu(void *state) {
    (void)state;
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static Status problem_read(Cx *cx, const SetRow *set, const char *path, RoundProblem **out) {
    Str text = STR_NONE;
    TRY(file_read(cx, path, &text));
    return strcmp(set->ending, ".txt") == 0 ? read_solomon(cx, text, set->rounding, out)
                                            : read_vrplib(cx, text, set->rounding, out);
}

static Status solve(Cx *cx, const Bench *bench, const RoundProblem *problem, Row *row) {
    RoundOptions options = {.seed = bench->seed,
                            .time_max_ms = (int64_t)(bench->seconds * 1000),
                            .thread_count = bench->threads,
                            .clock = bench->is_wall ? clock_wall : clock_cpu};
    RoundPlan *plan = NULL;
    int64_t begin_ms = options.clock(NULL);
    TRY(round_solve(cx, problem, &options, &plan));
    row->time_ms = options.clock(NULL) - begin_ms;
    TRY(check_round_plan(cx, problem, plan));
    row->cost = plan->cost + plan->prize_lost;
    row->routes = plan->route_count;
    row->unserved = plan->unserved_count;
    row->iterations = plan->iteration_count;
    row->improved_ms = plan->improved_ms;
    return STATUS_OK;
}

/* ---- vroom beside -----------------------------------------------------------------------------*/

static void vroom_matrix(const RoundProblem *problem, FILE *file) {
    size_t count = (size_t)problem->place_count;
    fprintf(file, "\"matrices\":{\"car\":{\"durations\":[");
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%s[", i == 0 ? "" : ",");
        for (size_t j = 0; j < count; j++) {
            fprintf(file, "%s%d", j == 0 ? "" : ",",
                    (int)problem->profiles[0].duration_s[i * count + j]);
        }
        fprintf(file, "]");
    }
    fprintf(file, "]}}");
}

static void vroom_write(const RoundProblem *problem, FILE *file) {
    fprintf(file, "{\"vehicles\":[");
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        const RoundVehicle *vehicle = &problem->vehicles[i];
        fprintf(file, "%s{\"id\":%d,\"start_index\":%d,\"end_index\":%d,\"capacity\":[%lld]",
                i == 0 ? "" : ",", (int)i + 1, (int)vehicle->start_place, (int)vehicle->end_place,
                (long long)vehicle->capacity[0]);
        if (vehicle->shift.close_s < ROUND_TIME_MAX_S) {
            fprintf(file, ",\"time_window\":[%lld,%lld]", (long long)vehicle->shift.open_s,
                    (long long)vehicle->shift.close_s);
        }
        fprintf(file, "}");
    }
    fprintf(file, "],\"jobs\":[");
    for (int32_t i = 0; i < problem->job_count; i++) {
        const RoundJob *job = &problem->jobs[i];
        fprintf(file, "%s{\"id\":%d,\"location_index\":%d,\"pickup\":[%lld],\"service\":%lld",
                i == 0 ? "" : ",", (int)i + 1, (int)job->place, (long long)job->pickup[0],
                (long long)job->service_s);
        if (job->window_count == 1) {
            fprintf(file, ",\"time_windows\":[[%lld,%lld]]", (long long)job->windows[0].open_s,
                    (long long)job->windows[0].close_s);
        }
        fprintf(file, "}");
    }
    fprintf(file, "],");
    vroom_matrix(problem, file);
    fprintf(file, "}\n");
}

/* What vroom reached. */
typedef struct Peer {
    int64_t cost; /* -1: not there, or no answer */
    double seconds;
    long memory_kib;
} Peer;

/* Runs vroom with its input and output in files, so that time and memory are its own. */
static void vroom_run(const char *in, const char *out, double seconds, Peer *peer) {
    char limit[32];
    (void)snprintf(limit, sizeof limit, "%.0f", seconds < 1 ? 1 : seconds);
    int64_t begin_ms = clock_wall(NULL);
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (freopen(out, "wb", stdout) != NULL && freopen("/dev/null", "wb", stderr) != NULL) {
            (void)execlp("vroom", "vroom", "-t", "1", "-x", "5", "-l", limit, "-i", in,
                         (char *)NULL);
        }
        _exit(127);
    }
    int status = 0;
    struct rusage usage = {0};
    if (child > 0 && wait4(child, &status, 0, &usage) == child) {
        peer->seconds = (double)(clock_wall(NULL) - begin_ms) / 1000;
        peer->memory_kib = usage.ru_maxrss;
    }
}

static void vroom_ask(Cx *cx, const Bench *bench, const RoundProblem *problem, Peer *peer) {
    char in[] = "/tmp/solve_bench_XXXXXX";
    char out[] = "/tmp/solve_bench_XXXXXX";
    int in_file = mkstemp(in);
    int out_file = mkstemp(out);
    FILE *file = in_file < 0 ? NULL : fdopen(in_file, "wb");
    if (file != NULL && out_file >= 0) {
        Str text = STR_NONE;
        vroom_write(problem, file);
        (void)fclose(file);
        vroom_run(in, out, bench->seconds, peer);
        if (file_read(cx, out, &text) == STATUS_OK) {
            peer->cost = number_after(text, STR("\"cost\":"));
        }
    }
    (void)close(out_file);
    (void)unlink(in);
    (void)unlink(out);
}

static Peer vroom_beside(const Bench *bench, const SetRow *set, const char *path) {
    Peer peer = {.cost = -1};
    bool fits = strncmp(set->name, "vrptw", 5) == 0 || strcmp(set->name, "cvrp") == 0;
    if (!bench->has_vroom || !fits) {
        return peer;
    }
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    RoundProblem *problem = NULL;
    if (problem_read(&cx, set, path, &problem) == STATUS_OK) {
        vroom_ask(&cx, bench, problem, &peer);
    }
    arena_free(arena);
    return peer;
}

static bool has_vroom(void) {
    FILE *answer = popen("command -v vroom", "r");
    char line[8];
    bool is_there = answer != NULL && fgets(line, sizeof line, answer) != NULL;
    if (answer != NULL) {
        (void)pclose(answer);
    }
    return is_there;
}

/* ---- the made-up city -------------------------------------------------------------------------*/

enum { CITY_JOBS = 2000, CITY_VEHICLES = 60, CITY_DEPOTS = 4, CITY_SPAN_M = 60000 };

static RoundWindow *window_new(Cx *cx, int64_t open_s, int64_t close_s) {
    RoundWindow *window = arena_new(cx->arena, RoundWindow);
    *window = (RoundWindow){open_s, close_s};
    return window;
}

static void city_jobs(Cx *cx, Prng *prng, RoundProblem *problem) {
    RoundJob *jobs = arena_array(cx->arena, RoundJob, CITY_JOBS);
    for (int32_t i = 0; i < CITY_JOBS; i++) {
        jobs[i] = round_job_neutral();
        jobs[i].name = str_print(cx->arena, "J%d", (int)i);
        jobs[i].place = CITY_DEPOTS + i;
        jobs[i].pickup[0] = prng_between(prng, 10, 120);
        jobs[i].pickup[1] = prng_between(prng, 50, 900);
        jobs[i].pickup[2] = 1;
        jobs[i].service_s = prng_between(prng, 180, 900);
        jobs[i].priority = (int32_t)prng_below(prng, 4);
        jobs[i].town = (int32_t)prng_below(prng, 12);
        jobs[i].skills = prng_chance_bp(prng, 1500) ? 1 : 0;
        if (prng_chance_bp(prng, 6000)) {
            int64_t open = 28800 + 3600 * prng_between(prng, 0, 7);
            jobs[i].windows = window_new(cx, open, open + 7200);
            jobs[i].window_count = 1;
        }
    }
    problem->jobs = jobs;
    problem->job_count = CITY_JOBS;
}

static void city_vehicles(Cx *cx, RoundProblem *problem) {
    RoundVehicle *vehicles = arena_array(cx->arena, RoundVehicle, CITY_VEHICLES);
    RoundBreak *lunch = arena_new(cx->arena, RoundBreak);
    *lunch = (RoundBreak){STR("lunch"), window_new(cx, 41400, 46800), 1, 2700};
    int32_t *depots = arena_array(cx->arena, int32_t, CITY_DEPOTS);
    for (int32_t i = 0; i < CITY_DEPOTS; i++) {
        depots[i] = i;
    }
    for (int32_t i = 0; i < CITY_VEHICLES; i++) {
        RoundVehicle *vehicle = &vehicles[i];
        *vehicle = round_vehicle_neutral();
        vehicle->name = str_print(cx->arena, "V%d", (int)i);
        vehicle->start_place = i % CITY_DEPOTS;
        vehicle->end_place = i % CITY_DEPOTS;
        vehicle->capacity[0] = i % 3 == 0 ? 3000 : 1500;
        vehicle->capacity[1] = i % 3 == 0 ? 16000 : 9000;
        vehicle->skills = (uint64_t)(i % 2);
        vehicle->shift = (RoundWindow){28800, 64800};
        vehicle->reload_places = depots;
        vehicle->reload_place_count = CITY_DEPOTS;
        vehicle->trip_count_max = 4;
        vehicle->reload_s = 1200;
        vehicle->breaks = lunch;
        vehicle->break_count = 1;
        vehicle->fixed_cost = 6000;
        vehicle->towns = UINT64_C(7) << (i % 10);
    }
    problem->vehicles = vehicles;
    problem->vehicle_count = CITY_VEHICLES;
    problem->territory_cost = 300;
    problem->fairness_cost = 20;
}

static Status city_make(Cx *cx, uint64_t seed, RoundProblem **out) {
    Prng prng;
    prng_init(&prng, seed);
    RoundProblem *problem = arena_new(cx->arena, RoundProblem);
    int32_t count = CITY_JOBS + CITY_DEPOTS;
    ReadPoint *points = arena_array(cx->arena, ReadPoint, (size_t)count);
    RoundPlace *places = arena_array(cx->arena, RoundPlace, (size_t)count);
    for (int32_t i = 0; i < count; i++) {
        points[i] = (ReadPoint){(double)prng_between(&prng, 0, CITY_SPAN_M) / 10,
                                (double)prng_between(&prng, 0, CITY_SPAN_M) / 10};
        places[i].name = str_print(cx->arena, "P%d", (int)i);
    }
    RoundProfile *profile = arena_new(cx->arena, RoundProfile);
    TRY(read_weight_points(cx, READ_WEIGHT_EUC_2D, points, count, READ_NEAREST, profile));
    problem->places = places;
    problem->place_count = count;
    problem->profiles = profile;
    problem->profile_count = 1;
    city_jobs(cx, &prng, problem);
    city_vehicles(cx, problem);
    *out = problem;
    return STATUS_OK;
}

/* ---- running ----------------------------------------------------------------------------------*/

static void child_run(const Bench *bench, const SetRow *set, const char *path, int out) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Row row = {.status = STATUS_OK};
    RoundProblem *problem = NULL;
    row.status = set == NULL ? city_make(&cx, bench->seed, &problem)
                             : problem_read(&cx, set, path, &problem);
    if (row.status == STATUS_OK) {
        row.status = solve(&cx, bench, problem, &row);
    }
    (void)snprintf(row.fault, sizeof row.fault, "%.*s", (int)sizeof row.fault - 1, cx.fault.text);
    bool is_told = write(out, &row, sizeof row) == (ssize_t)sizeof row;
    arena_free(arena);
    _exit(is_told ? 0 : 1);
}

/* Runs one instance in a child; returns its peak memory in KiB, or -1. */
static long instance_run(const Bench *bench, const SetRow *set, const char *path, Row *row) {
    int ends[2];
    if (pipe(ends) != 0) {
        return -1;
    }
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        child_run(bench, set, path, ends[1]);
    }
    (void)close(ends[1]);
    ssize_t got = read(ends[0], row, sizeof *row);
    (void)close(ends[0]);
    int status = 0;
    struct rusage usage = {0};
    (void)wait4(child, &status, 0, &usage);
    return got == (ssize_t)sizeof *row && WIFEXITED(status) ? usage.ru_maxrss : -1;
}

static int name_compare(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t names_list(Arena *arena, const char *folder, const SetRow *set, const char *only,
                         const char **names) {
    DIR *directory = opendir(folder);
    size_t count = 0;
    for (const struct dirent *entry = directory == NULL ? NULL : readdir(directory);
         entry != NULL && count < INSTANCES_MAX; entry = readdir(directory)) {
        Str name = str_of(entry->d_name);
        bool is_asked = only == NULL || str_contains(name, str_of(only));
        if (is_asked && str_ends(name, str_of(set->ending)) && !str_contains(name, STR(".sol."))) {
            names[count++] = str_c(arena, str_slice(name, 0, name.len - strlen(set->ending)));
        }
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    qsort(names, count, sizeof *names, name_compare);
    return count;
}

static double gap_percent(int64_t cost, int64_t known) {
    return 100.0 * (double)(cost - known) / (double)known;
}

static int row_print(const char *name, int64_t known, const Row *row, long memory_kib) {
    if (memory_kib < 0 || row->status != STATUS_OK) {
        printf("%-14s failed: %s\n", name, memory_kib < 0 ? "the process died" : row->fault);
        return 1;
    }
    char best[24] = "-";
    char gap[24] = "-";
    if (known > 0) {
        (void)snprintf(best, sizeof best, "%lld", (long long)known);
        (void)snprintf(gap, sizeof gap, "%.3f", gap_percent(row->cost, known));
    }
    printf("%-14s %10s %10lld %7s %6.1f %7.1f %5d %5d %9lld %6.1f\n", name, best,
           (long long)row->cost, gap, (double)row->time_ms / 1000, (double)memory_kib / 1024,
           (int)row->routes, (int)row->unserved, (long long)row->iterations,
           (double)row->improved_ms / 1000);
    return 0;
}

static void head_print(const Bench *bench, const char *name) {
    printf("set %s, seed %llu, %.1f s of %s time, %d thread(s)\n", name,
           (unsigned long long)bench->seed, bench->seconds, bench->is_wall ? "wall" : "processor",
           (int)bench->threads);
    printf("%-14s %10s %10s %7s %6s %7s %5s %5s %9s %6s\n", "instance", "best known", "ours",
           "gap %", "s", "MiB", "used", "out", "steps", "last s");
}

/* Sums of a set, for us and for the peer. */
typedef struct Tally {
    double sum;
    double worst;
    int count;
} Tally;

static void tally_add(Tally *tally, double gap) {
    tally->sum += gap;
    tally->worst = tally->count == 0 || gap > tally->worst ? gap : tally->worst;
    tally->count++;
}

static void tally_print(const char *who, const Tally *tally) {
    if (tally->count > 0) {
        printf("%smean gap %.3f %% over %d instances, worst %.3f %%\n", who,
               tally->sum / tally->count, tally->count, tally->worst);
    }
}

static int instance_print(const Bench *bench, const SetRow *set, const char *folder,
                          const char *name, Tally *tallies) {
    char path[PATH_BYTES_MAX];
    (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, set->ending);
    Row row = {.status = STATUS_IO};
    int64_t known = reference(set, folder, name);
    long memory_kib = instance_run(bench, set, path, &row);
    int is_failed = row_print(name, known, &row, memory_kib);
    if (is_failed == 0 && known > 0) {
        tally_add(&tallies[0], gap_percent(row.cost, known));
    }
    Peer peer = vroom_beside(bench, set, path);
    if (peer.cost > 0 && known > 0) {
        double gap = gap_percent(peer.cost, known);
        printf("%-14s %10s %10lld %7.3f %6.1f %7.1f\n", "  vroom", "", (long long)peer.cost, gap,
               peer.seconds, (double)peer.memory_kib / 1024);
        tally_add(&tallies[1], gap);
    }
    return is_failed;
}

static int set_run(const Bench *bench, const SetRow *set) {
    Arena *arena = arena_create();
    const char **names = arena_array(arena, const char *, INSTANCES_MAX);
    Str folder = str_print(arena, "%s/%s", bench->directory, set->folder);
    size_t count = names_list(arena, folder.at, set, bench->only, names);
    Tally tallies[2] = {{0}};
    int failed = 0;
    if (count == 0) {
        if (strcmp(bench->set, "all") != 0) {
            printf("set %s: nothing to measure in %s\n", set->name, folder.at);
        }
        arena_free(arena);
        return 0;
    }
    head_print(bench, set->name);
    for (size_t i = 0; i < count; i++) {
        failed += instance_print(bench, set, folder.at, names[i], tallies);
    }
    tally_print("", &tallies[0]);
    tally_print("vroom: ", &tallies[1]);
    printf("\n");
    arena_free(arena);
    return failed;
}

static int city_run(const Bench *bench) {
    Row row = {.status = STATUS_IO};
    head_print(bench, "city");
    long memory_kib = instance_run(bench, NULL, NULL, &row);
    return row_print("city-2000x60", 0, &row, memory_kib);
}

static bool arguments_read(int argc, char **argv, Bench *bench) {
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--wall") == 0) {
            bench->is_wall = true;
        } else if (argv[i][0] != '-') {
            bench->directory = argv[i];
        } else if (value == NULL) {
            return false;
        } else if (strcmp(argv[i], "--set") == 0) {
            bench->set = argv[++i];
        } else if (strcmp(argv[i], "--only") == 0) {
            bench->only = argv[++i];
        } else if (strcmp(argv[i], "--seconds") == 0) {
            bench->seconds = strtod(argv[++i], NULL);
        } else if (strcmp(argv[i], "--seed") == 0) {
            bench->seed = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--threads") == 0) {
            bench->threads = (int32_t)strtol(argv[++i], NULL, 10);
        } else {
            return false;
        }
    }
    return bench->seconds > 0;
}

/* Every set, or the one asked for; -1 when there is none of that name. */
static int sets_run(const Bench *bench) {
    bool is_all = strcmp(bench->set, "all") == 0;
    int failed = -1;
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
        if (is_all || strcmp(SETS[i].name, bench->set) == 0) {
            failed = (failed < 0 ? 0 : failed) + set_run(bench, &SETS[i]);
        }
    }
    if (is_all && (bench->only == NULL || strstr("city", bench->only) != NULL)) {
        failed += city_run(bench);
    }
    return failed;
}

int main(int argc, char **argv) {
    Bench bench = {
        .directory = "../shared/bench-data", .set = "all", .seconds = 10, .seed = 1, .threads = 1};
    if (!arguments_read(argc, argv, &bench)) {
        fprintf(stderr, "usage: solve_bench [--set all|cvrp|vrptw100|vrptw200|vrptw400|vrptw600|"
                        "vrptw800|vrptw1000|mdvrptw|pcvrptw|city] [--seconds S] [--seed N] "
                        "[--threads N] [--only TEXT] [--wall] [DIRECTORY]\n");
        return 2;
    }
    if (strcmp(bench.set, "city") == 0) {
        return city_run(&bench) == 0 ? 0 : 1;
    }
    struct stat there;
    if (stat(bench.directory, &there) != 0) {
        printf("%s is absent: nothing measured\n", bench.directory);
        return 0;
    }
    bench.has_vroom = has_vroom();
    int failed = sets_run(&bench);
    if (failed < 0) {
        fprintf(stderr, "unknown set \"%s\"\n", bench.set);
        return 2;
    }
    return failed == 0 ? 0 : 1;
}
