/* huanxin solve sites: arguments, files, clock and terminal round the siting engine. */
#include "main/command_solve_sites.h"

#include "base/buf.h"
#include "main/solve_file.h"
#include "main/terminal.h"
#include "main/travel_link.h"
#include "solve/check_site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 256 * 1024 * 1024, SECONDS_DEFAULT = 10 };

static const char HELP[] =
    "usage: huanxin solve sites FILE.json [options]\n"
    "\n"
    "Chooses sites so that people are near one: p-median, with capacities, or covering.\n"
    "FILE.json is described in docs/reference/sites-json.md; - reads standard input.\n"
    "Instances of the public sets (OR-Library pmed and pmedcap, TSPLIB) are read too.\n"
    "\n"
    "  --seconds S     time to search, 0.1 to 86400 (default 10)\n"
    "  --seed N        the same seed takes the same way (default 1)\n"
    "  --json          print the whole answer as JSON, each client included\n"
    "  --geojson FILE  write a map of sites, clients and ways (WGS-84)\n"
    "  --travel SERVER ask osrm:ADDRESS:PORT or valhalla:ADDRESS:PORT for ways; when it fails, ways\n"
    "                  are estimated and the answer says so (default: estimated)\n"
    "  --wait S        seconds to wait for one answer of that server, 1 to 600 (default 5)\n"
    "  --open N        of an instance: sites to open, instead of what the file says\n"
    "  --problem N     of a file with several instances: which, from 1\n"
    "  --rounding R    of a TSPLIB instance: nearest; otherwise cut to whole units\n"
    "  --help          this text\n";

typedef struct Arguments {
    const char *path;
    const char *geojson_path;
    const char *travel; /* NULL: estimate */
    int64_t wait_s;
    SolveFormat format;
    int64_t time_ms_max;
    uint64_t seed;
    bool is_json;
    bool is_help;
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
    if (str_int64(str_of(text), out) != STATUS_OK || *out < 0) {
        return fault(cx, STATUS_INVALID, "%s \"%.40s\": must be a whole number from 0", word, text);
    }
    return STATUS_OK;
}

static bool has_value(const char *word) {
    static const char *const WORDS[] = {"--seconds", "--seed", "--geojson", "--travel",
                                        "--wait",    "--open", "--problem", "--rounding"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(word, WORDS[i]) == 0) {
            return true;
        }
    }
    return false;
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
        return seconds_parse(cx, value, &out->time_ms_max);
    }
    TRY(number_parse(cx, word, value, &number));
    if (strcmp(word, "--seed") == 0) {
        out->seed = (uint64_t)number;
    } else if (strcmp(word, "--open") == 0) {
        out->format.open_max = number;
    } else if (strcmp(word, "--problem") == 0) {
        out->format.number = number;
    } else {
        return travel_wait_check(cx, number, &out->wait_s);
    }
    return STATUS_OK;
}

