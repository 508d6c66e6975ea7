/* huanxin solve: arguments, files, clock and terminal round the rounds engine. */
#include "main/command_solve.h"

#include "base/buf.h"
#include "main/command_solve_sites.h"
#include "main/solve_file.h"
#include "main/terminal.h"
#include "main/travel_link.h"
#include "solve/check_round.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 512 * 1024 * 1024, SECONDS_DEFAULT = 10 };

static const char HELP[] =
    "usage: huanxin solve rounds FILE.json [options]\n"
    "       huanxin solve sites FILE.json [options]\n"
    "\n"
    "rounds plans who drives to whom and when; what is left out is listed with the reason.\n"
    "FILE.json is described in docs/reference/solve-json.md; - reads standard input.\n"
    "Instances of the public sets (Solomon, VRPLIB) are read too.\n"
    "\n"
    "  --seconds S     time to search, 0.1 to 86400 (default 10)\n"
    "  --iterations N  search N steps instead: the same seed then gives the same plan\n"
    "  --seed N        start of the random numbers (default 1)\n"
    "  --threads N     1 or 2 (default 1)\n"
    "  --json          print the whole plan as JSON\n"
    "  --geojson FILE  write a map of rounds and stops (WGS-84)\n"
    "  --travel SERVER ask osrm:ADDRESS:PORT or valhalla:ADDRESS:PORT for ways; when it fails, ways\n"
    "                  are estimated and the answer says so (default: estimated)\n"
    "  --wait S        seconds to wait for one answer of that server, 1 to 600 (default 5)\n"
    "  --rounding R    of an instance: nearest, tenth or thousandth\n"
    "  --check         say that the plan was checked by independent code\n"
    "  --help          this text\n"
    "\n"
    "sites chooses places for points: huanxin solve sites --help\n"
    "\n"
    "exit code: 0 plan found, 2 wrong input, 4 no such file, 5 plan failed its check,\n"
    "           7 too large, 10 cannot read or write\n";

typedef struct Arguments {
    const char *path;
    const char *geojson_path;
    const char *travel; /* NULL: estimate */
    int64_t wait_s;
    SolveFormat format;
    RoundOptions options;
    bool is_json;
    bool is_help;
    bool says_checked;
} Arguments;

/* ---- arguments ---- */

static Status seconds_parse(Cx *cx, const char *text, int64_t *out_ms) {
    char *end = NULL;
    errno = 0;
    double seconds = strtod(text, &end);
    if (errno != 0 || end == text || *end != '\0' || !(seconds >= 0.1 && seconds <= 86400)) {
        return fault(cx, STATUS_INVALID, "--seconds \"%.40s\": must be from 0.1 to 86400", text);
    }
    *out_ms = (int64_t)(seconds * 1000);
    return STATUS_OK;
}

static Status number_parse(Cx *cx, const char *word, const char *text, int64_t *out) {
    int64_t number = 0;
    if (str_int64(str_of(text), &number) != STATUS_OK || number < 0) {
        return fault(cx, STATUS_INVALID, "%s \"%.40s\": must be a whole number from 0", word, text);
    }
    *out = number;
    return STATUS_OK;
}

static Status value_read(Cx *cx, const char *word, const char *value, Arguments *out) {
    int64_t number = 0;
    if (strcmp(word, "--geojson") == 0) {
        out->geojson_path = value;
        return STATUS_OK;
    }
    if (strcmp(word, "--travel") == 0) {
        out->travel = value;
        return STATUS_OK;
    }
    if (strcmp(word, "--rounding") == 0) {
        out->format.rounding = str_of(value);
        return STATUS_OK;
    }
    if (strcmp(word, "--seconds") == 0) {
        return seconds_parse(cx, value, &out->options.time_max_ms);
    }
    TRY(number_parse(cx, word, value, &number));
    if (strcmp(word, "--wait") == 0) {
        return travel_wait_check(cx, number, &out->wait_s);
    }
    if (strcmp(word, "--seed") == 0) {
        out->options.seed = (uint64_t)number;
    } else if (strcmp(word, "--iterations") == 0) {
        out->options.iteration_max = number;
    } else if (number == 1 || number == 2) {
        out->options.thread_count = (int32_t)number;
    } else {
        return fault(cx, STATUS_INVALID, "--threads \"%.40s\": must be 1 or 2", value);
    }
    return STATUS_OK;
}