/* Handles one argument; *at moves past the value of an option that has one. */
static Status argument_read(Cx *cx, int argc, char **argv, int *at, Arguments *out) {
    const char *word = argv[*at];
    if (has_value(word)) {
        if (*at + 1 >= argc) {
            return fault(cx, STATUS_INVALID, "%s: its value is missing", word);
        }
        *at += 1;
        return value_read(cx, word, argv[*at], out);
    }
    if (strcmp(word, "--json") == 0) {
        out->is_json = true;
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
        TRY(argument_read(cx, argc, argv, &i, out));
    }
    if (out->path == NULL && !out->is_help) {
        (void)fault(cx, STATUS_INVALID, "no file given");
        fault_hint(cx, "huanxin solve sites --help");
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

/* ---- progress ---- */

static bool bar_draw(void *it, const SiteProgress *progress) {
    (void)it;
    char words[80];
    (void)snprintf(words, sizeof words, "value %lld, bound %lld", (long long)progress->value,
                   (long long)progress->bound);
    terminal_bar(progress->done_bp, words);
    return true;
}

/* ---- the answer for people ---- */

static Str label_of(Arena *arena, const SitePlace *place) {
    return place->name.len == 0 ? place->id
                                : str_print(arena, STR_FMT " (" STR_FMT ")", STR_ARG(place->name),
                                            STR_ARG(place->id));
}

static void proof_print(const SiteAnswer *answer) {
    if (answer->is_optimal) {
        printf("proven: no other choice is better\n");
    } else if (answer->gap_ppm != INT64_MAX) {
        printf("proven within %lld.%02lld %% of the best there can be (bound %lld)\n",
               (long long)(answer->gap_ppm / 10000),
               (long long)(answer->gap_ppm % 10000 + 99) / 100, (long long)answer->bound);
    } else {
        printf("nothing is proven yet: give it more time\n");
    }
}

static void value_print(const SiteFile *file, const SiteAnswer *answer) {
    const char *unit = file->is_seconds ? "s" : "m";
    if (file->problem.goal == SITE_GOAL_COVER) {
        printf("covered weight %lld of %lld (%.1f %%)\n", (long long)answer->value,
               (long long)answer->weight_sum,
               100.0 * (double)answer->value / (double)answer->weight_sum);
    } else {
        printf("weighted distance %lld\n", (long long)answer->value);
    }
    printf("mean way %.0f %s%s\n", (double)answer->distance_sum / (double)answer->weight_sum, unit,
           file->is_estimated ? " (estimated: great circle x detour factor)" : "");
    if (file->why_estimated.len > 0) {
        printf("the map server was not used: " STR_FMT "\n", STR_ARG(file->why_estimated));
    }
    int64_t without_way = 0;
    for (int32_t client = 0; client < file->problem.client_count; client++) {
        int64_t at = (int64_t)answer->site_of_client[client] * file->problem.client_count + client;
        without_way += file->problem.distance[at] >= SITE_DISTANCE_MAX ? 1 : 0;
    }
    if (without_way > 0) {
        printf("%lld clients have no way to any open site: the distances above are not real\n",
               (long long)without_way);
    }
    proof_print(answer);
}

static void answer_print(Arena *arena, const SiteFile *file, const SiteAnswer *answer) {
    value_print(file, answer);
    printf("open sites: %d\n", answer->open_count);
    for (int32_t i = 0; i < answer->open_count; i++) {
        int32_t site = answer->open[i];
        int64_t clients = 0;
        int64_t weight = 0;
        for (int32_t client = 0; client < file->problem.client_count; client++) {
            bool is_here = answer->site_of_client[client] == site;
            clients += is_here ? 1 : 0;
            weight += is_here ? file->problem.weight[client] : 0;
        }
        printf("  " STR_FMT "%s: %lld clients, weight %lld\n",
               STR_ARG(label_of(arena, &file->sites[site])),
               file->problem.rule[site] == SITE_RULE_KEPT ? ", kept" : "", (long long)clients,
               (long long)weight);
    }
    const SiteOneMore *more = &answer->one_more;
    if (more->is_known) {
        printf("one more site would gain %lld%s\n", (long long)more->gain,
               more->gain == 0 ? " (nothing found)" : "");
    }
    if (more->is_known && more->site >= 0) {
        printf("best single addition: " STR_FMT ", gains %lld\n",
               STR_ARG(label_of(arena, &file->sites[more->site])), (long long)more->site_gain);
    }
}

/* ---- the whole ---- */

static Status outputs_write(Cx *cx, const Arguments *arguments, const SiteFile *file,
                            const SiteAnswer *answer) {
    if (arguments->geojson_path != NULL) {
        Buf *map = buf_in(cx->arena, OUT_BYTES_MAX);
        TRY(site_geojson_write(cx, file, answer, map));
        TRY(terminal_file_write(cx, arguments->geojson_path, buf_str(map)));
    }
    if (!arguments->is_json) {
        answer_print(cx->arena, file, answer);
        return STATUS_OK;
    }
    Buf *json = buf_in(cx->arena, OUT_BYTES_MAX);
    TRY(site_json_write(cx, file, answer, json));
    Str text = buf_str(json);
    bool is_written = fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return is_written ? STATUS_OK : fault(cx, STATUS_IO, "cannot write to standard output");
}

static Status run(Cx *cx, const Arguments *arguments) {
    Str text = STR_NONE;
    SiteFile file = {0};
    SiteAnswer answer = {0};
    TRY(terminal_file_read(cx, arguments->path, SITE_JSON_BYTES_MAX, &text));
    TravelLink link;
    if (arguments->travel != NULL) {
        TRY(travel_link_open(cx, str_of(arguments->travel), arguments->wait_s, &link));
    }
    TRY(solve_sites_read(cx, text, &arguments->format,
                         arguments->travel == NULL ? NULL : &link.options, &file));
    if (arguments->geojson_path != NULL && !file.has_all_locations) {
        return fault(cx, STATUS_INVALID,
                     "--geojson needs a \"location\" for every client and site");
    }
    bool has_bar = isatty(STDERR_FILENO) == 1;
    SiteOptions options = {.seed = arguments->seed,
                           .time_ms_max = arguments->time_ms_max,
                           .now_ms = terminal_now_ms,
                           .progress = has_bar ? bar_draw : NULL,
                           .with_one_more = true};
    Status status = site_solve(cx, &file.problem, &options, &answer);
    if (has_bar) {
        (void)fprintf(stderr, "\r\033[K");
    }
    TRY(status);
    /* What leaves the house was checked by code that had no part in finding it. */
    TRY(check_site_answer(cx, &file.problem, &answer));
    return outputs_write(cx, arguments, &file, &answer);
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

int command_solve_sites(int argc, char **argv) {
    Arena *arena = arena_create();
    Cx cx;
    cx_init(&cx, arena);
    Arguments arguments = {
        .time_ms_max = SECONDS_DEFAULT * 1000, .seed = 1, .wait_s = TRAVEL_WAIT_S};
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