static bool has_value(const char *word) {
    static const char *const WORDS[] = {"--seconds", "--iterations", "--seed", "--threads",
                                        "--geojson", "--travel",     "--wait", "--rounding"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(word, WORDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static Status flag_read(Cx *cx, const char *word, Arguments *out) {
    if (strcmp(word, "--json") == 0) {
        out->is_json = true;
    } else if (strcmp(word, "--check") == 0) {
        out->says_checked = true;
    } else if (strcmp(word, "--help") == 0) {
        out->is_help = true;
    } else if (word[0] == '-' && word[1] != '\0') {
        return fault(cx, STATUS_INVALID, "unknown option \"%.40s\"", word);
    } else if (out->path != NULL) {
        return fault(cx, STATUS_INVALID, "one file at a time: \"%.200s\" is too many", word);
    } else {
        out->path = word;
    }
    return STATUS_OK;
}

static Status arguments_read(Cx *cx, int argc, char **argv, Arguments *out) {
    for (int i = 1; i < argc; i++) {
        if (!has_value(argv[i])) {
            TRY(flag_read(cx, argv[i], out));
            continue;
        }
        if (i + 1 == argc) {
            return fault(cx, STATUS_INVALID, "%s: its value is missing", argv[i]);
        }
        TRY(value_read(cx, argv[i], argv[i + 1], out));
        i++;
    }
    if (out->path == NULL && !out->is_help) {
        (void)fault(cx, STATUS_INVALID, "no file given");
        fault_hint(cx, "huanxin solve --help");
        return STATUS_INVALID;
    }
    if (out->options.iteration_max == 0 && out->options.time_max_ms == 0) {
        out->options.time_max_ms = SECONDS_DEFAULT * 1000;
    }
    return STATUS_OK;
}

/* ---- progress ---- */

static bool bar_draw(void *state, const RoundProgress *progress) {
    (void)state;
    char words[80];
    (void)snprintf(words, sizeof words, "cost %lld, left out %d", (long long)progress->cost_best,
                   (int)progress->unserved_count);
    terminal_bar((int64_t)(progress->share_done * 10000), words);
    return true;
}

/* ---- the plan for people ---- */

static void clock_print(int64_t seconds) {
    printf("%02lld:%02lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60));
}

static void route_print(const RoundProblem *problem, const RoundRoute *route) {
    printf("vehicle " STR_FMT ": %d jobs, %d trips, %.1f km, driving %lld min, cost %lld\n ",
           STR_ARG(problem->vehicles[route->vehicle].name), (int)route->job_count,
           (int)route->trip_count, (double)route->distance_m / 1000,
           (long long)(route->travel_s / 60), (long long)route->cost);
    for (int32_t i = 0; i < route->stop_count; i++) {
        const RoundStop *stop = &route->stops[i];
        putchar(' ');
        clock_print(stop->start_s);
        switch (stop->kind) {
        case ROUND_STOP_START:
            printf(" start,");
            break;
        case ROUND_STOP_JOB:
            printf(" " STR_FMT ",", STR_ARG(problem->jobs[stop->job].name));
            break;
        case ROUND_STOP_RELOAD:
            printf(" reload,");
            break;
        case ROUND_STOP_BREAK:
            printf(" break,");
            break;
        case ROUND_STOP_END:
            printf(" end\n");
            break;
        }
    }
}

static void plan_print(const RoundFile *file, const RoundPlan *plan) {
    const RoundProblem *problem = &file->problem;
    printf("cost %lld, %d rounds, %d of %d jobs served%s\n", (long long)plan->cost,
           (int)plan->route_count, (int)(problem->job_count - plan->unserved_count),
           (int)problem->job_count,
           file->is_estimated ? " (travel estimated: great circle x detour factor)" : "");
    if (file->why_estimated.len > 0) {
        printf("the map server was not used: " STR_FMT "\n", STR_ARG(file->why_estimated));
    }
    for (int32_t i = 0; i < plan->route_count; i++) {
        route_print(problem, &plan->routes[i]);
    }
    for (int32_t i = 0; i < plan->unserved_count; i++) {
        printf("left out: " STR_FMT ": %s\n", STR_ARG(problem->jobs[plan->unserved[i].job].name),
               round_reason_text(plan->unserved[i].reason));
    }
}

/* ---- the whole ---- */

static Status outputs_write(Cx *cx, const Arguments *arguments, const RoundFile *file,
                            const RoundPlan *plan) {
    if (arguments->geojson_path != NULL) {
        Buf *map = buf_in(cx->arena, OUT_BYTES_MAX);
        TRY(round_geojson_write(cx, &file->problem, plan, map));
        TRY(terminal_file_write(cx, arguments->geojson_path, buf_str(map)));
    }
    if (!arguments->is_json) {
        plan_print(file, plan);
        return STATUS_OK;
    }
    Buf *json = buf_in(cx->arena, OUT_BYTES_MAX);
    TRY(round_json_write(cx, file, plan, json));
    Str text = buf_str(json);
    bool is_written = fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return is_written ? STATUS_OK : fault(cx, STATUS_IO, "cannot write to standard output");
}

static Status run(Cx *cx, Arguments *arguments) {
    Str text = STR_NONE;
    RoundFile file = {0};
    RoundPlan *plan = NULL;
    TRY(terminal_file_read(cx, arguments->path, ROUND_JSON_BYTES_MAX, &text));
    TravelLink link;
    if (arguments->travel != NULL) {
        TRY(travel_link_open(cx, str_of(arguments->travel), arguments->wait_s, &link));
    }
    TRY(solve_rounds_read(cx, text, &arguments->format,
                          arguments->travel == NULL ? NULL : &link.options, &file));
    bool has_bar = isatty(STDERR_FILENO) == 1;
    arguments->options.clock = terminal_now_ms;
    arguments->options.watch = has_bar ? bar_draw : NULL;
    Status status = round_solve(cx, &file.problem, &arguments->options, &plan);
    if (has_bar) {
        (void)fprintf(stderr, "\r\033[K");
    }
    TRY(status);
    /* What leaves the house was checked by code that had no part in finding it. */
    TRY(check_round_plan(cx, &file.problem, plan));
    if (arguments->says_checked) {
        (void)fprintf(stderr, "checked: every rule is kept and every sum is right\n");
    }
    return outputs_write(cx, arguments, &file, plan);
}

static void fault_print(const char *path, const Fault *fault) {
    (void)fprintf(stderr, "%s%s%s\n", path == NULL ? "" : path, path == NULL ? "" : ": ",
                  fault->text);
    if (fault->detail[0] != '\0') {
        (void)fprintf(stderr, "  %s\n", fault->detail);
    }
    if (fault->hint[0] != '\0') {
        (void)fprintf(stderr, "  hint: %s\n", fault->hint);
    }
}

static int rounds(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Arguments arguments = {.wait_s = TRAVEL_WAIT_S, .options = {.seed = 1, .thread_count = 1}};
    Status status = arguments_read(&cx, argc, argv, &arguments);
    if (status == STATUS_OK && arguments.is_help) {
        (void)fputs(HELP, stdout);
    } else if (status == STATUS_OK) {
        status = run(&cx, &arguments);
    }
    if (status != STATUS_OK) {
        fault_print(arguments.path, &cx.fault);
    }
    arena_free(arena);
    return status_exit(status);
}

int command_solve(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "rounds") == 0) {
        return rounds(argc - 1, argv + 1);
    }
    if (strcmp(word, "sites") == 0) {
        return command_solve_sites(argc - 1, argv + 1);
    }
    if (strcmp(word, "--help") == 0) {
        (void)fputs(HELP, stdout);
        return 0;
    }
    (void)fprintf(stderr, "huanxin solve: what to plan is missing: rounds or sites\n");
    return status_exit(STATUS_INVALID);
}
